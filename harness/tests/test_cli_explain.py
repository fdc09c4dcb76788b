"""`trueup explain` on the demo: every line has a derivation that can be followed and recalculated by hand."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from harness.cli.commands.demo import EXPORT, PLANS, WORLD

REP, MANAGER, VICE_PRESIDENT = "276", "274", "273"
PRODUCT = re.compile(r"([\d,.-]+) USD x ([\d.]+)% = ([\d,.-]+) USD")
Lines = dict[tuple[str, str, str], dict[str, Any]]
"""A payee's lines by plan, record and invoice line."""


def number(text: str) -> Fraction:
    return Fraction(text.replace(",", ""))


def money(amount: str) -> str:
    """An amount as people read it: -1,200.50 USD."""
    whole, cents = amount.lstrip("-").split(".")
    return ("-" if amount.startswith("-") else "") + f"{int(whole):,}.{cents} USD"


@pytest.fixture(scope="module")
def explained(trueup: Callable[..., Any]) -> Callable[[str], Lines]:
    @cache
    def lines(payee: str) -> Lines:
        ran = trueup("explain", "--plan", PLANS, "--data", WORLD, "--payee", payee, "--json")
        assert (ran.code, ran.err) == (0, "")
        found = {(x["plan"], x["record"], x["line"]): x for x in ran.json["lines"]}
        assert len(found) == len(ran.json["lines"])
        return found

    return lines


@cache
def source() -> list[dict[str, str]]:
    with (EXPORT / "document_lines.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sentences(line: dict[str, Any]) -> dict[str, str]:
    return {s["step"]: s["sentence"] for s in line["steps"]}


def a_line(lines: Lines, plan: str, kind: str = "invoice", **wanted: str) -> dict[str, Any]:
    """The first line of a plan that is as wanted."""
    return next(
        x for x in lines.values() if (x["plan"], x["kind"]) == (plan, kind) and all(x[k] == v for k, v in wanted.items())
    )


@pytest.mark.parametrize("payee", [REP, MANAGER])
def test_every_line_of_a_payee_is_derived(payee: str, demo: Any, explained: Callable[[str], Lines]) -> None:
    lines = explained(payee)
    calculated = {
        (r["plan"], r["record"], r["line"]): (r["amount"], r["state"], r["rule"], r["pay period"])
        for r in demo.rows("expected/lines.csv")
        if r["payee"] == payee
    }
    assert {k: (x["amount"], x["state"], x["rule"], x["pay_period"]) for k, x in lines.items()} == calculated
    for key, line in lines.items():
        assert line["steps"][0]["step"] == "credit", key
        where, _, number_ = line["steps"][0]["where"].rpartition(":")
        row = source()[int(number_) - 2]
        assert Path(where).name == "document_lines.csv"
        assert (row["document"], row["line"]) == key[1:]
        assert number(line["base"]) == 0 or money(row["line_amount"]) in line["steps"][0]["sentence"]
        for step in line["steps"][1:]:
            assert re.search(r"/odoo_commission/\w+\.yaml:\d+:\d+$", step["where"]), step
        last = [s["sentence"] for s in line["steps"] if s["step"] != "release"][-1]
        nothing = number(line["amount"]) == 0 and "earns nothing" in last
        assert nothing or last.endswith(money(line["amount"]) + "."), (key, last)


@pytest.mark.parametrize("payee", [REP, MANAGER])
def test_every_multiplication_is_right(payee: str, explained: Callable[[str], Lines]) -> None:
    checked = 0
    for line in explained(payee).values():
        for step in line["steps"]:
            for base, rate, product in PRODUCT.findall(step["sentence"]):
                assert number(base) * Fraction(rate) / 100 == number(product), step
                checked += 1
    assert checked > 1000


@pytest.mark.parametrize(
    ("plan", "rule", "file"),
    [
        ("FIXED", "own rate applies", "fixed.yaml"),
        ("SECTION", "lies in the bracket", "section.yaml"),
        ("SECTION_GAPS", "lies in the bracket", "section_gaps.yaml"),
        ("MARGIN", "x 4%", "margin.yaml"),
        ("PAID", "x 1%", "paid.yaml"),
        ("MIN_CAP", "x 2%", "min_cap.yaml"),
        ("CRITERIA", "The rule", "criteria.yaml"),
    ],
)
def test_an_invoice_line_and_a_refund_line_of_each_plan_of_a_rep(
    plan: str, rule: str, file: str, explained: Callable[[str], Lines]
) -> None:
    lines = explained(REP)
    sale = a_line(lines, plan)
    refund = next(x for x in lines.values() if (x["plan"], x["kind"]) == (plan, "credit note") and number(x["amount"]))
    for line, word in ((sale, "Invoice "), (refund, "Credit note ")):
        assert line["steps"][0]["sentence"].startswith(word + line["record"])
        assert 'credited to "276" as the owner' in line["steps"][0]["sentence"]
        assert any(rule in s["sentence"] and file in s["where"] for s in line["steps"][1:])
        assert file in line["where"]
    assert "taken back" not in sentences(sale)
    assert sentences(refund)["taken back"].endswith(money(refund["amount"]) + ".")
    assert number(refund["amount"]) < 0 < number(sale["amount"])


def test_overrides_come_from_whom_they_roll_up(explained: Callable[[str], Lines]) -> None:
    for payee, plan, rate in ((MANAGER, "OVERRIDE", "0.35%"), (VICE_PRESIDENT, "VP", "0.125%")):
        lines = explained(payee)
        for kind in ("invoice", "credit note"):
            line = a_line(lines, plan, kind)
            assert re.search(r'credited to "\d+" for 100% of it as roll-up of "\d+"', line["steps"][0]["sentence"])
            assert f"x {rate} =" in sentences(line)["flat rate"]
            assert line["rate"] == rate


def test_a_manager_has_no_override_on_an_own_sale(explained: Callable[[str], Lines], trueup: Callable[..., Any]) -> None:
    lines = explained(MANAGER)
    own = {x["deal"] for x in lines.values() if x["plan"] == "FIXED"}
    assert "SO49127" in own
    assert not [x for x in lines.values() if x["plan"] == "OVERRIDE" and x["deal"] in own]
    deal = {x["plan"] for x in lines.values() if x["deal"] == "SO49127"}
    assert deal == {"FIXED", "SECTION", "SECTION_GAPS", "MARGIN", "PAID", "MIN_CAP", "CRITERIA"}
    # The vice president still earns on it, for the sale is made below.
    above = [x for x in explained(VICE_PRESIDENT).values() if x["deal"] == "SO49127"]
    assert len(above) == 34
    assert 'as roll-up of "274"' in above[0]["steps"][0]["sentence"]


def test_commission_free_in_every_plan(explained: Callable[[str], Lines]) -> None:
    free = {(r["document"], r["line"]) for r in source() if r["commission_free"] == "1"}
    for payee, plans in ((REP, 7), (MANAGER, 1), (VICE_PRESIDENT, 1)):
        found = [x for x in explained(payee).values() if (x["record"], x["line"]) in free]
        assert len({x["plan"] for x in found}) == plans
        for line in found:
            assert number(line["amount"]) == 0
            assert line["rule"] == "the product is commission free"
            assert "commission free" in sentences(line)
            assert "earns nothing" in sentences(line)["commission free"]
    refunded = [x for x in explained(REP).values() if x["kind"] == "credit note" and (x["record"], x["line"]) in free]
    assert {x["plan"] for x in refunded} == {"FIXED", "SECTION", "SECTION_GAPS", "MARGIN", "PAID", "MIN_CAP", "CRITERIA"}


def test_least_and_most_of_a_line(explained: Callable[[str], Lines]) -> None:
    lines = explained(REP)
    capped = a_line(lines, "MIN_CAP", amount="60.00")
    assert number(capped["base"]) > 3000
    assert "above the cap of 60.00 USD a line" in sentences(capped)["cap"]
    small = a_line(lines, "MIN_CAP", amount="0.00", rule="nothing under 250.00 USD")
    assert number(small["base"]) < 250
    assert "is under 250.00 USD" in sentences(small)["threshold"]
    loss = next(x for x in lines.values() if x["plan"] == "MARGIN" and "floor" in sentences(x))
    assert re.search(r"The base of -[\d,.]+ USD is raised to 0.00 USD", sentences(loss)["floor"])
    fixed = a_line(lines, "CRITERIA", amount="7.50")
    assert "pays 7.50 USD" in sentences(fixed)["lookup"]


def test_paid_lines_wait_or_are_released(explained: Callable[[str], Lines]) -> None:
    lines = explained(REP)
    released, held = (a_line(lines, "PAID", state=state) for state in ("released", "held"))
    assert "It is released: the invoice is paid in full and no payment is later than 2019-03-31." in sentences(released)["release"]
    assert sentences(held)["release"].startswith("It is held: ")
    assert (released["pay_period"], held["pay_period"]) == (released["period"], "")


def test_an_amount_between_two_brackets(project: Any, trueup: Callable[..., Any]) -> None:
    # No line of the real data lies in a gap, so this one is put there.
    data = project.export
    project.damage(data / "document_lines.csv", ",1943.97,", ",500.50,")
    project.damage(data / "documents.csv", ",35989.59,", ",34546.12,")
    arguments = ("explain", "--plan", project.plans, "--data", project.world, "--payee", "279", "--deal", "SO48730/1", "--json")
    ran = trueup(*arguments)
    assert ran.code == 0, ran.err
    lines = {x["plan"]: x for x in ran.json["lines"]}
    gap, section = lines["SECTION_GAPS"], lines["SECTION"]
    assert (gap["amount"], section["amount"]) == ("0.00", "7.51")
    assert sentences(gap)["brackets"] == "500.50 USD lies in no bracket, so the line earns nothing."
    assert "500.00 USD to 1,999.99 USD" in sentences(section)["brackets"]


def test_the_statement_for_people(project: Any, trueup: Callable[..., Any]) -> None:
    ran = trueup("explain", "--plan", project.plans, "--data", project.world, "--payee", "shu0", "--deal", "REF-SO48737")
    assert (ran.code, ran.err) == (0, "")
    assert "Statement of 281 (shu0)" in ran.out
    assert re.search(r"REF-SO48737 line SO48737/1 +-6\.60 USD\n", ran.out)
    assert "600.26 USD x 1.1% = 6.60286 USD.  [scenarios/plans/odoo_commission/criteria.yaml:20:15]" in ran.out
    assert "(held: not paid yet)" in ran.out
    assert "Paid in 2019-Q1 under SECTION: -9.00 USD" in ran.out


def test_only_what_was_asked_for(project: Any, trueup: Callable[..., Any]) -> None:
    base = ("explain", "--plan", project.plans / "criteria.yaml", "--data", project.world, "--json", "--payee", "275")
    january = trueup(*base, "--period", "2019-01").json["lines"]
    assert {x["period"] for x in january} == {"2019-01"}
    quarter = trueup(*base, "--period", "2019-Q1").json["lines"]
    assert {x["period"] for x in quarter} == {"2019-01", "2019-03"}
    invoice = trueup(*base, "--deal", "INV-SO48748").json["lines"]
    assert {(x["record"], x["deal"]) for x in invoice} == {("INV-SO48748", "SO48748")}
    before = trueup(*base, "--as-of", "2019-02-01").json["lines"]
    assert {x["kind"] for x in before} == {"invoice"}


@pytest.mark.parametrize(
    ("arguments", "slug", "words"),
    [
        (("--payee", "999"), "unknown-payee", '"999"'),
        (("--payee", ""), "unknown-payee", '""'),
        (("--payee", "275", "--period", "2019-13"), "not-a-period", "no month 13"),
        (("--payee", "275", "--period", "soon"), "not-a-period", '"soon"'),
        (("--payee", "275", "--period", "2019-02"), "nothing-to-explain", "2019-02"),
        (("--payee", "275", "--deal", "SO1"), "nothing-to-explain", "SO1"),
    ],
)
def test_what_is_not_there(
    arguments: tuple[str, ...], slug: str, words: str, project: Any, trueup: Callable[..., Any]
) -> None:
    ran = trueup("explain", "--plan", project.plans, "--data", project.world, *arguments, "--json")
    assert ran.code == 2
    assert ran.slugs == [slug]
    assert words in ran.err
    assert "Traceback" not in ran.err
