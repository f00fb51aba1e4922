import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('footage', '0003_run_end'),
        ('sites', '0004_defaults_are_unsaid'),
    ]

    operations = [
        migrations.AddField(
            model_name='coveragerun',
            name='node',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to='sites.node'),
        ),
    ]
