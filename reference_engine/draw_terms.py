"""Draws as they are stated, in the table draws or in a plan."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from reference_engine.problems import Problem, Where
from reference_engine.vocabulary.calendar import Period
from reference_engine.world import World

EVERYONE = -1
_PERIODS = ("from", "to", "first recovery period", "forgiven after")


@dataclass(frozen=True)
class Term:
    """One draw.

    payee: code, or EVERYONE on the plans.  unit: its currency; "" for that of the pay.  amount or percent (of the target
    incentive): for each `per`.  first, last: its periods; None where open.  share, at_least, at_most: of what is taken back
    in a pay period.  starts: the first recovery period.  interval: at whose end a delayed recovery is made.  covers: the
    components that count; all where empty.  forgiven: the period after which what is owed is forgiven.
    """

    payee: int
    unit: str
    kind: str
    amount: Fraction | None
    percent: Fraction | None
    per: str
    first: Period | None
    last: Period | None
    where: Where
    recovery: str = ""
    share: Fraction | None = None
    at_least: Fraction | None = None
    at_most: Fraction | None = None
    starts: Period | None = None
    interval: str = ""
    covers: tuple[str, ...] = ()
    forgiven: Period | None = None
    forgiven_share: Fraction = Fraction(1)


def stated(world: World, problems: list[Problem]) -> list[Term]:
    """The draws of the table.  Adds a Problem for each that makes no sense."""
    table = world.table("draws")
    column = {
        name: table.amounts(name)
        for name in (
            "amount",
            "percent of target",
            "recovery share",
            "recovery minimum",
            "recovery maximum",
            "forgiven share",
        )
    }
    words = {
        name: table.words(name).tolist()
        for name in ("payee", "kind", "per", "recovery", "interval", "covers", *_PERIODS)
    }
    values = {
        name: [v if p else None for v, p in zip(c.value.fractions(), c.present.tolist(), strict=True)]
        for name, c in column.items()
    }
    periods: dict[str, Period | None] = {"": None}
    for label in dict.fromkeys(label for name in _PERIODS for label in words[name]):
        if label:
            periods[label] = world.period(label)
    units = [
        c.currency.tolist() if c.currency is not None else [""] * table.size
        for c in (column["amount"], column["recovery maximum"])
    ]
    out: list[Term] = []
    for row, payee in enumerate(words["payee"]):
        forgiven = values["forgiven share"][row]
        term = Term(
            world.payee_code[payee],
            units[0][row] or units[1][row],
            words["kind"][row],
            values["amount"][row],
            values["percent of target"][row],
            words["per"][row],
            periods[words["from"][row]],
            periods[words["to"][row]],
            table.where(row),
            words["recovery"][row],
            values["recovery share"][row],
            values["recovery minimum"][row],
            values["recovery maximum"][row],
            periods[words["first recovery period"][row]],
            words["interval"][row],
            tuple(c.strip() for c in words["covers"][row].split(",") if c.strip()),
            periods[words["forgiven after"][row]],
            Fraction(1) if forgiven is None else forgiven,
        )
        if _sound(term, payee, problems):
            out.append(term)
    return out


def _sound(term: Term, payee: str, problems: list[Problem]) -> bool:
    before = len(problems)
    if (term.amount is None) == (term.percent is None):
        problems.append(
            Problem(
                "draw-amount",
                f'the draw of "{payee}" has '
                + ("no amount." if term.amount is None else "both an amount and a percent of the target."),
                term.where,
                "It isn't stated how much is advanced.",
                'Fill either the column "amount" or the column "percent of target".',
            )
        )
    if term.first and term.last and term.last.last < term.first.first:
        problems.append(
            Problem(
                "dates-order",
                f'the draw of "{payee}" ends with {term.last.label}, before it starts with {term.first.label}.',
                term.where,
                "It would count in no period.",
                "Correct one of the periods.",
            )
        )
    for what, share in (("recovery share", term.share), ("forgiven share", term.forgiven_share)):
        if share is not None and not 0 <= share <= 1:
            problems.append(
                Problem(
                    "share-range",
                    f'the {what} of the draw of "{payee}" isn\'t between 0% and 100%.',
                    term.where,
                    "More would be taken than there is.",
                    "State a percent from 0% to 100%.",
                )
            )
    if term.at_least is not None and term.at_most is not None and term.at_least > term.at_most:
        problems.append(
            Problem(
                "draw-recovery",
                f'the recovery minimum of the draw of "{payee}" is above its maximum.',
                term.where,
                "Both can't be kept.",
                "Correct one of them.",
            )
        )
    return len(problems) == before
