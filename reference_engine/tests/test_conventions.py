"""Each convention has a case; the engine calculates it for every reading, and the money is what Problems and pages show."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest

from reference_engine.mechanics.registry import FAMILIES, mechanics
from reference_engine.plans.convention_examples import SHOWN
from reference_engine.plans.convention_reader import PROFILES, open_convention, read_conventions
from reference_engine.plans.conventions import CONVENTIONS
from reference_engine.plans.document import Node, load_yaml, parse_yaml
from reference_engine.plans.reader import read_plan
from reference_engine.plans.worked_examples import calculated, case_of, money_of
from reference_engine.problems import NOWHERE, Problem, Stopped, Where

ADDRESS = re.compile(r"https?://[a-z0-9.-]+\.[a-z]{2,}[^\s]*")
LOCAL = re.compile(r"://(localhost|127\.|10\.|192\.168\.)|\.(local|internal|lan)\b")
OWN = "step_language"
"""The profile of what trueup's own sentences say; its sources are those sentences."""
MISTAKES = {"unknown-reading", "unknown-convention", "plan-form", "parameter", "unknown-name", "missing-parameter", "convention-open", "unknown-mechanic"}


@pytest.mark.parametrize("name", SHOWN)
def test_the_money_shown_is_what_the_engine_pays(name: str) -> None:
    assert money_of(SHOWN[name]) == SHOWN[name].money


@pytest.mark.parametrize("name", CONVENTIONS)
def test_every_reading_has_a_case(name: str) -> None:
    assert name in SHOWN, "add a case to convention_examples of its topic"
    assert list(SHOWN[name].money) == list(CONVENTIONS[name].readings)


@pytest.mark.parametrize("name", CONVENTIONS)
def test_a_kernel_tells_every_reading_from_the_others(name: str) -> None:
    """Two readings that pay the same in their case would show that the engine doesn't look at the convention."""
    shown = SHOWN[name]
    same = [(a, b) for a, b in combinations(shown.money, 2) if shown.money[a] == shown.money[b] and not {a, b} & set(shown.instead)]
    assert same == []


@pytest.mark.parametrize("name", CONVENTIONS)
def test_a_refusal_is_meant(name: str) -> None:
    for reading, money in SHOWN[name].money.items():
        if money == "refused":
            with pytest.raises(Stopped) as stopped:
                calculated(case_of(SHOWN[name], reading))
            assert not {p.slug for p in stopped.value.problems} & MISTAKES


def test_every_convention_that_a_mechanic_needs_exists() -> None:
    needed = {n for f in FAMILIES for cls in mechanics(f).values() for n in _needs(cls)}
    assert needed - set(CONVENTIONS) == set()


def _needs(cls: type) -> tuple[str, ...]:
    try:
        found: tuple[str, ...] = cls.needs(object.__new__(cls))  # type: ignore[attr-defined]
    except AttributeError:
        # What it needs follows from its parameters; a plan that states them asks for it.
        return ()
    return found


def test_questions_and_readings_are_written_for_people() -> None:
    for name, convention in CONVENTIONS.items():
        assert re.fullmatch(r"[a-z]+(\.[a-z][a-z_-]*)+", name), name
        assert convention.question.endswith("?"), name
        assert all(meaning and not meaning.endswith(".") for meaning in convention.readings.values()), name


def test_sources_are_public_addresses() -> None:
    for name, convention in CONVENTIONS.items():
        assert all(ADDRESS.fullmatch(s) and not LOCAL.search(s) for s in convention.sources), name


@pytest.mark.parametrize("name", ["tier.bound", "quota.zero", "split.residue"])
def test_an_open_convention_shows_its_readings_and_their_money(name: str) -> None:
    text = str(open_convention(name, "it is open.", NOWHERE))
    assert CONVENTIONS[name].question in text
    assert SHOWN[name].case in text
    for reading, meaning in CONVENTIONS[name].readings.items():
        assert f"{name}: {reading} ({meaning}): {SHOWN[name].money[reading]}" in text


def test_the_rounding_that_is_open_shows_its_modes_and_their_money() -> None:
    problems: list[Problem] = []
    read_conventions(None, Where("plan.yaml", 1), problems)
    (problem,) = problems
    assert problem.slug == "convention-open"
    for mode, money in SHOWN["rounding"].money.items():
        assert f"rounding: [{{at: line, mode: {mode}, decimals: 2}}]: {money}" in str(problem)


PROFILE_FILES = sorted(PROFILES.glob("*.yaml"))


@pytest.mark.parametrize("path", PROFILE_FILES, ids=lambda p: p.stem)
def test_a_profile_can_be_read(path: Path) -> None:
    problems: list[Problem] = []
    conventions = read_conventions(Node.of({"profile": path.stem.replace("_", " "), "rounding": "exact"}), NOWHERE, problems)
    assert problems == []
    assert set(conventions.left_open) <= {*CONVENTIONS, "rounding"}, "a profile leaves a convention open that doesn't exist"
    assert not set(conventions.left_open) & set(conventions.readings), "stated and open at once"


@pytest.mark.parametrize("path", [p for p in PROFILE_FILES if p.stem != OWN], ids=lambda p: p.stem)
def test_every_line_of_a_profile_names_a_public_source(path: Path) -> None:
    problems: list[Problem] = []
    root = load_yaml(path, problems)
    assert root is not None
    assert problems == []
    assert root.get("system") is not None, "say which system it is"
    for name, entry in root.items():
        if name in ("system", "open"):
            continue
        source = entry.get("source")
        assert source is not None
        assert ADDRESS.search(source.text()), name
        assert not LOCAL.search(source.text()), name


def test_what_a_profile_leaves_open_says_so_in_the_problem() -> None:
    text = (
        "plan: P\npays: monthly\nconventions: {profile: siebel, rounding: exact, tier.accumulate: period}\n"
        "components: [{component: C, measure: bookings, credits: [direct], earn: [{retroactive: {tiers: [{from: 0%, to: 100%, rate: 1%}, {from: 100%, rate: 2%}]}}]}]"
    )
    problems: list[Problem] = []
    node = parse_yaml(text, "plan.yaml", problems)
    assert node is not None
    assert read_plan(node, problems) is None
    (asked,) = [p for p in problems if "tier.bound" in p.what]
    assert "The profile leaves it open: each rule has its own operator" in asked.why


def test_a_reading_with_a_comma_wants_quotes_in_braces() -> None:
    problems: list[Problem] = []
    node = parse_yaml("{rounding: exact, transaction.order: date, largest first}", "plan.yaml", problems)
    assert node is not None
    read_conventions(node, NOWHERE, problems)
    assert [p.slug for p in problems] == ["unknown-reading", "comma-in-braces"]
    assert 'transaction.order: "date, largest first" (' in str(problems[0])
