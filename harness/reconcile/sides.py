"""The expected side at a mapping's grain: the engine's rows of its kind, put together under the mapping's key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction

from harness.adapters.cells import rate_text
from harness.adapters.findings import Findings
from harness.adapters.grain_kinds import COUNTS
from harness.adapters.mapping import GrainMapping
from harness.adapters.periods import span_text
from harness.adapters.rows import ResultRow, ResultTable
from harness.reconcile.expected import Days, Expected
from harness.reconcile.grain_rows import Row, currency_of, figure, said
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import MINOR_UNITS
from reference_engine.vocabulary.results import EarnedLine, Payout

MAX_SHOWN = 20


LARGEST = 10**36


def line_value(name: str) -> Callable[[EarnedLine], str]:
    """How one of our names is read from an earned line."""
    return said(name)


def payout_value(name: str) -> Callable[[Payout], str]:
    """How one of our names is read from a payout."""
    return said(name)


def in_span_form(label: str, days: Days) -> str | None:
    """A period's label as its first and last day; None for a label whose days aren't known."""
    if not label:
        return ""
    found = days.get(label)
    return span_text(found[0].isoformat(), found[1].isoformat()) if found else None


def expected_table(grain: GrainMapping, expected: Expected, problems: list[Problem]) -> ResultTable | None:
    """Adds the expected rows up under the grain's key.

    Adds Problems where an amount can't be said in whole minor units or a period's days aren't known.
    """
    before = len(problems)
    builder = _Builder(grain, expected, problems)
    read_rows = expected.rows(grain.expected, problems)
    rows, left_out = builder.rows(read_rows)
    read = len(read_rows)
    builder.findings.close()
    if not read and len(problems) == before:
        problems.append(
            Problem(
                "expected-missing",
                f'nothing is expected for "{grain.name}": there are no {grain.expected}.',
                grain.where,
                "Comparing with nothing would report the whole export as unexpected.",
                f"Give a calculation that has {grain.expected}.",
            )
        )
    if len(problems) != before:
        return None
    notes = []
    if left_out:
        conditions = "; ".join(
            f"{name} is {' or '.join(values)}" for name, values in grain.expected_where.items()
        )
        notes.append(
            f"{left_out:,} of {read:,} expected {grain.expected} don't count: only those where {conditions}."
        )
    if len(rows) < read - left_out:
        notes.append(
            f"{read - left_out:,} expected {grain.expected} {builder.together} {len(rows):,} {'row' if len(rows) == 1 else 'rows'}, "
            f"one for each {', '.join(grain.key_names)}."
        )
    if grain.amount.rounded:
        notes.append(f"Our {grain.amount.of} is rounded {grain.amount.rounded} to {grain.amount.decimals or 0} decimals before it is compared.")
    return ResultTable(
        grain.name,
        rows,
        builder.decimals,
        read,
        left_out,
        expected.source,
        notes=tuple(notes),
        control=builder.totals(),
    )


class _Builder:
    def __init__(self, grain: GrainMapping, expected: Expected, problems: list[Problem]) -> None:
        self.grain, self.expected = grain, expected
        self.findings = Findings(problems, grain.where.file, MAX_SHOWN)
        self.decimals: dict[str, int] = {}
        self.unknown_labels: set[str] = set()
        self.control: dict[str, Fraction] = {}
        self.together = "add up to" if grain.adds_up else "give"
        self.figure, self.currency = figure(grain.amount.of), currency_of(grain.amount.of)

    def rows(self, rows: Sequence[Row]) -> tuple[list[ResultRow], int]:
        key = [self._spanned(n, said(n)) for n in self.grain.key_names]
        wanted = [(said(n), frozenset(v)) for n, v in self.grain.expected_where.items()]
        fields = [self._field(spec.name) for spec in self.grain.fields]
        groups: dict[tuple[str, ...], list[Row]] = {}
        left_out = 0
        for row in rows:
            if any(read(row) not in values for read, values in wanted):
                left_out += 1
                continue
            currency = self.currency(row)
            self.control[currency] = self.control.get(currency, Fraction(0)) + self.figure(row)
            groups.setdefault(tuple([read(row) for read in key]), []).append(row)
        out = []
        for parts, same in groups.items():
            counted = same if self.grain.adds_up or len(same) == 1 else self._one_of(parts, same)
            money = self._sum(parts, counted) if counted else None
            if money is not None:
                out.append(ResultRow(parts, *money, tuple(read(counted) for read in fields), tuple(counted)))
        return out, left_out

    def totals(self) -> dict[str, int]:
        """The sum of all figures as they were read, in whole units; nothing where several rows don't make a sum."""
        if not self.grain.adds_up or self.grain.amount.rounded or self.grain.amount.of in COUNTS:
            return {}
        return {c: int(total * 10 ** self.decimals.get(c, 0)) for c, total in self.control.items()}

    def _one_of(self, parts: tuple[str, ...], same: list[Row]) -> list[Row]:
        """The row that counts of several under one key, as the mapping says; a Problem where it says nothing."""
        if self.grain.together == "take the last":
            last = max(same, key=lambda row: self._last_day(row.period))
            if sum(self._last_day(row.period) == self._last_day(last.period) for row in same) == 1:
                return [last]
        stated = self.grain.together
        self._problem(
            "several-rows",
            f"{self._named(parts)} has {len(same):,} expected {self.grain.expected}"
            + (" of the same period." if stated == "take the last" else "."),
            "Add what tells them apart to the key"
            + ("." if stated else ", or say  expected rows with the same key:  add up, take the last or are refused."),
            f"{self.grain.expected[:1].upper()}{self.grain.expected[1:]} aren't parts of a sum, so it can't be guessed which counts.",
        )
        return []

    def _last_day(self, label: str) -> str:
        found = self._days_of(label)
        return found[1].isoformat() if found else label

    def _days_of(self, label: str) -> tuple[date, date] | None:
        return self.expected.days_of(label)

    def _spanned(self, name: str, read: Callable[..., str]) -> Callable[..., str]:
        if name not in self.grain.span_names:
            return read

        def spanned(row: object) -> str:
            label = read(row)
            found = self._days_of(label)
            text = in_span_form(label, {label: found} if found else {})
            if text is None:
                if label not in self.unknown_labels:
                    self.unknown_labels.add(label)
                    self._problem(
                        "period-days",
                        f'the days of the period "{label}" aren\'t known.',
                        "State the fiscal calendar.",
                    )
                return label
            return text

        return spanned

    def _field(self, name: str) -> Callable[[list[Row]], str | None]:
        if name == "lines" and self.grain.expected == "payouts":
            return lambda rows: str(sum(row.lines for row in rows))
        if name in COUNTS:
            of = COUNTS[name]
            return lambda rows: str(len({said(of)(row) for row in rows}) if of else len(rows))
        if name == "rate":
            return _rate
        return _common(self._spanned(name, said(name)))

    def _sum(self, parts: tuple[str, ...], rows: Sequence[Row]) -> tuple[int, str] | None:
        spec = self.grain.amount
        currencies = {self.currency(row) for row in rows}
        if len(currencies) > 1:
            self._problem(
                "several-currencies",
                f"{self._named(parts)} has amounts in {', '.join(sorted(c or 'units' for c in currencies))}.",
                'Put "currency" in the key of the mapping.',
                "Amounts of different currencies can't be added.",
            )
            return None
        (currency,) = currencies
        if bool(currency) is spec.is_number:
            self._problem(
                "figure-currency",
                f"{self._named(parts)}: our {spec.of} is "
                + (f"an amount of {currency}, and the mapping reads a number." if currency else "a number, and the mapping reads an amount."),
                "Add  currency:  to the figure in the mapping." if currency else "Write  decimals:  in place of  currency:  in the mapping.",
                "A number and an amount of money are never the same. Leave rows of the other kind out with  expected where.",
            )
            return None
        distinct = COUNTS.get(spec.of)
        if distinct:
            total = Fraction(len({said(distinct)(row) for row in rows}))
        else:
            total = self.figure(rows[0]) if len(rows) == 1 else sum((self.figure(row) for row in rows), Fraction(0))
        decimals = self.decimals.get(currency)
        if decimals is None:
            own = MINOR_UNITS.get(currency, 2) if currency else 0
            decimals = self.decimals[currency] = own if spec.decimals is None else max(spec.decimals, own)
        if spec.rounded:
            total = Fraction(_rounded(total * 10**decimals, spec.rounded), 10**decimals)
        units, rest = divmod(total.numerator * 10**decimals, total.denominator)
        if rest:
            self._problem(
                "expected-unrounded",
                f"{self._named(parts)}: the expected {spec.of} has more than {decimals} decimals{f' of {currency}' if currency else ''}.",
                f"State in the plan how {self.grain.expected} are rounded, or say decimals: in the mapping."
                if spec.of == "amount"
                else "Say more decimals: in the mapping, or  rounded: half up.",
                "Rounding it here would be a rule that the plan doesn't have."
                if spec.of == "amount"
                else "How the target rounds it is for the mapping to say.",
            )
            return None
        if abs(units) > LARGEST:
            self._problem(
                "amount-large",
                f"{self._named(parts)}: the expected {spec.of} has more than 36 digits.",
                "Check the amounts that it is made of.",
                "No system pays such an amount, so it can't be compared.",
            )
            return None
        return units, currency

    def _named(self, parts: tuple[str, ...]) -> str:
        return ", ".join(
            f"{name} {part}" for name, part in zip(self.grain.key_names, parts, strict=True) if part
        )

    def _problem(self, slug: str, what: str, remedy: str, why: str = "") -> None:
        self.findings.add(slug, what, self.grain.where.line, self.grain.where.column, why=why, remedy=remedy)


def _rounded(value: Fraction, how: str) -> int:
    """A value as a whole number, rounded as a mapping states it."""
    whole, sign = abs(value), 1 if value >= 0 else -1
    down, rest = divmod(whole.numerator, whole.denominator)
    twice = 2 * rest - whole.denominator
    up = {
        "half up": twice >= 0,
        "half even": twice > 0 or (twice == 0 and down % 2 == 1),
        "down": False,
        "away from zero": rest > 0,
    }[how]
    return sign * (down + up)


def _common(read: Callable[..., str]) -> Callable[..., str]:
    """The value of all rows; several values are listed."""

    def common(rows: list[object]) -> str:
        return read(rows[0]) if len(rows) == 1 else ", ".join(dict.fromkeys(read(row) for row in rows))

    return common


def _rate(rows: list[EarnedLine]) -> str | None:
    """The one rate of all rows; not compared where there is none."""
    rates = {row.rate for row in rows if not row.rate_currency}
    rate = rates.pop() if len(rates) == 1 else None
    return None if rate is None else rate_text(rate)
