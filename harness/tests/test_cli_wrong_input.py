"""Damaged plans, mappings, exports and data: a Problem with file and line, exit code 2, and nothing else is touched."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PLANS = "scenarios/plans/odoo_commission/"
WORLD = "scenarios/worlds/odoo_commission/"
EXPORT = "scenarios/data/odoo_commission/"
PEOPLE = "scenarios/data/adventureworks/"
MAPPING = "harness/mappings/odoo_commission.yaml"
LINES = EXPORT + "commission_lines.csv"


@pytest.fixture
def stopped(
    trueup: Callable[..., Any], project: Any, kept: Callable[[Path], dict[str, bytes]]
) -> Callable[..., list[dict[str, Any]]]:
    """Runs the damaged copy over an earlier result; gives the problems after proving that nothing else happened."""

    def run(arguments: list[Any]) -> list[dict[str, Any]]:
        earlier = project.folder / "earlier"
        (earlier / "expected").mkdir(parents=True)
        for name in (".trueup", "index.html", "record.json", "expected/lines.csv"):
            (earlier / name).write_text(f"an earlier {name}", "utf-8")
        before = kept(project.folder)
        ran = trueup(*arguments, "--out", "earlier", "--json")
        assert ran.code == 2, ran.out[:2000]
        assert list(ran.json) == ["problems"]
        problems: list[dict[str, Any]] = ran.json["problems"]
        assert problems
        assert "Traceback" not in ran.err
        assert not re.search(r'File "|\.py\b|Error:|Exception', ran.err), ran.err
        for problem in problems:
            assert {"slug", "file", "line", "column", "what", "why", "remedy", "excerpt"} == problem.keys()
            place = problem["file"] + (f":{problem['line']}" if problem["line"] else "")
            assert f"{place}" in ran.err
            assert f"[{problem['slug']}]" in ran.err
            assert problem["what"] in ran.err
            assert not Path(problem["file"]).is_absolute()
        assert kept(project.folder) == before, "the earlier result and the input are as they were"
        return problems

    return run


def one(problems: list[dict[str, Any]], slug: str, file: str, line: int) -> dict[str, Any]:
    """The one problem of a kind, which must stand at that place."""
    found = [p for p in problems if p["slug"] == slug]
    assert [(p["file"], p["line"]) for p in found] == [(file, line)], problems
    return found[0]


@pytest.mark.parametrize(
    ("file", "old", "new", "slug", "words"),
    [
        ("criteria.yaml", "measure: revenue", "mesure: revenue", "unknown-name", "Did you mean: measure"),
        ("criteria.yaml", "- lookup", "- lokup", "unknown-mechanic", "Did you mean: lookup"),
        ("margin.yaml", "measure: margin", "measure: margni", "unknown-word", "Did you mean: margin"),
        ("vp.yaml", "pays: monthly", "pays: montly", "unknown-word", "monthly"),
        (
            "section.yaml",
            "from: 500.00 USD",
            "from: 400.00 USD",
            "tiers-overlap",
            "400.00 USD and 499.99 USD",
        ),
        ("section.yaml", "from: 500.00 USD", "from: 499.99 USD", "tiers-overlap", "499.99 USD"),
        ("vp.yaml", "currency: USD", "currency: USX", "unknown-currency", '"USX"'),
        ("vp.yaml", "rate: 0.125%", "rate: 0.125", "parameter", "percent sign"),
        ("paid.yaml", "2019-03-31", "31/03/2019", "parameter", "year-month-day"),
        ("min_cap.yaml", "60.00 USD", '"60,00 USD"', "parameter", "decimal comma"),
        ("fixed.yaml", "half up", "half upp", "rounding-form", "half up"),
        ("fixed.yaml", "currency: USD", "currency: USD\ncurrency: USD", "yaml-duplicate", "line 3"),
        ("fixed.yaml", "    measure:", "\tmeasure:", "yaml-syntax", "YAML"),
        ("fixed.yaml", "- individual rate", "- individual rate: {rate: 2%}", "unknown-name", '"rate"'),
        ("fixed.yaml", "plan: FIXED", "plan: VP", "plan-twice", '"VP"'),
    ],
)
def test_a_damaged_plan(
    file: str, old: str, new: str, slug: str, words: str, project: Any, stopped: Callable[..., Any]
) -> None:
    line = project.damage(PLANS + file, old, new)
    if slug == "yaml-duplicate":
        line += 1
    name, where = (PLANS + "vp.yaml", 2) if slug == "plan-twice" else (PLANS + file, line)
    problem = one(stopped(project.arguments), slug, name, where)
    assert words in problem["what"] + problem["why"] + problem["remedy"]


@pytest.mark.parametrize(
    ("file", "convention", "asks"),
    [
        ("criteria.yaml", "  lookup.precedence: most specific\n", "lookup.precedence"),
        ("criteria.yaml", "  rounding: [{at: line, mode: half up, decimals: 2}]\n", "rounding"),
        ("criteria.yaml", "  returns.earn: mirror\n", "returns.earn"),
        ("section.yaml", "  tier.bound: both ends inclusive\n", "tier.bound"),
    ],
)
def test_a_convention_that_isnt_stated(
    file: str, convention: str, asks: str, project: Any, stopped: Callable[..., Any]
) -> None:
    project.damage(PLANS + file, convention, "")
    problems = stopped(project.arguments)
    assert {p["file"] for p in problems} == {PLANS + file}
    found = [p for p in problems if p["slug"] == "convention-open" and asks in p["what"] + p["remedy"]]
    assert found, problems
    assert found[0]["line"] > 0
    assert found[0]["why"]


@pytest.mark.parametrize(
    ("old", "new", "slug"),
    [
        # Only data may stand in a plan; a word of another kind than asked for isn't passed over.
        ("currency: USD", 'currency: !!python/object/apply:os.system ["true"]', None),
        ("currency: USD", "currency: [USD]", None),
        ("plan: CRITERIA", "plan: {name: CRITERIA}", None),
        ("rate: 1.1%", "rate: 1" + "0" * 5000 + "%", None),
    ],
    ids=["a tag that runs code", "a list for a word", "names for a word", "5,000 digits"],
)
def test_a_plan_with_something_unheard_of(
    old: str, new: str, slug: str | None, project: Any, stopped: Callable[..., Any]
) -> None:
    line = project.damage(PLANS + "criteria.yaml", old, new)
    problems = stopped(project.arguments)
    assert (PLANS + "criteria.yaml", line) in {(p["file"], p["line"]) for p in problems}


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        (PLANS + "override.yaml", "European Sales Manager", "Europan Sales Manager", "Europ"),
        (PLANS + "criteria.yaml", "category: Bikes", "category: Bike", "Bike"),
        (PLANS + "criteria.yaml", "321, 323", "3210, 323", "3210"),
        (WORLD + "crediting_rules.csv", "European Sales Manager", "Europan Sales Manager", "Europ"),
        (EXPORT + "document_lines.csv", ",364,", ",36400,", "36400"),
        (PEOPLE + "sales_person.csv", ",274,", ",2740,", "2740"),
    ],
    ids=[
        "role of a plan",
        "category of a plan",
        "product of a plan",
        "role of a rule",
        "product of a line",
        "manager",
    ],
)
def test_a_name_that_nothing_has(
    file: str, old: str, new: str, words: str, project: Any, stopped: Callable[..., Any]
) -> None:
    # Unnoticed, such a slip pays somebody nothing, and the difference would be charged to the target.
    line = project.damage(file, old, new)
    problems = stopped(project.arguments)
    found = [p for p in problems if (p["file"], p["line"]) == (file, line)]
    assert found, problems
    assert words in found[0]["what"]


def test_a_plan_in_another_encoding(project: Any, stopped: Callable[..., Any]) -> None:
    file = project.folder / PLANS / "fixed.yaml"
    file.write_bytes(file.read_text("utf-8").encode("utf-16"))
    one(stopped(project.arguments), "file-encoding", PLANS + "fixed.yaml", 1)


def test_every_problem_is_told_at_once(project: Any, stopped: Callable[..., Any]) -> None:
    places = {
        (PLANS + "vp.yaml", project.damage(PLANS + "vp.yaml", "roll-up", "rol-up")),
        (PLANS + "fixed.yaml", project.damage(PLANS + "fixed.yaml", "currency", "curency")),
        (EXPORT + "documents.csv", project.damage(EXPORT + "documents.csv", "2019-01-01", "2019-02-30")),
        (
            EXPORT + "document_lines.csv",
            project.damage(EXPORT + "document_lines.csv", ",1943.97,", ",1943;97,"),
        ),
    }
    assert places <= {(p["file"], p["line"]) for p in stopped(project.arguments)}


@pytest.mark.parametrize(
    ("old", "new", "slug", "words"),
    [
        ("recrod: {", "", "mapping-word", "Did you mean: record"),
        ("culture: english", "", "mapping-word", "de-DE"),
        ("encoding: utf8", "", "mapping-word", "Did you mean: utf-8"),
        ("expected: lins", "", "mapping-word", "Did you mean: lines"),
        ("grian: commission lines", "", "mapping-word", "Did you mean: grain"),
        ("vlaues:", "", "mapping-word", "Did you mean: values"),
        ("file: ../commission_lines.csv", "", "mapping-path", "isn't a file name inside"),
        ("lookup: {file: persons.csv", "", "lookup-missing", '"persons.csv"'),
    ],
)
def test_a_damaged_mapping(
    old: str, new: str, slug: str, words: str, project: Any, stopped: Callable[..., Any]
) -> None:
    right = {
        "recrod: {": "record: {",
        "culture: english": "culture: en-US",
        "encoding: utf8": "encoding: utf-8",
        "expected: lins": "expected: lines",
        "grian: commission lines": "grain: commission lines",
        "vlaues:": "values:",
        "file: ../commission_lines.csv": "file: commission_lines.csv",
        "lookup: {file: persons.csv": "lookup: {file: person_payee.csv",
    }
    line = project.damage(MAPPING, right[old], old)
    problems = stopped(project.quick)
    found = [p for p in problems if p["slug"] == slug and p["line"] == line and p["file"] == MAPPING]
    assert found, problems
    assert words in found[0]["what"] + found[0]["remedy"]


def test_a_mapping_that_names_an_unknown_column(project: Any, stopped: Callable[..., Any]) -> None:
    project.damage(MAPPING, "{column: document}", "{column: dokument}")
    problem = one(stopped(project.quick), "missing-column", LINES, 1)
    assert '"dokument"' in problem["what"]
    assert problem["remedy"] == "Did you mean: document"
    assert problem["excerpt"].strip().endswith("document,line,person,plan,commission,settled")


def test_a_mapping_without_a_code_of_the_target(project: Any, stopped: Callable[..., Any]) -> None:
    project.damage(MAPPING, "    VP_0.125: VP\n", "")
    problems = stopped(project.quick)
    assert {p["slug"] for p in problems} <= {"unknown-code", "more-problems"}
    assert (problems[0]["file"], problems[0]["line"]) == (LINES, 10)
    assert '"VP_0.125" is not a plan that the mapping knows' in problems[0]["what"]


def test_a_mapping_that_leads_to_no_plan(project: Any, stopped: Callable[..., Any]) -> None:
    project.damage(MAPPING, "VP_0.125: VP", "VP_0.125: VIP")
    (problem,) = stopped(project.quick)
    assert (problem["slug"], problem["file"], problem["line"] > 0) == ("unknown-plan", MAPPING, True)
    assert '"VIP"' in problem["what"]
    assert problem["remedy"] == "Did you mean: VP"


@pytest.mark.parametrize(
    ("old", "new", "slug", "words"),
    [
        (",E285,", ",E999,", "unknown-code", '"E999"'),
        (",FIXED_0.01,", ",FIXED_0.011,", "unknown-code", "Did you mean: FIXED_0.01"),
        (",19.44,1", ",19.44,yes", "unknown-code", '"yes"'),
        ("INV-SO48730,", '"INV-SO48730,', "csv-quoting", "never ends"),
        ("INV-SO48730,", "I" * 1_100_000 + ",", "csv-quoting", "1,000,000 characters"),
    ],
    ids=["unknown person", "unknown plan", "unknown state", "open quote", "huge cell"],
)
def test_a_row_that_the_mapping_or_the_file_cannot_explain(
    old: str, new: str, slug: str, words: str, project: Any, stopped: Callable[..., Any]
) -> None:
    line = project.damage(LINES, old, new)
    assert line == 2
    problem = one(stopped(project.quick), slug, LINES, line)
    assert words in problem["what"] + problem["why"] + problem["remedy"]
    assert len(problem["what"]) + len(problem["excerpt"]) < 1500, "a huge cell isn't poured over the user"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (",19.44,", ',"19,44",', "It would be one in de-DE"),
        (",19.44,", ",19,44,", "7 cells"),
        (",19.44,", ",,", "amount is required"),
        (",19.44,", ",19.444,", "3 decimals"),
        (",19.44,", ",1.944E+1,", "scientific"),
        (",19.44,", ",NaN,", '"NaN"'),
        (",19.44,", ", 19.44,", "blanks"),
        (",19.44,", "," + "9" * 5000 + ",", "36 digits"),
        (",E285,", ",,", "payee is required"),
    ],
    ids=[
        "decimal comma", "decimal comma without quotes", "blank amount", "third decimal", "scientific", "not a number", "blanks",
        "5,000 digits", "blank key",
    ],
)  # fmt: skip
def test_a_damaged_row_of_the_export_is_a_finding_and_the_rest_is_compared(
    old: str, new: str, words: str, project: Any, trueup: Callable[..., Any]
) -> None:
    whole = trueup(*project.quick, "--json").json
    assert project.damage(LINES, old, new) == 2
    ran = trueup(*project.quick, "--out", "out", "--json")
    assert (ran.code, ran.json["by_class"]["unreadable"]) == (1, 1)
    assert ran.json["differences"] - whole["differences"] in (1, 2), "the row, and what it leaves missing"
    record = json.loads((project.folder / "out" / "record.json").read_text("utf-8"))
    (found,) = [d for d in record["differences"] if d["class"] == "unreadable"]
    assert words in found["trouble"]
    assert found["theirs"]["line"] == 2
    assert len(found["trouble"]) < 1500, "a huge cell isn't poured over the user"


@pytest.mark.parametrize(
    ("old", "new", "slug", "words"),
    [
        (",commission,", ",comission,", "missing-column", '"commission"'),
        ("line,person", "document,person", "column-twice", '"document" stands twice'),
        ("line,person", ",person", "column-unnamed", "column 2"),
        (
            "document,line,person,plan,commission,settled",
            "document;line;person;plan;commission;settled",
            "wrong-delimiter",
            '";"',
        ),
    ],
)
def test_a_damaged_header_of_the_export(
    old: str, new: str, slug: str, words: str, project: Any, stopped: Callable[..., Any]
) -> None:
    project.damage(LINES, old, new)
    assert words in one(stopped(project.quick), slug, LINES, 1)["what"]


@pytest.mark.parametrize(
    ("change", "slug", "line"),
    [
        (lambda data: data[:-20], "cell-count", 1137),
        (lambda data: data.replace(b"E285", b"E2\xff5", 1), "file-encoding", 2),
        (lambda data: data.replace(b"E285", b"E2\x005", 1), "file-nul", 2),
        (lambda data: b"\xef\xbb\xbf" + data, "file-bom", 1),
        (lambda data: data.decode().encode("utf-16"), "file-bom", 1),
        (lambda data: b"", "file-empty", 0),
    ],
    ids=["cut off", "other encoding", "NUL", "byte order mark", "UTF-16", "empty"],
)
def test_a_damaged_file_of_the_export(
    change: Callable[[bytes], bytes], slug: str, line: int, project: Any, stopped: Callable[..., Any]
) -> None:
    file = project.folder / LINES
    file.write_bytes(change(file.read_bytes()))
    problems = stopped(project.quick)
    assert {(p["slug"], p["file"], p["line"]) for p in problems} == {(slug, LINES, line)}


def test_an_export_that_is_not_there(project: Any, stopped: Callable[..., Any]) -> None:
    (project.folder / LINES).unlink()
    one(stopped(project.quick), "file-unreadable", LINES, 0)


@pytest.mark.parametrize("change", ["\r\n", "\n\n"])
def test_other_line_ends_are_no_damage(change: str, project: Any, trueup: Callable[..., Any]) -> None:
    for name in (LINES, MAPPING):
        file = project.folder / name
        if name == LINES or change == "\r\n":
            file.write_bytes(file.read_bytes().replace(b"\n", change.encode()))
    ran = trueup(*project.quick, "--json")
    assert (ran.code, ran.json["differences"], ran.json["compared"]) == (1, 5, 1136)


@pytest.mark.parametrize(
    ("file", "old", "new", "slug", "words"),
    [
        (EXPORT + "document_lines.csv", ",1943.97,", ",1943.9x,", "not-a-number", '"1943.9x"'),
        (EXPORT + "document_lines.csv", ",1943.97,", ',"1943,97",', "not-a-number", "decimal comma"),
        (EXPORT + "document_lines.csv", ",1943.97,", ",,", "blank-cell", "amount"),
        (EXPORT + "document_lines.csv", ",1943.97,", "," + "9" * 5000 + ",", None, ""),
        (EXPORT + "documents.csv", "2019-01-01", "2019-02-30", "not-a-date", '"2019-02-30"'),
        (EXPORT + "documents.csv", "2019-01-01", "01/02/2019", "not-a-date", '"01/02/2019"'),
        (EXPORT + "documents.csv", "invoice,SO48730", "invoice,SO99999", "unknown-reference", '"SO99999"'),
        (EXPORT + "documents.csv", ",refund,", ",refnd,", "unknown-code", "Did you mean: refund"),
        (PEOPLE + "reseller_sales_order.csv", ",285,", ",999,", "unknown-code", '"999"'),
        (PEOPLE + "reseller_sales_order.csv", ",285,", ",,", "blank-cell", "owner"),
        (PEOPLE + "sales_person.csv", ",0.012,", ",,", "no-rate", '"275" has no commission rate'),
        (WORLD + "crediting_rules.csv", "100%", "1O0%", "not-a-number", '"1O0%"'),
    ],
)
def test_damaged_data(
    file: str, old: str, new: str, slug: str | None, words: str, project: Any, stopped: Callable[..., Any]
) -> None:
    line = project.damage(file, old, new)
    problems = stopped(project.arguments)
    found = [
        p for p in problems if (p["file"], p["line"]) == (file, line) and (slug is None or p["slug"] == slug)
    ]
    assert found, problems
    assert words in found[0]["what"] + found[0]["remedy"]


def test_a_date_of_another_age(project: Any, stopped: Callable[..., Any]) -> None:
    project.damage(EXPORT + "documents.csv", "2019-01-01", "9999-12-31")
    for problem in stopped(project.arguments):
        assert problem["line"] == 2
        assert "9999-12-31" in problem["what"]


def test_lines_that_dont_make_up_their_invoice(project: Any, stopped: Callable[..., Any]) -> None:
    project.damage(EXPORT + "document_lines.csv", ",1943.97,", ",1943.98,")
    one(stopped(project.arguments), "invoice-total", EXPORT + "documents.csv", 2)


def test_a_table_that_nobody_would_read(project: Any, stopped: Callable[..., Any]) -> None:
    (project.folder / WORLD / "payes.csv").write_text("payee\nX\n", "utf-8")
    assert (
        one(stopped(project.arguments), "unknown-table", WORLD + "payes.csv", 0)["remedy"]
        == "Did you mean: payees"
    )


def test_a_table_of_the_definitions_that_nobody_knows(project: Any, stopped: Callable[..., Any]) -> None:
    line = project.damage(WORLD + "tables.yaml", "  payments:", "  paiments:")
    problem = next(p for p in stopped(project.arguments) if p["slug"] == "unknown-table")
    assert problem["file"] == WORLD + "tables.yaml"
    assert line <= problem["line"] <= line + 2
    assert problem["remedy"] == "Did you mean: payments"


def test_a_folder_or_plan_that_is_not_there(project: Any, trueup: Callable[..., Any]) -> None:
    ran = trueup("calculate", "--plan", "nope.yaml", "--data", "nowhere", "--json")
    assert ran.code == 2
    assert {(p["slug"], p["file"]) for p in ran.json["problems"]} == {
        ("file-unreadable", "nope.yaml"),
        ("data-folder", "nowhere"),
    }
    assert "2 problems" in ran.err


def test_without_json_standard_output_stays_empty(project: Any, trueup: Callable[..., Any]) -> None:
    project.damage(PLANS + "vp.yaml", "roll-up", "rol-up")
    ran = trueup(*project.arguments)
    assert (ran.code, ran.out) == (2, "")
    assert PLANS + "vp.yaml:" in ran.err
    assert ran.err.rstrip().endswith("1 problem. Nothing was calculated or written.")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nonsense",),
        ("demo", "--nonsense"),
        ("demo", "more"),
        ("reconcile",),
        ("reconcile", "--actual", "x", "--mapping", "y"),
        ("reconcile", "--actual", "x", "--mapping", "y", "--expected", "z", "--plan", "p", "--data", "d"),
        ("calculate", "--plan", "p", "--data", "d", "--as-of", "yesterday"),
        ("calculate", "--plan", "p", "--data", "d", "--executor", "abacus"),
    ],
)
def test_a_command_that_cant_be_understood(arguments: tuple[str, ...], trueup: Callable[..., Any]) -> None:
    ran = trueup(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert "Usage: trueup" in ran.err
    assert "Traceback" not in ran.err
