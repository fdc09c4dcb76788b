"""The size of a report is no matter of chance: the same differences take the same bytes, and few of them."""

from __future__ import annotations

from harness.bench.report_rows import large_record
from reports.pages.differences import differences_page

BYTES_A_ROW = 50
"""100,000 rows of these have 5,000,000 bytes at most, with the page around them: what is common to all rows counts less then."""


def test_rows_like_real_ones_stay_within_the_size_budget() -> None:
    found = differences_page(large_record(3_000), "file")
    assert sum(map(len, found.parts.values())) < BYTES_A_ROW * 3_000
