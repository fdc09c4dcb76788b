"""A record must not contradict itself: what a reviewer would sign has to add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction

from reference_engine.problems import Problem, Where
from reports.difference_types import Difference
from reports.record_reading import AMOUNT
from reports.record_types import Grain, RunRecord
from reports.scenario_types import ScenarioCounts


def contradictions(record: RunRecord, file: str = "record.json") -> list[Problem]:
    """Every place where the record's counts, totals or references don't fit together."""
    found = _amounts(record)
    if found:
        return _problems(found, file)
    names = [grain.name for grain in record.grains]
    every = (*record.differences, *record.accepted, *record.tolerated)
    ids = {difference.id for difference in record.differences}
    all_ids = {difference.id for difference in every}
    groups = {group.id: group for group in record.groups}
    found += _twice("grain", names) + _twice("cause", [group.id for group in record.groups])
    found += _twice("difference", [difference.id for difference in every])
    listed = Counter((difference.grain, difference.class_) for difference in record.differences)
    for grain in record.grains:
        found += _grain(grain, {c: n for (g, c), n in listed.items() if g == grain.name})
        accepted = sum(d.grain == grain.name for d in record.accepted)
        if accepted != grain.known:
            found.append(
                f"{grain.name}: it counts {grain.known} known rows, and {accepted} are listed as accepted"
            )
        if grain.follows_from and grain.follows_from not in names[: names.index(grain.name)]:
            found.append(f'{grain.name}: it follows from "{grain.follows_from}", which is no finer grain')
    followers = {grain.name for grain in record.grains if grain.follows_from}
    for difference in every:
        who = f'difference "{difference.id}"'
        if difference.grain not in names:
            found.append(f'{who} is of the unknown grain "{difference.grain}"')
        if difference.group and difference.group not in groups:
            found.append(f'{who} names the unknown cause "{difference.group}"')
        found += [
            f'{who} follows from the unknown difference "{i}"'
            for i in difference.follows_from
            if i not in all_ids
        ]
        if difference.follows_from and difference.grain not in followers:
            found.append(f"{who} follows from finer ones, and its grain doesn't")
        if number(difference.actual) - number(difference.expected) != number(difference.difference):
            found.append(
                f"{who}: actual {difference.actual or 'none'} less expected "
                f"{difference.expected or 'none'} is not {difference.difference or 'none'}"
            )
        found += _lines(difference, who)
    found += _known(record)
    found += _tie_outs(record)
    found += _statements(record, all_ids)
    found += _groups(record, ids) + _scenarios(record.scenario_counts, len(record.scenarios))
    return _problems(found, file)


def money_of(rows: Iterable[Difference]) -> dict[str, Fraction]:
    """What rows differ by, summed for each currency."""
    sums: dict[str, Fraction] = {}
    for row in rows:
        for currency, amount in ((row.currency, row.difference), *row.other.items()):
            sums[currency] = sums.get(currency, Fraction(0)) + number(amount)
    return sums


def number(text: str) -> Fraction:
    """An amount of a record as an exact number; blank is 0."""
    if "/" in text:
        return Fraction(text)
    whole, _, rest = text.partition(".")
    return Fraction(int(whole + rest), 10 ** len(rest)) if text else Fraction(0)


class Total:
    """A sum of amounts as the record writes them, exact and quick: whole units of the twelfth decimal, and whatever is finer as a fraction."""

    __slots__ = ("rest", "units")

    def __init__(self) -> None:
        self.units = 0
        self.rest = Fraction(0)

    def add(self, text: str) -> None:
        """One more amount; blank is 0."""
        whole, _, tail = text.partition(".")
        if not text:
            return
        if len(tail) > 12 or "/" in text:
            self.rest += number(text)
            return
        self.units += int(f"{whole}{tail:0<12}")

    @property
    def value(self) -> Fraction:
        """The sum."""
        return Fraction(self.units, 10**12) + self.rest


def _problems(found: list[str], file: str) -> list[Problem]:
    why = "The report would contradict itself."
    remedy = "Run the same command again; if it says so again, please report it as a bug of trueup."
    return [Problem("record-contradiction", what, Where(file), why, remedy) for what in found]


def _amounts(record: RunRecord) -> list[str]:
    texts = [
        (f'difference "{d.id}"', text)
        for d in (*record.differences, *record.accepted, *record.tolerated)
        for text in (d.expected, d.actual, d.difference, *d.other.values(), *_line_amounts(d))
    ]
    for grain in record.grains:
        for totals in (grain.expected, grain.actual, grain.difference):
            texts += [(grain.name, text) for text in totals.values()]
    texts += [(f'cause "{group.id}"', text) for group in record.groups for text in group.money.values()]
    texts += [(f'payout of "{payout.payee}"', payout.amount) for payout in record.payouts]
    texts += [
        (f'statement of "{row.payee}"', text)
        for row in record.statements
        for text in (row.expected, row.actual, *(part.amount for part in row.parts))
    ]
    texts += [(f'attainment of "{p.payee}"', text) for p in record.performance for text in (p.measured, p.quota, p.attainment, p.pay)]
    texts += [(f"{flow.kind} of {flow.month}", flow.amount) for flow in record.flows]
    return [f'{who}: "{text}" is not an exact amount' for who, text in texts if not AMOUNT.match(text)]


def _twice(what: str, names: list[str]) -> list[str]:
    return [f'{what} "{name}" stands {n} times' for name, n in Counter(names).items() if n > 1]


def _grain(grain: Grain, listed: Mapping[str, int]) -> list[str]:
    found = []
    by_class = {name: count for name, count in grain.by_class.items() if count}
    if by_class != listed:
        found.append(f"{grain.name}: by class it counts {by_class}, and lists {dict(listed)}")
    if sum(by_class.values()) != grain.differences:
        found.append(
            f"{grain.name}: {sum(by_class.values())} by class is not {grain.differences} differences"
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


def _line_amounts(difference: Difference) -> list[str]:
    ours = difference.ours
    return [] if ours is None else [ours.rest, *(line.amount for line in ours.lines)]


def _lines(difference: Difference, who: str) -> list[str]:
    ours = difference.ours
    if ours is None or not ours.lines:
        return []
    total = sum((number(line.amount) for line in ours.lines), number(ours.rest))
    if total == number(difference.expected):
        return []
    return [f"{who}: the lines of its payout don't add up to the expected {difference.expected or 'none'}"]


def _known(record: RunRecord) -> list[str]:
    open_ones = {difference.id: difference for difference in record.differences}
    accepted = {difference.id: difference for difference in record.accepted}
    found = []
    grains = {grain.name for grain in record.grains}
    for known in record.known:
        if not known.differences and known.grain not in grains:
            continue  # A scenario accepted it; a record of features lists no rows.
        who = f"the known difference of {' '.join(f'{n} {v}' for n, v in known.key.items())}"
        place = accepted if known.state == "accepted" else {**open_ones, **accepted}
        unknown = [i for i in known.differences if i not in place]
        found += [f'{who}, which is {known.state}, stands for the unknown row "{i}"' for i in unknown]
        sums = money_of([place[i] for i in known.differences if i in place])
        stated = {currency: number(amount) for currency, amount in known.amount.items()}
        if known.state == "accepted" and {c: v for c, v in sums.items() if v} != {
            c: v for c, v in stated.items() if v
        }:
            found.append(f"{who}: what was accepted is not the sum of its rows")
    return found


def _tie_outs(record: RunRecord) -> list[str]:
    """Control totals must lead from one side to the other, and no row may be unaccounted for."""
    found = []
    for one in record.tie_outs:
        for bridge in one.bridges:
            steps = sum((number(step.amount) for step in bridge.steps), Fraction(0))
            if number(bridge.start) + steps != number(bridge.end):
                found.append(f"{one.grain}: the control totals in {bridge.currency or 'the figure'} don't tie out")
        found += [
            f"{one.grain}: more rows are left out or can't be read than were read"
            for side in one.sides
            if side.left_out + side.unreadable > side.read
        ]
    return found


def _statements(record: RunRecord, ids: set[str]) -> list[str]:
    """Statements must lead to the differences they show, and to what their lines add up to."""
    found = []
    for row in record.statements:
        who = f"the statement of {row.payee} for {row.period}"
        found += [f'{who} names the unknown difference "{i}"' for i in row.differences if i not in ids]
        if row.expected != row.actual and not row.differences and number(row.expected) != number(row.actual):
            found.append(f"{who}: {row.component or row.plan} differs, and no difference says why")
        if not row.parts or (len(row.parts) == 1 and row.parts[0].amount == row.expected):
            continue
        if sum((number(part.amount) for part in row.parts), Fraction(0)) != number(row.expected):
            found.append(f"{who}: the parts of {row.component or row.plan} don't add up to what is expected")
    return found


def _groups(record: RunRecord, ids: set[str]) -> list[str]:
    found = []
    by_id = {difference.id: difference for difference in record.differences}
    for group in record.groups:
        if group.count != len(group.differences):
            found.append(f'cause "{group.id}" counts {group.count} rows and lists {len(group.differences)}')
        unknown = [i for i in group.differences if i not in ids]
        found += [f'cause "{group.id}" lists the unknown difference "{i}"' for i in unknown]
        sums = money_of([by_id[i] for i in group.differences if i in ids])
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
