"""Gate rules: read strictly, judged on exact figures, and never passed by a run that proves nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.evidence.gate_results import judged
from harness.evidence.gates import GateFile, read_gates
from reference_engine.problems import Problem
from reports.gate_types import Gate
from reports.record import Circumstances, Identity, RunRecord, Verdict
from reports.record_check import number
from reports.requirement_types import Requirement, RequirementList
from reports.tests.synthetic import LINES, synthetic_record
from reports.tests.synthetic_judged import with_judged, with_since
from reports.tests.synthetic_known import with_known


def read(tmp_path: Path, text: str) -> GateFile:
    path = tmp_path / "gates.yaml"
    path.write_text(text, "utf-8")
    problems: list[Problem] = []
    found = read_gates(path, problems)
    assert found is not None, problems
    return found


def rules(tmp_path: Path, record: RunRecord, *lines: str) -> list[Gate]:
    """The rules stated in a file, judged on a record."""
    after = judged(record, read(tmp_path, "gates:\n" + "".join(f"  - {line}\n" for line in lines)))
    assert after.gates is not None
    return [gate for gate in after.gates.rules if gate.origin == "stated"]


def compared(refunds: int = 3, free: int = 2) -> RunRecord:
    record = synthetic_record(refunds, free)
    return replace(record, identity=replace(record.identity, kind="reconcile"))


def ran() -> RunRecord:
    """A run with one failed, two passed and one skipped scenario: TIER-1 is sev-1, TIER-2 has no severity."""
    record = with_judged(replace(synthetic_record(0, 0), grains=(), differences=(), groups=(), plans=()))
    return replace(record, gates=None, verdict=Verdict("failed", "1 of 3 scenarios failed.", 1))


WRONG = {
    "no list": ("gates: yes\n", 1),
    "nothing": ("gates:\n", 1),
    "an unknown rule": ("gates:\n  - open diferences at most: 3\n", 2),
    "no number": ("gates:\n  - open differences at most: few\n", 2),
    "a negative number": ("gates:\n  - open differences at most: -1\n", 2),
    "a fraction": ("gates:\n  - failed scenarios at most: 1.5\n", 2),
    "an unknown severity": ("gates:\n  - every scenario executed: [sev1, sev7]\n", 2),
    "no severity": ("gates:\n  - every scenario executed: no\n", 2),
    "no currency": ("gates:\n  - open money at most: 100\n", 2),
    "an unknown currency": ("gates:\n  - open money at most: {XQQ: 100}\n", 2),
    "money below zero": ("gates:\n  - open money at most: {USD: -1.00}\n", 2),
    "a setting of another rule": ("gates:\n  - open differences at most: 3\n    severity: [sev1]\n", 3),
    "two rules in one": ("gates:\n  - open differences at most: 3\n    new differences at most: 0\n", 2),
    "the same twice": ("gates:\n  - open differences at most: 3\n  - open differences at most: 4\n", 3),
    "an unknown word": ("gates:\n  - every known difference holds: yes\nrules: 1\n", 3),
    "a word": ("gates:\n  - everything\n", 2),
}


@pytest.mark.parametrize("how", WRONG)
def test_a_rule_that_is_not_understood_stops_the_run(how: str, tmp_path: Path) -> None:
    text, line = WRONG[how]
    path = tmp_path / "gates.yaml"
    path.write_text(text, "utf-8")
    problems: list[Problem] = []
    assert read_gates(path, problems) is None
    assert ("gate-rule", line) in [(p.slug, p.where.line) for p in problems]
    assert all(p.remedy for p in problems)


def test_the_default_is_stated_as_such() -> None:
    after = judged(compared(), None)
    assert after.gates is not None
    assert [(g.rule, g.state, g.origin) for g in after.gates.rules] == [
        (f"no difference in {LINES}", "fails", "default"),
        ("no difference in settlements", "fails", "default"),
    ]
    assert after.verdict.exit_code == 1
    assert judged(compared(0, 0), None).verdict.exit_code == 0


def test_a_run_within_its_rules_ends_with_0_and_says_so(tmp_path: Path) -> None:
    file = read(tmp_path, "gates:\n  - open differences at most: 5\n    because: agreed with Finance\n")
    after = judged(compared(), file)
    assert (after.verdict.outcome, after.verdict.exit_code) == ("differs", 0)
    assert after.verdict.sentence == "5 of 26,560 commission lines differ; 1 gate rule holds."
    assert after.gates is not None
    assert (after.gates.rules[0].because, after.gates.rules[0].line) == ("agreed with Finance", 2)
    assert judged(compared(4, 2), file).verdict.exit_code == 1, "one more than the limit"


def test_a_limit_of_one_grain_leaves_the_others_to_the_default(tmp_path: Path) -> None:
    file = read(tmp_path, f"gates:\n  - open differences at most: 5\n    grain: {LINES}\n")
    after = judged(compared(), file)
    assert after.gates is not None
    assert [(g.rule, g.state, g.origin) for g in after.gates.rules] == [
        (f"at most 5 {LINES} differ", "holds", "stated"),
        ("no difference in settlements", "fails", "default"),
    ]


def test_a_grain_that_was_not_compared_fails(tmp_path: Path) -> None:
    (gate,) = rules(tmp_path, compared(), "open differences at most: 5\n    grain: balances")
    assert (gate.state, gate.figures) == ("fails", '"balances" was not compared')


def test_money_counts_each_difference_by_its_size_and_to_the_cent(tmp_path: Path) -> None:
    record = compared()
    record = replace(
        record, grains=record.grains[:1], differences=tuple(d for d in record.differences if d.grain == LINES)
    )
    first, *rest = record.differences
    # One of them the other way round: more and less must not cancel out.
    turned = replace(first, expected=first.actual, actual=first.expected, difference=f"-{first.difference}")
    record = replace(record, differences=(turned, *rest))
    gross = sum((abs(number(d.difference)) for d in record.differences), number("0"))
    assert abs(sum((number(d.difference) for d in record.differences), number("0"))) < gross
    cents = int(gross * 100)
    just, under = (f"{n // 100}.{n % 100:02d}" for n in (cents, cents - 1))
    (gate,) = rules(tmp_path, record, f"open money at most: {{USD: {just}}}")
    assert gate.state == "holds", gate
    (gate,) = rules(tmp_path, record, f"open money at most: {{USD: {under}}}")
    assert (gate.state, gate.details) == ("fails", (f"{LINES}: 0.01 USD over the limit",))
    (gate,) = rules(tmp_path, record, "open money at most: {EUR: 1000000.00}")
    assert (gate.state, gate.details) == ("fails", (f"{LINES}: the rule states no limit for USD",))


def test_scenarios_by_severity(tmp_path: Path) -> None:
    executed, failed, none, rest = rules(
        tmp_path,
        ran(),
        "every scenario executed: [sev1, sev2]",
        "failed scenarios at most: 1\n    severity: [sev1]",
        "every scenario executed: [sev3]",
        "failed scenarios at most: 0",
    )
    assert (executed.state, executed.figures, executed.details) == (
        "fails",
        "2 of 3 executed",
        ("TIER-1 (skipped): SKIPPED",),
    )
    assert (failed.state, failed.figures) == ("holds", "1 of 2 executed failed")
    assert (none.state, none.figures) == ("fails", "no sev-3 scenario is written, so the rule proves nothing")
    assert (rest.state, rest.details) == ("fails", ("TIER-1 (on it): Around the edge",))


def test_a_rule_for_one_severity_leaves_the_others_to_the_default(tmp_path: Path) -> None:
    record = ran()
    failing = replace(record, scenarios=tuple(replace(s, outcome="failed") for s in record.scenarios))
    after = judged(failing, read(tmp_path, "gates:\n  - failed scenarios at most: 2\n    severity: [sev1]\n"))
    assert after.gates is not None
    assert [(g.rule, g.state) for g in after.gates.rules][:2] == [
        ("at most 2 sev-1 scenarios fail", "holds"),
        ("no other scenario fails", "fails"),
    ]
    assert after.verdict.exit_code == 1


def test_requirements(tmp_path: Path) -> None:
    covered, proved, some = rules(
        tmp_path,
        ran(),
        "every requirement covered: yes",
        "every requirement proved: [sev1]",
        "scenarios without a requirement at most: 1",
    )
    assert (covered.state, covered.figures, covered.details) == (
        "fails",
        "1 of 2 covered",
        ("REQ-8 Draws: no scenario",),
    )
    assert (proved.state, proved.details) == ("fails", ("REQ-7 Tiers: failed",))
    assert (some.state, some.figures) == ("holds", "1 scenario without one, 0 with one that isn't listed")
    (none,) = rules(tmp_path, replace(ran(), requirements=None), "every requirement covered: yes")
    assert (none.state, none.figures) == ("fails", "no list of requirements was given (--requirements)")
    optional = RequirementList("r.csv", "", (Requirement("REQ-9", "Contests", "", "yes"),))
    (vacuous,) = rules(tmp_path, replace(ran(), requirements=optional), "every requirement covered: yes")
    assert vacuous.state == "fails", "a list of nothing but optional requirements proves nothing"


def test_known_new_and_unreadable(tmp_path: Path) -> None:
    record = with_known(compared(200, 20))
    (known,) = rules(tmp_path, record, "every known difference holds: yes")
    assert (known.state, known.figures) == ("fails", "1 of 2 hold")
    (without,) = rules(tmp_path, compared(), "new differences at most: 0")
    assert without.state == "not judged"
    new, more = (rules(tmp_path, with_since(compared()), f"new differences at most: {n}")[0] for n in (2, 3))
    assert (new.state, more.state) == ("fails", "holds")
    assert new.figures == f"2 new and 1 changed in {LINES}, since run before-1"
    (readable,) = rules(tmp_path, compared(), "unreadable rows at most: 0")
    assert readable.state == "holds"


def test_rules_do_not_save_a_run_that_stopped_or_lost_scenarios(tmp_path: Path) -> None:
    file = read(tmp_path, "gates:\n  - failed scenarios at most: 9\n")
    stopped = replace(ran(), verdict=Verdict("stopped", "Nothing was tested.", 2))
    assert judged(stopped, file).verdict == stopped.verdict
    assert judged(ran(), file).verdict.exit_code == 0
    assert judged(ran(), file, lost=1).verdict.exit_code == 1


def test_what_a_run_does_not_have_is_not_judged(tmp_path: Path) -> None:
    nothing = RunRecord(
        Identity("x", "reconcile", "1", "3"),
        Circumstances("r", "c", "", ""),
        Verdict("agrees", "All agree.", 0),
    )
    for line in (
        "every scenario executed: yes",
        "failed scenarios at most: 0",
        "every requirement covered: yes",
        "open differences at most: 0",
        "open money at most: {USD: 0}",
    ):
        (gate,) = rules(tmp_path, nothing, line)
        assert gate.state == "not judged", line


def test_a_limit_on_money_lets_nothing_pass_that_moves_none(tmp_path: Path) -> None:
    record = compared(1, 0)
    first = next(d for d in record.differences if d.grain == LINES)
    late = replace(first, class_="timing", expected="250.00", actual="250.00", difference="0.00")
    other = replace(late, class_="field")
    file = read(tmp_path, "gates:\n  - open money at most: {USD: 249.99}\n")
    for row, words in (
        (late, f"{LINES}: 0.01 USD over the limit"),
        (other, f"no difference without money in {LINES}"),
    ):
        only = replace(record, grains=record.grains[:1], differences=(row,))
        after = judged(only, file)
        assert after.verdict.exit_code == 1
        assert after.gates is not None
        (failed,) = after.gates.failed
        assert words in (failed.rule, *failed.details)
        assert judged(only, read(tmp_path, "gates:\n  - open differences at most: 1\n  - open money at most: {USD: 250.00}\n")).verdict.exit_code == 0
