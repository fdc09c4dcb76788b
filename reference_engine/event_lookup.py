"""What one table of records says of another: the deal of an invoice, the product of a sale, the account of a deal."""

from __future__ import annotations

import numpy as np

from reference_engine.columns import Array, Exact, same
from reference_engine.event_parts import pick
from reference_engine.problems import Problem
from reference_engine.table import Table
from reference_engine.world import TERRITORY_OWNER, World


class Lookup:
    """Finds in other tables what the records of one table name."""

    def __init__(self, world: World, problems: list[Problem]) -> None:
        self.world, self.problems = world, problems
        self.deals_table = world.table("deals")
        self.products = world.table("products")
        self.accounts = world.table("accounts")
        deals = self.deals_table
        self.deal_owner = np.array(
            [
                -1 if o == TERRITORY_OWNER else world.payee_code.get(o, -1)
                for o in deals.words("owner").tolist()
            ],
            dtype=np.int64,
        )

    def rows_of(self, table: Table, column: str, target: Table, *, required: bool = True) -> Array:
        """The row of `target` that each row names; -1 and a Problem where there is none."""
        names = table.words(column).tolist()
        rows = np.array([target.index.get(name, -1) for name in names], dtype=np.int64)
        if required:
            for row in (rows < 0).nonzero()[0].tolist()[:50]:
                self.lost(table, row, column, names[row], target.name.replace("_", " ").rstrip("s"))
        return rows

    def free(self, attributes: dict[str, Array], size: int) -> Array:
        """Where the record's product is marked commission free."""
        if "product" not in attributes or "commission free" not in self.products.text:
            return same(False, size, bool)
        marks = self.products.words("commission free")
        names = {
            p
            for p, m in zip(self.products.words("product").tolist(), marks.tolist(), strict=True)
            if m == "yes"
        }
        return np.array([p in names for p in attributes["product"].tolist()], dtype=bool)

    def products_of(self, table: Table) -> Array:
        """The row of each record's product; -1 where it isn't listed."""
        return self.rows_of(table, "product", self.products, required=False)

    def check_products(self, table: Table) -> None:
        """A Problem for each product that isn't listed, where products are."""
        if not self.products.size:
            return
        rows, names = self.products_of(table), table.words("product")
        unknown = dict.fromkeys(names[(rows < 0) & (names != "")].tolist())
        for name in list(unknown)[:50]:
            self.lost(table, int(np.flatnonzero(names == name)[0]), "product", name, "product")

    def lost(self, table: Table, row: int, column: str, name: str, what: str) -> None:
        self.problems.append(
            Problem(
                "unknown-reference",
                f'{table.name}, column "{column}": there is no {what} "{name}".',
                table.where(row),
                "The record would be paid to nobody.",
                f"Add the {what}, or correct the name.",
            )
        )

    def deal_attributes(self, rows: Array) -> dict[str, Array]:
        """The columns of the deals in these rows by which records are told apart, and those of their accounts and products."""
        deals = self.deals_table
        out = {
            name: pick(column, rows, "")
            for name, column in deals.text.items()
            if name not in ("deal", "owner", "currency")
        }
        if "account" in out and self.accounts.size:
            account_rows = np.array(
                [self.accounts.index.get(a, -1) for a in out["account"].tolist()], dtype=np.int64
            )
            for name, column in self.accounts.text.items():
                if name != "account":
                    out.setdefault(name, pick(column, account_rows, ""))
        if "product" in out and self.products.size:
            product_rows = np.array(
                [self.products.index.get(p, -1) for p in out["product"].tolist()], dtype=np.int64
            )
            for name in ("category", "subcategory"):
                out.setdefault(name, pick(self.products.words(name), product_rows, ""))
        return out

    def product_attributes(self, table: Table, rows: Array) -> dict[str, Array]:
        """The columns of products; what the record itself says comes first.  rows: of the records' products."""
        out = {"product": table.words("product")}
        for name in (
            *(n for n in self.products.text if n not in ("product", "name", "currency", "commission free")),
            "category",
        ):
            own = table.words(name)
            out[name] = np.where(own == "", pick(self.products.words(name), rows, ""), own)
        return out

    def check_lines(self, table: Table, rows: Array, amount: Exact, invoices: Table) -> None:
        """A Problem for each invoice whose lines sum to another amount.  rows: of the lines' invoices."""
        if not table.size or (rows < 0).any():
            return
        order = np.argsort(rows, kind="stable")
        starts = np.searchsorted(rows[order], np.arange(invoices.size))
        totals = amount[order].sums(starts)
        counts = np.diff(np.append(starts, len(order)))
        wrong = ~totals.same(invoices.amounts("amount").value) & (counts > 0)
        for row in np.flatnonzero(wrong).tolist()[:50]:
            name = invoices.words("invoice")[row]
            self.problems.append(
                Problem(
                    "invoice-total",
                    f'the lines of invoice "{name}" sum to another amount than the invoice has.',
                    invoices.where(row),
                    "A line is missing, doubled or wrong, so every figure made from it is in doubt.",
                    "Correct the invoice or its lines.",
                )
            )
