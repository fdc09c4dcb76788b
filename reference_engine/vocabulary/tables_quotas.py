"""Tables of what is expected and what is reported."""

from __future__ import annotations

from reference_engine.vocabulary.schemas import TableSchema, column

QUOTAS = (
    TableSchema(
        "quotas",
        (
            column("payee", must=True),
            column("period", "period", must=True),
            column("quota", "amount", must=True),
            column("measure", meaning="which measure the quota is for; every measure where blank"),
            column("ramp", "percent", "share of the quota that counts while ramping up"),
        ),
        ("payee", "period", "measure"),
        "What a payee is expected to sell.",
    ),
    TableSchema(
        "reported_measures",
        (
            column("payee", meaning="whose it is; everybody's (the company's) where blank"),
            column("measure", must=True),
            column("period", "period", "it counts in every pay period inside", must=True),
            column("value", meaning="a number, a percent, an amount of money or a word", must=True),
        ),
        ("payee", "measure", "period"),
        "What is measured elsewhere: objectives reached, company results, ratings, goals.",
    ),
    TableSchema(
        "territory_quotas",
        (
            column("territory", meaning="a territory, a region or the whole company", must=True),
            column("period", "period", must=True),
            column("quota", "amount", must=True),
            column("adjustment", "amount", "added to the quota"),
            column("measure", meaning="which measure the quota is for; every measure where blank"),
        ),
        ("territory", "period", "measure"),
        "What a territory is expected to sell.",
    ),
    TableSchema(
        "quota_allocations",
        (
            column("parent", meaning="a territory or a payee", must=True),
            column("child", meaning="a territory or a payee below it", must=True),
            column("share", "percent", "of the parent's quota"),
        ),
        ("parent", "child"),
        "How a quota is handed down, level by level.",
    ),
    TableSchema(
        "quota_metrics",
        (
            column("holder", meaning="a payee or a territory", must=True),
            column("metric", meaning="your own word: sales, potential, accounts", must=True),
            column("period", "period", "what it was measured in; any time where blank"),
            column("value", "amount", must=True),
        ),
        ("holder", "metric", "period"),
        "What quotas are derived from: past sales, potential, counts.",
    ),
    TableSchema(
        "seller_quotas",
        (
            column("payee", must=True),
            column("territory", must=True),
            column("share", "percent", "of the territory's quota", must=True),
            column("ramp", "percent", "share of it that counts while ramping up; 100% where blank"),
            column("adjustment", "amount", "added to the payee's quota"),
            column("from", "date", "first day; always where blank"),
            column("to", "date", "last day; open where blank"),
        ),
        ("payee", "territory", "from"),
        "Which part of a territory's quota a payee carries, and when.",
    ),
    TableSchema(
        "account_quotas",
        (
            column("account", must=True),
            column("period", "period", must=True),
            column("quota", "amount", must=True),
        ),
        ("account", "period"),
        "What is expected of an account; its territory carries it.",
    ),
    TableSchema(
        "territory_changes",
        (
            column("holder", meaning="the payee or territory whose opportunity changed", must=True),
            column("period", "period", "the period of the quota", must=True),
            column("before", "number", "opportunity before the change", must=True),
            column("after", "number", "opportunity after it", must=True),
        ),
        ("holder", "period"),
        "Changes of what a holder can sell to, for quota relief.",
    ),
)
