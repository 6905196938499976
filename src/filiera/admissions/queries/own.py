"""The place of the one who looks."""

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation


def own_participation(viewer: Viewer, edition: Edition) -> Participation | None:
    """The place that the signed-in person has, or had, in an edition."""
    if viewer.person_id is None:
        return None
    own = Participation.objects.visible_to(viewer).filter(edition=edition, person_id=viewer.person_id)
    return own.select_related("person", "organisation", "country", "ecosystem", "application").first()
