"""What differences have in common: few groups, each with one readable sentence."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from harness.adapters.mapping import GrainMapping
from harness.adapters.rows import ResultTable
from harness.reconcile.differences import row_attributes
from harness.reconcile.relations import MIN_FOR_PATTERN, common_offset, common_ratio, with_relation
from harness.reconcile.results import CauseGroup, Difference, added
from harness.reconcile.sentences import GroupFacts, MoneyText, sentence

# Attributes in the order in which people look for a cause.  Those not listed come after these.
_ORDER = (
    "kind", "commission free", "component", "state", "category", "product", "subcategory", "rule",
    "period", "pay period", "payee", "territory", "account", "currency",
)  # fmt: skip
# Names that say which row it is, not what it has in common with others.
_IDENTITIES = frozenset({"record", "line", "deal", "date", "plan"})
_MIN_GAIN = 20
_MIN_SPLIT_SHARE = 0.6
Said = dict[str, str]


@dataclass(frozen=True)
class _Group:
    """Differences on the way to a group.  shared: what they have in common and others don't."""

    kind: str
    relation: str
    plans: tuple[str, ...]
    members: tuple[Difference, ...]
    shared: tuple[tuple[str, str], ...]
    population: int


def group_causes(
    grain: GrainMapping,
    expected: ResultTable,
    differences: Sequence[Difference],
    money_text: MoneyText,
) -> tuple[list[Difference], list[CauseGroup]]:
    """The differences with their relation, and the groups that they form, largest money first."""
    related = [with_relation(d) for d in differences]
    if not related:
        return [], []
    by_plan = _populations(grain, expected, {d.attribute("plan") for d in related if d.relation != "follows"})
    buckets: dict[tuple[str, str, str], list[Difference]] = defaultdict(list)
    for difference in related:
        buckets[difference.kind, difference.relation, difference.attribute("plan")].append(difference)
    groups: list[_Group] = []
    for (kind, relation, plan), members in buckets.items():
        population = by_plan.get(plan, [])
        if relation == "follows":
            groups.append(_Group(kind, relation, (plan,), tuple(members), (), len(population)))
        elif relation == "other":
            groups += _patterns(plan, members, population)
        else:
            groups += _split(kind, relation, plan, members, population)
    groups = _merged(groups)
    relation_of = {d.id: g.relation for g in groups for d in g.members}
    related = [replace(d, relation=relation_of[d.id]) for d in related]
    causes = [_cause(grain, g, money_text) for g in groups]
    causes.sort(key=lambda c: (-sum(abs(a) for _, a in c.money), -c.count, c.id))
    return related, causes


def _populations(grain: GrainMapping, expected: ResultTable, plans: set[str]) -> dict[str, list[Said]]:
    """What is said of every expected row of these plans: what the differences are set apart from."""
    at = grain.key_names.index("plan") if "plan" in grain.key_names else None
    out: dict[str, list[Said]] = defaultdict(list)
    for row in expected.rows if plans else ():
        if at is None or row.key[at] in plans:
            said = dict(row_attributes(grain, row))
            out[said.get("plan", "")].append(said)
    return out


def _said(difference: Difference) -> Said:
    return dict(difference.attributes)


def _names(said: Iterable[Said]) -> list[str]:
    names = {name for one in said for name in one} - _IDENTITIES
    return sorted(names, key=lambda n: (_ORDER.index(n) if n in _ORDER else len(_ORDER), n))


def _patterns(plan: str, members: list[Difference], population: list[Said]) -> list[_Group]:
    """Of differences without an obvious relation, those that share a ratio or an offset."""
    groups: list[_Group] = []
    rest = members
    whole = _pattern(rest)
    if whole:
        return _split("amount", whole, plan, rest, population)
    for name in _names(map(_said, members)):
        parts: dict[str, list[Difference]] = defaultdict(list)
        for difference in rest:
            parts[difference.attribute(name)].append(difference)
        for value, part in parts.items():
            relation = _pattern(part) if value else ""
            if relation:
                groups.append(_described("amount", relation, plan, part, population, ((name, value),)))
                taken = {d.id for d in part}
                rest = [d for d in rest if d.id not in taken]
    return groups + (_split("amount", "other", plan, rest, population) if rest else [])


def _pattern(members: Sequence[Difference]) -> str:
    if len(members) < MIN_FOR_PATTERN:
        return ""
    if common_offset(members) is not None:
        return "constant offset"
    return "constant ratio" if common_ratio(members) is not None else ""


def _split(
    kind: str, relation: str, plan: str, members: list[Difference], population: list[Said]
) -> list[_Group]:
    """One group where all share something telling; else the telling parts split off one by one."""
    groups: list[_Group] = []
    rest = members
    while rest:
        group = _described(kind, relation, plan, rest, population, ())
        part = [] if group.shared or len(rest) < MIN_FOR_PATTERN else _telling_part(rest, population)
        if not part:
            groups.append(group)
            break
        groups.append(_described(kind, relation, plan, part, population, ()))
        taken = {d.id for d in part}
        rest = [d for d in rest if d.id not in taken]
    return groups


def _telling_part(members: list[Difference], population: list[Said]) -> list[Difference]:
    """The members with the one value that most of them share while few other rows have it; [] for none."""
    for name in _names(map(_said, members)):
        value, count = Counter(d.attribute(name) for d in members).most_common(1)[0]
        having = sum(said.get(name) == value for said in population)
        telling = value and count < len(members) and count >= _MIN_SPLIT_SHARE * len(members)
        if telling and having and count / len(members) >= 2 * having / max(1, len(population)):
            return [d for d in members if d.attribute(name) == value]
    return []


def _described(
    kind: str,
    relation: str,
    plan: str,
    members: Sequence[Difference],
    population: list[Said],
    given: tuple[tuple[str, str], ...],
) -> _Group:
    """The group with the fewest shared values that set it apart from the other rows of the plan."""
    said = [_said(d) for d in members]
    common = {
        name: said[0][name] for name in _names(said[:1]) if all(s.get(name) == said[0][name] for s in said)
    }
    shared = list(given)
    left = [s for s in population if all(s.get(n) == v for n, v in given)]
    while len(left) > len(members) and len(members) > 1:
        sizes = {
            name: sum(s.get(name) == value for s in left)
            for name, value in common.items()
            if (name, value) not in shared
        }
        if not sizes:
            break
        best = min(sizes, key=lambda name: sizes[name])
        if (len(left) - sizes[best]) * _MIN_GAIN < len(left):
            break
        shared.append((best, common[best]))
        left = [s for s in left if s.get(best) == common[best]]
    return _Group(kind, relation, (plan,), tuple(members), tuple(shared), max(len(left), len(members)))


def _merged(groups: list[_Group]) -> list[_Group]:
    """Groups of several plans that are otherwise the same become one."""
    same: dict[tuple[object, ...], list[_Group]] = defaultdict(list)
    for group in groups:
        # Ratios and offsets differ from plan to plan, so they are told apart.
        apart = group.plans if group.relation in ("constant ratio", "constant offset", "other") else ()
        same[group.kind, group.relation, group.shared, apart].append(group)
    return [
        _Group(
            parts[0].kind,
            parts[0].relation,
            tuple(plan for part in parts for plan in part.plans),
            tuple(d for part in parts for d in part.members),
            parts[0].shared,
            sum(part.population for part in parts),
        )
        for parts in same.values()
    ]


def _cause(grain: GrainMapping, group: _Group, money_text: MoneyText) -> CauseGroup:
    plans = tuple(p for p in group.plans if p)
    facts = GroupFacts(
        grain, group.kind, group.relation, plans, group.members, group.shared, group.population, money_text
    )
    ids = tuple(d.id for d in group.members)
    name = "\x1f".join(
        (grain.name, group.kind, group.relation, *group.plans, *(f"{n}={v}" for n, v in group.shared))
    )
    return CauseGroup(
        id=f"cause-{hashlib.sha256(name.encode()).hexdigest()[:12]}",
        grain=grain.name,
        kind=group.kind,
        relation=group.relation,
        sentence=sentence(facts),
        attributes=(*(("plan", p) for p in plans), *group.shared),
        ids=ids,
        population=group.population,
        expected=added(d.expected_money for d in group.members),
        actual=added(d.actual_money for d in group.members),
        money=added(d.money for d in group.members),
    )
