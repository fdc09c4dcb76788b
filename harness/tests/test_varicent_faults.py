"""Varicent's REST against the stand-in, over real sockets: read whole or not at all, changed only where it may be.

Each planned failure ends in a right result or in a Problem with exit code 3, never in part of the data.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from harness.standin.varicent_model import Activity, Calculation, Column, Model, Row, Table
from harness.standin.varicent_rehearsal import CALCULATION, rehearsal_model
from harness.standin.varicent_server import Fault, StandIn
from harness.targets.hidden import masked
from harness.targets.http_client import Patience
from harness.targets.varicent_client import RowSet, Settings, VaricentClient, filter_text
from reference_engine.problems import NOWHERE, Stopped, Unreachable

RESULT = [Column("PayeeID_", is_key=True), Column("PeriodString", is_key=True), Column("Value_", "Decimal")]
OPEN: list[VaricentClient] = []
ROWS: list[Row] = [[f"P{n:04d}", "2026-01 JAN", Decimal(n) + Decimal("0.10")] for n in range(250)]


@pytest.fixture
def server() -> Iterator[StandIn]:
    big = Calculation(41, "Payouts", RESULT, lambda model: [list(r) for r in ROWS], [list(r) for r in ROWS])
    with StandIn({"Acme_dev": Model("Acme_dev", [Table("Payee_", [Column("PayeeID_", is_key=True)]), table_of_deals()], [big]), "Acme_prd": Model("Acme_prd", [])}) as one:
        yield one
    while OPEN:
        OPEN.pop().close()


def table_of_deals() -> Table:
    return Table("Deal", [Column("DealID", is_key=True), Column("PayeeID_", picks="Payee_"), Column("Note"), Column("Amount", "Decimal"), Column("Closed", "Date")])


class Asked:
    """A client whose waiting is only counted."""

    def __init__(self, server: StandIn, model: str = "Acme_dev", **settings: Any) -> None:
        self.waited: list[float] = []
        usual: dict[str, Any] = {"page": 100, "batch": 50, "patience": Patience(timeout=5.0, total=100.0)}
        own = Settings(**(usual | settings))
        self.client: VaricentClient = VaricentClient(server.url, model, "icm-rehearsal", ("Acme_dev",), NOWHERE, own, sleep=self.waited.append)
        OPEN.append(self.client)

    def payouts(self) -> RowSet:
        return self.client.rows_of_calculation("Payouts")


def refused(server: StandIn, *faults: Fault, **settings: Any) -> str:
    """The Problem in which reading ends with exit code 3."""
    server.faults += faults
    with pytest.raises(Unreachable) as stopped:
        Asked(server, **settings).payouts()
    return str(stopped.value)


def whole(found: RowSet) -> bool:
    return [(r[0], r[2]) for r in found.rows] == [(str(r[0]), f"{r[2]:f}".rstrip("0").rstrip(".")) for r in ROWS]


DATA = "/calculations/41/data"


# -- reading ----------------------------------------------------------------------------------------------
@pytest.mark.trap
@pytest.mark.parametrize("nested", [False, True])
def test_t19_both_shapes_are_read_and_said(server: StandIn, nested: bool) -> None:
    server.nested = nested
    found = Asked(server).payouts()
    assert whole(found)
    assert found.nested is nested


@pytest.mark.trap
@pytest.mark.parametrize("page", [1000, 250, 125, 100, 99])
def test_t17_every_page_is_read_also_when_rows_are_a_multiple(server: StandIn, page: int) -> None:
    assert whole(Asked(server, page=page).payouts())


@pytest.mark.trap
def test_t17_a_target_that_gives_fewer_rows_than_it_is_asked_for(server: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.standin.varicent_server.MOST_ROWS", 60)
    assert whole(Asked(server, page=100_000).payouts())


@pytest.mark.trap
def test_t18_pages_are_asked_for_in_the_order_of_the_key(server: StandIn) -> None:
    assert whole(Asked(server).payouts())
    asked = [path for _, path in server.requests if DATA in path and "offset=0&limit=1" not in path]
    assert all("orderBy=PayeeID_,PeriodString" in path for path in asked)


@pytest.mark.trap
def test_t18_a_target_without_an_order_is_never_believed(server: StandIn) -> None:
    said = refused(server, order_by=False)
    assert "rows came twice" in said or "never agreed" in said
    # All rows in one page need no order.
    assert whole(Asked(server, order_by=False, page=1000).payouts())


@pytest.mark.trap
def test_t05_numbers_keep_their_digits(server: StandIn) -> None:
    server.models["Acme_dev"].calculations[41].rows = [["P1", "2026-01 JAN", Decimal("12345678901234567.8901")], ["P2", "2026-01 JAN", Decimal("0.10")]]
    assert [r[2] for r in Asked(server).payouts().rows] == ["12345678901234567.8901", "0.1"]


@pytest.mark.trap
def test_t34_filters_are_encoded_once_and_never_ended_by_a_value(server: StandIn) -> None:
    payee = "P0007 & Söhne = 100% + x"
    server.models["Acme_dev"].calculations[41].rows = [[payee, "2026-01 JAN", Decimal(1)], ["P2", "2026, 01", Decimal(2)], ["P3", "2026-02 FEB", Decimal(3)]]
    client = Asked(server).client
    one = client.rows_of_calculation("Payouts", filter_text({"PayeeID_": (payee,)}, NOWHERE))
    assert [r[0] for r in one.rows] == [payee]
    several = client.rows_of_calculation("Payouts", filter_text({"PeriodString": ("2026-01 JAN", "2026, 01")}, NOWHERE))
    assert sorted(r[0] for r in several.rows) == [payee, "P2"][:2] if payee < "P2" else ["P2", payee]
    with pytest.raises(Stopped, match="can't stand in a filter"):
        filter_text({"PayeeID_": ("P1;Value_>0",)}, NOWHERE)


# -- faults -----------------------------------------------------------------------------------------------
@pytest.mark.trap
@pytest.mark.parametrize("name", ["drop in the middle", "truncated JSON", "503", "409", "429", "500"])
def test_t21_a_short_failure_is_waited_for_and_the_result_is_whole(server: StandIn, name: str) -> None:
    server.faults.append(Fault(name, DATA, times=2, skip=2))
    asked = Asked(server)
    assert whole(asked.payouts())
    assert len(asked.waited) == 2


@pytest.mark.parametrize("name", ["drop in the middle", "truncated JSON", "503", "409", "429", "500"])
def test_a_long_failure_ends_with_3_after_the_stated_patience(server: StandIn, name: str) -> None:
    said = refused(server, Fault(name, DATA, times=1000, skip=2))
    assert "[target-unreachable]" in said


def test_a_minute_of_503_is_survived(server: StandIn) -> None:
    server.faults.append(Fault("503", DATA, times=6))
    asked = Asked(server)
    assert whole(asked.payouts())
    # Six pauses, each 1.5 to 2 times the one before: 20.8 to 63 seconds.
    assert 20 < sum(asked.waited) < 64


def test_how_long_to_wait_is_the_targets_word(server: StandIn) -> None:
    server.faults.append(Fault("429", DATA, times=1))
    asked = Asked(server, patience=Patience(first=0.01, total=10))
    assert whole(asked.payouts())
    assert asked.waited == [1.0]


@pytest.mark.trap
def test_t20_a_web_page_is_no_answer(server: StandIn) -> None:
    assert "[target-not-json]" in refused(server, Fault("web page", DATA, skip=3))


def test_a_duplicate_page_is_read_again(server: StandIn) -> None:
    server.faults.append(Fault("duplicate page", "offset=100"))
    assert whole(Asked(server).payouts())
    assert "rows came twice" in refused(server, Fault("duplicate page", "offset=100", times=100))


def test_a_lost_row_is_never_part_of_a_result(server: StandIn) -> None:
    server.faults.append(Fault("lost row", "offset=100&|offset=100$"))
    assert whole(Asked(server).payouts())


def test_a_row_of_another_length_is_refused(server: StandIn) -> None:
    assert "more cells than there are columns" in refused(server, Fault("row of another length", "offset=200"))


def test_an_expired_key_ends_with_3_and_is_not_repeated(server: StandIn) -> None:
    said = refused(server, Fault("expired key", "offset=100"))
    assert "[target-key]" in said
    assert "icm-rehearsal" not in said
    assert "icm-rehearsal" not in masked("Authorization: Bearer icm-rehearsal")


@pytest.mark.trap
def test_t06_a_half_synced_result_is_read_until_it_stays(server: StandIn) -> None:
    model = server.models["Acme_dev"]
    model.calculations[41].rows = [list(r) for r in ROWS[:200]]
    asked = Asked(server, page=1000)
    read = asked.client.http.get

    def syncing(path: str, parameters: dict[str, str] | None = None) -> object:
        if parameters and parameters.get("offset") == "200":
            model.calculations[41].rows = [list(r) for r in ROWS]
        return read(path, parameters)

    asked.client.http.get = syncing  # type: ignore[method-assign, assignment]
    assert whole(asked.payouts())


@pytest.mark.trap
def test_t06_nothing_is_read_while_something_runs_or_before_the_newest_data_are_calculated(server: StandIn) -> None:
    model = server.models["Acme_dev"]
    client = Asked(server).client
    model.activities.append(Activity(900, "Calculation", lambda: None, polls=-1000))
    with pytest.raises(Unreachable, match="Calculation is still running"):
        client.freshness()
    model.activities[0].status, model.activities[0].time = "Completed", "2026-04-02T03:10:00"
    assert client.freshness().calculated == "2026-04-02T03:10:00"
    model.activities.append(Activity(901, "Import", lambda: None, "Completed", time="2026-04-02T03:11:00"))
    with pytest.raises(Unreachable, match="the last import ended 2026-04-02T03:11:00, after the last calculation"):
        client.freshness()


@pytest.mark.trap
def test_t06_clocks_that_do_not_agree_are_no_proof(server: StandIn) -> None:
    server.models["Acme_dev"].tables["TimeLock"].rows.append([Decimal(1), "2026-03 MAR", "2026-04-02T03:10:00"])
    asked = Asked(server)
    assert asked.client.freshness(asked.payouts().date).calculated == "2026-04-02T03:10:00"
    server.faults.append(Fault("slow clock", DATA, times=1000))
    with pytest.raises(Unreachable, match="Its clocks don't agree"):
        asked.client.freshness(asked.payouts().date)


@pytest.mark.trap
def test_t06_times_of_a_tenant_that_are_ahead_of_utc(server: StandIn) -> None:
    asked = Asked(server, zone=120)
    ahead = datetime.now(UTC) + timedelta(minutes=100)
    server.models["Acme_dev"].tables["TimeLock"].rows.append([Decimal(1), "2026-03 MAR", ahead.strftime("%Y-%m-%dT%H:%M:%S")])
    assert asked.client.freshness(asked.payouts().date).calculated
    with pytest.raises(Unreachable, match="Its clocks don't agree"):
        Asked(server).client.freshness(asked.payouts().date)


@pytest.mark.trap
def test_t07_locked_periods_are_said(server: StandIn) -> None:
    server.models["Acme_dev"].tables["TimeCalendar"].rows.append([Decimal(1), "2026-01 JAN"])
    assert Asked(server).client.freshness().locked == ("2026-01 JAN",)


# -- changing ---------------------------------------------------------------------------------------------
HEADER = ("DealID", "PayeeID_", "Note", "Amount", "Closed")


def deals(count: int, note: str = "") -> list[tuple[str, ...]]:
    return [(f"D{n}", "P1", note, f"{n}.50", "2026-01-15") for n in range(count)]


def test_rows_arrive_in_batches_and_are_counted_back(server: StandIn) -> None:
    client = Asked(server).client
    client.add_rows("Payee_", ("PayeeID_",), [("P1",)])
    client.add_rows("Deal", HEADER, deals(120))
    assert len(server.models["Acme_dev"].tables["Deal"].rows) == 120
    assert sum(path.endswith("/data/rows") for _, path in server.requests) == 4


def test_a_batch_that_is_too_large_is_halved(server: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.standin.varicent_server.MOST_BODY", 1_500)
    client = Asked(server, batch=500).client
    client.add_rows("Payee_", ("PayeeID_",), [("P1",)])
    client.add_rows("Deal", HEADER, deals(90))
    assert len(server.models["Acme_dev"].tables["Deal"].rows) == 90


@pytest.mark.trap
@pytest.mark.parametrize(
    "row",
    [("D1", "P2", "", "1", "2026-01-15"), ("D1", "P1", "x" * 101, "1", "2026-01-15"), ("D1", "P1", "", "1,5", "2026-01-15")],
    ids=["pick list", "too long", "no number"],
)
def test_t36_rows_that_the_target_leaves_out_are_seen(server: StandIn, row: tuple[str, ...]) -> None:
    client = Asked(server).client
    client.add_rows("Payee_", ("PayeeID_",), [("P1",)])
    with pytest.raises(Unreachable, match="1 of 3 rows didn't arrive in Deal"):
        client.add_rows("Deal", HEADER, [("D7", "P1", "", "1", "2026-01-15"), row, ("D8", "P1", "", "1.50", "2026-01-16")])


def test_a_production_model_is_never_written_to(server: StandIn) -> None:
    client = Asked(server, model="Acme_prd").client
    for change in (lambda: client.add_rows("Deal", HEADER, deals(1)), lambda: client.empty_table("Deal"), lambda: client.run_calculation("41"), lambda: client.run_schedule_item("1"), lambda: client.run_import("x")):
        with pytest.raises(Stopped, match='the model "Acme_prd" isn\'t one'):
            change()
    assert [m for m, _ in server.requests if m != "GET"] == []


def test_what_was_sent_and_not_answered_is_never_sent_again(server: StandIn) -> None:
    client = Asked(server).client
    server.faults.append(Fault("time-out", "/data/rows", method="POST"))
    with pytest.raises(Unreachable, match="It isn't known whether it was done"):
        client.add_rows("Payee_", ("PayeeID_",), [("P1",)])
    assert sum(m == "POST" for m, _ in server.requests) == 1


@pytest.mark.parametrize("name", ["409", "503", "429"])
def test_an_action_that_was_not_begun_is_begun_later(server: StandIn, name: str) -> None:
    server.faults.append(Fault(name, "/rpc/calculations/41", times=2))
    assert Asked(server).client.run_calculation("Payouts") == "done"
    assert sum(m == "POST" for m, _ in server.requests) == 3


@pytest.mark.trap
def test_t19_an_activity_in_neither_list_is_asked_for_again(server: StandIn) -> None:
    asked = Asked(server)
    assert asked.client.run_calculation("Payouts") == "done"
    assert len(asked.waited) >= 3


def test_an_activity_that_fails_or_never_ends_is_no_result(server: StandIn) -> None:
    model = server.models["Acme_dev"]
    model.fails = "a formula divides by zero"
    with pytest.raises(Unreachable, match="ended as Failed: a formula divides by zero"):
        Asked(server).client.run_calculation("Payouts")
    model.fails, model.never_ends = "", True
    with pytest.raises(Unreachable, match="hasn't ended after"):
        Asked(server, activity=60.0).client.run_calculation("Payouts")


def test_paths_and_names_of_another_tenant(server: StandIn) -> None:
    server.rpc, server.id_name = False, "id"
    assert Asked(server, rpc=False).client.run_calculation("Payouts") == "done"
    with pytest.raises(Stopped, match='has no calculation "Payout"'):
        Asked(server).client.rows_of_calculation("Payout")


def test_the_query_tool_needs_a_word_and_reads_only(server: StandIn) -> None:
    server.models["Acme_dev"].tables["Payee_"].rows += [["P1"], ["P2"]]
    with pytest.raises(Stopped, match="the profile doesn't allow it"):
        Asked(server).client.query("SELECT 1")
    client = Asked(server, query_tool=True).client
    assert client.query('SELECT "PayeeID_" FROM "Payee_" ORDER BY 1').rows == [("P1",), ("P2",)]
    with pytest.raises(Stopped, match="must be one SELECT"):
        client.query("DELETE FROM Payee_")


def test_a_published_file_comes_as_it_was_published(server: StandIn) -> None:
    server.models["Acme_dev"].published["u-1"] = ("payouts.txt", "PayeeID_;Value_\n1;2,5\n".encode("cp1252"))
    client = Asked(server).client
    assert client.published_file("payouts.txt") == b"PayeeID_;Value_\n1;2,5\n"
    with pytest.raises(Stopped, match="no published file is called"):
        client.published_file("payout.txt")


def test_the_rehearsal_calculates_by_itself() -> None:
    model = rehearsal_model("x", {"AE Flat": "0.08"})
    model.add(model.tables["Payee_"], [["Ana", "EUR"]])
    model.add(model.tables["Plan_Member"], [["Ana", "AE Flat", "2026-01-01", "2026-12-31"]])
    model.add(model.tables["Deal"], [["D1", "Ana", "2026-01-15", "100.06", "EUR"], ["D2", "Ana", "2026-01-16", "50", "EUR"]])
    (calculation,) = model.calculations.values()
    assert calculation.name == CALCULATION
    assert calculation.compute(model) == [["Ana", "AE Flat", "2026-01 JAN", "EUR", Decimal("12.00")]]
