"""Earlier runs of the same tests or of the same comparison, and what has changed since one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from reports.difference_types import Amount, Texts, Totals


@dataclass(frozen=True, slots=True)
class PastGrain:
    """How far one grain agreed.  differences: open ones.  difference: actual minus expected, over all rows."""

    name: str
    compared: int
    matched: int
    differences: int
    known: int = 0
    difference: Totals = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PastRun:
    """One run in short.  record: SHA-256 of what it found.  accepted: who signed it as accepted; blank: nobody.

    exit_code: what it ended with.
    """

    run_id: str
    started: str
    record: str
    version: str
    outcome: str
    sentence: str
    written: int = 0
    executed: int = 0
    failed: int = 0
    grains: tuple[PastGrain, ...] = ()
    accepted: str = ""
    exit_code: int = 0


@dataclass(frozen=True, slots=True)
class GoneDifference:
    """A difference of the earlier run that isn't open any more.  now: what became of it, in a word or two."""

    id: str
    class_: str
    key: Texts
    difference: Amount
    currency: str
    now: str
    other: Totals = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GrainSince:
    """What became of the open differences of one grain.

    new, changed: ids in this record; changed ones were open before with another amount.  still: how many are open as
    before, the changed ones included.  money: of each of these sets, actual minus expected.
    """

    grain: str
    new: tuple[str, ...]
    changed: tuple[str, ...]
    still: int
    gone: tuple[GoneDifference, ...]
    money: Mapping[str, Totals] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ScenarioSince:
    """A scenario whose result changed.  before, now: passed, failed, not run; blank: it wasn't written."""

    id: str
    case: str
    name: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class InputSince:
    """An input file that is new, changed or no longer there."""

    path: str
    role: str
    change: Literal["new", "changed", "gone"]


@dataclass(frozen=True, slots=True)
class Since:
    """What has changed since an earlier run.  chosen: why it is that run, in words."""

    run: PastRun
    chosen: str
    grains: tuple[GrainSince, ...] = ()
    scenarios: tuple[ScenarioSince, ...] = ()
    inputs: tuple[InputSince, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """Earlier runs, oldest first, and the comparison with one of them.  unread: kept runs that can't be read."""

    folder: str
    runs: tuple[PastRun, ...] = ()
    since: Since | None = None
    unread: tuple[str, ...] = ()
