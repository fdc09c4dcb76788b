"""The traps of target systems' files: each a small file that goes wrong where it is read naively.

The numbers are those of the list of traps.  A P0 trap is read right, or the file is refused with a Problem that says what to declare.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import re
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.adapters.mapping_reader import read_mapping
from harness.adapters.rows import ResultTable
from harness.adapters.text_export import read_export
from harness.cli.main import main
from reference_engine.problems import Problem

pytestmark = pytest.mark.trap

NARROW = """
target: A target
format: {%s}
grains:
  - grain: results
    expected: payouts
    file: %s
    key:
      payee: {column: [PayeeID_, Payee ID]}
    values:
      amount: {column: Value_, currency: EUR}
"""


@dataclass
class Read:
    """What came out of a file: its one table, or Problems."""

    table: ResultTable | None
    problems: list[Problem]

    @property
    def amounts(self) -> dict[str, int]:
        """First key part -> amount in cents."""
        assert self.table is not None, self.problems
        assert not self.table.unreadable, self.table.unreadable
        return {row.key[0]: row.amount for row in self.table.rows}

    @property
    def slugs(self) -> set[str]:
        """What is wrong with the file or with rows of it."""
        rows = self.table.unreadable if self.table is not None else ()
        return {p.slug for p in self.problems} | {f.slug for row in rows for f in row.faults}

    @property
    def notes(self) -> str:
        assert self.table is not None, self.problems
        return " ".join(self.table.notes)


def read(folder: Path, content: str | bytes, form: str = "", mapping: str = "", name: str = "results.csv") -> Read:
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    (folder / "mapping.yaml").write_text(mapping or NARROW % (form, name), encoding="utf-8")
    problems: list[Problem] = []
    found = read_mapping(folder / "mapping.yaml", problems)
    assert found is not None, problems
    tables = read_export(found, folder, problems)
    return Read(next(iter(tables.values()), None), problems)


# -- P0 ---------------------------------------------------------------------------------------------------
def test_t01_decimal_and_thousands_marks(tmp_path: Path) -> None:
    content = "PayeeID_;Value_\n0041;1.234,50\n0043;1234,50\n"
    assert read(tmp_path, content, "delimiter: semicolon, culture: de-DE").amounts == {"0041": 123450, "0043": 123450}
    assert read(tmp_path, content, "delimiter: semicolon, culture: en-US").slugs >= {"not-a-number"}
    for space in (" ", "\u00a0", "\u202f"):
        assert read(tmp_path, f"PayeeID_;Value_\n1;1{space}234,50\n", "delimiter: semicolon, culture: fr-FR").amounts == {"1": 123450}
    assert read(tmp_path, "PayeeID_;Value_\n1;1'234.50\n", "delimiter: semicolon, culture: de-CH").amounts == {"1": 123450}


def test_t01_a_column_that_proves_nothing_is_said(tmp_path: Path) -> None:
    found = read(tmp_path, "PayeeID_;Value_\n1;1.234\n2;5.678\n", "delimiter: semicolon, culture: de-DE")
    assert found.amounts["1"] == 123400
    assert "proves the culture" in found.notes
    assert "proves the culture" not in read(tmp_path, "PayeeID_;Value_\n1;1.234\n2;5,67\n", "delimiter: semicolon, culture: de-DE").notes


DATED = """
target: A target
format: {dates: %s}
grains:
  - grain: results
    expected: payouts
    file: results.csv
    key:
      payee: {column: PayeeID_}
      period: {from: EffStart_, to: EffEnd_}
    values:
      amount: {column: Value_, currency: EUR}
"""


def test_t02_day_and_month(tmp_path: Path) -> None:
    content = "PayeeID_,EffStart_,EffEnd_,Value_\nP1,03/04/2024,12/31/2199,1\n"
    month_first = read(tmp_path, content, mapping=DATED % "month first")
    assert month_first.table is not None
    assert month_first.table.rows[0].key[1] == "2024-03-04 to 2199-12-31"
    assert read(tmp_path, content, mapping=DATED % "day first").slugs == {"not-a-date"}
    assert read(tmp_path, content, mapping=DATED % "year first").slugs == {"not-a-date"}
    undecided = read(tmp_path, "PayeeID_,EffStart_,EffEnd_,Value_\nP1,03/04/2024,04/05/2024,1\n", mapping=DATED % "month first")
    assert "doesn't prove that it is written with the month first" in undecided.notes


def test_t03_blank_zero_null_and_absent_are_different(tmp_path: Path) -> None:
    content = "PayeeID_,Value_\nP1,0\nP2,\nP3,null\n"
    found = read(tmp_path, content)
    assert found.slugs >= {"blank-amount", "not-a-number"}
    declared = NARROW.replace("currency: EUR}", "currency: EUR, blank: %s}")
    zero = read(tmp_path, content, mapping=declared % ("words for blank: ['null']", "results.csv", "means zero"))
    assert zero.amounts == {"P1": 0, "P2": 0, "P3": 0}
    none = read(tmp_path, content, mapping=declared % ("words for blank: ['null']", "results.csv", "is no row"))
    assert none.amounts == {"P1": 0}
    assert "2 of 3 rows of results.csv don't count: rows with a blank amount are none" in none.notes


def test_t04_damaged_identifiers(tmp_path: Path) -> None:
    assert read(tmp_path, "PayeeID_,Value_\n3.49730367606929E+16,1\n000417,2\n000418,2\n").slugs == {"identifier-damaged"}
    assert read(tmp_path, "PayeeID_,Value_\n000417,2\n").amounts == {"000417": 200}
    # "1E5" and "E10" are codes that people use.
    assert read(tmp_path, "PayeeID_,Value_\n1E5,2\nE10,3\n").amounts == {"1E5": 200, "E10": 300}


@pytest.mark.parametrize(("ours", "theirs"), [("000417", "417"), ("34973036760692913", "34973036760692900"), ("AE-7", "ae-7")])
def test_t04_identifiers_are_never_matched_by_likeness(tmp_path: Path, ours: str, theirs: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert reconciled(tmp_path, f"{ours},1.00\nP2,1.00\n", f"{theirs},1.00\nP2,1.00\n") == 1
    said = capsys.readouterr().out
    assert "2 compared" not in said
    assert "only written otherwise (capitals, blanks, leading zeros, lost digits or marks that nobody sees)" in said


EXPECTED = "payee,period,from,to,plan,component,amount,currency,lines\n"


def reconciled(folder: Path, ours: str, theirs: str, mapping: str = "") -> int:
    """The exit code of trueup reconcile; ours and theirs: rows of payee and amount."""
    rows = [line.split(",") for line in ours.splitlines()]
    (folder / "payouts.csv").write_text(EXPECTED + "".join(f"{p},2026-01,2026-01-01,2026-01-31,AE,commission,{a},EUR,1\n" for p, a in rows), encoding="utf-8")
    (folder / "results.csv").write_text("PayeeID_,Value_\n" + theirs, encoding="utf-8")
    (folder / "mapping.yaml").write_text(mapping or NARROW % ("", "results.csv"), encoding="utf-8")
    return main(["reconcile", "--expected", str(folder / "payouts.csv"), "--actual", str(folder / "results.csv"), "--mapping", str(folder / "mapping.yaml")])


def test_t05_json_numbers_are_never_floats(tmp_path: Path) -> None:
    text = '{"columnDefinitions":[{"name":"PayeeID_"},{"name":"Value_"}],"data":[["P1",1234567.89],["P2",0.1],["P3",88500],["P4",1.00]]}'
    assert read(tmp_path, text, name="results.json").amounts == {"P1": 123456789, "P2": 10, "P3": 8850000, "P4": 100}
    large = '{"columnDefinitions":[{"name":"PayeeID_"},{"name":"Value_"}],"data":[[34973036760692913,12345678901234567.89],["P2",1]]}'
    assert read(tmp_path, large, name="results.json").amounts["34973036760692913"] == 1234567890123456789
    # 32-bit numbers can't hold 1234567.89.
    rounded = '{"columnDefinitions":[{"name":"PayeeID_"},{"name":"Value_"}],"data":[["P1",1234567.875],["P2",1],["P3",2]]}'
    assert read(tmp_path, rounded, name="results.json").slugs == {"too-many-decimals"}
    # A culture with a decimal comma changes nothing of JSON's own numbers.
    assert read(tmp_path, text, "culture: de-DE", name="results.json").amounts["P1"] == 123456789


def test_t07_a_difference_in_a_locked_period_is_frozen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mapping = (NARROW % ("", "results.csv")).replace("target: A target", 'target: A target\nclosed periods: ["2026-01"]').replace(
        "payee: {column: [PayeeID_, Payee ID]}", "payee: {column: PayeeID_}\n      period: {constant: 2026-01}"
    )  # fmt: skip
    assert reconciled(tmp_path, "P1,510.00\nP2,1.00\n", "P1,500.00\nP2,1.00\n", mapping) == 1
    assert "in a closed period" in capsys.readouterr().out


def test_t08_a_finer_grain_than_the_mapping_says_is_never_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = "P1,100\nP1,-20\nP2,5\n"
    assert reconciled(tmp_path, "P1,80.00\nP2,5.00\n", rows) == 1
    assert "1 result stands more than once under the same key" in capsys.readouterr().out
    added = (NARROW % ("", "results.csv")).replace("    values:", "    rows with the same key: add up\n    values:")
    assert reconciled(tmp_path, "P1,80.00\nP2,5.00\n", rows, added) == 0


GRID = """
target: A grid
grains:
  - grain: results
    expected: payouts
    file: results.csv
    format: {header: by its columns}
    wide:
      name: month
      value: amount
      columns: [Jan 24, Feb 24, Mar 24]
      totals: {Q1 FY24: [Jan 24, Feb 24, Mar 24], FY24: [Jan 24, Feb 24, Mar 24]}
    total rows: {column: Line item, are: [Total]}
    key:
      component: {column: Line item}
      period: {column: month, pattern: "{mon} {yy}"}
    values:
      amount: {column: amount, currency: EUR}
"""


def test_t09_totals_beside_and_below_are_checked_and_left_out(tmp_path: Path) -> None:
    content = "Version: Actual,,,,,\nLine item,Jan 24,Feb 24,Mar 24,Q1 FY24,FY24\nCommission,10,20,30,60,60\nBonus,1,2,3,6,6\nTotal,11,22,33,66,66\n"
    found = read(tmp_path, content, mapping=GRID)
    assert found.table is not None, found.problems
    assert [(*row.key, row.amount) for row in found.table.rows][:3] == [("Commission", "2024-01", 1000), ("Commission", "2024-02", 2000), ("Commission", "2024-03", 3000)]
    assert len(found.table.rows) == 6
    assert read(tmp_path, content.replace("60,60", "61,60"), mapping=GRID).slugs == {"total-apart"}
    # A month that the mapping doesn't know is never dropped.
    assert read(tmp_path, content.replace("Mar 24,", "Mar 24,Apr 24,").replace("30,60", "30,9,60"), mapping=GRID).slugs >= {"column-not-read"}


def test_t09_a_total_line_that_does_not_add_up_is_refused(tmp_path: Path) -> None:
    mapping = (NARROW % ("", "results.csv")).replace("    key:", "    total rows: {column: PayeeID_, are: [Total, Grand Total]}\n    key:")
    good = "PayeeID_,Value_\nP1,1\nP2,2\nTotal,3\nP3,4\nTotal,4\nGrand Total,7\n"
    assert read(tmp_path, good, mapping=mapping).amounts == {"P1": 100, "P2": 200, "P3": 400}
    assert read(tmp_path, good.replace("P3,4\n", ""), mapping=mapping).slugs == {"total-apart"}
    # Not declared, it isn't added to anything: it is a payee whom nobody knows.
    assert read(tmp_path, good).amounts.keys() >= {"Grand Total"}


def test_t10_the_mapping_says_which_amount(tmp_path: Path) -> None:
    content = "PayeeID_,value,preadjustedValue,payment\nP1,500.00,450.00,380.00\n"
    for column, cents in (("value", 50000), ("preadjustedValue", 45000), ("payment", 38000)):
        assert read(tmp_path, content, mapping=(NARROW % ("", "results.csv")).replace("Value_", column)).amounts == {"P1": cents}


INSIDE = (NARROW % ("%s", "results.csv")).replace("currency: EUR", "currency: in the amount%s")


def test_t11_currency_in_the_amount(tmp_path: Path) -> None:
    found = read(tmp_path, 'PayeeID_,Value_\nP1,"85,000.00 USD"\nP2,"(1,234.50) EUR"\nP3,USD 5\n', mapping=INSIDE % ("negative: [minus, parentheses]", ""))
    assert found.table is not None, found.problems
    assert [(r.amount, r.currency) for r in found.table.rows] == [(8500000, "USD"), (-123450, "EUR"), (500, "USD")]
    signs = ", symbols: {€: EUR, $: CAD}"
    found = read(tmp_path, "PayeeID_;Value_\nP1;€1.234,50\nP2;-$2,00\n", mapping=INSIDE % ("delimiter: semicolon, culture: de-DE", signs))
    assert found.table is not None, found.problems
    assert [(r.amount, r.currency) for r in found.table.rows] == [(123450, "EUR"), (-200, "CAD")]
    # A sign that isn't declared may be that of several countries.
    assert read(tmp_path, "PayeeID_,Value_\nP1,$5\n", mapping=INSIDE % ("", "")).slugs == {"blank-cell"}
    assert read(tmp_path, "PayeeID_,Value_\nP1,85 USD\n").slugs >= {"not-a-number"}


@pytest.mark.parametrize(("text", "style"), [("-12.50", "minus"), ("(12.50)", "parentheses"), ("12.50-", "trailing minus"), ("\u221212.50", "minus sign"), ("12.50 CR", "CR")])
def test_t12_negative_styles(tmp_path: Path, text: str, style: str) -> None:
    content = f"PayeeID_,Value_\nP1,{text}\nP2,1\nP3,1\n"
    assert read(tmp_path, content, f"negative: [{style}]").amounts["P1"] == -1250
    other = "parentheses" if style == "minus" else "minus"
    assert read(tmp_path, content, f"negative: [{other}]").slugs == {"negative-style"}


def test_t12_sign_outside_or_inside_a_currency(tmp_path: Path) -> None:
    found = read(tmp_path, "PayeeID_,Value_\nP1,($12.50)\n", mapping=INSIDE % ("negative: [parentheses]", ", symbols: {$: USD}"))
    assert found.amounts == {"P1": -1250}


RATE = """
target: A target
grains:
  - grain: attainments
    expected: attainments
    file: results.csv
    key:
      payee: {column: PayeeID_}
      measure: {constant: bookings}
      period: {constant: 2026-Q1}
    values:
      attainment: {column: Value_, decimals: 4%s}
"""


def test_t13_percent_or_fraction_is_declared(tmp_path: Path) -> None:
    assert read(tmp_path, "PayeeID_,Value_\nP1,8.00%\n", mapping=RATE % ", written as: a percent").amounts == {"P1": 800}
    assert read(tmp_path, "PayeeID_,Value_\nP1,8\n", mapping=RATE % ", written as: a percent").amounts == {"P1": 800}
    assert read(tmp_path, "PayeeID_,Value_\nP1,0.08\n", mapping=RATE % "").amounts == {"P1": 800}
    assert read(tmp_path, "PayeeID_,Value_\nP1,8.00%\n", mapping=RATE % "").slugs >= {"not-a-number"}


def test_t14_a_delimiter_inside_a_value_never_shifts_columns(tmp_path: Path) -> None:
    found = read(tmp_path, "PayeeID_,Name,Value_\nP1,Smith, Ann,100\nP2,Kay,5\nP3,Lee,6\n")
    assert found.slugs == {"cell-count"}
    assert found.table is not None
    assert {row.key[0]: row.amount for row in found.table.rows} == {"P2": 500, "P3": 600}
    assert found.table.unreadable[0].source.line == 2


def test_t15_rounding_is_named_and_not_tolerated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert reconciled(tmp_path, "P1,33.34\nP2,1.00\n", "P1,33.33\nP2,1.00\n") == 1
    tolerance = (NARROW % ("", "results.csv")).replace("    values:", "    tolerance:\n      - {amount: 0.01 EUR, reason: The target rounds half even.}\n    values:")
    capsys.readouterr()
    assert reconciled(tmp_path, "P1,33.34\nP2,1.00\n", "P1,33.33\nP2,1.00\n", tolerance) == 0
    # The sums still say what was forgiven.
    assert "target minus expected          -0.01 EUR" in capsys.readouterr().out


def test_t16_columns_are_bound_by_name_never_by_position(tmp_path: Path) -> None:
    assert read(tmp_path, "Value_,Other,Payee ID\n7,x,P1\n").amounts == {"P1": 700}
    assert read(tmp_path, "Value_,PayeeID_,Payee ID\n7,P1,P2\n").slugs == {"column-ambiguous"}
    assert read(tmp_path, "Value_,payeeid_\n7,P1\n").slugs == {"missing-column"}


# -- P1 ---------------------------------------------------------------------------------------------------
def test_t17_as_many_rows_as_a_page_holds_is_suspicious(tmp_path: Path) -> None:
    rows = "".join(f"P{n},1\n" for n in range(10_000))
    assert "exactly 10,000 rows" in read(tmp_path, "PayeeID_,Value_\n" + rows).notes
    assert "exactly" not in read(tmp_path, "PayeeID_,Value_\nQ,1\n" + rows).notes
    assert read(tmp_path, "PayeeID_,Value_\n" + rows, "rows at most: 10000").slugs == {"rows-at-most"}


def test_t19_both_shapes_of_an_answer(tmp_path: Path) -> None:
    nested = '{"columnDefinitions":[[{"name":"PayeeID_"},{"name":"Value_"}]],"data":[[["P1",5],["P2"]]]}'
    found = read(tmp_path, nested, name="results.json")
    assert found.slugs == {"blank-amount"}
    assert "one list deeper than documented" in found.notes
    assert read(tmp_path, nested.replace('["P2"]', '["P2",1]'), name="results.json").amounts == {"P1": 500, "P2": 100}


def test_t20_a_web_page_is_no_export(tmp_path: Path) -> None:
    page = "\n <!DOCTYPE html><html><body>Maintenance</body></html>"
    assert read(tmp_path, page).slugs == {"file-is-a-page"}
    assert read(tmp_path, page, name="results.json").slugs == {"file-is-a-page"}


def test_t22_encodings(tmp_path: Path) -> None:
    content = "PayeeID_;Value_\nPeña;1\n"
    assert read(tmp_path, content.encode("utf-8-sig"), "delimiter: semicolon").slugs == {"file-bom"}
    assert read(tmp_path, content.encode("utf-8-sig"), "delimiter: semicolon, encoding: utf-8 with bom").amounts == {"Peña": 100}
    assert read(tmp_path, content.encode(), "delimiter: semicolon, encoding: windows-1252").slugs == {"file-encoding"}
    assert read(tmp_path, content.encode("latin-1"), "delimiter: semicolon").slugs == {"file-encoding"}
    assert read(tmp_path, content.encode("cp850"), "delimiter: semicolon, encoding: code page 850").amounts == {"Peña": 100}
    # Damaged before it was exported: nothing can be done here, but it is said.
    twice = content.encode().decode("cp1252").encode()
    assert "how damaged letters look" in read(tmp_path, twice, "delimiter: semicolon").notes


@pytest.mark.parametrize(("name", "mark"), [("comma", ","), ("semicolon", ";"), ("pipe", "|"), ("tab", "\t"), ("caret", "^"), ("backquote", "`"), ("period", ".")])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_t23_delimiters_and_line_ends(tmp_path: Path, name: str, mark: str, end: str) -> None:
    content = f"PayeeID_{mark}Value_{end}P1{mark}5{end}"
    assert read(tmp_path, content, f"delimiter: {name}").amounts == {"P1": 500}
    if mark != ".":
        wrong = "semicolon" if name == "comma" else "comma"
        assert read(tmp_path, content, f"delimiter: {wrong}").slugs == {"wrong-delimiter"} if name != "period" else True


def test_t23_a_line_feed_inside_a_cell(tmp_path: Path) -> None:
    assert read(tmp_path, 'PayeeID_,Note,Value_\nP1,"two\nlines",5\nP2,x,6\n').amounts == {"P1": 500, "P2": 600}


def test_t24_titles_above_and_footers_below(tmp_path: Path) -> None:
    content = "Incentive Details\nCreated 2024-04-02 10:15\nName: Ann Smith, Title: AE\n\nPayeeID_,Value_\nA-1,10\nA-2,5\nGrand Total,15\nConfidential\n"
    mapping = (NARROW % ('header: by its columns, rows end before: [Confidential]', "results.csv")).replace("    key:", "    total rows: {column: PayeeID_, are: Grand Total}\n    key:")
    found = read(tmp_path, content, mapping=mapping)
    assert found.amounts == {"A-1": 1000, "A-2": 500}
    assert "4 lines of results.csv are skipped" in found.notes
    assert read(tmp_path, content.replace("A-2,5\n", ""), mapping=mapping).slugs == {"total-apart"}
    assert read(tmp_path, content.replace("Value_", "Amount"), mapping=mapping).slugs == {"header-not-found"}


def test_t24_a_payee_called_like_a_footer_is_never_left_out(tmp_path: Path) -> None:
    content = "PayeeID_,Value_\nA-1,10\nTotal Sales Inc,5\nA-3,7\n"
    assert read(tmp_path, content, "rows end before: [Total]").slugs == {"footer-has-rows"}
    assert read(tmp_path, content[: content.index("A-3")], "rows end before: [Total]").slugs == {"footer-has-rows"}
    assert read(tmp_path, content + "Total,\nmade by a robot\n", "rows end before: [Total]").slugs == {"footer-has-rows"}
    assert len(read(tmp_path, content + "End of report\n,17\n", "rows end before: [End of report]").amounts) == 3


def test_t25_fixed_width_without_a_header(tmp_path: Path) -> None:
    form = "layout: fixed width, widths: [6, 10, 8], header: no, columns: [PayeeID_, Name, Value_]"
    assert read(tmp_path, "000417Smith, Ann  12.50\n000418Kay          3.00\n", form).amounts == {"000417": 1250, "000418": 300}
    assert read(tmp_path, "000417Smith, Ann  12.50XX\n", form).slugs == {"cell-count"}


PERIODS = """
target: A target
grains:
  - grain: results
    expected: payouts
    file: results.csv
    key:
      payee: {column: PayeeID_}
      period: {column: Period, %s}
    values:
      amount: {column: Value_, currency: EUR}
"""


@pytest.mark.parametrize(
    ("label", "how", "ours"),
    [
        ("2013-01 JAN", 'pattern: "{year}-{month} {mon}"', "2013-01"),
        ("2013 06 (JUN)", 'pattern: "{year} {month} ({mon})"', "2013-06"),
        ("JAN-2012", 'pattern: "{mon}-{year}"', "2012-01"),
        ("January 2024", 'pattern: "{month name} {year}"', "2024-01"),
        ("Jan 20", 'pattern: "{mon} {yy}"', "2020-01"),
        ('"2024, Q1"', 'pattern: "{year}, Q{quarter}"', "2024-Q1"),
        ("Month 01", "map: {Month 01: 2024-01}", "2024-01"),
        ('"2024 01 (JAN), paid"', "lookup: {file: periods.csv, from: Name_, first: Starting_, last: Ending_}", "2024-01-01 to 2024-01-31"),
    ],
)
def test_t26_period_labels(tmp_path: Path, label: str, how: str, ours: str) -> None:
    (tmp_path / "periods.csv").write_text('Name_,Starting_,Ending_\n"2024 01 (JAN), paid",2024-01-01T00:00:00Z,2024-01-31\n', encoding="utf-8")
    found = read(tmp_path, f"PayeeID_,Period,Value_\nP1,{label},5\n", mapping=PERIODS % how)
    assert found.table is not None, found.problems
    assert found.table.rows[0].key == ("P1", ours)


def test_t26_a_label_of_another_style_is_refused(tmp_path: Path) -> None:
    # What a spreadsheet makes of "Jan 20".
    found = read(tmp_path, "PayeeID_,Period,Value_\nP1,20-Jan,5\n", mapping=PERIODS % 'pattern: "{mon} {yy}"')
    assert found.slugs == {"not-a-period"}


def test_t27_rows_in_force_on_a_day(tmp_path: Path) -> None:
    mapping = (NARROW % ("", "results.csv")).replace("    key:", "    in force: {from: Start, to: End, on: %s, for ever: [9999-12-31, 2200-01-01]}\n    key:")
    content = "PayeeID_,Start,End,Value_\nP1,2024-01-01,2024-01-31,1\nP1,2024-02-01,,2\nP2,2024-01-01,2200-01-01,3\n"
    assert read(tmp_path, content, mapping=mapping % "2024-01-31").amounts == {"P1": 100, "P2": 300}
    later = read(tmp_path, content, mapping=mapping % "2024-02-01")
    assert later.amounts == {"P1": 200, "P2": 300}
    assert "1 of 3 rows of results.csv don't count: only those in force on 2024-02-01" in later.notes
    assert read(tmp_path, content.replace("2024-01-31", "2023-12-31"), mapping=mapping % "2024-02-01").slugs == {"period-order"}


@pytest.mark.parametrize("text", ["2014-01-01", "2014-01-01T00:00:00Z", "2014-01-01T00:00:00.000+0000", "2014-01-01 00:00:00", "2014-01-01T00:00:00+02:00"])
def test_t28_a_date_goes_through_no_time_zone(tmp_path: Path, text: str) -> None:
    found = read(tmp_path, f"PayeeID_,EffStart_,EffEnd_,Value_\nP1,{text},2014-01-31,1\n", mapping=DATED % "year first")
    assert found.table is not None, found.problems
    assert found.table.rows[0].key[1] == "2014-01-01 to 2014-01-31"


def test_t28_a_time_of_day_is_refused_unless_it_is_cut_off(tmp_path: Path) -> None:
    content = "PayeeID_,EffStart_,EffEnd_,Value_\nP1,2013-12-31T23:00:00Z,2014-01-31,1\n"
    assert read(tmp_path, content, mapping=DATED % "year first").slugs == {"time-of-day"}
    found = read(tmp_path, content, mapping=DATED % "year first, time of day: cut off")
    assert found.table is not None
    assert found.table.rows[0].key[1] == "2013-12-31 to 2014-01-31"
    assert read(tmp_path, content.replace("2013-12-31T23:00:00Z", "1388534400000"), mapping=DATED % "year first").slugs == {"not-a-date"}


def zipped(**files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


CONTENT = "PayeeID_,Value_\nP1,5\n"


def test_t29_wrapped_files(tmp_path: Path) -> None:
    assert read(tmp_path, gzip.compress(CONTENT.encode()), name="results.csv.gz").amounts == {"P1": 500}
    assert read(tmp_path, zipped(**{"a.csv": CONTENT}), name="results.zip").amounts == {"P1": 500}
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w:gz") as archive:
        member = tarfile.TarInfo("a.csv")
        member.size = len(CONTENT)
        archive.addfile(member, io.BytesIO(CONTENT.encode()))
    assert read(tmp_path, tar.getvalue(), name="results.tar.gz").amounts == {"P1": 500}
    published = json.dumps({"filename": "results.txt", "data64": base64.b64encode(CONTENT.encode()).decode()})
    assert read(tmp_path, published, name="results.published").amounts == {"P1": 500}
    assert read(tmp_path, "-----BEGIN PGP MESSAGE-----\n\nxyz\n").slugs == {"file-encrypted"}


def test_t29_chunks_with_and_without_repeated_headers(tmp_path: Path) -> None:
    mapping = (NARROW % ("", "results.zip")).replace("    key:", "    inside: part-*.csv\n    key:")
    files = {"part-2.csv": "PayeeID_,Value_\nP2,6\n", "part-10.csv": "P3,7\n", "part-1.csv": "PayeeID_,Value_\nP1,5"}
    assert read(tmp_path, zipped(**files), mapping=mapping, name="results.zip").amounts == {"P1": 500, "P2": 600, "P3": 700}
    # A header that differs is no header of these columns, so it can't be dropped: its row can't be read.
    files["part-2.csv"] = "Value_,PayeeID_\n6,P2\n"
    assert read(tmp_path, zipped(**files), mapping=mapping, name="results.zip").slugs >= {"not-a-number"}
    # The same for files that aren't packed.
    loose = (NARROW % ("header: in the first file", "part-*.csv"))
    for name, content in {"part-1.csv": CONTENT, "part-2.csv": "P2,6\n"}.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    assert read(tmp_path, "P3,7\n", mapping=loose, name="part-3.csv").amounts == {"P1": 500, "P2": 600, "P3": 700}


@pytest.mark.parametrize(
    ("content", "slug"),
    [
        (zipped(**{"a.csv": CONTENT, "b.csv": CONTENT}), "archive-which"),
        (zipped(**{"..__..__etc__passwd": CONTENT}), "archive-refused"),
        (zipped(__etc__passwd=CONTENT), "archive-refused"),
        (zipped(**{"a.csv": CONTENT})[:-40], "archive-damaged"),
        (gzip.compress(CONTENT.encode() * 100)[:-9], "archive-damaged"),
        (gzip.compress(b"\0" * (80 << 20)), "archive-refused"),
    ],
    ids=["two files", "out of its folder", "absolute", "cut off", "gzip cut off", "bomb"],
)
def test_t29_archives_that_are_hostile_or_broken(tmp_path: Path, content: bytes, slug: str) -> None:
    assert read(tmp_path, content).slugs == {slug}


# -- P2 ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("word", ["#N/A", "N/A", "#NULL", "-", "NULL", "<deleted>"])
def test_t31_words_for_nothing(tmp_path: Path, word: str) -> None:
    content = f"PayeeID_,Value_\nP1,{word}\nP2,1\nP3,2\n"
    assert read(tmp_path, content).slugs <= {"not-a-number", "negative-style"}
    assert read(tmp_path, content).slugs
    declared = (NARROW % (f"words for blank: ['{word}']", "results.csv")).replace("currency: EUR}", "currency: EUR, blank: is no row}")
    assert read(tmp_path, content, mapping=declared).amounts == {"P2": 100, "P3": 200}


def test_t32_payees_by_name_need_one_id_each(tmp_path: Path) -> None:
    mapping = (NARROW % ("", "results.csv")).replace("{column: [PayeeID_, Payee ID]}", "{column: Name, lookup: {file: people.csv, from: name, to: id}}")
    (tmp_path / "people.csv").write_text("name,id\nAnn Smith,17\nBen Kay,18\n", encoding="utf-8")
    assert read(tmp_path, "Name,Value_\nAnn Smith,5\n", mapping=mapping).amounts == {"17": 500}
    (tmp_path / "people.csv").write_text("name,id\nAnn Smith,17\nAnn Smith,18\n", encoding="utf-8")
    assert read(tmp_path, "Name,Value_\nAnn Smith,5\n", mapping=mapping).slugs == {"lookup-twice"}


def test_t33_blanks_and_capitals_are_decided_by_people(tmp_path: Path) -> None:
    assert read(tmp_path, "PayeeID_,Value_\nP1 ,5\n").slugs == {"blanks-around"}
    assert read(tmp_path, "PayeeID_,Value_\nP1 ,5\n", "trim: yes").amounts == {"P1": 500}
    assert read(tmp_path, "PayeeID_,Value_\np1,5\nP1,6\n").amounts == {"p1": 500, "P1": 600}


def test_t37_a_baseline_whose_inputs_have_changed_is_seen(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Data are personal, so a run keeps their hashes: what was purged or recalculated since then shows."""
    monkeypatch.chdir(tmp_path)
    assert reconciled(tmp_path, "P1,1.00\n", "P1,1.00\n") == 0
    assert main(["reconcile", "--expected", "payouts.csv", "--actual", "results.csv", "--mapping", "mapping.yaml", "--out", "out"]) == 0
    assert main(["verify", "out"]) == 0
    (tmp_path / "payouts.csv").write_text(EXPECTED + "purged,2026-01,2026-01-01,2026-01-31,AE,commission,1.00,EUR,1\n", encoding="utf-8")
    capsys.readouterr()
    assert main(["verify", "out"]) == 1
    assert "payouts.csv" in capsys.readouterr().out


def test_t38_held_and_future_rows_are_left_out_and_counted(tmp_path: Path) -> None:
    mapping = (NARROW % ("", "results.csv")).replace("    key:", "    rows where: {Status: [Released]}\n    key:")
    found = read(tmp_path, "PayeeID_,Status,Value_\nP1,Released,5\nP1,Held,6\nP1,Forecast,7\n", mapping=mapping)
    assert found.amounts == {"P1": 500}
    assert "2 of 3 rows of results.csv don't count: only those where Status is Released" in found.notes


# -- the list ---------------------------------------------------------------------------------------------
def test_every_trap_of_the_list_has_a_test() -> None:
    named = {int(n) for file in Path(__file__).parent.glob("test_*.py") for n in re.findall(r"(?:def test_|_)t(\d\d)_", file.read_text(encoding="utf-8"))}
    assert named == set(range(1, 39))


@pytest.mark.parametrize("content", ['{"data": [', '[1, 2]', '[{"a": 1, "a": 2}]', '[{"a": NaN}]', '{"a": [], "b": []}', "[" * 100_000, '[{"a": "' + "x" * 1_000_001 + '"}]', "[]"], ids=range(8))
def test_json_that_is_broken_or_hostile(tmp_path: Path, content: str) -> None:
    assert read(tmp_path, content, name="results.json").slugs <= {"json-damaged", "json-rows", "column-twice", "file-empty"}
    assert read(tmp_path, content, name="results.json").table is None
