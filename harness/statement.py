"""The lines of a statement against the lines that a scenario expects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from harness.comparison import BLANK, Comparison, difference, said
from harness.outcome import total
from harness.table_schemas import Row, Rows
from reference_engine.vocabulary.numbers import Money, Percent, Quantity

if TYPE_CHECKING:
    from reference_engine.vocabulary.results import EarnedLine

COLUMNS = ("", "line", "base", "rate", "amount", "difference")


@dataclass(frozen=True)
class StatementLine:
    """One line as a reader sees it: earned lines of one name, added up.

    base, rate: None where the lines have none, or different ones that can't be shown as one.
    """

    name: str
    base: Money | Quantity | None
    rate: Money | Percent | None
    amounts: tuple[Money, ...]


def gather(name: str, lines: Sequence[EarnedLine]) -> StatementLine:
    """Adds up earned lines."""
    bases = {line.base_currency for line in lines if line.base is not None}
    base: Money | Quantity | None = None
    if len(bases) == 1 and all(line.base is not None for line in lines):
        value = sum((line.base for line in lines if line.base is not None), Fraction(0))
        currency = bases.pop()
        base = Money(value, currency) if currency else Quantity(value)
    rates = {(line.rate, line.rate_currency) for line in lines}
    rate: Money | Percent | None = None
    if len(rates) == 1:
        value_or_none, unit = rates.pop()
        if value_or_none is not None:
            rate = Money(value_or_none, unit) if unit else Percent(value_or_none)
    amounts = total(Money(line.amount, line.currency) for line in lines)
    return StatementLine(name, base, rate, tuple(amounts))


def compare(title: str, expected: Rows, lines: Sequence[EarnedLine], *, complete: bool) -> Comparison:
    """Compares expected rows with the lines of a statement.

    A row names its lines by their words (up to 100%), by their record (D-1) or by their component (commission),
    in this order.  complete: a line that no row names is a difference.
    """
    left = [*lines]
    comparison = Comparison(title, COLUMNS)
    for row in expected.rows:
        name = str(row.values["line"])
        found = _named(name, left)
        left = [line for line in left if not any(line is f for f in found)]
        _compare_row(comparison, row, gather(name, found) if found else None)
    if complete:
        for name in dict.fromkeys(line.label for line in left):
            group = gather(name, [line for line in left if line.label == name])
            if any(m.amount for m in group.amounts):
                comparison.add("not expected", name, _base(group.base), said(group.rate), said(group.amounts), BLANK, ok=False)
    return comparison


def _named(name: str, lines: Sequence[EarnedLine]) -> list[EarnedLine]:
    for wanted in (
        lambda line: line.label == name,
        lambda line: name in (line.record, f"{line.kind} {line.record}", f"{line.record}, line {line.line}"),
        lambda line: name in (line.component, f"{line.plan}, {line.component}"),
        lambda line: name == line.plan,
        lambda line: name == line.kind,
    ):
        found = [line for line in lines if wanted(line)]
        if found:
            return found
    return []


def _compare_row(comparison: Comparison, row: Row, computed: StatementLine | None) -> None:
    name = str(row.values["line"])
    base, rate, amount = (row.values.get(c) for c in ("base", "rate", "amount"))
    assert base is None or isinstance(base, Money | Quantity)
    assert rate is None or isinstance(rate, Money | Percent)
    assert isinstance(amount, Money)
    wanted = (name, _base(base), said(rate), said(amount))
    if computed is None:
        comparison.add("not computed", *wanted, BLANK, ok=False)
        return
    ok = (
        (base is None or base == computed.base)
        and (rate is None or rate == computed.rate)
        and computed.amounts == (amount,)
    )
    if ok:
        comparison.add("agrees", *wanted, "", ok=True)
        return
    single = computed.amounts[0] if len(computed.amounts) == 1 else None
    comparison.add("expected", *wanted, "", ok=False)
    comparison.add("computed", name, _base(computed.base), said(computed.rate), said(computed.amounts), difference(amount, single), ok=False)


def _base(base: Money | Quantity | None) -> str:
    return f"{base} {'unit' if base.value == 1 else 'units'}" if isinstance(base, Quantity) else said(base)
