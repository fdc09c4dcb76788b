"""The run record: the boundary between what a run finds and everything that is drawn from it.

`record.json` holds all but the tables that are too big for it; those lie beside it as Parquet, named and
hashed in the JSON.  The same inputs give the same bytes, except in the block `circumstances`.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from reference_engine.problems import Problem, Stopped, Where
from reports.difference_types import (
    Amount,
    Derivation,
    Difference,
    ExportedRow,
    KnownDifference,
    StatementLine,
    Texts,
    Totals,
)
from reports.record_check import contradictions
from reports.record_hash import TABLES, record_hash
from reports.record_reading import Reader, plain
from reports.record_types import (
    FORMAT,
    Circumstances,
    Control,
    Grain,
    Group,
    Identity,
    Input,
    PayoutSummary,
    PlanUsed,
    RunRecord,
    Slice,
    Tolerance,
    Verdict,
)
from reports.scenario_types import NotExecuted, ScenarioCounts, ScenarioResult, StepResult

__all__ = [
    "FORMAT",
    "Amount",
    "Circumstances",
    "Control",
    "Derivation",
    "Difference",
    "ExportedRow",
    "Grain",
    "Group",
    "Identity",
    "Input",
    "KnownDifference",
    "NotExecuted",
    "PayoutSummary",
    "PlanUsed",
    "RunRecord",
    "ScenarioCounts",
    "ScenarioResult",
    "Slice",
    "StatementLine",
    "StepResult",
    "Texts",
    "Tolerance",
    "Totals",
    "Verdict",
    "contradictions",
    "load_record",
    "record_hash",
    "save_record",
]

FILE = "record.json"
BIG = 5_000
"""Tables with more rows than this lie beside the JSON."""
_AGAIN = "Run the same command again to write the record anew."


def save_record(record: RunRecord, folder: Path) -> Path:
    """Writes the record into the folder and returns the path of its JSON.

    Raises Stopped when the record contradicts itself: such a record is never left behind.
    """
    problems = contradictions(record, FILE)
    if problems:
        raise Stopped(problems)
    folder.mkdir(parents=True, exist_ok=True)
    fingerprint = record_hash(record)
    content = _content(record)
    tables: dict[str, Any] = {}
    for name in TABLES:
        beside = folder / f"record.{name}.parquet"
        if len(content[name]) > BIG:
            rows = content.pop(name)
            _write_table(rows, beside)
            tables[name] = {"file": beside.name, "rows": len(rows), "sha256": _file_hash(beside)}
        else:
            beside.unlink(missing_ok=True)
    circumstances = plain(record.circumstances)
    durations = [scenario.duration for scenario in record.scenarios]
    circumstances["durations"] = durations if any(durations) else []
    whole = {
        "format": FORMAT,
        "content_sha256": fingerprint,
        "circumstances": circumstances,
        "tables": tables,
    }
    text = json.dumps(whole | content, ensure_ascii=False, indent=1) + "\n"
    path = folder / FILE
    write_beside(path, text.encode("utf-8", "backslashreplace"))
    return path


def load_record(path: Path) -> RunRecord:
    """The record at a path, which may be its JSON or its folder.  Raises Stopped with every Problem found."""
    file = path / FILE if path.is_dir() else path
    data = _parse(file)
    problems: list[Problem] = []
    reader = Reader(str(file), problems)
    if data.pop("format", None) != FORMAT:
        remedy = f"This trueup reads records of format {FORMAT}; draw it with the version that wrote it."
        _stop("record-format", "the record has another format than this trueup reads", file, remedy)
    stated = data.pop("content_sha256", "")
    for name, table in _object(data.pop("tables", {}), "tables", reader).items():
        if name in TABLES and isinstance(table, dict):
            data[name] = _read_table(file, name, table, problems)
        else:
            reader.wrong(f'tables has the unknown part "{name}"')
    circumstances = _object(data.get("circumstances", {}), "circumstances", reader)
    durations = circumstances.pop("durations", [])
    scenarios = data.get("scenarios", [])
    if durations and isinstance(scenarios, list) and isinstance(durations, list):
        if len(durations) == len(scenarios):
            for scenario, duration in zip(scenarios, durations, strict=True):
                if isinstance(scenario, dict):
                    scenario["duration"] = duration
        else:
            reader.wrong(
                f"circumstances.durations has {len(durations)} entries for {len(scenarios)} scenarios"
            )
    record = reader.read(data, RunRecord, "the record")
    if record is None or problems:
        raise Stopped(problems)
    if record_hash(record) != stated:
        problems.append(
            Problem(
                "record-changed",
                "the record was changed after it was written",
                Where(str(file)),
                f"Its content no longer has the SHA-256 it states ({stated}), so no sign-off can rest on it.",
                _AGAIN,
            )
        )
    problems += contradictions(record, str(file))
    if problems:
        raise Stopped(problems)
    return record


def write_beside(path: Path, content: bytes) -> None:
    """Writes a file beside its place and renames it, so that a stopped run leaves the old one whole."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        beside.write_bytes(content)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _content(record: RunRecord) -> dict[str, Any]:
    content: dict[str, Any] = plain(record)
    del content["circumstances"]
    for scenario in content["scenarios"]:
        del scenario["duration"]
    return content


def _file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _parse(file: Path) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8")
        data = json.loads(text, parse_float=_no_float, parse_constant=_no_float, object_pairs_hook=_once)
    except FileNotFoundError:
        _stop(
            "record-missing", "there is no run record here", file, f"Give the folder of a run, or its {FILE}."
        )
    except (OSError, UnicodeDecodeError):
        _stop(
            "record-broken", "the record can't be read: it isn't UTF-8 text or isn't accessible", file, _AGAIN
        )
    except json.JSONDecodeError as error:
        where = Where(str(file), error.lineno, error.colno)
        _stop("record-broken", "the record isn't complete: it ends or is damaged here", where, _AGAIN)
    except (ValueError, RecursionError) as error:
        _stop("record-broken", f"the record can't be read: {error}", file, _AGAIN)
    if not isinstance(data, dict):
        _stop("record-broken", "the record isn't a JSON object", file, _AGAIN)
    return data


def _object(data: object, path: str, reader: Reader) -> dict[str, Any]:
    if isinstance(data, dict):
        return data
    reader.wrong(f"{path} must be an object with named parts")
    return {}


def _no_float(text: str) -> NoReturn:
    raise ValueError(f"{text} is a binary fraction; amounts in a record are text")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f'"{next(n for n in names if names.count(n) > 1)}" stands twice in one object')
    return data


def _stop(slug: str, what: str, where: Path | Where, remedy: str) -> NoReturn:
    place = where if isinstance(where, Where) else Where(str(where))
    raise Stopped(Problem(slug, what, place, "The report can't be drawn.", remedy))


def _write_table(rows: list[dict[str, Any]], path: Path) -> None:
    import duckdb
    import pandas as pd

    columns = {
        name: [
            row[name] if isinstance(row[name], str) else json.dumps(row[name], ensure_ascii=False)
            for row in rows
        ]
        for name in rows[0]
    }
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with duckdb.connect(":memory:", config={"threads": 1}) as connection:
            connection.from_df(pd.DataFrame(columns, dtype=object)).write_parquet(str(beside))
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _read_table(
    record: Path, name: str, table: Mapping[str, Any], problems: list[Problem]
) -> list[dict[str, Any]]:
    import duckdb

    path = record.parent / Path(str(table.get("file", ""))).name
    where = Where(str(path))
    if not path.is_file() or _file_hash(path) != table.get("sha256"):
        what = f"the record's table of {name} is missing or was changed"
        problems.append(Problem("record-changed", what, where, "No sign-off can rest on it.", _AGAIN))
        return []
    kind = TABLES[name]
    texts = {f for f, hint in kind.__annotations__.items() if hint in ("str", "Amount")}
    texts = {f.rstrip("_") for f in texts}
    with duckdb.connect(":memory:") as connection:
        relation = connection.read_parquet(str(path))
        names = relation.columns
        fetched = relation.fetchall()
    return [
        {n: v if n in texts else json.loads(v) for n, v in zip(names, values, strict=True)}
        for values in fetched
    ]
