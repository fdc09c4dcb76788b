"""Words of the field that mean several mechanics: each with what it may mean, and which mechanic that is."""

from __future__ import annotations

AMBIGUOUS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "accelerator": (
        ("earning", "marginal", "a higher rate on what lies above the bound only"),
        ("earning", "retroactive", "a higher rate on everything, back to the first euro (a cliff)"),
        ("earning", "over achievement", "an extra share of the target for each point above it"),
    ),
    "cap": (
        ("earning", "cap", "the most that one line earns"),
        ("paying", "cap", "the most that is paid in a period"),
        ("settling", "maximum", "the most that is paid of all plans together"),
        ("crediting", "maximum", "the most indirect credit that one record gives"),
    ),
    "cumulative tiers": (
        ("earning", "marginal", "each tier pays its own slice (Sales Cookie)"),
        ("earning", "retroactive", "the tier reached pays on everything (Microsoft Dynamics 365)"),
    ),
    "draw": (
        (
            "settling",
            "draw",
            "a top-up that is owed, a gift, an addition, a loan or a prepayment: its kind says which",
        ),
        ("settling", "guarantee", "a minimum over a term"),
        ("paying", "advance and true up", "amounts paid on an estimate and settled at the end"),
    ),
    "growth": (
        ("earning", "growth", "pay for what is sold above a baseline"),
        ("quota", "growth", "a quota made from past sales"),
    ),
    "interpolated": (
        (
            "earning",
            "proportional",
            "the rates of completed tiers add up, and the last counts by its share (Oracle)",
        ),
        ("earning", "curve", "a straight line between points (SAP Variable Pay, Xactly pay curves)"),
    ),
    "maximum": (
        ("crediting", "maximum", "of indirect credit"),
        ("settling", "maximum", "of pay"),
    ),
    "roll-up": (
        ("crediting", "roll up", "credit of a manager for the deals of the team"),
        ("quota", "roll up", "the quota of a manager as the sum of the team's"),
    ),
    "split": (
        ("crediting", "split", "several payees share a deal"),
        ("earning", "marginal", "a deal that crosses a bound is divided between the tiers"),
        ("paying", "split payment", "a part is paid at booking, a part at collection"),
    ),
    "threshold": (
        ("earning", "threshold", "a line under an amount earns nothing"),
        ("earning", "marginal", "a first tier at 0%: what is above the threshold earns from there on"),
        ("earning", "retroactive", "a first tier at 0%: once reached, everything earns"),
        ("earning", "curve", "nothing below the first point, and a ramp or a jump from there"),
        ("earning", "gate", "a condition on any figure that opens the pay of a component"),
    ),
    "tiers": (
        ("earning", "marginal", "each slice at its own rate, added up over deals"),
        ("earning", "retroactive", "everything at the rate reached"),
        ("earning", "brackets", "each deal by itself"),
        ("earning", "whole transaction", "the crossing deal wholly at one rate"),
        ("earning", "rolling", "every tier reached pays, earlier ones up to their bound"),
        ("earning", "total", "every tier reached pays on everything"),
        ("earning", "slab sum", "an amount for each tier reached"),
    ),
}
"""The word -> family, mechanic and meaning."""
