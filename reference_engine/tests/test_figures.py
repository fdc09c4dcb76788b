"""Figures by their names, what a plan shows, and the Problems of figures that can't be made."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import pytest

from reference_engine.plans.document import Node
from reference_engine.plans.reader import read_plan
from reference_engine.problems import Problem, Stopped
from reference_engine.results import Result
from reference_engine.run import calculate
from reference_engine.vocabulary.tables import TextTable
from reference_engine.world import read_world

TABLES = {
    "payees": "payee | team | salary grade\nAna | North | 3\nBen | North | 4\nCai | South | 5",
    "plan_assignments": "payee | plan | from | target incentive | period\nAna | P | 2026-01-01 | 300.00 EUR | quarter\n"
    "Ben | P | 2026-01-01 | 600.00 EUR | quarter\nCai | P | 2026-01-01 | 900.00 EUR | quarter",
    "quotas": "payee | period | quota\nAna | 2026-Q1 | 100.00 EUR\nAna | 2026-Q2 | 200.00 EUR\nBen | 2026-Q1 | 400.00 EUR\nBen | 2026-Q2 | 400.00 EUR\n"
    "Cai | 2026-Q1 | 10.00 EUR\nCai | 2026-Q2 | 10.00 EUR",
    "deals": "deal | owner | amount | closed | account | type\nD-1 | Ana | 60.00 EUR | 2026-01-10 | A | new\nD-2 | Ana | 50.00 EUR | 2026-03-10 | A | old\n"
    "D-3 | Ben | 40.00 EUR | 2026-02-10 | B | new\nD-4 | Ana | 7.00 EUR | 2026-04-10 | C | new\nD-5 | Cai | 1.00 EUR | 2026-06-10 | C | new",
    "returns": "return | of | date | amount\nR-1 | D-1 | 2026-02-10 | 20.00 EUR",
    "reported_measures": "payee | measure | period | value\n | score | FY2026 | 50%\nAna | score | 2026-Q1 | 70%\nAna | score | 2026-02 | 90%\n"
    "Ana | rating | FY2026 | good",
}
HALF_YEAR = {"from": "2026-01-01", "to": "2026-06-30"}
CONVENTIONS = {
    "rounding": "exact",
    "tier.accumulate": "quarter",
    "quota.zero": "refuse",
    "returns.count": "take away one",
    "balance.negative": "paid out",
    "returns.earn": "signed",
}


def run(document: Mapping[str, object], tables: dict[str, str] | None = None) -> Result:
    problems: list[Problem] = []
    base = {"plan": "P", "pays": "monthly", "conventions": CONVENTIONS, "valid": HALF_YEAR, **document}
    plan = read_plan(Node.of(base), problems)
    if problems:
        raise Stopped(tuple(problems))
    assert plan is not None
    written = [
        TextTable(name, rows[0], tuple(rows[1:]))
        for name, text in (TABLES if tables is None else tables).items()
        for rows in [[tuple(c.strip() for c in row.split("|")) for row in text.splitlines()]]
    ]
    world = read_world(written, problems)
    assert problems == []
    return calculate([plan], world)


def figure(is_: str, measures: list[object] | None = None, per: str = "period") -> dict[tuple[str, str], Fraction]:
    shown = [{"figure": "F", "is": is_, "for each": per}]
    result = run({"figures": shown, **({"measures": measures} if measures else {})})
    return {(f.payee, f.period[2:]): f.value for f in result.figure_rows()}


@pytest.mark.parametrize(
    ("name", "payee", "expected"),
    [
        ("bookings", "Ana", (60, 40, 90, 7, 7, 7)),
        ("bookings in the period", "Ana", (60, -20, 50, 7, 0, 0)),
        ("bookings this year", "Ana", (60, 40, 90, 97, 97, 97)),
        ("bookings in the last 3 periods", "Ana", (60, 40, 90, 37, 57, 7)),
        ("max(bookings in the last 1 period, -10.00 EUR)", "Ana", (60, -10, 50, 7, 0, 0)),
        ("team bookings in the last 2 periods", "Ana", (60, 80, 70, 57, 7, 0)),
        ("previous bookings", "Ana", (0, 0, 0, 90, 90, 90)),
        ("quota of bookings", "Ana", (100, 100, 100, 200, 200, 200)),
        ("attainment of bookings * 100", "Ana", (60, 40, 90, Fraction(7, 2), Fraction(7, 2), Fraction(7, 2))),
        ("team bookings", "Ana", (60, 80, 130, 7, 7, 7)),
        ("team bookings", "Cai", (0, 0, 0, 0, 0, 1)),
        ("company bookings", "Cai", (60, 80, 130, 7, 7, 8)),
        ("reported score * 100", "Ana", (70, 90, 70, 50, 50, 50)),
        ("reported score * 100", "Ben", (50, 50, 50, 50, 50, 50)),
        ("target incentive this quarter", "Ben", (600,) * 6),
        ("salary grade * 2", "Cai", (10,) * 6),
        ('if(team = "North", 1, 0)', "Cai", (0,) * 6),
    ],
)
def test_what_a_name_means(name: str, payee: str, expected: tuple[Fraction | int, ...]) -> None:
    found = figure(name)
    assert tuple(found[payee, f"26-{month:02d}"] for month in range(1, 7)) == expected


def test_a_window_that_begins_before_the_plan_counts_is_refused() -> None:
    shown = {"figures": [{"figure": "F", "is": "bookings in the last 3 periods"}]}
    earlier = {
        **TABLES,
        "plan_assignments": TABLES["plan_assignments"].replace("2026-01-01", "2025-01-01"),
        "deals": TABLES["deals"] + "\nD-0 | Ana | 500.00 EUR | 2025-12-31 | A | new",
    }
    with pytest.raises(Stopped) as stopped:
        run(shown, earlier)
    assert [p.slug for p in stopped.value.problems] == ["figure-before-valid"]
    counted = run({**shown, "valid": {"from": "2025-01-01", "to": "2026-06-30"}}, earlier)
    found = {(f.payee, f.period): f.value for f in counted.figure_rows()}
    assert [found["Ana", f"2026-{month:02d}"] for month in (1, 2, 3)] == [560, 540, 90]


def test_what_was_earned_in_the_last_periods() -> None:
    later = {"component": "Later", "earn": [{"formula": {"pays": "10% * earned by Sooner in the last 2 periods", "for each": "quarter"}}]}
    sooner = {"component": "Sooner", "measure": "bookings", "credits": ["direct"], "earn": [{"flat rate": {"rate": "100%"}}]}
    result = run({"components": [later, sooner]})
    paid = {(p.payee, p.period): p.amount for p in result.payout_rows() if p.component == "Later"}
    assert paid == {("Ana", "2026-03"): 3, ("Ben", "2026-03"): 4, ("Cai", "2026-06"): Fraction(1, 10)}


def test_attainment_year_to_date() -> None:
    measure = {"measure": "M", "of": "bookings", "credits": ["direct"], "accumulate": "year"}
    found = figure("attainment of M to date * 300", [measure], per="quarter")
    # 90 of 100 in the first quarter; 97 of 300 in the half-year.
    assert found["Ana", "26-Q1"] == 270
    assert found["Ana", "26-Q2"] == 97


def test_a_word_that_is_reported() -> None:
    found = figure('if(reported rating = "good", 1, 0)')
    assert found["Ana", "26-01"] == 1
    assert found["Ben", "26-01"] == 0


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ({"of": "bookings", "where": 'type = "new"', "credits": ["direct"]}, (60, 40, 40, 7, 7, 7)),
        ({"of": "bookings", "value": "amount * 2", "credits": ["direct"]}, (120, 80, 180, 14, 14, 14)),
        ({"of": "bookings", "count": "records", "credits": ["direct"]}, (1, 0, 1, 1, 1, 1)),
        ({"of": "bookings", "count": "distinct account", "credits": ["direct"]}, (1, 1, 1, 1, 1, 1)),
        ({"of": "bookings", "credits": ["direct"], "accumulate": "year"}, (60, 40, 90, 97, 97, 97)),
        ({"formula": "bookings / 2 + 1.00 EUR"}, (31, 21, 46, Fraction(9, 2), Fraction(9, 2), Fraction(9, 2))),
    ],
)
def test_measures_of_a_plan(measure: dict[str, object], expected: tuple[Fraction | int, ...]) -> None:
    found = figure("M", [{"measure": "M", **measure}])
    assert tuple(found["Ana", f"26-{month:02d}"] for month in range(1, 7)) == expected


def test_figures_at_the_end_of_a_quarter_and_of_the_company() -> None:
    assert figure("bookings", per="quarter") == {
        ("Ana", "26-Q1"): 90,
        ("Ana", "26-Q2"): 7,
        ("Ben", "26-Q1"): 40,
        ("Ben", "26-Q2"): 0,
        ("Cai", "26-Q1"): 0,
        ("Cai", "26-Q2"): 1,
    }
    shown = [{"figure": "F", "is": "company bookings", "for each": "quarter", "whose": "company"}]
    rows = run({"figures": shown}).figure_rows()
    assert [(f.payee, f.period, int(f.value), f.currency) for f in rows] == [
        ("", "2026-Q1", 130, "EUR"),
        ("", "2026-Q2", 8, "EUR"),
    ]


def test_what_a_component_earned_is_a_figure_and_sets_the_order() -> None:
    later = {"component": "Later", "earn": [{"bonus": {"pays": "10% * earned by Sooner this quarter", "per": "quarter"}}]}
    sooner = {"component": "Sooner", "measure": "bookings", "credits": ["direct"], "earn": [{"flat rate": {"rate": "100%"}}]}
    result = run({"components": [later, sooner]})
    paid = {(p.payee, p.period): p.amount for p in result.payout_rows() if p.component == "Later"}
    assert paid == {("Ana", "2026-03"): 9, ("Ben", "2026-03"): 4, ("Ana", "2026-06"): Fraction(7, 10), ("Cai", "2026-06"): Fraction(1, 10)}


def refused(document: Mapping[str, object], tables: dict[str, str] | None = None) -> Problem:
    with pytest.raises(Stopped) as stopped:
        run(document, tables)
    return stopped.value.problems[0]


FLAT = {"flat rate": {"rate": "1%"}}


@pytest.mark.parametrize(
    ("document", "slug", "said"),
    [
        ({"figures": [{"figure": "F", "is": "reported scores"}]}, "unknown-name", "reported score"),
        ({"figures": [{"figure": "F", "is": "bookings + 1"}]}, "currency-mixed", "100.00 EUR"),
        ({"figures": [{"figure": "F", "is": "F + 1"}]}, "figure-circle", "made of itself"),
        ({"measures": [{"measure": "M", "formula": "N"}, {"measure": "N", "formula": "M"}], "figures": [{"figure": "F", "is": "M"}]}, "figure-circle", "M - N"),
        ({"eligible": {"roles": ["AE"]}, "figures": [{"figure": "F", "is": "bookings"}]}, "unknown-role", "AE"),
        (
            {
                "components": [
                    {"component": "A", "earn": [{"bonus": {"pays": "earned by B"}}]},
                    {"component": "B", "earn": [{"bonus": {"pays": "earned by A"}}]},
                ]
            },
            "figure-circle",
            "circle",
        ),
        ({"components": [{"component": "A", "earn": [{"bonus": {"pays": "earned by Bee"}}]}]}, "unknown-name", "Bee"),
        ({"components": [{"component": "A", "earn": [{"bonus": {"pays": "5"}}]}]}, "not-money", "currency"),
        (
            {"components": [{"component": "A", "measure": "bookings", "credits": ["direct"], "earn": [FLAT, {"lookup": {"rules": [{"rate": "2%"}]}}]}]},
            "earn-twice",
            "component of its own",
        ),
        ({"components": [{"component": "A", "earn": [FLAT]}]}, "missing-parameter", "measure"),
        ({"measures": [{"measure": "cash", "formula": "1"}], "figures": [{"figure": "F", "is": "cash"}]}, "measure-twice", "cash"),
        ({"measures": [{"measure": "M", "formula": "1", "of": "cash"}], "figures": [{"figure": "F", "is": "M"}]}, "measure-formula", "of"),
    ],
)
def test_figures_that_cannot_be_made(document: dict[str, object], slug: str, said: str) -> None:
    problem = refused(document)
    assert problem.slug == slug
    assert said in str(problem)


def test_a_missing_quota_is_asked_for() -> None:
    without = {name: table for name, table in TABLES.items() if name != "quotas"}
    problem = refused({"figures": [{"figure": "F", "is": "attainment of bookings"}]}, without)
    assert problem.slug == "missing-value"
    assert "quota of bookings" in problem.remedy


def test_nothing_says_for_which_periods() -> None:
    bonus = {"components": [{"component": "A", "earn": [{"bonus": {"pays": "5.00 EUR"}}]}], "valid": {}}
    one = {"plan_assignments": "payee | plan | from\nAna | P | 2026-01-01"}
    assert refused(bonus, one).slug == "periods-open"
    assert len(run({**bonus, "valid": {"from": "2026-01-01", "to": "2026-02-28"}}, one).payout_rows()) == 2


def test_one_payee_alone_gets_what_he_gets_among_all() -> None:
    document: dict[str, object] = {
        "conventions": {**CONVENTIONS, "rounding": [{"at": "line", "mode": "half up", "decimals": "2"}], "pool.residue": "last", "contest.ties": "prizes are shared"},
        "components": [
            {"component": "A", "earn": [{"pool": {"amount": "100.00 EUR", "shared": "bookings", "per": "quarter"}}]},
            {"component": "B", "earn": [{"contest": {"by": "bookings", "prizes": [{"place": "1", "pays": "10.00 EUR"}]}}]},
            {"component": "C", "measure": "bookings", "credits": ["direct"], "earn": [FLAT, {"funding": {"funded": "0.50 EUR"}}]},
            {"component": "D", "earn": [{"bonus": {"pays": "1% * team bookings"}}]},
        ],
    }
    problems: list[Problem] = []
    plan = read_plan(Node.of({"plan": "P", "pays": "monthly", "valid": HALF_YEAR, **document}), problems)
    world = read_world(
        [
            TextTable(name, rows[0], tuple(rows[1:]))
            for name, text in TABLES.items()
            for rows in [[tuple(c.strip() for c in row.split("|")) for row in text.splitlines()]]
        ],
        problems,
    )
    assert plan is not None
    assert problems == []
    everybody = calculate([plan], world).line_rows()
    for payee in world.payees:
        alone = calculate([plan], world, payees=[payee], trace=True).line_rows()
        assert alone == [line for line in everybody if line.payee == payee]
