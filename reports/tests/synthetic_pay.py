"""Pay, attainment and business of two currencies, to go with the synthetic record: what charts and statements are drawn from."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from reports.performance_types import Flow, Performance
from reports.record import RunRecord
from reports.record_check import number
from reports.statement_types import StatementPart, StatementRow
from reports.tests.synthetic import money

REACHED = (
    ("0", "0"),
    ("49.99", "2.50"),
    ("99.99", "5.00"),
    ("100.00", "5.00"),
    ("150.00", "12.00"),
    ("400.00", "40.00"),
)
"""Of a quota of 100 each: what was reached, and what that pays."""


def with_pay(record: RunRecord, evil: str = "") -> RunRecord:
    """The record with a statement for each settlement that differs, some that agree, and what people reached."""
    differing = [d for d in record.differences if d.grain == record.grains[-1].name]
    rows = [
        StatementRow(
            d.key["person"], "2019-03", f"CRITERIA{evil}", "commission", d.expected, d.actual, "USD", f"Ana Ruiz {i}{evil}", "2019-03-31",
            (StatementPart("lines", 12, money(number(d.expected) + 10)), StatementPart(f"cap{evil}", 1, "-10.00")), (d.id,),
        )
        for i, d in enumerate(differing)
    ]  # fmt: skip
    rows += [
        StatementRow(
            f"E30{i}{evil}",
            f"2019-0{1 + i % 3}",
            "",
            "draw",
            f"{100 + i}.00",
            f"{100 + i}.00",
            ("EUR", "USD")[i % 2],
            "Bo",
            f"2019-0{1 + i % 3}-28",
        )
        for i in range(6)
    ]
    reached = tuple(
        Performance(
            f"E30{i}{evil}", "", "draw", f"bookings{evil}", "2019-Q1", "2019-01-01", "2019-03-31", sold, "100.00", "EUR",
            str(Fraction(sold) / 100), pay, "EUR", {"territory": f"{('North', 'South')[i % 2]}{evil}"},
        )
        for i, (sold, pay) in enumerate(REACHED)
    )  # fmt: skip
    flows = tuple(
        Flow(f"2019-0{m}", kind, f"{m * size}.00", currency)
        for currency, size in (("EUR", 500), ("USD", 900))
        for kind in ("bookings", "cash")
        for m in (1, 2, 4)
    )
    return replace(
        record,
        statements=tuple(sorted(rows, key=lambda r: (r.payee, r.period))),
        performance=reached,
        flows=flows,
    )
