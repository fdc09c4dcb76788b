"""Known differences: accepted until a day, and reported as soon as they are gone, changed or expired."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from harness.adapters.mapping import Mapping
from harness.adapters.strict import Section
from harness.reconcile.approved import ApprovedChange, entry_fits, judge_change
from harness.reconcile.entries import common, count_of, key_of, listed, money_of
from harness.reconcile.pairs import Pairing, read_pairing
from harness.reconcile.patterns import fits, named
from harness.reconcile.results import (
    ByCurrency,
    Difference,
    GrainResult,
    KnownDifference,
    KnownOutcome,
    added,
)
from reference_engine.plans.document import Node, load_yaml
from reference_engine.problems import Problem


def read_known(path: Path, mapping: Mapping, problems: list[Problem]) -> list[KnownDifference]:
    """Reads a list of known differences and of rows that belong together, each with reason and last day."""
    node = load_yaml(path, problems)
    if node is None:
        return []
    nodes = listed(node, "known differences", problems)
    return [k for n in nodes if (k := known_difference(n, mapping, problems)) is not None]


def known_difference(node: Node, mapping: Mapping, problems: list[Problem]) -> KnownDifference | None:
    """Reads one entry: a known difference, or a row of ours that is a row of theirs."""
    before = len(problems)
    if node.get("ours") is not None or node.get("theirs") is not None:
        return read_pairing(node, mapping, problems)
    part = Section(node, "the known difference", problems)
    who = common(part, mapping)
    key = key_of(part, "key", who.grain.key_names)
    money = money_of(part, "difference", who.grain, must=True)
    count = count_of(part, "count")
    # A row of another period has another value in its key.
    may_differ = (*(f.name for f in who.grain.fields), *who.grain.key_names)
    values = key_of(part, "values", may_differ, several=False) if node.get("values") is not None else ()
    part.take("values")
    part.close()
    if len(problems) != before:
        return None
    return KnownDifference(
        who.grain.name,
        key,
        money or (),
        who.reason,
        who.until,
        who.owner,
        who.ticket,
        node.where,
        count,
        who.approved_by,
        values=values,
    )


def judge(
    known: Iterable[KnownDifference], grain: GrainResult, today: date
) -> tuple[list[KnownOutcome], set[str]]:
    """What became of the known differences of one grain, and the ids of the differences that they accept."""
    outcomes: list[KnownOutcome] = []
    accepted: set[str] = set()
    for entry in known:
        # A pairing accepts nothing: it says before the comparison which rows belong together.
        if entry.grain != grain.name or isinstance(entry, Pairing):
            continue
        found = [d for d in grain.differences if d.id not in accepted and entry_fits(entry, d)]
        if isinstance(entry, ApprovedChange):
            outcome, taken = judge_change(entry, found, grain, today)
            outcomes.append(outcome)
            accepted |= taken
            continue
        outcome = _outcome(entry, found, grain, today)
        outcomes.append(outcome)
        if outcome.holds:
            accepted.update(outcome.ids)
    return outcomes, accepted


def _outcome(
    entry: KnownDifference, found: list[Difference], grain: GrainResult, today: date
) -> KnownOutcome:
    who = named(entry.key)
    ids = tuple(d.id for d in found)
    if not found:
        taken = [d for d in grain.differences if entry_fits(entry, d)]
        message = (
            f"{who}: another entry of the list accepts this difference already. Remove one of them."
            if taken
            else f"{who}: the known difference is no longer there. Remove it from the list."
        )
        return KnownOutcome(entry, "gone", message)
    unread = sum(d.kind == "unreadable" for d in found)
    if unread:
        rows = "a row" if unread == 1 else f"{unread:,} rows"
        message = f"{who}: it stands for {rows} of the export that can't be read, and what can't be read is never accepted."
        return KnownOutcome(entry, "changed", message, ids)
    money = added(d.money for d in found)
    if money != entry.difference:
        message = f"{who}: the difference is now {_text(money, grain)}, not {_text(entry.difference, grain)}."
        if not money:
            message = f"{who}: the amounts are the same now; accepted was {_text(entry.difference, grain)}."
        return KnownOutcome(entry, "changed", message, ids)
    if entry.count is not None and len(found) != entry.count:
        rows = f"{len(found):,} row{'' if len(found) == 1 else 's'} differ{'s' if len(found) == 1 else ''}"
        message = f"{who}: {rows} now, not {entry.count:,}; the money in total is as it was accepted."
        return KnownOutcome(entry, "changed", message, ids)
    otherwise = _other_values(entry, found)
    if otherwise:
        return KnownOutcome(entry, "changed", f"{who}: {otherwise}", ids)
    if today > entry.until:
        return KnownOutcome(
            entry,
            "expired",
            f"{who}: the difference was accepted until {entry.until} and is still there.",
            ids,
        )
    several = f" over {len(found):,} rows" if len(found) > 1 else ""
    several += "".join(f", {name} {value}" for name, value in entry.values)
    return KnownOutcome(
        entry,
        "accepted",
        f"{who}: {_text(money, grain)}{several}, accepted until {entry.until}: {entry.reason}",
        ids,
    )


def _other_values(entry: KnownDifference, found: list[Difference]) -> str:
    """What differs beside the money and isn't accepted, or no longer differs as it was; blank where all is as stated."""
    stated = dict(entry.values)
    for difference in found:
        fields = {f.name: f for f in difference.fields}
        for field in difference.fields:
            said = {field.name: (field.actual,)}
            if field.name not in stated or not fits(((field.name, stated[field.name]),), said.__getitem__):
                values = ", ".join(f"{f.name}: {f.actual or 'blank'}" for f in difference.fields)
                return (
                    f"{field.name} is {field.actual or 'blank'} instead of {field.expected or 'blank'}, which the entry doesn't accept. "
                    f"If it is accepted too, add  values: {{{values}}}  to its entry in the file of known differences."
                )
        gone = next((name for name in stated if name not in fields), "")
        if gone:
            return f"{gone} is as expected now, and was accepted as {stated[gone]}. Correct the entry."
    return ""


def _text(money: ByCurrency, grain: GrainResult) -> str:
    return " and ".join(grain.money_text(units, currency) for currency, units in money) or "no money"
