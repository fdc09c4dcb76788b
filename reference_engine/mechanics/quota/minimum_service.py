"""Minimum service: who has worked for fewer days has neither quota nor target incentive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from reference_engine.mechanics.quota_examples import SERVICE
from reference_engine.mechanics.registry import mechanic
from reference_engine.people import People, clipped
from reference_engine.quota_entries import Entries, QuotaMechanic, QuotaRun
from reference_engine.vocabulary.calendar import Period


@mechanic(
    "Somebody who hasn't served for so many days has no quota and no target incentive for the period.",
    examples=SERVICE,
    formula="served when days of employment >= days",
    boundary="On the last day needed it counts: 90 of 90 days are enough, 89 aren't.  Both ends of the employment count.",
    sources=(
        "https://docs.oracle.com/en/cloud/saas/human-resources/faiwc/sample-compensation-default-and-override-formulas.html",
    ),
    words={"Oracle HCM": "minimum service"},
)
@dataclass(frozen=True)
class MinimumService(QuotaMechanic):
    """days: of employment.  in: in the period of the quota, or since the hire up to the end of the period."""

    days: int
    in_: Literal["period", "employment"]

    kinds: ClassVar[tuple[str, ...]] = ("quota", "target incentive")
    limits_service: ClassVar[bool] = True

    def quotas(self, entries: Entries, run: QuotaRun) -> Entries:
        return entries.kept()

    def always_served(self, period: Period) -> bool:
        return self.in_ == "employment" or period.days >= self.days

    def served(self, people: People, payee: int, period: Period) -> bool:
        """Whether a payee has served long enough for a period."""
        spans = people.employed(payee)
        if self.in_ == "period":
            return sum((b - a).days + 1 for a, b in clipped(spans, period.first, period.last)) >= self.days
        current = [x for x in spans if x[0] <= period.last]
        return bool(current) and (min(current[-1][1], period.last) - current[-1][0]).days + 1 >= self.days
