"""Known differences: what was accepted beforehand, by whom and until when, and the rows it stands for."""

from __future__ import annotations

from dataclasses import dataclass

from reports.pages import figures
from reports.pages.figures import Figure, Row
from reports.record_types import RunRecord

ROWS_SHOWN = 200
MARKS = {"accepted": "\u2713", "changed": "\u2260", "gone": "\u25cb", "expired": "\u2717"}
_ORDER = {"changed": 0, "expired": 1, "gone": 2, "accepted": 3}


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """One known difference.  row: the parts of the key that it names.  holds: it is there just as accepted."""

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
    """Those that no longer hold come first."""

    entries: tuple[KnownEntry, ...]
    broken: int
    accepted: tuple[AcceptedRows, ...]


def known_page(record: RunRecord) -> KnownPage | None:
    """The known differences of a record, or None where none were declared."""
    if not record.known and not record.accepted:
        return None
    entries = [
        KnownEntry(
            k.grain,
            ", ".join(f"{name} {value}" for name, value in k.key.items()),
            figures.differences(k.amount),
            k.reason,
            k.owner or figures.NONE,
            k.ticket or figures.NONE,
            k.until,
            MARKS[k.state],
            k.state,
            "" if k.state == "accepted" else k.message,
            k.state == "accepted",
            f"{k.file}:{k.line}" if k.file else "",
        )
        for k in sorted(record.known, key=lambda k: _ORDER[k.state])
    ]
    accepted = []
    for grain in record.grains:
        rows = [row for row in record.accepted if row.grain == grain.name]
        if rows:
            shown = tuple(figures.table_row(row, grain.keys, "known") for row in rows[:ROWS_SHOWN])
            accepted.append(AcceptedRows(grain.name, grain.keys, shown, len(rows), len(rows) - len(shown)))
    return KnownPage(tuple(entries), sum(not e.holds for e in entries), tuple(accepted))
