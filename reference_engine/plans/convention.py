"""What a convention is: a question, and the readings that change money."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Convention:
    """A question that plans answer differently.

    readings: the answers that trueup calculates, with their meaning.  sources: public addresses where systems or plans
    answer it; none where no public source was found, so that it must be asked in every project.
    """

    question: str
    readings: dict[str, str]
    sources: tuple[str, ...] = ()
