"""The limits of the report, and the block that people sign."""

from __future__ import annotations

from dataclasses import dataclass

from reports.pages.figures import number_of
from reports.record import record_hash
from reports.record_types import RunRecord

WARNING = "A green run is not an approval."
GREEN = "This page is a draft until two people sign it: the tester, and another person who approves it."
RED = GREEN + " This run isn't green: it is approved only with a condition or a reason, written below."


@dataclass(frozen=True, slots=True)
class SignOffPage:
    """statement: what the signers confirm.  hash: of the record that it holds for, and for no other.

    warning, how: that the verdict approves nothing, and what an approval takes.
    """

    limits: tuple[str, ...]
    statement: str
    run_id: str
    hash: str
    roles: tuple[str, ...]
    lines: tuple[str, ...]
    warning: str = WARNING
    how: str = ""


def signoff_page(record: RunRecord) -> SignOffPage:
    """Limits and sign-off of a record."""
    listed = [
        f"{grain.differences:,} differing of {grain.compared:,} {grain.name}"
        + (f" and {grain.known:,} known" if grain.known else "")
        for grain in record.grains
    ]
    failed = sum(scenario.outcome == "failed" for scenario in record.scenarios)
    if record.scenarios:
        listed.append(f"{failed:,} failed of {len(record.scenarios):,} executed scenarios")
    what = ", ".join(listed)
    return SignOffPage(
        (*record.limits, *_own_limits(record)),
        "I have reviewed this report"
        + (f" ({what})" if what else "")
        + ", its inputs and its limits, and accept "
        "its result, with the conditions written below.",
        record.circumstances.run_id,
        record_hash(record),
        ("Tested by", "Approved by"),
        ("Name", "Role", "Date", "Signature"),
        how=GREEN if record.verdict.outcome in ("agrees", "passed", "calculated") else RED,
    )


def _own_limits(record: RunRecord) -> list[str]:
    found = []
    counts = record.scenario_counts
    if counts.not_executed:
        found.append(f"{len(counts.not_executed):,} of {counts.written:,} written scenarios did not run.")
    used = sum(t.used for grain in record.grains for t in grain.tolerances)
    if used:
        found.append(f"{number_of(used, 'row')} agreed only because of a declared tolerance.")
    known = sum(grain.known for grain in record.grains)
    if known:
        words = "Changed as approved" if record.identity.kind == "compare" else "Accepted beforehand as known differences"
        found.append(f"{words}, listed above: {number_of(known, 'row')}.")
    if record.problems:
        found.append(f"The run met {number_of(len(record.problems), 'problem')} in its input, listed above.")
    return found
