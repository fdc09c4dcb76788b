"""Statements: what each payee is expected to be paid, beside what the target pays, with how it is made up."""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from reference_engine.vocabulary.numbers import MINOR_UNITS
from reports.csv_files import neutral
from reports.pages import figures
from reports.pages.figures import Figure
from reports.pages.words import side_words
from reports.record_check import Total, number
from reports.record_types import RunRecord
from reports.statement_types import StatementRow

FILE = "statements.csv"
LISTED = 25
OF = {"lines": "line"}


@dataclass(frozen=True, slots=True)
class PayeeRow:
    """One payee whose statement differs, in one currency.  periods: how many of them differ."""

    payee: str
    name: str
    periods: str
    expected: str
    actual: str
    difference: Figure


@dataclass(frozen=True, slots=True)
class StatementsPage:
    """listed: the payees whose statements differ, the largest first; more: of them that aren't listed.

    data: every statement, packed for the page's own script.
    """

    payees: int
    amounts: int
    differing: int
    listed: tuple[PayeeRow, ...]
    more: int
    data: str


def statements_page(record: RunRecord) -> StatementsPage | None:
    """The statements of a record, or None where no grain compares what payees are paid."""
    rows = record.statements
    if not rows:
        return None
    sums: dict[tuple[str, str], tuple[Total, Total, Total]] = {}
    periods: dict[tuple[str, str], set[str]] = {}
    names = {row.payee: row.name for row in rows}
    for row in rows:
        key = (row.currency, row.payee)
        own = sums.get(key)
        if own is None:
            own = sums[key] = (Total(), Total(), Total())
        own[0].add(row.expected)
        own[1].add(row.actual)
        if row.expected != row.actual:
            own[2].add(figures.exact(abs(number(row.actual) - number(row.expected))))
        if row.differences:
            periods.setdefault(key, set()).add(row.period)
    found = sorted((key for key, own in sums.items() if own[2].value or key in periods), key=lambda key: (-sums[key][2].value, key))
    listed = tuple(
        _listed(payee, names[payee], currency, [total.value for total in sums[currency, payee]], len(periods.get((currency, payee), ()))) for currency, payee in found[:LISTED]
    )
    return StatementsPage(
        len(names),
        len(rows),
        len({payee for _, payee in found}),
        listed,
        len(found) - len(listed),
        _packed(record),
    )


def _listed(payee: str, name: str, currency: str, sums: Sequence[Fraction], periods: int) -> PayeeRow:
    expected, actual = (figures.money(figures.exact(sums[i]), currency) for i in (0, 1))
    difference = figures.signed(figures.exact(sums[1] - sums[0]), currency)
    return PayeeRow(payee, name, figures.number_of(periods, "period"), expected, actual, difference)


def statements_csv(record: RunRecord) -> str:
    """Every statement as CSV, with no cell that a spreadsheet takes for a formula."""
    words = side_words(record)
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(
        [
            "payee",
            "name",
            "period",
            "plan",
            "component",
            words.expected,
            words.actual,
            "difference",
            "currency",
            "made of",
            "differences",
        ]
    )
    for row in record.statements:
        cells = (
            *(row.payee, row.name, row.period, row.plan, row.component, row.expected, row.actual),
            "0" if row.actual == row.expected else figures.exact(number(row.actual) - number(row.expected)),
            *(row.currency, made_of(row), " ".join(row.differences)),
        )
        writer.writerow([neutral(cell) for cell in cells])
    return file.getvalue()


def made_of(row: StatementRow) -> str:
    """What an expected amount is made of, in words: 21,272.44 EUR from 7 lines, -16,272.44 EUR by cap."""
    said = []
    for part in row.parts:
        amount = f"{figures.money(part.amount, row.currency)} {row.currency}"
        word = OF.get(part.label)
        said.append(
            f"{amount} from {figures.number_of(part.lines, word)}" if word else f"{amount} by {part.label}"
        )
    return ", ".join(said)


class _Texts:
    """Texts that are kept once; rows hold their numbers."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def of(self, text: str) -> int:
        return self.numbers.setdefault(text, len(self.numbers))


def _packed(record: RunRecord) -> str:
    """The statements as columns, gzipped: texts once, an amount only where it isn't said by another."""
    texts, payees = _Texts(), _Texts()
    columns: list[list[object]] = [[] for _ in range(9)]
    for row in record.statements:
        single = len(row.parts) == 1 and row.parts[0].label == "lines"
        parts: object = (
            row.parts[0].lines if single else [[texts.of(p.label), p.lines, p.amount] for p in row.parts]
        )
        values: Sequence[object] = (
            payees.of(row.payee), texts.of(row.period), texts.of(row.plan), texts.of(row.component), texts.of(row.currency),
            row.expected, 0 if row.actual == row.expected else row.actual, parts, list(row.differences) or 0,
        )  # fmt: skip
        for column, value in zip(columns, values, strict=True):
            column.append(value)
    names = {row.payee: row.name for row in record.statements}
    shown = {i for row in record.statements for i in row.differences}
    data = {
        "payees": [[payee, names[payee]] for payee in payees.numbers],
        "columns": columns,
        "last": {str(texts.of(row.period)): row.last for row in record.statements if row.last},
        "open": [d.id for d in record.differences if d.id in shown],
        "known": [d.id for d in record.accepted if d.id in shown],
        "decimals": {row.currency: MINOR_UNITS.get(row.currency, 2) for row in record.statements},
        "reached": list(_reached(record, payees, texts)),
        "texts": list(texts.numbers),
    }
    packed = gzip.compress(
        json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"),
        9,
        mtime=0,
    )
    return base64.b64encode(packed).decode()


def _reached(record: RunRecord, payees: _Texts, texts: _Texts) -> Iterator[list[object]]:
    """What payees with a statement reached of their quotas, in the order of the record."""
    for row in record.performance:
        if row.payee in payees.numbers:
            percent = number(row.attainment) * 100
            shown = int(abs(percent) * 10 + Fraction(1, 2))
            said = f"{'-' if percent < 0 and shown else ''}{shown // 10}.{shown % 10}%"
            yield [
                payees.of(row.payee), texts.of(row.plan), texts.of(row.component), texts.of(row.measure), texts.of(row.period),
                row.first, row.last, row.measured, row.quota, texts.of(row.currency), said,
            ]  # fmt: skip
