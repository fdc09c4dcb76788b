"""A maximum of the whole pay of a pay period: what is above it is lost, or paid later."""

from __future__ import annotations

from dataclasses import dataclass

from reference_engine.columns import Exact
from reference_engine.mechanics.measure import stacked
from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.mechanics.settling_examples import IMMEDIATE, earned, months, plan
from reference_engine.problems import Problem
from reference_engine.settling_run import Settling, SettlingRun
from reference_engine.vocabulary.numbers import Money, format_money
from reference_engine.vocabulary.plan import Conventions

_LIMIT = "{maximum: {amount: 500.00 USD}}"


@mechanic(
    "No more than the maximum is paid in a pay period, whatever the components and draws come to.",
    (
        Example(
            "Below, on and above the maximum, and what is above it is paid as soon as there is room",
            plan(_LIMIT, "cap.excess: carried"),
            earned("499.99", "500.00", "1,200.00", "", "300.00"),
            months("Ana", "499.99", "500.00", "500.00", "500.00", "500.00"),
            balances=months("Ana", "0.00", "0.00", "700.00", "200.00", "0.00"),
        ),
        Example(
            "What is above the maximum is lost",
            plan(_LIMIT, "cap.excess: lost"),
            earned("1,200.00", "300.00"),
            months("Ana", "500.00", "300.00"),
        ),
        Example(
            "A return is carried as a debt first, and then the maximum counts",
            plan("draw, " + _LIMIT, "cap.excess: carried"),
            earned("900.00", "-600.00", "700.00"),
            months("Ana", "500.00", "400.00", "100.00"),
            balances=months("Ana", "400.00", "-600.00", "0.00"),
        ),
        Example(
            "The draw before the maximum: it is recovered from 800.00 of pay, and 500.00 of what is left are paid",
            plan("draw, " + _LIMIT, IMMEDIATE + ", cap.excess: lost"),
            earned(
                "0.00",
                "800.00",
                draws="payee | kind | amount | per | from | to\nAna | recoverable | 200.00 USD | month | 2026-01 | 2026-01",
            ),
            months("Ana", "200.00", "500.00"),
        ),
        Example(
            "The maximum before the draw: the debt is recovered from the 500.00 that the maximum leaves",
            plan(_LIMIT + ", draw", IMMEDIATE + ", cap.excess: lost"),
            earned(
                "0.00",
                "800.00",
                draws="payee | kind | amount | per | from | to\nAna | recoverable | 200.00 USD | month | 2026-01 | 2026-01",
            ),
            months("Ana", "200.00", "300.00"),
        ),
    ),
    formula="pay = min(earned + carried from before, amount); carried = what is above it, with cap.excess: carried",
    boundary="A total that is exactly the maximum is paid in full. A total below zero is left as it is, less what was carried from before.",
    sources=(
        "https://docs.oracle.com/en/cloud/saas/sales/oedms/cnpaymentplansallb-25934.html",
        "https://docs.oracle.com/en/cloud/saas/sales/facmi/create-payment-plans.html",
    ),
    words={"Oracle": "payment plan with a maximum amount, pay excess later"},
)
@dataclass(frozen=True)
class Maximum(Settling):
    """amount: the most that is paid in a pay period."""

    amount: Money

    def needs(self) -> tuple[str, ...]:
        return ("cap.excess",)

    def check(self, problems: list[Problem]) -> None:
        if self.amount.amount < 0:
            problems.append(
                Problem(
                    "parameter",
                    "a maximum must not be below zero.",
                    self.where,
                    remedy="State the most that is paid.",
                )
            )

    def check_under(self, conventions: Conventions, problems: list[Problem]) -> None:
        if conventions.get("cap.excess") == "refundable":
            problems.append(
                Problem(
                    "cap-terms",
                    "cap.excess is refundable, and the maximum of the whole pay doesn't say when what is withheld is paid.",
                    self.where,
                    "It would never be paid.",
                    "State cap.excess: carried or lost, or cap the plan or its components.",
                )
            )

    def settle(self, run: SettlingRun) -> None:
        check_currency(run, self.amount, self)
        carries = run.need("cap.excess", "the maximum of pay", self.where) == "carried"
        rows, periods = run.shape
        limit, waiting = Exact.full(rows, self.amount.amount), Exact.full(rows, 0)
        above: list[Exact] = []
        later: list[Exact] = []
        for t in range(periods):
            pay = run.pay[:, t]
            total = pay + waiting
            out = total.minimum(limit)
            above.append((pay - out).maximum(waiting * Exact.full(rows, 0)))
            later.append((out - pay).maximum(waiting * Exact.full(rows, 0)))
            if carries:
                waiting = total - out
        cut, paid = stacked(above), stacked(later)
        most = format_money(self.amount.amount, self.amount.currency)
        before = run.pay

        def say_cut(row: int, t: int) -> str:
            tail = "carried to later pay periods" if carries else "not paid"
            return f"{run.money(before, row, t)} is more than the {most} that a pay period pays at most: {run.money(cut, row, t)} is {tail}"

        run.add("above the maximum", say_cut, self.where, pay=-cut, balance=cut if carries else None)
        run.add(
            "paid later",
            lambda row, t: (
                f"{run.money(paid, row, t)} of what was above the maximum of {most} before is paid now"
            ),
            self.where,
            pay=paid,
            balance=-paid,
        )


def check_currency(run: SettlingRun, amount: Money, mechanic: Settling) -> None:
    """A Problem where pay is in another currency than the amount."""
    other = next((str(u) for u in run.unit.tolist() if u != amount.currency), None)
    if other is not None:
        run.problem(
            "currency-mixed",
            f'"{mechanic.name}" is in {amount.currency}, and pay is in {other}.',
            mechanic.where,
            "They can't be compared.",
            "State the plan's currency, and exchange rates.",
        )
