"""Release as invoiced: a commission on a deal is paid in the proportion in which the deal is invoiced."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from reference_engine.component_run import ComponentRun
from reference_engine.events import Events
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.portions import say_portion
from reference_engine.mechanics.receivables import documents, in_parts, newest
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.world import World


def _example(
    title: str,
    invoices: str,
    payouts: str,
    conventions: str = "rounding: exact",
    source: str = "by hand",
    amount: str = "100.00",
    **more: str,
) -> Example:
    return Example(
        title,
        f"conventions: {{{conventions}}}\n"
        "components: [{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 10%}}], pay: [release as invoiced]}]",
        {
            "plan_assignments": "payee | plan | from\nAna | P | 2019-01-01",
            "deals": f"deal | owner | amount | closed\nD-1 | Ana | {amount} USD | 2019-03-01",
            "invoices": "invoice | deal | amount | date | kind\n" + invoices,
            **more,
        },
        payouts,
        source=source,
    )


@mechanic(
    "The commission on a deal becomes payable in the proportion in which the deal is invoiced: it follows the billing schedule.",
    examples=(
        _example(
            "100.00 are billed 50% at once and 25% a month later; the rest waits",
            "I-1 | D-1 | 50.00 USD | 2019-03-01 | \nI-2 | D-1 | 25.00 USD | 2019-04-01 | ",
            "Ana | 2019-03 | 5.00 USD\nAna | 2019-04 | 2.50 USD",
            source="https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_N1154192.html",
        ),
        _example(
            "Three bills of a third: rounded, the last takes the cent",
            "I-1 | D-1 | 33.33 USD | 2019-03-01 | \nI-2 | D-1 | 33.33 USD | 2019-04-01 | \nI-3 | D-1 | 33.34 USD | 2019-05-01 | ",
            "Ana | 2019-03 | 3.33 USD\nAna | 2019-04 | 3.33 USD\nAna | 2019-05 | 3.34 USD",
            conventions="rounding: [{at: line, mode: half up, decimals: 2}]",
        ),
        _example(
            "More is invoiced than was sold: the commission stays that of the deal",
            "I-1 | D-1 | 90.00 USD | 2019-03-01 | \nI-2 | D-1 | 30.00 USD | 2019-04-01 | ",
            "Ana | 2019-03 | 9.00 USD\nAna | 2019-04 | 1.00 USD",
        ),
        _example(
            "A credit note takes its part back",
            "I-1 | D-1 | 100.00 USD | 2019-03-01 | \nN-1 | D-1 | 40.00 USD | 2019-04-10 | credit note",
            "Ana | 2019-03 | 10.00 USD\nAna | 2019-04 | -4.00 USD",
        ),
        _example(
            "A return before the second bill lowers what can be paid; nothing is negative",
            "I-1 | D-1 | 50.00 USD | 2019-03-01 | \nI-2 | D-1 | 30.00 USD | 2019-04-01 | ",
            "Ana | 2019-03 | 5.00 USD\nAna | 2019-04 | 3.00 USD",
            returns="return | of | date | amount\nR-1 | D-1 | 2019-03-20 | 20.00 USD",
        ),
    ),
    formula="payable so far = commission x min(invoiced - credit notes so far, deal - returns so far) / deal; each invoice pays the difference, in its own period",
    boundary="Never more than the commission of the deal. Credit notes take back; a return lowers what can become payable and gives back only what was "
    "payable on it. Where the plan rounds lines, each part is rounded and the invoice that completes the deal takes what is left.",
    sources=(
        "https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_N1154192.html",
        "https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/bridgehead_N1123880.html",
    ),
    words={"NetSuite": "commission and advanced billing; eligible on billing"},
)
@dataclass(frozen=True)
class ReleaseAsInvoiced(Mechanic):
    """It has no parameters; it works on bookings."""

    holds = True

    def reaches(self, world: World, events: Events, last: date, cadence: str) -> date | None:
        return newest(events, "invoices", "returns of deals")

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        papers = documents(lines, run, self.where)
        if any(k.startswith("invoice ") for k in papers.keys):
            run.problem(
                "release-invoiced",
                f'"{run.component.name}" pays on invoices already.',
                self.where,
                "An invoice can't wait for being invoiced.",
                "Let the component count bookings, or leave the release out.",
            )
        return in_parts(
            lines,
            run,
            self.where,
            "invoices",
            "invoiced",
            ("not invoiced", "never invoiced, so it isn't taken back"),
        )

    def say(self, before: LineView | None, after: LineView) -> str:
        return say_portion(before, after)
