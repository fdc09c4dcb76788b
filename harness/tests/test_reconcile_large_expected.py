"""Expected results that were calculated before, set aside by DuckDB or read row by row: both say the same of every row that differs."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.adapters.mapping import Mapping
from harness.adapters.mapping_reader import read_mapping
from harness.reconcile.expected import Expected, read_expected, write_expected
from harness.reconcile.large.both_sides import Room
from harness.reconcile.results import Reconciliation
from harness.reconcile.run import reconcile, reconcile_large
from reference_engine.plans.reader import read_plan_file
from reference_engine.problems import Problem
from reference_engine.run import calculate
from reference_engine.vocabulary.results import Payout
from reference_engine.world import read_world
from reports.record import load_record
from scenarios.planted import target_export
from scenarios.whole_company import PLANS, whole_company

COMPANY = Path(__file__).parents[1] / "mappings" / "whole_company.yaml"
ROOM = Room(memory="1GB", from_bytes=0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What was calculated of a company, and an export with planted differences of every class."""
    problems: list[Problem] = []
    folder = tmp_path_factory.mktemp("large")
    world = read_world(whole_company(150), problems)
    plans = [read_plan_file(p, problems) for p in sorted(PLANS.glob("*.yaml"))]
    result = calculate([p for p in plans if p is not None], world)
    export = target_export(result.line_rows(), result.payout_rows(), each=5)
    export.write(folder / "export")
    write_expected(result, folder / "expected")
    assert not problems
    return folder


def mapping(path: Path = COMPANY) -> Mapping:
    problems: list[Problem] = []
    found = read_mapping(path, problems)
    assert found is not None, problems
    return found


def both(
    folder: Path, wanted: Mapping, known: Path | None = None
) -> tuple[Reconciliation, Reconciliation, Expected]:
    problems: list[Problem] = []
    expected = read_expected(folder / "expected", problems)
    assert expected is not None, problems
    large = reconcile_large(folder / "expected", folder / "export", wanted, known, ROOM)
    assert large is not None
    return reconcile(expected, folder / "export", wanted, known), *large


def said(found: Reconciliation) -> object:
    return [
        (
            g.name,
            (g.compared, g.matched, len(g.accepted)),
            g.totals,
            [
                (
                    d.id,
                    d.kind,
                    d.key,
                    d.money,
                    d.fields,
                    d.follows_from,
                    d.unexplained,
                    d.attributes,
                    d.expected_sources,
                )
                for d in sorted((*g.differences, *g.accepted), key=lambda d: d.id)
            ],
            sorted(d.id for d in g.tolerated),
        )
        for g in found.grains
    ]


def test_everything_that_differs_is_the_same(folder: Path) -> None:
    one, large, expected = both(folder, mapping(), folder / "export" / "known.yaml")
    assert said(large) == said(one)
    assert [(o.state, o.ids) for o in large.known] == [(o.state, o.ids) for o in one.known]
    kinds = {d.kind for g in large.grains for d in g.differences}
    assert kinds >= {
        "amount",
        "missing",
        "unexpected",
        "duplicate",
        "timing",
        "currency",
        "field",
        "frozen",
        "unreadable",
    }
    # Of the two sides only what differs was read.
    assert 0 < len(expected.payouts) < 1_000
    assert expected.is_partial


def test_every_payout_that_differs_has_its_lines(folder: Path) -> None:
    _, large, expected = both(folder, mapping())
    checked = 0
    for difference in large.grain("payouts").differences:
        for payout in difference.expected_sources:
            assert isinstance(payout, Payout)
            key = (payout.payee, payout.plan, payout.component, payout.period, payout.currency)
            own = [x for x in expected.lines if (x.payee, x.plan, x.component, x.pay_period, x.currency) == key]
            assert sum(x.amount for x in own) == payout.amount
            checked += 1
    assert checked > 100


def test_payouts_are_added_up_under_a_shorter_key(folder: Path, tmp_path: Path) -> None:
    """The export says one amount a payee, period and currency; plans and components are added up."""
    with (folder / "expected" / "payouts.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    sums: dict[tuple[str, str, str], int] = {}
    for row in rows:
        key = (row["payee"], row["period"], row["currency"])
        sums[key] = (
            sums.get(key, 0) + int(row["amount"].replace(".", ""))
            if "." in row["amount"]
            else int(row["amount"]) * 100
        )
    first = next(iter(sums))
    sums[first] += 1
    (tmp_path / "export").mkdir()
    with (tmp_path / "export" / "payouts.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["payee", "period", "currency", "amount"])
        writer.writerows(
            (*key, f"{'-' if units < 0 else ''}{abs(units) // 100}.{abs(units) % 100:02d}")
            for key, units in sums.items()
        )
    (tmp_path / "expected").symlink_to(folder / "expected")
    whole = mapping().grains[1]
    short = replace(
        whole, key=tuple(s for s in whole.key if s.name in ("payee", "period", "currency")), follows_from=""
    )
    one, large, _ = both(tmp_path, replace(mapping(), grains=(short,)))
    assert said(large) == said(one)
    [difference] = large.grains[0].differences
    assert difference.kind == "amount"
    assert large.grains[0].compared == len(sums) < len(rows)


def test_conditions_leave_expected_rows_out(folder: Path) -> None:
    grain = replace(
        mapping().grains[1],
        expected_where={"plan": ("Field Sales",)},
        rows_where={"plan": ("Field Sales",)},
        follows_from="",
    )
    one, large, _ = both(folder, replace(mapping(), grains=(grain,)))
    assert said(large) == said(one)
    assert [n for n in large.grains[0].notes if "don't count: only those where plan is Field Sales." in n]


def test_names_that_were_made_harmless_are_themselves_again(tmp_path: Path) -> None:
    (tmp_path / "expected").mkdir()
    (tmp_path / "export").mkdir()
    head = "payee,period,from,to,plan,component,amount,currency,lines\n"
    rows = [
        "'=1+1,2026-01,2026-01-01,2026-01-31,P,c,{},EUR,1",
        "''q,2026-01,2026-01-01,2026-01-31,P,c,{},EUR,1",
        '"a ""b"", c",2026-01,2026-01-01,2026-01-31,P,c,{},EUR,1',
    ]
    (tmp_path / "expected" / "payouts.csv").write_text(
        head + "".join(r.format("5.00") + "\n" for r in rows), "utf-8"
    )
    out = ["=1+1,P,c,2026-01,EUR,5.00", "'q,P,c,2026-01,EUR,6.00", '"a ""b"", c",P,c,2026-01,EUR,5.00']
    (tmp_path / "export" / "payouts.csv").write_text(
        "payee,plan,component,period,currency,amount\n" + "\n".join(out) + "\n", "utf-8"
    )
    wanted = replace(mapping(), grains=(replace(mapping().grains[1], follows_from="", frozen=()),))
    one, large, _ = both(tmp_path, wanted)
    assert said(large) == said(one)
    [difference] = large.grains[0].differences
    assert difference.part("payee") == "'q"


@pytest.mark.parametrize(
    "rows",
    [
        "A,2026-01,2026-01-01,2026-01-31,P,c,100/3,EUR,1\n",
        "A,2026-01,2026-01-01,2026-01-31,P,c,1.00,EUR,1\nA,2026-01,2026-01-01,2026-01-31,P,c,1.00,USD,1\n",
        "A,2026-01,2026-01-01,2026-01-31,P,c,one,EUR,1\n",
        "A,2026-01,2026-01-01,2026-01-31,P,c,1.00,EUR\n",
    ],
    ids=["a fraction", "two currencies under one key", "no number", "a cell too few"],
)
def test_what_only_the_row_reader_can_judge_is_left_to_it(tmp_path: Path, rows: str) -> None:
    (tmp_path / "payouts.csv").write_text(
        "payee,period,from,to,plan,component,amount,currency,lines\n" + rows, "utf-8"
    )
    (tmp_path / "export.csv").write_text(
        "payee,plan,component,period,currency,amount\nA,P,c,2026-01,EUR,1.00\n", "utf-8"
    )
    grain = mapping().grains[1]
    key = tuple(s for s in grain.key if s.name != "currency")
    wanted = replace(mapping(), grains=(replace(grain, key=key, file="", follows_from="", frozen=()),))
    assert reconcile_large(tmp_path / "payouts.csv", tmp_path / "export.csv", wanted, None, ROOM) is None


def test_the_command_says_the_same_with_a_limit_of_memory(
    folder: Path, trueup: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    common = (
        "reconcile",
        "--expected",
        folder / "expected",
        "--actual",
        folder / "export",
        "--mapping",
        COMPANY,
        "--known",
        folder / "export" / "known.yaml",
    )
    plain = trueup(*common, "--out", "one", "--json")
    large = trueup(*common, "--out", "large", "--memory", "1GB", "--json")
    assert (plain.code, large.code) == (1, 1), large.err
    assert large.json["verdict"] == plain.json["verdict"]
    one, other = load_record(Path("one")), load_record(Path("large"))
    assert [(g.name, g.compared, g.matched, g.by_class, g.difference) for g in other.grains] == [
        (g.name, g.compared, g.matched, g.by_class, g.difference) for g in one.grains
    ]
    assert {
        d.id: (d.expected, d.actual, d.class_, d.also, d.ours and d.ours.rule) for d in other.differences
    } == {d.id: (d.expected, d.actual, d.class_, d.also, d.ours and d.ours.rule) for d in one.differences}
    assert one.statements
    assert not other.statements
    assert any("only what differs was read row by row" in limit for limit in other.limits)
    assert trueup("verify", "large").code == 0
