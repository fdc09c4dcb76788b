"""Top down: the quota of the top is handed down level by level."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from reference_engine.columns import Exact
from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.problems import Problem
from reference_engine.quota_entries import Entries, QuotaMechanic, QuotaRun, Row, amount_words, percent_words
from reference_engine.quota_parts import parts_of, unit_of
from reference_engine.quota_tree import Child, Weighted, blended, check_weights, depth, tree
from reference_engine.vocabulary.numbers import Money, Percent, Quantity, format_percent

_ANY = "components: [{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 1%}}]}]"


@mechanic(
    "The quota of a parent is handed down to its children: by stated shares, evenly, or by metrics such as past sales and potential.",
    examples=(
        Example(
            "20 million over two regions; the children total the parent",
            f"quota: [{{top down: {{split: shares}}}}]\n{_ANY}",
            {
                "territory_quotas": "territory | period | quota\nWorld | FY2026 | 20,000,000.00 EUR",
                "quota_allocations": "parent | child | share\nWorld | North America | 75%\nWorld | Europe | 25%",
            },
            "",
            quotas="World | FY2026 | 20,000,000.00 EUR\nNorth America | FY2026 | 15,000,000.00 EUR\nEurope | FY2026 | 5,000,000.00 EUR",
            source="https://learning.sap.com/learning-journeys/implementing-and-administering-sap-successfactors-territory-and-quota/selecting-a-quota-methodology_e49488f4-f918-4778-8d21-8effd92f86f3",
        ),
        Example(
            "Evenly over three payees in whole euros: the euro that is left goes to the first",
            f"conventions: {{rounding: exact, quota.residue: first}}\nquota: [{{top down: {{split: evenly, round to: 1.00 EUR}}}}]\n{_ANY}",
            {
                "territory_quotas": "territory | period | quota\nEurope | FY2026 | 10,000,000.00 EUR",
                "quota_allocations": "parent | child\nEurope | Ana\nEurope | Ben\nEurope | Cho",
            },
            "",
            quotas="Europe | FY2026 | 10,000,000.00 EUR\nAna | FY2026 | 3,333,334.00 EUR\nBen | FY2026 | 3,333,333.00 EUR\nCho | FY2026 | 3,333,333.00 EUR",
        ),
        Example(
            "Two levels, each over-assigned by 10%: the street quotas total 121% of the top",
            f"quota: [{{top down: {{split: shares, over assignment: [10%, 10%]}}}}]\n{_ANY}",
            {
                "territory_quotas": "territory | period | quota\nWorld | FY2026 | 1,000,000.00 EUR",
                "quota_allocations": "parent | child | share\nWorld | Europe | 100%\nEurope | Ana | 60%\nEurope | Ben | 40%",
            },
            "",
            quotas="World | FY2026 | 1,000,000.00 EUR\nEurope | FY2026 | 1,100,000.00 EUR\nAna | FY2026 | 726,000.00 EUR\nBen | FY2026 | 484,000.00 EUR",
            source="https://www.tigereye.com/blog/over-assignment-drives-sales-culture",
        ),
        Example(
            "A weighted allotment: 70% by prior sales, 30% by potential",
            f"quota: [{{top down: {{split: metrics, metrics: [{{metric: sales, weight: 70%}}, {{metric: potential, weight: 30%}}]}}}}]\n{_ANY}",
            {
                "territory_quotas": "territory | period | quota\nEurope | FY2026 | 1,000,000.00 EUR",
                "quota_allocations": "parent | child\nEurope | Ana\nEurope | Ben",
                "quota_metrics": "holder | metric | value\nAna | sales | 600,000.00 EUR\nBen | sales | 400,000.00 EUR\nAna | potential | 100\nBen | potential | 300",
            },
            "",
            quotas="Europe | FY2026 | 1,000,000.00 EUR\nAna | FY2026 | 495,000.00 EUR\nBen | FY2026 | 505,000.00 EUR",
            source="https://calcquiz.com/business/sales/weighted-share-of-sales-allotment-calculator/",
        ),
        Example(
            "A child with a quota of its own keeps it: the others aren't changed",
            f"quota: [{{top down: {{split: evenly}}}}]\n{_ANY}",
            {
                "territory_quotas": "territory | period | quota\nEurope | FY2026 | 1,000,000.00 EUR",
                "quotas": "payee | period | quota\nBen | FY2026 | 450,000.00 EUR",
                "quota_allocations": "parent | child\nEurope | Ana\nEurope | Ben",
            },
            "",
            quotas="Europe | FY2026 | 1,000,000.00 EUR\nAna | FY2026 | 500,000.00 EUR\nBen | FY2026 | 450,000.00 EUR",
        ),
    ),
    formula="child = parent x (1 + over assignment of the level) x share",
    boundary="Shares total 100%; what rounding leaves over goes where quota.residue says.  Over-assignment compounds from level to level.  A child "
    "with a quota of its own for the period keeps it.",
    sources=(
        "https://docs.calliduscloud.com/articles/territory-and-quota-documentation/quota-setting-methodologies/a/TOP-DOWN",
        "https://playbooks.leanscale.team/docs/extended/quotas-and-target-setting/methodology",
        "https://calcquiz.com/business/sales/weighted-share-of-sales-allotment-calculator/",
        "https://www.tigereye.com/blog/over-assignment-drives-sales-culture",
    ),
    words={"SAP": "top-down methodology", "Oracle": "quota plan, spread", "Optymyze": "top-down allocation"},
)
@dataclass(frozen=True)
class TopDown(QuotaMechanic):
    """split: by the shares of quota_allocations, evenly, or by metrics.  metrics: words of quota_metrics with their weights.
    over assignment: of each level below the top, in order; 0% where the list ends.  round to: the unit of the parts."""

    split: Literal["shares", "evenly", "metrics"]
    metrics: tuple[Weighted, ...] = ()
    over_assignment: tuple[Percent, ...] = ()
    round_to: Money | Quantity | None = None

    def needs(self) -> tuple[str, ...]:
        return ("quota.residue",) if self.round_to is not None else ()

    def check(self, problems: list[Problem]) -> None:
        if (self.split == "metrics") != bool(self.metrics):
            problems.append(
                Problem(
                    "quota-metric",
                    '"top down" names metrics without splitting by them, or splits by metrics without naming any.',
                    self.where,
                    remedy="Write  split: metrics, metrics: [{metric: sales, weight: 100%}]",
                )
            )
        elif self.metrics and check_weights(self.metrics) != 1:
            problems.append(
                Problem(
                    "weights-total",
                    f"the weights of the metrics total {format_percent(check_weights(self.metrics))}, not 100%.",
                    self.where,
                    "The children would get more or less than the parent.",
                    "Make them total 100%.",
                )
            )

    def quotas(self, entries: Entries, run: QuotaRun) -> Entries:
        children = tree(run)
        if run.problems:
            return entries
        known: dict[tuple[int, int, str], tuple[Fraction, str, int, int]] = {}
        amounts = entries.amount.fractions()
        for row in range(len(entries)):
            key = (int(entries.holder[row]), int(entries.period[row]), str(entries.measure[row]))
            known[key] = (amounts[row], str(entries.currency[row]), int(entries.where[row]), row)
        new: list[Row] = []
        for parent, below in children.items():
            mine = [(k, v) for k, v in known.items() if k[0] == run.holder(parent)]
            shares = self._shares(run, parent, below) if mine else []
            if mine and not shares:
                return entries
            level = depth(children, parent)
            more = self.over_assignment[level].value if level < len(self.over_assignment) else Fraction(0)
            for (_, period, measure), (amount, unit, _where, origin) in mine:
                parts = self._parts(amount * (1 + more), [s for s, _ in shares], run)
                grown = f", over-assigned by {percent_words(more)}" if more else ""
                for child, part, (_, why) in zip(below, parts, shares, strict=True):
                    key = (run.holder(child.name), period, measure)
                    if key in known:
                        continue
                    words = f"{why} of the {amount_words(amount, unit)} of {parent}{grown}"
                    place = run.place(child.where)
                    known[key] = (part, unit, place, -1)
                    new.append(Row(key[0], period, part, unit, measure, place, words, origin))
        return Entries.joined([entries.kept(), run.rows(new)])

    def _shares(self, run: QuotaRun, parent: str, below: list[Child]) -> list[tuple[Fraction, str]]:
        if self.split == "evenly":
            return [(Fraction(1, len(below)), f"an even part ({len(below)} parts)")] * len(below)
        if self.split == "metrics":
            before = len(run.problems)
            found = blended(run, [c.name for c in below], self.metrics, self.where)
            return found if len(run.problems) == before else []
        blank = next((c for c in below if c.share is None), None)
        total = sum((c.share or Fraction(0) for c in below), Fraction(0))
        if blank is not None or total != 1:
            run.problem(
                "weights-total",
                f'the shares of "{parent}" total {format_percent(total)}, not 100%.'
                if blank is None
                else f'"{blank.name}" has no share of "{parent}".',
                (blank or below[0]).where,
                "A part of the quota would be handed to nobody, or twice.",
                'Fill the column "share" of quota_allocations; over-assignment is stated in the plan.',
            )
            return []
        return [(c.share, percent_words(c.share)) for c in below if c.share is not None]

    def _parts(self, amount: Fraction, shares: list[Fraction], run: QuotaRun) -> list[Fraction]:
        residue = run.plan.conventions.get("quota.residue") or "nobody"
        return [p.at(0) for p in parts_of(Exact.of([amount]), shares, unit_of(self.round_to), residue)]
