"""One engine on one pair of payout files in a process of its own: what it found, and what it took."""

from __future__ import annotations

import csv
import importlib
import json
import sys
import time
from pathlib import Path

from harness.bench.memory import highest

SCAN, TRUEUP, TRUEUP_LIMITED = "scan", "trueup", "trueup, 2 GiB"
_IMPORTS = {
    "datacompy, pandas": ("datacompy", "pandas", "pyarrow.parquet", "pyarrow.csv"),
    "datacompy, Polars": ("datacompy", "polars"),
}
LIMIT = "2GiB"


def run(engine: str, expected: Path, actual: Path, folder: Path) -> dict[str, int]:
    """The number of rows of each class; for the scan nothing.  Writes the differing rows, one class each."""
    if engine == SCAN:
        return scan(expected, actual)
    breaks = folder / f"breaks-{time.time_ns()}"
    try:
        if engine.startswith("trueup"):
            return _trueup(expected, actual, breaks, LIMIT if engine == TRUEUP_LIMITED else "")
        from harness.bench.reconcile_datacompy import compare

        return compare(engine, expected, actual, breaks)
    finally:
        breaks.unlink(missing_ok=True)


def _trueup(expected: Path, actual: Path, breaks: Path, memory: str) -> dict[str, int]:
    from harness.bench.reconcile_trueup import counted, differences, planted_class

    found, _ = differences(expected, actual, memory)
    with breaks.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        for difference in found:
            money = " ".join(f"{amount} {currency}" for currency, amount in difference.money)
            row = (difference.id, planted_class(difference), *(p.value for p in difference.key), money)
            writer.writerow((*row, *(f"{f.name}: {f.expected} > {f.actual}" for f in difference.fields)))
    return counted(found)


def scan(expected: Path, actual: Path) -> dict[str, int]:
    """DuckDB reading both files with the types that they have and hashing every cell: the least that can be done."""
    import duckdb

    from harness.adapters.parquet_table import exactly
    from harness.bench.payout_files import COLUMNS

    types = dict.fromkeys(COLUMNS, "VARCHAR") | {
        "credit_amount": "DECIMAL(18,2)",
        "rate": "DECIMAL(18,6)",
        "payout": "DECIMAL(18,2)",
    }
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in types.items())
    with duckdb.connect(config={"preserve_insertion_order": "false"}) as connection:
        connection.execute("SET enable_progress_bar = false")
        for file in (expected, actual):
            source = "read_parquet($1)"
            if file.suffix == ".csv":
                source = (
                    f"read_csv($1, header = true, auto_detect = false, delim = ',', columns = {{{columns}}})"
                )
            query = f"SELECT bit_xor(hash({', '.join(COLUMNS)})) FROM {source}"  # noqa: S608  (names of ours alone)
            connection.execute(query, [exactly(file)]).fetchall()
    return {}


def own_peak() -> float:
    """The most megabytes of this program; what rusage says can be the peak of the process that started it."""
    try:
        status = Path("/proc/self/status").read_text("ascii")
        return next(int(line.split()[1]) / 1e3 for line in status.splitlines() if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return highest() or 0.0


def main(engine: str, expected: str, actual: str, folder: str) -> None:
    """Runs an engine and prints one line of JSON: seconds, seconds of the processors, megabytes, classes."""
    import resource

    for module in _IMPORTS.get(engine, ("duckdb", "numpy", "harness.bench.reconcile_trueup")):
        importlib.import_module(module)
    before = resource.getrusage(resource.RUSAGE_SELF)
    start = time.perf_counter()
    classes = run(engine, Path(expected), Path(actual), Path(folder))
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({"wall": wall, "processor": processor, "megabytes": own_peak(), "classes": classes}))


if __name__ == "__main__":
    main(*sys.argv[1:])
