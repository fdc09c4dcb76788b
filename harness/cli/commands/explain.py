"""`trueup explain`: why a payee gets what they get."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import click

from harness.cli.inputs import Day, SeveralPaths, read_all
from reference_engine.problems import Problem, Stopped, Where

if TYPE_CHECKING:
    from reference_engine.explain.derivation import Derivation
    from reference_engine.results import Result
    from reference_engine.vocabulary.results import EarnedLine


@click.command("explain", cls=SeveralPaths)
@click.option(
    "--plan",
    "plans",
    multiple=True,
    required=True,
    metavar="FILE...",
    help="Plan files, or a folder of them.",
)
@click.option("--data", required=True, type=click.Path(), help="Folder of standard tables.")
@click.option("--payee", required=True, help="The payee's identifier or name.")
@click.option("--period", help="Only this period: 2026-03, 2026-Q1, FY2026.")
@click.option("--deal", help="Only this deal; an invoice, payment or invoice line may be named too.")
@click.option("--as-of", type=Day(), help="Only what was known on that day.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def command(
    plans: tuple[str, ...],
    data: str,
    payee: str,
    period: str | None,
    deal: str | None,
    as_of: date | None,
    as_json: bool,
) -> int:
    """Shows why a payee gets what they get: each line with its derivation.

    Example: trueup explain --plan plans/*.yaml --data data --payee "Ana Ruiz" --period 2026-Q1
    """
    from reference_engine.explain.derivation import explain
    from reference_engine.vocabulary.calendar import NotAPeriod

    read, world = read_all(plans, data)
    payee = _payee(payee, world.payees, world.payee_column("name").tolist())
    try:
        result, found = explain(read, world, payee, period=period, deal=deal, as_of=as_of)
    except NotAPeriod as error:
        raise Stopped(
            Problem("not-a-period", error.what, Where("--period"), "No pay lies in it.", error.remedy)
        ) from None
    if not found:
        scope = "".join((f" in {period}" if period else "", f' on "{deal}"' if deal else ""))
        raise Stopped(
            Problem(
                "nothing-to-explain", f'"{payee}" earns nothing{scope}: no record is credited to the payee there under these plans.',
                Where("--payee"), "There is nothing to derive.",
                "Check the payee, --period and --deal; `trueup calculate` lists every payout.",
            )
        )  # fmt: skip
    if as_json:
        click.echo(json.dumps(_as_dict(payee, result, found), ensure_ascii=False, indent=1))
    else:
        _print(payee, result, found)
    return 0


def _payee(given: str, payees: tuple[str, ...], names: list[str]) -> str:
    """The identifier of a payee who is named by identifier or by name."""
    if given in payees:
        return given
    same = [p for p, n in zip(payees, names, strict=True) if n == given]
    return same[0] if len(same) == 1 else given


def _print(payee: str, result: Result, found: list[Derivation]) -> None:
    from harness.cli.tables import plain
    from reference_engine.vocabulary.numbers import shown_money

    name = dict(zip(result.payees, result.world.payee_column("name").tolist(), strict=True)).get(payee, "")
    click.echo(f"Statement of {plain(payee)}" + (f" ({plain(name)})" if name and name != payee else ""))
    heading = ("", "")
    for entry in sorted(
        found, key=lambda e: (result.calendar.period(e.line.period or e.line.pay_period).first, e.line.plan)
    ):
        line = entry.line
        if (line.period, line.plan) != heading:
            heading = (line.period, line.plan)
            click.echo(f"\n{line.period}  {plain(line.plan) or 'above the plans'}")
        state = "" if line.state == "released" else "  (held: not paid yet)"
        if line.pay_period not in ("", line.period):
            state = f"  (paid in {line.pay_period})"
        click.echo(f"  {plain(_label(line)):<48} {shown_money(line.amount, line.currency):>20}{state}")
        for step in entry.steps:
            place = f"  [{step.where}]" if step.where.file else ""
            click.echo(f"      {plain(step.sentence)}{place}")
    click.echo("")
    for (period, plan, currency), amount in _paid(found).items():
        click.echo(
            f"Paid in {period} under {plain(plan) or 'draws and balances'}: {shown_money(amount, currency)}"
        )


def _label(line: EarnedLine) -> str:
    """The statement line's words, with the record where they don't name it."""
    return line.label if not line.record or line.record in line.label else f"{line.record}, {line.label}"


def _paid(found: list[Derivation]) -> dict[tuple[str, str, str], Fraction]:
    sums: dict[tuple[str, str, str], Fraction] = {}
    for line in (e.line for e in found if e.line.pay_period):
        key = (line.pay_period, line.plan, line.currency)
        sums[key] = sums.get(key, Fraction(0)) + line.amount
    return sums


def _as_dict(payee: str, result: Result, found: list[Derivation]) -> dict[str, Any]:
    from harness.evidence.figures import plain, rate_text

    return {
        "payee": payee,
        "lines": [
            {
                "plan": e.line.plan, "component": e.line.component, "period": e.line.period, "pay_period": e.line.pay_period, "state": e.line.state,
                "kind": e.line.kind, "record": e.line.record, "line": e.line.line, "deal": e.line.deal, "label": e.line.label,
                "base": plain(e.line.base, e.line.base_currency) if e.line.base is not None else None, "base_currency": e.line.base_currency,
                "rate": rate_text(e.line.rate, e.line.rate_currency) or None, "amount": plain(e.line.amount, e.line.currency), "currency": e.line.currency,
                "rule": e.line.rule, "where": str(e.line.where),
                "steps": [{"step": s.name, "sentence": s.sentence, "where": str(s.where)} for s in e.steps],
            }
            for e in found
        ],
        "paid": [{"period": p, "plan": n, "currency": c, "amount": plain(a, c)} for (p, n, c), a in _paid(found).items()],
    }  # fmt: skip
