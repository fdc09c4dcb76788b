"""Tables under steps: named columns with a type each, read strictly, with one message for each slip."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass, replace

from harness.characters import with_blanks_told
from harness.features import Cell, WrittenTable
from harness.value_types import CELLS, RECORD_TABLES, NotAValue
from reference_engine.problems import Problem, Where, did_you_mean
from reference_engine.vocabulary.numbers import Money, NotANumber, Percent, parse_number
from reference_engine.vocabulary.schemas import Field, TableSchema
from reference_engine.vocabulary.tables import TABLES, TextTable

MAX_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what the cells mean, by column.  A blank cell has no entry.  text: the cells as written."""

    values: dict[str, object]
    text: dict[str, str]
    where: Where

    def __contains__(self, column: str) -> bool:
        return column in self.values


@dataclass(frozen=True, slots=True)
class Rows:
    """A table that has been read.  header: the columns that are written."""

    schema: TableSchema
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    where: Where

    def text_table(self, name: str = "") -> TextTable:
        """The same as a standard table of the world."""
        return TextTable(
            name or self.schema.name,
            self.header,
            tuple(tuple(row.text.get(column, "") for column in self.header) for row in self.rows),
            self.where.file,
            tuple(row.where.line for row in self.rows),
            self.where.line,
        )


def schema(name: str, *fields: Field, meaning: str = "") -> TableSchema:
    """The schema of a table that only steps use."""
    return TableSchema(name, fields, (), meaning)


def must(name: str, kind: str = "text", meaning: str = "", choices: tuple[str, ...] = ()) -> Field:
    return Field(name, kind, True, meaning, choices)


def may(name: str, kind: str = "text", meaning: str = "", choices: tuple[str, ...] = ()) -> Field:
    return Field(name, kind, False, meaning, choices)


def _as_deals(name: str, names: dict[str, str], *more: Field) -> TableSchema:
    """Deals under other column names, as business people know them."""
    deals = TABLES["deals"]
    fields = tuple(replace(f, name=names.get(f.name, f.name)) for f in deals.fields)
    return replace(deals, name=name, fields=(*fields[:1], *more, *fields[1:]))


_AS_DEALS = {
    "orders": _as_deals("orders", {"deal": "order", "closed": "date"}),
    "renewals": _as_deals("renewals", {"deal": "renewal", "closed": "date"}, must("of", "text", "the deal that is renewed")),
}


TIERS = schema(
    "tiers",
    must("from", "bound", "where the tier starts: attainment, amount or units"),
    may("to", "bound", "where it ends; open where blank"),
    must("rate", "rate"),
)
CURVE = schema("curve", must("attainment", "percent"), must("payout", "percent", "of the target incentive"))
BONUSES = schema("bonuses", must("attainment", "bound", "from which on it is paid"), must("bonus", "money"))
COMPONENTS = schema(
    "components",
    must("component"),
    must("measure"),
    must("weight", "percent", "of the target incentive; all weights total 100%"),
    must("curve", "text", "linear, or points such as: 50% pays 0%, 100% pays 100%, 150% pays 200%"),
    may("paid only if", "text", "such as: bookings at least 80%, or: margin above 100%"),
)
SETTINGS = schema(
    "plan settings",
    must("setting", choices=("currency", "pay frequency", "measure", "credit date", "attainment base", "proration")),
    must("value"),
)
CONVENTIONS = schema("conventions", must("convention"), must("reading"))
MEASURES_TABLE = schema(
    "measures",
    must("measure", "text", "its name"),
    must("of", "text", "what it counts: bookings, revenue, margin, cash, units"),
    may("where", "text", "a condition over the record, such as: type = \"new\""),
    may("value", "text", "what a record is worth instead of its amount"),
    may("count", "text", "records, or distinct account"),
    may("accumulate", choices=("period", "quarter", "half-year", "year")),
)
CHANGES = schema(
    "changes",
    must("setting", "text", "rate, rate above 120%, rate from 100% to 120%, or rate up to 100%"),
    must("before"),
    must("after"),
)
LIMITS = schema(
    "limits",
    must("limit", choices=("cap", "floor", "guarantee")),
    must("amount", "money"),
    must("per", choices=("line", "deal", "period", "month", "quarter", "half-year", "year")),
)
FACTORS = schema("factors", must("from", "bound"), must("factor", "text", "1.25 or 125%"))
PRIZES = schema("prizes", must("place", "number"), may("to", "number", "the last place of a span"), must("prize", "money"))
GROWTH = schema("growth", must("from", "bound"), may("to", "bound", "open where blank"), must("rate", "percent"))
RAMP = schema("ramp", must("month", "number", "1 for the first"), must("share", "percent", "of the quota"))
SEASONS = schema("seasons", must("part", "number", "1 for the first"), must("weight", "percent"))
ADJUSTMENTS = replace(
    TABLES["adjustments"],
    fields=tuple(replace(f, required=f.required and f.name != "plan") for f in TABLES["adjustments"].fields),
)
"""Where a payee is on one plan, a scenario need not name it."""
AMENDMENTS = schema(
    "amendments",
    must("field", choices=("amount", "owner")),
    must("before"),
    must("after"),
)
STAGES = schema("stages", must("stage"), must("probability", "percent"))
EXPENSE = schema("expense", must("period", "period"), must("expense", "money"), must("remaining", "money"))
CHANGED = schema("changed payouts", must("payee"), must("before", "money"), must("after", "money"), must("reason"))
TREND = schema("trend", must("period", "period"), may("payee"), must("amount", "amount"))
OBJECTIVES = schema("objectives", must("objective"), must("weight", "percent"), must("result", "percent"))
INCENTIVE = schema(
    "incentive",
    must("product"),
    must("pays", "money"),
    must("per", choices=("unit", "deal")),
    may("limit per payee", "money", "in all, within a year"),
)
SPLIT = schema("split", must("payee"), must("share", "percent"), may("role"))
PROGRAM = schema(
    "program",
    must("product"),
    must("from units", "number"),
    may("to units", "number", "open where blank"),
    must("reward per unit", "money"),
)
LINES = schema(
    "lines",
    must("line"),
    may("base", "base"),
    may("rate", "rate"),
    may("share", "percent", "of the commission, where a deal is divided after the rate"),
    must("amount", "line money"),
)
PAYOUTS = schema("payouts", must("payee"), must("payout", "money"))
CREDITS = schema("credits", must("payee"), must("credit", "base"), may("why", choices=("direct", "overlay", "roll-up")))
ACCOUNT_TERRITORIES = schema("account territories", must("account"), must("territory"), may("owner"), may("why"))
EXCEPTIONS = schema(
    "known differences",
    must("payee"),
    must("difference", "money", "target less expected"),
    must("reason"),
    must("ticket"),
    must("until", "date", "the last day on which it is accepted"),
)

RECORD_SCHEMAS: dict[str, TableSchema] = {
    records: _AS_DEALS.get(records) or TABLES[table] for records, table in RECORD_TABLES.items()
}
"""The schema of `these deals:`, `these invoices:` and so on, by the word."""

_ALL_COLUMNS = frozenset(f.name for table in TABLES.values() for f in table.fields)

SchemaOf = Callable[[dict[str, object]], TableSchema]


def record_schema(values: dict[str, object]) -> TableSchema:
    """The schema that belongs to the {records} of a sentence."""
    return RECORD_SCHEMAS[str(values["records"])]


def read_table(wanted: TableSchema, written: WrittenTable, title: str, file: str, problems: list[Problem]) -> Rows:
    """Reads the table under a step.  title: the step's words, for messages.  Adds a Problem for each slip."""
    before = len(problems)
    header = _header(wanted, written.header, title, file, problems)
    where = Where(file, written.header[0].line if written.header else 0)
    if len(written.rows) > MAX_ROWS:
        what = f'the table under "{title}" has {len(written.rows):,} rows; a feature takes at most {MAX_ROWS:,}'
        remedy = 'Put it in a file and write: Given the data in "<folder>".'
        problems.append(Problem("table-too-long", what, where, "Long tables make scenarios slow and hard to review.", remedy))
    if not written.rows:
        what = f'the table under "{title}" has a header and no rows'
        problems.append(Problem("table-empty", what, where, "Nothing would be stated or compared.", "Add rows, or remove the step."))
    if len(problems) > before and not header:
        return Rows(wanted, (), (), where)
    rows = tuple(_row(wanted, header, cells, title, file, problems) for cells in written.rows)
    return Rows(wanted, tuple(header), rows, where)


def refuse_negative(table: Rows, problems: list[Problem], *columns: str) -> None:
    """A Problem for each cell of the columns that is below zero: it would take money for what is earned."""
    for row in table.rows:
        for column in columns:
            if row.text.get(column, "").startswith("-"):
                problems.append(_negative(f'the {column} "{row.text[column]}"', row.where))


def refuse_negative_value(value: Money | Percent, what: str, where: Where, problems: list[Problem]) -> None:
    """The same for a value of a sentence.  what: its name."""
    if str(value).startswith("-"):
        problems.append(_negative(f"{what} of {value}", where))


def _negative(what: str, where: Where) -> Problem:
    why = "What is meant as pay would be taken from the payee."
    return Problem("amount-negative", f"{what} is below zero", where, why, "Write it without the minus sign, or leave it out.")


def described(wanted: TableSchema) -> str:
    """The columns of a schema in words: required ones, then optional ones."""
    required = ", ".join(wanted.required)
    optional = ", ".join(f.name for f in wanted.fields if not f.required)
    return f"{required}; optional: {optional}" if optional else required


def _header(wanted: TableSchema, cells: tuple[Cell, ...], title: str, file: str, problems: list[Problem]) -> list[str]:
    known = [f.name for f in wanted.fields]
    header: list[str] = []
    for number, cell in enumerate(cells, 1):
        where = Where(file, cell.line, cell.column)
        # A column of one's own may have a name that another standard table knows: the country of a deal.
        own = wanted.extra_columns and cell.value in _ALL_COLUMNS
        near = not own and cell.value not in known and difflib.get_close_matches(cell.value.casefold(), known, n=1, cutoff=0.7)
        # A project may add columns of its own, but one that is nearly a known one is a slip.
        if cell.value not in known and (near or not wanted.extra_columns or not cell.value):
            what = f'column {number}: unknown column "{cell.value}" in "{title}"'
            remedy = f"{did_you_mean(cell.value, known)}. Known: {', '.join(known)}" if near else did_you_mean(cell.value, known)
            problems.append(Problem("unknown-column", what, where, remedy=remedy))
        elif cell.value in header:
            problems.append(Problem("column-twice", f'the column "{cell.value}" stands twice', where, remedy="Remove one."))
        header.append(cell.value)
    place = Where(file, cells[0].line if cells else 0)
    own_names = {cell.value: Where(file, cell.line, cell.column) for cell in cells if cell.value not in known}
    for name in wanted.required:
        if name not in header:
            what = f'"{title}" needs a column "{name}"'
            near = difflib.get_close_matches(name, own_names, n=1, cutoff=0.5)
            meant = f'Did you mean "{name}" by "{near[0]}"? ' if near else ""
            at = own_names[near[0]] if near else place
            problems.append(Problem("missing-column", what, at, remedy=f"{meant}Columns: {described(wanted)}"))
    return header


def _row(
    wanted: TableSchema, header: list[str], cells: tuple[Cell, ...], title: str, file: str, problems: list[Problem]
) -> Row:
    values: dict[str, object] = {}
    text: dict[str, str] = {}
    currency = next((c.value for name, c in zip(header, cells, strict=False) if name == "currency"), "")
    for name, cell in zip(header, cells, strict=False):
        spec = wanted.field(name) or may(name)
        where = Where(file, cell.line, cell.column)
        text[name] = cell.value
        if not cell.value:
            if spec.required:
                what = f'"{title}", column "{name}": the cell is blank'
                problems.append(Problem("blank-cell", what, where, remedy=f"Write {_form(spec)}."))
            continue
        try:
            values[name] = _value(spec, cell.value, currency)
        except NotAValue as error:
            what, remedy = with_blanks_told(error.what, error.remedy)
            what = f'"{title}", column "{name}": {what}'
            problems.append(Problem("wrong-value", what, where, "Nothing can be calculated with it.", remedy))
    return Row(values, text, Where(file, cells[0].line if cells else 0, 0))


def _value(spec: Field, text: str, currency: str) -> object:
    if spec.choices and text not in spec.choices:
        raise NotAValue(f'"{text}" is not one of the words allowed.', did_you_mean(text, spec.choices))
    if spec.kind in ("money", "amount") and currency and not text[-1:].isalpha():
        try:
            parse_number(text)
        except NotANumber as error:
            raise NotAValue(error.what, error.remedy) from None
        return CELLS["money"].read(f"{text} {currency}")
    return CELLS[spec.kind].read(text)


def _form(spec: Field) -> str:
    return " or ".join(spec.choices) if spec.choices else CELLS[spec.kind].form
