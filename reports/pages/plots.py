"""Plots as shapes on a grid of whole pixels, which a template writes as inline SVG.

Nothing here knows money or people: values come in as exact numbers, and go out as pixels and words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from reference_engine.vocabulary.numbers import format_number

WIDTH, HEIGHT = 560, 250
LEFT, RIGHT, TOP, BOTTOM = 64, 22, 22, 34
STEPS = (1, 2, 5)
Value = Fraction | int


@dataclass(frozen=True, slots=True)
class Mark:
    """One shape.  kind: rect, line, path, circle or text, as in SVG.  style: a class of the style sheet; numbers: its attributes."""

    kind: Literal["rect", "line", "path", "circle", "text"]
    style: str
    numbers: tuple[tuple[str, str], ...]
    text: str = ""


@dataclass
class Drawing:
    """Shapes on a sheet of width times height."""

    width: int = WIDTH
    height: int = HEIGHT
    marks: list[Mark] = field(default_factory=list)

    def add(
        self,
        kind: Literal["rect", "line", "path", "circle", "text"],
        style: str,
        text: str = "",
        /,
        **numbers: int | str,
    ) -> None:
        """One more shape; names of attributes as SVG has them, with _ for -."""
        self.marks.append(
            Mark(kind, style, tuple((n.replace("_", "-"), str(v)) for n, v in numbers.items()), text)
        )


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from low to high on pixels from start to end.  step: between its numbers; 0: whatever is round."""

    low: Fraction
    high: Fraction
    start: int
    end: int
    step: Fraction = Fraction(0)

    def at(self, value: Value) -> int:
        """The nearest pixel of a value; what lies beyond the ends is drawn at the end."""
        if self.high == self.low:
            return self.start
        share = (min(max(Fraction(value), self.low), self.high) - self.low) / (self.high - self.low)
        return (
            self.start + int(share * (self.end - self.start) + Fraction(1, 2))
            if self.end > self.start
            else self.start - int(share * (self.start - self.end) + Fraction(1, 2))
        )

    def ticks(self) -> list[Fraction]:
        """Round numbers along the scale, four to eight of them."""
        step = self.step or nice_step(self.high - self.low, 5)
        first = -((-self.low) // step)
        return [step * n for n in range(int(first), int(self.high // step) + 1)]


def nice_step(span: Value, parts: int) -> Fraction:
    """1, 2 or 5 times a power of ten, so that a span has about so many parts."""
    rough = Fraction(span) / parts
    if rough <= 0:
        return Fraction(1)
    power = Fraction(1)
    while power * 10 <= rough:
        power *= 10
    while power > rough:
        power /= 10
    return next((power * s for s in STEPS if power * s >= rough), power * 10)


def scale_of(values: Iterable[Value], start: int, end: int, *, zero: bool = True) -> Scale:
    """A scale from round number to round number that holds the values, and zero where asked for."""
    every = [Fraction(v) for v in values]
    low, high = min(every, default=Fraction(0)), max(every, default=Fraction(0))
    if zero:
        low, high = min(low, Fraction(0)), max(high, Fraction(0))
    if low == high:
        high = low + 1
    step = nice_step(high - low, 5)
    return Scale((low // step) * step, -((-high) // step) * step, start, end, step)


def short(value: Value) -> str:
    """A number for an axis: 1.2M, 50k, 0.05, with a true minus."""
    number = Fraction(value)
    for size, unit in ((10**9, "bn"), (10**6, "M"), (10**3, "k")):
        if abs(number) >= size:
            return format_number(number / size).replace("-", "\u2212") + unit
    return format_number(number).replace("-", "\u2212")


def axes(drawing: Drawing, y: Scale, label: str, said: Callable[[Value], str] = short) -> None:
    """Horizontal grid lines with their numbers, and what they count."""
    for tick in y.ticks():
        drawing.add(
            "line",
            "axis" if tick == 0 else "grid",
            x1=LEFT,
            x2=drawing.width - RIGHT,
            y1=y.at(tick),
            y2=y.at(tick),
        )
        drawing.add("text", "tick end", said(tick), x=LEFT - 7, y=y.at(tick) + 4)
    drawing.add("text", "unit", label, x=0, y=11)


def x_axis(drawing: Drawing, x: Scale, label: str, said: Callable[[Value], str] = short) -> None:
    """Numbers along the foot."""
    foot = drawing.height - BOTTOM
    drawing.add("line", "axis", x1=LEFT, x2=drawing.width - RIGHT, y1=foot, y2=foot)
    for tick in x.ticks():
        drawing.add("line", "axis", x1=x.at(tick), x2=x.at(tick), y1=foot, y2=foot + 4)
        drawing.add("text", "tick middle", said(tick), x=x.at(tick), y=foot + 16)
    drawing.add("text", "unit end", label, x=drawing.width - RIGHT, y=drawing.height - 3)


def columns(names: Sequence[str], width: int = WIDTH) -> list[tuple[int, int]]:
    """Left edge and width of a column for each name."""
    room = width - LEFT - RIGHT
    n = max(1, len(names))
    return [(LEFT + room * i // n, room * (i + 1) // n - room * i // n) for i in range(len(names))]


def names_below(drawing: Drawing, names: Sequence[str], most: int = 8) -> None:
    """Names of columns along the foot; of many only every second, third ... so that none covers another."""
    every = -(-len(names) // most)
    for i, (name, (left, width)) in enumerate(zip(names, columns(names, drawing.width), strict=True)):
        if i % every == 0:
            drawing.add("text", "tick middle", name, x=left + width // 2, y=drawing.height - BOTTOM + 16)


def dots(points: Iterable[tuple[int, int]], cell: int = 6) -> list[tuple[int, int, int, int]]:
    """Points gathered on a grid, so that a hundred thousand draw as quickly as ten: x, y, radius and how many."""
    counts: dict[tuple[int, int], int] = {}
    for px, py in points:
        place = (px // cell, py // cell)
        counts[place] = counts.get(place, 0) + 1
    radius = {1: 2}
    return [
        (cx * cell + cell // 2, cy * cell + cell // 2, radius.get(n, min(7, 2 + n.bit_length() // 2)), n)
        for (cx, cy), n in sorted(counts.items())
    ]


def path(points: Sequence[tuple[int, int]]) -> str:
    """A line through points, as SVG writes it."""
    return " ".join(f"{'M' if i == 0 else 'L'}{x} {y}" for i, (x, y) in enumerate(points))


def median(values: Sequence[Fraction]) -> Fraction:
    """The middle value, exactly; of an even number the mean of the two in the middle."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
