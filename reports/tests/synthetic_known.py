"""Known differences and the lines of a payout, to go with the synthetic record."""

from __future__ import annotations

from dataclasses import replace

from reports.record import (
    Control,
    Derivation,
    Difference,
    ExportedRow,
    KnownDifference,
    RunRecord,
    StatementLine,
)
from reports.tests.synthetic import LINES


def with_known(record: RunRecord, evil: str = "") -> RunRecord:
    """The record with two accepted lines, and a known difference that is gone."""
    rows = tuple(_accepted(i, evil) for i in (1, 2))
    grain = record.grains[0]
    grain = replace(grain, known=2, matched=grain.matched - 2)
    known = (
        KnownDifference(
            LINES, {"payee": f"279{evil}"}, {"USD": "-0.02"}, f"rounds half to even{evil}", "2099-01-31", "accepted",
            "payee 279: -0.02 USD, accepted until 2099-01-31", f"Finance{evil}", f"ALP-7{evil}",
            tuple(row.id for row in rows), "known.yaml", 1,
        ),
        KnownDifference(
            LINES, {"payee": "280"}, {"USD": "5.00"}, "was there", "2099-01-31", "gone",
            f"payee 280: the known difference is no longer there. Remove it from the list.{evil}",
        ),
    )  # fmt: skip
    return replace(record, grains=(grain, *record.grains[1:]), known=known, accepted=rows)


def _accepted(i: int, evil: str) -> Difference:
    key = {"document": f"INV-{i}", "line": f"{i}/1", "person": f"E279{evil}", "plan": "VP_0.125"}
    return Difference(
        f"K{i}", LINES, "amount", key, "11.50", "11.49", "-0.01", "USD",
        theirs=ExportedRow("commission_lines.csv", i, {**key, "commission": "11.49"}),
    )  # fmt: skip


def with_statement(record: RunRecord, evil: str = "") -> RunRecord:
    """The record whose last settlement shows its lines: a booking, further ones as a sum, a cap and a rounding."""
    *others, last = record.differences
    lines = (
        StatementLine(f"SO1{evil}", "invoice", "90.005", "criteria", "D-1", "2019-03-02", "2019-02", "9000.50", "USD", "1%",
                      f"category Bikes: 1%{evil}", "plans/criteria.yaml", 21),
        StatementLine("cap", "cap", "-10.00", rule="at most 100.00 USD a month", plan_file="plans/criteria.yaml", plan_line=30),
        StatementLine("rounding", "rounding", "-0.005", rule="rounded half up per payout to 2 decimals"),
    )  # fmt: skip
    ours = Derivation(
        payee="271", plan="CRITERIA", period="2019-03", date="2019-03-01 to 2019-03-31",
        rule="110.005 USD from 13 lines, -10.00 USD by cap, -0.005 USD by rounding", lines=lines, rest="20.00", rest_lines=12,
    )  # fmt: skip
    return replace(record, differences=(*others, replace(last, ours=ours)))


def with_controls(record: RunRecord, evil: str = "") -> RunRecord:
    """The record whose export feeds two grains, after a plan file, which has no rows."""
    export, *others = record.inputs
    controls = (Control(f"lines{evil}", 7, {"USD": "1.00"}), Control("OTE payouts", 1, {"USD": "2.00"}))
    plan = replace(others[0], name="criteria.yaml", path="plans/criteria.yaml", rows=None, totals={})
    return replace(record, inputs=(replace(export, totals={}, controls=controls), plan, *others))
