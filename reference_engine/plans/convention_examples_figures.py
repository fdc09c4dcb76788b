"""The cases of the conventions of figures: counts, contests, pools and recognised revenue."""

from __future__ import annotations

from reference_engine.mechanics.registry import Example
from reference_engine.plans.convention_case import ON_PLAN, Shown, case

FIGURES: dict[str, Shown] = {
    "returns.count": Shown(
        "A bonus of 10.00 EUR for each deal; two deals are sold and one of them is returned",
        case(
            "conventions: {rounding: exact, tier.accumulate: period, returns.count: {reading}}\n"
            "measures: [{measure: deals, of: bookings, count: records, credits: [direct]}]\n"
            "components: [{component: B, earn: [{bonus: {pays: 10.00 EUR * deals}}]}]",
            deals="deal | owner | amount | closed\nD-1 | Ana | 100.00 EUR | 2026-01-15\nD-2 | Ana | 100.00 EUR | 2026-01-16",
            returns="return | of | date | amount\nR-1 | D-1 | 2026-01-20 | 100.00 EUR",
        ),
        {"take away one": "10.00 EUR", "not counted": "20.00 EUR"},
    ),
    "contest.ties": Shown(
        "Prizes of 100.00, 60.00 and 20.00 EUR; Ana and Ben sold 500.00 EUR each, and Cho 400.00 EUR",
        Example(
            "",
            "eligible: everyone\nconventions: {rounding: exact, tier.accumulate: period, contest.ties: {reading}}\n"
            "components: [{component: C, earn: [{contest: {by: bookings, prizes: [{place: 1, pays: 100.00 EUR}, "
            "{place: 2, pays: 60.00 EUR}, {place: 3, pays: 20.00 EUR}]}}]}]",
            {
                "payees": "payee\nAna\nBen\nCho",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 500.00 EUR | 2026-01-15\nD-2 | Ben | 500.00 EUR | 2026-01-16\n"
                "D-3 | Cho | 400.00 EUR | 2026-01-17",
            },
            "",
        ),
        {
            "each takes the prize": "Ana 100.00 EUR, Ben 100.00 EUR, Cho 20.00 EUR",
            "next rank follows": "Ana 100.00 EUR, Ben 100.00 EUR, Cho 60.00 EUR",
            "prizes are shared": "Ana 80.00 EUR, Ben 80.00 EUR, Cho 20.00 EUR",
        },
    ),
    "pool.residue": Shown(
        "A pool of 100.01 EUR for Ana, Ben and Cho, who sold 100.00, 300.00 and 200.00 EUR, divided by what they sold",
        Example(
            "",
            "eligible: everyone\nconventions: {rounding: exact, tier.accumulate: period, pool.residue: {reading}}\n"
            "components: [{component: C, earn: [{pool: {amount: 100.01 EUR, shared: bookings}}]}]",
            {
                "payees": "payee\nAna\nBen\nCho",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 100.00 EUR | 2026-01-15\nD-2 | Ben | 300.00 EUR | 2026-01-16\n"
                "D-3 | Cho | 200.00 EUR | 2026-01-17",
            },
            "",
        ),
        {
            "first": "Ana 16.66 EUR, Ben 50.01 EUR, Cho 33.34 EUR",
            "last": "Ana 16.67 EUR, Ben 50.01 EUR, Cho 33.33 EUR",
            "largest share": "Ana 16.67 EUR, Ben 50.00 EUR, Cho 33.34 EUR",
            "lost": "Ana 16.67 EUR, Ben 50.01 EUR, Cho 33.34 EUR",
        },
    ),
    "revenue.first_month": Shown(
        "10% of the revenue of a contract of 1,200.00 EUR over 12 months that starts on 21 April; what April pays",
        Example(
            "",
            "valid: {to: 2026-04-30}\nconventions: {rounding: [{at: line, mode: half up, decimals: 2}], revenue.first_month: {reading}}\n"
            "components: [{component: C, measure: recognised revenue, credits: [direct], earn: [{flat rate: {rate: 10%}}]}]",
            {
                "plan_assignments": ON_PLAN,
                "deals": "deal | owner | amount | closed | term months | starts\nD-1 | Ana | 1,200.00 EUR | 2026-04-21 | 12 | 2026-04-21",
            },
            "",
        ),
        {"whole months": "10.00 EUR", "by days": "3.33 EUR", "half month": "5.00 EUR"},
    ),
    "fund.claims": Shown(
        "A fund accrues 2% of purchases; 1,000.00 EUR are bought in January and 12.00 EUR are claimed in it",
        case(
            "conventions: {rounding: exact, fund.claims: {reading}}\n"
            "components: [{component: Co-op, earn: [{fund: {fund: F, accrues: 2% * bookings in the period, share: 100%}}]}]",
            deals="deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-15",
            fund_claims="claim | payee | fund | amount | date\nC-1 | Ana | F | 12.00 EUR | 2026-01-20",
        ),
        {"after accrual": "12.00 EUR", "before accrual": "nothing"},
    ),
}
