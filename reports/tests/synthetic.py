"""A record like that of a real reconciliation, made without any chance: the same arguments, the same
record.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from reference_engine.vocabulary.numbers import plain_number
from reports.record import (
    Circumstances,
    Derivation,
    Difference,
    ExportedRow,
    Grain,
    Group,
    Identity,
    Input,
    PayoutSummary,
    PlanUsed,
    RunRecord,
    Slice,
    Verdict,
)

LINES = "commission lines"
SETTLEMENTS = "settlements"
RATES = (("Bikes", "1.1%", Fraction(11, 1000)), ("Clothing", "2.25%", Fraction(225, 10000)))
FREE = "a commission-free product earns nothing"


def money(value: Fraction) -> str:
    return plain_number(value, 2)


def synthetic_record(refunds: int = 240, free: int = 27, compared: int = 26_560, evil: str = "") -> RunRecord:
    """A record with that many refund lines of the wrong sign and free products paid.  evil: put into every
    name.
    """
    lines = [_line(i, refund=True, evil=evil) for i in range(refunds)]
    lines += [_line(refunds + i, refund=False, evil=evil) for i in range(free)]
    settlements = _settlements(lines)
    wrong = sum((Fraction(d.difference) for d in lines), Fraction(0))
    groups = tuple(
        g
        for g in (
            _group(
                "g1",
                lines[:refunds],
                f"Refund lines of plan CRITERIA{evil} are paid instead of taken back",
                True,
            ),
            _group(
                "g2", lines[refunds:], "Lines of commission-free products of plan CRITERIA are paid", False
            ),
            _group("g3", settlements, "Settlements of plan CRITERIA differ by their lines", None),
        )
        if g.count
    )
    expected = Fraction("182345.67")
    differ, settled = len(lines), len(settlements)
    slices = (
        Slice(
            "plan",
            f"CRITERIA{evil}",
            4_000 + differ,
            4_000,
            {"USD": "20345.67"},
            {"USD": money(Fraction("20345.67") + wrong)},
        ),
        Slice(
            "plan",
            "VP_0.125",
            compared - 4_000 - differ,
            compared - 4_000 - differ,
            {"USD": "162000.00"},
            {"USD": "162000.00"},
        ),
        Slice("period", "2019-01", 9_000, 9_000, {"USD": "60000.00"}, {"USD": "60000.00"}),
        Slice(
            "period",
            "2019-03",
            compared - 9_000,
            compared - 9_000 - differ,
            {"USD": "122345.67"},
            {"USD": money(Fraction("122345.67") + wrong)},
        ),
    )
    totals = ({"USD": money(expected)}, {"USD": money(expected + wrong)}, {"USD": money(wrong)})
    grains = (
        Grain(
            LINES,
            ("document", "line", "person", "plan"),
            compared,
            compared - differ,
            differ,
            {"amount": differ} if differ else {},
            *totals,
            slices=slices,
        ),
        Grain(
            SETTLEMENTS,
            ("person", "plan", "period_from"),
            214,
            214 - settled,
            settled,
            {"amount": settled} if settled else {},
            *totals,
            follows_from=LINES,
        ),
    )
    return RunRecord(
        Identity(f"Odoo commissions against their plans{evil}", "demo", "0.1.0", "3.11.2", "4f2a91c0d3e5"),
        Circumstances(
            "2026-03-31-0800", "trueup demo", "2026-03-31T08:00:00Z", "2026-03-31T08:00:04Z", "laptop"
        ),
        Verdict("differs", f"{differ} of {compared:,} commission lines differ.", 1)
        if differ
        else Verdict("agrees", f"All {compared:,} commission lines agree.", 0),
        inputs=(
            Input(
                "commission lines",
                f"data/commission_lines{evil}.csv",
                "ab" * 32,
                1_512_338,
                compared,
                "target's export",
                {"USD": totals[1]["USD"]},
            ),
            Input(
                "invoices",
                "data/document_lines.csv",
                "cd" * 32,
                222_120,
                3_120,
                "records",
                {"USD": "5123456.78"},
            ),
        ),
        plans=(
            PlanUsed(
                f"CRITERIA{evil}",
                "plans/criteria.yaml",
                1,
                "",
                {"rounding": "half up per line to 2 decimals", "returns.earn": "mirror"},
            ),
        ),
        grains=grains,
        groups=groups,
        differences=(*lines, *settlements),
        payouts=tuple(
            PayoutSummary(
                f"27{i}",
                f"2019-0{1 + i % 3}",
                ("CRITERIA", "VP_0.125")[i % 2] + evil,
                "criteria",
                f"{1000 + i}.50",
                "USD",
                f"Ana Ruiz{evil}",
            )
            for i in range(9)
        ),
        limits=("Only documents dated before 2019-05-01 were compared.", f"Names are as exported{evil}."),
    )


def _line(i: int, refund: bool, evil: str) -> Difference:
    category, rate, value = RATES[i % 2]
    base = Fraction(20_000 + 37 * i, 100) * (-1 if refund else 1)
    unrounded = base * value
    cents = Fraction(int(abs(unrounded) * 100 + Fraction(1, 2)), 100)
    expected = -cents if refund else Fraction(0)
    actual = cents
    document = ("RINV-" if refund else "INV-") + f"SO{48_700 + i // 3}"
    key = {
        "document": document,
        "line": f"SO{48_700 + i // 3}/{i % 3 + 1}",
        "person": f"E{270 + i % 9}{evil}",
        "plan": f"CRITERIA{evil}",
    }
    return Difference(
        f"L{i + 1}",
        LINES,
        "amount",
        key,
        money(expected),
        money(actual),
        money(actual - expected),
        "USD",
        "earning",
        "commission",
        "g1" if refund else "g2",
        attributes={
            "plan": f"CRITERIA{evil}",
            "kind": "refund" if refund else "invoice",
            "product": str(320 + i % 7),
            "category": category,
            "commission free": "no" if refund else "yes",
            "period": "2019-03",
        },
        ours=Derivation(
            f"SO{48_700 + i // 3}",
            document,
            key["line"],
            f"2019-03-{1 + i % 28:02d}",
            f"{270 + i % 9}",
            f"CRITERIA{evil}",
            "criteria",
            f"{category} at {rate}" if refund else FREE,
            money(base),
            "USD",
            rate if refund else "0%",
            plain_number(unrounded, 6) + " USD" if refund else "",
            ("half up per line to 2 decimals",),
            (
                f"The line of {money(base)} USD is a {'refund' if refund else 'sale'} of {category}.",
                f"It earns {money(expected)} USD{evil}.",
            ),
            "plans/criteria.yaml",
            14,
        ),
        theirs=ExportedRow(
            f"commission_lines{evil}.csv", 100 + i * 7, {**key, "commission": money(actual), "settled": "1"}
        ),
    )


def _settlements(lines: list[Difference]) -> list[Difference]:
    people: dict[str, list[Difference]] = defaultdict(list)
    for line in lines:
        people[line.key["person"]].append(line)
    found = []
    for n, (person, parts) in enumerate(sorted(people.items())):
        wrong = sum((Fraction(d.difference) for d in parts), Fraction(0))
        key = {"person": person, "plan": parts[0].key["plan"], "period_from": "2019-03-01"}
        found.append(
            Difference(
                f"S{n + 1}",
                SETTLEMENTS,
                "amount",
                key,
                "100.00",
                money(100 + wrong),
                money(wrong),
                "USD",
                "payment",
                "total",
                "g3",
                tuple(d.id for d in parts),
                {"plan": key["plan"], "period": "2019-03"},
                theirs=ExportedRow(
                    "settlements.csv", 10 + n, {**key, "lines": str(len(parts)), "total": money(100 + wrong)}
                ),
            )
        )
    return found


def _group(ident: str, rows: list[Difference], sentence: str, refund: bool | None) -> Group:
    wrong = sum((Fraction(d.difference) for d in rows), Fraction(0))
    attributes = {"plan": rows[0].key["plan"]} if rows else {}
    if refund is not None:
        attributes["kind"] = "refund" if refund else "invoice"
    relation = (
        {True: "actual is minus expected", False: "expected is 0"}.get(refund is True, "")
        if refund is not None
        else ""
    )
    return Group(
        ident,
        rows[0].grain if rows else LINES,
        sentence,
        attributes,
        "amount",
        len(rows),
        {"USD": money(wrong)},
        tuple(d.id for d in rows),
        relation,
        len(rows) + 5 if refund else 0,
    )
