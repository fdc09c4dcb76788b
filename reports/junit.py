"""The run as a JUnit file: what CI servers show as their list of tests.

It is drawn from the record, so it is the same however many processes ran the scenarios.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from fractions import Fraction

from reference_engine.vocabulary.numbers import plain_number
from reports.pages.figures import number_of
from reports.record_check import number
from reports.record_types import Grain, RunRecord
from reports.scenario_types import NotExecuted, ScenarioResult, StepResult

FILE = "junit.xml"
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(record: RunRecord) -> bytes:
    """One suite for each feature, one for the comparison, one for gate rules and one for the verdict.

    The verdict is a test of its own, so that a run that ended red is never shown as green.  A comparison that differs
    fails where it turned the run red; a demo, or gate rules that let it pass, leave it green with its figures as output.
    """
    root = ET.Element("testsuites", name=_legal(record.identity.title))
    suites = [*_features(record), *_comparison(record), *_gates(record), _verdict(record)]
    for suite in suites:
        _count(suite)
        suite.set("timestamp", record.circumstances.started.removesuffix("Z"))
        root.append(suite)
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in suites)))
    ET.indent(root)
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def _features(record: RunRecord) -> Iterable[ET.Element]:
    files = dict.fromkeys(
        [s.feature for s in record.scenarios] + [s.feature for s in record.scenario_counts.not_executed]
    )
    for file in files:
        ran = [s for s in record.scenarios if s.feature == file]
        suite = ET.Element("testsuite", name=_legal(ran[0].feature_name if ran else file))
        for scenario in ran:
            _scenario(suite, scenario)
        shown = {(s.id, s.case, s.name) for s in ran}
        for other in record.scenario_counts.not_executed:
            if other.feature == file and (other.id, other.case, other.name) not in shown:
                case = _case(suite, _name(other), file, other.row)
                ET.SubElement(case, "skipped", message=_legal(other.why))
        yield suite


def _scenario(suite: ET.Element, scenario: ScenarioResult) -> None:
    case = _case(suite, _name(scenario), scenario.feature, scenario.row or scenario.line)
    if scenario.duration:
        case.set("time", scenario.duration)
    if scenario.outcome == "failed":
        broken = [s for s in scenario.steps if s.outcome == "failed"]
        what = broken[0].message if broken and broken[0].message else "the scenario failed"
        failure = ET.SubElement(case, "failure", message=_legal(what.partition("\n")[0]), type="scenario")
        failure.text = _legal("\n\n".join(_step(scenario.feature, s) for s in broken))
    elif scenario.outcome == "not run":
        ET.SubElement(case, "skipped", message="not run")


def _step(file: str, step: StepResult) -> str:
    place = f"{file}:{step.line}: " if step.line else ""
    return f"{place}{step.keyword.strip()} {step.text}\n{step.message}"


def _comparison(record: RunRecord) -> Iterable[ET.Element]:
    if not record.grains:
        return
    suite = ET.Element("testsuite", name="Comparison")
    is_red = record.verdict.exit_code != 0
    for grain in record.grains:
        case = _case(suite, f"{grain.name} agree", "comparison")
        _told(case, _figures(grain), grain.differences > 0 and is_red)
    for known in record.known:
        if known.state != "accepted":
            case = _case(suite, f"known {known.what}: {known.message}", "comparison", known.line)
            _told(case, known.message, is_red)
    yield suite


def _figures(grain: Grain) -> str:
    money = " and ".join(f"{amount} {currency}".strip() for currency, amount in grain.difference.items())
    classes = ", ".join(f"{name} {count:,}" for name, count in grain.by_class.items() if count)
    return (
        f"{grain.compared:,} compared, {grain.matched:,} agree, {grain.differences:,} differ"
        + (f" ({classes})" if classes else "")
        + (f", {grain.known:,} known" if grain.known else "")
        + (f"; in total {money}" if money else "")
        + "."
    )


def _gates(record: RunRecord) -> Iterable[ET.Element]:
    if record.gates is None or not record.gates.rules:
        return
    suite = ET.Element("testsuite", name="Gate rules")
    for gate in record.gates.rules:
        case = _case(suite, gate.rule, "gates", gate.line)
        if gate.state == "not judged":
            ET.SubElement(case, "skipped", message=_legal(gate.figures or "not judged"))
        else:
            _told(case, "\n".join((gate.figures, *gate.details)), gate.state == "fails")
    yield suite


def _verdict(record: RunRecord) -> ET.Element:
    suite = ET.Element("testsuite", name="Verdict")
    case = _case(suite, "The run ends with 0", "verdict")
    problems = "\n".join(str(problem) for problem in record.problems)
    told = f"{record.verdict.sentence}\n{problems}".strip()
    _told(case, told, record.verdict.exit_code != 0, f"ended with {record.verdict.exit_code}: ")
    if len(record.problems) > 1:
        case.set("name", f"The run ends with 0 ({number_of(len(record.problems), 'problem')})")
    return suite


def _case(suite: ET.Element, name: str, group: str, line: int = 0) -> ET.Element:
    case = ET.SubElement(suite, "testcase", name=_legal(name), classname=_legal(group))
    if line and group.endswith(".feature"):
        case.set("file", _legal(group))
        case.set("line", str(line))
    return case


def _told(case: ET.Element, text: str, is_failure: bool, before: str = "") -> None:
    if is_failure:
        failure = ET.SubElement(
            case, "failure", message=_legal(before + text.partition("\n")[0]), type="verdict"
        )
        failure.text = _legal(text)
    else:
        ET.SubElement(case, "system-out").text = _legal(text)


def _count(suite: ET.Element) -> None:
    cases = suite.findall("testcase")
    suite.set("tests", str(len(cases)))
    suite.set("failures", str(sum(case.find("failure") is not None for case in cases)))
    suite.set("errors", "0")
    times = [number(case.get("time", "")) for case in suite.findall("testcase") if case.get("time")]
    if times:
        suite.set("time", plain_number(sum(times, Fraction(0)), 6))
    suite.set("skipped", str(sum(case.find("skipped") is not None for case in cases)))


def _name(one: ScenarioResult | NotExecuted) -> str:
    return " ".join(part for part in (one.id, one.name, f"[{one.case}]" if one.case else "") if part)


def _legal(text: str) -> str:
    """The text with what XML can't hold written as its code."""
    return _ILLEGAL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
