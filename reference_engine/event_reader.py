"""Reads the events of a world, each standard table in turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np

from reference_engine.columns import Array, Exact, same
from reference_engine.event_lookup import Lookup
from reference_engine.event_parts import EventPart, joined, only, pick, pick_numbers
from reference_engine.events import SOURCE, Events
from reference_engine.problems import Problem
from reference_engine.recognition import recognised, wanted
from reference_engine.table import Table
from reference_engine.vocabulary.plan import Plan
from reference_engine.world import World


def read_events(
    world: World,
    as_of: date | None,
    until: date | None,
    problems: list[Problem],
    plans: Sequence[Plan] = (),
) -> Events:
    """All events of a world.  as_of: only what was known on that day.  until: only what happened up to that day.

    plans: those that are run; revenue is recognised month by month only where one of them counts it.
    """
    reader = _Reader(world, problems)

    def part(name: str, read: Callable[[], EventPart | None]) -> EventPart | None:
        return read() if world.table(name).size else None

    parts = [
        part("deals", reader.deals),
        part("invoices", reader.invoices),
        part("invoice_lines", reader.invoice_lines),
        part("payments", reader.payments),
        part("retail_sales", reader.retail_sales),
        *reader.returns(),
        part("cancellations", reader.cancellations),
        part("write_offs", reader.write_offs),
        reader.recognitions(plans) if wanted(plans) else None,
        part("pipeline", reader.pipeline),
    ]
    events = joined([p for p in parts if p is not None and len(p)])
    if as_of is not None and len(events):
        known = np.concatenate([p.known for p in parts if p is not None and len(p)])
        events = events.take(np.flatnonzero(known <= np.datetime64(as_of, "D")))
    if until is not None and len(events):
        events = events.take(np.flatnonzero(events.date <= np.datetime64(until, "D")))
    return events


class _Reader(Lookup):
    """Turns each table into events."""

    def deals(self) -> EventPart:
        table = self.deals_table
        amount = table.amounts("amount")
        days = table.days("closed")
        self.check_products(table)
        return self._part(
            "deals",
            table,
            "booking",
            table.words("deal"),
            deal=table.words("deal"),
            date=days,
            deal_date=days,
            owner=self.deal_owner,
            amount=amount.value,
            currency=amount.currency,
            attributes=self.deal_attributes(np.arange(table.size)),
        )

    def invoices(self) -> EventPart:
        table = self.world.table("invoices")
        amount = table.amounts("amount")
        deal_rows = self.rows_of(table, "deal", self.deals_table)
        kind = _kinds(table)
        return self._part(
            "invoices",
            table,
            kind,
            table.words("invoice"),
            deal=table.words("deal"),
            invoice=table.words("invoice"),
            date=table.days("date"),
            deal_date=pick(self.deals_table.days("closed"), deal_rows),
            owner=pick(self.deal_owner, deal_rows, -1),
            amount=amount.value,
            currency=amount.currency,
            sign=np.where(kind == "credit note", -1, 1),
            attributes=self.deal_attributes(deal_rows),
        )

    def invoice_lines(self) -> EventPart:
        table = self.world.table("invoice_lines")
        invoices = self.world.table("invoices")
        rows = self.rows_of(table, "invoice", invoices)
        deals = pick(invoices.words("deal"), rows, "")
        deal_rows = np.array([self.deals_table.index.get(d, -1) for d in deals.tolist()], dtype=np.int64)
        kind = pick(_kinds(invoices), rows, "")
        amount, units, cost = table.amounts("amount"), table.amounts("units"), table.amounts("unit cost")
        self.check_products(table)
        products = self.products_of(table)
        own_cost = self.products.amounts("unit cost")
        unit_cost = Exact.where(cost.present, cost.value, pick_numbers(own_cost.value, products))
        has_cost = (cost.present | pick(own_cost.present, products, False)) & units.present
        free = table.words("commission free")
        free = np.where(free == "", pick(self.products.words("commission free"), products, ""), free) == "yes"
        attributes = {**self.deal_attributes(deal_rows), **self.product_attributes(table, products)}
        for name, column in table.text.items():
            if name not in ("invoice", "line", "currency", "category", "commission free"):
                attributes[name] = column
        self.check_lines(table, rows, amount.value, invoices)
        return self._part(
            "invoice lines",
            table,
            kind,
            pick(invoices.words("invoice"), rows, ""),
            line=table.words("line"),
            deal=deals,
            invoice=table.words("invoice"),
            date=pick(invoices.days("date"), rows),
            deal_date=pick(self.deals_table.days("closed"), deal_rows),
            owner=pick(self.deal_owner, deal_rows, -1),
            amount=amount.value,
            currency=amount.currency,
            units=units.value,
            cost=unit_cost * units.value,
            has_cost=has_cost,
            sign=np.where(kind == "credit note", -1, 1),
            free=free,
            attributes=attributes,
            known_days=pick(invoices.days("known"), rows),
        )

    def payments(self) -> EventPart:
        table = self.world.table("payments")
        invoices = self.world.table("invoices")
        rows = self.rows_of(table, "invoice", invoices)
        deals = pick(invoices.words("deal"), rows, "")
        deal_rows = np.array([self.deals_table.index.get(d, -1) for d in deals.tolist()], dtype=np.int64)
        amount = table.amounts("amount")
        return self._part(
            "payments",
            table,
            "payment",
            table.words("payment"),
            deal=deals,
            invoice=table.words("invoice"),
            date=table.days("date"),
            deal_date=pick(self.deals_table.days("closed"), deal_rows),
            owner=pick(self.deal_owner, deal_rows, -1),
            amount=amount.value,
            currency=amount.currency,
            attributes=self.deal_attributes(deal_rows),
        )

    def retail_sales(self) -> EventPart:
        table = self.world.table("retail_sales")
        owner = np.array(
            [self.world.payee_code.get(p, -1) for p in table.words("retailer").tolist()], dtype=np.int64
        )
        amount, units = table.amounts("amount"), table.amounts("units")
        self.check_products(table)
        products = self.products_of(table)
        return self._part(
            "retail sales",
            table,
            "sale",
            table.words("sale"),
            deal=table.words("sale"),
            date=table.days("date"),
            deal_date=table.days("date"),
            owner=owner,
            amount=amount.value,
            currency=amount.currency,
            units=units.value,
            attributes=self.product_attributes(table, products),
        )

    def returns(self) -> list[EventPart]:
        table = self.world.table("returns")
        if not table.size:
            return []
        sales = self.world.table("retail_sales")
        of = table.words("of").tolist()
        of_deal = np.array([self.deals_table.index.get(x, -1) for x in of], dtype=np.int64)
        of_sale = np.array([sales.index.get(x, -1) for x in of], dtype=np.int64)
        for row, name in enumerate(of):
            if of_deal[row] < 0 and of_sale[row] < 0:
                self.lost(table, row, "of", name, "deal or retail sale")
            elif of_deal[row] >= 0 and not table.amounts("amount").present[row]:
                self.problems.append(
                    Problem(
                        "return-amount",
                        f'the return of deal "{name}" has no amount.',
                        table.where(row),
                        remedy='Fill the column "amount".',
                    )
                )
            elif of_deal[row] < 0 and not table.amounts("units").present[row]:
                self.problems.append(
                    Problem(
                        "return-units",
                        f'the return of sale "{name}" has no units.',
                        table.where(row),
                        remedy='Fill the column "units".',
                    )
                )
        amount, units = table.amounts("amount"), table.amounts("units")
        minus = np.full(table.size, -1, dtype=np.int64)
        deal = self._part(
            "returns of deals",
            table,
            "return",
            table.words("return"),
            deal=table.words("of"),
            date=table.days("date"),
            deal_date=pick(self.deals_table.days("closed"), of_deal),
            owner=pick(self.deal_owner, of_deal, -1),
            amount=amount.value,
            currency=amount.currency,
            sign=minus,
            attributes=self.deal_attributes(of_deal),
        )
        owner = np.array(
            [self.world.payee_code.get(p, -1) for p in sales.words("retailer").tolist()], dtype=np.int64
        )
        products = pick(sales.words("product"), of_sale, "")
        sale = self._part(
            "returns of sales",
            table,
            "return",
            table.words("return"),
            deal=table.words("of"),
            date=table.days("date"),
            deal_date=pick(sales.days("date"), of_sale),
            owner=pick(owner, of_sale, -1),
            amount=amount.value,
            currency=amount.currency,
            units=units.value,
            sign=minus,
            attributes={"product": products},
        )
        # A table of both kinds is read twice; each event keeps the rows that are its own.
        return [only(deal, of_deal >= 0), only(sale, of_deal < 0)]

    def cancellations(self) -> EventPart:
        table = self.world.table("cancellations")
        rows = self.rows_of(table, "deal", self.deals_table)
        amount = self.deals_table.amounts("amount")
        currency = (
            amount.currency
            if amount.currency is not None
            else np.full(self.deals_table.size, "", dtype=object)
        )
        return self._part(
            "cancellations",
            table,
            "cancellation",
            table.words("deal"),
            deal=table.words("deal"),
            date=table.days("date"),
            deal_date=pick(self.deals_table.days("closed"), rows),
            owner=pick(self.deal_owner, rows, -1),
            amount=pick_numbers(amount.value, rows),
            currency=pick(currency, rows, ""),
            sign=np.full(table.size, -1, dtype=np.int64),
            attributes=self.deal_attributes(rows),
        )

    def write_offs(self) -> EventPart:
        table = self.world.table("write_offs")
        invoices = self.world.table("invoices")
        rows = self.rows_of(table, "invoice", invoices)
        deals = pick(invoices.words("deal"), rows, "")
        deal_rows = np.array([self.deals_table.index.get(d, -1) for d in deals.tolist()], dtype=np.int64)
        amount = table.amounts("amount")
        kind = table.words("kind")
        return self._part(
            "write-offs",
            table,
            np.where(kind == "", "write-off", kind).astype(object),
            table.words("write-off"),
            deal=deals,
            invoice=table.words("invoice"),
            date=table.days("date"),
            deal_date=pick(self.deals_table.days("closed"), deal_rows),
            owner=pick(self.deal_owner, deal_rows, -1),
            amount=amount.value,
            currency=amount.currency,
            attributes=self.deal_attributes(deal_rows),
        )

    def recognitions(self, plans: Sequence[Plan]) -> EventPart:
        made = recognised(self.world, plans, self.problems)
        deals = self.deals_table
        currency = deals.amounts("amount").currency
        names = pick(deals.words("deal"), made.deal, "")
        return self._part(
            "recognitions",
            made.table,
            "recognition",
            names,
            line=np.array([f"month {n}" for n in made.number.tolist()], dtype=object),
            deal=names,
            date=made.day,
            deal_date=pick(deals.days("closed"), made.deal),
            owner=pick(self.deal_owner, made.deal, -1),
            amount=made.amount,
            currency=None if currency is None else pick(currency, made.deal, ""),
            attributes=self.deal_attributes(made.deal),
            known_days=made.table.days("known"),
        )

    def pipeline(self) -> EventPart:
        table = self.world.table("pipeline")
        amount = table.amounts("amount")
        owner = [self.world.payee_code.get(o, -1) for o in table.words("owner").tolist()]
        attributes = {n: c for n, c in table.text.items() if n not in ("opportunity", "owner", "currency")}
        return self._part(
            "pipeline",
            table,
            "opportunity",
            table.words("opportunity"),
            deal=np.full(table.size, "", dtype=object),
            date=table.days("closes"),
            deal_date=table.days("closes"),
            owner=np.array(owner, dtype=np.int64),
            amount=amount.value,
            currency=amount.currency,
            attributes=attributes,
        )

    # -- parts ----------------------------------------------------------------------------------------
    def _part(
        self,
        source: str,
        table: Table,
        kind: str | Array,
        record: Array,
        *,
        line: Array | None = None,
        deal: Array,
        invoice: Array | None = None,
        date: Array,
        deal_date: Array,
        owner: Array,
        amount: Exact,
        currency: Array | None,
        units: Exact | None = None,
        cost: Exact | None = None,
        has_cost: Array | None = None,
        sign: Array | None = None,
        free: Array | None = None,
        attributes: dict[str, Array],
        known_days: Array | None = None,
    ) -> EventPart:
        size = table.size
        if known_days is None:
            known_days = table.dates.get("known", date)
        nothing = Exact.full(size, 0)
        blank = same("", size)
        if free is None:
            free = self.free(attributes, size)
        return EventPart(
            SOURCE[source],
            table,
            same(kind, size) if isinstance(kind, str) else kind,
            record,
            blank if line is None else line,
            deal,
            blank if invoice is None else invoice,
            date,
            deal_date,
            owner,
            amount,
            blank if currency is None else currency,
            nothing if units is None else units,
            nothing if cost is None else cost,
            same(False, size, bool) if has_cost is None else has_cost,
            same(1, size, np.int64) if sign is None else sign,
            free,
            attributes,
            date if known_days is date else np.where(np.isnat(known_days), date, known_days),
        )


def _kinds(invoices: Table) -> Array:
    kind = invoices.words("kind")
    return np.where(kind == "", "invoice", kind).astype(object)
