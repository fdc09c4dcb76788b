"""Cases of the conventions of paying: holds, parts, collections, clawbacks."""

from __future__ import annotations

from reference_engine.plans.convention_case import Shown, case, component, deals, everybody

_INVOICED = "invoice | deal | amount | date\nI-1 | D-1 | 1,000.00 EUR | 2026-01-20"
_PAID = "payment | invoice | amount | date\nZ-1 | I-1 | 980.00 EUR | 2026-02-10"
_ON_CASH = component("{flat rate: {rate: 10%}}", "pay: [release on cash]", "revenue")
_TRUE_UP = component("{flat rate: {rate: 10%}}", "pay: [{advance and true up: {settled at end of: quarter}}]")
_TERM = "deal | owner | amount | closed | term months"


def _unserved(convention: str, earn: str = "", cancelled: str = "2026-07-20") -> str:
    """A yearly contract of 12,000.00 EUR sold on 15 January, whose unserved months are taken back."""
    others = {
        "clawback.rate": "historic",
        "clawback.lapse": "not earned",
        "months.count": "by the day",
        "clawback.of": "what was paid",
    }
    stated = ", ".join(f"{n}: {r}" for n, r in {**others, convention: "{reading}"}.items())
    return f"conventions: {{rounding: exact, {stated}}}\n" + component(
        "{flat rate: {rate: 10%}}", f"pay: [{earn}{{clawback: {{unserved: months}}}}]"
    )


PAYING: dict[str, Shown] = {
    "hold.count": Shown(
        "10.00 EUR earned on 16 January, payable after 15 days",
        case(
            "conventions: {rounding: exact, hold.count: {reading}}\n"
            + component("{flat rate: {rate: 10%}}", "pay: [{hold days: {days: 16}}]"),
            deals=deals("Ana | 100.00 EUR | 2026-01-16"),
        ),
        {"from the next day": "2026-02 10.00 EUR", "from the day itself": "2026-01 10.00 EUR"},
    ),
    "portion.residue": Shown(
        "10.00 EUR earned in January and paid in three monthly parts",
        case(
            "conventions: {rounding: [{at: line, mode: half up, decimals: 2}], portion.residue: {reading}}\n"
            + component("{flat rate: {rate: 10%}}", "pay: [{instalments: {number: 3, every: month}}]"),
            deals=deals("Ana | 100.00 EUR | 2026-01-16"),
        ),
        {
            "last": "2026-01 3.33 EUR, 2026-02 3.33 EUR, 2026-03 3.34 EUR",
            "first": "2026-01 3.34 EUR, 2026-02 3.33 EUR, 2026-03 3.33 EUR",
        },
    ),
    "months.count": Shown(
        "1,200.00 EUR earned on a contract of 12 months sold on 15 January and cancelled on 10 July; its unserved months are taken back. July pays",
        case(
            _unserved("months.count"),
            deals=deals("Ana | 12,000.00 EUR | 2026-01-15 | 12", columns=_TERM),
            cancellations="deal | date\nD-1 | 2026-07-10",
        ),
        {"calendar months": "-600.00 EUR", "by the day": "-700.00 EUR"},
        only="2026-07",
    ),
    "clawback.lapse": Shown(
        "1,200.00 EUR earned on a contract of 12 months sold on 15 January and cancelled in its seventh month, on 20 July; "
        "its unserved months are taken back. July pays",
        case(
            _unserved("clawback.lapse"),
            deals=deals("Ana | 12,000.00 EUR | 2026-01-15 | 12", columns=_TERM),
            cancellations="deal | date\nD-1 | 2026-07-20",
        ),
        {"earned": "-500.00 EUR", "not earned": "-600.00 EUR"},
        only="2026-07",
    ),
    "clawback.of": Shown(
        "1,200.00 EUR earned on a contract of 12 months, of which 900.00 EUR are paid in quarterly parts when it is cancelled after six months; "
        "its unserved half is taken back. July pays, with the part of 300.00 EUR that falls due in it",
        case(
            _unserved("clawback.of", "{instalments: {number: 4, every: quarter}}, "),
            deals=deals("Ana | 12,000.00 EUR | 2026-01-15 | 12", columns=_TERM),
            cancellations="deal | date\nD-1 | 2026-07-20",
        ),
        {"what was paid": "-150.00 EUR", "what is above the served part": "0.00 EUR"},
        only="2026-07",
    ),
    "collection.discount": Shown(
        "10% of an invoice of 1,000.00 EUR, released as it is paid; the customer pays 980.00 EUR in February and takes 20.00 EUR off for paying early",
        case(
            "conventions: {rounding: exact, collection.discount: {reading}}\n" + _ON_CASH,
            deals=deals("Ana | 1,000.00 EUR | 2026-01-15"),
            invoices=_INVOICED,
            payments=_PAID,
            write_offs="write-off | invoice | amount | date | kind\nW-1 | I-1 | 20.00 EUR | 2026-02-10 | discount",
        ),
        {"counts as collected": "100.00 EUR", "counts as uncollected": "98.00 EUR"},
    ),
    "collection.write-off": Shown(
        "10% of an invoice of 1,000.00 EUR, released as it is paid; the customer pays 980.00 EUR in February, and 20.00 EUR are written off in it",
        case(
            "conventions: {rounding: exact, collection.write-off: {reading}}\n" + _ON_CASH,
            deals=deals("Ana | 1,000.00 EUR | 2026-01-15"),
            invoices=_INVOICED,
            payments=_PAID,
            write_offs="write-off | invoice | amount | date | kind\nW-1 | I-1 | 20.00 EUR | 2026-02-20 | write-off",
        ),
        {"counts as collected": "100.00 EUR", "counts as uncollected": "98.00 EUR"},
    ),
    "cap.split": Shown(
        "Two payees share a deal of 12,000.00 EUR, 60% and 40%; it pays 20%, at most 1,000.00 EUR a deal",
        everybody(
            "conventions: {rounding: exact, cap.split: {reading}}\n"
            + component("{flat rate: {rate: 20%}}")
            + '\npay: [{cap: {per: deal, amount: "1,000.00 EUR"}}]',
            deals=deals("Ana | 12,000.00 EUR | 2026-01-15"),
            credit_splits="deal | payee | share\nD-1 | Ana | 60%\nD-1 | Ben | 40%",
        ),
        {
            "each part": "Ana 1,000.00 EUR, Ben 960.00 EUR",
            "whole deal": "Ana 600.00 EUR, Ben 400.00 EUR",
        },
    ),
    "cap.order": Shown(
        "130.00, 100.00 and 70.00 EUR are earned in three months; the cap is 100.00 EUR a month, and what is above it can be paid in the month after, no later",
        case(
            "conventions: {rounding: exact, cap.excess: carried, cap.order: {reading}}\n"
            + component("{flat rate: {rate: 10%}}")
            + "\npay: [{cap: {per: month, amount: 100.00 EUR, expires after: 1}}]",
            deals=deals(
                "Ana | 1,300.00 EUR | 2026-01-15",
                "Ana | 1,000.00 EUR | 2026-02-15",
                "Ana | 700.00 EUR | 2026-03-15",
            ),
        ),
        {
            "carried first": "2026-01 100.00 EUR, 2026-02 100.00 EUR, 2026-03 100.00 EUR",
            "new first": "2026-01 100.00 EUR, 2026-02 100.00 EUR, 2026-03 70.00 EUR",
        },
    ),
    "trueup.minus": Shown(
        "100.00 EUR earned in the quarter; 30.00 EUR a month were granted in advance for January and February, of which January's was paid with 10.00 EUR only",
        case(
            "conventions: {rounding: exact, trueup.negative: recovered, trueup.minus: {reading}}\n"
            + _TRUE_UP,
            deals=deals("Ana | 1,000.00 EUR | 2026-03-16"),
            advances="payee | period | amount | paid\nAna | 2026-01 | 30.00 EUR | 10.00 EUR\nAna | 2026-02 | 30.00 EUR |",
        ),
        {
            "earned": "2026-01 10.00 EUR, 2026-02 30.00 EUR, 2026-03 40.00 EUR",
            "paid": "2026-01 10.00 EUR, 2026-02 30.00 EUR, 2026-03 60.00 EUR",
        },
    ),
    "trueup.negative": Shown(
        "40.00 EUR earned in the quarter, after advances of 30.00 EUR in January and in February; 50.00 EUR earned in the next quarter",
        case(
            "conventions: {rounding: exact, trueup.minus: earned, trueup.negative: {reading}}\n" + _TRUE_UP,
            deals=deals("Ana | 400.00 EUR | 2026-03-16", "Ana | 500.00 EUR | 2026-04-15"),
            advances="payee | period | amount\nAna | 2026-01 | 30.00 EUR\nAna | 2026-02 | 30.00 EUR",
        ),
        {
            "recovered": "2026-01 30.00 EUR, 2026-02 30.00 EUR, 2026-03 -20.00 EUR, 2026-06 50.00 EUR",
            "carried": "2026-01 30.00 EUR, 2026-02 30.00 EUR, 2026-03 0.00 EUR, 2026-06 30.00 EUR",
            "waived": "2026-01 30.00 EUR, 2026-02 30.00 EUR, 2026-03 0.00 EUR, 2026-06 50.00 EUR",
        },
    ),
    "unpaid.leaver": Shown(
        "A commission of 30.00 EUR is paid in three monthly parts, to who is employed on the last day of each; somebody leaves on 10 February",
        case(
            "conventions: {rounding: exact, unpaid.leaver: {reading}}\n"
            + component(
                "{flat rate: {rate: 10%}}",
                "pay: [{instalments: {number: 3, every: month}}, {employed on: {day: period end}}]",
            ),
            payees="payee | left\nAna | 2026-02-10",
            deals=deals("Ana | 300.00 EUR | 2026-01-15"),
        ),
        {
            "lost": "2026-01 10.00 EUR",
            "kept": "2026-01 10.00 EUR, 2026-02 10.00 EUR, 2026-03 10.00 EUR",
        },
    ),
    "adjustment.balance": Shown(
        "A recoverable draw of 1,000.00 EUR in January, in which 600.00 EUR are earned and 300.00 EUR are added by hand",
        case(
            "conventions: {rounding: exact, balance.negative: carried, returns.earn: mirror, draw.recovery: immediate, draw.surplus_offsets: no, "
            "draw.negative: owed, adjustment.balance: {reading}}\n" + component("{flat rate: {rate: 100%}}"),
            deals=deals("Ana | 600.00 EUR | 2026-01-15"),
            draws="payee | kind | amount | per | from | to\nAna | recoverable | 1,000.00 EUR | month | 2026-01 | 2026-01",
            adjustments="payee | plan | period | amount | reason\nAna | P | 2026-01 | 300.00 EUR | thanks",
        ),
        {"counts": "1,000.00 EUR", "stays out": "1,300.00 EUR"},
    ),
}
