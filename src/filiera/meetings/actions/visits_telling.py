"""Mails about places at visits, and telling open pages that something changed."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from filiera.admissions.models import Participation
from filiera.mail.actions import queue_mail
from filiera.meetings.models import VisitPlace, VisitRound
from filiera.push.actions import publish_event
from filiera.texts.languages import page_languages


def topic_of(round_: VisitRound) -> str:
    return f"visits:{round_.pk}"


def topic_of_edition(edition_id: int) -> str:
    """What the pages of participants hear: any round of their edition."""
    return f"visits-of:{edition_id}"


def tell_pages(round_: VisitRound) -> None:
    publish_event(topic_of(round_), {"round": round_.pk})
    publish_event(topic_of_edition(round_.edition_id), {"round": round_.pk})


def write_about_draw(
    round_: VisitRound, participation: Participation, place: VisitPlace | None, *, turn: int, at: datetime
) -> None:
    """What the draw gave somebody, with their turn."""
    _write(
        participation,
        key=f"meetings.visits_drawn:{round_.pk}:{participation.pk}",
        template="meetings/mail/visits_drawn.txt",
        context={"round": round_, "place": place, "turn": turn},
        at=at,
    )


def write_about_move(place: VisitPlace, *, at: datetime) -> None:
    """A place became free, and whoever was next has it."""
    _write(
        place.participation,
        key=f"meetings.visit_moved_up:{place.pk}",
        template="meetings/mail/visit_moved_up.txt",
        context={"round": place.round, "place": place},
        at=at,
    )


def _write(
    participation: Participation, *, key: str, template: str, context: dict[str, object], at: datetime
) -> None:
    if not participation.email:
        return
    language = participation.person.language if participation.person is not None else ""
    edition = participation.edition
    path = reverse("meetings:visits", args=[edition.slug])
    queue_mail(
        key=key,
        to=participation.email,
        person=participation.person,
        template=template,
        context={
            **context,
            "participation": participation,
            "edition": edition,
            "zone": edition.time_zone,
            "address": f"{settings.PUBLIC_URL.rstrip('/')}{path}",
        },
        language=language if language in page_languages() else participation.language,
        at=at,
    )
