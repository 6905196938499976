"""The mails of declared figures: to whoever is asked, to a second person, and back to who declared."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.urls import reverse
from procrastinate.contrib.django import app

from filiera.accounts.models import Person
from filiera.indicators.actions.round_mails import mail_language
from filiera.indicators.models import Declaration, DeclarationRequest
from filiera.indicators.periods import day_of
from filiera.indicators.queries.declaration_links import address_of, token_of
from filiera.indicators.queries.declarations import requests_without_answer
from filiera.indicators.queries.definitions import current_definitions
from filiera.indicators.queries.round_asked import people_of
from filiera.mail.actions import forget_mails, queue_mail

# The owner hears again so long before the day, and once after it.
_REMINDED_BEFORE = timedelta(days=2)


def tell_owner(request: DeclarationRequest, at: datetime, *, is_reminder: bool = False) -> None:
    """Ask the owner for the figure; asks no policy: it follows an action or a job that did."""
    what = f"{at:%Y%m%d}" if is_reminder else "first"
    _write_to_owner(request, "declaration_asked", what, at, is_reminder=is_reminder)


def tell_second_people(declaration: Declaration, at: datetime) -> None:
    """Tell everybody else of the team that a figure waits to be confirmed."""
    for person in _team(declaration):
        if person.pk != declaration.declared_by_id:
            key = f"declaration-made-{declaration.pk}-{person.pk}"
            _write(person, "declaration_made", key, declaration, at, declaration=declaration)


def tell_declarer(declaration: Declaration, request: DeclarationRequest | None, at: datetime) -> None:
    """Tell who declared that it came back, and why; who was asked for it gets the link once more."""
    if request is not None:
        what = f"returned-{declaration.pk}"
        _write_to_owner(request, "declaration_returned", what, at, declaration=declaration)
    elif declaration.declared_by is not None:
        key = f"declaration-returned-{declaration.pk}"
        _write(declaration.declared_by, "declaration_returned", key, declaration, at, declaration=declaration)


def tell_asker(request: DeclarationRequest, at: datetime) -> None:
    """Tell who asked, or the team when they have left it, that the owner does not tell the figure."""
    team = _team(request)
    asker = [person for person in team if person.pk == request.asked_by_id]
    for person in asker or team:
        key = f"declaration-declined-{request.pk}-{person.pk}-{request.link_seed[:8]}"
        _write(person, "declaration_declined", key, request, at, who=request.owner_words)


def forget_mails_to_owner(request: DeclarationRequest) -> None:
    """Take the mails to somebody outside out of the outbox, sent or not."""
    if request.is_outside:
        forget_mails(keys_begin=_owner_keys(request))


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
        if request.is_outside or request.owner in teams.get(request.organisation_id, []):
            tell_owner(request, at, is_reminder=True)


def _write_to_owner(
    request: DeclarationRequest, template: str, what: str, at: datetime, **context: object
) -> None:
    owner = request.owner
    if owner is None and not request.is_outside:
        return
    queue_mail(
        # Another link is another mail, also in the same second.
        key=f"{_owner_keys(request)}{token_of(request)[-8:]}-{what}",
        to=owner or request.owner_email,
        template=f"indicators/mail/{template}.txt",
        context={
            **_words(request),
            "reader": request.owner_words,
            "request": request,
            "link": address_of(request),
            **context,
        },
        language=mail_language(owner.language if owner is not None else request.owner_language),
        at=at,
        # The link opens the form without signing in.
        holds_secret=True,
    )


def _write(
    person: Person,
    template: str,
    key: str,
    about: Declaration | DeclarationRequest,
    at: datetime,
    **context: object,
) -> None:
    address = reverse("indicators:declaration", args=[about.organisation.slug, about.code, about.period.code])
    queue_mail(
        key=key,
        to=person,
        template=f"indicators/mail/{template}.txt",
        context={
            **_words(about),
            "reader": person.shown_name,
            "link": f"{settings.PUBLIC_URL}{address}",
            **context,
        },
        language=mail_language(person.language),
        at=at,
    )


def _words(about: Declaration | DeclarationRequest) -> dict[str, object]:
    definition = current_definitions().get(about.code)
    return {
        "organisation": about.organisation,
        "period": about.period,
        "names": definition.names if definition else {"en": about.code},
    }


def _owner_keys(request: DeclarationRequest) -> str:
    return f"declaration-asked-{request.pk}-"


def _team(about: Declaration | DeclarationRequest) -> list[Person]:
    return people_of([about.organisation_id]).get(about.organisation_id, [])
