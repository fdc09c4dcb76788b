"""Plain data from a record file becomes the frozen record, strictly: nothing is guessed, every slip is a
Problem.
"""

from __future__ import annotations

import dataclasses
import re
import types
from collections.abc import Callable, Mapping
from functools import cache
from operator import attrgetter
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from reference_engine.problems import Problem, Where, did_you_mean

T = TypeVar("T")
AMOUNT = re.compile(r"(-?\d+(\.\d+|/[1-9]\d*)?)?\Z", re.ASCII)
"""The form of an amount in a record: -1234.50, 100/3 or blank."""
_HINT = "Write the record again by running the same command; a record isn't meant to be edited by hand."


class Reader:
    """Reads one record file's data; `problems` gathers what is wrong with it."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.where = Where(file)
        self.problems = problems

    def read(self, data: object, kind: type[T], path: str) -> T | None:
        """The value of dataclass `kind` in `data`, or None after at least one Problem."""
        before = len(self.problems)
        value = self._dataclass(data, kind, path)
        return None if len(self.problems) > before else value

    def wrong(self, what: str, remedy: str = _HINT) -> None:
        self.problems.append(Problem("record-broken", what, self.where, "The report would be wrong.", remedy))

    def _dataclass(self, data: object, kind: Any, path: str) -> Any:
        if not isinstance(data, dict):
            self.wrong(f"{path} must be an object with named parts, and is {_shown(data)}")
            return None
        fields = fields_of(kind)
        for name in data:
            if name not in fields:
                self.wrong(f'{path} has the unknown part "{name}"', did_you_mean(str(name), fields, _HINT))
        values: dict[str, Any] = {}
        for name, (attribute, hint, optional) in fields.items():
            if name not in data:
                if not optional:
                    self.wrong(f'{path} lacks the part "{name}"')
                    values[attribute] = None
                continue
            value = data[name]
            plain_text = hint is str and type(value) is str
            values[attribute] = value if plain_text else self._value(value, hint, f"{path}.{name}")
        return kind(**values)

    def _value(self, data: object, hint: Any, path: str) -> Any:
        origin = _origin(hint)
        if origin is Annotated:
            if not isinstance(data, str) or not AMOUNT.match(data):
                self.wrong(f"{path} must be exact decimal text like 1234.50, and is {_shown(data)}")
            return data
        if origin is Literal:
            if data not in get_args(hint):
                self.wrong(f"{path} is {_shown(data)}", did_you_mean(str(data), get_args(hint)))
            return data
        if origin is tuple:
            item = get_args(hint)[0]
            return tuple(self._value(v, item, f"{path}[{i}]") for i, v in enumerate(self._list(data, path)))
        if origin is Mapping:
            return self._mapping(data, get_args(hint)[1], path)
        if origin in (Union, types.UnionType):
            inner = next(arg for arg in get_args(hint) if arg is not type(None))
            return None if data is None else self._value(data, inner, path)
        if dataclasses.is_dataclass(hint):
            return self._dataclass(data, hint, path)
        if type(data) is not hint:
            self.wrong(f"{path} must be {'a whole number' if hint is int else 'text'}, and is {_shown(data)}")
        elif hint is int and isinstance(data, int) and data < 0:
            self.wrong(f"{path} can't be negative, and is {data}")
        return data

    def _list(self, data: object, path: str) -> list[object]:
        if isinstance(data, list):
            return data
        self.wrong(f"{path} must be a list, and is {_shown(data)}")
        return []

    def _mapping(self, data: object, item: Any, path: str) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.wrong(f"{path} must be an object with named parts, and is {_shown(data)}")
            return {}
        if item is str and all(type(value) is str for value in data.values()):
            return data
        return {str(name): self._value(value, item, f'{path}."{name}"') for name, value in data.items()}


@cache
def fields_of(kind: Any) -> dict[str, tuple[str, Any, bool]]:
    """Names in the file of a record part: to its attribute, its type and whether it may be left out."""
    hints = get_type_hints(kind, include_extras=True)
    return {
        f.name.rstrip("_"): (
            f.name,
            hints[f.name],
            f.default is not dataclasses.MISSING or f.default_factory is not dataclasses.MISSING,
        )
        for f in dataclasses.fields(kind)
    }


def plain(value: Any) -> Any:
    """The same value as plain data for JSON: dataclasses become objects, tuples become lists."""
    kind = type(value)
    if kind is str or kind is int or value is None:
        return value
    if kind is tuple or kind is list:
        return [item if type(item) is str else plain(item) for item in value]
    if dataclasses.is_dataclass(kind):
        names, parts = _shape(kind)
        return {n: v if type(v) is str else plain(v) for n, v in zip(names, parts(value), strict=True)}
    if isinstance(value, dict | Mapping):
        return {name: item if type(item) is str else plain(item) for name, item in value.items()}
    raise TypeError(f"a record holds text and whole numbers, not {type(value).__name__}")


@cache
def _shape(kind: Any) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    """The names of a record part in the file, and what reads all its values at once: a record has many equal parts."""
    fields = fields_of(kind)
    attributes = [attribute for attribute, _, _ in fields.values()]
    if len(attributes) > 1:
        return tuple(fields), attrgetter(*attributes)
    return tuple(fields), lambda value: tuple(getattr(value, name) for name in attributes)


def telling(value: Any) -> Any:
    """The same value as plain data without the parts that say nothing: whatever is as it is when it is left out.

    So a part that a later version adds doesn't change the hash of an older record, which auditors come back to.
    """
    kind = type(value)
    if kind is str or kind is int or value is None:
        return value
    if kind is tuple or kind is list:
        return [item if type(item) is str else telling(item) for item in value]
    if dataclasses.is_dataclass(kind):
        names, parts = _shape(kind)
        rows = zip(names, parts(value), _defaults(kind), strict=True)
        return {n: v if type(v) is str else telling(v) for n, v, default in rows if v != default}
    if isinstance(value, dict | Mapping):
        return {name: item if type(item) is str else telling(item) for name, item in value.items()}
    raise TypeError(f"a record holds text and whole numbers, not {type(value).__name__}")


@cache
def _defaults(kind: Any) -> tuple[Any, ...]:
    """What each part is when it is left out; for one that can't be left out something that no value equals."""
    return tuple(
        f.default if f.default is not dataclasses.MISSING else f.default_factory() if f.default_factory is not dataclasses.MISSING else dataclasses.MISSING
        for f in dataclasses.fields(kind)
    )


@cache
def _origin(hint: Any) -> Any:
    return get_origin(hint)


def _shown(data: object) -> str:
    if data is None:
        return "blank"
    if isinstance(data, dict | list):
        return "a list" if isinstance(data, list) else "an object"
    return f'"{str(data)[:60]}"'
