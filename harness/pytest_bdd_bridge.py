"""The only place that knows pytest-bdd: step definitions that ask the catalogue, and scenarios from our own reading.

Registered as a pytest plug-in, so that its definitions are visible to every feature.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Any

from pytest_bdd import given, scenario, then, when
from pytest_bdd.feature import features
from pytest_bdd.parser import FeatureParser
from pytest_bdd.parsers import StepParser
from pytest_bdd.steps import StepNamePrefix

from harness.catalogue import find
from harness.feature_items import SCENE, ScenarioItem
from harness.features import Case

_DECORATORS = {"given": given, "when": when, "then": then}
SENTENCE = "a sentence of the catalogue"


class CatalogueParser(StepParser):
    """Matches a step exactly when the catalogue knows one sentence of its kind that it can be."""

    def __init__(self, kind: str) -> None:
        super().__init__(SENTENCE)
        self.kind = kind

    def is_matching(self, name: str) -> bool:
        return len(find(self.kind, name)) == 1

    def parse_arguments(self, name: str) -> dict[str, Any]:
        return {"step_text": name}


def _definition(kind: str) -> Callable[..., None]:
    def run(request: Any, step_text: str) -> None:
        __tracebackhide__ = True
        (sentence,) = find(kind, step_text)
        request.node.stash[SCENE].perform(sentence, step_text)

    # pytest-bdd asks twice for each step; the answer is kept where Python looks for it first.
    run.__signature__ = signature(run)  # type: ignore[attr-defined]  # a function takes it, and its type does not say so
    return run


# At module level: pytest-bdd puts each definition into the namespace from which it is called.
# One for each kind, and not one for each sentence: pytest-bdd asks every definition about every step.
for _kind, _decorator in _DECORATORS.items():
    _decorator(CatalogueParser(_kind))(_definition(_kind))


# `pytest_bdd.scenario` is the decorator; the module of that name runs the steps.
_runner = import_module("pytest_bdd.scenario")
_look_up = _runner.get_step_function


def _definition_of(request: Any, step: Any) -> Any:
    """The definition of a step.

    pytest-bdd goes through every fixture that the test can see, for every step.  Only ours can be meant in a
    feature of ours, so a sentence in somebody's conftest.py can't take the place of one of the catalogue.
    """
    if not isinstance(request.node, ScenarioItem):
        return _look_up(request, step)
    if len(find(step.type, step.name)) != 1:
        return None
    return request.getfixturevalue(f"{StepNamePrefix.step_def.value}_{step.type}_{SENTENCE}")


_runner.get_step_function = _definition_of  # type: ignore[attr-defined]  # a module found by its name


def load(path: Path) -> None:
    """Has pytest-bdd read a feature file again, with or without a byte-order mark."""
    feature = FeatureParser(str(path.parent), path.name, "utf-8-sig").parse()
    for template in feature.scenarios.values():
        # Rows and their tags come from our own reading; each row is a test of its own.
        template.examples = []
        for step in template.steps:
            # Tables come from our own reading too; pytest-bdd would copy them for every row.
            step.datatable, step.docstring = None, None
    features[str(path.absolute())] = feature


def runner(path: Path, case: Case) -> Callable[..., object]:
    """A test function that runs one case through pytest-bdd."""

    def nothing() -> None:
        """pytest-bdd runs the steps before this."""

    bound = scenario(path.name, case.scenario.name, features_base_dir=str(path.parent.absolute()))(nothing)
    values = dict(case.values)

    def run(request: Any) -> object:
        __tracebackhide__ = True
        return bound(request, values)

    run.__doc__ = case.scenario.name
    return run
