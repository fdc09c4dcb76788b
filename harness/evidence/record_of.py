"""Makes the run record out of what a reconciliation found and what the engine calculated."""

from __future__ import annotations

import csv
import platform
import socket
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from importlib.metadata import version

from harness.adapters.mapping import Tolerance
from harness.evidence.figures import plain, rate_text, totals
from harness.evidence.inputs import PROJECT, shown
from harness.reconcile.results import Difference, GrainResult, Reconciliation
from reference_engine.explain.derivation import Step
from reference_engine.results import Result
from reference_engine.vocabulary.numbers import format_money
from reference_engine.vocabulary.plan import Plan
from reference_engine.vocabulary.results import EarnedLine, Payout
from reports import record as kept

Steps = Mapping[EarnedLine, tuple[Step, ...]]
STAGES = {
    "amount": "earning",
    "field": "payment",
    "timing": "payment",
    "currency": "credit",
    "missing": "credit",
    "unexpected": "credit",
}


def identity(title: str, kind: str) -> kept.Identity:
    """What ran: versions and the commit of the project."""
    return kept.Identity(title, kind, version("trueup"), platform.python_version(), _commit())  # type: ignore[arg-type]


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
    names = dict(zip(result.payees, result.world.payee_column("name").tolist(), strict=True))
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


def grains_of(
    found: Reconciliation, expected_rows: Mapping[str, Sequence[EarnedLine | Payout]]
) -> tuple[kept.Grain, ...]:
    """Every grain with its totals and its slices by plan and period."""
    return tuple(_grain(g, expected_rows.get(g.mapping.expected, ())) for g in found.grains)


def _grain(grain: GrainResult, rows: Sequence[EarnedLine | Payout]) -> kept.Grain:
    every = (*grain.differences, *grain.accepted)
    keys = next(
        (tuple(c for p in d.key for c in p.column.split(", ")) for d in every),
        tuple(c for spec in grain.mapping.key for c in (spec.columns or (spec.name,))),
    )
    decimals = {t.currency: t for t in grain.totals}
    return kept.Grain(
        name=grain.name,
        keys=keys,
        compared=grain.compared,
        matched=grain.matched,
        differences=len(grain.differences),
        by_class=grain.by_class,
        expected={c: grain.plain_text(t.expected, c) for c, t in decimals.items()},
        actual={c: grain.plain_text(t.actual, c) for c, t in decimals.items()},
        difference={c: grain.plain_text(t.difference, c) for c, t in decimals.items()},
        known=len(grain.accepted),
        tolerances=tuple(
            kept.Tolerance(
                t.scope,
                grain.plain_text(t.amount, t.currency),
                t.currency,
                t.reason,
                sum(_tolerated_by(d, t) for d in grain.tolerated),
            )
            for t in grain.mapping.tolerances
        ),
        slices=(*_slices("plan", grain, rows), *_slices("period", grain, rows)),
    )


def _tolerated_by(difference: Difference, tolerance: Tolerance) -> bool:
    return all(
        not wanted or difference.attribute(name) == wanted
        for name, wanted in (("plan", tolerance.plan), ("component", tolerance.component))
    )


def _slices(dimension: str, grain: GrainResult, rows: Sequence[EarnedLine | Payout]) -> list[kept.Slice]:
    counts: dict[str, int] = {}
    expected: dict[str, dict[str, Fraction]] = {}
    for row in rows:
        value = row.plan if dimension == "plan" else row.period
        counts[value] = counts.get(value, 0) + 1
        sums = expected.setdefault(value, {})
        sums[row.currency] = sums.get(row.currency, Fraction(0)) + row.amount
    actual = {value: dict(sums) for value, sums in expected.items()}
    wrong: dict[str, int] = {}
    for d in (*grain.differences, *grain.accepted, *grain.tolerated):
        found = _sliced_by(d, dimension)
        if found is None:
            return []
        if d not in grain.tolerated:
            wrong[found] = wrong.get(found, 0) + 1
        if d.kind == "unexpected":
            counts[found] = counts.get(found, 0) + 1
        for currency, units in d.money:
            sums = actual.setdefault(found, {})
            sums[currency] = sums.get(currency, Fraction(0)) + grain.amount(units, currency)
    if sum(counts.values()) != grain.compared:
        # The grain adds several of our rows up into one of theirs; slices would count another thing.
        return []
    return [
        kept.Slice(
            dimension, value, counts[value], counts[value] - wrong.get(value, 0),
            {c: plain(v, c) for c, v in expected.get(value, {}).items()}, {c: plain(v, c) for c, v in actual.get(value, {}).items()},
        )
        for value in counts
    ]  # fmt: skip


def _sliced_by(difference: Difference, dimension: str) -> str | None:
    sources = difference.expected_sources
    if sources:
        return sources[0].plan if dimension == "plan" else sources[0].period
    return difference.part(dimension) or None


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
            g.relation,
            g.population,
        )
        for grain in found.grains
        for g in grain.groups
    )


def differences_of(found: Reconciliation, steps: Steps) -> tuple[kept.Difference, ...]:
    """Every difference with our derivation and their row."""
    group = {i: g.id for grain in found.grains for g in grain.groups for i in g.ids}
    return tuple(
        _difference(d, grain, group.get(d.id, ""), steps) for grain in found.grains for d in grain.differences
    )


def _difference(d: Difference, grain: GrainResult, group: str, steps: Steps) -> kept.Difference:
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
        stage="follows from the finer differences" if d.is_explained else STAGES.get(d.kind, ""),
        field=field,
        group=group,
        follows_from=d.follows_from,
        attributes={n: v for n, v in d.attributes if n not in ("record", "line", "component", "rule")},
        ours=_ours(d, steps),
        theirs=_theirs(d, grain),
    )


def _ours(d: Difference, steps: Steps) -> kept.Derivation | None:
    if not d.expected_sources:
        return None
    source = d.expected_sources[0]
    if isinstance(source, Payout):
        return kept.Derivation(
            payee=source.payee, plan=source.plan, component=source.component, date=f"{source.first} to {source.last}",
            rule=f"the sum of {source.lines} released lines", sentences=(f"{source.lines} released lines of {source.period} add up to it.",),
        )  # fmt: skip
    made = steps.get(source, ())
    unrounded = source.base * source.rate if source.base is not None and source.rate is not None else None
    return kept.Derivation(
        deal=source.deal,
        record=source.record,
        line=source.line,
        date=str(source.date or ""),
        payee=source.payee,
        plan=source.plan,
        component=source.component,
        rule=source.rule,
        base=plain(source.base, source.base_currency) if source.base is not None else "",
        base_currency=source.base_currency,
        rate=rate_text(source.rate, source.rate_currency),
        unrounded=format_money(unrounded, source.currency) if unrounded is not None else "",
        rounding=tuple(s.sentence for s in made if s.name == "rounding"),
        sentences=tuple(s.sentence for s in made),
        plan_file=shown(source.where.file),
        plan_line=source.where.line,
    )


def _field(d: Difference, grain: GrainResult) -> str:
    """The export's column that differs."""
    if d.kind == "field" and d.fields:
        name = d.fields[0].name
        columns = next((s.columns for s in grain.mapping.fields if s.name == name), ())
        return next((c for c in columns if c in grain.header), columns[0] if columns else name)
    columns = grain.mapping.amount.columns
    return next((c for c in columns if c in grain.header), columns[0] if columns else "amount")


def _theirs(d: Difference, grain: GrainResult) -> kept.ExportedRow | None:
    if not d.target_rows:
        return None
    row = d.target_rows[0]
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
