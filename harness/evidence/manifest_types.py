"""What the manifest of a run's folder says, as frozen values: the list an auditor begins with.

`content` and `files` hold what was found; `circumstances` who ran it, when and where.  Two runs over the same inputs
with the same versions have the same content.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from reports.difference_types import Texts, Totals
from reports.record_types import Input, Tolerance, Verdict
from reports.signoff_types import Role

FORMAT = 1
"""Version of the manifest's layout.  Another version is refused, never guessed at."""
MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
COPIES = "inputs"
"""Folder of the copies: features, plans, mappings and other policy as the run read them."""
STATEMENTS: dict[Role, str] = {"tester": "signoff.tester.json", "approver": "signoff.approver.json"}
"""What each signer signs, by their role; the signature lies beside it, with .sig at the end of its name."""
SHEET = "signoff.html"
UNSEALED = frozenset((MANIFEST, SHEET, *STATEMENTS.values(), *(f"{s}.sig" for s in STATEMENTS.values())))
"""Files of a package that its manifest doesn't list: itself, and what comes with the signatures."""


@dataclass(frozen=True, slots=True)
class SealedFile:
    """One file of the package.  rows: data rows without the header, for CSV and Parquet; None: no table.

    totals: of each column of amounts, the sum by currency.
    """

    name: str
    sha256: str
    bytes: int
    rows: int | None = None
    totals: tuple[ColumnTotals, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnTotals:
    """The control totals of one column of amounts."""

    column: str
    totals: Totals = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KeptInput(Input):
    """An input of the run.  copy: its copy inside the package; blank where only its hash is kept."""

    copy: str = ""


@dataclass(frozen=True, slots=True)
class GitState:
    """A repository that the run stood on.

    of: what lies in it.  state: "clean", "modified" or "not a repository".  modified: tracked files that differ from the commit.
    uncommitted: inputs that the repository doesn't hold.
    """

    of: str
    state: str
    commit: str = ""
    branch: str = ""
    committed_by: str = ""
    committed_at: str = ""
    modified: tuple[str, ...] = ()
    uncommitted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Versions:
    """What calculated.  packages: every installed package with its version; packages_sha256: of that list."""

    trueup: str
    python: str
    packages: Texts = field(default_factory=dict)
    packages_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Seed:
    """Made-up data of the run.  With recipe and seed they can be made again.  where: the scenario or the data folder."""

    recipe: str
    seed: str
    where: str


@dataclass(frozen=True, slots=True)
class GrainTotals:
    """The control totals of one grain.  actual: ties to the export's control totals, where the inputs state them."""

    grain: str
    compared: int
    matched: int
    differences: int
    known: int
    expected: Totals
    actual: Totals
    difference: Totals
    tolerances: tuple[Tolerance, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """What the run found, on what.  record_sha256: of the record's content, blank where there is no record.

    written, selected, executed: scenarios.  policy: roles of the inputs that are policy, with their copies.
    results: the files whose bytes are the same in every run over the same inputs.
    """

    title: str
    kind: str
    command: str
    verdict: Verdict
    record_sha256: str
    versions: Versions
    git: tuple[GitState, ...] = ()
    seeds: tuple[Seed, ...] = ()
    inputs: tuple[KeptInput, ...] = ()
    grains: tuple[GrainTotals, ...] = ()
    written: int = 0
    selected: int = 0
    executed: int = 0
    results: Texts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Starter:
    """Who started the run.  by: "user of this machine", or the CI system whose word it is.  job: its address there."""

    name: str
    by: str
    job: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Who ran it, when and where.  Times are UTC.  previous_sha256: of the manifest that stood in this place before."""

    run_id: str
    started: str
    finished: str
    sealed: str
    time_zone: str
    host: str
    system: str
    started_by: Starter
    previous_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The manifest of one package.  content_sha256: the same for every run that found the same on the same."""

    content: Content
    content_sha256: str
    files: tuple[SealedFile, ...]
    circumstances: Surroundings
