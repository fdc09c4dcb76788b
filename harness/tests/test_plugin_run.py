"""The plug-in in real pytest runs: what is written is what is executed, or the run is red."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.tests.green_feature import GREEN

pytest_plugins = ["pytester"]
ROOT = Path(__file__).parents[2]

GOOD = GREEN + """
  @id:PAY-02 @sev2
  Scenario Outline: Several deals
    Given the plan "P" pays 10% of bookings
    And "Ana" is on plan "P" for FY2026
    And fiscal year FY2026 starts on 2026-01-01 with monthly periods
    And these deals:
      | deal | owner | amount   | closed     |
      | D-1  | Ana   | <amount> | 2026-01-15 |
    When commissions are calculated for 2026-01
    Then the payout of "Ana" for 2026-01 is <payout>

    @edge:high
    Examples:
      | case       | amount     | payout    |
      | small deal | 10.00 EUR  | 1.00 EUR  |
      | grüße::x   | 200.00 EUR | 20.00 EUR |
"""
RED = GOOD.replace("is 10.00 EUR", "is 10.01 EUR").replace("PAY-", "RED-")


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    # Other plug-ins of the machine only cost time here; the features of the project itself run with them.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", "pytest_bdd.plugin")
    pytester.makeconftest('pytest_plugins = ["harness.plugin"]')
    pytester.makeini("[pytest]\naddopts = --strict-markers --strict-config\nfilterwarnings = error\n")
    write(pytester, "good", GOOD)
    return pytester


def write(pytester: pytest.Pytester, name: str, text: str) -> None:
    folder = pytester.path / "features"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.feature").write_bytes(text.encode())


def run(pytester: pytest.Pytester, *args: str) -> tuple[pytest.RunResult, str, dict[str, Any]]:
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "--trueup-out", "out", *args)
    file = pytester.path / "out" / "scenarios.json"
    return result, result.stdout.str(), json.loads(file.read_text("utf-8")) if file.exists() else {}


def test_everything_written_is_executed_and_recorded(project: pytest.Pytester) -> None:
    result, out, data = run(project, "features")
    assert result.ret == 0, out
    assert "3 scenarios written, 3 selected, 3 executed (written = selected = executed)" in out
    assert (data["written"], data["selected"], data["executed"], data["lost"], data["not_executed"]) == (3, 3, 3, 0, [])
    first, _, last = data["scenarios"]
    assert first["feature"] == "features/good.feature"
    assert (first["id"], first["req"], first["sev"], first["outcome"], first["case"]) == ("PAY-01", ["R-1"], "1", "passed", "")
    assert [s["outcome"] for s in first["steps"]] == ["passed"] * 6
    assert first["steps"][3]["table"] == [["deal", "owner", "amount", "closed"], ["D-1", "Ana", "100.00 EUR", "2026-01-15"]]
    assert first["payouts"][0]["amount"] == "10.00"
    assert (last["case"], last["values"]["amount"], last["row"], last["tags"]) == ("grüße::x", "200.00 EUR", 29, ["id:PAY-02", "sev2", "req:R-1", "edge:high"])
    assert last["steps"][3]["table"][1][2] == "200.00 EUR"


def test_a_red_scenario_says_why_without_a_traceback(project: pytest.Pytester) -> None:
    write(project, "red", RED)
    result, out, data = run(project, "features/red.feature", "-ra", "--junitxml=junit.xml")
    assert result.ret == 1
    assert "RED-01: One deal" in out
    assert "10.01 EUR" in out
    assert "-0.01 EUR" in out
    assert "FAILED features/red.feature::RED-01 - The payout for 2026-01 is not as" in out
    assert "Traceback" not in out
    assert ".py" not in out.split("FAILURES")[1].split("short test summary")[0]
    assert data["written"] == 3, "the other file of the folder is no part of this run"
    record = next(s for s in data["scenarios"] if s["id"] == "RED-01")
    assert record["outcome"] == "failed"
    assert record["steps"][-1]["outcome"] == "failed"
    assert "10.01 EUR" in record["message"]
    assert "values" not in (project.path / "junit.xml").read_text("utf-8"), "records stay out of JUnit"


def test_a_broken_file_stops_nothing_else(project: pytest.Pytester) -> None:
    write(project, "broken", GOOD.replace("these deals:", "this deal:").replace("PAY-", "BAD-"))
    write(project, "empty", "")
    (project.path / "features" / "odd.feature").write_bytes("Feature: Prämie".encode("utf-16"))
    result, out, data = run(project, "features")
    assert result.ret == 1
    assert data["executed"] == 3
    assert 'I do not know "this deal:"' in out
    assert "Traceback" not in out
    assert {p["slug"] for p in data["problems"]} == {"step-unknown", "feature-empty", "feature-encoding"}
    assert {e["why"] for e in data["not_executed"]} == {"its file has problems, so none of it runs"}


def test_each_scenario_can_be_named(project: pytest.Pytester) -> None:
    result, out, data = run(project, "features/good.feature::PAY-02[small deal]")
    assert result.ret == 0, out
    assert (data["written"], data["selected"], data["executed"]) == (3, 1, 1)
    assert {e["why"] for e in data["not_executed"]} == {"not named on the command line"}


@pytest.mark.parametrize(
    ("args", "executed"),
    [(("-m", "sev1"), 1), (("-m", "id:PAY-02 and not sev1"), 2), (("-m", "edge:high"), 2), (("-k", "small"), 1), (("-k", "Several and deals"), 2)],
)
def test_marks_and_words_select(project: pytest.Pytester, args: tuple[str, ...], executed: int) -> None:
    result, out, data = run(project, "features", *args)
    assert result.ret == 0, out
    assert (data["selected"], data["executed"], data["lost"]) == (executed, executed, 0)
    assert {e["why"] for e in data["not_executed"]} == {"left out by the options of this run"}


def test_worker_processes_change_nothing(project: pytest.Pytester) -> None:
    write(project, "red", RED)
    alone = run(project, "features")
    shared = run(project, "features", "-p", "xdist", "-n", "2")
    assert (alone[0].ret, shared[0].ret) == (1, 1)

    def told(data: dict[str, Any]) -> list[tuple[str, str, str]]:
        return [(s["node"], s["outcome"], s["message"]) for s in data["scenarios"]]

    assert told(shared[2]) == told(alone[2])
    assert shared[2]["executed"] == 6
    assert "6 scenarios written, 6 selected, 6 executed" in shared[1]


def test_last_failed_runs_what_failed(project: pytest.Pytester) -> None:
    write(project, "red", RED)
    project.runpytest_subprocess("features")
    result = project.runpytest_subprocess("features", "--lf")
    out = result.stdout.str()
    assert result.ret == 1
    result.assert_outcomes(failed=1)
    assert "1 selected, 1 executed" in out
    assert "LOST" not in out


def test_a_stopped_run_says_what_it_did_not_reach(project: pytest.Pytester) -> None:
    write(project, "a_red", RED)
    result, _, data = run(project, "features", "-x")
    assert result.ret == 1
    assert {e["why"] for e in data["not_executed"]} == {"the run was stopped before it"}


def test_a_scenario_that_vanishes_makes_the_run_red(project: pytest.Pytester) -> None:
    project.makeconftest('pytest_plugins = ["harness.plugin"]\ndef pytest_collection_modifyitems(items):\n    del items[0]\n')
    result, out, data = run(project, "features")
    assert result.ret == 1
    assert data["lost"] == 1
    assert "LOST: it stands in the file, and the run never saw it" in out
    assert "good.feature:4 PAY-01" in out


def test_a_scenario_without_a_result_makes_the_run_red(project: pytest.Pytester) -> None:
    project.makeconftest(
        'pytest_plugins = ["harness.plugin"]\nimport pytest\n'
        "@pytest.hookimpl(tryfirst=True)\ndef pytest_runtest_protocol(item):\n    return True if item.name == 'PAY-01' else None\n"
    )
    result, out, data = run(project, "features")
    assert result.ret == 1
    assert (data["selected"], data["executed"], data["lost"]) == (3, 2, 1)
    assert "LOST: it was selected, and no result came back" in out


def test_skipped_is_not_executed(project: pytest.Pytester) -> None:
    project.makeconftest(
        'pytest_plugins = ["harness.plugin"]\nimport pytest\n'
        "def pytest_collection_modifyitems(items):\n    items[0].add_marker(pytest.mark.skip(reason='not today'))\n"
    )
    result, _, data = run(project, "features")
    assert result.ret == 1
    assert (data["selected"], data["executed"], data["lost"]) == (3, 2, 1)
    assert [e["why"] for e in data["not_executed"]] == ["SKIPPED: not today"]


def test_byte_order_mark_and_line_ends(project: pytest.Pytester) -> None:
    write(project, "good", "\ufeff" + GOOD.replace("\n", "\r\n"))
    result, out, data = run(project, "features")
    assert result.ret == 0, out
    assert data["executed"] == 3


def test_collecting_only_executes_and_judges_nothing(project: pytest.Pytester) -> None:
    result, out, data = run(project, "features", "--collect-only", "-q")
    assert result.ret == 0
    assert "features/good.feature::PAY-01" in out
    assert "LOST" not in out
    assert data == {}


def test_markers_are_listed(project: pytest.Pytester) -> None:
    out = project.runpytest_subprocess("--markers", "features").stdout.str()
    assert "@pytest.mark.id:PAY-01: the stable name of a scenario" in out
    assert "@pytest.mark.edge:high: a tag in feature files" in out


def test_python_tests_beside_features_are_left_alone(project: pytest.Pytester) -> None:
    project.makepyfile(test_plain="def test_plain():\n    assert True\n")
    result, out, data = run(project)
    result.assert_outcomes(passed=4)
    assert "3 scenarios written" in out
    assert data["executed"] == 3


def test_without_features_nothing_is_said(project: pytest.Pytester) -> None:
    project.makepyfile(test_plain="def test_plain():\n    assert True\n")
    _, out, _ = run(project, "test_plain.py")
    assert "scenarios written" not in out
