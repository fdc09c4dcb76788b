"""Causes that show only in several rows together: payees exchanged, another payee or period, a split that wasn't made."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from harness.adapters.mapping import PERIOD_NAMES, GrainMapping
from harness.adapters.rows import ResultRow, ResultTable
from harness.reconcile.exact_lines import ExactLines, exact_lines, half_even, half_up, summed
from harness.reconcile.relations import Found
from harness.reconcile.results import Difference
from reference_engine.vocabulary.results import EarnedLine

Key = tuple[str, ...]
_SIDES = ("amount", "missing", "unexpected", "frozen")


@dataclass(frozen=True, slots=True)
class _Row:
    """One difference with one row at most on each side.  e, a: the amounts, 0 where a side has no row."""

    at: int
    key: Key
    e: int
    a: int
    currency: str
    kind: str

    @property
    def more(self) -> int:
        return self.a - self.e


def between_rows(
    grain: GrainMapping, expected: ResultTable, differences: Sequence[Difference], is_whole: bool = True
) -> dict[int, Found]:
    """Position of a difference -> what it has to do with others; only where exactly one reading of the rows is possible."""
    rows = [row for i, d in enumerate(differences) if (row := _row(i, d)) is not None]
    found: dict[int, Found] = {}
    names = grain.key_names
    if is_whole:
        found |= _written_otherwise(rows, expected)
        rows = [r for r in rows if r.at not in found]
    if "payee" in names:
        payee = names.index("payee")
        # Without every row of a deal nothing can be said of its split.
        if "record" in names and is_whole:
            found |= _splits(rows, expected, payee, lambda row: _scale(expected, row))
        found |= _payees([r for r in rows if r.at not in found], payee)
    periods = [i for i, name in enumerate(names) if name in PERIOD_NAMES]
    if periods and len(periods) < len(names):
        found |= _periods([r for r in rows if r.at not in found], periods)
    return found


def _row(at: int, d: Difference) -> _Row | None:
    if d.kind not in _SIDES or d.is_explained or len(d.expected) > 1 or len(d.actual) > 1:
        return None
    both = (*d.expected, *d.actual)
    if not both or len({row.currency for row in both}) != 1:
        return None
    e = d.expected[0].amount if d.expected else 0
    a = d.actual[0].amount if d.actual else 0
    return None if e == a else _Row(at, both[0].key, e, a, both[0].currency, d.kind)


def _scale(expected: ResultTable, row: ResultRow) -> int:
    return int(10 ** expected.decimals.get(row.currency, 2))


def _without(key: Key, places: Iterable[int]) -> Key:
    gone = set(places)
    return tuple(part for i, part in enumerate(key) if i not in gone)


# -- spellings --------------------------------------------------------------------------------------------
def _written_otherwise(rows: Sequence[_Row], expected: ResultTable) -> dict[int, Found]:
    """Rows that have no partner only because their key is written in another way.  They are never taken as one."""
    alike: dict[tuple[Key, str], tuple[list[_Row], list[_Row]]] = defaultdict(lambda: ([], []))
    for row in rows:
        if row.kind in ("missing", "unexpected"):
            alike[tuple(map(_spelt, row.key)), row.currency][row.kind == "unexpected"].append(row)
    pairs = [(m[0], u[0]) for m, u in alike.values() if len(m) == len(u) == 1]
    found: dict[int, Found] = {}
    told_apart: dict[int, set[str]] = {}
    for ours, theirs in pairs:
        places = [i for i, (e, a) in enumerate(zip(ours.key, theirs.key, strict=True)) if e != a]
        for i in places:
            if i not in told_apart:
                told_apart[i] = _told_apart({row.key[i] for row in expected.rows})
        # Where we have both 7 and 007 they are two, and nothing says that the target means the other.
        if not any(_spelt(ours.key[i]) in told_apart[i] for i in places):
            found |= {row.at: ("written otherwise", ()) for row in (ours, theirs)}
    return found


def _told_apart(values: Iterable[str]) -> set[str]:
    """Spellings that several of our own values share."""
    counts = Counter(_spelt(value) for value in values)
    return {text for text, count in counts.items() if count > 1}


_KEPT = 15


@lru_cache(maxsize=100_000)
def _spelt(text: str) -> str:
    """A text without what people don't see or don't mean: capitals, blanks, leading zeros, the form of accents.

    Nor what a spreadsheet loses: of a long number it keeps fifteen digits.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    seen = "".join(c for c in plain if not c.isspace() and unicodedata.category(c) not in ("Cf", "Cc"))
    short = seen.lstrip("0") or seen
    return short[:_KEPT].ljust(len(short), "0") if len(short) > _KEPT and short.isdigit() else short


# -- payees ---------------------------------------------------------------------------------------------
def _payees(rows: Sequence[_Row], payee: int) -> dict[int, Found]:
    """Two payees of whom each has exactly the other's amount, or a row that stands under another payee."""
    places: dict[tuple[Key, str], dict[tuple[int, int], list[_Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        places[_without(row.key, (payee,)), row.currency][row.e, row.a].append(row)
    found: dict[int, Found] = {}
    for amounts in places.values():
        for (e, a), same in amounts.items():
            mirror = amounts.get((a, e), ())
            # Anything but one on each side would be pairing by guess; a turned sign explains itself.
            if len(same) == 1 and len(mirror) == 1 and e != -a:
                found[same[0].at] = ("payees exchanged" if e and a else "other payee", ())
    return found


# -- periods --------------------------------------------------------------------------------------------
def _periods(rows: Sequence[_Row], periods: Sequence[int]) -> dict[int, Found]:
    """Amounts that are paid whole with another period's: one row lacks all of it, another has it on top."""
    places: dict[tuple[object, ...], tuple[list[_Row], list[_Row]]] = defaultdict(lambda: ([], []))
    for row in rows:
        if row.a == 0 and row.e:
            places[(*_without(row.key, periods), row.currency, row.e)][0].append(row)
        elif row.kind in ("amount", "frozen") and row.e:
            places[(*_without(row.key, periods), row.currency, row.more)][1].append(row)
    found: dict[int, Found] = {}
    for lacking, having in places.values():
        if len(lacking) == 1 and len(having) == 1:
            found |= {r.at: ("other period", ()) for r in (*lacking, *having)}
    return found


# -- splits ---------------------------------------------------------------------------------------------
def _splits(
    rows: Sequence[_Row], expected: ResultTable, payee: int, scale: Callable[[ResultRow], int]
) -> dict[int, Found]:
    """Deals of several owners whose shares the target didn't make, or made another way."""
    wanted: dict[Key, list[_Row]] = defaultdict(list)
    for row in rows:
        wanted[_without(row.key, (payee,))].append(row)
    owners: dict[Key, list[ResultRow]] = defaultdict(list)
    for one in expected.rows:
        context = _without(one.key, (payee,))
        if context in wanted:
            owners[context].append(one)
    found: dict[int, Found] = {}
    for context, same in owners.items():
        if len(same) > 1 and all(_is_direct(row) for row in same) and len({r.currency for r in same}) == 1:
            found |= _split(same, wanted[context], scale(same[0]))
    return found


def _is_direct(row: ResultRow) -> bool:
    return bool(row.sources) and all(
        isinstance(s, EarnedLine) and s.record and s.credit in ("direct", "") for s in row.sources
    )


def _split(owners: Sequence[ResultRow], rows: Sequence[_Row], scale: int) -> dict[int, Found]:
    by_key = {row.key: row for row in rows}
    if any(row.kind == "unexpected" for row in rows):
        return {}
    actual = {o.key: by_key[o.key].a if o.key in by_key else o.amount for o in owners}
    total = sum(o.amount for o in owners)
    paid = [key for key, amount in actual.items() if amount]
    if len(paid) == 1 and actual[paid[0]] == total and len(rows) == len(owners):
        return {row.at: ("split not applied", (("to", "one owner"),)) for row in rows}
    lines = {o.key: exact_lines(o.sources, o.currency, scale) for o in owners}
    bases = [found.base for found in lines.values() if found is not None and found.base is not None]
    if len(bases) != len(owners):
        return {}
    top, bottom = summed(bases)
    out: dict[int, Found] = {}
    for row in rows:
        own = lines[row.key]
        if own is None or len(own.rates) != 1 or row.kind == "missing":
            continue
        if _gives(top, bottom, own, row.a):
            out[row.at] = ("split not applied", (("to", "each owner"),))
        elif _gives(top, bottom * len(owners), own, row.a):
            out[row.at] = ("equal split", ())
    return out


def _gives(top: int, bottom: int, own: ExactLines, amount: int) -> bool:
    """Whether a base at the row's own rate comes to exactly this amount, rounded to the nearest minor unit."""
    rate = own.rates[0]
    exact = top * rate[0], bottom * rate[1]
    return amount in (half_up(exact), half_even(exact)) and abs(amount) > 1
