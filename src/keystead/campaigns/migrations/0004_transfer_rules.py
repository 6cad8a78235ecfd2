from datetime import date

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from keystead.kit.frozen import freeze, thaw

TABLE = "campaigns_transferrulerow"
SINCE = date(2000, 1, 1)
# The countries of the EFPIA member associations, and of others with a disclosure duty.
DISCLOSING = (
    "AT BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LT LU LV MT NL NO PL PT RO RS SE SI "
    "SK TR UA US AU JP"
).split()
LIMITS = {
    "FR": (60, "EUR"), "DE": (60, "EUR"), "ES": (60, "EUR"), "IT": (60, "EUR"),
    "BE": (60, "EUR"), "NL": (75, "EUR"), "IE": (80, "EUR"), "GB": (75, "GBP"),
    "CH": (100, "CHF"), "CN": (300, "CNY"),
}  # fmt: skip


def ship(apps, schema_editor):
    """Write the starting set; a second run writes nothing."""
    rules = apps.get_model("campaigns", "TransferRuleRow")
    for country in sorted({*DISCLOSING, *LIMITS}):
        amount, currency = LIMITS.get(country, (None, ""))
        if not rules.objects.filter(country=country).exists():
            rules.objects.create(
                country=country, starts=SINCE, discloses=country in DISCLOSING,
                hospitality=amount, currency=currency,
            )  # fmt: skip


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0003_expense_fund'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='TransferRuleRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('country', models.CharField(max_length=2)),
                ('starts', models.DateField()),
                ('discloses', models.BooleanField()),
                ('hospitality', models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('note', models.CharField(blank=True, max_length=400)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['country', 'starts', 'id'],
            },
        ),
        migrations.RunPython(ship, migrations.RunPython.noop),
        migrations.RunPython(freeze(TABLE), thaw(TABLE)),
    ]
