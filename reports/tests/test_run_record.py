"""The run record: kept whole, read strictly, the same bytes for the same inputs."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from reference_engine.problems import Stopped
from reports import record as record_module
from reports.record import RunRecord, load_record, record_hash, save_record
from reports.site import page
from reports.tests.synthetic import synthetic_record
from reports.tests.synthetic_known import with_known, with_statement
from reports.tests.synthetic_scenarios import with_scenarios


def slugs(error: pytest.ExceptionInfo[Stopped]) -> set[str]:
    return {problem.slug for problem in error.value.problems}


def edited(folder: Path, old: str, new: str) -> Path:
    path = folder / "record.json"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "record", [synthetic_record(), with_scenarios(synthetic_record()), synthetic_record(0, 0)]
)
def test_a_record_comes_back_as_it_was(record: RunRecord, tmp_path: Path) -> None:
    path = save_record(record, tmp_path)
    assert load_record(path) == record
    assert load_record(tmp_path) == record
    assert not list(tmp_path.glob(".*")), "nothing is left beside"


def test_big_tables_lie_beside_and_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_module, "BIG", 5)
    record = synthetic_record(evil="\u2028\"'")
    save_record(record, tmp_path)
    assert (tmp_path / "record.differences.parquet").is_file()
    assert (tmp_path / "record.payouts.parquet").is_file()
    assert load_record(tmp_path) == record
    first = (tmp_path / "record.differences.parquet").read_bytes()
    save_record(record, tmp_path / "again")
    assert (tmp_path / "again" / "record.differences.parquet").read_bytes() == first
    monkeypatch.setattr(record_module, "BIG", 5_000)
    save_record(record, tmp_path)
    assert not (tmp_path / "record.differences.parquet").exists(), "a table that is no longer named goes"


def test_a_changed_table_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_module, "BIG", 5)
    save_record(synthetic_record(), tmp_path)
    table = tmp_path / "record.differences.parquet"
    table.write_bytes(table.read_bytes() + b" ")
    with pytest.raises(Stopped) as error:
        load_record(tmp_path)
    assert "record-changed" in slugs(error)


def test_the_same_inputs_give_the_same_bytes_but_for_the_circumstances(tmp_path: Path) -> None:
    first = with_scenarios(synthetic_record())
    later = dataclasses.replace(
        first,
        circumstances=dataclasses.replace(
            first.circumstances, run_id="later", started="2027-01-01T00:00:00Z"
        ),
        scenarios=tuple(dataclasses.replace(s, duration="9.9") for s in first.scenarios),
    )
    texts = []
    for name, record in (("a", first), ("b", later)):
        data = json.loads(save_record(record, tmp_path / name).read_text(encoding="utf-8"))
        del data["circumstances"]
        texts.append(json.dumps(data))
    assert texts[0] == texts[1]
    assert record_hash(first) == record_hash(later)
    assert record_hash(first) != record_hash(synthetic_record())


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"matched"', '"matchd"', "Did you mean: matched"),
        ('"compared": 26560', '"compared": "26560"', "must be a whole number"),
        ('"compared": 26560', '"compared": -1', "can't be negative"),
        ('"expected": "-2.20"', '"expected": "2,20"', "exact decimal text"),
        ('"expected": "-2.20"', '"expected": 2.2', "binary fraction"),
        ('"kind": "demo"', '"kind": "dmo"', "Did you mean: demo"),
        ('"kind": "demo"', '"kind": "demo", "kind": "demo"', "stands twice"),
        ('"groups": [', '"groups": 5, "more": [', "must be a list"),
        ('"verdict": {', '"verdict": {"mood": "good",', 'unknown part "mood"'),
        ('"outcome": "differs",', "", 'lacks the part "outcome"'),
    ],
)
def test_a_broken_record_is_a_problem(tmp_path: Path, old: str, new: str, words: str) -> None:
    save_record(synthetic_record(), tmp_path)
    with pytest.raises(Stopped) as error:
        load_record(edited(tmp_path, old, new))
    assert "record-broken" in slugs(error)
    assert words in str(error.value)
    assert "record.json" in str(error.value)


def test_every_slip_is_told_at_once(tmp_path: Path) -> None:
    save_record(synthetic_record(), tmp_path)
    edited(tmp_path, '"compared": 26560', '"compared": "x"')
    with pytest.raises(Stopped) as error:
        load_record(edited(tmp_path, '"kind": "demo"', '"kind": "dmo"'))
    assert len(error.value.problems) == 2


def test_a_cut_record_names_its_line(tmp_path: Path) -> None:
    path = save_record(synthetic_record(), tmp_path)
    path.write_text(path.read_text(encoding="utf-8")[:5000], encoding="utf-8")
    with pytest.raises(Stopped) as error:
        load_record(path)
    assert error.value.problems[0].where.line > 1


def test_no_record_another_format_and_not_json(tmp_path: Path) -> None:
    with pytest.raises(Stopped) as error:
        load_record(tmp_path)
    assert slugs(error) == {"record-missing"}
    save_record(synthetic_record(), tmp_path)
    with pytest.raises(Stopped) as error:
        load_record(edited(tmp_path, '"format": 4', '"format": 99'))
    assert slugs(error) == {"record-format"}
    (tmp_path / "record.json").write_bytes(b"\xff\xfe")
    with pytest.raises(Stopped) as error:
        load_record(tmp_path)
    assert slugs(error) == {"record-broken"}


def test_an_amount_changed_by_hand_is_found_even_where_all_adds_up(tmp_path: Path) -> None:
    save_record(synthetic_record(), tmp_path)
    with pytest.raises(Stopped) as error:
        load_record(edited(tmp_path, "Only documents dated", "All documents dated"))
    assert slugs(error) == {"record-changed"}


def test_a_record_that_contradicts_itself_is_never_written(tmp_path: Path) -> None:
    good = synthetic_record()
    grain = dataclasses.replace(good.grains[0], matched=good.grains[0].compared)
    first = dataclasses.replace(good.differences[0], difference="1.00", group="nowhere", follows_from=("X",))
    bad = dataclasses.replace(
        good, grains=(grain, *good.grains[1:]), differences=(first, *good.differences[1:-1])
    )
    with pytest.raises(Stopped) as error:
        save_record(bad, tmp_path)
    text = str(error.value)
    for words in ("all 26560 agree, yet 267 differ", "is not 1.00", '"nowhere"', '"X"', "by class it counts"):
        assert words in text
    assert slugs(error) == {"record-contradiction"}
    assert not list(tmp_path.iterdir())


def test_scenarios_must_be_accounted_for(tmp_path: Path) -> None:
    good = with_scenarios(synthetic_record())
    counts = dataclasses.replace(good.scenario_counts, executed=3)
    with pytest.raises(Stopped, match="3 scenarios are counted as executed, and 2 results"):
        save_record(dataclasses.replace(good, scenario_counts=counts), tmp_path)
    counts = dataclasses.replace(good.scenario_counts, not_executed=())
    with pytest.raises(Stopped, match="listed as not executed"):
        save_record(dataclasses.replace(good, scenario_counts=counts), tmp_path)


def test_an_amount_without_exact_decimals_is_kept_as_a_fraction(tmp_path: Path) -> None:
    good = synthetic_record(1, 0)
    thirds = [dataclasses.replace(d, expected="1/3", actual="1", difference="2/3") for d in good.differences]
    groups = tuple(dataclasses.replace(g, money={"USD": "2/3"}) for g in good.groups)
    record = dataclasses.replace(good, differences=tuple(thirds), groups=groups)
    assert load_record(save_record(record, tmp_path)) == record
    assert "+2/3" in page(record)


def test_what_is_no_amount_is_never_written(tmp_path: Path) -> None:
    good = synthetic_record()
    bad = dataclasses.replace(good.differences[0], expected="1e5")
    with pytest.raises(Stopped, match='"1e5" is not an exact amount'):
        save_record(dataclasses.replace(good, differences=(bad, *good.differences[1:])), tmp_path)


def test_every_known_row_is_listed_as_it_was_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = with_known(synthetic_record())
    save_record(good, tmp_path)
    assert load_record(tmp_path) == good
    with pytest.raises(Stopped, match="counts 2 known rows, and 1 are listed"):
        save_record(dataclasses.replace(good, accepted=good.accepted[:1]), tmp_path)
    other = dataclasses.replace(good.known[0], amount={"USD": "1.00"})
    with pytest.raises(Stopped, match="what was accepted is not the sum of its rows"):
        save_record(dataclasses.replace(good, known=(other, *good.known[1:])), tmp_path)
    unknown = dataclasses.replace(good.known[0], differences=("L1",))
    with pytest.raises(Stopped, match='stands for the unknown row "L1"'):
        save_record(dataclasses.replace(good, known=(unknown, *good.known[1:])), tmp_path)
    monkeypatch.setattr(record_module, "BIG", 1)
    save_record(good, tmp_path)
    assert (tmp_path / "record.accepted.parquet").is_file()
    assert load_record(tmp_path) == good


def test_the_lines_of_a_payout_must_add_up(tmp_path: Path) -> None:
    good = with_statement(synthetic_record())
    save_record(good, tmp_path)
    assert load_record(tmp_path) == good
    last = good.differences[-1]
    assert last.ours is not None
    short = dataclasses.replace(last, ours=dataclasses.replace(last.ours, lines=last.ours.lines[1:]))
    with pytest.raises(Stopped, match="the lines of its payout don't add up to the expected 100"):
        save_record(dataclasses.replace(good, differences=(*good.differences[:-1], short)), tmp_path)


def test_a_grain_follows_only_from_a_finer_one(tmp_path: Path) -> None:
    good = synthetic_record()
    lines, settlements = good.grains
    for grain, words in (
        (dataclasses.replace(settlements, follows_from="settlements"), "which is no finer grain"),
        (dataclasses.replace(settlements, follows_from=""), "follows from finer ones, and its grain doesn't"),
    ):
        with pytest.raises(Stopped, match=words):
            save_record(dataclasses.replace(good, grains=(lines, grain)), tmp_path)


def test_amounts_in_another_currency_are_kept_apart(tmp_path: Path) -> None:
    good = synthetic_record(1, 0)
    line, *rest = good.differences
    mixed = dataclasses.replace(
        line, class_="currency", actual="0.00", difference="2.20", other={"EUR": "2.20"}
    )
    group = dataclasses.replace(good.groups[0], class_="currency", money={"USD": "2.20", "EUR": "2.20"})
    grain = dataclasses.replace(good.grains[0], by_class={"currency": 1})
    settlement = dataclasses.replace(rest[0], actual="102.20", difference="2.20")
    second = dataclasses.replace(good.groups[1], money={"USD": "2.20"})
    record = dataclasses.replace(
        good, differences=(mixed, settlement), groups=(group, second), grains=(grain, good.grains[1])
    )
    assert load_record(save_record(record, tmp_path)) == record
    with pytest.raises(Stopped, match="its money is not the sum of its rows"):
        save_record(
            dataclasses.replace(record, differences=(dataclasses.replace(mixed, other={}), settlement)),
            tmp_path,
        )


def test_a_part_that_a_later_version_adds_changes_no_hash(tmp_path: Path) -> None:
    record = synthetic_record(5, 2)
    path = save_record(record, tmp_path)
    data = json.loads(path.read_text(encoding="utf-8"))
    # As an older version wrote it: without parts that it didn't know, and that are blank here.
    for name in ("statements", "performance", "flows", "tie_outs"):
        assert data.pop(name) == []
    for difference in data["differences"]:
        for name in ("trouble", "before", "other"):
            del difference[name]
    path.write_text(json.dumps(data), encoding="utf-8")
    assert load_record(path) == record
    # What is there can't be taken away or changed unnoticed.
    del data["differences"][0]["stage"]
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(Stopped) as stopped:
        load_record(path)
    assert "record-changed" in {p.slug for p in stopped.value.problems}


def test_the_hash_is_one_for_all_tables_whatever_lies_beside(tmp_path: Path) -> None:
    record = synthetic_record(40, 2)
    assert record_hash(record) == record_hash(dataclasses.replace(record))
    assert record_hash(record) != record_hash(dataclasses.replace(record, differences=record.differences[1:]))
    assert record_hash(record) != record_hash(dataclasses.replace(record, limits=()))
