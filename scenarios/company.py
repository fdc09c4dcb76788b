"""Company: the people, customers and territories that most worlds start from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import isqrt

from scenarios.draft import Draft
from scenarios.providers import COUNTRIES, EURO_COUNTRIES, FIRST_DAY, QUARTERS, money
from scenarios.streams import long_tail, running

HEAD, MANAGER = "Vice President Sales", "Regional Manager"
SPECIALIST, SELLER = "Solution Consultant", "Account Executive"
TEAM_SIZE = 6
SEGMENTS = ("strategic", "enterprise", "mid-market", "small")
INDUSTRIES = ("Manufacturing", "Retail", "Health", "Public sector", "Energy", "Logistics", "Banking")


@dataclass(slots=True)
class SalesForce:
    """Who sells.  sellers: open to ordinary deals.  reserved: sell nothing but the edge cases given them."""

    head: str = ""
    managers: list[str] = field(default_factory=list)
    specialists: list[str] = field(default_factory=list)
    sellers: list[str] = field(default_factory=list)
    reserved: list[str] = field(default_factory=list)
    team: dict[str, str] = field(default_factory=dict)
    country: dict[str, str] = field(default_factory=dict)


def sales_force(
    draft: Draft,
    plans: Mapping[str, str],
    *,
    countries: Sequence[str] = EURO_COUNTRIES,
    reserved: int = 0,
    rates: bool = False,
    names: Sequence[str] = (),
    since: date = FIRST_DAY,
) -> SalesForce:
    """Adds a head of sales, managers, specialists and sellers, with their territories and plans.

    plans: role -> the plan that its payees are on all year; specialists exist where they have a plan.
    rates: whether every seller has a commission rate of their own.  names: of the first sellers, in place of
    made-up ones.  since: the first day on the plans.
    """
    people = draft.stream("people")
    count = max(6, isqrt(draft.volume) * 2 // 3) + reserved
    force = SalesForce()
    force.head = _payee(draft, force, HEAD, countries[0])
    _assign(draft, force.head, plans.get(HEAD), since)
    for number in range(count):
        country = countries[number % len(countries)] if number < len(countries) else people.pick(countries)
        if number % TEAM_SIZE == 0:
            _team(draft, force, country, plans, since)
        rate = people.between(12, 38) * 25 if rates else 0
        team = f"Team {len(force.managers)}"
        name = names[number] if number < len(names) else ""
        seller = _payee(draft, force, SELLER, country, force.managers[-1], team, rate=rate, name=name)
        (force.reserved if number < reserved else force.sellers).append(seller)
        _assign(draft, seller, plans.get(SELLER), since)
        territory = draft.next_id("T", 4)
        draft.add("territories", {"territory": territory, "owner": seller, "from": since.isoformat()})
    draft.sellers = list(force.sellers)
    return force


def customers(
    draft: Draft, *, countries: Sequence[str] = EURO_COUNTRIES, named: Mapping[str, str] | None = None
) -> list[int]:
    """Adds customers; returns the running totals of how often each buys, few of them most of the time.

    named: account -> name of customers that must be there, in front of the made-up ones.  since: the first day on the plans.
    """
    stream = draft.stream("customers")
    given = dict(named or {})
    count = max(20, isqrt(draft.volume) * 4)
    for number in range(count):
        country = stream.pick(countries)
        made_up = draft.next_id("A", 5)
        account, name = list(given.items())[number] if number < len(given) else (made_up, "")
        size = stream.skewed(120, 24)
        row = {
            "account": account,
            "country": country,
            "segment": SEGMENTS[0 if size > 5_000 else 1 if size > 800 else 2 if size > 100 else 3],
            "industry": stream.pick(INDUSTRIES),
            "size": str(size),
            "territory": f"T-{stream.between(1, draft.count('T')):04d}",
            "name": name or draft.names.company(country, number + 1),
        }
        draft.add("accounts", row)
        draft.accounts.append(account)
    return running(long_tail(count))


def quarterly_quotas(
    draft: Draft, payees: Sequence[str], yearly_sales: int, *, currency: str = "EUR"
) -> None:
    """Adds quotas of which some are missed and some are passed.

    yearly_sales: what all the payees together can be expected to sell in the year, in minor units.
    """
    stream = draft.stream("quotas")
    thousand = 100_000
    season = (22, 24, 20, 34)
    for payee in payees:
        level = stream.between(70, 130)
        for period, share in zip(QUARTERS, season, strict=True):
            expected = yearly_sales // len(payees) * share * level // 10_000
            add_quota(draft, payee, period, max(10 * thousand, expected // thousand * thousand), currency)


def add_quota(draft: Draft, payee: str, period: str, quota: int, currency: str = "EUR") -> None:
    """Adds the bookings that a payee is expected to make in a period.  quota: in minor units."""
    row = {"payee": payee, "period": period, "quota": money(quota, currency), "measure": "bookings"}
    draft.add("quotas", row)


def _team(draft: Draft, force: SalesForce, country: str, plans: Mapping[str, str], since: date) -> None:
    team = f"Team {len(force.managers) + 1}"
    force.managers.append(_payee(draft, force, MANAGER, country, force.head, team))
    _assign(draft, force.managers[-1], plans.get(MANAGER), since)
    if SPECIALIST in plans:
        force.specialists.append(_payee(draft, force, SPECIALIST, country, force.managers[-1], team))
        _assign(draft, force.specialists[-1], plans[SPECIALIST], since)


def _payee(
    draft: Draft,
    force: SalesForce,
    role: str,
    country: str,
    manager: str = "",
    team: str = "",
    *,
    rate: int = 0,
    name: str = "",
) -> str:
    payee = draft.next_id("E", 4)
    number = draft.count("E")
    hired = draft.stream(f"hired {payee}")
    row = {
        "payee": payee,
        "name": name or draft.names.person(country, number),
        "role": role,
        "manager": manager,
        "team": team,
        "kind": "employee",
        "country": COUNTRIES[country].code,
        "hired": f"{hired.between(2012, 2025)}-{hired.between(1, 12):02d}-01",
        "commission rate": f"{rate // 100}.{rate % 100:02d}%" if rate else "",
    }
    draft.add("payees", row)
    force.team[payee], force.country[payee] = team, country
    return payee


def _assign(draft: Draft, payee: str, plan: str | None, since: date) -> None:
    if plan:
        draft.add("plan_assignments", {"payee": payee, "plan": plan, "from": since.isoformat()})
