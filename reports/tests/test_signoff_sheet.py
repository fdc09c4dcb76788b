"""The sign-off sheet: its states, hostile words as text, and a look at it in a browser."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from reports.pages.signoff_sheet import sheet
from reports.record_types import Verdict
from reports.signoff_types import Signature, SignOff, State

EVIL = "</pre></style><script>alert(1)</script><img src=x onerror=alert(1)>\u202e"
GREEN = Verdict("passed", "All 12 scenarios passed.", 0)
RED = Verdict("differs", "340 of 26,560 commission lines differ.", 1)
CHROMIUM = shutil.which("chromium")


def signature(
    name: str,
    *,
    role: str = "tester",
    known: bool | None = True,
    faults: tuple[str, ...] = (),
    conditions: tuple[str, ...] = (),
) -> Signature:
    return Signature(
        "approver" if role == "approver" else "tester",
        name,
        "a@example.com",
        f"{name} confirms.",
        conditions,
        "2026-03-31T08:05:00Z",
        "SHA256:abc",
        known,
        faults,
    )


def drawn(
    state: State,
    *signatures: Signature,
    verdict: Verdict = GREEN,
    faults: tuple[str, ...] = (),
    title: str = "Release 26.1",
) -> str:
    text = sheet(
        title,
        verdict,
        {"Run": "20260331T080000Z-000001"},
        SignOff(state, signatures, "ab" * 32, faults, "signers.txt"),
    )
    return re.sub(
        r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL))
    )


def test_a_green_run_is_not_an_approval() -> None:
    words = drawn("draft")
    assert "A green run is not an approval" in words
    assert words.count("Not signed") == 2
    assert "Approved not yet" in words


def test_what_an_approval_says() -> None:
    words = drawn("approved", signature("Ana"), signature("Bob", role="approver"))
    for expected in (
        "✓ Approved",
        "Ana confirms.",
        "Bob confirms.",
        "2026-03-31, 08:05 UTC",
        "SHA256:abc",
        "Key checked against signers.txt",
        "ab" * 32,
    ):
        assert expected in words
    words = drawn(
        "approved",
        signature("Ana"),
        signature("Bob", role="approver", conditions=("Mended by March.",)),
        verdict=RED,
    )
    assert "Approved, on conditions" in words
    assert "Mended by March." in words
    assert "340 of 26,560" in words


def test_a_key_that_nobody_vouched_for_is_told() -> None:
    assert "Whose key it is was not checked" in drawn("tested", signature("Ana", known=None))


def test_void_says_why() -> None:
    words = drawn(
        "void",
        signature("Ana", faults=("the package was changed after it was signed",)),
        faults=("tester: the package was changed after it was signed",),
    )
    assert "Void" in words
    assert "Tester: the package was changed after it was signed." in words
    assert "Does not hold" in words
    assert "✓ Draft" not in words


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")
def test_hostile_words_do_nothing_in_a_browser(tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    page_file = tmp_path / "signoff.html"
    evil = Signature("tester", EVIL, EVIL, EVIL, (EVIL,), "2026-03-31T08:05:00Z", EVIL, False, (EVIL,))
    page_file.write_text(
        sheet(EVIL, Verdict("differs", EVIL, 1), {EVIL: EVIL}, SignOff("void", (evil,), EVIL, (EVIL,), EVIL)),
        "utf-8",
    )
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 360, "height": 800})
        wrong: list[str] = []
        asked: list[str] = []
        page.on("dialog", lambda dialog: wrong.append(dialog.message))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.extend([message.text] * (message.type == "error")))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(page_file.as_uri())
        assert page.locator("script, img").count() == 0
        assert EVIL.replace("\u202e", "[U+202E]") in page.inner_text(".person blockquote")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it fits a phone"
        assert (wrong, asked) == ([], [page_file.as_uri()])
        browser.close()
