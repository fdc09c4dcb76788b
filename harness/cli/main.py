"""`trueup`: finds the command, prints Problems, and gives the exit code that other people's CI depends on."""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import sys
import traceback
from collections.abc import Sequence
from importlib.metadata import version

import click

from harness.cli import commands
from harness.targets.hidden import masked
from reference_engine.problems import Problem, Stopped, Unreachable

AGREES, DIFFERS, WRONG_INPUT, UNREACHABLE, INTERRUPTED, BROKEN_PIPE, DEFECT = 0, 1, 2, 3, 130, 141, 70


class Commands(click.Group):
    """Loads a command's file only when it is asked for, so that `trueup --help` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(m.name for m in pkgutil.iter_modules(commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        found = importlib.import_module(f"harness.cli.commands.{cmd_name}").command
        return found if isinstance(found, click.Command) else None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(version("trueup"), prog_name="trueup")
def program() -> None:
    """Proves that a sales performance management system pays what the plan says.

    \b
    Exit codes: 0 all agree; 1 differences or failed scenarios; 2 the input is wrong;
    3 the target can't be reached; 130 interrupted.

    Example: trueup demo
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if any("\0" in word for word in given):
            raise click.UsageError("a name can't hold a NUL character.")
        # Not program.main(): it would turn a closed pipe into exit code 1, which means differences.
        with program.make_context("trueup", given) as context:
            result = program.invoke(context)
        sys.stdout.flush()
        return result if isinstance(result, int) else AGREES
    except Stopped as stopped:
        print_problems(stopped.problems, as_json="--json" in given)
        return UNREACHABLE if isinstance(stopped, Unreachable) else WRONG_INPUT
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return WRONG_INPUT
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted. Nothing was changed; earlier results are as they were.", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away, as with `trueup ... | head`; the verdict went unread, so it isn't a success.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except Exception as error:
        if os.environ.get("TRUEUP_DEBUG"):
            click.echo(masked(traceback.format_exc()), err=True)
        click.echo(
            f"This is a defect of trueup, not of your input: {type(error).__name__}: {masked(str(error))}\n"
            "Nothing was written. Please report it; TRUEUP_DEBUG=1 shows where it happened.",
            err=True,
        )
        return DEFECT


def run() -> None:
    """The entry point of the installed program."""
    sys.exit(main())


def print_problems(problems: Sequence[Problem], *, as_json: bool) -> None:
    """Problems go to standard error for people; with --json one object goes to standard output as well."""
    for problem in problems:
        click.echo(f"{masked(str(problem))}\n", err=True)
    count = len(problems)
    click.echo(f"{count} problem{'' if count == 1 else 's'}. Nothing was calculated or written.", err=True)
    if as_json:
        click.echo(masked(json.dumps({"problems": [p.as_dict() for p in problems]}, ensure_ascii=False, indent=1)))
