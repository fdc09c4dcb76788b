"""What plans pay."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise

from harness.catalogue import TextBlock, sentence
from harness.plan_drafts import ALL_CREDITS, attainment_of
from harness.scene import Scene
from harness.table_schemas import (
    BONUSES,
    COMPONENTS,
    CONVENTIONS,
    CURVE,
    FACTORS,
    GROWTH,
    LIMITS,
    MEASURES_TABLE,
    RAMP,
    SEASONS,
    SETTINGS,
    TIERS,
    Row,
    Rows,
    refuse_negative,
    refuse_negative_value,
)
from reference_engine.plans.conventions import CONVENTIONS as CONVENTION_READINGS
from reference_engine.plans.document import Node, load_yaml, parse_yaml
from reference_engine.problems import Problem, Where, did_you_mean
from reference_engine.vocabulary.numbers import Money, Percent, Quantity
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
    add_plan_document(scene, file)


def add_plan_document(scene: Scene, file: str) -> None:
    """A plan file under scenarios/plans."""
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


_READINGS = {"attainment base": "tier.accumulate", "proration": "proration.basis"}
_ATTAINMENT_BASE = {"pay period": "period"}
_CREDIT_DATE = {"closed": ("bookings", "margin"), "invoice date": ("revenue", "recognised revenue"), "payment date": ("cash",)}


@sentence(
    "G12",
    "given",
    'the plan "{plan}" for {period}:',
    table=SETTINGS,
    meaning="Settings of a plan, which counts what is dated in the period: currency; pay frequency (monthly, quarterly ...); measure; attainment base (pay period, quarter, half-year, "
    "year: over which time sales add up against the quota); proration (calendar days, work days, months ...: what a part of a period is measured by); "
    "credit date (closed for bookings, invoice date for revenue, payment date for cash).",
    example='the plan "AE Flat" for FY2026:',
)
def settings(scene: Scene, plan: str, period: str, table: Rows) -> None:
    draft = scene.plan(plan)
    draft.periods.append((period, scene.where))
    for row in table.rows:
        setting, value = row.text["setting"], row.text["value"]
        node = Node.of(value, row.where)
        if setting == "currency":
            draft.sets("currency", node, scene.problems)
        elif setting == "pay frequency":
            if value not in FREQUENCIES:
                what = f'"{value}" is not a pay frequency'
                scene.problems.append(Problem("unknown-word", what, row.where, remedy=f"Write {', '.join(FREQUENCIES)}."))
            draft.sets("pays", node, scene.problems)
        elif setting in _READINGS and (value := _ATTAINMENT_BASE.get(value, value)) not in (known := CONVENTION_READINGS[_READINGS[setting]].readings):
            what = f'"{row.text["value"]}" is no value of the setting "{setting}"'
            scene.problems.append(Problem("unknown-word", what, row.where, remedy=did_you_mean(value, known)))
        elif setting in _READINGS:
            draft.reads(_READINGS[setting], Node.of(value, row.where), scene.problems)
            scene.states_convention(plan, _READINGS[setting], row.where, f'the setting "{setting}"')
        elif setting == "credit date" and value not in _CREDIT_DATE:
            what = f'"{value}" is not a date that a plan credits by'
            scene.problems.append(Problem("unknown-word", what, row.where, remedy=f"Write {', '.join(_CREDIT_DATE)}."))
        else:
            accepted = _CREDIT_DATE[value] if setting == "credit date" else (value,)
            draft.counts.append((setting, value, accepted, row.where))


@sentence(
    "G46",
    "given",
    'the plan "{plan}" follows these conventions:',
    table=CONVENTIONS,
    meaning="How a plan reads what plans leave open, such as contest.ties or cap.excess; a row `profile` takes the readings of a system over.",
    example='the plan "AE Growth" follows these conventions:',
)
def conventions(scene: Scene, plan: str, table: Rows) -> None:
    draft = scene.plan(plan)
    for row in table.rows:
        draft.reads(row.text["convention"], Node.of(row.text["reading"], row.where), scene.problems)
        scene.states_convention(plan, row.text["convention"], row.where)


@sentence(
    "G47",
    "given",
    "every plan follows these conventions:",
    table=CONVENTIONS,
    meaning="The same for all plans that sentences of the scenario state.",
    example="every plan follows these conventions:",
)
def shared_conventions(scene: Scene, table: Rows) -> None:
    for row in table.rows:
        scene.shared.reads(row.text["convention"], Node.of(row.text["reading"], row.where), scene.problems)
        scene.states_convention("", row.text["convention"], row.where)


@sentence(
    "G48",
    "given",
    "these measures:",
    table=MEASURES_TABLE,
    meaning="Measures with names of their own, for plans that sentences state: what they count, under which condition, and what a record is worth.",
    example="these measures:",
)
def measures(scene: Scene, table: Rows) -> None:
    for row in table.rows:
        entries = {k: Node.of(v, row.where) for k, v in row.text.items() if v}
        scene.shared.measures.append(Node.of({**entries, "credits": list(ALL_CREDITS)}, row.where))


@sentence(
    "G13",
    "given",
    'the plan "{plan}" pays {percent} of {measure}',
    meaning="A flat rate on whatever credit the payee receives.",
    example='the plan "AE Flat" pays 8% of bookings',
)
def flat_rate(scene: Scene, plan: str, percent: Percent, measure: str) -> None:
    refuse_negative_value(percent, "a rate", scene.where, scene.problems)
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
    refuse_negative(table, scene.problems, "rate")
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
    refuse_negative(table, scene.problems, "rate")
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
    refuse_negative(table, scene.problems, "attainment", "payout")
    draft = scene.plan(plan)
    draft.earns(measure, "curve", {"points": _tiers(table)}, scene.where, scene.problems)
    first = table.rows[0].values.get("payout") if table.rows else None
    if isinstance(first, Percent) and not first.value:
        # A curve that begins at 0% pays nothing below, whichever way one reads it.
        draft.implied["curve.below"] = Node.of("zero", scene.where)


@sentence(
    "G17",
    "given",
    'the plan "{plan}" pays these bonuses by attainment of {measure}:',
    table=BONUSES,
    meaning="The bonus of the highest attainment that is reached in the pay period; one level's bonus, not the sum of several. It stands beside what else the plan pays.",
    example='the plan "BDR" pays these bonuses by attainment of bookings:',
)
def bonuses(scene: Scene, plan: str, measure: str, table: Rows) -> None:
    refuse_negative(table, scene.problems, "attainment", "bonus")
    starts = [row.text["attainment"] for row in table.rows]
    for before, row in pairwise(table.rows):
        low, high = (r.values.get("attainment") for r in (before, row))
        if type(low) is type(high) and _number(high) <= _number(low):
            what = f"the bonus from {row.text['attainment']} on stands after the one from {before.text['attainment']} on"
            scene.problems.append(Problem("tiers-order", what, row.where, "The highest that is reached is read from the top down.", "Order the rows from the lowest up, each attainment once."))
            return
    rows = [
        Node.of({"from": row.text["attainment"], "pays": row.text["bonus"], **({"to": end} if end else {})}, row.where)
        for row, end in zip(table.rows, [*starts[1:], ""], strict=True)
    ]
    first, bonus = table.rows[0].values.get("attainment"), table.rows[0].values.get("bonus")
    if isinstance(bonus, Money) and isinstance(first, Percent | Money | Quantity) and _number(first):
        nothing = {"from": _zero_of(first), "to": starts[0], "pays": str(Money(Fraction(0), bonus.currency))}
        rows.insert(0, Node.of(nothing, table.where))
    component = scene.plan(plan).add_component("bonus", measure, scene.where, scene.problems)
    component.earn.append(Node.of({"retroactive": {"tiers": Node.of(rows, table.where)}}, scene.where))


def _number(bound: object) -> Fraction:
    """The number of a bound, without its unit."""
    return bound.amount if isinstance(bound, Money) else bound.value if isinstance(bound, Percent | Quantity) else Fraction(0)


def _zero_of(bound: Percent | Money | Quantity) -> str:
    return str(Money(Fraction(0), bound.currency)) if isinstance(bound, Money) else str(type(bound)(Fraction(0)))


@sentence(
    "G18",
    "given",
    'the plan "{plan}" has these components:',
    table=COMPONENTS,
    meaning="Parts of the target incentive, each by the attainment of its own measure: `linear` pays 80% at 80%; a curve is written as points, straight between them and flat "
    "after the last. Below the first point nothing is paid. A part with `paid only if` pays nothing while the other measure's attainment is lower.",
    example='the plan "Lead" has these components:',
)
def components(scene: Scene, plan: str, table: Rows) -> None:
    draft = scene.plan(plan)
    draft.once("the table of components", scene.where, scene.problems)
    refuse_negative(table, scene.problems, "weight")
    weights = [w.value for row in table.rows if isinstance(w := row.values.get("weight"), Percent)]
    if len(weights) == len(table.rows) and sum(weights) != 1:
        what = f'the weights of the components of the plan "{plan}" total {Percent(sum(weights, Fraction(0)))}'
        why = "At 100% of every measure another amount than the target incentive would be paid."
        scene.problems.append(Problem("weights-total", what, table.where, why, "Make them total 100%."))
    for row in table.rows:
        component = draft.add_component(row.text["component"], row.text["measure"], row.where, scene.problems)
        component.earn.append(_curve_of(row, scene.problems))
        component.earn.append(Node.of({"multiplier": {"factor": row.text["weight"]}}, row.where))
        gate = row.text.get("paid only if", "")
        if gate:
            component.earn.append(Node.of({"gate": {"when": _condition(gate, row.where, scene.problems)}}, row.where))
    draft.reads("curve.below", Node.of("zero", scene.where), scene.problems)


def _curve_of(row: Row, problems: list[Problem]) -> Node:
    text = row.text["curve"]
    if text == "linear":
        return Node.of("percent to goal", row.where)
    points = [re.fullmatch(r"([\d.,]+%) pays ([\d.,]+%)", part.strip()) for part in text.split(", ")]
    if not all(points):
        what = f'"{text}" is not a curve'
        remedy = "Write linear, or points: 50% pays 0%, 100% pays 100%, 150% pays 200%"
        problems.append(Problem("wrong-value", what, row.where, "What an attainment pays would be open.", remedy))
    listed = [{"attainment": p[1], "payout": p[2]} for p in points if p]
    return Node.of({"curve": {"points": listed}}, row.where)


def _condition(text: str, where: Where, problems: list[Problem]) -> str:
    match = re.fullmatch(r"([^`]+?) (above|at least) ([\d.,]+%)", text)
    if match is None:
        what = f'"{text}" is not a condition that a component can wait for'
        problems.append(Problem("wrong-value", what, where, "When it pays would be open.", "Write it like: bookings at least 80%, or: margin above 100%"))
        return text
    return f"{attainment_of(match[1])} {'>' if match[2] == 'above' else '>='} {match[3]}"


@sentence(
    "G49",
    "given",
    'the plan "{plan}" multiplies what is earned by attainment of {measure}:',
    table=FACTORS,
    meaning="What the plan's component earned is multiplied by the factor of the step in which the attainment lies.",
    example='the plan "AE Flat" multiplies what is earned by attainment of margin:',
)
def multiplier(scene: Scene, plan: str, measure: str, table: Rows) -> None:
    component = scene.plan(plan).only_component("a multiplier", scene.where, scene.problems)
    if component is not None:
        scene.plan(plan).once(f"the multiplier by attainment of {measure}", scene.where, scene.problems)
        refuse_negative(table, scene.problems, "factor")
        component.earn.append(Node.of({"multiplier": {"of": attainment_of(measure), "steps": _tiers(table)}}, scene.where))


@sentence(
    "G50",
    "given",
    'the plan "{plan}" pays only if the attainment of {measure} is at least {percent}',
    meaning="A gate: what the plan's component earned is paid in a pay period only where the attainment is reached at its end.",
    example='the plan "AE Flat" pays only if the attainment of margin is at least 80%',
)
def gate(scene: Scene, plan: str, measure: str, percent: Percent) -> None:
    component = scene.plan(plan).only_component("a gate", scene.where, scene.problems)
    if component is not None:
        scene.plan(plan).once(f"the gate on attainment of {measure}", scene.where, scene.problems)
        if percent.value <= 0:
            what = f"an attainment of at least {percent} is always reached"
            scene.problems.append(Problem("amount-negative", what, scene.where, "The gate would never close.", "Write a percent above 0%."))
        component.earn.append(Node.of({"gate": {"when": f"{attainment_of(measure)} >= {percent}"}}, scene.where))


@sentence(
    "G51",
    "given",
    'the plan "{plan}" pays {money} for each {counted}',
    meaning="The same amount for every unit sold, or for every deal; a return takes its amount back.",
    example='the plan "Sell Out" pays 5.00 EUR for each unit',
)
def for_each(scene: Scene, plan: str, money: Money, counted: str) -> None:
    draft = scene.plan(plan)
    refuse_negative_value(money, "what is paid for each", scene.where, scene.problems)
    if counted == "unit":
        draft.earns("units", "per unit", {"amount": str(money)}, scene.where, scene.problems)
    else:
        draft.earns("bookings", "per record", {"amount": str(money), "for returns": "take back", "split": "by share"}, scene.where, scene.problems)


@sentence(
    "G52",
    "given",
    'the plan "{plan}" pays by growth of {measure} over the year before, on {growth_base}:',
    table=GROWTH,
    meaning="Growth over the same time a year before picks the tier; it is paid on everything that was sold, or on the increase. Who has nothing from a year before earns nothing; "
    "what was sold then counts while the payee was on the plan.",
    example='the plan "Partner Growth" pays by growth of bookings over the year before, on the increase:',
)
def growth(scene: Scene, plan: str, measure: str, growth_base: str, table: Rows) -> None:
    refuse_negative(table, scene.problems, "rate")
    parameters = {"on": growth_base, "without history": "skip", "tiers": _tiers(table)}
    scene.plan(plan).earns(measure, "growth", parameters, scene.where, scene.problems)


@sentence(
    "G53",
    "given",
    'the quotas of the plan "{plan}" ramp up by month since the hire:',
    table=RAMP,
    meaning="In the first months after the hire only a share of the quota counts; the month of the hire is the first.",
    example='the quotas of the plan "AE Growth" ramp up by month since the hire:',
)
def ramp(scene: Scene, plan: str, table: Rows) -> None:
    shares = _numbered(table, "month", "share", scene.problems)
    draft = scene.plan(plan)
    draft.once("the ramp of the quotas", scene.where, scene.problems)
    draft.parts.setdefault("quota", []).append(Node.of({"ramp": {"shares": shares, "each": "month"}}, scene.where))
    draft.reads("ramp.first_month", Node.of("hire month", scene.where), scene.problems)


@sentence(
    "G54",
    "given",
    'the quotas of the plan "{plan}" are distributed by {unit}:',
    table=SEASONS,
    meaning="How the quota of a year, half-year or quarter falls on its parts; the weights total 100%.",
    example='the quotas of the plan "AE Growth" are distributed by quarter:',
)
def seasons(scene: Scene, plan: str, unit: str, table: Rows) -> None:
    weights = _numbered(table, "part", "weight", scene.problems)
    part = Node.of({"distribution": {"per": unit, "weights": weights}}, scene.where)
    scene.plan(plan).once(f"the distribution of the quotas by {unit}", scene.where, scene.problems)
    scene.plan(plan).parts.setdefault("quota", []).append(part)


def _numbered(table: Rows, number: str, value: str, problems: list[Problem]) -> Node:
    for position, row in enumerate(table.rows, 1):
        if row.text[number] != str(position):
            what = f'the {number} "{row.text[number]}" stands where {position} is next'
            problems.append(Problem("wrong-value", what, row.where, "A hole would shift what follows.", f"Number the rows 1, 2, 3; write {position} here."))
    return Node.of([Node.of(row.text[value], row.where) for row in table.rows], table.where)


@sentence(
    "G19",
    "given",
    'the plan "{plan}" limits payouts:',
    table=LIMITS,
    meaning="A cap: what is above isn't paid. A floor: at least so much is paid in each pay period. A guarantee per quarter, half-year or year: "
    "at its end the payee is paid up to it; pay periods above it make up for those below.",
    example='the plan "AE Growth" limits payouts:',
)
def limits(scene: Scene, plan: str, table: Rows) -> None:
    draft = scene.plan(plan)
    refuse_negative(table, scene.problems, "amount")
    _check_limits(table, scene.problems)
    for row in table.rows:
        limit, per, amount = row.text["limit"], row.text["per"], row.text["amount"]
        draft.once(f"the {limit} per {per}", row.where, scene.problems)
        if limit == "cap" and per == "line":
            component = draft.only_component("a cap per line", row.where, scene.problems)
            if component is not None:
                component.earn.append(Node.of({"cap": {"per": "line", "amount": amount}}, row.where))
        elif limit == "cap":
            draft.parts.setdefault("pay", []).append(Node.of({"cap": {"per": per, "amount": amount}}, row.where))
        elif (per == "period") != (limit == "floor") or per in ("line", "deal", "month"):
            what = f'a {limit} per {per} has no single meaning'
            remedy = "A floor is per period; a guarantee is per quarter, half-year or year."
            scene.problems.append(Problem("wrong-value", what, row.where, "It would be compared over another time than was meant.", remedy))
        else:
            parameters = {"amount": amount, "per": "term", "term": per, "paid": "at the end"}
            draft.parts.setdefault("settle", []).append(Node.of({"guarantee": parameters}, row.where))
            draft.reads("guarantee.offset", Node.of("yes", row.where), scene.problems)
            draft.reads("guarantee.excess", Node.of("lost", row.where), scene.problems)


def _check_limits(table: Rows, problems: list[Problem]) -> None:
    """A Problem where a floor lies above a cap of the same time: both can't be kept."""
    amounts = {(row.text["limit"], row.text["per"]): row.values.get("amount") for row in table.rows}
    floor, cap = (amounts.get((limit, "period")) for limit in ("floor", "cap"))
    if isinstance(floor, Money) and isinstance(cap, Money) and floor.currency == cap.currency and floor.amount > cap.amount:
        what = f"the floor of {floor} lies above the cap of {cap}"
        problems.append(Problem("limits-order", what, table.where, "Both can't be kept.", "Correct one of them."))
