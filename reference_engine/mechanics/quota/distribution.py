"""Distribution: the quota of a long period becomes quotas of its months, quarters or half-years."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Literal

import numpy as np

from reference_engine.columns import Array
from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.problems import Problem
from reference_engine.quota_entries import Entries, QuotaMechanic, QuotaRun, percent_words
from reference_engine.quota_parts import parts_of, unit_of
from reference_engine.vocabulary.calendar import NotAPeriod, Period
from reference_engine.vocabulary.numbers import Money, Percent, Quantity, format_percent

_ANY = "components: [{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 1%}}]}]"
_MREXCEL = "https://www.mrexcel.com/board/threads/mathematical-problem-round-function-doesnt-help.609579/"


@mechanic(
    "The quota of a long period is distributed over its months, quarters or half-years: evenly, or by seasonal weights.",
    examples=(
        Example(
            "An annual goal evenly to quarters; months work alike",
            f"quota: [{{distribution: {{per: quarter}}}}]\n{_ANY}",
            {"quotas": "payee | period | quota\nAna | FY2026 | 24,000.00 CAD"},
            "",
            quotas="Ana | 2026-Q1 | 6,000.00 CAD\nAna | 2026-Q2 | 6,000.00 CAD\nAna | 2026-Q3 | 6,000.00 CAD\nAna | 2026-Q4 | 6,000.00 CAD",
            source="https://support.oracle.com/knowledge/Oracle%20Cloud/2765138_1.html",
        ),
        Example(
            "Whole units by season: the last quarter gets at least one, the first takes what is left",
            "conventions: {rounding: exact, quota.residue: first}\n"
            f"quota: [{{distribution: {{per: quarter, weights: [17%, 23%, 30%, 30%], round to: 1, last at least: 1}}}}]\n{_ANY}",
            {"quotas": "payee | period | quota\nAna | FY2026 | 3\nBen | FY2026 | 1\nCho | FY2026 | 0"},
            "",
            quotas="Ana | 2026-Q1 | 0\nAna | 2026-Q2 | 1\nAna | 2026-Q3 | 1\nAna | 2026-Q4 | 1\n"
            "Ben | 2026-Q1 | 0\nBen | 2026-Q2 | 0\nBen | 2026-Q3 | 0\nBen | 2026-Q4 | 1\n"
            "Cho | 2026-Q1 | 0\nCho | 2026-Q2 | 0\nCho | 2026-Q3 | 0\nCho | 2026-Q4 | 0",
            source=_MREXCEL,
        ),
        Example(
            "The same by the largest remainder; of two equal ones the later gets the unit",
            "conventions: {rounding: exact, quota.residue: 'largest remainder, later first'}\n"
            f"quota: [{{distribution: {{per: quarter, weights: [17%, 23%, 30%, 30%], round to: 1}}}}]\n{_ANY}",
            {"quotas": "payee | period | quota\nAna | FY2026 | 1\nBen | FY2026 | 5"},
            "",
            quotas="Ana | 2026-Q1 | 0\nAna | 2026-Q2 | 0\nAna | 2026-Q3 | 0\nAna | 2026-Q4 | 1\n"
            "Ben | 2026-Q1 | 1\nBen | 2026-Q2 | 1\nBen | 2026-Q3 | 1\nBen | 2026-Q4 | 2",
        ),
        Example(
            "Seasonal quarters for somebody who starts in March: one of three months of the first counts",
            "pays: quarterly\nconventions: {rounding: [{at: quota, mode: half up, decimals: 0}, {at: payout, mode: half up, decimals: 2}], proration.of: quota and target, "
            f"proration.basis: months, proration.partial_month: whole, proration.factor_decimals: exact}}\nquota: [{{distribution: {{per: quarter, weights: [20%, 20%, 20%, 40%]}}}}]\n{_ANY}",
            {
                "payees": "payee | hired\nAna | 2019-03-01",
                "plan_assignments": "payee | plan | from\nAna | P | 2019-03-01",
                "quotas": "payee | period | quota\nAna | FY2019 | 100,000.00 USD",
            },
            "",
            quotas="Ana | 2019-Q1 | 6,667.00 USD\nAna | 2019-Q2 | 20,000.00 USD\nAna | 2019-Q3 | 20,000.00 USD\nAna | 2019-Q4 | 40,000.00 USD",
            source="https://community.quickbase.com/quickbase/topics/formula-to-prorate-a-quota",
        ),
    ),
    formula="part = quota x weight of the part; evenly: quota / number of parts",
    boundary="Weights total 100%.  Parts that are rounded still sum to the quota unless quota.residue is nobody.  A quota of a quarter takes the "
    "weights of its own months of the year, scaled to 100%.",
    sources=(
        "https://support.oracle.com/knowledge/Oracle%20Cloud/2765138_1.html",
        "https://docs.oracle.com/en/cloud/saas/sales/oasal/sales-quota-plan-components.html",
        "https://docs.oracle.com/cd/E05553_01/books/InCompAdm/InCompAdmQuotas2.html",
        _MREXCEL,
    ),
    words={
        "Oracle Fusion": "goal distribution",
        "Siebel": "seasonality factors",
        "Salesforce": "seasonal weights",
    },
)
@dataclass(frozen=True)
class Distribution(QuotaMechanic):
    """per: how long each part is.  weights: of the parts of the period, or of the fiscal year; evenly where there are none.  round to: the unit of the
    parts.  last at least: what the last part gets of any quota above 0.  of: what is distributed."""

    per: Literal["month", "quarter", "half-year"]
    weights: tuple[Percent, ...] = ()
    round_to: Money | Quantity | None = None
    last_at_least: Money | Quantity | None = None
    of: Literal["quota", "target incentive", "both"] = "quota"

    kinds: ClassVar[tuple[str, ...]] = ("quota", "target incentive")

    def needs(self) -> tuple[str, ...]:
        return ("quota.residue",) if self.round_to is not None else ()

    def check(self, problems: list[Problem]) -> None:
        total = sum((w.value for w in self.weights), Fraction(0))
        if self.weights and total != 1:
            problems.append(
                Problem(
                    "weights-total",
                    f"the weights total {format_percent(total)}, not 100%.",
                    self.where,
                    "The parts would be more or less than the quota.",
                    "Make them total 100%.",
                )
            )

    def quotas(self, entries: Entries, run: QuotaRun) -> Entries:
        if self.of not in (run.kind, "both"):
            return entries.kept()
        residue = run.plan.conventions.get("quota.residue") or "nobody"
        least = unit_of(self.last_at_least) or Fraction(0)
        out: list[Entries] = []
        for code in np.unique(entries.period).tolist():
            rows = np.flatnonzero(entries.period == code)
            parts = self._parts(run.periods[code], run)
            if parts is None:
                out.append(entries.take(rows))
                continue
            shares = self._shares(run.periods[code], parts, run)
            if shares is None:
                return entries
            made = parts_of(entries.amount[rows], shares, unit_of(self.round_to), residue, least)
            for part, share, amount in zip(parts, shares, made, strict=True):
                words = (
                    f"{percent_words(share)} of it for {part.label}"
                    if self.weights
                    else f"one of {len(parts)} even parts"
                )
                column: Array = np.full(len(rows), run.period(part))
                out.append(
                    entries.take(rows, period=column, amount=amount, note=np.full(len(rows), run.note(words)))
                )
        return Entries.joined(out) if out else entries

    def _parts(self, period: Period, run: QuotaRun) -> list[Period] | None:
        """The parts of a period; None where it is no longer than one."""
        try:
            parts = run.world.calendar.periods(period.first, period.last, self.per)
        except NotAPeriod:
            return None
        if len(parts) < 2 or parts[0].first != period.first or parts[-1].last != period.last:
            return None
        return parts

    def _shares(self, period: Period, parts: list[Period], run: QuotaRun) -> list[Fraction] | None:
        if not self.weights:
            return [Fraction(1, len(parts))] * len(parts)
        weights = [w.value for w in self.weights]
        if len(weights) == len(parts):
            return weights
        year = run.world.calendar.period_of(period.first, "year")
        of_year = run.world.calendar.periods(year.first, year.last, self.per)
        if len(of_year) == len(weights) and all(p in of_year for p in parts):
            own = [weights[of_year.index(p)] for p in parts]
            total = sum(own, Fraction(0))
            if total:
                return [w / total for w in own]
        run.problem(
            "quota-weights",
            f"there are {len(weights)} weights, and {period.label} has {len(parts)} {self.per}s.",
            self.where,
            "It isn't clear which weight is for which part.",
            f"State a weight for each {self.per}.",
        )
        return None
