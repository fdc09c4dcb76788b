"""A text column as codes and the names they stand for: millions of rows without millions of Python strings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from reference_engine.columns import Array, is_same, same


class Words:
    """A text column: names[code] for each row.  Nothing can be written into it.

    It stands in for an object array of text wherever the engine keeps one, and becomes one when NumPy asks for it.
    names: no name stands twice.  ordered: whether the names are in the order of text, so that codes sort like them.
    """

    __slots__ = ("codes", "names", "ordered")
    ndim = 1
    strides = (1,)
    dtype = np.dtype(object)

    def __init__(self, codes: Array, names: Names, *, ordered: bool = False) -> None:
        if not isinstance(names, (np.ndarray, Numbered)):
            texts = np.empty(len(names), dtype=object)
            texts[:] = names
            names = texts
        self.codes, self.ordered = codes, ordered
        self.names: Array | Numbered = names

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def size(self) -> int:
        return len(self.codes)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.codes.shape

    def __getitem__(self, index: Any) -> Any:
        codes = self.codes[index]
        if isinstance(codes, np.ndarray):
            return Words(codes, self.names, ordered=self.ordered)
        return str(self.names[int(codes)])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        if isinstance(self.names, np.ndarray):
            out = self.names[self.codes]
        else:
            out = np.empty(len(self.codes), dtype=object)
            out[:] = self.tolist()
        return out if dtype is None else out.astype(dtype)

    def __iter__(self) -> Iterator[str]:
        return iter(self.tolist())

    def __eq__(self, other: object) -> Array:  # type: ignore[override]
        if isinstance(other, str):
            code = self.code(other)
            if code < 0:
                return np.zeros(len(self), dtype=bool)
            result: Array = self.codes == code
            return result
        return np.asarray(np.asarray(self) == np.asarray(other), dtype=bool)

    def __ne__(self, other: object) -> Array:  # type: ignore[override]
        return ~self.__eq__(other)

    __hash__ = None  # type: ignore[assignment]

    def code(self, name: str) -> int:
        """The code of a name; -1 where it is none."""
        if isinstance(self.names, Numbered):
            return self.names.find(name)
        found = np.flatnonzero(self.names == name)
        return int(found[0]) if len(found) else -1

    def tolist(self) -> list[str]:
        if isinstance(self.names, np.ndarray):
            texts: list[str] = self.names[self.codes].tolist()
            return texts
        names = self.names
        return [names[code] for code in self.codes.tolist()]

    def astype(self, dtype: Any) -> Array:
        return np.asarray(self).astype(dtype)

    def copy(self) -> Words:
        return Words(self.codes.copy(), self.names, ordered=self.ordered)


@dataclass(frozen=True)
class Numbered(Sequence[str]):
    """Names that are a prefix and a number of so many digits, none of which is kept."""

    prefix: str
    size: int
    digits: int = 8

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self.size))]
        if not 0 <= index < self.size:
            raise IndexError(index)
        return f"{self.prefix}{index:0{self.digits}d}"

    def find(self, name: str) -> int:
        """The position of a name; -1 where it is none."""
        number = name.removeprefix(self.prefix)
        code = int(number) if number.isascii() and number.isdigit() else -1
        return code if 0 <= code < self.size and self[code] == name else -1


Names = Sequence[str] | Array | Numbered


def column(codes: Array, names: Names, *, ordered: bool = False) -> Array:
    """A text column of codes, for whatever takes an object array of text."""
    return cast(Array, Words(codes, names, ordered=ordered))


def coded(texts: Array) -> Words:
    """Any text column as codes and names, the names in the order in which they first stand."""
    found = as_words(texts)
    if found is not None:
        return found
    if is_same(texts):
        return Words(same(0, texts.size, np.int32), [texts.item(0)], ordered=True)
    listed = texts.tolist()
    code = {text: position for position, text in enumerate(dict.fromkeys(listed))}
    return Words(np.fromiter(map(code.__getitem__, listed), np.int32, len(listed)), list(code))


def as_words(texts: object) -> Words | None:
    """The column as codes and names, if it is one."""
    return texts if isinstance(texts, Words) else None


def _only(texts: Array) -> str | None:
    """The one text of a column that keeps one for all; None for other columns."""
    return texts.item(0) if as_words(texts) is None and is_same(texts) else None


def same_names(one: Words, other: Words) -> bool:
    """Whether equal codes of two columns mean the same text."""
    a, b = one.names, other.names
    return a is b or (isinstance(a, Numbered) and isinstance(b, Numbered) and a == b)


def distinct(texts: Array) -> list[str]:
    """The different texts of a column, in the order in which they first stand."""
    words = as_words(texts)
    if words is None:
        return [texts.item(0)] if is_same(texts) else list(dict.fromkeys(texts.tolist()))
    first = np.full(len(words.names), -1, dtype=np.int64)
    first[words.codes[::-1]] = np.arange(len(words))[::-1]
    found = np.flatnonzero(first >= 0)
    order = found[np.argsort(first[found], kind="stable")]
    if isinstance(words.names, np.ndarray):
        found_names: list[str] = words.names[order].tolist()
        return found_names
    return [words.names[code] for code in order.tolist()]


def joined(columns: Sequence[Array]) -> Array:
    """Text columns one after the other; codes where all are codes or one text for all."""
    columns = [c for c in columns if len(c)] or list(columns[:1])
    if len(columns) == 1:
        return columns[0]
    if all(as_words(c) is None and is_same(c) for c in columns) and len({*map(_only, columns)}) == 1:
        return same(_only(columns[0]), sum(len(c) for c in columns))
    words = [
        w for c in columns if (w := as_words(c) or (coded(c) if is_same(c) else None)) is not None
    ]
    if not columns or len(words) < len(columns):
        return np.concatenate([np.asarray(c) for c in columns])
    first = words[0]
    if all(same_names(w, first) for w in words):
        return column(np.concatenate([w.codes for w in words]), first.names, ordered=first.ordered)
    names: dict[str, int] = {}
    codes: list[Array] = []
    for w in words:
        if len(w.names) > max(1000, len(w)):
            return np.concatenate([np.asarray(c) for c in columns])
        place = np.array([names.setdefault(n, len(names)) for n in w.names], dtype=np.int32)
        codes.append(place[w.codes])
    return column(np.concatenate(codes), list(names))
