"""From compared rows to differences: their key on both sides, their money, and periods that moved."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from harness.adapters.grain_kinds import COUNTS
from harness.adapters.mapping import PERIOD_NAMES, CellSpec, GrainMapping
from harness.adapters.rows import ResultRow, ResultTable, SourceRow
from harness.reconcile.join import Joined
from harness.reconcile.results import Difference, FieldDifference, KeyPart, minus, summed
from reference_engine.vocabulary.results import EarnedLine

Attributes = tuple[tuple[str, str], ...]


def differences_of(
    grain: GrainMapping, expected: ResultTable, actual: ResultTable, joined: Joined
) -> tuple[list[Difference], list[Difference]]:
    """The open and the tolerated differences of one grain."""
    maker = _Maker(grain, expected, actual)
    pairs = list(joined.pairs)
    timing, pairs = _timing(grain, expected.rows, actual.rows, pairs)
    open_ones = [maker.make("timing", (expected.rows[e],), (actual.rows[a],)) for e, a in timing]
    tolerated = []
    for e, a, kind in pairs:
        left = (expected.rows[e],) if e >= 0 else ()
        right = (actual.rows[a],) if a >= 0 else ()
        if kind == "tolerated":
            tolerated.append(maker.make("amount", left, right))
        else:
            open_ones.append(maker.make(kind, left, right))
    for es, as_ in joined.repeated:
        open_ones.append(
            maker.make("duplicate", tuple(expected.rows[i] for i in es), tuple(actual.rows[i] for i in as_))
        )
    open_ones.sort(key=lambda d: (-d.weight, d.id))
    return open_ones, tolerated


def _timing(
    grain: GrainMapping,
    expected: Sequence[ResultRow],
    actual: Sequence[ResultRow],
    pairs: list[tuple[int, int, str]],
) -> tuple[list[tuple[int, int]], list[tuple[int, int, str]]]:
    """Missing and unexpected rows that are one and the same amount in another period.

    Only where exactly one row on each side fits: anything else would be pairing by guess.
    """
    kept = [i for i, name in enumerate(grain.key_names) if name not in PERIOD_NAMES]
    if not kept or len(kept) == len(grain.key_names):
        return [], pairs

    def without_period(row: ResultRow) -> tuple[object, ...]:
        return (*(row.key[i] for i in kept), row.amount, row.currency)

    missing: dict[tuple[object, ...], list[int]] = defaultdict(list)
    unexpected: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for e, a, kind in pairs:
        if kind == "missing" and expected[e].amount:
            missing[without_period(expected[e])].append(e)
        elif kind == "unexpected" and actual[a].amount:
            unexpected[without_period(actual[a])].append(a)
    moved = [
        (es[0], unexpected[key][0])
        for key, es in missing.items()
        if len(es) == 1 and len(unexpected.get(key, ())) == 1
    ]
    gone_e, gone_a = {e for e, _ in moved}, {a for _, a in moved}
    rest = [
        (e, a, k)
        for e, a, k in pairs
        if not (k == "missing" and e in gone_e) and not (k == "unexpected" and a in gone_a)
    ]
    return moved, rest


class _Maker:
    """Makes the differences of one grain."""

    def __init__(self, grain: GrainMapping, expected: ResultTable, actual: ResultTable) -> None:
        self.grain, self.expected, self.actual = grain, expected, actual
        self._records: dict[tuple[str, str], Attributes] | None = None

    def make(self, kind: str, expected: tuple[ResultRow, ...], actual: tuple[ResultRow, ...]) -> Difference:
        key = expected[0].key if expected else actual[0].key
        fields = self._fields(kind, expected, actual, key)
        if kind == "field" and fields and all(f.name in PERIOD_NAMES for f in fields):
            kind = "timing"
        return Difference(
            id=difference_id(self.grain.name, key),
            grain=self.grain.name,
            kind=kind,
            key=self._key(key, actual),
            expected=expected,
            actual=actual,
            money=minus(summed(actual), summed(expected)),
            fields=fields,
            attributes=self._attributes(key, expected),
        )

    def _fields(
        self, kind: str, expected: tuple[ResultRow, ...], actual: tuple[ResultRow, ...], key: tuple[str, ...]
    ) -> tuple[FieldDifference, ...]:
        if kind == "duplicate" or not expected or not actual:
            return ()
        names = [spec.name for spec in self.grain.fields]
        found = [
            FieldDifference(name, e, a)
            for name, e, a in zip(names, expected[0].fields, actual[0].fields, strict=True)
            if e is not None and a is not None and e != a
        ]
        moved = [
            FieldDifference(name, e, a)
            for name, e, a in zip(self.grain.key_names, expected[0].key, actual[0].key, strict=True)
            if e != a
        ]
        return (*moved, *found)

    def _key(self, key: tuple[str, ...], actual: tuple[ResultRow, ...]) -> tuple[KeyPart, ...]:
        rows = [s for row in actual for s in row.sources if isinstance(s, SourceRow)]
        parts = []
        for i, spec in enumerate(self.grain.key):
            if rows:
                code = rows[0].codes[i] if i < len(rows[0].codes) else ""
            else:
                # The target has no row; its code is only certain where one code means this value.
                told = self.actual.codes.get(spec.name, {})
                code = key[i] if _is_its_own_code(spec) else told.get(key[i], "")
            parts.append(KeyPart(spec.name, key[i], spec.column_label(), code))
        return tuple(parts)

    def _attributes(self, key: tuple[str, ...], expected: tuple[ResultRow, ...]) -> Attributes:
        if expected:
            return row_attributes(self.grain, expected[0])
        named = dict(zip(self.grain.key_names, key, strict=True))
        record = (named.get("record", ""), named.get("line", ""))
        borrowed = dict(self._record_attributes().get(record, ())) if record[0] else {}
        return tuple({**borrowed, **named}.items())

    def _record_attributes(self) -> dict[tuple[str, str], Attributes]:
        """What other expected lines say of a record, for rows that only the target has."""
        if self._records is None:
            self._records = {}
            for row in self.expected.rows:
                for source in row.sources:
                    if isinstance(source, EarnedLine):
                        said = (("kind", source.kind), *source.attributes)
                        self._records.setdefault((source.record, source.line), said)
        return self._records


def _is_its_own_code(spec: CellSpec) -> bool:
    """Whether the target's code is our value itself, in every row."""
    translated = spec.codes is not None or spec.lookup is not None or spec.pattern or spec.span is not None
    return bool(spec.columns) and not translated and spec.name not in ("date", "rate", *COUNTS)


def row_attributes(grain: GrainMapping, row: ResultRow) -> Attributes:
    """What can be said of a row for grouping: plan, component, kind, and what its record says of itself."""
    sources = row.sources
    if len(sources) == 1 and isinstance(sources[0], EarnedLine):
        line = sources[0]
        said = {
            "plan": line.plan,
            "component": line.component,
            "payee": line.payee,
            "kind": line.kind,
            "rule": line.rule,
            "pay period": line.pay_period,
        }
        said.update(line.attributes)
    else:
        said = _said_by_all([s for s in sources if isinstance(s, EarnedLine)])
    said.update(zip(grain.key_names, row.key, strict=True))
    return tuple([pair for pair in said.items() if pair[1]])


def _said_by_all(lines: Sequence[EarnedLine]) -> dict[str, str]:
    """What all lines of one row say alike."""
    said: dict[str, str] = {}
    for name in ("plan", "component", "payee", "kind", "rule"):
        values = {str(getattr(line, name)) for line in lines}
        if len(values) == 1:
            said[name] = values.pop()
    pay_periods = {line.pay_period for line in lines}
    if len(pay_periods) == 1:
        said["pay period"] = pay_periods.pop()
    if lines:
        shared = set(lines[0].attributes).intersection(*(line.attributes for line in lines[1:]))
        # In the order of the first line: a set has another order in every process.
        said |= {name: value for name, value in lines[0].attributes if (name, value) in shared}
    return said


def difference_id(grain: str, key: tuple[str, ...]) -> str:
    """The stable name of a difference: the same key has the same id in every run."""
    text = "\x1f".join((grain, *key))
    slug = "-".join(grain.casefold().split())
    return f"{slug}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def check_ids(differences: Sequence[Difference]) -> list[Difference]:
    """Differences whose ids are all different; a clash, however unlikely, gets a number."""
    counts = Counter(d.id for d in differences)
    seen: Counter[str] = Counter()
    out = []
    for difference in differences:
        if counts[difference.id] > 1:
            seen[difference.id] += 1
            difference = replace(difference, id=f"{difference.id}-{seen[difference.id]}")
        out.append(difference)
    return out
