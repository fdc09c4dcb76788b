"""The tree by which quotas are handed down and rolled up: the table quota_allocations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from reference_engine.problems import NOWHERE, Where
from reference_engine.quota_entries import QuotaRun, percent_words
from reference_engine.vocabulary.numbers import Percent


@dataclass(frozen=True, slots=True)
class Weighted:
    """metric: a word of quota_metrics.  weight: how much it counts; the weights total 100%.  period: of the metric."""

    metric: str
    weight: Percent
    period: str = ""
    where: Where = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Child:
    """share: as the table states it; None where it is blank."""

    name: str
    share: Fraction | None
    where: Where


def tree(run: QuotaRun) -> dict[str, list[Child]]:
    """parent -> its children, parents above their own children.  A Problem where somebody stands above himself."""
    table = run.world.table("quota_allocations")
    shares = table.amounts("share")
    children: dict[str, list[Child]] = {}
    parent_of: dict[str, str] = {}
    for row, parent in enumerate(table.words("parent").tolist()):
        child = str(table.words("child")[row])
        share = shares.value.at(row) if shares.present[row] else None
        if child in parent_of:
            run.problem(
                "quota-tree",
                f'"{child}" stands below "{parent_of[child]}" and "{parent}".',
                table.where(row),
                "Its quota would be handed down twice.",
                "Keep one of the rows.",
            )
            continue
        parent_of[child] = str(parent)
        children.setdefault(str(parent), []).append(Child(child, share, table.where(row)))
    out: dict[str, list[Child]] = {}

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            run.problem(
                "quota-tree",
                f'"{name}" stands above itself: {" - ".join((*above, name))}.',
                children[name][0].where,
                "A quota can't be handed down in a circle.",
                "Correct quota_allocations.",
            )
            return
        if name in children:
            out.setdefault(name, children[name])
            for child in children[name]:
                visit(child.name, (*above, name))

    roots = [p for p in children if p not in parent_of]
    for root in roots:
        visit(root, ())
    for parent in children:
        if parent not in out:
            visit(parent, ())
    return out


def depth(children: dict[str, list[Child]], name: str) -> int:
    """How many levels a holder stands below the top."""
    parents = {c.name: p for p, below in children.items() for c in below}
    out = 0
    while name in parents:
        name, out = parents[name], out + 1
    return out


def blended(
    run: QuotaRun, names: Sequence[str], metrics: Sequence[Weighted], where: Where
) -> list[tuple[Fraction, str]]:
    """The share of each holder: for each metric the holder's part of the total, times the metric's weight; and why."""
    shares = [Fraction(0)] * len(names)
    words = [""] * len(names)
    for entry in metrics:
        values = run.metric(entry.metric, entry.where, entry.period)
        missing = [n for n in names if n not in values]
        if values and missing:
            run.problem(
                "quota-metric",
                f'"{missing[0]}" has no metric "{entry.metric}".',
                entry.where,
                "Its share can't be found.",
                "Add it to quota_metrics; 0 where there is none.",
            )
        known = [values.get(n, (Fraction(0), "", where))[0] for n in names]
        total = sum(known, Fraction(0))
        if not total:
            run.problem(
                "quota-metric",
                f'the metric "{entry.metric}" totals 0 over {", ".join(names)}.',
                entry.where,
                "Nothing can be shared by it.",
                "Correct the values, or take another metric.",
            )
            continue
        for i, value in enumerate(known):
            shares[i] += entry.weight.value * value / total
            part = f"{entry.weight} x {percent_words(value / total)} of {entry.metric}"
            words[i] = f"{words[i]} + {part}" if words[i] else part
    return list(zip(shares, words, strict=True))


def check_weights(metrics: Sequence[Weighted]) -> Fraction:
    """What the weights total."""
    return sum((m.weight.value for m in metrics), Fraction(0))
