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
from harness.reconcile.stages import is_sum, staged
from reference_engine.vocabulary.numbers import MINOR_UNITS
from reference_engine.vocabulary.results import EarnedLine

Key = tuple[str, ...]
"""Our values of a coarser key, in its order."""


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
    if not is_sum(grain, fine_grain):
        return staged(coarse, grain, fine, fine_grain)
    projector = _Projector(grain, fine_grain, fine_expected, days)
    beneath: dict[Key, list[tuple[str, ByCurrency, int]]] = defaultdict(list)
    unread: set[str] = set()
    for difference in fine:
        if difference.kind == "unreadable":
            unread.add(difference.id)
        for key, (money, rows) in projector.contributions(difference).items():
            if money:
                beneath[key].append((difference.id, money, rows))
    out = []
    for difference in coarse:
        keys = {tuple(p.value for p in difference.key), *(row.key for row in difference.actual)}
        found = [one for key in sorted(keys) for one in beneath.get(key, ())]
        # What a row that can't be read comes to isn't known: it may be paid as it is due, or not at all.
        certain = [one for one in found if one[0] not in unread]
        if len(certain) < len(found) and minus(difference.money, added(m for _, m, _ in found)):
            found = certain
        if found:
            left = minus(difference.money, added(money for _, money, _ in found))
            ids = tuple(dict.fromkeys(i for i, _, _ in found))
            apart = _apart(difference, grain, sum(rows for _, _, rows in found))
            difference = replace(difference, follows_from=ids, unexplained=left, apart=apart)
        out.append(difference)
    return out


def _apart(difference: Difference, grain: GrainMapping, rows: int) -> tuple[str, ...]:
    """The values that differ for another reason than the finer differences.  rows: how many paid rows those add."""
    return tuple(
        f.name
        for f in difference.fields
        # What stands in the key has moved with the money; a count of lines follows from lines that come and go.
        if f.name not in grain.key_names
        and not (f.name == "lines" and _whole(f.actual) - _whole(f.expected) == rows != 0)
    )


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


_MAY_BE_BLANK = ("plan", "component")


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

    def contributions(self, difference: Difference) -> dict[Key, tuple[ByCurrency, int]]:
        """What a finer difference adds to each coarser key: actual minus expected of what is paid out there, and of its rows.

        A row that moved to another period or currency takes from one key and adds to another.
        """
        lines = [s for s in difference.expected_sources if isinstance(s, EarnedLine)]
        held = bool(lines) and all(line.state == "held" for line in lines)
        due_at = {self._key_of_line(line) for line in lines}
        if len(due_at) > 1 or None in due_at:
            return {}
        own = self._key_of_row(difference)
        home = next(iter(due_at)) if due_at else own
        if home is None:
            return {}
        parts: dict[Key, list[ByCurrency]] = defaultdict(list)
        rows: dict[Key, int] = defaultdict(int)
        for line in lines:
            if line.state != "held":
                parts[home].append(((line.currency, -self._units(line)),))
                rows[home] -= 1
        if not lines:
            parts[home].append(minus((), difference.expected_money))
        for row in difference.actual:
            place = self._key_of_actual(row, lines[0]) if lines else own
            paid = self._paid(row, held)
            parts[place or home].append(paid)
            rows[place or home] += len(row.sources) if paid else 0
        return {key: (added(money), rows[key]) for key, money in parts.items()}

    def _key_of_actual(self, row: ResultRow, line: EarnedLine) -> Key | None:
        """Where the target's row is paid: as its expected line, but for what the row says itself."""
        said = {"payee": line.payee, "plan": line.plan, "component": line.component}
        said["period"] = line.pay_period or line.period
        said |= {n: v for n, v in zip(self.fine_names, row.key, strict=True) if v and n in said and n != "period"}
        if "pay period" in self.fine_names:
            said["period"] = row.key[self.fine_names.index("pay period")] or said["period"]
        return self._key(said | {"currency": row.currency})

    def _key_of_line(self, line: EarnedLine) -> Key | None:
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
        if self.fine_grain.expected == "lines":
            said["period"] = said.get("pay period") or self._sibling_period(
                said.get("record", ""), said.get("plan", "")
            )
        if difference.actual:
            said.setdefault("currency", difference.actual[0].currency)
        return self._key(said)

    def _key(self, said: Mapping[str, str]) -> tuple[str, ...] | None:
        parts = []
        for name in self.grain.key_names:
            value = said.get(name)
            if name in self.grain.span_names:
                value = in_span_form(value or "", self.days)
            # Amounts above the plans have no plan; but without a period nothing is paid.
            if value is None or (not value and name not in _MAY_BE_BLANK):
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

    def _paid(self, row: ResultRow, held: bool) -> ByCurrency:
        state = row.fields[self.state_at] if self.state_at is not None else None
        if state == "held" or (state is None and held):
            return ()
        return ((row.currency, row.amount),)

    def _units(self, line: EarnedLine) -> int:
        decimals = self.fine_expected.decimals.get(line.currency, MINOR_UNITS.get(line.currency, 2))
        return int(line.amount * 10**decimals)
