"""The conventions that change money: for each, the question it answers and the readings that exist.

Source: the conventions of the field's systems, as catalogued in docs/conventions.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reference_engine.columns import MODES
from reference_engine.plans.document import Node, load_yaml
from reference_engine.problems import Problem, Where, did_you_mean
from reference_engine.vocabulary.plan import Conventions, Rounding

PROFILES = Path(__file__).parent.parent / "conventions"
STAGES = ("credit", "conversion", "line", "component", "payout")


@dataclass(frozen=True)
class Convention:
    """A question that plans answer differently.  readings: the answers that trueup calculates, with their meaning."""

    question: str
    readings: dict[str, str]


CONVENTIONS: dict[str, Convention] = {
    "tier.bound": Convention(
        "What does a value that lies exactly on the bound of two tiers earn?",
        {
            "upper tier": "the rate of the tier that begins there",
            "lower tier": "the rate of the tier that ends there",
            "both ends inclusive": "tiers don't share bounds; each contains both of its ends",
        },
    ),
    "tier.gap": Convention(
        "What does a value between two tiers earn?", {"earns nothing": "the line earns 0"}
    ),
    "tier.accumulate": Convention(
        "Over which time does the value that picks the tier add up?",
        {
            "period": "over the pay period",
            "quarter": "from the start of the quarter",
            "half-year": "from the start of the half-year",
            "year": "from the start of the fiscal year",
        },
    ),
    "lookup.precedence": Convention(
        "Which rate counts when several rules match?",
        {
            "first match": "the first rule in the list",
            "most specific": "the rule that names the most specific thing: product, then category, then all",
        },
    ),
    "returns.earn": Convention(
        "What does a return or a credit note earn?",
        {
            "mirror": "the negative of what a sale of the same amount earns",
            "signed": "what its negative amount earns by itself",
        },
    ),
    "cap.excess": Convention(
        "What happens to what is above the cap?",
        {"lost": "it isn't paid", "carried": "it is paid in later periods, as far as their caps allow"},
    ),
    "clawback.window": Convention(
        "Does a cancellation on the last day of the window count?",
        {
            "last day included": "yes: day 90 of a 90-day window is taken back",
            "last day excluded": "no: only days before it",
        },
    ),
    "clawback.rate": Convention(
        "At which rate is a commission taken back?", {"historic": "at the rate at which it was earned"}
    ),
    "balance.negative": Convention(
        "What happens to a payout below zero?",
        {
            "carried": "nothing is paid and the amount is deducted from later payouts",
            "paid out": "the negative amount is settled in its period",
        },
    ),
    "quota.zero": Convention(
        "What is the attainment of a quota of zero?",
        {"refuse": "none: a quota of zero is an error", "attainment 0%": "0%"},
    ),
    "curve.below": Convention(
        "What does an attainment below the first point of a curve pay?",
        {"zero": "nothing", "first point": "the first point's payout"},
    ),
    "curve.above": Convention(
        "What does an attainment above the last point pay?",
        {"flat": "the last point's payout", "extrapolate": "along the last slope"},
    ),
    "fx.kind": Convention(
        "Which kind of exchange rate converts?",
        {k: f"the {k} rate in force" for k in ("spot", "average", "plan", "closing")},
    ),
    "fx.date": Convention(
        "Of which day is the exchange rate?",
        {
            "record date": "the day of the record",
            "period start": "the first day of its pay period",
            "period end": "the last day of its pay period",
        },
    ),
    "split.residue": Convention(
        "Who gets the cent that is left when rounded shares don't sum to the deal?",
        {
            "last": "the last payee of the split",
            "first": "the first payee of the split",
            "largest share": "the payee with the largest share",
        },
    ),
    "release.period": Convention(
        "In which period is a released commission paid?",
        {
            "earned period": "in the period in which it was earned",
            "release period": "in the period of the release",
        },
    ),
}


def read_conventions(node: Node | None, plan_where: Where, problems: list[Problem]) -> Conventions:
    """The `conventions:` block of a plan, with the profile it names.  Adds Problems for what can't be read."""
    readings: dict[str, str] = {}
    sources: dict[str, str] = {}
    rounding: tuple[Rounding, ...] | None = None
    stated_rounding = False
    if node is not None and not node.is_mapping:
        problems.append(
            Problem("plan-form", f"conventions is {node.kind}; it must be names and readings.", node.where)
        )
        node = None
    profile = node.get("profile") if node is not None else None
    if profile is not None:
        for name, (entry, source) in _profile(profile, problems).items():
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
        problems.append(
            Problem(
                "convention-open",
                "the plan doesn't state its rounding.",
                node.where if node is not None else plan_where,
                "Where and how amounts are rounded decides the last cent: 1% of 10.50 is 0.11 half up, 0.10 half even and 0.10 cut off.",
                "State it in conventions, like  rounding: [{at: line, mode: half up, decimals: 2}]  "
                "or  rounding: exact  where every amount comes out in whole cents by itself.",
            )
        )
    return Conventions(readings, rounding, sources)


def check_needed(
    needed: dict[str, tuple[str, Where]], conventions: Conventions, problems: list[Problem]
) -> None:
    """A Problem for each convention that a mechanic needs and the plan leaves open.

    needed: convention -> the mechanic that needs it and where it stands.
    """
    for name, (mechanic, where) in needed.items():
        if conventions.get(name) is None:
            convention = CONVENTIONS[name]
            problems.append(
                Problem(
                    "convention-open",
                    f'"{mechanic}" needs the convention {name}, which the plan doesn\'t state.',
                    where,
                    f"{convention.question} The answer changes what is paid.",
                    "Add to conventions one of: "
                    + "; ".join(f"{name}: {r} ({m})" for r, m in convention.readings.items()),
                )
            )


def _known(name: str, entry: Node, problems: list[Problem]) -> bool:
    convention = CONVENTIONS.get(name)
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
        shown = "; ".join(f"{r} ({m})" for r, m in convention.readings.items())
        problems.append(
            Problem(
                "unknown-reading",
                f'"{entry.text()}" is no reading of {name}.',
                entry.where,
                convention.question,
                f"Write one of: {shown}",
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
        if not (decimals.isascii() and decimals.isdigit() and int(decimals) <= 12):
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


def _profile(node: Node, problems: list[Problem]) -> dict[str, tuple[Node, str]]:
    """name -> (reading, source) of a profile file."""
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
        return {}
    root = load_yaml(path, problems, f"conventions/{path.name}")
    out: dict[str, tuple[Node, str]] = {}
    for name, entry in root.items() if root is not None else ():
        reading, source = entry.get("is"), entry.get("source")
        if reading is None or source is None or not source.text():
            problems.append(
                Problem("profile-form", f'"{name}" must say what it is and its source.', entry.where)
            )
            continue
        out[name] = (reading, source.text())
    return out
