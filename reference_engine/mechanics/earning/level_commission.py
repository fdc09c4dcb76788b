"""Level commission: every level above a sale earns the rate of its level, from the table of a rank or plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.background import tell_lines
from reference_engine.mechanics.crediting.credits import ROLL_UP
from reference_engine.mechanics.earning.flat_rate import rate_words
from reference_engine.mechanics.ranks import positions
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.mechanics.tier_words import amount_words
from reference_engine.problems import NOWHERE, Problem, Where
from reference_engine.vocabulary.numbers import Money, Percent


@dataclass(frozen=True, slots=True)
class LevelRates:
    """rank: a value of the payees' column.  rates: of the levels 1, 2, 3 ...  amount: what the rank pays or is worth.

    Where amounts are stated, a sale counts with the amount of the rank that is looked at instead of its seller's.
    """

    rank: str
    rates: tuple[Percent, ...]
    amount: Money | None = None
    where: Where = field(default=NOWHERE, compare=False, kw_only=True)


_P1 = "{rank: P1, amount: 50.00 USD, rates: [5%, 4%, 3%, 2%, 1%]}"
_P2 = "{rank: P2, amount: 100.00 USD, rates: [10%, 9%, 8%, 7%, 6%]}"


def _plan(looks_at: str = "lower rank of both") -> str:
    return (
        "eligible: everyone\nconventions: {rounding: exact, rollup.own_sales: excluded}\n"
        "components: [{component: C, measure: bookings, credits: [roll-up], earn: [{level commission: "
        f"{{rank: plan, looks at: {looks_at}, ranks: [{_P1}, {_P2}]}}}}]}}]"
    )


_PEOPLE = {
    "payees": "payee | role | plan | manager\nA | Member | P2 |\nB | Member | P1 | A\nC | Member | P2 | A\nD | Member | P1 | B\nE | Member | P2 | B",
    "crediting_rules": "role | receives | of the credit of\nMember | 100% | team",
}


@mechanic(
    "Each level above a sale earns the rate of its level, from the table of its own rank, the seller's, or the lower of both.",
    examples=(
        Example(
            "D of the lower plan pays 50.00: both levels above earn from the table of the lower plan",
            _plan(),
            {**_PEOPLE, "deals": "deal | owner | amount | closed\nF-1 | D | 50.00 USD | 2026-01-15"},
            "B | 2026-01 | 2.50 USD\nA | 2026-01 | 2.00 USD",
            source="http://wtksoftware.com/clients/index.php?rp=/knowledgebase/37/Grouped-Plan-Commission-Calculation.html",
        ),
        Example(
            "E of the higher plan pays 100.00: B earns from its own lower plan, 5% of 50.00; A earns 9% of 100.00",
            _plan(),
            {**_PEOPLE, "deals": "deal | owner | amount | closed\nF-1 | E | 100.00 USD | 2026-01-15"},
            "B | 2026-01 | 2.50 USD\nA | 2026-01 | 9.00 USD",
            source="http://wtksoftware.com/clients/index.php?rp=/knowledgebase/37/Grouped-Plan-Commission-Calculation.html",
        ),
        Example(
            "By the rank of who receives, with a return of half",
            _plan("rank of the payee"),
            {
                **_PEOPLE,
                "deals": "deal | owner | amount | closed\nF-1 | D | 50.00 USD | 2026-01-15",
                "returns": "return | of | date | amount\nR-1 | F-1 | 2026-02-10 | 25.00 USD",
            },
            "B | 2026-01 | 2.50 USD\nA | 2026-01 | 9.00 USD\nB | 2026-02 | -1.25 USD\nA | 2026-02 | -4.50 USD",
        ),
    ),
    formula="commission = rate of the rank looked at, at the level x credit x amount of that rank / amount of the seller's rank",
    boundary="Level 1 is the first above the seller. A level beyond the rates of the rank earns nothing. A return takes back the same part.",
    sources=(
        "http://wtksoftware.com/clients/index.php?rp=/knowledgebase/37/Grouped-Plan-Commission-Calculation.html",
    ),
    words={"WTK": "level commission of grouped plans", "network sales": "unilevel commission"},
)
@dataclass(frozen=True)
class LevelCommission(Mechanic):
    """rank: the column of payees that names the rank.  ranks: from the lowest to the highest.  looks at: whose table counts."""

    rank: str
    ranks: tuple[LevelRates, ...]
    looks_at: Literal["lower rank of both", "rank of the payee", "rank of the seller"]

    proportional = True

    def check(self, problems: list[Problem]) -> None:
        names = [r.rank for r in self.ranks]
        amounts = {r.amount.currency if r.amount else "" for r in self.ranks}
        if (
            len(set(names)) < len(names)
            or len(amounts) > 1
            or any(r.amount and r.amount.amount <= 0 for r in self.ranks)
        ):
            problems.append(
                Problem(
                    "override-ranks",
                    "a rank stands twice, or only some ranks state an amount above 0, or they state it in several currencies.",
                    self.where,
                    "It must be clear what a rank earns.",
                    "State each rank once, and an amount for all or for none.",
                )
            )

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        if not len(lines):
            return lines
        position = positions(run, self.rank, self.ranks, self.where)
        if position is None:
            return lines
        credits = run.credits
        rolled = credits.type[lines.credit] == ROLL_UP
        source = np.where(rolled, credits.source[lines.credit], lines.credit)
        mine, seller = position[lines.payee], position[credits.payee[source]]
        level = (
            np.zeros(len(lines), dtype=np.int64)
            if credits.level is None
            else credits.level[lines.credit].astype(np.int64)
        )
        looked = {
            "lower rank of both": np.minimum(mine, seller),
            "rank of the payee": mine,
            "rank of the seller": seller,
        }[self.looks_at]
        depth = max((len(r.rates) for r in self.ranks), default=0)
        flat = [
            r.rates[k].value if k < len(r.rates) else Fraction(0) for r in self.ranks for k in range(depth)
        ] + [Fraction(0)]
        found = (looked >= 0) & rolled & (level >= 1) & (level <= depth)
        cell = np.where(found, looked * depth + level - 1, len(flat) - 1)
        rate = Exact.of(flat)[cell] * lines.share
        base = lines.base * self._scale(looked, seller)
        counted = lines.counted if lines.counted is not None else lines.base
        words = [f"level {k + 1} of {r.rank}" for r in self.ranks for k in range(depth)] + [
            "no rate for this level and rank"
        ]
        wheres = [r.where for r in self.ranks for _ in range(depth)] + [self.where]
        rules = np.array([run.rule(w, where=at) for w, at in zip(words, wheres, strict=True)])
        tell_lines(
            run,
            lines,
            lambda line: (
                ""
                if base.at(line) == lines.base.at(line)
                else f"In the plan looked at, {amount_words(lines.base.at(line), str(lines.unit[line]))} of the seller's plan counts as "
                f"{amount_words(base.at(line), str(lines.unit[line]))}."
            ),
        )
        return lines.change(
            base=base,
            counted=counted,
            rate=rate,
            has_rate=np.ones(len(lines), dtype=bool),
            rate_unit=np.full(len(lines), "", dtype=object),
            amount=base * rate,
            currency=lines.unit,
            rule=rules[cell],
        )

    def _scale(self, looked: Array, seller: Array) -> Exact:
        """The amount of the rank looked at as a part of the seller's; 1 where no amounts are stated."""
        if any(r.amount is None for r in self.ranks):
            return Exact.full(len(looked), 1)
        amounts = Exact.of([*(r.amount.amount for r in self.ranks if r.amount is not None), Fraction(1)])
        known = (looked >= 0) & (seller >= 0)
        size = len(self.ranks)
        return amounts[np.where(known, looked, size)].over(amounts[np.where(known, seller, size)])

    def say(self, before: LineView | None, after: LineView) -> str:
        return f"It is paid at the rate of {after.rule.words if after.rule else 'its level'}: {rate_words(after)}"
