"""The model that users rehearse with: payees, plan members, rates and deals, and one calculation that pays a rate of bookings.

It is calculated here by a few lines of its own, and by nothing of trueup's engine.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

from harness.standin.varicent_model import Calculation, Column, Import, Model, Row, Table

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
CALCULATION = "Commission payouts"


def rehearsal_model(name: str, rates: dict[str, str] | None = None, year: int = 2026) -> Model:
    """A model in which a plan pays its rate of each deal of its members, by month.  rates: plan -> rate, such as 0.08."""
    plans = rates or {"AE Flat": "0.08"}
    tables = [
        Table("Payee_", [Column("PayeeID_", is_key=True), Column("Currency")], kind="structural"),
        Table("Plan_Rate", [Column("PlanID", is_key=True), Column("Rate", "Decimal")], [[p, Decimal(r)] for p, r in plans.items()], "structural"),
        Table(
            "Plan_Member",
            [Column("PayeeID_", is_key=True, picks="Payee_"), Column("PlanID", is_key=True), Column("First_Day", "Date", True), Column("Last_Day", "Date")],
        ),
        Table(
            "Deal",
            [Column("DealID", is_key=True), Column("PayeeID_", picks="Payee_"), Column("Closed", "Date"), Column("Amount", "Decimal"), Column("Currency")],
        ),
        Table(
            "Time_",
            [Column("TimeID_", "Int", True), Column("Name_"), Column("Starting_", "Date"), Column("Ending_", "Date")],
            [[Decimal(m + 1), _label(year, m + 1), f"{year}-{m + 1:02d}-01T00:00:00Z", f"{year}-{m + 1:02d}-28T00:00:00Z"] for m in range(12)],
            "system",
        ),
        Table(
            "TimeLock",
            [Column("TimeID", "Int", True), Column("Period", is_key=True), Column("ComputedAllAt", "DateTime")],
            [[Decimal(m + 1), _label(year, m + 1), None] for m in range(12)],
            "system",
        ),
    ]
    columns = [
        Column("PayeeID_", is_key=True), Column("CompPlanID", is_key=True), Column("PeriodString", is_key=True), Column("Currency", is_key=True),
        Column("Value_", "Decimal"),
    ]  # fmt: skip
    nothing = Import(7, "Nightly deals", "Deal", lambda model: None)
    return Model(name, tables, [Calculation(41, CALCULATION, columns, _payouts)], [nothing])


def _label(year: int, month: int) -> str:
    return f"{year}-{month:02d} {MONTHS[month - 1]}"


def _payouts(model: Model) -> list[Row]:
    rates = {r["PlanID"]: r["Rate"] for r in model.tables["Plan_Rate"].named()}
    sums: dict[tuple[str, str, str, str], Decimal] = defaultdict(Decimal)
    for deal in model.tables["Deal"].named():
        closed = str(deal["Closed"])[:10]
        for member in model.tables["Plan_Member"].named():
            rate, amount = rates.get(member["PlanID"]), deal["Amount"]
            last = str(member["Last_Day"] or "9999-12-31")[:10]
            if member["PayeeID_"] == deal["PayeeID_"] and str(member["First_Day"])[:10] <= closed <= last and isinstance(rate, Decimal) and isinstance(amount, Decimal):
                period = _label(int(closed[:4]), int(closed[5:7]))
                sums[str(deal["PayeeID_"]), str(member["PlanID"]), period, str(deal["Currency"])] += amount * rate
    return [[*key, value.quantize(Decimal("0.01"), ROUND_HALF_UP)] for key, value in sorted(sums.items())]
