"""On result: the tiers are filled by what has been earned, not by what was sold."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.background import tell_lines
from reference_engine.mechanics.measure import check_bounds
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.mechanics.running import in_order, segments
from reference_engine.mechanics.settled import Piece, laid
from reference_engine.mechanics.tier_words import amount_words, piece_words
from reference_engine.mechanics.tiers import check, label, number
from reference_engine.problems import NOWHERE, Problem, Where
from reference_engine.vocabulary.numbers import Money, Percent

_TIERS = "[{from: 0.00 USD, to: 90000.00 USD, rate: 40%}, {from: 90000.00 USD, to: 150000.00 USD, rate: 30%}, {from: 150000.00 USD, rate: 20%}]"
_OLD = (
    "[{category: New, from: 0.00 USD, to: 90000.00 USD, rate: 40%}, {category: New, from: 90000.00 USD, to: 150000.00 USD, rate: 30%}, "
    "{category: New, from: 150000.00 USD, rate: 20%}, {category: Old, from: 0.00 USD, to: 90000.00 USD, rate: 30%}, "
    "{category: Old, from: 90000.00 USD, rate: 20%}]"
)


def _plan(tiers: str, rounding: str = "exact") -> str:
    return (
        f"conventions: {{rounding: {rounding}, tier.accumulate: year, transaction.order: date and name}}\n"
        f"components: [{{component: C, measure: bookings, credits: [direct], earn: [{{on result: {{tiers: {tiers}}}}}]}}]"
    )


@dataclass(frozen=True, slots=True)
class ResultTier:
    """from, to: bounds of what has been earned.  rate: of the base.  category: of the product, where each has a table of its own."""

    from_: Money
    rate: Percent
    to: Money | None = None
    category: str = ""
    where: Where = field(default=NOWHERE, compare=False, kw_only=True)

    @property
    def label(self) -> str:
        words = label(self.from_, self.to)
        return f"{self.category}, {words}" if self.category else words


@mechanic(
    "Tiers whose bounds are amounts earned: a record earns at the rate of the tier until what has been earned fills it, and goes on at the next.",
    examples=(
        Example(
            "Two categories with rates of their own fill one accumulator: the company's share of six sales",
            _plan(_OLD, "[{at: line, mode: half up, decimals: 2}]"),
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "products": "product | category\nN | New\nO | Old",
                "deals": "deal | owner | amount | closed | product\nD-1 | Ana | 65,000.00 USD | 2026-01-15 | N\nD-2 | Ana | 60,000.00 USD | 2026-02-15 | O\n"
                "D-3 | Ana | 75,000.00 USD | 2026-03-15 | N\nD-4 | Ana | 85,000.00 USD | 2026-04-15 | O\nD-5 | Ana | 80,000.00 USD | 2026-05-15 | N\n"
                "D-6 | Ana | 100,000.00 USD | 2026-06-15 | N",
            },
            "Ana | 2026-01 | 26,000.00 USD\nAna | 2026-02 | 18,000.00 USD\nAna | 2026-03 | 30,000.00 USD\nAna | 2026-04 | 22,333.33 USD\n"
            "Ana | 2026-05 | 24,000.00 USD\nAna | 2026-06 | 29,888.89 USD",
            source="https://techcommunity.microsoft.com/t5/excel/sumproduct-tiered-commissions-two-categories-of-commissions/m-p/2379740",
        ),
        Example(
            "225,000.00 at 40% just fill the first tier; a cent more begins the next",
            _plan(_TIERS, "[{at: line, mode: half up, decimals: 2}]"),
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01\nBen | P | 2026-01-01\nCho | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 224,999.00 USD | 2026-01-15\nD-2 | Ben | 225,000.00 USD | 2026-01-15\nD-3 | Cho | 225,001.00 USD | 2026-01-15",
            },
            "Ana | 2026-01 | 89,999.60 USD\nBen | 2026-01 | 90,000.00 USD\nCho | 2026-01 | 90,000.30 USD",
        ),
        Example(
            "A return empties the tiers from the top, each at its own rate",
            _plan(_TIERS),
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 235,000.00 USD | 2026-01-15",
                "returns": "return | of | date | amount\nR-1 | D-1 | 2026-02-10 | 20,000.00 USD",
            },
            "Ana | 2026-01 | 93,000.00 USD\nAna | 2026-02 | -7,000.00 USD",
        ),
    ),
    formula="what fills a tier takes (upper end - earned so far) / rate of the base; the rest of the record goes on in the next tier",
    boundary="Just on a bound the next record begins the next tier.  A return goes back down, tier by tier.  Rates must be above zero: a tier "
    "that earns nothing is never filled.  What has been earned is counted before line roundings.",
    sources=(
        "https://techcommunity.microsoft.com/t5/excel/sumproduct-tiered-commissions-two-categories-of-commissions/m-p/2379740",
        "https://www.mrexcel.com/board/threads/sumproduct-tiered-commissions-one-for-old-customers-one-for-new-customers.1171921/page-2",
    ),
    words={
        "real estate brokers": "company share, retention tiers",
        "Microsoft Tech Community": "accumulator on the result",
    },
)
@dataclass(frozen=True)
class OnResult(Mechanic):
    """tiers: one table, or one for each category of product; all fill the same accumulator."""

    tiers: tuple[ResultTier, ...]

    def needs(self) -> tuple[str, ...]:
        return ("tier.accumulate", "transaction.order")

    def _tables(self) -> dict[str, list[ResultTier]]:
        out: dict[str, list[ResultTier]] = {}
        for tier in self.tiers:
            out.setdefault(tier.category, []).append(tier)
        return out

    def check(self, problems: list[Problem]) -> None:
        if not self.tiers:
            check((), '"on result"', self.where, problems)
        for category, tiers in self._tables().items():
            name = f'"on result" for {category}' if category else '"on result"'
            check(tiers, name, self.where, problems)
        for tier in self.tiers:
            if tier.rate.value <= 0:
                problems.append(
                    Problem(
                        "result-rate",
                        f"the tier {tier.label} pays {tier.rate}.",
                        tier.where,
                        "A tier that earns nothing is never filled, so that no later tier could be reached.",
                        "State a rate above 0%.",
                    )
                )

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        if not len(lines):
            return lines
        check_bounds(run, self.tiers, lines.unit, self.where)
        tables = self._tables()
        which = self._table_of(lines, run, list(tables))
        if run.problems:
            return lines
        accumulate = run.accumulate
        interval = (
            np.arange(len(lines)) if accumulate == "none" else run.intervals(accumulate)[0][lines.period]
        )
        order = in_order(lines, run, interval)
        new = segments(lines.payee[order], interval[order])
        before = self._before(lines.signed_base()[order], which[order], new, list(tables.values()))
        back = np.empty(len(order), dtype=np.int64)
        back[order] = np.arange(len(order))
        earned = before[back]
        tell_lines(
            run,
            lines,
            lambda line: (
                f"Before it, {amount_words(earned.at(line), str(lines.unit[line]))} had been earned."
            ),
        )
        return self._laid(lines, run, earned, which, list(tables.values()))

    def _table_of(self, lines: Lines, run: ComponentRun, names: list[str]) -> Array:
        """The table of each line; a Problem for a line whose category has none."""
        if names == [""]:
            return np.zeros(len(lines), dtype=np.int64)
        category = run.events.attribute("category")[lines.event]
        rest = names.index("") if "" in names else -1
        codes = {name: i for i, name in enumerate(names)}
        out = np.array([codes.get(c, rest) for c in category.tolist()], dtype=np.int64)
        for line in np.flatnonzero(out < 0).tolist()[:20]:
            run.problem(
                "no-tier",
                f'{run.events.record[lines.event[line]]} is of the category "{category[line]}", which has no tiers.',
                run.events.where(int(lines.event[line])),
                f'"{run.component.name}" has tiers for {", ".join(n for n in names if n)}.',
                "Add tiers for it, or tiers without a category for all others.",
            )
        return np.maximum(out, 0)

    def _before(self, values: Exact, which: Array, new: Array, tables: list[list[ResultTier]]) -> Exact:
        """What had been earned before each line: a step for each line of a payee, all payees at once."""
        starts = np.flatnonzero(new)
        counts = np.diff(np.append(starts, len(new)))
        earned = Exact.full(len(starts), 0)
        rows: list[Array] = []
        parts: list[Exact] = []
        for step in range(int(counts.max())):
            alive = np.flatnonzero(counts > step)
            at = starts[alive] + step
            now = earned[alive]
            rows.append(at)
            parts.append(now)
            after = now
            for k, tiers in enumerate(tables):
                mine = which[at] == k
                if mine.any():
                    after = Exact.where(mine, _earned(_sold(now, tiers) + values[at], tiers), after)
            position = np.full(len(starts), -1, dtype=np.int64)
            position[alive] = np.arange(len(alive))
            earned = Exact.where(position >= 0, after[np.maximum(position, 0)], earned)
        back = np.empty(len(new), dtype=np.int64)
        back[np.concatenate(rows)] = np.arange(len(new))
        return Exact.concat(parts)[back]

    def _laid(
        self, lines: Lines, run: ComponentRun, before: Exact, which: Array, tables: list[list[ResultTier]]
    ) -> Lines:
        signed = lines.change(base=lines.signed_base(), sign=np.ones(len(lines), dtype=np.int64))
        pieces: list[Piece] = []
        nothing = Exact.full(len(lines), 0)
        for k, tiers in enumerate(tables):
            mine = which == k
            sold = _sold(before, tiers)
            after = sold + signed.base
            low = nothing
            for tier in tiers:
                high = None
                start, end = sold, after
                if tier.to is not None:
                    width = (number(tier.to) - number(tier.from_)) / tier.rate.value
                    high = low + Exact.full(len(lines), width)
                    start, end = sold.minimum(high), after.minimum(high)
                if number(tier.from_):
                    start, end = start.maximum(low), end.maximum(low)
                base = Exact.where(mine, end - start, nothing)
                rate = Exact.full(len(lines), tier.rate.value) * lines.share
                rule = run.rule(f"tier {tier.label} of what is earned at {tier.rate}", tier.label, tier.where)
                rules = np.full(len(lines), rule)
                pieces.append(Piece(base, lines.unit, rate, "", base * rate, rules, mine))
                low = low if high is None else high
        return laid(signed, pieces, "")

    def say(self, before: LineView | None, after: LineView) -> str:
        words = after.rule.words if after.rule else "tier"
        span = words.removeprefix("tier ").partition(" of what is earned")[0]
        verb = "is taken back" if after.base < 0 else "is paid"
        return f"The part whose earnings lie in the tier ({span}) {verb} at its rate: {piece_words(after)}"


def _sold(earned: Exact, tiers: list[ResultTier]) -> Exact:
    """What has to be sold, at the rates of one table, to have earned so much."""
    out = Exact.full(len(earned), 0)
    for tier in tiers:
        inside = _inside(earned, number(tier.from_), None if tier.to is None else number(tier.to))
        out = out + inside.times(1 / tier.rate.value)
    return out


def _earned(sold: Exact, tiers: list[ResultTier]) -> Exact:
    """What so much earns at the rates of one table."""
    out = Exact.full(len(sold), 0)
    low = number(tiers[0].from_)
    for tier in tiers:
        high = None if tier.to is None else low + (number(tier.to) - number(tier.from_)) / tier.rate.value
        out = out + _inside(sold, low, high).times(tier.rate.value)
        low = low if high is None else high
    return out


def _inside(value: Exact, low: Fraction, high: Fraction | None) -> Exact:
    """How much of a value lies between two bounds.  Below zero the range that starts at 0 goes on."""
    end = value if high is None else value.minimum(Exact.full(len(value), high))
    if not low:
        return end
    start = Exact.full(len(value), low)
    return end.maximum(start) - start
