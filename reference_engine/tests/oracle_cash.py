"""The oracle of what customers owe and pay, and of what is released with it."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from reference_engine.tests.oracle_lines import Line
from reference_engine.tests.oracle_paying import Part, in_parts, own_day
from reference_engine.tests.oracle_records import (
    ZERO,
    Doc,
    Row,
    Span,
    day_of,
    money,
    percent,
)

if TYPE_CHECKING:
    from reference_engine.tests.oracle_plan import PlanReading


class Paper:
    """An invoice, or a deal, with what happened to it: each entry moves it on, or credits some of it."""

    def __init__(self, plan: PlanReading, kind: str, name: str, by: str) -> None:
        tables = plan.tables
        self.invoices = {i["invoice"]: i for i in tables.get("invoices", [])}
        notes = {n for n, i in self.invoices.items() if i.get("kind") == "credit note"}
        if kind == "invoice":
            row = self.invoices.get(name, {})
            self.worth = money(row["amount"])[0] if row and name not in notes else ZERO
            own = {name}
        else:
            self.worth = next(money(d["amount"])[0] for d in tables["deals"] if d["deal"] == name)
            own = {n for n, i in self.invoices.items() if i["deal"] == name} - notes
        # (day, credits first, record, what, amount)
        self.entries: list[tuple[date, int, str, str, Fraction]] = []
        if by == "cash":
            for table, record in (("payments", "payment"), ("write_offs", "write-off")):
                for r in tables.get(table, []):
                    if r["invoice"] in own and (table == "payments" or self._counts(plan, r)):
                        self.entries.append((day_of(r["date"]), 1, r[record], "paid", self.net(r)))
        else:
            for n in own:
                self.entries.append(
                    (day_of(self.invoices[n]["date"]), 1, n, "paid", money(self.invoices[n]["amount"])[0])
                )
        for n in notes:
            row = self.invoices[n]
            if (row.get("of") == name) if kind == "invoice" else (row["deal"] == name):
                what = "note" if by == "cash" else "unpaid"
                self.entries.append((day_of(row["date"]), 0, n, what, money(row["amount"])[0]))
        if kind == "deal":
            for r in tables.get("returns", []):
                if r["of"] == name:
                    self.entries.append((day_of(r["date"]), 0, r["return"], "return", money(r["amount"])[0]))
        self.entries.sort()

    def _counts(self, plan: PlanReading, row: Row) -> bool:
        return bool(plan.conv[f"collection.{row.get('kind') or 'write-off'}"] == "counts as collected")

    def net(self, row: Row) -> Fraction:
        """What is paid without the tax that it contains."""
        invoice = self.invoices[row["invoice"]]
        amount = money(row["amount"])[0]
        if not invoice.get("tax"):
            return amount
        own, tax = money(invoice["amount"])[0], money(invoice["tax"])[0]
        return amount * own / (own + tax)

    def settled(self) -> list[tuple[date, str, str, Fraction, Fraction, Fraction]]:
        """Entry by entry: day, record, what, its amount, and the settled part of the worth before and after it."""
        out = []
        moved = noted = returned = before = ZERO
        for day, _, record, what, amount in self.entries:
            moved += amount if what == "paid" else -amount if what == "unpaid" else 0
            noted += amount if what == "note" else 0
            returned += amount if what == "return" else 0
            # A return and the credit note for it are one and the same.
            after = max(ZERO, min(moved, self.worth - max(noted, returned))) / self.worth
            out.append((day, record, what, amount, before, after))
            before = after
        return out

    def reached(self, level: Fraction) -> date | None:
        moved = noted = returned = ZERO
        for day, _, _, what, amount in self.entries:
            moved += amount if what == "paid" else 0
            noted += amount if what == "note" else 0
            returned += amount if what == "return" else 0
            if moved >= level * (self.worth - max(noted, returned)):
                return day
        return None


def paper_of(plan: PlanReading, x: Line, by: str) -> Paper | None:
    """What a line waits for; None where it waits for nothing."""
    assert x.event
    if x.event.invoice:
        row = next(i for i in plan.tables["invoices"] if i["invoice"] == x.event.invoice)
        name = row.get("of", "") if x.event.sign < 0 else x.event.invoice
        if not name:
            return None
        paper = Paper(plan, "invoice", name, by)
    else:
        paper = Paper(plan, "deal", x.event.deal, by)
    return paper if paper.worth > 0 else None


def shares(plan: PlanReading, x: Line, by: str) -> list[Part]:
    """The parts in which a line is released, in the order of days."""
    paper = paper_of(plan, x, by)
    assert x.event
    if paper is None:
        return [(Fraction(1), date.min)]
    mine = "note" if x.event.invoice else "return"
    out: list[Part] = []
    for day, record, what, amount, before, after in paper.settled():
        if before == after:
            continue
        if x.event.sign < 0:
            if record == (x.event.invoice or x.event.record) and what in (mine, "unpaid"):
                out.append(((before - after) * paper.worth / amount, day))
        elif what != mine and not (what == "unpaid" and x.event.invoice):
            out.append((after - before, day))
    return out


def pay_release_on_cash(
    plan: PlanReading, lines: list[Line], params: Doc, part: Doc, timeline: list[Span]
) -> list[Line]:
    return [y for x in lines for y in in_parts(plan, x, shares(plan, x, "cash"), timeline, "last")]


def pay_release_as_invoiced(
    plan: PlanReading, lines: list[Line], params: Doc, part: Doc, timeline: list[Span]
) -> list[Line]:
    return [y for x in lines for y in in_parts(plan, x, shares(plan, x, "invoices"), timeline, "last")]


def pay_release_at_level(
    plan: PlanReading, lines: list[Line], params: Doc, part: Doc, timeline: list[Span]
) -> list[Line]:
    out = []
    for x in lines:
        assert x.event
        paper = paper_of(plan, x, "cash")
        day: date | None = own_day(x)
        if paper is not None:
            day = paper.reached(percent(params["collected"]))
            if day is not None and x.event.sign < 0:
                day = max(day, own_day(x))
        out += in_parts(plan, x, [(Fraction(1), day)], timeline)
    return out


def pay_split_payment(
    plan: PlanReading, lines: list[Line], params: Doc, part: Doc, timeline: list[Span]
) -> list[Line]:
    out = []
    for x in lines:
        parts: list[Part] = [(percent(params["at booking"]), own_day(x))]
        for name, by in (("at invoice", "invoices"), ("at collection", "cash")):
            whole = percent(params.get(name, "0%"))
            parts += [(share * whole, day) for share, day in shares(plan, x, by) if whole]
        out += in_parts(plan, x, sorted(parts, key=lambda p: p[1] or date.max), timeline, "last")
    return out


def paid_in_full(plan: PlanReading) -> dict[str, date]:
    """Invoice -> the day on which its payments, and credit notes applied to it, reach what is owed."""
    out: dict[str, date] = {}
    rows = plan.tables.get("invoices", [])
    for row in rows:
        owed = money(row["amount"])[0] + (money(row["tax"])[0] if row.get("tax") else ZERO)
        paid = [
            (day_of(p["date"]), money(p["amount"])[0])
            for p in plan.tables.get("payments", [])
            if p["invoice"] == row["invoice"]
        ]
        notes = [
            (day_of(n["date"]), money(n["amount"])[0] + (money(n["tax"])[0] if n.get("tax") else ZERO))
            for n in rows
            if n.get("kind") == "credit note" and n.get("of") == row["invoice"]
        ]
        total = sum((a for _, a in paid), ZERO)
        if paid and total >= owed - sum((a for _, a in notes), ZERO):
            out[row["invoice"]] = max(d for d, _ in [*paid, *([] if total >= owed else notes)])
    return out


def pay_milestones(
    plan: PlanReading, lines: list[Line], params: Doc, part: Doc, timeline: list[Span]
) -> list[Line]:
    full = paid_in_full(plan)
    out = []
    for x in lines:
        assert x.event
        bills = [
            i
            for i in plan.tables.get("invoices", [])
            if i["deal"] == x.event.deal and i.get("kind") != "credit note"
        ]
        parts: list[Part] = []
        for row in params["parts"]:
            typed = [i for i in bills if not row.get("type") or i.get("type") == row["type"]]
            days = {
                "booking": [own_day(x)],
                "first invoice": [day_of(i["date"]) for i in typed],
                "first paid invoice": [full[i["invoice"]] for i in typed if i["invoice"] in full],
                "first payment": [
                    day_of(p["date"])
                    for p in plan.tables.get("payments", [])
                    if money(p["amount"])[0] > 0
                    and next(i for i in plan.tables["invoices"] if i["invoice"] == p["invoice"])["deal"]
                    == x.event.deal
                ],
                "milestone": [
                    day_of(m["date"])
                    for m in plan.tables.get("milestones", [])
                    if m["deal"] == x.event.deal and m["milestone"] == row.get("named")
                ],
            }[row["when"]]
            parts.append((percent(row["share"]), max(min(days), own_day(x)) if days else None))
        out += in_parts(plan, x, sorted(parts, key=lambda p: p[1] or date.max), timeline, "last")
    return out
