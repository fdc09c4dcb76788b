"""Seller quota: a payee carries a part of the quota of a territory, ramped and adjusted."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.people import ALWAYS, NEVER
from reference_engine.quota_entries import Entries, QuotaMechanic, QuotaRun, Row, amount_words, percent_words

_ANY = "components: [{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 1%}}]}]"
_TERRITORY = "territory | period | quota | adjustment\nNorth | 2026-Q1 | 90,000.00 EUR | 10,000.00 EUR"
_DAYS = (
    "proration.of: quota and target, proration.basis: calendar days, proration.start_day_counts: yes, "
    "proration.end_day_counts: yes, proration.factor_decimals: exact"
)


def _plan(order: str, more: str = "") -> str:
    return f"conventions: {{rounding: exact, quota.seller_order: '{order}'{more}}}\nquota: [seller quota]\n{_ANY}"


@mechanic(
    "A payee carries a share of a territory's adjusted quota, ramped and adjusted once more, for the days of the assignment.",
    examples=(
        Example(
            "The territory is adjusted to 100,000; half of it, ramped to 80%, plus 5,000",
            _plan("ramp, then adjustment"),
            {
                "territory_quotas": _TERRITORY,
                "seller_quotas": "payee | territory | share | ramp | adjustment\nAna | North | 50% | 80% | 5,000.00 EUR",
            },
            "",
            quotas="North | 2026-Q1 | 100,000.00 EUR\nAna | 2026-Q1 | 45,000.00 EUR",
            source="by hand, after https://docs.salesplanning.varicent.com/en/managing-your-planning-cycle/quota-sheets/seller-quota-sheet.html",
        ),
        Example(
            "The adjustment first: it is ramped too",
            _plan("adjustment, then ramp"),
            {
                "territory_quotas": _TERRITORY,
                "seller_quotas": "payee | territory | share | ramp | adjustment\nAna | North | 50% | 80% | 5,000.00 EUR",
            },
            "",
            quotas="North | 2026-Q1 | 100,000.00 EUR\nAna | 2026-Q1 | 44,000.00 EUR",
        ),
        Example(
            "The territory changes hands on 1 March: 59 and 31 of 90 days; who holds two territories carries both",
            _plan("ramp, then adjustment", f", {_DAYS}"),
            {
                "territory_quotas": "territory | period | quota\nNorth | 2026-Q1 | 90,000.00 EUR\nSouth | 2026-Q1 | 1,000.00 EUR",
                "seller_quotas": "payee | territory | share | from | to\nAna | North | 100% | | 2026-02-28\nBen | North | 100% | 2026-03-01 |\nBen | South | 100% | |",
            },
            "",
            quotas="North | 2026-Q1 | 90,000.00 EUR\nSouth | 2026-Q1 | 1,000.00 EUR\nAna | 2026-Q1 | 59,000.00 EUR\n"
            "Ben | 2026-Q1 | 31,000.00 EUR\nBen | 2026-Q1 | 1,000.00 EUR",
        ),
        Example(
            "Without seller_quotas the owners of the territories carry them whole",
            _plan("ramp, then adjustment"),
            {
                "territory_quotas": _TERRITORY,
                "territories": "territory | owner\nNorth | Ana",
            },
            "",
            quotas="North | 2026-Q1 | 100,000.00 EUR\nAna | 2026-Q1 | 100,000.00 EUR",
            source="by hand, after https://support.fullcast.com/docs/video-setting-individual-quotas-based-on-territory-targets",
        ),
    ),
    formula="(territory quota + its adjustment) x share x ramp + own adjustment; or ((...) x share + own adjustment) x ramp",
    boundary="From and to are both inclusive; inside the period the quota is prorated by the days of the assignment.  Shares of a territory may "
    "total more or less than 100%.",
    sources=(
        "https://docs.salesplanning.varicent.com/en/managing-your-planning-cycle/quota-sheets/territory-quota-sheet.html",
        "https://docs.salesplanning.varicent.com/en/managing-your-planning-cycle/quota-sheets/seller-quota-sheet.html",
        "https://support.fullcast.com/docs/video-setting-individual-quotas-based-on-territory-targets",
    ),
    words={"Varicent": "seller quota sheet", "Fullcast": "individual quota from territory target"},
)
@dataclass(frozen=True)
class SellerQuota(QuotaMechanic):
    """Of the table seller_quotas; where it is empty, the owners of territories carry the whole quota."""

    def needs(self) -> tuple[str, ...]:
        return ("quota.seller_order",)

    def quotas(self, entries: Entries, run: QuotaRun) -> Entries:
        table = run.world.table("seller_quotas")
        owners = not table.size
        if owners:
            table = run.world.table("territories")
        who = "owner" if owners else "payee"
        share, ramp, more = table.amounts("share"), table.amounts("ramp"), table.amounts("adjustment")
        ramp_first = run.plan.conventions["quota.seller_order"] == "ramp, then adjustment"
        new: list[Row] = []
        amounts = entries.amount.fractions()
        rows_of: dict[str, list[int]] = {}
        for row, code in enumerate(entries.holder.tolist()):
            rows_of.setdefault(run.names[code], []).append(row)
        for at, territory in enumerate(table.words("territory").tolist()):
            part = share.value.at(at) if not owners else Fraction(1)
            ramped = ramp.value.at(at) if ramp.present[at] else Fraction(1)
            own = more.value.at(at)
            first, last = table.days("from")[at], table.days("to")[at]
            found = rows_of.get(territory, [])
            if not found:
                run.problem(
                    "no-quota",
                    f'"{territory}" has no quota.',
                    table.where(at),
                    f'"{table.words(who)[at]}" would carry a part of nothing.',
                    "Add it to territory_quotas.",
                )
            for row in found:
                unit = str(entries.currency[row])
                if more.present[at] and more.currency is not None and str(more.currency[at]) != unit:
                    run.problem(
                        "currency-mixed",
                        f'the adjustment of "{table.words(who)[at]}" isn\'t in {unit or "units"}.',
                        table.where(at),
                        "It can't be added to the quota.",
                        f"State it in {unit}." if unit else "State it as a number of units.",
                    )
                carried = amounts[row] * part
                amount = carried * ramped + own if ramp_first else (carried + own) * ramped
                words = f"{percent_words(part)} of the {amount_words(amounts[row], unit)} of {territory}"
                steps = [
                    f"of which {percent_words(ramped)} count while ramping up" if ramped != 1 else "",
                    f"adjusted by {amount_words(own, unit)}" if own else "",
                ]
                words = ", ".join(w for w in (words, *(steps if ramp_first else steps[::-1])) if w)
                new.append(
                    Row(
                        run.holder(str(table.words(who)[at])),
                        int(entries.period[row]),
                        amount,
                        unit,
                        str(entries.measure[row]),
                        run.place(table.where(at)),
                        words,
                        row,
                        ALWAYS if np.isnat(first) else first.astype(object),
                        NEVER if np.isnat(last) else last.astype(object),
                    )
                )
        inside = [
            r for r in new if r.first <= run.periods[r.period].last and r.last >= run.periods[r.period].first
        ]
        return Entries.joined([entries.kept(), run.rows(inside)])
