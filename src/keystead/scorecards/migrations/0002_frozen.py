from django.db import migrations

from keystead.kit.frozen import freeze, thaw

TABLES = ("scorecards_snapshot", "scorecards_snapshotline")
LINE, HEAD = TABLES[1], TABLES[0]
WHEN = (
    f"(SELECT count(*) FROM {LINE} WHERE snapshot_id = NEW.snapshot_id) >= "  # nosec B608
    f"(SELECT line_count FROM {HEAD} WHERE id = NEW.snapshot_id)"
)
SQLITE = (
    f"CREATE TRIGGER complete_{LINE} BEFORE INSERT ON {LINE} WHEN {WHEN} "
    "BEGIN SELECT RAISE(ABORT, 'the snapshot is complete'); END"
)
POSTGRES = [
    f"CREATE FUNCTION {LINE}_complete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"IF {WHEN} THEN RAISE EXCEPTION 'the snapshot is complete' USING ERRCODE = '23001'; END IF; "
    "RETURN NEW; END $$",
    f"CREATE TRIGGER complete_{LINE} BEFORE INSERT ON {LINE} "
    f"FOR EACH ROW EXECUTE FUNCTION {LINE}_complete()",
]


def close(apps, schema_editor):
    """A line too many is refused, so nothing can be added to a snapshot later."""
    texts = [SQLITE] if schema_editor.connection.vendor == "sqlite" else POSTGRES
    for text in texts:
        schema_editor.execute(text)


def open_again(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(f"DROP TRIGGER complete_{LINE}")
    else:
        schema_editor.execute(f"DROP FUNCTION {LINE}_complete() CASCADE")


class Migration(migrations.Migration):
    dependencies = [("scorecards", "0001_cards")]
    operations = [
        migrations.RunPython(freeze(*TABLES), thaw(*TABLES)),
        migrations.RunPython(close, open_again),
    ]
