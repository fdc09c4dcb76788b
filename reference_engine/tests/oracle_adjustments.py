"""The oracle of amounts entered by hand: paid in their period, or in the one that was open when they became known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from reference_engine.tests.oracle_lines import Line
from reference_engine.tests.oracle_records import (
    CADENCE,
    Doc,
    Row,
    Span,
    Tables,
    day_of,
    labelled,
    money,
    span,
    spans,
)


def adjusted(plans: list[Doc], tables: Tables) -> tuple[list[Line], list[Line]]:
    """The lines that count towards draws and balances, and those that stay out of them."""
    counting: list[Line] = []
    apart: list[Line] = []
    for doc in plans:
        for row in tables.get("adjustments", []):
            if row["plan"] != doc["plan"]:
                continue
            period = labelled(row["period"])
            amount, unit = money(row["amount"])
            line = Line(
                row["payee"],
                doc["plan"],
                row.get("component") or "adjustment",
                period,
                amount,
                unit,
                row["reason"],
                "adjustment",
                paid=period,
            )
            if doc["conventions"]["adjustment.balance"] == "counts":
                counting.append(line)
            else:
                apart.append(replace(line, paid=open_on(known_on(row), period, doc, tables)))
    return counting, apart


def known_on(row: Row) -> date:
    return day_of(row["known"]) if row.get("known") else labelled(row["period"]).last


def closed_periods(doc: Doc, tables: Tables) -> list[Span]:
    """Every pay period from the first to the last in processed_results."""
    rows = tables.get("processed_results", [])
    labels = [labelled(r[n]) for r in rows for n in ("period", "paid in") if r.get(n)]
    return spans(min(labels).first, max(labels).last, CADENCE[doc["pays"]]) if labels else []


def closing_days(doc: Doc, tables: Tables) -> dict[Span, date]:
    """The day on which each pay period of a plan was closed, where that is said."""
    out: dict[Span, date] = {}
    for r in tables.get("processed_results", []):
        if r["plan"] == doc["plan"] and r.get("closed"):
            period = labelled(r.get("paid in") or r["period"])
            out[period] = max(out.get(period, date.min), day_of(r["closed"]))
    return out


def open_on(day: date, period: Span, doc: Doc, tables: Tables) -> Span:
    """The pay period itself; after it was closed, the first one that wasn't closed before the day."""
    closed, days = closed_periods(doc, tables), closing_days(doc, tables)
    while period in closed and days.get(period, date.max) < day:
        period = span(date.fromordinal(period.last.toordinal() + 1), CADENCE[doc["pays"]])
    return period
