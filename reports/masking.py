"""A copy of a run record for sharing: people under pseudonyms, and amounts multiplied by a factor where that is asked for.

Everything that is drawn from the copy is masked with it: pages, CSV, JSON.  Counts, classes and the verdict stay as they are.
"""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, Literal, get_args, get_origin

from reference_engine.vocabulary.numbers import format_number
from reports.difference_types import Derivation, Difference, ExportedRow, KnownDifference
from reports.feature_types import FeatureText
from reports.masked_text import Words, hidden_amounts, hidden_cell, is_person_column
from reports.people_found import People, people_of
from reports.performance_types import Performance
from reports.record import record_hash
from reports.record_check import number
from reports.record_reading import fields_of
from reports.record_types import Circumstances, Group, Identity, PayoutSummary, RunRecord, Slice
from reports.scenario_types import StepResult
from reports.statement_types import StatementRow

What = Literal["names", "names,amounts"]
LEFT_OUT = "(left out)"
_FIGURES = re.compile(r"[\d\s.,:/%-]*\Z")


@dataclass(frozen=True, slots=True)
class Mask:
    """What is masked, and with which secret.  key: blank for pseudonyms that hold for this copy only."""

    what: What = "names"
    key: str = dataclasses.field(default="", repr=False)

    @property
    def amounts(self) -> bool:
        """Whether amounts are masked too."""
        return self.what == "names,amounts"


def _kind(block: Any) -> Any:
    return type(block)


class Masked:
    """Masks one record, and texts that belong to it.  people: names that are known beside those in the record."""

    def __init__(self, record: RunRecord, mask: Mask, people: People | None = None) -> None:
        self.mask = mask
        self.people = people_of(record, people or People())
        self.factor = self._factor()
        self._numbers: dict[str, int] = {}
        every = (*record.differences, *record.accepted, *record.tolerated)
        self.ids = {row.id: self._id(row.id, place) for place, row in enumerate(every, 1)}
        self.words = Words({name: self.person(name) for name in self.people.names()})
        self.record = self._record(record)

    def person(self, code: str) -> str:
        """The pseudonym of a person: the same for each code and name of theirs."""
        if not code:
            return ""
        one = self.people.one(code)
        if self.mask.key:
            return f"P-{self._hmac('person', one)[:8].upper()}"
        return f"Payee {self._numbers.setdefault(one, len(self._numbers) + 1)}"

    def text(self, text: str) -> str:
        """A text without the names of people, and without amounts where they are masked."""
        if text in self.ids:
            return self.ids[text]
        found = self.words.replaced(text)
        return hidden_amounts(found) if self.mask.amounts else found

    def plain(self, value: Any) -> Any:
        """Plain data, as JSON has it, with every text masked; amounts by their form."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.words.replaced(str(name)): self.plain(item) for name, item in value.items()}
        return [self.plain(item) for item in value] if isinstance(value, list | tuple) else value

    def amount(self, amount: str) -> str:
        """An amount, multiplied where amounts are masked."""
        if not amount or not self.mask.amounts:
            return amount
        value = number(amount) * self.factor
        return str(value) if "/" in amount else format_number(value, 2).replace(",", "")

    def _record(self, record: RunRecord) -> RunRecord:
        found: RunRecord = self._block(record)
        return dataclasses.replace(found, limits=(*self._notes(record), *found.limits))

    def _notes(self, record: RunRecord) -> Iterable[str]:
        yield (
            "This is a copy for sharing: people have pseudonyms, "
            + (
                "the same in every copy that is made with the same key. "
                if self.mask.key
                else "numbered for this copy only. "
            )
            + "Columns of the export that the comparison doesn't use are left out."
        )
        if self.mask.amounts:
            yield (
                "Every amount is multiplied by the same secret factor, so that sums, shares and signs are true and sizes aren't; amounts in sentences "
                "are left out. It keeps them from a reader's eye: who knows one true amount, or studies them, can work the factor out."
            )
        yield f"It is no evidence and can't be signed. It was made from the record with SHA-256 {record_hash(record)}."

    def _block(self, block: Any) -> Any:
        values = {}
        for attribute, hint, _ in fields_of(_kind(block)).values():
            values[attribute] = self._value(getattr(block, attribute), hint)
        return self._special(block, dataclasses.replace(block, **values))

    def _value(self, value: Any, hint: Any) -> Any:
        origin = get_origin(hint)
        if value is None or origin is Literal or isinstance(value, int):
            return value
        if origin is Annotated:
            return self.amount(value)
        if isinstance(value, str):
            return self.text(value)
        if origin is tuple:
            return tuple(self._value(item, get_args(hint)[0]) for item in value)
        if isinstance(value, Mapping):
            return {name: self._value(item, get_args(hint)[1]) for name, item in value.items()}
        return self._block(value)

    def _special(self, old: Any, new: Any) -> Any:
        """What a part's own meaning says beyond its texts."""
        change: dict[str, Any] = {}
        match old:
            case Difference():
                change = {
                    "key": self._row(old.key, self.people.columns),
                    "attributes": self._row(old.attributes, ()),
                    "theirs": self._exported(old.theirs, old),
                    "before": self._exported(old.before, old),
                }
            case Derivation():
                change = {"payee": self.person(old.payee)}
                if self.mask.amounts:
                    change |= {"unrounded": ""}
            case PayoutSummary() | StatementRow():
                change = {"payee": self.person(old.payee), "name": ""}
            case Performance():
                change = {"payee": self.person(old.payee), "attainment": old.attainment}
            case Group():
                change = {"attributes": self._row(old.attributes, self.people.columns)}
            case KnownDifference():
                change = {
                    "key": self._row(old.key, self.people.columns),
                    "owner": self._staff(old.owner),
                    "approved_by": self._staff(old.approved_by),
                }
            case Slice() if is_person_column(old.dimension):
                change = {"value": self.person(old.value)}
            case Circumstances():
                change = {"host": "", "run_id": old.run_id}
            case Identity():
                change = {
                    "title": f"{new.title} ({'names and amounts' if self.mask.amounts else 'names'} masked)"
                }
            case StepResult():
                change = {"table": self._table(old.table)}
            case FeatureText():
                change = {"text": self._feature(old.text)}
        return dataclasses.replace(new, **change) if change else new

    def _row(self, row: Mapping[str, str], columns: Iterable[str]) -> dict[str, str]:
        own = set(columns)
        return {
            name: self.person(text) if name in own or is_person_column(name) else self.words.replaced(text)
            for name, text in row.items()
        }

    def _exported(self, exported: ExportedRow | None, of: Difference) -> ExportedRow | None:
        """Only what the comparison uses: what else a target exports nobody has looked at, and it may name anybody."""
        if exported is None:
            return None
        row = {}
        for name, text in exported.row.items():
            if name in of.key:
                row[name] = self._row({name: text}, self.people.columns)[name]
            elif name == of.field and _FIGURES.match(text):
                row[name] = (
                    text
                    if not self.mask.amounts
                    else self.amount(text)
                    if text == of.actual
                    else hidden_cell(text)
                )
            else:
                row[name] = LEFT_OUT if text else ""
        return ExportedRow(self.text(exported.file), exported.line, row)

    def _staff(self, name: str) -> str:
        return self.person(name) if name else ""

    def _table(self, table: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
        if not table:
            return ()
        head, *rows = table
        people = {
            i for i, name in enumerate(head) if is_person_column(name) or (name == "name" and "payee" in head)
        }
        return (
            tuple(self.text(name) for name in head),
            *(
                tuple(self.person(c) if i in people else self._cell(c) for i, c in enumerate(row))
                for row in rows
            ),
        )

    def _cell(self, cell: str) -> str:
        return hidden_cell(self.text(cell)) if self.mask.amounts else self.text(cell)

    def _feature(self, text: str) -> str:
        """A feature as it was written, without its comments, which may say anything."""
        out, head = [], None
        for line in text.split("\n"):
            bare = line.strip()
            if bare.startswith("#") and not bare.startswith("# language"):
                out.append(line[: line.index("#")] + "# " + LEFT_OUT)
                continue
            if not bare.startswith("|"):
                head = None
                out.append(self.text(line))
                continue
            cells = tuple(cell.strip() for cell in bare.strip("|").split("|"))
            head = head or cells
            shown = (
                self._table((head, cells))[1] if cells != head else tuple(self.text(cell) for cell in cells)
            )
            out.append(line[: line.index("|")] + "| " + " | ".join(shown) + " |")
        return "\n".join(out)

    def _id(self, ident: str, place: int) -> str:
        """Another id: it is made from the row's key, from which a person could be guessed."""
        return f"row-{self._hmac('row', ident)[:12]}" if self.mask.key else f"row-{place}"

    def _factor(self) -> Fraction:
        """Between 1.01 and 9.97, no whole number."""
        drawn = int(self._hmac("factor", "1")[:12], 16) if self.mask.key else secrets.randbelow(2**48)
        return Fraction(101 + drawn % 897 + (1 if (101 + drawn % 897) % 100 == 0 else 0), 100)

    def _hmac(self, use: str, text: str) -> str:
        content = f"trueup {use}\n{text}".encode("utf-8", "surrogatepass")
        return hmac.new(self.mask.key.encode("utf-8", "surrogatepass"), content, hashlib.sha256).hexdigest()
