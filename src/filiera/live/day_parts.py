"""What the room asks, at the desk of the running day."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filiera.academy import day_parts
from filiera.academy.day_parts import DeskLine, DeskPanel
from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.live.models import Channel
from filiera.live.policies import can_moderate
from filiera.live.queries.moderation import channels_of
from filiera.texts.languages import translated


def register_day_parts() -> None:
    day_parts.register("live", desk_panels=desk_panels)


def desk_panels(viewer: Viewer, edition: Edition, at: datetime) -> Iterable[DeskPanel]:
    """How many questions wait in each open channel, for those who moderate."""
    if not can_moderate(viewer, edition):
        return []
    lines = tuple(_line(edition, channel) for channel in channels_of(viewer, edition) if channel.is_open)
    return [
        DeskPanel(
            key="questions",
            title=_("Questions of the room"),
            lines=lines,
            empty=_("No channel is open."),
            address=reverse("live:desk_channels", args=[edition.slug]),
            address_label=_("Questions and polls"),
        )
    ]


def _line(edition: Edition, channel: Channel) -> DeskLine:
    waiting: int = channel.waiting_count  # type: ignore[attr-defined]
    return DeskLine(
        text=translated(channel.title),
        detail=ngettext("%(count)s question waits", "%(count)s questions wait", waiting) % {"count": waiting},
        address=reverse("live:desk_channel", args=[edition.slug, channel.code.lower()]),
        tone="warn" if waiting else "",
    )
