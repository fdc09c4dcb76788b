"""The figures in the features on real data, computed again from the CSV files with plain fractions and no engine."""

from __future__ import annotations

import csv
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import pytest

from harness.features import WrittenFeature, WrittenStep, read_feature
from reference_engine.problems import Problem

ROOT = Path(__file__).parents[2]
DATA = ROOT / "scenarios" / "data" / "adventureworks"
TIERS = ((Fraction(0), Fraction(1), Fraction(1, 100)), (Fraction(1), Fraction(3, 2), Fraction(15, 1000)), (Fraction(3, 2), None, Fraction(2, 100)))


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def quarter(day: str) -> str:
    """The fiscal quarter of a day; fiscal years begin in July."""
    count = (int(day[:4]) - 2017) * 4 + (int(day[5:7]) - 7) // 3
    return f"{2018 + count // 4}-Q{count % 4 + 1}"


def half_up(amount: Fraction) -> str:
    cents = (amount * 100 + Fraction(1, 2)).__floor__()
    return f"{cents // 100:,}.{cents % 100:02d} USD"


@pytest.fixture(scope="module")
def sold() -> dict[tuple[str, str], Fraction]:
    people = {r["EmployeeKey"]: r["BusinessEntityID"] for r in rows("sales_person.csv")}
    out: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for order in rows("reseller_sales_order.csv"):
        out[people[order["EmployeeKey"]], quarter(order["OrderDate"])] += Fraction(order["NetAmount"])
    return out


@pytest.fixture(scope="module")
def quotas() -> dict[tuple[str, str], Fraction]:
    return {(r["BusinessEntityID"], quarter(r["QuarterStart"])): Fraction(r["SalesQuota"]) for r in rows("sales_quota_by_quarter.csv")}


def feature(name: str) -> WrittenFeature:
    problems: list[Problem] = []
    found = read_feature(ROOT / "features" / name, problems)
    assert found is not None, problems
    return found


def step(found: WrittenFeature, id: str, text: str) -> WrittenStep:
    return next(s for c in found.cases() if c.scenario.id == id for s in c.steps() if s.text.startswith(text))


def table(written: WrittenStep) -> dict[str, str]:
    assert written.table is not None
    return {row[0].value: row[1].value for row in written.table.rows}


def test_payouts_by_attainment(sold: dict[tuple[str, str], Fraction], quotas: dict[tuple[str, str], Fraction]) -> None:
    expected = {}
    for (payee, period), amount in sold.items():
        if period != "2019-Q1":
            continue
        quota = quotas[payee, period]
        tops = [(low * quota, amount if high is None else min(amount, high * quota), rate) for low, high, rate in TIERS]
        expected[payee] = half_up(sum((max(top - low, Fraction(0)) * rate for low, top, rate in tops), Fraction(0)))
    assert table(step(feature("quotas/quarterly_attainment.feature"), "QUOTA-01", "the payouts for 2019-Q1")) == expected


def test_attainments(sold: dict[tuple[str, str], Fraction], quotas: dict[tuple[str, str], Fraction]) -> None:
    cases = [c for c in feature("quotas/quarterly_attainment.feature").cases() if c.scenario.id == "QUOTA-03"]
    assert len(cases) == 4
    for case in cases:
        values = dict(case.values)
        key = (values["payee"], values["period"])
        assert Fraction(values["attainment"].rstrip("%")) / 100 == sold[key] / quotas[key]


def test_payouts_around_the_change_of_territories() -> None:
    history = rows("sales_territory_history.csv")

    def holder(territory: str, day: str) -> str:
        (found,) = (
            h["BusinessEntityID"]
            for h in history
            if h["TerritoryID"] == territory and h["StartDate"] <= day and (not h["EndDate"] or day <= h["EndDate"])
        )
        return found

    credited: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    orders = {o["SalesOrderNumber"]: o for o in rows("reseller_sales_order.csv") if o["SalesTerritoryKey"] in ("2", "3")}
    for order in orders.values():
        credited[holder(order["SalesTerritoryKey"], order["OrderDate"]), quarter(order["OrderDate"])] += Fraction(order["NetAmount"])
    written = feature("territories/territory_change.feature")
    for period in ("2019-Q2", "2019-Q3"):
        expected = {p: half_up(credited[p, period] / 100) for p in ("275", "277")}
        assert table(step(written, "TERR-03", f"the payouts for {period}")) == expected
    for case in (c for c in written.cases() if c.scenario.id == "TERR-04"):
        values = dict(case.values)
        order = orders[values["order"]]
        assert values["holder"] == holder(order["SalesTerritoryKey"], order["OrderDate"])
        assert values["credit"] == half_up(Fraction(order["NetAmount"]))
