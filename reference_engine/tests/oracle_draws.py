"""The oracle of draws: one payee's ledger, period by period, in plain fractions."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from reference_engine.tests import oracle_people
from reference_engine.tests.oracle_records import (
    MONTHS,
    ZERO,
    Row,
    Span,
    labelled,
    money,
    percent,
    span,
    spans,
)

if TYPE_CHECKING:
    from reference_engine.tests.oracle_settling import Account

DAY = oracle_people.DAY


def draw(account: Account, params: Row) -> None:
    """Draws, opening balances and pay below zero, in one pass over the periods."""
    conv = account.conv
    draws = [d for d in account.tables.get("draws", []) if d["payee"] == account.payee]
    if params:
        draws = [*draws, {**params, "everybody": "yes"}]
    opening = defaultdict(
        Fraction,
        {
            labelled(o["period"]): money(o["balance"])[0]
            for o in account.tables.get("opening_balances", [])
            if o["payee"] == account.payee
        },
    )
    debt = held = shelter = stood = ZERO
    latest: Row | None = None
    for period in account.timeline:
        d = _in_force(account, draws, period)
        latest = d or latest
        rule = latest or {}
        debt += max(ZERO, -opening[period])
        credit = max(ZERO, opening[period])
        earned = _counting(account, rule, period)
        kind = (d.get("kind") or conv["draw.type"]) if d else ""
        amount = _amount(account, d, period) if d else ZERO
        on_top = kind in ("loan", "non-recoverable additional")
        level = amount if d and not on_top else ZERO
        owed = kind in ("recoverable", "loan", "prepaid")
        over, under = max(ZERO, earned - level), max(ZERO, level - earned) if d and not on_top else ZERO
        offsets = conv.get("draw.surplus_offsets") == "yes" and kind in ("recoverable", "non-recoverable")
        add = credit
        if kind == "prepaid":
            back = min(amount, max(ZERO, earned))
            add -= back
            lent = amount - back
        else:
            use = min(shelter, under) if offsets else ZERO
            shelter -= use
            lent = under - use
            add += lent
        if d and not on_top and owed:
            debt += lent
            if conv["draw.negative"] == "forgiven":
                debt -= min(lent, max(ZERO, -earned))
        leaving = account.conv.get("balance.leaver", "") if _leaves(account, period) else ""
        # Who leaves and settles has nothing held back any more.
        settles = leaving not in ("", "stays open")
        recovers = _recovers(account, rule, d, period)
        if recovers or settles:
            both = min(debt, held)
            debt, held = debt - both, held - both
            add, held = add + held, ZERO
        if recovers:
            take = account.round(
                over * (percent(rule["recovery share"]) if rule.get("recovery share") else 1)
            )
            if rule.get("recovery minimum"):
                take = max(take, money(rule["recovery minimum"])[0])
            if rule.get("recovery maximum"):
                take = min(take, money(rule["recovery maximum"])[0])
            taken = min(take, over, debt)
        else:
            taken = ZERO
            if d and not on_top and conv["draw.delayed_surplus"] == "held back" and not settles:
                held += over
                add -= over
        debt -= taken
        add -= taken
        if offsets:
            shelter += over - taken
        if on_top:
            add += amount
            debt += amount if owed else ZERO
        total = account.pay[period] + add
        last = {"taken from the last pay": min(debt, max(total, ZERO)), "billed": debt}.get(leaving, ZERO)
        debt, add, total = debt - last, add - last, total - last
        if total < 0 and conv["balance.negative"] == "carried" and leaving != "billed":
            debt -= total
            add -= total
        if (
            rule.get("forgiven after")
            and period.first <= labelled(rule["forgiven after"]).last <= period.last
        ):
            debt -= account.round(
                debt * (percent(rule["forgiven share"]) if rule.get("forgiven share") else 1)
            )
        if leaving == "forgiven":
            debt = ZERO
        account.add(period, add, held - debt - stood)
        stood = held - debt


def _leaves(account: Account, period: Span) -> bool:
    """Whether the payee is employed in the period for the last time."""
    plan = account.plans[0]
    there = _employed(account, period)
    if not there or (
        there[-1] == period.last and oracle_people.employed(plan, account.payee, period.last + DAY)
    ):
        return False
    later = spans(period.last + DAY, date(period.last.year + 1, 12, 31), "month")
    return not any(_employed(account, month) for month in later)


def _in_force(account: Account, draws: list[Row], period: Span) -> Row | None:
    for d in draws:
        if d.get("from") and period.first < labelled(d["from"]).first:
            continue
        if d.get("to") and period.last > labelled(d["to"]).last:
            continue
        if d.get("everybody") and not account.on(period):
            continue
        if not _employed(account, period):
            continue
        return d
    return None


def _employed(account: Account, period: Span) -> list[date]:
    """The days of a period on which the payee is employed."""
    plan = account.plans[0]
    return [d for d in oracle_people.days_of(period) if oracle_people.employed(plan, account.payee, d)]


def _amount(account: Account, d: Row, period: Span) -> Fraction:
    cadence = account.plans[0].cadence
    per = d.get("per", "period")
    per = cadence if per == "period" else per
    if MONTHS[per] <= MONTHS[cadence]:
        amount = sum(
            (_stated(account, d, s) * _worked(account, d, s) for s in spans(period.first, period.last, per)),
            ZERO,
        )
    else:
        whole = span(period.first, per)
        amount = _stated(account, d, whole) * _worked(account, d, period)
        if account.conv["draw.period"] == "in equal parts":
            amount /= MONTHS[per] // MONTHS[cadence]
        elif whole.first != period.first:
            amount = ZERO
    if d.get("amount") and (amount / money(d["amount"])[0]).denominator == 1:
        return amount
    return account.round(amount)


def _worked(account: Account, d: Row, piece: Span) -> Fraction:
    """How much counts of what is stated for a time: nothing before and after the employment."""
    days, there = oracle_people.days_of(piece), _employed(account, piece)
    # A target that the plan prorates is smaller already.
    prorated = d.get("percent of target") and account.conv.get("proration.of") in (
        "quota and target",
        "target only",
    )
    if not there or len(there) == len(days):
        return Fraction(bool(there))
    if prorated or account.conv["draw.partial_period"] == "whole":
        return Fraction(1)
    return Fraction(len(there), len(days))


def _stated(account: Account, d: Row, whole: Span) -> Fraction:
    """The draw for the time that it is stated for."""
    if d.get("amount"):
        return money(d["amount"])[0]
    target = oracle_people.target(account.plans[0], account.payee, whole)
    return (target or ZERO) * percent(d["percent of target"])


def _counting(account: Account, rule: Row, period: Span) -> Fraction:
    if not rule.get("covers"):
        return account.pay[period]
    stated = rule["covers"]
    names = [c.strip() for c in stated.split(",")] if isinstance(stated, str) else stated
    return account.round(sum((account.parts[c][period] for c in names), ZERO))


def _recovers(account: Account, rule: Row, d: Row | None, period: Span) -> bool:
    kind = rule.get("kind") or (account.conv["draw.type"] if rule else "")
    if kind not in ("recoverable", "loan", "prepaid"):
        return True
    when = rule.get("recovery") or account.conv["draw.recovery"]
    if not rule.get("recovery") and (rule.get("first recovery period") or rule.get("interval")):
        # A draw that says from when, or at the end of what, says enough.
        starts = rule.get("first recovery period")
        when = "from the first recovery period" if starts else "at the end of the interval"
    if when == "immediate":
        return True
    if when == "at the end of the interval":
        return d is None or span(period.first, rule["interval"]).last == period.last
    start = labelled(rule["first recovery period"])
    if account.conv["draw.first_recovery_period"] == "included":
        return period.first >= start.first
    return period.first > start.last
