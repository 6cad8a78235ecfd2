"""Writes the file of an account: a zip with a manifest that has the SHA-256 of every part.

``home/`` is a whole home folder of Keystead with one account in it, ``document/`` the hand-over
pack to read, ``manifest.json`` says what is in it and who made it.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import tempfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from keystead import __version__
from keystead.accounts.queries import account_by_code, descendants, family_ids
from keystead.accounts.queries import may_write as may
from keystead.accounts.types import Account
from keystead.doors.cli.fresh import DATABASE
from keystead.doors.cli.onefile import database, rows
from keystead.doors.cli.prepare import schema_mark
from keystead.kernel.errors import Conflict, NotAllowed
from keystead.kit.access import Actor
from keystead.kit.office import pdf, word
from keystead.kit.office.paper import Paper
from keystead.ledger import services as ledger

FORMAT, KIND, MANIFEST = 1, "keystead-account", "manifest.json"
NOTE = "handover.json"  # in the home folder: what a page says of the file it comes from
RIGHTS = (("sharing", "w"), ("terms", "r"), ("notes", "r"), ("sales", "x"))


@dataclasses.dataclass(frozen=True)
class Packed:
    """What was written: the file, its parts, rows, how often another's name was taken out."""

    path: Path
    account: Account
    accounts: int
    files: int
    rows: int
    blinded: int
    unread: tuple[int, ...]


def checked(actor: Actor, code: str) -> Account:
    """Return the account if the actor may hand all of it over in a file.

    NotFound for a foreign one; NotAllowed for who may not share it, or not read its terms and
    notes, or not take its figures out.
    """
    account = account_by_code(actor, code)
    for name, right in RIGHTS:
        if not may(actor, account.id, name=name, right=right):
            raise NotAllowed(
                _("The file holds the terms and the private notes of the account."),
                code="handover_file",
                hint=_("Its owner, or their director, can make it."),
            )
    return account


def whole(actor: Actor, account: Account) -> frozenset[int]:
    """Return the ids that go along: the account, all below it, and what was merged into them."""
    below = descendants(account.id, actor=actor)
    return frozenset(pk for one in (account.id, *below) for pk in family_ids(one))


def pack(*, actor: Actor, account: Account, target: Path, paper: Paper) -> Packed:
    """Write the file; it appears under its name only when it is whole."""
    if target.exists():
        raise Conflict(_("%(file)s is there already.") % {"file": target},
                       hint=_("Choose another name."))  # fmt: skip
    target.parent.mkdir(parents=True, exist_ok=True)
    ids = whole(actor, account)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".keystead-") as name:
        folder = Path(name)
        home = folder / "home"
        home.mkdir()
        words = rows.words_of(ids)
        facts = ledger.extract(actor=actor, account_ids=ids, folder=home, rewrite=words.blind)
        chosen = rows.choose(ids, facts.rows, words)
        reader = rows.add_reader(chosen, ids, actor.language)
        count = database.write(home / DATABASE, chosen)
        manifest: dict[str, Any] = {
            "format": FORMAT,
            "kind": KIND,
            "keystead": __version__,
            "schema": schema_mark(),
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "made_by": actor.name,
            "account": {"id": account.id, "code": account.code, "name": account.name},
            "accounts": len(ids),
            "reader": reader,
            "blinded": words.blind.count,
            "unread_batches": list(facts.unread),
        }
        note = {name: manifest[name] for name in ("made_at", "made_by", "account")}
        (home / NOTE).write_text(json.dumps(note, ensure_ascii=False), encoding="utf-8")
        told = words.blind.paper(paper)
        (folder / "document").mkdir()
        (folder / "document" / "hand-over.docx").write_bytes(word.document(told))
        (folder / "document" / "hand-over.pdf").write_bytes(pdf.document(told))
        files = _write(folder, target, manifest)
    return Packed(target, account, len(ids), files, count, words.blind.count, facts.unread)


def _write(folder: Path, target: Path, manifest: dict[str, Any]) -> int:
    parts = sorted(path for path in folder.rglob("*") if path.is_file())
    unfinished = target.with_name(f".{target.name}.unfinished")
    listed: dict[str, dict[str, Any]] = {}
    try:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in parts:
                name = path.relative_to(folder).as_posix()
                with path.open("rb") as file:
                    digest = hashlib.file_digest(file, "sha256").hexdigest()
                listed[name] = {"bytes": path.stat().st_size, "sha256": digest}
                archive.write(path, name)
            body = json.dumps({**manifest, "files": listed}, ensure_ascii=False, indent=1)
            archive.writestr(MANIFEST, body)
        unfinished.chmod(0o600)
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return len(parts)
