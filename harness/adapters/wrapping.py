"""Files inside files: zip, gzip, tar and base64 in JSON are taken apart in memory; what isn't an export at all is said."""

from __future__ import annotations

import base64
import binascii
import io
import json
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import IO

from harness.adapters.findings import Findings

MOST = 4 << 30
"""Bytes that a packed file may unpack to."""
RATIO = 1_000
"""How many times larger than packed a file of more than FREE bytes may become; text exports stay far below."""
FREE = 64 << 20
_PIECE = 1 << 20
_DEEP = 4
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How the files of new and of old workbooks begin; no text does."""
_WORKBOOK_PARTS = ("[Content_Types].xml", "mimetype")
_DIGITS = re.compile(r"(\d+)")


class _Refused(Exception):
    """The packed file isn't taken apart; slug, what, why and remedy for people."""

    def __init__(self, slug: str, what: str, why: str, remedy: str) -> None:
        super().__init__(what)
        self.slug, self.what, self.why, self.remedy = slug, what, why, remedy


def contents(path: Path, inside: str, header: bool, findings: Findings, notes: list[str]) -> bytes | None:
    """The bytes of an export, taken out of whatever they are packed in; None, with a finding, where that isn't possible.

    inside: the name of the packed file, or a pattern for several chunks of one table; "": the only one.  header: whether each
    chunk may repeat the first line of the first.  notes: takes what was unpacked.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        findings.add("file-unreadable", f"the file can't be read: {error.strerror}.", remedy="Check the path.")
        return None
    try:
        for _ in range(_DEEP):
            unpacked = _unpacked(path, data, inside, header, notes)
            if unpacked is None:
                _check_is_data(data)
                return data
            data, inside = unpacked, ""
        raise _Refused("archive-refused", f"something is packed in it more than {_DEEP} times.", "No target exports so.", "Unpack it, and give the file that is inside.")
    except _Refused as refused:
        findings.add(refused.slug, refused.what, why=refused.why, remedy=refused.remedy)
    except (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError, NotImplementedError, RuntimeError, binascii.Error) as error:
        findings.add("archive-damaged", f"the packed file is damaged or cut off: {str(error) or type(error).__name__}.", why="Rows would be missing.", remedy="Copy it again, in binary mode, or export it again.")
    return None


def is_packed(path: Path) -> bool:
    """Whether a file begins like one that something is packed in, or like no text at all."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError:
        return False
    return start.startswith((b"\x1f\x8b", b"PK\x03\x04", b"{", b"[", b"<", b"----", b"\xd0\xcf\x11\xe0"))


def _unpacked(path: Path, data: bytes, inside: str, header: bool, notes: list[str]) -> bytes | None:
    if data.startswith(b"\x1f\x8b"):
        import gzip

        with gzip.open(io.BytesIO(data)) as stream:
            notes.append(f"{path.name} was unpacked (gzip).")
            return _read(stream, len(data), path.name)  # type: ignore[arg-type]
    if data.startswith(b"PK\x03\x04") and not _is_workbook(data):
        return _of_zip(path, data, inside, header, notes)
    if data[257:262] == b"ustar":
        return _of_tar(path, data, inside, header, notes)
    if data.lstrip()[:1] == b"{" and b'"data64"' in data[:4096]:
        return _of_base64(path, data, notes)
    if inside:
        raise _Refused("archive-refused", f'nothing is packed in the file, and the mapping looks for "{inside}" inside it.', "It may be another file than the one that you mean.", 'Remove "inside" from the mapping, or give the packed file.')
    return None


def _is_workbook(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return any(name in _WORKBOOK_PARTS for name in archive.namelist())


def _of_zip(path: Path, data: bytes, inside: str, header: bool, notes: list[str]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = [e for e in archive.infolist() if not e.is_dir()]
        for entry in entries:
            _check_name(entry.filename)
            if entry.flag_bits & 1:
                raise _Refused("archive-refused", f'"{entry.filename}" is protected by a password.', "trueup asks for no passwords of files.", "Unpack it, and give the file that is inside.")
        wanted = _chosen([e.filename for e in entries], inside)
        parts = []
        for name in wanted:
            entry = archive.getinfo(name)
            with archive.open(entry) as stream:
                parts.append(_read(stream, entry.compress_size, name))
    return _joined(path, wanted, parts, header, notes)


def _of_tar(path: Path, data: bytes, inside: str, header: bool, notes: list[str]) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        members = archive.getmembers()
        for member in members:
            _check_name(member.name)
            if not (member.isfile() or member.isdir()):
                raise _Refused("archive-refused", f'"{member.name}" is a link or a device, not a file.', "It would lead out of the archive.", "Pack plain files only.")
        wanted = _chosen([m.name for m in members if m.isfile()], inside)
        parts = []
        for name in wanted:
            stream = archive.extractfile(name)
            assert stream is not None
            parts.append(_read(stream, len(data), name))
    return _joined(path, wanted, parts, header, notes)


def _of_base64(path: Path, data: bytes, notes: list[str]) -> bytes | None:
    try:
        found = json.loads(data)
    except ValueError:
        raise _Refused("archive-damaged", "the JSON around the file is damaged or cut off.", "Rows would be missing.", "Fetch it again.") from None
    text = found.get("data64") if isinstance(found, dict) else None
    if not isinstance(text, str):
        return None
    notes.append(f"{path.name} was unpacked: it holds {found.get('filename') or 'a file'} as base64.")
    return base64.b64decode(text, validate=True)


def _check_name(name: str) -> None:
    plain = PurePosixPath(name.replace("\\", "/"))
    if plain.is_absolute() or ".." in plain.parts or ":" in name:
        raise _Refused("archive-refused", f'it holds "{name}", which leads out of the folder it would be unpacked into.', "Such an archive is made to overwrite files.", "Ask where it comes from. Nothing of it was unpacked.")


def _chosen(names: Sequence[str], inside: str) -> list[str]:
    files = [n for n in names if not n.startswith("__MACOSX/")]
    if len(set(files)) < len(files):
        raise _Refused("archive-refused", "two files in it have the same name.", "It can't be told which of the two counts.", "Pack it again.")
    fitting = [n for n in files if not inside or fnmatchcase(n, inside)]
    if not fitting or (not inside and len(fitting) > 1):
        listed = ", ".join(files[:10]) or "nothing"
        what = f'no file in it is called "{inside}"; it holds {listed}.' if inside else f"it holds {len(files)} files: {listed}."
        raise _Refused("archive-which", what, "It can't be told which of them is the export.", "Name it in the grain:  inside: payouts.csv")
    return sorted(fitting, key=lambda n: [(int(t), "") if t.isdigit() else (-1, t) for t in _DIGITS.split(n)])


def _read(stream: IO[bytes], packed: int, name: str) -> bytes:
    pieces, size = [], 0
    while piece := stream.read(_PIECE):
        size += len(piece)
        if size > MOST or (size > FREE and size > packed * RATIO):
            raise _Refused("archive-refused", f'"{name}" unpacks to more than {size >> 20:,} MB from {packed:,} bytes.', "So much from so little is no export; it is made to fill the memory.", "Ask where it comes from. If it is sound, unpack it yourself.")
        pieces.append(piece)
    return b"".join(pieces)


def _joined(path: Path, names: Sequence[str], parts: Sequence[bytes], header: bool, notes: list[str]) -> bytes:
    """Chunks as one file.  A first line that every chunk repeats is kept once; one that differs stays, and is seen as a row."""
    notes.append(f"{names[0] if len(names) == 1 else f'{len(names):,} chunks'} of {path.name} {'was' if len(names) == 1 else 'were'} unpacked.")
    first = parts[0].split(b"\n", 1)[0].rstrip(b"\r")
    whole = []
    for number, part in enumerate(parts):
        line, _, rest = part.partition(b"\n")
        kept = rest if header and number and line.rstrip(b"\r") == first else part
        whole.append(kept if kept.endswith(b"\n") or number == len(parts) - 1 or not kept else kept + b"\n")
    return b"".join(whole)


def _check_is_data(data: bytes) -> None:
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise _Refused("file-is-a-page", "this is a web page, not an export.", "A system under maintenance, a login or a firewall answers so; there are no results in it.", "Look at it in a browser, and export again when the system is available.")
    if start.startswith(b"-----begin pgp message"):
        raise _Refused("file-encrypted", "this file is encrypted with PGP.", "trueup has no keys.", "Decrypt it where the keys are, and give the file that comes out.")
