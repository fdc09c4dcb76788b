"""The charts: where differences, pay and attainment lie, for readers who would rather look than read columns.

Each chart comes with its finding in a sentence and with the figures that it is drawn from, and says the same without colour.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from reports.difference_types import Difference
from reports.pages import figures
from reports.pages.chart_of_performance import performance_charts
from reports.pages.chart_types import Chart, Key, by_size, whole
from reports.pages.plots import (
    BOTTOM,
    HEIGHT,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    Drawing,
    axes,
    columns,
    median,
    names_below,
    path,
    scale_of,
    x_axis,
)
from reports.pages.words import side_words
from reports.record_check import Total, number
from reports.record_types import RunRecord

CURRENCIES = 2
"""Charts of one kind; further currencies are named below the first."""
ROWS, PERIODS, BANDS = 12, 24, 12
FLOWS = ("bookings", "invoices", "cash", "retail sales")
Sums = dict[str, dict[str, tuple[Fraction, Fraction]]]
"""Currency to name (of a period, of a payee) to what is expected and what the target has."""


@dataclass(frozen=True, slots=True)
class ChartsPage:
    """charts: in the order in which they are shown.  absent: what can't be drawn from this run, and why."""

    charts: tuple[Chart, ...]
    absent: str


def charts_page(record: RunRecord) -> ChartsPage | None:
    """The charts of a record, or None where it has nothing to draw."""
    charts = tuple(_charts(record))
    if not charts:
        return None
    absent = (
        ""
        if record.performance
        else "No plan of this run measured anybody against a quota, so there is no chart of attainment."
    )
    return ChartsPage(charts, absent if record.payouts else "")


def _charts(record: RunRecord) -> Iterator[Chart]:
    words = side_words(record)
    by_period, by_payee, both = _pay(record)
    order = by_size(by_payee) or by_size(by_period)
    if record.grains:
        yield from _where(record)
    yield from _cost(by_period, order, words.expected, words.actual if both else "")
    yield from _distribution(by_payee, order, words.expected, words.actual if both else "")
    yield from performance_charts(record.performance)
    yield from _flows(record, order)


def _pay(record: RunRecord) -> tuple[Sums, Sums, bool]:
    """What is paid by period and by payee.  The last part: whether the target's side is known."""
    by_period: _Totals = {}
    by_payee: _Totals = {}

    def add(sums: _Totals, currency: str, name: str, expected: str, actual: str) -> None:
        own = sums.setdefault(currency, {}).setdefault(name, (Total(), Total()))
        own[0].add(expected)
        own[1].add(actual)

    for row in record.statements:
        add(by_period, row.currency, row.period, row.expected, row.actual)
        add(by_payee, row.currency, row.payee, row.expected, row.actual)
    if record.statements:
        return _values(by_period), _values(by_payee), True
    for payout in record.payouts:
        add(by_period, payout.currency, payout.period, payout.amount, "")
        add(by_payee, payout.currency, payout.payee, payout.amount, "")
    if by_period:
        return _values(by_period), _values(by_payee), False
    for part in record.grains[0].slices if record.grains else ():
        if part.dimension == "period":
            for currency in {**part.expected, **part.actual}:
                add(by_period, currency, part.value, part.expected.get(currency, ""), part.actual.get(currency, ""))
    return _values(by_period), {}, True


_Totals = dict[str, dict[str, tuple[Total, Total]]]


def _values(sums: _Totals) -> Sums:
    return {currency: {name: (one.value, other.value) for name, (one, other) in own.items()} for currency, own in sums.items()}


def _where(record: RunRecord) -> Iterator[Chart]:
    """Differences by period and component: how many rows of the finest grain differ in each."""
    grain = record.grains[0]
    rows = [d for d in record.differences if d.grain == grain.name]
    cells = Counter((_component(d), _period(d)) for d in rows)
    if not cells:
        return
    money: dict[tuple[str, str], dict[str, Fraction]] = {}
    for row in rows:
        own = money.setdefault((_component(row), _period(row)), {})
        own[row.currency] = own.get(row.currency, Fraction(0)) + number(row.difference)
    totals = Counter[str]()
    for (name, _), n in cells.items():
        totals[name] += n
    names = [name for name, _ in sorted(totals.items(), key=lambda item: (-item[1], item[0]))]
    periods = sorted({period for _, period in cells})
    shown, shown_periods = names[:ROWS], periods[-PERIODS:]
    wide = len(shown_periods) > 4
    room, left, step = (1118 if wide else WIDTH), (230 if wide else 190), 34
    d = Drawing(room, 22 + step * len(shown))
    top = max(cells[name, period] for name in shown for period in shown_periods)
    width = (room - left) // max(1, len(shown_periods))
    every = -(-46 // width)
    for i, period in enumerate(shown_periods):
        if i % every == 0:
            d.add("text", "tick middle", period, x=left + width * i + width // 2, y=11)
    for r, name in enumerate(shown):
        y = 20 + step * r
        d.add("text", "name", _cut(name, 38 if wide else 30), x=0, y=y + 16)
        d.add("line", "grid", x1=0, x2=room, y1=y + step - 4, y2=y + step - 4)
        for i, period in enumerate(shown_periods):
            n = cells[name, period]
            if n:
                bar = max(2, (width - 10) * n // top)
                middle = left + width * i + width // 2
                d.add("text", "value middle", figures.count(n), x=middle, y=y + 14)
                d.add("rect", "fill", x=middle - bar // 2, y=y + 19, width=bar, height=5)
    (worst, when), most = min(cells.items(), key=lambda item: (-item[1], item[0]))
    table = tuple(
        (name, period, figures.count(cells[name, period]), _money(money[name, period]))
        for name in names
        for period in periods
        if cells[name, period]
    )
    hidden = len(names) - len(shown)
    yield Chart(
        "Where the differences are",
        f"{figures.number_of(len(rows), 'row')} of {grain.name} differ; most of them, {figures.count(most)}, in {worst}, {when}.",
        d,
        ("Plan and component", "Period", "Differ", "Difference"),
        table,
        note="The longer a bar, the more rows differ."
        + (f" {figures.count(hidden)} more are in the figures below." if hidden else "")
        + (f" Only the last {PERIODS} periods are drawn." if len(periods) > PERIODS else ""),
        wide=wide,
    )


def _cost(by_period: Sums, order: Sequence[str], expected: str, actual: str) -> Iterator[Chart]:
    """What compensation costs, period by period: both sides beside each other."""
    for currency in order[:CURRENCIES]:
        sums = by_period[currency]
        periods = sorted(sums)[-PERIODS:]
        d = Drawing()
        y = scale_of([v for p in periods for v in sums[p][: 2 if actual else 1]], HEIGHT - BOTTOM, TOP)
        axes(d, y, currency)
        for period, (left, width) in zip(periods, columns(periods), strict=True):
            bar = min(30, max(2, (width - 4) // (2 if actual else 1)))
            start = left + (width - bar * (2 if actual else 1)) // 2
            for i, (value, style) in enumerate(zip(sums[period], ("hollow", "fill"), strict=True)):
                if i == 0 or actual:
                    top, foot = sorted((y.at(value), y.at(0)))
                    d.add(
                        "rect",
                        style if actual else "fill",
                        x=start + bar * i + i,
                        y=top,
                        width=max(1, bar - 1),
                        height=max(1, foot - top),
                    )
        names_below(d, periods)
        total, paid = (sum((sums[p][i] for p in sums), Fraction(0)) for i in (0, 1))
        sentence = f"{_amount(total, currency)} {'expected' if expected == 'expected' else expected} in {figures.number_of(len(sums), 'period')}"
        if actual:
            widest = min(sums, key=lambda p: (-abs(sums[p][1] - sums[p][0]), p))
            gap = sums[widest][1] - sums[widest][0]
            sentence += f", {_amount(paid, currency)} {actual}" + (
                f"; the widest gap is that of {widest}, {_signed(gap, currency)}"
                if gap
                else "; every period agrees in total"
            )
        yield Chart(
            f"Cost of compensation, {currency}",
            sentence + ".",
            d,
            (
                "Period",
                figures.upper_first(expected),
                *((figures.upper_first(actual), "Difference") if actual else ()),
            ),
            tuple(
                (
                    p,
                    _amount(sums[p][0], currency),
                    *(
                        (_amount(sums[p][1], currency), _signed(sums[p][1] - sums[p][0], currency))
                        if actual
                        else ()
                    ),
                )
                for p in sorted(sums)
            ),
            keys=(Key("hollow", expected), Key("fill", actual)) if actual else (),
            note=_others(order, currency)
            + (f" Only the last {PERIODS} periods are drawn." if len(sums) > PERIODS else ""),
        )


def _distribution(by_payee: Sums, order: Sequence[str], expected: str, actual: str) -> Iterator[Chart]:
    """How pay is spread: how many payees get how much over the whole run."""
    for currency in order[:CURRENCIES]:
        pay = by_payee.get(currency, {})
        if len(pay) < 2:
            continue
        x = scale_of([v for pair in pay.values() for v in pair[: 2 if actual else 1]], LEFT, WIDTH - RIGHT)
        band = (x.high - x.low) / BANDS
        counts = [
            Counter(min(BANDS - 1, int((pair[i] - x.low) // band)) for pair in pay.values()) for i in (0, 1)
        ]
        d = Drawing()
        y = scale_of(
            [n for side in counts[: 2 if actual else 1] for n in side.values()], HEIGHT - BOTTOM, TOP
        )
        axes(d, y, "payees")
        for i in range(BANDS):
            left, right = x.at(x.low + band * i), x.at(x.low + band * (i + 1))
            n = counts[0][i]
            if n:
                d.add(
                    "rect",
                    "fill",
                    x=left + 1,
                    y=y.at(n),
                    width=max(1, right - left - 2),
                    height=max(1, y.at(0) - y.at(n)),
                )
            if actual and (n or counts[1][i]):
                d.add("line", "step", x1=left, x2=right, y1=y.at(counts[1][i]), y2=y.at(counts[1][i]))
        x_axis(d, x, f"{currency} in the run")
        middle = median([pair[0] for pair in pay.values()])
        d.add("line", "mark", x1=x.at(middle), x2=x.at(middle), y1=TOP, y2=HEIGHT - BOTTOM)
        d.add("text", "name", "median", x=x.at(middle) + 5, y=TOP + 8)
        top = max(pair[0] for pair in pay.values())
        edges = [f"{whole(x.low + band * i)} to {whole(x.low + band * (i + 1))}" for i in range(BANDS)]
        yield Chart(
            f"How pay is spread, {currency}",
            f"Half of {figures.number_of(len(pay), 'payee')} are expected to get {whole(middle)} {currency} or less; the most is {whole(top)} {currency}.",
            d,
            (f"{currency} in the run", f"Payees, {expected}", *((f"Payees, {actual}",) if actual else ())),
            tuple(
                (edges[i], figures.count(counts[0][i]), *((figures.count(counts[1][i]),) if actual else ()))
                for i in range(BANDS)
            ),
            keys=(Key("fill", expected), Key("step", actual)) if actual else (),
            note=_others(order, currency),
        )


def _flows(record: RunRecord, order: Sequence[str]) -> Iterator[Chart]:
    """Bookings, invoices and cash, month by month."""
    sums: dict[str, dict[str, dict[str, Fraction]]] = {}
    for flow in record.flows:
        sums.setdefault(flow.currency, {}).setdefault(flow.kind, {})[flow.month] = number(flow.amount)
    for currency in sorted(sums, key=lambda c: (order.index(c) if c in order else len(order), c))[
        :CURRENCIES
    ]:
        kinds = sums[currency]
        months = _months({m for by in kinds.values() for m in by})
        if len(months) < 2:
            continue
        d = Drawing()
        y = scale_of([v for by in kinds.values() for v in by.values()], HEIGHT - BOTTOM, TOP)
        axes(d, y, currency)
        places = [left + width // 2 for left, width in columns(months)]
        shown = [kind for kind in FLOWS if kind in kinds]
        for i, kind in enumerate(shown):
            own = kinds[kind]
            there = [
                (x, month) for x, month in zip(places, months, strict=True) if min(own) <= month <= max(own)
            ]
            points = [(x, y.at(own.get(month, Fraction(0)))) for x, month in there]
            d.add("path", f"line{i}", d=path(points))
            for px, py in points if len(points) <= 36 else ():
                d.add("circle", f"dot{i}", cx=px, cy=py, r=3)
        names_below(d, months)
        last = months[-1]
        yield Chart(
            f"{figures.upper_first(' and '.join(shown) if len(shown) < 3 else ', '.join(shown[:-1]) + ' and ' + shown[-1])}, {currency}",
            figures.upper_first(
                "; ".join(
                    f"{kind} {_amount(sum(kinds[kind].values(), Fraction(0)), currency)}" for kind in shown
                )
            )
            + f", from {months[0]} to {last}.",
            d,
            ("Month", *(figures.upper_first(kind) for kind in shown)),
            tuple((m, *(_amount(kinds[k].get(m, Fraction(0)), currency) for k in shown)) for m in months),
            keys=tuple(Key(f"line{i}", kind) for i, kind in enumerate(shown)),
            note="By the date of each record. Bookings are as they were closed; credit notes and returns of retail sales count below zero.",
        )


def _months(found: Iterable[str]) -> list[str]:
    """Every month from the first to the last, also those in which nothing happened."""
    ordered = sorted(found)
    first, last = ordered[0], ordered[-1]
    out = [first]
    while out[-1] < last and len(out) < 600:
        year, month = map(int, out[-1].split("-"))
        out.append(f"{year + month // 12:04d}-{month % 12 + 1:02d}")
    return out


def _component(d: Difference) -> str:
    said: list[Mapping[str, str]] = [d.attributes, d.key]
    plan = (d.ours.plan if d.ours else "") or next((m["plan"] for m in said if m.get("plan")), "")
    component = (d.ours.component if d.ours else "") or next(
        (m["component"] for m in said if m.get("component")), ""
    )
    return " \u00b7 ".join(part for part in (plan or "above the plans", component) if part)


def _period(d: Difference) -> str:
    return (d.ours.period if d.ours else "") or next(
        (m[n] for m in (d.attributes, d.key) for n in ("period", "pay period") if m.get(n)), "no period"
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "\u2026"


def _amount(value: Fraction, currency: str) -> str:
    return f"{figures.money(figures.exact(value), currency)} {currency}"


def _signed(value: Fraction, currency: str) -> str:
    return f"{figures.signed(figures.exact(value), currency).text} {currency}"


def _money(sums: Mapping[str, Fraction]) -> str:
    return ", ".join(_signed(value, currency) for currency, value in sums.items() if currency)


def _others(order: Sequence[str], currency: str) -> str:
    rest = order[CURRENCIES:]
    return f"Not drawn: {', '.join(rest)}." if rest and currency == order[0] else ""
