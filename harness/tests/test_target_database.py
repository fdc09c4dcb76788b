"""A real PostgreSQL as target: read in one read-only snapshot, seeded only where it may be, and a suite asked of it from end to end."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.cli.main import main
from harness.tests.commission_database import FEATURE, MAPPING, PROFILE, SCHEMA
from harness.tests.real_postgresql import PASSWORD, Server, running

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as one:
        one.execute(SCHEMA)
        one.execute(SCHEMA, "production")
        yield one


@pytest.fixture
def project(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COMMISSION_PASSWORD", PASSWORD)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "features").mkdir()
    (tmp_path / "features" / "flat.feature").write_text(FEATURE.lstrip(), encoding="utf-8")
    (tmp_path / "payouts.mapping.yaml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["harness.plugin"]\n', encoding="utf-8")
    profile(tmp_path, server)
    return tmp_path


def profile(folder: Path, server: Server, rate: str = "0.08", database: str = "uat", old: str = "", new: str = "") -> None:
    text = PROFILE.format(url=server.url(database), rate=rate)
    assert not old or old in text
    (folder / "target.yaml").write_text(text.replace(old, new) if old else text, encoding="utf-8")


def run(*words: str) -> int:
    return main([*words])


def test_a_suite_is_seeded_calculated_fetched_and_compared(project: Path, server: Server, capfd: pytest.CaptureFixture[str]) -> None:
    assert run("run", "--target", "target.yaml", "--out", "out") == 0, capfd.readouterr().out
    record = (project / "out" / "record.json").read_text(encoding="utf-8")
    assert "Commission database pays the same" in record
    kept = sorted(p.relative_to(project / "out").as_posix() for p in (project / "out" / "target").rglob("*.csv"))
    assert len(kept) == 2
    evidence = json.loads((project / "out" / kept[0]).with_name("extracts.json").read_text(encoding="utf-8"))
    assert [d["what"] for d in evidence["done"]] == [
        "seeded comp.payee from payees", "seeded comp.plan_member from plan_assignments", "seeded comp.deal from deals", "ran comp.calculate",
    ]  # fmt: skip
    assert evidence["extracts"][0]["rows"] == 2
    assert "Commission database, database uat" in evidence["extracts"][0]["source"]
    for path in (project / "out").rglob("*"):
        assert path.is_dir() or PASSWORD.encode() not in path.read_bytes()


def test_a_target_that_pays_another_rate_is_red(project: Path, server: Server, capfd: pytest.CaptureFixture[str]) -> None:
    profile(project, server, rate="0.07")
    assert run("run", "--target", "target.yaml", "--out", "out") == 1
    said = capfd.readouterr().out
    assert "Commission database does not agree with the calculation." in said
    assert "700.00 EUR" in said


def test_production_is_never_written_to(project: Path, server: Server, capfd: pytest.CaptureFixture[str]) -> None:
    server.execute("INSERT INTO comp.payee VALUES ('REAL', 'EUR')", "production")
    profile(project, server, database="production")
    assert run("run", "--target", "target.yaml", "--out", "out") != 0
    assert 'the database is "production", which the profile doesn\'t allow' in capfd.readouterr().out
    assert server.execute("SELECT payee_id FROM comp.payee", "production") == [("REAL",)]


def test_reading_can_not_write(project: Path, server: Server, capfd: pytest.CaptureFixture[str]) -> None:
    server.execute("DELETE FROM comp.payout; INSERT INTO comp.payout VALUES ('P1', 'AE', '2026-01', 1.10, 'EUR')")
    old = PROFILE[PROFILE.index("    table: comp.payout") :]
    profile(project, server, old=old.format(), new='    query: SELECT comp.wipe() AS amount\n')
    assert run("fetch", "--target", "target.yaml", "--out", "fetched") == 2
    assert "read-only transaction" in capfd.readouterr().err
    assert server.execute("SELECT count(*) FROM comp.payout") == [(1,)]
    assert not (project / "fetched").exists()


def test_amounts_and_identifiers_arrive_exactly(project: Path, server: Server) -> None:
    server.execute("DELETE FROM comp.payout; INSERT INTO comp.payout VALUES ('000417', 'Smith, Ann \"A\"', '2026-01', 1234567890123456.78, 'EUR')")
    assert run("fetch", "--target", "target.yaml", "--out", "fetched") == 0
    with (project / "fetched" / "payouts.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[1] == ["000417", 'Smith, Ann "A"', "2026-01", "1234567890123456.78", "EUR"]


def test_what_could_be_fetched_is_listed(project: Path, server: Server, capfd: pytest.CaptureFixture[str]) -> None:
    assert run("fetch", "--target", "target.yaml", "--list") == 0
    assert {"table: comp.payout", "table: comp.deal"} <= set(capfd.readouterr().out.splitlines())


def test_binary_fractions_are_refused(project: Path, server: Server, capfd: pytest.CaptureFixture[str]) -> None:
    old = PROFILE[PROFILE.index("    table: comp.payout") :]
    profile(project, server, old=old.format(), new="    query: SELECT 0.1::float8 AS amount\n")
    assert run("fetch", "--target", "target.yaml", "--out", "fetched") == 2
    assert 'the column "amount" holds binary fractions' in capfd.readouterr().err


def test_a_wrong_password_ends_with_3_and_is_not_said(project: Path, server: Server, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COMMISSION_PASSWORD", "another-s3cret")
    assert run("fetch", "--target", "target.yaml", "--out", "fetched") == 3
    said = capfd.readouterr().err
    assert "password authentication failed" in said
    assert "another-s3cret" not in said
    assert not (project / "fetched").exists()


def test_a_run_whose_target_is_away_ends_with_3_and_leaves_no_report(project: Path, server: Server, capfd: pytest.CaptureFixture[str]) -> None:
    profile(project, Server(1))
    assert run("run", "--target", "target.yaml", "--out", "out") == 3
    assert "Half a comparison is no verdict" in capfd.readouterr().err
    assert not (project / "out").exists()


def test_rows_of_an_effective_dated_table_as_of_a_day(project: Path, server: Server) -> None:
    server.execute("DROP TABLE IF EXISTS comp.grade; CREATE TABLE comp.grade (payee text, grade text, eff_start date, eff_end date)")
    server.execute("INSERT INTO comp.grade VALUES ('P1', 'AE1', '2024-01-01', '2024-01-31'), ('P1', 'AE2', '2024-02-01', NULL), ('P2', 'AE1', '2024-01-01', '9999-12-31')")
    old = PROFILE[PROFILE.index("    table: comp.payout") :]
    for day, grades in (("2024-01-31", ["AE1", "AE1"]), ("2024-02-01", ["AE2", "AE1"])):
        new = f"    table: comp.grade\n    columns: [payee, grade]\n    effective: {{from: eff_start, to: eff_end, on: {day}}}\n    order by: payee\n"
        profile(project, server, old=old.format(), new=new)
        assert run("fetch", "--target", "target.yaml", "--out", "fetched") == 0
        with (project / "fetched" / "payouts.csv").open(encoding="utf-8", newline="") as file:
            assert [row["grade"] for row in csv.DictReader(file)] == grades


def test_an_amount_that_the_target_refuses_leaves_what_was_there(project: Path, server: Server, capfd: pytest.CaptureFixture[str]) -> None:
    """A pick-list miss in the third table: nothing of the first two stays, for all is one transaction."""
    server.execute("CALL comp.calculate('0.08')")
    before = server.execute("SELECT * FROM comp.payee ORDER BY 1")
    old = "      amount: {column: amount, as: a number}\n"
    profile(project, server, old=old, new="      amount: {constant: much}\n")
    assert run("run", "--target", "target.yaml", "--out", "out") == 1
    assert "the database refuses: invalid input syntax for type numeric" in capfd.readouterr().out
    assert server.execute("SELECT * FROM comp.payee ORDER BY 1") == before


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  password: {environment: COMMISSION_PASSWORD}", "  password: hunter22", '"password" is written into the file'),
        ("trueup@", "trueup:hunter22@", "the password is written into the address"),
        ("  may write to: [uat]\n", "", "doesn't say where it may"),
        ("kind: sql", "kind: sqll", "Did you mean: sql"),
        ("    rows that are there: are removed\n", "", "doesn't say what becomes of rows that are there"),
        ("table: deals", "table: deal", "isn't a standard table"),
        ("file: payouts.csv", "file: ../payouts.csv", "isn't a plain name of a CSV file"),
        ("mapping: payouts.mapping.yaml", "mapping: other.yaml", 'no mapping "other.yaml" beside the profile'),
        ("@127.0.0.1", "@db.example.com:5432/uat?sslmode=require&x=", "doesn't check who answers"),
    ],
)
def test_what_is_wrong_with_a_profile_is_said_by_check(
    project: Path, server: Server, old: str, new: str, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    text = PROFILE.format(url=server.url(), rate="0.08")
    assert old in text
    (project / "target.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    assert run("check", "--format", "full", "target.yaml") == 2
    shown = capfd.readouterr().err
    assert said in shown
    assert "hunter22" not in shown
