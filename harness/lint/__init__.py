"""Checks feature files before anything runs: whatever would be lost, ignored or misread is a Problem."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from harness.feature_files import find_features
from harness.features import WrittenFeature, read_feature
from harness.lint.advice import advice_of, advice_on_tags
from harness.lint.dry_run import step_problems
from harness.lint.headings import lost_lines
from harness.lint.identity import id_problems, name_problems, tag_problems
from harness.lint.idle_steps import idle_problems
from harness.lint.names import name_slips
from harness.lint.one_slip import in_order, one_slip_each
from harness.lint.outlines import outline_problems
from harness.lint.plans_stated import plan_problems
from harness.lint.scenarios import background_problems, scenario_problems
from harness.lint.tier_edges import EdgeBook
from harness.lint.years import year_slips
from reference_engine.problems import Problem, Where


def lint_features(paths: Iterable[str | Path]) -> list[Problem]:
    """Every Problem of the feature files at these paths and below them.  Runs nothing."""
    return check_features(paths)[0]


def advise_features(paths: Iterable[str | Path]) -> list[Problem]:
    """What makes features weaker evidence without making them wrong."""
    return check_features(paths)[1]


def check_features(paths: Iterable[str | Path], read: list[WrittenFeature] | None = None) -> tuple[list[Problem], list[Problem]]:
    """Problems and advice of the feature files at these paths and below them.  Runs nothing.

    read: gets every feature that could be read.
    """
    problems: list[Problem] = []
    advice: list[Problem] = []
    features = [] if read is None else read
    ids: dict[str, Where] = {}
    edges = EdgeBook()
    for path in find_features(paths):
        feature = read_feature(path, problems)
        if feature is None:
            continue
        features.append(feature)
        own = lint_feature(feature, ids)
        if not own:
            # Slips of single steps first: a plan made of half of its sentences would only repeat them.
            own = list(dict.fromkeys([*plan_problems(feature), *name_slips(feature), *year_slips(feature)]))
        problems += own
        advice += advice_of(feature)
        if not own:
            edges.add(feature)
    advice += [*advice_on_tags(features), *edges.advice()]
    return problems, advice


def lint_feature(feature: WrittenFeature, ids: dict[str, Where] | None = None) -> list[Problem]:
    """Every Problem of one feature.  ids: the @id tags of the features checked before; those of this one are added."""
    problems: list[Problem] = [*lost_lines(feature), *name_problems(feature)]
    problems += id_problems(feature, {} if ids is None else ids)
    problems += tag_problems(feature)
    if not feature.scenarios:
        where = Where(feature.path, feature.line)
        why = "The file would count as tested although nothing was."
        problems.append(Problem("feature-without-scenario", "the feature has no scenario", where, why, "Add a scenario or remove the file."))
    problems += background_problems(feature)
    for scenario in feature.scenarios:
        problems += scenario_problems(feature, scenario)
        problems += outline_problems(feature, scenario)
    problems += step_problems(feature)
    problems += idle_problems(feature)
    return list(in_order(one_slip_each(feature, problems)))
