"""The demo's target against the reference: every figure, from an independent script over the same data."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.adapters.data_folder import read_data_folder
from harness.adapters.mapping_reader import read_mapping
from harness.reconcile.expected import Expected
from harness.reconcile.results import Reconciliation
from harness.reconcile.run import reconcile, to_json_summary
from reference_engine.plans.reader import read_plan_file
from reference_engine.problems import Problem
from reference_engine.run import calculate
from reference_engine.world import read_world

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def demo() -> Reconciliation:
    problems: list[Problem] = []
    world = read_world(read_data_folder(ROOT / "scenarios/worlds/odoo_commission", problems), problems)
    plans = [
        read_plan_file(f, problems) for f in sorted((ROOT / "scenarios/plans/odoo_commission").glob("*.yaml"))
    ]
    mapping = read_mapping(ROOT / "harness/mappings/odoo_commission.yaml", problems)
    assert not problems
    assert mapping is not None
    result = calculate([p for p in plans if p is not None], world)
    return reconcile(Expected.of_result(result), ROOT / "scenarios/data/odoo_commission", mapping)


def test_the_figures_are_right_to_the_cent_and_to_the_row(demo: Reconciliation) -> None:
    figures = to_json_summary(demo)
    assert {
        k: figures[k] for k in ("compared", "matched", "differences", "by_class", "difference_total", "known")
    } == {
        "compared": 26560,
        "matched": 26220,
        "differences": 340,
        "by_class": {"amount": 340},
        "difference_total": {"USD": "11394.91"},
        "known": 0,
    }
    settlements = figures["grains"]["settlements"]  # type: ignore[index]
    assert (settlements["compared"], settlements["differences"], settlements["explained"]) == (214, 25, 25)
    assert settlements["difference_total"] == {"USD": "11394.91"}


def test_the_causes_are_few_and_readable(demo: Reconciliation) -> None:
    assert [g.sentence for g in demo.grain("commission lines").groups] == [
        "CRITERIA: 312 credit note lines are paid instead of taken back.",
        "CRITERIA: 28 lines of commission-free products are paid although nothing is due.",
    ]
    (group,) = demo.grain("settlements").groups
    assert (group.count, group.relation) == (25, "follows")


def test_every_difference_leads_to_both_sides(demo: Reconciliation) -> None:
    lines = demo.grain("commission lines").differences
    assert {d.part("plan") for d in lines} == {"CRITERIA"}
    for difference in lines:
        (row,) = difference.target_rows
        assert row.raw.startswith(
            f"{difference.part('record')},{difference.part('line')},{row.codes[2]},CRITERIA,"
        )
        assert len(difference.expected_sources) == 1
    ids = {d.id for d in lines}
    assert len(ids) == 340
    followed = [i for d in demo.grain("settlements").differences for i in d.follows_from]
    assert sorted(followed) == sorted(ids)
