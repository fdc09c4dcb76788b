"""The front of the report: what ran, on which inputs, and how far the two sides agree."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from reports.pages import figures
from reports.pages.figures import Figure
from reports.pages.words import side_words
from reports.record_check import number
from reports.record_types import Grain, PlanUsed, RunRecord

KINDS = {
    "demo": "Reconciliation report",
    "reconcile": "Reconciliation report",
    "compare": "Regression report",
    "calculate": "Calculation report",
    "run": "Acceptance test report",
}
OUTCOMES = {
    "agrees": ("Both sides agree", "good"),
    "differs": ("Differences found", "bad"),
    "passed": ("All scenarios passed", "good"),
    "failed": ("Scenarios failed", "bad"),
    "calculated": ("Calculated, not compared", "even"),
    "stopped": ("Stopped: the input is wrong", "bad"),
}

NAMELESS = {"plan": "above the plans"}
"""What a part without a name is, by what the grain is cut by."""

@dataclass(frozen=True, slots=True)
class Agreement:
    """How far one set of rows agrees, in count and in money.  bar: matched share in whole pixels of 100."""

    name: str
    compared: str
    matched: str
    differing: str
    known: str
    agreement: str
    bar: int
    expected: tuple[Figure, ...]
    actual: tuple[Figure, ...]
    difference: tuple[Figure, ...]
    shares: tuple[str, ...]
    all_agree: bool


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Agreement of a grain by plan, by period or the like."""

    grain: str
    dimension: str
    rows: tuple[Agreement, ...]


@dataclass(frozen=True, slots=True)
class InputRow:
    """An input file as the report lists it."""

    name: str
    role: str
    path: str
    rows: str
    bytes: str
    totals: tuple[Figure, ...]
    sha256: str
    controls: tuple[tuple[str, str, tuple[Figure, ...]], ...]


@dataclass(frozen=True, slots=True)
class FrontPage:
    """Everything above the fold, and the inputs at its end."""

    kind: str
    title: str
    outcome: str
    tone: str
    sentence: str
    money: tuple[str, ...]
    any_known: bool
    facts: tuple[tuple[str, str], ...]
    grains: tuple[Agreement, ...]
    classes: tuple[tuple[str, str], ...]
    breakdowns: tuple[Breakdown, ...]
    tolerances: tuple[tuple[str, str, str, str, str, tuple[Figure, ...], tuple[Figure, ...]], ...]
    inputs: tuple[InputRow, ...]
    plans: tuple[PlanUsed, ...]


def front_page(record: RunRecord) -> FrontPage:
    """The front page of a record."""
    outcome, tone = OUTCOMES[record.verdict.outcome]
    any_known = any(grain.known for grain in record.grains)
    if record.identity.kind == "compare":
        outcome = _of_changes(record, any_known=any_known)
    elif any_known and record.verdict.outcome == "agrees":
        outcome = "No difference but those accepted beforehand"
    return FrontPage(
        kind=KINDS[record.identity.kind],
        title=record.identity.title,
        outcome=outcome,
        tone=tone,
        sentence=record.verdict.sentence,
        money=_money_sentences(record.grains, side_words(record).more_than),
        any_known=any_known,
        facts=_facts(record),
        grains=tuple(_grain(grain) for grain in record.grains),
        classes=tuple(
            (grain.name, ", ".join(f"{figures.count(n)} {name}" for name, n in grain.by_class.items() if n))
            for grain in record.grains
            if any(grain.by_class.values())
        ),
        breakdowns=tuple(_breakdowns(record.grains)),
        tolerances=tuple(
            (
                grain.name,
                t.applies_to,
                t.limit or f"{figures.money(t.amount, t.currency)} {t.currency}",
                t.reason,
                str(t.used),
                figures.totals(t.forgiven),
                figures.differences(t.net),
            )
            for grain in record.grains
            for t in grain.tolerances
        ),
        inputs=tuple(
            InputRow(
                i.name,
                i.role,
                i.path,
                figures.NONE if i.rows is None else f"{i.rows:,}",
                f"{i.bytes:,}",
                figures.totals(i.totals),
                i.sha256,
                tuple(
                    (c.name, figures.number_of(c.rows, "row"), figures.totals(c.totals)) for c in i.controls
                ),
            )
            for i in record.inputs
        ),
        plans=record.plans,
    )


def _of_changes(record: RunRecord, *, any_known: bool) -> str:
    if record.verdict.outcome == "agrees":
        return "Only approved changes" if any_known else "Nothing has changed"
    if any(grain.differences for grain in record.grains):
        return "Changes without approval"
    return "Not changed as approved"


def _facts(record: RunRecord) -> tuple[tuple[str, str], ...]:
    identity, now = record.identity, record.circumstances
    commit = identity.git_commit
    if commit.endswith("+"):
        commit = f"{commit[:-1][:12]}, with files changed since"
    facts = (
        ("Run", now.run_id),
        ("Started", _moment(now.started)),
        ("Finished", _moment(now.finished)),
        ("Command", now.command),
        ("Versions", f"trueup {identity.trueup_version}, Python {identity.python_version}"),
        ("Commit", commit[:12] if " " not in commit else commit),
        ("Machine", now.host),
        ("Exit code", str(record.verdict.exit_code)),
    )
    return tuple((name, text) for name, text in facts if text)


def _moment(text: str) -> str:
    return text.replace("T", " ").removesuffix("Z") + " UTC" if text else ""


def _money_sentences(grains: tuple[Grain, ...], more_than: str) -> tuple[str, ...]:
    alike: dict[str, list[str]] = {}
    for grain in grains:
        words = figures.spoken(grain.difference)
        if words:
            says = more_than.format(words=words)
        elif grain.matched < grain.compared:
            says = "the differences cancel out: both totals are equal."
        else:
            says = "both totals are equal."
        alike.setdefault(says, []).append(grain.name)
    return tuple(f"Over all {' and over all '.join(names)} {says}" for says, names in alike.items())


def _grain(grain: Grain) -> Agreement:
    row = _agreement(
        grain.name, grain.compared, grain.matched, grain.expected, grain.actual, grain.difference
    )
    return dataclasses.replace(row, differing=f"{grain.differences:,}", known=f"{grain.known:,}")


def _agreement(
    name: str,
    compared: int,
    matched: int,
    expected: Mapping[str, str],
    actual: Mapping[str, str],
    difference: Mapping[str, str],
) -> Agreement:
    bar = 100 * matched // compared if compared else 0
    return Agreement(
        name=name,
        compared=f"{compared:,}",
        matched=f"{matched:,}",
        differing=f"{compared - matched:,}",
        known="0",
        agreement=figures.percent(matched, compared) or "nothing compared",
        # A few rows among many must be seen on either side of the bar.
        bar=bar if matched in (0, compared) else min(max(bar, 3), 97),
        expected=figures.totals(expected),
        actual=figures.totals(actual),
        difference=figures.differences(difference),
        shares=figures.shares(difference, expected),
        all_agree=matched == compared,
    )


def _breakdowns(grains: tuple[Grain, ...]) -> list[Breakdown]:
    found = []
    for grain in grains:
        for dimension in dict.fromkeys(part.dimension for part in grain.slices):
            rows = []
            for part in grain.slices:
                if part.dimension == dimension:
                    currencies = dict.fromkeys((*part.expected, *part.actual))
                    difference = {
                        c: figures.exact(number(part.actual.get(c, "")) - number(part.expected.get(c, "")))
                        for c in currencies
                    }
                    rows.append(
                        _agreement(
                            part.value or NAMELESS.get(part.dimension, figures.NONE), part.compared, part.matched, part.expected, part.actual, difference
                        )
                    )
            found.append(Breakdown(grain.name, dimension, tuple(rows)))
    return found
