"""The plans of the bench: once as plan files for the engine, once as whole numbers for the minimal calculation."""

from __future__ import annotations

from dataclasses import dataclass

from harness.bench.deals import PLANS, ROLL_UP

Tiers = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Terms:
    """commission, override: tiers as (from percent of quota, rate in hundredths of a percent).  Caps are a month's, in cents."""

    commission: Tiers
    override: Tiers
    commission_cap: int
    override_cap: int


TERMS = (
    Terms(((0, 500), (50, 700), (100, 1050), (150, 800)), ((0, 80), (80, 100), (100, 150), (125, 175)), 1_200_000, 1_500_000),
    Terms(((0, 600), (100, 950)), ((0, 100), (100, 125)), 900_000, 800_000),
    Terms(((0, 333), (75, 667), (100, 1235)), ((0, 78), (90, 111), (110, 133)), 1_500_000, 2_500_000),
    Terms(((0, 450), (25, 550), (50, 750), (100, 1000)), ((0, 90), (50, 95), (100, 120), (200, 99)), 1_000_000, 600_000),
)  # fmt: skip


def plan_text(number: int) -> str:
    """One of the plans, as a plan file."""
    terms = TERMS[number]
    return "\n".join(
        (
            f"plan: {PLANS[number]}",
            "currency: USD",
            "pays: monthly",
            "eligible: assigned",
            "conventions:",
            "  rounding:",
            *(
                f"    - {{at: {at}, mode: half up, decimals: 2}}"
                for at in ("credit", "conversion", "component")
            ),
            "  split.residue: last",
            "  fx.kind: average",
            "  fx.date: period start",
            "  tier.accumulate: year",
            "  tier.bound: upper tier",
            "  returns.earn: signed",
            "  rollup.own_sales: excluded",
            "  proration.of: neither",
            "  split.when: before rate",
            "  draw.recovery: immediate",
            "  draw.surplus_offsets: no",
            "  draw.negative: owed",
            "  draw.scope: all earnings",
            "  cap.excess: carried",
            "  balance.negative: carried",
            "components:",
            "  - component: commission",
            "    measure: bookings",
            "    credits: [direct]",
            f"    earn: [{{marginal: {{tiers: {_rows(terms.commission)}}}}}]",
            f"    pay: [{{cap: {{per: month, amount: {_money(terms.commission_cap)}}}}}]",
            "  - component: override",
            "    measure: bookings",
            "    credits: [roll-up]",
            f"    earn: [{{retroactive: {{tiers: {_rows(terms.override)}}}}}]",
            f"    pay: [{{cap: {{per: month, amount: {_money(terms.override_cap)}}}}}]",
            "",
        )
    )


def rules() -> list[tuple[str, str, str]]:
    """Rows of crediting_rules: each level above the seller receives its share of what is below."""
    from harness.bench.deals import LEVELS

    return [(LEVELS[level], f"{share}%", "team") for level, share in enumerate(ROLL_UP) if share]


def _rows(tiers: Tiers) -> str:
    rows = []
    for i, (start, rate) in enumerate(tiers):
        to = f", to: {tiers[i + 1][0]}%" if i + 1 < len(tiers) else ""
        rows.append(f"{{from: {start}%{to}, rate: {rate / 100:.2f}%}}")
    return f"[{', '.join(rows)}]"


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d} USD"
