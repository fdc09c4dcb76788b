"""`trueup sign`: a person puts their name to a run's evidence."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, cast

import click

from reference_engine.problems import Problem, Stopped, Where

if TYPE_CHECKING:
    from harness.evidence.signing_signers import Signers
    from reports.signoff_types import Role


@click.command("sign")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--as",
    "role",
    type=click.Choice(["tester", "approver"]),
    help="What you sign as; the tester signs first.",
)
@click.option("--statement", help="What you confirm, in your words.")
@click.option(
    "--condition",
    "conditions",
    multiple=True,
    help="A condition or reason; may be given more than once. A red run is approved only with one.",
)
@click.option(
    "--key", type=click.Path(path_type=Path), help="Your private Ed25519 key, in OpenSSH's or PEM form."
)
@click.option(
    "--signers",
    type=click.Path(path_type=Path),
    envvar="TRUEUP_SIGNERS",
    help="List of the people who may sign, with their public keys.",
)
@click.option("--name", help="Your name, where there is no list of signers.")
@click.option("--email", help="Your address, where there is no list of signers.")
@click.option(
    "--new-key", type=click.Path(path_type=Path), help="Make a new key in this file, and sign nothing."
)
def command(
    folder: Path | None, role: str | None, statement: str | None, conditions: tuple[str, ...], key: Path | None, signers: Path | None,
    name: str | None, email: str | None, new_key: Path | None,
) -> int:  # fmt: skip
    """Signs a run's folder with your own key, as its tester or its approver.

    The passphrase of a key is asked for at the terminal, or taken from TRUEUP_KEY_PASSPHRASE. The signed files stay as they are.

    Example: trueup sign out --as tester --statement "All scenarios of release 26.1 were tested." --key ana --signers signers.txt
    """
    if new_key is not None:
        if folder is not None or role or statement or key:
            raise click.UsageError("--new-key makes a key and signs nothing; leave the rest out.")
        return _make(new_key, name, email)
    for option, given in (("DIR", folder), ("--as", role), ("--statement", statement), ("--key", key)):
        if given is None:
            raise click.UsageError(f"{option} is missing.")
    assert folder is not None
    assert key is not None
    assert statement is not None
    _sign(folder, cast("Role", role), (statement, conditions), key, signers, (name, email))
    return 0


def _sign(
    folder: Path,
    role: Role,
    words: tuple[str, tuple[str, ...]],
    key_file: Path,
    signers: Path | None,
    who: tuple[str | None, str | None],
) -> None:
    from harness.evidence.signing import sign_package
    from harness.evidence.signing_keys import read_key
    from harness.evidence.signing_sheet import write_sheet
    from harness.evidence.signing_signers import read_signers
    from harness.evidence.verify import verify

    people = read_signers(signers) if signers is not None else None
    before = verify(folder, None, people)
    if not before.package_whole:
        first = next(f for f in before.findings if f.kind != "input changed")
        why = f"A signature would stand for something else than the run left: {first.kind}: {first.name}."
        raise Stopped(
            Problem(
                "signoff-refused",
                "this package was changed after its run.",
                Where(str(folder)),
                why,
                "See `trueup verify`; run again, and sign the new package.",
            )
        )
    key = read_key(key_file, lambda: _passphrase(key_file))
    name, email = _person(people, key.public_key(), role, who)
    try:
        sign_package(
            folder, before.manifest, before.manifest_sha256, before.signoff, key, role, (name, email), words
        )
    except OSError as error:
        what = f"the signature can't be written: {error.strerror or error}."
        why = "The package is as it was, and not signed."
        raise Stopped(
            Problem(
                "out-unwritable", what, Where(str(folder)), why, "Make room, or get the right to write there."
            )
        ) from None
    after = verify(folder, None, people)
    if after.signoff.state not in ("tested", "approved"):
        raise Stopped(
            Problem(
                "signoff-refused",
                f"the signature doesn't hold: {after.signoff.faults[0]}.",
                Where(str(folder)),
                "",
                "See `trueup verify`.",
            )
        )
    click.echo(
        f"{name} signed {folder.as_posix()} as {role}. It is {after.signoff.state} now"
        + (", and waits for its approval." if role == "tester" else ".")
    )
    try:
        click.echo(f"Sign-off sheet: {write_sheet(folder, after.manifest, after.signoff).as_posix()}")
    except OSError as error:
        click.echo(
            f"The sign-off sheet can't be drawn ({error.strerror or error}); the signature holds. `trueup report` draws it.",
            err=True,
        )
    if after.signoff.state == "approved":
        _mark(folder, after.manifest.circumstances.run_id, name)
    if people is None:
        click.echo(
            "Nobody can tell yet whose key this is: keep its .pub line in a list of signers, and verify with --signers."
        )


def _mark(folder: Path, run_id: str, who: str) -> None:
    """Where runs are kept beside this one, the next ones are compared with the approved run."""
    from harness.evidence.history import mark_accepted

    try:
        place = mark_accepted(folder, run_id, who)
    except OSError as error:
        words = f"The kept run can't be marked as accepted ({error.strerror or error}); the signature holds."
        click.echo(words, err=True)
        return
    if place is not None:
        click.echo(f"History: later runs are compared with {run_id}, the approved one.")


def _person(
    people: Signers | None, public: object, role: Role, who: tuple[str | None, str | None]
) -> tuple[str, str]:
    """Name and address of the signer: from the list, where there is one."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from harness.evidence.signing_signers import same_name
    from harness.evidence.signing_sshsig import public_blob

    assert isinstance(public, Ed25519PublicKey)
    name, email = ((w or "").strip() for w in who)
    if people is None:
        if not name or "@" not in email:
            _refuse(
                "--name",
                "nothing says who signs.",
                "Name the list of signers with --signers, or give --name and --email.",
            )
        return name, email
    person = people.of_key(public_blob(public))
    if person is None:
        _refuse(
            people.file,
            "your key isn't in the list of signers.",
            "Ask whoever keeps the list to add the line of your .pub file.",
        )
    if role not in person.roles:
        _refuse(
            f"{people.file}:{person.line}",
            f"{person.name} may not sign as {role}.",
            f"Sign as {' or '.join(person.roles)}.",
        )
    if (name and not same_name(name, person.name)) or (email and not same_name(email, person.email)):
        _refuse(
            f"{people.file}:{person.line}",
            f"this key is {person.name}'s ({person.email}).",
            "Leave --name and --email out, or sign with your own key.",
        )
    return person.name, person.email


def _make(path: Path, name: str | None, email: str | None) -> int:
    from harness.evidence.signing_keys import PASSPHRASE, new_key

    passphrase = os.environ.get(PASSPHRASE)
    if passphrase is None and sys.stdin.isatty():
        passphrase = click.prompt(
            "Passphrase for the new key (none: just Enter)",
            default="",
            hide_input=True,
            confirmation_prompt=True,
            show_default=False,
            err=True,
        )
    public = new_key(path, passphrase or "")
    click.echo(
        f"Private key: {path}   keep it to yourself\nPublic key:  {path}.pub\n\nThe line for the list of signers, with your own role:\n"
    )
    click.echo(f"{email or 'you@example.com'} {public} tester {name or 'Your Name'}")
    if not passphrase:
        click.echo("\nThe key has no passphrase: whoever gets the file can sign in your name.", err=True)
    return 0


def _passphrase(key_file: Path) -> str | None:
    from harness.evidence.signing_keys import PASSPHRASE

    given = os.environ.get(PASSPHRASE)
    if given is None and sys.stdin.isatty():
        given = click.prompt(f"Passphrase of {key_file.name}", hide_input=True, err=True)
    return given


def _refuse(where: str, what: str, remedy: str) -> NoReturn:
    raise Stopped(
        Problem("signoff-refused", what, Where(where), "A signature counts by who gave it.", remedy)
    )
