"""Conventions. Who is credited: splits, roll-ups, matching rules, territories, held credits."""

from __future__ import annotations

from reference_engine.plans.convention import Convention

CREDITING: dict[str, Convention] = {
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
}
