"""Conventions. Tiers, rates, curves, currencies, and what is counted: the questions of earning."""

from __future__ import annotations

from reference_engine.plans.convention import Convention

RATES: dict[str, Convention] = {
    "tier.bound": Convention(
        "What does a value that lies exactly on the bound of two tiers earn?",
        {
            "upper tier": "the rate of the tier that begins there",
            "lower tier": "the rate of the tier that ends there",
            "both ends inclusive": "tiers don't share bounds; each contains both of its ends",
        },
        (
            "https://docs.oracle.com/en/cloud/saas/sales/facmi/equal-tier-values.html",
            "https://help.salesforce.com/apex/HTViewHelpDoc?id=sales.spiff_function_ref_tier_payout.htm",
            "https://aptifykb.atlassian.net/wiki/spaces/A6PK/pages/21935066627/Creating+a+Rate+Scales+Record",
            "https://lawinsider.com/clause/calculation-of-commissions",
        ),
    ),
    "tier.gap": Convention(
        "What does a value between two tiers earn?",
        {
            "earns nothing": "the line earns 0",
            "tier below": "it belongs to the tier below: each tier ends where the next begins",
            "tier above": "it belongs to the tier above: each tier begins where the one before ends",
        },
        (
            "https://help.mytime.com/hc/en-us/articles/360046956372-Tiered-Commission-by-Revenue-Amount-Above-Earned-Breakdown",
            "https://lawinsider.com/clause/calculation-of-commissions",
        ),
    ),
    "tier.accumulate": Convention(
        "Over which time does the value that picks the tier add up?",
        {
            "none": "it doesn't: each record is looked up alone",
            "period": "over the pay period",
            "quarter": "from the start of the quarter",
            "half-year": "from the start of the half-year",
            "year": "from the start of the fiscal year",
            "plan year": "from the first day of the plan, year by year",
        },
        (
            "https://docs.oracle.com/en/cloud/saas/sales/facmi/examples-of-calculating-earnings-using-step-rates.html",
            "https://support2.salescookie.com/portal/en/kb/articles/kb-what-is-the-difference-between-cumulative-and-non-cumulative-tiers",
        ),
    ),
    "transaction.order": Convention(
        "In which order do the records of one day count?",
        {
            "date and name": "by the record's name, what is sold before what is taken back",
            "date, largest first": "the largest first, what is sold before what is taken back",
            "date, smallest first": "the smallest first, what is sold before what is taken back",
        },
        (
            "https://help.salesforce.com/apex/HTViewHelpDoc?id=sales.spiff_function_ref_mamount.htm",
            "https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_N1126040.html",
        ),
    ),
    "attainment.includes_current": Convention(
        "Does a record count itself when it looks up its tier?",
        {
            "yes": "its tier is the one reached with it",
            "no": "its tier is the one reached before it",
        },
        (
            "https://helpcenter.xactlycorp.com/article/incent-concepts-how-credit-attainments-are-calculated",
            "https://docs.oracle.com/cd/A60725_05/html/comnls/us/cn/revqtexp.htm",
            "https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_N1126040.html",
        ),
    ),
    "lookup.precedence": Convention(
        "Which rate counts when several rules match?",
        {
            "first match": "the first rule in the list",
            "most specific": "the rule that names the most specific thing: product, then category, then all",
            "highest rate": "the rule with the highest rate",
            "lowest rate": "the rule with the lowest rate",
        },
        (
            "http://rpmsoftware.com/wiki/index.php/Commission_rate",
            "https://docs.idynamics.es/en/commissions/direct/setup.html",
        ),
    ),
    "rate.date": Convention(
        "Which day finds a rate that is in force for some time only?",
        {
            "record date": "the day of the record: of the invoice, of the payment, of the return",
            "deal date": "the day of the deal that the record belongs to",
            "period end": "the last day of the pay period",
        },
        (
            "https://docs.oracle.com/en/cloud/saas/sales/facmi/considerations-for-adding-rate-tables-to-plan-components.html",
        ),
    ),
    "returns.earn": Convention(
        "What does a return or a credit note earn?",
        {
            "mirror": "the negative of what a sale of the same amount earns",
            "signed": "what its negative amount earns by itself",
        },
        (
            "https://support.oracle.com/knowledge/Oracle%20Cloud/2719192_1.html",
            "https://helpcenter.xactlycorp.com/article/commission-rules",
        ),
    ),
    "curve.below": Convention(
        "What does an attainment below the first point of a curve pay?",
        {
            "zero": "nothing",
            "first point": "the first point's payout",
            "extrapolate": "along the first slope, which may lead below zero",
        },
        (
            "https://blogs.sap.com/2022/07/12/understanding-interpolate-and-step-business-goals-calculations-in-variable-pay/",
            "https://bonuspaycalc.com/guides/bonus-payout-curve-explained.html",
        ),
    ),
    "curve.above": Convention(
        "What does an attainment above the last point pay?",
        {"flat": "the last point's payout", "extrapolate": "along the last slope"},
        (
            "https://blogs.sap.com/2022/07/12/understanding-interpolate-and-step-business-goals-calculations-in-variable-pay/",
            "https://bonuspaycalc.com/guides/bonus-payout-curve-explained.html",
        ),
    ),
    "fx.kind": Convention(
        "Which kind of exchange rate converts?",
        {k: f"the {k} rate in force" for k in ("spot", "average", "plan", "closing")},
        (
            "https://docs.idynamics.es/en/commissions/settlements/currency.html",
            "https://helpcenter.xactlycorp.com/?p=2408",
        ),
    ),
    "fx.date": Convention(
        "Of which day is the exchange rate?",
        {
            "record date": "the day of the record",
            "deal date": "the day of the deal that the record belongs to",
            "period start": "the first day of its pay period",
            "period end": "the last day of its pay period",
        },
        (
            "https://docs.idynamics.es/en/commissions/settlements/currency.html",
            "https://help.salesforce.com/apex/HTViewHelpDoc?id=sales.spiff_currency.htm",
        ),
    ),
    "fx.missing_rate": Convention(
        "What happens to an amount for which there is no exchange rate?",
        {
            "refuse": "nothing is calculated until the rate is stated",
            "keep original": "it is paid in its own currency",
        },
        (
            "https://helpcenter.xactlycorp.com/article/incent-concepts-use-case-using-multiple-currencies-in-calculations",
        ),
    ),
    "returns.count": Convention(
        "Does a return undo the count of a sale, where records are counted?",
        {
            "take away one": "yes: each return counts as minus one",
            "not counted": "no: what was sold stays counted",
        },
    ),
    "contest.ties": Convention(
        "What do payees of the same rank win?",
        {
            "each takes the prize": "each the prize of the rank; the ranks that they fill together are skipped",
            "next rank follows": "each the prize of the rank; the next payee has the next rank",
            "prizes are shared": "the prizes of the ranks that they fill together, in equal parts",
        },
    ),
    "pool.residue": Convention(
        "Who gets the cents that are left when a pool is divided?",
        {
            "first": "the first member, in the order of the payees",
            "last": "the last member",
            "largest share": "the member with the largest share, the first of several",
            "lost": "nobody: the shares may total less or more than the pool by some cents",
        },
        ("https://github.com/Pragmatists/bonus-calculator-java",),
    ),
    "revenue.first_month": Convention(
        "How does revenue count in the first month of a contract that starts inside it?",
        {
            "whole months": "the month of the start counts whole",
            "by days": "by the days that are left of it; the rest counts in one more month at the end",
            "half month": "half; the other half counts in one more month at the end",
        },
        ("https://help.basis.so/en/articles/8766701-deferred-revenue-template",),
    ),
    "fund.claims": Convention(
        "May a claim use what its own period accrues?",
        {
            "after accrual": "yes: the period's accrual is there before its claims",
            "before accrual": "no: only what accrued in the periods before",
        },
    ),
}
