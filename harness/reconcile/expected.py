"""What is expected: the engine's lines and payouts, from a calculation or from the files that one wrote."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

from harness.adapters.data_folder import write_text
from harness.adapters.delimited import TextFile, TextFormat, TextRow, read_text_file
from harness.adapters.findings import Findings
from harness.evidence.inputs import shown
from reference_engine.problems import NOWHERE, Problem, Where
from reference_engine.vocabulary.calendar import Calendar, NotAPeriod
from reference_engine.vocabulary.numbers import MINOR_UNITS, format_percent, plain_number
from reference_engine.vocabulary.results import Credit, EarnedLine, Payout

T = TypeVar("T")
Days = Mapping[str, tuple[date, date]]
Others = Callable[[str, list[Problem]], Sequence[Any]]

LINE_COLUMNS = (
    *(
        "payee",
        "plan",
        "component",
        "period",
        "pay period",
        "state",
        "kind",
        "record",
        "line",
        "deal",
        "date",
    ),
    *("label", "base", "base currency", "rate", "rate currency", "amount", "currency", "rule", "credit"),
    *("plan file", "plan line", "attributes"),
)
PAYOUT_COLUMNS = ("payee", "period", "from", "to", "plan", "component", "amount", "currency", "lines")
OTHER_FILES = (
    *("credits.csv", "transactions.csv", "attainments.csv"),
    *("quotas.csv", "balances.csv", "figures.csv"),
)
CREDIT_COLUMNS = ("payee", "record", "line", "deal", "kind", "type", "date", "share", "value", "currency")
_NUMBER = re.compile(r"-?\d+(\.\d+|/[1-9]\d*)?\Z", re.ASCII)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "'")


class CalculationResult(Protocol):
    """The part of a calculation's result that is written and compared."""

    @property
    def calendar(self) -> Calendar: ...
    def line_rows(self) -> Sequence[EarnedLine]: ...
    def payout_rows(self) -> Sequence[Payout]: ...
    def credit_rows(self) -> Sequence[Credit]: ...


@dataclass(frozen=True)
class Expected:
    """The expected side.  days: period label -> its first and last day.  source: where it comes from."""

    lines: Sequence[EarnedLine] = ()
    payouts: Sequence[Payout] = ()
    days: Days = field(default_factory=dict)
    source: str = "reference engine"
    others: Others = field(default=lambda kind, problems: ())
    """The rows of another kind, read or made when a mapping asks for them."""
    calendar: Calendar | None = None
    is_partial: bool = False
    """Whether lines and payouts are only those that differ, for all of them don't fit into memory."""

    @classmethod
    def of_result(cls, result: CalculationResult) -> Expected:
        """The expected side of a calculation."""
        lines, payouts = result.line_rows(), result.payout_rows()
        days = _days(lines, payouts, result.calendar)
        return cls(lines, payouts, days, others=_made(result), calendar=result.calendar)

    def rows(self, kind: str, problems: list[Problem]) -> Sequence[Any]:
        """All rows of one kind.  Adds Problems where their file can't be read."""
        if kind == "lines":
            return self.lines
        return self.payouts if kind == "payouts" else self.others(kind, problems)

    def days_of(self, label: str) -> tuple[date, date] | None:
        """The first and last day of a period; None for a label whose days aren't known."""
        found = self.days.get(label)
        if found is None and label and self.calendar is not None:
            try:
                period = self.calendar.period(label)
            except NotAPeriod:
                return None
            return period.first, period.last
        return found


def _made(result: CalculationResult) -> Others:
    from harness.reconcile.grain_rows import rows_of
    from reference_engine.results import Result

    def made(kind: str, problems: list[Problem]) -> Sequence[Any]:
        return rows_of(result, kind) if isinstance(result, Result) else ()

    return made


def _days(
    lines: Iterable[EarnedLine], payouts: Iterable[Payout], calendar: Calendar
) -> dict[str, tuple[date, date]]:
    days = {p.period: (p.first, p.last) for p in payouts}
    for label in {label for row in lines for label in (row.period, row.pay_period)} - set(days):
        try:
            period = calendar.period(label)
        except NotAPeriod:
            continue
        days[label] = (period.first, period.last)
    return days


def write_expected(result: CalculationResult, folder: Path) -> list[Path]:
    """Writes lines.csv, payouts.csv and credits.csv.

    Amounts are exact: an amount without an exact decimal form is written as a fraction.  A text that a
    spreadsheet would take for a formula gets an apostrophe in front, which reading takes away again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = [
        write_rows(folder / "lines.csv", LINE_COLUMNS, map(_line_cells, result.line_rows())),
        write_rows(folder / "payouts.csv", PAYOUT_COLUMNS, map(_payout_cells, result.payout_rows())),
        write_rows(folder / "credits.csv", CREDIT_COLUMNS, map(_credit_cells, result.credit_rows())),
    ]
    return files


def write_rows(file: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    """Writes a table as CSV, with every text that a spreadsheet would take for a formula made harmless."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return write_text(file, text.getvalue())


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return _safe(text)


def _safe(text: str) -> str:
    return "'" + text if text.startswith(_FORMULA_STARTS) else text


def _unsafe(text: str) -> str:
    return text[1:] if text.startswith("'") else text


@lru_cache(maxsize=10_000)
def _percent(rate: Fraction) -> str:
    return format_percent(rate).replace(",", "")


@lru_cache(maxsize=10_000)
def _object(attributes: tuple[tuple[str, str], ...]) -> str:
    return json.dumps(dict(attributes), ensure_ascii=False) if attributes else ""


def _money(amount: Fraction, currency: str) -> str:
    return plain_number(amount, MINOR_UNITS.get(currency, 0))


def _line_cells(row: EarnedLine) -> tuple[str, ...]:
    texts = (
        row.payee,
        row.plan,
        row.component,
        row.period,
        row.pay_period,
        row.state,
        row.kind,
        row.record,
        row.line,
        row.deal,
    )
    rate = "" if row.rate is None else plain_number(row.rate, 0) if row.rate_currency else _percent(row.rate)
    return (
        *(_safe(t) for t in texts),
        row.date.isoformat() if row.date else "",
        _safe(row.label),
        "" if row.base is None else _money(row.base, row.base_currency),
        row.base_currency,
        rate,
        row.rate_currency,
        _money(row.amount, row.currency),
        row.currency,
        _safe(row.rule),
        _safe(row.credit),
        _safe(shown(row.where.file)) if row.where.file else "",
        str(row.where.line) if row.where.line else "",
        _object(row.attributes),
    )


def _payout_cells(row: Payout) -> tuple[str, ...]:
    return (
        _safe(row.payee),
        _safe(row.period),
        row.first.isoformat(),
        row.last.isoformat(),
        _safe(row.plan),
        _safe(row.component),
        _money(row.amount, row.currency),
        row.currency,
        str(row.lines),
    )


def _credit_cells(row: Credit) -> tuple[str, ...]:
    return (
        *(_safe(t) for t in (row.payee, row.record, row.line, row.deal, row.kind, row.type)),
        row.date.isoformat(),
        _percent(row.share),
        _money(row.value, row.currency),
        row.currency,
    )


def read_expected(path: Path, problems: list[Problem], calendar: Calendar | None = None) -> Expected | None:
    """Reads what `write_expected` wrote: its folder, or one of lines.csv and payouts.csv.

    calendar: says the days of periods that no payout states.  Adds Problems; None where nothing can be
    trusted.
    """
    if path.is_dir():
        files = [path / name for name in ("lines.csv", "payouts.csv") if (path / name).is_file()]
        if not files and not any((path / name).is_file() for name in OTHER_FILES):
            problems.append(
                Problem(
                    "expected-missing",
                    "the folder holds neither lines.csv nor payouts.csv.",
                    Where(str(path)),
                    remedy="Give the folder that trueup calculate --out wrote.",
                )
            )
            return None
    else:
        files = [path]
    lines: list[EarnedLine] = []
    payouts: list[Payout] = []
    before = len(problems)
    for file in files:
        findings = Findings(problems, str(file))
        text = read_text_file(file, TextFormat(encoding="utf-8 with bom"), findings)
        if text is not None:
            if set(PAYOUT_COLUMNS) <= set(text.header):
                payouts += read_rows(text, PAYOUT_COLUMNS, payout_of, findings)
            elif set(LINE_COLUMNS) <= set(text.header):
                lines += read_rows(text, LINE_COLUMNS, line_of, findings)
            else:
                findings.add(
                    "expected-columns",
                    "the file has neither the columns of lines.csv nor those of payouts.csv.",
                    text.header_line,
                    remedy=f"lines.csv: {', '.join(LINE_COLUMNS)}; payouts.csv: {', '.join(PAYOUT_COLUMNS)}.",
                )
        findings.close()
    if len(problems) != before:
        return None
    days = _days(lines, payouts, calendar or Calendar())
    return Expected(lines, payouts, days, str(path), _in_files(path), calendar or Calendar())


def _in_files(path: Path) -> Others:
    """The rows of other kinds that stand beside lines and payouts, each file read when it is asked for."""
    folder = path if path.is_dir() else path.parent

    def read(kind: str, problems: list[Problem]) -> Sequence[Any]:
        from harness.reconcile.expected_others import read_others

        file = folder / f"{kind}.csv"
        return read_others(file, kind, problems) if file.is_file() else ()

    return read


class WrongCell(ValueError):
    """A cell isn't as trueup writes it."""


def read_rows(
    text: TextFile, columns: Sequence[str], read: Callable[[dict[str, str]], T], findings: Findings
) -> list[T]:
    at = [text.header.index(name) for name in columns]
    rows: list[T] = []
    for row in text.rows:
        try:
            rows.append(read({name: _unsafe(row.cells[i]) for name, i in zip(columns, at, strict=True)}))
        except WrongCell as error:
            _add(findings, row, str(error))
    return rows


def _add(findings: Findings, row: TextRow, what: str) -> None:
    findings.add(
        "expected-cell", what, row.line, remedy="Calculate again instead of editing the file.", row=row.raw
    )


def number_cell(cells: dict[str, str], name: str) -> Fraction:
    text = cells[name]
    percent = text.endswith("%")
    number = text[:-1] if percent else text
    if not _NUMBER.match(number):
        raise WrongCell(f'column "{name}": "{text}" is not a number.')
    return Fraction(number) / 100 if percent else Fraction(number)


def _optional(cells: dict[str, str], name: str) -> Fraction | None:
    return number_cell(cells, name) if cells[name] else None


def day_cell(cells: dict[str, str], name: str) -> date:
    try:
        return date.fromisoformat(cells[name])
    except ValueError:
        raise WrongCell(f'column "{name}": "{cells[name]}" is not a date, like 2026-03-31.') from None


def currency_cell(cells: dict[str, str]) -> str:
    if cells["currency"] not in MINOR_UNITS:
        raise WrongCell(f'column "currency": "{cells["currency"]}" is not a currency code.')
    return cells["currency"]


def _count(cells: dict[str, str], name: str) -> int:
    if not (cells[name].isascii() and cells[name].isdigit()):
        raise WrongCell(f'column "{name}": "{cells[name]}" is not a count.')
    return int(cells[name])


def payout_of(cells: dict[str, str]) -> Payout:
    """A payout from its cells.  Raises WrongCell."""
    return Payout(
        payee=cells["payee"],
        period=cells["period"],
        first=day_cell(cells, "from"),
        last=day_cell(cells, "to"),
        plan=cells["plan"],
        component=cells["component"],
        amount=number_cell(cells, "amount"),
        currency=currency_cell(cells),
        lines=_count(cells, "lines"),
    )


@lru_cache(maxsize=10_000)
def _attributes(text: str) -> tuple[tuple[str, str], ...]:
    try:
        found = json.loads(text) if text else {}
    except (json.JSONDecodeError, RecursionError):
        raise WrongCell('column "attributes": this isn\'t a JSON object.') from None
    if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
        raise WrongCell('column "attributes": this isn\'t a JSON object of texts.')
    return tuple(found.items())


def line_of(cells: dict[str, str]) -> EarnedLine:
    """A line from its cells.  Raises WrongCell."""
    where = Where(cells["plan file"], _count(cells, "plan line") if cells["plan line"] else 0)
    return EarnedLine(
        payee=cells["payee"],
        plan=cells["plan"],
        component=cells["component"],
        period=cells["period"],
        pay_period=cells["pay period"],
        state=cells["state"],
        kind=cells["kind"],
        record=cells["record"],
        line=cells["line"],
        deal=cells["deal"],
        date=day_cell(cells, "date") if cells["date"] else None,
        label=cells["label"],
        base=_optional(cells, "base"),
        base_currency=cells["base currency"],
        rate=_optional(cells, "rate"),
        rate_currency=cells["rate currency"],
        amount=number_cell(cells, "amount"),
        currency=currency_cell(cells),
        rule=cells["rule"],
        credit=cells["credit"],
        where=where if where.file or where.line else NOWHERE,
        attributes=_attributes(cells["attributes"]),
    )
