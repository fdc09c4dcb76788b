"""What a group of differences claims, checked row by row with arithmetic of its own."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.reconcile.exact_lines import down, exact_lines, half_even, half_up
from harness.reconcile.factors import common, ratio_bounds, shortest, voted
from harness.reconcile.results import CauseGroup, Difference, GrainResult
from harness.reconcile.run import reconcile
from harness.tests.reconcile_rows import expected, export, line, only_lines
from reference_engine.vocabulary.results import EarnedLine

MODES = {
    "half to even": ROUND_HALF_EVEN,
    "down": ROUND_DOWN,
    "half up": ROUND_HALF_UP,
    "away from zero": ROUND_UP,
}


def compared(folder: Path, *cases: tuple[EarnedLine, str]) -> GrainResult:
    export(folder, *(f"{e.payee},{e.plan},{e.record},{a},EUR,paid" for e, a in cases if a))
    return reconcile(expected(*(e for e, _ in cases)), folder, only_lines()).grains[0]


def cents(value: int) -> str:
    return f"{'-' if value < 0 else ''}{abs(value) // 100}.{abs(value) % 100:02d}"


def paid(number: int, base: int, percent: int, **facts: object) -> EarnedLine:
    """A line of base cents times whole percent, rounded half up."""
    exact = Decimal(base) * percent / 100
    amount = int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    more = {"base": Fraction(base, 100), "rate": Fraction(percent, 100), "credit": "direct"}
    payee, record = str(facts.pop("payee", number % 7)), str(facts.pop("record", f"D-{number}"))
    return line(payee, record, cents(amount), **{**more, **facts})


def proves(group: CauseGroup, d: Difference) -> bool:
    """Whether the figures of one row say what its group claims."""
    e = sum(row.amount for row in d.expected)
    a = sum(row.amount for row in d.actual)
    claim = dict(group.claim)
    if group.relation == "opposite sign":
        return a == -e != 0
    if group.relation == "nothing paid":
        return a == 0 != e
    if group.relation == "nothing due":
        return e == 0 != a
    if group.relation == "constant offset":
        return a - e == int(claim["money"])
    if group.relation == "constant ratio":
        # Both amounts are rounded: the factor must lie between the outermost it can be.
        factor = Fraction(claim["factor"])
        return (2 * abs(e) - 1) * factor <= 2 * abs(a) + 1 and (2 * abs(e) + 1) * factor >= 2 * abs(a) - 1
    if group.relation == "other rate":
        (source,) = d.expected_sources
        assert isinstance(source, EarnedLine)
        assert source.base is not None
        return abs(source.base * 100 * Fraction(claim["rate"]) - a) <= Fraction(1, 2)
    if group.relation == "rounding":
        if not claim:
            return abs(a - e) == 1
        (source,) = d.expected_sources
        assert isinstance(source, EarnedLine)
        assert source.base is not None
        assert source.rate is not None
        exact = Decimal(int(source.base * 100)) * int(source.rate * 100) / 100
        return all(int(exact.quantize(Decimal(1), MODES[m])) == a for m in claim["way"].split(" or "))
    return group.relation in ("", "other")


cases = st.lists(
    st.tuples(
        st.integers(1, 3_000_000), st.sampled_from([2, 5, 8]), st.integers(0, 9), st.integers(1, 90_000)
    ),
    min_size=1,
    max_size=60,
)


@settings(max_examples=40, deadline=None)
@given(cases)
def test_a_group_claims_only_what_every_row_of_it_proves(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, int, int, int]]
) -> None:
    made = []
    for number, (base, percent, fault, other) in enumerate(rows):
        due = paid(number, base, percent)
        units = int(due.amount * 100)
        faulty = [
            units,
            -units,
            0,
            units + 777,
            units * 12 // 10,
            base * 4 // 100,
            units - 1,
            units + 1,
            other,
            base * percent // 100,
        ]
        made.append((due, cents(faulty[fault])))
    grain = compared(tmp_path_factory.mktemp("claims"), *made)
    by_id = {d.id: d for d in grain.differences}
    for group in grain.groups:
        for i in group.ids:
            assert proves(group, by_id[i]), (
                group.sentence,
                by_id[i].expected[0].amount,
                by_id[i].actual[0].amount,
            )
    listed = [i for g in grain.groups for i in g.ids]
    assert sorted(listed) == sorted(by_id)
    assert sum(a for g in grain.groups for _, a in g.moved) == sum(d.weight for d in grain.differences)


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_the_roundings_are_those_of_the_decimal_module(top: int, bottom: int) -> None:
    exact = Fraction(top, bottom)
    assert half_even((top, bottom)) == round(exact)
    assert abs(half_up((top, bottom))) == (abs(exact) + Fraction(1, 2)).__floor__()
    assert abs(down((top, bottom))) == abs(exact).__floor__()


def test_a_factor_is_the_shortest_that_fits_and_never_1() -> None:
    import numpy as np

    bounds = [ratio_bounds(e, a) for e, a in ((100_000, 120_000), (5, 4), (1_000_000, 1_083_700), (7, -7))]
    low, high = (np.array([b[side] for b in bounds], dtype=np.int64) for side in (0, 1))
    found, decimals = shortest(low, high)
    assert found.tolist() == [1_200_000, 700_000, 1_083_700, 0]
    assert decimals.tolist()[:3] == [1, 1, 4]
    assert voted(low, high).tolist() == [0, 0, 0, 0]
    assert common(low[:1], high[:1]).tolist() == [0], "one row is no pattern"


def test_a_rate_of_another_tier_is_named_even_for_one_row(tmp_path: Path) -> None:
    rows = [(paid(i, 100_000 + 1_234 * i, 8 if i % 2 else 5), "") for i in range(20)]
    right = [(due, cents(int(due.amount * 100))) for due, _ in rows]
    wrong = (paid(50, 1_234_500, 8), cents(61_725))
    (group,) = compared(tmp_path, *right, wrong).groups
    assert group.sentence == "P: 1 line is paid at a rate of 5% instead of 8%."


def test_an_old_rate_is_named_where_several_rows_share_it(tmp_path: Path) -> None:
    rows = [
        (paid(i, 100_000 + 12_345 * i, 8), cents(((100_000 + 12_345 * i) * 7 + 50) // 100)) for i in range(6)
    ]
    (group,) = compared(tmp_path, *rows).groups
    assert group.sentence == "P: 6 lines are paid at a rate of 7% instead of 8%."


def test_two_payees_are_exchanged_only_where_no_other_pairing_is_possible(tmp_path: Path) -> None:
    def two(record: str, first: str, second: str) -> list[tuple[EarnedLine, str]]:
        return [(line("Ana", record, first), second), (line("Ben", record, second), first)]

    (group,) = compared(tmp_path, *two("D-1", "120.00", "80.00"), *two("D-2", "31.50", "90.00")).groups
    assert (group.relation, group.count, group.money) == ("payees exchanged", 4, ())
    three = [("Ana", "10.00", "20.00"), ("Ben", "20.00", "10.00"), ("Cy", "20.00", "10.00")]
    grain = compared(tmp_path, *[(line(who, "D-9", e), a) for who, e, a in three])
    assert "payees exchanged" not in {g.relation for g in grain.groups}


def test_a_deal_paid_whole_to_one_owner_and_one_under_another_payee(tmp_path: Path) -> None:
    shared = [
        (paid(1, 60_000, 5, payee="Ana", record="D-1"), "50.00"),
        (paid(2, 40_000, 5, payee="Ben", record="D-1"), ""),
    ]
    (group,) = compared(tmp_path, *shared).groups
    assert (group.kind, group.relation) == ("amount and missing", "split not applied")
    moved = [(line("Ana", "D-2", "77.10"), "")]
    export(tmp_path, "Ben,P,D-2,77.10,EUR,paid")
    grain = reconcile(expected(*(e for e, _ in moved)), tmp_path, only_lines()).grains[0]
    assert [(g.kind, g.relation, g.money) for g in grain.groups] == [
        ("missing and unexpected", "other payee", ())
    ]


def test_a_row_that_stands_twice_with_the_due_amount_is_paid_twice(tmp_path: Path) -> None:
    export(
        tmp_path,
        "Ana,P,D-1,5.00,EUR,paid",
        "Ana,P,D-1,5.00,EUR,paid",
        "Ben,P,D-2,5.00,EUR,paid",
        "Ben,P,D-2,6.00,EUR,paid",
    )
    grain = reconcile(
        expected(line("Ana", "D-1", "5.00"), line("Ben", "D-2", "5.00")), tmp_path, only_lines()
    ).grains[0]
    assert sorted((g.relation, g.count) for g in grain.groups) == [("", 1), ("paid twice", 1)]


def test_lines_that_are_not_base_times_rate_prove_no_rounding() -> None:
    assert exact_lines([line("Ana", "D-1", "5.00")], "EUR", 100) is None
    assert exact_lines([paid(1, 10_000, 5), line("Ana", "", "-2.00", kind="cap")], "EUR", 100).fixed == -200  # type: ignore[union-attr]
