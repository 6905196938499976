"""Who is in a session."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.academy import policies
from filiera.academy.models import Contribution, Session, Speaker, StepKind
from filiera.accounts.viewer import Viewer

from .errors import DraftError
from .overlaps import overlaps_named, pair_for_speaker
from .steps import recorded_step


class AlreadyInSession(DraftError):
    message = _("This speaker is already in the session.")
    field = "speaker"


@transaction.atomic
def assign_speaker(
    *,
    session: Session,
    speaker: Speaker,
    role: str,
    by: Viewer,
    at: datetime,
    allowed_with: Session | None = None,
    reason: str = "",
) -> Contribution:
    """Put a speaker into a session, after those already there.

    `allowed_with` is a session in which the speaker may be at the same time, by name and for a reason.
    Raises PermissionDenied, AlreadyInSession, SpeakerAlreadyBooked, SpeakerNotInBoth, AlreadyInAPair.
    """
    if not policies.can_edit_programme(by, session.edition) or speaker.edition_id != session.edition_id:
        raise PermissionDenied
    with recorded_step(
        edition=session.edition, kind=StepKind.SPEAKERS, subject=session.title, by=by, at=at
    ) as watch:
        present = session.contributions.values_list("speaker_id", "position")
        if any(speaker_id == speaker.pk for speaker_id, _position in present):
            raise AlreadyInSession
        contribution = Contribution(
            session=session,
            speaker=speaker,
            role=role,
            position=max((position for _speaker, position in present), default=-1) + 1,
        )
        if allowed_with is not None:
            pair_for_speaker(
                contribution=contribution, other=allowed_with, reason=reason, watch=watch, by=by, at=at
            )
        with overlaps_named(session, [contribution]):
            contribution.save()
        watch.added(contribution)
        _touch(session, at)
    return contribution


@transaction.atomic
def take_out_speaker(*, contribution: Contribution, by: Viewer, at: datetime) -> None:
    """Take a speaker out of a session; the speaker stays in the edition.

    Raises PermissionDenied.
    """
    session = contribution.session
    if not policies.can_edit_programme(by, session.edition):
        raise PermissionDenied
    with recorded_step(
        edition=session.edition, kind=StepKind.SPEAKERS, subject=session.title, by=by, at=at
    ) as watch:
        watch.row(contribution)
        contribution.delete()
        _touch(session, at)


def _touch(session: Session, at: datetime) -> None:
    # Not a change of the session's own row for undo, but one for whoever saves a form opened before.
    session.updated_at = at
    session.save(update_fields=["updated_at"])
