"""On which days a payee counts for the quotas of a plan, and so which part of them counts."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from reference_engine.columns import Array
from reference_engine.people import Days, clipped, common, without
from reference_engine.plans.convention_reader import open_convention
from reference_engine.problems import Problem, Where
from reference_engine.proration import Open, Portion, Proration, WorkTime
from reference_engine.quota_entries import Entries, QuotaMechanic, QuotaRun
from reference_engine.vocabulary.calendar import Period

if TYPE_CHECKING:
    from reference_engine.selection import Eligibility


class Active:
    """On which days payees count for the quotas of a plan."""

    def __init__(self, run: QuotaRun, eligible: Eligibility, work: WorkTime) -> None:
        self.people, self.run, self.conventions = run.people, run, run.plan.conventions
        self.eligible = eligible
        mechanics = [m for m in run.plan.quota if isinstance(m, QuotaMechanic)]
        cut_off = next((m.cut_off for m in mechanics if m.cut_off is not None), None)
        self.service = [m for m in mechanics if m.limits_service]
        self.leave_rules = [m for m in mechanics if m.limits_leave]
        self.proration = Proration(self.conventions, run.world.calendar, work, cut_off)
        self.open: dict[str, tuple[str, Where]] = {}
        self._members: dict[int, list[Days]] = {}

    def cut(self, entries: Entries, first: Array, last: Array) -> Array:
        """The entries of payees who may not be there on every day of their period; all others count in full."""
        payee = self.run.is_payee(entries.holder).nonzero()[0]
        holder, first, last = entries.holder[payee], first[payee], last[payee]
        own = (entries.first[payee] <= first) & (entries.last[payee] >= last)
        member = np.zeros(len(payee), dtype=bool)
        if self.run.plan.eligible == "assigned":
            for start, end in zip(self.eligible.first, self.eligible.last, strict=True):
                member |= (start[holder] <= first) & (end[holder] >= last)
        else:
            member[:] = True
        for bound, late in zip(self.run.plan.valid, (False, True), strict=True):
            if bound is not None:
                day = np.datetime64(bound, "D")
                member &= (last <= day) if late else (first >= day)
        if not member.all():
            # Who is never on the plan is judged by the quota alone.
            member |= ~self.eligible.members()[holder]
        whole = own & member
        if not self.people.unbroken:
            whole &= ~self._special()[holder]
            whole &= (self.people.first[holder] <= first) & (self.people.last[holder] >= last)
        if self.service:
            served = [all(m.always_served(p) for m in self.service) for p in self.run.periods]
            whole &= np.array([*served, True], dtype=bool)[entries.period[payee]]
        found: Array = payee[~whole]
        return found

    def _special(self) -> Array:
        """The payees of whom first and last day don't say enough."""
        special = np.zeros(len(self.run.world.payees), dtype=bool)
        special[[*self.people.spells, *self.people.leaves]] = True
        if self.run.plan.eligible == "roles":
            special[list(self.people.ever_changed)] = True
        if self.service:
            special |= ~np.isnat(self.people.hired)
            special[list(self.people.hires)] = True
        return special

    def whole(self, entries: Entries, rows: Array, first: Array, last: Array) -> Array:
        """Which of these entries count in full although their payee isn't there on every day: nothing of them shrinks.

        first, last: days of the period of each of the rows.  Only who is simply assigned is judged here, all at once.
        """
        run = self.run
        of = self.conventions.get("proration.of")
        shrinks = of is None or of in (
            "quota and target",
            f"{'quota' if run.kind == 'quota' else 'target'} only",
        )
        out = np.zeros(len(rows), dtype=bool)
        if shrinks or self.service or run.plan.eligible != "assigned" or any(run.plan.valid) or not len(rows):
            return out
        holder = entries.holder[rows]
        special = np.zeros(len(run.world.payees), dtype=bool)
        special[[*self.people.spells, *self.people.leaves]] = True
        low = np.maximum(np.maximum(first, entries.first[rows]), self.people.first[holder])
        high = np.minimum(np.minimum(last, entries.last[rows]), self.people.last[holder])
        for start, end in zip(self.eligible.first, self.eligible.last, strict=True):
            out |= np.maximum(start[holder], low) <= np.minimum(end[holder], high)
        out &= ~special[holder]
        if out.any():
            # The same question asked of one of them: nothing else may be open.
            one = self.portion(entries, int(rows[out.argmax()]))
            out &= one is not None and one.factor == 1 and not one.unit
        return out

    def portion(self, entries: Entries, row: int) -> Portion | None:
        """What counts of one entry; None where a convention is open."""
        run, code = self.run, int(entries.holder[row])
        period = run.periods[int(entries.period[row])]
        place = run.wheres[int(entries.where[row])]
        spans = self.people.employed(code)
        if self.eligible.ever(code):
            spans = common(spans, self._member(code))
        spans = common(spans, [(_day(entries.first[row]), _day(entries.last[row]))])
        spans = clipped(spans, period.first, period.last)
        if not spans or any(not m.served(self.people, code, period) for m in self.service):
            return Portion(Fraction(0), Fraction(1), "", Fraction(0))
        whole = spans == [(period.first, period.last)]
        shrinks = False
        if not whole:
            of = self.conventions.get("proration.of")
            if of is None and not self._asks(code):
                return self.proration.portion(run.names[code], period, [(period.first, period.last)])
            if of is None:
                self._open("proration.of", code, period, spans, place)
                return None
            shrinks = of == "quota and target" or of == (
                "quota only" if run.kind == "quota" else "target only"
            )
        counts = spans if shrinks else [(period.first, period.last)]
        leaves = self._leaves(code, period)
        if leaves:
            name = "leave.quota" if run.kind == "quota" else "leave.target"
            reading = self.conventions.get(name)
            if reading is None and not self._asks(code):
                reading = "nothing"
            if reading is None:
                self._open(name, code, period, spans, leaves[0][1])
                return None
            if reading == "days excluded":
                counts = without(counts, [days for days, _ in leaves])
        try:
            return self.proration.portion(run.names[code], period, counts)
        except Open as missing:
            self._open(str(missing), code, period, spans, place)
            return None

    def _asks(self, code: int) -> bool:
        """Whether the plan has to say what counts of a payee's quota: not of somebody whom it never pays, nor adds up."""
        return bool(self.eligible.ever(code)) or bool(self.run.plan.quota)

    def _member(self, code: int) -> list[Days]:
        if code not in self._members:
            self._members[code] = self.eligible.spans(code)
        return self._members[code]

    def _leaves(self, code: int, period: Period) -> list[tuple[Days, Where]]:
        """The leaves that touch a period and that the plan's thresholds let count."""
        found = [
            x for x in self.people.leaves.get(code, ()) if x.first <= period.last and x.last >= period.first
        ]
        for rule in self.leave_rules:
            found = [
                x for x in found if rule.counts(x, self.people.leaves[code], self.run, self.proration.work)
            ]
        return [((x.first, x.last), x.where) for x in found]

    def _open(self, name: str, code: int, period: Period, spans: list[Days], where: Where) -> None:
        if name in self.open:
            return
        days = " and ".join(f"{max(a, period.first)} to {min(b, period.last)}" for a, b in spans)
        what = f'"{self.run.names[code]}" is active from {days} in {period.label}, and the plan "{self.run.plan.name}" '
        if name == "cut-off day":
            self.open[name] = (what + "names no cut-off day.", where)
        elif name.startswith("leave."):
            self.open[name] = (
                f'"{self.run.names[code]}" is on leave in {period.label}, and the plan "{self.run.plan.name}" doesn\'t state {name}.',
                where,
            )
        else:
            self.open[name] = (what + f"doesn't state {name}.", where)

    def problems(self) -> list[Problem]:
        """A Problem for each convention that is missing."""
        out: list[Problem] = []
        for name, (what, where) in self.open.items():
            if name == "cut-off day":
                out.append(
                    Problem(
                        "cut-off-day",
                        what,
                        where,
                        "A month counts for whoever is active on that day.",
                        "Add  quota: [{proration: {cut off day: 15}}]  with the plan's own day.",
                    )
                )
            else:
                out.append(open_convention(name, what, where, self.conventions))
        return out


def portion_words(portion: Portion) -> str:
    return f"{portion} count" if portion.unit else "nothing counts: the payee isn't active"


def _day(value: np.datetime64) -> date:
    day: date = value.astype("datetime64[D]").astype(object)
    return day
