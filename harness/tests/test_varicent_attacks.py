"""Varicent's REST where it is nastier than documented: nothing is believed, no key is said, and no request goes on for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest

from harness.standin.varicent_model import Activity, Calculation, Column, Model, Row, Table
from harness.standin.varicent_server import Fault, StandIn
from harness.targets.http_client import HttpClient, Patience
from harness.targets.varicent_cells import plain
from harness.targets.varicent_client import Settings, VaricentClient, filter_text
from reference_engine.problems import NOWHERE, Stopped, Unreachable

KEY = "icm-rehearsal"
RESULT = [Column("PayeeID_", is_key=True), Column("Value_", "Decimal")]
Ask = Callable[..., VaricentClient]


@pytest.fixture
def server() -> Iterator[StandIn]:
    rows: list[Row] = [[f"P{n:03d}", Decimal(n)] for n in range(30)]
    payouts = Calculation(41, "Payouts", RESULT, lambda model: [], [list(r) for r in rows])
    tables = [
        Table("Payee_", [Column("PayeeID_", is_key=True)]),
        Table("Note", [Column("PayeeID_"), Column("Amount", "Decimal")]),
    ]
    with StandIn({"Acme_dev": Model("Acme_dev", tables, [payouts])}) as one:
        yield one


@pytest.fixture
def ask(server: StandIn) -> Iterator[Ask]:
    opened: list[VaricentClient] = []

    def make(
        key: str = KEY, model: str = "Acme_dev", page: int = 10, query_tool: bool = False
    ) -> VaricentClient:
        settings = Settings(page=page, query_tool=query_tool, patience=Patience(timeout=5.0, total=100.0))
        opened.append(
            VaricentClient(
                server.url, model, key, ("Acme_dev",), NOWHERE, settings, sleep=lambda seconds: None
            )
        )
        return opened[-1]

    yield make
    for client in opened:
        client.close()


def model_of(server: StandIn) -> Model:
    return server.models["Acme_dev"]


# -- the key ----------------------------------------------------------------------------------------------
def test_a_key_that_is_cut_in_half_by_a_long_message_is_masked(server: StandIn, ask: Ask) -> None:
    server.faults.append(Fault("long words", "/calculations"))
    with pytest.raises(Stopped) as stopped:
        ask().rows_of_calculation("Payouts")
    assert "xxx" in str(stopped.value)
    assert "icm-re" not in str(stopped.value)


@pytest.mark.parametrize("key", ["icm-9f3a77c1\r", "icm-9f3a77c1\n", "icm-9f3a 77c1", "icm-9f3a77c1…", ""])
def test_a_key_that_cannot_be_sent_is_refused_without_repeating_it(ask: Ask, key: str) -> None:
    with pytest.raises(Stopped, match="secret-form") as stopped:
        ask(key=key)
    assert "9f3a" not in str(stopped.value)


def test_a_model_that_cannot_be_sent_is_refused(ask: Ask) -> None:
    with pytest.raises(Stopped, match="name of the model"):
        ask(model="Müller_dev")


def test_a_proxy_is_no_way_to_this_machine(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    assert len(ask().rows_of_calculation("Payouts").rows) == 30


# -- reading ----------------------------------------------------------------------------------------------
@pytest.mark.trap
def test_t17_a_target_that_ignores_the_offset_does_not_go_on_for_ever(server: StandIn, ask: Ask) -> None:
    server.faults.append(Fault("ignored offset", "/data", times=1000))
    with pytest.raises(Unreachable, match="10 rows came twice"):
        ask().rows_of_calculation("Payouts")
    assert len(server.requests) < 20
    model_of(server).tables["Note"].rows += [[f"P{n}", Decimal(n)] for n in range(30)]
    with pytest.raises(Unreachable, match="10 rows came twice"):
        ask().rows_of_table("Note")


@pytest.mark.trap
def test_t17_a_query_is_counted_by_the_target_itself(server: StandIn, ask: Ask) -> None:
    model_of(server).tables["Note"].rows += [[f"P{n:02d}", Decimal(n)] for n in range(25)]
    client = ask(query_tool=True)
    assert len(client.query('SELECT "PayeeID_" FROM "Note" ORDER BY 1').rows) == 25
    assert any("/rpc/querytool" in path for _, path in server.requests)


@pytest.mark.trap
def test_t18_a_query_of_several_pages_needs_an_order(server: StandIn, ask: Ask) -> None:
    model_of(server).tables["Note"].rows += [[f"P{n:02d}", Decimal(n)] for n in range(25)]
    with pytest.raises(Stopped, match="has no order"):
        ask(query_tool=True).query('SELECT "PayeeID_" FROM "Note"')
    assert len(ask(query_tool=True, page=100).query('SELECT "PayeeID_" FROM "Note"').rows) == 25


@pytest.mark.trap
def test_t19_a_cell_that_is_a_list_is_no_value(server: StandIn, ask: Ask) -> None:
    model_of(server).calculations[41].rows = [["P1", [Decimal(1)]]]  # type: ignore[list-item]
    with pytest.raises(Unreachable, match="a cell holds a list"):
        ask().rows_of_calculation("Payouts")


def test_two_calculations_of_one_name_are_never_guessed_between(server: StandIn, ask: Ask) -> None:
    model_of(server).calculations[42] = Calculation(42, "Payouts", RESULT, lambda model: [])
    with pytest.raises(Stopped, match="Name it by its number: 41, 42"):
        ask().rows_of_calculation("Payouts")
    assert len(ask().rows_of_calculation("41").rows) == 30


@pytest.mark.trap
@pytest.mark.parametrize("value", ["NULL", "[a", "(a", "a;b", "a\\"])
def test_t34_a_value_that_means_something_else_in_a_filter_is_refused(value: str) -> None:
    with pytest.raises(Stopped, match="can't stand in a filter"):
        filter_text({"PayeeID_": (value, "b]")}, NOWHERE)


def test_published_files_in_lines_and_lists_of_another_form(server: StandIn, ask: Ask) -> None:
    server.faults.append(Fault("plain text", "/publishedfiles"))
    with pytest.raises(Unreachable, match="target-not-json"):
        ask().published_file("payouts.txt")


def test_the_time_that_answers_take_is_waiting_too(server: StandIn) -> None:
    server.faults.append(Fault("503", times=1000))
    ticks = iter(range(0, 100_000, 60))
    headers = {"Authorization": f"Bearer {KEY}", "Model": "Acme_dev"}
    http = HttpClient(
        server.url,
        headers,
        NOWHERE,
        Patience(total=100.0),
        sleep=lambda seconds: None,
        clock=lambda: float(next(ticks)),
    )
    with pytest.raises(Unreachable, match="failed 2 times"):
        http.get("/customtables")
    http.close()


# -- freshness --------------------------------------------------------------------------------------------
def done(kind: str, time: str, status: str = "Completed") -> Activity:
    return Activity(900, kind, lambda: None, status, time=time)


@pytest.mark.trap
@pytest.mark.parametrize(
    ("calculated", "imported", "fresh"),
    [
        ("2026-04-02T03:10", "2026-04-02T03:10:00", True),
        ("2026-04-02T03:10:00", "2026-04-02 03:11:00", False),
        ("2026-04-02 03:12", "2026-04-02T03:11:00Z", True),
        ("2026-04-02T05:10:00+02:00", "2026-04-02T03:11:00Z", False),
        ("2026-04-02T03:10:00.500", "2026-04-02T03:10:00", True),
    ],
)  # fmt: skip
def test_t06_times_are_compared_as_moments(
    server: StandIn, ask: Ask, calculated: str, imported: str, fresh: bool
) -> None:
    model_of(server).activities += [done("Calculation", calculated), done("Import", imported)]
    if fresh:
        assert ask().freshness().calculated == calculated
    else:
        with pytest.raises(Unreachable, match="after the last calculation"):
            ask().freshness()


@pytest.mark.trap
def test_t06_a_time_that_cannot_be_read_is_no_proof(server: StandIn, ask: Ask) -> None:
    model_of(server).activities.append(done("Calculation", "2 April, 3 am"))
    with pytest.raises(Unreachable, match='"2 April, 3 am", which can\'t be read'):
        ask().freshness()


@pytest.mark.trap
@pytest.mark.parametrize("status", ["Failed", "Cancelled"])
def test_t06_results_of_a_calculation_that_broke_off_are_not_fresh(
    server: StandIn, ask: Ask, status: str
) -> None:
    model_of(server).activities += [
        done("Calculation", "2026-04-02T03:10:00"),
        done("Calculation", "2026-04-02T03:20:00", status),
    ]
    with pytest.raises(Unreachable, match="failed or was cancelled"):
        ask().freshness()
    model_of(server).activities.append(done("Calculation", "2026-04-02T03:30:00"))
    assert ask().freshness().calculated == "2026-04-02T03:30:00"


@pytest.mark.trap
def test_t06_a_bare_word_is_an_answer_and_nothing_is_none(server: StandIn, ask: Ask) -> None:
    server.faults.append(Fault("plain text", "/globalactionstatus"))
    assert ask().freshness().calculated == ""
    server.faults.append(Fault("empty answer", "/globalactionstatus"))
    with pytest.raises(Unreachable, match="target-not-json"):
        ask().freshness()
    server.faults.append(Fault("empty answer", "/liveactivities"))
    with pytest.raises(Unreachable, match="target-not-json"):
        ask().freshness()


@pytest.mark.trap
def test_t06_the_last_of_many_periods_counts(server: StandIn, ask: Ask) -> None:
    rows = model_of(server).tables["TimeLock"].rows
    rows += [[Decimal(n), f"period {n}", "2026-04-02T03:10:00" if n == 1199 else None] for n in range(1200)]
    assert ask(page=500).freshness().calculated == "2026-04-02T03:10:00"


# -- changing ---------------------------------------------------------------------------------------------
@pytest.mark.trap
def test_t04_a_stripped_zero_is_another_payee() -> None:
    assert plain(("007", "007.50", "2026-01-15T00:00:00Z"), ("String", "Decimal", "Date")) == (
        "007",
        "7.5",
        "2026-01-15",
    )
    long = "1234567890123456789012345678.12345678901234"
    assert plain((long,), ("Decimal",)) == (long,)


@pytest.mark.trap
def test_t36_identifiers_that_lost_their_zeros_are_seen(
    server: StandIn, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = Model.add
    monkeypatch.setattr(
        Model, "add", lambda self, table, rows: add(self, table, [[c.lstrip("0") for c in r] for r in rows])
    )
    with pytest.raises(Unreachable, match="1 of 1 rows didn't arrive in Payee_"):
        ask().add_rows("Payee_", ("PayeeID_",), [("007",)])


@pytest.mark.trap
def test_t36_rows_that_arrive_twice_are_seen(server: StandIn, ask: Ask) -> None:
    server.faults.append(Fault("doubled rows", "/data/rows"))
    with pytest.raises(Unreachable, match="1 rows are in Note that nobody sent"):
        ask().add_rows("Note", ("PayeeID_", "Amount"), [("P1", "1.50")])


def test_nothing_may_be_said_after_a_change(server: StandIn, ask: Ask) -> None:
    server.faults += [Fault("empty answer", "/data/rows"), Fault("empty answer", method="DELETE")]
    ask().empty_table("Note")
    ask().add_rows("Note", ("PayeeID_", "Amount"), [("P1", "1.50")])
    assert model_of(server).tables["Note"].rows == [["P1", Decimal("1.50")]]


def test_a_table_that_did_not_become_empty_is_seen(server: StandIn, ask: Ask) -> None:
    model_of(server).tables["Note"].rows.append(["old", Decimal(1)])
    server.faults.append(Fault("kept rows", method="DELETE"))
    with pytest.raises(Unreachable, match="still has 1 rows"):
        ask().empty_table("Note")


def test_an_action_that_says_nothing_is_not_followed(server: StandIn, ask: Ask) -> None:
    server.faults.append(Fault("empty answer", "/rpc/calculations"))
    with pytest.raises(Unreachable, match="didn't say how to follow it"):
        ask().run_calculation("Payouts")
