"""The slow, obvious reference: exact fractions, one payee at a time, one loop.

It knows nothing of the engine.  It reads the same text (standard tables as lists of rows, plans as plain mappings)
and says in the plainest way what each payee earns and is paid, so that the two can be compared on random worlds.
It is written from the field's documents and from the sentences in which the mechanics state their meaning.

What the documents leave open is decided here, and named at the place: below zero a tier table goes on with the
tier that starts at 0; a bound that only one tier has belongs to that tier; overlay and roll-up credit are shares of
the direct credit as it was rounded.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

Row = dict[str, str]
Tables = dict[str, list[Row]]
Doc = dict[str, Any]
ZERO = Fraction(0)
TRAITS = ("product", "subcategory", "category", "account", "territory")
MONTHS = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}
CADENCE = {"monthly": "month", "quarterly": "quarter", "half-yearly": "half-year", "yearly": "year"}


# -- text and calendar ------------------------------------------------------------------------------------
def number(text: str) -> Fraction:
    return Fraction(text.replace(",", ""))


def percent(text: str) -> Fraction:
    return number(text.removesuffix("%")) / 100


def money(text: str) -> tuple[Fraction, str]:
    amount, currency = text.split()
    return number(amount), currency


def bound(text: str) -> Fraction:
    """An attainment, an amount of money or a number of units."""
    return percent(text) if text.endswith("%") else number(text.split()[0])


def rounded(value: Fraction, mode: str, decimals: int) -> Fraction:
    size = abs(value) * 10**decimals
    whole = size.numerator // size.denominator
    rest = size - whole
    if mode == "half up":
        whole += rest >= Fraction(1, 2)
    elif mode == "half even":
        whole += rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole % 2 == 1)
    elif mode == "away from zero":
        whole += rest > 0
    else:
        assert mode == "down"
    return Fraction(whole if value >= 0 else -whole, 10**decimals)


@dataclass(frozen=True, order=True)
class Span:
    first: date
    last: date
    label: str


def span(day: date, cadence: str) -> Span:
    """The calendar month, quarter, half-year or year of a day."""
    months = MONTHS[cadence]
    part = (day.month - 1) // months
    first = date(day.year, part * months + 1, 1)
    after = date(day.year + 1, 1, 1) if part * months + months == 12 else date(day.year, part * months + months + 1, 1)
    label = {
        "month": f"{day.year}-{day.month:02d}",
        "quarter": f"{day.year}-Q{part + 1}",
        "half-year": f"{day.year}-H{part + 1}",
        "year": f"FY{day.year}",
    }[cadence]
    return Span(first, after - timedelta(days=1), label)


def labelled(label: str) -> Span:
    year = int(label[2:] if label.startswith("FY") else label[:4])
    if label.startswith("FY"):
        return span(date(year, 1, 1), "year")
    if label[5] == "Q":
        return span(date(year, int(label[6]) * 3, 1), "quarter")
    if label[5] == "H":
        return span(date(year, int(label[6]) * 6, 1), "half-year")
    return span(date(year, int(label[5:]), 1), "month")


def spans(first: date, last: date, cadence: str) -> list[Span]:
    out, day = [], first
    while day <= last:
        out.append(span(day, cadence))
        day = out[-1].last + timedelta(days=1)
    return out


# -- records ----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Event:
    source: str
    kind: str
    record: str
    day: date
    sign: int = 1
    amount: Fraction = ZERO
    currency: str = ""
    units: Fraction = ZERO
    cost: Fraction | None = None
    line: str = ""
    deal: str = ""
    invoice: str = ""
    owner: str = ""
    product: str = ""
    free: bool = False
    traits: tuple[tuple[str, str], ...] = ()

    sold: date | None = None

    @property
    def counts_on(self) -> date:
        """The day that decides under which plan a record counts; for a return, that of its sale."""
        return self.sold or self.day

    @property
    def order(self) -> tuple[date, int, str, str]:
        """By day; on one day what adds comes before what takes back."""
        return self.day, -self.sign, self.record, self.line


@dataclass(frozen=True)
class Credited:
    payee: str
    type: str
    share: Fraction
    source: int = -1


def events_of(tables: Tables) -> list[Event]:
    """Every record that can be credited, with what it says of itself."""
    products = {p["product"]: p for p in tables.get("products", [])}
    deals = {d["deal"]: d for d in tables.get("deals", [])}
    invoices = {i["invoice"]: i for i in tables.get("invoices", [])}
    sales = {s["sale"]: s for s in tables.get("retail_sales", [])}
    out: list[Event] = []

    def traits(row: Row, deal: Row | None = None) -> dict[str, Any]:
        """What a record says of itself, else its product; account and territory are those of its deal."""
        product = products.get(row.get("product", ""), {})
        found = {n: row.get(n) or product.get(n, "") for n in (*TRAITS, "commission free")}
        for name in ("account", "territory"):
            found[name] = found[name] or (deal or {}).get(name, "")
        free = found.pop("commission free") == "yes"
        return {"product": found["product"], "free": free, "traits": tuple(found.items())}

    for deal in deals.values():
        amount, unit = money(deal["amount"])
        out.append(Event("deals", "booking", deal["deal"], _day(deal["closed"]), 1, amount, unit,
                         deal=deal["deal"], owner=_owner(deal, tables), **traits(deal)))  # fmt: skip
    for invoice in invoices.values():
        deal = deals[invoice["deal"]]
        amount, unit = money(invoice["amount"])
        kind = invoice.get("kind") or "invoice"
        sign = -1 if kind == "credit note" else 1
        same = {"deal": invoice["deal"], "invoice": invoice["invoice"], "owner": _owner(deal, tables)}
        day = _day(invoice["date"])
        out.append(Event("invoices", kind, invoice["invoice"], day, sign, amount, unit, **same, **traits(deal)))
        for row in tables.get("invoice_lines", []):
            if row["invoice"] != invoice["invoice"]:
                continue
            value, unit = money(row["amount"])
            product = products.get(row.get("product", ""), {})
            units = number(row.get("units") or "0")
            cost_text = row.get("unit cost") or product.get("unit cost", "")
            cost = money(cost_text)[0] * units if cost_text else None
            out.append(Event("invoice lines", kind, invoice["invoice"], day, sign, value, unit, units, cost, row["line"], **same,
                             **traits(row, deal)))  # fmt: skip
    for payment in tables.get("payments", []):
        invoice = invoices[payment["invoice"]]
        deal = deals[invoice["deal"]]
        amount, unit = money(payment["amount"])
        out.append(Event("payments", "payment", payment["payment"], _day(payment["date"]), 1, amount, unit, deal=invoice["deal"],
                         invoice=invoice["invoice"], owner=_owner(deal, tables), **traits(deal)))  # fmt: skip
    for sale in sales.values():
        out.append(Event("retail sales", "sale", sale["sale"], _day(sale["date"]), 1, units=number(sale["units"]),
                         owner=sale["retailer"], **traits(sale)))  # fmt: skip
    for back in tables.get("returns", []):
        day = _day(back["date"])
        if back["of"] in deals:
            deal = deals[back["of"]]
            amount, unit = money(back["amount"])
            out.append(Event("returns of deals", "return", back["return"], day, -1, amount, unit, deal=back["of"], sold=_day(deal["closed"]),
                             owner=_owner(deal, tables), **traits(deal)))  # fmt: skip
        else:
            sale = sales[back["of"]]
            out.append(Event("returns of sales", "return", back["return"], day, -1, units=number(back["units"]), sold=_day(sale["date"]),
                             owner=sale["retailer"], **traits(sale)))  # fmt: skip
    return sorted(out, key=lambda e: e.order)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _owner(deal: Row, tables: Tables) -> str:
    if deal["owner"] != "territory owner":
        return deal["owner"]
    day = _day(deal["closed"])
    for row in tables["territories"]:
        if row["territory"] == deal["territory"] and (not row.get("from") or _day(row["from"]) <= day) and (not row.get("to") or day <= _day(row["to"])):
            return row["owner"]
    raise AssertionError("the random worlds give every territory a holder")


# -- crediting --------------------------------------------------------------------------------------------
def credits_of(event: Event, tables: Tables) -> list[Credited]:
    """Who is credited with an event: the owner or the payees of the split, then overlay and roll-up on top."""
    splits = [s for s in tables.get("credit_splits", []) if event.deal and s["deal"] == event.deal]
    direct = [Credited(s["payee"], "direct", percent(s["share"])) for s in splits] or [Credited(event.owner, "direct", Fraction(1))]
    people = {p["payee"]: p for p in tables.get("payees", [])}
    managers = {name: p.get("manager", "") for name, p in people.items()}
    out = list(direct)
    for position, credit in enumerate(direct):
        above: list[str] = []
        boss = managers.get(credit.payee, "")
        while boss and boss not in above:
            above.append(boss)
            boss = managers.get(boss, "")
        for rule in tables.get("crediting_rules", []):
            share = percent(rule["receives"])
            for name, person in people.items():
                if person.get("role") != rule["role"] or name == credit.payee:
                    continue
                if name in managers.values():
                    wide = rule["of the credit of"] == "team"
                    if name in (above if wide else above[:1]):
                        out.append(Credited(name, "roll-up", share, position))
                elif rule["of the credit of"] == "team" and _colleagues(person, people.get(credit.payee, {})):
                    out.append(Credited(name, "overlay", share, position))
    return out


def _colleagues(one: Row, other: Row) -> bool:
    if one.get("team"):
        return one["team"] == other.get("team")
    return bool(one.get("manager")) and not other.get("team") and one["manager"] == other.get("manager")


# -- one component of one plan ----------------------------------------------------------------------------
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


@dataclass(frozen=True)
class Line:
    payee: str
    plan: str
    component: str
    period: Span
    amount: Fraction
    currency: str
    label: str
    kind: str
    event: Event | None = None
    base: Fraction = ZERO
    sign: int = 1
    share: Fraction = Fraction(1)
    paid: Span | None = None
    held: bool = False

    @property
    def deal(self) -> str:
        return self.event.deal if self.event else ""


@dataclass
class Outcome:
    """lines: everything earned, with rounding and cap lines.  settled: draws and balances, as (payee, period) -> net."""

    lines: list[Line] = field(default_factory=list)
    advances: dict[tuple[str, str], Fraction] = field(default_factory=dict)
    recoveries: dict[tuple[str, str], Fraction] = field(default_factory=dict)
    balances: dict[tuple[str, str], Fraction] = field(default_factory=dict)

    def payouts(self) -> dict[tuple[str, str], Fraction]:
        out: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
        for line in self.lines:
            if not line.held and line.paid:
                out[line.payee, line.paid.label] += line.amount
        for more in (self.advances, self.recoveries):
            for key, amount in more.items():
                out[key] += amount
        return {k: v for k, v in out.items() if v}


@dataclass
class _Plan:
    doc: Doc
    tables: Tables

    def __post_init__(self) -> None:
        self.name = self.doc["plan"]
        self.conv = {k: v for k, v in self.doc.get("conventions", {}).items() if k != "rounding"}
        stated = self.doc["conventions"]["rounding"]
        self.rounding = {} if stated == "exact" else {r["at"]: (r["mode"], int(r["decimals"])) for r in stated}
        self.cadence = CADENCE[self.doc["pays"]]
        self.accumulate = self.cadence if self.conv.get("tier.accumulate", "period") == "period" else self.conv["tier.accumulate"]

    def round(self, at: str, value: Fraction) -> Fraction:
        return rounded(value, *self.rounding[at]) if at in self.rounding else value

    def eligible(self, payee: str, day: date) -> bool:
        who = self.doc.get("eligible", "assigned")
        if who == "everyone":
            return True
        if isinstance(who, dict):
            return any(p["payee"] == payee and p.get("role") in who["roles"] for p in self.tables.get("payees", []))
        return any(
            a["payee"] == payee and a["plan"] == self.name and _day(a["from"]) <= day and (not a.get("to") or day <= _day(a["to"]))
            for a in self.tables.get("plan_assignments", [])
        )

    # what a credit is worth ----------------------------------------------------------------------------
    def values(self, event: Event, credits: list[Credited], measure: str) -> list[Fraction]:
        """The value of each credit in the record's own currency; rounded shares of a split still sum to the deal."""
        whole = {"units": event.units, "margin": event.amount - (event.cost or ZERO)}.get(measure, event.amount)
        direct = [self.round("credit", whole * c.share) for c in credits if c.type == "direct"]
        if "credit" in self.rounding and len(direct) > 1:
            shares = [c.share for c in credits if c.type == "direct"]
            takes = {"last": len(direct) - 1, "first": 0, "largest share": shares.index(max(shares))}[self.conv["split.residue"]]
            direct[takes] += self.round("credit", whole) - sum(direct)
        return [direct[i] if c.type == "direct" else self.round("credit", direct[c.source] * c.share) for i, c in enumerate(credits)]

    def converted(self, value: Fraction, event: Event, measure: str) -> tuple[Fraction, str]:
        """A credit in the plan's currency."""
        wanted = self.doc.get("currency", "")
        if measure == "units" or not wanted or wanted == event.currency:
            return value, "" if measure == "units" else event.currency
        period = span(event.day, self.cadence)
        day = {"record date": event.day, "period start": period.first, "period end": period.last}[self.conv["fx.date"]]
        rates = [
            (_day(r["valid from"]), number(r["rate"]))
            for r in self.tables["exchange_rates"]
            if (r["from"], r["to"], r["kind"]) == (event.currency, wanted, self.conv["fx.kind"]) and _day(r["valid from"]) <= day
        ]
        return self.round("conversion", value * max(rates)[1]), wanted

    # what a component counts -------------------------------------------------------------------------
    def counted(self, part: Doc, payee: str, events: list[Event]) -> list[Line]:
        """One line for each credit, with its base and nothing earned yet."""
        measure = part["measure"]
        if "events" in part:
            shares = {s: percent(p) for e, p in part["events"].items() for s in EVENTS[e]}
        else:
            shares = dict.fromkeys(RECORDS[part["records"]] if "records" in part else SOURCES[measure], Fraction(1))
        lines: list[Line] = []
        for event in events:
            if event.source not in shares or not self.eligible(payee, event.counts_on):
                continue
            if part.get("products") and event.product not in part["products"]:
                continue
            credits = credits_of(event, self.tables)
            for credit, share in zip(credits, self.values(event, credits, measure), strict=True):
                if credit.payee != payee or credit.type not in part["credits"]:
                    continue
                value, unit = self.converted(share, event, measure)
                mirror = self.conv.get("returns.earn", "mirror") == "mirror"
                lines.append(
                    Line(payee, self.name, part["component"], span(event.day, self.cadence), ZERO, unit, _label(event, set(shares.values()) != {1}),
                         event.kind, event, value if mirror else value * event.sign, event.sign if mirror else 1, shares[event.source])
                )  # fmt: skip
        return lines

    def earn(self, part: Doc, payee: str, lines: list[Line], timeline: list[Span]) -> list[Line]:
        """The mechanics in the order of the plan, then the rounding of the lines."""
        self.timeline, self.payee = timeline, payee
        for entry in part["earn"]:
            name, params = (entry, {}) if isinstance(entry, str) else next(iter(entry.items()))
            lines = getattr(self, "earn_" + name.replace(" ", "_"))(lines, params, part)
        return [replace(x, amount=self.round("line", x.amount), paid=x.period) for x in lines]

    def earn_flat_rate(self, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
        return [_rated(x, percent(params["rate"])) for x in lines]

    def earn_individual_rate(self, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
        rates = {p["payee"]: p["commission rate"] for p in self.tables["payees"]}
        return [_rated(x, percent(rates[x.payee])) for x in lines]

    def earn_threshold(self, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
        least = money(params["base under"])[0]
        return [replace(x, amount=ZERO) if x.base < least else x for x in lines]

    def earn_floor(self, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
        return [replace(x, base=max(x.base, money(params["base"])[0])) for x in lines]

    def earn_cap(self, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
        most = money(params["amount"])[0]
        return [replace(x, amount=min(x.amount * x.sign, most) * x.sign) for x in lines]

    def earn_commission_free(self, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
        return [replace(x, amount=ZERO) if x.event and x.event.free else x for x in lines]

    def earn_lookup(self, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
        rules: list[Row] = list(params["rules"])
        if self.conv["lookup.precedence"] == "most specific":
            rules.sort(key=lambda r: next((i for i, n in enumerate(TRAITS) if n in r), len(TRAITS)))
        out = []
        for x in lines:
            traits = dict(x.event.traits) if x.event else {}
            for rule in rules:
                if all(traits.get(n, "") in [v.strip() for v in rule[n].split(",")] for n in TRAITS if n in rule):
                    if "rate" in rule:
                        out.append(_rated(x, percent(rule["rate"])))
                    else:
                        # A fixed amount is taken back where the base is below zero.
                        out.append(replace(x, amount=money(rule["pays"])[0] * x.share * (-x.sign if x.base < 0 else x.sign)))
                    break
            else:
                out.append(x)
        return out

    def earn_brackets(self, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
        tiers = [(bound(t["from"]), bound(t["to"]) if t.get("to") else None, percent(t["rate"])) for t in params["tiers"]]
        return [_rated(x, tier_rate(tiers, x.base, self.conv["tier.bound"])) for x in lines]

    # what accumulates -----------------------------------------------------------------------------------
    def quota(self, payee: str, interval: Span, measure: str) -> Fraction:
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
        inside = [amount for period, amount in rows if interval.first <= period.first and period.last <= interval.last]
        return own[0] if own else sum(inside, ZERO)

    def target(self, payee: str) -> Fraction:
        return next(money(a["target incentive"])[0] for a in self.tables["plan_assignments"] if a["payee"] == payee and a["plan"] == self.name)

    def bounds(self, tiers: list[Row], payee: str, interval: Span, measure: str) -> list[tuple[Fraction, Fraction | None, Fraction]]:
        """The table with attainments turned into amounts of the measure."""
        scale = self.quota(payee, interval, measure) if tiers[0]["from"].endswith("%") else Fraction(1)
        return [(bound(t["from"]) * scale, bound(t["to"]) * scale if t.get("to") else None, percent(t["rate"])) for t in tiers]

    def earn_marginal(self, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
        out: list[Line] = []
        for interval, group in _grouped(lines, lambda x: span(x.period.first, self.accumulate)).items():
            so_far = ZERO
            for x in group:
                tiers = self.bounds(params["tiers"], x.payee, interval, part["measure"])
                before, so_far = so_far, so_far + x.base * x.sign
                for (low, high, rate), text in zip(tiers, params["tiers"], strict=True):
                    part_of = _within(so_far, low, high) - _within(before, low, high)
                    if part_of:
                        out.append(replace(x, base=part_of, sign=1, amount=part_of * rate * x.share, label=_tier_label(text)))
        return out

    def earn_retroactive(self, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
        if not lines:
            return []

        def due(payee: str, interval: Span, total: Fraction) -> tuple[Fraction, str]:
            tiers = self.bounds(params["tiers"], payee, interval, part["measure"])
            position = tier_of(tiers, total, self.conv["tier.bound"])
            return (ZERO, "") if position is None else (total * tiers[position][2], _tier_label(params["tiers"][position]))

        return self._due_less_earned(lines, due, lines[0].currency, part["component"])

    def earn_curve(self, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
        mine = [a for a in self.tables["plan_assignments"] if a["payee"] == self.payee and a["plan"] == self.name]
        if not mine:
            return []
        points = [(percent(p["attainment"]), percent(p["payout"])) for p in params["points"]]

        def due(payee: str, interval: Span, total: Fraction) -> tuple[Fraction, str]:
            attainment = total / self.quota(payee, interval, part["measure"])
            return self.target(payee) * curve(points, attainment, self.conv["curve.below"], self.conv["curve.above"]), "target"

        return self._due_less_earned(lines, due, money(mine[0]["target incentive"])[1], part["component"])

    def _due_less_earned(self, lines: list[Line], due: Any, unit: str, component: str) -> list[Line]:
        """In every period of an interval: what is due on all of it so far, less what was earned before."""
        out: list[Line] = []
        totals: dict[Span, Fraction] = defaultdict(Fraction)
        earned: dict[Span, Fraction] = defaultdict(Fraction)
        for period in self.timeline:
            interval = span(period.first, self.accumulate)
            totals[interval] += sum((x.base * x.sign for x in lines if x.period == period), ZERO)
            amount, label = due(self.payee, interval, totals[interval])
            plain = Line(self.payee, self.name, component, period, amount, unit, label, "")
            if amount != earned[interval]:
                out += [plain, replace(plain, amount=-earned[interval], label="earned before", kind="earned before")]
            earned[interval] = amount
        return out

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
                units = _within(so_far[key], low, high) - _within(before, low, high)
                pays, unit = money(band["pays"])
                if units:
                    several = len({b.get("product", "") for b in params["bands"]}) > 1
                    label = f"{x.event.product}, " if several else ""
                    label += f"units {band['from']}-{band['to']}" if band.get("to") else f"units {band['from']}+"
                    out.append(replace(x, base=units, sign=1, amount=units * pays, currency=unit, label=label))
        return out

    # paying ---------------------------------------------------------------------------------------------
    def pay(self, part: Doc, lines: list[Line], timeline: list[Span]) -> list[Line]:
        for entry in part.get("pay", []):
            ((name, params),) = entry.items()
            if name == "release":
                lines = [self._release(x, params) for x in lines]
            elif name == "clawback":
                lines = lines + self._clawback(lines, params)
            else:
                lines = lines + self.cap(lines, params, timeline, part["component"])
        return lines + self.rounding_lines(lines, "component", part["component"])

    def _release(self, x: Line, params: Doc) -> Line:
        assert x.event
        invoice = next(i for i in self.tables["invoices"] if i["invoice"] == x.event.invoice)
        paid = [(money(p["amount"])[0], _day(p["date"])) for p in self.tables.get("payments", []) if p["invoice"] == x.event.invoice]
        full = sum((a for a, _ in paid), ZERO) >= money(invoice["amount"])[0] and bool(paid)
        last = max((d for _, d in paid), default=date.max)
        if not full or (params.get("no payment after") and last > _day(params["no payment after"])):
            return replace(x, held=True, paid=None)
        if self.conv["release.period"] == "earned period":
            return x
        return replace(x, paid=max(x.period, span(last, self.cadence)))

    def _clawback(self, lines: list[Line], params: Doc) -> list[Line]:
        out: list[Line] = []
        closed = {d["deal"]: _day(d["closed"]) for d in self.tables["deals"]}
        for row in self.tables.get("cancellations", []):
            day = _day(row["date"])
            days = (day - closed[row["deal"]]).days
            window = int(params["within days"])
            if days > window or (days == window and self.conv["clawback.window"] == "last day excluded"):
                continue
            lost = [x for x in lines if x.deal == row["deal"] and not x.held]
            if lost:
                period = span(day, self.cadence)
                out.append(replace(lost[0], period=period, paid=period, amount=-sum(x.amount for x in lost), kind="cancellation",
                                   label=f"cancellation {row['deal']}", event=Event("cancellations", "cancellation", row["deal"], day, deal=row["deal"])))  # fmt: skip
        return out

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
                out.append(Line(payee, self.name, component, period, pays - totals[period], unit, "cap", "cap", paid=period))
        return out

    def rounding_lines(self, lines: list[Line], at: str, component: str) -> list[Line]:
        if at not in self.rounding:
            return []
        totals: dict[tuple[Span, str], Fraction] = defaultdict(Fraction)
        for x in lines:
            if not x.held and x.paid:
                totals[x.paid, x.currency] += x.amount
        return [
            Line(lines[0].payee, self.name, component, period, self.round(at, total) - total, unit, "rounding", "rounding", paid=period)
            for (period, unit), total in sorted(totals.items())
            if self.round(at, total) != total
        ]


def _label(event: Event, shared: bool) -> str:
    if event.source == "deals":
        return event.record + (", booking" if shared else "")
    if event.source == "invoice lines":
        return f"{event.record} line {event.line}"
    return f"{event.kind} {event.record}" + (", booking" if shared and event.source == "returns of deals" else "")


def _rated(x: Line, rate: Fraction) -> Line:
    return replace(x, amount=x.base * rate * x.share * x.sign)


def _tier_label(tier: Row) -> str:
    if not tier.get("to"):
        return f"above {tier['from']}" if bound(tier["from"]) else "all"
    return f"up to {tier['to']}" if bound(tier["from"]) == 0 else f"{tier['from']} to {tier['to']}"


def _within(value: Fraction, low: Fraction, high: Fraction | None) -> Fraction:
    """How much of 0..value lies between low and high.  Below zero the tier that starts at 0 goes on."""
    if value < 0:
        return value if low == 0 else ZERO
    return max(ZERO, (value if high is None else min(value, high)) - low)


def tier_of(tiers: list[tuple[Fraction, Fraction | None, Fraction]], value: Fraction, reading: str) -> int | None:
    """The tier a value lies in.  A bound of two tiers goes by the reading; a bound of one tier is inside it."""
    inside = [i for i, (low, high, _) in enumerate(tiers) if low <= value and (high is None or value <= high)]
    if not inside:
        return 0 if value < 0 and tiers[0][0] == 0 else None
    return inside[-1] if reading != "lower tier" else inside[0]


def tier_rate(tiers: list[tuple[Fraction, Fraction | None, Fraction]], value: Fraction, reading: str) -> Fraction:
    """The rate of the bracket of a line; nothing outside all brackets, nor below zero."""
    position = tier_of(tiers, value, reading) if value >= 0 else None
    return tiers[position][2] if position is not None else ZERO


def curve(points: list[tuple[Fraction, Fraction]], at: Fraction, below: str, above: str) -> Fraction:
    if at < points[0][0]:
        return ZERO if below == "zero" else points[0][1]
    for (x0, y0), (x1, y1) in zip(points, points[1:], strict=False):
        if at <= x1:
            return y0 + (at - x0) * (y1 - y0) / (x1 - x0)
    (x0, y0), (x1, y1) = points[-2:]
    return y1 if above == "flat" else y1 + (at - x1) * (y1 - y0) / (x1 - x0)


def _grouped(lines: list[Line], key: Any) -> dict[Span, list[Line]]:
    """Groups in calendar order; inside each, the lines in their own order."""
    out: dict[Span, list[Line]] = {}
    for x in sorted(lines, key=key):
        out.setdefault(key(x), []).append(x)
    return out


# -- the whole calculation --------------------------------------------------------------------------------
def calculate(plans: list[Doc], tables: Tables) -> Outcome:
    """What every payee earns and is paid."""
    outcome = Outcome()
    events = events_of(tables)
    people = {c.payee for e in events for c in credits_of(e, tables)}
    people |= {r["payee"] for t in ("draws", "opening_balances", "plan_assignments") for r in tables.get(t, [])}
    for doc in plans:
        plan = _Plan(doc, tables)
        counted = {(payee, i): plan.counted(part, payee, events) for payee in people for i, part in enumerate(doc["components"])}
        timeline = _timeline(plan, [x for lines in counted.values() for x in lines], tables)
        for payee in sorted(people):
            whole: list[Line] = []
            for i, part in enumerate(doc["components"]):
                lines = plan.earn(part, payee, counted[payee, i], timeline)
                if lines:
                    whole += plan.pay(part, lines, timeline)
            for entry in doc.get("pay", []):
                if whole:
                    whole += plan.cap(whole, entry["cap"], timeline, "cap")
            whole += plan.rounding_lines(whole, "payout", "rounding")
            outcome.lines += whole
    settle(outcome, plans, tables, people)
    return outcome


def _timeline(plan: _Plan, counted: list[Line], tables: Tables) -> list[Span]:
    """Every pay period from the first in which anything of the plan happens, or the start of its year where amounts
    add up over more than a pay period, to the last."""
    if not counted:
        return []
    days = [x.period.first for x in counted]
    first = date(min(days).year, 1, 1) if plan.accumulate != plan.cadence else min(days)
    days += [_day(c["date"]) for c in tables.get("cancellations", [])]
    if any("release" in m for part in plan.doc["components"] for m in part.get("pay", [])):
        days += [_day(p["date"]) for p in tables.get("payments", [])]
    return spans(first, max(days), plan.cadence)


def settle(outcome: Outcome, plans: list[Doc], tables: Tables, people: set[str]) -> None:
    """Draws, opening balances and pay below zero: one ledger for each payee, period by period."""
    cadence = CADENCE[plans[0]["pays"]]
    carries = plans[0]["conventions"].get("balance.negative") == "carried"
    for payee in sorted(people):
        pay: dict[Span, Fraction] = defaultdict(Fraction)
        for x in outcome.lines:
            if x.payee == payee and not x.held and x.paid:
                pay[x.paid] += x.amount
        draws: dict[Span, tuple[Fraction, str]] = {}
        for d in tables.get("draws", []):
            if d["payee"] == payee:
                for period in spans(labelled(d["from"]).first, labelled(d["to"]).last, cadence):
                    draws[period] = money(d["amount"])[0], d["kind"]
        opening = {labelled(o["period"]): money(o["balance"])[0] for o in tables.get("opening_balances", []) if o["payee"] == payee}
        known = [*pay, *draws, *opening]
        if not known:
            continue
        debt = ZERO
        for period in spans(min(known).first, max(known).last, cadence):
            debt -= opening.get(period, ZERO)
            earnings, (draw, kind) = pay[period], draws.get(period, (ZERO, ""))
            key = payee, period.label
            if draw and earnings < draw:
                outcome.advances[key] = draw - earnings
                if kind == "recoverable":
                    debt += draw - earnings
            elif earnings < 0:
                if carries:
                    outcome.advances[key] = -earnings
                    debt -= earnings
            else:
                back = min(debt, earnings - draw)
                outcome.recoveries[key] = -back
                debt -= back
            outcome.balances[key] = -debt
