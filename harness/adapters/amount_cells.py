"""Amounts that say their currency in their own cell: 85,000.00 USD, (1,234.50) EUR, $12.50."""

from __future__ import annotations

import re
from collections.abc import Mapping

from harness.adapters.cultures import NotReadable
from reference_engine.problems import did_you_mean
from reference_engine.vocabulary.numbers import MINOR_UNITS

_CODE_LAST = re.compile(r"(?P<amount>.*?\S)[ \u00a0\u202f]?(?P<code>[A-Z]{3})\Z")
_CODE_FIRST = re.compile(r"(?P<code>[A-Z]{3})[ \u00a0\u202f]?(?P<amount>\S.*)\Z")


def split_amount(text: str, symbols: Mapping[str, str]) -> tuple[str, str]:
    """The amount without its currency, and the currency.  symbols: sign -> currency.  Raises NotReadable."""
    for sign, code in symbols.items():
        if sign in text:
            rest = text.replace(sign, "", 1).strip(" \u00a0\u202f").replace("( ", "(").replace("- ", "-")
            return rest, code
    match = _CODE_LAST.match(text) or _CODE_FIRST.match(text)
    # "12.50 CR" is a credit, not a currency; no currency is called so.
    if match is None or match["code"] not in MINOR_UNITS:
        code = match["code"] if match else ""
        raise NotReadable(
            "unknown-currency" if code else "blank-cell",
            f'"{text}" says no currency' + (f': "{code}" isn\'t one.' if code else "."),
            did_you_mean(code, MINOR_UNITS) if code else "Say in the mapping what a sign means:  symbols: {$: USD};  or write the currency itself into the mapping.",
            "100 of one currency isn't 100 of another.",
        )
    return match["amount"], match["code"]
