"""Measures the reconciliation of two large payout files: trueup, datacompy and the bare scan, in turns, each in a fresh process."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from harness.bench.payout_files import PayoutFiles, make
from harness.bench.reconcile_datacompy import BACKENDS, missing_packages
from harness.bench.reconcile_once import SCAN, TRUEUP, TRUEUP_LIMITED

SIZES = (100_000, 1_000_000)
FOR_DATACOMPY = 5_000_000
"""Beyond so many rows datacompy takes more memory than most machines have; it is not run there."""
LIMITED_FROM = 20_000_000


@dataclass
class Engine:
    """What one engine took, round by round.  wrong: class -> how many it found and how many were planted."""

    name: str
    processor: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)
    wrong: dict[str, tuple[int, int]] = field(default_factory=dict)
    failed: str = ""


@dataclass
class Reconciled:
    """One size in one form."""

    rows: int
    form: str
    bytes: int
    planted: dict[str, int]
    engines: list[Engine]

    def engine(self, name: str) -> Engine | None:
        return next((e for e in self.engines if e.name == name and e.processor), None)

    def times(self, more: str, less: str, what: str = "processor") -> float | None:
        """How many times what one engine takes another takes: the medians of rounds in turns."""
        left, right = self.engine(more), self.engine(less)
        if left is None or right is None:
            return None
        return float(median(getattr(left, what)) / max(1e-9, median(getattr(right, what))))

    @property
    def is_exact(self) -> bool:
        """Whether trueup found every planted class exactly."""
        return all(not e.wrong and not e.failed for e in self.engines if e.name.startswith("trueup"))

    def as_dict(self) -> dict[str, Any]:
        def rounded(value: float | None) -> float | None:
            return None if value is None else round(value, 2)

        return {
            "rows": self.rows,
            "form": self.form,
            "bytes": self.bytes,
            "planted": self.planted,
            "every_class_exact": self.is_exact,
            "speedup_over_datacompy": rounded(self.times(BACKENDS[0], TRUEUP)),
            "speedup_over_datacompy_polars": rounded(self.times(BACKENDS[1], TRUEUP)),
            "cpu_over_scan": rounded(self.times(TRUEUP, SCAN)),
            "memory_of_datacompy": rounded(self.times(TRUEUP, BACKENDS[0], "megabytes")),
            "cpu_of_limited_over_unlimited": rounded(self.times(TRUEUP_LIMITED, TRUEUP)),
            "engines": [
                {
                    "engine": e.name,
                    "cpu_seconds": rounded(median(e.processor)) if e.processor else None,
                    "seconds": rounded(median(e.wall)) if e.wall else None,
                    "peak_megabytes": rounded(max(e.megabytes)) if e.megabytes else None,
                    "wrong": e.wrong,
                    "failed": e.failed,
                }
                for e in self.engines
            ],
        }


def measure(
    sizes: Sequence[int],
    forms: Sequence[str],
    rounds: int,
    say: Callable[[str], None],
    tolerated: float | None = None,
) -> list[Reconciled]:
    """Each size in each form.  tolerated: another share of rows that are one cent off, which must be accepted."""
    found = []
    with tempfile.TemporaryDirectory(prefix="trueup-bench-") as name:
        for rows in sizes:
            folder = Path(name) / str(rows)
            say(f"{rows:,} rows a side: making the files")
            files = make(folder, rows, tuple(forms), tolerated=tolerated)
            for form in forms:
                found.append(_measure(rows, form, files[form], rounds, folder, say))
                files[form].expected.unlink()
                files[form].actual.unlink()
    return found


def engines(rows: int) -> list[str]:
    """The engines that are measured at a size."""
    names = [TRUEUP, SCAN]
    if not missing_packages() and rows <= FOR_DATACOMPY:
        names += BACKENDS
    if rows >= LIMITED_FROM:
        names.append(TRUEUP_LIMITED)
    return names


def _measure(
    rows: int, form: str, files: PayoutFiles, rounds: int, folder: Path, say: Callable[[str], None]
) -> Reconciled:
    measured = [Engine(name) for name in engines(rows)]
    for number in range(1, rounds + 1):
        for engine in measured:
            if engine.failed:
                continue
            say(f"{rows:,} rows a side, {form}: {engine.name}, round {number} of {rounds}")
            _once(engine, files, folder)
    return Reconciled(rows, form, files.bytes, files.planted, measured)


def _once(engine: Engine, files: PayoutFiles, folder: Path) -> None:
    words = [
        sys.executable,
        "-m",
        "harness.bench.reconcile_once",
        engine.name,
        str(files.expected),
        str(files.actual),
        str(folder),
    ]
    ended = subprocess.run(words, capture_output=True, text=True, check=False)
    if ended.returncode:
        engine.failed = (ended.stderr.strip().splitlines() or [f"ended with {ended.returncode}"])[-1][:200]
        return
    said = json.loads(ended.stdout.splitlines()[-1])
    engine.processor.append(said["processor"])
    engine.wall.append(said["wall"])
    engine.megabytes.append(said["megabytes"])
    if engine.name != SCAN:
        wanted = {name: count for name, count in files.planted.items() if name != "tolerated"}
        for name in {*wanted, *said["classes"]}:
            if said["classes"].get(name, 0) != wanted.get(name, 0):
                engine.wrong[name] = (said["classes"].get(name, 0), wanted.get(name, 0))


def words(found: Sequence[Reconciled]) -> str:
    """The figures as tables for people."""
    from harness.cli.tables import table

    lines: list[str] = []
    for one in found:
        head = ("engine", "CPU", "on the clock", "memory", "CPU, times the scan", "classes")
        rows = [_row(one, engine) for engine in one.engines]
        lines += [
            f"{one.rows:,} rows a side from {one.form}, {one.bytes / 1e6:,.0f} MB:",
            table(head, rows, right=(1, 2, 3, 4)),
            "",
        ]
        faster, memory = one.times(BACKENDS[0], TRUEUP), one.times(TRUEUP, BACKENDS[0], "megabytes")
        if faster is not None and memory is not None:
            lines += [
                f"  {faster:.1f} times less CPU than datacompy with pandas, and {memory:.2f} times its memory.",
                "",
            ]
    if missing_packages():
        lines.append(
            f"datacompy was not measured: {', '.join(missing_packages())} isn't installed. Install trueup[bench] in an environment of its own."
        )
    lines.append(
        "CPU and clock are medians of rounds in turns, each in a fresh process, after the imports; memory is the peak of the process."
    )
    return "\n".join(lines)


def _row(one: Reconciled, engine: Engine) -> tuple[str, ...]:
    if not engine.processor:
        return (engine.name, "-", "-", "-", "-", f"failed: {engine.failed}")
    over = one.times(engine.name, SCAN)
    wrong = "; ".join(
        f"{name}: {got:,} instead of {due:,}" for name, (got, due) in sorted(engine.wrong.items())
    )
    return (
        engine.name,
        f"{median(engine.processor):.2f} s",
        f"{median(engine.wall):.2f} s",
        f"{max(engine.megabytes):,.0f} MB",
        "-" if over is None else f"{over:.2f}",
        "" if engine.name == SCAN else wrong or "all exact",
    )
