"""The same comparison by datacompy, which people use for it today: its pandas and its Polars backend, with our classes.

Amounts are floats here, as datacompy compares them, and a millionth is added to the tolerance: without it a third of the
rows that are just a cent off would be reported.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from harness.bench.payout_files import ROUNDING, TOLERANCE

KEYS = ["payee_id", "period", "component", "deal_id"]
AMOUNTS = ["credit_amount", "rate", "payout"]
SLACK = 1e-6
BACKENDS = ("datacompy, pandas", "datacompy, Polars")


def missing_packages() -> list[str]:
    """What would have to be installed to measure datacompy."""
    return [name for name in ("datacompy", "pandas", "polars", "pyarrow") if find_spec(name) is None]


def compare(backend: str, expected: Path, actual: Path, breaks: Path) -> dict[str, int]:
    """Writes the differences as a table with their class; how many there are of each."""
    return _pandas(expected, actual, breaks) if backend == BACKENDS[0] else _polars(expected, actual, breaks)


def _tolerances() -> dict[str, float]:
    return {"payout": TOLERANCE / 100 + SLACK, "default": 0}


def _pandas(expected: Path, actual: Path, breaks: Path) -> dict[str, int]:
    import pandas as pd
    from datacompy import PandasCompare

    left, right = _read_pandas(expected), _read_pandas(actual)
    found = PandasCompare(left, right, join_columns=KEYS, abs_tol=_tolerances(), df1_name="e", df2_name="a")
    both: Any = found.all_mismatch()
    both["class"] = _classes(both)
    missing = found.df1_unq_rows.assign(**{"class": "missing"})
    extra = found.df2_unq_rows
    # A row that stands twice is listed as one that only the target has; the key tells the two apart.
    known = extra[KEYS].merge(left[KEYS], on=KEYS, how="left", indicator=True)["_merge"] == "both"
    extra = extra.assign(**{"class": known.map({True: "duplicate", False: "unexpected"}).to_numpy()})
    table = pd.concat([both, missing, extra])
    table.to_parquet(breaks)
    return {str(name): int(count) for name, count in table["class"].value_counts().items()}


def _read_pandas(path: Path) -> Any:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    if path.suffix == ".csv":
        return pd.read_csv(path, engine="pyarrow")
    table = pq.read_table(path)
    fields = [pa.field(f.name, pa.float64() if f.name in AMOUNTS else f.type) for f in table.schema]
    return table.cast(pa.schema(fields)).to_pandas()


def _classes(rows: Any) -> Any:
    import numpy as np

    cents = ((rows["payout_a"] - rows["payout_e"]) * 100).round().abs()
    return np.select(
        [
            rows["currency_e"] != rows["currency_a"],
            (rows["credit_amount_a"] - rows["credit_amount_e"]).abs() > 0.005,
            (rows["rate_a"] - rows["rate_e"]).abs() > 5e-7,
            (rows["payout_a"] + rows["payout_e"]).abs() < 0.005,
            (cents > TOLERANCE) & (cents <= ROUNDING),
            cents > ROUNDING,
        ],
        ["currency", "credit", "rate", "sign", "rounding", "payout"],
        "status",
    )


def _polars(expected: Path, actual: Path, breaks: Path) -> dict[str, int]:
    import polars as pl
    from datacompy import PolarsCompare

    left, right = _read_polars(expected), _read_polars(actual)
    found = PolarsCompare(left, right, join_columns=KEYS, abs_tol=_tolerances(), df1_name="e", df2_name="a")
    cents = ((pl.col("payout_a") - pl.col("payout_e")) * 100).round().abs()
    cause = (
        pl.when(pl.col("currency_a") != pl.col("currency_e"))
        .then(pl.lit("currency"))
        .when(pl.col("credit_amount_a") != pl.col("credit_amount_e"))
        .then(pl.lit("credit"))
        .when(pl.col("rate_a") != pl.col("rate_e"))
        .then(pl.lit("rate"))
        .when(pl.col("payout_a") == -pl.col("payout_e"))
        .then(pl.lit("sign"))
        .when((cents > TOLERANCE) & (cents <= ROUNDING))
        .then(pl.lit("rounding"))
        .when(cents > ROUNDING)
        .then(pl.lit("payout"))
        .otherwise(pl.lit("status"))
    )
    extra = found.df2_unq_rows
    keys = left.select(KEYS)
    table = pl.concat(
        [
            found.all_mismatch().with_columns(cause.alias("class")),
            found.df1_unq_rows.with_columns(pl.lit("missing").alias("class")),
            extra.join(keys, on=KEYS, how="semi").with_columns(pl.lit("duplicate").alias("class")),
            extra.join(keys, on=KEYS, how="anti").with_columns(pl.lit("unexpected").alias("class")),
        ],
        how="diagonal_relaxed",
    )
    table.write_parquet(breaks)
    return {name: int(count) for name, count in table["class"].value_counts().iter_rows()}


def _read_polars(path: Path) -> Any:
    import polars as pl

    if path.suffix == ".csv":
        return pl.read_csv(path)
    return pl.read_parquet(path).with_columns(pl.col(AMOUNTS).cast(pl.Float64))
