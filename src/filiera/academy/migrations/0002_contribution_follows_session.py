"""A contribution's time is its session's: kept equal by the database, whoever writes."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION academy_contribution_take_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The lock makes an insert wait for a move of the session that is under way.
    SELECT CASE WHEN state = 'planned' THEN during END INTO NEW.during
    FROM academy_session WHERE id = NEW.session_id FOR SHARE;
    RETURN NEW;
END $$;

CREATE TRIGGER academy_contribution_takes_time
BEFORE INSERT OR UPDATE ON academy_contribution
FOR EACH ROW EXECUTE FUNCTION academy_contribution_take_time();

CREATE FUNCTION academy_session_pass_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- What is written does not matter: the trigger above puts the time of the session in.
    UPDATE academy_contribution SET during = NEW.during WHERE session_id = NEW.id;
    RETURN NULL;
END $$;

CREATE TRIGGER academy_session_passes_time
AFTER UPDATE ON academy_session
FOR EACH ROW
WHEN (OLD.during IS DISTINCT FROM NEW.during OR OLD.state IS DISTINCT FROM NEW.state)
EXECUTE FUNCTION academy_session_pass_time();
"""

BACKWARD = """
DROP TRIGGER academy_session_passes_time ON academy_session;
DROP FUNCTION academy_session_pass_time();
DROP TRIGGER academy_contribution_takes_time ON academy_contribution;
DROP FUNCTION academy_contribution_take_time();
"""


class Migration(migrations.Migration):
    dependencies = [("academy", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
