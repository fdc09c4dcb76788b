"""Which credits a component pays on, what they are worth, and the lines that its mechanics start from."""

from __future__ import annotations

import numpy as np

from reference_engine.columns import Array, Exact, days_of, same, some, taken
from reference_engine.conversion import convert
from reference_engine.events import SOURCE, Events, is_of
from reference_engine.expressions.evaluate import number, yes
from reference_engine.expressions.records import RecordScope
from reference_engine.lines import Lines
from reference_engine.mechanics.crediting.credits import DIRECT, TYPES, Credits
from reference_engine.people import ALWAYS, NEVER, Days, clipped
from reference_engine.plans.convention_reader import open_convention
from reference_engine.problems import Problem, did_you_mean
from reference_engine.reporting import FIRST_DAY, LAST_DAY
from reference_engine.vocabulary.calendar import Period
from reference_engine.vocabulary.plan import Component, Plan, Rounding
from reference_engine.world import World


class Eligibility:
    """Who is on a plan, and when."""

    def __init__(self, plan: Plan, world: World) -> None:
        self.plan = plan
        self.people = world.people
        self.everyone = plan.eligible == "everyone"
        self.member: Array = (
            np.isin(world.payee_column("role").astype(str), plan.roles)
            if plan.roles
            else np.zeros(len(world.payees), dtype=bool)
        )
        for code in self.people.ever_changed:
            self.member[code] = bool(self.people.role_spans(code, plan.roles))
        table = world.table("plan_assignments")
        rows = (table.words("plan") == plan.name).nonzero()[0]
        payee = world.codes_of(table.words("payee")[rows])
        # One layer for each assignment that a payee may have, so that all payees are looked up at once.
        layer = np.zeros(len(rows), dtype=np.int64)
        if len(set(payee.tolist())) < len(rows):
            order = np.argsort(payee, kind="stable")
            own = payee[order]
            layer[order] = np.arange(len(rows)) - np.searchsorted(own, own)
        shape = (int(layer.max(initial=-1)) + 1, len(world.payees))
        self.first, self.last = np.full(shape, LAST_DAY), np.full(shape, FIRST_DAY)
        self.first[layer, payee] = table.days("from")[rows]
        if "to" in table.dates:
            last = table.dates["to"][rows]
            self.last[layer, payee] = np.where(np.isnat(last), LAST_DAY, last)
        else:
            self.last[layer, payee] = LAST_DAY

    def ever(self, payee: int) -> bool:
        """Whether a payee is on the plan at any time."""
        return (
            self.everyone
            or bool(self.member[payee])
            or bool((self.first[:, payee] <= self.last[:, payee]).any())
        )

    def members(self) -> Array:
        """Whether each payee is on the plan at any time."""
        if self.everyone:
            return np.ones(len(self.member), dtype=bool)
        if self.plan.eligible == "roles":
            return self.member
        found: Array = np.asarray((self.first <= self.last).any(axis=0), dtype=bool)
        return found

    def on(self, payee: Array, day: Array) -> Array:
        """Whether each payee is on the plan on each day."""
        found: Array
        if self.everyone:
            found = np.ones(len(payee), dtype=bool)
        elif self.plan.eligible == "roles":
            found = self.member[payee]
            if self.people.ever_changed:
                found = found & np.isin(self.people.roles_on(payee, day).astype(str), self.plan.roles)
        else:
            found = np.zeros(len(payee), dtype=bool)
            for first, last in zip(self.first, self.last, strict=True):
                found |= (day >= first[payee]) & (day <= last[payee])
        if self.plan.conventions.get("credit.outside_employment") == "doesn't count":
            found &= self.people.employed_on(payee, day)
        if self.plan.conventions.get("leave.credits") == "doesn't count":
            found &= ~self.people.on_leave(payee, day)
        return found

    def spans(self, payee: int) -> list[Days]:
        """The spans in which a payee is on the plan, whether employed or not."""
        if self.everyone:
            spans = [(ALWAYS, NEVER)]
        elif self.plan.eligible == "roles":
            spans = self.people.role_spans(payee, self.plan.roles)
        else:
            pairs = zip(self.first[:, payee].tolist(), self.last[:, payee].tolist(), strict=True)
            spans = clipped([(a, b) for a, b in pairs if a <= b], ALWAYS, NEVER)
        first, last = self.plan.valid
        return clipped(spans, first or ALWAYS, last or NEVER)

    def check(self, payee: Array, day: Array, event: Array, events: Events, problems: list[Problem]) -> None:
        """A Problem where a credit is dated on a day without employment or of leave, and the plan doesn't say what that does."""
        conventions = self.plan.conventions
        for name, found, what in (
            ("credit.outside_employment", ~self.people.employed_on(payee, day), "isn't employed"),
            ("leave.credits", self.people.on_leave(payee, day), "is on leave"),
        ):
            at = np.flatnonzero(found)
            if conventions.get(name) is None and len(at):
                row = int(at[0])
                who = self.people.world.payees[int(payee[row])]
                record = events.record[int(event[row])]
                said = f'"{who}" {what} on {day[row]}, the day of {record}, and "{self.plan.name}" doesn\'t state {name}.'
                problem = open_convention(name, said, events.where(int(event[row])), conventions)
                if problem not in problems:
                    problems.append(problem)


def eligibility(plan: Plan, world: World) -> Eligibility:
    """Who is on a plan, and when; found out once for a world."""
    key = "eligibility", id(plan)
    if key not in world.kept:
        # It keeps the plan too, so that no other can take its place in memory.
        world.kept[key] = Eligibility(plan, world)
    found: Eligibility = world.kept[key]
    return found


def select(
    plan: Plan,
    component: Component,
    events: Events,
    credits: Credits,
    eligible: Eligibility,
    records: RecordScope,
    problems: list[Problem],
) -> Array:
    """The positions of the credits that a component pays on.  records: the events as rows of its condition."""
    source = events.source[credits.event]
    wanted = is_of(source, *[s for s in component.sources if s != "cancellations"])
    own = credits.of_plan(plan.name)
    if own is not None:
        wanted &= own
    wanted &= np.array([t in component.credits for t in TYPES], dtype=bool)[credits.type]
    day = belongs = events.date[credits.event]
    back = is_of(source, "returns of deals", "returns of sales")
    if some(back):
        # A return counts under the plan that its deal was sold under.
        sold = events.deal_date[credits.event]
        belongs = np.where(back & ~np.isnat(sold), sold, day)
    for first, last in (plan.valid, component.valid):
        if first is not None:
            wanted &= belongs >= np.datetime64(first, "D")
        if last is not None:
            wanted &= belongs <= np.datetime64(last, "D")
    if component.products:
        wanted &= np.isin(events.attribute("product")[credits.event].astype(str), component.products)
    rows = wanted.nonzero()[0]
    rows = rows[eligible.on(credits.payee[rows], belongs[rows])]
    if not eligible.people.unbroken:
        eligible.check(credits.payee[rows], belongs[rows], credits.event[rows], events, problems)
    if component.condition is None or not len(rows):
        return rows
    used = np.zeros(len(events), dtype=bool)
    used[credits.event[rows]] = True
    holds = yes(component.condition, records, component.where, problems, used)
    kept: Array = rows[holds[credits.event[rows]]]
    return kept


def in_period(plan: Plan, last: Array, day: Array) -> Array:
    """The position of the period in which each day counts; in the grace days after a period, still that one."""
    period: Array = last.searchsorted(day)
    if not plan.grace_days:
        return period
    before = np.maximum(period - 1, 0)
    late = (period > 0) & ((day - last[before]).astype(np.int64) <= plan.grace_days)
    return np.where(late, before, period)


def first_lines(
    plan: Plan,
    component: Component,
    world: World,
    events: Events,
    credits: Credits,
    rows: Array,
    periods: list[Period],
    records: RecordScope,
    problems: list[Problem],
) -> Lines:
    """One line for each credit, with its base and nothing earned yet."""
    event = credits.event[rows]
    last = days_of([p.last for p in periods])
    period = in_period(plan, last, credits.days(events, rows))
    worth, currency, in_units = _value(component, events, credits, rows, records, problems)
    value, counted, divided = _apportioned(worth, component, events, credits, rows, plan, problems)
    if in_units:
        unit = same("", len(rows))
        if component.count:
            accumulate = component.accumulate or plan.conventions.get("tier.accumulate") or "period"
            interval = np.array(world.calendar.intervals(periods, accumulate, plan.valid[0])[0], dtype=np.int64)[period]
            value = _counted(component, plan, records, credits, rows, interval, events, problems)
            counted = None
    else:
        if counted is not None:
            counted, _ = convert(counted, currency[event], events, event, period, periods, plan, world, problems)
        value, unit = convert(value, currency[event], events, event, period, periods, plan, world, problems)
    sign = taken(events.sign, event)
    if plan.conventions.get("returns.earn") != "mirror":
        if counted is not None:
            counted = counted.signed(sign)
        value, sign = value.signed(sign), same(1, len(rows), np.int64)
    size = len(rows)
    if component.share is not None:
        earned = Exact.full(size, component.share)
    elif len(component.sources) == 1:
        earned = Exact.full(size, *component.sources.values())
    else:
        shares = np.zeros(len(SOURCE), dtype=np.int64)
        table = Exact.of([component.sources[s] for s in component.sources])
        for i, s in enumerate(component.sources):
            shares[SOURCE[s]] = i
        earned = table[shares[events.source[event]]]
    nothing, none, blank, no = Exact.full(size, 0), same(-1, size, np.int64), same("", size), same(False, size, bool)
    paid_in = period
    if credits.pay_day is not None:
        released = credits.pay_day[rows]
        paid_in = np.where(
            np.isnat(released), period, np.searchsorted(last, np.where(np.isnat(released), last[0], released))
        )
    return Lines(
        credits.payee[rows],
        period,
        event,
        rows,
        value,
        unit,
        nothing,
        no,
        blank,
        earned if divided is None else earned * divided,
        sign,
        nothing,
        unit,
        none,
        blank,
        no if credits.held is None else credits.held[rows],
        paid_in,
        none,
        counted,
    )


def _value(
    component: Component,
    events: Events,
    credits: Credits,
    rows: Array,
    records: RecordScope,
    problems: list[Problem],
) -> tuple[Exact, Array, bool]:
    """What each record is worth, in which currency, and whether that is a plain number instead of money."""
    if component.count:
        return Exact(np.ones(len(events), dtype=np.int64)), events.currency, True
    if component.value is not None:
        used = np.zeros(len(events), dtype=bool)
        used[credits.event[rows]] = True
        column = number(component.value, records, component.where, problems, used)
        units = column.unit[used]
        plain = not len(units) or not (units != "").any()
        wrong = np.flatnonzero(used & (column.unit == "") & (column.value.num != 0))
        if not plain and len(wrong):
            at = int(wrong[0])
            problems.append(
                Problem(
                    "not-money",
                    f'"{component.value.text}" is a plain number for {events.kind[at]} {events.record[at]}, and money for others.',
                    events.where(at),
                    "They couldn't be added.",
                    "Let it be money for every record, or a number for every record.",
                )
            )
        return column.value, column.unit, plain
    if component.of == "units":
        return events.units, events.currency, True
    unstated = (is_of(events.source, *component.sources) & (events.currency == "")).nonzero()[0]
    for index in unstated.tolist()[:20]:
        problems.append(
            Problem(
                "no-amount",
                f"{events.kind[index]} {events.record[index]} states no amount.",
                events.where(index),
                f'The component "{component.name}" pays on {component.measure}.',
                'Fill the column "amount".',
            )
        )
    if component.of != "margin":
        return events.amount, events.currency, False
    wanted = is_of(events.source, *component.sources)
    for index in np.flatnonzero(wanted & ~events.has_cost).tolist()[:20]:
        problems.append(
            Problem(
                "no-cost",
                f"{events.record[index]} {events.line[index]} has no unit cost or no units.",
                events.where(index),
                f'The component "{component.name}" pays on margin.',
                "Fill the cost on the line or on its product.",
            )
        )
    return events.amount - events.cost, events.currency, False


def _counted(
    component: Component,
    plan: Plan,
    records: RecordScope,
    credits: Credits,
    rows: Array,
    interval: Array,
    events: Events,
    problems: list[Problem],
) -> Exact:
    """1 for each record that counts: every one, or the first of each different value in an interval."""
    event = credits.event[rows]
    sale = events.sign[event] > 0
    if (~sale).any() and plan.conventions.get("returns.count") is None:
        problems.append(
            open_convention(
                "returns.count",
                f'"{component.name}" counts records, and a return is among them; returns.count isn\'t stated.',
                events.where(int(event[~sale][0])),
                plan.conventions,
            )
        )
    ones = np.ones(len(rows), dtype=np.int64)
    if plan.conventions.get("returns.count") == "not counted":
        ones = np.where(sale, ones, 0)
    if component.count == "records":
        return Exact(ones)
    column = records.column(component.count)
    if column is None or column.kind != "text":
        problems.append(
            Problem(
                "unknown-name",
                f'"{component.name}" counts distinct "{component.count}", and no record has such a text column.',
                component.where,
                "Nothing could be counted.",
                did_you_mean(component.count, list(records.known())),
            )
        )
        return Exact(np.zeros(len(rows), dtype=np.int64))
    words = column.words[event]
    names = {w: code for code, w in enumerate(dict.fromkeys(words.tolist()))}
    code = np.array([names[w] for w in words.tolist()], dtype=np.int64)
    order = np.lexsort((rows, events.date[event], ~sale, interval, code, credits.payee[rows]))
    first = np.ones(len(rows), dtype=bool)
    for key in (credits.payee[rows][order], code[order], interval[order]):
        first[1:] &= key[1:] == key[:-1]
    first[1:] = ~first[1:]
    once = np.zeros(len(rows), dtype=np.int64)
    once[order[first]] = 1
    # A value that was only returned, not sold, in the interval isn't there; a blank names nobody.
    return Exact(np.where(sale & (words != ""), once, 0))


def _apportioned(
    worth: Exact,
    component: Component,
    events: Events,
    credits: Credits,
    rows: Array,
    plan: Plan,
    problems: list[Problem],
) -> tuple[Exact, Exact | None, Exact | None]:
    """What each credit's rate is applied to, what quotas and tiers see of it where that is something else, and the
    part of the rate that it earns where the commission is divided after the rate."""
    rounding = plan.conventions.round_at("credit")
    base = shared_values(worth, events, credits, rows, rounding, plan, problems)
    when = plan.conventions.get("split.when")
    if when == "before rate" and credits.counted is None:
        return base, None, None
    share = credits.share[rows]
    divides = (credits.type[rows] == DIRECT) & (share < Exact.full(len(rows), 1))
    if when is None and divides.any() and not all(m.proportional for m in component.earn):
        at = int(credits.event[rows[divides]][0])
        problems.append(
            open_convention(
                "split.when",
                f'the credit of {events.record[at]} is split, "{component.name}" pays by more than a fixed rate, and '
                f'"{plan.name}" doesn\'t state split.when.',
                events.where(at),
                plan.conventions,
            )
        )
    divided: Exact | None = None
    if when == "after rate" and divides.any():
        whole = worth[credits.event[rows]]
        if rounding is not None:
            whole = whole.rounded(rounding.mode, rounding.decimals)
        base = Exact.where(divides, whole, base)
        divided = Exact.where(divides, share, Exact.full(len(rows), 1))
    if credits.counted is None:
        return base, None, divided
    counted = worth[credits.event[rows]] * credits.counted[rows]
    if rounding is not None:
        counted = counted.rounded(rounding.mode, rounding.decimals)
    # A credit without a quota share of its own counts for just what it is, with the cent that a split left to it.
    return base, Exact.where(credits.counted[rows].same(share), base, counted), divided


def shared_values(
    value: Exact,
    events: Events,
    credits: Credits,
    rows: Array,
    rounding: Rounding | None,
    plan: Plan,
    problems: list[Problem],
) -> Exact:
    """Each credit's share of its event's value; with rounded credits the shares of a split still sum to the deal."""
    if rounding is None:
        return value[credits.event[rows]] * credits.share[rows]
    whole = value[credits.event]
    shared = (whole * credits.share).rounded(rounding.mode, rounding.decimals)
    direct = np.flatnonzero(credits.type == DIRECT)
    new = np.ones(len(direct), dtype=bool)
    new[1:] = credits.event[direct][1:] != credits.event[direct][:-1]
    if credits.reading is not None:
        new[1:] |= credits.reading[direct][1:] != credits.reading[direct][:-1]
    starts = np.flatnonzero(new)
    counts = np.diff(np.append(starts, len(direct)))
    left = whole[direct[starts]].rounded(rounding.mode, rounding.decimals) - shared[direct].sums(starts)
    # Only shares that make up the whole record leave a cent; the members of a group don't divide it.
    split = (counts > 1) & credits.share[direct].sums(starts).same(Exact.full(len(starts), 1))
    who = plan.conventions.get("split.residue")
    if who is None and (left.num[split] != 0).any():
        problems.append(
            open_convention(
                "split.residue",
                f'"{plan.name}" rounds credits but doesn\'t state split.residue.',
                rounding.where,
                plan.conventions,
            )
        )
        return shared[rows]
    takes = _residue_takers(credits, direct, starts, counts, who or "last")
    extra = Exact.full(len(credits), 0)
    index = np.full(len(credits), -1, dtype=np.int64)
    index[takes[split]] = np.flatnonzero(split)
    if split.any():
        extra = Exact.where(index >= 0, left[np.maximum(index, 0)], extra)
        shared = shared + extra
    follows = credits.source >= 0
    if follows.any():
        from_source = (shared[np.maximum(credits.source, 0)] * credits.receives).rounded(
            rounding.mode, rounding.decimals
        )
        shared = Exact.where(follows, from_source, shared)
    return shared[rows]


def _residue_takers(credits: Credits, direct: Array, starts: Array, counts: Array, who: str) -> Array:
    if who == "first":
        first: Array = direct[starts]
        return first
    if who == "last":
        last: Array = direct[starts + counts - 1]
        return last
    shares = credits.share[direct].fractions()
    best = [
        max(range(s, s + c), key=lambda i: (shares[i], -i))
        for s, c in zip(starts.tolist(), counts.tolist(), strict=True)
    ]
    largest: Array = direct[np.array(best, dtype=np.int64)]
    return largest
