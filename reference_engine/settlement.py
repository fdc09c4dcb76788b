"""The last stage: what stands above the plans of a payee.  Draws, opening balances, pay below zero."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.lines import Lines, Rule, paid
from reference_engine.mechanics.paying import draw
from reference_engine.problems import Problem, Where
from reference_engine.selection import Eligibility
from reference_engine.vocabulary.calendar import Period
from reference_engine.vocabulary.plan import Plan
from reference_engine.vocabulary.results import Balance
from reference_engine.world import World

if TYPE_CHECKING:
    from reference_engine.results import Part

Key = tuple[int, str]


def settle(
    parts: list[Part],
    plans: Sequence[Plan],
    world: World,
    until: date | None,
    only: set[int] | None,
    problems: list[Problem],
) -> tuple[list[Part], list[Balance]]:
    """Lines for draws and balances of every payee who has any, and the balance after each period.

    only: the codes of the payees wanted; every one where None.
    """
    ledger = _Ledger(parts, plans, world, until, problems)
    return ledger.settled(only)


class _Ledger:
    def __init__(
        self,
        parts: list[Part],
        plans: Sequence[Plan],
        world: World,
        until: date | None,
        problems: list[Problem],
    ) -> None:
        self.world, self.until, self.problems = world, until, problems
        self.plans = [(plan, Eligibility(plan, world)) for plan in plans]
        self.totals: dict[Key, dict[Period, Fraction]] = {}
        self.readings: dict[Key, set[str | None]] = {}
        self.plan_where: dict[Key, Where] = {}
        self.cadences: dict[Key, set[str]] = {}
        for part in parts:
            self._add(part)

    def _add(self, part: Part) -> None:
        for p in paid(part.lines):
            key = (p.payee, p.currency)
            totals = self.totals.setdefault(key, {})
            period = part.periods[p.period]
            totals[period] = totals.get(period, Fraction(0)) + p.amount
            if part.plan is not None:
                self.readings.setdefault(key, set()).add(part.plan.conventions.get("balance.negative"))
                self.plan_where.setdefault(key, part.plan.where)
                self.cadences.setdefault(key, set()).add(
                    part.plan.pays or self.world.calendar.pay_cadence or "month"
                )

    def settled(self, only: set[int] | None) -> tuple[list[Part], list[Balance]]:
        draws, opening = self._draws(only), self._openings()
        out: list[Part] = []
        balances: list[Balance] = []
        for key in sorted({*self.totals, *draws, *opening}):
            if only is not None and key[0] not in only:
                continue
            totals, readings = self.totals.get(key, {}), self.readings.get(key, set())
            covered = [span for span, *_ in draws.get(key, [])]
            negative = [
                p
                for p, amount in totals.items()
                if amount < 0 and not any(s.first <= p.first <= s.last for s in covered)
            ]
            if negative and readings not in ({"carried"}, {"paid out"}):
                self._open(key, negative[0], totals[negative[0]], readings)
                continue
            if key not in draws and key not in opening and (not negative or readings == {"paid out"}):
                continue
            done = self._settle_one(
                key, totals, draws.get(key, []), opening.get(key, []), "carried" in readings
            )
            if done is not None:
                out.append(done[0])
                balances.extend(done[1])
        return out, balances

    def _settle_one(
        self,
        key: Key,
        totals: dict[Period, Fraction],
        draws: list[tuple[Period, str, Fraction, Where]],
        openings: list[tuple[Period, Fraction, Where]],
        carries: bool,
    ) -> tuple[Part, list[Balance]] | None:
        from reference_engine.results import Part

        code, currency = key
        payee = self.world.payees[code]
        cadences = self._cadences_of(key)
        if len(cadences) != 1:
            self.problems.append(
                Problem(
                    "pay-frequency-mixed",
                    f'"{payee}" has a draw or a balance, and is on '
                    + ("plans of different pay frequencies." if cadences else "no plan that is calculated."),
                    self.plan_where.get(key, Where()),
                    "It isn't stated against which pay it counts.",
                    "Let the payee's plans pay equally often.",
                )
            )
            return None
        cadence = cadences.pop()
        spans = [*totals, *(d[0] for d in draws), *(o[0] for o in openings)]
        first, last = min(p.first for p in spans), max(p.last for p in spans)
        if self.until is not None:
            last = min(last, self.until)
        if last < first:
            return None
        periods = self.world.calendar.periods(first, last, cadence)
        amount = Exact.of([totals.get(p, Fraction(0)) for p in periods]).reshape(1, len(periods))
        wanted, recoverable = self._draw_row(payee, periods, draws)
        at_open = Exact.of(
            [sum((o[1] for o in openings if o[0].first == p.first), Fraction(0)) for p in periods]
        ).reshape(1, len(periods))
        result = draw.settle(
            amount,
            wanted.reshape(1, len(periods)),
            recoverable.reshape(1, len(periods)),
            at_open,
            np.array([carries]),
        )
        has_draw = bool(draws)
        words = (
            (result.advance, "draw advance", "pay is topped up to the draw"),
            (
                result.recovery,
                "draw recovery" if has_draw else "balance recovered",
                "what is owed is recovered from pay",
            ),
            (result.carried, "carried to the next period", "pay below zero is carried as a debt"),
        )
        rules: list[Rule] = []
        lines: list[Lines] = []
        where = draws[0][3] if draws else openings[0][2] if openings else self.plan_where.get(key, Where())
        for matrix, kind, why in words:
            column = matrix.ravel()
            at = column.nonzero()
            rules.append(Rule(why, kind, where))
            lines.append(
                Lines.plain(
                    np.full(len(at), code),
                    at,
                    column[at],
                    np.full(len(at), currency, dtype=object),
                    kind=kind,
                    rule=np.full(len(at), len(rules) - 1),
                )
            )
        balances = [
            Balance(payee, p.label, b, currency)
            for p, b in zip(periods, result.balance.ravel().fractions(), strict=True)
        ]
        return Part(None, "", None, rules, [], periods, Lines.joined(lines)), balances

    def _cadences_of(self, key: Key) -> set[str]:
        """How often a payee is paid: by what the payee earned, or else by the plans the payee is on."""
        usual = self.world.calendar.pay_cadence
        on = {plan.pays or usual or "month" for plan, eligible in self.plans if eligible.ever(key[0])}
        return self.cadences.get(key) or on or ({usual} if usual else set())

    def _draw_row(
        self, payee: str, periods: list[Period], draws: list[tuple[Period, str, Fraction, Where]]
    ) -> tuple[Exact, Array]:
        amounts = [Fraction(0)] * len(periods)
        recoverable = np.zeros(len(periods), dtype=bool)
        for span, kind, amount, where in draws:
            hit = [i for i, p in enumerate(periods) if span.first <= p.first and p.last <= span.last]
            for i in hit:
                if amounts[i]:
                    self.problems.append(
                        Problem(
                            "draw-twice",
                            f'"{payee}" has two draws in {periods[i].label}.',
                            where,
                            remedy="State one.",
                        )
                    )
                amounts[i] = amount
                recoverable[i] = kind == "recoverable"
        return Exact.of(amounts), recoverable

    def _draws(self, only: set[int] | None) -> dict[Key, list[tuple[Period, str, Fraction, Where]]]:
        table = self.world.table("draws")
        column = table.amounts("amount")
        out: dict[Key, list[tuple[Period, str, Fraction, Where]]] = {}
        for row, payee in enumerate(table.words("payee").tolist()):
            if only is not None and self.world.payee_code[payee] not in only:
                continue
            first, last = (
                self.world.period(str(table.words("from")[row])),
                self.world.period(str(table.words("to")[row])),
            )
            if last.last < first.first:
                self.problems.append(
                    Problem(
                        "dates-order",
                        f'the draw of "{payee}" ends with {last.label}, before it starts with {first.label}.',
                        table.where(row),
                        "It would count in no period.",
                        "Correct one of the periods.",
                    )
                )
                continue
            per = str(table.words("per")[row])
            code = self.world.payee_code[payee]
            currency = str(column.currency[row]) if column.currency is not None else ""
            paid = self._cadences_of((code, currency))
            if paid != {per}:
                self.problems.append(
                    Problem(
                        "draw-frequency",
                        f'the draw of "{payee}" is per {per}, and pay is per {", ".join(sorted(p for p in paid))}.',
                        table.where(row),
                        "A draw tops up the pay of one pay period.",
                        "State the draw per pay period.",
                    )
                )
                continue
            span = Period(first.first, last.last, f"{first.label} to {last.label}")
            out.setdefault((code, currency), []).append(
                (span, str(table.words("kind")[row]), column.value.at(row), table.where(row))
            )
        return out

    def _openings(self) -> dict[Key, list[tuple[Period, Fraction, Where]]]:
        table = self.world.table("opening_balances")
        column = table.amounts("balance")
        out: dict[Key, list[tuple[Period, Fraction, Where]]] = {}
        for row, payee in enumerate(table.words("payee").tolist()):
            currency = str(column.currency[row]) if column.currency is not None else ""
            key = (self.world.payee_code[payee], currency)
            out.setdefault(key, []).append(
                (self.world.period(str(table.words("period")[row])), column.value.at(row), table.where(row))
            )
        return out

    def _open(self, key: Key, period: Period, amount: Fraction, readings: set[str | None]) -> None:
        known = " and ".join(sorted(r for r in readings if r)) or "nothing"
        self.problems.append(
            Problem(
                "convention-open",
                f'the payout of "{self.world.payees[key[0]]}" for {period.label} is below zero; the plans state {known} for that.',
                self.plan_where.get(key, Where()),
                "A negative payout may be carried to later periods or be settled at once.",
                "Add to conventions  balance.negative: carried  or  balance.negative: paid out, alike in all plans of the payee.",
            )
        )
