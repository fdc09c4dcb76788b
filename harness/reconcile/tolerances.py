"""Tolerances: which rule of the mapping fits a row, and up to how many minor units it forgives there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from harness.adapters.mapping import GrainMapping, Tolerance
from harness.adapters.rows import ResultRow, SourceRow
from harness.reconcile.results import Difference
from reference_engine.vocabulary.numbers import MINOR_UNITS, format_money, format_number, format_percent


def tolerances(
    grain: GrainMapping, rows: Sequence[ResultRow], decimals: Mapping[str, int]
) -> list[int] | None:
    """For each expected row the minor units up to and including which a difference is forgiven; None for nowhere."""
    if not grain.tolerances:
        return None
    return [tolerance_of(grain, row, decimals) for row in rows]


def tolerance_of(grain: GrainMapping, row: ResultRow, decimals: Mapping[str, int]) -> int:
    """The minor units up to and including which this row may differ."""
    rule = rule_of(grain, row)
    return 0 if rule is None else allowed(rule, row.amount, decimals.get(row.currency, 0))


def allowed(rule: Tolerance, expected: int, decimals: int) -> int:
    """What a rule forgives on an expected amount, in units of so many decimals.

    A share is taken exactly: a difference of just 0.1% of what is expected is inside 0.1%, the next unit isn't.
    """
    limits: list[int] = []
    if rule.amount is not None:
        scale: int = 10 ** (decimals - MINOR_UNITS.get(rule.currency, 0))
        limits.append(rule.amount * scale)
    if rule.percent is not None:
        share = rule.percent * abs(expected)
        limits.append(share.numerator // share.denominator)
    return min(limits)


def rule_of(grain: GrainMapping, row: ResultRow) -> Tolerance | None:
    """The first rule that fits a row."""
    said = dict(zip(grain.key_names, row.key, strict=True))
    plans = {said["plan"]} if "plan" in said else _said_by(row, "plan")
    components = {said["component"]} if "component" in said else _said_by(row, "component")
    return next((r for r in grain.tolerances if _applies(r, row.currency, plans, components)), None)


def forgave(grain: GrainMapping, tolerated: Sequence[Difference]) -> dict[Tolerance, list[Difference]]:
    """Each rule with the rows that agree only because of it."""
    found: dict[Tolerance, list[Difference]] = {rule: [] for rule in grain.tolerances}
    for difference in tolerated:
        rule = rule_of(grain, difference.expected[0])
        if rule is not None:
            found[rule].append(difference)
    return found


def limit_words(rule: Tolerance) -> str:
    """What a rule forgives, in words: 0.1%, at most 1.00 EUR."""
    amount = ""
    if rule.amount is not None:
        value = Fraction(rule.amount, 10 ** MINOR_UNITS.get(rule.currency, 0))
        amount = format_money(value, rule.currency) if rule.currency else format_number(value)
    if rule.percent is None:
        return amount
    share = f"{format_percent(rule.percent)} of what is expected"
    return f"{share}, at most {amount}" if amount else share


def _said_by(row: ResultRow, name: str) -> set[str]:
    return {str(getattr(s, name, "")) for s in row.sources if not isinstance(s, SourceRow)}


def _applies(rule: Tolerance, currency: str, plans: set[str], components: set[str]) -> bool:
    # A share alone may leave the currency open; an amount never does.
    any_currency = rule.amount is None and not rule.currency
    return (
        (any_currency or rule.currency == currency)
        and (not rule.plan or plans == {rule.plan})
        and (not rule.component or components == {rule.component})
    )
