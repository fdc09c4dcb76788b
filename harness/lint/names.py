"""Names of payees in what features expect and in what is sold, against the payees that the scenario states."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from harness import catalogue
from harness.catalogue import ReadStep
from harness.features import WrittenFeature, WrittenStep
from harness.lint.plans_stated import facts_of, project_of
from harness.names_stated import COLUMNS, misspelt, named
from harness.recorder import Recorder
from harness.scene import Scene
from harness.verdicts import Mismatch
from reference_engine.problems import Problem, Stopped, Where, did_you_mean
from reference_engine.vocabulary.tables import TextTable

_IN_FILES = {"P02", "G01", "G37", "G58"}
"""Sentences that name payees which stand elsewhere."""
_PLANS = {"plans", "earning"}
"""Topics of sentences that name no payees."""
_LISTING = {"G07", "G21", "G22"}
"""Sentences that list payees or put them on a plan."""
_TARGET = {"T16", "T17"}
"""Expectations whose payees are written as a target system has them."""

Given = tuple[tuple[WrittenStep, ReadStep], ...]


def name_slips(feature: WrittenFeature) -> Iterator[Problem]:
    """A Problem for each payee that a Then names and nobody else, and for each owner that is nearly a payee."""
    elsewhere: dict[WrittenStep, list[TextTable]] = {}
    for facts in facts_of(feature):
        steps = tuple(facts.case.steps())
        if facts.refused:
            continue
        names, sold = _written(facts.given)
        strangers = sold - names
        expected = [
            (name, where)
            for name, where in _expected(feature, steps)
            if name not in names and name not in sold
        ]
        if not strangers and not expected:
            continue
        # Only now files are read: most scenarios name whoever they are about.
        tables = _tables(feature, facts.given, elsewhere)
        yield from misspelt(tables, feature.path)
        known = named(tables)
        for name, where in expected:
            if known and name not in known:
                what = f'nobody in the scenario is called "{name}"'
                yield Problem(
                    "payee-nobody",
                    what,
                    where,
                    "The expectation would be about nobody.",
                    did_you_mean(name, sorted(known)),
                )


def _written(given: Given) -> tuple[set[str], set[str]]:
    """The payees whom the steps list or put on a plan, and those whom other steps name."""
    names: set[str] = set()
    others: set[str] = set()
    for _, read in given:
        into = names if read.sentence.id in _LISTING else others
        if "payee" in read.values:
            into.add(str(read.values["payee"]))
        if read.table is not None and (columns := [c for c in COLUMNS if c in read.table.header]):
            into.update(cell for row in read.table.rows for c in columns if (cell := row.text.get(c)))
    return names, others


def _expected(feature: WrittenFeature, steps: tuple[WrittenStep, ...]) -> Iterator[tuple[str, Where]]:
    """The payees of the Thens, and where they stand."""
    for step in steps:
        read = catalogue.read_step(step, feature.path, []) if step.kind == "then" else None
        if read is None or read.sentence.id in _TARGET:
            continue
        if "payee" in read.values:
            yield str(read.values["payee"]), Where(feature.path, step.line, step.column)
        for row in read.table.rows if read.table is not None else ():
            if row.text.get("payee"):
                yield row.text["payee"], row.where


def _tables(
    feature: WrittenFeature, given: Given, elsewhere: dict[WrittenStep, list[TextTable]]
) -> list[TextTable]:
    """The tables that the steps state.  elsewhere: those of files, companies and recipes, each read once."""
    scene = _scene(feature)
    tables: list[TextTable] = []
    for step, read in given:
        where = Where(feature.path, step.line, step.column)
        if read.sentence.id not in _IN_FILES:
            if read.sentence.topic not in _PLANS:
                scene.carry_out(read, where)
        else:
            if step not in elsewhere:
                other = _scene(feature)
                # What can't be read there is a Problem of the run.
                with suppress(Mismatch, Stopped):
                    other.carry_out(read, where)
                elsewhere[step] = other.tables
            tables += elsewhere[step]
    rows = [("plan_assignments", a.payee, a.where) for a in scene.assignments]
    rows += [("reported_measures", o.payee, o.where) for o in scene.objectives]
    rows += [("processed_results", p.payee, p.where) for p in scene.paid_before]
    rows += [
        ("adjustments", row.text["payee"], row.where) for table in scene.adjustments for row in table.rows
    ]
    own = [TextTable(name, ("payee",), ((payee,),), at.file, (at.line,), at.line) for name, payee, at in rows]
    return [*tables, *scene.tables, *own]


def _scene(feature: WrittenFeature) -> Scene:
    return Scene(Recorder(feature, next(iter(feature.cases())), ()), project_of(feature.path))
