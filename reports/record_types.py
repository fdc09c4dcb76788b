"""What a run leaves behind, as frozen values.

Money is exact text such as "-1234.50" beside its currency; totals map a currency to such text.
Nothing here is a float.  Two runs over the same inputs have equal records but for `Circumstances` and
durations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from reference_engine.problems import Problem
from reports.difference_types import Amount, Difference, KnownDifference, Texts, Totals
from reports.feature_types import FeatureText
from reports.gate_types import Gates
from reports.history_types import History
from reports.performance_types import Flow, Performance
from reports.requirement_types import RequirementList
from reports.scenario_types import ScenarioCounts, ScenarioResult
from reports.statement_types import StatementRow
from reports.subject_types import Subject
from reports.tie_out_types import TieOut

FORMAT = 4
"""Version of the record's layout.  A record of another version is refused, never guessed at."""


RunKind = Literal["demo", "reconcile", "compare", "calculate", "run"]
"""The command that made a record."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What ran.  git_commit: of the project, blank outside a repository; "+" at its end: modified files."""

    title: str
    kind: RunKind
    trueup_version: str
    python_version: str
    git_commit: str = ""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What may differ between two runs of the same inputs.  Times are UTC, as 2026-03-31T08:00:00Z.

    history: the runs before it, which are no part of what it found itself.
    """

    run_id: str
    command: str
    started: str
    finished: str
    host: str = ""
    history: History | None = None


@dataclass(frozen=True, slots=True)
class Control:
    """What one grain reads from a file that feeds several.  rows: that it compares; totals: of their amounts."""

    name: str
    rows: int
    totals: Totals = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Input:
    """One file that went in.  path: relative to the project.  rows: data rows, without the header; None: no table.

    role: what it is to the run, in words ("target's export", "plan", "people").  totals: control totals.
    controls: control totals of each grain, where the file feeds several.
    """

    name: str
    path: str
    sha256: str
    bytes: int
    rows: int | None = None
    role: str = ""
    totals: Totals = field(default_factory=dict)
    controls: tuple[Control, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanUsed:
    """One plan and the conventions it was calculated with (name of the convention to its value)."""

    plan: str
    file: str
    line: int = 0
    profile: str = ""
    conventions: Texts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result in one sentence.  exit_code: what the program ended with."""

    outcome: Literal["agrees", "differs", "passed", "failed", "calculated", "stopped"]
    sentence: str
    exit_code: int


@dataclass(frozen=True, slots=True)
class Tolerance:
    """A difference that was declared too small to matter.  used: how many rows agreed only because of it.

    limit: what it forgives, in words.  net: actual minus expected over those rows; forgiven: the same, each row
    taken as a positive amount.
    """

    applies_to: str
    amount: Amount
    currency: str
    reason: str
    used: int = 0
    limit: str = ""
    net: Totals = field(default_factory=dict)
    forgiven: Totals = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Slice:
    """Agreement inside one plan, period or the like.  dimension: which of them; value: which one."""

    dimension: str
    value: str
    compared: int
    matched: int
    expected: Totals = field(default_factory=dict)
    actual: Totals = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Grain:
    """One level at which the two sides were compared.  The first grain of a record is the finest.

    name: plural, as people say it ("commission lines").  keys: the target's own column names that name a
    row. compared: keys on either side.  matched: those that agree, within a tolerance or exactly.
    differences: those that differ and are not known, by_class: the same by class.  known: those that differ as
    accepted.  expected, actual, difference: totals over all that was compared; difference is actual minus expected.
    follows_from: the finer grain that this one adds up; blank where they are independent.
    """

    name: str
    keys: tuple[str, ...]
    compared: int
    matched: int
    differences: int
    by_class: Mapping[str, int]
    expected: Totals
    actual: Totals
    difference: Totals
    known: int = 0
    tolerances: tuple[Tolerance, ...] = ()
    slices: tuple[Slice, ...] = ()
    follows_from: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Differences with one common cause.

    sentence: the cause as a reader says it.  attributes: what its rows share (plan, product, kind, flag).
    class_: the class of its differences.  relation: how the two amounts relate ("actual is minus
    expected"). money: sum of actual minus expected.  of: how many compared rows share these attributes,
    whether they differ or not; 0 where that isn't known.  differences: their ids.  moved: the sum of what each row
    differs by, taken as a positive amount.
    """

    id: str
    grain: str
    sentence: str
    attributes: Texts
    class_: str
    count: int
    money: Totals
    differences: tuple[str, ...]
    relation: str = ""
    of: int = 0
    moved: Totals = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PayoutSummary:
    """What the plans pay one payee for one component in one period.  name: as people know the payee."""

    payee: str
    period: str
    plan: str
    component: str
    amount: Amount
    currency: str
    name: str = ""


@dataclass(frozen=True, slots=True, weakref_slot=True)
class RunRecord:
    """Everything that a run found, from which every page, table and file is drawn.

    known: every difference that was declared beforehand, whether it still holds or not.  accepted: the rows that
    differ as accepted, and aren't among the differences.  tolerated: the rows within a tolerance that a coarser
    difference follows from.  limits: what the run did not test, one sentence each.  features: as they were written.
    statements: of everybody whom a grain of payouts compares; none where its rows don't belong to one payee each.
    """

    identity: Identity
    circumstances: Circumstances
    verdict: Verdict
    inputs: tuple[Input, ...] = ()
    plans: tuple[PlanUsed, ...] = ()
    grains: tuple[Grain, ...] = ()
    groups: tuple[Group, ...] = ()
    differences: tuple[Difference, ...] = ()
    known: tuple[KnownDifference, ...] = ()
    accepted: tuple[Difference, ...] = ()
    tolerated: tuple[Difference, ...] = ()
    scenario_counts: ScenarioCounts = field(default_factory=ScenarioCounts)
    scenarios: tuple[ScenarioResult, ...] = ()
    payouts: tuple[PayoutSummary, ...] = ()
    problems: tuple[Problem, ...] = ()
    limits: tuple[str, ...] = ()
    subject: Subject | None = None
    gates: Gates | None = None
    requirements: RequirementList | None = None
    features: tuple[FeatureText, ...] = ()
    tie_outs: tuple[TieOut, ...] = ()
    performance: tuple[Performance, ...] = ()
    flows: tuple[Flow, ...] = ()
    statements: tuple[StatementRow, ...] = ()
