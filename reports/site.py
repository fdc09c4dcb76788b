"""Draws a run record: one self-contained HTML page, and beside it differences as CSV, a summary, and what CI servers read.

Drawing is a pure function of the record: pages compute, templates render, nothing is looked up.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from markupsafe import Markup

from reports import cucumber_json, cucumber_messages, junit, markdown_summary, workbook
from reports.csv_files import differences_csv
from reports.offline_page import asset, offline_page
from reports.pages import statements as statements_of_payees
from reports.pages.causes import causes_page
from reports.pages.charts import charts_page
from reports.pages.differences import DifferencesPage, Form, csv_name, differences_page
from reports.pages.features import features_page
from reports.pages.figures import count, seconds, upper_first
from reports.pages.front import front_page
from reports.pages.glance import glance_page
from reports.pages.history import history_page
from reports.pages.known import known_page
from reports.pages.matrix import matrix_page
from reports.pages.payouts import payouts_page
from reports.pages.scenarios import MARKS, scenarios_page
from reports.pages.settlements import settlements_page
from reports.pages.signoff import signoff_page
from reports.pages.tie_out import tie_out_page
from reports.pages.words import side_words
from reports.parquet_files import write_parquet
from reports.record import write_beside
from reports.record_types import RunRecord
from reports.rows_folder import write_rows

_SCRIPTS = ("amounts.js", "view.js", "inflate.js", "columns.js", "rows.js", "detail.js", "table.js", "groups.js", "statements.js", "page.js")
INDEX = "index.html"


def draw(record: RunRecord, out_folder: Path, form: Form = "auto") -> Path:
    """Writes index.html, the differences as CSV, as Parquet and as a workbook, what CI servers and test management tools read; returns the path of index.html."""
    out_folder.mkdir(parents=True, exist_ok=True)
    for grain in record.grains:
        text = differences_csv(record, grain)
        name = csv_name(record.grains, grain.name)
        write_beside(out_folder / name, text.encode("utf-8", "backslashreplace"))
        write_parquet(record, grain, (out_folder / name).with_suffix(".parquet"))
    if record.grains:
        write_beside(out_folder / workbook.FILE, workbook.workbook(record))
    if record.statements:
        write_beside(out_folder / statements_of_payees.FILE, statements_of_payees.statements_csv(record).encode("utf-8", "backslashreplace"))
    if record.features:
        write_beside(out_folder / cucumber_messages.FILE, cucumber_messages.cucumber_messages(record))
        write_beside(out_folder / cucumber_json.FILE, cucumber_json.cucumber_json(record))
    write_beside(out_folder / junit.FILE, junit.junit_xml(record))
    write_beside(out_folder / markdown_summary.FILE, markdown_summary.markdown_summary(record).encode("utf-8", "replace"))
    index = out_folder / INDEX
    differences = differences_page(record, form)
    write_rows(out_folder, differences.beside)
    write_beside(index, page(record, differences).encode("utf-8", "replace"))
    return index


def page(record: RunRecord, differences: DifferencesPage | None = None) -> str:
    """The whole report as HTML text.  It asks for nothing over a network, and forbids it."""
    csv = {grain.name: csv_name(record.grains, grain.name) for grain in record.grains}
    sign = signoff_page(record)
    differences = differences or differences_page(record)
    front = front_page(record)
    values: dict[str, Any] = {
        "front": front,
        "glance": glance_page(record, front),
        "matrix": matrix_page(record),
        "features": features_page(record),
        "history": history_page(record),
        "causes": causes_page(record),
        "differences": differences,
        "data": Markup(differences.data),  # noqa: S704  made safe by script_safe
        "known": known_page(record),
        "coarse": settlements_page(record, csv),
        "scenarios": scenarios_page(record),
        "marks": MARKS,
        "payouts": payouts_page(record),
        "charts": charts_page(record),
        "statements": statements_of_payees.statements_page(record),
        "statements_csv": statements_of_payees.FILE,
        "problems": record.problems,
        "sign": sign,
        "csv": csv,
        "workbook": workbook.FILE,
        "words": side_words(record),
        "tie_out": tie_out_page(record),
    }
    filters: dict[str, Any] = {"count": count, "seconds": seconds, "upper_first": upper_first}
    foot = _foot(f"Run {sign.run_id} \u00b7 record {sign.hash}")
    return offline_page("report.html", (asset("report.css"), foot), _SCRIPTS, values, filters, beside=bool(differences.beside))


def _foot(text: str) -> str:
    """The foot of printed pages.  Every unusual character is escaped, for run names come from outside."""
    safe = "".join(c if c.isascii() and (c.isalnum() or c in " -.:") else f"\\{ord(c):x} " for c in text)
    return f'@page {{ @bottom-left {{ content: "{safe}"; }} }}\n'
