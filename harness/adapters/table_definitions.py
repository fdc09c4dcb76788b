"""tables.yaml: standard tables made from files that have other names and columns."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from harness.adapters.cell_spec_reader import code_table
from harness.adapters.cells import Lookups, bind
from harness.adapters.delimited import TextFile, TextFormat, TextRow, read_text_file
from harness.adapters.findings import Findings
from harness.adapters.mapping import Lookup
from harness.adapters.strict import Section
from reference_engine.plans.document import Node, load_yaml
from reference_engine.problems import Problem, did_you_mean
from reference_engine.vocabulary.numbers import MINOR_UNITS, NotANumber, format_number, parse_number
from reference_engine.vocabulary.tables import TABLES, TextTable

DEFINITIONS = "tables.yaml"
FRACTION = "a share of 1"
_Cell = Callable[[Sequence[str]], str]


class _Wrong(ValueError):
    """The cell can't be made into a standard cell.  slug and remedy for its author."""

    def __init__(self, slug: str, what: str, remedy: str) -> None:
        super().__init__(what)
        self.slug, self.remedy = slug, remedy


def read_definitions(path: Path, problems: list[Problem]) -> tuple[dict[str, TextTable], set[str], set[Path]]:
    """Reads a tables.yaml and makes its tables.

    Returns the tables by name, the names that it states (also those with Problems), and the files it reads.
    """
    node = load_yaml(path, problems)
    if node is None:
        return {}, set(), set()
    top = Section(node, DEFINITIONS, problems)
    top.text("about")
    tables: dict[str, TextTable] = {}
    names: set[str] = set()
    maker = _Maker(path.parent, problems)
    for name, definition in top.entries("tables", lambda n, v: (n, v), must=True):
        names.add(name)
        if name not in TABLES:
            top.problem(
                "unknown-table",
                f'"{name}" isn\'t a standard table.',
                definition,
                remedy=did_you_mean(name, TABLES),
            )
            continue
        table = maker.table(name, definition)
        if table is not None:
            tables[name] = table
    top.close()
    return tables, names, maker.used


class _Maker:
    """Makes standard tables from the files that a tables.yaml names.  Each file is read once."""

    def __init__(self, folder: Path, problems: list[Problem]) -> None:
        self.folder, self.problems = folder, problems
        self.files: dict[Path, TextFile | None] = {}
        self.used: set[Path] = set()
        self.lookups = Lookups([folder], problems)

    def table(self, name: str, node: Node) -> TextTable | None:
        before = len(self.problems)
        part = Section(node, f"the table {name}", self.problems)
        file = part.text("file", must=True)
        where = dict(part.entries("where", lambda n, v: (n, part.texts_of(v, n))))
        columns = part.take("columns", must=True)
        part.close()
        if len(self.problems) != before or columns is None:
            return None
        if Path(file).is_absolute():
            part.problem(
                "file-path",
                f'"{file}" is an absolute path.',
                why="The folder could be used on one machine only, and could read what isn't meant for it.",
                remedy="Name the file from the folder on.",
            )
            return None
        # Two dots inside a path would show in every message; they are taken out first.
        path = Path(os.path.normpath(self.folder / file))
        text = self._text(path)
        if text is None:
            return None
        findings = Findings(self.problems, str(path))
        filters = [(bind((c,), text.header, text.header_line, findings), set(v)) for c, v in where.items()]
        cells = self._columns(name, columns, text, findings)
        if len(self.problems) != before:
            return None
        kept = [
            row
            for row in text.rows
            if all(at is not None and row.cells[at] in wanted for at, wanted in filters)
        ]
        rows = [self._row(row, cells, findings) for row in kept]
        findings.close()
        if len(self.problems) != before:
            return None
        return TextTable(
            name, tuple(cells), tuple(rows), str(path), tuple(row.line for row in kept), text.header_line
        )

    def _text(self, path: Path) -> TextFile | None:
        self.used.add(path)
        if path not in self.files:
            findings = Findings(self.problems, str(path))
            self.files[path] = read_text_file(path, TextFormat(encoding="utf-8 with bom"), findings)
            findings.close()
        return self.files[path]

    def _row(self, row: TextRow, cells: Mapping[str, _Cell], findings: Findings) -> tuple[str, ...]:
        out = []
        for name, cell in cells.items():
            try:
                out.append(cell(row.cells))
            except _Wrong as error:
                findings.add(error.slug, f"{name}: {error}", row.line, remedy=error.remedy, row=row.raw)
                out.append("")
        return tuple(out)

    def _columns(self, table: str, node: Node, text: TextFile, findings: Findings) -> dict[str, _Cell]:
        schema = TABLES[table]
        known = [f.name for f in schema.fields]
        part = Section(node, f"the columns of {table}", self.problems)
        cells: dict[str, _Cell] = {}
        for name, definition in node.items():
            if name not in known and not schema.extra_columns:
                part.problem(
                    "unknown-column",
                    f'{table} has no column "{name}".',
                    definition,
                    remedy=did_you_mean(name, known),
                )
                continue
            cell = self._cell(name, definition, text, findings)
            if cell is not None:
                cells[name] = cell
        return cells

    def _cell(self, name: str, node: Node, text: TextFile, findings: Findings) -> _Cell | None:
        part = Section(node, f'"{name}"', self.problems)
        columns = part.texts("column")
        constant = part.take("constant")
        prefix = part.text("prefix")
        map_node = part.take("map")
        codes = code_table(part, map_node) if map_node is not None else None
        lookup_node = part.take("lookup")
        form = part.choice("as", (FRACTION,), "")
        currency = part.choice("currency", MINOR_UNITS, "")
        if lookup_node is not None:
            codes = self._lookup(lookup_node)
        part.close()
        if bool(columns) == (constant is not None):
            part.problem(
                "mapping-missing",
                f'"{name}" needs either a column or a constant.',
                why="With both, one of them would be ignored." if columns else "Its cells would be blank.",
                remedy="Remove one." if columns else 'Add "column:" or "constant:".',
            )
            return None
        if constant is not None:
            value = constant.text()
            return lambda cells: value
        at = bind(columns, text.header, text.header_line, findings)
        if at is None or (lookup_node is not None and codes is None):
            return None
        return _cell_of(at, prefix, codes, form, currency)

    def _lookup(self, node: Node) -> dict[str, str] | None:
        inner = Section(node, "the lookup", self.problems)
        file, source, target = (inner.text(n, must=True) for n in ("file", "from", "to"))
        inner.close()
        if not (file and source and target):
            return None
        self.used.add(Path(os.path.normpath(self.folder / file)))
        return self.lookups.table(Lookup(file, source, target, node.where))


def _cell_of(at: int, prefix: str, codes: Mapping[str, str] | None, form: str, currency: str) -> _Cell:
    def read(cells: Sequence[str]) -> str:
        text = cells[at]
        if codes is not None:
            if text in codes:
                text = codes[text]
            elif text:
                raise _Wrong(
                    "unknown-code",
                    f'"{text}" isn\'t a code that {DEFINITIONS} knows.',
                    did_you_mean(text, codes),
                )
        if not text:
            return ""
        if form == FRACTION:
            text = _percent(text)
        return f"{prefix}{text} {currency}" if currency else prefix + text

    return read


def _percent(text: str) -> str:
    try:
        return format_number(parse_number(text) * Fraction(100)).replace(",", "") + "%"
    except NotANumber as error:
        raise _Wrong("not-a-number", error.what, error.remedy) from None
