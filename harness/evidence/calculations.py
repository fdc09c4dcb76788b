"""What a calculation leaves as evidence: the plans and data that went in, and what came out in total."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from pathlib import Path

from harness.evidence import record_of
from harness.evidence.inputs import file_input, folder_inputs, unique
from reference_engine.results import Result
from reference_engine.vocabulary.numbers import format_money
from reference_engine.vocabulary.plan import Plan
from reference_engine.world import World
from reports.record_types import RunRecord, Verdict


def calculation_record(
    plans: Sequence[Plan], world: World, folder: Path, result: Result, command: str, started: datetime
) -> RunRecord:
    """The record of a calculation.  The payouts themselves stay in the files beside it."""
    payouts = result.payout_rows()
    sums: dict[str, Fraction] = {}
    for payout in payouts:
        sums[payout.currency] = sums.get(payout.currency, Fraction(0)) + payout.amount
    total = ", ".join(format_money(amount, currency) for currency, amount in sorted(sums.items()))
    sentence = f"{len(payouts):,} payouts were calculated" + (f", in total {total}." if total else ".")
    files = dict.fromkeys(Path(p.where.file) for p in plans)
    return RunRecord(
        identity=record_of.identity("Calculation", "calculate"),
        circumstances=record_of.circumstances(command, started),
        verdict=Verdict("calculated", sentence, 0),
        inputs=unique([*(file_input(f, "plan") for f in files), *folder_inputs(folder, world)]),
        plans=record_of.plans_used(plans),
    )
