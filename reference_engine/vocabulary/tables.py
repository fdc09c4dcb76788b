"""The standard tables: one schema for a table in a feature, a file in a data folder and the documentation.

A column is text unless its kind says otherwise.  Names are lower-case words with spaces, as in Gherkin.
"""

from __future__ import annotations

from dataclasses import dataclass

from reference_engine.vocabulary.schemas import TableSchema
from reference_engine.vocabulary.tables_company import COMPANY
from reference_engine.vocabulary.tables_crediting import CREDITING
from reference_engine.vocabulary.tables_pay import PAY
from reference_engine.vocabulary.tables_people import PEOPLE
from reference_engine.vocabulary.tables_quotas import QUOTAS
from reference_engine.vocabulary.tables_sales import SALES

TABLES: dict[str, TableSchema] = {
    schema.name: schema for schema in (*PEOPLE, *QUOTAS, *COMPANY, *CREDITING, *SALES, *PAY)
}
"""Every standard table by name, in the order in which they are documented."""


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table as its author wrote it: text cells, before anything is read from them.

    name: of the standard table.  lines: the line of each row in `file`; header_line: that of the header.
    Features, files and recipes all hand their tables over in this form.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    file: str = ""
    lines: tuple[int, ...] = ()
    header_line: int = 0
