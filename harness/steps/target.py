"""The target system's results against the calculation."""

from __future__ import annotations

from harness.catalogue import sentence
from harness.scene import Scene
from harness.table_schemas import EXCEPTIONS, Rows
from reference_engine.vocabulary.numbers import Money


@sentence(
    "P03",
    "given",
    'the target\'s mapping "{file}"',
    meaning="How the target's export is read: a mapping file under scenarios/data.",
    example='the target\'s mapping "examples/northwind_q1/results.mapping.yaml"',
)
def mapping(scene: Scene, file: str) -> None:
    scene.mapping = scene.file(file, ["data"])


@sentence(
    "W7",
    "when",
    'the target system\'s results for {period} are loaded from "{file}"',
    meaning="Commissions are calculated for the period, and the target's export for it is read through its mapping: the one a step names, or <name>.mapping.yaml beside the file.",
    example='the target system\'s results for 2026-Q1 are loaded from "examples/northwind_q1/results.txt"',
)
def load_results(scene: Scene, period: str, file: str) -> None:
    scene.load_target(period, file)


def _agree(scene: Scene, money: Money, exceptions: Rows | None) -> None:
    __tracebackhide__ = True
    from harness.target_results import compare, known_differences, known_entries, require, verdict

    outcome = scene.outcome
    loaded = require(scene.loaded)
    known = known_differences(exceptions, loaded.mapping) if exceptions is not None else []
    result = compare(loaded, outcome, money, known, scene.today)
    scene.recorder.known += known_entries(result, scene.recorder.case.node)
    verdict(result)


@sentence(
    "T16",
    "then",
    "the target system agrees within {money}",
    meaning="Every row that was calculated is in the target and the other way round, and no single row differs by more than this amount.",
    example="the target system agrees within 0.01 EUR",
)
def agrees(scene: Scene, money: Money) -> None:
    __tracebackhide__ = True
    _agree(scene, money, None)


@sentence(
    "T17",
    "then",
    "the target system agrees within {money}, except:",
    table=EXCEPTIONS,
    meaning="As above, with differences that are accepted until a day. One that is gone, has changed or has expired fails.",
    example="the target system agrees within 0.01 EUR, except:",
)
def agrees_except(scene: Scene, money: Money, table: Rows) -> None:
    __tracebackhide__ = True
    _agree(scene, money, table)
