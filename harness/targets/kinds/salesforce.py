"""Salesforce: records by SOQL, through the REST query or Bulk API 2.0.  It is only read."""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.adapters.strict import Section
from harness.targets.extract import Done, Extract, now, write_rows
from harness.targets.hidden import masked
from harness.targets.http_client import Number, check_address
from harness.targets.profile import Parts, Say, SeedRows, Target, file_name
from harness.targets.secret import Secret, secret_of
from reference_engine.plans.document import Node
from reference_engine.problems import Problem, Stopped, Unreachable, Where

_SELECT = re.compile(r"\s*SELECT\s+(?P<fields>.+?)\s+FROM\s+(?P<object>\w+)(?P<rest>.*)\Z", re.IGNORECASE | re.DOTALL)
_TAIL = re.compile(r"\s+(ORDER\s+BY|LIMIT|OFFSET)\b.*\Z", re.IGNORECASE | re.DOTALL)
_FIELD = re.compile(r"[A-Za-z]\w*(\.[A-Za-z]\w*)*\Z")
TRIES = 4


@dataclass(frozen=True)
class Wanted:
    """One file that is fetched.  fields: of the SELECT, in its order.  counting: the same question as a count.  bulk: by Bulk API 2.0."""

    file: str
    soql: str
    fields: tuple[str, ...]
    object: str
    counting: str
    bulk: bool
    where: Where


@dataclass(frozen=True)
class Access:
    """How the org is reached: with a token, or with the key and the secret of a connected app."""

    url: str
    version: str
    token: Secret | None
    consumer_key: Secret | None
    consumer_secret: Secret | None
    page: int
    where: Where


def opener_of(parts: Parts) -> tuple[Callable[[], Target], tuple[str, ...]] | None:
    """Reads the connection and what is fetched."""
    before = len(parts.problems)
    part = parts.connection
    url, version = part.text("url", must=True), part.text("version", "60.0")
    token, key, secret = (secret_of(part, name, must=False) for name in ("access token", "consumer key", "consumer secret"))
    page = part.count("page size", 50_000) or 50_000
    part.close()
    problem = check_address(url, (part.node.get("url") or part.node).where) if url else None
    if problem is not None:
        parts.problems.append(problem)
    if not (token or (key and secret)) and len(parts.problems) == before:
        part.problem("mapping-missing", "the connection says no secret.", remedy="Write  access token: {environment: NAME},  or  consumer key  and  consumer secret  of a connected app.")
    if parts.seeds or parts.run:
        where = parts.seeds[0].where if parts.seeds else parts.run[0].where
        parts.problems.append(Problem("mapping-form", "Salesforce is only read.", where, "trueup writes nothing into it and starts nothing there.", "Remove  seed  and  run."))
    taken: list[str] = []
    wanted = [w for node in parts.fetch if (w := _wanted(node, parts.problems, taken)) is not None]
    if len(parts.problems) != before:
        return None
    access = Access(url, version, token, key, secret, page, part.node.where)
    return lambda: Org(parts.target, access, wanted), tuple(w.file for w in wanted)


def _wanted(node: Node, problems: list[Problem], taken: list[str]) -> Wanted | None:
    before = len(problems)
    part = Section(node, "what is fetched", problems)
    file, soql = file_name(part, taken), " ".join(part.text("soql", must=True).split())
    bulk = part.choice("through", ("the query", "bulk"), "the query") == "bulk"
    part.close()
    match = _SELECT.match(soql)
    fields = tuple(f.strip() for f in match["fields"].split(",")) if match else ()
    if soql and (not match or not all(_FIELD.match(f) for f in fields)):
        part.problem(
            "mapping-form", "the SOQL must be SELECT, plain fields, FROM and an object.", node.get("soql"),
            why="Groups, functions and sub-queries give no rows that could be counted again.", remedy="Write  SELECT Id, Owner.Name, Amount FROM Opportunity WHERE ...",
        )  # fmt: skip
    if len(problems) != before or match is None:
        return None
    counting = f"SELECT COUNT() FROM {match['object']}{_TAIL.sub('', match['rest'])}"  # noqa: S608  (the author's own SOQL, which only reads)
    if re.search(r"\bLIMIT\b|\bOFFSET\b", match["rest"], re.IGNORECASE):
        part.problem("mapping-form", "a LIMIT or an OFFSET leaves records out.", node.get("soql"), why="Records beyond it would be missing from the comparison.", remedy="Narrow the records with WHERE.")
        return None
    return Wanted(file, soql, fields, match["object"], counting, bulk, node.where)


class Org:
    """One org while it is asked."""

    def __init__(self, target: str, access: Access, wanted: Sequence[Wanted]) -> None:
        self.target, self.access, self.wanted = target, access, wanted
        self._opened: Any = None

    def seed(self, tables: Sequence[SeedRows], say: Say) -> list[Done]:
        raise NotImplementedError("a profile of Salesforce seeds nothing")

    def names(self) -> list[str]:
        # Opening the org may fail like the question itself, so both are asked together.
        found = self._asked(lambda: self._org.describe(), self.wanted[0])  # noqa: PLW0108
        return sorted(f"object: {o['name']}" for o in found["sobjects"] if o.get("queryable"))

    def run(self, say: Say) -> list[Done]:
        return []

    def close(self) -> None:
        if self._opened is not None:
            self._opened.session.close()

    def fetch(self, folder: Path, say: Say) -> list[Extract]:
        return [self._extract(wanted, folder, say) for wanted in self.wanted]

    def _extract(self, wanted: Wanted, folder: Path, say: Say) -> Extract:
        say(f"fetching {wanted.file}")
        started = now()
        for _ in range(TRIES):
            before = self._count(wanted)
            rows = self._asked(lambda: list(self._bulk(wanted) if wanted.bulk else self._records(wanted)), wanted)
            if before == len(rows) == self._count(wanted) and len(set(rows)) == len(rows):
                break
        else:
            raise Unreachable(
                Problem(
                    "target-not-stable", f"{wanted.object} has {before:,} records by count, and {len(rows):,} were read ({len(set(rows)):,} different), {TRIES} times.", wanted.where,
                    "Records are being changed, or this user may not see them all. Nothing was compared.", "Run it again later; add Id to the fields, so that records can't look alike.",
                )
            )  # fmt: skip
        count, digest = write_rows(folder / wanted.file, wanted.fields, sorted(rows))
        through = "Bulk API 2.0" if wanted.bulk else "REST query"
        return Extract(wanted.file, wanted.soql, count, digest, started, now(), f"{self.target}, {self.access.url}", {"through": through, "API version": self.access.version})

    def _count(self, wanted: Wanted) -> int:
        found = self._asked(lambda: self._org.query(wanted.counting), wanted)
        return int(found["totalSize"])

    def _records(self, wanted: Wanted) -> Iterator[tuple[str, ...]]:
        for record in self._org.query_all_iter(wanted.soql):
            yield tuple(_text(record, field) for field in wanted.fields)

    def _bulk(self, wanted: Wanted) -> Iterator[tuple[str, ...]]:
        for page in getattr(self._org.bulk2, wanted.object).query(wanted.soql, max_records=self.access.page, wait=1):
            rows = csv.reader(io.StringIO(page, newline=""), strict=True)
            header = next(rows, None)
            if header is None:
                continue
            if tuple(h.casefold() for h in header) != tuple(f.casefold() for f in wanted.fields):
                raise Unreachable(Problem("target-not-json", f"a page of the result has the columns {', '.join(header)[:200]}.", wanted.where, "They aren't those that were asked for. Nothing was compared.", "Ask with API version 50 or later, which keeps their order."))
            for row in rows:
                if len(row) != len(header):
                    raise csv.Error("a row has another number of cells than the header")
                yield tuple(row)

    @property
    def _org(self) -> Any:
        if self._opened is None:
            try:
                from simple_salesforce.api import Salesforce
            except ModuleNotFoundError:
                raise Stopped(Problem("target-driver", "the package simple-salesforce isn't installed.", self.access.where, remedy='pip install "trueup[salesforce]"')) from None
            access = self.access
            common: dict[str, Any] = {"version": access.version, "parse_float": Number}
            if access.token:
                self._opened = Salesforce(instance_url=access.url, session_id=access.token.reveal(), **common)
            else:
                assert access.consumer_key is not None
                assert access.consumer_secret is not None
                domain = access.url.removeprefix("https://").split("/")[0].removesuffix(".salesforce.com")
                self._opened = Salesforce(domain=domain, consumer_key=access.consumer_key.reveal(), consumer_secret=access.consumer_secret.reveal(), **common)
        return self._opened

    def _asked(self, ask: Callable[[], Any], wanted: Wanted) -> Any:
        """Asks, again where the network or the service fails for a moment; it is only read, so that does no harm."""
        import requests
        from simple_salesforce import exceptions as known

        pause = 1.0
        why = ""
        for _ in range(TRIES):
            try:
                return ask()
            except (known.SalesforceExpiredSession, known.SalesforceRefusedRequest, known.SalesforceAuthenticationFailed) as error:
                raise Unreachable(Problem("target-key", f"Salesforce refuses the token or the right: {_words(error)}", self.access.where, "Nothing was compared.", "Make a new token, or give the user the right to read the object.")) from None
            except (known.SalesforceMalformedRequest, known.SalesforceResourceNotFound) as error:
                raise Stopped(Problem("target-refused", f"Salesforce can't answer the SOQL: {_words(error)}", wanted.where, "Nothing was compared.", "Correct the fields and the object.")) from None
            except (known.SalesforceError, known.SalesforceOperationError, requests.RequestException, csv.Error, ValueError) as error:
                why = _words(error)
            time.sleep(pause)
            pause *= 2
        raise Unreachable(Problem("target-unreachable", f"Salesforce failed {TRIES} times: {why}", self.access.where, "Nothing was compared.", "Run it again when the org is available."))


def _text(record: Any, field: str) -> str:
    """A field of a record, also of a parent that may be missing."""
    value = record
    for name in field.split("."):
        if value is None:
            return ""
        by_name = {str(k).casefold(): v for k, v in value.items()}
        if name.casefold() not in by_name:
            raise ValueError(f"a record has no {field}")
        value = by_name[name.casefold()]
    if value is None:
        return ""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _words(error: BaseException) -> str:
    content = getattr(error, "content", "")
    text = " ".join(str(content or error or type(error).__name__).split())
    return masked(text[:300]).rstrip(".") + "."
