"""Names, ids and tags: what evidence is kept under."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from harness.features import WrittenFeature
from reference_engine.problems import Problem, Where

RESERVED = ("skip", "skipif", "xfail", "parametrize", "usefixtures", "filterwarnings", "tryfirst", "trylast")
"""Words by which the test runner itself leaves tests out or changes them."""
_VALID = re.compile(r"(?:id|req):.+|sev[1-4]\Z")
_SEV = re.compile(r"s[ae]r?ve?r?(?:ity)?[\W_]?\d*\Z|s[ae]?e?v[\W_]?\d+\Z")
_KEYS = {"id": ("id", "ids", "di", "idd"), "req": ("req", "reqs", "rq", "reg", "requ", "requirement", "require")}


def name_problems(feature: WrittenFeature) -> Iterator[Problem]:
    """Two scenarios of one name in a feature, or one without a name."""
    seen: dict[str, int] = {}
    for scenario in feature.scenarios:
        if not scenario.name:
            where = Where(feature.path, scenario.line)
            why = "A report could not say what was proved."
            yield Problem("scenario-without-name", "the scenario has no name", where, why, "Say in a few words what it proves.")
            continue
        if scenario.name in seen:
            what = f'the scenarios on lines {seen[scenario.name]} and {scenario.line} have the same name "{scenario.name}"'
            yield Problem("scenario-twice", what, Where(feature.path, scenario.line), "Only one of them would run.", "Give each its own name.")
        seen.setdefault(scenario.name, scenario.line)


def id_problems(feature: WrittenFeature, ids: dict[str, Where]) -> Iterator[Problem]:
    """Ids that stand twice, name nothing, or stand where they name no single scenario.  ids: those met before."""
    for scenario in feature.scenarios:
        own = [t for t in scenario.tags if t.name.startswith("id:")]
        if len(own) > 1:
            what = f'the scenario "{scenario.name}" has {len(own)} @id tags'
            yield Problem("id-twice", what, Where(feature.path, own[1].line, own[1].column), "Evidence would be kept under one of them only.", "Keep one.")
        for tag in own[:1]:
            where = Where(feature.path, tag.line, tag.column)
            if tag.name == "id:":
                yield Problem("id-empty", "@id: names nothing", where, "Evidence is kept under it.", "Write it like @id:ACC-01.")
            elif tag.name in ids:
                what = f"@{tag.name} stands twice; first at {ids[tag.name]}"
                yield Problem("id-twice", what, where, "Evidence of both would be kept under one name.", "Give each scenario its own @id.")
            else:
                ids[tag.name] = where
    elsewhere = [(t, "the feature") for t in feature.tags]
    elsewhere += [(t, "Examples") for s in feature.scenarios for e in s.examples for t in e.tags]
    for tag, holder in elsewhere:
        if tag.name.startswith("id:"):
            what, why = f"@{tag.name} stands above {holder}, not above a scenario", "It would name several scenarios, or none."
            yield Problem("id-place", what, Where(feature.path, tag.line, tag.column), why, "Put it above one scenario.")


def tag_problems(feature: WrittenFeature) -> Iterator[Problem]:
    """Tags that nearly are known ones, and tags that would make the test runner leave scenarios out."""
    groups = [feature.tags, *(s.tags for s in feature.scenarios), *(e.tags for s in feature.scenarios for e in s.examples)]
    for tag in dict.fromkeys(t for tags in groups for t in tags):
        where = Where(feature.path, tag.line, tag.column)
        meant = near_known(tag.name)
        if tag.name in RESERVED:
            why = "It would make the test runner leave scenarios out, or take a failure for a success."
            remedy = 'Take a tag of your own, such as @later, and leave it out where you run: -m "not later".'
            yield Problem("tag-reserved", f"@{tag.name} is a word of the test runner", where, why, remedy)
        elif meant:
            why = "Reports and selections would not find the scenario under it."
            yield Problem("unknown-tag", f"@{tag.name} is not a known tag", where, why, f"Did you mean: {meant}")
    for tags in groups:
        severities = [t for t in tags if re.fullmatch(r"sev[1-4]", t.name)]
        for one, other in pairwise(severities):
            # A scenario may say otherwise than its rule; two tags above one heading can't both count.
            between = feature.lines[min(one.line, other.line) : max(one.line, other.line) - 1]
            if one.name != other.name and all(line.strip()[:1] in ("@", "#", "") for line in between):
                what, why = f"@{one.name} and @{other.name} stand above the same heading", "Only one of them would count."
                yield Problem("sev-twice", what, Where(feature.path, other.line, other.column), why, "Keep one.")


def near_known(name: str) -> str:
    """The form that was likely meant by a tag that nearly is @id, @req or @sev; "" for any other."""
    if _VALID.match(name) or name == "id:":
        return ""
    plain = name.casefold()
    if _SEV.match(plain):
        digit = re.search(r"[1-4]\Z", plain)
        return f"@sev{digit[0]}" if digit else "@sev1, @sev2, @sev3 or @sev4"
    key, mark = re.findall(r"\A([^\W_]*)([\W_]?)", plain)[0]
    for known, variants in _KEYS.items():
        if key in variants and (mark or key in ("id", "req")):
            return f"@{known}:{name[len(key) + 1 :] or ('ACC-01' if known == 'id' else 'PLAN-04')}"
    return ""
