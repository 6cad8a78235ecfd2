"""Anchors outside the database find what a chain alone cannot: cut, rolled back, written anew."""

import json

import pytest
from django.db import connection, transaction

from keystead.kit import audit
from keystead.kit.access import SYSTEM
from keystead.kit.audit.hashing import content_digest, moment_of, row_hash
from keystead.kit.audit.triggers import statements
from keystead.kit.models import AuditEntry, TrailHead

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path, settings):
    settings.KEYSTEAD_HOME = tmp_path
    settings.KEYSTEAD_ANCHOR_DIR = ""
    return tmp_path


def write(first, last):
    for number in range(first, last + 1):
        with transaction.atomic():
            audit.record(
                actor=SYSTEM, action="account.edit", subject=("account", number), new={"n": number}
            )


@pytest.fixture
def trail():
    """Ten rows, anchors after the fourth and the eighth."""
    write(1, 4)
    audit.anchor()
    write(5, 8)
    audit.anchor()
    write(9, 10)


def attack(*sql):
    """Run statements as a database administrator would: the triggers go first."""
    with connection.cursor() as cursor:
        for statement in [*statements(connection.vendor, on=False), *sql]:
            cursor.execute(statement)


def lift():
    attack()


def rewritten(start):
    """Hash the rows from ``start`` anew, so that the chain itself verifies again."""
    link = AuditEntry.objects.filter(pk__lt=start).order_by("-pk").values_list("hash", flat=True)
    last = link.first() or ""
    for row in AuditEntry.objects.filter(pk__gte=start).order_by("pk"):
        row.content_digest = content_digest(row.salt, row.old, row.new, row.why)
        row.prev_hash = last
        row.hash = last = row_hash(
            seq=row.pk, moment=moment_of(row.at), actor_id=row.actor_id, action=row.action,
            subject=(row.subject_type, row.subject_id), account_id=row.account_id,
            source=row.source, digest=row.content_digest, prev_hash=row.prev_hash,
        )  # fmt: skip
        row.save()
    TrailHead.objects.update(last_seq=AuditEntry.objects.count(), last_hash=last)


def bad_row():
    found = audit.prove().broken
    return None if found is None else found.seq


def test_an_untouched_trail_holds_its_anchors(trail):
    verdict = audit.prove()
    assert (verdict.rows, verdict.broken, verdict.anchors) == (10, None, 2)
    assert verdict.newest.seq == 8


def test_no_anchor_is_no_break(home):
    write(1, 2)
    assert audit.prove().ok
    assert not (home / "anchors").exists()


COLUMNS = ("at, actor_id, actor_name, action, subject_type, subject_id, account_id, old, new, why,"
           " source, salt, content_digest, prev_hash, hash")  # fmt: skip
INSERTED = (
    f"INSERT INTO kit_auditentry (id, {COLUMNS}) SELECT %s, {COLUMNS} FROM kit_auditentry "  # noqa: S608
    "WHERE id = %s"
)


@pytest.mark.parametrize(
    ("sql", "row"),
    [
        (["UPDATE kit_auditentry SET action = 'account.view' WHERE id = 6"], 6),
        (["UPDATE kit_auditentry SET new = '{\"n\": 7}' WHERE id = 6"], 6),
        (["DELETE FROM kit_auditentry WHERE id = 3"], 3),
        (["DELETE FROM kit_auditentry WHERE id > 6"], 7),
        (  # a row put in at the end, and one in the middle with the others moved up
            [INSERTED % (11, 10)],
            11,
        ),
        (
            [
                "UPDATE kit_auditentry SET id = -id - 1 WHERE id >= 5",
                "UPDATE kit_auditentry SET id = -id WHERE id < 0",
                INSERTED % (5, 2),
                "UPDATE kit_trailhead SET last_seq = 11",
            ],
            5,
        ),
        (  # two rows change places
            [
                "UPDATE kit_auditentry SET id = 99 WHERE id = 2",
                "UPDATE kit_auditentry SET id = 2 WHERE id = 7",
                "UPDATE kit_auditentry SET id = 7 WHERE id = 99",
            ],
            2,
        ),
    ],
    ids=["edit", "edit content", "delete", "cut tail", "append", "insert", "swap"],
)
def test_direct_sql_is_found_at_the_first_bad_row(trail, sql, row):
    attack(*sql)
    assert bad_row() == row


def test_a_tail_cut_with_its_head_is_found_by_the_anchor(trail):
    lift()
    AuditEntry.objects.filter(pk__gt=6).delete()
    last = AuditEntry.objects.get(pk=6)
    TrailHead.objects.update(last_seq=6, last_hash=last.hash)
    assert audit.verify() == (6, None)  # the chain alone says nothing
    broken = audit.prove().broken
    assert broken.seq == 7
    assert "rows 7 to 8 are gone" in broken.reason


def test_a_chain_written_anew_is_found_between_two_anchors(trail):
    attack("UPDATE kit_auditentry SET new = '{\"n\": 0}' WHERE id = 5")
    rewritten(5)
    assert audit.verify() == (10, None)
    broken = audit.prove().broken
    assert broken.seq == 5
    assert "rows 5 to 8" in broken.reason


def test_a_roll_back_that_went_on_is_found(trail):
    """An older state of the database, then new rows beyond the old end."""
    lift()
    AuditEntry.objects.filter(pk__gt=4).delete()
    TrailHead.objects.update(last_seq=4, last_hash=AuditEntry.objects.get(pk=4).hash)
    write(5, 12)
    assert audit.verify() == (12, None)
    assert bad_row() == 5


def test_a_declared_restart_is_believed_and_told(trail):
    lift()
    AuditEntry.objects.filter(pk__gt=6).delete()
    TrailHead.objects.update(last_seq=6, last_hash=AuditEntry.objects.get(pk=6).hash)
    audit.anchor("restored Monday's backup", restart=True)
    write(7, 9)
    audit.anchor()
    verdict = audit.prove()
    assert verdict.ok
    assert [one.why for one in verdict.restarts] == ["restored Monday's backup"]


def test_the_folder_elsewhere_is_asked_too(trail, home, settings, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    settings.KEYSTEAD_ANCHOR_DIR = str(elsewhere)
    audit.anchor()
    (home / "anchors" / "trail.jsonl").unlink()  # the attacker cleans up beside the data
    lift()
    AuditEntry.objects.filter(pk=10).delete()
    TrailHead.objects.update(last_seq=9, last_hash=AuditEntry.objects.get(pk=9).hash)
    assert bad_row() == 10


def test_a_torn_line_spoils_no_other(trail, home):
    path = home / "anchors" / "trail.jsonl"
    with path.open("ab") as file:
        file.write(b'{"seq": 9, "ha')
    audit.anchor()
    verdict = audit.prove()
    assert (verdict.ok, verdict.anchors, verdict.unreadable) == (True, 3, 1)
    assert json.loads(path.read_text().splitlines()[-1])["seq"] == 10


def test_an_anchor_is_mailed_where_an_address_is_named(trail, settings, mailoutbox):
    settings.KEYSTEAD_MAIL, settings.KEYSTEAD_ANCHOR_MAIL = True, "auditor@example.org"
    made = audit.anchor()
    assert mailoutbox[0].to == ["auditor@example.org"]
    assert made.hash in mailoutbox[0].body


def test_a_name_gives_way_to_its_pseudonym_only(make_actor):
    who = make_actor("lin", "kam")
    with transaction.atomic():
        audit.record(actor=who, action="x", subject=("y", 1), new={"a": 1})
    rows = AuditEntry.objects.filter(actor_id=who.user_id)
    rows.update(actor_name=audit.pseudonym(who.user_id))
    assert audit.prove().ok
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        rows.update(actor_name="Somebody else")
