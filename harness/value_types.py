"""Values in sentences and tables: strict, each with one accepted form and a message that names it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from reference_engine.problems import did_you_mean, nearest
from reference_engine.vocabulary.numbers import (
    MINOR_UNITS,
    Money,
    NotANumber,
    Percent,
    Quantity,
    format_money,
    format_percent,
    parse_money,
    parse_number,
    parse_percent,
)
from reference_engine.vocabulary.refusals import NotAccepted
from reference_engine.vocabulary.tables import TABLES

PERIOD_FORM = "2026-03, 2026-03a, 2026-W05, 2026-P03, 2026-Q1, 2026-H1 or FY2026"
_PERIOD = re.compile(r"\d{4}-((0[1-9]|1[0-2])[ab]?|W(0[1-9]|[1-4]\d|5[0-3])|P\d{2}|Q[1-4]|H[12])\Z|FY\d{4}\Z", re.ASCII)
_CURRENCY_NAMES = {"euro": "EUR", "euros": "EUR", "€": "EUR", "dollar": "USD", "dollars": "USD", "$": "USD", "£": "GBP", "pounds": "GBP"}
_MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]


class NotAValue(NotAccepted):
    """The text isn't in the form that its place in a sentence or table accepts."""


@dataclass(frozen=True, slots=True)
class ValueType:
    """A type of value.  form: how it is written, for people.  read: text to value; raises NotAValue.

    loose: what text may stand at this place of a sentence, so that a wrong value gets its own message and not
    "I do not know this sentence".  words: the only ones accepted, if so.  decides: another word is another sentence.
    """

    name: str
    form: str
    read: Callable[[str], object]
    loose: str = r'[^":]+?'
    words: tuple[str, ...] = ()
    decides: bool = False


def read_money(text: str) -> Money:
    """Money such as `1,200.50 EUR`."""
    try:
        return parse_money(text)
    except NotANumber as error:
        raise _no_money(text, error) from None


def read_line_money(text: str) -> Money:
    """Money of a statement's line, which has more decimals where only the payout is rounded."""
    try:
        return parse_money(text, unrounded=True)
    except NotANumber:
        return read_money(text)


def read_percent(text: str) -> Percent:
    """A percent such as `112.5%`."""
    try:
        return parse_percent(text)
    except NotANumber as error:
        raise _no_percent(text, error) from None


def read_number(text: str) -> Fraction:
    """A plain number such as `0.92`."""
    try:
        return parse_number(text)
    except NotANumber as error:
        raise NotAValue(error.what, error.remedy) from None


def read_whole(text: str) -> int:
    """A whole number such as `36`."""
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        raise NotAValue(f'"{text}" is not a whole number.', "Write digits only: 36")
    return int(text)


def read_date(text: str) -> date:
    """A day such as `2026-03-31`."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise NotAValue(f'"{text}" is not a day of the calendar.', "Correct the month or the day.") from None
    raise NotAValue(f'"{text}" is not a date.', _date_hint(text))


def read_period(text: str) -> str:
    """A period's label; the calendar says which days it means."""
    if _PERIOD.match(text):
        return text
    flipped = re.fullmatch(r"(Q[1-4]|H[12]|P\d{2})[ /-]?(\d{4})", text.strip(), re.ASCII)
    year = re.fullmatch(r"FY ?(\d{2})|(\d{4})", text, re.ASCII)
    month = re.fullmatch(r"([A-Za-z]+) (\d{4})", text, re.ASCII)
    if flipped:
        hint = f"Did you mean {flipped[2]}-{flipped[1]}?"
    elif year:
        hint = f"Did you mean FY{year[2] or '20' + year[1]}?"
    elif month and month[1].casefold() in _MONTHS:
        hint = f"Did you mean {month[2]}-{_MONTHS.index(month[1].casefold()) + 1:02d}?"
    else:
        hint = f"Write {PERIOD_FORM}."
    raise NotAValue(f'"{text}" is not a period.', hint)


def read_yes_no(text: str) -> bool:
    """yes or no."""
    if text in ("yes", "no"):
        return text == "yes"
    raise NotAValue(f'"{text}" is neither yes nor no.', "Write yes or no.")


def read_base(text: str) -> Money | Quantity:
    """What a rate is applied to: money, or a number of units such as `50 units`."""
    units = re.fullmatch(r"(\S+) units?", text)
    return Quantity(read_number(units[1])) if units else read_line_money(text)


def read_rate(text: str) -> Money | Percent:
    """A rate: a percent, or money for each unit."""
    if re.fullmatch(r"[\d.,]+", text):
        try:
            number = parse_number(text)
        except NotANumber:
            return read_money(text)
        meant = format_percent(number if number < 1 else number / 100)
        raise NotAValue(f'"{text}" is neither a percent nor an amount of money.', f"Did you mean {meant}?")
    return read_percent(text) if text.endswith("%") else read_money(text)


def read_bound(text: str) -> Percent | Money | Quantity:
    """A figure of any kind, such as the bound of a tier: a percent, an amount, or a number."""
    if text.endswith("%"):
        return read_percent(text)
    return read_money(text) if re.search(r"[A-Za-z]", text) else Quantity(read_number(text))


def read_amount(text: str) -> Money | Quantity:
    """An amount of money, or a plain number of units."""
    return read_money(text) if re.search(r"[A-Za-z€$£]", text) else Quantity(read_number(text))


def read_measure(text: str) -> str:
    """The name of a measure; the plan says which there are."""
    if not re.fullmatch(r"[A-Za-z][\w &/-]*", text):
        raise NotAValue(f'"{text}" is not a measure.', f"Write a name such as {MEASURES[0]}, without quotes.")
    meant = "" if text in MEASURES else nearest(text, MEASURES, 0.85)
    if meant:
        raise NotAValue(f'"{text}" is not a measure.', f"Did you mean: {meant}")
    return text


def read_text(text: str) -> str:
    """Any text."""
    return text


def words(name: str, *accepted: str) -> ValueType:
    """A type whose values are certain words.  A hyphenated or spaced word is one word."""

    def read(text: str) -> str:
        if text in accepted:
            return text
        raise NotAValue(f'"{text}" is not a {name}.', did_you_mean(text, accepted))

    return ValueType(name, ", ".join(accepted), read, words=accepted)


def only(name: str, *accepted: str) -> ValueType:
    """Like `words`, but another word makes it another sentence."""
    pattern = "|".join(re.escape(w) for w in accepted)
    base = words(name, *accepted)
    return ValueType(name, base.form, base.read, f"(?:{pattern})", accepted, True)


TABLE_WORDS = {name.replace("write_", "write-").replace("_", " "): name for name in TABLES}
"""Each standard table by what sentences call it."""

_OWN_SENTENCE = {
    "payees",
    "plan assignments",
    "employment events",
    "quotas",
    "fiscal calendar",
    "exchange rates",
    "territories",
    "territory rules",
    "accounts",
    "crediting rules",
    "pipeline",
    "adjustments",
}

RECORD_TABLES = {"orders": "deals", "renewals": "deals", **{w: t for w, t in TABLE_WORDS.items() if w not in _OWN_SENTENCE}}
"""What `these ...:` can state, and the standard table that holds it."""

MEASURES = ("bookings", "revenue", "recognised revenue", "margin", "cash", "units", "pipeline")

TYPES: dict[str, ValueType] = {
    t.name: t
    for t in (
        ValueType("money", "1,200.50 EUR", read_money),
        ValueType("percent", "8%", read_percent),
        ValueType("date", "2026-03-31", read_date),
        ValueType("period", PERIOD_FORM, read_period),
        ValueType("n", "36", read_whole),
        ValueType("measure", f"{', '.join(MEASURES)}, or a measure that the scenario names", read_measure),
        only("records", *RECORD_TABLES),
        only("tables", *TABLE_WORDS),
        words("event", "booking", "invoice", "payment"),
        words("cadence", "monthly", "quarterly", "half-yearly", "yearly"),
        words("mode", "half up", "half even", "down", "away from zero"),
        words("level", "credit", "line", "component", "payout"),
        words("unit", "month", "quarter", "half-year", "year"),
        only("share_by", "equally", *(f"by {m}" for m in MEASURES)),
        words("counted", "unit", "deal"),
        only("counted_measure", "bookings", "units"),
        only("counted_sum", "revenue", "cash"),
        ValueType("value", "1,200.50 EUR, 8% or 12", read_bound),
        words("ties", "equal ranks share the prizes", "equal ranks each take the prize"),
        words("growth_base", "everything", "the increase"),
        words("leave", "paid", "unpaid", "parental", "sick"),
        words("draw", "recoverable", "non-recoverable"),
    )
}
"""The types of values in sentences, by the name that a pattern uses."""

CELLS: dict[str, ValueType] = {
    "text": ValueType("text", "any text", read_text),
    "money": TYPES["money"],
    "line money": ValueType("line money", "1,200.50 EUR, with more decimals where lines aren't rounded", read_line_money),
    "amount": ValueType("amount", "1,200.50 EUR, or a number of units like 12", read_amount),
    "percent": TYPES["percent"],
    "number": ValueType("number", "12 or 0.92", read_number),
    "date": TYPES["date"],
    "period": TYPES["period"],
    "yes/no": ValueType("yes/no", "yes or no", read_yes_no),
    "base": ValueType("base", "1,200.50 EUR or 50 units", read_base),
    "rate": ValueType("rate", "8% or 5.00 EUR", read_rate),
    "bound": ValueType("bound", "120%, 5,000.00 EUR or 50", read_bound),
}
"""The types of values in the cells of tables, by the kind that a schema names."""


def _no_money(text: str, error: NotANumber) -> NotAValue:
    plain_error = NotAValue(error.what, error.remedy)
    number, currency = None, None
    for pattern in (r"(?P<c>[A-Za-z€$£]+) ?(?P<n>[-+]?[\d.,]+)", r"(?P<n>[-+]?[\d.,]+) ?(?P<c>[A-Za-z€$£]+)"):
        match = re.fullmatch(pattern, text)
        if match:
            number, currency = match["n"], _CURRENCY_NAMES.get(match["c"].casefold(), match["c"].upper())
    if number is None and re.fullmatch(r"[-+]?[\d.,]+", text):
        return NotAValue(f'"{text}" is not a money amount: it names no currency.', "Write the currency too: 1,200.50 EUR")
    if number is None or currency not in MINOR_UNITS:
        return plain_error
    comma = re.fullmatch(r"([-+]?)(\d{1,3}(?:\.\d{3})*|\d+),(\d{1,2})", number)
    plain = f"{comma[1]}{comma[2].replace('.', '')}.{comma[3]}" if comma else number
    try:
        meant = format_money(parse_number(plain), currency)
    except NotANumber:
        return plain_error
    return plain_error if meant == text else NotAValue(f'"{text}" is not a money amount.', f"Did you mean {meant}?")


def _no_percent(text: str, error: NotANumber) -> NotAValue:
    spelt = re.fullmatch(r"([-+]?[\d.,]+) ?(%|percent|per cent|pct)", text)
    try:
        if spelt:
            return NotAValue(f'"{text}" is not a percent.', f"Did you mean {format_percent(parse_number(spelt[1]) / 100)}?")
        if re.fullmatch(r"[-+]?0?\.\d+", text):
            return NotAValue(f'"{text}" is not a percent.', f"Did you mean {format_percent(Fraction(text))}?")
    except (NotANumber, ValueError):
        pass
    return NotAValue(error.what, error.remedy)


def _date_hint(text: str) -> str:
    form = "Write year-month-day: 2026-03-31"
    match = re.fullmatch(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})", text, re.ASCII)
    if not match:
        return form
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    if first <= 12 and second <= 12 and first != second:
        return f"It could be two different days. {form}"
    day, month = (first, second) if second <= 12 else (second, first)
    try:
        return f"Did you mean {date(year, month, day).isoformat()}?"
    except ValueError:
        return form
