"""Tables of the company: calendar, exchange rates, products, accounts, territories."""

from __future__ import annotations

from reference_engine.vocabulary.schemas import CALENDAR_PATTERNS, CURRENCY, TableSchema, column

COMPANY = (
    TableSchema(
        "fiscal_calendar",
        (
            column("period", meaning="a period such as 2026-P01, or a whole year such as FY2026", must=True),
            column("from", "date", "first day"),
            column("to", "date", "last day"),
            column(
                "pattern",
                meaning="divides the year of the row into periods 2026-P01, 2026-P02 and so on",
                choices=CALENDAR_PATTERNS,
            ),
            column(
                "year ends",
                meaning='for a year of 52 or 53 weeks instead of its days: "last Saturday of August" or "Saturday nearest to the end of August"',
            ),
            column(
                "week 53",
                meaning="where the 53rd week of a year belongs",
                choices=("last period", "period of its own"),
            ),
            column("pay date", "date"),
            column("close date", "date"),
        ),
        ("period",),
        "Periods of a company whose periods aren't calendar months or quarters.",
    ),
    TableSchema(
        "exchange_rates",
        (
            column("from", meaning="currency converted", must=True),
            column("to", meaning="currency wanted", must=True),
            column("rate", "number", "units of `to` for one unit of `from`", must=True),
            column("valid from", "date", must=True),
            column("kind", choices=("spot", "average", "plan", "closing")),
        ),
        ("from", "to", "valid from", "kind"),
        "Exchange rates.",
    ),
    TableSchema(
        "territories",
        (
            column("territory", must=True),
            column("owner", meaning="the payee who holds it", must=True),
            column("from", "date"),
            column("to", "date"),
        ),
        ("territory", "owner", "from"),
        "Who holds a territory, and when.",
    ),
    TableSchema(
        "accounts",
        (
            column("account", must=True),
            column("country"),
            column("segment"),
            column("industry"),
            column("size"),
            column("territory"),
        ),
        ("account",),
        "Customers.",
        extra_columns=True,
    ),
    TableSchema(
        "account_moves",
        (
            column("account", must=True),
            column("territory", must=True),
            column("from", "date", must=True),
        ),
        ("account", "from"),
        "An account that moves to another territory, from that day on.",
    ),
    TableSchema(
        "territory_rules",
        (
            column("priority", "number", must=True),
            column("field", meaning="a column of accounts"),
            column(
                "is", meaning="the value; several with commas, 100-999, 1000+, <50, or 75* for what begins so"
            ),
            column("territory", must=True),
            column("from", "date", "first day of the rule; always where blank"),
            column("to", "date", "last day of the rule"),
        ),
        ("priority",),
        "How accounts find their territory; the first rule that matches wins. A column of your own names a column of accounts, with what it must be.",
        extra_columns=True,
    ),
    TableSchema(
        "named_accounts",
        (
            column("account", must=True),
            column("payee", meaning="who holds it, whatever its territory"),
            column("territory", meaning="or the territory that it belongs to"),
            column("from", "date"),
            column("to", "date"),
        ),
        ("account", "from"),
        "Accounts that belong to somebody, or to a territory, by name.",
    ),
    TableSchema(
        "holdovers",
        (
            column("payee", meaning="who keeps it for a while", must=True),
            column("account", meaning="every deal of this account"),
            column("deal", meaning="or this deal"),
            column("from", "date", "first day on which a deal may close; always where blank"),
            column("until", "date", "last day on which a deal may close", must=True),
            column("share", "percent", "of the deal; the new holder gets the rest. 100% where blank"),
        ),
        ("payee", "account", "deal", "from"),
        "What a payee keeps for a limited time after the account went to somebody else.",
    ),
    TableSchema(
        "products",
        (
            column("product", must=True),
            column("name"),
            column("category"),
            column("subcategory"),
            column("unit cost", "money"),
            column("commission free", "yes/no", "nothing is paid on this product"),
            CURRENCY,
        ),
        ("product",),
        "Products.",
        extra_columns=True,
    ),
)
