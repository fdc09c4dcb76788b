"""`trueup check`: what the project ships is clean, what is damaged is found, and nothing is run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLANS = "scenarios/plans/odoo_commission/"
MAPPING = "harness/mappings/odoo_commission.yaml"
WORLD = "scenarios/worlds/odoo_commission"
FEATURE = """Feature: Pay
  @id:PAY-01 @sev1
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


def test_all_that_the_project_ships_is_clean(trueup: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    ran = trueup("check", "features", "scenarios", "harness/mappings", "--json")
    assert ran.json["problems"] == []
    assert (ran.code, ran.err) == (0, "")
    checked = ran.json["checked"]
    assert checked["plan"] >= len(list((ROOT / "scenarios" / "plans").rglob("*.yaml")))
    assert checked["feature"] == len(list((ROOT / "features").rglob("*.feature"))) > 0
    assert checked["mapping"] == len(list((ROOT / "harness" / "mappings").glob("*.yaml"))) + len(
        list((ROOT / "scenarios" / "data" / "examples").rglob("*.mapping.yaml"))
    )
    assert checked["data folder"] >= 4


def test_without_a_path_the_folder_of_work_is_checked(project: Any, trueup: Callable[..., Any]) -> None:
    ran = trueup("check")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "Checked 9 plans, 1 mapping, 2 data folders: no problems.\n"


@pytest.mark.parametrize("named", [True, False], ids=["named", "found"])
@pytest.mark.parametrize(
    ("file", "old", "new", "slug"),
    [
        (PLANS + "criteria.yaml", "measure: revenue", "mesure: revenue", "unknown-name"),
        (PLANS + "section.yaml", "from: 500.00 USD", "from: 400.00 USD", "tiers-overlap"),
        (PLANS + "vp.yaml", "plan: VP", "plan VP", "yaml-syntax"),
        (MAPPING, "culture: en-US", "culture: english", "mapping-word"),
        (MAPPING, "    record: {", "    recrod: {", "mapping-word"),
    ],
)
def test_a_damaged_plan_or_mapping_is_found(
    file: str, old: str, new: str, slug: str, named: bool, project: Any, trueup: Callable[..., Any]
) -> None:
    line = project.damage(file, old, new)
    ran = trueup("check", file if named else ".", "--json")
    assert ran.code == 2
    found = {(p["slug"], p["file"]): p["line"] for p in ran.json["problems"]}
    assert (slug, file) in found
    assert line <= found[slug, file] <= line + (slug == "yaml-syntax")


@pytest.mark.parametrize(
    ("file", "old", "new", "slug"),
    [
        ("scenarios/data/odoo_commission/document_lines.csv", ",1943.97,", ",1943;97,", "not-a-number"),
        ("scenarios/data/odoo_commission/documents.csv", "2019-01-01", "2019-02-30", "not-a-date"),
        ("scenarios/data/adventureworks/reseller_sales_order.csv", ",285,", ",999,", "unknown-code"),
        ("scenarios/worlds/odoo_commission/crediting_rules.csv", "100%", "1O0%", "not-a-number"),
        ("scenarios/worlds/odoo_commission/tables.yaml", "  payments:", "  paiments:", "unknown-table"),
    ],
)
def test_damaged_data_are_found(
    file: str, old: str, new: str, slug: str, project: Any, trueup: Callable[..., Any]
) -> None:
    line = project.damage(file, old, new)
    ran = trueup("check", WORLD, "--json")
    assert ran.code == 2
    places = {p["slug"]: (p["file"], p["line"]) for p in ran.json["problems"]}
    assert places[slug][0] == file
    assert slug == "unknown-table" or places[slug][1] == line


@pytest.mark.parametrize(
    ("old", "new", "slug", "line"),
    [
        ("these deals:", "this deal:", "step-unknown", 7),
        ("    Then the payout", "    And the payout", "step-wrong-kind", 11),
        ("100.00 EUR |", "100,00 EUR |", None, 9),
        ("amount     |", "amuont     |", None, 8),
    ],
)
def test_a_damaged_feature_is_found(
    old: str, new: str, slug: str | None, line: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trueup: Callable[..., Any]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pay.feature").write_text(FEATURE, "utf-8")
    clean = trueup("check", "--json").json
    assert (clean["checked"], clean["problems"]) == ({"feature": 1}, [])
    Path("pay.feature").write_text(FEATURE.replace(old, new), "utf-8")
    ran = trueup("check", "pay.feature", "--json")
    assert ran.code == 2
    found = {(p["slug"], p["line"]) for p in ran.json["problems"]}
    assert any(at == line and (slug is None or slug == kind) for kind, at in found), found


def test_every_problem_at_once_and_in_words(project: Any, trueup: Callable[..., Any]) -> None:
    project.damage(PLANS + "criteria.yaml", "measure: revenue", "mesure: revenue")
    project.damage(MAPPING, "culture: en-US", "culture: english")
    Path("pay.feature").write_text(FEATURE.replace("these deals:", "this deal:"), "utf-8")
    ran = trueup("check")
    assert ran.code == 2
    assert "problem" not in ran.out, "advice stands apart"
    for words in (PLANS + "criteria.yaml:13", MAPPING + ":10", "pay.feature:7", "Did you mean: these deals:"):
        assert words in ran.err
    assert "Traceback" not in ran.err
    assert ran.err.rstrip().endswith("problems.")


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        ("nowhere", "file-unreadable"),
        ("nowhere.feature", "feature-unreadable"),
        ("notes.txt", "unknown-file"),
        ("other.yaml", "unknown-file"),
        ("empty", "nothing-to-check"),
        ("bytes.yaml", "file-encoding"),
    ],
)
def test_what_cant_be_checked_is_never_clean(
    path: str, slug: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trueup: Callable[..., Any]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    Path("notes.txt").write_text("plan: X\n", "utf-8")
    Path("other.yaml").write_text("colour: blue\n", "utf-8")
    Path("bytes.yaml").write_bytes(bytes(range(255, 128, -1)))
    ran = trueup("check", path, "--json")
    assert ran.code == 2
    assert slug in ran.slugs
    assert "Traceback" not in ran.err


def test_a_plan_in_windows_style_is_no_damage(project: Any, trueup: Callable[..., Any]) -> None:
    file = Path(PLANS + "vp.yaml")
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert trueup("check", file).code == 0
