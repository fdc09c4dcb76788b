"""The conventions that change money: for each, the question it answers and the readings that exist.

A new convention is one entry in a file of its topic and one case in the convention_examples of the topic, which shows
the money of each reading.
"""

from __future__ import annotations

from reference_engine.plans.convention import Convention
from reference_engine.plans.conventions_crediting import CREDITING
from reference_engine.plans.conventions_paying import PAYING
from reference_engine.plans.conventions_people import PEOPLE
from reference_engine.plans.conventions_rates import RATES
from reference_engine.plans.conventions_settling import SETTLING

CONVENTIONS: dict[str, Convention] = {**CREDITING, **RATES, **PEOPLE, **PAYING, **SETTLING}
"""Every convention by its name, in the order in which a run meets them."""
