"""Sign-off: two people in their order, each with their own key; whatever changes afterwards takes their names away."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.evidence.signing_keys import PASSPHRASE, new_key, read_key
from harness.evidence.signing_sshsig import NotASignature, sign, signer_of
from harness.tests.evidence_packages import ANA, BOB, RECONCILE, sealed, work
from reference_engine.problems import Stopped

__all__ = ["sealed", "work"]
TESTER = ("--as", "tester", "--statement", "All differences were reviewed.")
APPROVER = ("--as", "approver", "--statement", "Accepted for go-live.")
CONDITION = ("--condition", "The sign of credit notes is mended before March (SPM-318).")
LISTED = ("--signers", "signers.txt")
needs_ssh_keygen = pytest.mark.skipif(
    shutil.which("ssh-keygen") is None, reason="no ssh-keygen on this machine"
)


@pytest.fixture
def do(trueup: Callable[..., Any]) -> Callable[..., Any]:
    """Signs the package `out` as somebody; the exit code must be 0."""

    def signed(*words: str | Path, key: str, listed: tuple[str, ...] = LISTED) -> Any:
        ran = trueup("sign", "out", *words, "--key", key, *listed)
        assert ran.code == 0, ran.err
        return ran

    return signed


@pytest.fixture
def approved(work: Path, do: Callable[..., Any]) -> Path:
    """The package, signed by both."""
    do(*TESTER, key="ana")
    do(*APPROVER, *CONDITION, key="bob")
    return work


def refused(ran: Any, words: str, slug: str = "signoff-refused") -> None:
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count(f"[{slug}]") == 1, ran.err
    assert words in ran.err
    assert "Traceback" not in ran.err


def test_draft_tested_approved(
    work: Path, trueup: Callable[..., Any], do: Callable[..., Any], kept: Callable[[Path], dict[str, bytes]]
) -> None:
    before = kept(work / "out")
    assert trueup("verify", "out", *LISTED, "--json").json["state"] == "draft"
    do(*TESTER, key="ana")
    assert trueup("verify", "out", *LISTED, "--json").json["state"] == "tested"
    do(*APPROVER, *CONDITION, key="bob")
    ran = trueup("verify", "out", *LISTED, "--json")
    assert (ran.code, ran.json["state"], ran.json["void"]) == (0, "approved", [])
    one, other = ran.json["signatures"]
    assert (one["name"], one["email"], one["role"], one["statement"], one["known"]) == (
        "Ana Ruiz",
        ANA,
        "tester",
        TESTER[3],
        True,
    )
    assert (other["name"], other["role"], other["conditions"]) == ("Bob Okafor", "approver", [CONDITION[1]])
    assert one["signed"] <= other["signed"]
    after = kept(work / "out")
    assert {n: after[n] for n in before} == before, "signing changes no signed file"
    text = trueup("verify", "out", *LISTED).out
    assert "Signed by Bob Okafor <bob@example.com> as approver" in text
    assert "on the condition: The sign" in text
    assert "Sign-off: approved, on 1 condition." in text


def test_a_sheet_that_shows_other_signatures_is_told(approved: Path, trueup: Callable[..., Any]) -> None:
    assert trueup("verify", "out", *LISTED, "--json").json["other_sheet"] is False
    assert trueup("verify", "out", "--signers", Path("signers.txt").resolve(), "--json").json["other_sheet"] is False
    sheet = Path("out/signoff.html")
    sheet.write_text(sheet.read_text("utf-8").replace("Bob Okafor", "Mia Stone"), "utf-8")
    ran = trueup("verify", "out", *LISTED)
    assert (ran.code, "Not proved: signoff.html isn't the sheet of these signatures" in ran.out) == (0, True)
    assert trueup("report", "out", *LISTED).code == 0
    assert "Not proved" not in trueup("verify", "out", *LISTED).out


def test_later_runs_are_compared_with_the_approved_one(
    work: Path, trueup: Callable[..., Any], do: Callable[..., Any]
) -> None:
    Path("history").mkdir()
    assert trueup(*RECONCILE, "--out", "out").code == 1
    (kept_run,) = Path("history").iterdir()
    do(*TESTER, key="ana")
    assert not (kept_run / "accepted.txt").exists(), "tested is not accepted"
    assert "compared with" in do(*APPROVER, *CONDITION, key="bob").out
    assert (kept_run / "accepted.txt").read_text("utf-8") == "Bob Okafor\n"
    assert trueup(*RECONCILE, "--out", "again").code == 1
    record = json.loads(Path("again/record.json").read_text("utf-8"))
    since = record["circumstances"]["history"]["since"]
    assert (since["run"]["run_id"], since["chosen"]) == (kept_run.name, "the last accepted run")
    assert trueup("verify", "again").code == 0


@needs_ssh_keygen
def test_openssh_checks_the_signatures_without_trueup(approved: Path) -> None:
    for role, email, other in (("tester", ANA, BOB), ("approver", BOB, ANA)):
        statement = Path(f"out/signoff.{role}.json")
        words = [
            "ssh-keygen",
            "-Y",
            "verify",
            "-f",
            "signers.txt",
            "-n",
            "trueup-signoff",
            "-s",
            f"{statement}.sig",
            "-I",
        ]
        good = subprocess.run([*words, email], input=statement.read_bytes(), capture_output=True, check=False)
        assert good.returncode == 0, good.stderr
        for wrong, text in ((other, statement.read_bytes()), (email, statement.read_bytes() + b" ")):
            assert (
                subprocess.run([*words, wrong], input=text, capture_output=True, check=False).returncode != 0
            )
        assert (
            json.loads(statement.read_text("ascii"))["manifest_sha256"]
            == hashlib.sha256(Path("out/manifest.json").read_bytes()).hexdigest()
        )


@needs_ssh_keygen
def test_a_signature_that_openssh_made_counts(
    work: Path, trueup: Callable[..., Any], do: Callable[..., Any]
) -> None:
    # A key on a token or in an agent never leaves it: ssh-keygen signs the statement that trueup wrote.
    do(*TESTER, key="ana")
    Path("out/signoff.tester.json.sig").unlink()
    assert trueup("verify", "out", *LISTED).code == 1
    subprocess.run(
        ["ssh-keygen", "-q", "-Y", "sign", "-f", "ana", "-n", "trueup-signoff", "out/signoff.tester.json"],
        check=True,
        capture_output=True,
    )
    assert trueup("verify", "out", *LISTED, "--json").json["state"] == "tested"


# -- who may sign --------------------------------------------------------------------------------------------
def test_the_tester_signs_first(work: Path, trueup: Callable[..., Any]) -> None:
    refused(
        trueup("sign", "out", *APPROVER, *CONDITION, "--key", "bob", *LISTED), "the tester hasn't signed yet"
    )


def test_a_red_run_is_approved_only_on_a_condition(
    work: Path, trueup: Callable[..., Any], do: Callable[..., Any]
) -> None:
    do(*TESTER, key="ana")
    refused(
        trueup("sign", "out", *APPROVER, "--key", "bob", *LISTED),
        "the run is red, and no condition is stated",
    )
    refused(trueup("sign", "out", *APPROVER, "--condition", " ", "--key", "bob", *LISTED), "it is blank")
    assert trueup("verify", "out", *LISTED, "--json").json["state"] == "tested"


@pytest.mark.parametrize(
    ("name", "email", "key", "words"),
    [
        ("Ana Ruiz", "other@example.com", "bob", "the tester's name"),
        ("ANA  RUIZ", "other@example.com", "bob", "the tester's name"),
        ("\uff21na Ruiz", "other@example.com", "bob", "the tester's name"),
        ("An\u200ba Ruiz", "other@example.com", "bob", "the tester's name"),
        ("Bob Okafor", "Ana@Example.com", "bob", "the tester's address"),
        ("Bob Okafor", "ana\u2060@example.com", "bob", "the tester's address"),
        ("Bob Okafor", BOB, "ana", "the tester's key"),
    ],
)
def test_nobody_approves_their_own_work(
    name: str,
    email: str,
    key: str,
    words: str,
    work: Path,
    trueup: Callable[..., Any],
    do: Callable[..., Any],
) -> None:
    do(*TESTER, "--name", "Ana Ruiz", "--email", ANA, key="ana", listed=())
    refused(
        trueup("sign", "out", *APPROVER, *CONDITION, "--name", name, "--email", email, "--key", key), words
    )


def test_the_list_says_who_may_sign_as_what(
    work: Path, trueup: Callable[..., Any], do: Callable[..., Any]
) -> None:
    refused(trueup("sign", "out", *TESTER, "--key", "bob", *LISTED), "Bob Okafor may not sign as tester")
    refused(trueup("sign", "out", *TESTER, "--key", "eve", *LISTED), "your key isn't in the list of signers")
    refused(
        trueup("sign", "out", *TESTER, "--key", "ana", *LISTED, "--name", "Bob Okafor"),
        "this key is Ana Ruiz's",
    )
    refused(trueup("sign", "out", *TESTER, "--key", "ana"), "nothing says who signs")
    assert not Path("out/signoff.tester.json").exists()


def test_each_signs_once(
    approved: Path, trueup: Callable[..., Any], kept: Callable[[Path], dict[str, bytes]]
) -> None:
    before = kept(approved)
    refused(trueup("sign", "out", *TESTER, "--key", "ana", *LISTED), "Ana Ruiz signed as tester on")
    refused(
        trueup("sign", "out", *APPROVER, *CONDITION, "--key", "bob", *LISTED),
        "Bob Okafor signed as approver on",
    )
    assert kept(approved) == before


def test_a_changed_package_is_not_signed(
    work: Path, trueup: Callable[..., Any], do: Callable[..., Any]
) -> None:
    do(*TESTER, key="ana")
    Path("out/differences.csv").write_text("all is well\n", "utf-8")
    refused(trueup("sign", "out", *APPROVER, *CONDITION, "--key", "bob", *LISTED), "changed: differences.csv")


# -- void -------------------------------------------------------------------------------------------------
def tamper(who: str, /, **changes: Any) -> Callable[[], None]:
    def change() -> None:
        file = Path(f"out/signoff.{who}.json")
        file.write_text(json.dumps(json.loads(file.read_text("ascii")) | changes), "ascii")

    return change


def forge(**changes: Any) -> Callable[[], None]:
    """The approver signs, by hand and past trueup, a statement that trueup wouldn't have made."""

    def change() -> None:
        file = Path("out/signoff.approver.json")
        content = json.dumps(json.loads(file.read_text("ascii")) | changes).encode("ascii")
        file.write_bytes(content)
        Path(f"{file}.sig").write_text(sign(read_key(Path("bob"), lambda: None), content), "ascii")

    return change


VOID: dict[str, tuple[Callable[[], Any], str]] = {
    "a byte of a result": (lambda: Path("out/index.html").write_bytes(Path("out/index.html").read_bytes() + b" "), "the package was changed after it was signed"),
    "a file more": (lambda: Path("out/more").write_text(""), "the package was changed after it was signed"),
    "a blank in the manifest": (lambda: Path("out/manifest.json").write_bytes(Path("out/manifest.json").read_bytes() + b" "), "the manifest was changed since"),
    "the statement": (tamper("tester", statement="I saw nothing."), "the statement was changed after it was signed"),
    "the conditions": (tamper("approver", conditions=[]), "the statement was changed after it was signed"),
    "the name": (tamper("approver", name="Ana Ruiz"), "the statement was changed after it was signed"),
    "the tester's part gone": (lambda: Path("out/signoff.tester.json").unlink(), "the tester's signature that it stands on is gone"),
    "a signature gone": (lambda: Path("out/signoff.approver.json.sig").unlink(), "there is no signature beside"),
    "a signature damaged": (lambda: Path("out/signoff.tester.json.sig").write_text("-----BEGIN SSH SIGNATURE-----\nU1NIU0lHAAAAAQ==\n-----END SSH SIGNATURE-----\n"), "the signature is damaged"),
    "signatures swapped": (lambda: shutil.copy("out/signoff.tester.json.sig", "out/signoff.approver.json.sig"), "the statement was changed after it was signed, or"),
    "a statement that is no JSON": (lambda: Path("out/signoff.tester.json").write_text("{"), "isn't whole JSON"),
    "a statement of wrong types": (tamper("tester", conditions="none"), "must be a list"),
    "a statement of another format": (tamper("tester", format=2), "has a format that this trueup doesn't read"),
    "another role": (tamper("tester", role="approver"), "the statement says that it is the approver's"),
    "a red run without a condition": (forge(conditions=[]), "a red run was approved without a condition"),
    "the tester's name again": (forge(name="Ana Ruiz"), "tester and approver are the same person"),
    "another package": (forge(manifest_sha256="0" * 64), "it was signed for another package"),
    "another verdict": (forge(verdict={"outcome": "agrees", "sentence": "All agree.", "exit_code": 0}), "another run or verdict"),
    "before the tester": (forge(signed="2000-01-01T00:00:00Z"), "a time before"),
    "no time": (forge(signed="yesterday"), "the statement has no time"),
    "on another statement of the tester": (forge(after_sha256="0" * 64), "it stands on another statement of the tester"),
    "another key than it names": (forge(key="ssh-ed25519 AAAA"), "by another key than the statement names"),
    "a name that the list doesn't have": (forge(name="Bob the Great"), "its key is Bob Okafor's"),
}  # fmt: skip


@pytest.mark.parametrize("how", VOID)
def test_what_makes_a_sign_off_void(how: str, approved: Path, trueup: Callable[..., Any]) -> None:
    change, words = VOID[how]
    change()
    ran = trueup("verify", "out", *LISTED, "--json")
    assert (ran.code, ran.json["state"]) == (1, "void")
    assert any(words in fault for fault in ran.json["void"]), ran.json["void"]
    assert "Sign-off: void." in trueup("verify", "out", *LISTED).out


LISTS: dict[str, tuple[Callable[[str], str], str]] = {
    "a signer gone": (
        lambda text: "".join(line for line in text.splitlines(True) if "Bob" not in line),
        "its key isn't in signers.txt",
    ),
    "another role": (
        lambda text: text.replace(" approver ", " tester "),
        "Bob Okafor may not sign as approver",
    ),
    "a key that counts later": (
        lambda text: text.replace("bob@example.com ", 'bob@example.com valid-after="20990101" '),
        "its key didn't count at that time",
    ),
    "a key that counted before": (
        lambda text: text.replace("bob@example.com ", 'bob@example.com valid-before="20200101000000Z" '),
        "its key didn't count at that time",
    ),
}


@pytest.mark.parametrize("how", LISTS)
def test_signatures_of_people_who_are_not_on_the_list(
    how: str, approved: Path, trueup: Callable[..., Any]
) -> None:
    change, words = LISTS[how]
    text = Path("signers.txt").read_text("utf-8")
    assert change(text) != text
    Path("signers.txt").write_text(change(text), "utf-8")
    ran = trueup("verify", "out", *LISTED, "--json")
    assert (ran.code, ran.json["state"]) == (1, "void")
    assert any(words in fault for fault in ran.json["void"]), ran.json["void"]


def test_without_a_list_nobody_is_taken_at_their_word(
    work: Path, trueup: Callable[..., Any], do: Callable[..., Any]
) -> None:
    ran = do(*TESTER, "--name", "The CFO", "--email", "cfo@example.com", key="eve", listed=())
    assert "Nobody can tell yet whose key this is" in ran.out
    ran = trueup("verify", "out")
    assert ran.code == 0
    assert "Not checked: whose keys these are" in ran.out
    assert trueup("verify", "out", *LISTED).code == 1


def test_stopped_in_the_middle_of_signing_leaves_it_unsigned(
    work: Path, trueup: Callable[..., Any], do: Callable[..., Any], start: Callable[..., Any]
) -> None:
    probe = f"""
import os, signal, sys
import harness.evidence.signing as s
write = s.write_beside
s.write_beside = lambda path, content: (write(path, content), os.kill(os.getpid(), signal.SIGKILL))
from harness.cli.main import main
main({["sign", "out", *TESTER, "--key", "ana", *LISTED]!r})
"""
    process = start(cwd=work, probe=probe)
    process.communicate(timeout=60)
    assert process.returncode == -9
    assert trueup("verify", "out", *LISTED, "--json").json["state"] == "draft"
    do(*TESTER, key="ana")
    assert trueup("verify", "out", *LISTED, "--json").json["state"] == "tested"


def test_a_signature_that_cannot_be_written(
    work: Path, trueup: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("out/signoff.tester.json").mkdir()
    ran = trueup("sign", "out", *TESTER, "--key", "ana", *LISTED)
    refused(ran, "the signature can't be written", "out-unwritable")
    Path("out/signoff.tester.json").rmdir()
    assert trueup("verify", "out", *LISTED, "--json").json["state"] == "draft"


# -- keys and lists --------------------------------------------------------------------------------------------
def test_a_new_key(work: Path, trueup: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    ran = trueup("sign", "--new-key", "mine", "--name", "Mia Stone", "--email", "mia@example.com")
    assert "mia@example.com ssh-ed25519 AAAA" in ran.out
    assert Path("mine").stat().st_mode & 0o777 == 0o600
    assert "no passphrase" in ran.err
    before = Path("mine").read_bytes()
    refused(trueup("sign", "--new-key", "mine"), "there is a file of this name already", "key-exists")
    assert Path("mine").read_bytes() == before
    Path("mine").unlink()
    refused(trueup("sign", "--new-key", "mine"), "there is a file of this name already", "key-exists")
    assert not Path("mine").exists(), "half a pair is no key"


def test_a_passphrase_comes_from_the_environment_only(
    work: Path, trueup: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSPHRASE, "correct horse")
    public = new_key(Path("locked"), "correct horse")
    Path("signers.txt").write_text(f"{ANA} {public} tester Ana Ruiz\n", "utf-8")
    arguments = ("sign", "out", *TESTER, "--key", "locked", *LISTED)
    monkeypatch.setenv(PASSPHRASE, "wrong")
    refused(trueup(*arguments), "the passphrase is wrong", "key-unreadable")
    monkeypatch.delenv(PASSPHRASE)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    refused(trueup(*arguments), "this key has a passphrase", "key-locked")
    monkeypatch.setenv(PASSPHRASE, "correct horse")
    ran = trueup(*arguments)
    assert ran.code == 0, ran.err
    assert "correct horse" not in ran.out + ran.err


@needs_ssh_keygen
def test_keys_of_other_tools(work: Path, trueup: Callable[..., Any]) -> None:
    for kind, more in (("ed25519", []), ("rsa", ["-b", "1024"]), ("ecdsa", [])):
        subprocess.run(["ssh-keygen", "-q", "-t", kind, *more, "-N", "", "-f", f"key_{kind}"], check=True)
    assert (
        trueup("sign", "out", *TESTER, "--key", "key_ed25519", "--name", "A", "--email", "a@example.com").code
        == 0
    )
    for kind in ("rsa", "ecdsa"):
        refused(
            trueup("sign", "out", *TESTER, "--key", f"key_{kind}", "--name", "A", "--email", "a@example.com"),
            "isn't an Ed25519 key",
            "key-kind",
        )


def test_a_key_in_pem_form(work: Path, do: Callable[..., Any]) -> None:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = read_key(Path("ana"), lambda: None)
    Path("ana.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    Path("ana.pem").chmod(0o600)
    do(*TESTER, key="ana.pem")


@pytest.mark.parametrize(
    ("make", "slug", "words"),
    [
        (lambda: Path("k").chmod(0o644), "key-open", "other users of this machine may read this key"),
        (lambda: Path("k").unlink(), "key-unreadable", "can't be read"),
        (lambda: Path("k").write_bytes(Path("k").read_bytes()[:150]), "key-unreadable", "damaged"),
        (lambda: Path("k").write_text("hello"), "key-unreadable", "no private key"),
        (lambda: Path("k").write_bytes(Path("ana.pub").read_bytes()), "key-unreadable", "no private key"),
    ],
)
def test_a_key_that_cannot_be_used(
    make: Callable[[], Any], slug: str, words: str, work: Path, trueup: Callable[..., Any]
) -> None:
    shutil.copy("ana", "k")
    Path("k").chmod(0o600)
    make()
    refused(trueup("sign", "out", *TESTER, "--key", "k", *LISTED), words, slug)


KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFv2N729EpUey5VXldWzA5/K8SNmkBW+U6vUxTkfid/4"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 0, "names nobody"),
        ("# nobody\n\n", 0, "names nobody"),
        ("ana@example.com\n", 1, "isn't email, Ed25519 key, role and name"),
        (f"ana@example.com {KEY}\n", 1, "isn't email"),
        (f"ana@example.com {KEY} tester\n", 1, "isn't email"),
        (f"ana@example.com {KEY} boss Ana\n", 1, '"boss" is no role'),
        (f"*@example.com {KEY} tester Ana\n", 1, "address of one person"),
        (f"ana@example.com cert-authority {KEY} tester Ana\n", 1, "isn't understood"),
        (f'ana@example.com namespaces="git" {KEY} tester Ana\n', 1, "isn't understood"),
        ("ana@example.com ssh-rsa AAAA tester Ana\n", 1, "isn't email"),
        ("ana@example.com ssh-ed25519 AAAA tester Ana\n", 1, "the key is damaged"),
        (
            f"\nana@example.com {KEY} tester Ana\nbob@example.com {KEY} approver Bob\n",
            3,
            "this key stands in line 2",
        ),
    ],
)
def test_a_list_with_a_slip_says_where(
    text: str, line: int, words: str, work: Path, trueup: Callable[..., Any]
) -> None:
    Path("list").write_text(text, "utf-8")
    ran = trueup("verify", "out", "--signers", "list")
    refused(ran, words, "signers")
    assert f"list:{line}:" in ran.err if line else "list: " in ran.err


def test_a_signature_for_another_use_is_none(work: Path) -> None:
    key = read_key(Path("ana"), lambda: None)
    text = sign(key, b"x")
    assert signer_of(text, b"x")
    with pytest.raises(NotASignature, match="changed after it was signed"):
        signer_of(text, b"y")
    if shutil.which("ssh-keygen"):
        Path("m").write_bytes(b"x")
        subprocess.run(
            ["ssh-keygen", "-q", "-Y", "sign", "-f", "ana", "-n", "git", "m"], check=True, capture_output=True
        )
        with pytest.raises(NotASignature, match="another use"):
            signer_of(Path("m.sig").read_text("ascii"), b"x")


def test_a_key_that_is_readable_is_refused_before_it_is_read(work: Path) -> None:
    Path("ana").chmod(0o640)
    with pytest.raises(Stopped, match="may read this key"):
        read_key(Path("ana"), lambda: None)
