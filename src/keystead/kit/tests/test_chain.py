"""The trail finds whatever a person with the database in hands may do to it."""

import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from keystead.kit import audit
from keystead.kit.access import SYSTEM
from keystead.kit.audit.hashing import content_digest, row_hash
from keystead.kit.audit.triggers import statements
from keystead.kit.models import AuditEntry, TrailHead

pytestmark = pytest.mark.django_db


@pytest.fixture
def trail():
    for number in range(1, 6):
        with transaction.atomic():
            audit.record(
                actor=SYSTEM,
                action="account.edit",
                subject=("account", number),
                old={"name": "旧"},
                new={"name": f"新 {number}"},
                why="renamed",
            )
    return AuditEntry.objects


def attack(*sql):
    """Run statements as somebody who first removes the triggers."""
    with connection.cursor() as cursor:
        for statement in [*statements(connection.vendor, on=False), *sql]:
            cursor.execute(statement)


def test_an_untouched_trail_verifies(trail):
    assert audit.verify() == (5, None)


def test_an_empty_trail_verifies():
    assert audit.verify() == (0, None)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE kit_auditentry SET why = 'x' WHERE id = 3",
        "UPDATE kit_auditentry SET actor_name = 'x' WHERE id = 3",
        "DELETE FROM kit_auditentry WHERE id = 3",
    ],
)
def test_the_database_itself_refuses(trail, sql):
    refused = pytest.raises(DatabaseError, match="append-only")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    ("sql", "seq"),
    [
        ("UPDATE kit_auditentry SET why = 'x' WHERE id = 3", 3),
        ("UPDATE kit_auditentry SET action = 'x' WHERE id = 3", 3),
        ("UPDATE kit_auditentry SET salt = '' WHERE id = 2", 2),
        ("UPDATE kit_auditentry SET prev_hash = '' WHERE id = 4", 4),
        ("DELETE FROM kit_auditentry WHERE id = 2", 2),
        ("DELETE FROM kit_auditentry WHERE id = 1", 1),
        ("DELETE FROM kit_auditentry WHERE id >= 4", 4),
        ("UPDATE kit_trailhead SET last_seq = 4", 5),
        ("UPDATE kit_auditentry SET at = '2026-01-05 08:30:00.000000' WHERE id = 3", 3),
        ('UPDATE kit_auditentry SET new = \'{"name": "x"}\' WHERE id = 3', 3),
        ("UPDATE kit_auditentry SET salt = 'not hex' WHERE id = 3", 3),
        ("UPDATE kit_auditentry SET account_id = 9 WHERE id = 3", 3),
    ],
)
def test_each_attack_is_found_at_its_row(trail, sql, seq):
    attack(sql)
    found = audit.verify()[1]
    assert found is not None
    assert found.seq == seq


def test_swapped_rows_are_found(trail):
    attack(
        "UPDATE kit_auditentry SET id = 99 WHERE id = 2",
        "UPDATE kit_auditentry SET id = 2 WHERE id = 3",
        "UPDATE kit_auditentry SET id = 3 WHERE id = 99",
    )
    assert audit.verify()[1].seq == 2


def test_erasing_content_is_let_through_and_the_chain_holds(trail):
    trail.filter(pk=2).update(old={}, new={}, why="", salt="")
    assert audit.verify() == (5, None)
    assert TrailHead.objects.get().last_seq == 5


def test_values_read_back_are_what_was_hashed():
    import datetime
    from decimal import Decimal

    with transaction.atomic():
        audit.record(
            actor=SYSTEM,
            action="x",
            subject=("y", 1),
            new={"d": datetime.date(2026, 1, 1), "m": Decimal("1.10"), 3: [1, (2,)]},
        )
    assert audit.verify() == (1, None)
    assert AuditEntry.objects.get().new == {"d": "2026-01-01", "m": "1.10", "3": [1, [2]]}


@pytest.mark.parametrize(
    ("column", "value"),
    [("at", "'soon'"), ("account_id", "'7, \"x\"'"), ("action", "x'00'"), ("old", "'{} {}'")],
)
def test_values_of_a_kind_that_we_never_write_are_found_too(trail, column, value):
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite keeps any kind of value in any column")
    attack(
        "PRAGMA ignore_check_constraints = ON",
        f"UPDATE kit_auditentry SET {column} = {value} WHERE id = 4",  # noqa: S608
        "PRAGMA ignore_check_constraints = OFF",
    )
    assert audit.verify()[1].seq == 4


def test_hashes_stay_what_they_were_when_the_first_trail_was_written():
    old, new, why = {"name": "旧", "city": 'a "b"'}, {"z": [1, None], "a": "\u2028\n"}, "因为"
    salt = "0123456789abcdef" * 2
    text = json.dumps([old, new, why], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    digest = hmac.new(bytes.fromhex(salt), text.encode(), hashlib.sha256).hexdigest()
    assert content_digest(salt, old, new, why) == digest
    for actor_id, account_id, moment in [
        (None, 5, "08:30:00.000000"),
        (7, None, "08:30:00.120000"),
    ]:
        parts = [9, f"2026-01-05T{moment}", actor_id, "account.edit", "acco\"unt", "旧\t", account_id,
                 "", digest, "ab"]  # fmt: skip
        assert row_hash(
            seq=9, moment=f"2026-01-05T{moment}", actor_id=actor_id, action="account.edit",
            subject=("acco\"unt", "旧\t"), account_id=account_id, source="", digest=digest,
            prev_hash="ab",
        ) == hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()  # fmt: skip


@pytest.mark.parametrize("micro", [0, 100_000, 120_000, 123_000, 123_400, 123_450, 123_456])
def test_a_moment_with_few_digits_is_proved_like_any_other(trail, micro):
    whole = datetime(2026, 1, 5, 8, 30, 0, micro, tzinfo=UTC)
    with transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.utils.timezone.now", lambda: whole)
        audit.record(actor=SYSTEM, action="x", subject=("y", 1))
    assert AuditEntry.objects.get(pk=6).at == whole
    assert audit.verify() == (6, None)
