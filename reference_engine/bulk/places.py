"""Where a credit is summed: the place of a payee under a component, by the day on which the deal was made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from reference_engine.bulk.plain import NotPlain
from reference_engine.columns import Array
from reference_engine.selection import Eligibility
from reference_engine.vocabulary.plan import Component, Plan

MAX_SPANS = 400


class Places:
    """For each payee and day the components that the payee's credit counts for, as numbers of places.

    A place is number of the component x payees + payee.  layers: a payee may have several components on one day.
    span: of each day, its stretch between two days on which something begins or ends.
    """

    def __init__(
        self,
        members: Sequence[tuple[Plan, Component]],
        eligible: Sequence[Eligibility],
        payees: int,
        first: np.datetime64,
        days: int,
    ) -> None:
        bounds = _bounds(members, eligible, first, days)
        self.spans = len(bounds)
        self.payees, self.size = payees, payees * len(members)
        self.span = (np.searchsorted(bounds, np.arange(days), side="right") - 1).astype(np.int32)
        there: dict[str, Array] = {}
        on = np.empty((len(members), payees, len(bounds)), dtype=bool)
        for i, ((plan, component), e) in enumerate(zip(members, eligible, strict=True)):
            if plan.name not in there:
                there[plan.name] = _there(e, payees, first + bounds)
            on[i] = there[plan.name] & _valid(plan, component, first + bounds)
        several = np.add.reduce(on, axis=0, dtype=np.int16)
        if several.max(initial=0) < 2:
            number = np.argmax(on, axis=0) * payees + np.arange(payees)[:, None]
            self.layers = [np.where(several > 0, number, -1).ravel()]
            return
        layer = np.cumsum(on, axis=0, dtype=np.int32) - 1
        number = np.arange(len(members), dtype=np.int64)[:, None, None] * payees + np.arange(payees)[:, None]
        self.layers = []
        for i in range(int(layer.max(initial=-1)) + 1):
            here = on & (layer == i)
            self.layers.append(np.where(here, number, -1).max(axis=0).ravel())


def _bounds(
    members: Sequence[tuple[Plan, Component]],
    eligible: Sequence[Eligibility],
    first: np.datetime64,
    days: int,
) -> Array:
    """Days since the first on which somebody's plan, or a plan itself, begins or has just ended."""
    found: list[Array] = [np.zeros(1, dtype=np.int64)]
    for (plan, component), e in zip(members, eligible, strict=True):
        spans = [plan.valid, component.valid]
        found += [_since(d, first) + late for s in spans for late, d in enumerate(s) if d is not None]
        if plan.eligible == "assigned":
            found += [
                (e.first.ravel() - first).astype(np.int64),
                (e.last.ravel() - first).astype(np.int64) + 1,
            ]
    bounds = np.unique(np.concatenate(found))
    bounds = bounds[(bounds >= 0) & (bounds < days)]
    if len(bounds) > MAX_SPANS:
        raise NotPlain("people come and go on very many days")
    return bounds


def _since(day: date, first: np.datetime64) -> Array:
    return np.array([(np.datetime64(day, "D") - first).astype(int)], dtype=np.int64)


def _there(eligible: Eligibility, payees: int, days: Array) -> Array:
    """Whether each payee is on the plan on each of the days."""
    everyone = np.arange(payees)
    return np.stack([eligible.on(everyone, np.full(payees, day)) for day in days], axis=1)


def _valid(plan: Plan, component: Component, days: Array) -> Array:
    """Whether the plan and the component count on each of the days."""
    out = np.ones(len(days), dtype=bool)
    for first, last in (plan.valid, component.valid):
        if first is not None:
            out &= days >= np.datetime64(first, "D")
        if last is not None:
            out &= days <= np.datetime64(last, "D")
    return out
