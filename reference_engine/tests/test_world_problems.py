"""Each way to get a table wrong: the Problem names the file, the line and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from reference_engine.plans.reader import read_plan_file
from reference_engine.problems import Problem, Stopped
from reference_engine.results import Result
from reference_engine.run import calculate
from reference_engine.vocabulary.tables import TABLES, TextTable
from reference_engine.world import read_world

GOOD = {
    "payees": """
        payee | role    | manager | commission rate
        Mia   | Manager |         | 1%
        Ana   | Rep     | Mia     | 5%
        Ben   | Rep     | Mia     | 5%
    """,
    "products": """
        product | category | commission free | unit cost
        A       | Bikes    | no              | 10.00 EUR
    """,
    "quotas": """
        payee | period  | quota
        Ana   | 2026-Q1 | 1,000.00 EUR
        Ben   | 2026-Q1 | 1,000.00 EUR
        Mia   | 2026-Q1 | 1,000.00 EUR
    """,
    "deals": """
        deal | owner | amount     | closed     | product
        D-1  | Ana   | 100.00 EUR | 2026-01-15 | A
        D-2  | Ben   | 200.00 EUR | 2026-02-15 |
    """,
    "credit_splits": """
        deal | payee | share
        D-2  | Ben   | 60%
        D-2  | Ana   | 40%
    """,
    "crediting_rules": """
        role    | receives | of the credit of
        Manager | 100%     | team
    """,
    "invoices": """
        invoice | deal | amount    | date       | kind
        I-1     | D-1  | 90.00 EUR | 2026-02-01 | invoice
    """,
    "invoice_lines": """
        invoice | line | amount    | product
        I-1     | 1    | 60.00 EUR | A
        I-1     | 2    | 30.00 EUR |
    """,
    "payments": """
        payment | invoice | amount    | date
        P-1     | I-1     | 90.00 EUR | 2026-03-01
    """,
    "returns": """
        return | of  | date       | amount
        R-1    | D-2 | 2026-03-10 | 20.00 EUR
    """,
    "territories": """
        territory | owner | from       | to
        North     | Ana   | 2026-01-01 |
    """,
}

# what is wrong, table, text, text instead, file line, slug, words of the message
MISTAKES = """
a required cell is blank        | payees | Ana   ~ Rep | `      ~ Rep | 3 | blank-cell | column "payee"
an amount is blank              | deals | 200.00 EUR | ` | 3 | blank-cell | an amount, like 1,200.50 EUR
an unknown column               | payees | role  | rolle | 1 | unknown-column | -
an unknown column of deals' lines | returns | amount | ammount | 1 | unknown-column | Did you mean: amount
a required column isn't there   | deals | closed | closing date | 1 | missing-column | "closed"
a column stands twice           | payees | role | payee | 1 | column-twice | "payee" stands twice
a cell too many                 | deals | 100.00 EUR | 1 ~ 100.00 EUR | 2 | cell-count | 6 cells; the header has 5
a cell too few                  | payments | ~ 2026-03-01 | ` | 2 | cell-count | 3 cells; the header has 4
a key stands twice              | deals | D-2  ~ Ben | D-1  ~ Ben | 3 | duplicate-row | D-1 stands twice; line 2
a key of two columns stands twice | credit_splits | D-2  ~ Ana | D-2  ~ Ben | 3 | duplicate-row | D-2, Ben
an invoice of no deal           | invoices | D-1 | D-9 | 2 | unknown-reference | no deal "D-9"
a line of no invoice            | invoice_lines | I-1     ~ 2 | I-9     ~ 2 | 3 | unknown-reference | no invoice "I-9"
a payment of no invoice         | payments | I-1 | I-2 | 2 | unknown-reference | no invoice "I-2"
a return of nothing             | returns | D-2 | D-7 | 2 | unknown-reference | "D-7"
a split of no deal              | credit_splits | D-2  ~ Ben | D-8  ~ Ben | 2 | unknown-reference | "D-8"
a product that isn't listed     | deals | 2026-01-15 ~ A | 2026-01-15 ~ B | 2 | unknown-reference | no product "B"
an owner who is nobody          | deals | Ben   ~ | Benn  ~ | 3 | unknown-payee | "Benn"; Did you mean: Ben
a manager who is nobody         | payees | ~ Mia | ~ Mai | 3 | unknown-payee | "Mai"; Did you mean: Mia
a share for nobody              | credit_splits | Ana | Anna | 3 | unknown-payee | "Anna"; Did you mean: Ana
a role that nobody has          | crediting_rules | Manager | Maneger | 2 | unknown-role | "Maneger"; Did you mean: Manager
a date of another country       | deals | 2026-02-15 | 15/02/2026 | 3 | not-a-date | 2026-03-31
a day that doesn't exist        | invoices | 2026-02-01 | 2026-02-30 | 2 | not-a-date | "2026-02-30"
a date of digits only           | deals | 2026-02-15 | 20260215 | 3 | not-a-date | year-month-day
an amount without its currency  | deals | 200.00 EUR | 200.00 | 3 | not-a-number | no currency; 1,200.50 EUR
a decimal comma                 | deals | 200.00 EUR | 200,00 EUR | 3 | not-a-number | decimal comma; 200.00
more decimals than the currency | deals | 200.00 EUR | 200.005 EUR | 3 | not-a-number | 2 decimals that EUR has
a currency that isn't known     | deals | 200.00 EUR | 200.00 XXQ | 3 | not-a-number | "XXQ"
a currency before the number    | deals | 200.00 EUR | EUR 200.00 | 3 | not-a-number | -
a number in scientific form     | deals | 200.00 EUR | 2e2 EUR | 3 | not-a-number | "2e2"
a share without its sign        | credit_splits | 60% | 0.6 | 2 | not-a-number | percent sign
a rate with a blank             | payees | 5% | 5 % | 3 | not-a-number | "5 %"
shares above 100%               | credit_splits | 40% | 50% | 2 | split-total | totals 110%
shares below 100%               | credit_splits | 40% | 30% | 2 | split-total | totals 90%
a share below zero              | credit_splits | 40% | -40% | 3 | split-share | above 0%
lines that don't sum            | invoice_lines | 30.00 EUR | 30.01 EUR | 2 | invoice-total | "I-1"
a loop of managers              | payees | Mia   ~ Manager ~ | Mia   ~ Manager ~ Ana | 2 | hierarchy-loop | manager
a period that isn't one         | quotas | Ben   ~ 2026-Q1 | Ben   ~ 2026-Q5 | 3 | not-a-period | "2026-Q5"
a period in other words         | quotas | Ben   ~ 2026-Q1 | Ben   ~ Q1 2026 | 3 | not-a-period | 2026-Q1
a word that isn't allowed       | invoices | ~ invoice | ~ invoise | 2 | unknown-word | Did you mean: invoice
yes in another language         | products | ~ no | ~ nein | 2 | unknown-word | "nein"
a kind of rule that isn't there | crediting_rules | ~ team | ~ teams | 2 | unknown-word | Did you mean: team
a return without its amount     | returns | 20.00 EUR | ` | 2 | return-amount | the return of deal "D-2" has no amount
a span that ends before it starts | territories | 2026-01-01 ~ | 2026-01-01 ~ 2025-12-31 | 2 | dates-order | -
a year that is hardly meant     | deals | 2026-02-15 | 1926-02-15 | 3 | dates-far-apart | -
"""

ROWS = [
    tuple(c.strip().replace("~", "|").replace("`", "") for c in line.split(" | "))
    for line in MISTAKES.strip().splitlines()
]
PLAN = Path(__file__).parent / "bad_plans" / "good.yaml"


def table(name: str, text: str) -> TextTable:
    rows = [tuple(c.strip() for c in row.split("|")) for row in text.strip().splitlines()]
    return TextTable(name, rows[0], tuple(rows[1:]), f"{name}.csv", tuple(range(2, len(rows) + 1)), 1)


def outcome(tables: dict[str, str]) -> Result | list[Problem]:
    problems: list[Problem] = []
    plan = read_plan_file(PLAN, problems)
    assert plan is not None
    world = read_world([table(name, text) for name, text in tables.items()], problems)
    if problems:
        return problems
    try:
        return calculate([plan], world)
    except Stopped as stopped:
        return list(stopped.problems)


def refused(tables: dict[str, str]) -> list[Problem]:
    found = outcome(tables)
    assert isinstance(found, list), "the tables were accepted"
    assert all(p.remedy for p in found), found
    return found


def test_the_tables_without_a_mistake_are_calculated() -> None:
    assert isinstance(outcome(GOOD), Result)


@pytest.mark.parametrize(
    ("what", "name", "good", "bad", "line", "slug", "words"), ROWS, ids=[r[0] for r in ROWS]
)
def test_mistake(what: str, name: str, good: str, bad: str, line: str, slug: str, words: str) -> None:
    text = GOOD[name]
    assert good in text, "the table changed"
    found = refused({**GOOD, name: text.replace(good, bad, 1)})
    hits = [p for p in found if p.slug == slug]
    assert hits, found
    # An invoice is named where it stands, whichever of its lines is wrong.
    file = "invoices.csv" if slug == "invoice-total" else f"{name}.csv"
    assert (file, int(line)) in [(p.where.file, p.where.line) for p in hits], hits
    message = "\n".join(map(str, hits))
    for phrase in words.split("; ") if words != "-" else []:
        assert phrase in message
    for word in ("Traceback", "NaT", "None", "numpy", "Fraction"):
        assert word not in message


def test_every_mistake_of_the_tables_is_told_at_once() -> None:
    bad = {
        **GOOD,
        "deals": GOOD["deals"].replace("2026-02-15", "soon").replace("100.00 EUR", "a lot"),
        "payees": GOOD["payees"].replace("5%", "five", 1),
    }
    found = {(p.where.file, p.where.line) for p in refused(bad)}
    assert found >= {("deals.csv", 2), ("deals.csv", 3), ("payees.csv", 3)}


def test_a_table_that_is_not_a_standard_table() -> None:
    found = refused({**GOOD, "deal": GOOD["deals"]})
    assert [(p.slug, p.where.file, p.where.line) for p in found] == [("unknown-table", "deal.csv", 1)]
    assert "Did you mean: deals" in str(found[0])


CALENDAR = """
    period   | from       | to
    2026-P01 | 2026-01-01 | 2026-01-28
    2026-P02 | 2026-01-29 | 2026-02-25
    2026-P03 | 2026-02-26 | 2026-03-31
"""


@pytest.mark.parametrize(
    ("good", "bad", "line", "slug"),
    [
        ("2026-02-26", "2026-02-27", 4, "calendar-gap"),
        ("2026-02-26", "2026-02-25", 4, "calendar-gap"),
        ("2026-01-28", "2025-12-28", 2, "dates-order"),
        ("2026-P03 | 2026-02-26", "2026-P02 | 2026-02-26", 4, "duplicate-row"),
        ("2026-01-29", "29.01.2026", 3, "not-a-date"),
    ],
)
def test_a_fiscal_calendar(good: str, bad: str, line: int, slug: str) -> None:
    quotas = "payee | period | quota\n" + "\n".join(
        f"{p} | 2026-P01 | 100.00 EUR" for p in ("Ana", "Ben", "Mia")
    )
    found = refused({**GOOD, "fiscal_calendar": CALENDAR.replace(good, bad), "quotas": quotas})
    assert (slug, "fiscal_calendar.csv", line) in [(p.slug, p.where.file, p.where.line) for p in found]


def test_a_row_in_the_currency_of_its_column() -> None:
    deals = "deal | owner | amount | currency | closed\nD-1 | Ana | 100.00 | EUR | 2026-01-15\nD-2 | Ben | 100.00 | | 2026-01-15\nD-3 | Ben | 100.00 USD | EUR | 2026-01-15\nD-4 | Ben | 1.5 | JPY | 2026-01-15"
    found = refused({"payees": GOOD["payees"], "deals": deals})
    assert [(p.slug, p.where.line) for p in found] == [
        ("not-a-number", 3),
        ("not-a-number", 4),
        ("not-a-number", 5),
    ]


def test_several_files_of_one_table_join_and_keep_their_lines() -> None:
    problems: list[Problem] = []
    parts = [table("deals", GOOD["deals"]), table("deals", GOOD["deals"].replace("D-2", "D-3"))]
    read_world(parts, problems)
    assert [(p.slug, p.where.line) for p in problems] == [("duplicate-row", 2)]


def test_every_schema_refuses_a_blank_in_what_it_requires() -> None:
    for name, schema in TABLES.items():
        problems: list[Problem] = []
        header = tuple(f.name for f in schema.fields)
        read_world([TextTable(name, header, (("",) * len(header),), f"{name}.csv", (2,), 1)], problems)
        blank = {p.what.split('"')[1] for p in problems if p.slug == "blank-cell"}
        assert blank == set(schema.required)
