"""The digest: once a week a mail with what calls for somebody, until one wants it no more."""

from datetime import UTC, datetime

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from procrastinate.contrib.django import app

from filiera.accounts.models import Person
from filiera.indicators.actions.round_mails import mail_language
from filiera.indicators.models import DeclarationRequest, DigestRefusal, FigureTarget, Revision
from filiera.indicators.periods import day_of
from filiera.indicators.queries.round_asked import people_of
from filiera.indicators.queries.targets import REVISED_WITHIN, alerts_of
from filiera.indicators.seen_from import seen_from
from filiera.mail.actions import queue_mail
from filiera.organisations.models import Organisation, Position

_AT_MOST = 20


@app.periodic(cron="23 6 * * 1")
@app.task(name="indicators.send_digests", queueing_lock="indicators.send_digests")
def send_digests(timestamp: int) -> None:
    """Mondays: each team hears of its own alerts; one mail a week, whatever the number of runs."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    for organisation in _with_something(at):
        send_digest(organisation, at)


def send_digest(organisation: Organisation, at: datetime) -> int:
    """Write to those of the team who want it; how many. Without alerts nobody hears anything.

    Asks no policy: for the weekly job.
    """
    people = people_of([organisation.pk]).get(organisation.pk, [])
    refused = set(
        DigestRefusal.objects.filter(organisation=organisation, person__in=people).values_list(
            "person_id", flat=True
        )
    )
    count = 0
    for person in people:
        if person.pk not in refused:
            count += _write(organisation, person, at)
    return count


def _write(organisation: Organisation, person: Person, at: datetime) -> bool:
    language = mail_language(person.language)
    with translation.override(language):
        alerts = alerts_of(seen_from(organisation, person), organisation, at)
    if not alerts:
        return False
    year, week, _day = day_of(at).isocalendar()
    address = reverse("indicators:alerts", args=[organisation.slug])
    queue_mail(
        key=f"figures-digest-{organisation.pk}-{person.pk}-{year}-{week}",
        to=person,
        template="indicators/mail/digest.txt",
        context={
            "organisation": organisation,
            "person": person,
            "alerts": alerts[:_AT_MOST],
            "count": len(alerts),
            "link": f"{settings.PUBLIC_URL}{address}",
        },
        language=language,
        at=at,
    )
    return True


def _with_something(at: datetime) -> list[Organisation]:
    """Only organisations that can have an alert are looked at."""
    targets = FigureTarget.objects.values("organisation_id")
    requests = DeclarationRequest.objects.filter(due_on__lt=day_of(at)).values("organisation_id")
    revised = Revision.objects.filter(
        revised_at__gte=at - REVISED_WITHIN, figure__organisation__isnull=False
    ).values("figure__organisation_id")
    teams = Position.objects.current().values("organisation_id")
    return list(
        Organisation.objects.filter(
            Q(pk__in=targets) | Q(pk__in=requests) | Q(pk__in=revised), pk__in=teams
        ).order_by("pk")
    )
