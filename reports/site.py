"""Draws a run record as one self-contained HTML page, with the differences as CSV beside it.

Drawing is a pure function of the record: pages compute, templates render, nothing is looked up.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from reports.csv_files import differences_csv
from reports.pages.causes import causes_page
from reports.pages.differences import csv_name, differences_page
from reports.pages.figures import count, seconds, upper_first
from reports.pages.front import front_page
from reports.pages.known import known_page
from reports.pages.payouts import payouts_page
from reports.pages.scenarios import MARKS, scenarios_page
from reports.pages.settlements import settlements_page
from reports.pages.signoff import signoff_page
from reports.record import write_beside
from reports.record_types import RunRecord

_ROOM = Path(__file__).parent
_SCRIPTS = ("amounts.js", "rows.js", "detail.js", "table.js", "page.js")
INDEX = "index.html"


def draw(record: RunRecord, out_folder: Path) -> Path:
    """Writes index.html and the CSV files of differences into the folder; returns the path of index.html."""
    out_folder.mkdir(parents=True, exist_ok=True)
    for grain in record.grains:
        text = differences_csv(record, grain)
        write_beside(out_folder / csv_name(record.grains, grain.name), text.encode("utf-8", "replace"))
    index = out_folder / INDEX
    write_beside(index, page(record).encode("utf-8", "replace"))
    return index


def page(record: RunRecord) -> str:
    """The whole report as HTML text.  It asks for nothing over a network, and forbids it."""
    csv = {grain.name: csv_name(record.grains, grain.name) for grain in record.grains}
    sign = signoff_page(record)
    style = _asset("report.css")
    foot = _foot(f"Run {sign.run_id} \u00b7 record {sign.hash}")
    script = '(function () {\n"use strict";\n' + "".join(map(_asset, _SCRIPTS)) + "})();\n"
    environment = Environment(
        loader=FileSystemLoader(_ROOM / "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["count"] = count
    environment.filters["seconds"] = seconds
    environment.filters["upper_first"] = upper_first
    differences = differences_page(record)
    values: dict[str, Any] = {
        "front": front_page(record),
        "causes": causes_page(record),
        "differences": differences,
        "data": Markup(differences.data),  # noqa: S704  made safe by script_safe
        "known": known_page(record),
        "coarse": settlements_page(record, csv),
        "scenarios": scenarios_page(record),
        "marks": MARKS,
        "payouts": payouts_page(record),
        "problems": record.problems,
        "sign": sign,
        "csv": csv,
        "policy": _policy(script, (style, foot)),
        "style": Markup(style),  # noqa: S704  our own asset
        "foot": Markup(foot),  # noqa: S704  escaped by _foot
        "script": Markup(script),  # noqa: S704  our own asset
    }
    return environment.get_template("report.html").render(values)


def _policy(script: str, styles: tuple[str, ...]) -> str:
    sources = " ".join(map(_fingerprint, styles))
    return (
        f"default-src 'none'; script-src {_fingerprint(script)}; style-src {sources}; img-src data:; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _fingerprint(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _foot(text: str) -> str:
    """The foot of printed pages.  Every unusual character is escaped, for run names come from outside."""
    safe = "".join(c if c.isascii() and (c.isalnum() or c in " -.:") else f"\\{ord(c):x} " for c in text)
    return f'@page {{ @bottom-left {{ content: "{safe}"; }} }}\n'


def _asset(name: str) -> str:
    return (_ROOM / "assets" / name).read_text(encoding="utf-8")
