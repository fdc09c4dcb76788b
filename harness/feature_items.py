"""Feature files and scenarios as pytest sees them: one module for each file, one test for each scenario or row."""

from __future__ import annotations

import types
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.features import Case, WrittenFeature
from harness.recorder import PROPERTY, Recorder
from harness.scene import Scene
from harness.vacuous import nothing_tested
from harness.verdicts import Mismatch
from reference_engine.problems import Problem, Stopped, Unreachable

if TYPE_CHECKING:
    from _pytest._code.code import ExceptionInfo, TerminalRepr

    from harness.targets.judging import Asker

RECORDER: pytest.StashKey[Recorder] = pytest.StashKey()
SCENE: pytest.StashKey[Scene] = pytest.StashKey()
ASKER: pytest.StashKey[Asker] = pytest.StashKey()
"""The target that every scenario is asked of as well, where one is named."""


UNREACHABLE = 75
"""Exit code of pytest where the target could not be asked."""


class FeatureModule(pytest.Module):
    """One feature file.  A file with Problems is one collection error; the other files run.

    feature, problems: set by the plug-in before it is collected.
    """

    def __init__(self, **other: Any) -> None:
        super().__init__(**other)
        self.feature: WrittenFeature | None = None
        self.problems: list[Problem] = []

    def _getobj(self) -> types.ModuleType:
        return types.ModuleType(self.path.stem)

    def collect(self) -> Iterable[pytest.Item]:
        if self.problems:
            raise self.CollectError("\n\n".join(str(p) for p in self.problems))
        assert self.feature is not None
        from harness import pytest_bdd_bridge as bridge

        bridge.load(self.path)
        return [
            ScenarioItem.from_parent(self, name=case.node, callobj=bridge.runner(self.path, case), feature=self.feature, case=case)
            for case in self.feature.cases()
        ]


class ScenarioItem(pytest.Function):
    """One scenario, or one row of an outline."""

    def __init__(self, *, feature: WrittenFeature, case: Case, **other: Any) -> None:
        super().__init__(**other)
        self.feature = feature
        self.case = case
        for tag in case.tags:
            self.add_marker(getattr(pytest.mark, tag))
        self.extra_keyword_matches.update((case.scenario.name, case.case))

    def setup(self) -> None:
        steps = tuple(self.case.steps())
        recorder = self.stash[RECORDER] = Recorder(self.feature, self.case, steps)
        # No fixture, which a conftest.py could replace.
        self.stash[SCENE] = Scene(recorder, self.config.rootpath)
        super().setup()

    def runtest(self) -> None:
        recorder = self.stash[RECORDER]
        recorder.start()
        super().runtest()
        if len(recorder.done) != len(recorder.steps):
            raise Mismatch(f"only {len(recorder.done)} of {len(recorder.steps)} steps were executed")
        message = nothing_tested(self.stash[SCENE], self.feature.path)
        if message:
            recorder.take_back(message)
            raise Mismatch(message)
        asker = self.config.stash.get(ASKER, None)
        if asker is not None:
            try:
                recorder.asked = asker.judge(self.stash[SCENE], self.name)
            except (Mismatch, Stopped) as error:
                recorder.take_back(str(error))
                recorder.asked = f"{asker.profile.target} was asked: {'it pays something else' if isinstance(error, Mismatch) else 'its results could not be compared'}."
                if isinstance(error, Unreachable):
                    # Half a comparison is no verdict, so the run ends.
                    pytest.exit(f"{self.case.scenario.id}: {error}", returncode=UNREACHABLE)
                raise

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the scenario stands, and its name as a heading."""
        case = self.case.case
        name = self.case.scenario.name
        return self.path, self.case.row - 1, f"{self.case.scenario.id}: {name}" + (f" ({case})" if case else "")

    def repr_failure(self, excinfo: ExceptionInfo[BaseException], style: Any = None) -> str | TerminalRepr:
        """What the author reads: the steps up to the one that failed, and why.  A traceback only for bugs."""
        error = excinfo.value
        recorder = self.stash.get(RECORDER, None)
        if recorder is None or not isinstance(error, Mismatch | Stopped):
            return super().repr_failure(excinfo)
        # The reason stands first; pytest repeats its first line in the summary.
        lines = [str(error), "", f"{self.feature.path}:{self.case.row}"]
        for done in recorder.done:
            mark = "ok  " if done["outcome"] == "passed" else "FAIL"
            lines.append(f"  {mark}  {done['line']:>4}  {done['keyword']} {done['text']}")
        for step in recorder.steps[len(recorder.done) :]:
            lines.append(f"  -     {step.line:>4}  {step.keyword} {step.text}")
        return "\n".join(lines)

    def keep(self) -> None:
        """Hands the record to the report of this test, which also crosses from worker processes."""
        recorder = self.stash.get(RECORDER, None) or Recorder(self.feature, self.case, tuple(self.case.steps()))
        self.user_properties.append((PROPERTY, recorder.as_dict()))

