"""Cap per period: a payee is paid no more than an amount in a period, quarter or year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.measure import Matrix, stacked
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.vocabulary.numbers import Money, format_money


def _example(title: str, excess: str, payouts: str) -> Example:
    return Example(
        title,
        f"pays: monthly\nconventions: {{rounding: exact, cap.excess: {excess}}}\n"
        "components: [{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 10%}}]}]\npay: [{cap: {per: month, amount: 100.00 EUR}}]",
        {
            "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
            "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-15\nD-2 | Ana | 1,300.00 EUR | 2026-02-15\nD-3 | Ana | 800.00 EUR | 2026-03-15",
        },
        payouts,
    )


@mechanic(
    "Pay in a period, quarter, half-year or year stops at an amount; what is above is lost or carried.",
    examples=(
        _example(
            "On the cap, above it and below: the excess is lost",
            "lost",
            "Ana | 2026-01 | 100.00 EUR\nAna | 2026-02 | 100.00 EUR\nAna | 2026-03 | 80.00 EUR",
        ),
        _example(
            "The excess is carried to the next month",
            "carried",
            "Ana | 2026-01 | 100.00 EUR\nAna | 2026-02 | 100.00 EUR\nAna | 2026-03 | 100.00 EUR",
        ),
    ),
)
@dataclass(frozen=True)
class Cap(Mechanic):
    """amount: the most that is paid.  per: the time it is for."""

    adds_lines = True

    amount: Money
    per: Literal["period", "month", "quarter", "half-year", "year"]

    def needs(self) -> tuple[str, ...]:
        return ("cap.excess",)

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        paid = np.flatnonzero(~lines.held)
        if not len(paid):
            return lines.change()
        wrong = sorted(set(lines.currency[paid].tolist()) - {self.amount.currency})
        if wrong:
            run.problem(
                "currency-mixed",
                f"the cap is in {self.amount.currency}, and pay is in {wrong[0]}.",
                self.where,
                "They can't be compared.",
                "State the plan's currency, and exchange rates.",
            )
            return lines
        released = lines.take(paid)
        matrix = Matrix(released.change(period=released.paid_in), len(run.periods))
        interval, _ = run.intervals(self.per)
        total = matrix.sums(released.amount)
        allowed = capped(
            total,
            interval,
            Exact.full(len(matrix.payees), self.amount.amount),
            carried=run.conventions["cap.excess"] == "carried",
        )
        change = allowed - total
        r, t = np.nonzero(change.num)
        rule = run.rule(f"at most {self.amount} a {self.per}", "cap", self.where)
        limits = Lines.plain(
            matrix.payees[r],
            t,
            change[r, t],
            np.full(len(r), self.amount.currency, dtype=object),
            kind="cap",
            rule=np.full(len(r), rule),
        )
        return Lines.joined([lines.change(), limits])

    def say(self, before: LineView | None, after: LineView) -> str:
        if after.kind != "cap":
            return ""
        if after.amount > 0:
            return (
                f"{format_money(after.amount, after.currency)} above the cap of earlier periods is paid now."
            )
        return f"At most {self.amount} is paid a {self.per}, so {format_money(-after.amount, after.currency)} isn't."


def capped(total: Exact, interval: Array, limit: Exact, *, carried: bool) -> Exact:
    """What of each period's total is paid under the limit of its interval; period by period, all payees at once."""
    nothing = Exact.full(total.shape[0], 0)
    carry, used = nothing, nothing
    out: list[Exact] = []
    for t in range(total.shape[1]):
        if t and interval[t] != interval[t - 1]:
            used = nothing
        owed = total[:, t] + carry
        pay = owed.minimum(limit - used)
        if carried:
            carry = owed - pay
        used = used + pay
        out.append(pay)
    return stacked(out)
