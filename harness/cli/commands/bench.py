"""`trueup bench`: how quick the engine, runs of features and the reconciliation of large files are on this machine."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import click

from harness.cli.output import Progress

if TYPE_CHECKING:
    from harness.bench.engine import Measured
    from harness.bench.features import Cost
    from harness.bench.scenario import Latency

SIZES = (1_000_000, 10_000_000)
GOAL, GOAL_MS = 1.3, 5
GOAL_RUN, GOAL_CHECK = 1.5, 0.25


@click.command("bench")
@click.argument("what", type=click.Choice(["engine", "scenario", "features", "reconcile", "report"]))
@click.option(
    "--deals",
    type=click.IntRange(100, 100_000_000),
    multiple=True,
    metavar="N",
    help="How many deals; may be given more than once. 1 million and 10 million where left out.",
)
@click.option("--scenarios", type=click.IntRange(10, 100_000), metavar="N", help="How many scenarios the features have; 1000 where left out.")
@click.option(
    "--rows",
    type=click.IntRange(1_000, 100_000_000),
    multiple=True,
    metavar="N",
    help="How many rows a side has for reconcile, or differences a report has; may be given more than once. 100 thousand and 1 million, and for report 100 thousand where left out.",
)
@click.option("--form", type=click.Choice(["csv", "parquet"]), help="The files for reconcile; both where left out.")
@click.option(
    "--rounds",
    type=click.IntRange(1, 100_000),
    metavar="N",
    help="How often each is measured. 3 for the engine and reconcile, 200 for the scenario and 2 for features where left out.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def command(what: str, deals: tuple[int, ...], scenarios: int | None, rows: tuple[int, ...], form: str | None, rounds: int | None, as_json: bool) -> int:
    """Measures how quick trueup is on this machine.

    engine: generated deals (splits, four levels of roll-up, currencies, tiers on the year's attainment, caps that
    carry, draws) by the engine and, in turns on the same deals, by the least program that calculates the same plans.
    Both must pay the same to the cent.

    scenario: five deals, from the tables of a feature to payouts, many times in a warm process.

    features: the same feature files as trueup runs them, as pytest-bdd alone runs them with as many step definitions
    that do nothing, and as `trueup check` reads them, in turns.

    reconcile: two payout files with planted differences by trueup, by datacompy where it is installed, and by a bare scan
    of both files, in turns. Every planted class must be found exactly. 20 million rows are also run within 2 GiB.

    report: a report of generated differences: its size, and in Chromium its first view, a filter, a search, a sort and
    more. Above 200 thousand differences the rows lie in a folder beside the page.

    Example: trueup bench engine --deals 100000
    """
    from harness.bench.engine import Differs

    progress = Progress(quiet=as_json)
    shown: dict[str, Any]
    try:
        if deals and what != "engine":
            raise click.UsageError("--deals is for the engine; a scenario has five deals.")
        if scenarios and what != "features":
            raise click.UsageError("--scenarios is for features.")
        if (rows and what not in ("reconcile", "report")) or (form and what != "reconcile"):
            raise click.UsageError("--rows is for reconcile and report, --form for reconcile.")
        if what == "reconcile":
            return _reconcile(rows, form, rounds or 3, progress, as_json)
        if what == "report":
            return _report(rows or (100_000,), rounds or 3, progress, as_json)
        if what == "features":
            cost = _features(scenarios or 1000, rounds or 2, progress)
            shown = {"features": cost.as_dict()}
            text = _words_of_features(cost)
        elif what == "scenario":
            latency = _scenario(rounds or 200, progress)
            shown = {"scenario": latency.as_dict()}
            text = _words_of_scenario(latency)
        else:
            found = _engine(deals or SIZES, rounds or 3, progress)
            shown = {"engine": [m.as_dict() for m in found]}
            text = _words_of_engine(found)
    except Differs as error:
        progress.done()
        click.echo(f"The measurement is worth nothing: {error}", err=True)
        if as_json:
            click.echo(json.dumps({"differs": str(error)}))
        return 1
    progress.done()
    click.echo(json.dumps(shown, ensure_ascii=False, indent=1) if as_json else text)
    return 0


def _report(rows: tuple[int, ...], rounds: int, progress: Progress, as_json: bool) -> int:
    from harness.bench.report import measure, words

    found = [measure(count, rounds, progress.step, "folder" if count > 200_000 else "file") for count in rows]
    progress.done()
    click.echo(json.dumps({"report": [one.as_dict() for one in found]}, indent=1) if as_json else words(found))
    return 0


def _reconcile(rows: tuple[int, ...], form: str | None, rounds: int, progress: Progress, as_json: bool) -> int:
    from harness.bench.payout_files import FORMS
    from harness.bench.reconcile import SIZES, measure, words

    found = measure(rows or SIZES, (form,) if form else FORMS, rounds, progress.step)
    progress.done()
    shown = {"reconcile": [one.as_dict() for one in found]}
    click.echo(json.dumps(shown, ensure_ascii=False, indent=1) if as_json else words(found))
    return 0 if all(one.is_exact for one in found) else 1


def _engine(sizes: tuple[int, ...], rounds: int, progress: Progress) -> list[Measured]:
    from harness.bench.engine import measure

    return [measure(size, rounds, progress.step) for size in sizes]


def _scenario(rounds: int, progress: Progress) -> Latency:
    from harness.bench.scenario import measure

    progress.step("five deals, from tables to payouts")
    return measure(rounds)


def _features(scenarios: int, rounds: int, progress: Progress) -> Cost:
    from harness.bench.features import measure

    return measure(scenarios, rounds, progress.step)


def _words_of_features(cost: Cost) -> str:
    return (
        f"{cost.scenarios:,} scenarios with {cost.steps:,} steps and {cost.definitions} step definitions, seconds of the processor:\n"
        f"  pytest-bdd alone, steps that do nothing   {cost.bare:6.2f} s\n"
        f"  trueup run, with record and report        {cost.run:6.2f} s   {cost.ratio:.2f} times that; goal: at most {GOAL_RUN}\n"
        f"  trueup check                              {cost.check:6.2f} s   {cost.check_ratio:.2f} times that; goal: less than {GOAL_CHECK}"
    )


def _words_of_engine(found: list[Measured]) -> str:
    from harness.cli.tables import table

    rows = [
        (
            f"{m.deals:,}",
            f"{m.payees:,}",
            f"{m.rate:,.0f}",
            f"{m.engine.median:.2f} s",
            f"{m.minimal.median:.2f} s",
            f"{m.ratio:.2f}",
            f"{m.processor_ratio:.2f}",
            _megabytes(m.engine.peak),
            _megabytes(m.minimal.peak),
        )
        for m in found
    ]
    head = ("deals", "payees", "deals/s", "engine", "minimal", "ratio", "ratio of CPU", "memory", "minimal's")
    lines = [table(head, rows, right=tuple(range(len(head)))), ""]
    lines += [
        f"{m.deals:,} deals, of which {m.splits:,} are split and {m.returns:,} are returned: all {m.cells:,} amounts of both "
        f"calculations are equal to the cent, {m.total // 100:,} USD in all."
        for m in found
    ]
    for less, more in pairwise(found):
        lines.append(
            f"{more.deals / less.deals:.1f} times the deals take {more.engine.median / less.engine.median:.1f} times the time"
            + _growth(less.engine.peak, more.engine.peak)
            + "."
        )
    lines += [
        f"Goal: a ratio of at most {GOAL}. Times and ratios are medians of {len(found[0].engine.seconds)} rounds in turns.",
        "Memory is what comes on top of the deals. Reading files isn't measured; the deals are columns already.",
    ]
    return "\n".join(lines)


def _megabytes(value: float | None) -> str:
    return "unknown" if value is None else f"{value:,.0f} MB"


def _growth(less: float | None, more: float | None) -> str:
    return "" if not less or more is None else f" and {more / less:.1f} times the memory"


def _words_of_scenario(latency: Latency) -> str:
    return (
        f"Five deals, from tables to payouts: {latency.median:.2f} ms in the median of {latency.repetitions} repetitions, "
        f"{latency.least:.2f} ms at best, {latency.processor:.2f} ms of the processor; {latency.with_plan:.2f} ms when the plan is read each time too.\n"
        f"Goal: less than {GOAL_MS} ms."
    )
