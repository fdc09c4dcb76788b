"""The page: everything in one file, nothing from a network, and nothing hostile that comes alive."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from reports.pages import differences as differences_pages
from reports.pages.differences import csv_name, script_safe
from reports.record import RunRecord, record_hash
from reports.record_types import Grain
from reports.site import draw, page
from reports.tests.synthetic import synthetic_record
from reports.tests.synthetic_known import with_controls, with_known, with_statement
from reports.tests.synthetic_scenarios import with_scenarios

EVIL = "</script></noscript><img src=x onerror=alert(1)>\"'&<!--{{ 7*7 }}\u2028"


class Elements(HTMLParser):
    """The elements of a page with their attributes, and the text of script elements."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self.inside = tag

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside == "script":
            self.scripts.append(data)


def visible(text: str) -> str:
    text = re.sub(r"<(style|script)\b.*?</\1>", " ", text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


@pytest.fixture(scope="module")
def text() -> str:
    return page(synthetic_record())


def test_hostile_names_never_become_markup() -> None:
    record = with_scenarios(synthetic_record(5, 3, evil=EVIL), EVIL)
    record = with_controls(with_statement(with_known(record, EVIL), EVIL), EVIL)
    elements = Elements(page(record))
    tags = [tag for tag, _ in elements.found]
    assert "img" not in tags
    assert tags.count("script") == 2 + len(re.findall('<script type="text/plain" data-part="g', page(record)))
    assert not [a for _, attributes in elements.found for a in attributes if a.startswith("on")]
    rows = json.loads(elements.scripts[0])
    assert rows["grains"][0]["head"]["k.plan"][0] == "CRITERIA" + EVIL
    assert "{{ 7*7 }}" in page(record), "data is never read as a template"


def test_json_can_not_leave_its_script_element() -> None:
    hostile = {"a": EVIL + "]]></script><!--<script>&amp;"}
    safe = script_safe(json.dumps(hostile, ensure_ascii=False))
    assert not set("<>&\u2028\u2029") & set(safe)
    assert json.loads(safe) == hostile


def test_the_page_asks_for_nothing_and_forbids_it(text: str) -> None:
    elements = Elements(text)
    for tag, attributes in elements.found:
        for name in ("src", "href", "action", "data", "srcset", "poster"):
            value = attributes.get(name)
            if value is not None:
                assert value == "data:," or value.startswith("#") or value.endswith((".csv", ".xlsx")), (tag, value)
    policy = next(a["content"] for t, a in elements.found if t == "meta" and a.get("http-equiv")) or ""
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert not re.search(r"url\(|@import|https?://", re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL))
    for content in (elements.scripts[-1], *re.findall(r"<style>(.*?)</style>", text, re.DOTALL)):
        assert base64.b64encode(hashlib.sha256(content.encode()).digest()).decode() in policy


def test_drawing_is_a_pure_function_of_the_record(tmp_path: Path) -> None:
    record = with_scenarios(synthetic_record())
    files = []
    for name in ("a", "b"):
        index = draw(record, tmp_path / name)
        assert index == tmp_path / name / "index.html"
        files.append({f.name: f.read_bytes() for f in (tmp_path / name).iterdir()})
    assert files[0] == files[1]
    tables = {"differences.csv", "differences_settlements.csv", "differences.xlsx", "differences.parquet", "differences_settlements.parquet"}
    assert set(files[0]) == {"index.html", "junit.xml", "summary.md", *tables}


def test_the_front_says_what_ran_on_what_and_how_far_it_agrees(text: str) -> None:
    record = synthetic_record()
    words = visible(text)
    for expected in (
        "Differences found",
        "267 of 26,560 commission lines differ",
        "98.99%",
        "2026-03-31 08:00:04 UTC",
        "trueup 0.1.0, Python 3.11.2",
        "data/document_lines.csv",
        "5,123,456.78",
        "cd" * 32,
        record_hash(record),
        "half up per line to 2 decimals",
        "Only documents dated before 2019-05-01",
        "Tested by",
        "Approved by",
    ):
        assert expected in words, expected


def test_one_wrong_row_among_millions_is_not_100_percent() -> None:
    text = visible(page(synthetic_record(1, 0, compared=9_000_000)))
    assert "99.99%" in text
    assert "9 of" not in text.split("Settlements")[0]


def test_causes_come_by_money_with_their_rows(text: str) -> None:
    first, second = (text.index(f'id="cause-{name}"') for name in ("g1", "g2"))
    assert first < second
    cause = visible(text[first:second])
    assert "actual is minus expected" in cause
    assert "240 rows, 89.9% of those that differ" in cause
    assert "240 of 245 rows with these attributes differ" in cause
    assert "225 more." in cause


def test_settlements_follow_from_lines_or_say_that_they_do_not(text: str) -> None:
    assert "9 of 9 differing settlements are exactly the sum" in visible(text)
    assert "does not add up" not in visible(text)
    record = synthetic_record()
    settlement = dataclasses.replace(
        record.differences[-1], follows_from=record.differences[-1].follows_from[1:]
    )
    words = visible(page(dataclasses.replace(record, differences=(*record.differences[:-1], settlement))))
    assert "8 of 9 differing settlements are exactly the sum" in words
    assert "does not add up" in words
    assert "stay unexplained" in words
    assert "the sums are not equal" in words


def test_no_section_says_that_independent_grains_follow(text: str) -> None:
    record = synthetic_record()
    lines, settlements = record.grains
    free = tuple(dataclasses.replace(d, follows_from=()) for d in record.differences)
    alone = dataclasses.replace(
        record, grains=(lines, dataclasses.replace(settlements, follows_from="")), differences=free
    )
    assert 'id="coarse-1"' in text
    assert 'id="coarse-1"' not in page(alone)
    assert "exactly the sum" not in page(alone)


def test_known_differences_are_told_with_their_rows() -> None:
    text = page(with_known(synthetic_record()))
    part = visible(text[text.index('id="known"') : text.index('id="coarse-1"')])
    for words in ("payee 279", "\u22120.02", "rounds half to even", "Finance", "ALP-7", "2099-01-31", "\u2713 accepted",
                  "\u25cb gone", "no longer there", "1 of 2 no longer holds", "2 accepted rows of commission lines",
                  "INV-1", "commission_lines.csv:1", "known.yaml:1"):  # fmt: skip
        assert words in part, words
    assert "and 2 known" in visible(text[text.index('id="sign-off"') :])
    assert 'id="known"' not in page(synthetic_record())


def test_inputs_tell_rows_of_tables_only_and_controls_by_grain() -> None:
    text = page(with_controls(synthetic_record()))
    part = visible(text[text.index('id="inputs"') : text.index('id="limits"')])
    assert re.search(r"plans/criteria.yaml (cd)+ \u2013 222,120", part)
    assert re.search(r"lines, 7 rows 1.00 ?USD OTE payouts, 1 row 2.00 ?USD", part)


def test_the_navigation_counts_the_causes_of_all_grains(text: str) -> None:
    assert re.search(r'href="#causes">Causes <small>3</small>', text)


def test_names_keep_their_capitals() -> None:
    record = synthetic_record(0, 0)
    grains = (dataclasses.replace(record.grains[0], name="oTE lines"), *record.grains[1:])
    text = page(dataclasses.replace(record, grains=grains))
    assert "OTE lines by plan" in text
    assert "Ote lines" not in text


def test_payee_by_payee_has_a_total_for_each_period() -> None:
    record = synthetic_record()
    first = record.payouts[0]
    cap = dataclasses.replace(first, component="cap", amount="-100.50")
    other = dataclasses.replace(first, payee="300")
    text = page(dataclasses.replace(record, payouts=(first, other, cap)))
    rows = [
        visible(r)
        for r in re.findall(r"<tr.*?</tr>", text[text.index("Payee by payee") : text.index('id="charts"')])
    ]
    assert [re.sub(r"\s+", " ", r).strip().split(" ")[-2] for r in rows[1:]] == [
        "1,000.50",
        "\u2212100.50",
        "900.00",
        "1,000.50",
    ]


def test_scenarios_show_the_text_as_written_failures_first() -> None:
    text = page(with_scenarios(synthetic_record(0, 0)))
    words = visible(text)
    assert text.index("SPLIT-2") < text.index("SPLIT-1")
    for expected in (
        "Written 3",
        "Selected 2",
        "Executed 2",
        "not everything written was executed",
        "not selected",
        "Given the credit of deal &#34;D-1&#34; is split:",
        "Ana Ruiz 60%",
        "0.50 EUR too little",
        "50.00%",
        "REQ-8 sev-1 \u2717 failed",
        "1 of 3 written scenarios did not run",
    ):
        assert expected in words or expected in text, expected


def test_only_the_first_2000_rows_stand_in_the_page_without_scripts() -> None:
    text = page(synthetic_record(2_100, 0))
    static = re.search(r"<noscript>(.*)</noscript>", text, re.DOTALL)
    assert static
    assert static[1].count("<tr><td>") == 2_000
    assert "100 more in differences.csv" in visible(static[1])


def test_the_folder_form_keeps_the_page_small_and_leaves_no_old_rows(tmp_path: Path) -> None:
    record = synthetic_record()
    whole = len(page(record))
    index = draw(record, tmp_path, "folder")
    files = sorted(path.name for path in (tmp_path / "rows").iterdir())
    assert {"g0-c0.js", "g0-d0.js", "g1-d0.js"} <= set(files)
    text = index.read_text(encoding="utf-8")
    assert 'data-part="g' not in text
    assert "strict-dynamic" in text
    assert len(text) < whole
    draw(record, tmp_path, "file")
    assert not (tmp_path / "rows").exists()


def test_many_rows_lie_beside_the_page_by_themselves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(differences_pages, "FOLDER_FROM", 1_000)
    draw(synthetic_record(), tmp_path)
    assert (tmp_path / "rows" / "g0-d0.js").is_file()


def test_an_empty_record_and_one_that_agrees_can_be_drawn() -> None:
    agreeing = page(synthetic_record(0, 0))
    assert "Both sides agree" in agreeing
    assert "100%" in visible(agreeing)
    assert "Causes" not in visible(agreeing)
    record = synthetic_record(0, 0)
    bare = RunRecord(record.identity, record.circumstances, record.verdict)
    assert "The record names no input files" in page(bare)


def test_agreement_with_known_differences_is_not_called_agreement() -> None:
    words = visible(page(with_known(synthetic_record(0, 0))))
    assert "No difference but those accepted beforehand" in words
    assert "Both sides agree" not in words


def test_csv_names_do_not_collide() -> None:
    def grain(name: str) -> Grain:
        return Grain(name, ("a",), 0, 0, 0, {}, {}, {}, {})

    names = ["lines", "Pay outs", "pay outs", "../x"]
    grains = [grain(name) for name in names]
    assert [csv_name(grains, name) for name in names] == [
        "differences.csv",
        "differences_pay_outs.csv",
        "differences_pay_outs1.csv",
        "differences____x.csv",
    ]
