"""Two generated payout files with planted, counted differences: what the reconciliation is measured on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from reference_engine.columns import Array

COLUMNS = (
    "payee_id",
    "period",
    "component",
    "deal_id",
    "credit_amount",
    "rate",
    "payout",
    "currency",
    "status",
)
FORMS = ("csv", "parquet")
TOLERANCE, ROUNDING = 1, 5
"""Cents: up to the first a difference is tolerated, up to the second it is a rounding."""

PLANTED = {
    "missing": 0.0005,
    "unexpected": 0.0005,
    "duplicate": 0.0002,
    "rounding": 0.0003,
    "credit": 0.0002,
    "rate": 0.0002,
    "payout": 0.0001,
    "sign": 0.00005,
    "currency": 0.00005,
    "status": 0.0001,
    "tolerated": 0.001,
}
"""The share of the rows that carries each planted difference.  The last must be accepted, and takes what is left."""

_COMPONENTS = ("COMM_NEW", "COMM_RENEWAL", "ACCELERATOR", "SPIF", "OVERRIDE", "BONUS")
_CURRENCIES = ("USD", "EUR", "GBP", "CHF")
_STATUSES = ("PAID", "HELD", "PENDING")
_CHUNK = 262_144


@dataclass(frozen=True)
class PayoutFiles:
    """The two files of one form, and how many rows of each class were planted."""

    expected: Path
    actual: Path
    planted: dict[str, int]
    expected_rows: int
    actual_rows: int

    @property
    def bytes(self) -> int:
        return self.expected.stat().st_size + self.actual.stat().st_size


def make(folder: Path, rows: int, forms: tuple[str, ...] = FORMS, *, seed: int = 7, tolerated: float | None = None) -> dict[str, PayoutFiles]:  # fmt: skip
    """Writes expected and actual, the latter shuffled.  tolerated: another share of rows that are a cent off."""
    random = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    index = np.arange(rows, dtype=np.int64)
    deal, split = index // 3, index % 3
    payees = max(500, rows // 400)
    payee = (deal * 7919 + split * 101) % payees
    sides = _amounts(random, rows, payee)
    picks = _planted(random, rows, tolerated)
    _change(random, sides, picks)
    fixed = {
        "payee": payee,
        "period": (deal // 97) % 12 + 1,
        "deal": deal,
        "component": random.integers(0, len(_COMPONENTS), rows),
    }
    kept_e = np.delete(index, picks["unexpected"])
    kept_e = kept_e[np.lexsort((payee[kept_e], fixed["period"][kept_e]))]
    kept_a = np.concatenate([np.delete(index, picks["missing"]), picks["duplicate"]])
    random.shuffle(kept_a)
    orders = {"expected": kept_e, "actual": kept_a}
    for side, order in orders.items():
        _write(folder, side, rows, forms, order, fixed, sides[side])
    counts = {name: len(rows) for name, rows in picks.items()}
    return {
        form: PayoutFiles(
            folder / f"expected-{rows}.{form}",
            folder / f"actual-{rows}.{form}",
            counts,
            len(kept_e),
            len(kept_a),
        )
        for form in forms
    }


def _amounts(random: Any, rows: int, payee: Array) -> dict[str, dict[str, Array]]:
    credit = np.round(np.exp(random.normal(8.0, 1.2, rows)) * 100).astype(np.int64) + 1000
    rate = (random.integers(20, 300, rows) * 500).astype(np.int64)
    expected = {
        "credit": credit,
        "rate": rate,
        "payout": _pay(credit, rate),
        "currency": (payee % 10 > 6) * (1 + payee % 3),
        "status": random.choice(3, rows, p=[0.9, 0.05, 0.05]),
    }
    return {"expected": expected, "actual": {name: values.copy() for name, values in expected.items()}}


def _pay(cents: Array, millionths: Array) -> Array:
    paid: Array = (cents * millionths + 500_000) // 1_000_000
    return paid


def _planted(random: Any, rows: int, tolerated: float | None) -> dict[str, Array]:
    """The rows of each planted difference; no row has two."""
    chosen = random.permutation(rows)
    picks, start = {}, 0
    for name, share in PLANTED.items():
        if name == "tolerated" and tolerated is not None:
            share = tolerated
        count = min(max(2, round(rows * share)), rows - start)
        picks[name] = chosen[start : start + count]
        start += count
    return picks


def _change(random: Any, sides: dict[str, dict[str, Array]], picks: dict[str, Array]) -> None:
    """Makes the actual side differ as planted."""
    actual = sides["actual"]

    def sign(count: int) -> Array:
        chosen: Array = random.choice([-1, 1], count)
        return chosen

    at = picks["rounding"]
    actual["payout"][at] += sign(len(at)) * random.integers(TOLERANCE + 1, ROUNDING + 1, len(at))
    at = picks["credit"]
    actual["credit"][at] += random.integers(10_000, 500_000, len(at))
    actual["payout"][at] = _pay(actual["credit"][at], actual["rate"][at])
    at = picks["rate"]
    actual["rate"][at] += 5_000
    actual["payout"][at] = _pay(actual["credit"][at], actual["rate"][at])
    at = picks["payout"]
    actual["payout"][at] += sign(len(at)) * random.integers(50, 100_000, len(at))
    at = picks["sign"]
    actual["payout"][at] = -actual["payout"][at]
    at = picks["currency"]
    actual["currency"][at] = (actual["currency"][at] + 1) % len(_CURRENCIES)
    at = picks["status"]
    actual["status"][at] = (actual["status"][at] + 1) % len(_STATUSES)
    at = picks["tolerated"]
    actual["payout"][at] += sign(len(at)) * TOLERANCE


def _write(folder: Path, side: str, rows: int, forms: tuple[str, ...], order: Array, fixed: dict[str, Array], values: dict[str, Array]) -> None:  # fmt: skip
    """Writes one side in each form, a chunk of rows at a time."""
    import duckdb

    def listed(words: tuple[str, ...]) -> str:
        return "[" + ", ".join(f"'{word}'" for word in words) + "]"

    def exact(name: str, digits: int) -> str:
        # Whole numbers to decimals: a digit text, so that no float is between.
        text = f"repeat('0', {digits + 1} - length(CAST(abs({name}) AS VARCHAR))) || CAST(abs({name}) AS VARCHAR)"
        return f"CAST(CASE WHEN {name} < 0 THEN '-' ELSE '' END || left({text}, -{digits}) || '.' || right({text}, {digits}) AS DECIMAL(18, {digits}))"

    select = (
        "SELECT 'P' || lpad(CAST(payee AS VARCHAR), 7, '0') AS payee_id, '2025-' || lpad(CAST(period AS VARCHAR), 2, '0') AS period, "
        f"{listed(_COMPONENTS)}[component + 1] AS component, 'D' || lpad(CAST(deal AS VARCHAR), 9, '0') AS deal_id, "
        f"{exact('credit', 2)} AS credit_amount, {exact('rate', 6)} AS rate, {exact('payout', 2)} AS payout, "
        f"{listed(_CURRENCIES)}[currency + 1] AS currency, {listed(_STATUSES)}[status + 1] AS status"
    )
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute("SET preserve_insertion_order = true")
        columns = ", ".join(f"{name} BIGINT" for name in (*fixed, *values))
        connection.execute(f"CREATE TEMP TABLE numbers ({columns})")
        for start in range(0, len(order), 4 * _CHUNK):
            part = order[start : start + 4 * _CHUNK]
            chunk = {name: column[part].astype(np.int64) for name, column in {**fixed, **values}.items()}
            connection.register("chunk", chunk)
            connection.execute(f"INSERT INTO numbers SELECT {', '.join(chunk)} FROM chunk")  # noqa: S608  (of names of ours alone)
            connection.unregister("chunk")
        for form in forms:
            file = folder / f"{side}-{rows}.{form}"
            how = (
                "FORMAT csv, HEADER"
                if form == "csv"
                else f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_CHUNK}"
            )
            connection.execute(f"COPY ({select} FROM numbers) TO '{file}' ({how})")
