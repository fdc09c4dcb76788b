"""The mappings that come with trueup, each with a small export in the shape that is known of its target."""

from __future__ import annotations

import io
import json
from pathlib import Path

import openpyxl
import pytest

from harness.adapters.mapping_reader import read_mapping
from harness.adapters.text_export import read_export
from reference_engine.problems import Problem

MAPPINGS = Path(__file__).parents[1] / "mappings"
Rows = list[tuple[str, ...]]


def details() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["Incentive Details"], ["Created 2026-04-02 10:15"], ["Name: Ann Smith, Title: AE"], [],
        ["Order", "Credit", "Payment", "Currency", "Name", "Status"],
        ["A-1", 1000, 10.5, "USD", "Ann Smith", "Released"], ["A-2", 50, 0.1, "USD", "Ann Smith", "Pending"], ["Grand Total", 1050, 10.5, None, None, "Released"],
    ):  # fmt: skip
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


SAP = {
    "deposits": [
        {"payee": {"payeeId": "000417"}, "name": "D_Commission", "period": {"name": "January 2026"}, "isHeld": False, "depositSeq": "34973036760692913",
         "value": {"value": 500.0, "unitType": {"name": "EUR"}}, "preadjustedValue": {"value": 450, "unitType": {"name": "EUR"}}},
        {"payee": {"payeeId": "000418"}, "name": "D_Commission", "period": {"name": "January 2026"}, "isHeld": True, "value": {"value": 1, "unitType": {"name": "EUR"}}},
    ]
}  # fmt: skip

SAMPLES: dict[str, tuple[str, str | bytes, Rows]] = {
    "generic_narrow": ("p.csv", "Payee ID,Plan,Component,Period,Amount,Currency\n0041,AE,commission,2026-01,\"1,234.50\",EUR\n", [("0041", "AE", "commission", "2026-01", "123450 EUR")]),
    "generic_wide": (
        "p.csv", "Payee,Component,Jan 26,Feb 26,Mar 26,Q1 FY26\nP1,commission,10,,5,15\nTotal,,10,,5,15\n",
        [("P1", "commission", "2026-01", "1000 EUR"), ("P1", "commission", "2026-03", "500 EUR")],
    ),
    "varicent_result": (
        "r.txt", "PayeeID_;CompPlanID;AttributeID;PeriodString;PeriodString2;Value_\nP1;AE;COMMISSION [FINAL];2026-01 JAN;2026-02 FEB;-20\n",
        [("P1", "AE", "COMMISSION [FINAL]", "2026-01", "2026-02", "-2000 USD")],
    ),
    "varicent_publication": ("r.txt", "PayeeID_|CompPlanID|AttributeID|PeriodString|Value_\nP1|AE|COMMISSION [FINAL]|2026-01 JAN|96866.1\n", [("P1", "AE", "COMMISSION [FINAL]", "2026-01", "9686610 EUR")]),
    "varicent_web_report": (
        "r.csv", "PayeeID_,EffStart_,EffEnd_,Value_\nP1,2026-01-01,2026-03-30,1\nP1,2026-03-31,,2\nP2,2026-01-01T00:00:00Z,2200-01-01,3\n",
        [("P1", "2026-03", "200 EUR"), ("P2", "2026-03", "300 EUR")],
    ),
    "sap_deposits": ("d.json", json.dumps(SAP), [("000417", "D_Commission", "2026-01", "50000 EUR")]),
    "sap_data_extract": (
        "ACME_OUT_TST.txt", "PAYEEID\tPLANNAME\tPERIODNAME\tVALUE\tUNITTYPE\n000417\tAE\tJanuary 2026\t380.00\tUSD\n000417\tAE\tJanuary 2026\t-80.00\tUSD\n",
        [("000417", "AE", "2026-01", "30000 USD")],
    ),
    "xactly_payments": (
        "p.csv", 'Payments\nCreated 2026-04-02\n\nEmployee ID,Period,Status,Payment\n17,JAN-2026,Released,"85,000.00 USD"\n17,JAN-2026,Pending,"1.00 USD"\n18,FEB-2026,Released,"(1,234.50) EUR"\nConfidential\n',
        [("17", "2026-01", "8500000 USD"), ("18", "2026-02", "-123450 EUR")],
    ),
    "xactly_incentive_details": ("d.xlsx", details(), [("17", "A-1", "1050 USD")]),
    "oracle_paysheets": (
        "p.csv", "ParticipantNumber,PaysheetType,PlanComponentName,PeriodName,PaymentAmount,PaymentCurrencyCode\n100,COMPONENT,Commission,Jan-2026,10.00,USD\n100,SUMMARY,#NULL,Jan-2026,10.00,USD\n101,COMPONENT,Commission,Jan-2026,#NULL,USD\n",
        [("100", "Commission", "2026-01", "1000 USD")],
    ),
    "spiff_statements": ("s.csv", "Rep Email,Payout Rule,Period,Payout Value\na@x.com,New business,January 2026,\"$1,000.10\"\na@x.com,New business,January 2026,$2.00\n", [("a@x.com", "New business", "2026-01", "100210 USD")]),
    "salesforce_records": (
        "q.csv", '"Payee__c","Component__c","Status__c","Period_Start__c","Period_End__c","Amount__c","CurrencyIsoCode"\n"005x0000001aBcDAAU","Commission","Paid","2026-01-01","2026-01-31","12.5","USD"\n"005x0000001aBcdAAU","Commission","Draft","2026-01-01","2026-01-31","9","USD"\n',
        [("005x0000001aBcDAAU", "Commission", "2026-01-01 to 2026-01-31", "1250 USD")],
    ),
    "captivateiq_payout_summaries": ("p.csv", "Employee ID,Plan,Payout Date,Payout,Currency\n17,AE,2026-01-31,100.00,USD\n", [("17", "AE", "2026-01", "10000 USD")]),
    "anaplan_grid": (
        "g.csv", "Version: Actual,,,,,\nPayee,Line item,Jan 26,Feb 26,Mar 26,Q1 FY26\nP1,Commission,10,20,30,60\nP1,Total,10,20,30,60\n",
        [("P1", "Commission", "2026-01", "1000 EUR"), ("P1", "Commission", "2026-02", "2000 EUR"), ("P1", "Commission", "2026-03", "3000 EUR")],
    ),
}  # fmt: skip
TESTED_ELSEWHERE = {"odoo_commission", "whole_company"}


def test_every_mapping_has_a_sample() -> None:
    assert {p.stem for p in MAPPINGS.glob("*.yaml")} == SAMPLES.keys() | TESTED_ELSEWHERE


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_read_as_it_is_meant(tmp_path: Path, name: str) -> None:
    file, content, expected = SAMPLES[name]
    (tmp_path / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    (tmp_path / "people.csv").write_text("name,id\nAnn Smith,17\n", encoding="utf-8")
    problems: list[Problem] = []
    mapping = read_mapping(MAPPINGS / f"{name}.yaml", problems)
    assert mapping is not None, problems
    tables = read_export(mapping, tmp_path / file, problems)
    assert problems == []
    (table,) = tables.values()
    assert table.unreadable == ()
    assert [(*row.key, f"{row.amount} {row.currency}") for row in table.rows] == expected
