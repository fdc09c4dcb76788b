"""Baseline files: which changes of a release are approved, read from a file or proposed from what changed."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path

from harness.adapters.mapping import GrainMapping, Mapping
from harness.adapters.strict import Section
from harness.reconcile.approved import APPROVABLE, ApprovedChange, change_words
from harness.reconcile.entries import common, count_of, key_of, listed, money_of, units_of
from harness.reconcile.results import ByCurrency, Difference, GrainResult, Reconciliation, added
from reference_engine.plans.document import Node, load_yaml
from reference_engine.problems import Problem, Where, did_you_mean
from reference_engine.vocabulary.numbers import NotANumber, parse_percent

SCOPE = ("plan", "component", "period", "pay period", "currency", "measure")
"""Parts of a key that many rows share: a proposal names a group of changed rows by them."""
_FEW = 3
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 _./()-]*\Z", re.ASCII)
_UNSEEN = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_YAML_WORDS = frozenset({"yes", "no", "on", "off", "true", "false", "null", "y", "n"})


def read_baseline(path: Path, mapping: Mapping, problems: list[Problem]) -> list[ApprovedChange]:
    """Reads a baseline: each approved change with its rows, reason, approver and last day."""
    node = load_yaml(path, problems)
    if node is None:
        return []
    found = [
        c for n in listed(node, "approved changes", problems) if (c := approved_change(n, mapping, problems))
    ]
    if node.is_list and not node.nodes():
        problems.append(
            Problem(
                "baseline-empty",
                "the baseline approves no change.",
                node.where,
                "Leaving it out says the same: nothing may change.",
                "Add an entry, or leave --baseline out.",
            )
        )
    return found


def approved_change(node: Node, mapping: Mapping, problems: list[Problem]) -> ApprovedChange | None:
    """Reads one approved change."""
    before = len(problems)
    part = Section(node, "the approved change", problems)
    who = common(part, mapping, approval=True)
    grain = who.grain
    key = key_of(part, "key", grain.key_names)
    stated, becomes = part.text("change"), part.text("new amount")
    by, percent = _stated(part, stated, grain) if stated and stated != "any" else (None, None)
    to = money_of(part, "new amount", grain)
    count, total = count_of(part, "count"), money_of(part, "total", grain)
    if part.sound and bool(stated) == bool(becomes):
        both = bool(stated)
        part.problem(
            "baseline-change",
            "the approved change says both change and new amount."
            if both
            else "the approved change doesn't say what changes.",
            why="Any change of these rows would pass." if not both else "Only one of them can be meant.",
            remedy="Keep one."
            if both
            else "Add change: 40.00 EUR, change: +5%, change: any, or new amount: 1,200.00 EUR.",
        )
    part.close()
    if len(problems) != before:
        return None
    return ApprovedChange(
        grain.name,
        key,
        total or (),
        who.reason,
        who.until,
        who.owner,
        who.ticket,
        node.where,
        count,
        who.approved_by,
        change_words(stated if by is not None else "", percent, becomes),
        by,
        percent,
        to,
        total,
    )


def _stated(part: Section, text: str, grain: GrainMapping) -> tuple[ByCurrency | None, Fraction | None]:
    node = part.node.get("change")
    if not text.endswith("%"):
        # A plus says the direction; amounts themselves are written without one.
        return units_of(part, node, text.removeprefix("+"), grain), None
    try:
        return None, parse_percent(text.removeprefix("+")).value
    except NotANumber as error:
        part.problem(
            "not-a-number", error.what, node, why="It says by how much each row changes.", remedy=error.remedy
        )
        return None, None


def only_these(
    texts: Sequence[str], mapping: Mapping, today: date, problems: list[Problem]
) -> list[ApprovedChange]:
    """What --only says: rows that may change, each as name=value, several joined by commas."""
    finest = mapping.grains[0]
    names = finest.key_names
    found = []
    for text in texts:
        key: list[tuple[str, str]] = []
        for pair in text.split(","):
            name, equals, value = (x.strip() for x in pair.partition("="))
            if not equals or not value or name not in names:
                problems.append(
                    Problem(
                        "option",
                        f'--only "{pair.strip()}" names no part of the key of {finest.name}.',
                        Where("--only"),
                        "Nobody could tell which rows may change.",
                        did_you_mean(name, names, f"Write NAME=VALUE with one of: {', '.join(names)}."),
                    )
                )
            else:
                key.append((name, value))
        reason = "said on the command line: only these rows may change"
        found.append(ApprovedChange(finest.name, tuple(key), (), reason, today, stated="any change"))
    return found


def proposal(found: Reconciliation, before: str, after: str) -> str:
    """A baseline of what changed, for somebody to approve: reason, approver and last day are left to fill in."""
    entries = [entry for grain in found.grains for entry in _entries(grain)]
    left = sum(d.kind not in APPROVABLE for d in found.all_differences())
    head = [
        f"# What changed from {_comment(before)} to {_comment(after)}. Nothing here is approved yet:",
        "# fill in reason, approved by and until of each entry, and remove what may not change.",
        "# Then give the file to:  trueup compare BEFORE AFTER --mapping MAPPING --baseline THIS-FILE",
    ]
    if left:
        head.append(
            f"# {left:,} more can't be approved: rows that stand twice, another currency, or rows that can't be read."
        )
    return "\n".join([*head, "", *(line for entry in entries for line in entry)]) + "\n"


def _entries(grain: GrainResult) -> Iterator[list[str]]:
    """One entry for each group of rows; single entries where a group is small."""
    # What follows from finer changes is accepted with them.
    rows = [d for d in grain.differences if d.kind in APPROVABLE and not d.is_explained]
    scope = [name for name in grain.mapping.key_names if name in SCOPE]
    groups: dict[tuple[str, ...], list[Difference]] = defaultdict(list)
    for row in rows:
        groups[tuple(row.part(name) for name in scope)].append(row)
    for values, same in sorted(groups.items()):
        if len(same) <= _FEW or not scope:
            for row in sorted(same, key=lambda d: tuple(p.value for p in d.key)):
                one = not row.fields and len(row.money) == 1
                key = {p.name: p.value for p in row.key}
                moved = _money(row.money, grain)
                yield _entry(grain, key, moved if one else "any", "" if one else moved, 0)
        else:
            money = added(d.money for d in same)
            yield _entry(grain, dict(zip(scope, values, strict=True)), "any", _money(money, grain), len(same))


def _entry(grain: GrainResult, key: dict[str, str], change: str, total: str, count: int) -> list[str]:
    parts = ", ".join(f"{name}: {_scalar(value)}" for name, value in key.items())
    lines = [f"- grain: {_scalar(grain.name)}", f"  key: {{{parts}}}", f"  change: {change}"]
    if count:
        lines.append(f"  count: {count}")
    if total:
        lines.append(f"  total: {total}")
    return [*lines, "  reason:", "  approved by:", "  until:", ""]


def _money(money: ByCurrency, grain: GrainResult) -> str:
    """An amount as baselines have it; "" where it is in several currencies, or none."""
    if len(money) != 1:
        return ""
    ((currency, units),) = money
    return grain.money_text(units, currency)


def _scalar(text: str) -> str:
    """A text that YAML reads back as it is: plain where it surely can be, else in quotes."""
    if _PLAIN.match(text) and text.casefold() not in _YAML_WORDS and text == text.strip():
        return text
    return _UNSEEN.sub(lambda m: f"\\u{ord(m[0]):04x}", json.dumps(text, ensure_ascii=False))


def _comment(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)
