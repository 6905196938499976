"""What trends add to somebody's own page."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filiera.academy import day_parts
from filiera.academy.day_parts import OwnKind, OwnPart
from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.workshops.queries.trends import open_for


def register_parts() -> None:
    day_parts.register("workshops.trends", own_parts=own_parts)


def own_parts(viewer: Viewer, edition: Edition, at: datetime) -> Iterable[OwnPart]:
    """The trends that wait for one's rating, as one task."""
    count = open_for(viewer, edition)
    if not count:
        return []
    return [
        OwnPart(
            key="trends",
            kind=OwnKind.TASK,
            title=_("Rate the trends"),
            details=(ngettext("One trend is open.", "%(count)s trends are open.", count) % {"count": count},),
            address=reverse("workshops:trends", args=[edition.slug]),
        )
    ]
