"""Cap: a payee is paid no more than an amount on a deal, or in a period, quarter or year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from reference_engine.columns import Array, Exact, same, some
from reference_engine.component_run import ComponentRun
from reference_engine.events import Events
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.deal_parts import ask_split, limit_of, part_of_deal
from reference_engine.mechanics.measure import Matrix, stacked
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.problems import Problem
from reference_engine.vocabulary.calendar import NotAPeriod
from reference_engine.vocabulary.numbers import Money, format_money, format_percent
from reference_engine.vocabulary.plan import Conventions
from reference_engine.world import World

_PART = "; this part of the deal is "


def _example(
    title: str,
    conventions: str,
    payouts: str,
    terms: str = "per: month, amount: 100.00 EUR",
    deals: str = "D-1 | Ana | 1,000.00 EUR | 2026-01-15\nD-2 | Ana | 1,300.00 EUR | 2026-02-15\nD-3 | Ana | 800.00 EUR | 2026-03-15",
    rate: str = "10%",
    source: str = "by hand",
    **more: str,
) -> Example:
    return Example(
        title,
        f"pays: monthly\nconventions: {{rounding: exact{', ' if conventions else ''}{conventions}}}\n"
        f"components: [{{component: C, measure: bookings, credits: [direct], earn: [{{flat rate: {{rate: {rate}}}}}]}}]\npay: [{{cap: {{{terms}}}}}]",
        {
            "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
            "deals": "deal | owner | amount | closed\n" + deals,
            **more,
        },
        payouts,
        source=source,
    )


_YEAR = "\n".join(
    f"D-{i} | Ana | {amount} EUR | 2026-{month}-10"
    for i, (month, amount) in enumerate(
        (("02", "3,000.00"), ("05", "500.00"), ("08", "1,000.00"), ("11", "2,000.00")), 1
    )
)
_SHARED = {
    "terms": 'per: deal, amount: "1,000.00 EUR"',
    "rate": "20%",
    "deals": "D-1 | Ana | 12,000.00 EUR | 2026-01-15",
    "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01\nBen | P | 2026-01-01",
    "credit_splits": "deal | payee | share\nD-1 | Ana | 60%\nD-1 | Ben | 40%",
}


@mechanic(
    "Pay on a deal, or in a period, quarter, half-year or year, stops at an amount; what is above is lost, carried, or withheld until an interval ends.",
    examples=(
        _example(
            "On the cap, above it and below: the excess is lost",
            "cap.excess: lost",
            "Ana | 2026-01 | 100.00 EUR\nAna | 2026-02 | 100.00 EUR\nAna | 2026-03 | 80.00 EUR",
        ),
        _example(
            "The excess is carried to the next month",
            "cap.excess: carried",
            "Ana | 2026-01 | 100.00 EUR\nAna | 2026-02 | 100.00 EUR\nAna | 2026-03 | 100.00 EUR",
        ),
        _example(
            "3% of 400,000.00 in a month, at most 10,000.00",
            "cap.excess: lost",
            "Ana | 2026-01 | 10,000.00 USD",
            terms='per: month, amount: "10,000.00 USD"',
            deals="D-1 | Ana | 400,000.00 USD | 2026-01-15",
            rate="3%",
            source="https://www.sparrowgenie.com/sales-commission-models/capped-commission",
        ),
        _example(
            "20% of a deal of 7,000,000.00, at most 600,000.00 a deal; another deal has a cap of its own",
            "",
            "Ana | 2026-01 | 600,000.00 EUR\nAna | 2026-02 | 20.00 EUR",
            terms='per: deal, amount: "600,000.00 EUR"',
            deals="D-1 | Ana | 7,000,000.00 EUR | 2026-01-15\nD-2 | Ana | 100.00 EUR | 2026-02-15",
            rate="20%",
            source="https://bravado.co/war-room/posts/uncapped-commission-being-capped",
        ),
        _example(
            "60% and 40% of a deal that pays 2,400.00, at most 1,000.00 a deal: each part is capped by itself",
            "cap.split: each part",
            "Ana | 2026-01 | 1,000.00 EUR\nBen | 2026-01 | 960.00 EUR",
            **_SHARED,
        ),
        _example(
            "The same, and the cap is that of the whole deal: 600.00 and 400.00 of it",
            "cap.split: whole deal",
            "Ana | 2026-01 | 600.00 EUR\nBen | 2026-01 | 400.00 EUR",
            **_SHARED,
        ),
        _example(
            "The whole deal is just on its cap of 2,400.00, so each part is; a return of half of it takes back half",
            "cap.split: whole deal",
            "Ana | 2026-01 | 1,440.00 EUR\nBen | 2026-01 | 960.00 EUR\nAna | 2026-02 | -720.00 EUR\nBen | 2026-02 | -480.00 EUR",
            returns="return | of | date | amount\nR-1 | D-1 | 2026-02-10 | 6,000.00 EUR",
            **{**_SHARED, "terms": 'per: deal, amount: "2,400.00 EUR"'},
        ),
        _example(
            "A return of a third of a deal takes back only what is then below its cap of 100.00",
            "",
            "Ana | 2026-01 | 100.00 EUR\nAna | 2026-02 | -20.00 EUR",
            terms="per: deal, amount: 100.00 EUR",
            deals="D-1 | Ana | 1,200.00 EUR | 2026-01-15",
            returns="return | of | date | amount\nR-1 | D-1 | 2026-02-10 | 400.00 EUR",
        ),
        _example(
            "A negative month isn't capped, and at least -50.00 is paid where the plan says so",
            "cap.excess: lost",
            "Ana | 2026-01 | 100.00 EUR\nAna | 2026-02 | -50.00 EUR",
            terms="per: month, amount: 100.00 EUR, least: -50.00 EUR",
            deals="D-1 | Ana | 1,200.00 EUR | 2026-01-15",
            returns="return | of | date | amount\nR-1 | D-1 | 2026-02-10 | 700.00 EUR",
        ),
        _example(
            "Quarterly cap of 150.00, all that was withheld is paid with the last month of the year",
            "cap.excess: refundable",
            "Ana | 2026-02 | 150.00 EUR\nAna | 2026-05 | 50.00 EUR\nAna | 2026-08 | 100.00 EUR\nAna | 2026-11 | 150.00 EUR\nAna | 2026-12 | 200.00 EUR",
            terms="per: quarter, amount: 150.00 EUR, settled at end of: year",
            deals=_YEAR,
        ),
        _example(
            "What a quarter leaves unused adds to the next: 150.00, 300.00, 450.00 and 600.00 to date",
            "cap.excess: carried",
            "Ana | 2026-02 | 150.00 EUR\nAna | 2026-04 | 150.00 EUR\nAna | 2026-05 | 0.00 EUR\nAna | 2026-07 | 50.00 EUR\nAna | 2026-08 | 100.00 EUR\nAna | 2026-11 | 150.00 EUR",
            terms="per: quarter, amount: 150.00 EUR, settled at end of: year, unused: adds up",
            deals=_YEAR,
        ),
        _example(
            "Carried only within the quarter: the 30.00 of March are forfeited",
            "cap.excess: carried",
            "Ana | 2026-03 | 100.00 EUR\nAna | 2026-04 | 80.00 EUR",
            terms="per: month, amount: 100.00 EUR, settled at end of: quarter",
            deals="D-2 | Ana | 1,300.00 EUR | 2026-03-15\nD-3 | Ana | 800.00 EUR | 2026-04-15",
        ),
        _example(
            "Carried for one month: the 30.00 of January are paid first, and the new 30.00 wait until March",
            "cap.excess: carried, cap.order: carried first",
            "Ana | 2026-01 | 100.00 EUR\nAna | 2026-02 | 100.00 EUR\nAna | 2026-03 | 100.00 EUR",
            terms="per: month, amount: 100.00 EUR, expires after: 1",
            deals="D-1 | Ana | 1,300.00 EUR | 2026-01-15\nD-2 | Ana | 1,000.00 EUR | 2026-02-15\nD-3 | Ana | 700.00 EUR | 2026-03-15",
        ),
        _example(
            "New earnings first: February fills its cap by itself, and the 30.00 of January are forfeited",
            "cap.excess: carried, cap.order: new first",
            "Ana | 2026-01 | 100.00 EUR\nAna | 2026-02 | 100.00 EUR\nAna | 2026-03 | 70.00 EUR",
            terms="per: month, amount: 100.00 EUR, expires after: 1",
            deals="D-1 | Ana | 1,300.00 EUR | 2026-01-15\nD-2 | Ana | 1,000.00 EUR | 2026-02-15\nD-3 | Ana | 700.00 EUR | 2026-03-15",
        ),
    ),
    formula="paid = min(earned + carried, amount - paid before in the same quarter or year); "
    "per deal: paid = min(earned, amount), or min(earned, amount x the payee's share of the deal)",
    boundary="Pay that is just the cap is paid in full. Pay below zero isn't capped, and makes room for later pay of the same interval; `least` bounds it from below. "
    "`per: deal` looks at all that a payee is paid on a deal, over all periods; where several payees share the deal, cap.split says whether each part "
    "may reach the cap. refundable: what is above is withheld, and in the last pay period of `settled at end of` all of it is paid: "
    "the cap doesn't hold in it. carried: what isn't paid by the end of `settled at end of`, or after `expires after` periods, is forfeited.",
    sources=(
        "https://www.sparrowgenie.com/sales-commission-models/capped-commission",
        "https://docs.oracle.com/cd/E05554_01/books/InCompAdm/InCompAdmPlanDesign12.html",
        "https://docs.oracle.com/en/cloud/saas/sales/facmi/create-payment-plans.html",
        "https://www.sec.gov/Archives/edgar/data/1023362/000102336211000026/salesprogdesc.htm",
        "https://optymyze.com/knowledge/does-the-solution-support-caps-and-true-ups-of-components-as-well-as-amount-and-payment-caps-on-individual-transactions",
    ),
    words={
        "Siebel": "payment cap; refundable; cap withheld; cap balance",
        "Oracle": "maximum of a payment plan; carry forward",
        "Xactly": "rule maximum",
        "QCommission": "carry-forward",
    },
)
@dataclass(frozen=True)
class Cap(Mechanic):
    """amount: the most that is paid.  per: the deal or the time that it is for.  settled at end of: when what was
    withheld is paid (refundable) or forfeited (carried).  unused: whether what an interval leaves unused adds to the
    next ones until then.  expires after: how many pay periods what is carried waits.  least: pay of a pay period isn't below it."""

    adds_lines = True

    amount: Money
    per: Literal["deal", "period", "month", "quarter", "half-year", "year"]
    settled_at_end_of: Literal["quarter", "half-year", "year"] | None = None
    unused: Literal["lost", "adds up"] = "lost"
    expires_after: int | None = None
    least: Money | None = None

    def needs(self) -> tuple[str, ...]:
        if self.per == "deal":
            return ()
        return ("cap.excess", *(("cap.order",) if self.expires_after is not None else ()))

    def check(self, problems: list[Problem]) -> None:
        extra = [
            name
            for name, stated in (
                ("settled at end of", self.settled_at_end_of),
                ("unused", self.unused if self.unused != "lost" else None),
                ("expires after", self.expires_after),
                ("least", self.least),
            )
            if stated is not None
        ]
        if self.per == "deal" and extra:
            self._wrong(
                f'"{extra[0]}" says nothing of a cap per deal.',
                "What is above the cap of a deal is lost.",
                f'Leave "{extra[0]}" out.',
                problems,
            )
        if self.unused == "adds up" and self.settled_at_end_of is None:
            self._wrong(
                '"unused: adds up" doesn\'t say until when.',
                "It would add up for ever.",
                'Add "settled at end of: year" or another interval.',
                problems,
            )
        if self.expires_after is not None and (
            self.expires_after < 1 or self.unused == "adds up" or self.settled_at_end_of
        ):
            self._wrong(
                '"expires after" must be 1 or more, and stand without "unused" and "settled at end of".',
                "They say different things about what is carried.",
                "State one of them.",
                problems,
            )

    def check_under(self, conventions: Conventions, problems: list[Problem]) -> None:
        reading = conventions.get("cap.excess")
        if self.per == "deal":
            return
        if reading == "refundable" and (self.settled_at_end_of is None or self.expires_after is not None):
            self._wrong(
                "cap.excess is refundable, and the cap doesn't say when what is withheld is paid.",
                "It would never be paid.",
                'Add "settled at end of: year" or another interval.',
                problems,
            )
        if (
            reading == "lost"
            and (self.settled_at_end_of or self.expires_after is not None)
            and self.unused == "lost"
        ):
            self._wrong(
                "cap.excess is lost, and the cap says how long it is carried.",
                "Nothing is carried.",
                'State cap.excess: carried or refundable, or leave "settled at end of" and "expires after" out.',
                problems,
            )

    def reaches(self, world: World, events: Events, last: date, cadence: str) -> date | None:
        if self.settled_at_end_of is None:
            return None
        try:
            return world.calendar.period_of(last, self.settled_at_end_of).last
        except NotAPeriod:
            return None

    def _wrong(self, what: str, why: str, remedy: str, problems: list[Problem]) -> None:
        problems.append(Problem("cap-terms", what, self.where, why, remedy))

    def from_sums(self, conventions: Conventions, accumulate: str) -> bool:
        return self.per != "deal"

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        paid = (~lines.held).nonzero()[0]
        if not len(paid):
            return lines.change()
        stated = {self.amount.currency, *([self.least.currency] if self.least else [])}
        wrong = sorted((set(lines.currency[paid].tolist()) | stated) - {self.amount.currency})
        if wrong:
            run.problem(
                "currency-mixed",
                f"the cap is in {self.amount.currency}, and pay is in {wrong[0]}.",
                self.where,
                "They can't be compared.",
                "State the plan's currency, and exchange rates.",
            )
            return lines
        if self.per == "deal":
            return self._per_deal(lines, run)
        released = lines if len(paid) == len(lines) else lines.take(paid)
        matrix = Matrix(released.change(period=released.paid_in), len(run.periods))
        total = matrix.sums(released.amount)
        change = self.allowed(total, run) - total
        r, t = change.num.nonzero()
        if not len(r):
            return lines.change()
        rule = run.rule(f"at most {self.amount} a {self.per}", "cap", self.where)
        limits = Lines.plain(
            matrix.payees[r],
            t,
            change[r, t],
            same(self.amount.currency, len(r)),
            kind="cap",
            rule=same(rule, len(r), np.int64),
        )
        return Lines.joined([lines.change(), limits])

    def allowed(self, total: Exact, run: ComponentRun) -> Exact:
        """What of each payee's total is paid in each pay period."""
        interval, _ = run.intervals(self.per)
        excess = run.conventions["cap.excess"]
        limit = Exact.full(total.shape[0], self.amount.amount)
        least = None if self.least is None else Exact.full(total.shape[0], self.least.amount)
        if self.expires_after is not None:
            order = run.conventions["cap.order"]
            return expiring(total, interval, limit, self.expires_after, order == "new first", least)
        settled = None if self.settled_at_end_of is None else run.intervals(self.settled_at_end_of)[0]
        return capped(
            total,
            interval,
            limit,
            carried=excess != "lost",
            settled=settled,
            refunded=excess == "refundable",
            adds_up=self.unused == "adds up",
            ends=self._ends(run),
            least=least,
        )

    def _ends(self, run: ComponentRun) -> Array:
        """Where a pay period is the last of the interval at whose end the cap is settled."""
        if self.settled_at_end_of is None:
            return np.zeros(len(run.periods), dtype=bool)
        position, intervals = run.intervals(self.settled_at_end_of)
        return np.array(
            [p.last == intervals[i].last for p, i in zip(run.periods, position.tolist(), strict=True)]
        )

    def _per_deal(self, lines: Lines, run: ComponentRun) -> Lines:
        """Lines that keep what is paid on each deal, over all periods, under the cap."""
        own = np.flatnonzero(lines.event >= 0)
        if not len(own):
            return lines.change()
        _, deal = np.unique(run.events.deal[lines.event[own]].astype(str), return_inverse=True)
        found, group = np.unique(lines.payee[own] * (int(deal.max()) + 1) + deal, return_inverse=True)
        part = part_of_deal(lines.take(own), group, run)
        released = np.flatnonzero(~lines.held[own])
        order = released[np.lexsort((lines.paid_in[own[released]], group[released]))]
        own, group = own[order], group[order]
        period = lines.paid_in[own]
        cell = np.ones(len(own), dtype=bool)
        cell[1:] = (group[1:] != group[:-1]) | (period[1:] != period[:-1])
        starts = np.flatnonzero(cell)
        total, row = lines.amount[own].sums(starts), own[starts]
        first = np.ones(len(starts), dtype=bool)
        first[1:] = group[starts][1:] != group[starts][:-1]
        _, so_far = total.running(first)
        limit = Exact.full(len(found), self.amount.amount)
        allowed = so_far.minimum(limit_of(limit, part, run)[group[starts]])
        if part is not None:
            whole = so_far.minimum((limit * part)[group[starts]])
            ask_split(allowed.same(whole), lines.event[row], f"the cap of {self.amount} a deal", run)
        nothing = Exact.full(len(starts), 0)
        before = Exact.where(first, nothing, allowed[np.maximum(np.arange(len(starts)) - 1, 0)])
        change = allowed - before - total
        at = change.nonzero()
        row = row[at]
        limits = Lines.plain(
            lines.payee[row],
            lines.paid_in[row],
            change[at],
            lines.currency[row],
            kind="cap",
            rule=self._rules(group[starts[at]], part, run),
            event=lines.event[row],
        )
        return Lines.joined([lines.change(), limits])

    def _rules(self, group: Array, part: Exact | None, run: ComponentRun) -> Array:
        """The rule of each line that keeps a deal under its cap; a part of a deal says which part it is."""
        most = f"at most {self.amount} a deal"
        if part is None or run.conventions.get("cap.split") != "whole deal":
            return np.full(len(group), run.rule(most, "cap", self.where))
        shares = part[group].fractions()
        rules = {
            share: run.rule(
                most if share == 1 else f"{most}{_PART}{format_percent(share)}",
                "cap",
                self.where,
            )
            for share in dict.fromkeys(shares)
        }
        return np.array([rules[share] for share in shares], dtype=np.int64)

    def say(self, before: LineView | None, after: LineView) -> str:
        if after.kind != "cap" or before is not None:
            return ""
        if after.amount > 0:
            if self.per == "deal":
                return f"{format_money(after.amount, after.currency)} of what is taken back was above the cap of the deal and never paid."
            return (
                f"{format_money(after.amount, after.currency)} above the cap of earlier periods is paid now."
            )
        most = f"At most {self.amount} is paid {'on a deal' if self.per == 'deal' else f'a {self.per}'}"
        part = after.rule.words.partition(_PART)[2] if after.rule is not None else ""
        most += f", {part} of that for this part of it" if part else ""
        return f"{most}, so {format_money(-after.amount, after.currency)} isn't."


def capped(
    total: Exact,
    interval: Array,
    limit: Exact,
    *,
    carried: bool,
    settled: Array | None = None,
    refunded: bool = False,
    adds_up: bool = False,
    ends: Array | None = None,
    least: Exact | None = None,
) -> Exact:
    """What of each period's total is paid under the limit of its interval; period by period, all payees at once.

    settled: for each period the interval at whose end what is carried is paid or forfeited.  ends: its last periods.
    """
    if least is None and len(set(interval.tolist())) == len(interval) and not some(total > limit.reshape(-1, 1)):
        # Each period is its own interval, and none comes above the limit: nothing is cut, so nothing waits.
        return total
    nothing = Exact.full(total.shape[0], 0)
    carry, used, room = nothing, nothing, limit
    out: list[Exact] = []
    for t in range(total.shape[1]):
        if t and interval[t] != interval[t - 1]:
            room = room + limit if adds_up else limit
            used = used if adds_up else nothing
        if settled is not None and t and settled[t] != settled[t - 1]:
            carry, used, room = nothing, nothing, limit
        # What is refunded at the end waits until then, unless the room adds up from interval to interval.
        waits = refunded and not adds_up
        owed = total[:, t] if waits else total[:, t] + carry
        pay = owed.minimum(room - used)
        if refunded and ends is not None and ends[t]:
            pay = total[:, t] + carry
        if carried:
            carry = total[:, t] + carry - pay
        if least is not None:
            pay = pay.maximum(least)
        used = used + pay
        out.append(pay)
    return stacked(out)


def expiring(
    total: Exact, interval: Array, limit: Exact, periods: int, new_first: bool, least: Exact | None
) -> Exact:
    """As `capped` with carried excess, each part of which waits so many periods at most.

    waiting: what is carried, oldest first.
    """
    nothing = Exact.full(total.shape[0], 0)
    waiting = [nothing] * periods
    used = nothing
    out: list[Exact] = []
    for t in range(total.shape[1]):
        if t and interval[t] != interval[t - 1]:
            used = nothing
        room = limit - used
        new = total[:, t]
        # Pay below zero is paid first, and makes room.
        below = new.minimum(nothing)
        parts = [*waiting, new - below]
        order = [periods, *range(periods)] if new_first else [*range(periods), periods]
        room = (room - below).maximum(nothing)
        pay = below
        for i in order:
            part = parts[i].minimum(room)
            parts[i] = parts[i] - part
            room = room - part
            pay = pay + part
        waiting = parts[1:]
        if least is not None:
            pay = pay.maximum(least)
        used = used + pay
        out.append(pay)
    return stacked(out)
