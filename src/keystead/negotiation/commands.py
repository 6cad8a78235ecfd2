"""``keystead allocate FILE`` and ``keystead negotiate ...``: JSON in, JSON out, no database.

``keystead letters ...``: the letter templates of the house; these alone need one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from keystead.kernel.errors import Invalid, SourceProblem
from keystead.negotiation.calc.written.buying import buyer_answer
from keystead.negotiation.calc.written.cases import front_answer
from keystead.negotiation.calc.written.fees import fee_answer, fee_file
from keystead.negotiation.calc.written.prices import priced
from keystead.negotiation.calc.written.votes import vote_answer

FILE = click.argument(
    "file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), metavar="FILE"
)


@click.command()
@FILE
@click.option(
    "--excel",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write the schedule of the members as this .xlsx.",
)
def allocate(file: Path, excel: Path | None) -> None:
    """Share a consortium's fee over its members as a JSON FILE says (- reads standard input).

    Answers as JSON: each member's fee to the cent, what held it, who pays more when members opt
    out, where the quorum stands. docs/how-to/share-a-consortium-fee.md has every field. No guard
    looks the workbook over: it is marked as internal and names the hash of its case.
    """
    text = _text(file)
    found = _answer(file, lambda body: fee_answer(fee_file(body)), text)
    if excel is not None:
        from keystead.negotiation.queries.schedule import schedule_workbook  # heavy: only here

        source = hashlib.sha256(text.encode()).hexdigest()
        _write(excel, schedule_workbook(found, source=source))


@click.group()
def negotiate() -> None:
    """Work out packages, votes, the buyer's view and price rules from a JSON file."""


@negotiate.command()
@FILE
def front(file: Path) -> None:
    """Work out packages: the exact front, the zone of agreement, equal offers, what to trade.

    The answer holds our own limits: it is for us alone. docs/how-to/prepare-a-negotiation.md
    """
    _answer(file, front_answer)


@negotiate.command()
@FILE
def vote(file: Path) -> None:
    """Count a vote of a consortium, and name the smallest groups that can stop it."""
    _answer(file, vote_answer)


@negotiate.command()
@FILE
def buyer(file: Path) -> None:
    """Work out the buyer's own calculation: leaving a bundle, or a trading customer's margin."""
    _answer(file, buyer_answer)


@negotiate.command()
@FILE
def price(file: Path) -> None:
    """Work out price rules: a rule, or a list under "rules"."""
    _answer(file, _prices)


@click.group()
def letters() -> None:
    """List, add and withdraw the letter templates of the house."""


@letters.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for a program.")
def list_letters(as_json: bool) -> None:
    """List the templates in use, the latest first."""
    from keystead.kit.access import local_actor  # needs a database: only here
    from keystead.negotiation.queries.letter_templates import letter_templates
    from keystead.negotiation.queries.wire import template_body

    found = letter_templates(local_actor())
    if as_json:
        bodies = [template_body(one) for one in found]
        click.echo(json.dumps({"items": bodies}, ensure_ascii=False, indent=2))
        return
    if not found:
        click.echo("Only the template that ships with Keystead.")
    for one in found:
        click.echo(f"{one.id:>6}  {one.language or 'all':<8}  {one.name}")


@letters.command("add")
@FILE
@click.option("--name", required=True, help="What it is called in the list.")
@click.option("--language", default="", help="en, zh-hans or fr; without it for all of them.")
def add_letters(file: Path, name: str, language: str) -> None:
    """Keep a Word FILE as a template; what is wrong in it is named with its place."""
    from keystead.kit.access import local_actor  # needs a database: only here
    from keystead.negotiation.services.letter_templates import add_letter_template

    try:
        with click.open_file(str(file), "rb") as held:
            content = held.read()
    except OSError as error:
        raise SourceProblem(f"{file} cannot be read: {error}", file=str(file)) from error
    made = add_letter_template(actor=local_actor(), content=content, name=name, language=language)
    click.echo(f"Kept as template {made}.")


@letters.command("withdraw")
@click.argument("template_id", type=int, metavar="ID")
def withdraw_letters(template_id: int) -> None:
    """Take the template ID out of use; letters written with it stay as they are."""
    from keystead.kit.access import local_actor  # needs a database: only here
    from keystead.negotiation.services.letter_templates import withdraw_letter_template

    withdraw_letter_template(actor=local_actor(), template_id=template_id)
    click.echo(f"Template {template_id} is out of use.")


def _prices(body: Any) -> dict[str, Any]:
    if isinstance(body, dict) and isinstance(body.get("rules"), list):
        rules = enumerate(body["rules"])
        return {"rules": [priced(rule, f"rules.{place}") for place, rule in rules]}
    return priced(body)


def _answer(
    file: Path, work: Callable[[Any], dict[str, Any]], text: str | None = None
) -> dict[str, Any]:
    """Print what comes out as JSON, and return it; ``text``: what was read of the file."""
    body = _parsed(file, _text(file) if text is None else text)
    try:
        found = work(body)
    except Invalid as error:
        error.data.setdefault("file", str(file))
        raise
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    return found


def _write(path: Path, content: bytes) -> None:
    """Write a file whole: what stood there stays until the new one does."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    except OSError as error:
        raise SourceProblem(f"{path} cannot be written: {error}", file=str(path)) from error
    finally:
        unfinished.unlink(missing_ok=True)


def _text(file: Path) -> str:
    try:
        with click.open_file(str(file), encoding="utf-8-sig") as held:
            text: str = held.read()
            return text
    except (OSError, UnicodeDecodeError) as error:
        raise SourceProblem(f"{file} cannot be read: {error}", file=str(file)) from error


def _parsed(file: Path, text: str) -> Any:
    try:
        return json.loads(text, parse_float=Decimal, object_pairs_hook=_fields)
    except (json.JSONDecodeError, RecursionError) as error:
        row = error.lineno if isinstance(error, json.JSONDecodeError) else None
        what = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply"
        raise SourceProblem(f"{file} is not JSON: {what}.", file=str(file), row=row) from error


def _fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the fields of an object; the same name twice is refused: one would be lost."""
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Invalid(f"{twice} stands twice in the same place of the file.", code="named_twice")
    return found
