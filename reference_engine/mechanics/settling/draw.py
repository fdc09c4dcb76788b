"""Draws and debts: low pay is topped up, what is owed is taken back from later pay, pay below zero is carried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from reference_engine.draw_settling import keep_ledger
from reference_engine.draw_terms import EVERYONE, Term
from reference_engine.mechanics.registry import mechanic
from reference_engine.mechanics.settling_examples import DRAWS
from reference_engine.problems import Problem
from reference_engine.settling_run import Settling, SettlingRun
from reference_engine.vocabulary.calendar import Calendar
from reference_engine.vocabulary.numbers import Money, Percent

MEANING = (
    "A recoverable draw tops pay up and is recovered from all pay above the draw; a non-recoverable one tops pay up for good. "
    "Pay below zero is carried as a debt where the plan says so."
)


@mechanic(
    "Pay is topped up to a draw; what is advanced is a debt that is taken back from later pay above the draw, or a gift. "
    "Opening balances and pay below zero are settled in the same ledger.",
    DRAWS,
    formula=(
        "E earned, D draw, B debt. E < D: pay D, B grows by D - E. E >= D: recovery = min(B, share x (E - D), recovery maximum), "
        "at least the recovery minimum; pay E - recovery. non-recoverable: pay max(E, D). non-recoverable additional: pay E + D. "
        "loan: pay E + D, B grows by D. prepaid: D was paid before, pay E - D; where E < D pay 0, B grows by D - E."
    ),
    boundary=(
        "E on D: nothing is advanced and nothing is recovered. Recovery never takes pay below the draw while the draw is active; after "
        "its last period it is taken from all pay. A month above the draw is no credit for a later month below it, unless "
        "draw.surplus_offsets says so. Earnings below zero make the advance and the debt larger, unless draw.negative says otherwise. "
        "Nobody gets a draw after the day of leaving. Without a draw, pay below zero is carried or paid out as balance.negative says, "
        "for each currency apart."
    ),
    sources=(
        "https://docs.oracle.com/en/cloud/saas/sales/facmi/example-of-incentive-compensation-draw-and-recovery.html",
        "https://docs.oracle.com/cd/E05553_01/books/InCompAdm/InCompAdmPlanDesign8.html",
        "https://docs.oracle.com/cd/E05553_01/books/InCompAdm/InCompAdmPlanDesign24.html",
        "https://docs.oracle.com/cd/A60725_05/html/comnls/us/cn/drcmexp.htm",
        "https://support.oracle.com/knowledge/Oracle%20E-Business%20Suite/1088212_1.html",
        "https://support.oracle.com/knowledge/Oracle%20E-Business%20Suite/1089004_1.html",
        "https://help.quotapath.com/en/articles/15532965-how-to-view-non-recoverable-draws",
        "https://www.qcommission.com/blog/recoverable-vs-non-recoverable-draw-what-is-the-difference.html",
        "https://visdum.com/blog/recoverable-and-non-recoverable-draw",
    ),
    words={
        "Oracle": "payment plan with a minimum, recoverable (immediate or delayed) or not",
        "Siebel": "recoverable draw, non-recoverable draw, balance forgiven",
        "Xactly": "recoverable draw, recoverable guarantee (both: recoverable); non-recoverable guarantee (non-recoverable), non-recoverable additional",
        "QuotaPath": "recoverable draw, non-recoverable draw",
        "QCommission": "draw on top of earnings (loan)",
        "Visdum": "draw advanced at the start of the month (prepaid)",
        "SAP ICM": "guarantee for sub-threshold earnings, recall of sub-threshold earnings",
    },
)
@dataclass(frozen=True)
class Draw(Settling):
    """A draw for everybody on the plan, beside those of the table draws; without an amount only those of the table.

    kind: whether it is owed, a gift, or paid on top of what is earned; the convention draw.type where it isn't said.
    amount: for each `per`.  percent of target: instead, of the target incentive.  per: period (each pay period) or a longer
    time.  recovery: when it is taken back; the convention draw.recovery where it isn't said.  recovery share: how much of
    the pay above the draw is taken back.  recovery minimum, recovery maximum: at least, and at most, so much in a pay
    period.  first recovery period: when a delayed recovery begins.  interval: at whose end a delayed recovery happens.
    forgiven after: what is still owed after this period is forgiven.  forgiven share: how much of it is forgiven; all where it isn't said.
     covers: the components that count.  from, to: first and last period.
    """

    kind: (
        Literal["recoverable", "non-recoverable", "non-recoverable additional", "loan", "prepaid"] | None
    ) = None
    amount: Money | None = None
    percent_of_target: Percent | None = None
    per: str = "period"
    recovery: Literal["immediate", "from the first recovery period", "at the end of the interval"] | None = (
        None
    )
    recovery_share: Percent | None = None
    recovery_minimum: Money | None = None
    recovery_maximum: Money | None = None
    first_recovery_period: str = ""
    interval: Literal["quarter", "half-year", "year"] | None = None
    covers: tuple[str, ...] = ()
    from_: str = ""
    to: str = ""
    forgiven_after: str = ""
    forgiven_share: Percent | None = None

    debts = True

    @property
    def everybody(self) -> bool:
        """Whether it pays people who earned nothing."""
        return self.amount is not None or self.percent_of_target is not None

    def begins(self, calendar: Calendar, first: date) -> date:
        return calendar.period(self.from_).first if self.from_ else first

    def check(self, problems: list[Problem]) -> None:
        if self.amount is not None and self.percent_of_target is not None:
            problems.append(
                Problem(
                    "draw-amount",
                    "the draw has both an amount and a percent of the target.",
                    self.where,
                    "It isn't stated how much is advanced.",
                    "Keep one of them.",
                )
            )

    def settle(self, run: SettlingRun) -> None:
        keep_ledger(run, self.term(run) if self.everybody else None, self.where)

    def term(self, run: SettlingRun) -> Term:
        """The draw of everybody on the plan, as a row of the table would say it."""
        span = {
            name: run.world.period(text) if text else None
            for name, text in (
                ("from", self.from_),
                ("to", self.to),
                ("starts", self.first_recovery_period),
                ("forgiven", self.forgiven_after),
            )
        }
        return Term(
            EVERYONE,
            self.amount.currency if self.amount else "",
            self.kind or "",
            self.amount.amount if self.amount else None,
            self.percent_of_target.value if self.percent_of_target else None,
            self.per,
            span["from"],
            span["to"],
            self.where,
            self.recovery or "",
            self.recovery_share.value if self.recovery_share else None,
            self.recovery_minimum.amount if self.recovery_minimum else None,
            self.recovery_maximum.amount if self.recovery_maximum else None,
            span["starts"],
            self.interval or "",
            self.covers,
            span["forgiven"],
            self.forgiven_share.value if self.forgiven_share else Fraction(1),
        )
