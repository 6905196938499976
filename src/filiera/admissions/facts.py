"""What happens between call and certificate and counts."""

from django.utils.translation import gettext_lazy as _

from filiera.ledger.kinds import FactKind, Unit, register

APPLICATION_SUBMITTED = FactKind(
    code="application.submitted",
    unit=Unit.ONE,
    name=_("Application submitted"),
    meaning=_(
        "An organisation asked for one place in an edition. It counts for the applying organisation, once "
        "for an application; the counterpart is the organiser."
    ),
)
CANDIDATE_SELECTED = FactKind(
    code="candidate.selected",
    unit=Unit.PERSON,
    name=_("Candidate selected"),
    meaning=_(
        "A place was offered to a candidate. It counts for the candidate's organisation; the counterpart is "
        "the organiser."
    ),
)
PLACE_CONFIRMED = FactKind(
    code="place.confirmed",
    unit=Unit.PERSON,
    name=_("Place confirmed"),
    meaning=_(
        "A person accepted a place in an edition. It counts for the person's organisation; the counterpart "
        "is the organiser. A place given back is reversed."
    ),
)
ATTENDED_ONLINE = FactKind(
    code="attendance.online",
    unit=Unit.HOUR,
    name=_("Session attended online"),
    meaning=_(
        "A participant was at a session online, in hours of presence. It counts for the participant's "
        "organisation; the counterpart is the organiser; the record is the presence."
    ),
)
ATTENDED_IN_PERSON = FactKind(
    code="attendance.in_person",
    unit=Unit.HOUR,
    name=_("Session attended in person"),
    meaning=_(
        "A participant was at a session in person, in hours of presence. It counts for the participant's "
        "organisation; the counterpart is the organiser; the record is the presence."
    ),
)
FEEDBACK_GIVEN = FactKind(
    code="feedback.given",
    unit=Unit.ONE,
    name=_("Feedback given"),
    meaning=_(
        "Somebody answered a survey of an edition or of a session. It counts for the organiser; it never "
        "names who answered."
    ),
)
FEEDBACK_RATED = FactKind(
    code="feedback.rated",
    unit=Unit.ONE,
    name=_("Edition or session rated"),
    meaning=_(
        "One answer to a question of a survey that asks for 1 to 5; the quantity is the answer. It counts "
        "for the organiser once at least five people have answered, and has the day of what was rated. The "
        "record is the question: nothing leads to who answered, nor from one answer to another of a person."
    ),
)
COMPETENCE_RATED_BEFORE = FactKind(
    code="competence.rated_before",
    unit=Unit.ONE,
    name=_("Competence rated before"),
    meaning=_(
        "How well a participant said, before the first part, that they can do one thing, from 1 to 5; the "
        "quantity is the answer. It counts for the organiser once answering is over and at least five people "
        "have answered, and has the first day of the edition. The record is what was rated, never who rated."
    ),
)
COMPETENCE_RATED_AFTER = FactKind(
    code="competence.rated_after",
    unit=Unit.ONE,
    name=_("Competence rated after"),
    meaning=_(
        "How well a participant said, after the last part, that they can do one thing, from 1 to 5; the "
        "quantity is the answer. It counts for the organiser once answering is over and at least five people "
        "have answered, and has the last day of the edition. The record is what was rated, never who rated."
    ),
)


def register_kinds() -> None:
    register(
        APPLICATION_SUBMITTED,
        CANDIDATE_SELECTED,
        PLACE_CONFIRMED,
        ATTENDED_ONLINE,
        ATTENDED_IN_PERSON,
        FEEDBACK_GIVEN,
        FEEDBACK_RATED,
        COMPETENCE_RATED_BEFORE,
        COMPETENCE_RATED_AFTER,
    )
