"""What a comparison must never hide: that no row was compared, or that something else changed beside what was accepted."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import pytest

from harness.adapters.mapping import Mapping
from harness.reconcile.baseline import read_baseline
from harness.reconcile.regression import compare_exports
from harness.reconcile.results import Reconciliation
from harness.reconcile.run import reconcile
from harness.tests.reconcile_rows import LINES_MAPPING, expected, export, line, mapping, payout
from reference_engine.problems import Problem, Stopped

TODAY = date(2026, 5, 1)
PAYOUTS = """
target: Test target
grains:
  - grain: payouts
    expected: payouts
    file: payouts.csv
    key:
      payee: {column: who}
      plan: {column: plan, map: {AE-26: Growth}}
      period: {column: month}
    values:
      amount: {column: amount, currency: {column: cur}}
  - grain: bonuses
    expected: payouts
    file: bonuses.csv
    key:
      payee: {column: who}
    values:
      amount: {column: amount, currency: EUR}
"""
HEADER = "who,plan,month,amount,cur"
BOTH = ("A,AE-26,2026-01,100.00,EUR", "B,AE-26,2026-01,100.00,EUR")


def changes(
    folder: Path,
    before: tuple[str, ...],
    after: tuple[str, ...],
    text: str = PAYOUTS,
    baseline: str = "",
    bonuses: tuple[str, ...] = (),
) -> Reconciliation:
    """What changed from one export to the next."""
    for name, rows in (("before", before), ("after", after)):
        (folder / name).mkdir()
        export(folder / name, *rows, name="payouts.csv", header=HEADER)
        export(folder / name, *bonuses, name="bonuses.csv", header="who,amount")
    using, problems = mapping(text), list[Problem]()
    (folder / "approved.yaml").write_text(baseline, encoding="utf-8")
    approved = read_baseline(folder / "approved.yaml", using, problems) if baseline else ()
    assert not problems
    return compare_exports(folder / "before", folder / "after", using, approved, today=TODAY)[0]


def test_two_exports_without_rows_prove_nothing(tmp_path: Path) -> None:
    with pytest.raises(Stopped) as stopped:
        changes(tmp_path, (), ())
    assert [(p.slug, "neither side has a row" in p.what) for p in stopped.value.problems] == [("nothing-compared", True)] * 2


def test_one_file_without_rows_is_told_beside_others(tmp_path: Path) -> None:
    found = changes(tmp_path, BOTH, BOTH)
    assert found.agrees
    assert [g.compared for g in found.grains] == [2, 0]
    assert [any("nothing was compared" in n for n in g.notes) for g in found.grains] == [False, True]


@pytest.mark.parametrize("where", ["{who: C}", "{plan: Growth}"])
def test_conditions_that_leave_no_row_prove_nothing(tmp_path: Path, where: str) -> None:
    text = PAYOUTS.replace("    key:", f"    rows where: {where}\n    key:", 1)
    with pytest.raises(Stopped) as stopped:
        changes(tmp_path, BOTH, BOTH, text, bonuses=("A,5.00",))
    (problem,) = stopped.value.problems
    assert (problem.slug, "leave out all 4" in problem.what) == ("nothing-compared", True)


def test_conditions_of_both_sides_that_leave_no_row_prove_nothing(tmp_path: Path) -> None:
    text = LINES_MAPPING.split("  - grain: statements")[0]
    using = mapping(text.replace("    key:", "    rows where: {plan: Q}\n    expected where: {plan: Q}\n    key:"))
    with pytest.raises(Stopped) as stopped:
        reconcile(expected(line("A", "D-1", "1.00")), export(tmp_path, "A,P,D-1,2.00,EUR,paid"), using)
    assert [p.slug for p in stopped.value.problems] == ["nothing-compared"]
