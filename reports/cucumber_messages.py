"""The run as Cucumber messages: what Cucumber's own reports and test management tools read.

It is drawn from the record, so it is the same however many processes ran the scenarios.  Every example that is written has
a test case: one that wasn't executed is skipped, with the reason, so that nobody takes a part for the whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from gherkin.ast_builder import AstBuilder
from gherkin.errors import CompositeParserException, ParserException
from gherkin.parser import Parser
from gherkin.pickles.compiler import Compiler
from gherkin.stream.id_generator import IdGenerator

from reports.record_check import number
from reports.record_types import RunRecord
from reports.scenario_types import NotExecuted, ScenarioResult, StepResult

FILE = "cucumber.ndjson"
PROTOCOL = "34.2.0"
STATUS = {"passed": "PASSED", "failed": "FAILED", "not run": "SKIPPED"}
ZERO = {"seconds": 0, "nanos": 0}
Envelope = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Example:
    """One example as it is written, with what happened to it.  result: None where it wasn't executed; why: the reason then."""

    pickle: Mapping[str, Any]
    result: ScenarioResult | None
    why: str


@dataclass(frozen=True, slots=True)
class ReadFeature:
    """A feature as Gherkin reads it.  error: why it can't be read; document and examples are empty then."""

    uri: str
    text: str
    document: Mapping[str, Any]
    examples: tuple[Example, ...]
    error: str = ""


def cucumber_messages(record: RunRecord) -> bytes:
    """One message a line.  Steps have no time of their own: the record keeps that of the scenario."""
    lines = [json.dumps(one, ensure_ascii=True, separators=(",", ":")) for one in _envelopes(record)]
    return ("\n".join(lines) + "\n").encode()


def read_features(record: RunRecord) -> list[ReadFeature]:
    """The features of a record, read once more, with the result beside each example."""
    ids = IdGenerator()
    ran = {(s.feature, s.row or s.line): s for s in record.scenarios}
    left = {(n.feature, n.row): n for n in record.scenario_counts.not_executed}
    return [_read(feature.path, feature.text, ids, ran, left) for feature in record.features]


def _read(
    uri: str,
    text: str,
    ids: Any,
    ran: Mapping[tuple[str, int], ScenarioResult],
    left: Mapping[tuple[str, int], NotExecuted],
) -> ReadFeature:
    try:
        document: Any = Parser(AstBuilder(ids)).parse(text)
        document["uri"] = uri
        pickles = Compiler(ids).compile(document)
    except (CompositeParserException, ParserException) as error:
        return ReadFeature(uri, text, {}, (), str(error))
    places = dict(_places(document))
    found = []
    for pickle in pickles:
        line = places[pickle["astNodeIds"][-1]]
        result, other = ran.get((uri, line)), left.get((uri, line))
        found.append(Example(pickle, result, "" if result else other.why if other else "it has no result"))
    return ReadFeature(uri, text, document, tuple(found))


def _places(node: Any) -> Iterator[tuple[str, int]]:
    """The line of each part of a feature, by its id."""
    if isinstance(node, Mapping):
        if "id" in node and "location" in node:
            yield node["id"], node["location"]["line"]
        for value in node.values():
            yield from _places(value)
    elif isinstance(node, list):
        for item in node:
            yield from _places(item)


def step_results(example: Example) -> list[StepResult | None]:
    """What happened to each step of an example, in the order in which it is written."""
    steps = example.pickle["steps"]
    ran = example.result.steps if example.result else ()
    if len(ran) == len(steps):
        return list(ran)
    waiting = list(ran)
    found: list[StepResult | None] = []
    for step in steps:
        match = next((s for s in waiting if s.text == step["text"]), None)
        if match is not None:
            waiting.remove(match)
        found.append(match)
    return found


def _envelopes(record: RunRecord) -> Iterator[Envelope]:
    who = record.identity
    yield {
        "meta": {
            "protocolVersion": PROTOCOL,
            "implementation": {"name": "trueup", "version": who.trueup_version},
            "runtime": {"name": "Python", "version": who.python_version},
            "os": {"name": "not recorded"},
            "cpu": {"name": "not recorded"},
        }
    }
    features = read_features(record)
    for feature in features:
        yield {
            "source": {"uri": feature.uri, "data": feature.text, "mediaType": "text/x.cucumber.gherkin+plain"}
        }
        if feature.error:
            yield {"parseError": {"source": {"uri": feature.uri}, "message": feature.error}}
            continue
        yield {"gherkinDocument": feature.document}
        yield from ({"pickle": example.pickle} for example in feature.examples)
    start = datetime.fromisoformat(record.circumstances.started).astimezone(UTC)
    yield {"testRunStarted": {"id": "run", "timestamp": _moment(start)}}
    cases = [(f"case-{i}", example) for i, example in enumerate((e for f in features for e in f.examples), 1)]
    for ident, example in cases:
        steps = [
            {"id": f"{ident}-{n}", "pickleStepId": step["id"]}
            for n, step in enumerate(example.pickle["steps"], 1)
        ]
        yield {
            "testCase": {
                "id": ident,
                "pickleId": example.pickle["id"],
                "testRunStartedId": "run",
                "testSteps": steps,
            }
        }
    for ident, example in cases:
        yield from _ran(ident, example, start)
    end = datetime.fromisoformat(record.circumstances.finished or record.circumstances.started).astimezone(
        UTC
    )
    yield {
        "testRunFinished": {
            "success": record.verdict.exit_code == 0,
            "timestamp": _moment(end),
            "testRunStartedId": "run",
        }
    }


def _ran(ident: str, example: Example, start: datetime) -> Iterator[Envelope]:
    attempt = f"{ident}-attempt"
    duration = number(example.result.duration) if example.result else 0
    end = start + timedelta(microseconds=int(duration * 1_000_000))
    yield {"testCaseStarted": {"id": attempt, "testCaseId": ident, "attempt": 0, "timestamp": _moment(start)}}
    for n, step in enumerate(step_results(example), 1):
        result: dict[str, Any] = {"duration": ZERO, "status": STATUS[step.outcome] if step else "SKIPPED"}
        message = (step.message if step and step.outcome == "failed" else "") or (
            example.why if n == 1 else ""
        )
        if message:
            result["message"] = message
        step_id = {"testCaseStartedId": attempt, "testStepId": f"{ident}-{n}"}
        yield {"testStepStarted": step_id | {"timestamp": _moment(start)}}
        yield {"testStepFinished": step_id | {"testStepResult": result, "timestamp": _moment(end)}}
    yield {
        "testCaseFinished": {"testCaseStartedId": attempt, "timestamp": _moment(end), "willBeRetried": False}
    }


def _moment(when: datetime) -> dict[str, int]:
    since = when - datetime(1970, 1, 1, tzinfo=UTC)
    return {"seconds": since.days * 86_400 + since.seconds, "nanos": since.microseconds * 1_000}
