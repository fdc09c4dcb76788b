"""Problems: what is wrong with the user's input, where, why it matters and what to do.

A Problem is data.  Code that reads input collects Problems in a list and goes on, so that the user sees
all of them at once.  Exceptions are for bugs, and for `Stopped`, which carries the collected Problems out.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Where:
    """A place in the user's input.

    file: the path as the user named it.  line, column: counted from 1; 0 when the whole file is meant.
    """

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        parts = [self.file or "(input)"]
        if self.line:
            parts.append(str(self.line))
            if self.column:
                parts.append(str(self.column))
        return ":".join(parts)


NOWHERE = Where()


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with the input, in words that its author understands.

    what: one short sentence.  why: why it matters to the pay or the verdict.  remedy: what to do.
    slug: the stable name of this kind of problem, listed in docs/problems.md.
    excerpt: the offending text, one or more lines, as it stands in the input.
    """

    slug: str
    what: str
    where: Where = NOWHERE
    why: str = ""
    remedy: str = ""
    excerpt: str = ""

    def __str__(self) -> str:
        lines = [f"{self.where}: {self.what}"]
        lines += [f"   {text}" for text in self.excerpt.splitlines()]
        if self.why:
            lines.append(f"  {self.why}")
        lines.append(f"  {self.remedy}  [{self.slug}]" if self.remedy else f"  [{self.slug}]")
        return "\n".join(lines)

    def as_dict(self) -> dict[str, object]:
        """The same, as plain data for --json."""
        return {
            "slug": self.slug,
            "file": self.where.file,
            "line": self.where.line,
            "column": self.where.column,
            "what": self.what,
            "why": self.why,
            "remedy": self.remedy,
            "excerpt": self.excerpt,
        }


class Stopped(Exception):
    """The input is wrong and the work can't go on.  Carries every Problem found so far."""

    def __init__(self, problems: Sequence[Problem] | Problem) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n\n".join(str(p) for p in self.problems))


class Unreachable(Stopped):
    """The target system can't be reached or isn't ready (exit code 3)."""


def nearest(word: str, known: Iterable[str], likeness: float = 0.6) -> str:
    """The known word that the given one was probably meant to be, or "".  likeness: from 0 to 1, how near it must be."""
    names = {n.casefold(): n for n in known}
    near = difflib.get_close_matches(word.casefold(), list(names), n=1, cutoff=likeness)
    return names[near[0]] if near else ""


def alike(word: str, known: Iterable[str]) -> str:
    """The known word that differs only in case or white space; "" where the word itself is known, or none is alike."""
    plain = "".join(word.split()).casefold()
    found = ""
    for other in known:
        if other == word:
            return ""
        if not found and plain and "".join(other.split()).casefold() == plain:
            found = other
    return found


def did_you_mean(
    word: str, known: Iterable[str], otherwise: str = "None is stated; state one, or leave this out."
) -> str:
    """A remedy that names the nearest known word, or lists the known ones.  otherwise: where none is known at all."""
    names = list(dict.fromkeys(known))
    near = nearest(word, names)
    if near:
        return f"Did you mean: {near}"
    shown = ", ".join(names[:30]) + (", ..." if len(names) > 30 else "")
    return f"Known here: {shown}." if names else otherwise
