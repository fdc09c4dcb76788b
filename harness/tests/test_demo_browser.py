"""The real report of the demo in a real browser, opened as a file: figures, filters, both sides of a difference."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from harness.cli.commands.demo import EXPORT

if TYPE_CHECKING:
    from playwright.sync_api import Page

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]


@pytest.fixture(scope="module")
def opened(demo: Any) -> Iterator[Page]:
    """The report, with every request and every error remembered and judged at the end."""
    asked: list[str] = []
    wrong: list[str] = []
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
        page.goto((demo.out / "index.html").as_uri())
        page.wait_for_selector("html[data-ready]")
        yield page
        browser.close()
    assert wrong == []
    assert asked
    assert {urlsplit(url).scheme for url in asked} <= {"file", "data", "about", "blob"}
    assert {url for url in asked if url.startswith("file:")} == {(demo.out / "index.html").as_uri()}


@pytest.fixture
def page(opened: Page, demo: Any) -> Page:
    opened.goto("about:blank")
    opened.goto((demo.out / "index.html").as_uri())
    opened.wait_for_selector("html[data-ready]")
    return opened


def status(page: Page, words: str) -> None:
    playwright.expect(page.locator("#table .status")).to_contain_text(words)


def cells(page: Page, table: str) -> list[list[str]]:
    return [[" ".join(c.split()) for c in row.locator("th, td").all_inner_texts()] for row in page.locator(f"{table} tbody tr").all()]


def test_the_figures_of_the_front(page: Page) -> None:
    assert "340 of 26,560 commission lines differ; 25 of 214 settlements differ." in page.inner_text(".verdict")
    lines, settlements = cells(page, "table.grains")
    assert lines[:6] == ["Commission lines", "26,560", "26,220", "340", "0", "98.72%"]
    assert settlements[:6] == ["Settlements", "214", "189", "25", "0", "88.32%"]
    for row in (lines, settlements):
        assert row[8].startswith("+11,394.91")
    assert "309,852.26" in lines[6]
    assert "321,247.17" in lines[7]


    text = page.inner_text("main")
    for words in ("commission_lines.csv", "settlements.csv", "criteria.yaml", "odoo_commission.yaml", "document_lines.csv"):
        assert words in text, words
    assert page.locator("nav.tabs a[href='#limits']").count() == 1
    text = page.inner_text("#causes")
    for words in ("312 credit note lines", "+11,383.76", "28 lines of commission-free products", "+11.15", "25 settlements"):
        assert words in text


def test_filtering_to_commission_free_lines(page: Page, demo: Any) -> None:
    status(page, "All 340 differing commission lines")
    cause = page.locator("#table select").filter(has_text="commission-free products")
    cause.select_option(label=next(t for t in cause.locator("option").all_inner_texts() if "commission-free" in t))
    status(page, "28 of 340")
    assert page.locator("#table tr.row").count() == 28
    assert "+11.15" in page.inner_text("#table tfoot .total")
    page.select_option("select[data-facet=kind]", "=invoice")
    status(page, "27 of 340")
    shown = {row.locator("td").nth(1).inner_text() for row in page.locator("#table tr.row").all()}
    free = {r["document"] for r in demo.rows("differences.csv") if "commission free" in r["rule"] and r["document"].startswith("INV-")}
    assert shown == free
    assert len(shown) == 27
    page.click("text=Clear")
    status(page, "All 340")


def test_a_difference_shows_both_sides(page: Page) -> None:
    page.fill("#search", "SO49147/13")
    status(page, "1 of 340")
    page.click("tr.row:has-text('SO49147/13')")
    ours = page.inner_text(".detail .ours")
    for words in (
        "−115.19",
        "−10,471.52 USD",
        "1.1%",
        "category Bikes: 1.1%",
        "scenarios/plans/odoo_commission/criteria.yaml:20",
        "Rounded half up per line to 2 decimals: 115.18672 USD becomes 115.19 USD.",
        "10,471.52 USD x 1.1% = 115.18672 USD",
        "REF-SO49147",
        "276",
    ):
        assert words in ours, words
    theirs = page.inner_text(".detail .theirs")
    with (EXPORT / "commission_lines.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    at = rows.index(["REF-SO49147", "SO49147/13", "E282", "CRITERIA", "115.19", "1"])
    for words in (f"commission_lines.csv, line {at + 1}", "REF-SO49147", "SO49147/13", "E282", "CRITERIA", "115.19", "differs"):
        assert words in theirs, words


def test_a_commission_free_difference_shows_why_nothing_is_due(page: Page) -> None:
    page.fill("#search", "INV-SO48758")
    status(page, "1 of 340")
    page.click("tr.row:has-text('INV-SO48758')")
    ours = page.inner_text(".detail .ours")
    assert "commission free" in ours
    assert "criteria.yaml:23" in ours
    assert "earns nothing" in ours
    assert "0.30" in page.inner_text(".detail .theirs")


def test_a_settlement_leads_to_its_lines(page: Page, demo: Any) -> None:
    record_rows = demo.rows("differences_settlements.csv")
    wanted = max(record_rows, key=lambda r: len(r["difference"]) * 1000 + int(r["difference"].replace(".", "")))
    section = page.locator("#coarse-1")
    assert "25 of 25" in section.inner_text()
    assert "both sums are equal" in section.inner_text()
    chain = section.locator("details.chain").filter(has_text=wanted["person"]).filter(has_text=wanted["period_from"]).first
    assert "adds up" in chain.inner_text()
    chain.locator("summary").click()
    finer = [r for r in demo.rows("differences.csv") if r["person"] == wanted["person"] and r["document"].startswith("REF-")]
    assert f"{len(finer)} commission lines" in chain.locator("summary").inner_text()
    chain.get_by_text("Its details").click()
    follows = page.locator(".detail .follows")
    playwright.expect(follows).to_contain_text(f"Follows from {len(finer)} commission lines")
    assert "is this difference" in follows.inner_text()
    # Back down to one of the lines that it follows from.
    follows.locator("a").first.click()
    playwright.expect(page.locator(".detail .ours")).to_contain_text("criteria.yaml")
    assert "commission_lines.csv, line " in page.inner_text(".detail .theirs")
    status(page, "commission lines")


def test_the_address_opens_the_same_view_again(page: Page, demo: Any) -> None:
    page.select_option("select[data-facet=kind]", "=invoice")
    status(page, "27 of 340")
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_selector("html[data-ready]")
    status(page, "27 of 340")
