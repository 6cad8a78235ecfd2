"""``keystead demo``: unpack the ready-made world, serve it, open the browser."""

from __future__ import annotations

import os
import webbrowser
from pathlib import Path

import click

from keystead.doors.cli.demo.archive import open_into, shipped_note
from keystead.doors.cli.prepare import is_marked, ready
from keystead.doors.cli.site import free_port, run_site


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=int, help="The port (default: the first free one from 8000).")
@click.option("--browser/--no-browser", default=True, help="Open the browser if there is one.")
@click.option("--fresh", is_flag=True, help="Throw away what was done in the demo.")
@click.pass_context
def demo(ctx: click.Context, host: str, port: int | None, browser: bool, fresh: bool) -> None:
    """Open the demo world in the browser.

    A synthetic medicines maker in Shanghai and a publisher in France, with three years of
    figures. Everything in it is invented. What you do stays in a folder of its own until
    you ask for --fresh.
    """
    os.environ.pop("KEYSTEAD_DATABASE_URL", None)  # the demo never touches a shared database
    home = demo_home(ctx)
    os.environ["KEYSTEAD_HOME"] = str(home)
    open_into(home, fresh=fresh)
    if not is_marked():
        ready(upgrade=True)
    chosen = free_port(host, port)

    def when_up(url: str) -> None:
        click.echo(welcome(url, home))
        if browser and has_browser():
            webbrowser.open(url)

    run_site(host=host, port=chosen, when_up=when_up)
    click.echo("Stopped.")


def demo_home(ctx: click.Context) -> Path:
    """Return ``--home``, or a folder beside the user's own data."""
    given = ctx.find_root().params.get("home")
    if given:
        return Path(given).resolve()
    from platformdirs import user_data_dir

    return Path(user_data_dir("keystead-demo", appauthor=False))


def welcome(url: str, home: Path) -> str:
    """Return what the terminal says when the first page is there."""
    note = shipped_note()
    lines = [
        "",
        f"  Keystead demo: {url}",
        "",
        f"  Sign in with the password  {note['password']}  as",
    ]
    lines += [f"    {user['username']:<8} {user['line']}" for user in note["users"]]
    lines += [
        "",
        f"  All names and figures are synthetic. Data: {home}",
        "  Ctrl+C stops it.",
    ]
    return "\n".join(lines)


def has_browser() -> bool:
    """Say whether opening a browser would show something rather than hang in the terminal."""
    if os.name == "nt" or os.uname().sysname == "Darwin":
        return True
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True
