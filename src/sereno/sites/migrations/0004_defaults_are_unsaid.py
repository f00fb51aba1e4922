from django.db import migrations

# A camera that had the default said nothing of its own; with profiles, that makes a difference.
_UNSAY = """
UPDATE sites_camera SET
    engine = nullif(engine, 'auto'), transport = nullif(transport, 'auto'),
    records_sound = nullif(records_sound, true), nice = nullif(nice, 0),
    cpu_affinity = nullif(cpu_affinity, '{}')
"""
_SAY = """
UPDATE sites_camera SET
    engine = coalesce(engine, 'auto'), transport = coalesce(transport, 'auto'),
    records_sound = coalesce(records_sound, true), nice = coalesce(nice, 0),
    cpu_affinity = coalesce(cpu_affinity, '{}')
"""


class Migration(migrations.Migration):

    dependencies = [
        ('sites', '0003_groups_and_unsaid_manners'),
    ]

    operations = [migrations.RunSQL(_UNSAY, _SAY)]
