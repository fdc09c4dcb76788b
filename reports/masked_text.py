"""Finds the names of people in any text, quickly, and the amounts in sentences."""

from __future__ import annotations

import re
from collections.abc import Mapping

from reference_engine.vocabulary.numbers import MINOR_UNITS

PERSON_WORDS = frozenset(
    [
        "payee", "payees", "person", "persons", "people", "employee", "employees", "rep", "reps",
        "salesperson", "salesman", "saleswoman", "seller", "agent", "agents", "owner", "manager",
        "managers", "associate", "worker", "staff", "user", "participant", "recipient", "beneficiary",
        "partner", "retailer", "leader", "approver", "email", "mail", "e-mail", "firstname", "lastname",
        "surname", "fullname",
    ]
)
"""Words in the name of a column that say that it holds people."""
_WORD = re.compile(r"\w+")
_SPLIT = re.compile(r"[^a-z]+")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_BEFORE = re.compile(r"(?:\"|\b(?:" + "|".join(sorted(PERSON_WORDS)) + r")[\s:=]+\"?)\Z", re.IGNORECASE)
_MONEY = "|".join(sorted(MINOR_UNITS))
_AMOUNT = re.compile(
    rf"(?<![\w.,-])[-+\u2212]?(?:\d[\d,]*\.\d+(?![\d%]|\s?%)|\d[\d,]*(?:\.\d+)?(?=\s?(?:{_MONEY})\b)|(?<=[\u20ac$\u00a3\u00a5])\d[\d,]*(?:\.\d+)?)"
)
_DAY = re.compile(r"\d{4}-\d{2}(-\d{2})?\Z|.*%\Z")
_FIGURE = re.compile(rf"[-+\u2212(]?\d[\d.,' ]*\)?(\s?({_MONEY}))?\Z")
HIDDEN = "#"


class Words:
    """Names of people, each with what stands in its place."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.whole = dict(names)
        self._by_word: dict[str, list[tuple[str, int, str]]] = {}
        for name, instead in names.items():
            for form in _forms(name):
                first = _WORD.search(form)
                if first:
                    folded = form.casefold()
                    self._by_word.setdefault(first[0].casefold(), []).append((folded, first.start(), instead))
        for forms in self._by_word.values():
            forms.sort(key=lambda form: -len(form[0]))

    def replaced(self, text: str) -> str:
        """The text with every name replaced; a bare number or a short code only where it is said to be a person."""
        if text in self.whole and not _says_little(text):
            return self.whole[text]
        if "@" in text:
            text = _EMAIL.sub("(e-mail)", text)
        found, end = [], 0
        for word in _WORD.finditer(text):
            if word.start() < end:
                continue
            for form, offset, instead in self._by_word.get(word[0].casefold(), ()):
                start = word.start() - offset
                stop = start + len(form)
                if start < end or text[start:stop].casefold() != form or _inside(text, stop):
                    continue
                if _says_little(form) and not _BEFORE.search(text, max(0, start - 30), start):
                    continue
                found += [text[end:start], instead]
                end = stop
                break
        return "".join([*found, text[end:]]) if found else text


def is_person_column(name: str) -> bool:
    """Whether a column's name says that it holds people."""
    return bool(PERSON_WORDS.intersection(_SPLIT.split(name.casefold())))


def hidden_amounts(text: str) -> str:
    """A sentence without its amounts: what has decimals, or a currency beside it, and is no percentage."""
    return _AMOUNT.sub(HIDDEN, text)


def hidden_cell(cell: str) -> str:
    """A cell of a table without its figure; days, periods and percentages stay."""
    return HIDDEN if _FIGURE.match(cell) and not _DAY.match(cell) else cell


def _forms(name: str) -> set[str]:
    """The ways in which a name is written: also the last name first, and as file names and addresses have it."""
    parts = name.split()
    forms = {name}
    if 1 < len(parts) < 6:
        forms |= {f"{parts[-1]}, {' '.join(parts[:-1])}", f"{parts[-1]} {' '.join(parts[:-1])}"}
        forms |= {sep.join(parts) for sep in (" ", "_", "-", ".", "")}
    return forms


def _says_little(name: str) -> bool:
    return len(name) < 3 or name.replace("-", "").replace(".", "").isdigit()


def _inside(text: str, stop: int) -> bool:
    """Whether a word goes on here."""
    return (
        stop < len(text)
        and (text[stop].isalnum() or text[stop] == "_")
        and (text[stop - 1].isalnum() or text[stop - 1] == "_")
    )
