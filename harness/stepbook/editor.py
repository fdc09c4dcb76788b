"""What makes the official Cucumber extension of VS Code complete our sentences and underline unknown ones.

The extension reads step definitions as Cucumber Expressions from Python files, and the types in them from the settings.
Our own definitions are none, so a stub is written that only the editor reads.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from harness.adapters.data_folder import write_text
from harness.catalogue import Sentence, catalogue
from harness.stepbook.entries import Entry, entries
from harness.value_types import TYPES
from reference_engine.problems import Problem, Stopped, Where

STUB = Path("features") / "trueup_steps.py"
SETTINGS = Path(".vscode") / "settings.json"
PARAMETERS = "cucumber.parameterTypes"

_NUMBER = r"[-+]?\d[\d,]*(?:\.\d+)?"
_FORMS = {
    "money": rf"{_NUMBER} [A-Z]{{3}}",
    "percent": rf"{_NUMBER}%",
    "date": r"\d{4}-\d{2}-\d{2}",
    "period": r"\d{4}-(?:(?:0[1-9]|1[0-2])[ab]?|W(?:0[1-9]|[1-4]\d|5[0-3])|P\d{2}|Q[1-4]|H[12])|FY\d{4}",
    "n": r"\d+",
    "measure": r"[A-Za-z][\w &/-]*",
    "value": rf"{_NUMBER}(?:%| [A-Z]{{3}})?",
}
_SLOT = re.compile(r'"\{(\w+)\}"|\{(\w+)\}')
_NOT_PLAIN = set("()*.|\\/")
"""The extension takes a definition with one of these for a regular expression or an alternative."""
_OWN = {"int", "float", "word", "string", "double", "bigdecimal", "byte", "short", "long", "biginteger"}
"""Types that Cucumber Expressions have of their own."""


def write_editor_files(folder: Path) -> tuple[Path, Path]:
    """Writes the stub and the settings of a project; other settings stay.  Raises Stopped."""
    stub, place = folder / STUB, folder / SETTINGS
    settings = _merged(place)
    try:
        for path, text in ((stub, stub_text()), (place, settings)):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_text(path, text)
    except OSError as error:
        what = f"the editor's files can't be written: {error.strerror}"
        raise Stopped(Problem("editor-unwritable", what, Where(str(folder)), remedy="Check whether you may write there.")) from None
    return stub, place


def stub_text() -> str:
    """A Python file with each sentence as a Cucumber Expression.  Running it does nothing."""
    lines = [
        '"""The sentences of trueup, for editors alone: completion and warnings.  Nothing runs this file.',
        "",
        "Made by `trueup steps --editor`; make it again after an update of trueup.",
        '"""',
        "",
        "",
        "def given(sentence):",
        "    return lambda function: function",
        "",
        "",
        "when = then = given",
    ]
    for entry in entries():
        s = entry.sentence
        lines += ["", "", f'@{s.kind}("{expression(s)}")', f"def {s.id.lower()}():", *_meaning(entry)]
    return "\n".join(lines) + "\n"


def parameter_types() -> list[dict[str, str]]:
    """The settings' list of types: one for each kind of value, and one for each word that stands for a name."""
    names = {_type_name(name or "", kind or ""): kind or "" for s in catalogue() for name, kind in _SLOT.findall(s.pattern)}
    return [{"name": name, "regexp": _form(kind)} for name, kind in sorted(names.items())]


def expression(s: Sentence) -> str:
    """The sentence as a Cucumber Expression."""
    if _NOT_PLAIN & set(_SLOT.sub("", s.pattern)):
        raise ValueError(f"{s.id}: editors would read one of {' '.join(sorted(_NOT_PLAIN))} in a sentence as something else")
    return _SLOT.sub(lambda m: f"{{{_type_name(m[1] or '', m[2] or '')}}}", s.pattern)


def _type_name(name: str, kind: str) -> str:
    """A name is offered with the other names of its kind, so it has a type of its own; a value has one anyway."""
    return f"{name or kind} name" if name and (name in TYPES or name in _OWN) else name or kind


def _form(kind: str) -> str:
    if not kind:
        return '"[^"]*"'
    if kind in _FORMS:
        return _FORMS[kind]
    words = TYPES[kind].words
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True))).replace(r"\ ", " ") if words else '[^":]+'


def _meaning(entry: Entry) -> list[str]:
    """What an author sees who asks the editor for the definition: meaning, table, example."""
    s = entry.sentence
    said = [s.meaning]
    if len(entry.tables) == 1:
        said += ["", "Table:", *(f"  {c.name}{'' if c.required else ' (optional)'}: {' or '.join(c.choices) or c.form}" for c in entry.tables[0].columns)]
    if s.block:
        said += ["", f"Text block: {s.block}."]
    said += ["", *entry.examples[0].text.splitlines()]
    quoted = [line.replace("\\", "\\\\").replace('"""', '\\"\\"\\"') for line in said]
    return ['    """' + quoted[0], *(f"    {line}".rstrip() for line in quoted[1:]), '    """']


def _merged(place: Path) -> str:
    found: Any = {}
    if place.exists():
        try:
            found = json.loads(place.read_text(encoding="utf-8-sig") or "{}")
        except (OSError, ValueError):
            found = None
    if not isinstance(found, dict) or not isinstance(found.get(PARAMETERS, []), list):
        what = "the settings of the editor can't be read as JSON"
        why = "They may hold comments, which would get lost."
        remedy = f'Move them away, run this again, and put yours back beside "{PARAMETERS}".'
        raise Stopped(Problem("settings-unreadable", what, Where(str(place)), why, remedy))
    ours = parameter_types()
    names = {entry["name"] for entry in ours}
    others = [entry for entry in found.get(PARAMETERS, []) if not (isinstance(entry, dict) and entry.get("name") in names)]
    return json.dumps({**found, PARAMETERS: [*others, *ours]}, ensure_ascii=False, indent=2) + "\n"
