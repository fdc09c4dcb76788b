"""Split credit: the payees named in credit_splits share a deal; their shares total 100%."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from reference_engine.columns import Array, Exact, same, some
from reference_engine.events import SOURCE, Events
from reference_engine.mechanics.crediting.credits import DIRECT, OVERLAY, Credits
from reference_engine.mechanics.registry import About, Example, describe
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import format_percent
from reference_engine.world import World

MEANING = "Several payees share the credit of a deal, in stated percentages that total 100%."

_PLAN = (
    "eligible: everyone\nconventions: {rounding: [{at: line, mode: half up, decimals: 2}]}\n"
    "components: [{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 10%}}]}]"
)
_TIERS = (
    "eligible: everyone\nconventions: {rounding: exact, split.when: WHEN, tier.bound: upper tier, tier.gap: earns nothing}\n"
    "components: [{component: C, measure: bookings, credits: [direct], earn: [{brackets: {tiers: "
    "[{from: 0.00 EUR, to: 1000.00 EUR, rate: 5%}, {from: 1000.00 EUR, rate: 10%}]}}]}]"
)
_HALVES = {
    "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-15",
    "credit_splits": "deal | payee | share\nD-1 | Ana | 60%\nD-1 | Ben | 40%",
}

ABOUT = describe(
    __name__,
    About(
        MEANING,
        formula="credit of a payee = amount of the record x share; before rate: commission = rate(credit) x credit; "
        "after rate: commission = rate(amount) x amount x share",
        boundary="Shares of a deal total 100%, each above 0%. A quota share says what quotas and tiers see, where that is "
        "something else than the share; it may total anything. Returns, invoices and payments are split like their deal. "
        "With rounded credits, split.residue says who gets the cent that is left.",
        sources=(
            "http://www.xactlycorp.com/i2/images/newsletter/FAQs.html",
            "https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_N1169933.html",
            "https://help.salesforce.com/apex/HTViewHelpDoc?id=sales.spiff_opportunity_splits.htm",
            "https://support.rpmsoftware.com/support/solutions/articles/5000548464-split",
        ),
        words={"Xactly": "split credit", "Salesforce": "revenue split", "NetSuite": "partner contribution"},
        examples=(
            Example(
                "60 to 40, and a return split alike",
                _PLAN,
                {**_HALVES, "returns": "return | of | date | amount\nR-1 | D-1 | 2026-02-10 | 100.00 EUR"},
                "Ana | 2026-01 | 60.00 EUR\nBen | 2026-01 | 40.00 EUR\nAna | 2026-02 | -6.00 EUR\nBen | 2026-02 | -4.00 EUR",
            ),
            Example(
                "Split before the rate: 600.00 and 400.00 both lie below 1,000.00",
                _TIERS.replace("WHEN", "before rate"),
                _HALVES,
                "Ana | 2026-01 | 30.00 EUR\nBen | 2026-01 | 20.00 EUR",
            ),
            Example(
                "Split after the rate: the whole deal lies on 1,000.00 and earns 10%, which is divided",
                _TIERS.replace("WHEN", "after rate"),
                _HALVES,
                "Ana | 2026-01 | 60.00 EUR\nBen | 2026-01 | 40.00 EUR",
            ),
            Example(
                "Thirds of 100.00: rounded credits leave a cent, which goes to the last",
                "eligible: everyone\nconventions: {rounding: [{at: credit, mode: half up, decimals: 2}], split.residue: last}\n"
                "components: [{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 100%}}]}]",
                {
                    "deals": "deal | owner | amount | closed\nD-1 | Ana | 100.00 EUR | 2026-01-15",
                    "credit_splits": "deal | payee | share\nD-1 | Ana | 33.33333%\nD-1 | Ben | 33.33333%\nD-1 | Cho | 33.33334%",
                },
                "Ana | 2026-01 | 33.33 EUR\nBen | 2026-01 | 33.33 EUR\nCho | 2026-01 | 33.34 EUR",
            ),
            Example(
                "Quota credit apart: both reach their quota with the whole deal, each is paid half",
                "pays: quarterly\neligible: everyone\nconventions: {rounding: exact, tier.accumulate: period, split.when: before rate}\n"
                "components: [{component: C, measure: bookings, credits: [direct], earn: [{marginal: {tiers: "
                "[{from: 0%, to: 50%, rate: 4%}, {from: 50%, rate: 8%}]}}]}]",
                {
                    "quotas": "payee | period | quota\nAna | 2026-Q1 | 1,000.00 EUR\nBen | 2026-Q1 | 2,000.00 EUR",
                    "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-15",
                    "credit_splits": "deal | payee | share | quota share\nD-1 | Ana | 50% | 100%\nD-1 | Ben | 50% | 100%",
                },
                "Ana | 2026-Q1 | 30.00 EUR\nBen | 2026-Q1 | 20.00 EUR",
                attainments="Ana | 2026-Q1 | 1,000.00 EUR | 1,000.00 EUR | 100%\nBen | 2026-Q1 | 1,000.00 EUR | 2,000.00 EUR | 50%",
            ),
        ),
    ),
)


def check(world: World, problems: list[Problem]) -> None:
    """A Problem for each deal whose shares don't total 100%, and for each split of a deal that isn't there."""
    table = world.table("credit_splits")
    if not table.size:
        return
    known = world.table("deals").index
    shares = table.amounts("share").value.fractions()
    # The sign of a quota share says all that is asked here; most tables state none.
    quota = table.amounts("quota share").value
    quotas = quota.num.tolist()
    overlay = (table.words("kind") == "overlay").tolist()
    totals: dict[str, list[int]] = {}
    for row, deal in enumerate(table.words("deal").tolist()):
        totals.setdefault(deal, []).append(row)
    for deal, rows in totals.items():
        for row in rows:
            only_quota = shares[row] == 0 and quotas[row] > 0
            if not 0 < shares[row] <= (10 if overlay[row] else 1) and not only_quota:
                problems.append(
                    Problem(
                        "split-share",
                        f"the share of {table.words('payee')[row]} in deal {deal} is {format_percent(shares[row])}.",
                        table.where(row),
                        "A direct share is above 0% and at most 100%; 0% only beside a quota share. An overlay share is at most 1000%.",
                        "Correct the share, or remove the row.",
                    )
                )
            if quotas[row] < 0:
                problems.append(
                    Problem(
                        "split-share",
                        f"the quota share of {table.words('payee')[row]} in deal {deal} is {format_percent(quota.at(row))}.",
                        table.where(row),
                        "A sale never takes from a quota.",
                        "Correct the quota share.",
                    )
                )
        direct = [r for r in rows if not overlay[r]]
        total = sum((shares[r] for r in direct), start=shares[0] * 0)
        where = table.where(rows[0])
        if deal not in known:
            problems.append(
                Problem(
                    "unknown-reference",
                    f'credit_splits, column "deal": there is no deal "{deal}".',
                    where,
                    "The split would change nothing.",
                    "Correct the name, or remove the row.",
                )
            )
        elif direct and total != 1:
            problems.append(
                Problem(
                    "split-total",
                    f"direct credit of deal {deal} totals {format_percent(total)}.",
                    where,
                    "Direct credit shares a deal; overlay credit comes on top of it by crediting rules.",
                    "Make the shares total 100%.",
                )
            )


class Splits:
    """The splits of a world, by deal.  kind: direct or overlay."""

    def __init__(self, world: World, kind: str = "direct") -> None:
        table = world.table("credit_splits")
        rows = ((table.words("kind") == "overlay") == (kind == "overlay")).nonzero()[0]
        deals = table.words("deal")[rows]
        self.names = {deal: code for code, deal in enumerate(dict.fromkeys(deals.tolist()))}
        code = np.array([self.names[d] for d in deals.tolist()], dtype=np.int64)
        self.order = np.argsort(code, kind="stable")
        self.count = np.bincount(code, minlength=len(self.names))
        self.starts = self.count.cumsum() - self.count
        self.of_row = np.full(world.table("deals").size, -1, dtype=np.int64)
        index = world.table("deals").index if self.names else {}
        for name, number in self.names.items():
            if name in index:
                self.of_row[index[name]] = number
        self.payee = np.array(
            [world.payee_code[p] for p in table.words("payee")[rows].tolist()], dtype=np.int64
        )
        self.share = table.amounts("share").value[rows]
        self.counted: Exact | None = None
        if "quota share" in table.numbers:
            quota = table.numbers["quota share"]
            if quota.present.any():
                self.counted = Exact.where(quota.present[rows], quota.value[rows], self.share)

    def overlay(self, events: Events) -> Credits:
        """Credit on top of the direct credit for the payees who are named with the deal."""
        number = self._deals(events) if self.names else np.full(len(events), -1, dtype=np.int64)
        rows = np.flatnonzero((number >= 0) & (events.source != SOURCE["cancellations"]))
        whole = Credits.direct(rows, np.zeros(len(rows), dtype=np.int64), Exact.full(len(rows), 1))
        shared = self.split(whole, events)
        return replace(shared, type=np.full(len(shared), OVERLAY, dtype=np.int8))

    def _deals(self, events: Events) -> Array:
        """The number of each event's split deal; -1 for none."""
        own = events.source == SOURCE["deals"]
        out = np.full(len(events), -1, dtype=np.int64)
        # A booking knows its row; only what belongs to another record's deal must be looked up by name.
        out[own] = self.of_row[events.row[own]]
        rest = (~own).nonzero()[0]
        if len(rest):
            out[rest] = [self.names.get(d, -1) for d in events.deal[rest].tolist()]
        return out

    def split(self, credits: Credits, events: Events) -> Credits:
        """Replaces the direct credit of a split deal by one credit for each payee of the split, as written."""
        if not self.names or not len(credits):
            return credits
        deal = self._deals(events)[credits.event]
        # A split stands for whoever would be credited without it: an owner, a group, the payees of several rules.
        again = np.zeros(len(deal), dtype=bool)
        again[1:] = (deal[1:] >= 0) & (credits.event[1:] == credits.event[:-1])
        if some(again):
            credits, deal = credits.take(np.flatnonzero(~again)), deal[~again]
        count = np.where(deal >= 0, self.count[deal], 1)
        source = np.arange(len(credits)).repeat(count)
        position = np.arange(len(source)) - (count.cumsum() - count).repeat(count)
        is_split = deal[source] >= 0
        rows = self.order[np.where(is_split, self.starts[deal[source]] + position, 0)]
        counted: Exact | None = None
        if self.counted is not None or credits.counted is not None:
            own = self.share if self.counted is None else self.counted
            before = credits.share if credits.counted is None else credits.counted
            counted = Exact.where(is_split, own[rows], before[source])
        return Credits(
            credits.event[source],
            np.where(is_split, self.payee[rows], credits.payee[source]),
            same(DIRECT, len(source), np.int8),
            Exact.where(is_split, self.share[rows], credits.share[source]),
            same(-1, len(source), np.int64),
            Exact.full(len(source), 1),
            counted,
        )
