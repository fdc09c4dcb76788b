"""The oracle of runs as they were made: every run is calculated from scratch as of its day, and posts what is new.

A period that is closed stays as it was posted.  What a run comes to otherwise for it is posted in the open period, the first
of those that the run closes: all of it (complete), or as far as it came with what became known since (incremental).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from reference_engine.tests.oracle import earned_of
from reference_engine.tests.oracle_adjustments import adjusted
from reference_engine.tests.oracle_known import known_by
from reference_engine.tests.oracle_lines import Line
from reference_engine.tests.oracle_records import CADENCE, ZERO, Doc, Span, Tables, labelled, span
from reference_engine.tests.oracle_settling import settled

Closing = tuple[str, date]
"""A period and the day on which it is closed."""
Difference = tuple[str, str, str, str, str, str]
"""payee, plan, component, closed period, pay period, kind."""
Of = tuple[str, str, Span]
"""payee, component, closed period."""


@dataclass
class Posted:
    """What a run posts.  paid: payee, pay period -> amount.  balances: payee -> what stands open after it."""

    differences: dict[Difference, Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    paid: dict[tuple[str, str], Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    balances: dict[str, Fraction] = field(default_factory=dict)


@dataclass
class _Book:
    """Everything posted so far."""

    counting: list[Line] = field(default_factory=list)
    apart: list[Line] = field(default_factory=list)
    closed_on: dict[str, date] = field(default_factory=dict)
    """Plan -> the last day on which a pay period of it was closed."""


def replayed(plans: list[Doc], tables: Tables, closes: list[Closing]) -> list[Posted]:
    book, out = _Book(), []
    done = date.min
    for label, day in closes:
        until = labelled(label).last
        out.append(_posted(plans, tables, book, done, day, until))
        done = until
    return out


def _posted(plans: list[Doc], tables: Tables, book: _Book, done: date, day: date, until: date) -> Posted:
    now = known_by(tables, day, until)
    earned = earned_of(plans, now)
    counting, apart = adjusted(plans, now)
    new: list[Line] = []
    beside: list[Line] = []
    for doc in plans:
        cadence = CADENCE[doc["pays"]]
        own = [x for x in [*earned.lines, *counting] if x.plan == doc["plan"] and not x.held and x.paid]
        new += [x for x in own if x.paid and done < x.paid.last <= until]
        first = span(done if done > date.min else date(until.year, 1, 1), cadence)
        open_ = first if first.last > done else span(date.fromordinal(first.last.toordinal() + 1), cadence)
        closes_something = open_.last <= until
        if doc["plan"] in book.closed_on and closes_something:
            then: list[Line] = []
            if doc["conventions"]["restatement.scope"] == "incremental":
                known = known_by(tables, book.closed_on[doc["plan"]], until)
                then = [*earned_of(plans, known).lines, *adjusted(plans, known)[0]]
            was = [x for x in then if x.plan == doc["plan"] and not x.held and x.paid]
            new += _differences(doc, own, was, book.counting, done, open_)
        if closes_something:
            book.closed_on[doc["plan"]] = day
        for x in apart:
            known_already = any(_same(x, y) for y in book.apart)
            if x.plan == doc["plan"] and x.period.last <= until and not known_already and closes_something:
                paid = x.period if x.period.last > done else open_
                beside.append(Line(**{**x.__dict__, "paid": paid}))
    book.counting += new
    book.apart += beside
    changes, balances = settled(
        book.counting, earned.readings, earned.timelines, tables, earned.people, until
    )
    posted = Posted()
    for x in [*new, *beside]:
        assert x.paid
        posted.paid[x.payee, x.paid.label] += x.amount
        late = x.kind == "adjustment" and x.paid != x.period
        if x.kind in ("prior period", "reversal") or late:
            key = (x.payee, x.plan, x.component, x.period.label, x.paid.label, x.kind)
            posted.differences[key] += x.amount
    for (payee, label), amount in changes.items():
        if done < labelled(label).last <= until:
            posted.paid[payee, label] += amount
    for (payee, label), amount in sorted(balances.items(), key=lambda b: labelled(b[0][1])):
        if labelled(label).last <= until:
            posted.balances[payee] = amount
    return posted


def _same(x: Line, y: Line) -> bool:
    return (x.payee, x.plan, x.component, x.period, x.label) == (
        y.payee,
        y.plan,
        y.component,
        y.period,
        y.label,
    )


def _of(x: Line) -> Of:
    """The closed period to which a posted line belongs."""
    assert x.paid
    return x.payee, x.component, x.period if x.kind in ("prior period", "reversal") else x.paid


def _differences(
    doc: Doc, now: list[Line], then: list[Line], book: list[Line], done: date, open_: Span
) -> list[Line]:
    due: dict[Of, Fraction] = defaultdict(Fraction)
    posted: dict[Of, Fraction] = defaultdict(Fraction)
    for x in now:
        due[_of(x)] += x.amount
    for x in book:
        if x.plan == doc["plan"]:
            posted[_of(x)] += x.amount
    if doc["conventions"]["restatement.scope"] == "incremental":
        for key, amount in posted.items():
            due[key] += amount
        for x in then:
            due[_of(x)] -= x.amount
    else:
        for key in posted:
            due[key] += ZERO
    twice = any(
        isinstance(m, dict) and "restatement" in m and m["restatement"]["lines"] != "difference"
        for m in doc.get("settle", [])
    )
    out: list[Line] = []
    for key in sorted(k for k in due if k[2].last <= done):
        payee, component, period = key
        kinds = (
            [("reversal", -posted[key]), ("prior period", due[key])]
            if twice
            else [("prior period", due[key] - posted[key])]
        )
        out += [
            Line(payee, doc["plan"], component, period, amount, doc["currency"], kind, kind, paid=open_)
            for kind, amount in kinds
            if amount
        ]
    return out
