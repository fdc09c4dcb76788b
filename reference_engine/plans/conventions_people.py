"""Conventions. Quotas, proration and leave: what people's time on a plan changes."""

from __future__ import annotations

from reference_engine.plans.convention import Convention

PEOPLE: dict[str, Convention] = {
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
}
