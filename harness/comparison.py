"""Expected against computed, as a table that a business user reads: all differences of a step at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from harness.verdicts import Mismatch
from reference_engine.vocabulary.numbers import Money, Percent, Quantity

Value = Money | Percent | Quantity
BLANK = "-"


def said(values: Value | str | Iterable[Value] | None) -> str:
    """A value, or several joined, as text; a hyphen for none."""
    if values is None:
        return BLANK
    if isinstance(values, str):
        return values or BLANK
    if isinstance(values, Money | Percent | Quantity):
        return str(values)
    return " + ".join(str(v) for v in values) or BLANK


def difference(expected: Value | None, computed: Value | None) -> str:
    """Computed less expected, where the two can be subtracted."""
    if isinstance(expected, Money) and isinstance(computed, Money) and expected.currency == computed.currency:
        return _signed(str(Money(computed.amount - expected.amount, expected.currency)))
    if isinstance(expected, Percent) and isinstance(computed, Percent):
        return _signed(str(Percent(computed.value - expected.value)))
    if isinstance(expected, Quantity) and isinstance(computed, Quantity):
        return _signed(str(Quantity(computed.value - expected.value)))
    return BLANK


def _signed(text: str) -> str:
    return text if text.startswith("-") or (text.startswith("0") and not text.strip("0.,% ABCDEFGHIJKLMNOPQRSTUVWXYZ")) else f"+{text}"


@dataclass
class Comparison:
    """Collects what is compared in one step.  Differences make the step fail, all together.

    title: what is compared.  columns: the headings of the table.  Each row ends with its verdict.
    """

    title: str
    columns: Sequence[str]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    wrong: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, *cells: str, ok: bool) -> None:
        if not ok:
            self.wrong.append(len(self.rows))
        self.rows.append(tuple(cells))

    def note(self, text: str) -> None:
        """A difference that is not a row."""
        self.notes.append(text)

    def finish(self) -> None:
        """Raises Mismatch where something differs."""
        __tracebackhide__ = True
        if not self.wrong and not self.notes:
            return
        lines = [self.title]
        if self.rows:
            lines += ["", *table(self.columns, self.rows, set(self.wrong))]
        if self.notes:
            lines += ["", *self.notes]
        raise Mismatch("\n".join(lines))


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], marked: set[int]) -> list[str]:
    """An aligned text table; numbers to the right.  marked: rows that get an arrow."""
    cells = [tuple(columns), *((row[0], *(c or BLANK for c in row[1:])) for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(columns))]
    right = [any(c[i][:1].isdigit() or c[i][:2].lstrip("+-")[:1].isdigit() for c in cells[1:]) for i in range(len(columns))]
    out = []
    for number, row in enumerate(cells):
        padded = (c.rjust(w) if r else c.ljust(w) for c, w, r in zip(row, widths, right, strict=True))
        arrow = "->" if number - 1 in marked else "  "
        out.append(f"  {arrow} {'  '.join(padded)}".rstrip())
    out.insert(1, "     " + "  ".join("-" * w for w in widths))
    return out


def same(expected: Value, computed: Sequence[Value]) -> bool:
    """Whether exactly this value was computed."""
    return len(computed) == 1 and computed[0] == expected
