"""Wrong answers that reconciliation tools give, each as a test of ours."""

from __future__ import annotations

import random

import pytest

from harness.adapters.rows import ResultRow
from harness.reconcile.join import Joined, compare_rows


def row(*key: str, amount: int = 0, currency: str = "EUR", fields: tuple[str | None, ...] = ()) -> ResultRow:
    return ResultRow(key, amount, currency, fields, ())


def compared(
    expected: list[ResultRow], actual: list[ResultRow], tolerance: int = 0, *, absent_is_zero: bool = False
) -> Joined:
    rows = expected or actual
    return compare_rows(
        expected,
        actual,
        key_size=len(rows[0].key),
        field_count=len(rows[0].fields),
        tolerance=[tolerance] * len(expected) if tolerance else None,
        absent_is_zero=absent_is_zero,
    )


def test_one_cent_is_inside_a_tolerance_of_one_cent_at_every_amount() -> None:
    amounts = range(1, 1_000_000, 7)
    left = [row(str(i), amount=a) for i, a in enumerate(amounts)]
    right = [row(str(i), amount=a + (1 if i % 2 else -1)) for i, a in enumerate(amounts)]
    found = compared(left, right, tolerance=1)
    assert {kind for _, _, kind in found.pairs} == {"tolerated"}
    assert len(found.pairs) == len(left)


def test_two_cents_are_outside_a_tolerance_of_one_cent() -> None:
    found = compared([row("a", amount=110)], [row("a", amount=112)], tolerance=1)
    assert [kind for _, _, kind in found.pairs] == ["amount"]


def test_amounts_past_64_bits_differ_by_one_cent() -> None:
    left = [row("a", amount=12345678901234567801), row("b", amount=10**35)]
    right = [row("a", amount=12345678901234567802), row("b", amount=10**35)]
    assert compared(left, right).pairs == ((0, 0, "amount"),)
    assert compared(left, right, tolerance=1).pairs == ((0, 0, "tolerated"),)


def test_repeated_keys_are_never_paired_whatever_the_order() -> None:
    left = [row("a", amount=1), row("a", amount=2), row("b", amount=5)]
    right = [row("a", amount=2), row("b", amount=5), row("a", amount=1)]
    found = compared(left, right)
    assert found.pairs == ()
    assert found.matched == 1
    assert [(sorted(e), sorted(a)) for e, a in found.repeated] == [([0, 1], [0, 2])]


def test_one_duplicate_row_in_the_export_is_seen() -> None:
    found = compared(
        [row("a", amount=1), row("b", amount=1)], [row("a", amount=1), row("a", amount=1), row("b", amount=1)]
    )
    assert found.repeated == (((0,), (0, 1)),)
    assert (found.pairs, found.matched) == ((), 1)


def test_large_amounts_have_no_relative_slack() -> None:
    found = compared([row("a", amount=100_000_000)], [row("a", amount=100_000_999)])
    assert [kind for _, _, kind in found.pairs] == ["amount"]


def test_leading_zeros_and_case_make_another_key() -> None:
    found = compared([row("007"), row("a")], [row("7"), row("A")])
    assert sorted(kind for _, _, kind in found.pairs) == ["missing", "missing", "unexpected", "unexpected"]


def test_a_blank_key_part_matches_a_blank_one() -> None:
    assert compared([row("a", "", amount=1)], [row("a", "", amount=1)]).matched == 1
    found = compared([row("a", "", amount=1)], [row("a", "x", amount=1)])
    assert sorted(kind for _, _, kind in found.pairs) == ["missing", "unexpected"]


def test_key_parts_dont_run_together() -> None:
    found = compared([row("a", "bc")], [row("ab", "c")])
    assert sorted(kind for _, _, kind in found.pairs) == ["missing", "unexpected"]


def test_currency_comes_before_amount_and_fields_after_it() -> None:
    left = [row(k, amount=5, fields=("x", None)) for k in "abcd"]
    right = [
        row("a", amount=5, currency="USD", fields=("x", "y")),
        row("b", amount=6, fields=("y", "y")),
        row("c", amount=5, fields=("y", "y")),
        row("d", amount=5, fields=(None, "y")),
    ]
    assert [kind for _, _, kind in compared(left, right).pairs] == ["currency", "amount", "field"]


def test_an_absent_row_means_zero_only_where_declared() -> None:
    left, right = [row("a"), row("b", amount=1)], [row("c")]
    assert len(compared(left, right).pairs) == 3
    found = compared(left, right, absent_is_zero=True)
    assert ([kind for _, _, kind in found.pairs], found.matched) == (["missing"], 2)


def test_an_empty_side_makes_every_row_missing_or_unexpected() -> None:
    assert [k for _, _, k in compared([row("a", fields=("x",))], []).pairs] == ["missing"]
    assert [k for _, _, k in compared([], [row("a", fields=("x",))]).pairs] == ["unexpected"]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_of_rows_doesnt_matter_and_every_class_is_counted(seed: int) -> None:
    rng = random.Random(seed)
    left, right, planted = [], [], {"amount": 0, "missing": 0, "unexpected": 0, "currency": 0, "repeated": 0}
    for i in range(3000):
        amount, what = rng.randint(-(10**6), 10**6), rng.choice(["matched"] * 20 + list(planted))
        if what != "unexpected":
            left.append(row(str(i), "k", amount=amount))
        if what != "missing":
            change = rng.choice([-1, 1]) if what == "amount" else 0
            right.append(
                row(str(i), "k", amount=amount + change, currency="USD" if what == "currency" else "EUR")
            )
        if what == "repeated":
            rng.choice([left, right]).append(row(str(i), "k", amount=amount))
        if what != "matched":
            planted[what] += 1
    rng.shuffle(right)
    found = compared(left, right)
    kinds = [kind for _, _, kind in found.pairs]
    assert {
        **{k: kinds.count(k) for k in planted if k != "repeated"},
        "repeated": len(found.repeated),
    } == planted


def test_hostile_text_in_keys_is_only_text() -> None:
    nasty = ["'; DROP TABLE expected; --", '"', "%", "\\", "a\nb", "\u202e", "NULL"]
    assert compared([row(n, amount=1) for n in nasty], [row(n, amount=1) for n in nasty]).matched == len(
        nasty
    )
