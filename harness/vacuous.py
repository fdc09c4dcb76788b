"""Whether a scenario whose steps all passed has tested anything: zeros agree with whatever calculates nothing."""

from __future__ import annotations

from harness.catalogue import read_step
from harness.facts import Facts
from harness.outcome import Outcome
from harness.scene import Scene
from reference_engine.problems import Problem, Where, did_you_mean
from reference_engine.vocabulary.calendar import Period
from reference_engine.vocabulary.numbers import Money, Percent, Quantity


def nothing_tested(scene: Scene, feature: str) -> str:
    """Why the scenario proves nothing; "" where it proves something."""
    slips = unstated_plans(scene, feature)
    if slips and scene.calculated is not None:
        return "\n\n".join(str(p) for p in slips)
    result = scene.calculated
    if result is not None and not result.plans:
        return 'The scenario has no plan, so its expectations would hold of anybody. Add one such as: the plan "AE Flat" pays 8% of bookings'
    if result is None:
        return ""
    if not (result.line_rows() or result.credit_rows() or result.balance_rows()):
        return (
            "Nothing was credited, earned or paid in this scenario, so its expectations would hold whatever the plan says. "
            "State a record that could be paid, and who is on which plan."
        )
    looked_at = states_zeros_of(scene, feature)
    if looked_at is None or any(anything_in(scene.outcome, period) for period in looked_at):
        return ""
    said = " and ".join(f"{p.label} ({p.first} to {p.last})" for p in looked_at)
    what = f"nothing was credited, earned or paid in {said}, and this scenario expects nothing but zeros of it"
    when = next(s for s in scene.recorder.steps if s.kind == "when")
    dates = sorted({c.date for c in result.credit_rows()})
    remedy = f"Calculate a period with records; they are dated {dates[0]}" + (f" to {dates[-1]}." if len(dates) > 1 else ".") if dates else "State a record of that period."
    return str(Problem("span-empty", what, Where(feature, when.line, when.column), "The expectations would hold whatever the plan says.", remedy))


def states_zeros_of(scene: Scene, feature: str) -> list[Period] | None:
    """The periods of which the scenario expects zeros only; None where a Then states an amount, a rate or anything else."""
    outcome, found = scene.outcome, dict[str, Period]()
    for step in scene.recorder.steps:
        read = read_step(step, feature, []) if step.kind == "then" else None
        if read is None:
            continue
        label = str(read.values.get("period", outcome.span.label))
        rows = read.table.rows if read.table is not None else ()
        values = [v for of in (read.values, *(row.values for row in rows)) for v in of.values() if isinstance(v, Money | Percent | Quantity)]
        if read.sentence.id in _TOLERANCES:
            label = outcome.span.label
        elif not values or any(v.amount if isinstance(v, Money) else v.value for v in values):
            return None
        period = outcome.span if label == outcome.span.label else outcome.calendar.period(label)
        if read.sentence.pattern.find(" after ") > 0:
            # What stands open after a period comes from all the time before.
            period = Period(min(outcome.span.first, period.first), period.last, label)
        found[label] = period
    return list(found.values()) or [outcome.span]


_TOLERANCES = {"T16", "T17"}
"""Sentences whose amount says how far two sides may differ."""


def anything_in(outcome: Outcome, span: Period) -> bool:
    """Whether anything was credited, earned, paid or open in a period."""
    period, result = outcome.calendar.period, outcome.result

    def inside(label: str) -> bool:
        return bool(label) and (at := period(label)).first <= span.last and at.last >= span.first

    return (
        any(c.date in span for c in result.credit_rows())
        or any(inside(line.period) or inside(line.pay_period) for line in result.line_rows())
        or any(inside(balance.period) for balance in result.balance_rows())
    )


def unstated_plans(facts: Facts, feature: str) -> list[Problem]:
    """Payees whom the feature puts on a plan that the scenario doesn't have."""
    stated = [(a.plan, a.where) for a in facts.assignments]
    for table in facts.tables:
        if table.name == "plan_assignments" and table.file == feature and "plan" in table.header:
            at = table.header.index("plan")
            stated += [(row[at], Where(table.file, line)) for row, line in zip(table.rows, table.lines, strict=True)]
    found = []
    for plan, where in dict(stated).items():
        if plan and plan not in facts.drafts:
            what = f'the scenario has no plan "{plan}"'
            remedy = did_you_mean(plan, facts.drafts) if facts.drafts else f'Add: the plan "{plan}" pays 8% of bookings'
            found.append(Problem("plan-not-stated", what, where, "Who is on it would be paid nothing, without a word.", remedy))
    return found
