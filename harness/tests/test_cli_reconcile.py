"""`trueup reconcile` and `calculate`: the same figures by both ways, known differences, and a Varicent-style export."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from harness.cli.commands.demo import EXPORT, MAPPING

EXAMPLE = EXPORT.parent / "examples" / "northwind_q1"
FIGURES = ("compared", "matched", "differences", "by_class", "difference_total", "known", "causes")
SMALL = {"compared": 1136, "matched": 1131, "differences": 5, "by_class": {"amount": 5}, "difference_total": {"USD": "50.98"}, "known": 0}


def in_words(amount: Fraction) -> str:
    return f"{int(amount):,}.{int(amount * 100) % 100:02}"


def figures(summary: dict[str, Any]) -> dict[str, Any]:
    return {k: summary[k] for k in FIGURES}


def test_calculated_before_or_now_is_the_same(demo: Any, trueup: Callable[..., Any]) -> None:
    # The whole demo: what its run kept as expected, compared again with the export.
    ran = trueup("reconcile", "--expected", demo.out / "expected", "--actual", EXPORT, "--mapping", MAPPING, "--json")
    assert (ran.code, ran.err) == (1, "")
    assert figures(ran.json) == figures(demo.summary)
    assert figures(ran.json["grains"]["settlements"]) == figures(demo.summary["grains"]["settlements"])
    assert ran.json["grains"]["settlements"]["explained"] == 25


def test_plans_and_data_in_place_of_expected(project: Any, trueup: Callable[..., Any]) -> None:
    now, before = trueup(*project.arguments, "--json"), trueup(*project.quick, "--json")
    assert (now.code, before.code) == (1, 1)
    assert figures(now.json) == figures(before.json)
    assert {k: now.json[k] for k in SMALL} == SMALL


def test_several_plan_files_may_be_named(project: Any, trueup: Callable[..., Any]) -> None:
    files = [project.plans / f"{name}.yaml" for name in ("criteria", "fixed", "vp")]
    ran = trueup("calculate", "--plan", *files, "--data", project.world, "--json")
    assert ran.code == 0, ran.err
    assert {p["plan"] for p in ran.json["payouts"]} == {"CRITERIA", "FIXED", "VP"}
    again = trueup("calculate", *(x for f in files for x in ("--plan", f)), "--data", project.world, "--json")
    assert again.json == ran.json


def test_what_calculate_says(project: Any, trueup: Callable[..., Any]) -> None:
    ran = trueup("calculate", "--plan", project.plans, "--data", project.world, "--out", "due", "--json")
    assert ran.code == 0
    assert ran.json["out"] == "due"
    lines: dict[tuple[str, str, str], Fraction] = {}
    for line in ran.json["lines"]:
        assert isinstance(line["amount"], str)
        if line["state"] == "released":
            key = (line["payee"], line["plan"], line["pay_period"])
            lines[key] = lines.get(key, Fraction(0)) + Fraction(line["amount"])
    payouts = {(p["payee"], p["plan"], p["period"]): Fraction(p["amount"]) for p in ran.json["payouts"]}
    assert payouts == lines
    with Path("due/payouts.csv").open(encoding="utf-8", newline="") as file:
        kept = {(p["payee"], p["plan"], p["period"]): Fraction(p["amount"]) for p in csv.DictReader(file)}
    assert kept == payouts
    shown = trueup("calculate", "--plan", project.plans, "--data", project.world)
    assert f"{len(payouts)} payouts of 1,136 lines, in total {in_words(sum(payouts.values(), Fraction(0)))} USD" in shown.out


def test_an_export_that_agrees(project: Any, trueup: Callable[..., Any]) -> None:
    right(project)
    ran = trueup(*project.quick, "--out", "out")
    assert ran.code == 0, ran.out
    assert "All 1,136 commission lines agree." in ran.out
    summary = trueup(*project.quick, "--json").json
    assert (summary["agrees"], summary["matched"], summary["by_class"], summary["causes"]) == (True, 1136, {}, [])
    assert len(Path("out/differences.csv").read_text("utf-8").splitlines()) == 1, "a header and no row"
    record = json.loads(Path("out/record.json").read_text("utf-8"))
    assert (record["verdict"]["outcome"], record["verdict"]["exit_code"], record["differences"]) == ("agrees", 0, [])


def right(project: Any) -> None:
    """Makes the five wrong rows of the small copy right."""
    export = project.export / "commission_lines.csv"
    for wrong, due in WRONG:
        project.damage(export, wrong, due)


WRONG = [
    ("REF-SO48737,SO48737/1,E287,CRITERIA,6.60", "REF-SO48737,SO48737/1,E287,CRITERIA,-6.60"),
    ("REF-SO48748,SO48748/1,E281,CRITERIA,13.52", "REF-SO48748,SO48748/1,E281,CRITERIA,-13.52"),
    ("REF-SO49058,SO49058/1,E282,CRITERIA,5.17", "REF-SO49058,SO49058/1,E282,CRITERIA,-5.17"),
    ("INV-SO48745,SO48745/20,E281,CRITERIA,0.30", "INV-SO48745,SO48745/20,E281,CRITERIA,0.00"),
    ("INV-SO49058,SO49058/34,E282,CRITERIA,0.10", "INV-SO49058,SO49058/34,E282,CRITERIA,0.00"),
]


@pytest.mark.parametrize(
    ("old", "new", "kind", "total"),
    [
        (",19.44,1", ",19.45,1", "amount", "0.01"),
        (",19.44,1", ",19.44,", "field", "0.00"),
        ("INV-SO48730,SO48730/1,E285,FIXED_0.01,19.44,1\n", "", "missing", "-19.44"),
        ("\n", "\nINV-SO48730,SO48730/999,E285,FIXED_0.01,19.44,1\n", "unexpected", "19.44"),
        ("\n", "\nINV-SO48730,SO48730/1,E285,FIXED_0.01,19.44,1\n", "duplicate", "19.44"),
    ],
)
def test_each_kind_of_difference(
    old: str, new: str, kind: str, total: str, project: Any, trueup: Callable[..., Any]
) -> None:
    right(project)
    project.damage(project.export / "commission_lines.csv", old, new)
    ran = trueup(*project.quick, "--out", "out", "--json")
    assert ran.code == 1
    assert ran.json["by_class"] == {kind: 1}
    assert Fraction(ran.json["difference_total"].get("USD", "0")) == Fraction(total)
    with Path("out/differences.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["document"], row["person"], row["class"]) == ("INV-SO48730", "E285", kind)
    # A row that is missing has no code of the target; seven of them mean this plan.
    assert row["plan"] == ("FIXED" if kind == "missing" else "FIXED_0.01")


ENTRY = """- key: {{record: {record}, plan: CRITERIA}}
  difference: {difference} USD
  reason: {reason}
  owner: Compensation Operations
  ticket: SPM-41
  until: {until}
"""


def entry(record: str, difference: str, until: str = "2099-12-31", reason: str = "fixed in the next release") -> str:
    return ENTRY.format(record=record, difference=difference, until=until, reason=reason)


ALL = (
    entry("REF-SO48737", "13.20")
    + entry("REF-SO48748", "27.04")
    + entry("REF-SO49058", "10.34")
    + entry("INV-SO48745", "0.30")
    + entry("INV-SO49058", "0.10")
)


@pytest.mark.parametrize(
    ("text", "code", "known", "differences", "said"),
    [
        (ALL, 0, 5, 0, ""),
        (ALL.replace("13.20", "13.19"), 1, 4, 1, "changed: record REF-SO48737, plan CRITERIA: the difference is now 13.20 USD, not 13.19 USD."),
        (ALL.replace("2099-12-31", "2020-01-31", 1), 1, 4, 1, "expired: record REF-SO48737, plan CRITERIA: the difference was accepted until 2020-01-31"),
        (ALL + entry("INV-SO48730", "1.00"), 1, 5, 0, "gone: record INV-SO48730, plan CRITERIA"),
        (entry("REF-SO48737", "13.20"), 1, 1, 4, ""),
        ("[]\n", 1, 0, 5, ""),
    ],
    ids=["all accepted", "changed", "expired", "vanished", "some accepted", "none"],
)
def test_known_differences(
    text: str, code: int, known: int, differences: int, said: str, project: Any, trueup: Callable[..., Any]
) -> None:
    Path("known.yaml").write_text(text, "utf-8")
    ran = trueup(*project.quick, "--known", "known.yaml", "--json")
    assert (ran.code, ran.json["known"], ran.json["differences"]) == (code, known, differences)
    assert ran.json["matched"] == 1131
    assert bool(ran.json["known_not_holding"]) == bool(said)
    assert said.partition(": ")[2] in " ".join(ran.json["known_not_holding"])
    if said:
        shown = trueup(*project.quick, "--known", "known.yaml")
        assert shown.code == code
        assert said in shown.out


def test_accepted_differences_are_told_not_hidden(project: Any, trueup: Callable[..., Any]) -> None:
    Path("known.yaml").write_text(ALL, "utf-8")
    ran = trueup(*project.quick, "--known", "known.yaml", "--out", "out")
    assert ran.code == 0
    assert "All 1,136 commission lines agree" not in ran.out, "5 of them differ, as accepted"
    record, page = Path("out/record.json").read_text("utf-8"), Path("out/index.html").read_text("utf-8")
    assert "All 1,136 commission lines agree" not in record
    for text in ("fixed in the next release", "Compensation Operations", "SPM-41", "2099-12-31", "REF-SO48737"):
        assert text in record
        assert text in page


def test_the_codes_of_the_target_name_a_known_difference(project: Any, trueup: Callable[..., Any]) -> None:
    # differences.csv says person E287; whoever copies it from there must not read that it is gone.
    Path("known.yaml").write_text(entry("REF-SO48737", "13.20").replace("plan: CRITERIA", "payee: E287"), "utf-8")
    ran = trueup(*project.quick, "--known", "known.yaml", "--json")
    assert ran.code == 2 or ran.json["known"] == 1
    assert "gone" not in ran.out


@pytest.mark.parametrize(
    ("old", "new", "slug", "line"),
    [
        ("record:", "recrod:", "known-form", 1),
        ("13.20 USD", "13,20 USD", "not-a-number", 2),
        ("  reason:", "  raeson:", "mapping-word", 3),
        ("until: 2099-12-31", "until: next year", "not-a-date", 6),
        ("  until: 2099-12-31\n", "", "mapping-missing", 1),
    ],
)
def test_a_damaged_list_of_known_differences(
    old: str, new: str, slug: str, line: int, project: Any, trueup: Callable[..., Any]
) -> None:
    Path("known.yaml").write_text(entry("REF-SO48737", "13.20").replace(old, new), "utf-8")
    ran = trueup(*project.quick, "--known", "known.yaml", "--json")
    assert ran.code == 2
    assert (slug, "known.yaml", line) in {(p["slug"], p["file"], p["line"]) for p in ran.json["problems"]}


def test_an_empty_export_is_no_agreement(project: Any, trueup: Callable[..., Any]) -> None:
    file = project.folder / project.export / "commission_lines.csv"
    file.write_text(file.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    assert trueup(*project.quick, "--json").code in (1, 2)


VARICENT_PLANS = {
    "flat": """plan: AE Flat
currency: EUR
pays: monthly
eligible: {roles: [Account Executive]}
conventions: {rounding: [{at: line, mode: half up, decimals: 2}]}
components:
  - {component: commission, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 8%}}]}
""",
    "manager": """plan: Manager
currency: EUR
pays: monthly
eligible: {roles: [Regional Manager]}
conventions: {rounding: [{at: line, mode: half up, decimals: 2}]}
components:
  - {component: commission, measure: bookings, credits: [roll-up], earn: [{flat rate: {rate: 1%}}]}
""",
}


@pytest.fixture
def varicent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The example of a narrow result table, with its plans and people as files; the arguments that compare it."""
    monkeypatch.chdir(tmp_path)
    for folder in ("plans", "data", "export"):
        Path(folder).mkdir()
    for name, text in VARICENT_PLANS.items():
        Path(f"plans/{name}.yaml").write_text(text, "utf-8")
    people = "payee,role,manager\nMia Stone,Regional Manager,\n" + "".join(
        f"{name},Account Executive,Mia Stone\n" for name in ("Ana Ruiz", "Ben Katz", "Cho Park")
    )
    Path("data/payees.csv").write_text(people, "utf-8")
    Path("data/crediting_rules.csv").write_text("role,receives,of the credit of\nRegional Manager,100%,team\n", "utf-8")
    Path("data/deals.csv").write_bytes((EXAMPLE / "deals.csv").read_bytes())
    for name in ("results.txt", "payee_codes.csv", "results.mapping.yaml"):
        Path("export", name).write_bytes((EXAMPLE / name).read_bytes())
    arguments = "reconcile --plan plans --data data --actual export/results.txt --mapping export/results.mapping.yaml"
    return arguments.split()


def test_a_varicent_style_export(varicent: list[str], trueup: Callable[..., Any]) -> None:
    # The example's target adds up before it rounds: one manager's line is a cent less than the sum of rounded ones.
    ran = trueup(*varicent, "--out", "out", "--json")
    assert ran.code == 1
    assert (ran.json["compared"], ran.json["matched"], ran.json["differences"]) == (9, 8, 1)
    assert ran.json["difference_total"] == {"EUR": "-0.01"}
    with Path("out/differences.csv").open(encoding="utf-8", newline="") as source:
        (row,) = csv.DictReader(source)
    assert (row["PayeeID_"], row["CompPlanID"]) == ("E1009", "MGR_2026")
    assert (row["expected"], row["actual"], row["difference"]) == ("353.47", "353.46", "-0.01")


def test_a_varicent_style_export_that_agrees(varicent: list[str], trueup: Callable[..., Any]) -> None:
    file = Path("export/results.txt")
    file.write_bytes(file.read_bytes().replace(b";353,46", b";353,47"))
    ran = trueup(*varicent, "--json")
    assert (ran.code, ran.json["compared"], ran.json["matched"], ran.json["agrees"]) == (0, 9, 9, True)


def test_a_varicent_style_export_in_another_culture(varicent: list[str], trueup: Callable[..., Any]) -> None:
    file = Path("export/results.txt")
    line = file.read_bytes().decode().splitlines().index("E1009;MGR_2026;COMMISSION [FINAL];2026-01 Jan;2026-01 Jan;353,46") + 1
    file.write_bytes(file.read_bytes().replace(b";353,46", b";353.46"))
    ran = trueup(*varicent, "--json")
    assert (ran.code, ran.json["by_class"]) == (1, {"unreadable": 1})
    assert trueup(*varicent, "--out", "out").code == 1
    (bad,) = json.loads(Path("out/record.json").read_text("utf-8"))["differences"]
    assert (bad["theirs"]["file"], bad["theirs"]["line"], bad["actual"]) == ("results.txt", line, "0.00")
    assert '"353.46"' in bad["trouble"]


def test_files_may_be_named_from_any_folder(
    project: Any, monkeypatch: pytest.MonkeyPatch, trueup: Callable[..., Any]
) -> None:
    folder = project.folder / "a folder with blanks and ümlauts"
    folder.mkdir()
    monkeypatch.chdir(folder)
    plans, world = project.folder / project.plans, Path("..") / project.world
    ran = trueup("calculate", "--plan", plans, "--data", world, "--out", "what is due", "--json")
    assert ran.code == 0, ran.err
    assert ran.json["out"] == "what is due"
    with (folder / "what is due" / "payouts.csv").open(encoding="utf-8", newline="") as file:
        here = list(csv.DictReader(file))
    with (project.expected / "payouts.csv").open(encoding="utf-8", newline="") as file:
        assert here == list(csv.DictReader(file))


def test_expected_files_that_were_changed_after_the_calculation_stop_the_run(project: Any, trueup: Callable[..., Any]) -> None:
    ran = trueup("calculate", "--plan", project.plans, "--data", project.world, "--out", "due", "--json")
    assert ran.code == 0, ran.err
    words = ("reconcile", "--actual", EXPORT, "--mapping", MAPPING, "--json")
    assert trueup(*words, "--expected", "due").code == 1
    payouts = Path("due/payouts.csv")
    text = payouts.read_text("utf-8")
    changed = re.sub(r"(\d),USD,", lambda found: f"{(int(found[1]) + 1) % 10},USD,", text, count=1)
    assert changed != text
    payouts.write_text(changed, "utf-8")
    for path in ("due", "due/payouts.csv"):
        stopped = trueup(*words, "--expected", path)
        assert (stopped.code, "expected-changed" in [p["slug"] for p in stopped.json["problems"]]) == (2, True)


def test_a_part_of_the_mapping_that_the_export_does_not_hold_is_told_in_the_verdict(
    project: Any, trueup: Callable[..., Any]
) -> None:
    ran = trueup(*project.quick, "--actual", EXPORT / "commission_lines.csv", "--mapping", MAPPING)
    assert "Nothing was compared of settlements: the export given doesn't hold such rows." in ran.out + ran.err
