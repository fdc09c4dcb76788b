"""Drop folders: load files in order with names that say where they go, results taken when they are whole; on disk and by a real sshd."""

from __future__ import annotations

import csv
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.cli.main import main
from harness.tests.real_sshd import Sshd, running

SEEDS = """
seed:
  - table: payees
    into: in/ACME_PAYEE_TST_{date}_{time}_uat.txt
    rows that are there: are kept
    columns: {PAYEEID: payee, CURRENCY: currency}
  - table: deals
    into: in/ACME_DEAL_TST_{date}_{time}_uat.txt
    rows that are there: are kept
    columns: {ORDERID: deal, PAYEEID: owner, DATE: {column: closed, as: month first}, VALUE: {column: amount, as: a number}}
fetch:
  - file: payouts.csv
    remote: out/payouts_*.txt
"""
FOLDER = """
target: A drop folder
kind: folder
mapping: payouts.mapping.yaml
connection:
  folder: drop
  may write to: [in]
  load files: {delimiter: pipe, lines end with: CRLF}
  settle: 0
"""
MAPPING = """
target: A drop folder
format: {delimiter: pipe}
grains:
  - grain: payouts
    expected: payouts
    file: payouts.csv
    key: {payee: {column: PAYEEID}}
    values: {amount: {column: VALUE, currency: EUR}}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("drop/in", "drop/out", "data"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "payouts.mapping.yaml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "data" / "payees.csv").write_text("payee,currency\nAna Ruiz,EUR\n", encoding="utf-8")
    (tmp_path / "data" / "deals.csv").write_text('deal,owner,closed,amount\nD-1,Ana Ruiz,2026-01-15,"1,100.00 EUR"\n', encoding="utf-8")
    (tmp_path / "target.yaml").write_text(FOLDER + SEEDS, encoding="utf-8")
    return tmp_path


@pytest.mark.trap
def test_t35_load_files_are_written_in_order_under_the_names_that_say_where_they_go(project: Path) -> None:
    assert main(["seed", "--target", "target.yaml", "--data", "data"]) == 0
    payees, deals = sorted((project / "drop" / "in").iterdir(), key=lambda p: p.name.split("_")[4])
    assert payees.name.startswith("ACME_PAYEE_TST_20")
    assert payees.name.split("_")[3:5] < deals.name.split("_")[3:5]
    assert deals.read_bytes() == b"ORDERID|PAYEEID|DATE|VALUE\r\nD-1|Ana Ruiz|01/15/2026|1100.00\r\n"


@pytest.mark.trap
@pytest.mark.parametrize(("old", "new", "said"), [("DEAL_TST", "DEAL_PRD", "names production"), ("in/ACME_DEAL", "prod_in/ACME_DEAL", "isn't under  may write to"), ("{time}_uat", "{hour}_uat", "isn't known")])
def test_t35_names_that_lead_to_production_are_refused(project: Path, old: str, new: str, said: str, capfd: pytest.CaptureFixture[str]) -> None:
    text = (project / "target.yaml").read_text(encoding="utf-8")
    assert old in text
    (project / "target.yaml").write_text(text.replace(old, new), encoding="utf-8")
    assert main(["seed", "--target", "target.yaml", "--data", "data"]) == 2
    assert said in capfd.readouterr().err
    assert not list((project / "drop" / "in").iterdir())


def test_results_are_fetched_as_they_are(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["fetch", "--target", "target.yaml", "--out", "fetched"]) == 3
    assert "out/payouts_*.txt is not there" in capfd.readouterr().err
    (project / "drop" / "out" / "payouts_1.txt").write_text("PAYEEID|VALUE\nAna Ruiz|88.00\n", encoding="utf-8")
    assert main(["fetch", "--target", "target.yaml", "--list"]) == 0
    assert capfd.readouterr().out == "remote: out/payouts_1.txt\n"
    assert main(["fetch", "--target", "target.yaml", "--out", "fetched"]) == 0
    assert (project / "fetched" / "payouts.csv").read_text(encoding="utf-8").splitlines()[1] == "Ana Ruiz|88.00"
    (project / "drop" / "out" / "payouts_2.txt").write_text("PAYEEID|VALUE\n", encoding="utf-8")
    assert main(["fetch", "--target", "target.yaml", "--out", "fetched"]) == 2
    assert "2 files fit out/payouts_*.txt" in capfd.readouterr().err


def target_system(folder: Path, stop: threading.Event) -> None:
    """What stands at the other end: it takes the deals and pays 8%."""
    while not stop.wait(0.02):
        for file in sorted((folder / "in").glob("*DEAL*.txt")):
            with file.open(encoding="utf-8", newline="") as text:
                deals = list(csv.DictReader(text, delimiter="|"))
            cents = [(d["PAYEEID"], int(d["VALUE"].replace(".", "")) * 8 // 100) for d in deals]
            paid = "".join(f"{payee}|{value // 100}.{value % 100:02d}\n" for payee, value in cents)
            (folder / "out" / "payouts_new.txt").write_text("PAYEEID|VALUE\n" + paid, encoding="utf-8")
            file.unlink()


SUITE = """Feature: Flat
  @id:flat-1
  Scenario: One deal
    Given fiscal year FY2026 starts on 2026-01-01 with monthly periods
    And the plan "AE Flat" pays 8% of bookings
    And these deals:
      | deal | owner    | closed     | amount       |
      | D-1  | Ana Ruiz | 2026-01-15 | 1,100.00 EUR |
    And "Ana Ruiz" is on plan "AE Flat" for FY2026
    When commissions are calculated for 2026-01
    Then the payout of "Ana Ruiz" for 2026-01 is 88.00 EUR
"""


def with_members(text: str) -> str:
    return text.replace("  - table: deals\n", "  - table: plan_assignments\n    into: in/ACME_MEMBER_TST_{date}_{time}_uat.txt\n    rows that are there: are kept\n    columns: {PAYEEID: payee}\n  - table: deals\n")


def suite(project: Path) -> int:
    (project / "features").mkdir(exist_ok=True)
    (project / "features" / "flat.feature").write_text(SUITE, encoding="utf-8")
    (project / "conftest.py").write_text('pytest_plugins = ["harness.plugin"]\n', encoding="utf-8")
    return main(["run", "--target", "target.yaml", "--out", "out"])


def test_a_suite_waits_for_results_that_are_newer_than_its_data(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (project / "target.yaml").write_text(with_members((FOLDER + SEEDS).replace("settle: 0", "settle: 0\n  wait: 20")), encoding="utf-8")
    (project / "drop" / "out" / "payouts_new.txt").write_text("PAYEEID|VALUE\nAna Ruiz|1.00\n", encoding="utf-8")
    stop = threading.Event()
    other = threading.Thread(target=target_system, args=(project / "drop", stop))
    other.start()
    try:
        assert suite(project) == 0, capfd.readouterr().out
    finally:
        stop.set()
        other.join()


def test_old_results_are_never_compared(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (project / "target.yaml").write_text(with_members(FOLDER + SEEDS), encoding="utf-8")
    (project / "drop" / "out" / "payouts_new.txt").write_text("PAYEEID|VALUE\nAna Ruiz|88.00\n", encoding="utf-8")
    assert suite(project) == 3
    assert "not there since the test data were written" in capfd.readouterr().out


# -- by SFTP ----------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def sshd() -> Iterator[Sshd]:
    with running() as one:
        yield one


def by_sftp(project: Path, sshd: Sshd, known: Path | None = None) -> None:
    connection = f"  host: 127.0.0.1\n  port: {sshd.port}\n  user: {sshd.user}\n  key file: {sshd.key_file}\n  known hosts: {known or sshd.known_hosts}\n"
    text = (FOLDER + SEEDS).replace("kind: folder", "kind: sftp").replace("  folder: drop\n", connection)
    (project / "target.yaml").write_text(text, encoding="utf-8")


@pytest.mark.server
def test_files_go_and_come_by_sftp(project: Path, sshd: Sshd) -> None:
    by_sftp(project, sshd)
    assert main(["seed", "--target", "target.yaml", "--data", "data"]) == 0
    (deals,) = (sshd.root / "in").glob("ACME_DEAL_TST_*_uat.txt")
    assert deals.read_bytes().endswith(b"D-1|Ana Ruiz|01/15/2026|1100.00\r\n")
    assert not [p for p in (sshd.root / "in").iterdir() if p.name.endswith(".part")]
    big = "".join(f"P{n}|{n}.00\n" for n in range(200_000))
    (sshd.root / "out" / "payouts_1.txt").write_text("PAYEEID|VALUE\n" + big, encoding="utf-8")
    assert main(["fetch", "--target", "target.yaml", "--out", "fetched"]) == 0
    assert (project / "fetched" / "payouts.csv").read_text(encoding="utf-8") == "PAYEEID|VALUE\n" + big


@pytest.mark.server
def test_a_server_that_is_not_known_is_never_trusted(project: Path, sshd: Sshd, capfd: pytest.CaptureFixture[str]) -> None:
    known = project / "known"
    known.write_text("[127.0.0.1]:1 ssh-ed25519 " + sshd.known_hosts.read_text().split()[2] + "\n", encoding="utf-8")
    by_sftp(project, sshd, known)
    assert main(["fetch", "--target", "target.yaml", "--out", "fetched"]) == 3
    assert "its key isn't the one in the file of known hosts" in capfd.readouterr().err
    by_sftp(project, sshd, project / "nowhere")
    assert main(["fetch", "--target", "target.yaml", "--out", "fetched"]) == 2
    assert "with the key of the server" in capfd.readouterr().err
