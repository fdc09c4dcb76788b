"""Finds what the oracle knows of a mechanic in whichever oracle module has it: `earn_flat_rate`, `pay_release` ..."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import Any

import reference_engine.tests as tests


@cache
def found(stage: str, mechanic: str) -> Any:
    """The function `<stage>_<mechanic>` of some module whose name begins with oracle_."""
    wanted = f"{stage}_{mechanic.replace(' ', '_')}"
    for module in pkgutil.iter_modules(tests.__path__):
        if module.name.startswith("oracle_"):
            function = getattr(importlib.import_module(f"{tests.__name__}.{module.name}"), wanted, None)
            if function is not None:
                return function
    raise LookupError(f"the oracle knows no {wanted}")
