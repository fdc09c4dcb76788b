"""Kept runs: each record goes into a folder, and a new run is compared with the last that was accepted, or ended with 0, or went before."""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from harness.evidence.inputs import shown
from harness.evidence.since import past_run, since
from reference_engine.problems import Problem, Stopped, Where
from reports.history_types import History, PastRun
from reports.record import FILE, load_record, write_beside
from reports.record_types import RunRecord

FOLDER = "history"
TREND = 12
"""Runs that the trend shows."""
ACCEPTED = "accepted.txt"
"""Beside a kept record, it says in its first line who accepted the run."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One run in the folder, read."""

    run: PastRun
    record: RunRecord


def history_folder(given: Path | None, out: Path | None) -> Path | None:
    """The folder that was named, else the folder `history` beside the results where there is one.  Raises Stopped."""
    if given is None:
        beside = out.parent / FOLDER if out is not None else None
        return beside if beside is not None and beside.is_dir() else None
    problem = ""
    if given.exists() and not given.is_dir():
        problem = "it is not a folder"
    elif out is not None and given.resolve().is_relative_to(out.resolve()):
        problem = "it lies in the folder of results, which every run replaces"
    else:
        parent = next(p for p in (given.absolute(), *given.absolute().parents) if p.exists())
        if not parent.is_dir() or not os.access(parent, os.W_OK):
            problem = "nothing may be written there"
    if problem:
        why = "Without the runs before, nobody can say what is new."
        raise Stopped(
            Problem(
                "history-unusable",
                f"the folder of earlier runs can't be used: {problem}.",
                Where(str(given)),
                why,
                "Name another folder with --history.",
            )
        )
    return given


def with_history(record: RunRecord, folder: Path | None) -> RunRecord:
    """The record with the runs before it, and compared with the last accepted one, else with the last that ended with 0, else with the last.

    A red run that nobody accepted is no measure of what may differ: running it again would find nothing new.
    """
    if folder is None:
        return record
    kept, unread = _read(folder, record)
    if not kept:
        return _with(record, History(shown(folder), unread=unread))
    accepted = [one for one in kept if one.run.accepted]
    green = [one for one in kept if one.run.exit_code == 0]
    if accepted:
        chosen, why = accepted[-1], "the last accepted run"
    elif green and green[-1] is not kept[-1]:
        chosen, why = green[-1], "the last run that ended with 0"
    else:
        chosen, why = kept[-1], "the run before"
    runs = tuple(one.run for one in kept[-TREND:])
    return _with(record, History(shown(folder), runs, since(record, chosen.record, chosen.run, why), unread))


def with_since(record: RunRecord, before: RunRecord) -> RunRecord:
    """The record compared with another one that somebody chose."""
    run = past_run(before)
    old = record.circumstances.history or History("")
    runs = old.runs if any(r.run_id == run.run_id for r in old.runs) else (run, *old.runs)
    runs = tuple(sorted(runs, key=lambda r: (r.started, r.run_id)))
    return _with(
        record,
        dataclasses.replace(old, runs=runs, since=since(record, before, run, "the run that was chosen")),
    )


def keep(results: Path, record: RunRecord, folder: Path | None) -> None:
    """Copies the record of a run into the folder of runs, whole or not at all."""
    if folder is None:
        return
    name = re.sub(r"[^A-Za-z0-9_-]", "-", record.circumstances.run_id) or "run"
    place = folder / name
    if place.exists():
        return
    beside = folder / f".{name}.{os.getpid()}.new"
    try:
        beside.mkdir(parents=True, exist_ok=True)
        for file in (results / FILE, *results.glob("record.*.parquet")):
            shutil.copyfile(file, beside / file.name)
        os.replace(beside, place)
    except OSError as error:
        why = "The next run couldn't say what is new since this one."
        raise Stopped(
            Problem(
                "history-unusable",
                f"the run can't be kept: {error.strerror}.",
                Where(str(folder)),
                why,
                "Make room, or name another folder with --history.",
            )
        ) from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def mark_accepted(results: Path, run_id: str, who: str) -> Path | None:
    """Says beside the kept run who accepted it, so that later runs are compared with it; None where it isn't kept."""
    place = results.resolve().parent / FOLDER / (re.sub(r"[^A-Za-z0-9_-]", "-", run_id) or "run")
    if not (place / FILE).is_file():
        return None
    write_beside(place / ACCEPTED, f"{who}\n".encode("utf-8", "replace"))
    return place


def summary_line(record: RunRecord) -> str:
    """Where the run was kept and what it was compared with, for the command line."""
    history = record.circumstances.history
    if history is None:
        return ""
    runs = f"{len(history.runs)} earlier run{'' if len(history.runs) == 1 else 's'}"
    line = f"History: {history.folder}, {runs}" if history.folder else f"History: {runs}"
    if history.since is not None:
        line += f"; compared with {history.since.chosen}, {history.since.run.run_id}"
        parts = [
            f"{len(g.new):,} new, {g.still:,} still open"
            + (f", {len(g.changed):,} of them otherwise," if g.changed else "")
            + f" and {len(g.gone):,} gone in {g.grain}"
            for g in history.since.grains
        ]
        changed = len(history.since.scenarios)
        parts += (
            [f"{changed:,} scenario{'' if changed == 1 else 's'} changed"]
            if record.scenario_counts.written
            else []
        )
        line += ": " + "; ".join(parts) if parts else ""
    if history.unread:
        line += f"; {len(history.unread)} kept run{'' if len(history.unread) == 1 else 's'} can't be read"
    return line


def _with(record: RunRecord, history: History) -> RunRecord:
    return dataclasses.replace(
        record, circumstances=dataclasses.replace(record.circumstances, history=history)
    )


def _read(folder: Path, record: RunRecord) -> tuple[list[Kept], tuple[str, ...]]:
    """The kept runs of the same series, oldest first, and the names of those that can't be read."""
    names = sorted(p for p in _folders(folder) if (p / FILE).is_file())
    kept: list[Kept] = []
    unread: list[str] = []
    # Names begin with the time, so the newest are the last; more than the trend shows needn't be read.
    for place in reversed(names):
        if len(kept) >= TREND and any(one.run.accepted for one in kept):
            break
        if len(kept) >= 4 * TREND:
            break
        try:
            other = load_record(place)
        except Stopped:
            unread.append(place.name)
            continue
        if other.circumstances.run_id == record.circumstances.run_id or _series(other) != _series(record):
            continue
        run = dataclasses.replace(past_run(other), accepted=_accepted(place))
        # Only what the new run may be compared with keeps its rows: the newest, the newest green, and those accepted.
        is_green = run.exit_code == 0 and not any(one.run.exit_code == 0 for one in kept)
        whole = not kept or run.accepted or is_green
        kept.append(Kept(run, other if whole else dataclasses.replace(other, differences=())))
    kept.sort(key=lambda one: (one.run.started, one.run.run_id))
    return kept, tuple(unread)


def _folders(folder: Path) -> Iterable[Path]:
    return (
        (p for p in folder.iterdir() if p.is_dir() and not p.name.startswith(".")) if folder.is_dir() else ()
    )


def _series(record: RunRecord) -> tuple[str, str]:
    """What two runs must have in common to be compared."""
    return record.identity.kind, record.subject.suite if record.subject is not None else record.identity.title


def _accepted(place: Path) -> str:
    try:
        text = (place / ACCEPTED).read_text("utf-8", "replace")
    except OSError:
        return ""
    return (text.strip().splitlines() or ["yes"])[0][:80]
