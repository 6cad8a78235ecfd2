"""Writes the pages of docs/ that are made from the code: ``just docs``.

A test compares them with what this would write now, so they cannot go stale.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parent / "src"
NOTE = "<!-- Written by docs/generate.py (`just docs`). Do not edit. -->\n\n"


def pages() -> dict[str, str]:
    """Return every generated page: path below docs/ and text."""
    made = {"cli.md": _cli(), "events.md": _events(), "routes.md": _routes()}
    made |= {**_metrics(), **_rooms()}
    return {path: NOTE + text.rstrip() + "\n" for path, text in made.items()}


def _first_line(text: str | None) -> str:
    return inspect.cleandoc(text or "").split("\n\n")[0].replace("\n", " ").replace("|", "\\|")


def _metrics() -> dict[str, str]:
    from keystead.metrics.calc.pages import pages as metric_pages

    return {f"metrics/{name}": text for name, text in metric_pages().items()}


def _cli() -> str:
    from keystead.doors.cli.main import cli
    from keystead.doors.cli.registry import COMMANDS
    from keystead.doors.cli.trouble import EXIT_CODES

    parts = ["# Command line\n", _usage(cli, "keystead")]
    for name, entry in COMMANDS.items():
        parts.append(_command(entry.load(), f"keystead {name}"))
    parts.append("## Exit codes\n")
    parts.append("| code | when |\n|---|---|")
    words = {
        "Invalid": "the input breaks a rule",
        "SourceProblem": "a file cannot be read, or not at one place",
        "NotFound": "missing, or not yours to see: the answer is the same",
        "NotAllowed": "your role does not allow it",
        "Conflict": "somebody else changed it in the meantime",
        "DiskFull": "the disk is full; nothing was changed",
    }
    rows = [(0, "done"), (1, "a fault of ours"), (2, "a wrong call: unknown option or command")]
    rows += [(code, words[kind.__name__]) for kind, code in EXIT_CODES.items()]
    rows += [(130, "stopped by you (Ctrl+C)")]
    parts += [f"| {code} | {text} |" for code, text in rows]
    return "\n".join(parts)


def _command(command: click.Command, path: str) -> str:
    parts = [f"## `{path}`\n", _usage(command, path)]
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            parts.append(_command(command.commands[name], f"{path} {name}").replace("## ", "### "))
    return "\n".join(parts)


def _usage(command: click.Command, path: str) -> str:
    lines = [inspect.cleandoc(command.help or "").replace("\b\n", ""), "", "```text"]
    context = click.Context(command, info_name=path)
    lines += [" ".join([path, *command.collect_usage_pieces(context)]), "```", ""]
    options = [
        record
        for parameter in command.params
        if not getattr(parameter, "hidden", False)
        and (record := parameter.get_help_record(context)) is not None
    ]
    if options:
        lines += ["| option | meaning |", "|---|---|"]
        for flags, text in options:
            cell = text.replace("|", "\\|")
            lines.append(f"| `{flags.replace('|', chr(92) + '|')}` | {cell} |")
        lines.append("")
    return "\n".join(lines)


def _events() -> str:
    from keystead.kernel.events import Event
    from keystead.kit import outbox

    heard = outbox.listeners()
    lines = [
        "# Events",
        "",
        "A lower room tells upper rooms by an event, written to the outbox in the transaction of",
        "the change itself. Each listener hears it once or more: listeners are idempotent.",
        "",
        "| event | from | says | carries | heard by |",
        "|---|---|---|---|---|",
    ]
    for kind in sorted(_kinds(Event), key=lambda kind: kind.name):
        room = kind.__module__.split(".")[1]
        fields = ", ".join(f"`{field.name}`" for field in dataclasses.fields(kind))
        ears = ", ".join(f"`{name.removeprefix('keystead.')}`" for name in heard.get(kind.name, []))
        said = _first_line(kind.__doc__)
        lines.append(f"| `{kind.name}` | {room} | {said} | {fields} | {ears or 'nobody yet'} |")
    return "\n".join(lines)


def _kinds(base: type[Any]) -> Iterator[type[Any]]:
    for kind in base.__subclasses__():
        if kind.__module__.startswith("keystead.") and ".tests" not in kind.__module__:
            if kind.name:
                yield kind
            yield from _kinds(kind)


def _routes() -> str:
    from keystead.doors.api.door import operations
    from keystead.doors.api.mount import api
    from keystead.kit.access import policy_of

    lines = [
        "# Routes",
        "",
        "Every page and endpoint, with the capabilities that it asks for. An object that is not",
        "yours to see answers like a missing one.",
        "",
        "## Pages",
        "",
        "| path | name | needs | what |",
        "|---|---|---|---|",
    ]
    for path, name, view in _routed():
        if path.startswith("/api/"):
            continue
        lines.append(f"| `{path}` | `{name}` | {_needs(policy_of(view))} | {_says(view)} |")
    lines += ["", "## API", "", "| call | needs | what |", "|---|---|---|"]
    for name, operation in sorted(operations(api), key=lambda pair: pair[0].split(" ", 1)[::-1]):
        method, path = name.split(" ", 1)
        needs = _needs(policy_of(operation.view_func))
        lines.append(f"| `{method} /api{path}` | {needs} | {_first_line(operation.description)} |")
    lines += ["", "`GET /api/openapi.json` describes them all."]
    return "\n".join(lines)


def _routed() -> list[tuple[str, str, Any]]:
    """Return each route once, by its path and name."""
    from django.urls import get_resolver

    found = {(path, name): view for path, name, view in _paths(get_resolver())}
    return [(*place, view) for place, view in sorted(found.items(), key=lambda one: one[0])]


def _paths(resolver: Any, prefix: str = "/", names: str = "") -> Iterator[tuple[str, str, Any]]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if hasattr(entry, "url_patterns"):
            inner = ":".join(part for part in (names, entry.namespace or "") if part)
            yield from _paths(entry, path, inner)
        else:
            yield path, ":".join(part for part in (names, entry.name or "") if part), entry.callback


def _needs(policy: Any) -> str:
    if policy is None:
        return "**undeclared**"
    if policy.public:
        return "nothing"
    return ", ".join(f"`{name}`" for name in sorted(policy.capabilities))


def _says(view: Any) -> str:
    kind = getattr(view, "view_class", None)
    return _first_line((kind or view).__doc__)


def _rooms() -> dict[str, str]:
    """Return a page per room: its card, its doors, and what each file does."""
    from django.apps import apps

    floor = [one.name for one in apps.get_app_configs() if one.name.startswith("keystead.")]
    rooms = [name for name in floor if not name.startswith(("keystead.doors", "keystead.kit"))]
    lines = ["# Rooms", "", "Lower rooms first; each knows only those above it in this list.", ""]
    made = {}
    for name in rooms:
        short = name.removeprefix("keystead.")
        folder = SOURCE.joinpath(*name.split("."))
        card = _moved((folder / "README.md").read_text(encoding="utf-8").strip(), folder)
        title, _gap, rest = card.partition("\n")
        page = short.replace(".", "-")
        made[f"rooms/{page}.md"] = "\n\n".join(
            [title, *_guide(page), rest.strip(), *_doors_of(name), *_files_of(folder)]
        )
        said = rest.strip().split("\n\n")[0].replace("\n", " ")
        lines.append(f"- [{short}]({page}.md): {said}")
    return {"rooms/README.md": "\n".join(lines), **made}


def _moved(text: str, folder: Path) -> str:
    """Return a room card with its links as they lead from docs/rooms."""

    def led(found: re.Match[str]) -> str:
        return f"]({os.path.relpath(folder / found[1], HERE / 'rooms')}{found[2]})"

    return re.sub(r"\]\((?![a-z]+:|#|/)([^)#\s]+)((?:#[^)]*)?)\)", led, text)


def _guide(page: str) -> list[str]:
    told = HERE / "explanation" / "rooms" / f"{page}.md"
    return [f"More: [how it works](../explanation/rooms/{page}.md)."] if told.exists() else []


def _doors_of(name: str) -> list[str]:
    from keystead.doors.api.door import operations
    from keystead.doors.api.mount import api
    from keystead.doors.cli.registry import COMMANDS

    parts = []
    found = [
        f"| `{path}` | {_says(view)} |"
        for path, _name, view in _routed()
        if _at_home(view, name) and not path.startswith("/api/")
    ]
    if found:
        parts.append("\n".join(["## Pages", "", "| path | what |", "|---|---|", *found]))
    calls = [
        f"| `{call}` | {_first_line(operation.description)} |"
        for call, operation in sorted(operations(api), key=lambda pair: pair[0].split(" ", 1)[::-1])
        if _at_home(operation.view_func, name)
    ]
    if calls:
        parts.append("\n".join(["## API", "", "| call | what |", "|---|---|", *calls]))
    loaded = [(verb, entry.load()) for verb, entry in COMMANDS.items()]
    verbs = [
        f"| `keystead {verb}` | {_first_line(command.help)} |"
        for verb, command in loaded
        if _at_home(_run_by(command), name)
    ]
    if verbs:
        parts.append("\n".join(["## Commands", "", "| command | what |", "|---|---|", *verbs]))
    return parts


def _run_by(command: click.Command) -> Any:
    """Return the function of a command, of a bare group that of its first command."""
    while command.callback is None and isinstance(command, click.Group):
        command = command.commands[min(command.commands)]
    return command.callback


def _at_home(view: Any, name: str) -> bool:
    kind = getattr(view, "view_class", None) or inspect.unwrap(view)
    return f"{kind.__module__}.".startswith(f"{name}.")


def _files_of(folder: Path) -> list[str]:
    """Return where to change what: the files of a room with their first line."""
    rows = []
    for path in sorted(folder.rglob("*.py")):
        inside = path.relative_to(folder)
        if {"tests", "migrations"} & set(inside.parts) or inside.name == "apps.py":
            continue
        said = _first_line(ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))))
        if said:
            rows.append(f"| `{inside}` | {said} |")
    return ["\n".join(["## Where to change what", "", "| file | what |", "|---|---|", *rows])]


def main() -> None:
    """Write the pages."""
    sys.path.insert(0, str(SOURCE))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keystead.config.settings_for_tests")
    import django

    django.setup()
    for path, text in pages().items():
        (HERE / path).parent.mkdir(parents=True, exist_ok=True)
        (HERE / path).write_text(text, encoding="utf-8")
        print(f"docs/{path}")


if __name__ == "__main__":
    main()
