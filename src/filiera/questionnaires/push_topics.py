"""Who may go on hearing that a questionnaire is answered, asked again while a page listens."""

from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.push import topics
from filiera.questionnaires import policies
from filiera.questionnaires.models import Questionnaire
from filiera.questionnaires.purposes import is_registered, purpose_of


def may_hear(person_id: int | None, topic: str) -> bool:
    """Those who may edit the questionnaire."""
    _prefix, _colon, key = topic.partition(":")
    person = Person.objects.filter(pk=person_id).first() if person_id is not None else None
    questionnaire = Questionnaire.objects.filter(pk=int(key)).first() if key.isdecimal() else None
    if person is None or questionnaire is None or not is_registered(questionnaire.purpose):
        return False
    viewer = purpose_of(questionnaire.purpose).seen_from(Viewer(person=person), questionnaire.workspace)
    return policies.can_edit(viewer, questionnaire)


def register_topics() -> None:
    topics.register("questionnaire", may_hear)
