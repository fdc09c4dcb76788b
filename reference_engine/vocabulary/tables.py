"""The standard tables: one schema for a table in a feature, a file in a data folder and the documentation.

A column is text unless its kind says otherwise.  Names are lower-case words with spaces, as in Gherkin.
"""

from __future__ import annotations

from dataclasses import dataclass

from reference_engine.vocabulary.calendar import CADENCES

CALENDAR_PATTERNS = ("4-4-5", "4-5-4", "5-4-4", "13 periods of 4 weeks", "biweekly", "weekly", "semi-monthly")
KINDS = {
    "text": "any text",
    "money": "a number and its currency, like 1,200.50 EUR; a file may keep the currency in a column of its own",
    "amount": "money, like 1,200.50 EUR, or a plain number of units, like 12",
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
            _f("quota", "amount"),
            _f("target incentive", "money"),
            _f(
                "period",
                meaning="what the quota and target are for",
                choices=("period", *CADENCES),
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
            _f("quota", "amount", must=True),
            _f("measure", meaning="which measure the quota is for; every measure where blank"),
            _f("ramp", "percent", "share of the quota that counts while ramping up"),
        ),
        ("payee", "period", "measure"),
        "What a payee is expected to sell.",
    ),
    TableSchema(
        "reported_measures",
        (
            _f("payee", meaning="whose it is; everybody's (the company's) where blank"),
            _f("measure", must=True),
            _f("period", "period", "it counts in every pay period inside", must=True),
            _f("value", meaning="a number, a percent, an amount of money or a word", must=True),
        ),
        ("payee", "measure", "period"),
        "What is measured elsewhere: objectives reached, company results, ratings, goals.",
    ),
    TableSchema(
        "fund_claims",
        (
            _f("claim", must=True),
            _f("payee", must=True),
            _f("fund", meaning="the name of the fund in the plan", must=True),
            _f("amount", "money", "what was spent"),
            _f("points", "number", "what is redeemed, for a fund of points"),
            _f("date", "date", must=True),
        ),
        ("claim",),
        "Claims on market development and co-op funds, and redemptions of points.",
    ),
    TableSchema(
        "fiscal_calendar",
        (
            _f("period", meaning="a period such as 2026-P01, or a whole year such as FY2026", must=True),
            _f("from", "date", "first day"),
            _f("to", "date", "last day"),
            _f(
                "pattern",
                meaning="divides the year of the row into periods 2026-P01, 2026-P02 and so on",
                choices=CALENDAR_PATTERNS,
            ),
            _f("year ends", meaning='for a year of 52 or 53 weeks instead of its days: "last Saturday of August" or "Saturday nearest to the end of August"'),
            _f(
                "week 53",
                meaning="where the 53rd week of a year belongs",
                choices=("last period", "period of its own"),
            ),
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
            _f("field", meaning="a column of accounts"),
            _f("is", meaning="the value; several with commas, 100-999, 1000+, <50, or 75* for what begins so"),
            _f("territory", must=True),
            _f("from", "date", "first day of the rule; always where blank"),
            _f("to", "date", "last day of the rule"),
        ),
        ("priority",),
        "How accounts find their territory; the first rule that matches wins. A column of your own names a column of accounts, with what it must be.",
        extra_columns=True,
    ),
    TableSchema(
        "named_accounts",
        (
            _f("account", must=True),
            _f("payee", meaning="who holds it, whatever its territory"),
            _f("territory", meaning="or the territory that it belongs to"),
            _f("from", "date"),
            _f("to", "date"),
        ),
        ("account", "from"),
        "Accounts that belong to somebody, or to a territory, by name.",
    ),
    TableSchema(
        "holdovers",
        (
            _f("payee", meaning="who keeps it for a while", must=True),
            _f("account", meaning="every deal of this account"),
            _f("deal", meaning="or this deal"),
            _f("from", "date", "first day on which a deal may close; always where blank"),
            _f("until", "date", "last day on which a deal may close", must=True),
            _f("share", "percent", "of the deal; the new holder gets the rest. 100% where blank"),
        ),
        ("payee", "account", "deal", "from"),
        "What a payee keeps for a limited time after the account went to somebody else.",
    ),
    TableSchema(
        "credit_splits",
        (
            _f("deal", must=True),
            _f("payee", must=True),
            _f("share", "percent", must=True),
            _f("quota share", "percent", "of the deal, for quotas and tiers; the share where blank"),
            _f("kind", meaning="direct where blank; overlay comes on top", choices=("direct", "overlay")),
            _f("role"),
        ),
        ("deal", "payee", "kind"),
        "Who shares the credit of a deal; the direct shares of a deal total 100%, overlay shares may be any.",
    ),
    TableSchema(
        "crediting_rules",
        (
            _f("role", meaning="payees of this role receive credit"),
            _f("payee", meaning="or this payee"),
            _f("receives", "percent", must=True),
            _f("quota credit", "percent", "what quotas and tiers see of it; what is received where blank"),
            _f(
                "of the credit of",
                meaning="team: payees below in the hierarchy, or of the same team; everyone: whoever is credited",
                must=True,
                choices=("team", "direct reports", "everyone"),
            ),
            _f(
                "as",
                meaning="roll-up for who has payees below, else overlay, where blank",
                choices=("overlay", "roll-up"),
            ),
            _f("level", meaning="levels below: 1 for direct reports, 2-3, or 2+; all where blank"),
            _f("field", meaning="a column of the record, its product or its account"),
            _f("is", meaning="the value; several with commas, 100-999, 1000+, <50, or 75* for what begins so"),
            _f("from", "date", "first day of the records that it counts for"),
            _f("to", "date", "last day"),
        ),
        ("role", "payee", "of the credit of", "as", "level", "field", "is", "from"),
        "Overlay and roll-up credit, on top of the direct credit. Each rule gives a credit of its own.",
    ),
    TableSchema(
        "reporting_lines",
        (
            _f("payee", must=True),
            _f("manager", must=True),
            _f("from", "date", "first day; always where blank"),
            _f("to", "date", "last day; open where blank"),
        ),
        ("payee", "manager", "from"),
        "Who reports to whom, and when; a payee may have several managers. It replaces the column manager of payees.",
    ),
    TableSchema(
        "matching_rules",
        (
            _f("rule", must=True),
            _f("payee", meaning="who is credited; a group where each member is", must=True),
            _f("share", "percent", "of the record; 100% where blank"),
            _f("quota share", "percent", "of the record, for quotas and tiers; the share where blank"),
            _f("priority", "number", "the lowest is looked at first"),
            _f("from", "date"),
            _f("to", "date"),
        ),
        ("rule", "payee"),
        "Who is credited with records of certain attributes. Each further column names a column of the record, its product or its account, with what it must be; blank for anything.",
        extra_columns=True,
    ),
    TableSchema(
        "groups",
        (
            _f("group", must=True),
            _f("payee", must=True),
            _f("share", "percent", "of the record; 100% where blank: a group isn't a split"),
            _f("from", "date"),
            _f("to", "date"),
        ),
        ("group", "payee", "from"),
        "Payees who are each credited with what the group owns.",
    ),
    TableSchema(
        "credit_holds",
        (
            _f("record", meaning="a deal, an invoice, a payment or a sale", must=True),
            _f("payee", meaning="whose credit is held; everybody's where blank"),
            _f("released on", "date", "still held where blank"),
            _f("reason"),
        ),
        ("record", "payee"),
        "Credits that don't count until they are released.",
    ),
    TableSchema(
        "credit_maximums",
        (
            _f("of", meaning="which credits of a record", must=True, choices=("overlay", "roll-up", "both")),
            _f("per", must=True, choices=("record", "payee")),
            _f("percent", "percent", "of the record"),
            _f("amount", "money", "or at most this much"),
        ),
        ("of", "per"),
        "The most that all indirect credits of one record come to.",
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
                meaning='a payee or a group; "territory owner" for the holder of the account\'s territory; '
                '"by rule" for whom matching_rules find',
                must=True,
            ),
            _f("amount", "money", must=True),
            _f("closed", "date", "the day of the booking", must=True),
            _f("account"),
            _f("territory", meaning="where the deal states its territory itself"),
            _f("product"),
            _CURRENCY,
            _f("term months", "number", "for how long the contract runs"),
            _f("starts", "date", "first day of the contract; the day of the booking where blank"),
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
            _f("of", meaning="for a credit note: the invoice that it is applied to"),
            _f("due", "date", "the day by which it is to be paid; the invoice's own date where blank"),
            _f("tax", "money", "the tax on top of the amount, which payments contain"),
            _f("type", meaning="what is invoiced, for milestones: subscription, setup ..."),
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
            _f(
                "kind",
                meaning="the convention draw.type where blank",
                choices=(
                    "recoverable",
                    "non-recoverable",
                    "non-recoverable additional",
                    "loan",
                    "prepaid",
                ),
            ),
            _f("amount", "money"),
            _f("percent of target", "percent", "of the target incentive, instead of an amount"),
            _f(
                "per",
                meaning="what the amount is for; period means each pay period",
                must=True,
                choices=("period", *CADENCES),
            ),
            _f("from", "period", must=True),
            _f("to", "period", "the last period; afterwards what is owed is still recovered", must=True),
            _f(
                "recovery",
                meaning="when what is owed is taken back; the convention draw.recovery where blank",
                choices=("immediate", "from the first recovery period", "at the end of the interval"),
            ),
            _f("recovery share", "percent", "of the pay above the draw that is taken back; all of it where blank"),
            _f("recovery minimum", "money", "at least so much is taken back in a pay period, as far as it is there"),
            _f("recovery maximum", "money", "at most so much is taken back in a pay period"),
            _f("first recovery period", "period", "for a recovery that starts later"),
            _f("interval", meaning="for a recovery at the end of it", choices=("quarter", "half-year", "year")),
            _f("covers", meaning="the components that count towards the draw and pay it back, with commas"),
            _f("forgiven after", "period", "what is still owed after this period is forgiven"),
            _f("forgiven share", "percent", "of what is still owed; all of it where blank"),
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
        "processed_results",
        (
            _f("payee", must=True),
            _f("plan", must=True),
            _f("component", must=True),
            _f("period", "period", "the closed period that it belongs to", must=True),
            _f("earned", "money", must=True),
            _f("paid", "money", "what was paid of it; what was earned where blank"),
            _f("paid in", "period", "the pay period in which it was paid; its own period where blank"),
            _f("closed", "date", "the day on which the period was closed"),
        ),
        ("payee", "plan", "component", "period", "paid in"),
        "What was already earned and paid for closed periods. A later calculation pays only the difference, in the open period.",
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
            _f("from", "date", "the first day; of a termination the last day of employment", must=True),
            _f("to", "date", "the last day of a leave; open until a return where blank"),
            _f("value", meaning="the new role or manager; of a leave its kind (parental, sick, unpaid)"),
        ),
        ("payee", "event", "from"),
        "What happens to people inside a year.",
    ),
    TableSchema(
        "holidays",
        (_f("date", "date", must=True), _f("name")),
        ("date",),
        "Days from Monday to Friday on which nobody works.",
    ),
    TableSchema(
        "work_schedules",
        (
            _f("payee", meaning="whose schedule it is; the company's where blank"),
            _f("from", "date", "first day", must=True),
            _f("hours per week", "number", must=True),
            _f("days", meaning="the days of work, like Mon, Tue, Wed; Monday to Friday where blank"),
        ),
        ("payee", "from"),
        "Hours of work, for proration by hours.",
    ),
    TableSchema(
        "territory_quotas",
        (
            _f("territory", meaning="a territory, a region or the whole company", must=True),
            _f("period", "period", must=True),
            _f("quota", "amount", must=True),
            _f("adjustment", "amount", "added to the quota"),
            _f("measure", meaning="which measure the quota is for; every measure where blank"),
        ),
        ("territory", "period", "measure"),
        "What a territory is expected to sell.",
    ),
    TableSchema(
        "quota_allocations",
        (
            _f("parent", meaning="a territory or a payee", must=True),
            _f("child", meaning="a territory or a payee below it", must=True),
            _f("share", "percent", "of the parent's quota"),
        ),
        ("parent", "child"),
        "How a quota is handed down, level by level.",
    ),
    TableSchema(
        "quota_metrics",
        (
            _f("holder", meaning="a payee or a territory", must=True),
            _f("metric", meaning="your own word: sales, potential, accounts", must=True),
            _f("period", "period", "what it was measured in; any time where blank"),
            _f("value", "amount", must=True),
        ),
        ("holder", "metric", "period"),
        "What quotas are derived from: past sales, potential, counts.",
    ),
    TableSchema(
        "seller_quotas",
        (
            _f("payee", must=True),
            _f("territory", must=True),
            _f("share", "percent", "of the territory's quota", must=True),
            _f("ramp", "percent", "share of it that counts while ramping up; 100% where blank"),
            _f("adjustment", "amount", "added to the payee's quota"),
            _f("from", "date", "first day; always where blank"),
            _f("to", "date", "last day; open where blank"),
        ),
        ("payee", "territory", "from"),
        "Which part of a territory's quota a payee carries, and when.",
    ),
    TableSchema(
        "account_quotas",
        (
            _f("account", must=True),
            _f("period", "period", must=True),
            _f("quota", "amount", must=True),
        ),
        ("account", "period"),
        "What is expected of an account; its territory carries it.",
    ),
    TableSchema(
        "territory_changes",
        (
            _f("holder", meaning="the payee or territory whose opportunity changed", must=True),
            _f("period", "period", "the period of the quota", must=True),
            _f("before", "number", "opportunity before the change", must=True),
            _f("after", "number", "opportunity after it", must=True),
        ),
        ("holder", "period"),
        "Changes of what a holder can sell to, for quota relief.",
    ),
    TableSchema(
        "salaries",
        (
            _f("payee", must=True),
            _f("from", "date", "first day", must=True),
            _f("salary", "money", "for a whole year", must=True),
        ),
        ("payee", "from"),
        "Salaries, for target incentives that are a share of them.",
    ),
    TableSchema(
        "pipeline",
        (
            _f("opportunity", must=True),
            _f("owner", must=True),
            _f("amount", "money", must=True),
            _f("stage", must=True),
            _f("closes", "date", "the day on which it is expected to close", must=True),
            _f("probability", "percent", "that it closes"),
            _f("account"),
            _CURRENCY,
            _KNOWN,
        ),
        ("opportunity",),
        "Opportunities that aren't won yet, and those that were lost.",
        extra_columns=True,
    ),
    TableSchema(
        "adjustments",
        (
            _f("payee", must=True),
            _f("plan", must=True),
            _f("component", meaning="the component that it belongs to; the plan as a whole where blank"),
            _f("period", "period", "the pay period in which it is paid", must=True),
            _f("amount", "money", "negative: taken from the payee", must=True),
            _f("reason", must=True),
            _f("deal", meaning="the deal that it is about"),
            _KNOWN,
        ),
        ("payee", "plan", "component", "period", "reason"),
        "Amounts entered by hand; they stay whatever is recalculated.",
    ),
    TableSchema(
        "advances",
        (
            _f("payee", must=True),
            _f("component", meaning="the component that it is an advance on; every one that settles advances where blank"),
            _f("period", "period", "the pay period in which it is paid", must=True),
            _f("amount", "money", must=True),
            _f("paid", "money", "what was really paid of it; the amount where blank"),
        ),
        ("payee", "component", "period"),
        "Amounts paid on an estimate, before the final result is known.",
    ),
    TableSchema(
        "write_offs",
        (
            _f("write-off", must=True),
            _f("invoice", must=True),
            _f("amount", "money", must=True),
            _f("date", "date", must=True),
            _f("kind", choices=("write-off", "discount")),
            _CURRENCY,
            _KNOWN,
        ),
        ("write-off",),
        "What a customer will not pay of an invoice: written off as lost, or a discount for paying early.",
    ),
    TableSchema(
        "milestones",
        (
            _f("deal", must=True),
            _f("milestone", meaning="go-live, acceptance ...", must=True),
            _f("date", "date", must=True),
        ),
        ("deal", "milestone"),
        "Steps of a deal's delivery on which a part of the commission may wait.",
    ),
    TableSchema(
        "deal_caps",
        (
            _f("deal", must=True),
            _f("date", "date", "the day of the decision", must=True),
            _f("amount", "money", "the most that is paid on the deal; all of it where blank"),
            _f("reason"),
        ),
        ("deal",),
        "Decisions on exceptional deals: how much of the commission on them is paid.",
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
