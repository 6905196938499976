"""Self-assessments: the items an edition asks, what a person answers, who is invited when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from filiera.academy.models import Edition
from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.admissions.competences import packaged_items
from filiera.admissions.models import (
    AssessmentMoment,
    CompetenceItem,
    Participation,
    ParticipationState,
    SelfAssessment,
    SelfRating,
)
from filiera.admissions.policies.people import can_edit_competences, can_hand_in
from filiera.admissions.queries.assessments import LATER_AFTER, LATER_LASTS, items_of, open_moments
from filiera.admissions.queries.mailings import mail_language_of
from filiera.admissions.queries.place_links import address_of
from filiera.mail.actions import queue_mail
from filiera.shared.errors import DomainError


class ItemAlreadyAnswered(DomainError):
    message = _(
        "Somebody has rated this already. With other words the answers could not be compared: add a new item."
    )
    field = "text"


class MomentNotOpen(DomainError):
    message = _("This self-assessment is not open now.")


class AnswersMissing(DomainError):
    message = _("Rate every line, from 1 to 5.")


@dataclass(frozen=True, kw_only=True)
class ItemDetails:
    area: dict[str, str]
    text: dict[str, str]


@transaction.atomic
def add_packaged_items(*, edition: Edition, by: Viewer, at: datetime) -> int:
    """Put the packaged items into an edition, those that it does not have yet; how many.

    Raises PermissionDenied.
    """
    if not can_edit_competences(by, edition):
        raise PermissionDenied
    offered = [(item.code, item.area, item.text) for item in packaged_items()]
    return _add_missing(edition, offered)


@transaction.atomic
def copy_items(*, edition: Edition, source: Edition, by: Viewer, at: datetime) -> int:
    """Take the items of another edition over under their codes, those that are not there yet; how many.

    Raises PermissionDenied.
    """
    if not can_edit_competences(by, edition):
        raise PermissionDenied
    return _add_missing(edition, [(item.code, item.area, item.text) for item in items_of(source)])


@transaction.atomic
def save_item(
    *, edition: Edition, item: CompetenceItem | None, details: ItemDetails, by: Viewer, at: datetime
) -> CompetenceItem:
    """Add an item, or change one that nobody has rated; a new one gets a code that stays.

    Raises PermissionDenied, ItemAlreadyAnswered.
    """
    if not can_edit_competences(by, edition):
        raise PermissionDenied
    edition = Edition.objects.select_for_update(of=("self",), no_key=True).get(pk=edition.pk)
    if item is None:
        position = _next_position(edition)
        item = CompetenceItem(edition=edition, position=position, code=_own_code(edition, position))
    elif item.ratings.exists():
        raise ItemAlreadyAnswered
    item.area, item.text = details.area, details.text
    item.save()
    return item


@transaction.atomic
def remove_item(*, item: CompetenceItem, by: Viewer, at: datetime) -> None:
    """Raises PermissionDenied, ItemAlreadyAnswered."""
    if not can_edit_competences(by, item.edition):
        raise PermissionDenied
    if item.ratings.exists():
        raise ItemAlreadyAnswered
    item.delete()


@transaction.atomic
def answer(
    *, participation: Participation, moment: str, levels: Mapping[int, int], by: Viewer, at: datetime
) -> SelfAssessment:
    """Keep how a person rates themselves at one moment; while it is open they may change it.

    `levels` leads from an item's key to a level. Raises PermissionDenied, MomentNotOpen, AnswersMissing.
    """
    if not can_hand_in(by, participation):
        raise PermissionDenied
    rows = Participation.objects.select_for_update(of=("self",)).select_related("edition")
    participation = rows.get(pk=participation.pk)
    now = participation.edition.clock_at or at
    is_confirmed = participation.state == ParticipationState.CONFIRMED
    if not is_confirmed or moment not in open_moments(participation.edition, now):
        raise MomentNotOpen
    items = items_of(participation.edition)
    if not items or any(item.pk not in levels for item in items):
        raise AnswersMissing
    assessment, _is_new = SelfAssessment.objects.update_or_create(
        participation=participation, moment=moment, defaults={"answered_at": at}
    )
    assessment.ratings.all().delete()
    SelfRating.objects.bulk_create(
        SelfRating(assessment=assessment, item=item, level=levels[item.pk]) for item in items
    )
    return assessment


@transaction.atomic
def invite_to_self_assessments(*, by: Viewer, at: datetime) -> int:
    """Write once for each moment to everybody with a confirmed place who has not answered; how many.

    Raises PermissionDenied.
    """
    if not by.administering:
        raise PermissionDenied
    # Beyond these dates no moment of an edition is open.
    latest_end = at.date() - LATER_AFTER - LATER_LASTS - timedelta(days=1)
    editions = Edition.objects.filter(
        is_template=False, competence_items__isnull=False, parts__ends_on__gte=latest_end
    )
    count = 0
    for edition in editions.distinct().order_by("pk"):
        for moment in open_moments(edition, at):
            answered = SelfAssessment.objects.filter(participation__edition=edition, moment=moment)
            waiting = Participation.objects.filter(edition=edition).confirmed().exclude(email="")
            waiting = waiting.exclude(pk__in=answered.values("participation")).exclude(person=None)
            for participation in waiting.select_related("person", "edition").order_by("pk"):
                _invite(participation, moment, at)
                count += 1
    return count


def _invite(participation: Participation, moment: str, at: datetime) -> None:
    edition = participation.edition
    address = reverse("admissions:self_assessment_moment", args=[edition.slug, moment])
    queue_mail(
        key=f"self_assessment:{participation.pk}:{moment}",
        to=participation.email,
        person=participation.person,
        template="admissions/mail/self_assessment.txt",
        context={
            "participation": participation,
            "edition": edition,
            "is_first": moment == AssessmentMoment.START,
            "link": f"{settings.PUBLIC_URL}{address}",
            "place_link": address_of(participation) if participation.link_seed else "",
        },
        language=mail_language_of(participation),
        at=at,
    )


@app.periodic(cron="40 6 * * *")
@app.task(name="admissions.invite_to_self_assessments", queueing_lock="admissions.invite_to_self_assessments")
def invite_to_self_assessments_daily(timestamp: int) -> None:
    invite_to_self_assessments(by=SYSTEM, at=datetime.fromtimestamp(timestamp, tz=UTC))


def _add_missing(edition: Edition, offered: list[tuple[str, dict[str, str], dict[str, str]]]) -> int:
    there = set(CompetenceItem.objects.filter(edition=edition).values_list("code", flat=True))
    position = _next_position(edition)
    missing = [row for row in offered if row[0] not in there]
    CompetenceItem.objects.bulk_create(
        CompetenceItem(edition=edition, code=code, area=area, text=text, position=position + place)
        for place, (code, area, text) in enumerate(missing)
    )
    return len(missing)


def _next_position(edition: Edition) -> int:
    last = CompetenceItem.objects.filter(edition=edition).aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _own_code(edition: Edition, position: int) -> str:
    """A code that no other edition gives to other words."""
    return f"{edition.slug[:30]}-{position + 1}"
