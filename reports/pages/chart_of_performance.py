"""Charts of attainment: how quotas were reached, what that pays, and where."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction

from reference_engine.vocabulary.numbers import format_number
from reports.pages import figures
from reports.pages.chart_types import Chart, Key, whole
from reports.pages.plots import (
    BOTTOM,
    HEIGHT,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    Drawing,
    Scale,
    Value,
    axes,
    columns,
    dots,
    median,
    names_below,
    path,
    scale_of,
    x_axis,
)
from reports.performance_types import Performance
from reports.record_check import number

BAND, BANDS = Fraction(1, 10), 20
"""Bands of 10% up to 200%, and one for what lies above."""
CURVES, PLACES, LEAST = 4, 16, 5
EDGE = Fraction(5, 2)
"""Attainment beyond 250% is drawn at the edge."""


def performance_charts(rows: Sequence[Performance]) -> Iterator[Chart]:
    """Attainment distribution, payout curves, pay against performance, and attainment by place."""
    if not rows:
        return
    once = list({(r.payee, r.plan, r.measure, r.period): r for r in rows}.values())
    yield _distribution(once)
    paid = [r for r in rows if r.pay and r.currency == r.pay_currency and number(r.quota) > 0]
    by_component: dict[tuple[str, str, str], list[Performance]] = defaultdict(list)
    for row in paid:
        by_component[row.plan, row.component, row.currency].append(row)
    order = sorted(by_component, key=lambda k: (-len(by_component[k]), k))
    for key in order[:CURVES]:
        if len(by_component[key]) >= LEAST:
            yield _curve(key, by_component[key])
    by_currency: dict[str, list[Performance]] = defaultdict(list)
    for row in paid:
        by_currency[row.currency].append(row)
    for currency in sorted(by_currency, key=lambda c: (-len(by_currency[c]), c))[:2]:
        if len(by_currency[currency]) >= LEAST:
            yield _pay_against(currency, by_currency[currency])
    yield from _places(once)


def _distribution(rows: Sequence[Performance]) -> Chart:
    values = [number(r.attainment) for r in rows]
    counts = Counter(min(BANDS, max(0, int(v // BAND))) for v in values)
    names = [f"{i * 10}%" for i in range(BANDS)] + ["200% +"]
    d = Drawing()
    y = scale_of(counts.values(), HEIGHT - BOTTOM, TOP)
    axes(d, y, "quotas")
    places = columns(names)
    for i, (left, width) in enumerate(places):
        if counts[i]:
            # What reached its quota is solid; the line says the same.
            style = "fill" if i >= 10 else "hollow"
            d.add(
                "rect",
                style,
                x=left + 1,
                y=y.at(counts[i]),
                width=max(1, width - 2),
                height=max(1, y.at(0) - y.at(counts[i])),
            )
    hundred = places[10][0]
    d.add("line", "mark", x1=hundred, x2=hundred, y1=TOP, y2=HEIGHT - BOTTOM)
    d.add("text", "name", "100%", x=hundred + 5, y=TOP + 8)
    names_below(d, names, 7)
    reached = sum(v >= 1 for v in values)
    return Chart(
        "Attainment of quotas",
        f"{_percent(Fraction(reached, len(values)))} of {figures.number_of(len(values), 'quota')} were reached; the median attainment is {_percent(median(values))}.",
        d,
        ("Attainment", "Quotas"),
        tuple(
            (f"{i * 10}% to under {i * 10 + 10}%" if i < BANDS else "200% and more", figures.count(counts[i]))
            for i in range(BANDS + 1)
        ),
        keys=(Key("hollow", "not reached"), Key("fill", "reached")),
        note="Each payee, measure and interval counts once, as the plan sees it at the interval's end.",
    )


def _curve(key: tuple[str, str, str], rows: Sequence[Performance]) -> Chart:
    """What a component pays for each 100 of quota, against what was reached: the plan's curve as it really pays."""
    plan, component, currency = key
    points = [(number(r.attainment), number(r.pay) * 100 / number(r.quota)) for r in rows]
    bands: dict[int, list[Fraction]] = defaultdict(list)
    for reached, pay in points:
        bands[min(25, max(0, int(reached // BAND)))].append(pay)
    curve = [(BAND * i + BAND / 2, median(bands[i])) for i in sorted(bands)]
    d, x, y = _scatter(
        points, Scale(Fraction(0), EDGE, LEFT, WIDTH - RIGHT), f"{currency} for each 100 of quota"
    )
    d.add("path", "line0", d=path([(x.at(a), y.at(b)) for a, b in curve]))
    d.add("line", "mark", x1=x.at(1), x2=x.at(1), y1=TOP, y2=HEIGHT - BOTTOM)
    x_axis(d, x, "attainment", _percent)
    at = [pay for reached, pay in points if Fraction(9, 10) <= reached < Fraction(11, 10)]
    sentence = (
        f"Around 100% attainment it pays {whole_cents(median(at))} {currency} for each 100 of quota."
        if at
        else "Nobody came near 100% attainment."
    )
    beyond = sum(reached > EDGE for reached, _ in points)
    return Chart(
        f"Payout curve: {plan or 'above the plans'} \u00b7 {component}",
        sentence,
        d,
        ("Attainment", "Quotas", f"Median {currency} for each 100 of quota"),
        tuple(
            (
                f"{i * 10}% to under {i * 10 + 10}%" if i < 25 else "250% and more",
                figures.count(len(bands[i])),
                whole_cents(median(bands[i])),
            )
            for i in sorted(bands)
        ),
        keys=(
            Key("dot", "a payee's quota; larger where several lie together"),
            Key("line0", "median of each 10%"),
        ),
        note=f"{figures.count(beyond)} above 250% are drawn at the edge." if beyond else "",
    )


def _pay_against(currency: str, rows: Sequence[Performance]) -> Chart:
    """Pay against performance: whoever sells more should be paid more, and who isn't stands out."""
    sums: dict[str, tuple[Fraction, Fraction]] = {}
    seen = set()
    for r in rows:
        sold, pay = sums.get(r.payee, (Fraction(0), Fraction(0)))
        # Two components may look at one quota; what was sold counts once.
        fresh = (r.payee, r.plan, r.measure, r.period) not in seen
        seen.add((r.payee, r.plan, r.measure, r.period))
        sums[r.payee] = (sold + (number(r.measured) if fresh else 0), pay + number(r.pay))
    points = list(sums.values())
    x = scale_of([a for a, _ in points], LEFT, WIDTH - RIGHT)
    d, x, _ = _scatter(points, x, f"{currency} earned")
    x_axis(d, x, f"{currency} credited against quota")
    best = max(points)
    highest = max(points, key=lambda p: p[1])
    order = sorted(points)
    quarter = max(1, len(order) // 4)
    rows_of = [
        ("lowest quarter", order[:quarter]),
        ("middle half", order[quarter:-quarter]),
        ("highest quarter", order[-quarter:]),
    ]
    table = tuple(_part(name, part, currency) for name, part in rows_of if part)
    same = (
        "who is also paid the most"
        if best == highest
        else f"and the highest paid earned {whole(highest[1])} {currency}"
    )
    return Chart(
        f"Pay against performance, {currency}",
        f"{figures.number_of(len(points), 'payee')}; the best seller reached {whole(best[0])} {currency} and earned {whole(best[1])} {currency}, {same}.",
        d,
        ("Payees by what they sold", "Payees", "Credited", "Earned", "Earned of credited"),
        table,
        keys=(Key("dot", "a payee over the whole run; larger where several lie together"),),
        note="Only components that are measured against a quota in the currency they pay.",
    )


def _part(name: str, part: Sequence[tuple[Fraction, Fraction]], currency: str) -> tuple[str, ...]:
    """What a part of the payees sold and earned together."""
    sold, earned = (sum((pair[i] for pair in part), Fraction(0)) for i in (0, 1))
    share = f"{whole_cents(earned * 100 / sold)}%" if sold > 0 else figures.NONE
    return name, figures.count(len(part)), f"{whole(sold)} {currency}", f"{whole(earned)} {currency}", share


def _places(rows: Sequence[Performance]) -> Iterator[Chart]:
    """Quota attainment by territory, or by the nearest thing to it that the data know."""
    names = Counter(name for r in rows for name in r.places)
    if not names:
        return
    name = min(names, key=lambda n: (-names[n], n))
    sums: dict[str, dict[str, tuple[Fraction, Fraction]]] = defaultdict(dict)
    for r in rows:
        if r.currency and name in r.places:
            own = sums[r.currency]
            measured, quota = own.get(r.places[name], (Fraction(0), Fraction(0)))
            own[r.places[name]] = (measured + number(r.measured), quota + number(r.quota))
    for currency in sorted(sums, key=lambda c: (-len(sums[c]), c))[:1]:
        reached = {place: m / q for place, (m, q) in sums[currency].items() if q > 0}
        order = sorted(reached, key=lambda p: (-sums[currency][p][1], p))
        shown = sorted(order[:PLACES], key=lambda p: (-reached[p], p))
        if not shown:
            return
        left, step = 130, 22
        d = Drawing(WIDTH, 26 + step * len(shown) + 10)
        x = Scale(Fraction(0), max(Fraction(3, 2), *(reached[p] for p in shown)), left, WIDTH - 60)
        for i, place in enumerate(shown):
            y = 22 + step * i
            d.add(
                "text", "name end", place if len(place) <= 18 else place[:17] + "\u2026", x=left - 8, y=y + 13
            )
            d.add(
                "rect",
                "fill" if reached[place] >= 1 else "hollow",
                x=left,
                y=y + 3,
                width=max(1, x.at(reached[place]) - left),
                height=step - 8,
            )
            d.add("text", "value end", _percent(reached[place]), x=WIDTH, y=y + 13)
        d.add("line", "mark", x1=x.at(1), x2=x.at(1), y1=16, y2=26 + step * len(shown))
        d.add("text", "tick middle", "100%", x=x.at(1), y=11)
        hidden = len(order) - len(shown)
        best, least = shown[0], shown[-1]
        yield Chart(
            f"Quota attainment by {name}, {currency}",
            f"{best} reached {_percent(reached[best])} of its quotas, {least} {_percent(reached[least])}."
            if best != least
            else f"{best} reached {_percent(reached[best])} of its quotas.",
            d,
            (figures.upper_first(name), "Reached", "Quotas", "Attainment"),
            tuple(
                (
                    p,
                    f"{whole(sums[currency][p][0])} {currency}",
                    f"{whole(sums[currency][p][1])} {currency}",
                    _percent(reached[p]),
                )
                for p in sorted(order, key=lambda p: (-reached[p], p))
            ),
            keys=(Key("hollow", "not reached"), Key("fill", "reached")),
            note=(
                f"The {PLACES} with the largest quotas; {figures.count(hidden)} more are in the figures below. "
                if hidden
                else ""
            )
            + ("The data name no territories." if name != "territory" else ""),
        )


def _scatter(
    points: Sequence[tuple[Fraction, Fraction]], x: Scale, label: str
) -> tuple[Drawing, Scale, Scale]:
    d = Drawing()
    y = scale_of([b for _, b in points], HEIGHT - BOTTOM, TOP)
    axes(d, y, label)
    for px, py, radius, _ in dots((x.at(a), y.at(b)) for a, b in points):
        d.add("circle", "dot", cx=px, cy=py, r=radius)
    return d, x, y


def _percent(value: Value) -> str:
    scaled = int(abs(Fraction(value)) * 100 + Fraction(1, 2))
    return (figures.MINUS if value < 0 and scaled else "") + f"{scaled:,}%"


def whole_cents(value: Fraction) -> str:
    """A number to two decimals, for readers of charts."""
    cents = int(abs(value) * 100 + Fraction(1, 2))
    return format_number(Fraction(-cents if value < 0 else cents, 100), 2).replace("-", "\u2212")
