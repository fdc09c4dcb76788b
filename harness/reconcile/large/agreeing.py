"""What provably agrees on both sides is counted and summed by DuckDB; the numbers of all other rows are handed on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from harness.adapters.mapping import GrainMapping, Tolerance
from harness.reconcile.large.cell_sql import DIGITS, text
from harness.reconcile.large.loading import Side
from reference_engine.problems import Problem, Stopped, Where
from reference_engine.vocabulary.numbers import MINOR_UNITS

LISTED = 10_000
"""So many differences within tolerance are listed one by one; of the others count and money are kept."""
MOST_APART = 3_000_000
_AT_ONCE = 20_000_000


@dataclass(frozen=True)
class Agreeing:
    """The rows that are proven to agree.

    matched: keys.  tolerated: of these, how many only by a tolerance, and tolerated_money what that forgave, whichever is the sign.
    expected, actual: their sums by currency, in units of the compared decimals; whole: the sums of all amounts that DuckDB
    could read.  unread: the numbers of rows whose amount it could not.
    """

    matched: int
    tolerated: int
    tolerated_money: Mapping[str, int]
    sums: tuple[Mapping[str, int], Mapping[str, int]]
    whole: tuple[Mapping[str, int], Mapping[str, int]]
    rows: tuple[int, int]
    left_out: tuple[int, int]
    apart: tuple[list[int], list[int]]
    sql: str


def set_aside(
    connection: Any, left: Side, right: Side, grain: GrainMapping, units: Callable[[str, Decimal], int]
) -> Agreeing:
    """Finds what agrees.  units: an amount of a currency in whole units of its compared decimals."""
    only = grain.amount.currency.constant
    currency = f"{text(only)}" if only is not None else None
    join = _join(grain, currency)
    connection.execute(join)
    repeated = _repeated(connection)
    connection.execute(
        "CREATE TEMP TABLE listed AS SELECT key FROM apart WHERE class = 'tolerated' ORDER BY key LIMIT $1",
        [LISTED],
    )
    connection.execute(
        "CREATE TEMP TABLE differing AS SELECT key FROM apart WHERE class = 'apart' AND key IS NOT NULL "
        "UNION SELECT key FROM listed UNION SELECT key FROM repeated"
    )
    connection.execute("DELETE FROM apart WHERE key IN (SELECT key FROM differing)")
    numbers = (_numbers(connection, "expected"), _numbers(connection, "actual"))
    rows, left_out, sums, whole = [], [], [], []
    for table in ("expected", "actual"):
        counted = connection.execute(f"SELECT count(*), count(key) FROM {table}").fetchone()  # noqa: S608  (of names of ours alone)
        rows.append(int(counted[0]))
        left_out.append(int(counted[0]) - int(counted[1]))
        all_rows = _sums(connection, table, currency, "amount IS NOT NULL AND key IS NOT NULL", units)
        apart = _sums(
            connection, table, currency, "amount IS NOT NULL AND key IN (SELECT key FROM differing)", units
        )
        whole.append({c: total for c, (_, total) in all_rows.items()})
        # A currency in which no row agrees has no sum here, not a sum of nothing.
        alike = {
            c: (n - apart.get(c, (0, 0))[0], total - apart.get(c, (0, 0))[1])
            for c, (n, total) in all_rows.items()
        }
        sums.append({c: total for c, (n, total) in alike.items() if n})
    forgiven = connection.execute(
        f"SELECT {currency or 'currency'}, count(*), sum(difference) FROM apart GROUP BY 1"  # noqa: S608  (of names of ours alone)
    ).fetchall()
    agreeing = [rows[i] - left_out[i] - len(numbers[i]) for i in (0, 1)]
    zero = 0
    if grain.absent_is_zero:
        zero = int(
            connection.execute(
                "SELECT count(*) FROM actual a WHERE key IS NOT NULL AND key NOT IN (SELECT key FROM differing) "
                "AND NOT EXISTS (SELECT 1 FROM expected e WHERE e.key = a.key)"
            ).fetchone()[0]
        )
    elif agreeing[0] != agreeing[1]:
        raise Stopped(
            Problem(
                "control-counts",
                f"{grain.name}: of {agreeing[0]:,} expected rows that agree, {agreeing[1]:,} rows of the target agree.",
                grain.where,
                "A row was lost or counted twice, so no verdict can be given.",
                "This is a defect of trueup; please report it with the mapping.",
            )
        )
    return Agreeing(
        agreeing[0] + zero,
        sum(int(n) for _, n, _ in forgiven),
        {str(c): units(str(c), d) for c, _, d in forgiven},
        (sums[0], sums[1]),
        (whole[0], whole[1]),
        (rows[0], rows[1]),
        (left_out[0], left_out[1]),
        numbers,
        ";\n\n".join((left.statement, right.statement, join, *repeated)) + ";\n",
    )


def _join(grain: GrainMapping, currency: str | None) -> str:
    limit = _limit(grain, currency)
    money = "" if currency else " AND e.currency = a.currency"
    zero = ""
    if grain.absent_is_zero:
        zero = "\n  AND NOT coalesce(e.key IS NULL AND a.amount = 0 AND a.compared IS NOT NULL, false)" + (
            "\n  AND NOT coalesce(a.key IS NULL AND e.amount = 0 AND e.compared IS NOT NULL, false)"
        )
    close = f"coalesce(abs(a.amount - e.amount) <= {limit}, false)" if limit else "false"
    kept = "" if currency else ", e.currency AS currency"
    return (
        "CREATE TEMP TABLE apart AS\n"  # noqa: S608  (of names and codes of ours alone)
        f"SELECT coalesce(e.key, a.key) AS key, a.amount - e.amount AS difference{kept},\n"
        f"  CASE WHEN coalesce(e.compared = a.compared{money}, false) AND {close} THEN 'tolerated' ELSE 'apart' END AS class\n"
        "FROM (SELECT * FROM expected WHERE key IS NOT NULL) e\n"
        "FULL JOIN (SELECT * FROM actual WHERE key IS NOT NULL) a ON e.key = a.key\n"
        f"WHERE (e.compared = a.compared AND e.amount = a.amount{money}) IS NOT TRUE{zero}"
    )


def _limit(grain: GrainMapping, currency: str | None) -> str:
    """The tolerance of a row, where only its currency decides it; '' where none does.  Others are judged row by row."""
    simple: list[Tolerance] = []
    for rule in grain.tolerances:
        if rule.amount is None or rule.percent is not None or rule.plan or rule.component:
            # From here on the first rule that fits depends on more than the currency.
            break
        simple.append(rule)
    if not simple:
        return ""
    cases = []
    for rule in simple:
        amount = Decimal(rule.amount or 0).scaleb(-MINOR_UNITS.get(rule.currency, 0))
        cases.append(
            f"WHEN {currency or 'e.currency'} = {text(rule.currency)} THEN CAST('{amount:f}' AS DECIMAL({DIGITS}, 6))"
        )
    return f"CASE {' '.join(cases)} END"


def _repeated(connection: Any) -> list[str]:
    """The prints that stand more than once on a side.  Sorted beside the database, which takes a third of grouping them."""
    connection.execute("CREATE TEMP TABLE repeated (key UBIGINT)")
    for table in ("expected", "actual"):
        size = int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608  (of names of ours alone)
        parts = size // _AT_ONCE + 1
        for part in range(parts):
            only = f" AND key % {parts} = {part}" if parts > 1 else ""
            query = f"SELECT key FROM {table} WHERE key IS NOT NULL{only}"  # noqa: S608  (of names of ours alone)
            keys: Any = np.asarray(connection.execute(query).fetchnumpy()["key"], dtype=np.uint64)
            keys.sort()
            twice = np.unique(keys[1:][keys[1:] == keys[:-1]])
            if len(twice):
                connection.register("twice", {"key": twice})
                connection.execute("INSERT INTO repeated SELECT key FROM twice")
                connection.unregister("twice")
    return [
        f"SELECT key FROM {table} GROUP BY key HAVING count(*) > 1"  # noqa: S608  (of names of ours alone)
        for table in ("expected", "actual")
    ]


def _numbers(connection: Any, table: str) -> list[int]:
    """The numbers of the rows that don't provably agree."""
    query = f"SELECT count(*) FROM {table} WHERE key IN (SELECT key FROM differing)"  # noqa: S608  (of names of ours alone)
    count = int(connection.execute(query).fetchone()[0])
    if count > MOST_APART:
        raise Stopped(
            Problem(
                "differences-too-many",
                f"{count:,} rows have no equal on the other side.",
                Where("(comparison)"),
                why="A list of that length is reviewed by nobody; nearly always the key or the mapping is wrong.",
                remedy="Compare one period of one plan first, and correct the mapping by what it shows.",
            )
        )
    found = connection.execute(query.replace("count(*)", "rowid") + " ORDER BY 1").fetchnumpy()["rowid"]
    return [int(n) for n in found]


def _sums(
    connection: Any, table: str, currency: str | None, where: str, units: Callable[[str, Decimal], int]
) -> dict[str, tuple[int, int]]:
    """By currency how many rows there are, and their sum."""
    query = (
        f"SELECT {currency or 'currency'} AS c, count(*), sum(amount) FROM {table} WHERE {where} GROUP BY 1"  # noqa: S608  (of names of ours alone)
    )
    return {
        str(c): (int(n), units(str(c), total))
        for c, n, total in connection.execute(query).fetchall()
        if c is not None
    }
