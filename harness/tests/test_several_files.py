"""A side in several files says what it says in one: the same findings, in memory and out of core, and each row its own place."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pytest

from harness.adapters.mapping import Mapping
from harness.adapters.mapping_reader import read_mapping
from harness.adapters.several_files import files_of
from harness.reconcile.large.both_sides import Room
from harness.reconcile.regression import compare_exports
from harness.reconcile.results import Reconciliation
from reference_engine.problems import Problem, Stopped

TEXT = """
target: T
format:
  delimiter: comma
  encoding: utf-8
  quoting: double quotes
  header: yes
  culture: en-US
  dates: year first
grains:
  - grain: payouts
    expected: payouts
    file: "{file}"
    key:
      payee: {{column: who}}
      period: {{column: month}}
      component: {{column: part, map: {{C: commission, B: bonus}}}}
    values:
      amount: {{column: amount, currency: {{column: cur}}}}
      plan: {{column: plan, blank: allowed}}
"""
HEAD = "who,month,part,amount,cur,plan"
BEFORE = [
    *(f'"Ruiz, {i}",2026-01,C,{i}.50,EUR,Growth' for i in range(40)),
    '"Two\nlines",2026-01,B,7.00,USD,',
    *(f"E{i},2026-02,B,{i}.25,USD,Base" for i in range(40)),
]
AFTER = [
    *BEFORE[:5], BEFORE[6].replace("6.50", "6.51"), *BEFORE[7:41], BEFORE[41], BEFORE[41], *BEFORE[42:60],
    BEFORE[60].replace("USD", "EUR"), BEFORE[61].replace("Base", "Other"), *BEFORE[62:], "New,2026-02,B,3.00,USD,Base", "Bad,2026-02,B,x,USD,Base",
]  # fmt: skip


def mapping(tmp_path: Path, file: str) -> Mapping:
    path = tmp_path / f"mapping {len(file)}.yaml"
    path.write_text(TEXT.format(file=file), "utf-8")
    problems: list[Problem] = []
    found = read_mapping(path, problems)
    assert found is not None, problems
    return found


def write(folder: Path, rows: Sequence[str], cuts: Sequence[int] = (), *, kind: str = "csv", last: str = "\n") -> None:
    """The rows in one file, or in several that are cut where it is said."""
    folder.mkdir(parents=True)
    ends = [0, *cuts, len(rows)]
    for n, (start, end) in enumerate(pairwise(ends), 1):
        name = f"part-{n}.csv" if cuts else "whole.csv"
        (folder / name).write_text(HEAD + "\n" + "\n".join(rows[start:end]) + (last if end > start else ""), "utf-8")
        if kind == "parquet":
            target = (folder / name).with_suffix(".parquet")
            duckdb.sql(f"COPY (SELECT * FROM read_csv('{folder / name}', header=true, all_varchar=true, quote='\"')) TO '{target}' (FORMAT parquet)")
            (folder / name).unlink()


def said(found: Reconciliation) -> object:
    return [
        (
            [(d.kind, d.key, d.money, d.fields, d.relation) for d in sorted(g.differences, key=lambda d: (d.kind, str(d.key)))],
            [(s.sentence, s.count, s.money) for s in g.groups],
            (g.compared, g.matched, g.expected_rows, g.actual_rows, g.totals),
        )
        for g in found.grains
    ]


def rows_of(found: Reconciliation) -> list[tuple[str, int, str]]:
    return [(s.file, s.line, s.raw) for g in found.grains for d in g.differences for s in d.target_rows]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("from_bytes", [0, 10**15])
@pytest.mark.parametrize("last", ["\n", ""])
def test_cut_into_files_it_says_the_same(tmp_path: Path, kind: str, from_bytes: int, last: str) -> None:
    for side, rows, cuts in (("before", BEFORE, (3, 41, 42)), ("after", AFTER, (10, 39, 80))):
        write(tmp_path / "one" / side, rows, kind=kind)
        write(tmp_path / "many" / side, rows, cuts, kind=kind, last=last)
    room = Room(from_bytes=from_bytes)
    one, _ = compare_exports(tmp_path / "one/before", tmp_path / "one/after", mapping(tmp_path, f"whole.{kind}"), room=room)
    many, _ = compare_exports(tmp_path / "many/before", tmp_path / "many/after", mapping(tmp_path, f"part-*.{kind}"), room=room)
    assert said(many) == said(one)
    assert {d.kind for d in many.grains[0].differences} >= {"amount", "missing", "unexpected", "duplicate", "currency", "field", "unreadable"}
    shown = {n for g in many.grains for n in g.notes}
    assert f"part-*.{kind} was read as one table from 4 files." in shown
    assert not [n for n in shown if "row by row" in n and kind == "csv" and last]
    # Every row is found again in the file and on the line that it is said to stand.
    for file, line, raw in rows_of(many):
        path = tmp_path / "many/after" / file
        if kind == "csv":
            assert "\n".join(path.read_text("utf-8").split("\n")[line - 1 :]).startswith(raw)
        else:
            cells = duckdb.execute("SELECT * FROM read_parquet($1, file_row_number=true) WHERE file_row_number = $2", [str(path), line - 1]).fetchall()[0]
            assert raw == ",".join(c or "" for c in cells[:-1])
    assert len({file for file, _, _ in rows_of(many)}) > 1


def test_the_order_of_names_is_that_of_their_numbers(tmp_path: Path) -> None:
    for n in (1, 2, 10, 9):
        (tmp_path / f"part-{n}.csv").write_text("x", "utf-8")
    (tmp_path / "part-3.csv").mkdir()
    (tmp_path / "other.csv").write_text("x", "utf-8")
    assert [p.name for p in files_of(tmp_path, "part-*.csv")] == ["part-1.csv", "part-2.csv", "part-9.csv", "part-10.csv"]
    assert files_of(tmp_path / "nowhere", "*.csv") == []


@pytest.mark.parametrize("from_bytes", [0, 10**15])
def test_a_file_of_another_form_is_told(tmp_path: Path, from_bytes: int) -> None:
    write(tmp_path / "before", BEFORE, (40,))
    write(tmp_path / "after", AFTER, (40,))
    part = tmp_path / "after" / "part-2.csv"
    part.write_text(part.read_text("utf-8").replace("who,month,part", "who,part,month"), "utf-8")
    with pytest.raises(Stopped) as stopped:
        compare_exports(tmp_path / "before", tmp_path / "after", mapping(tmp_path, "part-*.csv"), room=Room(from_bytes=from_bytes))
    assert any("part-2.csv" in str(p) for p in stopped.value.problems)


def test_a_file_with_other_columns_is_told(tmp_path: Path) -> None:
    write(tmp_path / "before", BEFORE, (40,))
    write(tmp_path / "after", BEFORE, (40,))
    part = tmp_path / "after" / "part-2.csv"
    part.write_text("\n".join(line + ",x" if line else "" for line in part.read_text("utf-8").split("\n")).replace("plan,x", "plan,note", 1).replace('"Two,x', '"Two'), "utf-8")
    with pytest.raises(Stopped) as stopped:
        compare_exports(tmp_path / "before", tmp_path / "after", mapping(tmp_path, "part-*.csv"))
    [problem] = stopped.value.problems
    assert problem.slug == "files-apart"
    assert "part-2.csv has other columns than part-1.csv" in problem.what


def test_no_such_file_is_told(tmp_path: Path) -> None:
    write(tmp_path / "before", BEFORE)
    write(tmp_path / "after", AFTER)
    with pytest.raises(Stopped) as stopped:
        compare_exports(tmp_path / "before", tmp_path / "after", mapping(tmp_path, "part-*.csv"))
    assert [p.what for p in stopped.value.problems] == ['the folder has no file named like "part-*.csv".'] * 2


def test_amounts_are_added_up_over_all_files(tmp_path: Path) -> None:
    write(tmp_path / "before", ["A,2026-01,C,3.00,EUR,P"], (1,))
    write(tmp_path / "after", ["A,2026-01,C,1.00,EUR,P", "A,2026-01,C,2.00,EUR,P"], (1,))
    plain = mapping(tmp_path, "part-*.csv")
    adding = replace(plain, grains=(replace(plain.grains[0], add_up=True),))
    found, _ = compare_exports(tmp_path / "before", tmp_path / "after", adding)
    assert found.agrees
    assert found.grains[0].compared == 1


def test_the_evidence_has_every_file(trueup: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "before", BEFORE, (3, 41))
    write(tmp_path / "after", AFTER, (10, 39))
    (tmp_path / "mapping.yaml").write_text(TEXT.format(file="part-*.csv"), "utf-8")
    ran = trueup("compare", "before", "after", "--mapping", "mapping.yaml", "--out", "out", "--json")
    assert ran.code == 1, ran.err
    record = json.loads((tmp_path / "out/record.json").read_text("utf-8"))
    names = {(i["path"], i["rows"]) for i in record["inputs"] if "one of several files" in i["role"]}
    assert {name for name, _ in names} == {f"{side}/part-{n}.csv" for side in ("before", "after") for n in (1, 2, 3)}
    # Rows of an input are its lines after the header, and one cell stands on two.
    assert sum(rows for name, rows in names if name.startswith("after")) == len(AFTER) + 1
    assert trueup("verify", "out").code == 0
    (tmp_path / "after/part-2.csv").write_text(HEAD + "\n", "utf-8")
    changed = trueup("verify", "out")
    assert changed.code == 1
    assert "after/part-2.csv" in changed.out
