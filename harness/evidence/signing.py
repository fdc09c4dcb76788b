"""Sign-off: two people put their names to one package, and whoever changes a byte of it takes their names away.

Each signs a short statement that names the manifest by its hash; the manifest names every file by its own.  The
approver's statement names the tester's too.  The signatures lie beside the package's files and change none of them.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from harness.evidence.manifest_reading import read_json, read_part
from harness.evidence.manifest_types import STATEMENTS, Manifest
from harness.evidence.signing_keys import public_text
from harness.evidence.signing_signers import Signers, same_name
from harness.evidence.signing_sshsig import NotASignature, fingerprint, public_blob, sign, signer_of
from reference_engine.problems import Problem, Stopped, Where
from reports.record import write_beside
from reports.record_reading import plain
from reports.record_types import Verdict
from reports.signoff_types import Role, Signature, SignOff, State

FORMAT = 1
LARGEST = 1_000_000
GREEN = ("agrees", "passed", "calculated")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")


@dataclass(frozen=True, slots=True)
class Statement:
    """What a signer signs.  after_sha256: of the tester's statement, in the approver's; blank in the tester's own."""

    role: Role
    name: str
    email: str
    statement: str
    conditions: tuple[str, ...]
    signed: str
    key: str
    title: str
    run_id: str
    verdict: Verdict
    manifest_sha256: str
    content_sha256: str
    after_sha256: str = ""


@dataclass(frozen=True, slots=True)
class _Read:
    """A statement with its bytes and the key that its signature is of."""

    statement: Statement
    content: bytes
    key: bytes
    faults: tuple[str, ...]


def sign_package(
    folder: Path,
    manifest: Manifest,
    fingerprint_of_manifest: str,
    signoff: SignOff,
    key: Ed25519PrivateKey,
    role: Role,
    who: tuple[str, str],
    words: tuple[str, Sequence[str]],
) -> Statement:
    """Adds a signature to a package that was just verified as whole.  Raises Stopped where the person may not sign.

    signoff: what is signed already.  who: name and address.  words: statement and conditions.
    """
    name, email = who
    text, conditions = words[0].strip(), tuple(c.strip() for c in words[1])
    blob = public_blob(key.public_key())
    _check_words(text, conditions)
    _check_turn(folder, role, signoff, manifest.content.verdict, conditions)
    after = ""
    if role == "approver":
        tester = next(s for s in signoff.signatures if s.role == "tester")
        _check_segregation(folder, tester, name, email, fingerprint(blob))
        after = hashlib.sha256((folder / STATEMENTS["tester"]).read_bytes()).hexdigest()
    statement = Statement(
        role,
        name,
        email,
        text,
        conditions,
        f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        public_text(blob),
        manifest.content.title,
        manifest.circumstances.run_id,
        manifest.content.verdict,
        fingerprint_of_manifest,
        manifest.content_sha256,
        after,
    )
    content = (json.dumps({"format": FORMAT, **plain(statement)}, ensure_ascii=True, indent=1) + "\n").encode(
        "ascii"
    )
    file = folder / STATEMENTS[role]
    # The signature goes first: whoever is stopped in between hasn't signed, and may sign again.
    write_beside(file.with_name(file.name + ".sig"), sign(key, content).encode("ascii"))
    write_beside(file, content)
    return statement


def sign_off(
    manifest: Manifest, manifest_sha256: str, files: dict[str, Path], signers: Signers | None, *, whole: bool
) -> SignOff:
    """Who signed the package, and whether it holds.  whole: whether the package's files are as the manifest says."""
    read: dict[Role, _Read] = {}
    faults: list[str] = []
    for role, name in STATEMENTS.items():
        try:
            found = _read(role, name, files)
        except Stopped as stopped:
            faults.append(f"{role}: {name}: {stopped.problems[0].what}")
            continue
        if found is not None:
            read[found.statement.role] = found
    signatures: list[Signature] = []
    for role, one in read.items():
        own = [*one.faults, *_faults(one.statement, manifest, manifest_sha256)]
        known, unknown = _known(one, signers)
        own += unknown
        if role == "approver":
            own += _pair_faults(one, read.get("tester"))
        if not whole:
            own.append("the package was changed after it was signed")
        signatures.append(_signature(one, known, own))
    faults += [f"{s.role}: {f}" for s in signatures for f in s.faults]
    state: State = "draft"
    if faults:
        state = "void"
    elif "approver" in read:
        state = "approved"
    elif "tester" in read:
        state = "tested"
    return SignOff(state, tuple(signatures), manifest_sha256, tuple(faults), signers.file if signers else "")


def _broken(file: Path, what: str) -> Problem:
    return Problem(
        "signoff-broken",
        what,
        Where(str(file)),
        "Nobody's acceptance can rest on it.",
        "Sign again with this trueup, or verify with the version that signed.",
    )


def _read(role: Role, name: str, files: dict[str, Path]) -> _Read | None:
    file, beside = files.get(name), files.get(f"{name}.sig")
    if file is None:
        # A signature without its statement is what a signing leaves that was stopped half-way: nobody has signed.
        return None
    data, content = read_json(file, "signoff-broken", LARGEST)
    if data.pop("format", None) != FORMAT:
        raise Stopped(_broken(file, "the statement has a format that this trueup doesn't read."))
    statement = read_part(data, Statement, "the statement", file, "signoff-broken")
    if statement.role != role:
        raise Stopped(_broken(file, f"the statement says that it is the {statement.role}'s."))
    if not _TIME.match(statement.signed):
        raise Stopped(_broken(file, "the statement has no time."))
    if beside is None:
        return _Read(statement, content, b"", ("there is no signature beside the statement",))
    try:
        if beside.stat().st_size > LARGEST:
            raise NotASignature("the file holds no SSH signature")
        key = signer_of(beside.read_text("ascii"), content)
    except (NotASignature, UnicodeDecodeError, OSError) as error:
        words = str(error) if isinstance(error, NotASignature) else "the signature can't be read"
        return _Read(statement, content, b"", (words,))
    if public_text(key) != statement.key:
        return _Read(statement, content, key, ("the signature is by another key than the statement names",))
    return _Read(statement, content, key, ())


def _faults(statement: Statement, manifest: Manifest, manifest_sha256: str) -> list[str]:
    """What the statement says of the package against the package."""
    content = manifest.content
    found = []
    if statement.manifest_sha256 != manifest_sha256:
        found.append("it was signed for another package, or the manifest was changed since")
    elif (statement.verdict, statement.run_id, statement.title) != (
        content.verdict,
        manifest.circumstances.run_id,
        content.title,
    ):
        found.append("the statement names another run or verdict than the package has")
    if statement.signed < manifest.circumstances.finished:
        found.append(f"it states a time before the run had finished ({statement.signed})")
    if (
        statement.role == "approver"
        and content.verdict.outcome not in GREEN
        and not any(statement.conditions)
    ):
        found.append("a red run was approved without a condition")
    if not statement.statement or not statement.name or not statement.email:
        found.append("statement, name or address is blank")
    return found


def _pair_faults(approver: _Read, tester: _Read | None) -> list[str]:
    """Two people, in their order."""
    if tester is None:
        return ["the tester's signature that it stands on is gone"]
    one, other = tester.statement, approver.statement
    found = []
    if other.after_sha256 != hashlib.sha256(tester.content).hexdigest():
        found.append("it stands on another statement of the tester than the one here")
    if other.signed < one.signed:
        found.append("it states a time before the tester's")
    if same_name(one.name, other.name) or same_name(one.email, other.email) or one.key == other.key:
        found.append("tester and approver are the same person or have the same key")
    return found


def _known(one: _Read, signers: Signers | None) -> tuple[bool | None, list[str]]:
    """Whether the list of signers knows the key as this person's, in this role, at that time."""
    if signers is None or not one.key:
        return None, []
    statement = one.statement
    person = signers.of_key(one.key)
    if person is None:
        return False, [f"its key isn't in {signers.file}"]
    found = []
    if (person.name, person.email) != (statement.name, statement.email):
        found.append(f"its key is {person.name}'s ({person.email}) by {signers.file}, line {person.line}")
    if statement.role not in person.roles:
        found.append(f"{person.name} may not sign as {statement.role} by {signers.file}, line {person.line}")
    if not person.counts_on(statement.signed):
        found.append(f"its key didn't count at that time by {signers.file}, line {person.line}")
    return not found, found


def _signature(one: _Read, known: bool | None, faults: list[str]) -> Signature:
    statement = one.statement
    key = fingerprint(one.key) if one.key else ""
    return Signature(
        statement.role,
        statement.name,
        statement.email,
        statement.statement,
        statement.conditions,
        statement.signed,
        key,
        known,
        tuple(dict.fromkeys(faults)),
    )


# -- who may sign now -------------------------------------------------------------------------------------
def _check_words(text: str, conditions: tuple[str, ...]) -> None:
    for option, given in (("--statement", text), *(("--condition", c) for c in conditions)):
        if not given:
            _refuse(
                option,
                "it is blank.",
                "A signature stands for words that the signer chose.",
                "Write what you confirm.",
            )
        if len(given) > 10_000:
            _refuse(
                option,
                f"it has {len(given):,} characters; 10,000 are the most.",
                "Nobody would read it.",
                "Say it shorter.",
            )


def _check_turn(
    folder: Path, role: Role, signoff: SignOff, verdict: Verdict, conditions: tuple[str, ...]
) -> None:
    place = os.fspath(folder)
    if signoff.state == "void":
        why = f"What was signed isn't what lies here: {signoff.faults[0]}."
        _refuse(
            place, "its sign-off is void.", why, "Run again, and have the new package signed from the start."
        )
    done = {s.role: s for s in signoff.signatures}
    if role in done:
        who = f"{done[role].name} signed as {role} on {done[role].signed[:10]}"
        _refuse(place, f"{who}.", "A package is signed once by each.", "Run again if it must be signed anew.")
    if role == "approver" and "tester" not in done:
        _refuse(
            place,
            "the tester hasn't signed yet.",
            "An approval says that tested work is accepted.",
            "Have it signed with --as tester first.",
        )
    if role == "approver" and verdict.outcome not in GREEN and not conditions:
        why = f"Its verdict: {verdict.sentence}"
        _refuse(
            place,
            "the run is red, and no condition is stated.",
            why,
            'Say why it is accepted all the same: --condition "..."',
        )


def _check_segregation(folder: Path, tester: Signature, name: str, email: str, key: str) -> None:
    for what, same in (
        ("name", same_name(tester.name, name)),
        ("address", same_name(tester.email, email)),
        ("key", tester.key == key),
    ):
        if same:
            why = f"{tester.name} signed as tester, and nobody approves their own work."
            _refuse(
                os.fspath(folder),
                f"the approver has the tester's {what}.",
                why,
                "Have another person approve it, with a key of their own.",
            )


def _refuse(where: str, what: str, why: str, remedy: str) -> None:
    raise Stopped(Problem("signoff-refused", what, Where(where), why, remedy))
