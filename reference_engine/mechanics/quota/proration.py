"""Proration: who is there for a part of a period only has a part of its quota and target incentive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reference_engine.mechanics.quota_examples import PRORATION
from reference_engine.mechanics.registry import mechanic
from reference_engine.problems import Problem
from reference_engine.quota_entries import Entries, QuotaMechanic, QuotaRun


@mechanic(
    "Who is hired, leaves, goes on leave or changes plans inside a period has a part of its quota and target incentive; it follows from the "
    "dates and the conventions, and is written here only for a cut-off day.",
    examples=PRORATION,
    formula="amount x (active days / days of the basis), the quotient rounded where proration.factor_decimals says so",
    boundary="Active on every day of the period: the whole amount, whatever the basis.  Active on none: no quota.  The share is never above 1.  "
    "Each quota is prorated inside its own period, and then summed: quotas of months by their month, a quota of a year by the year.  "
    "Within one plan attainment goes on over a change of assignment; another plan begins anew with the credits dated on its own days.",
    sources=(
        "https://salary.com/blog/calculating-prorated-bonuses-and-13th-month-bonuses",
        "https://helpcenter.xactlycorp.com/article/customize-proration",
        "https://docs.oracle.com/en/cloud/saas/human-resources/fbpbd/partial-month-determination-rule-options.html",
        "https://docs.oracle.com/en/applications/peoplesoft/human-capital-management/9.2.055/peoplesoft-payroll-for-north-america/proration-examples-delivered-frequencies.html",
        "https://docs.oracle.com/en/applications/peoplesoft/human-capital-management/9.2.055/peoplesoft-payroll-for-north-america/proration-examples-nondelivered-frequency.html",
        "https://community.quickbase.com/quickbase/topics/formula-to-prorate-a-quota",
    ),
    words={
        "Oracle Fusion": "participation days over interval days",
        "Oracle HCM": "partial month determination rule",
        "PeopleSoft": "proration by calendar days, workdays or hours",
        "Siebel": "quota prorate, plan period fraction",
        "Xactly": "custom proration",
    },
)
@dataclass(frozen=True)
class Proration(QuotaMechanic):
    """cut off day: a month counts for whoever is active on it, where proration.partial_month is cut-off day; in a shorter
    month its last day."""

    cut_off_day: int

    kinds: ClassVar[tuple[str, ...]] = ("quota", "target incentive")

    def check(self, problems: list[Problem]) -> None:
        if not 1 <= self.cut_off_day <= 31:
            problems.append(
                Problem(
                    "cut-off-day",
                    f"{self.cut_off_day} is no day of a month.",
                    self.where,
                    remedy="Write 1 to 31.",
                )
            )

    @property
    def cut_off(self) -> int:
        return self.cut_off_day

    def quotas(self, entries: Entries, run: QuotaRun) -> Entries:
        return entries.kept()
