"""Known differences: what was accepted beforehand, by whom and until when, and the rows it stands for."""

from __future__ import annotations

from dataclasses import dataclass

from reports.difference_types import KnownDifference
from reports.pages import figures
from reports.pages.figures import Figure, Row
from reports.record_types import RunRecord

ROWS_SHOWN = 200
MARKS = {"accepted": "\u2713", "changed": "\u2260", "gone": "\u25cb", "expired": "\u2717"}
CHANGE_STATES = {
    "accepted": "as approved",
    "changed": "happened differently",
    "gone": "did not happen",
    "expired": "expired",
}
"""How a regression says what became of an approved change."""
_ORDER = {"changed": 0, "expired": 1, "gone": 2, "accepted": 3}


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """One known difference, approved change or pairing.

    row: the parts of the key that it names.  stated: what was accepted for each row, and for how many, in words.
    holds: it is there just as accepted.
    """

    grain: str
    row: str
    amount: tuple[Figure, ...]
    reason: str
    owner: str
    ticket: str
    until: str
    mark: str
    state: str
    message: str
    holds: bool
    place: str
    stated: str
    approved_by: str


@dataclass(frozen=True, slots=True)
class AcceptedRows:
    """The rows of one grain that differ as accepted.  more: rows that only the record has."""

    grain: str
    keys: tuple[str, ...]
    rows: tuple[Row, ...]
    count: int
    more: int


@dataclass(frozen=True, slots=True)
class KnownPage:
    """Those that no longer hold come first.  pairings: rows that belong together although their keys differ."""

    entries: tuple[KnownEntry, ...]
    pairings: tuple[KnownEntry, ...]
    broken: int
    accepted: tuple[AcceptedRows, ...]
    any_approver: bool
    states: dict[str, str]


def known_page(record: RunRecord) -> KnownPage | None:
    """The known differences of a record, or None where none were declared."""
    if not record.known and not record.accepted:
        return None
    ordered = sorted(record.known, key=lambda k: _ORDER[k.state])
    entries = [_entry(k) for k in ordered if k.what != "pairing"]
    pairings = [_entry(k) for k in ordered if k.what == "pairing"]
    accepted = []
    for grain in record.grains:
        rows = [row for row in record.accepted if row.grain == grain.name]
        if rows:
            shown = tuple(figures.table_row(row, grain.keys, "known") for row in rows[:ROWS_SHOWN])
            accepted.append(AcceptedRows(grain.name, grain.keys, shown, len(rows), len(rows) - len(shown)))
    every = (*entries, *pairings)
    return KnownPage(
        tuple(entries),
        tuple(pairings),
        sum(not e.holds for e in every),
        tuple(accepted),
        any(e.approved_by for e in every),
        CHANGE_STATES if record.identity.kind == "compare" else {},
    )


def _entry(known: KnownDifference) -> KnownEntry:
    return KnownEntry(
        known.grain,
        ", ".join(f"{name} {'any' if value == '*' else value}" for name, value in known.key.items()) or "every row",
        figures.differences(known.amount),
        known.reason,
        known.owner or figures.NONE,
        known.ticket or figures.NONE,
        known.until,
        MARKS[known.state],
        known.state,
        "" if known.state == "accepted" else known.message,
        known.state == "accepted",
        f"{known.file}:{known.line}" if known.file else "",
        "; ".join(x for x in (known.stated, _rows(known)) if x),
        known.approved_by,
    )


def _rows(known: KnownDifference) -> str:
    """How many rows it stands for, and how many it was accepted for."""
    found = figures.number_of(len(known.differences), "row") if known.differences else ""
    if known.count and known.count != len(known.differences):
        return f"{found or 'no row'} of {known.count:,} accepted"
    return found if len(known.differences) > 1 or known.what == "change" else ""
