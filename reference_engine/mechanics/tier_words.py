"""What a line of a tier table says on a statement."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from reference_engine.lines import LineView
from reference_engine.vocabulary.numbers import format_money, format_number, format_percent

_RULE = re.compile(
    r"(?:tier|bracket) (?P<span>.+?) (?:at|paying) (?P<pays>.+?)(?:, (?P<on>(?:on|up to) .+))?"
)
_LONG = re.compile(r"(?<![\d.,-])\d{4,}(?![\d-])(?= |\.\d|[,)]|$)")
_LONG = re.compile(r"(?<![\d.,-])\d{4,}(?![\d-])(?= |\.\d|[,)]|$)")
_ONE_TIME = "1 times the rate"


@dataclass(frozen=True, slots=True)
class TierSaid:
    """A tier as its rule names it.  span: `all`, `up to 100%`.  pays: `8%`.  on: `on everything`, "" where it isn't said."""

    span: str
    pays: str
    on: str

    def words(self, of: str) -> str:
        """`up to 100% of the quota`, `from 2 to 4 units`."""
        span = (
            self.span
            if self.span.startswith(("up to ", "above ")) or self.span == "all"
            else f"from {self.span}"
        )
        if "%" in span:
            return span + of
        return span if re.search("[A-Z]", span) else f"{span} units"


def tier_of(line: LineView) -> TierSaid | None:
    """The tier that a line's rule names; None for a rule of another kind."""
    found = _RULE.fullmatch(line.rule.words.partition("; ")[0]) if line.rule is not None else None
    if found is None:
        return None
    pays = "the rate itself" if found["pays"] == _ONE_TIME else found["pays"]
    return TierSaid(found["span"], pays, found["on"] or "")


def reached_words(line: LineView, of: str = " of the quota", what: str = "The tier") -> str:
    """Which tier is reached, what it pays, and the amount."""
    tier = tier_of(line)
    if tier is None:
        return f"{_start(line)}: {piece_words(line)}"
    if line.rate is None:
        if not line.amount and not tier.pays.startswith("0"):
            return "No tier is reached, so nothing is earned."
        where = (
            "However much is sold, it" if tier.span == "all" else f"{what} {tier.words(of)} is reached and"
        )
        return f"{where} pays {piece_words(line)}"
    on = f" {tier.on}" if tier.on else ""
    if tier.span == "all":
        return f"Everything is paid at {tier.pays}: {piece_words(line)}"
    return f"{what} {tier.words(of)} is reached and pays {tier.pays}{on}: {piece_words(line)}"


def part_words(line: LineView, of: str = " of the quota") -> str:
    """Which part of a record lies in a tier, and what it earns."""
    tier = tier_of(line)
    if tier is None:
        return f"{_start(line)}: {piece_words(line)}"
    what = "All of it" if tier.span == "all" else f"The part {tier.words(of)}"
    verb = "is taken back" if line.base < 0 else "is paid"
    return f"{what} {verb} at {tier.pays}: {piece_words(line)}"


def _start(line: LineView) -> str:
    words = line.rule.words if line.rule is not None else "tier"
    return f"{words[:1].upper()}{words[1:]}"


def earned_before_words(line: LineView) -> str:
    """What the line says that deducts what an interval has earned already."""
    if line.amount > 0:
        return f"{format_money(line.amount, line.currency)} that was taken back before is given back."
    return f"Less {format_money(-line.amount, line.currency)}, which was earned before."


def amount_words(value: Fraction, unit: str) -> str:
    """Money, or so many units."""
    if unit:
        return format_money(value, unit)
    return f"{format_number(value)} unit{'' if abs(value) == 1 else 's'}"


def product_words(line: LineView) -> str:
    """base x rate = amount, without the full stop."""
    if line.rate is None:
        return format_money(line.amount, line.currency)
    rate = _rate(line, line.rate)
    # A part of the rate only: of a split deal, or of what is earned at several events.
    part = (
        f" ({format_percent(line.share)} of {_rate(line, line.rate / line.share)})"
        if line.share not in (0, 1)
        else ""
    )
    return f"{amount_words(line.base, line.unit)} x {rate}{part} = {format_money(line.amount, line.currency)}"


def _rate(line: LineView, rate: Fraction) -> str:
    return format_money(rate, line.rate_unit) if line.rate_unit else format_percent(rate)


def piece_words(line: LineView) -> str:
    """base x rate = amount, or the fixed amount."""
    return f"{product_words(line)}."


def formula_words(formula: object) -> str:
    """A formula of a plan as people read it: `bookings is at least 200.00 EUR`."""
    text = str(formula)
    for sign, words in (
        (">=", "is at least"),
        ("<=", "is at most"),
        ("!=", "isn't"),
        ("<>", "isn't"),
        (">", "is more than"),
        ("<", "is less than"),
        ("=", "is"),
    ):
        text = text.replace(f" {sign} ", f" {words} ")
    return _LONG.sub(lambda found: f"{int(found[0]):,}", text.replace(" * ", " x "))
