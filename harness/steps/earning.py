"""When commission is earned, and when it is taken back."""

from __future__ import annotations

from harness.catalogue import sentence
from harness.scene import Scene
from reference_engine.plans.document import Node
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import Percent


@sentence(
    "G33",
    "given",
    "{percent} of each commission is earned on {event}",
    meaning="The share of the rate that is earned on the booking, the invoice or the payment; the shares total 100%.",
    example="50% of each commission is earned on booking",
)
def event_share(scene: Scene, percent: Percent, event: str) -> None:
    events = scene.shared.events
    if event in events:
        scene.problems.append(Problem("event-twice", f"the share earned on {event} is stated twice", scene.where, remedy="Keep one."))
    events[event] = Node.of(str(percent), scene.where)


@sentence(
    "G34",
    "given",
    "commissions on deals cancelled within {n} days are taken back in full",
    meaning="A cancellation up to and including that day after the booking takes the commission back at the rate at which it was earned; a later one takes nothing back. It holds for plans that sentences state.",
    example="commissions on deals cancelled within 90 days are taken back in full",
)
def clawback(scene: Scene, n: int) -> None:
    rule = Node.of({"clawback": {"within days": str(n)}}, scene.where)
    if scene.shared.pay:
        what = f"what is taken back of cancelled deals is stated twice; first on line {scene.shared.pay[0].where.line}"
        scene.problems.append(Problem("fact-twice", what, scene.where, "It would be taken back twice.", "Keep one."))
        return
    scene.shared.pay.append(rule)
