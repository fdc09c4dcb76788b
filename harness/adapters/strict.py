"""Strict reading of a written mapping: every word known, every place remembered, every mistake collected."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from reference_engine.plans.document import Node
from reference_engine.problems import Problem, did_you_mean

T = TypeVar("T")
_NAMED = "Write each value behind its name and a colon."


class Section:
    """One mapping of a document whose words must all be known.

    Take the parts one by one, then call `close`, which reports the words that nobody took.
    """

    def __init__(self, node: Node, what: str, problems: list[Problem]) -> None:
        self.node, self.what, self.problems = node, what, problems
        self._taken: list[str] = []
        self.sound = node.is_mapping
        if not node.is_mapping:
            hint = f"Write it with its names, like {{column: {node.text()}}}." if node.text() else _NAMED
            self.problem(
                "mapping-form", f"{what} must be names and values, not {node.kind}.", node, remedy=hint
            )

    def problem(
        self, slug: str, what: str, node: Node | None = None, *, why: str = "", remedy: str = ""
    ) -> None:
        self.problems.append(Problem(slug, what, (node or self.node).where, why, remedy))

    def take(self, name: str, *, must: bool = False) -> Node | None:
        """The part called `name`; None where it isn't there, which is a Problem if it must be."""
        self._taken.append(name)
        node = self.node.get(name)
        if node is None and must and self.sound:
            self.problem("mapping-missing", f'{self.what} has no "{name}".', remedy=f'Add "{name}:".')
        return node

    def text(self, name: str, default: str = "", *, must: bool = False) -> str:
        """A part that is text and not blank."""
        node = self.take(name, must=must)
        if node is None:
            return default
        if not node.is_text or not node.text():
            self.problem(
                "mapping-form",
                f'"{name}" must be text, not {node.kind if not node.is_text else "blank"}.',
                node,
                remedy=f'Fill in "{name}", or remove the line.'
                if node.is_text
                else f"Write one word or sentence behind  {name}:",
            )
            return default
        return node.text()

    def choice(self, name: str, choices: Iterable[str], default: str) -> str:
        """A part that is one of a few words."""
        known = tuple(choices)
        node = self.take(name)
        if node is None:
            return default
        if node.text() not in known:
            self.problem(
                "mapping-word",
                f'{name}: "{node.text()}" isn\'t known here.',
                node,
                remedy=did_you_mean(node.text(), known),
            )
            return default
        return node.text()

    def yes_no(self, name: str, default: bool) -> bool:
        return self.choice(name, ("yes", "no"), "yes" if default else "no") == "yes"

    def count(self, name: str, default: int = 0) -> int:
        """A part that is a whole number from 0."""
        node = self.take(name)
        if node is None:
            return default
        if not (node.text().isascii() and node.text().isdigit()):
            self.problem(
                "mapping-form", f'"{name}" must be a whole number.', node, remedy="Write digits only, like 2."
            )
            return default
        return int(node.text())

    def texts(self, name: str) -> tuple[str, ...]:
        """A part that is one text or a list of texts."""
        node = self.take(name)
        return () if node is None else self.texts_of(node, name)

    def texts_of(self, node: Node, name: str) -> tuple[str, ...]:
        parts = (node,) if node.is_text else node.nodes()
        if not parts or not all(p.is_text for p in parts):
            self.problem(
                "mapping-form",
                f'"{name}" must be text or a list of texts.',
                node,
                remedy=f"Write one word, like  {name}: A,  or a list of them, like  {name}: [A, B].",
            )
            return ()
        return tuple(p.text() for p in parts)

    def entries(self, name: str, read: Callable[[str, Node], T | None], *, must: bool = False) -> list[T]:
        """A part that is a mapping of names: each entry read by `read`."""
        node = self.take(name, must=must)
        if node is None:
            return []
        if not node.is_mapping:
            self.problem(
                "mapping-form", f'"{name}" must be names and values, not {node.kind}.', node, remedy=_NAMED
            )
            return []
        return [out for key, value in node.items() if (out := read(key, value)) is not None]

    def close(self) -> None:
        """Reports every word that isn't known here."""
        for name, _ in self.node.items():
            if name not in self._taken:
                self.problems.append(
                    Problem(
                        "mapping-word",
                        f'"{name}" isn\'t known in {self.what}.',
                        self.node.key_where(name),
                        "A word that nobody reads could be a setting that you rely on.",
                        did_you_mean(name, self._taken),
                    )
                )
