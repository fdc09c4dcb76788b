"""Default quota: the plan, or a role in it, has a quota that a payee's own overrides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

import numpy as np

from reference_engine.columns import Exact
from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.problems import NOWHERE, Problem, Where
from reference_engine.quota_entries import ASSIGNED, DEFAULT, FIRST, LAST, Entries, QuotaMechanic, QuotaRun
from reference_engine.vocabulary.calendar import NotAPeriod
from reference_engine.vocabulary.numbers import Money, Quantity

_PLAN = (
    "pays: quarterly\neligible: everyone\nconventions: {rounding: exact, tier.accumulate: period, tier.bound: upper tier, quota.zero: attainment 100%, quota.explicit_zero: {reading}}\n"
    "quota: [{default quota: {per: quarter, quotas: [{amount: '100,000.00 EUR'}, {role: Senior, amount: '200,000.00 EUR'}]}}]\n"
    "components: [{component: C, measure: bookings, credits: [direct], earn: [{retroactive: {tiers: [{from: 0%, to: 100%, rate: 1%}, {from: 100%, rate: 2%}]}}]}]"
)
_DEALS = "deal | owner | amount | closed\nD-1 | Ana | 100,000.00 EUR | 2026-01-15\nD-2 | Ben | 100,000.00 EUR | 2026-01-15\nD-3 | Cho | 100,000.00 EUR | 2026-01-15"


@dataclass(frozen=True, slots=True)
class Default:
    """amount: for each period.  role: whose; everybody's where it is blank."""

    amount: Money | Quantity
    role: str = ""
    where: Where = field(default=NOWHERE, compare=False, kw_only=True)


@mechanic(
    "Who has no quota of their own has that of their role, or else that of the plan.",
    examples=(
        Example(
            "Of the plan, of the role, and one's own",
            _PLAN.replace("{reading}", "overrides"),
            {
                "payees": "payee | role\nAna | Junior\nBen | Senior\nCho | Senior",
                "quotas": "payee | period | quota\nCho | 2026-Q1 | 50,000.00 EUR",
                "deals": _DEALS,
            },
            "Ana | 2026-Q1 | 2,000.00 EUR\nBen | 2026-Q1 | 1,000.00 EUR\nCho | 2026-Q1 | 2,000.00 EUR",
            attainments="Ana | 2026-Q1 | 100,000.00 EUR | 100,000.00 EUR | 100%\nBen | 2026-Q1 | 100,000.00 EUR | 200,000.00 EUR | 50%\n"
            "Cho | 2026-Q1 | 100,000.00 EUR | 50,000.00 EUR | 200%",
        ),
        Example(
            "A quota of 0 of one's own counts: attainment 100% by quota.zero",
            _PLAN.replace("{reading}", "overrides"),
            {
                "payees": "payee | role\nAna | Junior\nBen | Senior\nCho | Senior",
                "quotas": "payee | period | quota\nCho | 2026-Q1 | 0.00 EUR",
                "deals": _DEALS,
            },
            "Ana | 2026-Q1 | 2,000.00 EUR\nBen | 2026-Q1 | 1,000.00 EUR\nCho | 2026-Q1 | 2,000.00 EUR",
        ),
        Example(
            "It falls through to the quota of the role",
            _PLAN.replace("{reading}", "falls through"),
            {
                "payees": "payee | role\nAna | Junior\nBen | Senior\nCho | Senior",
                "quotas": "payee | period | quota\nCho | 2026-Q1 | 0.00 EUR",
                "deals": _DEALS,
            },
            "Ana | 2026-Q1 | 2,000.00 EUR\nBen | 2026-Q1 | 1,000.00 EUR\nCho | 2026-Q1 | 1,000.00 EUR",
        ),
    ),
    formula="own quota, else the quota of the role, else the quota of the plan",
    boundary="A quota of one's own that is 0 counts or falls through, as quota.explicit_zero says.",
    sources=(
        "https://www.opensymmetry.com/variables-in-sap-commissions/",
        "https://docs.oracle.com/cd/E05554_01/books/InCompAdm/InCompAdmPlanDesign47.html",
        "https://helpcenter.xactlycorp.com/article/incent-administrator-plan-design-rate-tables",
    ),
    words={
        "SAP": "variable: plan, title, position",
        "Siebel": "personalization",
        "Xactly": "plan, title or position level",
    },
)
@dataclass(frozen=True)
class DefaultQuota(QuotaMechanic):
    """per: the period of the amounts.  quotas: of roles, and one without a role for everybody else.  of: what they are."""

    per: Literal["month", "quarter", "half-year", "year"]
    quotas_: tuple[Default, ...]
    of: Literal["quota", "target incentive"] = "quota"

    kinds: ClassVar[tuple[str, ...]] = ("quota", "target incentive")

    def needs(self) -> tuple[str, ...]:
        return ("quota.explicit_zero",)

    @property
    def makes_targets(self) -> bool:  # type: ignore[override]
        return self.of == "target incentive"

    def check(self, problems: list[Problem]) -> None:
        roles = [d.role for d in self.quotas_]
        if len(set(roles)) < len(roles):
            problems.append(
                Problem(
                    "lookup-twice",
                    'two entries of "default quota" are for the same role.',
                    self.where,
                    "Only one of them could count.",
                    "Remove one.",
                )
            )

    def quotas(self, entries: Entries, run: QuotaRun) -> Entries:
        if self.of != run.kind:
            return entries.kept()
        kept = entries.kept()
        if run.plan.conventions["quota.explicit_zero"] == "falls through":
            own = run.is_payee(entries.holder) & (entries.level <= ASSIGNED) & (entries.amount.num == 0)
            kept = entries.take(np.flatnonzero(~own))
        try:
            periods = run.world.calendar.periods(*run.horizon, self.per)
        except NotAPeriod:
            return kept
        size = len(run.world.payees)
        payees, out = np.arange(size), [kept]
        for period in periods:
            day = np.full(size, np.datetime64(period.last, "D"))
            roles = run.people.roles_on(payees, day).astype(str)
            named = [d.role for d in self.quotas_ if d.role]
            for default in self.quotas_:
                mine = roles == default.role if default.role else ~np.isin(roles, named)
                who = np.flatnonzero(mine)
                unit = default.amount.currency if isinstance(default.amount, Money) else ""
                value = default.amount.amount if isinstance(default.amount, Money) else default.amount.value
                words = f"the quota of {default.role}" if default.role else "the quota of the plan"
                out.append(
                    Entries(
                        who,
                        np.full(len(who), run.period(period)),
                        Exact.full(len(who), value),
                        np.full(len(who), unit, dtype=object),
                        np.full(len(who), "", dtype=object),
                        np.full(len(who), DEFAULT),
                        np.full(len(who), FIRST),
                        np.full(len(who), LAST),
                        np.full(len(who), run.place(default.where)),
                        np.full(len(who), -1),
                        np.full(len(who), run.note(words)),
                    )
                )
        return Entries.joined(out)
