"""A server on this machine that answers SOQL as Salesforce does, by REST pages and by Bulk API 2.0, for tests."""

from __future__ import annotations

import csv
import io
import json
import re
import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

_QUERY = re.compile(r"SELECT (?P<fields>.+?) FROM (?P<object>\w+)(?: WHERE (?P<name>\w+) = '(?P<value>[^']*)')?(?: ORDER BY .*)?\Z")


@dataclass
class StandIn:
    """The server.  records: object -> its records.  certificate, key: of the server.  page: records of one answer.

    failing: statuses that the next requests answer with.  repeat_header: whether each page of a bulk result has the header.
    """

    records: dict[str, list[dict[str, Any]]]
    certificate: Path
    key: Path
    token: str = "00Dxx!rehearsal"  # noqa: S105  (a stand-in's own)
    page: int = 3
    failing: list[int] = field(default_factory=list)
    hidden: int = 0
    port: int = 0
    _jobs: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> StandIn:
        owner = self

        class Handler(_Handler):
            standin = owner

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def rows(self, soql: str) -> tuple[list[str], list[dict[str, Any]]] | None:
        """The fields and the records of a query; None where it can't be read."""
        match = _QUERY.match(soql)
        if match is None or match["object"] not in self.records:
            return None
        found = [r for r in self.records[match["object"]] if not match["name"] or str(r.get(match["name"])) == match["value"]]
        return [f.strip() for f in match["fields"].split(",")], found


class _Handler(BaseHTTPRequestHandler):
    standin: StandIn
    protocol_version = "HTTP/1.1"
    timeout = 30

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Authorization") != f"Bearer {self.standin.token}":
            self._send(401, [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}])
        elif self.standin.failing:
            self._send(self.standin.failing.pop(0), [{"message": "try again", "errorCode": "SERVER_UNAVAILABLE"}])
        else:
            parts = urlsplit(self.path)
            path = re.sub(r"^/services/data/v[\d.]+", "", parts.path)
            asked = {k: v[-1] for k, v in parse_qs(parts.query).items()}
            if path in ("/query/", "/query"):
                self._query(asked.get("q", ""), 0)
            elif path.startswith("/query/"):
                start, _, soql = path.removeprefix("/query/").partition("-")
                self._query(bytes.fromhex(soql).decode(), int(start))
            elif path == "/sobjects":
                self._send(200, {"sobjects": [{"name": name, "queryable": True} for name in self.standin.records]})
            elif path == "/jobs/query" and self.command == "POST":
                job = f"750{len(self.standin._jobs):015d}"
                self.standin._jobs[job] = json.loads(body)["query"]
                self._send(200, {"id": job, "state": "UploadComplete"})
            elif path.endswith("/results"):
                self._results(self.standin._jobs[path.split("/")[3]], int(asked.get("locator", 0)), int(asked.get("maxRecords", 50_000)))
            elif path.startswith("/jobs/query/"):
                self._send(200, {"id": path.rpartition("/")[2], "state": "JobComplete", "numberRecordsProcessed": 1})
            else:
                self._send(404, [{"message": "not found", "errorCode": "NOT_FOUND"}])

    def _query(self, soql: str, start: int) -> None:
        found = self.standin.rows(soql)
        if found is None:
            self._send(400, [{"message": "unexpected token", "errorCode": "MALFORMED_QUERY"}])
            return
        fields, rows = found
        if fields == ["COUNT()"]:
            self._send(200, {"totalSize": len(rows), "done": True, "records": []})
            return
        # A user who may not see every record is told of none that is hidden.
        rows = rows[: len(rows) - self.standin.hidden]
        page = rows[start : start + self.standin.page]
        end = start + len(page)
        out: dict[str, Any] = {"totalSize": len(rows), "done": end >= len(rows), "records": [{"attributes": {"type": "x"}} | {f.partition(".")[0]: r.get(f.partition(".")[0]) for f in fields} for r in page]}
        if not out["done"]:
            out["nextRecordsUrl"] = f"/services/data/v60.0/query/{end}-{soql.encode().hex()}"
        self._send(200, out)

    def _results(self, soql: str, start: int, most: int) -> None:
        found = self.standin.rows(soql)
        assert found is not None
        fields, rows = found
        page = rows[start : start + most]
        text = io.StringIO(newline="")
        writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(fields)
        writer.writerows([["" if (v := r.get(f)) is None else str(v) for f in fields] for r in page])
        end = start + len(page)
        # The end marker is the word null.
        headers = {"Sforce-Locator": str(end) if end < len(rows) else "null", "Sforce-NumberOfRecords": str(len(page))}
        self._send(200, text.getvalue().encode(), headers, "text/csv")

    def _send(self, status: int, data: Any, headers: dict[str, str] | None = None, kind: str = "application/json") -> None:
        # Amounts are kept as numbers of JSON, as they stand.
        content = data if isinstance(data, bytes) else re.sub(r'"\^([-\d.]+)\^"', r"\1", json.dumps(data)).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
