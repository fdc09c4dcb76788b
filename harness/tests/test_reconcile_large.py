"""Large files out of core: the same findings as row by row, whatever the files look like."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from harness.adapters.mapping import Mapping
from harness.adapters.rows import ResultTable
from harness.reconcile.large.both_sides import Room, read_both
from harness.reconcile.results import Difference, GrainResult, Reconciliation
from harness.reconcile.run import reconcile_tables
from harness.tests.reconcile_rows import mapping
from reference_engine.problems import Problem

TODAY = date(2026, 6, 1)
EVERYTHING = """
target: Test target
format: {negative: [minus, parentheses]}
grains:
  - grain: payouts
    expected: payouts
    file: payouts.csv
    rows where: {kind: [pay, fix]}
    key:
      payee: {column: who}
      period: {column: month, pattern: "{month}/{year}"}
      component: {column: part, map: {C: commission, K: commission, B: bonus}}
      currency: {column: cur}
    values:
      amount: {column: amount, currency: {column: cur}}
      plan: {column: plan, blank: allowed}
    tolerance:
      - {amount: 0.01 EUR, reason: agreed}
      - {amount: 1 JPY, reason: agreed, component: bonus}
"""
HEADER = "who,month,part,cur,amount,plan,kind"


def both_ways(
    folder: Path, compared: Mapping
) -> tuple[Reconciliation | list[Problem], Reconciliation | list[Problem], list[str]]:
    """The findings row by row and out of core, and why the latter was not possible."""
    found: list[Any] = []
    notes: list[str] = []
    for least in (10**15, 0):
        problems: list[Problem] = []
        left, right = read_both(
            compared, folder / "before", folder / "after", problems, Room(from_bytes=least)
        )
        if least == 0:
            notes = [n for t in (*left.values(), *right.values()) for n in t.notes if "row by row" in n]
        found.append(problems or reconcile_tables(left, right, compared, today=TODAY))
    return found[0], found[1], notes


def said(found: Reconciliation | list[Problem]) -> object:
    """All that a reconciliation says but how it was done."""
    if isinstance(found, list):
        return [(p.slug, p.what, p.where) for p in found]
    return tuple(said_of(grain) for grain in found.grains), found.known


def said_of(grain: GrainResult) -> object:
    # What differences have in common is said without the rows that agree where those aren't held.
    def bare(found: Sequence[Difference]) -> tuple[Difference, ...]:
        return tuple(replace(d, relation="") for d in found)

    notes = tuple(n for n in grain.notes if "row by row" not in n)
    tolerated = tuple(sorted(grain.tolerated, key=lambda d: d.id))
    differences = bare(grain.differences)
    return replace(
        grain,
        sql="",
        groups=(),
        notes=notes,
        differences=differences,
        tolerated=tolerated,
        decimals=dict(sorted(grain.decimals.items())),
    )


def write(
    folder: Path, side: str, rows: Sequence[Sequence[str]], *, ends: str = "\n", header: str = HEADER
) -> None:
    (folder / side).mkdir(exist_ok=True)
    lines = [header, *(",".join(row) for row in rows)]
    (folder / side / "payouts.csv").write_bytes((ends.join(lines) + ends).encode("utf-8"))


AMOUNTS = st.one_of(
    st.sampled_from(
        ["1.10", "1.11", "1.12", "0", "-0.00", "5", '"1,234.50"', "(12.30)", "1.005", "x", "", "1e5", "007.1",
         "99999999999999999.99", "123456789012345678.01", "123456789012345678.02", " 1.00", '"12,34.5"']
    ),
    st.integers(-10_000, 10_000).map(lambda n: f"{'-' if n < 0 else ''}{abs(n) // 100}.{abs(n) % 100:02d}"),
)  # fmt: skip
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["7", "007", "Ana", "Ben", "Ösen", "", " Ana", "Zoë\u00a0", '"Ruiz, Ana"', '"a""b"']),
        st.sampled_from(["3/2026", "03/2026", "4/2026", "13/2026"]),
        st.sampled_from(["C", "K", "B", "X"]),
        st.sampled_from(["EUR", "EUR", "EUR", "JPY", "KWD", "eur"]),
        AMOUNTS,
        st.sampled_from(["", "P", "Q"]),
        st.sampled_from(["pay", "pay", "fix", "hold"]),
    ),
    min_size=1,
    max_size=14,
)


@settings(max_examples=20, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(ROWS, ROWS, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_out_of_core_says_what_row_by_row_says(
    before: list[tuple[str, ...]], after: list[tuple[str, ...]], ends: str, zero: bool
) -> None:
    text = (
        EVERYTHING.replace("    key:\n", "    a row that is absent: means zero\n    key:\n")
        if zero
        else EVERYTHING
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        good = [("Cy", "1/2026", "B", "EUR", "3.00", "P", "pay")] * 1
        write(folder, "before", [*before, *good], ends=ends)
        write(folder, "after", [*before[: len(before) // 2], *after, *good], ends=ends)
        by_row, out_of_core, notes = both_ways(folder, mapping(text))
    assert said(out_of_core) == said(by_row)
    assert not notes or "most of its rows can't be read" in notes[0]


def clean_rows(count: int) -> list[list[str]]:
    return [
        [f"P{i:04}", f"{i % 12 + 1}/2026", "CKB"[i % 3], "EUR", f"{i}.{i % 100:02d}", "P", "pay"]
        for i in range(count)
    ]


def differing(count: int) -> tuple[list[list[str]], list[list[str]]]:
    """Two sides with one difference of every class."""
    before, after = clean_rows(count), clean_rows(count)
    after[3][4] = "3.04"  # within tolerance
    after[4][4] = "4.06"
    after[5][3] = "USD"
    after[6][5] = "Q"
    after.append(list(after[7]))
    del after[8]
    after.append(["P9999", "1/2026", "B", "EUR", "1.00", "P", "pay"])
    return before, after


def test_every_class_is_found_and_every_row_is_counted(tmp_path: Path) -> None:
    before, after = differing(60)
    write(tmp_path, "before", before)
    write(tmp_path, "after", after)
    by_row, found, notes = both_ways(tmp_path, mapping(EVERYTHING))
    assert isinstance(found, Reconciliation)
    assert not notes
    assert said(found) == said(by_row)
    grain = found.grains[0]
    assert grain.by_class == {"amount": 1, "missing": 2, "unexpected": 2, "duplicate": 1, "field": 1}
    assert (grain.expected_rows, grain.actual_rows, len(grain.tolerated)) == (60, 61, 1)
    assert all(total.difference == total.found for total in grain.totals)
    assert "FULL JOIN" in grain.sql
    assert "read_csv" in grain.sql


@pytest.mark.parametrize("form", ["shuffled", "quoted", "parquet", "parquet of texts"])
def test_the_form_of_the_files_changes_no_finding(tmp_path: Path, form: str) -> None:
    before, after = differing(60)
    write(tmp_path, "before", before)
    write(tmp_path, "after", after)
    plain, _, _ = both_ways(tmp_path, mapping(EVERYTHING))
    other = tmp_path / "other"
    other.mkdir()
    text = EVERYTHING
    if form == "shuffled":
        random.Random(7).shuffle(before)
        random.Random(8).shuffle(after)
    if form == "quoted":
        before, after = ([[f'"{cell}"' for cell in row] for row in side] for side in (before, after))
    write(other, "before", before)
    write(other, "after", after)
    if form.startswith("parquet"):
        text = text.replace("payouts.csv", "payouts.parquet")
        for side in ("before", "after"):
            as_parquet(other / side / "payouts.csv", exact=form == "parquet")
    for found in both_ways(other, mapping(text))[:2]:
        assert what_differs(found) == what_differs(plain)


def as_parquet(file: Path, *, exact: bool) -> None:
    import duckdb

    amount = "CAST(amount AS DECIMAL(18, 2)) AS amount" if exact else "amount AS amount"
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * REPLACE ({amount}) FROM read_csv('{file}', all_varchar = true)) "
            f"TO '{file.with_suffix('.parquet')}' (FORMAT parquet)"
        )
    file.unlink()


def what_differs(found: Reconciliation | list[Problem]) -> object:
    """The findings without where they stand in their files."""
    assert isinstance(found, Reconciliation)
    grain = found.grains[0]

    def without_files(table: Any) -> object:
        return [
            (
                d.id,
                d.kind,
                [p.value for p in d.key],
                d.money,
                d.fields,
                [(r.amount, r.currency) for r in (*d.expected, *d.actual)],
            )
            for d in sorted(table, key=lambda d: str(d.id))
        ]

    return without_files(grain.differences), without_files(grain.tolerated), grain.totals, grain.matched


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda text: text.replace("P0009,", 'P"0009,', 1), "a quote stands inside a cell"),
        (lambda text: text.replace("P0009,", "P0009,extra,", 1), "a row isn't written as the others are"),
        (lambda text: text.replace("P0009,10/2026,", "P0009,", 1), "a row isn't written as the others are"),
        (lambda text: text.replace("\nP0009", "\n\nP0009", 1), ""),
        (lambda text: text.replace("\nP0009", "\r\nP0009", 1), "its lines end in several ways"),
        (lambda text: text.replace("P0009", "P\0009", 1), "it holds a NUL byte"),
        (lambda text: text.replace("\nP0009", "\rP0009", 1), "its lines end in several ways"),
        (lambda text: text.replace("\nP0009", '\n"P0009', 1), "a quoted cell never ends"),
        (lambda text: text.rstrip("\n"), None),
        (lambda text: text.replace("P0009", '"P,0009\n"', 1), None),
    ],
)
def test_a_damaged_file_is_read_row_by_row_or_alike(tmp_path: Path, damage: Any, why: str | None) -> None:
    before, after = differing(30)
    write(tmp_path, "before", before)
    write(tmp_path, "after", after)
    file = tmp_path / "after" / "payouts.csv"
    file.write_bytes(damage(file.read_text("utf-8")).encode("utf-8"))
    by_row, found, notes = both_ways(tmp_path, mapping(EVERYTHING))
    assert said(found) == said(by_row)
    if why is None:
        assert not notes
    elif isinstance(found, Reconciliation):
        assert why in "".join(notes)


def test_every_row_a_cent_off_is_counted_and_only_some_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.reconcile.large.agreeing.LISTED", 5)
    before, after = clean_rows(40), clean_rows(40)
    for row in after:
        row[4] = f"{row[4][:-1]}{int(row[4][-1]) + 1}" if row[4][-1] != "9" else row[4]
    write(tmp_path, "before", before)
    write(tmp_path, "after", after)
    by_row, found, _ = both_ways(tmp_path, mapping(EVERYTHING))
    assert isinstance(by_row, Reconciliation)
    assert isinstance(found, Reconciliation)
    assert found.agrees
    assert found.grains[0].matched == by_row.grains[0].matched == 40
    assert found.grains[0].totals == by_row.grains[0].totals
    assert (len(by_row.grains[0].tolerated), len(found.grains[0].tolerated)) == (36, 5)
    assert "31 more rows differ within the tolerance" in "".join(found.grains[0].notes)


def test_what_does_not_fit_into_memory_goes_to_the_disk_and_is_removed(tmp_path: Path) -> None:
    before, after = differing(20_000)
    write(tmp_path, "before", before)
    write(tmp_path, "after", after)
    spill = tmp_path / "spill"
    spill.mkdir()
    problems: list[Problem] = []
    room = Room("40MB", spill, 0)
    left, right = read_both(mapping(EVERYTHING), tmp_path / "before", tmp_path / "after", problems, room)
    assert not problems
    found = reconcile_tables(left, right, mapping(EVERYTHING), today=TODAY)
    assert found.grains[0].expected_rows == 20_000
    assert list(spill.iterdir()) == []


def test_the_rows_of_a_large_side_can_be_gone_through_again(tmp_path: Path) -> None:
    before, after = differing(50)
    write(tmp_path, "before", before)
    write(tmp_path, "after", after)
    tables: list[ResultTable] = []
    for least in (0, 10**15):
        left, _ = read_both(
            mapping(EVERYTHING), tmp_path / "before", tmp_path / "after", [], Room(from_bytes=least)
        )
        tables.append(left["payouts"])
    large, small = tables
    assert large.proven is not None
    assert list(large.rows) == list(small.rows) == list(large.rows)
    assert len(large.rows) == len(small.rows) == 50
    assert large.control == small.control


def test_a_folder_with_signs_of_patterns_is_one_folder(tmp_path: Path) -> None:
    before, after = differing(20)
    folder = tmp_path / "a[1]*?"
    folder.mkdir()
    write(folder, "before", before)
    write(folder, "after", after)
    shutil.copytree(folder, tmp_path / "a1xy")
    by_row, found, notes = both_ways(folder, mapping(EVERYTHING))
    assert said(found) == said(by_row)
    assert not notes
