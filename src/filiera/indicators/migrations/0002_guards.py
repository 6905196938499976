"""What the database does itself: it notes what arrives, and keeps published definitions as they are."""

from django.db import migrations

NOTES = """
CREATE FUNCTION indicators_note_facts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO indicators_factarrival
        (kind, organisation, counterpart, region, first_at, last_at, arrived_at, facts)
    SELECT kind, organisation_id, counterpart_id, region_id, min(happened_at), max(happened_at),
        max(recorded_at), count(*)
    FROM added GROUP BY kind, organisation_id, counterpart_id, region_id;
    RETURN NULL;
END $$;

CREATE TRIGGER indicators_note_facts AFTER INSERT ON ledger_fact REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION indicators_note_facts();

CREATE FUNCTION indicators_note_scope() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE moved bigint;
BEGIN
    CASE TG_TABLE_NAME
        WHEN 'organisations_membership' THEN
            moved := CASE WHEN TG_OP = 'DELETE' THEN OLD.cluster_id ELSE NEW.cluster_id END;
        WHEN 'organisations_succession' THEN
            moved := CASE WHEN TG_OP = 'DELETE' THEN OLD.to_organisation_id ELSE NEW.to_organisation_id END;
        ELSE
            moved := NEW.id;
    END CASE;
    INSERT INTO indicators_factarrival (kind, organisation, arrived_at, facts) VALUES ('scope', moved, now(), 0);
    RETURN NULL;
END $$;

CREATE TRIGGER indicators_note_scope AFTER INSERT OR UPDATE OR DELETE ON organisations_membership
    FOR EACH ROW EXECUTE FUNCTION indicators_note_scope();
CREATE TRIGGER indicators_note_scope AFTER INSERT OR UPDATE OR DELETE ON organisations_succession
    FOR EACH ROW EXECUTE FUNCTION indicators_note_scope();
CREATE TRIGGER indicators_note_scope AFTER INSERT ON organisations_organisation
    FOR EACH ROW EXECUTE FUNCTION indicators_note_scope();
"""
NO_NOTES = """
DROP FUNCTION indicators_note_facts CASCADE;
DROP FUNCTION indicators_note_scope CASCADE;
"""

# Who published may be forgotten when the person is erased; nothing else of a published version changes.
KEPT = """
CREATE FUNCTION indicators_keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NULL THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' AND
       (NEW.id, NEW.code, NEW.version, NEW.origin, NEW.owner_id, NEW.body, NEW.created_at, NEW.published_at)
       IS NOT DISTINCT FROM
       (OLD.id, OLD.code, OLD.version, OLD.origin, OLD.owner_id, OLD.body, OLD.created_at, OLD.published_at)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a published definition is never changed; publish a further version'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'indicator_version_never_changes';
END $$;

CREATE TRIGGER indicators_keep_version BEFORE UPDATE OR DELETE ON indicators_indicatorversion
    FOR EACH ROW EXECUTE FUNCTION indicators_keep_version();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0001_initial"),
        ("ledger", "0002_fact_tables"),
        ("organisations", "0004_agreements"),
    ]

    operations = [
        migrations.RunSQL(NOTES, NO_NOTES),
        migrations.RunSQL(KEPT, "DROP FUNCTION indicators_keep_version CASCADE"),
    ]
