"""What payees reached and earned for it, and the months of the business: what the report's charts are drawn from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction

import numpy as np

from harness.evidence.figures import plain
from reference_engine.attainments import AttainmentColumns
from reference_engine.events import SOURCE
from reference_engine.results import Part, Result
from reference_engine.world import World
from reports.performance_types import Flow, Performance

PLACES = ("territory", "region", "country", "team")
"""Columns of payees that say where somebody belongs; a territory that is held stands before them all."""
_FLOWS = {
    "bookings": ("deals",),
    "invoices": ("invoices", "invoice lines"),
    "cash": ("payments",),
    "retail sales": ("retail sales", "returns of sales"),
}
Earned = Mapping[tuple[int, int], tuple[str, Fraction]]


def performance_of(result: Result) -> tuple[Performance, ...]:
    """Every quota that the plans measured somebody against, once for each component that looked at it."""
    places = Places(result.world)
    return tuple(
        row
        for part in result.parts
        if part.plan is not None and part.component is not None
        for columns in part.attainments
        for row in _rows(result, part, columns, places)
    )


def flows_of(result: Result) -> tuple[Flow, ...]:
    """Bookings, invoices, cash and retail sales, by calendar month and currency: bookings as closed, credit notes and retail returns below zero."""
    e = result.events
    sums: dict[tuple[str, str, str], Fraction] = {}
    for kind, sources in _FLOWS.items():
        # Where invoices and their lines are both there they say the same twice.
        source = next((s for s in sources[:2] if kind == "invoices" and (e.source == SOURCE[s]).any()), "")
        codes = [SOURCE[s] for s in ((source,) if source else sources)]
        at = np.flatnonzero(np.isin(e.source, codes) & (e.currency != ""))
        months = e.date[at].astype("datetime64[M]").astype(str).tolist()
        currencies, signs = e.currency[at].tolist(), e.sign[at].tolist()
        for month, currency, sign, amount in zip(
            months, currencies, signs, e.amount[at].fractions(), strict=True
        ):
            key = (month, kind, currency)
            sums[key] = sums.get(key, Fraction(0)) + int(sign) * amount
    return tuple(Flow(m, k, plain(v, c), c) for (m, k, c), v in sorted(sums.items()) if m != "NaT")


def _rows(result: Result, part: Part, columns: AttainmentColumns, places: Places) -> Iterator[Performance]:
    assert part.plan is not None
    assert part.component is not None
    own = not columns.measure or columns.measure == part.component.measure
    earned = _earned(part, columns) if own else {}
    measured, quota, value = (c.fractions() for c in (columns.measured, columns.quota, columns.value))
    for i, (code, at) in enumerate(zip(columns.payee.tolist(), columns.interval.tolist(), strict=True)):
        interval, payee = columns.intervals[at], result.payees[code]
        currency, pay = str(columns.currency[i]), earned.get((code, at))
        yield Performance(
            payee=payee,
            plan=part.plan.name,
            component=part.name,
            measure=columns.measure or part.component.measure,
            period=interval.label,
            first=str(interval.first),
            last=str(interval.last),
            measured=plain(measured[i], currency),
            quota=plain(quota[i], currency),
            currency=currency,
            attainment=str(value[i]),
            pay=plain(pay[1], pay[0]) if pay else "",
            pay_currency=pay[0] if pay else "",
            places=places.of(payee, code, interval.last),
        )


def _earned(part: Part, columns: AttainmentColumns) -> Earned:
    """What the component earned for each payee and interval, in their one currency; nothing where it earns across intervals."""
    inside = [
        next((k for k, i in enumerate(columns.intervals) if i.first <= p.first and p.last <= i.last), -1)
        for p in part.periods
    ]
    lines = part.lines
    used = set(lines.period.tolist())
    if any(inside[p] < 0 for p in used):
        return {}
    sums: dict[tuple[int, int], dict[str, Fraction]] = {}
    rows = zip(
        lines.payee.tolist(),
        lines.period.tolist(),
        lines.currency.tolist(),
        lines.amount.fractions(),
        strict=True,
    )
    for payee, period, currency, amount in rows:
        own = sums.setdefault((payee, inside[period]), {})
        own[currency] = own.get(currency, Fraction(0)) + amount
    return {key: next(iter(own.items())) for key, own in sums.items() if len(own) == 1}


class Places:
    """Where people belong, by the first thing that the data say: a territory they hold, or a column of payees."""

    def __init__(self, world: World) -> None:
        self._held: dict[str, list[tuple[str, date | None, date | None]]] = {}
        table = world.table("territories")
        for name, owner, first, last in zip(
            table.words("territory").tolist(),
            table.words("owner").tolist(),
            table.days("from").tolist(),
            table.days("to").tolist(),
            strict=True,
        ):
            self._held.setdefault(owner, []).append((name, first, last))
        self._column = next((name for name in PLACES if any(world.payee_column(name).tolist())), "")
        self._values = world.payee_column(self._column).tolist() if self._column else []

    def of(self, payee: str, code: int, day: date) -> dict[str, str]:
        """What is known of a payee on a day.  Somebody who holds several territories belongs to none of them alone."""
        if self._held:
            held = {
                t
                for t, first, last in self._held.get(payee, ())
                if (first is None or first <= day) and (last is None or day <= last)
            }
            return {"territory": held.pop()} if len(held) == 1 else {}
        value = str(self._values[code]) if self._column and code < len(self._values) else ""
        return {self._column: value} if value else {}
