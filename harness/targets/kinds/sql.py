"""Databases: what a target keeps in result tables, read in one read-only snapshot; and test data written where it may be.

Any database that SQLAlchemy has a driver for; proved with PostgreSQL.  Reading is one transaction that the server itself keeps
from writing, so that all files are of the same moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
    SQLAlchemyError,
)

from harness.adapters.strict import Section
from harness.targets.database_cells import as_text, cell_problem
from harness.targets.extract import Done, Extract, now, write_rows
from harness.targets.hidden import masked
from harness.targets.profile import Parts, Say, SeedRows, Target, file_name
from harness.targets.secret import Secret, secret_of
from reference_engine.plans.document import Node
from reference_engine.problems import Problem, Stopped, Unreachable, Where, did_you_mean

BATCH = 5_000
LOOPBACK = ("", "localhost", "127.0.0.1", "::1")
_UNSAFE = {"sslmode": ("disable", "allow", "prefer", "require", "verify-ca"), "trustservercertificate": ("yes", "true"), "encrypt": ("no", "false", "optional")}


@dataclass(frozen=True)
class Wanted:
    """One file that is fetched: a table, or a query.  effective: columns of the first and last day, and the day that counts."""

    file: str
    table: str
    query: str
    columns: tuple[str, ...]
    order: tuple[str, ...]
    conditions: dict[str, tuple[str, ...]]
    effective: tuple[str, str, str] | None
    where: Where


@dataclass(frozen=True)
class Step:
    """One thing that the database runs: a procedure with its arguments, or a statement."""

    procedure: str
    arguments: tuple[str, ...]
    statement: str
    where: Where


@dataclass(frozen=True)
class Connection:
    """How the database is reached.  may_write_to: names of databases that test data may be written to."""

    url: sa.URL
    password: Secret | None
    may_write_to: tuple[str, ...]
    options: dict[str, str]
    where: Where

    def engine(self, *, read_only: bool) -> sa.Engine:
        url = self.url.set(password=self.password.reveal()) if self.password else self.url
        options: dict[str, Any] = dict(self.options)
        if url.get_backend_name() == "postgresql":
            local = (url.host or "") in LOOPBACK or str(url.host).startswith("/")
            options.setdefault("sslmode", "prefer" if local else "verify-full")
            options.setdefault("connect_timeout", "15")
            if read_only:
                options["options"] = "-c default_transaction_read_only=on"
            # All files of one fetch are of the same moment.
            return sa.create_engine(url, connect_args=options, isolation_level="REPEATABLE READ" if read_only else "READ COMMITTED")
        return sa.create_engine(url, connect_args=options)


def opener_of(parts: Parts) -> tuple[Callable[[], Target], tuple[str, ...]] | None:
    """Reads the connection, what is run and what is fetched."""
    before = len(parts.problems)
    connection = _connection(parts)
    taken: list[str] = []
    wanted = [w for node in parts.fetch if (w := _wanted(node, parts.problems, taken)) is not None]
    steps = [s for node in parts.run if (s := _step(node, parts.problems)) is not None]
    if (parts.seeds or steps) and connection is not None and not connection.may_write_to:
        parts.connection.problem(
            "target-write-list", 'the profile seeds or runs, and doesn\'t say where it may.', remedy="Add  may write to: [name of the test database]  to the connection.",
            why="Test data in a production database would be paid.",
        )  # fmt: skip
    if connection is None or len(parts.problems) != before:
        return None
    found = connection
    return lambda: Database(parts.target, found, wanted, steps), tuple(w.file for w in wanted)


def _connection(parts: Parts) -> Connection | None:
    part = parts.connection
    before = len(parts.problems)
    text = part.text("url", must=True)
    password = secret_of(part, "password", must=False)
    writable = part.texts("may write to")
    options = dict(part.entries("options", lambda n, v: (n, v.text())))
    part.close()
    url = None
    try:
        url = sa.make_url(text) if text else None
        if url is not None:
            url.get_dialect()
    except (ArgumentError, NoSuchModuleError, ImportError):
        part.problem("target-address", "the address of the database can't be used.", part.node.get("url"), remedy="Write it like  postgresql+psycopg://trueup_reader@db.example.com:5432/commissions")
    if url is not None and url.password:
        part.problem("secret-written", "the password is written into the address.", part.node.get("url"), why="Whoever reads the file, or its history, has it.", remedy="Take it out, write  password: {environment: NAME},  and change it, for it is known now.")
    local = url is not None and (url.host or "") in LOOPBACK
    for name, value in (*options.items(), *((url.query.items()) if url is not None else ())):
        if not local and str(value).casefold() in _UNSAFE.get(name.casefold(), ()):
            part.problem("target-tls", f'"{name}={value}" doesn\'t check who answers.', part.node.get("options") or part.node.get("url"), why="Pay data would go to whoever stands in between.", remedy="Leave it out; give the certificate of your authority with  sslrootcert  where it isn't a public one.")
    if url is None or len(parts.problems) != before:
        return None
    return Connection(url, password, writable, options, part.node.where)


def _wanted(node: Node, problems: list[Problem], taken: list[str]) -> Wanted | None:
    before = len(problems)
    part = Section(node, "what is fetched", problems)
    file = file_name(part, taken)
    table, query = part.text("table"), part.text("query")
    columns, order = part.texts("columns"), part.texts("order by")
    conditions = dict(part.entries("where", lambda n, v: (n, part.texts_of(v, n))))
    dated = part.take("effective")
    effective = None
    if dated is not None:
        inner = Section(dated, "effective", problems)
        effective = (inner.text("from", must=True), inner.text("to", must=True), inner.text("on", must=True))
        inner.close()
    part.close()
    if bool(table) == bool(query):
        part.problem("mapping-missing", f'"{file}" must say either its table or its query.', node, remedy="Write  table: schema.name,  or  query: SELECT ...")
    if query and (columns or order or conditions or effective):
        part.problem("mapping-form", "a query says its own columns, order and conditions.", node, why="They would be ignored.", remedy="Remove them, or name the table instead of a query.")
    return Wanted(file, table, query, columns, order, conditions, effective, node.where) if len(problems) == before else None


def _step(node: Node, problems: list[Problem]) -> Step | None:
    before = len(problems)
    part = Section(node, "what is run", problems)
    procedure, statement, arguments = part.text("procedure"), part.text("statement"), part.texts("arguments")
    part.close()
    if bool(procedure) == bool(statement):
        part.problem("mapping-missing", "a run names a procedure or a statement.", node, remedy="Write  procedure: schema.name")
    return Step(procedure, arguments, statement, node.where) if len(problems) == before else None


class Database:
    """One database while it is asked."""

    def __init__(self, target: str, connection: Connection, wanted: Sequence[Wanted], steps: Sequence[Step]) -> None:
        self.target, self.connection, self.wanted, self.steps = target, connection, wanted, steps
        self._engines: dict[bool, sa.Engine] = {}

    def close(self) -> None:
        for engine in self._engines.values():
            engine.dispose()

    def names(self) -> list[str]:
        with self._session(read_only=True) as session:
            inspector = sa.inspect(session)
            own = inspector.default_schema_name
            schemas = [n for n in inspector.get_schema_names() if n not in ("information_schema", "pg_catalog", "pg_toast")]
            return sorted(
                f"table: {name if schema == own else f'{schema}.{name}'}" for schema in schemas for name in (*inspector.get_table_names(schema=schema), *inspector.get_view_names(schema=schema))
            )

    def fetch(self, folder: Path, say: Say) -> list[Extract]:
        extracts = []
        with self._session(read_only=True) as session:
            for wanted in self.wanted:
                say(f"fetching {wanted.file}")
                extracts.append(self._extract(session, wanted, folder, say))
        return extracts

    def seed(self, tables: Sequence[SeedRows], say: Say) -> list[Done]:
        done = []
        with self._session(read_only=False) as session:
            # What refers to others goes first, in the opposite order of loading.
            bound = [(rows, self._table(session, rows)) for rows in tables]
            for rows, table in reversed(bound):
                if rows.seed.emptied:
                    session.execute(sa.delete(table))
            for rows, table in bound:
                say(f"seeding {rows.seed.into}")
                done.append(self._insert(session, rows, table))
        return done

    def run(self, say: Say) -> list[Done]:
        done = []
        with self._session(read_only=False) as session:
            for step in self.steps:
                name = step.procedure or "a statement of the profile"
                say(f"running {name}")
                started = now()
                if step.procedure:
                    words = ", ".join(f":a{i}" for i in range(len(step.arguments)))
                    quoted = self._quoted(session, step.procedure)
                    session.execute(sa.text(f"CALL {quoted}({words})"), {f"a{i}": a for i, a in enumerate(step.arguments)})
                else:
                    session.execute(sa.text(step.statement))
                done.append(Done(f"ran {name}", None, started, now()))
        return done

    # -- one statement each -------------------------------------------------------------------------------
    def _extract(self, session: sa.Connection, wanted: Wanted, folder: Path, say: Say) -> Extract:
        started = now()
        with closing(session.execution_options(stream_results=True, yield_per=BATCH).execute(self._select(session, wanted))) as result:
            return self._written(session, wanted, result, folder, say, started)

    def _written(self, session: sa.Connection, wanted: Wanted, result: Any, folder: Path, say: Say, started: str) -> Extract:
        header = tuple(result.keys())
        twice = next((name for name in header if header.count(name) > 1), "")
        if twice:
            raise Stopped(Problem("column-twice", f'the query gives two columns called "{twice}".', wanted.where, "It can't be told which of the two holds the value.", "Name them apart with AS."))
        rows, digest = write_rows(folder / wanted.file, header, self._rows(result, header, wanted, say))
        request = wanted.query or f"table {wanted.table}"
        return Extract(wanted.file, request, rows, digest, started, now(), f"{self.target}, database {self._database(session)}", _parameters(wanted))

    def _rows(self, result: Any, header: Sequence[str], wanted: Wanted, say: Say) -> Iterator[list[str]]:
        for count, row in enumerate(result, 1):
            cells = [as_text(value) for value in row]
            if None in cells:
                at = cells.index(None)
                raise Stopped(cell_problem(header[at], row[at], count, wanted.where))
            if count % 100_000 == 0:
                say(f"fetching {wanted.file}: {count:,} rows")
            yield [cell or "" for cell in cells]

    def _select(self, session: sa.Connection, wanted: Wanted) -> Any:
        if wanted.query:
            return sa.text(wanted.query)
        known = self._columns(session, wanted.table, wanted.where)
        named = (*wanted.columns, *wanted.order, *wanted.conditions, *(wanted.effective[:2] if wanted.effective else ()))
        self._check_columns(wanted.table, named, known, wanted.where)
        schema, _, name = wanted.table.rpartition(".")
        table = sa.table(name, *(sa.column(c) for c in known), schema=schema or None)
        statement = sa.select(*(table.c[c] for c in (wanted.columns or known)))
        for column, values in wanted.conditions.items():
            statement = statement.where(sa.cast(table.c[column], sa.Text).in_(list(values)))
        if wanted.effective:
            first, last, day = wanted.effective
            on = sa.cast(sa.literal(day), sa.Date) if session.dialect.name != "sqlite" else sa.literal(day)
            statement = statement.where(table.c[first] <= on).where(sa.or_(table.c[last].is_(None), table.c[last] >= on))
        return statement.order_by(*(table.c[c] for c in wanted.order))

    def _insert(self, session: sa.Connection, rows: SeedRows, table: Any) -> Done:
        started = now()
        before = session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
        values = {c: sa.cast(sa.bindparam(f"p{i}", type_=sa.Text), table.c[c].type) for i, c in enumerate(rows.header)}
        statement = sa.insert(table).values(values)
        batch: list[dict[str, str | None]] = []
        for at, row in enumerate(rows.rows, 1):
            batch.append({f"p{i}": cell or None for i, cell in enumerate(row)})
            if len(batch) == BATCH or at == len(rows.rows):
                session.execute(statement, batch)
                batch = []
        after = session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
        if after - before != len(rows.rows):
            what = f"{len(rows.rows):,} rows were written into {rows.seed.into}, and {after - before:,} arrived."
            raise Unreachable(Problem("seed-incomplete", what, rows.seed.where, "The target would calculate from other data than ours.", "Look for a rule or trigger of the table that drops or adds rows."))
        return Done(f"seeded {rows.seed.into} from {rows.seed.table}", len(rows.rows), started, now())

    def _table(self, session: sa.Connection, rows: SeedRows) -> Any:
        schema, _, name = rows.seed.into.rpartition(".")
        self._check_columns(rows.seed.into, rows.header, self._columns(session, rows.seed.into, rows.seed.where), rows.seed.where)
        return sa.Table(name, sa.MetaData(), schema=schema or None, autoload_with=session, resolve_fks=False)

    def _columns(self, session: sa.Connection, table: str, where: Where) -> list[str]:
        schema, _, name = table.rpartition(".")
        inspector = sa.inspect(session)
        try:
            return [str(c["name"]) for c in inspector.get_columns(name, schema=schema or None)]
        except sa.exc.NoSuchTableError:
            known = [*inspector.get_table_names(schema=schema or None), *inspector.get_view_names(schema=schema or None)]
            raise Stopped(Problem("target-name", f'the database has no table "{table}" that this user may see.', where, remedy=did_you_mean(name, known))) from None

    @staticmethod
    def _check_columns(table: str, named: Sequence[str], known: Sequence[str], where: Where) -> None:
        missing = [name for name in dict.fromkeys(named) if name not in known]
        if missing:
            raise Stopped([Problem("missing-column", f'{table} has no column "{name}".', where, remedy=did_you_mean(name, known)) for name in missing])

    @staticmethod
    def _quoted(session: sa.Connection, name: str) -> str:
        quote = session.dialect.identifier_preparer.quote
        return ".".join(quote(part) for part in name.split("."))

    @staticmethod
    def _database(session: sa.Connection) -> str:
        """The database as the server calls it; a name in the address could lead elsewhere."""
        if session.dialect.name == "postgresql":
            return str(session.execute(sa.text("SELECT current_database()")).scalar_one())
        return Path(session.engine.url.database or "").stem if session.dialect.name == "sqlite" else str(session.engine.url.database or "")

    @contextmanager
    def _session(self, *, read_only: bool) -> Iterator[sa.Connection]:
        """One transaction.  Ours only reads, or may write because the database is on the list."""
        where = self.connection.where
        address = self.connection.url.render_as_string(hide_password=True)
        try:
            if read_only not in self._engines:
                self._engines[read_only] = self.connection.engine(read_only=read_only)
            with self._engines[read_only].connect() as session, session.begin():
                if read_only and session.dialect.name == "sqlite":
                    session.exec_driver_sql("PRAGMA query_only = ON")
                if not read_only:
                    self._check_writable(session)
                yield session
        except ModuleNotFoundError as error:
            raise Stopped(Problem("target-driver", f"the driver {error.name} isn't installed.", where, remedy=f"pip install {error.name}")) from None
        except (OperationalError, InterfaceError) as error:
            raise Unreachable(Problem("target-unreachable", f"{address} doesn't answer as it should: {_first_line(error)}", where, "Nothing was compared.", "Check address, user, password and network, then run it again.")) from None
        except SQLAlchemyError as error:
            gone = isinstance(error, DBAPIError) and error.connection_invalidated
            problem = Problem("target-refused", f"the database refuses: {_first_line(error)}", where, "Nothing was compared, and nothing that was begun is kept.", "Correct the profile, or the rights of the user.")
            raise (Unreachable(problem) if gone else Stopped(problem)) from None

    def _check_writable(self, session: sa.Connection) -> None:
        name = self._database(session)
        if name not in self.connection.may_write_to:
            raise Stopped(
                Problem(
                    "target-not-writable", f'the database is "{name}", which the profile doesn\'t allow to be written to.', self.connection.where,
                    "Test data in a production database would be paid.",
                    f"If it is a test database, add it:  may write to: [{', '.join((*self.connection.may_write_to, name))}]",
                )
            )  # fmt: skip


def _parameters(wanted: Wanted) -> dict[str, str]:
    """What narrows a table, for the evidence."""
    said = {column: " or ".join(values) for column, values in wanted.conditions.items()}
    if wanted.effective:
        said["effective on"] = wanted.effective[2]
    if wanted.order:
        said["order by"] = ", ".join(wanted.order)
    return said


def _first_line(error: Exception) -> str:
    text = str(getattr(error, "orig", None) or error).strip().splitlines()
    return masked(text[0] if text else type(error).__name__).rstrip(".") + "."
