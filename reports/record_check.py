"""A record must not contradict itself: what a reviewer would sign has to add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction

from reference_engine.problems import Problem, Where
from reports.record_reading import AMOUNT
from reports.record_types import Grain, RunRecord
from reports.scenario_types import ScenarioCounts


def contradictions(record: RunRecord, file: str = "record.json") -> list[Problem]:
    """Every place where the record's counts, totals or references don't fit together."""
    found = _amounts(record)
    if found:
        return _problems(found, file)
    names = [grain.name for grain in record.grains]
    ids = {difference.id for difference in record.differences}
    groups = {group.id: group for group in record.groups}
    found += _twice("grain", names) + _twice("cause", [group.id for group in record.groups])
    found += _twice("difference", [difference.id for difference in record.differences])
    listed = Counter((difference.grain, difference.class_) for difference in record.differences)
    for grain in record.grains:
        found += _grain(grain, {c: n for (g, c), n in listed.items() if g == grain.name})
    for difference in record.differences:
        who = f'difference "{difference.id}"'
        if difference.grain not in names:
            found.append(f'{who} is of the unknown grain "{difference.grain}"')
        if difference.group and difference.group not in groups:
            found.append(f'{who} names the unknown cause "{difference.group}"')
        found += [
            f'{who} follows from the unknown difference "{i}"'
            for i in difference.follows_from
            if i not in ids
        ]
        if number(difference.actual) - number(difference.expected) != number(difference.difference):
            found.append(
                f"{who}: actual {difference.actual or 'none'} less expected "
                f"{difference.expected or 'none'} is not {difference.difference or 'none'}"
            )
    found += _groups(record, ids) + _scenarios(record.scenario_counts, len(record.scenarios))
    return _problems(found, file)


def number(text: str) -> Fraction:
    """An amount of a record as an exact number; blank is 0."""
    if "/" in text:
        return Fraction(text)
    whole, _, rest = text.partition(".")
    return Fraction(int(whole + rest), 10 ** len(rest)) if text else Fraction(0)


def _problems(found: list[str], file: str) -> list[Problem]:
    why = "The report would contradict itself."
    remedy = "Run the same command again; if it says so again, please report it as a bug of trueup."
    return [Problem("record-contradiction", what, Where(file), why, remedy) for what in found]


def _amounts(record: RunRecord) -> list[str]:
    texts = [
        (f'difference "{d.id}"', text)
        for d in record.differences
        for text in (d.expected, d.actual, d.difference)
    ]
    for grain in record.grains:
        for totals in (grain.expected, grain.actual, grain.difference):
            texts += [(grain.name, text) for text in totals.values()]
    texts += [(f'cause "{group.id}"', text) for group in record.groups for text in group.money.values()]
    texts += [(f'payout of "{payout.payee}"', payout.amount) for payout in record.payouts]
    return [f'{who}: "{text}" is not an exact amount' for who, text in texts if not AMOUNT.match(text)]


def _twice(what: str, names: list[str]) -> list[str]:
    return [f'{what} "{name}" stands {n} times' for name, n in Counter(names).items() if n > 1]


def _grain(grain: Grain, listed: Mapping[str, int]) -> list[str]:
    found = []
    by_class = {name: count for name, count in grain.by_class.items() if count}
    if by_class != listed:
        found.append(f"{grain.name}: by class it counts {by_class}, and lists {dict(listed)}")
    if sum(by_class.values()) not in (grain.differences, grain.differences + grain.known):
        found.append(
            f"{grain.name}: {sum(by_class.values())} by class is not {grain.differences} differences and "
            f"{grain.known} known"
        )
    if grain.matched > grain.compared:
        found.append(f"{grain.name}: {grain.matched} agree of only {grain.compared} compared")
    if (grain.matched == grain.compared) and by_class:
        found.append(f"{grain.name}: all {grain.compared} agree, yet {sum(by_class.values())} differ")
    for currency in sorted({*grain.expected, *grain.actual, *grain.difference}):
        expected, actual, difference = (
            number(totals.get(currency, "")) for totals in (grain.expected, grain.actual, grain.difference)
        )
        if actual - expected != difference:
            found.append(f"{grain.name}: actual less expected {currency} is not the stated difference")
    return found


def _groups(record: RunRecord, ids: set[str]) -> list[str]:
    found = []
    by_id = {difference.id: difference for difference in record.differences}
    for group in record.groups:
        if group.count != len(group.differences):
            found.append(f'cause "{group.id}" counts {group.count} rows and lists {len(group.differences)}')
        unknown = [i for i in group.differences if i not in ids]
        found += [f'cause "{group.id}" lists the unknown difference "{i}"' for i in unknown]
        sums: dict[str, Fraction] = {}
        for difference in (by_id[i] for i in group.differences if i in ids):
            sums[difference.currency] = sums.get(difference.currency, Fraction(0)) + number(
                difference.difference
            )
        stated = {currency: number(amount) for currency, amount in group.money.items()}
        if not unknown and {c: v for c, v in sums.items() if v} != {c: v for c, v in stated.items() if v}:
            found.append(f'cause "{group.id}": its money is not the sum of its rows')
    return found


def _scenarios(counts: ScenarioCounts, results: int) -> list[str]:
    found = []
    if counts.executed != results:
        found.append(f"{counts.executed} scenarios are counted as executed, and {results} results are listed")
    if counts.written - counts.executed != len(counts.not_executed):
        found.append(
            f"{counts.written} scenarios written less {counts.executed} executed is not the "
            f"{len(counts.not_executed)} listed as not executed"
        )
    if not counts.executed <= counts.selected <= counts.written:
        found.append("scenarios executed, selected and written are not in that order of size")
    return found
