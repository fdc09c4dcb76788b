"""Drop folders: load files written in order, result files taken when they are whole, on this machine or by SFTP."""

from __future__ import annotations

import csv
import fnmatch
import hashlib
import io
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from harness.adapters.strict import Section
from harness.adapters.text_format import DELIMITERS, ENCODINGS
from harness.targets.extract import Done, Extract, now
from harness.targets.profile import Parts, Say, SeedRows, file_name
from reference_engine.plans.document import Node
from reference_engine.problems import Problem, Stopped, Unreachable, Where

State = dict[str, tuple[int, float]]
"""Name of a file -> its size, and when it was changed."""
PRODUCTION = re.compile(r"(?<![A-Za-z])(PRD|PROD)(?![A-Za-z])", re.IGNORECASE)
_TOKENS = {"date": "%Y%m%d", "time": "%H%M%S"}


class Place(Protocol):
    """Where the folders are."""

    name: str

    def listing(self, folder: str) -> State:
        """The files of a folder.  Raises Unreachable."""

    def read(self, path: str) -> bytes:
        """A whole file."""

    def write(self, path: str, data: bytes) -> None:
        """Writes a file beside its place, then gives it its name: nobody takes half of it."""

    def close(self) -> None:
        """Ends the connection."""


@dataclass(frozen=True)
class LoadForm:
    """How load files are written."""

    delimiter: str = ","
    header: bool = True
    encoding: str = "utf-8"
    end: str = "\n"


@dataclass(frozen=True)
class Wanted:
    """One file that is fetched.  remote: its folder and name, or a pattern of which one file must be there.  newest: of several the last by name."""

    file: str
    remote: str
    newest: bool
    where: Where


@dataclass(frozen=True)
class Rules:
    """What holds for all files of a drop folder.  wait: seconds for results to come.  settle: seconds in which a file must not grow."""

    form: LoadForm
    may_write_to: tuple[str, ...]
    production: bool
    wait: float
    settle: float
    where: Where


def rules_of(parts: Parts) -> Rules:
    """Reads the rules of a connection; its other words are the kind's own."""
    part = parts.connection
    node = part.take("load files")
    form = LoadForm()
    if node is not None:
        inner = Section(node, "load files", parts.problems)
        delimiter = inner.choice("delimiter", DELIMITERS, "comma")
        ends = inner.choice("lines end with", ("LF", "CRLF"), "LF")
        form = LoadForm(DELIMITERS[delimiter], inner.yes_no("header", True), ENCODINGS[inner.choice("encoding", ENCODINGS, "utf-8")], "\r\n" if ends == "CRLF" else "\n")
        inner.close()
    rules = Rules(form, part.texts("may write to"), part.yes_no("production", False), float(part.count("wait")), float(part.count("settle", 2)), part.node.where)
    if parts.run:
        parts.problems.append(Problem("mapping-form", "a drop folder runs nothing.", parts.run[0].where, "The target's own schedule takes its files.", "Remove  run,  and say  wait: SECONDS  for the results."))
    for seed in parts.seeds:
        folder = seed.into.rpartition("/")[0] or "."
        if folder not in rules.may_write_to:
            parts.problems.append(
                Problem("target-write-list", f'"{seed.into}" lies in "{folder}", which isn\'t under  may write to.', seed.where, "Test data in a production folder would be paid.", f"If it belongs to a test system, add  may write to: [{folder}].")
            )  # fmt: skip
        if PRODUCTION.search(seed.into) and not rules.production:
            parts.problems.append(
                Problem("target-write-list", f'"{seed.into}" names production.', seed.where, "The name of a load file decides which system takes it.", "Write the name of the test system, such as TST.")
            )  # fmt: skip
        if re.sub(r"\{(date|time)\}", "", seed.into).count("{"):
            parts.problems.append(Problem("mapping-word", f'"{seed.into}" has a part in braces that isn\'t known.', seed.where, remedy="Known are {date} and {time}."))
    return rules


def wanted_of(parts: Parts) -> list[Wanted]:
    """Reads what is fetched."""
    taken: list[str] = []
    return [w for node in parts.fetch if (w := _wanted(node, parts.problems, taken)) is not None]


def _wanted(node: Node, problems: list[Problem], taken: list[str]) -> Wanted | None:
    before = len(problems)
    part = Section(node, "what is fetched", problems)
    file, remote = file_name(part, taken), part.text("remote", must=True)
    newest = part.choice("of several", ("refused", "the last by name"), "refused") != "refused"
    part.close()
    return Wanted(file, remote, newest, node.where) if len(problems) == before else None


class DropFolder:
    """One target that is reached by folders."""

    def __init__(self, target: str, place: Callable[[], Place], rules: Rules, wanted: Sequence[Wanted], *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.target, self.rules, self.wanted, self.sleep = target, rules, wanted, sleep
        self._open = place
        self._place: Place | None = None
        self._before: State = {}
        self._seeded = False

    @property
    def place(self) -> Place:
        if self._place is None:
            self._place = self._open()
        return self._place

    def close(self) -> None:
        if self._place is not None:
            self._place.close()

    def seed(self, tables: Sequence[SeedRows], say: Say) -> list[Done]:
        self._before = {name: state for wanted in self.wanted for name, state in self._matching(wanted).items()}
        done = []
        moment = datetime.now(UTC)
        for number, rows in enumerate(tables):
            name = rows.seed.into
            for token, form in _TOKENS.items():
                # A second for each file keeps the load order in the names.
                name = name.replace(f"{{{token}}}", datetime.fromtimestamp(moment.timestamp() + number, UTC).strftime(form))
            say(f"writing {name}")
            started = now()
            self.place.write(name, self._text(rows))
            done.append(Done(f"wrote {name} from {rows.seed.table}", len(rows.rows), started, now()))
        self._seeded = True
        return done

    def names(self) -> list[str]:
        folders = dict.fromkeys(w.remote.rpartition("/")[0] or "." for w in self.wanted)
        return sorted(f"remote: {folder}/{name}" for folder in folders for name in self.place.listing(folder))

    def run(self, say: Say) -> list[Done]:
        return []

    def fetch(self, folder: Path, say: Say) -> list[Extract]:
        waited = 0.0
        while True:
            late = [w for w in self.wanted if not self._is_new(w)]
            if not late:
                break
            if waited >= self.rules.wait:
                names = ", ".join(w.remote for w in late)
                what = f"{names} {'is' if len(late) == 1 else 'are'} not there" + (" since the test data were written" if self._seeded else "") + f", after waiting {waited:,.0f} seconds."
                raise Unreachable(Problem("target-unreachable", what, self.rules.where, "Nothing was compared.", "See whether the target has run; give it longer with  wait: SECONDS."))
            say(f"waiting for {late[0].remote}, {waited:,.0f} s so far")
            pause = min(5.0, self.rules.wait - waited)
            self.sleep(pause)
            waited += pause
        return [self._extract(wanted, folder, say) for wanted in self.wanted]

    def _is_new(self, wanted: Wanted) -> bool:
        found = self._matching(wanted)
        return bool(found) and (not self._seeded or any(self._before.get(name) != state for name, state in found.items()))

    def _matching(self, wanted: Wanted) -> State:
        folder, _, pattern = wanted.remote.rpartition("/")
        return {f"{folder}/{name}" if folder else name: state for name, state in self.place.listing(folder or ".").items() if fnmatch.fnmatchcase(name, pattern)}

    def _extract(self, wanted: Wanted, folder: Path, say: Say) -> Extract:
        started = now()
        found = sorted(self._matching(wanted))
        if len(found) > 1 and not wanted.newest:
            raise Stopped(Problem("target-name", f"{len(found)} files fit {wanted.remote}: {', '.join(found[:5])}.", wanted.where, "It can't be told which one counts.", "Name one, or say  of several: the last by name."))
        name = found[-1]
        say(f"fetching {name}")
        data = self._settled(wanted, name)
        (folder / wanted.file).write_bytes(data)
        rows = max(0, data.count(b"\n") + (data[-1:] not in (b"\n", b"")) - 1)
        return Extract(wanted.file, f"file {name}", rows, hashlib.sha256(data).hexdigest(), started, now(), f"{self.target}, {self.place.name}", {"bytes": str(len(data))})

    def _settled(self, wanted: Wanted, name: str) -> bytes:
        """The whole file: as large as it was said to be, and not growing while it was read."""
        for _ in range(10):
            before = self._matching(wanted).get(name)
            data = self.place.read(name)
            self.sleep(self.rules.settle)
            if self._matching(wanted).get(name) == before and before is not None and before[0] == len(data):
                return data
        raise Unreachable(Problem("target-not-stable", f"{name} goes on growing.", wanted.where, "Half of a file is no export. Nothing was compared.", "Wait until it is written; have it written under another name and renamed."))

    def _text(self, rows: SeedRows) -> bytes:
        form = self.rules.form
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=form.delimiter, lineterminator=form.end)
        if form.header:
            writer.writerow(rows.header)
        writer.writerows(rows.rows)
        try:
            return text.getvalue().encode(form.encoding)
        except UnicodeEncodeError as error:
            raise Stopped(Problem("file-encoding", f'"{error.object[error.start : error.end]}" can\'t be written in the encoding of the load files.', rows.seed.where, "A name would be damaged.", "Choose another encoding, such as utf-8.")) from None


class LocalPlace:
    """Folders of this machine, such as a mounted share.  root: what their names are relative to."""

    def __init__(self, root: Path) -> None:
        self.root, self.name = root, f"folder {root.name}"

    def listing(self, folder: str) -> State:
        path = self.root / folder
        if not path.is_dir():
            raise Unreachable(Problem("target-unreachable", f'there is no folder "{folder}".', Where(str(self.root)), "Nothing was compared.", "Check the folder, and whether the share is mounted."))
        return {p.name: (p.stat().st_size, p.stat().st_mtime) for p in path.iterdir() if p.is_file()}

    def read(self, path: str) -> bytes:
        return (self.root / path).read_bytes()

    def write(self, path: str, data: bytes) -> None:
        file = self.root / path
        beside = file.with_name(f".{file.name}.part")
        try:
            beside.write_bytes(data)
            beside.replace(file)
        except OSError as error:
            raise Unreachable(Problem("target-unreachable", f"{path} can't be written: {error.strerror}.", Where(str(self.root)), "The target would calculate without it.", "Check the folder and its rights.")) from None
        finally:
            beside.unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing is open."""
