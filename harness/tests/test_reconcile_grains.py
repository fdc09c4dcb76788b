"""Every grain both ways: from the calculation and from its files, with the rule of each stated by the mapping."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PLAN = """
plan: AE Growth
currency: EUR
pays: quarterly
conventions:
  rounding: [{at: payout, mode: half up, decimals: 2}]
  tier.accumulate: period
  returns.earn: mirror
  balance.negative: carried
  split.when: before rate
components:
  - component: growth
    measure: bookings
    credits: [direct]
    earn:
      - marginal:
          tiers:
            - {from: 0%, to: 100%, rate: 8%}
            - {from: 100%, rate: 12%}
"""
DATA = {
    "payees": "payee,name,role\n17,Ana Ruiz,AE\n18,Ben Okafor,AE\n",
    "plan_assignments": "payee,plan,from\n17,AE Growth,2026-01-01\n18,AE Growth,2026-01-01\n",
    "quotas": "payee,period,quota\n"
    + "".join(f"{p},2026-Q{q},{v}.00 EUR\n" for p, v in ((17, 45000), (18, 60000)) for q in (1, 2)),
    "deals": "deal,owner,amount,currency,closed\nD-1,17,40000.00,EUR,2026-01-20\nD-2,17,20000.00,EUR,2026-03-02\n"
    "D-3,18,30000.00,EUR,2026-02-11\nD-4,18,10000.00,EUR,2026-05-11\n",
    "credit_splits": "deal,payee,share\nD-3,17,25%\nD-3,18,75%\n",
    "opening_balances": "payee,period,balance\n18,2026-Q1,-2500.00 EUR\n",
}
PARTS = {
    "transactions": (
        "key: {record: {column: id}}\n    values: {amount: {column: amount, currency: EUR}, payee: {column: owner}}",
        "id,owner,amount\nD-1,17,40000\nD-2,17,20000\nD-3,18,30000\nD-4,18,10000\n",
    ),
    "credits": (
        "key: {payee: {column: who}, record: {column: id}}\n    values: {value: {column: credit, currency: EUR}}",
        "who,id,credit\n17,D-1,40000\n17,D-2,20000\n17,D-3,7500\n18,D-3,22500\n18,D-4,10000\n",
    ),
    "quotas": (
        "key: {payee: {column: who}, period: {column: q}}\n    values: {quota: {column: goal, currency: EUR}}",
        "who,q,goal\n17,2026-Q1,45000\n18,2026-Q1,60000\n17,2026-Q2,45000\n18,2026-Q2,60000\n",
    ),
    "attainments": (
        "key: {payee: {column: who}, measure: {column: m}, period: {column: q}}\n"
        "    values: {attainment: {column: pct, written as: a percent, decimals: 4, rounded: half up}}",
        "who,m,q,pct\n17,bookings,2026-Q1,150.00%\n17,bookings,2026-Q2,0\n18,bookings,2026-Q1,37.5\n18,bookings,2026-Q2,16.67\n",
    ),
    "payouts": (
        "key: {payee: {column: who}, period: {column: q}}\n    values: {amount: {column: paid, currency: EUR}}",
        "who,q,paid\n17,2026-Q1,6300\n18,2026-Q1,0\n18,2026-Q2,100\n",
    ),
    "balances": (
        "key: {payee: {column: who}, period: {column: q}}\n    values: {amount: {column: open, currency: EUR}}",
        "who,q,open\n18,2026-Q1,-700\n18,2026-Q2,0\n",
    ),
}
RECORD_LINES = (
    "key: {payee: {column: who}, record: {column: id, blank: allowed}}\n    values: {amount: {column: paid, currency: EUR}}",
    "who,id,paid\n17,D-1,3200\n17,D-2,2400\n17,D-3,700\n18,D-3,1800\n18,D-4,800\n18,,-2500\n",
)


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the plan, its data and a folder for the export."""
    monkeypatch.chdir(tmp_path)
    Path("plan.yaml").write_text(PLAN, encoding="utf-8")
    for folder in ("data", "export"):
        Path(folder).mkdir()
    for name, text in DATA.items():
        Path("data", f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def write(parts: dict[str, tuple[str, str]], follows: dict[str, str] | None = None) -> None:
    grains = []
    for name, (words, rows) in parts.items():
        head = f"  - grain: {name}\n    expected: {name.split(' ')[-1]}\n    file: {name.replace(' ', '_')}.csv\n"
        head += f"    follows from: {follows[name]}\n" if follows and name in follows else ""
        grains.append(f"{head}    {words}\n")
        Path("export", f"{name.replace(' ', '_')}.csv").write_text(rows, encoding="utf-8")
    Path("mapping.yaml").write_text("target: Test target\ngrains:\n" + "".join(grains), encoding="utf-8")


def compared(trueup: Callable[..., Any], *more: str) -> Any:
    words = (
        "reconcile",
        "--plan",
        "plan.yaml",
        "--data",
        "data",
        "--actual",
        "export",
        "--mapping",
        "mapping.yaml",
    )
    return trueup(*words, "--json", *more)


def test_every_grain_agrees_from_the_calculation_and_from_its_files(
    company: Path, trueup: Callable[..., Any]
) -> None:
    write({**PARTS, "record lines": RECORD_LINES})
    ran = compared(trueup, "--out", "out")
    assert ran.code == 0, ran.out + ran.err
    counts = {ran.json["grain"]: ran.json["compared"]} | {
        n: g["compared"] for n, g in ran.json["grains"].items()
    }
    assert counts == {
        "transactions": 4,
        "credits": 5,
        "quotas": 4,
        "attainments": 4,
        "record lines": 6,
        "payouts": 3,
        "balances": 2,
    }
    again = trueup(
        "reconcile", "--expected", "out/expected", "--actual", "export", "--mapping", "mapping.yaml", "--json"
    )
    assert again.code == 0, again.out + again.err
    assert again.json["grains"] == ran.json["grains"]
    assert trueup("calculate", "--plan", "plan.yaml", "--data", "data", "--out", "due").code == 0
    files = {f.name for f in Path("due").glob("*.csv")}
    assert {
        f"{name}.csv"
        for name in ("transactions", "credits", "quotas", "attainments", "lines", "payouts", "balances")
    } <= files


@pytest.mark.parametrize(
    ("grain", "old", "new", "difference"),
    [
        ("transactions", "D-4,18,10000", "D-4,18,10000.01", {"EUR": "0.01"}),
        ("transactions", "D-4,18,10000\n", "", {"EUR": "-10000.00"}),
        ("transactions", "D-4,18", "D-4,17", {"EUR": "0.00"}),
        ("credits", "17,D-3,7500", "17,D-3,7499.99", {"EUR": "-0.01"}),
        ("quotas", "17,2026-Q1,45000", "17,2026-Q1,54000", {"EUR": "9000.00"}),
        ("attainments", "37.5", "37.51", {"": "0.0001"}),
        ("attainments", "16.67", "16.66", {"": "-0.0001"}),
        ("payouts", "18,2026-Q1,0", "18,2026-Q1,1800", {"EUR": "1800.00"}),
        ("balances", "-700", "-2500", {"EUR": "-1800.00"}),
    ],
)
def test_one_wrong_row_of_each_grain_is_found(
    company: Path, trueup: Callable[..., Any], grain: str, old: str, new: str, difference: dict[str, str]
) -> None:
    words, rows = PARTS[grain]
    assert old in rows
    write({grain: (words, rows.replace(old, new))})
    ran = compared(trueup, "--out", "out")
    assert (ran.code, ran.json["differences"], ran.json["difference_total"]) == (1, 1, difference), (
        ran.out + ran.err
    )
    page = Path("out/index.html").read_text("utf-8")
    assert "Traceback" not in page
    assert trueup("report", "out/record.json", "--out", "again").code == 0


def test_an_attainment_isnt_rounded_unless_the_mapping_says_how(
    company: Path, trueup: Callable[..., Any]
) -> None:
    words, rows = PARTS["attainments"]
    write({"attainments": (words.replace(", rounded: half up", ""), rows)})
    assert (compared(trueup).code, compared(trueup).slugs) == (2, ["expected-unrounded"])
    write({"attainments": (words.replace("half up", "down"), rows.replace("16.67", "16.66"))})
    assert compared(trueup).code == 0


def test_several_balances_under_one_key_need_a_rule(company: Path, trueup: Callable[..., Any]) -> None:
    words = "key: {payee: {column: who}}\n    values: {amount: {column: open, currency: EUR}}"
    write({"balances": (words, "who,open\n18,0\n")})
    ran = compared(trueup)
    assert (ran.code, ran.slugs) == (2, ["several-rows"])
    write({"balances": ("expected rows with the same key: take the last\n    " + words, "who,open\n18,0\n")})
    assert compared(trueup).code == 0
    write(
        {"balances": ("expected rows with the same key: take the last\n    " + words, "who,open\n18,-700\n")}
    )
    assert compared(trueup).code == 1


def test_a_count_of_different_deals(company: Path, trueup: Callable[..., Any]) -> None:
    words = "key: {payee: {column: who}, period: {column: q}}\n    expected where: {kind: booking}\n    values: {deals: {column: n}}"
    # Ana has four lines of three deals in the first quarter.
    write({"lines": (words, "who,q,n\n17,2026-Q1,3\n18,2026-Q1,1\n18,2026-Q2,1\n")})
    assert compared(trueup).code == 0
    write({"lines": (words, "who,q,n\n17,2026-Q1,4\n18,2026-Q1,1\n18,2026-Q2,1\n")})
    ran = compared(trueup)
    assert (ran.code, ran.json["difference_total"]) == (1, {"": "1"})
    lines = words.replace("deals:", "lines:")
    write({"lines": (lines, "who,q,n\n17,2026-Q1,4\n18,2026-Q1,1\n18,2026-Q2,1\n")})
    assert compared(trueup).code == 0


@pytest.mark.parametrize(
    ("grain", "old", "new", "slug"),
    [
        ("attainments", ", decimals: 4", "", "mapping-missing"),
        ("attainments", "decimals: 4", "decimals: 4, currency: EUR", "mapping-form"),
        ("credits", "{column: credit, currency: EUR}", "{column: credit, decimals: 2}", "figure-currency"),
        ("quotas", "quota: {column", "measured: {column", "mapping-word"),
        ("payouts", "values: {", "follows from: nothing\n    values: {", "mapping-word"),
    ],
)
def test_a_grain_that_is_read_wrongly_stops_the_run(
    company: Path, trueup: Callable[..., Any], grain: str, old: str, new: str, slug: str
) -> None:
    words, rows = PARTS[grain]
    assert old in words
    write({grain: (words.replace(old, new), rows)})
    ran = compared(trueup)
    assert ran.code == 2
    assert slug in ran.slugs


def test_later_stages_are_traced_to_the_first_that_differs(company: Path, trueup: Callable[..., Any]) -> None:
    credits, lines, payouts = PARTS["credits"], RECORD_LINES, PARTS["payouts"]
    write(
        {
            "credits": (credits[0], credits[1].replace("17,D-3,7500", "17,D-3,10000")),
            "record lines": (
                lines[0],
                lines[1].replace("17,D-3,700", "17,D-3,1000").replace("18,D-4,800", "18,D-4,801"),
            ),
            "payouts": (payouts[0], payouts[1].replace("6300", "6600").replace("2026-Q2,100", "2026-Q2,101")),
        },
        {"record lines": "credits", "payouts": "record lines"},
    )
    ran = compared(trueup, "--out", "out")
    assert ran.code == 1, ran.err
    assert ran.json["grains"]["payouts"]["explained"] == 2
    rows = json.loads(Path("out/record.json").read_text("utf-8"))["differences"]
    stages = {(r["grain"], r["key"].get("id", "")): r["stage"] for r in rows}
    assert stages["credits", "D-3"] == "credit"
    assert stages["record lines", "D-3"] == "credit"
    assert stages["record lines", "D-4"] == "earning"
    assert {s for (g, _), s in stages.items() if g == "payouts"} == {"follows from the finer differences"}


def test_a_statement_follows_from_the_payouts_that_it_adds_up(
    company: Path, trueup: Callable[..., Any]
) -> None:
    finer = "key: {payee: {column: who}, component: {column: what}, period: {column: q}}\n    values: {amount: {column: paid, currency: EUR}}"
    rows = "who,what,q,paid\n17,growth,2026-Q1,6300\n18,growth,2026-Q1,1850\n18,growth,2026-Q2,800\n18,balance recovered,2026-Q1,-1800\n18,balance recovered,2026-Q2,-700\n"
    write(
        {
            "component payouts": (finer, rows),
            "payouts": (PARTS["payouts"][0], PARTS["payouts"][1].replace("Q1,0", "Q1,50")),
        },
        {"payouts": "component payouts"},
    )
    ran = compared(trueup)
    assert (ran.code, ran.json["difference_total"]) == (1, {"EUR": "50.00"}), ran.out + ran.err
    assert (ran.json["grains"]["payouts"]["differences"], ran.json["grains"]["payouts"]["explained"]) == (
        1,
        1,
    )
