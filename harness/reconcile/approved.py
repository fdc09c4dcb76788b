"""Changes that were approved beforehand, and what became of each: it happened so, or it did not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from harness.adapters.mapping import PERIOD_NAMES
from harness.adapters.rows import ResultRow, ResultTable, SourceRow
from harness.reconcile.patterns import fits, named
from harness.reconcile.results import (
    ByCurrency,
    Difference,
    GrainResult,
    KnownDifference,
    KnownOutcome,
    added,
)
from reference_engine.vocabulary.numbers import format_percent

APPROVABLE = ("amount", "missing", "unexpected", "field", "timing", "frozen")
"""Classes that an approval can cover.  A row that stands twice, another currency and a row that can't be read never are."""
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class ApprovedChange(KnownDifference):
    """A change of a release that somebody approved.

    by: each row changes by this money.  percent: each row changes by this share of what it was, rounded half up to
    the minor unit.  to: each row has this amount after the change.  With none of them any change of these rows is
    approved, and at least one must change.  total: what all changes add up to.
    """

    by: ByCurrency | None = None
    percent: Fraction | None = None
    to: ByCurrency | None = None
    total: ByCurrency | None = None

    @property
    def is_any(self) -> bool:
        return self.by is None and self.percent is None and self.to is None

    @property
    def names_a_period(self) -> bool:
        """Whether it says of which periods its rows are.  What is closed was paid: whoever changes that must say so."""
        return any(name in PERIOD_NAMES and value.strip("*") for name, value in self.key)

    def is_as_approved(self, difference: Difference) -> bool:
        """Whether a row changed just so."""
        if difference.kind not in APPROVABLE or (difference.kind == "frozen" and not self.names_a_period):
            return False
        if self.is_any:
            return True
        if difference.fields and difference.kind != "timing":
            return False
        rows = (*difference.expected, *difference.actual)
        if len({row.currency for row in rows}) != 1:
            return False
        before = sum(row.amount for row in difference.expected)
        after = sum(row.amount for row in difference.actual)
        return after == self.after(before, rows[0].currency)

    def after(self, before: int, currency: str) -> int | None:
        """What a row is after the change, in minor units; None where nothing is said for its currency."""
        if self.percent is not None:
            return half_up(before * (1 + self.percent))
        if self.by is not None:
            money = dict(self.by)
            return before + money.get(currency, 0) if currency in money or not money else None
        if self.to is not None:
            money = dict(self.to)
            return money.get(currency, 0) if currency in money or not money else None
        return before


def judge_change(
    entry: ApprovedChange, fitting: Sequence[Difference], grain: GrainResult, today: date
) -> tuple[KnownOutcome, set[str]]:
    """What became of an approved change, and the ids of the rows that changed as it says.

    fitting: the rows that changed among those it names, and that no other entry has taken.
    """
    who = named(entry.key) or "every row"
    if not fitting:
        taken = [d for d in grain.differences if entry_fits(entry, d)]
        words = (
            "another entry of the baseline approves these changes already. Remove one of them."
            if taken
            else "the approved change did not happen: none of these rows changed."
        )
        return KnownOutcome(entry, "gone", f"{who}: {words}"), set()
    good = [d for d in fitting if entry.is_as_approved(d)]
    wrong = [d for d in fitting if not entry.is_as_approved(d)]
    ids = tuple(d.id for d in fitting)
    money = added(d.money for d in fitting)
    if today > entry.until:
        words = f"the change was approved until {entry.until} and is still there. Approve it again, or take what came before as the past."
        return KnownOutcome(entry, "expired", f"{who}: {words}", ids), set()
    if wrong:
        first = ", ".join(_name(d) for d in wrong[:_SHOWN]) + (" and more" if len(wrong) > _SHOWN else "")
        rows = "row" if len(fitting) == 1 else "rows"
        words = f"{len(wrong):,} of {len(fitting):,} changed {rows} changed otherwise than approved ({entry.stated}): {first}."
        if any(d.kind == "frozen" for d in wrong) and not entry.names_a_period:
            words += " A change in a closed period is approved only where the entry's key names the period."
        return KnownOutcome(entry, "changed", f"{who}: {words}", ids), {d.id for d in good}
    if entry.count is not None and len(fitting) != entry.count:
        words = f"{_rows(len(fitting))} changed; {_rows(entry.count)} were approved to change."
        return KnownOutcome(entry, "changed", f"{who}: {words}", ids), set()
    if entry.total is not None and money != entry.total:
        words = (
            f"the changes add up to {_text(money, grain)}; approved is {_text(entry.total, grain)} in total."
        )
        return KnownOutcome(entry, "changed", f"{who}: {words}", ids), set()
    words = f"{_rows(len(fitting))} changed as approved ({entry.stated}), by {_text(money, grain)} in total: {entry.reason}"
    return KnownOutcome(entry, "accepted", f"{who}: {words}", ids), set(ids)


def not_happened(
    entry: ApprovedChange, outcome: KnownOutcome, grain: GrainResult, before: ResultTable
) -> KnownOutcome:
    """The outcome with the rows that were approved to change and are as they were.

    Only a stated change asks that of every row; where any change is approved, rows may stay.
    """
    if entry.is_any or outcome.state in ("gone", "expired"):
        return outcome
    differing = {tuple(p.value for p in d.key) for d in (*grain.differences, *grain.accepted)}
    names = grain.mapping.key_names
    still: list[ResultRow] = []
    for row in before.rows:
        if row.key in differing or entry.after(row.amount, row.currency) == row.amount:
            continue
        if _names_row(entry, names, row):
            still.append(row)
    if not still:
        return outcome
    listed = "; ".join(", ".join(x for x in row.key if x) for row in still[:_SHOWN])
    more = " and more" if len(still) > _SHOWN else ""
    words = f"{_rows(len(still))} did not change as approved ({entry.stated}), but are as they were: {listed}{more}."
    return KnownOutcome(entry, "changed", f"{named(entry.key) or 'every row'}: {words}", outcome.ids)


def _names_row(entry: ApprovedChange, names: Sequence[str], row: ResultRow) -> bool:
    """As entry_fits: the key may be said in our values or in the target's own codes."""
    said: dict[str, set[str]] = {name: {value} for name, value in zip(names, row.key, strict=True)}
    for source in row.sources:
        if isinstance(source, SourceRow):
            for name, code in zip(names, source.codes, strict=False):
                said[name].add(code)
    return fits(entry.key, lambda name: tuple(said.get(name, ("",))))


def entry_fits(entry: KnownDifference, difference: Difference) -> bool:
    """The key may be said in our values or in the target's own codes."""
    codes = {p.name: p.code for p in difference.key}
    return fits(entry.key, lambda name: (difference.part(name), codes.get(name, "")))


def change_words(by: str, percent: Fraction | None, to: str) -> str:
    """What was approved for each row, in words."""
    if by:
        return f"each by {by}"
    if percent is not None:
        return f"each by {'+' if percent > 0 else ''}{format_percent(percent)}"
    return f"each becomes {to}" if to else "any change"


def half_up(value: Fraction) -> int:
    """The nearest whole number, a half away from zero."""
    doubled = abs(value) * 2 + 1
    whole = doubled.numerator // (doubled.denominator * 2)
    return whole if value >= 0 else -whole


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"


def _name(difference: Difference) -> str:
    return " ".join(p.value for p in difference.key if p.value)


def _text(money: ByCurrency, grain: GrainResult) -> str:
    parts = [grain.money_text(units, currency) for currency, units in money]
    return " and ".join(parts) or "no money"
