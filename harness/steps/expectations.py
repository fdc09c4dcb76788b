"""What must come out: payouts, statements, credits, attainments, balances, territories, refusals."""

from __future__ import annotations

from fractions import Fraction

from harness.catalogue import read_step, sentence
from harness.comparison import Comparison, difference, said, same
from harness.scene import Scene
from harness.statement import compare, total
from harness.table_schemas import ACCOUNT_TERRITORIES, CREDITS, LINES, PAYOUTS, Rows
from harness.verdicts import Mismatch
from reference_engine.problems import did_you_mean
from reference_engine.vocabulary.numbers import Money, Percent, Quantity

_PAYOUT_COLUMNS = ("", "payee", "expected", "computed", "difference")


def _payout(scene: Scene, payee: str, period: str, money: Money) -> Comparison:
    __tracebackhide__ = True
    computed = scene.outcome.payout(payee, period, money.currency)
    comparison = Comparison(f"The payout for {period} is not as expected.", _PAYOUT_COLUMNS)
    ok = same(money, computed)
    single = computed[0] if len(computed) == 1 else None
    comparison.add("", payee, str(money), said(computed), difference(money, single), ok=ok)
    return comparison


@sentence(
    "T01",
    "then",
    'the payout of "{payee}" for {period} is {money}',
    meaning="What a payee is paid in a period, exactly.",
    example='the payout of "Ana Ruiz" for 2026-Q1 is 11,900.00 EUR',
)
def payout(scene: Scene, payee: str, period: str, money: Money) -> None:
    __tracebackhide__ = True
    comparison = _payout(scene, payee, period, money)
    if comparison.wrong:
        lines = scene.outcome.statement(payee, period)
        # A tier and the bonus of the same range have one label.
        several = len({ln.label for ln in lines}) < len({(ln.component, ln.label) for ln in lines})
        listed = [f"  {f'{ln.component}, ' if several else ''}{ln.label}: {Money(ln.amount, ln.currency)}" for ln in lines[:20]]
        comparison.note("\n".join(["Computed from:", *listed] if listed else ["No line is paid in this period."]))
    comparison.finish()


@sentence(
    "T02",
    "then",
    'the payout of "{payee}" for {period} is {money} because:',
    table=LINES,
    meaning="What a payee is paid and why: base, rate and amount of each line. The lines add up to the payout.",
    example='the payout of "Ana Ruiz" for 2026-Q1 is 11,900.00 EUR because:',
)
def payout_because(scene: Scene, payee: str, period: str, money: Money, table: Rows) -> None:
    __tracebackhide__ = True
    stated = total(m for row in table.rows if isinstance(m := row.values["amount"], Money))
    payout = _payout(scene, payee, period, money)
    comparison = compare(
        f'The payout of "{payee}" for {period} does not come about as expected.', table, scene.outcome.shown(payee, period), complete=True
    )
    if stated != [money]:
        comparison.note(f"The expected lines add up to {said(stated)}, not to the expected payout of {money}.")
    if payout.wrong:
        _, _, expected, computed, less = payout.rows[0]
        comparison.note(f"Payout: expected {expected}, computed {computed}, difference {less}.")
    comparison.finish()


@sentence(
    "T03",
    "then",
    "the payouts for {period} are:",
    table=PAYOUTS,
    meaning="Everybody who is paid in the period. Somebody who is paid and is not listed is a difference.",
    example="the payouts for 2026-Q1 are:",
)
def payouts(scene: Scene, period: str, table: Rows) -> None:
    __tracebackhide__ = True
    outcome = scene.outcome
    comparison = Comparison(f"The payouts for {period} are not as expected.", _PAYOUT_COLUMNS)
    left = outcome.payouts(period)
    seen: set[str] = set()
    for row in table.rows:
        payee, money = str(row.values["payee"]), row.values["payout"]
        assert isinstance(money, Money)
        if payee in seen:
            comparison.note(f'"{payee}" stands twice in the expected table (line {row.where.line}).')
        seen.add(payee)
        if payee not in outcome.payees:
            comparison.add("unknown", payee, str(money), "-", "-", ok=False)
            comparison.note(f'Nobody in this scenario is called "{payee}". {did_you_mean(payee, outcome.payees)}')
            continue
        computed = outcome.payout(payee, period, money.currency)
        left.pop(payee, None)
        single = computed[0] if len(computed) == 1 else None
        comparison.add("", payee, str(money), said(computed), difference(money, single), ok=same(money, computed))
    for payee, amounts in left.items():
        if any(m.amount for m in amounts):
            comparison.add("not expected", payee, "-", said([m for m in amounts if m.amount]), "-", ok=False)
    comparison.finish()


@sentence(
    "T04",
    "then",
    "total payouts for {period} are {money}",
    meaning="The sum of all payouts of a period. Where several currencies are paid, each is stated by a step of its own.",
    example="total payouts for 2026-Q1 are 5,750.00 EUR",
)
def total_payouts(scene: Scene, period: str, money: Money) -> None:
    __tracebackhide__ = True
    by_payee = scene.outcome.payouts(period)
    computed = total(m for amounts in by_payee.values() for m in amounts)
    # Where several currencies are paid, each has a total of its own, and a step that states it.
    stated = _totals_stated(scene, period)
    computed = [m for m in computed if m.currency == money.currency or (m.amount and m.currency not in stated)]
    computed = computed or [scene.outcome.nothing(money.currency)]
    comparison = Comparison(f"The payouts for {period} do not total what is expected.", ("", "expected", "computed", "difference"))
    single = computed[0] if len(computed) == 1 else None
    comparison.add("", str(money), said(computed), difference(money, single), ok=same(money, computed))
    if comparison.wrong:
        comparison.note("\n".join(["Computed payouts:", *(f"  {payee}: {said(amounts)}" for payee, amounts in by_payee.items())]))
        others = [m for m in computed if m.currency != money.currency]
        if others and same(money, [m for m in computed if m.currency == money.currency]):
            comparison.note("\n".join(["No step states the rest. Add:", *(f"  total payouts for {period} are {m}" for m in others)]))
    comparison.finish()


def _totals_stated(scene: Scene, period: str) -> set[str]:
    """The currencies whose total the steps of the scenario state for a period."""
    read = [read_step(step, scene.where.file, []) for step in scene.recorder.steps if step.kind == "then"]
    totals = [r.values for r in read if r is not None and r.sentence.id == "T04"]
    return {m.currency for v in totals if v["period"] == period and isinstance(m := v["money"], Money)}


@sentence(
    "T05",
    "then",
    'the statement of "{payee}" for {period} shows:',
    table=LINES,
    meaning="All lines of a statement, in any order.",
    example='the statement of "Ana Ruiz" for 2026-01 shows:',
)
def statement_shows(scene: Scene, payee: str, period: str, table: Rows) -> None:
    __tracebackhide__ = True
    title = f'The statement of "{payee}" for {period} does not show the expected lines.'
    compare(title, table, scene.outcome.shown(payee, period), complete=True).finish()


@sentence(
    "T06",
    "then",
    'the statement of "{payee}" for {period} includes:',
    table=LINES,
    meaning="Some lines of a statement; there may be others.",
    example='the statement of "Ana Ruiz" for 2026-Q1 includes:',
)
def statement_includes(scene: Scene, payee: str, period: str, table: Rows) -> None:
    __tracebackhide__ = True
    title = f'The statement of "{payee}" for {period} does not include the expected lines.'
    lines = scene.outcome.statement(payee, period)
    comparison = compare(title, table, scene.outcome.shown(payee, period), complete=False)
    if comparison.wrong:
        comparison.note("\n".join(["Computed lines:", *(f"  {ln.label}: {Money(ln.amount, ln.currency)}" for ln in lines)]))
    comparison.finish()


@sentence(
    "T07",
    "then",
    'the attainment of "{payee}" for {period} is {percent}',
    meaning="What was sold in the period against the quota, exactly.",
    example='the attainment of "Ana Ruiz" for 2026-Q1 is 130%',
)
def attainment(scene: Scene, payee: str, period: str, percent: Percent) -> None:
    __tracebackhide__ = True
    rows = scene.outcome.attainments(payee, period)
    if not rows:
        raise Mismatch(f'No attainment of "{payee}" was calculated for {period}: no plan of theirs pays by attainment of that period.')
    comparison = Comparison(f"The attainment for {period} is not as expected.", ("", "payee", "expected", "computed", "sold", "quota"))
    for row in rows:
        name = payee if len(rows) == 1 else f"{payee}, {row.plan}, {row.component}"
        sold, quota = (Money(v, row.currency) if row.currency else Quantity(v) for v in (row.measured, row.quota))
        comparison.add("", name, str(percent), str(Percent(row.value)), str(sold), str(quota), ok=row.value == percent.value)
    comparison.finish()


@sentence(
    "T08",
    "then",
    'the credit of deal "{deal}" is:',
    table=CREDITS,
    meaning="Everybody who is credited with a deal, and why.",
    example='the credit of deal "D-1" is:',
)
def credit(scene: Scene, deal: str, table: Rows) -> None:
    __tracebackhide__ = True
    rows = scene.outcome.credits(deal)
    comparison = Comparison(f"The credit of deal {deal} is not as expected.", ("", "payee", "why", "expected", "computed", "difference"))
    left: dict[tuple[str, str], list[Money | Quantity]] = {}
    for c in rows:
        value: Money | Quantity = Money(c.value, c.currency) if c.currency else Quantity(c.value)
        left.setdefault((c.payee, c.type), []).append(value)
    for row in table.rows:
        payee, expected, why = str(row.values["payee"]), row.values["credit"], row.values.get("why")
        assert isinstance(expected, Money | Quantity)
        keys = [k for k in left if k[0] == payee and why in (None, k[1])]
        found = [value for key in keys for value in left.pop(key)]
        computed = _sum(found)
        shown = str(why or "/".join(k[1] for k in keys))
        comparison.add("", payee, shown, str(expected), said(computed), difference(expected, computed), ok=computed == expected)
    for (payee, why), values in left.items():
        comparison.add("not expected", payee, why, "-", said(_sum(values)), "-", ok=False)
    if not rows:
        comparison.note(f'Nothing is credited for a deal "{deal}". {did_you_mean(deal, {c.deal for c in scene.outcome.result.credit_rows()})}')
    comparison.finish()


def _sum(values: list[Money | Quantity]) -> Money | Quantity | None:
    """One value; None for none, or for several kinds that can't be added."""
    if values and all(isinstance(v, Money) for v in values):
        sums = total(v for v in values if isinstance(v, Money))
        return sums[0] if len(sums) == 1 else None
    units = [v.value for v in values if isinstance(v, Quantity)]
    return Quantity(sum(units, Fraction(0))) if units and len(units) == len(values) else None


@sentence(
    "T10",
    "then",
    'the balance of "{payee}" after {period} is {money}',
    meaning="What stands open after a period: negative is owed by the payee.",
    example='the balance of "Ana Ruiz" after 2026-Q2 is -1,500.00 EUR',
)
def balance(scene: Scene, payee: str, period: str, money: Money) -> None:
    __tracebackhide__ = True
    computed = scene.outcome.balance(payee, period, money.currency)
    comparison = Comparison(f"The balance after {period} is not as expected.", _PAYOUT_COLUMNS)
    single = computed[0] if len(computed) == 1 else None
    comparison.add("", payee, str(money), said(computed), difference(money, single), ok=same(money, computed))
    comparison.finish()


@sentence(
    "T11",
    "then",
    "the territories of these accounts are:",
    table=ACCOUNT_TERRITORIES,
    meaning="The territory and the owner of each listed account, and why.",
    example="the territories of these accounts are:",
)
def account_territories(scene: Scene, table: Rows) -> None:
    __tracebackhide__ = True
    assigned = {a.account: a for a in scene.territories}
    columns = [c for c in ("territory", "owner", "why") if c in table.header]
    comparison = Comparison("Accounts are not in the expected territories.", ("", "account", *columns))
    for row in table.rows:
        account = row.text["account"]
        found = assigned.get(account)
        if found is None:
            comparison.note(f'There is no account "{account}". {did_you_mean(account, assigned)}')
            continue
        wanted = [row.text[c] for c in columns]
        computed = [found.territory if c == "territory" else found.owner if c == "owner" else found.why for c in columns]
        if wanted == computed:
            comparison.add("agrees", account, *wanted, ok=True)
        else:
            comparison.add("expected", account, *wanted, ok=False)
            comparison.add("computed", account, *computed, ok=False)
    comparison.finish()


@sentence(
    "T13",
    "then",
    'the calculation is refused because "{reason}"',
    meaning="The facts can't be calculated, for this reason, in the words of the Problem.",
    example='the calculation is refused because "direct credit of deal D-1 totals 110%"',
)
def refused(scene: Scene, reason: str) -> None:
    __tracebackhide__ = True
    if scene.refusal is None:
        raise Mismatch(f'The calculation was expected to be refused because "{reason}", and it was not.')
    given = [p.what for p in scene.refusal.problems]
    if not any(_plain(reason) in _plain(what) for what in given):
        listed = "\n".join(f"  {what}" for what in given)
        raise Mismatch(f'The calculation was refused, and for another reason than "{reason}":\n{listed}')


def _plain(text: str) -> str:
    return " ".join(text.split()).rstrip(".")
