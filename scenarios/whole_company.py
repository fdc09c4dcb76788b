"""The whole company: thousands of payees on four plans, with a year of deals, splits, returns, quotas and draws.

It is as large as it is asked to be, and it is what a reconciliation is measured and shown on.  The same payees and seed
make the same company on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from reference_engine.problems import Problem, Stopped, Where
from scenarios.draft import Draft
from scenarios.folder import Origin
from scenarios.providers import (
    COUNTRIES,
    FIRST_DAY,
    LAST_DAY,
    QUARTERS,
    day_weights,
    in_currency,
    money,
    plain,
    priced,
)
from scenarios.sales import SPREAD
from scenarios.streams import Stream, long_tail, running
from scenarios.world import BuiltWorld

PLANS = Path(__file__).parent / "plans" / "whole_company"
FIELD, INSIDE, AMERICAN, MANAGEMENT = "Field Sales", "Inside Sales", "American Sales", "Sales Management"
FEWEST, MOST = 40, 200_000
TEAM = 12
DEALS_EACH = 18
"""Deals of each seller in the year."""
MEDIAN = 1_500_000
PRODUCTS = (
    ("Licence", "Software"),
    ("Subscription", "Software"),
    ("Appliance", "Hardware"),
    ("Implementation", "Services"),
    ("Training", "Services"),
)
PARTS = ("North", "East", "South", "West")
"""Of a country; with it the territory that a payee works."""
_SHARES = (("50%", "50%"), ("60%", "40%"), ("33.33%", "33.33%", "33.34%"))
_EURO = ("DE", "FR", "ES", "IT", "NL", "PT", "IE")


@dataclass(slots=True)
class _Team:
    """Sellers of one plan under one manager."""

    plan: str
    sellers: list[str] = field(default_factory=list)


def whole_company(payees: int, seed: int = 1) -> BuiltWorld:
    """The tables of a company with so many payees.  Stops with a Problem for too few or too many."""
    if not FEWEST <= payees <= MOST:
        raise Stopped(
            Problem(
                "company-size",
                f"a company of {payees:,} payees can't be made.",
                Where("payees"),
                "Every company has four plans with teams, and it has to fit into memory.",
                f"Ask for {FEWEST} to {MOST:,} payees.",
            )
        )
    draft = Draft("whole company", seed, payees * DEALS_EACH)
    teams = _people(draft, payees)
    for product, category in PRODUCTS:
        draft.add("products", {"product": product, "name": product, "category": category})
    draft.add("crediting_rules", {"role": "Manager", "receives": "100%", "of the credit of": "team"})
    _deals(draft, teams, _accounts(draft, payees))
    return BuiltWorld(draft.tables(), Origin("whole company", seed, draft.count("D"), "", ()), draft.edges)


def _people(draft: Draft, payees: int) -> list[_Team]:
    """Managers with their teams: of ten teams six are in the field, three inside, one in the United States."""
    stream = draft.stream("people")
    teams: list[_Team] = []
    manager = ""
    for number in range(payees):
        if number % TEAM == 0:
            plan = (FIELD, INSIDE, FIELD, AMERICAN, FIELD, INSIDE, FIELD, FIELD, INSIDE, FIELD)[
                len(teams) % 10
            ]
            teams.append(_Team(plan))
            manager = _payee(draft, stream, "Manager", "", len(teams), plan)
            if plan != AMERICAN:
                _assign(draft, manager, MANAGEMENT)
            continue
        team = teams[-1]
        seller = _payee(draft, stream, "Seller", manager, len(teams), team.plan)
        team.sellers.append(seller)
        _assign(draft, seller, team.plan)
        if team.plan == FIELD:
            level = stream.between(70, 130)
            for period, share in zip(QUARTERS, (22, 24, 20, 34), strict=True):
                quota = DEALS_EACH * MEDIAN * share * level // 10_000
                row = {"payee": seller, "period": period, "quota": money(quota // 100_000 * 100_000, "EUR")}
                draft.add("quotas", row | {"measure": "bookings"})
        if team.plan == INSIDE:
            amount = plain(stream.between(20, 60) * 1_000, "EUR")
            row = {"payee": seller, "kind": "recoverable", "amount": f"{amount} EUR", "per": "period"}
            draft.add("draws", row | {"from": "2026-01", "to": "2026-12"})
    return teams


def _payee(draft: Draft, stream: Stream, role: str, manager: str, team: int, plan: str) -> str:
    country = "US" if plan == AMERICAN else stream.pick(_EURO)
    payee = draft.next_id("E", 6)
    row = {
        "payee": payee,
        "name": draft.names.person(country, draft.count("E")),
        "role": role,
        "manager": manager,
        "team": f"Team {team:04d}",
        "kind": "employee",
        "country": COUNTRIES[country].code,
        "territory": f"{COUNTRIES[country].code} {PARTS[team % len(PARTS)]}",
        "hired": f"{stream.between(2012, 2025)}-{stream.between(1, 12):02d}-01",
    }
    draft.add("payees", row)
    return payee


def _assign(draft: Draft, payee: str, plan: str) -> None:
    draft.add("plan_assignments", {"payee": payee, "plan": plan, "from": FIRST_DAY.isoformat()})


def _accounts(draft: Draft, payees: int) -> list[str]:
    stream = draft.stream("customers")
    found = []
    for number in range(max(20, payees // 5)):
        account = draft.next_id("A", 5)
        name = f"{stream.pick(('North', 'South', 'East', 'West'))} Industries {number + 1}"
        draft.add("accounts", {"account": account, "name": name, "country": stream.pick(_EURO)})
        found.append(account)
    return found


def _deals(draft: Draft, teams: Sequence[_Team], accounts: Sequence[str]) -> None:
    when, what, size, share = (draft.stream(p) for p in ("days", "products", "amounts", "splits"))
    days, buys = running(day_weights()), running(long_tail(len(accounts)))
    for team in teams:
        currency = "USD" if team.plan == AMERICAN else "EUR"
        median = in_currency(MEDIAN if team.plan != INSIDE else MEDIAN // 2, currency)
        for seller in team.sellers:
            for _ in range(DEALS_EACH):
                closed = FIRST_DAY + timedelta(days=when.weighted(days))
                amount = priced(size, size.skewed(median, SPREAD), currency)
                columns = {"account": accounts[what.weighted(buys)], "product": what.pick(PRODUCTS)[0]}
                deal = draft.deal(seller, amount, closed, currency, **columns)
                others = [s for s in team.sellers if s != seller]
                if len(others) > 1 and share.chance(20):
                    shares = share.pick(_SHARES)
                    owners = [seller, *share.some(others, len(shares) - 1)]
                    for owner, part in zip(owners, shares, strict=True):
                        draft.add("credit_splits", {"deal": deal.deal, "payee": owner, "share": part})
                elif share.chance(4):
                    _return(draft, share, deal.deal, amount, closed, currency)


def _return(draft: Draft, stream: Stream, deal: str, amount: int, closed: date, currency: str) -> None:
    back = min(LAST_DAY, closed + timedelta(days=stream.between(5, 60)))
    row = {
        "return": draft.next_id("R"),
        "of": deal,
        "date": back.isoformat(),
        "amount": plain(max(1, amount * stream.between(5, 40) // 100), currency),
        "currency": currency,
    }
    draft.add("returns", row)
