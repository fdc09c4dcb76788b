"""`trueup check`: one line for each finding, advice apart, and the forms that code reviews take."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.annotations import FORMS, one_line
from reference_engine.problems import Problem, Where

HEAD = """@req:R-1
Feature: Pay
  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with quarterly periods
    And amounts are rounded half up per payout to 2 decimals
    And the plan "AE" pays by attainment of bookings:
      | from | to   | rate |
      | 0%   | 100% | 8%   |
      | 100% |      | 12%  |
    And "Ana" is on plan "AE" for FY2026
    And "Ana" has a quota of 100,000.00 EUR for 2026-Q1
"""
CASE = """
  @id:A-1 @sev1
  Scenario Outline: Around the quota
    Given these deals:
      | deal | owner | amount     | closed     |
      | D-1  | Ana   | <bookings> | 2026-02-10 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana" for 2026-Q1 is <payout>

    Examples:
      | case  | bookings       | payout       |
      | below | 99,999.99 EUR  | 8,000.00 EUR |
      | on    | 100,000.00 EUR | 8,000.00 EUR |
      | above | 100,000.50 EUR | 8,000.06 EUR |
"""
GOOD = HEAD + CASE


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trueup: Callable[..., Any]) -> Callable[..., Any]:
    """check(text, options): checks one feature."""
    monkeypatch.chdir(tmp_path)

    def run(text: str, *options: str) -> Any:
        Path("pay.feature").write_text(text, "utf-8")
        return trueup("check", "pay.feature", *options)

    return run


def test_a_sound_feature_has_neither_problems_nor_advice(check: Callable[..., Any]) -> None:
    assert check(GOOD, "--json").json == {"checked": {"feature": 1}, "problems": [], "advice": []}


@pytest.mark.parametrize(
    ("old", "new", "slug", "line"),
    [
        ("| 100% |      | 12%  |", "| 110% |      | 12%  |", "tiers-gap", 9),
        ("| 100% |      | 12%  |", "| 90%  |      | 12%  |", "tiers-overlap", 9),
        ("| 0%   | 100% | 8%   |", "| 10%  | 100% | 8%   |", "tiers-start", 8),
        ("| 100% |      | 12%  |", "| 100% | 90%  | 12%  |", "tiers-order", 9),
        ('on plan "AE"', 'on plan "EA"', "plan-not-stated", 10),
        ('    And "Ana" is on', '    And the plan in "nowhere.yaml"\n    And "Ana" is on', "file-missing", 10),
    ],
)
def test_plans_in_features_are_read_without_a_run(old: str, new: str, slug: str, line: int, check: Callable[..., Any]) -> None:
    assert old in GOOD
    found = check(GOOD.replace(old, new), "--json")
    assert found.code == 2
    assert (slug, line) in [(p["slug"], p["line"]) for p in found.json["problems"]]


def test_slips_that_a_scenario_expects_are_none(check: Callable[..., Any]) -> None:
    gap = HEAD.replace("| 100% |      | 12%  |", "| 110% |      | 12%  |")
    case = CASE.split("    Examples:")[0].replace(" Outline", "").replace("<bookings>", "5.00 EUR")
    case = case.replace('the payout of "Ana" for 2026-Q1 is <payout>', 'the calculation is refused because "no tier of marginal covers"')
    assert check(gap + case, "--json").json["problems"] == []


@pytest.mark.parametrize(
    ("old", "new", "slug", "said"),
    [
        ("      | on    | 100,000.00 EUR | 8,000.00 EUR |\n", "", "edge-untested", "100,000.00 EUR"),
        ("      | above | 100,000.50 EUR | 8,000.06 EUR |\n", "", "edge-untested", "100,000.01 EUR"),
        ("99,999.99 EUR ", "50,000.00 EUR ", "edge-untested", "99,999.99 EUR"),
        ("@id:A-1 ", "", "no-id", "@id:ACC-01"),
        ("    When", '    # And "Ana" has a quota of 5.00 EUR for 2026-Q2\n    When', "commented-out", "Restore it"),
        ("      | on ", "      # | on ", "edge-untested", "100,000.00 EUR"),
        ("| case  |", "| which |", "rows-unnamed", "case"),
        ("8,000.00 EUR", "0.00 EUR", None, ""),
    ],
)
def test_advice_stands_apart_and_fails_only_when_strict(old: str, new: str, slug: str | None, said: str, check: Callable[..., Any]) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new)
    if slug == "rows-unnamed":
        text = text.replace("Given these deals:", 'Given today is 2026-03-31\n    And these deals:').replace("Around the quota", "Around the <which>")
    ran = check(text, "--json")
    found = [a for a in ran.json["advice"] if a["slug"] == slug]
    assert bool(found) == (slug is not None)
    if not found or ran.json["problems"]:
        return
    assert said in found[0]["remedy"]
    assert ran.code == 0
    plain = check(text)
    assert plain.code == 0
    assert "Advice, which doesn't fail the check:" in plain.out
    assert plain.err == ""
    assert check(text, "--strict").code == 2


def test_only_zeros_are_advised_against(check: Callable[..., Any]) -> None:
    text = re.sub(r"8,000\.\d\d EUR", "0.00 EUR", GOOD)
    assert "only-zeros" in [a["slug"] for a in check(text, "--json").json["advice"]]


def test_a_tag_that_is_nearly_another(check: Callable[..., Any]) -> None:
    scenarios = [CASE.replace("A-1", f"A-{n}").replace("Around", f"{n} around").replace("@sev1", f"@sev1 {tag}") for n, tag in enumerate(("@smoke", "@smoke", "@smkoe"))]
    (found,) = (a for a in check(HEAD + "".join(scenarios), "--json").json["advice"] if a["slug"] == "tag-once")
    assert "@smoke" in found["remedy"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("these deals:", "this deals:", "Did you mean: these deals:"),
        ("these deals:", "these deals", "colon"),
        ("Given these deals:", "Give these deals:", "Did you mean: Given"),
        ('"Ana" has', "\u201cAna\u201d has", 'Write: "Ana" has'),
        ("these deals", "these\u00a0deals", "Write: these deals:"),
        ("for 2026-Q1\n    Then", "for 2026-Q1.\n    Then", "2026-Q1"),
        ("Then the payout", "And the payout", "Then"),
        ("| owner |", "| ownr  |", "Did you mean: owner"),
        ("99,999.99 EUR ", "99.999,99 EUR ", "99,999.99 EUR"),
        ("@sev1", "@serv1", "@sev1"),
    ],
)
def test_each_finding_is_one_line_with_the_mend(old: str, new: str, said: str, check: Callable[..., Any]) -> None:
    assert old in GOOD
    ran = check(GOOD.replace(old, new, 1))
    lines = ran.err.splitlines()
    assert ran.code == 2
    assert lines[-1].startswith("Checked 1 feature: ")
    assert all(re.match(r"pay\.feature:\d+(:\d+)?: .+\. .+  \[[a-z-]+\]\Z", line) for line in lines[:-1]), lines
    assert any(said in line for line in lines[:-1]), lines
    full = check(GOOD.replace(old, new, 1), "--format", "full")
    assert len(full.err.splitlines()) > len(lines)


def test_sentences_that_nobody_uses(check: Callable[..., Any]) -> None:
    ran = check(GOOD, "--unused")
    assert ran.code == 0
    assert "  T03  Then the payouts for {period} are:" in ran.out
    assert "T01" not in ran.out
    unused = check(GOOD, "--unused", "--json").json["unused"]
    assert {"id": "T03", "sentence": "Then the payouts for {period} are:"} in unused


def test_one_feature_named_twice_is_one(tmp_path: Path, check: Callable[..., Any], trueup: Callable[..., Any]) -> None:
    check(GOOD)
    ran = trueup("check", "pay.feature", tmp_path, "--json")
    assert (ran.code, ran.json["checked"]) == (0, {"feature": 1})
    Path("again.feature").write_text(GOOD, "utf-8")
    assert [p["slug"] for p in trueup("check", "pay.feature", "again.feature", "--json").json["problems"]] == ["id-twice"]


ODD = Problem("wrong-value", 'it is "50%", not\na number', Where("fea tures/a,b:c.feature", 3, 7), "Why.", "Write 50.")
TIP = Problem("no-id", "no tag", Where("x.feature"), "", "Add one.")


def test_workflow_commands_of_github() -> None:
    first, second = FORMS["github"]([ODD], [TIP]).splitlines()
    assert first == '::error file=fea tures/a%2Cb%3Ac.feature,line=3,col=7,title=wrong-value::it is "50%25", not%0Aa number. Why. Write 50.'
    assert second == "::notice file=x.feature,title=no-id::no tag. Add one."


def test_sarif() -> None:
    document = json.loads(FORMS["sarif"]([ODD, ODD], [TIP]))
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    assert [r["id"] for r in run["tool"]["driver"]["rules"]] == ["wrong-value", "no-id"]
    one, two, three = run["results"]
    assert (one["level"], three["level"]) == ("error", "note")
    place = one["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "fea%20tures/a%2Cb%3Ac.feature"}, "region": {"startLine": 3, "startColumn": 7}}
    assert "region" not in three["locations"][0]["physicalLocation"]
    assert one["partialFingerprints"] != two["partialFingerprints"]
    assert all(run["tool"]["driver"]["rules"][r["ruleIndex"]]["id"] == r["ruleId"] for r in run["results"])


def test_code_quality_of_gitlab() -> None:
    found = json.loads(FORMS["gitlab"]([ODD, ODD], [TIP]))
    assert {e["severity"] for e in found} == {"major", "info"}
    assert found[0]["location"] == {"path": "fea tures/a,b:c.feature", "lines": {"begin": 3}}
    assert len({e["fingerprint"] for e in found}) == 3


@pytest.mark.parametrize("form", ["github", "gitlab", "sarif", "json"])
def test_each_form_is_printed_alone(form: str, check: Callable[..., Any]) -> None:
    ran = check(GOOD.replace("these deals:", "this deals:"), "--format", form)
    assert (ran.code, ran.err) == (2, "")
    if form == "github":
        assert ran.out.startswith("::error file=pay.feature,line=15,col=5,title=step-unknown::")
        assert ran.out.count("\n") == 1, "the same in every row is one finding"
    else:
        json.loads(ran.out)
    clean = check(GOOD, "--format", form)
    assert clean.code == 0
    assert form == "github" or json.loads(clean.out) is not None


def test_a_line_has_no_line_ends() -> None:
    assert "\n" not in one_line(ODD)
