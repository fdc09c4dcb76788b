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


class Spans:
    """The time of all records, divided at the days on which something begins or ends; and who is on which plan in each.

    at: of each day, its span.  first: the first day of each.  there: of each plan, payees against spans.
    """

    def __init__(
        self,
        plans: Sequence[Plan],
        eligible: dict[str, Eligibility],
        payees: int,
        first: np.datetime64,
        days: int,
    ) -> None:
        bounds = _bounds(plans, eligible, first, days)
        self.payees, self.size = payees, len(bounds)
        self.first = first + bounds
        self.at: Array = np.searchsorted(bounds, np.arange(days), side="right") - 1
        self.there = {plan.name: self._there(plan, eligible[plan.name]) for plan in plans}

    def _there(self, plan: Plan, eligible: Eligibility) -> Array:
        if plan.eligible != "assigned":
            everyone = np.arange(self.payees)
            return np.stack([eligible.on(everyone, np.full(self.payees, day)) for day in self.first], axis=1)
        out = np.zeros((self.payees, self.size), dtype=bool)
        # Nobody begins or ends inside a span, so that the day on which it begins speaks for it.
        for start, end in zip(eligible.first, eligible.last, strict=True):
            since = np.searchsorted(self.first, start)[:, None]
            until = np.searchsorted(self.first, end, side="right")[:, None]
            span = np.arange(self.size)
            out |= (span >= since) & (span < until)
        return out

    def on(self, plan: Plan, component: Component) -> Array:
        """For whom and in which spans a component of a plan counts."""
        valid = np.ones(self.size, dtype=bool)
        for first, last in (plan.valid, component.valid):
            if first is not None:
                valid &= self.first >= np.datetime64(first, "D")
            if last is not None:
                valid &= self.first <= np.datetime64(last, "D")
        found: Array = self.there[plan.name]
        return found if valid.all() else found & valid


class Places:
    """For each payee and span the components that the payee's credit counts for, as numbers of places.

    Only who is ever there has a place; those of one component follow each other.  payee: of each place.  starts: of
    each component its first place, and the end of all.  layers: the place of payee x spans + span, -1 for none; a
    payee may have several components at a time.
    """

    def __init__(self, members: Sequence[tuple[Plan, Component]], spans: Spans) -> None:
        self.spans = spans
        self.layers: list[Array] = []
        starts, payees = [0], []
        for plan, component in members:
            on = spans.on(plan, component)
            codes = np.flatnonzero(on.any(axis=1))
            number = np.full(spans.payees, -1, dtype=np.int32)
            number[codes] = np.arange(starts[-1], starts[-1] + len(codes))
            self._lay(on, number[:, None])
            payees.append(codes)
            starts.append(starts[-1] + len(codes))
        self.payee = np.concatenate(payees)
        self.starts = starts
        self.size = starts[-1]

    def above(self, manager: Array) -> list[Array]:
        """The layers for credit that goes to somebody else: to the manager of each payee, or to nobody where -1."""
        out: list[Array] = []
        for layer in self.layers:
            table = layer.reshape(-1, self.spans.size)
            out.append(np.where(manager[:, None] >= 0, table[manager], np.int32(-1)).ravel())
        return out

    def _lay(self, on: Array, number: Array) -> None:
        for layer in self.layers:
            table = layer.reshape(on.shape)
            free = on & (table < 0)
            np.copyto(table, number, where=free)
            on = on & ~free
            if not on.any():
                return
        if on.any() or not self.layers:
            self.layers.append(np.where(on, number, np.int32(-1)).ravel())


def _bounds(
    plans: Sequence[Plan], eligible: dict[str, Eligibility], first: np.datetime64, days: int
) -> Array:
    """Days since the first on which somebody's plan, or a plan itself, begins or has just ended."""
    found: list[Array] = [np.zeros(1, dtype=np.int64)]
    for plan in plans:
        valid = [plan.valid, *(c.valid for c in plan.components)]
        found += [_since(d, first) + late for s in valid for late, d in enumerate(s) if d is not None]
        if plan.eligible == "assigned":
            e = eligible[plan.name]
            found += [
                (e.first.ravel() - first).astype(np.int64),
                (e.last.ravel() - first).astype(np.int64) + 1,
            ]
    inside = np.zeros(days, dtype=bool)
    for bounds in found:
        inside[bounds[(bounds >= 0) & (bounds < days)]] = True
    out = np.flatnonzero(inside)
    if len(out) > MAX_SPANS:
        raise NotPlain("people come and go on very many days")
    return out


def _since(day: date, first: np.datetime64) -> Array:
    return np.array([(np.datetime64(day, "D") - first).astype(int)], dtype=np.int64)
