"""The pages that answer a reviewer: front, gate rules, requirements, features as written, history."""

from __future__ import annotations

import re

from reports.pages.features import features_page
from reports.pages.front import front_page
from reports.pages.glance import glance_page
from reports.pages.history import history_page
from reports.pages.matrix import matrix_page
from reports.record import RunRecord
from reports.site import page
from reports.tests.synthetic import LINES, synthetic_record
from reports.tests.synthetic_judged import PATH, TEXT, with_judged, with_since
from reports.tests.test_report_page import EVIL, Elements, visible


def judged() -> RunRecord:
    return with_judged(synthetic_record(0, 0))


def test_the_front_answers_at_once() -> None:
    words = visible(page(judged())).split("Requirements and what proves them")[0]
    for expected in (
        "A green run is not an approval.",
        "Suite features",
        "Periods 2026-Q1",
        "✗ fails No sev-1 scenario fails because agreed 1 of 2 executed failed TIER-1",
        "○ not judged No row differs this run compares nothing",
        "trueup's own, as the file says nothing about it",
        "Written 4",
        "not everything written was executed",
        "TIER-1 Around the edge skipped features/tiers.feature SKIPPED",
        "Compared with the run before, run before-1 of 2026-03-30 08:00:00 UTC.",
        "2 scenarios changed. TIER-1: ✓ passed → ✗ failed.",
        "Not tested",
    ):
        assert expected in words.replace("&#39;", "'"), expected


def test_a_failed_gate_is_red_whatever_the_run_says() -> None:
    record = judged()
    assert record.verdict.outcome == "agrees"
    glance = glance_page(record, front_page(record))
    assert (glance.tone, glance.outcome) == ("bad", "Both sides agree; 1 of 3 gate rules fails")


def test_without_a_file_of_rules_the_page_says_what_applies() -> None:
    from dataclasses import replace

    record = judged()
    assert record.gates is not None
    words = visible(page(replace(record, gates=replace(record.gates, file="", sha256=""))))
    assert (
        "no file of rules was given, so trueup's own apply: nothing may fail, differ or be left out"
        in words.replace("&#39;", "'")
    )


def test_a_feature_stands_as_it_was_written_to_the_last_blank() -> None:
    (feature,) = features_page(judged())
    assert "\n".join(line.lead + line.strong + line.rest for line in feature.lines) + "\n" == TEXT.replace(
        "{evil}", ""
    )
    said = {
        i: (line.outcome, line.word, line.anchor) for i, line in enumerate(feature.lines, 1) if line.outcome
    }
    assert said == {
        6: ("failed", "1 of 3 failed", "scenario-TIER-1-on-it-" + said[6][2][-8:]),
        7: ("passed", "", ""),
        8: ("passed", "", ""),
        12: ("passed", "", ""),
        15: ("failed", "failed in 1 of 2", ""),
        19: ("passed", "passed", "scenario-TIER-1-below"),
        20: ("failed", "failed", said[6][2]),
        21: ("not run", "not run", ""),
        24: ("passed", "passed", "scenario-TIER-2"),
        25: ("passed", "", ""),
    }
    assert [(m.case, m.text) for m in feature.lines[14].messages] == [("on it", "0.01 EUR too little")]


def test_every_link_inside_the_page_has_its_place() -> None:
    for record in (
        judged(),
        with_judged(synthetic_record(5, 3, evil=EVIL), EVIL),
        with_since(synthetic_record()),
    ):
        elements = Elements(page(record))
        places = [a["id"] for _, a in elements.found if "id" in a]
        assert len(places) == len(set(places))
        links = {
            (a["href"] or "")[1:]
            for t, a in elements.found
            if t == "a" and (a.get("href") or "").startswith("#")
        }
        assert {link for link in links if "&" not in link} <= set(places)


def test_hostile_words_of_a_judged_run_stay_words() -> None:
    record = with_judged(with_since(synthetic_record(5, 3, evil=EVIL), EVIL), EVIL)
    elements = Elements(page(record))
    assert "img" not in [tag for tag, _ in elements.found]
    assert not [a for _, attributes in elements.found for a in attributes if a.startswith("on")]


def test_the_matrix_shows_the_gaps_both_ways() -> None:
    matrix = matrix_page(judged())
    assert matrix is not None
    assert [(r.id, r.state, r.passed, r.failed, r.not_run) for r in matrix.rows] == [
        ("REQ-7", "failed", 1, 1, 1),
        ("REQ-8", "no scenario", 0, 0, 0),
        ("REQ-9", "no scenario", 0, 0, 0),
    ]
    assert (matrix.proved, matrix.wanted) == (0, 2), "an optional requirement isn't asked for"
    assert [r.id for r in matrix.uncovered] == ["REQ-8", "REQ-9"]
    assert [c.id for c in matrix.without] == ["TIER-2"]
    assert [(s.severity, s.written, s.executed, s.passed, s.failed) for s in matrix.severities] == [
        ("1", 3, 2, 1, 1),
        ("", 1, 1, 1, 0),
    ]


def test_a_requirement_that_is_only_a_tag_is_not_in_the_list() -> None:
    from dataclasses import replace

    record = judged()
    assert record.requirements is not None
    fewer = replace(
        record, requirements=replace(record.requirements, requirements=record.requirements.requirements[1:])
    )
    matrix = matrix_page(fewer)
    assert matrix is not None
    assert [r.id for r in matrix.unlisted] == ["REQ-7"]
    without_list = matrix_page(replace(record, requirements=None))
    assert without_list is not None
    assert (without_list.has_list, without_list.unlisted) == (False, ())
    assert "No list of requirements was given" in page(replace(record, requirements=None))


def test_new_open_and_gone_with_their_money() -> None:
    record = with_since(synthetic_record())
    history = history_page(record)
    assert history is not None
    (grain,) = history.grains
    lines = [d for d in record.differences if d.grain == LINES]
    assert (grain.new, grain.changed, grain.still, grain.gone) == (2, 1, len(lines) - 2, 1)
    words = visible(page(record))
    assert f"2 new, {len(lines) - 2} still open (1 with another amount), 1 gone." in words
    assert "\u22124.50 USD" in words, "what went is said currency by currency"
    assert "+1.00 EUR" in words
    assert [bar.value for bar in history.bars] == ["3", "267"]
    heights = [bar.parts[0][0] for bar in history.bars]
    assert heights == [2, 120], "a few beside many are still seen"


def test_by_plan_period_and_currency_stand_on_the_front() -> None:
    record = synthetic_record()
    glance = glance_page(record, front_page(record))
    assert [(part.dimension, len(part.rows), part.rows[0].all_agree) for part in glance.parts] == [
        ("plan", 2, False),
        ("period", 2, False),
    ]
    assert next((row.grain, row.currency, row.differing) for row in glance.currencies) == (LINES, "USD", "267")


def test_a_record_without_any_of_it_still_draws() -> None:
    text = page(synthetic_record())
    for part in ("gates", "matrix", "features", "history"):
        assert not re.search(f'id="{part}"', text), part
    assert "A green run is not an approval" in text
    assert PATH not in text
