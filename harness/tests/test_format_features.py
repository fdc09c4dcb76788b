"""`trueup format`: one form for all features, and never another meaning."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.feature_files import find_features
from harness.feature_repairs import mended
from harness.feature_tables import aligned, raw_cells
from harness.features import parse_feature
from harness.formatting import format_text, laid_out, meaning
from reference_engine.problems import Problem

ROOT = Path(__file__).parents[2]
FEATURES = find_features([ROOT / "features"])

UNTIDY = '''\
#language: en
# Owner: Compensation
@req:PLAN-04   @smoke  # both


Feature:   Accelerators
    Owner: Compensation.
      Source: plan document.

    Second paragraph.
  Background:
  Given the plan "Flat" pays 5% of bookings
\tAnd these deals:

    |deal|owner|amount|closed|
    # the first of two
    | D-1 | Ana \\| Ruiz | 1,000.00 EUR| 2026-01-01|

    |D-22| Ben\\\\n|20.00 EUR|2026-01-01   |
    # above the scenario
  @id:A-1
  Scenario: One

    When commissions are calculated for 2026-01


    Then the payout of "Ana" for 2026-01 is 5.00 EUR
    # a remark on it

  Scenario Outline: Two
    Then the explanation of "Ana" for 2026-01 reads:
        """
        First line.
          Indented.

        \\"\\"\\" quoted
        """
    Examples: some
    Two rows.
    | case |x|
    |  low|-1.50 |
    |  high|1,000%|
  Rule: Third
      Scenario: Three
        Given today is 2026-01-01'''

TIDY = '''\
# language: en
# Owner: Compensation
@req:PLAN-04 @smoke # both
Feature: Accelerators
  Owner: Compensation.
    Source: plan document.

  Second paragraph.

  Background:
    Given the plan "Flat" pays 5% of bookings
    And these deals:
      | deal | owner       | amount       | closed     |
      # the first of two
      | D-1  | Ana \\| Ruiz | 1,000.00 EUR | 2026-01-01 |
      | D-22 | Ben\\\\n      |    20.00 EUR | 2026-01-01 |

  # above the scenario
  @id:A-1
  Scenario: One
    When commissions are calculated for 2026-01

    Then the payout of "Ana" for 2026-01 is 5.00 EUR
    # a remark on it

  Scenario Outline: Two
    Then the explanation of "Ana" for 2026-01 reads:
      """
      First line.
        Indented.

      \\"\\"\\" quoted
      """

    Examples: some
      Two rows.
      | case | x      |
      | low  |  -1.50 |
      | high | 1,000% |

  Rule: Third

    Scenario: Three
      Given today is 2026-01-01
'''


def formatted(text: str) -> str:
    problems: list[Problem] = []
    found = format_text(text, "x.feature", problems)
    assert found is not None, problems
    return found


def test_the_one_form() -> None:
    assert formatted(UNTIDY) == TIDY
    assert formatted(TIDY) == TIDY
    assert formatted(UNTIDY.replace("\n", "\r\n")) == TIDY
    assert meaning(UNTIDY) == meaning(TIDY)


def test_the_meaning_is_compared_down_to_the_last_cell() -> None:
    # The proof that a formatter can't change anything is only as good as this comparison.
    for old, new in (("1,000.00", "1,000.01"), ('"Flat"', '"Flats"'), ("@smoke ", ""), ("Indented", "indented"), ("  Indented", " Indented"),
                     ("a remark", "remark"), ("Second", "2nd"), ("Three", "Tree"), ("\\\\n", "\\n"), ("| low ", "| lower ")):  # fmt: skip
        assert old in TIDY, old
        assert meaning(TIDY.replace(old, new, 1)) != meaning(TIDY), old


@pytest.mark.parametrize("path", FEATURES, ids=lambda p: p.stem)
def test_our_features_keep_their_meaning_and_have_the_form(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert meaning(formatted(text)) == meaning(text)
    assert formatted(text) == text, f"run: trueup format {path.relative_to(ROOT)}"


def test_other_languages_keep_their_words() -> None:
    german = '# language: de\nFunktionalität: Staffel\n\n  Szenario: Eins\n    Angenommen today is 2026-01-01\n    Wenn 2026-01 is closed\n'
    assert formatted(german.replace("  ", " ").replace("# language: de", "#language:de")) == german
    french = "# language: fr\nFonctionnalité: A\n\n  Scénario: B\n    Étant donné qu'il pleut\n    * autre\n"
    assert formatted(french.replace("  ", "")) == french
    japanese = "# language: ja\n機能: A\n\n  シナリオ: B\n    前提today is 2026-01-01\n      | 名前 | a |\n      | x    | b |\n"
    assert formatted(japanese.replace("  ", "")) == japanese


def test_wide_letters_take_two_columns() -> None:
    assert aligned([["名", "a"], ["x", "é"], ["ab", "e\u0301"]]) == ["| 名 | a |", "| x  | é |", "| ab | e\u0301 |"]


def test_numbers_stand_at_the_right() -> None:
    cells = ["1", "-1,000.50 EUR", "8%", "50 units", "2026-01-01", "2026-Q1", "1 of 3", "<rate>", "0.92", ""]
    lines = aligned([["the column's head"], *([c] for c in cells)])
    right = [c for c, line in zip(cells, lines[1:], strict=True) if line.startswith("|  ") and c]
    assert right == ["1", "-1,000.50 EUR", "8%", "50 units", "0.92"]


def test_cells_are_split_as_the_parser_splits_them() -> None:
    assert raw_cells(r"| a\|b | \\| c\n |") == [r"a\|b", r"\\", r"c\n"]
    assert raw_cells("|") == []
    assert raw_cells("| |") == [""]


def test_words_behind_the_last_bar_are_not_lost() -> None:
    text = "Feature: A\n\n  Scenario: B\n    Given these deals:\n      | deal | owner\n      | D-1  | Ana\n"
    assert formatted(text) == text


# -- quotes and blanks ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("then", "the payout of \u201cAna Ruiz\u201d for 2026-Q1 is 5.00 EUR"),
        ("then", "the payout of \u201eAna Ruiz\u201c for 2026-Q1 is 5.00 EUR"),
        ("then", 'the payout of "Ana Ruiz" for\u00a02026-Q1 is 5.00 EUR'),
        ("then", 'the payout of "Ana Ruiz" for 2026-Q1 is 5.00\u00a0EUR'),
        ("then", 'the\tpayout  of "Ana Ruiz" for 2026-Q1 is 5.00\u202fEUR'),
    ],
)
def test_what_is_not_understood_for_its_quotes_or_blanks_is_mended(kind: str, wrong: str) -> None:
    assert mended(kind, wrong) == 'the payout of "Ana Ruiz" for 2026-Q1 is 5.00 EUR'


@pytest.mark.parametrize(
    "right",
    [
        'the payout of "Ana\u00a0Ruiz" for 2026-Q1 is 5.00 EUR',
        'the plan "\u201cBest\u201d  plan" pays 8% of bookings',
        "something else with \u201cquotes\u201d",
        'the payout of "Ana" for 2026-Q1 is 5,00\u00a0EUR',
    ],
)
def test_nothing_else_is_touched(right: str) -> None:
    assert mended("then", right) == right
    assert mended("given", right) == right
    assert mended("", right) == right


def test_a_table_is_mended_where_a_word_or_a_value_is_asked_for() -> None:
    text = (
        "Feature: A\n\n  Scenario: B\n    Given these quotas:\n"
        "      | payee         | period  | quota             |\n"
        "      | Ana\u00a0Ruiz | 2026-Q1 | 5,000.00\u00a0EUR |\n"
    )
    found = formatted(text)
    assert "Ana\u00a0Ruiz" in found
    assert "5,000.00 EUR" in found
    head = "Feature: A\n\n  Scenario: B\n    Given the fiscal calendar:\n      | period | from | to | pay\u00a0date |\n"
    assert "pay date" in formatted(f"{head}      | 2026-P01 | 2026-02-01 | 2026-02-28 | 2026-03-15 |\n")


# -- any feature ------------------------------------------------------------------------------------------
words = st.text(st.sampled_from("ab1 <>é名\u00a0\"'\u201c.,%-|\\@#`:"), max_size=12)
blanks = st.sampled_from(["", " ", "    ", "\t", " \t "])
gap = st.sampled_from(["", "", "\n", "\n\n\n", "# c\n", "\n  # c\n", "# c\n\n"])


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|")


@st.composite
def tables(draw: Any) -> str:
    columns = draw(st.integers(1, 3))
    rows = [[_cell(draw(words)) for _ in range(columns)] for _ in range(draw(st.integers(1, 3)))]
    return "".join(f"{draw(blanks)}|{'|'.join(draw(blanks) + c + draw(blanks) for c in row)}|{draw(blanks)}\n{draw(gap)}" for row in rows)


@st.composite
def blocks(draw: Any) -> str:
    quotes = draw(st.sampled_from(['"""', "```"]))
    inside = [draw(blanks) + draw(words).replace("`", "").replace('"', "") + draw(blanks) for _ in range(draw(st.integers(0, 3)))]
    media = draw(st.sampled_from(["", "yaml"]))
    return f"{draw(blanks)}{quotes}{media}\n" + "".join(f"{line}\n" for line in inside) + f"{draw(blanks)}{quotes}{draw(blanks)}\n"


@st.composite
def steps(draw: Any) -> str:
    line = f"{draw(blanks)}{draw(st.sampled_from(['Given ', 'And  ', '* ', 'Then ']))}{draw(words)}{draw(blanks)}\n"
    return str(line + draw(gap) + draw(st.one_of(st.just(""), tables(), blocks())) + draw(gap))


@st.composite
def parts(draw: Any, keyword: str) -> str:
    tags = draw(st.sampled_from(["", "@a\n", "  @a   @b:c-1 \n", "@a #why\n\n@b\n"])) if keyword != "Background" else ""
    described = draw(st.sampled_from(["", "text\n", "   two\n     lines\n\n  more\n"]))
    text = f"{tags}{draw(blanks)}{keyword}:{draw(blanks)}{draw(words)}\n{draw(gap)}{described}"
    if keyword == "Examples":
        return str(text + draw(st.one_of(st.just(""), tables())))
    text += "".join(draw(st.lists(steps(), max_size=3)))
    return str(text + draw(parts("Examples"))) if keyword == "Scenario Outline" else str(text)


@st.composite
def features(draw: Any) -> str:
    text = draw(gap) + draw(st.sampled_from(["", "@f\n"])) + "Feature: f\n" + draw(st.sampled_from(["", "  about\n\n\n", "\tabout\n"]))
    text += draw(st.one_of(st.just(""), parts("Background")))
    text += "".join(draw(st.lists(st.one_of(parts("Scenario"), parts("Scenario Outline")), max_size=2)))
    if draw(st.booleans()):
        text += f"{draw(gap)}Rule:  r\n" + draw(st.one_of(st.just(""), parts("Background"))) + draw(parts("Scenario"))
    return str(text.replace("\n", draw(st.sampled_from(["\n", "\r\n"]))))


@settings(max_examples=400, deadline=None)
@given(features())
def test_any_feature_keeps_its_meaning(text: str) -> None:
    problems: list[Problem] = []
    feature = parse_feature(text, "x.feature", problems)
    if feature is None:
        assert format_text(text, "x.feature", []) is None
        return
    plain = laid_out("\n".join(feature.lines) + "\n", "x.feature")
    assert meaning(plain) == meaning(text)
    assert laid_out(plain, "x.feature") == plain
    lines = plain.splitlines()
    in_block = False
    for line in lines:
        in_block ^= line.strip()[:3] in ('"""', "```")
        assert in_block or "\t" not in line[: len(line) - len(line.lstrip())]
    assert "\r" not in plain


# -- the command ------------------------------------------------------------------------------------------
def test_the_command_formats_and_says_what_it_did(trueup: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    file, good = tmp_path / "a.feature", tmp_path / "sub" / "b.feature"
    file.write_bytes(b"\xef\xbb\xbf" + UNTIDY.replace("\n", "\r\n").encode())
    good.write_text(TIDY, encoding="utf-8")
    os.chmod(file, 0o640)
    stamp = good.stat().st_mtime_ns
    ran = trueup("format", "--check", tmp_path)
    assert ran.code == 1
    assert ran.out.startswith(f"--- {file}")
    assert "-  Given the plan" in ran.out
    assert "+    Given the plan" in ran.out
    assert ran.out.endswith("1 of 2 features would be formatted.\n")
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    ran = trueup("format", tmp_path)
    assert (ran.code, ran.out, ran.err) == (0, f"Formatted {file}\n1 of 2 features formatted.\n", "")
    assert file.read_bytes() == TIDY.encode()
    assert file.stat().st_mode & 0o777 == 0o640
    assert good.stat().st_mtime_ns == stamp
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.feature", "sub"]
    ran = trueup("format", "--check", file, good)
    assert (ran.code, ran.out) == (0, "2 features have their form.\n")


def test_a_mark_of_the_encoding_alone_is_a_difference(trueup: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "a.feature"
    file.write_bytes(b"\xef\xbb\xbf" + TIDY.encode())
    ran = trueup("format", "--check", file)
    assert ran.code == 1
    assert "mark an encoding" in ran.out


def test_a_link_stays_a_link(trueup: Callable[..., Any], tmp_path: Path) -> None:
    file, link = tmp_path / "a.feature", tmp_path / "l.feature"
    file.write_text(UNTIDY, encoding="utf-8")
    link.symlink_to(file)
    assert trueup("format", link).code == 0
    assert link.is_symlink()
    assert file.read_text(encoding="utf-8") == TIDY


def test_a_file_that_cant_be_read_is_left_and_the_others_are_formatted(trueup: Callable[..., Any], tmp_path: Path) -> None:
    broken, latin, good = (tmp_path / n for n in ("a.feature", "b.feature", "c.feature"))
    broken.write_text("Feature: A\n  Scenario: B\n    Given these deals:\n   | a | b |\n  | c |\n", encoding="utf-8")
    latin.write_bytes("Feature: Prämie\n".encode("cp1252"))
    good.write_text(UNTIDY, encoding="utf-8")
    before = broken.read_bytes(), latin.read_bytes()
    ran = trueup("format", tmp_path)
    assert ran.code == 2
    assert f"{broken}:5:3: " in ran.err
    assert "[table-ragged]" in ran.err
    assert "[feature-encoding]" in ran.err
    assert "1 of 1 features formatted; 2 problems." in ran.err
    assert (broken.read_bytes(), latin.read_bytes()) == before
    assert good.read_text(encoding="utf-8") == TIDY
    assert trueup("format", "--check", tmp_path).code == 2


def test_nothing_to_format_is_a_problem(trueup: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("x", encoding="utf-8")
    for path in (tmp_path, tmp_path / "x.txt", tmp_path / "none"):
        ran = trueup("format", path)
        assert ran.code == 2
        assert "[nothing-to-format]" in ran.err
    assert trueup("format").code == 2


def test_a_file_that_may_not_be_written_is_named(
    trueup: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(file: Path, text: str) -> Path:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "a.feature").write_text(UNTIDY, encoding="utf-8")
    monkeypatch.setattr("harness.adapters.data_folder.write_text", refused)
    ran = trueup("format", tmp_path)
    assert ran.code == 2
    assert "[feature-unwritable]" in ran.err


def test_what_would_come_out_as_another_feature_is_refused(
    trueup: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A defect of the formatter must never reach a file.
    file = tmp_path / "a.feature"
    file.write_text(UNTIDY, encoding="utf-8")
    monkeypatch.setattr("harness.formatting.aligned", lambda rows: ["| x |"] * len(rows))
    ran = trueup("format", file)
    assert ran.code == 2
    assert "[format-unsafe]" in ran.err
    assert file.read_text(encoding="utf-8") == UNTIDY
