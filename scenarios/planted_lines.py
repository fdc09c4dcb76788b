"""The faults that are planted in commission lines: every class, every cause that a reconciliation can name."""

from __future__ import annotations

from fractions import Fraction

from reference_engine.vocabulary.numbers import minor_units
from scenarios.planted import CLOSED, Planting, Row, half_up
from scenarios.whole_company import AMERICAN, FIELD, INSIDE, MANAGEMENT

_PERIODS = tuple(f"2026-{month:02d}" for month in range(1, 13))


def plant_in_lines(p: Planting) -> None:
    """Plants all of them."""
    for plant in (
        _payee_left_out,
        _splits,
        _caps_and_draws,
        _returns_paid,
        _old_rate,
        _other_tier,
        _ratio_and_offset,
        _truncated,
        _tolerated,
        _moved,
        _rows,
        _closed_period,
    ):
        plant(p)


def _payee_left_out(p: Planting) -> None:
    """A payee who isn't in the target at all."""
    payee = next(p.rows[at].key[0] for at in p.some(AMERICAN, "software", count=1))
    for at, row in enumerate(p.rows):
        if row.key[0] == payee and row.key[4] != CLOSED:
            p.use(row)
            p.remove(at)
            p.note(row.key, "missing", "", ("payee", payee))


def _splits(p: Planting) -> None:
    """Deals of several owners: paid whole to one, paid whole to each, split equally, owners exchanged."""
    for component, plan, count, plant in (
        ("services", FIELD, p.each, _to_one_owner),
        ("bookings", INSIDE, p.each, _to_each_owner),
        ("bookings", INSIDE, p.each, _equally),
        ("bookings", INSIDE, p.each, _exchanged),
    ):
        done = 0
        for key, owners in p.owners.items():
            rows = [p.rows[at] for at in owners]
            fits = key[0] == plan and key[1] == component and key[3] != CLOSED and len(rows) > 1
            if (
                done == count
                or not fits
                or not all(map(p.is_free, rows))
                or not all(len(r.lines) == 1 for r in rows)
            ):
                continue
            if (
                len({r.units for r in rows}) == len(rows)
                and min(r.units for r in rows) > 2_000
                and plant(p, owners, rows)
            ):
                done += 1
                for row in rows:
                    p.use(row)


def _to_one_owner(p: Planting, owners: list[int], rows: list[Row]) -> bool:
    total = sum(row.units for row in rows)
    for at, row in zip(owners[1:], rows[1:], strict=True):
        p.remove(at)
        p.note(row.key, "missing", "split not applied")
    rows[0].units = total
    p.note(rows[0].key, "amount", "split not applied")
    return True


def _whole(rows: list[Row]) -> Fraction:
    scale: int = 10 ** minor_units(rows[0].currency)
    return sum((row.lines[0].base or Fraction(0) for row in rows), Fraction(0)) * scale


def _to_each_owner(p: Planting, owners: list[int], rows: list[Row]) -> bool:
    whole = _whole(rows)
    for row in rows:
        row.units = half_up(whole * (row.lines[0].rate or 0))
        p.note(row.key, "amount", "split not applied")
    return True


def _equally(p: Planting, owners: list[int], rows: list[Row]) -> bool:
    equal = half_up(_whole(rows) / len(rows) * (rows[0].lines[0].rate or 0))
    if any(abs(row.units - equal) < 100 for row in rows):
        return False
    for row in rows:
        row.units = equal
        p.note(row.key, "amount", "equal split")
    return True


def _exchanged(p: Planting, owners: list[int], rows: list[Row]) -> bool:
    if len(rows) != 2 or abs(rows[0].units - rows[1].units) < 100:
        return False
    rows[0].units, rows[1].units = rows[1].units, rows[0].units
    for row in rows:
        p.note(row.key, "amount", "payees exchanged")
    return True


def _caps_and_draws(p: Planting) -> None:
    """The cap, and what is taken back of draws, missing for some payees."""
    for plan, component, kind in ((FIELD, "bookings", "cap"), ("", "draw recovery", "draw recovery")):
        for at in p.some(plan, component, lambda row, kind=kind: row.lines[0].kind == kind):  # type: ignore[misc]
            p.remove(at)
            p.note(p.rows[at].key, "missing", "", ("kind", kind))


def _returns_paid(p: Planting) -> None:
    """Returns of one plan are paid instead of taken back."""
    for component in ("software", "other products"):
        for at in p.some(AMERICAN, component, lambda row: row.lines[0].kind == "return", count=len(p.rows)):
            p.rows[at].units = -p.rows[at].units
            p.note(p.rows[at].key, "amount", "opposite sign", ("kind", "return"))


def _at_rate(p: Planting, at: int, rate: Fraction) -> None:
    row = p.rows[at]
    base = row.lines[0].base or Fraction(0)
    row.units = half_up(base * rate * 10 ** minor_units(row.currency))
    p.note(row.key, "amount", "other rate")


def _simple(row: Row, least: int = 2_000) -> bool:
    return (
        len(row.lines) == 1
        and row.lines[0].kind == "booking"
        and bool(row.lines[0].rate)
        and row.units >= least
    )


def _old_rate(p: Planting) -> None:
    """The rate of last year in one period."""
    for at in p.some(INSIDE, "bookings", lambda r: _simple(r) and r.key[4] == "2026-02", count=len(p.rows)):
        _at_rate(p, at, Fraction(35, 1000))


def _other_tier(p: Planting) -> None:
    """Deals above quota that are paid at the rate below it."""
    for at in p.some(FIELD, "bookings", lambda r: _simple(r) and r.lines[0].rate != Fraction(6, 100)):
        _at_rate(p, at, Fraction(6, 100))


def _ratio_and_offset(p: Planting) -> None:
    """Draws that are raised by a tenth, and the same money more in roll-ups."""
    for at in p.some("", "draw advance", lambda row: row.units >= 10_000 and row.units % 1_000 != 0):
        p.rows[at].units = half_up(Fraction(p.rows[at].units * 11, 10))
        p.note(p.rows[at].key, "amount", "constant ratio")
    for at in p.some(MANAGEMENT, "roll-up", _simple):
        p.rows[at].units += 750
        p.note(p.rows[at].key, "amount", "constant offset")


def _truncated(p: Planting) -> None:
    """Roll-ups of one period that are cut off instead of rounded."""
    for at in p.some(
        MANAGEMENT, "roll-up", lambda r: r.key[4] == "2026-05" and _is_rounded_up(r), count=len(p.rows)
    ):
        p.rows[at].units -= 1
        p.note(p.rows[at].key, "amount", "rounding")


def _is_rounded_up(row: Row) -> bool:
    if not _simple(row, 100):
        return False
    scale: int = 10 ** minor_units(row.currency)
    return (row.lines[0].base or Fraction(0)) * (row.lines[0].rate or Fraction(0)) * scale < row.units


def _tolerated(p: Planting) -> None:
    """Differences within the tolerance of the mapping: 0.02 USD for other products."""
    for number, at in enumerate(p.some(AMERICAN, "other products", _simple)):
        p.rows[at].units += (1, -1, 2, -2)[number % 4]
        p.note(p.rows[at].key, "tolerated")


def _moved(p: Planting) -> None:
    """Rows in another period, and rows under another payee."""
    for at in p.some(FIELD, "services", lambda r: _simple(r) and r.key[4] < "2026-12"):
        row = p.rows[at]
        later = (*row.key[:4], _PERIODS[_PERIODS.index(row.key[4]) + 1])
        p.note(row.key, "timing")
        p.touch(later)
        row.key = later
    sellers = sorted({row.key[0] for row in p.rows if row.key[1] == FIELD})
    for at in p.some(FIELD, "services", lambda r: _simple(r) and len(p.owners[r.key[1:]]) == 1):
        row = p.rows[at]
        other = sellers[(sellers.index(row.key[0]) + 7) % len(sellers)]
        p.note(row.key, "missing", "other payee")
        row.key = (other, *row.key[1:])
        p.note(row.key, "unexpected", "other payee")


def _rows(p: Planting) -> None:
    """Faults of single rows: missing, unexpected, twice, not paid, another currency or product, and without a cause."""

    def some(*, alone: bool = True) -> list[int]:
        return p.some(
            FIELD, "services", lambda r: _simple(r) and (not alone or len(p.owners[r.key[1:]]) == 1)
        )

    for at in some():
        p.remove(at)
        p.note(p.rows[at].key, "missing")
    for number, at in enumerate(some()):
        row = p.rows[at]
        extra = Row(
            (*row.key[:3], f"D-9{number:06d}", row.key[4]),
            row.units + 137 * number + 11,
            row.currency,
            row.product,
        )
        p.added.append(extra)
        p.note(extra.key, "unexpected")
    for at in some():
        row = p.rows[at]
        p.added.append(Row(row.key, row.units, row.currency, row.product))
        p.note(row.key, "duplicate", "paid twice")
    for at in some():
        p.rows[at].units = 0
        p.note(p.rows[at].key, "amount", "nothing paid")
    for at in some():
        p.rows[at].currency = "USD"
        p.note(p.rows[at].key, "currency", "same figure")
    for at in some():
        p.rows[at].product = "Bundle"
        p.note(p.rows[at].key, "field")
    for at in some():
        p.rows[at].text = "n/a"
        p.note(p.rows[at].key, "unreadable")
    for number, at in enumerate(some()):
        p.rows[at].units += 1_013 + 331 * number + p.stream.below(97)
        p.note(p.rows[at].key, "amount", "other")


def _closed_period(p: Planting) -> None:
    """Amounts of a closed period that are gone."""
    left = p.each
    for row in p.rows:
        if (
            left
            and row.key[1:3] == (FIELD, "services")
            and row.key[4] == CLOSED
            and p.is_free(row)
            and _simple(row)
        ):
            left -= 1
            p.use(row)
            row.units = 0
            p.note(row.key, "frozen", "nothing paid")
