from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('enforcer', '0005_versions'),
    ]

    operations = [
        migrations.AddField(
            model_name='lease',
            name='release_id',
            field=models.UUIDField(null=True),
        ),
    ]
