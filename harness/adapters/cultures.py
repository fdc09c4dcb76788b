"""Numbers and dates as a culture writes them, read exactly.  Nothing is tried that wasn't declared."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

_SPACES = "\u00a0\u202f "
_APOSTROPHES = "'\u2019"

CULTURES: dict[str, tuple[str, str]] = {
    "invariant": (".", ","),
    "en-US": (".", ","),
    "en-GB": (".", ","),
    "en-CA": (".", ","),
    "en-AU": (".", ","),
    "en-IE": (".", ","),
    "ja-JP": (".", ","),
    "zh-CN": (".", ","),
    "ko-KR": (".", ","),
    "es-MX": (".", ","),
    "he-IL": (".", ","),
    "de-CH": (".", _APOSTROPHES),
    "fr-CH": (".", _APOSTROPHES + _SPACES),
    "it-CH": (".", _APOSTROPHES),
    "de-DE": (",", "."),
    "de-AT": (",", "." + _SPACES),
    "da-DK": (",", "."),
    "nl-NL": (",", "."),
    "nl-BE": (",", "."),
    "it-IT": (",", "."),
    "es-ES": (",", "."),
    "es-AR": (",", "."),
    "pt-BR": (",", "."),
    "id-ID": (",", "."),
    "tr-TR": (",", "."),
    "el-GR": (",", "."),
    "fr-FR": (",", _SPACES),
    "fr-CA": (",", _SPACES),
    "fr-BE": (",", _SPACES + "."),
    "pt-PT": (",", _SPACES + "."),
    "sv-SE": (",", _SPACES),
    "nb-NO": (",", _SPACES),
    "fi-FI": (",", _SPACES),
    "pl-PL": (",", _SPACES),
    "cs-CZ": (",", _SPACES),
    "hu-HU": (",", _SPACES),
    "ru-RU": (",", _SPACES),
    "uk-UA": (",", _SPACES),
}
"""Culture -> decimal mark, accepted thousands marks."""

NEGATIVES = ("minus", "minus sign", "trailing minus", "parentheses", "CR")
DATE_ORDERS = ("year first", "month first", "day first")
MAX_DIGITS = 36
_TIME = r"(?:(?P<time>[T ]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?: [AP]M)?)(?:Z|[+-]\d\d:?\d\d)?)?\Z"
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})" + _TIME, re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})" + _TIME, re.ASCII)
_MIDNIGHT = re.compile(r"[T ](?:0?0:00(?::00(?:\.0+)?)?|12:00(?::00(?:\.0+)?)? AM)\Z", re.ASCII)
_SCIENTIFIC = re.compile(r"[+-]?\d+([.,]\d+)?[eE][+-]?\d+\Z", re.ASCII)


class NotReadable(ValueError):
    """The cell isn't written as declared.  The message and the remedy are for the author of the mapping."""

    def __init__(self, slug: str, what: str, remedy: str, why: str = "") -> None:
        super().__init__(what)
        self.slug, self.what, self.remedy, self.why = slug, what, remedy, why


@dataclass(frozen=True)
class NumberForm:
    """The number form of one culture."""

    culture: str
    negative: tuple[str, ...]
    decimal: str
    pattern: re.Pattern[str]
    strip: str

    def units(self, text: str, decimals: int, unit: str) -> int:
        """A number as a whole count of 10**-decimals.  unit: what has those decimals, in words.

        Raises NotReadable for text in another form and for more decimals than there may be.
        """
        body, sign = self._signed(text)
        match = self.pattern.match(body)
        if not match:
            raise _why_not(text, self)
        whole, _, rest = match.group(1).translate({ord(c): None for c in self.strip}).partition(self.decimal)
        if len(rest) > decimals:
            if rest[decimals:].strip("0"):
                raise NotReadable(
                    "too-many-decimals",
                    f'"{text}" has {len(rest)} decimals; {unit} has {decimals}.',
                    "Export the rounded amount, or say decimals: in the mapping if the target keeps more.",
                    "Rounding it here would hide a difference.",
                )
            rest = rest[:decimals]
        if len(whole) + decimals > MAX_DIGITS:
            raise NotReadable(
                "number-too-long",
                f'"{text[:12]}..." has more than {MAX_DIGITS} digits.',
                "Check the column of the mapping: no system pays such an amount.",
            )
        return sign * int(whole + rest.ljust(decimals, "0"))

    def _signed(self, text: str) -> tuple[str, int]:
        first = text[:1]
        if first == "-":
            return (text[1:], -1) if "minus" in self.negative else (text, 1)
        if first.isdigit():
            last = text[-1:]
            if last == "-" and "trailing minus" in self.negative:
                return text[:-1], -1
            if last == "R" and text.endswith(" CR") and "CR" in self.negative:
                return text[:-3], -1
            return text, 1
        if first == "+":
            return text[1:], 1
        if first == "\u2212" and "minus sign" in self.negative:
            return text[1:], -1
        if first == "(" and text.endswith(")") and "parentheses" in self.negative:
            return text[1:-1], -1
        return text, 1


@lru_cache(maxsize=64)
def number_form(culture: str, negative: tuple[str, ...] = ("minus",)) -> NumberForm:
    """The number form of a culture of CULTURES."""
    decimal, marks = CULTURES[culture]
    mark = f"[{re.escape(marks)}]"
    rest = rf"(?:{re.escape(decimal)}\d+)?"
    pattern = rf"(\d+{rest}|\d{{1,3}}(?:({mark})\d{{3}})(?:\2\d{{3}})*{rest})\Z"
    return NumberForm(culture, negative, decimal, re.compile(pattern, re.ASCII), marks)


def _why_not(text: str, form: NumberForm) -> NotReadable:
    if not text:
        return NotReadable(
            "blank-amount",
            "the cell is blank; an amount is required.",
            'Write 0 for nothing, or leave such rows out with "rows where".',
            "Blank, zero and absent are different statements.",
        )
    if text != text.strip():
        return NotReadable(
            "blanks-around", f'"{text}" has blanks around it.', "Say trim: yes in the mapping's format."
        )
    if _SCIENTIFIC.match(text):
        return NotReadable(
            "scientific-number",
            f'"{text}" is in scientific form; digits are lost in this file.',
            "Export the column as text or with all its digits. A spreadsheet often does this.",
        )
    for style, sample in (
        ("parentheses", "("),
        ("trailing minus", "-"),
        ("minus sign", "\u2212"),
        ("CR", "CR"),
        ("minus", "-"),
    ):
        if sample in text and style not in form.negative:
            other = NumberForm(form.culture, NEGATIVES, form.decimal, form.pattern, form.strip)
            body, sign = other._signed(text)
            if sign < 0 and form.pattern.match(body):
                return NotReadable(
                    "negative-style",
                    f'"{text}" writes a negative amount in a way that the mapping doesn\'t declare.',
                    f"Say in the mapping's format: negative: [{', '.join((*form.negative, style))}]",
                )
    fits = [
        c
        for c in ("en-US", "de-DE", "fr-FR", "de-CH")
        if number_form(c, form.negative).pattern.match(text.lstrip("+-"))
    ]
    hint = f" It would be one in {' or '.join(fits)}." if fits else ""
    thousands = {",": "a comma", ".": "a point", "'": "an apostrophe", "\u00a0": "a space"}[form.strip[0]]
    point = "a decimal point" if form.decimal == "." else "a decimal comma"
    return NotReadable(
        "not-a-number",
        f'"{text}" is not a number in {form.culture}, which has {point} and {thousands} '
        f"between thousands.{hint}",
        "Declare the culture that the target writes, or export numbers as declared.",
        "A wrong decimal mark makes an amount a thousand times too large or too small.",
    )


def date_reader(order: str, cut_off_time: bool = False) -> Callable[[str], str]:
    """A function from date text in the declared order to year-month-day.  Raises NotReadable.

    A zone is never applied: the day that is written is the day.  cut_off_time: a time of day may follow, and doesn't count.
    """

    @lru_cache(maxsize=100_000)
    def read(text: str) -> str:
        match = (_YEAR_FIRST if order == "year first" else _YEAR_LAST).match(text)
        parts: tuple[str, str, str] | None = None
        if match and order == "year first":
            parts = (match[1], match[3], match[4])
        elif match:
            parts = (match[4], match[1], match[3]) if order == "month first" else (match[4], match[3], match[1])
        if match and match["time"] and not cut_off_time and not _MIDNIGHT.match(match["time"]):
            raise NotReadable(
                "time-of-day",
                f'"{text}" has a time of day.',
                "Say  time of day: cut off  in the mapping's format if the day as it is written counts; or export a date.",
                "Near midnight the day depends on the time zone.",
            )
        if parts is None or not _is_day(*(int(p) for p in parts)):
            sample = {"year first": "2026-03-31", "month first": "03/31/2026", "day first": "31.03.2026"}[
                order
            ]
            raise NotReadable(
                "not-a-date",
                f'"{text}" is not a date with the {order}, like {sample}.',
                "Declare the order in which the target writes dates: year first, month first or day first.",
                "Day and month are easily taken for each other.",
            )
        return f"{parts[0]}-{int(parts[1]):02d}-{int(parts[2]):02d}"

    return read


def _is_day(year: int, month: int, day: int) -> bool:
    if not 1 <= month <= 12 or year < 1:
        return False
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 1 <= day <= (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]
