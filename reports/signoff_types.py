"""Who signed a run's evidence, as what, and whether it still holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["tester", "approver"]
State = Literal["draft", "tested", "approved", "void"]
"""draft: nobody signed.  tested: the tester did.  approved: both did.  void: a signature stands for something else than what lies here."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One person's signature.  signed: the time that the signer states, UTC.  conditions: under which it is given.

    key: fingerprint of the key, as ssh-keygen -l prints it.  known: whether a list of signers says that the key is this
    person's and the person may sign as this; None where no list was given.  faults: why it doesn't hold; none where it does.
    """

    role: Role
    name: str
    email: str
    statement: str
    conditions: tuple[str, ...]
    signed: str
    key: str
    known: bool | None
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SignOff:
    """The state of a package's sign-off.  faults: why it is void.  signers: the list that the keys were checked against."""

    state: State
    signatures: tuple[Signature, ...]
    manifest_sha256: str
    faults: tuple[str, ...] = ()
    signers: str = ""
