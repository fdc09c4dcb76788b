"""What customers owe and pay: for every invoice or deal how much of it was invoiced, credited and collected, day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.events import SOURCE, Events
from reference_engine.lines import Lines
from reference_engine.mechanics.portions import Portions, divided
from reference_engine.plans.convention_reader import open_convention
from reference_engine.problems import Where
from reference_engine.world import World


@dataclass(frozen=True)
class Documents:
    """The invoices, or deals without one, that lines are paid for.

    of: the document of each line, -1 for a line that waits for none.  credit: lines that are credits themselves.
    worth: net amount of each document.  currency: its currency.  name: its own name.
    """

    of: Array
    credit: Array
    keys: dict[str, int]
    worth: Exact
    currency: Array
    name: list[str]


@dataclass(frozen=True)
class Ledger:
    """What happened to documents, in the order of documents and days; on one day credits come first.

    document, day: of each entry.  own: where the entry is a credit that has lines of its own; event: which.
    before, after: the part of the document's worth that is settled, 0 to 1, before and after the entry.
    open_after: the document's worth less its credits, after the entry.  amount: of the entry itself, net.
    """

    document: Array
    day: Array
    own: Array
    source: Array
    before: Exact
    after: Exact
    settled: Exact
    settled_before: Exact
    open_after: Exact
    amount: Exact


def applied_to(events: Events, world: World) -> Array:
    """For each event the invoice that it is a credit note to, or ""."""
    out = np.full(len(events), "", dtype=object)
    invoices = world.table("invoices")
    of = invoices.words("of")
    if not invoices.size or not (of != "").any():
        return out
    rows = np.flatnonzero(np.isin(events.source, [SOURCE["invoices"], SOURCE["invoice lines"]]))
    table = np.array([invoices.index.get(i, -1) for i in events.invoice[rows].tolist()], dtype=np.int64)
    out[rows] = np.where(table >= 0, of[np.maximum(table, 0)], "")
    return out


def net_share(world: World) -> dict[str, tuple[int, int]]:
    """For invoices with tax: which part of what is paid is the invoice's own amount, as numerator and denominator."""
    table = world.table("invoices")
    tax, amount = table.amounts("tax"), table.amounts("amount")
    out: dict[str, tuple[int, int]] = {}
    for row in np.flatnonzero(tax.present).tolist():
        whole = amount.value.at(row) + tax.value.at(row)
        if whole:
            share = amount.value.at(row) / whole
            out[str(table.words("invoice")[row])] = (share.numerator, share.denominator)
    return out


def net(events: Events, rows: Array, world: World) -> Exact:
    """The amounts without tax: only payments and write-offs contain it."""
    amount = events.amount[rows]
    shares = net_share(world)
    if not shares:
        return amount
    gross = np.isin(events.source[rows], [SOURCE["payments"], SOURCE["write-offs"]])
    pairs = [
        shares.get(i, (1, 1)) if contains else (1, 1)
        for i, contains in zip(events.invoice[rows].tolist(), gross.tolist(), strict=True)
    ]
    num = np.array([p[0] for p in pairs], dtype=object)
    den = np.array([p[1] for p in pairs], dtype=object)
    return (amount * Exact(num)).over(Exact(den))


def documents(lines: Lines, run: ComponentRun, where: Where) -> Documents:
    """The document of every line.  Problems for lines that can wait for none."""
    events = run.events
    whole = np.flatnonzero((lines.event < 0) & ((lines.kind == "") | (lines.kind == "earned before")))
    if len(whole):
        run.problem(
            "release-no-record",
            f'"{run.component.name}" earns on the whole measure, and is paid as the customer is invoiced or pays.',
            where,
            "No single invoice or deal stands for the amount.",
            "Let the component earn record by record, or leave the release out.",
        )
    at = np.maximum(lines.event, 0)
    own = lines.event >= 0
    cash = np.flatnonzero(own & (events.source[at] == SOURCE["payments"])) if len(events) else whole
    if len(cash):
        run.problem(
            "release-cash",
            f'"{run.component.name}" already pays on what the customer pays.',
            where,
            "A payment can't wait for its own payment.",
            "Leave the release out, or let the component count bookings or invoices.",
        )
    if run.problems or not len(lines):
        none = np.full(len(lines), -1, dtype=np.int64)
        return Documents(none, none >= 0, {}, Exact.full(0, 0), np.zeros(0, object), [])
    note_of = applied_to(events, run.world)
    invoice = np.where(note_of != "", note_of, events.invoice)
    key = np.where(invoice[at] != "", _prefixed("invoice ", invoice[at]), _prefixed("deal ", events.deal[at]))
    credit = own & (events.sign[at] < 0)
    # A credit note that is applied to nothing waits for nothing.
    free = ~own | (credit & (events.invoice[at] != "") & (note_of[at] == ""))
    names = list(dict.fromkeys(key[~free].tolist()))
    keys = {name: code for code, name in enumerate(names)}
    of = np.array([keys.get(k, -1) for k in key.tolist()], dtype=np.int64)
    of[free] = -1
    worth, currency = _worth(names, events)
    nothing = np.append(worth.num <= 0, True)
    return Documents(
        np.where(nothing[of], -1, of),
        credit & ~nothing[of],
        {name: code for name, code in keys.items() if not nothing[code]},
        worth,
        currency,
        [n.partition(" ")[2] for n in names],
    )


def _prefixed(prefix: str, names: Array) -> Array:
    out = np.empty(len(names), dtype=object)
    out[:] = [prefix + n for n in names.tolist()]
    return out


def _worth(names: list[str], events: Events) -> tuple[Exact, Array]:
    """What each document is worth: the amount of the invoice or of the booking; 0 where there is none."""
    rows = np.flatnonzero(
        ((events.source == SOURCE["invoices"]) | (events.source == SOURCE["deals"])) & (events.sign > 0)
    )
    is_deal = events.source[rows] == SOURCE["deals"]
    key = np.where(
        is_deal, _prefixed("deal ", events.deal[rows]), _prefixed("invoice ", events.invoice[rows])
    )
    found = dict(zip(key.tolist(), rows.tolist(), strict=True))
    row = np.array([found.get(n, -1) for n in names], dtype=np.int64)
    at = np.maximum(row, 0)
    return Exact.where(row >= 0, events.amount[at], Exact.full(len(row), 0)), events.currency[at]


def ledger(papers: Documents, run: ComponentRun, where: Where, by: str) -> Ledger:
    """What happened to the documents.  by: "cash", or "invoices" for deals that are invoiced bit by bit."""
    events = run.events
    source = events.source
    note_of = applied_to(events, run.world)
    is_note = (source == SOURCE["invoices"]) & (events.sign < 0)
    is_return = source == SOURCE["returns of deals"]
    is_cash = source == SOURCE["payments"]
    invoiced = (source == SOURCE["invoices"]) & (events.sign > 0)
    is_cash &= ~np.isin(events.invoice.astype(str), events.invoice[is_note].astype(str))
    moves = is_cash | _counted(events, run, where) if by == "cash" else invoiced
    rows = np.flatnonzero(moves | is_note | is_return)
    # An entry belongs to the document of the invoice, where lines have invoices, and to that of its deal.
    invoice = np.where(note_of[rows] != "", note_of[rows], events.invoice[rows])
    of_invoice = np.array([papers.keys.get("invoice " + i, -1) for i in invoice.tolist()], dtype=np.int64)
    of_deal = np.array([papers.keys.get("deal " + d, -1) for d in events.deal[rows].tolist()], dtype=np.int64)
    of_invoice[is_note[rows] & (note_of[rows] == "")] = -1
    of_invoice[is_return[rows]] = -1
    index = np.concatenate([np.flatnonzero(of_invoice >= 0), np.flatnonzero(of_deal >= 0)])
    document = np.concatenate([of_invoice[of_invoice >= 0], of_deal[of_deal >= 0]])
    for_deal = np.repeat([False, True], [(of_invoice >= 0).sum(), (of_deal >= 0).sum()])
    rows = rows[index]
    amount = net(events, rows, run.world)
    _same_currency(papers, document, rows, run, where)
    if run.problems:
        document, rows, amount, for_deal = document[:0], rows[:0], amount[:0], for_deal[:0]
    # On one day credits come before payments: what is credited was never owed.
    # Then by name, so that no amount depends on the order of the rows.
    name = events.record[rows].astype(str)
    order = np.lexsort((rows, name, moves[rows], events.date[rows], document))
    document, rows, amount, for_deal = document[order], rows[order], amount[order], for_deal[order]
    new = np.ones(len(rows), dtype=bool)
    new[1:] = document[1:] != document[:-1]
    nothing = Exact.full(len(rows), 0)
    progress = Exact.where(moves[rows], amount, nothing)
    notes = Exact.where(is_note[rows], amount, nothing)
    returned = Exact.where(is_return[rows], amount, nothing)
    if by == "invoices":
        progress, notes = progress - notes, nothing
    so_far = _totals(progress, new)
    # A return and the credit note for it are one and the same.
    credited = _totals(notes, new).maximum(_totals(returned, new))
    worth = papers.worth[document]
    settled = so_far.minimum(worth - credited).maximum(nothing)
    after = settled.over(worth)
    shifted = np.maximum(np.arange(len(rows)) - 1, 0)
    before = Exact.where(new, nothing, after[shifted])
    own_sources = run.component.sources
    own = is_note[rows] & ~for_deal & bool({"invoices", "invoice lines"} & set(own_sources))
    own |= is_return[rows] & for_deal & ("returns of deals" in own_sources)
    return Ledger(
        document,
        events.date[rows],
        own,
        rows,
        before,
        after,
        so_far,
        Exact.where(new, nothing, so_far[shifted]),
        worth - credited,
        amount,
    )


def _totals(values: Exact, new: Array) -> Exact:
    """Running totals that begin again with each document."""
    total = values.cumsum()
    starts = np.flatnonzero(new)
    if not len(starts):
        return total
    base = (total - values)[starts][np.cumsum(new) - 1]
    return total - base


def _counted(events: Events, run: ComponentRun, where: Where) -> Array:
    """The discounts and write-offs that count as collected under the plan's conventions."""
    mine = events.source == SOURCE["write-offs"]
    out = np.zeros(len(events), dtype=bool)
    for kind in ("discount", "write-off"):
        found = mine & (events.kind == kind)
        if not found.any():
            continue
        reading = run.conventions.get(f"collection.{kind}")
        if reading is None:
            run.problems.append(
                open_convention(
                    f"collection.{kind}",
                    f'write_offs has a {kind}, and "{run.plan.name}" doesn\'t say whether it counts as collected.',
                    where,
                    run.conventions,
                )
            )
        elif reading == "counts as collected":
            out |= found
    return out


def _same_currency(papers: Documents, document: Array, rows: Array, run: ComponentRun, where: Where) -> None:
    wrong = np.flatnonzero(run.events.currency[rows] != papers.currency[document])
    if len(wrong):
        event = int(rows[wrong[0]])
        run.problem(
            "currency-mixed",
            f"{run.events.kind[event]} {run.events.record[event]} is in {run.events.currency[event]}, and what it is for is in {papers.currency[document[wrong[0]]]}.",
            run.events.where(event),
            "The part of it that is settled can't be told.",
            "State both in one currency.",
        )


def portions(lines: Lines, papers: Documents, entries: Ledger, run: ComponentRun, verb: str) -> Portions:
    """Each line in the parts in which its document is settled; credits give back what was settled before them.

    verb: what happens to the document, like "paid by the customer".
    """
    moved = np.flatnonzero((entries.after - entries.before).num != 0)
    plain, own = moved[~entries.own[moved]], moved[entries.own[moved]]
    size = len(papers.name)
    starts = np.searchsorted(entries.document[plain], np.arange(size))
    counts = np.diff(np.append(starts, len(plain)))
    main = np.flatnonzero((papers.of >= 0) & ~papers.credit)
    each = counts[papers.of[main]]
    row = np.repeat(main, each)
    first = np.repeat(starts[papers.of[main]] - (np.cumsum(each) - each), each)
    entry = plain[first + np.arange(len(row))]
    share = (entries.after - entries.before)[entry]
    # A credit's own lines give back the part of it that had been settled.
    credit = np.flatnonzero(papers.credit)
    of_event = _entry_of_credit(lines, credit, entries, own, run)
    hit = credit[of_event >= 0]
    given = of_event[of_event >= 0]
    back = (
        ((entries.before - entries.after)[given] * papers.worth[entries.document[given]]).over(
            entries.amount[given]
        )
        if len(given)
        else Exact.full(0, 0)
    )
    free = np.flatnonzero(papers.of < 0)
    rows = np.concatenate([row, hit, free])
    days = np.concatenate(
        [
            entries.day[entry],
            entries.day[given],
            np.full(len(free), np.datetime64("0001-01-01", "D")),
        ]
    )
    shares = Exact.concat([share, back, Exact.full(len(free), 1)])
    order = np.lexsort((days, rows))
    words = [f"the part {verb}", f"what had been {verb} and is credited now", "waits for nothing"]
    word = np.repeat([0, 1, 2], [len(row), len(hit), len(free)])
    return Portions(rows[order], shares[order], days[order], word[order], words)


def in_parts(
    lines: Lines, run: ComponentRun, where: Where, by: str, verb: str, rest: tuple[str, str]
) -> Lines:
    """The lines as their documents are settled: by "cash" or by "invoices".  The last part takes the cent.

    verb: what happens to the document.  rest: what is said of what is never due, of a commission and of one that
    is taken back.
    """
    papers = documents(lines, run, where)
    if run.problems or not len(lines):
        return lines.change()
    entries = ledger(papers, run, where, by)
    if run.problems:
        return lines.change()
    parts = portions(lines, papers, entries, run, verb)
    return divided(lines, run, parts, where, rest=rest[0], rest_of_return=rest[1], residue="last")


def _entry_of_credit(lines: Lines, credit: Array, entries: Ledger, own: Array, run: ComponentRun) -> Array:
    """The ledger's entry of each line that is a credit; -1 where it gave nothing back."""
    events = run.events
    found = {
        (str(events.invoice[e]) or f"return {events.record[e]}"): i
        for i, e in zip(own.tolist(), entries.source[own].tolist(), strict=True)
    }
    of = lines.event[credit]
    names = [
        str(i) or f"return {r}"
        for i, r in zip(events.invoice[of].tolist(), events.record[of].tolist(), strict=True)
    ]
    return np.array([found.get(n, -1) for n in names], dtype=np.int64)


def newest(events: Events, *sources: str) -> date | None:
    """The day of the last event of these sources."""
    days = events.date[np.isin(events.source, [SOURCE[n] for n in sources])]
    return days.max().astype(object) if len(days) else None


def check_payments(run: ComponentRun) -> None:
    """A payment in another currency than its invoice says nothing about how much of it is paid."""
    events, invoices = run.events, run.world.table("invoices")
    unit = invoices.amounts("amount").currency
    if unit is None or not invoices.size:
        return
    rows = np.flatnonzero(events.source == SOURCE["payments"])
    of = np.array([invoices.index.get(i, -1) for i in events.invoice[rows].tolist()], dtype=np.int64)
    for at in np.flatnonzero((of >= 0) & (events.currency[rows] != unit[np.maximum(of, 0)])).tolist()[:1]:
        event = int(rows[at])
        run.problem(
            "currency-mixed",
            f"payment {events.record[event]} is in {events.currency[event]}, and its invoice {events.invoice[event]} is in {unit[of[at]]}.",
            events.where(event),
            "Whether the invoice is paid can't be told.",
            "State both in one currency.",
        )


def paid_in_full(events: Events, world: World) -> dict[str, Array]:
    """Invoice -> the day of its last payment, for invoices whose payments reach their amount, with tax and less credit notes.

    A credit note without which the payments wouldn't reach it may be the last of them.
    """
    invoices = world.table("invoices")
    if not invoices.size:
        return {}
    tax = invoices.amounts("tax")
    owed = invoices.amounts("amount").value + tax.value
    note_of = applied_to(events, world)
    notes = np.flatnonzero((events.source == SOURCE["invoices"]) & (events.sign < 0) & (note_of != ""))
    if len(notes):
        own = np.array([invoices.index.get(i, -1) for i in events.invoice[notes].tolist()], dtype=np.int64)
        credited = _by_row(note_of[notes], owed[own], invoices.index, invoices.size)
    else:
        credited = Exact.full(invoices.size, 0)
    payments = events.take(np.flatnonzero(events.source == SOURCE["payments"]))
    paid = _by_row(payments.invoice, payments.amount, invoices.index, invoices.size)
    last = _last_day(payments.invoice, payments.date, invoices.index, invoices.size)
    last_note = _last_day(note_of[notes], events.date[notes], invoices.index, invoices.size)
    needed = ~(paid >= owed)
    day = np.where(needed & ~np.isnat(last_note), np.maximum(last, last_note), last)
    full = (paid >= owed - credited) & ~np.isnat(last)
    names = invoices.words("invoice")
    return {str(names[r]): day[r] for r in np.flatnonzero(full).tolist()}


def _by_row(names: Array, values: Exact, index: dict[str, int], size: int) -> Exact:
    """The values summed by the row of an invoice that each name has."""
    row = np.array([index.get(n, -1) for n in names.tolist()], dtype=np.int64)
    order = np.argsort(row, kind="stable")
    order = order[row[order] >= 0]
    return values[order].sums(np.searchsorted(row[order], np.arange(size)))


def _last_day(names: Array, days: Array, index: dict[str, int], size: int) -> Array:
    """The latest of the days by the row of an invoice; NaT where there is none."""
    row = np.array([index.get(n, -1) for n in names.tolist()], dtype=np.int64)
    out = np.full(size, np.datetime64("NaT", "D"))
    order = np.lexsort((days, row))
    order = order[row[order] >= 0]
    out[row[order]] = days[order]
    return out
