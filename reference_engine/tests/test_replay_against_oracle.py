"""Replayed runs agree with runs calculated from scratch as of each close, on random worlds with late records."""

from __future__ import annotations

import os
from collections import defaultdict
from fractions import Fraction

from hypothesis import given, settings

from reference_engine.replay import Close, Run, replay
from reference_engine.tests.oracle_replay import Closing, Posted, replayed
from reference_engine.tests.random_closes import replays
from reference_engine.tests.random_worlds import Case, described
from reference_engine.tests.test_against_oracle import BASE
from reference_engine.tests.test_replay import read

FACTOR = int(os.environ.get("TRUEUP_WORLDS", "1"))
WORLDS = settings(BASE, max_examples=60 * FACTOR, derandomize=FACTOR == 1)


def agree(case: Case, closes: list[Closing]) -> None:
    """Fails where a run and the oracle's differ in what is paid, in differences, or in what stands open."""
    plans, world = read(case)
    runs = replay(plans, world, [Close(label, day) for label, day in closes])
    stands: dict[str, Fraction] = {}
    for run, posted in zip(runs, replayed(case.plans, case.tables, closes), strict=True):
        assert differences(run) == {k: v for k, v in posted.differences.items() if v}, run.close
        assert paid(run) == {k: v for k, v in posted.paid.items() if v}, run.close
        for balance in run.balances:
            stands[balance.payee] = balance.amount
        assert {k: v for k, v in stands.items() if v} == open_after(posted), run.close


def differences(run: Run) -> dict[tuple[str, ...], Fraction]:
    out: dict[tuple[str, ...], Fraction] = defaultdict(Fraction)
    for x in run.differences:
        out[x.payee, x.plan, x.component, x.period, x.pay_period, x.kind] += x.amount
    return {k: v for k, v in out.items() if v}


def paid(run: Run) -> dict[tuple[str, str], Fraction]:
    out: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for p in run.payouts:
        out[p.payee, p.period] += p.amount
    return {k: v for k, v in out.items() if v}


def open_after(posted: Posted) -> dict[str, Fraction]:
    return {k: v for k, v in posted.balances.items() if v}


@WORLDS
@given(replays())
def test_replayed_runs_post_what_runs_from_scratch_come_to(drawn: tuple[Case, list[Closing]]) -> None:
    case, closes = drawn
    try:
        agree(case, closes)
    except AssertionError as error:
        raise AssertionError(f"{error}\n{closes}\n{described(case)}") from error
