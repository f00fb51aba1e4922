import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('sites', '0004_defaults_are_unsaid'),
    ]

    operations = [
        migrations.CreateModel(
            name='Errand',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=20)),
                ('stream', models.CharField(max_length=8)),
                ('address', models.CharField(blank=True, help_text='URL without credentials', max_length=2000)),
                ('username', models.CharField(blank=True, max_length=200)),
                ('password_sealed', models.TextField(blank=True, editable=False)),
                ('asked_at', models.DateTimeField()),
                ('asked_by', models.CharField(max_length=150)),
                ('expires_at', models.DateTimeField()),
                ('started_at', models.DateTimeField(null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('engine', models.CharField(blank=True, max_length=40)),
                ('steps', models.JSONField(default=list)),
                ('camera', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to='sites.camera')),
                ('node', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sites.node')),
            ],
            options={
                'indexes': [
                    models.Index(condition=models.Q(('done_at', None)), fields=['node', 'expires_at'], name='errands_errand_open'),
                    models.Index(fields=['asked_at'], name='errands_errand_asked'),
                ],
            },
        ),
    ]
