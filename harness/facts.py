"""The facts of one scenario, as its Givens state them: plans, standard tables, the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from harness.derived_tables import (
    Objective,
    OnPlan,
    PaidBefore,
    adjustment_rows,
    assignment_rows,
    objective_rows,
    payee_rows,
    plans_of,
    processed_rows,
)
from harness.plan_drafts import PlanDraft, SharedTerms
from reference_engine.problems import NOWHERE, Problem, Stopped, did_you_mean
from reference_engine.vocabulary.calendar import Calendar
from reference_engine.vocabulary.tables import TextTable

if TYPE_CHECKING:
    from harness.table_schemas import Rows
    from reference_engine.plans.document import Node
    from reference_engine.vocabulary.plan import Plan
    from reference_engine.world import World

SCENARIOS = Path("scenarios")


class Facts:
    """What a scenario states before its event.  where: the step that is read now."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.where = NOWHERE
        self.problems: list[Problem] = []
        self.tables: list[TextTable] = []
        self.drafts: dict[str, PlanDraft] = {}
        self.shared = SharedTerms()
        self.fiscal_starts: dict[int, date] = {}
        self.pay_cadence: str | None = None
        self.assignments: list[OnPlan] = []
        self.objectives: list[Objective] = []
        self.adjustments: list[Rows] = []
        self.paid_before: list[PaidBefore] = []
        self.stage_probabilities: dict[str, str] = {}
        self.expense_months = 0
        self.today: date | None = None
        self.mapping: Path | None = None

    def plan(self, name: str) -> PlanDraft:
        """The plan of this name; begun where no sentence has named it yet."""
        return self.drafts.setdefault(name, PlanDraft(name, self.where))

    def add_plan(self, document: Node, name: str) -> None:
        """A plan that a file or a text block states whole.  name: what it is called."""
        draft = self.drafts.get(name)
        if draft is None:
            self.drafts[name] = PlanDraft(name, self.where, base=document)
        elif draft.base is None:
            draft.base = document
        else:
            what = f'the plan "{name}" is stated twice; first at {draft.base.where}'
            self.problems.append(Problem("plan-stated-twice", what, self.where, "Only one of them could count.", "Keep one."))

    def add_row(self, table: str, **cells: str) -> None:
        """One row of a standard table, stated by a sentence."""
        header = tuple(name.replace("_", " ").strip() for name in cells)
        self.tables.append(TextTable(table, header, (tuple(cells.values()),), self.where.file, (self.where.line,), self.where.line))

    def file(self, name: str, *folders: Sequence[str]) -> Path | None:
        """A file or folder that a step names, under scenarios/ of the project.  None, with a Problem, where it isn't there."""
        plain = PurePosixPath(name)
        if plain.is_absolute() or ".." in plain.parts or "\\" in name:
            what = f'"{name}" leads out of the project'
            self.problems.append(Problem("file-outside", what, self.where, remedy="Name a file under scenarios/, like plans/ae_growth.yaml."))
            return None
        places = [self.root / SCENARIOS / Path(*folder) for folder in (*folders, ())]
        here = Path.cwd()
        for place in places:
            if (place / plain).exists():
                # Messages name files as seen from where the run was started.
                found = place / plain
                return found.relative_to(here) if found.is_relative_to(here) else found
        known = sorted(p.name for place in places if (place / plain.parent).is_dir() for p in (place / plain.parent).iterdir())
        looked = ", ".join(dict.fromkeys(str(p.relative_to(self.root).as_posix()) for p in places))
        what = f'there is no "{name}" in {looked}'
        self.problems.append(Problem("file-missing", what, self.where, remedy=did_you_mean(plain.name, known)))
        return None

    def read_world(self) -> World:
        """The world of the facts.  Raises Stopped with every Problem of the facts so far."""
        from reference_engine.world import read_world

        problems = [*self.problems]
        calendar = Calendar(tuple(sorted(self.fiscal_starts.items())), (), self.pay_cadence)
        fiscal = [t for t in self.tables if t.name == "fiscal_calendar"]
        if fiscal:
            calendar = read_world(fiscal, problems, calendar).calendar
        own = plans_of(self.assignments, self.tables)
        rows = [
            *payee_rows(own, self.tables, self.where),
            *assignment_rows(self.assignments, calendar, problems),
            *objective_rows(self.objectives),
            *adjustment_rows(self.adjustments, own, self.drafts, problems),
            *processed_rows(self.paid_before, own, self.drafts, problems),
        ]
        world = read_world([*self.tables, *rows], problems, replace(calendar, custom=()))
        if problems:
            raise Stopped(list(dict.fromkeys(problems)))
        return world

    def read_plans(self, problems: list[Problem], *, changed: bool = True) -> list[Plan]:
        """The plans of the facts.  Adds Problems.  changed: with the changes that sentences state, or as before them."""
        from harness.plan_reading import read_plan_once

        stated = self.shared.first()
        if stated != NOWHERE and all(d.base is not None for d in self.drafts.values()):
            what = "this holds for plans that sentences state, and the scenario has none"
            remedy = "State it in the plan document, or state the plan by sentences."
            problems.append(Problem("term-unused", what, stated, "It would have no effect.", remedy))
        for draft in self.drafts.values():
            if draft.by_objectives is not None and not draft.components:
                draft.earn_by_objectives(list(dict.fromkeys(o.name for o in self.objectives)), draft.by_objectives, problems)
        documents = [d.document(self.shared, problems, changed=changed) for d in self.drafts.values()]
        return [p for d in documents if d is not None and (p := read_plan_once(d, problems)) is not None]

    def read_facts(self, *, changed: bool = True) -> tuple[World, list[Plan]]:
        """The world and the plans of the facts.  Raises Stopped with every Problem of either."""
        world = self.read_world()
        problems: list[Problem] = []
        plans = self.read_plans(problems, changed=changed)
        if problems:
            raise Stopped(problems)
        return world, plans
