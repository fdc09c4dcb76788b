"""pytest plug-in: runs feature files, and proves that whatever is written in them was executed.

Load it with `pytest_plugins = ["harness.plugin"]` in the conftest.py at the top of a project.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from harness import run_scope, tags
from harness.feature_items import ASKER, RECORDER, FeatureModule, ScenarioItem
from harness.features import read_feature
from harness.lint import lint_feature
from harness.recorder import PROPERTY
from harness.tally import Balance, Tally, write_out
from reference_engine.problems import Stopped, Where

UNWRITTEN = 74
"""Exit code where record or report can't be written."""
TALLY: pytest.StashKey[Tally] = pytest.StashKey()
IDS: pytest.StashKey[dict[str, Where]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("trueup")
    group.addoption("--trueup-out", metavar="DIR", help="write the report, the record and scenarios.json into DIR")
    for name, what in (("gates", "file of gate rules"), ("requirements", "CSV list of requirements"), ("history", "folder of earlier runs")):
        group.addoption(f"--trueup-{name}", metavar="PATH", help=f"{what} for the record that --trueup-out leaves")
    group.addoption("--trueup-target", metavar="FILE", help="profile of a target that every scenario is asked of as well")
    group.addoption("--trueup-complete", action="store_true", help="fail where a scenario is written and not executed, for whatever reason")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[TALLY] = Tally()
    config.stash[IDS] = {}
    tags.register(config, tags.written_tags(run_scope.named_paths(config)))
    _open_target(config)
    # A broken feature file is one error in the report; the other files still run.
    config.option.continue_on_collection_errors = True
    config.pluginmanager.register(RunBook(config), "trueup-run-book")
    config.pluginmanager.register(importlib.import_module("harness.pytest_bdd_bridge"), "trueup-steps")


def _open_target(config: pytest.Config) -> None:
    """Reads the profile of the target, where one is named.  One process only: two would overwrite each other's test data."""
    named = config.getoption("trueup_target")
    if not named:
        return
    if hasattr(config, "workerinput") or getattr(config.option, "numprocesses", None):
        raise pytest.UsageError("a target is asked by one process only, for two would overwrite each other's test data: leave out -n")
    from harness.targets.judging import Asker

    out = config.getoption("trueup_out")
    here = config.invocation_params.dir
    try:
        asker = config.stash[ASKER] = Asker(Path(os.path.relpath(Path(here, named))), Path(here, out) if out else None, _shown_on_the_terminal(config))
    except Stopped as stopped:
        raise pytest.UsageError(f"\n{stopped}") from None
    config.add_cleanup(asker.close)


def _shown_on_the_terminal(config: pytest.Config) -> Callable[[str], None]:
    """Shows how far a target is, beside what pytest captures; silent where nobody looks."""
    from harness.cli.output import Progress

    progress = Progress()

    def say(words: str) -> None:
        capture = config.pluginmanager.getplugin("capturemanager")
        if progress.on and capture is not None:
            with capture.global_and_fixture_disabled():
                progress.step(words)

    return say


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.suffix != ".feature":
        return None
    module: FeatureModule = FeatureModule.from_parent(parent, path=file_path)
    return module


@pytest.hookimpl(tryfirst=True)
def pytest_make_collect_report(collector: pytest.Collector) -> None:
    """Reads a feature file that is part of the run, before anybody may decide to skip it.

    pytest makes a module of every file in a folder, also where the command line names only one of them.
    """
    if not isinstance(collector, FeatureModule):
        return
    config = collector.config
    config.stash[TALLY].files.add(os.path.abspath(collector.path))
    feature = read_feature(collector.path, collector.problems, run_scope.shown(config, collector.path))
    tally = config.stash[TALLY]
    if feature is not None:
        collector.feature = feature
        collector.problems += lint_feature(feature, config.stash[IDS])
        tally.write_down(collector.nodeid, feature)
        tags.register(config, {t for case in feature.cases() for t in case.tags})
    if collector.problems:
        tally.mark_broken(collector.nodeid, collector.problems)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None, None, None]:
    config.stash[TALLY].collected.update(i.nodeid for i in items if isinstance(i, ScenarioItem))
    return (yield)


def pytest_deselected(items: list[pytest.Item]) -> None:
    for item in items:
        if isinstance(item, ScenarioItem):
            item.config.stash[TALLY].deselected.add(item.nodeid)


def pytest_collection_finish(session: pytest.Session) -> None:
    session.config.stash[TALLY].selected.update(i.nodeid for i in session.items if isinstance(i, ScenarioItem))


def pytest_bdd_apply_tag(tag: str, function: object) -> bool:
    """Tags are marks of the test already; pytest-bdd need not set them again."""
    return True


def pytest_bdd_before_step(request: pytest.FixtureRequest) -> None:
    request.node.stash[RECORDER].start_step()


def pytest_bdd_after_step(request: pytest.FixtureRequest) -> None:
    request.node.stash[RECORDER].end_step("passed")


def pytest_bdd_step_error(request: pytest.FixtureRequest, exception: Exception) -> None:
    request.node.stash[RECORDER].fail(exception)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    if isinstance(item, ScenarioItem) and (call.when == "call" or (call.when == "setup" and call.excinfo)):
        item.keep()
    return (yield)


class RunBook:
    """Keeps the results of a run and draws the balance.  One for each run, so that runs inside runs don't mix."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.tally = config.stash[TALLY]
        self.balance: Balance | None = None
        self.started = datetime.now(UTC)
        self.contradicted = False
        self.unwritten = ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Takes the record out of a test's report, so that other reporters don't print it, and keeps it."""
        if hasattr(self.config, "workeroutput"):
            return
        results = self.tally.results
        for name, value in [*report.user_properties]:
            if name == PROPERTY:
                assert isinstance(value, dict)
                report.user_properties.remove((name, value))
                if report.when == "teardown":
                    continue
                value["outcome"] = report.outcome
                if report.passed and any(step["outcome"] != "passed" for step in value["steps"]):
                    # Somebody's hook has changed the verdict; the steps say what really happened.
                    value["outcome"] = "failed"
                    value["message"] = value["message"] or "the test runner says passed, and not all steps did"
                    self.contradicted = True
                if report.skipped and isinstance(report.longrepr, tuple):
                    value["message"] = report.longrepr[2].removeprefix("Skipped: ")
                elif report.failed and not value["message"]:
                    value["message"] = (report.longreprtext.strip().splitlines() or [""])[-1]
                results[report.nodeid] = value
        if report.failed and report.when == "teardown" and report.nodeid in results:
            results[report.nodeid]["outcome"] = "failed"

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """pytest-xdist: a worker is done and tells what it collected."""
        shared = getattr(node, "workeroutput", {}).get(PROPERTY)
        if shared is not None:
            self.tally.take_in(shared)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        config = self.config
        output = getattr(config, "workeroutput", None)
        if output is not None:
            output[PROPERTY] = self.tally.to_share()
            return
        scope = run_scope.scope_of(config)
        if scope.only_looks:
            return
        stopped = bool(session.shouldstop or session.shouldfail) or session.exitstatus == pytest.ExitCode.INTERRUPTED
        run_scope.add_unopened(config, self.tally, scope)
        self.balance = self.tally.balance(
            narrowed=scope.narrowed, stopped=stopped, chosen=scope.chosen, complete=bool(config.getoption("trueup_complete"))
        )
        red = self.balance.lost or self.tally.broken or self.contradicted
        if red and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        folder = config.getoption("trueup_out")
        if folder:
            try:
                self._draw(Path(config.invocation_params.dir, folder), session)
            except OSError as error:
                # Half a report is none: whoever started the run must not take it for one.
                self.unwritten = f"the results can't be written: {error.strerror or error}."
                session.exitstatus = UNWRITTEN

    def _draw(self, folder: Path, session: pytest.Session) -> None:
        from harness.evidence.scenarios import RunFiles, draw_run

        assert self.balance is not None
        write_out(folder, self.tally, self.balance)
        command = os.environ.get("TRUEUP_COMMAND") or " ".join(["pytest", *self.config.invocation_params.args])
        suite = ", ".join(dict.fromkeys(run_scope.shown(self.config, p) for p in run_scope.named_paths(self.config)))
        files = RunFiles(suite, *(self._path(name) for name in ("gates", "requirements", "history")))
        verdict = draw_run(folder, self.started, command, self.config.rootpath, files)
        if verdict.exit_code and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _path(self, name: str) -> Path | None:
        given = self.config.getoption(f"trueup_{name}")
        return Path(self.config.invocation_params.dir, given) if given else None

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.unwritten:
            terminalreporter.write_line(self.unwritten, red=True)
        balance = self.balance
        if balance is None or not (balance.written or self.tally.broken):
            return
        terminalreporter.section("scenarios")
        terminalreporter.write_line(balance.headline, red=bool(balance.lost))
        groups: dict[str, list[str]] = {}
        for entry in balance.not_executed:
            groups.setdefault(entry["why"], []).append(f"{entry['feature']}:{entry['line']} {entry['node']}")
        for problem in self.tally.misnamed:
            terminalreporter.write_line(str(problem), red=True)
        for why, names in groups.items():
            terminalreporter.write_line(f"  {len(names)} not executed - {why}")
            shown = names if why.startswith(("LOST", "LEFT OUT")) else names[:5]
            for name in shown:
                terminalreporter.write_line(f"      {name}")
            if len(shown) < len(names):
                terminalreporter.write_line(f"      ... and {len(names) - len(shown)} more")
