"""Who sits where is derived from the meetings by the database, so that nobody is in two at once."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION meetings_meeting_takes_seats() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM meetings_meetingseat WHERE meeting_id = NEW.id;
    END IF;
    IF NEW.state <> 'cancelled' THEN
        INSERT INTO meetings_meetingseat (meeting_id, attendee_id, slot_id)
        VALUES (NEW.id, NEW.first_id, NEW.slot_id), (NEW.id, NEW.second_id, NEW.slot_id);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER meetings_meeting_takes_seats_on_insert
AFTER INSERT ON meetings_meeting
FOR EACH ROW EXECUTE FUNCTION meetings_meeting_takes_seats();

CREATE TRIGGER meetings_meeting_takes_seats_on_update
AFTER UPDATE ON meetings_meeting
FOR EACH ROW
WHEN (
    OLD.slot_id <> NEW.slot_id OR OLD.first_id <> NEW.first_id OR OLD.second_id <> NEW.second_id
    OR (OLD.state = 'cancelled') <> (NEW.state = 'cancelled')
)
EXECUTE FUNCTION meetings_meeting_takes_seats();
"""

BACKWARD = """
DROP TRIGGER meetings_meeting_takes_seats_on_update ON meetings_meeting;
DROP TRIGGER meetings_meeting_takes_seats_on_insert ON meetings_meeting;
DROP FUNCTION meetings_meeting_takes_seats();
"""


class Migration(migrations.Migration):
    dependencies = [("meetings", "0002_meetings_of_two")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
