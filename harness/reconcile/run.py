"""A whole reconciliation: every grain of a mapping, located, grouped and tied out."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

from harness.adapters.mapping import PERIOD_NAMES, GrainMapping, Tolerance
from harness.adapters.mapping import Mapping as TargetMapping
from harness.adapters.rows import ResultRow, ResultTable
from harness.adapters.text_export import read_export
from harness.reconcile.causes import group_causes
from harness.reconcile.differences import check_ids, differences_of
from harness.reconcile.expected import Days, Expected
from harness.reconcile.join import Joined, compare_rows
from harness.reconcile.known import judge, read_known
from harness.reconcile.locate import locate
from harness.reconcile.results import (
    ControlTotal,
    Difference,
    GrainResult,
    KnownDifference,
    KnownOutcome,
    Reconciliation,
)
from harness.reconcile.sides import expected_table
from reference_engine.problems import Problem, Stopped, Where
from reference_engine.vocabulary.numbers import MINOR_UNITS, format_money
from reference_engine.vocabulary.results import EarnedLine, Payout

__all__ = ["Reconciliation", "reconcile", "reconcile_tables", "to_json_summary"]


def reconcile(
    expected: Expected,
    actual: Path | Mapping[str, ResultTable],
    mapping: TargetMapping,
    known: Path | Sequence[KnownDifference] | None = None,
    *,
    today: date | None = None,
) -> Reconciliation:
    """Compares what is expected with a target's export.

    actual: the export's folder or file, or its grains as already read.  known: a file of known differences,
    or they themselves.  today: the day on which known differences are judged.  Raises Stopped with every
    Problem.
    """
    problems: list[Problem] = []
    tables = read_export(mapping, actual, problems) if isinstance(actual, Path) else dict(actual)
    accepted = read_known(known, mapping, problems) if isinstance(known, Path) else list(known or ())
    left = {}
    for grain in mapping.grains:
        if grain.name in tables:
            table = expected_table(grain, expected, problems)
            if table is not None:
                left[grain.name] = table
    _check_codes(mapping, expected, problems)
    _check_periods(left, tables, mapping, problems)
    if problems:
        raise Stopped(problems)
    result = reconcile_tables(left, tables, mapping, accepted, days=expected.days, today=today)
    return replace(result, known_file=str(known) if isinstance(known, Path) else "")


def _check_codes(mapping: TargetMapping, expected: Expected, problems: list[Problem]) -> None:
    """A code that is translated into a plan which isn't calculated, while a plan of nearly that name has no code."""
    plans = {x.plan for x in expected.lines} | {p.plan for p in expected.payouts}
    plans.discard("")
    reported: set[str] = set()
    for grain in mapping.grains:
        for spec in grain.key:
            if spec.name != "plan" or not spec.codes:
                continue
            free = plans - set(spec.codes.values())
            for code, name in spec.codes.items():
                near = difflib.get_close_matches(name, free, n=1, cutoff=0.6)
                if name not in plans and near and name not in reported:
                    reported.add(name)
                    problems.append(
                        Problem(
                            "unknown-plan",
                            f'the code "{code}" means the plan "{name}", which isn\'t calculated.',
                            Where(mapping.file, grain.where.line),
                            "Its rows would all be missing on one side and unexpected on the other.",
                            f"Did you mean: {near[0]}",
                        )
                    )


def _check_periods(
    expected: Mapping[str, ResultTable],
    actual: Mapping[str, ResultTable],
    mapping: TargetMapping,
    problems: list[Problem],
) -> None:
    """Period labels of which none is ours: the mapping doesn't say how the target writes a period."""
    for grain in mapping.grains:
        for at, spec in enumerate(grain.key):
            if spec.name not in PERIOD_NAMES or grain.name not in expected or grain.name not in actual:
                continue
            ours = {row.key[at] for row in expected[grain.name].rows}
            theirs = {row.key[at] for row in actual[grain.name].rows}
            if ours and theirs and not ours & theirs:
                problems.append(
                    Problem(
                        "periods-apart",
                        f'no {spec.name} of "{grain.name}" is on both sides: the export has "{min(theirs)}", expected is "{min(ours)}".',
                        grain.where,
                        "Every row would be missing on one side and unexpected on the other.",
                        "If the labels mean the same periods, give the mapping a pattern or a map; if not, it is another export.",
                    )
                )


def reconcile_tables(
    expected: Mapping[str, ResultTable],
    actual: Mapping[str, ResultTable],
    mapping: TargetMapping,
    known: Sequence[KnownDifference] = (),
    *,
    days: Days | None = None,
    today: date | None = None,
) -> Reconciliation:
    """Compares two sides, grain by grain.  Both may be exports, as when two releases are compared."""
    # The day on the user's own calendar, by which an acceptance ends.
    day = today or datetime.now().astimezone().date()
    grains: list[GrainResult] = []
    outcomes: list[KnownOutcome] = []
    for grain in mapping.grains:
        if grain.name not in expected or grain.name not in actual:
            continue
        finer = next((g for g in grains if g.name == grain.follows_from), None)
        beneath = _Beneath(finer, expected[finer.name], days or {}) if finer is not None else None
        result, said = _grain(grain, expected[grain.name], actual[grain.name], beneath, known, day)
        grains.append(result)
        outcomes += said
    if not grains:
        raise Stopped(
            Problem(
                "nothing-compared",
                "no grain of the mapping has rows on both sides.",
                Where(mapping.file),
                "Agreement would be reported although nothing was compared.",
                "Check that the mapping's files belong to this export.",
            )
        )
    return Reconciliation(mapping.target, tuple(grains), tuple(outcomes), mapping.file)


@dataclass(frozen=True)
class _Beneath:
    """The finer grain that a grain follows from, as it was found."""

    result: GrainResult
    expected: ResultTable
    days: Days

    def differences(self) -> Iterable[Difference]:
        return (*self.result.differences, *self.result.accepted, *self.result.tolerated)

    def settled(self) -> set[str]:
        """Ids of finer differences that are accepted or tolerated."""
        return {d.id for d in (*self.result.accepted, *self.result.tolerated)}


def _grain(
    grain: GrainMapping,
    expected: ResultTable,
    actual: ResultTable,
    beneath: _Beneath | None,
    known: Sequence[KnownDifference],
    today: date,
) -> tuple[GrainResult, list[KnownOutcome]]:
    joined = compare_rows(
        expected.rows,
        actual.rows,
        key_size=len(grain.key),
        field_count=len(grain.fields),
        tolerance=_tolerances(grain, expected.rows, expected.decimals),
        absent_is_zero=grain.absent_is_zero,
    )
    found, tolerated = differences_of(grain, expected, actual, joined)
    found = check_ids(found)
    if beneath is not None:
        found = locate(
            found, grain, beneath.differences(), beneath.result.mapping, beneath.expected, beneath.days
        )
    decimals = {**expected.decimals, **actual.decimals}
    base = GrainResult(
        mapping=grain,
        expected_rows=len(expected.rows),
        actual_rows=len(actual.rows),
        left_out=actual.left_out,
        matched=joined.matched + len(tolerated),
        differences=tuple(found),
        accepted=(),
        tolerated=tuple(tolerated),
        groups=(),
        totals=(),
        decimals=decimals,
        expected_file=expected.file,
        actual_file=actual.file,
        header=actual.header,
        notes=(*expected.notes, *actual.notes, *_policies(grain)),
        sql=joined.sql,
    )
    outcomes, accepted_ids = judge(known, base, today)
    if beneath is not None:
        settled = beneath.settled()
        accepted_ids |= {d.id for d in found if d.is_explained and set(d.follows_from) <= settled}
    accepted = tuple(d for d in found if d.id in accepted_ids)
    open_ones = [d for d in found if d.id not in accepted_ids]
    related, groups = group_causes(grain, expected, open_ones, base.money_text)
    totals = _tie_out(grain, expected, actual, related, accepted, tolerated)
    result = replace(base, differences=tuple(related), accepted=accepted, groups=tuple(groups), totals=totals)
    _check_counts(result, joined)
    return result, outcomes


def _tolerances(
    grain: GrainMapping, rows: Sequence[ResultRow], decimals: Mapping[str, int]
) -> list[int] | None:
    if not grain.tolerances:
        return None
    return [_tolerance(grain, row, decimals) for row in rows]


def _tolerance(grain: GrainMapping, row: ResultRow, decimals: Mapping[str, int]) -> int:
    said = dict(zip(grain.key_names, row.key, strict=True))
    plans = {said["plan"]} if "plan" in said else _said_by(row, "plan")
    components = {said["component"]} if "component" in said else _said_by(row, "component")
    for rule in grain.tolerances:
        if _applies(rule, row.currency, plans, components):
            scale: int = 10 ** (decimals[row.currency] - MINOR_UNITS[row.currency])
            return rule.amount * scale
    return 0


def _said_by(row: ResultRow, name: str) -> set[str]:
    return {str(getattr(s, name)) for s in row.sources if isinstance(s, EarnedLine | Payout)}


def _applies(rule: Tolerance, currency: str, plans: set[str], components: set[str]) -> bool:
    return (
        rule.currency == currency
        and (not rule.plan or plans == {rule.plan})
        and (not rule.component or components == {rule.component})
    )


def _policies(grain: GrainMapping) -> list[str]:
    """What the mapping decides, in words, for the report."""
    said = [
        f"Differences up to {_money(rule)} are tolerated for {rule.scope}: {rule.reason}"
        for rule in grain.tolerances
    ]
    if grain.absent_is_zero:
        said.append("A row that is absent on one side counts as zero.")
    if grain.add_up:
        said.append("Rows of the export with the same key are added up.")
    return said


def _money(rule: Tolerance) -> str:
    return format_money(Fraction(rule.amount, 10 ** MINOR_UNITS[rule.currency]), rule.currency)


def _tie_out(
    grain: GrainMapping,
    expected: ResultTable,
    actual: ResultTable,
    open_ones: Sequence[Difference],
    accepted: Sequence[Difference],
    tolerated: Sequence[Difference],
) -> tuple[ControlTotal, ...]:
    """The control totals.  Raises Stopped where the classes don't add up to what the sides differ."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for side, table in enumerate((expected, actual)):
        for row in table.rows:
            sums[row.currency][side] += row.amount
    by_class: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for difference in open_ones:
        for currency, amount in difference.money:
            by_class[currency][difference.kind] += amount
    totals = []
    for currency in sorted(sums):
        total = ControlTotal(
            currency,
            sums[currency][0],
            sums[currency][1],
            dict(by_class.get(currency, {})),
            sum(a for d in accepted for c, a in d.money if c == currency),
            sum(a for d in tolerated for c, a in d.money if c == currency),
        )
        if total.difference != total.found:
            raise Stopped(
                Problem(
                    "control-totals",
                    f"{grain.name}: the two sides differ by {total.difference:,} minor units of {currency}, "
                    f"but the differences found add up to {total.found:,}.",
                    grain.where,
                    "A row was lost or counted twice, so no verdict can be given.",
                    "This is a defect of trueup; please report it with the mapping.",
                )
            )
        totals.append(total)
    return tuple(totals)


def _check_counts(result: GrainResult, joined: Joined) -> None:
    """Every row of both sides stands in exactly one match or difference."""
    kinds = [*result.differences, *result.accepted, *result.tolerated]
    rows = sum(len(d.expected) for d in kinds), sum(len(d.actual) for d in kinds)
    zeros = (result.expected_rows - rows[0] - joined.matched, result.actual_rows - rows[1] - joined.matched)
    # With "absent means zero" a match may have a row on one side only; otherwise it has one on both.
    if zeros != (0, 0) and not result.mapping.absent_is_zero:
        raise Stopped(
            Problem(
                "control-counts",
                f"{result.name}: the rows compared don't add up to the rows read.",
                result.mapping.where,
                "A row was lost or counted twice, so no verdict can be given.",
                "This is a defect of trueup; please report it with the mapping.",
            )
        )


def to_json_summary(result: Reconciliation) -> dict[str, object]:
    """The figures of --json: the finest grain at the top, coarser ones under "grains" by name."""
    summary = _figures(result.grains[0])
    summary["grain"] = result.grains[0].name
    summary["target"] = result.target
    summary["agrees"] = result.agrees
    summary["known_not_holding"] = [k.message for k in result.known if not k.holds]
    summary["grains"] = {grain.name: _figures(grain) for grain in result.grains[1:]}
    return summary


def _figures(grain: GrainResult) -> dict[str, object]:
    figures: dict[str, object] = {
        "compared": grain.compared,
        "matched": grain.matched,
        "differences": len(grain.differences),
        "by_class": grain.by_class,
        "difference_total": {c: grain.plain_text(units, c) for c, units in grain.difference_total.items()},
        "known": len(grain.accepted),
        "tolerated": len(grain.tolerated),
        "causes": [
            {
                "cause": group.sentence,
                "count": group.count,
                "difference": {c: grain.plain_text(units, c) for c, units in group.money},
            }
            for group in grain.groups
        ],
    }
    if grain.mapping.follows_from:
        figures["follows_from"] = grain.mapping.follows_from
        figures["explained"] = sum(d.is_explained for d in grain.differences)
    return figures
