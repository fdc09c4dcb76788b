"""What an expression is worth on every row of a scope: all rows at once, exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.expressions.syntax import COMPARISONS, Call, Day, Expression, Name, Number, Text, Tree
from reference_engine.problems import Problem, Where, did_you_mean
from reference_engine.vocabulary.numbers import NotANumber, parse_money, parse_number, parse_percent


@dataclass(frozen=True)
class Column:
    """One value for each row.  kind: number, text, yes/no or date.

    number: `value` with `unit`, its currency in each row ("" for a plain number); present: where there is one, every
    where if None; written: as its author wrote it, where that is known.  The others: `words`.
    """

    kind: str
    words: Array
    value: Exact
    unit: Array
    present: Array | None = None
    written: Array | None = None

    @classmethod
    def number(
        cls, value: Exact, unit: Array | str = "", present: Array | None = None, written: Array | None = None
    ) -> Column:
        units = np.full(len(value), unit, dtype=object) if isinstance(unit, str) else unit
        return cls("number", units, value, units, present, written)

    @classmethod
    def of(cls, kind: str, words: Array) -> Column:
        return cls(kind, words, Exact(np.zeros(len(words), np.int64)), np.full(len(words), "", dtype=object))


class Scope(Protocol):
    """What an expression is evaluated over."""

    def __len__(self) -> int: ...

    def column(self, name: str) -> Column | None:
        """The values of a name; None where there is no such name."""

    def known(self) -> Iterable[str]:
        """Every name, for whoever mistypes one."""

    def row(self, index: int) -> tuple[str, Where]:
        """What a row is called in a message, and where it stands."""

    def fill(self, name: str) -> str:
        """What to do where a value of this name is missing; "" for the usual."""


class _Wrong(Exception):
    def __init__(
        self, what: str, slug: str = "expression", where: Where | None = None, remedy: str = ""
    ) -> None:
        super().__init__(what)
        self.slug, self.where, self.remedy = slug, where, remedy


def number(
    expression: Expression, scope: Scope, where: Where, problems: list[Problem], rows: Array | None = None
) -> Column:
    """The number that an expression is on each row; 0 and a Problem where it can't be.

    rows: a mask of the rows that matter; a division by zero elsewhere is none.
    """
    return _evaluated(expression, scope, where, problems, rows, "number")


def yes(
    expression: Expression, scope: Scope, where: Where, problems: list[Problem], rows: Array | None = None
) -> Array:
    """Where a condition holds: a mask of the rows."""
    out: Array = _evaluated(expression, scope, where, problems, rows, "yes/no").words
    return out


def words(
    expression: Expression, scope: Scope, where: Where, problems: list[Problem], rows: Array | None = None
) -> Array:
    """The text that an expression is on each row, such as a country; a number is written out."""
    active = np.ones(len(scope), dtype=bool) if rows is None else rows
    try:
        found = _Evaluator(scope).value(expression.tree, active)
        if found.kind == "text":
            return found.words
    except _Wrong:
        pass
    return _evaluated(expression, scope, where, problems, rows, "text").words


def as_number(column: Column) -> Column:
    """A text column as numbers if every text in it is one; blanks are missing then."""
    read: dict[str, tuple[object, str]] = {}
    try:
        for word in dict.fromkeys(column.words.tolist()):
            read[word] = _read(word) if word else (0, "")
    except NotANumber:
        return column
    codes = {word: at for at, word in enumerate(read)}
    values = Exact.of([*(v for v, _ in read.values()), 0])  # type: ignore[list-item]
    units = np.array([*(u for _, u in read.values()), ""], dtype=object)
    at = np.array([codes[w] for w in column.words.tolist()], dtype=np.int64)
    return Column.number(values[at], units[at], column.words != "", column.words)


def _evaluated(
    expression: Expression, scope: Scope, where: Where, problems: list[Problem], rows: Array | None, kind: str
) -> Column:
    size = len(scope)
    active = np.ones(size, dtype=bool) if rows is None else rows
    try:
        evaluator = _Evaluator(scope)
        if kind == "yes/no":
            return Column.of(kind, evaluator.truth(expression.tree, active))
        found = (evaluator.number if kind == "number" else evaluator.value)(expression.tree, active)
        if found.kind != kind:
            raise _Wrong(f"it is {_a(found.kind)}, and {_a(kind)} is needed.")
        return found
    except _Wrong as error:
        remedy = error.remedy or "Correct the expression."
        at = expression.where if expression.where.file else where
        place = error.where if error.where is not None and error.where.file else at
        problem = Problem(error.slug, f'"{expression.text}": {error}', place, _why(place, at), remedy)
        if problem not in problems:
            problems.append(problem)
    blank = np.zeros(size, dtype=bool)
    if kind == "number":
        return Column.number(Exact.full(size, 0))
    return Column.of(kind, blank if kind == "yes/no" else np.full(size, "", dtype=object))


def _why(place: Where, asked: Where) -> str:
    return f"The plan asks for it at {asked}." if place != asked else "Nothing can be made of it."


def _a(kind: str) -> str:
    return {"number": "a number", "text": "a text", "yes/no": "a condition", "date": "a date"}[kind]


class _Evaluator:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.size = len(scope)

    def value(self, tree: Tree, active: Array) -> Column:
        if isinstance(tree, Number):
            return Column.number(Exact.full(self.size, tree.value), tree.currency)
        if isinstance(tree, Text):
            return Column.of("text", np.full(self.size, tree.text, dtype=object))
        if isinstance(tree, Day):
            return Column.of("date", np.full(self.size, np.datetime64(tree.day, "D")))
        if isinstance(tree, Name):
            found = self.scope.column(tree.name)
            if found is None:
                known = [n for n in self.scope.known() if _first(n) == _first(tree.name)] or list(
                    self.scope.known()
                )
                minus = " Put blanks around a minus: a - b." if "-" in tree.name else ""
                raise _Wrong(
                    f'there is no "{tree.name}" here.',
                    "unknown-name",
                    remedy=f'{did_you_mean(tree.name, known).rstrip(".")}. If it is a text, put it in quotes: "{tree.name}".{minus}',
                )
            return found
        return self.call(tree, active)

    def written(self, tree: Tree, column: Column, active: Array) -> Column:
        """A number that is asked for must have been written."""
        if column.present is not None and (active & ~column.present).any():
            index = int(np.flatnonzero(active & ~column.present)[0])
            name, where = self.scope.row(index)
            what = f'"{tree.name}"' if isinstance(tree, Name) else "a value"
            remedy = self.scope.fill(tree.name) if isinstance(tree, Name) else ""
            raise _Wrong(f"{what} is missing ({name}).", "missing-value", where, remedy or "Fill it in.")
        return column

    def call(self, tree: Call, active: Array) -> Column:
        function, parts = tree.function, tree.parts
        if function in ("and", "or"):
            first = self.truth(parts[0], active)
            rest = active & (first if function == "and" else ~first)
            second = self.truth(parts[1], rest)
            return Column.of("yes/no", first & second if function == "and" else first | second)
        if function == "not":
            return Column.of("yes/no", ~self.truth(parts[0], active))
        if function == "if":
            chosen = self.truth(parts[0], active)
            return self.chosen(chosen, parts[1], parts[2], active)
        if function == "blank":
            column = self.value(parts[0], active)
            empty = np.isnat(column.words) if column.kind == "date" else column.words == ""
            if column.kind == "number":
                empty = np.zeros(self.size, dtype=bool) if column.present is None else ~column.present
            return Column.of("yes/no", empty)
        if function in COMPARISONS:
            return self.compared(function, parts, active)
        if function in ("begins with", "contains"):
            return self.matched(function, parts, active)
        if function == "days between":
            first, last = (self.date(p, active) for p in parts)
            return Column.number(Exact((last - first).astype(np.int64)))
        return self.arithmetic(function, parts, active)

    # -- kinds ------------------------------------------------------------------------------------------
    def truth(self, tree: Tree, active: Array) -> Array:
        column = self.value(tree, active)
        if column.kind == "text" and set(column.words[active].tolist()) <= {"yes", "no", ""}:
            return np.asarray(column.words == "yes", dtype=bool)
        if column.kind != "yes/no":
            raise _Wrong(f"{_a(column.kind)} stands where a condition is needed.")
        return column.words

    def date(self, tree: Tree, active: Array) -> Array:
        column = self.value(tree, active)
        if column.kind != "date":
            raise _Wrong(f"{_a(column.kind)} stands where a date is needed.")
        missing = np.flatnonzero(np.isnat(column.words) & active)
        if len(missing):
            name, where = self.scope.row(int(missing[0]))
            raise _Wrong(f"{name} has no such date.", "missing-value", where, "Fill it in.")
        return np.where(np.isnat(column.words), np.datetime64("1970-01-01"), column.words)

    def number(self, tree: Tree, active: Array) -> Column:
        return self.written(tree, self.as_number(self.value(tree, active), active), active)

    def as_number(self, column: Column, active: Array) -> Column:
        """A text column read as numbers; what isn't one is a Problem at its row."""
        if column.kind == "number":
            return column
        if column.kind != "text":
            raise _Wrong(f"{_a(column.kind)} stands where a number is needed.")
        words = column.words.tolist()
        read: dict[str, tuple[object, str]] = {}
        for index in np.flatnonzero(active).tolist():
            word = words[index]
            if word in read:
                continue
            try:
                read[word] = _read(word)
            except NotANumber:
                name, where = self.scope.row(index)
                what = f'"{word}" is no number' if word else "a value is missing"
                raise _Wrong(f"{what} ({name}).", "not-a-number", where, "Fill in a number.") from None
        codes = {word: at for at, word in enumerate(read)}
        values = Exact.of([*(v for v, _ in read.values()), 0])  # type: ignore[list-item]
        units = np.array([*(u for _, u in read.values()), ""], dtype=object)
        at = np.array([codes.get(w, len(codes)) for w in words], dtype=np.int64)
        return Column.number(values[at], units[at])

    # -- operations -------------------------------------------------------------------------------------
    def chosen(self, mask: Array, yes: Tree, no: Tree, active: Array) -> Column:
        a, b = self.value(yes, active & mask), self.value(no, active & ~mask)
        if a.kind == "text" and b.kind == "number":
            a = as_number(a)
        if b.kind == "text" and a.kind == "number":
            b = as_number(b)
        if a.kind == b.kind == "number":
            self.written(yes, a, active & mask)
            self.written(no, b, active & ~mask)
        if a.kind != b.kind:
            raise _Wrong(f'the two outcomes of "if" are {_a(a.kind)} and {_a(b.kind)}.')
        if a.kind != "number":
            return Column.of(a.kind, np.where(mask, a.words, b.words))
        return Column.number(Exact.where(mask, a.value, b.value), np.where(mask, a.unit, b.unit))

    def compared(self, sign: str, parts: tuple[Tree, ...], active: Array) -> Column:
        a, b = self.value(parts[0], active), self.value(parts[1], active)
        if a.kind == "text" and b.kind == "number":
            a = self.as_number(a, active)
        if b.kind == "text" and a.kind == "number":
            b = self.as_number(b, active)
        if a.kind != b.kind:
            raise _Wrong(f"{_a(a.kind)} is compared with {_a(b.kind)}.")
        if a.kind == "number":
            self.written(parts[0], a, active)
            self.written(parts[1], b, active)
            self.same_unit(a, b, active, "compared")
            return Column.of("yes/no", _compare(sign, a.value, b.value))
        if a.kind == "text" and sign in ("=", "!="):
            self.spelled(parts, a, b)
        if a.kind in ("text", "yes/no") and sign not in ("=", "!="):
            raise _Wrong(f'"{sign}" compares numbers and dates, and here stands {_a(a.kind)}.')
        if a.kind == "date":
            missing = np.isnat(a.words) | np.isnat(b.words)
            return Column.of("yes/no", _OPERATORS[sign](a.words, b.words) & ~missing)
        return Column.of("yes/no", np.asarray(_OPERATORS[sign](a.words, b.words), dtype=bool))

    def spelled(self, parts: tuple[Tree, ...], a: Column, b: Column) -> None:
        """A text that no row has, while rows have it in other letters, is a slip that nobody would notice."""
        for tree, other in ((parts[0], b), (parts[1], a)):
            if not isinstance(tree, Text) or not tree.text:
                continue
            values = dict.fromkeys(other.words.tolist())
            alike = [v for v in values if v and v.split() and _plain(v) == _plain(tree.text)]
            if tree.text not in values and alike:
                raise _Wrong(
                    f'nothing is "{tree.text}", and something is "{alike[0]}".',
                    "unknown-value",
                    remedy=f'Did you mean: "{alike[0]}"',
                )

    def matched(self, function: str, parts: tuple[Tree, ...], active: Array) -> Column:
        a, b = self.value(parts[0], active), self.value(parts[1], active)
        if a.kind != "text" or b.kind != "text":
            raise _Wrong(f'"{function}" looks at texts.')
        pairs = zip(a.words.tolist(), b.words.tolist(), strict=True)
        found = [x.startswith(y) if function == "begins with" else y in x for x, y in pairs]
        return Column.of("yes/no", np.array(found, dtype=bool))

    def arithmetic(self, function: str, parts: tuple[Tree, ...], active: Array) -> Column:
        columns = [self.number(p, active) for p in parts]
        first = columns[0]
        if function in ("min", "max", "+", "-"):
            out, unit = first.value, first.unit
            for column in columns[1:]:
                self.same_unit(Column.number(out, unit), column, active, "added or compared")
                unit = np.where(unit == "", column.unit, unit)
                out = {
                    "min": out.minimum,
                    "max": out.maximum,
                    "+": out.__add__,
                    "-": out.__sub__,
                }[function](column.value)
            return Column.number(out, unit)
        if function == "*":
            if ((first.unit != "") & (columns[1].unit != "") & active).any():
                raise _Wrong(
                    "two amounts of money can't be multiplied.", remedy="Divide first: a * (b / c) is money."
                )
            return Column.number(
                first.value * columns[1].value, np.where(first.unit != "", first.unit, columns[1].unit)
            )
        if function == "/":
            return self.divided(first, columns[1], active)
        if function == "absolute":
            return Column.number(first.value.absolute(), first.unit)
        if function == "whole part":
            return Column.number(first.value.rounded("down", 0), first.unit)
        stated = set(columns[1].value[np.flatnonzero(active)].fractions())
        if len(stated) > 1:
            raise _Wrong(
                "the number of decimals differs from row to row.", remedy="Write one number of decimals."
            )
        decimals = stated.pop() if stated else 0
        if decimals != int(decimals) or not 0 <= decimals <= 18:
            raise _Wrong("the number of decimals must be a whole number from 0 to 18.")
        mode = function.removeprefix("round ")
        return Column.number(first.value.rounded(mode, int(decimals)), first.unit)

    def divided(self, a: Column, b: Column, active: Array) -> Column:
        zero = (b.value.num == 0) & active
        if zero.any():
            name, where = self.scope.row(int(np.flatnonzero(zero)[0]))
            raise _Wrong(
                f"it divides by zero ({name}).",
                "division-by-zero",
                where if where.file else None,
                "Say what then counts:  if(quota = 0, 0, bookings / quota)",
            )
        wrong = (b.unit != "") & (a.unit != b.unit) & active
        if wrong.any():
            at = int(np.flatnonzero(wrong)[0])
            raise _Wrong(f"{a.unit[at] or 'a plain number'} is divided by {b.unit[at]}.", "currency-mixed")
        safe = Exact.where(b.value.num == 0, Exact.full(self.size, 1), b.value)
        return Column.number(a.value.over(safe), np.where(b.unit != "", "", a.unit))

    def same_unit(self, a: Column, b: Column, active: Array, done: str) -> None:
        """Money goes with money of its currency; a zero goes with all."""
        wrong = (a.unit != b.unit) & (a.value.num != 0) & (b.value.num != 0) & active
        if wrong.any():
            at = int(np.flatnonzero(wrong)[0])
            name, _ = self.scope.row(at)
            left, right = (u or "a plain number" for u in (a.unit[at], b.unit[at]))
            unit = a.unit[at] or b.unit[at]
            remedy = (
                f"Write the number with its currency, like 100.00 {unit}."
                if "a plain number" in (left, right)
                else ""
            )
            raise _Wrong(f"{left} and {right} can't be {done} ({name}).", "currency-mixed", remedy=remedy)


def _first(name: str) -> str:
    """The word that says which sort of figure a name means; "" for plain names."""
    first = name.split(" ", 1)[0]
    return first if first in ("reported", "attainment", "quota", "earned", "team", "company") else ""


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()


_OPERATORS: dict[str, Callable[[Array, Array], Array]] = {
    "=": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


def _compare(sign: str, a: Exact, b: Exact) -> Array:
    if sign in ("=", "!="):
        same = a.same(b)
        return same if sign == "=" else ~same
    return {"<": a.__lt__, "<=": a.__le__, ">": a.__gt__, ">=": a.__ge__}[sign](b)


def _read(word: str) -> tuple[object, str]:
    if word.endswith("%"):
        return parse_percent(word).value, ""
    if word[-1:].isalpha():
        money = parse_money(word)
        return money.amount, money.currency
    return parse_number(word), ""
