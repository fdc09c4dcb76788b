"""No mechanic is left to worked examples: some random family, compared with plain fractions, uses each of them, and each of
their parameters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_engine.mechanics.registry import FAMILIES, described, mechanics, parameters
from reference_engine.tests import test_figure_parameters_against_oracle as figure_parameters
from reference_engine.tests import test_figures_against_oracle as figures
from reference_engine.tests.random_cases_people import UNPAID
from reference_engine.tests.random_worlds import Case, Doc
from reference_engine.tests.test_against_oracle import BASE, EVERY, EXAMPLES

Found = tuple[str, str, str]
"""A family, a mechanic of it, and one of its parameters; "" for the mechanic itself."""

FROM_TABLES = {
    ("crediting", "direct"): "deals",
    ("crediting", "group"): "groups",
    ("crediting", "hold"): "credit_holds",
    ("crediting", "holdover"): "holdovers",
    ("crediting", "matched"): "matching_rules",
    ("crediting", "maximum"): "credit_maximums",
    ("crediting", "overlay"): "crediting_rules",
    ("crediting", "roll up"): "crediting_rules",
    ("crediting", "split"): "credit_splits",
    ("crediting", "territory"): "territories",
    ("paying", "adjustment"): "adjustments",
}
"""The mechanics that no plan names, and the table whose rows bring each to life."""

EXCEPTIONS: dict[Found, str] = {}
"""What no random family can use, with the reason."""


# -- what a case uses ---------------------------------------------------------------------------------------
def of_entries(family: str, entries: list[Any]) -> Iterator[Found]:
    for entry in entries:
        name, params = (entry, {}) if isinstance(entry, str) else next(iter(entry.items()))
        yield family, name, ""
        for parameter in params if isinstance(params, dict) else ():
            yield family, name, parameter


def of_component(component: Doc) -> Iterator[Found]:
    yield from of_entries("earning", component.get("earn", []))
    yield from of_entries("paying", component.get("pay", []))


def of_case(case: Case) -> Iterator[Found]:
    for plan in case.plans:
        yield from of_entries("quota", plan.get("quota", []))
        yield from of_entries("settling", plan.get("settle", []))
        yield from of_entries("paying", plan.get("pay", []))
        for component in plan["components"]:
            yield from of_component(component)
            for family, name in FROM_TABLES:
                rows = case.tables.get(FROM_TABLES[family, name], [])
                if rows and (
                    name not in ("direct", "overlay", "roll up")
                    or name.replace(" ", "-") in component.get("credits", [])
                ):
                    yield family, name, ""


# -- what there is --------------------------------------------------------------------------------------------
def wanted() -> set[Found]:
    out: set[Found] = set()
    for family in FAMILIES:
        out |= {(family, name, "") for name in described(family)}
        for name, cls in mechanics(family).items():
            out |= {(family, name, parameter) for parameter in parameters(cls)}
    return out - set(EXCEPTIONS)


class Complete(Exception):
    """Everything has been seen."""


@dataclass
class Look:
    """What is still missing.  users: the random families in which a mechanic has been seen."""

    missing: set[Found] = field(default_factory=wanted)
    users: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))

    def see(self, family: str, found: Iterator[Found]) -> None:
        for one in found:
            self.users[one[0], one[1]].add(family)
            self.missing.discard(one)
        if not self.missing:
            raise Complete

    def may_help(self, family: str) -> bool:
        """Whether more worlds of a family may show what is missing: it is of a mechanic that the family uses, or of none."""
        users = [self.users.get((kind, name), set()) for kind, name, _ in self.missing]
        return any(family in u or not u for u in users)

    def at(self, family: str, strategy: st.SearchStrategy[Any], times: int) -> None:
        """Draws so many worlds of a family; of the families of figures only the plans matter, which are seen elsewhere."""

        @settings(BASE, max_examples=times, derandomize=True)
        @given(strategy)
        def drawn(case: Case | None) -> None:
            if case is not None:
                self.see(family, of_case(case))

        drawn()


def strategies(look: Look, monkeypatch: pytest.MonkeyPatch) -> dict[str, st.SearchStrategy[Any]]:
    """Every random family that is compared with plain fractions."""
    out: dict[str, st.SearchStrategy[Any]] = {**EVERY, **UNPAID}
    drawing = [""]

    def plan(company: Any, component: Doc, *rest: Any) -> dict[Any, Any]:
        look.see(drawing[0], of_component(component))
        return {}

    @st.composite
    def figure_cases(draw: st.DrawFn, name: str, make: Any) -> None:
        drawing[0] = name
        make(draw, draw(figures.companies()))

    monkeypatch.setattr(figures, "calculated", plan)
    monkeypatch.setattr(figure_parameters, "_points", plan)
    for name, make in {**figures.CASES, **figure_parameters.CASES}.items():
        out[f"figures: {name}"] = figure_cases(f"figures: {name}", make)
    return out


def test_random_worlds_use_every_mechanic_and_parameter(monkeypatch: pytest.MonkeyPatch) -> None:
    look = Look()
    families = strategies(look, monkeypatch)
    try:
        # What is rare is looked for in more worlds, at last in several times as many as are compared: which worlds Hypothesis
        # draws depends on the modules that are loaded beside this one.
        for most, times in ((4, 1), (16, 1), (1000, 1), (1000, 5)):
            for name, strategy in families.items():
                if most == 4 or look.may_help(name):
                    look.at(name, strategy, min(most, EXAMPLES.get(name, 40) * times))
    except Complete:
        return
    groups: dict[str, list[str]] = defaultdict(list)
    for family, name, parameter in sorted(look.missing):
        groups[f"{family}: {name}"].append(parameter or "the mechanic itself")
    assert not groups, "no random family uses\n" + "\n".join(
        f"  {k}: {', '.join(v)}" for k, v in groups.items()
    )


def test_exceptions_name_what_exists() -> None:
    known = wanted() | set(EXCEPTIONS)
    assert {(family, name, "") for family, name in FROM_TABLES} <= known
    unnamed = {(f, n) for f in FAMILIES for n in described(f) if n not in mechanics(f)}
    assert unnamed == set(FROM_TABLES)
    for found in EXCEPTIONS:
        assert found[0] in FAMILIES
        assert found[1] in described(found[0])
        assert EXCEPTIONS[found]
