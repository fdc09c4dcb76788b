"""Hostile and broken exports through the whole program: nothing executes, nothing is lost or half-written, the message says what is wrong."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.tests.conftest import contents
from reports.record import load_record

MAPPING = """
target: T
format:
  delimiter: comma
  encoding: utf-8
  quoting: double quotes
  header: yes
  culture: en-US
  dates: year first
grains:
  - grain: payouts
    expected: payouts
    key:
      payee: {column: who}
      period: {column: period}
    values:
      amount: {column: paid, currency: EUR}
"""
NAMES = {
    "markup": "<img src=x onerror=alert(1)>",
    "script": "</script><script>alert(2)</script>",
    "template": "{{ 7*7 }}{% raw %}${7*7}",
    "formula": "=cmd|' /C calc'!A0",
    "formula with a wide sign": "\uff1d1+1",
    "formula after a tab": "\t=1+1",
    "at": "@SUM(A1)",
    "turned around": "\u202egnp.exe\u202c",
    "unseen": "An\u200ba\u200f",
    "long": "L" * 10_000,
    "quotes": "\"'`",
    "path": "../../etc/passwd",
    "event": '" onmouseover="alert(3)',
}
COMPARE = ("compare", "before.csv", "after.csv", "--mapping", "mapping.yaml")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mapping.yaml").write_text(MAPPING, "utf-8")
    write(tmp_path / "before.csv", [(name, "2026-01", "1.00") for name in NAMES.values()])
    write(tmp_path / "after.csv", [(name, "2026-01", "2.00") for name in NAMES.values()])
    return tmp_path


def write(path: Path, rows: list[tuple[str, ...]], head: tuple[str, ...] = ("who", "period", "paid")) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([head, *rows])
    path.write_text(text.getvalue(), "utf-8", newline="")


def refused(folder: Path, ran: Any, *words: str) -> None:
    """One clear message, and nothing was written."""
    assert (ran.code, ran.out) == (2, ""), ran.err
    assert "Traceback" not in ran.err
    for word in words:
        assert word in ran.err, ran.err
    assert not (folder / "out").exists()
    assert [p.name for p in folder.iterdir() if p.name.startswith(".")] == []


def test_no_name_is_lost_and_none_is_taken_for_something_else(
    folder: Path, trueup: Callable[..., Any]
) -> None:
    ran = trueup(*COMPARE, "--out", "out")
    assert ran.code == 1, ran.err
    assert "\u202e" not in ran.out + ran.err
    record = load_record(folder / "out")
    kept = {d.key["who"] for d in record.differences}
    assert kept == set(NAMES.values())
    text = (folder / "out/differences.csv").read_text("utf-8")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    # A name that begins with a control character can't be read on either side; all others are compared.
    assert sorted(row["class"] for row in rows) == ["amount"] * (len(NAMES) - 1) + ["unreadable"] * 2
    assert not [cell for row in rows for cell in row.values() if cell[:1] in "=@\t\uff1d" and cell]
    assert {row["who"].removeprefix("'") for row in rows} == {
        name.removeprefix("'") for name in NAMES.values()
    }
    page = (folder / "out/index.html").read_text("utf-8")
    assert "<img" not in page
    assert "alert(2)</script>" not in page
    # What is shown marks it; only the data of the page's script have it as it stands in the export.
    assert "\u202e" not in page.split('<script type="application/json"')[0]
    with zipfile.ZipFile(folder / "out/differences.xlsx") as book:
        sheets = [book.read(n).decode("utf-8") for n in book.namelist() if n.startswith("xl/worksheets/")]
    assert sheets
    assert not any("<f>" in sheet or "<f " in sheet for sheet in sheets)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("there is no Chromium on this machine")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.mark.browser
def test_nothing_runs_in_the_browser(folder: Path, trueup: Callable[..., Any], chromium: Any) -> None:
    assert trueup(*COMPARE, "--out", "out").code == 1
    page = chromium.new_page()
    wrong: list[str] = []
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.on("dialog", lambda dialog: wrong.append(dialog.message))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto((folder / "out/index.html").as_uri())
    page.wait_for_selector("html[data-unpacked]")
    for button in page.locator("#table button.open").all():
        button.click()
    page.mouse.move(300, 300)
    shown = page.locator("#table").inner_text()
    assert wrong == []
    assert page.locator("img").count() == 0
    for name in ("markup", "script", "template", "formula", "event", "path"):
        assert NAMES[name] in shown, name
    assert "\u27e6RLO\u27e7gnp.exe\u27e6PDF\u27e7" in shown
    assert NAMES["long"] in shown
    page.close()


def test_a_nul_byte_is_told(folder: Path, trueup: Callable[..., Any]) -> None:
    (folder / "after.csv").write_bytes(b"who,period,paid\nAna,2026-01,1.00\nB\0b,2026-01,2.00\n")
    refused(folder, trueup(*COMPARE, "--out", "out"), "after.csv:3", "NUL", "[file-nul]")


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (b"Ana,2026-01,1.00\nJos\xe9,2026-01,2.00\n", 3),
        (b"A\xed\xa0\x80,2026-01,1.00\n", 2),
        (b"\xff\xfeA\0n\0a\0", 2),
    ],
    ids=["mixed encodings", "half of a character", "another encoding inside"],
)
def test_bytes_that_are_no_text_are_told_with_their_line(
    folder: Path, trueup: Callable[..., Any], raw: bytes, line: int
) -> None:
    (folder / "after.csv").write_bytes(b"who,period,paid\n" + raw)
    ran = trueup(*COMPARE, "--out", "out")
    refused(folder, ran, f"after.csv:{line}")
    assert "file-encoding" in ran.err or "file-nul" in ran.err


def test_a_hundred_thousand_columns_are_read(folder: Path, trueup: Callable[..., Any]) -> None:
    more = tuple(f"c{i}" for i in range(100_000))
    for name, paid in (("before.csv", "1.00"), ("after.csv", "2.00")):
        write(
            folder / name, [("Ana", "2026-01", paid, *("x",) * len(more))], ("who", "period", "paid", *more)
        )
    assert trueup(*COMPARE, "--out", "out").code == 1
    [row] = load_record(folder / "out").differences
    assert row.theirs is not None
    assert len(row.theirs.row) == len(more) + 3
    assert (folder / "out/index.html").stat().st_size < 5_000_000


def test_a_column_that_stands_twice_among_many_is_told(folder: Path, trueup: Callable[..., Any]) -> None:
    write(folder / "after.csv", [("Ana", "2026-01", "1.00", "1.00")], ("who", "period", "paid", "paid"))
    refused(folder, trueup(*COMPARE, "--out", "out"), "after.csv:1", "paid")


FULL = """
import resource, sys
sys.dont_write_bytecode = True
from harness.cli.main import main
import harness.cli.comparing
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
sys.exit(main({arguments!r}))
"""


@pytest.mark.parametrize("limit", [10, 3_000, 90_000])
def test_a_full_disk_leaves_the_earlier_result(
    folder: Path, trueup: Callable[..., Any], start: Callable[..., Any], limit: int
) -> None:
    assert trueup(*COMPARE, "--out", "out").code == 1
    before = contents(folder)
    process = start(cwd=folder, probe=FULL.format(limit=limit, arguments=[*COMPARE, "--out", "out"]))
    _, err = process.communicate(timeout=120)
    assert process.returncode == 2, err
    assert "Traceback" not in err
    assert "the results can't be written" in err
    assert "An earlier result in this folder is as it was." in err
    assert contents(folder) == before
