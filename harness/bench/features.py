"""Measures what a run of features costs beside pytest-bdd alone with as many step definitions that do nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.bench.engine import Differs

PER_FILE = 50
_BACKGROUND = """\
@req:BENCH-{file}
Feature: Quarterly commissions {file}
  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with quarterly periods
    And amounts are rounded half up per payout to 2 decimals
    And the plan "AE Growth" pays by attainment of bookings:
      | from | to   | rate |
      | 0%   | 100% | 8%   |
      | 100% | 120% | 12%  |
      | 120% |      | 15%  |
    And "Ana Ruiz" is on plan "AE Growth" for FY2026
    And "Ana Ruiz" has a quota of 100,000.00 EUR for 2026-Q1
"""
_SCENARIO = """
  @id:BENCH-{n} @sev1
  Scenario: Bookings of {total} are paid
    Given these deals:
      | deal   | owner    | amount        | closed     |
      | D-{n}  | Ana Ruiz | {first} EUR   | 2026-01-15 |
      | E-{n}  | Ana Ruiz | 30,000.00 EUR | 2026-03-20 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-Q1 is {payout} EUR
"""
_OUTLINE = """
  @id:BENCH-{n} @sev1
  Scenario Outline: Bookings around {total}
    Given these deals:
      | deal | owner    | amount     | closed     |
      | D-1  | Ana Ruiz | <bookings> | 2026-02-10 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-Q1 is <payout>

    Examples:
      | case | bookings | payout |
"""
_BARE = """\
from pytest_bdd import given, parsers, then, when

KINDS = {"given": given, "when": when, "then": then}
SENTENCES = {sentences}


for kind, pattern in SENTENCES:
    KINDS[kind](parsers.re(pattern))(lambda: None)
"""


@dataclass(frozen=True)
class Cost:
    """Seconds of the processor, the least of several rounds in turns.

    bare: pytest-bdd with steps that do nothing.  run: the same features as trueup runs them, calculation, record and
    report included.  check: the same features read and not run.
    """

    scenarios: int
    steps: int
    definitions: int
    bare: float
    run: float
    check: float

    @property
    def ratio(self) -> float:
        return self.run / self.bare

    @property
    def check_ratio(self) -> float:
        return self.check / self.bare

    def as_dict(self) -> dict[str, Any]:
        return {
            "scenarios": self.scenarios,
            "steps": self.steps,
            "definitions": self.definitions,
            "bare_seconds": round(self.bare, 3),
            "run_seconds": round(self.run, 3),
            "check_seconds": round(self.check, 3),
            "ratio": round(self.ratio, 3),
            "check_ratio": round(self.check_ratio, 3),
        }


def measure(scenarios: int, rounds: int, step: Callable[[str], None]) -> Cost:
    """Runs the same scenarios with and without the harness, in turns.  Raises Differs where not all of them pass."""
    from harness.catalogue import catalogue

    with tempfile.TemporaryDirectory(prefix="trueup-bench-") as name:
        folder = Path(name)
        steps = write_features(folder / "features", scenarios)
        (folder / "pytest.ini").write_text("[pytest]\n", "utf-8")
        (folder / "test_bare.py").write_text('from pytest_bdd import scenarios\n\nscenarios("features")\n', "utf-8")
        sentences = [(s.kind, s.matcher.pattern) for s in catalogue()]
        (folder / "bare_steps.py").write_text(_BARE.replace("{sentences}", repr(sentences)), "utf-8")
        least = {"bare": 1e9, "run": 1e9, "check": 1e9}
        for number in range(rounds):
            for what in least:
                step(f"{scenarios:,} scenarios, {what}, round {number + 1} of {rounds}")
                least[what] = min(least[what], _spent(what, folder, scenarios))
    return Cost(scenarios, steps, len(sentences), **least)


def write_features(folder: Path, scenarios: int) -> int:
    """Writes feature files with that many scenarios, two of three rows of outlines; returns how many steps they have."""
    folder.mkdir(parents=True)
    written = 0
    for file in range((scenarios + PER_FILE - 1) // PER_FILE):
        parts = [_BACKGROUND.format(file=file + 1)]
        left = min(PER_FILE, scenarios - file * PER_FILE)
        while left:
            written += 1
            if written % 6 == 1 or left < 10:
                first = 20_000 + written
                parts.append(
                    _SCENARIO.format(n=written, total=f"{first + 30_000:,}", first=f"{first:,}.00", payout=_paid(first + 30_000))
                )
                left -= 1
                continue
            rows = min(10, left)
            parts.append(_OUTLINE.format(n=written, total=f"{99_000 + written:,}"))
            parts += [
                f"      | row {row} | {99_000 + written + row * 5_000:,}.00 EUR | {_paid(99_000 + written + row * 5_000)} EUR |\n"
                for row in range(rows)
            ]
            left -= rows
        (folder / f"quarter_{file + 1}.feature").write_text("".join(parts), "utf-8")
    return scenarios * 8


def _paid(bookings: int) -> str:
    """What the plan pays, worked out in cents: 8% up to 100,000, 12% up to 120,000, 15% above."""
    cents = min(bookings, 100_000) * 8 + max(0, min(bookings, 120_000) - 100_000) * 12 + max(0, bookings - 120_000) * 15
    return f"{cents // 100:,}.{cents % 100:02}"


def _spent(what: str, folder: Path, scenarios: int) -> float:
    """Seconds of the processor that one run takes."""
    pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-p", "no:faker", "-p", "no:xdist"]
    words = {
        "bare": [*pytest, "-p", "bare_steps", "test_bare.py"],
        "run": [*pytest, "-p", "harness.plugin", "--trueup-out", "out", "features"],
        "check": [sys.executable, "-c", "from harness.cli.main import run; run()", "check", "features", "--json"],
    }[what]
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "COV_"))}
    paths = [str(folder), str(Path(__file__).parents[2]), *filter(None, [kept.get("PYTHONPATH")])]
    before = os.times()
    done = subprocess.run(words, check=False, cwd=folder, env=kept | {"PYTHONPATH": os.pathsep.join(paths)}, capture_output=True, text=True)
    after = os.times()
    passed = not json.loads(done.stdout)["problems"] if what == "check" and not done.returncode else f"{scenarios} passed" in done.stdout
    if done.returncode or not passed:
        raise Differs(f"the {what} of {scenarios} scenarios ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return (after.children_user + after.children_system) - (before.children_user + before.children_system)
