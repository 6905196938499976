"""Participants' own short talks inside a session that the team opened for them."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.academy import policies
from filiera.academy.models import Session, ShortTalk
from filiera.accounts.viewer import Viewer

from .errors import DraftError


class ShortTalksClosed(DraftError):
    message = _("This session does not take short talks.")


class AlreadySignedUp(DraftError):
    message = _("You have already signed up for a short talk here. Take it back first to change it.")


class NoTimeLeft(DraftError):
    message = _("The short talks already fill the session. Choose fewer minutes or another session.")
    field = "minutes"


@transaction.atomic
def sign_up_talk(*, session: Session, title: str, minutes: int, by: Viewer, at: datetime) -> ShortTalk:
    """Sign up for a short talk, after those who came before.

    Raises PermissionDenied, ShortTalksClosed, AlreadySignedUp, NoTimeLeft.
    """
    if by.person is None or not policies.can_sign_up_talk(by, session):
        raise PermissionDenied
    session = Session.objects.select_for_update(of=("self",), no_key=True).get(pk=session.pk)
    if not session.short_talks_open:
        raise ShortTalksClosed
    talks = list(session.short_talks.order_by("position"))
    if any(talk.person_id == by.person_id for talk in talks):
        raise AlreadySignedUp
    if sum(talk.minutes for talk in talks) + minutes > session.minutes:
        raise NoTimeLeft
    return ShortTalk.objects.create(
        session=session,
        person=by.person,
        title=title,
        minutes=minutes,
        position=talks[-1].position + 1 if talks else 1,
        signed_up_at=at,
    )


@transaction.atomic
def take_back_talk(*, talk: ShortTalk, by: Viewer, at: datetime) -> None:
    """Take one's own talk back; the team may take out any.

    Raises PermissionDenied.
    """
    is_own = by.person_id is not None and talk.person_id == by.person_id
    if not is_own and not policies.can_edit_programme(by, talk.session.edition):
        raise PermissionDenied
    talk.delete()


@transaction.atomic
def bring_talk_forward(*, talk: ShortTalk, by: Viewer, at: datetime) -> None:
    """Let a talk change places with the one before it.

    Raises PermissionDenied.
    """
    if not policies.can_edit_programme(by, talk.session.edition):
        raise PermissionDenied
    talks = list(ShortTalk.objects.select_for_update().filter(session=talk.session_id).order_by("position"))
    at_place = next(place for place, each in enumerate(talks) if each.pk == talk.pk)
    if at_place == 0:
        return
    earlier, later = talks[at_place - 1], talks[at_place]
    earlier.position, later.position = later.position, earlier.position
    # The constraint on positions is asked only at the end, so both rows may change one after the other.
    ShortTalk.objects.bulk_update([earlier, later], ["position"])
