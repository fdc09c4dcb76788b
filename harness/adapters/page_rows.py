"""Exports laid out for people: titles above the header, footers below the rows, columns by their place."""

from __future__ import annotations

from collections.abc import Sequence

from harness.adapters.findings import Findings
from harness.adapters.text_format import TextFormat, TextRow


def from_header_on(rows: list[TextRow], needed: Sequence[Sequence[str]], findings: Findings) -> list[TextRow] | None:
    """The rows from the header on, which is the first that has a column of each name that the mapping reads.

    needed: the names that each column may have.  None, with a finding, where no row has them all.
    """
    best, most = None, 0
    for at, row in enumerate(rows):
        cells = set(row.cells)
        found = sum(any(name in cells for name in names) for names in needed)
        if found == len(needed):
            return rows[at:]
        if found > most:
            best, most = row, found
    missing = [names[0] for names in needed if best is None or not any(name in best.cells for name in names)]
    findings.add(
        "header-not-found", f"no line has all the columns that the mapping reads; missing: {', '.join(missing)}.", best.line if best else 0,
        why="Where the rows begin can't be told.", remedy="Correct the columns in the mapping, or the export.", row=best.raw if best else "",
    )  # fmt: skip
    return None


def up_to_footer(rows: list[TextRow], words: Sequence[str], width: int, findings: Findings) -> list[TextRow]:
    """The rows before the first whose first filled cell begins with one of the words.

    width: cells of the header.  A row below whose cells are all filled is a result, so it is a finding: a payee may be called
    like a footer.
    """
    for at, row in enumerate(rows):
        first = next((cell.strip() for cell in row.cells if cell.strip()), "")
        if first.startswith(tuple(words)):
            for later in rows[at:]:
                if len(later.cells) == width and all(cell.strip() for cell in later.cells):
                    findings.add(
                        "footer-has-rows", f'"{first[:40]}" begins the footer, and this row from there on has all its cells.', later.line,
                        why="A result would be left out without a word.", remedy="Write the words of the footer in full; for rows that add up others say  total rows.", row=later.raw,
                    )  # fmt: skip
                    break
            return rows[:at]
    return rows


def fixed_width(lines: list[str], form: TextFormat, findings: Findings) -> list[TextRow]:
    """Lines cut at the declared widths, without the blanks that fill a column up."""
    total = sum(form.widths)
    rows = []
    for number, line in enumerate(lines, form.skip_first + 1):
        body = line.rstrip("\r\n")
        if not body.strip():
            continue
        if body.rstrip() != body[:total].rstrip():
            findings.add(
                "cell-count", f"this line has {len(body.rstrip())} characters; the widths of the mapping make {total}.", number,
                why="What stands beyond them would be lost, or every column is shifted.", remedy="Correct the widths in the mapping.", row=body,
            )  # fmt: skip
            continue
        cells, at = [], 0
        for width in form.widths:
            cells.append(body[at : at + width].strip())
            at += width
        rows.append(TextRow(number, cells, body))
    return rows
