"""Secrets: from the environment or a keyring, masked in whatever is said, and never in a file."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import keyring
import keyring.backend
import keyring.errors
import pytest

from harness.cli.main import main
from harness.targets.hidden import HIDDEN, masked, remember
from harness.targets.secret import Secret
from reference_engine.problems import Stopped


class OfThisTest(keyring.backend.KeyringBackend):
    """A keyring that holds what the test puts into it."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        if service == "locked":
            raise keyring.errors.KeyringLocked("locked")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


@pytest.fixture
def ring() -> Iterator[OfThisTest]:
    before = keyring.get_keyring()
    one = OfThisTest()
    keyring.set_keyring(one)
    yield one
    keyring.set_keyring(before)


def test_a_secret_comes_from_the_keyring_and_is_masked_from_then_on(ring: OfThisTest) -> None:
    keyring.set_password("varicent", "acme", "icm-of-the-ring")
    assert masked("icm-of-the-ring") == "icm-of-the-ring"
    assert Secret(service="varicent", user="acme").reveal() == "icm-of-the-ring"
    assert masked("Bearer icm-of-the-ring!") == f"Bearer {HIDDEN}!"


@pytest.mark.parametrize(("service", "said"), [("nothing", "the keyring has nothing for"), ("locked", "no keyring that can be opened")])
def test_a_keyring_without_it_is_said(ring: OfThisTest, service: str, said: str) -> None:
    with pytest.raises(Stopped, match=said):
        Secret(service=service, user="acme").reveal()


def test_other_forms_of_a_secret_are_masked_too() -> None:
    remember("p@ss wörd/1")
    for form in ("p@ss wörd/1", "p%40ss%20w%C3%B6rd%2F1", "p%40ss+w%C3%B6rd%2F1", base64.b64encode("p@ss wörd/1".encode()).decode()):
        assert masked(f"a {form} b") == f"a {HIDDEN} b"


def test_a_defect_never_shows_a_secret(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever goes wrong inside, with or without the traceback for developers."""
    remember("icm-in-a-defect")

    def broken(path: object) -> None:
        raise RuntimeError("the header Bearer icm-in-a-defect was wrong")

    monkeypatch.setattr("harness.targets.profile.profile", broken)
    for debug in ("", "1"):
        monkeypatch.setenv("TRUEUP_DEBUG", debug)
        assert main(["fetch", "--target", "x.yaml", "--out", "nowhere"]) == 70
        said = capsys.readouterr().err
        assert "icm-in-a-defect" not in said
        assert f"Bearer {HIDDEN} was wrong" in said
