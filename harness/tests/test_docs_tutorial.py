"""docs/tutorial.md, followed word by word: every command is run, every block saved, every message compared."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "tutorial.md"
_BLOCK = re.compile(r"(?:^<!-- (\w+)(?:: (.*?))? -->\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A block of the page, with what the comment above it says to do with it."""

    todo: str
    about: str
    kind: str
    text: str


BLOCKS = [Block(*found) for found in _BLOCK.findall(PAGE.read_text("utf-8"))]
INSTALL = [
    "python3 -m venv trueup-env",
    "trueup-env/bin/pip install --quiet ./trueup",
    ". trueup-env/bin/activate",
]


class Reader:
    """Somebody who does what the page says and nothing else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.output = ""
        self.found: tuple[Path, str] | None = None

    def do(self, block: Block) -> None:
        if block.kind == "sh" and block.todo == "install":
            assert all(line in INSTALL for line in block.text.splitlines())
        elif block.kind == "sh":
            self._run(block.text, int(block.about or 0))
        elif block.kind == "text":
            for line in block.text.splitlines():
                assert line.strip() in self.output, f"not printed: {line}\n{self.output}"
        elif block.todo == "file":
            self._path(block.about).write_text(block.text, "utf-8")
        elif block.todo == "put":
            assert self.found is not None
            path, old = self.found
            path.write_text(path.read_text("utf-8").replace(old, block.text), "utf-8")
            self.found = None
        else:
            assert block.todo in ("find", "in"), block
            path = self._path(block.about)
            assert path.read_text("utf-8").count(block.text) == 1, f"not in {block.about}:\n{block.text}"
            self.found = (path, block.text) if block.todo == "find" else None

    def _path(self, name: str) -> Path:
        return self.folder / name

    def _run(self, text: str, expected: int) -> None:
        *before, last = text.splitlines()
        self.output = ""
        for line in before:
            self._line(line, 0)
        self._line(last, expected)

    def _line(self, line: str, expected: int) -> None:
        if line.startswith("cd "):
            self.folder /= line.removeprefix("cd ")
            assert self.folder.is_dir()
            return
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "COV_", "PYTHON"))}
        kept["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", "")])
        ran = subprocess.run(
            ["bash", "-c", line],
            cwd=self.folder,
            env=kept,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        self.output += ran.stdout + ran.stderr
        assert ran.returncode == expected, f"{line}\n{self.output}"


def test_whoever_follows_the_tutorial_sees_what_it_says(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    for block in BLOCKS:
        reader.do(block)
    assert (reader.folder / "out" / "index.html").is_file()


def test_the_tutorial_has_every_kind_of_step() -> None:
    assert {b.todo for b in BLOCKS} == {"", "install", "in", "find", "put", "file", "exit"}
    assert [b.text for b in BLOCKS if b.todo == "install"] == [
        "\n".join(INSTALL[:2]) + "\n",
        INSTALL[2] + "\n",
    ]
    assert len(BLOCKS) == PAGE.read_text("utf-8").count("\n```") // 2


def test_a_page_that_says_something_else_is_found(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    reader.do(Block("", "", "sh", "echo 9,500.00 EUR\n"))
    with pytest.raises(AssertionError, match="not printed"):
        reader.do(Block("", "", "text", "9,200.00 EUR\n"))
    with pytest.raises(AssertionError):
        reader.do(Block("", "", "sh", "false\n"))
