"""Contest: prizes by rank among the payees of a plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.expressions.syntax import Expression
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.background import tell
from reference_engine.mechanics.lump import Lump, lumps
from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.problems import NOWHERE, Problem, Where
from reference_engine.vocabulary.numbers import Money, Percent, format_money


@dataclass(frozen=True, slots=True)
class Prize:
    """place: the rank that wins it; to: the last rank of a span.  top: instead of places, the best share of all who
    take part.  pays: the amount for each winner."""

    pays: Money
    place: int | None = None
    to: int | None = None
    top: Percent | None = None
    where: Where = field(default=NOWHERE, compare=False, kw_only=True)


_PEOPLE = "payee | plan | from\n" + "\n".join(f"{p} | P | 2026-01-01" for p in ("Ana", "Ben", "Cai", "Dee"))


def _example(
    title: str,
    ties: str,
    deals: str,
    payouts: str,
    more: str = "",
    prizes: str = "",
    more_tables: dict[str, str] | None = None,
) -> Example:
    prizes = (
        prizes
        or "[{place: 1, pays: 1000.00 EUR}, {place: 2, pays: 500.00 EUR}, {place: 3, pays: 250.00 EUR}]"
    )
    return Example(
        title,
        f"conventions: {{rounding: [{{at: line, mode: half up, decimals: 2}}], tier.accumulate: quarter, contest.ties: {ties}}}\n"
        f"components: [{{component: C, earn: [{{contest: {{by: bookings, per: quarter{more}, prizes: {prizes}}}}}]}}]",
        {"plan_assignments": _PEOPLE, "deals": "deal | owner | amount | closed\n" + deals, **(more_tables or {})},
        payouts,
    )


_TIE = "D-1 | Ana | 900.00 EUR | 2026-01-15\nD-2 | Ben | 900.00 EUR | 2026-02-15\nD-3 | Cai | 100.00 EUR | 2026-03-15"


@mechanic(
    "The payees of the plan are ranked by a figure at the end of an interval; the prizes go to the ranks.",
    examples=(
        _example(
            "Three ranks; who sold nothing takes part only above the minimum",
            "each takes the prize",
            "D-1 | Ana | 900.00 EUR | 2026-01-15\nD-2 | Ben | 800.00 EUR | 2026-02-15\nD-3 | Cai | 100.00 EUR | 2026-03-15",
            "Ana | 2026-03 | 1,000.00 EUR\nBen | 2026-03 | 500.00 EUR",
            ", minimum: bookings > 100.00 EUR",
        ),
        _example(
            "A tie: each takes the prize, and the next rank is 3",
            "each takes the prize",
            _TIE,
            "Ana | 2026-03 | 1,000.00 EUR\nBen | 2026-03 | 1,000.00 EUR\nCai | 2026-03 | 250.00 EUR",
            ", minimum: bookings > 0",
        ),
        _example(
            "A tie: the next rank is 2",
            "next rank follows",
            _TIE,
            "Ana | 2026-03 | 1,000.00 EUR\nBen | 2026-03 | 1,000.00 EUR\nCai | 2026-03 | 500.00 EUR",
            ", minimum: bookings > 0",
        ),
        _example(
            "A tie: the prizes of the tied places are shared",
            "prizes are shared",
            _TIE,
            "Ana | 2026-03 | 750.00 EUR\nBen | 2026-03 | 750.00 EUR\nCai | 2026-03 | 250.00 EUR",
            ", minimum: bookings > 0",
        ),
        Example(
            "The best half of four; a return costs the rank",
            "conventions: {rounding: exact, tier.accumulate: quarter, contest.ties: each takes the prize}\n"
            "components: [{component: C, earn: [{contest: {by: bookings, per: quarter, prizes: [{top: 50%, pays: 100.00 EUR}]}}]}]",
            {
                "plan_assignments": _PEOPLE,
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 900.00 EUR | 2026-01-15\nD-2 | Ben | 800.00 EUR | 2026-02-15\n"
                "D-3 | Cai | 850.00 EUR | 2026-03-15\nD-4 | Dee | 10.00 EUR | 2026-03-16",
                "returns": "return | of | date | amount\nR-1 | D-1 | 2026-03-20 | 200.00 EUR",
            },
            "Ben | 2026-03 | 100.00 EUR\nCai | 2026-03 | 100.00 EUR",
        ),
        _example(
            "A tie is broken by a second figure, a test score; who is alike in both still shares",
            "prizes are shared",
            "D-1 | Ana | 900.00 EUR | 2026-01-15\nD-2 | Ben | 900.00 EUR | 2026-02-15\nD-3 | Cai | 900.00 EUR | 2026-03-15",
            "Ben | 2026-03 | 1,000.00 EUR\nAna | 2026-03 | 375.00 EUR\nCai | 2026-03 | 375.00 EUR",
            ", minimum: bookings > 0, then by: reported score",
            more_tables={
                "reported_measures": "payee | measure | period | value\nAna | score | 2026-Q1 | 70\nBen | score | 2026-Q1 | 80\n"
                "Cai | score | 2026-Q1 | 70\nDee | score | 2026-Q1 | 90"
            },
        ),
    ),
    formula="rank = 1 + number of payees who have more; amount = prize of the rank",
    boundary="Ties follow the convention contest.ties, after `then by`. `top` counts a rank in when rank <= share x number of those who take part. "
    "Who doesn't meet `minimum` doesn't take part and is no rank.",
    sources=(
        "https://docs.oracle.com/en/cloud/saas/sales/facmi/calculate-quarterly-bonuses-using-a-user-defined-query-to-find.html",
    ),
    words={
        "Oracle Fusion": "bonus by rank",
        "Varicent": "Sort calculation",
        "general": "rank, contest, league table, president's club",
    },
)
@dataclass(frozen=True)
class Contest(Lump):
    """by: the figure that ranks.  then by: who has more of this figure stands first among those who tie.  order: whether the most or the least stands first.  prizes: what each rank gets.  minimum: the condition for taking part.  among: everybody on the plan, or
    each team by itself.  per: the interval."""

    reads_others = True

    by: Expression
    prizes: tuple[Prize, ...]
    per: Literal["period", "quarter", "half-year", "year"] | None = None
    minimum: Expression | None = None
    among: Literal["everybody", "team"] = "everybody"
    order: Literal["most first", "least first"] = "most first"
    then_by: Expression | None = None

    def needs(self) -> tuple[str, ...]:
        return ("contest.ties",)

    def check(self, problems: list[Problem]) -> None:
        taken: set[int] = set()
        if len({prize.pays.currency for prize in self.prizes}) > 1:
            problems.append(
                Problem(
                    "contest-prize",
                    "the prizes are in several currencies.",
                    self.where,
                    "Prizes that are shared are added up.",
                    "State all prizes in one currency.",
                )
            )
        for prize in self.prizes:
            if (prize.place is None) == (prize.top is None):
                problems.append(
                    Problem(
                        "contest-prize",
                        "a prize states its place, or the top share that wins it.",
                        prize.where,
                        "Nobody would know who wins it.",
                        "Write  place: 1  or  top: 20%",
                    )
                )
                continue
            if prize.place is not None:
                places = set(range(prize.place, (prize.to or prize.place) + 1))
                if places & taken or not places:
                    problems.append(
                        Problem(
                            "contest-prize",
                            f"place {prize.place} has two prizes, or ends before it starts.",
                            prize.where,
                            "It wouldn't be clear what it wins.",
                            "State each place once.",
                        )
                    )
                taken |= places

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        payee, period = self.closing(run)
        if not len(payee):
            return lines
        cells = run.cells(payee, period)
        part = (
            np.ones(len(payee), dtype=bool)
            if self.minimum is None
            else cells.yes(self.minimum, self.where, run.problems)
        )
        payee, period = payee[part], period[part]
        value = run.cells(payee, period).number(self.by, self.where, run.problems).value
        if self.order == "least first":
            value = -value
        group = self._groups(payee, period, run)
        amounts = [Fraction(0)] * len(payee)
        ranks = np.zeros(len(payee), dtype=np.int64)
        ties = run.conventions["contest.ties"]
        second = [Fraction(0)] * len(payee)
        if self.then_by is not None:
            second = run.cells(payee, period).number(self.then_by, self.where, run.problems).value.fractions()
        numbers = list(zip(value.fractions(), second, strict=True))
        for code in np.unique(group).tolist():
            rows = np.flatnonzero(group == code).tolist()
            for rank, tied, places in _ranked(rows, numbers, ties):
                self._tell_rank([(int(payee[r]), int(period[r])) for r in tied], len(rows), len(places), run)
                won = [self._prize(place, len(rows)) for place in places]
                for row in tied:
                    ranks[row] = rank
                    amounts[row] = (
                        sum(won, Fraction(0)) / len(tied) if ties == "prizes are shared" else won[0]
                    )
        currency = np.full(len(payee), self.prizes[0].pays.currency if self.prizes else "", dtype=object)
        rules = np.array(
            [run.rule(f"rank {rank} by {self.by}", f"rank {rank}", self.where) for rank in ranks.tolist()],
            dtype=np.int64,
        )
        return lumps(lines, payee, period, Exact.of([*amounts, 0])[np.arange(len(payee))], currency, rules)

    def _tell_rank(self, tied: list[tuple[int, int]], people: int, places: int, run: ComponentRun) -> None:
        for key in tied:
            together = ""
            if len(tied) > 1:
                shared = f" and share the prizes of {places} places" if places > 1 else ""
                together = f", and {len(tied)} of them have this rank{shared}"
            tell(run, key, f"{people} payee{'' if people == 1 else 's'} took part{together}.")

    def _groups(self, payee: Array, period: Array, run: ComponentRun) -> Array:
        if self.among == "everybody":
            return period
        teams = run.world.payee_column("team")[payee].tolist()
        codes = {key: i for i, key in enumerate(dict.fromkeys(zip(teams, period.tolist(), strict=True)))}
        return np.array([codes[t, p] for t, p in zip(teams, period.tolist(), strict=True)], dtype=np.int64)

    def _prize(self, place: int, people: int) -> Fraction:
        for prize in self.prizes:
            if prize.place is not None and prize.place <= place <= (prize.to or prize.place):
                return prize.pays.amount
            if prize.top is not None and place <= prize.top.value * people:
                return prize.pays.amount
        return Fraction(0)

    def say(self, before: LineView | None, after: LineView) -> str:
        if before is not None or after.rule is None:
            return ""
        words = after.rule.words
        return f"{words[:1].upper()}{words[1:]} wins {format_money(after.amount, after.currency)}."


def _ranked(rows: list[int], value: list[tuple[Fraction, Fraction]], ties: str) -> list[tuple[int, list[int], list[int]]]:
    """(rank, who has it, the places that they take), best first."""
    out: list[tuple[int, list[int], list[int]]] = []
    place = 1
    for amount in sorted({value[r] for r in rows}, reverse=True):
        tied = [r for r in rows if value[r] == amount]
        rank = len(out) + 1 if ties == "next rank follows" else place
        places = [rank] if ties != "prizes are shared" else list(range(place, place + len(tied)))
        out.append((rank, tied, places))
        place += len(tied)
    return out
