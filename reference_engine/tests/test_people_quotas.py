"""Quotas and target incentives agree with the oracle, holder by holder and interval by interval, on random worlds."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from reference_engine.plans.document import Node
from reference_engine.plans.reader import read_plan
from reference_engine.problems import Problem
from reference_engine.quotas import Quotas
from reference_engine.tests import oracle_people
from reference_engine.tests.oracle_plan import PlanReading
from reference_engine.tests.oracle_records import spans
from reference_engine.tests.random_cases_people import PEOPLE, TREES, target_cases, tree_cases
from reference_engine.tests.random_worlds import Case, described, world_of

QUICK = settings(
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    database=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    max_examples=20,
)


def quotas_of(case: Case) -> tuple[Quotas, list[Problem]]:
    problems: list[Problem] = []
    plan = read_plan(Node.of(case.plans[0]), problems)
    assert plan is not None, problems
    return Quotas(world_of(case.tables), problems, [plan]), problems


@pytest.mark.parametrize("kind", ["quota", "target incentive"])
@pytest.mark.parametrize("cadence", ["month", "quarter", "year"])
def test_intervals_agree(kind: str, cadence: str) -> None:
    @QUICK
    @given(target_cases())
    def check(case: Case) -> None:
        quotas, problems = quotas_of(case)
        intervals = quotas.world.calendar.periods(date(2026, 1, 1), date(2026, 12, 31), cadence)
        cells = quotas.cells("P", intervals, "bookings" if kind == "quota" else "", kind)
        if problems and {p.slug for p in problems} == {"proration"}:
            return
        assert not problems, "\n".join(map(str, problems))
        reading = PlanReading(case.plans[0], case.tables)
        for payee in PEOPLE:
            code = quotas.world.payee_code[payee]
            for i, interval in enumerate(spans(date(2026, 1, 1), date(2026, 12, 31), cadence)):
                wanted = oracle_people.expected(
                    reading, payee, interval, "bookings" if kind == "quota" else "", kind
                )
                got = cells.amount[code].at(i) if cells.present[code, i] else None
                assert got == wanted, f"{payee}, {interval.label}\n{described(case)}"

    check()


@pytest.mark.parametrize("way", TREES)
def test_rows_agree(way: str) -> None:
    @settings(QUICK, max_examples=15)
    @given(tree_cases(way))
    def check(case: Case) -> None:
        quotas, problems = quotas_of(case)
        got: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
        for row in quotas.rows():
            got[row.payee, row.period] += row.quota
        assert not problems, "\n".join(map(str, problems))
        reading = PlanReading(case.plans[0], case.tables)
        wanted: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
        year = spans(date(2026, 1, 1), date(2026, 1, 1), "year")[0]
        for part in oracle_people.planned(reading, "quota", year):
            amount = part.amount * oracle_people.share(reading, part, "quota")
            wanted[part.holder, part.period.label] += reading.round("quota", amount)
        assert {k: v for k, v in got.items() if v} == {k: v for k, v in wanted.items() if v}, described(case)

    check()
