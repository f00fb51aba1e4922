"""Administrators stay so; everybody else may view, as before."""

from __future__ import annotations

from django.db import migrations, models

ROLES = ["viewer", "operator", "administrator"]


class Migration(migrations.Migration):
    dependencies = (("accounts", "0001_initial"),)

    operations = (
        migrations.AddField(
            model_name="user",
            name="role",
            field=models.CharField(
                choices=[(role, role) for role in ROLES], default="viewer", max_length=20
            ),
        ),
        migrations.RunSQL(
            "UPDATE accounts_user SET role = 'administrator' WHERE is_admin",
            "UPDATE accounts_user SET is_admin = (role = 'administrator')",
        ),
        migrations.RemoveField(model_name="user", name="is_admin"),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ROLES)), name="accounts_role_known"
            ),
        ),
    )
