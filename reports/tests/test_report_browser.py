"""The page in a real browser: it filters, drills down, keeps its address, and asks no network for anything."""

from __future__ import annotations

import csv
import dataclasses
import shutil
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from reports.pages import figures
from reports.site import draw
from reports.tests.synthetic import LINES, synthetic_record
from reports.tests.synthetic_known import with_known, with_statement
from reports.tests.synthetic_scenarios import with_scenarios
from reports.tests.test_report_page import EVIL

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Dialog

    from reports.pages.differences import Form

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Visit:
    """One visit to a report; remembers every request, error and dialog."""

    def __init__(self, browser: Browser, index: Path, *, old: bool = False) -> None:
        self.asked: list[str] = []
        self.wrong: list[str] = []
        self.index = index
        self.page = browser.new_page(viewport={"width": 1280, "height": 900})
        self.page.set_default_timeout(10_000)
        if old:
            self.page.add_init_script("delete window.DecompressionStream; delete Uint8Array.fromBase64")
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", self.heard)
        self.page.on("dialog", self.asked_the_user)
        self.go("")

    def heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.wrong.append(message.text)

    def asked_the_user(self, dialog: Dialog) -> None:
        self.wrong.append(dialog.message)
        dialog.dismiss()

    def go(self, fragment: str) -> None:
        self.page.goto("about:blank")
        self.page.goto(self.index.as_uri() + fragment)
        self.page.wait_for_selector("html[data-unpacked]")

    def status(self) -> str:
        return str(self.page.inner_text("#table .status"))

    def expect_status(self, words: str) -> None:
        playwright.expect(self.page.locator("#table .status")).to_contain_text(words)

    def rows(self) -> int:
        return int(self.page.locator("#table tr.row").count())

    def close(self, *, beside: bool = False) -> None:
        self.page.close()
        assert self.wrong == []
        assert self.asked
        assert {urlsplit(url).scheme for url in self.asked} <= {"file", "data", "about", "blob"}
        own = (self.index.as_uri(), (self.index.parent / "rows").as_uri() + "/") if beside else self.index.as_uri()
        assert all(url.startswith(own) for url in self.asked if url.startswith("file:"))


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Iterator[Visit]:
    index = draw(with_scenarios(synthetic_record(240, 27)), tmp_path)
    visit = Visit(browser, index)
    yield visit
    visit.close()


def test_filters_and_the_exact_sum(visit: Visit) -> None:
    visit.expect_status("All 267 differing commission lines")
    assert visit.rows() == 100
    visit.page.select_option("select[data-facet=kind]", "=invoice")
    visit.expect_status("27 of 267")
    assert visit.rows() == 27
    free = [d for d in synthetic_record(240, 27).differences if d.attributes.get("kind") == "invoice"]
    total = sum((Fraction(d.difference) for d in free), Fraction(0))
    assert visit.page.inner_text("#table tfoot .total") == figures.signed(figures.exact(total), "USD").text
    visit.page.fill("#search", "so48780")
    visit.expect_status("3 of 267")
    assert "f.kind=invoice" in visit.page.url
    assert "q=so48780" in visit.page.url
    visit.page.click("nav.tabs a[href='#differences']")
    visit.page.wait_for_function("location.hash.includes('q=so48780')")
    visit.expect_status("3 of 267")
    visit.page.click("text=Clear")
    visit.expect_status("All 267")


def test_a_row_drills_down_to_both_sides(visit: Visit) -> None:
    visit.page.fill("#search", "SO48700")
    visit.page.click("tr.row:has-text('SO48700/2')")
    playwright.expect(visit.page.locator(".detail .ours")).to_be_visible()
    detail = visit.page.locator(".detail")
    ours = detail.locator(".ours").inner_text()
    for words in (
        "\u22124.51",
        "\u2212200.37 USD",
        "2.25%",
        "Clothing at 2.25%",
        "plans/criteria.yaml:14",
        "half up per line to 2 decimals",
        "RINV-SO48700",
        "It earns -4.51 USD",
    ):
        assert words in ours, words
    theirs = detail.locator(".theirs").inner_text()
    for words in ("commission_lines.csv, line 107", "settled", "4.51", "differs"):
        assert words in theirs, words
    assert "row=L2" in visit.page.url


def test_an_address_opens_the_same_view_again(visit: Visit) -> None:
    visit.go("#differences&row=S3")
    visit.expect_status("All 9 differing settlements")
    assert "Follows from 30 commission lines" in visit.page.inner_text(".detail .follows")
    assert "is this difference" in visit.page.inner_text(".detail .follows")
    visit.page.click(".follows a >> nth=0")
    playwright.expect(visit.page.locator(".detail .ours")).to_contain_text("SO48700/3")
    visit.go("#differences&f.kind=refund&sort=-difference&page=2")
    visit.expect_status("240 of 267")
    assert "rows 101 to 200" in visit.status()
    sorted_head = visit.page.locator("#table th[aria-sort=descending]")
    assert "difference" in sorted_head.inner_text()


def test_a_payout_shows_its_lines(browser: Browser, tmp_path: Path) -> None:
    visit = Visit(
        browser, draw(with_known(with_statement(synthetic_record(6, 3, evil=EVIL), EVIL), EVIL), tmp_path)
    )
    visit.go("#differences&row=S9")
    lines = visit.page.locator(".statement-lines").inner_text()
    for words in ("15 lines", "they add up to the expected 100.00 USD", "9,000.50 USD", "1%", "90.005", "earned in 2019-02",
                  "plans/criteria.yaml:21", "12 more lines, as one sum", "20.00", "at most 100.00 USD a month", "\u221210.00",
                  "\u22120.005"):  # fmt: skip
        assert words in lines, words
    assert "110.005 USD from 13 lines, \u221210.00 USD by cap" in visit.page.inner_text(".detail .ours")
    assert visit.page.locator("img").count() == 0
    visit.close()


def test_paper_shows_the_rows_of_every_grain(visit: Visit) -> None:
    visit.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    tables = visit.page.locator("#table table.main")
    assert [tables.nth(i).locator("tr.row").count() for i in range(tables.count())] == [267, 9]
    visit.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert visit.page.locator("#table table.main").count() == 1


def test_another_currency_is_shown_and_summed_apart(browser: Browser, tmp_path: Path) -> None:
    record = synthetic_record(2, 0)
    line = dataclasses.replace(record.differences[0], actual="0.00", difference="2.20", other={"EUR": "3.30"})
    visit = Visit(
        browser, draw(dataclasses.replace(record, differences=(line, *record.differences[1:])), tmp_path)
    )
    first = visit.page.inner_text("#table tr.row:has-text('SO48700/1')")
    assert "3.30 EUR" in first
    assert "+3.30 EUR" in first
    sums = visit.page.locator("#table tfoot tr")
    assert sums.count() == 2
    assert "+3.30" in sums.nth(1).inner_text()
    assert "EUR" in sums.nth(1).inner_text()
    visit.close()


def test_causes_lead_to_their_rows(visit: Visit) -> None:
    visit.page.click("#cause-g2 summary")
    visit.page.click("#cause-g2 .and-more a")
    visit.expect_status("27 of 267")
    visit.page.click("#cause-g3 summary")
    visit.page.click("#cause-g3 .and-more a")
    visit.expect_status("All 9 differing settlements")


def test_the_keyboard_is_enough(visit: Visit) -> None:
    page = visit.page
    page.keyboard.press("/")
    page.keyboard.type("SO48700")
    visit.expect_status("3 of 267")
    page.focus("#table button.open >> nth=0")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert "open" in str(page.locator("#table tr.row >> nth=1").get_attribute("class"))
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"
    page.keyboard.press("Escape")
    assert page.locator(".detail").count() == 0
    page.focus("button.sort[data-path=difference]")
    page.keyboard.press("Enter")
    assert page.locator("th[aria-sort=descending]").count() == 1


def test_the_filtered_rows_can_be_saved(visit: Visit) -> None:
    visit.page.select_option("select[data-facet=kind]", "=invoice")
    visit.expect_status("27 of 267")
    with visit.page.expect_download() as download:
        visit.page.click("text=Save these rows as CSV")
    with Path(download.value.path()).open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 27
    assert {line["kind"] for line in lines} == {"invoice"}


def test_scenarios_filter(visit: Visit) -> None:
    visit.page.select_option("#scenario-filter select", "failed")
    playwright.expect(visit.page.locator("#scenario-filter .status")).to_contain_text("1 of 2")
    assert visit.page.locator("details.scenario:visible").count() == 1


def test_hostile_names_stay_text_in_the_browser(browser: Browser, tmp_path: Path) -> None:
    visit = Visit(browser, draw(with_scenarios(synthetic_record(6, 3, evil=EVIL), EVIL), tmp_path))
    visit.page.click("tr.row >> nth=0")
    assert EVIL.split("\u2028")[0] in visit.page.inner_text(".detail .theirs")
    visit.page.select_option("select[data-facet=plan]", index=1)
    assert visit.page.locator("img").count() == 0
    visit.close()


def test_without_scripts_the_first_rows_are_there(browser: Browser, tmp_path: Path) -> None:
    index = draw(synthetic_record(), tmp_path)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(index.as_uri())
    assert page.locator("table.static").count() == 2
    assert page.locator("table.static >> nth=0").locator("tbody tr").count() == 267
    assert "267 of 26,560" in page.inner_text(".verdict")
    page.click("#cause-g1 summary")
    assert page.locator("#cause-g1 tbody tr:visible").count() == 15
    context.close()


def saved(visit: Visit) -> list[dict[str, str]]:
    with visit.page.expect_download() as download:
        visit.page.click("text=Save these rows as CSV")
    with Path(download.value.path()).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(("form", "old"), [("file", False), ("file", True), ("folder", False)])
def test_no_row_is_lost_in_any_form(browser: Browser, tmp_path: Path, form: Form, old: bool) -> None:
    # 5,100 rows have two parts of details; an old browser has no DecompressionStream.
    record = synthetic_record(5_100, 0)
    index = draw(record, tmp_path, form)
    visit = Visit(browser, index, old=old)
    lines = saved(visit)
    wanted = sorted((*d.key.values(), d.expected, d.actual, d.difference, d.ours.base if d.ours else "") for d in record.differences if d.grain == LINES)
    found = sorted((*(line[k] for k in ("document", "line", "person", "plan")), line["expected"], line["actual"], line["difference"], line["base"]) for line in lines)
    assert found == wanted
    last = record.differences[0]
    visit.go(f"#differences&row={last.id}")
    ours = visit.page.locator(".detail .ours")
    for sentence in last.ours.sentences if last.ours else ():
        playwright.expect(ours).to_contain_text(sentence)
    visit.close(beside=form == "folder")


def test_a_missing_part_is_told(browser: Browser, tmp_path: Path) -> None:
    index = draw(synthetic_record(300, 0), tmp_path, "folder")
    for path in (tmp_path / "rows").glob("g0-c*.js"):
        path.unlink()
    visit = Visit(browser, index)
    visit.page.fill("#search", "SO48700")
    visit.expect_status("keep the whole folder together")
    visit.page.close()


def test_rows_are_grouped_and_lead_to_their_rows(visit: Visit) -> None:
    visit.page.select_option("select[data-by='0']", "person")
    visit.expect_status("9 groups of 267")
    visit.page.select_option("select[data-by='1']", "kind")
    visit.expect_status("18 groups of 267")
    assert "by=person&by=kind" in visit.page.url
    visit.go("#differences&by=person&by=kind&sort=-rows")
    first = visit.page.locator("#table tr.group-row >> nth=0")
    assert "E270" in first.inner_text()
    assert "27" in first.inner_text()
    lines = [d for d in synthetic_record(240, 27).differences if d.key.get("person") == "E270" and d.attributes.get("kind") == "refund"]
    total = sum((Fraction(d.difference) for d in lines), Fraction(0))
    assert figures.signed(figures.exact(total), "USD").text in first.inner_text()
    rows = saved(visit)
    assert len(rows) == 18
    assert sum(int(row["rows"]) for row in rows) == 267
    first.locator("button.group").press("Enter")
    visit.expect_status(f"{len(lines)} of 267")
    assert "f.person=E270" in visit.page.url
    visit.page.click("button.chip >> nth=0")
    visit.expect_status("240 of 267")


def test_hostile_cells_are_shown_whole_and_run_nothing(browser: Browser, tmp_path: Path) -> None:
    record = synthetic_record(3, 0)
    long = "x" * 10_000
    cells = {
        "document": "<img src=x onerror=alert(1)>",
        "line": "=cmd|' /C calc'!A0",
        "person": "Ana\u202egnp.exe\u202c",
        "plan": "N\0UL \ud800 half",
    }
    first = record.differences[0]
    theirs = dataclasses.replace(first.theirs, row={**cells, "note": long, "private": "\ue000\ue0f1"}) if first.theirs else None
    hostile = dataclasses.replace(first, key=cells, theirs=theirs)
    grains = (dataclasses.replace(record.grains[0]), record.grains[1])
    record = dataclasses.replace(record, grains=grains, differences=(hostile, *record.differences[1:]))
    visit = Visit(browser, draw(record, tmp_path))
    row = visit.page.locator("#table tr.row", has_text="=cmd|")
    assert "<img src=x onerror=alert(1)>" in row.inner_text()
    assert "Ana\u27e6RLO\u27e7gnp.exe\u27e6PDF\u27e7" in row.inner_text()
    assert "N\u2400UL \u27e6U+D800\u27e7 half" in row.inner_text()
    row.locator("button.open").click()
    theirs_side = visit.page.locator(".detail .theirs")
    playwright.expect(theirs_side).to_contain_text(long)
    assert "\ue000\ue0f1" in theirs_side.inner_text()
    assert visit.page.locator("img").count() == 0
    assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert "'=cmd|' /C calc'!A0" in {line["line"] for line in saved(visit)}
    visit.close()
