"""The oracle's tier tables: what a running total, or a total up to a period, earns under each way to read a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from reference_engine.tests.oracle_lines import Line
from reference_engine.tests.oracle_plan import PlanReading
from reference_engine.tests.oracle_records import (
    ZERO,
    Doc,
    Row,
    Span,
    bound,
    day_of,
    money,
    percent,
    rounded,
    span,
)

KINDS = ("rate", "times", "pays", "per unit")


# -- tables -----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Step:
    """One tier.  strict: a value just on its lower bound hasn't reached it.  pays: the number it pays, by kind."""

    low: Fraction
    high: Fraction | None
    kind: str
    pays: Fraction
    unit: str
    text: str
    strict: bool
    row: Row

    def reached(self, value: Fraction, scale: Fraction) -> bool:
        at = self.low * scale
        return value > at if self.strict else value >= at

    def top(self, scale: Fraction) -> Fraction | None:
        return None if self.high is None else self.high * scale


def words(low: str, high: str) -> str:
    if not high:
        return f"above {low}" if bound(low) else "all"
    return f"up to {high}" if bound(low) == 0 else f"{low} to {high}"


def kind_of(row: Row) -> tuple[str, Fraction, str]:
    kind = next(k for k in KINDS if k in row)
    text = row[kind]
    if kind == "rate":
        return kind, percent(text), ""
    if kind == "times":
        return kind, Fraction(text), ""
    amount, unit = money(text)
    return kind, amount, unit


def table(plan: PlanReading, rows: list[Row], reached: str = "") -> list[Step]:
    """The table with its gaps closed as the plan says, and who owns each bound."""
    reading = {"at least": "upper tier", "more than": "lower tier"}.get(reached) or plan.conv.get(
        "tier.bound", "upper tier"
    )
    gap = plan.conv.get("tier.gap", "")
    ends: list[list[str]] = [[r["from"], r.get("to", "")] for r in rows]
    strict = [i > 0 and reading == "lower tier" for i in range(len(rows))]
    holes: dict[int, tuple[str, str]] = {}
    for i in range(1, len(rows)):
        before, here = ends[i - 1], ends[i]
        if bound(before[1]) == bound(here[0]):
            continue
        if gap == "tier below":
            before[1] = here[0]
        elif gap == "tier above":
            here[0] = before[1]
            strict[i] = strict[i] or reading == "both ends inclusive"
        else:
            holes[i] = before[1], here[0]
    out: list[Step] = []
    for i, row in enumerate(rows):
        kind, pays, unit = kind_of(row)
        if i in holes:
            low, high = holes[i]
            out.append(
                Step(
                    bound(low), bound(high), kind, ZERO, unit, words(low, high), reading != "upper tier", row
                )
            )
        low, high = ends[i]
        out.append(
            Step(
                bound(low), bound(high) if high else None, kind, pays, unit, words(low, high), strict[i], row
            )
        )
    return out


def in_force(rows: list[Row], day: date) -> list[Row]:
    """The rows of the table that is in force on a day."""
    return [
        r
        for r in rows
        if date.fromisoformat(r.get("valid from", "0001-01-01"))
        <= day
        <= date.fromisoformat(r.get("valid to", "9999-12-31"))
    ]


def rate_day(plan: PlanReading, x: Line) -> date:
    """The day that finds a dated table for a record."""
    assert x.event
    reading = plan.conv.get("rate.date", "record date")
    closed = {d["deal"]: day_of(d["closed"]) for d in plan.tables.get("deals", [])}
    own = closed.get(x.event.deal, x.event.sold or x.event.day) if reading == "deal date" else x.event.day
    return x.period.last if reading == "period end" else own


def highest(steps: list[Step], value: Fraction, scale: Fraction) -> int:
    """The position of the last tier that is reached; the first where none is."""
    return max((i for i, s in enumerate(steps) if i == 0 or s.reached(value, scale)), default=0)


def inside(step: Step, value: Fraction, scale: Fraction, *, first: bool) -> Fraction:
    """How much of 0..value lies in a tier; below zero the first goes on."""
    high = step.top(scale)
    end = value if high is None else min(value, high)
    return end if first else max(ZERO, end - step.low * scale)


# -- totals -----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class State:
    """What a payee has up to a period.  counts picks the tier, base is paid on; scale turns bounds into counts."""

    period: Span
    interval: Span
    counts: Fraction
    base: Fraction
    scale: Fraction

    def paid(self, counted: Fraction) -> Fraction:
        """The base that belongs to a part of the count."""
        if self.counts == self.base:
            return counted
        return counted / self.counts * self.base if self.counts else ZERO


Pieces = list[tuple[str, Fraction]]


def alone(plan: PlanReading) -> bool:
    return plan.conv.get("tier.accumulate") == "none"


def interval_of(plan: PlanReading, x: Line | Span) -> Span:
    return span((x if isinstance(x, Span) else x.period).first, plan.accumulate)


def scale_of(plan: PlanReading, rows: list[Row], payee: str, interval: Span, part: Doc) -> Fraction:
    """What 100% is, where the bounds are percents."""
    return plan.quota(payee, interval, part["measure"]) if rows[0]["from"].endswith("%") else Fraction(1)


def looked_up(plan: PlanReading, rows: list[Row], counts: Fraction, scale: Fraction) -> Fraction:
    """The count as it is looked up: attainment may be rounded before."""
    if rows[0]["from"].endswith("%") and "attainment" in plan.rounding:
        mode, decimals = plan.rounding["attainment"]
        return rounded(counts / scale, mode, decimals + 2) * scale
    return counts


def states(
    plan: PlanReading, lines: list[Line], part: Doc, rows: list[Row], *, of_earned: bool = False
) -> Iterator[State]:
    """Every period of the timeline with what has added up in its interval."""
    counts: dict[Span, Fraction] = defaultdict(Fraction)
    base: dict[Span, Fraction] = defaultdict(Fraction)
    for period in plan.timeline:
        interval = interval_of(plan, period)
        for x in lines:
            if x.period == period:
                counts[interval] += x.counts
                base[interval] += x.amount if of_earned else x.base * x.sign * x.share
        scale = scale_of(plan, rows, plan.payee, interval, part) if lines else Fraction(1)
        yield State(period, interval, counts[interval], base[interval], scale)


def less_earned(
    plan: PlanReading, part: Doc, unit: str, due: Iterator[tuple[Span, Span, Pieces]]
) -> list[Line]:
    """What is due on all of an interval so far, less what was earned before in it."""
    earned: dict[Span, Fraction] = defaultdict(Fraction)
    out: list[Line] = []
    for period, interval, pieces in due:
        # Where lines are rounded next, what was earned is what they were rounded to.
        total = sum((plan.round("line", amount) if plan.is_last else amount for _, amount in pieces), ZERO)
        if total != earned[interval]:
            plain = Line(plan.payee, plan.name, part["component"], period, ZERO, unit, "", "")
            out += [replace(plain, label=label, amount=amount) for label, amount in pieces if amount]
            out.append(replace(plain, amount=-earned[interval], label="earned before", kind="earned before"))
        earned[interval] = total
    return out


def by_table(
    plan: PlanReading,
    lines: list[Line],
    part: Doc,
    steps: list[Step],
    rows: list[Row],
    pieces: Callable[[State], Pieces],
) -> list[Line]:
    """A table looked up for what has added up, or for each record alone."""
    if not lines:
        return []
    unit = steps[0].unit or lines[0].currency
    if not alone(plan):
        of_earned = steps[0].kind == "times"
        return less_earned(
            plan,
            part,
            unit,
            ((s.period, s.interval, pieces(s)) for s in states(plan, lines, part, rows, of_earned=of_earned)),
        )
    out: list[Line] = []
    for x in lines:
        interval = interval_of(plan, x)
        counts = x.counts * x.sign
        state = State(
            x.period, interval, counts, x.base * x.share, scale_of(plan, rows, x.payee, interval, part)
        )
        for label, amount in pieces(state):
            if amount:
                shown = _base_of(steps, label, amount, counts)
                out.append(replace(x, base=shown, amount=amount * x.sign, label=label, currency=unit))
    return out


def _base_of(steps: list[Step], label: str, amount: Fraction, counts: Fraction) -> Fraction:
    """What the rate of a tier was applied to."""
    step = next((s for s in steps if s.text == label), None)
    return (
        amount / step.pays if step is not None and step.kind in ("rate", "per unit") and step.pays else counts
    )


def worth(step: Step, paid_on: Fraction, counts: Fraction, *, first: bool) -> Fraction:
    """What a tier pays on a base; a fixed amount for the first tier only where something has been sold."""
    if step.kind == "pays":
        return step.pays if not first or counts > 0 else ZERO
    return paid_on * step.pays


# -- the ways to read a table -----------------------------------------------------------------------------
def earn_retroactive(plan: PlanReading, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
    steps = table(plan, in_force(params["tiers"], date(2026, 1, 1)), params.get("reached", ""))
    least = percent(params["accrued at"]) if "accrued at" in params else None

    def pieces(s: State) -> Pieces:
        steps = table(plan, in_force(params["tiers"], s.period.last), params.get("reached", ""))
        if not s.scale:
            # A quota of zero has one attainment, whatever is sold.
            s = replace(
                s, counts=Fraction(plan.conv["quota.zero"] == "attainment 100%"), scale=Fraction(1)
            )
        counts, base = s.counts, s.base
        if "counts up to" in params:
            most = percent(params["counts up to"]) * s.scale
            base = base * most / counts if counts > most else base
            counts = min(counts, most)
        at = highest(steps, looked_up(plan, params["tiers"], counts, s.scale), s.scale)
        step = steps[at]
        if least is not None and step.pays < least:
            step = replace(step, pays=least)
        return [(step.text, worth(step, base, counts, first=at == 0))]

    return by_table(plan, lines, part, steps, params["tiers"], pieces)


def earn_total(plan: PlanReading, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
    steps = table(plan, params["tiers"], params.get("reached", ""))

    def pieces(s: State) -> Pieces:
        return [
            (t.text, t.pays * s.base) for i, t in enumerate(steps) if i == 0 or t.reached(s.counts, s.scale)
        ]

    return by_table(plan, lines, part, steps, params["tiers"], pieces)


def earn_rolling(plan: PlanReading, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
    steps = table(plan, params["tiers"], params.get("reached", ""))

    def pieces(s: State) -> Pieces:
        at = highest(steps, s.counts, s.scale)
        out: Pieces = []
        for i, t in enumerate(steps):
            if i and not t.reached(s.counts, s.scale):
                continue
            end = t.top(s.scale)
            counted = s.counts if i == at or end is None else min(s.counts, end)
            out.append((t.text, t.pays * s.paid(counted)))
        return out

    return by_table(plan, lines, part, steps, params["tiers"], pieces)


def earn_slab_sum(plan: PlanReading, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
    steps = table(plan, params["tiers"], params.get("reached", ""))

    def pieces(s: State) -> Pieces:
        touched = [
            t for i, t in enumerate(steps) if (s.counts > 0 if i == 0 else t.reached(s.counts, s.scale))
        ]
        return [(t.text, t.pays) for t in touched]

    return by_table(plan, lines, part, steps, params["tiers"], pieces)


def earn_mixed(plan: PlanReading, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
    steps = table(plan, params["tiers"], params.get("reached", ""))

    def pieces(s: State) -> Pieces:
        there = [i for i, t in enumerate(steps) if i == 0 or t.reached(s.counts, s.scale)]
        start = max((i for i in there if i == 0 or steps[i].row["on"] == "everything"), default=0)
        out: Pieces = []
        for i in there:
            end = steps[i].top(s.scale)
            if i == start:
                counted = s.counts if end is None else min(s.counts, end)
            elif i > start:
                counted = inside(steps[i], s.counts, s.scale, first=False)
            else:
                continue
            out.append((steps[i].text, steps[i].pays * s.paid(counted)))
        return out

    return by_table(plan, lines, part, steps, params["tiers"], pieces)


def earn_single_target(plan: PlanReading, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
    kind = next(k for k in ("pays", "rate", "per unit") if k in params)
    target = params["target"]
    zero = "0%" if target.endswith("%") else f"0.00 {target.split()[1]}" if " " in target else "0"
    none = {"pays": "0.00 " + params[kind][-3:], "rate": "0%", "per unit": "0.00 " + params[kind][-3:]}[kind]
    rows = [{"from": zero, "to": target, kind: none}, {"from": target, kind: params[kind]}]
    return earn_retroactive(plan, lines, {"tiers": rows, "reached": params.get("reached", "")}, part)


def earn_excess_over_quota(plan: PlanReading, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
    by_quota = [
        {"from": "0%", "to": "100%", "rate": "0%"},
        {"from": "100%", "rate": params.get("rate", "0%")},
    ]
    steps = (
        table(plan, params["tiers"], params.get("reached", ""))
        if "tiers" in params
        else table(plan, by_quota)
    )
    whole = params.get("on") == "everything"

    def pieces(s: State) -> Pieces:
        excess = s.counts - s.scale
        if excess <= 0:
            return []
        base = s.base if whole else excess
        if "rate" in params:
            return [("above 100%", base * percent(params["rate"]))]
        at = highest(steps, excess, Fraction(1))
        return [(steps[at].text, worth(steps[at], base, excess, first=at == 0))]

    return by_table(plan, lines, part, steps, by_quota, pieces)


def earn_proportional(plan: PlanReading, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
    steps = table(plan, params["tiers"])

    def pieces(s: State) -> Pieces:
        total = ZERO
        for t in steps:
            assert t.high is not None
            filled = min(max(s.counts - t.low * s.scale, ZERO), (t.high - t.low) * s.scale)
            total += t.pays * filled / ((t.high - t.low) * s.scale)
        if steps[0].kind == "pays":
            return [("in proportion", total)]
        if "rate" in plan.rounding:
            mode, decimals = plan.rounding["rate"]
            total = rounded(total, mode, decimals + 2)
        return [("in proportion", total * s.base)]

    return by_table(plan, lines, part, steps, params["tiers"], pieces)


def earn_annualised(plan: PlanReading, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
    steps = table(plan, params["tiers"], params.get("reached", ""))
    months = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}[plan.cadence]

    def pieces(s: State) -> Pieces:
        so_far = (s.period.first.month - 1) // months + 1
        forecast = s.counts * (12 // months) / so_far
        at = highest(steps, looked_up(plan, params["tiers"], forecast, s.scale), s.scale)
        return [(steps[at].text, s.base * steps[at].pays)]

    return by_table(plan, lines, part, steps, params["tiers"], pieces)


def earn_growth(plan: PlanReading, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
    steps = table(plan, params["tiers"], params.get("reached", ""))
    by_percent = params["tiers"][0]["from"].endswith("%")
    increase_only = params.get("on") == "the increase"
    if not lines:
        return []
    plain = [{"from": "0", "rate": "0%"}]
    so_far = {s.period.first: s.counts for s in states(plan, lines, part, plain)}
    stated = {
        r["period"]: money(r["value"])[0]
        for r in plan.tables.get("reported_measures", [])
        if r["payee"] == plan.payee and params.get("baseline") == f"reported {r['measure']}"
    }

    def pieces(s: State) -> Pieces:
        day = s.period.first
        base = so_far.get(day.replace(year=day.year - 1), ZERO)
        if "baseline" in params:
            base = stated.get(s.period.label, ZERO)
        if base <= 0:
            if params.get("without history", "skip") == "skip":
                return []
            base = ZERO
        increase = s.counts - base
        if by_percent and base == 0:
            if increase <= 0:
                return []
            at = len(steps) - 1
        else:
            scale = base if by_percent else Fraction(1)
            if increase < steps[0].low * scale:
                return []
            at = highest(steps, increase, scale)
        paid_on = increase if increase_only else s.counts
        if steps[at].kind == "pays":
            return [(steps[at].text, steps[at].pays if at or increase > 0 else ZERO)]
        return [(steps[at].text, paid_on * steps[at].pays)]

    return by_table(plan, lines, part, steps, plain, pieces)
