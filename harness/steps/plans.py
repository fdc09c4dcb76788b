"""What plans pay."""

from __future__ import annotations

from harness.catalogue import sentence
from harness.scene import Scene
from harness.table_schemas import CURVE, LIMITS, SETTINGS, TIERS, Rows
from reference_engine.plans.document import Node
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import Percent
from reference_engine.vocabulary.plan import FREQUENCIES


def _tiers(table: Rows) -> Node:
    """The rows as tiers, each at its own line of the feature."""
    return Node.of([Node.of({k: v for k, v in row.text.items() if v}, row.where) for row in table.rows], table.where)


@sentence(
    "P01",
    "given",
    'the plan in "{file}"',
    meaning="A plan file under scenarios/plans.",
    example='the plan in "reseller_team.yaml"',
)
def plan_file(scene: Scene, file: str) -> None:
    from reference_engine.plans.reader import read_plan_file

    path = scene.file(file, ["plans"])
    if path is not None:
        plan = read_plan_file(path, scene.problems)
        if plan is not None:
            scene.plan_files[plan.name] = plan


@sentence(
    "G12",
    "given",
    'the plan "{plan}" for {period}:',
    table=SETTINGS,
    meaning="Settings of a plan: its currency, its pay frequency. The plan is in force in the period.",
    example='the plan "AE Flat" for FY2026:',
)
def settings(scene: Scene, plan: str, period: str, table: Rows) -> None:
    draft = scene.plan(plan)
    for row in table.rows:
        setting, value = row.text["setting"], row.text["value"]
        if setting == "currency":
            draft.settings["currency"] = Node.of(value, row.where)
        elif setting == "pay frequency":
            if value not in FREQUENCIES:
                what = f'"{value}" is not a pay frequency'
                scene.problems.append(Problem("unknown-word", what, row.where, remedy=f"Write {', '.join(FREQUENCIES)}."))
            draft.settings["pays"] = Node.of(value, row.where)
        elif draft.measure is not None and draft.measure.text() != value:
            what = f'the plan "{plan}" pays on {draft.measure.text()}; the setting says {value}'
            scene.problems.append(Problem("plan-stated-twice", what, row.where, remedy="State the measure once."))


@sentence(
    "G13",
    "given",
    'the plan "{plan}" pays {percent} of {measure}',
    meaning="A flat rate on whatever credit the payee receives.",
    example='the plan "AE Flat" pays 8% of bookings',
)
def flat_rate(scene: Scene, plan: str, percent: Percent, measure: str) -> None:
    scene.plan(plan).earns(measure, "flat rate", {"rate": str(percent)}, scene.where, scene.problems)


@sentence(
    "G14",
    "given",
    'the plan "{plan}" pays by attainment of {measure}:',
    table=TIERS,
    meaning="Each slice of attainment in the pay period is paid at its own rate.",
    example='the plan "AE Growth" pays by attainment of bookings:',
)
def marginal(scene: Scene, plan: str, measure: str, table: Rows) -> None:
    scene.plan(plan).earns(measure, "marginal", {"tiers": _tiers(table)}, scene.where, scene.problems)


@sentence(
    "G15",
    "given",
    'the plan "{plan}" pays retroactively by attainment of {measure}:',
    table=TIERS,
    meaning="The highest rate reached in the pay period applies from the first euro; a rate is reached on its `from`.",
    example='the plan "BDR" pays retroactively by attainment of bookings:',
)
def retroactive(scene: Scene, plan: str, measure: str, table: Rows) -> None:
    scene.plan(plan).earns(measure, "retroactive", {"tiers": _tiers(table)}, scene.where, scene.problems)


@sentence(
    "G16",
    "given",
    'the plan "{plan}" pays the target incentive along this curve of {measure}:',
    table=CURVE,
    meaning="Attainment picks a share of the target incentive: a straight line between the points, flat after the last.",
    example='the plan "AE Target" pays the target incentive along this curve of bookings:',
)
def curve(scene: Scene, plan: str, measure: str, table: Rows) -> None:
    draft = scene.plan(plan)
    draft.earns(measure, "curve", {"points": _tiers(table)}, scene.where, scene.problems)
    first = table.rows[0].values.get("payout") if table.rows else None
    if isinstance(first, Percent) and not first.value:
        # A curve that begins at 0% pays nothing below, whichever way one reads it.
        draft.conventions["curve.below"] = Node.of("zero", scene.where)


@sentence(
    "G19",
    "given",
    'the plan "{plan}" limits payouts:',
    table=LIMITS,
    meaning="A cap on what a line or a period pays; what is above is not paid.",
    example='the plan "AE Growth" limits payouts:',
)
def limits(scene: Scene, plan: str, table: Rows) -> None:
    draft = scene.plan(plan)
    for row in table.rows:
        cap = Node.of({"cap": {"per": row.text["per"], "amount": row.text["amount"]}}, row.where)
        if row.text["per"] in ("line", "deal"):
            draft.earn.append(Node.of({"cap": {"per": "line", "amount": row.text["amount"]}}, row.where))
        else:
            draft.pay.append(cap)
