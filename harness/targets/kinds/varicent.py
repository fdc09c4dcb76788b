"""Varicent Incentives through its REST: one model, seeded, calculated, fetched when nothing runs in it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.adapters.strict import Section
from harness.targets.extract import Done, Extract, now, write_rows
from harness.targets.http_client import Patience, check_address
from harness.targets.page_store import PageStore
from harness.targets.profile import Parts, Say, SeedRows, Target, file_name
from harness.targets.secret import Secret, secret_of
from harness.targets.varicent_client import Freshness, RowSet, Settings, VaricentClient, filter_text
from reference_engine.plans.document import Node
from reference_engine.problems import Problem, Unreachable, Where

SOURCES = ("calculation", "table", "published file", "query")
ACTIONS = ("import", "calculation", "schedule item")


@dataclass(frozen=True)
class Wanted:
    """One file that is fetched.  kind: a word of SOURCES; name: of the calculation, the table or the file, or the query itself."""

    file: str
    kind: str
    name: str
    filter: str
    parameters: dict[str, str]
    where: Where


@dataclass(frozen=True)
class Access:
    """How the model is reached."""

    url: str
    model: str
    key: Secret
    may_write_to: tuple[str, ...]
    settings: Settings
    where: Where

    def client(self) -> VaricentClient:
        return VaricentClient(self.url, self.model, self.key.reveal(), self.may_write_to, self.where, self.settings)


def opener_of(parts: Parts) -> tuple[Callable[[], Target], tuple[str, ...]] | None:
    """Reads the connection, what is run and what is fetched."""
    before = len(parts.problems)
    access = _access(parts)
    taken: list[str] = []
    wanted = [w for node in parts.fetch if (w := _wanted(node, parts.problems, taken)) is not None]
    actions = [a for node in parts.run if (a := _action(node, parts.problems)) is not None]
    if access is not None and (parts.seeds or actions) and access.model not in access.may_write_to:
        parts.connection.problem(
            "target-write-list", f'the profile seeds or runs, and the model "{access.model}" isn\'t under  may write to.', why="Test data in a production model would be paid.",
            remedy=f"If it is a test model, add  may write to: [{access.model}]  to the connection.",
        )  # fmt: skip
    if parts.seeds and not actions:
        parts.connection.problem(
            "mapping-missing", "the profile seeds the model and runs nothing.", why="The results of data that were there before would be compared.",
            remedy="Add  run:  with the calculation, or with a schedule item that calculates.",
        )  # fmt: skip
    if access is None or len(parts.problems) != before:
        return None
    found = access
    return lambda: VaricentTarget(parts.target, found, wanted, actions), tuple(w.file for w in wanted)


def _access(parts: Parts) -> Access | None:
    part = parts.connection
    before = len(parts.problems)
    url, model = part.text("url", must=True), part.text("model", must=True)
    key = secret_of(part, "key")
    writable = part.texts("may write to")
    settings = Settings(
        rpc=part.yes_no("rpc in paths", True),
        order_by=part.yes_no("order by", True),
        bulk=part.yes_no("bulk rows", True),
        query_tool=part.choice("query tool", ("refused", "allowed"), "refused") == "allowed",
        page=part.count("page size", 10_000) or 10_000,
        batch=part.count("batch size", 1_000) or 1_000,
        patience=Patience(total=float(part.count("patience", 600))),
        poll=float(part.count("poll", 1)),
        activity=float(part.count("activity", 3_600)),
        zone=_zone(part),
    )
    part.close()
    problem = check_address(url, (part.node.get("url") or part.node).where) if url else None
    if problem is not None:
        parts.problems.append(problem)
    if key is None or len(parts.problems) != before:
        return None
    return Access(url, model, key, writable, settings, part.node.where)


def _zone(part: Section) -> int:
    """How far the target's times are ahead of UTC, in minutes."""
    text = part.text("time zone", "+00:00")
    match = re.fullmatch(r"([+-])([01]\d):([0-5]\d)", text)
    if match is None:
        part.problem("mapping-form", f'"{text}" isn\'t how far the target\'s times are from UTC.', part.node.get("time zone"), remedy='Write it like  time zone: "+02:00".')
        return 0
    return (int(match[2]) * 60 + int(match[3])) * (1 if match[1] == "+" else -1)


def _wanted(node: Node, problems: list[Problem], taken: list[str]) -> Wanted | None:
    before = len(problems)
    part = Section(node, "what is fetched", problems)
    file = file_name(part, taken)
    named = {kind: part.text(kind) for kind in SOURCES}
    conditions = dict(part.entries("where", lambda n, v: (n, part.texts_of(v, n))))
    part.close()
    given = [kind for kind, name in named.items() if name]
    if len(given) != 1:
        part.problem("mapping-missing", f'"{file}" must say one of {", ".join(SOURCES)}.', node, remedy="Write  calculation: NAME.")
    elif conditions and given[0] not in ("calculation", "table"):
        part.problem("mapping-form", f"a {given[0]} has no conditions.", node, why="They would be ignored.", remedy='Remove "where".')
    if len(problems) != before:
        return None
    said = {column: " or ".join(values) for column, values in conditions.items()}
    return Wanted(file, given[0], named[given[0]], filter_text(conditions, node.where), said, node.where)


def _action(node: Node, problems: list[Problem]) -> tuple[str, str] | None:
    part = Section(node, "what is run", problems)
    named = {kind: part.text(kind) for kind in ACTIONS}
    part.close()
    given = [(kind, name) for kind, name in named.items() if name]
    if len(given) != 1:
        part.problem("mapping-missing", f"a run names one of {', '.join(ACTIONS)}.", node, remedy="Write  calculation: NAME.")
        return None
    return given[0]


class VaricentTarget:
    """One model while it is asked."""

    def __init__(self, target: str, access: Access, wanted: Sequence[Wanted], actions: Sequence[tuple[str, str]]) -> None:
        self.target, self.access, self.wanted, self.actions = target, access, wanted, actions
        self.client = access.client()
        self._store: PageStore | None = None

    def close(self) -> None:
        self.client.close()

    def keep_pages(self, store: PageStore) -> None:
        self._store = store

    def names(self) -> list[str]:
        return self.client.names()

    def seed(self, tables: Sequence[SeedRows], say: Say) -> list[Done]:
        self.client.http.said = say
        done = []
        # What refers to others goes first, in the opposite order of loading.
        for rows in reversed(tables):
            if rows.seed.emptied:
                say(f"emptying {rows.seed.into}")
                self.client.empty_table(rows.seed.into)
        for rows in tables:
            say(f"seeding {rows.seed.into}")
            started = now()
            self.client.add_rows(rows.seed.into, rows.header, rows.rows)
            done.append(Done(f"seeded {rows.seed.into} from {rows.seed.table}", len(rows.rows), started, now()))
        return done

    def run(self, say: Say) -> list[Done]:
        self.client.http.said = say
        run = {"import": self.client.run_import, "calculation": self.client.run_calculation, "schedule item": self.client.run_schedule_item}
        done = []
        for kind, name in self.actions:
            say(f"running {kind} {name}")
            started = now()
            said = run[kind](name)
            done.append(Done(f"ran {kind} {name}", None, started, now(), said))
        return done

    def fetch(self, folder: Path, say: Say) -> list[Extract]:
        self.client.http.said = say
        before = self.client.freshness()
        # What says whether the results are fresh is never taken from pages that were kept.
        self.client.store = self._store
        if self._store is not None:
            self._store.asked = f"{self.access.url} {self.access.model} {before.calculated}"
            if pages := self._store.pages:
                say(f"going on with {pages:,} pages of a fetch that was broken off")
        extracts, last = [], ""
        for wanted in self.wanted:
            say(f"fetching {wanted.file}")
            extract, date = self._extract(wanted, folder, before)
            extracts.append(extract)
            last = date or last
        self.client.store = None
        after = self.client.freshness(last)
        if after.calculated != before.calculated:
            what = f"the model {self.access.model} was calculated again while it was read ({before.calculated or 'never'}, then {after.calculated})."
            raise Unreachable(Problem("target-not-fresh", what, self.access.where, "Some files would be of one calculation and some of another. Nothing was compared.", "Run it again when nobody calculates."))
        return extracts

    def _extract(self, wanted: Wanted, folder: Path, fresh: Freshness) -> tuple[Extract, str]:
        started = now()
        if wanted.kind == "published file":
            data = self.client.published_file(wanted.name)
            (folder / wanted.file).write_bytes(data)
            rows = max(0, data.count(b"\n") + (data[-1:] not in (b"\n", b"")) - 1)
            return self._said(wanted, rows, hashlib.sha256(data).hexdigest(), started, fresh, None), ""
        read = {"calculation": self.client.rows_of_calculation, "table": self.client.rows_of_table}
        found = self.client.query(wanted.name) if wanted.kind == "query" else read[wanted.kind](wanted.name, wanted.filter)
        count, digest = write_rows(folder / wanted.file, found.columns, found.rows)
        return self._said(wanted, count, digest, started, fresh, found), found.date

    def _said(self, wanted: Wanted, rows: int, digest: str, started: str, fresh: Freshness, found: RowSet | None) -> Extract:
        notes = []
        if found is not None and found.nested:
            notes.append("The answers have their columns and rows one list deeper than documented.")
        if found is not None and found.padded:
            notes.append(f"{found.padded:,} rows were shorter than the header; their last cells count as blank.")
        if wanted.kind == "published file":
            notes.append("The target doesn't say when this file was published; see that it is newer than the last calculation.")
        if found is not None and not found.keys:
            notes.append("The target doesn't say which columns make a row unique.")
        parameters = wanted.parameters | {"model": self.access.model, "page size": str(self.access.settings.page)}
        return Extract(
            wanted.file, f"{wanted.kind} {wanted.name}", rows, digest, started, now(), f"{self.target}, model {self.access.model}", parameters,
            found.pages if found else 1, fresh.calculated, fresh.locked, tuple(notes),
        )  # fmt: skip
