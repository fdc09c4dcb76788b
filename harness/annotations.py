"""Findings in the forms that code-review tools show beside the changed lines."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from reference_engine.problems import Problem

SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def one_line(problem: Problem) -> str:
    """Where it is, what is wrong and what to do, on one line."""
    what = " ".join(problem.what.split()).rstrip(".")
    first, *more = (" ".join(line.split()) for line in problem.remedy.splitlines() or [""])
    remedy = f"{first} {'; '.join(more)}".rstrip()
    return f"{problem.where}: {what}. {remedy}".rstrip() + f"  [{problem.slug}]"


def github(problems: Sequence[Problem], advice: Sequence[Problem]) -> str:
    """Workflow commands: one line for each, which GitHub shows at the line of the pull request."""
    lines = [_command("error", p) for p in problems] + [_command("notice", p) for p in advice]
    return "\n".join(lines)


def gitlab(problems: Sequence[Problem], advice: Sequence[Problem]) -> str:
    """A code quality report, for `artifacts: reports: codequality:`."""
    entries = [
        {
            "description": _said(problem),
            "check_name": problem.slug,
            "fingerprint": print_,
            "severity": severity,
            "location": {"path": _path(problem), "lines": {"begin": max(problem.where.line, 1)}},
        }
        for found, severity in ((problems, "major"), (advice, "info"))
        for problem, print_ in zip(found, _fingerprints(found), strict=True)
    ]
    return json.dumps(entries, ensure_ascii=False, indent=1)


def sarif(problems: Sequence[Problem], advice: Sequence[Problem]) -> str:
    """SARIF 2.1.0, which GitHub, Azure DevOps and most editors read."""
    rules = list(dict.fromkeys(p.slug for p in (*problems, *advice)))
    results = [
        _result(problem, level, rules.index(problem.slug), print_)
        for found, level in ((problems, "error"), (advice, "note"))
        for problem, print_ in zip(found, _fingerprints(found), strict=True)
    ]
    driver: dict[str, Any] = {
        "name": "trueup",
        "version": version("trueup"),
        "rules": [{"id": slug, "name": slug, "shortDescription": {"text": slug.replace("-", " ")}} for slug in rules],
    }
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1)


FORMS = {"github": github, "gitlab": gitlab, "sarif": sarif}


def _command(kind: str, problem: Problem) -> str:
    parts = [f"file={_property(_path(problem))}"]
    if problem.where.line:
        parts.append(f"line={problem.where.line}")
    if problem.where.column:
        parts.append(f"col={problem.where.column}")
    parts.append(f"title={_property(problem.slug)}")
    return f"::{kind} {','.join(parts)}::{_message(_said(problem))}"


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


def _result(problem: Problem, level: str, rule: int, print_: str) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(_path(problem))}}
    if problem.where.line:
        place["region"] = {"startLine": problem.where.line}
        if problem.where.column:
            place["region"]["startColumn"] = problem.where.column
    return {
        "ruleId": problem.slug,
        "ruleIndex": rule,
        "level": level,
        "message": {"text": _said(problem)},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"trueup/v1": print_},
    }


def _said(problem: Problem) -> str:
    what = problem.what.rstrip(".")
    return " ".join(part for part in (f"{what}.", problem.why, problem.remedy) if part)


def _path(problem: Problem) -> str:
    return PurePath(problem.where.file or ".").as_posix()


def _fingerprints(problems: Sequence[Problem]) -> list[str]:
    """The same for the same finding in the next run, also where lines above it were added."""
    seen: Counter[tuple[str, str, str]] = Counter()
    out = []
    for problem in problems:
        key = (_path(problem), problem.slug, problem.what)
        seen[key] += 1
        out.append(hashlib.sha256("\0".join((*key, str(seen[key]))).encode()).hexdigest())
    return out
