"""What is said of a text that isn't in the accepted form: what is wrong with it, and what to write instead."""

from __future__ import annotations


class NotAccepted(ValueError):
    """The text isn't in the accepted form.  what, remedy: whole sentences for the author of the text."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what, remedy)
        self.what, self.remedy = what, remedy

    def __str__(self) -> str:
        return f"{self.what} {self.remedy}"
