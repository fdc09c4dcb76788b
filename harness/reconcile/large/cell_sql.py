"""SQL for the cells of a row: our value for a target's code, and amounts as exact decimals.

Every expression is NULL where it can't prove the value; such rows are then read by the row reader, which says why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from harness.adapters.cultures import NotReadable, NumberForm
from harness.adapters.grain_kinds import COUNTS
from harness.adapters.mapping import CellSpec, GrainMapping
from harness.reconcile.large.text_files import OnlyByRow
from reference_engine.vocabulary.numbers import MINOR_UNITS


class Reads(Protocol):
    """Reads the cells of one of our names."""

    def read(self, cells: Sequence[str], /) -> str | None: ...


MOST_CODES = 200_000
DIGITS = 18
_TYPED = frozenset({"date", "rate", *COUNTS})


def name(column: str) -> str:
    """A column's name in SQL."""
    return '"' + column.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text in SQL."""
    return "'" + value.replace("'", "''") + "'"


def listed(values: Iterable[str]) -> str:
    return ", ".join(text(v) for v in values)


def has_type_of_its_own(spec: CellSpec) -> bool:
    """Whether a cell is a date, a rate or a count, which can be written in several ways."""
    return spec.name in _TYPED or bool(spec.pattern)


def is_read_as_it_is(spec: CellSpec) -> bool:
    """Whether the cell's own text is our value."""
    return not (
        spec.constant is not None
        or spec.codes is not None
        or spec.lookup is not None
        or spec.pattern
        or spec.span is not None
        or spec.name in _TYPED
        or spec.name == "currency"
    )


class Codes:
    """What codes mean, as DuckDB looks it up: an ENUM of the codes, and a list of their values beside it."""

    def __init__(self, connection: Any) -> None:
        self.connection, self.made = connection, 0

    def value_of(self, raw: str, meaning: Mapping[str, str]) -> str:
        """The expression of our value for the code `raw`; NULL for a code that has none."""
        if not meaning:
            return "CAST(NULL AS VARCHAR)"
        if len(meaning) > MOST_CODES:
            raise OnlyByRow(f"a column has more than {MOST_CODES:,} codes")
        self.made += 1
        number = self.made
        codes = list(meaning)
        self.connection.execute(
            f"CREATE TEMP TABLE codes_{number} AS SELECT unnest($1) AS code, unnest($2) AS meaning, unnest(range(len($1))) AS n",
            [codes, [meaning[c] for c in codes]],
        )
        self.connection.execute(
            f"CREATE TYPE code_{number} AS ENUM (SELECT code FROM codes_{number} ORDER BY n)"  # noqa: S608  (of names of ours alone)
        )
        self.connection.execute(
            f"SET VARIABLE meaning_{number} = (SELECT list(meaning ORDER BY n) FROM codes_{number})"  # noqa: S608  (of names of ours alone)
        )
        return f"getvariable('meaning_{number}')[enum_code(TRY_CAST({raw} AS code_{number})) + 1]"


def meanings(reader: Reads, raws: Sequence[Sequence[str]]) -> dict[str, str]:
    """Our value of each distinct text of a column, by the row reader itself; texts that it refuses are left out.

    A value that isn't compared has a mark of its own, which no text can be.
    """
    found: dict[str, str] = {}
    for cells in raws:
        try:
            value = reader.read(cells)
        except NotReadable:
            continue
        found["\x1f".join(cells)] = NOT_COMPARED if value is None else value
    return found


NOT_COMPARED = "\x1fnot compared"


def decimals_of(grain: GrainMapping, currency: str) -> int:
    """The decimals that amounts of a currency are compared to."""
    own = MINOR_UNITS[currency]
    stated = grain.amount.decimals
    return own if stated is None else max(stated, own)


def amount_of_text(raw: str, form: NumberForm, decimals: int, stored: int, *, quick: bool = False) -> str:
    """An amount's text as DECIMAL(18, stored), or NULL: with up to `decimals` decimals, in the culture's own form.

    Most amounts stand as a decimal is written; that the text comes back from the decimal proves that nothing was lost.
    quick: only these.
    """
    written = decimals == stored and form.decimal == "." and "minus" in form.negative
    exactly = f"TRY_CAST({raw} AS DECIMAL({DIGITS}, {stored}))"
    if quick and written:
        return f"CASE WHEN CAST({exactly} AS VARCHAR) = {raw} THEN {exactly} END"
    body, sign = _body_and_sign(raw, form)
    marks = "".join(form.strip)
    point = re.escape(form.decimal)
    rest = f"(?:{point}[0-9]+)?"
    grouped = "|".join(f"[0-9]{{1,3}}(?:{re.escape(m)}[0-9]{{3}})+{rest}" for m in marks)
    pattern = f"(?:[0-9]+{rest}|{grouped})"
    bare = f"translate({body}, {text(marks)}, '')"
    whole = f"ltrim(split_part({bare}, {text(form.decimal)}, 1), '0')"
    behind = f"split_part({bare}, {text(form.decimal)}, 2)"
    fits = (
        f"regexp_full_match({body}, {text(pattern)}) AND rtrim(substr({behind}, {decimals + 1}), '0') = '' "
        f"AND length({whole}) <= {DIGITS - stored}"
    )
    exact = f"{sign} || '0' || {whole} || '.' || rpad(substr({behind}, 1, {decimals}), {stored}, '0')"
    if stored == 0:
        exact = f"{sign} || '0' || {whole}"
    slow = f"CASE WHEN {fits} THEN TRY_CAST({exact} AS DECIMAL({DIGITS}, {stored})) END"
    return f"CASE WHEN CAST({exactly} AS VARCHAR) = {raw} THEN {exactly} ELSE {slow} END" if written else slow


def _body_and_sign(raw: str, form: NumberForm) -> tuple[str, str]:
    """The amount without its sign, and '-' or '': the same cases in the same order as the row reader's."""
    digit = f"regexp_matches({raw}, '^[0-9]')"
    cases: list[tuple[str, str, str]] = []
    if "minus" in form.negative:
        cases.append((f"starts_with({raw}, '-')", f"substr({raw}, 2)", "-"))
    if "trailing minus" in form.negative:
        cases.append((f"{digit} AND ends_with({raw}, '-')", f"left({raw}, -1)", "-"))
    if "CR" in form.negative:
        cases.append((f"{digit} AND ends_with({raw}, ' CR')", f"left({raw}, -3)", "-"))
    cases.append((f"starts_with({raw}, '+')", f"substr({raw}, 2)", ""))
    if "minus sign" in form.negative:
        cases.append((f"starts_with({raw}, '\u2212')", f"substr({raw}, 2)", "-"))
    if "parentheses" in form.negative:
        cases.append(
            (
                f"starts_with({raw}, '(') AND ends_with({raw}, ')')",
                f"substr({raw}, 2, length({raw}) - 2)",
                "-",
            )
        )
    body = "CASE " + " ".join(f"WHEN {when} THEN {then}" for when, then, _ in cases) + f" ELSE {raw} END"
    sign = "CASE " + " ".join(f"WHEN {when} THEN '{mark}'" for when, _, mark in cases) + " ELSE '' END"
    return f"({body})", f"({sign})"


def amount_of_number(raw: str, scale: int, decimals: int, stored: int) -> str:
    """A whole number or decimal of a Parquet file as DECIMAL(18, stored), or NULL where digits would be lost."""
    kept = f"TRY_CAST({raw} AS DECIMAL({DIGITS}, {stored}))"
    checks = []
    if scale > stored:
        checks.append(f"TRY_CAST({kept} AS DECIMAL(38, {scale})) = TRY_CAST({raw} AS DECIMAL(38, {scale}))")
    if decimals < min(stored, scale):
        checks.append(f"TRY_CAST({kept} AS DECIMAL({DIGITS}, {decimals})) = {kept}")
    return f"CASE WHEN {' AND '.join(checks)} THEN {kept} END" if checks else kept


def amount_of(
    grain: GrainMapping, currency: str | None, currency_sql: str, stored: int, one: Callable[[int, int], str]
) -> str:
    """The amount by its currency's decimals.  currency: the only one; None: it stands in each row."""
    if currency is not None:
        return one(decimals_of(grain, currency), stored)
    by_decimals: dict[int, list[str]] = {}
    for code in MINOR_UNITS:
        by_decimals.setdefault(decimals_of(grain, code), []).append(code)
    usual = by_decimals.pop(stored, [])
    cases = [
        f"WHEN {currency_sql} IN ({listed(codes)}) THEN {one(decimals, stored) if decimals < stored else 'NULL'}"
        for decimals, codes in sorted(by_decimals.items())
    ]
    assert usual
    return f"CASE {' '.join(cases)} ELSE {one(stored, stored)} END"
