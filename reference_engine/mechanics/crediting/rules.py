"""The crediting rules of a world, as the overlay and roll-up mechanics work through them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from reference_engine.columns import Array, Exact, some
from reference_engine.events import Events
from reference_engine.mechanics.crediting import matching
from reference_engine.mechanics.crediting.credits import OVERLAY, ROLL_UP
from reference_engine.problems import Problem, Where, did_you_mean
from reference_engine.vocabulary.tables import TABLES
from reference_engine.world import World

ANY_LEVEL = 1 << 30
_LEVELS = re.compile(r"([1-9]\d*)(?:-([1-9]\d*)|(\+))?\Z")


@dataclass
class Rule:
    """One or several crediting rules that are worked through together, because no payee receives by two of them.

    receives, quota: for each payee, 0 for who receives nothing.  least, most: the levels below, for each payee.
    role: that each payee must have on the day; "" where the rule names the payee.
    scope: team, direct reports or everyone.  wanted: conditions on the record.  span: first and last day, NaT for none.
    """

    kind: int
    scope: str
    receives: Exact
    quota: Exact | None
    mask: Array
    role: Array
    least: Array
    most: Array
    wanted: dict[str, str]
    span: tuple[np.datetime64, np.datetime64]

    @property
    def plain(self) -> bool:
        return not self.wanted and np.isnat(self.span[0]) and np.isnat(self.span[1]) and self.quota is None

    def has_role(self, who: Array, day: Array, world: World) -> Array | None:
        """Which of these payees have the role that the rule asks for on the day; None where nobody's role changes."""
        if not world.people.ever_changed:
            return None
        wanted = self.role[who]
        has: Array = (wanted == "") | (world.people.roles_on(who, day) == wanted)
        return has

    def counts_for(self, events: Events) -> Array | None:
        """For which events it counts; None for all."""
        out: Array | None = (
            matching.all_of(self.wanted, events.attribute, len(events)) if self.wanted else None
        )
        for day, later in zip(self.span, (True, False), strict=True):
            if not np.isnat(day):
                inside = events.date >= day if later else events.date <= day
                out = inside if out is None else out & inside
        return out


def levels(text: str) -> tuple[int, int] | None:
    """First and last level of `1`, `2-3` or `2+`; all where blank; None where it is none of these."""
    if not text:
        return 1, ANY_LEVEL
    found = _LEVELS.match(text)
    if found is None:
        return None
    first = int(found[1])
    last = ANY_LEVEL if found[3] else int(found[2] or first)
    return (first, last) if last >= first else None


def check(world: World, problems: list[Problem]) -> None:
    """A Problem for each rule that says nobody, or what can't be read."""
    table = world.table("crediting_rules")
    shares = table.amounts("receives").value
    columns = attributes_of(world) if "field" in table.text else set()
    for row in range(table.size):
        role, payee = table.words("role")[row], table.words("payee")[row]
        if bool(role) == bool(payee):
            problems.append(
                Problem(
                    "credit-rule",
                    "a crediting rule names a role and a payee."
                    if role
                    else "a crediting rule names neither a role nor a payee.",
                    table.where(row),
                    "It must be clear who receives credit.",
                    "Fill one of the columns role and payee.",
                )
            )
        level = str(table.words("level")[row])
        if levels(level) is None:
            problems.append(
                Problem(
                    "credit-rule",
                    f'crediting_rules, column "level": "{level}" is no level.',
                    table.where(row),
                    "Nobody would know whose credit rolls up.",
                    "Write 1 for direct reports, 2-3, or 2+; leave it blank for all levels.",
                )
            )
        if shares.at(row) <= 0:
            problems.append(
                Problem(
                    "credit-rule",
                    "a crediting rule receives nothing.",
                    table.where(row),
                    "Nobody would be credited by it.",
                    "State a percent above 0%, or remove the row.",
                )
            )
        field, wanted = str(table.words("field")[row]), table.words("is")[row]
        if bool(field) != bool(wanted):
            problems.append(
                Problem(
                    "credit-rule",
                    "a crediting rule states only one of the columns field and is.",
                    table.where(row),
                    "Its condition isn't complete.",
                    "Fill both, or none.",
                )
            )
        elif field and field not in columns:
            problems.append(unknown_column(table.name, field, table.where(row), columns))


def unknown_column(table: str, name: str, where: Where, known: set[str]) -> Problem:
    return Problem(
        "unknown-attribute",
        f'{table} asks for "{name}", which no record, product or account has.',
        where,
        "The rule would never match.",
        did_you_mean(name, sorted(known)),
    )


def attributes_of(world: World) -> set[str]:
    """Every column by which a record can be matched."""
    return {
        name
        for table in ("deals", "invoice_lines", "retail_sales", "products", "accounts")
        for name in (*world.table(table).text, *(f.name for f in TABLES[table].fields))
    }


def rules_of(world: World) -> list[Rule]:
    """The rules of a world; those that no payee shares are put together, so that each pass works on many."""
    table = world.table("crediting_rules")
    size = len(world.payees)
    roles = world.payee_column("role")
    changed = world.people.ever_changed
    leads = world.reporting.leads(size)
    ever = {role: roles == role for role in dict.fromkeys(table.words("role").tolist()) if role}
    for role, has in ever.items():
        for code in changed:
            has[code] |= bool(world.people.role_spans(code, (role,)))
    received, quota = table.amounts("receives"), table.amounts("quota credit")
    out: list[Rule] = []
    for row in range(table.size):
        role, payee = table.words("role")[row], table.words("payee")[row]
        who = ever[role] if role else np.array([p == payee for p in world.payees], dtype=bool)
        scope = str(table.words("of the credit of")[row])
        least, most = levels(str(table.words("level")[row])) or (1, ANY_LEVEL)
        if scope == "direct reports":
            least, most = 1, min(most, 1)
        said = table.words("as")[row]
        field = str(table.words("field")[row])
        wanted = {field: str(table.words("is")[row])} if field else {}
        span = (table.days("from")[row], table.days("to")[row])
        for kind, word in ((OVERLAY, "overlay"), (ROLL_UP, "roll-up")):
            if said:
                mask = who if said == word else np.zeros(size, dtype=bool)
            elif scope == "everyone":
                mask = who if kind == OVERLAY else np.zeros(size, dtype=bool)
            else:
                mask = who & (leads if kind == ROLL_UP else ~leads)
                if kind == OVERLAY and scope == "direct reports":
                    mask = np.zeros(size, dtype=bool)
            if not some(mask):
                continue
            own = Rule(
                kind,
                scope,
                _where(mask, received.value.at(row)),
                _where(mask, quota.value.at(row)) if quota.present[row] else None,
                mask,
                _texts(mask, role),
                np.where(mask, least, 1),
                np.where(mask, most, 0),
                wanted,
                span,
            )
            _put(out, own)
    return out


def _put(rules: list[Rule], new: Rule) -> None:
    if new.plain:
        for rule in rules:
            same_scope = rule.scope == new.scope or (
                rule.kind == ROLL_UP and "everyone" not in (rule.scope, new.scope)
            )
            if rule.plain and rule.kind == new.kind and same_scope and not (rule.mask & new.mask).any():
                rule.receives = rule.receives + new.receives
                rule.mask = rule.mask | new.mask
                rule.role = np.where(new.mask, new.role, rule.role)
                rule.least = np.where(new.mask, new.least, rule.least)
                rule.most = np.where(new.mask, new.most, rule.most)
                return
    rules.append(new)


def _texts(mask: Array, text: str) -> Array:
    out = np.empty(len(mask), dtype=object)
    out[:] = ""
    out[mask] = text
    return out


def _where(mask: Array, value: Fraction) -> Exact:
    return Exact.where(mask, Exact.full(len(mask), value), Exact.full(len(mask), 0))
