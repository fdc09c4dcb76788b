"""Lookup: a list of rules; what the record is (product, category, ...) finds the rule that pays it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import combinations

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.expressions.syntax import Expression
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.earning.flat_rate import rate_words
from reference_engine.mechanics.record_values import holds
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.mechanics.tier_table import rate_day
from reference_engine.mechanics.tier_words import formula_words
from reference_engine.problems import NOWHERE, Problem, Where
from reference_engine.vocabulary.numbers import Money, Percent, format_money
from reference_engine.vocabulary.plan import Conventions

SPECIFIC = ("product", "subcategory", "category", "account", "territory")
"""What a rule may look at, the most specific first."""
NO_RULE = "no rule matches: nothing"


@dataclass(frozen=True, slots=True)
class LookupRule:
    """A rule that names nothing matches everything; one that names several things wants all of them.

    product, subcategory, category, account, territory: the values that match, several with commas.  rate: what a line
    pays, of its base.  pays: instead, an amount for each line.  when: a condition over the fields of the record.  from, to: the first and last day on which the rule is in force.
    """

    product: str = ""
    subcategory: str = ""
    category: str = ""
    account: str = ""
    territory: str = ""
    when: Expression | None = None
    from_: date | None = None
    to: date | None = None
    rate: Percent | None = None
    pays: Money | None = None
    where: Where = field(default=NOWHERE, compare=False, kw_only=True)

    @property
    def conditions(self) -> dict[str, tuple[str, ...]]:
        return {
            name: tuple(v.strip() for v in getattr(self, name).split(","))
            for name in SPECIFIC
            if getattr(self, name)
        }

    @property
    def words(self) -> str:
        named = (
            " and ".join(
                [
                    *(f"{name} {', '.join(values)}" for name, values in self.conditions.items()),
                    *([str(self.when)] if self.when is not None else []),
                ]
            )
            or "all others"
        )
        if self.from_ is not None or self.to is not None:
            named += f" {' '.join(f'{w} {d}' for w, d in (('from', self.from_), ('to', self.to)) if d is not None)}"
        return f"{named}: {self.rate}" if self.rate is not None else f"{named}: {self.pays} a line"


@mechanic(
    "The first or the most specific rule that matches a line pays it: a percentage of the base, or an amount.",
    examples=(
        Example(
            "Product before category before all",
            "conventions: {rounding: exact, lookup.precedence: most specific, returns.earn: mirror}\n"
            "components: [{component: C, measure: bookings, credits: [direct], earn: [{lookup: {rules: [{rate: 1%}, {category: Bikes, rate: 2%}, {product: B-7, pays: 7.50 EUR}]}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "products": "product | category\nB-1 | Bikes\nB-7 | Bikes\nC-1 | Caps",
                "deals": "deal | owner | amount | closed | product\nD-1 | Ana | 100.00 EUR | 2026-01-15 | B-7\nD-2 | Ana | 100.00 EUR | 2026-02-15 | B-1\nD-3 | Ana | 100.00 EUR | 2026-03-15 | C-1",
                "returns": "return | of | date | amount\nR-1 | D-1 | 2026-04-10 | 100.00 EUR",
            },
            "Ana | 2026-01 | 7.50 EUR\nAna | 2026-02 | 2.00 EUR\nAna | 2026-03 | 1.00 EUR\nAna | 2026-04 | -7.50 EUR",
        ),
        Example(
            "The rate changes on 1 March; a return in March of a sale of February keeps the rate of its sale",
            "conventions: {rounding: exact, lookup.precedence: first match, returns.earn: mirror, rate.date: deal date}\n"
            "components: [{component: C, measure: bookings, credits: [direct], earn: [{lookup: {rules: [{to: 2026-02-28, rate: 1%}, {from: 2026-03-01, rate: 2%}]}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 100.00 EUR | 2026-02-28\nD-2 | Ana | 100.00 EUR | 2026-03-01",
                "returns": "return | of | date | amount\nR-1 | D-1 | 2026-03-10 | 100.00 EUR",
            },
            "Ana | 2026-02 | 1.00 EUR\nAna | 2026-03 | 1.00 EUR",
        ),
        Example(
            "Several rules match, and the highest rate counts; a deal that matches none earns nothing",
            "conventions: {rounding: exact, lookup.precedence: highest rate, returns.earn: mirror}\n"
            "components: [{component: C, measure: bookings, credits: [direct], earn: [{lookup: {rules: [{category: Bikes, rate: 2%}, "
            "{when: 'segment = \"Enterprise\"', rate: 5%}]}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "products": "product | category\nB-1 | Bikes\nC-1 | Caps",
                "deals": "deal | owner | amount | closed | product | segment\nD-1 | Ana | 100.00 EUR | 2026-01-15 | B-1 | Enterprise\n"
                "D-2 | Ana | 100.00 EUR | 2026-02-15 | B-1 | Small\nD-3 | Ana | 100.00 EUR | 2026-03-15 | C-1 | Small",
            },
            "Ana | 2026-01 | 5.00 EUR\nAna | 2026-02 | 2.00 EUR\nAna | 2026-03 | 0.00 EUR",
        ),
    ),
    formula="amount = rate of the rule that matches x base, or the rule's amount for the line",
    boundary="Values are compared letter by letter; a rule without conditions is the default; a line that no rule matches earns nothing.  "
    "The first and the last day of a rule count.  Which date finds a dated rule is the convention rate.date.  By returns.earn a return mirrors a sale.",
    sources=(
        "https://docs.oracle.com/en/cloud/saas/sales/facmi/guidelines-for-rate-dimensions.html",
        "https://docs.oracle.com/en/cloud/saas/sales/facmi/considerations-for-adding-rate-tables-to-plan-components.html",
        "https://help.salesforce.com/apex/HTViewHelpDoc?id=sales.spiff_function_ref_switch.htm",
        "http://rpmsoftware.com/wiki/index.php/Commission_rate",
        "https://docs.idynamics.es/en/commissions/direct/setup.html",
        "https://helpcenter.xactlycorp.com/article/commission-rules",
    ),
    words={
        "Oracle Fusion": "rate dimension of strings, dated rate table",
        "Salesforce Spiff": "switch",
        "Xactly": "highest rate rule",
        "RPM": "rate precedence",
        "iDynamics": "most specific, highest, lowest rule",
        "SAP": "lookup table",
    },
)
@dataclass(frozen=True)
class Lookup(Mechanic):
    """rules: tried in the order that the convention lookup.precedence states.

    An amount a line (`pays`) is taken back on a line whose base is negative, whatever returns.earn says.
    """

    rules: tuple[LookupRule, ...]

    def needs(self) -> tuple[str, ...]:
        overlap = any(_overlap(a, b) for a, b in combinations(self.rules, 2))
        pays = any(r.pays is not None for r in self.rules)
        dated = any(r.from_ is not None or r.to is not None for r in self.rules)
        asked = (("lookup.precedence", overlap), ("returns.earn", pays), ("rate.date", dated))
        return tuple(name for name, matters in asked if matters)

    def check(self, problems: list[Problem]) -> None:
        seen: dict[object, Where] = {}
        for rule in self.rules:
            if (rule.rate is None) == (rule.pays is None):
                problems.append(
                    Problem(
                        "lookup-pays",
                        "a rule must say either its rate or what it pays.",
                        rule.where,
                        remedy="Write  rate: 2%  or  pays: 7.50 EUR.",
                    )
                )
            key = (tuple(rule.conditions.items()), rule.when, rule.from_, rule.to)
            if rule.from_ is not None and rule.to is not None and rule.to < rule.from_:
                problems.append(
                    Problem(
                        "valid-order",
                        "the last day of a rule is before its first.",
                        rule.where,
                        "It could never pay.",
                        f"Write a last day from {rule.from_} on, or correct the first.",
                    )
                )
            if key in seen:
                problems.append(
                    Problem(
                        "lookup-twice",
                        f"two rules match the same lines; the first is on line {seen[key].line}.",
                        rule.where,
                        "Only one of them can ever pay.",
                        "Remove one.",
                    )
                )
            seen[key] = rule.where

    def check_under(self, conventions: Conventions, problems: list[Problem]) -> None:
        reading = conventions.get("lookup.precedence")
        amount = next((r for r in self.rules if r.rate is None), None)
        if reading in ("highest rate", "lowest rate") and amount is not None:
            problems.append(
                Problem(
                    "lookup-pays",
                    f"the {reading} counts, and a rule pays an amount.",
                    amount.where,
                    "An amount and a rate can't be compared.",
                    "Give every rule a rate, or state lookup.precedence: first match.",
                )
            )

    def _order(self, precedence: str) -> list[LookupRule]:
        if precedence == "first match":
            return list(self.rules)
        if precedence in ("highest rate", "lowest rate"):
            turn = -1 if precedence == "highest rate" else 1
            return sorted(self.rules, key=lambda r: turn * (r.rate.value if r.rate is not None else 0))
        return sorted(self.rules, key=_place)

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        size = len(lines)
        rate, pays = Exact.full(size, 0), Exact.full(size, 0)
        has_rate = np.zeros(size, dtype=bool)
        rule = np.full(size, run.rule(NO_RULE, where=self.where))
        open_: Array = np.ones(size, dtype=bool)
        currency = lines.unit
        for entry in self._order(run.conventions.get("lookup.precedence") or "first match"):
            hits = open_.copy()
            for name, values in entry.conditions.items():
                run.check_known(name, values, entry.where)
                column = run.events.attribute(name)[lines.event]
                hits &= np.isin(column.astype(str), values)
            hits &= _in_force(entry, lines, run)
            if entry.when is not None:
                hits &= holds(entry.when, lines, run, entry.where, hits)
            if not hits.any():
                continue
            open_ &= ~hits
            rule = np.where(hits, run.rule(entry.words, where=entry.where), rule)
            if entry.rate is not None:
                rate = Exact.where(hits, Exact.full(size, entry.rate.value), rate)
                has_rate |= hits
            elif entry.pays is not None:
                wrong = sorted(set(lines.unit[hits].tolist()) - {entry.pays.currency})
                if wrong:
                    run.problem(
                        "currency-mixed",
                        f"the rule pays {entry.pays}, and lines are in {wrong[0]}.",
                        entry.where,
                        "One component pays in one currency.",
                        "State the plan's currency, and exchange rates.",
                    )
                direction = Exact(np.where(lines.base.num < 0, -1, 1))
                pays = Exact.where(hits, Exact.full(size, entry.pays.amount) * direction, pays)
        effective = rate * lines.share
        return lines.change(
            rate=effective,
            has_rate=has_rate,
            rate_unit=np.full(size, "", dtype=object),
            amount=Exact.where(has_rate, lines.base * effective, pays * lines.share),
            currency=currency,
            rule=rule,
        )

    def say(self, before: LineView | None, after: LineView) -> str:
        if after.rule is None or after.rule.words == NO_RULE:
            return "No rule matches the line, so it earns nothing."
        if after.rate is None:
            return f'The rule "{formula_words(after.rule.words)}" pays {format_money(after.amount, after.currency)}.'
        return f'The rule "{formula_words(after.rule.words)}" applies: {rate_words(after)}'


def _place(rule: LookupRule) -> int:
    """How specific a rule is: by what it names first of all; a condition comes before the rule for all."""
    other = len(SPECIFIC) if rule.when is not None else len(SPECIFIC) + 1
    return min((SPECIFIC.index(n) for n in rule.conditions), default=other)


def _overlap(a: LookupRule, b: LookupRule) -> bool:
    """Whether both rules may match one line, so that it matters which comes first."""
    for name in a.conditions.keys() & b.conditions.keys():
        if not set(a.conditions[name]) & set(b.conditions[name]):
            return False
    for first, last in ((a.from_, b.to), (b.from_, a.to)):
        if first is not None and last is not None and last < first:
            return False
    return True


def _in_force(rule: LookupRule, lines: Lines, run: ComponentRun) -> Array:
    """Where a dated rule is in force on the day that the convention rate.date names."""
    out = np.ones(len(lines), dtype=bool)
    if rule.from_ is None and rule.to is None:
        return out
    day = rate_day(lines, run)
    if rule.from_ is not None:
        out &= day >= np.datetime64(rule.from_, "D")
    if rule.to is not None:
        out &= day <= np.datetime64(rule.to, "D")
    return out
