"""Tables of people: who is paid, on which plan, when employed, under whom."""

from __future__ import annotations

from reference_engine.vocabulary.calendar import CADENCES
from reference_engine.vocabulary.schemas import TableSchema, column

PEOPLE = (
    TableSchema(
        "payees",
        (
            column("payee", meaning="the identifier that plans and targets use", must=True),
            column("name", meaning="the name that people read; the identifier where blank"),
            column("role", meaning="what crediting rules and eligibility look at"),
            column("manager", meaning="the payee above"),
            column("team", meaning="payees with the same team share overlay credit"),
            column("kind", meaning="what sort of payee", choices=("employee", "retailer", "partner")),
            column("country"),
            column("currency", meaning="the currency the payee is paid in"),
            column("hired", "date"),
            column("left", "date"),
            column(
                "commission rate", "percent", "the payee's own rate, for plans that pay an individual rate"
            ),
        ),
        ("payee",),
        "People, retailers and partners who can be paid.",
        extra_columns=True,
    ),
    TableSchema(
        "plan_assignments",
        (
            column("payee", must=True),
            column("plan", must=True),
            column("from", "date", "first day on the plan", must=True),
            column("to", "date", "last day on the plan; open where blank"),
            column("quota", "amount"),
            column("target incentive", "money"),
            column(
                "period",
                meaning="what the quota and target are for",
                choices=("period", *CADENCES),
            ),
        ),
        ("payee", "plan", "from"),
        "Who is on which plan, and when.",
    ),
    TableSchema(
        "reporting_lines",
        (
            column("payee", must=True),
            column("manager", must=True),
            column("from", "date", "first day; always where blank"),
            column("to", "date", "last day; open where blank"),
        ),
        ("payee", "manager", "from"),
        "Who reports to whom, and when; a payee may have several managers. It replaces the column manager of payees.",
    ),
    TableSchema(
        "groups",
        (
            column("group", must=True),
            column("payee", must=True),
            column("share", "percent", "of the record; 100% where blank: a group isn't a split"),
            column("from", "date"),
            column("to", "date"),
        ),
        ("group", "payee", "from"),
        "Payees who are each credited with what the group owns.",
    ),
    TableSchema(
        "employment_events",
        (
            column("payee", must=True),
            column(
                "event",
                must=True,
                choices=("hire", "move", "promotion", "manager change", "leave", "return", "termination"),
            ),
            column("from", "date", "the first day; of a termination the last day of employment", must=True),
            column("to", "date", "the last day of a leave; open until a return where blank"),
            column("value", meaning="the new role or manager; of a leave its kind (parental, sick, unpaid)"),
        ),
        ("payee", "event", "from"),
        "What happens to people inside a year.",
    ),
    TableSchema(
        "holidays",
        (column("date", "date", must=True), column("name")),
        ("date",),
        "Days from Monday to Friday on which nobody works.",
    ),
    TableSchema(
        "work_schedules",
        (
            column("payee", meaning="whose schedule it is; the company's where blank"),
            column("from", "date", "first day", must=True),
            column("hours per week", "number", must=True),
            column("days", meaning="the days of work, like Mon, Tue, Wed; Monday to Friday where blank"),
        ),
        ("payee", "from"),
        "Hours of work, for proration by hours.",
    ),
    TableSchema(
        "salaries",
        (
            column("payee", must=True),
            column("from", "date", "first day", must=True),
            column("salary", "money", "for a whole year", must=True),
        ),
        ("payee", "from"),
        "Salaries, for target incentives that are a share of them.",
    ),
)
