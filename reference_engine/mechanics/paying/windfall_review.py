"""Windfall review: the commission on an exceptional deal waits for a decision, which may cut it to an amount."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.events import SOURCE, Events
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.deal_parts import ask_split, limit_of, part_of_deal
from reference_engine.mechanics.portions import position
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.vocabulary.numbers import Money, format_money
from reference_engine.world import World


def _example(
    title: str,
    terms: str,
    decisions: str,
    payouts: str,
    source: str = "by hand",
    deal: str = "D-1 | Ana | 7,000,000.00 EUR | 2026-01-15",
    conventions: str = "",
    **more: str,
) -> Example:
    return Example(
        title,
        f"{conventions}components: [{{component: C, measure: bookings, credits: [direct], earn: [{{flat rate: {{rate: 20%}}}}], pay: [{{windfall review: {{{terms}}}}}]}}]",
        {
            "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
            "deals": f"deal | owner | amount | closed\n{deal}\nD-2 | Ana | 1,000,000.00 EUR | 2026-02-15",
            "deal_caps": "deal | date | amount | reason\n" + decisions,
            **more,
        },
        payouts,
        source=source,
    )


_SHARED = {
    "deal": "D-1 | Ana | 7,000,000.00 EUR | 2026-01-15",
    "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01\nBen | P | 2026-01-01",
    "credit_splits": "deal | payee | share\nD-1 | Ana | 60%\nD-1 | Ben | 40%",
}


@mechanic(
    "The commission on a deal above a bound is held until a decision on it stands in the table deal_caps, which may cut it to an amount.",
    examples=(
        _example(
            "20% of 7,000,000.00 is cut to 600,000.00 after the fact",
            "",
            "D-1 | 2026-03-31 | 600,000.00 EUR | mega deal",
            "Ana | 2026-01 | 1,400,000.00 EUR\nAna | 2026-02 | 200,000.00 EUR\nAna | 2026-03 | -800,000.00 EUR",
            "https://bravado.co/war-room/posts/uncapped-commission-being-capped",
        ),
        _example(
            "Held until the decision: above 1,000,000.00; a deal of just that isn't a windfall",
            'deal above: "1,000,000.00 EUR"',
            "D-1 | 2026-03-31 | 600,000.00 EUR | mega deal",
            "Ana | 2026-02 | 200,000.00 EUR\nAna | 2026-03 | 600,000.00 EUR",
        ),
        _example(
            "Decided to pay all of it",
            'deal above: "1,000,000.00 EUR"',
            "D-1 | 2026-02-01 |  | approved",
            "Ana | 2026-02 | 1,600,000.00 EUR",
        ),
        _example(
            "No decision: it stays held; by commission, above 200,000.00",
            'commission above: "200,000.00 EUR"',
            "D-9 | 2026-02-01 |  | another deal",
            "Ana | 2026-02 | 200,000.00 EUR",
        ),
        _example(
            "Two payees share the deal, and 600,000.00 is decided for the whole of it: 360,000.00 and 240,000.00",
            "",
            "D-1 | 2026-01-31 | 600,000.00 EUR | mega deal",
            "Ana | 2026-01 | 360,000.00 EUR\nBen | 2026-01 | 240,000.00 EUR\nAna | 2026-02 | 200,000.00 EUR",
            conventions="conventions: {rounding: exact, cap.split: whole deal}\n",
            **_SHARED,
        ),
        _example(
            "The same, decided for each payee's part: only that of Ana is above it",
            "",
            "D-1 | 2026-01-31 | 600,000.00 EUR | mega deal",
            "Ana | 2026-01 | 600,000.00 EUR\nBen | 2026-01 | 560,000.00 EUR\nAna | 2026-02 | 200,000.00 EUR",
            conventions="conventions: {rounding: exact, cap.split: each part}\n",
            **_SHARED,
        ),
    ),
    formula="held until the decision where the deal > deal above, or the commission > commission above; then paid = min(commission on the deal, amount)",
    boundary="A deal, or a commission, of just the bound isn't held. Without bounds nothing is held, and a decision takes back what is above its amount on its own day. "
    "A blank amount pays all. Where several payees share the deal, cap.split says whether `commission above` and the amount hold for each part.",
    sources=(
        "https://bravado.co/war-room/posts/uncapped-commission-being-capped",
        "https://intelligentspm.vercel.app/learn/policies/scp-003",
        "https://www.concertfinance.com/windfall-deals/",
    ),
    words={"Concert Finance": "windfall deal", "SPM policy library": "windfall review"},
)
@dataclass(frozen=True)
class WindfallReview(Mechanic):
    """deal above: deals of more than this wait.  commission above: what a payee earns on a deal, if it is more than this, waits."""

    holds = True

    deal_above: Money | None = None
    commission_above: Money | None = None

    def reaches(self, world: World, events: Events, last: date, cadence: str) -> date | None:
        days = world.table("deal_caps").days("date")
        days = days[~np.isnat(days)]
        return days.max().astype(object) if len(days) else None

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        if not len(lines) or not len(run.events):
            return lines.change()
        events, table = run.events, run.world.table("deal_caps")
        own = lines.event >= 0
        deal = np.where(own, events.deal[np.maximum(lines.event, 0)], "")
        _, code = np.unique(deal.astype(str), return_inverse=True)
        order = np.lexsort((np.arange(len(lines)), code, lines.payee))
        new = np.ones(len(order), dtype=bool)
        new[1:] = (lines.payee[order][1:] != lines.payee[order][:-1]) | (code[order][1:] != code[order][:-1])
        starts = np.flatnonzero(new)
        group = np.empty(len(order), dtype=np.int64)
        group[order] = np.cumsum(new) - 1
        name, head = deal[order[starts]], order[starts]
        total = lines.amount[order].sums(starts)
        if not self._comparable(lines, own, run):
            return lines.change()
        part = part_of_deal(lines, group, run)
        waits = (name != "") & self._windfall(name, total, part, lines.event[head], run)
        row = np.array([table.index.get(d, -1) if d else -1 for d in name.tolist()], dtype=np.int64)
        decided = row >= 0
        none = np.datetime64("NaT", "D")
        day = (
            np.where(decided, table.days("date")[np.maximum(row, 0)], none)
            if table.size
            else np.full(len(row), none)
        )
        when = position(run, day)
        count = len(run.periods)
        later = waits[group]
        due = when[group]
        lines = lines.change(
            held=lines.held | (later & (due >= count)),
            paid_in=np.where(later, np.maximum(lines.paid_in, np.minimum(due, count - 1)), lines.paid_in),
        )
        if not table.size:
            return lines
        return self._cut(lines, run, part, total, head, row, when)

    def _cut(
        self,
        lines: Lines,
        run: ComponentRun,
        part: Exact | None,
        total: Exact,
        head: Array,
        row: Array,
        when: Array,
    ) -> Lines:
        """What was earned on a deal above the amount of its decision is taken back on the day of the decision."""
        amount = run.world.table("deal_caps").amounts("amount")
        at = np.maximum(row, 0)
        cuts = (row >= 0) & amount.present[at] & (when < len(run.periods))
        stated = amount.value[at]
        limit = limit_of(stated, part, run)
        above = np.flatnonzero(cuts & (total > limit))
        if part is not None:
            whole = total.minimum(stated * part)
            alike = ~cuts | total.minimum(limit).same(whole)
            ask_split(alike, lines.event[head], "the amount decided for it", run)
        wrong = [
            i
            for i in above.tolist()
            if amount.currency is not None and amount.currency[at[i]] != lines.currency[head[i]]
        ]
        if wrong:
            table = run.world.table("deal_caps")
            run.problem(
                "currency-mixed",
                f"the cap of {table.words('deal')[at[wrong[0]]]} is in another currency than its commission, {lines.currency[head[wrong[0]]]}.",
                table.where(int(at[wrong[0]])),
                "They can't be compared.",
                "State the cap in the currency that is paid, or the plan's currency and exchange rates.",
            )
            return lines
        rule = run.rule("cut by decision to an amount for the deal", "cap", self.where)
        cut = Lines.plain(
            lines.payee[head[above]],
            when[above],
            (limit - total)[above],
            lines.currency[head[above]],
            kind="cap",
            rule=np.full(len(above), rule),
            event=lines.event[head[above]],
        )
        return Lines.joined([lines, cut])

    def _windfall(
        self, deals: Array, total: Exact, part: Exact | None, events: Array, run: ComponentRun
    ) -> Array:
        """Which deals wait.  part: of the deal that the payee's credit is.  events: a record of each."""
        out = np.zeros(len(deals), dtype=bool)
        if self.commission_above is not None:
            bound = Exact.full(len(deals), self.commission_above.amount)
            out |= total > limit_of(bound, part, run)
            if part is not None:
                ask_split(out == (total > bound * part), events, f"the bound of {self.commission_above}", run)
        if self.deal_above is not None:
            known = run.events
            rows = np.flatnonzero(known.source == SOURCE["deals"])
            large = rows[known.amount[rows] > Exact.full(len(rows), self.deal_above.amount)]
            out |= np.isin(deals.astype(str), known.deal[large].astype(str))
        return out

    def _comparable(self, lines: Lines, own: Array, run: ComponentRun) -> bool:
        """Whether the bounds are in the currencies of what they are compared with."""
        events = run.events
        paid = set(lines.currency[own].tolist()) if self.commission_above else set()
        sold = set(events.currency[events.source == SOURCE["deals"]].tolist()) if self.deal_above else set()
        for bound, found in ((self.commission_above, paid), (self.deal_above, sold)):
            wrong = sorted(found - {bound.currency if bound else ""})
            if bound is not None and wrong:
                run.problem(
                    "currency-mixed",
                    f"the bound of the windfall review is {bound}, and there are amounts in {wrong[0]}.",
                    self.where,
                    "They can't be compared.",
                    "State the bound in the currency of what it is compared with.",
                )
        return not run.problems

    def say(self, before: LineView | None, after: LineView) -> str:
        if before is None:
            if after.kind != "cap":
                return ""
            return f"It was decided to cap the commission on the deal, so {format_money(-after.amount, after.currency)} isn't paid."
        if after.held and not before.held:
            return "The deal is exceptional, so its commission is held until it is decided on."
        return ""
