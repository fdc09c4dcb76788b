"""Measures the engine on generated deals against the minimal calculation of the same plans on the same deals."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from statistics import median
from typing import Any

import numpy as np

from harness.bench import baseline, columns, terms
from harness.bench.deals import FIRST_DAY, MONTHS, PLANS, Deals, make
from harness.bench.memory import Memory, highest
from reference_engine.bulk.results import Payouts
from reference_engine.bulk.run import payouts
from reference_engine.columns import Array
from reference_engine.plans.document import parse_yaml
from reference_engine.plans.reader import read_plan
from reference_engine.problems import Problem, Stopped
from reference_engine.vocabulary.plan import Plan

KINDS = {
    "commission": 0,
    "override": 1,
    "draw advance": 2,
    "draw recovery": 3,
    "balance recovered": 3,
    "carried to the next period": 4,
}
"""The engine's words for what the minimal calculation returns as columns."""


@dataclass(frozen=True)
class Timed:
    """Seconds on the clock and of the processors, and megabytes beyond the data; of several rounds."""

    seconds: tuple[float, ...]
    processor: tuple[float, ...]
    megabytes: tuple[float | None, ...]

    @property
    def median(self) -> float:
        return median(self.seconds)

    @property
    def peak(self) -> float | None:
        known = [m for m in self.megabytes if m is not None]
        return max(known) if known else None


@dataclass(frozen=True)
class Measured:
    """One size.  total: what is paid in all, in cents.  cells: how many payees x months x kinds were compared."""

    deals: int
    payees: int
    splits: int
    returns: int
    engine: Timed
    minimal: Timed
    cells: int
    total: int
    process_peak: float | None

    @property
    def ratio(self) -> float:
        """How many times the minimal calculation's time the engine takes: the median of the rounds, each by itself."""
        return median(a / b for a, b in zip(self.engine.seconds, self.minimal.seconds, strict=True))

    @property
    def processor_ratio(self) -> float:
        return median(a / b for a, b in zip(self.engine.processor, self.minimal.processor, strict=True))

    @property
    def rate(self) -> float:
        return self.deals / self.engine.median

    def as_dict(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "ratio": round(self.ratio, 3),
            "processor_ratio": round(self.processor_ratio, 3),
            "deals_per_second": round(self.rate),
        }


class Differs(Exception):
    """The engine and the minimal calculation don't pay the same."""


def measure(size: int, rounds: int, say: Callable[[str], None]) -> Measured:
    """Both calculations in turns on one set of deals.  Raises Differs where one cent differs."""
    say(f"{size:,} deals: making them")
    deals = make(size)
    plans = read_plans()
    times: dict[str, list[tuple[float, float, float | None]]] = {"engine": [], "minimal": []}
    cells = total = 0
    for number in range(1, rounds + 1):
        say(f"{size:,} deals: the engine, round {number} of {rounds}")
        # A new world each time, so that nothing is left over from the round before.
        world = columns.world(deals)
        paid = _timed(times["engine"], partial(payouts, plans, world))
        say(f"{size:,} deals: the minimal calculation, round {number} of {rounds}")
        least = _timed(times["minimal"], partial(baseline.calculate, deals))
        cells, total = _compared(paid, least, deals)
    return Measured(
        size,
        deals.payees,
        len(np.unique(deals.split_deal)),
        len(deals.returned),
        _collected(times["engine"]),
        _collected(times["minimal"]),
        cells,
        total,
        highest(),
    )


def read_plans() -> list[Plan]:
    """The plans of the bench, as they are read from plan files."""
    problems: list[Problem] = []
    found = [
        read_plan(node, problems)
        for number in range(len(PLANS))
        if (node := parse_yaml(terms.plan_text(number), f"{PLANS[number]}.yaml", problems)) is not None
    ]
    if problems:
        raise Stopped(tuple(problems))
    return [plan for plan in found if plan is not None]


def _timed(into: list[tuple[float, float, float | None]], work: Callable[[], Any]) -> Any:
    with Memory() as memory:
        wall, processor = time.perf_counter(), time.process_time()
        found = work()
        spent = time.perf_counter() - wall, time.process_time() - processor
    into.append((*spent, memory.extra))
    return found


def _collected(rounds: list[tuple[float, float, float | None]]) -> Timed:
    return Timed(tuple(r[0] for r in rounds), tuple(r[1] for r in rounds), tuple(r[2] for r in rounds))


def _compared(paid: Payouts, least: Array, deals: Deals) -> tuple[int, int]:
    """How many cells agree, and what they sum to."""
    if paid.unstreamed:
        raise Differs(f"The deals weren't summed while they streamed by: {paid.unstreamed}.")
    months = FIRST_DAY.astype("datetime64[M]")
    found = np.zeros((deals.payees, MONTHS, least.shape[2]), dtype=np.int64)
    for pay in paid.pays:
        if pay.component not in KINDS or pay.currency != "USD":
            raise Differs(f"The engine pays {pay.component} in {pay.currency}, which isn't in the plans.")
        month = np.array([(np.datetime64(p.first, "M") - months).astype(int) for p in pay.periods])
        cents = pay.amount.times(100)
        if not cents.is_whole_at(0).all():
            raise Differs(f"The engine pays parts of a cent as {pay.component}.")
        whole = cents.rounded("down", 0).num.astype(np.int64)
        kind = np.full(len(whole), KINDS[pay.component])
        np.add.at(found, (pay.payee, month[pay.period], kind), whole)
    wrong = np.argwhere(found != least)
    if len(wrong):
        payee, month, kind = wrong[0].tolist()
        raise Differs(
            f"{len(wrong):,} of {found.size:,} amounts differ; the first is {_kind(kind)} of payee {payee} in month {month + 1}: "
            f"{found[payee, month, kind]} cents, and {least[payee, month, kind]} by the minimal calculation."
        )
    return found.size, int(found.sum())


def _kind(number: int) -> str:
    return next(name for name, position in KINDS.items() if position == number)
