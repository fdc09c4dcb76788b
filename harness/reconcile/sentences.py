"""A group of differences in one plain sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from harness.adapters.mapping import GrainMapping
from harness.reconcile.relations import common_offset, common_ratio, ratio_text, rounding_of
from harness.reconcile.results import Difference

MoneyText = Callable[[int, str], str]


@dataclass(frozen=True)
class GroupFacts:
    """What a sentence can say of a group."""

    grain: GrainMapping
    kind: str
    relation: str
    plans: tuple[str, ...]
    members: tuple[Difference, ...]
    shared: tuple[tuple[str, str], ...]
    population: int
    money_text: MoneyText

    @property
    def count(self) -> int:
        return len(self.members)


def sentence(facts: GroupFacts) -> str:
    """For example: CRITERIA: 312 credit note lines are paid instead of taken back."""
    plans = _listed(facts.plans)
    words = f"{_count(facts)} {_noun(facts)}{_of(facts)} {_verb(facts)}."
    return f"{plans}: {words}" if plans else words[0].upper() + words[1:]


def _listed(words: tuple[str, ...]) -> str:
    if len(words) > 4:
        return f"{', '.join(words[:3])} and {len(words) - 3} other plans"
    return ", ".join(words[:-1]) + (" and " if len(words) > 1 else "") + words[-1] if words else ""


def _count(facts: GroupFacts) -> str:
    """The count; with the number of rows alike where most of those are right."""
    return f"{facts.count:,} of the {facts.population:,}" if _is_minority(facts) else f"{facts.count:,}"


def _is_minority(facts: GroupFacts) -> bool:
    return bool(facts.shared) and facts.count * 2 < facts.population


def _noun(facts: GroupFacts) -> str:
    one = facts.count == 1 and not _is_minority(facts)
    if facts.grain.expected != "lines":
        name = facts.grain.name
        if not one:
            return name
        return name[:-1] if name.endswith("s") else f"row of {name}"
    kind = dict(facts.shared).get("kind", "")
    return (f"{kind} " if kind else "") + ("line" if one else "lines")


def _of(facts: GroupFacts) -> str:
    words: dict[str, Callable[[str], str]] = {
        "commission free": lambda v: (
            "of commission-free products" if v == "yes" else "of products that aren't commission-free"
        ),
        "pay period": lambda v: f"paid in {v}",
        "period": lambda v: f"of {v}",
        "rule": lambda v: f'under the rule "{v}"',
    }
    said = [
        words[name](value) if name in words else f"of {name} {value}"
        for name, value in facts.shared
        if name not in ("kind", "plan")
    ]
    return "".join(f" {text}" for text in said)


def _verb(facts: GroupFacts) -> str:
    one = facts.count == 1
    are, have = ("is", "has") if one else ("are", "have")
    plain = {
        "missing": f"{are} missing in the target",
        "unexpected": f"{are} in the target, and nothing like {'it' if one else 'them'} is expected",
        "duplicate": f"{'stands' if one else 'stand'} more than once under the same key",
        "timing": f"{have} the right amount in another period",
        "currency": f"{have} another currency than expected",
    }
    if facts.relation == "follows":
        differ, their = ("differs", "its") if one else ("differ", "their")
        return f"{differ} by exactly what {their} {facts.grain.follows_from} differ"
    if facts.kind in plain:
        return plain[facts.kind]
    if facts.kind == "field":
        return _field_verb(facts, one)
    return _amount_verb(facts, one)


def _field_verb(facts: GroupFacts, one: bool) -> str:
    names = sorted({f.name for d in facts.members for f in d.fields})
    changes = {(f.name, f.expected, f.actual) for d in facts.members for f in d.fields}
    verb = "agrees" if one else "agree"
    if len(changes) == 1:
        name, expected, actual = changes.pop()
        return f"{verb} in the amount, but {name} is {actual or 'blank'} instead of {expected or 'blank'}"
    return f"{verb} in the amount, but not in {' and '.join(names)}"


def _amount_verb(facts: GroupFacts, one: bool) -> str:
    are = "is" if one else "are"
    expected_signs = {_sign(d.expected[0].amount) for d in facts.members}
    actual_signs = {_sign(d.actual[0].amount) for d in facts.members}
    if facts.relation == "opposite sign":
        if expected_signs == {-1}:
            return f"{are} paid instead of taken back"
        if expected_signs == {1}:
            return f"{are} taken back instead of paid"
        return f"{'has' if one else 'have'} the opposite sign"
    if facts.relation == "nothing due":
        if actual_signs == {1}:
            return f"{are} paid although nothing is due"
        return (
            f"{are} taken back although nothing is due"
            if actual_signs == {-1}
            else f"{'has' if one else 'have'} an amount although nothing is due"
        )
    if facts.relation == "nothing paid":
        if expected_signs == {1}:
            return f"{are} not paid although an amount is due"
        return f"{are} not taken back" if expected_signs == {-1} else f"{are} zero although an amount is due"
    if facts.relation == "rounding":
        mode = rounding_of(facts.members)
        unit = facts.money_text(1, facts.members[0].expected[0].currency)
        how = f", as if rounded {mode}" if mode else ", as when amounts are rounded in another way"
        return f"{'differs' if one else 'differ'} by {unit}{how}"
    if facts.relation == "constant offset":
        return _offset(facts)
    if facts.relation == "constant ratio":
        ratio = common_ratio(facts.members)
        return (
            f"{are} paid at {ratio_text(ratio)} of what is due"
            if ratio is not None
            else "differ by a constant ratio"
        )
    return "differs in the amount" if one else "differ in the amount, in no common way"


def _offset(facts: GroupFacts) -> str:
    offset = common_offset(facts.members) or 0
    currency = facts.members[0].expected[0].currency
    side = "higher" if offset > 0 else "lower"
    return f"are {facts.money_text(abs(offset), currency)} {side} than due, each"


def _sign(amount: int | Fraction) -> int:
    return (amount > 0) - (amount < 0)
