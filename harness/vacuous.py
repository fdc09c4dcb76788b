"""Whether a scenario whose steps all passed has tested anything: zeros agree with whatever calculates nothing."""

from __future__ import annotations

from harness.facts import Facts
from harness.scene import Scene
from reference_engine.problems import Problem, Where, did_you_mean


def nothing_tested(scene: Scene, feature: str) -> str:
    """Why the scenario proves nothing; "" where it proves something."""
    slips = unstated_plans(scene, feature)
    if slips and scene.calculated is not None:
        return "\n\n".join(str(p) for p in slips)
    result = scene.calculated
    if result is not None and not result.plans:
        return 'The scenario has no plan, so its expectations would hold of anybody. Add one such as: the plan "AE Flat" pays 8% of bookings'
    if result is None or any(p["amount"].strip("-0.") for p in scene.recorder.payouts):
        return ""
    if result.line_rows() or result.credit_rows() or result.balance_rows():
        return ""
    return (
        "Nothing was credited, earned or paid in this scenario, so its expectations would hold whatever the plan says. "
        "State a record that could be paid, and who is on which plan."
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
