"""Exchange rates looked up for many amounts at once, against the rate of each."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_engine.columns import days_of
from reference_engine.conversion import Rates
from reference_engine.problems import Problem
from reference_engine.vocabulary.tables import TextTable
from reference_engine.world import World, read_world

CHECK = settings(deadline=None, max_examples=60, derandomize=True, database=None)
START = date(2026, 1, 1)
currency = st.sampled_from(["EUR", "USD", "GBP", "JPY"])
day = st.integers(0, 6).map(lambda n: START + timedelta(days=n))
rates = st.dictionaries(
    st.tuples(st.sampled_from(["USD", "GBP"]), day), st.sampled_from(["0.9", "1.25", "2"])
)


def _world(stated: dict[tuple[str, date], str]) -> World:
    rows = tuple((unit, "EUR", rate, str(first), "average") for (unit, first), rate in stated.items())
    problems: list[Problem] = []
    world = read_world(
        [TextTable("exchange_rates", ("from", "to", "rate", "valid from", "kind"), rows)], problems
    )
    assert not problems
    return world


@CHECK
@given(rates, st.lists(st.tuples(currency, day), min_size=1, max_size=8))
def test_each_amount_has_the_rate_in_force_on_its_day(
    stated: dict[tuple[str, date], str], asked: list[tuple[str, date]]
) -> None:
    table = Rates(_world(stated), "average")
    for _ in range(2):
        factor, found = table.factors(
            np.array([c for c, _ in asked], dtype=object), "EUR", days_of([d for _, d in asked])
        )
        for i, (unit, when) in enumerate(asked):
            in_force = [(first, rate) for (of, first), rate in stated.items() if of == unit and first <= when]
            wanted = Fraction(1) if unit == "EUR" else Fraction(max(in_force)[1]) if in_force else None
            assert bool(found[i]) == (wanted is not None)
            assert factor.at(i) == (Fraction(1) if wanted is None else wanted)
            assert wanted == (wanted if unit == "EUR" else table.rate(unit, "EUR", np.datetime64(when, "D")))
