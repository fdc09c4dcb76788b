"""What the ledger of draws and debts says on a statement: each movement with its kind and its reason."""

from __future__ import annotations

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.draw_ledger import Cells, Moved
from reference_engine.draws import Periods
from reference_engine.problems import Where
from reference_engine.settling_run import SettlingRun


def speak(
    run: SettlingRun, cells: Cells, moved: Moved, periods: Periods, places: dict[int, Where], where: Where
) -> None:
    """Adds what the ledger did to the run, in the order in which it happens."""
    words = _Words(run, cells, moved, periods, places, where)
    nothing = run.nothing
    owed = cells.owed
    has: Array = np.asarray(periods.has.any(axis=1))
    drawn = np.broadcast_to(has[:, None], run.shape)
    run.add("opening balance", words.opening, words.place, balance=cells.opening)
    run.add("balance paid out", words.paid_out, words.place, pay=moved.paid_out, balance=-moved.paid_out)
    run.add(
        "draw advance",
        words.advance,
        words.place,
        pay=moved.advance,
        balance=-Exact.where(owed, moved.advance, nothing),
    )
    run.add(
        "draw", words.added, words.place, pay=moved.added, balance=-Exact.where(owed, moved.added, nothing)
    )
    run.add("draw prepaid", words.prepaid, words.place, balance=-moved.prepaid)
    run.add("draw already paid", words.netted, words.place, pay=-moved.netted, balance=moved.netted)
    run.add("not owed", words.waived, words.place, balance=Exact.where(owed, moved.waived, nothing))
    run.add("held back", words.held, words.place, pay=-moved.held, balance=moved.held)
    run.add("held back, released", words.released, words.place, pay=moved.released, balance=-moved.released)
    for kind, mask in (("draw recovery", drawn), ("balance recovered", ~drawn)):
        taken = Exact.where(mask, moved.recovery, nothing)
        run.add(kind, words.recovery, words.place, pay=-taken, balance=taken)
    run.add(
        "carried to the next period", words.carried, words.place, pay=moved.carried, balance=-moved.carried
    )
    run.add("forgiven", words.forgiven, words.place, balance=moved.forgiven)


class _Words:
    def __init__(
        self,
        run: SettlingRun,
        cells: Cells,
        moved: Moved,
        periods: Periods,
        places: dict[int, Where],
        where: Where,
    ) -> None:
        self.run, self.cells, self.moved, self.periods = run, cells, moved, periods
        self.places, self.where = places, where

    def place(self, row: int, period: int) -> Where:
        """Where the draw of the cell is stated, or the opening balance, or the plan."""
        term = int(self.periods.since[row, period])
        if term >= 0:
            return self.periods.terms[term].where
        return self.places.get(row, self.where)

    def _m(self, matrix: Exact, row: int, period: int) -> str:
        return self.run.money(matrix, row, period)

    def _earned(self, row: int, period: int) -> str:
        sign = "-" if self.cells.earned.num[row, period] < 0 else ""
        return sign + self._m(self.cells.earned, row, period)

    def _debt(self, row: int, period: int) -> str:
        if self.moved.debt.num[row, period] == 0:
            return "nothing is owed after it"
        return f"{self._m(self.moved.debt, row, period)} is owed after it"

    def opening(self, row: int, period: int) -> str:
        """What stood open before."""
        return f"{self._m(self.cells.opening, row, period)} stood open before the period"

    def paid_out(self, row: int, period: int) -> str:
        """What was owed to the payee."""
        return f"{self._m(self.moved.paid_out, row, period)} stood open for the payee and is paid now"

    def advance(self, row: int, period: int) -> str:
        """The top-up to the draw."""
        start = f"{self._earned(row, period)} was earned, which is less than the draw of {self._m(self.cells.draw, row, period)}"
        if self.moved.sheltered.num[row, period]:
            start += f"; {self._m(self.moved.sheltered, row, period)} of the difference is covered by earlier pay above the draw"
        amount = self._m(self.moved.advance, row, period)
        tail = (
            f"{amount} is advanced and {self._debt(row, period)}"
            if self.cells.owed[row, period]
            else f"{amount} is paid on top and need not be paid back"
        )
        return f"{start}: {tail}"

    def added(self, row: int, period: int) -> str:
        """A draw on top of what was earned."""
        tail = self._debt(row, period) if self.cells.owed[row, period] else "it need not be paid back"
        return (
            f"the draw of {self._m(self.cells.draw, row, period)} is paid on top of what was earned; {tail}"
        )

    def prepaid(self, row: int, period: int) -> str:
        """The draw that was paid before the period ended."""
        return f"the draw of {self._m(self.moved.prepaid, row, period)} was paid at the start of the period"

    def netted(self, row: int, period: int) -> str:
        """What was already paid is deducted."""
        return (
            f"the draw of {self._m(self.moved.prepaid, row, period)} was paid at the start of the period: "
            f"{self._m(self.moved.netted, row, period)} of the {self._earned(row, period)} earned is already paid; {self._debt(row, period)}"
        )

    def waived(self, row: int, period: int) -> str:
        """Earnings below zero that aren't owed."""
        return f"{self._m(self.moved.waived, row, period)} of the advance makes up for earnings below zero and isn't owed"

    def held(self, row: int, period: int) -> str:
        """Pay above the draw that waits for the recovery."""
        return (
            f"{self._earned(row, period)} was earned, {self._m(self.moved.held, row, period)} more than the draw: "
            "it is held back until what is owed is recovered"
        )

    def released(self, row: int, period: int) -> str:
        """What was held back and isn't needed for the recovery."""
        return f"{self._m(self.moved.released, row, period)} of what was held back is left after what was owed, and is paid now"

    def recovery(self, row: int, period: int) -> str:
        """What is taken back."""
        amount = self._m(self.moved.recovery, row, period)
        if self.periods.has[row, period] and self.cells.does[row, period] in (1, 3):
            level = self._m(self.cells.draw, row, period)
            return (
                f"{self._earned(row, period)} was earned, which is above the draw of {level}: "
                f"{amount} of what was owed is taken back and {self._debt(row, period)}"
            )
        return f"{amount} of what was owed is taken back from the {self._earned(row, period)} earned; {self._debt(row, period)}"

    def carried(self, row: int, period: int) -> str:
        """Pay below zero."""
        return f"pay was below zero: {self._m(self.moved.carried, row, period)} is carried to the next period as a debt; {self._debt(row, period)}"

    def forgiven(self, row: int, period: int) -> str:
        """Debt that ends."""
        return f"{self._m(self.moved.forgiven, row, period)} of what was owed is forgiven; {self._debt(row, period)}"
