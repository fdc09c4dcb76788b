"""The oracle of what was known on a day: the rows of every table that had become known, and had happened, by then."""

from __future__ import annotations

from datetime import date

from reference_engine.tests.oracle_adjustments import known_on
from reference_engine.tests.oracle_records import Tables, day_of, labelled

HAPPENS = {
    "deals": "closed",
    "returns": "date",
    "invoices": "date",
    "payments": "date",
    "cancellations": "date",
    "retail_sales": "date",
}
"""The column that says when a row's record happened, and is known where nothing else is said."""


def known_by(tables: Tables, day: date, until: date = date.max) -> Tables:
    """Rows known on a day that happened up to another."""
    out = dict(tables)
    for name, column in HAPPENS.items():
        if name in tables:
            out[name] = [
                r
                for r in tables[name]
                if day_of(r.get("known") or r[column]) <= day and day_of(r[column]) <= until
            ]
    if "adjustments" in tables:
        out["adjustments"] = [
            r for r in tables["adjustments"] if known_on(r) <= day and labelled(r["period"]).first <= until
        ]
    return out
