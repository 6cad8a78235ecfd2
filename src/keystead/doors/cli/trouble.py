"""What a person reads when a command cannot do what was asked, and the exit code for programs."""

from __future__ import annotations

import json
import os
import traceback

import click

from keystead.kernel.errors import (
    Conflict,
    DiskFull,
    Invalid,
    KeysteadError,
    NotAllowed,
    NotFound,
    SourceProblem,
)

EXIT_CODES: dict[type[KeysteadError], int] = {
    Invalid: 3,
    SourceProblem: 4,
    NotFound: 5,
    NotAllowed: 6,
    Conflict: 7,
    DiskFull: 8,
}


def exit_code_of(error: BaseException) -> int:
    """Return the documented exit code of an error.

    >>> exit_code_of(NotFound("There is no such account."))
    5
    """
    if isinstance(error, click.ClickException):
        return error.exit_code
    return next((code for kind, code in EXIT_CODES.items() if isinstance(error, kind)), 1)


def tell(error: BaseException, *, as_json: bool = False) -> None:
    """Write the error to standard error: a sentence, the place, a hint; or one JSON object."""
    if isinstance(error, KeysteadError):
        body = error.as_dict()
        if as_json:
            click.echo(json.dumps({"error": body}, ensure_ascii=False), err=True)
            return
        click.echo(f"{error.message}{_place(error)}", err=True)
        if error.hint:
            click.echo(f"  {error.hint}", err=True)
    elif isinstance(error, click.ClickException):
        if as_json:
            body = {"code": "usage", "message": error.format_message(), "hint": "", "data": {}}
            click.echo(json.dumps({"error": body}, ensure_ascii=False), err=True)
        else:
            error.show()
    else:
        if os.environ.get("KEYSTEAD_DEBUG") == "1":
            traceback.print_exception(error)
        if as_json:
            body = {"code": "internal", "message": repr(error), "hint": "", "data": {}}
            click.echo(json.dumps({"error": body}, ensure_ascii=False), err=True)
        else:
            click.echo(f"Something of ours went wrong: {error!r}", err=True)
            click.echo("  Set KEYSTEAD_DEBUG=1 to see where; please send it to us.", err=True)


def _place(error: KeysteadError) -> str:
    if not isinstance(error, SourceProblem):
        return ""
    parts = [error.file, error.sheet, f"row {error.row}" if error.row else "", error.column]
    place = ", ".join(part for part in parts if part)
    return f" ({place})" if place else ""
