"""Head count: how many payees a target needs at a quota each."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np

from reference_engine.columns import Exact
from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.problems import Problem
from reference_engine.quota_entries import Entries, QuotaMechanic, QuotaRun, Row, amount_words
from reference_engine.vocabulary.numbers import Money

_ANY = "components: [{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 1%}}]}]"
_TOP = {"territory_quotas": "territory | period | quota\nCompany | FY2026 | 6,000,000.00 USD"}
_BARTLEY = "https://techstartup.bartleyeditions.com/sales-capacity-planning"


@mechanic(
    "A target divided by the quota of one payee says how many are needed, before ramps, attainment and leavers.",
    examples=(
        Example(
            "6 million at 800,000 each are 7.5 payees, rounded half up to 8",
            f"quota: [{{head count: {{of: Company, quota: '800,000.00 USD', rounded: half up}}}}]\n{_ANY}",
            _TOP,
            "",
            quotas="Company | FY2026 | 6,000,000.00 USD\nhead count of Company | FY2026 | 8",
            source=_BARTLEY,
        ),
        Example(
            "The same, exact",
            f"quota: [{{head count: {{of: Company, quota: '800,000.00 USD', rounded: not}}}}]\n{_ANY}",
            _TOP,
            "",
            quotas="Company | FY2026 | 6,000,000.00 USD\nhead count of Company | FY2026 | 7.5",
        ),
        Example(
            "Rounded up, nobody is missing",
            f"quota: [{{head count: {{of: Company, quota: '850,000.00 USD', rounded: up}}}}]\n{_ANY}",
            _TOP,
            "",
            quotas="Company | FY2026 | 6,000,000.00 USD\nhead count of Company | FY2026 | 8",
        ),
    ),
    formula="head count = target / quota",
    boundary="A target that is a multiple of the quota needs just so many.",
    sources=(_BARTLEY,),
    words={"Bartley": "naive head count"},
)
@dataclass(frozen=True)
class HeadCount(QuotaMechanic):
    """of: whose target.  quota: of one payee.  rounded: half up, up, or not."""

    of: str
    quota: Money
    rounded: Literal["half up", "up", "not"]

    def check(self, problems: list[Problem]) -> None:
        if self.quota.amount <= 0:
            problems.append(
                Problem(
                    "quota-zero",
                    f"the quota of {self.quota} isn't above 0.",
                    self.where,
                    "The target is divided by it.",
                    "Write what one payee carries, like 500,000.00 EUR.",
                )
            )

    def quotas(self, entries: Entries, run: QuotaRun) -> Entries:
        new: list[Row] = []
        for row in np.flatnonzero(entries.holder == run.holder(self.of)).tolist():
            if str(entries.currency[row]) != self.quota.currency:
                run.problem(
                    "currency-mixed",
                    f'the target of "{self.of}" is in {entries.currency[row] or "units"}, and the quota in {self.quota.currency}.',
                    self.where,
                    "One can't be divided by the other.",
                    "State both in one currency.",
                )
                continue
            target = entries.amount.at(row)
            count = Exact.of([target / self.quota.amount])
            if self.rounded != "not":
                count = count.rounded("half up" if self.rounded == "half up" else "away from zero", 0)
            words = f"{amount_words(target, self.quota.currency)} at {self.quota} each"
            holder = run.holder(f"head count of {self.of}")
            new.append(
                Row(
                    holder,
                    int(entries.period[row]),
                    Fraction(count.at(0)),
                    "",
                    "head count",
                    run.place(self.where),
                    words,
                )
            )
        if not new:
            run.problem(
                "no-quota",
                f'"{self.of}" has no target.',
                self.where,
                "Nothing can be divided.",
                "Add it to territory_quotas.",
            )
        return Entries.joined([entries.kept(), run.rows(new)])
