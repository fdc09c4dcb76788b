"""`trueup bench`: both calculations agree, figures make sense, and a difference of one cent isn't measured away."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from harness.bench import baseline, columns, engine
from harness.bench.deals import MONTHS, make
from reference_engine.bulk.run import payouts


def test_the_engine_and_the_minimal_calculation_agree(trueup: Callable[..., Any]) -> None:
    ran = trueup("bench", "engine", "--deals", "3000", "--deals", "500", "--rounds", "1", "--json")
    assert (ran.code, ran.err) == (0, "")
    first, second = json.loads(ran.out)["engine"]
    assert (first["deals"], second["deals"]) == (3000, 500)
    assert first["cells"] == first["payees"] * MONTHS * 5
    assert first["total"] > 0
    assert first["splits"] > 300
    assert first["returns"] == 60
    assert first["ratio"] > 0
    assert first["deals_per_second"] > 0


def test_people_read_the_same_figures(trueup: Callable[..., Any]) -> None:
    ran = trueup("bench", "engine", "--deals", "500", "--rounds", "1")
    assert ran.code == 0
    assert "equal to the cent" in ran.out
    assert "ratio" in ran.out


def test_every_kind_of_pay_occurs() -> None:
    grid = baseline.calculate(make(4000))
    assert (grid != 0).any(axis=(0, 1)).all()


def test_the_deals_are_the_same_each_time_and_stream() -> None:
    one, two = make(2000), make(2000)
    assert (one.amount == two.amount).all()
    assert (one.split_payee == two.split_payee).all()
    assert payouts(engine.read_plans(), columns.world(one)).unstreamed == ""


def test_one_cent_of_difference_is_found(monkeypatch: pytest.MonkeyPatch, trueup: Callable[..., Any]) -> None:
    honest = baseline.calculate

    def off(deals: Any, threads: int = 2) -> Any:
        grid = honest(deals, threads)
        grid[np.unravel_index(np.abs(grid).argmax(), grid.shape)] += 1
        return grid

    monkeypatch.setattr(baseline, "calculate", off)
    ran = trueup("bench", "engine", "--deals", "500", "--rounds", "1")
    assert ran.code == 1
    assert "1 of" in ran.err
    assert "differ" in ran.err


def test_a_scenario_is_measured(trueup: Callable[..., Any]) -> None:
    ran = trueup("bench", "scenario", "--rounds", "3", "--json")
    assert ran.code == 0
    shown = json.loads(ran.out)["scenario"]
    assert shown["repetitions"] == 3
    assert 0 < shown["least_ms"] <= shown["median_ms"]


def test_a_scenario_has_its_own_deals(trueup: Callable[..., Any]) -> None:
    ran = trueup("bench", "scenario", "--deals", "500")
    assert ran.code == 2
    assert "five deals" in ran.err


def test_a_run_of_features_is_measured(trueup: Callable[..., Any]) -> None:
    ran = trueup("bench", "features", "--scenarios", "20", "--rounds", "1", "--json")
    assert ran.code == 0, ran.err
    shown = json.loads(ran.out)["features"]
    assert (shown["scenarios"], shown["steps"]) == (20, 160)
    assert shown["definitions"] > 50
    assert min(shown["bare_seconds"], shown["run_seconds"], shown["check_seconds"]) > 0
    assert shown["ratio"] == pytest.approx(shown["run_seconds"] / shown["bare_seconds"], abs=0.02)


def test_only_features_have_scenarios_to_count(trueup: Callable[..., Any]) -> None:
    assert trueup("bench", "engine", "--scenarios", "20").code == 2
    assert trueup("bench", "features", "--deals", "200").code == 2


def test_the_reconciliation_finds_every_planted_class(trueup: Callable[..., Any]) -> None:
    ran = trueup("bench", "reconcile", "--rows", "5000", "--form", "csv", "--rounds", "1", "--json")
    assert (ran.code, ran.err) == (0, "")
    (found,) = json.loads(ran.out)["reconcile"]
    assert found["every_class_exact"]
    assert min(found["planted"].values()) >= 2
    assert {e["engine"] for e in found["engines"]} >= {"trueup", "scan"}
    assert not any(e["failed"] or e["wrong"] for e in found["engines"])
    assert found["cpu_over_scan"] > 0


def test_rows_are_for_the_reconciliation_only(trueup: Callable[..., Any]) -> None:
    ran = trueup("bench", "engine", "--rows", "5000")
    assert ran.code == 2
    assert "--rows is for reconcile" in ran.err
