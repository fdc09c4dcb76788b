"""A generated company with planted differences of every class and cause: each is found, classed and grouped right."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.adapters.mapping_reader import read_mapping
from harness.reconcile.expected import Expected
from harness.reconcile.planted import PlantedOutcome, compare_with_planted
from harness.reconcile.relations import RELATIONS
from harness.reconcile.results import CLASSES, Reconciliation
from harness.reconcile.run import reconcile
from reference_engine.plans.reader import read_plan_file
from reference_engine.problems import Problem, Stopped
from reference_engine.run import calculate
from reference_engine.world import read_world
from scenarios.planted import TargetExport, target_export
from scenarios.whole_company import PLANS, whole_company

MAPPING = Path(__file__).parents[1] / "mappings" / "whole_company.yaml"
Found = tuple[TargetExport, Reconciliation]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Found:
    problems: list[Problem] = []
    world = read_world(whole_company(200), problems)
    plans = [read_plan_file(p, problems) for p in sorted(PLANS.glob("*.yaml"))]
    mapping = read_mapping(MAPPING, problems)
    assert not problems
    assert mapping is not None
    result = calculate([p for p in plans if p is not None], world)
    export = target_export(result.line_rows(), result.payout_rows(), each=6)
    folder = tmp_path_factory.mktemp("export")
    export.write(folder)
    return export, reconcile(Expected.of_result(result), folder, mapping, folder / "known.yaml")


def test_every_planted_difference_is_found_and_nothing_else(company: Found) -> None:
    export, found = company
    outcome = compare_with_planted(found, export.truth)
    assert outcome.wrong == []
    assert outcome.is_right
    assert outcome.planted == len(export.truth) > 250
    assert outcome.following > 100


def test_every_class_and_nearly_every_cause_is_planted(company: Found) -> None:
    export, _ = company
    assert set(CLASSES) | {"known", "tolerated"} == {p.class_ for p in export.truth}
    assert set(RELATIONS) - {p.cause for p in export.truth} == {"nothing due", "follows", "written otherwise"}


def test_the_groups_say_what_was_planted(company: Found) -> None:
    _, found = company
    said = [g.sentence for g in found.grain("commission lines").groups]
    for words in (
        "return lines are paid instead of taken back",
        "are paid at a rate of 3.5% instead of 4%",
        "differ by 0.01 EUR, as if rounded down",
        "are paid at 110% of what is due",
        "are 7.50 EUR higher than due, each",
        "cap lines are missing in the target",
        "draw recovery lines are missing in the target",
        "of shared deals are paid whole to one of the owners, and the others get nothing",
        "have the right figure in USD instead of EUR",
        "stand twice in the target, each time with the amount that is due once",
        "no common cause was found",
    ):
        assert sum(words in text for text in said) == 1, (words, said)


def test_what_was_not_planted_or_not_found_is_told(company: Found) -> None:
    export, found = company
    outcome = compare_with_planted(found, export.truth[1:])
    assert not outcome.is_right
    assert outcome.wrong[-1].startswith("found, but not planted: commission lines")
    none: PlantedOutcome = compare_with_planted(found, [])
    assert len(none.wrong) == len({(p.grain, p.key) for p in export.truth})


def test_a_company_of_an_impossible_size_is_refused() -> None:
    with pytest.raises(Stopped, match="a company of 3 payees can't be made"):
        whole_company(3)
