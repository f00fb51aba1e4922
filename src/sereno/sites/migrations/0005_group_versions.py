"""Groups count their changes, as what several people edit does."""

from __future__ import annotations

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("sites", "0004_defaults_are_unsaid"),)

    operations = (
        migrations.AddField(
            model_name="cameragroup",
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
        migrations.AddField(
            model_name="cameragroup",
            name="changed_at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
        migrations.AddField(
            model_name="cameragroup",
            name="changed_by",
            field=models.CharField(blank=True, editable=False, max_length=150),
        ),
    )
