"""The oracle's plan: what one component earns and pays one payee, mechanic by mechanic."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any

from reference_engine.tests import oracle_people
from reference_engine.tests.oracle_crediting import Credited, credits_of
from reference_engine.tests.oracle_found import found
from reference_engine.tests.oracle_limits import part_of_deal
from reference_engine.tests.oracle_lines import (
    Line,
    label,
    rated,
    within,
)
from reference_engine.tests.oracle_records import (
    CADENCE,
    ZERO,
    Doc,
    Event,
    Span,
    Tables,
    day_of,
    labelled,
    money,
    number,
    percent,
    rounded,
    span,
)

SOURCES = {
    "bookings": ("deals", "returns of deals"),
    "revenue": ("invoices",),
    "margin": ("invoice lines",),
    "cash": ("payments",),
    "units": ("retail sales", "returns of sales"),
}


RECORDS = {
    "deals": ("deals", "returns of deals"),
    "invoices": ("invoices",),
    "invoice lines": ("invoice lines",),
    "payments": ("payments",),
    "retail sales": ("retail sales", "returns of sales"),
}


EVENTS = {"booking": ("deals", "returns of deals"), "invoice": ("invoices",), "payment": ("payments",)}


@dataclass
class PlanReading:
    """known: answers that are asked for many times."""

    doc: Doc
    tables: Tables
    known: dict[Any, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.name, self.is_last = self.doc["plan"], False
        self.conv = {k: v for k, v in self.doc.get("conventions", {}).items() if k != "rounding"}
        stated = self.doc["conventions"]["rounding"]
        self.rounding = (
            {} if stated == "exact" else {r["at"]: (r["mode"], int(r["decimals"])) for r in stated}
        )
        self.cadence = CADENCE[self.doc["pays"]]
        self.accumulate = (
            self.cadence
            if self.conv.get("tier.accumulate", "period") in ("period", "none")
            else self.conv["tier.accumulate"]
        )

    def round(self, at: str, value: Fraction) -> Fraction:
        return rounded(value, *self.rounding[at]) if at in self.rounding else value

    def eligible(self, payee: str, day: date) -> bool:
        who = self.doc.get("eligible", "assigned")
        if who == "everyone":
            return True
        if isinstance(who, dict):
            return any(
                p["payee"] == payee and p.get("role") in who["roles"] for p in self.tables.get("payees", [])
            )
        return any(
            a["payee"] == payee
            and a["plan"] == self.name
            and day_of(a["from"]) <= day
            and (not a.get("to") or day <= day_of(a["to"]))
            for a in self.tables.get("plan_assignments", [])
        )

    # what a credit is worth ----------------------------------------------------------------------------
    def values(self, event: Event, credits: list[Credited], measure: str) -> list[Fraction]:
        """The value of each credit in the record's own currency; rounded shares of a split still sum to the deal."""
        whole = {"units": event.units, "margin": event.amount - (event.cost or ZERO)}.get(
            measure, event.amount
        )
        direct = [self.round("credit", whole * c.share) for c in credits if c.type == "direct"]
        shares = [c.share for c in credits if c.type == "direct"]
        if "credit" in self.rounding and len(direct) > 1 and sum(shares) == 1:
            takes = {"last": len(direct) - 1, "first": 0, "largest share": shares.index(max(shares))}[
                self.conv["split.residue"]
            ]
            direct[takes] += self.round("credit", whole) - sum(direct)
        return [
            direct[c.source]
            if c.type == "direct"
            else self.round("credit", whole * c.share if c.source < 0 else direct[c.source] * c.receives)
            for c in credits
        ]

    def seen(self, event: Event, credit: Credited, measure: str, part_of_rate: Fraction) -> Fraction:
        """What quotas and tiers see of a credit."""
        whole = {"units": event.units, "margin": event.amount - (event.cost or ZERO)}.get(
            measure, event.amount
        )
        return self.round("credit", whole * (credit.counted if credit.seen is not None else part_of_rate))

    def converted(self, value: Fraction, event: Event, measure: str) -> tuple[Fraction, str]:
        """A credit in the plan's currency."""
        wanted = self.doc.get("currency", "")
        if measure == "units" or not wanted or wanted == event.currency:
            return value, "" if measure == "units" else event.currency
        period = span(event.day, self.cadence)
        closed = {r["deal"]: day_of(r["closed"]) for r in self.tables.get("deals", [])}
        day = {
            "record date": event.day,
            "deal date": closed.get(event.deal, event.day),
            "period start": period.first,
            "period end": period.last,
        }[self.conv["fx.date"]]
        rates = [
            (day_of(r["valid from"]), number(r["rate"]))
            for r in self.tables["exchange_rates"]
            if (r["from"], r["to"], r["kind"]) == (event.currency, wanted, self.conv["fx.kind"])
            and day_of(r["valid from"]) <= day
        ]
        return self.round("conversion", value * max(rates)[1]), wanted

    # what a component counts -------------------------------------------------------------------------
    def counted(self, part: Doc, payee: str, events: list[Event]) -> list[Line]:
        """One line for each credit, with its base and nothing earned yet."""
        if "measure" not in part:
            return []
        measure = part["measure"]
        if "events" in part:
            shares = {s: percent(p) for e, p in part["events"].items() for s in EVENTS[e]}
        else:
            shares = dict.fromkeys(
                RECORDS[part["records"]] if "records" in part else SOURCES[measure], Fraction(1)
            )
        lines: list[Line] = []
        order: list[tuple[Any, ...]] = []
        for event in events:
            if event.source not in shares or not self.eligible(payee, event.counts_on):
                continue
            if not oracle_people.counts(self, payee, event.counts_on):
                continue
            if part.get("products") and event.product not in part["products"]:
                continue
            credits = credits_of(event, self.tables, self.conv, self.cadence)
            for credit, share in zip(credits, self.values(event, credits, measure), strict=True):
                if credit.payee != payee or credit.type not in part["credits"]:
                    continue
                earned = shares[event.source]
                value, unit = self.converted(share, event, measure)
                apart = credit.seen is not None and credit.seen != credit.share
                seen = self.converted(self.seen(event, credit, measure, credit.share), event, measure)[0] if apart else None
                if self.conv.get("split.when") == "after rate" and credit.type == "direct" and credit.share < 1:
                    # The whole deal is looked up; the payee earns a part of what that gives.
                    earned *= credit.share
                    value, unit = self.converted(self.seen(event, replace(credit, seen=None), measure, Fraction(1)), event, measure)
                mirror = self.conv.get("returns.earn", "mirror") == "mirror"
                order.append((credit.day or event.day, *event.order[1:], len(lines)))
                lines.append(
                    Line(payee, self.name, part["component"], span(credit.day or event.day, self.cadence), ZERO, unit, label(event, set(shares.values()) != {1}),
                         event.kind, event, value if mirror else value * event.sign, event.sign if mirror else 1, earned,
                         paid=span(credit.pay_day, self.cadence) if credit.pay_day else None, held=credit.held,
                         seen=seen if seen is None or mirror else seen * event.sign, credit=credit)
                )  # fmt: skip
        return [lines[key[-1]] for key in sorted(order)]

    def earn(self, part: Doc, payee: str, lines: list[Line], timeline: list[Span]) -> list[Line]:
        """The mechanics in the order of the plan, then the rounding of the lines."""
        self.timeline, self.payee = timeline, payee
        for position, entry in enumerate(part["earn"], 1):
            self.is_last = position == len(part["earn"])
            name, params = (entry, {}) if isinstance(entry, str) else next(iter(entry.items()))
            own = getattr(self, "earn_" + name.replace(" ", "_"), None)
            lines = own(lines, params, part) if own else found("earn", name)(self, lines, params, part)
        return [replace(x, amount=self.round("line", x.amount), paid=None if x.held else x.paid or x.period) for x in lines]

    def earn_flat_rate(self, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
        return [rated(x, percent(params["rate"])) for x in lines]

    def earn_individual_rate(self, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
        rates = {p["payee"]: p["commission rate"] for p in self.tables["payees"]}
        return [rated(x, percent(rates[x.payee])) for x in lines]

    def earn_threshold(self, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
        least = money(params["base under"])[0]
        return [replace(x, amount=ZERO) if x.base < least else x for x in lines]

    def earn_floor(self, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
        return [replace(x, base=max(x.base, money(params["base"])[0])) for x in lines]

    def earn_cap(self, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
        most = money(params["amount"])[0]
        return [replace(x, amount=min(x.amount * x.sign, most * part_of_deal(self, [x])) * x.sign) for x in lines]

    def earn_commission_free(self, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
        return [replace(x, amount=ZERO) if x.event and x.event.free else x for x in lines]

    # what accumulates -----------------------------------------------------------------------------------
    def quota(self, payee: str, interval: Span, measure: str) -> Fraction:
        if oracle_people.concerns(self):
            # Without a quota nothing is sold in the random worlds, and nothing is looked up.
            expected = oracle_people.quota(self, payee, interval, measure)
            return Fraction(1) if expected is None else expected
        for a in self.tables.get("plan_assignments", []):
            if a["payee"] == payee and a["plan"] == self.name and a.get("quota"):
                assert a["period"] == self.accumulate
                return money(a["quota"])[0]
        rows = [
            (labelled(q["period"]), money(q["quota"])[0] * (percent(q["ramp"]) if q.get("ramp") else 1))
            for q in self.tables["quotas"]
            if q["payee"] == payee and q.get("measure", "") in ("", measure)
        ]
        own = [amount for period, amount in rows if period == interval]
        inside = [
            amount
            for period, amount in rows
            if interval.first <= period.first and period.last <= interval.last
        ]
        return own[0] if own else sum(inside, ZERO)

    def target(self, payee: str) -> Fraction:
        return next(
            money(a["target incentive"])[0]
            for a in self.tables["plan_assignments"]
            if a["payee"] == payee and a["plan"] == self.name
        )

    def earn_unit_bands(self, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
        out: list[Line] = []
        so_far: dict[tuple[Span, str], Fraction] = defaultdict(Fraction)
        for x in lines:
            assert x.event
            bands = [b for b in params["bands"] if b.get("product", "") == x.event.product]
            key = span(x.period.first, self.accumulate), x.event.product
            before = so_far[key]
            so_far[key] += x.base * x.sign
            for band in bands:
                low, high = number(band["from"]) - 1, number(band["to"]) if band.get("to") else None
                units = within(so_far[key], low, high) - within(before, low, high)
                pays, unit = money(band["pays"])
                if units:
                    several = len({b.get("product", "") for b in params["bands"]}) > 1
                    label = f"{x.event.product}, " if several else ""
                    label += (
                        f"units {band['from']}-{band['to']}" if band.get("to") else f"units {band['from']}+"
                    )
                    out.append(
                        replace(x, base=units, sign=1, amount=units * pays, currency=unit, label=label)
                    )
        return out

    # paying ---------------------------------------------------------------------------------------------
    def pay(self, part: Doc, lines: list[Line], timeline: list[Span]) -> list[Line]:
        for entry in part.get("pay", []):
            ((name, params),) = entry.items() if isinstance(entry, dict) else ((entry, {}),)
            simple = params.get("per") != "deal" and set(params) <= {"amount", "per"} and self.conv.get("cap.excess") != "refundable"
            if name == "release":
                lines = [self._release(x, params) for x in lines]
            elif name == "clawback" and set(params) == {"within days"} and self.conv["clawback.rate"] == "historic":
                lines = self._clawback(lines, params)
            elif name == "cap" and simple:
                lines = lines + self.cap(lines, params, timeline, part["component"])
            else:
                lines = found("pay", name)(self, lines, params, part, timeline)
        return lines + self.rounding_lines(lines, "component", part["component"])

    def _release(self, x: Line, params: Doc) -> Line:
        assert x.event
        invoice = next(i for i in self.tables["invoices"] if i["invoice"] == x.event.invoice)
        paid = [
            (money(p["amount"])[0], day_of(p["date"]))
            for p in self.tables.get("payments", [])
            if p["invoice"] == x.event.invoice
        ]
        full = sum((a for a, _ in paid), ZERO) >= money(invoice["amount"])[0] and bool(paid)
        last = max((d for _, d in paid), default=date.max)
        if not full or (params.get("no payment after") and last > day_of(params["no payment after"])):
            return replace(x, held=True, paid=None)
        if self.conv["release.period"] == "earned period":
            return x
        return replace(x, paid=max(x.period, span(last, self.cadence)))

    def _clawback(self, lines: list[Line], params: Doc) -> list[Line]:
        """A cancelled deal earns nothing afterwards, releases nothing later, and loses what it has earned."""
        closed = {d["deal"]: day_of(d["closed"]) for d in self.tables["deals"]}
        for row in self.tables.get("cancellations", []):
            day, window = day_of(row["date"]), int(params["within days"])
            days = (day - closed[row["deal"]]).days
            if days > window or (days == window and self.conv["clawback.window"] == "last day excluded"):
                continue
            period = span(day, self.cadence)
            lines = [self._stopped(x, day, period) if x.deal == row["deal"] else x for x in lines]
            lost = [x for x in lines if x.deal == row["deal"] and not x.held]
            if lost:
                event = Event("cancellations", "cancellation", row["deal"], day, deal=row["deal"])
                amount = -sum((x.amount for x in lost), ZERO)
                lines.append(
                    replace(
                        lost[0],
                        period=period,
                        paid=period,
                        amount=amount,
                        kind="cancellation",
                        event=event,
                        label=f"cancellation {row['deal']}",
                    )
                )
        return lines

    def _stopped(self, x: Line, day: date, period: Span) -> Line:
        if x.event and x.event.day > day:
            return replace(x, amount=ZERO)
        return replace(x, held=True, paid=None) if x.paid and x.paid > period else x

    def cap(self, lines: list[Line], params: Doc, timeline: list[Span], component: str) -> list[Line]:
        """Period by period: what the limit of its interval leaves over is paid; the rest is lost or carried."""
        limit, unit = money(params["amount"])
        per = self.cadence if params["per"] == "period" else params["per"]
        totals: dict[Span, Fraction] = defaultdict(Fraction)
        for x in lines:
            if not x.held and x.paid:
                totals[x.paid] += x.amount
        out: list[Line] = []
        paid: dict[Span, Fraction] = defaultdict(Fraction)
        carried = ZERO
        payee = lines[0].payee if lines else ""
        for period in timeline:
            interval = span(period.first, per)
            wanted = totals[period] + carried
            pays = min(wanted, limit - paid[interval])
            paid[interval] += pays
            carried = wanted - pays if self.conv["cap.excess"] == "carried" else ZERO
            if pays != totals[period]:
                out.append(
                    Line(
                        payee,
                        self.name,
                        component,
                        period,
                        pays - totals[period],
                        unit,
                        "cap",
                        "cap",
                        paid=period,
                    )
                )
        return out

    def rounding_lines(self, lines: list[Line], at: str, component: str) -> list[Line]:
        if at not in self.rounding:
            return []
        totals: dict[tuple[Span, str], Fraction] = defaultdict(Fraction)
        for x in lines:
            if not x.held and x.paid:
                totals[x.paid, x.currency] += x.amount
        return [
            Line(
                lines[0].payee,
                self.name,
                component,
                period,
                self.round(at, total) - total,
                unit,
                "rounding",
                "rounding",
                paid=period,
            )
            for (period, unit), total in sorted(totals.items())
            if self.round(at, total) != total
        ]
