"""Where a difference comes from: the finer differences beneath it, which must add up to exactly it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from harness.adapters.mapping import GrainMapping
from harness.adapters.rows import ResultRow, ResultTable
from harness.reconcile.expected import Days
from harness.reconcile.results import ByCurrency, Difference, added, minus
from harness.reconcile.sides import in_span_form
from reference_engine.vocabulary.numbers import MINOR_UNITS
from reference_engine.vocabulary.results import EarnedLine


def locate(
    coarse: Sequence[Difference],
    grain: GrainMapping,
    fine: Iterable[Difference],
    fine_grain: GrainMapping,
    fine_expected: ResultTable,
    days: Days,
) -> list[Difference]:
    """The coarser differences, each with the finer ones that it follows from.

    fine: every finer difference, the accepted and tolerated ones as well.  unexplained is what their sum
    leaves.
    """
    projector = _Projector(grain, fine_grain, fine_expected, days)
    beneath: dict[tuple[str, ...], list[tuple[str, ByCurrency]]] = defaultdict(list)
    for difference in fine:
        key = projector.key_of(difference)
        if key is not None:
            money = projector.contribution(difference)
            if money:
                beneath[key].append((difference.id, money))
    out = []
    for difference in coarse:
        found = beneath.get(tuple(p.value for p in difference.key), [])
        if found and difference.kind != "timing":
            left = minus(difference.money, added(money for _, money in found))
            difference = replace(difference, follows_from=tuple(i for i, _ in found), unexplained=left)
        out.append(difference)
    return out


class _Projector:
    """Says under which coarser key a finer difference is paid, and what it adds there."""

    def __init__(
        self, grain: GrainMapping, fine_grain: GrainMapping, fine_expected: ResultTable, days: Days
    ) -> None:
        self.grain, self.fine_grain, self.fine_expected, self.days = grain, fine_grain, fine_expected, days
        names = [spec.name for spec in fine_grain.fields]
        self.state_at = names.index("state") if "state" in names else None
        self.fine_names = fine_grain.key_names
        self._siblings: Mapping[tuple[str, str], str] | None = None

    def key_of(self, difference: Difference) -> tuple[str, ...] | None:
        keys = {
            self._key_of_line(line) for line in difference.expected_sources if isinstance(line, EarnedLine)
        }
        if not keys:
            return self._key_of_row(difference)
        return keys.pop() if len(keys) == 1 else None

    def _key_of_line(self, line: EarnedLine) -> tuple[str, ...] | None:
        said = {
            "payee": line.payee,
            "plan": line.plan,
            "component": line.component,
            "period": line.pay_period or line.period,
            "currency": line.currency,
        }
        return self._key(said)

    def _key_of_row(self, difference: Difference) -> tuple[str, ...] | None:
        """For a row that only the target has: its own key, paid when the rest of its record is paid."""
        said = {p.name: p.value for p in difference.key}
        said["period"] = said.get("pay period") or self._sibling_period(
            said.get("record", ""), said.get("plan", "")
        )
        if difference.actual:
            said.setdefault("currency", difference.actual[0].currency)
        return self._key(said)

    def _key(self, said: Mapping[str, str]) -> tuple[str, ...] | None:
        parts = []
        for name in self.grain.key_names:
            value: str | None = said.get(name, "")
            if name in self.grain.span_names:
                value = in_span_form(value or "", self.days)
            if not value:
                return None
            parts.append(value)
        return tuple(parts)

    def _sibling_period(self, record: str, plan: str) -> str:
        if self._siblings is None:
            periods: dict[tuple[str, str], set[str]] = defaultdict(set)
            for row in self.fine_expected.rows:
                for line in row.sources:
                    if isinstance(line, EarnedLine):
                        periods[line.record, line.plan].add(line.pay_period or line.period)
            self._siblings = {key: next(iter(found)) for key, found in periods.items() if len(found) == 1}
        return self._siblings.get((record, plan), "") if record else ""

    def contribution(self, difference: Difference) -> ByCurrency:
        """Actual minus expected of what is paid out; a held amount isn't."""
        lines = [s for s in difference.expected_sources if isinstance(s, EarnedLine)]
        held = bool(lines) and all(line.state == "held" for line in lines)
        paid = added(self._paid(row, held) for row in difference.actual)
        due = added(((line.currency, self._units(line)),) for line in lines if line.state != "held")
        if not lines:
            due = difference.expected_money
        return minus(paid, due)

    def _paid(self, row: ResultRow, held: bool) -> ByCurrency:
        state = row.fields[self.state_at] if self.state_at is not None else None
        if state == "held" or (state is None and held):
            return ()
        return ((row.currency, row.amount),)

    def _units(self, line: EarnedLine) -> int:
        decimals = self.fine_expected.decimals.get(line.currency, MINOR_UNITS.get(line.currency, 2))
        return int(line.amount * 10**decimals)
