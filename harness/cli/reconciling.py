"""What demo and reconcile share: compare, explain the differences, keep the record, draw the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from harness.adapters.mapping import Mapping
from harness.cli.findings_shown import Words, files_of, print_files, print_grains
from harness.cli.masking import masked_copy, people_of_world, write_copy
from harness.cli.output import Progress, out_folder
from harness.evidence import record_of
from harness.evidence.derivation_of import our_side
from harness.evidence.gate_results import as_json, judged, summary_lines
from harness.evidence.gates import GateFile, read_gates
from harness.evidence.grains_of import grains_of, only_what_is_mapped
from harness.evidence.history import keep, summary_line, with_history
from harness.evidence.inputs import file_input, folder_inputs, mapping_inputs, shown, unique
from harness.evidence.manifest import Package
from harness.evidence.performance_of import flows_of, performance_of
from harness.evidence.statements_of import statements_of
from harness.evidence.tie_out_of import tie_outs_of
from harness.reconcile.beside_payouts import write_beside
from harness.reconcile.expected import Expected, write_expected
from harness.reconcile.expected_sealed import check_sealed
from harness.reconcile.frozen import closed
from harness.reconcile.large.both_sides import Room
from harness.reconcile.large.expected_file import is_large
from harness.reconcile.results import Reconciliation
from harness.reconcile.run import reconcile, reconcile_large, to_json_summary
from harness.targets.extract import check_fetched
from reference_engine.explain.derivation import Step, derivations
from reference_engine.problems import Problem, Stopped
from reference_engine.results import Result
from reference_engine.run import calculate
from reference_engine.vocabulary.plan import Plan
from reference_engine.vocabulary.results import EarnedLine, Payout
from reference_engine.world import World
from reports import record as kept
from reports.masking import Mask, Masked
from reports.pages.differences import Form
from reports.record_types import RunKind
from reports.site import draw
from reports.subject_types import Subject

MAX_EXPLAINED = 20_000
PARTIAL = "Statements of payees, and agreement by plan and period, aren't in this report: both sides are too large to be held."
LARGE_EXPECTED = 400_000_000
"""Bytes of both sides from which on what agrees is set aside instead of read, where the expected results were calculated before."""


@dataclass
class Calculated:
    """Plans calculated on a world, for a reconciliation that explains itself."""

    plans: Sequence[Plan]
    world: World
    folder: Path
    result: Result


@dataclass
class Job:
    """One reconciliation from inputs to report.

    calculated: where trueup calculates the expected side itself; expected: where it was written before.
    """

    title: str
    kind: RunKind
    command: str
    mapping_file: Path
    actual: Path
    out: Path | None
    progress: Progress
    known: Path | None = None
    calculated: Calculated | None = None
    expected_path: Path | None = None
    grain_names: tuple[str, ...] = ()
    closed_periods: tuple[str, ...] = ()
    gates: Path | None = None
    history: Path | None = None
    said: list[str] = field(default_factory=list)
    mask: Mask | None = None
    form: Form = "auto"
    memory: str = ""
    masked: Masked | None = None

    def run(self) -> tuple[Reconciliation, dict[str, Any]]:
        """Compares, and with an output folder leaves report, record and CSV there.  Raises Stopped."""
        started = datetime.now(UTC)
        rules = self._gate_file()
        self.progress.step("reading the target's export and comparing")
        mapping = self._mapping()
        found, expected = self._compared(mapping)
        summary = to_json_summary(found)
        if self.out is not None or rules is not None:
            self.progress.step("explaining the differences")
            record = self._judged(self._record(found, expected, started), rules, summary)
        if self.out is not None:
            self.progress.step("drawing the report")
            if self.mask is not None:
                people = people_of_world(self.calculated.world if self.calculated else None, mapping)
                self.masked = masked_copy(record, self.mask, people)
                with out_folder(self.out) as folder:
                    write_copy(folder, self.masked, self.form)
            else:
                with out_folder(self.out, Package(self.out, record).seal) as folder:
                    if self.calculated is not None:
                        write_expected(self.calculated.result, folder / "expected")
                        write_beside(self.calculated.result, folder / "expected")
                    kept.save_record(record, folder)
                    draw(record, folder, self.form)
                    keep(folder, record, self.history)
            summary |= files_of(self.out, record)
        self.progress.done()
        return found, summary

    def _compared(self, mapping: Mapping) -> tuple[Reconciliation, Expected]:
        """What differs, and the expected side: all of it, or of what is too large only the rows that differ."""
        self.grain_names = tuple(g.name for g in mapping.grains)
        room = Room(self.memory, None, 0 if self.memory else LARGE_EXPECTED)
        if self.expected_path is not None and is_large(self.expected_path, self.actual, mapping, room):
            large = reconcile_large(self.expected_path, self.actual, mapping, self.known, room)
            if large is not None:
                return large
        expected = self._expected()
        return reconcile(expected, self.actual, mapping, self.known), expected

    def _gate_file(self) -> GateFile | None:
        problems: list[Problem] = []
        rules = read_gates(self.gates, problems) if self.gates is not None else None
        if problems:
            raise Stopped(problems)
        return rules

    def _judged(self, record: kept.RunRecord, rules: GateFile | None, summary: dict[str, Any]) -> kept.RunRecord:
        """The record with the runs before it and its gate rules.  A demo is there to find differences; nobody judges it."""
        if self.kind == "demo":
            return record
        record = judged(with_history(record, self.history), rules)
        if record.gates is not None:
            self.said += summary_lines(record.gates)
            summary["gates"] = as_json(record.gates)
        self.said += [line for line in (summary_line(record),) if line]
        summary["verdict"], summary["exit_code"] = record.verdict.sentence, record.verdict.exit_code
        return record

    def _mapping(self) -> Mapping:
        from harness.adapters.mapping_reader import read_mapping

        problems: list[Problem] = []
        mapping = read_mapping(self.mapping_file, problems)
        if self.expected_path is not None:
            check_sealed(self.expected_path, problems)
        check_fetched(self.actual, problems)
        if problems or mapping is None:
            raise Stopped(problems)
        return closed(mapping, self.closed_periods)

    def _expected(self) -> Expected:
        from harness.reconcile.expected import read_expected

        problems: list[Problem] = []
        expected = Expected.of_result(self.calculated.result) if self.calculated else None
        if self.expected_path is not None:
            expected = read_expected(self.expected_path, problems)
        if problems or expected is None:
            raise Stopped(problems)
        return expected

    def _record(self, found: Reconciliation, expected: Expected, started: datetime) -> kept.RunRecord:
        ours = our_side(found, expected.lines, self._steps(found))
        rows: dict[str, Sequence[EarnedLine | Payout]] = {
            "lines": expected.lines,
            "payouts": expected.payouts,
        }
        calculated = self.calculated
        return kept.RunRecord(
            identity=record_of.identity(self.title, self.kind),
            circumstances=record_of.circumstances(self.command, started),
            verdict=_verdict(found, ends_with_0=self.kind == "demo"),
            inputs=unique(self._inputs(found)),
            plans=record_of.plans_used(calculated.plans) if calculated else (),
            grains=grains_of(found, rows),
            groups=record_of.groups_of(found),
            differences=record_of.differences_of(found, ours),
            known=record_of.known_of(found),
            accepted=record_of.accepted_of(found, ours),
            tolerated=record_of.tolerated_of(found, ours),
            payouts=record_of.payouts_of(calculated.result) if calculated else (),
            limits=(*self._limits(found), *([PARTIAL] if expected.is_partial else [])),
            tie_outs=tie_outs_of(found, ("expected", "target")),
            performance=performance_of(calculated.result) if calculated else (),
            flows=flows_of(calculated.result) if calculated else (),
            statements=() if expected.is_partial else statements_of(found, expected.payouts, expected.lines, record_of.names_of(calculated.result) if calculated else {}),
            subject=Subject(
                shown(self.mapping_file),
                found.target,
                tuple(sorted({r.period for g in found.grains for r in rows.get(g.mapping.expected, ()) if r.period} | set(expected.days if expected.is_partial else ()))),
                tuple(sorted({t.currency for g in found.grains for t in g.totals})),
            ),
        )

    def _steps(self, found: Reconciliation) -> dict[EarnedLine, tuple[Step, ...]]:
        if self.calculated is None:
            return {}
        rows = [d for grain in found.grains for d in (*grain.differences, *grain.accepted)]
        lines = {s for d in rows for s in d.expected_sources if isinstance(s, EarnedLine)}
        if len(lines) > MAX_EXPLAINED:
            return {}
        return derivations(self.calculated.plans, self.calculated.world, lines)

    def _inputs(self, found: Reconciliation) -> list[kept.Input]:
        inputs: list[kept.Input] = []
        if self.calculated is not None:
            inputs += [
                file_input(Path(p), "plan")
                for p in dict.fromkeys(p.where.file for p in self.calculated.plans)
            ]
            inputs += folder_inputs(self.calculated.folder, self.calculated.world)
        elif self.expected_path is not None:
            files = (
                sorted(self.expected_path.glob("*.csv"))
                if self.expected_path.is_dir()
                else [self.expected_path]
            )
            inputs += [file_input(f, "expected payouts, calculated before") for f in files]
        inputs += mapping_inputs(found, self.mapping_file, self.actual)
        if self.known is not None:
            inputs.append(file_input(self.known, "known differences"))
        if self.gates is not None:
            inputs.append(file_input(self.gates, "file of gate rules"))
        return inputs

    def _limits(self, found: Reconciliation) -> tuple[str, ...]:
        several = len(found.grains) > 1
        notes = [
            (f"{grain.name}: " if several else "") + note.rstrip(".") + "."
            for grain in found.grains
            for note in grain.notes
        ]
        compared = {grain.name for grain in found.grains}
        notes += [
            f"{name} weren't compared: the export given doesn't hold them."
            for name in self.grain_names
            if name not in compared
        ]
        if self.calculated is None:
            notes.append("The expected side was read from files; its calculation isn't part of this run.")
        notes.append(only_what_is_mapped(found))
        return tuple(dict.fromkeys(notes))


def calculated(plans: Sequence[Plan], world: World, folder: Path, progress: Progress) -> Calculated:
    """Calculates plans, with progress."""
    progress.step("calculating the plans")
    return Calculated(plans, world, folder, calculate(plans, world))


def _verdict(found: Reconciliation, *, ends_with_0: bool = False) -> kept.Verdict:
    """ends_with_0: a run whose job is to find the differences."""
    finest = next((g for g in found.grains if g.compared), found.grains[0])
    if found.agrees:
        known = [f"{len(g.accepted):,} of {g.compared:,} {g.name}" for g in found.grains if g.accepted]
        if known:
            return kept.Verdict(
                "agrees", f"Nothing differs but what was accepted beforehand: {'; '.join(known)}.{found.idle}", 0
            )
        return kept.Verdict("agrees", f"All {finest.compared:,} {finest.name} agree.{found.idle}", 0)
    broken = [k for k in found.known if not k.holds]
    parts = [
        f"{len(g.differences):,} of {g.compared:,} {g.name} differ" for g in found.grains if g.differences
    ]
    if broken:
        parts.append(
            f"{len(broken)} known difference{'s' if len(broken) > 1 else ''} no longer hold{'' if len(broken) > 1 else 's'} as accepted"
        )
    return kept.Verdict("differs", "; ".join(parts) + "." + found.idle, 0 if ends_with_0 else 1)


WORDS = Words("agree", "differ", "known", "expected", "target", "target minus expected")


def print_summary(found: Reconciliation, summary: dict[str, Any], title: str) -> None:
    """The figures for people."""
    click.echo(f"{title}: {_verdict(found).sentence}")
    print_grains(found, WORDS)
    for outcome in found.known:
        click.echo(f"Known difference, {outcome.state}: {outcome.message}")
    print_files(summary)
