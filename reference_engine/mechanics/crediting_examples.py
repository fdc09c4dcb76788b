"""The plan that the worked examples of crediting have in common."""

from __future__ import annotations

_PLAN = (
    "eligible: everyone\nconventions: {rounding: exact, CONVENTIONS}\n"
    "components: [{component: C, measure: bookings, credits: [CREDITS], earn: [{flat rate: {rate: 10%}}]}]"
)


def plan(credits: str = "direct", **conventions: str) -> str:
    """10% on the credits of some types, under some conventions (a dot in a name is written as two underscores)."""
    words = ", ".join(f"{n.replace('__', '.')}: {r}" for n, r in conventions.items())
    return _PLAN.replace(", CONVENTIONS", f", {words}" if words else "").replace("CREDITS", credits)
