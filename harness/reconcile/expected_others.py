"""Credits, transactions, attainments, quotas, balances and figures as `trueup calculate --out` wrote them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from harness.adapters.delimited import TextFormat, read_text_file
from harness.adapters.findings import Findings
from harness.reconcile.beside_payouts import COLUMNS
from harness.reconcile.expected import (
    CREDIT_COLUMNS,
    currency_cell,
    day_cell,
    number_cell,
    read_rows,
)
from harness.reconcile.grain_rows import Transaction
from reference_engine.problems import Problem
from reference_engine.vocabulary.results import Attainment, Balance, Credit, FigureValue, QuotaRow

Cells = dict[str, str]


def read_others(file: Path, kind: str, problems: list[Problem]) -> Sequence[Any]:
    """Reads the rows of one kind.  Adds Problems."""
    findings = Findings(problems, str(file))
    text = read_text_file(file, TextFormat(encoding="utf-8 with bom"), findings)
    rows: Sequence[Any] = ()
    if text is not None:
        columns = CREDIT_COLUMNS if kind == "credits" else COLUMNS[kind]
        if set(columns) <= set(text.header):
            rows = read_rows(text, columns, _READERS[kind], findings)
        else:
            findings.add(
                "expected-columns",
                f"the file doesn't have the columns of {kind}.csv.",
                text.header_line,
                remedy=f"{kind}.csv: {', '.join(columns)}.",
            )
    findings.close()
    return rows


def _unit(cells: Cells) -> str:
    """A currency, or "" for units."""
    return currency_cell(cells) if cells["currency"] else ""


def _credit(c: Cells) -> Credit:
    return Credit(
        payee=c["payee"],
        record=c["record"],
        line=c["line"],
        deal=c["deal"],
        kind=c["kind"],
        type=c["type"],
        date=day_cell(c, "date"),
        share=number_cell(c, "share"),
        value=number_cell(c, "value"),
        currency=_unit(c),
    )


def _transaction(c: Cells) -> Transaction:
    return Transaction(
        record=c["record"],
        line=c["line"],
        deal=c["deal"],
        kind=c["kind"],
        date=day_cell(c, "date"),
        payee=c["payee"],
        amount=number_cell(c, "amount"),
        units=number_cell(c, "units"),
        currency=_unit(c),
        attributes=tuple((n, c[n]) for n in ("product", "category", "account", "territory") if c[n]),
    )


def _attainment(c: Cells) -> Attainment:
    return Attainment(
        payee=c["payee"],
        plan=c["plan"],
        component=c["component"],
        measure=c["measure"],
        period=c["period"],
        measured=number_cell(c, "measured"),
        quota=number_cell(c, "quota"),
        currency=_unit(c),
        value=number_cell(c, "attainment"),
    )


def _quota(c: Cells) -> QuotaRow:
    steps = tuple(c["made by"].split("; ")) if c["made by"] else ()
    return QuotaRow(
        c["payee"], c["plan"], c["measure"], c["period"], number_cell(c, "quota"), _unit(c), steps
    )


def _balance(c: Cells) -> Balance:
    return Balance(c["payee"], c["period"], number_cell(c, "amount"), _unit(c))


def _figure(c: Cells) -> FigureValue:
    return FigureValue(c["payee"], c["plan"], c["figure"], c["period"], number_cell(c, "value"), _unit(c))


_READERS: dict[str, Callable[[Cells], Any]] = {
    "credits": _credit,
    "transactions": _transaction,
    "attainments": _attainment,
    "quotas": _quota,
    "balances": _balance,
    "figures": _figure,
}
