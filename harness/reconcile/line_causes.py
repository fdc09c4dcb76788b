"""Causes that show in the lines beneath an amount: a part left out, another rate, another rounding."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from harness.adapters.rows import ResultRow
from harness.reconcile.exact_lines import (
    ROUNDINGS,
    WAYS,
    ExactLines,
    Way,
    exact_lines,
    rounding_words,
    ways_that_give,
)
from harness.reconcile.factors import NO_BOUNDS, ONE, Bounds, Millionths, factor_of, rate_bounds, voted
from harness.reconcile.relations import Found, amounts
from harness.reconcile.results import Difference
from reference_engine.vocabulary.results import EarnedLine, Payout

Sources = Callable[[ResultRow], Sequence[EarnedLine | Payout]]
"""The engine's rows that an expected amount is made of."""
_PARTS = ("kind", "component", "plan")
_MOST_RATES = 60
_LEAST = 500
_LOOKED_AT = 500
Part = tuple[str, str]
"""A plan and its component."""


@dataclass(frozen=True, slots=True)
class PaidRate:
    """The rate at which the target pays.  due: the expected one; None where a row has several.  own: a rate of the plan."""

    rate: Fraction
    due: Fraction | None
    own: bool


class LineCauses:
    """Looks beneath the differing amounts of one grain.  scale: currency -> minor units in one unit of money.

    rounds: whether its figure is one that is rounded; a count isn't.
    """

    def __init__(self, sources: Sources, scale: Callable[[str], int], *, rounds: bool = True) -> None:
        self.sources, self.scale, self.rounds = sources, scale, rounds
        self._exact: dict[int, ExactLines | None] = {}

    def found(
        self,
        differences: Sequence[Difference],
        wanted: Iterable[int],
        agreeing: Callable[[], Iterable[ResultRow]],
    ) -> dict[int, Found]:
        """Position -> its cause, for those of the wanted ones that show one beneath.  agreeing: rows that are right."""
        out: dict[int, Found] = {}
        rest: list[int] = []
        for i in wanted:
            row, both = differences[i].expected[0], amounts(differences[i])
            assert both is not None
            left_out = part_left_out(
                self.sources(row), row.currency, self.scale(row.currency), both[0] - both[1]
            )
            exact = self.exact(i, row)
            small = abs(both[1] - both[0]) <= (len(exact.parts) if exact else 1)
            if left_out and not small:
                out[i] = left_out
            else:
                rest.append(i)
        return out | self._roundings(differences, rest, agreeing)

    def exact(self, at: int, row: ResultRow) -> ExactLines | None:
        if at not in self._exact:
            self._exact[at] = exact_lines(self.sources(row), row.currency, self.scale(row.currency))
        return self._exact[at]

    # -- roundings --------------------------------------------------------------------------------------
    def _roundings(
        self,
        differences: Sequence[Difference],
        rows: Sequence[int],
        agreeing: Callable[[], Iterable[ResultRow]],
    ) -> dict[int, Found]:
        """Small differences by the way of rounding that gives all of them; those of one minor unit that none gives."""
        out: dict[int, Found] = {}
        ways: dict[int, frozenset[Way]] = {}
        for i in rows:
            both = amounts(differences[i])
            assert both is not None
            away, exact = abs(both[1] - both[0]), self.exact(i, differences[i].expected[0])
            if exact is not None and away <= len(exact.parts):
                found = ways_that_give(exact, both[1])
                if found:
                    ways[i] = found
                    continue
            if away == 1 and self.rounds:
                out[i] = ("rounding", ())
        by_place: dict[str, list[int]] = defaultdict(list)
        for i in ways:
            by_place[differences[i].attribute("plan")].append(i)
        refuted = self._refuted(agreeing) if ways else Counter()
        for same in by_place.values():
            out |= self._elected(same, ways, refuted)
        return out

    def _refuted(self, agreeing: Callable[[], Iterable[ResultRow]]) -> Counter[Way]:
        """How many of the rows that agree each way of rounding would have made differ."""
        counts: Counter[Way] = Counter()
        every = frozenset(WAYS)
        looked = 0
        for row in agreeing():
            exact = exact_lines(self.sources(row), row.currency, self.scale(row.currency))
            if exact is not None:
                counts.update(every - ways_that_give(exact, row.amount))
                looked += 1
                if looked == _LOOKED_AT:
                    break
        return counts

    def _elected(
        self, rows: Sequence[int], ways: Mapping[int, frozenset[Way]], refuted: Counter[Way]
    ) -> dict[int, Found]:
        out: dict[int, Found] = {}
        left = list(rows)
        while left:
            votes = Counter(way for i in left for way in ways[i])
            most = max(votes.values())
            best = min(
                (w for w, n in votes.items() if n == most),
                key=lambda w: (refuted[w], list(ROUNDINGS).index(w[0]), w[1]),
            )
            same = [i for i in left if best in ways[i]]
            shared = frozenset.intersection(*(ways[i] for i in same))
            # Rows that agree speak against a way of rounding; where they speak against all, none is left out.
            fewest = min(refuted[w] for w in shared)
            modes = {w[0] for w in shared if refuted[w] <= 2 * fewest}
            named = sorted(
                (w for w in shared if w[0] in modes), key=lambda w: (list(ROUNDINGS).index(w[0]), w[1])
            )
            out |= {i: ("rounding", (("way", rounding_words(named)),)) for i in same}
            left = [i for i in left if best not in ways[i]]
        return out

    # -- rates ------------------------------------------------------------------------------------------
    def rates(
        self, differences: Sequence[Difference], rows: Iterable[int], every: Iterable[ResultRow]
    ) -> dict[int, PaidRate]:
        """Position -> the rate that is paid, of amounts that are base times rate.

        It is another rate of the same component, or one that several rows share.  every: all expected rows, for the
        rates that the component has.
        """
        by_part: dict[Part, list[tuple[int, Bounds]]] = defaultdict(list)
        due: dict[int, int] = {}
        for i in rows:
            difference = differences[i]
            exact, both = self.exact(i, difference.expected[0]), amounts(difference)
            if exact is None or exact.base is None or both is None:
                continue
            count = len(exact.parts)
            # An amount of a few cents fits any rate.
            bounds = rate_bounds(exact.base, both[1], count) if abs(both[1]) >= _LEAST * count else NO_BOUNDS
            if bounds != NO_BOUNDS:
                by_part[difference.attribute("plan"), difference.attribute("component")].append((i, bounds))
                due[i] = _millionths(*exact.rates[0]) if len(exact.rates) == 1 else 0
        known = _rates_of(every, set(by_part)) if by_part else {}
        out: dict[int, PaidRate] = {}
        for part, found in by_part.items():
            positions = [i for i, _ in found]
            low, high = (np.array([b[side] for _, b in found], dtype=np.int64) for side in (0, 1))
            own = _own_rates(low, high, [due[i] for i in positions], known.get(part, ()))
            shared = np.zeros(len(low), dtype=np.int64)
            shared[own == 0] = voted(low[own == 0], high[own == 0])
            for i, rate, is_own in zip(positions, (own + shared).tolist(), (own > 0).tolist(), strict=True):
                if rate:
                    out[i] = PaidRate(factor_of(rate), factor_of(due[i]) if due[i] else None, is_own)
        return out


def _millionths(top: int, bottom: int) -> int:
    """A rate as millionths; 0 where it has more decimals."""
    whole, rest = divmod(abs(top) * ONE, bottom)
    return 0 if rest else whole


def _rates_of(rows: Iterable[ResultRow], parts: set[Part]) -> dict[Part, list[int]]:
    """The rates that each component of a plan pays, as they stand in its lines, in millionths."""
    found: dict[Part, set[tuple[int, int]]] = {part: set() for part in parts}
    for row in rows:
        for line in row.sources:
            if isinstance(line, EarnedLine) and line.rate:
                rates = found.get((line.plan, line.component))
                if rates is not None:
                    rates.add((line.rate.numerator, line.rate.denominator))
    return {part: sorted({_millionths(*rate) for rate in rates} - {0}) for part, rates in found.items()}


def _own_rates(low: Millionths, high: Millionths, due: Sequence[int], rates: Sequence[int]) -> Millionths:
    """For each row the one other rate of the same component at which it is paid; 0 for none."""
    out = np.zeros(len(low), dtype=np.int64)
    if not rates or len(rates) > _MOST_RATES:
        return out
    ordered = np.array(rates, dtype=np.int64)
    first, last = np.searchsorted(ordered, low), np.searchsorted(ordered, high, side="right")
    fits = last - first == 1
    out[fits] = ordered[first[fits]]
    return np.where(out == np.array(due, dtype=np.int64), 0, out)


def lines_of(lines: Iterable[EarnedLine]) -> Sources:
    """The engine's rows beneath an expected row: its own lines, or those that its payouts are made of."""
    by_payout: dict[tuple[str, ...], list[EarnedLine]] = {}

    def found(row: ResultRow) -> Sequence[EarnedLine | Payout]:
        own = [s for s in row.sources if isinstance(s, EarnedLine | Payout)]
        payouts = [s for s in own if isinstance(s, Payout)]
        if not payouts:
            return own
        if not by_payout:
            for line in lines:
                if line.state != "held":
                    key = (line.payee, line.plan, line.component, line.pay_period or line.period)
                    by_payout.setdefault(key, []).append(line)
        beneath = [x for p in payouts for x in by_payout.get((p.payee, p.plan, p.component, p.period), ())]
        due = sum((p.amount for p in payouts), Fraction(0))
        return beneath if sum((x.amount for x in beneath), Fraction(0)) == due and beneath else own

    return found


def part_left_out(
    sources: Sequence[EarnedLine | Payout], currency: str, scale: int, lack: int
) -> Found | None:
    """The one part of an amount that it lacks exactly: all lines of a kind, of a component, or one line; or a line twice."""
    if len(sources) < 2 or not lack or any(s.currency != currency for s in sources):
        return None
    for name in _PARTS:
        sums: dict[str, Fraction] = defaultdict(Fraction)
        for source in sources:
            value = str(getattr(source, name, ""))
            if value and value != "rounding":
                sums[value] += source.amount * scale
        fitting = [value for value, money in sums.items() if money == lack]
        if len(fitting) == 1 and len(sums) > 1:
            return "part left out", ((name, fitting[0]),)
    lines = Counter(s.amount * scale for s in sources if isinstance(s, EarnedLine))
    for wanted, relation in ((lack, "line left out"), (-lack, "line twice")):
        if lines[Fraction(wanted)] == 1:
            return relation, ()
    return None
