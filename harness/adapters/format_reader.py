"""How a mapping says how its files are written."""

from __future__ import annotations

from harness.adapters.cultures import CULTURES, DATE_ORDERS, NEGATIVES
from harness.adapters.strict import Section
from harness.adapters.text_format import DELIMITERS, ENCODINGS, QUOTINGS, TextFormat
from reference_engine.plans.document import Node
from reference_engine.problems import Problem, did_you_mean

LAYOUTS = ("delimited", "fixed width", "json")


def format_of(node: Node, base: TextFormat, problems: list[Problem]) -> TextFormat:
    """Reads a format.  base: what holds where it says nothing.  Adds Problems."""
    part = Section(node, "the format", problems)
    delimiter = part.text("delimiter", base.delimiter)
    if delimiter in DELIMITERS:
        delimiter = DELIMITERS[delimiter]
    elif len(delimiter) != 1 or delimiter in '"\r\n\0':
        part.problem(
            "mapping-word",
            f'"{delimiter}" isn\'t a delimiter.',
            node.get("delimiter"),
            remedy=f"Write one character, or {', '.join(DELIMITERS)}.",
        )
        delimiter = ","
    was = "by its columns" if base.header_by_columns else "in the first file" if base.header_once else "yes" if base.header else "no"
    found = part.choice("header", ("yes", "no", "by its columns", "in the first file"), was)
    header = found != "no"
    layout = part.choice("layout", LAYOUTS, base.layout)
    widths = _widths(part) or base.widths
    if (layout == "fixed width") != bool(widths):
        part.problem(
            "mapping-missing",
            "fixed width needs its widths." if not widths else "widths are for a file of fixed width.",
            node,
            why="Where a column ends can't be told." if not widths else "They would change nothing.",
            remedy="Write  widths: [10, 8, 12]." if not widths else "Say  layout: fixed width,  or remove them.",
        )
    columns = part.texts("columns") or base.columns
    if not header and not columns and layout != "json":
        part.problem(
            "mapping-missing",
            "a file without a header needs its column names.",
            remedy='Add "columns: [...]".',
        )
    if header and columns:
        part.problem(
            "mapping-form",
            '"columns" is for a file without a header.',
            remedy='Remove "columns", or say header: no.',
        )
    negative = part.texts("negative") or base.negative
    for word in negative:
        if word not in NEGATIVES:
            part.problem(
                "mapping-word",
                f'"{word}" isn\'t a way to write negative amounts.',
                node.get("negative"),
                remedy=did_you_mean(word, NEGATIVES),
            )
    form = TextFormat(
        delimiter=delimiter,
        encoding=part.choice("encoding", ENCODINGS, base.encoding),
        quoting=part.choice("quoting", QUOTINGS, base.quoting),
        header=header,
        columns=columns,
        skip_first=part.count("skip first lines", base.skip_first),
        skip_last=part.count("skip last rows", base.skip_last),
        culture=part.choice("culture", CULTURES, base.culture),
        dates=part.choice("dates", DATE_ORDERS, base.dates),
        trim=part.yes_no("trim", base.trim),
        negative=tuple(w for w in negative if w in NEGATIVES),
        layout=layout,
        widths=widths,
        header_by_columns=found == "by its columns",
        header_once=found == "in the first file",
        ends_before=part.texts("rows end before") or base.ends_before,
        blank_words=part.texts("words for blank") or base.blank_words,
        cut_off_time=part.choice("time of day", ("refused", "cut off"), "cut off" if base.cut_off_time else "refused") == "cut off",
        sheet=part.text("sheet", base.sheet),
        rows_at=part.text("rows at", base.rows_at),
        most_rows=part.count("rows at most", base.most_rows),
    )
    part.close()
    return form


def _widths(part: Section) -> tuple[int, ...]:
    texts = part.texts("widths")
    if not all(t.isascii() and t.isdigit() and 0 < int(t) <= 10_000 for t in texts):
        part.problem("mapping-form", '"widths" must be whole numbers.', part.node.get("widths"), remedy="Write how many characters each column has, like  widths: [10, 8, 12].")
        return ()
    return tuple(int(t) for t in texts)
