"""What an unlucky user writes is refused at its line, or calculated as it is meant: no defect, no silent nothing."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from reference_engine.explain.derivation import readable
from reference_engine.expressions.syntax import NotAnExpression, parse
from reference_engine.plans.document import parse_yaml
from reference_engine.plans.reader import read_plan
from reference_engine.problems import Problem, Stopped
from reference_engine.replay import closes_of, replay
from reference_engine.results import Result
from reference_engine.run import calculate
from reference_engine.vocabulary.plan import Plan
from reference_engine.vocabulary.tables import TextTable
from reference_engine.world import World, read_world

HEAD = "plan: P\npays: monthly\nconventions: {rounding: exact, returns.earn: signed, balance.negative: paid out}\n"
ON = "payee | plan | from\nAna | P | 2026-01-01"
DEALS = "deal | owner | amount | closed | type | term months\nD-1 | Ana | 100.00 EUR | 2026-01-15 | new | 12\nD-2 | Ana | 200.00 EUR | 2026-01-16 | renewal | "
CALENDAR = "period | from | to | pattern | year ends | week 53"
CLOSES = "period | from | to | close date\n2026-P01 | 2026-01-01 | 2026-01-31 | 2026-02-05\n2026-P02 | 2026-02-01 | 2026-02-28 | 2026-03-05"


def component(more: str = "", credits: str = "[direct]", earn: str = "[{flat rate: {rate: 5%}}]") -> str:
    return HEAD + f"components: [{{component: C, measure: bookings, credits: {credits}, {more}earn: {earn}}}]"


def made(plan: str, tables: dict[str, str]) -> tuple[Plan, World]:
    problems: list[Problem] = []
    node = parse_yaml(plan, "plan.yaml", problems)
    texts = []
    for name, text in {"plan_assignments": ON, "deals": DEALS, **tables}.items():
        rows = [tuple(c.strip(" ") for c in row.split("|")) for row in text.split("\n")]
        texts.append(TextTable(name, rows[0], tuple(rows[1:]), f"{name}.csv", tuple(range(2, len(rows) + 1)), 1))
    found = read_plan(node, problems) if node is not None else None
    world = read_world(texts, problems)
    if problems or found is None:
        raise Stopped(problems)
    return found, world


def run(plan: str, **tables: str) -> Result:
    found, world = made(plan, tables)
    return calculate([found], world)


def paid(result: Result) -> Fraction:
    return sum((p.amount for p in result.payout_rows()), Fraction(0))


REFUSED = {
    "products that are no list, so that all would count": (component("products: Gold, "), {}, "plan-form", "plan.yaml:4"),
    "products that are a mapping": (component("products: {Gold: 1}, "), {}, "plan-form", "plan.yaml:4"),
    "products without a name": (component("products: [[Gold]], "), {}, "plan-form", "plan.yaml:4"),
    "no products": (component("products: [], "), {}, "plan-form", "plan.yaml:4"),
    "no credits": (component(credits="[]"), {}, "plan-form", "plan.yaml:4"),
    "no mechanics": (component(earn="[]"), {}, "missing-parameter", "plan.yaml:4"),
    "no roles": ("eligible: {roles: []}\n" + component(), {}, "plan-form", "plan.yaml:1"),
    "a role without a name": ("eligible: {roles: ['']}\n" + component(), {}, "plan-form", "plan.yaml:1"),
    "a validity that is a date": ("valid: 2026-06-01\n" + component(), {}, "plan-form", "plan.yaml:1"),
    "a validity that is a list": ("valid: [2026-06-01, 2026-12-31]\n" + component(), {}, "plan-form", "plan.yaml:1"),
    "a validity from a list": (component("valid: {from: [2026-06-01]}, "), {}, "plan-form", "plan.yaml:4"),
    "events that are a list": (component("events: [booking], "), {}, "plan-form", "plan.yaml:4"),
    "events that are a word": (component("events: booking, "), {}, "plan-form", "plan.yaml:4"),
    "no events": (component("events: {}, "), {}, "plan-form", "plan.yaml:4"),
    "a negative share of an event": (component("events: {booking: 150%, payment: -50%}, "), {}, "event-shares", "plan.yaml:4"),
    "a formula beside levels": (
        HEAD + "measures: [{measure: X, formula: bookings * 2, levels: [{level: a, when: bookings > 1.00 EUR}], demotion: never}]\n" + component().removeprefix(HEAD),
        {},
        "measure-formula",
        "plan.yaml:4",
    ),
    "a measure with the name of every component's quota": (
        HEAD + "measures: [{measure: quota, of: bookings, credits: [direct]}]\n" + component().removeprefix(HEAD),
        {},
        "measure-twice",
        "plan.yaml:4",
    ),
    "two figures of one name": (HEAD + "figures: [{figure: F, is: '1'}, {figure: F, is: '2'}]\n" + component().removeprefix(HEAD), {}, "measure-twice", "plan.yaml:4"),
    "decimals of five thousand digits": (component().replace("rounding: exact", f"rounding: [{{at: payout, mode: half up, decimals: {'1' * 5000}}}]"), {}, "rounding-form", "plan.yaml:3"),
    "grace days of five thousand digits": (f"grace days: {'1' * 5000}\n" + component(), {}, "parameter", "plan.yaml:1"),
    "more days than any calendar has": (component("pay: [{hold days: {days: 100000000000000000000}}], "), {}, "parameter", "plan.yaml:4"),
    "a value that is missing in one outcome": (component("value: 'amount * if(type = \"renewal\", term months, 1)', "), {}, "missing-value", "deals.csv:3"),
    "decimals that differ from row to row": (component("value: 'round half up(amount / 7, if(type = \"new\", 0, 2))', "), {}, "expression", "plan.yaml:4"),
    "a word that isn't excluded because it is spelled otherwise": (component("where: 'type != \"New\"', "), {}, "unknown-value", "plan.yaml:4"),
    "a plain number as pay": (component("value: '5', "), {}, "pay-without-currency", "plan.yaml:1"),
    "figures that build on each other without end": (
        HEAD
        + "measures: [{measure: m0, of: bookings, credits: [direct]}, "
        + ", ".join(f"{{measure: m{i}, formula: m{i - 1} + 0}}" for i in range(1, 400))
        + "]\nfigures: [{figure: F, is: m399}]\n"
        + component().removeprefix(HEAD),
        {},
        "figures-deep",
        "plan.yaml:1",
    ),
    "a quota for no period": (component().replace("components", "quota: [{growth: {of: sales, over: FY2025, for: soon, by: 10%}}]\ncomponents"), {}, "not-a-period", "plan.yaml:4"),
    "a figure that isn't stated for everybody": (
        HEAD + "figures: [{figure: F, is: reported calls}]\n" + component().removeprefix(HEAD),
        {"reported_measures": "payee | measure | period | value\nAna | calls | 2026-02 | 1"},
        "missing-value",
        "plan.yaml:4",
    ),
    "a year that ends by a rule before there were years": (component(), {"fiscal_calendar": f"{CALENDAR}\nFY0001 | | | 4-4-5 | last Saturday of August | last period"}, "calendar-day", "fiscal_calendar.csv:2"),
    "a year that ends by a rule after all years": (component(), {"fiscal_calendar": f"{CALENDAR}\nFY9999 | | | 4-4-5 | last Saturday of December | last period"}, "calendar-day", "fiscal_calendar.csv:2"),
    "a year of weeks that starts in 9999": (component(), {"fiscal_calendar": f"{CALENDAR}\nFY9999 | 9999-12-01 | | 4-4-5 | | last period"}, "calendar-day", "fiscal_calendar.csv:2"),
    "a year of eight thousand years": (component(), {"fiscal_calendar": f"{CALENDAR}\nFY2026 | 2026-01-01 | 9999-12-31 | semi-monthly | | "}, "calendar-long", "fiscal_calendar.csv:2"),
    "two years of one time": (component(), {"fiscal_calendar": "period | from | to\nFY2026 | 2026-01-01 | 2026-12-31\nFY2027 | 2026-06-01 | 2027-05-31"}, "calendar-gap", "fiscal_calendar.csv:3"),
    "a period in the year 0": (component(), {"quotas": "payee | period | quota\nAna | 0000-01 | 1.00 EUR"}, "not-a-period", "quotas.csv:2"),
    "a week after all days": (component(), {"quotas": "payee | period | quota\nAna | 9999-W52 | 1.00 EUR"}, "not-a-period", "quotas.csv:2"),
    "quarters of periods that name no year": (
        component().replace("monthly", "quarterly"),
        {"fiscal_calendar": "period | from | to\nJanuary | 2026-01-01 | 2026-01-31"},
        "not-a-period",
        "plan.yaml:1",
    ),
    "a character that nobody sees": (component(), {"deals": DEALS.replace("| new", "| n\0ew")}, "spaces-around", "deals.csv:2"),
    "a quota made of a metric that nobody states, though nothing is paid on it": (
        component().replace("components", "quota: [{growth: {of: sales, over: FY2025, for: FY2026, by: 10%}}]\ncomponents"),
        {},
        "quota-metric",
        "plan.yaml:4",
    ),
    "a quota that is rounded to nothing": (
        component().replace("paid out", "paid out, quota.residue: last").replace("components", "quota: [{distribution: {per: quarter, weights: [100%], round to: 0.00 EUR}}]\ncomponents"),
        {},
        "parameter",
        "plan.yaml:4",
    ),
    "a quota for a role that nobody has": (
        component().replace("components", "quota: [{over assignment: {by: 10%, roles: [AE]}}]\ncomponents"),
        {},
        "unknown-role",
        "plan.yaml:4",
    ),
    "a list of rules without a rule": (component(earn="[{lookup: {rules: []}}]").replace("paid out", "paid out, lookup.precedence: first match"), {}, "parameter", "plan.yaml:4"),
    "an exchange rate of nothing": (
        component(),
        {"exchange_rates": "from | to | valid from | rate\nUSD | EUR | 2026-01-01 | 0"},
        "exchange-rate",
        "exchange_rates.csv:2",
    ),
    "a payment in another currency than its invoice": (
        component("records: invoices, pay: [{release: {when: invoice paid in full}}], ").replace("bookings", "revenue").replace("paid out", "paid out, release.period: release period"),
        {"invoices": "invoice | deal | amount | date\nI-1 | D-1 | 100.00 EUR | 2026-01-20", "payments": "payment | invoice | amount | date\nP-1 | I-1 | 100.00 USD | 2026-02-20"},
        "currency-mixed",
        "payments.csv:2",
    ),
    "a week of negative work": (
        component(),
        {"work_schedules": "payee | from | hours per week\nAna | 2026-01-01 | -1"},
        "work-days",
        "work_schedules.csv:2",
    ),
    "a draw without end": (
        component().replace("paid out", "carried, draw.recovery: immediate, draw.surplus_offsets: no"),
        {"draws": "payee | from | to | amount | kind | per\nAna | 2026-01 | 9998-12 | 10.00 EUR | recoverable | month"},
        "dates-far-apart",
        "draws.csv:2",
    ),
    "a balance of a year that is a slip": (
        component().replace("paid out", "carried"),
        {"opening_balances": "payee | period | balance\nAna | 0226-01 | 10.00 EUR"},
        "dates-far-apart",
        "opening_balances.csv:2",
    ),
    "the farthest of several balances": (
        component().replace("paid out", "carried"),
        {"opening_balances": "payee | period | balance\nAna | 2026-01 | 10.00 EUR\nBen | 2226-01 | 10.00 EUR", "plan_assignments": ON + "\nBen | P | 2026-01-01"},
        "dates-far-apart",
        "opening_balances.csv:3",
    ),
    "a cancellation of a year that is a slip": (
        component(),
        {"cancellations": "deal | date\nD-1 | 2026-02-01\nD-2 | 2226-02-01"},
        "dates-far-apart",
        "cancellations.csv:3",
    ),
    "a quota of a year that is a slip": (
        HEAD + "components: [{component: C, earn: [{bonus: {pays: 5.00 EUR}}]}]",
        {"quotas": "payee | period | quota\nAna | 2026-01 | 10.00 EUR\nAna | 2226-01 | 10.00 EUR"},
        "dates-far-apart",
        "quotas.csv:3",
    ),
    "a hold that begins after all days": (
        component("pay: [{hold days: {days: 9}}], ").replace("paid out", "paid out, hold.count: from the next day"),
        {"deals": "deal | owner | amount | closed\nD-1 | Ana | 1.00 EUR | 9999-12-31"},
        "not-a-period",
        "plan.yaml:1",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_where_it_stands(case: str) -> None:
    plan, tables, slug, place = REFUSED[case]
    with pytest.raises(Stopped) as stopped:
        run(plan, **tables)
    assert {p.slug for p in stopped.value.problems} == {slug}, "\n".join(map(str, stopped.value.problems))
    where = stopped.value.problems[0].where
    assert f"{where.file}:{where.line}" == place


def test_a_condition_may_list_hundreds_of_products() -> None:
    words = ", ".join(f'"{chr(97 + i % 26)}"' for i in range(390))
    assert paid(run(component(f"where: 'type in [{words}, \"new\"]', "))) == 5


@pytest.mark.parametrize("text", ["amount" + " + 1" * 400, "amount" + " / 1" * 400, "(" * 300 + "1" + ")" * 300, "-" * 900 + "1"])
def test_an_expression_without_end_is_refused(text: str) -> None:
    with pytest.raises(NotAnExpression):
        parse(text)


def test_an_outcome_that_is_not_taken_may_be_missing() -> None:
    assert paid(run(component("value: 'amount * if(type = \"new\", term months, 1)', "))) == 70


def test_a_text_column_counts_as_the_number_that_it_holds() -> None:
    deals = "deal | owner | amount | closed | type | list price\nD-1 | Ana | 1.00 EUR | 2026-01-15 | new | 100.00 EUR\nD-2 | Ana | 2.00 EUR | 2026-01-16 | old | "
    assert paid(run(component("value: 'if(type = \"new\", list price, amount)', "), deals=deals)) == Fraction(102, 20)


def test_a_measure_may_be_called_like_a_sum_of_another() -> None:
    plan = HEAD + (
        "measures: [{measure: sales, of: bookings, credits: [direct]}, {measure: team sales, of: bookings, credits: [direct], where: 'type = \"new\"'}]\n"
        "figures: [{figure: F, is: team sales}, {figure: G, is: company sales}]\n"
    )
    found = {f.figure: f.value for f in run(plan + component().removeprefix(HEAD)).figure_rows()}
    assert found == {"F": 100, "G": 300}


@pytest.mark.parametrize("plan", ["figures: [{figure: F, is: 1 + 1}]", "quota: []"])
def test_closes_of_a_plan_that_pays_nothing(plan: str) -> None:
    found, world = made(HEAD + plan, {"fiscal_calendar": CLOSES})
    runs = replay([found], world, closes_of(world))
    assert [(r.close.period, r.payouts) for r in runs] == [("2026-P01", ()), ("2026-P02", ())]


def test_a_year_ends_on_its_stated_day() -> None:
    """A short year, after which the company's years start in April."""
    _, world = made(component(), {"fiscal_calendar": "period | from | to\nFY2026 | 2026-01-01 | 2026-03-31"})
    assert world.calendar.period("FY2026").last == date(2026, 3, 31)
    assert world.calendar.period("FY2027").first == date(2026, 4, 1)


@pytest.mark.parametrize("name", ["1/0", "2026/0012", "2026/12"])
def test_the_name_of_a_record_is_no_fraction(name: str) -> None:
    sentence = f"It is taken back for {name}."
    assert readable(sentence) == sentence
    assert readable("It is 1/3%.") == "It is about 0.3333%."
