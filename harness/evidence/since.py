"""What has changed from one run to another: differences by their stable ids, scenarios by theirs, and inputs."""

from __future__ import annotations

from collections.abc import Iterable

from reference_engine.vocabulary.numbers import MINOR_UNITS, plain_number
from reports.difference_types import Difference
from reports.history_types import (
    GoneDifference,
    GrainSince,
    InputSince,
    PastGrain,
    PastRun,
    ScenarioSince,
    Since,
)
from reports.record import record_hash
from reports.record_check import money_of
from reports.record_types import RunRecord

_OUTCOMES = {"failed": 0, "not run": 1, "": 2, "passed": 3}


def past_run(record: RunRecord) -> PastRun:
    """A record in short, for the trend."""
    return PastRun(
        record.circumstances.run_id,
        record.circumstances.started,
        record_hash(record),
        record.identity.trueup_version,
        record.verdict.outcome,
        record.verdict.sentence,
        record.scenario_counts.written,
        record.scenario_counts.executed,
        sum(s.outcome == "failed" for s in record.scenarios),
        tuple(
            PastGrain(g.name, g.compared, g.matched, g.differences, g.known, g.difference)
            for g in record.grains
        ),
        exit_code=record.verdict.exit_code,
    )


def since(record: RunRecord, before: RunRecord, run: PastRun, chosen: str) -> Since:
    """What has changed since an earlier record.  run: the same, in short."""
    return Since(
        run,
        chosen,
        tuple(_grains(record, before)),
        tuple(_scenarios(record, before)),
        tuple(_inputs(record, before)),
    )


def _grains(record: RunRecord, before: RunRecord) -> Iterable[GrainSince]:
    compared = [g.name for g in record.grains]
    for grain in dict.fromkeys((*compared, *(g.name for g in before.grains))):
        now = {d.id: d for d in record.differences if d.grain == grain}
        then = {d.id: d for d in before.differences if d.grain == grain}
        accepted = {d.id for d in record.accepted if d.grain == grain}
        tolerated = {d.id for d in record.tolerated if d.grain == grain}
        new = [d for i, d in now.items() if i not in then]
        still = [d for i, d in now.items() if i in then]
        gone = [d for i, d in then.items() if i not in now]
        changed = [d for d in still if _money(d) != _money(then[d.id]) or d.class_ != then[d.id].class_]
        yield GrainSince(
            grain,
            tuple(d.id for d in new),
            tuple(d.id for d in changed),
            len(still),
            tuple(
                GoneDifference(
                    d.id, d.class_, d.key, d.difference, d.currency,
                    _now(d, accepted, tolerated, grain in compared), d.other,
                )
                for d in gone
            ),
            {"new": _sums(new), "still": _sums(still), "gone": _sums(gone)},
        )  # fmt: skip


def _now(gone: Difference, accepted: set[str], tolerated: set[str], compared: bool) -> str:
    if not compared:
        return "not compared"
    if gone.id in accepted:
        return "known"
    return "within tolerance" if gone.id in tolerated else "agrees, or on neither side"


def _money(row: Difference) -> tuple[object, ...]:
    return row.difference, row.currency, tuple(sorted(row.other.items()))


def _sums(rows: Iterable[Difference]) -> dict[str, str]:
    return {
        currency: plain_number(amount, MINOR_UNITS.get(currency, 2))
        for currency, amount in money_of(rows).items()
    }


def _scenarios(record: RunRecord, before: RunRecord) -> list[ScenarioSince]:
    now, then = _results(record), _results(before)
    changed = [
        ScenarioSince(
            key[0],
            key[1],
            (now.get(key) or then[key])[0],
            then.get(key, ("", ""))[1],
            now.get(key, ("", ""))[1],
        )
        for key in dict.fromkeys((*now, *then))
        if now.get(key, ("", ""))[1] != then.get(key, ("", ""))[1]
    ]
    return sorted(changed, key=lambda s: (_OUTCOMES[s.now], s.id, s.case))


def _results(record: RunRecord) -> dict[tuple[str, str], tuple[str, str]]:
    """Every scenario that was written, by its id and case: its name and what it came to."""
    found = {(n.id, n.case): (n.name, "not run") for n in record.scenario_counts.not_executed}
    return found | {(s.id, s.case): (s.name, str(s.outcome)) for s in record.scenarios}


def _inputs(record: RunRecord, before: RunRecord) -> list[InputSince]:
    now = {i.path: i for i in record.inputs}
    then = {i.path: i for i in before.inputs}
    found = [
        InputSince(path, entry.role, "changed" if path in then else "new")
        for path, entry in now.items()
        if path not in then or then[path].sha256 != entry.sha256
    ]
    return [
        *found,
        *(InputSince(path, entry.role, "gone") for path, entry in then.items() if path not in now),
    ]
