"""The proposed mapping as YAML, with its reasons beside it; what isn't decided is written so that `trueup check` refuses it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from harness.proposing.columns import Column, column_of
from harness.proposing.sample import Sample

OPEN = "TO_BE_DECIDED"
_ROLES: dict[str, tuple[str, ...]] = {
    "payee": ("payee", "payeeid", "employeeid", "participant", "participantnumber", "rep", "repemail", "person", "personid", "personname", "employee", "salesrep", "name"),
    "plan": ("plan", "planid", "compplan", "compplanid", "planname"),
    "component": ("component", "attribute", "attributeid", "rule", "payoutrule", "plancomponentname", "lineitem", "earning"),
    "period": ("period", "periodstring", "periodname", "month", "earnedperiod"),
    "pay period": ("payperiod", "periodstring2", "paidperiod", "payoutdate"),
    "record": ("order", "orderid", "deal", "dealid", "transaction", "invoice"),
}
_AMOUNTS = ("value", "amount", "payment", "payout", "commission", "total", "paymentamount")


@dataclass
class Proposal:
    """A mapping as text, what speaks for each decision, and what is left to people."""

    text: str
    decided: list[str]
    open: list[str]


def proposed(sample: Sample, target: str, file: str) -> Proposal:
    """Proposes a mapping for a sample."""
    columns = [column_of(name, [row[at] for row in sample.rows]) for at, name in enumerate(sample.header)]
    decided = [f"{word}: {value}, since {why}" for word, (value, why) in sample.format.items()]
    decided += list(sample.notes)
    left = list(sample.doubts)
    amount = _amount(columns, left)
    if amount and (amount.signs if amount.inside else not any(c.kind == "currency" for c in columns)):
        left.append("the currency: " + (f"what {' and '.join(amount.signs)} means here" if amount.inside else "no column says it"))
    roles = _roles([c for c in columns if c is not amount], decided)
    span = None if "period" in roles else _span(columns, decided)
    form = {word: value for word, (value, _) in sample.format.items()}
    form |= _culture(columns, decided, left) | _dates(columns, decided, left)
    negative = tuple(dict.fromkeys(style for c in columns for style in c.negative))
    if negative and negative != ("minus",):
        form["negative"] = f"[{', '.join(negative)}]"
    words = tuple(dict.fromkeys(w for c in columns for w in c.words))
    if words:
        form["words for blank"] = json.dumps(list(words), ensure_ascii=False)
    left += [f'column "{c.name}": {doubt}' for c in columns for doubt in c.doubts if "can't be told" not in doubt and "no cell decides" not in doubt]
    used = {c.name for c in (*roles.values(), *(span or ()))}
    unused = [c.name for c in columns if c is not amount and c.name not in used and c.kind != "currency"]
    if unused:
        left.append(f"columns that nothing is compared with: {', '.join(unused)}. If a payee has several rows, one of them may belong to the key")
    key_at = [sample.header.index(name) for name in used]
    keys = [tuple(row[i] for i in key_at) for row in sample.rows]
    twice = len(keys) - len(set(keys))
    if key_at and twice:
        left.append(f"{twice:,} of {len(keys):,} rows have the key of another row: add what tells them apart to the key, or say  rows with the same key: add up")
    return Proposal(_yaml(target, file, form, sample, roles, span, amount, columns), decided, left)


def _amount(columns: Sequence[Column], left: list[str]) -> Column | None:
    numbers = [c for c in columns if c.kind == "number" and not c.percent]
    named = [c for c in numbers if any(_plain(c.name).startswith(word) or _plain(c.name).endswith(word) for word in _AMOUNTS)]
    found = named or numbers
    if len(found) > 1:
        left.append(f"which amount is compared: {', '.join(c.name for c in found)}. Before or after adjustment, earned or paid, is for you to say")
    if not found:
        left.append("no column looks like an amount")
    return found[0] if found else None


def _roles(columns: Sequence[Column], decided: list[str]) -> dict[str, Column]:
    roles: dict[str, Column] = {}
    for role, names in _ROLES.items():
        fitting = [c for c in columns if _plain(c.name) in names and c not in roles.values() and c.kind != "currency"]
        if fitting:
            roles[role] = min(fitting, key=lambda c: names.index(_plain(c.name)))
            decided.append(f'{role}: column "{roles[role].name}", by its name')
    if "period" not in roles:
        periods = [c for c in columns if c.kind == "period" and c not in roles.values()]
        if periods:
            roles["period"] = periods[0]
            decided.append(f'period: column "{periods[0].name}", by its labels')
    return roles


def _span(columns: Sequence[Column], decided: list[str]) -> tuple[Column, Column] | None:
    """Two columns with the first and the last day of a period, by their names."""
    dates = [c for c in columns if c.kind == "date" and not c.blanks]
    first = next((c for c in dates if re.search(r"from|start|begin|first", c.name.casefold())), None)
    last = next((c for c in dates if re.search(r"to$|end|last|until", _plain(c.name))), None)
    if first is None or last is None or first is last:
        return None
    decided.append(f'period: from column "{first.name}" to column "{last.name}", by their names')
    return first, last


def _culture(columns: Sequence[Column], decided: list[str], left: list[str]) -> dict[str, str]:
    numbers = [c for c in columns if c.kind == "number"]
    common = set(numbers[0].cultures if numbers else ("en-US",))
    for column in numbers[1:]:
        common &= set(column.cultures)
    doubtful = [d for c in numbers for d in c.doubts if "no cell decides" in d]
    if not common:
        left.append("the culture: its columns write numbers in different ways; give each grain one culture, or export again")
        return {"culture": OPEN}
    ways = [c for c in ("en-US", "de-DE", "fr-FR", "de-CH") if c in common]
    if doubtful and all(any("no cell decides" in d for d in c.doubts) or c.decimals == 0 for c in numbers):
        left.append(f"the culture: {doubtful[0]}")
        return {"culture": OPEN}
    decided.append(f"culture: {ways[0]}, which reads every number" + (f" (so do {', '.join(ways[1:])})" if ways[1:] else ""))
    return {"culture": ways[0]}


def _dates(columns: Sequence[Column], decided: list[str], left: list[str]) -> dict[str, str]:
    dates = [c for c in columns if c.kind == "date"]
    if not dates:
        return {}
    common = [o for o in dates[0].orders if all(o in c.orders for c in dates)]
    if len(common) == 1:
        decided.append(f"dates: {common[0]}, which reads every date")
        return {"dates": common[0]}
    left.append(f"the order of dates: {' or '.join(common)} read them all, and no day is above 12" if common else "the order of dates: its columns write them in different orders")
    return {"dates": OPEN}


def _yaml(target: str, file: str, form: dict[str, str], sample: Sample, roles: dict[str, Column], span: tuple[Column, Column] | None, amount: Column | None, columns: Sequence[Column]) -> str:
    lines = [
        "# Proposed from a sample. Decide what is marked, compare every line with what you know of the target, then:  trueup check",
        f"target: {_text(target)}", "about: Proposed from a sample.", "", "format:",
        *(f"  {word}: {value}" for word, value in form.items()), "", "grains:", "  - grain: results",
        "    # payouts: one row a payee, component and pay period; lines: what each record earns.",
        f"    expected: {'lines' if {'pay period', 'record'} & roles.keys() else 'payouts'}", f"    file: {_text(file)}",
    ]  # fmt: skip
    if sample.totals:
        lines.append(f"    total rows: {{column: {_text(sample.totals[0])}, are: {json.dumps(list(sample.totals[1]), ensure_ascii=False)}}}")
    lines.append("    key:")
    if "payee" not in roles:
        lines.append(f"      payee: {{column: {OPEN}}}")
    for role, column in roles.items():
        pattern = f', pattern: "{column.pattern}"' if column.pattern and role in ("period", "pay period") and column.pattern not in ("{year}-{month}", "{year}-Q{quarter}", "{year}-P{period}") else ""
        blank = ", blank: allowed" if column.blanks else ""
        lines.append(f"      {role}: {{column: {_text(column.name)}{pattern}{blank}}}")
    if span:
        lines.append(f"      period: {{from: {_text(span[0].name)}, to: {_text(span[1].name)}}}")
    lines += ["    values:", f"      amount: {{column: {_text(amount.name) if amount else OPEN}, {_currency(amount, columns)}}}"]
    return "\n".join(lines) + "\n"


def _currency(amount: Column | None, columns: Sequence[Column]) -> str:
    blank = ", blank: refused" if amount and (amount.blanks or amount.words) else ""
    if amount and amount.inside:
        signs = ", ".join(f"{json.dumps(s, ensure_ascii=False)}: {OPEN}" for s in amount.signs)
        return "currency: in the amount" + (f", symbols: {{{signs}}}" if signs else "") + blank
    beside = next((c for c in columns if c.kind == "currency"), None)
    return (f"currency: {{column: {_text(beside.name)}}}" if beside else f"currency: {OPEN}") + blank


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def _text(text: str) -> str:
    """A name in YAML; quoted where it could be read as something else."""
    return text if re.fullmatch(r"[A-Za-z][A-Za-z0-9_ .-]*", text) and text.casefold() not in ("yes", "no", "null", "true", "false", "on", "off") else json.dumps(text, ensure_ascii=False)
