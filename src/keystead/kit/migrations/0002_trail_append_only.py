from django.db import migrations

from keystead.kit.audit.triggers import statements


def switch(on):
    def run(apps, schema_editor):
        for statement in statements(schema_editor.connection.vendor, on=on):
            schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    dependencies = [("kit", "0001_initial")]
    operations = [migrations.RunPython(switch(True), switch(False))]
