"""The mails of a collection round: to poles and firms when it opens, and again to who has not answered."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from filiera.accounts.viewer import Viewer
from filiera.indicators import policies
from filiera.indicators.models import (
    CollectionFirm,
    CollectionPart,
    CollectionRound,
    PartState,
    RoundState,
)
from filiera.indicators.periods import day_of
from filiera.indicators.queries.round_asked import people_of
from filiera.indicators.queries.round_links import address_of, token_of
from filiera.mail.actions import queue_mail
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError
from filiera.texts.languages import page_languages

# Between two reminders of one addressee.
REMINDED_AGAIN_AFTER = timedelta(days=3)
# So long before the deadline those who have not answered are reminded without anybody asking.
_REMINDED_BEFORE = (timedelta(days=7), timedelta(days=2))
_AT_ONCE = 100
_FALLBACK_LANGUAGE = "en"


class RoundNotOpen(DomainError):
    message = _("This round is not open.")


class NobodyToRemind(DomainError):
    message = _("Nobody is to be reminded: all have answered, or had a mail in the last three days.")


@transaction.atomic
def remind(
    *, round_: CollectionRound, by: Viewer, at: datetime, poles: bool = True, firms: bool = True
) -> int:
    """Write again to poles and firms that are missing; how many. Whoever has answered hears nothing.

    Raises PermissionDenied, RoundNotOpen, NobodyToRemind.
    """
    if not policies.can_run_round(by, round_):
        raise PermissionDenied
    count = remind_missing(round_, at, poles=poles, firms=firms)
    if not count:
        raise NobodyToRemind
    return count


@transaction.atomic
def remind_missing(round_: CollectionRound, at: datetime, *, poles: bool = True, firms: bool = True) -> int:
    """The reminders themselves; also sent by the job before the deadline.

    Asks no policy: whoever calls it has asked its own. Raises RoundNotOpen.
    """
    round_ = _locked_open(round_)
    lately = at - REMINDED_AGAIN_AFTER
    not_lately = Q(reminded_at__isnull=True) | Q(reminded_at__lte=lately)
    count = 0
    # At the opening all poles were written to; of a round that asks firms alone they have nothing to submit.
    if poles and round_.codes and round_.opened_at is not None and round_.opened_at <= lately:
        missing = round_.parts.filter(not_lately, state__in=[PartState.ASKED, PartState.QUESTIONED])
        count += _write_to_poles(round_, list(missing.select_related("organisation")), at, is_reminder=True)
    if firms:
        invited = round_.firms.to_write_to().filter(not_lately, invited_at__lte=lately)
        rows = list(invited.select_related("organisation").order_by("pk"))
        _write_to_firms(round_, rows, at, is_reminder=True)
        CollectionFirm.objects.filter(pk__in=[row.pk for row in rows]).update(reminded_at=at)
        count += len(rows)
    return count


@transaction.atomic
def invite_some_firms(round_id: int, at: datetime) -> int:
    """Write to a hundred firms that were not invited yet; how many.

    Asks no policy: for the job that the opening of the round queued.
    """
    waiting = CollectionFirm.objects.filter(
        round=round_id, round__state=RoundState.OPEN, invited_at__isnull=True
    )
    rows = list(
        waiting.to_write_to()
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("organisation", "round__organisation")
        .order_by("pk")[:_AT_ONCE]
    )
    if rows:
        _write_to_firms(rows[0].round, rows, at, is_reminder=False)
        CollectionFirm.objects.filter(pk__in=[row.pk for row in rows]).update(invited_at=at)
    return len(rows)


def invite_firms_later(round_id: int) -> None:
    invite_firms.defer(round_id=round_id)


@app.task(name="indicators.invite_firms")
def invite_firms(round_id: int) -> None:
    """Invite every firm that has an address and was not invited; may run twice without harm."""
    while invite_some_firms(round_id, timezone.now()):
        pass


def tell_poles_later(round_id: int) -> None:
    tell_poles.defer(round_id=round_id)


@app.task(name="indicators.tell_poles")
def tell_poles(round_id: int) -> None:
    """Tell the teams of the poles that figures are asked of them; a round to firms alone asks none."""
    round_ = CollectionRound.objects.open().select_related("organisation").filter(pk=round_id).first()
    if round_ is not None and round_.codes:
        _write_to_poles(
            round_, list(round_.parts.select_related("organisation")), timezone.now(), is_reminder=False
        )


@app.periodic(cron="41 6 * * *")
@app.task(name="indicators.remind_before_deadline", queueing_lock="indicators.remind_before_deadline")
def remind_before_deadline(timestamp: int) -> None:
    """A week and two days before the deadline who is missing is reminded."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    days = [day_of(at) + before for before in _REMINDED_BEFORE]
    for round_ in CollectionRound.objects.open().filter(deadline_on__in=days):
        remind_missing(round_, at)


@transaction.atomic
def tell_opener(part: CollectionPart, *, template: str, at: datetime) -> None:
    """Write to the team of whoever opened the round; asks no policy: it follows an action that did."""
    _tell(part, part.round.organisation, template, at)


@transaction.atomic
def tell_pole(part: CollectionPart, *, template: str, at: datetime) -> None:
    """Write to the team of the pole; asks no policy: it follows an action that did."""
    _tell(part, part.organisation, template, at)


def _tell(part: CollectionPart, organisation: Organisation, template: str, at: datetime) -> None:
    for person in people_of([organisation.pk]).get(organisation.pk, []):
        queue_mail(
            key=f"{template}-{part.pk}-{person.pk}-{at:%Y%m%d%H%M}",
            to=person,
            template=f"indicators/mail/{template}.txt",
            context={
                "part": part,
                "round": part.round,
                "person": person,
                "link": part_address(part, organisation),
            },
            language=mail_language(person.language),
            at=at,
        )


def part_address(part: CollectionPart, organisation: Organisation) -> str:
    """The page of a part in the workspace of one of its two sides."""
    told = reverse("indicators:round_part", args=[organisation.slug, part.round_id, part.pk])
    return f"{settings.PUBLIC_URL}{told}"


def _write_to_poles(
    round_: CollectionRound, parts: list[CollectionPart], at: datetime, *, is_reminder: bool
) -> int:
    people = people_of([part.organisation_id for part in parts])
    written = []
    for part in parts:
        for person in people.get(part.organisation_id, []):
            what = f"{at:%Y%m%d}" if is_reminder else "first"
            queue_mail(
                key=f"collection-part-{part.pk}-{person.pk}-{what}",
                to=person,
                template="indicators/mail/round_part.txt",
                context={
                    "round": round_,
                    "part": part,
                    "person": person,
                    "link": part_address(part, part.organisation),
                    "is_reminder": is_reminder,
                },
                language=mail_language(person.language),
                at=at,
            )
            written.append(part.pk)
    if is_reminder:
        CollectionPart.objects.filter(pk__in=written).update(reminded_at=at)
    return len(set(written))


def _write_to_firms(
    round_: CollectionRound, firms: Iterable[CollectionFirm], at: datetime, *, is_reminder: bool
) -> None:
    for firm in firms:
        what = f"{at:%Y%m%d}" if is_reminder else f"first-{token_of(firm)[-8:]}"
        queue_mail(
            key=f"collection-firm-{firm.pk}-{what}",
            to=firm.email,
            template="indicators/mail/round_firm.txt",
            context={
                "round": round_,
                "firm": firm,
                "link": address_of(firm),
                "is_reminder": is_reminder,
            },
            language=mail_language(firm.language),
            at=at,
            holds_secret=True,
        )


def _locked_open(round_: CollectionRound) -> CollectionRound:
    locked = CollectionRound.objects.select_for_update(of=("self",)).select_related("organisation")
    round_ = locked.get(pk=round_.pk)
    if not round_.is_open:
        raise RoundNotOpen
    return round_


def mail_language(told: str) -> str:
    """The language of a mail: one of those the pages speak."""
    short = told[:2]
    return short if short in page_languages() else _FALLBACK_LANGUAGE
