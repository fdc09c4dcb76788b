"""Advance and true-up: advances are paid on an estimate, and deducted from the final result when the quarter or year ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.events import Events
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.portions import Portions, divided, say_portion
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.vocabulary.calendar import NotAPeriod
from reference_engine.vocabulary.numbers import format_money
from reference_engine.world import World

_Key = tuple[int, int, str]
"""A payee, an interval and a currency."""
_ADVANCES = "payee | period | amount | paid\nAna | 2026-01 | 30.00 EUR | {paid}\nAna | 2026-02 | 30.00 EUR | "


def _example(
    title: str,
    sold: str,
    payouts: str,
    minus: str = "earned",
    negative: str = "recovered",
    paid: str = "",
    advances: str = _ADVANCES,
    **more: str,
) -> Example:
    return Example(
        title,
        f"conventions: {{rounding: exact, trueup.minus: {minus}, trueup.negative: {negative}}}\n"
        "components: [{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 10%}}], pay: [{advance and true up: {settled at end of: quarter}}]}]",
        {
            "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01\nBen | P | 2026-01-01",
            "deals": f"deal | owner | amount | closed\nD-1 | Ana | {sold} EUR | 2026-02-15",
            "advances": advances.format(paid=paid),
            **more,
        },
        payouts,
    )


@mechanic(
    "Stated advances are paid in their periods; what is really earned is paid at the end of the quarter or year, less the advances.",
    examples=(
        _example(
            "100.00 earned in the quarter, 60.00 advanced: March settles 40.00",
            "1,000.00",
            "Ana | 2026-01 | 30.00 EUR\nAna | 2026-02 | 30.00 EUR\nAna | 2026-03 | 40.00 EUR",
        ),
        _example(
            "Just what was advanced: nothing is left",
            "600.00",
            "Ana | 2026-01 | 30.00 EUR\nAna | 2026-02 | 30.00 EUR\nAna | 2026-03 | 0.00 EUR",
        ),
        _example(
            "20.00 less were earned: they are recovered",
            "400.00",
            "Ana | 2026-01 | 30.00 EUR\nAna | 2026-02 | 30.00 EUR\nAna | 2026-03 | -20.00 EUR",
        ),
        _example(
            "20.00 less were earned: they are waived",
            "400.00",
            "Ana | 2026-01 | 30.00 EUR\nAna | 2026-02 | 30.00 EUR\nAna | 2026-03 | 0.00 EUR",
            negative="waived",
        ),
        _example(
            "20.00 less were earned, and 50.00 in the next quarter: they are carried",
            "400.00",
            "Ana | 2026-01 | 30.00 EUR\nAna | 2026-02 | 30.00 EUR\nAna | 2026-03 | 0.00 EUR\nAna | 2026-06 | 30.00 EUR",
            negative="carried",
            deals="deal | owner | amount | closed\nD-1 | Ana | 400.00 EUR | 2026-02-15\nD-2 | Ana | 500.00 EUR | 2026-04-15",
        ),
        _example(
            "Of January's advance only 10.00 were paid out; the final result less what was paid",
            "1,000.00",
            "Ana | 2026-01 | 10.00 EUR\nAna | 2026-02 | 30.00 EUR\nAna | 2026-03 | 60.00 EUR",
            minus="paid",
            paid="10.00 EUR",
        ),
        _example(
            "The same less what was granted: the 20.00 are lost",
            "1,000.00",
            "Ana | 2026-01 | 10.00 EUR\nAna | 2026-02 | 30.00 EUR\nAna | 2026-03 | 40.00 EUR",
            paid="10.00 EUR",
        ),
        _example(
            "An advance of somebody who sold nothing is recovered, and April's is settled in June",
            "1,000.00",
            "Ana | 2026-03 | 100.00 EUR\nBen | 2026-02 | 50.00 EUR\nBen | 2026-03 | -50.00 EUR\nBen | 2026-04 | 20.00 EUR\nBen | 2026-06 | -20.00 EUR",
            advances="payee | period | amount\nBen | 2026-02 | 50.00 EUR\nBen | 2026-04 | 20.00 EUR",
        ),
    ),
    formula="paid at the end = earned in the interval - advances of the interval; carried or waived: at most what was earned is deducted",
    boundary="Everything that the component earns in an interval is paid with its last pay period. A return counts with its own interval. Where they are carried or waived, advances are deducted only as far as "
    "something was earned; what is carried is deducted at the end of later intervals. A negative result itself is taken back.",
    sources=(
        "https://www.sec.gov/Archives/edgar/data/1023362/000102336211000026/salesprogdesc.htm",
        "https://docs.oracle.com/en/cloud/saas/sales/facmi/calculate-monthly-commissions-using-as-of-attainments-for-the.html",
    ),
    words={"Oracle": "true-up", "Siebel": "year-to-date or true-up", "Spiff": "commission estimate"},
)
@dataclass(frozen=True)
class AdvanceAndTrueUp(Mechanic):
    """settled at end of: the quarter, half-year or year whose result is final.  The advances stand in the table advances."""

    reads_others = True

    settled_at_end_of: Literal["quarter", "half-year", "year"]

    def needs(self) -> tuple[str, ...]:
        return ("trueup.minus", "trueup.negative")

    def stated_days(self, world: World) -> list[date]:
        labels = dict.fromkeys(world.table("advances").words("period").tolist())
        return [day for label in labels for day in (world.period(label).first, world.period(label).last)]

    def reaches(self, world: World, events: Events, last: date, cadence: str) -> date | None:
        try:
            return world.calendar.period_of(last, self.settled_at_end_of).last
        except NotAPeriod:
            return None

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        position, intervals = run.intervals(self.settled_at_end_of)
        end = np.array([p.last for p in intervals], dtype="datetime64[D]")
        rows = self._rows(run)
        if run.problems:
            return lines.change()
        when = Portions.whole(
            end[position[lines.period]], f"waits for the end of the {self.settled_at_end_of}"
        )
        final = divided(lines, run, when, self.where)
        if not len(rows):
            return final
        table = run.world.table("advances")
        granted, paid = table.amounts("amount"), table.amounts("paid")
        index = np.array([r for r, _ in rows], dtype=np.int64)
        period = np.array([p for _, p in rows], dtype=np.int64)
        payee = np.array(
            [run.world.payee_code[p] for p in table.words("payee")[index].tolist()], dtype=np.int64
        )
        currency = (
            granted.currency[index] if granted.currency is not None else np.full(len(index), "", dtype=object)
        )
        out = Exact.where(paid.present[index], paid.value[index], granted.value[index])
        deducted = out if run.conventions["trueup.minus"] == "paid" else granted.value[index]
        return Lines.joined(
            [
                final,
                self._advances(payee, period, out, currency, run),
                self._deductions(final, payee, position[period], deducted, currency, end, run),
            ]
        )

    def _rows(self, run: ComponentRun) -> list[tuple[int, int]]:
        """The advances on this component: row and pay period."""
        table = run.world.table("advances")
        labels = {(p.first, p.last): i for i, p in enumerate(run.periods)}
        out: list[tuple[int, int]] = []
        for row, label in enumerate(table.words("period").tolist()):
            if table.words("component")[row] not in ("", run.component.name):
                continue
            period = run.world.period(label)
            at = labels.get((period.first, period.last))
            if at is not None:
                out.append((row, at))
            elif run.periods[0].first <= period.first and period.last <= run.periods[-1].last:
                run.problem(
                    "advance-period",
                    f'the advance of {label} isn\'t for a pay period of "{run.plan.name}".',
                    table.where(row),
                    "It isn't known when it is paid.",
                    f"State it for a period like {run.periods[0].label}.",
                )
        return out

    def _advances(
        self, payee: Array, period: Array, amount: Exact, currency: Array, run: ComponentRun
    ) -> Lines:
        rule = run.rule("paid on an estimate", "advance", self.where)
        return Lines.plain(payee, period, amount, currency, kind="advance", rule=np.full(len(payee), rule))

    def _deductions(
        self,
        final: Lines,
        payee: Array,
        interval: Array,
        amount: Exact,
        currency: Array,
        end: Array,
        run: ComponentRun,
    ) -> Lines:
        """One line for each payee and interval with advances, at its end."""
        due: dict[_Key, Fraction] = {}
        for who, i, value, unit in zip(
            payee.tolist(), interval.tolist(), amount.fractions(), currency.tolist(), strict=True
        ):
            due[who, i, unit] = due.get((who, i, unit), Fraction(0)) + value
        reading = run.conventions["trueup.negative"]
        if reading != "recovered":
            due = self._limited(final, due, run, carried=reading == "carried")
        keys = sorted(k for k, v in due.items() if v)
        last = np.array([p.last for p in run.periods], dtype="datetime64[D]")
        position = np.searchsorted(last, end[np.array([k[1] for k in keys], dtype=np.int64)])
        inside = [i for i, at in enumerate(position.tolist()) if at < len(run.periods)]
        keys = [keys[i] for i in inside]
        rule = run.rule(
            f"advances of the {self.settled_at_end_of} are deducted from its result",
            "advance deducted",
            self.where,
        )
        currencies = np.empty(len(keys), dtype=object)
        currencies[:] = [k[2] for k in keys]
        return Lines.plain(
            np.array([k[0] for k in keys], dtype=np.int64),
            position[np.array(inside, dtype=np.int64)],
            Exact.of([-due[k] for k in keys]),
            currencies,
            kind="advance deducted",
            rule=np.full(len(keys), rule),
        )

    def _limited(
        self, final: Lines, due: dict[_Key, Fraction], run: ComponentRun, *, carried: bool
    ) -> dict[_Key, Fraction]:
        """Deductions that take no more than was earned; what is left over is carried to later intervals, or waived."""
        position, intervals = run.intervals(self.settled_at_end_of)
        who = {(payee, unit) for payee, _, unit in due}
        mine = np.flatnonzero(np.isin(final.payee, [payee for payee, _ in who]))
        earned: dict[_Key, Fraction] = {}
        for payee, i, value, unit in zip(
            final.payee[mine].tolist(),
            position[final.period[mine]].tolist(),
            final.amount[mine].fractions(),
            final.currency[mine].tolist(),
            strict=True,
        ):
            earned[payee, i, unit] = earned.get((payee, i, unit), Fraction(0)) + value
        out: dict[_Key, Fraction] = {}
        for payee, unit in sorted(who):
            over = Fraction(0)
            for i in range(len(intervals)):
                key = (payee, i, unit)
                wanted = due.get(key, Fraction(0)) + over
                out[key] = min(wanted, max(earned.get(key, Fraction(0)), Fraction(0)))
                over = wanted - out[key] if carried else Fraction(0)
        return out

    def say(self, before: LineView | None, after: LineView) -> str:
        if before is not None:
            return say_portion(before, after)
        money = format_money(abs(after.amount), after.currency)
        if after.kind == "advance":
            return f"{money} is paid as an advance on what will be earned."
        if after.kind == "advance deducted":
            return f"{money} of advances is deducted from what was earned in the {self.settled_at_end_of}."
        return ""
