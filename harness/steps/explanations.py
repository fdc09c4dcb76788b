"""Why something is paid, and why nothing is."""

from __future__ import annotations

from harness.catalogue import TextBlock, sentence
from harness.scene import Scene
from harness.verdicts import Mismatch, NotCalculated
from reference_engine.problems import did_you_mean
from reference_engine.vocabulary.numbers import Money

ANYTHING = "..."


@sentence(
    "T09",
    "then",
    'no commission is paid on deal "{deal}" because "{reason}"',
    meaning="Nothing is paid on a deal to anybody, for this reason: `closed before the plan started`, `closed after the plan ended`, `cancelled on` a day, `nobody is credited with it`, "
    "`its rate is 0%`, `no component of` a plan `counts it`, and so on; another reason is answered with the computed one.",
    example='no commission is paid on deal "D-2" because "closed before the plan started"',
)
def not_paid(scene: Scene, deal: str, reason: str) -> None:
    __tracebackhide__ = True
    from reference_engine.explain.not_paid import paid_on, why_not_paid

    result = scene.outcome.result
    paid = paid_on(result, deal)
    if paid:
        listed = "\n".join(f"  {r.payee}, {r.pay_period}, {r.label}: {Money(r.amount, r.currency)}" for r in paid[:20])
        raise Mismatch(f"Commission is paid on deal {deal}, and none was expected:\n{listed}")
    reasons = why_not_paid(result, deal)
    if not reasons:
        known = dict.fromkeys(str(d) for d in result.events.deal.tolist() if d)
        raise NotCalculated(f'There is no deal "{deal}" in this scenario. {did_you_mean(deal, known)}')
    if _plain(reason) not in [_plain(r) for r in reasons]:
        listed = "\n".join(f"  {r}" for r in reasons)
        raise Mismatch(f'No commission is paid on deal {deal}, and for another reason than "{reason}":\n{listed}')


@sentence(
    "T15",
    "then",
    'the explanation of "{payee}" for {period} reads:',
    block="the sentences of the statement; a line of three dots stands for any lines",
    meaning="What the statement says of every line, as `trueup explain` prints it. Lines are compared word by word; white space doesn't count.",
    example='the explanation of "Ana Ruiz" for 2026-Q1 reads:',
)
def explanation(scene: Scene, payee: str, period: str, block: TextBlock) -> None:
    __tracebackhide__ = True
    from reference_engine.explain.derivation import derivations

    outcome = scene.outcome
    lines = outcome.statement(payee, period)
    steps = derivations(outcome.result.plans, outcome.result.world, lines, as_of=scene.today)
    computed: list[str] = []
    for line in lines:
        named = line.label if not line.record or line.record in line.label else f"{line.record}, {line.label}"
        computed.append(f"{named} {Money(line.amount, line.currency)}")
        computed += [step.sentence for step in steps.get(line, ())]
    expected = [text for line in block.text.splitlines() if (text := " ".join(line.split()))]
    if all(text == ANYTHING for text in expected):
        raise NotCalculated("The text block holds three dots only, and any explanation reads so. Write a line of it.")
    if not _reads(expected, [" ".join(text.split()) for text in computed]):
        listed = "\n".join(f"  {text}" for text in computed) or "  nothing: no line is paid in this period"
        raise Mismatch(f'The explanation of "{payee}" for {period} does not read as expected. It reads:\n{listed}')


def _reads(expected: list[str], computed: list[str]) -> bool:
    """Whether the computed lines are the expected ones, where three dots stand for any number of lines."""
    # The positions in `computed` up to which the expected lines so far can reach.
    reached = {0}
    for text in expected:
        if text == ANYTHING:
            reached = set(range(min(reached), len(computed) + 1)) if reached else reached
        else:
            reached = {at + 1 for at in reached if at < len(computed) and computed[at] == text}
    return len(computed) in reached


def _plain(text: str) -> str:
    return " ".join(text.split()).rstrip(".").casefold()
