"""The bench's payout files through trueup: the mapping that compares them, and the class of each difference as it was planted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from harness.adapters.delimited import TextFormat
from harness.adapters.mapping import AmountSpec, CellSpec, GrainMapping, Mapping, Tolerance
from harness.bench.payout_files import ROUNDING, TOLERANCE
from harness.reconcile.large.both_sides import Room, read_both
from harness.reconcile.results import Difference
from harness.reconcile.run import compare_tables
from reference_engine.problems import Problem, Stopped

MAPPING = Mapping(
    "bench",
    (
        GrainMapping(
            "payouts",
            "payouts",
            (
                CellSpec("payee", ("payee_id",)),
                CellSpec("period", ("period",)),
                CellSpec("component", ("component",)),
                CellSpec("deal", ("deal_id",)),
            ),
            AmountSpec(("payout",), CellSpec("currency", ("currency",))),
            TextFormat(),
            fields=(
                CellSpec("credit", ("credit_amount",)),
                CellSpec("credit rate", ("rate",)),
                CellSpec("state", ("status",)),
            ),
            tolerances=tuple(
                Tolerance(TOLERANCE, currency, "a cent each, by agreement")
                for currency in ("USD", "EUR", "GBP", "CHF")
            ),
        ),
    ),
)


def differences(
    expected: Path, actual: Path, memory: str = "", from_bytes: int = 0
) -> tuple[list[Difference], int]:
    """Every difference of the two files, and how many rows agree only by the tolerance."""
    problems: list[Problem] = []
    room = Room(memory, expected.parent if memory else None, from_bytes)
    left, right = read_both(MAPPING, expected, actual, problems, room)
    if problems:
        raise Stopped(problems)
    return compare_tables(MAPPING.grains[0], left["payouts"], right["payouts"])


def planted_class(difference: Difference) -> str:
    """The word of the planted difference for what was found: the first cause that applies."""
    if difference.kind != "amount" and difference.kind != "field":
        return difference.kind
    fields = {f.name for f in difference.fields}
    expected, actual = difference.expected[0].amount, difference.actual[0].amount
    if "credit" in fields:
        return "credit"
    if "credit rate" in fields:
        return "rate"
    if actual == -expected:
        return "sign"
    if TOLERANCE < abs(actual - expected) <= ROUNDING:
        return "rounding"
    return "payout" if abs(actual - expected) > ROUNDING else "status"


def counted(found: Iterable[Difference]) -> dict[str, int]:
    return dict(Counter(planted_class(d) for d in found))
