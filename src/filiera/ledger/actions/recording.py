"""Recording what happened, and reversing what was recorded by mistake."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID, uuid4

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.models import Person
from filiera.accounts.queries import key_of
from filiera.accounts.viewer import Viewer
from filiera.files.models import StoredFile
from filiera.ledger.kinds import kind_of
from filiera.ledger.models import Fact, Source
from filiera.ledger.signals import tell_after_commit
from filiera.organisations.models import Organisation
from filiera.reference.models import Ecosystem, Region
from filiera.shared.errors import DomainError


class FactAlreadyReversed(DomainError):
    message = _("This fact has already been reversed.")


class ReversalCannotBeReversed(DomainError):
    message = _("A reversal cannot be reversed; record the fact again.")


class EvidenceMissing(DomainError):
    message = _("A declared figure needs the file that proves it.")


@transaction.atomic
def record(
    kind: str,
    *,
    subject: models.Model,
    by: Viewer,
    at: datetime,
    happened_at: datetime | None = None,
    organisation: Organisation | None = None,
    counterpart: Organisation | None = None,
    person: Person | UUID | None = None,
    quantity: Decimal | int = 1,
    amount_eur: Decimal | None = None,
    ecosystem: Ecosystem | None = None,
    region: Region | None = None,
    size_class: str | None = None,
    source: str = Source.PLATFORM,
    evidence: StoredFile | None = None,
    event: str = "",
) -> Fact:
    """Write down once that something happened, in the transaction that makes it true.

    `subject` is the record it came from, `event` tells apart what can happen to it more than once.
    Recording the same kind, subject and event of a year again changes nothing and returns the first fact,
    so a job may run twice. `at` is now; `happened_at`, where it differs, is when it happened. Region and
    size class are the organisation's of this moment unless given.

    Asks no policy: the action that calls it has asked its own.
    Raises UnknownKind, EvidenceMissing.
    """
    if source == Source.DECLARED and evidence is None:
        raise EvidenceMissing
    moment = happened_at or at
    fact = Fact(
        year=moment.astimezone(UTC).year,
        id=uuid4(),
        kind=kind,
        happened_at=moment,
        recorded_at=at,
        recorded_by=key_of(by.person) if by.person else None,
        organisation=organisation,
        counterpart=counterpart,
        person=key_of(person) if isinstance(person, Person) else person,
        subject_type=subject_type(subject),
        subject_key=str(subject.pk),
        quantity=quantity,
        unit=kind_of(kind).unit,
        amount_eur=amount_eur,
        ecosystem=ecosystem,
        region=region or (organisation.region if organisation else None),
        size_class=(organisation.size_class if organisation else "") if size_class is None else size_class,
        source=source,
        evidence=evidence,
        idempotency_key=idempotency_key(subject, event),
    )
    Fact.objects.bulk_create([fact], ignore_conflicts=True)
    tell_after_commit()
    return Fact.objects.get(year=fact.year, kind=kind, idempotency_key=fact.idempotency_key)


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One of many facts of a kind that are recorded together; what it leaves open is that of all."""

    subject: models.Model
    organisation: Organisation | None = None
    person: Person | None = None
    ecosystem: Ecosystem | None = None
    quantity: Decimal | int = 1
    happened_at: datetime | None = None
    event: str = ""


@transaction.atomic
def record_many(
    kind: str,
    happenings: Sequence[Happening],
    *,
    by: Viewer,
    at: datetime,
    counterpart: Organisation | None = None,
    event: str = "",
) -> None:
    """The same for many records of one kind, in a fixed number of statements.

    Asks no policy: the action that calls it has asked its own.
    Raises UnknownKind.
    """
    unit = kind_of(kind).unit
    recorded_by = key_of(by.person) if by.person else None
    Fact.objects.bulk_create(
        [
            Fact(
                year=(told.happened_at or at).astimezone(UTC).year,
                id=uuid4(),
                kind=kind,
                happened_at=told.happened_at or at,
                recorded_at=at,
                recorded_by=recorded_by,
                organisation=told.organisation,
                counterpart=counterpart,
                person=key_of(told.person) if told.person else None,
                subject_type=subject_type(told.subject),
                subject_key=str(told.subject.pk),
                quantity=told.quantity,
                unit=unit,
                ecosystem=told.ecosystem,
                region=told.organisation.region if told.organisation else None,
                size_class=told.organisation.size_class if told.organisation else "",
                source=Source.PLATFORM,
                idempotency_key=idempotency_key(told.subject, told.event or event),
            )
            for told in happenings
        ],
        ignore_conflicts=True,
        batch_size=1000,
    )
    tell_after_commit()


@transaction.atomic
def reverse(fact: Fact, *, by: Viewer, at: datetime) -> Fact:
    """Cancel a fact by one that names it, with the opposite quantity, in the same year.

    Asks no policy: the action that calls it has asked its own.
    Raises FactAlreadyReversed, ReversalCannotBeReversed.
    """
    if fact.is_reversal:
        raise ReversalCannotBeReversed
    reversal = Fact(
        year=fact.year,
        id=uuid4(),
        kind=fact.kind,
        happened_at=fact.happened_at,
        recorded_at=at,
        recorded_by=key_of(by.person) if by.person else None,
        organisation_id=fact.organisation_id,
        counterpart_id=fact.counterpart_id,
        person=fact.person,
        subject_type=fact.subject_type,
        subject_key=fact.subject_key,
        quantity=-fact.quantity,
        unit=fact.unit,
        amount_eur=None if fact.amount_eur is None else -fact.amount_eur,
        ecosystem_id=fact.ecosystem_id,
        region_id=fact.region_id,
        size_class=fact.size_class,
        source=fact.source,
        idempotency_key=_digest("reversal", str(fact.id)),
        reverses=fact.id,
    )
    try:
        with transaction.atomic():
            reversal.save(force_insert=True)
    except IntegrityError as error:
        if Fact.objects.filter(year=fact.year, reverses=fact.id).exists():
            raise FactAlreadyReversed from error
        raise
    tell_after_commit()
    return reversal


def reverse_standing(subject: models.Model, *kinds: str, by: Viewer, at: datetime) -> int:
    """Cancel what holds of these kinds about a record; how many facts. Asks no policy, as `reverse`."""
    standing = list(Fact.objects.about(subject, *kinds).standing())
    for fact in standing:
        reverse(fact, by=by, at=at)
    return len(standing)


def subject_type(subject: models.Model) -> str:
    return subject._meta.label_lower


def idempotency_key(subject: models.Model, event: str = "") -> str:
    """Derived from the record and what happened to it, never from chance."""
    return _digest(subject_type(subject), str(subject.pk), event)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
