"""What the step book says of each sentence: its table, examples that run, and where a project uses it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from harness.catalogue import Sentence, catalogue, find
from harness.feature_files import find_features
from harness.features import read_feature
from harness.sentences_page import uses_of_sentences
from harness.stepbook.examples import Example, kept_examples
from harness.value_types import CELLS, TYPES
from reference_engine.problems import Problem, Stopped, Where
from reference_engine.vocabulary.schemas import Field, TableSchema

KINDS = {"given": "Given: facts", "when": "When: the event", "then": "Then: what must come out"}
_SLOT = re.compile(r'("\{\w+\}"|\{\w+\})')
_WORD = re.compile(r"[\w-]+")
_SAID_ELSEWHERE = {
    "accelerator": "G14 G15 G16",
    "chargeback": "G34",
    "clawback": "G34",
    "decelerator": "G14 G15 G16",
    "holdback": "G33",
    "kicker": "G17",
    "mbo": "G23",
    "ote": "G16 G22",
    "override": "G32",
    "rollup": "G32",
    "spif": "G24",
    "spiff": "G24",
    "tiered": "G14 G15",
}
"""Words of the field that no sentence has -> the sentences that say the same."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sentence's table.  form: how its cells are written."""

    name: str
    required: bool
    form: str
    choices: tuple[str, ...]
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """The table below a sentence.  word: the word of the sentence that decides on this one; "" where there is one only."""

    word: str
    columns: tuple[Column, ...]
    own_columns: bool


@dataclass(frozen=True)
class Entry:
    """One sentence as the step book shows it.  uses: file:line of each step of the project that is this sentence."""

    sentence: Sentence
    tables: tuple[Table, ...]
    examples: tuple[Example, ...]
    uses: tuple[str, ...]

    @property
    def words(self) -> str:
        """The sentence with its keyword."""
        return f"{self.sentence.kind.capitalize()} {self.sentence.pattern}"

    @property
    def topic(self) -> str:
        return self.sentence.topic.replace("_", " ")

    @property
    def kind(self) -> str:
        return KINDS[self.sentence.kind]

    @property
    def parts(self) -> tuple[tuple[str, bool], ...]:
        """The pattern in pieces, each with whether it is a name or value to fill in."""
        return tuple((part, bool(_SLOT.fullmatch(part))) for part in _SLOT.split(self.sentence.pattern) if part)

    @property
    def slots(self) -> tuple[tuple[str, str], ...]:
        """Each kind of value in the sentence, once, with how it is written."""
        kinds = dict.fromkeys(kind for _, kind in self.sentence.slots if kind)
        return tuple((kind, " or ".join(TYPES[kind].words) or TYPES[kind].form) for kind in kinds)

    @cached_property
    def searched(self) -> str:
        """All its words, in which a search looks."""
        s = self.sentence
        columns = (f"{c.name} {c.meaning} {' '.join(c.choices)}" for t in self.tables for c in t.columns)
        tables = (t.word for t in self.tables)
        examples = (e.text for e in self.examples)
        return " ".join(" ".join((s.id, self.words, s.meaning, s.block, self.topic, *tables, *columns, *examples)).split()).casefold()


@dataclass(frozen=True, slots=True)
class Section:
    """The sentences of one kind and topic.  anchor: its address on the page."""

    title: str
    anchor: str
    entries: tuple[Entry, ...]


def entries(uses: Mapping[str, tuple[str, ...]] | None = None) -> tuple[Entry, ...]:
    """Every sentence of the catalogue, in its order."""
    found = uses or {}
    return tuple(_entry(s, found.get(s.id, ())) for s in catalogue())


def sections(all_entries: Iterable[Entry]) -> list[Section]:
    """The entries by kind, and those of facts by topic."""
    found: dict[str, list[Entry]] = {}
    for entry in all_entries:
        found.setdefault(f"Given: {entry.topic}" if entry.sentence.kind == "given" else entry.kind, []).append(entry)
    return [Section(title, f"part-{n}", tuple(group)) for n, (title, group) in enumerate(found.items(), 1)]


def used_in(paths: Iterable[Path]) -> dict[str, tuple[str, ...]]:
    """Where the features at the paths use each sentence, as file:line.  A feature that can't be read uses none."""
    features = [(feature, str(path)) for path in find_features(paths) if (feature := read_feature(path, [])) is not None]
    found = uses_of_sentences(features)
    places = {id_: dict.fromkeys((use.file, use.step.line) for use in uses) for id_, uses in found.items()}
    return {id_: tuple(f"{file}:{line}" for file, line in sorted(where)) for id_, where in places.items()}


def search(all_entries: Sequence[Entry], words: Sequence[str]) -> list[Entry]:
    """The entries that hold every word; or the one of an id; or those that a whole step is.  Raises Stopped where none does."""
    asked = " ".join(words).strip()
    by_id = [e for e in all_entries if e.sentence.id.casefold() == asked.casefold()]
    if by_id:
        return by_id
    step = re.sub(r"^(?:Given|When|Then|And|But|\*) ", "", asked)
    known = {s.id for kind in KINDS for s in find(kind, step)}
    if known:
        return [e for e in all_entries if e.sentence.id in known]
    wanted = asked.casefold().split()
    stems = [word.removesuffix("s") if len(word) > 4 else word for word in wanted]
    found = [e for e in all_entries if all(word in e.searched for word in stems)]
    if not found and len(wanted) == 1:
        meant = (_SAID_ELSEWHERE.get(wanted[0]) or _SAID_ELSEWHERE.get(wanted[0].removesuffix("s"), "")).split()
        found = [e for e in all_entries if e.sentence.id in meant]
    if not found:
        raise Stopped(_nothing_found(all_entries, asked, wanted))
    return sorted(found, key=lambda e: not all(word in e.words.casefold() for word in wanted))


def _nothing_found(all_entries: Sequence[Entry], asked: str, wanted: Sequence[str]) -> Problem:
    known = sorted({w for e in all_entries for w in _WORD.findall(e.searched)})
    near = [difflib.get_close_matches(w, known, n=1, cutoff=0.7) for w in wanted if not any(w in e.searched for e in all_entries)]
    meant = [match[0] for match in near if match]
    fewer = "Use fewer words; `trueup steps`" if len(wanted) > 1 else "`trueup steps`"
    remedy = f"Did you mean: {' '.join(meant)}" if meant else f"{fewer} lists every sentence."
    return Problem("no-such-sentence", f'no sentence has the words "{asked}"', Where("step book"), "Nothing can be shown.", remedy)


def _entry(s: Sentence, uses: tuple[str, ...]) -> Entry:
    examples = kept_examples().get(s.id) or (Example(f"{s.kind.capitalize()} {s.example}", ""),)
    return Entry(s, tuple(_tables(s)), examples, uses)


def _tables(s: Sentence) -> Iterable[Table]:
    if isinstance(s.table, TableSchema):
        yield _table("", s.table)
    elif s.table is not None:
        name, kind = next((name, kind) for name, kind in s.slots if kind and TYPES[kind].decides)
        for word in TYPES[kind].words:
            schema = s.table({name: word})
            if schema is not None:
                yield _table(word, schema)


def _table(word: str, schema: TableSchema) -> Table:
    return Table(word, tuple(map(_column, schema.fields)), bool(schema.extra_columns))


def _column(field: Field) -> Column:
    form = CELLS[field.kind].form if field.kind in CELLS else field.kind
    return Column(field.name, field.required, form, field.choices, field.meaning)
