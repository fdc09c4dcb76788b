"""Varicent's REST: what a model holds, read completely or not at all; test data and calculations in models that allow it.

Calls and shapes: the vendor's REST guide, and public client code where the guide is silent; see docs/targets/varicent.md.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn
from urllib.parse import quote

from harness.targets.hidden import masked, remember
from harness.targets.http_client import Answer, HttpClient, Patience, TooLarge, server_time
from harness.targets.page_store import PageStore
from harness.targets.varicent_cells import plain
from harness.targets.varicent_moments import CALCULATION, IMPORT, NoMoment, after, ends, later, latest
from reference_engine.problems import Problem, Stopped, Unreachable, Where, did_you_mean

MOST_READS = 4
LOCKED = "LastLockedPeriod"


@dataclass(frozen=True)
class Settings:
    """What differs between tenants, or isn't documented.  rpc: whether the paths of actions have rpc in them.  order_by: whether
    rows can be asked for in an order.  bulk: whether many rows are added with one call.  query_tool: whether the observed
    query tool may be used, for reading.  page: rows asked for at a time.  batch: rows written at a time.  zone: minutes by which the times of
    activities and calculations are ahead of UTC.
    """

    rpc: bool = True
    order_by: bool = True
    bulk: bool = True
    query_tool: bool = False
    page: int = 10_000
    batch: int = 1_000
    patience: Patience = field(default_factory=Patience)
    poll: float = 1.0
    activity: float = 3_600.0
    zone: int = 0


@dataclass(frozen=True)
class RowSet:
    """All rows of a table or a result, in the order of its key.  types: of the columns.  keys: the columns that make a row unique."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    keys: tuple[int, ...]
    rows: list[tuple[str, ...]]
    pages: int
    sha256: str
    date: str
    nested: bool
    padded: int = 0


@dataclass(frozen=True)
class Freshness:
    """When the model was calculated last, by its own clock, and which periods are locked."""

    calculated: str
    locked: tuple[str, ...]


class VaricentClient:
    """One model.  key: never said again.  may_write_to: the models that test data may be written to."""

    def __init__(
        self, url: str, model: str, key: str, may_write_to: Sequence[str], where: Where, settings: Settings | None = None,
        *, sleep: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        remember(key)
        self.model, self.may_write_to, self.where = model, tuple(may_write_to), where
        _check_headers(model, key, where)
        self.settings = settings or Settings()
        self.sleep = sleep
        headers = {"Authorization": f"Bearer {key}", "Model": model, "Accept": "application/json"}
        self.http = HttpClient(url, headers, where, self.settings.patience, sleep=sleep)
        self.store: PageStore | None = None
        self._calculations: list[tuple[str, str]] | None = None

    def close(self) -> None:
        self.http.close()

    # -- reading ------------------------------------------------------------------------------------------
    def rows_of_table(self, table: str, filter_: str = "") -> RowSet:
        """All rows of a table."""
        return self._stable(f"/customtables/{quote(table, safe='')}/inputforms/0/data", filter_, table)

    def rows_of_calculation(self, name: str, filter_: str = "") -> RowSet:
        """All rows of a calculation's result; by its name or its number."""
        return self._stable(f"/calculations/{self.calculation(name)}/data", filter_, name)

    def query(self, text: str) -> RowSet:
        """One SELECT through the query tool, which isn't documented: only where the profile allows it."""
        if not self.settings.query_tool:
            what = "the query tool isn't part of the documented interface, and the profile doesn't allow it."
            raise Stopped(Problem("target-refused", what, self.where, remedy="Read the table or calculation instead; or say  query tool: allowed  where your contract permits it."))
        if not text.lstrip().casefold().startswith(("select", "with")) or ";" in text:
            raise Stopped(Problem("target-refused", "a query must be one SELECT.", self.where, "Fetching changes nothing.", "Take everything else out."))

        def page(offset: int) -> Answer:
            return self.http.post("/rpc/querytool", {"queryString": text, "offset": offset, "limit": self.settings.page}, harmless=True)

        def count() -> int:
            found = _shaped(self.http.post("/rpc/querytool", {"queryString": f"SELECT COUNT(*) AS n FROM ({text}) AS counted", "offset": 0, "limit": 1}, harmless=True), self.where)  # noqa: S608  (the profile's own query)
            if len(found.rows) != 1 or not found.rows[0][0].isdigit():
                raise Unreachable(Problem("target-not-json", "the query tool doesn't say how many rows the query has.", self.where, "It can't be told whether all came. Nothing was compared.", "Read the table or calculation instead."))
            return int(found.rows[0][0])

        found = self._agreeing(page, "the query", count)
        if found.pages > 2 and not re.search(r"\border\s+by\b", text, re.IGNORECASE):
            raise Stopped(Problem("target-refused", "the query gives more than one page, and has no order.", self.where, "Without an order, pages may repeat rows and leave others out.", "Add ORDER BY with the columns that make a row unique."))
        return found

    def published_file(self, name: str) -> bytes:
        """A published file by its name; the bytes as they were published."""
        files = self._list("/publishedfiles")
        found = [f for f in files if name in (f.get("filename"), f.get("name"), f.get("uuid"))]
        if not found:
            # The documented list says at least the id; the name may stand with the file only.
            for entry in files:
                one = self._published(str(entry.get("uuid", "")))
                if one[0] == name:
                    return one[1]
            known = [str(f.get("filename") or f.get("uuid")) for f in files]
            raise Stopped(Problem("target-name", f'no published file is called "{name}".', self.where, remedy=did_you_mean(name, known)))
        if len(found) > 1:
            raise Stopped(Problem("target-name", f'{len(found)} published files are called "{name}".', self.where, "It can't be told which one counts.", "Name it by its uuid."))
        return self._published(str(found[0].get("uuid", "")))[1]

    def _published(self, uuid: str) -> tuple[str, bytes]:
        answer = self.http.get(f"/publishedfiles/{quote(uuid, safe='')}").data
        try:
            return str(answer["filename"]), base64.b64decode("".join(answer["data64"].split()), validate=True)
        except (KeyError, TypeError, AttributeError, binascii.Error, ValueError):
            raise Unreachable(Problem("target-not-json", "the published file isn't base64 as documented.", self.where, "Nothing was compared.", "Fetch it by SFTP, or from Downloads.")) from None

    def names(self) -> list[str]:
        """What could be fetched: calculations, tables and published files that this key may see."""
        found = {kind: self._list(path) for kind, path in (("calculation", "/calculations"), ("table", "/customtables"), ("published file", "/publishedfiles"))}
        return sorted(f"{kind}: {e.get('name') or e.get('filename') or e.get('uuid')}" for kind, entries in found.items() for e in entries)

    def calculation(self, name: str) -> str:
        """The number of a calculation; its name, or its number itself."""
        if self._calculations is None:
            # One page of the documentation calls the number id, another calculationId.
            self._calculations = [(str(e.get("name")), str(e.get("calculationId", e.get("id")))) for e in self._list("/calculations")]
        found = [number for known, number in self._calculations if known == name]
        if len(found) > 1:
            raise Stopped(Problem("target-name", f'{len(found)} calculations are called "{name}".', self.where, "It can't be told which one pays.", f"Name it by its number: {', '.join(found)}."))
        if found:
            return found[0]
        if any(name == number for _, number in self._calculations):
            return name
        raise Stopped(Problem("target-name", f'the model {self.model} has no calculation "{name}" that this key may see.', self.where, remedy=did_you_mean(name, dict(self._calculations))))

    def _stable(self, path: str, filter_: str, what: str) -> RowSet:
        first = _shaped(self.http.get(path, {"offset": "0", "limit": "1"}), self.where)
        names = [first.columns[i] for i in (first.keys or range(len(first.columns)))]
        parameters = {"limit": str(self.settings.page)}
        if self.settings.order_by:
            # Without an order, pages may repeat rows and leave others out.
            parameters["orderBy"] = ",".join(names)
        if filter_:
            parameters["filter"] = filter_
        return self._agreeing(lambda offset: self.http.get(path, parameters | {"offset": str(offset)}), what, key=f"{path} {sorted(parameters.items())}")

    def _agreeing(self, page: Callable[[int], Answer], what: str, count: Callable[[], int] | None = None, key: str = "") -> RowSet:
        """Reads until two reads agree: what is only half synced, or read in two orders, doesn't."""
        seen: Counter[str] = Counter()
        why = "two reads never agreed"
        for number in range(MOST_READS):
            # Only the first read may come from pages that were kept; those after it prove it.
            kept = self.store is not None and key and number == 0
            try:
                found = self._pages(self._kept(page, key) if kept else page, what, count() if count else None)
            except _NotWhole as error:
                why = str(error)
                self._forget()
                continue
            seen[found.sha256] += 1
            if seen[found.sha256] == 2:
                return found
            if number:
                self._forget()
        raise Unreachable(
            Problem(
                "target-not-stable", f"{what}: {why} in {MOST_READS} reads.", self.where, "Something is still being written, or pages overlap. Nothing was compared.",
                "Wait until nothing runs in the model, and run it again.",
            )
        )  # fmt: skip

    def _kept(self, page: Callable[[int], Answer], key: str) -> Callable[[int], Answer]:
        """Takes pages that an earlier, broken fetch has kept, and keeps those that it reads."""

        def read(offset: int) -> Answer:
            assert self.store is not None
            found = self.store.get(key, offset)
            if found is None:
                found = page(offset)
                self.store.put(key, offset, found)
            return found

        return read

    def _forget(self) -> None:
        if self.store is not None:
            self.store.clear()

    def _pages(self, page: Callable[[int], Answer], what: str, count: int | None = None) -> RowSet:
        """Page after page until one is empty: a short one may only mean that the target gives fewer rows than it was asked for."""
        whole: RowSet | None = None
        rows: list[tuple[str, ...]] = []
        seen: set[tuple[str, ...]] = set()
        last: list[tuple[str, ...]] = []
        pages = 0
        while True:
            part = _shaped(page(len(rows)), self.where)
            pages += 1
            if whole is not None and part.columns != whole.columns:
                raise _NotWhole("a later page has other columns")
            whole = whole or part
            if not part.rows:
                break
            keys = [tuple(row[i] for i in whole.keys) for row in part.rows] if whole.keys else []
            again = len(keys) - len(set(keys) - seen)
            # A target that ignores the offset would give its first page for ever.
            if again or (count is None and part.rows == last):
                raise _NotWhole(f"{again or len(last):,} rows came twice")
            if count is not None and len(rows) + len(part.rows) > count:
                raise _NotWhole(f"more rows came than the {count:,} that it counts")
            seen.update(keys)
            last = part.rows
            rows += part.rows
            whole = replace(whole, padded=whole.padded + part.padded, date=part.date)
            self.http.said(f"reading {what}: {len(rows):,} rows")
        if count is not None and len(rows) != count:
            raise _NotWhole(f"{len(rows):,} rows came of the {count:,} that it counts")
        ordered = sorted(rows)
        digest = hashlib.sha256(repr((whole.columns, ordered)).encode()).hexdigest()
        return replace(whole, rows=ordered, pages=pages, sha256=digest)

    # -- freshness ----------------------------------------------------------------------------------------
    def freshness(self, date: str = "") -> Freshness:
        """Refuses a model in which something runs, or whose data are newer than its results.  date: the server's time of the last read."""
        live = self._list("/liveactivities")
        busy = self.http.get("/globalactionstatus").data
        if live or busy not in (False, "false"):
            names = masked(", ".join(str(a.get("type", "something")) for a in live))
            self._not_fresh(f"in the model {self.model} {names or 'a model-wide action'} is still running.", "Its results aren't final.")
        done = self._list("/completedactivities")
        try:
            return self._judged(done, server_time(date))
        except NoMoment as error:
            self._not_fresh(f'the target says a time as "{error}", which can\'t be read.', "It can't be told whether the results are of the last calculation.")

    def _judged(self, done: Sequence[dict[str, Any]], read: str) -> Freshness:
        imported, broken = ends(done, IMPORT), ends(done, CALCULATION, completed=False)
        calculated = latest((ends(done, CALCULATION), *self._computed()))
        if after(imported, calculated):
            self._not_fresh(f"the last import ended {imported}, after the last calculation ({calculated or 'none is known'}).", "The results don't know the newest data.")
        if after(broken, calculated):
            self._not_fresh(f"the last calculation, of {broken}, failed or was cancelled.", "The results may be of two calculations.")
        # The header is in UTC; whether the other times are isn't documented, so the profile may say it.
        if read and calculated and after(calculated, later(read, self.settings.zone)):
            self._not_fresh(f"the target read at {read} by its own clock what it says it calculated at {calculated}.", "Its clocks don't agree, so it can't be told whether the results are of the last calculation.")
        return Freshness(calculated, self._locked())

    def _not_fresh(self, what: str, why: str) -> NoReturn:
        raise Unreachable(Problem("target-not-fresh", what, self.where, f"{why} Nothing was compared.", "Wait for its end, or have it calculated, and run it again."))

    def _list(self, path: str) -> list[dict[str, Any]]:
        """A list of records.  Anything else is no empty list: it may say that something runs, in a form that isn't known."""
        found = self.http.get(path).data
        if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
            raise Unreachable(Problem("target-not-json", f"GET {path} gives no list as documented.", self.where, "Nothing was compared.", "Check address and version of the interface."))
        return found

    def _computed(self) -> list[str]:
        rows = self._system("TimeLock")
        at = rows.columns.index("ComputedAllAt") if rows and "ComputedAllAt" in rows.columns else None
        return [row[at] for row in rows.rows] if rows and at is not None else []

    def _locked(self) -> tuple[str, ...]:
        rows = self._system("TimeCalendar")
        at = rows.columns.index(LOCKED) if rows and LOCKED in rows.columns else None
        return tuple(sorted({row[at] for row in rows.rows if row[at]})) if rows and at is not None else ()

    def _system(self, name: str) -> RowSet | None:
        """A system table, where the key may see it."""
        try:
            return self.rows_of_table(name)
        except Stopped as stopped:
            if stopped.problems[0].slug == "target-name":
                return None
            raise

    # -- changing -----------------------------------------------------------------------------------------
    def check_writable(self) -> None:
        """Refuses to change a model that isn't on the list.  The model is a header: the same key opens production."""
        if self.model not in self.may_write_to:
            raise Stopped(
                Problem(
                    "target-not-writable", f'the model "{self.model}" isn\'t one that the profile allows to be written to.', self.where,
                    "Test data in a production model would be paid, and counted by the licence.", f"If it is a test model, add it:  may write to: [{', '.join((*self.may_write_to, self.model))}]",
                )
            )  # fmt: skip

    def empty_table(self, table: str) -> None:
        """Takes all rows out of a table, and looks whether they are gone."""
        self.check_writable()
        self.http.delete(f"/customtables/{quote(table, safe='')}/data")
        left = len(self.rows_of_table(table).rows)
        if left:
            raise Unreachable(Problem("seed-incomplete", f"{table} was to be emptied and still has {left:,} rows.", self.where, "The target would calculate with data that aren't ours.", "Look whether the table is locked, or its rows can't be deleted."))

    def add_rows(self, table: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Adds rows, in the order of the table's own columns, and compares what arrived.  Raises Unreachable where a row didn't."""
        self.check_writable()
        path = f"/customtables/{quote(table, safe='')}/inputforms/0/data"
        columns = _shaped(self.http.get(path, {"offset": "0", "limit": "1"}), self.where).columns
        unknown = [name for name in header if name not in columns]
        if unknown:
            raise Stopped([Problem("missing-column", f'{table} has no column "{name}".', self.where, remedy=did_you_mean(name, columns)) for name in unknown])
        there = self.rows_of_table(table)
        before = Counter(plain(row, there.types) for row in there.rows)
        at = [header.index(name) if name in header else None for name in columns]
        sent = [tuple("" if i is None else row[i] for i in at) for row in rows]
        self._send_rows(path + "/rows" if self.settings.bulk else path, sent, self.settings.batch if self.settings.bulk else 1)
        arrived = Counter(plain(row, there.types) for row in self.rows_of_table(table).rows)
        wanted = before + Counter(plain(row, there.types) for row in sent)
        missing, more = wanted - arrived, arrived - wanted
        if missing:
            row = next(iter(missing))
            raise Unreachable(
                Problem(
                    "seed-incomplete", f"{missing.total():,} of {len(sent):,} rows didn't arrive in {table} as they were sent, first: {masked(', '.join(row))}", self.where,
                    "The target would calculate from other data than ours.", "Look for pick-list values that aren't in their table, for text over 100 characters and for keys that stand twice.",
                )
            )  # fmt: skip
        if more:
            raise Unreachable(Problem("seed-incomplete", f"{more.total():,} rows are in {table} that nobody sent, first: {masked(', '.join(next(iter(more))))}", self.where, "The target would calculate from other data than ours.", "See who else writes to the model; empty the table, and start from the beginning."))

    def _send_rows(self, path: str, rows: Sequence[tuple[str, ...]], size: int) -> None:
        at = 0
        while at < len(rows):
            try:
                self.http.post(path, {"rows": [list(row) for row in rows[at : at + size]], "inputFormId": 0, "effectiveDate": None})
            except TooLarge:
                if size == 1:
                    raise Stopped(Problem("target-refused", "one row is larger than the target takes.", self.where, remedy="Shorten its cells.")) from None
                size = max(1, size // 2)
                continue
            at += size
            self.http.said(f"seeding: {min(at, len(rows)):,} of {len(rows):,} rows")

    def run_calculation(self, name: str) -> str:
        """Has a calculation run to its end; what the target said."""
        self.check_writable()
        return self._to_its_end(self._action(f"/calculations/{self.calculation(name)}"), f'the calculation "{name}"')

    def run_import(self, name: str) -> str:
        """Has a saved import run to its end."""
        self.check_writable()
        found = self.http.get("/imports").data
        known = {str(e.get("name")): str(e.get("importId", e.get("id"))) for e in found if isinstance(e, dict)} if isinstance(found, list) else {}
        number = known.get(name, name if name in known.values() else "")
        if not number:
            raise Stopped(Problem("target-name", f'the model {self.model} has no import "{name}".', self.where, remedy=did_you_mean(name, known)))
        return self._to_its_end(self._action(f"/imports/{number}/run"), f'the import "{name}"')

    def run_schedule_item(self, number: str) -> str:
        """Has a schedule or a task of it run to its end."""
        self.check_writable()
        return self._to_its_end(self._action(f"/scheduleitem/{quote(number, safe='')}/run"), f"the schedule item {number}")

    def _action(self, path: str) -> str:
        answer = self.http.post(("/rpc" if self.settings.rpc else "") + path).data
        link = answer.get("completedactivities") if isinstance(answer, dict) else None
        number = str(link or "").rpartition("/")[2]
        if not number.isdigit():
            raise Unreachable(Problem("target-unknown-end", "the target started something and didn't say how to follow it.", self.where, "It isn't known when it ends.", "Look in the target, then start from the beginning."))
        return number

    def _to_its_end(self, number: str, what: str) -> str:
        waited = 0.0
        pause = self.settings.poll
        while True:
            for list_ in ("liveactivities", "completedactivities"):
                found = self.http.get(f"/{list_}", {"filter": f"progressId={number}"}).data
                one = next((a for a in found if isinstance(a, dict) and str(a.get("progressId")) == number), None) if isinstance(found, list) else None
                status = str(one.get("status", "")) if one else ""
                if one and status in ("Failed", "Cancelled"):
                    raise Unreachable(Problem("target-activity", f"{what} ended as {status}: {masked(str(one.get('message', '')))}", self.where, "There are no results to compare.", "Look into the target's log, and run it again."))
                if one and status == "Completed" and list_ == "completedactivities":
                    return masked(str(one.get("message", ""))) or status
                if one:
                    self.http.said(f"{what}: {one.get('percent', '?')}%, {waited:,.0f} s so far")
                    break
            # In neither list: it is between the two, or unknown; it is asked for again up to a ceiling.
            if waited + pause > self.settings.activity:
                raise Unreachable(Problem("target-activity", f"{what} hasn't ended after {waited:,.0f} seconds.", self.where, "There are no results to compare.", "Look in the target; give it more time with  activity: SECONDS  in the profile."))
            self.sleep(pause)
            waited += pause
            pause = min(pause * 1.5, 30.0)


class _NotWhole(Exception):
    """Pages that don't make a whole."""


def _shaped(answer: Answer, where: Where) -> RowSet:
    """A page of rows.  Column definitions and data may stand one list deeper, as one public client reads them."""
    data = answer.data
    definitions = data.get("columnDefinitions") if isinstance(data, dict) else None
    rows = data.get("data") if isinstance(data, dict) else None
    nested = isinstance(definitions, list) and len(definitions) == 1 and isinstance(definitions[0], list)
    if nested and isinstance(definitions, list) and isinstance(rows, list):
        definitions, rows = definitions[0], rows[0] if rows else []
    if not isinstance(definitions, list) or not isinstance(rows, list) or not all(isinstance(d, dict) and "name" in d for d in definitions):
        raise Unreachable(Problem("target-not-json", "the answer has no column definitions and data as documented.", where, "Nothing was compared.", "Check address and version of the interface."))
    columns = tuple(str(d["name"]) for d in definitions)
    cells: list[tuple[str, ...]] = []
    padded = 0
    for row in rows:
        if not isinstance(row, list) or len(row) > len(columns):
            raise Unreachable(Problem("target-not-json", "a row has more cells than there are columns.", where, "Its values can't be told apart. Nothing was compared.", "Run it again; report it to the vendor if it stays."))
        padded += len(row) < len(columns)
        if any(isinstance(cell, list | dict) for cell in row):
            raise Unreachable(Problem("target-not-json", "a cell holds a list instead of a value.", where, "Its value can't be told. Nothing was compared.", "Check address and version of the interface."))
        cells.append(tuple([_text(cell) for cell in row] + [""] * (len(columns) - len(row))))
    keys = tuple(i for i, d in enumerate(definitions) if d.get("isKey") is True)
    return RowSet(columns, tuple(str(d.get("type", "")) for d in definitions), keys, cells, 1, "", answer.date, nested, padded)


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return str(cell)


def _check_headers(model: str, key: str, where: Where) -> None:
    """Refuses what can't stand in a header; a library would refuse it too, and repeat the key in its words."""
    if not key or any(not "!" <= c <= "~" for c in key):
        raise Stopped(Problem("secret-form", "the key is empty, or holds a blank, a line end or a letter that no key has.", where, "The target would let nobody in.", "Copy it again, with nothing around it."))
    if not model or model != model.strip() or any(not " " <= c <= "~" for c in model):
        raise Stopped(Problem("target-name", "the name of the model is empty, or holds characters that can't be sent.", where, "The model is chosen by a header, which takes plain letters only.", "Write it as the admin client shows it."))


def filter_text(conditions: dict[str, tuple[str, ...]], where: Where) -> str:
    """Columns and the values that count, in the target's filter grammar; percent-encoded once, on the way."""
    parts = []
    for name, values in conditions.items():
        for text in (name, *values):
            if any(mark in text for mark in ";\\") or (text != name and (text == "NULL" or text[:1] in "[(")):
                raise Stopped(Problem("target-filter", f'"{text}" can\'t stand in a filter of the target.', where, "A semicolon or a backslash would end the condition, NULL means blank there, and a bracket begins an interval.", "Fetch all rows, and choose them in the mapping with  rows where."))
        # A list isn't case-sensitive and a single value is: what comes back is checked again by the mapping.
        parts.append(f"{name}={values[0]}" if len(values) == 1 else f"{name}=" + "\\,".join(values))
    return ";".join(parts)
