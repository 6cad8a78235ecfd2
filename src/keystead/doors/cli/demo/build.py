"""Builds the archive that ``keystead demo`` unpacks: ``just demo-world`` (some minutes)."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from keystead.doors.cli.demo.archive import ARCHIVE, pack
from keystead.doors.cli.demo.world.types import SEED
from keystead.doors.cli.demo.world.whole import PASSWORD, USERS, whole_world
from keystead.doors.cli.prepare import ready, schema_mark

LANGUAGES = {"en": "English", "zh-hans": "中文", "fr": "français"}
WHO = {
    "kam": "key account manager",
    "director": "director: sees what both see",
    "sales_ops": "sales operations: imports, all accounts",
    "finance": "finance: reads all, with costs",
    "marketing": "marketing: all accounts, no costs",
    "compliance": "compliance: rules, approvals, the trail",
    "viewer": "reads three accounts",
    "admin": "manages users, sees no business data",
}
CACHED = {"sell_in", "off_take", "flow", "stock"}
PLACES = {"lin": "Shanghai", "claire": "France"}


def build(home: Path, target: Path = ARCHIVE) -> int:
    """Fill ``home`` with the world, pack it, and return the size of the archive."""
    os.environ["KEYSTEAD_HOME"] = str(home)
    os.environ.pop("KEYSTEAD_DATABASE_URL", None)
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - began:7.1f} s  {text}", flush=True)

    ready()
    from django.conf import settings
    from django.db import connection

    settings.KEYSTEAD_PASSWORD_WORDS = frozenset()  # the demo's password is told to everybody
    from keystead.doors.cli.demo.cards import fill_cards
    from keystead.doors.cli.demo.deals import fill_deals, weigh_offers
    from keystead.doors.cli.demo.feeds import fill_feeds
    from keystead.doors.cli.demo.fill import fill_base
    from keystead.doors.cli.demo.forecasts import fill_forecasts
    from keystead.doors.cli.demo.meetings import (
        PREPARED,
        fill_meetings,
        freeze_the_second_quarter,
    )
    from keystead.doors.cli.demo.opportunities import fill_opportunities
    from keystead.doors.cli.demo.plans import fill_plans
    from keystead.doors.cli.demo.reading import fill_reading
    from keystead.doors.cli.demo.renewals import fill_renewals
    from keystead.doors.cli.demo.talks import fill_talks
    from keystead.doors.cli.demo.wellbeing import fill_health
    from keystead.kit.jobs.worker import work

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")  # a folder to be packed: nothing to lose
    world = whole_world()
    say(f"{len(world.files)} files made")
    ops, people = fill_base(world, say)
    left_open = fill_feeds(world, ops, say, until=PREPARED, then=freeze_the_second_quarter)
    fill_cards(people, say)
    followed = fill_deals(people, say)
    fill_renewals(say)
    fill_opportunities(say)
    fill_forecasts(say)
    weigh_offers(followed)  # on the agreed forecast
    fill_talks(say)
    fill_reading(say)
    fill_health(say)
    fill_plans(say)
    fill_meetings(say)
    work(once=True)  # accruals follow the agreed forecast
    say("worker has nothing left to do")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
    connection.close()
    forget_staging(home, left_open)
    forget_small_caches(home)
    size = pack(home, note(), target)
    say(f"{target}: {size / 1e6:.1f} MB")
    return size


def forget_staging(home: Path, left_open: set[int]) -> None:
    """Remove the staged tables of posted files: they are read again from the raw file."""
    for folder in (home / "staging").iterdir():
        if folder.name not in {str(batch_id) for batch_id in left_open}:
            shutil.rmtree(folder) if folder.is_dir() else folder.unlink()


def forget_small_caches(home: Path) -> None:
    """Remove the caches of the small datasets: reading their segments is as quick."""
    for path in (home / "cache").glob("*.duckdb"):
        if path.name.partition("-")[0] not in CACHED:
            path.unlink()


def note() -> dict[str, Any]:
    """Return what the archive says of itself."""
    users = []
    for user in USERS:
        where = f" in {PLACES[user.username]}" if user.username in PLACES else ""
        line = f"{user.name}, {WHO[user.roles[0]]}{where} ({LANGUAGES[user.language]})"
        users.append({"username": user.username, "name": user.name, "line": line})
    return {
        "seed": SEED,
        "schema": schema_mark(),
        "built": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "password": PASSWORD,
        "users": users,
    }


def main() -> None:
    """Build in a folder that is thrown away, or in the one that is named."""
    named = sys.argv[1:]
    folder = Path(named[0]).resolve() if named else Path(tempfile.mkdtemp(prefix="keystead-demo-"))
    try:
        build(folder)
    finally:
        if not named:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
