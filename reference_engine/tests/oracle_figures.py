"""The oracle of the mechanics that look at figures: plain fractions, one payee and one month at a time.

It reads a small company: who sold what in which month of half a year, the quota of each quarter, and what is reported.
Written from the field's documents; it knows nothing of the engine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any

ZERO = Fraction(0)
MONTHS = range(1, 7)
Doc = dict[str, Any]


@dataclass
class Company:
    """sold: payee -> month -> amounts, a return negative.  quota: payee -> quarter -> amount.  target: payee -> of a quarter.

    reported: payee -> month -> value.  team: payee -> its team.  claims: payee -> (month, amount), in the order of their days.
    """

    payees: list[str]
    team: dict[str, str]
    sold: dict[str, dict[int, list[Fraction]]]
    quota: dict[str, dict[int, Fraction]]
    target: dict[str, Fraction]
    reported: dict[str, dict[int, Fraction]]
    claims: dict[str, list[tuple[int, Fraction]]] = field(default_factory=dict)

    def in_month(self, payee: str, month: int) -> Fraction:
        return sum(self.sold[payee].get(month, []), ZERO)

    def in_quarter(self, payee: str, month: int) -> Fraction:
        """From the start of the quarter up to and with the month."""
        return sum((self.in_month(payee, m) for m in MONTHS if quarter(m) == quarter(month) and m <= month), ZERO)

    def attainment(self, payee: str, month: int) -> Fraction:
        return self.in_quarter(payee, month) / self.quota[payee][quarter(month)]

    def figure(self, name: str, payee: str, month: int) -> Fraction:
        known: dict[str, Callable[[str, int], Fraction]] = {
            "bookings": self.in_quarter,
            "bookings in the period": self.in_month,
            "attainment of bookings": self.attainment,
            "reported score": lambda p, m: self.reported[p][m],
            "team bookings": lambda p, m: sum(
                (self.in_quarter(q, m) for q in self.payees if self.team[q] == self.team[p]), ZERO
            ),
            "company bookings": lambda p, m: sum((self.in_quarter(q, m) for q in self.payees), ZERO),
        }
        return known[name](payee, month)


def quarter(month: int) -> int:
    return (month + 2) // 3


def closes(per: str, month: int) -> bool:
    return per == "period" or month % 3 == 0


def holds(left: Fraction, sign: str, right: Fraction) -> bool:
    return {">=": left >= right, ">": left > right, "<": left < right, "<=": left <= right}[sign]


def cents(value: Fraction) -> Fraction:
    """Rounded half up, away from zero at the half."""
    whole = int((abs(value) * 200 + 1) // 2)
    return Fraction(-whole if value < 0 else whole, 100)


def step_of(value: Fraction, bounds: list[Fraction], bound: str) -> int:
    """The last step that the value reaches; on a bound the convention decides, but the first step owns its own."""
    found = 0
    for i, b in enumerate(bounds):
        if value > b or (value == b and (bound == "upper tier" or i == 0)):
            found = i
    return found


# -- what changes the commission of each record ---------------------------------------------------------------
def commission(company: Company, rate: Fraction, change: Any) -> dict[tuple[str, int], Fraction]:
    """A flat rate on every record, changed by a function of (amount, payee, month), rounded record by record."""
    out: dict[tuple[str, int], Fraction] = {}
    for payee in company.payees:
        for month, amounts in company.sold[payee].items():
            for amount in amounts:
                paid = cents(change(amount * rate, payee, month))
                out[payee, month] = out.get((payee, month), ZERO) + paid
    return out


def gate(company: Company, name: str, sign: str, limit: Fraction, otherwise: Fraction) -> Any:
    def change(amount: Fraction, payee: str, month: int) -> Fraction:
        return amount if holds(company.figure(name, payee, month), sign, limit) else amount * otherwise

    return change


def multiplier(company: Company, name: str, steps: list[tuple[Fraction, Fraction]], bound: str) -> Any:
    def change(amount: Fraction, payee: str, month: int) -> Fraction:
        value = company.figure(name, payee, month)
        return amount * steps[step_of(value, [b for b, _ in steps], bound)][1]

    return change


def funding(company: Company, rate: Fraction, funded: Fraction, protected: Fraction) -> dict[tuple[str, int], Fraction]:
    """All amounts of a month scaled together, down to what is funded; the protected part isn't."""
    factor: dict[int, Fraction] = {}
    for month in MONTHS:
        total = sum((company.in_month(p, month) for p in company.payees), ZERO) * rate
        kept = total * protected
        rest, room = total - kept, max(funded - kept, ZERO)
        factor[month] = Fraction(1) if rest <= 0 or room >= rest else room / rest
    return commission(
        company, rate, lambda amount, _, month: amount * (protected + (1 - protected) * factor[month])
    )


# -- what is paid once for an interval ---------------------------------------------------------------------------
def bonus(company: Company, pays: Fraction, name: str, sign: str, limit: Fraction, per: str, once: bool) -> dict[tuple[str, int], Fraction]:
    out: dict[tuple[str, int], Fraction] = {}
    for payee in company.payees:
        had: set[int] = set()
        for month in MONTHS:
            if not closes(per, month) or not holds(company.figure(name, payee, month), sign, limit):
                continue
            if once and quarter(month) in had:
                continue
            had.add(quarter(month))
            out[payee, month] = cents(pays)
    return out


def along(points: list[tuple[Fraction, Fraction]], value: Fraction, steps: bool, below: str, above: str) -> Fraction:
    if value < points[0][0]:
        if below == "extrapolate":
            (a, p), (b, q) = points[:2]
            return p - (a - value) * (q - p) / (b - a)
        return ZERO if below == "zero" else points[0][1]
    for (a, p), (b, q) in pairwise(points):
        if a <= value < b:
            return p if steps else p + (value - a) * (q - p) / (b - a)
    (a, p), (b, q) = points[-2:]
    return q if steps or above == "flat" else q + (value - b) * (q - p) / (b - a)


def objectives(company: Company, goals: list[Doc], per: str, combine: str, cap: Fraction | None, below: str, above: str) -> dict[tuple[str, int], Fraction]:
    out: dict[tuple[str, int], Fraction] = {}
    for payee in company.payees:
        for month in MONTHS:
            if not closes(per, month):
                continue
            payouts = []
            for goal in goals:
                reached = company.figure(goal["figure"], payee, month)
                paid = along(goal["points"], reached, goal["steps"], below, above) if goal["points"] else reached
                if goal["cap"] is not None:
                    paid = min(paid, goal["cap"])
                if goal["threshold"] is not None and reached < goal["threshold"]:
                    paid = ZERO
                payouts.append((goal["weight"], paid))
            total = sum((w * p for w, p in payouts), ZERO)
            if combine == "multiplied":
                total = Fraction(1)
                for _, paid in payouts:
                    total *= paid
            if cap is not None:
                total = min(total, cap)
            out[payee, month] = cents(company.target[payee] * total)
    return out


def contest(
    company: Company, name: str, prizes: dict[int, Fraction], ties: str, least: Fraction, per_team: bool, then: str | None = None
) -> dict[tuple[str, int], Fraction]:
    """Ranks at the end of each quarter.  then: the figure that breaks ties."""
    out: dict[tuple[str, int], Fraction] = {}
    for month in (3, 6):
        groups = {company.team[p] for p in company.payees} if per_team else {""}
        for group in groups:
            part = [p for p in company.payees if company.figure(name, p, month) >= least and group in ("", company.team[p])]
            value = {p: (company.figure(name, p, month), company.figure(then, p, month) if then else ZERO) for p in part}
            for payee in part:
                better = [v for v in value.values() if v > value[payee]]
                same = [p for p in part if value[p] == value[payee]]
                place = 1 + (len(set(better)) if ties == "next rank follows" else len(better))
                places = range(place, place + len(same)) if ties == "prizes are shared" else [place]
                won = sum((prizes.get(q, ZERO) for q in places), ZERO)
                out[payee, month] = cents(won / len(same) if ties == "prizes are shared" else won)
    return out


def pool(company: Company, amount: Any, by: str, least: Fraction, per_team: bool, residue: str) -> dict[tuple[str, int], Fraction]:
    """Divided at the end of each quarter.  amount: of (a member, month)."""
    out: dict[tuple[str, int], Fraction] = {}
    for month in (3, 6):
        for group in {company.team[p] for p in company.payees} if per_team else {""}:
            part = [
                p
                for p in company.payees
                if company.in_quarter(p, month) >= least and group in ("", company.team[p])
            ]
            weight = {p: Fraction(1) if by == "equally" else company.figure(by, p, month) for p in part}
            part = [p for p in part if weight[p] > 0]
            if not part:
                continue
            whole, total = amount(part[0], month), sum((weight[p] for p in part), ZERO)
            shares = {p: cents(whole * weight[p] / total) for p in part}
            left = whole - sum(shares.values(), ZERO)
            largest = max(part, key=lambda p: (weight[p], -part.index(p)))
            if residue != "lost":
                shares[{"first": part[0], "last": part[-1], "largest share": largest}[residue]] += left
            for p in part:
                out[p, month] = cents(shares[p])
    return out


def matrix(company: Company, rows: tuple[str, list[Fraction]], columns: tuple[str, list[Fraction]], grid: list[list[Fraction]], bound: str) -> Any:
    """The rate of the cell; multiplied by a base of 1 it changes an amount.  "amount" is that of the record itself, and of
    a return what is returned."""

    def change(amount: Fraction, payee: str, month: int) -> Fraction:
        r, c = (
            step_of(abs(amount) if name == "amount" else company.figure(name, payee, month), bounds, bound)
            for name, bounds in (rows, columns)
        )
        return amount * grid[r][c]

    return change


def fund(company: Company, rate: Fraction, share: Fraction, lapses: int | None, order: str) -> dict[tuple[str, int], Fraction]:
    """Accrues a rate of the month's sales; claims take the oldest accruals first; a negative accrual takes the newest."""
    out: dict[tuple[str, int], Fraction] = {}
    for payee in company.payees:
        # The remaining accruals by month; what a return takes beyond all of them stays as a debt of its month.
        left: dict[int, Fraction] = {}
        for month in MONTHS:
            if lapses is not None:
                left = {m: a for m, a in left.items() if month - m < lapses}
            accrued = company.in_month(payee, month) * rate
            if order == "after accrual":
                _accrue(left, month, accrued)
            for at, amount in company.claims.get(payee, []):
                if at == month:
                    paid = max(min(amount * share, sum(left.values(), ZERO)), ZERO)
                    _take(left, sorted(left), paid)
                    out[payee, month] = out.get((payee, month), ZERO) + paid
            if order != "after accrual":
                _accrue(left, month, accrued)
    return {key: cents(v) for key, v in out.items()}


def _accrue(left: dict[int, Fraction], month: int, amount: Fraction) -> None:
    if amount >= 0:
        left[month] = left.get(month, ZERO) + amount
        return
    rest = _take(left, sorted(left, reverse=True), -amount)
    if rest:
        left[month] = left.get(month, ZERO) - rest


def _take(left: dict[int, Fraction], months: list[int], amount: Fraction) -> Fraction:
    for m in months:
        part = min(max(left[m], ZERO), amount)
        left[m] -= part
        amount -= part
    return amount


def levels(company: Company, name: str, bounds: list[Fraction], demotion: str) -> dict[tuple[str, int], int]:
    """The level of each payee in each month, 0 for none."""
    out: dict[tuple[str, int], int] = {}
    for payee in company.payees:
        stands, failed = 0, 0
        for month in MONTHS:
            now = sum(1 for b in bounds if company.figure(name, payee, month) >= b)
            kept = demotion == "never" or (demotion == "at quarter end" and month % 3 != 1 and month > 1)
            if now >= stands:
                stands, failed = now, 0
            elif demotion.startswith("after"):
                failed += 1
                if failed >= int(demotion.split()[1]):
                    stands, failed = now, 0
            elif not kept:
                stands = now
            out[payee, month] = stands
    return out
