"""junit.xml and summary.md say what the record says, whatever stands in it."""

from __future__ import annotations

import dataclasses
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Literal

import pytest

from reference_engine.problems import Problem, Where
from reports.gate_types import Gate, Gates
from reports.junit import junit_xml
from reports.markdown_summary import markdown_summary
from reports.record_types import RunRecord, Verdict
from reports.scenario_types import NotExecuted, ScenarioCounts, ScenarioResult, StepResult
from reports.site import draw
from reports.tests.synthetic import synthetic_record

Outcome = Literal["passed", "failed"]
HOSTILE = "<img src=x onerror=alert(1)> | @finance #12 https://x.example www.x.example `a` [b](c) \x00\x1b[31m\ud800\u202egpj"


def scenario(name: str, outcome: Outcome, case: str = "", message: str = "") -> ScenarioResult:
    steps = (
        StepResult("Given ", "a plan", "passed", line=3),
        StepResult(
            "Then ", "it pays", "failed" if outcome == "failed" else "passed", message=message, line=4
        ),
    )
    return ScenarioResult(
        "features/pay.feature",
        "Pay",
        name,
        "PAY-01",
        outcome,
        steps,
        case=case,
        line=2,
        duration="0.25",
    )


def of_scenarios(*scenarios: ScenarioResult, left: tuple[NotExecuted, ...] = ()) -> RunRecord:
    record = synthetic_record(1, 1)
    red = any(s.outcome == "failed" for s in scenarios)
    return dataclasses.replace(
        record,
        grains=(),
        groups=(),
        differences=(),
        known=(),
        verdict=Verdict("failed" if red else "passed", "As told.", 1 if red else 0),
        scenarios=scenarios,
        scenario_counts=ScenarioCounts(len(scenarios) + len(left), len(scenarios), len(scenarios), left),
    )


def parsed(record: RunRecord) -> ET.Element:
    return ET.fromstring(junit_xml(record))


def failing(root: ET.Element) -> list[str]:
    return [case.get("name", "") for case in root.iter("testcase") if case.find("failure") is not None]


def test_each_scenario_and_each_that_did_not_run_is_a_test() -> None:
    message = "payout of Ana\n| expected | computed |\n|    10.00 |     9.99 |"
    left = (NotExecuted("features/pay.feature", "Later", "PAY-02", "not selected by -k", row=9),)
    root = parsed(
        of_scenarios(scenario("One", "passed"), scenario("Two", "failed", "edge", message), left=left)
    )
    assert [root.get(n) for n in ("tests", "failures", "skipped")] == ["4", "2", "1"]
    suite = root[0]
    assert (suite.get("name"), [c.get("name") for c in suite]) == (
        "Pay",
        ["PAY-01 One", "PAY-01 Two [edge]", "PAY-02 Later"],
    )
    failure = suite[1].find("failure")
    assert failure is not None
    assert failure.get("message") == "payout of Ana"
    assert failure.text == f"features/pay.feature:4: Then it pays\n{message}"
    skipped = suite[2].find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "not selected by -k"
    assert suite[0].get("time") == "0.25"
    assert failing(root)[-1] == "The run ends with 0"


def test_a_green_run_has_no_failing_test() -> None:
    assert failing(parsed(of_scenarios(scenario("One", "passed")))) == []


@pytest.mark.parametrize("code", [1, 2, 130])
def test_a_red_run_always_has_one(code: int) -> None:
    record = of_scenarios(scenario("One", "passed"))
    problem = Problem("x", "a payee is missing", Where("people.csv", 3))
    red = dataclasses.replace(record, verdict=Verdict("stopped", "Stopped.", code), problems=(problem,))
    root = parsed(red)
    assert failing(root) == ["The run ends with 0"]
    told = root.find(".//failure")
    assert told is not None
    assert "people.csv" in (told.text or "")


def test_a_comparison_fails_where_it_made_the_run_red() -> None:
    record = synthetic_record(20, 3)
    red = dataclasses.replace(record, known=(), verdict=Verdict("differs", "23 differ.", 1))
    differing = [f"{g.name} agree" for g in red.grains if g.differences]
    assert failing(parsed(red)) == [*differing, "The run ends with 0"]
    let_pass = dataclasses.replace(red, verdict=Verdict("differs", "23 differ, as the rules allow.", 0))
    assert failing(parsed(let_pass)) == []
    assert f"{red.grains[0].differences:,} differ" in junit_xml(let_pass).decode()


def test_each_gate_rule_is_a_test() -> None:
    rules = (
        Gate("nothing new differs", "fails", "3 new", details=("line 1",)),
        Gate("all ran", "holds", "2 of 2"),
        Gate("no @sev1 fails", "not judged", "no scenario"),
    )
    record = dataclasses.replace(of_scenarios(scenario("One", "passed")), gates=Gates(rules))
    red = dataclasses.replace(record, verdict=Verdict("failed", "A rule fails.", 1))
    root = parsed(red)
    assert failing(root) == ["nothing new differs", "The run ends with 0"]
    assert root.get("skipped") == "1"
    assert "nothing new differs: 3 new" in markdown_summary(red)


def test_hostile_words_stay_words() -> None:
    record = of_scenarios(scenario(HOSTILE, "failed", HOSTILE, HOSTILE))
    root = parsed(record)
    assert "<img src=x onerror=alert(1)>" in failing(root)[0]
    text = markdown_summary(record)
    assert "<img" not in text
    line = next(line for line in text.splitlines() if "onerror" in line)
    assert not re.search(r"(?<!\\)[|`\[\]]", line.removeprefix("* "))
    for link in ("@finance", "#12", "https://", "www."):
        assert link not in text
    assert not re.search("[\x00-\x09\x0b-\x1f\ud800-\udfff\u202e]", text)


def test_the_summary_says_counts_money_and_causes() -> None:
    record = dataclasses.replace(synthetic_record(20, 3), verdict=Verdict("differs", "23 differ.", 1))
    text = markdown_summary(record)
    grain = record.grains[0]
    row = next(line for line in text.splitlines() if line.startswith(f"| {grain.name}"))
    for number in (grain.compared, grain.matched, grain.differences, grain.known):
        assert f"| {number:,} " in row
    for currency in grain.difference:
        assert currency in row
    assert record.groups[0].sentence.split()[0] in text
    assert text.startswith("## \u274c ")
    assert markdown_summary(dataclasses.replace(record, verdict=Verdict("differs", "d", 0))).startswith(
        "## \u26a0"
    )
    assert "not an approval" in text


def test_long_lists_are_cut_and_say_so() -> None:
    record = of_scenarios(*(scenario(f"Case {n}", "failed", message="no") for n in range(15)))
    text = markdown_summary(record)
    assert ("15 scenarios failed" in text, "and 5 more" in text, "Case 10" in text) == (True, True, False)


def test_both_are_drawn_with_the_report(tmp_path: Path) -> None:
    record = synthetic_record(3, 1)
    draw(record, tmp_path)
    assert (tmp_path / "junit.xml").read_bytes() == junit_xml(record)
    assert (tmp_path / "summary.md").read_text("utf-8") == markdown_summary(record)
