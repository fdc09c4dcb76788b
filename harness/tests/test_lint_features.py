"""Whatever pytest-bdd would lose, ignore or misread in silence is a Problem before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.feature_files import find_features
from harness.features import parse_feature, read_feature
from harness.lint import advise_features, lint_feature, lint_features
from reference_engine.problems import Problem

GOOD = """
Feature: Pay
  Scenario: One deal
    Given the plan "P" pays 10% of bookings
    And "Ana" is on plan "P" for FY2026
    And these deals:
      | deal | owner | amount     | closed     |
      | D-1  | Ana   | 100.00 EUR | 2026-01-15 |
    When commissions are calculated for 2026-01
    Then the payout of "Ana" for 2026-01 is 10.00 EUR
"""
OUTLINE = """
Feature: Pay
  Scenario Outline: Some deals
    Given "Ana" has a quota of <quota> for 2026-Q1
    When commissions are calculated for 2026-01
    Then the payout of "Ana" for 2026-01 is <payout>

    Examples:
      | case | quota      | payout    |
      | a    | 100.00 EUR | 10.00 EUR |
"""


def lint(text: str) -> list[Problem]:
    problems: list[Problem] = []
    feature = parse_feature(text.lstrip("\n"), "x.feature", problems)
    return problems if feature is None else problems + lint_feature(feature)


def test_sound_features_have_no_problems() -> None:
    assert lint(GOOD) == []
    assert lint(OUTLINE) == []


@pytest.mark.parametrize(
    ("name", "text", "slug", "line", "said"),
    [
        (
            "two scenarios of one name",
            GOOD + GOOD.split("\n", 2)[2],
            "scenario-twice",
            10,
            "lines 2 and 10",
        ),
        (
            "the same name under two rules",
            "Feature: F\n  Rule: A\n" + GOOD.split("\n", 2)[2] + "  Rule: B\n" + GOOD.split("\n", 2)[2],
            "scenario-twice",
            12,
            "same name",
        ),
        ("a heading without colon", GOOD.replace("Scenario: One deal", "Scenario One deal"), "heading-without-colon", 2, "Scenario:"),
        ("a misspelt first keyword", GOOD.replace("    Given the", "    Give the"), "step-keyword", 3, "Did you mean: Given"),
        ("a misspelt later keyword", GOOD.replace("    When", "    Wen"), "step-keyword", 8, "Did you mean: When"),
        ("Examples without rows", OUTLINE.rsplit("      | a ", 1)[0], "examples-without-rows", 7, "no rows"),
        ("an outline without Examples", OUTLINE.split("\n    Examples")[0], "outline-without-examples", 2, "no Examples"),
        ("a misspelt placeholder", OUTLINE.replace("is <payout>", "is <payot>"), "placeholder", 5, "<payout>"),
        ("a placeholder without Examples", GOOD.replace("10.00 EUR", "<amount>"), "placeholder", 9, "without Examples"),
        ("an unused column of Examples", OUTLINE.replace("<quota>", "5.00 EUR"), "examples-column-unused", 7, "quota"),
        ("two cases of one name", OUTLINE + "      | a    | 100.00 EUR | 10.00 EUR |\n", "case-name", 10, '"a"'),
        (
            "a table where none is read",
            GOOD + "      | a |\n      | b |\n",
            "table-not-taken",
            9,
            "takes no table",
        ),
        ("no table where one is needed", GOOD.replace("      | D-1", "#").replace("      | deal", "#"), "table-missing", 5, "needs a table"),
        ("a table without rows", GOOD.replace("      | D-1", "#"), "table-empty", 6, "no rows"),
        ("no steps", "Feature: F\n  Scenario: S\n", "scenario-without-steps", 2, "no steps"),
        ("no Then", GOOD.rsplit("    Then", 1)[0], "scenario-without-then", 2, "no Then"),
        ("no When", GOOD.replace("    When commissions are calculated for 2026-01\n", ""), "scenario-without-when", 2, "no When"),
        (
            "two When",
            GOOD.replace("    Then", "    When commissions are calculated for 2026-02\n    Then"),
            "when-twice",
            9,
            "2 When",
        ),
        (
            "a fact after the event",
            GOOD + '    Given "Ana" has a quota of 5.00 EUR for 2026-Q1\n',
            "step-order",
            10,
            "too late",
        ),
        ("a Then in the Background", "Feature: F\n  Background:\n    Then x\n" + GOOD.split("\n", 2)[2], "background-kind", 3, "Given"),
        ("an unknown step", GOOD.replace("these deals:", "this deal:"), "step-unknown", 5, "these deals:"),
        ("a missing colon", GOOD.replace("these deals:", "these deals"), "step-unknown", 5, "colon"),
        ("a Given after When", GOOD.replace("When commissions", 'When "Ana" is on plan "P" for FY2026\n    And commissions'), "step-wrong-kind", 8, "Given step"),
        ("curly quotes", GOOD.replace('"Ana" is on', "“Ana” is on"), "step-unknown", 4, "curly quotes"),
        ("And as the first word", GOOD.replace("Given the plan", "And the plan"), "step-kind-missing", 3, "needs a Given"),
        ("an unknown column", GOOD.replace("| amount  ", "| ammount "), "unknown-column", 6, "Did you mean: amount"),
        ("a missing column", GOOD.replace("| amount    ", "| x1        "), "missing-column", 6, '"amount"'),
        ("a wrong amount", GOOD.replace("100.00 EUR", "100,00 EUR"), "wrong-value", 7, "100.00 EUR"),
        ("a wrong amount in a step", GOOD.replace("is 10.00 EUR", "is 10 euros"), "wrong-value", 9, "10.00 EUR"),
        ("a wrong word", OUTLINE.replace("100.00 EUR", "EUR 100"), "wrong-value", 3, 'row "a"'),
        ("a ragged table", GOOD.replace("| 2026-01-15 |", "|"), "table-ragged", 7, "number of cells"),
        ("a text block", GOOD + '      """\n      x\n      """\n', "text-not-taken", 9, "text block"),
        ("two features", GOOD + "Feature: G\n", "feature-syntax", 10, "Feature"),
        ("an unknown language", "# language: xx\n" + GOOD.lstrip(), "feature-language", 1, "xx"),
        ("a feature without scenarios", "Feature: F\n", "feature-without-scenario", 1, "no scenario"),
        ("an empty file", "\n  \n# nothing\n", "feature-empty", 0, "no feature"),
        ("two @id tags", GOOD.replace("  Scenario", "  @id:A @id:B\n  Scenario"), "id-twice", 2, "2 @id"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 40 and "\n" not in value else "",
)
def test_each_slip_is_named_with_its_line(name: str, text: str, slug: str, line: int, said: str) -> None:
    found = [p for p in lint(text) if p.slug == slug]
    assert found, f"{name}: {[p.slug for p in lint(text)]}"
    assert line in [p.where.line for p in found]
    assert any(said in str(p) for p in found)
    assert all(p.where.file == "x.feature" for p in found)


def test_ordinary_descriptions_are_no_slips() -> None:
    described = GOOD.replace(
        "  Scenario: One deal",
        "  The plan pays when the customer pays. Given names are not used.\n  When in doubt, ask.\n  Examples are below.\n  Rule 3 of the plan.\n\n  Scenario: One deal",
    )
    assert lint(described) == []


def test_several_slips_show_at_once() -> None:
    slugs = {p.slug for p in lint(GOOD.replace("100.00 EUR", "100,00 EUR").replace("these deals:", "these deal:").replace("2026-01\n", "Jan\n"))}
    assert {"step-unknown", "wrong-value"} <= slugs


def test_ids_are_unique_over_all_files(tmp_path: Path) -> None:
    tagged = GOOD.replace("  Scenario", "  @id:A-1\n  Scenario").lstrip()
    for name in ("a", "b"):
        (tmp_path / f"{name}.feature").write_text(tagged)
    problems = lint_features([tmp_path])
    assert [p.slug for p in problems] == ["id-twice"]
    assert problems[0].where.file.endswith("b.feature")


@pytest.mark.parametrize(
    ("content", "slug"),
    [
        (b"\xff\xfeF\x00e\x00", "feature-encoding"),
        ("Feature: Pr\xe4mie\n".encode("cp1252"), "feature-encoding"),
        (b"Feature: x\x00\n", "feature-encoding"),
    ],
)
def test_other_encodings_are_problems(tmp_path: Path, content: bytes, slug: str) -> None:
    (tmp_path / "x.feature").write_bytes(content)
    problems: list[Problem] = []
    assert read_feature(tmp_path / "x.feature", problems) is None
    assert [p.slug for p in problems] == [slug]


def test_a_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    (tmp_path / "x.feature").write_bytes(b"\xef\xbb\xbf" + GOOD.lstrip().replace("\n", "\r\n").encode())
    assert lint_features([tmp_path]) == []


def test_a_text_that_is_the_name_of_a_file_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Feature: F").write_text(GOOD)
    (tmp_path / "x.feature").write_text("Feature: F")
    assert [p.slug for p in lint_features(["x.feature"])] == ["feature-without-scenario"]


def test_hidden_folders_are_not_searched(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.feature").write_text("")
    assert find_features([tmp_path]) == []


def test_missing_tags_are_advice(tmp_path: Path) -> None:
    (tmp_path / "x.feature").write_text(GOOD.lstrip())
    assert [p.slug for p in advise_features([tmp_path])] == ["no-id", "no-req", "no-sev"]
    assert lint_features([tmp_path]) == []
