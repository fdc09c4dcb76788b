"""Ladders: a table of tiers looked up for each line alone, or for what a payee has added up to in each period."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import ClassVar, Literal

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.expressions.syntax import Expression
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.measure import Matrix, accumulated, check_bounds, quota_matrix
from reference_engine.mechanics.registry import Mechanic
from reference_engine.mechanics.settled import EARNED_BEFORE, Piece, laid, less_earned
from reference_engine.mechanics.tiers import (
    Bound,
    PayTier,
    Rung,
    Version,
    check,
    check_pays,
    check_versions,
    number,
    rungs,
    versions,
)
from reference_engine.plans.convention_reader import open_convention
from reference_engine.problems import Problem, Where
from reference_engine.vocabulary.numbers import (
    Money,
    Percent,
    Quantity,
    format_money,
    format_number,
    format_percent,
)
from reference_engine.vocabulary.plan import Conventions

PAYS = ("rate", "times", "pays", "per unit")
REACHED = {"at least": "upper tier", "more than": "lower tier"}


@dataclass
class Ladder:
    """A table over cells: one cell for each line, or for each payee and period.

    counts: what picks the tier.  base: what a rate pays on.  quota: in the cells, where bounds are percents; present:
    where there is one.  unit: of each line, or of each payee.  matrix: None where the cells are lines.  by_tier: whether
    a statement shows its lines by tier, or by record.
    """

    run: ComponentRun
    rungs: tuple[Rung, ...]
    counts: Exact
    base: Exact
    quota: Exact | None
    present: Array
    unit: Array
    currency: Array
    matrix: Matrix | None
    interval: Array
    by_tier: bool = True

    def along(self, lines: Lines, counts: Exact, base: Exact) -> Ladder:
        """The same table looked up on each line, for what it says there."""
        quota, present = self.quota, self.present
        if self.matrix is not None:
            cell = self.matrix.row, lines.period
            quota = None if quota is None else quota[cell]
            present = present[cell]
        return replace(
            self,
            counts=counts,
            base=base,
            quota=quota,
            present=present,
            unit=lines.unit,
            currency=lines.currency,
            matrix=None,
        )

    def bound(self, value: Fraction) -> Exact:
        """A bound in what is counted: itself, or that percentage of the quota."""
        if self.quota is not None:
            return self.quota.times(value)
        return Exact.full(self.counts.shape, value)

    def lower(self, position: int) -> Exact:
        return self.bound(number(self.rungs[position].tier.from_))

    def reached(self, position: int) -> Array:
        """Where a tier is reached.  The first always is."""
        if not position:
            return np.ones(self.counts.shape, dtype=bool)
        rung = self.rungs[position]
        value, bound = self._looked_up, self.lower(position)
        if value is not None:
            bound = Exact.full(self.counts.shape, number(rung.tier.from_))
        else:
            value = self.counts
        return np.asarray((value > bound if rung.strict else value >= bound) & self.present)

    @cached_property
    def _looked_up(self) -> Exact | None:
        """The attainment as it is looked up, where the plan rounds it before; None where nothing is rounded."""
        rounding = self.run.conventions.round_at("attainment")
        if rounding is None or self.quota is None:
            return None
        safe = Exact.where(self.present, self.quota, Exact.full(self.quota.shape, 1))
        # 56.9% has one decimal, which is the third of the ratio.
        return self.counts.over(safe).rounded(rounding.mode, rounding.decimals + 2)

    @cached_property
    def top(self) -> Array:
        """The position of the highest tier that is reached."""
        out = np.zeros(self.counts.shape, dtype=np.int64)
        for position in range(1, len(self.rungs)):
            out = np.where(self.reached(position), position, out)
        return out

    def within(self, position: int, upto: Array | None = None) -> Exact:
        """How much of the count lies in a tier.  Below zero the first tier goes on.  upto: where the tier has no end."""
        tier = self.rungs[position].tier
        beyond = self.counts.absolute().maximum(Exact.full(self.counts.shape, 0))
        end = self.counts
        if tier.to is not None:
            ceiling = self.bound(number(tier.to))
            if self.quota is not None:
                # An attainment of 0% never leaves the first tier, however much is sold.
                ceiling = Exact.where(self.present, ceiling, beyond)
            end = self.counts.minimum(ceiling)
        if upto is not None:
            end = Exact.where(upto, self.counts, end)
        if not position:
            return end
        lower = self.lower(position)
        if self.quota is not None:
            lower = Exact.where(self.present, lower, beyond)
        inside = end - lower
        return inside.maximum(Exact.full(inside.shape, 0))

    def spread(self, counted: Exact) -> Exact:
        """The base that belongs to a part of what is counted: the part itself, or the same share of the base."""
        if self.base is self.counts:
            return counted
        nothing = self.counts.num == 0
        safe = Exact.where(nothing, Exact.full(self.counts.shape, 1), self.counts)
        return Exact.where(nothing, Exact.full(self.counts.shape, 0), counted.over(safe) * self.base)

    def rule(self, position: int, more: str = "") -> int:
        tier = self.rungs[position].tier
        label = tier.label if self.by_tier else ""
        return self.run.rule(f"tier {tier.label} {tier.pay_words}{more}", label, tier.where)

    def piece(
        self,
        position: int,
        base: Exact,
        where: Array | None = None,
        more: str = "",
        counted: Exact | None = None,
    ) -> Piece:
        """What a tier pays on a base; a fixed amount is paid where the mask holds.  Elsewhere nothing."""
        tier = self.rungs[position].tier
        mask = np.ones(self.counts.shape, dtype=bool) if where is None else where
        rule = np.full(self.counts.shape, self.rule(position, more), dtype=np.int64)
        value = Exact.full(self.counts.shape, tier.value)
        nothing = Exact.full(self.counts.shape, 0)
        if tier.kind == "pays":
            if not position:
                # Who has sold nothing has reached no tier, not even the first.
                mask = mask & (self.counts.num > 0)
            shown = self.counts if counted is None else counted
            return Piece(shown, self.unit, None, "", Exact.where(mask, value, nothing), rule, mask)
        kept = Exact.where(mask, base, nothing)
        return Piece(kept, self.unit, value, tier.currency, kept * value, rule, mask)

    def settle(self, lines: Lines, pieces: list[Piece]) -> Lines:
        """The lines of these pieces: on each line, or what is due so far less what was earned before."""
        money = self.rungs[0].tier.currency
        if self.matrix is None:
            return laid(lines, pieces, money)
        currency = np.full(len(self.matrix.payees), money, dtype=object) if money else self.currency
        return less_earned(self.run, self.matrix, self.interval, pieces, currency)


def ladder(
    lines: Lines,
    run: ComponentRun,
    tiers: tuple[Rung, ...],
    where: Where,
    *,
    cap: Fraction | None = None,
    by: Expression | None = None,
) -> Ladder | None:
    """The table over the lines of a component.  None, with Problems on the run, where it can't be looked up.

    cap: the attainment above which nothing more counts.  by: the figure that picks the tier; what the component counts
    where there is none.
    """
    accumulate = run.accumulate
    kind = tiers[0].tier.kind
    percents = any(isinstance(r.tier.from_, Percent) for r in tiers) and by is None
    if by is None:
        check_bounds(run, [r.tier for r in tiers], lines.unit, where)
    _check_unit(lines, run, kind, where)
    own = accumulate == "none"
    interval, _ = run.intervals("period" if own else accumulate)
    matrix = Matrix(lines, len(run.periods))
    counts = lines.counts()
    measured = accumulated(matrix.sums(counts), interval)
    unit = matrix.currency(lines, run, lines.unit, run.component.measure)
    quota: Exact | None = None
    present = np.ones(measured.shape, dtype=bool)
    if percents:
        quota, present = quota_matrix(run, matrix, measured, "period" if own else accumulate, unit, where)
    if run.problems:
        return None
    # Where every line counts and pays the same, nothing has to be divided.
    same = kind != "times" and lines.counted is None and not (lines.share.num != lines.share.den).any()
    if own:
        counted = lines.base if lines.counted is None else lines.counted
        base = counted if same else lines.amount if kind == "times" else lines.base * lines.share
        if quota is not None:
            quota, present = quota[matrix.row, lines.period], present[matrix.row, lines.period]
        else:
            present = np.ones(len(lines), dtype=bool)
        return Ladder(run, tiers, counted, base, quota, present, lines.unit, lines.currency, None, interval)
    currency = unit
    base = measured
    if kind == "times":
        signed = Exact(lines.amount.num * lines.sign, lines.amount.den, lines.amount.bound)
        base = accumulated(matrix.sums(signed), interval)
        currency = matrix.currency(lines, run, lines.currency, "what is earned")
    elif not same:
        base = accumulated(matrix.sums(lines.signed_base() * lines.share), interval)
    if cap is not None and quota is not None:
        most = Exact.where(present, quota.times(cap), measured)
        above = measured > most
        part = most.over(Exact.where(above & (measured.num != 0), measured, Exact.full(measured.shape, 1)))
        measured = measured.minimum(most)
        base = measured if same else Exact.where(above, base * part, base)
    if by is not None:
        found = _figure(by, matrix, run, tiers, where)
        return (
            None
            if run.problems
            else Ladder(run, tiers, found, base, None, present, unit, currency, matrix, interval)
        )
    return Ladder(run, tiers, measured, base, quota, present, unit, currency, matrix, interval)


def _figure(
    by: Expression, matrix: Matrix, run: ComponentRun, tiers: tuple[Rung, ...], where: Where
) -> Exact:
    """The figure that picks the tier, of each payee and period."""
    shape = len(matrix.payees), len(run.periods)
    payee, period = np.repeat(matrix.payees, shape[1]), np.tile(np.arange(shape[1]), shape[0])
    column = run.cells(payee, period).number(by, where, run.problems)
    first = tiers[0].tier.from_
    wanted = first.currency if isinstance(first, Money) else ""
    wrong = sorted(
        {u for u, n in zip(column.unit.tolist(), column.value.num.tolist(), strict=True) if n and u != wanted}
    )
    if wrong:
        run.problem(
            "currency-mixed",
            f'the tiers are in {wanted or "plain numbers"}, and "{by}" is in {wrong[0] or "plain numbers"}.',
            where,
            "They can't be compared.",
            "Write the bounds as the figure is.",
        )
    return column.value.reshape(*shape)


def _check_unit(lines: Lines, run: ComponentRun, kind: str, where: Where) -> None:
    units = set(lines.unit.tolist())
    if kind == "rate" and "" in units:
        run.problem(
            "measure-mechanic",
            f'the tiers pay a percentage, and "{run.component.name}" counts units.',
            where,
            "A percentage of units is no money.",
            "Write  per unit: 5.00 EUR  or  pays: 500.00 EUR  in every tier.",
        )
    if kind == "per unit" and units - {""}:
        run.problem(
            "measure-mechanic",
            f'the tiers pay an amount for each unit, and "{run.component.name}" counts money.',
            where,
            "An amount for each euro is a rate.",
            "Write  rate: 5%  in every tier, or count units.",
        )


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
        return rungs(self.tiers, self.bound_reading(conventions), conventions.get("tier.gap") or "")

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
        return lines if found is None else found.settle(lines, self.pieces(found))

    def say(self, before: LineView | None, after: LineView) -> str:
        if after.kind == EARNED_BEFORE:
            return earned_before_words(after)
        return f"The {tier_words(after)} is reached: {piece_words(after)}"


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


def tier_words(line: LineView) -> str:
    """The rule of a line as a part of a sentence that goes on."""
    words = line.rule.words if line.rule is not None else "tier"
    return words + ("," if ", " in words else "")


def earned_before_words(line: LineView) -> str:
    return f"{format_money(-line.amount, line.currency)} of it was earned before in the same interval."


def amount_words(value: Fraction, unit: str) -> str:
    """Money, or so many units."""
    return format_money(value, unit) if unit else f"{format_number(value)} units"


def piece_words(line: LineView) -> str:
    """base x rate = amount, or the fixed amount."""
    amount = format_money(line.amount, line.currency)
    if line.rate is None:
        return f"{amount}."
    rate = format_money(line.rate, line.rate_unit) if line.rate_unit else format_percent(line.rate)
    return f"{amount_words(line.base, line.unit)} x {rate} = {amount}."
