"""The run in the older JSON form of Cucumber, which test management tools such as Xray and Zephyr import.

Like the messages it is drawn from the record; an example that wasn't executed stands there as skipped, with the reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from reports.cucumber_messages import Example, ReadFeature, read_features, step_results
from reports.record_check import number
from reports.record_types import RunRecord

FILE = "cucumber.json"
STATUS = {"passed": "passed", "failed": "failed", "not run": "skipped"}


def cucumber_json(record: RunRecord) -> bytes:
    """A list of features with their examples, each with its steps.  A duration (in nanoseconds) stands at the first step."""
    found = [_feature(feature) for feature in read_features(record) if feature.document.get("feature")]
    return (json.dumps(found, ensure_ascii=True, indent=1) + "\n").encode()


def _feature(feature: ReadFeature) -> dict[str, Any]:
    node = feature.document["feature"]
    written = dict(_scenarios(node))
    return {
        "uri": feature.uri,
        "id": _slug(node["name"]),
        "keyword": node["keyword"],
        "name": node["name"],
        "description": node["description"],
        "line": node["location"]["line"],
        "tags": _tags(node["tags"]),
        "elements": [_element(node["name"], example, written) for example in feature.examples],
    }


def _scenarios(node: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Every part of a feature with an id, by it: scenarios, their steps, rows and tags."""
    found: list[tuple[str, Mapping[str, Any]]] = []
    for value in node.values():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, Mapping):
                if "id" in item:
                    found.append((item["id"], item))
                found += _scenarios(item)
    return found


def _element(feature: str, example: Example, written: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    pickle = example.pickle
    scenario, place = (written[pickle["astNodeIds"][i]] for i in (0, -1))
    row = "" if place is scenario else f";{place['location']['line']}"
    return {
        "id": f"{_slug(feature)};{_slug(scenario['name'])}{row}",
        "type": "scenario",
        "keyword": scenario["keyword"],
        "name": pickle["name"],
        "description": scenario["description"],
        "line": place["location"]["line"],
        "tags": [
            {"name": tag["name"], "line": written[tag["astNodeId"]]["location"]["line"]}
            for tag in pickle["tags"]
        ],
        "steps": _steps(example, written),
    }


def _steps(example: Example, written: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = []
    for step, ran in zip(example.pickle["steps"], step_results(example), strict=True):
        node = written[step["astNodeIds"][0]]
        result: dict[str, Any] = {"status": STATUS[ran.outcome] if ran else "skipped"}
        if not steps and example.result:
            result["duration"] = int(number(example.result.duration) * 1_000_000_000)
        message = (ran.message if ran and ran.outcome == "failed" else "") or ("" if steps else example.why)
        if message:
            result["error_message"] = message
        one = {
            "keyword": node["keyword"],
            "name": step["text"],
            "line": node["location"]["line"],
            "match": {},
            "result": result,
        }
        argument = step.get("argument", {})
        if "dataTable" in argument:
            one["rows"] = [
                {"cells": [cell["value"] for cell in row["cells"]]} for row in argument["dataTable"]["rows"]
            ]
        if "docString" in argument:
            text = argument["docString"]
            one["doc_string"] = {
                "value": text["content"],
                "content_type": text.get("mediaType", ""),
                "line": node["docString"]["location"]["line"],
            }
        steps.append(one)
    return steps


def _tags(tags: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"name": tag["name"], "line": tag["location"]["line"]} for tag in tags]


def _slug(name: str) -> str:
    return re.sub(r"\s+", "-", name.strip().lower())
