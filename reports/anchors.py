"""Where the result of a scenario stands in the page: addresses that stay the same from run to run."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping

from reports.record_types import RunRecord

_UNUSUAL = re.compile(r"[^A-Za-z0-9.]+")


def anchors(record: RunRecord) -> Mapping[tuple[str, str, str], str]:
    """The anchor of each executed scenario, by feature, id and case.

    Names come from outside, so only plain characters stay.  The feature is named only where two have the same id.
    """
    counts = Counter((s.id, s.case) for s in record.scenarios)
    found: dict[tuple[str, str, str], str] = {}
    for s in record.scenarios:
        alone = counts[s.id, s.case] == 1
        found[s.feature, s.id, s.case] = anchor("scenario", *(() if alone else (s.feature,)), s.id, s.case)
    return found


def anchor(kind: str, *names: str) -> str:
    """An anchor made of names; where characters were left out, a few of a hash keep it apart from others."""
    text = "-".join(_UNUSUAL.sub("-", name).strip("-") for name in names if name)[:80]
    exact = "-".join(name for name in names if name)
    if text != exact:
        text += "-" + hashlib.sha256("\x1f".join(names).encode("utf-8", "backslashreplace")).hexdigest()[:8]
    return f"{kind}-{text}"
