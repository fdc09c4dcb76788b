"""Several files of one form put after each other in a temporary one, so that a large side is read as one file."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.adapters.delimited import TextFormat
from harness.adapters.parquet_table import exactly, is_parquet
from harness.reconcile.large.text_files import OnlyByRow, look

_PIECE = 1 << 20


@dataclass(frozen=True)
class Places:
    """Where a line of the joined file stands: begins is the line of each file's first row there, first its line in the file."""

    names: tuple[str, ...]
    begins: tuple[int, ...]
    first: int

    def of(self, line: int) -> tuple[str, int]:
        """The file and the line in it."""
        at = max(0, bisect_right(self.begins, line) - 1)
        return self.names[at], self.first + line - self.begins[at]


def put_together(
    connection: Any, files: Sequence[Path], form: TextFormat, folder: Path
) -> tuple[Path, Places]:
    """One file of all rows, and where each stands.  Raises OnlyByRow where the files aren't of one form."""
    kinds = {is_parquet(file) for file in files}
    if len(kinds) > 1:
        raise OnlyByRow("some of its files are Parquet and some are text")
    return _parquet(connection, files, folder) if kinds.pop() else _text(files, form, folder)


def _text(files: Sequence[Path], form: TextFormat, folder: Path) -> tuple[Path, Places]:
    seen = [look(file, form) for file in files]
    if len({(one.raw_header, one.ends) for one in seen}) > 1:
        raise OnlyByRow("its files have other headers or line ends")
    whole = folder / "joined.csv"
    begins, line = [], seen[0].first_line
    with whole.open("wb") as out:
        with files[0].open("rb") as file:
            out.write(file.read(seen[0].start))
        for path, one in zip(files, seen, strict=True):
            begins.append(line)
            with path.open("rb") as file:
                file.seek(one.start)
                while piece := file.read(_PIECE):
                    line += piece.count(b"\n")
                    out.write(piece)
            if one.open_end:
                line += 1
                out.write(one.ends)
    return whole, Places(tuple(p.name for p in files), tuple(begins), seen[0].first_line)


def _parquet(connection: Any, files: Sequence[Path], folder: Path) -> tuple[Path, Places]:
    import duckdb

    whole = folder / "joined.parquet"
    begins, line = [], 1
    columns = set()
    try:
        for file in files:
            begins.append(line)
            described = connection.execute(
                "DESCRIBE SELECT * FROM read_parquet($1)", [exactly(file)]
            ).fetchall()
            columns.add(tuple((str(row[0]), str(row[1])) for row in described))
            (count,) = connection.execute("SELECT count(*) FROM read_parquet($1)", [exactly(file)]).fetchone()
            line += count
        if len(columns) > 1:
            raise OnlyByRow("its files have other columns")
        target = str(whole).replace("'", "''")
        connection.execute(
            f"COPY (SELECT * FROM read_parquet($1)) TO '{target}' (FORMAT parquet)",  # noqa: S608  (a name of ours)
            [[exactly(file) for file in files]],
        )
    except duckdb.Error:
        raise OnlyByRow("its files can't be put together") from None
    return whole, Places(tuple(p.name for p in files), tuple(begins), 1)
