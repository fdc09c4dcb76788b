"""`trueup verify`: proves that a run's evidence is as it was, and who signed it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from harness.evidence.verify import Verified
    from reports.signoff_types import Signature


@click.command("verify")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--inputs",
    type=click.Path(path_type=Path),
    help="Where the run's inputs lie now; the folder of work where left out.",
)
@click.option(
    "--signers",
    type=click.Path(path_type=Path),
    envvar="TRUEUP_SIGNERS",
    help="List of the people who may sign, with their public keys.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def command(folder: Path, inputs: Path | None, signers: Path | None, as_json: bool) -> int:
    """Proves that a run's folder is as its manifest says: every hash, every count, every signature.

    Ends with 0 when it is whole, 1 when anything was changed or a signature is void, 2 when the folder is no evidence package.

    Example: trueup verify out --signers signers.txt
    """
    from harness.cli.output import put_in_order
    from harness.evidence.signing_signers import read_signers
    from harness.evidence.verify import verify

    put_in_order(folder)
    found = verify(folder, inputs, read_signers(signers) if signers is not None else None)
    if as_json:
        click.echo(json.dumps(_as_dict(found, folder), ensure_ascii=True, indent=1))
    else:
        for line in _lines(found, folder, is_listed=signers is not None):
            click.echo(printable(line))
    return 0 if found.whole else 1


def printable(text: str) -> str:
    """Text of a package that may come from anywhere, without what a terminal would obey."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def _lines(found: Verified, folder: Path, *, is_listed: bool) -> list[str]:
    manifest = found.manifest
    content, seen = manifest.content, manifest.circumstances
    lines = [f"{f.kind}: {f.name}" + (f": {f.text}" if f.text else "") for f in found.findings]
    files, inputs = len(manifest.files), len(content.inputs)
    if not found.findings:
        lines.append(f"Whole: {_count(files, 'file')} of {folder.as_posix()} are as the manifest says.")
    elif found.package_whole:
        lines.append(
            f"The package is whole ({_count(files, 'file')}); {_count(len(found.findings), 'input')} changed since the run."
        )
    else:
        lines.append(
            f"Changed: {_count(len(found.findings), 'finding')}. This folder is not what the run left."
        )
    reach = found.out_of_reach
    lines.append(
        f"Inputs: {found.inputs_checked} of {inputs} compared with what the run read"
        + (
            f"; {len(reach)} not reached from here, {reach[0]} for one. --inputs says where they lie."
            if reach
            else "."
        )
    )
    lines.append(
        f"Run {seen.run_id}, by {seen.started_by.name} ({seen.started_by.by}), trueup {content.versions.trueup}: {content.verdict.sentence}"
    )
    lines.append(f"SHA-256 of the manifest: {found.manifest_sha256}")
    signoff = found.signoff
    for one in signoff.signatures:
        lines += _signed(one)
    lines += [f"void: {fault}" for fault in signoff.faults]
    conditions = sum(len(s.conditions) for s in signoff.signatures)
    on_conditions = signoff.state == "approved" and conditions
    lines.append(
        f"Sign-off: approved, on {_count(conditions, 'condition')}."
        if on_conditions
        else f"Sign-off: {_STATES[signoff.state]}"
    )
    if found.other_sheet:
        lines.append(
            "Not proved: signoff.html isn't the sheet of these signatures. It was changed, or drawn with another list of signers or "
            f"another trueup; only the lines above count. `trueup report {folder.as_posix()}` draws it anew."
        )
    if signoff.signatures and not is_listed:
        lines.append(
            "Not checked: whose keys these are. Anybody can make a key under any name; --signers says whose is whose."
        )
    return lines


_STATES = {
    "draft": "draft. Nobody has signed; a green run is not an approval.",
    "tested": "tested, and not approved yet.",
    "approved": "approved.",
    "void": "void.",
}


def _signed(one: Signature) -> list[str]:
    who = f"{one.name} <{one.email}> as {one.role}, {one.signed}, key {one.key or 'unknown'}"
    return [f"Signed by {who}: {one.statement}", *(f"  on the condition: {c}" for c in one.conditions)]


def _as_dict(found: Verified, folder: Path) -> dict[str, Any]:
    manifest, signoff = found.manifest, found.signoff
    return {
        "whole": found.whole,
        "state": signoff.state,
        "folder": folder.as_posix(),
        "files": len(manifest.files),
        "findings": [{"kind": f.kind, "name": f.name, "text": f.text} for f in found.findings],
        "inputs": {"of": len(manifest.content.inputs), "compared": found.inputs_checked, "not_reached": list(found.out_of_reach)},
        "run": manifest.circumstances.run_id,
        "verdict": manifest.content.verdict.sentence,
        "manifest_sha256": found.manifest_sha256,
        "content_sha256": manifest.content_sha256,
        "signers": signoff.signers,
        "signatures": [
            {
                "role": s.role, "name": s.name, "email": s.email, "statement": s.statement, "conditions": list(s.conditions), "signed": s.signed,
                "key": s.key, "known": s.known, "faults": list(s.faults),
            }
            for s in signoff.signatures
        ],
        "void": list(signoff.faults),
        "other_sheet": found.other_sheet,
    }  # fmt: skip


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
