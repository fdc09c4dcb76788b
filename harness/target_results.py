"""A target system's results beside what a scenario calculated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.adapters.mapping import GrainMapping, Tolerance
from harness.adapters.mapping import Mapping as TargetMapping
from harness.adapters.rows import ResultTable
from harness.comparison import table
from harness.outcome import Outcome
from harness.reconcile.expected import Expected
from harness.reconcile.results import Difference, GrainResult, KnownDifference, Reconciliation
from harness.reconcile.run import reconcile
from harness.table_schemas import Rows
from harness.verdicts import Mismatch, NotCalculated
from reference_engine.problems import Problem, Stopped, Where
from reference_engine.vocabulary.calendar import NotAPeriod, Period
from reference_engine.vocabulary.numbers import MINOR_UNITS, Money

if TYPE_CHECKING:
    from reference_engine.vocabulary.results import EarnedLine

MAPPING_SUFFIX = ".mapping.yaml"
MOST_SHOWN = 25


@dataclass(frozen=True)
class Loaded:
    """An export that has been read.  period: for which its results are compared."""

    mapping: TargetMapping
    tables: Mapping[str, ResultTable]
    period: Period


def load(file: Path, mapping_file: Path, period: Period) -> Loaded:
    """Reads an export through its mapping.  Raises Stopped with every Problem of both."""
    from harness.adapters.mapping_reader import read_mapping
    from harness.adapters.text_export import read_export

    problems: list[Problem] = []
    mapping = read_mapping(mapping_file, problems)
    tables = read_export(mapping, file, problems) if mapping is not None else {}
    if problems or mapping is None:
        raise Stopped(problems)
    return Loaded(mapping, tables, period)


def compare(loaded: Loaded, outcome: Outcome, tolerance: Money, known: Sequence[KnownDifference], today: date | None) -> Reconciliation:
    """Reconciles the loaded results with what was calculated for their period.

    tolerance: up to and including this amount a single row may differ.
    """
    minor = tolerance.amount * 10 ** MINOR_UNITS[tolerance.currency]
    rule = Tolerance(int(minor), tolerance.currency, f"the scenario accepts differences within {tolerance}")
    grains = tuple(replace(g, tolerances=(rule,) if minor else ()) for g in loaded.mapping.grains)
    tables = {g.name: _in_period(loaded.tables[g.name], g, loaded.period, outcome) for g in grains if g.name in loaded.tables}
    return reconcile(_expected(outcome, loaded.period), tables, replace(loaded.mapping, grains=grains), known, today=today)


def of_period(loaded: Loaded, outcome: Outcome) -> Reconciliation | None:
    """The loaded results beside what was calculated for their period, with the mapping's own tolerances; None where neither side pays anything."""
    tables = {g.name: _in_period(loaded.tables[g.name], g, loaded.period, outcome) for g in loaded.mapping.grains}
    expected = _expected(outcome, loaded.period)
    try:
        return reconcile(expected, tables, loaded.mapping)
    except Stopped as stopped:
        nothing = not any(t.rows or t.unreadable or t.left_out for t in tables.values()) and not expected.payouts and not expected.lines
        if nothing and {p.slug for p in stopped.problems} == {"nothing-compared"}:
            return None
        raise


def known_differences(table: Rows, mapping: TargetMapping) -> list[KnownDifference]:
    """The accepted differences of a step.  Raises Stopped where the mapping can't be asked by payee."""
    finest = mapping.grains[0]
    if "payee" not in finest.key_names:
        what = f'the key of "{finest.name}" in the mapping has no payee, so differences can\'t be accepted by payee'
        raise Stopped(Problem("known-form", what, table.where, remedy="Accept them in a file of known differences."))
    out = []
    for row in table.rows:
        money, until = row.values["difference"], row.values["until"]
        assert isinstance(money, Money)
        assert isinstance(until, date)
        decimals = finest.amount.decimals
        scale = MINOR_UNITS[money.currency] if decimals is None else max(MINOR_UNITS[money.currency], decimals)
        difference = ((money.currency, int(money.amount * 10**scale)),)
        out.append(
            KnownDifference(
                finest.name, (("payee", row.text["payee"]),), difference, row.text["reason"], until, "", row.text["ticket"], row.where
            )
        )
    return out


def known_entries(result: Reconciliation, scenario: str) -> list[dict[str, Any]]:
    """The accepted differences as plain data for the record of the run, with what became of them."""
    from harness.evidence.record_of import known_of

    out = []
    for known in known_of(result):
        entry = asdict(known)
        # The rows themselves stay in the scenario; a record of features lists none.
        out.append({**entry, "key": {"scenario": scenario, **known.key}, "differences": ()})
    return out


def verdict(result: Reconciliation) -> None:
    """Raises Mismatch with every open difference, and every accepted one that is gone, changed or expired."""
    __tracebackhide__ = True
    if result.agrees:
        return
    lines = [f"{result.target} does not agree with the calculation."]
    for grain in result.grains:
        if grain.differences:
            lines += ["", *_grain(grain)]
    gone = [outcome for outcome in result.known if not outcome.holds]
    if gone:
        lines += ["", "Accepted differences that no longer hold:", *(f"  {outcome.message}" for outcome in gone)]
    raise Mismatch("\n".join(lines))


def _grain(grain: GrainResult) -> list[str]:
    shown = sorted(grain.differences, key=lambda d: -d.weight)[:MOST_SHOWN]
    keys = [part.name for part in shown[0].key]
    rows = [(d.kind, *(part.value for part in d.key), *_amounts(d, grain)) for d in shown]
    count = len(grain.differences)
    out = [f"{grain.name}: {count} of {grain.compared} differ", ""]
    out += table(["class", *keys, "expected", "target", "difference"], rows, set())
    if count > len(shown):
        out.append(f"     ... and {count - len(shown)} more")
    out += [f"  Cause: {group.sentence}" for group in grain.groups]
    return out


def _amounts(difference: Difference, grain: GrainResult) -> tuple[str, str, str]:
    def text(money: Sequence[tuple[str, int]], absent: bool) -> str:
        return " + ".join(grain.money_text(units, currency) for currency, units in money) or ("-" if absent else "0")

    return (
        text(difference.expected_money, not difference.expected),
        text(difference.actual_money, not difference.actual),
        text(difference.money, False),
    )


def _expected(outcome: Outcome, period: Period) -> Expected:
    """The expected side of one period: what is paid in it, and what was earned in it and is still held."""
    whole = Expected.of_result(outcome.result)
    lines = [line for line in whole.lines if _inside(outcome, line, period)]
    payouts = [p for p in whole.payouts if period.first <= p.first and p.last <= period.last]
    return replace(whole, lines=lines, payouts=payouts)


def _in_period(table: ResultTable, grain: GrainMapping, period: Period, outcome: Outcome) -> ResultTable:
    """The rows of an export that are paid in the period; all where the key says no period."""
    at = next((grain.key_names.index(n) for n in ("pay period", "period") if n in grain.key_names), None)
    if at is None:
        return table
    rows = [row for row in table.rows if _covers(outcome, row.key[at], period)]
    kept = {id(row) for row in rows}
    gone = sum(len(row.sources) for row in table.rows if id(row) not in kept)
    return replace(table, rows=rows, left_out=table.left_out + gone, control={})


def _covers(outcome: Outcome, label: str, period: Period) -> bool:
    first, _, last = label.partition(" to ")
    try:
        found = Period(date.fromisoformat(first), date.fromisoformat(last), label) if last else outcome.calendar.period(label)
    except (NotAPeriod, ValueError):
        # A label of another kind is compared, so that it shows up as a difference.
        return True
    return period.first <= found.first and found.last <= period.last


def _inside(outcome: Outcome, line: EarnedLine, period: Period) -> bool:
    label = line.pay_period or line.period
    try:
        paid = outcome.calendar.period(label)
    except NotAPeriod:
        return False
    return period.first <= paid.first and paid.last <= period.last


def find_mapping(file: Path, stated: Path | None, where: Where) -> Path:
    """The mapping of an export: the one that a step names, else the one that stands beside the file."""
    if stated is not None:
        return stated
    beside = file.with_name(file.stem + MAPPING_SUFFIX)
    if not beside.is_file():
        what = f'no mapping says how to read "{file.name}"'
        remedy = f'Put it beside the file as {beside.name}, or name it: Given the target\'s mapping "..."'
        raise Stopped(Problem("mapping-missing", what, where, remedy=remedy))
    return beside


def require(loaded: Loaded | None) -> Loaded:
    """The loaded results.  Raises where the scenario has not loaded any."""
    __tracebackhide__ = True
    if loaded is None:
        raise NotCalculated('No results of a target system were loaded. Add: When the target system\'s results for 2026-Q1 are loaded from "..."')
    return loaded
