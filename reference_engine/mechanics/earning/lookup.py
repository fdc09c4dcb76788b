"""Lookup: a list of rules; what the record is (product, category, ...) finds the rule that pays it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.earning.flat_rate import rate_words
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.problems import NOWHERE, Problem, Where
from reference_engine.vocabulary.numbers import Money, Percent, format_money

SPECIFIC = ("product", "subcategory", "category", "account", "territory")
"""What a rule may look at, the most specific first."""
NO_RULE = "no rule matches: nothing"


@dataclass(frozen=True, slots=True)
class LookupRule:
    """Values to match (several with commas) and what the line pays: a rate, or an amount a line.

    A rule that names nothing matches everything.
    """

    product: str = ""
    subcategory: str = ""
    category: str = ""
    account: str = ""
    territory: str = ""
    rate: Percent | None = None
    pays: Money | None = None
    where: Where = field(default=NOWHERE, compare=False, kw_only=True)

    @property
    def conditions(self) -> dict[str, tuple[str, ...]]:
        return {
            name: tuple(v.strip() for v in getattr(self, name).split(","))
            for name in SPECIFIC
            if getattr(self, name)
        }

    @property
    def words(self) -> str:
        named = (
            " and ".join(f"{name} {', '.join(values)}" for name, values in self.conditions.items())
            or "all others"
        )
        return f"{named}: {self.rate}" if self.rate is not None else f"{named}: {self.pays} a line"


@mechanic(
    "The first or the most specific rule that matches a line pays it: a percentage of the base, or an amount.",
    examples=(
        Example(
            "Product before category before all",
            "conventions: {rounding: exact, lookup.precedence: most specific, returns.earn: mirror}\n"
            "components: [{component: C, measure: bookings, credits: [direct], earn: [{lookup: {rules: [{rate: 1%}, {category: Bikes, rate: 2%}, {product: B-7, pays: 7.50 EUR}]}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "products": "product | category\nB-1 | Bikes\nB-7 | Bikes\nC-1 | Caps",
                "deals": "deal | owner | amount | closed | product\nD-1 | Ana | 100.00 EUR | 2026-01-15 | B-7\nD-2 | Ana | 100.00 EUR | 2026-02-15 | B-1\nD-3 | Ana | 100.00 EUR | 2026-03-15 | C-1",
                "returns": "return | of | date | amount\nR-1 | D-1 | 2026-04-10 | 100.00 EUR",
            },
            "Ana | 2026-01 | 7.50 EUR\nAna | 2026-02 | 2.00 EUR\nAna | 2026-03 | 1.00 EUR\nAna | 2026-04 | -7.50 EUR",
        ),
    ),
)
@dataclass(frozen=True)
class Lookup(Mechanic):
    """rules: tried in the order that the convention lookup.precedence states.

    An amount a line (`pays`) is taken back on a line whose base is negative, whatever returns.earn says.
    """

    rules: tuple[LookupRule, ...]

    def needs(self) -> tuple[str, ...]:
        return ("lookup.precedence", "returns.earn")

    def check(self, problems: list[Problem]) -> None:
        seen: dict[tuple[tuple[str, tuple[str, ...]], ...], Where] = {}
        for rule in self.rules:
            if (rule.rate is None) == (rule.pays is None):
                problems.append(
                    Problem(
                        "lookup-pays",
                        "a rule must say either its rate or what it pays.",
                        rule.where,
                        remedy="Write  rate: 2%  or  pays: 7.50 EUR.",
                    )
                )
            key = tuple(rule.conditions.items())
            if key in seen:
                problems.append(
                    Problem(
                        "lookup-twice",
                        f"two rules match the same lines; the first is on line {seen[key].line}.",
                        rule.where,
                        "Only one of them can ever pay.",
                        "Remove one.",
                    )
                )
            seen[key] = rule.where

    def _order(self, precedence: str) -> list[LookupRule]:
        if precedence == "first match":
            return list(self.rules)
        return sorted(
            self.rules, key=lambda r: min((SPECIFIC.index(n) for n in r.conditions), default=len(SPECIFIC))
        )

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        size = len(lines)
        rate, pays = Exact.full(size, 0), Exact.full(size, 0)
        has_rate = np.zeros(size, dtype=bool)
        rule = np.full(size, run.rule(NO_RULE, where=self.where))
        open_: Array = np.ones(size, dtype=bool)
        currency = lines.unit
        for entry in self._order(run.conventions["lookup.precedence"]):
            hits = open_.copy()
            for name, values in entry.conditions.items():
                if name in ("product", "category", "subcategory"):
                    run.check_known(name, values, entry.where)
                column = run.events.attribute(name)[lines.event]
                hits &= np.isin(column.astype(str), values)
            if not hits.any():
                continue
            open_ &= ~hits
            rule = np.where(hits, run.rule(entry.words, where=entry.where), rule)
            if entry.rate is not None:
                rate = Exact.where(hits, Exact.full(size, entry.rate.value), rate)
                has_rate |= hits
            elif entry.pays is not None:
                wrong = sorted(set(lines.unit[hits].tolist()) - {entry.pays.currency})
                if wrong:
                    run.problem(
                        "currency-mixed",
                        f"the rule pays {entry.pays}, and lines are in {wrong[0]}.",
                        entry.where,
                        "One component pays in one currency.",
                        "State the plan's currency, and exchange rates.",
                    )
                direction = Exact(np.where(lines.base.num < 0, -1, 1))
                pays = Exact.where(hits, Exact.full(size, entry.pays.amount) * direction, pays)
        effective = rate * lines.share
        return lines.change(
            rate=effective,
            has_rate=has_rate,
            rate_unit=np.full(size, "", dtype=object),
            amount=Exact.where(has_rate, lines.base * effective, pays * lines.share),
            currency=currency,
            rule=rule,
        )

    def say(self, before: LineView | None, after: LineView) -> str:
        if after.rule is None or after.rule.words == NO_RULE:
            return "No rule matches the line, so it earns nothing."
        if after.rate is None:
            return f'The rule "{after.rule.words}" pays {format_money(after.amount, after.currency)}.'
        return f'The rule "{after.rule.words}" applies: {rate_words(after)}'
