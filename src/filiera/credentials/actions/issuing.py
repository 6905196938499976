"""Issuing certificates to those who did enough, or to others with a reason."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation
from filiera.credentials import facts, policies
from filiera.credentials.actions.badges import signed_badge
from filiera.credentials.actions.telling import tell_holders_later
from filiera.credentials.badges.status import LIST_LENGTH
from filiera.credentials.codes import new_code
from filiera.credentials.models import Award, Certificate
from filiera.credentials.queries.contents import Wording
from filiera.credentials.queries.preview import Preview, PreviewLine, preview_of
from filiera.ledger import actions as ledger
from filiera.shared.errors import DomainError


class DoesNotQualify(DomainError):
    message = _("Some of the chosen people miss a condition. Say why they get the certificate all the same.")


class AlreadyCertified(DomainError):
    message = _("This person has this certificate already. Replace it if something in it has changed.")


class PlaceNotConfirmed(DomainError):
    message = _("Only somebody with a confirmed place in the edition can get its certificate.")


@transaction.atomic
def issue_credential(
    *, award: Award, participation: Participation, by: Viewer, at: datetime, exception_reason: str = ""
) -> Certificate:
    """Certify one participant. Who misses a condition needs a stated reason.

    Raises PermissionDenied, PlaceNotConfirmed, AlreadyCertified, DoesNotQualify.
    """
    certificates = issue_credentials(
        award=award, participations=[participation], by=by, at=at, exception_reason=exception_reason
    )
    if not certificates:
        raise AlreadyCertified
    return certificates[0]


@transaction.atomic
def issue_credentials(
    *,
    award: Award,
    participations: Sequence[Participation],
    by: Viewer,
    at: datetime,
    exception_reason: str = "",
) -> list[Certificate]:
    """Certify the chosen participants, all or none; who has the certificate already is passed over.

    Raises PermissionDenied, PlaceNotConfirmed, DoesNotQualify.
    """
    preview = _locked_preview(award, by)
    lines = {line.participation.pk: line for line in preview.lines}
    if any(participation.pk not in lines for participation in participations):
        raise PlaceNotConfirmed
    chosen = [lines[participation.pk] for participation in participations]
    wanting = [line for line in chosen if line.certificate is None]
    if not exception_reason and not all(line.standing.qualifies for line in wanting):
        raise DoesNotQualify
    return _issue_all(preview, wanting, by=by, at=at, exception_reason=exception_reason)


@transaction.atomic
def issue_to_all_qualified(*, award: Award, by: Viewer, at: datetime) -> list[Certificate]:
    """Certify everybody who meets every condition and has no certificate yet.

    Raises PermissionDenied.
    """
    preview = _locked_preview(award, by)
    return _issue_all(preview, preview.ready, by=by, at=at, exception_reason="")


def _locked_preview(award: Award, by: Viewer) -> Preview:
    if not policies.can_issue(by, award.edition):
        raise PermissionDenied
    # One after the other: two people who press the button at once issue each certificate once.
    Award.objects.select_for_update().get(pk=award.pk)
    return preview_of(award)


def _issue_all(
    preview: Preview, lines: Sequence[PreviewLine], *, by: Viewer, at: datetime, exception_reason: str
) -> list[Certificate]:
    wording, indexes = Wording.of(preview.needs), free_status_indexes(len(lines))
    issued = [
        write_certificate(
            wording, preview.needs.award, line, index, by=by, at=at, exception_reason=exception_reason
        )
        for line, index in zip(lines, indexes, strict=True)
    ]
    if issued:
        transaction.on_commit(partial(tell_holders_later, [certificate.pk for certificate in issued]))
    return issued


def write_certificate(
    wording: Wording,
    award: Award,
    line: PreviewLine,
    status_index: int,
    *,
    by: Viewer,
    at: datetime,
    exception_reason: str,
    supersedes: Certificate | None = None,
) -> Certificate:
    """Asks no policy: for actions that have asked their own."""
    participation, qualifies = line.participation, line.standing.qualifies
    certificate = Certificate(
        award=award,
        edition=award.edition,
        participation=participation,
        person=participation.person,
        code=new_code(),
        holder_name=participation.name,
        contents=wording.for_one(line.attendance, by_exception=not qualifies),
        issued_at=at,
        issued_by=by.person,
        exception_reason="" if qualifies else exception_reason,
        supersedes=supersedes,
        status_index=status_index,
        is_demonstration=policies.is_demonstration(award.edition),
    )
    certificate.badge = signed_badge(certificate, award, participation.email)
    certificate.save(force_insert=True)
    ledger.record(
        facts.CERTIFICATE_ISSUED.code,
        subject=certificate,
        by=by,
        at=at,
        organisation=participation.organisation,
        counterpart=award.edition.organiser,
        person=participation.person,
        ecosystem=participation.ecosystem,
    )
    return certificate


def free_status_indexes(count: int) -> list[int]:
    """By chance, so that a bit tells nothing of when or beside whom; lists are filled by half.

    Whoever issues meanwhile waits, so that no two take the same.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('credentials.status_index'))")
    start = Certificate.objects.count() // (LIST_LENGTH // 2) * LIST_LENGTH
    taken = set(
        Certificate.objects.filter(status_index__gte=start, status_index__lt=start + LIST_LENGTH).values_list(
            "status_index", flat=True
        )
    )
    found: list[int] = []
    while len(found) < count:
        index = start + secrets.randbelow(LIST_LENGTH)
        if index not in taken:
            taken.add(index)
            found.append(index)
    return found
