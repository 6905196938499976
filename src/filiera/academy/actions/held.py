"""Recording what took place: by a job at the published end, by hand where that was wrong."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import NAMESPACE_OID, UUID, uuid5

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from filiera.academy import facts, policies
from filiera.academy.models import Contribution, PublishedSession, Session, SessionKind, Speaker
from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.ledger import actions as ledger
from filiera.shared.errors import DomainError

_AT_ONCE = 200


class SessionNotRecorded(DomainError):
    message = _("This session has not been recorded as held.")


@transaction.atomic
def record_held_sessions(*, by: Viewer, at: datetime) -> int:
    """Record every published session whose end has come and that was not cancelled; how many.

    Breaks are only marked, so that they are not looked at again.
    Raises PermissionDenied.
    """
    if not by.administering:
        raise PermissionDenied
    ended = (
        PublishedSession.objects.filter(
            version__edition__current_version=F("version"),
            ends_at__lte=at,
            data__is_cancelled=False,
            session__held_at__isnull=True,
        )
        .select_related("session__edition__organiser", "session__edition__host")
        .order_by("ends_at", "pk")[:_AT_ONCE]
    )
    for published in ended:
        _record(published, by=by, at=at)
    return len(ended)


@transaction.atomic
def mark_not_held(*, session: Session, by: Viewer, at: datetime) -> int:
    """Reverse what was recorded of a session that did not take place after all; how many facts.

    Raises PermissionDenied, SessionNotRecorded.
    """
    if not policies.can_publish_programme(by, session.edition):
        raise PermissionDenied
    kinds = (facts.SESSION_HELD.code, facts.SPEAKER_CONTRIBUTION.code)
    count = ledger.reverse_standing(session, *kinds, by=by, at=at)
    if not count:
        raise SessionNotRecorded
    return count


def _record(published: PublishedSession, *, by: Viewer, at: datetime) -> None:
    session = published.session
    if session is None or published.ends_at is None or published.starts_at is None:
        return
    if published.data["kind"] != SessionKind.BREAK:
        seconds = int((published.ends_at - published.starts_at).total_seconds())
        ledger.record(
            facts.SESSION_HELD.code,
            subject=session,
            by=by,
            at=at,
            happened_at=published.ends_at,
            organisation=session.edition.organiser,
            counterpart=session.edition.host,
            quantity=(Decimal(seconds) / 3600).quantize(Decimal("0.0001")),
        )
        _record_speakers(session, published.ends_at, by=by, at=at)
    Session.objects.filter(pk=session.pk).update(held_at=published.ends_at)


def _record_speakers(session: Session, ended_at: datetime, *, by: Viewer, at: datetime) -> None:
    contributions = Contribution.objects.filter(session=session, speaker__declined_at__isnull=True)
    for contribution in contributions.select_related("speaker__organisation", "speaker__person"):
        ledger.record(
            facts.SPEAKER_CONTRIBUTION.code,
            subject=session,
            by=by,
            at=at,
            happened_at=ended_at,
            organisation=contribution.speaker.organisation,
            counterpart=session.edition.organiser,
            person=contribution.speaker.person or _key_without_account(contribution.speaker),
            event=f"speaker:{contribution.speaker_id}",
        )


def _key_without_account(speaker: Speaker) -> UUID:
    """Different people are counted: who speaks twice has one key, also without an account."""
    return uuid5(NAMESPACE_OID, f"{speaker._meta.label_lower}/{speaker.pk}")


@app.periodic(cron="*/5 * * * *")
@app.task(name="academy.record_held_sessions", queueing_lock="academy.record_held_sessions")
def record_held_sessions_regularly(timestamp: int) -> None:
    record_held_sessions(by=SYSTEM, at=datetime.fromtimestamp(timestamp, tz=UTC))
