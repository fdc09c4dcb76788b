"""The plans that features state, read as a run would read them, without calculating anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from harness import catalogue
from harness.catalogue import ReadStep
from harness.facts import SCENARIOS
from harness.features import Case, WrittenFeature, WrittenStep
from harness.recorder import Recorder
from harness.scene import Scene
from harness.vacuous import unstated_plans
from harness.verdicts import Mismatch
from reference_engine.problems import Problem, Stopped, Where

_FILES = {"file", "folder"}
_RECORDS = {"records", "target"}
"""Topics of sentences that no plan depends on."""
_PLANS = {"plans", "earning", "programs"}
"""Topics of sentences that say nothing about records, payees or quotas."""


@dataclass(frozen=True)
class CaseFacts:
    """What one case states.  refused: whether it expects the calculation to be refused, so slips are meant."""

    case: Case
    given: tuple[tuple[WrittenStep, ReadStep], ...]
    refused: bool

    @property
    def by_company(self) -> bool:
        """Whether a company's own plans and data come with it, which only a run loads."""
        return any(read.sentence.topic.startswith("company") for _, read in self.given)


def facts_of(feature: WrittenFeature) -> Iterator[CaseFacts]:
    """The facts of each case whose steps can all be read."""
    for case in feature.cases():
        steps = case.steps()
        read = [catalogue.read_step(step, feature.path, []) for step in steps]
        if all(read):
            both = [(step, r) for step, r in zip(steps, read, strict=True) if r is not None]
            given = tuple((step, r) for step, r in both if r.sentence.kind == "given")
            yield CaseFacts(case, given, any("refused" in r.sentence.pattern for _, r in both if r.sentence.kind == "then"))


def plan_steps(facts: CaseFacts) -> tuple[WrittenStep, ...]:
    """The steps on which the plans of a case depend; cases with the same ones have the same plans."""
    return tuple(step for step, read in facts.given if read.sentence.topic not in _RECORDS or _FILES & read.values.keys())


def stated(feature: WrittenFeature, facts: CaseFacts, *, records: bool, plans: bool = True) -> Scene:
    """A scene with the facts in place.  Tables in data files aren't read; their files must be there.

    records: whether records of deals, invoices and so on are wanted too.  plans: whether plans are wanted.
    """
    scene = Scene(Recorder(feature, facts.case, ()), project_of(feature.path))
    for step, read in facts.given:
        names = [str(read.values[name]) for name, _ in read.sentence.slots if name in _FILES]
        if names and read.sentence.topic in _RECORDS:
            scene.where = Where(feature.path, step.line, step.column)
            for name in names:
                scene.file(name, ["data"])
        elif (records or read.sentence.topic not in _RECORDS) and (plans or read.sentence.topic not in _PLANS):
            scene.carry_out(read, Where(feature.path, step.line, step.column))
    return scene


def plan_problems(feature: WrittenFeature) -> list[Problem]:
    """What is wrong with the plans that the scenarios state or name: tiers with gaps, unknown mechanics, open conventions."""
    found: list[Problem] = []
    done: set[tuple[WrittenStep, ...]] = set()
    for facts in facts_of(feature):
        if facts.refused or facts.by_company:
            continue
        key = plan_steps(facts)
        if key in done:
            continue
        done.add(key)
        problems: list[Problem] = []
        try:
            scene = stated(feature, facts, records=False)
            problems += scene.problems
            if scene.drafts:
                scene.read_plans(problems)
                problems += unstated_plans(scene, feature.path)
        except Stopped as stopped:
            problems += stopped.problems
        except Mismatch:
            continue
        found += problems
    return list(dict.fromkeys(found))


def project_of(feature: str) -> Path:
    """The folder whose scenarios/ a feature names files from: the nearest above it, else the folder of work."""
    return _project_of(Path(feature).absolute(), Path.cwd())


@cache
def _project_of(feature: Path, here: Path) -> Path:
    for folder in feature.parents:
        if (folder / SCENARIOS).is_dir():
            return folder
    return here
