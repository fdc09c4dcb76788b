"""Random small worlds and plans: text, as a user would write it, with amounts on and just around every bound.

A draw is a `Case`: standard tables as lists of rows and plans as plain mappings.  The engine and the oracle each
read it for themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from reference_engine.plans.document import Node
from reference_engine.plans.reader import read_plan
from reference_engine.problems import Problem, Stopped
from reference_engine.results import Result
from reference_engine.run import calculate
from reference_engine.vocabulary.calendar import Calendar
from reference_engine.vocabulary.tables import TextTable
from reference_engine.world import World, read_world

Row = dict[str, str]
Doc = dict[str, Any]
DECIMALS = {"EUR": 2, "JPY": 0, "KWD": 3, "USD": 2}
PLAN_CURRENCIES = ("EUR", "JPY", "KWD")
MODES = ("half up", "half even", "down", "away from zero")
FIRST = date(2026, 1, 1)
EDGES = (date(2026, 1, 31), date(2026, 2, 1), date(2026, 3, 31), date(2026, 4, 1), date(2026, 5, 15))
RATES = ("8%", "1.237%", "33.333%", "0%", "12.5%", "0.07%", "110%")
PRODUCTS = ("A", "B", "C")


@dataclass(frozen=True)
class Case:
    """One world with its plans, as text."""

    tables: dict[str, list[Row]]
    plans: list[Doc]
    calendar: Calendar = field(default_factory=Calendar)


def text_tables(tables: dict[str, list[Row]]) -> list[TextTable]:
    """The tables as a file would hand them over."""
    out = []
    for name, rows in tables.items():
        header = tuple(dict.fromkeys(n for row in rows for n in row))
        if header:
            cells = tuple(tuple(row.get(n, "") for n in header) for row in rows)
            out.append(TextTable(name, header, cells, f"{name}.csv", tuple(range(2, len(rows) + 2)), 1))
    return out


def world_of(tables: dict[str, list[Row]], calendar: Calendar | None = None) -> World:
    """The engine's world; any Problem is a mistake of the generator."""
    problems: list[Problem] = []
    world = read_world(text_tables(tables), problems, calendar)
    _refused(problems)
    return world


def _refused(problems: list[Problem]) -> None:
    """A Problem is a mistake of the generator, not a difference."""
    if problems:
        raise Stopped(problems)


def run_engine(case: Case, **options: Any) -> Result:
    """What the engine says of a case."""
    problems: list[Problem] = []
    plans = [read_plan(Node.of(doc), problems) for doc in case.plans]
    _refused(problems)
    return calculate([p for p in plans if p is not None], world_of(case.tables, case.calendar), **options)


def described(case: Case) -> str:
    """The case as text that can be read."""
    out = []
    for name, rows in case.tables.items():
        out += [f"{name}: " + ", ".join(f"{k} {v}" for k, v in row.items() if v) for row in rows]
    return "\n".join([*out, *map(str, case.plans)])


def smaller(case: Case, fails: Callable[[Case], bool]) -> Case:
    """The case without the rows, components and rounding steps that its failure doesn't need."""
    shrinking = True
    while shrinking:
        shrinking = False
        for candidate in _less(case):
            if fails(candidate):
                case, shrinking = candidate, True
                break
    return case


def _less(case: Case) -> Iterator[Case]:
    for name, rows in case.tables.items():
        for i in range(len(rows)):
            yield replace(case, tables={**case.tables, name: rows[:i] + rows[i + 1 :]})
    for i, plan in enumerate(case.plans):
        for j in range(len(plan["components"])):
            for name in ("earn", "pay"):
                entries = plan["components"][j].get(name, [])
                for k in range(len(entries)):
                    part = {**plan["components"][j], name: entries[:k] + entries[k + 1 :]}
                    changed = {
                        **plan,
                        "components": [*plan["components"][:j], part, *plan["components"][j + 1 :]],
                    }
                    yield replace(case, plans=[*case.plans[:i], changed, *case.plans[i + 1 :]])
            if len(plan["components"]) > 1:
                changed = {**plan, "components": [*plan["components"][:j], *plan["components"][j + 1 :]]}
                yield replace(case, plans=[*case.plans[:i], changed, *case.plans[i + 1 :]])
        stages = plan["conventions"]["rounding"]
        for j in range(len(stages) - 1):
            changed = {
                **plan,
                "conventions": {**plan["conventions"], "rounding": stages[:j] + stages[j + 1 :]},
            }
            yield replace(case, plans=[*case.plans[:i], changed, *case.plans[i + 1 :]])
        if plan.get("pay"):
            yield replace(case, plans=[*case.plans[:i], {**plan, "pay": []}, *case.plans[i + 1 :]])
    if len(case.plans) > 1:
        yield from (replace(case, plans=[p]) for p in case.plans)


def written(minor: int, currency: str) -> str:
    """So many minor units as text, now and then with thousands commas."""
    digits = DECIMALS[currency]
    whole, rest = divmod(abs(minor), 10**digits)
    shown = f"{whole:,}" if minor % 3 else str(whole)
    return ("-" if minor < 0 else "") + shown + (f".{rest:0{digits}d}" if digits else "") + f" {currency}"


def amounts(currency: str, anchors: tuple[int, ...] = (), least: int = 1) -> st.SearchStrategy[int]:
    """Minor units: on an anchor, one beside it, or anything."""
    one = 10 ** DECIMALS[currency]
    near = [a + d for a in anchors for d in (-1, 0, 1) if a + d >= least]
    free = st.one_of(st.integers(least, 200 * one), st.integers(1, 40).map(lambda n: n * 10 * one))
    return st.one_of(st.sampled_from(near), st.sampled_from(near), free) if near else free


def days(first: date = FIRST, last: date = date(2026, 6, 30)) -> st.SearchStrategy[date]:
    edges = [d for d in EDGES if first <= d <= last]
    return st.one_of(st.dates(first, last), st.sampled_from(edges)) if edges else st.dates(first, last)


def near(dates: list[str]) -> st.SearchStrategy[date]:
    """One of these days, the day before or the day after."""
    return st.builds(
        lambda text, more: date.fromisoformat(text) + timedelta(days=more),
        st.sampled_from(dates or [str(FIRST)]),
        st.integers(-1, 1),
    )


# -- the world --------------------------------------------------------------------------------------------
@st.composite
def companies(draw: st.DrawFn) -> dict[str, list[Row]]:
    """People in a hierarchy of up to three levels, with rules for overlay and roll-up credit."""
    teams = draw(st.booleans())
    people: list[Row] = [
        {"payee": "Mia", "role": "Head", "manager": "", "team": "T0" if teams else ""},
        {"payee": "Max", "role": "Manager", "manager": "Mia", "team": "T1" if teams else ""},
        {"payee": "Ana", "role": "Rep", "manager": "Max", "team": "T1" if teams else ""},
        {"payee": "Ben", "role": "Rep", "manager": draw(st.sampled_from(["Max", "Mia"])), "team": draw(st.sampled_from(["T1", "T2", ""])) if teams else ""},
        {"payee": "Sam", "role": "Specialist", "manager": "Max", "team": draw(st.sampled_from(["T1", ""])) if teams else ""},
    ]  # fmt: skip
    for person in people:
        person["commission rate"] = draw(st.sampled_from(RATES))
    rules = []
    for role in draw(st.lists(st.sampled_from(["Head", "Manager", "Specialist"]), unique=True)):
        of = "team" if role == "Specialist" else draw(st.sampled_from(["team", "direct reports"]))
        rules.append(
            {
                "role": role,
                "receives": draw(st.sampled_from(["100%", "25%", "33.3%"])),
                "of the credit of": of,
            }
        )
    return {"payees": people, "crediting_rules": rules}


@st.composite
def deals(
    draw: st.DrawFn,
    tables: dict[str, list[Row]],
    currencies: list[str],
    anchors: tuple[int, ...],
    most: int = 5,
) -> None:
    """Deals with their splits; products and owners at random."""
    owners = st.sampled_from(["Ana", "Ben", "Max", "Sam"])
    rows: list[Row] = []
    for i in range(draw(st.integers(1, most))):
        unit = draw(st.sampled_from(currencies))
        product = draw(st.sampled_from(["", *PRODUCTS]))
        amount = draw(amounts(unit, anchors))
        if draw(st.integers(0, 12)) == 0:
            amount = -amount
        rows.append(
            {
                "deal": f"D-{i}",
                "owner": draw(owners),
                "amount": written(amount, unit),
                "closed": str(draw(days())),
                "product": product,
            }
        )
    if draw(st.integers(0, 3)) == 0:
        rows[0] |= {"owner": "territory owner", "territory": "North"}
        turn = draw(days())
        tables["territories"] = [
            {"territory": "North", "owner": "Ana", "from": "", "to": str(turn)},
            {"territory": "North", "owner": "Ben", "from": str(turn + timedelta(days=1)), "to": ""},
        ]
    tables["deals"] = rows
    tables["products"] = [
        {"product": "Bell", "category": "Bikes", "commission free": ""},
        {"product": "Hat", "category": "Caps", "commission free": ""},
    ]
    for product in PRODUCTS:
        category, free = draw(st.sampled_from(["Bikes", "Caps"])), draw(st.sampled_from(["", "yes", "no"]))
        tables["products"].append({"product": product, "category": category, "commission free": free})
    splits: list[Row] = []
    for row in rows:
        if draw(st.integers(0, 2)) == 0:
            names = draw(st.sampled_from([["Ana", "Ben"], ["Ben", "Ana", "Max"], ["Sam", "Ana", "Ben"]]))
            shares = draw(
                st.sampled_from(
                    [["60%", "40%"], ["33.33%", "66.67%"], ["50%", "50%"]]
                    if len(names) == 2
                    else [["33.3%", "33.3%", "33.4%"], ["10%", "45%", "45%"]]
                )
            )
            splits += [
                {"deal": row["deal"], "payee": n, "share": s} for n, s in zip(names, shares, strict=True)
            ]
    tables["credit_splits"] = splits


@st.composite
def returns(draw: st.DrawFn, tables: dict[str, list[Row]]) -> None:
    """Returns of deals, some of the whole amount, on or after the day of the deal."""
    rows: list[Row] = []
    for deal in tables["deals"]:
        if draw(st.integers(0, 2)) == 0 and not deal["amount"].startswith("-"):
            minor, unit = minor_of(deal["amount"])
            back = draw(st.one_of(st.just(minor), st.integers(1, minor)))
            rows.append(
                {
                    "return": f"R-{len(rows)}",
                    "of": deal["deal"],
                    "date": str(draw(days(date.fromisoformat(deal["closed"])))),
                    "amount": written(back, unit),
                }
            )
    tables["returns"] = rows


@st.composite
def invoices(draw: st.DrawFn, tables: dict[str, list[Row]], anchors: tuple[int, ...] = ()) -> None:
    """Invoices and credit notes of deals, each with its lines and payments."""
    documents: list[Row] = []
    lines: list[Row] = []
    payments: list[Row] = []
    for deal in tables["deals"]:
        unit = deal["amount"].split()[1]
        for _ in range(draw(st.integers(0, 2))):
            name = f"I-{len(documents)}"
            day = draw(days(date.fromisoformat(deal["closed"])))
            parts = draw(st.lists(amounts(unit, anchors), min_size=1, max_size=2))
            kind = draw(st.sampled_from(["", "invoice", "invoice", "credit note"]))
            documents.append(
                {
                    "invoice": name,
                    "deal": deal["deal"],
                    "amount": written(sum(parts), unit),
                    "date": str(day),
                    "kind": kind,
                }
            )
            for i, amount in enumerate(parts, 1):
                lines.append(
                    {"invoice": name, "line": str(i), "amount": written(amount, unit), "product": draw(st.sampled_from(["", *PRODUCTS])),
                     "units": str(draw(st.integers(0, 3))), "unit cost": written(draw(amounts(unit)) // 2, unit),
                     "commission free": draw(st.sampled_from(["", "", "yes", "no"]))}
                )  # fmt: skip
            how = draw(st.sampled_from(["none", "full", "short", "two", "over"]))
            total = sum(parts)
            paid = {
                "none": [],
                "full": [total],
                "short": [total - 1],
                "two": [total // 2, total - total // 2],
                "over": [total + 1],
            }[how]
            for amount in paid:
                if amount:
                    payments.append(
                        {
                            "payment": f"P-{len(payments)}",
                            "invoice": name,
                            "amount": written(amount, unit),
                            "date": str(draw(days(day))),
                        }
                    )
    tables |= {"invoices": documents, "invoice_lines": lines, "payments": payments}


def minor_of(text: str) -> tuple[int, str]:
    number, unit = text.split()
    return int(Fraction(number.replace(",", "")) * 10 ** DECIMALS[unit]), unit


# -- parts of plans ---------------------------------------------------------------------------------------
@st.composite
def roundings(draw: st.DrawFn, decimals: int) -> Any:
    """Where amounts are rounded; the last stage always leaves whole minor units."""
    last = draw(st.sampled_from(["line", "component", "payout"]))
    stages = ["credit", "conversion", "line", "component", "payout"]
    out = []
    for at in stages[: stages.index(last) + 1]:
        if at == last or draw(st.integers(0, 3)) == 0:
            digits = decimals if at == last else decimals + draw(st.integers(0, 2))
            out.append({"at": at, "mode": draw(st.sampled_from(MODES)), "decimals": str(digits)})
    return out


@st.composite
def conventions(draw: st.DrawFn, decimals: int, fixed: Doc | None = None) -> Doc:
    """Every convention stated; the readings that aren't fixed are drawn."""
    return {
        "rounding": draw(roundings(decimals)),
        "tier.bound": draw(st.sampled_from(["upper tier", "lower tier"])),
        "tier.gap": "earns nothing",
        "tier.accumulate": "period",
        "lookup.precedence": draw(st.sampled_from(["first match", "most specific"])),
        "returns.earn": draw(st.sampled_from(["mirror", "mirror", "signed"])),
        "cap.excess": draw(st.sampled_from(["lost", "carried"])),
        "clawback.window": draw(st.sampled_from(["last day included", "last day excluded"])),
        "clawback.rate": "historic",
        "balance.negative": draw(st.sampled_from(["carried", "paid out"])),
        "quota.zero": "refuse",
        "curve.below": draw(st.sampled_from(["zero", "first point"])),
        "curve.above": draw(st.sampled_from(["flat", "extrapolate"])),
        "fx.kind": draw(st.sampled_from(["spot", "average"])),
        "fx.date": draw(st.sampled_from(["record date", "deal date", "period start", "period end"])),
        "split.residue": draw(st.sampled_from(["last", "first", "largest share"])),
        "release.period": draw(st.sampled_from(["earned period", "release period"])),
        "split.when": "before rate",
        "cap.split": draw(st.sampled_from(["each part", "whole deal"])),
        "rollup.own_sales": "excluded",
        "territory.date": draw(st.sampled_from(["deal date", "record date"])),
        **(fixed or {}),
    }


def tier_table(bounds: list[str], rates: list[str]) -> list[Row]:
    """Tiers that share their bounds; the last has no end."""
    return [
        {"from": low, "to": high, "rate": rate}
        for low, high, rate in zip(bounds, [*bounds[1:], ""], rates, strict=True)
    ]


def assignments(plan: str, **more: str) -> list[Row]:
    return [
        {"payee": p, "plan": plan, "from": "2026-01-01", "to": "", **more}
        for p in ("Mia", "Max", "Ana", "Ben", "Sam")
    ]


CREDITS = st.sampled_from(
    [["direct"], ["direct", "overlay", "roll-up"], ["direct", "roll-up"], ["overlay"], ["roll-up"]]
)
