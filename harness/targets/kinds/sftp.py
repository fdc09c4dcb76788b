"""Drop folders by SFTP.  The server must be one that is known: its key is checked, never taken over on sight."""

from __future__ import annotations

import posixpath
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import paramiko

from harness.targets.drop_folder import DropFolder, State, rules_of, wanted_of
from harness.targets.hidden import masked
from harness.targets.profile import Parts, Target
from harness.targets.secret import Secret, secret_of
from reference_engine.problems import Problem, Unreachable, Where


@dataclass(frozen=True)
class Server:
    """How the server is reached.  known_hosts: a file with its key.  key_file: of a private key; password: of the user, or of that key."""

    host: str
    port: int
    user: str
    known_hosts: Path
    key_file: Path | None
    password: Secret | None
    where: Where


def opener_of(parts: Parts) -> tuple[Callable[[], Target], tuple[str, ...]] | None:
    """Reads the connection and what is fetched."""
    before = len(parts.problems)
    part = parts.connection
    host, user = part.text("host", must=True), part.text("user", must=True)
    port = part.count("port", 22)
    known = parts.file.parent / part.text("known hosts", must=True)
    if part.node.get("known hosts") is not None and not known.is_file():
        part.problem("file-unreadable", f'there is no file "{known.name}" with the key of the server.', part.node.get("known hosts"), why="Without it nobody knows who answers.", remedy="Ask the server's owner for its key, or compare the one that  ssh-keyscan  shows with theirs, and keep it there.")
    key_file = part.text("key file")
    password = secret_of(part, "password", must=not key_file)
    rules = rules_of(parts)
    part.close()
    wanted = wanted_of(parts)
    if len(parts.problems) != before:
        return None
    server = Server(host, port, user, known, Path(key_file).expanduser() if key_file else None, password, part.node.where)
    return lambda: DropFolder(parts.target, lambda: SftpPlace(server), rules, wanted), tuple(w.file for w in wanted)


class SftpPlace:
    """One connection to a server."""

    def __init__(self, server: Server) -> None:
        self.server, self.name = server, f"sftp {server.host}"
        self._client = paramiko.SSHClient()
        self._client.load_host_keys(str(server.known_hosts))
        self._client.set_missing_host_key_policy(paramiko.RejectPolicy())
        secret = server.password.reveal() if server.password else None
        own = {"key_filename": str(server.key_file), "passphrase": secret} if server.key_file else {"password": secret}
        try:
            self._client.connect(server.host, server.port, server.user, timeout=30, allow_agent=False, look_for_keys=False, **own)
            self._sftp = self._client.open_sftp()
        except (paramiko.SSHException, OSError, EOFError, ValueError) as error:
            self._client.close()
            unknown = "not found in known_hosts" in str(error) or isinstance(error, paramiko.BadHostKeyException)
            self._gone("its key isn't the one in the file of known hosts" if unknown else masked(str(error) or type(error).__name__))

    def _gone(self, why: str) -> None:
        server = self.server
        raise Unreachable(
            Problem("target-unreachable", f"sftp://{server.user}@{server.host}:{server.port} can't be used: {why.rstrip('.')}.", server.where, "Nothing was compared.", "Check host, user, secret and the key of the server.")
        ) from None

    def listing(self, folder: str) -> State:
        try:
            entries = self._sftp.listdir_attr(folder)
        except (OSError, paramiko.SSHException, EOFError) as error:
            self._gone(f'the folder "{folder}": {error}')
        return {e.filename: (e.st_size or 0, float(e.st_mtime or 0)) for e in entries if e.st_mode is None or stat.S_ISREG(e.st_mode)}

    def read(self, path: str) -> bytes:
        try:
            with self._sftp.open(path, "rb") as file:
                file.prefetch()
                return bytes(file.read())
        except (OSError, paramiko.SSHException, EOFError) as error:
            self._gone(f"{path}: {error}")
            raise AssertionError from None

    def write(self, path: str, data: bytes) -> None:
        beside = posixpath.join(posixpath.dirname(path), f".{posixpath.basename(path)}.part")
        try:
            with self._sftp.open(beside, "wb") as file:
                file.write(data)
            self._sftp.posix_rename(beside, path)
        except (OSError, paramiko.SSHException, EOFError) as error:
            self._gone(f"{path} can't be written: {error}")

    def close(self) -> None:
        self._client.close()
