"""How a mapping says which rows of a file are results: columns that are rows, rows in force on a day, rows that add up others."""

from __future__ import annotations

from harness.adapters.cultures import NotReadable, date_reader
from harness.adapters.mapping import InForce, TotalRows
from harness.adapters.strict import Section
from harness.adapters.wide import Wide
from reference_engine.problems import Problem


def wide_of(part: Section, problems: list[Problem]) -> Wide | None:
    """Reads  wide:  of a grain, for tables with one column for each period."""
    node = part.take("wide")
    if node is None:
        return None
    before = len(problems)
    inner = Section(node, "wide", problems)
    name, value = inner.text("name", must=True), inner.text("value", must=True)
    columns, left_out = inner.texts("columns"), inner.texts("left out")
    totals = dict(inner.entries("totals", lambda n, v: (n, inner.texts_of(v, n))))
    blank = inner.choice("blank cells", ("are blank", "have no row"), "are blank") == "have no row"
    inner.close()
    if not columns and inner.sound:
        inner.problem("mapping-missing", "wide names no columns.", remedy="Write  columns: [Jan 24, Feb 24],  as they stand in the header.")
    for total, parts in totals.items():
        for one in parts:
            if one not in columns:
                inner.problem("mapping-word", f'"{total}" adds up "{one}", which is none of the columns.', node.get("totals"), remedy="Name columns that are listed under  columns.")
    return Wide(name, value, columns, totals, left_out, blank, node.where) if len(problems) == before else None


def in_force_of(part: Section, problems: list[Problem]) -> InForce | None:
    """Reads  in force:  of a grain, for effective-dated tables."""
    node = part.take("in force")
    if node is None:
        return None
    before = len(problems)
    inner = Section(node, "in force", problems)
    first, last = inner.texts("from"), inner.texts("to")
    day, for_ever = inner.text("on", must=True), inner.texts("for ever")
    inner.close()
    if inner.sound and not (first and last):
        inner.problem("mapping-missing", "in force needs the columns of the first and the last day.", remedy="Write  {from: EffStart_, to: EffEnd_, on: 2026-03-31}.")
    try:
        day = date_reader("year first")(day) if day else day
    except NotReadable as error:
        inner.problem("mapping-form", error.what, node.get("on"), remedy="Write a day like 2026-03-31.")
    return InForce(first, last, day, for_ever, node.where) if len(problems) == before else None


def total_rows_of(part: Section, problems: list[Problem]) -> TotalRows | None:
    """Reads  total rows:  of a grain."""
    node = part.take("total rows")
    if node is None:
        return None
    before = len(problems)
    inner = Section(node, "total rows", problems)
    column, words = inner.text("column", must=True), inner.texts("are")
    inner.close()
    if inner.sound and not words:
        inner.problem("mapping-missing", "total rows doesn't say what they are called.", remedy="Write  {column: Order, are: [Total, Grand Total]}.")
    return TotalRows(column, words, node.where) if len(problems) == before else None
