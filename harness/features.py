"""Feature files as their authors wrote them: our own reading, with the line and column of every part.

The run trusts this reading, not the test runner's: what stands in the files is what must be executed.
"""

from __future__ import annotations

import codecs
import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from harness.characters import character_problems
from harness.gherkin_words import KEYWORDS, STEP_KEYWORDS, meant_heading, misread_heading
from reference_engine.problems import Problem, Where

Kind = Literal["given", "when", "then", ""]

PLACEHOLDER = re.compile(r"<([^<>]+)>")
_KIND_OF: dict[str, Kind] = {"Context": "given", "Action": "when", "Outcome": "then"}
_UNEXPECTED = re.compile(r"expected: .*, got '(?P<got>.*)'\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table.  line and column count from 1."""

    value: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class WrittenTable:
    """A table under a step or under Examples."""

    header: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class WrittenStep:
    """One step.  kind: given, when or then, also for And and But; "" where no Given, When or Then precedes it.

    docstring: the text block below it; docstring_at: line and column of its opening quotes.
    """

    keyword: str
    kind: Kind
    text: str
    line: int
    column: int
    table: WrittenTable | None = None
    docstring: str | None = None
    docstring_at: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class WrittenTag:
    """A tag without its @ sign."""

    name: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class WrittenExamples:
    """One Examples table.  table: None where not even a header is written."""

    name: str
    line: int
    tags: tuple[WrittenTag, ...]
    table: WrittenTable | None


@dataclass(frozen=True, slots=True)
class WrittenScenario:
    """One scenario or scenario outline.  background: the steps that come before its own."""

    name: str
    keyword: str
    line: int
    description: tuple[tuple[int, str], ...]
    tags: tuple[WrittenTag, ...]
    background: tuple[WrittenStep, ...]
    steps: tuple[WrittenStep, ...]
    examples: tuple[WrittenExamples, ...]
    rule: str

    @property
    def outline(self) -> bool:
        return bool(self.examples) or self.keyword in ("Scenario Outline", "Scenario Template")

    @property
    def id(self) -> str:
        """The stable name: what @id says, else the scenario's own words."""
        return next((t.name[3:] for t in self.tags if t.name.startswith("id:") and len(t.name) > 3), slug(self.name))


@dataclass(frozen=True, slots=True)
class WrittenFeature:
    """One feature file.  path: as the user named it.

    described: every line that counts as description, with what it describes: Feature, Rule, Background, Scenario or
    Examples.  language: the code of the keywords' language.
    """

    path: str
    name: str
    line: int
    description: tuple[tuple[int, str], ...]
    tags: tuple[WrittenTag, ...]
    background: tuple[WrittenStep, ...]
    scenarios: tuple[WrittenScenario, ...]
    lines: tuple[str, ...]
    described: tuple[tuple[int, str, str], ...] = ()
    language: str = "en"

    def cases(self) -> list[Case]:
        """Everything that a run must execute: each scenario, and each row of an outline, once."""
        return list(_cases(self))

    def excerpt(self, line: int) -> str:
        """The text of one line, with its number."""
        return f"{line} | {self.lines[line - 1].strip()}" if 0 < line <= len(self.lines) else ""


@dataclass(frozen=True, slots=True)
class Case:
    """One scenario as it runs; of an outline, one row of Examples.

    node: its name in the run, unique in the feature and stable when others are added.  row: the line of the
    Examples row, or of the scenario.  ordinal: the row's place among all rows of the outline, from 0.
    """

    scenario: WrittenScenario
    node: str
    case: str
    row: int
    ordinal: int
    values: tuple[tuple[str, str], ...]
    tags: tuple[str, ...]

    def steps(self) -> list[WrittenStep]:
        """The steps with the values of the row in place."""
        values = dict(self.values)
        return [_render_step(step, values) for step in (*self.scenario.background, *self.scenario.steps)]

    def tagged(self, key: str) -> tuple[str, ...]:
        """The values of tags such as @req:PLAN-04."""
        return tuple(t[len(key) + 1 :] for t in self.tags if t.startswith(f"{key}:"))

    @property
    def severity(self) -> str:
        return next((t[3:] for t in self.tags if re.fullmatch(r"sev[1-4]", t)), "")


def slug(text: str) -> str:
    """Words as a stable name: lower case, joined by hyphens."""
    return re.sub(r"[^\w]+", "-", text.casefold()).strip("-") or "scenario"


def render(text: str, values: Mapping[str, str]) -> str:
    """The text with its <placeholders> filled; unknown ones stay as they are."""
    return PLACEHOLDER.sub(lambda m: values.get(m[1], m[0]), text)


def read_feature(path: str | Path, problems: list[Problem], shown: str = "") -> WrittenFeature | None:
    """Reads one feature file.  shown: the path that messages name.  None, with Problems, where it can't be read."""
    shown = shown or str(path)
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        what, why = f"the file can't be read: {error.strerror}", "Its scenarios would prove nothing."
        problems.append(Problem("feature-unreadable", what, Where(shown), why, "Check the path, and whether you may read it."))
        return None
    text = _decoded(content, shown, problems)
    return None if text is None else parse_feature(text, shown, problems)


def parse_feature(text: str, shown: str, problems: list[Problem]) -> WrittenFeature | None:
    """Reads the text of one feature."""
    from gherkin.errors import CompositeParserException, ParserError
    from gherkin.parser import Parser

    before = len(problems)
    problems += character_problems(text, shown)
    if len(problems) > before:
        return None
    lines = tuple(text.splitlines())
    if not any(line.strip() and not line.strip().startswith("#") for line in lines):
        problems.append(
            Problem(
                "feature-empty",
                "the file holds no feature",
                Where(shown),
                "An empty file would count as tested although nothing was.",
                'Start it with "Feature: ..." or remove it.',
            )
        )
        return None
    try:
        # A trailing line break keeps the parser from taking a one-line text for the name of a file.
        document: Any = Parser().parse("\n".join(lines) + "\n")
    except CompositeParserException as error:
        problems += _syntax_problems(error.errors, shown, lines)
        return None
    except ParserError as error:
        problems += _syntax_problems([error], shown, lines)
        return None
    return _feature(document["feature"], shown, lines)


def _decoded(content: bytes, shown: str, problems: list[Problem]) -> str | None:
    remedy = "Save the file as UTF-8 (in most editors: Save as, Encoding, UTF-8)."
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\x00" in content:
        what = "the file is not UTF-8 text; it looks like UTF-16"
        problems.append(Problem("feature-encoding", what, Where(shown), remedy=remedy))
        return None
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - before.rfind(b"\n")
        what = f"the file is not UTF-8 text: the character at column {column} can't be read"
        problems.append(Problem("feature-encoding", what, Where(shown, line, column), remedy=remedy))
        return None


def _syntax_problems(errors: Sequence[Any], shown: str, lines: tuple[str, ...]) -> list[Problem]:
    found: list[Problem] = []
    lost_heading = False
    lost_step = 0
    for error in errors:
        location = error.location
        where = Where(shown, location["line"], location.get("column", 0))
        message = str(error).partition("): ")[2] or str(error)
        text = lines[where.line - 1].strip() if 0 < where.line <= len(lines) else ""
        excerpt = f"{where.line} | {text}" if text else ""
        unexpected = _UNEXPECTED.search(message)
        if lost_heading and message.startswith("unexpected end of file"):
            continue
        if "inconsistent cell count" in message:
            if lost_step and all(line.lstrip().startswith(("|", "#")) for line in lines[lost_step : where.line]):
                continue  # The table of a step that isn't read as one would be a part of the table above.
            found.append(_ragged(text, where, excerpt, lines))
        elif "Language not supported" in message:
            what = f'the language "{message.rpartition(": ")[2]}" is not known'
            found.append(Problem("feature-language", what, where, remedy="Remove the line or name another language, like en or de."))
        elif unexpected:
            if lost_heading and (not text or text.startswith("|") or text.partition(" ")[0] in STEP_KEYWORDS):
                continue  # They stand below a heading that isn't one, and are right once it is.
            found.append(_unexpected(text, where, excerpt))
            lost_heading = lost_heading or found[-1].slug == "heading-without-colon"
            lost_step = where.line if found[-1].slug == "step-keyword" else lost_step
        elif "#DocStringSeparator" in message:
            opened = max((n for n, ln in enumerate(lines, 1) if ln.lstrip().startswith(('"""', "```"))), default=where.line)
            mark = lines[opened - 1].strip()[:3]
            what = f"the text that begins on line {opened} isn't closed"
            why = "All that follows is read as a part of it."
            found.append(Problem("feature-syntax", what, Where(shown, opened), why, f"Close it with a line {mark} below its last line."))
        else:
            remedy = "Check this line and the one above: each starts with Given, When, Then, And, But or |."
            found.append(Problem("feature-syntax", message, where, "The file can't be read past it.", remedy, excerpt))
    return found


def _ragged(text: str, where: Where, excerpt: str, lines: tuple[str, ...]) -> Problem:
    if not text.endswith("|"):
        why = "What stands after the last | is no cell."
        return Problem("table-ragged", "this row doesn't end with |", where, why, "Add | at its end.", excerpt)
    first = where.line - 1
    while first > 0 and lines[first - 1].lstrip().startswith(("|", "#")):
        first -= 1
    rows = [line for line in lines[first : where.line] if line.lstrip().startswith("|")]
    what = f"this row has {_bars(text) - 1} cells, and the first row of its table has {_bars(rows[0]) - 1}"
    remedy = "Give every row of the table the same number of cells, each between two | signs; where another table begins here, write its step above it."
    return Problem("table-ragged", what, where, remedy=remedy, excerpt=excerpt)


def _bars(row: str) -> int:
    return len(re.sub(r"\\\\|\\\|", "", row).split("|")) - 1


def _unexpected(text: str, where: Where, excerpt: str) -> Problem:
    if not text:
        return Problem("feature-syntax", "the file ends too early", where, remedy="Complete the text or table that was begun last.")
    word = text.split()[0].rstrip(":")
    heading = meant_heading(text)
    bare = re.match(r"(Scenario Outline|Scenario Template|Scenario)\b(?!.*:)|(Background|Examples|Rule|Feature)\Z", text)
    if (heading and not text.startswith(f"{heading}:")) or bare:
        known = heading or text.split()[0]
        what = 'this looks like a heading without ":"' if bare else misread_heading(text)
        why = "The steps below it would belong to nothing."
        return Problem("heading-without-colon", what, where, why, f"Write {known}: and the name.", excerpt)
    keywords = [*STEP_KEYWORDS, *KEYWORDS]
    if word not in keywords and text.endswith("|") and text.count("|") > 1:
        why = "It can't be read as a row."
        return Problem("table-ragged", "this row of a table doesn't begin with |", where, why, "Add | at its beginning.", excerpt)
    near = difflib.get_close_matches(word.capitalize(), keywords, n=1, cutoff=0.7)
    if word in keywords:
        what = f'"{word}" can\'t stand here'
        remedy = "A feature starts with Feature:, then Background:, then each Scenario: with its steps."
        if word in ("Scenario", "Background", "Rule", "Examples", "Feature") and not re.match(rf"{word}[^:]*:", text):
            what, remedy = f'this looks like a heading without ":" after {word}', f"Write {word}: and the name."
        return Problem("feature-syntax", what, where, remedy=remedy, excerpt=excerpt)
    remedy = f"Did you mean: {near[0]}" if near else "A line of a scenario starts with Given, When, Then, And, But or |."
    return Problem("step-keyword", f'"{word}" is not a word that can start a line here', where, remedy=remedy, excerpt=excerpt)


def _feature(data: dict[str, Any], shown: str, lines: tuple[str, ...]) -> WrittenFeature:
    background: tuple[WrittenStep, ...] = ()
    scenarios: list[WrittenScenario] = []
    for child in data["children"]:
        if "background" in child:
            background += _steps(child["background"]["steps"])
        elif "scenario" in child:
            scenarios.append(_scenario(child["scenario"], background, (), "", lines))
        else:
            rule = child["rule"]
            inner, tags = background, _tags(rule["tags"])
            for grandchild in rule["children"]:
                if "background" in grandchild:
                    inner += _steps(grandchild["background"]["steps"])
                else:
                    scenarios.append(_scenario(grandchild["scenario"], inner, tags, rule["name"], lines))
    return WrittenFeature(
        path=shown,
        name=data["name"],
        line=data["location"]["line"],
        description=_description(data, lines),
        tags=_tags(data["tags"]),
        background=background,
        scenarios=tuple(scenarios),
        lines=lines,
        described=tuple(sorted(_described({"feature": data}, lines))),
        language=data["language"],
    )


_HOLDERS = {"feature": "Feature", "rule": "Rule", "background": "Background", "scenario": "Scenario"}


def _described(child: dict[str, Any], lines: tuple[str, ...]) -> Iterator[tuple[int, str, str]]:
    for key, holder in _HOLDERS.items():
        part = child.get(key)
        if part:
            yield from ((*line, holder) for line in _description(part, lines))
            for inner in part.get("children", ()):
                yield from _described(inner, lines)
            for examples in part.get("examples", ()):
                yield from ((*line, "Examples") for line in _description(examples, lines))


def _scenario(
    data: dict[str, Any], background: tuple[WrittenStep, ...], inherited: tuple[WrittenTag, ...], rule: str, lines: tuple[str, ...]
) -> WrittenScenario:
    examples = tuple(
        WrittenExamples(e["name"], e["location"]["line"], _tags(e["tags"]), _examples_table(e)) for e in data["examples"]
    )
    return WrittenScenario(
        name=data["name"],
        keyword=data["keyword"],
        line=data["location"]["line"],
        description=_description(data, lines),
        tags=_tags(data["tags"]) + inherited,
        background=background,
        steps=_steps(data["steps"]),
        examples=examples,
        rule=rule,
    )


def _description(data: dict[str, Any], lines: tuple[str, ...]) -> tuple[tuple[int, str], ...]:
    """The description's lines with their numbers; the parser gives its text without a place."""
    wanted = [line.strip() for line in (data.get("description") or "").splitlines() if line.strip()]
    found: list[tuple[int, str]] = []
    number = data["location"]["line"]
    for text in wanted:
        number = next((n for n in range(number + 1, len(lines) + 1) if lines[n - 1].strip() == text), number)
        found.append((number, text))
    return tuple(found)


def _tags(data: list[dict[str, Any]]) -> tuple[WrittenTag, ...]:
    return tuple(WrittenTag(t["name"].lstrip("@"), t["location"]["line"], t["location"]["column"]) for t in data)


def _steps(data: list[dict[str, Any]]) -> tuple[WrittenStep, ...]:
    steps: list[WrittenStep] = []
    kind: Kind = ""
    for step in data:
        kind = _KIND_OF.get(step["keywordType"], kind)
        table = step.get("dataTable")
        place = step["location"]
        steps.append(
            WrittenStep(
                keyword=step["keyword"].strip(),
                kind=kind,
                text=step["text"],
                line=place["line"],
                column=place["column"],
                table=_table(table["rows"]) if table else None,
                docstring=step["docString"]["content"] if step.get("docString") else None,
                docstring_at=_place(step["docString"]) if step.get("docString") else (0, 0),
            )
        )
    return tuple(steps)


def _place(node: dict[str, Any]) -> tuple[int, int]:
    return node["location"]["line"], node["location"]["column"]


def _table(rows: list[dict[str, Any]]) -> WrittenTable:
    header, *body = (_row(row) for row in rows)
    return WrittenTable(header, tuple(body))


def _row(row: dict[str, Any]) -> tuple[Cell, ...]:
    return tuple(Cell(c["value"], c["location"]["line"], c["location"]["column"]) for c in row["cells"])


def _examples_table(data: dict[str, Any]) -> WrittenTable | None:
    header = data.get("tableHeader")
    return WrittenTable(_row(header), tuple(_row(r) for r in data.get("tableBody", []))) if header else None


def _render_step(step: WrittenStep, values: Mapping[str, str]) -> WrittenStep:
    if not values:
        return step
    rows = (step.table.header, *step.table.rows) if step.table else ()
    if "<" not in step.text and "<" not in (step.docstring or "") and not any("<" in c.value for row in rows for c in row):
        return step
    table = step.table and WrittenTable(
        tuple(_render_cell(c, values) for c in step.table.header),
        tuple(tuple(_render_cell(c, values) for c in row) for row in step.table.rows),
    )
    docstring = None if step.docstring is None else render(step.docstring, values)
    return WrittenStep(step.keyword, step.kind, render(step.text, values), step.line, step.column, table, docstring, step.docstring_at)


def _render_cell(cell: Cell, values: Mapping[str, str]) -> Cell:
    return Cell(render(cell.value, values), cell.line, cell.column) if "<" in cell.value else cell


def _cases(feature: WrittenFeature) -> Iterator[Case]:
    used: dict[str, int] = {}
    for scenario in feature.scenarios:
        tags = tuple(dict.fromkeys(t.name for t in (*scenario.tags, *feature.tags)))
        if not scenario.outline:
            yield Case(scenario, _unique(scenario.id, used), "", scenario.line, 0, (), tags)
            continue
        ordinal = 0
        for examples in scenario.examples:
            own = tuple(dict.fromkeys((*tags, *(t.name for t in examples.tags))))
            for row in examples.table.rows if examples.table else ():
                assert examples.table is not None
                values = tuple(zip((c.value for c in examples.table.header), (c.value for c in row), strict=True))
                case = dict(values).get("case") or f"row {ordinal + 1}"
                node = _unique(f"{scenario.id}[{case}]", used)
                yield Case(scenario, node, case, row[0].line if row else examples.line, ordinal, values, own)
                ordinal += 1


def _unique(node: str, used: dict[str, int]) -> str:
    """Names must not end the test runner's path, and no two may be equal."""
    node = node.replace("::", ":")
    used[node] = used.get(node, 0) + 1
    return node if used[node] == 1 else f"{node} ({used[node]})"
