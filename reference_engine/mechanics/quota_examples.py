"""Worked examples of people events: what proration, minimum service and leaves make of quotas and target incentives."""

from __future__ import annotations

from reference_engine.mechanics.registry import Example

_DAYS = "proration.of: quota and target, proration.basis: calendar days, proration.start_day_counts: yes, proration.end_day_counts: yes, proration.factor_decimals: exact"
_CURVE = (
    "components: [{component: target, measure: bookings, credits: [direct], earn: [{curve: {points: "
    "[{attainment: 50%, payout: 0%}, {attainment: 100%, payout: 100%}, {attainment: 150%, payout: 200%}]}}]}]"
)
_FLAT = "components: [{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 1%}}]}]"
_ON = "payee | plan | from | quota | target incentive | period\n"
_QUARTER = _ON + "Ana | P | 2026-01-01 | 90,000.00 EUR | 9,000.00 EUR | quarter"
_SALARY_COM = "https://salary.com/blog/calculating-prorated-bonuses-and-13th-month-bonuses"
_PEOPLESOFT = "https://docs.oracle.com/en/applications/peoplesoft/human-capital-management/9.2.055/peoplesoft-payroll-for-north-america/"


def _plan(pays: str, conventions: str, quota: str = "", components: str = _CURVE) -> str:
    made = f"quota: [{quota}]\n" if quota else ""
    return f"pays: {pays}\nconventions: {{rounding: exact, tier.accumulate: period, curve.below: zero, curve.above: flat, {conventions}}}\n{made}{components}"


def _deal(amount: str, closed: str = "2026-03-12") -> str:
    return f"deal | owner | amount | closed\nD-1 | Ana | {amount} | {closed}"


PRORATION = (
    Example(
        "Hired on 1 February: 59 of the 90 days of the quarter",
        _plan("quarterly", _DAYS),
        {
            "payees": "payee | hired\nAna | 2026-02-01",
            "plan_assignments": _QUARTER,
            "deals": _deal("59,000.00 EUR"),
        },
        "Ana | 2026-Q1 | 5,900.00 EUR",
        attainments="Ana | 2026-Q1 | 59,000.00 EUR | 59,000.00 EUR | 100%",
    ),
    Example(
        "An unpaid leave of 28 days leaves 62 of 90 days: 75% of the smaller quota pays half of the smaller target",
        _plan("quarterly", f"{_DAYS}, leave.quota: days excluded, leave.target: days excluded"),
        {
            "plan_assignments": _QUARTER,
            "employment_events": "payee | event | from | to | value\nAna | leave | 2026-02-01 | 2026-02-28 | unpaid",
            "deals": _deal("46,500.00 EUR"),
        },
        "Ana | 2026-Q1 | 3,100.00 EUR",
        attainments="Ana | 2026-Q1 | 46,500.00 EUR | 62,000.00 EUR | 75%",
    ),
    Example(
        "The same leave where the quota is frozen: it stays as it is, and so does the target; 46,500 of 93,000 are 50% and pay nothing",
        _plan("quarterly", f"{_DAYS}, leave.quota: nothing, leave.target: nothing"),
        {
            "plan_assignments": _QUARTER.replace("90,000.00", "93,000.00"),
            "employment_events": "payee | event | from\nAna | leave | 2026-02-01\nAna | return | 2026-03-01",
            "deals": _deal("46,500.00 EUR"),
        },
        "Ana | 2026-Q1 | 0.00 EUR",
        attainments="Ana | 2026-Q1 | 46,500.00 EUR | 93,000.00 EUR | 50%",
    ),
    Example(
        "A promotion on 1 March: each assignment counts for its own days, 59 and 31 of 90",
        _plan("quarterly", _DAYS),
        {
            "plan_assignments": "payee | plan | from | to | quota | target incentive | period\n"
            "Ana | P | 2026-01-01 | 2026-02-28 | 90,000.00 EUR | 4,500.00 EUR | quarter\n"
            "Ana | P | 2026-03-01 | | 180,000.00 EUR | 9,000.00 EUR | quarter",
            "deals": _deal("121,000.00 EUR"),
        },
        "Ana | 2026-Q1 | 6,050.00 EUR",
        attainments="Ana | 2026-Q1 | 121,000.00 EUR | 121,000.00 EUR | 100%",
    ),
    Example(
        "A bonus of 20,000 a year for a new hire: end minus start, over 365, rounded to 3 decimals: 0.252",
        _plan(
            "yearly",
            "proration.of: target only, proration.basis: 365 days, proration.start_day_counts: no, proration.factor_decimals: 3",
        ),
        {
            "payees": "payee | hired\nAna | 2019-09-30",
            "plan_assignments": _ON + "Ana | P | 2019-01-01 | 100.00 USD | 20,000.00 USD | year",
            "deals": _deal("100.00 USD", "2019-11-15"),
        },
        "Ana | FY2019 | 5,040.00 USD",
        source=_SALARY_COM,
    ),
    Example(
        "The same for somebody who leaves on 30 June: 180 of 365 days as 0.493",
        _plan(
            "yearly",
            "proration.of: target only, proration.basis: 365 days, proration.start_day_counts: no, proration.end_day_counts: yes, proration.factor_decimals: 3",
        ),
        {
            "payees": "payee | left\nAna | 2019-06-30",
            "plan_assignments": _ON + "Ana | P | 2019-01-01 | 100.00 USD | 20,000.00 USD | year",
            "deals": _deal("100.00 USD", "2019-03-15"),
        },
        "Ana | FY2019 | 9,860.00 USD",
        source=_SALARY_COM,
    ),
    Example(
        "By months: with the 15th as cut-off day a hire on the 15th counts the month, one on the 16th doesn't",
        _plan(
            "quarterly",
            "proration.of: quota and target, proration.basis: months, proration.partial_month: cut-off day, proration.factor_decimals: exact",
            "{proration: {cut off day: 15}}",
            _FLAT,
        ),
        {
            "payees": "payee | hired | left\nAna | 2026-02-15 |\nBen | 2026-02-16 |\nCho | | 2026-03-15\nDee | | 2026-03-14",
            "quotas": "payee | period | quota\n"
            + "\n".join(f"{p} | 2026-Q1 | 90.00 EUR" for p in ("Ana", "Ben", "Cho", "Dee")),
        },
        "",
        quotas="Ana | 2026-Q1 | 60.00 EUR\nBen | 2026-Q1 | 30.00 EUR\nCho | 2026-Q1 | 90.00 EUR\nDee | 2026-Q1 | 60.00 EUR",
    ),
    Example(
        "A semi-monthly period has 11 work days; who starts on its last has one of them, a holiday takes one from both",
        _plan(
            "monthly",
            "proration.of: quota and target, proration.basis: work days, proration.start_day_counts: yes, proration.factor_decimals: exact",
            components=_FLAT,
        ),
        {
            "fiscal_calendar": "period | from | to\n2019-P13 | 2019-07-01 | 2019-07-15\n2019-P14 | 2019-07-16 | 2019-07-31",
            "holidays": "date\n2019-07-17",
            "payees": "payee | hired\nAna | 2019-07-15\nBen | 2019-07-30",
            "quotas": "payee | period | quota\nAna | 2019-P13 | 11\nBen | 2019-P14 | 11",
        },
        "",
        quotas="Ana | 2019-P13 | 1\nBen | 2019-P14 | 2",
        source=_PEOPLESOFT + "proration-examples-delivered-frequencies.html",
    ),
    Example(
        "By hours: 40 hours on three days a week are 13.333 hours a day; a week is 40 of the 2,080 hours of 52 weeks",
        _plan(
            "monthly",
            "proration.of: quota and target, proration.basis: hours, proration.start_day_counts: yes, proration.factor_decimals: exact",
            components=_FLAT,
        ),
        {
            "fiscal_calendar": "period | from | to\n2026-P01 | 2026-01-05 | 2027-01-03",
            "work_schedules": "payee | from | hours per week | days\n | 2026-01-01 | 40 | Mon, Tue, Wed",
            "payees": "payee | hired\nAna | 2026-12-28\nBen | 2026-12-30",
            "quotas": "payee | period | quota\nAna | 2026-P01 | 2,080\nBen | 2026-P01 | 2,080",
        },
        "",
        quotas="Ana | 2026-P01 | 40\nBen | 2026-P01 | 40/3",
        source=_PEOPLESOFT + "proration-examples-nondelivered-frequency.html",
    ),
    Example(
        "Part time in a company of 40 hours: 44 of her own 88 hours of June; from a schedule that begins later, the company's count before",
        _plan(
            "monthly",
            "proration.of: quota and target, proration.basis: hours, proration.start_day_counts: yes, proration.factor_decimals: exact",
            components=_FLAT,
        ),
        {
            "work_schedules": "payee | from | hours per week\n | 2026-01-01 | 40\nAna | 2026-01-01 | 20\nBen | 2026-06-23 | 20",
            "payees": "payee | hired\nAna | 2026-06-16\nBen | 2026-06-16\nCho | 2026-06-16",
            "quotas": "payee | period | quota\nAna | 2026-06 | 88\nBen | 2026-06 | 152\nCho | 2026-06 | 88",
        },
        "",
        quotas="Ana | 2026-06 | 44\nBen | 2026-06 | 64\nCho | 2026-06 | 44",
        source="by hand, after https://docs.oracle.com/en/applications/peoplesoft/human-capital-management/9.2.055/peoplesoft-global-payroll/"
        "proration-segmentation.html",
    ),
)

SERVICE = (
    Example(
        "Hired with 90 and with 89 days left in the year",
        _plan("yearly", "proration.of: neither", "{minimum service: {days: 90, in: period}}", _FLAT),
        {
            "payees": "payee | hired\nAna | 2026-10-03\nBen | 2026-10-04",
            "quotas": "payee | period | quota\nAna | FY2026 | 100.00 EUR\nBen | FY2026 | 100.00 EUR",
        },
        "",
        quotas="Ana | FY2026 | 100.00 EUR\nBen | FY2026 | 0.00 EUR",
    ),
    Example(
        "Since the hire: 89 days at the end of the first quarter, enough at the end of the second",
        _plan("quarterly", "proration.of: neither", "{minimum service: {days: 90, in: employment}}", _FLAT),
        {
            "payees": "payee | hired\nAna | 2026-01-02",
            "quotas": "payee | period | quota\nAna | 2026-Q1 | 100.00 EUR\nAna | 2026-Q2 | 100.00 EUR",
        },
        "",
        quotas="Ana | 2026-Q1 | 0.00 EUR\nAna | 2026-Q2 | 100.00 EUR",
    ),
    Example(
        "A rehire begins to serve again",
        _plan("quarterly", "proration.of: neither", "{minimum service: {days: 60, in: employment}}", _FLAT),
        {
            "payees": "payee | hired | left\nAna | 2020-01-01 | 2026-01-10",
            "employment_events": "payee | event | from\nAna | hire | 2026-02-10",
            "quotas": "payee | period | quota\nAna | 2026-Q1 | 100.00 EUR\nAna | 2026-Q2 | 100.00 EUR",
        },
        "",
        quotas="Ana | 2026-Q1 | 0.00 EUR\nAna | 2026-Q2 | 100.00 EUR",
    ),
)

_OFF = f"{_DAYS}, leave.quota: days excluded, leave.target: days excluded"


def _threshold(how: str) -> str:
    return f"{{leave threshold: {{more than: 60, of: calendar days, leaves: {how}}}}}"


_YEARS = (
    "payee | period | quota\nAna | FY2026 | 365.00 EUR\nBen | FY2026 | 365.00 EUR\nCho | FY2026 | 365.00 EUR"
)
_AWAY = (
    "payee | event | from | to\nAna | leave | 2026-03-01 | 2026-04-29\nBen | leave | 2026-03-01 | 2026-04-30\n"
    "Cho | leave | 2026-03-01 | 2026-03-31\nCho | leave | 2026-06-01 | 2026-06-30"
)

LEAVES = (
    Example(
        "60 days change nothing, 61 days all count; two leaves of 31 and 30 days are added up",
        _plan("yearly", _OFF, _threshold("added up"), _FLAT),
        {"quotas": _YEARS, "employment_events": _AWAY},
        "",
        quotas="Ana | FY2026 | 365.00 EUR\nBen | FY2026 | 304.00 EUR\nCho | FY2026 | 304.00 EUR",
        source="by hand, after https://www.sec.gov/Archives/edgar/data/790705/000095013409004583/v51690exv10w1.htm",
    ),
    Example(
        "Each leave by itself: those of 31 and 30 days change nothing",
        _plan("yearly", _OFF, _threshold("each by itself"), _FLAT),
        {"quotas": _YEARS, "employment_events": _AWAY},
        "",
        quotas="Ana | FY2026 | 365.00 EUR\nBen | FY2026 | 304.00 EUR\nCho | FY2026 | 365.00 EUR",
    ),
    Example(
        "Parental leave only: a sick leave of 92 days changes nothing",
        _plan(
            "yearly",
            _OFF,
            "{leave threshold: {more than: 0, of: work days, leaves: added up, kinds of leave: [parental]}}",
            _FLAT,
        ),
        {
            "quotas": "payee | period | quota\nAna | FY2026 | 365.00 EUR\nBen | FY2026 | 365.00 EUR",
            "employment_events": "payee | event | from | to | value\nAna | leave | 2026-03-01 | 2026-05-31 | sick\nBen | leave | 2026-03-02 | 2026-03-02 | parental",
        },
        "",
        quotas="Ana | FY2026 | 365.00 EUR\nBen | FY2026 | 364.00 EUR",
    ),
)
