"""Standard tables kept as Parquet: every cell becomes text exactly, or the column is refused."""

from __future__ import annotations

import re
from pathlib import Path

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
        findings.add(
            "parquet-unreadable",
            f"the file can't be read as Parquet: {str(error).splitlines()[0]}",
            remedy="Write it again, or use CSV.",
        )
        return None
    return TextTable(name, header, rows, str(file), tuple(range(1, len(rows) + 1)), 0)


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
