"""Rows of standard tables that follow from several sentences of a scenario together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from harness.plan_drafts import PlanDraft
from harness.table_schemas import Rows
from reference_engine.problems import Problem, Where, nearest
from reference_engine.vocabulary.calendar import Calendar, NotAPeriod
from reference_engine.vocabulary.numbers import Percent, parse_percent
from reference_engine.vocabulary.tables import TextTable


@dataclass(frozen=True, slots=True)
class OnPlan:
    """`"Ana Ruiz" is on plan "AE" for FY2026`."""

    payee: str
    plan: str
    period: str
    where: Where


@dataclass(frozen=True, slots=True)
class PaidBefore:
    """`the payout of "Ana Ruiz" for 2026-Q1 was 100.00 EUR`."""

    payee: str
    period: str
    money: str
    where: Where


@dataclass(frozen=True, slots=True)
class Objective:
    """One row of `these objectives of "Ana Ruiz" for 2026-Q1`."""

    payee: str
    period: str
    name: str
    weight: str
    result: str
    where: Where


def assignment_rows(stated: Iterable[OnPlan], calendar: Calendar, problems: list[Problem]) -> list[TextTable]:
    """plan_assignments: from the first to the last day of the period."""
    out = []
    for entry in stated:
        try:
            period = calendar.period(entry.period)
        except NotAPeriod as error:
            problems.append(Problem("not-a-period", error.what, entry.where, "The days on the plan are open.", error.remedy))
            continue
        cells = (entry.payee, entry.plan, period.first.isoformat(), period.last.isoformat())
        out.append(_row("plan_assignments", ("payee", "plan", "from", "to"), cells, entry.where))
    return out


def check_weights(stated: Sequence[Objective], problems: list[Problem]) -> None:
    """A Problem where the weights of a payee's objectives of a period, from all steps, don't total 100%."""
    for payee, period in dict.fromkeys((o.payee, o.period) for o in stated):
        own = [o for o in stated if (o.payee, o.period) == (payee, period)]
        weight = sum((parse_percent(o.weight).value for o in own), Fraction(0))
        if weight != 1:
            what = f'the weights of the objectives of "{payee}" for {period} total {Percent(weight)}'
            why = "With every objective achieved another amount than the target incentive would be paid."
            problems.append(Problem("weights-total", what, own[0].where, why, "Make them total 100%."))


def objective_rows(stated: Sequence[Objective]) -> list[TextTable]:
    """reported_measures: each objective and its weight.  Who hasn't one that others have, has it with a weight of nothing."""
    known = {(o.payee, o.period, o.name): o for o in stated}
    out = []
    for payee, period in dict.fromkeys((o.payee, o.period) for o in stated):
        own = next(o for o in stated if (o.payee, o.period) == (payee, period))
        for name in dict.fromkeys(o.name for o in stated):
            held = known.get((payee, period, name), Objective(payee, period, name, "0%", "0%", own.where))
            for measure, value in ((f"weight of {name}", held.weight), (name, held.result)):
                out.append(_row("reported_measures", ("payee", "measure", "period", "value"), (payee, measure, period, value), held.where))
    return out


def adjustment_rows(
    stated: Iterable[Rows], plans_of: dict[str, list[str]], drafts: dict[str, PlanDraft], problems: list[Problem]
) -> list[TextTable]:
    """adjustments, with the plan of the payee where the row names none."""
    out = []
    for table in stated:
        header = (*(c for c in table.header if c != "plan"), "plan")
        for row in table.rows:
            plan = row.text.get("plan") or _only_plan(row.text["payee"], plans_of, drafts, row.where, problems)
            cells = (*(row.text.get(c, "") for c in header[:-1]), plan)
            out.append(_row("adjustments", header, cells, row.where))
    return out


def processed_rows(
    stated: Iterable[PaidBefore], plans_of: dict[str, list[str]], drafts: dict[str, PlanDraft], problems: list[Problem]
) -> list[TextTable]:
    """processed_results: what a closed period had come to, for the only component of the payee's only plan."""
    out = []
    for entry in stated:
        plan = _only_plan(entry.payee, plans_of, drafts, entry.where, problems)
        names = drafts[plan].component_names() if plan in drafts else []
        if plan in drafts and len(names) != 1:
            what = f'the plan "{plan}" has {len(names)} components; it is open to which of them the payout belonged'
            remedy = "State each in the table: these processed results:"
            problems.append(Problem("component-open", what, entry.where, "The correction would be of another component.", remedy))
            continue
        component = names[0] if names else ""
        cells = (entry.payee, plan, component, entry.period, entry.money)
        out.append(_row("processed_results", ("payee", "plan", "component", "period", "earned"), cells, entry.where))
    return out


def payee_rows(assigned: Iterable[str], tables: Sequence[TextTable], where: Where) -> list[TextTable]:
    """payees: whoever is on a plan and isn't among `these payees`, unless the name is nearly a listed one and so a slip.

    Without `these payees` everybody who is named is a payee anyway.
    """
    listed = [row[t.header.index("payee")] for t in tables if t.name == "payees" and "payee" in t.header for row in t.rows]
    if not listed:
        return []
    new = [p for p in dict.fromkeys(assigned) if p not in listed and not nearest(p, listed, 0.8)]
    return [_row("payees", ("payee",), (payee,), where) for payee in new]


def plans_of(stated: Iterable[OnPlan], tables: Iterable[TextTable]) -> dict[str, list[str]]:
    """The plans that each payee is assigned to."""
    out: dict[str, list[str]] = {}
    pairs = [(entry.payee, entry.plan) for entry in stated]
    for table in tables:
        if table.name == "plan_assignments" and {"payee", "plan"} <= set(table.header):
            payee, plan = table.header.index("payee"), table.header.index("plan")
            pairs += [(row[payee], row[plan]) for row in table.rows if len(row) > max(payee, plan)]
    for who, plan_name in pairs:
        if plan_name not in out.setdefault(who, []):
            out[who].append(plan_name)
    return out


def _only_plan(
    payee: str, plans_of: dict[str, list[str]], drafts: dict[str, PlanDraft], where: Where, problems: list[Problem]
) -> str:
    own = plans_of.get(payee) or list(drafts)
    if len(own) == 1:
        return own[0]
    said = f"is on {len(own)} plans: {', '.join(own)}" if own else "is on no plan"
    remedy = "Name the plan: in a column plan of these adjustments, or in the table these processed results."
    problems.append(Problem("plan-open", f'"{payee}" {said}', where, "It would be paid under another plan.", remedy))
    return ""


def _row(table: str, header: tuple[str, ...], cells: tuple[str, ...], where: Where) -> TextTable:
    return TextTable(table, header, (cells,), where.file, (where.line,), where.line)
