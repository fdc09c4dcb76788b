"""Tables on a terminal."""

from __future__ import annotations

from collections.abc import Collection, Sequence

WIDEST = 60
"""No cell is wider; what is longer is cut, with an ellipsis."""


def table(header: Sequence[str], rows: Sequence[Sequence[str]], right: Collection[int] = ()) -> str:
    """Rows under a header, in columns as wide as they need to be; right: columns of numbers."""
    widths = [max(len(_cell(r[i])) for r in (header, *rows)) for i in range(len(header))]
    lines = [header, ["-" * w for w in widths], *rows]
    return "\n".join(
        "  ".join(
            _cell(c).rjust(w) if i in right else _cell(c).ljust(w)
            for i, (c, w) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in lines
    )


def plain(text: str) -> str:
    """Text without what would move a terminal's cursor or colour its lines."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _cell(text: str) -> str:
    return plain(text if len(text) <= WIDEST else text[: WIDEST - 1] + "\N{HORIZONTAL ELLIPSIS}")
