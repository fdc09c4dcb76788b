"""HTTP to target systems: TLS always checked, retries with back-off where they can't do harm, numbers kept as their text."""

from __future__ import annotations

import ipaddress
import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from harness.targets.hidden import masked
from reference_engine.problems import Problem, Stopped, Unreachable, Where

BUSY = (409, 429, 502, 503, 504)
"""Statuses of a target that is busy, locked or restarting: later it may answer."""
NOT_STARTED = (409, 429, 503)
"""Statuses that say that a request wasn't begun, so that even one that changes something may be sent again."""
_WORDS = 300


class Number(str):
    """A number of a JSON answer as it was written; it never becomes a binary fraction."""

    __slots__ = ()


@dataclass(frozen=True)
class Patience:
    """How long a target is waited for.  timeout: seconds for one answer.  total: seconds of waiting in all for one request.

    first, longest: seconds between two tries, which double from the first to the longest.
    """

    timeout: float = 120.0
    total: float = 600.0
    first: float = 1.0
    longest: float = 30.0


@dataclass(frozen=True)
class Answer:
    """What came back.  date: the server's own time, "" where it doesn't say it."""

    data: Any
    date: str


class HttpClient:
    """One service.  headers may hold secrets; nothing that is raised repeats them."""

    def __init__(
        self, base: str, headers: Mapping[str, str], where: Where, patience: Patience,
        *, sleep: Callable[[float], None] = time.sleep, clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.base, self.where, self.patience, self.sleep, self.clock = base.rstrip("/"), where, patience, sleep, clock
        self.said: Callable[[str], None] = lambda words: None
        # A proxy of the company is no way to this machine, and would be shown the key.
        proxies = not _is_here(httpx.URL(base).host)
        self._client = httpx.Client(headers=dict(headers), timeout=patience.timeout, verify=True, follow_redirects=False, trust_env=proxies)

    def close(self) -> None:
        self._client.close()

    def get(self, path: str, parameters: Mapping[str, str] | None = None) -> Answer:
        """Reads something; tried again whatever happens on the way."""
        return self._send("GET", path, parameters, None, harmless=True)

    def post(self, path: str, body: Any = None, *, harmless: bool = False) -> Answer:
        """Has something done; tried again only where it wasn't begun.  harmless: it only reads."""
        return self._send("POST", path, None, body, harmless=harmless)

    def delete(self, path: str) -> Answer:
        """Deletes, which twice is the same as once."""
        return self._send("DELETE", path, None, None, harmless=True)

    def _send(self, method: str, path: str, parameters: Mapping[str, str] | None, body: Any, *, harmless: bool) -> Answer:
        waited, pause, tries = 0.0, self.patience.first, 0
        while True:
            tries += 1
            after, why, began = 0.0, "", self.clock()
            try:
                response = self._client.request(method, f"{self.base}{path}", params=parameters, json=body)
                if response.status_code not in (*BUSY, 500):
                    return self._read(response, method, path)
                after = _retry_after(response)
                why = f"it answers {response.status_code}: {_words(response)}"
                again = response.status_code in NOT_STARTED or harmless
            except httpx.HTTPError as error:
                why, again = _why(error), harmless or isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
            except _Damaged as error:
                why, again = str(error), harmless
            # An answer that never comes is waited for too.
            waited += self.clock() - began
            if not again:
                raise Unreachable(
                    Problem(
                        "target-unknown-end", f"{self._place(method, path)} was sent, and no sound answer came: {why}", self.where,
                        "It isn't known whether it was done, so it isn't sent again.", "Look in the target, then start from the beginning.",
                    )
                )  # fmt: skip
            pause = min(max(after, pause), max(self.patience.longest, after))
            if waited + pause > self.patience.total:
                raise Unreachable(
                    Problem(
                        "target-unreachable", f"{self._place(method, path)} failed {tries} times in {waited:,.0f} seconds: {why}", self.where,
                        "Nothing was compared.", "Run it again when the target is ready; see whether somebody's calculation or import runs.",
                    )
                )  # fmt: skip
            self.said(f"the target is busy ({why[:60]}); waiting, {waited:,.0f} s so far")
            self.sleep(pause)
            waited += pause
            pause *= 2 * random.uniform(0.75, 1.0)  # noqa: S311  (so that several clients don't come at once)

    def _read(self, response: httpx.Response, method: str, path: str) -> Answer:
        status = response.status_code
        place = self._place(method, path)
        if status in (401, 403):
            raise Unreachable(Problem("target-key", f"{place} is refused ({status}): {_words(response)}", self.where, "Nothing was compared.", "Check the key, the model and the rights; keys expire."))
        if status == 404:
            raise Stopped(Problem("target-name", f"{place} isn't there: {_words(response)}", self.where, "Nothing was compared.", "Correct the name or the address in the profile."))
        if status == 413:
            raise TooLarge
        if status >= 300:
            raise Stopped(Problem("target-refused", f"{place} is refused ({status}): {_words(response)}", self.where, "Nothing was compared.", "Read the target's own words, and correct the profile."))
        kind = response.headers.get("Content-Type", "")
        bare = response.content.strip()
        if bare in (b"true", b"false") or (not bare and response.request.method != "GET"):
            # A bare word, or nothing after a change, is an answer of whatever type.
            return Answer(bare == b"true" if bare else None, response.headers.get("Date", ""))
        if "json" not in kind:
            raise Unreachable(
                Problem(
                    "target-not-json", f"{place} answers {kind.split(';')[0] or 'something'} instead of JSON: {_words(response)}", self.where,
                    "A system under maintenance, a login page or a firewall answers so. Nothing was compared.", "Look at the address in a browser; run it again when the system is available.",
                )
            )  # fmt: skip
        try:
            data = json.loads(response.content, parse_float=Number, parse_int=Number, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            raise _Damaged("its JSON is damaged or cut off") from None
        return Answer(data, response.headers.get("Date", ""))

    def _place(self, method: str, path: str) -> str:
        return f"{method} {path}"


class TooLarge(Exception):
    """The body of a request is more than the target takes."""


class _Damaged(Exception):
    """An answer that isn't whole."""


def check_address(url: str, where: Where) -> Problem | None:
    """What is wrong with an address: encrypted it must be, but for this machine."""
    try:
        found = httpx.URL(url)
    except (httpx.InvalidURL, TypeError, ValueError):
        return Problem("target-address", "the address can't be used.", where, remedy="Write it like  https://api.example.com/api/v1")
    if found.userinfo:
        return Problem("secret-written", "a password is written into the address.", where, "Whoever reads the file, or its history, has it.", "Take it out, and change it, for it is known now.")
    if found.scheme == "https" or (found.scheme == "http" and _is_here(found.host)):
        return None
    return Problem("target-tls", f'the address begins with "{found.scheme}:".', where, "Pay data and the key would be readable on the way.", "Write https.")


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def server_time(date: str) -> str:
    """A Date header as year-month-dayTtime in UTC; "" where it is none."""
    try:
        return parsedate_to_datetime(date).strftime("%Y-%m-%dT%H:%M:%S")
    except ValueError:
        return ""


def _no_constant(word: str) -> str:
    raise ValueError(word)


def _retry_after(response: httpx.Response) -> float:
    text = response.headers.get("Retry-After", "")
    return float(min(int(text), 600)) if text.isascii() and text.isdigit() else 0.0


def _words(response: httpx.Response) -> str:
    """What the target says, on one line, without secrets."""
    text = " ".join(response.text.split())
    # Masked before it is cut: half of a key is no longer known as one.
    return (masked(text)[:_WORDS] or "no words").rstrip(".") + "."


def _why(error: httpx.HTTPError) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "it doesn't answer in time."
    return masked(str(error) or type(error).__name__).rstrip(".") + "."
