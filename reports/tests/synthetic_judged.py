"""A feature run that was judged: its text, gate rules, requirements and the run before it, to go with the synthetic record."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from reports.feature_types import FeatureText
from reports.gate_types import Gate, Gates
from reports.history_types import (
    GoneDifference,
    GrainSince,
    History,
    InputSince,
    PastGrain,
    PastRun,
    ScenarioSince,
    Since,
)
from reports.record import NotExecuted, RunRecord, ScenarioCounts, ScenarioResult, StepResult
from reports.requirement_types import Requirement, RequirementList
from reports.subject_types import Subject

PATH = "features/tiers.feature"
TEXT = '''# Agreed with Finance
@req:REQ-7
Feature: Tiers{evil}

  @id:TIER-1 @sev1
  Scenario Outline: Around the edge
    Given the quota is 100 EUR
    And the plan:
      """
      Given nobody reads this line{evil}
      """
    And these deals:
      | deal | amount   |
      | D-1  | <amount> |
    Then the payout is <payout>

    Examples:
      | case    | amount | payout |
      | below   | 99     | 0.99   |
      | on it   | 100    | 1.00   |
      | skipped | 101    | 1.02   |

  @id:TIER-2
  Scenario: Nothing sold{evil}
    Then nothing is paid
'''


def with_judged(record: RunRecord, evil: str = "") -> RunRecord:
    """The record of a feature run with every block that judges it."""
    text = TEXT.replace("{evil}", evil)
    counts = ScenarioCounts(
        4,
        4,
        3,
        (NotExecuted(PATH, "Around the edge", "TIER-1", f"SKIPPED{evil}", "skipped", 21, "1", ("REQ-7",)),),
    )
    scenarios = (_row("below", 19, "passed", evil), _row("on it", 20, "failed", evil), _alone(evil))
    gates = Gates(
        (
            Gate(
                f"no sev-1 scenario fails{evil}",
                "fails",
                "1 of 2 executed failed",
                f"agreed{evil}",
                (f"TIER-1{evil}",),
                line=2,
            ),
            Gate("no row differs", "not judged", "this run compares nothing", line=3),
            Gate("nothing is left out", "holds", "4 written", origin="default"),
        ),
        f"gates.yaml{evil}",
        "ab" * 32,
    )
    requirements = RequirementList(
        f"requirements.csv{evil}",
        "cd" * 32,
        (
            Requirement("REQ-7", f"Tiers{evil}", "1"),
            Requirement("REQ-8", f"Draws{evil}", "2"),
            Requirement("REQ-9", "Contests", "", "yes"),
        ),
    )
    before = PastRun("before-1", "2026-03-30T08:00:00Z", "ef" * 32, "0.1.0", "passed", "All passed.", 3, 3, 0)
    since = Since(
        before,
        "the run before",
        scenarios=(
            ScenarioSince("TIER-1", "on it", f"Around{evil}", "passed", "failed"),
            ScenarioSince("TIER-0", "", "Removed", "passed", ""),
        ),
        inputs=(InputSince(PATH + evil, "feature", "changed"),),
    )
    history = History("history", (before,), since, (f"broken{evil}",))
    return replace(
        record,
        identity=replace(record.identity, kind="run"),
        circumstances=replace(record.circumstances, history=history),
        subject=Subject(f"features{evil}", "reference engine", ("2026-Q1",), ("EUR",)),
        scenario_counts=counts,
        scenarios=scenarios,
        gates=gates,
        requirements=requirements,
        features=(
            FeatureText(
                PATH,
                f"Tiers{evil}",
                hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest(),
                text,
            ),
        ),
    )


def with_since(record: RunRecord, evil: str = "") -> RunRecord:
    """A reconciliation with the run before it: its first two differences are new, the third has changed, one is gone."""
    rows = [d for d in record.differences if d.grain == record.grains[0].name]
    grain = record.grains[0]
    gone = GoneDifference(
        "gone-1",
        "amount",
        {"document": f"D{evil}"},
        "-4.50",
        "USD",
        "agrees, or on neither side",
        {"EUR": "1.00"},
    )
    before = PastRun(
        "before-1", "2026-03-30T08:00:00Z", "ef" * 32, "0.1.0", "differs", "Some differ.",
        grains=(PastGrain(grain.name, grain.compared, grain.matched + 1, 3, 0, {"USD": "1.00"}),),
    )  # fmt: skip
    money = {"new": {"USD": "2.00"}, "still": {"USD": "3.00"}, "gone": {"USD": "-4.50", "EUR": "1.00"}}
    part = GrainSince(grain.name, tuple(d.id for d in rows[:2]), (rows[2].id,), len(rows) - 2, (gone,), money)
    history = History("history", (before,), Since(before, "the run before", (part,)))
    return replace(record, circumstances=replace(record.circumstances, history=history))


def _row(case: str, row: int, outcome: str, evil: str) -> ScenarioResult:
    steps = (
        StepResult("Given", "the quota is 100 EUR", "passed", line=7),
        StepResult("And", "the plan:", "passed", (), "Given nobody reads this line", "", 8),
        StepResult("And", "these deals:", "passed", (("deal", "amount"), ("D-1", "100")), line=12),
        StepResult(
            "Then",
            "the payout is 1.00",
            "passed" if outcome == "passed" else "failed",
            message="" if outcome == "passed" else f"0.01 EUR too little{evil}",
            line=15,
        ),
    )
    return ScenarioResult(
        PATH, "Tiers", "Around the edge", "TIER-1", "passed" if outcome == "passed" else "failed", steps, ("REQ-7",), "1", case, "", 6, "0.01", row
    )  # fmt: skip


def _alone(evil: str) -> ScenarioResult:
    steps = (StepResult("Then", "nothing is paid", "passed", line=25),)
    return ScenarioResult(
        PATH, "Tiers", f"Nothing sold{evil}", "TIER-2", "passed", steps, (), "", "", "", 24, "0.01", 24
    )
