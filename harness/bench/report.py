"""How big a report of many differences is, and how quick it is in a real browser."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Literal

from harness.bench.report_rows import large_record
from reports.site import draw

GOAL_BYTES, GOAL_FIRST, GOAL_FILTER = 5_000_000, 2_000, 200
"""For 100,000 differences in one file: bytes, and milliseconds to the first view and to a filter's rows."""
_ACT = """async ([path, value]) => {
  const frame = () => new Promise(requestAnimationFrame);
  const box = document.querySelector(path);
  const holder = document.querySelector('#table .scroll');
  const changed = new Promise((done) => new MutationObserver((all, seer) => { seer.disconnect(); done(); }).observe(holder, {childList: true}));
  const begin = performance.now();
  if (box.tagName === 'SELECT') { box.value = value; box.dispatchEvent(new Event('change')); }
  else if (box.tagName === 'INPUT') { box.value = value; box.dispatchEvent(new Event('input')); }
  else box.click();
  await changed;
  await frame();
  return Math.round(performance.now() - begin);
}"""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One report.  Times are milliseconds; waits: from an action in the browser to its rows on the screen.

    page: bytes of index.html; beside: of its folder of rows.  A search waits 80 ms for the next letter, which counts.
    """

    differences: int
    form: str
    draw: int
    page: int
    beside: int
    first_view: int | None = None
    waits: dict[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The figures for JSON."""
        return asdict(self)


def measure(
    count: int, rounds: int, step: Callable[[str], None], form: Literal["file", "folder"] = "file"
) -> Drawn:
    """Draws that many generated differences, and opens, filters, searches, sorts and groups them in Chromium."""
    step(f"making {count:,} differences")
    record = large_record(count)
    with tempfile.TemporaryDirectory() as folder:
        step(f"drawing {count:,} differences")
        started = time.process_time()
        index = draw(record, Path(folder), form)
        seconds = time.process_time() - started
        beside = sum(file.stat().st_size for file in Path(folder).glob("rows/*.js"))
        found = Drawn(count, form, round(seconds * 1000), index.stat().st_size, beside)
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        try:
            from playwright.sync_api import sync_playwright
        except ImportError:
            chromium = None
        if chromium is None:
            return found
        del record
        step(f"looking at {count:,} differences in the browser")
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            visits = [_visit(browser, index) for _ in range(rounds)]
            browser.close()
    waits = {name: round(median(visit[name] for visit in visits)) for name in visits[0]}
    return Drawn(count, form, found.draw, found.page, beside, waits.pop("first view"), waits)


def _visit(browser: Any, index: Path) -> dict[str, int]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(120_000)
    page.goto(index.as_uri())
    page.wait_for_selector("html[data-ready] #table tr.row")
    found = {"first view": page.evaluate("Math.round(performance.now())")}
    page.wait_for_selector("html[data-unpacked]")
    acts = (
        ("filter", "select[data-facet=territory]", "=Iberia"),
        ("second filter", "select[data-facet=class]", "=timing"),
        ("clear", "#table .buttons button", ""),
        ("search", "#search", "so48"),
        ("search again", "#search", "so480"),
        ("clear again", "#table .buttons button", ""),
        ("sort by amount", "button.sort[data-path=difference]", ""),
        ("sort by document", "button.sort[data-path='k.document']", ""),
        ("group by payee", "select[data-by='0']", "person"),
        ("single rows", "#table .buttons button", ""),
        ("open a row", "#table button.open", ""),
    )
    for name, path, value in acts:
        found[name] = page.evaluate(_ACT, [path, value])
    page.wait_for_selector(".detail .ours")
    page.close()
    return found


def words(found: list[Drawn]) -> str:
    """The figures for people."""
    lines = []
    for one in found:
        beside = f" and {one.beside:,} bytes of rows beside it" if one.beside else ""
        lines.append(
            f"{one.differences:,} differences as one {one.form}: a page of {one.page:,} bytes{beside}, drawn in {one.draw / 1000:.1f} s of the processor."
        )
        if one.first_view is None:
            lines.append("  Not opened: there is no Playwright or no Chromium on this machine.")
            continue
        lines.append(
            f"  first view {one.first_view:,} ms; "
            + "; ".join(f"{name} {ms:,} ms" for name, ms in one.waits.items())
        )
    goal = f"Goals for 100,000 differences as one file: less than {GOAL_BYTES:,} bytes, first view in {GOAL_FIRST:,} ms, a filter in {GOAL_FILTER} ms."
    return "\n".join([*lines, goal])
