"""Mechanics that look at figures and the oracle agree to the cent on random companies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from reference_engine.plans.document import Node
from reference_engine.plans.reader import read_plan
from reference_engine.problems import Problem
from reference_engine.run import calculate
from reference_engine.tests import oracle_figures as oracle
from reference_engine.tests.oracle_figures import MONTHS, Company
from reference_engine.vocabulary.numbers import format_money, format_number
from reference_engine.vocabulary.tables import TextTable
from reference_engine.world import read_world

CHECK = settings(
    deadline=None,
    max_examples=40,
    phases=[Phase.explicit, Phase.generate],
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
PAYEES = ["Ana", "Ben", "Cai", "Dee"]
FIGURES = ("attainment of bookings", "reported score")
LIMITS = [Fraction(n, 100) for n in (0, 50, 80, 100, 120)]
AMOUNTS = st.sampled_from([1, 2000, 5000, 10000, 10001, 33333, 50000, 99999]).map(lambda c: Fraction(c, 100))
Due = dict[tuple[str, int], Fraction]


@st.composite
def companies(draw: st.DrawFn) -> Company:
    sold: dict[str, dict[int, list[Fraction]]] = {}
    for payee in PAYEES:
        sold[payee] = {}
        for month in draw(st.lists(st.sampled_from(MONTHS), max_size=5)):
            sold[payee].setdefault(month, []).append(draw(AMOUNTS))
    sold["Ana"].setdefault(1, []).append(Fraction(100))
    return Company(
        PAYEES,
        {p: draw(st.sampled_from(["North", "South"])) for p in PAYEES},
        _with_returns(draw, sold),
        {p: {q: draw(st.sampled_from([Fraction(100), Fraction(200)])) for q in (1, 2)} for p in PAYEES},
        {p: draw(st.sampled_from([Fraction(1000), Fraction(333)])) for p in PAYEES},
        {p: {m: draw(st.sampled_from(LIMITS)) for m in MONTHS} for p in PAYEES},
        {p: sorted((draw(st.sampled_from(MONTHS)), draw(AMOUNTS)) for _ in range(draw(st.integers(0, 3)))) for p in PAYEES},
    )


def _with_returns(draw: st.DrawFn, sold: dict[str, dict[int, list[Fraction]]]) -> dict[str, dict[int, list[Fraction]]]:
    """Some first sales are partly returned a month later."""
    out = {p: {m: list(a) for m, a in months.items()} for p, months in sold.items()}
    for payee, months in sold.items():
        for month, amounts in months.items():
            if month < 6 and draw(st.integers(0, 3)) == 0:
                out[payee].setdefault(month + 1, []).append(-amounts[0] / 4 if amounts[0] * 25 % 1 == 0 else -Fraction(1, 100))
    return out


def percent(value: Fraction) -> str:
    return f"{value.numerator * 100 // value.denominator}%"


def calculated(company: Company, component: dict[str, Any], conventions: dict[str, Any], more: dict[str, Any] | None = None) -> Due:
    problems: list[Problem] = []
    document = {
        "plan": "P",
        "pays": "monthly",
        "eligible": "everyone",
        "valid": {"from": "2026-01-01", "to": "2026-06-30"},
        "conventions": {
            "rounding": [{"at": "line", "mode": "half up", "decimals": "2"}],
            "tier.accumulate": "quarter",
            "returns.earn": "signed",
            "balance.negative": "paid out",
            "quota.zero": "refuse",
            "returns.count": "take away one",
            **conventions,
        },
        **(more or {}),
        "components": [component],
    }
    plan = read_plan(Node.of(document), problems)
    world = read_world(_tables(company), problems)
    assert plan is not None
    assert problems == []
    out: Due = defaultdict(Fraction)
    for p in calculate([plan], world).payout_rows():
        assert p.component == component["component"]
        out[p.payee, p.first.month] += p.amount
    return {key: amount for key, amount in out.items() if amount}


def _tables(company: Company) -> list[TextTable]:
    deals: list[tuple[str, ...]] = []
    returns: list[tuple[str, ...]] = []
    for payee in company.payees:
        for month in sorted(company.sold[payee]):
            for amount in company.sold[payee][month]:
                if amount > 0:
                    deals.append((f"D-{len(deals)}", payee, format_money(amount, "EUR"), f"2026-{month:02d}-10"))
                else:
                    of = next(d for d in deals if d[1] == payee and d[3][5:7] == f"{month - 1:02d}")
                    returns.append((f"R-{len(returns)}", of[0], format_money(-amount, "EUR"), f"2026-{month:02d}-20"))
    quotas = [(p, f"2026-Q{q}", format_money(a, "EUR")) for p in company.payees for q, a in company.quota[p].items()]
    reported = [(p, "score", f"2026-{m:02d}", percent(v)) for p in company.payees for m, v in company.reported[p].items()]
    targets = [(p, "P", "2026-01-01", format_money(company.target[p], "EUR"), "quarter") for p in company.payees]
    targets_of_month = [(p, "Monthly", "2026-01-01", "1.00 EUR", "month") for p in company.payees]
    claims = [
        (f"C-{p}-{i}", p, "F", format_money(a, "EUR"), f"2026-{m:02d}-{15 + i}")
        for p in company.payees
        for i, (m, a) in enumerate(company.claims[p])
    ]
    tables = [
        TextTable("payees", ("payee", "team"), tuple((p, company.team[p]) for p in company.payees)),
        TextTable("deals", ("deal", "owner", "amount", "closed"), tuple(deals)),
        TextTable("quotas", ("payee", "period", "quota"), tuple(quotas)),
        TextTable("reported_measures", ("payee", "measure", "period", "value"), tuple(reported)),
        TextTable(
            "plan_assignments", ("payee", "plan", "from", "target incentive", "period"), (*targets, *targets_of_month)
        ),
    ]
    if returns:
        tables.append(TextTable("returns", ("return", "of", "amount", "date"), tuple(returns)))
    if claims:
        tables.append(TextTable("fund_claims", ("claim", "payee", "fund", "amount", "date"), tuple(claims)))
    return tables


def records(*earn: dict[str, Any]) -> dict[str, Any]:
    return {"component": "C", "measure": "bookings", "credits": ["direct"], "earn": [{"flat rate": {"rate": "10%"}}, *earn]}


def lump(earn: dict[str, Any]) -> dict[str, Any]:
    return {"component": "C", "earn": [earn]}


RATE = Fraction(1, 10)
SIGNS = st.sampled_from([">=", ">", "<", "<="])
BOUNDS = st.sampled_from(["upper tier", "lower tier"])


def _gate(draw: st.DrawFn, company: Company) -> tuple[Due, Due]:
    name, sign, limit = draw(st.sampled_from(FIGURES)), draw(SIGNS), draw(st.sampled_from(LIMITS))
    share = draw(st.sampled_from([Fraction(0), Fraction(1, 2)]))
    params = {"when": f"{name} {sign} {percent(limit)}", **({"otherwise": percent(share)} if share else {})}
    return calculated(company, records({"gate": params}), {}), oracle.commission(
        company, RATE, oracle.gate(company, name, sign, limit, share)
    )


def _multiplier(draw: st.DrawFn, company: Company) -> tuple[Due, Due]:
    name, bound = draw(st.sampled_from(FIGURES)), draw(BOUNDS)
    steps = [(Fraction(-100), Fraction(1, 2)), (Fraction(8, 10), Fraction(1)), (Fraction(1), Fraction(5, 4))]
    written = [{"from": percent(b), "factor": format_number(f)} for b, f in steps]
    return calculated(company, records({"multiplier": {"of": name, "steps": written}}), {"tier.bound": bound}), oracle.commission(
        company, RATE, oracle.multiplier(company, name, steps, bound)
    )


def _funding(draw: st.DrawFn, company: Company) -> tuple[Due, Due]:
    funded, protected = draw(st.sampled_from([Fraction(20), Fraction(60)])), draw(st.sampled_from([Fraction(0), Fraction(1, 2)]))
    params = {"funded": format_money(funded, "EUR"), **({"protected": "50%"} if protected else {})}
    return calculated(company, records({"funding": params}), {}), oracle.funding(company, RATE, funded, protected)


def _bonus(draw: st.DrawFn, company: Company) -> tuple[Due, Due]:
    name, sign, limit = draw(st.sampled_from(FIGURES)), draw(SIGNS), draw(st.sampled_from(LIMITS))
    per, once = draw(st.sampled_from(["period", "quarter"])), draw(st.booleans())
    params = {"pays": "12.34 EUR", "when": f"{name} {sign} {percent(limit)}", "per": per, **({"once in": "quarter"} if once else {})}
    return calculated(company, lump({"bonus": params}), {}), oracle.bonus(
        company, Fraction(1234, 100), name, sign, limit, per, once
    )


def _objectives(draw: st.DrawFn, company: Company) -> tuple[Due, Due]:
    combine, below, above = (
        draw(st.sampled_from(w)) for w in (["added", "multiplied"], ["zero", "first point", "extrapolate"], ["flat", "extrapolate"])
    )
    goals: list[dict[str, Any]] = []
    written: list[dict[str, Any]] = []
    for name, weight in zip(FIGURES, (Fraction(3, 5), Fraction(2, 5)), strict=True):
        points = draw(st.sampled_from([[], [(Fraction(1, 2), Fraction(1, 5)), (Fraction(1), Fraction(1)), (Fraction(6, 5), Fraction(2))]]))
        # Steps have no slope that could go on below the first point.
        steps = below != "extrapolate" and draw(st.booleans())
        cap, threshold = draw(st.sampled_from([None, Fraction(1)])), draw(st.sampled_from([None, Fraction(4, 5)]))
        goals.append({"figure": name, "weight": weight, "points": points, "steps": steps, "cap": cap, "threshold": threshold})
        row: dict[str, Any] = {"goal": name, "weight": percent(weight), "achievement": name}
        if points:
            row["points"] = [{"attainment": percent(a), "payout": percent(p)} for a, p in points]
            row["between points"] = "step" if steps else "line"
        row |= {k: percent(v) for k, v in (("cap", cap), ("threshold", threshold)) if v is not None}
        written.append(row)
    whole = draw(st.sampled_from([None, Fraction(9, 10)]))
    params = {"goals": written, "per": "quarter", "combine": combine, **({"cap": percent(whole)} if whole is not None else {})}
    conventions = {"curve.below": below, "curve.above": above}
    return calculated(company, lump({"objectives": params}), conventions), oracle.objectives(
        company, goals, "quarter", combine, whole, below, above
    )


def _contest(draw: st.DrawFn, company: Company) -> tuple[Due, Due]:
    ties = draw(st.sampled_from(["each takes the prize", "next rank follows", "prizes are shared"]))
    least, per_team = draw(st.sampled_from([Fraction(0), Fraction(100)])), draw(st.booleans())
    prizes = {1: Fraction(1000), 2: Fraction(500), 3: Fraction(100)}
    then = draw(st.sampled_from([None, "reported score"]))
    params = {
        "by": "bookings",
        **({"then by": then} if then else {}),
        "per": "quarter",
        "minimum": f"bookings >= {format_money(least, 'EUR')}",
        "among": "team" if per_team else "everybody",
        "prizes": [{"place": str(p), "pays": format_money(a, "EUR")} for p, a in prizes.items()],
    }
    return calculated(company, lump({"contest": params}), {"contest.ties": ties}), oracle.contest(
        company, "bookings", prizes, ties, least, per_team, then
    )


def _pool(draw: st.DrawFn, company: Company) -> tuple[Due, Due]:
    residue, by = draw(st.sampled_from(["first", "last", "largest share", "lost"])), draw(st.sampled_from(["equally", "bookings"]))
    per_team, fixed, least = draw(st.booleans()), draw(st.booleans()), draw(st.sampled_from([Fraction(-1000), Fraction(100)]))
    size = "100.01 EUR" if fixed else f"round half up(3% * {'team' if per_team else 'company'} bookings, 2)"
    params = {"amount": size, "shared": by, "per": "quarter", "who": f"bookings >= {format_money(least, 'EUR')}", "by team": "yes" if per_team else "no"}

    def amount(payee: str, month: int) -> Fraction:
        if fixed:
            return Fraction(10001, 100)
        return oracle.cents(Fraction(3, 100) * company.figure(f"{'team' if per_team else 'company'} bookings", payee, month))

    return calculated(company, lump({"pool": params}), {"pool.residue": residue}), oracle.pool(
        company, amount, by, least, per_team, residue
    )


def _matrix(draw: st.DrawFn, company: Company) -> tuple[Due, Due]:
    bound = draw(BOUNDS)
    rows, columns = ("attainment of bookings", [Fraction(-100), Fraction(1, 2), Fraction(1)]), ("reported score", [Fraction(0), Fraction(4, 5)])
    of_record = draw(st.booleans())
    if of_record:
        columns = ("amount", [Fraction(0), draw(AMOUNTS)])
    grid = [[Fraction(n, 100) for n in draw(st.permutations((1, 2, 5)))[:2]] for _ in range(3)]
    first = {"of": rows[0], "from": [percent(b) for b in rows[1]]}
    second: dict[str, Any] = {"of": columns[0], "from": [percent(b) for b in columns[1]]}
    if of_record:
        second = {"record": "amount", "from": [format_money(b, "EUR") for b in columns[1]]}
    params = {
        "pays": "rate",
        "dimensions": [first, second],
        "grid": [[percent(r) for r in row] for row in grid],
    }
    component = {**records(), "earn": [{"matrix": params}]}
    return calculated(company, component, {"tier.bound": bound}), oracle.commission(
        company, Fraction(1), oracle.matrix(company, rows, columns, grid, bound)
    )


def _fund(draw: st.DrawFn, company: Company) -> tuple[Due, Due]:
    order, lapses = draw(st.sampled_from(["after accrual", "before accrual"])), draw(st.sampled_from([None, 1, 2, 3]))
    params = {"fund": "F", "accrues": "10% * bookings in the period", "share": "50%", **({"lapses after periods": str(lapses)} if lapses else {})}
    return calculated(company, lump({"fund": params}), {"fund.claims": order}), oracle.fund(
        company, RATE, Fraction(1, 2), lapses, order
    )


def _formula(draw: st.DrawFn, company: Company) -> tuple[Due, Due]:
    pays = "if(attainment of bookings >= 100%, 3% * bookings in the period, 1.00 EUR + min(bookings, 5.00 EUR) / 4)"

    def due(payee: str, month: int) -> Fraction:
        if company.attainment(payee, month) >= 1:
            return Fraction(3, 100) * company.in_month(payee, month)
        return 1 + min(company.in_quarter(payee, month), Fraction(5)) / 4

    less = draw(st.sampled_from([None, 3, 6]))

    def earned(payee: str, month: int) -> Fraction:
        began = less is None or (month - 1) % less == 0
        return due(payee, month) - (0 if began else due(payee, month - 1))

    expected = {(p, m): oracle.cents(earned(p, m)) for p in PAYEES for m in MONTHS}
    params = {"pays": pays, "for each": "period", **({"less earned in": {3: "quarter", 6: "half-year"}[less]} if less else {})}
    return calculated(company, lump({"formula": params}), {}), expected


def _levels(draw: st.DrawFn, company: Company) -> tuple[Due, Due]:
    demotion = draw(st.sampled_from(["at once", "never", "at quarter end", "after 1 period", "after 2 periods"]))
    bounds = [Fraction(1, 2), Fraction(1)]
    measure = {
        "measure": "level",
        "levels": [{"level": f"L{i}", "when": f"reported score >= {percent(b)}"} for i, b in enumerate(bounds, 1)],
        "otherwise": "none",
        "demotion": demotion,
    }
    pays = 'if(level = "L2", 20.00 EUR, if(level = "L1", 10.00 EUR, 0.00 EUR))'
    found = oracle.levels(company, "reported score", bounds, demotion)
    component = lump({"formula": {"pays": pays, "for each": "period"}})
    return calculated(company, component, {}, {"measures": [measure]}), {k: Fraction(10 * level) for k, level in found.items()}


CASES: dict[str, Callable[[st.DrawFn, Company], tuple[Due, Due]]] = {
    "gate": _gate,
    "multiplier": _multiplier,
    "funding": _funding,
    "bonus": _bonus,
    "objectives": _objectives,
    "contest": _contest,
    "pool": _pool,
    "matrix": _matrix,
    "fund": _fund,
    "formula": _formula,
    "levels": _levels,
}


@pytest.mark.parametrize("name", CASES)
def test_engine_and_oracle_agree(name: str) -> None:
    @CHECK
    @given(st.data(), companies())
    def check(data: st.DataObject, company: Company) -> None:
        got, expected = data.draw(st.composite(lambda draw: CASES[name](draw, company))())
        assert got == {key: amount for key, amount in expected.items() if amount}

    check()
