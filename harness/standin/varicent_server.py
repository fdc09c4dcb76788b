"""A server on this machine that speaks Varicent's REST, for rehearsals and tests.  It can be made to fail as real ones do."""

from __future__ import annotations

import base64
import hmac
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from harness.standin.varicent_filters import BadFilter, filtered, ordered, said
from harness.standin.varicent_model import Activity, Cell, Column, Model, Row

MOST_BODY = 200_000
MOST_ROWS = 10_000
"""What one answer holds at most, whatever limit is asked for; the real figure isn't known."""
FAULTS = (
    *("drop in the middle", "truncated JSON", "web page", "503", "409", "429", "500", "expired key", "duplicate page", "lost row"),
    *("slow clock", "row of another length", "time-out", "ignored offset", "empty answer", "plain text", "kept rows", "doubled rows", "long words"),
)
"""Ways to fail, each for as many requests as it is planned."""


@dataclass
class Fault:
    """One planned failure.  path: a pattern of the requests that fail.  skip: how many of them go well first.  times: how many fail."""

    name: str
    path: str = "."
    times: int = 1
    skip: int = 0
    method: str = ""

    def strikes(self, method: str, path: str) -> bool:
        if (self.method and self.method != method) or not self.times or not re.search(self.path, path):
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.times -= 1
        return True


class _Answer(Exception):
    """An answer other than 200."""

    def __init__(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(text)
        self.status, self.text, self.headers = status, text, headers or {}


@dataclass
class StandIn:
    """The server.  models by name.  nested: answers are one list deeper, as one client reads them.  rpc: paths of actions have rpc in them."""

    models: dict[str, Model]
    key: str = "icm-rehearsal"
    nested: bool = False
    rpc: bool = True
    id_name: str = "calculationId"
    port: int = 0
    faults: list[Fault] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)

    def __enter__(self) -> StandIn:
        owner = self

        class Handler(_Handler):
            standin = owner

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v1"

    def fault(self, method: str, path: str) -> str:
        """The failure that is planned for this request, or ""."""
        return next((f.name for f in self.faults if f.strikes(method, path)), "")


class _Handler(BaseHTTPRequestHandler):
    standin: StandIn
    protocol_version = "HTTP/1.1"
    timeout = 30

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: addresses may hold names of payees."""

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def do_DELETE(self) -> None:
        self._answer("DELETE")

    def date_time_string(self, timestamp: float | None = None) -> str:
        if getattr(self, "slow", False):
            return "Thu, 02 Apr 2020 02:55:00 GMT"
        return super().date_time_string(timestamp)

    def _answer(self, method: str) -> None:
        parts = urlsplit(self.path)
        path = unquote(parts.path)
        asked = f"{path}?{unquote(parts.query)}" if parts.query else path
        self.standin.requests.append((method, asked))
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        fault = self.standin.fault(method, asked)
        self.slow = fault == "slow clock"
        if fault == "time-out":
            # The work is done, and nobody hears of it.
            self._result(method, path, parts.query, body, fault)
            self.close_connection = True
            return
        planned = {
            "503": _Answer(503, "the table is locked by another running process"),
            "409": _Answer(409, "other processes are running"),
            "429": _Answer(429, "too many requests", {"Retry-After": "1"}),
            "500": _Answer(500, "server error"),
            "long words": _Answer(400, "x" * 270 + self.headers.get("Authorization", "")),
            "expired key": _Answer(401, f"the key {self.headers.get('Authorization', '')} has expired"),
        }
        if fault in planned:
            self._refuse(planned[fault])
            return
        if fault == "web page":
            self._send(200, b"<!DOCTYPE html><html><body>Scheduled maintenance</body></html>", "text/html")
            return
        try:
            found = self._result(method, path, parts.query, body, fault)
        except _Answer as other:
            self._refuse(other)
            return
        data = b"" if fault == "empty answer" else found if isinstance(found, bytes) else to_json(found).encode()
        if fault in ("empty answer", "plain text"):
            self._send(200, data, "text/plain")
            return
        if fault == "truncated JSON":
            data = data[: len(data) * 2 // 3]
        self._send(200, data, "application/json" if not isinstance(found, bytes) else "application/octet-stream", cut=fault == "drop in the middle")

    def _send(self, status: int, data: bytes, kind: str, headers: dict[str, str] | None = None, *, cut: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data[: len(data) // 2] if cut else data)
        if cut:
            self.close_connection = True

    def _refuse(self, answer: _Answer) -> None:
        self._send(answer.status, json.dumps({"message": answer.text}).encode(), "application/json", answer.headers)

    def _result(self, method: str, path: str, query: str, body: bytes, fault: str) -> Any:
        if len(body) > MOST_BODY:
            raise _Answer(413, "body too large")
        wanted = f"Bearer {self.standin.key}"
        if not hmac.compare_digest(self.headers.get("Authorization", "").encode("latin-1", "replace"), wanted.encode()):
            raise _Answer(401, "the API key is missing or wrong")
        model = self.standin.models.get(self.headers.get("Model", ""))
        if model is None:
            raise _Answer(401, "there is no such model, or the key doesn't open it")
        parameters = {name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()}
        try:
            given = json.loads(body, parse_float=str, parse_int=str) if body else {}
        except ValueError:
            raise _Answer(400, "the body is no JSON") from None
        for pattern, verb, function in ROUTES:
            match = re.fullmatch(pattern if self.standin.rpc else pattern.replace("/rpc", ""), path.removeprefix("/api/v1"))
            if match and verb == method:
                with model.lock:
                    try:
                        return function(_Call(self.standin, model, parameters, given, fault), *match.groups())
                    except BadFilter as error:
                        raise _Answer(400, f"the filter can't be read: {error}") from None
                    except ValueError as error:
                        raise _Answer(400, str(error)) from None
        raise _Answer(404, f"there is no {path}")


@dataclass
class _Call:
    """One request that is answered."""

    standin: StandIn
    model: Model
    parameters: dict[str, str]
    body: dict[str, Any]
    fault: str

    def rowset(self, columns: Any, rows: list[Row]) -> dict[str, Any]:
        """A page of rows.  Without an order, pages come in whatever order the database finds them."""
        found = filtered(columns, rows, self.parameters.get("filter", ""))
        offset, limit = int(self.parameters.get("offset", 0)), int(self.parameters.get("limit", 0))
        if self.parameters.get("orderBy"):
            found = ordered(columns, found, self.parameters["orderBy"])
        elif found:
            turn = len(self.standin.requests) % len(found)
            found = found[turn:] + found[:turn]
        if self.fault == "duplicate page":
            offset = max(0, offset - (limit or MOST_ROWS))
        if self.fault == "ignored offset":
            offset = 0
        page = found[offset : offset + min(limit or MOST_ROWS, MOST_ROWS)]
        if self.fault == "lost row":
            page = page[:-1]
        if self.fault == "row of another length" and page:
            page = [*page[:-1], [*page[-1], "one more"]]
        return self.shaped(columns, page)

    def shaped(self, columns: Any, page: list[Row]) -> dict[str, Any]:
        definitions: Any = [{"name": c.name, "type": c.type, "isKey": c.is_key, "nullable": not c.is_key} for c in columns]
        return {"columnDefinitions": [definitions], "data": [page]} if self.standin.nested else {"columnDefinitions": definitions, "data": page}

    def table(self, name: str) -> Any:
        if name not in self.model.tables:
            raise _Answer(404, f"there is no table {name}")
        return self.model.tables[name]

    def check_free(self, table: str = "") -> None:
        if self.model.is_busy:
            raise _Answer(409, "other processes are running")
        if table in self.model.locked_tables:
            raise _Answer(503, f"{table} is locked by another running process")

    def started(self, activity: Activity, computation: bool = False) -> dict[str, str]:
        out = {"completedactivities": f"api/v1/completedactivities/{activity.id}", "liveactivities": f"api/v1/liveactivities/{activity.id}"}
        if computation:
            out |= {"completedcomputation": f"api/v1/calculations/logs/completed/{activity.id}", "livecomputation": "api/v1/calculations/logs/live/0"}
        return out


def _tables(call: _Call) -> Any:
    return [{"name": t.name, "tableType": t.kind} for t in call.model.tables.values()]


def _table_rows(call: _Call, name: str, form: str) -> Any:
    table = call.table(name)
    return call.rowset(table.columns, table.rows)


def _add_rows(call: _Call, name: str, form: str) -> Any:
    table = call.table(name)
    call.check_free(name)
    rows = call.body.get("rows")
    if not isinstance(rows, list) or not all(isinstance(r, list) and all(isinstance(c, str) for c in r) for r in rows):
        raise _Answer(400, "rows must be lists of text")
    call.model.add(table, rows[:-1] if call.fault == "lost row" else rows)
    if call.fault == "doubled rows":
        call.model.add(table, rows)
    return {}


def _empty(call: _Call, name: str) -> Any:
    call.check_free(name)
    if call.fault != "kept rows":
        call.table(name).rows.clear()
    return {}


def _calculations(call: _Call) -> Any:
    return [{"parentBlockId": 1, call.standin.id_name: Decimal(c.id), "name": c.name, "isFavourite": False} for c in call.model.calculations.values()]


def _calculation(call: _Call, number: str) -> Any:
    if int(number) not in call.model.calculations:
        raise _Answer(404, f"there is no calculation {number}")
    return call.model.calculations[int(number)]


def _calculation_rows(call: _Call, number: str) -> Any:
    found = _calculation(call, number)
    return call.rowset(found.columns, found.rows)


def _run_calculation(call: _Call, number: str) -> Any:
    found = _calculation(call, number)
    call.check_free()
    return call.started(call.model.calculate(found), computation=True)


def _imports(call: _Call) -> Any:
    return [{"importId": Decimal(i.id), "name": i.name, "table": i.table, "importType": "Text", "dateFormat": "MonthFirst", "culture": "en-US"} for i in call.model.imports.values()]


def _run_import(call: _Call, number: str) -> Any:
    found = call.model.imports.get(int(number))
    if found is None:
        raise _Answer(404, f"there is no import {number}")
    call.check_free(found.table)
    return call.started(call.model.run_import(found))


def _run_schedule(call: _Call, number: str) -> Any:
    found = call.model.schedule.get(int(number))
    if found is None:
        raise _Answer(404, f"there is no schedule item {number}")
    call.check_free()
    return call.started(found())


def _live(call: _Call, number: str = "") -> Any:
    wanted = number or call.parameters.get("filter", "").removeprefix("progressId=")
    found = []
    for activity in call.model.activities:
        if wanted in ("", str(activity.id)):
            call.model.poll(activity)
            if activity.is_live or (call.model.never_ends and activity.status == "Running"):
                found.append(_shown(activity) | {"percent": Decimal(min(99, activity.polls * 30)), "description": activity.type, "hasDescription": True, "isCancellable": True})
    return found


def _completed(call: _Call, number: str = "") -> Any:
    wanted = number or call.parameters.get("filter", "").removeprefix("progressId=")
    return [_shown(a) | {"message": a.message, "apiServer": "1"} for a in call.model.activities if a.status != "Running" and wanted in ("", str(a.id))]


def _shown(activity: Activity) -> dict[str, Any]:
    return {"progressId": Decimal(activity.id), "userId": "tester", "type": activity.type, "status": activity.status, "time": activity.time}


def _busy(call: _Call) -> Any:
    return call.model.is_busy


def _published(call: _Call) -> Any:
    return [{"uuid": uuid, "filename": name} for uuid, (name, _) in call.model.published.items()]


def _published_file(call: _Call, uuid: str) -> Any:
    if uuid not in call.model.published:
        raise _Answer(404, f"there is no file {uuid}")
    name, data = call.model.published[uuid]
    return {"filename": name, "data64": base64.b64encode(data).decode()}


def _query(call: _Call) -> Any:
    """One SELECT over the model's tables, run in a database of this request."""
    import sqlite3

    text = str(call.body.get("queryString", ""))
    if not re.match(r"\s*(select|with)\b", text, re.IGNORECASE) or ";" in text:
        raise _Answer(400, "only one SELECT is allowed")
    with sqlite3.connect(":memory:") as database:
        for table in call.model.tables.values():
            names = ", ".join('"' + c.name.replace('"', '""') + '"' for c in table.columns)
            marks = ", ".join("?" for _ in table.columns)
            quoted = '"' + table.name.replace('"', '""') + '"'
            database.execute(f"CREATE TABLE {quoted} ({names})")
            database.executemany(f"INSERT INTO {quoted} VALUES ({marks})", [[said(c) if c is not None else None for c in r] for r in table.rows])  # noqa: S608  (quoted)
        try:
            cursor = database.execute(text)
        except sqlite3.Error as error:
            raise _Answer(400, str(error)) from None
        columns = [Column(d[0]) for d in cursor.description]
        rows: list[Row] = [[_cell(c) for c in row] for row in cursor.fetchall()]
    offset, limit = int(call.body.get("offset", 0)), int(call.body.get("limit", 0))
    return call.shaped(columns, rows[offset : offset + (limit or MOST_ROWS)])


def _cell(value: Any) -> Cell:
    return value if value is None or isinstance(value, str) else Decimal(str(value))


ROUTES: list[tuple[str, str, Callable[..., Any]]] = [
    (r"/customtables", "GET", _tables),
    (r"/customtables/([^/]+)/inputforms/(\d+)/data", "GET", _table_rows),
    (r"/customtables/([^/]+)/inputforms/(\d+)/data", "POST", _add_rows),
    (r"/customtables/([^/]+)/inputforms/(\d+)/data/rows", "POST", _add_rows),
    (r"/customtables/([^/]+)/data", "DELETE", _empty),
    (r"/calculations", "GET", _calculations),
    (r"/calculations/(\d+)/data", "GET", _calculation_rows),
    (r"/rpc/calculations/(\d+)", "POST", _run_calculation),
    (r"/imports", "GET", _imports),
    (r"/rpc/imports/(\d+)/run", "POST", _run_import),
    (r"/rpc/scheduleitem/(\d+)/run", "POST", _run_schedule),
    (r"/liveactivities", "GET", _live),
    (r"/liveactivities/(\d+)", "GET", _live),
    (r"/completedactivities", "GET", _completed),
    (r"/completedactivities/(\d+)", "GET", _completed),
    (r"/globalactionstatus", "GET", _busy),
    (r"/publishedfiles", "GET", _published),
    (r"/publishedfiles/([^/]+)", "GET", _published_file),
    (r"/rpc/querytool", "POST", _query),
]


def to_json(value: Any) -> str:
    """JSON whose decimals are bare numbers without trailing zeros, as the service writes them."""
    if isinstance(value, Decimal):
        return said(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(k)}:{to_json(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(to_json, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
