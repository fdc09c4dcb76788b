"""For each convention one small case, and the money that each of its readings pays in it.

The money stands here so that a Problem can show it without a calculation.  A test calculates every case and compares.
"""

from __future__ import annotations

from reference_engine.mechanics.registry import Example
from reference_engine.plans.convention_case import ON_TARGET, Shown, case, component, deals
from reference_engine.plans.convention_examples_crediting import CREDITING
from reference_engine.plans.convention_examples_figures import FIGURES
from reference_engine.plans.convention_examples_paying import PAYING
from reference_engine.plans.convention_examples_people import PEOPLE
from reference_engine.plans.convention_examples_settling import SETTLING

_CAPPED = deals(
    "Ana | 1,300.00 EUR | 2026-01-15", "Ana | 600.00 EUR | 2026-02-16", "Ana | 500.00 EUR | 2026-03-16"
)

SHOWN: dict[str, Shown] = {
    "rounding": Shown(
        "1% of 10.50 EUR is 0.105 EUR, rounded per line to 2 decimals",
        case(
            "conventions: {rounding: [{at: line, mode: {reading}, decimals: 2}]}\n"
            + component("{flat rate: {rate: 1%}}"),
            deals=deals("Ana | 10.50 EUR | 2026-01-15"),
        ),
        {"half up": "0.11 EUR", "half even": "0.10 EUR", "down": "0.10 EUR", "away from zero": "0.11 EUR"},
    ),
    "tier.bound": Shown(
        "100,000.00 EUR sold; everything earns 3% up to 100,000.00 EUR, and 5% from there",
        case(
            "conventions: {rounding: exact, tier.accumulate: period, tier.bound: {reading}}\n"
            + component(
                "{retroactive: {tiers: [{from: 0.00 EUR, to: 100000.00 EUR, rate: 3%}, {from: 100000.00 EUR, rate: 5%}]}}"
            ),
            deals=deals("Ana | 100,000.00 EUR | 2026-01-15"),
        ),
        {"upper tier": "5,000.00 EUR", "lower tier": "3,000.00 EUR", "both ends inclusive": "3,000.00 EUR"},
        instead={
            "both ends inclusive": case(
                "conventions: {rounding: exact, tier.bound: {reading}, tier.gap: earns nothing}\n"
                + component(
                    "{brackets: {tiers: [{from: 0.00 EUR, to: 100000.00 EUR, rate: 3%}, {from: 100000.01 EUR, rate: 5%}]}}"
                ),
                deals=deals("Ana | 100,000.00 EUR | 2026-01-15"),
            )
        },
    ),
    "tier.gap": Shown(
        "500.50 EUR sold; the printed tiers are 0 to 500 at 2% and 501 to 2,000 at 4%",
        case(
            "conventions: {rounding: exact, tier.bound: both ends inclusive, tier.gap: {reading}}\n"
            + component(
                "{brackets: {tiers: [{from: 0.00 EUR, to: 500.00 EUR, rate: 2%}, {from: 501.00 EUR, to: 2000.00 EUR, rate: 4%}]}}"
            ),
            deals=deals("Ana | 500.50 EUR | 2026-01-15"),
        ),
        {"earns nothing": "0.00 EUR", "tier below": "10.01 EUR", "tier above": "20.02 EUR"},
    ),
    "tier.accumulate": Shown(
        "1,000.00 EUR sold in March, August, September and October and twice in November; 1% up to 1,000.00 EUR, then 2%, 3%, 4%, 5% and 6% for each "
        "1,000.00 EUR more; plan years begin in September. November pays",
        case(
            "valid: {from: 2025-09-01}\nconventions: {rounding: exact, tier.accumulate: {reading}}\n"
            + component(
                "{marginal: {tiers: [{from: 0.00 EUR, to: 1000.00 EUR, rate: 1%}, {from: 1000.00 EUR, to: 2000.00 EUR, rate: 2%}, "
                "{from: 2000.00 EUR, to: 3000.00 EUR, rate: 3%}, {from: 3000.00 EUR, to: 4000.00 EUR, rate: 4%}, "
                "{from: 4000.00 EUR, to: 5000.00 EUR, rate: 5%}, {from: 5000.00 EUR, rate: 6%}]}}"
            ),
            deals=deals(
                "Ana | 1,000.00 EUR | 2026-03-16",
                "Ana | 1,000.00 EUR | 2026-08-17",
                "Ana | 1,000.00 EUR | 2026-09-15",
                "Ana | 1,000.00 EUR | 2026-10-15",
                "Ana | 1,000.00 EUR | 2026-11-16",
                "Ana | 1,000.00 EUR | 2026-11-17",
            ),
        ),
        {
            "none": "20.00 EUR",
            "period": "30.00 EUR",
            "quarter": "50.00 EUR",
            "half-year": "90.00 EUR",
            "year": "110.00 EUR",
            "plan year": "70.00 EUR",
        },
        only="2026-11",
    ),
    "transaction.order": Shown(
        "Deals of 50.00 (D-1), 90.00 (D-2) and 20.00 EUR (D-3) on one day; a deal earns 5% on all of it while less than 100.00 EUR are sold with it, "
        "and 10% from there",
        case(
            "conventions: {rounding: exact, tier.accumulate: quarter, tier.bound: upper tier, attainment.includes_current: yes, transaction.order: {reading}}\n"
            + component(
                "{whole transaction: {tiers: [{from: 0.00 EUR, to: 100.00 EUR, rate: 5%}, {from: 100.00 EUR, rate: 10%}]}}"
            ),
            deals=deals(
                "Ana | 50.00 EUR | 2026-01-15", "Ana | 90.00 EUR | 2026-01-15", "Ana | 20.00 EUR | 2026-01-15"
            ),
        ),
        {
            "date and name": "13.50 EUR",
            "date, largest first": "11.50 EUR",
            "date, smallest first": "12.50 EUR",
        },
    ),
    "attainment.includes_current": Shown(
        "Deals of 90.00 EUR and then 20.00 EUR; a deal earns 5% on all of it below 100.00 EUR, and 10% from there",
        case(
            "conventions: {rounding: exact, tier.accumulate: quarter, tier.bound: upper tier, transaction.order: date and name, "
            "attainment.includes_current: {reading}}\n"
            + component(
                "{whole transaction: {tiers: [{from: 0.00 EUR, to: 100.00 EUR, rate: 5%}, {from: 100.00 EUR, rate: 10%}]}}"
            ),
            deals=deals("Ana | 90.00 EUR | 2026-01-15", "Ana | 20.00 EUR | 2026-01-16"),
        ),
        {"yes": "6.50 EUR", "no": "5.50 EUR"},
    ),
    "rate.date": Shown(
        "A deal of February for 100.00 EUR is invoiced on 10 March; the rate is 1% in February, 2% until 20 March and 3% from then",
        case(
            "conventions: {rounding: exact, lookup.precedence: first match, rate.date: {reading}}\n"
            + component(
                "{lookup: {rules: [{to: 2026-02-28, rate: 1%}, {from: 2026-03-01, to: 2026-03-20, rate: 2%}, {from: 2026-03-21, rate: 3%}]}}",
                measure="revenue",
            ),
            deals=deals("Ana | 100.00 EUR | 2026-02-16"),
            invoices="invoice | deal | amount | date\nI-1 | D-1 | 100.00 EUR | 2026-03-10",
        ),
        {"record date": "2.00 EUR", "deal date": "1.00 EUR", "period end": "3.00 EUR"},
    ),
    "lookup.precedence": Shown(
        "100.00 EUR of the bike B-7 sold to the account A; the list says bikes 2%, B-7 3%, the account A 5%, all others 1%",
        case(
            "conventions: {rounding: exact, lookup.precedence: {reading}}\n"
            + component(
                "{lookup: {rules: [{category: Bikes, rate: 2%}, {product: B-7, rate: 3%}, {account: A, rate: 5%}, {rate: 1%}]}}"
            ),
            products="product | category\nB-7 | Bikes",
            deals=deals(
                "Ana | 100.00 EUR | 2026-01-15 | B-7 | A",
                columns="deal | owner | amount | closed | product | account",
            ),
        ),
        {
            "first match": "2.00 EUR",
            "most specific": "3.00 EUR",
            "highest rate": "5.00 EUR",
            "lowest rate": "1.00 EUR",
        },
    ),
    "returns.earn": Shown(
        "A sale of 5,000.00 EUR is returned a month later; 2%, at most 60.00 EUR a deal. The return earns",
        case(
            "conventions: {rounding: exact, returns.earn: {reading}}\n"
            + component("{flat rate: {rate: 2%}}, {cap: {per: line, amount: 60.00 EUR}}"),
            deals=deals("Ana | 5,000.00 EUR | 2026-01-15"),
            returns="return | of | date | amount\nR-1 | D-1 | 2026-02-16 | 5,000.00 EUR",
        ),
        {"mirror": "-60.00 EUR", "signed": "-100.00 EUR"},
        only="2026-02",
    ),
    "cap.excess": Shown(
        "130.00 EUR earned in January, 60.00 EUR in February and 50.00 EUR in March; the cap is 100.00 EUR a month, settled with the quarter",
        case(
            "conventions: {rounding: exact, cap.excess: {reading}}\n"
            + component("{flat rate: {rate: 10%}}")
            + "\npay: [{cap: {per: month, amount: 100.00 EUR}}]",
            deals=_CAPPED,
        ),
        {
            "lost": "2026-01 100.00 EUR, 2026-02 60.00 EUR, 2026-03 50.00 EUR",
            "carried": "2026-01 100.00 EUR, 2026-02 90.00 EUR, 2026-03 50.00 EUR",
            "refundable": "2026-01 100.00 EUR, 2026-02 60.00 EUR, 2026-03 80.00 EUR",
        },
        instead={
            "refundable": case(
                "conventions: {rounding: exact, cap.excess: {reading}}\n"
                + component("{flat rate: {rate: 10%}}")
                + "\npay: [{cap: {per: month, amount: 100.00 EUR, settled at end of: quarter}}]",
                deals=_CAPPED,
            )
        },
    ),
    "clawback.window": Shown(
        "A commission of 20.00 EUR; the deal is cancelled on day 90 of a window of 90 days. April pays",
        case(
            "conventions: {rounding: exact, clawback.rate: historic, clawback.window: {reading}}\n"
            + component("{flat rate: {rate: 10%}}", "pay: [{clawback: {within days: 90}}]"),
            deals=deals("Ana | 200.00 EUR | 2026-01-15", "Ana | 300.00 EUR | 2026-04-01"),
            cancellations="deal | date\nD-1 | 2026-04-15",
        ),
        {"last day included": "10.00 EUR", "last day excluded": "30.00 EUR"},
        only="2026-04",
    ),
    "clawback.rate": Shown(
        "A deal of 1,000.00 EUR earned 5% in January, as do all below 1,500.00 EUR; larger ones earn 4%, as one of 2,000.00 EUR did in February. "
        "The first is cancelled in March. March pays",
        case(
            "conventions: {rounding: exact, clawback.window: last day included, tier.bound: upper tier, tier.gap: earns nothing, clawback.rate: {reading}}\n"
            + component(
                "{brackets: {tiers: [{from: 0.00 EUR, to: 1500.00 EUR, rate: 5%}, {from: 1500.00 EUR, rate: 4%}]}}",
                "pay: [{clawback: {within days: 90}}]",
            ),
            deals=deals("Ana | 1,000.00 EUR | 2026-01-15", "Ana | 2,000.00 EUR | 2026-02-15"),
            cancellations="deal | date\nD-1 | 2026-03-10",
        ),
        {"historic": "-50.00 EUR", "recalculated": "-40.00 EUR"},
        only="2026-03",
    ),
    "balance.negative": Shown(
        "50.00 EUR earned in January, taken back in February; 80.00 EUR earned in March",
        case(
            "conventions: {rounding: exact, balance.negative: {reading}}\n"
            + component("{flat rate: {rate: 10%}}"),
            deals=deals("Ana | 500.00 EUR | 2026-01-15", "Ana | 800.00 EUR | 2026-03-16"),
            returns="return | of | date | amount\nR-1 | D-1 | 2026-02-16 | 500.00 EUR",
        ),
        {
            "carried": "2026-01 50.00 EUR, 2026-02 0.00 EUR, 2026-03 30.00 EUR",
            "paid out": "2026-01 50.00 EUR, 2026-02 -50.00 EUR, 2026-03 80.00 EUR",
        },
    ),
    "quota.zero": Shown(
        "1,000.00 EUR sold on a quota of 0.00 EUR; everything earns 1% below 100% of quota, and 2% from there",
        case(
            "conventions: {rounding: exact, tier.accumulate: period, tier.bound: upper tier, quota.zero: {reading}}\n"
            + component("{retroactive: {tiers: [{from: 0%, to: 100%, rate: 1%}, {from: 100%, rate: 2%}]}}"),
            quotas="payee | period | quota\nAna | 2026-01 | 0.00 EUR",
            deals=deals("Ana | 1,000.00 EUR | 2026-01-15"),
        ),
        {"refuse": "refused", "attainment 0%": "10.00 EUR", "attainment 100%": "20.00 EUR"},
    ),
    "curve.below": Shown(
        "40% of quota sold; the curve begins at 50% of quota with 30% of a target of 1,000.00 EUR",
        case(
            "conventions: {rounding: exact, tier.accumulate: period, curve.below: {reading}, curve.above: flat}\n"
            + component(
                "{curve: {points: [{attainment: 50%, payout: 30%}, {attainment: 100%, payout: 100%}]}}"
            ),
            plan_assignments=ON_TARGET,
            deals=deals("Ana | 400.00 EUR | 2026-01-15"),
        ),
        {"zero": "0.00 EUR", "first point": "300.00 EUR", "extrapolate": "160.00 EUR"},
    ),
    "curve.above": Shown(
        "150% of quota sold; the curve ends at 100% of quota with 100% of a target of 1,000.00 EUR, after 0% at 50%",
        case(
            "conventions: {rounding: exact, tier.accumulate: period, curve.below: zero, curve.above: {reading}}\n"
            + component(
                "{curve: {points: [{attainment: 50%, payout: 0%}, {attainment: 100%, payout: 100%}]}}"
            ),
            plan_assignments=ON_TARGET,
            deals=deals("Ana | 1,500.00 EUR | 2026-01-15"),
        ),
        {"flat": "1,000.00 EUR", "extrapolate": "2,000.00 EUR"},
    ),
    "fx.kind": Shown(
        "1% of 1,000.00 USD, paid in EUR; four rates are in force, of 0.90 (spot), 0.91 (average), 0.92 (plan) and 0.93 (closing)",
        case(
            "currency: EUR\nconventions: {rounding: exact, fx.date: record date, fx.kind: {reading}}\n"
            + component("{flat rate: {rate: 1%}}"),
            exchange_rates="from | to | rate | valid from | kind\nUSD | EUR | 0.90 | 2026-01-01 | spot\nUSD | EUR | 0.91 | 2026-01-01 | average\n"
            "USD | EUR | 0.92 | 2026-01-01 | plan\nUSD | EUR | 0.93 | 2026-01-01 | closing",
            deals=deals("Ana | 1,000.00 USD | 2026-01-15"),
        ),
        {"spot": "9.00 EUR", "average": "9.10 EUR", "plan": "9.20 EUR", "closing": "9.30 EUR"},
    ),
    "fx.date": Shown(
        "1% of 1,000.00 USD sold on 5 January and invoiced on the 15th, paid in EUR; the rate is 0.90 from the 1st, 0.91 from the 3rd, 0.92 from the 10th "
        "and 0.95 from the 31st",
        case(
            "currency: EUR\nconventions: {rounding: exact, fx.kind: spot, fx.date: {reading}}\n"
            + component("{flat rate: {rate: 1%}}", measure="revenue"),
            exchange_rates="from | to | rate | valid from | kind\nUSD | EUR | 0.90 | 2026-01-01 | spot\nUSD | EUR | 0.91 | 2026-01-03 | spot\n"
            "USD | EUR | 0.92 | 2026-01-10 | spot\nUSD | EUR | 0.95 | 2026-01-31 | spot",
            deals=deals("Ana | 1,000.00 USD | 2026-01-05"),
            invoices="invoice | deal | amount | date\nI-1 | D-1 | 1,000.00 USD | 2026-01-15",
        ),
        {
            "record date": "9.20 EUR",
            "deal date": "9.10 EUR",
            "period start": "9.00 EUR",
            "period end": "9.50 EUR",
        },
    ),
    "fx.missing_rate": Shown(
        "1% of 1,000.00 USD and of 1,000.00 GBP, paid in EUR; the rate of USD is 0.90, and there is none of GBP",
        case(
            "currency: EUR\nconventions: {rounding: exact, fx.kind: spot, fx.date: record date, fx.missing_rate: {reading}}\n"
            + component("{flat rate: {rate: 1%}}"),
            exchange_rates="from | to | rate | valid from | kind\nUSD | EUR | 0.90 | 2026-01-01 | spot",
            deals=deals("Ana | 1,000.00 USD | 2026-01-15", "Ana | 1,000.00 GBP | 2026-01-15"),
        ),
        {"refuse": "refused", "keep original": "9.00 EUR and 10.00 GBP"},
    ),
    "split.residue": Shown(
        "A deal of 100.01 EUR, of which Ana has 25%, Ben 50% and Cho 25%; credits are rounded down to the cent, and all of it is paid",
        Example(
            "",
            "eligible: everyone\nconventions: {rounding: [{at: credit, mode: down, decimals: 2}], split.residue: {reading}}\n"
            + component("{flat rate: {rate: 100%}}"),
            {
                "payees": "payee\nAna\nBen\nCho",
                "deals": deals("Ana | 100.01 EUR | 2026-01-15"),
                "credit_splits": "deal | payee | share\nD-1 | Ana | 25%\nD-1 | Ben | 50%\nD-1 | Cho | 25%",
            },
            "",
        ),
        {
            "last": "Ana 25.00 EUR, Ben 50.00 EUR, Cho 25.01 EUR",
            "first": "Ana 25.01 EUR, Ben 50.00 EUR, Cho 25.00 EUR",
            "largest share": "Ana 25.00 EUR, Ben 50.01 EUR, Cho 25.00 EUR",
        },
    ),
    "release.period": Shown(
        "1.00 EUR earned on an invoice of January that is paid in March",
        case(
            "conventions: {rounding: exact, release.period: {reading}}\n"
            + component(
                "{flat rate: {rate: 1%}}", "pay: [{release: {when: invoice paid in full}}]", "revenue"
            ),
            deals=deals("Ana | 100.00 EUR | 2026-01-15"),
            invoices="invoice | deal | amount | date\nI-1 | D-1 | 100.00 EUR | 2026-01-20",
            payments="payment | invoice | amount | date\nP-1 | I-1 | 100.00 EUR | 2026-03-31",
        ),
        {"earned period": "2026-01 1.00 EUR", "release period": "2026-03 1.00 EUR"},
    ),
    **CREDITING,
    **FIGURES,
    **PAYING,
    **SETTLING,
    **PEOPLE,
}
