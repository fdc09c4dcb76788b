"""The record of `trueup run`: every file that went in, and every difference that a scenario accepted."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

MORE = """@req:MORE-01
Feature: More

  @id:MORE-01 @sev1
  Scenario: A made company
    Given the company "Northwind Traders" with 200 deals of the recipe "late cash", seed 7
    When commissions are calculated for FY2026
    Then total payouts for FY2026 are 0.01 EUR

  @id:MORE-02 @sev1
  Scenario: An accepted difference
    Given the plan in "account_executive.yaml"
    And the data in "first_quarter"
    And today is 2026-04-20
    When the target system's results for 2026-Q1 are loaded from "target/results.csv"
    Then the target system agrees within 0.00 EUR, except:
      | payee    | difference  | reason                 | ticket  | until      |
      | Ana Ruiz | -300.00 EUR | the new rate is coming | SPM-318 | 2026-06-30 |
"""


@pytest.fixture(scope="module")
def record(trueup: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The record of a new project with a recipe, one target and one accepted difference."""
    folder = tmp_path_factory.mktemp("record") / "commissions"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder.parent)
        assert trueup("new", "commissions").code == 0
        plan = folder / "scenarios" / "plans" / "account_executive.yaml"
        plan.write_text(plan.read_text("utf-8").replace("rate: 12%", "rate: 15%"), "utf-8")
        (folder / "features" / "more.feature").write_text(MORE, "utf-8")
        patch.chdir(folder)
        trueup("run", "features")
        found: dict[str, Any] = json.loads((folder / "out" / "record.json").read_text("utf-8"))
    found["folder"] = folder
    return found


def test_every_file_that_was_used_is_an_input_with_its_hash_and_size(record: dict[str, Any]) -> None:
    folder: Path = record["folder"]
    inputs = {i["path"]: i for i in record["inputs"]}
    expected = {
        "features/more.feature": "feature",
        "features/plans/accelerators.feature": "feature",
        "features/reconciliation/target_system.feature": "feature",
        "scenarios/plans/account_executive.yaml": "plan",
        "scenarios/data/first_quarter/deals.csv": "data: deals",
        "scenarios/data/first_quarter/payees.csv": "data: payees",
        "scenarios/data/first_quarter/plan_assignments.csv": "data: plan assignments",
        "scenarios/data/first_quarter/quotas.csv": "data: quotas",
        "scenarios/data/target/results.csv": "target's export",
        "scenarios/data/target/results.mapping.yaml": "mapping",
        "scenarios/data/target/payee_codes.csv": "mapping: codes",
    }
    for path, role in expected.items():
        assert path in inputs, sorted(inputs)
        assert role in inputs[path]["role"].split("; "), inputs[path]
        content = (folder / path).read_bytes()
        assert inputs[path]["sha256"] == hashlib.sha256(content).hexdigest()
        assert inputs[path]["bytes"] == len(content)
        if path.endswith(".csv"):
            assert inputs[path]["rows"] == len(content.splitlines()) - 1


def test_a_recipe_stands_among_the_inputs_with_its_seed_and_its_rows(record: dict[str, Any]) -> None:
    (made,) = (i for i in record["inputs"] if "recipe" in i["role"])
    assert 'recipe "late cash"' in made["name"]
    assert "seed 7" in made["name"]
    assert "200 deals" in made["name"]
    assert made["rows"] > 200
    assert made["bytes"] > 10_000
    assert len(made["sha256"]) == 64


def test_the_accepted_difference_of_a_scenario_is_in_the_record(record: dict[str, Any]) -> None:
    (known,) = (k for k in record["known"] if k["ticket"] == "SPM-318")
    assert known["state"] == "accepted"
    assert known["reason"] == "the new rate is coming"
    assert known["until"] == "2026-06-30"
    assert known["amount"] == {"EUR": "-300.00"}
    assert (known["file"], known["line"]) == ("features/more.feature", 18)
    assert known["key"] == {"scenario": "MORE-02", "payee": "Ana Ruiz"}
    # Reviewers sign it, so it stands among what the run left open.
    assert any("1 difference from the target system is accepted" in limit for limit in record["limits"])


def test_the_report_shows_it_and_the_package_verifies(record: dict[str, Any], trueup: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    folder: Path = record["folder"]
    page = (folder / "out" / "index.html").read_text("utf-8")
    assert "SPM-318" in page
    assert "MORE-02" in page
    monkeypatch.chdir(folder)
    found = trueup("verify", "out")
    assert found.code == 0, found.out + found.err
    copy = folder / "again"
    shutil.copytree(folder / "out", copy)
    assert trueup("report", copy / "record.json", "--out", folder / "drawn").code == 0
