"""Reads a manifest that may come from anywhere: strictly, never outside its folder, every slip one Problem."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from harness.evidence.manifest_types import FORMAT, MANIFEST, SUMS, UNSEALED, Manifest
from reference_engine.problems import Problem, Stopped, Where
from reports.record_reading import Reader

T = TypeVar("T")
LARGEST = 64_000_000
"""Bytes of the largest manifest that is read: some 200,000 files."""
_HASH = re.compile(r"[0-9a-f]{64}\Z")
_WHY = "Nothing is proved by it."
_AGAIN = "Ask for the package as it was made, or run again."


class _Reader(Reader):
    """Reads the parts of a manifest or of a sign-off."""

    def __init__(self, file: str, problems: list[Problem], slug: str) -> None:
        super().__init__(file, problems)
        self.slug = slug

    def wrong(self, what: str, remedy: str = _AGAIN) -> None:
        self.problems.append(Problem(self.slug, what, self.where, _WHY, _AGAIN))


def read_manifest(folder: Path, files: dict[str, Path]) -> tuple[Manifest, bytes]:
    """The manifest of a package, with its bytes.  files: those that lie in the folder.  Raises Stopped."""
    file = files.get(MANIFEST)
    if file is None:
        what = "there is no manifest here, so this is no evidence package."
        remedy = "Give the folder of a whole run; a run that was stopped leaves no manifest."
        raise Stopped(Problem("manifest-missing", what, Where(str(folder)), _WHY, remedy))
    data, content = read_json(file, "manifest-broken", LARGEST)
    form = data.pop("format", None)
    if type(form) is not int or form != FORMAT:
        what = f"the manifest has another format than this trueup reads ({FORMAT})."
        remedy = "Verify it with the trueup that wrote it; its version stands in the manifest."
        raise Stopped(Problem("manifest-format", what, Where(str(file)), _WHY, remedy))
    manifest = read_part(data, Manifest, "the manifest", file, "manifest-broken")
    for words in _slips(manifest):
        stop("manifest-broken", words, file)
    return manifest, content


def read_json(file: Path, slug: str, largest: int) -> tuple[dict[str, Any], bytes]:
    """The object in a JSON file, with the file's bytes.  No name twice, no binary fraction, not too large, not too deep."""
    try:
        with file.open("rb") as opened:
            content = opened.read(largest + 1)
        if len(content) > largest:
            stop(slug, f"the file has more than {largest:,} bytes", file)
        data = json.loads(
            content.decode("utf-8"),
            parse_float=_no_float,
            parse_constant=_no_float,
            parse_int=_whole,
            object_pairs_hook=_once,
        )
    except OSError as error:
        stop(slug, f"the file can't be read: {error.strerror or error}", file)
    except UnicodeDecodeError:
        stop(slug, "the file isn't UTF-8 text", file)
    except json.JSONDecodeError as error:
        stop(slug, f"the file isn't whole JSON: it ends or is damaged in line {error.lineno}", file)
    except RecursionError:
        stop(slug, "the file is nested too deep", file)
    except ValueError as error:
        stop(slug, f"the file can't be read: {error}", file)
    if not isinstance(data, dict):
        stop(slug, "the file isn't a JSON object", file)
    return data, content


def read_part(data: dict[str, Any], kind: type[T], name: str, file: Path, slug: str) -> T:
    """The dataclass in `data`.  Raises Stopped with one Problem, the first of many slips and how many there are."""
    problems: list[Problem] = []
    found = _Reader(str(file), problems, slug).read(data, kind, name)
    if found is None:
        more = f" (and {len(problems) - 1} more slips)" if len(problems) > 1 else ""
        stop(slug, problems[0].what + more, file)
    return found


def stop(slug: str, what: str, file: Path) -> NoReturn:
    raise Stopped(Problem(slug, what.rstrip(".")[:300] + ".", Where(str(file)), _WHY, _AGAIN))


def is_inside(name: str) -> bool:
    """Whether a name names a file inside the package, and nothing else on any system."""
    parts = name.split("/")
    return (
        bool(name)
        and "\0" not in name
        and "\\" not in name
        and ":" not in parts[0][:2]
        and all(p not in ("", ".", "..") for p in parts)
    )


def _slips(manifest: Manifest) -> list[str]:
    counted = Counter(f.name for f in manifest.files)
    copies = [i.copy for i in manifest.content.inputs if i.copy]
    found = [
        f"{n[:80]!a} is no name of a file inside the package" for n in (*counted, *copies) if not is_inside(n)
    ]
    found += [f"{n[:80]!a} stands twice" for n, times in counted.items() if times > 1]
    found += [f"{n} can't be sealed by the manifest" for n in counted if n in UNSEALED]
    found += [f"{c[:80]!a}, a copy, isn't among the files" for c in copies if c not in counted]
    if SUMS not in counted:
        found.append(f"{SUMS} isn't among the files")
    hashes = (
        [f.sha256 for f in manifest.files]
        + [i.sha256 for i in manifest.content.inputs]
        + [manifest.content_sha256]
    )
    found += [f"{h[:70]!a} is no SHA-256" for h in hashes if not _HASH.match(h)]
    return found


def _no_float(text: str) -> NoReturn:
    raise ValueError(f"{text[:40]} is a binary fraction; here are texts and whole numbers only")


def _whole(text: str) -> int:
    if len(text) > 20:
        raise ValueError("a number has more than 20 digits")
    return int(text)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f'"{next(n for n in names if names.count(n) > 1)[:80]}" stands twice in one object')
    return data
