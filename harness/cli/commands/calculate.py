"""`trueup calculate`: what plans pay on a world."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from datetime import UTC, date, datetime
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.inputs import Day, SeveralPaths, read_all
from harness.cli.output import Progress, check_out

if TYPE_CHECKING:
    from reference_engine.results import Result
    from reference_engine.vocabulary.plan import Plan
    from reference_engine.world import World


@click.command("calculate", cls=SeveralPaths)
@click.option(
    "--plan",
    "plans",
    multiple=True,
    required=True,
    metavar="FILE...",
    help="Plan files, or a folder of them.",
)
@click.option("--data", required=True, type=click.Path(), help="Folder of standard tables.")
@click.option("--as-of", type=Day(), help="Only what was known on that day.")
@click.option("--until", type=Day(), help="Only what happened up to that day.")
@click.option(
    "--closes",
    is_flag=True,
    help="Run after run, at the close dates of the fiscal calendar: what becomes known later is paid later.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder for payouts.csv, lines.csv, credits.csv and more."
)
@click.option(
    "--executor",
    type=click.Choice(["local"]),
    default="local",
    show_default=True,
    help="Where it is calculated.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def command(
    plans: tuple[str, ...],
    data: str,
    as_of: date | None,
    until: date | None,
    closes: bool,
    out: Path | None,
    executor: str,
    as_json: bool,
) -> int:
    """Calculates what every payee should be paid.

    Example: trueup calculate --plan plans/*.yaml --data data --out expected
    """
    from harness.cli.output import out_folder
    from harness.evidence.calculations import calculation_record
    from harness.evidence.manifest import Package
    from harness.reconcile.beside_payouts import write_beside
    from harness.reconcile.expected import write_expected
    from reference_engine.run import calculate

    if out is not None:
        check_out(out)
    started = datetime.now(UTC)
    progress = Progress(quiet=as_json)
    progress.step("reading plans and data")
    read, world = read_all(plans, data)
    progress.step("calculating the plans")
    if closes:
        return _closes(read, world, as_json, progress, (as_of, until, out))
    result = calculate(read, world, as_of=as_of, until=until)
    more: list[str] = []
    if out is not None:
        progress.step("writing")
        record = calculation_record(read, world, Path(data), result, _command(plans, data, as_of, until), started)
        with out_folder(out, Package(out, record).seal) as folder:
            write_expected(result, folder)
            more = write_beside(result, folder)
    progress.done()
    if as_json:
        click.echo(json.dumps(_as_dict(result, out), ensure_ascii=False, indent=1))
    else:
        _print(result, out, more)
    return 0


def _command(plans: tuple[str, ...], data: str, as_of: date | None, until: date | None) -> str:
    """The command as it can be given again."""
    from harness.evidence.inputs import shown

    words = ["trueup", "calculate", "--plan", *map(shown, plans), "--data", shown(data)]
    days = [w for name, day in (("--as-of", as_of), ("--until", until)) if day for w in (name, str(day))]
    return shlex.join([*words, *days])


def _closes(
    plans: list[Plan],
    world: World,
    as_json: bool,
    progress: Progress,
    other: tuple[date | None, date | None, Path | None],
) -> int:
    """The runs of every close, one after the other."""
    from harness.cli.tables import table
    from harness.evidence.figures import plain
    from reference_engine.problems import Problem, Stopped, Where
    from reference_engine.replay import closes_of, replay
    from reference_engine.vocabulary.numbers import format_money

    if any(o is not None for o in other):
        raise Stopped(
            Problem(
                "option",
                "--closes goes without --as-of, --until and --out.",
                Where("--closes"),
                why="Each close is a run of its own, as of its own day.",
                remedy="Leave the other options out.",
            )
        )
    days = closes_of(world)
    if not days:
        raise Stopped(
            Problem(
                "no-closes",
                "the fiscal calendar states no close date.",
                Where(world.table("fiscal_calendar").file or "--closes"),
                why="Nothing says when a period was closed and what was known then.",
                remedy='Fill the column "close date" of the table fiscal_calendar.',
            )
        )
    runs = replay(plans, world, days)
    progress.done()
    rows = [
        (r.close.period, str(r.close.day), p.payee, p.plan, p.component, p.period, p.amount, p.currency)
        for r in runs
        for p in r.payouts
    ]
    if as_json:
        names = ("close", "closed on", "payee", "plan", "component", "period")
        shown = [
            {**dict(zip(names, row[:6], strict=True)), "amount": plain(row[6], row[7]), "currency": row[7]}
            for row in rows
        ]
        click.echo(json.dumps({"runs": shown}, ensure_ascii=False, indent=1))
        return 0
    texts = [(*row[:6], format_money(row[6], row[7])) for row in rows]
    head = ("close", "closed on", "payee", "plan", "component", "period", "amount")
    click.echo(table(head, texts, right=(6,)))
    late = sum(len(r.differences) for r in runs)
    click.echo(f"\n{len(runs)} runs; {late} lines bring differences of closed periods forward.")
    return 0


def _as_dict(result: Result, out: Path | None) -> dict[str, Any]:
    from harness.evidence.figures import plain
    from reference_engine.uncounted import uncounted

    return {
        "payouts": [
            {"payee": p.payee, "period": p.period, "plan": p.plan, "component": p.component, "amount": plain(p.amount, p.currency), "currency": p.currency, "lines": p.lines}
            for p in result.payout_rows()
        ],
        "lines": [
            {
                "payee": x.payee, "plan": x.plan, "component": x.component, "period": x.period, "pay_period": x.pay_period, "state": x.state, "record": x.record,
                "line": x.line, "deal": x.deal, "label": x.label, "base": plain(x.base, x.base_currency) if x.base is not None else None, "base_currency": x.base_currency,
                "rate": str(x.rate) if x.rate is not None else None, "amount": plain(x.amount, x.currency), "currency": x.currency, "rule": x.rule,
            }
            for x in result.line_rows()
        ],
        "credits": [
            {"payee": c.payee, "record": c.record, "line": c.line, "deal": c.deal, "kind": c.kind, "type": c.type, "date": str(c.date), "value": plain(c.value, c.currency), "currency": c.currency}
            for c in result.credit_rows()
        ],
        "attainments": [
            {"payee": a.payee, "plan": a.plan, "component": a.component, "measure": a.measure, "period": a.period, "measured": plain(a.measured, a.currency), "quota": plain(a.quota, a.currency), "currency": a.currency, "attainment": str(a.value)}
            for a in result.attainment_rows()
        ],
        "balances": [{"payee": b.payee, "period": b.period, "amount": plain(b.amount, b.currency), "currency": b.currency} for b in result.balance_rows()],
        "quotas": _table(result, "quotas"),
        "figures": _table(result, "figures"),
        "unpaid": {
            "count": len(result.unpaid().names),
            "of": result.unpaid().of,
            "amounts": {c: plain(v, c) for c, v in sorted(result.unpaid().amounts.items())},
            "first": list(result.unpaid().names[:20]),
        },
        "notes": [note.as_dict() for note in uncounted(result)],
        "out": out.as_posix() if out is not None else None,
    }  # fmt: skip


def _table(result: Result, name: str) -> list[dict[str, str]]:
    from harness.reconcile.beside_payouts import COLUMNS, tables

    return [dict(zip(COLUMNS[name], row, strict=True)) for row in tables(result).get(name, [])]


def _print(result: Result, out: Path | None, more: list[str]) -> None:
    from harness.cli.tables import table
    from reference_engine.uncounted import uncounted
    from reference_engine.vocabulary.numbers import format_money, shown_money, shown_number

    rows = list(_rows(result))
    click.echo(table(("payee", "period", "plan", "component", "amount"), rows, right=(4,)))
    sums: dict[str, Any] = {}
    for p in result.payout_rows():
        sums[p.currency] = sums.get(p.currency, 0) + p.amount
    click.echo(
        f"\n{len(result.payout_rows()):,} payouts of {result.line_count:,} lines, in total "
        + ", ".join(format_money(v, c) for c, v in sorted(sums.items()))
    )
    unpaid = result.unpaid()
    if unpaid.names and rows:
        worth = ", ".join(format_money(v, c) for c, v in sorted(unpaid.amounts.items()))
        click.echo(
            f"Note: {len(unpaid.names):,} of {unpaid.of:,} deals and sales{', worth ' + worth + ',' if worth else ''} are paid by no plan of this run; the first is {unpaid.names[0]}."
        )
    if not rows:
        click.echo("Nothing is paid: no record of the data is credited to a payee of these plans.")
    for note in uncounted(result):
        click.echo(f"Note: {note.what}  ({note.where})")
    figures = [
        (f.payee or "the company", f.period, f.plan, f.figure, shown_money(f.value, f.currency) if f.currency else shown_number(f.value))
        for f in result.figure_rows()
    ]
    if figures:
        click.echo("\n" + table(("of", "period", "plan", "figure", "value"), figures, right=(4,)))
    if out is not None:
        files = ", ".join(("payouts.csv", "lines.csv", "credits.csv", *more))
        click.echo(f"Written to {out.as_posix()}: {files}")


def _rows(result: Result) -> Iterator[tuple[str, str, str, str, str]]:
    """Payouts by payee and period; a total where a payee has several in a period."""
    from reference_engine.vocabulary.numbers import shown_money

    ordered = sorted(result.payout_rows(), key=lambda p: (p.payee, p.first, p.last, p.currency, p.plan))
    for (payee, period, _, currency), entries in groupby(
        ordered, key=lambda p: (p.payee, p.period, p.last, p.currency)
    ):
        found = list(entries)
        for p in found:
            yield p.payee, p.period, p.plan, p.component, shown_money(p.amount, p.currency)
        if len(found) > 1:
            yield (
                payee,
                period,
                "",
                "is paid",
                shown_money(sum((p.amount for p in found), Fraction(0)), currency),
            )
