"""A suite asked of the Varicent stand-in from end to end: seeded, calculated, fetched, compared, reported; and its failures."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from harness.cli.main import main
from harness.standin.varicent_rehearsal import rehearsal_model
from harness.standin.varicent_server import Fault, StandIn
from harness.tests.commission_database import FEATURE

PROFILE = """
target: Varicent rehearsal
kind: varicent
mapping: payouts.mapping.yaml
connection:
  url: {url}
  model: {model}
  key: {{environment: VARICENT_KEY}}
  may write to: [Acme_dev]
  poll: 0
  patience: {patience}
seed:
  - table: payees
    into: Payee_
    rows that are there: are removed
    columns: {{PayeeID_: payee, Currency: {{column: currency, blank: EUR}}}}
  - table: plan_assignments
    into: Plan_Member
    rows that are there: are removed
    columns: {{PayeeID_: payee, PlanID: plan, First_Day: from, Last_Day: to}}
  - table: deals
    into: Deal
    rows that are there: are removed
    columns:
      DealID: deal
      PayeeID_: owner
      Closed: closed
      Amount: {{column: amount, as: a number}}
      Currency: {{column: amount, as: the currency}}
run:
  - calculation: Commission payouts
fetch:
  - file: payouts.csv
    calculation: Commission payouts
"""

MAPPING = """
target: Varicent rehearsal
grains:
  - grain: payouts
    expected: payouts
    file: payouts.csv
    key:
      payee: {column: PayeeID_}
      plan: {column: CompPlanID}
      period: {column: PeriodString, pattern: "{year}-{month} {mon}"}
    values:
      amount: {column: Value_, currency: {column: Currency}}
"""


@pytest.fixture
def server() -> Iterator[StandIn]:
    with StandIn({"Acme_dev": rehearsal_model("Acme_dev"), "Acme_prd": rehearsal_model("Acme_prd")}, key="icm-0123456789abcdef") as one:
        yield one


@pytest.fixture
def project(server: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VARICENT_KEY", server.key)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "features").mkdir()
    (tmp_path / "features" / "flat.feature").write_text(FEATURE.lstrip(), encoding="utf-8")
    (tmp_path / "payouts.mapping.yaml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["harness.plugin"]\n', encoding="utf-8")
    write_profile(tmp_path, server)
    return tmp_path


def write_profile(folder: Path, server: StandIn, model: str = "Acme_dev", patience: int = 30) -> None:
    (folder / "varicent.yaml").write_text(PROFILE.format(url=server.url, model=model, patience=patience), encoding="utf-8")


def run() -> int:
    return main(["run", "--target", "varicent.yaml", "--out", "out"])


@pytest.mark.trap
@pytest.mark.parametrize("nested", [False, True])
def test_a_suite_is_seeded_calculated_fetched_and_compared(project: Path, server: StandIn, nested: bool, capfd: pytest.CaptureFixture[str]) -> None:
    server.nested = nested
    assert run() == 0, capfd.readouterr().out
    assert "Target: 2 of 2 scenarios were asked of it; it agrees with 2." in capfd.readouterr().out
    record = (project / "out" / "record.json").read_text(encoding="utf-8")
    assert "Varicent rehearsal pays the same: 2 rows compared." in record
    (first, second) = sorted((project / "out" / "target").iterdir())
    with (first / "payouts.csv").open(encoding="utf-8", newline="") as file:
        assert [row["Value_"] for row in csv.DictReader(file)] == ["800", "1600"]
    evidence = json.loads((second / "extracts.json").read_text(encoding="utf-8"))
    (extract,) = evidence["extracts"]
    assert (extract["rows"], extract["source"], extract["parameters"]["model"]) == (1, "Varicent rehearsal, model Acme_dev", "Acme_dev")
    assert extract["calculated"] > "2026"
    assert [d["what"] for d in evidence["done"]][-1] == "ran calculation Commission payouts"
    for path in (project / "out").rglob("*"):
        assert path.is_dir() or server.key.encode() not in path.read_bytes()
    assert "key" not in json.dumps(extract["parameters"])


def test_a_target_that_pays_another_rate_is_red(project: Path, server: StandIn, capfd: pytest.CaptureFixture[str]) -> None:
    server.models["Acme_dev"] = rehearsal_model("Acme_dev", {"AE Flat": "0.0801"})
    assert run() == 1
    said = capfd.readouterr().out
    assert "Varicent rehearsal does not agree with the calculation." in said
    assert "801.00 EUR" in said
    assert "Varicent rehearsal does not agree" in (project / "out" / "index.html").read_text(encoding="utf-8")


def test_a_run_that_asks_the_target_nothing_is_not_green(project: Path, server: StandIn, capfd: pytest.CaptureFixture[str]) -> None:
    feature = project / "features" / "flat.feature"
    scenario = """Feature: Nothing for a target
  @id:refused-1
  Scenario: A plan without its rate
    Given fiscal year FY2026 starts on 2026-01-01 with monthly periods
    And the plan "AE Flat" pays 8% of bookings
    And "Ana Ruiz" is on plan "AE Flat" for FY2026
    And these deals:
      | deal | owner    | closed     | amount     |
      | D-1  | Ana Ruiz | 2026-01-15 | 100.05 EUR |
    When commissions are calculated for 2026-01
    Then the calculation is refused because "comes out as 8.004 EUR"
"""
    feature.write_text(scenario, encoding="utf-8")
    assert run() == 2
    assert "no scenario was asked of the target" in capfd.readouterr().err
    assert server.requests == []


def test_a_model_that_is_not_on_the_list_is_said_before_anything_is_sent(project: Path, server: StandIn, capfd: pytest.CaptureFixture[str]) -> None:
    write_profile(project, server, "Acme_prd")
    assert run() == 2
    assert 'the model "Acme_prd" isn\'t under  may write to' in capfd.readouterr().err
    assert server.requests == []


@pytest.mark.parametrize(
    ("fault", "slug"),
    [
        (Fault("expired key", "/calculations/41/data", skip=1), "target-key"),
        (Fault("web page", "/calculations/41/data"), "target-not-json"),
        (Fault("503", "/calculations/41/data", times=100), "target-unreachable"),
        (Fault("lost row", "/customtables/Deal/inputforms/0/data/rows", method="POST"), "seed-incomplete"),
        (Fault("time-out", "/rpc/calculations/41", method="POST"), "target-unknown-end"),
        (Fault("slow clock", "/calculations/41/data", times=100), "target-not-fresh"),
    ],
    ids=lambda f: f.name if isinstance(f, Fault) else f,
)
def test_a_target_that_fails_ends_with_3_and_no_report(project: Path, server: StandIn, fault: Fault, slug: str, capfd: pytest.CaptureFixture[str]) -> None:
    write_profile(project, server, patience=1)
    server.faults.append(fault)
    assert run() == 3
    said = "".join(capfd.readouterr())
    assert f"[{slug}]" in said
    assert server.key not in said
    assert not (project / "out").exists()


def test_fetch_leaves_files_and_evidence_or_nothing(project: Path, server: StandIn, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["fetch", "--target", "varicent.yaml", "--out", "fetched"]) == 0
    assert "payouts.csv" in capfd.readouterr().out
    assert sorted(p.name for p in (project / "fetched").iterdir() if p.name != ".trueup") == ["extracts.json", "payouts.csv"]
    server.faults.append(Fault("web page", "/calculations/41/data", times=100))
    assert main(["fetch", "--target", "varicent.yaml", "--out", "fetched"]) == 3
    # What was fetched before is as it was.
    assert (project / "fetched" / "payouts.csv").is_file()


def pages_of(server: StandIn) -> list[str]:
    return [path for _, path in server.requests if "/calculations/41/data" in path and "limit=1&" not in path and not path.endswith("limit=1")]


def test_a_broken_download_goes_on_where_it_was(project: Path, server: StandIn, capfd: pytest.CaptureFixture[str]) -> None:
    server.models["Acme_dev"].calculations[41].rows = [[f"P{n:03d}", "AE Flat", "2026-01 JAN", "EUR", Decimal(n)] for n in range(100)]
    write_profile(project, server, patience=0)
    file = project / "varicent.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("  poll: 0\n", "  poll: 0\n  page size: 10\n"), encoding="utf-8")
    server.faults.append(Fault("503", "offset=70"))
    assert main(["fetch", "--target", "varicent.yaml", "--out", "fetched"]) == 3
    assert "7 pages that were read are kept in .fetched.pages" in capfd.readouterr().err
    assert (project / ".fetched.pages").stat().st_mode & 0o077 == 0
    server.requests.clear()
    assert main(["fetch", "--target", "varicent.yaml", "--out", "fetched"]) == 0
    # Four pages of the first read are left, the last of them empty; then the second read, of eleven.
    assert len(pages_of(server)) == 4 + 11
    assert not (project / ".fetched.pages").exists()
    assert len((project / "fetched" / "payouts.csv").read_text(encoding="utf-8").splitlines()) == 101


def test_pages_of_other_results_are_never_mixed_in(project: Path, server: StandIn, capfd: pytest.CaptureFixture[str]) -> None:
    test_a_broken_download_goes_on_where_it_was(project, server, capfd)
    server.faults.append(Fault("503", "offset=70"))
    assert main(["fetch", "--target", "varicent.yaml", "--out", "fetched"]) == 3
    # The rows change, although the model says nothing of another calculation.
    server.models["Acme_dev"].calculations[41].rows[0][4] = Decimal(777)
    assert main(["fetch", "--target", "varicent.yaml", "--out", "fetched"]) == 0
    assert "P000,AE Flat,2026-01 JAN,EUR,777" in (project / "fetched" / "payouts.csv").read_text(encoding="utf-8")


def test_what_could_be_fetched_is_listed(project: Path, server: StandIn, capfd: pytest.CaptureFixture[str]) -> None:
    server.models["Acme_dev"].published["u-1"] = ("payouts.txt", b"x")
    assert main(["fetch", "--target", "varicent.yaml", "--list"]) == 0
    said = capfd.readouterr().out.splitlines()
    assert {"calculation: Commission payouts", "table: Deal", "table: Time_"} <= set(said)
    assert any(line.startswith("published file: ") for line in said)
    assert main(["fetch", "--target", "varicent.yaml"]) == 2


def test_fetched_files_are_compared_as_they_were_fetched(project: Path, server: StandIn, capfd: pytest.CaptureFixture[str]) -> None:
    server.models["Acme_dev"].calculations[41].rows = [["Ana Ruiz", "AE Flat", "2026-01 JAN", "EUR", Decimal(800)]]
    assert main(["fetch", "--target", "varicent.yaml", "--out", "fetched"]) == 0
    header = "payee,period,from,to,plan,component,amount,currency,lines\n"
    (project / "payouts.csv").write_text(header + "Ana Ruiz,2026-01,2026-01-01,2026-01-31,AE Flat,commission,800.00,EUR,1\n", encoding="utf-8")
    words = ["reconcile", "--expected", "payouts.csv", "--actual", "fetched", "--mapping", "payouts.mapping.yaml", "--out", "compared"]
    assert main(words) == 0, capfd.readouterr().err
    (kept,) = (project / "compared" / "inputs").rglob("extracts.json")
    assert json.loads(kept.read_text(encoding="utf-8"))["extracts"][0]["request"] == "calculation Commission payouts"
    file = project / "fetched" / "payouts.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("800", "800.00"), encoding="utf-8")
    assert main(words) == 2
    assert "the file isn't as it was fetched" in capfd.readouterr().err


def test_a_missing_key_is_asked_for_by_the_name_of_its_variable(project: Path, server: StandIn, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("VARICENT_KEY")
    assert main(["fetch", "--target", "varicent.yaml", "--out", "fetched"]) == 2
    assert "the environment variable VARICENT_KEY isn't set" in capfd.readouterr().err


def test_data_are_seeded_and_calculated_by_one_command(project: Path, server: StandIn, capfd: pytest.CaptureFixture[str]) -> None:
    data = project / "data"
    data.mkdir()
    (data / "payees.csv").write_text("payee,currency\nAna Ruiz,EUR\n", encoding="utf-8")
    (data / "plan_assignments.csv").write_text("payee,plan,from,to\nAna Ruiz,AE Flat,2026-01-01,2026-12-31\n", encoding="utf-8")
    (data / "deals.csv").write_text("deal,owner,closed,amount\nD-1,Ana Ruiz,2026-01-15,100.00 EUR\n", encoding="utf-8")
    assert main(["seed", "--target", "varicent.yaml", "--data", "data", "--run"]) == 0, capfd.readouterr().err
    assert "seeded Deal from deals: 1 rows" in capfd.readouterr().out
    assert [str(r[4]) for r in server.models["Acme_dev"].calculations[41].rows] == ["8.00"]
    (data / "quotas.csv").write_text("payee,measure,period,quota\nAna Ruiz,bookings,2026-01,5.00 EUR\n", encoding="utf-8")
    assert main(["seed", "--target", "varicent.yaml", "--data", "data"]) == 2
    assert "the profile seeds no table from quotas" in capfd.readouterr().err


def test_plain_http_and_written_keys_are_refused(project: Path, server: StandIn, capfd: pytest.CaptureFixture[str]) -> None:
    text = (project / "varicent.yaml").read_text(encoding="utf-8")
    (project / "varicent.yaml").write_text(text.replace(server.url, "http://api.example.com/api/v1").replace("{environment: VARICENT_KEY}", "icm-abcdef"), encoding="utf-8")
    assert main(["check", "--format", "full", "varicent.yaml"]) == 2
    said = capfd.readouterr().err
    assert "[target-tls]" in said
    assert "[secret-written]" in said
    assert "icm-abcdef" not in said


def test_the_stand_in_for_users_serves_and_stops(project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    words = [sys.executable, "-c", "from harness.cli.main import run; run()", "standin", "varicent", "--port", "0", "--model", "Acme_dev", "--rate", "AE Flat=0.08"]
    served = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"})
    try:
        assert served.stdout is not None
        url = served.stdout.readline().split(" at ")[1].strip()
        monkeypatch.setenv("VARICENT_KEY", "icm-rehearsal")
        text = PROFILE.format(url=url, model="Acme_dev", patience=30)
        (project / "varicent.yaml").write_text(text, encoding="utf-8")
        assert run() == 0, capfd.readouterr().out
    finally:
        served.send_signal(signal.SIGINT)
        rest = served.communicate(timeout=20)[0]
    assert "Stopped." in rest
    assert served.returncode == 0
