"""Scenario results to go with the synthetic record."""

from __future__ import annotations

from dataclasses import replace

from reference_engine.problems import Problem, Where
from reports.record import NotExecuted, RunRecord, ScenarioCounts, ScenarioResult, StepResult


def with_scenarios(record: RunRecord, evil: str = "") -> RunRecord:
    """The record of a feature run: one passed, one failed, one not executed."""
    table = (("payee", "share"), ("Ana Ruiz" + evil, "60%"), ("Ben Ode", "40%"))
    steps = (
        StepResult("Given", 'the credit of deal "D-1" is split:', "passed", table),
        StepResult("When", "commissions are calculated for 2026-Q1", "passed"),
        StepResult(
            "Then",
            'the payout of "Ana Ruiz" for 2026-Q1 is 11,900.00 EUR',
            "failed",
            (),
            "why" + evil,
            f"Expected 11,900.00 EUR, calculated 11,899.50 EUR: 0.50 EUR too little.{evil}",
        ),
        StepResult("And", 'the payout of "Ben Ode" for 2026-Q1 is 800.00 EUR', "not run"),
    )
    good = ScenarioResult(
        "features/splits.feature",
        "Splits",
        "Two people share a deal",
        "SPLIT-1",
        "passed",
        steps[:2],
        ("REQ-7",),
        "sev2",
        "",
        "",
        12,
        "0.012",
    )
    bad = ScenarioResult(
        "features/splits.feature",
        "Splits",
        f"A split pays each share{evil}",
        "SPLIT-2",
        "failed",
        steps,
        ("REQ-7", "REQ-8"),
        "sev1",
        "on the bound",
        "Shares total 100%",
        30,
        "0.034",
    )
    return replace(
        record,
        identity=replace(record.identity, kind="run"),
        scenario_counts=ScenarioCounts(
            3, 2, 2, (NotExecuted("features/splits.feature", "Old", "SPLIT-3", "not selected"),)
        ),
        scenarios=(good, bad),
        problems=(
            Problem("unknown-step", f"no sentence fits this step{evil}", Where("features/x.feature", 4)),
        ),
    )
