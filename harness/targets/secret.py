"""Secrets: taken from the environment or the keyring of the machine, and never said again."""

from __future__ import annotations

import os
from dataclasses import dataclass

from harness.adapters.strict import Section
from harness.targets.hidden import remember
from reference_engine.plans.document import Node
from reference_engine.problems import NOWHERE, Problem, Stopped, Where


@dataclass(frozen=True)
class Secret:
    """Where a secret is kept, not the secret itself.  environment: a variable; or service and user of a keyring."""

    environment: str = ""
    service: str = ""
    user: str = ""
    where: Where = NOWHERE

    def reveal(self) -> str:
        """The secret.  Whatever is printed or kept from now on has it masked.  Raises Stopped where there is none."""
        value = os.environ.get(self.environment, "") if self.environment else self._of_keyring()
        if not value:
            place = f"the environment variable {self.environment} isn't set" if self.environment else f'the keyring has nothing for "{self.service}"'
            remedy = f"Set {self.environment} where trueup runs; in CI, as a protected variable." if self.environment else f"Store it:  keyring set {self.service} {self.user}"
            raise Stopped(Problem("secret-missing", f"{place}.", self.where, "Without it the target lets nobody in.", remedy))
        remember(value)
        return value

    def _of_keyring(self) -> str:
        import keyring
        from keyring.errors import KeyringError

        try:
            return keyring.get_password(self.service, self.user) or ""
        except KeyringError:
            what = "this machine has no keyring that can be opened."
            raise Stopped(Problem("secret-missing", what, self.where, "Without the secret the target lets nobody in.", "Use  environment:  instead.")) from None


def secret_of(part: Section, name: str, *, must: bool = True) -> Secret | None:
    """Reads where a secret is kept.  A secret that stands in the file itself is a Problem that doesn't repeat it."""
    node = part.take(name, must=must)
    if node is None:
        return None
    if node.is_text:
        part.problem(
            "secret-written",
            f'"{name}" is written into the file.',
            node,
            why="Whoever reads the file, or its history, has it.",
            remedy=f"Write  {name}: {{environment: NAME_OF_A_VARIABLE}},  and change the secret, for it is known now.",
        )
        return None
    return _kept(node, name, part)


def _kept(node: Node, name: str, part: Section) -> Secret | None:
    inner = Section(node, f"the {name}", part.problems)
    environment, service, user = inner.text("environment"), inner.text("keyring"), inner.text("user")
    inner.close()
    if bool(environment) == bool(service):
        part.problem("mapping-missing", f'"{name}" must say where it is kept.', node, remedy=f"Write  {name}: {{environment: NAME}}  or  {name}: {{keyring: SERVICE, user: NAME}}.")
        return None
    return Secret(environment, service, user, node.where)
