"""What the record of the demo states about its inputs, plans and totals can be checked against the files themselves."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from reports.record import load_record, record_hash

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def record(demo: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((demo.out / "record.json").read_text("utf-8"))
    return found


def test_it_loads_and_its_hash_holds(demo: Any, record: dict[str, Any]) -> None:
    assert record_hash(load_record(demo.out)) == record["content_sha256"]


def test_every_input_is_the_file_that_it_names(record: dict[str, Any]) -> None:
    assert len({i["path"] for i in record["inputs"]}) == len(record["inputs"])
    for found in record["inputs"]:
        data = (ROOT / found["path"]).read_bytes()
        assert (found["sha256"], found["bytes"]) == (hashlib.sha256(data).hexdigest(), len(data)), found["path"]
        if found["path"].endswith(".csv"):
            assert found["rows"] == len(list(csv.reader(data.decode("utf-8-sig").splitlines()))) - 1, found["path"]
    assert sum(i["role"] == "plan" for i in record["inputs"]) == 9
    assert sum(i["name"] == "odoo_commission.yaml" for i in record["inputs"]) == 1
    names = {i["name"] for i in record["inputs"]}
    assert names >= {"documents.csv", "document_lines.csv", "commission_lines.csv", "settlements.csv", "sales_person.csv"}
    # The codes of persons decide who is compared with whom, so the table of them is an input like the others.
    assert "person_payee.csv" in names


def test_the_plans_with_what_they_state(record: dict[str, Any]) -> None:
    plans = {p["plan"]: p for p in record["plans"]}
    assert set(plans) == {"CRITERIA", "FIXED", "MARGIN", "MIN_CAP", "OVERRIDE", "PAID", "SECTION", "SECTION_GAPS", "VP"}
    for plan in plans.values():
        assert plan["conventions"]["rounding"] == "half up per line to 2 decimals"
        assert plan["conventions"]["returns.earn"] == "mirror"
        assert (ROOT / plan["file"]).read_text("utf-8").splitlines()[plan["line"] - 1].startswith("plan: " + plan["plan"])


def test_the_slices_add_up_to_the_grain(record: dict[str, Any]) -> None:
    for grain in record["grains"]:
        for dimension in ("plan", "period"):
            slices = [s for s in grain["slices"] if s["dimension"] == dimension]
            assert sum(s["compared"] for s in slices) == grain["compared"]
            assert sum(s["matched"] for s in slices) == grain["matched"]
            for side in ("expected", "actual"):
                assert sum(Fraction(s[side]["USD"]) for s in slices) == Fraction(grain[side]["USD"])
            wrong = {s["value"]: s["compared"] - s["matched"] for s in slices if s["matched"] != s["compared"]}
            assert dimension == "period" or wrong == {"CRITERIA": grain["differences"]}


def test_the_groups_hold_every_difference_once(record: dict[str, Any]) -> None:
    grouped = Counter(i for g in record["groups"] for i in g["differences"])
    assert grouped == Counter(d["id"] for d in record["differences"])
    assert set(grouped.values()) == {1}


def test_the_payouts_are_those_calculated(demo: Any, record: dict[str, Any]) -> None:
    stated = {(p["payee"], p["period"], p["plan"]): p["amount"] for p in record["payouts"]}
    assert stated == {(r["payee"], r["period"], r["plan"]): r["amount"] for r in demo.rows("expected/payouts.csv")}
    names = {p["payee"]: p["name"] for p in record["payouts"]}
    assert names["282"] == "josé1"


def test_each_difference_has_a_derivation_and_their_row(record: dict[str, Any]) -> None:
    export = (ROOT / "scenarios" / "data" / "odoo_commission" / "commission_lines.csv").read_text("utf-8").splitlines()
    for found in record["differences"]:
        if found["grain"] != "commission lines":
            continue
        ours, theirs = found["ours"], found["theirs"]
        rule = (ROOT / ours["plan_file"]).read_text("utf-8").splitlines()[ours["plan_line"] - 1]
        words = ours["rule"].rpartition(":")[2].strip().removesuffix(" a line").removesuffix(" USD")
        assert words in rule or "commission free" in rule, (ours["rule"], rule)
        assert ours["sentences"][0].startswith(("Invoice ", "Credit note "))
        assert re.match(r"It takes back|The product is commission free", ours["sentences"][-1])
        assert ",".join(theirs["row"].values()) == export[theirs["line"] - 1]
        assert found["key"] == {k: theirs["row"][k] for k in ("document", "line", "person", "plan")}
        assert theirs["row"][found["field"]] == found["actual"]


def test_what_was_not_compared_is_said(record: dict[str, Any]) -> None:
    text = " ".join(record["limits"])
    for words in ("Only what the mapping names was compared", "commission lines", "settlements"):
        assert words in text
