"""Programmes beside the plan: retailers, sales incentives, contests, pools and objectives."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from harness.catalogue import sentence
from harness.derived_tables import Objective
from harness.plan_drafts import PlanDraft
from harness.scene import Scene
from harness.table_schemas import (
    INCENTIVE,
    OBJECTIVES,
    PRIZES,
    PROGRAM,
    Rows,
    refuse_negative,
    refuse_negative_value,
)
from reference_engine.plans.document import Node
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import Money


@sentence(
    "G43",
    "given",
    'the retailer program "{program}" from {date} to {date}:',
    table=PROGRAM,
    meaning="A volume rebate: each unit sold in the programme's time, net of returns, earns the reward of its own band.",
    example='the retailer program "Summer Phones" from 2026-07-01 to 2026-09-30:',
)
def retailer_program(scene: Scene, program: str, date: date, date_2: date, table: Rows) -> None:
    draft = scene.plan(program)
    draft.component = "rebate"
    refuse_negative(table, scene.problems, "reward per unit")
    if draft.components or draft.base is not None:
        scene.problems.append(Problem("plan-stated-twice", f'"{program}" is stated twice', scene.where, remedy="Keep one."))
        return
    bands = []
    for row in table.rows:
        band = {"product": row.text["product"], "from": row.text["from units"], "pays": row.text["reward per unit"]}
        if row.text.get("to units"):
            band["to"] = row.text["to units"]
        bands.append(Node.of(band, row.where))
    draft.earns("units", "unit bands", {"bands": bands}, scene.where, scene.problems)
    rewards = [row.values.get("reward per unit") for row in table.rows]
    currencies = {r.currency for r in rewards if isinstance(r, Money)}
    if len(currencies) == 1:
        draft.sets("currency", Node.of(currencies.pop(), scene.where), scene.problems)
    _for_everybody(draft, date, date_2, scene)


def _for_everybody(draft: PlanDraft, first: date, last: date, scene: Scene) -> None:
    draft.sets("eligible", Node.of("everyone", scene.where), scene.problems)
    draft.sets("valid", Node.of({"from": first.isoformat(), "to": last.isoformat()}, scene.where), scene.problems)


@sentence(
    "G24",
    "given",
    'the incentive "{incentive}" from {date} to {date}:',
    table=INCENTIVE,
    meaning="A sales incentive for everybody: an amount for each unit sold, or each deal closed, of a product in its time; each row pays at most its limit to a payee in all. "
    "Units are those of retail sales.",
    example='the incentive "Spring Push" from 2026-03-01 to 2026-03-31:',
)
def incentive(scene: Scene, incentive: str, date: date, date_2: date, table: Rows) -> None:
    draft = scene.plan(incentive)
    if draft.components or draft.base is not None:
        scene.problems.append(Problem("plan-stated-twice", f'"{incentive}" is stated twice', scene.where, remedy="Keep one."))
        return
    refuse_negative(table, scene.problems, "pays", "limit per payee")
    for row in table.rows:
        product, per, pays = row.text["product"], row.text["per"], row.values["pays"]
        component = draft.add_component(f"{product}, per {per}", "units" if per == "unit" else "bookings", row.where, scene.problems)
        component.more["products"] = Node.of([product], row.where)
        mechanic = {"per unit": {"amount": str(pays)}} if per == "unit" else {"per record": {"amount": str(pays), "for returns": "take back", "split": "by share"}}
        component.earn.append(Node.of(mechanic, row.where))
        if row.text.get("limit per payee"):
            component.pay.append(Node.of({"cap": {"per": "year", "amount": row.text["limit per payee"]}}, row.where))
        if isinstance(pays, Money):
            draft.sets("currency", Node.of(pays.currency, row.where), scene.problems)
    if any(row.text.get("limit per payee") for row in table.rows):
        scene.within_year.append((incentive, date, date_2, scene.where))
    _for_everybody(draft, date, date_2, scene)


@sentence(
    "G55",
    "given",
    'the plan "{plan}" pays prizes by rank in {measure}, and {ties}:',
    table=PRIZES,
    meaning="A contest among everybody on the plan, decided at the end of the pay period. What equal ranks get: `equal ranks share the prizes` of the places that "
    "they fill together, or `equal ranks each take the prize` of their place. Who sold nothing takes no part.",
    example='the plan "Winter Race" pays prizes by rank in bookings, and equal ranks share the prizes:',
)
def contest(scene: Scene, plan: str, measure: str, ties: str, table: Rows) -> None:
    draft = scene.plan(plan)
    refuse_negative(table, scene.problems, "prize")
    prizes = []
    following = Fraction(1)
    for row in table.rows:
        if row.values["place"] != following:
            what = f"place {row.text['place']} stands where place {following} is next"
            scene.problems.append(Problem("contest-prize", what, row.where, "Who is on the place between would win nothing.", "State every place, from the first on."))
        following = Fraction(str(row.values.get("to", row.values["place"]))) + 1
        prize = {"place": row.text["place"], "pays": row.text["prize"]}
        if row.text.get("to"):
            prize["to"] = row.text["to"]
        prizes.append(Node.of(prize, row.where))
    component = draft.add_component("prize", measure, scene.where, scene.problems)
    contest = {"by": "measure", "minimum": "measure > 0", "prizes": Node.of(prizes, table.where)}
    component.earn.append(Node.of({"contest": contest}, scene.where))
    draft.reads("contest.ties", Node.of("prizes are shared" if "share" in ties else "each takes the prize", scene.where), scene.problems)


@sentence(
    "G56",
    "given",
    'the plan "{plan}" shares a pool of {money} {share_by}',
    meaning="An amount for each pay period that is divided among everybody on the plan, equally or in proportion to what each sold. The largest share takes the cents that are left.",
    example='the plan "Team Pool" shares a pool of 1,000.00 EUR by bookings',
)
def pool(scene: Scene, plan: str, money: Money, share_by: str) -> None:
    draft = scene.plan(plan)
    refuse_negative_value(money, "a pool", scene.where, scene.problems)
    measure = share_by.removeprefix("by ") if share_by != "equally" else "bookings"
    component = draft.add_component("pool", measure, scene.where, scene.problems)
    shared = "equally" if share_by == "equally" else "measure"
    component.earn.append(Node.of({"pool": {"amount": str(money), "shared": shared}}, scene.where))
    draft.reads("pool.residue", Node.of("largest share", scene.where), scene.problems)


@sentence(
    "G57",
    "given",
    'the plan "{plan}" pays the target incentive by objectives',
    meaning="The weighted results of each payee's own objectives are the share of the target incentive that is paid.",
    example='the plan "Quarterly Goals" pays the target incentive by objectives',
)
def by_objectives(scene: Scene, plan: str) -> None:
    scene.plan(plan).by_objectives = scene.where


@sentence(
    "G23",
    "given",
    'these objectives of "{payee}" for {period}:',
    table=OBJECTIVES,
    meaning="What a payee was to achieve, how much of the target incentive it is worth, and how far it was achieved. The weights total 100%.",
    example='these objectives of "Ana Ruiz" for 2026-Q1:',
)
def objectives(scene: Scene, payee: str, period: str, table: Rows) -> None:
    refuse_negative(table, scene.problems, "weight", "result")
    for row in table.rows:
        name = row.text["objective"]
        if any((o.payee, o.period, o.name) == (payee, period, name) for o in scene.objectives):
            what = f'the objective "{name}" of "{payee}" for {period} is stated twice'
            scene.problems.append(Problem("plan-stated-twice", what, row.where, "Only one of them could count.", "Keep one."))
            continue
        scene.objectives.append(Objective(payee, period, name, row.text["weight"], row.text["result"], row.where))
