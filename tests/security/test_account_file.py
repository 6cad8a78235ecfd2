"""The account in one file: nothing of another account is in it, and every figure is the same."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from django.db import transaction
from docx import Document

from keystead.accounts import services as accounts
from keystead.doors.cli.onefile import opening, packing
from keystead.doors.cli.onefile.rows import models_by_table
from keystead.doors.cli.onefile.tables import LEDGER, OF_ACCOUNT, OF_ROW, PEOPLE, STAYS, WHOLE
from keystead.kernel.errors import NotAllowed, NotFound, SourceProblem
from keystead.kit.access import SYSTEM
from keystead.kit.models import ApiToken, User
from keystead.ledger.services import desk
from keystead.ledger.tests.desk_factories import bring
from keystead.metrics.queries import evaluate, open_proof
from keystead.reviews.queries.handover import pack_of
from keystead.reviews.queries.handover_words import paper_of
from tests.security.house import FOREIGN, MARKS, OWN, SHARED, House, build

pytestmark = pytest.mark.django_db
CHILD = """
import json, sys
import django
django.setup()
from django.test import Client
from keystead.kit.access import actor_for
from keystead.kit.models import User
from keystead.ledger.queries import source_cells
from keystead.metrics.queries import open_proof
account, proof, reader = int(sys.argv[1]), sys.argv[2], sys.argv[3]
found = open_proof(actor=actor_for(User.objects.get(username=reader)), proof_id=proof)
refs = [(row.batch_id, row.sheet, row.row) for row in found.sections[0].rows]
cells = source_cells(actor_for(User.objects.get(username=reader)), refs)
client = Client()
pages = {one: client.get(one).status_code for one in sys.argv[4:]}
wrote = client.post(f"/accounts/{account}/edit/", {"name": "x"})
told = b"nothing in it can be changed" in wrote.content
print(json.dumps({
    "value": str(found.figure.value), "total": str(found.sections[0].total),
    "rows": [[row.row, str(row.amount)] for row in found.sections[0].rows],
    "cells": sorted([row.cells[0].value, row.cells[5].value] for row in cells),
    "pages": pages, "post": wrote.status_code, "told": told,
}))
"""


@pytest.fixture(scope="module")
def packed(
    django_db_setup: None, django_db_blocker: object, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[House, Path]]:
    """Build the house once, pack its own account, and take everything back at the end."""
    unblocked = django_db_blocker.unblock()  # type: ignore[attr-defined]
    with unblocked, contextlib.suppress(_Back), transaction.atomic():
        house = build()
        target = tmp_path_factory.mktemp("file") / "own.keystead"
        kam = house.people["kam"]
        User.objects.filter(pk=kam.user_id).update(
            email="kam@secret.example", password="pbkdf2$hidden-hash"
        )
        ApiToken.objects.create(user_id=kam.user_id, label="t", token_hash="f" * 64, hint="h")
        accounts.set_profile(  # texts of ours that speak of somebody else
            actor=kam,
            account_id=house.account["account_id"][OWN],
            key="risks",
            value="They told of QFOREIGNZ Pharmacy (QFOREIGNZ-CODE) and of QSHAREDZ Pharmacy.",
        )
        batch = bring(
            "Invoice No,Customer ID,SKU,Invoice date,Qty,Value,Currency,Remark\n"
            "QOWNZ-R1,QOWNZ-CODE,P-1,2026-05-05,10,25.50,CNY,as QFOREIGNZ Pharmacy\n"
            "QFOREIGNZ-R2,QFOREIGNZ-CODE,P-1,2026-05-06,7,9.75,CNY,theirs\n"
            "QOWNZ-R3,QOWNZ-CODE,P-1,2026-05-07,1,0.01,CNY,\n",
            name="QFOREIGNZ Pharmacy and all.csv", source="mixed",
        )  # fmt: skip
        desk.post_batch(actor=SYSTEM, batch_id=batch.id)
        account = packing.checked(kam, house.account["code"][OWN])
        done = packing.pack(
            actor=kam, account=account, target=target, paper=paper_of(pack_of(kam, account.id))
        )
        assert done.unread == ()
        yield house, target
        raise _Back


class _Back(Exception):
    """Ends the transaction of the house."""


def test_every_table_is_decided() -> None:
    named = {*WHOLE, *OF_ACCOUNT, *OF_ROW, *LEDGER, *STAYS, PEOPLE}
    assert set(models_by_table()) - named == set(), "say in onefile/tables.py what goes along"
    assert named <= set(models_by_table())


def test_nothing_of_another_account_is_inside(packed: tuple[House, Path], tmp_path: Path) -> None:
    house, path = packed
    opening.unpack(path, tmp_path)
    lines = list(_texts(tmp_path))
    texts = "\n".join(lines)
    assert f"{MARKS[OWN]} Pharmacy" in texts
    assert f"{MARKS[OWN]}-R1" in texts
    for relation in (FOREIGN, SHARED):
        assert [line for line in lines if MARKS[relation] in line] == []
        assert MARKS[relation].encode() not in b"".join(_bytes(tmp_path))
    others = {house.account["account_id"][one] for one in (FOREIGN, SHARED)}
    with contextlib.closing(sqlite3.connect(tmp_path / "home/keystead.sqlite3")) as database:
        for table, column in OF_ACCOUNT.items():
            found = database.execute(f'SELECT "{column}" FROM "{table}"').fetchall()  # noqa: S608
            assert not {one for (one,) in found} & others, table
    ids = {
        one
        for part in (tmp_path / "home/segments").rglob("*.parquet")
        for one in pq.read_table(part).column("account_id").to_pylist()
    }
    assert ids
    assert not ids & others


def test_no_secret_is_inside(packed: tuple[House, Path], tmp_path: Path) -> None:
    _house, path = packed
    opening.unpack(path, tmp_path)
    inside = b"".join(_bytes(tmp_path))
    for secret in (b"kam@secret.example", b"hidden-hash", b"f" * 64):
        assert secret not in inside
    with contextlib.closing(sqlite3.connect(tmp_path / "home/keystead.sqlite3")) as database:
        for table in STAYS:
            assert database.execute(f'SELECT count(*) FROM "{table}"').fetchone() == (0,)  # noqa: S608
    assert not (tmp_path / "home/secret_key").exists()


def test_figures_and_proofs_are_the_same_and_nothing_can_be_changed(
    packed: tuple[House, Path], tmp_path: Path
) -> None:
    house, path = packed
    manifest = opening.unpack(path, tmp_path)
    own = {name: values[OWN] for name, values in house.account.items()}
    kam = house.people["kam"]
    asked = {"metrics": ["sell_in"], "period": "2026-05", "filters": {"account": own["account_id"]}}
    proof = evaluate(actor=kam, **asked).figure("sell_in").proof_id
    here = open_proof(actor=kam, proof_id=proof)
    pages = [
        f"/accounts/{own['account_id']}/", "/", "/accounts/", f"/accounts/{own['account_id']}/people/",
        f"/proof/{proof}/", f"/proof/{proof}/cells/", f"/proof/{own['proof_id']}/", "/agreements/",
    ]  # fmt: skip
    env = {name: value for name, value in os.environ.items() if not name.startswith("KEYSTEAD_")}
    env |= {
        "KEYSTEAD_HOME": str(tmp_path / "home"), "KEYSTEAD_READ_ONLY": manifest["reader"],
        "DJANGO_SETTINGS_MODULE": "keystead.config.settings",
    }  # fmt: skip
    call = [sys.executable, "-c", CHILD, str(own["account_id"]), proof]
    done = subprocess.run(
        [*call, manifest["reader"], *pages], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    there = json.loads(done.stdout.splitlines()[-1])
    assert there["value"] == str(here.figure.value) == "25.5100"
    assert there["total"] == str(here.sections[0].total)
    assert there["rows"] == [[row.row, str(row.amount)] for row in here.sections[0].rows]
    assert there["cells"] == [["QOWNZ-R1", "25.50"], ["QOWNZ-R3", "0.01"]]
    assert set(there["pages"].values()) == {200}, there["pages"]
    assert (there["post"], there["told"]) == (403, True)


def test_who_may_not_hand_it_over_gets_no_file(packed: tuple[House, Path]) -> None:
    house, _path = packed
    code = house.account["code"]
    with pytest.raises(NotFound):
        packing.checked(house.people["kam"], code[FOREIGN])
    for role in ("viewer", "finance", "sales_ops", "compliance"):
        with pytest.raises(NotAllowed):
            packing.checked(house.people[role], code[OWN])
    with pytest.raises(NotAllowed):  # shared with them: they do not let others in
        packing.checked(house.people["kam"], code[SHARED])


@pytest.mark.parametrize(
    "harm", ["cut", "changed", "added", "outside", "link", "bomb", "table", "view", "trigger",
             "token", "password", "virtual", "longer", "no manifest", "twice"],
)  # fmt: skip
def test_a_hostile_file_is_refused(packed: tuple[House, Path], tmp_path: Path, harm: str) -> None:
    _house, path = packed
    bad, folder = tmp_path / "bad.keystead", tmp_path / "into"
    folder.mkdir()
    _harmed(path, bad, harm)
    with pytest.raises(SourceProblem) as refused:
        opening.unpack(bad, folder)
    assert refused.value.code == "handover_file_refused"
    assert list(folder.iterdir()) == []
    assert not (tmp_path / "evil").exists()


def _texts(folder: Path) -> Iterator[str]:
    """Every text in the file: of each table, each Parquet file, each document."""
    with contextlib.closing(sqlite3.connect(folder / "home/keystead.sqlite3")) as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            for row in database.execute(f'SELECT * FROM "{table}"'):  # noqa: S608
                yield " ".join(str(one) for one in row)
    for part in (folder / "home").rglob("*.parquet"):
        for row in pq.read_table(part).to_pylist():
            yield " ".join(str(one) for one in row.values())
    made = Document(str(folder / "document" / "hand-over.docx"))
    yield from (one.text for one in made.paragraphs)
    yield from (cell.text for table in made.tables for row in table.rows for cell in row.cells)


def _bytes(folder: Path) -> Iterator[bytes]:
    return (path.read_bytes() for path in folder.rglob("*") if path.is_file())


def _harmed(path: Path, bad: Path, harm: str) -> None:
    import hashlib

    if harm == "cut":
        bad.write_bytes(path.read_bytes()[:-200])
        return
    with zipfile.ZipFile(path) as source:
        parts = {entry.filename: source.read(entry) for entry in source.infolist()}
    manifest = json.loads(parts.pop(opening.MANIFEST))
    base = "home/keystead.sqlite3"
    statements = {
        "table": "CREATE TABLE foreign_table AS SELECT id FROM accounts_account",
        "view": "CREATE VIEW kit_letter2 AS SELECT * FROM kit_user",
        "trigger": "CREATE TRIGGER t BEFORE UPDATE ON kit_user BEGIN DELETE FROM kit_user; END",
        "token": "INSERT INTO kit_schedule (kind) VALUES ('x')",
        "password": "UPDATE kit_user SET password = 'md5$open'",
        "virtual": "CREATE VIRTUAL TABLE accounts_account2 USING fts5(x)",
    }
    if harm in statements:
        raw = bad.with_suffix(".sqlite3")
        raw.write_bytes(parts[base])
        with contextlib.closing(sqlite3.connect(raw)) as database:
            database.execute(statements[harm])
            database.commit()
        parts[base] = raw.read_bytes()
    if harm == "outside":
        parts["../evil"] = b"x"
    if harm == "bomb":
        parts["home/segments/sell_in/" + "0" * 32 + ".parquet"] = bytes(200_000_000)
    listed = {
        name: {"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
        for name, body in parts.items()
    }
    if harm == "changed":
        parts["home/handover.json"] = b"{}"
    if harm == "longer":
        listed["home/handover.json"]["bytes"] = 3
    if harm == "added":
        parts["document/more.txt"] = b"x"
    with zipfile.ZipFile(bad, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            if harm == "link" and name.startswith("document/"):
                entry.external_attr = 0o120777 << 16
            archive.writestr(entry, body)
        if harm == "twice":
            with pytest.warns(UserWarning, match="Duplicate name"):
                archive.writestr("home/handover.json", parts["home/handover.json"])
        if harm != "no manifest":
            archive.writestr(opening.MANIFEST, json.dumps({**manifest, "files": listed}))


def test_the_file_is_not_written_over(packed: tuple[House, Path]) -> None:
    house, path = packed
    kam = house.people["kam"]
    account = packing.checked(kam, house.account["code"][OWN])
    before = path.read_bytes()
    with pytest.raises(Exception, match="is there already"):
        packing.pack(
            actor=kam, account=account, target=path, paper=paper_of(pack_of(kam, account.id))
        )
    assert path.read_bytes() == before
