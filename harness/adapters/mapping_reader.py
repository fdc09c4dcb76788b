"""Mapping files: strict YAML, every mistake with its line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from harness.adapters.cell_spec_reader import CodeTables, cell_spec, code_table, is_plain_path
from harness.adapters.delimited import TextFormat
from harness.adapters.format_reader import format_of
from harness.adapters.grain_kinds import (
    NAMES,
    TOGETHER,
)
from harness.adapters.mapping import (
    AmountSpec,
    CellSpec,
    GrainMapping,
    Mapping,
)
from harness.adapters.row_choices_reader import in_force_of, total_rows_of, wide_of
from harness.adapters.strict import Section
from harness.adapters.tolerance_reader import tolerances
from harness.adapters.value_reader import values_of
from reference_engine.plans.document import Node, load_yaml
from reference_engine.problems import Problem, did_you_mean


def read_mapping(path: Path, problems: list[Problem]) -> Mapping | None:
    """Reads a mapping file.  Adds every Problem found; None where the mapping can't be used."""
    node = load_yaml(path, problems)
    return None if node is None else mapping_of(node, str(path), problems)


def mapping_of(node: Node, file: str, problems: list[Problem]) -> Mapping | None:
    """Reads a mapping from its document.  file: its name, for lookups beside it."""
    before = len(problems)
    top = Section(node, "the mapping", problems)
    target = top.text("target", must=True)
    about = top.text("about")
    form_node = top.take("format")
    form = format_of(form_node, TextFormat(), problems) if form_node else TextFormat()
    tables = dict(
        top.entries("codes", lambda n, v: (n, code_table(Section(v, f'the codes "{n}"', problems), v)))
    )
    frozen = top.texts("closed periods")
    grains_node = top.take("grains", must=True)
    grains: list[GrainMapping] = []
    if grains_node is not None:
        if not grains_node.nodes():
            top.problem(
                "mapping-form",
                '"grains" must be a list with at least one grain.',
                grains_node,
                why="Nothing would be compared.",
                remedy="Begin with  - grain: NAME",
            )
        grains = [g for n in grains_node.nodes() if (g := _grain(n, form, tables, problems)) is not None]
    grains = [replace(g, frozen=frozen) for g in grains] if frozen else grains
    top.close()
    ordered = _ordered(grains, problems)
    return Mapping(target, tuple(ordered), file, about) if len(problems) == before else None


def _grain(node: Node, form: TextFormat, tables: CodeTables, problems: list[Problem]) -> GrainMapping | None:
    before = len(problems)
    part = Section(node, "the grain", problems)
    name = part.text("grain", must=True)
    part.what = f'the grain "{name}"' if name else "the grain"
    expected = part.choice("expected", NAMES, "lines")
    if node.is_mapping and "expected" not in dict(node.items()):
        part.problem(
            "mapping-missing",
            f'{part.what} has no "expected".',
            remedy='Add "expected: lines", "expected: payouts", or another kind of row.',
        )
    form_node = part.take("format")
    if form_node is not None:
        form = format_of(form_node, form, problems)
    names = NAMES[expected]
    key = part.entries("key", lambda n, v: cell_spec(n, v, names, problems, tables), must=True)
    if node.get("key") is not None and not key and len(problems) == before:
        part.problem(
            "mapping-missing",
            f"{part.what} has an empty key.",
            remedy="Name what makes a row unique, such as payee and plan.",
        )
    values = part.take("values", must=True)
    amount, fields = values_of(values, expected, tables, problems) if values is not None else (None, [])
    for spec in key:
        if spec.others == "not compared":
            part.problem(
                "mapping-form",
                f'"{spec.name}" is in the key, so it is always compared.',
                node.get("key"),
                why="Without it nobody could tell which row is meant.",
                remedy="Write  others: as they are  or  others: refuse.",
            )
    for spec in fields:
        if spec.name in {k.name for k in key}:
            part.problem(
                "mapping-form",
                f'"{spec.name}" stands in the key and in the values.',
                values,
                why="A part of the key is compared already.",
                remedy="Remove it from the values, or from the key.",
            )
    grain_file, inside = part.text("file"), part.text("inside")
    wide, in_force, total_rows = wide_of(part, problems), in_force_of(part, problems), total_rows_of(part, problems)
    if grain_file and not is_plain_path(grain_file):
        part.problem(
            "mapping-path",
            f"\"{grain_file}\" isn't a file name inside the export's folder.",
            node.get("file"),
            why="A mapping reads only the export that it is given.",
            remedy="Write the name as it stands in the folder, like payouts.csv.",
        )
    grain = GrainMapping(
        name=name,
        expected=expected,
        key=tuple(key),
        amount=amount or AmountSpec((), CellSpec("currency")),
        form=form,
        file=grain_file,
        fields=tuple(fields),
        rows_where=dict(part.entries("rows where", lambda n, v: (n, part.texts_of(v, n)))),
        expected_where=dict(part.entries("expected where", lambda n, v: _condition(part, n, v, names))),
        add_up=part.choice("rows with the same key", ("are duplicates", "add up"), "are duplicates")
        == "add up",
        absent_is_zero=part.choice("a row that is absent", ("is missing", "means zero"), "is missing")
        == "means zero",
        tolerances=tuple(tolerances(part, problems)),
        follows_from=part.text("follows from"),
        where=node.where,
        inside=inside,
        wide=wide,
        in_force=in_force,
        total_rows=total_rows,
        together=part.choice("expected rows with the same key", TOGETHER, ""),
    )
    part.close()
    return grain if len(problems) == before else None


def _condition(
    part: Section, name: str, node: Node, names: tuple[str, ...]
) -> tuple[str, tuple[str, ...]] | None:
    if name not in names:
        part.problem(
            "mapping-word", f'"{name}" isn\'t known of expected rows.', node, remedy=did_you_mean(name, names)
        )
        return None
    return name, part.texts_of(node, name)


def _ordered(grains: list[GrainMapping], problems: list[Problem]) -> list[GrainMapping]:
    """Finest first: a grain stands after the one that it follows from."""
    by_name: dict[str, GrainMapping] = {}
    for grain in grains:
        if grain.name in by_name:
            problems.append(
                Problem(
                    "mapping-duplicate",
                    f'the grain "{grain.name}" stands twice; first at {by_name[grain.name].where}.',
                    grain.where,
                    "Only one of them could be compared.",
                    "Remove one, or give it a name of its own.",
                )
            )
        by_name.setdefault(grain.name, grain)
    ordered: list[GrainMapping] = []
    waiting = list(by_name.values())
    while waiting:
        ready = [g for g in waiting if g.follows_from not in {w.name for w in waiting}]
        if not ready:
            problems.append(
                Problem(
                    "mapping-circle",
                    f"the grains {', '.join(g.name for g in waiting)} follow from each other.",
                    waiting[0].where,
                    "None of them would come first.",
                    'Remove "follows from" of the finest grain.',
                )
            )
            return ordered
        ordered += ready
        waiting = [g for g in waiting if g not in ready]
    for grain in ordered:
        if grain.follows_from and grain.follows_from not in by_name:
            problems.append(
                Problem(
                    "mapping-word",
                    f'"{grain.name}" follows from "{grain.follows_from}", which is no grain here.',
                    grain.where,
                    remedy=did_you_mean(
                        grain.follows_from,
                        [n for n in by_name if n != grain.name],
                        'Remove "follows from": this is the only grain.',
                    ),
                )
            )
        finer = by_name.get(grain.follows_from, grain)
        if finer is not grain and not _may_follow(grain, finer):
            problems.append(
                Problem(
                    "mapping-form",
                    f'"{grain.name}" can\'t follow from "{finer.name}": {grain.expected} aren\'t made of {finer.expected} here.',
                    grain.where,
                    "Only what is calculated before a row, or added up in it, can explain it.",
                    "Name a grain of an earlier stage or of finer rows, or remove \"follows from\".",
                )
            )
    # Of independent grains, what is calculated first comes first; one that follows stands after what it follows from.
    order = list(NAMES)
    return sorted((g for g in ordered if not g.follows_from), key=lambda g: order.index(g.expected)) + [
        g for g in ordered if g.follows_from
    ]


def _may_follow(grain: GrainMapping, finer: GrainMapping) -> bool:
    """Whether rows of a grain can follow from those of another: sums of the same rows, or of an earlier stage."""
    if grain.expected == finer.expected:
        return grain.adds_up and set(grain.key_names) <= {*finer.key_names, "period"}
    order = list(NAMES)
    return order.index(finer.expected) < order.index(grain.expected)
