"""The values of a mapping: the one figure that a grain compares, and what else is compared beside it."""

from __future__ import annotations

from harness.adapters.cell_spec_reader import CodeTables, cell_spec
from harness.adapters.grain_kinds import (
    COUNTED,
    COUNTS,
    EXTRA_VALUES,
    NAMES,
    PURE_NUMBERS,
    ROUNDINGS,
    VALUES,
)
from harness.adapters.mapping import AmountSpec, CellSpec
from harness.adapters.strict import Section
from reference_engine.plans.document import Node
from reference_engine.problems import Problem, did_you_mean
from reference_engine.vocabulary.numbers import MINOR_UNITS

INSIDE = "in the amount"
"""What stands behind `currency:` where a cell says amount and currency, such as 85,000.00 USD."""


def values_of(
    node: Node, expected: str, tables: CodeTables, problems: list[Problem]
) -> tuple[AmountSpec | None, list[CellSpec]]:
    """Reads the figure that is compared, and the other values."""
    part = Section(node, "the values", problems)
    main = _main(part, expected)
    amount_node = part.take(main, must=True)
    amount = _amount(main, amount_node, tables, problems) if amount_node is not None else None
    names = (*NAMES[expected], *EXTRA_VALUES[expected])
    fields: list[CellSpec] = []
    for name, value in node.items():
        if name == main:
            continue
        if name in VALUES[expected]:
            part.problem(
                "mapping-form",
                f'"{main}" and "{name}" are both figures.',
                value,
                why="A grain compares one figure; its totals are of that.",
                remedy=f'Make a grain of its own for "{name}", with the same key.',
            )
            continue
        if name == "currency":
            part.problem(
                "mapping-form",
                "the currency belongs to the amount.",
                value,
                remedy="Write amount: {column: ..., currency: ...}.",
            )
            continue
        spec = cell_spec(name, value, names, problems, tables)
        if spec is not None:
            fields.append(spec)
    return amount, fields


def _main(part: Section, expected: str) -> str:
    """The figure that a grain compares: the first that it states of those its rows have."""
    stated = [name for name, _ in part.node.items()]
    fitting = [name for name in (*VALUES[expected], *COUNTED.get(expected, ())) if name in stated]
    return fitting[0] if fitting else VALUES[expected][0]


def _amount(main: str, node: Node, tables: CodeTables, problems: list[Problem]) -> AmountSpec | None:
    part = Section(node, f"the {main}", problems)
    columns = part.texts("column")
    if not columns and part.sound:
        part.problem("mapping-missing", f'the {main} has no "column".', remedy='Add "column:".')
    never_money = main in PURE_NUMBERS
    currency_node = part.take("currency", must=main == "amount")
    if currency_node is not None and never_money:
        part.problem(
            "mapping-form",
            f'"{main}" is a number and has no currency.',
            currency_node,
            why="It is never paid.",
            remedy='Remove "currency".',
        )
    percent = part.choice("written as", ("a number", "a percent"), "a number") == "a percent"
    rounded = part.choice("rounded", ROUNDINGS, "")
    decimals = part.count("decimals") if node.get("decimals") is not None else None
    part.take("decimals")
    is_number = currency_node is None
    if is_number and decimals is None and main not in COUNTS and part.sound and main != "amount":
        part.problem(
            "mapping-missing",
            f'"{main}" has neither a currency nor "decimals".',
            why="Numbers without a currency are compared exactly to as many decimals as the mapping states.",
            remedy="Add  currency: EUR  for money, or  decimals: 4  for a number.",
        )
    if percent and (not is_number or (decimals or 0) < 2):
        part.problem(
            "mapping-form",
            "a percent is compared as a number of at least 2 decimals.",
            node.get("written as"),
            why="87.5% is 0.875.",
            remedy="State  decimals: 4  for a percent with two decimals, without a currency.",
        )
    if decimals is not None and decimals > 14:
        part.problem(
            "mapping-form",
            "amounts are compared to at most 14 decimals.",
            node.get("decimals"),
            why="No system pays finer than that.",
            remedy="Write a number from 0 to 14, or leave it out for the decimals of the currency.",
        )
    currency = None
    symbols = _symbols(part)
    blank = part.choice("blank", ("refused", "means zero", "is no row"), "refused")
    inside = currency_node is not None and currency_node.is_text and currency_node.text() == INSIDE
    if symbols and not inside:
        part.problem("mapping-form", "symbols are for a currency that stands in the amount.", node.get("symbols"), why="They would change nothing.", remedy=f"Say  currency: {INSIDE},  or remove them.")
    if inside:
        currency = CellSpec("currency", constant="", where=node.where)
    elif currency_node is not None:
        if currency_node.is_text:
            code = currency_node.text()
            if code not in MINOR_UNITS:
                part.problem(
                    "mapping-word",
                    f'"{code}" is not a currency code.',
                    currency_node,
                    remedy=did_you_mean(code, MINOR_UNITS),
                )
            currency = CellSpec("currency", constant=code, where=currency_node.where)
        else:
            currency = cell_spec("currency", currency_node, ("currency",), problems, tables)
    part.close()
    if is_number and main != "amount":
        currency = CellSpec("currency", constant="", where=node.where)
    if not columns or currency is None:
        return None
    return AmountSpec(columns, currency, decimals, node.where, main, is_number, percent, rounded, inside, symbols, blank)


def _symbols(part: Section) -> dict[str, str]:
    """Currency signs, and the currency that each means in this export: $ is that of many countries."""
    out = {}
    for sign, node in part.entries("symbols", lambda n, v: (n, v)):
        if node.text() not in MINOR_UNITS:
            part.problem("mapping-word", f'"{node.text()}" is not a currency code.', node, remedy=did_you_mean(node.text(), MINOR_UNITS))
        out[sign] = node.text()
    return out
