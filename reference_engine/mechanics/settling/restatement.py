"""How a difference of a closed period is shown: as one line, or as a reversal and a new line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.mechanics.settling_examples import earned, months, plan
from reference_engine.settling_run import Settling, SettlingRun

_TWICE = "{restatement: {lines: reversal and new line}}"
_CLOSED = "payee | plan | component | period | earned\n"


@mechanic(
    "Closed periods (those of the table processed_results) stay as they were paid; what they come to now, less what was earned, "
    "is paid in the first open period.",
    (
        Example(
            "An earning of 60 that is calculated again as 60 is reversed and posted anew; the net is 0",
            plan(_TWICE),
            earned("60.00", processed_results=_CLOSED + "Ana | P | C | 2026-01 | 60.00 USD"),
            months("Ana", "60.00", "0.00"),
            lines="2026-01 | D-1 | 60.00 USD | 100% | 60.00 USD\n2026-01 | correction of 2026-01 | 0 units | 0% | 60.00 USD\n"
            "2026-01 | reversal of 2026-01 | 0 units | 0% | -60.00 USD",
            source="https://support.oracle.com/knowledge/Oracle%20Cloud/2916301_1.html",
        ),
        Example(
            "A deal of January becomes known after January was closed with 100.00: its 40.00 are paid in February",
            plan(conventions="restatement.scope: complete"),
            {
                **earned("140.00", "10.00"),
                "processed_results": _CLOSED + "Ana | P | C | 2026-01 | 100.00 USD",
            },
            months("Ana", "100.00", "50.00"),
            lines="2026-01 | D-1 | 140.00 USD | 100% | 140.00 USD\n2026-01 | 2026-01, closed | 0 units | 0% | -40.00 USD\n"
            "2026-01 | correction of 2026-01 | 0 units | 0% | 40.00 USD\n2026-02 | D-2 | 10.00 USD | 100% | 10.00 USD",
        ),
        Example(
            "A late deal lifts January over 1,000.00, where everything earns 20%: all of January is calculated again",
            plan(
                conventions="restatement.scope: complete, tier.bound: upper tier, tier.accumulate: period",
                components="{component: C, measure: bookings, credits: [direct], earn: [{retroactive: {tiers: "
                "[{from: 0%, to: 100%, rate: 10%}, {from: 100%, rate: 20%}]}}]}",
            ),
            {
                "plan_assignments": "payee | plan | from | quota | period\nAna | P | 2026-01-01 | 1,000.00 USD | month",
                "deals": "deal | owner | amount | closed | known\nD-1 | Ana | 900.00 USD | 2026-01-10 |\nD-2 | Ana | 100.00 USD | 2026-01-20 | 2026-02-03",
                "processed_results": "payee | plan | component | period | earned | closed\nAna | P | C | 2026-01 | 90.00 USD | 2026-02-01",
            },
            months("Ana", "90.00", "110.00"),
        ),
        Example(
            "Only the late deal itself is calculated: 10% of its 100.00, and not what was corrected in the deal known before",
            plan(
                conventions="restatement.scope: incremental",
                components="{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 10%}}]}",
            ),
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed | known\nD-1 | Ana | 950.00 USD | 2026-01-10 |\nD-2 | Ana | 100.00 USD | 2026-01-20 | 2026-02-03",
                "processed_results": "payee | plan | component | period | earned | closed\nAna | P | C | 2026-01 | 90.00 USD | 2026-02-01",
            },
            months("Ana", "90.00", "10.00"),
        ),
        Example(
            "Calculated alone, a late deal starts where January had got to: all of its 500.00 lie above 1,000.00, whatever its day",
            plan(
                conventions="restatement.scope: incremental, tier.bound: upper tier, tier.accumulate: period",
                components="{component: C, measure: bookings, credits: [direct], earn: [{marginal: {tiers: "
                "[{from: 0 USD, to: 1000 USD, rate: 10%}, {from: 1000 USD, rate: 20%}]}}]}",
            ),
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed | known\nD-1 | Ana | 1,000.00 USD | 2026-01-10 |\nD-2 | Ana | 500.00 USD | 2026-01-05 | 2026-02-03",
                "processed_results": "payee | plan | component | period | earned | closed\nAna | P | C | 2026-01 | 100.00 USD | 2026-02-01",
            },
            months("Ana", "100.00", "100.00"),
        ),
        Example(
            "January comes to less than was paid: the difference below zero is carried in February and taken from March",
            plan(conventions="restatement.scope: complete"),
            {
                **earned("70.00", "", "50.00"),
                "processed_results": _CLOSED + "Ana | P | C | 2026-01 | 100.00 USD",
            },
            months("Ana", "100.00", "0.00", "20.00"),
            balances="Ana | 2026-01 | 0.00 USD\nAna | 2026-02 | -30.00 USD\nAna | 2026-03 | 0.00 USD",
        ),
    ),
    formula="paid in the open period for the closed one = what it comes to now - what was earned for it before (restatement.minus)",
    boundary=(
        "The open period is the pay period after the last one in processed_results. A closed period without a row had nothing. A difference of "
        "zero gives no line, but for a reversal and a new line. The difference joins the pay of the open period before draws and debts; draws of closed "
        "periods stay as they were. "
        "Where only late records are calculated, they add what the closed periods come to now, less what they came to on what was known at the last close; "
        "where that would change what earlier records earn, it is refused."
    ),
    sources=(
        "https://support.oracle.com/knowledge/Oracle%20Cloud/2916301_1.html",
        "https://helpcenter.xactlycorp.com/article/incent-concepts-understanding-prior-period-processing-ppp",
        "https://docs.oracle.com/cd/E05553_01/books/InCompAdm/InCompAdmIncntCmpCalcs2.html",
        "https://docs.oracle.com/cd/E05553_01/books/InCompAdm/InCompAdmEmpBalances2.html",
    ),
    words={
        "Oracle": "recalculation: the old earning is offset by its negative, a new one is written",
        "Xactly": "prior period processing",
        "SAP": "balances of finalized positions, pipeline with prior periods",
        "Siebel": "replace, erase and replace; employee balances",
    },
)
@dataclass(frozen=True)
class Restatement(Settling):
    """lines: difference (one line), or reversal and new line for every closed result, changed or not."""

    lines: Literal["difference", "reversal and new line"] = "difference"

    acts = False

    def settle(self, run: SettlingRun) -> None:
        """Closed periods come before whatever is settled; see the module restatement of the engine."""
