"""One planted case of every class in one export, the tie-out of them all, tolerances, known entries and pairings."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from harness.adapters import text_export
from harness.adapters.rows import ResultRow
from harness.reconcile.results import CLASSES, Reconciliation
from harness.reconcile.run import reconcile
from harness.tests.reconcile_rows import expected, export, line, only_lines
from harness.tests.reconcile_rows import mapping as read_mapping
from reference_engine.problems import Stopped

TODAY = date(2026, 5, 1)
PERIODS = """
target: Test target
closed periods: 2026-01
grains:
  - grain: lines
    expected: lines
    file: lines.csv
    tolerance: [{amount: 0.01 EUR, reason: rounding, component: base}]
    key:
      payee: {column: who}
      record: {column: record}
      period: {column: month}
    values:
      amount: {column: amount, currency: {column: cur}}
      state: {column: state}
"""
HEADER = "who,record,month,amount,cur,state"


def side() -> Any:
    """One expected line for each class, and some that agree."""
    months = {"frozen": "2026-01"}
    names = (
        "matched",
        "tolerated",
        "accepted",
        "amount",
        "missing",
        "duplicate",
        "timing",
        "currency",
        "field",
        "frozen",
        "unreadable",
    )
    return expected(
        *(line("A", name, f"{10 + i}.00", period=months.get(name, "2026-03")) for i, name in enumerate(names))
    )


ROWS = (
    "A,matched,2026-03,10.00,EUR,released",
    "A,tolerated,2026-03,11.01,EUR,released",
    "A,accepted,2026-03,12.50,EUR,released",
    "A,amount,2026-03,13.70,EUR,released",
    "A,duplicate,2026-03,15.00,EUR,released",
    "A,duplicate,2026-03,15.00,EUR,released",
    "A,timing,2026-04,16.00,EUR,released",
    "A,currency,2026-03,17.00,USD,released",
    "A,field,2026-03,18.00,EUR,held",
    "A,frozen,2026-01,19.40,EUR,released",
    "A,unreadable,2026-03,2O.00,EUR,released",
    "A,unexpected,2026-03,3.33,EUR,released",
)
KNOWN = "- key: {record: accepted}\n  difference: 0.50 EUR\n  reason: agreed\n  until: 2026-06-30\n"


def run(folder: Path, *rows: str, known: str = KNOWN, using: str = PERIODS) -> Reconciliation:
    export(folder, *rows, header=HEADER)
    (folder / "known.yaml").write_text(known, encoding="utf-8")
    return reconcile(side(), folder, read_mapping(using), folder / "known.yaml", today=TODAY)


@pytest.mark.parametrize("order", [1, -1])
def test_every_class_is_found_once_and_they_lead_from_total_to_total(tmp_path: Path, order: int) -> None:
    (grain,) = run(tmp_path, *ROWS[::order]).grains
    assert grain.by_class == dict.fromkeys(CLASSES, 1)
    assert {d.part("record"): d.kind for d in grain.differences} == {k: k for k in CLASSES}
    assert [d.part("record") for d in grain.accepted] == ["accepted"]
    assert [d.part("record") for d in grain.tolerated] == ["tolerated"]
    for total in grain.totals:
        classes = sum(a for d in grain.differences for c, a in d.money if c == total.currency)
        assert total.actual - total.expected == classes + total.accepted + total.tolerated
    eur, usd = grain.totals
    assert eur.actual - eur.expected == 1 + 50 + 70 - 1400 + 1500 - 1700 + 40 - 2000 + 333
    assert (usd.expected, usd.actual) == (0, 1700)
    (bad,) = [d for d in grain.differences if d.kind == "unreadable"]
    assert (bad.target_rows[0].line, bad.money) == (12 if order == 1 else 3, (("EUR", -2000),))
    assert '"2O.00"' in bad.fields[0].actual


def test_every_row_read_is_accounted_for(tmp_path: Path) -> None:
    (grain,) = run(tmp_path, *ROWS).grains
    ours, theirs = grain.sides
    assert (ours.read, ours.left_out, ours.unreadable, ours.rows) == (11, 0, 0, 11)
    assert (theirs.read, theirs.left_out, theirs.unreadable, theirs.rows) == (12, 0, 1, 11)
    assert theirs.sums == {"EUR": 1000 + 1101 + 1250 + 1370 + 3000 + 1600 + 1800 + 1940 + 333, "USD": 1700}


@pytest.mark.parametrize("slug", ["control-counts", "control-totals"])
def test_a_row_lost_on_the_way_stops_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slug: str
) -> None:
    whole = text_export.added_up

    def lossy(rows: list[ResultRow]) -> list[ResultRow]:
        kept = whole(rows)
        if slug == "control-counts":
            return kept[1:]
        return [
            *kept[1:],
            ResultRow(kept[0].key, kept[0].amount + 1, kept[0].currency, kept[0].fields, kept[0].sources),
        ]

    monkeypatch.setattr(text_export, "added_up", lossy)
    with pytest.raises(Stopped) as stopped:
        run(
            tmp_path, *ROWS, using=PERIODS.replace("    key:", "    rows with the same key: add up\n    key:")
        )
    assert [p.slug for p in stopped.value.problems] == [slug]


@pytest.mark.parametrize(
    ("rule", "forgiven"),
    [
        ("{percent: 1%, reason: r}", ["D-1", "D-3"]),
        ("{percent: 0.99%, reason: r}", []),
        ("{percent: 1%, amount: 0.50 EUR, reason: r}", ["D-3"]),
        ("{percent: 1%, currency: USD, reason: r}", []),
        ("{percent: 1%, component: other, reason: r}", []),
        ("{amount: 1.00 EUR, reason: r}", ["D-1", "D-3"]),
        ("{amount: 0.99 EUR, reason: r}", ["D-3"]),
    ],
)
def test_tolerances_are_exact_inclusive_and_per_currency(
    tmp_path: Path, rule: str, forgiven: list[str]
) -> None:
    tolerant = only_lines(**{"    key:\n": f"    tolerance: [{rule}]\n    key:\n"})
    export(tmp_path, "A,P,D-1,101.00,EUR,paid", "A,P,D-2,102.02,EUR,paid", "A,P,D-3,-9.90,EUR,paid")
    ours = expected(line("A", "D-1", "100.00"), line("A", "D-2", "101.00"), line("A", "D-3", "-10.00"))
    (grain,) = reconcile(ours, tmp_path, tolerant, today=TODAY).grains
    assert sorted(d.part("record") for d in grain.tolerated) == forgiven


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ("", "accepted"),
        ("  count: 3\n", "accepted"),
        ("  count: 4\n", "changed"),
    ],
)
def test_one_entry_stands_for_several_rows_with_their_count_and_total(
    tmp_path: Path, change: str, state: str
) -> None:
    known = f"- key: {{record: 'D-1*', payee: [A, B]}}\n  difference: 0.06 EUR\n{change}  reason: agreed\n  until: 2026-06-30\n"
    export(
        tmp_path,
        "A,P,D-11,1.01,EUR,paid",
        "A,P,D-12,1.02,EUR,paid",
        "B,P,D-13,1.03,EUR,paid",
        "A,P,D-20,1.00,EUR,paid",
    )
    file = tmp_path / "known.yaml"
    file.write_text(known, encoding="utf-8")
    ours = expected(
        *(line(p, d, "1.00") for p, d in (("A", "D-11"), ("A", "D-12"), ("B", "D-13"), ("A", "D-20")))
    )
    result = reconcile(ours, tmp_path, only_lines(), file, today=TODAY)
    assert [k.state for k in result.known] == [state]
    assert result.agrees is (state == "accepted")


PAIR = "- ours: {record: D-1}\n  theirs: {record: X-9}\n  reason: entered again\n  until: 2026-06-30\n"


@pytest.mark.parametrize(
    ("pair", "rows", "state", "kinds"),
    [
        (PAIR, ["A,P,X-9,10.00,EUR,paid"], "accepted", {}),
        (PAIR, ["A,P,X-9,10.01,EUR,paid"], "accepted", {"amount": 1}),
        (PAIR, ["A,P,X-8,10.00,EUR,paid"], "gone", {"missing": 1, "unexpected": 1}),
        (PAIR, ["A,P,D-1,10.00,EUR,paid", "A,P,X-9,10.00,EUR,paid"], "changed", {"unexpected": 1}),
        (
            PAIR,
            ["A,P,X-9,10.00,EUR,paid", "B,P,X-9,10.00,EUR,paid"],
            "changed",
            {"missing": 1, "unexpected": 2},
        ),
        (
            PAIR.replace("2026-06-30", "2026-04-30"),
            ["A,P,X-9,10.00,EUR,paid"],
            "expired",
            {"missing": 1, "unexpected": 1},
        ),
    ],
)
def test_rows_paired_by_hand(
    tmp_path: Path, pair: str, rows: list[str], state: str, kinds: dict[str, int]
) -> None:
    export(tmp_path, *rows)
    file = tmp_path / "known.yaml"
    file.write_text(pair, encoding="utf-8")
    result = reconcile(expected(line("A", "D-1", "10.00")), tmp_path, only_lines(), file, today=TODAY)
    assert [k.state for k in result.known] == [state]
    assert result.grains[0].by_class == kinds
    assert result.agrees is (state == "accepted" and not kinds)


def test_the_report_shows_control_totals_and_what_tolerances_forgave(
    project: Any, trueup: Callable[..., Any]
) -> None:
    assert trueup(*project.quick, "--out", "out").code == 1
    record = json.loads(Path("out/record.json").read_text("utf-8"))
    for one in record["tie_outs"]:
        for bridge in one["bridges"]:
            steps = sum(Fraction(step["amount"]) for step in bridge["steps"])
            assert Fraction(bridge["start"]) + steps == Fraction(bridge["end"])
    page = Path("out/index.html").read_text("utf-8")
    assert "all totals tie out" in page
    broken = (
        Path("out/record.json")
        .read_text("utf-8")
        .replace(f'"end":"{record["tie_outs"][0]["bridges"][0]["end"]}"', '"end":"1.00"')
    )
    Path("broken.json").write_text(broken, encoding="utf-8")
    ran = trueup("report", "broken.json", "--out", "again", "--json")
    assert ran.code == 2, ran.out
