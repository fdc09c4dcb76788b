"""The differences as CSV for people: one file per grain, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re

from reports.difference_types import Difference
from reports.pages.words import side_words
from reports.record_types import Grain, RunRecord

COLUMNS = ("class", "expected", "actual", "difference", "currency", "rule", "base", "rate", "group", "cause")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?%?\Z", re.ASCII)
_STARTS_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def neutral(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: it gets a leading apostrophe, unless it is a number."""
    return "'" + cell if cell.startswith(_STARTS_FORMULA) and not _NUMBER.match(cell) else cell


def differences_csv(record: RunRecord, grain: Grain) -> str:
    """The grain's differences as CSV text, with no cell that a spreadsheet takes for a formula."""
    header, rows = difference_rows(record, grain)
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerows([neutral(cell) for cell in row] for row in (header, *rows))
    return file.getvalue()


def difference_rows(record: RunRecord, grain: Grain) -> tuple[list[str], list[list[str]]]:
    """Header and rows of the grain's differences: its key columns with the target's own codes, then what differs and why."""
    causes = {group.id: group.sentence for group in record.groups}
    # A key column may have the name of one of ours; the target's keeps its own.
    words = side_words(record)
    names = tuple({"expected": words.expected, "actual": words.actual}.get(name, name) for name in COLUMNS)
    ours = tuple(f"trueup {name}" if name in grain.keys else name for name in names)
    rows = [difference for difference in record.differences if difference.grain == grain.name]
    mixed = any(row.other for row in rows)
    others = [[" and ".join(f"{a} {c}" for c, a in row.other.items())] if mixed else [] for row in rows]
    if any(row.also for row in rows):
        others = [[*other, row.also] for other, row in zip(others, rows, strict=True)]
    header = [*grain.keys, *ours, *(["difference in other currencies"] if mixed else [])]
    header += ["what else differs"] if any(row.also for row in rows) else []
    return header, [[*_cells(row, grain, causes), *other] for row, other in zip(rows, others, strict=True)]


def _cells(difference: Difference, grain: Grain, causes: dict[str, str]) -> list[str]:
    ours = difference.ours
    return [
        *(difference.key.get(name, "") for name in grain.keys),
        difference.class_,
        difference.expected,
        difference.actual,
        difference.difference,
        difference.currency,
        ours.rule if ours else "",
        ours.base if ours else "",
        ours.rate if ours else "",
        difference.group,
        causes.get(difference.group, ""),
    ]
