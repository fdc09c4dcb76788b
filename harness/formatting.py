"""Feature files in one form: indentation, aligned tables, blank lines, straight quotes.  What they mean stays as it is.

Two passes.  `repaired` mends steps and cells that can't be understood as they stand and can once their quotes and blanks
are the plain ones.  `laid_out` changes white space only, and proves it: both texts must be read as the same feature.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.feature_repairs import repaired
from harness.feature_tables import aligned, behind, raw_cells
from harness.features import WrittenFeature, parse_feature, read_feature
from reference_engine.problems import Problem, Stopped, Where

_TAG_COMMENT = re.compile(r"\s#")
_HEADINGS = {"FeatureLine": 0, "RuleLine": 1, "BackgroundLine": 1, "ScenarioLine": 1, "ExamplesLine": 2}
_INDENT = "  "


@dataclass(frozen=True, slots=True)
class Formatted:
    """One feature file before and after.  text: None where it can't be read."""

    path: Path
    before: bytes
    text: str | None

    @property
    def changed(self) -> bool:
        return self.text is not None and self.text.encode() != self.before


@dataclass(slots=True)
class _Line:
    """One line of the file.  kind: the parser's name of it; text: without indentation; level: its indentation."""

    kind: str
    text: str
    level: int = 0
    raw: str = ""


def format_file(path: Path, problems: list[Problem]) -> Formatted:
    """Reads a feature file and gives it the one form; a file that can't be read gets Problems and stays as it is."""
    feature = read_feature(path, problems)
    return Formatted(path, path.read_bytes(), _formed(feature)) if feature is not None else Formatted(path, b"", None)


def format_text(text: str, shown: str, problems: list[Problem]) -> str | None:
    """The feature in the one form; None, with Problems, where it can't be read."""
    feature = parse_feature(text, shown, problems)
    return None if feature is None else _formed(feature)


def _formed(feature: WrittenFeature) -> str:
    return laid_out(repaired(feature), feature.path)


def laid_out(text: str, shown: str) -> str:
    """The same feature with other white space.  Raises Stopped where it would come out as another one."""
    lines = _spaced(_read(text))
    _indent(lines)
    _align_tables(lines)
    new = "".join(f"{_INDENT * line.level}{line.text}\n" for line in lines)
    if meaning(new) != meaning(text):
        what = "formatting would change what this feature says"
        raise Stopped(
            Problem("format-unsafe", what, Where(shown), "The file was left as it is.", "Please report it as a defect of trueup.")
        )
    return new


def meaning(text: str) -> Any:
    """What a feature says: all that the parser reads of it but places, and white space where it states nothing."""
    from gherkin.parser import Parser

    return _said(Parser().parse("\n".join(text.splitlines()) + "\n"))


def _read(text: str) -> list[_Line]:
    """Every line of the file with what the parser takes it for."""
    from gherkin.parser import Parser

    source = text.splitlines()
    tokens: Any = _Tokens()
    Parser(tokens).parse("\n".join(source) + "\n")
    lines = []
    in_block = False
    for token in tokens.found:
        number = token.location["line"]
        if number <= len(source):
            raw, kind = source[number - 1], token.matched_type
            in_block ^= kind == "DocStringSeparator"
            # In a description the parser takes a blank line for text.
            kind = "Empty" if kind == "Other" and not in_block and not raw.strip() else kind
            lines.append(_Line(kind, _one_line(token, raw.strip()), raw=raw))
    return lines


class _Tokens:
    """What the parser calls in place of a builder of trees: keeps each line in its order."""

    def __init__(self) -> None:
        self.found: list[Any] = []

    def reset(self) -> None:
        self.found = []

    def build(self, token: Any) -> None:
        self.found.append(token)

    def start_rule(self, rule: str) -> None:
        pass

    def end_rule(self, rule: str) -> None:
        pass

    def get_result(self) -> list[Any]:
        return self.found


def _one_line(token: Any, text: str) -> str:
    """The line without its indentation, with one blank where one is meant."""
    kind = token.matched_type
    if kind == "Language":
        return f"# language: {token.matched_text}"
    if kind in _HEADINGS:
        return f"{token.matched_keyword}: {token.matched_text}".rstrip()
    if kind == "StepLine":
        return f"{token.matched_keyword}{token.matched_text}"
    if kind == "TagLine":
        tags = " ".join(item["text"] for item in token.matched_items)
        parts = _TAG_COMMENT.split(text, maxsplit=1)
        return f"{tags} #{parts[1]}" if len(parts) > 1 else tags
    return text


def _indent(lines: list[_Line]) -> None:
    """Gives each line its level; those in a text block and in a description keep their own form within it."""
    in_rule = 0
    level = 0
    index = 0
    while index < len(lines):
        line = lines[index]
        if line.kind in _HEADINGS:
            in_rule = 1 if line.kind == "RuleLine" else in_rule
            level = _HEADINGS[line.kind] + (in_rule if line.kind not in ("RuleLine", "FeatureLine") else 0)
            line.level = level
            level += 1
        elif line.kind == "StepLine":
            line.level = 2 + in_rule
            level = line.level + 1
        elif line.kind == "TableRow":
            line.level = level
        elif line.kind == "DocStringSeparator":
            line.level = level
            index = _text_block(lines, index, level)
        elif line.kind == "Other":
            index = _description(lines, index, level)
        index += 1
    _indent_above(lines)


def _text_block(lines: list[_Line], start: int, level: int) -> int:
    """Moves the lines of a text block together.  Returns the place of its last quotes."""
    removed = len(lines[start].raw) - len(lines[start].raw.lstrip())
    end = next(i for i in range(start + 1, len(lines)) if lines[i].kind == "DocStringSeparator")
    lines[end].level = level
    for line in lines[start + 1 : end]:
        own = len(line.raw) - len(line.raw.lstrip())
        # The parser takes away the indentation of the quotes, or all there is where there is less.
        line.text = line.raw[removed:] if removed <= own else line.raw.lstrip()
        line.kind, line.level = "InBlock", level if line.text else 0
    return end


def _description(lines: list[_Line], start: int, level: int) -> int:
    """Moves the lines of a description together.  Returns the place of the last of them."""
    end = start
    while end < len(lines) and lines[end].kind in ("Other", "Empty"):
        end += 1
    block = [line for line in lines[start:end] if line.kind == "Other"]
    raws = [line.raw.rstrip().expandtabs(4).replace("\u00a0", " ") for line in block]
    least = min(len(raw) - len(raw.lstrip()) for raw in raws)
    for line, raw in zip(block, raws, strict=True):
        own = len(raw) - len(raw.lstrip())
        line.text, line.level = " " * (own - least) + line.raw.strip(), level
    return end - 1


def _indent_above(lines: list[_Line]) -> None:
    """Comments and tags stand as the line does that they belong to: the next one, or the one above before a blank line."""
    below = 0
    for index in range(len(lines) - 1, -1, -1):
        line = lines[index]
        if line.kind in ("Comment", "TagLine"):
            line.level = below
            after = lines[index + 1].kind if index + 1 < len(lines) else "Empty"
            if line.kind == "Comment" and after == "Empty":
                above = _level_above(lines, index)
                line.level = below if above is None else above
        if line.kind != "Empty":
            below = line.level


def _level_above(lines: list[_Line], index: int) -> int | None:
    """The level of the step, table or text that a comment directly follows; None where a blank line or nothing is above."""
    for line in reversed(lines[:index]):
        if line.kind == "Empty":
            return None
        if line.kind != "Comment":
            if line.kind in _HEADINGS:
                return line.level + 1
            return line.level - 1 if line.kind in ("TableRow", "DocStringSeparator") else line.level
    return None


def _align_tables(lines: list[_Line]) -> None:
    table: list[_Line] = []
    for line in [*lines, _Line("End", "")]:
        if line.kind == "TableRow":
            table.append(line)
        elif table and line.kind not in ("Comment", "Empty"):
            for row, text in zip(table, aligned([raw_cells(row.text) for row in table]), strict=True):
                row.text = f"{text} {behind(row.text)}".rstrip()
            table = []


def _spaced(lines: list[_Line]) -> list[_Line]:
    """The lines with one blank line above each heading, none inside a table, and never two."""
    kept = [line for index, line in enumerate(lines) if line.kind != "Empty" or _separates(lines, index)]
    out: list[_Line] = []
    for index, line in enumerate(kept):
        if index and line.kind != "Empty" and kept[index - 1].kind != "Empty" and _begins(kept, index):
            out.append(_Line("Empty", ""))
        out.append(line)
    return out


def _separates(lines: list[_Line], index: int) -> bool:
    """Whether a blank line stands between two parts, as authors use it inside a scenario or a description."""
    if index == 0 or lines[index - 1].kind == "Empty":
        return False
    place = next((i for i in range(index, len(lines)) if lines[i].kind != "Empty"), len(lines))
    if place == len(lines):
        return False
    above, following = lines[index - 1].kind, lines[place]
    if following.kind in ("TableRow", "DocStringSeparator") or above in ("TagLine", "Language"):
        return False
    if above in _HEADINGS:
        return _begins_part(lines, place)
    return True


def _begins(lines: list[_Line], index: int) -> bool:
    """Whether a blank line is missing above this line: a heading's first line, or the first step below a description."""
    above, line = lines[index - 1], lines[index]
    if line.kind == "StepLine":
        return above.kind == "Other"
    if above.kind in ("TagLine", "Comment", "Language"):
        return False
    return _begins_part(lines, index)


def _begins_part(lines: list[_Line], index: int) -> bool:
    """Whether this line is the first of the tags, comments and heading of a part of the feature."""
    for line in lines[index:]:
        if line.kind in ("TagLine", "Comment"):
            continue
        return line.kind in _HEADINGS and line.kind != "FeatureLine"
    return False


_PLACES = ("location", "id", "keywordType")


def _said(part: Any, key: str = "") -> Any:
    if isinstance(part, dict):
        return {k: _said(v, k) for k, v in part.items() if k not in _PLACES}
    if key == "comments":
        return [" ".join(comment["text"].split()) for comment in part]
    if isinstance(part, list):
        return [_said(entry) for entry in part]
    if key == "description":
        return [line.strip() for line in part.splitlines() if line.strip()]
    return part
