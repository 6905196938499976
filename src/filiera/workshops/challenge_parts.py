"""What challenges add to somebody's own page and to the desk of the running day."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filiera.academy import day_parts
from filiera.academy.day_parts import DeskLine, DeskPanel, OwnKind, OwnPart
from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.workshops.policies.editions import can_lead
from filiera.workshops.queries.challenges import latest_without_help, own_with_offers

_LINES = 4


def register_parts() -> None:
    day_parts.register("workshops.challenges", own_parts=own_parts, desk_panels=desk_panels)


def own_parts(viewer: Viewer, edition: Edition, at: datetime) -> Iterable[OwnPart]:
    """Who offered help with what one brought: somebody waits for an answer."""
    return [
        OwnPart(
            key=f"challenge-{challenge.pk}",
            kind=OwnKind.TASK,
            title=challenge.title,
            details=(
                ngettext(
                    "One offer of help waits in the thread.",
                    "%(count)s offers of help wait in the thread.",
                    offers,
                )
                % {"count": offers},
            ),
            address=reverse("workshops:challenge", args=[edition.slug, challenge.pk]),
        )
        for challenge, offers in own_with_offers(viewer, edition)
    ]


def desk_panels(viewer: Viewer, edition: Edition, at: datetime) -> Iterable[DeskPanel]:
    """Whom nobody has offered help yet, for those who lead the work."""
    if not can_lead(viewer, edition):
        return []
    lines = tuple(
        DeskLine(
            text=challenge.title,
            detail=challenge.organisation.name_here if challenge.organisation else "",
            address=reverse("workshops:challenge", args=[edition.slug, challenge.pk]),
        )
        for challenge in latest_without_help(viewer, edition, _LINES)
    )
    return [
        DeskPanel(
            key="challenges",
            title=_("Challenges without help"),
            lines=lines,
            empty=_("Every open challenge has an offer of help."),
            address=reverse("workshops:challenges", args=[edition.slug]),
            address_label=_("Open the wall"),
        )
    ]
