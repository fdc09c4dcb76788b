"""The standard tables: one schema for a table in a feature, a file in a data folder and the documentation.

A column is text unless its kind says otherwise.  Names are lower-case words with spaces, as in Gherkin.
"""

from __future__ import annotations

from dataclasses import dataclass

KINDS = {
    "text": "any text",
    "money": "a number and its currency, like 1,200.50 EUR; a file may keep the currency in a column of its own",
    "percent": "a number with a percent sign, like 12.5%",
    "number": "digits with a point for decimals, like 12 or 0.92",
    "date": "year-month-day, like 2026-03-31",
    "period": "2026-03, 2026-P03, 2026-Q1, 2026-H1 or FY2026",
    "yes/no": "yes or no",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a standard table.

    required: a blank cell or a missing column is a Problem.  choices: the only words allowed, if any.
    """

    name: str
    kind: str = "text"
    required: bool = False
    meaning: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableSchema:
    """One standard table.  key: the columns that name a row; two rows with the same key are a Problem."""

    name: str
    fields: tuple[Field, ...]
    key: tuple[str, ...] = ()
    meaning: str = ""
    extra_columns: bool = False
    """Whether a project may add text columns of its own, for rules to look at."""

    def field(self, name: str) -> Field | None:
        return next((f for f in self.fields if f.name == name), None)

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(f.name for f in self.fields if f.required)


def _f(
    name: str, kind: str = "text", meaning: str = "", *, must: bool = False, choices: tuple[str, ...] = ()
) -> Field:
    return Field(name, kind, must, meaning, choices)


_KNOWN = _f("known", "date", "the day on which it became known; the business date where blank")
_CURRENCY = _f("currency", "text", "the currency of the row's amounts, where the cells don't say it")

_ALL = (
    TableSchema(
        "payees",
        (
            _f("payee", meaning="the identifier that plans and targets use", must=True),
            _f("name", meaning="the name that people read; the identifier where blank"),
            _f("role", meaning="what crediting rules and eligibility look at"),
            _f("manager", meaning="the payee above"),
            _f("team", meaning="payees with the same team share overlay credit"),
            _f("kind", meaning="what sort of payee", choices=("employee", "retailer", "partner")),
            _f("country"),
            _f("currency", meaning="the currency the payee is paid in"),
            _f("hired", "date"),
            _f("left", "date"),
            _f("commission rate", "percent", "the payee's own rate, for plans that pay an individual rate"),
        ),
        ("payee",),
        "People, retailers and partners who can be paid.",
        extra_columns=True,
    ),
    TableSchema(
        "plan_assignments",
        (
            _f("payee", must=True),
            _f("plan", must=True),
            _f("from", "date", "first day on the plan", must=True),
            _f("to", "date", "last day on the plan; open where blank"),
            _f("quota", "money"),
            _f("target incentive", "money"),
            _f(
                "period",
                meaning="what the quota and target are for",
                choices=("month", "quarter", "half-year", "year"),
            ),
        ),
        ("payee", "plan", "from"),
        "Who is on which plan, and when.",
    ),
    TableSchema(
        "quotas",
        (
            _f("payee", must=True),
            _f("period", "period", must=True),
            _f("quota", "money", must=True),
            _f("measure", meaning="which measure the quota is for; every measure where blank"),
            _f("ramp", "percent", "share of the quota that counts while ramping up"),
        ),
        ("payee", "period", "measure"),
        "What a payee is expected to sell.",
    ),
    TableSchema(
        "fiscal_calendar",
        (
            _f("period", must=True),
            _f("from", "date", must=True),
            _f("to", "date", must=True),
            _f("pay date", "date"),
            _f("close date", "date"),
        ),
        ("period",),
        "Periods of a company whose periods aren't calendar months or quarters.",
    ),
    TableSchema(
        "exchange_rates",
        (
            _f("from", meaning="currency converted", must=True),
            _f("to", meaning="currency wanted", must=True),
            _f("rate", "number", "units of `to` for one unit of `from`", must=True),
            _f("valid from", "date", must=True),
            _f("kind", choices=("spot", "average", "plan", "closing")),
        ),
        ("from", "to", "valid from", "kind"),
        "Exchange rates.",
    ),
    TableSchema(
        "territories",
        (
            _f("territory", must=True),
            _f("owner", meaning="the payee who holds it", must=True),
            _f("from", "date"),
            _f("to", "date"),
        ),
        ("territory", "owner", "from"),
        "Who holds a territory, and when.",
    ),
    TableSchema(
        "accounts",
        (
            _f("account", must=True),
            _f("country"),
            _f("segment"),
            _f("industry"),
            _f("size"),
            _f("territory"),
        ),
        ("account",),
        "Customers.",
        extra_columns=True,
    ),
    TableSchema(
        "account_moves",
        (
            _f("account", must=True),
            _f("territory", must=True),
            _f("from", "date", must=True),
        ),
        ("account", "from"),
        "An account that moves to another territory, from that day on.",
    ),
    TableSchema(
        "territory_rules",
        (
            _f("priority", "number", must=True),
            _f("field", meaning="a column of accounts", must=True),
            _f("is", meaning="the value, or several with commas", must=True),
            _f("territory", must=True),
        ),
        ("priority",),
        "How accounts find their territory; the first rule that matches wins.",
    ),
    TableSchema(
        "credit_splits",
        (
            _f("deal", must=True),
            _f("payee", must=True),
            _f("share", "percent", must=True),
            _f("role"),
        ),
        ("deal", "payee"),
        "Who shares the credit of a deal; the shares of a deal total 100%.",
    ),
    TableSchema(
        "crediting_rules",
        (
            _f("role", meaning="payees of this role receive credit", must=True),
            _f("receives", "percent", must=True),
            _f(
                "of the credit of",
                meaning="team: payees below in the hierarchy, or of the same team",
                must=True,
                choices=("team", "direct reports"),
            ),
        ),
        ("role", "of the credit of"),
        "Overlay and roll-up credit, on top of the direct credit.",
    ),
    TableSchema(
        "products",
        (
            _f("product", must=True),
            _f("name"),
            _f("category"),
            _f("subcategory"),
            _f("unit cost", "money"),
            _f("commission free", "yes/no", "nothing is paid on this product"),
            _CURRENCY,
        ),
        ("product",),
        "Products.",
        extra_columns=True,
    ),
    TableSchema(
        "deals",
        (
            _f("deal", must=True),
            _f(
                "owner",
                meaning='a payee, or "territory owner" for the holder of the account\'s territory',
                must=True,
            ),
            _f("amount", "money", must=True),
            _f("closed", "date", "the day of the booking", must=True),
            _f("account"),
            _f("territory", meaning="where the deal states its territory itself"),
            _f("product"),
            _CURRENCY,
            _f("term months", "number"),
            _KNOWN,
        ),
        ("deal",),
        "Bookings: signed deals or orders.",
        extra_columns=True,
    ),
    TableSchema(
        "invoices",
        (
            _f("invoice", must=True),
            _f("deal", must=True),
            _f("amount", "money", "net; always positive, the kind gives the sign", must=True),
            _f("date", "date", must=True),
            _f("kind", choices=("invoice", "credit note")),
            _CURRENCY,
            _KNOWN,
        ),
        ("invoice",),
        "Invoices and credit notes.",
    ),
    TableSchema(
        "invoice_lines",
        (
            _f("invoice", must=True),
            _f("line", must=True),
            _f("amount", "money", "net; always positive, the invoice's kind gives the sign", must=True),
            _f("product"),
            _f("category", meaning="the product's category where blank"),
            _f("units", "number"),
            _f("unit price", "money"),
            _f("unit cost", "money", "the product's cost where blank"),
            _f("commission free", "yes/no", "the product's mark where blank"),
            _CURRENCY,
        ),
        ("invoice", "line"),
        "Lines of invoices; the lines of an invoice sum to its amount.",
        extra_columns=True,
    ),
    TableSchema(
        "payments",
        (
            _f("payment", must=True),
            _f("invoice", must=True),
            _f("amount", "money", must=True),
            _f("date", "date", must=True),
            _CURRENCY,
            _KNOWN,
        ),
        ("payment",),
        "Cash received from customers.",
    ),
    TableSchema(
        "returns",
        (
            _f("return", must=True),
            _f("of", meaning="the deal or retail sale that is returned", must=True),
            _f("date", "date", must=True),
            _f("amount", "money"),
            _f("units", "number"),
            _CURRENCY,
            _KNOWN,
        ),
        ("return",),
        "Goods or value given back; amount for a deal, units for a retail sale.",
    ),
    TableSchema(
        "cancellations",
        (_f("deal", must=True), _f("date", "date", must=True), _KNOWN),
        ("deal",),
        "Deals undone.",
    ),
    TableSchema(
        "retail_sales",
        (
            _f("sale", must=True),
            _f("retailer", must=True),
            _f("product", must=True),
            _f("units", "number", must=True),
            _f("date", "date", must=True),
            _f("amount", "money", "net value of the sale"),
            _CURRENCY,
            _KNOWN,
        ),
        ("sale",),
        "Units sold out of a retailer's store, or bought by it under a rebate programme.",
    ),
    TableSchema(
        "draws",
        (
            _f("payee", must=True),
            _f("kind", must=True, choices=("recoverable", "non-recoverable")),
            _f("amount", "money", must=True),
            _f("per", must=True, choices=("month", "quarter", "year")),
            _f("from", "period", must=True),
            _f("to", "period", must=True),
        ),
        ("payee", "from"),
        "Advances that smooth pay.",
    ),
    TableSchema(
        "opening_balances",
        (
            _f("payee", must=True),
            _f("period", "period", must=True),
            _f("balance", "money", "negative: the payee owes", must=True),
        ),
        ("payee",),
        "What a payee owes or is owed when the first period starts.",
    ),
    TableSchema(
        "employment_events",
        (
            _f("payee", must=True),
            _f(
                "event",
                must=True,
                choices=("hire", "move", "promotion", "manager change", "leave", "return", "termination"),
            ),
            _f("from", "date", must=True),
            _f("to", "date"),
            _f("value"),
        ),
        ("payee", "event", "from"),
        "What happens to people inside a year.",
    ),
    TableSchema(
        "pipeline",
        (
            _f("opportunity", must=True),
            _f("owner", must=True),
            _f("amount", "money", must=True),
            _f("stage", must=True),
            _f("closes", "date", must=True),
            _f("account"),
            _CURRENCY,
        ),
        ("opportunity",),
        "Open opportunities.",
    ),
)

TABLES: dict[str, TableSchema] = {schema.name: schema for schema in _ALL}
"""Every standard table by name, in the order in which they are documented."""


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table as its author wrote it: text cells, before anything is read from them.

    name: of the standard table.  lines: the line of each row in `file`; header_line: that of the header.
    Features, files and recipes all hand their tables over in this form.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    file: str = ""
    lines: tuple[int, ...] = ()
    header_line: int = 0
