"""One scenario while it runs: the facts that its Givens state, what its When calculates, what its Thens look at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from harness.catalogue import Sentence, read_step
from harness.outcome import Outcome
from harness.plan_drafts import PlanDraft, SharedTerms
from harness.recorder import Recorder
from harness.verdicts import NotCalculated
from reference_engine.problems import NOWHERE, Problem, Stopped, Where, did_you_mean
from reference_engine.vocabulary.calendar import Calendar, NotAPeriod, Period
from reference_engine.vocabulary.numbers import MINOR_UNITS, plain_number
from reference_engine.vocabulary.tables import TextTable

if TYPE_CHECKING:
    from harness.target_results import Loaded
    from reference_engine.mechanics.crediting.territory import Assignment
    from reference_engine.plans.document import Node
    from reference_engine.vocabulary.plan import Plan
    from reference_engine.world import World

SCENARIOS = Path("scenarios")


class Scene:
    """State of one scenario.  Nothing in it outlives the scenario."""

    def __init__(self, recorder: Recorder, root: Path) -> None:
        self.recorder = recorder
        self.root = root
        self.where = NOWHERE
        self.problems: list[Problem] = []
        self.tables: list[TextTable] = []
        self.drafts: dict[str, PlanDraft] = {}
        self.shared = SharedTerms()
        self.fiscal_starts: dict[int, date] = {}
        self.pay_cadence: str | None = None
        self.assignments: list[tuple[str, str, str, Where]] = []
        self.today: date | None = None
        self.mapping: Path | None = None
        self.refusal: Stopped | None = None
        self.loaded: Loaded | None = None
        self._outcome: Outcome | None = None
        self._territories: list[Assignment] | None = None

    def perform(self, sentence: Sentence, text: str) -> None:
        """Runs one step, from our own reading of it."""
        __tracebackhide__ = True
        step = self.recorder.current
        if step.text != text:
            raise RuntimeError(f'the runner executes "{text}" where the file says "{step.text}"')
        problems: list[Problem] = []
        read = read_step(step, self.recorder.feature.path, problems)
        if read is None or problems:
            raise Stopped(problems)
        self.where = Where(self.recorder.feature.path, step.line, step.column)
        values = dict(read.values)
        if read.table is not None:
            values["table"] = read.table
        if read.block is not None:
            values["block"] = read.block
        sentence.function(self, **values)

    # -- facts ----------------------------------------------------------------------------------------
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

    # -- event ----------------------------------------------------------------------------------------
    def read_world(self) -> World:
        """The world of the facts.  Raises Stopped with every Problem of the facts so far."""
        from reference_engine.world import read_world

        problems = [*self.problems]
        calendar = Calendar(tuple(sorted(self.fiscal_starts.items())), (), self.pay_cadence)
        fiscal = [t for t in self.tables if t.name == "fiscal_calendar"]
        if fiscal:
            calendar = read_world(fiscal, problems, calendar).calendar
        rows = [r for a in self.assignments if (r := _assignment(a, calendar, problems)) is not None]
        world = read_world([*self.tables, *rows], problems, Calendar(calendar.fiscal_starts, (), calendar.pay_cadence))
        if problems:
            raise Stopped(list(dict.fromkeys(problems)))
        return world

    def read_plans(self, problems: list[Problem]) -> list[Plan]:
        """The plans of the facts.  Adds Problems."""
        from reference_engine.plans.reader import read_plan

        stated = self.shared.first()
        if stated != NOWHERE and all(d.base is not None for d in self.drafts.values()):
            what = "this holds for plans that sentences state, and the scenario has none"
            remedy = "State it in the plan document, or state the plan by sentences."
            problems.append(Problem("term-unused", what, stated, "It would have no effect.", remedy))
        documents = [d.document(self.shared, problems) for d in self.drafts.values()]
        return [p for d in documents if d is not None and (p := read_plan(d, problems)) is not None]

    def read_facts(self) -> tuple[World, list[Plan]]:
        """The world and the plans of the facts.  Raises Stopped with every Problem of either."""
        world = self.read_world()
        problems: list[Problem] = []
        plans = self.read_plans(problems)
        if problems:
            raise Stopped(problems)
        return world, plans

    def calculate(self, period: str) -> None:
        """Calculates all plans.  A refusal is kept for the step that expects it."""
        from reference_engine.run import calculate

        try:
            world, plans = self.read_facts()
            span = _span(world.calendar, period, self.where)
            result = calculate(plans, world, as_of=self.today)
        except Stopped as refusal:
            self.refusal = refusal
            return
        self._outcome = Outcome(result, world.calendar, span, tuple(world.payees))
        self.recorder.payouts = [
            {
                "payee": p.payee,
                "period": p.period,
                "plan": p.plan,
                "component": p.component,
                "amount": plain_number(p.amount, MINOR_UNITS.get(p.currency, 2)),
                "currency": p.currency,
            }
            for p in result.payout_rows()
            if span.first <= p.first and p.last <= span.last
        ]

    def assign_territories(self, day: date) -> None:
        """Gives every account its territory and owner as of a day."""
        from reference_engine.mechanics.crediting.territory import assign

        try:
            self._territories = assign(self.read_world(), day)
        except Stopped as refusal:
            self.refusal = refusal

    def load_target(self, period: str, file: str) -> None:
        """Calculates a period and reads the target's results for it.  An export that can't be read stops the scenario."""
        __tracebackhide__ = True
        from harness.target_results import find_mapping, load

        path = self.file(file, ["data"])
        if path is None:
            raise Stopped(self.problems)
        self.calculate(period)
        if self._outcome is not None:
            self.loaded = load(path, find_mapping(path, self.mapping, self.where), self._outcome.span)

    # -- outcome --------------------------------------------------------------------------------------
    @property
    def outcome(self) -> Outcome:
        """What was calculated.  Raises where it was refused, or where nothing was calculated."""
        __tracebackhide__ = True
        if self.refusal is not None:
            raise NotCalculated(f"The calculation was refused, so there is nothing to compare:\n\n{self.refusal}")
        if self._outcome is None:
            raise NotCalculated("Nothing was calculated. Add a step such as: When commissions are calculated for 2026-Q1")
        return self._outcome

    @property
    def territories(self) -> list[Assignment]:
        """What W4 assigned.  Raises where it was refused, or where nothing was assigned."""
        __tracebackhide__ = True
        if self.refusal is not None:
            raise NotCalculated(f"The facts were refused, so there is nothing to compare:\n\n{self.refusal}")
        if self._territories is None:
            raise NotCalculated("No territories were assigned. Add the step: When territories are assigned as of 2026-01-01")
        return self._territories


def _span(calendar: Calendar, label: str, where: Where) -> Period:
    try:
        return calendar.period(label)
    except NotAPeriod as error:
        raise Stopped(Problem("not-a-period", str(error), where)) from None


def _assignment(stated: tuple[str, str, str, Where], calendar: Calendar, problems: list[Problem]) -> TextTable | None:
    payee, plan, label, where = stated
    try:
        period = calendar.period(label)
    except NotAPeriod as error:
        problems.append(Problem("not-a-period", str(error), where))
        return None
    cells = (payee, plan, period.first.isoformat(), period.last.isoformat())
    return TextTable("plan_assignments", ("payee", "plan", "from", "to"), (cells,), where.file, (where.line,), where.line)
