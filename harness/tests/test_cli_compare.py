"""`trueup compare`: a target before a change against the same target after it; only what was approved may change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

MAPPING = """
target: Test target
grains:
  - grain: lines
    expected: lines
    file: lines.csv
    key:
      payee: {column: who}
      plan: {column: plan}
      period: {column: month}
      record: {column: record}
    values:
      amount: {column: amount, currency: {column: cur}}
      state: {column: state, map: {paid: released, wait: held}}
"""
HEADER = "who,plan,month,record,amount,cur,state"
BEFORE = (
    "A,Growth,2026-01,D-1,100.00,EUR,paid",
    "A,Growth,2026-02,D-2,200.00,EUR,paid",
    "B,Growth,2026-01,D-3,300.05,EUR,paid",
    "C,Steady,2026-01,D-4,50.00,EUR,paid",
    "C,Steady,2026-02,D-5,60.00,USD,paid",
)
FIVE_PERCENT = """
- key: {plan: Growth}
  change: +5%
  reason: release 7 pays the accelerator
  approved by: Mia Stone
  ticket: SPM-7
  until: 2099-12-31
"""
AFTER_FIVE = (
    "A,Growth,2026-01,D-1,105.00,EUR,paid",
    "A,Growth,2026-02,D-2,210.00,EUR,paid",
    "B,Growth,2026-01,D-3,315.05,EUR,paid",
    *BEFORE[3:],
)


@pytest.fixture
def compare(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trueup: Callable[..., Any]
) -> Callable[..., Any]:
    """compare(rows after, baseline="", *options, before=...) runs the program in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def run(
        after: tuple[str, ...], baseline: str = "", *options: str, before: tuple[str, ...] = BEFORE
    ) -> Any:
        Path("mapping.yaml").write_text(MAPPING, encoding="utf-8")
        Path("before.csv").write_text("\n".join((HEADER, *before, "")), encoding="utf-8")
        Path("after.csv").write_text("\n".join((HEADER, *after, "")), encoding="utf-8")
        words = ["compare", "before.csv", "after.csv", "--mapping", "mapping.yaml", *options]
        if baseline:
            Path("approved.yaml").write_text(baseline, encoding="utf-8")
            words += ["--baseline", "approved.yaml"]
        return trueup(*words)

    return run


def one(old: str, new: str, rows: tuple[str, ...] = BEFORE) -> tuple[str, ...]:
    """The rows with one of them changed."""
    assert sum(old in row for row in rows) == 1
    return tuple(row.replace(old, new) for row in rows)


def test_nothing_changed_is_green_and_says_so(compare: Callable[..., Any]) -> None:
    ran = compare(BEFORE[::-1])
    assert ran.code == 0
    assert "Nothing has changed: all 5 lines are as they were." in ran.out


def test_the_same_file_twice_proves_nothing(compare: Callable[..., Any], trueup: Callable[..., Any]) -> None:
    compare(BEFORE)
    ran = trueup("compare", "before.csv", "./before.csv", "--mapping", "mapping.yaml", "--json")
    assert (ran.code, ran.slugs) == (2, ["compare-same"])


def test_any_change_without_approval_is_red(compare: Callable[..., Any]) -> None:
    ran = compare(one("50.00", "50.01"))
    assert ran.code == 1
    assert "1 of 5 lines changed without approval." in ran.out
    assert "Steady: 1 line is 0.01 EUR higher than before." in ran.out


def test_tolerances_of_the_mapping_forgive_nothing_here(
    compare: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = "    expected: lines\n"
    monkeypatch.setattr(
        f"{__name__}.MAPPING",
        MAPPING.replace(kind, kind + "    tolerance: [{amount: 1.00 EUR, reason: rounding}]\n"),
    )
    assert compare(one("50.00", "50.01")).code == 1


def test_an_approved_change_of_a_share_is_green(compare: Callable[..., Any]) -> None:
    ran = compare(AFTER_FIVE, FIVE_PERCENT)
    assert ran.code == 0, ran.out
    assert "Only what was approved has changed: 3 of 5 lines." in ran.out
    assert (
        "3 rows changed as approved (each by +5%), by 30.00 EUR in total: release 7 pays the accelerator"
        in ran.out
    )


@pytest.mark.parametrize(
    ("after", "state", "words", "open_ones"),
    [
        (BEFORE, "gone", "the approved change did not happen", 0),
        (
            one("105.00", "106.00", AFTER_FIVE),
            "changed",
            "1 of 3 changed rows changed otherwise than approved (each by +5%): A Growth 2026-01 D-1",
            1,
        ),
        (
            one("105.00", "100.00", AFTER_FIVE),
            "changed",
            "1 row did not change as approved (each by +5%), but are as they were: A, Growth, 2026-01, D-1",
            0,
        ),
        (AFTER_FIVE[1:], "changed", "otherwise than approved", 1),
        ((*AFTER_FIVE, AFTER_FIVE[0]), "changed", "otherwise than approved", 1),
        (one("105.00,EUR", "105.00,USD", AFTER_FIVE), "changed", "otherwise than approved", 1),
        (one("105.00,EUR,paid", "105.00,EUR,wait", AFTER_FIVE), "changed", "otherwise than approved", 1),
        (one("50.00", "52.50", AFTER_FIVE), "accepted", "changed as approved", 1),
    ],
)
def test_a_change_that_is_not_as_approved_is_red(
    compare: Callable[..., Any], after: tuple[str, ...], state: str, words: str, open_ones: int
) -> None:
    ran = compare(after, FIVE_PERCENT, "--json")
    assert ran.code == 1
    (change,) = ran.json["approved_changes"]
    assert change["state"] == state
    assert words in change["message"]
    assert ran.json["differences"] == open_ones


def test_an_approval_past_its_last_day_is_red(compare: Callable[..., Any]) -> None:
    ran = compare(AFTER_FIVE, FIVE_PERCENT.replace("2099-12-31", "2020-12-31"), "--json")
    assert (ran.code, ran.json["differences"], ran.json["approved_changes"][0]["state"]) == (1, 3, "expired")


@pytest.mark.parametrize(
    ("change", "after", "code"),
    [
        ("change: 5.00 EUR", one("100.00", "105.00"), 0),
        ("change: +5.00 EUR", one("100.00", "105.00"), 0),
        ("change: -5.00 EUR", one("100.00", "95.00"), 0),
        ("change: -5.00 EUR", one("100.00", "105.00"), 1),
        ("change: 5.00 USD", one("100.00", "105.00"), 1),
        ("change: -100.00 EUR", BEFORE[1:], 0),
        ("new amount: 105.00 EUR", one("100.00", "105.00"), 0),
        ("new amount: 105.00 EUR", one("100.00", "105.01"), 1),
        ("change: any", one("100.00,EUR,paid", "99.00,EUR,wait"), 0),
        ("change: any", BEFORE[1:], 0),
        ("change: any", (*BEFORE, BEFORE[0]), 1),
        ("change: any", one("100.00,EUR", "100.00,USD"), 1),
        ("change: any", one("100.00", "1OO.00"), 1),
        ("change: any\n  count: 2", one("100.00", "105.00"), 1),
        ("change: any\n  count: 1\n  total: 5.00 EUR", one("100.00", "105.00"), 0),
        ("change: any\n  total: 4.99 EUR", one("100.00", "105.00"), 1),
    ],
)
def test_each_way_to_state_a_change(
    compare: Callable[..., Any], change: str, after: tuple[str, ...], code: int
) -> None:
    baseline = FIVE_PERCENT.replace("{plan: Growth}", "{payee: A, record: D-*1}").replace(
        "change: +5%", change
    )
    ran = compare(after, baseline)
    assert ran.code == code, ran.out + ran.err


def test_one_of_several_values_and_a_star(compare: Callable[..., Any]) -> None:
    after = tuple(row.replace("100.00", "105.00").replace("50.00", "55.00") for row in BEFORE)
    baseline = FIVE_PERCENT.replace("{plan: Growth}", '{record: ["D-1", "D-4"], plan: "*"}').replace(
        "+5%", "5.00 EUR"
    )
    assert compare(after, baseline).code == 0
    assert compare(one("60.00", "65.00", after), baseline).code == 1


def test_a_row_that_cant_be_read_is_red_and_the_rest_is_compared(compare: Callable[..., Any]) -> None:
    ran = compare(one("50.00", "50:00", one("60.00", "61.00")), "", "--json")
    assert ran.code == 1
    assert ran.json["by_class"] == {"amount": 1, "unreadable": 1}
    ran = compare(BEFORE, "", "--json", before=one("50.00", "50:00"))
    assert (ran.code, ran.json["by_class"]) == (1, {"unreadable": 1})


def test_a_change_in_a_closed_period_is_its_own_class(compare: Callable[..., Any]) -> None:
    after = one("50.00", "51.00", one("200.00", "201.00"))
    ran = compare(after, "", "--closed", "2026-01", "--json")
    assert ran.json["by_class"] == {"amount": 1, "frozen": 1}
    assert any("changed in a closed period" in cause["cause"] for cause in ran.json["causes"])


def test_only_these_may_change(compare: Callable[..., Any]) -> None:
    growth = ("--only", "plan=Growth, period=2026-*")
    assert compare(AFTER_FIVE, "", *growth).code == 0
    ran = compare(one("50.00", "51.00", AFTER_FIVE), "", *growth)
    assert ran.code == 1
    assert "1 of 5 lines changed without approval" in ran.out
    # Nothing changed at all: what should have changed did not.
    assert compare(BEFORE, "", *growth).code == 1
    ran = compare(AFTER_FIVE, "", "--only", "plann=Growth", "--json")
    assert (ran.code, ran.slugs) == (2, ["option"])


def test_a_proposed_baseline_is_refused_until_it_is_filled_in(
    compare: Callable[..., Any], trueup: Callable[..., Any]
) -> None:
    after = (
        *AFTER_FIVE[:3],
        one("50.00,EUR,paid", "50.00,EUR,wait")[3],
        BEFORE[4],
        "D,Steady,2026-02,D: 9 #,1.00,EUR,paid",
    )
    assert compare(after, "", "--write-baseline", "proposed.yaml").code == 1
    text = Path("proposed.yaml").read_text("utf-8")
    words = ("compare", "before.csv", "after.csv", "--mapping", "mapping.yaml")
    refused = trueup(*words, "--baseline", "proposed.yaml", "--json")
    assert refused.code == 2
    assert {p["what"].split(" ")[0] for p in refused.json["problems"]} == {'"reason"', '"approved', '"until"'}
    for name, value in (("reason", "release 7"), ("approved by", "Mia Stone"), ("until", "2099-01-31")):
        text = text.replace(f"  {name}:\n", f"  {name}: {value}\n")
    Path("filled.yaml").write_text(text, encoding="utf-8")
    ran = trueup(*words, "--baseline", "filled.yaml")
    assert ran.code == 0, ran.out + ran.err
    # A file that may hold approvals is never overwritten.
    again = trueup(*words, "--write-baseline", "filled.yaml", "--json")
    assert (again.code, again.slugs) == (2, ["baseline-exists"])


def test_many_changes_are_proposed_as_few_entries_that_hold_count_and_total(
    compare: Callable[..., Any], trueup: Callable[..., Any]
) -> None:
    before = tuple(f"P{i},Growth,2026-01,D-{i},{i}.00,EUR,paid" for i in range(1, 40))
    after = tuple(f"P{i},Growth,2026-01,D-{i},{i + (i % 7)}.00,EUR,paid" for i in range(1, 40))
    compare(after, "", "--write-baseline", "proposed.yaml", before=before)
    text = Path("proposed.yaml").read_text("utf-8")
    assert text.count("- grain: lines") == 1
    assert "  count: 34\n" in text
    for name, value in (("reason", "r"), ("approved by", "a"), ("until", "2099-01-31")):
        text = text.replace(f"  {name}:\n", f"  {name}: {value}\n")
    assert compare(after, text, before=before).code == 0
    assert (
        compare(
            one("39,Growth,2026-01,D-39,43", "39,Growth,2026-01,D-39,44", after), text, before=before
        ).code
        == 1
    )


@pytest.mark.parametrize(
    ("old", "new", "slug"),
    [
        ("  change: +5%\n", "", "baseline-change"),
        ("  change: +5%\n", "  change: 5%\n  new amount: 1.00 EUR\n", "baseline-change"),
        ("+5%", "5 percent", "not-a-number"),
        ("  approved by: Mia Stone\n", "", "mapping-missing"),
        ("2099-12-31", "soon", "not-a-date"),
        ("{plan: Growth}", "{plam: Growth}", "known-form"),
        ("  ticket:", "  tickets:", "mapping-word"),
        (FIVE_PERCENT, "[]", "baseline-empty"),
    ],
)
def test_a_wrong_baseline_stops_the_run(compare: Callable[..., Any], old: str, new: str, slug: str) -> None:
    assert old in FIVE_PERCENT
    ran = compare(AFTER_FIVE, FIVE_PERCENT.replace(old, new), "--json")
    assert ran.code == 2
    assert slug in ran.slugs


def test_the_report_says_before_and_after(compare: Callable[..., Any], trueup: Callable[..., Any]) -> None:
    after = one("50.00", "51.00", AFTER_FIVE)
    assert compare(after, FIVE_PERCENT, "--out", "out").code == 1
    page = Path("out/index.html").read_text("utf-8")
    text = page.split("<script")[0]
    assert "Regression report" in text
    assert "Changes without approval" in text
    for words in (">Before<", ">After<", ">before<", "Approved changes", "Mia Stone", "each by +5%"):
        assert words in text, words
    for words in (
        "Expected by the plans",
        "Paid by the target",
        ">expected<",
        "than the plans say",
        "Known differences",
    ):
        assert words not in text, words
    # Drawn again from the record alone.
    assert trueup("report", "out/record.json", "--out", "again").code == 0
    assert Path("again/index.html").read_text("utf-8").split("<script")[0] == text
