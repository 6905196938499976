"""Imports and figures need temporary tables; databases made before lack that right."""

from django.db import migrations

# Where the role has another name its database is somebody else's to look after.
GRANT = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'filiera_app') THEN
        EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO filiera_app', current_database());
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_tables_of_organisations")]

    operations = [migrations.RunSQL(GRANT, migrations.RunSQL.noop)]
