"""The facts of one scenario, as its Givens state them: plans, standard tables, the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from harness.amendments import Amendment, amended_rows
from harness.derived_tables import (
    Objective,
    OnPlan,
    PaidBefore,
    adjustment_rows,
    assignment_rows,
    check_weights,
    objective_rows,
    payee_rows,
    plans_of,
    processed_rows,
)
from harness.plan_drafts import PlanDraft, SharedTerms
from harness.plan_words import in_words_of_sentences
from harness.scenario_inputs import PLAN, ScenarioInputs
from harness.unread_conventions import StatedConvention, unread_conventions
from harness.unused_facts import unused_facts
from reference_engine.plans.document import Node
from reference_engine.problems import NOWHERE, Problem, Stopped, Where, did_you_mean
from reference_engine.vocabulary.calendar import Calendar, NotAPeriod
from reference_engine.vocabulary.tables import TextTable

if TYPE_CHECKING:
    from harness.table_schemas import Rows
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
        self.amendments: list[Amendment] = []
        self.rate_kinds: set[str] = set()
        self.within_year: list[tuple[str, date, date, Where]] = []
        self.conventions_stated: list[StatedConvention] = []
        self.begins = 0
        """The line of the scenario.  What stands above it is a Background's, and so is stated for several scenarios."""
        self.expense_months = 0
        self.today: date | None = None
        self.mapping: Path | None = None
        self.inputs = ScenarioInputs(root)
        self.stated: list[TextTable] = []
        """All standard tables of the last calculation, with those that sentences make."""

    def plan(self, name: str) -> PlanDraft:
        """The plan of this name; begun where no sentence has named it yet."""
        return self.drafts.setdefault(name, PlanDraft(name, self.where))

    def states_convention(self, plan: str, name: str, where: Where, said: str = "") -> None:
        """A convention that a sentence states.  plan: "" for every plan.  said: what the sentence calls it."""
        self.conventions_stated.append(StatedConvention(plan, name, said or f"the convention {name}", where, where.line < self.begins))

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
        if any(len(part) > 255 for part in plain.parts):
            self.problems.append(Problem("file-missing", f'no file is called "{name[:40]}..."', self.where, remedy="Correct the name."))
            return None
        for place in places:
            if (place / plain).exists():
                # Messages name files as seen from where the run was started.
                found = place / plain
                if found.is_dir() or not any("data" in folder for folder in folders):
                    self.inputs.reads(found, PLAN)
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
        calendar = self._calendar(problems)
        own = plans_of(self.assignments, self.tables)
        check_weights(self.objectives, problems)
        self._check_years(calendar, problems)
        if self.objectives and not any(d.by_objectives or d.base for d in self.drafts.values()):
            remedy = 'Add: the plan "..." pays the target incentive by objectives'
            problems.append(Problem("term-unused", "no plan pays by objectives", self.objectives[0].where, "They would have no effect.", remedy))
        rows = [
            *payee_rows(own, self.tables, self.where),
            *assignment_rows(self.assignments, calendar, problems),
            *objective_rows(self.objectives),
            *amended_rows(self.amendments, self.tables, self.drafts, problems),
            *adjustment_rows(self.adjustments, own, self.drafts, problems),
            *processed_rows(self.paid_before, own, self.drafts, problems),
        ]
        self.stated = [*self.tables, *rows]
        world = read_world(self.stated, problems, replace(calendar, custom=()))
        if not problems:
            problems += unused_facts(self, [*self.tables, *rows])
        if problems:
            raise Stopped(list(dict.fromkeys(problems)))
        return world

    def _calendar(self, problems: list[Problem]) -> Calendar:
        """The calendar of the facts."""
        from reference_engine.world import read_world

        years = sorted(self.fiscal_starts.items())
        for (year, first), (following, next_first) in pairwise(years):
            if following == year + 1 and not 350 <= (next_first - first).days <= 380:
                what = f"FY{year} starts on {first}, and FY{following} on {next_first}"
                problems.append(Problem("fact-twice", what, NOWHERE, "No fiscal year is so long or short.", "Correct one of the days."))
        calendar = Calendar(tuple(years), (), self.pay_cadence)
        fiscal = [t for t in self.tables if t.name == "fiscal_calendar"]
        if not fiscal:
            return calendar
        custom = read_world(fiscal, problems, calendar).calendar
        for year, first in years:
            # A year that the fiscal calendar states has its first day from there.
            try:
                stated = custom.period(f"FY{year}").first
            except NotAPeriod:
                continue
            if stated != first:
                what = f"FY{year} starts on {first} by a sentence and on {stated} by the fiscal calendar"
                where = Where(fiscal[0].file, fiscal[0].header_line)
                problems.append(Problem("fact-twice", what, where, "Only one of them could count.", "Leave the sentence out."))
        return custom

    def _set_valid(self, problems: list[Problem]) -> None:
        """The days of the period for which a plan's settings are stated."""
        calendar: Calendar | None = None
        for draft in self.drafts.values():
            for label, where in draft.periods:
                calendar = calendar or self._calendar([])
                try:
                    days = calendar.period(label)
                except NotAPeriod as error:
                    problems.append(Problem("not-a-period", error.what, where, "The days of the plan are open.", error.remedy))
                    continue
                valid = {"from": days.first.isoformat(), "to": days.last.isoformat()}
                draft.sets("valid", Node.of(valid, where), problems)

    def _check_years(self, calendar: Calendar, problems: list[Problem]) -> None:
        """A limit of an incentive is kept within a fiscal year."""
        for name, first, last, where in self.within_year:
            try:
                one = calendar.period_of(first, "year") == calendar.period_of(last, "year")
            except NotAPeriod:
                continue  # What lies outside the calendar is a Problem of its own.
            if not one:
                what = f'the incentive "{name}" has a limit and lasts over more than one fiscal year'
                problems.append(Problem("incentive-years", what, where, "A limit is kept within a year.", "State one incentive for each year."))

    def read_plans(self, problems: list[Problem], *, changed: bool = True) -> list[Plan]:
        """The plans of the facts.  Adds Problems.  changed: with the changes that sentences state, or as before them."""
        from harness.plan_reading import read_plan_once

        stated = self.shared.first()
        if stated != NOWHERE and all(d.base is not None for d in self.drafts.values()):
            what = "this holds for plans that sentences state, and the scenario has none"
            remedy = "State it in the plan document, or state the plan by sentences."
            problems.append(Problem("term-unused", what, stated, "It would have no effect.", remedy))
        self._set_valid(problems)
        for draft in self.drafts.values():
            if draft.by_objectives is not None and not draft.objectives_earn:
                draft.objectives_earn = True
                draft.earn_by_objectives(list(dict.fromkeys(o.name for o in self.objectives)), draft.by_objectives, problems)
        documents = [(d, d.document(self.shared, problems, changed=changed)) for d in self.drafts.values()]
        plans = []
        for draft, document in documents:
            own: list[Problem] = []
            plan = read_plan_once(document, own) if document is not None else None
            problems += own if draft.base is not None else in_words_of_sentences(own, draft.name, self.where.file)
            plans += [plan] if plan is not None else []
        return plans

    def read_facts(self, *, changed: bool = True) -> tuple[World, list[Plan]]:
        """The world and the plans of the facts.  Raises Stopped with every Problem of either."""
        world = self.read_world()
        problems: list[Problem] = []
        plans = self.read_plans(problems, changed=changed)
        if not problems:
            problems += unread_conventions(self, plans, world)
        if problems:
            raise Stopped(problems)
        return world, plans
