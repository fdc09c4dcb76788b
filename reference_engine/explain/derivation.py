"""The derivation of a line: every step of the run that touched it, by the same kernels that made the result."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np

from reference_engine.conversion import rate_used
from reference_engine.events import SOURCE
from reference_engine.explain.counted import counted_words, interval_of
from reference_engine.explain.credit_words import credit_words
from reference_engine.explain.payment_words import payment_words
from reference_engine.lines import LineView, view
from reference_engine.mechanics.background import credit_key, during, event_key
from reference_engine.mechanics.lump import Lump
from reference_engine.mechanics.registry import Mechanic
from reference_engine.mechanics.settled import EARNED_BEFORE
from reference_engine.mechanics.tier_words import amount_words, formula_words
from reference_engine.problems import Where
from reference_engine.results import Part, Result
from reference_engine.run import calculate
from reference_engine.vocabulary.numbers import MINOR_UNITS, format_money, format_number, format_percent
from reference_engine.vocabulary.plan import Plan, Rounding
from reference_engine.vocabulary.results import EarnedLine
from reference_engine.world import World


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a derivation.  name: credit, a mechanic's name, rounding.  where: what in the plan or data decided."""

    name: str
    sentence: str
    where: Where


@dataclass(frozen=True, slots=True)
class Derivation:
    """A line with the steps that made it, first to last."""

    line: EarnedLine
    steps: tuple[Step, ...]


def explain(
    plans: Sequence[Plan],
    world: World,
    payee: str,
    *,
    period: str | None = None,
    deal: str | None = None,
    as_of: date | None = None,
    until: date | None = None,
) -> tuple[Result, list[Derivation]]:
    """The lines of one payee with their derivations.

    period: only lines earned or paid in it.  deal: only lines of that deal, or of a record or invoice line of that
    name.  Raises Stopped as `calculate` does.
    """
    result = calculate(plans, world, payees=[payee], trace=True, as_of=as_of, until=until)
    wanted = world.calendar.period(period) if period else None
    out: list[Derivation] = []
    for part in (*result.parts, *result.settled[0]):
        for index, line in enumerate(result.rows_of(part)):
            if line.payee != payee:
                # Where payees are calculated together (ranks, pools), the others' lines are there too.
                continue
            if deal is not None and deal not in (line.deal, line.record, line.line):
                continue
            spans = [world.calendar.period(p) for p in {line.period, line.pay_period} if p]
            if wanted and not any(wanted.first <= s.first and s.last <= wanted.last for s in spans):
                continue
            out.append(Derivation(line, tuple(derive(result, part, index))))
    return result, out


def derivations(
    plans: Sequence[Plan], world: World, lines: Collection[EarnedLine], *, as_of: date | None = None
) -> dict[EarnedLine, tuple[Step, ...]]:
    """The steps of some lines of a run, by a replay of their plans for their payees.

    A line is found again only if the replay makes exactly the same line, so the explanation can't differ from it.
    """
    wanted = set(lines)
    names = {line.plan for line in wanted}
    payees = sorted({line.payee for line in wanted})
    chosen = [p for p in plans if p.name in names] if "" not in names else list(plans)
    if not wanted:
        return {}
    result = calculate(chosen, world, payees=payees, trace=True, as_of=as_of)
    return {
        line: tuple(derive(result, part, index))
        for part in (*result.parts, *result.settled[0])
        for index, line in enumerate(result.rows_of(part))
        if line in wanted
    }


def derive(result: Result, part: Part, index: int) -> list[Step]:
    """The steps that made one line of a part that was run with the trace on."""
    line = part.lines
    steps: list[Step] = []
    credit, event = int(line.credit[index]), int(line.event[index])
    cell = (int(line.payee[index]), int(line.period[index]))
    chain = _chain(part, index)
    if event >= 0:
        steps.append(_credit_step(result, credit, event, part, index))
    elif _whole(part, index) and line.kind[index] != EARNED_BEFORE:
        words = counted_words(result, part, *cell)
        if words and part.component is not None:
            steps.append(Step("records", words, part.component.where))
    before: LineView | None = None
    for step, after in chain:
        found = _say(step, before, after, part)
        if found is not None and before is None and isinstance(step, Mechanic) and event < 0:
            found = _of_interval(result, part, index, found)
        if found is not None and isinstance(step, Mechanic) and after.kind != EARNED_BEFORE:
            notes = part.notes.get(id(step), {})
            kept = [notes.get(event_key(cell[0], event), {}), notes.get(cell, {})]
            kept.insert(0, notes.get(credit_key(credit), {}) if credit >= 0 else {})
            found = _with_figures(found, *kept)
            if words := payment_words(result, step, found.sentence, event, _seen(part, index, step)):
                found = Step(found.name, f"{found.sentence} {words}", found.where)
        if found is not None:
            steps.append(found)
        before = after
    if (
        event >= 0
        and not steps[1:]
        and part.history
        and not line.amount.num[index]
        and part.component is not None
    ):
        steps.append(Step("record", "By itself it earns nothing.", part.component.where))
    if line.kind[index] == "rounding":
        steps = [_rounding_step(result, part, index)]
    steps = [Step(s.name, readable(s.sentence, exact=s.name == "rounding"), s.where) for s in steps]
    if not part.history and not steps[1:] and line.kind[index] != "rounding":
        rule = int(line.rule[index])
        if rule >= 0:
            steps.append(
                Step(str(line.kind[index]), _sentence(part.rules[rule].words), part.rules[rule].where)
            )
    return steps


def _seen(part: Part, index: int, step: Mechanic) -> date:
    """The last day of what decides a line's payment: of the period in which it is paid, or of the last one."""
    lines = part.lines
    in_own = (
        step.name == "release"
        and part.plan is not None
        and part.plan.conventions.get("release.period") != "release period"
    )
    return part.periods[-1 if lines.held[index] or in_own else int(lines.paid_in[index])].last


def _rounding_step(result: Result, part: Part, index: int) -> Step:
    """The sum that a line rounds, before and after."""
    lines = part.lines
    rule = part.rules[int(lines.rule[index])]
    of = [p for p in result.parts if p.plan is part.plan] if part.above else [part]
    after = Fraction(0)
    for each in of:
        own = each.lines
        rows = np.flatnonzero(
            ~own.held
            & (own.payee == lines.payee[index])
            & (own.paid_in == lines.paid_in[index])
            & np.asarray(own.currency == lines.currency[index])
        )
        after += sum((own.amount.at(int(r)) for r in rows), Fraction(0))
    unit = str(lines.currency[index])
    before, change = after - lines.amount.at(index), lines.amount.at(index)
    return Step(
        "rounding",
        f"{_sentence(rule.words)[:-1]}: {format_money(before, unit)} becomes {format_money(after, unit)}, so "
        f"{format_money(abs(change), unit)} is {'added' if change > 0 else 'taken off'}.",
        rule.where,
    )


def _whole(part: Part, index: int) -> bool:
    """Whether a line is earned on everything that counted, and on no single record."""
    chain = _chain(part, index)
    made = chain[0][0] if chain else None
    return isinstance(made, Mechanic) and made.family == "earning" and not isinstance(made, Lump)


def _of_interval(result: Result, part: Part, index: int, step: Step) -> Step:
    """What is earned for an interval that began before this pay period says so, and what it deducts."""
    lines = part.lines
    payee, t = int(lines.payee[index]), int(lines.period[index])
    found = interval_of(result, part, t) if _whole(part, index) else None
    if found is None:
        return step
    interval, _ = found
    if lines.kind[index] == EARNED_BEFORE:
        return Step(
            step.name,
            step.sentence.replace("earned before.", f"earned before in {interval.label}."),
            step.where,
        )
    mine = (lines.payee == payee) & (lines.period == t) & (lines.kind == EARNED_BEFORE)
    rows = np.flatnonzero(mine)
    if not len(rows):
        return step
    earned = -sum((lines.amount.at(int(r)) for r in rows), Fraction(0))
    words = format_money(abs(earned), str(lines.currency[index]))
    what = "earned before are deducted" if earned > 0 else "taken back before are given back"
    start = during(interval, part.periods[t]).removeprefix("In ")
    return Step(
        step.name,
        f"{step.sentence} That is for {start}; the {words} {what} on a line of their own.",
        step.where,
    )


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + "."


def _chain(part: Part, index: int) -> list[tuple[object, LineView]]:
    """(step, the line after it), oldest first, followed back over the origins."""
    out: list[tuple[object, LineView]] = []
    at = index
    for step, lines in reversed(part.history):
        if at < 0 or at >= len(lines):
            break
        out.append((step, view(lines, at, part.rules)))
        at = int(lines.origin[at])
    return out[::-1]


_FRACTION = re.compile(r"(?<![\w/.-])(about )?(-?)([\d,]*\d)/([\d,]*\d)(%| [A-Z]{3}\b|(?=[ .;:,)]|$))")


_START = re.compile(r"(^|\. )about")


def readable(sentence: str, *, exact: bool = False) -> str:
    """A sentence without fractions: 11,500/153% is `about 75.16%`.

    exact: where a sentence is about rounding the first six decimals are shown, cut off: 75.163398...%.
    """

    def decimals(match: re.Match[str]) -> str:
        numerator, denominator = (int(match[n].replace(",", "")) for n in (3, 4))
        if match[4].startswith("0") or math.gcd(numerator, denominator) != 1:
            # No fraction is written so: it is an identifier, like the invoice 2026/0012.
            return match[0]
        value = Fraction(numerator, denominator)
        unit = match[5]
        if exact:
            whole, rest = divmod(int(value * 10**6), 10**6)
            return f"{match[2]}{whole:,}.{rest:06d}...{unit}"
        places = 4 if not unit else 2 if unit == "%" else MINOR_UNITS.get(unit.strip(), 2)
        # A small number keeps four digits, so that it isn't shown as nothing.
        while 0 < value * 10**places < 1000 and value < 1 and places < 12:
            places += 1
        scaled = (2 * value * 10**places + 1) // 2
        whole, rest = divmod(scaled, 10**places)
        return f"about {match[2]}{whole:,}" + (f".{rest:0{places}d}" if places else "") + unit

    return _START.sub("\\1About", _FRACTION.sub(decimals, sentence))


def _with_figures(step: Step, *kept: dict[str, str]) -> Step:
    """A step with what its mechanic looked at: whole sentences before it, single figures behind it."""
    notes = {name: value for found in kept for name, value in found.items()}
    before = [sentence for sentence, value in notes.items() if not value]
    listed = "; ".join(f"{name} {value}" for name, value in notes.items() if value)
    after = [f"Figures used: {listed}."] if listed else []
    return Step(step.name, " ".join([*before, step.sentence, *after]), step.where)


def _say(what: object, before: LineView | None, after: LineView, part: Part) -> Step | None:
    if isinstance(what, Mechanic):
        sentence = what.say(before, after)
        where = (
            after.rule.where
            if after.rule is not None and before is not None and after.rule != before.rule
            else what.where
        )
        return Step(what.name or after.kind, sentence, where) if sentence else None
    if isinstance(what, Rounding):
        if before is None or before.amount == after.amount:
            if after.kind == "rounding":
                return Step(
                    "rounding",
                    f"Rounded {what.mode} per {what.at} to {what.decimals} decimals: {format_money(after.amount, after.currency)}.",
                    what.where,
                )
            return None
        return Step(
            "rounding",
            f"Rounded {what.mode} per {what.at} to {what.decimals} decimals: {format_money(before.amount, before.currency)} becomes {format_money(after.amount, after.currency)}.",
            what.where,
        )
    if what == "taken back" and after.sign < 0:
        return Step(
            "taken back",
            f"It takes back what a sale of the same amount earns: {format_money(after.amount, after.currency)}.",
            part.plan.where if part.plan else Where(),
        )
    return None


def _credit_step(result: Result, credit: int, event: int, part: Part, index: int) -> Step:
    e = result.events
    unit = str(e.currency[event])
    value = e.amount.at(event) if unit else e.units.at(event)
    worth = amount_words(value, unit)
    if e.source[event] == SOURCE["cancellations"]:
        sold = e.deal_date[event]
        day = "" if np.isnat(sold) else f"of {sold} "
        return Step(
            "record",
            f"Deal {e.deal[event]} {day}over {worth} was cancelled on {e.date[event]}.",
            e.where(event),
        )
    what = f"{e.kind[event]} {e.record[event]}" + (f", line {e.line[event]}," if e.line[event] else "")
    if e.sign[event] < 0 and value > 0:
        worth = f"-{worth}"
    start = f"{what[0].upper()}{what[1:]} of {e.date[event]} is {'worth' if unit else 'for'} {worth}"
    if credit < 0:
        return Step("record", f"{start}.", e.where(event))
    component = part.component
    margin = ""
    if component is not None and component.measure == "margin":
        margin = f" less its cost of {format_money(e.cost.at(event), unit)}"
    worked = component is not None and (component.value is not None or component.count)
    plain = not margin and not worked
    words = credit_words(result, credit, event, value * int(e.sign[event]) if plain else None, unit)
    counted = _chain(part, index)[:1]
    base = counted[0][1] if counted else view(part.lines, index, part.rules)
    if unit and base.unit and base.unit != unit:
        words += _converted(result, part, index, event, base)
    if worked and component is not None:
        if component.value is None:
            words += "; it counts as one" if base.base == 1 else f"; it counts as {format_number(base.base)}"
        else:
            amount = amount_words(base.base, base.unit) if base.unit else format_number(base.base)
            share = result.credits.share.at(credit)
            of = f", {format_percent(share)} of it" if share != 1 else ""
            fields = [(n, str(e.attributes[n][event])) for n in component.value.names() if n in e.attributes]
            stated = ", ".join(f"{name} {value}" for name, value in fields if value)
            words += f"; by the plan it counts as {formula_words(component.value)}{f' ({stated})' if stated else ''}{of}: {amount}"
    return Step("credit", f"{start}{margin}, {words}.", e.where(event))


def _converted(result: Result, part: Part, index: int, event: int, base: LineView) -> str:
    """The rate at which a record was converted into the plan's currency, its kind and its day."""
    amount = format_money(base.base, base.unit)
    used = rate_used(
        result.world, part.plan, result.events, event, part.periods[int(part.lines.period[index])]
    )
    if used is None:
        return f"; converted it is {amount}"
    rounding = part.plan.conventions.round_at("conversion") if part.plan is not None else None
    rounded = f", rounded {rounding.mode} to {rounding.decimals} decimals" if rounding else ""
    return (
        f"; converted at {format_number(used.rate)}, the {used.kind} rate of {result.events.currency[event]} to {base.unit} "
        f"in force on {used.day} (since {used.since}), it is {amount}{rounded}"
    )
