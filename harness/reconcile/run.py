"""A whole reconciliation: every grain of a mapping, located, grouped and tied out."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from harness.adapters.mapping import PERIOD_NAMES, GrainMapping
from harness.adapters.mapping import Mapping as TargetMapping
from harness.adapters.rows import ResultTable
from harness.adapters.text_export import read_export
from harness.reconcile.causes import group_causes
from harness.reconcile.differences import check_ids, differences_of
from harness.reconcile.expected import Days, Expected
from harness.reconcile.frozen import without_rows
from harness.reconcile.join import Joined, compare_rows
from harness.reconcile.known import judge, read_known
from harness.reconcile.large.both_sides import Room
from harness.reconcile.large.expected_file import read_large
from harness.reconcile.large.text_files import OnlyByRow
from harness.reconcile.line_causes import Sources, lines_of
from harness.reconcile.locate import locate
from harness.reconcile.pairs import Pairing, paired
from harness.reconcile.results import (
    ControlTotal,
    Difference,
    GrainResult,
    KnownDifference,
    KnownOutcome,
    Reconciliation,
)
from harness.reconcile.sides import expected_table
from harness.reconcile.tie_out import accounted
from harness.reconcile.tolerances import limit_words, tolerances
from harness.reconcile.unreadable import classed
from reference_engine.problems import Problem, Stopped, Where
from reference_engine.vocabulary.calendar import Calendar
from reference_engine.vocabulary.results import EarnedLine

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
    result = reconcile_tables(
        left, tables, mapping, accepted, days=expected.days, today=today, lines=expected.lines
    )
    return replace(result, known_file=str(known) if isinstance(known, Path) else "")


def reconcile_large(
    path: Path, actual: Path, mapping: TargetMapping, known: Path | None, room: Room
) -> tuple[Reconciliation, Expected] | None:
    """Compares a file of expected results with an export, both too large to hold; None where rows have to be read one by one.

    path: what `trueup calculate --out` wrote, the folder or one of its files.  Raises Stopped with every Problem.
    """
    problems: list[Problem] = []
    accepted = read_known(known, mapping, problems) if known is not None else []
    if problems:
        raise Stopped(problems)
    try:
        sides = read_large(mapping, path, actual, problems, room)
    except OnlyByRow:
        return None
    expected = Expected(sides.lines, sides.payouts, sides.days, str(path), calendar=Calendar(), is_partial=True)
    found = reconcile_tables(sides.expected, sides.actual, mapping, accepted, days=sides.days, lines=sides.lines)
    return replace(found, known_file=str(known) if known is not None else ""), expected


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
    lines: Sequence[EarnedLine] = (),
) -> Reconciliation:
    """Compares two sides, grain by grain.  Both may be exports, as when two releases are compared.

    lines: the engine's lines, for what lies beneath a payout.
    """
    # The day on the user's own calendar, by which an acceptance ends.
    day = today or datetime.now().astimezone().date()
    grains: list[GrainResult] = []
    if any(isinstance(entry, Pairing) for entry in known):
        # A pairing looks at every row of both sides.
        expected, actual = _held(expected), _held(actual)
    actual, outcomes = paired(known, expected, actual, mapping, day)
    for grain in mapping.grains:
        if grain.name not in expected or grain.name not in actual:
            continue
        finer = next((g for g in grains if g.name == grain.follows_from), None)
        beneath = _Beneath(finer, expected[finer.name], days or {}) if finer is not None else None
        result, said = _grain(
            grain, expected[grain.name], actual[grain.name], beneath, known, day, lines_of(lines)
        )
        grains.append(result)
        outcomes += said
    _check_something_is_compared(grains, mapping)
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
    compared = {grain.name for grain in grains}
    skipped = tuple(grain.name for grain in mapping.grains if grain.name not in compared)
    return Reconciliation(mapping.target, tuple(grains), tuple(outcomes), mapping.file, skipped=skipped)


def _check_something_is_compared(grains: Sequence[GrainResult], mapping: TargetMapping) -> None:
    """Agreement about no row is no agreement: raises Stopped where no grain has a row.

    A single grain without rows is told as long as others have some: a month may be one without bonuses.
    """
    problems = []
    for grain in grains if not any(grain.compared for grain in grains) else ():
        left_out = sum(side.left_out for side in grain.sides)
        if left_out:
            what = f'no row is left to compare of "{grain.name}": the conditions of the mapping leave out all {left_out:,}.'
            remedy = "Check  rows where  and  expected where: their values must be written as in the files, capitals and blanks too."
        else:
            what = f'there is nothing to compare of "{grain.name}": neither side has a row.'
            remedy = "Check that these are the files you mean, and export them again."
        why = "Agreement would be reported although nothing was compared."
        problems.append(Problem("nothing-compared", what, grain.mapping.where, why, remedy))
    if problems:
        raise Stopped(problems)


def _held(tables: Mapping[str, ResultTable]) -> dict[str, ResultTable]:
    """The tables with all their rows in memory."""
    return {
        name: replace(table, rows=list(table.rows), proven=None) if table.proven else table
        for name, table in tables.items()
    }


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
    sources: Sources,
) -> tuple[GrainResult, list[KnownOutcome]]:
    joined, found, tolerated = _compared(grain, expected, actual)
    proven = actual.proven
    if beneath is not None:
        found = locate(
            found, grain, beneath.differences(), beneath.result.mapping, beneath.expected, beneath.days
        )
    decimals = {**expected.decimals, **actual.decimals}
    base = GrainResult(
        mapping=grain,
        expected_rows=len(expected.rows) + len(expected.unreadable),
        actual_rows=len(actual.rows) + len(actual.unreadable),
        left_out=actual.left_out,
        matched=joined.matched + len(tolerated) + (proven.keys + proven.tolerated if proven else 0),
        differences=tuple(found),
        accepted=(),
        tolerated=tuple(tolerated),
        groups=(),
        totals=(),
        decimals=decimals,
        expected_file=expected.file,
        actual_file=actual.file,
        header=actual.header,
        notes=(*expected.notes, *actual.notes, *_policies(grain), *_nothing(expected, actual), *_closed(grain, expected, actual)),
        sql=f"{proven.sql}\n{joined.sql}" if proven else joined.sql,
        sides=(accounted(grain, expected), accounted(grain, actual)),
    )
    outcomes, accepted_ids = judge(known, base, today)
    if beneath is not None:
        settled = beneath.settled()
        accepted_ids |= {
            d.id for d in found if d.is_explained and not d.apart and set(d.follows_from) <= settled
        }
    accepted = tuple(d for d in found if d.id in accepted_ids)
    open_ones = [d for d in found if d.id not in accepted_ids]
    related, groups = group_causes(grain, expected, open_ones, base.money_text, sources)
    totals = _tie_out(grain, expected, actual, related, accepted, tolerated)
    result = replace(base, differences=tuple(related), accepted=accepted, groups=tuple(groups), totals=totals)
    _check_counts(result, joined, expected, actual)
    return result, outcomes


def _compared(
    grain: GrainMapping, expected: ResultTable, actual: ResultTable
) -> tuple[Joined, list[Difference], list[Difference]]:
    """Every difference with its class, and those within tolerance."""
    left, right = expected.differing, actual.differing
    joined = compare_rows(
        left.rows,
        right.rows,
        key_size=len(grain.key),
        field_count=len(grain.fields),
        tolerance=tolerances(grain, left.rows, expected.decimals),
        absent_is_zero=grain.absent_is_zero,
    )
    found, tolerated = differences_of(grain, left, right, joined)
    return joined, check_ids(classed(grain, expected, actual, found)), tolerated


def compare_tables(
    grain: GrainMapping, expected: ResultTable, actual: ResultTable
) -> tuple[list[Difference], int]:
    """The differences of one grain, tied out, without their causes; and how many rows agree only by a tolerance."""
    _, found, tolerated = _compared(grain, expected, actual)
    _tie_out(grain, expected, actual, found, (), tolerated)
    return found, len(tolerated) + (actual.proven.tolerated if actual.proven else 0)


def _nothing(expected: ResultTable, actual: ResultTable) -> list[str]:
    """That nothing was compared, for the report."""
    some = any((*t.rows[:1], *t.unreadable) for t in (expected, actual) if t.proven is None)
    return [] if some or expected.proven or actual.proven else ["No row was left on either side, so nothing was compared here."]


def _closed(grain: GrainMapping, expected: ResultTable, actual: ResultTable) -> list[str]:
    """Closed periods without a row, where both sides are in memory."""
    return [] if expected.proven or actual.proven else without_rows(grain, (*expected.rows, *actual.rows))


def _policies(grain: GrainMapping) -> list[str]:
    """What the mapping decides, in words, for the report."""
    said = [
        f"Differences up to {limit_words(rule)} are tolerated for {rule.scope}: {rule.reason}"
        for rule in grain.tolerances
    ]
    if grain.absent_is_zero:
        said.append("A row that is absent on one side counts as zero.")
    if grain.add_up:
        said.append("Rows of the export with the same key are added up.")
    return said


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
        if table.proven is not None:
            for currency, amount in table.proven.sums.items():
                sums[currency][side] += amount
        for row in table.differing.rows:
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
            sum(a for d in tolerated for c, a in d.money if c == currency)
            + (actual.proven.tolerated_money.get(currency, 0) if actual.proven else 0),
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


def _check_counts(result: GrainResult, joined: Joined, expected: ResultTable, actual: ResultTable) -> None:
    """Every row of both sides stands in exactly one match or difference."""
    kinds = [*result.differences, *result.accepted, *result.tolerated]
    rows = sum(len(d.expected) for d in kinds), sum(len(d.actual) for d in kinds)
    agreeing = [joined.matched + (table.proven.rows if table.proven else 0) for table in (expected, actual)]
    zeros = (result.expected_rows - rows[0] - agreeing[0], result.actual_rows - rows[1] - agreeing[1])
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
