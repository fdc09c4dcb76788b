"""The expected side at a mapping's grain: the engine's lines or payouts, added up under the mapping's key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from operator import attrgetter

from harness.adapters.cells import rate_text
from harness.adapters.findings import Findings
from harness.adapters.mapping import GrainMapping
from harness.adapters.periods import span_text
from harness.adapters.rows import ResultRow, ResultTable
from harness.reconcile.expected import Days, Expected
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import MINOR_UNITS
from reference_engine.vocabulary.results import EarnedLine, Payout

MAX_SHOWN = 20


LARGEST = 10**36


def line_value(name: str) -> Callable[[EarnedLine], str]:
    """How one of our names is read from an earned line."""
    if name == "pay period":
        return lambda row: row.pay_period
    if name == "date":
        return lambda row: row.date.isoformat() if row.date else ""
    if name in ("product", "category", "account", "territory"):
        return lambda row: next((value for key, value in row.attributes if key == name), "")

    return attrgetter(name)


def payout_value(name: str) -> Callable[[Payout], str]:
    """How one of our names is read from a payout."""

    return attrgetter(name)


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
    builder = _Builder(grain, expected.days, problems)
    if grain.expected == "lines":
        rows, left_out = builder.lines(expected.lines)
        read = len(expected.lines)
    else:
        rows, left_out = builder.payouts(expected.payouts)
        read = len(expected.payouts)
    builder.findings.close()
    if not read:
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
            f"{read - left_out:,} expected {grain.expected} add up to {len(rows):,} {'row' if len(rows) == 1 else 'rows'}, "
            f"one for each {', '.join(grain.key_names)}."
        )
    return ResultTable(
        grain.name, rows, builder.decimals, read, left_out, expected.source, notes=tuple(notes)
    )


class _Builder:
    def __init__(self, grain: GrainMapping, days: Days, problems: list[Problem]) -> None:
        self.grain, self.days = grain, days
        self.findings = Findings(problems, grain.where.file, MAX_SHOWN)
        self.decimals: dict[str, int] = {}
        self.unknown_labels: set[str] = set()

    def lines(self, rows: Sequence[EarnedLine]) -> tuple[list[ResultRow], int]:
        key = [self._spanned(n, line_value(n)) for n in self.grain.key_names]
        wanted = [(line_value(n), frozenset(v)) for n, v in self.grain.expected_where.items()]
        fields = [self._line_field(spec.name) for spec in self.grain.fields]
        groups: dict[tuple[str, ...], list[EarnedLine]] = {}
        left_out = 0
        for row in rows:
            if any(read(row) not in values for read, values in wanted):
                left_out += 1
                continue
            groups.setdefault(tuple([read(row) for read in key]), []).append(row)
        out = []
        for parts, same in groups.items():
            money = self._sum(parts, same)
            if money is not None:
                out.append(ResultRow(parts, *money, tuple(read(same) for read in fields), tuple(same)))
        return out, left_out

    def payouts(self, rows: Sequence[Payout]) -> tuple[list[ResultRow], int]:
        key = [self._spanned(n, payout_value(n)) for n in self.grain.key_names]
        wanted = [(payout_value(n), frozenset(v)) for n, v in self.grain.expected_where.items()]
        fields = [self._payout_field(spec.name) for spec in self.grain.fields]
        groups: dict[tuple[str, ...], list[Payout]] = {}
        left_out = 0
        for row in rows:
            if any(read(row) not in values for read, values in wanted):
                left_out += 1
                continue
            groups.setdefault(tuple([read(row) for read in key]), []).append(row)
        out = []
        for parts, same in groups.items():
            money = self._sum(parts, same)
            if money is not None:
                out.append(ResultRow(parts, *money, tuple(read(same) for read in fields), tuple(same)))
        return out, left_out

    def _spanned(self, name: str, read: Callable[..., str]) -> Callable[..., str]:
        if name not in self.grain.span_names:
            return read

        def spanned(row: object) -> str:
            label = read(row)
            text = in_span_form(label, self.days)
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

    def _line_field(self, name: str) -> Callable[[list[EarnedLine]], str | None]:
        if name == "lines":
            return lambda rows: str(len(rows))
        if name == "rate":
            return _rate
        return _common(self._spanned(name, line_value(name)))

    def _payout_field(self, name: str) -> Callable[[list[Payout]], str | None]:
        if name == "lines":
            return lambda rows: str(sum(row.lines for row in rows))
        return _common(self._spanned(name, payout_value(name)))

    def _sum(
        self, parts: tuple[str, ...], rows: Sequence[EarnedLine] | Sequence[Payout]
    ) -> tuple[int, str] | None:
        currency, total = rows[0].currency, rows[0].amount
        if len(rows) > 1:
            others = {row.currency for row in rows} - {currency}
            if others:
                self._problem(
                    "several-currencies",
                    f"{self._named(parts)} has amounts in {', '.join(sorted({currency, *others}))}.",
                    'Put "currency" in the key of the mapping.',
                    "Amounts of different currencies can't be added.",
                )
                return None
            total = sum((row.amount for row in rows), Fraction(0))
        decimals = self.decimals.get(currency)
        if decimals is None:
            own = MINOR_UNITS.get(currency, 2)
            stated = self.grain.amount.decimals
            decimals = self.decimals[currency] = own if stated is None else max(stated, own)
        units, rest = divmod(total.numerator * 10**decimals, total.denominator)
        if rest:
            self._problem(
                "expected-unrounded",
                f"{self._named(parts)}: the expected amount has more than {decimals} decimals of {currency}.",
                f"State in the plan how {self.grain.expected} are rounded, or say decimals: in the mapping.",
                "Rounding it here would be a rule that the plan doesn't have.",
            )
            return None
        if abs(units) > LARGEST:
            self._problem(
                "amount-large",
                f"{self._named(parts)}: the expected amount has more than 36 digits.",
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
