"""Wide tables: one column for each period becomes one row for each period; columns of totals are checked, and left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from harness.adapters.cultures import NotReadable, NumberForm
from harness.adapters.findings import Findings
from harness.adapters.text_format import TextFile, TextRow
from reference_engine.problems import NOWHERE, Where

DECIMALS = 14


@dataclass(frozen=True)
class Wide:
    """name: how the mapping calls the column that holds the headers.  value: and that of the cells.  columns: the headers that are
    rows.  totals: a header -> those that it adds up.  left_out: headers that nobody reads.  blank_is_no_row: whether a blank cell is no row.
    """

    name: str
    value: str
    columns: tuple[str, ...]
    totals: Mapping[str, tuple[str, ...]]
    left_out: tuple[str, ...]
    blank_is_no_row: bool = False
    where: Where = NOWHERE


def lengthened(text: TextFile, wide: Wide, named: Sequence[str], form: NumberForm, findings: Findings) -> TextFile | None:
    """The table with one row for each cell of the period columns; None, with findings, where a column isn't accounted for.

    named: the other columns that the mapping reads.
    """
    sound = True
    for names in ((*wide.columns, *wide.totals, *wide.left_out),):
        for name in names:
            if name not in text.header:
                sound = False
                findings.add("missing-column", f'the export has no column "{name}".', text.header_line, remedy="Correct  wide:  in the mapping.", row=",".join(text.header))
    known = {*wide.columns, *wide.totals, *wide.left_out, *named}
    for number, name in enumerate(text.header, 1):
        if name not in known:
            sound = False
            findings.add(
                "column-not-read", f'the column "{name}" is neither a period, nor a total, nor left out.', text.header_line, number,
                why="A period that nobody reads would be missing from the comparison.", remedy="Add it to  columns,  totals  or  left out  of  wide.",
            )  # fmt: skip
    if not sound:
        return None
    at = {name: i for i, name in enumerate(text.header)}
    kept = [i for i, name in enumerate(text.header) if name in named]
    rows: list[TextRow] = []
    before = findings.count
    for row in text.rows:
        _check_totals(row, wide, at, form, findings)
        for name in wide.columns:
            cell = row.cells[at[name]]
            if not cell and wide.blank_is_no_row:
                continue
            rows.append(TextRow(row.line, [*(row.cells[i] for i in kept), name, cell], row.raw))
    if findings.count != before:
        return None
    header = (*(text.header[i] for i in kept), wide.name, wide.value)
    notes = (*text.notes, *([f"Columns of totals agree with what they add up, and are left out: {', '.join(wide.totals)}."] if wide.totals else []))
    return replace(text, header=header, rows=rows, notes=notes)


def _check_totals(row: TextRow, wide: Wide, at: Mapping[str, int], form: NumberForm, findings: Findings) -> None:
    for total, parts in wide.totals.items():
        try:
            stated = form.units(row.cells[at[total]] or "0", DECIMALS, "a total")
            summed = sum(form.units(row.cells[at[part]] or "0", DECIMALS, "a total") for part in parts)
        except NotReadable as error:
            findings.add(error.slug, f'column "{total}" or what it adds up: {error.what}', row.line, at[total] + 1, why=error.why, remedy=error.remedy, row=row.raw)
            continue
        if stated != summed:
            findings.add(
                "total-apart", f'"{total}" says {row.cells[at[total]]}, which isn\'t the sum of {", ".join(parts)}.', row.line, at[total] + 1,
                why="A cell is missing or damaged, or the total adds up other columns.", remedy="Correct  totals  in the mapping, or export it again.", row=row.raw,
            )  # fmt: skip
