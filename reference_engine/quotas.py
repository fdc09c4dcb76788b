"""Quotas and target incentives of a payee for an interval, resolved once for a run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from reference_engine.problems import Problem, Where
from reference_engine.vocabulary.calendar import Period
from reference_engine.world import World


@dataclass(frozen=True, slots=True)
class Quota:
    """amount: exact.  currency: its currency.  where: the row that states it."""

    amount: Fraction
    currency: str
    where: Where


class Quotas:
    """Looks up what a payee is expected to sell, and what the payee earns at target."""

    def __init__(self, world: World, problems: list[Problem]) -> None:
        self.problems = problems
        self._rows: dict[str, list[tuple[Period, str, Quota]]] = {}
        table = world.table("quotas")
        amounts, ramp = table.amounts("quota"), table.amounts("ramp")
        for row, payee in enumerate(table.words("payee").tolist()):
            factor = ramp.value.at(row) if ramp.present[row] else Fraction(1)
            currency = str(amounts.currency[row]) if amounts.currency is not None else ""
            period = world.calendar.period(str(table.words("period")[row]))
            quota = Quota(amounts.value.at(row) * factor, currency, table.where(row))
            self._rows.setdefault(payee, []).append((period, str(table.words("measure")[row]), quota))
        self._assigned: dict[
            tuple[str, str], list[tuple[date, date | None, str, Quota | None, Quota | None]]
        ] = {}
        self._read_assignments(world)

    def _read_assignments(self, world: World) -> None:
        table = world.table("plan_assignments")
        quota, target = table.amounts("quota"), table.amounts("target incentive")
        for row, payee in enumerate(table.words("payee").tolist()):
            last = table.days("to")[row]
            values = []
            for column in (quota, target):
                unit = str(column.currency[row]) if column.currency is not None else ""
                values.append(
                    Quota(column.value.at(row), unit, table.where(row)) if column.present[row] else None
                )
            cadence = str(table.words("period")[row])
            if (values[0] or values[1]) and not cadence:
                self.problems.append(
                    Problem(
                        "quota-period",
                        f'"{payee}" has a quota or target without its period.',
                        table.where(row),
                        "A quota of a year isn't one of a month.",
                        'Fill the column "period" with month, quarter, half-year or year.',
                    )
                )
            key = (payee, str(table.words("plan")[row]))
            first = table.days("from")[row].astype(object)
            self._assigned.setdefault(key, []).append(
                (
                    first,
                    None if last is None or str(last) == "NaT" else last.astype(object),
                    cadence,
                    values[0],
                    values[1],
                )
            )

    def quota(self, payee: str, plan: str, interval: Period, cadence: str, measure: str) -> Quota | None:
        """The quota for an interval: stated for it, or the sum of quotas stated for the parts that make it up."""
        rows = [(p, q) for p, m, q in self._rows.get(payee, ()) if m in ("", measure)]
        for period, quota in rows:
            if (period.first, period.last) == (interval.first, interval.last):
                return quota
        inside = sorted(
            ((p, q) for p, q in rows if interval.first <= p.first and p.last <= interval.last),
            key=lambda x: x[0],
        )
        if (
            inside
            and sum(p.days for p, _ in inside) == interval.days
            and len({q.currency for _, q in inside}) == 1
        ):
            return Quota(
                sum((q.amount for _, q in inside), Fraction(0)), inside[0][1].currency, inside[0][1].where
            )
        return self._of_assignment(payee, plan, interval, cadence, 3)

    def with_target(self, plan: str) -> list[str]:
        """The payees who have a target incentive under a plan."""
        return [
            payee
            for (payee, name), rows in self._assigned.items()
            if name == plan and any(r[4] for r in rows)
        ]

    def target(self, payee: str, plan: str, interval: Period, cadence: str) -> Quota | None:
        """The target incentive for an interval."""
        return self._of_assignment(payee, plan, interval, cadence, 4)

    def _of_assignment(
        self, payee: str, plan: str, interval: Period, cadence: str, position: int
    ) -> Quota | None:
        for entry in self._assigned.get((payee, plan), ()):
            first, last, stated, *_ = entry
            value = entry[position]
            if not isinstance(value, Quota) or stated != cadence:
                continue
            if first <= interval.first and (last is None or interval.last <= last):
                return value
            if first <= interval.last and (last is None or last >= interval.first):
                self.problems.append(
                    Problem(
                        "proration",
                        f'"{payee}" is on plan "{plan}" for a part of {interval.label} only.',
                        value.where,
                        "Its quota or target would have to be prorated, which trueup doesn't calculate yet.",
                        "Let the assignment begin and end with a period.",
                    )
                )
                return value
        return None
