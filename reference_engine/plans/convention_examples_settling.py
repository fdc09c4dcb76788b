"""Cases of the conventions of settling: draws, guarantees and balances over all pay of a payee."""

from __future__ import annotations

from reference_engine.mechanics.registry import Example
from reference_engine.plans.convention_case import Shown, case, component, deals

_ALL = component("{flat rate: {rate: 100%}}")
_USUAL = {
    "balance.negative": "carried",
    "returns.earn": "mirror",
    "draw.recovery": "immediate",
    "draw.surplus_offsets": "no",
    "draw.negative": "owed",
}


def _draw(convention: str, **others: str) -> str:
    """A plan that pays all that is sold, under the usual readings of a draw and the one that is asked."""
    stated = {**_USUAL, **{n.replace("__", "."): r for n, r in others.items()}, convention: "{reading}"}
    return f"conventions: {{rounding: exact, {', '.join(f'{n}: {r}' for n, r in stated.items())}}}\n" + _ALL


def _months(*earned: str) -> str:
    """A deal in the middle of each month of 2026, as long as there are amounts; "" for a month without one."""
    rows = [f"Ana | {amount} EUR | 2026-{month:02d}-15" for month, amount in enumerate(earned, 1) if amount]
    return deals(*rows)


def _settled(convention: str, settle: str, **others: str) -> str:
    """A plan that pays all that is sold and settles it, under the one convention that is asked."""
    stated = {
        "balance.negative": "carried",
        "returns.earn": "mirror",
        **{n.replace("__", "."): r for n, r in others.items()},
        convention: "{reading}",
    }
    words = ", ".join(f"{n}: {r}" for n, r in stated.items())
    return f"conventions: {{rounding: exact, {words}}}\n{_ALL}\nsettle: [{settle}]"


def _delayed(column: str, value: str = "") -> Example:
    """A draw whose recovery may start later, as one more column of draws says."""
    more = f" | {column}" if column else ""
    row = f"Ana | recoverable | 1,000.00 EUR | month | 2026-01 | 2026-03{' | ' + value if column else ''}"
    others = {"draw__delayed_surplus": "paid", "draw__first_recovery_period": "included"} if column else {}
    return case(
        _draw("draw.recovery", **others),
        deals=_months("600.00", "1,300.00", "1,300.00"),
        draws=f"{_DRAWS}{more}\n{row}",
    )


def _two_components(covers: str) -> Example:
    earn = "earn: [{flat rate: {rate: 100%}}]"
    both = (
        f"components: [{{component: C, measure: bookings, credits: [direct], products: [A], {earn}}}, "
        f"{{component: Bonus, measure: bookings, credits: [direct], products: [B], {earn}}}]"
    )
    return case(
        _draw("draw.scope").replace(_ALL, both),
        deals=deals(
            "Ana | 400.00 EUR | 2026-01-10 | A",
            "Ana | 900.00 EUR | 2026-01-11 | B",
            columns="deal | owner | amount | closed | product",
        ),
        draws=f"{_DRAWS} | covers\nAna | recoverable | 1,000.00 EUR | month | 2026-01 | 2026-01 | {covers}",
    )


_DRAWS = "payee | kind | amount | per | from | to"

SETTLING: dict[str, Shown] = {
    "draw.type": Shown(
        "A draw of 1,000.00 EUR a month; 600.00 EUR earned in January and 1,700.00 EUR in February",
        case(
            _draw("draw.type"),
            deals=_months("600.00", "1,700.00"),
            draws="payee | amount | per | from | to\nAna | 1,000.00 EUR | month | 2026-01 | 2026-02",
        ),
        {
            "recoverable": "2026-01 1,000.00 EUR, 2026-02 1,300.00 EUR",
            "non-recoverable": "2026-01 1,000.00 EUR, 2026-02 1,700.00 EUR",
            "non-recoverable additional": "2026-01 1,600.00 EUR, 2026-02 2,700.00 EUR",
            "loan": "2026-01 1,600.00 EUR, 2026-02 1,700.00 EUR",
            "prepaid": "2026-01 0.00 EUR, 2026-02 300.00 EUR",
        },
    ),
    "draw.recovery": Shown(
        "A recoverable draw of 1,000.00 EUR a month in the first quarter; 600.00, 1,300.00 and 1,300.00 EUR are earned in its months. "
        "The first recovery period is March, or the interval is the half-year",
        _delayed(""),
        {
            "immediate": "2026-01 1,000.00 EUR, 2026-02 1,000.00 EUR, 2026-03 1,200.00 EUR",
            "from the first recovery period": "2026-01 1,000.00 EUR, 2026-02 1,300.00 EUR, 2026-03 1,000.00 EUR",
            "at the end of the interval": "2026-01 1,000.00 EUR, 2026-02 1,300.00 EUR, 2026-03 1,300.00 EUR",
        },
        instead={
            "from the first recovery period": _delayed("first recovery period", "2026-03"),
            "at the end of the interval": _delayed("interval", "half-year"),
        },
    ),
    "draw.delayed_surplus": Shown(
        "A recoverable draw of 1,000.00 EUR a month, taken back at the end of the quarter; 600.00, 1,300.00 and 1,800.00 EUR are earned in its months",
        case(
            _draw("draw.delayed_surplus", draw__recovery="at the end of the interval"),
            deals=_months("600.00", "1,300.00", "1,800.00"),
            draws=_DRAWS
            + " | interval\nAna | recoverable | 1,000.00 EUR | month | 2026-01 | 2026-03 | quarter",
        ),
        {
            "paid": "2026-01 1,000.00 EUR, 2026-02 1,300.00 EUR, 2026-03 1,400.00 EUR",
            "held back": "2026-01 1,000.00 EUR, 2026-02 1,000.00 EUR, 2026-03 1,700.00 EUR",
        },
    ),
    "draw.first_recovery_period": Shown(
        "A recoverable draw of 1,000.00 EUR a month whose first recovery period is February; 600.00, 1,300.00 and 1,800.00 EUR are earned",
        case(
            _draw(
                "draw.first_recovery_period",
                draw__recovery="from the first recovery period",
                draw__delayed_surplus="paid",
            ),
            deals=_months("600.00", "1,300.00", "1,800.00"),
            draws=_DRAWS
            + " | first recovery period\nAna | recoverable | 1,000.00 EUR | month | 2026-01 | 2026-03 | 2026-02",
        ),
        {
            "included": "2026-01 1,000.00 EUR, 2026-02 1,000.00 EUR, 2026-03 1,700.00 EUR",
            "excluded": "2026-01 1,000.00 EUR, 2026-02 1,300.00 EUR, 2026-03 1,400.00 EUR",
        },
    ),
    "draw.scope": Shown(
        "A recoverable draw of 1,000.00 EUR in January; 400.00 EUR of commission and 900.00 EUR of bonus are earned, and a draw that names "
        "its components covers the commission only",
        _two_components(""),
        {"all earnings": "1,300.00 EUR", "named components": "1,900.00 EUR"},
        instead={"named components": _two_components("C")},
    ),
    "draw.surplus_offsets": Shown(
        "A recoverable draw of 1,000.00 EUR a month; 1,500.00 EUR earned in January and 700.00 EUR in February",
        case(
            _draw("draw.surplus_offsets"),
            deals=_months("1,500.00", "700.00"),
            draws=_DRAWS + "\nAna | recoverable | 1,000.00 EUR | month | 2026-01 | 2026-02",
        ),
        {
            "no": "2026-01 1,500.00 EUR, 2026-02 1,000.00 EUR",
            "yes": "2026-01 1,500.00 EUR, 2026-02 700.00 EUR",
        },
    ),
    "draw.negative": Shown(
        "A recoverable draw of 1,000.00 EUR a month; 200.00 EUR of December are taken back in January, and 2,500.00 EUR are earned in February",
        case(
            _draw("draw.negative"),
            deals=deals("Ana | 200.00 EUR | 2025-12-15", "Ana | 2,500.00 EUR | 2026-02-15"),
            returns="return | of | date | amount\nR-1 | D-1 | 2026-01-20 | 200.00 EUR",
            draws=_DRAWS + "\nAna | recoverable | 1,000.00 EUR | month | 2026-01 | 2026-02",
            plan_assignments="payee | plan | from\nAna | P | 2025-01-01",
        ),
        {
            "owed": "2025-12 200.00 EUR, 2026-01 1,000.00 EUR, 2026-02 1,300.00 EUR",
            "forgiven": "2025-12 200.00 EUR, 2026-01 1,000.00 EUR, 2026-02 1,500.00 EUR",
        },
    ),
    "draw.period": Shown(
        "A draw of 3,000.00 EUR for the first quarter, not taken back; 500.00 EUR are earned in each month",
        case(
            _draw("draw.period"),
            deals=_months("500.00", "500.00", "500.00"),
            draws=_DRAWS + "\nAna | non-recoverable | 3,000.00 EUR | quarter | 2026-Q1 | 2026-Q1",
        ),
        {
            "in equal parts": "2026-01 1,000.00 EUR, 2026-02 1,000.00 EUR, 2026-03 1,000.00 EUR",
            "first pay period": "2026-01 3,000.00 EUR, 2026-02 500.00 EUR, 2026-03 500.00 EUR",
        },
    ),
    "draw.partial_period": Shown(
        "A draw of 3,100.00 EUR a month for somebody who is hired on 22 January, for 10 of 31 days, and sells nothing",
        case(
            _draw("draw.partial_period"),
            payees="payee | hired\nAna | 2026-01-22",
            plan_assignments="payee | plan | from\nAna | P | 2026-01-22",
            deals=deals("Ana | 100.00 EUR | 2026-01-25"),
            draws=_DRAWS + "\nAna | non-recoverable | 3,100.00 EUR | month | 2026-01 | 2026-01",
        ),
        {"whole": "3,100.00 EUR", "by days": "1,000.00 EUR"},
    ),
    "balance.leaver": Shown(
        "Somebody who leaves at the end of January owes 1,000.00 EUR; January's pay is 700.00 EUR with a recoverable draw of 500.00 EUR, "
        "and 200.00 EUR are still paid in February",
        case(
            _draw("balance.leaver", credit__outside_employment="counts"),
            payees="payee | left\nAna | 2026-01-31",
            deals=_months("700.00", "200.00"),
            draws=_DRAWS + "\nAna | recoverable | 500.00 EUR | month | 2026-01 | 2026-01",
            opening_balances="payee | period | balance\nAna | 2026-01 | -1,000.00 EUR",
        ),
        {
            "stays open": "2026-01 500.00 EUR, 2026-02 0.00 EUR",
            "taken from the last pay": "2026-01 0.00 EUR, 2026-02 0.00 EUR",
            "forgiven": "2026-01 500.00 EUR, 2026-02 200.00 EUR",
            "billed": "2026-01 -300.00 EUR, 2026-02 200.00 EUR",
        },
    ),
    "carry.bound": Shown(
        "Totals under 100.00 EUR wait for the next pay; exactly 100.00 EUR are earned in January, and 50.00 EUR in February",
        case(
            _settled("carry.bound", "{carry over: {under: 100.00 EUR}}"),
            deals=_months("100.00", "50.00"),
        ),
        {
            "paid": "2026-01 100.00 EUR, 2026-02 0.00 EUR",
            "carried": "2026-01 0.00 EUR, 2026-02 150.00 EUR",
        },
    ),
    "carry.negative": Shown(
        "Totals under 100.00 EUR wait for the next pay; 150.00 EUR are earned in January, 60.00 EUR of them are taken back in February, and 150.00 EUR "
        "are earned in March; what is below zero is settled in its period",
        case(
            _settled("carry.negative", "{carry over: {under: 100.00 EUR}}", carry__bound="paid").replace(
                "balance.negative: carried", "balance.negative: paid out"
            ),
            deals=_months("150.00", "", "150.00"),
            returns="return | of | amount | date\nR-1 | D-1 | 60.00 EUR | 2026-02-15",
        ),
        {
            "carried": "2026-01 150.00 EUR, 2026-02 0.00 EUR, 2026-03 0.00 EUR",
            "settled": "2026-01 150.00 EUR, 2026-02 -60.00 EUR, 2026-03 150.00 EUR",
        },
    ),
    "guarantee.offset": Shown(
        "A guarantee of 2,000.00 EUR a month within the quarter; 2,500.00, 1,000.00 and 3,000.00 EUR are earned in its months",
        case(
            _settled(
                "guarantee.offset",
                "{guarantee: {amount: 2000.00 EUR, per: period, term: quarter, paid: each period}}",
                guarantee__excess="lost",
            ),
            deals=_months("2,500.00", "1,000.00", "3,000.00"),
        ),
        {
            "yes": "2026-01 2,500.00 EUR, 2026-02 1,500.00 EUR, 2026-03 2,500.00 EUR",
            "no": "2026-01 2,500.00 EUR, 2026-02 2,000.00 EUR, 2026-03 3,000.00 EUR",
        },
    ),
    "guarantee.excess": Shown(
        "A guarantee of 10,000.00 EUR a quarter; 12,000.00 EUR are earned in the first and 5,000.00 EUR in the second",
        case(
            "pays: quarterly\n" + _settled("guarantee.excess", "{guarantee: {amount: 10000.00 EUR}}"),
            deals=deals("Ana | 12,000.00 EUR | 2026-02-10", "Ana | 5,000.00 EUR | 2026-05-10"),
        ),
        {
            "lost": "2026-Q1 12,000.00 EUR, 2026-Q2 10,000.00 EUR",
            "carried": "2026-Q1 12,000.00 EUR, 2026-Q2 8,000.00 EUR",
        },
    ),
    "restatement.scope": Shown(
        "January was closed with 10% of 900.00 EUR; since then that deal was corrected to 950.00 EUR, and another one of January for 100.00 EUR became known. "
        "February pays",
        case(
            "conventions: {rounding: exact, balance.negative: carried, returns.earn: mirror, restatement.scope: {reading}}\n"
            + component("{flat rate: {rate: 10%}}"),
            deals="deal | owner | amount | closed | known\nD-1 | Ana | 950.00 EUR | 2026-01-10 |\nD-2 | Ana | 100.00 EUR | 2026-01-20 | 2026-02-03",
            processed_results="payee | plan | component | period | earned | closed\nAna | P | C | 2026-01 | 90.00 EUR | 2026-02-01",
        ),
        {"complete": "15.00 EUR", "incremental": "10.00 EUR"},
        only="2026-02",
    ),
    "restatement.minus": Shown(
        "January was closed with 100.00 EUR, of which 80.00 EUR were paid; it now comes to 140.00 EUR. February pays",
        case(
            "conventions: {rounding: exact, balance.negative: carried, returns.earn: mirror, restatement.scope: complete, restatement.minus: {reading}}\n"
            + _ALL,
            deals=deals("Ana | 140.00 EUR | 2026-01-15"),
            processed_results="payee | plan | component | period | earned | paid\nAna | P | C | 2026-01 | 100.00 EUR | 80.00 EUR",
        ),
        {"earned": "40.00 EUR", "paid": "60.00 EUR"},
        only="2026-02",
    ),
}
