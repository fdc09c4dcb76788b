"""What the two sides of a report are called: expected and actual, or before and after a change."""

from __future__ import annotations

from dataclasses import dataclass

from reports.record_types import RunRecord


@dataclass(frozen=True, slots=True)
class SideWords:
    """The words for both sides wherever a page names them."""

    expected: str
    actual: str
    expected_total: str
    actual_total: str
    agreement: str
    difference_note: str
    share_of: str
    agree: str
    differ: str
    known: str
    expected_sentence: str
    actual_sentence: str
    more_than: str
    ours_title: str
    theirs_title: str
    ours_none: str
    theirs_none: str
    known_title: str
    known_lead: str
    known_caption: str
    known_until: str
    differences_title: str
    differences_lead: str
    causes_lead: str


RECONCILED = SideWords(
    expected="expected",
    actual="actual",
    expected_total="Expected by the plans",
    actual_total="Paid by the target",
    agreement="Agreement of the target with the plans",
    difference_note="Difference is paid by the target minus expected by the plans; + means that the target pays more.",
    share_of="of expected",
    agree="Agree",
    differ="Differ",
    known="Known",
    expected_sentence="Expected",
    actual_sentence="paid",
    more_than="the target pays {words} than the plans say.",
    ours_title="Our side: what the plan says",
    theirs_title="Their side: what the target exported",
    ours_none="Nothing is expected here: no row on our side.",
    theirs_none="The target exported no such row.",
    known_title="Known differences",
    known_lead="Differences that were accepted before this run. The rows that they stand for are neither counted as agreeing nor as open differences; a signature below covers them too.",
    known_caption="What was accepted",
    known_until="Until",
    differences_title="Differences",
    differences_lead="Open a row for our calculation beside their exported row.",
    causes_lead="Differences grouped by what they have in common, the largest amount first.",
)

COMPARED = SideWords(
    expected="before",
    actual="after",
    expected_total="Before",
    actual_total="After",
    agreement="What changed from before to after",
    difference_note="Difference is after minus before; + means that the target pays more than it did.",
    share_of="of before",
    agree="As they were",
    differ="Changed without approval",
    known="Changed as approved",
    expected_sentence="Before",
    actual_sentence="after",
    more_than="the target pays {words} than before.",
    ours_title="Before the change",
    theirs_title="After the change",
    ours_none="There was no such row before the change.",
    theirs_none="There is no such row after the change.",
    known_title="Approved changes",
    known_lead="Changes that somebody approved before this run. An approved change that did not happen, or happened differently, is as red as one that nobody approved.",
    known_caption="What was approved",
    known_until="Good until",
    differences_title="Changes without approval",
    differences_lead="Open a row for how it was before the change beside how it is after it.",
    causes_lead="Changes without approval, grouped by what they have in common, the largest amount first.",
)


def side_words(record: RunRecord) -> SideWords:
    """The words of a record: a regression compares before and after, everything else expected and actual."""
    return COMPARED if record.identity.kind == "compare" else RECONCILED
