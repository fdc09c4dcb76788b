"""Fiscal years, exchange rates and rounding."""

from __future__ import annotations

from datetime import date

from harness.catalogue import sentence
from harness.scene import Scene
from harness.table_schemas import Rows
from reference_engine.plans.document import Node
from reference_engine.problems import Problem
from reference_engine.vocabulary.plan import FREQUENCIES
from reference_engine.vocabulary.tables import TABLES


@sentence(
    "G02",
    "given",
    "fiscal year {period} starts on {date} with {cadence} periods",
    meaning="The first day of a fiscal year, and how often the company pays.",
    example="fiscal year FY2026 starts on 2026-01-01 with quarterly periods",
)
def fiscal_year(scene: Scene, period: str, date: date, cadence: str) -> None:
    if not period.startswith("FY"):
        scene.problems.append(Problem("not-a-year", f'"{period}" is not a fiscal year', scene.where, remedy="Write it like FY2026."))
        return
    year = int(period[2:])
    if abs(date.year - year) > 1:
        what = f"{period} starts on {date}, more than a year from its number"
        scene.problems.append(Problem("not-a-year", what, scene.where, "Every period of it would be other days than were meant.", "Correct the year or the day."))
    if scene.fiscal_starts.get(year, date) != date:
        what = f"{period} starts on {scene.fiscal_starts[year]} and on {date}"
        scene.problems.append(Problem("fact-twice", what, scene.where, "Only one of them could count.", "Keep one."))
    if scene.pay_cadence not in (None, FREQUENCIES[cadence]):
        why = "The company would be paid at two paces."
        remedy = f"Write  {_cadence_word(scene.pay_cadence)} periods  here too, or say the pace in each plan."
        scene.problems.append(Problem("cadence-twice", f"{period} has other pay periods than the year before", scene.where, why, remedy))
    scene.fiscal_starts[year] = date
    scene.pay_cadence = FREQUENCIES[cadence]


def _cadence_word(cadence: str) -> str:
    return next(word for word, of in FREQUENCIES.items() if of == cadence)


@sentence(
    "G03",
    "given",
    "the fiscal calendar:",
    table=TABLES["fiscal_calendar"],
    meaning="The periods of a company whose periods aren't calendar months or quarters. Pay follows these periods.",
    example="the fiscal calendar:",
)
def fiscal_calendar(scene: Scene, table: Rows) -> None:
    scene.tables.append(table.text_table())
    scene.pay_cadence = scene.pay_cadence or "month"


@sentence(
    "G04",
    "given",
    "these exchange rates:",
    table=TABLES["exchange_rates"],
    meaning="Exchange rates, each valid from a day on. Amounts in another currency than the plan's are converted by the kind of rate that the table holds.",
    example="these exchange rates:",
)
def exchange_rates(scene: Scene, table: Rows) -> None:
    scene.tables.append(table.text_table())
    scene.rate_kinds |= {row.text.get("kind") or "spot" for row in table.rows}
    # One kind of rate in the scenario is the kind that converts; with several the plan has to say which.
    if len(scene.rate_kinds) == 1:
        scene.shared.implied["fx.kind"] = Node.of(next(iter(scene.rate_kinds)), scene.where)
    else:
        scene.shared.implied.pop("fx.kind", None)


@sentence(
    "G05",
    "given",
    "amounts are rounded {mode} per {level} to {n} decimals",
    meaning="Where and how amounts are rounded. Without this sentence every amount must come out in whole cents by itself.",
    example="amounts are rounded half up per payout to 2 decimals",
)
def rounding(scene: Scene, mode: str, level: str, n: int) -> None:
    rule = Node.of({"at": level, "mode": mode, "decimals": str(n)}, scene.where)
    for other in scene.shared.rounding:
        if (at := other.get("at")) is not None and at.text() == level and other.plain() != rule.plain():
            what = f"the rounding per {level} is stated twice; first on line {other.where.line}"
            scene.problems.append(Problem("fact-twice", what, scene.where, "Only one of them could count.", "Keep one."))
            return
    if rule.plain() not in [r.plain() for r in scene.shared.rounding]:
        scene.shared.rounding.append(rule)


@sentence(
    "G06",
    "given",
    "today is {date}",
    meaning="The day of the calculation: what became known later does not count, and accepted differences are judged on this day.",
    example="today is 2026-04-20",
)
def today(scene: Scene, date: date) -> None:
    if scene.today not in (None, date):
        what = f"today is {scene.today} and {date}"
        scene.problems.append(Problem("fact-twice", what, scene.where, "Only one of them could count.", "Keep one."))
    scene.today = date
