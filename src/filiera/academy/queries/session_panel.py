"""What the side panel of a session shows beside its form."""

from dataclasses import dataclass

from django.db.models import Q

from filiera.academy.models import (
    Contribution,
    Material,
    OverlapAllowance,
    PublishedSession,
    Session,
    ShortTalk,
)
from filiera.academy.queries.times import date_in_words, from_to


@dataclass(frozen=True)
class SessionPanel:
    contributions: list[Contribution]
    materials: list[Material]
    allowances: list[OverlapAllowance]
    short_talks: list[ShortTalk]
    was_published: bool
    when: str


def panel_of(session: Session) -> SessionPanel:
    return SessionPanel(
        contributions=list(
            session.contributions.select_related("speaker__organisation").order_by("position", "pk")
        ),
        materials=list(session.materials.select_related("file", "speaker").order_by("position", "pk")),
        allowances=list(
            OverlapAllowance.objects.filter(Q(first=session) | Q(second=session))
            .select_related("first", "second", "speaker")
            .order_by("pk")
        ),
        short_talks=list(session.short_talks.select_related("person").order_by("position")),
        was_published=PublishedSession.objects.filter(session=session).exists(),
        when=_when(session),
    )


def _when(session: Session) -> str:
    if session.during is None:
        return ""
    zone = session.part.time_zone
    return f"{date_in_words(session.during.lower, zone)}, {from_to(session, zone)}"
