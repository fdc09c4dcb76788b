"""`trueup run`: the exit code and the report say what the features said, and a run of nothing never passes."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harness.tests.green_feature import GREEN

FILES = {
    "good/pay.feature": GREEN,
    "red/pay.feature": GREEN.replace("is 10.00 EUR", "is 10.01 EUR").replace("PAY-", "RED-"),
    "broken/pay.feature": GREEN.replace("these deals:", "this deal:").replace("PAY-", "BAD-"),
    "none/readme.txt": "no features here\n",
}
RUNS = {
    "fails": ["red", "good"],
    "broken": ["broken", "good"],
    "nothing selected": ["good", "--", "-k", "nosuchname"],
    "selected": ["good", "red", "--", "-k", "PAY-01"],
    "selected, and all must run": ["good", "red", "--complete", "--", "-k", "PAY-01"],
    "deselected": ["good", "red", "--", "--deselect", "red/pay.feature::RED-01"],
    "no features": ["none"],
    "no folder": [],
}


@dataclass(frozen=True)
class Feature:
    """What one run of features came to."""

    code: int
    out: str
    err: str
    folder: Path

    @property
    def record(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "record.json").read_text("utf-8"))
        return found

    @property
    def counts(self) -> tuple[int, int, int, int]:
        counts = self.record["scenario_counts"]
        return counts["written"], counts["selected"], counts["executed"], len(counts["not_executed"])

    @property
    def page(self) -> str:
        return (self.folder / "index.html").read_text("utf-8")


@pytest.fixture(scope="module")
def ran(start: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Feature]:
    """All the runs, side by side, for each starts a pytest of its own."""
    here = tmp_path_factory.mktemp("features of mine")
    for name, text in FILES.items():
        (here / name).parent.mkdir(exist_ok=True)
        (here / name).write_text(text, "utf-8")
    started: dict[str, tuple[subprocess.Popen[str], Path]] = {}
    done: dict[str, Feature] = {}
    names = list(RUNS)
    for pair in zip(names[::2], names[1::2], strict=True):
        for name in pair:
            paths, more = RUNS[name], []
            if "--" in paths:
                paths, more = paths[: paths.index("--")], paths[paths.index("--") :]
            out = here / f"out {name}"
            started[name] = (start("run", *paths, "--out", out, *more, cwd=here, plain_pytest=True), out)
        for name in pair:
            process, out = started[name]
            text, err = process.communicate(timeout=120)
            done[name] = Feature(process.returncode, text, err, out)
    return done.__getitem__


def test_features_that_pass(ran: Callable[[str], Feature]) -> None:
    # What follows -- goes to pytest: the red one isn't selected, and is told as not executed.
    run = ran("selected")
    assert run.code == 0, run.out + run.err
    assert run.counts == (2, 1, 1, 1)
    assert run.record["verdict"]["outcome"] == "passed"
    (scenario,) = run.record["scenarios"]
    assert (scenario["id"], scenario["outcome"], scenario["requirements"]) == ("PAY-01", "passed", ["R-1"])
    assert [s["outcome"] for s in scenario["steps"]] == ["passed"] * 6
    (missing,) = run.record["scenario_counts"]["not_executed"]
    assert missing["id"] == "RED-01"
    assert "left out" in missing["why"]
    assert {i["role"] for i in run.record["inputs"]} == {"feature"}
    assert "One deal" in run.page
    assert f"Report: {(run.folder / 'index.html').as_posix()}" in run.out


def test_what_is_left_out_of_a_complete_run_fails_it(ran: Callable[[str], Feature]) -> None:
    run = ran("selected, and all must run")
    assert run.code == 1, run.out + run.err
    assert run.counts == (2, 1, 1, 1)
    assert run.record["verdict"]["sentence"].startswith("1 scenario written and not tested")


def test_what_is_deselected_is_counted(ran: Callable[[str], Feature]) -> None:
    run = ran("deselected")
    assert run.code == 0, run.out + run.err
    assert run.counts == (2, 1, 1, 1)
    (missing,) = run.record["scenario_counts"]["not_executed"]
    assert (missing["id"], missing["why"]) == ("RED-01", "left out by the options of this run")


def test_features_that_fail(ran: Callable[[str], Feature]) -> None:
    run = ran("fails")
    assert run.code == 1, run.out + run.err
    assert run.counts == (2, 2, 2, 0)
    assert (run.record["verdict"]["outcome"], run.record["verdict"]["exit_code"]) == ("failed", 1)
    red = next(s for s in run.record["scenarios"] if s["id"] == "RED-01")
    assert red["outcome"] == "failed"
    message = red["steps"][-1]["message"]
    assert "10.01 EUR" in message
    assert "10.00 EUR" in message
    for text in (run.page, run.out):
        assert "10.01 EUR" in text
        assert "Traceback" not in text
    assert "1 of 2 scenarios failed" in run.out


def test_a_broken_feature(ran: Callable[[str], Feature]) -> None:
    run = ran("broken")
    assert run.code == 2, run.out + run.err
    assert run.counts == (2, 1, 1, 1)
    (problem,) = run.record["problems"]
    assert (problem["slug"], problem["where"]["file"], problem["where"]["line"]) == ("step-unknown", "broken/pay.feature", 8)
    (missing,) = run.record["scenario_counts"]["not_executed"]
    assert missing["name"] == "One deal"
    assert "problems" in missing["why"]
    assert "this deal:" in run.page
    assert "Did you mean" in run.page


def test_nothing_selected_is_no_success(ran: Callable[[str], Feature]) -> None:
    run = ran("nothing selected")
    assert run.code == 2, run.out + run.err
    assert run.counts == (1, 0, 0, 1)
    assert run.record["verdict"]["outcome"] != "passed"
    assert "Nothing was tested" in run.out


@pytest.mark.parametrize("name", ["no features", "no folder"])
def test_a_run_of_nothing_is_no_success(name: str, ran: Callable[[str], Feature]) -> None:
    run = ran(name)
    assert run.code == 2, run.out + run.err
    assert "Traceback" not in run.out + run.err
    if (run.folder / "record.json").exists():
        assert run.counts[2] == 0
        assert run.record["verdict"]["outcome"] == "stopped"


def test_the_report_can_be_drawn_again(ran: Callable[[str], Feature], trueup: Callable[..., Any], tmp_path: Path) -> None:
    run = ran("fails")
    again = trueup("report", run.folder, "--out", tmp_path / "again")
    assert again.code == 0, again.err
    assert (tmp_path / "again" / "index.html").read_text("utf-8") == run.page


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nowhere",), "there is no such feature file or folder"),
        (("nowhere.feature::PAY-01",), "there is no such feature file or folder"),
        ((".", "--target", "odoo"), "file can't be read"),
    ],
)
def test_what_is_not_there(
    arguments: tuple[str, ...], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trueup: Callable[..., Any]
) -> None:
    monkeypatch.chdir(tmp_path)
    found = trueup("run", *arguments)
    assert (found.code, found.out) == (2, "")
    assert words in found.err
    assert list(tmp_path.iterdir()) == []
