"""Each way to get a plan wrong: the Problem names the file, the line and what to do.  One file, one mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from reference_engine.plans.document import MAX_BYTES
from reference_engine.plans.reader import read_plan_file
from reference_engine.problems import Problem

FOLDER = Path(__file__).parent / "bad_plans"

# file, line, slug, words that the message must hold
MISTAKES = """
a_list                     |  1 | plan-form           | names and values; plan: NAME
a_word                     |  1 | plan-form           | names and values
accumulation_not_stated    | 16 | convention-open     | tier.accumulate; period (over the pay period); quarter; year
alias                      | 17 | yaml-syntax         | alias
amount_without_currency    | 17 | parameter           | "60.00" is not a money amount; 1,200.50 EUR
anchor_and_alias           |  2 | yaml-syntax         | alias
bands_that_start_late      | 18 | tiers-start         | "X" starts at unit 10; unit 1
bands_with_a_hole          | 19 | tiers-gap           | units 1-50; unit 52; Start it at 51
blank_before_percent       | 19 | parameter           | "12 %"; no space: 8%
bound_not_stated           | 16 | convention-open     | tier.bound; upper tier; lower tier
clawback_before_release    | 21 | pay-order           | "clawback" stands before "release"
comma_in_braces            | 18 | comma-in-braces     | quotes
comma_in_expression        | 16 | comma-in-braces     | Put quotes around the whole: "max(2% * amount, min(amount, 50.00 EUR))"
component_twice            | 20 | component-twice     | "growth"
components_empty           | 11 | plan-form           | no components; It would pay nothing
credits_not_stated         | 12 | convention-open     | "growth"; direct, overlay, roll-up
curve_of_one_point         | 19 | curve-points        | two points
curve_out_of_order         | 21 | curve-order         | 50%; 100%
date_of_another_form       |  4 | not-a-date          | "01/02/2026"; 2026-03-31
days_not_whole             | 20 | parameter           | "89.5" must be a whole number
decimal_comma              | 19 | parameter           | "12,5%"; decimal comma; Did you mean 12.5?
duplicate_key              |  4 | yaml-duplicate      | "pays" stands twice; on line 3
earn_not_a_list            | 16 | plan-form           | a list of mechanics
empty                      |  0 | file-empty          | empty
event_shares               | 14 | event-shares        | total 90%, not 100%
event_unknown              | 14 | unknown-word        | "payments"; Did you mean: payment
looks_at_itself            | 12 | figure-circle       | "growth" looks at what it earned itself; less earned in
lookup_pays_nothing        | 19 | lookup-pays         | rate: 2%; pays: 7.50 EUR
lookup_pays_twice          | 19 | lookup-pays         | either its rate or what it pays
lookup_rule_twice          | 20 | lookup-twice        | on line 19
missing_parameter          | 16 | missing-parameter   | doesn't state "rate"
missing_rate               | 16 | missing-parameter   | "flat rate" doesn't state "rate"
nested_too_deeply          |  1 | yaml-nesting        | nested too deeply
no_components              |  1 | plan-form           | no components
no_earn                    | 12 | missing-parameter   | "growth" has no "earn"
no_name                    |  1 | missing-parameter   | "plan" isn't stated; plan: AE Growth
not_closed                 | 14 | yaml-syntax         | isn't closed
not_utf8                   |  1 | file-encoding       | UTF-8
nul_byte                   |  1 | yaml-syntax         | a character
only_a_comment             |  0 | file-empty          | empty
own_tag                    |  3 | yaml-tag            | "!secret"
rate_without_percent       | 19 | parameter           | "0.12" is not a percent; 8%
rounding_decimals          |  6 | rounding-form       | "two"; 0 to 12
rounding_mode              |  6 | rounding-form       | "nearest"; half up, half even, down, away from zero
rounding_not_stated        |  6 | convention-open     | rounding; at: line; exact
rounding_stage             |  6 | rounding-form       | "deal"; credit, conversion, quota, attainment, rate, line, component, payout
scientific_number          | 19 | parameter           | "1e-1%"; digits with a point
tab                        | 14 | yaml-syntax         | cannot start
tag                        |  2 | yaml-tag            | python; Remove the exclamation mark
tiers_closed_at_the_top    | 19 | tiers-top           | ends at 150%; rate of 0%
tiers_empty                | 17 | tiers-empty         | "marginal" has no tiers
tiers_gap                  | 19 | tiers-gap           | 100% to 110%; Did you mean: from 100%
tiers_of_two_kinds         | 17 | tiers-mixed         | aren't all of one kind
tiers_open_in_the_middle   | 18 | tiers-open          | no upper end
tiers_out_of_order         | 18 | tiers-order         | ends at -5%, before it starts at 0%
tiers_overlap              | 19 | tiers-overlap       | between 90% and 100%; Did you mean: from 100%
tiers_start_above_zero     | 18 | tiers-start         | starts at 10%; a tier from 0
tier_says_nothing          | 19 | tiers-pays          | one of: rate, times, per unit
tier_says_two_things       | 19 | tiers-pays          | one of: rate, times, pays, per unit
tiers_pay_by_two_kinds     | 19 | tiers-pays          | all tiers the same
tiers_pay_otherwise        | 18 | tiers-pays          | can't pay by "rate"; Write one of pays
proportional_without_end   | 19 | proportional-open   | has no end; Fill its "to"
result_without_rate        | 19 | result-rate         | pays 0%; rate above 0%
excess_without_rate        | 16 | tiers-pays          | either its rate or its tiers
claim_of_two_kinds         | 16 | tiers-pays          | down to, down by, percent
cap_below_threshold        | 16 | tiers-order         | cap of 60%; threshold of 70%
brackets_of_percents       | 17 | tiers-kind          | needs something to compare with; by: margin / amount
too_many_decimals          | 17 | parameter           | "60.005 EUR" has more than the 2 decimals
unknown_component_name     | 13 | unknown-name        | "mesure"; Did you mean: measure
unknown_convention         |  8 | unknown-convention  | "tier.bounds"; Did you mean: tier.bound
unknown_credit_type        | 14 | unknown-word        | "rollup"; Did you mean: roll-up
unknown_currency           |  2 | unknown-currency    | "EUX"; ISO 4217
unknown_frequency          |  3 | unknown-word        | "fortnightly"; monthly, quarterly, half-yearly, yearly
unknown_measure            | 13 | unknown-word        | "booking"; Did you mean: bookings
unknown_mechanic           | 16 | unknown-mechanic    | "margnal"; Did you mean: marginal
unknown_parameter          | 19 | unknown-name        | "rte"; Did you mean: rate
unknown_plan_name          |  3 | unknown-name        | "pais"; Did you mean: pays
unknown_profile            |  6 | unknown-profile     | Did you mean: oracle fusion
unknown_reading            |  8 | unknown-reading     | "upper"; upper tier; lower tier; both ends inclusive
valid_backwards            |  4 | valid-order         | before the first
who_is_on_it               |  4 | unknown-word        | "nobody"; everyone
word_not_allowed           | 19 | parameter           | "week"; period, month, quarter
"""

ROWS = [tuple(c.strip() for c in line.split("|")) for line in MISTAKES.strip().splitlines()]


def problems_of(name: str) -> list[Problem]:
    problems: list[Problem] = []
    plan = read_plan_file(FOLDER / f"{name}.yaml", problems, f"{name}.yaml")
    assert (plan is None) == bool(problems)
    return problems


@pytest.mark.parametrize(("name", "line", "slug", "words"), ROWS, ids=[r[0] for r in ROWS])
def test_mistake(name: str, line: str, slug: str, words: str) -> None:
    found = problems_of(name)
    hits = [p for p in found if p.slug == slug and p.where.line == int(line)]
    assert hits, found
    text = str(hits[0])
    assert text.startswith(f"{name}.yaml" + (f":{line}" if int(line) else ""))
    for phrase in words.split("; "):
        assert phrase in text
    assert text.endswith(f"[{slug}]")


@pytest.mark.parametrize("name", [r[0] for r in ROWS])
def test_every_problem_of_a_file_names_it_and_no_program(name: str) -> None:
    for problem in problems_of(name):
        assert problem.where.file == f"{name}.yaml"
        assert problem.remedy
        assert str(FOLDER) not in str(problem)
        for word in (
            "Traceback",
            "NoneType",
            "dataclass",
            "Fraction",
            "<class",
            "yaml.scanner",
            "object at 0x",
        ):
            assert word not in str(problem)


def test_the_plan_without_a_mistake_is_read() -> None:
    assert problems_of("good") == []


def test_every_bad_plan_is_in_the_table() -> None:
    assert {f.stem for f in FOLDER.glob("*.yaml")} == {r[0] for r in ROWS} | {"good"}
    assert len(ROWS) == len({r[0] for r in ROWS})


def test_all_mistakes_of_a_file_are_told_together(tmp_path: Path) -> None:
    good = (FOLDER / "good.yaml").read_text(encoding="utf-8")
    bad = (
        good.replace("pays: quarterly", "pais: quarterly")
        .replace("rate: 8%", "rate: 8,5%")
        .replace("measure: bookings", "measure: booking")
    )
    file = tmp_path / "bad.yaml"
    file.write_text(bad, encoding="utf-8")
    problems: list[Problem] = []
    assert read_plan_file(file, problems, "bad.yaml") is None
    assert {p.where.line for p in problems} >= {3, 14, 19}


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    problems: list[Problem] = []
    assert read_plan_file(tmp_path / "none.yaml", problems, "none.yaml") is None
    assert [p.slug for p in problems] == ["file-unreadable"]


def test_a_file_of_another_size_than_plans_have(tmp_path: Path) -> None:
    file = tmp_path / "huge.yaml"
    file.write_bytes(b"# " + b"x" * MAX_BYTES)
    problems: list[Problem] = []
    assert read_plan_file(file, problems, "huge.yaml") is None
    assert [p.slug for p in problems] == ["file-too-large"]


def test_line_ends_and_byte_order_mark_of_windows_are_read(tmp_path: Path) -> None:
    file = tmp_path / "windows.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + (FOLDER / "good.yaml").read_bytes().replace(b"\n", b"\r\n"))
    problems: list[Problem] = []
    plan = read_plan_file(file, problems, "windows.yaml")
    assert problems == []
    assert plan is not None
    assert plan.components[0].where.line == 13
