"""Reads an expression from text into a tree.  Nothing in it is ever run as a program.

    amount / term months * 12          type = "new" and product in ["A", "B"]          attainment of margin >= 100%

Precedence, loosest first: or, and, not, comparisons, + and -, * and /.  A name is one or several words, as columns and
measures are called; a name with other characters stands in backticks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from reference_engine.problems import NOWHERE, Where
from reference_engine.vocabulary.dates import parse_date
from reference_engine.vocabulary.numbers import MINOR_UNITS, NotANumber, parse_money, parse_number

FUNCTIONS = {
    "min": (1, 99),
    "max": (1, 99),
    "if": (3, 3),
    "absolute": (1, 1),
    "whole part": (1, 1),
    "round half up": (2, 2),
    "round half even": (2, 2),
    "round down": (2, 2),
    "round away from zero": (2, 2),
    "days between": (2, 2),
}
"""Every function with the least and the most values that it takes."""
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_KEYWORDS = {"and", "or", "not", "in", "is", "between", "begins", "contains"}
MAX_LENGTH, MAX_DEPTH = 2_000, 60

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<date>\d{4}-\d{2}-\d{2})
    |(?P<number>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)
    |(?P<text>"[^"]*")
    |(?P<quoted>`[^`]+`)
    |(?P<word>[^\W\d][\w'&-]*(?<![-&'])(?:\#)?)
    |(?P<symbol><=|>=|!=|<>|[=<>()\[\],+*/%-])""",
    re.VERBOSE,
)


class NotAnExpression(ValueError):
    """The text can't be read.  at: the position of the fault, from 0."""

    def __init__(self, what: str, at: int = 0) -> None:
        super().__init__(what)
        self.at = at


@dataclass(frozen=True, slots=True)
class Name:
    """What a column, a measure or a figure is called."""

    name: str


@dataclass(frozen=True, slots=True)
class Number:
    """value: exact; a percent per 1.  currency: "" where it is no money."""

    value: Fraction
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Day:
    day: date


@dataclass(frozen=True, slots=True)
class Call:
    """function: an operator, a comparison or a name of FUNCTIONS."""

    function: str
    parts: tuple[Tree, ...]


Tree = Name | Number | Text | Day | Call


@dataclass(frozen=True, slots=True)
class Expression:
    """text: as its author wrote it.  tree: what it means.  where: it stands."""

    text: str
    tree: Tree = field(compare=False)
    where: Where = field(default=NOWHERE, compare=False)

    def names(self) -> tuple[str, ...]:
        """Every name that it mentions, in order."""
        return tuple(dict.fromkeys(_names(self.tree)))

    def __str__(self) -> str:
        return self.text


def _names(tree: Tree) -> Iterator[str]:
    if isinstance(tree, Name):
        yield tree.name
    elif isinstance(tree, Call):
        for part in tree.parts:
            yield from _names(part)


def _joined(function: str, parts: list[Tree]) -> Tree:
    """Many conditions as one, in halves: a long list of products isn't a deep tree."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return Call(function, (_joined(function, parts[:middle]), _joined(function, parts[middle:])))


def _depth(tree: Tree) -> int:
    deepest, waiting = 0, [(tree, 1)]
    while waiting:
        part, depth = waiting.pop()
        deepest = max(deepest, depth)
        if isinstance(part, Call):
            waiting += [(p, depth + 1) for p in part.parts]
    return deepest


def parse(text: str) -> Expression:
    """An expression from its text.  Raises NotAnExpression."""
    if len(text) > MAX_LENGTH:
        raise NotAnExpression(f"the expression is longer than {MAX_LENGTH} characters.")
    parser = _Parser(text)
    tree = parser.either(0)
    parser.end()
    if _depth(tree) > MAX_DEPTH:
        raise NotAnExpression(
            f"more than {MAX_DEPTH} steps build on each other; give parts of it names, as measures."
        )
    return Expression(" ".join(text.split()), tree)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[_Token] = []
        at = 0
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                raise NotAnExpression(f'"{text[at]}" isn\'t understood here.', at)
            if found.lastgroup != "space":
                self.tokens.append(_Token(str(found.lastgroup), found.group(), at))
            at = found.end()
        self.at = 0

    # -- tokens ----------------------------------------------------------------------------------------
    def peek(self, ahead: int = 0) -> _Token:
        index = self.at + ahead
        return self.tokens[index] if index < len(self.tokens) else _Token("end", "", len(self.text))

    def take(self, *texts: str) -> bool:
        if self.peek().kind in ("symbol", "word") and self.peek().text in texts:
            self.at += 1
            return True
        return False

    def expect(self, text: str) -> None:
        if not self.take(text):
            self.fail(f'"{text}" is missing')

    def fail(self, what: str) -> None:
        token = self.peek()
        before = f' before "{token.text}"' if token.kind != "end" else " at the end"
        raise NotAnExpression(what + before + ".", token.at)

    def end(self) -> None:
        if self.peek().kind != "end":
            raise NotAnExpression(f'"{self.peek().text}" isn\'t understood here.', self.peek().at)

    # -- grammar ---------------------------------------------------------------------------------------
    def either(self, depth: int) -> Tree:
        if depth > MAX_DEPTH:
            raise NotAnExpression("the expression has too many brackets inside each other.")
        parts = [self.both(depth)]
        while self.take("or"):
            parts.append(self.both(depth))
        return _joined("or", parts)

    def both(self, depth: int) -> Tree:
        parts = [self.negated(depth)]
        while self.take("and"):
            parts.append(self.negated(depth))
        return _joined("and", parts)

    def negated(self, depth: int) -> Tree:
        if depth > MAX_DEPTH:
            raise NotAnExpression("the expression has too many parts inside each other.")
        if self.take("not"):
            return Call("not", (self.negated(depth + 1),))
        return self.comparison(depth)

    def comparison(self, depth: int) -> Tree:
        left = self.sum(depth)
        token = self.peek()
        if token.kind == "symbol" and token.text in (*COMPARISONS, "<>"):
            self.at += 1
            sign = "!=" if token.text == "<>" else token.text
            return Call(sign, (left, self.sum(depth)))
        if self.take("between"):
            low = self.sum(depth)
            self.expect("and")
            return Call("and", (Call(">=", (left, low)), Call("<=", (left, self.sum(depth)))))
        if self.take("is"):
            no = self.take("not")
            self.expect("blank")
            blank = Call("blank", (left,))
            return Call("not", (blank,)) if no else blank
        if self.take("begins"):
            self.expect("with")
            return Call("begins with", (left, self.sum(depth)))
        if self.take("contains"):
            return Call("contains", (left, self.sum(depth)))
        no = self.peek().text == "not" and self.peek(1).text == "in"
        if no:
            self.at += 1
        if self.take("in"):
            found = self.listed(left, depth)
            return Call("not", (found,)) if no else found
        return left

    def listed(self, left: Tree, depth: int) -> Tree:
        self.expect("[")
        same: list[Tree] = [Call("=", (left, self.sum(depth)))]
        while self.take(","):
            same.append(Call("=", (left, self.sum(depth))))
        self.expect("]")
        return _joined("or", same)

    def sum(self, depth: int) -> Tree:
        left = self.product(depth)
        while self.peek().kind == "symbol" and self.peek().text in "+-":
            sign = self.peek().text
            self.at += 1
            left = Call(sign, (left, self.product(depth)))
        return left

    def product(self, depth: int) -> Tree:
        left = self.signed(depth)
        while self.peek().kind == "symbol" and self.peek().text in "*/":
            sign = self.peek().text
            self.at += 1
            left = Call(sign, (left, self.signed(depth)))
        return left

    def signed(self, depth: int) -> Tree:
        if depth > MAX_DEPTH:
            raise NotAnExpression("the expression has too many parts inside each other.")
        if self.take("-"):
            return Call("-", (Number(Fraction(0)), self.signed(depth + 1)))
        return self.single(depth)

    def single(self, depth: int) -> Tree:
        token = self.peek()
        if self.take("("):
            inner = self.either(depth + 1)
            self.expect(")")
            return inner
        if token.kind == "number":
            return self.number()
        if token.kind == "text":
            self.at += 1
            return Text(token.text[1:-1])
        if token.kind == "date":
            self.at += 1
            day = parse_date(token.text)
            if day is None:
                raise NotAnExpression(f'"{token.text}" is not a date.', token.at)
            return Day(day)
        if token.kind == "quoted":
            self.at += 1
            return Name(token.text[1:-1].strip())
        if token.kind == "word" and token.text not in _KEYWORDS:
            return self.name(depth)
        self.fail("a name or a number is missing")
        raise AssertionError

    def number(self) -> Tree:
        token, following = self.peek(), self.peek(1)
        self.at += 1
        try:
            if following.text == "%":
                self.at += 1
                return Number(parse_number(token.text) / 100)
            if following.kind == "word" and following.text in MINOR_UNITS:
                self.at += 1
                money = parse_money(f"{token.text} {following.text}")
                return Number(money.amount, money.currency)
            return Number(parse_number(token.text))
        except NotANumber as error:
            raise NotAnExpression(str(error), token.at) from None

    def goes_on(self) -> bool:
        """Whether a keyword is a word of a name: bookings in the period, or the function days between."""
        if self.peek().text == "between":
            return self.peek(-1).text == "days" and self.peek(1).text == "("
        return self.peek().text == "in" and self.peek(1).kind == "word"

    def name(self, depth: int) -> Tree:
        words = [self.peek().text]
        self.at += 1
        while True:
            token = self.peek()
            if token.kind == "word" and (token.text not in _KEYWORDS or self.goes_on()):
                words.append(token.text)
            elif token.kind == "quoted":
                words.append(token.text[1:-1].strip())
            elif token.kind == "number" and words[-2:] == ["the", "last"] and self.peek(1).text.startswith("period"):
                # bookings in the last 12 periods
                words.append(token.text)
            else:
                break
            self.at += 1
        name = " ".join(words)
        if self.peek().text != "(" or self.peek().kind != "symbol":
            return Name(name)
        if name not in FUNCTIONS:
            raise NotAnExpression(
                f'there is no function "{name}"; known: {", ".join(FUNCTIONS)}.', self.peek().at
            )
        self.expect("(")
        parts = [self.either(depth + 1)]
        while self.take(","):
            parts.append(self.either(depth + 1))
        self.expect(")")
        least, most = FUNCTIONS[name]
        if not least <= len(parts) <= most:
            raise NotAnExpression(f'"{name}" takes {least} values, not {len(parts)}.', self.peek().at)
        return Call(name, tuple(parts))
