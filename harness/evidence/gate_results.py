"""Judges gate rules on a run's record.  What a file says nothing about keeps trueup's default: nothing may fail or differ."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from fractions import Fraction

from harness.evidence import gates as names
from harness.evidence.gates import GateFile, GateRule
from reference_engine.vocabulary.numbers import format_money
from reports.coverage import Coverage, coverage, plain_severity
from reports.difference_types import Difference
from reports.gate_types import Gate, Gates, GateState
from reports.history_types import GrainSince
from reports.record_check import number
from reports.record_types import Grain, RunRecord, Verdict

DEFAULT = "Gate rules, by default, as no file was given (--gates)"
STILL = "differences without money"
"""A default rule only: a limit on money says nothing about a row that is held in place of paid, or that stands twice on both sides."""
DETAILS = 50
"""At most so many things that break a rule are named."""


def judged(record: RunRecord, file: GateFile | None, lost: int = 0) -> RunRecord:
    """The record with its gate rules and the exit code that follows from them.

    lost: scenarios that weren't executed although this run was to cover them.
    """
    rules = list(file.rules) if file is not None else []
    results = [_judge(rule, record) for rule in rules]
    results += [
        dataclasses.replace(_judge(rule, record), origin="default") for rule in _defaults(record, rules)
    ]
    if record.identity.kind == "run":
        results.append(_lost(lost, record))
    gates = Gates(tuple(results), file.file if file else "", file.sha256 if file else "")
    return dataclasses.replace(record, gates=gates, verdict=_verdict(record.verdict, gates, file is not None))


def summary_lines(gates: Gates) -> list[str]:
    """The rules as the command line prints them."""
    origin = f"Gate rules of {gates.file}" if gates.file else DEFAULT
    lines = [f"{origin}:"]
    for gate in gates.rules:
        default = "" if gate.origin == "stated" else " (default)"
        lines.append(f"  {gate.state:<10}  {gate.rule}{default}: {gate.figures}")
        lines += [f"              - {text}" for text in gate.details[:5]] if gate.state == "fails" else []
    return lines


def as_json(gates: Gates) -> list[dict[str, object]]:
    """The rules for --json."""
    return [
        {"rule": g.rule, "state": g.state, "figures": g.figures, "because": g.because, "origin": g.origin, "details": list(g.details)}
        for g in gates.rules
    ]  # fmt: skip


def _defaults(record: RunRecord, rules: Iterable[GateRule]) -> list[GateRule]:
    stated = list(rules)
    said = {rule.kind for rule in stated}
    found = []
    # A rule for some severities or one grain leaves the others open; they keep the default.
    if record.scenario_counts.written and not any(
        r.kind == names.FAILED and not r.severities for r in stated
    ):
        judged_ones = {s for r in stated if r.kind == names.FAILED for s in r.severities}
        rest = tuple(s for s in ("1", "2", "3", "4", "") if s not in judged_ones)
        found.append(GateRule(names.FAILED, severities=rest if judged_ones else ()))
    if record.grains:
        for grain in record.grains:
            if not any(r.kind in (names.OPEN, names.MONEY) and r.grain in ("", grain.name) for r in stated):
                found.append(GateRule(names.OPEN, grain=grain.name))
            elif not any(r.kind == names.OPEN and r.grain in ("", grain.name) for r in stated) and _still(record, grain):
                found.append(GateRule(STILL, grain=grain.name))
        if names.KNOWN not in said and record.known:
            found.append(GateRule(names.KNOWN))
        if names.UNREADABLE not in said and _unreadable(record):
            found.append(GateRule(names.UNREADABLE))
    return found


def _verdict(verdict: Verdict, gates: Gates, stated: bool) -> Verdict:
    if verdict.exit_code == 2:
        return verdict
    failed, count = len(gates.failed), len(gates.rules)
    if not stated:
        return dataclasses.replace(verdict, exit_code=1 if failed else verdict.exit_code)
    words = f"{failed:,} of {_number(count, 'gate rule')} {'fail' if failed > 1 else 'fails'}"
    if not failed:
        held = [g for g in gates.rules if g.state == "holds"]
        open_ones = count - len(held)
        words = f"{_number(len(held), 'gate rule')} {'hold' if len(held) > 1 else 'holds'}"
        words += f", {open_ones:,} not judged" if open_ones else ""
    sentence = f"{verdict.sentence.removesuffix('.')}; {words}."
    return dataclasses.replace(verdict, sentence=sentence, exit_code=1 if failed else 0)


def _judge(rule: GateRule, record: RunRecord) -> Gate:
    return _JUDGES[rule.kind](rule, record)


def _gate(rule: GateRule, words: str, broken: int | bool, figures: str, details: Iterable[str] = ()) -> Gate:
    every = list(details)
    shown = (*every[:DETAILS], *([f"and {len(every) - DETAILS:,} more"] if len(every) > DETAILS else []))
    return Gate(
        words,
        "fails" if broken else "holds",
        figures,
        rule.because,
        tuple(shown) if broken else (),
        line=rule.line,
    )


def _not_judged(rule: GateRule, words: str, why: str) -> Gate:
    return Gate(words, "not judged", why, rule.because, line=rule.line)


def _executed(rule: GateRule, record: RunRecord) -> Gate:
    words = f"every {_of(rule)}scenario is executed"
    counts = record.scenario_counts
    if not counts.written:
        return _not_judged(rule, words, "this run has no scenarios")
    done = [s for s in record.scenarios if _fits(rule, s.severity)]
    left = [n for n in counts.not_executed if _fits(rule, n.severity)]
    if not done and not left:
        return _gate(rule, words, True, f"no {_of(rule)}scenario is written, so the rule proves nothing")
    figures = f"{len(done):,} of {len(done) + len(left):,} executed"
    return _gate(rule, words, len(left), figures, (f"{n.id}{_case(n.case)}: {n.why}" for n in left))


def _failed(rule: GateRule, record: RunRecord) -> Gate:
    most = f"at most {rule.limit:,} {_of(rule)}scenarios fail"
    if not rule.limit:
        most = f"no {_of(rule)}scenario fails"
    if not record.scenario_counts.written:
        return _not_judged(rule, most, "this run has no scenarios")
    of_these = [s for s in record.scenarios if _fits(rule, s.severity)]
    failed = [s for s in of_these if s.outcome != "passed"]
    figures = f"{len(failed):,} of {len(of_these):,} executed failed" if of_these else "none was executed"
    return _gate(
        rule, most, len(failed) > rule.limit, figures, (f"{s.id}{_case(s.case)}: {s.name}" for s in failed)
    )


def _requirements(rule: GateRule, record: RunRecord) -> Gate:
    proved = rule.kind == names.PROVED
    words = f"every {_of(rule)}requirement is {'proved' if proved else 'covered'}"
    if not record.scenario_counts.written:
        return _not_judged(rule, words, "this run has no scenarios")
    if record.requirements is None:
        return _gate(rule, words, True, "no list of requirements was given (--requirements)")
    rows = [
        r for r in coverage(record).requirements if r.listed and not r.optional and _fits(rule, r.severity)
    ]
    if not rows:
        return _gate(rule, words, True, f"no {_of(rule)}requirement is listed, so the rule proves nothing")
    left = [r for r in rows if (r.state != "proved" if proved else not r.executed)]
    figures = f"{len(rows) - len(left):,} of {len(rows):,} {'proved' if proved else 'covered'}"
    return _gate(rule, words, len(left), figures, (f"{r.id} {r.title}: {r.state}" for r in left))


def _untraced(rule: GateRule, record: RunRecord) -> Gate:
    words = (
        f"at most {_number(rule.limit, 'scenario')} without a requirement"
        if rule.limit
        else "no scenario without a requirement"
    )
    if not record.scenario_counts.written:
        return _not_judged(rule, words, "this run has no scenarios")
    found: Coverage = coverage(record)
    each = [*found.without, *found.unlisted]
    figures = f"{_number(len(found.without), 'scenario')} without one"
    if record.requirements is not None:
        figures += f", {len(found.unlisted):,} with one that isn't listed"
    return _gate(rule, words, len(each) > rule.limit, figures, (f"{s.id}: {s.name}" for s in each))


def _open(rule: GateRule, record: RunRecord) -> Gate:
    where = rule.grain or "rows"
    words = (
        f"at most {rule.limit:,} {where} differ"
        if rule.limit
        else f"no {rule.grain or 'row'} differs"
        if not rule.grain
        else f"no difference in {where}"
    )
    if not record.grains:
        return _not_judged(rule, words, "this run compares nothing")
    grains = _grains(rule, record)
    if not grains:
        return _gate(rule, words, True, f'"{rule.grain}" was not compared')
    broken = [g for g in grains if g.differences > rule.limit]
    figures = "; ".join(f"{g.differences:,} of {g.compared:,} {g.name} differ" for g in grains)
    return _gate(rule, words, len(broken), figures)


def _money(rule: GateRule, record: RunRecord) -> Gate:
    limits = " and ".join(format_money(amount, currency) for currency, amount in rule.money.items())
    words = f"open differences come to at most {limits}" + (f" in {rule.grain}" if rule.grain else "")
    if not record.grains:
        return _not_judged(rule, words, "this run compares nothing")
    grains = _grains(rule, record)
    if not grains:
        return _gate(rule, words, True, f'"{rule.grain}" was not compared')
    figures, broken = [], []
    for grain in grains:
        sums = _sizes(record, grain)
        for currency in dict.fromkeys((*rule.money, *sums)):
            size = sums.get(currency, Fraction(0))
            figures.append(f"{grain.name} {format_money(size, currency)}")
            if currency not in rule.money and size:
                broken.append(f"{grain.name}: the rule states no limit for {currency}")
            elif size > rule.money.get(currency, Fraction(0)):
                over = size - rule.money[currency]
                broken.append(f"{grain.name}: {format_money(over, currency)} over the limit")
    return _gate(rule, words, len(broken), "; ".join(figures), broken)


def _new(rule: GateRule, record: RunRecord) -> Gate:
    words = f"at most {_number(rule.limit, 'new difference')}" if rule.limit else "no new difference"
    if not record.grains:
        return _not_judged(rule, words, "this run compares nothing")
    history = record.circumstances.history
    if history is None or history.since is None:
        return _not_judged(rule, words, "there is no earlier run to compare with (--history)")
    since = history.since
    # A row that differed by a cent and differs by a thousand now is no known story.
    broken = [g for g in since.grains if len(g.new) + len(g.changed) > rule.limit]
    figures = "; ".join(new_words(g) for g in since.grains) or "nothing was compared before"
    if since.run.exit_code and not since.run.accepted and any(g.differences for g in record.grains):
        # Else it were enough to run it twice.
        told = f"run {since.run.run_id}, which it is compared with, was red itself and nobody accepted it, so it doesn't say what may differ"
        return _gate(rule, words, 1, f"{figures}; {told}. Sign that run, or put accepted.txt beside its record in the history")
    return _gate(rule, words, len(broken), f"{figures}, since run {since.run.run_id}")


def new_words(grain: GrainSince) -> str:
    """How many differences of a grain are new, and how many aren't what they were."""
    otherwise = f" and {len(grain.changed):,} changed" if grain.changed else ""
    return f"{len(grain.new):,} new{otherwise} in {grain.grain}"


def _known(rule: GateRule, record: RunRecord) -> Gate:
    words = "every known difference holds, none has expired"
    if not record.grains:
        return _not_judged(rule, words, "this run compares nothing")
    broken = [k for k in record.known if k.state != "accepted"]
    figures = (
        f"{len(record.known) - len(broken):,} of {len(record.known):,} hold"
        if record.known
        else "none is declared"
    )
    return _gate(rule, words, len(broken), figures, (f"{k.state}: {k.message}" for k in broken))


def _unreadable_rows(rule: GateRule, record: RunRecord) -> Gate:
    words = f"at most {_number(rule.limit, 'unreadable row')}" if rule.limit else "no unreadable row"
    if not record.grains:
        return _not_judged(rule, words, "this run compares nothing")
    found = _unreadable(record)
    return _gate(rule, words, found > rule.limit, f"{_number(found, 'row')} of the export can't be read")


def _lost(lost: int, record: RunRecord) -> Gate:
    counts = record.scenario_counts
    figures = f"{counts.written:,} written, {counts.selected:,} selected, {counts.executed:,} executed"
    state: GateState = "fails" if lost else "holds"
    details = tuple(f"{n.id}{_case(n.case)}: {n.why}" for n in counts.not_executed)[:DETAILS] if lost else ()
    return Gate(
        "nothing is left out but what this command itself leaves out",
        state,
        figures,
        details=details,
        origin="default",
    )


def _no_money(rule: GateRule, record: RunRecord) -> Gate:
    words = f"no difference without money in {rule.grain}"
    (grain,) = _grains(rule, record)
    still = _still(record, grain)
    figures = f"{_number(still, 'row')} of {grain.name} differ{'s' if still == 1 else ''}, and the money is the same"
    return _gate(rule, words, still, figures)


def _still(record: RunRecord, grain: Grain) -> int:
    """How many open differences move no money.  Rows that can't be read have a rule of their own."""
    return sum(
        row.grain == grain.name and row.class_ not in ("timing", "unreadable") and not _moves(row)
        for row in record.differences
    )


def _moves(row: Difference) -> bool:
    return any(number(amount) for amount in (row.difference, *row.other.values()))


def _sizes(record: RunRecord, grain: Grain) -> dict[str, Fraction]:
    """What the open differences of a grain come to, each by its size, so that more and less don't cancel out."""
    sums: dict[str, Fraction] = {}
    for row in record.differences:
        if row.grain == grain.name:
            # What is paid in another period is paid, and still all of it is in the wrong place.
            own = row.expected if row.class_ == "timing" else row.difference
            for currency, amount in ((row.currency, own), *row.other.items()):
                sums[currency] = sums.get(currency, Fraction(0)) + abs(number(amount))
    return sums


def _unreadable(record: RunRecord) -> int:
    return sum(grain.by_class.get("unreadable", 0) for grain in record.grains)


def _grains(rule: GateRule, record: RunRecord) -> list[Grain]:
    return [g for g in record.grains if rule.grain in ("", g.name)]


def _fits(rule: GateRule, severity: str) -> bool:
    return not rule.severities or plain_severity(severity) in rule.severities


def _of(rule: GateRule) -> str:
    if not rule.severities:
        return ""
    if "" in rule.severities:
        return "other "
    return " and ".join(f"sev-{s}" for s in rule.severities) + " "


def _case(case: str) -> str:
    return f" ({case})" if case else ""


def _number(value: int, noun: str) -> str:
    return f"{value:,} {noun}{'' if value == 1 else 's'}"


_JUDGES: dict[str, Callable[[GateRule, RunRecord], Gate]] = {
    names.EXECUTED: _executed,
    names.FAILED: _failed,
    names.COVERED: _requirements,
    names.PROVED: _requirements,
    names.UNTRACED: _untraced,
    names.OPEN: _open,
    names.MONEY: _money,
    names.NEW: _new,
    names.KNOWN: _known,
    names.UNREADABLE: _unreadable_rows,
    STILL: _no_money,
}
