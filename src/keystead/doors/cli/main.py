"""``keystead``: a lazy group. Names and one line each are here; a room is imported when asked for.

Nothing heavy is imported before a command runs, so that ``keystead --help`` answers at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

import click

from keystead.doors.cli.registry import COMMANDS
from keystead.doors.cli.trouble import exit_code_of, tell
from keystead.kernel.errors import KeysteadError


class LazyGroup(click.Group):
    """Lists the commands from the register and loads one only when it runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        _place(ctx)
        return entry.load()

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.line) for name, entry in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            near = _nearest(name)
            hint = f" Did you mean `{near}`?" if near else ""
            raise click.UsageError(f"There is no command `{name}`.{hint}", ctx)
        return super().resolve_command(ctx, args)


def _nearest(name: str) -> str:
    from difflib import get_close_matches  # only after a typing mistake

    return next(iter(get_close_matches(name, list(COMMANDS), 1)), "")


def _place(ctx: click.Context) -> None:
    """Tell the settings which home folder and which user the whole command is about."""
    home, user = ctx.params.get("home"), ctx.params.get("user")
    if home:
        os.environ["KEYSTEAD_HOME"] = os.path.abspath(home)
    if user:
        os.environ["KEYSTEAD_USER"] = user


@click.command(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done, 1 a fault of ours, 2 wrong call, 3 invalid, 4 a file cannot be "
    "read, 5 not found, 6 not allowed, 7 changed by somebody else, 130 stopped by you.",
)
@click.option(
    "--home",
    metavar="DIR",
    envvar="KEYSTEAD_HOME",
    type=click.Path(file_okay=False),
    help="The folder with all data (default: the user's own data folder).",
)
@click.option("--user", metavar="NAME", envvar="KEYSTEAD_USER", help="Act as this user.")
@click.option("--json", "as_json", is_flag=True, help="Errors (and many answers) as JSON.")
@click.version_option(package_name="keystead", message="%(prog)s %(version)s")
def cli(home: str | None, user: str | None, as_json: bool) -> None:
    """Keystead: one account, one set of numbers, each with its proof."""


def main(args: list[str] | None = None) -> None:
    """Run the command line and leave with a documented exit code."""
    given = sys.argv[1:] if args is None else args
    sys.exit(run(lambda: cli.main(args=given, prog_name="keystead", standalone_mode=False), given))


def run(call: Callable[[], Any], args: list[str]) -> int:
    """Return the exit code of a call; what goes wrong is told in one calm sentence."""
    try:
        code = call()
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeysteadError as error:
        # Told before any settings are read: some commands need neither home nor database.
        tell(error, as_json="--json" in args)
        return exit_code_of(error)
    except Exception as error:  # the edge of the process: told, never swallowed
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keystead.config.settings")
        from keystead.kit.disk import told

        known = told(error)
        tell(known, as_json="--json" in args)
        return exit_code_of(known)
    return code if isinstance(code, int) else 0


if __name__ == "__main__":
    main()
