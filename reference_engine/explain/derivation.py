"""The derivation of a line: every step of the run that touched it, by the same kernels that made the result."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from reference_engine.explain.credit_words import credit_words
from reference_engine.lines import LineView, view
from reference_engine.mechanics.registry import Mechanic
from reference_engine.problems import Where
from reference_engine.results import Part, Result
from reference_engine.run import calculate
from reference_engine.vocabulary.numbers import format_money, format_number
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
    if event >= 0:
        steps.append(_credit_step(result, credit, event, part, index))
    before: LineView | None = None
    for step, after in _chain(part, index):
        found = _say(step, before, after, part)
        if found is not None and isinstance(step, Mechanic):
            cell = (int(line.payee[index]), int(line.period[index]))
            found = _with_figures(found, part.notes.get(id(step), {}).get(cell, {}))
        if found is not None:
            steps.append(found)
        before = after
    steps = [Step(s.name, _readable(s.sentence), s.where) for s in steps]
    if not part.history and not steps[1:]:
        rule = int(line.rule[index])
        if rule >= 0:
            steps.append(
                Step(str(line.kind[index]), _sentence(part.rules[rule].words), part.rules[rule].where)
            )
    return steps


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


_FRACTION = re.compile(r"(-?)([\d,]+)/([\d,]+)(?=%| |\.|;|$)")


def _readable(sentence: str) -> str:
    """A sentence without fractions: 11,500/153% is 75.163398...%, cut off and not rounded."""

    def decimals(match: re.Match[str]) -> str:
        value = Fraction(int(match[2].replace(",", "")), int(match[3].replace(",", "")))
        whole, rest = divmod(int(value * 10**6), 10**6)
        return f"{match[1]}{whole:,}.{rest:06d}..."

    return _FRACTION.sub(decimals, sentence)


def _with_figures(step: Step, figures: dict[str, str]) -> Step:
    """A step with the figures that it looked at."""
    if not figures:
        return step
    listed = "; ".join(f"{name} is {value}" for name, value in figures.items())
    return Step(step.name, f"{step.sentence} Here {listed}.", step.where)


def _say(what: object, before: LineView | None, after: LineView, part: Part) -> Step | None:
    if isinstance(what, Mechanic):
        sentence = what.say(before, after)
        where = (
            after.rule.where
            if after.rule is not None and before is not None and after.rule != before.rule
            else what.where
        )
        return Step(what.name, sentence, where) if sentence else None
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
    what = (
        f"{e.kind[event]} {e.record[event]}"
        + (f", line {e.line[event]}," if e.line[event] else "")
        + f" of {e.date[event]}"
    )
    units = not str(e.currency[event])
    worth = (
        f"{format_number(e.units.at(event))} units"
        if units
        else format_money(e.amount.at(event), str(e.currency[event]))
    )
    if credit < 0:
        return Step("record", f"{what[0].upper()}{what[1:]} is worth {worth}.", e.where(event))
    words = credit_words(result, credit, event)
    margin = ""
    if part.component is not None and part.component.measure == "margin":
        margin = f" less its cost of {format_money(e.cost.at(event), str(e.currency[event]))}"
    counted = _chain(part, index)[:1]
    base = counted[0][1] if counted else view(part.lines, index, part.rules)
    if base.unit and not units and base.unit != str(e.currency[event]):
        words += f"; converted at the plan's rate it is {format_money(base.base, base.unit)}"
    if part.component is not None and (part.component.value is not None or part.component.count):
        amount = format_money(base.base, base.unit) if base.unit else format_number(base.base)
        how = str(part.component.value) if part.component.value is not None else "each one counts"
        words += f"; it counts as {amount} ({how})"
    return Step("credit", f"{what[0].upper()}{what[1:]} is worth {worth}{margin}, {words}.", e.where(event))
