"""What has changed since an earlier run, and a small trend over the kept ones."""

from __future__ import annotations

from dataclasses import dataclass

from reports.anchors import anchors
from reports.history_types import GoneDifference, PastRun, Since
from reports.pages import figures
from reports.pages.figures import Figure, Row
from reports.record import record_hash
from reports.record_types import RunRecord

ROWS_SHOWN = 50
MARKS = {"passed": "\u2713", "failed": "\u2717", "not run": "\u25cb", "": "\u2013"}
_WIDTH, _HEIGHT = 48, 120


@dataclass(frozen=True, slots=True)
class GoneRow:
    """A difference that isn't open any more."""

    key: str
    class_: str
    difference: Figure
    now: str


@dataclass(frozen=True, slots=True)
class ChangesOfGrain:
    """New, still open and gone differences of one grain.  more_new, more_gone: rows that aren't shown."""

    grain: str
    keys: tuple[str, ...]
    new: int
    changed: int
    still: int
    gone: int
    known: int
    new_money: tuple[Figure, ...]
    still_money: tuple[Figure, ...]
    gone_money: tuple[Figure, ...]
    new_rows: tuple[Row, ...]
    more_new: int
    changed_rows: tuple[Row, ...]
    gone_rows: tuple[GoneRow, ...]
    more_gone: int


@dataclass(frozen=True, slots=True)
class ScenarioChange:
    """A scenario whose result changed.  tone: bad where it fails or is gone."""

    name: str
    id: str
    before: str
    now: str
    tone: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One run in the trend.  x: its place.  parts: height, offset and class of each piece, from below."""

    x: int
    label: str
    value: str
    value_y: int
    parts: tuple[tuple[int, int, str], ...]
    now: bool


@dataclass(frozen=True, slots=True)
class TrendRow:
    """One run in the table under the trend; its columns follow the page's heads."""

    run: str
    when: str
    cells: tuple[str, ...]
    money: tuple[Figure, ...]
    accepted: str
    now: bool


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """since: the earlier run that was compared with, in words.  bars: blank where there is nothing to draw."""

    folder: str
    since: str
    chosen: str
    before: PastRun | None
    same: bool
    grains: tuple[ChangesOfGrain, ...]
    scenarios: tuple[ScenarioChange, ...]
    inputs: tuple[tuple[str, str, str], ...]
    of_what: str
    bars: tuple[Bar, ...]
    width: int
    heads: tuple[str, ...]
    rows: tuple[TrendRow, ...]
    unread: tuple[str, ...]


def history_page(record: RunRecord) -> HistoryPage | None:
    """The history of a record, or None where none was kept and no run was chosen."""
    history = record.circumstances.history
    if history is None:
        return None
    since = history.since
    now = _this(record)
    runs = (*history.runs, now)
    features = bool(record.scenario_counts.written)
    of_what = (
        "Failed and passed scenarios"
        if features
        else f"Open differences in {record.grains[0].name}"
        if record.grains
        else ""
    )
    heads = (
        ("Written", "Executed", "Passed", "Failed")
        if features
        else ("Compared", "Agreement", "Open", "Known")
    )
    return HistoryPage(
        history.folder,
        f"run {since.run.run_id} of {_moment(since.run.started)}" if since else "",
        since.chosen if since else "",
        since.run if since else None,
        bool(since) and since is not None and since.run.record == record_hash(record),
        _grains(record, since) if since else (),
        _scenarios(record, since) if since else (),
        tuple((i.change, i.path, i.role) for i in since.inputs) if since else (),
        of_what,
        _bars(runs, features) if len(runs) > 1 and of_what else (),
        _WIDTH * len(runs) + 8,
        heads,
        tuple(_row(run, features, run is now) for run in runs) if len(runs) > 1 else (),
        history.unread,
    )


def _this(record: RunRecord) -> PastRun:
    from reports.history_types import PastGrain

    return PastRun(
        record.circumstances.run_id, record.circumstances.started, "", record.identity.trueup_version, record.verdict.outcome,
        record.verdict.sentence, record.scenario_counts.written, record.scenario_counts.executed,
        sum(s.outcome == "failed" for s in record.scenarios),
        tuple(PastGrain(g.name, g.compared, g.matched, g.differences, g.known, g.difference) for g in record.grains),
    )  # fmt: skip


def _grains(record: RunRecord, since: Since) -> tuple[ChangesOfGrain, ...]:
    by_id = {d.id: d for d in record.differences}
    keys = {g.name: g.keys for g in record.grains}
    found = []
    for g in since.grains:
        columns = keys.get(g.grain, ())
        new, changed = (
            [figures.table_row(by_id[i], columns) for i in ids[:ROWS_SHOWN] if i in by_id]
            for ids in (g.new, g.changed)
        )
        gone = g.gone[:ROWS_SHOWN]
        found.append(
            ChangesOfGrain(
                g.grain, columns, len(g.new), len(g.changed), g.still, len(g.gone), sum(d.now == "known" for d in g.gone),
                figures.differences(g.money.get("new", {})),
                figures.differences(g.money.get("still", {})),
                figures.differences(g.money.get("gone", {})),
                tuple(new), len(g.new) - len(new), tuple(changed), tuple(_gone(d) for d in gone), len(g.gone) - len(gone),
            )
        )  # fmt: skip
    return tuple(found)


def _gone(d: GoneDifference) -> GoneRow:
    return GoneRow(", ".join(d.key.values()), d.class_, figures.signed(d.difference, d.currency), d.now)


def _scenarios(record: RunRecord, since: Since) -> tuple[ScenarioChange, ...]:
    places = {(ident, case): place for (_, ident, case), place in anchors(record).items()}
    return tuple(
        ScenarioChange(
            s.name + (f" ({s.case})" if s.case else ""),
            s.id,
            f"{MARKS[s.before]} {s.before or 'not written'}",
            f"{MARKS[s.now]} {s.now or 'not written any more'}",
            "good" if s.now == "passed" else "bad" if s.now in ("failed", "") else "even",
            places.get((s.id, s.case), ""),
        )
        for s in since.scenarios
    )


def _bars(runs: tuple[PastRun, ...], features: bool) -> tuple[Bar, ...]:
    """Heights are whole pixels of the highest bar, at least two where there is anything."""
    sizes = [_size(run, features) for run in runs]
    top = max((sum(parts) for parts in sizes), default=0) or 1
    bars = []
    for i, (run, parts) in enumerate(zip(runs, sizes, strict=True)):
        pieces = []
        base = 0
        for n, name in zip(parts, ("failed", "passed") if features else ("failed",), strict=True):
            height = max(2, _HEIGHT * n // top) if n else 0
            pieces.append((height, 20 + _HEIGHT - base - height, name))
            base += height
        value = f"{parts[0]:,}"
        bars.append(
            Bar(
                8 + _WIDTH * i,
                run.started[5:10],
                value,
                20 + _HEIGHT - base - 4,
                tuple(pieces),
                i == len(runs) - 1,
            )
        )
    return tuple(bars)


def _size(run: PastRun, features: bool) -> tuple[int, ...]:
    if features:
        return run.failed, run.executed - run.failed
    return (run.grains[0].differences if run.grains else 0,)


def _row(run: PastRun, features: bool, now: bool) -> TrendRow:
    money: tuple[Figure, ...] = ()
    if features:
        cells = tuple(
            figures.count(n) for n in (run.written, run.executed, run.executed - run.failed, run.failed)
        )
    elif run.grains:
        first = run.grains[0]
        cells = (
            figures.count(first.compared),
            figures.percent(first.matched, first.compared),
            figures.count(first.differences),
            figures.count(first.known),
        )
        money = figures.differences(first.difference)
    else:
        cells = (figures.NONE,) * 4
    return TrendRow(run.run_id, _moment(run.started), cells, money, run.accepted, now)


def _moment(text: str) -> str:
    return text.replace("T", " ").removesuffix("Z") + " UTC" if text else ""
