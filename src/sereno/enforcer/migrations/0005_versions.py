"""Schedules and calendars count their changes, as profiles did; all say who made the last."""

from __future__ import annotations

import django.utils.timezone
from django.db import migrations, models

CHANGED_BY = models.CharField(blank=True, editable=False, max_length=150)


class Migration(migrations.Migration):
    dependencies = (("enforcer", "0004_profiles_and_schedules"),)

    operations = (
        *(
            migrations.AddField(model_name=name, name=field, field=kind)
            for name in ("calendar", "schedule")
            for field, kind in (
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "changed_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("changed_by", CHANGED_BY),
            )
        ),
        migrations.AddField(model_name="streamprofile", name="changed_by", field=CHANGED_BY),
        migrations.RunSQL(
            "UPDATE enforcer_streamprofile p SET changed_by = v.changed_by "
            "FROM enforcer_profileversion v "
            "WHERE v.profile_id = p.id AND v.version = p.version",
            migrations.RunSQL.noop,
        ),
    )
