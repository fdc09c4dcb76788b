"""The stub for editors, judged by the language service that the official Cucumber extension of VS Code is made of."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from harness.catalogue import catalogue
from harness.feature_files import find_features
from harness.stepbook import editor

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("language_service.mjs")
NODE = shutil.which("node")
MODULES = Path(os.environ.get("TRUEUP_NODE_MODULES", "node_modules")).resolve()
pytestmark = [
    pytest.mark.skipif(NODE is None, reason="there is no Node.js on this machine"),
    pytest.mark.skipif(
        not (MODULES / "@cucumber" / "language-service").is_dir(),
        reason="@cucumber/language-service is not here; TRUEUP_NODE_MODULES names the folder it is in",
    ),
]


def ask(folder: Path, *features: Path) -> dict[str, Any]:
    """What the language service says of features in a project that has our stub."""
    stub, settings = editor.write_editor_files(folder)
    ran = subprocess.run(
        [str(NODE), str(SCRIPT), str(MODULES), str(stub), str(settings), *map(str, features)], capture_output=True, text=True, check=False, timeout=120
    )
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_every_sentence_is_known_and_no_feature_of_ours_is_underlined(tmp_path: Path) -> None:
    features = find_features([ROOT / "features"])
    found = ask(tmp_path, *features)
    assert found["errors"] == []
    assert sorted(found["expressions"]) == sorted(editor.expression(s) for s in catalogue())
    assert len(found["diagnostics"]) == len(features) > 20
    assert {file: said for file, said in found["diagnostics"].items() if said} == {}
    assert "{payee} has a quota of {money} for {period}" in found["completion"]


def test_slips_are_underlined(tmp_path: Path) -> None:
    steps = (
        '"Ana" has a quota of 5.00 EUR for 2026-Q1',
        '"Ana" has a qouta of 5.00 EUR for 2026-Q1',
        '"Ana" has a quota of 5 for 2026-Q1',
        '"Ana" has a quota of 5.00 EUR for Q1 2026',
        "\u201cAna\u201d has a quota of 5.00 EUR for 2026-Q1",
        "these deals",
    )
    file = tmp_path / "slips.feature"
    file.write_text("Feature: a\n  Scenario: b\n" + "".join(f"    Given {s}\n" for s in steps), encoding="utf-8")
    found = ask(tmp_path, file)
    assert found["diagnostics"][str(file)] == [f"{n}: Undefined step: {s}" for n, s in enumerate(steps, 3) if n > 3]
