"""An export in several files of one form: payouts-*.csv is read as one table, and every row keeps its own file and line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

from harness.adapters.findings import Findings
from harness.adapters.rows import ResultTable

_DIGITS = re.compile(r"(\d+)")


def is_pattern(name: str) -> bool:
    """Whether a mapping names several files by a star or a question mark."""
    return "*" in name or "?" in name


def fits(name: str, pattern: str) -> bool:
    """Whether a file is the one, or one of those, that a mapping names."""
    return fnmatchcase(name, pattern) if is_pattern(pattern) else name == pattern


def files_of(folder: Path, pattern: str) -> list[Path]:
    """The files that a pattern names, part-2 before part-10; none where the folder has no such file."""
    place = folder / Path(pattern).parent
    name = Path(pattern).name
    found = (
        [p for p in place.iterdir() if p.is_file() and fnmatchcase(p.name, name)] if place.is_dir() else []
    )
    return sorted(
        found, key=lambda p: [(int(t), "") if t.isdigit() else (-1, t) for t in _DIGITS.split(p.name)]
    )


def as_one(
    tables: Sequence[ResultTable], files: Sequence[Path], pattern: str, findings: Findings
) -> ResultTable | None:
    """The tables of several files as one.  Adds a finding and returns None where a file has other columns than the first."""
    first, *others = tables
    sound = True
    for table, file in zip(others, files[1:], strict=True):
        if table.header != first.header:
            sound = False
            theirs, ours = (", ".join(t.header) for t in (table, first))
            findings.add(
                "files-apart",
                f"{file.name} has other columns than {files[0].name}: {theirs} instead of {ours}.",
                why=f'"{pattern}" is read as one table, so all of its files must be of one form.',
                remedy="Export them again with the same columns, or name fewer files in the mapping.",
            )
    if not sound:
        return None
    control: dict[str, int] = {}
    for table in tables:
        for currency, amount in table.control.items():
            control[currency] = control.get(currency, 0) + amount
    return replace(
        first,
        rows=[row for table in tables for row in table.rows],
        decimals={c: d for table in tables for c, d in table.decimals.items()},
        read=sum(table.read for table in tables),
        left_out=sum(table.left_out for table in tables),
        file=pattern,
        codes=_codes(tables),
        notes=tuple(
            dict.fromkeys(
                (
                    f"{pattern} was read as one table from {len(files):,} files.",
                    *(n for t in tables for n in t.notes),
                )
            )
        ),
        unreadable=tuple(bad for table in tables for bad in table.unreadable),
        control=control,
    )


def _codes(tables: Sequence[ResultTable]) -> dict[str, dict[str, str]]:
    """The target's one code for each of our values, where all files agree on it."""
    codes: dict[str, dict[str, str]] = {}
    several: set[tuple[str, str]] = set()
    for table in tables:
        for name, own in table.codes.items():
            known = codes.setdefault(name, {})
            for value, code in own.items():
                if known.setdefault(value, code) != code:
                    several.add((name, value))
    for name, value in several:
        del codes[name][value]
    return codes
