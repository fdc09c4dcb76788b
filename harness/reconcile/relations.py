"""How two amounts relate, and what a relation claims: every word of it is proved by the figures of each row."""

from __future__ import annotations

from harness.adapters.mapping import GrainMapping
from harness.reconcile.results import Difference
from reference_engine.vocabulary.numbers import format_percent

RELATIONS: dict[str, str] = {
    "opposite sign": "the target's amount is the expected one with the sign turned",
    "nothing due": "the target has an amount where zero is expected",
    "nothing paid": "the target has zero where an amount is expected",
    "written otherwise": "the row stands under a key that differs only in capitals, blanks, leading zeros, lost digits or marks that nobody sees",
    "payees exchanged": "each of two payees has exactly the amount of the other",
    "other payee": "the row stands under another payee with exactly this amount",
    "other period": "exactly the amount of one period is paid with another period",
    "split not applied": "the target has the amount of the whole deal where a share of it is due",
    "equal split": "the target has an equal share of the deal where another share is due",
    "paid twice": "the very same row stands more than once in the target",
    "part left out": "the target's amount is the expected one without one part of it, such as the cap",
    "line left out": "the amount lacks exactly one of its lines",
    "line twice": "the amount has exactly one of its lines once more",
    "other rate": "the target's amounts are the bases times another rate",
    "rounding": "the amounts differ by a rounding",
    "constant ratio": "the target's amounts are the expected ones times one factor",
    "constant offset": "the amounts all differ by the same money",
    "same figure": "the figure is the expected one in another currency",
    "other": "no common cause was found",
    "follows": "the amount differs by exactly what the finer differences beneath it add up to",
}
"""Every relation of two amounts and what it means."""

MIXED = frozenset(
    {"written otherwise", "payees exchanged", "other payee", "other period", "split not applied", "equal split"}
)
"""Relations between rows, of which one may be missing and another differ in the amount."""

Claim = tuple[tuple[str, str], ...]
"""What a group claims beyond its relation: the factor, the rate, the way of rounding, the part left out."""
Found = tuple[str, Claim]
"""The relation of one difference and its claim."""

OTHER: Found = ("other", ())


def amounts(difference: Difference) -> tuple[int, int] | None:
    """The expected and the actual amount, where both sides have one row in one currency."""
    if difference.kind not in ("amount", "frozen") or len(difference.expected) != 1:
        return None
    if len(difference.actual) != 1 or difference.expected[0].currency != difference.actual[0].currency:
        return None
    return difference.expected[0].amount, difference.actual[0].amount


def own_relation(difference: Difference) -> Found | None:
    """The relation that a difference shows on its own; None where its amounts have to be looked at further."""
    if difference.is_explained:
        return "follows", ()
    both = amounts(difference)
    if both is not None and both[0] != both[1]:
        return _plain(*both)
    if difference.kind == "duplicate":
        return _twice(difference)
    if difference.kind == "currency" and len(difference.expected) == len(difference.actual) == 1:
        expected, actual = difference.expected[0], difference.actual[0]
        same = expected.amount == actual.amount
        return (
            ("same figure", (("currency", actual.currency), ("due", expected.currency))) if same else ("", ())
        )
    return "", ()


def _plain(expected: int, actual: int) -> Found | None:
    if expected == 0:
        return "nothing due", ()
    if actual == 0:
        return "nothing paid", ()
    return ("opposite sign", ()) if actual == -expected else None


def _twice(difference: Difference) -> Found:
    """A row that stands several times in the target, each time as it is due."""
    due = {(row.amount, row.currency) for row in difference.expected}
    paid = {(row.amount, row.currency) for row in difference.actual}
    if len(difference.expected) == 1 and due == paid:
        return "paid twice", (("times", str(len(difference.actual))),)
    return "", ()


def is_count(grain: GrainMapping) -> bool:
    """Whether its figure is a whole number of things, of which one more isn't a rounding."""
    return grain.amount.is_number and not grain.amount.decimals


def ratio_text(ratio: object) -> str:
    """A factor as people say it: 120%."""
    from fractions import Fraction

    return format_percent(Fraction(str(ratio)))
