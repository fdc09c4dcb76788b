"""The differences as Parquet, one file a grain beside its CSV: exact decimals for whoever goes on working with them in another tool."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reports.csv_files import difference_rows
from reports.record_types import Grain, RunRecord

_AMOUNT = re.compile(r"-?(\d{1,20})(?:\.(\d{1,12}))?\Z", re.ASCII)


def write_parquet(record: RunRecord, grain: Grain, path: Path) -> None:
    """Writes the grain's differences with the columns of its CSV.

    Amounts are decimals with as many places as the finest has; a column with an amount that has no exact decimals, or
    too many digits, is text.  A blank amount is NULL.
    """
    import duckdb
    import pandas as pd

    header, rows = difference_rows(record, grain)
    names = [f"c{i}" for i in range(len(header))]
    data: dict[str, Any] = {name: [_sound(row[i]) for row in rows] for i, name in enumerate(names)}
    # After the key and the class: the amounts of both sides, and what lies between.
    money = range(len(grain.keys) + 1, len(grain.keys) + 4)
    columns = []
    for i, (name, title) in enumerate(zip(names, header, strict=True)):
        kind = _decimal([row[i] for row in rows]) if i in money else ""
        value = f"CAST(nullif({name}, '') AS {kind})" if kind else name
        columns.append(f'{value} AS "{_sound(title).replace(chr(34), chr(34) * 2)}"')
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with duckdb.connect(":memory:", config={"threads": 1}) as connection:
            frame = pd.DataFrame(data, dtype=object)
            connection.from_df(frame).project(", ".join(columns)).write_parquet(str(beside))
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _decimal(amounts: Sequence[str]) -> str:
    """The type that holds these amounts exactly; blank where none does."""
    found = [_AMOUNT.match(text) for text in amounts if text]
    if not all(found):
        return ""
    places = max((len(match[2] or "") for match in found if match), default=2)
    return f"DECIMAL(38, {places})"


def _sound(text: str) -> str:
    """The text with halves of characters, which UTF-8 can't hold, written as their code."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
