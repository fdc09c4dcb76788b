"""How a mechanic is written, found by its name, and read from a plan.

A mechanic is one class in one file.  The file's stem is its name in plans ("flat_rate.py" is `flat rate`), the
class's fields are its parameters, `@mechanic` registers it.
"""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from reference_engine.expressions.syntax import Expression
from reference_engine.problems import NOWHERE, Problem, Where
from reference_engine.vocabulary.plan import component_in

if TYPE_CHECKING:
    from datetime import date

    from reference_engine.component_run import ComponentRun
    from reference_engine.events import Events
    from reference_engine.lines import Lines, LineView
    from reference_engine.vocabulary.plan import Conventions
    from reference_engine.world import World

FAMILIES = ("crediting", "quota", "earning", "paying", "settling")
"""The families in the order in which a run uses them; each is a folder with one file for each mechanic."""


@dataclass(frozen=True)
class Example:
    """A worked example: a plan, tables and what must come out.  Both a test and documentation.

    plan: YAML of the plan.  tables: standard tables as rows of text separated by | with a header.  payouts: payee,
    period, amount.  lines: period, label, base, rate, amount.  attainments: payee, period, measured, quota,
    attainment.  balances: payee, period, balance.  as_of, until: the run's days.  source: where the numbers are from.
    """

    title: str
    plan: str
    tables: dict[str, str]
    payouts: str
    lines: str = ""
    source: str = "by hand"
    attainments: str = ""
    balances: str = ""
    quotas: str = ""
    """payee or territory, period, quota."""
    as_of: str = ""
    until: str = ""


@dataclass(frozen=True)
class About:
    """What docs/mechanics says of a mechanic beside its parameters.

    meaning: one sentence.  formula: in plain text with the names of the parameters.  boundary: what happens below, on
    and above its bounds, with a return, and with a change inside the period.  sources: public addresses.  words: what
    vendors call it, vendor -> word.
    """

    meaning: str
    formula: str = ""
    boundary: str = ""
    sources: tuple[str, ...] = ()
    words: dict[str, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True)
class Mechanic:
    """What all mechanics share.

    name: in plans.  family: earning or paying.  meaning: one sentence for the catalogue.  examples: run as tests.
    """

    name: ClassVar[str] = ""
    family: ClassVar[str] = ""
    meaning: ClassVar[str] = ""
    about: ClassVar[About] = About("")
    examples: ClassVar[tuple[Example, ...]] = ()
    proportional: ClassVar[bool] = False
    """Whether parts of a record earn the same parts of its amount, so that it may be earned event by event."""
    counts_units: ClassVar[bool | None] = False
    """Whether it works on units instead of money."""
    adds_lines: ClassVar[bool] = False
    """Whether it only adds lines of its own, so that it may stand above the components."""
    adjusts: ClassVar[bool] = False
    """Whether it only changes what others earn, or the base that they earn on."""
    on_base: ClassVar[bool] = False
    """Whether it changes the base, and so stands before what earns on it."""
    on_amounts: ClassVar[bool] = False
    """Whether it works on what is earned already, whatever is counted."""
    holds: ClassVar[bool] = False
    """Whether it decides when a line is paid, so that what takes back must stand after it."""
    from_figures: ClassVar[bool] = False
    """Whether it earns on figures of the payee, so that its component may count no records."""
    reads_others: ClassVar[bool] = False
    """Whether it looks at other payees' results (ranks, pools, overrides), so that all are calculated together."""

    where: Where = field(default=NOWHERE, compare=False, kw_only=True)

    def needs(self) -> tuple[str, ...]:
        """The conventions without which this mechanic has no single meaning."""
        return ()

    def names(self) -> tuple[str, ...]:
        """Every figure that the parameters mention."""
        if "_names" not in self.__dict__:
            # Looking through the parameters takes long; a mechanic never changes.
            self.__dict__["_names"] = tuple(dict.fromkeys(_mentioned(self)))
        names: tuple[str, ...] = self.__dict__["_names"]
        return names

    def sets_amount(self) -> bool:
        """Whether it says by itself what a line earns, so that it would replace what stood before."""
        multiples = any(getattr(t, "times", None) is not None for t in getattr(self, "tiers", ()))
        return self.family == "earning" and not (self.adjusts or self.on_amounts or multiples)

    def reads(self) -> tuple[str, ...]:
        """The components whose results it looks at; they are calculated before."""
        return tuple(dict.fromkeys(component_in(name) for name in self.names() if component_in(name)))

    def from_sums(self, conventions: Conventions, accumulate: str) -> bool:
        """Whether the sums of its lines by payee and pay period decide what it pays in each: no single record matters.

        accumulate: the time over which the component's measure adds up.
        """
        return False

    def check(self, problems: list[Problem]) -> None:
        """Adds a Problem for parameters that make no sense together."""

    def check_under(self, conventions: Conventions, problems: list[Problem]) -> None:
        """Adds a Problem for parameters that make no sense under the conventions of the plan."""

    def stated_days(self, world: World) -> list[date]:
        """The days for which the tables state something that it pays without a record; the periods reach to them."""
        return []

    def reaches(self, world: World, events: Events, last: date, cadence: str) -> date | None:
        """The last day on which it may pay or take back what happened by `last`; None where it adds no period.

        cadence: how often the plan pays.
        """
        return None

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        """The kernel: lines in, lines out."""
        raise TypeError(f"{type(self).__name__} has no kernel")

    def say(self, before: LineView | None, after: LineView) -> str:
        """Why a line is what it is after this mechanic, as a sentence; "" where the mechanic changed nothing."""
        return ""


def _mentioned(value: object) -> Iterator[str]:
    if isinstance(value, Expression):
        yield from value.names()
    elif isinstance(value, (tuple, list)):
        for part in value:
            yield from _mentioned(part)
    elif dataclasses.is_dataclass(value) and not isinstance(value, (type, Where)):
        for f in dataclasses.fields(value):
            yield from _mentioned(getattr(value, f.name))


M = TypeVar("M", bound=type[Mechanic])
_REGISTRY: dict[tuple[str, str], type[Mechanic]] = {}
_ABOUT: dict[tuple[str, str], About] = {}


def mechanic(
    meaning: str,
    examples: tuple[Example, ...] = (),
    *,
    formula: str = "",
    boundary: str = "",
    sources: tuple[str, ...] = (),
    words: dict[str, str] | None = None,
) -> Callable[[M], M]:
    """Registers a mechanic under the stem of its file, in the family of its folder."""

    def register(cls: M) -> M:
        family, cls.name = _named(cls.__module__)
        cls.family = family
        cls.meaning = meaning
        cls.about = About(meaning, formula, boundary, sources, words or {}, examples)
        cls.examples = examples
        _REGISTRY[family, cls.name] = cls
        _ABOUT[family, cls.name] = cls.about
        return cls

    return register


def describe(module: str, about: About) -> About:
    """Registers what a mechanic says of itself that tables bring to life and no plan names (a split, a draw)."""
    _ABOUT[_named(module)] = about
    return about


def _named(module: str) -> tuple[str, str]:
    *_, family, stem = module.split(".")
    return family, stem.replace("_", " ")


def _load(family: str) -> None:
    package = importlib.import_module(f"reference_engine.mechanics.{family}")
    for module in sorted(m.name for m in pkgutil.iter_modules(package.__path__)):
        importlib.import_module(f"{package.__name__}.{module}")


@cache
def mechanics(family: str) -> dict[str, type[Mechanic]]:
    """Every mechanic of a family that a plan can name, by name."""
    _load(family)
    return {name: cls for (fam, name), cls in sorted(_REGISTRY.items()) if fam == family}


@cache
def described(family: str) -> dict[str, About]:
    """What every mechanic of a family says of itself, by name."""
    _load(family)
    return {name: about for (fam, name), about in sorted(_ABOUT.items()) if fam == family}


def parameters(cls: type[Any]) -> dict[str, dataclasses.Field[Any]]:
    """The parameters of a mechanic or of a row in its tables, by the name used in plans."""
    return {f.name.rstrip("_").replace("_", " "): f for f in dataclasses.fields(cls) if f.name != "where"}
