"""Tables that say who is credited with what."""

from __future__ import annotations

from reference_engine.vocabulary.schemas import TableSchema, column

CREDITING = (
    TableSchema(
        "credit_splits",
        (
            column("deal", must=True),
            column("payee", must=True),
            column("share", "percent", must=True),
            column("quota share", "percent", "of the deal, for quotas and tiers; the share where blank"),
            column("kind", meaning="direct where blank; overlay comes on top", choices=("direct", "overlay")),
            column("role"),
        ),
        ("deal", "payee", "kind"),
        "Who shares the credit of a deal; the direct shares of a deal total 100%, overlay shares may be any.",
    ),
    TableSchema(
        "crediting_rules",
        (
            column("role", meaning="payees of this role receive credit"),
            column("payee", meaning="or this payee"),
            column("receives", "percent", must=True),
            column(
                "quota credit", "percent", "what quotas and tiers see of it; what is received where blank"
            ),
            column(
                "of the credit of",
                meaning="team: payees below in the hierarchy, or of the same team; everyone: whoever is credited",
                must=True,
                choices=("team", "direct reports", "everyone"),
            ),
            column(
                "as",
                meaning="roll-up for who has payees below, else overlay, where blank",
                choices=("overlay", "roll-up"),
            ),
            column("level", meaning="levels below: 1 for direct reports, 2-3, or 2+; all where blank"),
            column("field", meaning="a column of the record, its product or its account"),
            column(
                "is", meaning="the value; several with commas, 100-999, 1000+, <50, or 75* for what begins so"
            ),
            column("from", "date", "first day of the records that it counts for"),
            column("to", "date", "last day"),
        ),
        ("role", "payee", "of the credit of", "as", "level", "field", "is", "from"),
        "Overlay and roll-up credit, on top of the direct credit. Each rule gives a credit of its own.",
    ),
    TableSchema(
        "matching_rules",
        (
            column("rule", must=True),
            column("payee", meaning="who is credited; a group where each member is", must=True),
            column("share", "percent", "of the record; 100% where blank"),
            column("quota share", "percent", "of the record, for quotas and tiers; the share where blank"),
            column("priority", "number", "the lowest is looked at first"),
            column("from", "date"),
            column("to", "date"),
        ),
        ("rule", "payee"),
        "Who is credited with records of certain attributes. Each further column names a column of the record, its product or its account, with what it must be; blank for anything.",
        extra_columns=True,
    ),
    TableSchema(
        "credit_holds",
        (
            column("record", meaning="a deal, an invoice, a payment or a sale", must=True),
            column("payee", meaning="whose credit is held; everybody's where blank"),
            column("released on", "date", "still held where blank"),
            column("reason"),
        ),
        ("record", "payee"),
        "Credits that don't count until they are released.",
    ),
    TableSchema(
        "credit_maximums",
        (
            column(
                "of", meaning="which credits of a record", must=True, choices=("overlay", "roll-up", "both")
            ),
            column("per", must=True, choices=("record", "payee")),
            column("percent", "percent", "of the record"),
            column("amount", "money", "or at most this much"),
        ),
        ("of", "per"),
        "The most that all indirect credits of one record come to.",
    ),
)
