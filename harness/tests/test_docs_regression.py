"""docs/how-to/regression.md: its commands say what the page says, in the order of the page."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "how-to" / "regression.md").read_text("utf-8")
EXAMPLE = ROOT / "scenarios" / "data" / "examples" / "northwind_q1"


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_page_runs(trueup: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for file in EXAMPLE.iterdir():
        shutil.copy(file, tmp_path)
    before = (EXAMPLE / "results.txt").read_text("utf-8")
    row, printed = blocks("text")
    changed = row.replace("1242,04", "1200,04")
    assert before.count(changed) == 1
    (tmp_path / "before.txt").write_text(before, "utf-8")
    (tmp_path / "after.txt").write_text(before.replace(changed, row), "utf-8")
    monkeypatch.chdir(tmp_path)
    look, propose, check = (shlex.split(line)[1:] for line in blocks("sh"))

    found = trueup(*look)
    assert (found.code, found.out) == (1, printed)

    assert trueup(*propose).code == 1
    proposed = (tmp_path / "approved.yaml").read_text("utf-8")
    assert trueup(*check).code == 2, "what nobody filled in is refused"
    (approved,) = blocks("yaml")
    given = ("reason:", "approved by:", "until:")
    assert [line for line in proposed.splitlines() if line and line[0] != "#"] == [
        next((f"  {g}" for g in given if line.strip().startswith(g)), line) for line in approved.splitlines()
    ]
    (tmp_path / "approved.yaml").write_text(approved, "utf-8")

    assert trueup(*check).code == 0
    assert (tmp_path / "out" / "index.html").is_file()

    (tmp_path / "after.txt").write_text(before, "utf-8")
    undone = trueup(*check)
    assert (undone.code, "did not happen" in undone.out) == (1, True)
