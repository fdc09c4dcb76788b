"""What the record of a reconciliation says of payouts, known differences and inputs, for a company of its own."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from reports.record import Derivation, RunRecord, load_record
from reports.site import page

FILES = {
    "plans/field.yaml": """\
plan: Field
currency: EUR
pays: quarterly
eligible: assigned
conventions:
  rounding: [{at: payout, mode: half up, decimals: 2}]
  tier.accumulate: period
  tier.bound: upper tier
  cap.excess: lost
  draw.recovery: immediate
components:
  - component: Commission
    measure: bookings
    credits: [direct]
    earn:
      - retroactive:
          tiers:
            - {from: 0%,   to: 80%,  rate: 3%}
            - {from: 80%,  to: 100%, rate: 5.5%}
            - {from: 100%,           rate: 7.25%}
pay:
  - cap: {per: quarter, amount: 9500.00 EUR}
""",
    "plans/inside.yaml": """\
plan: Inside
currency: EUR
pays: monthly
eligible: assigned
conventions:
  rounding: [{at: line, mode: half up, decimals: 2}]
components:
  - component: Bonus
    measure: bookings
    credits: [direct]
    earn:
      - flat rate: {rate: 1.15%}
""",
    "data/deals.csv": """\
deal,owner,amount,currency,closed
A-1,P01,60000.00,EUR,2026-01-20
A-2,P01,25000.10,EUR,2026-03-31
A-3,P02,63000.00,EUR,2026-02-14
A-4,P03,1234.56,EUR,2026-01-31
A-6,P01,150000.00,EUR,2026-05-02
A-7,P02,40000.00,EUR,2026-06-30
A-8,P03,999.99,EUR,2026-03-01
""",
    "data/payees.csv": "payee,name\nP01,Jana\nP02,Ben\nP03,Zoe\n",
    "data/plan_assignments.csv": "payee,plan,from,to\nP01,Field,2026-01-01,\nP02,Field,2026-01-01,\nP03,Inside,2026-01-01,\n",
    "data/quotas.csv": """\
payee,period,quota
P01,2026-Q1,100000.00 EUR
P02,2026-Q1,80000.00 EUR
P01,2026-Q2,120000.00 EUR
P02,2026-Q2,80000.00 EUR
""",
    "data/draws.csv": "payee,from,to,per,kind,amount\nP02,2026-Q2,2026-Q2,quarter,recoverable,2000.00 EUR\n",
    # The target ignores the cap, rounds half to even, and pays a draw that is 100.00 too low.
    "export/paid.csv": """\
nr,plan,period,paid
E-1,F,2026-Q1,4675.01
E-1,F,2026-Q2,10875.00
E-2,F,2026-Q1,1890.00
E-2,F,2026-Q2,1900.00
E-3,I,2026-01,14.20
E-3,I,2026-03,11.49
""",
    "people.csv": "nr,payee\nE-1,P01\nE-2,P02\nE-3,P03\n",
    "mapping.yaml": """\
target: Their system
format: {delimiter: comma, encoding: utf-8, culture: en-US, dates: year first}
grains:
  - grain: monthly payouts
    expected: payouts
    file: paid.csv
    rows where: {plan: I}
    expected where: {plan: Inside}
    key:
      payee: {column: nr, lookup: {file: people.csv, from: nr, to: payee}}
      period: {column: period}
    values:
      amount: {column: paid, currency: EUR}
  - grain: QUARTERLY payouts
    expected: payouts
    file: paid.csv
    rows where: {plan: F}
    expected where: {plan: [Field, ""]}
    key:
      payee: {column: nr, lookup: {file: people.csv, from: nr, to: payee}}
      period: {column: period}
    values:
      amount: {column: paid, currency: EUR}
""",
    "known.yaml": """\
- key: {payee: P03, period: 2026-03}
  grain: monthly payouts
  difference: -0.01 EUR
  reason: rounds <b>half to even</b>
  until: 2099-01-31
  owner: Finance
  ticket: ALP-7
- key: {payee: P01, period: 2026-Q2}
  grain: QUARTERLY payouts
  difference: 1.00 EUR
  reason: no cap
  until: 2099-01-31
- key: {payee: P02, period: 2026-Q2}
  grain: QUARTERLY payouts
  difference: -100.00 EUR
  reason: old draw
  until: 2026-01-31
- key: {payee: P02, period: 2026-Q1}
  grain: QUARTERLY payouts
  difference: 5.00 EUR
  reason: was once there
  until: 2099-01-31
""",
}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def ran(company: Path, trueup: Callable[..., Any]) -> Any:
    return trueup(*_command(company), "--json")


def _command(company: Path) -> list[str | Path]:
    return [
        "reconcile", "--plan", company / "plans", "--data", company / "data", "--actual", company / "export",
        "--mapping", company / "mapping.yaml", "--known", company / "known.yaml", "--out", company / "out",
    ]  # fmt: skip


@pytest.fixture(scope="module")
def record(company: Path, ran: Any) -> RunRecord:
    assert ran.code == 1, ran.err
    return load_record(company / "out")


def _ours(record: RunRecord, period: str) -> Derivation:
    found = next(d for d in record.differences if d.key["period"] == period)
    assert found.ours is not None
    return found.ours


def test_a_payout_shows_its_lines_and_its_cap(record: RunRecord) -> None:
    difference = next(d for d in record.differences if d.actual == "10875.00")
    ours = difference.ours
    assert ours is not None
    tier, cap = ours.lines
    assert (tier.label, tier.base, tier.base_currency, tier.rate, tier.amount) == (
        "above 100%", "150000.00", "EUR", "7.25%", "10875.00"
    )  # fmt: skip
    assert (tier.plan_file.endswith("field.yaml"), tier.plan_line) == (True, 20)
    assert (cap.label, cap.kind, cap.base, cap.rate, cap.amount, cap.plan_line) == (
        "cap",
        "cap",
        "",
        "",
        "-1375.00",
        22,
    )
    assert cap.rule == "at most 9,500.00 EUR a quarter"
    assert ours.rule == "10,875.00 EUR from 1 line, -1,375.00 EUR by cap"
    assert ours.sentences == ()
    assert (ours.base, ours.rate) == ("", "")
    assert difference.stage == "", "its lines aren't compared, so nobody knows where it begins"


def test_a_payout_shows_the_draw_above_its_plans(record: RunRecord) -> None:
    difference = next(d for d in record.differences if d.actual == "1900.00")
    assert difference.ours is not None
    assert [(x.label, x.amount) for x in difference.ours.lines] == [
        ("up to 80%", "1200.00"),
        ("draw advance", "800.00"),
    ]


def test_lines_add_up_to_the_payout(record: RunRecord) -> None:
    for difference in record.differences:
        assert difference.ours is not None
        parts = [Fraction(x.amount) for x in difference.ours.lines]
        assert sum(parts) == Fraction(difference.expected)


def test_no_grain_follows_where_the_mapping_does_not_say_so(record: RunRecord, company: Path) -> None:
    assert [g.follows_from for g in record.grains] == ["", ""]
    text = page(record)
    assert "exactly the sum" not in text
    assert "does not add up" not in text


def test_payouts_have_slices_too(record: RunRecord) -> None:
    monthly, quarterly = record.grains
    assert [(s.dimension, s.value, s.compared, s.matched) for s in monthly.slices] == [
        ("plan", "Inside", 2, 1), ("period", "2026-01", 1, 1), ("period", "2026-03", 1, 0)
    ]  # fmt: skip
    # A draw above the plans and the plan's own lines are one payout, so nothing can be said of single plans.
    assert [(s.dimension, s.value, s.compared, s.matched) for s in quarterly.slices] == [
        ("period", "2026-Q1", 2, 2), ("period", "2026-Q2", 2, 0)
    ]  # fmt: skip
    assert dict(quarterly.slices[1].actual) == {"EUR": "12775.00"}


def test_known_differences_stand_in_the_record(record: RunRecord) -> None:
    accepted, changed, expired, gone = sorted(record.known, key=lambda k: k.state)
    assert [k.state for k in (accepted, changed, expired, gone)] == ["accepted", "changed", "expired", "gone"]
    assert dict(accepted.key) == {"payee": "P03", "period": "2026-03"}
    assert (dict(accepted.amount), accepted.owner, accepted.ticket, accepted.until) == (
        {"EUR": "-0.01"}, "Finance", "ALP-7", "2099-01-31"
    )  # fmt: skip
    assert accepted.file.endswith("known.yaml")
    assert accepted.line == 1
    assert "is now 1,375.00 EUR, not 1.00 EUR" in changed.message
    (row,) = record.accepted
    assert accepted.differences == (row.id,)
    assert (row.expected, row.actual, row.difference) == ("11.50", "11.49", "-0.01")
    assert row.theirs is not None
    assert row.theirs.row["nr"] == "E-3"
    assert [x.label for x in row.ours.lines] == ["A-8"] if row.ours else False
    assert set(changed.differences) < {d.id for d in record.differences}


def test_known_differences_stand_in_the_report(record: RunRecord) -> None:
    text = page(record)
    part = text[text.index('id="known"') : text.index("</section>", text.index('id="known"'))]
    for words in ("payee P03", "−0.01", "half to even", "Finance", "ALP-7", "2099-01-31", "accepted", "expired", "gone",
                  "changed", "is now 1,375.00 EUR, not 1.00 EUR", "E-3", "11.49"):  # fmt: skip
        assert words in part, words
    assert "<b>half" not in part


def test_inputs_name_lookups_and_every_grain_of_a_file(record: RunRecord, company: Path) -> None:
    lookup = next(i for i in record.inputs if i.name == "people.csv")
    assert lookup.sha256 == hashlib.sha256((company / "people.csv").read_bytes()).hexdigest()
    assert lookup.role == "mapping: codes of payee"
    assert lookup.rows == 3
    (export,) = [i for i in record.inputs if i.name == "paid.csv"]
    assert export.role == "target's export: monthly payouts and QUARTERLY payouts"
    assert export.rows == 6
    assert [(c.name, c.rows, dict(c.totals)) for c in export.controls] == [
        ("monthly payouts", 2, {"EUR": "25.69"}),
        ("QUARTERLY payouts", 4, {"EUR": "19340.01"}),
    ]


def test_only_tables_have_rows(record: RunRecord) -> None:
    rows = {i.name: i.rows for i in record.inputs}
    assert rows["field.yaml"] is None
    assert rows["mapping.yaml"] is None
    assert rows["known.yaml"] is None
    assert rows["deals.csv"] == 7


def test_limits_name_the_grain_that_they_are_about(record: RunRecord) -> None:
    assert (
        "monthly payouts: 4 of 6 rows of paid.csv don't count: only those where plan is I." in record.limits
    )


def test_what_is_left_out_is_said_once(record: RunRecord) -> None:
    assert sum("don't count" in limit and "paid.csv" in limit for limit in record.limits) == 2
    assert not [limit for limit in record.limits if "left out" in limit]


def test_every_csv_is_named(ran: Any, company: Path, trueup: Callable[..., Any]) -> None:
    out = company / "out"
    assert ran.json["differences_csv"] == (out / "differences.csv").as_posix()
    assert ran.json["differences_csvs"] == {
        "monthly payouts": (out / "differences.csv").as_posix(),
        "QUARTERLY payouts": (out / "differences_quarterly_payouts.csv").as_posix(),
    }
    assert all(Path(p).is_file() for p in ran.json["differences_csvs"].values())
    printed = trueup(*_command(company)).out
    for path in ran.json["differences_csvs"].values():
        assert path in printed


def test_expected_figures_from_before_show_their_lines_too(
    company: Path, record: RunRecord, trueup: Callable[..., Any]
) -> None:
    before, only = company / "before", company / "only"
    assert (
        trueup("calculate", "--plan", company / "plans", "--data", company / "data", "--out", before).code
        == 0
    )
    rest = ["--actual", company / "export", "--mapping", company / "mapping.yaml"]
    assert trueup("reconcile", "--expected", before, *rest, "--out", company / "again").code == 1
    again = load_record(company / "again")
    assert [x.amount for x in _ours(again, "2026-Q2").lines] == [
        x.amount for x in _ours(record, "2026-Q2").lines
    ]
    only.mkdir()
    (only / "payouts.csv").write_bytes((before / "payouts.csv").read_bytes())
    assert trueup("reconcile", "--expected", only, *rest, "--out", company / "again").code == 1
    ours = _ours(load_record(company / "again"), "2026-Q2")
    assert ours.lines == ()
    assert "aren't in the expected files" in ours.sentences[0]


def test_settlements_of_the_demo_add_up_from_at_most_50_lines_and_a_rest(demo: Any) -> None:
    record = load_record(demo.out)
    assert [g.follows_from for g in record.grains] == ["", "commission lines"]
    settlements = [d for d in record.differences if d.grain == "settlements"]
    longest = 0
    for d in settlements:
        assert d.ours is not None
        shown = sum((Fraction(x.amount) for x in d.ours.lines), Fraction(0))
        assert shown + Fraction(d.ours.rest or "0") == Fraction(d.expected)
        assert len(d.ours.lines) <= 60
        assert d.stage == "follows from the finer differences"
        longest = max(longest, d.ours.rest_lines)
        if d.ours.rest_lines:
            assert len(d.ours.lines) == 50
    assert longest, "one of them has more than 60 lines"
    crosswalk = next(i for i in record.inputs if i.name == "person_payee.csv")
    assert "mapping: codes of payee" in crosswalk.role
    people = next(i for i in record.inputs if i.name == "sales_person.csv")
    assert "codes" in people.role


def test_a_payout_may_follow_from_rows_within_a_tolerance(company: Path, trueup: Callable[..., Any]) -> None:
    folder = company / "followed"
    folder.mkdir()
    (folder / "lines.csv").write_text("deal,nr,paid\nA-4,E-3,14.21\nA-8,E-3,12.50\n", encoding="utf-8")
    (folder / "paid.csv").write_text(
        "nr,period,paid\nE-3,2026-01,14.21\nE-3,2026-03,12.50\n", encoding="utf-8"
    )
    person = "{column: nr, map: {E-3: P03}}"
    (folder / "mapping.yaml").write_text(
        f"""\
target: Theirs
format: {{delimiter: comma, encoding: utf-8, culture: en-US, dates: year first}}
grains:
  - grain: lines
    expected: lines
    file: lines.csv
    expected where: {{plan: Inside}}
    key: {{deal: {{column: deal}}, payee: {person}}}
    values: {{amount: {{column: paid, currency: EUR}}}}
    tolerance: [{{amount: 0.01 EUR, reason: rounded late}}]
  - grain: payouts by month
    expected: payouts
    file: paid.csv
    follows from: lines
    expected where: {{plan: Inside}}
    key: {{payee: {person}, period: {{column: period}}}}
    values: {{amount: {{column: paid, currency: EUR}}}}
""",
        encoding="utf-8",
    )
    data = shutil.copytree(company / "data", folder / "data", ignore=shutil.ignore_patterns("draws.csv"))
    ran = trueup("reconcile", "--plan", company / "plans", "--data", data, "--actual", folder,
                 "--mapping", folder / "mapping.yaml", "--out", company / "out2")  # fmt: skip
    assert ran.code == 1, ran.err
    record = load_record(company / "out2")
    assert [g.follows_from for g in record.grains] == ["", "lines"]
    (accepted,) = record.accepted
    (tolerated,) = record.tolerated
    assert accepted.follows_from == (tolerated.id,)
    assert [t.used for t in record.grains[0].tolerances] == [1]
    assert "Tolerances used" in page(record)
    assert (tolerated.key["deal"], tolerated.difference) == ("A-4", "0.01")
    assert [d.stage for d in record.differences] == ["earning", "follows from the finer differences"]
    assert "1 of 1 differing payouts by month are exactly the sum" in " ".join(
        page(record).replace("<strong>", "").replace("</strong>", "").split()
    )


def test_another_currency_is_no_contradiction(company: Path, trueup: Callable[..., Any]) -> None:
    folder = company / "currencies"
    folder.mkdir()
    (folder / "paid.csv").write_text(
        "nr,period,paid,money\nE-3,2026-01,14.20,USD\nE-3,2026-03,11.50,EUR\n", encoding="utf-8"
    )
    (folder / "mapping.yaml").write_text(
        """\
target: Theirs
format: {delimiter: comma, encoding: utf-8, culture: en-US, dates: year first}
grains:
  - grain: payouts
    expected: payouts
    file: paid.csv
    expected where: {plan: Inside}
    key: {payee: {column: nr, map: {E-3: P03}}, period: {column: period}}
    values: {amount: {column: paid, currency: {column: money}}}
""",
        encoding="utf-8",
    )
    ran = trueup("reconcile", "--plan", company / "plans", "--data", company / "data", "--actual", folder,
                 "--mapping", folder / "mapping.yaml", "--out", company / "out3")  # fmt: skip
    assert ran.code == 1, ran.err
    (difference,) = load_record(company / "out3").differences
    assert difference.class_ == "currency"
