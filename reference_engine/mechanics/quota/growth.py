"""Growth: the last value is scaled, or the growth that was measured is applied again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.problems import Problem
from reference_engine.quota_entries import Entries, QuotaMechanic, QuotaRun, Row
from reference_engine.vocabulary.numbers import Percent, format_percent

_ANY = "components: [{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 1%}}]}]"
_ORACLE = "https://docs.oracle.com/en/cloud/saas/sales/oasal/territory-quota-formulas.html"


@mechanic(
    "A quota is what was reached before, and more: a stated growth, a scale, or the growth measured between two earlier periods.",
    examples=(
        Example(
            "15% more than the last quarter",
            f"quota: [{{growth: {{of: sales, over: 2025-Q4, for: 2026-Q1, by: 15%}}}}]\n{_ANY}",
            {"quota_metrics": "holder | metric | period | value\nNorth | sales | 2025-Q4 | 100,000.00 USD"},
            "",
            quotas="North | 2026-Q1 | 115,000.00 USD",
            source="https://blog.salescookie.com/2024/07/17/ramped-quotas-strategies-for-new-hire-commission-plans",
        ),
        Example(
            "The growth of 8% between two years is applied to the last of them",
            f"quota: [{{growth: {{of: sales, over: FY2025, for: FY2026, measured from: FY2024, measured to: FY2025}}}}]\n{_ANY}",
            {
                "quota_metrics": "holder | metric | period | value\nNorth | sales | FY2024 | 1,250.00 USD\nNorth | sales | FY2025 | 1,350.00 USD"
            },
            "",
            quotas="North | FY2026 | 1,458.00 USD",
            source=_ORACLE,
        ),
        Example(
            "Growth over several years is applied in one step: 7%",
            f"quota: [{{growth: {{of: sales, over: FY2025, for: FY2026, measured from: FY2021, measured to: FY2025}}}}]\n{_ANY}",
            {
                "quota_metrics": "holder | metric | period | value\nNorth | sales | FY2021 | 100.00 USD\nNorth | sales | FY2025 | 107.00 USD"
            },
            "",
            quotas="North | FY2026 | 114.49 USD",
            source=_ORACLE,
        ),
        Example(
            "A scale of 110% on the stated quotas; a shrinking of 5% works alike",
            f"quota: [{{growth: {{scale: 110%}}}}, {{growth: {{by: -5%}}}}]\n{_ANY}",
            {"quotas": "payee | period | quota\nAna | 2026-Q1 | 1,000.00 EUR"},
            "",
            quotas="Ana | 2026-Q1 | 1,045.00 EUR",
        ),
    ),
    formula="quota = value x (1 + growth); measured growth = value at the end / value at the start - 1",
    boundary="A value of 0 at the start has no growth and is refused.  Growth over several years isn't divided by their number.",
    sources=(
        _ORACLE,
        "https://cygnalgroup.com/what-are-best-practices-regarding-quota-setting/",
        "https://blog.salescookie.com/2024/07/17/ramped-quotas-strategies-for-new-hire-commission-plans",
    ),
    words={
        "Oracle Sales": "quota formula, consecutive or named period growth, scale",
        "Sales Cookie": "history plus growth",
    },
)
@dataclass(frozen=True)
class Growth(QuotaMechanic):
    """of: a metric; the stated quotas where it isn't there.  over: the period of the metric that is scaled.  for: the
    period of the quota.  by: what it grows by, such as 12%.  scale: instead, what it
    is multiplied with, such as 112%.  measured from, measured to: instead, the periods between which the metric grew.
    """

    of: str = ""
    over: str = ""
    for_: str = ""
    by: Percent | None = None
    scale: Percent | None = None
    measured_from: str = ""
    measured_to: str = ""

    def labels(self) -> tuple[str, ...]:
        return (self.for_,) if self.for_ else ()

    def check(self, problems: list[Problem]) -> None:
        measured = bool(self.measured_from) or bool(self.measured_to)
        if sum((self.by is not None, self.scale is not None, measured)) != 1 or bool(
            self.measured_from
        ) != bool(self.measured_to):
            problems.append(
                Problem(
                    "quota-growth",
                    '"growth" must say by how much in one way.',
                    self.where,
                    remedy='State "by", or "scale", or "measured from" and "measured to".',
                )
            )
        if bool(self.of) != bool(self.for_) or bool(self.of) != bool(self.over) or (measured and not self.of):
            problems.append(
                Problem(
                    "quota-growth",
                    '"growth" of a metric needs "of", "over" and "for".',
                    self.where,
                    "It must be clear which value is scaled, and for which period.",
                    "Write  growth: {of: sales, over: FY2025, for: FY2026, by: 15%}",
                )
            )

    def quotas(self, entries: Entries, run: QuotaRun) -> Entries:
        scale = (
            1 + self.by.value if self.by is not None else self.scale.value if self.scale is not None else None
        )
        said = f"{self.by} more" if self.by is not None else f"{self.scale}"
        if not self.of:
            assert scale is not None
            note = run.note(f"{said} than stated" if self.by is not None else f"{said} of what was stated")
            return entries.change(
                np.arange(len(entries)), entries.amount.times(scale), np.full(len(entries), note)
            )
        values = run.metric(self.of, self.where, self.over)
        period = run.labelled(self.for_, self.where)
        start = run.metric(self.of, self.where, self.measured_from) if self.measured_from else {}
        end = run.metric(self.of, self.where, self.measured_to) if self.measured_to else {}
        if run.problems or period is None:
            return entries
        new: list[Row] = []
        for holder, (value, unit, where) in values.items():
            factor, words = (
                scale,
                f"{said} than the {self.of} of {self.over}"
                if self.by is not None
                else f"{said} of the {self.of} of {self.over}",
            )
            if factor is None:
                if holder not in start or holder not in end or not start[holder][0]:
                    run.problem(
                        "quota-growth",
                        f'the growth of "{holder}" from {self.measured_from} to {self.measured_to} can\'t be measured.',
                        where,
                        "Both values are needed, and the first may not be 0.",
                        "Add them to quota_metrics.",
                    )
                    continue
                factor = end[holder][0] / start[holder][0]
                words = f"the growth of {format_percent(factor - 1)} from {self.measured_from} to {self.measured_to} on the {self.of} of {self.over}"
            new.append(Row(run.holder(holder), period, value * factor, unit, "", run.place(where), words))
        return Entries.joined([entries.kept(), run.rows(new)])
