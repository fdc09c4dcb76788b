"""Reads the `conventions:` block of a plan with the profile it names, and says what is left open.

A Problem about an open convention shows every reading in plain words, with the money that it would pay in a small case.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from reference_engine.columns import MODES
from reference_engine.plans.convention_examples import SHOWN
from reference_engine.plans.conventions import CONVENTIONS
from reference_engine.plans.document import Node, load_yaml
from reference_engine.plans.written_plan import scalar
from reference_engine.problems import Problem, Where, did_you_mean, nearest
from reference_engine.vocabulary.plan import Conventions, Rounding

PROFILES = Path(__file__).parent.parent / "conventions"
STAGES = {
    "credit": "each payee's share of a record, in the record's own currency, before anything is earned on it",
    "conversion": "what is converted into the plan's currency, after the credit",
    "quota": "each quota that is made from another: spread, shared, ramped or prorated",
    "attainment": "each attainment before it is used, whether it picks a tier or is paid as it is; the decimals are those of the percentage: 56.875% with 1 decimal is 56.9%",
    "rate": "a rate that is calculated: of a payee's target over the quota, or between two points; the decimals are those of the percentage",
    "line": "what each record earns under each rule",
    "component": "the sum of a payee's component in a period",
    "payout": "the sum of a payee's plan in a period",
}
"""Where amounts can be rounded, in the order of a run, and what is rounded there."""


def read_conventions(node: Node | None, plan_where: Where, problems: list[Problem]) -> Conventions:
    """The `conventions:` block of a plan, with the profile it names.  Adds Problems for what can't be read."""
    readings: dict[str, str] = {}
    sources: dict[str, str] = {}
    left_open: dict[str, str] = {}
    rounding: tuple[Rounding, ...] | None = None
    stated_rounding = False
    if node is not None and not node.is_mapping:
        problems.append(
            Problem(
                "plan-form",
                f"conventions is {node.kind}; it must be names and readings.",
                node.where,
                "Nothing in it could be found.",
                "Write each on its own line, like  tier.bound: upper tier",
            )
        )
        node = None
    profile = node.get("profile") if node is not None else None
    if profile is not None:
        stated, left_open = _profile(profile, problems)
        for name, (entry, source) in stated.items():
            if name == "rounding":
                rounding, stated_rounding = _rounding(entry, problems), True
            elif _known(name, entry, problems):
                readings[name] = entry.text()
            sources[name] = source
    for name, entry in node.items() if node is not None else ():
        if name == "profile":
            continue
        sources[name] = str(entry.where)
        if name == "rounding":
            rounding, stated_rounding = _rounding(entry, problems), True
        elif _known(name, entry, problems):
            readings[name] = entry.text()
    if not stated_rounding:
        where = node.where if node is not None else plan_where
        problems.append(_open_rounding(where, left_open.get("rounding", "")))
    return Conventions(readings, rounding, sources, left_open)


def check_needed(
    needed: dict[str, tuple[str, Where]], conventions: Conventions, problems: list[Problem]
) -> None:
    """A Problem for each convention that a mechanic needs and the plan leaves open.

    needed: convention -> the mechanic that needs it and where it stands.
    """
    for name, (mechanic, where) in needed.items():
        if conventions.get(name) is None:
            what = f'"{mechanic}" needs the convention {name}, which the plan doesn\'t state.'
            problems.append(open_convention(name, what, where, conventions))


def open_convention(
    name: str, what: str, where: Where, conventions: Conventions | None = None, alike: bool = False
) -> Problem:
    """The Problem of a convention that is left open: its readings in plain words, and the money that each would pay.

    what: who needs it.  conventions: those of the plan, which may name a profile that leaves it open.  alike: whether
    all plans of a payee must answer it alike.
    """
    said = conventions.left_open.get(name, "") if conventions is not None else ""
    why = f"{CONVENTIONS[name].question} The answer changes what is paid."
    if said:
        why += f" The profile leaves it open: {said}"
    if name in SHOWN:
        why += f"\n  For example: {SHOWN[name].case}:"
    add = "Add to conventions, alike in all plans of the payee," if alike else "Add to conventions"
    return Problem("convention-open", what, where, why, f"{add} one of:{readings(name)}")


def readings(name: str) -> str:
    """Every reading of a convention as it is written in a plan, with its meaning and what it pays; one to a line."""
    money = SHOWN[name].money if name in SHOWN else {}
    return "".join(
        f"\n      {name}: {scalar(reading)} ({meaning})" + (f": {money[reading]}" if reading in money else "")
        for reading, meaning in CONVENTIONS[name].readings.items()
    )


def _known(name: str, entry: Node, problems: list[Problem]) -> bool:
    convention = CONVENTIONS.get(name)
    if convention is None and not entry.text():
        problems.append(
            Problem(
                "comma-in-braces",
                f'"{name}" is the second half of a reading with a comma.',
                entry.where,
                "Inside braces a comma ends the value.",
                'Put quotes around the whole reading: "date, largest first".',
            )
        )
        return False
    if convention is None:
        problems.append(
            Problem(
                "unknown-convention",
                f'there is no convention "{name}".',
                entry.where,
                remedy=did_you_mean(name, [*CONVENTIONS, "rounding", "profile"]),
            )
        )
        return False
    if entry.text() not in convention.readings:
        near = nearest(entry.text(), convention.readings)
        others = ", ".join(reading for reading in convention.readings if reading != near)
        example = f"\n  For example: {SHOWN[name].case}:" if name in SHOWN and not near else ""
        problems.append(
            Problem(
                "unknown-reading",
                f'"{entry.text()}" is no reading of {name}.',
                entry.where,
                convention.question + example,
                f"Did you mean: {near} ({convention.readings[near]}). There is also: {others}"
                if near
                else f"Write one of:{readings(name)}",
            )
        )
        return False
    return True


def _rounding(node: Node, problems: list[Problem]) -> tuple[Rounding, ...] | None:
    if node.text() == "exact":
        return None
    out: list[Rounding] = []
    if not node.is_list:
        problems.append(
            Problem(
                "rounding-form",
                "rounding must be a list or the word exact.",
                node.where,
                remedy="Write  [{at: line, mode: half up, decimals: 2}]",
            )
        )
        return ()
    for entry in node.nodes():
        at, mode, decimals = (
            e.text() if (e := entry.get(n)) is not None else "" for n in ("at", "mode", "decimals")
        )
        for value, known, what in ((at, STAGES, "at"), (mode, MODES, "mode")):
            if value not in known:
                problems.append(
                    Problem(
                        "rounding-form",
                        f'rounding: "{value}" is no known "{what}".',
                        entry.where,
                        remedy="Known: " + ", ".join(known),
                    )
                )
        if not (decimals.isascii() and decimals.isdigit() and len(decimals) <= 2 and int(decimals) <= 12):
            problems.append(
                Problem(
                    "rounding-form",
                    f'rounding: "{decimals}" is no number of decimals.',
                    entry.where,
                    remedy="Write 0 to 12.",
                )
            )
            continue
        for name, other in entry.items():
            if name not in ("at", "mode", "decimals"):
                problems.append(
                    Problem(
                        "unknown-name",
                        f'unknown name "{name}" in rounding.',
                        other.where,
                        remedy="Known: at, mode, decimals",
                    )
                )
        out.append(Rounding(at, mode, int(decimals), entry.where))
    return tuple(out)


def _open_rounding(where: Where, said: str) -> Problem:
    shown = SHOWN["rounding"]
    why = "Where and how amounts are rounded decides the last cent."
    if said:
        why += f" The profile leaves it open: {said}"
    modes = "".join(
        f"\n      rounding: [{{at: line, mode: {mode}, decimals: 2}}]: {money}"
        for mode, money in shown.money.items()
    )
    return Problem(
        "convention-open",
        "the plan doesn't state its rounding.",
        where,
        f"{why}\n  For example: {shown.case}:",
        f"Add to conventions one of:{modes}\n      rounding: exact, where every amount comes out in whole cents by itself\n"
        f"  at is one of {', '.join(STAGES)}; the list may name several.",
    )


@cache
def _document(path: Path) -> tuple[Node | None, tuple[Problem, ...]]:
    """A profile's document.  It belongs to the program, so each is read once."""
    problems: list[Problem] = []
    root = load_yaml(path, problems, f"conventions/{path.name}")
    return root, tuple(problems)


def _profile(node: Node, problems: list[Problem]) -> tuple[dict[str, tuple[Node, str]], dict[str, str]]:
    """What a profile file states, name -> (reading, source), and what it says of the conventions it leaves open."""
    known = {p.stem.replace("_", " "): p for p in sorted(PROFILES.glob("*.yaml"))}
    path = known.get(node.text().replace("_", " "))
    if path is None:
        problems.append(
            Problem(
                "unknown-profile",
                f'there is no profile "{node.text()}".',
                node.where,
                remedy=did_you_mean(node.text(), known),
            )
        )
        return {}, {}
    root, slips = _document(path)
    problems += slips
    stated: dict[str, tuple[Node, str]] = {}
    left_open: dict[str, str] = {}
    for name, entry in root.items() if root is not None else ():
        if name == "system":
            continue
        if name == "open":
            left_open = {n: said.text() for n, said in entry.items()}
            continue
        reading, source = entry.get("is"), entry.get("source")
        if reading is None or source is None or not source.text():
            problems.append(
                Problem(
                    "profile-form",
                    f'"{name}" must say what it is and its source.',
                    entry.where,
                    "A reading that nobody can check would change what is paid.",
                    f"Write  {name}: {{is: ..., source: ...}}",
                )
            )
            continue
        stated[name] = (reading, source.text())
    return stated, left_open
