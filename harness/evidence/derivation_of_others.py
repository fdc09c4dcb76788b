"""Our side of a difference of records, credits, quotas, attainments, figures and balances, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from harness.evidence.figures import plain
from harness.reconcile.grain_rows import Transaction, facts
from reference_engine.vocabulary.numbers import format_money, format_number, format_percent
from reference_engine.vocabulary.results import Attainment, Balance, Credit, QuotaRow
from reports import record as kept

MOST_SENTENCES = 60


def of_other(sources: Sequence[Any]) -> kept.Derivation:
    """What the calculation says of these rows.  sources: rows of one kind, under one key."""
    said = [facts(row) for row in sources]

    def of(name: str) -> str:
        values = {one.get(name, "") for one in said}
        return values.pop() if len(values) == 1 else ""

    sentences = [text for row in sources[:MOST_SENTENCES] for text in _sentences(row)]
    if len(sources) > MOST_SENTENCES:
        sentences.append(f"{len(sources) - MOST_SENTENCES:,} more rows are added up.")
    first = sources[0]
    single = first if len(sources) == 1 else None
    return kept.Derivation(
        payee=of("payee"),
        plan=of("plan"),
        component=of("component") or of("measure") or of("figure"),
        period=of("period"),
        record=of("record"),
        line=of("line"),
        deal=of("deal"),
        date=str(getattr(single, "date", "") or ""),
        base=plain(single.measured, single.currency) if isinstance(single, Attainment) else "",
        base_currency=single.currency if isinstance(single, Attainment) else "",
        sentences=tuple(sentences),
    )


def _sentences(row: Any) -> list[str]:
    if isinstance(row, Transaction):
        return [f"{row.kind} {row.record} of {row.date}: {_amount(row.amount, row.currency)}"]
    if isinstance(row, Credit):
        share = "" if row.share == 1 else f", {format_percent(row.share)} of it"
        return [
            f"{row.type} credit for {row.kind} {row.record} of {row.date}: {_amount(row.value, row.currency)}{share}"
        ]
    if isinstance(row, Attainment):
        return [
            f"{row.measure or row.component} in {row.period}: {_amount(row.measured, row.currency)} of {_amount(row.quota, row.currency)}, which is {format_percent(row.value)}"
        ]
    if isinstance(row, QuotaRow):
        return [*row.steps, f"quota for {row.period}: {_amount(row.quota, row.currency)}"]
    if isinstance(row, Balance):
        moved = [f"{m.what}: {_amount(m.amount, row.currency)}" for m in row.movements]
        return [
            f"opening balance: {_amount(row.opening, row.currency)}",
            *moved,
            f"balance after {row.period}: {_amount(row.amount, row.currency)}",
        ]
    return [f"{row.figure} in {row.period}: {_amount(row.value, row.currency)}"]


def _amount(value: Fraction, currency: str) -> str:
    return format_money(value, currency) if currency else format_number(value)
