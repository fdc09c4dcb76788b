"""One scenario while it runs: what its When calculates from the facts, and what its Thens look at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from harness.catalogue import ReadStep, Sentence, find, read_step
from harness.facts import Facts
from harness.idle_facts import Seen, idle_facts
from harness.outcome import Outcome
from harness.recorder import Recorder
from harness.refusals import in_sentences, reworded
from harness.verdicts import NotCalculated
from reference_engine.problems import Problem, Stopped, Where
from reference_engine.vocabulary.calendar import Calendar, NotAPeriod, Period
from reference_engine.vocabulary.numbers import MINOR_UNITS, plain_number

if TYPE_CHECKING:
    from harness.target_results import Loaded
    from reference_engine.forecast import Forecast
    from reference_engine.mechanics.crediting.territory import Assignment
    from reference_engine.results import Result
    from reference_engine.vocabulary.plan import Plan
    from reference_engine.world import World


class Scene(Facts):
    """State of one scenario.  Nothing in it outlives the scenario."""

    def __init__(self, recorder: Recorder, root: Path) -> None:
        super().__init__(root)
        self.recorder = recorder
        recorder.used = lambda: self.inputs.as_dict(self.tables, recorder.feature.path)
        self.begins = recorder.case.scenario.line
        self.refusal: Stopped | None = None
        self.loaded: Loaded | None = None
        self.before: Outcome | None = None
        self.forecast: Forecast | None = None
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
        if read.sentence is not sentence:
            raise RuntimeError(f'the runner takes "{text}" for {sentence.id}; it is {read.sentence.id}')
        self.carry_out(read, Where(self.recorder.feature.path, step.line, step.column))

    def carry_out(self, read: ReadStep, where: Where) -> None:
        """What a step that has been understood does."""
        __tracebackhide__ = True
        self.where = where
        values = dict(read.values)
        if read.table is not None:
            values["table"] = read.table
        if read.block is not None:
            values["block"] = read.block
        read.sentence.function(self, **values)

    # -- event ----------------------------------------------------------------------------------------
    def calculate(self, period: str) -> None:
        """Calculates all plans.  A refusal is kept for the step that expects it."""
        self._run(lambda world, _: _span(world.calendar, period, self.where), self.today)

    def recalculate(self, period: str) -> None:
        """Calculates a closed period again; the difference is paid in the pay period after it."""

        def span(world: World, plans: list[Plan]) -> Period:
            closed = _span(world.calendar, period, self.where)
            labels = dict.fromkeys(world.table("processed_results").words("period").tolist())
            known = [_span(world.calendar, label, self.where) for label in labels]
            if not any(closed.first <= p.first and p.last <= closed.last for p in known):
                what = f"nothing says what {period} had come to"
                remedy = f'Add: the payout of "..." for {period} was 0.00 EUR'
                raise Stopped(Problem("processed-missing", what, self.where, "There is nothing to correct.", remedy))
            # Where a later period is closed too, the first open one comes after it; where plans pay at several paces, the longest.
            first_open = max(p.last for p in (closed, *known)) + timedelta(days=1)
            paces = {plan.pays or world.calendar.pay_cadence or "month" for plan in plans}
            following = max((world.calendar.period_of(first_open, pace) for pace in paces), key=lambda p: p.last)
            return Period(closed.first, following.last, f"{period} and {following.label}")

        self._run(span, self.today)

    def close(self, period: str) -> None:
        """Calculates a period with what was known on the day on which it was closed."""
        try:
            world = self.read_world()
            span = _span(world.calendar, period, self.where)
            day = self.today or _close_day(world, span)
            if day is None:
                what = f"the day on which {period} is closed isn't stated"
                remedy = "Add: today is 2026-04-05, or a close date in the fiscal calendar."
                raise Stopped(Problem("close-day", what, self.where, "It decides which records were known.", remedy))
        except Stopped as refusal:
            self.refusal = refusal
            return
        self._run(lambda *_: span, day)

    def compare_releases(self, period: str, release: str, other: str) -> None:
        """Calculates a period by the plans before their changes, and by the plans with them."""
        try:
            world, plans = self.read_facts(changed=False)
            span = _span(world.calendar, period, self.where)
            if release == other or not any(d.changes for d in self.drafts.values()):
                what = f'"{release}" is compared with itself' if release == other else "no step says what the releases differ in"
                remedy = 'Add: the plan "AE Growth" changes on 2026-04-01:'
                raise Stopped(Problem("release-same", what, self.where, "Both would be the same calculation.", remedy))
            self.before = _outcome(_calculated(plans, world, self.today, span.last), world, span)
        except Stopped as refusal:
            self.refusal = refusal
            return
        self._run(lambda world, _: _span(world.calendar, period, self.where), self.today)

    def make_forecast(self, period: str) -> None:
        """Weighs the open opportunities of a period by the probability of their stage."""
        from reference_engine.forecast import forecast

        try:
            world = self.read_world()
            if not world.table("pipeline").size:
                what = "no opportunity is stated"
                why = "The forecast would be 0 whatever is probable."
                raise Stopped(Problem("pipeline-missing", what, self.where, why, "Add: this pipeline:"))
            self.forecast = forecast(world, _span(world.calendar, period, self.where), self.stage_probabilities, self.today)
        except Stopped as refusal:
            self.refusal = refusal

    def _run(self, span_of: Callable[[World, list[Plan]], Period], as_of: date | None) -> None:
        try:
            world, plans = self.read_facts()
            span = span_of(world, plans)
            idle = list(idle_facts(self, Seen(plans, world, self._sentences(), span)))
            if idle:
                raise Stopped(idle)
            result = _calculated(plans, world, as_of, span.last)
        except Stopped as refusal:
            self.refusal = Stopped(reworded(refusal.problems, self))
            return
        self._outcome = _outcome(result, world, span)
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
            if p.last in span
        ]

    def _sentences(self) -> frozenset[str]:
        """The ids of the scenario's sentences."""
        return frozenset(s.id for step in self.recorder.steps for s in find(step.kind, step.text))

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
            mapping_file = find_mapping(path, self.mapping, self.where)
            self.loaded = load(path, mapping_file, self._outcome.span)
            self.inputs.reads_target(path, mapping_file, self.loaded.mapping)

    @property
    def calculated(self) -> Result | None:
        """What came out; None where nothing was calculated, or the calculation was refused."""
        return self._outcome.result if self._outcome is not None else None

    # -- outcome --------------------------------------------------------------------------------------
    @property
    def outcome(self) -> Outcome:
        """What was calculated.  Raises where it was refused, or where nothing was calculated."""
        __tracebackhide__ = True
        if self.refusal is not None:
            raise NotCalculated(f"The calculation was refused, so there is nothing to compare:\n\n{self.refusal}{in_sentences(self.refusal.problems)}")
        if self._outcome is None:
            raise NotCalculated("Nothing was calculated. Add a step such as: When commissions are calculated for 2026-Q1")
        return self._outcome

    def forecast_of(self, period: str) -> Forecast:
        """What W6 made.  Raises where it was refused, or where another period was forecast."""
        __tracebackhide__ = True
        if self.refusal is not None:
            raise NotCalculated(f"The forecast was refused, so there is nothing to compare:\n\n{self.refusal}")
        if self.forecast is None:
            raise NotCalculated("Nothing was forecast. Add the step: When the pipeline is forecast for 2026-Q2")
        if self.forecast.period.label != period:
            raise NotCalculated(f"The forecast is for {self.forecast.period.label}, not for {period}.")
        return self.forecast

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
        why = "Nothing says for which days to calculate."
        raise Stopped(Problem("not-a-period", error.what, where, why, error.remedy)) from None


def _calculated(plans: list[Plan], world: World, as_of: date | None, until: date) -> Result:
    """The result up to a day.  Floors, guarantees and draws are paid up to it, also where nothing is sold any more."""
    from reference_engine.run import calculate

    return calculate(plans, world, as_of=as_of, until=until)


def _outcome(result: Result, world: World, span: Period) -> Outcome:
    return Outcome(result, world.calendar, span, tuple(world.payees))


def _close_day(world: World, span: Period) -> date | None:
    """The latest close date of the fiscal calendar's periods inside the span."""
    from reference_engine.replay import closes_of

    days = [c.day for c in closes_of(world) if (p := world.calendar.period(c.period)).first >= span.first and p.last <= span.last]
    return max(days, default=None)
