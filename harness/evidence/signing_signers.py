"""The list of people who may sign: whose key is whose, and who may sign as what."""

from __future__ import annotations

import base64
import binascii
import re
import struct
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from harness.evidence.signing_sshsig import NAMESPACE, key_of
from reference_engine.problems import Problem, Stopped, Where
from reports.signoff_types import Role

LARGEST = 2_000_000
ROLES: dict[str, tuple[Role, ...]] = {
    "tester": ("tester",),
    "approver": ("approver",),
    "tester,approver": ("tester", "approver"),
    "approver,tester": ("tester", "approver"),
}
_LINE = re.compile(
    r"(?P<email>\S+)[ \t]+(?:(?P<options>(?:[a-z-]+(?:=\"[^\"]*\")?)(?:,[a-z-]+(?:=\"[^\"]*\")?)*)[ \t]+)?ssh-ed25519[ \t]+(?P<key>[A-Za-z0-9+/=]+)[ \t]+(?P<role>\S+)[ \t]+(?P<name>\S.*)"
)
_OPTION = re.compile(r'([a-z-]+)(?:="([^"]*)")?')
_DAY = re.compile(r"(\d{8})(\d{4}|\d{6})?Z?\Z")
_UNSEEN = frozenset("\u034f\u115f\u1160\u3164\uffa0" + "".join(map(chr, range(0xFE00, 0xFE10))))
"""Marks and fillers that show nothing, beside those that Unicode calls format and control characters."""
_FORM = "ana@example.com ssh-ed25519 AAAA... tester Ana Ruiz"


@dataclass(frozen=True, slots=True)
class Signer:
    """One person.  key: the public key's bytes.  after, before: when the key counts, as 20260101000000 UTC; blank: always."""

    email: str
    key: bytes
    roles: tuple[Role, ...]
    name: str
    line: int
    after: str = ""
    before: str = ""

    def counts_on(self, signed: str) -> bool:
        """Whether the key counted at a time such as 2026-03-31T08:00:00Z."""
        moment = re.sub(r"[^0-9]", "", signed)
        return (not self.after or moment >= self.after) and (not self.before or moment < self.before)


@dataclass(frozen=True, slots=True)
class Signers:
    """The people of a list.  file: as the user named it."""

    file: str
    people: tuple[Signer, ...]

    def of_key(self, key: bytes) -> Signer | None:
        """Whose key it is; None: nobody's on this list."""
        return next((p for p in self.people if p.key == key), None)


def read_signers(path: Path) -> Signers:
    """Reads a list in the form of OpenSSH's allowed_signers, with role and name where that has its comment.  Raises Stopped."""
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST).decode("utf-8-sig")
    except OSError as error:
        raise Stopped(
            _problem(
                path,
                0,
                f"the list of signers can't be read: {error.strerror or error}.",
                "Check the path after --signers.",
            )
        ) from None
    except UnicodeDecodeError:
        raise Stopped(
            _problem(path, 0, "the list of signers isn't UTF-8 text.", "Save it as UTF-8.")
        ) from None
    people: list[Signer] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            _add(line.strip(), number, path, people, problems)
    if not people and not problems:
        problems.append(_problem(path, 0, "the list names nobody.", f"Write a line for each person: {_FORM}"))
    if problems:
        raise Stopped(problems)
    return Signers(str(path), tuple(people))


def same_name(one: str, other: str) -> bool:
    """Whether two names are the same to a reader, whatever their case, blanks, marks that nobody sees, and accents' spelling."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    seen = "".join(c for c in unicodedata.normalize("NFKC", name) if unicodedata.category(c) not in ("Cf", "Cc") and c not in _UNSEEN)
    return "".join(seen.casefold().split())


def _add(line: str, number: int, path: Path, people: list[Signer], problems: list[Problem]) -> None:
    before = len(problems)
    found = _LINE.fullmatch(line)
    if found is None:
        problems.append(
            _problem(
                path, number, "this line isn't email, Ed25519 key, role and name.", f"Write it like: {_FORM}"
            )
        )
        return
    email, role, name = found["email"], found["role"], found["name"].strip()
    if "@" not in email or set(email) & set('*?!,"'):
        problems.append(
            _problem(
                path,
                number,
                f'"{email[:80]}" isn\'t the address of one person.',
                "Write one address, without patterns.",
            )
        )
    if role not in ROLES:
        problems.append(
            _problem(
                path, number, f'"{role[:40]}" is no role.', "Write tester, approver, or tester,approver."
            )
        )
    try:
        key = base64.b64decode(found["key"], validate=True)
        key_of(key)
    except (binascii.Error, struct.error, ValueError):
        key = b""
        problems.append(
            _problem(
                path,
                number,
                "the key is damaged, or not an Ed25519 key.",
                "Copy the line of the .pub file again.",
            )
        )
    after = until = ""
    for option, value in _OPTION.findall(found["options"] or ""):
        if option == "namespaces" and NAMESPACE in value.split(","):
            continue
        day = _DAY.match(value) if option in ("valid-after", "valid-before") else None
        if day is None:
            problems.append(
                _problem(
                    path,
                    number,
                    f'the option "{option[:40]}" isn\'t understood here.',
                    f'Take namespaces="{NAMESPACE}", valid-after or valid-before, or leave it out.',
                )
            )
            continue
        moment = (day[1] + (day[2] or "")).ljust(14, "0")
        after, until = (moment, until) if option == "valid-after" else (after, moment)
    for other in people:
        if key and other.key == key:
            problems.append(
                _problem(
                    path,
                    number,
                    f"this key stands in line {other.line} already.",
                    "A key is one person's. Keep one of the lines.",
                )
            )
        elif same_name(other.email, email) != same_name(other.name, name):
            problems.append(
                _problem(
                    path,
                    number,
                    f"name and address don't go together with those of line {other.line}.",
                    "One person has one name and one address here.",
                )
            )
    if len(problems) == before:
        people.append(Signer(email, key, ROLES[role], name, number, after, until))


def _problem(path: Path, line: int, what: str, remedy: str) -> Problem:
    return Problem(
        "signers",
        what,
        Where(str(path), line),
        "Nobody's signature can be told from another's by it.",
        remedy,
    )
