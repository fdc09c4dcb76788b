"""The one event of a scenario."""

from __future__ import annotations

from datetime import date

from harness.catalogue import sentence
from harness.scene import Scene
from reference_engine.problems import Problem, Stopped, did_you_mean


@sentence(
    "W1",
    "when",
    "commissions are calculated for {period}",
    meaning="All plans are calculated, pay period by pay period, up to the end of this one. Expectations may look at any period inside.",
    example="commissions are calculated for 2026-Q1",
)
def calculate(scene: Scene, period: str) -> None:
    scene.calculate(period)


@sentence(
    "W2",
    "when",
    "{period} is recalculated",
    meaning="A closed period is calculated again with what is known now. What it comes to less what it had come to is paid in the pay period after the last closed one.",
    example="2026-Q1 is recalculated",
)
def recalculate(scene: Scene, period: str) -> None:
    scene.recalculate(period)


@sentence(
    "W3",
    "when",
    "{period} is closed",
    meaning="A period is calculated with what was known on the day of its close: the day that `today is` names, or the close date of the fiscal calendar.",
    example="2026-Q1 is closed",
)
def close(scene: Scene, period: str) -> None:
    scene.close(period)


@sentence(
    "W4",
    "when",
    "territories are assigned as of {date}",
    meaning="Every account is given its territory and owner as of a day.",
    example="territories are assigned as of 2026-01-01",
)
def assign_territories(scene: Scene, date: date) -> None:
    scene.assign_territories(date)


@sentence(
    "W5",
    "when",
    'the program "{program}" is settled for {period}',
    meaning="The programme's rewards are calculated for a period, with whatever other plans the scenario states.",
    example='the program "Summer Phones" is settled for 2026-Q3',
)
def settle(scene: Scene, program: str, period: str) -> None:
    known = [*scene.drafts]
    if program not in known:
        what = f'no step states the program "{program}"'
        raise Stopped(Problem("program-unknown", what, scene.where, remedy=did_you_mean(program, known)))
    scene.calculate(period)
