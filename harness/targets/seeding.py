"""From standard tables to the target's own tables, as its profile says."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from harness.targets.profile import Seed, SeedCell, SeedRows
from reference_engine.problems import Problem, Stopped, Where
from reference_engine.vocabulary.numbers import NotANumber, parse_money, parse_percent, plain_number
from reference_engine.vocabulary.tables import TextTable


def seed_rows(seeds: Sequence[Seed], tables: Sequence[TextTable]) -> list[SeedRows]:
    """What is written into each of the target's tables.  Raises Stopped where a table with rows is seeded nowhere.

    A standard table that is missing means no rows: what an earlier test left in the target's table goes all the same.
    """
    problems: list[Problem] = []
    named = {seed.table for seed in seeds}
    for table in tables:
        if table.rows and table.name not in named:
            problems.append(
                Problem(
                    "seed-missing",
                    f"the profile seeds no table from {table.name.replace('_', ' ')}, which has {len(table.rows):,} rows here.",
                    seeds[0].where if seeds else Where(table.file, table.header_line),
                    "The target would calculate without them, and differ for that reason alone.",
                    f"Add an entry with  table: {table.name}  to  seed.",
                )
            )
    if problems:
        raise Stopped(problems)
    return [_rows(seed, [t for t in tables if t.name == seed.table]) for seed in seeds]


def _rows(seed: Seed, tables: Sequence[TextTable]) -> SeedRows:
    rows: list[tuple[str, ...]] = []
    problems: list[Problem] = []
    for table in tables:
        cells = [_filler(cell, table) for cell in seed.columns.values()]
        for number, row in enumerate(table.rows):
            try:
                rows.append(tuple(cell(row) for cell in cells))
            except NotANumber as error:
                where = Where(table.file, table.lines[number] if table.lines else 0)
                problems.append(Problem("not-a-number", error.what, where, f"It can't be seeded into {seed.into} as the profile says.", error.remedy))
    if problems:
        raise Stopped(problems)
    return SeedRows(seed, tuple(seed.columns), rows)


def _filler(cell: SeedCell, table: TextTable) -> Callable[[Sequence[str]], str]:
    if not cell.column:
        return lambda row: cell.constant
    if cell.column not in table.header:
        return lambda row: cell.blank
    at = table.header.index(cell.column)
    form = _FORMS.get(cell.form)
    if form is None:
        return lambda row: row[at] or cell.blank
    return lambda row: form(row[at]) if row[at] else cell.blank


def _number(text: str) -> str:
    """An amount without its currency, a percent without its sign, a number without thousands marks; all digits stay."""
    return text.rpartition(" ")[0].replace(",", "") if text[-3:].isalpha() else text.rstrip("%").strip().replace(",", "")


def _currency(text: str) -> str:
    return parse_money(text, unrounded=True).currency


def _fraction(text: str) -> str:
    value = parse_percent(text).value
    return plain_number(value, next(d for d in range(40) if (value * 10**d).denominator == 1))


_FORMS: dict[str, Callable[[str], str]] = {
    "a number": _number,
    "the currency": _currency,
    "a fraction": _fraction,
    "month first": lambda text: f"{text[5:7]}/{text[8:10]}/{text[:4]}",
    "day first": lambda text: f"{text[8:10]}.{text[5:7]}.{text[:4]}",
}
