"""What changes in a plan, and what that does to payouts."""

from __future__ import annotations

from datetime import date

from harness.catalogue import sentence
from harness.comparison import Comparison, said
from harness.plan_changes import Change
from harness.scene import Scene
from harness.table_schemas import CHANGED, CHANGES, Rows
from harness.verdicts import NotCalculated
from reference_engine.problems import Problem, did_you_mean
from reference_engine.vocabulary.numbers import Money


@sentence(
    "G20",
    "given",
    'the plan "{plan}" changes on {date}:',
    table=CHANGES,
    meaning="What is sold from that day on is paid by the new rate, and a return as its sale was. A setting is `rate`, or the rate of a tier by its bounds.",
    example='the plan "AE Growth" changes on 2026-04-01:',
)
def changes(scene: Scene, plan: str, date: date, table: Rows) -> None:
    draft = scene.plan(plan)
    for row in table.rows:
        draft.once(f'the change of "{row.text["setting"]}" on {date}', row.where, scene.problems)
        if row.text["before"] == row.text["after"]:
            what = f'the {row.text["setting"]} is {row.text["before"]} before the change and after it'
            scene.problems.append(Problem("change-nothing", what, row.where, "The change would have no effect.", "Write what it becomes."))
        draft.changes.append(Change(row.text["setting"], row.text["before"], row.text["after"], date, row.where))


@sentence(
    "W8",
    "when",
    'release "{release}" is compared with release "{release}" for {period}',
    meaning="The period is calculated twice: by the plans as they were before their changes, and by the plans with them.",
    example='release "2026.4" is compared with release "2026.5" for 2026-Q2',
)
def compare(scene: Scene, release: str, release_2: str, period: str) -> None:
    scene.compare_releases(period, release, release_2)


@sentence(
    "T18",
    "then",
    "only these payouts change:",
    table=CHANGED,
    meaning="Everybody whose payout is another one after the change, with the reason for people to read. Any other payout that changes is a difference.",
    example="only these payouts change:",
)
def only_these_change(scene: Scene, table: Rows) -> None:
    __tracebackhide__ = True
    after = scene.outcome
    if scene.before is None:
        raise NotCalculated('No releases were compared. Add: When release "2026.4" is compared with release "2026.5" for 2026-Q2')
    label = after.span.label
    old, new = scene.before.payouts(label), after.payouts(label)
    moved = {p: (old.get(p, []), new.get(p, [])) for p in {**old, **new} if _amounts(old.get(p, [])) != _amounts(new.get(p, []))}
    comparison = Comparison("Other payouts change than expected.", ("", "payee", "before", "computed", "after", "computed"))
    seen: set[str] = set()
    for row in table.rows:
        payee, first, last = row.text["payee"], row.values["before"], row.values["after"]
        assert isinstance(first, Money)
        assert isinstance(last, Money)
        if payee not in after.payees:
            comparison.note(f'Nobody in this scenario is called "{payee}". {did_you_mean(payee, after.payees)}')
            continue
        if payee in seen:
            comparison.note(f'"{payee}" stands twice in the expected table (line {row.where.line}).')
        seen.add(payee)
        moved.pop(payee, None)
        was, now = scene.before.payout(payee, label, first.currency), after.payout(payee, label, last.currency)
        comparison.add("", payee, str(first), said(was), str(last), said(now), ok=(was, now) == ([first], [last]) and first != last)
        if first == last:
            comparison.note(f'"{payee}" is expected to change from {first} to {last}, which is no change.')
    for payee, (was, now) in moved.items():
        comparison.add("not expected", payee, "-", said(was), "-", said(now), ok=False)
    comparison.finish()


def _amounts(money: list[Money]) -> dict[str, object]:
    return {m.currency: m.amount for m in money if m.amount}
