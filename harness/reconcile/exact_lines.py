"""What an expected amount is made of before any rounding: its lines, each as base times rate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import lcm

from reference_engine.vocabulary.results import EarnedLine

Exact = tuple[int, int]
"""A number of minor units as numerator and denominator, the latter above zero."""


@dataclass(frozen=True, slots=True)
class ExactLines:
    """The lines of one expected amount, in minor units, unrounded.

    parts: base times rate of each line, with the line's sign.  fixed: lines that aren't base times rate, as they are.
    base: the sum of the bases with their signs, None where a line isn't base times rate.  rates: each rate once.
    """

    parts: tuple[Exact, ...]
    fixed: int
    base: Exact | None
    rates: tuple[Exact, ...]


def exact_lines(sources: Iterable[object], currency: str, scale: int) -> ExactLines | None:
    """The unrounded lines of one amount; None where its lines aren't known.  scale: minor units in one unit of money."""
    parts: list[Exact] = []
    bases: list[Exact] = []
    rates: dict[Exact, None] = {}
    fixed = 0
    plain = True
    for line in sources:
        if not isinstance(line, EarnedLine) or line.currency != currency:
            return None
        if line.kind == "rounding":
            continue
        exact = _base_times_rate(line, scale)
        if exact is not None and line.rate is not None and line.base is not None:
            parts.append(exact)
            rates[line.rate.numerator, line.rate.denominator] = None
            turned = -1 if (exact[0] < 0) != (line.rate.numerator < 0) else 1
            bases.append((turned * abs(line.base.numerator) * scale, line.base.denominator))
        elif line.amount.numerator * scale % line.amount.denominator:
            return None
        else:
            fixed += line.amount.numerator * scale // line.amount.denominator
            plain = False
    return ExactLines(tuple(parts), fixed, summed(bases) if plain else None, tuple(rates)) if parts else None


def _base_times_rate(line: EarnedLine, scale: int) -> Exact | None:
    """Base times rate in minor units with the sign of the line; None where the line is something else."""
    base, rate, amount = line.base, line.rate, line.amount
    if base is None or not rate or line.rate_currency or line.base_currency != line.currency:
        return None
    top, bottom = base.numerator * rate.numerator * scale, base.denominator * rate.denominator
    # A return states a positive base and takes its amount back.
    if amount:
        top = abs(top) if amount.numerator > 0 else -abs(top)
    away = abs(top * amount.denominator - amount.numerator * scale * bottom)
    return (top, bottom) if away < bottom * amount.denominator else None


def summed(numbers: Sequence[Exact]) -> Exact:
    """The exact sum."""
    if len(numbers) == 1:
        return numbers[0]
    bottom = lcm(*(d for _, d in numbers)) if numbers else 1
    return sum(n * (bottom // d) for n, d in numbers), bottom


def half_up(number: Exact) -> int:
    """Ties away from zero."""
    top, bottom = number
    whole = (2 * abs(top) + bottom) // (2 * bottom)
    return whole if top >= 0 else -whole


def half_even(number: Exact) -> int:
    """Ties to the even digit."""
    top, bottom = number
    whole, rest = divmod(abs(top), bottom)
    if 2 * rest > bottom or (2 * rest == bottom and whole % 2):
        whole += 1
    return whole if top >= 0 else -whole


def down(number: Exact) -> int:
    """Towards zero: the rest is cut off."""
    whole = abs(number[0]) // number[1]
    return whole if number[0] >= 0 else -whole


def away_from_zero(number: Exact) -> int:
    """Any rest counts as a whole unit."""
    whole = -(-abs(number[0]) // number[1])
    return whole if number[0] >= 0 else -whole


ROUNDINGS: dict[str, Callable[[Exact], int]] = {
    "half to even": half_even,
    "down": down,
    "half up": half_up,
    "away from zero": away_from_zero,
}
"""Every way of rounding to whole minor units that a target is tried against, the commonest first."""

LINE, TOTAL = "line by line", "once per total"
Way = tuple[str, str]
"""A way of rounding and where it happens: half to even, once per total."""
WAYS: tuple[Way, ...] = tuple((mode, place) for mode in ROUNDINGS for place in (LINE, TOTAL))


def ways_that_give(lines: ExactLines, actual: int) -> frozenset[Way]:
    """The ways of rounding these lines that come to exactly this amount."""
    wanted = actual - lines.fixed
    if len(lines.parts) == 1:
        (part,) = lines.parts
        return frozenset(
            (m, place) for m, r in ROUNDINGS.items() if r(part) == wanted for place in (LINE, TOTAL)
        )
    total = summed(lines.parts)
    found = [(mode, LINE) for mode, rounded in ROUNDINGS.items() if sum(map(rounded, lines.parts)) == wanted]
    return frozenset(
        found + [(mode, TOTAL) for mode, rounded in ROUNDINGS.items() if rounded(total) == wanted]
    )


def rounding_words(ways: Sequence[Way]) -> str:
    """For example: half to even; down once per total."""
    by_mode: dict[str, list[str]] = {}
    for mode, place in ways:
        by_mode.setdefault(mode, []).append(place)
    said = [mode if len(places) > 1 else f"{mode} {places[0]}" for mode, places in by_mode.items()]
    return " or ".join(said)
