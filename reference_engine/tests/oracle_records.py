"""The oracle's reading: text, calendar, records and who is credited with them, each in the plainest way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

Row = dict[str, str]
Tables = dict[str, list[Row]]
Doc = dict[str, Any]
ZERO = Fraction(0)
TRAITS = ("product", "subcategory", "category", "account", "territory")
MONTHS = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}
CADENCE = {"monthly": "month", "quarterly": "quarter", "half-yearly": "half-year", "yearly": "year"}


# -- text and calendar ------------------------------------------------------------------------------------
def number(text: str) -> Fraction:
    return Fraction(text.replace(",", ""))


def percent(text: str) -> Fraction:
    return number(text.removesuffix("%")) / 100


def money(text: str) -> tuple[Fraction, str]:
    amount, currency = text.split()
    return number(amount), currency


def bound(text: str) -> Fraction:
    """An attainment, an amount of money or a number of units."""
    return percent(text) if text.endswith("%") else number(text.split()[0])


def rounded(value: Fraction, mode: str, decimals: int) -> Fraction:
    size = abs(value) * 10**decimals
    whole = size.numerator // size.denominator
    rest = size - whole
    if mode == "half up":
        whole += rest >= Fraction(1, 2)
    elif mode == "half even":
        whole += rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole % 2 == 1)
    elif mode == "away from zero":
        whole += rest > 0
    else:
        assert mode == "down"
    return Fraction(whole if value >= 0 else -whole, 10**decimals)


@dataclass(frozen=True, order=True)
class Span:
    first: date
    last: date
    label: str


def span(day: date, cadence: str) -> Span:
    """The calendar month, quarter, half-year or year of a day."""
    months = MONTHS[cadence]
    part = (day.month - 1) // months
    first = date(day.year, part * months + 1, 1)
    after = (
        date(day.year + 1, 1, 1)
        if part * months + months == 12
        else date(day.year, part * months + months + 1, 1)
    )
    label = {
        "month": f"{day.year}-{day.month:02d}",
        "quarter": f"{day.year}-Q{part + 1}",
        "half-year": f"{day.year}-H{part + 1}",
        "year": f"FY{day.year}",
    }[cadence]
    return Span(first, after - timedelta(days=1), label)


def labelled(label: str) -> Span:
    year = int(label[2:] if label.startswith("FY") else label[:4])
    if label.startswith("FY"):
        return span(date(year, 1, 1), "year")
    if label[5] == "Q":
        return span(date(year, int(label[6]) * 3, 1), "quarter")
    if label[5] == "H":
        return span(date(year, int(label[6]) * 6, 1), "half-year")
    return span(date(year, int(label[5:]), 1), "month")


def spans(first: date, last: date, cadence: str) -> list[Span]:
    out, day = [], first
    while day <= last:
        out.append(span(day, cadence))
        day = out[-1].last + timedelta(days=1)
    return out


# -- records ----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Event:
    source: str
    kind: str
    record: str
    day: date
    sign: int = 1
    amount: Fraction = ZERO
    currency: str = ""
    units: Fraction = ZERO
    cost: Fraction | None = None
    line: str = ""
    deal: str = ""
    invoice: str = ""
    owner: str = ""
    product: str = ""
    free: bool = False
    traits: tuple[tuple[str, str], ...] = ()

    sold: date | None = None

    @property
    def counts_on(self) -> date:
        """The day that decides under which plan a record counts; for a return, that of its sale."""
        return self.sold or self.day

    @property
    def order(self) -> tuple[date, int, str, str]:
        """By day; on one day what adds comes before what takes back."""
        return self.day, -self.sign, self.record, self.line


def events_of(tables: Tables) -> list[Event]:
    """Every record that can be credited, with what it says of itself."""
    products = {p["product"]: p for p in tables.get("products", [])}
    deals = {d["deal"]: d for d in tables.get("deals", [])}
    invoices = {i["invoice"]: i for i in tables.get("invoices", [])}
    sales = {s["sale"]: s for s in tables.get("retail_sales", [])}
    out: list[Event] = []

    def traits(row: Row, deal: Row | None = None) -> dict[str, Any]:
        """What a record says of itself, else its product; account and territory are those of its deal."""
        product = products.get(row.get("product", ""), {})
        found = {n: row.get(n) or product.get(n, "") for n in (*TRAITS, "commission free")}
        for name in ("account", "territory"):
            found[name] = found[name] or (deal or {}).get(name, "")
        free = found.pop("commission free") == "yes"
        # What else the deal and its account say of themselves.
        more = {n: v for n, v in (deal or row).items() if n not in ("deal", "owner", "amount", "closed")}
        account = next((a for a in tables.get("accounts", []) if a["account"] == found["account"]), {})
        found = {**account, **more, **found}
        return {"product": found["product"], "free": free, "traits": tuple(found.items())}

    for deal in deals.values():
        amount, unit = money(deal["amount"])
        out.append(Event("deals", "booking", deal["deal"], day_of(deal["closed"]), 1, amount, unit,
                         deal=deal["deal"], owner=deal["owner"], **traits(deal)))  # fmt: skip
    for invoice in invoices.values():
        deal = deals[invoice["deal"]]
        amount, unit = money(invoice["amount"])
        kind = invoice.get("kind") or "invoice"
        sign = -1 if kind == "credit note" else 1
        same: dict[str, Any] = {
            "deal": invoice["deal"],
            "invoice": invoice["invoice"],
            "owner": deal["owner"],
        }
        day = day_of(invoice["date"])
        out.append(
            Event("invoices", kind, invoice["invoice"], day, sign, amount, unit, **same, **traits(deal))
        )
        for row in tables.get("invoice_lines", []):
            if row["invoice"] != invoice["invoice"]:
                continue
            value, unit = money(row["amount"])
            product = products.get(row.get("product", ""), {})
            units = number(row.get("units") or "0")
            cost_text = row.get("unit cost") or product.get("unit cost", "")
            cost = money(cost_text)[0] * units if cost_text else None
            out.append(Event("invoice lines", kind, invoice["invoice"], day, sign, value, unit, units, cost, row["line"], **same,
                             **traits(row, deal)))  # fmt: skip
    for payment in tables.get("payments", []):
        invoice = invoices[payment["invoice"]]
        deal = deals[invoice["deal"]]
        amount, unit = money(payment["amount"])
        out.append(Event("payments", "payment", payment["payment"], day_of(payment["date"]), 1, amount, unit, deal=invoice["deal"],
                         invoice=invoice["invoice"], owner=deal["owner"], **traits(deal)))  # fmt: skip
    for sale in sales.values():
        out.append(Event("retail sales", "sale", sale["sale"], day_of(sale["date"]), 1, units=number(sale["units"]),
                         owner=sale["retailer"], **traits(sale)))  # fmt: skip
    for back in tables.get("returns", []):
        day = day_of(back["date"])
        if back["of"] in deals:
            deal = deals[back["of"]]
            amount, unit = money(back["amount"])
            out.append(Event("returns of deals", "return", back["return"], day, -1, amount, unit, deal=back["of"], sold=day_of(deal["closed"]),
                             owner=deal["owner"], **traits(deal)))  # fmt: skip
        else:
            sale = sales[back["of"]]
            out.append(Event("returns of sales", "return", back["return"], day, -1, units=number(back["units"]), sold=day_of(sale["date"]),
                             owner=sale["retailer"], **traits(sale)))  # fmt: skip
    return sorted(out, key=lambda e: e.order)


def day_of(text: str) -> date:
    return date.fromisoformat(text)

