"""A scenario asked of a target: seeded with the scenario's facts, calculated there, fetched, and compared with what we calculate."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from harness.adapters.mapping_reader import read_mapping
from harness.adapters.text_export import read_export
from harness.scene import Scene
from harness.target_results import Loaded, of_period, verdict
from harness.targets.asking import asked
from harness.targets.profile import Profile, Say, Target
from harness.targets.profile import profile as read
from reference_engine.problems import Problem, Stopped
from reference_engine.vocabulary.tables import TextTable

NOT_ASKED = "Not asked"
KEPT = "target"
"""The folder of a run in which what was fetched for each scenario is kept."""


class Asker:
    """One target, asked for scenario after scenario.  kept: the folder for what is fetched; None keeps nothing.  say: shows progress.  Raises Stopped."""

    def __init__(self, file: Path, kept: Path | None, say: Say = lambda words: None) -> None:
        self.say = say
        self.profile: Profile = read(file)
        problems: list[Problem] = []
        mapping = read_mapping(self.profile.mapping, problems)
        if problems or mapping is None:
            raise Stopped(problems)
        self.mapping = mapping
        self.kept = kept
        self._target: Target | None = None

    def judge(self, scene: Scene, node: str) -> str:
        """What the comparison came to, in a sentence.  Raises Mismatch where the target pays something else; Stopped where it can't be asked.

        A scenario that calculates no payouts, or whose calculation is refused, isn't asked.
        """
        __tracebackhide__ = True
        result = scene.calculated
        if result is None or scene.refusal is not None:
            return f"{NOT_ASKED} of {self.profile.target}: the scenario calculates no payouts."
        if self.kept is None:
            with tempfile.TemporaryDirectory() as passing:
                return self._judge(scene, Path(passing))
        folder = self.kept / KEPT / re.sub(r"[^A-Za-z0-9_.-]+", "_", node)[:100]
        folder.mkdir(parents=True, exist_ok=True)
        return self._judge(scene, folder)

    def _judge(self, scene: Scene, folder: Path) -> str:
        __tracebackhide__ = True
        if self._target is None:
            self._target = self.profile.open()
        asked(self.profile, [*scene.stated, *_unlisted(scene)], folder, self.say, self._target)
        problems: list[Problem] = []
        tables = read_export(self.mapping, folder, problems)
        if problems:
            raise Stopped(problems)
        found = of_period(Loaded(self.mapping, tables, scene.outcome.span), scene.outcome)
        scene.inputs.reads(self.profile.file, "target profile")
        scene.inputs.reads(self.profile.mapping, "mapping")
        if found is None:
            return f"{self.profile.target} pays nothing, as expected."
        verdict(found)
        rows = sum(grain.compared for grain in found.grains)
        return f"{self.profile.target} pays the same: {rows:,} row{'' if rows == 1 else 's'} compared."

    def close(self) -> None:
        if self._target is not None:
            self._target.close()


def _unlisted(scene: Scene) -> list[TextTable]:
    """The payees whom only other tables name: a target wants each of them in its list of payees."""
    listed: set[str] = set()
    for table in scene.stated:
        if table.name == "payees" and "payee" in table.header:
            at = table.header.index("payee")
            listed.update(row[at] for row in table.rows)
    others = tuple((name,) for name in scene.outcome.payees if name not in listed)
    return [TextTable("payees", ("payee",), others)] if others else []
