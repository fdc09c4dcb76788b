"""The run on half a page of Markdown: the comment that a reviewer of a change reads."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from reports.gate_types import Gate
from reports.pages.figures import number_of, signed
from reports.pages.words import side_words
from reports.record_types import Grain, RunRecord

FILE = "summary.md"
_MOST = 10
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+!|~>-])")
_LONGEST = 300


def markdown_summary(record: RunRecord) -> str:
    """Verdict, counts, agreement by grain, what failed and the largest causes; at most ten of each.  No currency is added to another."""
    sentence = record.verdict.sentence
    is_good = record.verdict.outcome in ("agrees", "passed", "calculated")
    mark = "\u274c" if record.verdict.exit_code else "\u2705" if is_good else "\u26a0\ufe0f"
    parts = [f"## {mark} {_safe(record.identity.title)}\n", f"**{_safe(sentence)}**\n"]
    parts += [*_scenarios(record), *_grains(record), *_gates(record), *_causes(record), *_known(record)]
    parts += _list("Problems", [f"{p.where}: {p.what}" for p in record.problems])
    parts.append(
        f"The whole report is `index.html` in the run's folder (run {_safe(record.circumstances.run_id)}). "
        "A run that ends with 0 is not an approval."
    )
    return "\n".join(parts) + "\n"


def _scenarios(record: RunRecord) -> Iterable[str]:
    counts = record.scenario_counts
    if not counts.written:
        return
    told = f"{counts.written:,} scenarios written, {counts.selected:,} selected, {counts.executed:,} executed"
    if told not in record.verdict.sentence:
        yield f"{told}.\n"
    failed = [s for s in record.scenarios if s.outcome == "failed"]
    listed = [
        f"{s.id} {s.name}{f' [{s.case}]' if s.case else ''} ({s.feature}:{s.row or s.line})" for s in failed
    ]
    yield from _list(f"{number_of(len(failed), 'scenario')} failed", listed)
    skipped = [f"{s.id} {s.name} ({s.feature}): {s.why}" for s in counts.not_executed]
    yield from _list(f"{number_of(len(skipped), 'scenario')} not executed", skipped)


def _grains(record: RunRecord) -> Iterable[str]:
    if not record.grains:
        return
    words = side_words(record)
    yield f"| | compared | agree | differ | known | {_safe(words.actual)} minus {_safe(words.expected)} |"
    yield "|---|--:|--:|--:|--:|--:|"
    for grain in record.grains:
        cells = (f"{n:,}" for n in (grain.compared, grain.matched, grain.differences, grain.known))
        yield f"| {_safe(grain.name)} | {' | '.join(cells)} | {_money(grain.difference)} |"
    yield ""
    classes = [f"{g.name}: {_classes(g)}" for g in record.grains if g.differences]
    yield from _list("Differences by class", classes)


def _classes(grain: Grain) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in grain.by_class.items() if count)


def _gates(record: RunRecord) -> Iterable[str]:
    if record.gates is None:
        return
    yield from _list("Gate rules that fail", [_gate(gate) for gate in record.gates.failed])


def _gate(gate: Gate) -> str:
    return f"{gate.rule}: {gate.figures}"


def _causes(record: RunRecord) -> Iterable[str]:
    groups = sorted(record.groups, key=lambda g: -g.count)
    if not groups:
        return
    yield f"{number_of(len(groups), 'cause')} of differences:\n"
    yield from (f"* {_safe(g.sentence)} {_money(g.money)}".rstrip() for g in groups[:_MOST])
    yield from _more(len(groups))


def _known(record: RunRecord) -> Iterable[str]:
    broken = [k.message for k in record.known if k.state != "accepted"]
    yield from _list("Accepted before, and no longer as accepted", broken)


def _list(title: str, lines: list[str]) -> Iterable[str]:
    if lines:
        yield f"{_safe(title)}:\n"
        yield from (f"* {_safe(line)}" for line in lines[:_MOST])
        yield from _more(len(lines))


def _more(count: int) -> Iterable[str]:
    yield f"* and {count - _MOST:,} more\n" if count > _MOST else ""


def _money(totals: Mapping[str, str]) -> str:
    return " and ".join(
        f"{signed(amount, currency).text} {_safe(currency)}".strip() for currency, amount in totals.items()
    )


def _safe(text: str) -> str:
    """Words as words: no markup, no HTML, no link, nobody mentioned, one line."""
    told = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text)
    told = " ".join(told.split())
    if len(told) > _LONGEST:
        told = told[:_LONGEST] + "..."
    told = _MARKUP.sub(r"\\\1", told.replace("&", "&amp;").replace("<", "&lt;"))
    # A word joiner keeps the text as it looks, and keeps sites from making links and mentions of it.
    return re.sub(r"(?i)(@|\\#|:(?=//)|www)", "\\1\u2060", told)
