"""Tier tables: what mechanics with a table of tiers share, and tables that are in force for some time only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import ClassVar, Literal

import numpy as np

from reference_engine.columns import Array
from reference_engine.component_run import ComponentRun
from reference_engine.expressions.syntax import Expression
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.background import attained, during, tell_cells
from reference_engine.mechanics.ladder import Ladder, ladder
from reference_engine.mechanics.registry import Mechanic
from reference_engine.mechanics.settled import EARNED_BEFORE, Piece
from reference_engine.mechanics.tier_words import amount_words, earned_before_words, reached_words
from reference_engine.mechanics.tiers import (
    Bound,
    PayTier,
    Rung,
    Version,
    check,
    check_pays,
    check_versions,
    rungs,
    versions,
)
from reference_engine.plans.convention_reader import open_convention
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import (
    Money,
    Quantity,
    format_money,
)
from reference_engine.vocabulary.plan import Conventions

PAYS = ("rate", "times", "pays", "per unit")
REACHED = {"at least": "upper tier", "more than": "lower tier"}


@dataclass(frozen=True)
class TierTable(Mechanic):
    """What mechanics with a table of tiers share.

    tiers: bounds as attainment (percents), as money, or as units; each with what it pays.
    reached: whether a value just on a bound has reached the tier: at least, or more than; the convention tier.bound
    where it isn't said.
    """

    tiers: tuple[PayTier, ...]
    reached: Literal["at least", "more than"] | None = None

    pays_by: ClassVar[tuple[str, ...]] = PAYS
    """What its tiers may pay."""
    bound_matters: ClassVar[bool] = True
    """Whether it makes a difference who owns a bound."""

    @property
    def counts_units(self) -> bool:  # type: ignore[override]
        """Tiers of units, or that pay for each unit, count units."""
        return any(isinstance(t.from_, Quantity) or t.per_unit is not None for t in self.tiers)

    def needs(self) -> tuple[str, ...]:
        bound = ("tier.bound",) if self.bound_matters and self.reached is None else ()
        return (*bound, "tier.accumulate", *self.dates())

    def dates(self) -> tuple[str, ...]:
        """The convention that dated tables need."""
        return ("rate.date",) if any(v.dated for v in versions(self.tiers)) else ()

    def check(self, problems: list[Problem]) -> None:
        what = f'"{self.name}"'
        check_pays(self.tiers, what, self.where, self.pays_by, problems)

    def check_under(self, conventions: Conventions, problems: list[Problem]) -> None:
        """Gaps between tiers are allowed where the plan says what they earn."""
        both = self.bound_reading(conventions) == "both ends inclusive"
        gaps = conventions.get("tier.gap") is not None
        tables = versions(self.tiers)
        check_versions(tables, f'"{self.name}"', problems)
        for table in tables or [Version(None, None, ())]:
            replace(self, tiers=table.tiers).check_table(conventions, problems, both, gaps)
        if conventions.get("tier.accumulate") == "none" and conventions.get("returns.earn") is None:
            problems.append(returns_open(self))

    def check_table(self, conventions: Conventions, problems: list[Problem], both: bool, gaps: bool) -> None:
        check(self.tiers, f'"{self.name}"', self.where, problems, shared_bounds=not both, gaps=gaps)

    def bound_reading(self, conventions: Conventions) -> str:
        return REACHED.get(self.reached or "", conventions.get("tier.bound") or "upper tier")

    def rungs(self, conventions: Conventions) -> tuple[Rung, ...]:
        bound, gap = self.bound_reading(conventions), conventions.get("tier.gap") or ""
        known: dict[tuple[str, str], tuple[Rung, ...]] = self.__dict__.setdefault("_rungs", {})
        if (bound, gap) not in known:
            # A mechanic never changes, and every component run asks for its table.
            known[bound, gap] = rungs(self.tiers, bound, gap)
        return known[bound, gap]

    def ladder(self, lines: Lines, run: ComponentRun) -> Ladder | None:
        return ladder(lines, run, self.rungs(run.conventions), self.where)

    def pieces(self, ladder: Ladder) -> list[Piece]:
        """What is due, tier by tier."""
        raise TypeError(f"{type(self).__name__} has no pieces")

    def deal_by_deal(self, run: ComponentRun) -> bool:
        """Whether each record keeps a line of its own."""
        return run.accumulate == "none"

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        tables = versions(self.tiers)
        if not len(lines):
            return lines
        if not any(t.dated for t in tables):
            return self.read(lines, run)
        return by_version(self, tables, lines, run)

    def read(self, lines: Lines, run: ComponentRun) -> Lines:
        """The lines by one table."""
        found = self.ladder(lines, run)
        if found is None:
            return lines
        self.tell(found, run)
        return found.settle(lines, self.pieces(found))

    def tell(self, ladder: Ladder, run: ComponentRun) -> None:
        """Keeps for whoever explains it what picks the tier, where the line itself doesn't show it."""
        matrix = ladder.matrix
        if matrix is None or run.notes is None or len(ladder.rungs) < 2:
            return
        counts, unit = ladder.counts, ladder.unit
        if ladder.rungs[0].tier.kind == "times":
            tell_cells(
                run,
                matrix,
                lambda row, t: f"At their own rates these earn {format_money(ladder.base[row].at(t), str(ladder.currency[row]))}.",
            )
        if ladder.quota is not None:
            attained(run, matrix, counts, ladder.quota, ladder.present, unit, run.accumulate, ladder.looked_up)
        elif ladder.rungs[0].tier.kind in ("pays", "times") or ladder.base is not ladder.counts:
            position, intervals = run.intervals(run.accumulate)
            tell_cells(
                run,
                matrix,
                lambda row, t: (
                    f"{during(intervals[int(position[t])], run.periods[t])}, "
                    f"{amount_words(counts[row].at(t), str(unit[row]))} counts for the tier."
                ),
            )

    def say(self, before: LineView | None, after: LineView) -> str:
        if after.kind == EARNED_BEFORE:
            return earned_before_words(after)
        return reached_words(after)


def by_version(mechanic: TierTable, tables: list[Version], lines: Lines, run: ComponentRun) -> Lines:
    """The lines by the table in force: on the day of each record, or on the last day of the period."""
    ends = np.array([p.last for p in run.periods], dtype="datetime64[D]")
    alone = mechanic.deal_by_deal(run)
    if not alone and run.conventions["rate.date"] != "period end":
        run.problem(
            "tiers-version",
            f'"{mechanic.name}" looks at what has added up, and the plan says rate.date: {run.conventions["rate.date"]}.',
            mechanic.where,
            "What has added up has no day of its own.",
            "State rate.date: period end, or take marginal or whole transaction.",
        )
        return lines
    day = rate_day(lines, run) if alone else ends
    force = [_in_force(table, day) for table in tables]
    for at in np.flatnonzero(~np.logical_or.reduce(force)).tolist()[:1]:
        run.problem(
            "tiers-version",
            f'on {day[at]} no table of "{mechanic.name}" is in force.',
            mechanic.where,
            "What is sold on that day would earn nothing without the plan saying so.",
            "Let the first table begin earlier, or the last end later.",
        )
        return lines
    kept = len(run.attainments)
    if alone:
        parts: list[Lines] = []
        for table, there in zip(tables, force, strict=True):
            del run.attainments[kept:]
            part = replace(mechanic, tiers=table.tiers).read(lines, run)
            if run.problems:
                return lines
            rows = np.flatnonzero(there[part.origin])
            parts.append(part.take(rows).change(origin=part.origin[rows]))
        joined = Lines.joined(parts)
        order = np.argsort(joined.origin, kind="stable")
        return joined.take(order).change(origin=joined.origin[order])
    pieces: list[Piece] = []
    found: Ladder | None = None
    for table, there in zip(tables, force, strict=True):
        del run.attainments[kept:]
        one = replace(mechanic, tiers=table.tiers)
        found = one.ladder(lines, run)
        if found is None:
            return lines
        pieces += [p.only(np.broadcast_to(there, found.counts.shape)) for p in one.pieces(found)]
    assert found is not None
    return found.settle(lines, pieces)


def _in_force(table: Version, day: Array) -> Array:
    out = np.ones(len(day), dtype=bool)
    if table.first is not None:
        out &= day >= np.datetime64(table.first, "D")
    if table.last is not None:
        out &= day <= np.datetime64(table.last, "D")
    return out


def rate_day(lines: Lines, run: ComponentRun) -> Array:
    """The day that finds a dated rate, by the convention rate.date."""
    reading = run.conventions["rate.date"]
    if reading == "period end":
        return np.array([p.last for p in run.periods], dtype="datetime64[D]")[lines.period]
    own: Array = run.events.date[lines.event]
    if reading == "record date":
        return own
    sold = run.events.deal_date[lines.event]
    return np.where(np.isnat(sold), own, sold)


@dataclass(frozen=True)
class FigureTable(TierTable):
    """A table of what has added up, whose tier another figure may pick.

    by: the figure that picks the tier, like attainment of new ARR, or units; what the component counts where it isn't said.
    """

    by: Expression | None = None

    def tell(self, ladder: Ladder, run: ComponentRun) -> None:
        # The figure that picks the tier is kept already.
        if self.by is None:
            super().tell(ladder, run)

    def say(self, before: LineView | None, after: LineView) -> str:
        if after.kind == EARNED_BEFORE:
            return earned_before_words(after)
        return reached_words(after, " of the quota" if self.by is None else "")

    @property
    def counts_units(self) -> bool:  # type: ignore[override]
        by_units = self.by is None and any(isinstance(t.from_, Quantity) for t in self.tiers)
        return by_units or any(t.per_unit is not None for t in self.tiers)

    def ladder(self, lines: Lines, run: ComponentRun) -> Ladder | None:
        if self.by is not None and run.accumulate == "none":
            run.problem(
                "accumulate-none",
                f'"{self.name}" looks at "{self.by}", and the values of "{run.component.name}" add up over: none.',
                self.where,
                "A figure of a period says nothing of a single record.",
                "State  tier.accumulate: period  or another interval.",
            )
            return None
        return ladder(lines, run, self.rungs(run.conventions), self.where, by=self.by)


def no_rate_before(mechanic: TierTable, run: ComponentRun) -> None:
    """A multiple needs a rate that stands before it."""
    run.problem(
        "times-without-rate",
        f'the tiers of "{mechanic.name}" pay a multiple, and nothing before it sets a rate.',
        mechanic.where,
        "So many times nothing is nothing.",
        "Put what sets the rate before it: flat rate, individual rate, target rate or lookup.",
    )


def tier_below(tier: PayTier) -> PayTier:
    """The tier below one tier: from zero up to it, earning nothing."""
    zero: Bound = (
        Money(Fraction(0), tier.from_.currency)
        if isinstance(tier.from_, Money)
        else type(tier.from_)(Fraction(0))
    )
    return replace(tier.nothing(), from_=zero, to=tier.from_)


def returns_open(mechanic: Mechanic) -> Problem:
    """Where each line is looked up alone, what a return earns is a question."""
    what = f'"{mechanic.name}" looks at each record alone, and the plan doesn\'t state returns.earn.'
    return open_convention("returns.earn", what, mechanic.where)
