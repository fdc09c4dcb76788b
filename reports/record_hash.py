"""The SHA-256 of what a run found: what a sign-off is bound to, and what tells whether a record was changed."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import weakref
from collections.abc import Iterator

from reports.difference_types import Difference
from reports.performance_types import Performance
from reports.record_reading import fields_of, telling
from reports.record_types import PayoutSummary, RunRecord
from reports.statement_types import StatementRow

TABLES = {
    "differences": Difference,
    "accepted": Difference,
    "tolerated": Difference,
    "payouts": PayoutSummary,
    "performance": Performance,
    "statements": StatementRow,
}
"""Parts of a record that may have very many rows."""
_AT_ONCE = 1_000
_KNOWN: dict[int, tuple[weakref.ref[RunRecord], str]] = {}


def record_hash(record: RunRecord) -> str:
    """SHA-256 of what the run found, without its circumstances: what a sign-off is bound to.

    Parts that are as they are when they are left out don't count, so that records stay what they are when later versions keep more.
    It is remembered as long as the record lives: a record never changes, and a run asks for it four times.
    """
    own = id(record)
    known = _KNOWN.get(own)
    if known and known[0]() is record:
        return known[1]
    digest = hashlib.sha256()
    for piece in _pieces(record):
        digest.update(piece.encode())
    found = digest.hexdigest()
    _KNOWN[own] = (weakref.ref(record, lambda _: _KNOWN.pop(own, None)), found)
    return found


def _pieces(record: RunRecord) -> Iterator[str]:
    """The JSON of all that the record says, piece by piece: of a million rows only some are plain data at the same time."""
    before = "{"
    defaults = {f.name: f.default for f in dataclasses.fields(RunRecord)}
    for name, (attribute, _, _) in fields_of(RunRecord).items():
        value = getattr(record, attribute)
        if name == "circumstances" or value == defaults[attribute]:
            continue
        yield f'{before}"{name}":'
        before = ","
        if name in TABLES:
            for start in range(0, len(value), _AT_ONCE):
                yield ("," if start else "[") + _json(telling(value[start : start + _AT_ONCE]))[1:-1]
            yield "]"
            continue
        part = telling(value)
        for scenario in part if name == "scenarios" else ():
            scenario.pop("duration", None)
        yield _json(part)
    yield "}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))
