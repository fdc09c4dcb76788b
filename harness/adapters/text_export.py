"""Any target's text export, read through its mapping.

Rows become keys in our names and amounts as whole minor units.  Whatever isn't as declared is a Problem with
the file, the line and the column; a file with a Problem isn't compared.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from harness.adapters.amount_cells import split_amount
from harness.adapters.cells import CellReader, Lookups, bind, cell_reader
from harness.adapters.cultures import NotReadable, number_form
from harness.adapters.delimited import TextFile, TextRow, read_text_file
from harness.adapters.findings import Findings
from harness.adapters.mapping import GrainMapping, Mapping
from harness.adapters.parquet_table import is_parquet, read_parquet_export
from harness.adapters.row_choices import LIMITS, TotalCheck, in_force_reader, proof_of_culture
from harness.adapters.rows import Fault, ResultRow, ResultTable, SourceRow, UnreadableRow
from harness.adapters.several_files import as_one, files_of, fits, is_pattern
from harness.adapters.wide import lengthened
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
        named = [g for g in grains if fits(path.name, g.file)]
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
        several = path.is_dir() and is_pattern(grain.file)
        table = _read_several(grain, folder, lookups, problems) if several else read_grain(grain, file, lookups, problems)
        if table is not None:
            tables[grain.name] = table
    return tables


def _read_several(grain: GrainMapping, folder: Path, lookups: Lookups, problems: list[Problem]) -> ResultTable | None:
    """Reads the files that a pattern names as one table."""
    files = files_of(folder, grain.file)
    if not files:
        problems.append(
            Problem(
                "file-unreadable",
                f'the folder has no file named like "{grain.file}".',
                Where(str(folder)),
                "The mapping reads all of them as one table.",
                "Check the folder, or the pattern after  file:  in the mapping.",
            )
        )
        return None
    single = replace(grain, add_up=False)
    tables = _read_each(single, files, lookups, problems)
    read = [table for table in tables if table is not None]
    if len(read) < len(files):
        return None
    findings = Findings(problems, str(folder))
    table = as_one(read, files, grain.file, findings)
    findings.close()
    return replace(table, rows=added_up(table.rows)) if table is not None and grain.add_up else table


def _read_each(grain: GrainMapping, files: Sequence[Path], lookups: Lookups, problems: list[Problem]) -> list[ResultTable | None]:
    """Each file by itself.  Where only the first has a header, the others have its columns."""
    first = read_grain(grain, files[0], lookups, problems)
    if grain.form.header_once and first is not None:
        grain = replace(grain, form=replace(grain.form, header=False, header_by_columns=False, columns=first.header))
    return [first, *(read_grain(grain, file, lookups, problems) for file in files[1:])]


def read_grain(
    grain: GrainMapping, file: Path, lookups: Lookups, problems: list[Problem]
) -> ResultTable | None:
    """Reads the file of one grain."""
    findings = Findings(problems, str(file))
    before = len(problems)
    if is_parquet(file):
        text = read_parquet_export(file, grain.form, findings)
    else:
        text = read_text_file(file, grain.form, findings, row_by_row=True, inside=grain.inside, needed=grain.columns_read)
    if text is not None and grain.wide is not None:
        named = [n for names in grain.columns_read for n in names]
        text = lengthened(text, grain.wide, named, number_form(grain.form.culture, grain.form.negative), findings)
    table = None
    if text is not None:
        reader = GrainReader(grain, text, file.name, lookups, findings)
        if reader.is_bound:
            table = reader.table()
    findings.close()
    return table if len(problems) == before else None


class GrainReader:
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
        self.in_force = in_force_reader(grain, header, line, findings) if grain.in_force else None
        totals = grain.total_rows
        self.totals_at = bind((totals.column,), header, line, findings) if totals else None
        self.form = number_form(grain.form.culture, grain.form.negative)
        self.decimals: dict[str, int] = {}
        self.codes: list[dict[str, str | None]] = [{} for _ in self.key]
        self.unreadable: list[UnreadableRow] = []
        self.read_elsewhere = 0
        """Rows of the file that were found readable without being read here."""
        self.place: Callable[[int], tuple[str, int]] = lambda line: (self.file, line)
        """The file and line that people know a line of the text by."""

    @property
    def is_bound(self) -> bool:
        """Whether every column that the mapping names was found."""
        parts: list[object] = [
            *self.key,
            *self.fields,
            self.currency,
            self.amount_at,
            *(at for at, _ in self.filters),
            *([self.in_force] if self.grain.in_force else []),
            *([self.totals_at] if self.grain.total_rows else []),
        ]
        return all(p is not None for p in parts)

    def table(self) -> ResultTable:
        key = [r for r in self.key if r is not None]
        fields = [r for r in self.fields if r is not None]
        filters = [(at, wanted) for at, wanted in self.filters if at is not None]
        rows: list[ResultRow] = []
        left_out = 0
        plain = self.grain.is_rows
        totals = TotalCheck(self)
        key_reads, field_reads = [r.read for r in key], [r.read for r in fields]
        code_reads = [r.code for r in key]
        for row in self.text.rows:
            cells = row.cells
            if filters and any(cells[at] not in wanted for at, wanted in filters):
                left_out += 1
                continue
            if not plain and self._is_no_result(row, totals):
                left_out += 1
                continue
            try:
                parts = tuple([read(cells) or "" for read in key_reads])
                values = tuple([read(cells) for read in field_reads])
                amount, currency = self.amount(cells)
            except NotReadable:
                self._report(row, key, fields)
                continue
            codes = tuple([code(cells) for code in code_reads])
            for known, value, code in zip(self.codes, parts, codes, strict=True):
                if known.get(value) != code:
                    self._second_code(known, value, code)
            rows.append(
                ResultRow(parts, amount, currency, values, (self._source(row, codes),))
            )
            if self.totals_at is not None:
                totals.note(row, amount, currency)
        self._broken()
        # Where most rows can't be read, or the last one was cut off, the mapping is wrong, or the file, and a comparison of the rest
        # would mislead; a code without a meaning is a gap of the mapping, which nobody can judge from single rows.
        misleads = len(self.unreadable) > len(rows) + self.read_elsewhere or self._cut_off()
        for bad in self.unreadable:
            for fault in bad.faults:
                if misleads or fault.slug == "unknown-code":
                    self.findings.add(
                        fault.slug,
                        fault.what,
                        bad.source.line,
                        fault.column,
                        why=fault.why,
                        remedy=fault.remedy,
                        row=bad.source.raw,
                    )
        control: dict[str, int] = {}
        for one in rows:
            control[one.currency] = control.get(one.currency, 0) + one.amount
        if self.grain.add_up:
            rows = added_up(rows)
        return ResultTable(
            self.grain.name,
            rows,
            self.decimals,
            read=len(self.text.rows) + len(self.text.broken),
            left_out=left_out,
            file=self.file,
            header=self.text.header,
            codes={
                r.spec.name: {v: c for v, c in codes.items() if c is not None}
                for r, codes in zip(key, self.codes, strict=True)
            },
            notes=tuple(self._notes(left_out)),
            unreadable=tuple(self.unreadable),
            control=control,
        )

    def _source(self, row: TextRow, codes: tuple[str, ...]) -> SourceRow:
        return SourceRow(*self.place(row.line), row.raw, codes)

    @staticmethod
    def _second_code(known: dict[str, str | None], value: str, code: str) -> None:
        """Remembers the target's code for a value; None as soon as there are several."""
        known[value] = code if value not in known else None

    def amount(self, cells: Sequence[str]) -> tuple[int, str]:
        """The amount in whole units, and its currency.  Raises NotReadable."""
        assert self.currency is not None
        assert self.amount_at is not None
        currency = self.currency.read(cells)
        spec = self.grain.amount
        text = cells[self.amount_at]
        if not text and spec.blank == "means zero":
            text = "0"
        elif spec.inside:
            text, currency = split_amount(text, spec.symbols) if text else ("", "")
            if not text:
                return self.form.units(text, 0, "the amount"), ""
        if spec.is_number:
            places = self.decimals[""] = spec.decimals or 0
            if spec.percent:
                return self.form.units(text.removesuffix("%"), places - 2, "a percent"), ""
            return self.form.units(text, places, f"the {spec.of}"), ""
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
        return self.form.units(text, decimals, currency), currency

    def _is_no_result(self, row: TextRow, totals: TotalCheck) -> bool:
        """Whether a row is left out for what the mapping says of totals, of days or of blank amounts."""
        assert self.amount_at is not None
        if self.totals_at is not None and self.grain.total_rows and row.cells[self.totals_at].strip() in self.grain.total_rows.words:
            totals.check(row)
            return True
        if self.in_force is not None:
            try:
                if not self.in_force(row.cells):
                    return True
            except NotReadable as error:
                self.findings.add(error.slug, error.what, row.line, why=error.why, remedy=error.remedy, row=row.raw)
                return True
        return self.grain.amount.blank == "is no row" and not row.cells[self.amount_at]

    def _report(self, row: TextRow, key: Sequence[CellReader], fields: Sequence[CellReader]) -> None:
        """Sets a row aside, with every cell of it that can't be read."""
        faults: list[Fault] = []
        parts: list[str] = []
        for position, reader in enumerate((*key, *fields)):
            try:
                value = reader.read(row.cells)
                if position < len(key):
                    parts.append(value or "")
            except NotReadable as error:
                faults.append(self._fault(error, reader.spec.name, reader.number))
        faults += self._amount_faults(row)
        known = tuple(parts) if len(parts) == len(key) else None
        codes = tuple(reader.code(row.cells) for reader in key)
        source = self._source(row, codes)
        self.unreadable.append(UnreadableRow(source, known, tuple(faults), self._currency_of(row)))

    def _currency_of(self, row: TextRow) -> str:
        try:
            return (self.currency.read(row.cells) or "") if self.currency is not None else ""
        except NotReadable:
            return ""

    def _amount_faults(self, row: TextRow) -> list[Fault]:
        assert self.currency is not None
        try:
            self.currency.read(row.cells)
        except NotReadable as error:
            return [self._fault(error, self.currency.spec.name, self.currency.number)]
        try:
            self.amount(row.cells)
        except NotReadable as error:
            return [self._fault(error, "amount", (self.amount_at or 0) + 1)]
        return []

    def _fault(self, error: NotReadable, name: str, number: int) -> Fault:
        column = self.text.header[number - 1] if number else name
        return Fault(error.slug, f'column "{column}": {error.what}', number, error.why, error.remedy)

    def _broken(self) -> None:
        """Sets aside the rows that have another number of cells than the header."""
        width = len(self.text.header)
        for row in self.text.broken:
            what = f"this row has {len(row.cells)} cells; the header has {width}."
            why = "A delimiter inside a value, or a missing one, moves later cells to the wrong column."
            remedy = (
                f'Put quotes around values that hold "{self.grain.form.delimiter}", or use another delimiter.'
            )
            if row is self.text.broken[-1] and self._cut_off():
                what = f"the file ends in the middle of this row: it has {len(row.cells)} cells; the header has {width}."
                why, remedy = "The rows after it are lost.", "The file was cut off. Export it again, or copy it again."
            source = self._source(row, ())
            self.unreadable.append(UnreadableRow(source, None, (Fault("cell-count", what, 0, why, remedy),)))

    def _cut_off(self) -> bool:
        """Whether the file ends in the middle of a row."""
        return (
            self.text.open_end
            and bool(self.text.broken)
            and (not self.text.rows or self.text.broken[-1].line > self.text.rows[-1].line)
        )

    def _notes(self, left_out: int) -> list[str]:
        notes = [*self.text.notes, *self._how_written()]
        if self.text.open_end:
            notes.append(
                f"The last row of {self.file} has no line break at its end; check that the export is whole."
            )
        if left_out:
            conditions = "; ".join(
                f"{column} is {' or '.join(values)}" for column, values in self.grain.rows_where.items()
            )
            why = "; ".join(w for w in (f"only those where {conditions}" if conditions else "", self._other_reasons()) if w)
            notes.append(f"{left_out:,} of {len(self.text.rows):,} rows of {self.file} don't count: {why}.")
        if self.text.skipped:
            notes.append(f"{self.text.skipped:,} lines of {self.file} are skipped as the mapping says.")
        if self.grain.form.dates != "year first":
            notes += self._date_order()
        return notes

    def _other_reasons(self) -> str:
        """Why rows are left out besides conditions, in words."""
        grain = self.grain
        said = [f"only those in force on {grain.in_force.on}"] if grain.in_force else []
        said += [f"rows that add up others ({', '.join(grain.total_rows.words)}) are checked and left out"] if grain.total_rows else []
        said += ["rows with a blank amount are none"] if grain.amount.blank == "is no row" else []
        return "; ".join(said)

    def _how_written(self) -> list[str]:
        """What the file itself leaves open: whether it is whole, and whether its numbers prove their culture."""
        notes = []
        count = len(self.text.rows) + len(self.text.broken)
        most = self.grain.form.most_rows
        if most and count >= most:
            self.findings.add(
                "rows-at-most", f"the file has {count:,} rows, as many as the mapping says an export can have.",
                why="Rows beyond that would be missing.", remedy="Export in parts, or fetch page by page.",
            )  # fmt: skip
        elif count in LIMITS:
            notes.append(f"{self.file} has exactly {count:,} rows, which is {LIMITS[count]}; check that the export is whole.")
        if self.amount_at is not None and self.text.rows and not self.grain.amount.inside:
            notes += proof_of_culture(self.text, self.amount_at, self.grain.form)
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
