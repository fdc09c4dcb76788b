"""Plans as sentences state them, put together to plan documents that are read like plan files."""

from __future__ import annotations

from dataclasses import dataclass, field

from reference_engine.plans.document import Node
from reference_engine.problems import NOWHERE, Problem, Where

PROFILE = "step language"
COMPONENT = "commission"
ALL_CREDITS = ("direct", "overlay", "roll-up")


@dataclass
class PlanDraft:
    """One plan while its sentences are read.  Every part keeps the line of the sentence that states it."""

    name: str
    where: Where
    measure: Node | None = None
    earn: list[Node] = field(default_factory=list)
    pay: list[Node] = field(default_factory=list)
    settings: dict[str, Node] = field(default_factory=dict)
    conventions: dict[str, Node] = field(default_factory=dict)
    component: str = COMPONENT
    earning_from: Where = NOWHERE

    def earns(self, measure: str, mechanic: str, parameters: object, where: Where, problems: list[Problem]) -> None:
        """The sentence that says what the plan pays; a plan has one."""
        if self.measure is not None:
            what = f'what the plan "{self.name}" pays is stated twice; first on line {self.earning_from.line}'
            problems.append(Problem("plan-stated-twice", what, where, "Only one of them could count.", "Keep one, or name another plan."))
            return
        self.measure = Node.of(measure, where)
        self.earning_from = where
        self.earn.insert(0, Node.of({mechanic: parameters}, where))

    def document(self, shared: SharedTerms, problems: list[Problem]) -> Node | None:
        """The plan document.  shared: what sentences state for all plans of the scenario."""
        if self.measure is None:
            what = f'the plan "{self.name}" says nowhere what it pays'
            problems.append(Problem("plan-empty", what, self.where, remedy=f'Add: the plan "{self.name}" pays 8% of bookings'))
            return None
        component: dict[str, object] = {
            "component": self.component,
            "measure": self.measure,
            "credits": list(ALL_CREDITS),
            "earn": self.earn,
        }
        if shared.pay:
            component["pay"] = shared.pay
        if shared.events:
            component["events"] = shared.events
        conventions: dict[str, object] = {"profile": PROFILE, **shared.conventions, **self.conventions}
        if shared.rounding:
            conventions["rounding"] = shared.rounding
        plan: dict[str, object] = {"plan": self.name, **self.settings, "conventions": conventions, "components": [component]}
        if self.pay:
            plan["pay"] = self.pay
        return Node.of(plan, self.where)


@dataclass
class SharedTerms:
    """What sentences state for every plan of the scenario."""

    events: dict[str, Node] = field(default_factory=dict)
    pay: list[Node] = field(default_factory=list)
    rounding: list[Node] = field(default_factory=list)
    conventions: dict[str, Node] = field(default_factory=dict)
