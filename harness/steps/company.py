"""Whole companies as the start of a scenario: kept ones, and those that a recipe makes."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import scenarios
from harness.catalogue import sentence
from harness.scenario_inputs import PLAN
from harness.scenario_inputs import made_company as made_company_input
from harness.scene import Scene
from reference_engine.plans.document import load_yaml

RECIPE_PLANS = Path(scenarios.__file__).parent / "plans"


@sentence(
    "G01",
    "given",
    'the company "{company}"',
    meaning="A kept company: the folder of this name under scenarios/companies, with standard tables and, in its folder plans, plan files.",
    example='the company "Northwind 2026"',
)
def company(scene: Scene, company: str) -> None:
    from harness.adapters.data_folder import read_data_folder

    path = scene.file(company, ["companies"])
    if path is None:
        return
    scene.tables += read_data_folder(path, scene.problems)
    for file in sorted((path / "plans").glob("*.yaml")) if (path / "plans").is_dir() else ():
        add_plan_file(scene, str(PurePosixPath(company) / "plans" / file.name))


def add_plan_file(scene: Scene, name: str) -> None:
    """A plan file of a company, under scenarios/companies."""
    path = scene.file(name, ["companies"])
    document = load_yaml(path, scene.problems) if path is not None else None
    if document is not None:
        named = document.get("plan")
        scene.add_plan(document, named.text() if named is not None else name)


@sentence(
    "G58",
    "given",
    'the company "{company}" with {n} deals of the recipe "{recipe}", seed {n}',
    meaning="A company that a recipe makes: payees, territories, quotas, plans and so many deals with every edge case of the recipe. The same seed makes the same company.",
    example='the company "Northwind Traders" with 200 deals of the recipe "late cash", seed 7',
)
def made_company(scene: Scene, company: str, n: int, recipe: str, n_2: int) -> None:
    from dataclasses import replace

    from reference_engine.problems import Stopped
    from scenarios.world import build

    try:
        world = build(recipe, n_2, n, company)
    except Stopped as stopped:
        scene.problems += [replace(p, where=scene.where) for p in stopped.problems]
        return
    scene.tables += list(world)
    scene.inputs.made.append(made_company_input(world, company, recipe, n, n_2))
    for name in world.origin.plans:
        # A recipe's plans come with it; a project has no copy of them.
        file, here = RECIPE_PLANS / PurePosixPath(name).name, Path.cwd()
        scene.inputs.reads(file, PLAN)
        document = load_yaml(file.relative_to(here) if file.is_relative_to(here) else file, scene.problems)
        if document is not None and (named := document.get("plan")) is not None:
            scene.add_plan(document, named.text())
