"""What a comparison must never hide: that no row was compared, or that something else changed beside what was accepted."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from harness.adapters.mapping import Mapping
from harness.evidence.compare_record import compared_verdict
from harness.evidence.derivation_of import OurSide
from harness.evidence.grains_of import grains_of
from harness.evidence.record_of import differences_of
from harness.reconcile.baseline import read_baseline
from harness.reconcile.regression import compare_exports
from harness.reconcile.results import Reconciliation
from harness.reconcile.run import reconcile
from harness.tests.reconcile_rows import LINES_MAPPING, expected, export, line, mapping, payout
from reference_engine.problems import Problem, Stopped
from reports.csv_files import differences_csv
from reports.tests.synthetic import synthetic_record

TODAY = date(2026, 5, 1)
PAYOUTS = """
target: Test target
grains:
  - grain: payouts
    expected: payouts
    file: payouts.csv
    key:
      payee: {column: who}
      plan: {column: plan, map: {AE-26: Growth}}
      period: {column: month}
    values:
      amount: {column: amount, currency: {column: cur}}
  - grain: bonuses
    expected: payouts
    file: bonuses.csv
    key:
      payee: {column: who}
    values:
      amount: {column: amount, currency: EUR}
"""
HEADER = "who,plan,month,amount,cur"
BOTH = ("A,AE-26,2026-01,100.00,EUR", "B,AE-26,2026-01,100.00,EUR")


def changes(
    folder: Path,
    before: tuple[str, ...],
    after: tuple[str, ...],
    text: str = PAYOUTS,
    baseline: str = "",
    bonuses: tuple[str, ...] = (),
) -> Reconciliation:
    """What changed from one export to the next."""
    for name, rows in (("before", before), ("after", after)):
        (folder / name).mkdir()
        export(folder / name, *rows, name="payouts.csv", header=HEADER)
        export(folder / name, *bonuses, name="bonuses.csv", header="who,amount")
    using, problems = mapping(text), list[Problem]()
    (folder / "approved.yaml").write_text(baseline, encoding="utf-8")
    approved = read_baseline(folder / "approved.yaml", using, problems) if baseline else ()
    assert not problems
    return compare_exports(folder / "before", folder / "after", using, approved, today=TODAY)[0]


def test_two_exports_without_rows_prove_nothing(tmp_path: Path) -> None:
    with pytest.raises(Stopped) as stopped:
        changes(tmp_path, (), ())
    assert [(p.slug, "neither side has a row" in p.what) for p in stopped.value.problems] == [("nothing-compared", True)] * 2


def test_one_file_without_rows_is_told_beside_others(tmp_path: Path) -> None:
    found = changes(tmp_path, BOTH, BOTH)
    assert found.agrees
    assert [g.compared for g in found.grains] == [2, 0]
    assert [any("nothing was compared" in n for n in g.notes) for g in found.grains] == [False, True]
    said = compared_verdict(found).sentence
    assert said == "Nothing has changed: all 2 payouts are as they were. Nothing was compared of bonuses: neither side has a row."


@pytest.mark.parametrize("where", ["{who: C}", "{plan: Growth}"])
def test_conditions_that_leave_no_row_prove_nothing(tmp_path: Path, where: str) -> None:
    text = PAYOUTS.replace("    key:", f"    rows where: {where}\n    key:", 1)
    with pytest.raises(Stopped) as stopped:
        changes(tmp_path, BOTH, BOTH, text)
    assert {p.slug for p in stopped.value.problems} == {"nothing-compared"}
    assert "leave out all 4" in stopped.value.problems[0].what


def test_conditions_of_both_sides_that_leave_no_row_prove_nothing(tmp_path: Path) -> None:
    text = LINES_MAPPING.split("  - grain: statements")[0]
    using = mapping(text.replace("    key:", "    rows where: {plan: Q}\n    expected where: {plan: Q}\n    key:"))
    with pytest.raises(Stopped) as stopped:
        reconcile(expected(line("A", "D-1", "1.00")), export(tmp_path, "A,P,D-1,2.00,EUR,paid"), using)
    assert [p.slug for p in stopped.value.problems] == ["nothing-compared"]


FIVE = "- key: {plan: AE-26}\n  change: +5%\n  reason: release 7\n  approved by: Mia Stone\n  until: 2026-12-31\n"


def test_an_approval_in_the_targets_codes_must_happen_to_every_row_too(tmp_path: Path) -> None:
    after = (BOTH[0].replace("100.00", "105.00"), BOTH[1])
    found = changes(tmp_path, BOTH, after, baseline=FIVE)
    assert not found.agrees
    assert [k.state for k in found.known] == ["changed"]
    assert "1 row did not change as approved" in found.known[0].message


WITH_TOLERANCE = mapping(
    LINES_MAPPING.replace("  - grain: statements", "    tolerance: [{amount: 0.05 EUR, reason: rounding}]\n  - grain: statements")
)
KNOWN_ROW = "- key: {record: D-2}\n  difference: -50.00 EUR\n  reason: paid next month\n  until: 2026-06-30\n"


def statements(folder: Path, lines: tuple[str, ...], *rows: str, using: Mapping = WITH_TOLERANCE, known: str = "") -> Reconciliation:
    """Two lines of 100 and 50 in a statement of 150, against these lines and statements of the target."""
    side = expected(line("A", "D-1", "100.00"), line("A", "D-2", "50.00"), payout("A", "150.00", lines=2))
    export(folder, *lines)
    export(folder, *(f"A,P,2026-03-01,2026-03-31,{row}" for row in rows), name="statements.csv", header="who,plan,first,last,total,cur,n")
    (folder / "known.yaml").write_text(known, encoding="utf-8")
    return reconcile(side, folder, using, folder / "known.yaml" if known else None, today=TODAY)


A_CENT_MORE = ("A,P,D-1,100.01,EUR,paid", "A,P,D-2,50.00,EUR,paid")
MORE_AND_LESS = ("A,P,D-1,100.01,EUR,paid", "A,P,D-2,49.99,EUR,paid")
ONE_LESS = ("A,P,D-1,100.00,EUR,paid",)


@pytest.mark.parametrize(
    ("lines", "rows", "known", "agrees"),
    [
        (A_CENT_MORE, ("150.01,EUR,2",), "", True),
        (A_CENT_MORE, ("150.01,EUR,7",), "", False),
        (MORE_AND_LESS, ("150.00,EUR,7",), "", False),
        (ONE_LESS, ("100.00,EUR,1",), KNOWN_ROW, True),
        (ONE_LESS, ("100.00,EUR,0",), KNOWN_ROW, False),
        (A_CENT_MORE, ("75.00,EUR,2", "75.01,EUR,2"), "", False),
    ],
)
def test_what_follows_from_accepted_rows_hides_nothing_else(
    tmp_path: Path, lines: tuple[str, ...], rows: tuple[str, ...], known: str, agrees: bool
) -> None:
    found = statements(tmp_path, lines, *rows, known=known)
    assert found.agrees is agrees, [(d.kind, d.fields) for d in found.all_differences()]
    assert all(k.holds for k in found.known)
    open_ones = list(found.all_differences())
    assert [d.grain for d in open_ones] == ([] if agrees else ["statements"])


def test_rows_that_stand_under_another_payee_after_the_change_are_said_to(tmp_path: Path) -> None:
    found = changes(tmp_path, BOTH, ("Ann,AE-26,2026-01,100.00,EUR", "B,AE-26,2026-01,100.00,EUR"))
    (group,) = found.grains[0].groups
    assert group.kind == "missing and unexpected"
    assert "sign" not in group.sentence
    assert "under another payee" in group.sentence


def test_two_payees_exchanged_by_the_change_are_said_to_be(tmp_path: Path) -> None:
    before = ("A,AE-26,2026-01,100.00,EUR", "B,AE-26,2026-01,70.00,EUR")
    after = ("A,AE-26,2026-01,70.00,EUR", "B,AE-26,2026-01,100.00,EUR")
    (group,) = changes(tmp_path, before, after).grains[0].groups
    assert "two payees are exchanged" in group.sentence


FIVE_MORE = "- key: {record: D-1}\n  difference: 5.00 EUR\n  reason: agreed\n  until: 2026-06-30\n"
ONLY_LINES = mapping(LINES_MAPPING.split("  - grain: statements")[0])


@pytest.mark.parametrize(
    ("row", "values", "state", "words"),
    [
        ("105.00,EUR,paid", "", "accepted", ""),
        ("105.00,EUR,wait", "", "changed", "state is held instead of released"),
        ("105.00,EUR,wait", "{state: held}", "accepted", "state held"),
        ("105.00,EUR,wait", "{state: '*'}", "accepted", ""),
        ("105.00,EUR,paid", "{state: held}", "changed", "state is as expected now"),
        ("106.00,EUR,wait", "{state: held}", "changed", "the difference is now 6.00 EUR"),
        ("100.00,EUR,wait", "", "changed", "the amounts are the same now; accepted was 5.00 EUR"),
    ],
)
def test_a_known_difference_accepts_no_other_value_than_it_states(
    tmp_path: Path, row: str, values: str, state: str, words: str
) -> None:
    known = FIVE_MORE + (f"  values: {values}\n" if values else "")
    (tmp_path / "known.yaml").write_text(known, encoding="utf-8")
    export(tmp_path, f"A,P,D-1,{row}")
    side = expected(line("A", "D-1", "100.00"))
    found = reconcile(side, tmp_path, ONLY_LINES, tmp_path / "known.yaml", today=TODAY)
    (outcome,) = found.known
    assert (outcome.state, found.agrees) == (state, state == "accepted")
    assert words in outcome.message


@pytest.mark.parametrize("values", ["held", "{sate: held}", "{amount: 3.00 EUR}", "{state: [held]}", "{}"])
def test_values_of_a_known_difference_are_read_strictly(tmp_path: Path, values: str) -> None:
    (tmp_path / "known.yaml").write_text(FIVE_MORE + f"  values: {values}\n", encoding="utf-8")
    export(tmp_path, "A,P,D-1,105.00,EUR,paid")
    with pytest.raises(Stopped) as stopped:
        reconcile(expected(line("A", "D-1", "100.00")), tmp_path, ONLY_LINES, tmp_path / "known.yaml", today=TODAY)
    assert [p.slug for p in stopped.value.problems] == ["known-form"]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("Jos\u00e9", "Jose\u0301"), ("inv-1", "INV-1"), ("007", "7"), ("A B", "A\u00a0B"), ("AB", "A\u200bB")],
)
def test_a_key_written_otherwise_is_never_the_same_and_is_named(tmp_path: Path, ours: str, theirs: str) -> None:
    side = expected(line("A", ours, "100.00"), line("A", "other", "3.00"))
    export(tmp_path, f"A,P,{theirs},100.00,EUR,paid", "A,P,other,3.00,EUR,paid")
    (grain,) = reconcile(side, tmp_path, ONLY_LINES, today=TODAY).grains
    assert grain.by_class == {"missing": 1, "unexpected": 1}
    (group,) = grain.groups
    assert "only written otherwise" in group.sentence


def test_two_keys_of_ours_that_look_alike_are_two(tmp_path: Path) -> None:
    side = expected(line("007", "D-1", "100.00"), line("7", "D-2", "50.00"))
    export(tmp_path, "7,P,D-1,100.00,EUR,paid", "7,P,D-2,50.00,EUR,paid")
    (grain,) = reconcile(side, tmp_path, ONLY_LINES, today=TODAY).grains
    assert [g.relation for g in grain.groups] == ["other payee"]


def test_one_deal_more_is_no_rounding_and_nothing_that_is_paid(tmp_path: Path) -> None:
    using = mapping(
        "target: T\ngrains:\n  - grain: paid deals\n    expected: lines\n    file: deals.csv\n"
        "    key: {payee: {column: who}}\n    values: {deals: {column: n}}\n"
    )
    side = expected(*(line(who, f"{who}-{i}", "9.00", deal=f"{who}-{i}") for who in "AB" for i in range(5)))
    export(tmp_path, "A,6", "B,0", name="deals.csv", header="who,n")
    (grain,) = reconcile(side, tmp_path, using, today=TODAY).grains
    assert sorted(g.sentence for g in grain.groups) == [
        "P: 1 paid deal differs in the figure; no common cause was found.",
        "P: 1 paid deal is zero in the target, where a figure is expected.",
    ]


CLOSED = PAYOUTS.replace("grains:", "closed periods: 2025-*\ngrains:", 1)
OLD = ("A,AE-26,2025-12,100.00,EUR", "A,AE-26,2026-01,100.00,EUR")


@pytest.mark.parametrize(
    ("after", "key", "change", "states", "classes"),
    [
        (("105.00", "105.00"), "{plan: Growth}", "+5%", ["changed"], {"frozen": 1}),
        (("105.00", "105.00"), "{plan: Growth}", "any", ["changed"], {"frozen": 1}),
        (("105.00", "105.00"), "{plan: Growth, period: '*'}", "+5%", ["changed"], {"frozen": 1}),
        (("105.00", "105.00"), "{plan: Growth, period: [2025-12, 2026-01]}", "+5%", ["accepted"], {}),
        (("100.00", "105.00"), "{plan: Growth, period: 2026-01}", "+5%", ["accepted"], {}),
    ],
)
def test_an_approval_reaches_a_closed_period_only_by_naming_it(
    tmp_path: Path, after: tuple[str, str], key: str, change: str, states: list[str], classes: dict[str, int]
) -> None:
    rows = tuple(row.replace("100.00", amount) for row, amount in zip(OLD, after, strict=True))
    found = changes(tmp_path, OLD, rows, CLOSED, FIVE.replace("{plan: AE-26}", key).replace("+5%", change))
    assert ([k.state for k in found.known], found.grains[0].by_class) == (states, classes)
    assert any("closed period" in k.message for k in found.known) is ("changed" in states)


@pytest.mark.parametrize("back", [False, True])
def test_a_payment_that_moves_out_of_or_into_a_closed_period_is_a_change_there(tmp_path: Path, back: bool) -> None:
    sides = ((OLD[0],), (OLD[0].replace("2025-12", "2026-02"),))
    before, after = sides[::-1] if back else sides
    (grain, _) = changes(tmp_path, before, after, CLOSED).grains
    assert grain.by_class == {"frozen": 1}
    assert [f.name for f in grain.differences[0].fields] == ["period"]


def test_every_value_that_differs_is_shown_beside_the_amount(tmp_path: Path) -> None:
    using = mapping(LINES_MAPPING.split("  - grain: statements")[0].replace("      state:", "      kind: {column: kind}\n      state:"))
    rows = ("A,P,D-1,6.00,EUR,invoice,wait", "A,P,D-2,5.00,EUR,return,wait", "A,P,D-3,5.00,EUR,invoice,paid")
    export(tmp_path, *rows, header="who,plan,record,amount,cur,kind,state")
    found = reconcile(expected(*(line("A", f"D-{i}", "5.00") for i in (1, 2, 3))), tmp_path, using, today=TODAY)
    kept = {d.key["record"]: d for d in differences_of(found, OurSide())}
    assert {record: d.also for record, d in kept.items()} == {
        "D-1": "state is held instead of released",
        "D-2": "kind is return instead of invoice; state is held instead of released",
    }
    assert any(g.sentence.endswith("no common cause was found, and state is held instead of released.") for g in found.grains[0].groups)
    record = replace(synthetic_record(), grains=grains_of(found, {}), differences=tuple(kept.values()))
    header, *lines = csv.reader(io.StringIO(differences_csv(record, record.grains[0])))
    assert [dict(zip(header, one, strict=True))["what else differs"] for one in lines] == [d.also for d in kept.values()]


@pytest.mark.parametrize(("label", "told"), [("2025-*", False), ("2025-12", False), ("2025-1*", False), ("2025-2", True), ("2024-*", True)])
def test_a_closed_period_that_no_row_is_of_is_told(tmp_path: Path, label: str, told: bool) -> None:
    found = changes(tmp_path, OLD, OLD, CLOSED.replace("2025-*", f'"{label}"'))
    assert any(f"closed period {label}," in note for note in found.grains[0].notes) is told


@pytest.mark.parametrize(("amount", "words"), [("100.00", "in the amount, but"), ("100.01", "in the amount up to the tolerance, but")])
def test_a_tolerated_amount_is_not_said_to_agree(tmp_path: Path, amount: str, words: str) -> None:
    found = statements(tmp_path, (f"A,P,D-1,{amount},EUR,wait", "A,P,D-2,50.00,EUR,paid"), "150.00,EUR,2")
    assert [words in g.sentence for g in found.grains[0].groups] == [True]
