"""What a payee is paid under one plan, where several pay, each in its own periods."""

from __future__ import annotations

from harness.catalogue import sentence
from harness.comparison import Comparison, difference, said, same
from harness.scene import Scene
from harness.verdicts import NotCalculated
from reference_engine.problems import did_you_mean
from reference_engine.vocabulary.numbers import Money


@sentence(
    "T27",
    "then",
    'the payout of "{payee}" under plan "{plan}" for {period} is {money}',
    meaning="What one of a payee's plans pays, in the plan's own periods or longer ones, before draws and balances of the whole pay.",
    example='the payout of "Ana Ruiz" under plan "Quarterly Bonus" for 2026-Q1 is 900.00 EUR',
)
def payout_under_plan(scene: Scene, payee: str, plan: str, period: str, money: Money) -> None:
    __tracebackhide__ = True
    outcome = scene.outcome
    outcome.check_payee(payee)
    known = [p.name for p in outcome.result.plans]
    if plan not in known:
        raise NotCalculated(f'The scenario has no plan "{plan}". {did_you_mean(plan, known)}')
    own = [p.name for p in outcome.plans_of(payee)]
    if plan not in own:
        listed = ", ".join(f'"{name}"' for name in own) or "none"
        raise NotCalculated(f'"{payee}" is never on the plan "{plan}". Theirs: {listed}.')
    computed = outcome.payout(payee, period, money.currency, plan)
    comparison = Comparison(
        f"The payout for {period} is not as expected.", ("", "payee", "plan", "expected", "computed", "difference")
    )
    single = computed[0] if len(computed) == 1 else None
    comparison.add("", payee, plan, str(money), said(computed), difference(money, single), ok=same(money, computed))
    comparison.finish()
