"""Boundaries come in threes: for each edge of a tier, a case just below it, on it and just above it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from harness.features import WrittenFeature, WrittenStep
from harness.lint.plans_stated import CaseFacts, facts_of, plan_steps, stated
from harness.scene import Scene
from harness.verdicts import Mismatch
from reference_engine.problems import Problem, Stopped, Where
from reference_engine.vocabulary.calendar import Calendar, NotAPeriod
from reference_engine.vocabulary.numbers import (
    MINOR_UNITS,
    Money,
    NotANumber,
    Percent,
    Quantity,
    parse_money,
    parse_number,
    parse_percent,
)
from reference_engine.vocabulary.plan import Plan
from reference_engine.vocabulary.tables import TextTable

NEAR = Fraction(1, 100)
"""A value less than 1% or one unit away from an edge is just below or just above it."""
_SIDES = ("just below", "exactly on", "just above")
_OWNERS = ("owner", "payee", "retailer")
_DAYS = ("closed", "date")
_TABLES = {"deals", "invoices", "payments", "retail_sales", "credit_splits"}
Bound = Percent | Money | Quantity
Seasons = tuple[str, tuple[Fraction, ...]]
"""By what a quota is distributed, and the weight of each part."""


@dataclass
class Edge:
    """One edge of a tier, and which of the three cases are there.  size: what 100% is, where a quota says it."""

    plan: str
    bound: Bound
    where: Where
    feature: str
    sides: set[str] = field(default_factory=set)
    size: Money | None = None
    reached: bool = False


class EdgeBook:
    """Gathers the edges of the plans that features state, and the values at which they are tested."""

    def __init__(self) -> None:
        self.edges: dict[tuple[str, int, str], Edge] = {}
        self._known: dict[tuple[str, tuple[WrittenStep, ...]], list[Edge]] = {}
        self._seasons: dict[tuple[str, tuple[WrittenStep, ...]], list[Seasons]] = {}

    def add(self, feature: WrittenFeature) -> None:
        """The edges and values of one feature."""
        for facts in facts_of(feature):
            if not facts.refused and not facts.by_company:
                self._case(feature, facts)

    def _case(self, feature: WrittenFeature, facts: CaseFacts) -> None:
        key = (feature.path, plan_steps(facts))
        edges = self._known.get(key)
        try:
            if edges is None:
                scene = stated(feature, facts, records=True)
                plans = scene.read_plans([]) if scene.drafts and not scene.problems else []
                self._seasons[key] = list(_seasons(scene))
                edges = self._known[key] = [self._edge(feature, plan, bound, where) for plan in plans for bound, where in edges_of(plan)]
            elif edges:
                scene = stated(feature, facts, records=True, plans=False)
        except (Stopped, Mismatch):
            self._known[key] = []
            return
        if not edges:
            return
        sums = list(_sums(scene))
        quotas = list(_quotas(scene, self._seasons.get(key, [])))
        for edge in edges:
            for value, size in _measured(edge.bound, sums, quotas):
                edge.reached = True
                edge.size = edge.size or size
                side = _side(value, edge.bound)
                if side:
                    edge.sides.add(side)

    def _edge(self, feature: WrittenFeature, plan: Plan, bound: Bound, where: Where) -> Edge:
        return self.edges.setdefault((where.file, where.line, str(bound)), Edge(plan.name, bound, where, feature.path))

    def advice(self) -> list[Problem]:
        """One line for each edge that is not tested in threes.  An edge whose values can't be seen is left alone."""
        return [_advice(e) for e in self.edges.values() if e.reached and len(e.sides) < 3]


def edges_of(plan: Plan) -> Iterator[tuple[Bound, Where]]:
    """Each edge between two tiers of a plan, once: where one starts, and where the last one ends."""
    seen: set[str] = set()
    for mechanic in plan.mechanics():
        for name in getattr(mechanic, "__dataclass_fields__", {}):
            rows = getattr(mechanic, name)
            if not isinstance(rows, tuple) or not rows or not all(hasattr(r, "from_") and hasattr(r, "to") for r in rows):
                continue
            for row in rows:
                starts = {_number(r.from_) for r in rows if isinstance(r.from_, Percent | Money | Quantity)}
                for bound in (row.from_, row.to):
                    if not isinstance(bound, Percent | Money | Quantity) or str(bound) in seen:
                        continue
                    # Nothing lies below the first unit, and a tier to 50 units ends where the next starts with 51.
                    whole = isinstance(bound, Quantity)
                    if _number(bound) > (1 if whole else 0) and not (whole and bound is row.to and _number(bound) + 1 in starts):
                        seen.add(str(bound))
                        yield bound, row.where


@dataclass(frozen=True)
class _Sum:
    """What one payee has sold up to some record: an amount, or units."""

    payee: str
    days: tuple[date | None, ...]
    values: tuple[Money | Quantity, ...]


def _sums(scene: Scene) -> Iterator[_Sum]:
    """For each payee the records of each table, in order of their days."""
    for table in scene.tables:
        if table.name not in _TABLES:
            continue
        owner = next((c for c in _OWNERS if c in table.header), "")
        day = next((c for c in _DAYS if c in table.header), "")
        by_payee: dict[str, list[tuple[date | None, Money | Quantity]]] = {}
        for row in _rows(table):
            for column in ("amount", "units"):
                value = _value(row.get(column, ""), row.get("currency", ""))
                if value is not None:
                    by_payee.setdefault(row.get(owner, "") if owner else "", []).append((_day(row.get(day, "")), value))
        for payee, entries in by_payee.items():
            entries.sort(key=lambda e: e[0] or date.min)
            yield _Sum(payee, tuple(d for d, _ in entries), tuple(v for _, v in entries))


def _seasons(scene: Scene) -> Iterator[Seasons]:
    """How plans distribute their quotas over the parts of a period."""
    for draft in scene.drafts.values():
        stated = draft.base.get("quota") if draft.base is not None else None
        for step in (*draft.parts.get("quota", ()), *(stated.nodes() if stated is not None else ())):
            part = step.get("distribution")
            per, weights = (part.get(name) for name in ("per", "weights")) if part is not None else (None, None)
            if per is not None and weights is not None:
                with suppress(NotANumber):
                    yield per.text(), tuple(parse_percent(w.text()).value for w in weights.nodes())


def _distributed(quota: Money | Quantity, first: date, last: date, calendar: Calendar, seasons: list[Seasons]) -> Iterator[tuple[date, date, Money | Quantity]]:
    """The parts of a quota, where it falls on as many parts as there are weights."""
    for per, weights in seasons:
        with suppress(NotAPeriod, KeyError):
            parts = calendar.periods(first, last, per)
            if len(parts) == len(weights) and parts[0].first == first and parts[-1].last == last:
                for part, weight in zip(parts, weights, strict=True):
                    share = Money(quota.amount * weight, quota.currency) if isinstance(quota, Money) else Quantity(quota.value * weight)
                    yield part.first, part.last, share


def _quotas(scene: Scene, seasons: list[Seasons]) -> Iterator[tuple[str, date | None, date | None, Money | Quantity]]:
    """Payee, first and last day, quota; a quota that is distributed by its parts."""
    calendar = Calendar(tuple(sorted(scene.fiscal_starts.items())), (), scene.pay_cadence)
    for table in scene.tables:
        if table.name not in ("quotas", "plan_assignments"):
            continue
        for row in _rows(table):
            value = _value(row.get("quota", ""), "")
            if value is None:
                continue
            first = last = None
            try:
                period = calendar.period(row.get("period", ""))
                first, last = period.first, period.last
            except NotAPeriod:
                pass
            parts = list(_distributed(value, first, last, calendar, seasons)) if first is not None and last is not None else []
            if not parts:
                yield row.get("payee", ""), first, last, value
            for start, end, quota in parts:
                yield row.get("payee", ""), start, end, quota


def _measured(
    bound: Bound, sums: list[_Sum], quotas: list[tuple[str, date | None, date | None, Money | Quantity]]
) -> Iterator[tuple[Fraction, Money | None]]:
    """Every value that is compared with the bound, in the bound's own unit, and what 100% is."""
    if not isinstance(bound, Percent):
        for entry in sums:
            yield from ((v, None) for v in _running(x for x in entry.values if _alike(x, bound)))
        return
    for payee, first, last, quota in quotas:
        for entry in sums:
            if entry.payee not in (payee, "") or not _number(quota):
                continue
            inside = [
                v
                for d, v in zip(entry.days, entry.values, strict=True)
                if _alike(v, quota) and (d is None or first is None or last is None or first <= d <= last)
            ]
            size = quota if isinstance(quota, Money) else None
            yield from ((v / _number(quota), size) for v in _running(inside))


def _running(values: Iterable[Money | Quantity]) -> Iterator[Fraction]:
    """Each value alone, and the running total."""
    total = Fraction(0)
    for value in values:
        total += _number(value)
        yield total
        yield _number(value)


def _side(value: Fraction, bound: Bound) -> str:
    edge = _number(bound)
    if value == edge:
        return _SIDES[1]
    if abs(value - edge) > max(edge * NEAR, 1 if isinstance(bound, Quantity) else 0):
        return ""
    return _SIDES[0] if value < edge else _SIDES[2]


def _advice(edge: Edge) -> Problem:
    missing = [s for s in _SIDES if s not in edge.sides]
    there = [s for s in _SIDES if s in edge.sides]
    said = f"only {there[0]} it" if len(there) == 1 else f"{_listed(there)} it" if there else "nowhere near it"
    what = f'the edge {edge.bound} of the plan "{edge.plan}" is tested {said}; {_listed(missing)} {"is" if len(missing) == 1 else "are"} missing'
    why = "Most mistakes in tiers show at an edge, a cent below it, on it or a cent above it."
    return Problem("edge-untested", what, edge.where, why, f"Add a case {'each ' if len(missing) > 1 else ''}with {_cases(edge, missing)}.")


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def _cases(edge: Edge, missing: list[str]) -> str:
    bound = edge.bound
    if isinstance(bound, Percent) and edge.size is None:
        return f"an attainment {' and one '.join(missing)} {bound}"
    whole = _number(bound) * edge.size.amount if isinstance(bound, Percent) and edge.size else _number(bound)
    currency = edge.size.currency if isinstance(bound, Percent) and edge.size else bound.currency if isinstance(bound, Money) else ""
    least = Fraction(1, 10 ** MINOR_UNITS.get(currency, 2)) if currency else Fraction(1)
    values = [whole + least * (_SIDES.index(s) - 1) for s in missing]
    return _listed([str(Money(v, currency)) if currency else f"{Quantity(v)} units" for v in values])


def _rows(table: TextTable) -> Iterator[dict[str, str]]:
    for row in table.rows:
        yield dict(zip(table.header, row, strict=True))


def _value(text: str, currency: str) -> Money | Quantity | None:
    try:
        return parse_money(f"{text} {currency}".strip())
    except NotANumber:
        pass
    try:
        return Quantity(parse_number(text))
    except NotANumber:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _number(value: Bound) -> Fraction:
    return value.amount if isinstance(value, Money) else value.value


def _alike(value: Bound, other: Bound) -> bool:
    if isinstance(value, Money) and isinstance(other, Money):
        return value.currency == other.currency
    return isinstance(value, Quantity) and isinstance(other, Quantity)
