"""Any target's text export, read through its mapping.

Rows become keys in our names and amounts as whole minor units.  Whatever isn't as declared is a Problem with
the file, the line and the column; a file with a Problem isn't compared.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from harness.adapters.cells import CellReader, Lookups, bind, cell_reader
from harness.adapters.cultures import NotReadable, number_form
from harness.adapters.delimited import TextFile, TextRow, read_text_file
from harness.adapters.findings import Findings
from harness.adapters.mapping import CellSpec, GrainMapping, Mapping
from harness.adapters.rows import ResultRow, ResultTable, SourceRow
from reference_engine.problems import Problem, Where
from reference_engine.vocabulary.numbers import MINOR_UNITS


def read_export(mapping: Mapping, path: Path, problems: list[Problem]) -> dict[str, ResultTable]:
    """Reads every grain of an export: path is its folder, or its one file.

    Returns the tables by grain.  Adds Problems; a grain with Problems isn't in the result.
    """
    if not path.exists():
        problems.append(
            Problem(
                "file-unreadable",
                "there is no such file or folder.",
                Where(str(path)),
                remedy="Check the path.",
            )
        )
        return {}
    folder = path if path.is_dir() else path.parent
    grains = mapping.grains
    if not path.is_dir():
        named = [g for g in grains if g.file == path.name]
        if not named and len(grains) > 1:
            problems.append(
                Problem(
                    "export-which",
                    f"the mapping has {len(grains)} grains and none reads a file of this name.",
                    Where(str(path)),
                    remedy=f"Give the folder that holds {', '.join(g.file for g in grains if g.file)}.",
                )
            )
            return {}
        grains = tuple(named) or grains
    lookups = Lookups([Path(mapping.file).parent, folder] if mapping.file else [folder], problems)
    tables: dict[str, ResultTable] = {}
    for grain in grains:
        file = path if not path.is_dir() else folder / grain.file
        if path.is_dir() and not grain.file:
            problems.append(
                Problem(
                    "export-which",
                    f'the mapping doesn\'t say which file holds "{grain.name}".',
                    grain.where,
                    remedy='Add "file:" to the grain, or give the file itself instead of its folder.',
                )
            )
            continue
        table = read_grain(grain, file, lookups, problems)
        if table is not None:
            tables[grain.name] = table
    return tables


def read_grain(
    grain: GrainMapping, file: Path, lookups: Lookups, problems: list[Problem]
) -> ResultTable | None:
    """Reads the file of one grain."""
    findings = Findings(problems, str(file))
    before = len(problems)
    text = read_text_file(file, grain.form, findings)
    table = None
    if text is not None:
        reader = _GrainReader(grain, text, file.name, lookups, findings)
        if reader.is_bound:
            table = reader.table()
    findings.close()
    return table if len(problems) == before else None


class _GrainReader:
    """Reads the rows of one file at one grain."""

    def __init__(
        self, grain: GrainMapping, text: TextFile, file: str, lookups: Lookups, findings: Findings
    ) -> None:
        self.grain, self.text, self.file, self.findings = grain, text, file, findings
        header, line = text.header, text.header_line
        self.key = [cell_reader(s, header, line, grain.form, lookups, findings) for s in grain.key]
        self.fields = [cell_reader(s, header, line, grain.form, lookups, findings) for s in grain.fields]
        self.currency = cell_reader(grain.amount.currency, header, line, grain.form, lookups, findings)
        self.amount_at = bind(grain.amount.columns, header, line, findings)
        self.filters = [(bind((c,), header, line, findings), set(v)) for c, v in grain.rows_where.items()]
        self.form = number_form(grain.form.culture, grain.form.negative)
        self.decimals: dict[str, int] = {}
        self.codes: list[dict[str, str | None]] = [{} for _ in self.key]

    @property
    def is_bound(self) -> bool:
        """Whether every column that the mapping names was found."""
        parts: list[object] = [
            *self.key,
            *self.fields,
            self.currency,
            self.amount_at,
            *(at for at, _ in self.filters),
        ]
        return all(p is not None for p in parts)

    def table(self) -> ResultTable:
        key = [r for r in self.key if r is not None]
        fields = [r for r in self.fields if r is not None]
        filters = [(at, wanted) for at, wanted in self.filters if at is not None]
        rows: list[ResultRow] = []
        left_out = 0
        key_reads, field_reads = [r.read for r in key], [r.read for r in fields]
        code_reads = [r.code for r in key]
        for row in self.text.rows:
            cells = row.cells
            if filters and any(cells[at] not in wanted for at, wanted in filters):
                left_out += 1
                continue
            try:
                parts = tuple([read(cells) or "" for read in key_reads])
                values = tuple([read(cells) for read in field_reads])
                amount, currency = self._amount(cells)
            except NotReadable:
                self._report(row, (*key, *fields))
                continue
            codes = tuple([code(cells) for code in code_reads])
            for known, value, code in zip(self.codes, parts, codes, strict=True):
                if known.get(value) != code:
                    self._second_code(known, value, code)
            rows.append(
                ResultRow(parts, amount, currency, values, (SourceRow(self.file, row.line, row.raw, codes),))
            )
        if self.grain.add_up:
            rows = added_up(rows)
        return ResultTable(
            self.grain.name,
            rows,
            self.decimals,
            read=len(self.text.rows),
            left_out=left_out,
            file=self.file,
            header=self.text.header,
            codes={
                r.spec.name: {v: c for v, c in codes.items() if c is not None}
                for r, codes in zip(key, self.codes, strict=True)
            },
            notes=tuple(self._notes(left_out)),
        )

    @staticmethod
    def _second_code(known: dict[str, str | None], value: str, code: str) -> None:
        """Remembers the target's code for a value; None as soon as there are several."""
        known[value] = code if value not in known else None

    def _amount(self, cells: Sequence[str]) -> tuple[int, str]:
        assert self.currency is not None
        assert self.amount_at is not None
        currency = self.currency.read(cells)
        if not currency:
            raise NotReadable(
                "blank-cell",
                "the amount has no currency.",
                "Fill in the column of the currency, or write the currency itself into the mapping.",
                "100 of one currency isn't 100 of another.",
            )
        decimals = self.decimals.get(currency)
        if decimals is None:
            own = MINOR_UNITS[currency]
            stated = self.grain.amount.decimals
            decimals = self.decimals[currency] = own if stated is None else max(stated, own)
        return self.form.units(cells[self.amount_at], decimals, currency), currency

    def _report(self, row: TextRow, readers: Sequence[CellReader]) -> None:
        """A finding for every cell of the row that can't be read."""
        for reader in readers:
            try:
                reader.read(row.cells)
            except NotReadable as error:
                self._unreadable(error, row, reader.spec, reader.number)
        assert self.currency is not None
        try:
            self.currency.read(row.cells)
        except NotReadable as error:
            self._unreadable(error, row, self.currency.spec, self.currency.number)
            return
        try:
            self._amount(row.cells)
        except NotReadable as error:
            self._unreadable(error, row, CellSpec("amount"), (self.amount_at or 0) + 1)

    def _unreadable(self, error: NotReadable, row: TextRow, spec: CellSpec, number: int) -> None:
        column = self.text.header[number - 1] if number else spec.name
        self.findings.add(
            error.slug,
            f'column "{column}": {error.what}',
            row.line,
            number,
            why=error.why,
            remedy=error.remedy,
            row=row.raw,
        )

    def _notes(self, left_out: int) -> list[str]:
        notes = []
        if self.text.open_end:
            notes.append(
                f"The last row of {self.file} has no line break at its end; check that the export is whole."
            )
        if left_out:
            conditions = "; ".join(
                f"{column} is {' or '.join(values)}" for column, values in self.grain.rows_where.items()
            )
            notes.append(
                f"{left_out:,} of {len(self.text.rows):,} rows of {self.file} don't count: "
                f"only those where {conditions}."
            )
        if self.text.skipped:
            notes.append(f"{self.text.skipped:,} lines of {self.file} are skipped as the mapping says.")
        if self.grain.form.dates != "year first":
            notes += self._date_order()
        return notes

    def _date_order(self) -> list[str]:
        """Whether the file itself shows which of two numbers is the day."""
        notes = []
        for spec in (*self.grain.key, *self.grain.fields):
            for part in spec.span or ((spec,) if spec.name == "date" and not spec.codes else ()):
                at = next((i for i, name in enumerate(self.text.header) if name in part.columns), None)
                if at is None or not self.text.rows:
                    continue
                if not any(_shows_the_day(row.cells[at]) for row in self.text.rows):
                    notes.append(
                        f'No date in column "{self.text.header[at]}" has a day above 12; '
                        f"the file doesn't prove that it is written with the {self.grain.form.dates}."
                    )
        return notes


def _shows_the_day(text: str) -> bool:
    return any(n.isdigit() and int(n) > 12 for n in re.split(r"[-/.]", text)[:2])


def added_up(rows: Sequence[ResultRow]) -> list[ResultRow]:
    """Rows with the same key and currency as one, their amounts summed, as the mapping declares."""
    sums: dict[tuple[tuple[str, ...], str], ResultRow] = {}
    for row in rows:
        key = (row.key, row.currency)
        before = sums.get(key)
        if before is None:
            sums[key] = row
            continue
        fields = tuple(a if a == b else f"{a}, {b}" for a, b in zip(before.fields, row.fields, strict=True))
        sources = (*before.sources, *row.sources)
        sums[key] = replace(before, amount=before.amount + row.amount, fields=fields, sources=sources)
    return list(sums.values())
