"""Charts say what the record says: nothing is lost in a band, no two currencies in one chart, and every figure stands below it."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import pytest

from reports.masking import Mask, Masked
from reports.pages.chart_types import Chart
from reports.pages.charts import charts_page
from reports.pages.plots import Scale, dots, median, nice_step, scale_of, short
from reports.record import RunRecord, contradictions
from reports.record_types import Slice
from reports.site import page
from reports.tests.synthetic import synthetic_record
from reports.tests.synthetic_pay import REACHED, with_pay


@pytest.fixture(scope="module")
def record() -> RunRecord:
    found = with_pay(synthetic_record(24, 6))
    assert contradictions(found) == []
    return found


def charts(record: RunRecord) -> dict[str, Chart]:
    found = charts_page(record)
    assert found is not None
    return {chart.title: chart for chart in found.charts}


def numbers(chart: Chart, column: int) -> list[int]:
    return [int(row[column].replace(",", "")) for row in chart.rows]


def test_each_kind_of_chart_is_there_once_for_each_currency(record: RunRecord) -> None:
    assert list(charts(record)) == [
        "Where the differences are",
        "Cost of compensation, USD",
        "Cost of compensation, EUR",
        "How pay is spread, USD",
        "How pay is spread, EUR",
        "Attainment of quotas",
        "Payout curve: above the plans \u00b7 draw",
        "Pay against performance, EUR",
        "Quota attainment by territory, EUR",
        "Bookings and cash, USD",
        "Bookings and cash, EUR",
    ]


def test_every_row_that_differs_is_in_one_cell(record: RunRecord) -> None:
    chart = charts(record)["Where the differences are"]
    assert sum(numbers(chart, 2)) == record.grains[0].differences == 30
    assert chart.rows[0][:3] == ("CRITERIA \u00b7 criteria", "2019-03", "30")
    [total] = record.grains[0].difference.values()
    assert chart.rows[0][3].lstrip("+").replace(",", "") == f"{total} USD"


def test_cost_has_both_sides_of_each_period(record: RunRecord) -> None:
    chart = charts(record)["Cost of compensation, USD"]
    sides = {row[0]: row[1:] for row in chart.rows}
    assert list(sides) == ["2019-01", "2019-02", "2019-03"]
    rows = [r for r in record.statements if r.currency == "USD" and r.period == "2019-03"]
    expected, actual = (sum(Fraction(getattr(r, side)) for r in rows) for side in ("expected", "actual"))
    shown = [Fraction(cell.replace(",", "").split()[0]) for cell in sides["2019-03"][:2]]
    assert shown == [expected, actual]
    assert "the widest gap is that of 2019-03" in chart.sentence
    assert {key.text for key in chart.keys} == {"expected", "actual"}


def test_without_statements_cost_comes_from_payouts_or_from_the_slices(record: RunRecord) -> None:
    of_payouts = charts(replace(record, statements=()))["Cost of compensation, USD"]
    assert of_payouts.heads == ("Period", "Expected")
    assert of_payouts.keys == ()
    of_slices = charts(replace(record, statements=(), payouts=()))["Cost of compensation, USD"]
    assert [row[0] for row in of_slices.rows] == ["2019-01", "2019-03"]
    assert of_slices.heads[1:3] == ("Expected", "Actual")


def test_attainment_below_a_band_stays_below_it(record: RunRecord) -> None:
    chart = charts(record)["Attainment of quotas"]
    counts = {row[0]: row[1] for row in chart.rows}
    assert counts["90% to under 100%"] == "1"
    assert counts["100% to under 110%"] == "1"
    assert counts["40% to under 50%"] == "1"
    assert counts["200% and more"] == "1"
    assert sum(numbers(chart, 1)) == len(REACHED)
    assert chart.sentence == "50% of 6 quotas were reached; the median attainment is 100%."


def test_a_quota_that_two_components_look_at_counts_once(record: RunRecord) -> None:
    again = tuple(replace(p, component="other", pay="1.00") for p in record.performance)
    both = charts(replace(record, performance=record.performance + again))
    assert sum(numbers(both["Attainment of quotas"], 1)) == len(REACHED)
    assert (
        "the best seller reached 400 EUR and earned 41 EUR" in both["Pay against performance, EUR"].sentence
    )


def test_the_payout_curve_is_pay_for_each_100_of_quota(record: RunRecord) -> None:
    chart = charts(record)["Payout curve: above the plans \u00b7 draw"]
    assert chart.sentence == "Around 100% attainment it pays 5.00 EUR for each 100 of quota."
    assert ("150% to under 160%", "1", "12.00") in chart.rows
    assert chart.note == "1 above 250% are drawn at the edge."


def test_territories_add_their_quotas_up(record: RunRecord) -> None:
    chart = charts(record)["Quota attainment by territory, EUR"]
    # North: 0 + 99.99 + 150.00 of 300; South: 49.99 + 100.00 + 400.00 of 300.
    assert chart.rows == (("South", "550 EUR", "300 EUR", "183%"), ("North", "250 EUR", "300 EUR", "83%"))


def test_a_month_without_business_is_on_the_axis(record: RunRecord) -> None:
    chart = charts(record)["Bookings and cash, EUR"]
    assert [row[0] for row in chart.rows] == ["2019-01", "2019-02", "2019-03", "2019-04"]
    assert chart.rows[2][1:] == ("0.00 EUR", "0.00 EUR")
    assert chart.sentence == "Bookings 3,500.00 EUR; cash 3,500.00 EUR, from 2019-01 to 2019-04."


def test_nothing_to_draw_is_no_page() -> None:
    none = replace(synthetic_record(0, 0), payouts=(), grains=(), groups=(), differences=())
    assert charts_page(none) is None
    assert 'id="charts"' not in page(none)


def test_slices_in_two_currencies_are_two_charts() -> None:
    record = replace(synthetic_record(4, 0), payouts=())
    grain = replace(
        record.grains[0],
        slices=(
            Slice("period", "2019-01", 1, 1, {"USD": "1.00", "JPY": "100"}, {"USD": "1.00", "JPY": "100"}),
        ),
    )
    found = charts(replace(record, grains=(grain, *record.grains[1:])))
    assert found["Cost of compensation, JPY"].rows[0][1] == "100 JPY"
    assert found["Cost of compensation, USD"].rows[0][1] == "1.00 USD"


def test_hostile_names_stay_text_and_masked_ones_stay_out() -> None:
    evil = '"><img src=x onerror=alert(1)>'
    record = with_pay(synthetic_record(6, 2, evil=evil), evil)
    assert "<img" not in page(record)
    masked = Masked(record, Mask("names,amounts", "secret")).record
    assert contradictions(masked) == []
    assert [p.attainment for p in masked.performance] == [p.attainment for p in record.performance]
    text = page(masked)
    charts_text = text[
        text.index('id="charts"') : text.index('id="tie-out"') if 'id="tie-out"' in text else None
    ]
    assert "E300" not in text
    assert "3,500.00" not in charts_text
    assert "50% of 6 quotas were reached" in charts_text


@pytest.mark.parametrize(
    ("span", "step"),
    [(100, 20), (7, 2), (1, Fraction(1, 5)), (Fraction(3, 1000), Fraction(1, 1000)), (123456, 50000), (0, 1)],
)
def test_steps_are_round(span: Fraction | int, step: Fraction | int) -> None:
    assert nice_step(span, 5) == step


def test_a_scale_holds_all_values_and_its_ticks_are_exact() -> None:
    scale = scale_of([Fraction(-3, 10), Fraction(7, 10)], 200, 0)
    assert (scale.low, scale.high) == (Fraction(-2, 5), Fraction(4, 5))
    assert scale.ticks() == [Fraction(n, 5) for n in range(-2, 5)]
    assert (scale.at(scale.low), scale.at(scale.high), scale.at(Fraction(1, 5))) == (200, 0, 100)
    assert Scale(Fraction(0), Fraction(1), 0, 10).at(99) == 10
    assert scale_of([], 0, 10).high == 1


def test_dots_lose_no_point() -> None:
    gathered = dots([(x % 13, x % 7) for x in range(1_000)])
    assert sum(n for *_, n in gathered) == 1_000
    assert len(gathered) < 10


def test_short_numbers_are_exact_or_longer() -> None:
    assert [short(v) for v in (0, 950, 1500, -2_000_000, Fraction(1, 20))] == [
        "0",
        "950",
        "1.5k",
        "\u22122M",
        "0.05",
    ]
    assert median([Fraction(1), Fraction(2), Fraction(10), Fraction(3)]) == Fraction(5, 2)


def test_every_svg_has_words_for_who_can_not_see_it(record: RunRecord) -> None:
    text = page(record)
    plots = re.findall(r'<svg class="plot"[^>]*>', text)
    assert len(plots) == len(charts(record))
    assert all('role="img"' in plot and re.search(r'aria-label="[^"]{20,}"', plot) for plot in plots)
