"""What the front page answers at once: what ran, how it came out, what is new, and which rules decide."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from reports.coverage import coverage
from reports.gate_types import Gate
from reports.pages import figures
from reports.pages.figures import Figure
from reports.pages.front import Agreement, FrontPage
from reports.record_types import Grain, RunRecord
from reports.scenario_types import NotExecuted

PARTS_SHOWN = 6
MISSING_SHOWN = 20
DIMENSIONS = ("plan", "period", "currency")
GATE_MARKS = {"holds": "\u2713", "fails": "\u2717", "not judged": "\u25cb"}


@dataclass(frozen=True, slots=True)
class Tile:
    """One answer.  big: the figure; small: what it means.  tone: good, bad or even, said by the sign as well."""

    name: str
    big: str
    small: str
    tone: str
    href: str


@dataclass(frozen=True, slots=True)
class Part:
    """Agreement of one grain by plan, period or currency: what differs first.  more: values that aren't shown."""

    grain: str
    dimension: str
    rows: tuple[Agreement, ...]
    more: int
    more_differ: int


@dataclass(frozen=True, slots=True)
class ByCurrency:
    """The totals of one grain in one currency.  differing: open rows of this currency."""

    grain: str
    currency: str
    differing: str
    expected: Figure
    actual: Figure
    difference: Figure
    share: str


@dataclass(frozen=True, slots=True)
class GlancePage:
    """outcome, tone: those of the front, with the gate rules taken in.  missing: scenarios that weren't executed."""

    outcome: str
    tone: str
    ran: tuple[tuple[str, str], ...]
    tiles: tuple[Tile, ...]
    gates: tuple[Gate, ...]
    gates_from: str
    marks: dict[str, str]
    parts: tuple[Part, ...]
    currencies: tuple[ByCurrency, ...]
    missing: tuple[NotExecuted, ...]
    more_missing: int
    written: tuple[str, str, str]
    complete: bool


def glance_page(record: RunRecord, front: FrontPage) -> GlancePage:
    """The answers of a record."""
    counts = record.scenario_counts
    outcome, tone = _outcome(record, front)
    return GlancePage(
        outcome,
        tone,
        _ran(record),
        tuple(_tiles(record, front)),
        record.gates.rules if record.gates is not None else (),
        record.gates.file if record.gates is not None else "",
        GATE_MARKS,
        tuple(_parts(front)),
        tuple(_currencies(record)),
        counts.not_executed[:MISSING_SHOWN],
        len(counts.not_executed) - len(counts.not_executed[:MISSING_SHOWN]),
        (figures.count(counts.written), figures.count(counts.selected), figures.count(counts.executed)),
        counts.written == counts.selected == counts.executed,
    )


def _outcome(record: RunRecord, front: FrontPage) -> tuple[str, str]:
    gates = record.gates
    if gates is None or record.verdict.outcome == "stopped":
        return front.outcome, front.tone
    if gates.failed:
        fails = f"{len(gates.failed):,} of {figures.number_of(len(gates.rules), 'gate rule')} {'fails' if len(gates.failed) == 1 else 'fail'}"
        return (
            front.outcome if front.tone == "bad" and not gates.file else f"{front.outcome}; {fails}"
        ), "bad"
    return (f"{front.outcome}, within the gate rules" if front.tone == "bad" else front.outcome), "good"


def _ran(record: RunRecord) -> tuple[tuple[str, str], ...]:
    subject, identity = record.subject, record.identity
    found: list[tuple[str, str]] = []
    if subject is not None:
        found += [
            ("Suite" if record.scenario_counts.written else "Mapping", subject.suite),
            ("Target", subject.target),
        ]
        found += [("Periods", _span(subject.periods)), ("Currencies", ", ".join(subject.currencies))]
    found.append(("Inputs", _inputs(record)))
    found.append(("Plans", _listed([plan.plan for plan in record.plans])))
    found.append(("Version", f"trueup {identity.trueup_version}"))
    found.append(("When", record.circumstances.started.replace("T", " ").removesuffix("Z") + " UTC"))
    return tuple((name, text) for name, text in found if text)


def _span(periods: tuple[str, ...]) -> str:
    """Months, quarters and years apart, for 2026-03 to 2026-Q1 would be no span."""
    kinds: dict[str, list[str]] = {}
    for period in periods:
        kinds.setdefault(re.sub(r"\d", "9", period), []).append(period)
    spans = [
        ", ".join(p) if len(p) <= 2 else f"{p[0]} to {p[-1]} ({len(p):,} periods)" for p in kinds.values()
    ]
    return "; ".join(spans)


def _listed(names: list[str]) -> str:
    every = list(dict.fromkeys(names))
    return ", ".join(every[:6]) + (f" and {len(every) - 6:,} more" if len(every) > 6 else "")


def _inputs(record: RunRecord) -> str:
    kinds = Counter(i.role.split(":")[0].split(";")[0] or "file" for i in record.inputs)
    words = ", ".join(
        figures.number_of(n, "data file" if kind == "data" else kind) for kind, n in kinds.items()
    )
    return f"{figures.number_of(len(record.inputs), 'file')}: {words}" if record.inputs else ""


def _tiles(record: RunRecord, front: FrontPage) -> list[Tile]:
    tiles = []
    counts = record.scenario_counts
    if counts.written:
        left = len(counts.not_executed)
        small = (
            "scenarios written, selected and executed"
            if not left
            else f"executed of {counts.written:,} written; {left:,} not"
        )
        tiles.append(
            Tile(
                "Executed",
                f"{counts.executed:,}",
                small,
                "even" if not left else "bad",
                "#executed" if left else "#scenarios",
            )
        )
        failed = sum(s.outcome == "failed" for s in record.scenarios)
        passed = figures.percent(counts.executed - failed, counts.executed) or "none"
        tiles.append(
            Tile(
                "Passed",
                passed,
                f"{failed:,} of {counts.executed:,} failed",
                "bad" if failed else "good" if counts.executed else "bad",
                "#scenarios",
            )
        )
        covered = coverage(record)
        wanted = [r for r in covered.requirements if not r.optional]
        if wanted:
            proved = sum(r.state == "proved" for r in wanted)
            tone = "good" if proved == len(wanted) else "bad"
            name = "requirements proved" if covered.has_list else "requirements named in tags are proved"
            tiles.append(Tile("Requirements", f"{proved:,} of {len(wanted):,}", name, tone, "#matrix"))
    for grain, row in list(zip(record.grains, front.grains, strict=True))[:1]:
        known = f", {grain.known:,} known" if grain.known else ""
        small = f"of {grain.compared:,} {grain.name} agree; {grain.differences:,} differ{known}"
        tiles.append(
            Tile(
                "Agreement",
                row.agreement,
                small,
                "bad" if grain.differences else "good",
                "#agreement" if front.breakdowns else "#summary",
            )
        )
    history = record.circumstances.history
    if history is not None:
        tiles.append(_since_tile(record))
    if record.gates is not None:
        holds = sum(g.state == "holds" for g in record.gates.rules)
        failed = len(record.gates.failed)
        judged = holds + failed
        small = "gate rules hold" if record.gates.file else "default gate rules hold"
        tiles.append(Tile("Gate", f"{holds:,} of {judged:,}", small, "bad" if failed else "good", "#gates"))
    return tiles


def _since_tile(record: RunRecord) -> Tile:
    history = record.circumstances.history
    assert history is not None
    since = history.since
    if since is None:
        return Tile("New", figures.NONE, "no earlier run to compare with", "even", "#history")
    if record.grains and since.grains:
        first = since.grains[0]
        small = (
            f"new {first.grain} since {since.chosen}; {first.still:,} still open, {len(first.gone):,} gone"
        )
        return Tile("New", f"{len(first.new):,}", small, "bad" if first.new else "good", "#history")
    worse = sum(s.now == "failed" for s in since.scenarios)
    better = sum(s.before == "failed" and s.now == "passed" for s in since.scenarios)
    small = f"newly failing since {since.chosen}; {better:,} pass again, {len(since.scenarios):,} changed"
    return Tile("New", f"{worse:,}", small, "bad" if worse else "good", "#history")


def _parts(front: FrontPage) -> list[Part]:
    found = []
    first = front.grains[0].name if front.grains else ""
    for part in front.breakdowns:
        if part.grain == first and part.dimension in DIMENSIONS:
            # What differs stands first; otherwise the order stays, which for periods is that of time.
            rows = sorted(part.rows, key=lambda row: row.all_agree)
            hidden = rows[PARTS_SHOWN:]
            found.append(
                Part(
                    part.grain,
                    part.dimension,
                    tuple(rows[:PARTS_SHOWN]),
                    len(hidden),
                    sum(not r.all_agree for r in hidden),
                )
            )
    return found


def _currencies(record: RunRecord) -> list[ByCurrency]:
    found = []
    for grain in record.grains:
        counts = Counter(d.currency for d in record.differences if d.grain == grain.name)
        for currency in dict.fromkeys((*grain.expected, *grain.actual)):
            found.append(_by_currency(grain, currency, counts[currency]))
    return found


def _by_currency(grain: Grain, currency: str, differing: int) -> ByCurrency:
    expected, difference = grain.expected.get(currency, "0"), grain.difference.get(currency, "0")
    return ByCurrency(
        grain.name,
        currency,
        figures.count(differing),
        figures.Figure(figures.money(expected, currency), currency),
        figures.Figure(figures.money(grain.actual.get(currency, "0"), currency), currency),
        figures.signed(difference, currency),
        "".join(figures.shares({currency: difference}, {currency: expected})),
    )
