"""Uplift: a record counts for more, or less, towards quota and tiers, or is paid on for more, than it is worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference_engine.columns import Exact
from reference_engine.component_run import ComponentRun
from reference_engine.expressions.syntax import Expression
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.record_values import holds
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.mechanics.tier_words import amount_words, formula_words
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import Percent

_TIERS = "{marginal: {tiers: [{from: 0%, to: 100%, rate: 5%}, {from: 100%, rate: 10%}]}}"
_TABLES = {
    "quotas": "payee | period | quota\nAna | 2026-Q1 | 1,000.00 EUR",
    "deals": "deal | owner | amount | closed | product\nD-1 | Ana | 500.00 EUR | 2026-01-15 | New\nD-2 | Ana | 100.00 EUR | 2026-02-15 | Old",
}


def _plan(uplift: str) -> str:
    return (
        "pays: quarterly\neligible: everyone\nconventions: {rounding: exact, tier.accumulate: period}\n"
        f"components: [{{component: C, measure: bookings, credits: [direct], earn: [{{uplift: {uplift}}}, {_TIERS}]}}]"
    )


@mechanic(
    "A record counts for a stated percentage of its credit towards quota and tiers, and is paid on another percentage of it.",
    examples=(
        Example(
            "A quota uplift of 200%: 500.00 of the new product counts 1,000.00 and reaches the quota; it is paid on 500.00",
            _plan("{quota: 200%, when: 'product = \"New\"'}"),
            _TABLES,
            "Ana | 2026-Q1 | 35.00 EUR",
            attainments="Ana | 2026-Q1 | 1,100.00 EUR | 1,000.00 EUR | 110%",
        ),
        Example(
            "A payment uplift of 120%: the tiers see 600.00, and the new product is paid on 600.00 instead of 500.00",
            _plan("{payment: 120%, when: 'product = \"New\"'}"),
            _TABLES,
            "Ana | 2026-Q1 | 35.00 EUR",
            attainments="Ana | 2026-Q1 | 600.00 EUR | 1,000.00 EUR | 60%",
        ),
        Example(
            "A return counts double as well: it brings the payee back below the quota",
            _plan("{quota: 200%}"),
            {**_TABLES, "returns": "return | of | date | amount\nR-1 | D-1 | 2026-03-01 | 200.00 EUR"},
            "Ana | 2026-Q1 | 20.00 EUR",
            attainments="Ana | 2026-Q1 | 800.00 EUR | 1,000.00 EUR | 80%",
        ),
        Example(
            "0% towards the quota: it is paid, and retires nothing; the tier is the one in which the total stands",
            _plan("{quota: 0%, when: 'product = \"New\"'}"),
            _TABLES,
            "Ana | 2026-Q1 | 30.00 EUR",
            attainments="Ana | 2026-Q1 | 100.00 EUR | 1,000.00 EUR | 10%",
        ),
    ),
    formula="counts = credit x quota; paid on = credit x payment",
    boundary="The deal that crosses a bound is divided where its count crosses it, and what is paid on is divided alike. A return has the uplift of its deal's fields.",
    sources=("https://docs.oracle.com/cd/A60725_05/html/comnls/us/cn/defsli01.htm",),
    words={"Oracle Sales Compensation": "quota factor, payment factor; uplift", "NetSuite": "target factor"},
)
@dataclass(frozen=True)
class Uplift(Mechanic):
    """quota: of the credit, towards quota and tiers.  payment: of the credit, that is paid on.  when: which records.

    It stands before the mechanics that count or pay; several uplifts multiply.
    """

    adjusts = True
    on_base = True

    quota: Percent | None = None
    payment: Percent | None = None
    when: Expression | None = None

    proportional = True

    def check(self, problems: list[Problem]) -> None:
        if self.quota is None and self.payment is None:
            problems.append(
                Problem(
                    "missing-parameter",
                    '"uplift" states neither "quota" nor "payment".',
                    self.where,
                    "It would change nothing.",
                    "Add  quota: 200%  or  payment: 120%.",
                )
            )

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        if not len(lines):
            return lines
        chosen = np.ones(len(lines), dtype=bool)
        if self.when is not None:
            chosen = holds(self.when, lines, run, self.where)
        one = Exact.full(len(lines), 1)
        counted, base = lines.counted, lines.base
        if self.quota is not None:
            seen = lines.base if counted is None else counted
            counted = seen * Exact.where(chosen, Exact.full(len(lines), self.quota.value), one)
        elif counted is None:
            counted = lines.base
        if self.payment is not None:
            base = base * Exact.where(chosen, Exact.full(len(lines), self.payment.value), one)
        return lines.change(base=base, counted=counted)

    def say(self, before: LineView | None, after: LineView) -> str:
        if before is not None and before.base != after.base:
            return (
                f"By the payment uplift of {self.payment} it is paid on another amount: "
                f"{amount_words(before.base, before.unit)} x {self.payment} = {amount_words(after.base, after.unit)}."
            )
        if self.quota is not None:
            which = f" where {formula_words(self.when)}" if self.when is not None else ""
            return f"Towards the quota and the tiers {self.quota} of the credit counts{which}."
        return ""
