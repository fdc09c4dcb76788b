"""Salesforce through simple-salesforce, against a server on loopback with TLS: counted, whole, exact, or Problems with exit code 3."""

from __future__ import annotations

import csv
import datetime as dt
import ipaddress
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from harness.adapters.data_folder import read_data_folder
from harness.cli.main import main
from harness.standin.salesforce_server import StandIn
from reference_engine.problems import Problem

PROFILE = """
target: Salesforce rehearsal
kind: salesforce
mapping: payouts.mapping.yaml
connection:
  url: {url}
  access token: {{environment: SF_TOKEN}}
  page size: 3
fetch:
  - file: payouts.csv
    soql: SELECT Id, Payee__c, Amount__c, Owner.Name FROM Payout__c WHERE Status__c = 'Paid' ORDER BY Id
    through: {through}
"""
MAPPING = """
target: Salesforce rehearsal
grains:
  - grain: payouts
    expected: payouts
    file: payouts.csv
    key: {payee: {column: Payee__c}}
    values: {amount: {column: Amount__c, currency: EUR}}
"""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of this machine, which a user would get from their own authority."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "trueup tests")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture
def server(certificate: tuple[Path, Path]) -> Iterator[StandIn]:
    records: list[dict[str, Any]] = [
        {"Id": f"a0{n}", "Payee__c": f"00{n}", "Amount__c": f"^{1234567 + n}.89^", "Status__c": "Paid", "Owner": {"Name": f"Owner, {n}"} if n else None, "Owner.Name": f"Owner, {n}" if n else None}
        for n in range(8)
    ]
    records.append({"Id": "a099", "Payee__c": "0099", "Amount__c": "^1^", "Status__c": "Draft", "Owner": None})
    with StandIn({"Payout__c": records}, *certificate) as one:
        yield one


@pytest.fixture
def project(server: StandIn, certificate: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SF_TOKEN", server.token)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate[0]))
    monkeypatch.setattr("harness.targets.kinds.salesforce.time.sleep", lambda seconds: None)
    monkeypatch.setattr("simple_salesforce.bulk2.sleep", lambda seconds: None)
    (tmp_path / "payouts.mapping.yaml").write_text(MAPPING, encoding="utf-8")
    profile(tmp_path, server)
    return tmp_path


def profile(folder: Path, server: StandIn, through: str = "the query", old: str = "", new: str = "") -> None:
    text = PROFILE.format(url=server.url, through=through)
    assert old in text
    (folder / "target.yaml").write_text(text.replace(old, new) if old else text, encoding="utf-8")


def fetch() -> int:
    return main(["fetch", "--target", "target.yaml", "--out", "fetched"])


@pytest.mark.trap
@pytest.mark.parametrize("through", ["the query", "bulk"])
def test_t05_t17_records_come_whole_and_exact(project: Path, server: StandIn, through: str, capfd: pytest.CaptureFixture[str]) -> None:
    if through == "bulk":
        for record in server.records["Payout__c"]:
            record["Amount__c"] = record["Amount__c"].strip("^")
    profile(project, server, through)
    assert fetch() == 0, capfd.readouterr().err
    with (project / "fetched" / "payouts.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["Id", "Payee__c", "Amount__c", "Owner.Name"]
    assert rows[1] == ["a00", "000", "1234567.89", ""]
    assert rows[8] == ["a07", "007", "1234574.89", "Owner, 7"]
    assert len(rows) == 9
    assert server.token not in (project / "fetched" / "extracts.json").read_text(encoding="utf-8")


@pytest.mark.trap
def test_t17_records_that_the_user_may_not_see_are_noticed(project: Path, server: StandIn, capfd: pytest.CaptureFixture[str]) -> None:
    server.hidden = 1
    assert fetch() == 3
    assert "8 records by count, and 7 were read" in capfd.readouterr().err
    assert not (project / "fetched").exists()


def test_a_short_failure_is_survived_and_a_long_one_ends_with_3(project: Path, server: StandIn, capfd: pytest.CaptureFixture[str]) -> None:
    server.failing = [503, 500]
    assert fetch() == 0
    server.failing = [503] * 50
    assert fetch() == 3
    assert "failed 4 times" in capfd.readouterr().err


def test_an_expired_token_ends_with_3_and_is_not_said(project: Path, server: StandIn, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("SF_TOKEN", "00Dxx!another")
    assert fetch() == 3
    said = capfd.readouterr().err
    assert "[target-key]" in said
    assert "another" not in said


def test_a_certificate_of_nobody_is_refused(project: Path, server: StandIn, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    assert fetch() == 3
    assert "certificate" in capfd.readouterr().err.casefold()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("SELECT Id, Payee__c, Amount__c, Owner.Name", "SELECT SUM(Amount__c)", "plain fields"),
        ("ORDER BY Id", "LIMIT 100", "leaves records out"),
        ("  access token: {environment: SF_TOKEN}\n", "", "says no secret"),
        ("{environment: SF_TOKEN}", "00Dabcdef", "is written into the file"),
        ("fetch:", "run:\n  - calculation: x\nfetch:", "Salesforce is only read"),
    ],
)
def test_what_is_wrong_with_a_profile_is_said(project: Path, server: StandIn, old: str, new: str, said: str, capfd: pytest.CaptureFixture[str]) -> None:
    profile(project, server, old=old, new=new)
    assert main(["check", "--format", "full", "target.yaml"]) == 2
    shown = capfd.readouterr().err
    assert said in shown
    assert "00Dabcdef" not in shown


OPPORTUNITIES = """
fetch:
  - file: opportunities.csv
    soql: SELECT Id, OwnerId, Amount, CloseDate FROM Opportunity WHERE StageName = 'Closed Won'
  - file: splits.csv
    soql: SELECT Id, OpportunityId, SplitOwnerId, SplitPercentage FROM OpportunitySplit
"""
TABLES = """
tables:
  deals:
    file: opportunities.csv
    columns:
      deal: {column: Id}
      owner: {column: OwnerId}
      closed: {column: CloseDate}
      amount: {column: Amount, currency: USD}
"""


def test_opportunities_become_deals(project: Path, server: StandIn) -> None:
    server.records |= {
        "Opportunity": [
            {"Id": "006A", "OwnerId": "005x0000001aBcDAAU", "Amount": "^1200.5^", "CloseDate": "2026-01-15", "StageName": "Closed Won"},
            {"Id": "006B", "OwnerId": "005x0000001aBcdAAU", "Amount": "^9^", "CloseDate": "2026-01-16", "StageName": "Prospecting"},
        ],
        "OpportunitySplit": [{"Id": "0SA", "OpportunityId": "006A", "SplitOwnerId": "005x0000001aBcdAAU", "SplitPercentage": "^50^"}],
    }
    text = (project / "target.yaml").read_text(encoding="utf-8")
    (project / "target.yaml").write_text(text[: text.index("fetch:")] + OPPORTUNITIES.lstrip(), encoding="utf-8")
    assert fetch() == 0
    (project / "fetched" / "tables.yaml").write_text(TABLES, encoding="utf-8")
    problems: list[Problem] = []
    tables = read_data_folder(project / "fetched", problems)
    # A file that nothing is made of is never passed over in silence.
    assert [p.where.file.rpartition("/")[2] for p in problems] == ["splits.csv"]
    (deals,) = tables
    assert deals.rows == (("006A", "005x0000001aBcDAAU", "2026-01-15", "1200.5 USD"),)


def test_what_could_be_fetched_is_listed(project: Path, server: StandIn, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["fetch", "--target", "target.yaml", "--list"]) == 0
    assert capfd.readouterr().out == "object: Payout__c\n"


def test_a_field_that_is_not_there_is_said(project: Path, server: StandIn, capfd: pytest.CaptureFixture[str]) -> None:
    profile(project, server, old="FROM Payout__c", new="FROM Payouts__c")
    assert fetch() == 2
    assert "can't answer the SOQL" in capfd.readouterr().err
