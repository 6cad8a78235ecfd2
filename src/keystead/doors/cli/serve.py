"""``keystead serve`` and ``keystead worker``."""

from __future__ import annotations

import os
import threading
import webbrowser

import click

from keystead.doors.cli.prepare import home_folder, ready
from keystead.doors.cli.site import free_port, run_site


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=int, help="The port (default: the first free one from 8000).")
@click.option("--processes", default=1, show_default=True, help="Web processes.")
@click.option("--worker/--no-worker", "with_worker", default=True, help="A worker beside it.")
@click.option("--open", "open_browser", is_flag=True, help="Open the browser.")
def serve(
    host: str, port: int | None, processes: int, with_worker: bool, open_browser: bool
) -> None:
    """Serve the pages and the API, with a worker beside them.

    Brings the data up to date first when it comes from an older Keystead.
    """
    ready(upgrade=True)
    chosen = free_port(host, port)

    def when_up(url: str) -> None:
        click.echo(f"Keystead is at {url}  (data: {home_folder()}; Ctrl+C stops it)")
        if open_browser:
            webbrowser.open(url)

    run_site(host=host, port=chosen, processes=processes, with_worker=with_worker, when_up=when_up)
    click.echo("Stopped.")


@click.command()
@click.option("--once", is_flag=True, help="Stop when nothing is waiting.")
@click.option("--beside-server", type=int, hidden=True, help="Stop when this process is gone.")
def worker(once: bool, beside_server: int | None) -> None:
    """Run background work until stopped.

    The job in hand is finished first.
    """
    ready()
    from keystead.kit.jobs.worker import work

    stop = threading.Event()
    if beside_server:
        threading.Thread(target=_watch_parent, args=(stop, beside_server), daemon=True).start()
    done = work(once=once, stop=stop)
    if once:
        click.echo(f"Done: {done} jobs.")


def _watch_parent(stop: threading.Event, parent: int) -> None:
    """Set ``stop`` when the server that started us is gone, however it went."""
    while not stop.wait(2):
        if os.getppid() != parent:
            stop.set()
