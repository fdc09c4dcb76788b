"""`trueup verify`: every change of a package is named, and a hostile package reads nothing and breaks nothing."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.tests.evidence_packages import reseal, sealed, work

__all__ = ["sealed", "work"]
COPY = "inputs/harness/mappings/odoo_commission.yaml"


def test_a_whole_package(work: Path, trueup: Callable[..., Any]) -> None:
    ran = trueup("verify", "out")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Whole: ")
    assert "a green run is not an approval" in ran.out
    found = trueup("verify", "out", "--json").json
    assert (found["whole"], found["state"], found["findings"]) == (True, "draft", [])
    assert found["manifest_sha256"] == hashlib.sha256(Path("out/manifest.json").read_bytes()).hexdigest()


def test_it_travels(
    work: Path, tmp_path: Path, trueup: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "archive of 2026"
    shutil.copytree(work / "out", archive / "run")
    monkeypatch.chdir(archive)
    found = trueup("verify", "run", "--json").json
    reached = {
        i["path"] for i in json.loads((archive / "run/manifest.json").read_text("ascii"))["content"]["inputs"]
    }
    assert (found["whole"], set(found["inputs"]["not_reached"]) <= reached) == (True, True)
    assert found["inputs"]["not_reached"]
    found = trueup("verify", "run", "--inputs", work, "--json").json
    assert found["whole"]
    assert found["inputs"]["compared"] == found["inputs"]["of"] - len(found["inputs"]["not_reached"]) > 0


CHANGES: dict[str, tuple[Callable[[], Any], str]] = {
    "a byte of the report": (lambda: Path("out/index.html").write_text(Path("out/index.html").read_text("utf-8").replace("differ", "agreed", 1), "utf-8"), "changed: index.html"),
    "an amount": (lambda: Path("out/differences.csv").write_bytes(Path("out/differences.csv").read_bytes().replace(b"1", b"2", 1)), "changed: differences.csv"),
    "a row more": (lambda: Path("out/differences.csv").write_bytes(Path("out/differences.csv").read_bytes() + b"x\n"), "changed: differences.csv"),
    "an empty file": (lambda: Path("out/record.json").write_text(""), "changed: record.json"),
    "a copy of the policy": (lambda: Path("out", COPY).write_text("target: other\n"), f"changed: {COPY}"),
    "the list of hashes": (lambda: Path("out/SHA256SUMS").write_text("\n"), "changed: SHA256SUMS"),
    "a file gone": (lambda: Path("out/record.json").unlink(), "missing: record.json"),
    "a folder gone": (lambda: shutil.rmtree("out/inputs"), f"missing: {COPY}"),
    "a file more": (lambda: Path("out/notes.txt").write_text("x"), "added: notes.txt"),
    "a hidden file more": (lambda: Path("out/inputs/.x").write_text("x"), "added: inputs/.x"),
    "an input": (lambda: Path("harness/mappings/odoo_commission.yaml").write_text("target: other\n"), "input changed: harness/mappings/odoo_commission.yaml"),
    "the verdict in the manifest": (lambda: reseal(Path("out"), lambda d: d["content"]["verdict"].update(outcome="agrees")), "changed: manifest.json"),
    "a total in the manifest": (lambda: reseal(Path("out"), lambda d: d["content"]["grains"][0]["actual"].update(USD="1.00")), "doesn't add up: commission lines"),
    "a row count in the manifest": (lambda: reseal(Path("out"), lambda d: next(f for f in d["files"] if f["name"] == "differences.csv").update(rows=1)), "doesn't add up: differences.csv"),
    "a file out of the manifest": (lambda: reseal(Path("out"), lambda d: d["files"].pop(2)), "added: "),
    "another run in the manifest": (lambda: reseal(Path("out"), lambda d: d["circumstances"].update(run_id="x")), "doesn't add up: record.json"),
}  # fmt: skip


@pytest.mark.parametrize("how", CHANGES)
def test_what_was_changed_is_named(how: str, work: Path, trueup: Callable[..., Any]) -> None:
    change, words = CHANGES[how]
    change()
    ran = trueup("verify", "out")
    assert (ran.code, ran.err) == (1, "")
    assert any(line.startswith(words) for line in ran.out.splitlines()), ran.out
    assert trueup("verify", "out", "--json").json["whole"] is False


def test_a_record_that_was_rewritten_to_fit_its_hash_still_does_not_fit(
    work: Path, trueup: Callable[..., Any]
) -> None:
    # Whoever changes a figure, and the file's hash in list and manifest too, is found out by the record itself.
    record, sums = Path("out/record.json"), Path("out/SHA256SUMS")
    old = record.read_bytes()
    new = old.replace(b'"compared": 1', b'"compared": 2', 1)
    assert new != old
    record.write_bytes(new)
    old_hash, new_hash = (hashlib.sha256(b).hexdigest() for b in (old, new))
    sums.write_text(sums.read_text("utf-8").replace(old_hash, new_hash), "utf-8")

    def change(data: dict[str, Any]) -> None:
        for file in data["files"]:
            if file["name"] in ("record.json", "SHA256SUMS"):
                content = Path("out", file["name"]).read_bytes()
                file.update(sha256=hashlib.sha256(content).hexdigest(), bytes=len(content))

    reseal(Path("out"), change)
    ran = trueup("verify", "out")
    assert ran.code == 1
    assert "doesn't add up: record.json: the record was changed after it was written" in ran.out


# -- hostile and broken ------------------------------------------------------------------------------------
def edit(change: Callable[[dict[str, Any]], Any]) -> Callable[[], None]:
    return lambda: reseal(Path("out"), lambda d: (change(d), None)[1])


def raw(change: Callable[[bytes], bytes]) -> Callable[[], Any]:
    return lambda: Path("out/manifest.json").write_bytes(change(Path("out/manifest.json").read_bytes()))


def named(name: str) -> Callable[[], None]:
    return edit(lambda d: d["files"][0].update(name=name))


def link() -> None:
    Path("out/index.html").unlink()
    Path("out/index.html").symlink_to("/etc/passwd")


def linked_manifest() -> None:
    Path("out/manifest.json").rename("m")
    Path("out/manifest.json").symlink_to(Path("m").absolute())


BROKEN: dict[str, tuple[Callable[[], Any], str, str]] = {
    "no manifest": (lambda: Path("out/manifest.json").unlink(), "manifest-missing", "no evidence package"),
    "a way up": (named("../../secret"), "manifest-broken", "no name of a file inside"),
    "a way up in the middle": (named("inputs/../../secret"), "manifest-broken", "no name of a file inside"),
    "an absolute path": (named("/etc/passwd"), "manifest-broken", "no name of a file inside"),
    "a drive": (named("C:/secret"), "manifest-broken", "no name of a file inside"),
    "backslashes": (named("..\\secret"), "manifest-broken", "no name of a file inside"),
    "a NUL": (named("a\0b"), "manifest-broken", "no name of a file inside"),
    "a blank name": (named(""), "manifest-broken", "no name of a file inside"),
    "itself": (named("manifest.json"), "manifest-broken", "can't be sealed"),
    "a signature": (named("signoff.tester.json"), "manifest-broken", "can't be sealed"),
    "a copy outside": (edit(lambda d: d["content"]["inputs"][0].update(copy="../x")), "manifest-broken", "no name of a file inside"),
    "a name twice": (edit(lambda d: d["files"].append(d["files"][0])), "manifest-broken", "stands twice"),
    "a part twice": (raw(lambda text: text.replace(b'"files":', b'"files": [], "files":')), "manifest-broken", "stands twice in one object"),
    "no hash": (edit(lambda d: d["files"][0].update(sha256="abc")), "manifest-broken", "is no SHA-256"),
    "a wrong type": (edit(lambda d: d["files"][0].update(bytes="7")), "manifest-broken", "must be a whole number"),
    "true for a number": (edit(lambda d: d["files"][0].update(bytes=True)), "manifest-broken", "must be a whole number"),
    "a list for text": (edit(lambda d: d["content"].update(title=["x"])), "manifest-broken", "must be text"),
    "files that are no list": (edit(lambda d: d.update(files={})), "manifest-broken", "must be a list"),
    "an unknown part": (edit(lambda d: d.update(more=1)), "manifest-broken", "unknown part"),
    "a part missing": (edit(lambda d: d.pop("content")), "manifest-broken", "lacks the part"),
    "a binary fraction": (raw(lambda text: text.replace(b'"format": 1', b'"format": 1.0')), "manifest-broken", "binary fraction"),
    "a number of 5,000 digits": (raw(lambda text: b'{"format": ' + b"1" * 5_000 + b"}"), "manifest-broken", "more than 20 digits"),
    "another format": (edit(lambda d: d.update(format=99)), "manifest-format", "another format"),
    "true for the format": (edit(lambda d: d.update(format=True)), "manifest-format", "another format"),
    "cut off": (raw(lambda text: text[:700]), "manifest-broken", "isn't whole JSON"),
    "empty": (raw(lambda _: b""), "manifest-broken", "isn't whole JSON"),
    "a list": (raw(lambda _: b"[]"), "manifest-broken", "isn't a JSON object"),
    "not UTF-8": (raw(lambda _: b'{"format": "\xff"}'), "manifest-broken", "isn't UTF-8"),
    "nested too deep": (raw(lambda _: b"[" * 200_000), "manifest-broken", "nested too deep"),
    "a link for a file": (link, "package-foreign", "this is a link"),
    "a link for a folder": (lambda: Path("out/more").symlink_to("/etc"), "package-foreign", "this is a link"),
    "a link for the manifest": (linked_manifest, "package-foreign", "this is a link"),
    "a pipe": (lambda: os.mkfifo("out/pipe"), "package-foreign", "no ordinary file"),
}  # fmt: skip


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_or_hostile_package_is_one_problem(how: str, work: Path, trueup: Callable[..., Any]) -> None:
    change, slug, words = BROKEN[how]
    (work / "secret").write_text("secret", "utf-8")
    change()
    for ran in (
        trueup("verify", "out"),
        trueup(
            "sign", "out", "--as", "tester", "--statement", "x", "--key", "ana", "--signers", "signers.txt"
        ),
    ):
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.count(f"[{slug}]") == 1, ran.err
        assert words in ran.err
        assert "1 problem." in ran.err
    assert not Path("out/signoff.tester.json").exists()


def test_a_manifest_that_is_too_large_is_not_read(
    work: Path, trueup: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.evidence.manifest_reading.LARGEST", 1_000)
    ran = trueup("verify", "out")
    assert ran.code == 2
    assert "more than 1,000 bytes" in ran.err


@pytest.mark.parametrize(
    "path", ["../../../../../../etc/passwd", "/etc/passwd", "linked/passwd", "a\0b", "pipe", ""]
)
def test_an_input_outside_the_given_folder_is_never_read(
    path: str, work: Path, trueup: Callable[..., Any]
) -> None:
    (work / "linked").symlink_to("/etc")
    os.mkfifo(work / "pipe")
    reseal(work / "out", lambda d: d["content"]["inputs"][0].update(path=path))
    found = trueup("verify", "out", "--inputs", ".", "--json").json
    assert path in found["inputs"]["not_reached"]
    assert "input changed" not in {f["kind"] for f in found["findings"]}


def test_names_that_a_terminal_would_obey_are_shown_as_text(work: Path, trueup: Callable[..., Any]) -> None:
    names = ("\x1b[2J\x1b[31mevil", "a\nWhole: all is well", "\u202egnp.exe", os.fsdecode(b"bad\xff"))
    for name in names:
        (work / "out" / name).write_text("x", "utf-8")
    ran = trueup("verify", "out")
    assert ran.code == 1
    assert sum(line.startswith("added: ") for line in ran.out.splitlines()) == len(names)
    assert "\x1b" not in ran.out
    assert "\u202e" not in ran.out
    assert not any(line.startswith("Whole") for line in ran.out.splitlines())
    assert {f["name"] for f in trueup("verify", "out", "--json").json["findings"]} == set(names)


@pytest.mark.parametrize("where", ["nowhere", "signers.txt", "scenarios"])
def test_no_package(where: str, work: Path, trueup: Callable[..., Any]) -> None:
    ran = trueup("verify", where)
    assert (ran.code, ran.out) == (2, "")
    assert "[manifest-missing]" in ran.err


def test_the_report_of_a_sealed_folder_stays_as_it_is(work: Path, trueup: Callable[..., Any]) -> None:
    before = Path("out/index.html").read_bytes()
    for given in ("out", "out/record.json"):
        ran = trueup("report", given)
        assert ran.code == 0
        assert "sealed and unchanged" in ran.out
        assert "Sign-off sheet: out/signoff.html, draft" in ran.out
    assert Path("out/index.html").read_bytes() == before
    assert trueup("verify", "out").code == 0
    ran = trueup("report", "out", "--since", "out")
    assert (ran.code, "[out-sealed]" in ran.err) == (2, True)
    assert trueup("report", "out", "--out", "again").code == 0
    assert "[manifest-missing]" in trueup("verify", "again").err, "a drawing is no evidence"
