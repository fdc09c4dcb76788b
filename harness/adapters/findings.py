"""Problems of one file: the first fifty in full and a count of the rest."""

from __future__ import annotations

from dataclasses import replace

from reference_engine.problems import Problem, Where

MAX_SHOWN = 50
_MAX_EXCERPT = 160


class Findings:
    """Collects the Problems of one file into the caller's list.  Past `limit` it only counts."""

    def __init__(self, problems: list[Problem], file: str, limit: int = MAX_SHOWN) -> None:
        self.problems = problems
        self.file = file
        self.limit = limit
        self.count = 0
        self._again: dict[str, tuple[int, int]] = {}

    def add(
        self,
        slug: str,
        what: str,
        line: int = 0,
        column: int = 0,
        *,
        why: str = "",
        remedy: str = "",
        row: str = "",
    ) -> None:
        """One finding.  line: of the file; column: number of the cell; row: the text as it stands.

        A code that isn't known is listed where it stands first, with the number of its rows.
        """
        if slug == "unknown-code":
            at, rows = self._again.get(what, (len(self.problems), 0))
            self._again[what] = (at, rows + 1)
            if rows:
                first = self.problems[at] if at < len(self.problems) else None
                if first is not None:
                    self.problems[at] = replace(first, what=f"{what} It stands in {rows + 1:,} rows.")
                return
        self.count += 1
        if self.count <= self.limit:
            excerpt = f"{line:>4} | {shown(row)}" if row and line else ""
            self.problems.append(Problem(slug, what, Where(self.file, line, column), why, remedy, excerpt))

    def close(self) -> None:
        """Says how many findings were not listed."""
        hidden = self.count - self.limit
        if hidden > 0:
            self.problems.append(
                Problem(
                    "more-problems",
                    f"{hidden:,} more problems in this file aren't listed; {self.count:,} in all.",
                    Where(self.file),
                    remedy="Put the first ones right and read the file again; one cause often makes many.",
                )
            )


def shown(text: str) -> str:
    """Text of a file as it may stand in a message: one line, no control characters, not too long."""
    plain = "".join(
        c if c.isprintable() or c == "\t" else "\N{REPLACEMENT CHARACTER}" for c in text.rstrip("\r\n")
    )
    return plain if len(plain) <= _MAX_EXCERPT else plain[:_MAX_EXCERPT] + " ..."
