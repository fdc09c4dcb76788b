"""docs/conventions.md: every convention with its readings, the money of each, who needs it, and what systems document."""

from __future__ import annotations

import re
from dataclasses import dataclass

from reference_engine.mechanics.registry import FAMILIES, described
from reference_engine.plans.convention_case import Shown
from reference_engine.plans.convention_examples import SHOWN
from reference_engine.plans.convention_reader import PROFILES, STAGES
from reference_engine.plans.conventions import CONVENTIONS
from reference_engine.plans.document import Node, load_yaml
from reference_engine.plans.mechanic_pages import anchor, asked_by, example_text, needed_by, page_of, tidy
from reference_engine.plans.section_parameters import ASKED
from reference_engine.plans.worked_examples import case_of, money_of
from reference_engine.problems import Problem, Stopped

_OWN = "What the sentences of trueup's own features say; the sources are those sentences"
_ADDRESS = re.compile(r"https?://[^\s)]+")


@dataclass(frozen=True)
class Profile:
    """A profile as the page shows it.  stated: convention -> reading, source.  left_open: convention -> what is said of it."""

    name: str
    system: str
    stated: dict[str, tuple[str, str]]
    left_open: dict[str, str]


def page() -> str:
    """The whole page."""
    profiles = _profiles()
    out = [
        "# Conventions",
        "",
        "The same plan pays different money under different conventions: what a value exactly on the bound of a tier earns, over which",
        "time sales add up, who gets the last cent. A plan states its conventions under `conventions:`, each as one of the readings below,",
        "or takes those that a system documents with `profile:`. None has a default: a mechanic that needs one which isn't stated is",
        "refused with the question, the readings and what each would pay. What isn't needed needn't be stated.",
        "",
        "```yaml",
        "conventions:",
        "  profile: salesforce spiff",
        "  rounding: [{at: payout, mode: half up, decimals: 2}]",
        "  tier.accumulate: quarter",
        "```",
        "",
        "The money in each case is calculated by the engine.",
        "",
        "## What a plan must be able to say",
        "",
        "Every question that money hangs on, and where its answer stands. Not all are conventions: some are parameters of a mechanic,",
        "some are the choice of the mechanic itself, some stand in the tables.",
        "",
        "| question | where it is answered |",
        "|---|---|",
        *[f"| {asked.question} | {asked.words(_link)} |" for asked in ASKED],
        "",
        *_rounding(),
    ]
    for name in CONVENTIONS:
        out += _convention(name, profiles)
    out += [
        "## Profiles",
        "",
        "What systems document. A profile states nothing that its source doesn't say.",
        "",
    ]
    for profile in profiles:
        out += _profile(profile)
    return tidy(out)


def _link(family: str, name: str) -> str:
    return f"[{name}](mechanics/{page_of(family, name)})"


def _rounding() -> list[str]:
    shown = SHOWN["rounding"]
    return [
        "## rounding",
        "",
        "**Where, how and to how many decimals are amounts rounded?**",
        "",
        "A list of entries, each with `at`, `mode` and `decimals`; nothing is rounded anywhere else. Or `rounding: exact`: every payout",
        "comes out in whole units of its currency by itself, and one that doesn't is refused.",
        "",
        "| at | what is rounded |",
        "|---|---|",
        *[f"| `{stage}` | {meaning} |" for stage, meaning in STAGES.items()],
        "",
        f"{shown.case}:",
        "",
        "| mode | pays |",
        "|---|---|",
        *[f"| `{mode}` | {money} |" for mode, money in money_of(shown).items()],
        "",
    ]


def _convention(name: str, profiles: list[Profile]) -> list[str]:
    convention, shown = CONVENTIONS[name], SHOWN.get(name)
    money = money_of(shown) if shown is not None else {}
    out = [f"## {name}", "", f"**{convention.question}**", ""]
    out += [f"{shown.case}:", ""] if shown is not None else []
    out += ["| reading | means | pays |", "|---|---|---|"]
    out += [
        f"| `{reading}` | {meaning} | {money.get(reading, '')} |"
        for reading, meaning in convention.readings.items()
    ]
    out.append("")
    users = [(f, n) for f in FAMILIES for n in described(f) if name in (*needed_by(f, n), *asked_by(f, n))]
    if users:
        out += [f"Needed by {', '.join(_link(f, n) for f, n in users)}.", ""]
    told = [(p.system, p.stated[name][0]) for p in profiles if name in p.stated and p.system]
    if told:
        out += ["; ".join(f"{system}: `{reading}`" for system, reading in told) + ".", ""]
    if shown is not None:
        out += _cases(name, shown)
    if convention.sources:
        out += ["Sources: " + ", ".join(f"<{s}>" for s in convention.sources), ""]
    else:
        out += ["No public source was found that answers it for a system: ask in each project.", ""]
    return out


def _cases(name: str, shown: Shown) -> list[str]:
    first = next(iter(shown.money))
    out = ["<details><summary>The case as plan and tables</summary>", ""]
    for reading in (first, *(r for r in shown.instead if r != first)):
        out += [f"With `{name}: {reading}`:", "", *example_text(case_of(shown, reading), False)]
    return [*out, "</details>", ""]


def _profile(profile: Profile) -> list[str]:
    out = [f"### {profile.name}", "", f"{profile.system or _OWN}.", ""]
    if profile.stated:
        out += ["| convention | reading | source |", "|---|---|---|"]
        out += [
            f"| {_named(name)} | `{reading}` | {linked(source)} |"
            for name, (reading, source) in profile.stated.items()
        ]
        out.append("")
    else:
        out += ["No convention is documented in public text; a plan states all that it needs.", ""]
    if profile.left_open:
        out += (
            ["Open:", ""] + [f"* {_named(n)}: {linked(said)}" for n, said in profile.left_open.items()] + [""]
        )
    return out


def linked(text: str) -> str:
    """The text with its addresses as links."""
    return _ADDRESS.sub(lambda found: f"<{found.group()}>", text)


def _named(name: str) -> str:
    return f"[`{name}`](#{anchor(name)})"


def _profiles() -> list[Profile]:
    problems: list[Problem] = []
    out: list[Profile] = []
    for path in sorted(PROFILES.glob("*.yaml")):
        root = load_yaml(path, problems, f"conventions/{path.name}")
        if root is None:
            raise Stopped(problems)
        stated = {
            name: (_reading(entry.get("is")), _reading(entry.get("source")))
            for name, entry in root.items()
            if entry.get("is") is not None
        }
        left = root.get("open")
        system = root.get("system")
        out.append(
            Profile(
                path.stem.replace("_", " "),
                system.text() if system is not None else "",
                stated,
                {name: said.text() for name, said in left.items()} if left is not None else {},
            )
        )
    return out


def _reading(node: Node | None) -> str:
    """A reading as it is written in a plan."""
    if node is None:
        return ""
    if node.is_text:
        return node.text()
    rows = ("{" + ", ".join(f"{k}: {v.text()}" for k, v in row.items()) + "}" for row in node.nodes())
    return "[" + ", ".join(rows) + "]"
