"""When Varicent says that things ended: compared as moments, for its texts come in several forms."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

CALCULATION, IMPORT = "calculat", "import"
"""Parts of the names of activities; the vendor doesn't list the names."""


class NoMoment(ValueError):
    """A text that isn't a time."""


def moment(text: str) -> datetime:
    """A time, with T or a blank, with or without seconds; without a zone it is UTC.  Raises NoMoment."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise NoMoment(text[:40]) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def latest(texts: Iterable[str]) -> str:
    """The latest of some times, as it was written; "" where there is none.  Raises NoMoment."""
    return max((t for t in texts if t.strip()), key=moment, default="")


def later(text: str, minutes: int) -> str:
    """A time some minutes later.  Raises NoMoment."""
    return (moment(text) + timedelta(minutes=minutes)).isoformat()


def after(one: str, other: str) -> bool:
    """Whether one time is later than the other; any time is later than none."""
    return bool(one) and (not other or moment(one) > moment(other))


def ends(activities: Iterable[dict[str, Any]], kind: str, *, completed: bool = True) -> str:
    """When the last activity of a kind ended well, or otherwise.  Raises NoMoment."""
    wanted = (
        a
        for a in activities
        if kind in str(a.get("type", "")).casefold() and (a.get("status") == "Completed") is completed
    )
    return latest(str(a.get("time") or "") for a in wanted)
