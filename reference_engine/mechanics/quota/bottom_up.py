"""Bottom up: a baseline is grown, and relieved for the customers that will be lost."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.problems import Problem
from reference_engine.quota_entries import Entries, QuotaMechanic, QuotaRun, Row
from reference_engine.quota_tree import Weighted, check_weights
from reference_engine.vocabulary.numbers import Percent, format_percent

_ANY = "components: [{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 1%}}]}]"
_SAP = "https://learning.sap.com/learning-journeys/implementing-and-administering-sap-successfactors-territory-and-quota/assigning-bottom-up-quotas_e1094297-24a9-4f19-a132-64b35d21dc89"
_CALLIDUS = "https://docs.calliduscloud.com/articles/territory-and-quota-documentation/glossary"


@mechanic(
    "A baseline is grown by a percentage and relieved for expected attrition; the two are compounded or added, as the plan says.",
    examples=(
        Example(
            "Growth first, then relief on the grown amount",
            f"conventions: {{rounding: exact, quota.relief: compounded}}\nquota: [{{bottom up: {{growth: 10%, attrition relief: 2%}}}}]\n{_ANY}",
            {"quotas": "payee | period | quota\nAna | FY2026 | 100,000.00 EUR"},
            "",
            quotas="Ana | FY2026 | 107,800.00 EUR",
            source=_CALLIDUS,
        ),
        Example(
            "The percentages are added; growth lies inside its bounds",
            "conventions: {rounding: exact, quota.relief: added}\nquota: [{bottom up: {growth: 10%, growth between: [5%, 25%], attrition relief: 2%, "
            f"relief at most: 5%}}}}]\n{_ANY}",
            {"quotas": "payee | period | quota\nAna | FY2026 | 1,000"},
            "",
            quotas="Ana | FY2026 | 1,080",
            source=_SAP,
        ),
        Example(
            "The baseline is half of each of the last two years",
            "conventions: {rounding: exact, quota.relief: compounded}\nquota: [{bottom up: {for: FY2026, baseline: [{metric: sales, period: FY2024, weight: 50%}, "
            f"{{metric: sales, period: FY2025, weight: 50%}}], growth: 10%, attrition relief: 0%}}}}]\n{_ANY}",
            {
                "payees": "payee\nAna\nBen",
                "quota_metrics": "holder | metric | period | value\nAna | sales | FY2024 | 80,000.00 EUR\nAna | sales | FY2025 | 120,000.00 EUR\n"
                "Ben | sales | FY2024 | 0.00 EUR\nBen | sales | FY2025 | 50,000.00 EUR",
            },
            "",
            quotas="Ana | FY2026 | 110,000.00 EUR\nBen | FY2026 | 27,500.00 EUR",
        ),
    ),
    formula="compounded: baseline x (1 + growth) x (1 - relief); added: baseline x (1 + growth - relief)",
    boundary="Growth just on one of its bounds, and relief just at its maximum, are allowed; beyond them the plan is refused, not limited.",
    sources=(_CALLIDUS, _SAP),
    words={"SAP": "bottom-up methodology, attrition relief"},
)
@dataclass(frozen=True)
class BottomUp(QuotaMechanic):
    """growth: what the baseline grows by.  attrition relief: what is taken off for those who leave.

    baseline: metrics with weights that total 100%; the stated quotas where it isn't there.  for: the period of the quotas
    made of a baseline.  growth between, relief at most: what the percentages may be.
    """

    growth: Percent
    attrition_relief: Percent
    baseline: tuple[Weighted, ...] = ()
    for_: str = ""
    growth_between: tuple[Percent, ...] = ()
    relief_at_most: Percent | None = None

    def needs(self) -> tuple[str, ...]:
        return ("quota.relief",)

    def labels(self) -> tuple[str, ...]:
        return (self.for_,) if self.for_ else ()

    def check(self, problems: list[Problem]) -> None:
        bounds = [p.value for p in self.growth_between]
        if bounds and (len(bounds) != 2 or bounds[0] > bounds[1]):
            problems.append(
                Problem(
                    "quota-bounds",
                    '"growth between" must be two percents, the lower first.',
                    self.where,
                    "No growth could be checked against them.",
                    "Write  growth between: [2%, 10%]",
                )
            )
        elif bounds and not bounds[0] <= self.growth.value <= bounds[1]:
            problems.append(
                Problem(
                    "quota-bounds",
                    f"the growth of {self.growth} isn't between {self.growth_between[0]} and {self.growth_between[1]}.",
                    self.where,
                    "The plan allows none beyond them.",
                    "Correct the growth, or its bounds.",
                )
            )
        if self.relief_at_most is not None and self.attrition_relief.value > self.relief_at_most.value:
            problems.append(
                Problem(
                    "quota-bounds",
                    f"the relief of {self.attrition_relief} is above {self.relief_at_most}.",
                    self.where,
                    "The plan allows no more.",
                    "Correct the relief, or its maximum.",
                )
            )
        if bool(self.baseline) != bool(self.for_):
            problems.append(
                Problem(
                    "quota-bounds",
                    '"bottom up" needs "baseline" and "for" together, or neither.',
                    self.where,
                    "A baseline makes the quota of the period that is named; without one the stated quotas grow.",
                    "Write  for: FY2026  beside the baseline, or leave both out."
                    if self.baseline
                    else 'Write the "baseline" too, or leave "for" out.',
                )
            )
        elif self.baseline and check_weights(self.baseline) != 1:
            problems.append(
                Problem(
                    "weights-total",
                    f"the weights of the baseline total {format_percent(check_weights(self.baseline))}, not 100%.",
                    self.where,
                    "The baseline would be too high or too low.",
                    "Make them total 100%.",
                )
            )

    def quotas(self, entries: Entries, run: QuotaRun) -> Entries:
        added = run.plan.conventions["quota.relief"] == "added"
        grow, relief = self.growth.value, self.attrition_relief.value
        factor = 1 + grow - relief if added else (1 + grow) * (1 - relief)
        words = (
            f"100% + {self.growth} - {self.attrition_relief}"
            if added
            else f"grown by {self.growth}, then relieved by {self.attrition_relief}"
        )
        if not self.baseline:
            rows = np.arange(len(entries))
            return entries.change(rows, entries.amount.times(factor), np.full(len(entries), run.note(words)))
        period = run.labelled(self.for_, self.where)
        found: dict[str, tuple[Fraction, str]] = {}
        for entry in self.baseline:
            for holder, (value, unit, where) in run.metric(entry.metric, entry.where, entry.period).items():
                so_far, own = found.get(holder, (Fraction(0), unit))
                if own != unit:
                    run.problem(
                        "currency-mixed",
                        f'the baseline of "{holder}" mixes {own or "units"} and {unit or "units"}.',
                        where,
                        "They can't be added.",
                        "State all parts of a baseline in one currency, or all in units.",
                    )
                found[holder] = so_far + entry.weight.value * value, unit
        if run.problems or period is None:
            return entries
        place = run.place(self.where)
        new = [
            Row(run.holder(h), period, value * factor, unit, "", place, f"a baseline {words}")
            for h, (value, unit) in found.items()
        ]
        return Entries.joined([entries.kept(), run.rows(new)])
