"""The only place that knows pytest-bdd: step definitions from the catalogue, and scenarios from our own reading.

Registered as a pytest plug-in, so that its definitions are visible to every feature.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pytest_bdd import given, scenario, then, when
from pytest_bdd.feature import features
from pytest_bdd.parser import FeatureParser
from pytest_bdd.parsers import StepParser

from harness.catalogue import Sentence, catalogue, find
from harness.features import Case

_DECORATORS = {"given": given, "when": when, "then": then}


class SentenceParser(StepParser):
    """Matches a step exactly when the catalogue says that it is this sentence and no other."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(f"{sentence.id} {sentence.pattern}")
        self.sentence = sentence

    def is_matching(self, name: str) -> bool:
        return find(self.sentence.kind, name) == (self.sentence,)

    def parse_arguments(self, name: str) -> dict[str, Any]:
        return {"step_text": name}


def _definition(sentence: Sentence) -> Callable[..., None]:
    def run(trueup_scene: Any, step_text: str) -> None:
        __tracebackhide__ = True
        trueup_scene.perform(sentence, step_text)

    return run


# At module level: pytest-bdd puts each definition into the namespace from which it is called.
for _sentence in catalogue():
    _DECORATORS[_sentence.kind](SentenceParser(_sentence))(_definition(_sentence))


def load(path: Path) -> None:
    """Has pytest-bdd read a feature file again, with or without a byte-order mark."""
    feature = FeatureParser(str(path.parent), path.name, "utf-8-sig").parse()
    for template in feature.scenarios.values():
        # Rows and their tags come from our own reading; each row is a test of its own.
        template.examples = []
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
