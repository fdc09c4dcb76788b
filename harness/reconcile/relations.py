"""How two amounts relate: the sign turned, one of them zero, a constant ratio or offset, a rounding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from harness.reconcile.results import Difference
from reference_engine.vocabulary.numbers import format_percent
from reference_engine.vocabulary.results import EarnedLine

RELATIONS: dict[str, str] = {
    "opposite sign": "the target's amount is the expected one with the sign turned",
    "nothing due": "the target has an amount where zero is expected",
    "nothing paid": "the target has zero where an amount is expected",
    "rounding": "the amounts differ by the smallest unit of the currency",
    "constant ratio": "the target's amounts are the expected ones times one factor",
    "constant offset": "the amounts all differ by the same money",
    "other": "the amounts differ in no common way",
    "follows": "the amount differs by exactly what the finer differences beneath it add up to",
}
"""Every relation of two amounts and what it means."""

MIN_FOR_PATTERN = 3
_WIDEST = Fraction(1, 50)


def with_relation(difference: Difference) -> Difference:
    """The difference with the relation that it shows on its own."""
    if difference.is_explained:
        return replace(difference, relation="follows")
    if difference.kind != "amount":
        return difference
    expected, actual = difference.expected[0].amount, difference.actual[0].amount
    if expected == 0:
        relation = "nothing due"
    elif actual == 0:
        relation = "nothing paid"
    elif abs(actual - expected) <= 1:
        relation = "rounding"
    elif actual == -expected:
        relation = "opposite sign"
    else:
        relation = "other"
    return replace(difference, relation=relation)


def common_offset(differences: Sequence[Difference]) -> int | None:
    """The one amount by which all of them differ, in minor units."""
    offsets = {d.actual[0].amount - d.expected[0].amount for d in differences}
    currencies = {d.expected[0].currency for d in differences}
    return offsets.pop() if len(offsets) == 1 and len(currencies) == 1 else None


def common_ratio(differences: Sequence[Difference]) -> Fraction | None:
    """The shortest decimal factor that explains every actual amount from its expected one.

    Both are rounded to minor units, so each pair allows a small interval of factors; the factor must lie in
    all of them, and together they must be narrow enough to mean something.
    """
    low: Fraction | None = None
    high: Fraction | None = None
    half = Fraction(1, 2)
    for difference in differences:
        expected, actual = difference.expected[0].amount, difference.actual[0].amount
        if expected == 0 or (actual < 0) != (expected < 0):
            return None
        expected, actual = abs(expected), abs(actual)
        smallest, largest = (actual - half) / (expected + half), (actual + half) / (expected - half)
        low = smallest if low is None else max(low, smallest)
        high = largest if high is None else min(high, largest)
    if low is None or high is None or low > high or high - low > _WIDEST * high:
        return None
    for decimals in range(7):
        scale = 10**decimals
        candidate = Fraction(-((-low.numerator * scale) // low.denominator), scale)
        if candidate <= high:
            return candidate
    return None


def rounding_of(differences: Sequence[Difference]) -> str:
    """The way of rounding that gives every actual amount from its base and rate; "" where none does."""
    fitting = list(_ROUNDINGS)
    for difference in differences:
        sources = difference.expected_sources
        line = sources[0] if len(sources) == 1 else None
        if not isinstance(line, EarnedLine) or line.base is None or line.rate is None or line.rate_currency:
            return ""
        expected, actual = difference.expected[0].amount, difference.actual[0].amount
        exact = line.base * line.rate
        if not line.amount:
            return ""
        # The scale of the minor unit, and the sign that returns give to a positive base.
        exact = abs(exact) * abs(Fraction(expected) / line.amount) * (1 if expected > 0 else -1)
        fitting = [name for name in fitting if _ROUNDINGS[name](exact) == actual]
    return fitting[0] if fitting else ""


def _half_even(value: Fraction) -> int:
    return round(value)


def _down(value: Fraction) -> int:
    whole = abs(value.numerator) // value.denominator
    return whole if value >= 0 else -whole


def _away(value: Fraction) -> int:
    whole = -((-abs(value.numerator)) // value.denominator)
    return whole if value >= 0 else -whole


def _half_up(value: Fraction) -> int:
    doubled = abs(value) * 2 + 1
    whole = doubled.numerator // (doubled.denominator * 2)
    return whole if value >= 0 else -whole


_ROUNDINGS = {"half up": _half_up, "half to even": _half_even, "down": _down, "away from zero": _away}


def ratio_text(ratio: Fraction) -> str:
    return format_percent(ratio)
