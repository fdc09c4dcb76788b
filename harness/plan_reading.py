"""Plans of scenarios, each read once: the scenarios of one feature mostly state the same plan."""

from __future__ import annotations

from reference_engine.plans.document import Node
from reference_engine.plans.reader import read_plan
from reference_engine.problems import Problem
from reference_engine.vocabulary.plan import Plan

_KEPT = 2_000
_read: dict[object, tuple[Plan | None, tuple[Problem, ...]]] = {}


def read_plan_once(document: Node, problems: list[Problem]) -> Plan | None:
    """The plan of a document.  Two documents are the same where every part says the same at the same place."""
    key = _key(document)
    found = _read.get(key)
    if found is None:
        own: list[Problem] = []
        plan = read_plan(document, own)
        if len(_read) >= _KEPT:
            _read.clear()
        found = _read[key] = plan, tuple(own)
    problems += found[1]
    return found[0]


def _key(node: Node) -> object:
    value = node.value
    if isinstance(value, str):
        return value, node.where
    if isinstance(value, tuple):
        return (*map(_key, value), node.where)
    return (*((name, node.key_where(name), _key(part)) for name, part in value.items()), node.where)
