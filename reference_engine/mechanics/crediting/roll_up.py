"""Roll-up credit: a manager is credited with a share of what the payees below are credited with."""

from __future__ import annotations

import numpy as np

from reference_engine.columns import Array, some
from reference_engine.events import Events
from reference_engine.mechanics.crediting.credits import ROLL_UP, Credits
from reference_engine.mechanics.crediting.readings import Asked, Readings
from reference_engine.mechanics.crediting.rules import Rule
from reference_engine.mechanics.registry import About, Example, describe
from reference_engine.problems import Problem
from reference_engine.reporting import loops
from reference_engine.world import World

MEANING = "A manager receives credit for the deals of the payees below, on top of their own credit."

_PLAN = (
    "eligible: everyone\nconventions: {rounding: exact, CONVENTIONS}\n"
    "components: [{component: C, measure: bookings, credits: [roll-up], earn: [{flat rate: {rate: 10%}}]}]"
)
_PEOPLE = "payee | role\nAna | Rep\nMia | Manager\nMax | Manager\nHal | Head"
_RULES = "role | receives | of the credit of\nManager | 100% | team\nHead | 50% | team"
_CHANGE = "payee | manager | from | to\nAna | Mia | | 2026-01-15\nAna | Max | 2026-01-16 |"
_SALES = "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-15\nD-2 | Ana | 2,000.00 EUR | 2026-01-16"


def _plan(**conventions: str) -> str:
    words = ", ".join(f"{n.replace('__', '.')}: {r}" for n, r in conventions.items())
    return _PLAN.replace(", CONVENTIONS", f", {words}" if words else "")


ABOUT = describe(
    __name__,
    About(
        MEANING,
        formula="roll-up credit = direct credit x receives, for every level that the rule names",
        boundary="Each direct credit gives a credit of its own to each manager above; nothing is added up before. A reporting line "
        "counts from its first to its last day, both included. A return goes to the manager of its sale's day. "
        "A held or left-out direct credit doesn't roll up.",
        sources=(
            "https://docs.oracle.com/en/cloud/saas/sales/facmi/crediting-and-rollup-parameters.html",
            "https://docs.oracle.com/cd/E18727_01/doc.121/e13444/T300317T431160.htm",
            "https://helpcenter.xactlycorp.com/?p=3741",
            "https://www.opensymmetry.com/prevent-duplicate-credits-xactly-incent/",
        ),
        words={"Oracle": "roll-up credit", "SAP": "indirect credit", "Xactly": "indirect credit"},
        examples=(
            Example(
                "Up two levels, each with its own share",
                _plan(),
                {
                    "payees": "payee | role | manager\nAna | Rep | Mia\nMia | Manager | Hal\nHal | Head |",
                    "crediting_rules": _RULES,
                    "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-15",
                },
                "Mia | 2026-01 | 100.00 EUR\nHal | 2026-01 | 50.00 EUR",
            ),
            Example(
                "A percentage for each level, and none above the second",
                _plan(),
                {
                    "payees": "payee | role | manager\nAna | Rep | Mia\nMia | Manager | Max\nMax | Manager | Hal\nHal | Manager |",
                    "crediting_rules": "role | receives | of the credit of | level\nManager | 100% | team | 1\nManager | 25% | team | 2",
                    "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-15",
                },
                "Mia | 2026-01 | 100.00 EUR\nMax | 2026-01 | 25.00 EUR",
            ),
            Example(
                "The manager changes inside the month: the last day of the old one, the first of the new one",
                _plan(rollup__as_of="transaction date"),
                {"payees": _PEOPLE, "crediting_rules": _RULES, "reporting_lines": _CHANGE, "deals": _SALES},
                "Mia | 2026-01 | 100.00 EUR\nMax | 2026-01 | 200.00 EUR",
            ),
            Example(
                "The same as of the period's end: all of January goes to the manager of the 31st",
                _plan(rollup__as_of="period end"),
                {"payees": _PEOPLE, "crediting_rules": _RULES, "reporting_lines": _CHANGE, "deals": _SALES},
                "Max | 2026-01 | 300.00 EUR",
            ),
            Example(
                "As of the roll-up date, the 15th: the new manager isn't there yet",
                _plan(rollup__as_of="roll-up date"),
                {
                    "payees": _PEOPLE,
                    "crediting_rules": _RULES,
                    "reporting_lines": _CHANGE,
                    "deals": "deal | owner | amount | closed | known\nD-1 | Ana | 1,000.00 EUR | 2026-01-15 |\n"
                    "D-2 | Ana | 2,000.00 EUR | 2026-01-16 | 2026-01-15",
                },
                "Mia | 2026-01 | 300.00 EUR",
                as_of="2026-01-15",
            ),
            Example(
                "A return goes to the manager of the sale, not to today's",
                _plan(rollup__as_of="transaction date"),
                {
                    "payees": _PEOPLE,
                    "crediting_rules": _RULES,
                    "reporting_lines": _CHANGE,
                    "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-15",
                    "returns": "return | of | date | amount\nR-1 | D-1 | 2026-02-10 | 400.00 EUR",
                },
                "Mia | 2026-01 | 100.00 EUR\nMia | 2026-02 | -40.00 EUR",
            ),
            Example(
                "Two managers, and one head above both: counted once",
                _plan(rollup__duplicates="once"),
                {
                    "payees": _PEOPLE,
                    "crediting_rules": _RULES,
                    "reporting_lines": "payee | manager\nAna | Mia\nAna | Max\nMia | Hal\nMax | Hal",
                    "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-15",
                },
                "Mia | 2026-01 | 100.00 EUR\nMax | 2026-01 | 100.00 EUR\nHal | 2026-01 | 50.00 EUR",
            ),
            Example(
                "The same with each route counted",
                _plan(rollup__duplicates="each route"),
                {
                    "payees": _PEOPLE,
                    "crediting_rules": _RULES,
                    "reporting_lines": "payee | manager\nAna | Mia\nAna | Max\nMia | Hal\nMax | Hal",
                    "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-15",
                },
                "Mia | 2026-01 | 100.00 EUR\nMax | 2026-01 | 100.00 EUR\nHal | 2026-01 | 100.00 EUR",
            ),
            Example(
                "A manager's own sale counts among the roll-up where the plan says so",
                _plan(rollup__own_sales="included"),
                {
                    "payees": "payee | role | manager\nAna | Rep | Mia\nMia | Manager |",
                    "crediting_rules": "role | receives | of the credit of\nManager | 100% | team",
                    "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-15\nD-2 | Mia | 500.00 EUR | 2026-01-20",
                },
                "Mia | 2026-01 | 150.00 EUR",
            ),
        ),
    ),
)


def check(world: World, problems: list[Problem]) -> None:
    """A Problem where a payee is, over some levels, the manager of himself."""
    lines = world.reporting
    dated = world.table("reporting_lines")
    table = dated if dated.size else world.table("payees")
    if dated.size:
        stated = set(zip(dated.words("payee").tolist(), dated.words("manager").tolist(), strict=True))
        people = world.table("payees")
        for row, pair in enumerate(
            zip(people.words("payee").tolist(), people.words("manager").tolist(), strict=True)
        ):
            if pair[1] and pair not in stated:
                problems.append(
                    Problem(
                        "manager-differs",
                        f'payees says that "{pair[0]}" reports to "{pair[1]}", and reporting_lines doesn\'t.',
                        people.where(row),
                        "Where reporting lines are given, credit rolls up along them alone.",
                        "Add the line to reporting_lines, or leave the column manager blank.",
                    )
                )
    for code, day in sorted(loops(lines))[:5]:
        when = f" on {day}" if lines.dated else ""
        problems.append(
            Problem(
                "hierarchy-loop",
                f'"{world.payees[code]}" reports{when}, over some levels, to somebody who reports back.',
                table.where(0),
                "Credit would roll up for ever.",
                "Correct the column manager.",
            )
        )


def roll_up(
    direct: Credits,
    events: Events,
    days: Array,
    world: World,
    rules: list[Rule],
    readings: Readings,
    asked: Asked,
) -> list[Credits]:
    """Credits for every manager above a directly credited payee who receives roll-up credit.

    days: for each event the day whose hierarchy counts.  Where tiers or rounding make their order matter, several
    credits of one record to one manager count in the order of the split that they follow from.
    """
    if not rules or not len(direct):
        return []
    routes = _Routes(direct, days, world, readings)
    counts = [rule.counts_for(events) for rule in rules]
    out: list[Credits] = []
    own_sales = _own_sales(direct, rules, counts, days, world, readings, asked)
    out += in_order(own_sales, world)
    own = len(out)
    for level, (rows, who) in enumerate(routes.levels(), 1):
        same: list[Credits] = []
        for rule, counted in zip(rules, counts, strict=True):
            gets = (rule.receives.num[who] != 0) & (level >= rule.least[who]) & (level <= rule.most[who])
            if counted is not None:
                gets &= counted[direct.event[rows]]
            has_role = rule.has_role(who, days[direct.event[rows]], world)
            if has_role is not None:
                gets &= has_role
            if some(gets):
                same.append(_credits(direct, rows[gets], who[gets], rule, level))
        out += in_order(same, world)
    paid = len(out) > own
    if paid and (world.reporting.dated or world.people.ever_changed):
        table = world.table("reporting_lines")
        table = table if table.size else world.table("employment_events")
        asked.ask("rollup.as_of", table.where(0), "managers or roles change with time")
    if routes.twice is not None:
        row, manager = routes.twice
        table = world.table("reporting_lines")
        payee = world.payees[int(direct.payee[row])]
        asked.ask(
            "rollup.duplicates",
            table.where(0),
            f'"{world.payees[manager]}" stands above "{payee}" by two reporting lines',
        )
    return out


def _credits(direct: Credits, rows: Array, who: Array, rule: Rule, level: int) -> Credits:
    quota = None if rule.quota is None else rule.quota[who]
    return direct.follow(rows, who, ROLL_UP, rule.receives[who], quota, level)


def _own_sales(
    direct: Credits,
    rules: list[Rule],
    counts: list[Array | None],
    days: Array,
    world: World,
    readings: Readings,
    asked: Asked,
) -> list[Credits]:
    """What managers sell themselves, which rolls up to them or doesn't."""
    out: list[Credits] = []
    for rule, counted in zip(rules, counts, strict=True):
        own = (rule.receives.num[direct.payee] != 0) & (rule.least[direct.payee] <= 1)
        if counted is not None:
            own &= counted[direct.event]
        has_role = rule.has_role(direct.payee, days[direct.event], world)
        if has_role is not None:
            own &= has_role
        rows = own.nonzero()[0]
        if not len(rows):
            continue
        payee = world.payees[int(direct.payee[rows[0]])]
        asked.ask(
            "rollup.own_sales",
            world.table("crediting_rules").where(0),
            f'"{payee}" receives roll-up credit and sells as well',
        )
        if readings.rollup_own_sales == "included":
            out.append(_credits(direct, rows, direct.payee[rows], rule, 0))
    return out


def in_order(parts: list[Credits], world: World) -> list[Credits]:
    """Credits of one level in the order in which a maximum counts them: by payee as listed, then by rule."""
    if len(parts) == 0 or not world.table("credit_maximums").size:
        return parts
    rule = np.repeat(np.arange(len(parts)), [len(p) for p in parts])
    whole = Credits.joined(parts)
    return [whole.take(np.lexsort((rule, whole.payee, whole.source)))]


class _Routes:
    """The managers above each direct credit, level by level.

    twice: a direct credit and a manager who is reached by two routes, if there is one.
    """

    def __init__(self, direct: Credits, days: Array, world: World, readings: Readings) -> None:
        self.direct = direct
        self.lines = world.reporting
        self.size = len(world.payees)
        self.once = readings.rollup_duplicates == "once"
        self.day = days[direct.event] if self.lines.dated or self.lines.several else days[:0]
        self.twice: tuple[int, int] | None = None

    def levels(self) -> list[tuple[Array, Array]]:
        """For each level the positions of direct credits and the managers whom they reach there."""
        out: list[tuple[Array, Array]] = []
        rows, at = np.arange(len(self.direct)), self.direct.payee
        seen = np.zeros(0, dtype=np.int64)
        while len(rows):
            columns = self.lines.above(at, self.day[rows] if len(self.day) else self.day)
            kept = [c >= 0 for c in columns]
            if len(kept) == 1:
                rows, at = rows[kept[0]], columns[0][kept[0]]
            else:
                rows, at = (
                    np.concatenate([rows[k] for k in kept] or [rows[:0]]),
                    np.concatenate([c[k] for c, k in zip(columns, kept, strict=True)] or [rows[:0]]),
                )
            if self.lines.several and len(rows):
                rows, at, seen = self._without_twice(rows, at, seen)
            if len(rows):
                out.append((rows, at))
        return out

    def _without_twice(self, rows: Array, at: Array, seen: Array) -> tuple[Array, Array, Array]:
        key = rows * self.size + at
        _, first = np.unique(key, return_index=True)
        new = np.zeros(len(key), dtype=bool)
        new[first] = True
        new &= ~np.isin(key, seen)
        if not new.all() and self.twice is None:
            i = int(np.flatnonzero(~new)[0])
            self.twice = int(rows[i]), int(at[i])
        if self.once:
            rows, at, key = rows[new], at[new], key[new]
        order = np.lexsort((at, rows))
        return rows[order], at[order], np.union1d(seen, key)
