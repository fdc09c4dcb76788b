"""A file of gate rules: what must hold before a run ends with 0, as the people who accept it have agreed."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from harness.evidence.inputs import shown
from reference_engine.plans.document import Node, load_yaml
from reference_engine.problems import Problem, Where, did_you_mean
from reference_engine.vocabulary.numbers import MINOR_UNITS, NotANumber, parse_money

EXECUTED = "every scenario executed"
FAILED = "failed scenarios at most"
COVERED = "every requirement covered"
PROVED = "every requirement proved"
UNTRACED = "scenarios without a requirement at most"
OPEN = "open differences at most"
MONEY = "open money at most"
NEW = "new differences at most"
KNOWN = "every known difference holds"
UNREADABLE = "unreadable rows at most"

MEANINGS = {
    EXECUTED: "each scenario that is written was executed; `yes`, or a list of severities",
    FAILED: "how many executed scenarios may fail; with `severity`, of these only",
    COVERED: "each requirement that isn't optional has an executed scenario; `yes`, or a list of severities",
    PROVED: "the same, and every scenario of the requirement was executed and passed",
    UNTRACED: "how many scenarios may name no requirement, or one that isn't listed",
    OPEN: "how many rows of each grain may differ without being known; with `grain`, of this one only",
    MONEY: "how much money the open differences of each grain may come to, currency by currency, each by its size; with `grain`, of this one only",
    NEW: "how many rows may differ that didn't differ in the run before, or differed otherwise",
    KNOWN: "no known difference has changed, vanished or expired; `yes`",
    UNREADABLE: "how many rows of the export may be unreadable",
}
"""Every rule that a file may hold, and what it asks."""
ALONE = (EXECUTED, COVERED, PROVED)
"""Rules that take `yes` or severities themselves."""
COUNTED = (FAILED, UNTRACED, OPEN, NEW, UNREADABLE)
SEVERITIES = ("sev1", "sev2", "sev3", "sev4")


@dataclass(frozen=True, slots=True)
class GateRule:
    """One rule of a file.  severities: 1 to 4, none where all are meant.  money: currency to what is allowed."""

    kind: str
    limit: int = 0
    severities: tuple[str, ...] = ()
    grain: str = ""
    money: dict[str, Fraction] = field(default_factory=dict)
    because: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class GateFile:
    """The rules of a file, with its path as a report shows it and the SHA-256 of its bytes."""

    file: str
    sha256: str
    rules: tuple[GateRule, ...]


def read_gates(path: Path, problems: list[Problem]) -> GateFile | None:
    """Reads a file of gate rules.  None, with Problems, where anything in it isn't understood."""
    before = len(problems)
    node = load_yaml(path, problems)
    if node is None:
        return None
    listed = node.get("gates")
    for name, value in node.items():
        if name != "gates":
            _problem(problems, value.where, f'"{name}" isn\'t known here.', did_you_mean(name, ("gates",)))
    if listed is None or not listed.is_list or not listed.nodes():
        _problem(
            problems,
            (listed or node).where,
            "the file holds no list of gate rules.",
            "Write  gates:  and below it one rule on each line, after a dash.",
        )
        return None
    rules = [rule for entry in listed.nodes() if (rule := _rule(entry, problems)) is not None]
    _check_twice(rules, path, problems)
    if len(problems) > before:
        return None
    return GateFile(shown(path), hashlib.sha256(path.read_bytes()).hexdigest(), tuple(rules))


def _rule(node: Node, problems: list[Problem]) -> GateRule | None:
    before = len(problems)
    if not node.is_mapping:
        _problem(
            problems, node.where, "a gate rule is a name and a value.", did_you_mean(node.text(), MEANINGS)
        )
        return None
    names = [name for name, _ in node.items()]
    kinds = [name for name in names if name in MEANINGS]
    if len(kinds) != 1:
        unknown = next(
            (n for n in names if n not in MEANINGS and n not in ("severity", "grain", "because")), ""
        )
        what = (
            "this entry holds several gate rules."
            if kinds
            else f'"{unknown}" is no gate rule.'
            if unknown
            else "this entry names no gate rule."
        )
        _problem(
            problems,
            node.where,
            what,
            "Start each rule with a dash of its own." if kinds else did_you_mean(unknown, MEANINGS),
        )
        return None
    kind = kinds[0]
    fits = {"severity": kind in (FAILED,), "grain": kind in (OPEN, MONEY), "because": True}
    for name in names:
        if name != kind and not fits.get(name, False):
            known = [n for n, right in fits.items() if right]
            _problem(
                problems,
                node.key_where(name),
                f'"{name}" isn\'t known in the rule "{kind}".',
                did_you_mean(name, known),
            )
    value = node.get(kind)
    assert value is not None
    severities: tuple[str, ...] = ()
    limit, money = 0, {}
    if kind in ALONE:
        severities = () if value.text() == "yes" else _severities(value, f'"{kind}"', problems, "yes, or ")
    elif kind in COUNTED:
        limit = _count(kind, value, problems)
    elif kind == MONEY:
        money = _money(value, problems)
    elif value.text() != "yes":
        _problem(problems, value.where, f'"{kind}" must be yes.', "Write yes, or remove the line.")
    severity, grain, because = (node.get(name) for name in ("severity", "grain", "because"))
    if severity is not None and kind == FAILED:
        severities = _severities(severity, '"severity"', problems)
    for name, text in (("grain", grain), ("because", because)):
        if text is not None and (not text.is_text or not text.text()):
            _problem(problems, text.where, f'"{name}" must be text.', f"Write it behind  {name}:")
    if len(problems) > before:
        return None
    said = [part.text() if part is not None else "" for part in (grain, because)]
    return GateRule(kind, limit, severities, said[0], money, said[1], node.where.line)


def _severities(node: Node, what: str, problems: list[Problem], otherwise: str = "") -> tuple[str, ...]:
    texts = [n.text() for n in ((node,) if node.is_text else node.nodes())]
    wrong = [t for t in texts if t not in SEVERITIES]
    if wrong or not texts:
        _problem(
            problems,
            node.where,
            f"{what} must be {otherwise}severities from sev1 to sev4.",
            "Write a list, like [sev1, sev2].",
        )
        return ()
    return tuple(sorted({t.removeprefix("sev") for t in texts}))


def _count(kind: str, node: Node, problems: list[Problem]) -> int:
    if not re.fullmatch(r"\d{1,9}", node.text(), re.ASCII):
        _problem(
            problems, node.where, f'"{kind}" must be a whole number from 0.', "Write digits only, like 5."
        )
        return 0
    return int(node.text())


def _money(node: Node, problems: list[Problem]) -> dict[str, Fraction]:
    found: dict[str, Fraction] = {}
    if not dict(node.items()):
        _problem(
            problems,
            node.where,
            f'"{MONEY}" needs an amount for each currency.',
            "Write {USD: 100.00, EUR: 50.00}.",
        )
    for currency, value in node.items():
        try:
            amount = parse_money(f"{value.text()} {currency}")
        except NotANumber as error:
            _problem(
                problems, value.where, error.what, "Write it without thousands commas, like {USD: 1000.00}."
            )
            continue
        if amount.amount < 0 or currency not in MINOR_UNITS:
            _problem(
                problems,
                value.where,
                f"{value.text()} {currency} can't be a limit.",
                "Write a currency of three letters and an amount from 0.",
            )
        else:
            found[currency] = amount.amount
    return found


def _check_twice(rules: list[GateRule], path: Path, problems: list[Problem]) -> None:
    seen: dict[tuple[object, ...], int] = {}
    for rule in rules:
        key = (rule.kind, rule.severities, rule.grain)
        if key in seen:
            what = f'the rule "{rule.kind}" stands here and in line {seen[key]}.'
            _problem(problems, Where(str(path), rule.line), what, "Keep one of them.")
        seen.setdefault(key, rule.line)


def _problem(problems: list[Problem], where: Where, what: str, remedy: str) -> None:
    why = "A rule that nobody reads would count as kept."
    problems.append(Problem("gate-rule", what, where, why, remedy))
