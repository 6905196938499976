"""What happens around meetings, visits and dinner and counts."""

from django.utils.translation import gettext_lazy as _

from filiera.ledger.kinds import FactKind, Unit, register

VISIT_PLACE = FactKind(
    code="visit.place",
    unit=Unit.PERSON,
    name=_("Place at a laboratory visit"),
    meaning=_(
        "A participant has a place at a visit to a laboratory. It counts for the participant's "
        "organisation; the counterpart is the host of the visit, or the organiser. A place given back, or "
        "left for a better one, is reversed."
    ),
)
DINNER_SEAT = FactKind(
    code="dinner.seat",
    unit=Unit.PERSON,
    name=_("Seat at dinner"),
    meaning=_(
        "Somebody has a seat in the published plan of a dinner. It counts for the guest's organisation; "
        "the counterpart is the organiser. A seat of a plan taken back is reversed."
    ),
)
MEETING_HELD = FactKind(
    code="meeting.held",
    unit=Unit.ONE,
    name=_("Meeting held"),
    meaning=_(
        "Two people met by appointment. One of them said so, or the organiser. It counts once for a meeting: "
        "for the organisation of one side; the counterpart is that of the other."
    ),
)


def register_kinds() -> None:
    register(MEETING_HELD, VISIT_PLACE, DINNER_SEAT)
