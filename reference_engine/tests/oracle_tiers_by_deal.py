"""The oracle's tiers deal by deal: what each record earns as a running total passes through the table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from reference_engine.tests.oracle_lines import Line
from reference_engine.tests.oracle_plan import PlanReading
from reference_engine.tests.oracle_records import (
    ZERO,
    Doc,
    Row,
    Span,
    bound,
    percent,
)
from reference_engine.tests.oracle_tiers import (
    Pieces,
    State,
    alone,
    by_table,
    highest,
    in_force,
    inside,
    interval_of,
    looked_up,
    rate_day,
    scale_of,
    table,
    words,
)


def in_order(plan: PlanReading, lines: list[Line]) -> Iterator[tuple[Span, list[Line]]]:
    """The lines of each interval, in the order in which they count."""
    groups: dict[Any, list[Line]] = {}
    for i, x in enumerate(lines):
        groups.setdefault(i if alone(plan) else interval_of(plan, x), []).append(x)
    reading = plan.conv.get("transaction.order", "date and name")
    for group in groups.values():
        if reading != "date and name":
            turn = -1 if reading == "date, largest first" else 1

            def key(x: Line, turn: int = turn) -> Any:
                assert x.event
                return x.event.day, x.counts < 0, turn * abs(x.counts)

            group = sorted(group, key=key)
        yield interval_of(plan, group[0]), group


def earn_marginal(plan: PlanReading, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
    steps = table(plan, in_force(params["tiers"], date(2026, 1, 1)))
    times = steps[0].kind == "times"
    if alone(plan) and not times:

        def pieces(s: State) -> Pieces:
            parts = [(t, inside(t, s.counts, s.scale, first=i == 0)) for i, t in enumerate(steps)]
            return [(t.text, t.pays * s.paid(part)) for t, part in parts]

        return by_table(plan, lines, part, steps, params["tiers"], pieces)
    out: list[Line] = []
    for interval, group in in_order(plan, lines):
        so_far = ZERO
        for x in group:
            steps = table(plan, in_force(params["tiers"], rate_day(plan, x)))
            scale = scale_of(plan, params["tiers"], x.payee, interval, part)
            before, so_far = so_far, so_far + x.counts
            own_rate = x.amount / x.base * x.sign if times and x.base else ZERO
            unit = steps[0].unit or x.currency
            if not x.counts and x.base:
                # What counts nothing is paid at the tier in which the running total stands.
                t = steps[highest(steps, so_far, scale)]
                amount = x.base * x.sign * t.pays * (own_rate if times else x.share)
                out.append(
                    replace(x, base=x.base * x.sign, sign=1, amount=amount, label=t.text, currency=unit)
                )
            for i, t in enumerate(steps):
                slice_ = inside(t, so_far, scale, first=i == 0) - inside(t, before, scale, first=i == 0)
                if slice_:
                    paid_on = slice_ / x.counts * x.base * x.sign
                    amount = paid_on * t.pays * (own_rate if times else x.share)
                    out.append(replace(x, base=paid_on, sign=1, amount=amount, label=t.text, currency=unit))
    return out


def earn_whole_transaction(plan: PlanReading, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
    steps = table(plan, in_force(params["tiers"], date(2026, 1, 1)), params.get("reached", ""))
    out: list[Line] = []
    for interval, group in in_order(plan, lines):
        so_far = ZERO
        for x in group:
            steps = table(plan, in_force(params["tiers"], rate_day(plan, x)), params.get("reached", ""))
            scale = scale_of(plan, params["tiers"], x.payee, interval, part)
            before, so_far = so_far, so_far + x.counts
            stands = so_far if plan.conv["attainment.includes_current"] == "yes" else before
            t = steps[highest(steps, looked_up(plan, params["tiers"], stands, scale), scale)]
            unit = t.unit or x.currency
            if t.kind == "times":
                out.append(replace(x, base=x.amount * x.sign, amount=x.amount * t.pays, currency=unit))
            else:
                out.append(
                    replace(
                        x, base=x.base * x.share, amount=x.base * x.sign * t.pays * x.share, currency=unit
                    )
                )
    return out


def earn_on_result(plan: PlanReading, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
    """Step by step: what a tier still takes, what it earns, and on to the next."""
    out: list[Line] = []
    for _, group in in_order(plan, lines):
        earned = ZERO
        for x in group:
            assert x.event
            category = dict(x.event.traits).get("category", "")
            rows = [t for t in params["tiers"] if t.get("category", "") == category]
            rows = rows or [t for t in params["tiers"] if not t.get("category")]
            left = x.base * x.sign
            used: dict[int, Fraction] = defaultdict(Fraction)
            while left:
                up = left > 0
                at = _tier_at(rows, earned, up=up)
                rate = percent(rows[at]["rate"])
                if up:
                    high = bound(rows[at]["to"]) if rows[at].get("to") else None
                    takes = left if high is None else min(left, (high - earned) / rate)
                else:
                    low = bound(rows[at]["from"]) if at else None
                    takes = left if low is None else max(left, (low - earned) / rate)
                used[at] += takes
                earned += takes * rate
                left -= takes
            for at, sold in sorted(used.items()):
                row = rows[at]
                text = words(row["from"], row.get("to", ""))
                label = f"{row['category']}, {text}" if row.get("category") else text
                if sold:
                    out.append(
                        replace(
                            x, base=sold, sign=1, amount=sold * percent(row["rate"]) * x.share, label=label
                        )
                    )
    return out


def _tier_at(rows: list[Row], earned: Fraction, *, up: bool) -> int:
    """The tier that goes on from here, upwards or downwards."""
    for i, row in enumerate(rows):
        high = bound(row["to"]) if row.get("to") else None
        if high is None or earned < high or (not up and earned == high):
            return i
    return len(rows) - 1
