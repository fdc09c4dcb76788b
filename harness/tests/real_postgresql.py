"""A real PostgreSQL server on loopback, for tests that ask a database."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

PASSWORD = "s3cret-of-the-test"


@dataclass(frozen=True)
class Server:
    """host and port of a running server; its one user is trueup, whose password is PASSWORD."""

    port: int

    def url(self, database: str = "uat") -> str:
        return f"postgresql+psycopg://trueup@127.0.0.1:{self.port}/{database}"

    def execute(self, script: str, database: str = "uat") -> list[tuple[object, ...]]:
        """Runs SQL as the owner; the rows of the last statement."""
        import psycopg

        with psycopg.connect(host="127.0.0.1", port=self.port, user="trueup", password=PASSWORD, dbname=database, autocommit=True) as connection:
            cursor = connection.execute(script.encode())
            return list(cursor.fetchall()) if cursor.description else []


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextmanager
def running() -> Iterator[Server]:
    """Starts a server of its own, with a database "uat" and a database "production"; skips where PostgreSQL isn't installed."""
    binaries = _binaries()
    if binaries is None:
        pytest.skip("needs PostgreSQL: install the package postgresql")
    folder = Path(tempfile.mkdtemp(prefix="trueup-pg-"))
    # PostgreSQL refuses to run as root.
    other = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    try:
        (folder / "password").write_text(PASSWORD)
        if other:
            shutil.chown(folder, "postgres", "postgres")
            shutil.chown(folder / "password", "postgres", "postgres")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        data = folder / "data"

        def run(*words: str) -> None:
            subprocess.run(words, check=True, capture_output=True, cwd=folder, **other)  # type: ignore[call-overload]

        run(str(binaries / "initdb"), "-D", str(data), "-U", "trueup", "-A", "scram-sha-256", f"--pwfile={folder / 'password'}", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c fsync=off"
        run(str(binaries / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            server = Server(port)
            _wait(server)
            for name in ("uat", "production"):
                server.execute(f"CREATE DATABASE {name}", "postgres")
            yield server
        finally:
            run(str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(server: Server) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", server.port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
