"""Ed25519 signatures in the form of OpenSSH, so that `ssh-keygen -Y verify` checks them without trueup.

The form is OpenSSH's PROTOCOL.sshsig: the hash of the message is signed together with a namespace, so that a signature
given for a sign-off can't be passed off as one on something else.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

NAMESPACE = "trueup-signoff"
KIND = b"ssh-ed25519"
_MAGIC = b"SSHSIG"
_HASHES = {b"sha512": hashlib.sha512, b"sha256": hashlib.sha256}
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"


class NotASignature(Exception):
    """The text is no signature of this message.  Its words say why."""


def sign(key: Ed25519PrivateKey, message: bytes) -> str:
    """The signature's text, for a file beside the message."""
    public = public_blob(key.public_key())
    signature = _string(KIND) + _string(key.sign(_signed(message, b"sha512", NAMESPACE.encode())))
    blob = (
        _MAGIC
        + struct.pack(">I", 1)
        + _string(public)
        + _string(NAMESPACE.encode())
        + _string(b"")
        + _string(b"sha512")
        + _string(signature)
    )
    text = base64.b64encode(blob).decode("ascii")
    lines = [text[i : i + 70] for i in range(0, len(text), 70)]
    return "\n".join([_BEGIN, *lines, _END]) + "\n"


def signer_of(text: str, message: bytes) -> bytes:
    """The public key that signed the message.  Raises NotASignature."""
    lines = text.strip().splitlines()
    if len(lines) < 3 or lines[0].strip() != _BEGIN or lines[-1].strip() != _END:
        raise NotASignature("the file holds no SSH signature")
    try:
        blob = base64.b64decode("".join(lines[1:-1]), validate=True)
        if blob[:6] != _MAGIC or struct.unpack(">I", blob[6:10]) != (1,):
            raise NotASignature("the signature has an unknown form")
        public, rest = _take(blob[10:])
        namespace, rest = _take(rest)
        _, rest = _take(rest)
        named, rest = _take(rest)
        signature, rest = _take(rest)
        kind, inner = _take(signature)
        value, more = _take(inner)
        key = key_of(public)
    except (binascii.Error, struct.error, ValueError):
        raise NotASignature("the signature is damaged") from None
    if rest or more or kind != KIND or named not in _HASHES:
        raise NotASignature("the signature isn't Ed25519, or has more in it than a signature")
    if namespace != NAMESPACE.encode():
        raise NotASignature(f'the signature was given for another use than "{NAMESPACE}"')
    try:
        key.verify(value, _signed(message, named, namespace))
    except InvalidSignature:
        raise NotASignature(
            "the statement was changed after it was signed, or the signature is another's"
        ) from None
    return public


def public_blob(key: Ed25519PublicKey) -> bytes:
    """A public key as OpenSSH writes it, before base64."""
    return _string(KIND) + _string(key.public_bytes(Encoding.Raw, PublicFormat.Raw))


def key_of(blob: bytes) -> Ed25519PublicKey:
    """The public key in OpenSSH's form.  Raises ValueError where it is another kind of key."""
    kind, rest = _take(blob)
    raw, more = _take(rest)
    if kind != KIND or more:
        raise ValueError("not an Ed25519 key")
    return Ed25519PublicKey.from_public_bytes(raw)


def fingerprint(blob: bytes) -> str:
    """As `ssh-keygen -l` prints it: SHA256:..."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode("ascii").rstrip("=")


def _signed(message: bytes, named: bytes, namespace: bytes) -> bytes:
    return (
        _MAGIC
        + _string(namespace)
        + _string(b"")
        + _string(named)
        + _string(_HASHES[named](message).digest())
    )


def _string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def _take(data: bytes) -> tuple[bytes, bytes]:
    (size,) = struct.unpack(">I", data[:4])
    if size > len(data) - 4:
        raise ValueError("it ends too early")
    return data[4 : 4 + size], data[4 + size :]
