"""Each feature as it was written, every line of it, with what happened beside the lines that did something."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from reports.anchors import anchor, anchors
from reports.feature_types import FeatureText
from reports.record_types import RunRecord
from reports.scenario_types import NotExecuted, ScenarioResult, StepResult

MARKS = {"passed": "\u2713", "failed": "\u2717", "not run": "\u25cb"}
_HEADING = re.compile(r"(\s*)([^|#@\"':]{2,40}:)(.*)", re.DOTALL)
_WORST = ("failed", "not run", "passed")
MESSAGES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Message:
    """Why a step failed.  case: in which row of Examples."""

    case: str
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line.  lead, strong, rest: its text, the keyword apart.  kind: heading, step, row, tag, note or other.

    word: the outcome as it is said beside the line.  anchor: of the result that it links to.  place: its own.
    """

    kind: str
    lead: str
    strong: str
    rest: str
    outcome: str = ""
    mark: str = ""
    word: str = ""
    anchor: str = ""
    place: str = ""
    messages: tuple[Message, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class FeaturePage:
    """One feature file.  outcome: the worst of its scenarios."""

    name: str
    path: str
    sha256: str
    place: str
    outcome: str
    mark: str
    summary: str
    lines: tuple[Line, ...]


@dataclass(slots=True)
class _Found:
    """What happened, by line of one feature file."""

    starts: dict[int, list[ScenarioResult]]
    rows: dict[int, ScenarioResult]
    left: dict[int, list[NotExecuted]]
    steps: dict[int, list[tuple[ScenarioResult, StepResult]]]


def features_page(record: RunRecord) -> tuple[FeaturePage, ...]:
    """Every feature whose text was kept; those with a failure first."""
    places = anchors(record)
    pages = []
    for feature in record.features:
        results = [s for s in record.scenarios if s.feature == feature.path]
        left = [n for n in record.scenario_counts.not_executed if n.feature == feature.path]
        pages.append(
            _page(feature, results, left, {(s.id, s.case): places[s.feature, s.id, s.case] for s in results})
        )
    return tuple(sorted(pages, key=lambda page: _WORST.index(page.outcome)))


def line_place(path: str, line: int) -> str:
    """The anchor of a line of a feature."""
    return f"{anchor('feature', path)}-{line}"


def _page(
    feature: FeatureText,
    results: list[ScenarioResult],
    left: list[NotExecuted],
    places: dict[tuple[str, str], str],
) -> FeaturePage:
    found = _Found(defaultdict(list), {}, defaultdict(list), defaultdict(list))
    for s in results:
        found.starts[s.line].append(s)
        if s.row and s.row != s.line:
            found.rows[s.row] = s
        for step in s.steps:
            found.steps[step.line].append((s, step))
    for n in left:
        found.left[n.row].append(n)
    counts = {o: sum(s.outcome == o for s in results) for o in _WORST}
    counts["not run"] += len(left)
    outcome = next((o for o in _WORST if counts[o]), "not run")
    summary = ", ".join(f"{n:,} {o}" for o, n in counts.items() if n) or "holds no scenario"
    return FeaturePage(
        feature.name,
        feature.path,
        feature.sha256,
        anchor("feature", feature.path),
        outcome,
        MARKS[outcome],
        summary,
        tuple(_lines(feature, found, places)),
    )


def _lines(feature: FeatureText, found: _Found, places: dict[tuple[str, str], str]) -> list[Line]:
    lines: list[Line] = []
    block = ""
    for number, text in enumerate(feature.text.splitlines(), 1):
        bare = text.lstrip()
        mark = bare[:3]
        if block or mark in ('"""', "```"):
            lines.append(Line("note", "", "", text))
            if block and mark == block:
                block = ""
            elif not block:
                block = mark
        elif number in found.rows or (number in found.left and bare.startswith("|")):
            lines.append(_row(text, number, found, places, feature.path))
        elif number in found.steps:
            lines.append(_step(text, found.steps[number], places))
        elif number in found.starts or number in found.left:
            lines.append(_start(text, number, found, places, feature.path))
        else:
            lines.append(_other(text, bare))
    return lines


def _row(text: str, number: int, found: _Found, places: dict[tuple[str, str], str], path: str) -> Line:
    result = found.rows.get(number)
    outcome = result.outcome if result is not None else "not run"
    link = places[result.id, result.case] if result is not None else ""
    return Line("row", "", "", text, outcome, MARKS[outcome], outcome, link, line_place(path, number))


def _start(text: str, number: int, found: _Found, places: dict[tuple[str, str], str], path: str) -> Line:
    """The heading of a scenario, with its result; of an outline, in how many of its rows."""
    lead, strong, rest = _parts(text)
    results, left = found.starts.get(number, []), list(found.left.get(number, []))
    if results:
        left += [
            n for line, rows in found.left.items() if line != number for n in rows if n.id == results[0].id
        ]
    outcomes = [s.outcome for s in results] + ["not run"] * len(left)
    outcome = next(o for o in _WORST if o in outcomes)
    word: str = outcome
    if len(outcomes) > 1 or any(s.row != s.line and s.row for s in results):
        word = f"{outcomes.count(outcome):,} of {len(outcomes):,} {outcome}"
    first = next((s for s in results if s.outcome == outcome), None)
    link = places[first.id, first.case] if first is not None else ""
    return Line("heading", lead, strong, rest, outcome, MARKS[outcome], word, link, line_place(path, number))


def _step(
    text: str, results: list[tuple[ScenarioResult, StepResult]], places: dict[tuple[str, str], str]
) -> Line:
    bare = text.lstrip()
    keyword = next((step.keyword for _, step in results if bare.startswith(step.keyword)), "")
    outcomes = [step.outcome for _, step in results]
    outcome = next(o for o in _WORST if o in outcomes)
    failed = [(s, step) for s, step in results if step.outcome == "failed"]
    messages = tuple(
        Message(s.case, step.message, places[s.id, s.case]) for s, step in failed[:MESSAGES_SHOWN]
    )
    word = f"failed in {len(failed):,} of {len(results):,}" if failed and len(results) > 1 else ""
    lead = text[: len(text) - len(bare)]
    return Line(
        "step", lead, keyword, bare[len(keyword) :], outcome, MARKS[outcome], word,
        messages=messages, more=len(failed) - len(messages),
    )  # fmt: skip


def _other(text: str, bare: str) -> Line:
    if bare.startswith("|"):
        return Line("cells", "", "", text)
    if bare.startswith("#"):
        return Line("note", "", "", text)
    if bare.startswith("@"):
        return Line("tag", "", "", text)
    lead, strong, rest = _parts(text)
    return Line("heading" if strong else "text", lead, strong, rest)


def _parts(text: str) -> tuple[str, str, str]:
    match = _HEADING.fullmatch(text)
    return (match[1], match[2], match[3]) if match else ("", "", text)
