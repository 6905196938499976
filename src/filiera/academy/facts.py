"""What happens in an academy and counts."""

from django.utils.translation import gettext_lazy as _

from filiera.ledger.kinds import FactKind, Unit, register

EDITION_PUBLISHED = FactKind(
    code="edition.published",
    unit=Unit.ONE,
    name=_("Edition published"),
    meaning=_("The programme of an edition was published for the first time. It counts for the organiser."),
)
SESSION_HELD = FactKind(
    code="session.held",
    unit=Unit.HOUR,
    name=_("Session held"),
    meaning=_(
        "A published session came to its end without having been cancelled. It counts for the organiser, "
        "in hours; the counterpart is the host. Breaks are not counted."
    ),
)
SPEAKER_CONTRIBUTION = FactKind(
    code="speaker.contribution",
    unit=Unit.PERSON,
    name=_("Speaker contribution"),
    meaning=_(
        "Somebody spoke, trained or facilitated in a session that was held. It counts for the speaker's "
        "organisation; the counterpart is the organiser."
    ),
)
MATERIAL_PUBLISHED = FactKind(
    code="material.published",
    unit=Unit.ONE,
    name=_("Material published"),
    meaning=_(
        "A file or link was given to everybody or to the participants of a published session. "
        "It counts for the organiser."
    ),
)


def register_kinds() -> None:
    register(EDITION_PUBLISHED, SESSION_HELD, SPEAKER_CONTRIBUTION, MATERIAL_PUBLISHED)
