"""Territory credit: a deal belongs to whoever holds its territory on the day that counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from reference_engine.columns import Array
from reference_engine.events import SOURCE, SOURCES, Events
from reference_engine.mechanics.crediting import matching
from reference_engine.mechanics.crediting.group import sale_days
from reference_engine.mechanics.crediting.readings import Asked, Readings
from reference_engine.mechanics.crediting.rules import unknown_column
from reference_engine.mechanics.crediting_examples import plan
from reference_engine.mechanics.registry import About, Example, describe
from reference_engine.problems import Problem, did_you_mean
from reference_engine.reporting import LAST_DAY, Reporting, reporting
from reference_engine.table import Table
from reference_engine.vocabulary.tables import TABLES
from reference_engine.world import TERRITORY_OWNER, World

MEANING = 'A deal whose owner is "territory owner" is credited to the holder of its territory on the day that the plan names.'
NO_RULE = "no rule matches"

_HOLDERS = (
    "territory | owner | from | to\nNorth | Ana | | 2026-01-15\nNorth | Ben | 2026-01-16 |\nSouth | Cho | |"
)
_DEALS = (
    "deal | owner | amount | closed | account\nD-1 | territory owner | 100.00 EUR | 2026-01-15 | A\n"
    "D-2 | territory owner | 200.00 EUR | 2026-01-16 | A\nD-3 | territory owner | 400.00 EUR | 2026-01-16 | B"
)
_ACCOUNTS = "account | country | segment | size | postal code\nA | DE | small | 99 | 01067\nB | DE | large | 100 | 10115"

ABOUT = describe(
    __name__,
    About(
        MEANING,
        formula="territory = the one written on the deal; else that of an account move; else that of the names or the rules, in the order of "
        "territory.precedence; credit = amount of the deal, to the holder on the day that territory.date names",
        boundary="A holder counts from the first to the last day, both included. The first rule by priority that matches an account "
        "gives its territory; an account move stands above rules and names, a territory written on the deal above all. Digits that "
        "begin with a zero, such as a postal code, are compared as text. A deal of a territory that nobody or several hold is refused.",
        sources=(
            "https://learning.sap.com/courses/implementing-and-administering-sap-incentive-management/credit-rules_a50dbd6f-0d64-4bea-b57a-e5509641bcc9",
            "https://help.salesforce.com/s/articleView?id=sales.tm2_assign_accounts_by_rules.htm&language=en_US&type=5",
            "https://docs.salesplanning.varicent.com/en/managing-your-planning-cycle/managing-account-quotas/scheduling-account-and-quota-moves.html",
        ),
        words={"Salesforce": "assignment rule", "SAP": "territory", "Varicent": "territory assignment"},
        examples=(
            Example(
                "The holder changes inside the month: the 15th is the last day of one, the 16th the first of the other",
                plan(),
                {
                    "territories": _HOLDERS,
                    "accounts": "account | territory\nA | North\nB | South",
                    "deals": _DEALS,
                },
                "Ana | 2026-01 | 10.00 EUR\nBen | 2026-01 | 20.00 EUR\nCho | 2026-01 | 40.00 EUR",
            ),
            Example(
                "By employee size: 99 lies in 1-99, 100 in 100-999",
                plan(),
                {
                    "territories": "territory | owner\nSmall | Ana\nLarge | Ben",
                    "accounts": _ACCOUNTS,
                    "territory_rules": "priority | field | is | territory\n1 | size | 1-99 | Small\n2 | size | 100-999 | Large",
                    "deals": _DEALS,
                },
                "Ana | 2026-01 | 30.00 EUR\nBen | 2026-01 | 40.00 EUR",
            ),
            Example(
                "By postal code and country together; the first rule that matches wins",
                plan(),
                {
                    "territories": "territory | owner\nSaxony | Ana\nGermany | Ben",
                    "accounts": _ACCOUNTS,
                    "territory_rules": "priority | postal code | country | territory\n1 | 01*, 02* | DE | Saxony\n2 | | DE, AT | Germany",
                    "deals": _DEALS,
                },
                "Ana | 2026-01 | 30.00 EUR\nBen | 2026-01 | 40.00 EUR",
            ),
            Example(
                "A named account stands above the rules until the 15th",
                plan(territory__precedence="named accounts first"),
                {
                    "territories": "territory | owner\nSmall | Ana\nLarge | Ben",
                    "accounts": _ACCOUNTS,
                    "named_accounts": "account | payee | to\nA | Cho | 2026-01-15",
                    "territory_rules": "priority | field | is | territory\n1 | size | 1-99 | Small\n2 | size | 100+ | Large",
                    "deals": _DEALS,
                },
                "Cho | 2026-01 | 10.00 EUR\nAna | 2026-01 | 20.00 EUR\nBen | 2026-01 | 40.00 EUR",
            ),
            Example(
                "A return counts for the holder of the day of the deal",
                plan(territory__date="deal date"),
                {
                    "territories": _HOLDERS,
                    "accounts": "account | territory\nA | North",
                    "deals": "deal | owner | amount | closed | account\nD-1 | territory owner | 100.00 EUR | 2026-01-15 | A",
                    "returns": "return | of | date | amount\nR-1 | D-1 | 2026-02-10 | 40.00 EUR",
                },
                "Ana | 2026-01 | 10.00 EUR\nAna | 2026-02 | -4.00 EUR",
            ),
            Example(
                "The same where each record counts on its own day",
                plan(territory__date="record date"),
                {
                    "territories": _HOLDERS,
                    "accounts": "account | territory\nA | North",
                    "deals": "deal | owner | amount | closed | account\nD-1 | territory owner | 100.00 EUR | 2026-01-15 | A",
                    "returns": "return | of | date | amount\nR-1 | D-1 | 2026-02-10 | 40.00 EUR",
                },
                "Ana | 2026-01 | 10.00 EUR\nBen | 2026-02 | -4.00 EUR",
            ),
            Example(
                "An account moves on the 16th",
                plan(),
                {
                    "territories": "territory | owner\nNorth | Ana\nSouth | Cho",
                    "accounts": "account | territory\nA | North\nB | North",
                    "account_moves": "account | territory | from\nA | South | 2026-01-16",
                    "deals": _DEALS,
                },
                "Ana | 2026-01 | 50.00 EUR\nCho | 2026-01 | 20.00 EUR",
            ),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Assignment:
    """Where an account belongs on a day, and why.  territory: "none" where no rule matches."""

    account: str
    territory: str
    owner: str
    why: str


def check(world: World, problems: list[Problem]) -> None:
    """A Problem for rules that ask for nothing or for what no account has, and for accounts named twice."""
    rules, accounts = world.table("territory_rules"), world.table("accounts")
    known = {*accounts.text, *(f.name for f in TABLES["accounts"].fields)}
    for row, wanted in enumerate(_conditions(rules)):
        if not wanted:
            problems.append(
                Problem(
                    "territory-rule",
                    f"the territory rule {rules.amounts('priority').value.at(row)} states no condition.",
                    rules.where(row),
                    "It would take every account.",
                    "Fill the columns field and is, or a column named after one of accounts.",
                )
            )
        for name in wanted:
            if name not in known:
                problems.append(unknown_column(rules.name, name, rules.where(row), known))
    moves = world.table("account_moves")
    listed = accounts.words("account").tolist() if accounts.size else []
    for row in range(moves.size if listed else 0):
        if moves.words("account")[row] not in listed:
            problems.append(
                Problem(
                    "unknown-reference",
                    f'account_moves, column "account": there is no account "{moves.words("account")[row]}".',
                    moves.where(row),
                    "The move would change nothing.",
                    did_you_mean(str(moves.words("account")[row]), listed),
                )
            )
    named = world.table("named_accounts")
    for row in range(named.size):
        if bool(named.words("payee")[row]) == bool(named.words("territory")[row]):
            problems.append(
                Problem(
                    "named-account",
                    f'the named account "{named.words("account")[row]}" must state a payee or a territory, and not both.',
                    named.where(row),
                    "It must be clear who holds it.",
                    "Fill one of the columns.",
                )
            )
    if named.size and _named(world)[1].several:
        problems.append(
            Problem(
                "named-account",
                "an account is named twice for the same day.",
                named.where(0),
                "It would belong to two at once.",
                "Let one row end on the day before the next begins.",
            )
        )


def own(events: Events, world: World, readings: Readings, asked: Asked, problems: list[Problem]) -> Events:
    """The events with the territory's holder as owner, where the deal leaves its owner to the territory."""
    deals = world.table("deals")
    by_territory = set(deals.words("deal")[deals.words("owner") == TERRITORY_OWNER].tolist())
    if not by_territory:
        return events
    rows = np.flatnonzero([d in by_territory for d in events.deal.tolist()])
    rows = rows[events.source[rows] != SOURCE["cancellations"]]
    if not len(rows):
        return events
    closed = sale_days(events)[rows]
    own_day = events.date[rows]
    days = own_day if readings.territory_date == "record date" else closed
    owner, count, territory = _owners(events, world, rows, days, readings, asked)
    if (closed != own_day).any():
        other, _, _ = _owners(events, world, rows, own_day if days is closed else closed, readings, Asked())
        differs = np.flatnonzero(other != owner)
        for i in differs[np.unique(events.source[rows[differs]], return_index=True)[1]].tolist():
            asked.ask(
                "territory.date",
                events.where(int(rows[i])),
                f"the territory of {events.record[rows[i]]} changed hands between the deal of {closed[i]} and {own_day[i]}",
                SOURCES[events.source[rows[i]]],
            )
    new_owner = events.owner.copy()
    new_owner[rows] = owner
    reported: set[str] = set()
    for i in np.flatnonzero(count != 1).tolist():
        deal = events.deal[rows[i]]
        if deal in reported:
            continue
        reported.add(deal)
        holder = "nobody holds" if count[i] == 0 else f"{count[i]} payees hold"
        name = territory[i] or "none"
        problems.append(
            Problem(
                "territory-owner",
                f'deal {deal} belongs to its territory\'s owner, and {holder} territory "{name}" on {days[i]}.',
                events.where(int(rows[i])),
                "The deal would be paid to nobody, or to several.",
                "State one owner of the territory for that day, or name the deal's owner.",
            )
        )
    return replace(events, owner=new_owner)


def _owners(
    events: Events, world: World, rows: Array, days: Array, readings: Readings, asked: Asked
) -> tuple[Array, Array, Array]:
    """For each row the holder on the day, how many there are, and the territory."""
    deals = world.table("deals")
    deal_territory = {
        d: t
        for d, t in zip(deals.words("deal").tolist(), deals.words("territory").tolist(), strict=True)
        if t
    }
    stated = np.array([deal_territory.get(d, "") for d in events.deal[rows].tolist()], dtype=object)
    found = account_territory(world, events.attribute("account")[rows], days, readings.territory_precedence)
    differs = np.flatnonzero(found.differs & (stated == ""))
    for i in differs[:1].tolist():
        asked.ask(
            "territory.precedence",
            events.where(int(rows[i])),
            f'the account "{events.attribute("account")[rows[i]]}" is named, and a rule gives it to another territory',
        )
    territory = np.where(stated != "", stated, found.territory)
    owner, count = _holders(world, territory, days)
    by_name = (found.holder >= 0) & (stated == "")
    return np.where(by_name, found.holder, owner), np.where(by_name, 1, count), territory


@dataclass(frozen=True)
class Found:
    """Where accounts belong.  holder: the payee who holds the account by name, -1 for the territory's.

    differs: where the name and the rules say different things, and nothing stands above both.
    """

    territory: Array
    why: Array
    holder: Array
    differs: Array


def account_territory(world: World, accounts: Array, days: Array, precedence: str = "") -> Found:
    """Each account's territory on each day: moved, else by name or by rule, whichever comes first."""
    table = world.table("accounts")
    code = np.array([table.index.get(a, -1) for a in accounts.tolist()] or [], dtype=np.int64)
    by_rule, rule = _by_rules(world, table, code, days)
    named, why, holder = _by_name(world, table, code, accounts, days)
    is_named = (named != "") | (holder >= 0)
    differs = is_named & (by_rule != "") & ((holder >= 0) | (named != by_rule))
    first = is_named & ((by_rule == "") | (precedence != "rules first"))
    territory = np.where(first, named, by_rule)
    why = np.where(first, why, np.where(by_rule != "", rule, NO_RULE))
    holder = np.where(first, holder, -1)
    moves = world.table("account_moves")
    if moves.size:
        moved, names = _moved(world)
        row = _one(moved, _codes(accounts, names), days)
        is_moved = row >= 0
        safe = np.maximum(row, 0)
        territory = np.where(is_moved, moves.words("territory")[safe], territory)
        on = np.array([f"moved on {d}" for d in moves.days("from").tolist()], dtype=object)
        why = np.where(is_moved, on[safe], why)
        holder = np.where(is_moved, -1, holder)
        differs = differs & ~is_moved
    return Found(territory, why, holder, differs)


def assign(world: World, day: date) -> list[Assignment]:
    """Every account's territory and owner on a day."""
    accounts = world.table("accounts").words("account")
    days = np.full(len(accounts), np.datetime64(day, "D"))
    found = account_territory(world, accounts, days)
    owner, _ = _holders(world, found.territory, days)
    owner = np.where(found.holder >= 0, found.holder, owner)
    return [
        Assignment(a, t or "none", world.payees[o] if o >= 0 else "", w)
        for a, t, o, w in zip(
            accounts.tolist(), found.territory.tolist(), owner.tolist(), found.why.tolist(), strict=True
        )
    ]


def _conditions(rules: Table) -> list[dict[str, str]]:
    return matching.conditions(rules, {f.name: None for f in TABLES["territory_rules"].fields})


def _by_rules(world: World, table: Table, code: Array, days: Array) -> tuple[Array, Array]:
    """The territory of the first rule that matches, and which rule that is."""
    rules = world.table("territory_rules")
    territory = np.full(len(code), "", dtype=object)
    why = np.full(len(code), "", dtype=object)
    if not table.size:
        return territory, why
    wanted = _conditions(rules)
    priority = rules.amounts("priority").value
    known = code >= 0
    for row in sorted(range(rules.size), key=priority.at, reverse=True):
        hit = known & matching.all_of(wanted[row], table.words, table.size)[np.maximum(code, 0)]
        for day, later in ((rules.days("from")[row], True), (rules.days("to")[row], False)):
            if not np.isnat(day):
                hit &= days >= day if later else days <= day
        territory[hit] = rules.words("territory")[row]
        why[hit] = f"rule {priority.at(row)}"
    return territory, why


def _by_name(
    world: World, table: Table, code: Array, accounts: Array, days: Array
) -> tuple[Array, Array, Array]:
    """The territory that an account names, why, and the payee who holds it by name."""
    stated = table.words("territory") if table.size else np.array([""], dtype=object)
    territory = np.where(code >= 0, stated[np.maximum(code, 0)], "").astype(object)
    why = np.where(territory != "", "stated", "").astype(object)
    holder = np.full(len(code), -1, dtype=np.int64)
    named = world.table("named_accounts")
    if named.size:
        names, lines = _named(world)
        row = _one(lines, _codes(accounts, names), days)
        is_named, safe = row >= 0, np.maximum(row, 0)
        payees = np.array(
            [world.payee_code.get(p, -1) for p in named.words("payee").tolist()], dtype=np.int64
        )
        territory = np.where(is_named, named.words("territory")[safe], territory)
        why = np.where(is_named, "named account", why)
        holder = np.where(is_named, payees[safe], holder)
    return territory, why, holder


def _named(world: World) -> tuple[dict[str, int], Reporting]:
    """The rows of named_accounts by account and day."""
    table = world.table("named_accounts")
    accounts = table.words("account")
    names = {a: i for i, a in enumerate(dict.fromkeys(accounts.tolist()))}
    rows = np.arange(table.size)
    return names, reporting(len(names), _codes(accounts, names), rows, table.days("from"), table.days("to"))


def _moved(world: World) -> tuple[Reporting, dict[str, int]]:
    """The rows of account_moves by account and day: each ends on the day before the next."""
    table = world.table("account_moves")
    accounts = table.words("account")
    names = {a: i for i, a in enumerate(dict.fromkeys(accounts.tolist()))}
    code, first = _codes(accounts, names), table.days("from")
    order = np.lexsort((first, code))
    last = np.full(table.size, LAST_DAY)
    same = code[order][1:] == code[order][:-1]
    last[order[:-1][same]] = first[order[1:][same]] - np.timedelta64(1, "D")
    return reporting(len(names), code, np.arange(table.size), first, last), names


def _codes(words: Array, names: dict[str, int]) -> Array:
    return np.array([names.get(w, -1) for w in words.tolist()], dtype=np.int64)


def _one(lines: Reporting, code: Array, days: Array) -> Array:
    """The row that holds for each name on each day; -1 for none."""
    out = np.full(len(code), -1, dtype=np.int64)
    known = code >= 0
    for column in lines.above(np.maximum(code, 0), days):
        out = np.where(known & (column >= 0), column, out)
    return out


def _holders(world: World, territory: Array, days: Array) -> tuple[Array, Array]:
    """The payee who holds each territory on each day (-1 for none or several), and how many do."""
    table = world.table("territories")
    owner = np.full(len(territory), -1, dtype=np.int64)
    count = np.zeros(len(territory), dtype=np.int64)
    if not table.size:
        return owner, count
    words = table.words("territory")
    names = {t: i for i, t in enumerate(dict.fromkeys(words.tolist()))}
    rows = np.arange(table.size)
    lines = reporting(len(names), _codes(words, names), rows, table.days("from"), table.days("to"))
    owners = np.array([world.payee_code[o] for o in table.words("owner").tolist()], dtype=np.int64)
    code = _codes(territory, names)
    for column in lines.above(np.maximum(code, 0), days):
        holds = (code >= 0) & (column >= 0)
        owner[holds] = owners[column[holds]]
        count[holds] += 1
    owner[count != 1] = -1
    return owner, count
