"""Clawback: the commission on a deal that is cancelled is taken back, all of it or the part that wasn't served."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.events import SOURCE
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.background import event_key, tell
from reference_engine.mechanics.portions import month_number, months_later, position
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.plans.convention_reader import open_convention
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import Percent, format_money, format_number, format_percent

_WINDOW = "clawback.window: last day included, clawback.rate: historic"
_TODAY = ", at the rate of the latest sale"
_MONTHS = "clawback.rate: historic, clawback.lapse: {lapse}, months.count: {count}"


def _example(
    title: str,
    terms: str,
    cancelled: str,
    payouts: str,
    conventions: str = _WINDOW,
    deal: str = "D-9 | Ana | 200.00 EUR | 2026-01-15",
    rate: str = "10%",
    source: str = "by hand",
    earn: str = "",
    before: str = "",
    **more: str,
) -> Example:
    columns = "deal | owner | amount | closed" + (" | term months" if deal.count("|") == 4 else "")
    return Example(
        title,
        f"conventions: {{rounding: exact, {conventions}, balance.negative: paid out}}\n"
        f"components: [{{component: C, measure: bookings, credits: [direct], earn: [{earn or '{flat rate: {rate: ' + rate + '}}'}], pay: [{before}{{clawback: {{{terms}}}}}]}}]",
        {
            "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
            "deals": f"{columns}\n{deal}",
            "cancellations": f"deal | date\n{cancelled}",
            **more,
        },
        payouts,
        source=source,
    )


@mechanic(
    "What was paid on a deal that is cancelled is taken back in the period of the cancellation: all of it, a percentage, or the part for the months or days that weren't served.",
    examples=(
        _example(
            "Day 89",
            "within days: 90",
            "D-9 | 2026-04-14",
            "Ana | 2026-01 | 20.00 EUR\nAna | 2026-04 | -20.00 EUR",
        ),
        _example(
            "Day 90, the last day included",
            "within days: 90",
            "D-9 | 2026-04-15",
            "Ana | 2026-01 | 20.00 EUR\nAna | 2026-04 | -20.00 EUR",
        ),
        _example(
            "Day 90, the last day excluded",
            "within days: 90",
            "D-9 | 2026-04-15",
            "Ana | 2026-01 | 20.00 EUR",
            "clawback.window: last day excluded, clawback.rate: historic",
        ),
        _example("Day 91", "within days: 90", "D-9 | 2026-04-16", "Ana | 2026-01 | 20.00 EUR"),
        _example(
            "Cancelled after three months of a window of twelve: all 4,000.00 are taken back",
            "within months: 12",
            "D-9 | 2026-04-15",
            "Ana | 2026-01 | 4,000.00 USD\nAna | 2026-04 | -4,000.00 USD",
            deal="D-9 | Ana | 40,000.00 USD | 2026-01-15",
            source="https://www.earnba.se/glossary/commission-chargeback",
        ),
        _example(
            "Half of 10,000.00 is taken back",
            "part: 50%",
            "D-9 | 2026-06-30",
            "Ana | 2026-01 | 10,000.00 USD\nAna | 2026-06 | -5,000.00 USD",
            "clawback.rate: historic",
            deal="D-9 | Ana | 100,000.00 USD | 2026-01-15",
            source="https://docs.core8.co/commission-plan-patterns/clawbacks-and-early-exit",
        ),
        _example(
            "Nine months of 68.00 were advanced in March, and the policy lapses in June, month 4: five months are taken back",
            "unserved: months, of months: 9",
            "P-1 | 2026-06-20",
            "Ana | 2026-03 | 612.00 USD\nAna | 2026-06 | -340.00 USD",
            _MONTHS.format(lapse="earned", count="calendar months"),
            deal="P-1 | Ana | 612.00 USD | 2026-03-10",
            rate="100%",
            source="https://www.getinsureleads.com/glossary/chargeback",
        ),
        _example(
            "The month of the lapse isn't earned: six months are taken back",
            "unserved: months, of months: 9",
            "P-1 | 2026-06-20",
            "Ana | 2026-03 | 612.00 USD\nAna | 2026-06 | -408.00 USD",
            _MONTHS.format(lapse="not earned", count="calendar months"),
            deal="P-1 | Ana | 612.00 USD | 2026-03-10",
            rate="100%",
        ),
        _example(
            "A contract of 12 months ends after exactly six, on the day on which month 7 would begin: half is kept",
            "unserved: months",
            "D-9 | 2026-07-15",
            "Ana | 2026-01 | 1,200.00 EUR\nAna | 2026-07 | -600.00 EUR",
            _MONTHS.format(lapse="not earned", count="by the day"),
            deal="D-9 | Ana | 12,000.00 EUR | 2026-01-15 | 12",
        ),
        _example(
            "After the term nothing is taken back",
            "unserved: months",
            "D-9 | 2027-01-15",
            "Ana | 2026-01 | 1,200.00 EUR",
            _MONTHS.format(lapse="not earned", count="by the day"),
            deal="D-9 | Ana | 12,000.00 EUR | 2026-01-15 | 12",
        ),
        _example(
            "By days: 73 of 365 are served, 292 are taken back",
            "unserved: days",
            "D-9 | 2026-03-15",
            "Ana | 2026-01 | 365.00 EUR\nAna | 2026-03 | -292.00 EUR",
            "clawback.rate: historic, clawback.lapse: not earned",
            deal="D-9 | Ana | 3,650.00 EUR | 2026-01-01 | 12",
        ),
        _example(
            "Two instalments of 500.00, cancelled after the first: only what was paid is taken back",
            "within months: 12",
            "D-9 | 2026-01-25",
            "Ana | 2026-01 | 0.00 EUR",
            deal="D-9 | Ana | 10,000.00 EUR | 2026-01-15",
            before="{instalments: {number: 2, every: month}}, ",
            source="https://getcentify.featurebase.app/help/articles/3446029-what-are-clawbacks-and-how-to-manage-them",
        ),
        _example(
            "Four quarterly instalments of 300.00, cancelled in July of a year's contract: 900.00 were paid, 600.00 served",
            "unserved: months",
            "D-9 | 2026-07-16",
            "Ana | 2026-01 | 300.00 EUR\nAna | 2026-04 | 300.00 EUR\nAna | 2026-07 | 0.00 EUR",
            _MONTHS.format(lapse="not earned", count="by the day")
            + ", clawback.of: what is above the served part",
            deal="D-9 | Ana | 12,000.00 EUR | 2026-01-15 | 12",
            before="{instalments: {number: 4, every: quarter}}, ",
        ),
        _example(
            "The same, half of what was paid",
            "unserved: months",
            "D-9 | 2026-07-16",
            "Ana | 2026-01 | 300.00 EUR\nAna | 2026-04 | 300.00 EUR\nAna | 2026-07 | -150.00 EUR",
            _MONTHS.format(lapse="not earned", count="by the day") + ", clawback.of: what was paid",
            deal="D-9 | Ana | 12,000.00 EUR | 2026-01-15 | 12",
            before="{instalments: {number: 4, every: quarter}}, ",
        ),
        _example(
            "Taken back at the rate of the latest sale: 5% of 1,000.00 was earned, 4% is taken back",
            "within days: 90",
            "D-1 | 2026-03-10",
            "Ana | 2026-01 | 50.00 EUR\nAna | 2026-02 | 80.00 EUR\nAna | 2026-03 | -40.00 EUR",
            "clawback.window: last day included, clawback.rate: recalculated, tier.bound: upper tier, tier.gap: earns nothing",
            deal="D-1 | Ana | 1,000.00 EUR | 2026-01-15\nD-2 | Ana | 2,000.00 EUR | 2026-02-15",
            earn="{brackets: {tiers: [{from: 0.00 EUR, to: 1500.00 EUR, rate: 5%}, {from: 1500.00 EUR, rate: 4%}]}}",
        ),
    ),
    formula="taken back = paid on the deal by then x part; or x unserved months (days) / months (days) of the term",
    boundary="`within` counts from the day on which the deal closed; whether its last day counts is clawback.window. Whether the month or day of the cancellation is "
    "served is clawback.lapse, and how months count months.count. After the window or the term nothing is taken back. Only what was paid by the period of the "
    "cancellation is taken back; what wasn't paid by then never is, and what comes in after the cancellation earns nothing. The measure, and so the attainment, stays as it was.",
    sources=(
        "https://www.earnba.se/glossary/commission-chargeback",
        "https://www.getinsureleads.com/glossary/chargeback",
        "https://docs.core8.co/commission-plan-patterns/clawbacks-and-early-exit",
        "https://getcentify.featurebase.app/help/articles/3446029-what-are-clawbacks-and-how-to-manage-them",
        "https://help.salesforce.com/s/articleView?id=sales.spiff_clawback.htm&language=en_US&type=5",
    ),
    words={
        "insurance carriers": "chargeback",
        "QuotaPath": "clawback",
        "SAP": "cancellation; liability period",
        "Sales Cookie": "clawback, reversal",
    },
)
@dataclass(frozen=True)
class Clawback(Mechanic):
    """within days, within months: the window from the day the deal closed; at any time where neither is stated.

    part: how much is taken back; all of it where it isn't stated.  unserved: take back the share of the months or days
    that weren't served.  of months: how many months the commission is for; the deal's term months where it isn't stated.
    """

    adds_lines = True

    within_days: int | None = None
    within_months: int | None = None
    part: Percent | None = None
    unserved: Literal["months", "days"] | None = None
    of_months: int | None = None

    def needs(self) -> tuple[str, ...]:
        return (
            *(("clawback.window",) if (self.within_days, self.within_months) != (None, None) else ()),
            "clawback.rate",
            *(("clawback.lapse",) if self.unserved is not None else ()),
            *(("months.count",) if self.unserved == "months" else ()),
        )

    def check(self, problems: list[Problem]) -> None:
        both = self.within_days is not None and self.within_months is not None
        if both or (self.part is not None and self.unserved is not None):
            which = '"within days" and "within months"' if both else '"part" and "unserved"'
            problems.append(
                Problem(
                    "clawback-twice",
                    f'"clawback" states {which}.',
                    self.where,
                    "Each says something else about the same thing.",
                    "State one of them.",
                )
            )
        if self.part is not None and not 0 <= self.part.value <= 1:
            problems.append(
                Problem(
                    "share-range",
                    f"{self.part} of a commission can't be taken back.",
                    self.where,
                    remedy="State 0% to 100%.",
                )
            )
        if self.of_months is not None and (self.unserved is None or self.of_months < 1):
            problems.append(
                Problem(
                    "clawback-term",
                    f'"of months: {self.of_months}" says nothing here.',
                    self.where,
                    "It is the number of months that the commission is for, of which the unserved part is taken back.",
                    'State it together with "unserved", as 1 or more.',
                )
            )

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        events = run.events
        cancelled = self._inside(run)
        by_deal = {
            str(d): int(e) for d, e in zip(events.deal[cancelled].tolist(), cancelled.tolist(), strict=True)
        }
        has_event = lines.event >= 0
        whole = ~has_event & ((lines.kind == "") | (lines.kind == "earned before"))
        of_deal = np.isin(events.deal[run.credits.event], list(by_deal))
        lost = np.flatnonzero(of_deal & np.isin(run.credits.payee, np.unique(lines.payee[whole])))
        for at in lost.tolist()[:1]:
            run.problem(
                "clawback-no-deal",
                f'deal {events.deal[run.credits.event[at]]} is cancelled, and "{run.component.name}" earns on the whole measure, not deal by deal.',
                self.where,
                "No single amount was earned on the deal, so none can be taken back.",
                "Take the deal out of the measure with a return, or leave the clawback out.",
            )
        cause = np.array(
            [by_deal.get(d, -1) for d in np.where(has_event, events.deal[lines.event], "").tolist()],
            dtype=np.int64,
        )
        whole_amount = lines.amount
        lines = self._stopped(lines, run, cause)
        period = position(run, events.date[np.maximum(cause, 0)])
        of = np.flatnonzero((cause >= 0) & (lines.amount.num != 0) & (period < len(run.periods)))
        if not len(of) or not (~lines.held[of]).any():
            return lines.change()
        order = np.lexsort((cause[of], lines.payee[of]))
        of, period = of[order], period[of][order]
        new = np.ones(len(of), dtype=bool)
        new[1:] = (lines.payee[of][1:] != lines.payee[of][:-1]) | (cause[of][1:] != cause[of][:-1])
        starts = np.flatnonzero(new)
        nothing = Exact.full(len(of), 0)
        earned = lines.amount
        if run.conventions["clawback.rate"] == "recalculated":
            earned = whole_amount = self._recalculated(lines, run, of, period)
        paid = Exact.where(lines.held[of], nothing, earned[of]).sums(starts)
        first = of[starts]
        back = self._back(paid, whole_amount[of].sums(starts), cause[first], run)
        rounding = run.conventions.round_at("line")
        if rounding is not None:
            back = back.rounded(rounding.mode, rounding.decimals)
        some = np.flatnonzero(back.num != 0)
        if run.notes is not None:
            self._tell(run, lines, first, cause[first], paid, some)
        first = first[some]
        today = run.conventions["clawback.rate"] == "recalculated"
        rule = run.rule(self._words() + (_TODAY if today else ""), where=self.where)
        taken = Lines.plain(
            lines.payee[first],
            period[starts][some],
            -back[some],
            lines.currency[first],
            kind="cancellation",
            rule=np.full(len(some), rule),
            event=cause[first],
        )
        return Lines.joined([lines.change(), taken])

    def _tell(self, run: ComponentRun, lines: Lines, first: Array, cause: Array, paid: Exact, some: Array) -> None:
        """Keeps what had been paid on each deal, and which part of its term wasn't served."""
        unserved = None if self.unserved is None else self._unserved(cause, run)
        for at in some.tolist():
            line, event = int(first[at]), int(cause[at])
            sentence = f"{format_money(paid.at(at), str(lines.currency[line]))} of commission had been paid on it."
            if unserved is not None:
                part = unserved.at(at)
                months = int(self._term(cause[at : at + 1], run)[0])
                left = (
                    f"{format_number(part * months)} of its {months} months"
                    if self.unserved == "months"
                    else f"{format_percent(part)} of its days"
                )
                sentence += f" {left} weren't served."
            tell(run, event_key(int(lines.payee[line]), event), sentence)

    def _inside(self, run: ComponentRun) -> Array:
        """The cancellations inside the window."""
        events = run.events
        cancelled = np.flatnonzero(events.source == SOURCE["cancellations"])
        closed, day = events.deal_date[cancelled], events.date[cancelled]
        inside = day >= closed
        last = None
        if self.within_days is not None:
            last = closed + self.within_days
        elif self.within_months is not None:
            last = months_later(closed, self.within_months)
        if last is not None:
            inside &= day <= last if run.conventions["clawback.window"] == "last day included" else day < last
        return cancelled[inside]

    def _back(self, paid: Exact, whole: Exact, cause: Array, run: ComponentRun) -> Exact:
        """What is taken back of what was paid on each deal."""
        if self.unserved is None:
            return paid.times(self.part.value if self.part is not None else 1)
        unserved = self._unserved(cause, run)
        differ = ~paid.same(whole) & (unserved.num != 0)
        reading = run.conventions.get("clawback.of")
        if differ.any() and reading is None:
            deal = run.events.deal[cause[np.flatnonzero(differ)[0]]]
            run.problems.append(
                open_convention(
                    "clawback.of",
                    f'deal {deal} is cancelled before all of its commission was paid, and "{run.plan.name}" doesn\'t state clawback.of.',
                    self.where,
                    run.conventions,
                )
            )
        if reading != "what is above the served part":
            return paid * unserved
        beyond = paid - (whole - whole * unserved)
        # What a deal takes back itself (a negative commission) is given back alike.
        nothing = Exact.full(len(beyond), 0)
        return Exact.where(whole.num >= 0, beyond.maximum(nothing), beyond.minimum(nothing))

    def _unserved(self, cause: Array, run: ComponentRun) -> Exact:
        """The share of the term that each cancelled deal doesn't serve any more."""
        events = run.events
        start, day = events.deal_date[cause], events.date[cause]
        months = self._term(cause, run)
        kept = 1 if run.conventions["clawback.lapse"] == "earned" else 0
        if self.unserved == "days":
            term = (months_later(start, months) - start).astype(np.int64)
            served = (day - start).astype(np.int64) + kept
        else:
            term = months
            served = month_number(start, day, run.conventions["months.count"]) - 1 + kept
        return Exact(np.clip(term - served, 0, term)).over(Exact(np.maximum(term, 1)))

    def _term(self, cause: Array, run: ComponentRun) -> Array:
        if self.of_months is not None:
            return np.full(len(cause), self.of_months, dtype=np.int64)
        deals = run.world.table("deals")
        terms = deals.amounts("term months")
        rows = [deals.index[d] for d in run.events.deal[cause].tolist()]
        out = np.ones(len(rows), dtype=np.int64)
        for i, row in enumerate(rows):
            value = terms.value.at(row) if terms.present[row] else None
            if value is None or value.denominator != 1 or value < 1:
                run.problem(
                    "no-term",
                    f"deal {run.events.deal[cause[i]]} has no term in whole months.",
                    deals.where(row),
                    "The part of it that wasn't served can't be told.",
                    'Fill "term months" of the deal, or state "of months" with the clawback.',
                )
            else:
                out[i] = int(value)
        return out

    def _recalculated(self, lines: Lines, run: ComponentRun, of: Array, period: Array) -> Exact:
        """The amounts of the cancelled deals' lines at the rate of the payee's latest line up to the cancellation."""
        count = len(run.periods) + 1
        rated = np.flatnonzero(lines.has_rate & (lines.event >= 0) & (lines.kind == ""))
        if not lines.has_rate[of].all():
            line = int(of[np.flatnonzero(~lines.has_rate[of])[0]])
            run.problem(
                "clawback-rate",
                f'deal {run.events.deal[lines.event[line]]} earned a fixed amount under "{run.component.name}", which has no rate.',
                self.where,
                "clawback.rate: recalculated takes back at the rate of the payee's latest sale.",
                "State  clawback.rate: historic.",
            )
            return lines.amount
        order = np.lexsort((run.events.date[lines.event[rated]], lines.period[rated], lines.payee[rated]))
        rated = rated[order]
        key = lines.payee[rated] * count + lines.period[rated]
        latest = rated[np.searchsorted(key, lines.payee[of] * count + period, side="right") - 1]
        source = np.arange(len(lines))
        source[of] = latest
        return lines.base * lines.rate[source]

    def _stopped(self, lines: Lines, run: ComponentRun, cause: Array) -> Lines:
        """What comes in after the cancellation earns nothing, and what wasn't paid by then is never released."""
        events = run.events
        of = np.maximum(cause, 0)
        late = (cause >= 0) & (events.date[np.maximum(lines.event, 0)] > events.date[of])
        paid_late = (cause >= 0) & (lines.paid_in > position(run, events.date[of]))
        if not (late | paid_late).any():
            return lines.change()
        rule = run.rule("the deal was cancelled before", where=self.where)
        nothing = Exact.full(len(lines), 0)
        return lines.change(
            amount=Exact.where(late, nothing, lines.amount),
            rate=Exact.where(late, nothing, lines.rate),
            rule=np.where(late, rule, lines.rule),
            held=lines.held | (paid_late & ~late),
        )

    def _words(self) -> str:
        if self.unserved is not None:
            how = f"for the {self.unserved} that weren't served"
        elif self.part is not None:
            how = f"for {self.part}"
        else:
            how = "in full"
        within = ""
        if self.within_days is not None:
            within = f" within {self.within_days} days"
        elif self.within_months is not None:
            within = f" within {self.within_months} months"
        return f"deals cancelled{within} are taken back {how}"

    def say(self, before: LineView | None, after: LineView) -> str:
        if after.rule is not None and after.rule.words == "the deal was cancelled before":
            return "The deal was cancelled before, so the line earns nothing."
        if before is not None and after.held and not before.held:
            return "The deal was cancelled before this was due, so it isn't paid any more."
        if after.kind != "cancellation" or before is not None:
            return ""
        money = format_money(-after.amount, after.currency)
        today = _TODAY if after.rule is not None and after.rule.words.endswith(_TODAY) else ""
        if self.unserved is not None:
            return f"The deal was cancelled, so the commission for the {self.unserved} that weren't served is taken back{today}: {money}."
        within = ""
        if self.within_days is not None:
            within = f" within {self.within_days} days"
        elif self.within_months is not None:
            within = f" within {self.within_months} months"
        share = f", {self.part} of what was paid" if self.part is not None else ""
        return f"The deal was cancelled{within}, so {money} of commission is taken back{share}{today}."
