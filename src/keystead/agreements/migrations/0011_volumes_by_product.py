import django.db.models.deletion
import keystead.agreements.types.progress
from django.db import migrations, models

from keystead.kit.frozen import freeze, thaw

TABLE = "agreements_partnervolumerow"


class Migration(migrations.Migration):

    dependencies = [
        ('agreements', '0010_library'),
        ('catalog', '0002_prices'),
    ]

    operations = [
        migrations.RunPython(thaw(TABLE), freeze(TABLE)),
        migrations.AlterField(
            model_name='partnervolumerow',
            name='condition',
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AddField(
            model_name='partnervolumerow',
            name='product',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.product'),
        ),
        migrations.AddField(
            model_name='partnervolumerow',
            name='document',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agreements.agreementdocument'),
        ),
        migrations.AddField(
            model_name='partnervolumerow',
            name='state',
            field=models.CharField(choices=[(keystead.agreements.types.progress.VolumeState['STATED'], keystead.agreements.types.progress.VolumeState['STATED']), (keystead.agreements.types.progress.VolumeState['AGREED'], keystead.agreements.types.progress.VolumeState['AGREED']), (keystead.agreements.types.progress.VolumeState['DISPUTED'], keystead.agreements.types.progress.VolumeState['DISPUTED'])], default=keystead.agreements.types.progress.VolumeState['AGREED'], max_length=12),
        ),
        migrations.RunPython(freeze(TABLE), thaw(TABLE)),
        migrations.AddField(
            model_name='settlement',
            name='calculated_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='settlement',
            name='versions',
            field=models.JSONField(default=list),
        ),
    ]
