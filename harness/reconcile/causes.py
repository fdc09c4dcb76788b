"""What differences have in common: few groups, each with one readable sentence that every row of it proves."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import comb

import numpy as np
import numpy.typing as npt

from harness.adapters.mapping import GrainMapping
from harness.adapters.rows import ResultRow, ResultTable
from harness.reconcile.exchanges import between_rows
from harness.reconcile.factors import (
    MIN_FOR_PATTERN,
    Millionths,
    common,
    factor_of,
    offsets,
    ratio_bounds,
    voted,
)
from harness.reconcile.line_causes import LineCauses, PaidRate, Sources
from harness.reconcile.line_causes import lines_of as lines_beneath
from harness.reconcile.populations import Codes, Columns, most_common, populations
from harness.reconcile.relations import MIXED, OTHER, Claim, Found, amounts, is_count, own_relation
from harness.reconcile.results import CLASSES, CauseGroup, Difference, added
from harness.reconcile.sentences import GroupFacts, MoneyText, sentence
from reference_engine.vocabulary.numbers import MINOR_UNITS

# Attributes in the order in which people look for a cause.  Those not listed come after these.
_ORDER = (
    "kind", "commission free", "component", "state", "category", "product", "subcategory", "rule",
    "period", "pay period", "payee", "territory", "account", "currency",
)  # fmt: skip
# Names that say which row it is, not what it has in common with others.
_IDENTITIES = frozenset({"record", "line", "deal", "date", "plan"})
_MIN_GAIN = 20
_MIN_SPLIT_SHARE = 0.6
_SELDOM, _NEVER = 10**3, 100
_LIFT = 8
_FEW = 3
_PER_PLAN = frozenset({"constant ratio", "constant offset", "other rate", "other"})
"""Relations whose figures belong to one plan; groups of other relations are joined over plans."""
Rows = npt.NDArray[np.int64]
Shared = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class _Group:
    """Positions of differences on the way to a group.  shared: what they have in common and others don't."""

    relation: str
    claim: Claim
    plans: tuple[str, ...]
    rows: tuple[int, ...]
    shared: Shared
    population: int


def group_causes(
    grain: GrainMapping,
    expected: ResultTable,
    differences: Sequence[Difference],
    money_text: MoneyText,
    lines_of: Sources | None = None,
) -> tuple[list[Difference], list[CauseGroup]]:
    """The differences with their relation, and the groups that they form, largest money first.

    lines_of: the engine's lines beneath an expected row, where the row itself has only payouts.
    """
    if not differences:
        return [], []
    # Of a side too large to hold only what may differ is looked at, and nothing is said of how many rows are alike.
    is_whole, expected = expected.proven is None, expected.differing
    grouping = _Grouping(grain, expected, differences, is_whole)
    found = _Relations(
        grain, expected, differences, grouping, lines_of or lines_beneath(()), is_whole
    ).found()
    buckets: dict[tuple[str, str, Claim, str], list[int]] = defaultdict(list)
    for i, (relation, claim) in enumerate(found):
        kind = "" if relation in MIXED else differences[i].kind
        buckets[kind, relation, claim, grouping.plan_of[i]].append(i)
    groups: list[_Group] = []
    for (_, relation, claim, plan), rows in buckets.items():
        groups += grouping.split(relation, claim, plan, rows)
    groups = _merged(groups, differences)
    relation_of = {i: g.relation for g in groups for i in g.rows}
    related = [replace(d, relation=relation_of[i]) for i, d in enumerate(differences)]
    causes = [_cause(grain, g, related, money_text) for g in groups]
    whole = dict(added(moved(d) for d in related))
    causes.sort(key=lambda c: (-_share(c, whole), -c.count, c.id))
    return related, causes


def moved(difference: Difference) -> tuple[tuple[str, int], ...]:
    """The money that a difference moves, whichever way."""
    return tuple((currency, abs(amount)) for currency, amount in difference.money)


def _share(cause: CauseGroup, whole: dict[str, int]) -> Fraction:
    """The largest share that a cause has of what differs in any currency."""
    return max((Fraction(amount, whole[currency]) for currency, amount in cause.moved), default=Fraction(0))


class _Relations:
    """The relation of every difference, from what is certain to what is only a pattern."""

    def __init__(
        self,
        grain: GrainMapping,
        expected: ResultTable,
        differences: Sequence[Difference],
        grouping: _Grouping,
        sources: Sources,
        is_whole: bool,
    ) -> None:
        self.grain, self.expected, self.differences, self.grouping = grain, expected, differences, grouping
        self.lines, self.is_whole = LineCauses(sources, self._scale, rounds=not is_count(grain)), is_whole

    def found(self) -> list[Found]:
        own = [own_relation(d) for d in self.differences]
        between = between_rows(self.grain, self.expected, self.differences, self.is_whole)
        out: list[Found] = [between.get(i) or relation or OTHER for i, relation in enumerate(own)]
        open_ones = [i for i, relation in enumerate(own) if relation is None and i not in between]
        if not open_ones:
            return out
        beneath = self.lines.found(self.differences, open_ones, self._agreeing)
        rest = [i for i in open_ones if i not in beneath]
        rates = self.lines.rates(self.differences, rest, self.expected.rows)
        for i, relation in (beneath | self._patterns(rest, rates)).items():
            out[i] = relation
        return out

    def _scale(self, currency: str) -> int:
        return int(10 ** self.expected.decimals.get(currency, MINOR_UNITS.get(currency, 2)))

    def _agreeing(self) -> Iterator[ResultRow]:
        if not self.is_whole:
            return iter(())
        differing = {tuple(part.value for part in d.key) for d in self.differences}
        return (row for row in self.expected.rows if row.key not in differing)

    def _patterns(self, rows: Sequence[int], rates: dict[int, PaidRate]) -> dict[int, Found]:
        """Plan by plan: the largest set of rows that share a rate, an offset or a factor, then the next largest."""
        out: dict[int, Found] = {}
        plans: dict[tuple[str, str], list[int]] = defaultdict(list)
        for i in rows:
            plans[self.differences[i].kind, self.grouping.plan_of[i]].append(i)
        for (_, plan), same in plans.items():
            out |= self._of_plan(plan, same, rates)
        return out

    def _of_plan(self, plan: str, rows: list[int], rates: dict[int, PaidRate]) -> dict[int, Found]:
        both = [amounts(self.differences[i]) or (0, 0) for i in rows]
        bounds = [ratio_bounds(*pair) for pair in both]
        low, high = (np.array([b[side] for b in bounds], dtype=np.int64) for side in (0, 1))
        one = int(common(low, high)[0])
        factors = [one] * len(rows) if one else voted(low, high).tolist()
        money = offsets(
            [
                (i, a - e, self.differences[i].expected[0].currency)
                for i, (e, a) in zip(rows, both, strict=True)
            ]
        )
        sets: dict[tuple[int, str, object], list[int]] = defaultdict(list)
        for i, factor in zip(rows, factors, strict=True):
            if i in rates:
                sets[0, "other rate", rates[i].rate].append(i)
            if i in money:
                sets[1, "constant offset", money[i]].append(i)
            if factor:
                sets[2, "constant ratio", factor_of(factor)].append(i)
        out: dict[int, Found] = {}
        for (_, relation, value), members in sorted(
            sets.items(), key=lambda s: (-len(s[1]), s[0][0], str(s[0][2]))
        ):
            left = [i for i in members if i not in out]
            own = relation == "other rate" and any(rates[i].own for i in left)
            if len(left) >= MIN_FOR_PATTERN or own:
                out |= dict.fromkeys(left, (relation, _claim(relation, value, left, rates)))
        rest = [k for k, i in enumerate(rows) if i not in out]
        for part, factor in self._of_attributes(plan, [rows[k] for k in rest], low[rest], high[rest]):
            out |= dict.fromkeys(part, ("constant ratio", (("factor", str(factor_of(factor))),)))
        return out

    def _of_attributes(
        self, plan: str, rows: list[int], low: Millionths, high: Millionths
    ) -> Iterator[tuple[list[int], int]]:
        """Rows with small amounts, which show a factor only when all those with one attribute are taken together."""
        members = self.grouping.members[plan]
        left = np.array(rows, dtype=np.int64)
        places = np.array([self.grouping.place[i] for i in rows], dtype=np.int64)
        for name in _ordered(members.names()):
            if len(left) < MIN_FOR_PATTERN:
                return
            codes = members.column(name)[places]
            order = np.argsort(codes, kind="stable")
            starts = np.flatnonzero(np.append(True, np.diff(codes[order]) != 0))
            found = common(low[order], high[order], starts.tolist())
            ends = np.append(starts[1:], len(order))
            keep = np.ones(len(left), dtype=bool)
            for k in np.flatnonzero(found).tolist():
                part = order[starts[k] : ends[k]]
                if codes[part[0]]:
                    yield left[part].tolist(), int(found[k])
                    keep[part] = False
            left, places, low, high = left[keep], places[keep], low[keep], high[keep]


def _claim(relation: str, value: object, rows: list[int], rates: dict[int, PaidRate]) -> Claim:
    if relation == "constant ratio":
        return (("factor", str(value)),)
    if relation == "constant offset":
        assert isinstance(value, tuple)
        return ("money", str(value[0])), ("currency", str(value[1]))
    due = sorted({rates[i].due or Fraction(0) for i in rows})
    few = 0 < len(due) <= _FEW and all(due)
    return ("rate", str(value)), ("due", " ".join(map(str, due)) if few else "")


def _ordered(names: Iterable[str]) -> list[str]:
    return sorted(
        set(names) - _IDENTITIES, key=lambda n: (_ORDER.index(n) if n in _ORDER else len(_ORDER), n)
    )


class _Grouping:
    """Splits the differences of one relation into groups that share what sets them apart from the other rows."""

    def __init__(
        self, grain: GrainMapping, expected: ResultTable, differences: Sequence[Difference], is_whole: bool
    ) -> None:
        self.is_whole = is_whole
        self.plan_of = [d.attribute("plan") for d in differences]
        wanted = {p for p, d in zip(self.plan_of, differences, strict=True) if not d.is_explained}
        self.populations = populations(grain, expected.rows, wanted)
        self.members: dict[str, Columns] = {}
        self.place = [0] * len(differences)
        for i, difference in enumerate(differences):
            plan = self.plan_of[i]
            if plan in wanted:
                columns = self.members.setdefault(plan, self.populations[plan].alike())
                self.place[i] = columns.size
                columns.add(difference.attributes)

    def split(self, relation: str, claim: Claim, plan: str, rows: Sequence[int]) -> Iterator[_Group]:
        """One group where all share something telling; else the telling parts split off one by one."""
        if relation == "follows":
            yield _Group(relation, claim, (plan,), tuple(rows), (), len(rows))
            return
        members, population = self.members[plan], self.populations[plan]
        names = _ordered(members.names())
        rest: Rows = np.array(rows, dtype=np.int64)
        places: Rows = np.array([self.place[i] for i in rows], dtype=np.int64)
        while len(rest):
            shared, size = self._shared(names, members, population, places)
            part = None
            if not shared and len(rest) >= MIN_FOR_PATTERN and relation not in MIXED:
                part = self._telling_part(names, members, population, places)
            if part is None:
                yield _Group(relation, claim, (plan,), tuple(rest.tolist()), shared, size)
                return
            shared, size = self._shared(names, members, population, places[part])
            yield _Group(relation, claim, (plan,), tuple(rest[part].tolist()), shared, size)
            rest, places = rest[~part], places[~part]

    def _shared(
        self, names: Sequence[str], members: Columns, population: Columns, places: Rows
    ) -> tuple[Shared, int]:
        """The fewest shared values that set these rows apart from the other rows of the plan, and how many rows have them."""
        common_codes = {}
        for name in names:
            codes = members.column(name)[places]
            if codes[0] and (codes == codes[0]).all():
                common_codes[name] = int(codes[0])
        shared: list[tuple[str, str]] = []
        left = np.ones(population.size, dtype=bool)
        count = population.size
        while count > len(places) and len(places) > 1:
            sizes = {
                name: int(np.count_nonzero(left & (population.column(name) == code)))
                for name, code in common_codes.items()
            }
            if not sizes:
                break
            best = min(sizes, key=lambda name: sizes[name])
            if (count - sizes[best]) * _MIN_GAIN < count:
                break
            code = common_codes.pop(best)
            shared.append((best, members.word(best, code)))
            left &= population.column(best) == code
            count = sizes[best]
        return tuple(shared), max(count, len(places)) if self.is_whole else 0

    def _telling_part(
        self, names: Sequence[str], members: Columns, population: Columns, places: Rows
    ) -> npt.NDArray[np.bool_] | None:
        """The rows with one value that few others have: most rows have it, or every row with it is among these."""
        count, size = len(places), max(1, population.size)
        for name in names:
            codes = members.column(name)[places]
            value, having = most_common(codes)
            if not value or not MIN_FOR_PATTERN <= having < count:
                continue
            others = int(np.count_nonzero(population.column(name) == value))
            telling = having >= _MIN_SPLIT_SHARE * count and others and having * size >= 2 * others * count
            if telling and not _by_chance(having, count, others, size, _SELDOM):
                found: npt.NDArray[np.bool_] = codes == value
                return found
        for name in names:
            codes = members.column(name)[places]
            value = _concentrated(codes, population.column(name), count, size)
            if value:
                part: npt.NDArray[np.bool_] = codes == value
                return part
        return None


def _concentrated(codes: Codes, population: Codes, count: int, size: int) -> int:
    """The value in which these rows are gathered: many of its rows are among these, and few of the others; 0 for none."""
    here = np.bincount(codes)
    there = np.bincount(population, minlength=len(here))[: len(here)]
    here[0] = 0
    enough = (here >= MIN_FOR_PATTERN) & (here < count) & (there > 0)
    # The share of the value's rows that are among these, against the share of all other rows.
    lift = here * (size - there) >= _LIFT * (count - here) * there
    found = np.flatnonzero(enough & lift)
    if not len(found):
        return 0
    best = int(found[here[found].argmax()])
    # The more values there are, the more of them look odd by chance.
    seldom = _NEVER * len(here)
    return 0 if _by_chance(int(here[best]), count, int(there[best]), size, seldom) else best


def _by_chance(here: int, count: int, there: int, size: int, seldom: int) -> bool:
    """Whether so many of `count` rows may have a value by chance that `there` of all `size` rows have.  seldom: 1 in so many."""
    if count <= 200:
        drawn, every = comb(count, here) * pow(there, here), pow(size, here)
    else:
        few = min(here, 200)
        drawn, every = pow(3 * count * there, few), pow(size * few, few)
    return bool(drawn * seldom >= every)


def _merged(groups: Iterable[_Group], differences: Sequence[Difference]) -> list[_Group]:
    """Groups of several plans that are otherwise the same become one."""
    same: dict[tuple[object, ...], list[_Group]] = defaultdict(list)
    for group in groups:
        kind = "" if group.relation in MIXED else differences[group.rows[0]].kind
        # Ratios and offsets differ from plan to plan, so they are told apart.
        apart = group.plans if group.relation in _PER_PLAN else ()
        same[kind, group.relation, group.claim, group.shared, apart].append(group)
    return [
        _Group(
            parts[0].relation,
            parts[0].claim,
            tuple(dict.fromkeys(plan for part in parts for plan in part.plans)),
            tuple(i for part in parts for i in part.rows),
            parts[0].shared,
            sum(part.population for part in parts),
        )
        for parts in same.values()
    ]


def _cause(
    grain: GrainMapping, group: _Group, differences: Sequence[Difference], money_text: MoneyText
) -> CauseGroup:
    plans = tuple(p for p in group.plans if p)
    members = tuple(differences[i] for i in group.rows)
    kinds = {d.kind for d in members}
    kind = " and ".join(sorted(kinds, key=list(CLASSES).index))
    facts = GroupFacts(
        grain,
        kind,
        group.relation,
        plans,
        members,
        group.shared,
        group.population,
        money_text,
        dict(group.claim),
    )
    name = "\x1f".join(
        (
            grain.name,
            kind,
            group.relation,
            *group.plans,
            *(f"{n}={v}" for n, v in (*group.shared, *group.claim)),
        )
    )
    return CauseGroup(
        id=f"cause-{hashlib.sha256(name.encode()).hexdigest()[:12]}",
        grain=grain.name,
        kind=kind,
        relation=group.relation,
        sentence=sentence(facts),
        attributes=(*(("plan", p) for p in plans), *group.shared),
        ids=tuple(d.id for d in members),
        population=group.population,
        expected=added(d.expected_money for d in members),
        actual=added(d.actual_money for d in members),
        money=added(d.money for d in members),
        moved=added(moved(d) for d in members),
        claim=group.claim,
    )
