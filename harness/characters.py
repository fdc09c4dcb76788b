"""Characters that make a line look other than it is: invisible ones, and letters of another alphabet inside a word."""

from __future__ import annotations

import re
import unicodedata

from reference_engine.problems import Problem, Where

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u180e\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)
"""Control characters, breaks that are no line breaks, marks that turn the reading direction, and letters without width."""
_LOOK_ALIKE = str.maketrans("АВСЕНІЈКМОРЅТХУаеорсухіјѕԁһΑΒΕΖΗΙΚΜΝΟΡΤΥΧοραικν", "ABCEHIJKMOPSTXYaeopcyxijsdhABEZHIKMNOPTYXopaikv")
"""Letters of Cyrillic and Greek that nobody can tell from Latin ones."""
_WORD = re.compile(r"[^\W\d_]{2,}")
_SPECIAL_BLANK = re.compile(r"[^\S ]")


def character_problems(text: str, shown: str) -> list[Problem]:
    """A Problem for each line that holds such a character."""
    found: list[Problem] = []
    if _INVISIBLE.search(text.replace("\r\n", "\n")):
        for number, line in enumerate(text.split("\n"), 1):
            at = _INVISIBLE.search(line.removesuffix("\r"))
            if at:
                found.append(
                    Problem(
                        "control-character",
                        f"there is an invisible character here (U+{ord(at[0]):04X})",
                        Where(shown, number, at.start() + 1),
                        "It can make a line look other than it is, on a terminal and in a review.",
                        "Remove it.",
                    )
                )
    return found if text.isascii() else found + _other_alphabets(text, shown)


def special_blank(text: str) -> str:
    """What a blank is that isn't the plain one, as word processors and web pages write it; "" where all are plain."""
    found = _SPECIAL_BLANK.search(text)
    return f"a special blank (U+{ord(found[0]):04X}), which looks like a plain one" if found else ""


def with_blanks_told(what: str, remedy: str) -> tuple[str, str]:
    """What is wrong with a text that it quotes, and the mend, where a blank that nobody can see is the reason."""
    blank = special_blank(what)
    return (f"{what.rstrip('.')}: it holds {blank}", "Type the blank again, or let `trueup format` do it.") if blank else (what, remedy)


def latin(text: str) -> str:
    """The text with Latin letters, plain blanks and plain colons in place of those that look like them."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", text).translate(_LOOK_ALIKE)


def _other_alphabets(text: str, shown: str) -> list[Problem]:
    found: list[Problem] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.isascii():
            continue
        for word in _WORD.finditer(line):
            wrong = next((c for c in word[0] if c.translate(_LOOK_ALIKE) != c), "")
            if wrong and any("LATIN" in unicodedata.name(c, "") for c in word[0]):
                alphabet = unicodedata.name(wrong).split()[0].capitalize()
                column = word.start() + word[0].index(wrong) + 1
                found.append(
                    Problem(
                        "look-alike",
                        f'"{word[0]}" mixes Latin letters with a {alphabet} {wrong} (U+{ord(wrong):04X})',
                        Where(shown, number, column),
                        "It looks like another word and is not equal to it, so a name would be somebody else's.",
                        f"Type the word again: {word[0].translate(_LOOK_ALIKE)}",
                    )
                )
        if not unicodedata.is_normalized("NFC", line):
            found.append(
                Problem(
                    "look-alike",
                    "a letter here is stored in two parts, its base and its accent",
                    Where(shown, number),
                    "It looks like the same letter stored in one part and is not equal to it.",
                    "Type the letter again, or save the file in the normal form NFC.",
                )
            )
    return found
