"""Unit bands: each unit sold earns the reward of the band it falls in."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from reference_engine.columns import Exact
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.earning.marginal import segments, sliced, slices
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.mechanics.tier_words import piece_words
from reference_engine.problems import NOWHERE, Problem, Where
from reference_engine.vocabulary.numbers import Money, Quantity, format_number

NO_BAND = "no band of the product: nothing"


@dataclass(frozen=True, slots=True)
class Band:
    """from, to: first and last unit, both inside; blank `to` means no end.  pays: for each unit.
    product: whose units it is for; those of every product without a band of its own where blank."""

    from_: Quantity
    pays: Money
    to: Quantity | None = None
    product: str = ""
    where: Where = field(default=NOWHERE, compare=False, kw_only=True)

    @property
    def label(self) -> str:
        first = format_number(self.from_.value)
        return f"units {first}+" if self.to is None else f"units {first}-{format_number(self.to.value)}"


@mechanic(
    "Units sold less units returned pass through bands; each unit earns the reward of its own band.",
    examples=(
        Example(
            "105 units after a return of 5",
            "pays: quarterly\nconventions: {rounding: exact, tier.accumulate: period}\n"
            "components: [{component: Rebate, measure: units, credits: [direct], earn: [{unit bands: {bands: ["
            "{product: X, from: 1, to: 50, pays: 5.00 EUR}, {product: X, from: 51, to: 100, pays: 8.00 EUR}, {product: X, from: 101, pays: 10.00 EUR}]}}]}]",
            {
                "plan_assignments": "payee | plan | from\nLyon | P | 2026-01-01",
                "retail_sales": "sale | retailer | product | units | date\nS-1 | Lyon | X | 60 | 2026-07-10\nS-2 | Lyon | X | 50 | 2026-08-21\nS-3 | Lyon | Y | 9 | 2026-08-21",
                "returns": "return | of | units | date\nR-1 | S-2 | 5 | 2026-09-02",
            },
            "Lyon | 2026-Q3 | 700.00 EUR",
            "2026-Q3 | units 1-50 | 50 units | 5.00 EUR | 250.00 EUR\n2026-Q3 | units 51-100 | 50 units | 8.00 EUR | 400.00 EUR\n"
            "2026-Q3 | units 101+ | 5 units | 10.00 EUR | 50.00 EUR",
        ),
        Example(
            "Returned units leave from the highest band first, whatever their sale earned",
            "pays: monthly\nconventions: {rounding: exact, tier.accumulate: quarter}\n"
            "components: [{component: Rebate, measure: units, credits: [direct], earn: [{unit bands: {bands: ["
            "{from: 1, to: 2, pays: 10.00 EUR}, {from: 3, to: 4, pays: 20.00 EUR}, {from: 5, to: 8, pays: 30.00 EUR}, {from: 9, pays: 0.00 EUR}]}}]}]",
            {
                "plan_assignments": "payee | plan | from\nLyon | P | 2026-01-01",
                "retail_sales": "sale | retailer | product | units | date\nS-1 | Lyon | X | 2 | 2026-01-10\nS-2 | Lyon | X | 2 | 2026-01-11\nS-3 | Lyon | X | 2 | 2026-01-12",
                "returns": "return | of | units | date\nR-1 | S-1 | 2 | 2026-02-02",
            },
            "Lyon | 2026-01 | 120.00 EUR\nLyon | 2026-02 | -60.00 EUR",
            source="https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_16172202301.html",
        ),
        Example(
            "Just 10 units are all in the first band, the eleventh is in the second; each band at its own price",
            "pays: monthly\nconventions: {rounding: exact, tier.accumulate: period}\n"
            "components: [{component: Rebate, measure: units, credits: [direct], earn: [{unit bands: {bands: ["
            "{from: 1, to: 10, pays: 20.00 USD}, {from: 11, to: 20, pays: 17.00 USD}, {from: 21, pays: 15.00 USD}]}}]}]",
            {
                "plan_assignments": "payee | plan | from\nLyon | P | 2026-01-01",
                "retail_sales": "sale | retailer | product | units | date\nS-1 | Lyon | X | 10 | 2026-01-10\nS-2 | Lyon | X | 15 | 2026-02-11\nS-3 | Lyon | X | 23 | 2026-03-12",
            },
            "Lyon | 2026-01 | 200.00 USD\nLyon | 2026-02 | 285.00 USD\nLyon | 2026-03 | 415.00 USD",
            source="https://docs.oracle.com/cd/E36434_01/Platform.10-1-2/ATGMerchandisingUserGuide/html/s1507definingvolumepricing01.html",
        ),
    ),
    formula="sum over the bands of pays x the units of the running count that lie in the band",
    boundary="The first and the last unit of a band are inside it.  A returned unit leaves the highest band that is filled.  A product without a "
    "band earns nothing.  The count begins again with each interval, and at each record with tier.accumulate: none.",
    sources=(
        "https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_16172202301.html",
        "https://docs.phocassoftware.com/rebates/rules/calculation-methods",
        "https://docs.oracle.com/cd/E36434_01/Platform.10-1-2/ATGMerchandisingUserGuide/html/s1507definingvolumepricing01.html",
    ),
    words={
        "NetSuite": "transaction-level ladder, line-level ladder with no accumulation",
        "Oracle ATG": "tiered pricing",
        "Phocas": "bracket accumulation",
        "Microsoft Dynamics 365": "stepped by quantity",
    },
)
@dataclass(frozen=True)
class UnitBands(Mechanic):
    """bands: of one product or of several; each product has its own count."""

    counts_units = True

    bands: tuple[Band, ...]

    def needs(self) -> tuple[str, ...]:
        return ("tier.accumulate",)

    def check(self, problems: list[Problem]) -> None:
        if not self.bands:
            problems.append(
                Problem(
                    "tiers-empty",
                    '"unit bands" has no bands.',
                    self.where,
                    "It would pay nothing.",
                    "Write at least one, like  - {from: 1, to: 50, pays: 2.00 EUR}",
                )
            )
        for product, bands in self._by_product().items():
            name = f' of "{product}"' if product else ""
            expected = Quantity(bands[0].from_.value)
            if expected.value > 1:
                problems.append(
                    Problem(
                        "tiers-start",
                        f"the first band{name} starts at unit {expected}.",
                        bands[0].where,
                        "The units before it would earn nothing without the plan saying so.",
                        "Begin with unit 1, at 0.00 where nothing is paid.",
                    )
                )
            for band, following in zip(bands, [*bands[1:], None], strict=True):
                if band.to is not None and band.to < band.from_:
                    problems.append(
                        Problem(
                            "tiers-order",
                            f"a band{name} ends at unit {band.to}, before it starts at unit {band.from_}.",
                            band.where,
                            "No unit could fall in it.",
                            f'Write a "to" from {band.from_} up.',
                        )
                    )
                if following is None:
                    continue
                if band.to is None or following.from_.value != band.to.value + 1:
                    problems.append(
                        Problem(
                            "tiers-gap",
                            f"the band{name} after {band.label} starts at unit {following.from_}.",
                            following.where,
                            "Units would fall in no band, or in two.",
                            f"Start it at {band.to.value + 1}."
                            if band.to
                            else 'Fill "to" of the band before.',
                        )
                    )
        if len({b.pays.currency for b in self.bands}) > 1:
            problems.append(
                Problem(
                    "tiers-mixed",
                    "the bands pay in several currencies.",
                    self.where,
                    remedy="Pay in one currency.",
                )
            )

    def _by_product(self) -> dict[str, list[Band]]:
        out: dict[str, list[Band]] = {}
        for band in self.bands:
            out.setdefault(band.product, []).append(band)
        return out

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        if not len(lines):
            return lines
        alone = run.accumulate == "none"
        interval, _ = run.intervals("period" if alone else run.accumulate)
        product = run.events.attribute("product")[lines.event]
        values = lines.counts()
        out: list[Lines] = []
        matched = np.zeros(len(lines), dtype=bool)
        currency = self.bands[0].pays.currency
        for name, bands in self._by_product().items():
            if name:
                run.check_known("product", [name], bands[0].where)
            rows = np.flatnonzero(product == name) if name else np.flatnonzero(~matched)
            matched[rows] = True
            if not len(rows):
                continue
            # Without accumulation every line is a segment of its own.
            new = (
                np.ones(len(rows), dtype=bool)
                if alone
                else segments(lines.payee[rows], interval[lines.period[rows]])
            )
            ceilings = [None if b.to is None else Exact.full(len(rows), b.to.value) for b in bands]
            label = (
                (lambda b: f"{b.product}, {b.label}") if len(self._by_product()) > 1 else (lambda b: b.label)
            )
            rules = [run.rule(f"{label(b)} at {b.pays} a unit", label(b), b.where) for b in bands]
            part = sliced(
                lines.take(rows),
                slices(values[rows], new, ceilings),
                [b.pays.amount for b in bands],
                rules,
                currency,
            )
            out.append(part.change(origin=rows[part.origin]))
        none = np.flatnonzero(~matched)
        if len(none):
            rest = lines.take(none)
            rule = run.rule(NO_BAND, where=self.where)
            out.append(
                rest.change(
                    amount=Exact.full(len(none), 0),
                    currency=np.full(len(none), currency, dtype=object),
                    rule=np.full(len(none), rule),
                    origin=none,
                )
            )
        return Lines.joined(out)

    def say(self, before: LineView | None, after: LineView) -> str:
        if after.rule is None or after.rate is None:
            return "The product has no band, so its units earn nothing."
        band = after.rule.words.partition(" at ")[0]
        return f"The part in the band of {band}: {piece_words(after)}"
