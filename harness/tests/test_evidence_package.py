"""A run's folder is an evidence package: complete, tied to its inputs, the same from the same, whole or not there."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from harness.evidence.manifest_origin import started_by
from harness.tests.evidence_packages import RECONCILE, sealed, work
from harness.tests.green_feature import GREEN

__all__ = ["sealed", "work"]


def manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text("ascii"))
    return found


def test_every_file_is_listed_and_other_tools_agree(sealed: Path) -> None:
    out = sealed / "out"
    files = {f["name"]: f for f in manifest(out)["files"]}
    there = {p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file()}
    assert set(files) == there - {"manifest.json"}
    checked = subprocess.run(
        ["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd=out, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout
    assert checked.stdout.count(": OK") == len(files) - 1
    lines = (out / "differences.csv").read_text("utf-8").splitlines()
    assert files["differences.csv"]["rows"] == len(lines) - 1 > 0
    (totals,) = [t["totals"] for t in files["differences.csv"]["totals"] if t["column"] == "difference"]
    header = lines[0].split(",").index("difference")
    assert Fraction(totals["USD"]) == sum(Fraction(line.split(",")[header]) for line in lines[1:])


def test_who_what_when_and_on_what(sealed: Path) -> None:
    found = manifest(sealed / "out")
    content, seen = found["content"], found["circumstances"]
    assert content["command"].startswith("trueup reconcile --expected")
    assert content["versions"]["packages"]["click"]
    assert {g["of"] for g in content["git"]} >= {"the folder of work"}
    assert all(seen[n].endswith("Z") for n in ("started", "finished", "sealed"))
    assert seen["started_by"]["name"]
    roles = {i["role"]: i for i in content["inputs"]}
    mapping = roles["mapping"]
    copy = sealed / "out" / mapping["copy"]
    assert copy.read_bytes() == (sealed / "harness/mappings/odoo_commission.yaml").read_bytes()
    export = roles["target's export: commission lines"]
    assert export["copy"] == "", "data names people; its hash is enough"
    (grain,) = content["grains"]
    assert export["totals"] == grain["actual"]
    assert (
        export["rows"]
        == len(
            (sealed / "scenarios/data/odoo_commission/commission_lines.csv").read_text("utf-8").splitlines()
        )
        - 1
    )


def test_the_same_run_has_the_same_content(work: Path, trueup: Callable[..., Any]) -> None:
    first = manifest(work / "out")
    assert trueup(*RECONCILE, "--out", "out").code == 1
    second = manifest(work / "out")
    assert (second["content"], second["content_sha256"]) == (first["content"], first["content_sha256"])
    assert second["circumstances"]["run_id"] != first["circumstances"]["run_id"]
    # The new package says which one it replaced.
    assert first["circumstances"]["previous_sha256"] == ""
    assert len(second["circumstances"]["previous_sha256"]) == 64
    assert trueup("verify", "out").code == 0


def test_a_calculation_is_evidence_too(project: Any, trueup: Callable[..., Any]) -> None:
    assert trueup("calculate", "--plan", project.plans, "--data", project.world, "--out", "paid").code == 0
    found = manifest(project.folder / "paid")
    assert found["content"]["verdict"]["outcome"] == "calculated"
    assert {i["role"].partition(":")[0] for i in found["content"]["inputs"]} == {"plan", "data"}
    assert trueup("verify", "paid").code == 0
    rows = (project.folder / "paid" / "payouts.csv").read_text("utf-8")
    (project.folder / "paid" / "payouts.csv").write_text(rows.replace(",USD,", ",EUR,", 1), "utf-8")
    assert trueup("verify", "paid").code == 1


def test_a_comparison_is_evidence_too(work: Path, trueup: Callable[..., Any]) -> None:
    export = "scenarios/data/odoo_commission"
    shutil.copytree(export, "after")
    rows = Path("after/commission_lines.csv").read_text("utf-8").splitlines(True)
    Path("after/commission_lines.csv").write_text("".join(rows[:-1]), "utf-8")
    assert (
        trueup(
            "compare",
            export,
            "after",
            "--mapping",
            "harness/mappings/odoo_commission.yaml",
            "--out",
            "compared",
        ).code
        == 1
    )
    found = trueup("verify", "compared")
    assert found.code == 0, found.out
    assert manifest(work / "compared")["content"]["kind"] == "compare"


FEATURE = """Feature: Made up
  @id:SEED-01 @sev1 @req:R-1
  Scenario: A made company
    Given the company "Northwind" with 20 deals of the recipe "late cash", seed 7
    When commissions are calculated for FY2026
    Then the payout of "Nobody" for 2026-01 is 0.00 EUR
"""


def test_a_run_of_features_keeps_their_text_and_seeds(
    tmp_path: Path, trueup: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "features").mkdir()
    (tmp_path / "features" / "made.feature").write_text(FEATURE, "utf-8")
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["harness.plugin"]\n', "utf-8")
    assert trueup("run", "features", "--out", "out").code == 1
    content = manifest(tmp_path / "out")["content"]
    assert (content["written"], content["selected"], content["executed"]) == (1, 1, 1)
    assert content["seeds"] == [{"recipe": "late cash", "seed": "7", "where": "SEED-01"}]
    assert (tmp_path / "out" / "inputs/features/made.feature").read_text("utf-8") == FEATURE
    found = trueup("verify", "out")
    assert found.code == 0, found.out
    (tmp_path / "features" / "made.feature").write_text(FEATURE + "\n", "utf-8")
    found = trueup("verify", "out", "--json")
    assert (found.code, [(f["kind"], f["name"]) for f in found.json["findings"]]) == (
        1,
        [("input changed", "features/made.feature")],
    )


@pytest.mark.parametrize(
    ("environment", "name", "system", "job"),
    [
        ({"GITHUB_ACTIONS": "true", "CI": "true", "GITHUB_ACTOR": "ana", "GITHUB_SERVER_URL": "https://g.example", "GITHUB_REPOSITORY": "a/b", "GITHUB_RUN_ID": "7"}, "ana", "GitHub Actions", "https://g.example/a/b/actions/runs/7"),
        ({"GITLAB_CI": "true", "CI": "true", "GITLAB_USER_LOGIN": "bob", "CI_JOB_URL": "https://l.example/j/1"}, "bob", "GitLab CI", "https://l.example/j/1"),
        ({"TF_BUILD": "True", "BUILD_REQUESTEDFOR": "Eve"}, "Eve", "Azure Pipelines", ""),
        ({}, None, "user of this machine", ""),
    ],
)  # fmt: skip
def test_who_started_it(environment: dict[str, str], name: str | None, system: str, job: str) -> None:
    found = started_by(environment)
    assert (found.by, found.job) == (system, job)
    assert found.name == name if name else bool(found.name)


# -- killed, full, read-only --------------------------------------------------------------------------------
POINTS = {
    "before the copies": "harness.evidence.manifest._copied",
    "before the list of hashes": "harness.evidence.manifest.sums_text",
    "before the manifest": "harness.evidence.manifest.manifest_text",
    "before it takes its place": "harness.cli.output._replace",
}
DIE = """
import importlib, os, signal, sys
place, _, name = {point!r}.rpartition(".")
def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)
setattr(importlib.import_module(place), name, die)
from harness.cli.main import main
sys.exit(main({arguments!r}))
"""


def test_killed_at_any_moment_leaves_the_old_package_or_none(
    work: Path,
    start: Callable[..., Any],
    trueup: Callable[..., Any],
    kept: Callable[[Path], dict[str, bytes]],
) -> None:
    # Each has a folder of its own: a run takes away what killed ones left beside its folder.
    outs = {place: f"out{n}" for n, place in enumerate(POINTS.values())}
    for name in outs.values():
        shutil.copytree(work / "out", work / name)
    before = kept(work / "out")
    jobs = [*((place, name) for place, name in outs.items()), (POINTS["before the manifest"], "fresh")]
    running = [start(cwd=work, probe=DIE.format(point=place, arguments=[*RECONCILE, "--out", name])) for place, name in jobs]
    for process in running:
        process.communicate(timeout=120)
        assert process.returncode == -signal.SIGKILL
    assert not (work / "fresh").exists()
    # A folder whose run was killed has no whole manifest: nobody can take it for evidence.
    rests = [p for p in work.iterdir() if p.name.startswith((".out", ".fresh"))]
    assert len(rests) == len(running)
    whole = [p for p in rests if trueup("verify", p).code == 0]
    assert len(whole) == 1, "only the one that was killed when all was written"
    for name in outs.values():
        assert kept(work / name) == before
        assert trueup("verify", name).code == 0
    assert [p.name for p in work.iterdir() if p.name.startswith(".out")] == []


FULL = """
import resource, sys
from harness.cli.main import main
import harness.cli.reconciling, harness.cli.commands.reconcile, harness.reconcile.run, reports.record
reports.record.BIG = {big}
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
sys.exit(main({arguments!r}))
"""


@pytest.mark.parametrize(
    ("limit", "big"),
    [(2_000, 5_000), (60_000, 5_000), (100, 1)],
    ids=["first file", "last file", "table of the record"],
)
def test_a_full_disk_is_one_problem(
    limit: int,
    big: int,
    work: Path,
    start: Callable[..., Any],
    kept: Callable[[Path], dict[str, bytes]],
) -> None:
    before = kept(work)
    process = start(
        cwd=work,
        probe=FULL.format(limit=limit, big=big, arguments=[*RECONCILE, "--out", "out"]),
    )
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (2, ""), err
    assert err.count("[out-unwritable]") == 1
    assert "Traceback" not in err
    assert "defect" not in err
    assert kept(work) == before


def test_a_run_of_features_on_a_full_disk_is_not_green(tmp_path: Path, start: Callable[..., Any]) -> None:
    (tmp_path / "features").mkdir()
    (tmp_path / "features" / "pay.feature").write_text(GREEN, "utf-8")
    process = start(
        cwd=tmp_path,
        probe=FULL.format(limit=20_000, big=5_000, arguments=["run", "features", "--out", "out"]),
    )
    out, err = process.communicate(timeout=120)
    assert process.returncode == 2, out
    assert "1 passed" in out
    assert err.count("[out-unwritable]") == 1
    assert "Traceback" not in out + err
    assert not (tmp_path / "out").exists()


SIGN = ["sign", "out", "--as", "tester", "--statement", "Tested.", "--key", "ana", "--signers", "signers.txt"]


def test_a_signature_that_cannot_be_written_is_one_problem(
    work: Path, trueup: Callable[..., Any], start: Callable[..., Any]
) -> None:
    # Root may write into every folder, so what stops the writing is a disk without room.
    process = start(cwd=work, probe=FULL.format(limit=0, big=5_000, arguments=SIGN))
    out, err = process.communicate(timeout=60)
    assert process.returncode == 2, out + err
    assert err.count("[out-unwritable]") == 1
    assert "Traceback" not in out + err
    assert trueup("verify", "out").code == 0
