"""Reads what a plan counts: the measures that it names, and what a component says of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction

from reference_engine.expressions.syntax import Expression, NotAnExpression, parse
from reference_engine.plans.document import Node
from reference_engine.plans.parameters import read_rows, torn
from reference_engine.problems import Problem, Where, did_you_mean
from reference_engine.vocabulary.numbers import NotANumber, parse_percent
from reference_engine.vocabulary.plan import (
    CREDIT_TYPES,
    EARNING_EVENTS,
    MEASURE_SOURCES,
    MEASURES,
    RECORDS,
    Level,
    Measure,
)

MEASURE_NAMES = (
    "measure",
    "of",
    "records",
    "credits",
    "where",
    "value",
    "count",
    "accumulate",
    "formula",
    "levels",
    "otherwise",
    "demotion",
    "products",
    "description",
)
TAKEN = ("measure", "quota", "attainment", "target incentive")
"""What figures of every component are called."""
DEMOTIONS = ("at once", "never", "at quarter end", "at year end")
INTERVALS = ("period", "quarter", "half-year", "year", "plan year")
_EVENT_SOURCES = {"booking": MEASURE_SOURCES["bookings"], "invoice": ("invoices",), "payment": ("payments",)}
_RECORD_SOURCES = {
    "deals": MEASURE_SOURCES["bookings"],
    "invoices": ("invoices",),
    "invoice lines": ("invoice lines",),
    "payments": ("payments",),
    "retail sales": ("retail sales", "returns of sales"),
}


@dataclass(frozen=True)
class Counted:
    """What a component counts, wherever that is written."""

    measure: str
    of: str
    sources: dict[str, Fraction]
    credits: tuple[str, ...]
    condition: Expression | None
    value: Expression | None
    count: str
    accumulate: str
    products: tuple[str, ...]


def read_measures(node: Node | None, problems: list[Problem]) -> dict[str, Measure]:
    """The measures of a plan by name."""
    out: dict[str, Measure] = {}
    if node is None:
        return out
    if not node.is_list:
        problems.append(
            Problem("plan-form", "measures must be a list.", node.where, remedy="Begin with  - measure: NAME")
        )
        return out
    for entry in node.nodes():
        found = _measure(entry, problems)
        if found is None:
            continue
        if found.name in out or found.name in (*MEASURES, *TAKEN):
            problems.append(
                Problem(
                    "measure-twice",
                    f'the name "{found.name}" is taken.',
                    entry.where,
                    "It wouldn't be clear which measure is meant.",
                    "Give each measure its own name.",
                )
            )
        out[found.name] = found
    return out


def _measure(node: Node, problems: list[Problem]) -> Measure | None:
    if not node.is_mapping:
        problems.append(
            Problem(
                "plan-form",
                "a measure must be names and values.",
                node.where,
                "Nothing says what it counts.",
                "Write  - {measure: new business, of: bookings, credits: [direct]}",
            )
        )
        return None
    if torn(node, "a measure", problems):
        return None
    for name, _ in node.items():
        if name not in MEASURE_NAMES:
            problems.append(
                Problem(
                    "unknown-name",
                    f'a measure has no "{name}".',
                    node.key_where(name),
                    remedy=did_you_mean(name, MEASURE_NAMES),
                )
            )
    named = node.get("measure")
    name = named.text() if named is not None else ""
    if not name:
        problems.append(
            Problem("missing-parameter", '"measure" isn\'t stated.', node.where, remedy="Name the measure.")
        )
    formula = expression(node.get("formula"), problems)
    levels = read_rows(node.get("levels"), Level, "levels", problems)
    if formula is not None and levels:
        problems.append(
            Problem(
                "measure-formula",
                f'"{name}" states both a formula and levels.',
                node.where,
                "Only one of them could count.",
                "Make two measures of it, and let one look at the other.",
            )
        )
    if formula is not None or levels:
        for other in ("of", "records", "credits", "where", "value", "count", "products"):
            if node.get(other) is not None:
                problems.append(
                    Problem(
                        "measure-formula",
                        f'"{name}" is made of other figures and states "{other}".',
                        node.key_where(other),
                        "Only a measure of records can have that.",
                        "Put it into the measure that this one uses.",
                    )
                )
        return Measure(
            name,
            "",
            {},
            (),
            formula=formula,
            accumulate=_accumulate(node, problems),
            where=node.where,
            levels=levels,
            otherwise=e.text() if (e := node.get("otherwise")) is not None else "",
            demotion=_demotion(node, problems) if levels else "",
        )
    of = word(node, "of", MEASURES, problems)
    return Measure(
        name,
        of,
        sources(node, of, problems),
        credit_types(node, name, problems) if node.get("credits") is not None else (),
        expression(node.get("where"), problems),
        expression(node.get("value"), problems),
        _count(node, problems),
        _accumulate(node, problems),
        None,
        _products(node, problems),
        node.where,
    )


def read_counted(node: Node, name: str, measures: dict[str, Measure], problems: list[Problem]) -> Counted:
    """What a component counts.  A component of figures (an objective, a rank) counts no records and names no measure."""
    entry = node.get("measure")
    if entry is None and node.get("credits") is None and node.get("records") is None:
        return Counted("", "", {}, (), None, None, "", "", ())
    own = measures.get(entry.text()) if entry is not None and entry.is_text else None
    if own is not None and not own.made:
        credits = credit_types(node, name, problems) if node.get("credits") is not None else own.credits
        if not credits:
            credits = credit_types(node, name, problems)
        condition = expression(node.get("where"), problems)
        if condition is not None and own.condition is not None:
            condition = replace(
                parse(f"({own.condition.text}) and ({condition.text})"), where=condition.where
            )
        return Counted(
            own.name,
            own.of,
            sources(node, own.of, problems) if node.get("events") or node.get("records") else own.sources,
            credits,
            condition or own.condition,
            expression(node.get("value"), problems) or own.value,
            own.count,
            own.accumulate,
            _products(node, problems) or own.products,
        )
    measure = word(node, "measure", (*MEASURES, *measures), problems)
    return Counted(
        measure,
        measure,
        sources(node, measure, problems),
        credit_types(node, name, problems),
        expression(node.get("where"), problems),
        expression(node.get("value"), problems),
        _count(node, problems),
        "",
        _products(node, problems),
    )


def credit_types(node: Node, name: str, problems: list[Problem]) -> tuple[str, ...]:
    """The credit types that count."""
    entry = node.get("credits")
    if entry is None:
        problems.append(
            Problem(
                "convention-open",
                f'"{name}" doesn\'t say which credits it pays on.',
                node.where,
                "A manager's roll-up credit may be paid or not.",
                "Add  credits: [direct]  or any of " + ", ".join(CREDIT_TYPES) + ".",
            )
        )
        return ()
    listed = entry.nodes() if entry.is_list else (entry,)
    if not listed:
        problems.append(
            Problem(
                "plan-form",
                f'"{name}" lists no credits.',
                entry.where,
                "It would pay nothing.",
                "Write  credits: [direct]  or any of " + ", ".join(CREDIT_TYPES) + ".",
            )
        )
    for stated in listed:
        if stated.text() not in CREDIT_TYPES:
            problems.append(
                Problem(
                    "unknown-word",
                    f'"{stated.text()}" isn\'t a credit type.',
                    stated.where,
                    remedy=did_you_mean(stated.text(), CREDIT_TYPES),
                )
            )
    return tuple(w.text() for w in listed)


def sources(node: Node, of: str, problems: list[Problem]) -> dict[str, Fraction]:
    """The records that are credited, each with the share of the rate that it earns."""
    records, events = node.get("records"), node.get("events")
    if events is not None:
        return _event_shares(events, problems)
    if records is not None:
        return dict.fromkeys(_RECORD_SOURCES.get(word(node, "records", RECORDS, problems), ()), Fraction(1))
    return dict.fromkeys(MEASURE_SOURCES.get(of, ()), Fraction(1))


def _event_shares(events: Node, problems: list[Problem]) -> dict[str, Fraction]:
    out: dict[str, Fraction] = {}
    if not dict(events.items()):
        problems.append(
            Problem(
                "plan-form",
                "events must say which share is earned at each event.",
                events.where,
                "Nothing would be earned.",
                "Write  events: {booking: 50%, payment: 50%}  or leave it out.",
            )
        )
    total = Fraction(0)
    known_only = all(name in EARNING_EVENTS for name, _ in events.items())
    for name, share in events.items():
        if name not in EARNING_EVENTS:
            problems.append(
                Problem(
                    "unknown-word",
                    f'"{name}" isn\'t an event at which commission is earned.',
                    events.key_where(name),
                    remedy=did_you_mean(name, EARNING_EVENTS),
                )
            )
            continue
        try:
            value = parse_percent(share.text()).value
        except NotANumber as error:
            problems.append(
                Problem(
                    "parameter",
                    error.what,
                    share.where,
                    "It is the share of the commission that is earned at the event.",
                    error.remedy,
                )
            )
            continue
        if not 0 <= value <= 1:
            problems.append(
                Problem(
                    "event-shares",
                    f"{share.text()} of the commission can't be earned at an event.",
                    share.where,
                    "A share below 0% would take money back that was never earned.",
                    "Write a share from 0% to 100%.",
                )
            )
        total += value
        out.update(dict.fromkeys(_EVENT_SOURCES[name], value))
    if known_only and out and total != 1:
        problems.append(
            Problem(
                "event-shares",
                f"the shares earned at the events total {total * 100}%, not 100%.",
                events.where,
                "Part of the commission would never be earned, or be earned twice.",
                "Make them total 100%.",
            )
        )
    return out


def expression(node: Node | None, problems: list[Problem]) -> Expression | None:
    """An expression of a plan; None where there is none or it can't be read."""
    if node is None:
        return None
    if not node.is_text or not node.text():
        problems.append(
            Problem(
                "expression",
                f"this is {node.kind}; it must be an expression.",
                node.where,
                remedy='Write it as  "amount * 2"',
            )
        )
        return None
    try:
        return replace(parse(node.text()), where=node.where)
    except NotAnExpression as error:
        where = Where(node.where.file, node.where.line, (node.where.column or 1) + error.at)
        problems.append(
            Problem(
                "expression",
                f'"{node.text()}": {error}',
                where,
                "Nothing can be made of it.",
                "Correct the expression.",
            )
        )
        return None


def word(node: Node, name: str, known: tuple[str, ...], problems: list[Problem]) -> str:
    """One of some words; "" and a Problem where it isn't."""
    entry = node.get(name)
    if entry is None:
        problems.append(
            Problem(
                "missing-parameter",
                f'"{name}" isn\'t stated.',
                node.where,
                remedy="Write one of: " + ", ".join(known) + ".",
            )
        )
        return ""
    if entry.text() not in known:
        problems.append(
            Problem(
                "unknown-word",
                f'"{entry.text()}" isn\'t a known {name}.',
                entry.where,
                remedy=did_you_mean(entry.text(), known),
            )
        )
        return ""
    return entry.text()


def _count(node: Node, problems: list[Problem]) -> str:
    entry = node.get("count")
    if entry is None:
        return ""
    text = entry.text()
    if text == "records":
        return text
    if text.startswith("distinct ") and text.removeprefix("distinct ").strip():
        return text.removeprefix("distinct ").strip()
    problems.append(
        Problem(
            "unknown-word",
            f'"{text}" doesn\'t say what is counted.',
            entry.where,
            remedy="Write  count: records  or  count: distinct account  with any column.",
        )
    )
    return ""


def _demotion(node: Node, problems: list[Problem]) -> str:
    entry = node.get("demotion")
    known = ", ".join(DEMOTIONS) + ", or  after 2 periods  with any number"
    if entry is None:
        problems.append(
            Problem(
                "convention-open",
                "the levels don't say how a payee falls to a lower one.",
                node.where,
                "Who no longer meets a level may lose it at once, later or never, and is paid by it until then.",
                f"Add  demotion:  with one of: {known}.",
            )
        )
        return "at once"
    text = entry.text()
    if text not in DEMOTIONS and not re.fullmatch(r"after [1-9]\d{0,3} periods?", text, re.ASCII):
        problems.append(
            Problem(
                "unknown-word",
                f'"{text}" isn\'t a known demotion.',
                entry.where,
                remedy=f"Write one of: {known}.",
            )
        )
        return "at once"
    return text


def _accumulate(node: Node, problems: list[Problem]) -> str:
    return word(node, "accumulate", INTERVALS, problems) if node.get("accumulate") is not None else ""


def _products(node: Node, problems: list[Problem]) -> tuple[str, ...]:
    entry = node.get("products")
    if entry is None:
        return ()
    if not entry.nodes() or not all(n.text() for n in entry.nodes()):
        problems.append(
            Problem(
                "plan-form",
                "products must be a list of products.",
                entry.where,
                "All products would count, or none.",
                "Write  products: [Gold, Silver]  or leave it out, so that all count.",
            )
        )
    return tuple(n.text() for n in entry.nodes())
