"""Makes the run record out of what a reconciliation found and what the engine calculated."""

from __future__ import annotations

import csv
import platform
import socket
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version

from harness.adapters.grain_kinds import STAGES
from harness.adapters.rows import ResultRow, SourceRow
from harness.evidence.derivation_of import OurSide
from harness.evidence.figures import plain, totals
from harness.evidence.inputs import PROJECT, shown
from harness.reconcile.approved import ApprovedChange
from harness.reconcile.pairs import Pairing
from harness.reconcile.patterns import as_texts
from harness.reconcile.results import Difference, GrainResult, Reconciliation, added
from harness.reconcile.sentences import value_words
from harness.reconcile.stages import FIRST
from reference_engine.results import Result
from reference_engine.vocabulary.plan import Plan
from reports import record as kept
from reports.record_types import RunKind

LINE_STAGES = {
    "amount": "earning",
    "field": "payment",
    "timing": "payment",
    "currency": "credit",
    "missing": "credit",
    "unexpected": "credit",
    "frozen": "payment",
}
"""The first stage at which a single line differs, by the class of the difference."""


def identity(title: str, kind: RunKind) -> kept.Identity:
    """What ran: versions and the commit of the project."""
    return kept.Identity(title, kind, version("trueup"), platform.python_version(), _commit())


def circumstances(command: str, started: datetime) -> kept.Circumstances:
    """When and where it ran."""
    now = datetime.now(UTC)
    run_id = f"{started:%Y%m%dT%H%M%SZ}-{started.microsecond:06d}"
    return kept.Circumstances(
        run_id, command, f"{started:%Y-%m-%dT%H:%M:%SZ}", f"{now:%Y-%m-%dT%H:%M:%SZ}", socket.gethostname()
    )


def plans_used(plans: Sequence[Plan]) -> tuple[kept.PlanUsed, ...]:
    """Each plan with the conventions it states."""
    out = []
    for plan in plans:
        conventions = dict(sorted(plan.conventions.readings.items()))
        rounding = plan.conventions.rounding
        conventions["rounding"] = (
            "exact"
            if rounding is None
            else "; ".join(f"{r.mode} per {r.at} to {r.decimals} decimals" for r in rounding)
        )
        out.append(kept.PlanUsed(plan.name, shown(plan.where.file), plan.where.line, "", conventions))
    return tuple(out)


def payouts_of(result: Result) -> tuple[kept.PayoutSummary, ...]:
    """What every payee is paid, with the names that people know."""
    names = names_of(result)
    return tuple(
        kept.PayoutSummary(
            p.payee,
            p.period,
            p.plan,
            p.component,
            plain(p.amount, p.currency),
            p.currency,
            names.get(p.payee, ""),
        )
        for p in result.payout_rows()
    )


def names_of(result: Result) -> dict[str, str]:
    """The names of payees as people know them, by their codes."""
    return dict(zip(result.payees, result.world.payee_column("name").tolist(), strict=True))


def groups_of(found: Reconciliation) -> tuple[kept.Group, ...]:
    """Differences by their common cause."""
    return tuple(
        kept.Group(
            g.id,
            g.grain,
            g.sentence,
            dict(g.attributes),
            g.kind,
            g.count,
            totals(g.money, grain),
            g.ids,
            "" if g.relation in ("other", "follows") else g.relation,
            g.population,
            totals(g.moved, grain),
        )
        for grain in found.grains
        for g in grain.groups
    )


def differences_of(found: Reconciliation, ours: OurSide) -> tuple[kept.Difference, ...]:
    """Every open difference with our derivation and their row."""
    group = {i: g.id for grain in found.grains for g in grain.groups for i in g.ids}
    return tuple(
        _difference(d, grain, group.get(d.id, ""), ours) for grain in found.grains for d in grain.differences
    )


def accepted_of(found: Reconciliation, ours: OurSide) -> tuple[kept.Difference, ...]:
    """Every row that differs as it was accepted beforehand, finest grain first."""
    return tuple(_difference(d, grain, "", ours) for grain in found.grains for d in grain.accepted)


def tolerated_of(found: Reconciliation, ours: OurSide) -> tuple[kept.Difference, ...]:
    """The rows within a tolerance that a coarser difference follows from."""
    needed = {i for g in found.grains for d in (*g.differences, *g.accepted) for i in d.follows_from}
    return tuple(
        _difference(d, grain, "", ours) for grain in found.grains for d in grain.tolerated if d.id in needed
    )


def known_of(found: Reconciliation) -> tuple[kept.KnownDifference, ...]:
    """Every known difference with what became of it."""
    out = []
    for outcome in found.known:
        known, grain = outcome.known, found.grain(outcome.known.grain)
        money = known.difference
        if isinstance(known, ApprovedChange):
            rows = {d.id: d for d in (*grain.differences, *grain.accepted)}
            money = added(rows[i].money for i in outcome.ids)
        out.append(
            kept.KnownDifference(
                grain=known.grain,
                key=as_texts(known.key),
                amount=totals(money, grain),
                reason=known.reason,
                until=str(known.until),
                state=outcome.state,
                message=outcome.message,
                owner=known.owner,
                ticket=known.ticket,
                differences=outcome.ids,
                file=shown(known.where.file) if known.where.file else "",
                line=known.where.line,
                what="change" if isinstance(known, ApprovedChange) else "pairing" if isinstance(known, Pairing) else "difference",
                stated=known.stated,
                count=known.count or 0,
                approved_by=known.approved_by,
            )
        )
    return tuple(out)


def _difference(d: Difference, grain: GrainResult, group: str, ours: OurSide) -> kept.Difference:
    expected, actual = dict(d.expected_money), dict(d.actual_money)
    currency = next(
        iter([*dict(d.money), *expected, *actual, *(r.currency for r in (*d.expected, *d.actual))]), ""
    )
    field = _field(d, grain)
    key: dict[str, str] = {}
    for part in d.key:
        codes = part.code.split(", ") if part.code else [part.value]
        for column, code in zip((part.column or part.name).split(", "), [*codes, "", ""], strict=False):
            key[column] = code
    return kept.Difference(
        id=d.id,
        grain=d.grain,
        class_=d.kind,
        key=key,
        expected=grain.plain_text(expected.get(currency, 0), currency) if d.expected else "",
        actual=grain.plain_text(actual.get(currency, 0), currency) if d.actual else "",
        difference=grain.plain_text(dict(d.money).get(currency, 0), currency),
        currency=currency,
        stage=_stage(d, grain),
        field=field,
        group=group,
        follows_from=d.follows_from,
        attributes={n: v for n, v in d.attributes if n not in ("record", "line", "component", "rule")},
        ours=ours.of(d),
        other={c: grain.plain_text(units, c) for c, units in d.money if c != currency},
        theirs=_exported(d.actual, grain),
        before=_exported(d.expected, grain),
        trouble=next((f.actual for f in d.fields if d.kind == "unreadable"), ""),
        also="" if d.kind == "unreadable" else also(d),
    )


def also(d: Difference) -> str:
    """Every other value that differs, with what the target says and what is expected."""
    return "; ".join(value_words(f) for f in d.fields)


def _stage(d: Difference, grain: GrainResult) -> str:
    """The first stage that differs; "" where what was compared can't tell."""
    if any(isinstance(s, SourceRow) for row in d.expected for s in row.sources) or d.kind == "unreadable":
        # Two exports know nothing of a calculation, and what can't be read may be right.
        return ""
    if d.is_explained:
        return "follows from the finer differences"
    if d.attribute(FIRST):
        return d.attribute(FIRST)
    if not grain.mapping.is_plain:
        return STAGES[grain.mapping.expected]
    if grain.mapping.expected == "lines" and len(d.expected_sources) <= 1:
        return LINE_STAGES.get(d.kind, "")
    return "payment" if d.kind == "timing" else ""


def _field(d: Difference, grain: GrainResult) -> str:
    """The export's column that differs."""
    if d.kind == "field" and d.fields:
        name = d.fields[0].name
        columns = next((s.columns for s in grain.mapping.fields if s.name == name), ())
        return next((c for c in columns if c in grain.header), columns[0] if columns else name)
    columns = grain.mapping.amount.columns
    return next((c for c in columns if c in grain.header), columns[0] if columns else "amount")


def _exported(side: Sequence[ResultRow], grain: GrainResult) -> kept.ExportedRow | None:
    """The first row of an export on one side of a difference."""
    row = next((s for one in side for s in one.sources if isinstance(s, SourceRow)), None)
    if row is None:
        return None
    cells = next(csv.reader([row.raw], delimiter=grain.mapping.form.delimiter), [])
    names = grain.header or tuple(f"column {i}" for i in range(1, len(cells) + 1))
    return kept.ExportedRow(shown(row.file), row.line, dict(zip(names, cells, strict=False)))


def _commit() -> str:
    try:
        commit = subprocess.run(
            ["git", "-C", str(PROJECT), "rev-parse", "HEAD"],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
        state = subprocess.run(
            ["git", "-C", str(PROJECT), "status", "--porcelain", "-uno"],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return commit.stdout.strip() + ("+" if state.stdout.strip() else "")
