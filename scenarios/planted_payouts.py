"""The faults that are planted in payouts alone, whose lines are right: parts left out, other periods, payees exchanged."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from reference_engine.vocabulary.numbers import minor_units
from reference_engine.vocabulary.results import EarnedLine, Payout
from scenarios.planted import CLOSED, PAYOUTS, Key, Planted, Planting, TargetExport
from scenarios.whole_company import FIELD, INSIDE


def plant_in_payouts(export: TargetExport, planting: Planting, payouts: Sequence[Payout]) -> None:
    """Plants all of them."""
    _Payouts(export, planting, payouts).plant()


class _Payouts:
    def __init__(self, export: TargetExport, planting: Planting, payouts: Sequence[Payout]) -> None:
        self.export, self.each = export, planting.each
        self.used = set(planting.touched)
        self.lines: dict[Key, list[EarnedLine]] = defaultdict(list)
        for row in planting.rows:
            for line in row.lines:
                self.lines[line.payee, line.plan, line.component, line.pay_period].append(line)
        self.keys: list[Key] = [
            (p.payee, p.plan, p.component, p.period, p.currency) for p in payouts if p.amount
        ]

    def plant(self) -> None:
        for key in self._some(lambda key: self._capped(key) > 0):
            self._change(key, self._capped(key), "part left out")
        for key in self._some(lambda key: bool(self._lone_line(key))):
            self._change(key, -self._lone_line(key), "line left out")
        for key in self._some(lambda key: bool(self._lone_line(key))):
            self._change(key, self._lone_line(key), "line twice")
        self._other_period()
        self._exchanged()
        for number, key in enumerate(self._some(lambda key: key[1] == INSIDE)):
            self.export.payouts[key] += 10_000 + number
            self.export.truth.append(Planted(PAYOUTS, key, "known"))
            self.export.known.append((key, 10_000 + number))

    def _some(self, wanted: Callable[[Key], bool]) -> list[Key]:
        """Payouts that no fault has touched, at most `each`."""
        found: list[Key] = []
        for key in self.keys:
            if len(found) == self.each:
                break
            if self._is_free(key) and wanted(key):
                found.append(key)
                self.used.add(key[:4])
        return found

    def _is_free(self, key: Key) -> bool:
        return key[3] != CLOSED and key[:4] not in self.used and self.export.payouts.get(key, 0) > 0

    def _change(self, key: Key, units: int, cause: str) -> None:
        self.export.payouts[key] += units
        self.export.truth.append(Planted(PAYOUTS, key, "amount", cause))

    def _units(self, key: Key) -> list[tuple[str, int]]:
        scale = 10 ** minor_units(key[4])
        return [(line.kind, int(line.amount * scale)) for line in self.lines[key[:4]]]

    def _capped(self, key: Key) -> int:
        return -sum(units for kind, units in self._units(key) if kind == "cap")

    def _lone_line(self, key: Key) -> int:
        """The amount of one line, where no other line and no kind has the same; 0 for none."""
        if key[1] != FIELD:
            return 0
        units = self._units(key)
        counts = Counter(amount for _, amount in units)
        largest = max((amount for kind, amount in units if kind == "booking"), default=0)
        if (
            len(units) < 3
            or {kind for kind, _ in units} != {"booking"}
            or counts[largest] != 1
            or largest < 1_000
        ):
            return 0
        return largest

    def _other_period(self) -> None:
        """A period's whole payout that is paid with the next one."""
        planted = 0
        for key in self.keys:
            month = int(key[3][-2:])
            later = (*key[:3], f"2026-{month + 1:02d}", key[4])
            fits = key[1] == FIELD and month < 12 and self._is_free(key) and self._is_free(later)
            if planted < self.each and fits:
                planted += 1
                self.used |= {key[:4], later[:4]}
                units = self.export.payouts.pop(key)
                self.export.payouts[later] += units
                self.export.truth.append(Planted(PAYOUTS, key, "missing", "other period"))
                self.export.truth.append(Planted(PAYOUTS, later, "amount", "other period"))

    def _exchanged(self) -> None:
        """Two payees of one plan who have each other's payout."""
        waiting: dict[Key, Key] = {}
        planted = 0
        for key in self.keys:
            if planted >= self.each or key[1] != INSIDE or not self._is_free(key):
                continue
            first = waiting.pop(key[1:], None)
            if first is None or abs(self.export.payouts[first] - self.export.payouts[key]) < 100:
                waiting[key[1:]] = key
                continue
            planted += 1
            self.used |= {key[:4], first[:4]}
            paid = self.export.payouts
            paid[first], paid[key] = paid[key], paid[first]
            self.export.truth += [Planted(PAYOUTS, k, "amount", "payees exchanged") for k in (first, key)]
