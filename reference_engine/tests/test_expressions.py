"""The small language of plans: what it reads, what it is worth, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_engine.columns import Exact
from reference_engine.expressions.evaluate import Column, number, words, yes
from reference_engine.expressions.syntax import FUNCTIONS, NotAnExpression, parse
from reference_engine.problems import Problem, Where

AT = Where("plan.yaml", 7, 3)
EUR = np.full(3, "EUR", dtype=object)


class Rows:
    """Three deals."""

    columns: ClassVar[dict[str, Column]] = {
        "amount": Column.number(Exact.of([Fraction(100), Fraction(250), Fraction(-30)]), EUR),
        "fee": Column.number(Exact.of([Fraction(1), Fraction(2), Fraction(3)]), np.array(["EUR", "USD", "EUR"], dtype=object)),
        "term months": Column.number(Exact.of([Fraction(12), Fraction(24), Fraction(0)]), "", np.array([True, True, False])),
        "type": Column.of("text", np.array(["new", "renewal", ""], dtype=object)),
        "discount": Column.of("text", np.array(["10%", "0.5", "1,000.00 EUR"], dtype=object)),
        "free": Column.of("text", np.array(["yes", "no", ""], dtype=object)),
        "closed": Column.of("date", np.array(["2026-01-15", "2026-02-28", "NaT"], dtype="datetime64[D]")),
        "sold in the period": Column.number(Exact.of([Fraction(1), Fraction(2), Fraction(3)])),
        "R&D-share": Column.number(Exact.of([Fraction(1), Fraction(2), Fraction(3)])),
    }

    def __len__(self) -> int:
        return 3

    def column(self, name: str) -> Column | None:
        return self.columns.get(name)

    def known(self) -> Iterable[str]:
        return self.columns

    def fill(self, name: str) -> str:
        return ""

    def row(self, index: int) -> tuple[str, Where]:
        return f"deal D-{index + 1}", Where("deals.csv", index + 2)


def worth(text: str, rows: list[int] | None = None) -> list[Fraction]:
    problems: list[Problem] = []
    mask = None if rows is None else np.isin(np.arange(3), rows)
    found = number(parse(text), Rows(), AT, problems, mask)
    assert problems == []
    return [v for i, v in enumerate(found.value.fractions()) if rows is None or i in rows]


def holds(text: str) -> list[bool]:
    problems: list[Problem] = []
    found = yes(parse(text), Rows(), AT, problems)
    assert problems == []
    return [bool(h) for h in found]


def refused(text: str) -> Problem:
    problems: list[Problem] = []
    number(parse(text), Rows(), AT, problems)
    assert len(problems) == 1
    return problems[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 4 - 3", 3),
        ("12 / 4 / 3", 1),
        ("-2 * -3", 6),
        ("- (1 + 2)", -3),
        ("10% * 50", 5),
        ("1,000 + 0.5", Fraction(2001, 2)),
        ("100 / 3", Fraction(100, 3)),
        ("whole part(100 / 3)", 33),
        ("whole part(-100 / 3)", -33),
        ("round half up(2.5, 0)", 3),
        ("round half up(-2.5, 0)", -3),
        ("round half even(2.5, 0)", 2),
        ("round down(2.99, 1)", Fraction(29, 10)),
        ("round away from zero(2.01, 1)", Fraction(21, 10)),
        ("min(3, 1, 2)", 1),
        ("max(3, 1, 2)", 3),
        ("absolute(-4)", 4),
        ("if(2 > 1, 5, 6)", 5),
        ("if(2 < 1, 1 / 0, 6)", 6),
        ("days between(2026-01-01, 2026-03-01)", 59),
        ("9223372036854775807 * 9223372036854775807", 9223372036854775807**2),
    ],
)
def test_arithmetic(text: str, expected: Fraction | int) -> None:
    assert worth(text) == [Fraction(expected)] * 3


def test_columns_with_spaces_and_signs() -> None:
    assert worth("amount / term months * 12", [0, 1]) == [100, 125]
    assert worth("sold in the period + R&D-share") == [2, 4, 6]
    assert worth("`sold in the period` * 2") == [2, 4, 6]
    assert worth("amount * discount", [0, 1]) == [10, 125]
    assert worth("amount/term months*12", [0, 1]) == [100, 125]
    assert "blanks around a minus" in refused("amount-fee").remedy


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('type = "new"', [True, False, False]),
        ('type != "new"', [False, True, True]),
        ('type <> "new"', [False, True, True]),
        ('type in ["new", "renewal"]', [True, True, False]),
        ('type not in ["new", "renewal"]', [False, False, True]),
        ("type is blank", [False, False, True]),
        ("type is not blank", [True, True, False]),
        ("term months is blank", [False, False, True]),
        ("closed is blank", [False, False, True]),
        ('type begins with "re"', [False, True, False]),
        ('type contains "ew"', [True, True, False]),
        ("free", [True, False, False]),
        ("not free", [False, True, True]),
        ("amount > 100.00 EUR", [False, True, False]),
        ("amount >= 100.00 EUR", [True, True, False]),
        ("amount < 0", [False, False, True]),
        ("amount between 100.00 EUR and 250.00 EUR", [True, True, False]),
        ("closed >= 2026-02-01", [False, True, False]),
        ('type = "new" or amount > 200.00 EUR and amount < 0', [True, False, False]),
        ('(type = "new" or amount > 200.00 EUR) and amount > 0', [True, True, False]),
    ],
)
def test_conditions(text: str, expected: list[bool]) -> None:
    assert holds(text) == expected


@pytest.mark.parametrize(
    ("text", "slug", "said", "file"),
    [
        ("amonut * 2", "unknown-name", "amount", "plan.yaml"),
        ("amount * amount", "expression", "can't be multiplied", "plan.yaml"),
        ("amount + 5", "currency-mixed", "EUR and a plain number", "plan.yaml"),
        ("amount + fee", "currency-mixed", "EUR and USD can't be added", "plan.yaml"),
        ("5 / amount", "currency-mixed", "divided by EUR", "plan.yaml"),
        ("amount / (R&D-share - R&D-share)", "division-by-zero", "deal D-1", "deals.csv"),
        ("amount / term months", "missing-value", '"term months" is missing (deal D-3)', "deals.csv"),
        ("type * 2", "not-a-number", '"new" is no number (deal D-1)', "deals.csv"),
        ("if(type, 1, 2)", "expression", "a text stands where a condition is needed", "plan.yaml"),
        ("if(free, 1, type)", "expression", "two outcomes", "plan.yaml"),
        ("amount > 1.00 EUR", "expression", "a condition stands where a number is needed", "plan.yaml"),
        ('days between(closed, 2026-01-01)', "missing-value", "no such date", "deals.csv"),
        ('if(type = "NEW", 1, 2)', "unknown-value", '"new"', "plan.yaml"),
        ("round down(amount, 19)", "expression", "0 to 18", "plan.yaml"),
    ],
)
def test_what_cannot_be_calculated_is_one_problem(text: str, slug: str, said: str, file: str) -> None:
    problem = refused(text)
    assert (problem.slug, problem.where.file) == (slug, file)
    assert said in str(problem)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1 +",
        "(1",
        "1)",
        "amount ** 2",
        "amount; 2",
        "amount = = 2",
        "in [1]",
        "type in [",
        "amount is big",
        '"open',
        "min()",
        "round half up(1)",
        "exec(1)",
        "__import__('os')",
        "amount.real",
        "a[0]",
        "lambda: 1",
        "2026-13-01",
        "1.2.3",
        "\u201cnew\u201d",
        "(" * 100 + "1" + ")" * 100,
        "not " * 100 + "free",
        "-" * 100 + "1",
        "1 + " * 1000 + "1",
    ],
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(NotAnExpression):
        parse(text)


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.text(alphabet='abc 019.,%()[]"`+-*/<>=!&é\n€andorntifis_', max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    at = 0
    try:
        parse(text)
    except NotAnExpression as error:
        at = error.at
    assert 0 <= at <= len(text)


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(
    st.recursive(
        st.integers(0, 10**20).map(str),
        lambda inner: st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        max_leaves=8,
    )
)
def test_arithmetic_is_exact(text: str) -> None:
    # Only digits, brackets and + - * of our own making.
    assert worth(text) == [Fraction(eval(text))] * 3


def test_names_are_found_in_order() -> None:
    assert parse('if(type = "x", amount, fee) + amount').names() == ("type", "amount", "fee")
    assert set(FUNCTIONS) == {
        *("min", "max", "if", "absolute", "whole part", "days between"),
        *("round half up", "round half even", "round down", "round away from zero"),
    }


def test_words() -> None:
    problems: list[Problem] = []
    assert words(parse('if(amount > 0, type, "taken back")'), Rows(), AT, problems).tolist() == ["new", "renewal", "taken back"]
    assert problems == []
