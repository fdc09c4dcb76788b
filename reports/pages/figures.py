"""Figures as people read them, which never round into a lie."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from reference_engine.vocabulary.numbers import MINOR_UNITS, format_number
from reports.difference_types import Difference
from reports.record_check import number

MINUS = "\u2212"
NONE = "\u2013"


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount ready to be shown.  tone: less, more or even, said by its sign as well."""

    text: str
    currency: str
    tone: str = "even"


def count(value: int) -> str:
    """A whole number with thousands commas."""
    return f"{value:,}"


def upper_first(text: str) -> str:
    """A name at the start of a sentence or cell; the rest of it stays as it is written."""
    return text[:1].upper() + text[1:]


def seconds(text: str) -> str:
    """A duration to hundredths, `under 0.01` where it is shorter."""
    hundredths = int(number(text) * 100)
    return f"{hundredths // 100:,}.{hundredths % 100:02d}" if hundredths else "under 0.01"


def number_of(value: int, noun: str) -> str:
    """`1 row`, `2 rows`."""
    return f"{value:,} {noun}" + ("" if value == 1 else "s")


def percent(part: Fraction | int, whole: Fraction | int, decimals: int = 2) -> str:
    """part of whole in percent.  Shows 0% or 100% only where that is exactly so; blank where whole is 0."""
    if whole == 0:
        return ""
    ratio = abs(Fraction(part) / Fraction(whole))
    if ratio in (0, 1):
        return f"{int(ratio) * 100}%"
    scale = 10**decimals
    scaled = int(ratio * 100 * scale + Fraction(1, 2))
    if scaled == 0:
        return f"under {format_number(Fraction(1, scale))}%"
    if scaled == 100 * scale:
        scaled += -1 if ratio < 1 else 1
    return f"{scaled // scale:,}.{scaled % scale:0{decimals}d}%"


def money(text: str, currency: str) -> str:
    """An amount of the record with thousands commas and all its digits; a dash where there is none."""
    if not text:
        return NONE
    return format_number(number(text), MINOR_UNITS.get(currency, 2 if currency else 0)).replace("-", MINUS)


def signed(text: str, currency: str) -> Figure:
    """A difference, with its sign written out."""
    value = number(text)
    if value == 0:
        return Figure(money("0", currency), currency)
    plus = "+" if value > 0 else ""
    return Figure(plus + money(text, currency), currency, "more" if value > 0 else "less")


def totals(amounts: Mapping[str, str]) -> tuple[Figure, ...]:
    """Totals, one figure per currency."""
    return tuple(Figure(money(amount, currency), currency) for currency, amount in amounts.items())


def differences(amounts: Mapping[str, str]) -> tuple[Figure, ...]:
    """Differences, one signed figure per currency."""
    return tuple(signed(amount, currency) for currency, amount in amounts.items())


def shares(part: Mapping[str, str], whole: Mapping[str, str]) -> tuple[str, ...]:
    """Each currency's difference in percent of what was expected."""
    return tuple(percent(number(part[c]), number(whole.get(c, "0"))) for c in part)


def spoken(amounts: Mapping[str, str]) -> str:
    """Differences in words: `11,394.91 USD more`, several currencies joined by `and`."""
    parts = []
    for currency, amount in amounts.items():
        value = number(amount)
        if value:
            size = format_number(abs(value), MINOR_UNITS.get(currency, 2))
            parts.append(f"{size} {currency} {'more' if value > 0 else 'less'}")
    return " and ".join(parts)


def weight(amounts: Mapping[str, str]) -> Fraction:
    """What causes are sorted by: the size of the money, whatever its sign and currency."""
    return sum((abs(number(amount)) for amount in amounts.values()), Fraction(0))


@dataclass(frozen=True, slots=True)
class Row:
    """One difference as a line of a printed table.  state: why it isn't among the open ones, "" where it is."""

    id: str
    key: tuple[str, ...]
    class_: str
    expected: str
    actual: str
    difference: Figure
    currency: str
    rule: str
    file: str
    state: str = ""


def table_row(difference: Difference, keys: Iterable[str], state: str = "") -> Row:
    """A difference as a table shows it, its key columns in the grain's order."""
    ours, theirs = difference.ours, difference.theirs
    return Row(
        difference.id,
        tuple(difference.key.get(name, "") for name in keys),
        difference.class_,
        money(difference.expected, difference.currency),
        actual_text(difference),
        signed(difference.difference, difference.currency),
        difference.currency,
        ours.rule if ours else "",
        f"{theirs.file}:{theirs.line}" if theirs else "",
        state,
    )


def actual_text(difference: Difference) -> str:
    """What the target has; amounts in another currency with its name."""
    others = [f"{money(amount, currency)} {currency}" for currency, amount in difference.other.items()]
    own = money(difference.actual, difference.currency)
    return " and ".join([*([own] if number(difference.actual) or not others else []), *others])


def exact(value: Fraction) -> str:
    """An exact sum of the record's amounts, as amount text again."""
    return format_number(value).replace(",", "")
