"""The oracle's lines, tiers and curves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

from reference_engine.tests.oracle_records import ZERO, Event, Row, Span, bound


@dataclass(frozen=True)
class Line:
    payee: str
    plan: str
    component: str
    period: Span
    amount: Fraction
    currency: str
    label: str
    kind: str
    event: Event | None = None
    base: Fraction = ZERO
    sign: int = 1
    share: Fraction = Fraction(1)
    paid: Span | None = None
    held: bool = False
    seen: Fraction | None = None
    credit: Any = None

    @property
    def counts(self) -> Fraction:
        """What quotas and tiers see of it, with its sign."""
        return (self.base if self.seen is None else self.seen) * self.sign

    @property
    def deal(self) -> str:
        return self.event.deal if self.event else ""


def label(event: Event, shared: bool) -> str:
    if event.source == "deals":
        return event.record + (", booking" if shared else "")
    if event.source == "invoice lines":
        return f"{event.record} line {event.line}"
    return f"{event.kind} {event.record}" + (
        ", booking" if shared and event.source == "returns of deals" else ""
    )


def rated(x: Line, rate: Fraction) -> Line:
    return replace(x, amount=x.base * rate * x.share * x.sign)


def tier_label(tier: Row) -> str:
    if not tier.get("to"):
        return f"above {tier['from']}" if bound(tier["from"]) else "all"
    return f"up to {tier['to']}" if bound(tier["from"]) == 0 else f"{tier['from']} to {tier['to']}"


def within(value: Fraction, low: Fraction, high: Fraction | None) -> Fraction:
    """How much of 0..value lies between low and high.  Below zero the tier that starts at 0 goes on."""
    if value < 0:
        return value if low == 0 else ZERO
    return max(ZERO, (value if high is None else min(value, high)) - low)


def tier_of(
    tiers: list[tuple[Fraction, Fraction | None, Fraction]], value: Fraction, reading: str
) -> int | None:
    """The tier a value lies in.  A bound of two tiers goes by the reading; a bound of one tier is inside it."""
    inside = [i for i, (low, high, _) in enumerate(tiers) if low <= value and (high is None or value <= high)]
    if not inside:
        return 0 if value < 0 and tiers[0][0] == 0 else None
    return inside[-1] if reading != "lower tier" else inside[0]


def tier_rate(
    tiers: list[tuple[Fraction, Fraction | None, Fraction]], value: Fraction, reading: str
) -> Fraction:
    """The rate of the bracket of a line; nothing outside all brackets, nor below zero."""
    position = tier_of(tiers, value, reading) if value >= 0 else None
    return tiers[position][2] if position is not None else ZERO


def curve(points: list[tuple[Fraction, Fraction]], at: Fraction, below: str, above: str) -> Fraction:
    if at < points[0][0]:
        return ZERO if below == "zero" else points[0][1]
    for (x0, y0), (x1, y1) in pairwise(points):
        if at <= x1:
            return y0 + (at - x0) * (y1 - y0) / (x1 - x0)
    (x0, y0), (x1, y1) = points[-2:]
    return y1 if above == "flat" else y1 + (at - x1) * (y1 - y0) / (x1 - x0)


def grouped(lines: list[Line], key: Any) -> dict[Span, list[Line]]:
    """Groups in calendar order; inside each, the lines in their own order."""
    out: dict[Span, list[Line]] = {}
    for x in sorted(lines, key=key):
        out.setdefault(key(x), []).append(x)
    return out
