"""What a Varicent model holds, as its REST shows it: tables, calculations, imports, activities, locks.

Shapes are those of the vendor's documentation where there is one, and of public client code elsewhere.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

Cell = str | Decimal | None
Row = list[Cell]
LONGEST_TEXT = 100
RUNNING_POLLS = 2
"""How many times an activity is asked for before it ends."""


@dataclass(frozen=True)
class Column:
    """One column.  type: String, Decimal, Int, Date or DateTime.  picks: the table whose first column has the allowed values."""

    name: str
    type: str = "String"
    is_key: bool = False
    picks: str = ""


@dataclass
class Table:
    """One table of a model.  kind: custom, structural, dimension, data or system."""

    name: str
    columns: Sequence[Column]
    rows: list[Row] = field(default_factory=list)
    kind: str = "data"

    def named(self) -> list[dict[str, Cell]]:
        """The rows by the names of the columns, for calculations."""
        return [dict(zip((c.name for c in self.columns), row, strict=True)) for row in self.rows]


@dataclass
class Calculation:
    """A calculation whose result is the rows that `compute` makes of the model's tables."""

    id: int
    name: str
    columns: Sequence[Column]
    compute: Callable[[Model], list[Row]]
    rows: list[Row] = field(default_factory=list)


@dataclass
class Import:
    """A saved import: `load` is what it does to the model."""

    id: int
    name: str
    table: str
    load: Callable[[Model], None]


@dataclass
class Activity:
    """Something that takes time.  polls: how often it has been asked for.  finish: what happens at its end."""

    id: int
    type: str
    finish: Callable[[], None]
    status: str = "Running"
    message: str = ""
    polls: int = 0
    time: str = ""

    @property
    def is_live(self) -> bool:
        return self.status == "Running" and self.polls <= RUNNING_POLLS


class Model:
    """One model, such as Acme_dev.  All state is in memory; a request holds the lock while it looks or changes."""

    def __init__(self, name: str, tables: Sequence[Table], calculations: Sequence[Calculation] = (), imports: Sequence[Import] = ()) -> None:
        self.name = name
        self.tables = {t.name: t for t in tables}
        self.calculations = {c.id: c for c in calculations}
        self.imports = {i.id: i for i in imports}
        self.published: dict[str, tuple[str, bytes]] = {}
        self.schedule: dict[int, Callable[[], Activity]] = {}
        self.activities: list[Activity] = []
        self.locked_tables: set[str] = set()
        self.fails: str = ""
        self.never_ends = False
        self.clock: datetime | None = datetime(2026, 4, 2, 3, 0, tzinfo=UTC)
        """The model's own time, which goes on a minute whenever it is asked; None: that of this machine."""
        self.lock = threading.RLock()
        self.tables.setdefault("TimeLock", Table("TimeLock", [Column("TimeID", "Int", True), Column("Period", "String", True), Column("ComputedAllAt", "DateTime")], kind="system"))
        self.tables.setdefault("TimeCalendar", Table("TimeCalendar", [Column("TimeID", "Int", True), Column("LastLockedPeriod")], kind="system"))

    def now(self) -> str:
        """The model's time."""
        if self.clock is not None:
            self.clock += timedelta(minutes=1)
        return (self.clock or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%S")

    @property
    def is_busy(self) -> bool:
        return any(a.status == "Running" for a in self.activities)

    def begin(self, type_: str, finish: Callable[[], None]) -> Activity:
        """Starts an activity, which goes on while it is asked for."""
        activity = Activity(900 + len(self.activities), type_, finish, time=self.now())
        self.activities.append(activity)
        return activity

    def poll(self, activity: Activity) -> None:
        """One step: running, then for one look in neither list, then completed."""
        activity.polls += 1
        if activity.status != "Running" or self.never_ends or activity.polls <= RUNNING_POLLS + 1:
            return
        if self.fails:
            activity.status, activity.message = "Failed", self.fails
        else:
            activity.finish()
            activity.status, activity.message = "Completed", "done"
        activity.time = self.now()

    def calculate(self, calculation: Calculation) -> Activity:
        """Begins a calculation."""

        def finish() -> None:
            calculation.rows = calculation.compute(self)
            at = self.now()
            for row in self.tables["TimeLock"].rows:
                row[2] = at

        return self.begin("Calculation", finish)

    def run_import(self, entry: Import) -> Activity:
        """Begins a saved import."""
        return self.begin("Import", lambda: entry.load(self))

    def add(self, table: Table, rows: Sequence[Sequence[str]]) -> int:
        """Adds rows of text; those that don't fit are left out without a word, as an import leaves them out.  How many were."""
        left_out = 0
        for cells in rows:
            row = self._row(table, cells)
            if row is None:
                left_out += 1
                continue
            key = [i for i, c in enumerate(table.columns) if c.is_key]
            table.rows[:] = [r for r in table.rows if not key or any(r[i] != row[i] for i in key)]
            table.rows.append(row)
        return left_out

    def _row(self, table: Table, cells: Sequence[str]) -> Row | None:
        if len(cells) != len(table.columns):
            raise ValueError("a row has another number of cells than the table has columns")
        row: Row = []
        for column, cell in zip(table.columns, cells, strict=True):
            if column.picks and cell not in {r[0] for r in self.tables[column.picks].rows}:
                return None
            if column.type == "String" and len(cell) > LONGEST_TEXT:
                return None
            if column.type in ("Decimal", "Int") and cell:
                try:
                    row.append(Decimal(cell))
                except ArithmeticError:
                    return None
            elif column.type in ("Date", "DateTime") and cell:
                row.append(cell if "T" in cell else f"{cell}T00:00:00Z")
            else:
                row.append(cell or None)
        return row
