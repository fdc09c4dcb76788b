"""What a calculation leaves beside lines and payouts, with hostile names in it."""

from __future__ import annotations

import csv
from pathlib import Path

from harness.reconcile.beside_payouts import write_beside
from reference_engine.plans.document import Node
from reference_engine.plans.reader import read_plan
from reference_engine.problems import Problem
from reference_engine.run import calculate
from reference_engine.vocabulary.tables import TextTable
from reference_engine.world import read_world


def test_no_text_of_the_results_is_a_formula_in_a_spreadsheet(tmp_path: Path) -> None:
    problems: list[Problem] = []
    plan = read_plan(
        Node.of(
            {
                "plan": "@P",
                "pays": "monthly",
                "conventions": {"rounding": "exact", "returns.earn": "signed", "balance.negative": "paid out"},
                "figures": [{"figure": "=1+1", "is": "0 - 1"}],
                "components": [
                    {"component": "C", "measure": "bookings", "credits": ["direct"], "earn": [{"flat rate": {"rate": "5%"}}]}
                ],
            }
        ),
        problems,
    )
    world = read_world(
        [
            TextTable("plan_assignments", ("payee", "plan", "from"), (("=Ana", "@P", "2026-01-01"),)),
            TextTable("deals", ("deal", "owner", "amount", "closed"), (("D-1", "=Ana", "100.00 EUR", "2026-01-15"),)),
            TextTable("quotas", ("payee", "period", "quota"), (("=Ana", "2026-01", "50.00 EUR"),)),
        ],
        problems,
    )
    assert plan is not None
    assert problems == []
    assert write_beside(calculate([plan], world), tmp_path) == ["transactions.csv", "quotas.csv", "figures.csv"]
    with (tmp_path / "figures.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file))[1:] == [["'=Ana", "'@P", "'=1+1", "2026-01", "-1", ""]]
    with (tmp_path / "quotas.csv").open(encoding="utf-8", newline="") as file:
        assert [row[:6] for row in csv.reader(file)][1:] == [["'=Ana", "'@P", "", "2026-01", "50.00", "EUR"]]
