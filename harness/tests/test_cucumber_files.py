"""What other tools read of a run of features: Cucumber messages, Cucumber JSON and JUnit, the same from one process and from two."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.tests.conftest import contents
from harness.tests.green_feature import GREEN
from reports.cucumber_messages import cucumber_messages
from reports.record import load_record

protocol = pytest.importorskip("cucumber_messages", reason="cucumber-messages is not installed")
converter, envelope = protocol.message_converter, protocol.Envelope

OUTLINE = '''@req:R-2
Feature: Around the edge

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with monthly periods

  Rule: Ten percent
    @id:EDGE-1 @sev1
    Scenario Outline: A deal of <amount>
      Given the plan "P" reads:
        """
        currency: EUR
        pays: monthly
        conventions:
          rounding: [{at: line, mode: half up, decimals: 2}]
        components:
          - component: commission
            measure: bookings
            credits: [direct]
            earn:
              - flat rate: {rate: 10%}
        """
      And "Ana" is on plan "P" for FY2026
      And these deals:
        | deal | owner | amount   | closed     |
        | D-1  | Ana   | <amount> | 2026-01-15 |
      When commissions are calculated for 2026-01
      Then the payout of "Ana" for 2026-01 is <payout>

      @edge:low
      Examples:
        | case  | amount     | payout    |
        | small | 10.00 EUR  | 1.00 EUR  |
        | wrong | 200.00 EUR | 20.01 EUR |

    @id:LATER @sev3
    Scenario: Left out
      Given the plan "P" pays 10% of bookings
      And "Ana" is on plan "P" for FY2026
      And these deals:
        | deal | owner | amount     | closed     |
        | D-1  | Ana   | 100.00 EUR | 2026-01-15 |
      When commissions are calculated for 2026-01
      Then the payout of "Ana" for 2026-01 is 10.00 EUR
'''
TIMES = re.compile(r'"(seconds|nanos|duration)":\s*\d+|(time|timestamp)="[^"]*"|[0-9.]+ s\b|\d{8}T\d{6}Z\\?-\d+')


@pytest.fixture(scope="module")
def runs(start: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    here = tmp_path_factory.mktemp("run")
    (here / "features").mkdir()
    (here / "features" / "pay.feature").write_text(GREEN, "utf-8")
    (here / "features" / "edge.feature").write_text(OUTLINE, "utf-8")
    more = {"alone": (), "shared": ("-n", "2")}
    started: dict[str, subprocess.Popen[str]] = {
        name: start(
            "run",
            "features",
            "--out",
            here / name,
            "--",
            "-k",
            "not LATER",
            *args,
            cwd=here,
            plain_pytest=True,
        )
        for name, args in more.items()
    }
    said = {name: process.communicate(timeout=120) for name, process in started.items()}
    assert [process.returncode for process in started.values()] == [1, 1], said
    return {name: here / name for name in more}


def messages(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "cucumber.ndjson").read_text("utf-8").splitlines()]


def of(found: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [one[kind] for one in found if kind in one]


@pytest.mark.parametrize("name", ["cucumber.ndjson", "cucumber.json", "junit.xml", "summary.md"])
def test_two_processes_say_the_same_as_one(runs: dict[str, Path], name: str) -> None:
    alone, shared = (
        TIMES.sub("", (runs[n] / name).read_text("utf-8")).replace(n, "") for n in ("alone", "shared")
    )
    assert shared == alone
    assert len(alone) > 400


def test_every_message_is_of_the_protocol(runs: dict[str, Path]) -> None:
    for one in messages(runs["shared"]):
        assert converter.to_dict(converter.from_dict(one, envelope)) == one


def test_every_example_has_one_test_case_with_all_its_steps(runs: dict[str, Path]) -> None:
    found = messages(runs["shared"])
    pickles = {p["id"]: p for p in of(found, "pickle")}
    cases = {c["id"]: c for c in of(found, "testCase")}
    assert [p["name"] for p in pickles.values()] == [
        "A deal of 10.00 EUR",
        "A deal of 200.00 EUR",
        "Left out",
        "One deal",
    ]
    assert sorted(c["pickleId"] for c in cases.values()) == sorted(pickles)
    for case in cases.values():
        assert [s["pickleStepId"] for s in case["testSteps"]] == [
            s["id"] for s in pickles[case["pickleId"]]["steps"]
        ]
    attempts = {s["id"]: s["testCaseId"] for s in of(found, "testCaseStarted")}
    assert sorted(attempts.values()) == sorted(cases)
    assert sorted(f["testCaseStartedId"] for f in of(found, "testCaseFinished")) == sorted(attempts)
    steps = [s["id"] for c in cases.values() for s in c["testSteps"]]
    assert sorted(s["testStepId"] for s in of(found, "testStepFinished")) == sorted(steps)
    everything = [*pickles, *cases, *attempts, *steps]
    assert len(set(everything)) == len(everything)


def test_results_are_those_of_the_run(runs: dict[str, Path]) -> None:
    found = messages(runs["shared"])
    pickles = {p["id"]: p["name"] for p in of(found, "pickle")}
    case_of = {s["id"]: pickles[c["pickleId"]] for c in of(found, "testCase") for s in c["testSteps"]}
    results: dict[str, list[dict[str, Any]]] = {}
    for step in of(found, "testStepFinished"):
        results.setdefault(case_of[step["testStepId"]], []).append(step["testStepResult"])
    said = {name: [r["status"] for r in steps] for name, steps in results.items()}
    assert set(said["One deal"]) == set(said["A deal of 10.00 EUR"]) == {"PASSED"}
    assert said["A deal of 200.00 EUR"] == ["PASSED"] * 5 + ["FAILED"]
    assert set(said["Left out"]) == {"SKIPPED"}
    assert "20.01" in results["A deal of 200.00 EUR"][-1]["message"]
    assert results["Left out"][0]["message"] == "left out by the options of this run"
    assert of(found, "testRunFinished")[0]["success"] is False


def test_the_older_json_has_the_same(runs: dict[str, Path]) -> None:
    edge, pay = json.loads((runs["shared"] / "cucumber.json").read_text("utf-8"))
    assert (edge["uri"], pay["uri"]) == ("features/edge.feature", "features/pay.feature")
    small, wrong, later = edge["elements"]
    assert [t["name"] for t in small["tags"]] == ["@req:R-2", "@id:EDGE-1", "@sev1", "@edge:low"]
    assert len({e["id"] for e in edge["elements"]}) == 3
    assert [s["result"]["status"] for s in wrong["steps"]] == ["passed"] * 5 + ["failed"]
    assert "20.01" in wrong["steps"][-1]["result"]["error_message"]
    assert {s["result"]["status"] for s in later["steps"]} == {"skipped"}
    assert small["steps"][3]["rows"][1]["cells"] == ["D-1", "Ana", "10.00 EUR", "2026-01-15"]
    assert small["steps"][1]["doc_string"]["value"].startswith("currency: EUR\n")
    assert small["steps"][0]["keyword"] == "Given "
    assert small["steps"][0]["result"]["duration"] > 0
    lines = OUTLINE.splitlines()
    assert [lines[e["line"] - 1].split()[1] for e in (small, wrong)] == ["small", "wrong"]


def test_a_masked_run_is_masked_there_too(trueup: Callable[..., Any], runs: dict[str, Path]) -> None:
    shared = runs["alone"].parent / "masked"
    ran = trueup("report", runs["alone"], "--out", shared, "--mask", "names,amounts")
    assert ran.code == 0, ran.err
    files = contents(shared)
    assert {"cucumber.ndjson", "cucumber.json", "junit.xml"} <= set(files)
    for name, content in files.items():
        assert b"Ana" not in content, name
        assert b"200.00 EUR" not in content, name
    assert len(of(messages(shared), "testCase")) == 4


def test_a_feature_that_gherkin_can_not_read_is_told(runs: dict[str, Path]) -> None:
    from dataclasses import replace

    record = load_record(runs["alone"])
    broken = replace(
        record,
        features=(
            replace(record.features[0], text="Feature: F\n  Scenario: S\n    Given x\n  nonsense\n"),
            *record.features[1:],
        ),
    )
    found = [json.loads(line) for line in cucumber_messages(broken).splitlines()]
    [error] = of(found, "parseError")
    assert error["source"]["uri"] == "features/edge.feature"
    assert [p["name"] for p in of(found, "pickle")] == ["One deal"]


def test_the_suite_of_junit_has_the_time_of_its_tests(runs: dict[str, Path]) -> None:
    import xml.etree.ElementTree as ET
    from fractions import Fraction

    root = ET.fromstring((runs["alone"] / "junit.xml").read_text("utf-8"))
    suite = next(s for s in root if s.get("name") == "Around the edge")
    times = [Fraction(c.get("time", "0")) for c in suite.findall("testcase")]
    assert sum(times) == Fraction(suite.get("time", "")) > 0
