"""Years of records that are likely a slip of the keyboard: 2062 or 2025 in a scenario that is all about 2026."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from harness.features import Case, WrittenFeature, WrittenStep
from harness.lint.plans_stated import facts_of
from reference_engine.problems import Problem, Where
from reference_engine.vocabulary.calendar import Calendar, NotAPeriod, Period
from reference_engine.vocabulary.dates import parse_date

_YEAR = re.compile(r"(?<![\d.,])(?:FY)?((?:19|20|21)\d\d)(?=\D|$)")
_RECORDS = re.compile(r"these (deals|orders|renewals|retail sales|invoices|payments|returns|credit notes|cancellations):")
_LOOKS_BACK = re.compile(r"growth|year before|before|last \d|in the last|renewal|residual|rolling|trailing|held over|expense|reads:", re.IGNORECASE)
_NEAR = timedelta(days=62)
"""So near to what is calculated a date tests an edge: the first day of the next year, say."""


def year_slips(feature: WrittenFeature) -> Iterator[Problem]:
    """A Problem for each record whose year nothing else in the scenario names, and which another year puts where it counts."""
    for facts in facts_of(feature):
        case = facts.case
        if not facts.refused and not facts.by_company:
            yield from _of_case(feature, case)


def _of_case(feature: WrittenFeature, case: Case) -> Iterator[Problem]:
    steps = case.steps()
    written = [*case.scenario.background, *case.scenario.steps]
    spans = [p for s in steps if s.kind == "when" and (p := _span(s.text)) is not None]
    if not spans or any(_LOOKS_BACK.search(s.text) for s in steps):
        return
    years = [y for s in steps for text in _texts(s) for y in _YEAR.findall(text)]
    told = " ".join(text for s in steps if s.kind == "then" for text in _texts(s))
    for step, source in zip(steps, written, strict=True):
        if step.table is None or source.table is None or not _RECORDS.fullmatch(step.text):
            continue
        for row, original in zip(step.table.rows, source.table.rows, strict=True):
            named = row[0].value
            for cell, before in zip(row, original, strict=True):
                day = parse_date(cell.value) if "<" not in before.value else None
                if day is None or years.count(str(day.year)) > 1 or (named and named in told):
                    continue
                meant = next((m for p in spans if (m := _moved(day, p)) is not None), None)
                if meant is not None and all(_far(day, p) for p in spans):
                    what = f'{step.table.header[0].value} "{named}" is dated {day}, and nothing else in the scenario is of {day.year}'
                    why = "It lies outside everything that is calculated, so it would count nowhere, without a word."
                    remedy = f"Did you mean: {meant}? Where it is meant not to count, say so in a Then that names it."
                    yield Problem("date-far", what, Where(feature.path, cell.line, cell.column), why, remedy)


def _texts(step: WrittenStep) -> list[str]:
    cells = [c.value for row in ((step.table.header, *step.table.rows) if step.table else ()) for c in row]
    return [step.text, step.docstring or "", *cells]


def _span(text: str) -> Period | None:
    """The period of a When, as the calendar year has it; fiscal years that begin elsewhere lie near enough."""
    for word in text.split():
        try:
            return Calendar().period(word.strip('".,:'))
        except NotAPeriod:
            continue
    return None


def _moved(day: date, span: Period) -> date | None:
    """The same day and month in a year of the span, if it lies in it."""
    for year in (span.first.year, span.last.year):
        try:
            moved = day.replace(year=year)
        except ValueError:
            continue
        if moved in span and year != day.year:
            return moved
    return None


def _far(day: date, span: Period) -> bool:
    return day < span.first - _NEAR or day > span.last + _NEAR
