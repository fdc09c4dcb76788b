"""Draft: the tables of a world while a recipe fills them.

A recipe hands over text, row by row, under the names of the standard tables.  The draft refuses a column that
no standard table has, counts identifiers, and remembers which rows are edge cases.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from reference_engine.vocabulary.tables import TABLES, TextTable
from scenarios.providers import Names, plain
from scenarios.streams import Stream


@dataclass(frozen=True, slots=True)
class Edge:
    """A row that every world of the recipe has: case says in business words what is special about it."""

    case: str
    table: str
    key: str


@dataclass(frozen=True, slots=True)
class Deal:
    """A deal of the draft.  amount: in minor units of its currency."""

    deal: str
    owner: str
    amount: int
    closed: date
    currency: str


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice of the draft.  amount: in minor units of its currency."""

    invoice: str
    deal: Deal
    amount: int
    date: date


class Draft:
    """A world in the making.

    deals: how many deals (or retail sales) the recipe must write, edge cases included.
    volume: how many the whole world will have; more than `deals` where the rest is made in bulk.  The numbers
        of payees and customers and the size of quotas follow from it.
    sellers, accounts, products: what deals made in bulk may refer to.  prices: of the products, in cents.
    """

    def __init__(
        self, recipe: str, seed: int, deals: int, company: str = "", volume: int | None = None
    ) -> None:
        self.recipe, self.seed, self.deals, self.company = recipe, seed, deals, company
        self.volume = deals if volume is None else volume
        self.names = Names(seed, company)
        self.edges: list[Edge] = []
        self.sellers: list[str] = []
        self.accounts: list[str] = []
        self.products: list[str] = []
        self.prices: list[int] = []
        self._rows: dict[str, list[Mapping[str, str]]] = {}
        self._counts: Counter[str] = Counter()

    def stream(self, purpose: str) -> Stream:
        """The stream of draws for one purpose of this recipe and seed."""
        return Stream("trueup", self.recipe, self.seed, purpose)

    def next_id(self, letters: str, digits: int = 6) -> str:
        """The next identifier of a kind: D-000001, D-000002."""
        self._counts[letters] += 1
        return f"{letters}-{self._counts[letters]:0{digits}d}"

    def count(self, letters: str) -> int:
        """How many identifiers of a kind have been given."""
        return self._counts[letters]

    def add(self, table: str, row: Mapping[str, str], case: str = "") -> None:
        """Adds a row of text cells.  case: what is special about the row, where it is an edge case."""
        schema = TABLES[table]
        for column in row:
            if schema.field(column) is None and not schema.extra_columns:
                raise ValueError(f'the table {table} has no column "{column}"')
        self._rows.setdefault(table, []).append(row)
        if case:
            self.edges.append(Edge(case, table, row[schema.key[0]]))

    def deal(
        self, owner: str, amount: int, closed: date, currency: str = "EUR", *, case: str = "", **columns: str
    ) -> Deal:
        """Adds a deal.  amount: in minor units.  columns: account, product and the like."""
        deal = Deal(self.next_id("D"), owner, amount, closed, currency)
        row = {
            "deal": deal.deal,
            "owner": owner,
            "amount": plain(amount, currency),
            "closed": closed.isoformat(),
            "currency": currency,
        }
        self.add("deals", row | {name.replace("_", " "): cell for name, cell in columns.items()}, case)
        return deal

    def invoice(
        self, deal: Deal, amount: int, day: date, *, kind: str = "invoice", case: str = ""
    ) -> Invoice:
        """Adds an invoice or credit note of a deal.  amount: in minor units, positive for both kinds."""
        invoice = Invoice(self.next_id("I"), deal, amount, day)
        row = {
            "invoice": invoice.invoice,
            "deal": deal.deal,
            "amount": plain(amount, deal.currency),
            "date": day.isoformat(),
            "kind": kind,
            "currency": deal.currency,
        }
        self.add("invoices", row, case)
        return invoice

    def payment(
        self, invoice: Invoice, amount: int, day: date, *, known: date | None = None, case: str = ""
    ) -> None:
        """Adds cash received for an invoice.  known: the day it was posted, where that is later."""
        row = {
            "payment": self.next_id("P"),
            "invoice": invoice.invoice,
            "amount": plain(amount, invoice.deal.currency),
            "date": day.isoformat(),
            "currency": invoice.deal.currency,
            "known": known.isoformat() if known else "",
        }
        self.add("payments", row, case)

    def tables(self) -> tuple[TextTable, ...]:
        """The tables in the order of the standard tables; columns that nothing fills are left out."""
        return tuple(self._table(name) for name in TABLES if name in self._rows)

    def _table(self, name: str) -> TextTable:
        rows = self._rows[name]
        used = dict.fromkeys(column for row in rows for column, cell in row.items() if cell)
        standard = [field.name for field in TABLES[name].fields]
        header = [column for column in standard if column in used]
        header += [column for column in used if column not in standard]
        cells = tuple(tuple(row.get(column, "") for column in header) for row in rows)
        return TextTable(name, tuple(header), cells)
