"""Makes sure that the packages installed with the harness are the ones that are imported.

A project keeps its plans and data in a folder `scenarios`, and may have one called `reports`.  pytest puts the
project first on the path, where such folders would be taken for trueup's own packages.
"""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

NAMES = ("reference_engine", "scenarios", "reports")


def load() -> None:
    """Loads the packages that stand beside the harness, unless they are loaded already."""
    beside = Path(__file__).resolve().parents[1]
    for name in NAMES:
        file = beside / name / "__init__.py"
        there = sys.modules.get(name)
        if there is not None and there.__file__ is not None and Path(there.__file__).resolve() == file:
            continue
        spec = spec_from_file_location(name, file, submodule_search_locations=[str(file.parent)])
        if spec is None or spec.loader is None or not file.is_file():
            continue
        module = module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
