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


def register_kinds() -> None:
    register(
        APPLICATION_SUBMITTED,
        CANDIDATE_SELECTED,
        PLACE_CONFIRMED,
        ATTENDED_ONLINE,
        ATTENDED_IN_PERSON,
        FEEDBACK_GIVEN,
    )
