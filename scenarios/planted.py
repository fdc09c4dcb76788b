"""Planted differences: what a target would export of a calculation if it had every kind of fault, each of them recorded.

The export has two files, commission lines and payouts.  A fault in a line goes on into the payout, as in a real
system; some faults stand in the payouts alone.
"""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from reference_engine.vocabulary.numbers import minor_units, plain_number
from reference_engine.vocabulary.results import EarnedLine, Payout
from scenarios.streams import Stream

LINES, PAYOUTS = "commission lines", "payouts"
LINE_COLUMNS = ("payee", "plan", "component", "record", "pay period", "amount", "currency", "product")
PAYOUT_COLUMNS = ("payee", "plan", "component", "period", "amount", "currency")
CLOSED = "2026-01"
"""The period that is closed in the mapping: a difference in it is of a class of its own."""
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Planted:
    """One planted difference.  class_: as the reconciliation names it, or known or tolerated.  cause: the relation.

    shared: what sets its group apart, name and value, where it is planted with something in common.
    """

    grain: str
    key: Key
    class_: str
    cause: str = ""
    shared: tuple[str, str] | None = None


@dataclass(slots=True)
class Row:
    """One row of the export.  key: payee, plan, component, record, pay period.  units: the amount in minor units."""

    key: Key
    units: int
    currency: str
    product: str
    lines: tuple[EarnedLine, ...] = ()
    text: str = ""


@dataclass
class TargetExport:
    """An export with faults.  rows: its commission lines; payouts: key with currency to minor units; truth: the faults."""

    rows: list[Row]
    payouts: dict[Key, int]
    truth: list[Planted] = field(default_factory=list)
    known: list[tuple[Key, int]] = field(default_factory=list)

    def write(self, folder: Path) -> None:
        """Writes commission_lines.csv, payouts.csv, known.yaml and planted.csv."""
        folder.mkdir(parents=True, exist_ok=True)
        lines = ((*r.key, r.text or _money(r.units, r.currency), r.currency, r.product) for r in self.rows)
        _write(folder / "commission_lines.csv", LINE_COLUMNS, lines)
        rows = ((*key[:4], _money(units, key[4]), key[4]) for key, units in self.payouts.items())
        _write(folder / "payouts.csv", PAYOUT_COLUMNS, rows)
        planted = ((p.grain, *p.key, *[""] * (5 - len(p.key)), p.class_, p.cause) for p in self.truth)
        header = ("grain", "payee", "plan", "component", "record or period", "pay period", "class", "cause")
        _write(folder / "planted.csv", header, planted)
        entries = "".join(_known_entry(key, units) for key, units in self.known)
        (folder / "known.yaml").write_text(entries or "[]\n", encoding="utf-8", newline="\n")


def _known_entry(key: Key, units: int) -> str:
    parts = zip(("payee", "plan", "component", "period"), key, strict=False)
    said = ", ".join(f'{name}: "{value}"' for name, value in parts)
    return (
        f"- grain: payouts\n  key: {{{said}}}\n  difference: {_money(units, key[4])} {key[4]}\n"
        "  reason: a bonus by hand that the plan doesn't know\n  until: 2099-12-31\n"
    )


def _write(file: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows((header, *rows))
    file.write_text(text.getvalue(), encoding="utf-8", newline="")


def _money(units: int, currency: str) -> str:
    decimals = minor_units(currency)
    return plain_number(Fraction(units, 10**decimals), decimals)


def target_export(
    lines: Sequence[EarnedLine], payouts: Sequence[Payout], *, each: int = 5, seed: int = 1
) -> TargetExport:
    """The export of a target with `each` planted differences of every class and cause, on the whole company's results."""
    from scenarios.planted_lines import plant_in_lines
    from scenarios.planted_payouts import plant_in_payouts

    stream = Stream("trueup", "planted", seed)
    planting = Planting(rows_of(lines), each, stream)
    plant_in_lines(planting)
    export = TargetExport(planting.export(), {}, planting.truth)
    export.payouts = _paid(export.rows, payouts)
    plant_in_payouts(export, planting, payouts)
    return export


def rows_of(lines: Iterable[EarnedLine]) -> list[Row]:
    """The rows that a right export has: the lines of one payee, component, record and pay period added up."""
    groups: dict[Key, list[EarnedLine]] = defaultdict(list)
    for line in lines:
        groups[line.payee, line.plan, line.component, line.record, line.pay_period].append(line)
    return [
        Row(
            key,
            _units(sum((x.amount for x in same), Fraction(0)), same[0].currency),
            same[0].currency,
            _product(same),
            tuple(same),
        )
        for key, same in groups.items()
    ]


def _product(lines: Sequence[EarnedLine]) -> str:
    return next((value for name, value in lines[0].attributes if name == "product"), "")


def _units(amount: Fraction, currency: str) -> int:
    return int(amount * 10 ** minor_units(currency))


def _paid(rows: Iterable[Row], payouts: Iterable[Payout]) -> dict[Key, int]:
    """What the target pays: its own lines added up; payouts of zero stay rows."""
    paid: Counter[Key] = Counter()
    for row in rows:
        payee, plan, component, _, period = row.key
        paid[payee, plan, component, period, row.currency] += row.units
    for payout in payouts:
        key = (payout.payee, payout.plan, payout.component, payout.period, payout.currency)
        if not payout.amount:
            paid.setdefault(key, 0)
    return dict(paid)


class Planting:
    """The rows of an export while faults are planted, no two of them in the same record.

    touched: payouts that a fault in a line changes.
    """

    def __init__(self, rows: list[Row], each: int, stream: Stream) -> None:
        self.rows, self.each, self.stream = rows, each, stream
        self.truth: list[Planted] = []
        self.touched: set[Key] = set()
        self.keys = {row.key for row in rows}
        self.added: list[Row] = []
        self._gone: set[int] = set()
        self._used: set[Key] = set()
        self._records: set[str] = set()
        self._by_part: dict[tuple[str, str], list[int]] = defaultdict(list)
        for at in _shuffled(len(rows), stream):
            self._by_part[rows[at].key[1], rows[at].key[2]].append(at)
        self.owners: dict[Key, list[int]] = defaultdict(list)
        for at, row in enumerate(rows):
            if row.key[3] and all(x.credit == "direct" for x in row.lines):
                self.owners[row.key[1:]].append(at)

    def some(
        self,
        plan: str,
        component: str,
        wanted: Callable[[Row], bool] = lambda row: True,
        count: int | None = None,
    ) -> list[int]:
        """Positions of rows that no fault has touched, at most `each`, none of them in the closed period."""
        found: list[int] = []
        most = self.each if count is None else count
        for at in self._by_part[plan, component]:
            if len(found) == most:
                break
            row = self.rows[at]
            if row.key[4] != CLOSED and self.is_free(row) and wanted(row):
                found.append(at)
                self.use(row)
        return found

    def is_free(self, row: Row) -> bool:
        """Whether neither the row nor its record has a fault yet."""
        return row.key not in self._used and (not row.key[3] or row.key[3] not in self._records)

    def use(self, row: Row) -> None:
        """Keeps other faults away from the row and its record."""
        self._used.add(row.key)
        if row.key[3]:
            self._records.add(row.key[3])

    def note(self, key: Key, class_: str, cause: str = "", shared: tuple[str, str] | None = None) -> None:
        """Records a planted difference in a line, and the payout that it changes."""
        self.truth.append(Planted(LINES, key, class_, cause, shared))
        self.touch(key)

    def touch(self, key: Key) -> None:
        """Keeps faults of payouts away from the payout of a line."""
        self.touched.add((key[0], key[1], key[2], key[4]))

    def remove(self, at: int) -> None:
        """Takes a row out of the export."""
        self._gone.add(at)

    def export(self) -> list[Row]:
        """The rows that the target exports."""
        return [row for at, row in enumerate(self.rows) if at not in self._gone] + self.added


def _shuffled(count: int, stream: Stream) -> list[int]:
    out = list(range(count))
    for at in range(count - 1, 0, -1):
        other = stream.below(at + 1)
        out[at], out[other] = out[other], out[at]
    return out


def half_up(value: Fraction) -> int:
    """Rounded to whole minor units, ties away from zero."""
    doubled = abs(value) * 2 + 1
    whole = doubled.numerator // (doubled.denominator * 2)
    return whole if value >= 0 else -whole
