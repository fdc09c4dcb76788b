"""Differences grouped by what they have in common, each group in one sentence."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from harness.reconcile.results import CauseGroup
from harness.reconcile.run import reconcile
from harness.tests.reconcile_rows import expected, export, only_lines
from harness.tests.reconcile_rows import line as a_line
from reference_engine.vocabulary.results import EarnedLine

Case = tuple[EarnedLine, str]


def groups(folder: Path, *cases: Case) -> list[CauseGroup]:
    """The groups for expected lines and what the target says of each ("" for no row)."""
    rows = [f"{e.payee},{e.plan},{e.record},{a},EUR,paid" for e, a in cases if a]
    export(folder, *rows)
    return list(reconcile(expected(*(e for e, _ in cases)), folder, only_lines()).grains[0].groups)


def line(number: int, amount: str, **facts: object) -> EarnedLine:
    attributes = tuple(
        (k.replace("_", " "), str(v)) for k, v in facts.items() if k not in ("kind", "plan", "base", "rate")
    )
    rest = {k: v for k, v in facts.items() if k in ("kind", "plan", "base", "rate")}
    return a_line(str(number % 7), f"D-{number}", amount, attributes=attributes, **rest)


def many(start: int, count: int, amount: str, actual: str, **facts: object) -> list[Case]:
    return [(line(start + i, amount, **facts), actual) for i in range(count)]


def test_signs_and_marks_become_two_groups(tmp_path: Path) -> None:
    found = groups(
        tmp_path,
        *many(0, 40, "5.00", "5.00", category="Bikes"),
        *many(100, 6, "-5.00", "5.00", kind="credit note", category="Bikes"),
        *many(200, 5, "-3.00", "3.00", kind="credit note", category="Clothing"),
        *many(300, 3, "0", "1.00", category="Clothing", commission_free="yes"),
        *many(400, 1, "0", "1.00", kind="credit note", category="Clothing", commission_free="yes"),
    )
    assert [g.sentence for g in found] == [
        "P: 11 credit note lines are paid instead of taken back.",
        "P: 4 lines of commission-free products are paid although nothing is due.",
    ]
    assert [(g.relation, g.count, g.money) for g in found] == [
        ("opposite sign", 11, (("EUR", 9000),)),
        ("nothing due", 4, (("EUR", 400),)),
    ]
    assert found[1].attributes == (("plan", "P"), ("commission free", "yes"))
    assert found[1].population == 4


def test_the_same_fault_in_several_plans_is_one_group(tmp_path: Path) -> None:
    cases = [
        case
        for k, plan in enumerate("PQ")
        for case in (
            *many(k * 100, 20, "5.00", "5.00", plan=plan),
            *many(k * 100 + 50, 4, "-5.00", "5.00", plan=plan, kind="credit note"),
        )
    ]
    (group,) = groups(tmp_path, *cases)
    assert group.sentence == "P and Q: 8 credit note lines are paid instead of taken back."


def test_a_wrong_rate_is_a_constant_ratio(tmp_path: Path) -> None:
    cases = []
    for i in range(50, 70):
        cents = round(Fraction(i * 100 + 37) * Fraction(12, 10))
        cases.append((line(i, f"{i}.37", category="Bikes"), f"{cents // 100}.{cents % 100:02d}"))
    (group,) = groups(tmp_path, *cases, *many(100, 30, "1.00", "1.00", category="Clothing"))
    assert group.relation == "constant ratio"
    assert group.sentence == "P: 20 lines of category Bikes are paid at 120% of what is due."


def test_ratio_and_offset_are_told_apart_by_an_attribute(tmp_path: Path) -> None:
    doubled = [(line(i, f"{i}.00", category="Bikes"), f"{2 * i}.00") for i in range(50, 60)]
    more = [(line(i, f"{i}.00", category="Clothing"), f"{i + 7}.00") for i in range(60, 70)]
    found = {g.relation: g.sentence for g in groups(tmp_path, *doubled, *more)}
    assert found == {
        "constant ratio": "P: 10 lines of category Bikes are paid at 200% of what is due.",
        "constant offset": "P: 10 lines of category Clothing are 7.00 EUR higher than due, each.",
    }


def test_a_way_of_rounding_is_recognised(tmp_path: Path) -> None:
    # 2.5% of 1.00, 3.00, 5.00 ... ends on half a cent each time.
    cases = []
    for i in range(1, 12, 2):
        base = Fraction(i)
        exact = base * Fraction(1, 40) * 100
        up, even = int(exact + Fraction(1, 2)), round(exact)
        cases.append(
            (line(i, f"{up}/100", base=base, rate=Fraction(1, 40)), f"{even // 100}.{even % 100:02d}")
        )
    (group,) = groups(tmp_path, *cases)
    assert group.relation == "rounding"
    assert group.sentence.endswith("lines differ by 0.01 EUR, as if rounded half to even.")


def test_nothing_paid_missing_and_lone_differences_have_words(tmp_path: Path) -> None:
    found = groups(
        tmp_path,
        *many(0, 30, "5.00", "5.00"),
        *many(100, 3, "5.00", "0.00", category="Bikes"),
        *many(200, 2, "5.00", "", category="Clothing"),
        *many(300, 1, "5.00", "6.13", kind="booking"),
    )
    assert sorted(g.sentence for g in found) == [
        "P: 1 line differs in the amount; no common cause was found.",
        "P: 2 lines of category Clothing are missing in the target.",
        "P: 3 lines of category Bikes are not paid although an amount is due.",
    ]


def test_a_telling_part_is_split_off(tmp_path: Path) -> None:
    found = groups(
        tmp_path,
        *many(0, 60, "5.00", "5.00", category="Bikes"),
        *many(100, 8, "5.00", "0.00", category="Gloves"),
        *many(200, 2, "5.00", "0.00", category="Bikes"),
    )
    assert [g.sentence for g in found] == [
        "P: 8 lines of category Gloves are not paid although an amount is due.",
        "P: 2 of the 62 lines of category Bikes are not paid although an amount is due.",
    ]


def test_every_difference_is_in_exactly_one_group(tmp_path: Path) -> None:
    cases = [
        (
            line(i, f"{i % 13}.00", category="xyz"[i % 3], kind="invoice" if i % 5 else "credit note"),
            f"{(i * 7) % 11}.00",
        )
        for i in range(200)
    ]
    export(tmp_path, *(f"{e.payee},{e.plan},{e.record},{a},EUR,paid" for e, a in cases))
    grain = reconcile(expected(*(e for e, _ in cases)), tmp_path, only_lines()).grains[0]
    ids = [i for g in grain.groups for i in g.ids]
    assert sorted(ids) == sorted(d.id for d in grain.differences)
    assert len(set(ids)) == len(ids)
    assert sum(a for g in grain.groups for _, a in g.money) == grain.totals[0].difference
    assert all(g.population >= g.count for g in grain.groups)
