"""The oracle's crediting: who is credited with one record, rule by rule and person by person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from reference_engine.tests.oracle_records import (
    ZERO,
    Event,
    Row,
    Tables,
    day_of,
    money,
    number,
    percent,
    span,
)

ONE = Fraction(1)
BACK = ("returns of deals", "returns of sales")
KNOWN = {
    "matching_rules": ("rule", "payee", "share", "quota share", "priority", "from", "to"),
    "territory_rules": ("priority", "field", "is", "territory", "from", "to"),
}


@dataclass(frozen=True)
class Credited:
    """source: the place of the direct credit that this one is or follows.  receives: of that direct credit.

    seen: the share that quotas and tiers see.  day: on which it counts.  pay_day: of the release that it waits for.
    """

    payee: str
    type: str
    share: Fraction
    source: int
    receives: Fraction = ONE
    seen: Fraction | None = None
    day: date | None = None
    held: bool = False
    pay_day: date | None = None
    level: int = 0

    @property
    def counted(self) -> Fraction:
        return self.share if self.seen is None else self.seen


def credits_of(
    event: Event, tables: Tables, conv: dict[str, str] | None = None, cadence: str = "month"
) -> list[Credited]:
    """Who is credited with an event: direct credit, then overlay and roll-up on top.

    In the order of the split; what follows a direct credit stands behind it.
    """
    conv = conv or {}
    direct = _split(event, tables) or _kept(event, tables, _assigned(event, tables, conv))
    direct = [replace(c, source=i) for i, c in enumerate(_held(event, tables, conv, direct))]
    extra = [
        x
        for c in direct
        for x in (*_overlay(event, tables, conv, cadence, c), *_above(event, tables, conv, cadence, c))
    ]
    extra = [*_held(event, tables, conv, _named_overlay(event, tables)), *extra]
    extra = _limited(event, tables, conv, extra)
    # What is named on top of a split stands behind all its parts.
    return sorted([*direct, *extra], key=lambda c: (c.source < 0, c.source))


# -- direct credit ----------------------------------------------------------------------------------------
def sold_on(event: Event, tables: Tables) -> date:
    """The day of the deal or sale that a record belongs to."""
    if event.sold:
        return event.sold
    closed = [d["closed"] for d in tables.get("deals", []) if d["deal"] == event.deal]
    return day_of(closed[0]) if closed and event.source != "retail sales" else event.day


def _on(row: Row, day: date) -> bool:
    return (not row.get("from") or day_of(row["from"]) <= day) and (
        not row.get("to") or day <= day_of(row["to"])
    )


def _split(event: Event, tables: Tables) -> list[Credited]:
    rows = [
        s
        for s in tables.get("credit_splits", [])
        if event.deal and s["deal"] == event.deal and s.get("kind") != "overlay"
    ]
    return [
        Credited(
            s["payee"],
            "direct",
            percent(s["share"]),
            0,
            seen=percent(s["quota share"]) if s.get("quota share") else None,
        )
        for s in rows
    ]


def _named_overlay(event: Event, tables: Tables) -> list[Credited]:
    rows = [
        s
        for s in tables.get("credit_splits", [])
        if event.deal and s["deal"] == event.deal and s.get("kind") == "overlay"
    ]
    return [
        Credited(
            s["payee"],
            "overlay",
            percent(s["share"]),
            -1,
            seen=percent(s["quota share"]) if s.get("quota share") else None,
        )
        for s in rows
    ]


def _assigned(event: Event, tables: Tables, conv: dict[str, str]) -> list[Credited]:
    """The owner, the members of a group, the holder of the territory; and whom the matching rules name."""
    groups = {g["group"] for g in tables.get("groups", [])}
    day = sold_on(event, tables)

    def members(name: str, share: Fraction, seen: Fraction | None) -> list[Credited]:
        if name not in groups:
            return [Credited(name, "direct", share, 0, seen=seen)]
        out = []
        for g in tables["groups"]:
            if g["group"] == name and _on(g, day):
                own = percent(g["share"]) if g.get("share") else ONE
                out.append(
                    Credited(g["payee"], "direct", own * share, 0, seen=None if seen is None else own * seen)
                )
        return out

    owner = event.owner
    if owner == "territory owner":
        owner = territory_owner(event, tables, conv)
    owned = [] if owner in ("", "by rule") else members(owner, ONE, None)
    hits = [
        r for r in tables.get("matching_rules", []) if _on(r, day) and _matches(r, "matching_rules", event)
    ]
    order = {r["rule"]: i for i, r in reversed(list(enumerate(tables.get("matching_rules", []))))}

    def rank(r: Row) -> tuple[object, ...]:
        return (not r.get("priority"), number(r.get("priority") or "0"), order[r["rule"]])

    def asks(r: Row) -> int:
        return len([n for n in r if n not in KNOWN["matching_rules"] and r[n]])

    if hits and conv.get("match.precedence") in ("first match", "most specific"):
        if conv["match.precedence"] == "first match":
            best = min(hits, key=rank)["rule"]
        else:
            best = min(hits, key=lambda r: (-asks(r), *rank(r)))["rule"]
        hits = [r for r in hits if r["rule"] == best]
    matched = [
        x
        for r in hits
        for x in members(
            r["payee"],
            percent(r["share"]) if r.get("share") else ONE,
            percent(r["quota share"]) if r.get("quota share") else None,
        )
    ]
    how = conv.get("credit.preassigned")
    if owned and matched:
        if how == "owner only":
            matched = []
        elif how == "rule only":
            owned = []
        elif how == "both, each payee once":
            have = {c.payee for c in owned}
            matched = [c for c in matched if c.payee not in have]
    return owned + matched


def _matches(row: Row, table: str, event: Event) -> bool:
    traits = dict(event.traits)
    wanted = {n: v for n, v in row.items() if n not in KNOWN[table] and v}
    if row.get("field"):
        wanted[row["field"]] = row["is"]
    return all(fits(traits.get(n, ""), v) for n, v in wanted.items())


def fits(value: str, condition: str) -> bool:
    """A word, several with commas, 100-999, 1000+, or 75* for what begins so."""
    for part in (p.strip() for p in condition.split(",")):
        if part == value or (part.endswith("*") and value and value.startswith(part[:-1])):
            return True
        plain = value.isdigit() and not (len(value) > 1 and value[0] == "0")
        if part.endswith("+") and plain and int(value) >= int(part[:-1]):
            return True
        low, dash, high = part.partition("-")
        if dash and low.isdigit() and high.isdigit() and plain and int(low) <= int(value) <= int(high):
            return True
    return False


def territory_owner(event: Event, tables: Tables, conv: dict[str, str]) -> str:
    day = event.day if conv.get("territory.date") == "record date" else sold_on(event, tables)
    deal = next(d for d in tables["deals"] if d["deal"] == event.deal)
    territory, holder = deal.get("territory", ""), ""
    if not territory:
        territory, holder = _account_territory(deal.get("account", ""), day, tables, conv)
    if holder:
        return holder
    holders = [t["owner"] for t in tables["territories"] if t["territory"] == territory and _on(t, day)]
    assert len(holders) == 1, "the random worlds give every territory one holder"
    return holders[0]


def _account_territory(account: str, day: date, tables: Tables, conv: dict[str, str]) -> tuple[str, str]:
    """The territory of an account, and who holds it by name."""
    moves = [
        m for m in tables.get("account_moves", []) if m["account"] == account and day_of(m["from"]) <= day
    ]
    if moves:
        return max(moves, key=lambda m: m["from"])["territory"], ""
    row = next((a for a in tables["accounts"] if a["account"] == account), {})
    by_rule = ""
    for rule in sorted(tables.get("territory_rules", []), key=lambda r: number(r["priority"])):
        wanted = {n: v for n, v in rule.items() if n not in KNOWN["territory_rules"] and v}
        if rule.get("field"):
            wanted[rule["field"]] = rule["is"]
        if row and _on(rule, day) and all(fits(row.get(n, ""), v) for n, v in wanted.items()):
            by_rule = rule["territory"]
            break
    named, holder = row.get("territory", ""), ""
    for n in tables.get("named_accounts", []):
        if n["account"] == account and _on(n, day):
            named, holder = n.get("territory", ""), n.get("payee", "")
    if by_rule and (conv.get("territory.precedence") == "rules first" or not (named or holder)):
        return by_rule, ""
    return named, holder


def _kept(event: Event, tables: Tables, credits: list[Credited]) -> list[Credited]:
    """What somebody keeps of a deal or an account for a while."""
    day = sold_on(event, tables)
    traits = dict(event.traits)
    found = None
    for h in tables.get("holdovers", []):
        inside = (not h.get("from") or day_of(h["from"]) <= day) and day <= day_of(h["until"])
        own_deal = bool(h.get("deal")) and h["deal"] == event.deal
        own_account = bool(h.get("account")) and h["account"] == traits.get("account")
        # A holdover of the deal itself stands above one of its account.
        if inside and (own_deal or (own_account and not (found and found.get("deal")))):
            found = h
    if found is None or not credits or any(c.payee == found["payee"] for c in credits):
        return credits
    share = percent(found["share"]) if found.get("share") else ONE
    rest = [
        replace(c, share=c.share * (1 - share), seen=None if c.seen is None else c.seen * (1 - share))
        for c in credits
    ]
    return [Credited(found["payee"], "direct", share, 0), *(c for c in rest if share != 1)]


def _held(event: Event, tables: Tables, conv: dict[str, str], credits: list[Credited]) -> list[Credited]:
    out = []
    for c in credits:
        row = None
        for name in (event.deal, event.invoice, event.record):
            rows = [h for h in tables.get("credit_holds", []) if name and h["record"] == name]
            own = [h for h in rows if h.get("payee") == c.payee] or [h for h in rows if not h.get("payee")]
            row = own[0] if own else row
        if row is None:
            out.append(c)
            continue
        counts = conv.get("hold.attainment") == "counted"
        if not row.get("released on"):
            out += [replace(c, held=True)] if counts else []
            continue
        release = day_of(row["released on"])
        if conv.get("hold.period") == "release period" and release > event.day:
            out.append(replace(c, pay_day=release) if counts else replace(c, day=release))
        else:
            out.append(c)
    return out


# -- indirect credit --------------------------------------------------------------------------------------
def hierarchy_day(event: Event, conv: dict[str, str], cadence: str) -> date:
    day = (event.sold or event.day) if event.source in BACK else event.day
    return span(day, cadence).last if conv.get("rollup.as_of") == "period end" else day


def person_on(tables: Tables, payee: str, column: str, day: date) -> str:
    """The role or manager of a payee on a day: what the last change before it says."""
    value = {p["payee"]: p.get(column, "") for p in tables.get("payees", [])}.get(payee, "")
    words = {"role": ("move", "promotion"), "manager": ("manager change",)}[column]
    for e in sorted(tables.get("employment_events", []), key=lambda e: e["from"]):
        if e["payee"] == payee and e["event"] in words and day_of(e["from"]) <= day:
            value = e["value"]
    return value


def _managers(event: Event, tables: Tables, conv: dict[str, str], cadence: str, payee: str) -> list[str]:
    day = hierarchy_day(event, conv, cadence)
    if not tables.get("reporting_lines"):
        boss = person_on(tables, payee, "manager", day)
        return [boss] if boss else []
    return [r["manager"] for r in tables["reporting_lines"] if r["payee"] == payee and _on(r, day)]


def _leads(tables: Tables, payee: str) -> bool:
    rows = tables.get("reporting_lines") or tables.get("payees", [])
    changes = [] if tables.get("reporting_lines") else tables.get("employment_events", [])
    return any(r.get("manager") == payee for r in rows) or any(
        e["event"] == "manager change" and e["value"] == payee for e in changes
    )


def _receivers(event: Event, tables: Tables, kind: str, day: date) -> list[tuple[str, Row]]:
    out = []
    for rule in tables.get("crediting_rules", []):
        if not _on(rule, event.day):
            continue
        if rule.get("field") and not fits(dict(event.traits).get(rule["field"], ""), rule["is"]):
            continue
        for p in tables.get("payees", []):
            who = p["payee"]
            if (rule.get("role") and person_on(tables, who, "role", day) == rule["role"]) or (
                rule.get("payee") and who == rule["payee"]
            ):
                if rule.get("as"):
                    is_kind = rule["as"] == kind
                elif rule["of the credit of"] == "everyone":
                    is_kind = kind == "overlay"
                elif kind == "roll-up":
                    is_kind = _leads(tables, who)
                else:
                    is_kind = not _leads(tables, who) and rule["of the credit of"] == "team"
                if is_kind:
                    out.append((who, rule))
    return out


def _following(credit: Credited, payee: str, kind: str, rule: Row, level: int = 0) -> Credited:
    receives = percent(rule["receives"])
    seen = credit.counted * (percent(rule["quota credit"]) if rule.get("quota credit") else receives)
    return replace(
        credit,
        payee=payee,
        type=kind,
        share=credit.share * receives,
        receives=receives,
        seen=seen,
        level=level,
    )


def _overlay(
    event: Event, tables: Tables, conv: dict[str, str], cadence: str, credit: Credited
) -> list[Credited]:
    people = {p["payee"]: p for p in tables.get("payees", [])}
    out = []
    for who, rule in _receivers(event, tables, "overlay", hierarchy_day(event, conv, cadence)):
        if who == credit.payee:
            continue
        team = people[who].get("team")
        if rule["of the credit of"] == "everyone":
            near = True
        elif team:
            near = team == people.get(credit.payee, {}).get("team")
        else:
            mine = _managers(event, tables, conv, cadence, who)
            near = bool(set(mine) & set(_managers(event, tables, conv, cadence, credit.payee)))
        if near:
            out.append(_following(credit, who, "overlay", rule))
    people_in_order = list(people)
    return sorted(out, key=lambda c: people_in_order.index(c.payee))


def _above(
    event: Event, tables: Tables, conv: dict[str, str], cadence: str, credit: Credited
) -> list[Credited]:
    once = conv.get("rollup.duplicates") == "once"
    receivers = _receivers(event, tables, "roll-up", hierarchy_day(event, conv, cadence))
    out = []
    people = [p["payee"] for p in tables.get("payees", [])]

    def give(who: str, level: int) -> None:
        for payee, rule in receivers:
            if payee != who:
                continue
            low, high = _levels(rule)
            if low <= max(level, 1) <= high:
                out.append(_following(credit, who, "roll-up", rule, level))

    if conv.get("rollup.own_sales") == "included":
        give(credit.payee, 0)
    at, level, seen = [credit.payee], 0, set()
    while at:
        level += 1
        above = [m for p in at for m in _managers(event, tables, conv, cadence, p)]
        if once:
            above = [m for m in dict.fromkeys(above) if m not in seen]
            seen |= set(above)
        # On one level in the order in which the payees are listed.
        for m in sorted(above, key=people.index):
            give(m, level)
        at = above
    return out


def _levels(rule: Row) -> tuple[int, int]:
    text = rule.get("level", "")
    low, high = 1, 99
    if text.endswith("+"):
        low = int(text[:-1])
    elif "-" in text:
        low, high = (int(x) for x in text.split("-"))
    elif text:
        low = high = int(text)
    if rule["of the credit of"] == "direct reports":
        low, high = 1, min(high, 1)
    return low, high


def _limited(event: Event, tables: Tables, conv: dict[str, str], credits: list[Credited]) -> list[Credited]:
    for row in tables.get("credit_maximums", []):
        kinds = ("overlay", "roll-up") if row["of"] == "both" else (row["of"],)
        whole = abs(event.amount)
        most = (
            percent(row["percent"])
            if row.get("percent")
            else money(row["amount"])[0] / whole
            if whole
            else None
        )
        if most is None:
            continue
        groups: dict[str, list[int]] = {}
        # In the order of the split; on one part overlay before roll-up, and the lower level first.
        for i in sorted(range(len(credits)), key=lambda i: (credits[i].source, credits[i].type)):
            if credits[i].type in kinds:
                groups.setdefault(credits[i].payee if row["per"] == "payee" else "", []).append(i)
        for group in groups.values():
            total = sum((credits[i].share for i in group), ZERO)
            if total <= most:
                continue
            left = most
            for i in group:
                c = credits[i]
                new = (
                    c.share * most / total
                    if conv.get("maximum.order") == "all in proportion"
                    else min(c.share, left)
                )
                left -= new
                factor = new / c.share if c.share else ONE
                credits[i] = replace(c, share=new, receives=c.receives * factor, seen=c.counted * factor)
        credits = [c for c in credits if c.share]
    return credits
