"""What the cells of a column look like: numbers of a culture, dates of an order, periods, currencies, identifiers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from harness.adapters.cultures import DATE_ORDERS, NEGATIVES, NotReadable, date_reader, number_form
from harness.adapters.periods import period_reader
from reference_engine.vocabulary.numbers import MINOR_UNITS

CULTURES = ("en-US", "de-DE", "fr-FR", "de-CH")
"""One culture for each way of writing numbers; others of the same way read the same."""
PATTERNS = (
    *("{year}-{month} {mon}", "{year} {month} ({mon})", "{mon}-{year}", "{mon} {year}", "{month name} {year}", "{mon} {yy}", "{mon}-{yy}"),
    *("{year}-{month}", "{year}/{month}", "{month}/{year}", "{year}{month}", "{year}-Q{quarter}", "{year}, Q{quarter}", "Q{quarter} {year}", "Q{quarter}-{year}"),
    *("{year}-P{period}", "{year} P{period}"),
)
BLANK_WORDS = ("#N/A", "N/A", "NULL", "null", "#NULL", "-", "<deleted>", "None")
_CODE = re.compile(r"[A-Z]{3}\Z")
_SCIENTIFIC = re.compile(r"[+-]?\d(?:[.,]\d+)?[eE]\+?\d{2,3}\Z")
_AMOUNT_WITH_CODE = re.compile(r"(?:[A-Z]{3} ?[-(]?\d|.*\d\)? ?[A-Z]{3}\Z)")
_SIGNS = "$€£¥"


@dataclass
class Column:
    """One column of a sample.  kind: number, date, period, currency or text.  cultures, orders: those that read every cell.

    negative: the styles of negative amounts that are needed.  inside: the currency stands in the cell; signs: those seen.
    blanks: blank cells; words: cells that say nothing; different: how many different values there are.
    """

    name: str
    kind: str = "text"
    cultures: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    pattern: str = ""
    negative: tuple[str, ...] = ()
    inside: bool = False
    signs: tuple[str, ...] = ()
    percent: bool = False
    blanks: int = 0
    words: tuple[str, ...] = ()
    different: int = 0
    decimals: int = 0
    doubts: list[str] = field(default_factory=list)


def column_of(name: str, cells: Sequence[str]) -> Column:
    """Looks at every cell of a column."""
    words = tuple(w for w in BLANK_WORDS if w in cells)
    filled = [c for c in cells if c and c not in words]
    found = Column(name, blanks=sum(not c for c in cells), words=words, different=len(set(filled)))
    if not filled:
        found.doubts.append("all its cells are blank")
        return found
    if any(_SCIENTIFIC.match(c) for c in filled):
        found.doubts.append("it has values like 3.4E+16: a spreadsheet has lost their digits. Export it as text")
    if all(_CODE.match(c) and c in MINOR_UNITS for c in filled):
        found.kind = "currency"
        return found
    found.pattern = next((p for p in PATTERNS if _reads(period_reader(p), filled)), "")
    if found.pattern:
        found.kind = "period"
        return found
    found.orders = tuple(order for order in DATE_ORDERS if _reads(date_reader(order, cut_off_time=True), filled))
    if found.orders:
        found.kind = "date"
        if len(found.orders) > 1:
            found.doubts.append(f"no date in it has a day above 12, so {' or '.join(found.orders)} can't be told")
        return found
    _as_number(found, filled)
    return found


def _as_number(found: Column, filled: Sequence[str]) -> None:
    cells = list(filled)
    if all(any(s in c for s in _SIGNS) or _AMOUNT_WITH_CODE.match(c) for c in cells):
        found.inside = True
        found.signs = tuple(s for s in _SIGNS if any(s in c for c in cells))
        cells = [re.sub(rf"[A-Z]{{3}}|[{_SIGNS}]", "", c).strip(" \u00a0\u202f").replace("- ", "-") for c in cells]
    if all(c.endswith("%") for c in cells):
        found.percent = True
        cells = [c.removesuffix("%").rstrip() for c in cells]
    readable = tuple(c for c in CULTURES if all(_is_number(cell, c) for cell in cells))
    leading_zeros = sum(len(c) > 1 and c[0] == "0" and c.isdigit() for c in filled)
    if not readable or leading_zeros:
        if leading_zeros:
            found.doubts.append("its numbers begin with zeros, so they are identifiers")
        found.inside = found.percent = False
        return
    found.kind, found.cultures = "number", readable
    found.negative = tuple(style for style in NEGATIVES if any(_needs(cell, style) for cell in cells))
    marks = [re.search(r"[.,](\d+)\D*\Z", c) for c in cells]
    found.decimals = max((len(m[1]) for m in marks if m), default=0)
    groups = {number_form(c).decimal for c in readable}
    if len(groups) > 1 and any("." in c or "," in c for c in cells):
        sample = next(c for c in cells if "." in c or "," in c)
        found.doubts.append(f'"{sample}" can be read in {" or in ".join(readable)}, and no cell decides it')


def _is_number(text: str, culture: str) -> bool:
    try:
        number_form(culture, tuple(NEGATIVES)).units(text, 14, "a number")
    except NotReadable:
        return False
    return True


def _needs(text: str, style: str) -> bool:
    return {
        "minus": text.startswith("-"),
        "minus sign": text.startswith("\u2212"),
        "trailing minus": text.endswith("-"),
        "parentheses": text.startswith("(") and text.endswith(")"),
        "CR": text.endswith("CR"),
    }[style]


def _reads(reader: object, cells: Sequence[str]) -> bool:
    assert callable(reader)
    try:
        for cell in cells:
            reader(cell)
    except NotReadable:
        return False
    return True
