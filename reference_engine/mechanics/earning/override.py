"""Override: a manager earns a percentage of the commission that the payees below earn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.mechanics.tier_words import product_words
from reference_engine.plans.convention_reader import open_convention
from reference_engine.problems import NOWHERE, Problem, Where
from reference_engine.vocabulary.numbers import Percent


@dataclass(frozen=True, slots=True)
class OverrideLevel:
    """level: how many levels below; 1 for direct reports.  rate: of what is earned there."""

    level: int
    rate: Percent
    where: Where = field(default=NOWHERE, compare=False, kw_only=True)


_PEOPLE = "payee | manager\nAna | Mia\nMia | Hal\nHal |"


def _plan(override: str, conventions: str = "") -> str:
    return (
        f"eligible: everyone\nconventions: {{rounding: exact{conventions}}}\n"
        "components: [{component: Commission, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 10%}}]},\n"
        f"  {{component: Override, earn: [{{override: {override}}}]}}]"
    )


_DEAL = "deal | owner | amount | closed\nD-1 | Ana | 2,000.00 EUR | 2026-01-15"


@mechanic(
    "A manager earns a percentage of the commission of everybody below, level by level, on top of it or out of it.",
    examples=(
        Example(
            "10% of a downline commission of 200.00, on top",
            _plan("{of: Commission, levels: [{level: 1, rate: 10%}], paid by: company}"),
            {"payees": _PEOPLE, "deals": _DEAL},
            "Ana | 2026-01 | 200.00 EUR\nMia | 2026-01 | 20.00 EUR",
            source="https://track360.io/glossary/override-commission",
        ),
        Example(
            "Two levels, and a return that takes back what it earned",
            _plan(
                "{of: Commission, levels: [{level: 1, rate: 10%}, {level: 2, rate: 5%}], paid by: company}"
            ),
            {
                "payees": _PEOPLE,
                "deals": _DEAL,
                "returns": "return | of | date | amount\nR-1 | D-1 | 2026-02-10 | 1,000.00 EUR",
            },
            "Ana | 2026-01 | 200.00 EUR\nMia | 2026-01 | 20.00 EUR\nHal | 2026-01 | 10.00 EUR\n"
            "Ana | 2026-02 | -100.00 EUR\nMia | 2026-02 | -10.00 EUR\nHal | 2026-02 | -5.00 EUR",
        ),
        Example(
            "Out of the downline: what the manager gets is taken from the payee below",
            _plan("{of: Commission, levels: [{level: 1, rate: 10%}], paid by: downline}"),
            {"payees": _PEOPLE, "deals": _DEAL},
            "Ana | 2026-01 | 180.00 EUR\nMia | 2026-01 | 20.00 EUR",
        ),
        Example(
            "The manager changes inside the month: who is above on the day of the deal earns the override",
            _plan(
                "{of: Commission, levels: [{level: 1, rate: 10%}], paid by: company}",
                ", rollup.as_of: transaction date",
            ),
            {
                "payees": "payee\nAna\nMia\nHal",
                "reporting_lines": "payee | manager | from | to\nAna | Mia | | 2026-01-15\nAna | Hal | 2026-01-16 |",
                "deals": _DEAL + "\nD-2 | Ana | 1,000.00 EUR | 2026-01-16",
            },
            "Ana | 2026-01 | 300.00 EUR\nMia | 2026-01 | 20.00 EUR\nHal | 2026-01 | 10.00 EUR",
        ),
        Example(
            "A differential by volume: the group's 1,500.00 earn 15%, less the 12% that the leg below earns on its own 1,000.00; "
            "30.00 on the leg and 75.00 on the own 500.00",
            "eligible: everyone\nconventions: {rounding: exact, tier.accumulate: period, tier.bound: upper tier, "
            "rollup.own_sales: excluded}\n"
            "components: [{component: Group bonus, measure: bookings, credits: [direct, roll-up], earn: [{retroactive: {tiers: "
            "[{from: 0 USD, to: 1000 USD, rate: 9%}, {from: 1000 USD, to: 1500 USD, rate: 12%}, {from: 1500 USD, rate: 15%}]}}]},\n"
            "  {component: Legs below, earn: [{override: {of: Group bonus, levels: [{level: 1, rate: -100%}], paid by: company}}]}]",
            {
                "payees": "payee | role | manager\nMia | D |\nAna | D | Mia",
                "crediting_rules": "role | receives | of the credit of\nD | 100% | team",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 USD | 2026-01-15\nD-2 | Mia | 500.00 USD | 2026-01-15",
            },
            "Mia | 2026-01 | 105.00 USD\nAna | 2026-01 | 120.00 USD",
            source="https://support.lifeleadership.com/knowledgebase/articles/587631-why-didn-t-i-receive-a-differential-bonus",
        ),
    ),
    formula="override = rate of the level x what the payee below earned",
    boundary="Each line below gives a line above, with its sign and in its period; a held line gives a held one. A line that no record "
    "causes belongs to whoever is above on the last day of its period. Only payees on the plan earn it; a level without one is passed by, "
    "and counts as a level all the same.",
    sources=(
        "https://track360.io/glossary/override-commission",
        "https://reference-guide.gitbook.io/crm-back-office-user-guide-full/17.-settings/back-office-portal-commission-settings/rule-settings/commission-calculations",
    ),
    words={
        "Track360": "override commission",
        "broker CRM": "overriding commission",
        "network sales": "matching bonus, volume differential",
    },
)
@dataclass(frozen=True)
class Override(Mechanic):
    """of: the component whose commission counts.  levels: how deep it reaches.  paid by: company, or the downline.

    A rate below zero takes off what the payees below earned: with -100% a payee is left with what the group earns beyond them.
    """

    of: str
    levels: tuple[OverrideLevel, ...]
    paid_by: Literal["company", "downline"]

    from_figures = True
    reads_others = True

    def reads(self) -> tuple[str, ...]:
        return (self.of,)

    def check(self, problems: list[Problem]) -> None:
        seen: set[int] = set()
        for entry in self.levels:
            if entry.level < 1 or entry.level in seen:
                problems.append(
                    Problem(
                        "override-levels",
                        f'"override" states the level {entry.level} twice.'
                        if entry.level in seen
                        else '"override" states the level 0.',
                        entry.where,
                        "It must be clear what a level pays.",
                        "Write each level once, beginning with 1 for direct reports.",
                    )
                )
            seen.add(entry.level)

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        part = run.figures.parts.get(self.of)
        if part is None or not run.first:
            return lines
        below = part.lines.take(part.lines.amount.nonzero())
        day = self._days(below, run)
        if day is None:
            return lines
        reporting = run.world.reporting
        out: list[Lines] = [lines.change()] if len(lines) else []
        rows, at = np.arange(len(below)), below.payee
        for level in range(1, max((e.level for e in self.levels), default=0) + 1):
            columns = reporting.above(at, day[rows])
            kept = [c >= 0 for c in columns]
            rows = np.concatenate([rows[k] for k in kept] or [rows[:0]])
            at = np.concatenate([c[k] for c, k in zip(columns, kept, strict=True)] or [rows])
            if reporting.several:
                rows, at = self._routes(rows, at, run)
            entry = next((e for e in self.levels if e.level == level), None)
            if entry is None or not len(rows):
                continue
            on = run.eligible.on(at, day[rows])
            out.append(self._lines(below, rows[on], at[on], entry, run))
            if self.paid_by == "downline":
                out.append(self._carved(out[-1], below, rows[on], entry, run))
        return Lines.joined(out) if out else lines

    def _days(self, below: Lines, run: ComponentRun) -> Array | None:
        """The day whose hierarchy counts for each line; None and a Problem where the plan leaves it open."""
        has_event = below.event >= 0
        ends = np.array([p.last for p in run.periods], dtype="datetime64[D]")
        events = run.events
        event = np.maximum(below.event, 0)
        sold = np.where(np.isnat(events.deal_date[event]), events.date[event], events.deal_date[event])
        own = (
            np.where(events.sign[event] < 0, sold, events.date[event]) if len(events) else ends[below.period]
        )
        reading = run.conventions.get("rollup.as_of")
        if run.world.reporting.dated and reading is None:
            run.problems.append(
                open_convention(
                    "rollup.as_of",
                    f'"{run.component.name}" pays managers, reporting lines change, and "{run.plan.name}" doesn\'t state rollup.as_of.',
                    self.where,
                    run.conventions,
                )
            )
            return None
        if reading == "roll-up date" and run.world.reporting.dated:
            run.problem(
                "no-roll-up-date",
                '"override" can\'t look at the hierarchy of the roll-up date.',
                self.where,
                "Another day has other managers.",
                "Take rollup.as_of: transaction date, or period end.",
            )
            return None
        if reading == "period end":
            return np.asarray(ends[below.period])
        return np.where(has_event, own, ends[below.period])

    def _routes(self, rows: Array, at: Array, run: ComponentRun) -> tuple[Array, Array]:
        """Whom two routes reach on one level counts once, or for each, as the plan says."""
        reading = run.conventions.get("rollup.duplicates")
        _, first = np.unique(rows * len(run.world.payees) + at, return_index=True)
        if len(first) < len(rows) and reading is None:
            run.problems.append(
                open_convention(
                    "rollup.duplicates",
                    f'somebody stands above a payee by two reporting lines, and "{run.plan.name}" doesn\'t state rollup.duplicates.',
                    self.where,
                    run.conventions,
                )
            )
        return (rows, at) if reading == "each route" else (rows[np.sort(first)], at[np.sort(first)])

    def _lines(self, below: Lines, rows: Array, who: Array, entry: OverrideLevel, run: ComponentRun) -> Lines:
        base = below.amount[rows]
        rate = Exact.full(len(rows), entry.rate.value)
        made_by, which = np.unique(below.payee[rows], return_inverse=True)
        names = [
            run.rule(
                f'{entry.rate} of the {self.of} of "{run.world.payees[code]}", {entry.level} level{"" if entry.level == 1 else "s"} below',
                f"override, level {entry.level}",
                entry.where,
            )
            for code in made_by.tolist()
        ]
        made = Lines.plain(
            who,
            below.period[rows],
            base * rate,
            below.currency[rows],
            kind="override",
            rule=np.array(names, dtype=np.int64)[which],
            base=base,
            unit=below.currency[rows],
            rate=rate,
            event=below.event[rows],
        )
        return made.change(
            held=below.held[rows], paid_in=below.paid_in[rows], origin=np.full(len(rows), -1, dtype=np.int64)
        )

    def _carved(
        self, made: Lines, below: Lines, rows: Array, entry: OverrideLevel, run: ComponentRun
    ) -> Lines:
        above, which = np.unique(made.payee, return_inverse=True)
        levels = f"{entry.level} level{'' if entry.level == 1 else 's'} above"
        names = [
            run.rule(
                f'{entry.rate} goes to "{run.world.payees[code]}", {levels}', "override given", entry.where
            )
            for code in above.tolist()
        ]
        return made.change(
            payee=below.payee[rows],
            amount=-made.amount,
            rate=-made.rate,
            rule=np.array(names, dtype=np.int64)[which],
            origin=made.origin,
        )

    def say(self, before: LineView | None, after: LineView) -> str:
        if after.kind != "override" or after.rule is None:
            return ""
        words = after.rule.words
        return (
            f"{words}: {product_words(after)}."
            if words[0].isdigit()
            else f"{words[:1].upper()}{words[1:]}: {product_words(after)}."
        )
