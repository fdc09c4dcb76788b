"""What the two kept companies must pay, worked out from their CSV files with nothing but fractions.

Nothing of the engine or of the step language is used here: the rules are written down once more, from the texts of the plans.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path

ROOT = Path(__file__).parents[2] / "scenarios"
Row = dict[str, str]
Pay = dict[tuple[str, str], Fraction]
"""(payee, quarter) -> what is paid."""


def rows(folder: Path, table: str) -> list[Row]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number(text: str) -> Fraction:
    return Fraction(text.split()[0].replace(",", ""))


def share(text: str) -> Fraction:
    return Fraction(text.rstrip("%")) / 100


def quarter(day: str) -> str:
    return f"2026-Q{(date.fromisoformat(day).month + 2) // 3}"


def cents(value: Fraction) -> Fraction:
    """Half up to cents."""
    whole, rest = divmod(abs(value) * 100, 1)
    rounded = Fraction(whole + (1 if rest >= Fraction(1, 2) else 0), 100)
    return rounded if value >= 0 else -rounded


def slices(value: Fraction, steps: list[tuple[Fraction, Fraction]]) -> Fraction:
    """Each slice at its own rate; steps are (where it starts, rate)."""
    paid = Fraction(0)
    for k, (start, rate) in enumerate(steps):
        end = steps[k + 1][0] if k + 1 < len(steps) else None
        top = value if end is None else min(value, end)
        if k == 0 or value > start:
            paid += (top - start) * rate
    return paid


def carried(earned: Pay) -> Pay:
    """What is below zero isn't paid and is deducted from the next quarter."""
    paid: Pay = {}
    for payee in sorted({p for p, _ in earned}):
        owed = Fraction(0)
        for q in ("2026-Q1", "2026-Q2"):
            total = cents(earned.get((payee, q), Fraction(0))) + owed
            owed = min(total, Fraction(0))
            paid[payee, q] = max(total, Fraction(0))
    return paid


def _events(data: Path) -> list[tuple[Row, str, Fraction]]:
    """Deal, day of the record, amount with its sign: each deal, and each return with the deal that it is of."""
    deals = {d["deal"]: d for d in rows(data, "deals")}
    sold = [(d, d["closed"], number(d["amount"])) for d in deals.values()]
    back = [(deals[r["of"]], r["date"], -number(r["amount"])) for r in rows(data, "returns")]
    return sold + back


def _splits(data: Path) -> dict[str, list[tuple[str, Fraction]]]:
    found: dict[str, list[tuple[str, Fraction]]] = defaultdict(list)
    for row in rows(data, "credit_splits"):
        found[row["deal"]].append((row["payee"], share(row["share"])))
    return found


def harbor_tools() -> Pay:
    """The mid-market company: hunters by slices, farmers with a cap, consultants on a quarter of the deal, managers from the first euro."""
    company, data = ROOT / "companies" / "Harbor Tools 2026", ROOT / "data" / "examples" / "harbor_tools_h1"
    people = {p["payee"]: p for p in rows(company, "payees")}
    quotas = {(q["payee"], q["period"]): number(q["quota"]) for q in rows(company, "quotas")}
    # Hired on 1 February, and left on 28 February: 59 of the 90 days of the first quarter each.
    for payee in ("Dan Wolf", "Hal Dunn"):
        quotas[payee, "2026-Q1"] *= Fraction(59, 90)
    splits = _splits(data)
    new: Pay = defaultdict(Fraction)
    renewed: Pay = defaultdict(Fraction)
    overlay: Pay = defaultdict(Fraction)
    managed: Pay = defaultdict(Fraction)
    for deal, day, amount in _events(data):
        q = quarter(day)
        for payee, part in splits.get(deal["deal"]) or [(deal["owner"], Fraction(1))]:
            credit = amount * part
            (new if deal["type"] == "new" else renewed)[payee, q] += credit
            managed[people[payee]["manager"], q] += credit
            if deal["type"] == "new":
                for other in people.values():
                    if (
                        other["role"] == "Solution Consultant"
                        and other["team"]
                        and other["team"] == people[payee]["team"]
                    ):
                        overlay[other["payee"], q] += credit / 4
    earned: Pay = {}
    for (payee, q), sold in new.items():
        quota = quotas[payee, q]
        earned[payee, q] = slices(
            sold, [(Fraction(0), Fraction(6, 100)), (quota / 2, Fraction(9, 100)), (quota, Fraction(13, 100))]
        )
    for key, sold in renewed.items():
        earned[key] = min(sold * Fraction(3, 100), Fraction(5500))
    for key, sold in overlay.items():
        earned[key] = sold * Fraction(2, 100)
    for key, sold in managed.items():
        earned[key] = sold * (Fraction(1, 100) if sold >= quotas[key] else Fraction(1, 200))
    return carried(earned)


def meridian_group() -> Pay:
    """The enterprise: territories by country and industry, named accounts, two currencies, four levels, specialists."""
    company, data = ROOT / "companies" / "Meridian Group 2026", ROOT / "data" / "examples" / "meridian_h1"
    people = {p["payee"]: p for p in rows(company, "payees")}
    accounts = {a["account"]: a for a in rows(company, "accounts")}
    rule = {(r["country"], r["industry"]): r["territory"] for r in rows(company, "territory_rules")}
    rates = {r["valid from"][:7]: Fraction(r["rate"]) for r in rows(company, "exchange_rates")}
    named = {n["account"]: n for n in rows(company, "named_accounts")}
    holders, managers = rows(company, "territories"), rows(company, "reporting_lines")
    quotas = {(q["payee"], q["period"]): number(q["quota"]) for q in rows(company, "quotas")}
    specialist = {p["team"]: p["payee"] for p in people.values() if p["role"] == "Specialist"}
    splits = _splits(data)

    def of_day(candidates: list[Row], day: str, answer: str) -> str:
        (row,) = [c for c in candidates if (c["from"] or "0") <= day <= (c["to"] or "9")]
        return row[answer]

    def above(payee: str, day: str) -> str:
        return of_day([m for m in managers if m["payee"] == payee], day, "manager")

    def owner(deal: Row) -> str:
        name = named.get(deal["account"])
        if name and deal["closed"] <= name["to"]:
            return name["payee"]
        account = accounts[deal["account"]]
        territory = rule[account["country"], account["industry"]]
        return of_day([t for t in holders if t["territory"] == territory], deal["closed"], "owner")

    sold: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    earned: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for deal, day, amount in _events(data):
        q = quarter(day)
        in_euro = amount * (rates[day[:7]] if deal["amount"].endswith("USD") else 1)
        for payee, part in splits.get(deal["deal"]) or [(owner(deal), Fraction(1))]:
            credit = in_euro * part
            sold[payee, q] += credit
            if deal["product"] == "Cloud":
                earned[specialist[people[payee]["team"]], q] += credit * Fraction(50, 100) * Fraction(3, 100)
            manager = above(payee, deal["closed"])
            director = above(manager, deal["closed"])
            earned[manager, q] += credit * Fraction(12, 1000)
            earned[director, q] += credit * Fraction(4, 1000)
            earned[above(director, deal["closed"]), q] += credit * Fraction(1, 1000)
    for (payee, q), credit in sold.items():
        quota = quotas[payee, q]
        earned[payee, q] = slices(
            credit,
            [
                (Fraction(0), Fraction(7, 100)),
                (quota, Fraction(11, 100)),
                (quota * 12 / 10, Fraction(14, 100)),
            ],
        )
    return carried(dict(earned))


def total(pay: Pay, q: str) -> Fraction:
    return sum((amount for (_, at), amount in pay.items() if at == q), Fraction(0))


COMPANIES: dict[str, Callable[[], Pay]] = {
    "Harbor Tools 2026": harbor_tools,
    "Meridian Group 2026": meridian_group,
}
