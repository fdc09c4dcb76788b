"""Tolerances of a mapping: an amount, a share of what is expected, or both, with a reason."""

from __future__ import annotations

from fractions import Fraction

from harness.adapters.mapping import Tolerance
from harness.adapters.strict import Section
from reference_engine.plans.document import Node
from reference_engine.problems import Problem, did_you_mean
from reference_engine.vocabulary.numbers import MINOR_UNITS, NotANumber, parse_money, parse_percent


def tolerances(part: Section, problems: list[Problem]) -> list[Tolerance]:
    """Reads the tolerances of a grain."""
    node = part.take("tolerance")
    out: list[Tolerance] = []
    if node is None:
        return out
    if not node.is_list:
        part.problem(
            "mapping-form",
            '"tolerance" must be a list.',
            node,
            why="Each tolerance has its own reason.",
            remedy="Begin each with a dash:  - {amount: 0.01 EUR, reason: ...}",
        )
    for entry in node.nodes():
        rule = _tolerance(entry, problems)
        if rule is not None:
            out.append(rule)
    return out


def _tolerance(entry: Node, problems: list[Problem]) -> Tolerance | None:
    before = len(problems)
    inner = Section(entry, "the tolerance", problems)
    text, share = inner.text("amount"), inner.text("percent")
    reason = inner.text("reason", must=True)
    plan, component, currency = inner.text("plan"), inner.text("component"), inner.text("currency")
    inner.close()
    if inner.sound and not text and not share and len(problems) == before:
        inner.problem(
            "mapping-missing",
            'the tolerance has no "amount" and no "percent".',
            why="It decides which differences are accepted.",
            remedy="Add  amount: 0.01 EUR,  percent: 0.1%,  or both.",
        )
    amount: int | None = None
    if text:
        amount, own = _tolerated_amount(inner, text)
        if currency and own and own != currency:
            inner.problem(
                "mapping-form",
                f"the tolerance is in {own} and for rows in {currency}.",
                entry.get("currency"),
                why="Amounts of different currencies are never compared.",
                remedy="Remove the currency: the amount says it.",
            )
        currency = own
    elif currency and currency not in MINOR_UNITS:
        inner.problem(
            "mapping-word",
            f'"{currency}" is not a currency code.',
            entry.get("currency"),
            remedy=did_you_mean(currency, MINOR_UNITS),
        )
    percent = _tolerated_share(inner, share) if share else None
    if len(problems) != before:
        return None
    return Tolerance(amount, currency, reason, plan, component, entry.where, percent)


def _tolerated_share(part: Section, text: str) -> Fraction | None:
    node = part.node.get("percent")
    try:
        share = parse_percent(text).value
    except NotANumber as error:
        part.problem(
            "not-a-number",
            error.what,
            node,
            why="It decides which differences are accepted.",
            remedy=error.remedy,
        )
        return None
    if share < 0:
        part.problem(
            "tolerance-negative",
            "a tolerance is a share from 0% up.",
            node,
            why="It holds in both directions.",
            remedy="Write it without the minus sign, like 0.1%.",
        )
    elif share >= 1:
        part.problem(
            "tolerance-large",
            "a tolerance of 100% or more would accept a payout of nothing.",
            node,
            why="No missing money would ever be reported.",
            remedy="Write the largest share that is accepted, like 0.1%.",
        )
    return share


def _tolerated_amount(part: Section, text: str) -> tuple[int | None, str]:
    node = part.node.get("amount")
    try:
        money = parse_money(text)
    except NotANumber as error:
        part.problem(
            "not-a-number",
            error.what,
            node,
            why="It decides which differences are accepted.",
            remedy=error.remedy,
        )
        return None, ""
    if money.amount > 10**15:
        part.problem(
            "tolerance-large",
            "a tolerance of more than 10^15 would accept anything.",
            node,
            why="No difference would ever be reported.",
            remedy="Write the largest difference that is accepted, like 0.01 EUR.",
        )
    if money.amount < 0:
        part.problem(
            "tolerance-negative",
            "a tolerance is an amount from 0 up.",
            node,
            why="It holds in both directions.",
            remedy="Write it without the minus sign, like 0.01 EUR.",
        )
    return int(money.amount * Fraction(10) ** MINOR_UNITS[money.currency]), money.currency
