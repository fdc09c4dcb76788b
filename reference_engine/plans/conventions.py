"""The conventions that change money: for each, the question it answers and the readings that exist.

A new convention is one entry here and one case in convention_examples.py, which shows the money of each reading.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Convention:
    """A question that plans answer differently.

    readings: the answers that trueup calculates, with their meaning.  sources: public addresses where systems or plans
    answer it; none where no public source was found, so that it must be asked in every project.
    """

    question: str
    readings: dict[str, str]
    sources: tuple[str, ...] = ()


CONVENTIONS: dict[str, Convention] = {
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
    "cap.excess": Convention(
        "What happens to what is above the cap?",
        {
            "lost": "it isn't paid",
            "carried": "it is paid in later periods, as far as their caps allow",
            "refundable": "it is withheld and paid whole when the interval that the cap names ends",
        },
        (
            "https://docs.oracle.com/en/cloud/saas/sales/facmi/create-payment-plans.html",
            "https://docs.oracle.com/cd/E05554_01/books/InCompAdm/InCompAdmPlanDesign12.html",
        ),
    ),
    "clawback.window": Convention(
        "Does a cancellation on the last day of the window count?",
        {
            "last day included": "yes: day 90 of a 90-day window is taken back",
            "last day excluded": "no: only days before it",
        },
        (
            "https://www.earnba.se/glossary/commission-chargeback",
            "https://intercom.help/quotapath/en/articles/6193646-schedule-a-clawback",
        ),
    ),
    "clawback.rate": Convention(
        "At which rate is a commission taken back?",
        {
            "historic": "at the rate at which it was earned",
            "recalculated": "at the rate of the payee's latest sale up to the period of the cancellation",
        },
        (
            "https://helpcenter.xactlycorp.com/article/commission-rules",
            "https://intercom.help/quotapath/en/articles/6193646-schedule-a-clawback",
        ),
    ),
    "balance.negative": Convention(
        "What happens to a payout below zero?",
        {
            "carried": "nothing is paid and the amount is deducted from later payouts",
            "paid out": "the negative amount is settled in its period",
        },
        (
            "https://docs.oracle.com/cd/E05553_01/books/InCompAdm/InCompAdmEmpBalances2.html",
            "https://docs.oracle.com/en/cloud/saas/sales/facmi/create-payment-plans.html",
        ),
    ),
    "quota.zero": Convention(
        "What is the attainment of a quota of zero?",
        {
            "refuse": "none: a quota of zero is an error",
            "attainment 0%": "0%",
            "attainment 100%": "100%, whatever is sold",
        },
        ("https://support.oracle.com/knowledge/Oracle%20E-Business%20Suite/417111_1.html",),
    ),
    "quota.explicit_zero": Convention(
        "A payee's own quota says 0 while the plan has a default: which counts?",
        {"overrides": "the 0 counts", "falls through": "the default counts, as if nothing were stated"},
        ("https://www.opensymmetry.com/variables-in-sap-commissions/",),
    ),
    "quota.residue": Convention(
        "Which part takes the difference when rounded parts of a quota don't sum to it?",
        {
            "first": "the first part",
            "last": "the last part",
            "largest share": "the part with the largest share; of equal ones the first",
            "largest remainder, earlier first": "parts are cut off, and the units left go to those that lost most; of equal ones to the earlier",
            "largest remainder, later first": "the same, and of equal ones to the later",
            "nobody": "none: each part is rounded by itself, and their sum may differ",
        },
        (
            "https://www.mrexcel.com/board/threads/mathematical-problem-round-function-doesnt-help.609579/",
            "https://docs.oracle.com/en/cloud/saas/sales/oasal/sales-quota-plan-components.html",
        ),
    ),
    "quota.relief": Convention(
        "How do growth and attrition relief combine?",
        {
            "compounded": "relief is taken from the grown quota: 1.10 times 0.98",
            "added": "the percentages are added: 1 + 10% - 2%",
        },
        (
            "https://docs.calliduscloud.com/articles/territory-and-quota-documentation/glossary",
            "https://learning.sap.com/learning-journeys/implementing-and-administering-sap-successfactors-territory-and-quota/assigning-bottom-up-quotas_e1094297-24a9-4f19-a132-64b35d21dc89",
        ),
    ),
    "quota.seller_order": Convention(
        "Which comes first for a seller's quota, the ramp or the adjustment?",
        {
            "ramp, then adjustment": "the ramped quota is adjusted by the whole amount",
            "adjustment, then ramp": "the adjusted quota is ramped, so that the adjustment is reduced too",
        },
        (
            "https://docs.salesplanning.varicent.com/en/managing-your-planning-cycle/quota-sheets/seller-quota-sheet.html",
        ),
    ),
    "quota.account_move": Convention(
        "An account moves to another territory inside a period: does its quota move?",
        {
            "moves pro rata": "each territory has it for the days on which it has the account",
            "stays": "the territory that has the account on the first day of the period keeps it",
        },
        (
            "https://docs.salesplanning.varicent.com/en/managing-your-planning-cycle/managing-account-quotas/scheduling-account-and-quota-moves.html",
        ),
    ),
    "ramp.first_month": Convention(
        "Which is the first month of a ramp?",
        {
            "hire month": "the month of the hire, however late in it",
            "first full month": "the first month that begins on or after the hire; the first percentage counts before it too",
        },
        ("https://help.salesforce.com/apex/HTViewHelpDoc?id=sales.spiff_ramp.htm",),
    ),
    "proration.of": Convention(
        "Somebody is on the plan for a part of a period only: what shrinks?",
        {
            "quota and target": "the quota and the target incentive",
            "quota only": "the quota; the target incentive stays whole",
            "target only": "the target incentive; the quota stays whole",
            "neither": "nothing: both count in full",
        },
        (
            "https://helpcenter.xactlycorp.com/article/customize-proration",
            "https://optymyze.com/knowledge/are-user-defined-proration-based-on-eligibility-rules-quotas-calculations-amounts-etc-supported/",
        ),
    ),
    "proration.basis": Convention(
        "By what is a part of a period measured?",
        {
            "calendar days": "active days over the days of the period",
            "work days": "active Mondays to Fridays without holidays, over those of the period",
            "hours": "scheduled hours of the active days, over those of the period",
            "months": "active months over the months of the period",
            "days of the year": "active days over the 365 or 366 days of the year, or the period's part of them",
            "365 days": "active days over 365, or the period's part of them",
            "360 days": "active days over 360, or the period's part of them",
            "30/360": "days of months of 30 days each, over 360 or the period's part of them",
        },
        (
            "https://salary.com/blog/calculating-prorated-bonuses-and-13th-month-bonuses",
            "https://docs.oracle.com/en/applications/peoplesoft/human-capital-management/9.2.055/peoplesoft-payroll-for-north-america/proration-examples-delivered-frequencies.html",
            "https://community.quickbase.com/quickbase/topics/formula-to-prorate-a-quota",
        ),
    ),
    "proration.partial_month": Convention(
        "How does a month count in which somebody is active for some days only?",
        {
            "whole": "as a whole month",
            "none": "not at all",
            "by days": "as active days over the days of the month",
            "cut-off day": "as a whole month if the payee is active on its cut-off day, else not at all",
        },
        (
            "https://docs.oracle.com/en/cloud/saas/human-resources/fbpbd/partial-month-determination-rule-options.html",
        ),
    ),
    "proration.start_day_counts": Convention(
        "Does the first active day count?",
        {
            "yes": "yes: 30 September to 31 December are 93 days",
            "no": "no: end minus start, 30 September to 31 December are 92 days",
            "only on the first day of the period": "a day of hire or transfer doesn't count, the first day of a period does",
        },
        ("https://salary.com/blog/calculating-prorated-bonuses-and-13th-month-bonuses",),
    ),
    "proration.end_day_counts": Convention(
        "Does the last active day of somebody who leaves count?",
        {"yes": "yes: the last day is a day of work", "no": "no: the last day isn't counted"},
        ("https://salary.com/blog/calculating-prorated-bonuses-and-13th-month-bonuses",),
    ),
    "proration.factor_decimals": Convention(
        "Is the prorated share rounded before it is used?",
        {
            "exact": "no: 92 of 365 days are 92/365",
            "1": "half up to 1 decimal: 92 of 365 days are 0.3",
            "2": "half up to 2 decimals: 92 of 365 days are 0.25",
            "3": "half up to 3 decimals: 92 of 365 days are 0.252",
            "4": "half up to 4 decimals: 92 of 365 days are 0.2521",
            "5": "half up to 5 decimals: 92 of 365 days are 0.25205",
            "6": "half up to 6 decimals: 92 of 365 days are 0.252055",
        },
        (
            "https://salary.com/blog/calculating-prorated-bonuses-and-13th-month-bonuses",
            "https://bit1024.com/tool/Prorated-Bonus-Calculator",
        ),
    ),
    "leave.quota": Convention(
        "What does a leave of absence do to the quota?",
        {
            "nothing": "the quota stays as it is",
            "days excluded": "the days of leave don't count as active days",
        },
        ("https://www.sec.gov/Archives/edgar/data/790705/000095013409004583/v51690exv10w1.htm",),
    ),
    "leave.target": Convention(
        "What does a leave of absence do to the target incentive?",
        {
            "nothing": "the target incentive stays as it is",
            "days excluded": "the days of leave don't count as active days",
        },
        (
            "https://cygnalgroup.com/should-sales-representatives-receive-incentive-compensation-payments-while-on-a-leave-of-absence/",
        ),
    ),
    "leave.credits": Convention(
        "Does a credit count that is dated on a day of leave?",
        {"counts": "yes, like any other", "doesn't count": "no: nothing is measured or paid for it"},
        (
            "https://cygnalgroup.com/should-sales-representatives-receive-incentive-compensation-payments-while-on-a-leave-of-absence/",
        ),
    ),
    "credit.outside_employment": Convention(
        "Does a credit count that is dated before the hire or after the last day of employment?",
        {"counts": "yes, like any other", "doesn't count": "no: nothing is measured or paid for it"},
        ("https://docs.oracle.com/cd/G12028_01/trans/F77870-03/plan-component-incentive-formulas.html",),
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
    "split.residue": Convention(
        "Who gets the cent that is left when rounded shares don't sum to the deal?",
        {
            "last": "the last payee of the split",
            "first": "the first payee of the split",
            "largest share": "the payee with the largest share",
        },
    ),
    "rollup.as_of": Convention(
        "Whose manager is credited when reporting lines change: as of which day?",
        {
            "transaction date": "the manager on the day of the record; for a return, of its deal",
            "period end": "the manager on the last day of the record's pay period",
            "roll-up date": "the manager on the day of the run (its as-of day)",
        },
        (
            "https://docs.oracle.com/cd/E18727_01/doc.121/e13444/T300317T431160.htm",
            "https://docs.oracle.com/cd/E05553_01/books/InCompAdm/InCompAdmOverview2.html",
        ),
    ),
    "rollup.duplicates": Convention(
        "Somebody is reached by two reporting lines: is the credit counted twice?",
        {
            "each route": "yes: once for each line by which it is reached",
            "once": "no: once, by the shortest way up",
        },
        ("https://www.opensymmetry.com/prevent-duplicate-credits-xactly-incent/",),
    ),
    "rollup.own_sales": Convention(
        "Does a manager's own sale count among what rolls up to that manager?",
        {
            "excluded": "no: it is the manager's direct credit only",
            "included": "yes: it is roll-up credit as well",
        },
        ("https://docs.oracle.com/en/cloud/saas/sales/facmi/crediting-and-rollup-parameters.html",),
    ),
    "match.precedence": Convention(
        "Who is credited when several matching rules match a record?",
        {
            "first match": "the payees of the rule with the lowest priority number; of the first in the list among equals",
            "most specific": "the payees of the rule that asks for the most; of the lowest priority number among equals",
            "every match": "the payees of every rule that matches",
        },
        ("https://docs.idynamics.es/en/commissions/direct/setup.html",),
    ),
    "credit.preassigned": Convention(
        "A record names its owner and matches a rule as well: who is credited?",
        {
            "owner only": "the owner; the rules serve records without one",
            "rule only": "the payees of the rule",
            "both": "the owner and the payees of the rule; who is both has two credits",
            "both, each payee once": "the owner and the other payees of the rule",
        },
        (
            "https://learning.sap.com/courses/implementing-and-administering-sap-incentive-management/credit-rules_a50dbd6f-0d64-4bea-b57a-e5509641bcc9",
        ),
    ),
    "territory.date": Convention(
        "A territory changes hands: on which day must somebody hold it to be credited?",
        {
            "deal date": "on the day the deal closed, also for its invoices, payments and returns",
            "record date": "on the day of each record itself",
        },
        (
            "https://learning.sap.com/courses/implementing-and-administering-sap-incentive-management/credit-rules_a50dbd6f-0d64-4bea-b57a-e5509641bcc9",
        ),
    ),
    "territory.precedence": Convention(
        "An account is named, and a territory rule matches it too: which counts?",
        {
            "named accounts first": "the name: who holds the account, or the territory stated for it",
            "rules first": "the first rule that matches; the name only where none does",
        },
        ("https://intelligentspm.vercel.app/learn/glossary",),
    ),
    "split.when": Convention(
        "Is a deal divided before the rate is found, or the commission after it?",
        {
            "before rate": "each share is looked up and paid by itself, so tiers and thresholds see only the share",
            "after rate": "the rate is found for the whole deal, and the commission is then divided",
        },
        (
            "https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_N1169933.html",
            "https://support.rpmsoftware.com/support/solutions/articles/5000548464-split",
        ),
    ),
    "hold.attainment": Convention(
        "Does a credit count for quotas and tiers while it is held?",
        {
            "counted": "yes: it counts, and only its payment waits",
            "not counted": "no: it is as if it weren't there until it is released",
        },
        ("https://helpcenter.xactlycorp.com/?p=3741",),
    ),
    "hold.period": Convention(
        "In which period is a released credit paid?",
        {
            "original period": "in the period of its record",
            "release period": "in the period of the release",
        },
        ("https://helpcenter.xactlycorp.com/?p=3741",),
    ),
    "maximum.order": Convention(
        "Indirect credits of a record come to more than their maximum: which are cut?",
        {
            "lowest level first": "those nearest to the sale are credited first; what is above the maximum is cut",
            "all in proportion": "all, by the same factor",
        },
        ("https://helpcenter.xactlycorp.com/?p=3741",),
    ),
    "release.period": Convention(
        "In which period is a released commission paid?",
        {
            "earned period": "in the period in which it was earned",
            "release period": "in the period of the release",
        },
        (
            "https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/bridgehead_N1123880.html",
            "https://learning.sap.com/courses/implementing-and-administering-sap-incentive-management/deposit-rules_a4a43c0f-d7e8-42fe-a7e2-56dd241de94d",
        ),
    ),
    "hold.count": Convention(
        "From which day do the days of a hold count?",
        {
            "from the next day": "the day after the record is day 1: 15 days after the 1st is the 16th",
            "from the day itself": "the day of the record is day 1: 15 days from the 1st is the 15th",
        },
    ),
    "portion.residue": Convention(
        "Which part takes the cent that is left when a commission is paid in rounded parts?",
        {
            "last": "the last part",
            "first": "the first part",
        },
    ),
    "months.count": Convention(
        "When does the next month of a contract or policy begin?",
        {
            "calendar months": "with the next calendar month: sold on 20 January, February is month 2",
            "by the day": "on the same day of the next month: sold on 20 January, month 2 begins on 20 February",
        },
    ),
    "clawback.lapse": Convention(
        "Is the month, or the day, of a cancellation still earned?",
        {
            "earned": "yes: cancelled in month 4, four months are kept",
            "not earned": "no: cancelled in month 4, three months are kept",
        },
    ),
    "clawback.of": Convention(
        "Of what is the unserved part taken back, where not all of the commission was paid yet?",
        {
            "what was paid": "the unserved share of what was paid by then",
            "what is above the served part": "what was paid by then beyond the served share of the whole commission",
        },
    ),
    "collection.discount": Convention(
        "Does a discount that the customer takes count as collected?",
        {
            "counts as collected": "yes: the commission on it is released",
            "counts as uncollected": "no: the commission on it is never released",
        },
    ),
    "collection.write-off": Convention(
        "Does what is written off count as collected?",
        {
            "counts as collected": "yes: the commission on it is released",
            "counts as uncollected": "no: the commission on it is never released",
        },
    ),
    "trueup.minus": Convention(
        "What is deducted from what is due for the interval at a true-up?",
        {
            "earned": "what was earned or granted for it before, paid or not",
            "paid": "what was really paid for it before",
        },
        (
            "https://docs.oracle.com/en/cloud/saas/sales/facmi/calculate-monthly-commissions-using-as-of-attainments-for-the.html",
            "https://support.oracle.com/knowledge/Oracle%20Cloud/2662511_1.html",
            "https://www.sec.gov/Archives/edgar/data/1023362/000102336211000026/salesprogdesc.htm",
        ),
    ),
    "trueup.negative": Convention(
        "What happens at a true-up where more was paid before than is due?",
        {
            "recovered": "the difference is taken back at once",
            "carried": "nothing is paid until as much is due",
            "waived": "nothing is paid until as much is due, and what is still too much at the end is kept",
        },
        ("https://www.sec.gov/Archives/edgar/data/1023362/000102336211000026/salesprogdesc.htm",),
    ),
    "unpaid.leaver": Convention(
        "What happens to what a payee earned and isn't paid yet when leaving?",
        {
            "lost": "it isn't paid",
            "kept": "it is paid as if the payee had stayed",
        },
    ),
    "cap.order": Convention(
        "What is paid first under a cap: what was carried, or what is new?",
        {
            "carried first": "the oldest carried amount first",
            "new first": "the new earnings first, then the oldest carried amount",
        },
    ),
    "adjustment.balance": Convention(
        "Do manual adjustments count towards draws and balances?",
        {
            "counts": "yes, like earned pay",
            "stays out": "no: they are paid or taken beside them",
        },
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
    "draw.type": Convention(
        "What does a draw do whose kind isn't stated?",
        {
            "recoverable": "pay is topped up to it, and the advance is taken back from later pay above it",
            "non-recoverable": "pay is topped up to it for good: the greater of both is paid",
            "non-recoverable additional": "it is paid on top of what was earned, for good",
            "loan": "it is paid on top of what was earned, and taken back from later pay",
            "prepaid": "it was paid before the period ended, so only what was earned above it is paid",
        },
        (
            "https://docs.oracle.com/cd/E05553_01/books/InCompAdm/InCompAdmPlanDesign8.html",
            "https://help.quotapath.com/en/articles/15532965-how-to-view-non-recoverable-draws",
            "https://www.qcommission.com/blog/recoverable-vs-non-recoverable-draw-what-is-the-difference.html",
            "https://visdum.com/blog/recoverable-and-non-recoverable-draw",
        ),
    ),
    "draw.recovery": Convention(
        "When is a recoverable draw taken back?",
        {
            "immediate": "from the next pay above the draw on",
            "from the first recovery period": "not before the first recovery period that the draw states",
            "at the end of the interval": "only in the last pay period of the interval that the draw states",
        },
        (
            "https://docs.oracle.com/en/cloud/saas/sales/facmi/example-of-incentive-compensation-draw-and-recovery.html",
            "https://support.oracle.com/knowledge/Oracle%20E-Business%20Suite/1089004_1.html",
        ),
    ),
    "draw.delayed_surplus": Convention(
        "What happens to pay above the draw before the recovery starts?",
        {
            "paid": "it is paid, and the debt waits",
            "held back": "it is held back; what is left after the recovery is paid then",
        },
        (
            "https://docs.oracle.com/en/cloud/saas/sales/facmi/example-of-incentive-compensation-draw-and-recovery.html",
            "https://support.oracle.com/knowledge/Oracle%20E-Business%20Suite/1089004_1.html",
        ),
    ),
    "draw.first_recovery_period": Convention(
        "Is the draw taken back in the first recovery period itself?",
        {"included": "yes: the recovery starts in it", "excluded": "no: it starts in the period after it"},
        (
            "https://docs.oracle.com/en/cloud/saas/sales/facmi/example-of-incentive-compensation-draw-and-recovery.html",
        ),
    ),
    "draw.scope": Convention(
        "Which earnings count towards a draw and pay it back?",
        {
            "all earnings": "everything that the payee is paid",
            "named components": "only the components that the draw covers; the others are paid beside it",
        },
        (
            "https://docs.oracle.com/en/cloud/saas/sales/facmi/create-payment-plans.html",
            "https://support2.salescookie.com/portal/en/kb/articles/kb-recipe-how-to-configure-draw-plans",
        ),
    ),
    "draw.surplus_offsets": Convention(
        "Does a period above the draw make up for a later period below it?",
        {
            "no": "each period below the draw is topped up",
            "yes": "it is topped up only as far as earlier pay above the draw doesn't make up for it",
        },
        (
            "https://docs.oracle.com/cd/E05553_01/books/InCompAdm/InCompAdmPlanDesign8.html",
            "http://help.sap.com/saphelp_erp2005/helpdata/en/b9/1c77960ae011d4bcf300105ab032de/content.htm",
        ),
    ),
    "draw.negative": Convention(
        "Who bears earnings below zero in a period with a recoverable draw?",
        {
            "owed": "the payee: the advance makes up for them too, and all of it is owed",
            "forgiven": "the company: only the draw itself is owed",
        },
        ("https://support.oracle.com/knowledge/Oracle%20E-Business%20Suite/1088212_1.html",),
    ),
    "draw.period": Convention(
        "How does a draw for a longer time count in its pay periods?",
        {
            "in equal parts": "each pay period has its part of it",
            "first pay period": "all of it counts in the first of them",
        },
        ("https://docs.oracle.com/cd/E05554_01/books/InCompAdm/InCompAdmPlanDesign49.html",),
    ),
    "draw.partial_period": Convention(
        "How much of a draw counts in a period in which the payee comes or goes?",
        {"whole": "all of it", "by days": "the share of the period's days on which the payee is employed"},
    ),
    "balance.leaver": Convention(
        "What happens to what a payee owes on leaving?",
        {
            "stays open": "it stays open and is taken from whatever is paid later",
            "taken from the last pay": "it is taken from all pay of the period of leaving; the rest stays open",
            "forgiven": "it ends with the period of leaving",
            "billed": "it is demanded in the period of leaving, even if pay falls below zero",
        },
    ),
    "carry.bound": Convention(
        "Is a total that is exactly the smallest payout paid?",
        {"paid": "yes: only smaller totals wait", "carried": "no: it waits too"},
        (
            "https://support.rpmsoftware.com/support/solutions/articles/12000091046-agency-commission-totals-carry-over-payments",
        ),
    ),
    "carry.negative": Convention(
        "Does a total below zero wait for the smallest payout too?",
        {"carried": "yes: it is carried like any small total", "settled": "no: it is settled in its period"},
        ("https://www.stechno.net/repository/sap-messages.html?id=CACS_SE051",),
    ),
    "guarantee.offset": Convention(
        "Do periods above a guarantee make up for periods below it within its term?",
        {
            "yes": "the term is compared as a whole",
            "no": "each period is compared by itself",
        },
        ("http://help.sap.com/saphelp_erp2005/helpdata/en/b9/1c77960ae011d4bcf300105ab032de/content.htm",),
    ),
    "guarantee.excess": Convention(
        "Does what was earned above a guarantee count towards that of the next term?",
        {"lost": "no: each term starts anew", "carried": "yes: it makes the next guarantee smaller"},
        (
            "https://github.com/MicrosoftDocs/dynamics-365-unified-operations-public/blob/01e904d8b08eb143ce88b0ea3fdef6723d2b063a/articles/supply-chain/rebate-management/rebate-management-deals.md",
        ),
    ),
    "restatement.minus": Convention(
        "What is deducted from the result of a closed period that has changed?",
        {
            "earned": "what was earned for it when it was closed",
            "paid": "what was paid for it",
        },
        (
            "https://helpcenter.xactlycorp.com/article/incent-concepts-understanding-prior-period-processing-ppp",
        ),
    ),
    "restatement.scope": Convention(
        "What of a closed period is calculated again?",
        {
            "complete": "everything in it, so that a late deal can change the rate of earlier ones",
            "incremental": "only the records that became known since it was closed",
        },
        (
            "https://helpcenter.xactlycorp.com/article/incent-concepts-understanding-prior-period-processing-ppp",
            "https://learning.sap.com/courses/sap-incentive-management-project-team-orientation/calculating-data_a9e0a5da-f263-4c34-8903-6d2f82ec379e",
        ),
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
