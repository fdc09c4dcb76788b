"""What commands are given: plans and data as paths."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from reference_engine.plans.reader import read_plan_file
from reference_engine.problems import Problem, Stopped, Where
from reference_engine.vocabulary.dates import parse_date
from reference_engine.vocabulary.plan import Plan
from reference_engine.world import World, read_world


class SeveralPaths(click.Command):
    """Lets an option take several paths, as a shell writes them for `--plan plans/*.yaml`."""

    several = ("--plan",)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        spread: list[str] = []
        option = ""
        for arg in args:
            if arg.startswith("-"):
                option = arg if arg in self.several else ""
                spread.append(arg)
            elif option and spread[-1] != option:
                spread += [option, arg]
            else:
                spread.append(arg)
        return super().parse_args(ctx, spread)


class Day(click.ParamType[date]):
    """A date, written year-month-day."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        day = value if isinstance(value, date) else parse_date(str(value))
        if day is None:
            self.fail(f'"{value}" is not a date. Write year-month-day, like 2026-03-31.', param, ctx)
        return day


def near(path: Path) -> str:
    """A path as short as it can be said from the folder of work."""
    here = Path.cwd().resolve()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else str(path)


def read_plans(paths: Sequence[str], problems: list[Problem]) -> list[Plan]:
    """Plans from files, or from every YAML file of a folder."""
    files: list[Path] = []
    for text in paths:
        path = Path(text)
        if path.is_dir():
            found = sorted(path.glob("*.yaml"))
            if not found:
                problems.append(
                    Problem(
                        "no-plans",
                        "the folder holds no plan files (*.yaml).",
                        Where(text),
                        "Nothing says what is paid.",
                        "Give the folder of your plans, or a plan file itself.",
                    )
                )
            files += found
        else:
            files.append(path)
    plans = [read_plan_file(f, problems) for f in files]
    return [p for p in plans if p is not None]


def read_data(folder: str, problems: list[Problem]) -> World:
    """The standard tables of a data folder."""
    from harness.adapters.data_folder import read_data_folder

    return read_world(read_data_folder(Path(folder), problems), problems)


def read_all(plan_paths: Sequence[str], folder: str) -> tuple[list[Plan], World]:
    """Plans and data, with the Problems of both together.  Raises Stopped."""
    problems: list[Problem] = []
    plans = read_plans(plan_paths, problems)
    world = read_data(folder, problems)
    if problems:
        raise Stopped(problems)
    return plans, world


_SIZE = re.compile(r"[1-9]\d*(\.\d+)? ?([KMGT]i?B)\Z", re.ASCII | re.IGNORECASE)


def memory_size(_: click.Context, __: click.Parameter, value: str) -> str:
    """A size of memory, such as 2GB."""
    if value and not _SIZE.match(value):
        raise click.BadParameter(f'"{value}" is not a size of memory. Write it like 2GB or 500MB.')
    return value
