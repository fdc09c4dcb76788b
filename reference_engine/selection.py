"""Which credits a component pays on, what they are worth, and the lines that its mechanics start from."""

from __future__ import annotations

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.conversion import convert
from reference_engine.events import SOURCE, Events
from reference_engine.lines import Lines
from reference_engine.mechanics.crediting.credits import DIRECT, TYPES, Credits
from reference_engine.problems import Problem
from reference_engine.vocabulary.calendar import Period
from reference_engine.vocabulary.plan import Component, Plan, Rounding
from reference_engine.world import World


class Eligibility:
    """Who is on a plan, and when."""

    def __init__(self, plan: Plan, world: World) -> None:
        self.plan = plan
        self.everyone = plan.eligible == "everyone"
        self.member = (
            np.isin(world.payee_column("role").astype(str), plan.roles)
            if plan.roles
            else np.zeros(len(world.payees), dtype=bool)
        )
        table = world.table("plan_assignments")
        rows = np.flatnonzero(table.words("plan") == plan.name)
        payee = np.array([world.payee_code[p] for p in table.words("payee")[rows].tolist()], dtype=np.int64)
        last = table.days("to")[rows]
        # One layer for each assignment that a payee may have, so that all payees are looked up at once.
        layer = np.zeros(len(rows), dtype=np.int64)
        seen: dict[int, int] = {}
        for i, code in enumerate(payee.tolist()):
            layer[i] = seen.get(code, 0)
            seen[code] = int(layer[i]) + 1
        shape = (max(seen.values(), default=0), len(world.payees))
        self.first = np.full(shape, np.datetime64("9999-12-31", "D"))
        self.last = np.full(shape, np.datetime64("0001-01-01", "D"))
        self.first[layer, payee] = table.days("from")[rows]
        self.last[layer, payee] = np.where(np.isnat(last), np.datetime64("9999-12-31", "D"), last)

    def ever(self, payee: int) -> bool:
        """Whether a payee is on the plan at any time."""
        return (
            self.everyone
            or bool(self.member[payee])
            or bool((self.first[:, payee] <= self.last[:, payee]).any())
        )

    def on(self, payee: Array, day: Array) -> Array:
        """Whether each payee is on the plan on each day."""
        if self.everyone:
            return np.ones(len(payee), dtype=bool)
        if self.plan.eligible == "roles":
            return np.asarray(self.member[payee], dtype=bool)
        found = np.zeros(len(payee), dtype=bool)
        for first, last in zip(self.first, self.last, strict=True):
            found |= (day >= first[payee]) & (day <= last[payee])
        return found


def select(
    plan: Plan, component: Component, events: Events, credits: Credits, eligible: Eligibility
) -> Array:
    """The positions of the credits that a component pays on."""
    source = events.source[credits.event]
    wanted = np.isin(source, [SOURCE[s] for s in component.sources if s != "cancellations"])
    wanted &= np.isin(credits.type, [TYPES.index(t) for t in component.credits])
    day = events.date[credits.event]
    # A return counts under the plan that its deal was sold under.
    sold = np.where(np.isnat(events.deal_date[credits.event]), day, events.deal_date[credits.event])
    belongs = np.where(np.isin(source, [SOURCE["returns of deals"], SOURCE["returns of sales"]]), sold, day)
    for first, last in (plan.valid, component.valid):
        if first is not None:
            wanted &= belongs >= np.datetime64(first, "D")
        if last is not None:
            wanted &= belongs <= np.datetime64(last, "D")
    if component.products:
        wanted &= np.isin(events.attribute("product")[credits.event].astype(str), component.products)
    rows = np.flatnonzero(wanted)
    return rows[eligible.on(credits.payee[rows], belongs[rows])]


def first_lines(
    plan: Plan,
    component: Component,
    world: World,
    events: Events,
    credits: Credits,
    rows: Array,
    periods: list[Period],
    problems: list[Problem],
) -> Lines:
    """One line for each credit, with its base and nothing earned yet."""
    event = credits.event[rows]
    last = np.array([p.last for p in periods], dtype="datetime64[D]")
    period = np.searchsorted(last, events.date[event])
    value = _shared(
        _value(component, events, problems),
        events,
        credits,
        rows,
        plan.conventions.round_at("credit"),
        plan,
        problems,
    )
    if component.measure == "units":
        unit = np.full(len(rows), "", dtype=object)
    else:
        value, unit = convert(value, events, event, period, periods, plan, world, problems)
    sign = events.sign[event]
    if plan.conventions.get("returns.earn") != "mirror":
        value, sign = Exact(value.num * sign, value.den, value.bound), np.ones(len(rows), dtype=np.int64)
    size = len(rows)
    shares = np.zeros(max(SOURCE.values()) + 1, dtype=np.int64)
    table = Exact.of([component.sources[s] for s in component.sources])
    for i, s in enumerate(component.sources):
        shares[SOURCE[s]] = i
    nothing = Exact.full(size, 0)
    return Lines(
        credits.payee[rows],
        period,
        event,
        rows,
        value,
        unit,
        nothing,
        np.zeros(size, dtype=bool),
        np.full(size, "", dtype=object),
        table[shares[events.source[event]]],
        sign,
        nothing,
        unit,
        np.full(size, -1, dtype=np.int64),
        np.full(size, "", dtype=object),
        np.zeros(size, dtype=bool),
        period,
        np.full(size, -1, dtype=np.int64),
    )


def _value(component: Component, events: Events, problems: list[Problem]) -> Exact:
    if component.measure == "units":
        return events.units
    unstated = np.flatnonzero(
        np.isin(events.source, [SOURCE[s] for s in component.sources]) & (events.currency == "")
    )
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
    if component.measure != "margin":
        return events.amount
    wanted = np.isin(events.source, [SOURCE[s] for s in component.sources])
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
    return events.amount - events.cost


def _shared(
    value: Exact,
    events: Events,
    credits: Credits,
    rows: Array,
    rounding: Rounding | None,
    plan: Plan,
    problems: list[Problem],
) -> Exact:
    """Each credit's share of its event's value; with rounded credits the shares of a split still sum to the deal."""
    whole = value[credits.event]
    if rounding is None:
        return whole[rows] * credits.share[rows]
    shared = (whole * credits.share).rounded(rounding.mode, rounding.decimals)
    direct = np.flatnonzero(credits.type == DIRECT)
    new = np.ones(len(direct), dtype=bool)
    new[1:] = credits.event[direct][1:] != credits.event[direct][:-1]
    starts = np.flatnonzero(new)
    counts = np.diff(np.append(starts, len(direct)))
    left = whole[direct[starts]].rounded(rounding.mode, rounding.decimals) - shared[direct].sums(starts)
    split = counts > 1
    who = plan.conventions.get("split.residue")
    if who is None and (left.num[split] != 0).any():
        problems.append(
            Problem(
                "convention-open",
                f'"{plan.name}" rounds credits but doesn\'t state split.residue.',
                rounding.where,
                "Rounded shares of a split don't sum to the deal; somebody gets the cent that is left.",
                "Add to conventions one of: split.residue: last; split.residue: first; split.residue: largest share",
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
