"""The sign-off sheet of a run's evidence: its state, who signed, with which words, and how to check that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from reports.offline_page import asset, offline_page
from reports.pages.figures import upper_first
from reports.pages.front import OUTCOMES
from reports.record_types import Verdict
from reports.signoff_types import Signature, SignOff, State

STEPS: tuple[tuple[State, str, str], ...] = (
    ("draft", "Draft", "the run is complete"),
    ("tested", "Tested", "the tester signed"),
    ("approved", "Approved", "another person approved"),
)
STATES: dict[State, tuple[str, str, str]] = {
    "draft": (
        "Draft: nobody has signed",
        "A green run is not an approval. Two people sign it: the tester, then another person who approves it.",
        "even",
    ),
    "tested": (
        "Tested, not approved",
        "The tester signed. An approval takes another person with another key.",
        "even",
    ),
    "approved": (
        "Approved",
        "Tester and approver signed, each with their own key, and what they signed is unchanged.",
        "good",
    ),
    "void": ("Void", "What was signed is not what lies here. No approval can rest on it.", "bad"),
}
DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
ROLES = {"tester": "Tester", "approver": "Approver"}


@dataclass(frozen=True, slots=True)
class Step:
    """One state on the way to an approval."""

    name: str
    what: str
    done: bool
    now: bool


@dataclass(frozen=True, slots=True)
class SignerBlock:
    """One signer's part of the sheet; signature None: not signed yet."""

    title: str
    signature: Signature | None
    signed: str = ""
    checked: str = ""


def sheet(title: str, verdict: Verdict, facts: Mapping[str, str], signoff: SignOff) -> str:
    """The sheet as HTML.  facts: about the run, by their names."""
    title, verdict, signoff = (
        shown(title),
        replace(verdict, sentence=shown(verdict.sentence)),
        _shown_signoff(signoff),
    )
    facts = {shown(name): shown(text) for name, text in facts.items()}
    state, words, tone = STATES[signoff.state]
    outcome, verdict_tone = OUTCOMES[verdict.outcome]
    given = {s.role: s for s in signoff.signatures}
    if signoff.state == "approved" and any(s.conditions for s in signoff.signatures):
        state, words = "Approved, on conditions", words + " The conditions stand below."
    reached = [s for s, _, _ in STEPS].index(signoff.state) if signoff.state != "void" else -1
    values = {
        "title": title,
        "state": state,
        "words": words,
        "tone": tone,
        "steps": [Step(name, what, i <= reached, i == reached) for i, (_, name, what) in enumerate(STEPS)],
        "outcome": outcome,
        "verdict_tone": verdict_tone,
        "verdict": verdict,
        "facts": facts,
        "signoff": signoff,
        "blocks": [_block(ROLES[role], given.get(role), signoff) for role in ("tester", "approver")],
    }
    return offline_page(
        "signoff_sheet.html",
        (asset("report.css"), asset("signoff.css")),
        (),
        values,
        {"upper_first": upper_first},
    )


def shown(text: str) -> str:
    """Text without marks that turn the reading direction: nobody may sign what reads otherwise than it is."""
    return "".join(f"[U+{ord(c):04X}]" if c in DIRECTION else c for c in text)


def _shown_signoff(signoff: SignOff) -> SignOff:
    signatures = tuple(
        replace(
            s,
            name=shown(s.name),
            email=shown(s.email),
            statement=shown(s.statement),
            conditions=tuple(map(shown, s.conditions)),
            key=shown(s.key),
            faults=tuple(map(shown, s.faults)),
        )
        for s in signoff.signatures
    )
    return replace(
        signoff,
        signatures=signatures,
        faults=tuple(map(shown, signoff.faults)),
        signers=shown(signoff.signers),
        manifest_sha256=shown(signoff.manifest_sha256),
    )


def _block(title: str, signature: Signature | None, signoff: SignOff) -> SignerBlock:
    if signature is None:
        return SignerBlock(title, None)
    checked = f"Key checked against {signoff.signers}" if signature.known else "Key is not the person's"
    if signature.known is None:
        checked = "Whose key it is was not checked: no list of signers was given"
    return SignerBlock(title, signature, f"{signature.signed[:10]}, {signature.signed[11:16]} UTC", checked)
