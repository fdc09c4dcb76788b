"""The step book's page in a real browser: search, copy, keyboard, print, accessibility; no error and no network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from harness.catalogue import catalogue
from harness.stepbook.entries import entries, used_in
from harness.stepbook.page import page as draw

if TYPE_CHECKING:
    from playwright.sync_api import Page

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
CHROMIUM = shutil.which("chromium")
AXE = Path(os.environ.get("TRUEUP_NODE_MODULES", "node_modules")) / "axe-core" / "axe.min.js"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]
COUNT = len(catalogue())


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("book") / "book.html"
    place.write_text(draw(entries(used_in([Path(__file__).parents[2] / "features"]))), encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def opened(file: Path) -> Iterator[Page]:
    asked: list[str] = []
    wrong: list[str] = []
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1280, "height": 900}, permissions=["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
        page.goto(file.as_uri())
        page.wait_for_selector("html[data-ready]")
        yield page
        browser.close()
    assert wrong == []
    assert {urlsplit(url).scheme for url in asked} <= {"file", "data", "about"}
    assert {url.partition("#")[0] for url in asked if url.startswith("file:")} == {file.as_uri()}


@pytest.fixture
def page(opened: Page, file: Path) -> Page:
    opened.set_viewport_size({"width": 1280, "height": 900})
    go(opened, file)
    return opened


def go(page: Page, file: Path, fragment: str = "") -> None:
    page.goto("about:blank")
    page.goto(file.as_uri() + fragment)
    page.wait_for_selector("html[data-ready]")


def shown(page: Page) -> list[str]:
    ids: list[str] = page.evaluate("Array.from(document.querySelectorAll('article.sentence')).filter((a) => a.checkVisibility()).map((a) => a.id)")
    return ids


def status(page: Page, words: str) -> None:
    playwright.expect(page.locator("#status")).to_have_text(words)


def test_everything_is_there(page: Page) -> None:
    status(page, f"All {COUNT} sentences")
    assert sorted(shown(page)) == sorted(s.id for s in catalogue())


def test_search_filters_and_the_address_keeps_it(page: Page, file: Path) -> None:
    page.fill("#search", "ramp MONTH hire")
    status(page, f"1 of {COUNT} sentences")
    assert shown(page) == ["G53"]
    assert page.locator("section.part:visible").count() == 1
    assert page.locator(".parts li:visible").count() == 2
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_selector("html[data-ready]")
    assert shown(page) == ["G53"]
    page.fill("#search", "")
    page.select_option("#kind", "when")
    assert shown(page) == [s.id for s in catalogue() if s.kind == "when"]
    page.fill("#search", "no such thing anywhere")
    status(page, f"0 of {COUNT} sentences")
    # A link to one sentence shows it, whatever was searched.
    page.evaluate("location.hash = '#G25'")
    playwright.expect(page.locator("#G25")).to_be_visible()
    status(page, f"All {COUNT} sentences")


def test_the_keyboard_reaches_everything(page: Page) -> None:
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("a/b")
    assert page.input_value("#search") == "a/b"
    page.keyboard.press("Escape")
    assert page.input_value("#search") == ""
    status(page, f"All {COUNT} sentences")
    page.locator("#G06 button.copy").focus()
    page.keyboard.press("Enter")
    status(page, "Copied.")


def test_an_example_is_copied_whole(page: Page) -> None:
    page.click("#G26 button.copy")
    status(page, "Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == next(e for e in entries() if e.sentence.id == "G26").examples[0].text + "\n"
    assert copied.count("\n") >= 3


def test_without_the_clipboard_the_example_is_copied_the_old_way_or_selected(page: Page) -> None:
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined, configurable: true})")
    page.evaluate("document.execCommand = () => false")
    page.click("#G06 button.copy")
    status(page, "The browser doesn't let pages copy; the example is selected.")
    assert "today is" in page.evaluate("getSelection().toString()")


def test_without_script_everything_can_be_read(opened: Page, file: Path) -> None:
    assert opened.context.browser is not None
    context = opened.context.browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(file.as_uri())
    assert page.locator("article.sentence:visible").count() == COUNT
    assert page.locator("#finder:visible, button.copy:visible").count() == 0
    context.close()


def test_on_paper_everything_is_open(page: Page) -> None:
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#finder:visible, button.copy:visible").count() == 0
    assert page.locator("#G25 .uses li:visible").count() > 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert page.locator("#G25 .uses li:visible").count() == 0


def test_a_narrow_screen_needs_no_sideways_scrolling(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not here; TRUEUP_NODE_MODULES names the folder it is in")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(opened: Page, tmp_path: Path, scheme: Any) -> None:
    # One sentence of each build: plain, with a table, with many tables and examples, with choices, with a text block.
    few = tmp_path / "few.html"
    used = dict.fromkeys(("G25", "G36"), ("features/a.feature:3",))
    few.write_text(draw([e for e in entries(used) if e.sentence.id in ("G25", "G26", "G36", "G19", "P04", "W1", "T02")]), encoding="utf-8")
    assert opened.context.browser is not None
    context = opened.context.browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(few.as_uri())
    page.wait_for_selector("html[data-ready]")
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    # The page's own policy forbids foreign scripts; a test may add one from outside.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    found = page.evaluate("(rules) => axe.run(document, rules)", rules)
    context.close()
    assert [(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in found["violations"]] == []
    assert "color-contrast" in {p["id"] for p in found["passes"]}
    assert len(found["passes"]) > 20
