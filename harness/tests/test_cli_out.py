"""--out: only trueup's own folder is replaced, only as a whole, and nothing is left half-written."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(params=["demo", "reconcile", "calculate", "report", "run"])
def command(request: pytest.FixtureRequest, project: Any) -> list[Any]:
    """Every command that writes a folder, up to its --out."""
    arguments: dict[str, list[Any]] = {
        "demo": ["demo"],
        "reconcile": project.quick,
        "calculate": ["calculate", "--plan", project.plans, "--data", project.world],
        "report": ["report", "record.json"],
        "run": ["run", "."],
    }
    return arguments[request.param]


def nothing_happened(ran: Any, slug: str, words: str = "") -> None:
    assert (ran.code, ran.out) == (2, "")
    assert f"[{slug}]" in ran.err
    assert words in ran.err
    assert "Traceback" not in ran.err


def test_a_folder_with_other_files_is_refused(
    command: list[Any], trueup: Callable[..., Any], kept: Callable[[Path], dict[str, bytes]]
) -> None:
    Path("mine").mkdir()
    Path("mine/budget.xlsx").write_bytes(b"mine")
    before = kept(Path())
    # A report of a record that isn't there has another problem first; the folder stays as it was in any case.
    ran = trueup(*command, "--out", "mine")
    assert ran.code == 2
    assert command[0] == "report" or "[out-not-ours]" in ran.err
    assert kept(Path()) == before


@pytest.mark.parametrize(
    "out", ["a file", "a link to a folder", "a link to nothing", ".", "..", "below a file", "hidden file", ""]
)
def test_what_is_no_new_folder_is_refused(
    out: str, project: Any, trueup: Callable[..., Any], kept: Callable[[Path], dict[str, bytes]]
) -> None:
    Path("a file").write_text("mine", "utf-8")
    Path("real").mkdir()
    Path("a link to a folder").symlink_to("real")
    Path("a link to nothing").symlink_to("nowhere")
    Path("hidden file").mkdir()
    Path("hidden file/.DS_Store").write_text("", "utf-8")
    before = kept(project.folder)
    ran = trueup(*project.quick, "--out", "a file/out" if out == "below a file" else out)
    nothing_happened(ran, "out-not-ours", "the output folder can't be used")
    assert kept(project.folder) == before
    assert Path("a link to a folder").is_symlink()


def test_the_folder_of_work_is_refused_even_when_it_is_empty(
    project: Any, monkeypatch: pytest.MonkeyPatch, trueup: Callable[..., Any]
) -> None:
    empty = project.folder / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    for out in (".", empty, "../empty"):
        nothing_happened(trueup("demo", "--out", out), "out-not-ours", "the folder you work in")
    assert list(empty.iterdir()) == []


def test_an_empty_folder_and_an_own_one_are_replaced(project: Any, trueup: Callable[..., Any]) -> None:
    Path("deep/er").mkdir(parents=True)
    assert trueup(*project.quick, "--out", "deep/er").code == 1
    first = Path("deep/er/index.html").read_bytes()
    # What a run left goes as a whole: nothing of it may be taken for a part of the new one.
    Path("deep/er/differences_of_an_older_run.csv").write_text("old", "utf-8")
    assert trueup(*project.quick, "--out", "deep/er").code == 1
    assert not Path("deep/er/differences_of_an_older_run.csv").exists()
    assert len(Path("deep/er/index.html").read_bytes()) == len(first)
    assert [p.name for p in Path("deep").iterdir()] == ["er"]
    assert os.stat("deep/er").st_mode & 0o777 == 0o755


def test_a_new_folder_may_lie_in_new_folders(project: Any, trueup: Callable[..., Any]) -> None:
    assert trueup(*project.quick, "--out", "new/and newer/òut").code == 1
    assert Path("new/and newer/òut/record.json").is_file()


def test_nothing_is_left_of_a_run_that_fails_while_writing(
    project: Any, trueup: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, kept: Callable[[Path], dict[str, bytes]]
) -> None:
    assert trueup(*project.quick, "--out", "out").code == 1
    before = kept(project.folder)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("harness.cli.reconciling.draw", full)
    # The disk is full: that is no fault of the input, but it must not cost the old result.
    try:
        code = trueup(*project.quick, "--out", "out").code
    except OSError:
        code = "traceback"
    assert kept(project.folder) == before
    assert sorted(p.name for p in project.folder.iterdir()) == ["harness", "out", "scenarios"]
    assert code not in (0, 1, "traceback")


def test_a_folder_that_cant_be_made(
    project: Any, trueup: Callable[..., Any], kept: Callable[[Path], dict[str, bytes]]
) -> None:
    before = kept(project.folder)
    outs = ["x" * 300, "a\0b"]
    if os.geteuid():
        # Root may write everywhere.
        Path("locked").mkdir()
        Path("locked").chmod(0o500)
        outs.append("locked/out")
    for out in outs:
        ran = trueup(*project.quick, "--out", out)
        assert (ran.code, ran.out) == (2, ""), ran.err
        assert "Traceback" not in ran.err
        assert "defect" not in ran.err
        assert kept(project.folder) == before


def test_a_run_killed_while_writing_leaves_the_old_result_whole(
    project: Any, trueup: Callable[..., Any], start: Callable[..., Any], kept: Callable[[Path], dict[str, bytes]]
) -> None:
    assert trueup(*project.quick, "--out", "out").code == 1
    for _ in range(4):
        before = kept(Path("out"))
        process = start(*project.arguments, "--out", "out", cwd=project.folder)
        while process.poll() is None and not [p for p in Path().iterdir() if p.name.startswith(".out.")]:
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        if process.returncode == -signal.SIGKILL:
            break
    else:
        pytest.fail("the run was never caught while it wrote")
    after = kept(Path("out"))
    # Killed before the old one was moved away, or after the new one took its place; there is nothing in between.
    assert after.keys() >= {".trueup", "index.html", "record.json", "differences.csv"}
    assert after == before or (b"</html>" in after["index.html"] and after["record.json"].endswith(b"}\n"))
    # What lies beside it doesn't hinder the next run, which takes it away.
    assert trueup(*project.quick, "--out", "out").code == 1
    assert [p.name for p in Path().iterdir() if p.name.startswith(".out.")] == []


KILLED = """
import os, signal, sys
real = os.replace
def replace(old, new):
    real(old, new)
    if ".old." in str(new):
        os.kill(os.getpid(), signal.SIGKILL)
os.replace = replace
sys.argv = ["trueup", *{arguments!r}]
from harness.cli.main import run
run()
"""


@pytest.mark.skipif(os.name != "posix", reason="a process is killed as POSIX does it")
def test_a_run_killed_between_the_old_and_the_new_result_gives_the_old_one_back(
    project: Any, trueup: Callable[..., Any], start: Callable[..., Any], kept: Callable[[Path], dict[str, bytes]]
) -> None:
    assert trueup(*project.quick, "--out", "out").code == 1
    before = kept(Path("out"))
    for command in (("verify", "out"), ("report", "out"), (*map(str, project.quick), "--out", "out")):
        probe = KILLED.format(arguments=[*map(str, project.quick), "--out", "out"])
        process = start(probe=probe, cwd=project.folder)
        assert process.communicate(timeout=60)[0] is not None
        assert process.returncode == -signal.SIGKILL
        assert not Path("out").exists()
        ran = trueup(*command)
        assert "was killed while it replaced out; the result before it was put back" in ran.err
        assert ran.code == (1 if command[-1] == "out" and command[0] == "reconcile" else 0), ran.err
        if command[0] != "reconcile":
            after = kept(Path("out"))
            assert {name: after[name] for name in before} == before
        assert [p.name for p in Path().iterdir() if p.name.startswith(".out.")] == []


def test_what_others_left_beside_the_folder_stays(project: Any, trueup: Callable[..., Any]) -> None:
    theirs = [".out.mine", f".out.ffffff-{os.getpid()}-00000000", ".out.old.ffffff-1-00000000", ".out.1234abcd"]
    for name in theirs:
        Path(name).mkdir()
    assert trueup(*project.quick, "--out", "out").code == 1
    assert all(Path(name).is_dir() for name in theirs)


def test_interrupted_while_writing(
    project: Any, trueup: Callable[..., Any], start: Callable[..., Any], kept: Callable[[Path], dict[str, bytes]]
) -> None:
    process = start(*project.arguments, "--out", "out", cwd=project.folder)
    while process.poll() is None and not [p for p in Path().iterdir() if p.name.startswith(".out.")]:
        time.sleep(0.001)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert "Traceback" not in err
    assert process.returncode in (130, 1), err
    left = sorted(p.name for p in Path().iterdir())
    if process.returncode == 130:
        assert "Interrupted" in err
    assert left in (["harness", "scenarios"], ["harness", "out", "scenarios"]), "nothing half-written lies about"


def test_a_reader_who_goes_away_is_no_difference(project: Any, start: Callable[..., Any]) -> None:
    # As in: trueup calculate ... --json | head -1
    arguments = ("calculate", "--plan", project.plans, "--data", project.world, "--json")
    process = start(*arguments, cwd=project.folder)
    assert process.stdout.readline() == "{\n"
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    # Nobody read the verdict, so it is neither agreement nor a difference: the code of a closed pipe.
    assert (process.wait(60), err) == (141, "")


def test_exit_codes_of_the_installed_program(project: Any, start: Callable[..., Any]) -> None:
    for arguments, code in ((["--version"], 0), (["nonsense"], 2), ([*project.quick, "--json"], 1)):
        process = start(*arguments, cwd=project.folder)
        out, err = process.communicate(timeout=60)
        assert process.returncode == code, err
        assert "Traceback" not in err
        assert out or code == 2
