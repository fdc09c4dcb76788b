"""What a line of a tier table says on a statement."""

from __future__ import annotations

from fractions import Fraction

from reference_engine.lines import LineView
from reference_engine.vocabulary.numbers import format_money, format_number, format_percent


def tier_words(line: LineView) -> str:
    """The rule of a line as a part of a sentence that goes on."""
    words = line.rule.words if line.rule is not None else "tier"
    return words + ("," if ", " in words else "")


def earned_before_words(line: LineView) -> str:
    return f"{format_money(-line.amount, line.currency)} of it was earned before in the same interval."


def amount_words(value: Fraction, unit: str) -> str:
    """Money, or so many units."""
    return format_money(value, unit) if unit else f"{format_number(value)} units"


def piece_words(line: LineView) -> str:
    """base x rate = amount, or the fixed amount."""
    amount = format_money(line.amount, line.currency)
    if line.rate is None:
        return f"{amount}."
    rate = format_money(line.rate, line.rate_unit) if line.rate_unit else format_percent(line.rate)
    return f"{amount_words(line.base, line.unit)} x {rate} = {amount}."
