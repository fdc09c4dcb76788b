"""Period labels as targets write them, such as "2019-01 JAN", read by a declared pattern."""

from __future__ import annotations

import re
from collections.abc import Callable

from harness.adapters.cultures import NotReadable
from reference_engine.problems import did_you_mean
from reference_engine.vocabulary.refusals import NotAccepted

_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_TOKENS = {
    "year": r"(?P<year>\d{4})",
    "yy": r"(?P<yy>\d{2})",
    "month": r"(?P<month>\d{1,2})",
    "mon": r"(?P<mon>[A-Za-z]{3})",
    "month name": r"(?P<name>[A-Za-z]+)",
    "period": r"(?P<period>\d{1,2})",
    "quarter": r"(?P<quarter>[1-4])",
    "half": r"(?P<half>[12])",
}
_TOKEN = re.compile(r"\{([^{}]*)\}")
TOKEN_WORDS = tuple(_TOKENS)


class WrongPattern(NotAccepted):
    """The pattern itself can't be used.  Said to the author of the mapping."""


def period_reader(pattern: str) -> Callable[[str], str]:
    """A function from the target's label to ours (2019-01, 2019-P01, 2019-Q1, 2019-H1, FY2019).

    Raises WrongPattern for a pattern that can't name a period; the function raises NotReadable.
    """
    names: list[str] = []
    parts: list[str] = []
    at = 0
    for match in _TOKEN.finditer(pattern):
        word = match[1]
        if word not in _TOKENS:
            raise WrongPattern(f'"{{{word}}}" isn\'t known in a period pattern.', did_you_mean(word, _TOKENS))
        if word in names:
            raise WrongPattern(f'"{{{word}}}" stands twice in the pattern.', "Remove one.")
        names.append(word)
        parts += [re.escape(pattern[at : match.start()]), _TOKENS[word]]
        at = match.end()
    parts.append(re.escape(pattern[at:]))
    if ("year" in names) == ("yy" in names):
        raise WrongPattern(
            "a period pattern needs {year}, or {yy} for a year of 20yy.", "Write where the year stands, like {year}-{month}."
        )
    expression = re.compile("".join(parts) + r"\Z", re.ASCII)

    def read(text: str) -> str:
        found = expression.match(text)
        if not found:
            raise NotReadable(
                "not-a-period",
                f'"{text}" is not a period written as {pattern}.',
                "Correct the pattern in the mapping, or map the label.",
            )
        return _label(text, found.groupdict())

    return read


def _label(text: str, parts: dict[str, str]) -> str:
    year = parts.get("year") or f"20{parts['yy']}"
    months = {int(parts["month"])} if parts.get("month") else set()
    for word, width in ((parts.get("mon"), 3), (parts.get("name"), 20)):
        if word:
            number = next((i for i, m in enumerate(_MONTHS, 1) if m[:width] == word.casefold()), 0)
            if not number:
                raise NotReadable(
                    "not-a-period",
                    f'"{text}": "{word}" is not the English name of a month.',
                    f"Map labels in another language one by one:  map: {{{text}: {year}-03}}",
                )
            months.add(number)
    if len(months) > 1:
        raise NotReadable(
            "not-a-period", f'"{text}" names two different months.', "Correct the label in the target, or map it."
        )
    if months:
        month = months.pop()
        if not 1 <= month <= 12:
            raise NotReadable(
                "not-a-period", f'"{text}": there is no month {month}.', "Correct the pattern in the mapping, or map the label."
            )
        return f"{year}-{month:02d}"
    if parts.get("period"):
        return f"{year}-P{int(parts['period']):02d}"
    if parts.get("quarter"):
        return f"{year}-Q{parts['quarter']}"
    if parts.get("half"):
        return f"{year}-H{parts['half']}"
    return f"FY{year}"


def span_text(first: str, last: str) -> str:
    """A period said by its first and last day, as it stands in keys."""
    return f"{first} to {last}"
