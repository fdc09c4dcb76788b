"""Percent to goal: the attainment itself is the payout; so much of the target incentive is earned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reference_engine.columns import Exact
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.mechanics.target import on_target, target_words
from reference_engine.mechanics.tier_table import REACHED
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import Percent

_PEOPLE = "payee | plan | from | quota | target incentive | period\n" + "\n".join(
    f"{p} | P | 2026-01-01 | 100.00 EUR | 90.00 EUR | quarter" for p in ("Ana", "Ben", "Cho", "Dee")
)


def _plan(earn: str, more: str = "", pays: str = "quarterly", accumulate: str = "period") -> str:
    return (
        f"pays: {pays}\nconventions: {{rounding: exact, tier.accumulate: {accumulate}{more}}}\n"
        f"components: [{{component: target, measure: bookings, credits: [direct], earn: [{earn}]}}]"
    )


@mechanic(
    "The payee earns the target incentive times the attainment, from a threshold on and up to a cap where they are stated.",
    examples=(
        Example(
            "Nothing below a hurdle of 70%; from there the attainment itself, so that it jumps from 0 to 70%",
            _plan("{percent to goal: {threshold: 70%, reached: at least, cap: 150%}}"),
            {
                "plan_assignments": _PEOPLE,
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 69.00 EUR | 2026-01-15\nD-2 | Ben | 70.00 EUR | 2026-01-15\n"
                "D-3 | Cho | 85.00 EUR | 2026-01-15\nD-4 | Dee | 160.00 EUR | 2026-01-15",
            },
            "Ana | 2026-Q1 | 0.00 EUR\nBen | 2026-Q1 | 63.00 EUR\nCho | 2026-Q1 | 76.50 EUR\nDee | 2026-Q1 | 135.00 EUR",
            source="https://www.sec.gov/Archives/edgar/data/1288496/000101968709001248/stbernard_8k-ex1001.htm",
        ),
        Example(
            "The threshold has to be passed",
            _plan("{percent to goal: {threshold: 70%}}", ", tier.bound: lower tier"),
            {
                "plan_assignments": _PEOPLE,
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 69.00 EUR | 2026-01-15\nD-2 | Ben | 70.00 EUR | 2026-01-15\nD-3 | Cho | 71.00 EUR | 2026-01-15",
            },
            "Ana | 2026-Q1 | 0.00 EUR\nBen | 2026-Q1 | 0.00 EUR\nCho | 2026-Q1 | 63.90 EUR",
        ),
        Example(
            "Attainment rounded to one decimal of a percent before it is used: 56.875% is 56.9%",
            "pays: quarterly\nconventions: {rounding: [{at: attainment, mode: half up, decimals: 1}], tier.accumulate: period}\n"
            "components: [{component: target, measure: bookings, credits: [direct], earn: [percent to goal]}]",
            {
                "plan_assignments": "payee | plan | from | quota | target incentive | period\nAna | P | 2026-01-01 | 80,000.00 USD | 4,500.00 USD | quarter",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 45,500.00 USD | 2026-01-15",
            },
            "Ana | 2026-Q1 | 2,560.50 USD",
            attainments="Ana | 2026-Q1 | 45,500.00 USD | 80,000.00 USD | 56.9%",
        ),
        Example(
            "Monthly pay on the quarter's quota; a return takes back its part",
            _plan("percent to goal", "", "monthly", "quarter"),
            {
                "plan_assignments": _PEOPLE,
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 40.00 EUR | 2026-01-15\nD-2 | Ana | 80.00 EUR | 2026-02-15",
                "returns": "return | of | date | amount\nR-1 | D-2 | 2026-03-10 | 20.00 EUR",
            },
            "Ana | 2026-01 | 36.00 EUR\nAna | 2026-02 | 72.00 EUR\nAna | 2026-03 | -18.00 EUR",
        ),
    ),
    formula="target incentive x min(attainment, cap), 0 below the threshold; less what was earned before in the interval",
    boundary="Just on the threshold by the parameter reached, or by tier.bound.  The cap is on the attainment, which here is the same as a cap on "
    "the pay.  Without a threshold an attainment below 0% takes back.",
    sources=(
        "https://helpcenter.xactlycorp.com/article/percent-to-goal",
        "https://www.sec.gov/Archives/edgar/data/1288496/000101968709001248/stbernard_8k-ex1001.htm",
        "https://docs.oracle.com/cd/F95822_01/hcm92pbr49/eng/hcm/hhvc/fielddef_CommonElementsUsedInAwardsCalculation.html",
        "https://trailhead.salesforce.com/pt-BR/content/learn/modules/salesforce-spiff-lump-sum-rules-quick-look/build-a-lump-sum-rule",
    ),
    words={
        "Xactly": "percent to goal",
        "PeopleSoft": "percent attained",
        "Salesforce Spiff": "lump sum rule",
        "SEC filings": "proportional payout above a hurdle",
    },
)
@dataclass(frozen=True)
class PercentToGoal(Mechanic):
    """threshold: below it nothing is earned.  cap: the attainment above which nothing more is earned.

    reached: whether the threshold is reached at it or above it; the convention tier.bound where it isn't said.
    """

    threshold: Percent | None = None
    cap: Percent | None = None
    reached: Literal["at least", "more than"] | None = None

    def needs(self) -> tuple[str, ...]:
        bound = ("tier.bound",) if self.threshold is not None and self.reached is None else ()
        return ("tier.accumulate", *bound)

    def check(self, problems: list[Problem]) -> None:
        if self.threshold is not None and self.cap is not None and self.cap < self.threshold:
            problems.append(
                Problem(
                    "tiers-order",
                    f"the cap of {self.cap} is below the threshold of {self.threshold}.",
                    self.where,
                    "Nobody could earn anything.",
                    "Correct one of them.",
                )
            )

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        found = on_target(self, lines, run)
        if found is None:
            return lines
        at = found.attainment
        payout = at if self.cap is None else at.minimum(Exact.full(at.shape, self.cap.value))
        nothing = Exact.full(at.shape, 0)
        if self.threshold is not None:
            strict = REACHED.get(self.reached or "", run.conventions.get("tier.bound")) == "lower tier"
            bound = Exact.full(at.shape, self.threshold.value)
            payout = Exact.where(at > bound if strict else at >= bound, payout, nothing)
        payout = Exact.where(found.present, payout, nothing)
        return found.settle(payout, "the target incentive times the attainment", self)

    def say(self, before: LineView | None, after: LineView) -> str:
        if after.rate is None:
            return target_words(after)
        if not after.rate and self.threshold is not None:
            return f"The threshold of {self.threshold} isn't reached, so nothing is earned."
        if self.cap is not None and after.rate == self.cap.value:
            return f"The attainment is paid as it is, up to the cap of {self.cap}: {target_words(after)}"
        return f"The attainment is paid as it is: {target_words(after)}"
