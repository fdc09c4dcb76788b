"""What a calculation says beside lines, payouts and credits: transactions, quotas, attainments, balances and shown figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path

from harness.reconcile.expected import safe, write_rows
from harness.reconcile.grain_rows import transactions_of
from reference_engine.results import Result
from reference_engine.vocabulary.numbers import MINOR_UNITS, plain_number

COLUMNS = {
    "transactions": (
        *("record", "line", "deal", "kind", "date", "payee", "amount", "units", "currency"),
        *("product", "category", "account", "territory"),
    ),
    "quotas": ("payee", "plan", "measure", "period", "quota", "currency", "made by"),
    "attainments": ("payee", "plan", "component", "measure", "period", "measured", "quota", "currency", "attainment"),
    "balances": ("payee", "period", "amount", "currency"),
    "figures": ("payee", "plan", "figure", "period", "value", "currency"),
}

_NUMBERS = ("units", "quota", "measured", "attainment", "amount", "value")


def tables(result: Result, *, transactions: bool = False) -> dict[str, list[tuple[str, ...]]]:
    """The rows of each table that has any, as text.  transactions: the records themselves too, which may be many."""
    made: dict[str, Callable[[], Iterable[tuple[str, ...]]]] = {
        "transactions": lambda: (
            (
                *(t.record, t.line, t.deal, t.kind, t.date.isoformat(), t.payee),
                *(plain(t.amount, t.currency), plain_number(t.units, 0), t.currency),
                *(dict(t.attributes).get(n, "") for n in ("product", "category", "account", "territory")),
            )
            for t in transactions_of(result)
        ),
        "quotas": lambda: (
            (q.payee, q.plan, q.measure, q.period, plain(q.quota, q.currency), q.currency, "; ".join(q.steps))
            for q in result.quota_rows()
        ),
        "attainments": lambda: (
            (
                *(a.payee, a.plan, a.component, a.measure, a.period),
                *(plain(a.measured, a.currency), plain(a.quota, a.currency), a.currency, str(a.value)),
            )
            for a in result.attainment_rows()
        ),
        "balances": lambda: (
            (b.payee, b.period, plain(b.amount, b.currency), b.currency) for b in result.balance_rows()
        ),
        "figures": lambda: (
            (f.payee, f.plan, f.figure, f.period, plain(f.value, f.currency), f.currency)
            for f in result.figure_rows()
        ),
    }
    found = {name: list(rows()) for name, rows in made.items() if transactions or name != "transactions"}
    return {name: rows for name, rows in found.items() if rows}


def write_beside(result: Result, folder: Path) -> list[str]:
    """Writes transactions.csv, quotas.csv, attainments.csv, balances.csv and figures.csv, those that have rows; their names."""
    return [
        write_rows(folder / f"{name}.csv", COLUMNS[name], [_harmless(name, row) for row in rows]).name
        for name, rows in tables(result, transactions=True).items()
    ]


def _harmless(table: str, row: tuple[str, ...]) -> tuple[str, ...]:
    """A row whose texts no spreadsheet takes for formulas; numbers stay as they are."""
    return tuple(c if n in _NUMBERS else safe(c) for n, c in zip(COLUMNS[table], row, strict=True))


def plain(value: Fraction, currency: str) -> str:
    """A number as machine text: an amount with its currency's decimals, a fraction where no decimals are exact."""
    return plain_number(value, MINOR_UNITS.get(currency, 2) if currency else 0)
