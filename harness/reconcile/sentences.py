"""A group of differences in one plain sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from harness.adapters.mapping import GrainMapping
from harness.reconcile.relations import ratio_text
from harness.reconcile.results import Difference, FieldDifference

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
    claim: Mapping[str, str] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return len(self.members)


def sentence(facts: GroupFacts) -> str:
    """For example: CRITERIA: 312 credit note lines are paid instead of taken back."""
    plans = _listed(facts.plans)
    words = f"{_count(facts)} {_noun(facts)}{_of(facts)} {_verb(facts)}{also_alike(facts.members)}."
    return f"{plans}: {words}" if plans else words[0].upper() + words[1:]


def value_words(field: FieldDifference) -> str:
    """For example: state is held instead of released."""
    return f"{field.name} is {field.actual or 'blank'} instead of {field.expected or 'blank'}"


def also_alike(members: Sequence[Difference]) -> str:
    """What differs beside the amount, where it is the same in every row; what is said of rows without another amount says it already."""
    values = {d.fields for d in members}
    if len(values) != 1 or not all(d.kind in ("amount", "currency", "frozen") and d.money for d in members):
        return ""
    return "".join(f", and {value_words(field)}" for field in values.pop())


def _listed(words: tuple[str, ...]) -> str:
    if len(words) > 4:
        return f"{', '.join(words[:3])} and {len(words) - 3} other plans"
    return ", ".join(words[:-1]) + (" and " if len(words) > 1 else "") + words[-1] if words else ""


def _count(facts: GroupFacts) -> str:
    """The count; with the number of rows alike where most of those are right."""
    return f"{facts.count:,} of the {facts.population:,}" if _is_minority(facts) else f"{facts.count:,}"


def _is_minority(facts: GroupFacts) -> bool:
    return bool(facts.shared) and facts.count * 2 < facts.population and "unexpected" not in facts.kind


def _noun(facts: GroupFacts) -> str:
    one = facts.count == 1 and not _is_minority(facts)
    if facts.grain.expected != "lines" or not facts.grain.is_plain:
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
        "frozen": f"{'differs' if one else 'differ'} in a closed period, whose results may not change",
        "unreadable": "can't be read in the target's export",
    }
    if facts.relation == "follows":
        differ, their = ("differs", "its") if one else ("differ", "their")
        return f"{differ} by exactly what {their} {facts.grain.follows_from} differ"
    said = _RELATED.get(facts.relation)
    if said is None and facts.relation in _PLAIN_AMOUNTS:
        said = _amount_verb
    if said is not None:
        return said(facts, one) + (", in a closed period" if facts.kind == "frozen" else "")
    if facts.kind == "field":
        return _field_verb(facts, one)
    return plain[facts.kind] if facts.kind in plain else _amount_verb(facts, one)


def _field_verb(facts: GroupFacts, one: bool) -> str:
    names = sorted({f.name for d in facts.members for f in d.fields})
    changes = {(f.name, f.expected, f.actual) for d in facts.members for f in d.fields}
    verb = "agrees" if one else "agree"
    amount = "amount up to the tolerance" if any(d.money for d in facts.members) else "amount"
    if len(changes) == 1:
        name, expected, actual = changes.pop()
        return f"{verb} in the {amount}, but {name} is {actual or 'blank'} instead of {expected or 'blank'}"
    return f"{verb} in the {amount}, but not in {' and '.join(names)}"


def _figure_verb(facts: GroupFacts, one: bool) -> str:
    """A figure that nobody is paid: a quota, an attainment, a count."""
    have = "has" if one else "have"
    said = {
        "opposite sign": f"{have} the opposite sign",
        "nothing due": f"{have} a figure in the target, where zero is expected",
        "nothing paid": f"{'is' if one else 'are'} zero in the target, where a figure is expected",
    }
    return said.get(facts.relation, f"{'differs' if one else 'differ'} in the figure; no common cause was found")


def _amount_verb(facts: GroupFacts, one: bool) -> str:
    if not facts.grain.is_plain:
        return _figure_verb(facts, one)
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
    return f"{'differs' if one else 'differ'} in the amount; no common cause was found"


def _rounding(facts: GroupFacts, one: bool) -> str:
    differ, way = "differs" if one else "differ", facts.claim.get("way", "")
    units = {abs(a - e) for e, a in (_both(d) for d in facts.members)}
    currencies = {d.expected[0].currency for d in facts.members}
    least, most = min(units), max(units)
    if len(currencies) > 1:
        by = (
            "by the smallest unit of the currency"
            if most == 1
            else f"by up to {most} of the currency's smallest units"
        )
    else:
        currency = currencies.pop()
        by = f"by {'' if least == most else 'up to '}{facts.money_text(most, currency)}"
    return f"{differ} {by}, " + (
        f"as if rounded {way}" if way else "as when amounts are rounded in another way"
    )


def _ratio(facts: GroupFacts, one: bool) -> str:
    if not facts.grain.is_plain:
        return f"{'is' if one else 'are'} {ratio_text(facts.claim['factor'])} of what is expected"
    return f"{'is' if one else 'are'} paid at {ratio_text(facts.claim['factor'])} of what is due"


def _offset(facts: GroupFacts, one: bool) -> str:
    offset = int(facts.claim["money"])
    side = "higher" if offset > 0 else "lower"
    each = "" if one else ", each"
    due = "due" if facts.grain.is_plain else "expected"
    return f"{'is' if one else 'are'} {facts.money_text(abs(offset), facts.claim['currency'])} {side} than {due}{each}"


def _rate(facts: GroupFacts, one: bool) -> str:
    rate, due = ratio_text(facts.claim["rate"]), facts.claim["due"]
    instead = f" instead of {' or '.join(map(ratio_text, due.split()))}" if due else ", whatever rate is due"
    return f"{'is' if one else 'are'} paid at a rate of {rate}{instead}"


def _exchanged(facts: GroupFacts, one: bool) -> str:
    return f"{'has' if one else 'have'} exactly the amount of another payee, who has {'its' if one else 'theirs'}: two payees are exchanged"


def _written(facts: GroupFacts, one: bool) -> str:
    return "stand in the target under a key that is only written otherwise (capitals, blanks, leading zeros, lost digits or marks that nobody sees); map it, or clean the export"


def _other_payee(facts: GroupFacts, one: bool) -> str:
    return "stand under another payee: what one payee lacks, exactly one other has"


def _other_period(facts: GroupFacts, one: bool) -> str:
    return "belong together: one period's whole amount is paid with another period's"


def _split(facts: GroupFacts, one: bool) -> str:
    if facts.relation == "equal split":
        return f"{'has' if one else 'have'} an equal share of the deal, where another share is due"
    if facts.claim.get("to") == "one owner":
        return "of shared deals are paid whole to one of the owners, and the others get nothing"
    return f"{'is' if one else 'are'} paid for the whole deal, where only a share of it is due"


def _twice(facts: GroupFacts, one: bool) -> str:
    times = {"2": "twice", "3": "three times"}.get(facts.claim["times"], f"{facts.claim['times']} times")
    return f"{'stands' if one else 'stand'} {times} in the target, each time with the amount that is due once"


def _part(facts: GroupFacts, one: bool) -> str:
    name, value = next(iter(facts.claim.items()))
    what = _PARTS.get(value, f"the {value}" if name == "kind" else f"the {name} {value}")
    return f"{'has' if one else 'have'} the amount without {what}"


def _line(facts: GroupFacts, one: bool) -> str:
    its = "its" if one else "their"
    if facts.relation == "line twice":
        return f"{'is' if one else 'are'} too high by exactly one of {its} lines, as if it counted twice"
    return f"{'lacks' if one else 'lack'} exactly the amount of one of {its} lines"


def _same_figure(facts: GroupFacts, one: bool) -> str:
    return f"{'has' if one else 'have'} the right figure in {facts.claim['currency']} instead of {facts.claim['due']}"


_RELATED: dict[str, Callable[[GroupFacts, bool], str]] = {
    "written otherwise": _written,
    "payees exchanged": _exchanged,
    "other payee": _other_payee,
    "other period": _other_period,
    "split not applied": _split,
    "equal split": _split,
    "paid twice": _twice,
    "part left out": _part,
    "line left out": _line,
    "line twice": _line,
    "other rate": _rate,
    "rounding": _rounding,
    "constant ratio": _ratio,
    "constant offset": _offset,
    "same figure": _same_figure,
}
"""What is said of a relation that names its cause."""
_PLAIN_AMOUNTS = ("opposite sign", "nothing due", "nothing paid", "other")
_PARTS = {
    "cap": "the cap",
    "draw recovery": "taking back the draw",
    "draw": "the draw",
    "draw advance": "the draw",
    "balance recovered": "taking back what is owed",
    "adjustment": "the adjustments",
    "return": "the returns",
    "credit note": "the credit notes",
    "cancellation": "the cancellations",
}


def _both(difference: Difference) -> tuple[int, int]:
    return difference.expected[0].amount, difference.actual[0].amount


def _sign(amount: int | Fraction) -> int:
    return (amount > 0) - (amount < 0)
