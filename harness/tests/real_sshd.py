"""A real sshd on loopback with SFTP, for tests of drop folders."""

from __future__ import annotations

import os
import pwd
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


@dataclass(frozen=True)
class Sshd:
    """port of the server; user and key_file open it; root: the folder in which its drop folders are; known_hosts: its own key."""

    port: int
    user: str
    key_file: Path
    known_hosts: Path
    root: Path


@contextmanager
def running() -> Iterator[Sshd]:
    """Starts sshd with keys of its own; skips where it isn't installed."""
    program = shutil.which("sshd") or ("/usr/sbin/sshd" if Path("/usr/sbin/sshd").is_file() else None)
    if program is None:
        pytest.skip("needs sshd: install the package openssh-server")
    folder = Path(tempfile.mkdtemp(prefix="trueup-ssh-"))
    try:
        for name in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
        shutil.copy(folder / "user.pub", folder / "authorized")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        root = folder / "root"
        for name in ("in", "out"):
            (root / name).mkdir(parents=True)
        (folder / "config").write_text(
            f"ListenAddress 127.0.0.1\nPort {port}\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/authorized\nPidFile {folder}/pid\nStrictModes no\n"
            f"PasswordAuthentication no\nUsePAM no\nPermitRootLogin yes\nSubsystem sftp internal-sftp -d {root}\n",
            encoding="utf-8",
        )
        if os.geteuid() == 0:
            # Where sshd separates its rights, it wants this folder.
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen([program, "-D", "-e", "-f", str(folder / "config")], stderr=log)
        try:
            _wait(port, server, folder / "log")
            key = (folder / "host.pub").read_text().split()
            (folder / "known").write_text(f"[127.0.0.1]:{port} {key[0]} {key[1]}\n", encoding="utf-8")
            yield Sshd(port, pwd.getpwuid(os.geteuid()).pw_name, folder / "user", folder / "known", root)
        finally:
            server.terminate()
            server.wait(10)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(200):
        if server.poll() is not None:
            raise RuntimeError(log.read_text())
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
