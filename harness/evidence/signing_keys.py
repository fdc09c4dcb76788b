"""Keys of signers: reading a private key that stays where it is, and making a new pair."""

from __future__ import annotations

import base64
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_ssh_private_key,
)

from harness.evidence.signing_sshsig import public_blob
from reference_engine.problems import Problem, Stopped, Where

PASSPHRASE = "TRUEUP_KEY_PASSPHRASE"  # noqa: S105  (the name of a variable)
"""The environment variable that may hold the passphrase, for machines without a terminal."""
_LARGEST = 100_000
_USE = "Take the key that `trueup sign --new-key FILE` or `ssh-keygen -t ed25519` makes."


def read_key(path: Path, ask: Callable[[], str | None]) -> Ed25519PrivateKey:
    """The private key in an OpenSSH or PEM file.  ask: gives the passphrase where the key has one; None: nobody knows it."""
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
            mode = os.fstat(file.fileno()).st_mode
    except OSError as error:
        _stop(
            "key-unreadable",
            f"the key can't be read: {error.strerror or error}.",
            path,
            "Nothing was signed.",
            "Check the path after --key.",
        )
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        why = "Whoever reads it can sign in your name."
        _stop(
            "key-open",
            "other users of this machine may read this key.",
            path,
            why,
            f"Take their right away: chmod 600 {path.name}",
        )
    if len(content) > _LARGEST or b"PRIVATE KEY-----" not in content:
        _stop(
            "key-unreadable",
            "this is no private key in OpenSSH's or PEM form.",
            path,
            "Nothing was signed.",
            _USE,
        )
    read = load_ssh_private_key if b"BEGIN OPENSSH PRIVATE KEY" in content else load_pem_private_key
    try:
        try:
            key = read(content, None)
        except TypeError:
            key = read(content, _passphrase(ask, path))
    except (ValueError, TypeError):
        why = "Nothing was signed."
        _stop(
            "key-unreadable",
            "the key is damaged, or the passphrase is wrong.",
            path,
            why,
            "Try again; a forgotten passphrase can't be recovered.",
        )
    except UnsupportedAlgorithm:
        _stop(
            "key-unreadable",
            "the key is locked or made in a way that can't be read here.",
            path,
            "Nothing was signed.",
            _USE,
        )
    if not isinstance(key, Ed25519PrivateKey):
        _stop(
            "key-kind",
            "this key isn't an Ed25519 key.",
            path,
            "Signatures of one kind can be checked for many years by many tools.",
            _USE,
        )
    return key


def new_key(path: Path, passphrase: str) -> str:
    """Makes a pair of keys: the private one in `path`, which nobody else may read, the public one in `path`.pub.

    Returns the public key as it stands in a list of signers.  passphrase: blank for none.
    """
    public_path = path.with_name(path.name + ".pub")
    key = Ed25519PrivateKey.generate()
    lock = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    public = public_text(public_blob(key.public_key()))
    made: list[Path] = []
    try:
        for file, content, mode in (
            (path, key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, lock), 0o600),
            (public_path, f"{public}\n".encode("ascii"), 0o644),
        ):
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            made.append(file)
            with os.fdopen(handle, "wb") as opened:
                opened.write(content)
    except OSError as error:
        # Half a pair is no key.
        for file in made:
            file.unlink(missing_ok=True)
        if not isinstance(error, FileExistsError):
            _stop(
                "key-unwritable",
                f"the key can't be written: {error.strerror or error}.",
                path,
                "",
                "Name another file.",
            )
        why = "A key that is overwritten is lost, and with it the proof of what it signed."
        _stop(
            "key-exists",
            "there is a file of this name already.",
            Path(error.filename),
            why,
            "Name another file.",
        )
    return public


def public_text(blob: bytes) -> str:
    """A public key as one line of text."""
    return f"ssh-ed25519 {base64.b64encode(blob).decode('ascii')}"


def _passphrase(ask: Callable[[], str | None], path: Path) -> bytes:
    given = ask()
    if given is None:
        why = "A passphrase is never taken from the command line, where others could read it."
        _stop(
            "key-locked",
            "this key has a passphrase.",
            path,
            why,
            f"Sign at a terminal, which asks for it, or put it into the environment variable {PASSPHRASE}.",
        )
    return given.encode()


def _stop(slug: str, what: str, path: Path, why: str, remedy: str) -> NoReturn:
    raise Stopped(Problem(slug, what, Where(str(path)), why, remedy))
