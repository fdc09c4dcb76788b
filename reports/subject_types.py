"""What a run was about, in the reader's words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """suite: the features or the mapping that were run.  target: the system whose figures are judged, with its release.

    periods: in their order.  currencies: of the money that was compared or paid.
    """

    suite: str
    target: str = ""
    periods: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()
