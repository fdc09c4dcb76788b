"""A masked copy: nobody's name in any byte of it, the same person under the same pseudonym, and a verdict that stays true."""

from __future__ import annotations

import base64
import dataclasses
import gzip
import re
from pathlib import Path

import pytest

from reports.masked_text import Words, hidden_amounts
from reports.masking import Mask, Masked, What
from reports.people_found import People
from reports.record import RunRecord, contradictions, save_record
from reports.record_check import number
from reports.site import draw
from reports.tests.synthetic import synthetic_record
from reports.tests.synthetic_known import with_known
from reports.tests.synthetic_scenarios import with_scenarios

NAMES = ("Ana Ruiz", "ANA RUIZ", "Ruiz, Ana", "ana.ruiz", "Ben Ode", "E271")


def named() -> RunRecord:
    """A record that names people wherever somebody may write one."""
    record = with_known(with_scenarios(synthetic_record(24, 3)))
    first = record.differences[1]
    assert first.ours is not None
    assert first.theirs is not None
    theirs = dataclasses.replace(
        first.theirs,
        row={
            **first.theirs.row,
            "rep name": "Ruiz, Ana",
            "remark": "ask Zoe Quill",
            "mail": "ana.ruiz@example.com",
        },
    )
    ours = dataclasses.replace(
        first.ours, sentences=('Credited to "271" as the owner.', "ANA RUIZ earns 4.51 USD, 2.25% of it.")
    )
    rows = (
        record.differences[0],
        dataclasses.replace(first, ours=ours, theirs=theirs),
        *record.differences[2:],
    )
    payouts = (dataclasses.replace(record.payouts[0], payee="271", name="Ana Ruiz"), *record.payouts[1:])
    inputs = (dataclasses.replace(record.inputs[0], path="data/ana_ruiz.csv"), *record.inputs[1:])
    return dataclasses.replace(record, differences=rows, payouts=payouts, inputs=inputs)


def every_byte(folder: Path) -> str:
    """All files of a folder as text, with what is packed in a page unpacked."""
    texts = []
    for path in folder.rglob("*"):
        if path.is_file():
            text = path.read_bytes().decode("utf-8", "replace")
            packed = re.findall(r'data-part="[^"]+">([^<]+)<|,"([A-Za-z0-9+/=]{20,})"\);', text)
            texts += [
                text,
                *(gzip.decompress(base64.b64decode(a or b)).decode("utf-8", "replace") for a, b in packed),
            ]
    return "\n".join(texts)


@pytest.mark.parametrize("what", ["names", "names,amounts"])
@pytest.mark.parametrize("form", ["file", "folder"])
def test_nobody_is_named_in_any_byte(tmp_path: Path, what: What, form: str) -> None:
    masked = Masked(named(), Mask(what, "secret"))
    assert contradictions(masked.record) == []
    save_record(masked.record, tmp_path)
    draw(masked.record, tmp_path, "folder" if form == "folder" else "file")
    text = every_byte(tmp_path)
    for name in (*NAMES, "Zoe Quill", "@example.com", "laptop"):
        assert name.casefold() not in text.casefold(), name
    assert not re.search(r'"271"|\bpayee 271\b', text)
    assert ("4.51 USD" in text) == (what == "names")
    assert "2.25%" in text


def test_one_person_has_one_pseudonym_with_the_same_key() -> None:
    copies = [Masked(named(), Mask("names", key)) for key in ("one", "one", "two", "")]
    first, again, other, numbered = (copy.record.differences[1] for copy in copies)
    assert first == again
    assert first.key["person"] != other.key["person"]
    assert first.ours is not None
    assert first.key["person"] == first.ours.payee == copies[0].record.payouts[0].payee
    assert first.ours.payee in first.ours.sentences[1]
    assert first.key["person"] != copies[0].record.differences[2].key["person"]
    assert re.fullmatch(r"Payee \d+", numbered.key["person"])
    assert "this copy only" in copies[3].record.limits[0]


def test_counts_classes_and_verdict_stay_and_amounts_scale_together() -> None:
    record = named()
    masked = Masked(record, Mask("names,amounts", "secret"))
    copy = masked.record
    assert copy.verdict.sentence == record.verdict.sentence
    assert [g.by_class for g in copy.grains] == [g.by_class for g in record.grains]
    assert "names and amounts masked" in copy.identity.title
    for old, new in zip(record.differences, copy.differences, strict=True):
        assert new.difference != old.difference
        assert number(new.difference) == number(old.difference) * masked.factor


def test_words_are_replaced_as_whole_names_only() -> None:
    words = Words({"Ana Ruiz": "P-1", "270": "P-2", "A": "P-3", "<img src=x>": "P-4"})
    assert (
        words.replaced('Ana Ruizo; ana ruiz: "270" of 270.00 USD; A sale of <img src=x>')
        == 'Ana Ruizo; P-1: "P-2" of 270.00 USD; A sale of P-4'
    )
    assert words.replaced("payee A, payee 270, rank 270") == "payee P-3, payee P-2, rank 270"


def test_amounts_in_sentences_are_left_out_and_rates_stay() -> None:
    text = "10,471.52 USD x 1.1% = 115.18672 USD on 2026-03-06, \u22124.51 EUR, USD 5, 267 of 26,560 lines, 12 EUR"
    assert (
        hidden_amounts(text) == "# USD x 1.1% = # USD on 2026-03-06, # EUR, USD 5, 267 of 26,560 lines, # EUR"
    )


def test_codes_and_names_that_meet_are_one_person() -> None:
    people = People()
    people.same("276", "E282")
    people.same("E282", "Linda")
    people.same("277")
    assert people.one("Linda") == people.one("276") == "276"
    assert people.one("277") == "277"
    people.called("277", "Linda")
    assert people.one("277") != people.one("276"), "two people may have one name"
