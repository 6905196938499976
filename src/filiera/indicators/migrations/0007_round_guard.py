"""A frozen round stays as it was told; only who made it may be forgotten."""

from django.db import migrations

KEPT = """
CREATE FUNCTION indicators_keep_frozen_round() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'frozen' THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' AND
       (NEW.state, NEW.report, NEW.frozen_at, NEW.opened_at, NEW.codes, NEW.start_on, NEW.until_on,
        NEW.organisation_id)
       IS NOT DISTINCT FROM
       (OLD.state, OLD.report, OLD.frozen_at, OLD.opened_at, OLD.codes, OLD.start_on, OLD.until_on,
        OLD.organisation_id)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a frozen collection round is never changed'
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER indicators_keep_frozen_round BEFORE UPDATE OR DELETE ON indicators_collectionround
    FOR EACH ROW EXECUTE FUNCTION indicators_keep_frozen_round();
"""
NOT_KEPT = "DROP FUNCTION indicators_keep_frozen_round CASCADE;"


class Migration(migrations.Migration):
    dependencies = [("indicators", "0006_rounds")]

    operations = [migrations.RunSQL(KEPT, NOT_KEPT)]
