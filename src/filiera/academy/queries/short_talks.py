"""Where a participant may give a short talk."""

from django.db.models import F

from filiera.academy.models import EditionRole, Session
from filiera.accounts.viewer import Viewer


def sessions_open_for_talks(viewer: Viewer, edition_id: int) -> list[Session]:
    """Published sessions that take short talks of participants; nothing for anybody else."""
    if viewer.edition_id != edition_id or EditionRole.PARTICIPANT not in viewer.edition_roles:
        return []
    published = Session.objects.filter(
        edition_id=edition_id, published__version=F("edition__current_version"), short_talks_open=True
    )
    return list(published.only("slug", "title").order_by("during", "pk"))
