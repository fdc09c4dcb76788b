"""Random worlds whose whole pay is settled: draws of every kind, limits, guarantees, and closed periods."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from reference_engine.tests.random_worlds import (
    DECIMALS,
    PLAN_CURRENCIES,
    RATES,
    Case,
    Doc,
    Row,
    amounts,
    companies,
    conventions,
    days,
    deals,
    returns,
    written,
)

KINDS = ("recoverable", "recoverable", "non-recoverable", "non-recoverable additional", "loan", "prepaid", "")
PEOPLE = ("Ana", "Ben", "Max")


@st.composite
def settled_conventions(draw: st.DrawFn, decimals: int) -> Doc:
    """Every convention of settlement stated."""
    either = {
        "draw.type": ["recoverable", "non-recoverable", "non-recoverable additional", "loan", "prepaid"],
        "draw.recovery": ["immediate"],
        "draw.delayed_surplus": ["paid", "held back"],
        "draw.first_recovery_period": ["included", "excluded"],
        "draw.scope": ["all earnings"],
        "draw.surplus_offsets": ["no", "no", "yes"],
        "draw.negative": ["owed", "owed", "forgiven"],
        "draw.period": ["in equal parts", "first pay period"],
        "carry.bound": ["paid", "carried"],
        "carry.negative": ["carried", "settled"],
        "guarantee.offset": ["yes", "no"],
        "guarantee.excess": ["lost", "carried"],
        "restatement.minus": ["earned", "paid"],
        "restatement.scope": ["complete"],
    }
    fixed = {name: draw(st.sampled_from(readings)) for name, readings in either.items()}
    return draw(conventions(decimals, fixed))


def month(number: int) -> str:
    return f"2026-{number:02d}"


@st.composite
def drawn(draw: st.DrawFn, unit: str, pays: str, rounds: bool) -> Doc:
    """The terms of one draw."""
    one = 10 ** DECIMALS[unit]
    out: Doc = {"amount": written((1 + draw(amounts(unit)) // (96 * one)) * 12 * one, unit)}
    kind = draw(st.sampled_from(KINDS))
    if kind:
        out["kind"] = kind
    out["per"] = (
        draw(st.sampled_from(["period", "month", "quarter"])) if rounds or pays == "quarterly" else "period"
    )
    if rounds and draw(st.booleans()):
        out["recovery share"] = draw(st.sampled_from(["50%", "33.3%", "100%", "0%"]))
    least, most = sorted(draw(amounts(unit)) // 8 for _ in "ab")
    if draw(st.integers(0, 3)) == 0:
        out["recovery minimum"] = written(least, unit)
    if draw(st.integers(0, 3)) == 0:
        out["recovery maximum"] = written(most, unit)
    how = draw(st.sampled_from(["", "", "from the first recovery period", "at the end of the interval"]))
    if how:
        out["recovery"] = how
        if how.startswith("from"):
            out["first recovery period"] = month(draw(st.integers(1, 6)))
        else:
            out["interval"] = draw(st.sampled_from(["quarter", "half-year", "year"]))
    if draw(st.integers(0, 2)) == 0:
        out["forgiven after"] = month(draw(st.integers(2, 9)))
        if rounds and draw(st.integers(0, 2)):
            out["forgiven share"] = "50%"
    if draw(st.integers(0, 3)) == 0:
        out["covers"] = draw(st.sampled_from(["C", "Second", "C, Second"]))
    return out


@st.composite
def limits(draw: st.DrawFn, unit: str) -> list[Any]:
    """What a plan may settle, in any order."""
    out: list[Any] = ["draw"]
    for name in draw(st.lists(st.sampled_from(["maximum", "carry over", "guarantee"]), unique=True)):
        amount = written(draw(amounts(unit)) // 6, unit)
        if name == "maximum":
            out.append({"maximum": {"amount": amount}})
        elif name == "carry over":
            out.append({"carry over": {"under": amount}})
        else:
            out.append({"guarantee": draw(guarantees(amount))})
    return list(draw(st.permutations(out)))


@st.composite
def guarantees(draw: st.DrawFn, amount: str) -> Doc:
    out: Doc = {
        "amount": amount,
        "paid": draw(st.sampled_from(["each period", "at the start", "at the end"])),
    }
    if draw(st.booleans()):
        first = draw(st.integers(1, 3))
        out |= {"from": month(first), "to": month(draw(st.integers(first, 8)))}
    if "from" in out and draw(st.booleans()):
        out["periods"] = str(draw(st.integers(2, 3)))
    else:
        out["term"] = draw(st.sampled_from(["period", "quarter", "year"]))
    if out["paid"] != "each period" and draw(st.booleans()):
        out["per"] = "term"
    elif out.get("term") != "period":
        out["per"] = "period"
    return out


@st.composite
def worlds(draw: st.DrawFn, closing: bool) -> Case:
    unit = draw(st.sampled_from(PLAN_CURRENCIES))
    one = 10 ** DECIMALS[unit]
    tables = draw(companies())
    draw(deals(tables, [unit], (100 * one,), most=6))
    draw(returns(tables))
    pays = draw(st.sampled_from(["monthly", "monthly", "quarterly"]))
    conv = draw(settled_conventions(DECIMALS[unit]))
    rounds = any(r["at"] == "payout" and int(r["decimals"]) == DECIMALS[unit] for r in conv["rounding"])
    tables["draws"] = []
    tables["opening_balances"] = []
    for payee in PEOPLE:
        if draw(st.booleans()):
            first = draw(st.integers(1, 6))
            last = draw(st.integers(first, 8))
            terms = draw(drawn(unit, pays, rounds))
            tables["draws"].append({"payee": payee, **terms, "from": month(first), "to": month(last)})
        if draw(st.integers(0, 2)) == 0:
            at = draw(st.integers(1, 3))
            label = month(at) if pays == "monthly" else f"2026-Q{at}"
            tables["opening_balances"].append(
                {"payee": payee, "period": label, "balance": written(draw(amounts(unit)) * draw(st.sampled_from([-1, -1, 1])) // 4, unit)}
            )  # fmt: skip
    settle: list[Any] = draw(limits(unit)) if draw(st.booleans()) else []
    if closing:
        close(draw, tables, unit, pays)
        if draw(st.booleans()):
            settle = [
                {"restatement": {"lines": draw(st.sampled_from(["difference", "reversal and new line"]))}},
                *settle,
            ]
    parts = [
        {
            "component": name,
            "measure": "bookings",
            "credits": ["direct"] if name == "Second" else ["direct", "roll-up"],
            "earn": [{"flat rate": {"rate": draw(st.sampled_from(RATES))}}],
        }
        for name in ("C", "Second")
    ]
    plans: list[Doc] = [
        {"plan": name, "pays": pays, "currency": unit, "eligible": "everyone", "conventions": conv, "components": parts, "settle": settle}
        for name in ("P", "Q")[: draw(st.integers(1, 2))]
    ]  # fmt: skip
    return Case(tables, plans)


def close(draw: st.DrawFn, tables: dict[str, list[Row]], unit: str, pays: str) -> None:
    """Some results of the first periods, as they were paid then, part of them later."""
    labels = [month(n) for n in (1, 2, 3)] if pays == "monthly" else ["2026-Q1", "2026-Q2"]
    rows: list[Row] = []
    for payee in PEOPLE:
        for label in labels:
            if draw(st.integers(0, 2)) == 0:
                row = {
                    "payee": payee,
                    "plan": "P",
                    "component": draw(st.sampled_from(["C", "Second"])),
                    "period": label,
                    "earned": written(draw(amounts(unit)) // 8, unit),
                    "closed": str(draw(days())),
                    "paid": "",
                    "paid in": "",
                }
                if draw(st.booleans()):
                    row["paid"] = written(draw(amounts(unit)) // 8, unit)
                if draw(st.booleans()):
                    row["paid in"] = draw(st.sampled_from(labels[labels.index(label) :]))
                rows.append(row)
    tables["processed_results"] = rows


FAMILIES = {"settling": worlds(closing=False), "restating": worlds(closing=True)}
EXAMPLES = {"settling": 90, "restating": 50}
