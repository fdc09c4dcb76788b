"""What stands behind payouts: quotas, measures over time, shown figures, and what is held."""

from __future__ import annotations

from fractions import Fraction

from harness.catalogue import sentence
from harness.comparison import Comparison, Value, difference, said, same
from harness.outcome import Outcome
from harness.scene import Scene
from harness.statement import total
from harness.table_schemas import TREND, Rows
from harness.verdicts import NotCalculated
from reference_engine.events import SOURCES
from reference_engine.problems import did_you_mean
from reference_engine.vocabulary.numbers import Money, Percent, Quantity

_COUNTED = {
    "bookings": ("deals", "returns of deals", "cancellations"),
    "revenue": ("invoices",),
    "cash": ("payments",),
    "units": ("retail sales", "returns of sales"),
}


@sentence(
    "T19",
    "then",
    'the quota of "{payee}" for {period} is {money}',
    meaning="What a payee is expected to sell in a period, after ramps, seasons, proration and relief.",
    example='the quota of "Ana Ruiz" for 2026-Q1 is 80,000.00 EUR',
)
def quota_is(scene: Scene, payee: str, period: str, money: Money) -> None:
    __tracebackhide__ = True
    outcome = scene.outcome
    outcome.check_payee(payee)
    found, steps = _quotas(outcome, payee, period)
    if not found:
        raise NotCalculated(f'No quota of "{payee}" was calculated for {period}. A quota of another period is not divided without the plan saying how.')
    comparison = Comparison(f"The quota for {period} is not as expected.", ("", "payee", "expected", "computed", "difference"))
    for value in found:
        comparison.add("", payee, str(money), str(value), difference(money, value), ok=value == money)
    if comparison.wrong and steps:
        comparison.note("\n".join(["It comes about so:", *(f"  {step}" for step in steps)]))
    comparison.finish()


def _quotas(outcome: Outcome, payee: str, period: str) -> tuple[list[Money | Quantity], list[str]]:
    """What a payee's plans measure by in a period, each plan once; else what is stated, summed over the payee's assignments."""
    rows = [q for q in outcome.result.quota_rows() if (q.payee, q.period) == (payee, period)]
    steps = list(dict.fromkeys(step for q in rows for step in q.steps))
    measured = dict.fromkeys((a.quota, a.currency) for a in outcome.attainments(payee, period))
    if not measured:
        plans = {plan for plan in dict.fromkeys(q.plan for q in rows) if outcome.is_on(payee, plan)}
        sums: dict[tuple[str, str, str], Fraction] = {}
        for q in rows:
            if q.plan in plans or not plans:
                key = (q.plan, q.measure, q.currency)
                sums[key] = sums.get(key, Fraction(0)) + q.quota
        measured = dict.fromkeys((quota, currency) for (_, _, currency), quota in sums.items())
    return [Money(quota, currency) if currency else Quantity(quota) for quota, currency in measured], steps


@sentence(
    "T20",
    "then",
    "the {counted_measure} by period are:",
    table=TREND,
    meaning="What was sold in each of some periods, net of returns and cancellations: of everybody, or of the payee in the column. Direct credit counts, so a shared deal counts once.",
    example="the bookings by period are:",
)
def trend(scene: Scene, counted_measure: str, table: Rows) -> None:
    __tracebackhide__ = True
    _trend(scene, counted_measure, table, "are")


@sentence(
    "T24",
    "then",
    "the {counted_sum} by period is:",
    table=TREND,
    meaning="What was invoiced, or what came in, in each of some periods: of everybody, or of the payee in the column. Direct credit counts, so a shared deal counts once.",
    example="the cash by period is:",
)
def trend_of_sum(scene: Scene, counted_sum: str, table: Rows) -> None:
    __tracebackhide__ = True
    _trend(scene, counted_sum, table, "is")


def _trend(scene: Scene, counted_measure: str, table: Rows, verb: str) -> None:
    __tracebackhide__ = True
    outcome = scene.outcome
    comparison = Comparison(f"The {counted_measure} {verb} not as expected.", ("", "period", "payee", "expected", "computed", "difference"))
    for row in table.rows:
        payee, expected = row.text.get("payee", ""), row.values["amount"]
        assert isinstance(expected, Money | Quantity)
        if payee:
            outcome.check_payee(payee)
        computed = _counted(outcome, counted_measure, row.text["period"], payee, expected)
        single = computed[0] if len(computed) == 1 else None
        comparison.add("", row.text["period"], payee or "everybody", str(expected), said(computed), difference(expected, single), ok=same(expected, computed))
    comparison.finish()


def _counted(outcome: Outcome, measure: str, label: str, payee: str, like: Money | Quantity) -> list[Value]:
    __tracebackhide__ = True
    period = outcome.period(label)
    events = outcome.result.events
    sources = {int(i): SOURCES[code] for i, code in enumerate(events.source.tolist())}
    sums: dict[str, Fraction] = {}
    for event, credit in zip(outcome.result.credits.event.tolist(), outcome.result.credit_rows(), strict=True):
        if credit.type == "direct" and sources[event] in _COUNTED[measure] and credit.date in period and payee in ("", credit.payee):
            sums[credit.currency] = sums.get(credit.currency, Fraction(0)) + credit.value
    kept: list[Value] = [Money(v, c) if c else Quantity(v) for c, v in sums.items()]
    if kept or isinstance(like, Quantity) != (measure == "units"):
        return kept
    return [outcome.nothing(like.currency) if isinstance(like, Money) else Quantity(Fraction(0))]


@sentence(
    "T21",
    "then",
    'the figure "{figure}" of "{payee}" for {period} is {value}',
    meaning="A figure that a plan shows, exactly: money, a percent or a number.",
    example='the figure "coverage" of "Ana Ruiz" for 2026-Q1 is 300%',
)
def figure_is(scene: Scene, figure: str, payee: str, period: str, value: Value) -> None:
    __tracebackhide__ = True
    outcome = scene.outcome
    outcome.check_payee(payee)
    rows = outcome.result.figure_rows()
    names = dict.fromkeys(r.figure for r in rows)
    if figure not in names:
        raise NotCalculated(f'No plan shows a figure "{figure}". {did_you_mean(figure, names)}')
    found = [r for r in rows if (r.figure, r.payee, r.period) == (figure, payee, period)]
    computed = [_like(value, r.value, r.currency) for r in found]
    comparison = Comparison(f'The figure "{figure}" for {period} is not as expected.', ("", "payee", "expected", "computed", "difference"))
    single = computed[0] if len(computed) == 1 else None
    comparison.add("", payee, str(value), said(computed), difference(value, single), ok=same(value, computed))
    comparison.finish()


def _like(expected: Value, value: Fraction, currency: str) -> Value:
    return Money(value, currency) if currency else Percent(value) if isinstance(expected, Percent) else Quantity(value)


@sentence(
    "T22",
    "then",
    'the commission held for "{payee}" after {period} is {money}',
    meaning="What is earned up to the end of a period and not paid by then: it waits for cash, a day or an approval.",
    example='the commission held for "Ana Ruiz" after 2026-Q1 is 500.00 EUR',
)
def held(scene: Scene, payee: str, period: str, money: Money) -> None:
    __tracebackhide__ = True
    outcome = scene.outcome
    outcome.check_payee(payee)
    last = outcome.period(period).last
    calendar = outcome.calendar
    waiting = [
        r
        for r in outcome.result.line_rows()
        if r.payee == payee and r.period and calendar.period(r.period).last <= last and (not r.pay_period or calendar.period(r.pay_period).first > last)
    ]
    computed = [m for m in total(Money(r.amount, r.currency) for r in waiting) if m.amount] or [outcome.nothing_of(payee, money.currency)]
    comparison = Comparison(f"What is held after {period} is not as expected.", ("", "payee", "expected", "computed", "difference"))
    comparison.add("", payee, str(money), said(computed), difference(money, computed[0] if len(computed) == 1 else None), ok=same(money, computed))
    if comparison.wrong:
        listed = [f"  {r.record} {r.label}: {Money(r.amount, r.currency)}" for r in waiting[:20]]
        comparison.note("\n".join(["Held:", *listed] if listed else ["Nothing is held."]))
    comparison.finish()
