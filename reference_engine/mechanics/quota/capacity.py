"""Capacity: what a team can be expected to sell, from its quotas, what is usually reached and who is still ramping up."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.people import clipped
from reference_engine.quota_entries import Entries, QuotaMechanic, QuotaRun, Row
from reference_engine.vocabulary.numbers import Percent

_ANY = "components: [{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 1%}}]}]"
_METRICKIT = "https://metrickittools.com/guides/sales-capacity-guide"


def _team(ramped: int, ramping: int, quota: str, other: str = "") -> dict[str, str]:
    people = [f"R{i} | 2020-01-01" for i in range(ramped)] + [f"N{i} | 2026-01-01" for i in range(ramping)]
    rows = [f"R{i} | 2026-Q1 | {quota}" for i in range(ramped)] + [
        f"N{i} | 2026-Q1 | {other or quota}" for i in range(ramping)
    ]
    return {
        "payees": "payee | hired\n" + "\n".join(people),
        "quotas": "payee | period | quota\n" + "\n".join(rows),
    }


def _stated(ramped: int, ramping: int, quota: str, other: str = "") -> str:
    return "\n".join(
        [f"R{i} | 2026-Q1 | {quota}" for i in range(ramped)]
        + [f"N{i} | 2026-Q1 | {other or quota}" for i in range(ramping)]
    )


@mechanic(
    "The capacity of a team is what its ramped payees usually reach of their quotas, and a share of the quotas of those ramping up.",
    examples=(
        Example(
            "Seven ramped payees reach 85%; three who are new count 40%",
            f"quota: [{{capacity: {{of: Team, attainment: 85%, while ramping: 40%, ramp months: 6}}}}]\n{_ANY}",
            _team(7, 3, "150,000.00 USD"),
            "",
            quotas=_stated(7, 3, "150,000.00 USD") + "\nTeam | 2026-Q1 | 1,072,500.00 USD",
            source=_METRICKIT,
        ),
        Example(
            "Thirty at 300,000 and four at 150,000 are 9.6 million, not the 10.0 million of the page",
            f"quota: [{{capacity: {{of: Team, attainment: 100%, while ramping: 100%, ramp months: 6}}}}]\n{_ANY}",
            _team(30, 4, "300,000.00 USD", "150,000.00 USD"),
            "",
            quotas=_stated(30, 4, "300,000.00 USD", "150,000.00 USD") + "\nTeam | 2026-Q1 | 9,600,000.00 USD",
            source="https://wiki.himodus.com/docs/metrics/quarterly-quota",
        ),
        Example(
            "Six months after the hire, to the day, a payee is ramped; a day less is not enough",
            f"quota: [{{capacity: {{of: Team, attainment: 100%, while ramping: 0%, ramp months: 6}}}}]\n{_ANY}",
            {
                "payees": "payee | hired\nAna | 2025-07-01\nBen | 2025-07-02",
                "quotas": "payee | period | quota\nAna | 2026-Q1 | 10.00 EUR\nBen | 2026-Q1 | 10.00 EUR",
            },
            "",
            quotas="Ana | 2026-Q1 | 10.00 EUR\nBen | 2026-Q1 | 10.00 EUR\nTeam | 2026-Q1 | 10.00 EUR",
        ),
        Example(
            "Who has left before the period, or comes after it, can sell nothing in it",
            "conventions: {rounding: exact, proration.of: quota only}\n"
            f"quota: [{{capacity: {{of: Team, attainment: 100%, while ramping: 50%, ramp months: 6}}}}]\n{_ANY}",
            {
                "payees": "payee | hired | left\nAna | 2020-01-01 |\nBen | 2020-01-01 | 2025-12-31\nCho | 2026-04-01 |",
                "quotas": "payee | period | quota\nAna | 2026-Q1 | 10.00 EUR\nBen | 2026-Q1 | 10.00 EUR\nCho | 2026-Q1 | 10.00 EUR",
            },
            "",
            quotas="Ana | 2026-Q1 | 10.00 EUR\nBen | 2026-Q1 | 0.00 EUR\nCho | 2026-Q1 | 0.00 EUR\nTeam | 2026-Q1 | 10.00 EUR",
        ),
    ),
    formula="capacity = sum of ramped quotas x attainment + sum of ramping quotas x while ramping",
    boundary="Ramped is who was hired at least so many months before the first day of the period, or has no day of hire.  The attainment isn't "
    "applied to those ramping up.  Who isn't employed on any day of the period doesn't count.",
    sources=(
        _METRICKIT,
        "https://kellblog.com/2020/02/15/how-to-make-and-use-a-proper-sales-bookings-productivity-and-quota-capacity-model/",
        "https://wiki.himodus.com/docs/metrics/quarterly-quota",
        "https://techstartup.bartleyeditions.com/sales-capacity-planning",
    ),
    words={"MetricKit": "sales capacity", "Kellblog": "bookings capacity model", "Modus": "quota capacity"},
)
@dataclass(frozen=True)
class Capacity(QuotaMechanic):
    """of: the name under which the capacity stands.  attainment: what ramped payees usually reach.  while ramping: what counts
    of the others' quotas.  ramp months: how long that lasts.  roles: whose quotas; every payee's where none is named."""

    of: str
    attainment: Percent
    while_ramping: Percent
    ramp_months: int
    roles: tuple[str, ...] = ()

    def quotas(self, entries: Entries, run: QuotaRun) -> Entries:
        payee = np.flatnonzero(run.is_payee(entries.holder))
        last = np.array([p.last for p in run.periods], dtype="datetime64[D]")
        if self.roles:
            roles = run.people.roles_on(entries.holder[payee], last[entries.period[payee]])
            payee = payee[np.isin(roles.astype(str), self.roles)]
        totals: dict[tuple[int, str, str], list[Fraction]] = {}
        counts: dict[tuple[int, str, str], list[int]] = {}
        amounts = entries.amount[payee].fractions()
        for row, amount in zip(payee.tolist(), amounts, strict=True):
            period = run.periods[int(entries.period[row])]
            if not clipped(run.people.employed(int(entries.holder[row])), period.first, period.last):
                continue
            hired = run.people.hired_before(int(entries.holder[row]), period.last)
            months = (
                self.ramp_months
                if hired is None
                else (period.first.year - hired.year) * 12
                + period.first.month
                - hired.month
                - (period.first.day < hired.day)
            )
            key = (int(entries.period[row]), str(entries.currency[row]), str(entries.measure[row]))
            which = 0 if months >= self.ramp_months else 1
            totals.setdefault(key, [Fraction(0), Fraction(0)])[which] += amount
            counts.setdefault(key, [0, 0])[which] += 1
        new = []
        for key, (ramped, ramping) in totals.items():
            amount = ramped * self.attainment.value + ramping * self.while_ramping.value
            words = f"{counts[key][0]} ramped at {self.attainment} and {counts[key][1]} ramping at {self.while_ramping} of their quotas"
            new.append(Row(run.holder(self.of), key[0], amount, key[1], key[2], run.place(self.where), words))
        return Entries.joined([entries.kept(), run.rows(new)])
