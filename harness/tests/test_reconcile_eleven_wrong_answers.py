"""The eleven wrong answers that other tools give about payouts, each as a small pair of files, compared as `trueup compare` does.

Every case runs row by row and out of core.  "Differs" is what must be found; an empty one means that all agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from harness.reconcile.large.both_sides import Room, read_both
from harness.reconcile.results import Reconciliation
from harness.reconcile.run import reconcile_tables
from harness.tests.reconcile_rows import mapping
from reference_engine.problems import Problem

ALWAYS_BY_ROW = 10**15
MAPPING = """
target: Test target
grains:
  - grain: payouts
    expected: payouts
    file: payouts.FORM
    key: {payee: {column: payee}}
    values:
      amount: {column: amount, currency: USD}
"""
TOLERATED = "    tolerance: [{amount: 0.01 USD, reason: agreed}]\n"
Rows = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Wrong:
    """One wrong answer: the two sides as texts, and the classes that must be found, key by key."""

    number: int
    about: str
    before: Rows
    after: Rows
    differs: dict[str, str]
    tolerance: bool = False
    parquet_type: str = "VARCHAR"


CENTS = [f"{n // 100}.{n % 100:02d}" for n in range(1, 1_200)]
ELEVEN = (
    Wrong(1, "one cent apart is within 0.01, at every amount", [(f"P{i}", a) for i, a in enumerate(CENTS)],
          [(f"P{i}", b) for i, b in enumerate([*CENTS[1:], "12.00"])], {}, True),
    Wrong(2, "the same with decimal columns, and two cents are a difference", [("A", "1.10"), ("B", "1.10")],
          [("A", "1.11"), ("B", "1.12")], {"B": "amount"}, True, "DECIMAL(18, 2)"),
    Wrong(3, "two amounts of twenty digits, a cent apart", [("A", "123456789012345678.01")],
          [("A", "123456789012345678.02")], {"A": "amount"}, False, "DECIMAL(38, 2)"),
    Wrong(4, "the same two rows under a repeated key in another order", [("A", "1.00"), ("A", "2.00"), ("B", "3.00")],
          [("A", "2.00"), ("A", "1.00"), ("B", "3.00")], {"A": "duplicate"}),
    Wrong(5, "a payout that stands twice", [("A", "1.00"), ("B", "2.00")],
          [("A", "1.00"), ("B", "2.00"), ("B", "2.00")], {"B": "duplicate"}),
    Wrong(6, "no tolerance but what is stated", [("A", "1000000.00")], [("A", "1000009.99")], {"A": "amount"}),
    Wrong(7, "more digits than the currency has", [("A", "1.00"), ("B", "1.00"), ("C", "1.00")],
          [("A", "1.005"), ("B", "1.00"), ("C", "1.00")], {"A": "unreadable"}, False, "DECIMAL(18, 3)"),
    Wrong(8, "007 and 7 are two payees", [("007", "1.00"), ("7", "2.00")], [("007", "1.00")], {"7": "missing"}),
    Wrong(9, "thousands marks and amounts in parentheses", [("A", "1234.50"), ("B", "-12.30"), ("C", "2.00")],
          [("A", "1,234.50"), ("B", "(12.30)"), ("C", "2.00")], {}),
    Wrong(10, "a key that is blank is counted, and said", [("", "1.00"), ("B", "2.00"), ("C", "3.00")],
          [("", "1.00"), ("B", "2.00"), ("C", "3.00")], {"": "unreadable"}),
    Wrong(11, "a key of numbers beside a key of text", [("1001", "1.00"), ("1002", "2.00")],
          [("1001", "1.00"), ("1002", "2.50")], {"1002": "amount"}),
)  # fmt: skip


def written(folder: Path, side: str, rows: Rows, form: str, amount_type: str, key_type: str) -> None:
    import duckdb

    (folder / side).mkdir()
    file = folder / side / f"payouts.{form}"
    if form == "csv":
        lines = "".join(
            f'"{payee}","{amount}"\n' if "," in amount else f"{payee},{amount}\n" for payee, amount in rows
        )
        file.write_text("payee,amount\n" + lines, encoding="utf-8")
        return
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE rows (payee VARCHAR, amount VARCHAR)")
        connection.executemany("INSERT INTO rows VALUES (?, ?)", [list(row) for row in rows])
        select = (
            f"SELECT CAST(payee AS {key_type}) AS payee, CAST(amount AS {amount_type}) AS amount FROM rows"
        )
        connection.execute(f"COPY ({select}) TO '{file}' (FORMAT parquet)")


def test_there_are_eleven() -> None:
    assert [wrong.number for wrong in ELEVEN] == list(range(1, 12))


@pytest.mark.parametrize(
    ("form", "least"),
    [("csv", 0), ("parquet", 0), ("csv", ALWAYS_BY_ROW)],
    ids=["CSV out of core", "Parquet out of core", "CSV row by row"],
)
@pytest.mark.parametrize("wrong", ELEVEN, ids=lambda w: f"{w.number}: {w.about}")
def test_wrong_answer(tmp_path: Path, wrong: Wrong, form: str, least: int) -> None:
    text = MAPPING.replace("FORM", form) + (TOLERATED if wrong.tolerance else "")
    if wrong.number == 9:
        text = text.replace("grains:", "format: {negative: [minus, parentheses]}\ngrains:")
    compared = mapping(text)
    number_key = "BIGINT" if wrong.number == 11 else "VARCHAR"
    written(tmp_path, "before", wrong.before, form, wrong.parquet_type, "VARCHAR")
    written(tmp_path, "after", wrong.after, form, wrong.parquet_type, number_key)
    problems: list[Problem] = []
    left, right = read_both(
        compared, tmp_path / "before", tmp_path / "after", problems, Room(from_bytes=least)
    )
    assert not problems
    assert (left["payouts"].proven is not None) == (least == 0)
    found = reconcile_tables(left, right, compared, today=date(2026, 6, 1))
    assert classes(found) == wrong.differs
    grain = found.grains[0]
    assert (grain.expected_rows, grain.actual_rows) == (len(wrong.before), len(wrong.after))
    assert all(total.difference == total.found for total in grain.totals)
    if wrong.number == 1:
        assert len(grain.tolerated) == len(wrong.before)


def classes(found: Reconciliation) -> dict[str, str]:
    return {d.part("payee"): d.kind for d in found.grains[0].differences}
