"""How a mechanic is written, found by its name, and read from a plan.

A mechanic is one class in one file.  The file's stem is its name in plans ("flat_rate.py" is `flat rate`), the
class's fields are its parameters, `@mechanic` registers it.
"""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from reference_engine.problems import NOWHERE, Problem, Where

if TYPE_CHECKING:
    from reference_engine.component_run import ComponentRun
    from reference_engine.lines import Lines, LineView
    from reference_engine.vocabulary.plan import Conventions

FAMILIES = ("earning", "paying")


@dataclass(frozen=True)
class Example:
    """A worked example: a plan's component, tables and what must come out.  Both a test and documentation.

    component: YAML of one component (a plan may follow under `plan:` keys).  tables: standard tables as rows of
    text separated by | with a header.  payouts: payee, period, amount.  lines: label, base, rate, amount.
    """

    title: str
    plan: str
    tables: dict[str, str]
    payouts: str
    lines: str = ""
    source: str = "by hand"


@dataclass(frozen=True)
class Mechanic:
    """What all mechanics share.

    name: in plans.  family: earning or paying.  meaning: one sentence for the catalogue.  examples: run as tests.
    """

    name: ClassVar[str] = ""
    family: ClassVar[str] = ""
    meaning: ClassVar[str] = ""
    examples: ClassVar[tuple[Example, ...]] = ()
    proportional: ClassVar[bool] = False
    """Whether parts of a record earn the same parts of its amount, so that it may be earned event by event."""
    counts_units: ClassVar[bool] = False
    """Whether it works on units instead of money."""
    adds_lines: ClassVar[bool] = False
    """Whether it only adds lines of its own, so that it may stand above the components."""

    where: Where = field(default=NOWHERE, compare=False, kw_only=True)

    def needs(self) -> tuple[str, ...]:
        """The conventions without which this mechanic has no single meaning."""
        return ()

    def check(self, problems: list[Problem]) -> None:
        """Adds a Problem for parameters that make no sense together."""

    def check_under(self, conventions: Conventions, problems: list[Problem]) -> None:
        """Adds a Problem for parameters that make no sense under the conventions of the plan."""

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        """The kernel: lines in, lines out."""
        raise TypeError(f"{type(self).__name__} has no kernel")

    def say(self, before: LineView | None, after: LineView) -> str:
        """Why a line is what it is after this mechanic, as a sentence; "" where the mechanic changed nothing."""
        return ""


M = TypeVar("M", bound=type[Mechanic])
_REGISTRY: dict[tuple[str, str], type[Mechanic]] = {}


def mechanic(meaning: str, examples: tuple[Example, ...] = ()) -> Callable[[M], M]:
    """Registers a mechanic under the stem of its file, in the family of its folder."""

    def register(cls: M) -> M:
        *_, family, stem = cls.__module__.split(".")
        cls.name = stem.replace("_", " ")
        cls.family = family
        cls.meaning = meaning
        cls.examples = examples
        _REGISTRY[family, cls.name] = cls
        return cls

    return register


@cache
def mechanics(family: str) -> dict[str, type[Mechanic]]:
    """Every mechanic of a family by name."""
    package = importlib.import_module(f"reference_engine.mechanics.{family}")
    for module in sorted(m.name for m in pkgutil.iter_modules(package.__path__)):
        importlib.import_module(f"{package.__name__}.{module}")
    return {name: cls for (fam, name), cls in sorted(_REGISTRY.items()) if fam == family}


def parameters(cls: type[Any]) -> dict[str, dataclasses.Field[Any]]:
    """The parameters of a mechanic or of a row in its tables, by the name used in plans."""
    return {f.name.rstrip("_").replace("_", " "): f for f in dataclasses.fields(cls) if f.name != "where"}
