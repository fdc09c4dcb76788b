"""Who is named in a run record: the codes and names of payees, and which of them are the same person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from reports.difference_types import Difference
from reports.masked_text import is_person_column
from reports.record_types import RunRecord

OWN = "payee"


@dataclass
class People:
    """People by their codes and names.  columns: of a target's export, that name them."""

    columns: set[str] = field(default_factory=set)
    _first: dict[str, str] = field(default_factory=dict)

    def same(self, *codes: str) -> None:
        """These codes and names are one person; the first one given stands for them."""
        known = [code for code in codes if code]
        if known:
            one = self.one(known[0])
            for code in known:
                other = self.one(code)
                self._first[code] = one
                if other != one:
                    self._first[other] = one

    def called(self, code: str, name: str) -> None:
        """A person's name; somebody else may have the same one, and stays somebody else."""
        self.same(code)
        if (
            name
            and (name not in self._first or self.one(name) == name)
            and name not in (code, self.one(code))
        ):
            self.same(code, name)

    def one(self, code: str) -> str:
        """What stands for the person that a code or name names."""
        seen = [code]
        while (up := self._first.get(seen[-1], seen[-1])) != seen[-1]:
            seen.append(up)
        for step in seen:
            self._first[step] = seen[-1]
        return seen[-1]

    def names(self) -> list[str]:
        """Every code and name, in the order in which they were found."""
        return list(self._first)


def people_of(record: RunRecord, known: People) -> People:
    """The people of a record, added to those who are known already."""
    for payout in record.payouts:
        known.called(payout.payee, payout.name)
    for statement in record.statements:
        known.called(statement.payee, statement.name)
    for reached in record.performance:
        known.same(reached.payee)
    every = (*record.differences, *record.accepted, *record.tolerated)
    for row in every:
        if row.ours:
            known.same(row.ours.payee)
        known.same(row.attributes.get(OWN, ""))
    known.columns |= set(_columns(every))
    for row in every:
        ours = _payee(row)
        for name, text in (*row.key.items(), *row.attributes.items()):
            if name in known.columns:
                known.same(*([ours, text] if ours else [text]))
            elif is_person_column(name):
                known.same(text)
        for exported in (row.theirs, row.before):
            for name, text in exported.row.items() if exported else ():
                if name in known.columns or is_person_column(name):
                    known.same(text)
    for group in record.groups:
        for name, text in group.attributes.items():
            if name in known.columns or is_person_column(name):
                known.same(text)
    for entry in record.known:
        for name, text in (*entry.key.items(), ("owner", entry.owner), ("approver", entry.approved_by)):
            if is_person_column(name):
                known.same(text)
    for code, name in _of_scenarios(record):
        known.called(code, name)
    return known


def _payee(row: Difference) -> str:
    return (row.ours.payee if row.ours else "") or row.attributes.get(OWN, "")


def _columns(rows: Iterable[Difference]) -> Iterator[str]:
    """Key columns that hold people: their name says so, or they name the same people one by one as our payees."""
    theirs: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    ours: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    names: dict[str, None] = {}
    for row in rows:
        payee = _payee(row)
        for name, text in row.key.items():
            names[name] = None
            if payee and text:
                theirs[name][text].add(payee)
                ours[name][payee].add(text)
    for name in names:
        one_by_one = all(len(p) == 1 for p in theirs[name].values()) and all(
            len(t) == 1 for t in ours[name].values()
        )
        if (
            is_person_column(name)
            or (len(theirs[name]) > 1 and one_by_one)
            or any(text in p for text, p in theirs[name].items())
        ):
            yield name


def _of_scenarios(record: RunRecord) -> Iterator[tuple[str, str]]:
    """Codes and names in the tables of scenarios and of whole features."""
    tables = [step.table for scenario in record.scenarios for step in scenario.steps if step.table]
    for table in (*tables, *(t for feature in record.features for t in _tables(feature.text))):
        head, *rows = table
        people = [i for i, name in enumerate(head) if is_person_column(name)]
        name = head.index("name") if "name" in head and "payee" in head else -1
        for row in rows:
            for i in people:
                if i < len(row) and row[i]:
                    yield row[i], row[name] if head[i] == "payee" and 0 <= name < len(row) else ""


def _tables(text: str) -> Iterator[tuple[tuple[str, ...], ...]]:
    rows: list[tuple[str, ...]] = []
    for line in (*text.split("\n"), ""):
        bare = line.strip()
        if bare.startswith("|"):
            rows.append(tuple(cell.strip() for cell in bare.strip("|").split("|")))
        elif rows:
            yield tuple(rows)
            rows = []
