"""A difference as the record keeps it: our derivation, their exported row, and what was known beforehand."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

Amount = Annotated[str, "amount"]
"""Exact text: -1234.50, or a fraction like 100/3 where no rounding is stated.  Blank: there is no amount."""
Totals = Mapping[str, Amount]
"""Currency code to amount."""
Texts = Mapping[str, str]
"""Names to texts, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of a payout.  label: the words of a statement.  kind: booking, invoice, cap, rounding, draw advance ...

    base, rate: blank where the amount isn't base times rate.  period: where it is earned.  rule: the part of the
    plan that decided, in words; plan_file, plan_line: where it stands.
    """

    label: str
    kind: str
    amount: Amount
    component: str = ""
    deal: str = ""
    date: str = ""
    period: str = ""
    base: Amount = ""
    base_currency: str = ""
    rate: str = ""
    rule: str = ""
    plan_file: str = ""
    plan_line: int = 0


@dataclass(frozen=True, slots=True)
class Derivation:
    """Our side of a difference: why the expected amount is what it is.

    rule: the words of the rule that decided.  base: what the rate is applied to, in base_currency, or units
    where that is blank.  rate: as text with its unit ("1.1%", "7.50 USD").  unrounded: base times rate.
    rounding: each rounding step in words.  sentences: the derivation, one step each.  plan_file, plan_line:
    where the rule stands.
    lines: what a payout is made of, caps, roundings, draws and balances included.  rest: the sum of rest_lines
    further lines that aren't listed; lines and rest add up to the expected amount.
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
    period: str = ""
    lines: tuple[StatementLine, ...] = ()
    rest: Amount = ""
    rest_lines: int = 0


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
    no row. difference: actual minus expected, a missing row counting as 0.  other: actual minus expected in other
    currencies than the row's own; currencies are never added.  stage: the first stage of the
    calculation that differs; blank where what was compared can't tell.  field: the target's column that differs.  group: id of its cause.
    follows_from: ids of the finer differences that make it up.  attributes: what filters and causes look at
    (plan, kind, product, period).  before: in a regression, the row as it was before the change.  trouble: why a row
    can't be read.  also: what differs beside the amount, in words: state is held instead of released.
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
    other: Totals = dataclasses.field(default_factory=dict)
    before: ExportedRow | None = None
    trouble: str = ""
    also: str = ""


@dataclass(frozen=True, slots=True)
class KnownDifference:
    """A difference that somebody had accepted before the run, and what became of it.

    key: our names of the key to the values that it names.  amount: actual minus expected, as it was accepted.
    until: the last day on which it is accepted.  message: the outcome in words.  differences: ids of the
    differences that it stands for.  file, line: where it is declared.  what: a known difference, an approved change, or a
    row of ours that is a row of theirs.  stated: what was accepted for each row, in words.  count: of rows, 0: not stated.
    """

    grain: str
    key: Texts
    amount: Totals
    reason: str
    until: str
    state: Literal["accepted", "changed", "gone", "expired"]
    message: str
    owner: str = ""
    ticket: str = ""
    differences: tuple[str, ...] = ()
    file: str = ""
    line: int = 0
    what: Literal["difference", "change", "pairing"] = "difference"
    stated: str = ""
    count: int = 0
    approved_by: str = ""
