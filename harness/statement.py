"""The lines of a statement against the lines that a scenario expects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from harness.comparison import BLANK, Comparison, difference, said
from harness.table_schemas import Row, Rows
from reference_engine.vocabulary.numbers import Money, Percent, Quantity

if TYPE_CHECKING:
    from reference_engine.vocabulary.results import EarnedLine

COLUMNS = ("", "line", "base", "rate", "amount", "difference")
DIVIDED = ("", "line", "base", "rate", "share", "amount", "difference")
"""The columns where commissions are divided after their rate."""


@dataclass(frozen=True)
class ShownLine:
    """An earned line with the rate that a reader finds in the plan.  share: the payee's of the commission; None where it isn't divided."""

    earned: EarnedLine
    rate: Fraction | None
    share: Fraction | None

    @classmethod
    def of(cls, line: EarnedLine, share: Fraction | None) -> ShownLine:
        """share: where the commission is divided after the rate."""
        rate = line.rate if line.rate is None or share is None else line.rate / share
        return cls(line, rate, share)


def total(amounts: Iterable[Money]) -> list[Money]:
    """One sum for each currency."""
    sums: dict[str, Fraction] = {}
    for money in amounts:
        sums[money.currency] = sums.get(money.currency, Fraction(0)) + money.amount
    return [Money(amount, currency) for currency, amount in sums.items()]


@dataclass(frozen=True)
class StatementLine:
    """One line as a reader sees it: earned lines of one name, added up.

    base, rate, share: None where the lines have none, or different ones that can't be shown as one.
    """

    name: str
    base: Money | Quantity | None
    rate: Money | Percent | None
    share: Percent | None
    amounts: tuple[Money, ...]


def gather(name: str, shown: Sequence[ShownLine]) -> StatementLine:
    """Adds up earned lines."""
    lines = [s.earned for s in shown]
    bases = {line.base_currency for line in lines if line.base is not None}
    base: Money | Quantity | None = None
    if len(bases) == 1 and all(line.base is not None for line in lines):
        value = sum((line.base for line in lines if line.base is not None), Fraction(0))
        currency = bases.pop()
        base = Money(value, currency) if currency else Quantity(value)
    rates = {(s.rate, s.earned.rate_currency) for s in shown}
    shares = {Fraction(1) if s.share is None else s.share for s in shown}
    share = Percent(shares.pop()) if len(shares) == 1 else None
    rate: Money | Percent | None = None
    if len(rates) == 1:
        value_or_none, unit = rates.pop()
        if value_or_none is not None:
            rate = Money(value_or_none, unit) if unit else Percent(value_or_none)
    amounts = total(Money(line.amount, line.currency) for line in lines)
    return StatementLine(name, base, rate, share, tuple(amounts))


def compare(title: str, expected: Rows, lines: Sequence[ShownLine], *, complete: bool) -> Comparison:
    """Compares expected rows with the lines of a statement.

    A row names its lines by their words (up to 100%), by their record (D-1) or by their component (commission),
    in this order.  complete: a line that no row names is a difference.
    """
    left = [*lines]
    divided = "share" in expected.header or any(line.share is not None for line in lines)
    comparison = Comparison(title, DIVIDED if divided else COLUMNS)
    for row in expected.rows:
        name = str(row.values["line"])
        found = _named(name, left)
        left = [line for line in left if not any(line is f for f in found)]
        _compare_row(comparison, row, gather(name, found) if found else None, divided=divided)
    if complete:
        for name in dict.fromkeys(line.earned.label for line in left):
            group = gather(name, [line for line in left if line.earned.label == name])
            if any(m.amount for m in group.amounts):
                comparison.add("not expected", *_cells(name, group, divided=divided), BLANK, ok=False)
    return comparison


def _named(name: str, lines: Sequence[ShownLine]) -> list[ShownLine]:
    wanted: Callable[[EarnedLine], bool]
    for wanted in (
        lambda line: line.label == name,
        lambda line: name in (line.record, f"{line.kind} {line.record}", f"{line.record}, line {line.line}"),
        lambda line: name in (line.component, f"{line.plan}, {line.component}"),
        lambda line: name == line.plan,
        lambda line: name == line.kind,
    ):
        found = [line for line in lines if wanted(line.earned)]
        if found:
            return found
    return []


def _cells(name: str, line: StatementLine, *, divided: bool) -> tuple[str, ...]:
    share = (said(line.share),) if divided else ()
    return (name, _base(line.base), said(line.rate), *share, said(line.amounts))


def _compare_row(comparison: Comparison, row: Row, computed: StatementLine | None, *, divided: bool) -> None:
    name = str(row.values["line"])
    base, rate, share, amount = (row.values.get(c) for c in ("base", "rate", "share", "amount"))
    assert base is None or isinstance(base, Money | Quantity)
    assert rate is None or isinstance(rate, Money | Percent)
    assert share is None or isinstance(share, Percent)
    assert isinstance(amount, Money)
    wanted = _cells(name, StatementLine(name, base, rate, share, (amount,)), divided=divided)
    if computed is None:
        comparison.add("not computed", *wanted, BLANK, ok=False)
        return
    ok = (
        (base is None or base == computed.base)
        and (rate is None or rate == computed.rate)
        and (share is None or share == computed.share)
        and computed.amounts == (amount,)
    )
    if ok:
        comparison.add("agrees", *wanted, "", ok=True)
        return
    single = computed.amounts[0] if len(computed.amounts) == 1 else None
    comparison.add("expected", *wanted, "", ok=False)
    comparison.add("computed", *_cells(name, computed, divided=divided), difference(amount, single), ok=False)


def _base(base: Money | Quantity | None) -> str:
    return f"{base} {'unit' if base.value == 1 else 'units'}" if isinstance(base, Quantity) else said(base)
