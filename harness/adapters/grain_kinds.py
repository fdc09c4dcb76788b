"""The kinds of rows that a target's export can be compared with, finest stage first, and what each is named by."""

from __future__ import annotations

LINE_NAMES = (
    "payee",
    "plan",
    "component",
    "record",
    "line",
    "deal",
    "kind",
    "state",
    "period",
    "pay period",
    "date",
    "currency",
    "product",
    "category",
    "account",
    "territory",
)
"""Names that an earned line has; an export's key and values are said in these."""

PAYOUT_NAMES = ("payee", "plan", "component", "period", "currency")
TRANSACTION_NAMES = (
    *("record", "line", "deal", "kind", "date", "payee", "currency"),
    *("product", "category", "account", "territory"),
)
CREDIT_NAMES = ("payee", "record", "line", "deal", "kind", "type", "date", "currency")
ATTAINMENT_NAMES = ("payee", "plan", "component", "measure", "period", "currency")
BALANCE_NAMES = ("payee", "period", "currency")
QUOTA_NAMES = ("payee", "plan", "measure", "period", "currency")
FIGURE_NAMES = ("payee", "plan", "figure", "period", "currency")

NAMES = {
    "transactions": TRANSACTION_NAMES,
    "credits": CREDIT_NAMES,
    "quotas": QUOTA_NAMES,
    "attainments": ATTAINMENT_NAMES,
    "figures": FIGURE_NAMES,
    "lines": LINE_NAMES,
    "payouts": PAYOUT_NAMES,
    "balances": BALANCE_NAMES,
}
"""What rows can be compared with, in the order in which it is calculated, and the names of each."""

COUNTS = {"lines": "", "records": "record", "deals": "deal"}
"""Values that count what a row is made of: all rows, or how many different records or deals."""

VALUES = {
    "transactions": ("amount", "units"),
    "credits": ("value",),
    "quotas": ("quota",),
    "attainments": ("measured", "quota", "attainment"),
    "figures": ("value",),
    "lines": ("amount",),
    "payouts": ("amount",),
    "balances": ("amount",),
}
"""The figures of each kind of row, of which a mapping compares one."""

COUNTED = {
    "transactions": ("lines", "records", "deals"),
    "credits": ("lines", "records", "deals"),
    "lines": ("lines", "records", "deals"),
}
"""Counts that may be the figure itself, where the target exports nothing but how many there are."""

EXTRA_VALUES = {
    "transactions": ("lines", "records", "deals"),
    "credits": ("lines", "records", "deals"),
    "quotas": (),
    "attainments": (),
    "figures": (),
    "lines": ("lines", "records", "deals", "rate"),
    "payouts": ("lines",),
    "balances": (),
}
PURE_NUMBERS = ("attainment", "units", "lines", "records", "deals")
"""Figures that never have a currency."""

ADDED_UP = ("transactions", "credits", "lines", "payouts")
"""Rows whose amounts are parts of a sum.  For the others a mapping says what several rows under one key mean."""

STAGES = {
    "transactions": "credit",
    "credits": "credit",
    "quotas": "measure",
    "attainments": "measure",
    "figures": "measure",
    "lines": "earning",
    "payouts": "payment",
    "balances": "payment",
}
"""The stage of the calculation that each kind of row shows."""

TOGETHER = ("add up", "take the last", "are refused")
"""What several expected rows under one key mean: their sum, the one of the latest period, or a mistake of the mapping."""
ROUNDINGS = ("half up", "half even", "down", "away from zero")
