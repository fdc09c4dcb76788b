"""A group of changes in one plain sentence: what these rows were before, and what they are after."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from harness.reconcile.approved import half_up
from harness.reconcile.relations import is_count
from harness.reconcile.results import CauseGroup, Difference, GrainResult
from harness.reconcile.sentences import also_alike
from reference_engine.vocabulary.numbers import format_percent


def change_sentence(group: CauseGroup, members: Sequence[Difference], grain: GrainResult) -> str:
    """For example: AE Growth: 12 settlements of period 2026-03 are 105% of what they were."""
    plans = [value for name, value in group.attributes if name == "plan"]
    one = len(members) == 1
    noun = grain.name if not one else grain.name[:-1] if grain.name.endswith("s") else f"row of {grain.name}"
    of = "".join(f" of {name} {value}" for name, value in group.attributes if name != "plan")
    words = f"{len(members):,} {noun}{of} {_verb(group, members, grain, one=one)}{also_alike(members)}."
    return f"{_listed(plans)}: {words}" if plans else words


_BETWEEN = {
    "written otherwise": "differ only in how their key is written (capitals, blanks, leading zeros, lost digits or marks that nobody sees)",
    "payees exchanged": "have exactly the amount that another payee had, who has theirs: two payees are exchanged",
    "other payee": "stand under another payee: what one payee lost, exactly one other has now",
    "other period": "belong together: one period's whole amount is paid with another period's",
}
"""What is said of rows that only together show what changed."""


def _listed(plans: Sequence[str]) -> str:
    if len(plans) > 4:
        return f"{', '.join(plans[:3])} and {len(plans) - 3} other plans"
    return ", ".join(plans[:-1]) + (" and " if len(plans) > 1 else "") + plans[-1]


def _verb(group: CauseGroup, members: Sequence[Difference], grain: GrainResult, *, one: bool) -> str:
    are, have = ("is", "has") if one else ("are", "have")
    plain = {
        "missing": f"{are} gone after the change",
        "unexpected": f"{are} new after the change",
        "duplicate": f"{'stands' if one else 'stand'} more than once under the same key",
        "timing": "moved to another period, with the same amount",
        "currency": f"{have} another currency than before",
        "frozen": "changed in a closed period",
        "unreadable": "can't be read",
    }
    if group.relation == "follows":
        return f"changed by exactly what the {grain.mapping.follows_from} beneath {'it' if one else 'them'} changed"
    if group.relation in _BETWEEN:
        return _BETWEEN[group.relation] + (", in a closed period" if "frozen" in group.kind else "")
    if group.kind in plain:
        return plain[group.kind]
    if group.kind == "field":
        return _field(members)
    pairs = [(d.expected[0].amount, d.actual[0].amount) for d in members if d.expected and d.actual]
    currencies = {d.expected[0].currency for d in members if d.expected}
    if all(after == -before for before, after in pairs):
        return f"{have} the opposite sign"
    if all(before == 0 for before, _ in pairs):
        return f"{'was' if one else 'were'} zero and {have} an amount now"
    if all(after == 0 for _, after in pairs):
        return f"{'was' if one else 'were'} paid and {are} zero now"
    offsets = {after - before for before, after in pairs}
    if len(offsets) == 1 and len(currencies) == 1:
        offset = offsets.pop()
        money = grain.money_text(abs(offset), currencies.pop())
        return f"{are} {money} {'higher' if offset > 0 else 'lower'} than before{'' if one else ', each'}"
    factor = _factor(pairs)
    if factor is not None:
        return f"{are} {format_percent(factor)} of what they were"
    if not is_count(grain.mapping) and all(abs(offset) <= 1 for offset in offsets):
        return "changed by the smallest unit, as when amounts are rounded in another way"
    return "changed in no common way"


def _factor(pairs: Sequence[tuple[int, int]]) -> Fraction | None:
    """The shortest factor that makes every amount of what it was before, rounded half up; None where none does."""
    before, after = max(pairs, key=lambda pair: abs(pair[0]))
    for decimals in range(2, 7):
        factor = Fraction(half_up(Fraction(after * 10**decimals, before)), 10**decimals)
        if all(half_up(b * factor) == a for b, a in pairs):
            return factor
    return None


def _field(members: Sequence[Difference]) -> str:
    changes = {(f.name, f.expected, f.actual) for d in members for f in d.fields}
    if len(changes) == 1:
        name, before, after = changes.pop()
        return f"kept the amount, and {name} is {after or 'blank'} instead of {before or 'blank'}"
    return f"kept the amount, and changed in {' and '.join(sorted({name for name, _, _ in changes}))}"
