"""What the tables say of quotas and target incentives, before any mechanic works on it."""

from __future__ import annotations

from functools import partial

import numpy as np

from reference_engine.columns import Exact, same
from reference_engine.quota_entries import (
    ASSIGNED,
    FIRST,
    LAST,
    STATED,
    Entries,
    QuotaRun,
    amount_words,
    percent_words,
)
from reference_engine.table import Numbers
from reference_engine.vocabulary.calendar import NotAPeriod
from reference_engine.words import coded


def stated(run: QuotaRun) -> Entries:
    """The tables quotas and territory_quotas."""
    parts: list[Entries] = []
    for name, holder in (("quotas", "payee"), ("territory_quotas", "territory")):
        table = run.world.table(name)
        if not table.size:
            continue
        amounts, ramp, more = table.amounts("quota"), table.amounts("ramp"), table.amounts("adjustment")
        value = amounts.value
        if "ramp" in table.numbers:
            value = value * Exact.where(ramp.present, ramp.value, Exact.full(table.size, 1))
        if "adjustment" in table.numbers:
            value = value + more.value
        base = run.wheres.add(table)
        labels = coded(table.words("period"))
        period = [run.period(run.world.calendar.period(str(w))) for w in labels.names]
        notes = (
            [partial(_stated_words, amounts, ramp, more, row) for row in range(table.size)]
            if table.size <= 10_000
            else None
        )
        parts.append(
            Entries(
                run.holders(table.words(holder)),
                np.array(period, dtype=np.int64)[labels.codes],
                value,
                amounts.currency if amounts.currency is not None else np.full(table.size, "", dtype=object),
                table.words("measure"),
                same(STATED, table.size, np.int64),
                same(FIRST, table.size, FIRST.dtype),
                same(LAST, table.size, LAST.dtype),
                np.arange(base, base + table.size),
                same(-1, table.size, np.int64),
                np.full(table.size, run.note("stated")) if notes is None else run.later(notes),
            )
        )
    return Entries.joined(parts) if parts else Entries.empty()


def _stated_words(amounts: Numbers, ramp: Numbers, more: Numbers, row: int) -> str:
    unit = "" if amounts.currency is None else str(amounts.currency[row])
    words = f"{amount_words(amounts.value.at(row), unit)} stated"
    if ramp.present[row]:
        words += f", of which {percent_words(ramp.value.at(row))} count while ramping up"
    if more.present[row]:
        words += f", adjusted by {amount_words(more.value.at(row), unit)}"
    return words


def assigned(run: QuotaRun) -> Entries:
    """The quotas, or target incentives, that the assignments to the plan state, for every period of the horizon."""
    table = run.world.table("plan_assignments")
    if run.kind not in table.numbers:
        return Entries.empty()
    amounts = table.amounts(run.kind)
    mine = np.flatnonzero(
        (table.words("plan") == run.plan.name) & amounts.present & (table.words("period") != "")
    )
    if not len(mine):
        return Entries.empty()
    starts = table.days("from")
    ends = np.where(np.isnat(table.days("to")), LAST, table.days("to"))
    base = run.wheres.add(table)
    currency = amounts.currency if amounts.currency is not None else np.full(table.size, "", dtype=object)
    parts: list[Entries] = []
    for cadence in dict.fromkeys(table.words("period")[mine].tolist()):
        rows = mine[table.words("period")[mine] == cadence]
        try:
            usual = run.plan.pays or run.world.calendar.pay_cadence or "month"
            periods = run.world.calendar.periods(*run.horizon, usual if cadence == "period" else cadence)
        except NotAPeriod:
            continue
        codes = np.array([run.period(p) for p in periods], dtype=np.int64)
        row, at = np.repeat(rows, len(periods)), np.tile(np.arange(len(periods)), len(rows))
        first = np.array([p.first for p in periods], dtype="datetime64[D]")[at]
        last = np.array([p.last for p in periods], dtype="datetime64[D]")[at]
        touches = (starts[row] <= last) & (ends[row] >= first)
        row, at = row[touches], at[touches]
        holder = np.array(
            [run.world.payee_code[p] for p in table.words("payee")[rows].tolist()], dtype=np.int64
        )
        of_row = dict(zip(rows.tolist(), holder.tolist(), strict=True))
        note = run.note(f"stated for each {cadence} of the assignment")
        parts.append(
            Entries(
                np.array([of_row[r] for r in row.tolist()], dtype=np.int64),
                codes[at],
                amounts.value[row],
                currency[row],
                np.full(len(row), "", dtype=object),
                np.full(len(row), ASSIGNED),
                starts[row],
                ends[row],
                base + row,
                np.full(len(row), -1),
                np.full(len(row), note),
            )
        )
    return Entries.joined(parts) if parts else Entries.empty()
