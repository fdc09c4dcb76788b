"""Milestones: parts of a commission are paid when steps of the deal are reached: a first invoice, a first payment, go-live."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.events import SOURCE, Events
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.portions import Portions, divided, record_day, say_portion
from reference_engine.mechanics.receivables import check_payments, newest, paid_in_full
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.problems import NOWHERE, Problem, Where
from reference_engine.vocabulary.numbers import Percent
from reference_engine.world import World

_HALVES = "[{share: 50%, when: first paid invoice}, {share: 50%, when: first invoice, type: subscription}]"
_INVOICES = (
    "invoice | deal | amount | date | type\nI-1 | D-1 | 400.00 EUR | 2026-02-01 | setup\n"
    "I-2 | D-1 | 100.00 EUR | 2026-03-31 | subscription\nI-3 | D-1 | 100.00 EUR | 2026-04-30 | subscription"
)


def _example(
    title: str,
    parts: str,
    payouts: str,
    payments: str = "Z-1 | I-1 | 400.00 EUR | 2026-02-28",
    source: str = "by hand",
    conventions: str = "rounding: exact",
    **more: str,
) -> Example:
    return Example(
        title,
        f"conventions: {{{conventions}}}\n"
        f"components: [{{component: C, measure: bookings, credits: [direct], earn: [{{flat rate: {{rate: 10%}}}}], pay: [{{milestones: {{parts: {parts}}}}}]}}]",
        {
            "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
            "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-10",
            "invoices": _INVOICES,
            "payments": "payment | invoice | amount | date\n" + payments,
            **more,
        },
        payouts,
        source=source,
    )


@mechanic(
    "Each part of a commission is paid when its step is reached: the booking, the deal's first invoice, its first paid invoice, its first payment, or a milestone of its delivery.",
    examples=(
        _example(
            "Half with the first paid invoice, half with the first subscription invoice",
            _HALVES,
            "Ana | 2026-02 | 50.00 EUR\nAna | 2026-03 | 50.00 EUR",
            source="http://www.vbaexpress.com/forum/showthread.php?p=205066&viewfull=1",
        ),
        _example(
            "Paid a cent short, the first invoice isn't paid; the last day of March is still March",
            _HALVES,
            "Ana | 2026-03 | 50.00 EUR",
            payments="Z-1 | I-1 | 399.99 EUR | 2026-02-28",
        ),
        _example(
            "30% at the booking, 70% at go-live",
            "[{share: 30%, when: booking}, {share: 70%, when: milestone, named: go-live}]",
            "Ana | 2026-01 | 30.00 EUR\nAna | 2026-06 | 70.00 EUR",
            milestones="deal | milestone | date\nD-1 | go-live | 2026-06-15",
        ),
        _example(
            "A return of a half before go-live gives back 15.00 at once and lowers go-live's part",
            "[{share: 30%, when: booking}, {share: 70%, when: milestone, named: go-live}]",
            "Ana | 2026-01 | 30.00 EUR\nAna | 2026-03 | -15.00 EUR\nAna | 2026-06 | 35.00 EUR",
            milestones="deal | milestone | date\nD-1 | go-live | 2026-06-15",
            returns="return | of | date | amount\nR-1 | D-1 | 2026-03-20 | 500.00 EUR",
        ),
        _example(
            "A third each, rounded: the last part takes the cent",
            "[{share: 33.333%, when: booking}, {share: 33.333%, when: first payment}, {share: 33.334%, when: first invoice, type: subscription}]",
            "Ana | 2026-01 | 33.33 EUR\nAna | 2026-02 | 33.33 EUR\nAna | 2026-03 | 33.34 EUR",
            payments="Z-1 | I-1 | 1.00 EUR | 2026-02-28",
            conventions="rounding: [{at: line, mode: half up, decimals: 2}]",
        ),
    ),
    formula="part k = commission x share k, in the period of the day on which its step is reached, never before the record itself",
    boundary="The shares total 100%. A step on the last day of a period is paid in that period. A step that isn't reached holds its part. A return is divided alike, so it gives back what was paid "
    "and lowers what is still to come. Where the plan rounds lines, each part is rounded and the part that falls due last takes what is left.",
    sources=("http://www.vbaexpress.com/forum/showthread.php?p=205066&viewfull=1",),
    words={"iDynamics": "project %, posted at milestones", "SAP": "release rule"},
)
@dataclass(frozen=True)
class Milestones(Mechanic):
    """parts: in any order; their shares total 100%."""

    holds = True

    @dataclass(frozen=True, slots=True)
    class Part:
        """share: of the commission.  when: the step.  type: only invoices of this type.  named: the milestone in the table milestones."""

        share: Percent
        when: Literal["booking", "first invoice", "first paid invoice", "first payment", "milestone"]
        type: str = ""
        named: str = ""
        where: Where = field(default=NOWHERE, compare=False, kw_only=True)

        def words(self) -> str:
            if self.when == "milestone":
                return f"the {self.share} due at {self.named}"
            kind = f"{self.type} " if self.type else ""
            step = self.when.replace("invoice", f"{kind}invoice") if self.type else self.when
            return f"the {self.share} due at the {step}"

    parts: tuple[Part, ...]

    def check(self, problems: list[Problem]) -> None:
        total = sum(p.share.value for p in self.parts)
        if total != 1 or any(p.share.value < 0 for p in self.parts):
            problems.append(
                Problem(
                    "event-shares",
                    f"the shares of the milestones total {total * 100}%, not 100%.",
                    self.where,
                    "A part of the commission would never be paid, or be paid twice.",
                    "Make them total 100%.",
                )
            )
        for part in self.parts:
            if (part.when == "milestone") != bool(part.named) or (part.type and "invoice" not in part.when):
                problems.append(
                    Problem(
                        "milestone-part",
                        f'the part due at "{part.when}" must {"name its milestone" if part.when == "milestone" else "have no other words than its own"}.',
                        part.where,
                        '"named" belongs to a milestone, "type" to an invoice.',
                        "Write  {share: 50%, when: milestone, named: go-live}  or  {share: 50%, when: first invoice, type: subscription}",
                    )
                )

    def reaches(self, world: World, events: Events, last: date, cadence: str) -> date | None:
        steps = world.table("milestones").days("date")
        steps = steps[~np.isnat(steps)]
        days = [
            d
            for d in (
                newest(events, "payments", "invoices"),
                steps.max().astype(object) if len(steps) else None,
            )
            if d
        ]
        return max(days, default=None)

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        whole = np.flatnonzero((lines.event < 0) & ((lines.kind == "") | (lines.kind == "earned before")))
        if len(whole):
            run.problem(
                "release-no-record",
                f'"{run.component.name}" earns on the whole measure, and is paid at milestones of deals.',
                self.where,
                "No single deal stands for the amount.",
                "Let the component earn record by record, or leave the milestones out.",
            )
            return lines.change()
        own = record_day(lines, run)
        deals = (
            np.where(lines.event >= 0, run.events.deal[np.maximum(lines.event, 0)], "")
            if len(run.events)
            else lines.kind
        )
        days, words, shares = [], [], []
        for part in self.parts:
            reached = self._reached(part, run)
            none = np.datetime64("NaT", "D")
            day = (
                own
                if part.when == "booking"
                else np.array([reached.get(d, none) for d in deals.tolist()], dtype="datetime64[D]")
            )
            days.append(np.where(np.isnat(day), day, np.maximum(day, own)))
            words.append(part.words())
            shares.append(part.share.value)
        if run.problems or not len(lines):
            return lines.change()
        parts = Portions.each(Exact.of(shares), days, words)
        # In each line the parts stand in the order in which they fall due; one that isn't reached comes last.
        order = np.lexsort((parts.day, parts.row))
        parts = Portions(parts.row[order], parts.share[order], parts.day[order], parts.word[order], words)
        return divided(lines, run, parts, self.where, residue="last")

    def _reached(self, part: Part, run: ComponentRun) -> dict[str, Array]:
        """Deal -> the day on which the step is reached."""
        events = run.events
        if part.when == "booking":
            return {}
        if part.when == "milestone":
            table = run.world.table("milestones")
            rows = np.flatnonzero(table.words("milestone") == part.named)
            if not len(rows):
                run.problem(
                    "unknown-value",
                    f'the table milestones has no "{part.named}".',
                    part.where,
                    "Its part would never be paid.",
                    "Add the milestone of each deal that has reached it, or correct the name.",
                )
            return dict(zip(table.words("deal")[rows].tolist(), table.days("date")[rows], strict=True))
        if part.when == "first payment":
            rows = np.flatnonzero((events.source == SOURCE["payments"]) & (events.amount.num > 0))
            return earliest(events.deal[rows], events.date[rows])
        rows = np.flatnonzero((events.source == SOURCE["invoices"]) & (events.sign > 0))
        if part.type:
            table = run.world.table("invoices")
            of = np.array([table.index.get(i, -1) for i in events.invoice[rows].tolist()], dtype=np.int64)
            rows = rows[table.words("type")[of] == part.type] if len(of) else rows
        day = events.date[rows]
        if part.when == "first paid invoice":
            check_payments(run)
            paid_on = paid_in_full(events, run.world)
            none = np.datetime64("NaT", "D")
            day = np.array(
                [paid_on.get(i, none) for i in events.invoice[rows].tolist()], dtype="datetime64[D]"
            )
        there = ~np.isnat(day)
        return earliest(events.deal[rows[there]], day[there])

    def say(self, before: LineView | None, after: LineView) -> str:
        return say_portion(before, after)


def earliest(names: Array, days: Array) -> dict[str, Array]:
    """Name -> its earliest day."""
    order = np.argsort(days, kind="stable")[::-1]
    return dict(zip(names[order].tolist(), days[order], strict=True))
