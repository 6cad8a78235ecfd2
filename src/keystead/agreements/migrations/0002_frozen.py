from django.db import migrations

from keystead.kit.frozen import freeze, thaw

TABLES = ("agreements_signedterms",)


class Migration(migrations.Migration):
    dependencies = [("agreements", "0001_initial")]
    operations = [migrations.RunPython(freeze(*TABLES), thaw(*TABLES))]
