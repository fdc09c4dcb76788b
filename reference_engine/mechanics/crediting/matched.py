"""Rule-matched credit: who is credited with a record is found from its attributes."""

from __future__ import annotations

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.events import Events
from reference_engine.mechanics.crediting import matching
from reference_engine.mechanics.crediting.credits import Credits
from reference_engine.mechanics.crediting.group import members, sale_days
from reference_engine.mechanics.crediting.readings import Asked, Readings
from reference_engine.mechanics.crediting.rules import attributes_of, unknown_column
from reference_engine.mechanics.crediting_examples import plan
from reference_engine.mechanics.registry import About, Example, describe
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import format_percent
from reference_engine.vocabulary.tables import TABLES
from reference_engine.world import BY_RULE, World

MEANING = "Rules on a record's attributes say who is credited with it, beside its owner or instead of one."

_DEALS = "deal | owner | amount | closed | country | segment\nD-1 | by rule | 1,000.00 EUR | 2026-01-15 | DE | small\nD-2 | Cho | 500.00 EUR | 2026-01-31 | DE | large"
_RULES = "rule | payee | priority | country | segment | to\ncountry | Ana | 1 | DE, AT | |\nlarge | Ben | 2 | DE | large | 2026-01-31"

ABOUT = describe(
    __name__,
    About(
        MEANING,
        formula="credit = amount of the record x share of the rule that matches",
        boundary="A rule matches where each of its attributes is what it asks for; a blank asks for nothing. It counts from its "
        "first to its last day, both included, by the day of the deal: a return goes to whom its sale was credited. Words are "
        "compared exactly, upper and lower case too. A record without owner that no rule matches is refused.",
        sources=(
            "https://learning.sap.com/courses/implementing-and-administering-sap-incentive-management/credit-rules_a50dbd6f-0d64-4bea-b57a-e5509641bcc9",
            "https://docs.idynamics.es/en/commissions/direct/setup.html",
        ),
        words={"SAP": "rule-based credit", "Oracle": "credit rule", "iDynamics": "commission setup line"},
        examples=(
            Example(
                "The first rule that matches; the owner beside it only where there is one",
                plan(match__precedence="first match", credit__preassigned="owner only"),
                {"deals": _DEALS, "matching_rules": _RULES},
                "Ana | 2026-01 | 100.00 EUR\nCho | 2026-01 | 50.00 EUR",
            ),
            Example(
                "The rule that asks for more comes first, and rules replace owners",
                plan(match__precedence="most specific", credit__preassigned="rule only"),
                {"deals": _DEALS, "matching_rules": _RULES},
                "Ana | 2026-01 | 100.00 EUR\nBen | 2026-01 | 50.00 EUR",
            ),
            Example(
                "Every rule that matches, and the owner too",
                plan(match__precedence="every match", credit__preassigned="both"),
                {"deals": _DEALS, "matching_rules": _RULES},
                "Ana | 2026-01 | 150.00 EUR\nBen | 2026-01 | 50.00 EUR\nCho | 2026-01 | 50.00 EUR",
            ),
            Example(
                "A rule ends on the 31st: the deal of the 1st matches it no more; its returns follow the sale",
                plan(),
                {
                    "deals": "deal | owner | amount | closed | segment\nD-1 | by rule | 100.00 EUR | 2026-01-31 | large\nD-2 | by rule | 100.00 EUR | 2026-02-01 | large",
                    "returns": "return | of | date | amount\nR-1 | D-1 | 2026-02-10 | 40.00 EUR",
                    "matching_rules": "rule | payee | segment | from | to\nold | Ana | large | | 2026-01-31\nnew | Ben | large | 2026-02-01 |",
                },
                "Ana | 2026-01 | 10.00 EUR\nAna | 2026-02 | -4.00 EUR\nBen | 2026-02 | 10.00 EUR",
            ),
            Example(
                "A rule by the size of the account: 99 and 100 employees",
                plan(),
                {
                    "accounts": "account | size\nA-1 | 99\nA-2 | 100\nA-3 | 1,000",
                    "deals": "deal | owner | amount | closed | account\nD-1 | by rule | 100.00 EUR | 2026-01-10 | A-1\n"
                    "D-2 | by rule | 200.00 EUR | 2026-01-11 | A-2\nD-3 | by rule | 400.00 EUR | 2026-01-12 | A-3",
                    "matching_rules": "rule | payee | size\nsmall | Ana | 1-99\nmiddle | Ben | 100-999\nlarge | Cho | 1000+",
                },
                "Ana | 2026-01 | 10.00 EUR\nBen | 2026-01 | 20.00 EUR\nCho | 2026-01 | 40.00 EUR",
            ),
        ),
    ),
)


def check(world: World, problems: list[Problem]) -> None:
    """A Problem for a rule that asks for what no record has, and for one whose rows contradict each other."""
    table = world.table("matching_rules")
    if not table.size:
        return
    known = attributes_of(world)
    for name in table.text:
        if name not in ("rule", "payee") and name not in known:
            problems.append(unknown_column(table.name, name, table.where(0), known))
    share = table.amounts("share")
    first: dict[str, int] = {}
    wanted = _conditions(world)
    for row, rule in enumerate(table.words("rule").tolist()):
        if share.present[row] and not 0 < share.value.at(row) <= 1:
            problems.append(
                Problem(
                    "split-share",
                    f"the share of {table.words('payee')[row]} by rule {rule} is {format_percent(share.value.at(row))}.",
                    table.where(row),
                    "A share is above 0% and at most 100%.",
                    "Correct the share, or leave it blank.",
                )
            )
        other = first.setdefault(rule, row)
        if wanted[row] != wanted[other] or _rank(world)[row] != _rank(world)[other]:
            problems.append(
                Problem(
                    "rule-differs",
                    f'the rows of rule "{rule}" ask for different things.',
                    table.where(row),
                    "A rule with several payees matches for all of them, or for none.",
                    "Repeat the same conditions and priority, or give the row a rule of its own.",
                )
            )


def credit(
    events: Events, world: World, readings: Readings, asked: Asked, problems: list[Problem]
) -> Credits:
    """The credits that rules give, by the precedence that the plan states."""
    table = world.table("matching_rules")
    none = np.zeros(0, dtype=np.int64)
    if not table.size:
        return Credits.direct(none, none, Exact(none))
    days = sale_days(events)
    names = table.words("rule").tolist()
    rules = {name: [r for r, n in enumerate(names) if n == name] for name in dict.fromkeys(names)}
    wanted = _conditions(world)
    hits = {rule: _hits(world, rows[0], wanted[rows[0]], events, days) for rule, rows in rules.items()}
    count = np.zeros(len(events), dtype=np.int64)
    for hit in hits.values():
        count += hit
    for event in np.flatnonzero(count > 1).tolist()[:1]:
        both = [f'"{rule}"' for rule, hit in hits.items() if hit[event]]
        asked.ask(
            "match.precedence",
            events.where(event),
            f"{events.record[event]} matches the rules {' and '.join(both[:3])}",
        )
    if readings.match_precedence in ("first match", "most specific"):
        hits = _best(world, rules, hits, wanted, readings.match_precedence, events, problems)
    events_of: list[Array] = []
    row_of: list[Array] = []
    for rule, rows in rules.items():
        at = np.flatnonzero(hits[rule])
        for row in rows:
            events_of.append(at)
            row_of.append(np.full(len(at), row))
    _unmatched(events, count, world, problems)
    return _expanded(world, np.concatenate(events_of), np.concatenate(row_of), days)


def beside_owner(
    owned: Credits, matched: Credits, events: Events, readings: Readings, asked: Asked
) -> Credits:
    """The credits of owners and of rules together, as the plan reads it when a record has both."""
    if not len(matched):
        return owned
    has_owner = np.zeros(len(events), dtype=bool)
    has_owner[owned.event] = True
    by_rule = np.zeros(len(events), dtype=bool)
    by_rule[matched.event] = True
    for event in np.flatnonzero(has_owner & by_rule).tolist()[:1]:
        asked.ask(
            "credit.preassigned",
            events.where(event),
            f"{events.record[event]} names its owner and matches a rule",
        )
    reading = readings.credit_preassigned
    if reading == "owner only":
        matched = matched.take(np.flatnonzero(~has_owner[matched.event]))
    elif reading == "rule only":
        owned = owned.take(np.flatnonzero(~by_rule[owned.event]))
    elif reading == "both, each payee once":
        size = int(max(owned.payee.max(initial=0), matched.payee.max(initial=0))) + 1
        again = np.isin(matched.event * size + matched.payee, owned.event * size + owned.payee)
        matched = matched.take(np.flatnonzero(~again))
    return ordered(Credits.joined([owned, matched]))


def ordered(credits: Credits) -> Credits:
    """Direct credits with those of one event beside each other, in their own order."""
    return credits.take(np.argsort(credits.event, kind="stable"))


def _conditions(world: World) -> list[dict[str, str]]:
    names = {f.name: None for f in TABLES["matching_rules"].fields}
    return matching.conditions(world.table("matching_rules"), names)


def _rank(world: World) -> list[tuple[bool, int]]:
    priority = world.table("matching_rules").amounts("priority")
    order = {v: i for i, v in enumerate(sorted(set(priority.value.fractions())))}
    return [
        (not present, order[value])
        for present, value in zip(priority.present.tolist(), priority.value.fractions(), strict=True)
    ]


def _hits(world: World, row: int, wanted: dict[str, str], events: Events, days: Array) -> Array:
    table = world.table("matching_rules")
    out = matching.all_of(wanted, events.attribute, len(events))
    for day, later in ((table.days("from")[row], True), (table.days("to")[row], False)):
        if not np.isnat(day):
            out &= days >= day if later else days <= day
    return out


def _best(
    world: World,
    rules: dict[str, list[int]],
    hits: dict[str, Array],
    wanted: list[dict[str, str]],
    how: str,
    events: Events,
    problems: list[Problem],
) -> dict[str, Array]:
    """For each event only the rule that comes first, or that names the most; two of one rank are a Problem."""
    ranks = _rank(world)
    rank = {
        rule: (ranks[rows[0]], rows[0]) if how == "first match" else (-len(wanted[rows[0]]), ranks[rows[0]])
        for rule, rows in rules.items()
    }
    free = np.ones(len(events), dtype=bool)
    taken: dict[object, Array] = {}
    out: dict[str, Array] = {}
    for rule in sorted(rules, key=lambda r: rank[r]):
        same = taken.get(rank[rule])
        if same is not None and (twice := np.flatnonzero(same & hits[rule])).size:
            problems.append(
                Problem(
                    "rules-tie",
                    f'{events.record[twice[0]]} matches the rule "{rule}" and another of the same rank.',
                    world.table("matching_rules").where(rules[rule][0]),
                    "It wouldn't be clear which of them credits.",
                    "Give each a priority of its own; the lowest comes first.",
                )
            )
        out[rule] = hits[rule] & free
        taken[rank[rule]] = out[rule] if same is None else same | out[rule]
        free &= ~hits[rule]
    return out


def _unmatched(events: Events, count: Array, world: World, problems: list[Problem]) -> None:
    deals = world.table("deals")
    left = {
        d
        for d, o in zip(deals.words("deal").tolist(), deals.words("owner").tolist(), strict=True)
        if o == BY_RULE
    }
    if not left:
        return
    for event in np.flatnonzero(count == 0).tolist():
        if events.deal[event] in left:
            problems.append(
                Problem(
                    "no-rule-matches",
                    f"no matching rule finds who is credited with {events.record[event]}.",
                    events.where(event),
                    "It would be paid to nobody.",
                    "Add a rule that it matches, or name its owner.",
                )
            )
            if len(problems) >= 50:
                return


def _expanded(world: World, event: Array, row: Array, days: Array) -> Credits:
    """The credit of each event and rule row; a row that names a group credits each member."""
    table = world.table("matching_rules")
    share, quota = table.amounts("share"), table.amounts("quota share")
    whole = Exact.where(share.present, share.value, Exact.full(table.size, 1))
    counted = Exact.where(quota.present, quota.value, whole) if quota.present.any() else None
    names = table.words("payee")
    groups = set(world.table("groups").words("group").tolist())
    is_group = np.array([n in groups for n in names.tolist()], dtype=bool)[row]
    codes = np.array([world.payee_code.get(n, -1) for n in names.tolist()], dtype=np.int64)
    one, many = np.flatnonzero(~is_group), np.flatnonzero(is_group)
    parts = [
        Credits.direct(
            event[one], codes[row[one]], whole[row[one]], None if counted is None else counted[row[one]]
        )
    ]
    if len(many):
        found = members(world, np.arange(len(many)), names[row[many]], days[event[many]])
        at = many[found.event]
        parts.append(
            Credits.direct(
                event[at],
                found.payee,
                found.share * whole[row[at]],
                None if counted is None else found.share * counted[row[at]],
            )
        )
    joined = Credits.joined(parts)
    rows = np.concatenate([row[one], row[many][found.event]]) if len(many) else row[one]
    return joined.take(np.lexsort((rows, joined.event)))
