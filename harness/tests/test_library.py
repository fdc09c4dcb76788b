"""The library of features: wide, tied to requirements, reasoned, tested at its edges, and right where it can be recomputed."""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest

from harness.features import WrittenFeature, WrittenScenario, parse_feature
from harness.lint.tier_edges import EdgeBook
from harness.tests.independent_companies import COMPANIES, total
from reference_engine.problems import Problem

ROOT = Path(__file__).parents[2] / "features"
REASONS = re.compile(
    r" because(?: \"|:$)"  # lines with base, rate and amount; why nothing is paid
    r"|^the (?:statement|explanation) of "
    r"|^the credit of deal |^the territories of |^the quota of |by period (are|is):$"
    r"|^the expense of deal |^only these payouts change:|^the target system agrees "
    r"|^the forecast for "  # of nobody: nothing is paid on it
)


def _features() -> list[WrittenFeature]:
    features = []
    for path in sorted(ROOT.rglob("*.feature")):
        problems: list[Problem] = []
        feature = parse_feature(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT)), problems)
        assert not problems
        assert feature is not None
        features.append(feature)
    return features


FEATURES = _features()
SCENARIOS: list[tuple[WrittenFeature, WrittenScenario]] = [(f, s) for f in FEATURES for s in f.scenarios]


def _tags(feature: WrittenFeature, scenario: WrittenScenario) -> list[str]:
    return [t.name for t in (*scenario.tags, *feature.tags)]


def test_the_library_is_wide() -> None:
    assert len(SCENARIOS) >= 100
    areas = Counter(Path(f.path).parts[0] for f, _ in SCENARIOS)
    wanted = "balances calendars companies crediting earning money people pipeline plans programs quotas reconciliation releases restatement territories"
    assert {area: n for area, n in areas.items() if n < 3} == {}
    assert set(wanted.split()) <= set(areas)


@pytest.mark.parametrize("kind", ["id:", "req:", "sev"])
def test_every_scenario_is_tagged(kind: str) -> None:
    assert [s.name for f, s in SCENARIOS if not any(t.startswith(kind) for t in _tags(f, s))] == []


def test_ids_are_written_out_and_unique() -> None:
    ids = Counter(t.name for _, s in SCENARIOS for t in s.tags if t.name.startswith("id:"))
    assert [i for i, n in ids.items() if n > 1] == []
    assert len(ids) == len(SCENARIOS)


def test_every_scenario_says_why() -> None:
    unreasoned = [
        f"{f.path}: {s.name}"
        for f, s in SCENARIOS
        if not any(step.kind == "then" and REASONS.search(step.text) for step in s.steps)
    ]
    assert unreasoned == []


def test_tier_edges_are_tested_below_on_and_above() -> None:
    book = EdgeBook()
    for feature in FEATURES:
        book.add(feature)
    assert len(book.edges) >= 40, "the edges of the library's plans are found"
    assert [str(problem) for problem in book.advice()] == []


def _stated(company: str) -> dict[str, set[tuple[str, Fraction]]]:
    """What the features of a company expect: its control totals and its payouts, with their quarters."""
    found: dict[str, set[tuple[str, Fraction]]] = {"total": set(), "payout": set()}
    for feature, scenario in SCENARIOS:
        if not any(company in step.text for step in (*feature.background, *scenario.steps)):
            continue
        for step in scenario.steps:
            if m := re.fullmatch(r"total payouts for (\S+) are ([\d,.]+) EUR", step.text):
                found["total"].add((m[1], Fraction(m[2].replace(",", ""))))
            elif m := re.fullmatch(r'the payout of "([^"]+)" for (\S+) is ([\d,.]+) EUR', step.text):
                found["payout"].add((f"{m[1]} {m[2]}", Fraction(m[3].replace(",", ""))))
            elif (m := re.fullmatch(r"the payouts for (\S+) are:", step.text)) and step.table:
                for row in step.table.rows:
                    found["payout"].add(
                        (f"{row[0].value} {m[1]}", Fraction(row[1].value.split()[0].replace(",", "")))
                    )
    return found


@pytest.mark.parametrize("company", sorted(COMPANIES))
def test_control_totals_of_the_companies_come_out_without_the_engine(company: str) -> None:
    pay = COMPANIES[company]()
    stated = _stated(company)
    assert stated["total"] == {(q, total(pay, q)) for q in ("2026-Q1", "2026-Q2")}
    assert len(stated["payout"]) >= 5
    assert stated["payout"] <= {(f"{payee} {q}", amount) for (payee, q), amount in pay.items()}


def test_the_enterprise_is_one() -> None:
    pay = COMPANIES["Meridian Group 2026"]()
    assert len({payee for payee, _ in pay}) >= 100
    assert len({payee for payee, _ in COMPANIES["Harbor Tools 2026"]()}) >= 10


def test_a_deal_more_changes_the_control_total(monkeypatch: pytest.MonkeyPatch) -> None:
    """The recomputation looks at the files: one row less is another total."""
    from harness.tests import independent_companies as independent

    before = total(independent.harbor_tools(), "2026-Q1")
    every = independent.rows

    def without_the_first_deal(folder: Path, table: str) -> list[dict[str, str]]:
        found = every(folder, table)
        return found[1:] if table == "deals" else found

    monkeypatch.setattr(independent, "rows", without_the_first_deal)
    assert total(independent.harbor_tools(), "2026-Q1") < before
