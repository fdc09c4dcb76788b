"""Tables and exports kept as Parquet: every cell becomes text exactly, or the column is refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness.adapters.cultures import number_form
from harness.adapters.delimited import TextFile, TextFormat, TextRow
from harness.adapters.findings import Findings
from reference_engine.vocabulary.tables import TextTable

_EXACT = re.compile(
    r"(VARCHAR|U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|DECIMAL\(\d+,\d+\)|DATE|BOOLEAN|ENUM\(.*\))\Z",
    re.DOTALL,
)
_FLOATS = ("FLOAT", "DOUBLE")


def read_parquet(file: Path, name: str, findings: Findings) -> TextTable | None:
    """Reads a Parquet file as a standard table.  Binary fractions are refused: they aren't exact."""
    import duckdb

    try:
        with duckdb.connect(config={"threads": 1}) as connection:
            source = connection.read_parquet(str(file))
            header = tuple(source.columns)
            sound = True
            cells = []
            for number, (column, kind) in enumerate(zip(header, map(str, source.types), strict=True), 1):
                sound = _is_exact(column, kind, number, findings) and sound
                quoted = '"' + column.replace('"', '""') + '"'
                text = (
                    f"CASE WHEN {quoted} THEN 'yes' ELSE 'no' END"
                    if kind == "BOOLEAN"
                    else f"CAST({quoted} AS VARCHAR)"
                )
                cells.append(f"CASE WHEN {quoted} IS NULL THEN '' ELSE {text} END")
            if not sound:
                return None
            rows = tuple(tuple(row) for row in source.project(", ".join(cells)).fetchall())
    except duckdb.Error as error:
        _unreadable(error, findings)
        return None
    return TextTable(name, header, rows, str(file), tuple(range(1, len(rows) + 1)), 0)


def is_parquet(file: Path) -> bool:
    """Whether a file is read as Parquet: by its name, which a person can see."""
    return file.suffix.casefold() == ".parquet"


def read_parquet_export(
    file: Path, form: TextFormat, findings: Findings, numbers: Sequence[int] | None = None
) -> TextFile | None:
    """A target's export kept as Parquet, as the rows of a text file; its line is the number of the row.

    numbers: only these rows, from 0.  Decimals and dates are said as the mapping's format says them.
    """
    import duckdb

    try:
        with duckdb.connect(config={"threads": 1}) as connection:
            columns = export_columns(connection, file, findings)
            if columns is None:
                return None
            cells = ", ".join(cell_text(column, kind, form) for column, kind in columns)
            only = ""
            if numbers is not None:
                connection.execute("CREATE TEMP TABLE wanted AS SELECT unnest($1)::BIGINT AS n", [list(numbers)])
                only = "WHERE file_row_number IN (SELECT n FROM wanted) "
            rows = connection.execute(
                f"SELECT file_row_number, {cells} FROM read_parquet($1, file_row_number = true) {only}ORDER BY 1",  # noqa: S608  (names are quoted)
                [exactly(file)],
            ).fetchall()
    except duckdb.Error as error:
        _unreadable(error, findings)
        return None
    found = [TextRow(number + 1, list(row), ",".join(row)) for number, *row in rows]
    if form.trim:
        found = [TextRow(r.line, [cell.strip() for cell in r.cells], r.raw) for r in found]
    return TextFile(tuple(column for column, _ in columns), 0, found)


def export_columns(connection: Any, file: Path, findings: Findings) -> list[tuple[str, str]] | None:
    """The columns of a Parquet file and their types; None, with findings, where one can't be read exactly."""
    described = connection.execute("DESCRIBE SELECT * FROM read_parquet($1)", [exactly(file)]).fetchall()
    columns = [(str(row[0]), str(row[1])) for row in described]
    sound = [_is_exact(column, kind, number, findings) for number, (column, kind) in enumerate(columns, 1)]
    return columns if all(sound) else None


def exactly(file: Path) -> str:
    """The path so that DuckDB takes no part of it for a pattern of names."""
    return re.sub(r"([\[*?])", r"[\1]", str(file))


def cell_text(column: str, kind: str, form: TextFormat) -> str:
    """SQL for a cell of a Parquet file as the text that the mapping's format would have for it."""
    quoted = '"' + column.replace('"', '""') + '"'
    if kind in ("VARCHAR", "TEXT"):
        return f"coalesce({quoted}, '')"
    if kind == "BOOLEAN":
        return f"CASE WHEN {quoted} IS NULL THEN '' WHEN {quoted} THEN 'yes' ELSE 'no' END"
    if kind == "DATE":
        pattern = {"year first": "%Y-%m-%d", "month first": "%m/%d/%Y", "day first": "%d.%m.%Y"}[form.dates]
        return f"coalesce(strftime({quoted}, '{pattern}'), '')"
    text = f"coalesce(CAST({quoted} AS VARCHAR), '')"
    mark = number_form(form.culture, form.negative).decimal
    return f"replace({text}, '.', '{mark}')" if kind.startswith("DECIMAL") and mark != "." else text


def _unreadable(error: Exception, findings: Findings) -> None:
    findings.add(
        "parquet-unreadable",
        f"the file can't be read as Parquet: {str(error).splitlines()[0]}",
        remedy="Write it again, or use CSV.",
    )


def _is_exact(column: str, kind: str, number: int, findings: Findings) -> bool:
    if _EXACT.match(kind):
        return True
    if kind in _FLOATS:
        findings.add(
            "float-column",
            f'the column "{column}" holds binary fractions ({kind}).',
            0,
            number,
            why="They can't hold amounts such as 0.10 exactly, so cents would be invented or lost.",
            remedy="Write the column as text or as a decimal.",
        )
    else:
        findings.add(
            "column-type",
            f'the column "{column}" is of the type {kind}, which standard tables don\'t use.',
            0,
            number,
            remedy="Write it as text, a whole number, a decimal or a date.",
        )
    return False
