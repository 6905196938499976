"""Who may do what with one's own part in groups."""

from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation


def acts_for(viewer: Viewer, participation: Participation) -> bool:
    """Whether it is the viewer's own place."""
    return viewer.person_id is not None and participation.person_id == viewer.person_id
