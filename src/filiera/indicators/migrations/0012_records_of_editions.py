from django.db import migrations, models

FILL = """
UPDATE indicators_subjectedition AS placed SET subject_type = told.subject_type, subject_key = told.subject_key
FROM (SELECT DISTINCT subject_type, subject_key FROM ledger_fact) AS told
WHERE placed.subject = hashtextextended(told.subject_type || '/' || told.subject_key, 0)
"""
# What no fact names is of no use; a record that gets one is placed then.
DROP_UNKNOWN = "DELETE FROM indicators_subjectedition WHERE subject_type = ''"


class Migration(migrations.Migration):

    dependencies = [
        ('indicators', '0011_declared_by_link'),
        ('ledger', '0004_temporary_tables'),
    ]

    operations = [
        migrations.AddField(
            model_name='subjectedition',
            name='subject_key',
            field=models.CharField(default='', max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='subjectedition',
            name='subject_type',
            field=models.CharField(default='', max_length=60),
            preserve_default=False,
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(DROP_UNKNOWN, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='subjectedition',
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(('subject_type', ''), _negated=True), models.Q(('subject_key', ''), _negated=True)
                ),
                name='subject_edition_has_record',
            ),
        ),
    ]
