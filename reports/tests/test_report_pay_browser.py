"""Statements and charts in a real browser, and the whole report before axe: light, dark, narrow and on paper."""

from __future__ import annotations

import dataclasses
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from reports.masking import Mask, Masked
from reports.site import draw
from reports.tests.synthetic import synthetic_record
from reports.tests.synthetic_judged import with_judged
from reports.tests.synthetic_known import with_known, with_statement
from reports.tests.synthetic_pay import with_pay
from reports.tests.test_report_browser import Visit
from reports.tests.test_report_page import EVIL

if TYPE_CHECKING:
    from playwright.sync_api import Browser

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
CHROMIUM = shutil.which("chromium")
AXE = Path(os.environ.get("TRUEUP_NODE_MODULES", "node_modules")) / "axe-core" / "axe.min.js"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
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


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Iterator[Visit]:
    visit = Visit(browser, draw(with_pay(with_known(synthetic_record(24, 6))), tmp_path))
    yield visit
    visit.close()


def lines(visit: Visit) -> list[str]:
    return [" ".join(row.split()) for row in visit.page.locator("#statement table tr").all_inner_texts()]


def test_a_statement_has_both_sides_and_leads_to_the_difference(visit: Visit) -> None:
    visit.page.locator("#statements table.ledger a", has_text="E271").click()
    playwright.expect(visit.page.locator("#statement h3")).to_contain_text("E271")
    [row] = [line for line in lines(visit) if line.startswith("CRITERIA")]
    assert "110.00 USD from 12 lines, \u221210.00 USD by cap." in row
    assert " 100.00 USD " in row
    visit.page.locator("#statement a", has_text="Why it differs").click()
    playwright.expect(visit.page.locator("#table .detail")).to_contain_text("E271")


def test_a_payee_is_found_by_name_and_the_address_keeps_the_choice(visit: Visit) -> None:
    visit.page.locator("#statement input[type=search]").fill("E304")
    visit.page.locator("#statement input[type=search]").press("Tab")
    playwright.expect(visit.page.locator("#statement h3")).to_have_text("Statement of Bo E304")
    [row] = [line for line in lines(visit) if line.startswith("above the plans")]
    assert "104.00 EUR 104.00 EUR \u2013" in row
    assert "By the end of 2019-Q1: bookings of 150.00 against a quota of 100.00 EUR, 150.0%." in row
    assert visit.page.evaluate("location.hash") == "#statements&payee=E304"
    visit.go("#statements&payee=E305&period=2019-03")
    playwright.expect(visit.page.locator("#statement h3")).to_contain_text("E305")
    assert visit.page.locator("#statement select").input_value() == "2019-03"
    visit.page.locator("#statement button", has_text="Previous payee").click()
    playwright.expect(visit.page.locator("#statement h3")).to_contain_text("E304")


def test_who_has_no_statement_is_told(visit: Visit) -> None:
    visit.go("#statements&payee=nobody")
    playwright.expect(visit.page.locator("#statement .status")).to_have_text(
        "There is no statement of \u201cnobody\u201d."
    )
    visit.page.locator("#statement input[type=search]").fill("zzz")
    playwright.expect(visit.page.locator("#statement .status")).to_have_text(
        "No payee is called \u201czzz\u201d."
    )


def test_one_statement_prints_alone(visit: Visit) -> None:
    visit.page.evaluate("window.print = () => {}")
    visit.page.locator("#statement button", has_text="Print this statement").click()
    visit.page.emulate_media(media="print")
    assert visit.page.locator("#statement table").is_visible()
    assert not visit.page.locator("#summary").is_visible()
    assert not visit.page.locator("#statements table.ledger").is_visible()
    visit.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert visit.page.locator("#summary").is_visible()


def test_hostile_payees_stay_text(browser: Browser, tmp_path: Path) -> None:
    record = with_pay(synthetic_record(6, 2, evil=EVIL), EVIL)
    visit = Visit(browser, draw(record, tmp_path))
    payee = record.statements[0].payee
    visit.go("#statements&payee=" + quote(payee, safe=""))
    playwright.expect(visit.page.locator("#statement h3")).to_contain_text("<img src=x onerror=alert(1)>")
    assert visit.page.locator("img").count() == 0
    visit.close()


@pytest.mark.skipif(
    not AXE.is_file(), reason="axe-core is not here; TRUEUP_NODE_MODULES names the folder it is in"
)
@pytest.mark.parametrize(("kind", "scheme"), [("reconciliation", "light"), ("reconciliation", "dark"), ("features", "light")])
def test_axe_finds_nothing(browser: Browser, tmp_path: Path, kind: str, scheme: Any) -> None:
    record = (
        with_pay(with_known(with_statement(synthetic_record(12, 4))))
        if kind == "reconciliation"
        else with_judged(synthetic_record(6, 2))
    )
    index = draw(record, tmp_path)
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(index.as_uri() + "#differences&row=" + record.differences[-1].id)
    page.wait_for_selector("html[data-unpacked]")
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    # The page's own policy forbids foreign scripts; a test may add one from outside.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("(rules) => axe.run(document, rules)", RULES)
    context.close()
    assert [(v["id"], [n["html"][:160] for n in v["nodes"][:3]]) for v in found["violations"]] == []
    assert "color-contrast" in {p["id"] for p in found["passes"]}
    assert len(found["passes"]) > 20


@pytest.mark.parametrize("width", [320, 800])
def test_a_narrow_screen_needs_no_sideways_scrolling(browser: Browser, tmp_path: Path, width: int) -> None:
    visit = Visit(browser, draw(with_pay(with_known(synthetic_record(24, 6))), tmp_path))
    visit.page.set_viewport_size({"width": width, "height": 700})
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    visit.close()


def test_paper_has_the_charts_whole(visit: Visit, tmp_path: Path) -> None:
    visit.page.emulate_media(media="print")
    visit.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert (
        visit.page.locator("#charts svg.plot:visible").count()
        == visit.page.locator("#charts svg.plot").count()
        > 8
    )
    assert visit.page.locator("#charts .figures table:visible").count() == 0
    visit.page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
    visit.page.evaluate("dispatchEvent(new Event('afterprint'))")


def test_a_masked_copy_shows_no_name_in_the_browser(browser: Browser, tmp_path: Path) -> None:
    record = Masked(with_pay(synthetic_record(12, 4)), Mask("names", "secret")).record
    visit = Visit(browser, draw(record, tmp_path))
    shown = visit.page.locator("body").inner_text()
    assert "Ana Ruiz" not in shown
    assert "E271" not in shown
    assert "Statement of P-" in shown
    visit.close()


def test_a_wide_table_is_reached_by_keys(browser: Browser, tmp_path: Path) -> None:
    record = synthetic_record(4, 0)
    first = record.payouts[0]
    wide = tuple(dataclasses.replace(first, period=f"{2000 + i}-01") for i in range(60))
    visit = Visit(browser, draw(dataclasses.replace(record, payouts=wide), tmp_path))
    box = visit.page.locator("#payouts .scroll").first
    assert box.get_attribute("tabindex") == "0"
    assert box.get_attribute("aria-label") == "Expected payouts of 1 payees, by plan and period"
    assert visit.page.locator("#sign-off .scroll[tabindex]").count() == 0
    visit.close()


def test_what_is_paid_above_the_plans_is_called_so(browser: Browser, tmp_path: Path) -> None:
    record = synthetic_record(4, 0)
    grain = record.grains[0]
    above = dataclasses.replace(grain.slices[0], value="")
    grains = (dataclasses.replace(grain, slices=(above, *grain.slices[1:])), *record.grains[1:])
    visit = Visit(browser, draw(dataclasses.replace(record, grains=grains), tmp_path))
    assert "above the plans" in visit.page.locator("#agreement").inner_text()
    assert "above the plans" in visit.page.locator("#summary").inner_text()
    visit.close()
