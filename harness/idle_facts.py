"""Facts of a scenario that nothing of its plans, and none of its expectations, looks at: they look tested and are not.

What a Background states may be for another scenario of the feature, and what stands in files is a company's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.unread_conventions import PLAIN
from reference_engine.plans.document import Node
from reference_engine.problems import Problem, Where, did_you_mean
from reference_engine.vocabulary.calendar import NotAPeriod, Period
from reference_engine.vocabulary.tables import TextTable
from reference_engine.world import TERRITORY_OWNER

if TYPE_CHECKING:
    from harness.facts import Facts
    from reference_engine.vocabulary.plan import Plan
    from reference_engine.world import World

_WHY = "It would have no effect, and look tested."


@dataclass(frozen=True, slots=True)
class Seen:
    """What could look at the facts.  sentences: the ids of the scenario's sentences.  span: what is calculated."""

    plans: Sequence[Plan]
    world: World
    sentences: frozenset[str]
    span: Period

    def mechanic(self, *names: str) -> bool:
        """Whether a plan has one of these mechanics."""
        return any(m.name in names for p in self.plans for m in p.mechanics())

    def has(self, *tables: str) -> bool:
        """Whether one of these tables has a row."""
        return any(self.world.table(t).size for t in tables)

    def counts(self, source: str) -> bool:
        """Whether a plan counts records of this kind."""
        counting = [s for p in self.plans for c in p.components for s in c.sources] + [
            s for p in self.plans for m in p.measures for s in m.sources
        ]
        return source in counting

    def mentions(self, word: str) -> bool:
        """Whether a plan mentions a figure with this word in its name."""
        return any(word in name for p in self.plans for name in (*p.mentioned, *(m.name for m in p.measures)))

    @property
    def prorated(self) -> bool:
        """Whether a plan says by what a part of a period is measured."""
        return any(p.conventions.get("proration.basis") for p in self.plans)

    @property
    def by_territory(self) -> bool:
        """Whether anything is asked of territories: who is credited, what is expected, or where accounts are."""
        owners = [w for t in ("deals", "pipeline") for w in self.world.table(t).words("owner").tolist()]
        quotas = (
            "territory_quotas",
            "seller_quotas",
            "account_quotas",
            "quota_allocations",
            "quota_metrics",
            "territory_changes",
        )
        return (
            TERRITORY_OWNER in owners
            or "W4" in self.sentences
            or self.has(*quotas, "matching_rules", "crediting_rules")
        )


_ROUTES = (
    "no deal belongs to the territory owner, no quota is of a territory, and no step assigns territories"
)
_READERS: dict[str, tuple[Callable[[Seen], bool], str]] = {
    "territories": (lambda s: s.by_territory, _ROUTES),
    "territory_rules": (lambda s: s.by_territory, _ROUTES),
    "account_moves": (lambda s: s.by_territory, _ROUTES),
    "named_accounts": (lambda s: s.by_territory, _ROUTES),
    "retail_sales": (lambda s: s.counts("retail sales") or s.mentions("units") or "T20" in s.sentences, "no plan counts units"),
    "milestones": (lambda s: s.mechanic("milestones"), "no plan pays by milestones"),
    "deal_caps": (lambda s: s.mechanic("windfall review"), "no plan reviews windfalls"),
    "fund_claims": (lambda s: s.mechanic("fund"), "no plan keeps a fund"),
    "salaries": (lambda s: s.mechanic("salary target"), "no plan makes a target of the salary"),
    "advances": (lambda s: s.mechanic("advance and true up", "advance and as earned"), "no plan pays advances"),
    "territory_changes": (lambda s: s.mechanic("relief"), "no plan relieves quotas"),
    "quota_metrics": (lambda s: any(p.quota for p in s.plans), "no plan makes quotas of it"),
    "quota_allocations": (lambda s: any(p.quota for p in s.plans), "no plan makes quotas of it"),
    "seller_quotas": (lambda s: s.mechanic("seller quota"), "no plan makes quotas of it"),
    "account_quotas": (lambda s: s.mechanic("account quotas"), "no plan makes quotas of it"),
    "holidays": (lambda s: s.mechanic("hold days") or s.prorated, "no plan counts work days"),
    "work_schedules": (lambda s: s.prorated, "no plan counts work days or hours"),
    "reporting_lines": (lambda s: s.has("crediting_rules") or any(p.together for p in s.plans) or any(m.name.endswith("override") for p in s.plans for m in p.mechanics()), "nobody is credited with what others sell"),
    "crediting_rules": (lambda s: any(set(c.credits) - {"direct"} for p in s.plans for c in p.components) or "T08" in s.sentences, "every plan counts direct credit only"),
}  # fmt: skip
"""Tables that only some plans or sentences look at: whether they do, and what is said where they don't."""


def idle_facts(facts: Facts, seen: Seen) -> Iterator[Problem]:
    """A Problem for each fact that the scenario itself states and that can have no effect."""
    own = [t for t in facts.tables if t.file == facts.where.file and t.lines and t.lines[0] > facts.begins]
    for table in own:
        reader = _READERS.get(table.name)
        if reader is not None and not reader[0](seen):
            what = f"these {table.name.replace('_', ' ')} change nothing, because {reader[1]}"
            yield Problem(
                "term-unused",
                what,
                Where(table.file, table.lines[0]),
                _WHY,
                "State what looks at them, or leave them out.",
            )
    yield from _unnamed(facts, own, seen)
    yield from _quotas(own, seen)
    yield from _rates(own, seen)
    yield from _later(facts, own, seen)
    yield from _plans(facts, seen)


_NAMED = {
    "named_accounts": ("account", ("account",)),
    "holdovers": ("account", ("account",)),
    "account_moves": ("account", ("account",)),
    "groups": ("group", ("owner", "payee", "group")),
    "products": ("product", ("product",)),
}
"""Tables about what another table names: the column of the name, and those that would name it."""


def _unnamed(facts: Facts, own: Sequence[TextTable], seen: Seen) -> Iterator[Problem]:
    """Rows about an account, a group, a product or a measure that nothing else names."""
    paid_for = [
        node.text()
        for d in facts.drafts.values()
        for c in d.components
        for node in c.more.get("products", _NONE).nodes()
    ]
    for table in own:
        column, where_named = _NAMED.get(table.name, ("", ()))
        if column not in table.header:
            continue
        others = {t: seen.world.tables[t] for t in seen.world.tables if t != table.name}
        named = {cell for t in others.values() for c in where_named for cell in t.words(c).tolist()}
        rows = [
            (row[table.header.index(column)], line) for row, line in zip(table.rows, table.lines, strict=True)
        ]
        told = [(name, line) for name, line in rows if name and name not in named and name not in paid_for]
        # One product of several may be there to show that it isn't sold.
        if (
            told
            and not (table.name == "products" and len(told) < len(rows))
            and not any(d.base for d in facts.drafts.values() if table.name == "products")
        ):
            name, line = told[0]
            what = f'nothing else in the scenario names the {column} "{name}"'
            yield Problem(
                "term-unused",
                what,
                Where(table.file, line),
                _WHY,
                did_you_mean(name, sorted(n for n in named if n), "Name it, or leave this out."),
            )
    for table in own:
        if (
            table.name == "reported_measures"
            and "measure" in table.header
            and not seen.mechanic("objectives")
        ):
            for row, line in zip(table.rows, table.lines, strict=True):
                name = row[table.header.index("measure")]
                if not seen.mentions(name):
                    yield Problem(
                        "term-unused",
                        f'no plan looks at the measure "{name}"',
                        Where(table.file, line),
                        _WHY,
                        "Name it in a plan, or leave it out.",
                    )


_NONE = Node.of([])


def _quotas(own: Sequence[TextTable], seen: Seen) -> Iterator[Problem]:
    """Quotas of payees whose plans look at no quota."""
    looking = [
        p for p in seen.plans if p.quota or p.mentioned or any(m.name not in PLAIN for m in p.mechanics())
    ]
    if looking or not seen.plans or {"T07", "T19", "T21"} & seen.sentences:
        return
    for table, column in (
        (t, c)
        for t in own
        if t.name in ("quotas", "plan_assignments")
        for c in ("quota", "target incentive")
        if c in t.header
    ):
        at = table.header.index(column)
        line = next((ln for row, ln in zip(table.rows, table.lines, strict=True) if row[at]), None)
        if line is not None and not (column == "target incentive" and seen.has("draws")):
            what = f"this {column} changes nothing, because no plan of the scenario looks at any"
            remedy = 'State what it decides, such as: the plan "..." pays by attainment of bookings:, or leave it out.'
            yield Problem("term-unused", what, Where(table.file, line), _WHY, remedy)


def _rates(own: Sequence[TextTable], seen: Seen) -> Iterator[Problem]:
    """Exchange rates between currencies of which no plan and no payee has either."""
    used = {p.currency for p in seen.plans} | set(seen.world.table("payees").words("currency").tolist()) - {
        ""
    }
    used |= (
        {seen.world.table("exchange_rates").words("to").tolist()[0]}
        if not used - {""} and seen.has("exchange_rates")
        else set()
    )
    for table in own:
        if table.name != "exchange_rates" or not {"from", "to"} <= set(table.header):
            continue
        for row, line in zip(table.rows, table.lines, strict=True):
            pair = (row[table.header.index("from")], row[table.header.index("to")])
            if not set(pair) & used:
                what = (
                    f"the rate of {pair[0]} in {pair[1]} converts nothing, because nobody is paid in either"
                )
                yield Problem(
                    "term-unused",
                    what,
                    Where(table.file, line),
                    _WHY,
                    did_you_mean(pair[1], sorted(used - {""})),
                )


def _later(facts: Facts, own: Sequence[TextTable], seen: Seen) -> Iterator[Problem]:
    """What begins after the last day that is calculated."""
    last = seen.span.last
    found: list[tuple[str, str, Where]] = []
    for table, column in ((t, c) for t in own for n, c in _BEGINS if t.name == n and c in t.header):
        at = table.header.index(column)
        found += [
            (f"this row of {table.name.replace('_', ' ')}", row[at], Where(table.file, line))
            for row, line in zip(table.rows, table.lines, strict=True)
        ]
    for stated in facts.adjustments:
        found += [
            ("this adjustment", row.text["period"], row.where)
            for row in stated.rows
            if row.where.line > facts.begins
        ]
    for said, label, where in found:
        try:
            first = seen.world.calendar.period(label).first
        except NotAPeriod:
            continue  # A label that is no period is a Problem of its own.
        if first > last:
            what = f"{said} begins with {label}, after {seen.span.label}, for which the scenario calculates"
            yield Problem(
                "fact-later", what, where, _WHY, "Calculate a longer period, or correct the period."
            )
    for draft in facts.drafts.values():
        for change in draft.changes:
            if change.day > last and change.where.line > facts.begins:
                what = f'the plan "{draft.name}" changes on {change.day}, after {seen.span.label}, for which the scenario calculates'
                yield Problem(
                    "fact-later", what, change.where, _WHY, "Calculate a longer period, or correct the day."
                )


_BEGINS = (
    ("draws", "from"),
    ("opening_balances", "period"),
    ("advances", "period"),
    ("processed_results", "period"),
)
"""Tables whose rows begin with a period, and the column that names it."""


def _plans(facts: Facts, seen: Seen) -> Iterator[Problem]:
    """Plans that the scenario itself states, with nobody on them, or for another time."""
    on = set(seen.world.table("plan_assignments").words("plan").tolist())
    if unknown := [a for a in facts.assignments if a.plan not in facts.drafts]:
        for entry in unknown:
            what = f'the scenario has no plan "{entry.plan}"'
            why = "Who is on it would be paid nothing, without a word."
            yield Problem("plan-not-stated", what, entry.where, why, did_you_mean(entry.plan, facts.drafts))
        return
    for plan in seen.plans:
        draft = facts.drafts.get(plan.name)
        if draft is None or draft.where.line < facts.begins or draft.where.file != facts.where.file:
            continue
        if plan.eligible == "assigned" and plan.name not in on:
            remedy = f'Add: "Ana Ruiz" is on plan "{plan.name}" for FY2026, or leave the plan out.'
            yield Problem(
                "nobody-on-plan",
                f'nobody is on the plan "{plan.name}"',
                draft.where,
                "It would pay nobody.",
                remedy,
            )
        first = plan.valid[0]
        if first is not None and first > seen.span.last:
            what = (
                f'"{plan.name}" begins on {first}, after {seen.span.label}, for which the scenario calculates'
            )
            yield Problem(
                "fact-later", what, draft.where, _WHY, "Calculate a longer period, or correct the day."
            )
