"""Which rows of a file are results: those in force on a day, without those that add up others; and what a file can't prove."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from harness.adapters.cells import bind
from harness.adapters.cultures import CULTURES, NotReadable, date_reader
from harness.adapters.findings import Findings
from harness.adapters.mapping import GrainMapping
from harness.adapters.text_format import TextFile, TextFormat, TextRow

if TYPE_CHECKING:
    from harness.adapters.text_export import GrainReader

LIMITS = {
    10_000: "a page size of many systems",
    40_000: "where Xactly sends Excel exports elsewhere",
    50_000: "a page size of many systems",
    65_535: "all that an old Excel sheet holds below its header",
    65_536: "all that an old Excel sheet holds",
    100_000: "a page size of many systems",
    400_000: "a page size of many systems",
    500_000: "a page size of many systems",
    1_000_000: "what Varicent's Excel add-in brings at most",
    1_048_575: "all that an Excel sheet holds below its header",
    1_048_576: "all that an Excel sheet holds",
}
"""Numbers of rows at which exports are known to end silently."""


def in_force_reader(grain: GrainMapping, header: Sequence[str], line: int, findings: Findings) -> Callable[[Sequence[str]], bool] | None:
    """Whether a row of an effective-dated table is in force on the mapping's day.  Both days of a row count; a blank end is none."""
    spec = grain.in_force
    assert spec is not None
    first, last = bind(spec.first, header, line, findings), bind(spec.last, header, line, findings)
    if first is None or last is None:
        return None
    day = date_reader(grain.form.dates, grain.form.cut_off_time)
    a, b = first, last

    def read(cells: Sequence[str]) -> bool:
        start = day(cells[a])
        end = "9999-12-31" if not cells[b] or cells[b] in spec.for_ever else day(cells[b])
        if end < start:
            raise NotReadable("period-order", f"the row ends on {end}, before it starts on {start}.", "Correct the row in the target.", "It would never be in force.")
        return start <= spec.on <= end

    return read


class TotalCheck:
    """Checks rows that add up others against the rows before them: all, or those since the last such row.

    In a wide table each column has totals of its own.
    """

    def __init__(self, reader: GrainReader) -> None:
        self.reader = reader
        wide = reader.grain.wide
        self.column_at = reader.text.header.index(wide.name) if wide else None
        self._amounts: dict[str, list[tuple[str, int]]] = {}
        self._last: dict[str, int] = {}

    def _column(self, row: TextRow) -> str:
        return row.cells[self.column_at] if self.column_at is not None else ""

    def note(self, row: TextRow, amount: int, currency: str) -> None:
        """A row that a later one may add up."""
        self._amounts.setdefault(self._column(row), []).append((currency, amount))

    def check(self, row: TextRow) -> None:
        """Adds a finding where the total is neither that of all rows before it nor that of its own block."""
        reader = self.reader
        assert reader.amount_at is not None
        column = self._column(row)
        before = self._amounts.get(column, [])
        block = before[self._last.get(column, 0) :]
        self._last[column] = len(before)
        currencies = {c for c, _ in before}
        if len(currencies) > 1:
            return
        currency = next(iter(currencies), "")
        decimals = reader.decimals.get(currency, 0)
        try:
            stated = reader.form.units(row.cells[reader.amount_at], decimals, currency or "the figure")
        except NotReadable as error:
            reader.findings.add(error.slug, f"a row that adds up others: {error.what}", row.line, reader.amount_at + 1, why=error.why, remedy=error.remedy, row=row.raw)
            return
        if stated not in {sum(amount for _, amount in part) for part in (before, block)}:
            reader.findings.add(
                "total-apart", f'"{row.cells[reader.amount_at]}" is neither the sum of all rows before it nor of its own block.', row.line, reader.amount_at + 1,
                why="Rows are missing or damaged, or rows are read twice.", remedy="Export it again; if the total adds up something else, name it in  rows where  instead.", row=row.raw,
            )  # fmt: skip


def proof_of_culture(text: TextFile, at: int, form: TextFormat) -> list[str]:
    """Whether the amounts themselves show which mark is the decimal one; a note where each could be read in two ways."""
    decimal, thousands = CULTURES[form.culture]
    others = {".", ","} - {decimal}
    doubtful = ""
    for row in text.rows:
        cell = row.cells[at]
        marks = [c for c in cell if c in ".,"]
        if not marks:
            continue
        tail = cell.rstrip(")- CR%").rpartition(marks[-1])[2]
        if len(set(marks)) == 2 or len(tail) != 3 or (marks[-1] == decimal and len(marks) == 1 and cell.lstrip("-(").startswith("0")):
            return []
        doubtful = doubtful or cell
    if not doubtful or not others & {*thousands, *doubtful}:
        return []
    return [f'No amount in column "{text.header[at]}" proves the culture: "{doubtful}" could also be read with the other decimal mark. It was read as {form.culture} says.']
