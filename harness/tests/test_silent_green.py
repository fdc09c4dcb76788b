"""Green means tested: whatever would let a run pass without testing is a Problem, or visible and red."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
GOOD = """Feature: Pay
  @id:ID-1
  Scenario: One deal
    Given the plan "P" pays 10% of bookings
    And "Ana" is on plan "P" for FY2026
    And fiscal year FY2026 starts on 2026-01-01 with monthly periods
    And these deals:
      | deal | owner | amount     | closed     |
      | D-1  | Ana   | 100.00 EUR | 2026-01-15 |
    When commissions are calculated for 2026-01
    Then the payout of "Ana" for 2026-01 is 10.00 EUR
"""
UNTAGGED = GOOD.replace("  @id:ID-1\n", "")
STEPS = GOOD.split("One deal\n")[1]
OUTLINE = GOOD.replace("Scenario:", "Scenario Outline:").replace("10.00 EUR\n", "<paid>\n")
EXAMPLES = "    Examples:\n      | case | paid      |\n      | a    | 10.00 EUR |\n"
WRONG = GOOD.replace("is 10.00 EUR", "is 99.00 EUR")
ROW = "      | D-1  | Ana   | 100.00 EUR | 2026-01-15 |\n"


def swap(old: str, new: str, text: str = GOOD) -> str:
    assert old in text
    return text.replace(old, new, 1)


SLIPS: dict[str, tuple[str | bytes, str, int]] = {
    # The twelve that pytest-bdd passes in silence (9 can't be written: sentences are no code; 12 is the comma below).
    "two scenarios of one name": (WRONG + GOOD.split("\n", 1)[1].replace("ID-1", "ID-2"), "scenario-twice", 13),
    "one name under two rules": (
        "Feature: F\n  Rule: A\n  Scenario: S\n" + STEPS.replace("10.00 EUR\n", "9.00 EUR\n") + "  Rule: B\n  Scenario: S\n" + STEPS,
        "scenario-twice",
        13,
    ),
    "a heading without colon": (swap("Scenario: One", "Scenario One"), "heading-without-colon", 3),
    "a misspelt first keyword": (swap("    Given the", "    Give the"), "step-keyword", 4),
    "examples without rows": (OUTLINE + EXAMPLES.rsplit("      | a ", 1)[0], "examples-without-rows", 12),
    "an outline without examples": (OUTLINE, "outline-without-examples", 3),
    "a misspelt placeholder": (OUTLINE.replace("<paid>", "<payd>") + EXAMPLES, "placeholder", 11),
    "a table that nobody reads": (GOOD + "      | a |\n      | b |\n", "table-not-taken", 11),
    "no steps": ("Feature: F\n  Scenario: S\n", "scenario-without-steps", 2),
    "no then": (GOOD.rsplit("    Then", 1)[0], "scenario-without-then", 3),
    "a decimal comma": (swap("100.00 EUR", "100,00 EUR"), "wrong-value", 9),
    "points for thousands": (swap("100.00 EUR", "100.000,00 EUR"), "wrong-value", 9),
    # Headings and keywords that only look right.
    "a heading in lower case": (swap("Scenario: One", "scenario: One"), "heading-without-colon", 3),
    "a heading with a blank before the colon": (swap("Scenario: One", "Scenario : One"), "heading-without-colon", 3),
    "a heading with a wide colon": (swap("Scenario: One", "Scenario\uff1a One"), "heading-without-colon", 3),
    "a misspelt heading": (swap("Scenario: One", "Senario: One"), "heading-without-colon", 3),
    "a heading without colon or tag": (swap("Scenario: One", "Scenario One", UNTAGGED), "heading-without-colon", 2),
    "a heading in lower case without tag": (swap("Scenario: One", "scenario: One", UNTAGGED), "heading-without-colon", 2),
    "a heading with a blank and no tag": (swap("Scenario: One", "Scenario : One", UNTAGGED), "heading-without-colon", 2),
    "a lost heading under a rule": (swap("  @id:ID-1\n  Scenario: One", "  Rule: R\n  Scenario One") + "  Scenario: T\n" + STEPS, "heading-without-colon", 3),
    "a keyword in lower case": (swap("    Given the", "    given the"), "step-keyword", 4),
    "a keyword in lower case with a slip": (swap('    Given the plan "P"', "    given the plan P"), "step-keyword", 4),
    "a keyword and a hard blank": (swap("Given the", "Given\u00a0the"), "step-keyword", 4),
    "a misspelt keyword in the background": ("Feature: F\n  Background:\n    Give today is 2026-01-01\n  Scenario: S\n" + STEPS, "step-keyword", 3),
    "examples without their first sign": (OUTLINE + EXAMPLES.replace("      | case", "      case"), "table-in-description", 13),
    # Characters.
    "a cyrillic letter in a keyword": (swap("Scenario: One", "Scen\u0430rio: One"), "look-alike", 3),
    "a cyrillic letter in a name": (swap('"Ana" is', '"An\u0430" is'), "look-alike", 5),
    "a letter in two parts": (swap('"Ana" is', '"Ane\u0301" is'), "look-alike", 5),
    "a letter without width": (swap('"Ana" is', '"Ana\u200b" is'), "control-character", 5),
    "a line separator in a comment": (swap("    And these", "    # x\u2028    And these"), "control-character", 7),
    "text that runs backwards": (swap("One deal", "One \u202edeal"), "control-character", 3),
    "utf-16": (GOOD.encode("utf-16"), "feature-encoding", 0),
    "latin-1": (swap("Pay", "Pr\xe4mie").encode("latin-1"), "feature-encoding", 1),
    "curly quotes": (swap('"Ana" is', "\u201cAna\u201d is"), "step-unknown", 5),
    "a hard blank in a sentence": (swap("these deals", "these\u00a0deals"), "step-unknown", 7),
    # Text blocks and comments that swallow.
    "a text block that swallows": (swap("    When", '    """\n    When').replace("10.00 EUR\n", '10.00 EUR\n    """\n'), "text-not-taken", 7),
    "a text block without end": (GOOD + '    """\n    And more\n', "feature-syntax", 12),
    "the then in a comment": (swap("    Then", "    # Then"), "scenario-without-then", 3),
    "all rows in a comment": (swap(ROW, ROW.replace("      |", "      # |", 1)), "table-empty", 8),
    "a comment behind a step": (swap("for FY2026\n", "for FY2026 # yes\n"), "wrong-value", 5),
    # Tags.
    "a tag that skips": (swap("@id:ID-1", "@id:ID-1 @skip"), "tag-reserved", 2),
    "a tag that expects failure": (swap("@id:ID-1", "@id:ID-1 @xfail", WRONG), "tag-reserved", 2),
    "a tag that skips rows": (OUTLINE + "    @skip\n" + EXAMPLES, "tag-reserved", 12),
    "a severity misspelt": (swap("@id:ID-1", "@id:ID-1 @serv1"), "unknown-tag", 2),
    "a severity that is none": (swap("@id:ID-1", "@id:ID-1 @sev5"), "unknown-tag", 2),
    "an id in capitals": (swap("@id:ID-1", "@ID:X"), "unknown-tag", 2),
    "an id with another sign": (swap("@id:ID-1", "@id=X"), "unknown-tag", 2),
    "an id of everything": ("@id:X\n" + GOOD, "id-place", 1),
    "an id of rows": (OUTLINE + "    @id:Y\n" + EXAMPLES, "id-place", 12),
    "two severities": (swap("@id:ID-1", "@id:ID-1 @sev1 @sev4"), "sev-twice", 2),
    # Expectations about nothing.
    "a statement that includes nothing": (swap("the payout of \"Ana\" for 2026-01 is 10.00 EUR", 'the statement of "Ana" for 2026-01 includes:\n      | line | amount |'), "table-empty", 12),
    "a column that states nothing": (
        swap("the payout of \"Ana\" for 2026-01 is 10.00 EUR", 'the statement of "Ana" for 2026-01 includes:\n      | line | rate | amount |\n      | D-1 |  | 10.00 EUR |'),
        "column-blank",
        12,
    ),
    "a refusal for no reason": (swap("the payout of \"Ana\" for 2026-01 is 10.00 EUR", 'the calculation is refused because ""'), "name-empty", 11),
    "a refusal for any reason": (swap("the payout of \"Ana\" for 2026-01 is 10.00 EUR", 'the calculation is refused because "a"'), "reason-vague", 11),
    "a blank cell in examples": (OUTLINE + EXAMPLES.replace("10.00 EUR", "         "), "step-unknown", 11),
    "a fact after the event": (GOOD + '    Given "Ana" has a quota of 5.00 EUR for 2026-Q1\n', "step-order", 12),
    "two events": (swap("    Then", "    When commissions are calculated for 2026-02\n    Then"), "when-twice", 11),
    # Files.
    "an empty file": ("", "feature-empty", 0),
    "a file of comments": ("# " + GOOD.replace("\n", "\n# "), "feature-empty", 0),
    "a feature without scenarios": ("Feature: F\n", "feature-without-scenario", 1),
}
FINE = {
    "plain": GOOD.replace("ID-1", "FINE-1"),
    "with a byte order mark": "\ufeff" + GOOD.replace("ID-1", "FINE-2"),
    "of windows": GOOD.replace("ID-1", "FINE-3").replace("\n", "\r\n"),
    "with tabs": GOOD.replace("ID-1", "FINE-4").replace("    ", "\t"),
    "with stars": GOOD.replace("ID-1", "FINE-5").replace("    And", "    *"),
    "with blanks that are hard": GOOD.replace("ID-1", "FINE-6").replace("    And", "\u00a0\u00a0And"),
}


def file_of(name: str) -> str:
    return f"features/{name.replace(' ', '_')}.feature"


# -- slips in the text ----------------------------------------------------------------------------------
@dataclass
class Ended:
    """How a run ended, and what it left."""

    code: int
    out: str
    folder: Path

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "scenarios.json").read_text("utf-8"))
        return found

    @property
    def verdict(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "record.json").read_text("utf-8"))["verdict"]
        return found

    @property
    def whys(self) -> dict[str, str]:
        return {e["node"]: e["why"] for e in self.data["not_executed"]}


def run_pytest(folder: Path, *words: str, environment: dict[str, str] | None = None) -> Ended:
    """A real pytest in a process of its own, with the plug-ins that features need and no others."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "COV_", "PYTHON"))}
    kept |= {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": "pytest_bdd.plugin"}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--trueup-out", "out", *words]
    done = subprocess.run(command, cwd=folder, env=kept | (environment or {}), capture_output=True, text=True, encoding="utf-8", check=False, timeout=120)
    return Ended(done.returncode, done.stdout + done.stderr, folder / "out")


@pytest.fixture(scope="module")
def slips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("slips")
    (folder / "features").mkdir()
    for name, content in {**{n: c for n, (c, _, _) in SLIPS.items()}, **FINE}.items():
        # Ids are unique over all files; each file here is a case of its own.
        data = content if isinstance(content, bytes) else content.replace("@id:ID-", f"@id:{name.replace(' ', '-')}-").encode()
        (folder / file_of(name)).write_bytes(data)
    (folder / "conftest.py").write_text('pytest_plugins = ["harness.plugin"]\n', "utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", "utf-8")
    return folder


@pytest.fixture(scope="module")
def ran(slips: Path) -> Ended:
    return run_pytest(slips, "features")


def test_only_sound_files_are_executed(ran: Ended) -> None:
    assert ran.code == 1, ran.out
    assert "Traceback" not in ran.out
    assert sorted(s["id"] for s in ran.data["scenarios"]) == [f"FINE-{n}" for n in range(1, 7)]
    assert {s["outcome"] for s in ran.data["scenarios"]} == {"passed"}
    assert (ran.verdict["outcome"], ran.verdict["exit_code"]) == ("stopped", 2)


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_a_problem_before_anything_runs(name: str, ran: Ended) -> None:
    _, slug, line = SLIPS[name]
    found = [p for p in ran.data["problems"] if p["file"] == file_of(name)]
    assert (slug, line) in [(p["slug"], p["line"]) for p in found], found
    assert all(p["remedy"] for p in found if p["slug"] == slug)
    where = f"{file_of(name)}:{line}" if line else file_of(name)
    assert where in ran.out
    missing = [e for e in ran.data["not_executed"] if e["feature"] == file_of(name)]
    assert all("problems" in e["why"] for e in missing)


def test_check_finds_the_same_and_runs_nothing(slips: Path, ran: Ended, trueup: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(slips)
    found = trueup("check", "features", "--json")
    assert found.code == 2

    def told(problems: list[dict[str, Any]]) -> set[tuple[str, str, int]]:
        return {(p["slug"], p["file"], p["line"]) for p in problems}

    assert told(ran.data["problems"]) == told(found.json["problems"])


# -- runs that leave scenarios out ----------------------------------------------------------------------
RED = GOOD.replace("ID-1", "RED-1").replace("is 10.00 EUR", "is 99.00 EUR")
PLUGIN = 'import pytest\npytest_plugins = ["harness.plugin"]\n'


@dataclass
class Left:
    """A run of two features, `good` (ID-1) and `red` (RED-1, which fails), and how it must end.

    why: what is said of RED-1; "" where it is executed.
    """

    code: int
    why: str = ""
    ini: str = ""
    conftest: str = ""
    words: tuple[str, ...] = ("features",)
    environment: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    lost: int | None = None


HIDDEN = "LEFT OUT by the configuration"
ENDINGS = ("feature.txt", "Feature", "features")
CHOSEN = "left out by the options of this run"
UNOPENED = "never opened"
RUNS: dict[str, Left] = {
    "a failure": Left(1),
    "optimised python": Left(1, environment={"PYTHONOPTIMIZE": "1"}, words=("features", "-W", "ignore")),
    "words in the configuration": Left(1, HIDDEN, ini="addopts = -k ID-1"),
    "marks in the configuration": Left(1, HIDDEN, ini='addopts = -m "not id:RED-1"'),
    "a name in the configuration": Left(1, HIDDEN, ini="addopts = --deselect features/red.feature::RED-1"),
    "an ignored file in the configuration": Left(1, UNOPENED, ini="addopts = --ignore=features/red.feature"),
    "a list in the configuration": Left(1, "LOST", ini="addopts = --collect-only"),
    "a rehearsal in the configuration": Left(1, "LOST", ini="addopts = --setup-plan"),
    "words in the environment": Left(1, HIDDEN, environment={"PYTEST_ADDOPTS": "-k ID-1"}),
    "folders that are not searched": Left(1, UNOPENED, files={"features/build/red.feature": RED, "features/red.feature": ""}),
    "paths in the configuration": Left(1, "outside the paths", ini="testpaths = features/good.feature", words=()),
    "a path among the options": Left(1, "outside the paths", ini="addopts = features/good.feature", words=()),
    "a conftest that ignores": Left(1, UNOPENED, conftest='collect_ignore = ["features/red.feature"]\n'),
    "a conftest that hides": Left(1, UNOPENED, conftest="def pytest_ignore_collect(collection_path):\n    return True if collection_path.name == 'red.feature' else None\n"),
    "a conftest that skips": Left(
        1, "SKIPPED: not today", conftest="def pytest_collection_modifyitems(items):\n    [i.add_marker(pytest.mark.skip(reason='not today')) for i in items if i.name == 'RED-1']\n"
    ),
    "a conftest that expects failure": Left(
        1, "SKIPPED", conftest="def pytest_collection_modifyitems(items):\n    [i.add_marker(pytest.mark.xfail) for i in items if i.name == 'RED-1']\n"
    ),
    "a conftest that removes": Left(1, "LOST", conftest="def pytest_collection_modifyitems(items):\n    items[:] = [i for i in items if i.name != 'RED-1']\n"),
    "a conftest that deselects": Left(
        1,
        HIDDEN,
        conftest="def pytest_collection_modifyitems(config, items):\n    gone = [i for i in items if i.name == 'RED-1']\n"
        "    items[:] = [i for i in items if i.name != 'RED-1']\n    config.hook.pytest_deselected(items=gone)\n",
    ),
    "a conftest that stops": Left(1, "LOST", conftest="def pytest_runtest_setup(item):\n    if item.name == 'RED-1':\n        pytest.exit('enough', returncode=0)\n"),
    "a conftest that forges the verdict": Left(
        1,
        conftest="@pytest.hookimpl(hookwrapper=True)\ndef pytest_runtest_makereport(item, call):\n    done = yield\n    done.get_result().outcome = 'passed'\n",
    ),
    "a conftest that runs nothing": Left(1, conftest="@pytest.hookimpl(tryfirst=True)\ndef pytest_pyfunc_call(pyfuncitem):\n    return True\n"),
    "a conftest with sentences of its own": Left(
        1, conftest="from pytest_bdd import parsers, then\n@then(parsers.re('the payout of .*'))\ndef _():\n    pass\n"
    ),
    "a conftest that skips between steps": Left(
        1, "SKIPPED", conftest="def pytest_bdd_before_scenario(request):\n    if request.node.name == 'RED-1':\n        pytest.skip('later')\n"
    ),
    "words that somebody types": Left(0, CHOSEN, words=("features", "-k", "ID-1"), lost=0),
    "a file that somebody ignores": Left(0, CHOSEN, words=("features", "--ignore=features/red.feature"), lost=0),
    "words, and all must run": Left(1, CHOSEN, words=("features", "-k", "ID-1", "--trueup-complete"), lost=1),
    "an ignored file, and all must run": Left(1, CHOSEN, words=("features", "--ignore=features/red.feature", "--trueup-complete"), lost=1),
    "the first failure ends it": Left(1, "", words=("features", "-x"), files={"features/a.feature": RED.replace("RED-1", "A-1")}),
    "a worker that dies": Left(
        1, "LOST", words=("features", "-p", "xdist", "-n2"), conftest="def pytest_runtest_setup(item):\n    if item.name == 'RED-1':\n        import os\n        os._exit(0)\n"
    ),
    "all workers die": Left(
        1,
        "LOST",
        words=("features", "-p", "xdist", "-n1", "--max-worker-restart=0"),
        conftest="def pytest_runtest_setup(item):\n    import os\n    os._exit(0)\n",
    ),
    "names with another ending": Left(
        1, files={f"features/more.{end}": GOOD for end in ENDINGS}, problem="features/more.Feature"
    ),
    "one id in two files": Left(1, "its file has problems", files={"features/red.feature": RED.replace("RED-1", "ID-1")}, problem="features/red.feature"),
}
GREEN = {"names with another ending"}
"""Runs that are red for another reason than RED-1, which would otherwise be."""


def make(folder: Path, left: Left, name: str) -> None:
    files = {"features/good.feature": GOOD, "features/red.feature": RED, **left.files}
    if name in GREEN:
        del files["features/red.feature"]
    for path, text in files.items():
        if text:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, "utf-8")
    (folder / "conftest.py").write_text(PLUGIN + left.conftest, "utf-8")
    (folder / "pytest.ini").write_text(f"[pytest]\n{left.ini}\n", "utf-8")


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ended]:
    """All the runs, two at a time, for each starts a pytest of its own."""
    home = tmp_path_factory.mktemp("left out")

    def one(name: str) -> Ended:
        folder = home / name.replace(" ", "_").replace(",", "")
        folder.mkdir()
        make(folder, RUNS[name], name)
        return run_pytest(folder, *RUNS[name].words, environment=RUNS[name].environment)

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(RUNS, pool.map(one, RUNS), strict=True))


@pytest.mark.parametrize("name", RUNS)
def test_what_is_left_out_is_seen(name: str, ended: dict[str, Ended]) -> None:
    left, run = RUNS[name], ended[name]
    assert run.code == left.code, run.out
    data = run.data
    red = run.whys.get("RED-1", "") if "one id" not in name else run.whys.get("ID-1", "")
    if left.why:
        assert left.why in red, run.out
        # Seen in the summary, in the record and, unless this command chose so, in the exit code.
        assert "not all that is written was executed" in run.out
        assert red in run.out
        assert data["executed"] < data["written"]
    if left.code == 0:
        assert run.verdict["outcome"] == "passed"
    else:
        assert run.verdict["exit_code"] > 0
    if left.lost is not None:
        assert data["lost"] == left.lost
    if left.problem:
        assert left.problem in [p["file"] for p in data["problems"]]
        assert left.problem in run.out
    if name in GREEN:
        assert {p["file"] for p in data["problems"]} == {f"features/more.{end}" for end in ENDINGS}


@pytest.mark.parametrize("name", ["a conftest that forges the verdict", "a conftest that runs nothing", "a conftest with sentences of its own", "optimised python", "a failure"])
def test_a_failure_stays_one(name: str, ended: dict[str, Ended]) -> None:
    (red,) = (s for s in ended[name].data["scenarios"] if s["id"] == "RED-1")
    assert red["outcome"] == "failed"


# -- zeros that agree with nothing ------------------------------------------------------------------------
ZERO = GOOD.replace("is 10.00 EUR", "is 0.00 EUR")
NOTHING: dict[str, tuple[str, str]] = {
    "nobody of this name": (ZERO.replace('of "Ana"', 'of "Anna"'), 'Nobody in this scenario is called "Anna"'),
    "a period that is not calculated": (ZERO.replace('"Ana" for 2026-01', '"Ana" for 2026-02'), "lies outside 2026-01"),
    "another currency": (GOOD.replace("is 10.00 EUR", "is 0.00 USD"), "10.00 EUR"),
    "no plan": (ZERO.replace('the plan "P" pays 10% of bookings', "today is 2026-01-31").replace('    And "Ana" is on plan "P" for FY2026\n', ""), "The scenario has no plan"),
    "no deal": (ZERO.replace(ROW, "").replace("    And these deals:\n      | deal | owner | amount     | closed     |\n", ""), "Nothing was credited"),
    "another plan": (ZERO.replace('on plan "P"', 'on plan "Q"'), 'the scenario has no plan "Q"'),
    "somebody else in the list": (
        GOOD.replace('the payout of "Ana" for 2026-01 is 10.00 EUR', "the payouts for 2026-01 are:\n      | payee | payout    |\n      | Ana   | 10.00 EUR |\n      | Anna  | 0.00 EUR  |"),
        "Anna",
    ),
    "no such deal": (GOOD.replace('the payout of "Ana" for 2026-01 is 10.00 EUR', 'no commission is paid on deal "D-9" because "it was cancelled"'), "D-9"),
}


@pytest.fixture(scope="module")
def zeros(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    folder = tmp_path_factory.mktemp("zeros")
    (folder / "features").mkdir()
    for number, (name, (text, _)) in enumerate(NOTHING.items()):
        (folder / file_of(name)).write_text(text.replace("ID-1", f"Z-{number}"), "utf-8")
    (folder / "conftest.py").write_text(PLUGIN, "utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", "utf-8")
    return run_pytest(folder, "features")


@pytest.mark.parametrize("name", NOTHING)
def test_nothing_is_no_success(name: str, zeros: Ended) -> None:
    found = [s for s in zeros.data["scenarios"] if s["feature"] == file_of(name)]
    said = [s["message"] for s in found] or [p["what"] for p in zeros.data["problems"] if p["file"] == file_of(name)]
    assert all(s["outcome"] == "failed" for s in found)
    assert any(NOTHING[name][1] in text for text in said), said


# -- the runner of an editor, workers, stable names -----------------------------------------------------
def test_links_are_followed_and_broken_ones_are_told(tmp_path: Path) -> None:
    make(tmp_path, Left(0), "names with another ending")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "more.feature").write_text(GOOD.replace("ID-1", "MORE-1"), "utf-8")
    (tmp_path / "features" / "linked").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    run = run_pytest(tmp_path, "features")
    assert (run.code, run.data["executed"]) == (0, 2), run.out
    (tmp_path / "features" / "gone.feature").symlink_to(tmp_path / "nowhere.feature")
    run = run_pytest(tmp_path, "features")
    assert run.code == 1, run.out
    assert [p["slug"] for p in run.data["problems"]] == ["feature-unreadable"]


def test_an_editor_can_list_and_run_each_scenario(tmp_path: Path) -> None:
    text = OUTLINE.replace("ID-1", "ED-2") + EXAMPLES + "      | b [x] | 10.00 EUR |\n"
    make(tmp_path, Left(0, files={"features/deep/more.feature": text}), "names with another ending")
    listed = run_pytest(tmp_path, "--collect-only", "-q", f"--rootdir={tmp_path}", "features")
    nodes = [line for line in listed.out.splitlines() if "::" in line]
    more = "features/deep/more.feature"
    assert sorted(nodes) == sorted(["features/good.feature::ID-1", f"{more}::ED-2[a]", f"{more}::ED-2[b [x]]"])
    assert not (tmp_path / "out").exists()
    for node in nodes:
        run = run_pytest(tmp_path, f"--rootdir={tmp_path}", str(tmp_path / node))
        assert (run.code, run.data["executed"], run.data["lost"]) == (0, 1, 0), run.out
    # More scenarios leave the names of the others alone.
    (tmp_path / "features" / "a.feature").write_text(GOOD.replace("ID-1", "A-1"), "utf-8")
    assert set(nodes) < set(run_pytest(tmp_path, "--collect-only", "-q", "features").out.splitlines())
