"""Conventions. Balances, draws, guarantees and restatement."""

from __future__ import annotations

from reference_engine.plans.convention import Convention

SETTLING: dict[str, Convention] = {
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
}
