"""Tables of pay: draws, balances, what was processed, adjustments, advances, funds."""

from __future__ import annotations

from reference_engine.vocabulary.calendar import CADENCES
from reference_engine.vocabulary.schemas import KNOWN, TableSchema, column

PAY = (
    TableSchema(
        "fund_claims",
        (
            column("claim", must=True),
            column("payee", must=True),
            column("fund", meaning="the name of the fund in the plan", must=True),
            column("amount", "money", "what was spent"),
            column("points", "number", "what is redeemed, for a fund of points"),
            column("date", "date", must=True),
        ),
        ("claim",),
        "Claims on market development and co-op funds, and redemptions of points.",
    ),
    TableSchema(
        "draws",
        (
            column("payee", must=True),
            column(
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
            column("amount", "money"),
            column("percent of target", "percent", "of the target incentive, instead of an amount"),
            column(
                "per",
                meaning="what the amount is for; period means each pay period",
                must=True,
                choices=("period", *CADENCES),
            ),
            column("from", "period", must=True),
            column("to", "period", "the last period; afterwards what is owed is still recovered", must=True),
            column(
                "recovery",
                meaning="when what is owed is taken back; the convention draw.recovery where blank",
                choices=("immediate", "from the first recovery period", "at the end of the interval"),
            ),
            column(
                "recovery share",
                "percent",
                "of the pay above the draw that is taken back; all of it where blank",
            ),
            column(
                "recovery minimum",
                "money",
                "at least so much is taken back in a pay period, as far as it is there",
            ),
            column("recovery maximum", "money", "at most so much is taken back in a pay period"),
            column("first recovery period", "period", "for a recovery that starts later"),
            column(
                "interval",
                meaning="for a recovery at the end of it",
                choices=("quarter", "half-year", "year"),
            ),
            column(
                "covers", meaning="the components that count towards the draw and pay it back, with commas"
            ),
            column("forgiven after", "period", "what is still owed after this period is forgiven"),
            column("forgiven share", "percent", "of what is still owed; all of it where blank"),
        ),
        ("payee", "from"),
        "Advances that smooth pay.",
    ),
    TableSchema(
        "opening_balances",
        (
            column("payee", must=True),
            column("period", "period", must=True),
            column("balance", "money", "negative: the payee owes", must=True),
        ),
        ("payee",),
        "What a payee owes or is owed when the first period starts.",
    ),
    TableSchema(
        "processed_results",
        (
            column("payee", must=True),
            column("plan", must=True),
            column("component", must=True),
            column("period", "period", "the closed period that it belongs to", must=True),
            column("earned", "money", must=True),
            column("paid", "money", "what was paid of it; what was earned where blank"),
            column("paid in", "period", "the pay period in which it was paid; its own period where blank"),
            column("closed", "date", "the day on which the period was closed"),
        ),
        ("payee", "plan", "component", "period", "paid in"),
        "What was already earned and paid for closed periods. A later calculation pays only the difference, in the open period.",
    ),
    TableSchema(
        "adjustments",
        (
            column("payee", must=True),
            column("plan", must=True),
            column("component", meaning="the component that it belongs to; the plan as a whole where blank"),
            column("period", "period", "the pay period in which it is paid", must=True),
            column("amount", "money", "negative: taken from the payee", must=True),
            column("reason", must=True),
            column("deal", meaning="the deal that it is about"),
            column("approved by"),
            KNOWN,
        ),
        ("payee", "plan", "component", "period", "reason"),
        "Amounts entered by hand; they stay whatever is recalculated.",
    ),
    TableSchema(
        "advances",
        (
            column("payee", must=True),
            column(
                "component",
                meaning="the component that it is an advance on; every one that settles advances where blank",
            ),
            column("period", "period", "the pay period in which it is paid", must=True),
            column("amount", "money", must=True),
            column("paid", "money", "what was really paid of it; the amount where blank"),
        ),
        ("payee", "component", "period"),
        "Amounts paid on an estimate, before the final result is known.",
    ),
    TableSchema(
        "milestones",
        (
            column("deal", must=True),
            column("milestone", meaning="go-live, acceptance ...", must=True),
            column("date", "date", must=True),
        ),
        ("deal", "milestone"),
        "Steps of a deal's delivery on which a part of the commission may wait.",
    ),
    TableSchema(
        "deal_caps",
        (
            column("deal", must=True),
            column("date", "date", "the day of the decision", must=True),
            column("amount", "money", "the most that is paid on the deal; all of it where blank"),
            column("reason"),
        ),
        ("deal",),
        "Decisions on exceptional deals: how much of the commission on them is paid.",
    ),
)
