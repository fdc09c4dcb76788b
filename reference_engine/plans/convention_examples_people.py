"""Cases of the conventions of quotas and of people who come, go and are away inside a period."""

from __future__ import annotations

from reference_engine.mechanics.registry import Example
from reference_engine.plans.convention_case import Shown, case, component, deals

_DAYS = {
    "proration.of": "target only",
    "proration.basis": "365 days",
    "proration.partial_month": "whole",
    "proration.start_day_counts": "yes",
    "proration.end_day_counts": "yes",
    "proration.factor_decimals": "exact",
}
_CURVE = component(
    "{curve: {points: [{attainment: 0%, payout: 0%}, {attainment: 100%, payout: 100%}, {attainment: 200%, payout: 300%}]}}"
)
_AT_ONCE = component("{retroactive: {tiers: [{from: 0%, to: 100%, rate: 1%}, {from: 100%, rate: 2%}]}}")
_AWAY = "payee | event | from | to\nAna | leave | 2026-04-01 | 2026-06-30"


def _prorated(convention: str, pays: str = "yearly", quota: str = "", **others: str) -> str:
    """A plan that pays a target incentive by a curve, and the one convention of proration that is asked."""
    stated = {**_DAYS, **{n.replace("__", "."): r for n, r in others.items()}, convention: "{reading}"}
    words = ", ".join(f"{n}: {r}" for n, r in stated.items())
    more = f"quota: [{quota}]\n" if quota else ""
    return (
        f"pays: {pays}\nconventions: {{rounding: [{{at: payout, mode: half up, decimals: 2}}], tier.accumulate: period, "
        f"curve.below: zero, curve.above: flat, {words}}}\n{more}{_CURVE}"
    )


def _on_target(target: str, period: str = "year", payees: str = "Ana", since: str = "2026-01-01") -> str:
    """Payees with a quota of 1,000.00 EUR, which they reach, and a target incentive."""
    head = "payee | plan | from | quota | target incentive | period"
    rows = [f"{p} | P | {since} | 1,000.00 EUR | {target} EUR | {period}" for p in payees.split()]
    return "\n".join([head, *rows])


def _hired(
    convention: str, day: str, target: str, pays: str = "yearly", sold: str = "2026-12-15", **others: str
) -> Example:
    """Somebody hired inside a period who reaches a quota that isn't prorated."""
    return case(
        _prorated(convention, pays, **others),
        payees=f"payee | hired\nAna | {day}",
        plan_assignments=_on_target(target, "year" if pays == "yearly" else "quarter"),
        deals=deals(f"Ana | 1,000.00 EUR | {sold}"),
    )


def _months(*amounts: str) -> str:
    """What is paid in the months of 2026, in words."""
    return ", ".join(f"2026-{month:02d} {amount} EUR" for month, amount in enumerate(amounts, 1))


_SEASON = "[16.1%, 16.3%, 18.1%, 16.3%, 16.1%, 17.1%]"

PEOPLE: dict[str, Shown] = {
    "quota.residue": Shown(
        "A quota of 100.00 EUR for six months, spread as 16.1, 16.3, 18.1, 16.3, 16.1 and 17.1 EUR and rounded to whole euros, which come to 99; "
        "20.00 EUR are sold each month, and what is above the quota earns 100%",
        case(
            "conventions: {rounding: exact, tier.accumulate: period, quota.residue: {reading}}\n"
            f"quota: [{{distribution: {{per: month, weights: {_SEASON}, round to: 1.00 EUR}}}}]\n"
            + component("{marginal: {tiers: [{from: 0%, to: 100%, rate: 0%}, {from: 100%, rate: 100%}]}}"),
            quotas="payee | period | quota\nAna | 2026-H1 | 100.00 EUR",
            deals=deals(*(f"Ana | 20.00 EUR | 2026-0{m}-15" for m in range(1, 7))),
        ),
        {
            "first": _months("3.00", "4.00", "2.00", "4.00", "4.00", "3.00"),
            "last": _months("4.00", "4.00", "2.00", "4.00", "4.00", "2.00"),
            "largest share": _months("4.00", "4.00", "1.00", "4.00", "4.00", "3.00"),
            "largest remainder, earlier first": _months("4.00", "3.00", "2.00", "4.00", "4.00", "3.00"),
            "largest remainder, later first": _months("4.00", "4.00", "2.00", "3.00", "4.00", "3.00"),
            "nobody": _months("4.00", "4.00", "2.00", "4.00", "4.00", "3.00"),
        },
    ),
    "quota.explicit_zero": Shown(
        "100,000.00 EUR sold by somebody whose own quota is 0.00 EUR on a plan whose default is 150,000.00 EUR; a quota of zero is reached by any sale; "
        "everything earns 1% below the quota, and 2% from it",
        case(
            "conventions: {rounding: exact, tier.accumulate: period, tier.bound: upper tier, quota.zero: attainment 100%, quota.explicit_zero: {reading}}\n"
            "quota: [{default quota: {per: month, quotas: [{amount: 150000.00 EUR}]}}]\n" + _AT_ONCE,
            quotas="payee | period | quota\nAna | 2026-01 | 0.00 EUR",
            deals=deals("Ana | 100,000.00 EUR | 2026-01-15"),
        ),
        {"overrides": "2,000.00 EUR", "falls through": "1,000.00 EUR"},
    ),
    "quota.seller_order": Shown(
        "Half of a territory's quota of 100,000.00 EUR, ramped to 80% and adjusted by 5,000.00 EUR; 44,500.00 EUR are sold; "
        "everything earns 1% below the quota, and 2% from it",
        case(
            "pays: quarterly\nconventions: {rounding: exact, tier.accumulate: period, tier.bound: upper tier, quota.seller_order: {reading}}\n"
            "quota: [seller quota]\n" + _AT_ONCE,
            territory_quotas="territory | period | quota\nNorth | 2026-Q1 | 100,000.00 EUR",
            seller_quotas="payee | territory | share | ramp | adjustment\nAna | North | 50% | 80% | 5,000.00 EUR",
            deals=deals("Ana | 44,500.00 EUR | 2026-01-15"),
        ),
        {"ramp, then adjustment": "445.00 EUR", "adjustment, then ramp": "890.00 EUR"},
    ),
    "quota.account_move": Shown(
        "An account with a quota of 9,100.00 EUR moves on 1 June, after 61 of 91 days, out of the territory that Ana carries; she sells 7,000.00 EUR in it; "
        "everything earns 1% below the quota, and 2% from it",
        case(
            "pays: quarterly\nconventions: {rounding: exact, tier.accumulate: period, tier.bound: upper tier, "
            'quota.seller_order: "ramp, then adjustment", quota.account_move: {reading}}\n'
            "quota: [account quotas, seller quota]\n" + _AT_ONCE,
            accounts="account | territory\nAcme | North",
            account_quotas="account | period | quota\nAcme | 2026-Q2 | 9,100.00 EUR",
            account_moves="account | territory | from\nAcme | South | 2026-06-01",
            seller_quotas="payee | territory | share\nAna | North | 100%",
            deals=deals("Ana | 7,000.00 EUR | 2026-04-15"),
        ),
        {"moves pro rata": "140.00 EUR", "stays": "70.00 EUR"},
    ),
    "quota.relief": Shown(
        "Last year's 100,000.00 EUR grow by 10% with a relief of 2%; 107,900.00 EUR are sold; everything earns 1% below the quota, and 2% from it",
        case(
            "pays: yearly\nconventions: {rounding: exact, tier.accumulate: period, tier.bound: upper tier, quota.relief: {reading}}\n"
            "quota: [{bottom up: {growth: 10%, attrition relief: 2%}}]\n" + _AT_ONCE,
            quotas="payee | period | quota\nAna | FY2026 | 100,000.00 EUR",
            deals=deals("Ana | 107,900.00 EUR | 2026-12-15"),
        ),
        {"compounded": "2,158.00 EUR", "added": "1,079.00 EUR"},
    ),
    "ramp.first_month": Shown(
        "Somebody hired on 15 January has 25% of the quota of 1,000.00 EUR in the first month of the ramp and 50% in the second, and sells 400.00 EUR a month; "
        "everything earns 1% below the quota, and 2% from it",
        case(
            "conventions: {rounding: exact, tier.accumulate: period, tier.bound: upper tier, proration.of: neither, ramp.first_month: {reading}}\n"
            "quota: [{ramp: {shares: [25%, 50%]}}]\n" + _AT_ONCE,
            payees="payee | hired\nAna | 2026-01-15",
            quotas="payee | period | quota\nAna | 2026-01 | 1,000.00 EUR\nAna | 2026-02 | 1,000.00 EUR\nAna | 2026-03 | 1,000.00 EUR",
            deals=deals(*(f"Ana | 400.00 EUR | 2026-0{m}-20" for m in range(1, 4))),
        ),
        {
            "hire month": "2026-01 8.00 EUR, 2026-02 4.00 EUR, 2026-03 4.00 EUR",
            "first full month": "2026-01 8.00 EUR, 2026-02 8.00 EUR, 2026-03 4.00 EUR",
        },
    ),
    "proration.of": Shown(
        "Somebody hired on 1 July has a yearly quota of 120,000.00 and a target incentive of 12,000.00 EUR, and sells 90,000.00 EUR; "
        "the target is paid by a curve from 0% over 100% at quota to 300% at twice the quota",
        case(
            _prorated("proration.of", proration__basis="months"),
            payees="payee | hired\nAna | 2026-07-01",
            plan_assignments="payee | plan | from | quota | target incentive | period\n"
            "Ana | P | 2026-01-01 | 120,000.00 EUR | 12,000.00 EUR | year",
            deals=deals("Ana | 90,000.00 EUR | 2026-12-15"),
        ),
        {
            "quota and target": "12,000.00 EUR",
            "quota only": "24,000.00 EUR",
            "target only": "4,500.00 EUR",
            "neither": "9,000.00 EUR",
        },
    ),
    "proration.basis": Shown(
        "The part of a target of 10,000.00 EUR for the fourth quarter of 2028, a leap year, for somebody hired on 17 November who works "
        "40 hours a week, and 20 from December on",
        case(
            _prorated("proration.basis", "quarterly"),
            payees="payee | hired\nAna | 2028-11-17",
            work_schedules="payee | from | hours per week\nAna | 2028-01-01 | 40\nAna | 2028-12-01 | 20",
            plan_assignments=_on_target("10,000.00", "quarter"),
            deals=deals("Ana | 1,000.00 EUR | 2028-12-15"),
        ),
        {
            "calendar days": "4,891.30 EUR",
            "work days": "4,769.23 EUR",
            "hours": "3,761.47 EUR",
            "months": "6,666.67 EUR",
            "days of the year": "4,918.03 EUR",
            "365 days": "4,931.51 EUR",
            "360 days": "5,000.00 EUR",
            "30/360": "4,888.89 EUR",
        },
    ),
    "proration.partial_month": Shown(
        "The part of a yearly target of 12,000.00 EUR, by months, for Ana, hired on 10 November, and Ben, hired on 17 November; the cut-off day is the 15th",
        case(
            _prorated(
                "proration.partial_month", quota="{proration: {cut off day: 15}}", proration__basis="months"
            ),
            payees="payee | hired\nAna | 2026-11-10\nBen | 2026-11-17",
            plan_assignments=_on_target("12,000.00", payees="Ana Ben"),
            deals=deals("Ana | 1,000.00 EUR | 2026-12-15", "Ben | 1,000.00 EUR | 2026-12-15"),
        ),
        {
            "whole": "Ana 2,000.00 EUR, Ben 2,000.00 EUR",
            "none": "Ana 1,000.00 EUR, Ben 1,000.00 EUR",
            "by days": "Ana 1,700.00 EUR, Ben 1,466.67 EUR",
            "cut-off day": "Ana 2,000.00 EUR, Ben 1,000.00 EUR",
        },
    ),
    "proration.start_day_counts": Shown(
        "The part of a yearly target of 36,500.00 EUR for Ana, hired on 30 September, and Ben, there since 1 January, who leaves on 30 June",
        case(
            _prorated("proration.start_day_counts"),
            payees="payee | hired | left\nAna | 2026-09-30 |\nBen | 2020-01-01 | 2026-06-30",
            plan_assignments=_on_target("36,500.00", payees="Ana Ben"),
            deals=deals("Ana | 1,000.00 EUR | 2026-12-15", "Ben | 1,000.00 EUR | 2026-05-15"),
        ),
        {
            "yes": "Ana 9,300.00 EUR, Ben 18,100.00 EUR",
            "no": "Ana 9,200.00 EUR, Ben 18,000.00 EUR",
            "only on the first day of the period": "Ana 9,200.00 EUR, Ben 18,100.00 EUR",
        },
    ),
    "proration.end_day_counts": Shown(
        "The part of a yearly target of 36,500.00 EUR for somebody who leaves on 30 June, after 181 days",
        case(
            _prorated("proration.end_day_counts"),
            payees="payee | left\nAna | 2026-06-30",
            plan_assignments=_on_target("36,500.00"),
            deals=deals("Ana | 1,000.00 EUR | 2026-05-15"),
        ),
        {"yes": "18,100.00 EUR", "no": "18,000.00 EUR"},
    ),
    "proration.factor_decimals": Shown(
        "The part of a yearly target of 3,650,000.00 EUR for somebody hired on 1 October, for 92 of 365 days",
        _hired("proration.factor_decimals", "2026-10-01", "3,650,000.00"),
        {
            "exact": "920,000.00 EUR",
            "1": "1,095,000.00 EUR",
            "2": "912,500.00 EUR",
            "3": "919,800.00 EUR",
            "4": "920,165.00 EUR",
            "5": "919,982.50 EUR",
            "6": "920,000.75 EUR",
        },
    ),
    "leave.quota": Shown(
        "A leave of 91 days, a yearly quota of 36,500.00 EUR and 30,000.00 EUR sold; everything earns 1% below the quota, and 2% from it",
        case(
            "pays: yearly\nconventions: {rounding: exact, tier.accumulate: period, tier.bound: upper tier, proration.of: quota only, proration.basis: 365 days, "
            "proration.start_day_counts: yes, proration.end_day_counts: yes, proration.factor_decimals: exact, leave.quota: {reading}}\n"
            + _AT_ONCE,
            employment_events=_AWAY,
            quotas="payee | period | quota\nAna | FY2026 | 36,500.00 EUR",
            deals=deals("Ana | 30,000.00 EUR | 2026-12-15"),
        ),
        {"nothing": "300.00 EUR", "days excluded": "600.00 EUR"},
    ),
    "leave.target": Shown(
        "A leave of 91 days, and a yearly target of 36,500.00 EUR whose quota is reached",
        case(
            _prorated("leave.target", leave__quota="nothing"),
            employment_events=_AWAY,
            plan_assignments=_on_target("36,500.00"),
            deals=deals("Ana | 1,000.00 EUR | 2026-12-15"),
        ),
        {"nothing": "36,500.00 EUR", "days excluded": "27,400.00 EUR"},
    ),
    "leave.credits": Shown(
        "10% of a deal of 1,000.00 EUR that closes on a day of leave",
        case(
            "conventions: {rounding: exact, leave.credits: {reading}}\n"
            + component("{flat rate: {rate: 10%}}"),
            employment_events=_AWAY,
            deals=deals("Ana | 1,000.00 EUR | 2026-05-15"),
        ),
        {"counts": "100.00 EUR", "doesn't count": "nothing"},
    ),
    "credit.outside_employment": Shown(
        "10% of a deal of 1,000.00 EUR that closes on the day before the payee is hired",
        case(
            "conventions: {rounding: exact, credit.outside_employment: {reading}}\n"
            + component("{flat rate: {rate: 10%}}"),
            payees="payee | hired\nAna | 2026-02-01",
            deals=deals("Ana | 1,000.00 EUR | 2026-01-31"),
        ),
        {"counts": "100.00 EUR", "doesn't count": "nothing"},
    ),
}
