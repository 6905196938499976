"""The mails of declared figures: to whoever is asked, to a second person, and back to who declared."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.urls import reverse
from procrastinate.contrib.django import app

from filiera.accounts.models import Person
from filiera.indicators.actions.round_mails import mail_language
from filiera.indicators.models import Declaration, DeclarationRequest
from filiera.indicators.periods import day_of
from filiera.indicators.queries.declarations import requests_without_answer
from filiera.indicators.queries.definitions import current_definitions
from filiera.indicators.queries.round_asked import people_of
from filiera.mail.actions import queue_mail

# The owner hears again so long before the day, and once after it.
_REMINDED_BEFORE = timedelta(days=2)


def tell_owner(request: DeclarationRequest, at: datetime, *, is_reminder: bool = False) -> None:
    """Ask the owner for the figure; asks no policy: it follows an action or a job that did."""
    if request.owner is None:
        return
    what = f"{at:%Y%m%d}" if is_reminder else f"{request.asked_at:%Y%m%d%H%M%S}"
    _write(
        request.owner,
        "declaration_asked",
        f"declaration-asked-{request.pk}-{request.owner.pk}-{what}",
        request,
        at,
        request=request,
        is_reminder=is_reminder,
    )


def tell_second_people(declaration: Declaration, at: datetime) -> None:
    """Tell everybody else of the team that a figure waits to be confirmed."""
    for person in people_of([declaration.organisation_id]).get(declaration.organisation_id, []):
        if person.pk != declaration.declared_by_id:
            key = f"declaration-made-{declaration.pk}-{person.pk}"
            _write(person, "declaration_made", key, declaration, at, declaration=declaration)


def tell_declarer(declaration: Declaration, at: datetime) -> None:
    """Tell who declared that it came back, and why."""
    if declaration.declared_by is not None:
        key = f"declaration-returned-{declaration.pk}"
        _write(declaration.declared_by, "declaration_returned", key, declaration, at, declaration=declaration)


@app.periodic(cron="11 6 * * *")
@app.task(name="indicators.remind_owners", queueing_lock="indicators.remind_owners")
def remind_owners(timestamp: int) -> None:
    """Two days before the day and the day after it, who has not declared is reminded."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    today = day_of(at)
    requests = requests_without_answer([today + _REMINDED_BEFORE, today - timedelta(days=1)])
    teams = people_of([request.organisation_id for request in requests])
    for request in requests:
        # Whoever has left the team since hears no more of it.
        if request.owner in teams.get(request.organisation_id, []):
            tell_owner(request, at, is_reminder=True)


def _write(
    person: Person,
    template: str,
    key: str,
    about: Declaration | DeclarationRequest,
    at: datetime,
    **context: object,
) -> None:
    definition = current_definitions().get(about.code)
    address = reverse("indicators:declaration", args=[about.organisation.slug, about.code, about.period.code])
    queue_mail(
        key=key,
        to=person,
        template=f"indicators/mail/{template}.txt",
        context={
            "person": person,
            "organisation": about.organisation,
            "period": about.period,
            "names": definition.names if definition else {"en": about.code},
            "link": f"{settings.PUBLIC_URL}{address}",
            **context,
        },
        language=mail_language(person.language),
        at=at,
    )
