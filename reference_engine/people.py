"""Who works when, as what and for whom: hires, leaves, moves, promotions, manager changes and terminations by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from reference_engine.columns import Array
from reference_engine.problems import Problem, Where, did_you_mean
from reference_engine.vocabulary.calendar import Period

if TYPE_CHECKING:
    from reference_engine.world import World

ALWAYS, NEVER = date(1, 1, 1), date(9999, 12, 31)
_ALWAYS, _NEVER, _NO_DAY = np.datetime64(ALWAYS, "D"), np.datetime64(NEVER, "D"), np.datetime64("NaT", "D")
CHANGES = {"move": "role", "promotion": "role", "manager change": "manager"}
"""Which column of payees an event gives a new value to."""
Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Leave:
    """first, last: both inclusive.  kind: parental, sick, unpaid or another word; "" where none is stated."""

    first: date
    last: date
    kind: str
    where: Where


class People:
    """The dated truth about payees.  Before its first event a payee is what the table payees says.

    first, last: the days from which and until which each payee is employed.  spells: of those who come back.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.problems: list[Problem] = []
        size = len(world.payees)
        self.first, self.last, self.hired = np.empty((3, size), dtype="datetime64[D]")
        self.first[:], self.last[:], self.hired[:] = _ALWAYS, _NEVER, _NO_DAY
        self.hires: dict[int, list[date]] = {}
        self.spells: dict[int, list[Days]] = {}
        self.leaves: dict[int, list[Leave]] = {}
        self._changes: dict[str, list[tuple[int, date, str]]] = {"role": [], "manager": []}
        self._lookups: dict[str, tuple[Array, Array, Array]] = {}
        self._read()

    @property
    def unbroken(self) -> bool:
        """Whether everybody is employed always and never on leave, as far as anybody says."""
        return self._unbroken

    # -- employment -----------------------------------------------------------------------------------
    def employed(self, payee: int) -> list[Days]:
        """The spans in which a payee is employed, in order."""
        return self.spells.get(payee) or [(_day(self.first[payee]), _day(self.last[payee]))]

    def hired_before(self, payee: int, day: date) -> date | None:
        """The last day up to which a payee was hired; None where nothing says when."""
        if payee in self.hires:
            return max((d for d in self.hires[payee] if d <= day), default=None)
        stated = self.hired[payee]
        return None if np.isnat(stated) or _day(stated) > day else _day(stated)

    def employed_on(self, payee: Array, day: Array) -> Array:
        """Whether each payee is employed on each day."""
        if self._unbroken:
            return np.ones(len(payee), dtype=bool)
        inside: Array = (day >= self.first[payee]) & (day <= self.last[payee])
        for code, spells in self.spells.items():
            rows = np.flatnonzero(payee == code)
            inside[rows] = _within(day[rows], spells)
        return inside

    def on_leave(self, payee: Array, day: Array) -> Array:
        """Whether each payee is on leave on each day."""
        found = np.zeros(len(payee), dtype=bool)
        for code, leaves in self.leaves.items():
            rows = np.flatnonzero(payee == code)
            found[rows] = _within(day[rows], [(x.first, x.last) for x in leaves])
        return found

    # -- what changes by day ---------------------------------------------------------------------------
    def roles_on(self, payee: Array, day: Array) -> Array:
        """The role of each payee on each day."""
        return self._on("role", payee, day)

    def managers_on(self, payee: Array, day: Array) -> Array:
        """The code of the manager of each payee on each day; -1 where there is none."""
        names = self._on("manager", payee, day)
        known = {m: self.world.payee_code.get(m, -1) for m in dict.fromkeys(names.tolist())}
        return np.array([known[m] for m in names.tolist()], dtype=np.int64)

    @property
    def managers_change(self) -> bool:
        """Whether anybody gets another manager."""
        return bool(self._changes["manager"])

    def manager_lines(self) -> tuple[Array, Array, Array, Array]:
        """Who reports to whom: payee, manager, first and last day, NaT for open, one entry for each line."""
        out: list[tuple[int, int, date, date]] = []
        changed = {code for code, _, _ in self._changes["manager"]}
        for code, manager in enumerate(self.world.managers.tolist()):
            if code not in changed:
                out += [(code, manager, ALWAYS, NEVER)] if manager >= 0 else []
                continue
            names = dict.fromkeys(v for c, _, v in self._changes["manager"] if c == code)
            own = str(self.world.payee_column("manager")[code])
            for name in dict.fromkeys([own, *names]):
                if name:
                    boss = self.world.payee_code[name]
                    out += [(code, boss, a, b) for a, b in self._spans("manager", code, (name,))]
        return (
            np.array([c for c, _, _, _ in out], dtype=np.int64),
            np.array([m for _, m, _, _ in out], dtype=np.int64),
            np.array([a for _, _, a, _ in out], dtype="datetime64[D]"),
            np.array([b for _, _, _, b in out], dtype="datetime64[D]"),
        )

    def role_spans(self, payee: int, roles: Sequence[str]) -> list[Days]:
        """The spans in which a payee has one of these roles."""
        return self._spans("role", payee, roles)

    @property
    def ever_changed(self) -> set[int]:
        """The payees whose role changes."""
        return {code for code, _, _ in self._changes["role"]}

    def roles(self) -> list[str]:
        """Every role that somebody has at some time."""
        stated = self.world.table("payees").words("role").tolist()
        return [r for r in dict.fromkeys([*stated, *(v for _, _, v in self._changes["role"])]) if r]

    def _spans(self, column: str, payee: int, wanted: Sequence[str]) -> list[Days]:
        value = str(self.world.payee_column(column)[payee])
        since, out = ALWAYS, []
        for _, day, new in sorted(c for c in self._changes[column] if c[0] == payee):
            if value in wanted and since < day:
                out.append((since, day - timedelta(days=1)))
            value, since = new, day
        if value in wanted:
            out.append((since, NEVER))
        return out

    def _on(self, column: str, payee: Array, day: Array) -> Array:
        out = self.world.payee_column(column)[payee]
        changes = self._changes[column]
        if not changes:
            return out
        if column not in self._lookups:
            ordered = sorted(changes)
            keys = _key(
                np.array([c for c, _, _ in ordered]), np.array([d for _, d, _ in ordered], "datetime64[D]")
            )
            values = np.array([v for _, _, v in ordered], dtype=object)
            self._lookups[column] = keys, np.array([c for c, _, _ in ordered], dtype=np.int64), values
        keys, codes, values = self._lookups[column]
        at = np.searchsorted(keys, _key(payee, day), side="right") - 1
        changed = (at >= 0) & (codes[np.maximum(at, 0)] == payee)
        return np.where(changed, values[np.maximum(at, 0)], out)

    # -- reading ---------------------------------------------------------------------------------------
    def _read(self) -> None:
        world = self.world
        table = world.table("payees")
        starts: dict[int, list[tuple[date, Where]]] = {}
        ends: dict[int, list[tuple[date, Where]]] = {}
        events = world.table("employment_events")
        self._unbroken = not events.size and "hired" not in table.dates and "left" not in table.dates
        if self._unbroken:
            return
        moving = {
            world.payee_code[str(p)]
            for p, e in zip(events.words("payee").tolist(), events.words("event").tolist(), strict=True)
            if e in ("hire", "termination")
        }
        codes = np.array([world.payee_code[p] for p in table.words("payee").tolist()], dtype=np.int64)
        for column, into, bound in (("hired", starts, self.first), ("left", ends, self.last)):
            days = table.days(column)
            stated = np.flatnonzero(~np.isnat(days))
            bound[codes[stated]] = days[stated]
            for row in stated[np.isin(codes[stated], list(moving))].tolist():
                into.setdefault(int(codes[row]), []).append((_day(days[row]), table.where(row)))
        if len(codes):
            self.hired[codes] = table.days("hired")
        for row in np.flatnonzero(table.days("left") < table.days("hired")).tolist():
            self._wrong(
                table.where(row),
                f'"{table.words("payee")[row]}" left on {table.days("left")[row]}, before being hired on {table.days("hired")[row]}.',
                "Correct one of the days.",
            )
        order = np.argsort(events.days("from"), kind="stable")
        open_leave: dict[int, tuple[date, str, Where]] = {}
        for row in order.tolist():
            name = str(events.words("payee")[row])
            code, event = world.payee_code[name], str(events.words("event")[row])
            first, last = _day(events.days("from")[row]), events.days("to")[row]
            value, where = str(events.words("value")[row]), events.where(row)
            if event == "hire":
                starts.setdefault(code, []).append((first, where))
            elif event == "termination":
                ends.setdefault(code, []).append((first, where))
            elif event == "leave":
                if code in open_leave:
                    self._wrong(
                        where,
                        f'"{name}" goes on leave on {first} while on leave already.',
                        "State the return from the earlier leave first.",
                    )
                open_leave.pop(code, None)
                if np.isnat(last):
                    open_leave[code] = (first, value, where)
                else:
                    self._leave(code, Leave(first, _day(last), value, where))
            elif event == "return":
                if code not in open_leave:
                    self._wrong(
                        where,
                        f'"{name}" returns on {first} without being on leave.',
                        "State the leave, without its last day where the return says it.",
                    )
                    continue
                since, kind, at = open_leave.pop(code)
                if since < first:
                    self._leave(code, Leave(since, first - timedelta(days=1), kind, at))
            else:
                self._change(code, CHANGES[event], first, value, event, where)
        for code, (since, kind, at) in open_leave.items():
            self._leave(code, Leave(since, NEVER, kind, at))
        for code in sorted({*starts, *ends}):
            self._spell(code, starts.get(code, []), ends.get(code, []))

    def _change(self, code: int, column: str, day: date, value: str, event: str, where: Where) -> None:
        if not value:
            self._wrong(
                where, f"a {event} doesn't say the new {column}.", f'Write the new {column} into "value".'
            )
            return
        if column == "manager" and value not in self.world.payee_code:
            self._wrong(
                where,
                f'there is no payee "{value}" who could be the manager.',
                did_you_mean(value, self.world.payees),
            )
            return
        if any((c, d) == (code, day) for c, d, _ in self._changes[column]):
            self._wrong(
                where, f'"{self.world.payees[code]}" gets two values of {column} on {day}.', "State one."
            )
            return
        self._changes[column].append((code, day, value))

    def _leave(self, code: int, leave: Leave) -> None:
        known = self.leaves.setdefault(code, [])
        if any(x.first <= leave.last and leave.first <= x.last for x in known):
            self._wrong(
                leave.where,
                f'two leaves of "{self.world.payees[code]}" overlap.',
                "Let one begin after the other has ended.",
            )
            return
        known.append(leave)

    def _spell(self, code: int, starts: list[tuple[date, Where]], ends: list[tuple[date, Where]]) -> None:
        """Spans from each hire to the end that follows it; without a hire from always, without an end for ever."""
        name = self.world.payees[code]
        self.hires[code] = sorted({d for d, _ in starts})
        marks = sorted({*((d, 0) for d, _ in starts), *((d, 1) for d, _ in ends)})
        where = (starts + ends)[0][1]
        spells: list[Days] = []
        since: date | None = ALWAYS if marks[0][1] == 1 else None
        for day, is_end in marks:
            if not is_end:
                if since is not None:
                    self._wrong(
                        where,
                        f'"{name}" is hired on {day} while employed since {since}.',
                        "State the day on which the earlier employment ended.",
                    )
                    return
                since = day
            else:
                if since is None:
                    self._wrong(
                        where,
                        f'"{name}" leaves on {day} without being employed.',
                        "State the hire before it.",
                    )
                    return
                spells.append((since, day))
                since = None
        if since is not None:
            spells.append((since, NEVER))
        self.first[code], self.last[code] = spells[0][0], spells[-1][1]
        if len(spells) > 1:
            self.spells[code] = spells

    def _wrong(self, where: Where, what: str, remedy: str) -> None:
        self.problems.append(
            Problem(
                "employment-events",
                what,
                where,
                "It isn't clear on which days the payee works, and as what.",
                remedy,
            )
        )


def clipped(spans: Sequence[Days], first: date, last: date) -> list[Days]:
    """The parts of spans that lie in first..last, in order, joined where they meet."""
    out: list[Days] = []
    for a, b in sorted(spans):
        a, b = max(a, first), min(b, last)
        if b < a:
            continue
        if out and a.toordinal() <= out[-1][1].toordinal() + 1:
            out[-1] = (out[-1][0], max(b, out[-1][1]))
        else:
            out.append((a, b))
    return out


def without(spans: Sequence[Days], gaps: Sequence[Days]) -> list[Days]:
    """Spans less gaps."""
    out = list(spans)
    for first, last in gaps:
        left: list[Days] = []
        for a, b in out:
            if last < a or b < first:
                left.append((a, b))
                continue
            if a < first:
                left.append((a, first - timedelta(days=1)))
            if last < b:
                left.append((last + timedelta(days=1), b))
        out = left
    return out


def common(spans: Sequence[Days], others: Sequence[Days]) -> list[Days]:
    """The days that lie in both."""
    return clipped([x for first, last in others for x in clipped(spans, first, last)], ALWAYS, NEVER)


def covers(spans: Sequence[Days], period: Period) -> bool:
    """Whether every day of a period lies in the spans."""
    return clipped(spans, period.first, period.last) == [(period.first, period.last)]


def _within(day: Array, spans: Sequence[Days]) -> Array:
    found = np.zeros(len(day), dtype=bool)
    for first, last in spans:
        found |= (day >= np.datetime64(first, "D")) & (day <= np.datetime64(last, "D"))
    return found


def _key(payee: Array, day: Array) -> Array:
    """Payee and day as one number that sorts by both."""
    return payee.astype(np.int64) * 10_000_000 + day.astype("datetime64[D]").astype(np.int64) + 1_000_000


def _day(value: np.datetime64) -> date:
    day: date = value.astype("datetime64[D]").astype(object)
    return day
