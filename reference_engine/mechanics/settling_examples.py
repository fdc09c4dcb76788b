"""The worked examples of draws, computed by hand: the deals pay 100%, so that each deal is what was earned."""

from __future__ import annotations

from reference_engine.mechanics.registry import Example

ON_PLAN = "payee | plan | from\nAna | P | 2026-01-01"


def plan(settle: str = "", conventions: str = "", more: str = "", components: str = "") -> str:
    """A plan whose deals pay 100%."""
    parts = (
        components
        or "{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 100%}}]}"
    )
    negative = "" if "balance.negative" in conventions else ", balance.negative: carried"
    stated = f"rounding: exact{negative}, returns.earn: mirror" + (f", {conventions}" if conventions else "")
    return "\n".join(
        line
        for line in (
            f"conventions: {{{stated}}}",
            more,
            f"components: [{parts}]",
            f"settle: [{settle}]" if settle else "",
        )
        if line
    )


def earned(*amounts: str, unit: str = "USD", start: int = 1, **tables: str) -> dict[str, str]:
    """Tables in which Ana earns these amounts from a month on; a negative one is a return, a blank one nothing."""
    deals, returns = [], []
    for i, amount in enumerate(amounts):
        day = f"2026-{start + i:02d}-15"
        if amount.startswith("-"):
            returns.append(f"R-{i + 1} | D-1 | {amount[1:]} {unit} | {day}")
        elif amount:
            deals.append(f"D-{i + 1} | Ana | {amount} {unit} | {day}")
    out = {"plan_assignments": ON_PLAN, "deals": "\n".join(["deal | owner | amount | closed", *deals])}
    if returns:
        out["returns"] = "\n".join(["return | of | amount | date", *returns])
    return {**out, **tables}


def months(text: str, *amounts: str, unit: str = "USD", start: int = 1) -> str:
    return "\n".join(f"{text} | 2026-{start + i:02d} | {a} {unit}" for i, a in enumerate(amounts) if a)


IMMEDIATE = "draw.recovery: immediate, draw.surplus_offsets: no, draw.negative: owed"

DRAWS = (
    Example(
        "Six months with a recoverable draw of 2,000: in April only 375 of the 500 owed are taken, so that 2,000 are paid",
        plan(conventions=IMMEDIATE),
        earned(
            "2,750.00", "3,000.00", "1,500.00", "2,375.00", "3,000.00", "2,750.00",
            draws="payee | kind | amount | per | from | to\nAna | recoverable | 2,000.00 USD | month | 2026-01 | 2026-06",
        ),
        months("Ana", "2,750.00", "3,000.00", "2,000.00", "2,000.00", "2,875.00", "2,750.00"),
        source="https://docs.oracle.com/cd/E05553_01/books/InCompAdm/InCompAdmPlanDesign8.html",
        balances=months("Ana", "0.00", "0.00", "-500.00", "-125.00", "0.00", "0.00"),
    ),
    Example(
        "Earnings below zero make the debt larger, and exactly the draw changes nothing",
        plan(conventions=IMMEDIATE),
        earned(
            "100.00", "1,200.00", "-20.00", "110.00", "250.00",
            draws="payee | kind | amount | per | from | to\nAna | recoverable | 250.00 USD | period | 2026-01 | 2026-05",
        ),
        months("Ana", "250.00", "1,050.00", "250.00", "250.00", "250.00"),
        source="https://support.oracle.com/knowledge/Oracle%20E-Business%20Suite/1088212_1.html",
        balances=months("Ana", "-150.00", "0.00", "-270.00", "-410.00", "-410.00"),
    ),
    Example(
        "The recovery starts in the fourth period; after the sixth it may take all pay",
        plan(conventions="draw.first_recovery_period: included, draw.delayed_surplus: paid, draw.surplus_offsets: no"),
        earned(
            "500.00", "700.00", "400.00", "1,500.00", "1,200.00", "1,100.00", "900.00",
            draws="payee | kind | amount | per | from | to | first recovery period\n"
            "Ana | recoverable | 1,000.00 USD | month | 2026-01 | 2026-06 | 2026-04",
        ),
        months("Ana", "1,000.00", "1,000.00", "1,000.00", "1,000.00", "1,000.00", "1,000.00", "300.00"),
        source="https://docs.oracle.com/en/cloud/saas/sales/facmi/example-of-incentive-compensation-draw-and-recovery.html",
        balances=months("Ana", "-500.00", "-800.00", "-1,400.00", "-900.00", "-700.00", "-600.00", "0.00"),
    ),
    Example(
        "The recovery waits for the end of the quarter, and pay above the draw is held back until then",
        plan(conventions="draw.delayed_surplus: held back, draw.surplus_offsets: no, draw.negative: owed"),
        earned(
            "100.00", "1,200.00", "-20.00", "110.00", start=6,
            draws="payee | kind | amount | per | from | to | recovery | interval\n"
            "Ana | recoverable | 250.00 USD | month | 2026-06 | 2026-12 | at the end of the interval | quarter",
        ),
        months("Ana", "250.00", "250.00", "250.00", "640.00", "250.00", "250.00", "250.00", start=6),
        source="https://support.oracle.com/knowledge/Oracle%20E-Business%20Suite/1089004_1.html, to September; then by hand",
        balances=months("Ana", "-150.00", "800.00", "530.00", "0.00", "-250.00", "-500.00", "-750.00", start=6),
    ),
    Example(
        "A draw that need not be paid back tops pay up to the greater of both",
        plan(),
        earned(
            "3,200.00", "5,000.00", "6,000.00",
            draws="payee | kind | amount | per | from | to\nAna | non-recoverable | 5,000.00 USD | month | 2026-01 | 2026-03",
        ),
        months("Ana", "5,000.00", "5,000.00", "6,000.00"),
        source="https://help.quotapath.com/en/articles/15532965-how-to-view-non-recoverable-draws, March; then by hand",
        balances=months("Ana", "0.00", "0.00", "0.00"),
    ),
    Example(
        "A draw paid on top of what was earned, for good",
        plan(),
        earned(
            "3,200.00", "6,000.00",
            draws="payee | kind | amount | per | from | to\nAna | non-recoverable additional | 500.00 USD | month | 2026-01 | 2026-01",
        ),
        months("Ana", "3,700.00", "6,000.00"),
    ),
    Example(
        "A draw taken on top of what was earned is a loan, repaid from the next pay",
        plan(conventions=IMMEDIATE),
        earned(
            "1,000.00", "3,000.00",
            draws="payee | kind | amount | per | from | to\nAna | loan | 1,000.00 USD | month | 2026-01 | 2026-01",
        ),
        months("Ana", "2,000.00", "2,000.00"),
        source="https://www.qcommission.com/blog/recoverable-vs-non-recoverable-draw-what-is-the-difference.html",
        balances=months("Ana", "-1,000.00", "0.00"),
    ),
    Example(
        "A draw paid at the start of the month is netted from the pay at its end; what wasn't earned is owed",
        plan(conventions=IMMEDIATE),
        earned(
            "6,000.00", "1,000.00", "9,000.00",
            draws="payee | kind | amount | per | from | to\nAna | prepaid | 4,000.00 USD | month | 2026-01 | 2026-03",
        ),
        months("Ana", "2,000.00", "0.00", "2,000.00"),
        source="https://visdum.com/blog/recoverable-and-non-recoverable-draw, January; then by hand",
        balances=months("Ana", "0.00", "-3,000.00", "0.00"),
    ),
    Example(
        "Half of the pay above the draw is taken back, at least 100 and at most 600",
        plan(conventions=IMMEDIATE),
        earned(
            "0.00", "2,100.00", "2,800.00", "4,000.00", "2,050.00",
            draws="payee | kind | amount | per | from | to | recovery share | recovery minimum | recovery maximum\n"
            "Ana | recoverable | 2,000.00 USD | month | 2026-01 | 2026-12 | 50% | 100.00 USD | 600.00 USD",
        ),
        "\n".join([
            months("Ana", "2,000.00", "2,000.00", "2,400.00", "3,400.00", *["2,000.00"] * 8),
        ]),
        balances=months(
            "Ana", "-2,000.00", "-1,900.00", "-1,500.00", "-900.00", "-850.00", "-2,850.00", "-4,850.00",
            "-6,850.00", "-8,850.00", "-10,850.00", "-12,850.00", "-14,850.00",
        ),
    ),
    Example(
        "Half of what is still owed after March is forgiven; the rest is taken from all pay after the draw",
        plan(conventions=IMMEDIATE),
        earned(
            "500.00", "1,000.00", "", "700.00",
            draws="payee | kind | amount | per | from | to | forgiven after | forgiven share\n"
            "Ana | recoverable | 1,000.00 USD | month | 2026-01 | 2026-03 | 2026-03 | 50%",
        ),
        months("Ana", "1,000.00", "1,000.00", "1,000.00", "0.00"),
        balances=months("Ana", "-500.00", "-500.00", "-750.00", "-50.00"),
    ),
    Example(
        "A bonus doesn't count towards the draw and pays nothing back",
        plan(
            conventions=IMMEDIATE + ", draw.scope: named components",
            components="{component: C, measure: bookings, credits: [direct], products: [A], earn: [{flat rate: {rate: 100%}}]}, "
            "{component: Bonus, measure: bookings, credits: [direct], products: [B], earn: [{flat rate: {rate: 100%}}]}",
        ),
        {
            "plan_assignments": ON_PLAN,
            "deals": "deal | owner | amount | closed | product\nD-1 | Ana | 400.00 USD | 2026-01-10 | A\nD-2 | Ana | 900.00 USD | 2026-01-11 | B\n"
            "D-3 | Ana | 1,300.00 USD | 2026-02-10 | A\nD-4 | Ana | 900.00 USD | 2026-02-11 | B",
            "draws": "payee | kind | amount | per | from | to | covers\nAna | recoverable | 1,000.00 USD | month | 2026-01 | 2026-03 | C",
        },
        "Ana | 2026-01 | 1,900.00 USD\nAna | 2026-02 | 1,900.00 USD\nAna | 2026-03 | 1,000.00 USD",
        balances="Ana | 2026-01 | -600.00 USD\nAna | 2026-02 | -300.00 USD\nAna | 2026-03 | -1,300.00 USD",
    ),
    Example(
        "Earlier pay above the draw makes up for a later month below it",
        plan(conventions="draw.recovery: immediate, draw.surplus_offsets: yes"),
        earned(
            "3,000.00", "1,500.00", "1,200.00",
            draws="payee | kind | amount | per | from | to\nAna | recoverable | 2,000.00 USD | month | 2026-01 | 2026-03",
        ),
        months("Ana", "3,000.00", "1,500.00", "1,500.00"),
        balances=months("Ana", "0.00", "0.00", "-300.00"),
    ),
    Example(
        "A draw of 30% of the yearly target for everybody on the plan, in equal parts, paid to who sells nothing too",
        plan(
            "{draw: {kind: non-recoverable, percent of target: 30%, per: year, to: 2026-02}}",
            "draw.period: in equal parts",
            "currency: USD",
        ),
        {
            "plan_assignments": "payee | plan | from | target incentive | period\nAna | P | 2026-01-01 | 24,000.00 USD | year\n"
            "Ben | P | 2026-01-01 | 12,000.00 USD | year",
            "deals": "deal | owner | amount | closed\nD-1 | Ana | 500.00 USD | 2026-01-10\nD-2 | Ana | 700.00 USD | 2026-03-10",
        },
        "Ana | 2026-01 | 600.00 USD\nAna | 2026-02 | 600.00 USD\nAna | 2026-03 | 700.00 USD\n"
        "Ben | 2026-01 | 300.00 USD\nBen | 2026-02 | 300.00 USD",
    ),
    Example(
        "Who leaves owes the advance: all of it is taken from the last pay, and nobody draws after leaving",
        plan(conventions=IMMEDIATE + ", balance.leaver: taken from the last pay, draw.partial_period: by days, credit.outside_employment: counts"),
        {
            **earned("500.00", "700.00"),
            "payees": "payee | left\nAna | 2026-02-21",
            "draws": "payee | kind | amount | per | from | to\nAna | recoverable | 1,000.00 USD | month | 2026-01 | 2026-06",
        },
        "Ana | 2026-01 | 1,000.00 USD\nAna | 2026-02 | 200.00 USD",
        balances=months("Ana", "-500.00", *["0.00"] * 5),
    ),
    Example(
        "An old debit of 100 is taken before any new commission is paid",
        plan(),
        earned("500.00", opening_balances="payee | period | balance\nAna | 2026-01 | -100.00 USD"),
        months("Ana", "400.00"),
        source="http://www.finalexpensesuperstar.com/blog/how-to-figure-out-your-commissions",
        balances=months("Ana", "0.00"),
    ),
)  # fmt: skip
