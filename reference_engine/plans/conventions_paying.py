"""Conventions. When pay is released, capped and taken back."""

from __future__ import annotations

from reference_engine.plans.convention import Convention

PAYING: dict[str, Convention] = {
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
    "cap.split": Convention(
        "Several payees share a deal: does its cap hold for each one's part, or for the whole deal?",
        {
            "each part": "each payee's part may reach the whole cap",
            "whole deal": "the cap is shared as the credit is: with 60% of the deal, a payee reaches 60% of it",
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
}
