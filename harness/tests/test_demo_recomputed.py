"""The demo's figures against a calculation of its own: nine plans on 26,560 lines, from the CSV files, in fractions.

Nothing of the engine, of the adapters or of the reconciliation is used here, so an error of theirs can't hide.
"""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "scenarios" / "data"
TARGET = DATA / "odoo_commission"
PEOPLE = DATA / "adventureworks"

Key = tuple[str, str, str, str]
"""document, line, person, plan: as the target writes them"""


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))


def cents(amount: Fraction) -> Fraction:
    """Half up, away from zero where the amount is negative."""
    size = abs(amount) * 100
    whole = size.numerator // size.denominator
    if size - whole >= Fraction(1, 2):
        whole += 1
    return Fraction(whole if amount >= 0 else -whole, 100)


def section(amount: Fraction, sections: list[tuple[str, str, str]]) -> Fraction:
    for low, high, percent in sections:
        if Fraction(low) <= amount <= Fraction(high):
            return amount * Fraction(percent) / 100
    return Fraction(0)


CLOSED = [("0", "499.99", "1"), ("500", "1999.99", "1.5"), ("2000", "4999.99", "2"), ("5000", "9999999", "3")]
GAPS = [("0", "500", "1"), ("501", "2000", "1.5"), ("2001", "5000", "2"), ("5001", "9999999", "3")]


def criteria(line: dict[str, str], amount: Fraction) -> Fraction:
    if line["product_key"] in ("321", "323", "325"):
        return Fraction("7.5")
    if line["category"] == "Bikes":
        return amount * Fraction("1.1") / 100
    if line["category"] == "Clothing":
        return amount * Fraction("2.25") / 100
    return amount * Fraction("0.5") / 100


def min_cap(amount: Fraction) -> Fraction:
    return Fraction(0) if amount < 250 else min(amount * 2 / 100, Fraction(60))


@dataclass(frozen=True)
class Due:
    """What one line should pay, and whether it belongs in a settlement."""

    amount: Fraction
    settled: bool


class Recomputed:
    """Every commission line that the plans in words call for."""

    @cached_property
    def documents(self) -> dict[str, dict[str, str]]:
        return {d["document"]: d for d in rows(TARGET / "documents.csv")}

    @cached_property
    def document_lines(self) -> dict[tuple[str, str], dict[str, str]]:
        return {(r["document"], r["line"]): r for r in rows(TARGET / "document_lines.csv")}

    @cached_property
    def lines(self) -> dict[Key, Due]:
        people = {p["EmployeeKey"]: p for p in rows(PEOPLE / "sales_person.csv") if p["EmployeeKey"]}
        orders = {o["SalesOrderNumber"]: o for o in rows(PEOPLE / "reseller_sales_order.csv")}
        found: dict[Key, Due] = {}
        for (name, number), line in self.document_lines.items():
            document = self.documents[name]
            rep = people[orders[document["sales_order"]]["EmployeeKey"]]
            for person, plan, amount in self.earned(line, rep):
                refund = document["kind"] == "refund"
                due = Fraction(0) if line["commission_free"] == "1" else cents(amount)
                paid = document["payment_state"] == "paid" and document["payment_date"] <= "2019-03-31"
                key = (name, number, person, plan)
                assert key not in found
                found[key] = Due(-due if refund else due, paid if plan == "PAID_1" else True)
        return found

    @staticmethod
    def earned(line: dict[str, str], rep: dict[str, str]) -> list[tuple[str, str, Fraction]]:
        """person, plan and unrounded commission of a line, were it on an invoice.

        Refund lines show the quantity and the amount that were credited, without a sign.
        """
        amount = Fraction(line["line_amount"])
        assert amount >= 0
        margin = amount - Fraction(line["unit_cost"]) * Fraction(line["quantity"])
        rate = rep["CommissionPct"]
        me = "E" + rep["EmployeeKey"]
        found = [
            (me, f"FIXED_{rate}", amount * Fraction(rate)),
            (me, "SECTION", section(amount, CLOSED)),
            (me, "SECTION_GAPS", section(amount, GAPS)),
            (me, "MARGIN_4", max(Fraction(0), margin) * 4 / 100),
            (me, "PAID_1", amount / 100),
            (me, "FORMULA_MIN_CAP", min_cap(amount)),
            (me, "CRITERIA", criteria(line, amount)),
            ("B273", "VP_0.125", amount * Fraction("0.125") / 100),
        ]
        if "Manager" not in rep["JobTitle"]:
            boss = "B" + rep["ManagerBusinessEntityID"]
            found.append((boss, "OVERRIDE_0.35", amount * Fraction("0.35") / 100))
        return found

    @cached_property
    def paid(self) -> dict[Key, tuple[Fraction, bool]]:
        """What the target paid."""
        return {
            (r["document"], r["line"], r["person"], r["plan"]): (Fraction(r["commission"]), r["settled"] == "1")
            for r in rows(TARGET / "commission_lines.csv")
        }

    @cached_property
    def wrong(self) -> dict[Key, tuple[Fraction, Fraction]]:
        """Lines where the target paid something else than is due: (due, paid)."""
        return {k: (due.amount, self.paid[k][0]) for k, due in self.lines.items() if due.amount != self.paid[k][0]}

    def settlements(self, which: str) -> dict[Key, tuple[int, Fraction]]:
        """Lines and total by person, plan, first and last day: "due" or "paid"."""
        found: dict[Key, tuple[int, Fraction]] = defaultdict(lambda: (0, Fraction(0)))
        for (document, line, person, plan), due in self.lines.items():
            amount, settled = (due.amount, due.settled) if which == "due" else self.paid[document, line, person, plan]
            if settled:
                key = (person, plan, *period(self.documents[document]["date"], plan))
                found[key] = (found[key][0] + 1, found[key][1] + amount)
        return dict(found)


def period(day: str, plan: str) -> tuple[str, str]:
    year, month = int(day[:4]), int(day[5:7])
    first = (month - 1) // 3 * 3 + 1 if plan == "SECTION" else month
    after = date(year, first + (3 if plan == "SECTION" else 1), 1)
    return f"{year}-{first:02}-01", str(date.fromordinal(after.toordinal() - 1))


@pytest.fixture(scope="module")
def own() -> Recomputed:
    return Recomputed()


def test_both_sides_have_the_same_lines(own: Recomputed) -> None:
    assert len(own.lines) == 26_560
    assert own.lines.keys() == own.paid.keys()
    assert len({plan for *_, plan in own.lines}) == 8 + 7, "FIXED has a plan of its own for each rate"


def test_line_figures(demo: Any, own: Recomputed) -> None:
    total = sum((paid - due for due, paid in own.wrong.values()), Fraction(0))
    figures = {k: demo.summary[k] for k in ("compared", "matched", "differences", "by_class", "difference_total", "known")}
    assert figures == {
        "compared": len(own.lines),
        "matched": len(own.lines) - len(own.wrong),
        "differences": len(own.wrong),
        "by_class": {"amount": len(own.wrong)},
        "difference_total": {"USD": f"{int(total)}.{int(total * 100) % 100:02}"},
        "known": 0,
    }
    assert (len(own.wrong), total) == (340, Fraction("11394.91"))


def test_every_difference_of_the_demo_is_one_and_no_other(demo: Any, own: Recomputed) -> None:
    listed = {
        (r["document"], r["line"], r["person"], r["plan"]): (Fraction(r["expected"]), Fraction(r["actual"]))
        for r in demo.rows("differences.csv")
    }
    assert listed == own.wrong
    for row in demo.rows("differences.csv"):
        assert Fraction(row["actual"]) - Fraction(row["expected"]) == Fraction(row["difference"])
        assert (row["class"], row["currency"]) == ("amount", "USD")


def test_every_line_of_the_engine_is_the_recomputed_one(demo: Any, own: Recomputed) -> None:
    payee = {r["person"]: r["payee"] for r in rows(TARGET / "person_payee.csv")}
    short = {"OVERRIDE_0.35": "OVERRIDE", "VP_0.125": "VP", "MARGIN_4": "MARGIN", "PAID_1": "PAID", "FORMULA_MIN_CAP": "MIN_CAP"}
    ours = {
        (r["record"], r["line"], r["payee"], r["plan"]): (Fraction(r["amount"]), r["state"] == "released")
        for r in demo.rows("expected/lines.csv")
    }
    theirs = {
        (document, line, payee[person], "FIXED" if plan.startswith("FIXED") else short.get(plan, plan)): (due.amount, due.settled)
        for (document, line, person, plan), due in own.lines.items()
    }
    assert len(theirs) == 26_560, "no two lines of one person and plan on one invoice line"
    assert ours == theirs


def test_whether_a_line_is_settled_agrees_everywhere(own: Recomputed) -> None:
    assert [k for k, due in own.lines.items() if due.settled != own.paid[k][1]] == []


def test_what_the_differences_are(own: Recomputed) -> None:
    kinds: Counter[str] = Counter()
    for (document, line, _, plan), (due, paid) in own.wrong.items():
        assert plan == "CRITERIA"
        free = own.document_lines[document, line]["commission_free"] == "1"
        refund = own.documents[document]["kind"] == "refund"
        if free:
            kinds["paid although commission free" + (", on a refund" if refund else "")] += 1
            assert due == 0 < paid
        else:
            assert refund
            assert paid == -due > 0
            kinds["refund paid instead of taken back"] += 1
    assert kinds == {
        "refund paid instead of taken back": 312,
        "paid although commission free": 27,
        "paid although commission free, on a refund": 1,
    }


def test_settlements(demo: Any, own: Recomputed) -> None:
    due, paid = own.settlements("due"), own.settlements("paid")
    stated = {
        (r["person"], r["plan"], r["period_from"], r["period_to"]): (int(r["lines"]), Fraction(r["total"]))
        for r in rows(TARGET / "settlements.csv")
    }
    assert stated == paid, "the target's settlements are the sums of its own lines"
    assert due.keys() == stated.keys()
    wrong = {k: (due[k][1], stated[k][1]) for k in due if due[k] != stated[k]}
    listed = {
        (r["person"], r["plan"], r["period_from"], r["period_to"]): (Fraction(r["expected"]), Fraction(r["actual"]))
        for r in demo.rows("differences_settlements.csv")
    }
    assert listed == wrong
    figures = demo.summary["grains"]["settlements"]
    assert {k: figures[k] for k in ("compared", "matched", "differences", "by_class", "difference_total", "known")} == {
        "compared": 214,
        "matched": 189,
        "differences": 25,
        "by_class": {"amount": 25},
        "difference_total": {"USD": "11394.91"},
        "known": 0,
    }
    assert (len(due), len(wrong)) == (214, 25)
    assert sum(p - d for d, p in wrong.values()) == Fraction("11394.91")


def test_each_settlement_differs_by_its_lines(demo: Any, own: Recomputed) -> None:
    record = json.loads((demo.out / "record.json").read_text("utf-8"))
    lines = {d["id"]: d for d in record["differences"] if d["grain"] == "commission lines"}
    settlements = [d for d in record["differences"] if d["grain"] == "settlements"]
    followed: Counter[str] = Counter()
    for found in settlements:
        assert sum(Fraction(lines[i]["difference"]) for i in found["follows_from"]) == Fraction(found["difference"])
        for i in found["follows_from"]:
            key = lines[i]["key"]
            assert (key["person"], key["plan"]) == (found["key"]["person"], found["key"]["plan"])
            first, last = found["key"]["period_from"], found["key"]["period_to"]
            assert first <= own.documents[key["document"]]["date"] <= last
        followed.update(found["follows_from"])
    assert followed == Counter(dict.fromkeys(lines, 1)), "each line difference explains exactly one settlement"
    assert len(settlements) == 25
