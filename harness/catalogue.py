"""The step catalogue: every sentence that scenarios may use, with its table, its meaning and an example.

A sentence is added by a function in harness/steps/<topic>.py with the decorator `sentence`.  The definitions that run,
the checks, the suggestions and the step book all come from here.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from harness.characters import special_blank, with_blanks_told
from harness.features import WrittenStep
from harness.table_schemas import Rows, SchemaOf, described, read_table
from harness.value_types import TYPES, NotAValue
from reference_engine.problems import Problem, Where
from reference_engine.vocabulary.schemas import TableSchema

StepKind = Literal["given", "when", "then"]
_SLOT = re.compile(r'"\{(?P<name>\w+)\}"|\{(?P<type>\w+)\}')
_CURLY = str.maketrans({"\u201c": '"', "\u201d": '"', "\u201e": '"', "\u00ab": '"', "\u00bb": '"', "\u00a0": " ", "\u202f": " "})


@dataclass(frozen=True)
class Sentence:
    """One sentence of the language.

    id: its number in the catalogue.  pattern: the words, with "{name}" for a quoted name and {type} for a value.
    slots: the argument and the type ("" for a name) of each.  table: the schema of its table; None where it takes none.
    block: what its text block holds; "" where it takes none.
    """

    id: str
    kind: StepKind
    pattern: str
    function: Callable[..., None]
    table: TableSchema | SchemaOf | None
    meaning: str
    example: str
    topic: str
    matcher: re.Pattern[str]
    slots: tuple[tuple[str, str], ...]
    block: str = ""

    def texts(self, text: str) -> dict[str, str] | None:
        """The text at each slot; None where the words are others."""
        match = self.matcher.fullmatch(text)
        return match.groupdict() if match else None

    def read(self, texts: dict[str, str]) -> dict[str, object]:
        """The values at the slots.  Raises NotAValue."""
        return {name: TYPES[kind].read(texts[name]) if kind else texts[name] for name, kind in self.slots}

    def schema(self, values: dict[str, object]) -> TableSchema | None:
        """The schema of its table, given its values."""
        return self.table if self.table is None or isinstance(self.table, TableSchema) else self.table(values)


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A text block below a step.  where: its opening quotes."""

    text: str
    where: Where


@dataclass(frozen=True, slots=True)
class ReadStep:
    """A step that has been understood: ready to run."""

    sentence: Sentence
    values: dict[str, object]
    table: Rows | None = None
    block: TextBlock | None = None


_REGISTERED: dict[str, Sentence] = {}


def sentence(
    id: str,
    kind: StepKind,
    pattern: str,
    *,
    meaning: str,
    example: str,
    table: TableSchema | SchemaOf | None = None,
    block: str = "",
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Adds a sentence to the catalogue.

    The function gets the scene, the values by name (a second {period} is period_2) and, where there is a table,
    `table` as Rows.  block: what a text block below it holds; the function then gets `block` as a TextBlock.
    """

    def register(function: Callable[..., None]) -> Callable[..., None]:
        if inspect.iscoroutinefunction(function):
            raise TypeError(f"{id}: a step can't be a coroutine; it would never be awaited")
        if id in _REGISTERED:
            raise ValueError(f"{id} stands twice in the catalogue")
        if (table is not None or bool(block)) != pattern.endswith(":"):
            raise ValueError(f'{id}: a sentence ends with ":" exactly when a table or a text block follows')
        if table is not None and block:
            raise ValueError(f"{id}: a sentence takes a table or a text block, not both")
        matcher, slots = _compiled(pattern)
        topic = function.__module__.rpartition(".")[2]
        _REGISTERED[id] = Sentence(id, kind, pattern, function, table, meaning, example, topic, matcher, slots, block)
        return function

    return register


@cache
def catalogue() -> tuple[Sentence, ...]:
    """Every sentence, in the order Given, When, Then."""
    import harness.steps as package

    for module in pkgutil.iter_modules(package.__path__):
        if module.name != "tests":
            importlib.import_module(f"{package.__name__}.{module.name}")
    order = {"given": 0, "when": 1, "then": 2}
    return tuple(sorted(_REGISTERED.values(), key=lambda s: (order[s.kind], _natural(s.id))))


@cache
def find(kind: str, text: str) -> tuple[Sentence, ...]:
    """The sentences of this kind that the text can be: one where all is well, more where it is ambiguous.

    A text whose values can be read wins over one whose words fit but whose values can't.
    """
    fits = [(s, texts) for s in catalogue() if s.kind == kind and (texts := s.texts(text)) is not None]
    exact = [s for s, texts in fits if _readable(s, texts)]
    if exact or not fits:
        return tuple(exact)
    # None can be read; the one with the most words of its own is the one that was meant.
    return (max((s for s, _ in fits), key=lambda s: len(_SLOT.sub("", s.pattern))),)


def read_step(step: WrittenStep, file: str, problems: list[Problem]) -> ReadStep | None:
    """Understands a step, or adds Problems."""
    read, found = _read(step, file)
    problems += found
    return read


@lru_cache(maxsize=100_000)
def _read(step: WrittenStep, file: str) -> tuple[ReadStep | None, tuple[Problem, ...]]:
    """Each step is read once: by the check before a run, and not again when it is executed."""
    problems: list[Problem] = []
    return _understand(step, file, problems), tuple(problems)


def _understand(step: WrittenStep, file: str, problems: list[Problem]) -> ReadStep | None:
    where = Where(file, step.line, step.column)
    excerpt = f"{step.keyword} {step.text}"
    if not step.kind:
        what = f'"{step.keyword}" needs a Given, When or Then before it'
        problems.append(Problem("step-kind-missing", what, where, remedy="Start with Given, When or Then.", excerpt=excerpt))
        return None
    found = find(step.kind, step.text)
    if len(found) > 1:
        what = f'"{step.text}" can be read as {" and as ".join(s.id for s in found)}'
        why = "Which one is meant would decide what is tested."
        problems.append(Problem("step-ambiguous", what, where, why, "Reword it; the step catalogue shows the sentences.", excerpt))
        return None
    if not found:
        problems.append(_unknown(step, where, excerpt))
        return None
    chosen = found[0]
    texts = chosen.texts(step.text)
    assert texts is not None
    try:
        values = chosen.read(texts)
    except NotAValue as error:
        why = "The sentence can't be understood without it."
        what, remedy = with_blanks_told(error.what, error.remedy)
        problems.append(Problem("wrong-value", what, where, why, remedy, excerpt))
        return None
    if chosen.block:
        return _with_block(step, chosen, values, where, excerpt, problems)
    if step.docstring is not None:
        what = f'"{chosen.pattern}" takes no text block'
        problems.append(Problem("text-not-taken", what, where, "It would be ignored.", "Remove it."))
        return None
    schema = chosen.schema(values)
    if schema is None:
        if step.table is not None:
            what = f'"{step.text}" takes no table'
            problems.append(Problem("table-not-taken", what, where, "The table would be ignored.", "Remove the table."))
            return None
        return ReadStep(chosen, values)
    if step.table is None:
        what = f'"{step.text}" needs a table with {described(schema)}'
        problems.append(Problem("table-missing", what, where, remedy="Add the table below the step.", excerpt=excerpt))
        return None
    before = len(problems)
    rows = read_table(schema, step.table, step.text.rstrip(":"), file, problems)
    return ReadStep(chosen, values, rows) if len(problems) == before else None


def _with_block(
    step: WrittenStep, chosen: Sentence, values: dict[str, object], where: Where, excerpt: str, problems: list[Problem]
) -> ReadStep | None:
    if step.table is not None:
        what = f'"{step.text}" takes a text block, not a table'
        problems.append(Problem("table-not-taken", what, where, "The table would be ignored.", f"It holds {chosen.block}."))
        return None
    if step.docstring is None or not step.docstring.strip():
        what = f'"{step.text}" needs a text block with {chosen.block}'
        remedy = 'Write it below the step, between two lines that hold only """.'
        problems.append(Problem("text-missing", what, where, "Nothing would be stated.", remedy, excerpt))
        return None
    block = TextBlock(step.docstring, Where(where.file, *step.docstring_at))
    return ReadStep(chosen, values, block=block)


def suggest(text: str, kind: str = "") -> tuple[Sentence, str] | None:
    """The sentence that is nearest to the text, if one is near, and its words."""
    plain = _skeleton(text)
    scored = [
        (difflib.SequenceMatcher(None, plain, _skeleton(words)).ratio() + (0.001 if s.kind == kind else 0), s, words)
        for s in catalogue()
        for words in _wordings(s)
    ]
    scored += [(difflib.SequenceMatcher(None, plain, _skeleton(_filled(s, text))).ratio(), s, s.pattern) for s in catalogue()]
    score, best, words = max(scored, key=lambda entry: entry[0])
    return (best, words) if score >= 0.72 else None


def _filled(s: Sentence, text: str) -> str:
    """The pattern with those of its fixed words that the text has, like month or recoverable."""
    filled = s.pattern
    for _, kind in s.slots:
        held = [w for w in TYPES[kind].words if re.search(rf"(?<!\w){re.escape(w)}(?!\w)", text)] if kind else []
        if held:
            filled = filled.replace(f"{{{kind}}}", max(held, key=len), 1)
    return filled


def _wordings(s: Sentence) -> list[str]:
    """The pattern; where one of its words decides which table follows, once for each word."""
    for _, kind in s.slots:
        if kind and TYPES[kind].decides:
            return [s.pattern.replace(f"{{{kind}}}", word) for word in TYPES[kind].words]
    return [s.pattern]


def _unknown(step: WrittenStep, where: Where, excerpt: str) -> Problem:
    what = f'I do not know "{step.text}"'
    repaired = " ".join(step.text.translate(_CURLY).split())
    if repaired != step.text and find(step.kind, repaired):
        curly = next((c for c in step.text if _CURLY.get(ord(c)) == '"'), "")
        held = f"curly quotes ({curly}), as word processors write them" if curly else special_blank(step.text) or "several blanks in a row"
        why = "They look alike and are not."
        return Problem("step-unknown", f"this step holds {held}", where, why, f"Write: {repaired}  (`trueup format` does)", excerpt)
    other = next((k for k in ("given", "when", "then") if k != step.kind and find(k, step.text)), "")
    if other:
        what = f"this is a {other.capitalize()} step; you wrote it after {step.kind.capitalize()}"
        later = ("given", "when", "then").index(other) > ("given", "when", "then").index(step.kind)
        remedy = f"Write {other.capitalize()} in place of {step.keyword}." if later else f"Move it to the {other.capitalize()} steps."
        return Problem("step-wrong-kind", what, where, remedy=remedy, excerpt=excerpt)
    flipped = step.text[:-1] if step.text.endswith(":") else f"{step.text}:"
    if find(step.kind, flipped):
        remedy = (
            f"Nothing follows it; write it without the colon: {flipped}"
            if step.text.endswith(":")
            else f"A table or text follows it, so it ends with a colon: {flipped}"
        )
        return Problem("step-unknown", what, where, remedy=remedy, excerpt=excerpt)
    near = suggest(step.text, step.kind)
    remedy = f"Did you mean: {near[1]}  [{near[0].id}]" if near else "`trueup steps` lists every sentence."
    return Problem("step-unknown", what, where, remedy=remedy, excerpt=excerpt)


def _compiled(pattern: str) -> tuple[re.Pattern[str], tuple[tuple[str, str], ...]]:
    parts: list[str] = []
    slots: list[tuple[str, str]] = []
    end = 0
    for match in _SLOT.finditer(pattern):
        base = match["name"] or match["type"]
        count = sum(1 for name, _ in slots if name == base or name.startswith(f"{base}_")) + 1
        name = base if count == 1 else f"{base}_{count}"
        kind = match["type"] or ""
        parts.append(re.escape(pattern[end : match.start()]))
        parts.append(f"(?P<{name}>{TYPES[kind].loose})" if kind else f'"(?P<{name}>[^"]*)"')
        slots.append((name, kind))
        end = match.end()
    parts.append(re.escape(pattern[end:]))
    return re.compile("".join(parts)), tuple(slots)


def _readable(s: Sentence, texts: dict[str, str]) -> bool:
    try:
        s.read(texts)
    except NotAValue:
        return False
    return True


def _skeleton(text: str) -> str:
    """The words of a step without its names and values."""
    text = re.sub(r'"[^"]*"', '""', text.translate(_CURLY))
    words = re.sub(r"\{\w+\}", " ", text).split()
    return " ".join(w for w in words if not re.search(r"\d", w) and not re.fullmatch(r"[A-Z]{3}", w))


def _natural(id: str) -> tuple[str, int]:
    match = re.fullmatch(r"([A-Z]+)(\d+)", id)
    return (match[1], int(match[2])) if match else (id, 0)
