"""Employed on: what isn't paid yet when a payee leaves is lost or kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from reference_engine.columns import Array
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.paying.hold_until_employed import payee_days
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.problems import Problem


def _example(
    title: str, left: str, terms: str, payouts: str, reading: str = "lost", before: str = "", **more: str
) -> Example:
    return Example(
        title,
        f"conventions: {{rounding: exact, unpaid.leaver: {reading}}}\n"
        f"components: [{{component: C, measure: bookings, credits: [direct], earn: [{{flat rate: {{rate: 10%}}}}], pay: [{before}{{employed on: {{{terms}}}}}]}}]",
        {
            "payees": f"payee | left\nAna | {left}",
            "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
            "deals": "deal | owner | amount | closed\nD-1 | Ana | 100.00 EUR | 2026-01-15\nD-2 | Ana | 200.00 EUR | 2026-02-10",
            **more,
        },
        payouts,
    )


_CALENDAR = "period | from | to | pay date\n2026-P01 | 2026-01-01 | 2026-01-31 | 2026-02-15\n2026-P02 | 2026-02-01 | 2026-02-28 | 2026-03-15"


@mechanic(
    "A payee is paid only who is still employed on a stated day of each pay period: its last day, the pay date, or so many days after its end.",
    examples=(
        _example(
            "Left on the last day of February: still employed on it",
            "2026-02-28",
            "day: period end",
            "Ana | 2026-01 | 10.00 EUR\nAna | 2026-02 | 20.00 EUR",
        ),
        _example(
            "A day earlier February is lost", "2026-02-27", "day: period end", "Ana | 2026-01 | 10.00 EUR"
        ),
        _example(
            "Paid 15 days after the period: left on 14 March, February is lost",
            "2026-03-14",
            "day: days after period end, days: 15",
            "Ana | 2026-01 | 10.00 EUR",
        ),
        _example(
            "Left on the pay date itself, 15 March",
            "2026-03-15",
            "day: days after period end, days: 15",
            "Ana | 2026-01 | 10.00 EUR\nAna | 2026-02 | 20.00 EUR",
        ),
        _example(
            "The pay dates of the calendar: left on 14 February, everything is lost",
            "2026-02-14",
            "day: pay date",
            "",
            fiscal_calendar=_CALENDAR,
        ),
        _example(
            "Kept: all of it is paid whenever the payee leaves",
            "2026-02-10",
            "day: period end",
            "Ana | 2026-01 | 10.00 EUR\nAna | 2026-02 | 20.00 EUR",
            reading="kept",
        ),
        _example(
            "Held commissions are lost too when they fall due after the last day",
            "2026-03-10",
            "day: period end",
            "Ana | 2026-02 | 10.00 EUR",
            before="{hold periods: {periods: 1}}, ",
        ),
    ),
    formula="a line is paid where left is blank, or left >= the stated day of its pay period",
    boundary="Who leaves on the day itself is still employed on it. What would be taken back is taken back all the same. "
    "With unpaid.leaver: kept everything is paid.",
    sources=(
        "https://learning.sap.com/courses/implementing-and-administering-sap-incentive-management/deposit-rules_a4a43c0f-d7e8-42fe-a7e2-56dd241de94d",
    ),
    words={"SAP": "hold with conditions"},
)
@dataclass(frozen=True)
class EmployedOn(Mechanic):
    """day: which day of the pay period is looked at; pay date: that of the fiscal calendar.  days: how many after the period's end."""

    day: Literal["period end", "pay date", "days after period end"]
    days: int | None = None

    def needs(self) -> tuple[str, ...]:
        return ("unpaid.leaver",)

    def check(self, problems: list[Problem]) -> None:
        if (self.day == "days after period end") != (self.days is not None):
            problems.append(
                Problem(
                    "employed-day",
                    f'"employed on" {"must say how many days" if self.days is None else "has days, and looks at another day"}.',
                    self.where,
                    "The day on which a payee must be employed isn't known.",
                    "Write  employed on: {day: days after period end, days: 15}",
                )
            )

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        if run.conventions["unpaid.leaver"] == "kept":
            return lines.change()
        tested = self._tested(run)
        left = payee_days(run, "left")[lines.payee]
        gone = left < tested[lines.paid_in]
        lost = gone & ~lines.held & (lines.amount.num > 0)
        if not lost.any():
            return lines.change()
        rule = run.rule("the payee left before the day on which it is paid", where=self.where)
        return lines.change(held=lines.held | lost, rule=np.where(lost, rule, lines.rule))

    def _tested(self, run: ComponentRun) -> Array:
        """The day of each pay period on which the payee must be employed."""
        last = np.array([p.last for p in run.periods], dtype="datetime64[D]")
        if self.day == "period end":
            return last
        if self.day == "days after period end":
            return np.asarray(last + (self.days or 0))
        table = run.world.table("fiscal_calendar")
        stated = dict(zip(table.words("period").tolist(), table.days("pay date"), strict=True))
        none = np.datetime64("NaT", "D")
        out = np.array([stated.get(p.label, none) for p in run.periods], dtype="datetime64[D]")
        for missing in np.flatnonzero(np.isnat(out)).tolist()[:1]:
            run.problem(
                "no-pay-date",
                f"the fiscal calendar has no pay date for {run.periods[missing].label}.",
                self.where,
                "A payee must be employed on it to be paid.",
                'Fill the column "pay date" of fiscal_calendar, or take another day.',
            )
        return out

    def say(self, before: LineView | None, after: LineView) -> str:
        if before is None or before.held or not after.held:
            return ""
        return "The payee left before the day on which it is paid, so it is lost."
