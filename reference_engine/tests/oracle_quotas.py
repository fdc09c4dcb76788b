"""The oracle of the quota mechanics: what each makes of the quotas before it, one holder at a time, in Fractions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from reference_engine.tests.oracle_crediting import person_on
from reference_engine.tests.oracle_people import Part, amount, days_of, hired_by, is_payee
from reference_engine.tests.oracle_records import (
    ZERO,
    Doc,
    Row,
    Span,
    day_of,
    labelled,
    number,
    percent,
    rounded,
    spans,
)

if TYPE_CHECKING:
    from reference_engine.tests.oracle_plan import PlanReading


def _of(params: Doc, kind: str) -> bool:
    return params.get("of", "quota") in (kind, "both")


def quota_proration(plan: PlanReading, parts: list[Part], params: Doc, kind: str) -> list[Part]:
    return parts


def quota_minimum_service(plan: PlanReading, parts: list[Part], params: Doc, kind: str) -> list[Part]:
    return parts


def quota_leave_threshold(plan: PlanReading, parts: list[Part], params: Doc, kind: str) -> list[Part]:
    return parts


def quota_growth(plan: PlanReading, parts: list[Part], params: Doc, kind: str) -> list[Part]:
    if kind != "quota":
        return parts
    if not params.get("of"):
        factor = 1 + percent(params["by"]) if "by" in params else percent(params["scale"])
        return [replace(p, amount=p.amount * factor) for p in parts]
    values = {
        (r["holder"], r.get("period", "")): amount(r["value"])
        for r in plan.tables["quota_metrics"]
        if r["metric"] == params["of"]
    }
    out = list(parts)
    for (holder, period), (value, unit) in values.items():
        if period != params["over"]:
            continue
        if "by" in params:
            factor = 1 + percent(params["by"])
        elif "scale" in params:
            factor = percent(params["scale"])
        else:
            factor = values[holder, params["measured to"]][0] / values[holder, params["measured from"]][0]
        out.append(Part(holder, labelled(params["for"]), value * factor, unit))
    return out


def quota_bottom_up(plan: PlanReading, parts: list[Part], params: Doc, kind: str) -> list[Part]:
    if kind != "quota":
        return parts
    grow, relief = percent(params["growth"]), percent(params["attrition relief"])
    factor = 1 + grow - relief if plan.conv["quota.relief"] == "added" else 1 + grow - (1 + grow) * relief
    if not params.get("baseline"):
        return [replace(p, amount=p.amount * factor) for p in parts]
    base: dict[str, tuple[Fraction, str]] = {}
    for entry in params["baseline"]:
        for r in plan.tables["quota_metrics"]:
            if r["metric"] == entry["metric"] and r.get("period", "") in ("", entry.get("period", "")):
                value, unit = amount(r["value"])
                before = base.get(r["holder"], (ZERO, unit))[0]
                base[r["holder"]] = before + percent(entry["weight"]) * value, unit
    return [*parts, *(Part(h, labelled(params["for"]), v * factor, u) for h, (v, u) in base.items())]


def quota_over_assignment(plan: PlanReading, parts: list[Part], params: Doc, kind: str) -> list[Part]:
    if kind != "quota":
        return parts
    more = 1 + percent(params["by"])
    return [
        replace(p, amount=p.amount * more) if is_payee(plan, p.holder) and _has_role(plan, p, params) else p
        for p in parts
    ]


def _has_role(plan: PlanReading, part: Part, params: Doc) -> bool:
    """Whether the holder has one of the named roles on the last day of the period."""
    wanted = params.get("roles", [])
    return not wanted or person_on(plan.tables, part.holder, "role", part.period.last) in wanted


def quota_distribution(plan: PlanReading, parts: list[Part], params: Doc, kind: str) -> list[Part]:
    if not _of(params, kind):
        return parts
    out: list[Part] = []
    for p in parts:
        pieces = spans(p.period.first, p.period.last, params["per"])
        if len(pieces) < 2:
            out.append(p)
            continue
        weights = (
            [percent(w) for w in params["weights"]]
            if params.get("weights")
            else [Fraction(1, len(pieces))] * len(pieces)
        )
        if len(weights) != len(pieces):
            year = spans(date(p.period.first.year, 1, 1), date(p.period.first.year, 12, 31), params["per"])
            weights = [weights[year.index(x)] for x in pieces]
            weights = [w / sum(weights) for w in weights]
        unit = amount(params["round to"])[0] if params.get("round to") else None
        least = amount(params["last at least"])[0] if params.get("last at least") else ZERO
        residue = plan.conv.get("quota.residue", "nobody")
        for piece, value in zip(pieces, parted(p.amount, weights, unit, residue, least), strict=True):
            out.append(replace(p, period=piece, amount=value))
    return out


def parted(
    whole: Fraction, shares: list[Fraction], unit: Fraction | None, residue: str, least: Fraction = ZERO
) -> list[Fraction]:
    """An amount in whole units by shares; what is left over goes where the plan says."""
    raw = [whole * s for s in shares]
    if unit is None:
        return raw
    if residue.startswith("largest remainder"):
        parts = [rounded(r / unit, "down", 0) * unit for r in raw]
        step = unit if whole >= 0 else -unit
        order = sorted(
            range(len(raw)), key=lambda i: (-abs(raw[i] - parts[i]), -i if "later" in residue else i)
        )
        for i in order[: abs(int(rounded((whole - sum(parts)) / unit, "half up", 0)))]:
            parts[i] += step
    else:
        parts = [rounded(r / unit, "half up", 0) * unit for r in raw]
    if whole > 0:
        parts[-1] = max(parts[-1], least)
    if residue != "nobody":
        takes = {"first": 0, "last": len(parts) - 1}.get(residue, shares.index(max(shares)))
        parts[takes] += whole - sum(parts)
    return parts


def quota_ramp(plan: PlanReading, parts: list[Part], params: Doc, kind: str) -> list[Part]:
    if not _of(params, kind):
        return parts
    out: list[Part] = []
    for p in parts:
        start = hired_by(plan, p.holder, p.period.last)
        if params.get("since") == "plan":
            mine = [
                day_of(a["from"])
                for a in plan.tables.get("plan_assignments", [])
                if a["payee"] == p.holder and a["plan"] == plan.name
            ]
            start = min((d for d in mine if d <= p.period.last), default=None)
        if start is None or not _has_role(plan, p, params):
            out.append(p)
            continue
        months = [m for m in spans(p.period.first, p.period.last, "month") if m.last >= start]
        total = ZERO
        for m in months:
            since = (m.first.year - start.year) * 12 + m.first.month - start.month
            if plan.conv["ramp.first_month"] == "first full month" and start.day > 1 and since > 0:
                since -= 1
            step = since // 3 if params.get("each") == "quarter" else since
            total += percent(params["shares"][step]) if step < len(params["shares"]) else 1
        out.append(replace(p, amount=p.amount * total / len(months)))
    return out


# -- the tree -------------------------------------------------------------------------------------------
def quota_top_down(plan: PlanReading, parts: list[Part], params: Doc, kind: str) -> list[Part]:
    if kind != "quota":
        return parts
    rows = plan.tables["quota_allocations"]
    out = list(parts)
    level = {r["parent"]: _depth(rows, r["parent"]) for r in rows}
    for parent in sorted(level, key=lambda n: level[n]):
        below = [r for r in rows if r["parent"] == parent]
        more = params.get("over assignment", [])
        factor = 1 + (percent(more[level[parent]]) if level[parent] < len(more) else ZERO)
        shares = _shares(plan, [r["child"] for r in below], below, params)
        for top in [p for p in out if p.holder == parent]:
            unit = amount(params["round to"])[0] if params.get("round to") else None
            values = parted(top.amount * factor, shares, unit, plan.conv.get("quota.residue", "nobody"))
            for r, value in zip(below, values, strict=True):
                if not any(
                    (p.holder, p.period, p.measure) == (r["child"], top.period, top.measure) for p in out
                ):
                    out.append(Part(r["child"], top.period, value, top.unit, top.measure))
    return out


def _depth(rows: list[Row], name: str) -> int:
    above = next((r["parent"] for r in rows if r["child"] == name), None)
    return 0 if above is None else 1 + _depth(rows, above)


def _shares(plan: PlanReading, names: list[str], below: list[Row], params: Doc) -> list[Fraction]:
    if params["split"] == "evenly":
        return [Fraction(1, len(names))] * len(names)
    if params["split"] == "shares":
        return [percent(r["share"]) for r in below]
    return _by_metrics(plan, names, params["metrics"])


def _by_metrics(plan: PlanReading, names: list[str], metrics: list[Doc]) -> list[Fraction]:
    out = [ZERO] * len(names)
    for m in metrics:
        values = {
            r["holder"]: amount(r["value"])[0]
            for r in plan.tables["quota_metrics"]
            if r["metric"] == m["metric"]
        }
        total = sum(values[n] for n in names)
        out = [o + percent(m["weight"]) * values[n] / total for o, n in zip(out, names, strict=True)]
    return out


def quota_spread(plan: PlanReading, parts: list[Part], params: Doc, kind: str) -> list[Part]:
    if kind != "quota":
        return parts
    rows = plan.tables["quota_allocations"]
    out = list(parts)
    for parent in sorted({r["parent"] for r in rows}, key=lambda n: _depth(rows, n)):
        below = [r["child"] for r in rows if r["parent"] == parent]
        for top in [p for p in out if p.holder == parent]:
            mine = [i for i, p in enumerate(out) if p.holder in below and p.period == top.period]
            mine.sort(key=lambda i: below.index(out[i].holder))
            names = [out[i].holder for i in mine]
            if not mine:
                continue
            shares = (
                _by_metrics(plan, names, [{"metric": params["by"], "weight": "100%"}])
                if params.get("by")
                else [Fraction(1, len(names))] * len(names)
            )
            own = [ZERO if params["of"] == "full amount" else out[i].amount for i in mine]
            rest = out[out.index(top)].amount - sum(own)
            unit = amount(params["round to"])[0] if params.get("round to") else None
            given = parted(rest, shares, unit, plan.conv.get("quota.residue", "nobody"))
            for i, before, more in zip(mine, own, given, strict=True):
                out[i] = replace(out[i], amount=before + more)
    return out


def quota_roll_up(plan: PlanReading, parts: list[Part], params: Doc, kind: str) -> list[Part]:
    if kind != "quota":
        return parts
    if params["over"] == "managers":
        below: dict[str, list[str]] = {}
        for r in plan.tables["payees"]:
            if r.get("manager"):
                below.setdefault(r["manager"], []).append(r["payee"])
    else:
        below = {r["parent"]: [] for r in plan.tables["quota_allocations"]}
        for r in plan.tables["quota_allocations"]:
            below[r["parent"]].append(r["child"])
    less = 1 - percent(params.get("reduction", "0%"))
    out = list(parts)
    for period in dict.fromkeys(p.period for p in parts):

        def total(name: str, period: Span = period) -> Fraction | None:
            own = [p.amount for p in parts if p.holder == name and p.period == period]
            if name in below and (not own or params["stated"] == "is replaced"):
                values = [v for c in below[name] if (v := total(c)) is not None]
                return sum(values, ZERO) * less if values else None
            return sum(own, ZERO) if own else None

        for parent in below:
            value = total(parent)
            mine = [p for p in out if p.holder == parent and p.period == period]
            if value is None or (mine and params["stated"] != "is replaced"):
                continue
            # All that was stated gives way together.
            out = [p for p in out if p not in mine]
            out.append(Part(parent, period, value, next(p.unit for p in parts)))
    return out


def quota_seller_quota(plan: PlanReading, parts: list[Part], params: Doc, kind: str) -> list[Part]:
    if kind != "quota":
        return parts
    out = list(parts)
    for r in plan.tables["seller_quotas"]:
        first = day_of(r["from"]) if r.get("from") else date.min
        last = day_of(r["to"]) if r.get("to") else date.max
        ramp = percent(r["ramp"]) if r.get("ramp") else Fraction(1)
        own = amount(r["adjustment"])[0] if r.get("adjustment") else ZERO
        for p in parts:
            if p.holder != r["territory"] or first > p.period.last or last < p.period.first:
                continue
            carried = p.amount * percent(r["share"])
            value = (
                carried * ramp + own
                if plan.conv["quota.seller_order"].startswith("ramp")
                else (carried + own) * ramp
            )
            out.append(Part(r["payee"], p.period, value, p.unit, p.measure, 0, first, last))
    return out


def quota_relief(plan: PlanReading, parts: list[Part], params: Doc, kind: str) -> list[Part]:
    if kind != "quota":
        return parts
    out = []
    for p in parts:
        row = next(
            (
                r
                for r in plan.tables["territory_changes"]
                if r["holder"] == p.holder and labelled(r["period"]) == p.period
            ),
            None,
        )
        if row is None:
            out.append(p)
            continue
        before, after, least = number(row["before"]), number(row["after"]), percent(params["material from"])
        change = (after - before) / before
        if (
            abs(change) < least
            or (change < 0 and params["of"] == "gains")
            or (change > 0 and params["of"] == "losses")
        ):
            out.append(p)
            continue
        if params["change"] == "what is above":
            change = (abs(change) - least) * (1 if change > 0 else -1)
        out.append(replace(p, amount=p.amount * max(1 + change, percent(params.get("keeps at least", "0%")))))
    return out


def quota_account_quotas(plan: PlanReading, parts: list[Part], params: Doc, kind: str) -> list[Part]:
    if kind != "quota":
        return parts
    totals: dict[tuple[str, Span], tuple[Fraction, str]] = {}
    for r in plan.tables["account_quotas"]:
        value, unit = amount(r["quota"])
        period = labelled(r["period"])
        days = days_of(period)
        for day in days:
            asked = period.first if plan.conv["quota.account_move"] == "stays" else day
            home = next(a["territory"] for a in plan.tables["accounts"] if a["account"] == r["account"])
            moves = [
                (day_of(m["from"]), m["territory"])
                for m in plan.tables.get("account_moves", [])
                if m["account"] == r["account"] and day_of(m["from"]) <= asked
            ]
            where = max(moves)[1] if moves else home
            so_far = totals.get((where, period), (ZERO, unit))[0]
            totals[where, period] = so_far + value / len(days), unit
    return [*parts, *(Part(t, period, value, unit) for (t, period), (value, unit) in totals.items())]
