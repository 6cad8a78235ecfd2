from django.db import migrations

_CLOSED = (
    'EXISTS (SELECT 1 FROM ledger_part p JOIN governance_periodlock l ON l.ledger = p.dataset '
    'WHERE p.id = NEW.part_id AND l.reopened_at IS NULL '
    'AND l."start" <= p.last_date AND l."end" > p.first_date)'
)
_MESSAGE = "this period is closed"
_SQLITE = [
    "CREATE TRIGGER closed_ledger_slice_insert BEFORE INSERT ON ledger_slice "
    f"WHEN {_CLOSED} BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END",
    "CREATE TRIGGER closed_ledger_slice_update BEFORE UPDATE OF from_commit, until_commit, part_id "
    f"ON ledger_slice WHEN {_CLOSED} BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END",
]
_POSTGRES = [
    f"""CREATE OR REPLACE FUNCTION ledger_closed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF {_CLOSED} THEN RAISE EXCEPTION '{_MESSAGE}'; END IF;
      RETURN NEW;
    END $$""",
    "CREATE TRIGGER closed_ledger_slice BEFORE INSERT OR UPDATE OF from_commit, until_commit, "
    "part_id ON ledger_slice FOR EACH ROW EXECUTE FUNCTION ledger_closed()",
]
_OFF = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS closed_ledger_slice_insert",
        "DROP TRIGGER IF EXISTS closed_ledger_slice_update",
    ],
    "postgresql": ["DROP TRIGGER IF EXISTS closed_ledger_slice ON ledger_slice"],
}
_ON = {"sqlite": _SQLITE, "postgresql": _POSTGRES}


def on(apps, schema_editor):
    for statement in _ON[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def off(apps, schema_editor):
    for statement in _OFF[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_desk"), ("governance", "0003_periods")]
    operations = [migrations.RunPython(on, off)]
