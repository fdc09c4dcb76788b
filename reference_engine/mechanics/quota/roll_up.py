"""Roll-up: the quota of a manager or region is the sum of those below."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np

from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.problems import Problem
from reference_engine.quota_entries import Entries, QuotaMechanic, QuotaRun, Row
from reference_engine.quota_tree import tree
from reference_engine.vocabulary.numbers import Percent

NOTHING = Percent(Fraction(0))
_ANY = "components: [{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 1%}}]}]"
_TEAM = "payee | manager\nMia |\nMax | Mia\nAna | Max\nBen | Max"
_QUOTAS = "payee | period | quota\nAna | 2026-Q1 | 60.00 EUR\nBen | 2026-Q1 | 40.00 EUR"


@mechanic(
    "The quota of a manager or a region is the sum of the quotas below, less a reduction for what they won't reach.",
    examples=(
        Example(
            "Two levels of managers",
            f"quota: [{{roll up: {{over: managers, stated: keeps}}}}]\n{_ANY}",
            {"payees": _TEAM, "quotas": _QUOTAS},
            "",
            quotas="Ana | 2026-Q1 | 60.00 EUR\nBen | 2026-Q1 | 40.00 EUR\nMax | 2026-Q1 | 100.00 EUR\nMia | 2026-Q1 | 100.00 EUR",
            source="by hand, after http://docs.oracle.com/cd/E14004_01/books/TerrMgmt/TerrMgmtQuotas8.html",
        ),
        Example(
            "A manager with a quota of his own keeps it, and hands it up",
            f"quota: [{{roll up: {{over: managers, stated: keeps, reduction: 10%}}}}]\n{_ANY}",
            {"payees": _TEAM, "quotas": f"{_QUOTAS}\nMax | 2026-Q1 | 110.00 EUR"},
            "",
            quotas="Ana | 2026-Q1 | 60.00 EUR\nBen | 2026-Q1 | 40.00 EUR\nMax | 2026-Q1 | 110.00 EUR\nMia | 2026-Q1 | 99.00 EUR",
        ),
        Example(
            "What was stated is replaced, over a tree of territories",
            f"quota: [{{roll up: {{over: allocations, stated: is replaced}}}}]\n{_ANY}",
            {
                "territory_quotas": "territory | period | quota\nEurope | FY2026 | 500.00 EUR",
                "quotas": "payee | period | quota\nAna | FY2026 | 60.00 EUR\nBen | FY2026 | 40.00 EUR",
                "quota_allocations": "parent | child\nEurope | Ana\nEurope | Ben",
            },
            "",
            quotas="Ana | FY2026 | 60.00 EUR\nBen | FY2026 | 40.00 EUR\nEurope | FY2026 | 100.00 EUR",
        ),
        Example(
            "A manager with two assignments in the quarter: both of his quotas give way",
            "conventions: {rounding: exact, proration.of: quota and target, proration.basis: calendar days, proration.start_day_counts: yes, "
            f"proration.factor_decimals: exact}}\nquota: [{{roll up: {{over: managers, stated: is replaced}}}}]\n{_ANY}",
            {
                "payees": "payee | manager\nMax |\nAna | Max",
                "quotas": "payee | period | quota\nAna | 2026-Q1 | 60.00 EUR",
                "plan_assignments": "payee | plan | from | to | quota | period\nAna | P | 2026-01-01 | | |\n"
                "Max | P | 2026-01-01 | 2026-01-31 | 90.00 EUR | quarter\nMax | P | 2026-02-01 | 2026-03-31 | 180.00 EUR | quarter",
            },
            "",
            quotas="Ana | 2026-Q1 | 60.00 EUR\nMax | 2026-Q1 | 60.00 EUR",
        ),
    ),
    formula="quota = sum of the quotas below x (1 - reduction), level by level from the bottom",
    boundary="Managers are those of the last day of the period.  A stated quota stays or gives way, as the plan says; where it stays, "
    "it is also what is handed up.",
    sources=(
        "http://docs.oracle.com/cd/E14004_01/books/TerrMgmt/TerrMgmtQuotas8.html",
        "https://intercom.help/quotapath/en/articles/4360166-team-based-commission-with-accelerators",
        "https://docs.calliduscloud.com/articles/territory-and-quota-documentation/glossary",
    ),
    words={"Siebel": "territory quota roll-up", "QuotaPath": "team quota", "SAP": "reduction factor"},
)
@dataclass(frozen=True)
class RollUp(QuotaMechanic):
    """over: the managers of payees, or the tree of quota_allocations.  stated: whether a stated quota of a parent keeps or is
    replaced.  reduction: of each sum."""

    over: Literal["managers", "allocations"]
    stated: Literal["keeps", "is replaced"]
    reduction: Percent = NOTHING

    def quotas(self, entries: Entries, run: QuotaRun) -> Entries:
        amounts = entries.amount.fractions()
        own: dict[tuple[int, str], dict[int, tuple[Fraction, str, int]]] = {}
        rows_of: dict[tuple[int, str, int], list[int]] = {}
        for row in range(len(entries)):
            group = own.setdefault((int(entries.period[row]), str(entries.measure[row])), {})
            holder = int(entries.holder[row])
            rows_of.setdefault((int(entries.period[row]), str(entries.measure[row]), holder), []).append(row)
            so_far = group.get(holder, (Fraction(0), str(entries.currency[row]), row))
            group[holder] = (so_far[0] + amounts[row], so_far[1], so_far[2])
        new: list[Row] = []
        # All that a holder has in a period gives way together.
        given_way: list[int] = []
        below_of = (
            {p: [run.holder(c.name) for c in below] for p, below in tree(run).items()}
            if self.over == "allocations"
            else {}
        )
        for (period, measure), group in own.items():
            parents = (
                {run.holder(p): below for p, below in below_of.items()}
                if self.over == "allocations"
                else self._teams(run, period)
            )
            done: dict[int, tuple[Fraction, str] | None] = {}

            def total(
                holder: int,
                above: tuple[int, ...] = (),
                group: dict[int, tuple[Fraction, str, int]] = group,
                parents: dict[int, list[int]] = parents,
                done: dict[int, tuple[Fraction, str] | None] = done,
            ) -> tuple[Fraction, str] | None:
                if holder in done:
                    return done[holder]
                stated = group.get(holder)
                if (
                    holder in parents
                    and holder not in above
                    and (stated is None or self.stated == "is replaced")
                ):
                    parts = [t for c in parents[holder] if (t := total(c, (*above, holder))) is not None]
                    units = {u for _, u in parts}
                    if len(units) > 1:
                        self._mixed(run, holder, units)
                    found = (
                        (sum((a for a, _ in parts), Fraction(0)) * (1 - self.reduction.value), parts[0][1])
                        if parts
                        else None
                    )
                else:
                    found = stated[:2] if stated is not None else None
                done[holder] = found
                return found

            for parent, below in parents.items():
                found = total(parent)
                if found is None:
                    continue
                count = sum(done.get(c) is not None for c in below)
                less = f" less {self.reduction}" if self.reduction.value else ""
                words = f"the sum of {count} below{less}"
                if parent in group:
                    if self.stated != "is replaced" or not count:
                        continue
                    given_way += rows_of[period, measure, parent]
                origin = group[parent][2] if parent in group else -1
                place = run.place(self.where)
                new.append(Row(parent, period, found[0], found[1], measure, place, words, origin))
        kept = np.setdiff1d(np.arange(len(entries)), given_way)
        return Entries.joined([entries.take(kept), run.rows(new)])

    def _teams(self, run: QuotaRun, period: int) -> dict[int, list[int]]:
        payees = np.arange(len(run.world.payees))
        day = np.full(len(payees), np.datetime64(run.periods[period].last, "D"))
        out: dict[int, list[int]] = {}
        for payee, manager in zip(payees.tolist(), run.people.managers_on(payees, day).tolist(), strict=True):
            if manager >= 0:
                out.setdefault(manager, []).append(payee)
        return out

    def _mixed(self, run: QuotaRun, holder: int, units: set[str]) -> None:
        problem = Problem(
            "currency-mixed",
            f'the quotas below "{run.names[holder]}" are in {" and ".join(sorted(u or "units" for u in units))}.',
            self.where,
            "They can't be added.",
            "State them in one currency.",
        )
        if problem not in run.problems:
            run.problems.append(problem)
