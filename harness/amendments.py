"""Deals that change: the returns and further deals that follow from the amendments of a scenario."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from harness.plan_drafts import PlanDraft
from reference_engine.problems import Problem, Where, did_you_mean
from reference_engine.vocabulary.numbers import Money, NotANumber, parse_money
from reference_engine.vocabulary.tables import TextTable


@dataclass(frozen=True, slots=True)
class Amendment:
    """`deal "D-1" is amended on 2026-04-02`.  changes: field -> before, after, and where it is said."""

    deal: str
    day: date
    changes: dict[str, tuple[str, str, Where]]
    where: Where


@dataclass
class _Deal:
    """A deal as it stands after the amendments so far.  parts: what is left of each record that makes it up."""

    cells: dict[str, str]
    owner: str
    amount: Money
    day: str
    parts: list[tuple[str, Money]]


def amended_rows(
    stated: Sequence[Amendment],
    tables: Sequence[TextTable],
    drafts: Mapping[str, PlanDraft],
    problems: list[Problem],
) -> list[TextTable]:
    """returns, deals and credit_splits: less is a return, more a deal of its own, a new owner takes the deal over."""
    deals: dict[str, _Deal] = {}
    out: list[TextTable] = []
    for entry in sorted(stated, key=lambda a: a.day):
        deal = deals.get(entry.deal) or _stated(entry, tables, problems)
        if deal is None:
            continue
        deals[entry.deal] = deal
        before = len(problems)
        amount, owner = _after(entry, deal, tables, drafts, problems)
        if len(problems) == before:
            out += _rows(entry, deal, amount, owner, tables)
    return out


def _stated(entry: Amendment, tables: Sequence[TextTable], problems: list[Problem]) -> _Deal | None:
    """The deal as the scenario states it."""
    rows = [dict(zip(t.header, row, strict=False)) for t in tables if t.name == "deals" for row in t.rows]
    cells = next((r for r in rows if r.get("deal") == entry.deal), None)
    if cells is None:
        remedy = did_you_mean(entry.deal, [r.get("deal", "") for r in rows]) or "State it in these deals."
        what = f'no step states the deal "{entry.deal}"'
        problems.append(Problem("deal-unknown", what, entry.where, "Nothing can be amended.", remedy))
        return None
    text = cells.get("amount", "")
    try:
        amount = parse_money(
            f"{text} {cells['currency']}" if cells.get("currency") and not text[-1:].isalpha() else text
        )
    except NotANumber as error:
        problems.append(
            Problem(
                "wrong-value", error.what, entry.where, "The difference can't be calculated.", error.remedy
            )
        )
        return None
    return _Deal(cells, cells.get("owner", ""), amount, cells.get("closed", ""), [(entry.deal, amount)])


def _after(
    entry: Amendment,
    deal: _Deal,
    tables: Iterable[TextTable],
    drafts: Mapping[str, PlanDraft],
    problems: list[Problem],
) -> tuple[Money, str]:
    """What the deal is worth and who owns it afterwards.  Adds Problems."""

    def wrong(slug: str, what: str, where: Where, why: str, remedy: str) -> None:
        problems.append(Problem(slug, what, where, why, remedy))

    amount, owner = deal.amount, deal.owner
    for field, (was, becomes, where) in entry.changes.items():
        known = str(deal.amount) if field == "amount" else deal.owner
        try:
            same = parse_money(was) == deal.amount if field == "amount" else was == deal.owner
            amount = parse_money(becomes) if field == "amount" else amount
        except NotANumber as error:
            wrong("wrong-value", error.what, where, "The difference can't be calculated.", error.remedy)
            continue
        if not same:
            said = (
                f"the {field} of deal {entry.deal} is {known or 'not stated'} before the amendment, not {was}"
            )
            wrong(
                "change-before",
                said,
                where,
                "The amendment was meant for another deal or day.",
                "Write what is true before it.",
            )
        owner = becomes if field == "owner" else owner
    if (amount, owner) == (deal.amount, deal.owner):
        wrong(
            "change-nothing",
            f"nothing of deal {entry.deal} changes",
            entry.where,
            "The amendment would have no effect.",
            "Write what it becomes.",
        )
    if amount.currency != deal.amount.currency or amount.amount < 0:
        what = f"deal {entry.deal} can't become {amount} after {deal.amount}"
        wrong(
            "wrong-value",
            what,
            entry.where,
            "The difference is no amount.",
            "Stay in its currency, at 0.00 or above.",
        )
    if entry.day.isoformat() <= deal.day:
        what = f"deal {entry.deal} is amended on {entry.day}, and it stands as it is since {deal.day}"
        wrong("dates-order", what, entry.where, "The order of the two would be open.", "Write a later day.")
    if any(t.name == "cancellations" and entry.deal in row for t in tables for row in t.rows):
        what = f"deal {entry.deal} is amended and cancelled"
        wrong(
            "amended-open",
            what,
            entry.where,
            "Which part of it is cancelled would be open.",
            "State its returns and deals instead of the amendment.",
        )
    if owner != deal.owner and any(
        t.name == "credit_splits" and entry.deal in row for t in tables for row in t.rows
    ):
        what = f"deal {entry.deal} gets another owner, and its credit is split"
        wrong(
            "amended-open",
            what,
            entry.where,
            "Who shares it then would be open.",
            "State its returns and deals instead of the amendment.",
        )
    counted = [
        d.name
        for d in drafts.values()
        if any("per record" in dict(step.items()) for c in d.components for step in c.earn)
    ]
    if amount != deal.amount and counted:
        what = f'deal {entry.deal} gets another amount, and "{counted[0]}" pays for each deal'
        wrong(
            "amended-open",
            what,
            entry.where,
            "A part of a deal would be paid like a whole one.",
            "Leave the amendment out: the amount changes nothing there.",
        )
    return amount, owner


def _rows(
    entry: Amendment, deal: _Deal, amount: Money, owner: str, tables: Iterable[TextTable]
) -> list[TextTable]:
    """The records of one amendment; the deal stands as amended afterwards."""
    day, out = entry.day.isoformat(), []
    currency = amount.currency
    moved = owner != deal.owner
    nothing = Fraction(0)
    less = deal.amount.amount if moved else max(deal.amount.amount - amount.amount, nothing)
    more = amount.amount if moved else max(amount.amount - deal.amount.amount, nothing)
    parts: list[tuple[str, Money]] = []
    for name, left in reversed(deal.parts):
        back = min(left.amount, less)
        less -= back
        if back:
            cells = {
                "return": f"{name} amended {day}",
                "of": name,
                "date": day,
                "amount": str(Money(back, currency)),
            }
            out.append(_row("returns", cells, entry.where))
        if left.amount > back:
            parts.insert(0, (name, Money(left.amount - back, currency)))
    if more:
        name = f"{entry.deal} amended {day}"
        kept = {
            k: v
            for k, v in deal.cells.items()
            if k not in ("deal", "amount", "owner", "closed", "currency", "known")
        }
        out.append(
            _row(
                "deals",
                {"deal": name, "owner": owner, "amount": str(Money(more, currency)), "closed": day, **kept},
                entry.where,
            )
        )
        for table in tables:
            for row in table.rows if table.name == "credit_splits" else ():
                share = dict(zip(table.header, row, strict=False))
                if share.get("deal") == entry.deal:
                    out.append(_row("credit_splits", {**share, "deal": name}, entry.where))
        parts.append((name, Money(more, currency)))
    deal.owner, deal.amount, deal.day, deal.parts = owner, amount, day, parts
    return out


def _row(table: str, cells: dict[str, str], where: Where) -> TextTable:
    return TextTable(table, tuple(cells), (tuple(cells.values()),), where.file, (where.line,), where.line)
