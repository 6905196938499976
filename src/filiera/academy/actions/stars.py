"""What a person keeps for themselves: the sessions they mean to be at."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Edition, Session, Star
from filiera.accounts.viewer import Viewer
from filiera.shared.errors import DomainError


class SessionNotPublished(DomainError):
    message = _("This session is not in the published programme.")
    status = 404


@transaction.atomic
def star_session(*, edition: Edition, slug: str, by: Viewer, at: datetime) -> Star:
    """Put a published session into the person's own agenda; a second time changes nothing.

    Raises PermissionDenied, SessionNotPublished.
    """
    if by.person is None:
        raise PermissionDenied
    star, _is_new = Star.objects.get_or_create(
        person=by.person, session=_published(edition, slug), defaults={"starred_at": at}
    )
    return star


@transaction.atomic
def unstar_session(*, edition: Edition, slug: str, by: Viewer) -> None:
    """Take a session out of the person's own agenda.

    Raises PermissionDenied, SessionNotPublished.
    """
    if by.person is None:
        raise PermissionDenied
    Star.objects.filter(person=by.person, session=_published(edition, slug)).delete()


def _published(edition: Edition, slug: str) -> Session:
    # By the published slug, which may differ from the draft's.
    session = Session.objects.filter(
        published__version=edition.current_version_id, published__slug=slug
    ).first()
    if session is None:
        raise SessionNotPublished
    return session
