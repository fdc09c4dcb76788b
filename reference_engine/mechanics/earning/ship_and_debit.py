"""Ship and debit: what a reseller may claim back for each unit sold under a special price."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.expressions.syntax import Expression, parse
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.record_values import on_lines
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.mechanics.tier_words import piece_words
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import Percent

_SALES = {
    "plan_assignments": "payee | plan | from\nLyon | P | 2026-01-01",
    "products": "product | unit cost\nX | 100.00 EUR\nY | 70.00 EUR",
    "retail_sales": "sale | retailer | product | units | date\nS-1 | Lyon | X | 10 | 2026-01-10\nS-2 | Lyon | Y | 10 | 2026-02-10",
    "returns": "return | of | units | date\nR-1 | S-1 | 4 | 2026-03-02",
}


def _plan(earn: str) -> str:
    return (
        "conventions: {rounding: exact}\n"
        f"components: [{{component: C, measure: units, credits: [direct], earn: [{{ship and debit: {earn}}}]}}]"
    )


@mechanic(
    "For each unit resold the reseller claims the gap between its cost and the agreed cost, an agreed amount, or a percentage of its cost.",
    examples=(
        Example(
            "Down to 80.00: 20.00 a unit for a cost of 100.00; nothing where the cost is lower already; a return gives the claim back",
            _plan("{down to: 80.00 EUR}"),
            _SALES,
            "Lyon | 2026-01 | 200.00 EUR\nLyon | 2026-02 | 0.00 EUR\nLyon | 2026-03 | -80.00 EUR",
            source="http://help.sap.com/saphelp_crm40/helpdata/en/2e/84e124003b4e4a95542eb5bce86491/content.htm",
        ),
        Example(
            "Down by 15.00 a unit, whatever the cost",
            _plan("{down by: 15.00 EUR}"),
            _SALES,
            "Lyon | 2026-01 | 150.00 EUR\nLyon | 2026-02 | 150.00 EUR\nLyon | 2026-03 | -60.00 EUR",
        ),
        Example(
            "5% of the cost",
            _plan("{percent: 5%}"),
            _SALES,
            "Lyon | 2026-01 | 50.00 EUR\nLyon | 2026-02 | 35.00 EUR\nLyon | 2026-03 | -20.00 EUR",
        ),
        Example(
            "The agreed cost stands with the product, and the cost is the book price",
            _plan("{down to: agreed cost, cost: book price}"),
            {
                **{name: rows for name, rows in _SALES.items() if name != "returns"},
                "products": "product | unit cost | agreed cost | book price\nX | 100.00 EUR | 80.00 EUR | 95.00 EUR\nY | 70.00 EUR | 60.00 EUR | 60.00 EUR",
            },
            "Lyon | 2026-01 | 150.00 EUR\nLyon | 2026-02 | 0.00 EUR",
        ),
    ),
    formula="claim = units x max(0, cost - down to), or units x down by, or units x cost x percent",
    boundary="A cost just at or below the agreed cost claims nothing.  Which cost counts (inventory, contract, book price of the day) is the "
    "parameter cost.  A returned unit gives its claim back.",
    sources=(
        "http://help.sap.com/saphelp_crm40/helpdata/en/2e/84e124003b4e4a95542eb5bce86491/content.htm",
        "http://help.sap.com/saphelp_di471/helpdata/en/a3/afdb3896665e2ce10000000a11405a/content.htm",
        "https://docs.oracle.com/en/applications/jd-edwards/customer-relationship/9.2/eoapg/ship-and-debit-during-sales-order-processing.html",
    ),
    words={
        "SAP": "ship and debit, distributor reseller claim",
        "JD Edwards": "ship and debit, special pricing agreement",
    },
)
@dataclass(frozen=True)
class ShipAndDebit(Mechanic):
    """One of three says the claim; amounts may be fields of the record or its product.

    down to: the agreed cost of a unit.  down by: instead, the amount for a unit.  percent: instead, of the cost.  cost: of a unit; its unit cost where it isn't said.
    """

    counts_units = True

    down_to: Expression | None = None
    down_by: Expression | None = None
    percent: Percent | None = None
    cost: Expression | None = None

    def check(self, problems: list[Problem]) -> None:
        if sum(p is not None for p in (self.down_to, self.down_by, self.percent)) != 1:
            problems.append(
                Problem(
                    "tiers-pays",
                    '"ship and debit" must say one of: down to, down by, percent.',
                    self.where,
                    "What a unit may claim would be a guess.",
                    "Write  down to: 80.00 EUR  or  down by: 15.00 EUR  or  percent: 5%",
                )
            )

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        size = len(lines)
        if not size:
            return lines
        claim, unit, words = self._claim(lines, run)
        if len(set(unit.tolist())) > 1 or "" in set(unit.tolist()):
            run.problem(
                "currency-mixed",
                f'the claims of "{run.component.name}" are in {", ".join(sorted(u or "no currency" for u in set(unit.tolist())))}.',
                self.where,
                "One component pays in one currency.",
                "State costs and agreed costs as amounts of one currency.",
            )
        if run.problems:
            return lines
        rate = claim * lines.share
        return lines.change(
            rate=rate,
            has_rate=np.ones(size, dtype=bool),
            rate_unit=unit,
            amount=lines.base * rate,
            currency=unit,
            rule=np.full(size, run.rule(words, where=self.where)),
        )

    def _claim(self, lines: Lines, run: ComponentRun) -> tuple[Exact, Array, str]:
        """What each unit of a line claims, in which currency, in words."""
        if self.down_by is not None:
            amount, unit = on_lines(self.down_by, lines, run, self.where)
            return amount, unit, f"down by {self.down_by} a unit"
        cost, unit = on_lines(self.cost or parse("unit cost"), lines, run, self.where)
        if self.percent is not None:
            return cost.times(self.percent.value), unit, f"{self.percent} of the cost of a unit"
        assert self.down_to is not None
        agreed, currency = on_lines(self.down_to, lines, run, self.where)
        wrong = np.flatnonzero(unit != currency)
        if len(wrong):
            at = int(wrong[0])
            run.problem(
                "currency-mixed",
                f"the cost of {run.events.record[lines.event[at]]} is in {unit[at] or 'no currency'}, and the agreed cost is in {currency[at] or 'no currency'}.",
                self.where,
                "They can't be compared.",
                "State both in one currency.",
            )
        gap = (cost - agreed).maximum(Exact.full(len(lines), 0))
        return gap, unit, f"down to {self.down_to} a unit"

    def say(self, before: LineView | None, after: LineView) -> str:
        return f"The claim is {after.rule.words if after.rule else 'agreed'}: {piece_words(after)}"
