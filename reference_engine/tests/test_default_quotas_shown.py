"""Quotas that only the plan states are shown like all others."""

from __future__ import annotations

from fractions import Fraction

from reference_engine.tests.random_worlds import Case, run_engine


def test_default_quotas_are_listed_where_no_table_states_any() -> None:
    tables = {
        "payees": [{"payee": "Ana"}],
        "deals": [{"deal": "D-1", "owner": "Ana", "amount": "100.00 EUR", "closed": "2026-05-15"}],
    }
    plan = {
        "plan": "P",
        "pays": "quarterly",
        "eligible": "everyone",
        "conventions": {
            "rounding": "exact",
            "tier.accumulate": "period",
            "tier.bound": "upper tier",
            "quota.explicit_zero": "overrides",
        },
        "quota": [{"default quota": {"per": "quarter", "quotas": [{"amount": "50.00 EUR"}]}}],
        "components": [
            {
                "component": "C",
                "measure": "bookings",
                "credits": ["direct"],
                "earn": [
                    {
                        "retroactive": {
                            "tiers": [
                                {"from": "0%", "to": "100%", "rate": "1%"},
                                {"from": "100%", "rate": "2%"},
                            ]
                        }
                    }
                ],
            }
        ],
    }
    rows = run_engine(Case(tables, [plan])).quota_rows()
    assert [(r.payee, r.period, r.quota) for r in rows] == [
        ("Ana", f"2026-Q{q}", Fraction(50)) for q in (1, 2, 3, 4)
    ]
    assert rows[0].steps == ("the quota of the plan: 50.00 EUR",)
