"""What the tests of evidence share: a sealed package of a small run, two people with keys, and the list that knows them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

RECONCILE = (
    "reconcile",
    "--expected",
    "expected",
    "--actual",
    "scenarios/data/odoo_commission",
    "--mapping",
    "harness/mappings/odoo_commission.yaml",
)
"""The run whose package the tests look at, up to its --out."""
ANA, BOB = "ana@example.com", "bob@example.com"


def make_key(trueup: Callable[..., Any], file: Path) -> str:
    """A new key without a passphrase; returns its public line."""
    assert trueup("sign", "--new-key", file).code == 0
    return file.with_name(file.name + ".pub").read_text("ascii").strip()


@pytest.fixture(scope="module")
def sealed(
    trueup: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory, _small: Path, _small_expected: Path
) -> Path:
    """A folder of work with the package `out` of a red reconciliation, two keys and a list of signers.  Nobody may change it."""
    folder = tmp_path_factory.mktemp("evidence") / "work"
    shutil.copytree(_small, folder)
    shutil.copytree(_small_expected, folder / "expected")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        ran = trueup(*RECONCILE, "--out", "out")
        assert ran.code == 1, ran.err
        keys = {name: make_key(trueup, folder / name) for name in ("ana", "bob", "eve")}
    (folder / "signers.txt").write_text(
        f"# who may sign\n{ANA} {keys['ana']} tester Ana Ruiz\n{BOB} {keys['bob']} approver Bob Okafor\n",
        "utf-8",
    )
    return folder


@pytest.fixture
def work(sealed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that folder that the test may change; it is the folder of work."""
    folder = tmp_path / "work"
    shutil.copytree(sealed, folder)
    monkeypatch.chdir(folder)
    return folder


def reseal(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Changes the manifest's data and writes it back, as somebody with an editor would."""
    file = folder / "manifest.json"
    data = json.loads(file.read_text("ascii"))
    change(data)
    file.write_text(json.dumps(data), "ascii")
