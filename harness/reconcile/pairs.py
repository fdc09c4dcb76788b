"""Manual pairings: a row of ours that is that row of theirs although their keys differ, with a reason, run after run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from harness.adapters.mapping import GrainMapping
from harness.adapters.mapping import Mapping as TargetMapping
from harness.adapters.rows import ResultRow, ResultTable, SourceRow
from harness.adapters.strict import Section
from harness.reconcile.entries import common, key_of
from harness.reconcile.patterns import Key, fits, named
from harness.reconcile.results import KnownDifference, KnownOutcome
from reference_engine.plans.document import Node
from reference_engine.problems import Problem


@dataclass(frozen=True, slots=True)
class Pairing(KnownDifference):
    """A row of ours (key) and the row of theirs that is the same.  What else differs between them still counts."""

    theirs: Key = ()


def read_pairing(node: Node, mapping: TargetMapping, problems: list[Problem]) -> Pairing | None:
    """Reads one pairing: ours, theirs, reason, until; owner and ticket if any."""
    before = len(problems)
    part = Section(node, "the pairing", problems)
    who = common(part, mapping)
    names = who.grain.key_names
    ours = key_of(part, "ours", names, several=False)
    theirs = key_of(part, "theirs", names, several=False)
    part.close()
    if len(problems) != before:
        return None
    words = f"the same row as {named(theirs)}"
    return Pairing(
        who.grain.name,
        ours,
        (),
        who.reason,
        who.until,
        who.owner,
        who.ticket,
        node.where,
        None,
        who.approved_by,
        words,
        theirs,
    )


def paired(
    known: Sequence[KnownDifference],
    expected: Mapping[str, ResultTable],
    actual: Mapping[str, ResultTable],
    mapping: TargetMapping,
    today: date,
) -> tuple[dict[str, ResultTable], list[KnownOutcome]]:
    """The target's tables with every paired row under our key, and what became of each pairing."""
    tables = dict(actual)
    outcomes: list[KnownOutcome] = []
    for entry in known:
        if isinstance(entry, Pairing) and entry.grain in tables and entry.grain in expected:
            grain = mapping.grain(entry.grain)
            tables[entry.grain], outcome = _pair(
                entry, grain, expected[entry.grain], tables[entry.grain], today
            )
            outcomes.append(outcome)
    return tables, outcomes


def _pair(
    entry: Pairing, grain: GrainMapping, expected: ResultTable, actual: ResultTable, today: date
) -> tuple[ResultTable, KnownOutcome]:
    who = f"{named(entry.key)} is {named(entry.theirs)}"
    if today > entry.until:
        message = f"{who}: the rows were paired until {entry.until}; now each stands by itself again."
        return actual, KnownOutcome(entry, "expired", message)
    ours = [row for row in expected.rows if _fits(entry.key, grain, row)]
    at = [i for i, row in enumerate(actual.rows) if _fits(entry.theirs, grain, row)]
    for count, side in ((len(ours), "of ours"), (len(at), "of theirs")):
        if count != 1:
            words = (
                f"there is no such row {side}"
                if not count
                else f"{count:,} rows {side} fit, and only one may"
            )
            return actual, KnownOutcome(
                entry, "gone" if not count else "changed", f"{who}: {words}. Correct the entry, or remove it."
            )
    key = ours[0].key
    if actual.rows[at[0]].key == key or any(row.key == key for row in actual.rows):
        words = "the target has a row of its own under our key, so the pairing isn't needed or isn't right. Correct the entry, or remove it."
        return actual, KnownOutcome(entry, "changed", f"{who}: {words}")
    rows = list(actual.rows)
    rows[at[0]] = replace(rows[at[0]], key=key)
    message = f"{who}: taken as one row until {entry.until}: {entry.reason}"
    return replace(actual, rows=rows), KnownOutcome(entry, "accepted", message)


def _fits(key: Key, grain: GrainMapping, row: ResultRow) -> bool:
    said = dict(zip(grain.key_names, row.key, strict=True))
    codes: dict[str, set[str]] = {name: set() for name in grain.key_names}
    for source in row.sources:
        if isinstance(source, SourceRow):
            for name, code in zip(grain.key_names, source.codes, strict=False):
                codes[name].add(code)
    return fits(key, lambda name: (said.get(name, ""), *codes.get(name, ())))
