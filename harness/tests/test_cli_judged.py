"""Runs that are judged and kept: gate rules, requirements, the text of features, and what is new since the run before."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.evidence.requirements import read_requirements
from harness.tests.green_feature import GREEN
from reference_engine.problems import Problem

TWO = (
    GREEN
    + """
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

    Examples:
      | case  | amount     | payout    |
      | small | 10.00 EUR  | 1.00 EUR  |
      | large | 200.00 EUR | 20.01 EUR |
"""
)
GATES = """gates:
  - every scenario executed: [sev1, sev2]
  - failed scenarios at most: 1
    severity: [sev2]
    because: the large deal is agreed to be wrong until May
  - every requirement covered: yes
"""
REQUIREMENTS = 'id;title;severity;optional\nR-1;"Flat; commission";sev1;\nR-2;Draws;sev2;yes\n'


@pytest.fixture(scope="module")
def folder(start: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose features ran twice: with one agreed failure, and again with a scenario broken and one mended."""
    here = tmp_path_factory.mktemp("judged")
    (here / "features").mkdir()
    (here / "history").mkdir()
    # A byte-order mark and Windows line ends: the SHA-256 is that of the file, not of its text.
    (here / "features" / "pay.feature").write_bytes(b"\xef\xbb\xbf" + TWO.replace("\n", "\r\n").encode())
    (here / "gates.yaml").write_text(GATES, "utf-8")
    (here / "requirements.csv").write_text(REQUIREMENTS, "utf-8")
    run = ("run", "--gates", "gates.yaml", "--requirements", "requirements.csv", "--out")
    for name, text in (
        ("first", TWO),
        ("second", TWO.replace("20.01", "20.00").replace("is 10.00 EUR", "is 10.01 EUR")),
    ):
        if name == "second":
            (here / "features" / "pay.feature").write_text(text, "utf-8")
        process = start(*run, name, cwd=here, plain_pytest=True)
        out, err = process.communicate(timeout=120)
        (here / f"{name}.txt").write_text(f"{process.returncode}\n{out}{err}", "utf-8")
    return here


def record(folder: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / name / "record.json").read_text("utf-8"))
    return found


def test_a_run_within_its_rules_ends_with_0_although_a_scenario_failed(folder: Path) -> None:
    said = (folder / "first.txt").read_text("utf-8")
    assert said.startswith("0\n"), said
    assert "1 of 3 scenarios failed; 3 scenarios written, 3 selected, 3 executed; 5 gate rules hold." in said
    assert "  holds       at most 1 sev-2 scenarios fail: 1 of 2 executed failed" in said
    gates = record(folder, "first")["gates"]
    assert gates["sha256"] == hashlib.sha256(GATES.encode()).hexdigest()
    assert [(g["state"], g["origin"]) for g in gates["rules"]] == [("holds", "stated")] * 3 + [
        ("holds", "default")
    ] * 2


def test_a_rule_that_fails_ends_with_1(folder: Path) -> None:
    said = (folder / "second.txt").read_text("utf-8")
    assert said.startswith("1\n"), said
    assert "fails       no other scenario fails (default): 1 of 1 executed failed" in said


def test_the_features_stand_in_the_record_as_they_were(folder: Path) -> None:
    (feature,) = record(folder, "first")["features"]
    content = b"\xef\xbb\xbf" + TWO.replace("\n", "\r\n").encode()
    assert feature["sha256"] == hashlib.sha256(content).hexdigest()
    assert feature["text"].splitlines() == TWO.splitlines()
    page = (folder / "first" / "index.html").read_text("utf-8")
    row = re.search(r"<li class=\"row failed\"[^>]*>.*?</li>", page, re.DOTALL)
    assert row is not None
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", row[0]))
    assert "✗ failed" in words
    assert "| large | 200.00 EUR | 20.01 EUR |" in words
    assert 'href="#scenario-PAY-02-large"' in row[0]
    assert 'id="scenario-PAY-02-large"' in page


def test_what_is_new_since_the_run_before(folder: Path) -> None:
    said = (folder / "second.txt").read_text("utf-8")
    assert "History: history, 1 earlier run; compared with the run before" in said
    since = record(folder, "second")["circumstances"]["history"]["since"]
    assert [(s["id"], s["case"], s["before"], s["now"]) for s in since["scenarios"]] == [
        ("PAY-01", "", "passed", "failed"),
        ("PAY-02", "large", "failed", "passed"),
    ]
    assert [(i["change"], i["path"]) for i in since["inputs"]] == [("changed", "features/pay.feature")]
    kept = sorted(p.name for p in (folder / "history").iterdir())
    assert len(kept) == 2
    assert kept[0] == since["run"]["run_id"]
    assert since["run"]["record"] == record(folder, "first")["content_sha256"]


def test_wrong_rules_and_lists_stop_before_anything_runs(
    folder: Path, trueup: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    (folder / "wrong.yaml").write_text("gates:\n  - open diferences at most: 1\n", "utf-8")
    (folder / "wrong.csv").write_text("id,title\n", "utf-8")
    ran = trueup("run", "--gates", "wrong.yaml", "--requirements", "wrong.csv", "--out", "none")
    assert ran.code == 2
    assert "[gate-rule]" in ran.err
    assert "Did you mean: open differences at most" in ran.err
    assert "[requirement-list]" in ran.err
    assert not (folder / "none").exists()
    assert trueup("run", "--history", "gates.yaml", "--out", "none").code == 2


LISTS = {
    "no id": "id,title\n,x\n",
    "a blank in an id": "id,title\nR 1,x\n",
    "the same id twice": "id,title\nR-1,x\nR-1,y\n",
    "no title": "id,severity\nR-1,sev1\n",
    "an unknown column": "id,title,sevrity\nR-1,x,sev1\n",
    "an unknown severity": "id,title,severity\nR-1,x,high\n",
    "neither yes nor no": "id,title,optional\nR-1,x,perhaps\n",
    "too many cells": "id,title\nR-1,x,y\n",
    "open quotes": 'id,title\nR-1,"x\n',
    "nothing": "",
}


@pytest.mark.parametrize("how", LISTS)
def test_a_list_of_requirements_that_is_not_understood(how: str, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(LISTS[how], "utf-8")
    problems: list[Problem] = []
    assert read_requirements(path, problems) is None
    assert {p.slug for p in problems} == {"requirement-list"}


def test_reconcile_by_rules_and_against_the_run_before(project: Any, trueup: Callable[..., Any]) -> None:
    Path("history").mkdir()
    first = trueup(*project.quick, "--out", "out", "--json")
    assert (first.code, first.json["exit_code"], [g["state"] for g in first.json["gates"]]) == (
        1,
        1,
        ["fails"],
    ), "five real ones"
    export = project.export / "commission_lines.csv"
    ids: set[str] = set()
    for turn in range(2):
        row = project.lines(export)[5]
        document, line, person, plan, _, settled = row.split(",")
        project.damage(
            export, row + "\n", "" if turn else f"{document},{line},{person},{plan},99.99,{settled}\n"
        )
        ran = trueup(*project.quick, "--out", "out", "--json")
        (grain,) = json.loads(Path("out/record.json").read_text("utf-8"))["circumstances"]["history"][
            "since"
        ]["grains"]
        assert (ran.code, len(grain["new"]), grain["still"], grain["gone"]) == (1, 1 - turn, 5 + turn, [])
        assert len(grain["changed"]) == turn, (
            "the row that is gone from the export still differs, by another amount"
        )
        ids |= set(grain["new"])
    assert len(ids) == 1
    Path("gates.yaml").write_text(
        "gates:\n  - open differences at most: 6\n  - new differences at most: 0\n", "utf-8"
    )
    # Running a red run again finds nothing new, and that is no proof: somebody has to have accepted it.
    last = sorted(Path("history").iterdir())[-1]
    (last / "accepted.txt").write_text("Ana Ruiz\n", "utf-8")
    ran = trueup(*project.quick, "--gates", "gates.yaml", "--out", "out")
    assert ran.code == 0, ran.out
    assert "holds       no new difference: 0 new in commission lines" in ran.out
    assert len(list(Path("history").iterdir())) == 4
    (last / "accepted.txt").unlink()
    older = sorted(p for p in Path("history").iterdir())[0]
    (older / "accepted.txt").write_text("Ana Ruiz and Ben Katz\n", "utf-8")
    ran = trueup(*project.quick, "--out", "out")
    assert f"compared with the last accepted run, {older.name}: 1 new, 5 still open" in ran.out
    assert "Ana Ruiz and Ben Katz" in Path("out/index.html").read_text("utf-8")
    ran = trueup("report", "out", "--since", older, "--out", "drawn")
    assert ran.code == 0
    assert "1 new, 5 still open and 0 gone in commission lines" in ran.out
    assert "the run that was chosen" in Path("drawn/index.html").read_text("utf-8")


def test_a_damaged_kept_run_is_named_and_left_out(project: Any, trueup: Callable[..., Any]) -> None:
    Path("history").mkdir()
    for _ in range(2):
        assert trueup(*project.quick, "--out", "out").code == 1
    newest = sorted(Path("history").iterdir())[-1]
    (newest / "record.json").write_text("{", "utf-8")
    ran = trueup(*project.quick, "--out", "out")
    assert ran.code == 1, ran.err
    assert "1 earlier run; compared with the run before" in ran.out
    assert "1 kept run can't be read" in ran.out
    assert newest.name in Path("out/index.html").read_text("utf-8")


def test_running_a_red_run_again_does_not_make_it_green(project: Any, trueup: Callable[..., Any]) -> None:
    Path("history").mkdir()
    # Whatever differs may differ, as long as it isn't new.
    Path("rules.yaml").write_text(
        "gates:\n  - new differences at most: 0\n  - open differences at most: 1000\n  - open money at most: {USD: 1000000.00}\n", "utf-8"
    )
    judge = (*project.quick, "--out", "out", "--gates", "rules.yaml")
    first = trueup(*judge)
    assert "there is no earlier run to compare with" in Path("out/index.html").read_text("utf-8")
    assert first.code == 0
    # Differences that the first run let pass are its measure; a red one in between isn't.
    assert trueup(*judge).code == 0
    assert trueup(*project.quick, "--out", "out").code == 1
    ran = trueup(*judge)
    assert ran.code == 0, ran.out
    assert "compared with the last run that ended with 0" in ran.out
    for place in Path("history").iterdir():
        shutil.rmtree(place)
    assert trueup(*project.quick, "--out", "out").code == 1
    again = trueup(*judge)
    assert again.code == 1, again.out
    assert "was red itself and nobody accepted it" in again.out
    for place in sorted(Path("history").iterdir())[1:]:
        shutil.rmtree(place)
    (sorted(Path("history").iterdir())[0] / "accepted.txt").write_text("Ana Ruiz\n", "utf-8")
    assert trueup(*judge).code == 0
