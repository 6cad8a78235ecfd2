"""Database triggers that refuse to change or delete the trail, for SQLite and PostgreSQL.

Two changes are let through, while the place and the hashes of a row stay: erasing its content
(old, new, why and salt all emptied), and putting the pseudonym of its actor in the place of the
name. Both are for people whose data is erased.
"""

from __future__ import annotations

_SAME = " AND ".join(
    f"NEW.{column} IS NOT DISTINCT FROM OLD.{column}"
    for column in ("id", "at", "actor_id", "action", "subject_type", "subject_id", "account_id",
                   "source", "content_digest", "prev_hash", "hash")
)  # fmt: skip
_EMPTY = "NEW.salt = '' AND NEW.why = '' AND CAST(NEW.old AS text) = '{}' AND CAST(NEW.new AS text) = '{}'"  # noqa: E501
_KEPT = " AND ".join(
    f"{new} IS NOT DISTINCT FROM {new.replace('NEW.', 'OLD.')}"
    for new in ("NEW.salt", "NEW.why", "CAST(NEW.old AS text)", "CAST(NEW.new AS text)")
)
_NAMED = "NEW.actor_name IS NOT DISTINCT FROM OLD.actor_name"
# A row without an actor has no pseudonym: null compared with anything must not open the door.
_PSEUDONYM = "NEW.actor_id IS NOT NULL AND NEW.actor_name = 'Former user ' || NEW.actor_id"
_LET = f"{_SAME} AND (({_EMPTY} AND {_NAMED}) OR ({_KEPT} AND {_PSEUDONYM}))"
_MESSAGE = "the audit trail is append-only"


def pseudonym(user_id: int) -> str:
    """Return what a person is called once their data is erased.

    >>> pseudonym(12)
    'Former user 12'
    """
    return f"Former user {user_id}"


SQLITE_ON = [
    "CREATE TRIGGER IF NOT EXISTS trail_no_update BEFORE UPDATE ON kit_auditentry "
    f"WHEN NOT ({_LET.replace('IS NOT DISTINCT FROM', 'IS')}) "
    f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END",
    "CREATE TRIGGER IF NOT EXISTS trail_no_delete BEFORE DELETE ON kit_auditentry "
    f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END",
]
SQLITE_OFF = ["DROP TRIGGER IF EXISTS trail_no_update", "DROP TRIGGER IF EXISTS trail_no_delete"]

POSTGRES_ON = [
    f"""CREATE OR REPLACE FUNCTION trail_keep() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'UPDATE' AND {_LET} THEN RETURN NEW; END IF;
      RAISE EXCEPTION '{_MESSAGE}';
    END $$""",
    "DROP TRIGGER IF EXISTS trail_no_change ON kit_auditentry",
    "CREATE TRIGGER trail_no_change BEFORE UPDATE OR DELETE ON kit_auditentry "
    "FOR EACH ROW EXECUTE FUNCTION trail_keep()",
    "DROP TRIGGER IF EXISTS trail_no_truncate ON kit_auditentry",
    "CREATE TRIGGER trail_no_truncate BEFORE TRUNCATE ON kit_auditentry "
    "FOR EACH STATEMENT EXECUTE FUNCTION trail_keep()",
]
POSTGRES_OFF = [
    "DROP TRIGGER IF EXISTS trail_no_change ON kit_auditentry",
    "DROP TRIGGER IF EXISTS trail_no_truncate ON kit_auditentry",
]


def statements(vendor: str, *, on: bool) -> list[str]:
    """Return the statements that switch the triggers on or off for a database vendor."""
    if vendor == "sqlite":
        return SQLITE_ON if on else SQLITE_OFF
    if vendor == "postgresql":
        return POSTGRES_ON if on else POSTGRES_OFF
    raise ValueError(f"no trail triggers for {vendor}")
