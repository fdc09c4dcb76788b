"""Plans as sentences state them, put together to plan documents that are read like plan files."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from harness.plan_changes import Change
from harness.plan_changes import changed as apply_changes
from reference_engine.plans.document import Node
from reference_engine.problems import NOWHERE, Problem, Where

PROFILE = "step language"
COMPONENT = "commission"
ALL_CREDITS = ("direct", "overlay", "roll-up")


def attainment_of(measure: str) -> str:
    """The attainment of a measure in an expression.  A name that could be read as a calculation stands in backticks."""
    name = f"attainment of {measure}"
    plain = re.fullmatch(r"[A-Za-z]\w*( \w+)*", name) and not {"and", "or", "not", "in", "if"} & set(name.split())
    return name if plain else f"`{name}`"


@dataclass
class ComponentDraft:
    """One component while its sentences are read.

    measure: "" where it only looks at figures.  more: its other keys, like products.
    """

    name: str
    measure: Node
    where: Where
    earn: list[Node] = field(default_factory=list)
    pay: list[Node] = field(default_factory=list)
    more: dict[str, Node] = field(default_factory=dict)

    def document(self, shared: SharedTerms) -> Node:
        """The component as it would stand in a plan file."""
        entries: dict[str, object] = {"component": self.name, **self.more}
        if self.measure.text():
            entries |= {"measure": self.measure, "credits": list(ALL_CREDITS)}
        if self.earn:
            entries["earn"] = self.earn
        pay = [*shared.pay, *self.pay]
        if pay:
            entries["pay"] = pay
        if shared.events:
            entries["events"] = shared.events
        return Node.of(entries, self.where)


@dataclass
class PlanDraft:
    """One plan while its sentences are read.  Every part keeps the line of the sentence that states it.

    base: the plan as a file or a text block has it; then sentences may only add to it.
    parts: entries of the lists of a plan document, such as pay, quota, measures, settle.
    implied: readings that follow from sentences; a convention that is stated comes before them.
    said: what sentences say that may be said once only, and where.  whole: sentences about the plan's only component.
    counts: the measure, or the date that goes with it, as the settings say it.  periods: those that settings are for.
    """

    name: str
    where: Where
    base: Node | None = None
    components: list[ComponentDraft] = field(default_factory=list)
    settings: dict[str, Node] = field(default_factory=dict)
    conventions: dict[str, Node] = field(default_factory=dict)
    parts: dict[str, list[Node]] = field(default_factory=dict)
    component: str = COMPONENT
    by_objectives: Where | None = None
    objectives_earn: bool = False
    changes: list[Change] = field(default_factory=list)
    implied: dict[str, Node] = field(default_factory=dict)
    said: dict[str, Where] = field(default_factory=dict)
    whole: dict[str, Where] = field(default_factory=dict)
    counts: list[tuple[str, str, tuple[str, ...], Where]] = field(default_factory=list)
    periods: list[tuple[str, Where]] = field(default_factory=list)

    def once(self, what: str, where: Where, problems: list[Problem]) -> None:
        """Something that is said of a plan once.  what: it, as a Problem names it."""
        first = self.said.setdefault(what, where)
        if first != where:
            said = f'{what} of the plan "{self.name}" is stated twice; first on line {first.line}'
            problems.append(Problem("plan-stated-twice", said, where, "Both would count, or only one of them.", "Keep one."))

    def sets(self, setting: str, value: Node, problems: list[Problem]) -> None:
        """A setting of the plan; another value of the same is a Problem."""
        _set(self.settings, setting, value, f'the plan "{self.name}"', problems)

    def reads(self, convention: str, reading: Node, problems: list[Problem]) -> None:
        """A convention of the plan; another reading of the same is a Problem."""
        _set(self.conventions, convention, reading, f'the plan "{self.name}"', problems)

    def earns(self, measure: str, mechanic: str, parameters: object, where: Where, problems: list[Problem]) -> None:
        """The sentence that says what the plan pays; a plan has one."""
        first = next((c for c in self.components if c.name == self.component), None)
        if first is not None:
            what = f'what the plan "{self.name}" pays is stated twice; first on line {first.where.line}'
            why = "Only one of them could count."
            problems.append(Problem("plan-stated-twice", what, where, why, "Keep one, name another plan, or state its components."))
            return
        component = self.add_component(self.component, measure, where, problems)
        component.earn.append(Node.of({mechanic: parameters}, where))

    def add_component(self, name: str, measure: str, where: Where, problems: list[Problem]) -> ComponentDraft:
        """Another component of the plan."""
        if any(c.name == name for c in self.components):
            what = f'the plan "{self.name}" has two components "{name}"'
            problems.append(Problem("plan-stated-twice", what, where, "Lines could not be told apart.", "Give each its own name."))
        if len(self.components) == 1:
            problems += [self._open(said, at, 2) for said, at in self.whole.items()]
        component = ComponentDraft(name, Node.of(measure, where), where)
        self.components.append(component)
        return component

    def component_names(self) -> list[str]:
        """The names of its components."""
        listed = self.base.get("components") if self.base is not None else None
        named = [c.get("component") for c in listed.nodes()] if listed is not None else []
        return [c.name for c in self.components] + [n.text() for n in named if n is not None]

    def earn_by_objectives(self, names: list[str], where: Where, problems: list[Problem]) -> None:
        """A component for each objective: target incentive x its weight x its result, both as the payee has them."""
        if not names:
            what = f'the plan "{self.name}" pays by objectives, and no step states any'
            remedy = 'Add: these objectives of "Ana Ruiz" for 2026-Q1:'
            problems.append(Problem("plan-empty", what, where, "It would pay nothing.", remedy))
        for name in names:
            if "`" in name:
                what = f"the objective {name} has a backtick in its name"
                problems.append(Problem("wrong-value", what, where, "Backticks mark names in formulas.", "Write a quote like ' instead."))
                continue
            component = self.add_component(name, "", where, problems)
            pays = f"target incentive * reported `weight of {name}` * reported `{name}`"
            component.earn.append(Node.of({"formula": {"pays": pays, "for each": "period"}}, where))

    def only_component(self, what: str, where: Where, problems: list[Problem]) -> ComponentDraft | None:
        """The component that a sentence about "the plan" means.  what: the sentence's subject, for the Problem."""
        if len(self.components) == 1:
            self.whole[what] = where
            return self.components[0]
        if self.components:
            problems.append(self._open(what, where, len(self.components)))
        elif self.base is not None:
            said = f'{what} of the plan "{self.name}" stands in its plan document, and can\'t be stated again'
            problems.append(Problem("plan-stated-twice", said, where, "Only one of them could count.", f"Change it {self._origin()}."))
        else:
            said = f'{what} of the plan "{self.name}" is stated before what the plan pays'
            problems.append(Problem("plan-order", said, where, remedy=f'First write: the plan "{self.name}" pays 8% of bookings'))
        return None

    def _open(self, what: str, where: Where, components: int) -> Problem:
        said = f'{what} of the plan "{self.name}" could be of any of its {components} components'
        return Problem("component-open", said, where, "Each would pay something else.", "State it in a plan file or a text block.")

    def document(self, shared: SharedTerms, problems: list[Problem], *, changed: bool = True) -> Node | None:
        """The plan document.  shared: what sentences state for all plans that sentences make.

        changed: with the changes from a day on, or as it was before any.
        """
        stated = self._stated(shared, problems)
        self._check_counts(shared, problems)
        return stated if stated is None or not self.changes or not changed else apply_changes(stated, self.changes, problems)

    def _check_counts(self, shared: SharedTerms, problems: list[Problem]) -> None:
        """The measure, or the date that goes with it, said beside the sentence that states what the plan counts."""
        of = {m.text(): n.text() for node in shared.measures if (m := node.get("measure")) and (n := node.get("of"))}
        counted = dict.fromkeys(c.measure.text() for c in self.components)
        for setting, value, accepted, where in self.counts:
            if self.base is not None:
                what = f'the {setting} of the plan "{self.name}" stands {self._origin()}, and can\'t be stated again'
                problems.append(Problem("plan-stated-twice", what, where, "Only one of them could count.", "Remove the row."))
            for measure in counted:
                if not {measure, of.get(measure, measure)} & set(accepted):
                    what = f'the plan "{self.name}" pays on {measure}; the {setting} says {value}'
                    why = "Each would count other days or amounts."
                    problems.append(Problem("plan-stated-twice", what, where, why, "State the measure once."))

    def _stated(self, shared: SharedTerms, problems: list[Problem]) -> Node | None:
        if self.base is not None:
            return self._added(self.base, problems)
        if not self.components:
            if self.by_objectives is not None:
                return None
            what = f'the plan "{self.name}" says nowhere what it pays'
            problems.append(Problem("plan-empty", what, self.where, remedy=f'Add: the plan "{self.name}" pays 8% of bookings'))
            return None
        for name, node in shared.conventions.items():
            _set(dict(self.conventions), name, node, f'the plan "{self.name}"', problems)
        conventions: dict[str, object] = {
            "profile": PROFILE,
            **shared.implied,
            **self.implied,
            **shared.conventions,
            **self.conventions,
        }
        if shared.rounding:
            if "rounding" in conventions:
                what = f'the rounding of the plan "{self.name}" is stated as a convention and by a sentence'
                problems.append(Problem("plan-stated-twice", what, shared.rounding[0].where, "Only one of them could count.", "Keep one."))
            conventions["rounding"] = shared.rounding
        plan: dict[str, object] = {
            "plan": self.name,
            **self.settings,
            "conventions": conventions,
            **({"measures": shared.measures} if shared.measures else {}),
            **{name: parts for name, parts in self.parts.items() if parts},
            "components": [c.document(shared) for c in self.components],
        }
        return Node.of(plan, self.where)

    def _added(self, base: Node, problems: list[Problem]) -> Node:
        """The document with what sentences add.  What it says already can't be said again in another way."""
        if self.components:
            what = f'what the plan "{self.name}" pays stands {self._origin()} already'
            why = "Only one of them could count."
            problems.append(Problem("plan-stated-twice", what, self.components[0].where, why, "Remove one of them."))
        entries = dict(base.items())
        keys = dict(base.keys or {})
        stated = base.get("conventions")
        added = {**self.implied, **self.conventions}
        if added:
            entries["conventions"] = self._merged("conventions", dict(stated.items()) if stated else {}, added, problems)
        for name, node in self.settings.items():
            entries = dict(self._merged("settings", entries, {name: node}, problems).items())
        for name, parts in self.parts.items():
            if parts:
                listed = entries.get(name)
                entries[name] = Node((*(listed.nodes() if listed else ()), *parts), parts[0].where)
        return Node(entries, base.where, {**{name: node.where for name, node in entries.items()}, **keys})

    def _merged(self, what: str, stated: dict[str, Node], added: dict[str, Node], problems: list[Problem]) -> Node:
        for name, node in added.items():
            there = stated.get(name)
            if there is not None and there.plain() != node.plain():
                said = f'"{name}" of the plan "{self.name}" is {there.text() or "stated"} {self._origin()}, and {node.text() or "stated again"} here'
                problems.append(Problem("plan-stated-twice", said, node.where, "Only one of them could count.", "State it once."))
        merged = {**stated, **added}
        return Node(merged, next(iter(merged.values())).where, {n: v.where for n, v in merged.items()})

    def _origin(self) -> str:
        return f"in {self.base.where.file}" if self.base is not None and self.base.where.file != self.where.file else "in its text block"


@dataclass
class SharedTerms:
    """What sentences state for every plan of the scenario that sentences make."""

    events: dict[str, Node] = field(default_factory=dict)
    pay: list[Node] = field(default_factory=list)
    rounding: list[Node] = field(default_factory=list)
    conventions: dict[str, Node] = field(default_factory=dict)
    implied: dict[str, Node] = field(default_factory=dict)
    measures: list[Node] = field(default_factory=list)

    def first(self) -> Where:
        """Where the first of them is stated; NOWHERE where none is.  What is implied is no sentence of its own."""
        stated = (*self.events.values(), *self.pay, *self.rounding, *self.measures, *self.conventions.values())
        return next((n.where for n in stated), NOWHERE)

    def reads(self, convention: str, reading: Node, problems: list[Problem]) -> None:
        """A convention of all plans; another reading of the same is a Problem."""
        _set(self.conventions, convention, reading, "the scenario", problems)


def _set(stated: dict[str, Node], name: str, node: Node, whose: str, problems: list[Problem]) -> None:
    there = stated.setdefault(name, node)
    if there.plain() != node.plain():
        what = f'{whose} has "{name}" as {there.text()} on line {there.where.line}, and as {node.text()} here'
        problems.append(Problem("plan-stated-twice", what, node.where, "Only one of them could count.", "Keep one."))
