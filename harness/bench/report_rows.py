"""A record with as many differences as asked for, like that of a large company, made without any chance."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from reference_engine.vocabulary.numbers import format_number, plain_number
from reports.record import (
    Circumstances,
    Derivation,
    Difference,
    ExportedRow,
    Grain,
    Group,
    Identity,
    RunRecord,
    Verdict,
)

LINES = "commission lines"
CLASSES = ("amount", "amount", "amount", "missing", "unexpected", "timing", "currency")
RULES = (
    ("category Bikes: 1.1%", "1.1%", Fraction(11, 1000)),
    ("category Clothing: 2.25%", "2.25%", Fraction(225, 10000)),
    ("from 100% to 120% of the quota: 4.5%", "4.5%", Fraction(45, 1000)),
    ("new business: 8%", "8%", Fraction(8, 100)),
)
REGIONS = ("Nordics", "Iberia", "Central Europe", "United Kingdom", "Benelux", "Italy", "France")
PAYEES, PLANS, PERIODS = 5_000, 20, 12
SENTENCES = (
    "The target pays too much",
    "The target pays too little",
    "Lines are missing in the target",
    "Lines are paid a month later",
)


def large_record(count: int) -> RunRecord:
    """A record of that many differing commission lines of 5,000 payees, 20 plans and 12 periods.

    Their order, amounts and documents look like chance to a program that compresses them, as real ones do.
    """
    rows = tuple(_row(i, chance) for i, chance in zip(range(count), _chances(), strict=False))
    totals: dict[str, list[Fraction]] = {}
    for row in rows:
        sums = totals.setdefault(row.currency, [Fraction(0)] * 3)
        for place, text in enumerate((row.expected, row.actual, row.difference)):
            sums[place] += Fraction(text or 0)
    expected, actual, difference = (
        {currency: plain_number(sums[i], 2) for currency, sums in sorted(totals.items())} for i in range(3)
    )
    by_class: dict[str, int] = {}
    for row in rows:
        by_class[row.class_] = by_class.get(row.class_, 0) + 1
    compared = 20 * count
    grain = Grain(
        LINES,
        ("document", "line", "person", "plan"),
        compared,
        compared - count,
        count,
        by_class,
        expected,
        actual,
        difference,
    )
    return RunRecord(
        Identity("A large company against its new system", "reconcile", "0", "3"),
        Circumstances("bench", "trueup bench report", "2026-03-31T08:00:00Z", "2026-03-31T08:00:04Z"),
        Verdict("differs", f"{count:,} of {compared:,} commission lines differ.", 1),
        grains=(grain,),
        groups=tuple(_groups(rows)),
        differences=rows,
    )


def _chances() -> Iterator[int]:
    """Numbers below 2**61 that look like chance and are the same each time."""
    state = 88_172_645_463_325_252
    while True:
        state = (state * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407) % 2**64
        yield state >> 3


def _row(i: int, chance: int) -> Difference:
    rule, rate, value = RULES[chance % 4]
    payee, plan, period = chance // 7 % PAYEES, chance // 11 % PLANS, chance // 13 % PERIODS
    class_ = CLASSES[chance // 17 % len(CLASSES)]
    base = Fraction(1_000 + chance // 19 % 5_000_000, 100)
    unrounded = base * value
    amount = Fraction(int(unrounded * 100 + Fraction(1, 2)), 100)
    other = amount + Fraction(chance // 23 % 20_000 - 9_999, 100)
    expected = None if class_ == "unexpected" else amount
    actual = None if class_ == "missing" else (other if other != amount else amount + 1)
    order = 40_000 + chance // 29 % 900_000
    document, line = f"INV-SO{order}", f"SO{order}/{chance // 31 % 40 + 1}"
    month = f"2026-{period + 1:02d}"
    day = f"{month}-{chance // 37 % 28 + 1:02d}"
    currency = ("EUR", "EUR", "USD", "GBP")[payee % 4]
    key = {"document": document, "line": line, "person": f"E{10_000 + payee}", "plan": f"PLAN_{plan + 1}"}
    shown = f"{format_number(base, 2)} {currency}"
    return Difference(
        id=f"commission-lines-{(chance * 2_654_435_761 + i) % 16**12:012x}",
        grain=LINES,
        class_=class_,
        key=key,
        expected=_text(expected),
        actual=_text(actual),
        difference=plain_number((actual or Fraction(0)) - (expected or Fraction(0)), 2),
        currency=currency,
        stage="" if class_ == "amount" and i % 3 else "earning",
        field="commission",
        group=_group(class_, expected, actual),
        attributes={
            "plan": f"PLAN_{plan + 1}", "payee": f"{10_000 + payee}", "kind": "invoice", "pay period": month, "territory": REGIONS[payee % 7],
            "product": str(300 + chance // 41 % 90), "category": rule.partition(":")[0],
        },
        ours=None if expected is None else Derivation(
            f"SO{order}", document, line, day, f"{10_000 + payee}", f"PLAN_{plan + 1}", "commission", rule, plain_number(base, 2), currency, rate,
            f"{format_number(unrounded)} {currency}", (f"Rounded half up per line to 2 decimals: {format_number(unrounded)} {currency} becomes {format_number(amount, 2)} {currency}.",),
            (
                f'Invoice {document}, line {line}, of {day} is worth {shown}, credited to "{10_000 + payee}" as the owner.',
                f'The rule "{rule}" applies: {shown} x {rate} = {format_number(unrounded)} {currency}.',
                f"Rounded half up per line to 2 decimals: {format_number(unrounded)} {currency} becomes {format_number(amount, 2)} {currency}.",
            ),
            f"plans/plan_{plan + 1}.yaml", 20 + chance % 4, month,
        ),
        theirs=None if actual is None else ExportedRow("commission_lines.csv", 2 + i * 20 + chance % 20, {**key, "commission": _text(actual), "settled": "1"}),
    )  # fmt: skip


def _text(amount: Fraction | None) -> str:
    return "" if amount is None else plain_number(amount, 2)


def _group(class_: str, expected: Fraction | None, actual: Fraction | None) -> str:
    if class_ in ("timing", "missing"):
        return f"cause-{3 if class_ == 'timing' else 2}"
    return f"cause-{0 if (actual or 0) > (expected or 0) else 1}"


def _groups(rows: tuple[Difference, ...]) -> Iterator[Group]:
    members: dict[str, list[Difference]] = {}
    for row in rows:
        members.setdefault(row.group, []).append(row)
    for ident, group in sorted(members.items()):
        money: dict[str, Fraction] = {}
        for row in group:
            money[row.currency] = money.get(row.currency, Fraction(0)) + Fraction(row.difference)
        totals = {currency: plain_number(amount, 2) for currency, amount in sorted(money.items())}
        yield Group(
            ident,
            LINES,
            SENTENCES[int(ident[-1])],
            {},
            group[0].class_,
            len(group),
            totals,
            tuple(row.id for row in group),
        )
