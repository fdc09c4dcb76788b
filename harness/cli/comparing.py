"""One regression from two exports to its report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from harness.adapters.mapping import Mapping
from harness.adapters.mapping_reader import read_mapping
from harness.adapters.rows import ResultTable
from harness.cli.findings_shown import Words, files_of, print_files, print_grains
from harness.cli.masking import masked_copy, people_of_world, write_copy
from harness.cli.output import Progress, out_folder
from harness.evidence import record_of
from harness.evidence.compare_record import (
    compared_grains,
    compared_inputs,
    compared_verdict,
    stated_limits,
)
from harness.evidence.derivation_of import OurSide
from harness.evidence.manifest import Package
from harness.evidence.tie_out_of import tie_outs_of
from harness.reconcile.approved import ApprovedChange
from harness.reconcile.baseline import only_these, proposal, read_baseline
from harness.reconcile.frozen import closed
from harness.reconcile.large.both_sides import Room
from harness.reconcile.regression import compare_exports
from harness.reconcile.results import Reconciliation
from harness.reconcile.run import to_json_summary
from reference_engine.problems import Problem, Stopped, Where
from reports import record as kept
from reports.masking import Mask, Masked
from reports.pages.differences import Form
from reports.site import draw


@dataclass
class Comparison:
    """What is compared, and what may change."""

    before: Path
    after: Path
    mapping_file: Path
    command: str
    progress: Progress
    baseline: Path | None = None
    only: tuple[str, ...] = ()
    closed_periods: tuple[str, ...] = ()
    out: Path | None = None
    propose: Path | None = None
    memory: str = ""
    mask: Mask | None = None
    form: Form = "auto"
    masked: Masked | None = None

    def run(self) -> tuple[Reconciliation, dict[str, Any]]:
        """Compares; leaves report, record and CSV, and a proposed baseline, where they are asked for.  Raises Stopped."""
        started = datetime.now(UTC)
        mapping, approved = self._read()
        self.progress.step("reading both exports and comparing")
        found, before = compare_exports(self.before, self.after, mapping, approved, room=Room(self.memory))
        summary = _summary(found)
        if self.propose is not None and any(g.differences for g in found.grains):
            text = proposal(found, self.before.name, self.after.name)
            kept.write_beside(self.propose, text.encode("utf-8"))
            summary["baseline_written"] = self.propose.as_posix()
        if self.out is not None:
            self.progress.step("drawing the report")
            record = self._record(found, before, approved, started)
            if self.mask is not None:
                self.masked = masked_copy(record, self.mask, people_of_world(None, mapping))
                with out_folder(self.out) as folder:
                    write_copy(folder, self.masked, self.form)
            else:
                with out_folder(self.out, Package(self.out, record).seal) as folder:
                    kept.save_record(record, folder)
                    draw(record, folder, self.form)
            summary |= files_of(self.out, record)
        self.progress.done()
        return found, summary

    def _read(self) -> tuple[Mapping, list[ApprovedChange]]:
        problems: list[Problem] = []
        mapping = read_mapping(self.mapping_file, problems)
        if mapping is None:
            raise Stopped(problems)
        today = datetime.now().astimezone().date()
        approved = read_baseline(self.baseline, mapping, problems) if self.baseline is not None else []
        approved += only_these(self.only, mapping, today, problems)
        if self.propose is not None and self.propose.exists():
            problems.append(
                Problem(
                    "baseline-exists",
                    "there is a file of this name already.",
                    Where(str(self.propose)),
                    "It may hold approvals that somebody gave, and they would be lost.",
                    "Name another file with --write-baseline.",
                )
            )
        if problems:
            raise Stopped(problems)
        return closed(mapping, self.closed_periods), approved

    def _record(
        self,
        found: Reconciliation,
        before: dict[str, ResultTable],
        approved: list[ApprovedChange],
        started: datetime,
    ) -> kept.RunRecord:
        nothing = OurSide()
        return kept.RunRecord(
            identity=record_of.identity(
                f"{found.target}: {self.before.name} against {self.after.name}", "compare"
            ),
            circumstances=record_of.circumstances(self.command, started),
            verdict=compared_verdict(found),
            inputs=compared_inputs(found, self.mapping_file, self.before, self.after, self.baseline),
            grains=compared_grains(found, before),
            groups=record_of.groups_of(found),
            differences=record_of.differences_of(found, nothing),
            known=record_of.known_of(found),
            accepted=record_of.accepted_of(found, nothing),
            tolerated=record_of.tolerated_of(found, nothing),
            limits=stated_limits(found, approved, self.only),
            tie_outs=tie_outs_of(found, ("before", "after")),
        )


def _summary(found: Reconciliation) -> dict[str, Any]:
    summary = to_json_summary(found)
    del summary["known_not_holding"]
    summary["verdict"] = compared_verdict(found).sentence
    summary["approved_changes"] = [
        {"state": o.state, "message": o.message, "rows": len(o.ids)} for o in found.known
    ]
    return summary


WORDS = Words("as they were", "changed without approval", "changed as approved", "before", "after", "after minus before")


def print_changes(found: Reconciliation, summary: dict[str, Any]) -> None:
    """The figures for people."""
    click.echo(f"{found.target}: {compared_verdict(found).sentence}")
    print_grains(found, WORDS)
    words = {
        "accepted": "as approved",
        "gone": "did not happen",
        "changed": "happened differently",
        "expired": "expired",
    }
    for outcome in found.known:
        click.echo(f"Approved change, {words[outcome.state]}: {outcome.message}")
    if "baseline_written" in summary:
        click.echo(
            f"\nBaseline:    {summary['baseline_written']}  (proposed; fill in reason, approved by and until of each entry)"
        )
    print_files(summary)
