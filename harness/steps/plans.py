"""What plans pay."""

from __future__ import annotations

from harness.catalogue import TextBlock, sentence
from harness.scene import Scene
from harness.table_schemas import CURVE, LIMITS, SETTINGS, TIERS, Rows
from reference_engine.plans.document import Node, load_yaml, parse_yaml
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
    path = scene.file(file, ["plans"])
    document = load_yaml(path, scene.problems) if path is not None else None
    if document is not None:
        name = document.get("plan")
        scene.add_plan(document, name.text() if name is not None and name.is_text else file)


@sentence(
    "P04",
    "given",
    'the plan "{plan}" reads:',
    block="a plan as in a plan file, without its name",
    meaning="A plan as plan files have it, for what no sentence says. Other sentences may add to it.",
    example='the plan "Contest" reads:',
)
def plan_text(scene: Scene, plan: str, block: TextBlock) -> None:
    # As many empty lines in front as stand in the file, so that messages name the file's own lines.
    lead, indent = "\n" * block.where.line, " " * (block.where.column - 1)
    text = lead + "\n".join(indent + line if line.strip() else "" for line in block.text.splitlines())
    document = parse_yaml(text, block.where.file, scene.problems)
    if document is None:
        return
    if not document.is_mapping:
        what = f'the text of the plan "{plan}" is {document.kind}, not a plan'
        scene.problems.append(Problem("plan-text", what, block.where, remedy="Write its parts, like in docs/plans.md: components: ..."))
        return
    named = document.get("plan")
    if named is not None and named.text() != plan:
        what = f'the sentence names the plan "{plan}", its text "{named.text()}"'
        scene.problems.append(Problem("plan-name", what, named.where, "It can't be told which of them payees are on.", "Leave it out of the text."))
        return
    entries = {"plan": Node(plan, scene.where), **dict(document.items())}
    scene.add_plan(Node(entries, block.where, {"plan": scene.where, **(document.keys or {})}), plan)


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
            component = draft.only_component("a cap per line", row.where, scene.problems)
            if component is not None:
                component.earn.append(Node.of({"cap": {"per": "line", "amount": row.text["amount"]}}, row.where))
        else:
            draft.parts.setdefault("pay", []).append(cap)
