"""Our side of a difference: the derivation of a line, or the lines that a payout is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from harness.evidence.derivation_of_others import of_other
from harness.evidence.figures import plain, rate_text
from harness.evidence.inputs import shown
from harness.reconcile.results import Difference, Reconciliation
from reference_engine.explain.derivation import Step
from reference_engine.vocabulary.numbers import format_money
from reference_engine.vocabulary.results import EarnedLine, Payout
from reports import record as kept

Steps = Mapping[EarnedLine, tuple[Step, ...]]
PayoutKey = tuple[str, str, str, str, str]
ALL_LINES, FIRST_LINES = 60, 50
MOST_LINES = 100_000
"""Statement lines in one record; a run with more payouts that differ lists the lines of the first ones only."""


@dataclass
class OurSide:
    """What the expected side says of the rows that differ.

    steps: the derivations of single lines.  lines: the released lines of each payout that differs.
    known_lines: whether lines were read or calculated at all.  room: statement lines that may still be listed.
    """

    steps: Steps = field(default_factory=dict)
    lines: Mapping[PayoutKey, Sequence[EarnedLine]] = field(default_factory=dict)
    known_lines: bool = False
    room: int = MOST_LINES

    def of(self, difference: Difference) -> kept.Derivation | None:
        """The derivation of one difference; None where nothing is expected."""
        sources = difference.expected_sources
        if not sources:
            return None
        single = sources[0]
        if any(not isinstance(source, EarnedLine | Payout) for source in sources):
            return of_other(sources)
        if len(sources) == 1 and isinstance(single, EarnedLine):
            return self._line(single)
        lines = self._lines_of(sources)
        total = sum((s.amount for s in sources), Fraction(0))
        made = _common(sources)
        if not lines:
            why = "The lines that this payout is made of aren't in the expected files."
        elif sum((x.amount for x in lines), Fraction(0)) != total:
            why = "The lines in the expected files don't add up to this payout."
        elif self.room <= 0:
            why = (
                f"{_summary(lines)}. The lines of the first payouts that differ are listed, not of this one."
            )
        else:
            return self._statement(lines, made)
        return replace(made, sentences=(why,))

    def _lines_of(self, sources: Sequence[EarnedLine | Payout]) -> list[EarnedLine]:
        found: list[EarnedLine] = []
        for source in sources:
            if isinstance(source, EarnedLine):
                found.append(source)
            elif self.known_lines:
                found += self.lines.get(_payout_key(source), ())
        return found

    def _statement(self, lines: list[EarnedLine], made: kept.Derivation) -> kept.Derivation:
        plain_ones = [x for x in lines if not adjusts(x)]
        adjusting = [x for x in lines if adjusts(x)]
        rest: list[EarnedLine] = []
        if len(lines) > ALL_LINES:
            # Caps, roundings, draws and balances are always shown: they are why the sum isn't the payout.
            keep = max(0, FIRST_LINES - len(adjusting))
            plain_ones, rest = plain_ones[:keep], plain_ones[keep:]
        listed = [*plain_ones, *adjusting]
        self.room -= len(listed)
        files = {x.where.file for x in lines}
        return replace(
            made,
            rule=_summary(lines),
            plan_file=shown(files.pop()) if len(files) == 1 and "" not in files else "",
            lines=tuple(_statement_line(x, made.period) for x in listed),
            rest=plain(sum((x.amount for x in rest), Fraction(0)), lines[0].currency) if rest else "",
            rest_lines=len(rest),
        )

    def _line(self, source: EarnedLine) -> kept.Derivation:
        made = self.steps.get(source, ())
        unrounded = source.base * source.rate if source.base is not None and source.rate is not None else None
        return kept.Derivation(
            deal=source.deal,
            record=source.record,
            line=source.line,
            date=str(source.date or ""),
            payee=source.payee,
            plan=source.plan,
            component=source.component,
            period=source.period,
            rule=source.rule,
            base=plain(source.base, source.base_currency) if source.base is not None else "",
            base_currency=source.base_currency,
            rate=rate_text(source.rate, source.rate_currency),
            unrounded=format_money(unrounded, source.currency) if unrounded is not None else "",
            rounding=tuple(s.sentence for s in made if s.name == "rounding"),
            sentences=tuple(s.sentence for s in made),
            plan_file=shown(source.where.file) if source.where.file else "",
            plan_line=source.where.line,
        )


def our_side(found: Reconciliation, lines: Iterable[EarnedLine], steps: Steps) -> OurSide:
    """The expected side of every row that differs.  lines: all that were calculated, or read with the payouts."""
    every = [d for g in found.grains for d in (*g.differences, *g.accepted, *g.tolerated)]
    payouts = [s for d in every for s in d.expected_sources if isinstance(s, Payout)]
    wanted: dict[PayoutKey, list[EarnedLine]] = {_payout_key(p): [] for p in payouts}
    any_lines = False
    for line in lines:
        any_lines = True
        if wanted and line.pay_period:
            key = (line.payee, line.plan, line.component, line.pay_period, line.currency)
            if key in wanted:
                wanted[key].append(line)
    return OurSide(steps, wanted, any_lines)


def _payout_key(payout: Payout) -> PayoutKey:
    return (payout.payee, payout.plan, payout.component, payout.period, payout.currency)


def adjusts(line: EarnedLine) -> bool:
    """Whether no record and no measure causes the line: a cap, a rounding, a draw, a balance."""
    return not line.record and line.base is None


def _common(sources: Sequence[EarnedLine | Payout]) -> kept.Derivation:
    """What all parts of a payout have in common."""

    def of(name: str) -> str:
        values = {str(getattr(s, name)) for s in sources}
        return values.pop() if len(values) == 1 else ""

    plans = dict.fromkeys(s.plan for s in sources if s.plan)
    payouts = [s for s in sources if isinstance(s, Payout)]
    days = f"{min(p.first for p in payouts)} to {max(p.last for p in payouts)}" if payouts else ""
    return kept.Derivation(
        payee=of("payee"),
        plan=", ".join(plans),
        component=of("component"),
        period=of("period"),
        date=days,
    )


def _statement_line(line: EarnedLine, period: str) -> kept.StatementLine:
    return kept.StatementLine(
        label=line.label or line.kind,
        kind=line.kind,
        amount=plain(line.amount, line.currency),
        component=line.component,
        deal=line.deal if line.deal != line.label else "",
        date=str(line.date or ""),
        period=line.period if line.period != period else "",
        base=plain(line.base, line.base_currency) if line.base is not None else "",
        base_currency=line.base_currency,
        rate=rate_text(line.rate, line.rate_currency),
        rule=line.rule,
        plan_file=shown(line.where.file) if line.where.file else "",
        plan_line=line.where.line,
    )


def _summary(lines: Sequence[EarnedLine]) -> str:
    """10,875.00 EUR from 1 line, -1,375.00 EUR by cap."""
    earned = [x for x in lines if not adjusts(x)]
    parts = []
    if earned:
        words = f"{len(earned):,} line{'' if len(earned) == 1 else 's'}"
        parts.append(f"{_money(earned)} from {words}")
    kinds: dict[str, list[EarnedLine]] = {}
    for line in lines:
        if adjusts(line):
            kinds.setdefault(line.label or line.kind, []).append(line)
    parts += [f"{_money(same)} by {kind}" for kind, same in kinds.items()]
    return ", ".join(parts)


def _money(lines: Sequence[EarnedLine]) -> str:
    return format_money(sum((x.amount for x in lines), Fraction(0)), lines[0].currency)
