"""Open opportunities, and the forecast that is made of them."""

from __future__ import annotations

from fractions import Fraction

from harness.catalogue import sentence
from harness.comparison import Comparison, difference, said, same
from harness.scene import Scene
from harness.table_schemas import STAGES, Rows
from harness.verdicts import NotCalculated
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import Money
from reference_engine.vocabulary.tables import TABLES


@sentence(
    "G44",
    "given",
    "the stage probabilities:",
    table=STAGES,
    meaning="How probable it is that an opportunity of a stage is won.",
    example="the stage probabilities:",
)
def stage_probabilities(scene: Scene, table: Rows) -> None:
    for row in table.rows:
        stage = row.text["stage"]
        if stage in scene.stage_probabilities:
            scene.problems.append(Problem("column-twice", f'the stage "{stage}" stands twice', row.where, "Only one of them could count.", "Keep one."))
        scene.stage_probabilities[stage] = row.text["probability"]


@sentence(
    "G45",
    "given",
    "this pipeline:",
    table=TABLES["pipeline"],
    meaning="Opportunities that aren't won yet, and the day on which each is expected to close.",
    example="this pipeline:",
)
def pipeline(scene: Scene, table: Rows) -> None:
    scene.tables.append(table.text_table())


@sentence(
    "W6",
    "when",
    "the pipeline is forecast for {period}",
    meaning="The opportunities that close in the period are weighed by their probability, or by that of their stage.",
    example="the pipeline is forecast for 2026-Q2",
)
def forecast(scene: Scene, period: str) -> None:
    scene.make_forecast(period)


@sentence(
    "T12",
    "then",
    "the forecast for {period} is {money}",
    meaning="The sum of amount x probability of the opportunities that close in the period.",
    example="the forecast for 2026-Q2 is 57,000.00 EUR",
)
def forecast_is(scene: Scene, period: str, money: Money) -> None:
    __tracebackhide__ = True
    found = scene.forecast_of(period)
    computed = found.totals() or [_nothing(scene, money.currency)]
    comparison = Comparison(f"The forecast for {period} is not as expected.", ("", "expected", "computed", "difference"))
    comparison.add("", str(money), said(computed), difference(money, computed[0] if len(computed) == 1 else None), ok=same(money, computed))
    if comparison.wrong:
        listed = [f"  {o.opportunity} of {o.owner}: {o.amount} x {o.probability} = {o.weighed}" for o in found.opportunities]
        comparison.note("\n".join(["Computed from:", *listed] if listed else ["No opportunity closes in this period."]))
    comparison.finish()


def _nothing(scene: Scene, currency: str) -> Money:
    """A forecast of nothing.  Raises where no opportunity is in this currency, for then it would hold whatever closes."""
    __tracebackhide__ = True
    amounts = scene.read_world().table("pipeline").amounts("amount")
    known = sorted({str(c) for c in amounts.currency.tolist() if c} if amounts.currency is not None else set())
    if known and currency not in known:
        raise NotCalculated(
            f"No opportunity is in {currency}, so 0 {currency} would hold whatever closes. Write the amount in {' or '.join(known)}."
        )
    return Money(Fraction(0), currency)
