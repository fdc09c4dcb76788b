"""Compares the rows of a result with the rows that an example expects, exactly."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from reference_engine.columns import Exact
from reference_engine.results import Result
from reference_engine.tests.published.example_file import Rounded
from reference_engine.vocabulary.numbers import format_money, format_number, format_percent, parse_number

Value = tuple[Fraction, str] | str
"""Text, or a number with its unit: a currency, % or nothing.  A percent is kept as it is written: 8% is (8, "%")."""

PUBLISHED = "published "


def _money(amount: Fraction | None, currency: str) -> Value:
    return "" if amount is None else (amount, currency)


def _percent(value: Fraction | None, currency: str = "") -> Value:
    if value is None:
        return ""
    return (value, currency) if currency else (value * 100, "%")


_Columns = dict[str, Callable[[Any], Value]]


def _texts(*names: str) -> _Columns:
    """Columns whose text stands in the field of the same name."""

    def of(name: str) -> Callable[[Any], Value]:
        return lambda row: str(getattr(row, name))

    return {name: of(name) for name in names}


# For each kind of rows: its columns that are summed, and those that tell rows apart.
_SUMMED: dict[str, _Columns] = {
    "payouts": {"amount": lambda p: _money(p.amount, p.currency)},
    "lines": {
        "base": lambda x: _money(x.base, x.base_currency),
        "amount": lambda x: _money(x.amount, x.currency),
    },
    "credits": {"value": lambda c: _money(c.value, c.currency)},
    "attainments": {},
    "quotas": {},
    "balances": {"balance": lambda b: _money(b.amount, b.currency)},
    "figures": {},
}
_KEYS: dict[str, _Columns] = {
    "payouts": _texts("payee", "period", "plan", "component", "first", "last", "due"),
    "lines": {
        **_texts("payee", "plan", "component", "period", "state", "kind"),
        **_texts("record", "deal", "line", "label", "credit", "date"),
        "paid in": lambda x: str(x.pay_period),
        "rate": lambda x: _percent(x.rate, x.rate_currency),
    },
    "credits": {
        **_texts("payee", "record", "line", "deal", "kind", "type", "date"),
        "share": lambda c: _percent(c.share),
    },
    "attainments": {
        **_texts("payee", "plan", "component", "measure", "period"),
        "measured": lambda a: _money(a.measured, a.currency),
        "quota": lambda a: _money(a.quota, a.currency),
        "attainment": lambda a: _percent(a.value),
    },
    "quotas": {
        **_texts("payee", "plan", "measure", "period"),
        "quota": lambda a: _money(a.quota, a.currency),
    },
    "balances": _texts("payee", "period"),
    "figures": {
        **_texts("payee", "plan", "figure", "period"),
        "value": lambda f: _money(f.value, f.currency),
    },
}
_RATIOS = {"effective rate": ("amount", "base")}
_NUMBERS = {
    "amount",
    "base",
    "value",
    "balance",
    "rate",
    "share",
    "measured",
    "quota",
    "attainment",
    *_RATIOS,
}
"""Columns whose cells are numbers; all others are text, also a payee who is called 1000."""


def rows_of(result: Result, kind: str) -> list[Any]:
    """The rows of one kind that a result has."""
    return list(getattr(result, f"{kind[:-1]}_rows")())


def differences(
    kind: str, rows: list[Any], expected: list[tuple[str, ...]], rounded: tuple[Rounded, ...]
) -> list[str]:
    """What differs between a result's rows and the expected ones, in words."""
    header = [h for h in expected[0] if not h.startswith(PUBLISHED)]
    summed, keys = _SUMMED[kind], _KEYS[kind]
    unknown = [h for h in header if h not in summed and h not in keys and h not in _RATIOS]
    if unknown:
        return [f"{kind} has no column {', '.join(unknown)}; it has {', '.join([*keys, *summed])}"]
    wanted = [
        {h: _parse(c) if h in _NUMBERS else c for h, c in zip(expected[0], cells, strict=True) if h in header}
        for cells in expected[1:]
    ]
    names = [h for h in header if h in keys]
    grouped: dict[tuple[Value, ...], dict[str, Value]] = {}
    for row in rows:
        key = tuple(_shown(keys[n](row), n, None, rounded) for n in names)
        totals = grouped.setdefault(key, {})
        for name, get in summed.items():
            totals[name] = _add(totals.get(name, ""), get(row))
    out: list[str] = []
    for want in wanted:
        key = tuple(want[n] for n in names)
        found = next(
            (
                k
                for k in grouped
                if all(_same(g, w, n, rounded) for g, w, n in zip(k, key, names, strict=True))
            ),
            None,
        )
        if found is None:
            # A row of zeros needs no row in the result: nothing is paid either way.
            if not all(_nothing(want[n]) for n in header if n in _NUMBERS):
                out.append(f"{kind}: there is no {' | '.join(_word(want[n]) for n in header)}")
            continue
        got = grouped.pop(found)
        for name in header:
            if name in keys:
                continue
            value = _ratio(got, *_RATIOS[name]) if name in _RATIOS else got.get(name, "")
            if not _same(value, want[name], name, rounded):
                out.append(
                    f"{kind}, {_words(key)}: {name} is {_word(value) or 'not there'}, expected {_word(want[name])}"
                )
    for key, totals in grouped.items():
        told = [totals[n] for n in summed if n in totals and (n == "amount" or kind != "lines")]
        if any(not _nothing(v) for v in told or key):
            out.append(
                f"{kind}, {_words(key)}: {', '.join(f'{n} {_word(v)}' for n, v in totals.items())} isn't expected"
            )
    return out


def published(expected: list[tuple[str, ...]]) -> list[tuple[Value, Value]]:
    """The exact and the published number of each cell where an inconsistent source prints another one."""
    header = expected[0]
    out: list[tuple[Value, Value]] = []
    for cells in expected[1:]:
        for at, name in enumerate(header):
            if name.startswith(PUBLISHED) and cells[at]:
                out.append((_parse(cells[header.index(name.removeprefix(PUBLISHED))]), _parse(cells[at])))
    return out


def _parse(cell: str) -> Value:
    number, _, unit = cell.partition(" ")
    if cell.endswith("%"):
        number, unit = cell[:-1], "%"
    if unit and not (unit == "%" or (len(unit) == 3 and unit.isupper())):
        return cell
    try:
        whole, _, part = number.partition("/")
        return (parse_number(whole) / (parse_number(part) if part else 1), unit)
    except ValueError:
        return cell


def total(result: Result, text: str) -> str:
    """What differs between all payouts and an expected total; "" where nothing does."""
    amounts: dict[str, Fraction] = {}
    for p in result.payout_rows():
        amounts[p.currency] = amounts.get(p.currency, Fraction(0)) + p.amount
    want = _parse(text)
    got = [(v, k) for k, v in amounts.items()]
    return "" if got == [want] else f"the total is {', '.join(map(_word, got))}, expected {_word(want)}"


def differ(exact: str, printed: str) -> bool:
    return _parse(exact) != _parse(printed)


def _shown(value: Value, column: str, like: Value | None, rounded: tuple[Rounded, ...]) -> Value:
    rule = next((r for r in rounded if r.column == column), None)
    if rule is None or not isinstance(value, tuple):
        return value
    decimals = rule.decimals
    if decimals is None:
        if not isinstance(like, tuple):
            return value
        decimals = _decimals(like[0])
    return Exact.of([value[0]]).rounded(rule.mode, decimals).at(0), value[1]


def _decimals(value: Fraction) -> int:
    return next(d for d in range(30) if (value * 10**d).denominator == 1)


def _same(got: Value, want: Value, column: str, rounded: tuple[Rounded, ...]) -> bool:
    if isinstance(got, tuple) and isinstance(want, tuple) and got[1] == "" and want[1] == "%":
        got = (got[0] * 100, "%")
    return _shown(got, column, want, rounded) == want


def _add(a: Value, b: Value) -> Value:
    if not isinstance(a, tuple) or not isinstance(b, tuple):
        return b if isinstance(b, tuple) else a
    return (a[0] + b[0], a[1]) if a[1] == b[1] else f"{_word(a)} + {_word(b)}"


def _ratio(got: dict[str, Value], over: str, under: str) -> Value:
    a, b = got.get(over, ""), got.get(under, "")
    return (a[0] / b[0] * 100, "%") if isinstance(a, tuple) and isinstance(b, tuple) and b[0] else ""


def _nothing(value: Value) -> bool:
    return value == "" or (isinstance(value, tuple) and not value[0])


def _word(value: Value) -> str:
    if isinstance(value, str):
        return value
    if value[1] == "%":
        return format_percent(value[0] / 100)
    return format_money(*value) if value[1] else format_number(value[0])


def _words(key: tuple[Value, ...]) -> str:
    return " | ".join(map(_word, key))
