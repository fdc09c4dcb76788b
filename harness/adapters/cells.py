"""From the cells of an export row to our names, through the mapping's codes, lookups and patterns."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from harness.adapters.cultures import NotReadable, date_reader, number_form
from harness.adapters.delimited import TextFormat, read_text_file
from harness.adapters.findings import Findings
from harness.adapters.grain_kinds import COUNTS
from harness.adapters.mapping import CellSpec, Lookup
from harness.adapters.periods import period_reader, span_text
from reference_engine.problems import Problem, did_you_mean
from reference_engine.vocabulary.numbers import MINOR_UNITS, NotANumber, format_percent, parse_percent

Read = Callable[[Sequence[str]], str | None]


@dataclass(frozen=True)
class CellReader:
    """Reads one of our names.  number: of the column it comes from, from 1; 0 for a constant."""

    spec: CellSpec
    read: Read
    number: int
    code: Callable[[Sequence[str]], str]


def bind(columns: Sequence[str], header: Sequence[str], header_line: int, findings: Findings) -> int | None:
    """The position of the one column of the header that has one of these names."""
    found = [i for i, name in enumerate(header) if name in columns]
    if len(found) == 1:
        return found[0]
    if not found:
        findings.add(
            "missing-column",
            f'the export has no column "{columns[0]}".',
            header_line,
            remedy=did_you_mean(columns[0], header),
            row=",".join(header),
        )
    else:
        findings.add(
            "column-ambiguous",
            f"the columns {' and '.join(header[i] for i in found)} both fit the mapping.",
            header_line,
            remedy="Name in the mapping the one that counts.",
        )
    return None


def cell_reader(
    spec: CellSpec,
    header: Sequence[str],
    header_line: int,
    form: TextFormat,
    lookups: Lookups,
    findings: Findings,
) -> CellReader | None:
    """A reader for one of our names; None, with a finding, where its column or lookup isn't there."""
    if spec.constant is not None:
        value = spec.constant
        return CellReader(spec, lambda cells: value, 0, lambda cells: "")
    if spec.span is not None:
        return _span_reader(spec, header, header_line, form, findings)
    at = bind(spec.columns, header, header_line, findings)
    if at is None:
        return None
    codes = spec.codes
    if spec.lookup is not None:
        codes = lookups.table(spec.lookup)
        if codes is None:
            return None
    convert = _converter(spec, form, codes)
    known: dict[str, str | None] = {}
    position = at

    def read(cells: Sequence[str]) -> str | None:
        text = cells[position]
        if text in known:
            return known[text]
        value = known[text] = convert(text)
        return value

    return CellReader(spec, read, at + 1, lambda cells: cells[position])


def _converter(
    spec: CellSpec, form: TextFormat, codes: Mapping[str, str] | None
) -> Callable[[str], str | None]:
    typed = _typed(spec, form)

    def convert(text: str) -> str | None:
        if codes is not None and text in codes:
            return typed(codes[text]) if spec.name == "rate" else codes[text]
        if text == "":
            if spec.blank:
                return ""
            if spec.others == "not compared":
                return None
            if spec.name == "currency":
                raise NotReadable(
                    "blank-cell",
                    "the cell is blank; an amount needs its currency.",
                    "Fill in the column of the currency, or write the currency itself into the mapping.",
                    "100 of one currency isn't 100 of another.",
                )
            raise NotReadable(
                "blank-cell",
                f"the cell is blank; {spec.name} is required.",
                "Say blank: allowed in the mapping if a blank is a value of its own.",
                "A row without its key can't be compared with anything.",
            )
        if codes is not None and spec.others != "as they are":
            if spec.others == "not compared":
                return None
            where = f"the lookup {spec.lookup.file}" if spec.lookup else "the mapping"
            raise NotReadable(
                "unknown-code",
                f'"{text}" is not a {spec.name} that {where} knows.',
                did_you_mean(text, codes),
                "Its rows would be compared with nothing.",
            )
        return typed(text)

    return convert


def _typed(spec: CellSpec, form: TextFormat) -> Callable[[str], str]:
    if spec.pattern:
        return period_reader(spec.pattern)
    if spec.name == "date":
        return date_reader(form.dates, form.cut_off_time)
    if spec.name in COUNTS:
        numbers = number_form(form.culture, form.negative)
        return lambda text: str(numbers.units(text, 0, "a count"))
    if spec.name == "rate":
        return _rate
    if spec.name == "currency":
        return _currency
    return _identifier


def _rate(text: str) -> str:
    try:
        return format_percent(parse_percent(text).value)
    except NotANumber as error:
        raise NotReadable("not-a-number", error.what, error.remedy) from None


def rate_text(value: Fraction) -> str:
    """A rate as it stands in compared values."""
    return format_percent(value)


def _currency(text: str) -> str:
    if text not in MINOR_UNITS:
        raise NotReadable(
            "unknown-currency", f'"{text}" is not a currency code.', did_you_mean(text, MINOR_UNITS)
        )
    return text


_SCIENTIFIC = re.compile(r"[+-]?\d(?:[.,]\d+)?[eE][+-]?\d{1,3}\Z", re.ASCII)


def _identifier(text: str) -> str:
    if _SCIENTIFIC.match(text) and ("+" in text or len(text) > 6):
        raise NotReadable(
            "identifier-damaged",
            f'"{text}" is an identifier in scientific form; its digits are lost in this file.',
            "Export the column as text. A spreadsheet that opens and saves a file does this to long numbers.",
            "It could be one of many identifiers.",
        )
    if text != text.strip():
        raise NotReadable(
            "blanks-around",
            f'"{text}" has blanks around it.',
            "Say trim: yes in the mapping's format, or clean the export.",
            "It would count as another identifier.",
        )
    return text


def _span_reader(
    spec: CellSpec, header: Sequence[str], header_line: int, form: TextFormat, findings: Findings
) -> CellReader | None:
    assert spec.span is not None
    first = bind(spec.span[0].columns, header, header_line, findings)
    last = bind(spec.span[1].columns, header, header_line, findings)
    if first is None or last is None:
        return None
    to_day = date_reader(form.dates, form.cut_off_time)
    a, b = first, last

    def read(cells: Sequence[str]) -> str:
        start, end = to_day(cells[a]), to_day(cells[b])
        if end < start:
            raise NotReadable(
                "period-order",
                f"the period ends on {end}, before it starts on {start}.",
                "Correct the row, or exchange the columns of from: and to: in the mapping.",
                "It would be a period of no day.",
            )
        return span_text(start, end)

    return CellReader(spec, read, first + 1, lambda cells: f"{cells[a]}, {cells[b]}")


class Lookups:
    """The lookup files of one mapping, each read once.  folders: where a file is looked for, in order."""

    def __init__(self, folders: Sequence[Path], problems: list[Problem]) -> None:
        self.folders, self.problems = folders, problems
        self._tables: dict[tuple[str, str, str], dict[str, str] | None] = {}

    def table(self, lookup: Lookup) -> dict[str, str] | None:
        """Code -> value; None, with Problems, where the file can't be read."""
        key = (lookup.file, lookup.source, lookup.target or "\0".join(lookup.days or ()))
        if key not in self._tables:
            self._tables[key] = self._load(lookup)
        return self._tables[key]

    def _load(self, lookup: Lookup) -> dict[str, str] | None:
        path = next((f / lookup.file for f in self.folders if (f / lookup.file).is_file()), None)
        if path is None:
            self.problems.append(
                Problem(
                    "lookup-missing",
                    f'the lookup file "{lookup.file}" is neither beside the mapping nor beside the export.',
                    lookup.where,
                    remedy="Put it there, or correct its name.",
                )
            )
            return None
        findings = Findings(self.problems, str(path))
        text = read_text_file(path, TextFormat(), findings)
        if text is None:
            findings.close()
            return None
        source = bind((lookup.source,), text.header, text.header_line, findings)
        targets = [bind((name,), text.header, text.header_line, findings) for name in lookup.days or (lookup.target,)]
        at = [t for t in targets if t is not None]
        if source is None or len(at) < len(targets):
            return None
        day = date_reader("year first")
        table: dict[str, str] = {}
        for row in text.rows:
            code, value = row.cells[source], row.cells[at[0]]
            if not code:
                continue
            if lookup.days:
                try:
                    value = span_text(*(day(row.cells[i]) for i in at))
                except NotReadable as error:
                    findings.add(error.slug, error.what, row.line, why=error.why, remedy=error.remedy, row=row.raw)
                    continue
            if table.setdefault(code, value) != value:
                findings.add(
                    "lookup-twice",
                    f'"{code}" means {table[code]} on an earlier line and {value} here.',
                    row.line,
                    source + 1,
                    why="It can't be told which of the two is meant.",
                    remedy="Keep one.",
                    row=row.raw,
                )
        findings.close()
        return table if not findings.count else None
