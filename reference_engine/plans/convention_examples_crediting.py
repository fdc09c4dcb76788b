"""Cases of the conventions of crediting: who is credited with what, and when."""

from __future__ import annotations

from reference_engine.plans.convention_case import Shown, component, deals, everybody

_ROLL_UP = component("{flat rate: {rate: 10%}}", credits="roll-up")
_FLAT = component("{flat rate: {rate: 10%}}")
_TIERS = component(
    "{brackets: {tiers: [{from: 0.00 EUR, to: 1000.00 EUR, rate: 5%}, {from: 1000.00 EUR, rate: 10%}]}}"
)
_TEAM = "payee | role\nAna | Rep\nMia | Manager\nMax | Manager\nMoe | Manager"
_MANAGERS = "role | receives | of the credit of\nManager | 100% | team"
_HELD = "record | released on\nD-1 | 2026-03-01"
_MATCHING = "rule | payee | priority | country | segment\nGermany | Ana | 1 | DE |\nlarge German accounts | Ben | 2 | DE | large"
_MATCHED = "deal | owner | amount | closed | country | segment"

CREDITING: dict[str, Shown] = {
    "split.when": Shown(
        "A deal of 1,000.00 EUR, 60% Ana's and 40% Ben's; a deal pays 5% below 1,000.00 EUR and 10% from there",
        everybody(
            "conventions: {rounding: exact, tier.bound: upper tier, tier.gap: earns nothing, split.when: {reading}}\n"
            + _TIERS,
            deals=deals("Ana | 1,000.00 EUR | 2026-01-15"),
            credit_splits="deal | payee | share\nD-1 | Ana | 60%\nD-1 | Ben | 40%",
        ),
        {"before rate": "Ana 30.00 EUR, Ben 20.00 EUR", "after rate": "Ana 60.00 EUR, Ben 40.00 EUR"},
    ),
    "rollup.as_of": Shown(
        "Ana sells 1,000.00 EUR on 10 January; her manager is Mia until the 15th, Max until 15 February, then Moe; managers get 10%. "
        "The run is of 1 March",
        everybody(
            "conventions: {rounding: exact, rollup.as_of: {reading}}\n" + _ROLL_UP,
            payees=_TEAM,
            crediting_rules=_MANAGERS,
            reporting_lines="payee | manager | from | to\nAna | Mia | | 2026-01-15\nAna | Max | 2026-01-16 | 2026-02-15\nAna | Moe | 2026-02-16 |",
            deals=deals("Ana | 1,000.00 EUR | 2026-01-10"),
            as_of="2026-03-01",
        ),
        {
            "transaction date": "Mia 100.00 EUR",
            "period end": "Max 100.00 EUR",
            "roll-up date": "Moe 100.00 EUR",
        },
    ),
    "rollup.duplicates": Shown(
        "Ana sells 1,000.00 EUR and reports to Mia and to Max, who both report to Moe; managers get 10%. Moe gets",
        everybody(
            "conventions: {rounding: exact, rollup.duplicates: {reading}}\n" + _ROLL_UP,
            payees=_TEAM,
            crediting_rules=_MANAGERS,
            reporting_lines="payee | manager\nAna | Mia\nAna | Max\nMia | Moe\nMax | Moe",
            deals=deals("Ana | 1,000.00 EUR | 2026-01-10"),
        ),
        {"each route": "200.00 EUR", "once": "100.00 EUR"},
        only="Moe",
    ),
    "rollup.own_sales": Shown(
        "Ana sells 1,000.00 EUR and her manager Mia sells 500.00 EUR; Mia is paid 10% of what rolls up. Mia gets",
        everybody(
            "conventions: {rounding: exact, rollup.own_sales: {reading}}\n" + _ROLL_UP,
            payees="payee | role | manager\nAna | Rep | Mia\nMia | Manager |",
            crediting_rules=_MANAGERS,
            deals=deals("Ana | 1,000.00 EUR | 2026-01-10", "Mia | 500.00 EUR | 2026-01-20"),
        ),
        {"excluded": "100.00 EUR", "included": "150.00 EUR"},
        only="Mia",
    ),
    "match.precedence": Shown(
        "A large German account buys for 1,000.00 EUR; the first rule credits Ana with Germany, the second Ben with large German accounts; 10%",
        everybody(
            "conventions: {rounding: exact, match.precedence: {reading}}\n" + _FLAT,
            matching_rules=_MATCHING,
            deals=deals("by rule | 1,000.00 EUR | 2026-01-15 | DE | large", columns=_MATCHED),
        ),
        {
            "first match": "Ana 100.00 EUR",
            "most specific": "Ben 100.00 EUR",
            "every match": "Ana 100.00 EUR, Ben 100.00 EUR",
        },
    ),
    "credit.preassigned": Shown(
        "Ana owns a German deal of 1,000.00 EUR, and a rule credits Ana and Ben with Germany; 10%",
        everybody(
            "conventions: {rounding: exact, credit.preassigned: {reading}, match.precedence: every match}\n"
            + _FLAT,
            matching_rules="rule | payee | country | share\nGermany | Ana | DE | 50%\nGermany | Ben | DE | 50%",
            deals=deals("Ana | 1,000.00 EUR | 2026-01-15 | DE | large", columns=_MATCHED),
        ),
        {
            "owner only": "Ana 100.00 EUR",
            "rule only": "Ana 50.00 EUR, Ben 50.00 EUR",
            "both": "Ana 150.00 EUR, Ben 50.00 EUR",
            "both, each payee once": "Ana 100.00 EUR, Ben 50.00 EUR",
        },
    ),
    "territory.date": Shown(
        "Ana holds the territory until 31 January, then Ben; a deal of January for 1,000.00 EUR is invoiced in February; 10%",
        everybody(
            "conventions: {rounding: exact, territory.date: {reading}}\n"
            + component("{flat rate: {rate: 10%}}", measure="revenue"),
            territories="territory | owner | from | to\nNorth | Ana | | 2026-01-31\nNorth | Ben | 2026-02-01 |",
            accounts="account | territory\nA | North",
            deals=deals(
                "territory owner | 1,000.00 EUR | 2026-01-15 | A",
                columns="deal | owner | amount | closed | account",
            ),
            invoices="invoice | deal | amount | date\nI-1 | D-1 | 1,000.00 EUR | 2026-02-10",
        ),
        {"deal date": "Ana 100.00 EUR", "record date": "Ben 100.00 EUR"},
    ),
    "territory.precedence": Shown(
        "An account is named as Cho's, and a rule puts accounts under 100 employees into Ana's territory; a deal of 1,000.00 EUR, 10%",
        everybody(
            "conventions: {rounding: exact, territory.precedence: {reading}}\n" + _FLAT,
            territories="territory | owner\nSmall | Ana",
            accounts="account | size\nA | 99",
            named_accounts="account | payee\nA | Cho",
            territory_rules="priority | field | is | territory\n1 | size | 1-99 | Small",
            deals=deals(
                "territory owner | 1,000.00 EUR | 2026-01-15 | A",
                columns="deal | owner | amount | closed | account",
            ),
        ),
        {"named accounts first": "Cho 100.00 EUR", "rules first": "Ana 100.00 EUR"},
    ),
    "hold.attainment": Shown(
        "Sales of 1,000.00 EUR, held until March, and of 100.00 EUR; 1% up to 1,000.00 EUR in the year, then 10%",
        everybody(
            "conventions: {rounding: exact, tier.accumulate: year, hold.period: release period, hold.attainment: {reading}}\n"
            + component(
                "{marginal: {tiers: [{from: 0.00 EUR, to: 1000.00 EUR, rate: 1%}, {from: 1000.00 EUR, rate: 10%}]}}"
            ),
            deals=deals("Ana | 1,000.00 EUR | 2026-01-15", "Ana | 100.00 EUR | 2026-01-20"),
            credit_holds=_HELD,
        ),
        {
            "counted": "2026-01 10.00 EUR, 2026-03 10.00 EUR",
            "not counted": "2026-01 1.00 EUR, 2026-03 19.00 EUR",
        },
    ),
    "hold.period": Shown(
        "10% of a sale of 1,000.00 EUR in January, held and released in March",
        everybody(
            "conventions: {rounding: exact, hold.attainment: not counted, hold.period: {reading}}\n" + _FLAT,
            deals=deals("Ana | 1,000.00 EUR | 2026-01-15"),
            credit_holds=_HELD,
        ),
        {"original period": "2026-01 100.00 EUR", "release period": "2026-03 100.00 EUR"},
    ),
    "maximum.order": Shown(
        "Ana sells 1,000.00 EUR; her manager Mia gets 60% of the credit, Mia's manager Hal 40%, together at most 80%; 10%",
        everybody(
            "conventions: {rounding: exact, maximum.order: {reading}}\n" + _ROLL_UP,
            payees="payee | role | manager\nAna | Rep | Mia\nMia | Manager | Hal\nHal | Head |",
            crediting_rules="role | receives | of the credit of\nManager | 60% | team\nHead | 40% | team",
            credit_maximums="of | per | percent\nroll-up | record | 80%",
            deals=deals("Ana | 1,000.00 EUR | 2026-01-15"),
        ),
        {
            "lowest level first": "Mia 60.00 EUR, Hal 20.00 EUR",
            "all in proportion": "Mia 48.00 EUR, Hal 32.00 EUR",
        },
    ),
}
