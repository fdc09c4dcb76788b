"""Programmes beside the plan: retailers, sales incentives, contests, pools and objectives."""

from __future__ import annotations

from datetime import date

from harness.catalogue import sentence
from harness.derived_tables import Objective
from harness.plan_drafts import PlanDraft
from harness.scene import Scene
from harness.table_schemas import INCENTIVE, OBJECTIVES, PRIZES, PROGRAM, Rows
from reference_engine.plans.document import Node
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import Money, Percent


@sentence(
    "G43",
    "given",
    'the retailer program "{program}" from {date} to {date}:',
    table=PROGRAM,
    meaning="A volume rebate: each unit sold in the programme's time, net of returns, earns the reward of its own band.",
    example='the retailer program "Summer Phones" from 2026-07-01 to 2026-09-30:',
)
def retailer_program(scene: Scene, program: str, date: date, date_2: date, table: Rows) -> None:
    draft = PlanDraft(program, scene.where, component="rebate")
    if scene.drafts.setdefault(program, draft) is not draft:
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
        draft.settings["currency"] = Node.of(currencies.pop(), scene.where)
    draft.settings["eligible"] = Node.of("everyone", scene.where)
    draft.settings["valid"] = Node.of({"from": date.isoformat(), "to": date_2.isoformat()}, scene.where)


@sentence(
    "G24",
    "given",
    'the incentive "{incentive}" from {date} to {date}:',
    table=INCENTIVE,
    meaning="A sales incentive for everybody: an amount for each unit sold, or each deal closed, of a product in its time, at most so much for each payee in all.",
    example='the incentive "Spring Push" from 2026-03-01 to 2026-03-31:',
)
def incentive(scene: Scene, incentive: str, date: date, date_2: date, table: Rows) -> None:
    draft = scene.plan(incentive)
    if draft.components or draft.base is not None:
        scene.problems.append(Problem("plan-stated-twice", f'"{incentive}" is stated twice', scene.where, remedy="Keep one."))
        return
    for row in table.rows:
        product, per, pays = row.text["product"], row.text["per"], row.values["pays"]
        component = draft.add_component(f"{product}, per {per}", "units" if per == "unit" else "bookings", row.where, scene.problems)
        component.more["products"] = Node.of([product], row.where)
        mechanic = {"per unit": {"amount": str(pays)}} if per == "unit" else {"per record": {"amount": str(pays), "for returns": "take back", "split": "by share"}}
        component.earn.append(Node.of(mechanic, row.where))
        if row.text.get("limit per payee"):
            component.pay.append(Node.of({"cap": {"per": "year", "amount": row.text["limit per payee"]}}, row.where))
        if isinstance(pays, Money):
            draft.settings["currency"] = Node.of(pays.currency, row.where)
    if any(row.text.get("limit per payee") for row in table.rows) and date.year != date_2.year:
        what = f'the incentive "{incentive}" has a limit and lasts over more than one calendar year'
        scene.problems.append(Problem("incentive-years", what, scene.where, "A limit is kept within a year.", "State one incentive for each year."))
    draft.settings["eligible"] = Node.of("everyone", scene.where)
    draft.settings["valid"] = Node.of({"from": date.isoformat(), "to": date_2.isoformat()}, scene.where)


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
    prizes = []
    for row in table.rows:
        prize = {"place": row.text["place"], "pays": row.text["prize"]}
        if row.text.get("to"):
            prize["to"] = row.text["to"]
        prizes.append(Node.of(prize, row.where))
    component = draft.add_component("prize", measure, scene.where, scene.problems)
    contest = {"by": "measure", "minimum": "measure > 0", "prizes": Node.of(prizes, table.where)}
    component.earn.append(Node.of({"contest": contest}, scene.where))
    draft.conventions["contest.ties"] = Node.of("prizes are shared" if "share" in ties else "each takes the prize", scene.where)


@sentence(
    "G56",
    "given",
    'the plan "{plan}" shares a pool of {money} {share_by}',
    meaning="An amount for each pay period that is divided among everybody on the plan, equally or in proportion to what each sold. The largest share takes the cents that are left.",
    example='the plan "Team Pool" shares a pool of 1,000.00 EUR by bookings',
)
def pool(scene: Scene, plan: str, money: Money, share_by: str) -> None:
    draft = scene.plan(plan)
    measure = share_by.removeprefix("by ") if share_by != "equally" else "bookings"
    component = draft.add_component("pool", measure, scene.where, scene.problems)
    shared = "equally" if share_by == "equally" else "measure"
    component.earn.append(Node.of({"pool": {"amount": str(money), "shared": shared}}, scene.where))
    draft.conventions["pool.residue"] = Node.of("largest share", scene.where)


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
    weights = [w.value for row in table.rows if isinstance(w := row.values.get("weight"), Percent)]
    if len(weights) == len(table.rows) and sum(weights) != 1:
        what = f'the weights of the objectives of "{payee}" total {Percent(sum(weights[1:], weights[0]))}'
        why = "With every objective achieved another amount than the target incentive would be paid."
        scene.problems.append(Problem("weights-total", what, table.where, why, "Make them total 100%."))
    for row in table.rows:
        name = row.text["objective"]
        if any((o.payee, o.period, o.name) == (payee, period, name) for o in scene.objectives):
            what = f'the objective "{name}" of "{payee}" for {period} is stated twice'
            scene.problems.append(Problem("plan-stated-twice", what, row.where, "Only one of them could count.", "Keep one."))
            continue
        scene.objectives.append(Objective(payee, period, name, row.text["weight"], row.text["result"], row.where))
