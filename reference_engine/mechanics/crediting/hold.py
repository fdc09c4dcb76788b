"""Credit hold: a credit doesn't count, or isn't paid, until it is released."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from reference_engine.columns import Array
from reference_engine.events import Events
from reference_engine.mechanics.crediting.credits import NO_DAY, Credits
from reference_engine.mechanics.crediting.readings import Asked, Readings
from reference_engine.mechanics.crediting_examples import plan
from reference_engine.mechanics.registry import About, Example, describe
from reference_engine.problems import Problem
from reference_engine.world import World

if TYPE_CHECKING:
    from reference_engine.component_run import ComponentRun
    from reference_engine.lines import Lines

MEANING = "A held credit isn't paid until it is released, and what follows from it is held with it."

_DEALS = "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-15\nD-2 | Ana | 100.00 EUR | 2026-01-20"
_RELEASED = "record | released on\nD-1 | 2026-03-01"
_TIERS = (
    "eligible: everyone\nconventions: {rounding: exact, tier.accumulate: year, HOLD}\ncomponents: [{component: C, measure: bookings, credits: [direct], "
    "earn: [{marginal: {tiers: [{from: 0.00 EUR, to: 1000.00 EUR, rate: 1%}, {from: 1000.00 EUR, rate: 10%}]}}]}]"
)

ABOUT = describe(
    __name__,
    About(
        MEANING,
        formula="amount of a held credit = what the plan earns on it; paid when it is released, in the period that hold.period names; counted "
        "meanwhile as hold.attainment says",
        boundary="A credit that is released on the day of the run counts; one released the day after is still held. What isn't "
        "counted while it is held doesn't roll up either.",
        sources=(
            "https://learning.sap.com/courses/implementing-and-administering-sap-incentive-management/credit-rules_a50dbd6f-0d64-4bea-b57a-e5509641bcc9",
            "https://helpcenter.xactlycorp.com/?p=3741",
        ),
        words={"SAP": "held credit", "Xactly": "credit hold"},
        examples=(
            Example(
                "Still held: it isn't paid",
                plan(hold__attainment="not counted"),
                {"deals": _DEALS, "credit_holds": "record | payee\nD-1 | Ana"},
                "Ana | 2026-01 | 10.00 EUR",
            ),
            Example(
                "Released: paid in the period of its record",
                plan(hold__period="original period"),
                {"deals": _DEALS, "credit_holds": _RELEASED},
                "Ana | 2026-01 | 110.00 EUR",
            ),
            Example(
                "Released: paid in the period of the release, and counted only there",
                plan(hold__period="release period", hold__attainment="not counted"),
                {"deals": _DEALS, "credit_holds": _RELEASED},
                "Ana | 2026-01 | 10.00 EUR\nAna | 2026-03 | 100.00 EUR",
            ),
            Example(
                "Seen on the day before the release it is held, on the day of the release it isn't",
                plan(hold__period="release period", hold__attainment="not counted"),
                {"deals": _DEALS, "credit_holds": _RELEASED},
                "Ana | 2026-01 | 10.00 EUR",
                as_of="2026-02-28",
            ),
            Example(
                "On the day of the release",
                plan(hold__period="release period", hold__attainment="not counted"),
                {"deals": _DEALS, "credit_holds": _RELEASED},
                "Ana | 2026-01 | 10.00 EUR\nAna | 2026-03 | 100.00 EUR",
                as_of="2026-03-01",
            ),
            Example(
                "Counted while it is held: the second deal lies above 1,000.00 at once, and the first waits",
                _TIERS.replace("HOLD", "hold.period: release period, hold.attainment: counted"),
                {"deals": _DEALS, "credit_holds": _RELEASED},
                "Ana | 2026-01 | 10.00 EUR\nAna | 2026-03 | 10.00 EUR",
            ),
            Example(
                "Not counted while it is held: the second deal is the first that counts",
                _TIERS.replace("HOLD", "hold.period: release period, hold.attainment: not counted"),
                {"deals": _DEALS, "credit_holds": _RELEASED},
                "Ana | 2026-01 | 1.00 EUR\nAna | 2026-03 | 19.00 EUR",
            ),
            Example(
                "What is held doesn't roll up",
                plan("direct, roll-up", hold__attainment="not counted"),
                {
                    "payees": "payee | role | manager\nAna | Rep | Mia\nMia | Manager |",
                    "crediting_rules": "role | receives | of the credit of\nManager | 50% | team",
                    "deals": _DEALS,
                    "credit_holds": "record\nD-1",
                },
                "Ana | 2026-01 | 10.00 EUR\nMia | 2026-01 | 5.00 EUR",
            ),
        ),
    ),
)


def check(world: World, problems: list[Problem]) -> None:
    """A Problem for a hold of a record that isn't there."""
    table = world.table("credit_holds")
    if not table.size:
        return
    known = {
        name
        for t, column in (
            ("deals", "deal"),
            ("invoices", "invoice"),
            ("payments", "payment"),
            ("retail_sales", "sale"),
            ("returns", "return"),
        )
        for name in world.table(t).words(column).tolist()
    }
    for row, record in enumerate(table.words("record").tolist()):
        if record not in known:
            problems.append(
                Problem(
                    "unknown-reference",
                    f'credit_holds, column "record": there is no record "{record}".',
                    table.where(row),
                    "The hold would change nothing, and the credit would be paid.",
                    "Correct the name, or remove the row.",
                )
            )


def hold(credits: Credits, events: Events, world: World, readings: Readings, asked: Asked) -> Credits:
    """The direct credits with what is held left out or marked, as the plan reads a hold.

    What isn't counted while it is held is left out, so that nothing rolls up from it either.
    """
    table = world.table("credit_holds")
    if not table.size:
        return credits
    release = _releases(credits, events, world)
    is_held = release >= 0
    day = table.days("released on")[np.maximum(release, 0)]
    today = np.datetime64("9999-12-31" if readings.run_day is None else readings.run_day, "D")
    still = is_held & (np.isnat(day) | (day > today))
    released = is_held & ~still
    for row in release[is_held][:1].tolist():
        what = f"the credit of {table.words('record')[row]} is held"
        if still.any():
            asked.ask("hold.attainment", table.where(row), what)
    for row in release[released][:1].tolist():
        asked.ask("hold.period", table.where(row), f"the credit of {table.words('record')[row]} is released")
    counts = readings.hold_attainment == "counted"
    later = readings.hold_period == "release period"
    own = events.date[credits.event]
    in_release = released & later & (day > own)
    if in_release.any():
        row = int(release[in_release][0])
        asked.ask("hold.attainment", table.where(row), f"the credit of {table.words('record')[row]} is held")
    out = replace(
        credits,
        day=np.where(in_release & (not counts), day, own),
        held=still.copy(),
        pay_day=np.where(in_release & counts, day, NO_DAY),
    )
    return out if counts else out.take(np.flatnonzero(~still))


def check_kept(before: Lines, after: Lines, run: ComponentRun) -> None:
    """A Problem where credits that wait for their release went into sums, of which no part can wait.

    before, after: the lines of a component before and after what it earns.
    """
    if run.credits.held is None:
        return
    waits = before.held | (before.paid_in != before.period)
    if waits.any() and ((after.credit < 0) & (after.amount.num != 0)).any():
        line = int(np.flatnonzero(waits)[0])
        run.problem(
            "held-in-sum",
            f"the credit of {run.events.record[before.event[line]]} is held, counts all the same, and "
            f'"{run.component.name}" pays one amount for a whole period.',
            run.component.where,
            "No part of such an amount can wait for the release.",
            "Take hold.attainment: not counted, or a mechanic that pays record by record.",
        )


def _releases(credits: Credits, events: Events, world: World) -> Array:
    """For each credit the row of its hold; -1 where it isn't held."""
    table = world.table("credit_holds")
    keys: dict[tuple[str, int], int] = {}
    for row, (record, payee) in enumerate(
        zip(table.words("record").tolist(), table.words("payee").tolist(), strict=True)
    ):
        keys[record, world.payee_code[payee] if payee else -1] = row
    records = {record for record, _ in keys}
    out = np.full(len(credits), -1, dtype=np.int64)
    for column in (events.deal, events.invoice, events.record):
        listed = np.array([r in records for r in column.tolist()], dtype=bool)
        for i in np.flatnonzero(listed[credits.event]).tolist():
            record = column[credits.event[i]]
            row = keys.get((record, int(credits.payee[i])), keys.get((record, -1), -1))
            out[i] = row if row >= 0 else out[i]
    return out
