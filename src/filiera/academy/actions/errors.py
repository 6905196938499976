"""Refusals that several actions on the draft share; each names the field it belongs to."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Session, Speaker
from filiera.shared.errors import DomainError


class DraftError(DomainError):
    """A refusal that a form shows at one of its fields."""

    field: ClassVar[str] = ""


class EndsBeforeStart(DraftError):
    message = _("A session lasts at least five minutes.")
    field = "minutes"


class LastsTooLong(DraftError):
    message = _("A session lasts at most sixteen hours; make one for each day.")
    field = "minutes"


class OutsidePart(DraftError):
    message = _(
        "This is outside the dates of every part. Choose a day of a part, or change the part's dates."
    )
    field = "day"


class StrangeRoom(DraftError):
    message = _("This room belongs to another edition. Choose one from the list.")
    field = "room"


class RoomClosed(DraftError):
    field = "room"


class StaleSession(DraftError):
    message = _(
        "Somebody changed this session while you were editing it. Your input is still here: "
        "compare it with the present state below and save again."
    )


class Overlap(DraftError):
    """Two sessions would overlap where the database forbids it."""

    def __init__(self, message: str, *, session: Session, other: Session, speaker: Speaker | None) -> None:
        super().__init__(message)
        self.session = session
        self.other = other
        self.speaker = speaker


class RoomAlreadyBooked(Overlap):
    field = "room"


class SpeakerAlreadyBooked(Overlap):
    field = "time"
