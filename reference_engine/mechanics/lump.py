"""Amounts that no single record earns: once for each payee and interval."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.events import Events
from reference_engine.lines import Lines
from reference_engine.mechanics.registry import Mechanic
from reference_engine.vocabulary.calendar import NotAPeriod
from reference_engine.world import World

INTERVALS = ("period", "quarter", "half-year", "year")
LONGER = {f" this {interval}": interval for interval in ("quarter", "half-year", "year")}


@dataclass(frozen=True)
class Lump(Mechanic):
    """A mechanic that pays an amount at the end of an interval, whatever is sold.

    Its file states `per`, or `for each`; the pay period where a plan leaves it out, which it may only where the figures
    that it looks at are of no longer time.
    """

    from_figures = True
    on_amounts = True

    def span(self) -> str:
        """The interval after which it pays."""
        return str(getattr(self, "per", None) or "period")

    def reaches(self, world: World, events: Events, last: date, cadence: str) -> date | None:
        if self.span() == "period":
            return None
        try:
            return world.calendar.period_of(last, self.span()).last
        except NotAPeriod:
            return None

    def closing(self, run: ComponentRun) -> tuple[Array, Array]:
        """Every payee on the plan and the last pay period of each interval: payees and positions of periods."""
        if getattr(self, "per", "") is None:
            self._ask_interval(run)
        return closing(run, self.span())

    def _ask_interval(self, run: ComponentRun) -> None:
        """A Problem where a figure of a quarter or year could be paid on once, or in each of its pay periods."""
        for name in self.names():
            longer = next((i for s, i in LONGER.items() if name.endswith(s)), "")
            position, intervals = run.intervals(longer or "period")
            spans = [intervals[i] for i in position.tolist()]
            if all((p.first, p.last) == (s.first, s.last) for p, s in zip(run.periods, spans, strict=True)):
                continue
            run.problem(
                "payment-interval",
                f'"{self.name}" looks at "{name}", and doesn\'t say how often it pays.',
                self.where,
                f"It could pay once for the {longer}, or in each pay period on what the {longer} has come to by then.",
                f"Add one of:\n      per: {longer} (once, at the end of the {longer})\n      per: period (in each pay period)",
            )
            return


def closing(run: ComponentRun, span: str) -> tuple[Array, Array]:
    """Every payee on the plan and the last pay period of each interval: payees and positions of periods."""
    payee, period = run.members()
    if not len(payee):
        return payee, period
    position, _ = run.intervals(span)
    last = np.array([np.flatnonzero(position == i).max() for i in range(position.max() + 1)])
    # Somebody who was on the plan at any time of the interval is looked at, at its end.
    cells = np.unique(payee * len(run.periods) + last[position[period]])
    return cells // len(run.periods), cells % len(run.periods)


def lumps(
    lines: Lines,
    payee: Array,
    period: Array,
    amount: Exact,
    currency: Array,
    rule: Array,
    *,
    base: Exact | None = None,
    unit: Array | None = None,
    rate: Exact | None = None,
) -> Lines:
    """The lines with those of the amounts behind them; an amount of 0 is no line."""
    at = np.flatnonzero(amount.num != 0)
    new = Lines.plain(
        payee[at],
        period[at],
        amount[at],
        currency[at],
        rule=rule[at],
        base=None if base is None else base[at],
        unit=None if unit is None else unit[at],
        rate=None if rate is None else rate[at],
    )
    return Lines.joined([lines.change(), new]) if len(lines) else new
