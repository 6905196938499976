"""What needs those who look after the people of an edition: applications, places, questions of the room."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import ngettext

from filiera.accounts.models import Person
from filiera.admissions.models import (
    Application,
    ApplicationState,
    CallKind,
    Participation,
    ParticipationState,
    Review,
    ReviewState,
    Selection,
)
from filiera.admissions.permissions import EDIT_PARTICIPANTS, SELECT
from filiera.live.models import AudienceQuestion, QuestionState
from filiera.live.permissions import MODERATE

from .needs import EditionPlace, Need, editions_with, need_in

# An offer that ends so soon is worth a call by telephone.
_OFFER_ENDS_SOON = timedelta(days=2)


def cohort_needs(places: Iterable[EditionPlace], person: Person, at: datetime) -> Iterable[Need]:
    """Reviews to give, decisions to make and send, places that wait, questions of the room."""
    places = list(places)
    yield from _reviews(places, person)
    yield from _decisions(places, at)
    yield from _offers(places, at)
    yield from _questions(places)


def _reviews(places: list[EditionPlace], person: Person) -> Iterable[Need]:
    editions = {place.edition.pk: place.edition for place in places}
    assigned = (
        Review.objects.filter(
            reviewer=person, state=ReviewState.ASSIGNED, application__call__edition__in=editions
        )
        .exclude(application__state=ApplicationState.WITHDRAWN)
        .values_list("application__call__edition")
        .annotate(count=Count("pk"))
        .order_by("application__call__edition")
    )
    for edition, count in assigned if editions else ():
        sentence = ngettext(
            "One application waits for your review", "%(count)s applications wait for your review", count
        ) % {"count": count}
        yield need_in(editions[edition], sentence, "admissions:reviews")


def _decisions(places: list[EditionPlace], at: datetime) -> Iterable[Need]:
    editions = editions_with(places, SELECT)
    if not editions:
        return
    sent = Selection.objects.filter(call=OuterRef("call"), sent_at__isnull=False)
    undecided = (
        Application.objects.submitted()
        .filter(call__kind=CallKind.PARTICIPANTS, call__edition__in=editions, call__closes_at__lte=at)
        .exclude(Exists(sent))
        .values_list("call__edition")
        .annotate(count=Count("pk"))
        .order_by("call__edition")
    )
    for edition, count in undecided:
        sentence = ngettext(
            "One application waits for a decision", "%(count)s applications wait for a decision", count
        ) % {"count": count}
        yield need_in(editions[edition], sentence, "admissions:desk_selection")


def _offers(places: list[EditionPlace], at: datetime) -> Iterable[Need]:
    editions = editions_with(places, EDIT_PARTICIPANTS)
    if not editions:
        return
    ends_soon = Q(state=ParticipationState.OFFERED, respond_by__lte=at + _OFFER_ENDS_SOON, respond_by__gt=at)
    rows = (
        Participation.objects.filter(edition__in=editions)
        .values_list("edition")
        .annotate(
            soon=Count("pk", filter=ends_soon),
            not_told=Count("pk", filter=Q(state=ParticipationState.SELECTED)),
        )
        .order_by("edition")
    )
    for edition, soon, not_told in rows:
        if soon:
            sentence = ngettext(
                "One offered place ends within two days",
                "%(count)s offered places end within two days",
                soon,
            ) % {"count": soon}
            yield need_in(editions[edition], sentence, "admissions:desk_participants", is_urgent=True)
        if not_told:
            sentence = ngettext(
                "One selected person has not been told",
                "%(count)s selected people have not been told",
                not_told,
            ) % {"count": not_told}
            yield need_in(editions[edition], sentence, "admissions:desk_participants")


def _questions(places: list[EditionPlace]) -> Iterable[Need]:
    editions = editions_with(places, MODERATE)
    waiting = (
        AudienceQuestion.objects.filter(
            state=QuestionState.PENDING, channel__edition__in=editions, channel__closed_at__isnull=True
        )
        .values_list("channel__edition", "channel__code")
        .annotate(count=Count("pk"))
        .order_by("channel__edition", "channel__code")
    )
    for edition, code, count in waiting if editions else ():
        sentence = ngettext(
            "One question of the room waits for a moderator",
            "%(count)s questions of the room wait for a moderator",
            count,
        ) % {"count": count}
        yield need_in(editions[edition], sentence, "live:desk_channel", code.lower())
