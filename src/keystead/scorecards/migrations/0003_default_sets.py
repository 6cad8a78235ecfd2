import json
from pathlib import Path

from django.db import migrations

SETS = Path(__file__).parent.parent / "data" / "kpi_sets_1.json"


def ship(apps, schema_editor):
    kpi_set = apps.get_model("scorecards", "KpiSet")
    line = apps.get_model("scorecards", "KpiLine")
    for row in json.loads(SETS.read_text(encoding="utf-8")):
        lines = row.pop("lines")
        made, new = kpi_set.objects.get_or_create(code=row["code"], defaults=row)
        for position, values in enumerate(lines if new else []):
            values = {"direction": "higher", **values}
            line.objects.create(kpi_set=made, position=position, **values)


class Migration(migrations.Migration):
    dependencies = [("scorecards", "0002_frozen")]
    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
