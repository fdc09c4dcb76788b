"""What a run leaves behind, as frozen values.

Money is exact text such as "-1234.50" beside its currency; totals map a currency to such text.
Nothing here is a float.  Two runs over the same inputs have equal records but for `Circumstances` and
durations.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from reference_engine.problems import Problem
from reports.scenario_types import ScenarioCounts, ScenarioResult

FORMAT = 1
"""Version of the record's layout.  A record of another version is refused, never guessed at."""

Amount = Annotated[str, "amount"]
"""Exact text: -1234.50, or a fraction like 100/3 where no rounding is stated.  Blank: there is no amount."""
Totals = Mapping[str, Amount]
"""Currency code to amount."""
Texts = Mapping[str, str]
"""Names to texts, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What ran.  git_commit: of the project, blank outside a repository; "+" at its end: modified files."""

    title: str
    kind: Literal["demo", "reconcile", "compare", "calculate", "run"]
    trueup_version: str
    python_version: str
    git_commit: str = ""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What may differ between two runs of the same inputs.  Times are UTC, as 2026-03-31T08:00:00Z."""

    run_id: str
    command: str
    started: str
    finished: str
    host: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """One file that went in.  path: relative to the project.  rows: data rows, without the header.

    role: what it is to the run, in words ("target's export", "plan", "people").  totals: control totals.
    """

    name: str
    path: str
    sha256: str
    bytes: int
    rows: int = 0
    role: str = ""
    totals: Totals = field(default_factory=dict)


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
    """A difference that was declared too small to matter.  used: how many rows agreed only because of it."""

    applies_to: str
    amount: Amount
    currency: str
    reason: str
    used: int = 0


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
    differences: those that differ and are not known.  known: those that differ as declared.  by_class
    counts every listed difference; known ones may be listed or left out. expected, actual, difference: totals over all that was compared;
    difference is actual minus expected.
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


@dataclass(frozen=True, slots=True)
class Group:
    """Differences with one common cause.

    sentence: the cause as a reader says it.  attributes: what its rows share (plan, product, kind, flag).
    class_: the class of its differences.  relation: how the two amounts relate ("actual is minus
    expected"). money: sum of actual minus expected.  of: how many compared rows share these attributes,
    whether they differ or not; 0 where that isn't known.  differences: their ids.
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


@dataclass(frozen=True, slots=True)
class Derivation:
    """Our side of a difference: why the expected amount is what it is.

    rule: the words of the rule that decided.  base: what the rate is applied to, in base_currency, or units
    where that is blank.  rate: as text with its unit ("1.1%", "7.50 USD").  unrounded: base times rate.
    rounding: each rounding step in words.  sentences: the derivation, one step each.  plan_file, plan_line:
    where the rule stands.
    """

    deal: str = ""
    record: str = ""
    line: str = ""
    date: str = ""
    payee: str = ""
    plan: str = ""
    component: str = ""
    rule: str = ""
    base: Amount = ""
    base_currency: str = ""
    rate: str = ""
    unrounded: str = ""
    rounding: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    plan_file: str = ""
    plan_line: int = 0


@dataclass(frozen=True, slots=True)
class ExportedRow:
    """Their side of a difference: the row as the target exported it.  row: column to text, in the file's
    order.
    """

    file: str
    line: int
    row: Texts


@dataclass(frozen=True, slots=True)
class Difference:
    """One row on which the two sides do not agree.

    key: the grain's key columns, with the target's own codes.  expected, actual: blank where that side has
    no row. difference: actual minus expected, a missing row counting as 0.  stage: the first stage of the
    calculation that differs.  field: the target's column that differs.  group: id of its cause.
    follows_from: ids of the finer differences that make it up.  attributes: what filters and causes look at
    (plan, kind, product, period).
    """

    id: str
    grain: str
    class_: str
    key: Texts
    expected: Amount
    actual: Amount
    difference: Amount
    currency: str
    stage: str = ""
    field: str = ""
    group: str = ""
    follows_from: tuple[str, ...] = ()
    attributes: Texts = dataclasses.field(default_factory=dict)
    ours: Derivation | None = None
    theirs: ExportedRow | None = None


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


@dataclass(frozen=True, slots=True)
class RunRecord:
    """Everything that a run found, from which every page, table and file is drawn.

    limits: what the run did not test, one sentence each.
    """

    identity: Identity
    circumstances: Circumstances
    verdict: Verdict
    inputs: tuple[Input, ...] = ()
    plans: tuple[PlanUsed, ...] = ()
    grains: tuple[Grain, ...] = ()
    groups: tuple[Group, ...] = ()
    differences: tuple[Difference, ...] = ()
    scenario_counts: ScenarioCounts = field(default_factory=ScenarioCounts)
    scenarios: tuple[ScenarioResult, ...] = ()
    payouts: tuple[PayoutSummary, ...] = ()
    problems: tuple[Problem, ...] = ()
    limits: tuple[str, ...] = ()
