"""Crediting: what is refused, what is asked, what a statement says, and that chunks and order change nothing."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given

from reference_engine.executors.local import Local
from reference_engine.explain.derivation import explain
from reference_engine.mechanics.crediting.matching import fits
from reference_engine.plans.document import parse_yaml
from reference_engine.plans.reader import read_plan
from reference_engine.problems import Problem, Stopped
from reference_engine.results import Result
from reference_engine.run import calculate
from reference_engine.tests.random_cases_crediting import assignments, hierarchies, holds_and_quota
from reference_engine.tests.random_worlds import Case, run_engine
from reference_engine.tests.test_laws import FEW, content
from reference_engine.vocabulary.plan import Plan
from reference_engine.vocabulary.tables import TextTable
from reference_engine.world import World, read_world

DEAL = "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-15"
TEAM = "payee | role | manager\nAna | Rep | Mia\nMia | Manager | Hal\nHal | Head |"
RULES = "role | receives | of the credit of\nManager | 100% | team\nHead | 50% | team"
TIERS = "marginal: {tiers: [{from: 0.00 EUR, to: 600.00 EUR, rate: 5%}, {from: 600.00 EUR, rate: 10%}]}"
RETROACTIVE = TIERS.replace("marginal", "retroactive")


def plan_of(
    credits: str = "direct", conventions: str = "", earn: str = "flat rate: {rate: 10%}", name: str = "P"
) -> Plan:
    problems: list[Problem] = []
    node = parse_yaml(
        f"plan: {name}\npays: monthly\neligible: everyone\n"
        f"conventions: {{rounding: exact, returns.earn: signed, balance.negative: paid out, tier.accumulate: period, tier.bound: upper tier{conventions}}}\n"
        f"components: [{{component: C, measure: bookings, credits: [{credits}], earn: [{{{earn}}}]}}]",
        "plan",
        problems,
    )
    plan = read_plan(node, problems) if node is not None else None
    assert plan is not None, problems
    return plan


def world_of(tables: dict[str, str]) -> World:
    problems: list[Problem] = []
    texts = []
    for name, text in tables.items():
        rows = [tuple(c.strip() for c in row.split("|")) for row in text.splitlines()]
        texts.append(
            TextTable(name, rows[0], tuple(rows[1:]), f"{name}.csv", tuple(range(2, len(rows) + 1)), 1)
        )
    world = read_world(texts, problems)
    if problems:
        raise Stopped(problems)
    return world


def run(tables: dict[str, str], *plans: Plan, **options: object) -> Result:
    return calculate(list(plans) or [plan_of()], world_of({"deals": DEAL, **tables}), **options)  # type: ignore[arg-type]


def paid(result: Result) -> dict[str, Fraction]:
    out: dict[str, Fraction] = {}
    for p in result.payout_rows():
        out[p.payee] = out.get(p.payee, Fraction(0)) + p.amount
    return out


REFUSED = {
    "a rule for a role and a payee": (
        "credit-rule",
        {
            "payees": TEAM,
            "crediting_rules": "role | payee | receives | of the credit of\nManager | Mia | 10% | team",
        },
    ),
    "a rule for nobody": (
        "credit-rule",
        {"payees": TEAM, "crediting_rules": "role | receives | of the credit of\n | 10% | team"},
    ),
    "a level that is none": (
        "credit-rule",
        {
            "payees": TEAM,
            "crediting_rules": "role | receives | of the credit of | level\nManager | 10% | team | 0",
        },
    ),
    "a rule that receives nothing": (
        "credit-rule",
        {"payees": TEAM, "crediting_rules": "role | receives | of the credit of\nManager | 0% | team"},
    ),
    "half a condition": (
        "credit-rule",
        {
            "payees": TEAM,
            "crediting_rules": "role | receives | of the credit of | field | is\nManager | 5% | team | product |",
        },
    ),
    "a condition on nothing": (
        "unknown-attribute",
        {
            "payees": TEAM,
            "crediting_rules": "role | receives | of the credit of | field | is\nManager | 5% | team | colour | red",
        },
    ),
    "a manager whom no line knows": (
        "manager-differs",
        {"payees": TEAM, "reporting_lines": "payee | manager\nAna | Hal\nMia | Hal"},
    ),
    "a loop on some days only": (
        "hierarchy-loop",
        {
            "reporting_lines": "payee | manager | from | to\nAna | Mia | | 2026-01-31\nMia | Ana | 2026-01-31 |",
            "payees": "payee\nAna\nMia",
        },
    ),
    "a group called like a payee": (
        "group-name",
        {"payees": "payee\nAna\nBen", "groups": "group | payee\nAna | Ben"},
    ),
    "a group without members on the day": (
        "group-empty",
        {"groups": "group | payee | from\nBikes | Ben | 2026-02-01", "deals": DEAL.replace("Ana", "Bikes")},
    ),
    "a share above 100%": ("split-share", {"groups": "group | payee | share\nBikes | Ben | 120%"}),
    "a holdover of nothing": ("holdover-of", {"holdovers": "payee | until\nAna | 2026-12-31"}),
    "two holdovers at once": (
        "holdover-twice",
        {
            "holdovers": "payee | account | from | until\nAna | A | | 2026-03-31\nBen | A | 2026-03-31 | 2026-04-30"
        },
    ),
    "a hold of nothing": ("unknown-reference", {"credit_holds": "record\nD-9"}),
    "a maximum of nothing": ("credit-maximum", {"credit_maximums": "of | per\nboth | record"}),
    "a territory rule for everything": (
        "territory-rule",
        {"accounts": "account | country\nA | DE", "territory_rules": "priority | territory\n1 | North"},
    ),
    "an account that two hold by name": (
        "named-account",
        {"named_accounts": "account | payee | from | to\nA | Ana | | 2026-03-31\nA | Ben | 2026-03-31 |"},
    ),
    "a named account of nobody": ("named-account", {"named_accounts": "account | from\nA | 2026-01-01"}),
    "a deal that no rule matches": (
        "no-rule-matches",
        {
            "deals": "deal | owner | amount | closed | country\nD-1 | by rule | 10.00 EUR | 2026-01-15 | FR",
            "matching_rules": "rule | payee | country\nR | Ana | DE",
        },
    ),
    "rows of one rule that differ": (
        "rule-differs",
        {
            "deals": "deal | owner | amount | closed | country\nD-1 | by rule | 10.00 EUR | 2026-01-15 | DE",
            "matching_rules": "rule | payee | country\nR | Ana | DE\nR | Ben | AT",
        },
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    slug, tables = REFUSED[case]
    with pytest.raises(Stopped) as stopped:
        run(tables)
    assert slug in {p.slug for p in stopped.value.problems}
    problem = next(p for p in stopped.value.problems if p.slug == slug)
    assert all((problem.what, problem.why, problem.remedy))


TWO_RULES = {
    "deals": "deal | owner | amount | closed | country\nD-1 | by rule | 10.00 EUR | 2026-01-15 | DE",
    "matching_rules": "rule | payee | country\nR | Ana | DE\nS | Ben | DE, AT",
}


def test_two_rules_of_one_rank_are_refused() -> None:
    with pytest.raises(Stopped) as stopped:
        run(TWO_RULES, plan_of(conventions=", match.precedence: most specific"))
    assert [p.slug for p in stopped.value.problems] == ["rules-tie"]


def test_a_roll_up_date_needs_the_day_of_the_run() -> None:
    tables = {"payees": "payee | role\nAna | Rep\nMia | Manager", "crediting_rules": RULES.replace("\nHead | 50% | team", ""),
              "reporting_lines": "payee | manager | from\nAna | Mia | 2026-01-01"}  # fmt: skip
    with pytest.raises(Stopped) as stopped:
        run(tables, plan_of("roll-up", ", rollup.as_of: roll-up date"))
    assert [p.slug for p in stopped.value.problems] == ["no-roll-up-date"]


HELD = {"deals": DEAL, "credit_holds": "record | released on\nD-1 | 2026-03-01"}


def test_a_held_credit_cant_hide_in_a_sum() -> None:
    with pytest.raises(Stopped) as stopped:
        run(
            HELD,
            plan_of(conventions=", hold.attainment: counted, hold.period: release period", earn=RETROACTIVE),
        )
    assert [p.slug for p in stopped.value.problems] == ["held-in-sum"]


ASKED = {
    "rollup.own_sales": ({"payees": TEAM, "crediting_rules": RULES, "deals": DEAL.replace("Ana", "Mia")}, "roll-up", ""),
    "rollup.as_of": (
        {"payees": TEAM.replace("Mia\n", "\n", 1).replace("| Hal\n", "|\n"), "crediting_rules": RULES, "reporting_lines": "payee | manager | from\nAna | Mia | 2026-01-01"},
        "roll-up",
        "",
    ),
    "rollup.duplicates": (
        {"payees": TEAM.replace("| Mia", "|").replace("| Hal", "|"), "crediting_rules": RULES, "reporting_lines": "payee | manager\nAna | Mia\nAna | Hal\nMia | Hal\n"},
        "roll-up",
        "",
    ),
    "match.precedence": (TWO_RULES, "direct", ""),
    "credit.preassigned": ({**TWO_RULES, "deals": TWO_RULES["deals"].replace("by rule", "Cho")}, "direct", ", match.precedence: first match"),
    "split.when": ({"credit_splits": "deal | payee | share\nD-1 | Ana | 50%\nD-1 | Ben | 50%"}, "direct", ""),
    "hold.attainment": ({"credit_holds": "record\nD-1"}, "direct", ""),
    "hold.period": (HELD, "direct", ""),
    "maximum.order": (
        {"payees": TEAM, "crediting_rules": RULES, "credit_maximums": "of | per | percent\nboth | record | 120%"},
        "roll-up",
        "",
    ),
    "territory.precedence": (
        {
            "deals": "deal | owner | amount | closed | account\nD-1 | territory owner | 10.00 EUR | 2026-01-15 | A",
            "accounts": "account | country | territory\nA | DE | North",
            "territory_rules": "priority | country | territory\n1 | DE | South",
            "territories": "territory | owner\nNorth | Ana\nSouth | Ben",
        },
        "direct",
        "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ASKED)
def test_asked_where_it_matters(name: str) -> None:
    tables, credits, stated = ASKED[name]
    with pytest.raises(Stopped) as stopped:
        run(tables, plan_of(credits, stated, TIERS))
    open_ones = [p.what for p in stopped.value.problems if p.slug == "convention-open"]
    assert any(name in what for what in open_ones)


def test_not_asked_of_a_plan_that_pays_no_such_credit() -> None:
    tables = {"payees": TEAM, "crediting_rules": RULES, "deals": DEAL.replace("Ana", "Mia")}
    assert paid(run(tables)) == {"Mia": 100}
    split = {"credit_splits": "deal | payee | share\nD-1 | Ana | 50%\nD-1 | Ben | 50%"}
    assert paid(run(split)) == {"Ana": 50, "Ben": 50}


def test_two_plans_may_read_the_same_data_differently() -> None:
    tables = {"payees": TEAM, "crediting_rules": RULES, "deals": DEAL.replace("Ana", "Mia")}
    apart = run(
        tables,
        plan_of("roll-up", ", rollup.own_sales: included", name="P"),
        plan_of("roll-up", ", rollup.own_sales: excluded", name="Q"),
    )
    by_plan = {(p.plan, p.payee): p.amount for p in apart.payout_rows()}
    assert by_plan == {("P", "Mia"): 100, ("P", "Hal"): 50, ("Q", "Hal"): 50}


def test_group_credit_is_not_a_split() -> None:
    tables = {"groups": "group | payee\nBikes | Ana\nBikes | Ben", "deals": DEAL.replace("Ana", "Bikes")}
    assert paid(run(tables)) == {"Ana": 100, "Ben": 100}


@pytest.mark.parametrize(
    ("value", "condition", "expected"),
    [
        ("99", "1-99", True),
        ("100", "1-99", False),
        ("100", "100-999", True),
        ("1,000", "1000+", True),
        ("999", "1000+", False),
        ("", "1-99", False),
        ("01067", "01*", True),
        ("1067", "01*", False),
        ("01067", "01000-01999", True),
        ("1067", "01000-01999", False),
        ("01067", "1000-1999", False),
        ("49", "<50", True),
        ("50", "<50", False),
        ("50", ">=50", True),
        ("DE", "AT, DE", True),
        ("de", "DE", False),
        ("many", "1-99", False),
    ],
)
def test_fits(value: str, condition: str, expected: bool) -> None:
    assert fits(value, condition) is expected


@pytest.mark.parametrize(("currency", "decimals"), [("JPY", 0), ("EUR", 2), ("KWD", 3)])
def test_the_rounding_that_is_proposed_has_the_decimals_of_the_currency(currency: str, decimals: int) -> None:
    tables = {
        "payees": TEAM,
        "crediting_rules": RULES,
        "deals": f"deal | owner | amount | closed\nD-1 | Ana | 1 {currency} | 2026-01-15",
    }
    plan = plan_of("direct, roll-up", ", rollup.own_sales: excluded", "flat rate: {rate: 0.001%}")
    with pytest.raises(Stopped) as stopped:
        run(tables, replace(plan, conventions=replace(plan.conventions, rounding=None)))
    (problem,) = {p for p in stopped.value.problems if p.slug == "rounding-open" and '"Ana"' in p.what}
    assert f"{{at: payout, mode: half up, decimals: {decimals}}}" in problem.remedy


def test_what_was_earned_before_is_what_was_paid_though_each_line_is_rounded() -> None:
    problems: list[Problem] = []
    node = parse_yaml(
        "plan: P\npays: monthly\neligible: everyone\n"
        "conventions: {rounding: [{at: line, mode: half up, decimals: 2}], returns.earn: signed, balance.negative: paid out, "
        "tier.accumulate: quarter, tier.bound: upper tier}\n"
        "components: [{component: C, measure: bookings, credits: [direct], earn: [{total: {tiers: "
        "[{from: 0.00 EUR, to: 1000.00 EUR, rate: 0.5%}, {from: 1000.00 EUR, rate: 0.5%}]}}]}]",
        "plan",
        problems,
    )
    plan = read_plan(node, problems) if node is not None else None
    assert plan is not None, problems
    deals = (
        "deal | owner | amount | closed\nD-1 | Ana | 1,001.00 EUR | 2026-01-15\n"
        "D-2 | Ana | 999.00 EUR | 2026-02-15\nD-3 | Ana | 1.00 EUR | 2026-03-15"
    )
    result = run({"payees": "payee\nAna", "deals": deals}, plan)
    # Twice 5.005 are twice 5.01, and twice 10.005 twice 10.01.
    assert {p.period: p.amount for p in result.payout_rows()} == {
        "2026-01": Fraction("10.02"),
        "2026-02": Fraction("9.98"),
        "2026-03": Fraction("0.02"),
    }
    before = {x.period: x.amount for x in result.line_rows() if x.kind == "earned before"}
    assert before == {"2026-02": Fraction("-10.02"), "2026-03": Fraction("-20")}


def test_amounts_past_int64_are_exact() -> None:
    huge = 10**18 + 7
    tables = {
        "payees": TEAM,
        "crediting_rules": RULES,
        "deals": f"deal | owner | amount | closed\nD-1 | Ana | {huge}.01 EUR | 2026-01-15",
        "credit_splits": "deal | payee | share\nD-1 | Ana | 33.333333333%\nD-1 | Hal | 66.666666667%",
    }
    plan = plan_of("direct, roll-up", ", rollup.own_sales: excluded", "flat rate: {rate: 100%}")
    exact = replace(plan, conventions=replace(plan.conventions, rounding=None))
    whole = Fraction(huge * 100 + 1, 100)
    with pytest.raises(Stopped) as stopped:
        run(tables, exact)
    assert {p.slug for p in stopped.value.problems} == {"rounding-open"}
    assert "decimals: 2}" in stopped.value.problems[0].remedy
    rows = {x.payee: x for x in calculate([exact], world_of({**tables, "credit_splits": "deal | payee | share\nD-1 | Ana | 50%\nD-1 | Hal | 50%",
                                                            "deals": f"deal | owner | amount | closed\nD-1 | Ana | {2 * huge}.02 EUR | 2026-01-15",
                                                            "crediting_rules": "role | receives | of the credit of\nManager | 100% | team"})).line_rows()}  # fmt: skip
    assert {p: x.amount for p, x in rows.items()} == {"Ana": whole, "Hal": whole, "Mia": whole}


def _sentence(tables: dict[str, str], plan: Plan, payee: str) -> str:
    _, found = explain([plan], world_of({"deals": DEAL, **tables}), payee)
    return found[0].steps[0].sentence


def test_the_statement_says_why_somebody_is_credited() -> None:
    assert 'credited to "Ana" as the owner.' in _sentence({}, plan_of(), "Ana")
    split = {
        "credit_splits": "deal | payee | share | quota share\nD-1 | Ana | 60% | 100%\nD-1 | Ben | 40% | 0%"
    }
    said = _sentence(split, plan_of(), "Ana")
    assert (
        'credited to "Ana" for 60% of it, by the split of the deal: 600.00 EUR; towards quotas and tiers it counts for 100% of it.'
        in said
    )
    team = {"payees": TEAM, "crediting_rules": RULES}
    assert 'credited to "Hal" for 50% of it as roll-up of "Ana", 2 levels below: 500.00 EUR.' in _sentence(
        team, plan_of("roll-up"), "Hal"
    )
    group = {"groups": "group | payee\nBikes | Ana", "deals": DEAL.replace("Ana", "Bikes")}
    assert 'credited to "Ana" as a member of the group "Bikes".' in _sentence(group, plan_of(), "Ana")
    kept = {"deals": DEAL.replace("Ana", "Ben"), "holdovers": "payee | deal | until\nAna | D-1 | 2026-01-31"}
    assert 'credited to "Ana", who keeps it until 2026-01-31.' in _sentence(kept, plan_of(), "Ana")
    held = plan_of(conventions=", hold.attainment: not counted, hold.period: release period")
    assert "it was held and counts from its release on 2026-03-01." in _sentence(HELD, held, "Ana")


@FEW
@given(case=hierarchies() | assignments() | holds_and_quota())
def test_chunks_and_order_of_rows_change_nothing(case: Case) -> None:
    whole = content(run_engine(case))
    assert content(run_engine(case, executor=Local(2, 3))) == whole
    shuffled = dict(case.tables)
    # The order of splits, rules and payees is part of what they say; that of records isn't.
    for name in ("deals", "invoices", "returns", "credit_holds", "account_moves", "territories"):
        rows = list(shuffled.get(name, []))
        random.Random(len(rows)).shuffle(rows)
        shuffled[name] = rows
    assert content(run_engine(replace(case, tables=shuffled)))["payouts"] == whole["payouts"]
