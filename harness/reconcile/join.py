"""The comparison itself: one DuckDB statement over the keys of both sides.

Keys are text.  Amounts are whole numbers.  A key that stands more than once on a side is never paired.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from harness.adapters.rows import ResultRow

_INT64 = 2**62


@dataclass(frozen=True)
class Joined:
    """Pairs of row numbers with their class; -1 where a side has no row.  repeated: the rows of each
    repeated key.

    matched: how many keys agree exactly.  sql: the statements as they ran.
    """

    matched: int
    pairs: tuple[tuple[int, int, str], ...]
    repeated: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]
    sql: str


def compare_rows(
    expected: Sequence[ResultRow],
    actual: Sequence[ResultRow],
    *,
    key_size: int,
    field_count: int,
    tolerance: Sequence[int] | None = None,
    absent_is_zero: bool = False,
) -> Joined:
    """Compares two sides by key.

    tolerance: for each expected row, the minor units up to and including which a difference is tolerated.
    The classes are missing, unexpected, currency, amount, tolerated and field.
    """
    import duckdb

    keys = [f"k{i}" for i in range(key_size)]
    fields = [f"f{i}" for i in range(field_count)]
    compare = _statement(keys, fields, absent_is_zero)
    repeated = _repeated_statement(keys)
    with duckdb.connect() as connection:
        connection.register("expected_rows", _columns(expected, key_size, field_count, tolerance))
        connection.register("actual_rows", _columns(actual, key_size, field_count, None))
        for side in ("expected", "actual"):
            connection.execute(_typed(side, keys, fields))
        connection.execute(compare)
        matched = int(
            _one(connection.execute("SELECT count(*) FROM compared WHERE class = 'matched'").fetchone())
        )
        found = connection.execute(
            "SELECT coalesce(expected_row, -1), coalesce(actual_row, -1), class "
            "FROM compared WHERE class <> 'matched' ORDER BY 1, 2"
        ).fetchall()
        twice = connection.execute(repeated).fetchall()
    sides: dict[tuple[str, ...], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, row, *key in twice:
        sides[tuple(key)][side].append(row)
    return Joined(
        matched,
        tuple((int(e), int(a), str(c)) for e, a, c in found),
        tuple((tuple(e), tuple(a)) for e, a in sides.values()),
        ";\n\n".join([_typed("expected", keys, fields), _typed("actual", keys, fields), compare, repeated])
        + ";\n",
    )


def _one(row: tuple[Any, ...] | None) -> Any:
    assert row is not None
    return row[0]


def _columns(
    rows: Sequence[ResultRow], key_size: int, field_count: int, tolerance: Sequence[int] | None
) -> dict[str, Any]:
    import numpy as np

    def texts(values: list[str | None]) -> Any:
        column = np.empty(len(values), dtype=object)
        column[:] = values
        return column

    columns: dict[str, Any] = {f"k{i}": texts([row.key[i] for row in rows]) for i in range(key_size)}
    columns |= {f"f{i}": texts([row.fields[i] for row in rows]) for i in range(field_count)}
    columns["currency"] = texts([row.currency for row in rows])
    amounts = [row.amount for row in rows]
    # Amounts past 64 bits travel as text and become 128-bit whole numbers; neither way makes a float.
    small = all(-_INT64 < amount < _INT64 for amount in amounts)
    columns["amount"] = (
        np.array(amounts, dtype=np.int64) if small else texts([str(amount) for amount in amounts])
    )
    columns["tolerance"] = (
        texts([str(t) for t in tolerance]) if tolerance else np.zeros(len(rows), dtype=np.int64)
    )
    columns["row"] = np.arange(len(rows), dtype=np.int64)
    return columns


def _typed(side: str, keys: list[str], fields: list[str]) -> str:
    texts = ", ".join(f"CAST({name} AS VARCHAR) AS {name}" for name in (*keys, *fields, "currency"))
    return (
        f"CREATE TEMP TABLE {side} AS\n"
        f"SELECT {texts},\n"
        f'  CAST(amount AS HUGEINT) AS amount, CAST(tolerance AS HUGEINT) AS tolerance, "row"\n'
        f"FROM {side}_rows"
    )


def _repeated_keys(keys: list[str]) -> str:
    listed = ", ".join(keys)
    return (
        f"SELECT {listed} FROM expected GROUP BY {listed} HAVING count(*) > 1\n"  # noqa: S608  (of names of ours alone: k0, f0)
        f"  UNION SELECT {listed} FROM actual GROUP BY {listed} HAVING count(*) > 1"
    )


def _statement(keys: list[str], fields: list[str], absent_is_zero: bool) -> str:
    same = " AND ".join(f"e.{k} = a.{k}" for k in keys)
    on_repeated = " AND ".join(f"s.{k} = r.{k}" for k in keys)
    # A field that is NULL on either side isn't compared; <> is never true for it.
    field_differs = " OR ".join(f"coalesce(e.{f} <> a.{f}, false)" for f in fields) or "false"
    zero_e = "WHEN a.\"row\" IS NULL AND e.amount = 0 THEN 'matched'\n  " if absent_is_zero else ""
    zero_a = "WHEN e.\"row\" IS NULL AND a.amount = 0 THEN 'matched'\n  " if absent_is_zero else ""
    return f"""CREATE TEMP TABLE compared AS
WITH repeated AS (
  {_repeated_keys(keys)}
),
e AS (SELECT * FROM expected s WHERE NOT EXISTS (SELECT 1 FROM repeated r WHERE {on_repeated})),
a AS (SELECT * FROM actual s WHERE NOT EXISTS (SELECT 1 FROM repeated r WHERE {on_repeated}))
SELECT e."row" AS expected_row, a."row" AS actual_row,
  CASE
  {zero_e}{zero_a}WHEN a."row" IS NULL THEN 'missing'
  WHEN e."row" IS NULL THEN 'unexpected'
  WHEN e.currency <> a.currency THEN 'currency'
  WHEN abs(a.amount - e.amount) > e.tolerance THEN 'amount'
  WHEN {field_differs} THEN 'field'
  WHEN a.amount <> e.amount THEN 'tolerated'
  ELSE 'matched'
  END AS class
FROM e FULL JOIN a ON {same}"""  # noqa: S608  (of names of ours alone: k0, f0)


def _repeated_statement(keys: list[str]) -> str:
    on_repeated = " AND ".join(f"s.{k} = r.{k}" for k in keys)
    listed = ", ".join(f"s.{k}" for k in keys)
    return (
        f"WITH repeated AS (\n  {_repeated_keys(keys)}\n)\n"  # noqa: S608  (of names of ours alone: k0, f0)
        f'SELECT 0 AS side, s."row", {listed} FROM expected s JOIN repeated r ON {on_repeated}\n'
        f'UNION ALL SELECT 1 AS side, s."row", {listed} FROM actual s JOIN repeated r ON {on_repeated}\n'
        f"ORDER BY side, 2"
    )
