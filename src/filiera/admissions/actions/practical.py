"""The practical page of an edition, and the letter that invites its participants."""

from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Edition, Part
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import InvitationLetter, PracticalNote
from filiera.admissions.policies.people import can_edit_practical_notes
from filiera.shared.errors import DomainError


class TopicAlreadyWritten(DomainError):
    message = _("This topic is already written for this part. Change the text that is there.")
    field = "topic"


class PartOfAnotherEdition(DomainError):
    message = _("This part belongs to another edition. Choose one from the list.")
    field = "part"


@dataclass(frozen=True, kw_only=True)
class NoteDetails:
    """One topic; without a part it holds for the whole edition."""

    topic: str
    text: dict[str, str]
    part: Part | None = None
    is_public: bool = False


@dataclass(frozen=True, kw_only=True)
class LetterDetails:
    signed_by: str
    signed_as: dict[str, str] = field(default_factory=dict)
    text: dict[str, str] = field(default_factory=dict)


@transaction.atomic
def save_note(
    *, edition: Edition, note: PracticalNote | None, details: NoteDetails, by: Viewer, at: datetime
) -> PracticalNote:
    """Write or change one topic of the practical page.

    Raises PermissionDenied, TopicAlreadyWritten, PartOfAnotherEdition.
    """
    if not can_edit_practical_notes(by, edition):
        raise PermissionDenied
    if details.part is not None and details.part.edition_id != edition.pk:
        raise PartOfAnotherEdition
    note = note or PracticalNote(edition=edition)
    note.topic, note.text, note.part = details.topic, details.text, details.part
    note.is_public, note.changed_at = details.is_public, at
    try:
        with transaction.atomic():
            note.save()
    except IntegrityError as error:
        raise TopicAlreadyWritten from error
    return note


@transaction.atomic
def remove_note(*, note: PracticalNote, by: Viewer, at: datetime) -> None:
    """Raises PermissionDenied."""
    if not can_edit_practical_notes(by, note.edition):
        raise PermissionDenied
    note.delete()


@transaction.atomic
def save_letter(*, edition: Edition, details: LetterDetails, by: Viewer, at: datetime) -> InvitationLetter:
    """Say who signs the invitation letters of an edition, and what they say besides name and dates.

    Raises PermissionDenied.
    """
    if not can_edit_practical_notes(by, edition):
        raise PermissionDenied
    letter, _is_new = InvitationLetter.objects.update_or_create(
        edition=edition,
        defaults={
            "signed_by": details.signed_by,
            "signed_as": details.signed_as,
            "text": details.text,
            "changed_at": at,
        },
    )
    return letter
