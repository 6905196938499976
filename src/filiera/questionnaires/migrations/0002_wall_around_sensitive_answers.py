"""Sensitive answers are shown by the database only to a transaction that names them: see `wall.py`."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION questionnaires_answer_follow_question() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE of_response bigint;
BEGIN
    SELECT questionnaire_id, audience INTO NEW.questionnaire_id, NEW.audience
    FROM questionnaires_question WHERE id = NEW.question_id FOR SHARE;
    SELECT questionnaire_id INTO of_response FROM questionnaires_response WHERE id = NEW.response_id;
    IF of_response IS DISTINCT FROM NEW.questionnaire_id THEN
        RAISE EXCEPTION 'the question belongs to another questionnaire than the response'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'answer_question_of_its_questionnaire';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER questionnaires_answer_follows_question
BEFORE INSERT OR UPDATE ON questionnaires_answer
FOR EACH ROW EXECUTE FUNCTION questionnaires_answer_follow_question();

ALTER TABLE questionnaires_answer ENABLE ROW LEVEL SECURITY;
ALTER TABLE questionnaires_answer FORCE ROW LEVEL SECURITY;
CREATE POLICY questionnaires_sensitive_answers ON questionnaires_answer
USING (
    audience <> 'sensitive'
    -- After a transaction the setting is empty and not null.
    OR string_to_array(nullif(current_setting('filiera.sensitive', true), ''), ',')
       && ARRAY['all', 'q' || questionnaire_id, 'r' || response_id]
);
"""

BACKWARD = """
DROP POLICY questionnaires_sensitive_answers ON questionnaires_answer;
ALTER TABLE questionnaires_answer NO FORCE ROW LEVEL SECURITY;
ALTER TABLE questionnaires_answer DISABLE ROW LEVEL SECURITY;
DROP TRIGGER questionnaires_answer_follows_question ON questionnaires_answer;
DROP FUNCTION questionnaires_answer_follow_question();
"""


class Migration(migrations.Migration):
    dependencies = [("questionnaires", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
