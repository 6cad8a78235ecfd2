"""``keystead review`` and ``keystead deck``: freeze, build, check, list, show; many decks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from keystead.accounts.queries import account_by_code, people_for_team
from keystead.kernel.errors import Invalid, NotFound
from keystead.kernel.periods import Period
from keystead.kit.access import Actor, local_actor
from keystead.reviews import queries
from keystead.reviews.queries import wire
from keystead.reviews.queries.checking import check_review
from keystead.reviews.queries.frozen import story_of
from keystead.reviews.services.batches import Wanted, frozen_review, make_decks
from keystead.reviews.services.writing import deck_file
from keystead.reviews.types.cycle import Review, ReviewKind

AS_JSON = click.option("--json", "as_json", is_flag=True, help="As JSON, for a program.")
KIND = click.option(
    "--kind", type=click.Choice([one.value for one in ReviewKind]), default="quarter",
    show_default=True,
)  # fmt: skip
PERIOD = click.option("--period", required=True, help="Such as 2026-Q3.")
LANGUAGE = click.option("--lang", default="en", show_default=True, help="en, zh-hans or fr.")
FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def review() -> None:
    """Freeze, build, check, list and show business reviews."""


@review.command("list")
@click.option("--account", default="", help="Of one account, by its code.")
@click.option("--state", default="", help="In one state, such as frozen.")
@AS_JSON
def list_reviews(account: str, state: str, as_json: bool) -> None:
    """List reviews, the latest period first."""
    actor = local_actor()
    account_id = account_by_code(actor, account).id if account else None
    found = queries.reviews_for(actor, account_id=account_id, state=state)
    if as_json:
        _say({"items": [wire.review_body(one) for one in found]})
        return
    if not found:
        click.echo("No review here.")
    for one in found:
        click.echo(f"{one.period!s:<18}  {one.kind.value:<10}  {one.state.value:<12}"
                   f"  {one.account_code:<10}  {one.account_name}")  # fmt: skip


@review.command()
@click.argument("account")
@PERIOD
@KIND
@AS_JSON
def show(account: str, period: str, kind: str, as_json: bool) -> None:
    """Show the review of an ACCOUNT (its code): state, figures, actions."""
    actor = local_actor()
    found = _found(actor, account, period, kind)
    story = story_of(actor, found)
    if as_json:
        _say({**wire.review_body(found), "story": wire.story_body(story),
              "items": [wire.item_body(one) for one in queries.items_of(found)]})  # fmt: skip
        return
    frozen = story.version
    said = f"version {frozen.number} at commit {frozen.commit}" if frozen else "not frozen"
    click.echo(f"{found.account_name}, {found.period}: {found.state.value}, {said}")
    for name, fact in story.material.facts.items():
        click.echo(f"  {name:<26} {fact.value} {fact.measure or fact.unit}")
    for one in queries.items_of(found):
        click.echo(f"  {one.kind.value}: {one.text} ({one.owner_name or '-'}, {one.due or '-'})")


@review.command()
@click.argument("account")
@PERIOD
@KIND
def freeze(account: str, period: str, kind: str) -> None:
    """Freeze the review of an ACCOUNT (its code); it is begun where there is none."""
    actor = local_actor()
    wanted = Wanted(period=Period.parse(period), kind=ReviewKind(kind))
    found = frozen_review(actor, account_by_code(actor, account).id, wanted)
    frozen = queries.versions_of(found)[0]
    click.echo(f"{found.account_name}, {found.period}: version {frozen.number} at commit"
               f" {frozen.commit}")  # fmt: skip


@review.command()
@click.argument("account")
@PERIOD
@KIND
@LANGUAGE
@click.option("--template", type=FILE, help="A company's PowerPoint file.")
@click.option("--inside", is_flag=True, help="Ours, marked as internal: with presenter notes.")
@click.option("--version", "number", type=int, help="An earlier frozen version.")
@click.option("--out", type=FILE, required=True, help="Where to write the deck.")
def build(
    account: str, period: str, kind: str, lang: str, template: Path | None, inside: bool,
    number: int | None, out: Path,
) -> None:  # fmt: skip
    """Write the deck of a frozen review of an ACCOUNT (its code)."""
    actor = local_actor()
    found = _found(actor, account, period, kind)
    out.write_bytes(deck_file(
        actor, found, lang, inside=inside, number=number,
        template=template.read_bytes() if template else None,
    ))  # fmt: skip
    click.echo(f"{out}: {out.stat().st_size:,} bytes")


@review.command()
@click.argument("account")
@PERIOD
@KIND
@click.option("--version", "number", type=int, help="An earlier frozen version.")
@AS_JSON
def check(account: str, period: str, kind: str, number: int | None, as_json: bool) -> None:
    """Work every frozen figure of a review of an ACCOUNT out again; exit code 3 if one differs."""
    actor = local_actor()
    found = check_review(actor, _found(actor, account, period, kind), number=number)
    if as_json:
        _say(found)
    else:
        click.echo(f"{found['figures']} figures: {found['equal']} as they were frozen,"
                   f" {len(found['different'])} different, {len(found['unknown'])} unknown,"
                   f" {found['moved']} another value by now")  # fmt: skip
        for one in [*found["different"], *found["unknown"]]:
            click.echo(f"  {one}")
    if found["different"] or found["unknown"]:
        raise SystemExit(3)


@click.command()
@click.argument("account", required=False)
@PERIOD
@KIND
@LANGUAGE
@click.option("--template", type=FILE, help="A company's PowerPoint file.")
@click.option("--inside", is_flag=True, help="Ours, marked as internal: with presenter notes.")
@click.option("--all", "everything", is_flag=True, help="Of all accounts one may write.")
@click.option("--manager", default="", help="With --all: only accounts this user owns.")
@click.option("--out", type=click.Path(path_type=Path), required=True,
              help="The file; with --all the folder.")  # fmt: skip
def deck(  # noqa: PLR0913, PLR0917 - click passes each option by its name
    account: str | None, period: str, kind: str, lang: str, template: Path | None,
    inside: bool, everything: bool, manager: str, out: Path,
) -> None:  # fmt: skip
    """Write the review deck of an ACCOUNT (its code) as PowerPoint, or of many accounts."""
    actor = local_actor()
    content = template.read_bytes() if template else None
    wanted = Wanted(
        period=Period.parse(period), kind=ReviewKind(kind), language=lang, inside=inside,
        manager_id=_manager(actor, manager) if manager else None,
    )  # fmt: skip
    if everything:
        _all(actor, wanted, content, out)
        return
    if not account:
        raise Invalid("Name an account by its code, or say --all.", code="account")
    found = frozen_review(actor, account_by_code(actor, account).id, wanted)
    out.write_bytes(deck_file(actor, found, lang, inside=inside, template=content))
    click.echo(f"{out}: {out.stat().st_size:,} bytes")


def _all(actor: Actor, wanted: Wanted, template: bytes | None, out: Path) -> None:
    def told(done: int, total: int, name: str) -> None:
        click.echo(f"{done + 1}/{total}  {name}", err=True)

    made = make_decks(actor=actor, wanted=wanted, template=template, told=told)
    out.mkdir(parents=True, exist_ok=True)
    for name, content in made.files.items():
        (out / name).write_bytes(content)
    click.echo(f"{len(made.files)} decks in {out}")
    for problem in made.problems:
        click.echo(f"note: {problem}")


def _found(actor: Actor, account: str, period: str, kind: str) -> Review:
    found = queries.review_of(
        actor, account_by_code(actor, account).id, ReviewKind(kind), Period.parse(period)
    )
    if found is None:
        raise NotFound(
            "There is no such review, or it is not one of yours.", code="review_not_found",
            hint="`keystead review freeze ACCOUNT --period 2026-Q3` begins and freezes one.",
        )  # fmt: skip
    return found


def _manager(actor: Actor, name: str) -> int:
    wanted = name.strip().casefold()
    for pk, shown in people_for_team(actor):
        if wanted in str(shown).casefold().split() or wanted == str(shown).casefold():
            return pk
    raise NotFound(f"Nobody here is called {name[:40]}.", code="manager_not_found")


def _say(body: dict[str, Any]) -> None:
    click.echo(json.dumps(body, indent=2, ensure_ascii=False))
