from django.db import migrations

from keystead.kit.frozen import freeze, thaw

TABLES = ("campaigns_expenseposting",)


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial")]
    operations = [migrations.RunPython(freeze(*TABLES), thaw(*TABLES))]
