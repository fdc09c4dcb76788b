"""Whole reconciliations of small exports: classes, tie-out, location, known differences, figures."""

from __future__ import annotations

import dataclasses
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from harness.adapters.mapping import Mapping
from harness.adapters.mapping_reader import read_mapping
from harness.adapters.rows import SourceRow
from harness.reconcile.differences import differences_of
from harness.reconcile.expected import Expected
from harness.reconcile.results import Difference, Reconciliation
from harness.reconcile.run import reconcile, to_json_summary
from harness.tests.reconcile_rows import (
    APRIL,
    LINES_MAPPING,
    expected,
    export,
    line,
    mapping,
    only_lines,
    payout,
)
from reference_engine.problems import Problem, Stopped
from reference_engine.vocabulary.results import EarnedLine

STATEMENTS = "who,plan,first,last,total,cur,n"
TODAY = date(2026, 5, 1)


def run(
    folder: Path,
    side: Expected,
    *rows: str,
    using: Mapping | None = None,
    known: str = "",
    statements: list[str] | None = None,
) -> Reconciliation:
    export(folder, *rows)
    if statements is not None:
        export(folder, *statements, name="statements.csv", header=STATEMENTS)
    file = None
    if known:
        file = folder / "known.yaml"
        file.write_text(known, encoding="utf-8")
    chosen = using or (mapping() if statements is not None else only_lines())
    return reconcile(side, folder, chosen, file, today=TODAY)


def only(result: Reconciliation) -> Difference:
    (found,) = result.grains[0].differences
    return found


def test_sides_that_agree_agree(tmp_path: Path) -> None:
    side = expected(
        line("A", "D-1", "10.00"), line("A", "D-2", "0"), line("B", "D-3", "5", state="held", pay_period="")
    )
    result = run(tmp_path, side, "A,P,D-1,10.00,EUR,paid", "A,P,D-2,0.00,EUR,paid", "B,P,D-3,5.00,EUR,wait")
    assert result.agrees
    assert to_json_summary(result)["difference_total"] == {"EUR": "0.00"}
    assert result.grains[0].compared == result.grains[0].matched == 3


def test_an_amount_shows_both_sides(tmp_path: Path) -> None:
    found = only(run(tmp_path, expected(line("A", "D-1", "10.00")), "A,P,D-1,10.05,EUR,paid"))
    assert (found.kind, found.money) == ("amount", (("EUR", 5),))
    assert [(p.name, p.value, p.column, p.code) for p in found.key] == [
        ("payee", "A", "who", "A"),
        ("plan", "P", "plan", "P"),
        ("record", "D-1", "record", "D-1"),
    ]
    assert found.target_rows == (SourceRow("lines.csv", 2, "A,P,D-1,10.05,EUR,paid", ("A", "P", "D-1")),)
    assert [s.label for s in found.expected_sources if isinstance(s, EarnedLine)] == ["D-1"]


def test_components_of_a_plan_add_up_to_the_targets_row(tmp_path: Path) -> None:
    side = expected(line("A", "D-1", "10.00"), line("A", "D-1", "2.50", component="bonus"))
    result = run(tmp_path, side, "A,P,D-1,12.50,EUR,paid")
    assert result.agrees
    assert "2 expected lines add up to 1 row," in result.grains[0].notes[0]


@pytest.mark.parametrize(
    ("rows", "kinds", "total"),
    [
        ([], {"missing": 1}, "-10.00"),
        (["A,P,D-1,10.00,EUR,paid", "A,P,D-9,3.00,EUR,paid"], {"unexpected": 1}, "3.00"),
        (["A,P,D-1,10.00,EUR,paid", "A,P,D-1,10.00,EUR,paid"], {"duplicate": 1}, "10.00"),
        (["A,P,D-1,10.00,EUR,wait"], {"field": 1}, "0.00"),
    ],
)
def test_each_class_is_found_and_ties_out(
    tmp_path: Path, rows: list[str], kinds: dict[str, int], total: str
) -> None:
    result = run(tmp_path, expected(line("A", "D-1", "10.00")), *rows)
    grain = result.grains[0]
    assert grain.by_class == kinds
    assert {c: grain.plain_text(u, c) for c, u in grain.difference_total.items()} == {"EUR": total}
    assert all(t.difference == t.found for t in grain.totals)
    assert not result.agrees


def test_currencies_are_never_added(tmp_path: Path) -> None:
    result = run(tmp_path, expected(line("A", "D-1", "10.00")), "A,P,D-1,10.00,USD,paid")
    assert only(result).kind == "currency"
    assert only(result).money == (("EUR", -1000), ("USD", 1000))
    assert to_json_summary(result)["difference_total"] == {"EUR": "-10.00", "USD": "10.00"}


def test_two_currencies_under_one_key_are_a_problem(tmp_path: Path) -> None:
    with pytest.raises(Stopped) as stopped:
        run(
            tmp_path,
            expected(line("A", "D-1", "1"), line("A", "D-1", "1", currency="USD")),
            "A,P,D-1,1.00,EUR,paid",
        )
    assert [p.slug for p in stopped.value.problems] == ["several-currencies"]


def test_an_amount_that_the_plan_never_rounds_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(Stopped) as stopped:
        run(tmp_path, expected(line("A", "D-1", "1/3")), "A,P,D-1,0.33,EUR,paid")
    assert [p.slug for p in stopped.value.problems] == ["expected-unrounded"]


def test_more_decimals_are_compared_where_the_mapping_says_so(tmp_path: Path) -> None:
    finer = only_lines(**{"amount: {column: amount,": "amount: {decimals: 4, column: amount,"})
    result = run(tmp_path, expected(line("A", "D-1", "1.0001")), "A,P,D-1,1.0002,EUR,paid", using=finer)
    assert only(result).money == (("EUR", 1),)
    assert result.grains[0].money_text(1, "EUR") == "0.0001 EUR"


def test_a_tolerance_is_inclusive_scoped_and_printed(tmp_path: Path) -> None:
    tolerant = only_lines(
        **{
            "    key:\n": "    tolerance: [{component: base, amount: 0.01 EUR, reason: half to even}]\n    key:\n",
        }
    )
    side = expected(
        line("A", "D-1", "1.10"), line("A", "D-2", "1.10"), line("A", "D-3", "1.10", component="bonus")
    )
    result = run(
        tmp_path,
        side,
        "A,P,D-1,1.11,EUR,paid",
        "A,P,D-2,1.12,EUR,paid",
        "A,P,D-3,1.11,EUR,paid",
        using=tolerant,
    )
    grain = result.grains[0]
    assert sorted(d.part("record") for d in grain.differences) == ["D-2", "D-3"]
    assert (grain.matched, len(grain.tolerated), grain.totals[0].tolerated) == (1, 1, 1)
    assert any("0.01 EUR" in n and "component base" in n and "half to even" in n for n in grain.notes)


def test_the_right_amount_in_another_period_is_timing(tmp_path: Path) -> None:
    side = expected(
        payout("A", "5.00"),
        payout("B", "5.00"),
        payout("B", "5.00", period="2026-04", first=APRIL[0], last=APRIL[1]),
    )
    text = LINES_MAPPING.replace(
        LINES_MAPPING[LINES_MAPPING.index("  - grain: lines") : LINES_MAPPING.index("  - grain: st")], ""
    )
    export(
        tmp_path,
        "A,P,2026-04-01,2026-04-30,5.00,EUR,1",
        "B,P,2026-05-01,2026-05-31,5.00,EUR,1",
        name="statements.csv",
        header=STATEMENTS,
    )
    result = reconcile(side, tmp_path, mapping(text.replace("    follows from: lines\n", "")))
    # B has two candidates for one row, so nothing is paired there.
    assert result.grains[0].by_class == {"missing": 2, "unexpected": 1, "timing": 1}
    (moved,) = [d for d in result.grains[0].differences if d.kind == "timing"]
    assert moved.fields[0].expected == "2026-03-01 to 2026-03-31"
    assert moved.fields[0].actual == "2026-04-01 to 2026-04-30"


def located(folder: Path, *rows: str, statements: list[str]) -> Reconciliation:
    side = expected(
        line("A", "D-1", "10.00"),
        line("A", "D-2", "4.00"),
        line("A", "D-3", "2.00", state="held", pay_period=""),
        payout("A", "14.00", lines=2),
    )
    return run(folder, side, *rows, statements=statements)


def test_a_statement_difference_follows_from_its_lines(tmp_path: Path) -> None:
    result = located(
        tmp_path,
        "A,P,D-1,11.00,EUR,paid",
        "A,P,D-2,3.50,EUR,paid",
        "A,P,D-3,2.00,EUR,wait",
        statements=["A,P,2026-03-01,2026-03-31,14.50,EUR,2"],
    )
    found = result.grain("statements").differences[0]
    assert found.is_explained
    assert set(found.follows_from) == {d.id for d in result.grain("lines").differences}
    assert to_json_summary(result)["grains"]["statements"]["explained"] == 1  # type: ignore[index]
    (group,) = result.grain("statements").groups
    assert "exactly what its lines differ" in group.sentence


def test_a_line_paid_too_early_explains_its_statement(tmp_path: Path) -> None:
    result = located(
        tmp_path,
        "A,P,D-1,10.00,EUR,paid",
        "A,P,D-2,4.00,EUR,paid",
        "A,P,D-3,2.00,EUR,paid",
        statements=["A,P,2026-03-01,2026-03-31,16.00,EUR,3"],
    )
    assert result.grain("lines").by_class == {"field": 1}
    assert result.grain("statements").differences[0].is_explained


def test_what_the_lines_dont_explain_stays_a_finding(tmp_path: Path) -> None:
    result = located(
        tmp_path,
        "A,P,D-1,11.00,EUR,paid",
        "A,P,D-2,4.00,EUR,paid",
        "A,P,D-3,2.00,EUR,wait",
        statements=["A,P,2026-03-01,2026-03-31,17.00,EUR,2"],
    )
    found = result.grain("statements").differences[0]
    assert not found.is_explained
    assert found.unexplained == (("EUR", 200),)
    assert len(found.follows_from) == 1


def test_a_row_that_only_the_target_has_explains_its_statement(tmp_path: Path) -> None:
    side = expected(
        line("A", "D-1", "10.00"), line("B", "D-1", "1.00"), payout("A", "10.00"), payout("B", "1.00")
    )
    result = run(
        tmp_path,
        side,
        "A,P,D-1,10.00,EUR,paid",
        "B,P,D-1,1.00,EUR,paid",
        "C,P,D-1,7.00,EUR,paid",
        statements=[
            f"{who},P,2026-03-01,2026-03-31,{total},EUR,1"
            for who, total in (("A", "10.00"), ("B", "1.00"), ("C", "7.00"))
        ],
    )
    assert result.grain("statements").by_class == {"unexpected": 1}
    assert result.grain("statements").differences[0].is_explained


KNOWN = """
- key: {payee: A, record: D-1}
  difference: 0.05 EUR
  reason: the target rounds each line
  ticket: SPM-311
  owner: Kim
  until: 2026-06-30
"""


@pytest.mark.parametrize(
    ("known", "row", "state", "agrees"),
    [
        (KNOWN, "A,P,D-1,10.05,EUR,paid", "accepted", True),
        (KNOWN, "A,P,D-1,10.06,EUR,paid", "changed", False),
        (KNOWN, "A,P,D-1,10.00,EUR,paid", "gone", False),
        (KNOWN.replace("2026-06-30", "2026-04-30"), "A,P,D-1,10.05,EUR,paid", "expired", False),
        (KNOWN.replace("2026-06-30", "2026-05-01"), "A,P,D-1,10.05,EUR,paid", "accepted", True),
        (KNOWN.replace(", record: D-1", ""), "A,P,D-1,10.05,EUR,paid", "accepted", True),
    ],
)
def test_known_differences(tmp_path: Path, known: str, row: str, state: str, agrees: bool) -> None:
    result = run(tmp_path, expected(line("A", "D-1", "10.00")), row, known=known)
    assert [k.state for k in result.known] == [state]
    assert result.agrees is agrees
    figures = to_json_summary(result)
    assert figures["known"] == (1 if agrees else 0)
    assert figures["compared"] == 1
    assert all(t.difference == t.found for t in result.grains[0].totals)


def test_a_statement_follows_its_accepted_lines(tmp_path: Path) -> None:
    side = expected(line("A", "D-1", "10.00"), payout("A", "10.00"))
    result = run(
        tmp_path,
        side,
        "A,P,D-1,10.05,EUR,paid",
        known=KNOWN,
        statements=["A,P,2026-03-01,2026-03-31,10.05,EUR,1"],
    )
    assert result.agrees
    assert len(result.grain("statements").accepted) == 1


@pytest.mark.parametrize(
    ("known", "slug"),
    [
        ("key: {payee: A}", "known-form"),
        (KNOWN.replace("payee: A", "paye: A"), "known-form"),
        (KNOWN.replace("until: 2026-06-30", "until: June"), "not-a-date"),
        (KNOWN.replace("0.05 EUR", "0.05"), "not-a-number"),
        (KNOWN.replace("  reason: the target rounds each line\n", ""), "mapping-missing"),
        (KNOWN.replace("ticket", "tickets"), "mapping-word"),
    ],
)
def test_a_wrong_list_of_known_differences_stops_the_run(tmp_path: Path, known: str, slug: str) -> None:
    with pytest.raises(Stopped) as stopped:
        run(tmp_path, expected(line("A", "D-1", "10.00")), "A,P,D-1,10.05,EUR,paid", known=known)
    assert slug in [p.slug for p in stopped.value.problems]


def test_problems_of_both_sides_are_collected(tmp_path: Path) -> None:
    with pytest.raises(Stopped) as stopped:
        run(tmp_path, expected(line("A", "D-1", "10.00")), "A,P,D-1,x,EUR,paid", "A,P,D-2,y,EUR,paid")
    assert len(stopped.value.problems) == 2


def test_nothing_expected_is_a_problem_and_no_agreement(tmp_path: Path) -> None:
    with pytest.raises(Stopped) as stopped:
        run(tmp_path, expected(), "A,P,D-1,1.00,EUR,paid")
    assert [p.slug for p in stopped.value.problems] == ["expected-missing"]


def test_a_tampered_row_breaks_the_control_totals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def lossy(*args: object) -> tuple[list[Difference], list[Difference]]:
        found, tolerated = differences_of(*args)  # type: ignore[arg-type]
        return found[1:], tolerated

    monkeypatch.setattr("harness.reconcile.run.differences_of", lossy)
    with pytest.raises(Stopped) as stopped:
        run(tmp_path, expected(line("A", "D-1", "10.00")), "A,P,D-1,10.05,EUR,paid")
    assert [p.slug for p in stopped.value.problems] == ["control-totals"]


def test_a_compared_rate_shows_where_it_differs(tmp_path: Path) -> None:
    rated = only_lines(
        **{"      state:": "      rate: {column: plan, map: {P: 1.2%}, others: not compared}\n      state:"}
    )
    side = expected(
        line("A", "D-1", "1.00", rate=Fraction(12, 1000)),
        line("A", "D-2", "1.00", rate=Fraction(11, 1000)),
        line("A", "D-3", "1.00"),
        line("A", "D-4", "1.00", plan="Q", rate=Fraction(1, 100)),
    )
    rows = [f"A,{plan},D-{i},1.00,EUR,paid" for i, plan in enumerate("PPPQ", 1)]
    found = only(run(tmp_path, side, *rows, using=rated))
    assert (found.kind, found.part("record")) == ("field", "D-2")
    assert (found.fields[0].name, found.fields[0].expected, found.fields[0].actual) == (
        "rate",
        "1.1%",
        "1.2%",
    )


def test_ids_are_stable_and_the_order_of_rows_doesnt_matter(tmp_path: Path) -> None:
    rows = [f"A,P,D-{i},{i}.50,EUR,paid" for i in range(20)]
    side = expected(*(line("A", f"D-{i}", f"{i}") for i in range(20)))
    one = run(tmp_path, side, *rows)
    other = run(tmp_path, dataclasses.replace(side, lines=side.lines[::-1]), *rows[::-1])
    assert [d.id for d in one.grains[0].differences] == [d.id for d in other.grains[0].differences]
    assert len({d.id for d in one.grains[0].differences}) == 20


def test_a_narrow_result_table_reconciles_by_period_earned_and_paid(tmp_path: Path) -> None:
    problems: list[Problem] = []
    found = read_mapping(Path(__file__).parents[1] / "mappings" / "varicent_result.yaml", problems)
    assert found is not None
    file = tmp_path / "Result.txt"
    file.write_text(
        "PayeeID_;CompPlanID;AttributeID;PeriodString;PeriodString2;Value_\n"
        "0041;P;base;2026-03 MAR;2026-03 MAR;100\n"
        "0041;P;base;2026-03 MAR;2026-04 APR;-20.5\n"
        "0099;P;base;2026-03 MAR;2026-03 MAR;0\n",
        encoding="utf-8",
    )
    side = expected(
        line("0041", "D-1", "60", currency="USD"),
        line("0041", "D-2", "40", currency="USD"),
        line("0041", "D-1", "-20", currency="USD", pay_period="2026-04"),
        line("0041", "D-3", "7", currency="USD", state="held", pay_period=""),
    )
    result = reconcile(side, file, found)
    assert (result.grains[0].compared, result.grains[0].matched) == (3, 2)
    assert only(result).money == (("USD", -50),)
    assert [(p.name, p.value, p.code) for p in only(result).key[3:]] == [
        ("period", "2026-03", "2026-03 MAR"),
        ("pay period", "2026-04", "2026-04 APR"),
    ]
