"""What the ledger hears from below, in the same transaction: if it cannot write, nothing happens."""

from datetime import UTC, date, datetime
from typing import Any

from filiera.accounts import exports
from filiera.accounts.models import Person, PersonKey
from filiera.accounts.viewer import Viewer
from filiera.ledger.actions import record, reverse, subject_type
from filiera.ledger.facts import AGREEMENT_ADVANCED, MEMBERSHIP_ENDED, MEMBERSHIP_STARTED
from filiera.ledger.models import Fact
from filiera.organisations import signals
from filiera.organisations.models import Agreement, AgreementStep, Membership


def connect() -> None:
    signals.membership_started.connect(record_start, dispatch_uid="ledger.membership_started")
    signals.membership_ended.connect(record_end, dispatch_uid="ledger.membership_ended")
    signals.membership_withdrawn.connect(reverse_all, dispatch_uid="ledger.membership_withdrawn")
    signals.agreement_advanced.connect(record_advance, dispatch_uid="ledger.agreement_advanced")
    exports.register("facts", facts_about)


def facts_about(person: Person) -> list[Any]:
    """The facts that know a person by their random key, for the archive of their data."""
    keys = PersonKey.objects.filter(person=person).values("key")
    told = Fact.objects.filter(person__in=keys).order_by("happened_at", "id")
    return list(told.values("kind", "happened_at", "quantity", "unit", "source"))


def record_start(*, membership: Membership, by: Viewer, at: datetime, **_: Any) -> None:
    if membership.start_on is None:
        return  # An unknown day cannot be placed in a year.
    _record_about(membership, MEMBERSHIP_STARTED.code, membership.start_on, by, at)


def record_end(*, membership: Membership, by: Viewer, at: datetime, **_: Any) -> None:
    if membership.end_on is None:
        return
    _record_about(membership, MEMBERSHIP_ENDED.code, membership.end_on, by, at)


def reverse_all(*, membership: Membership, by: Viewer, at: datetime, **_: Any) -> None:
    told = Fact.objects.filter(subject_type=subject_type(membership), subject_key=str(membership.pk))
    reversed_facts = told.filter(reverses__isnull=False).values("reverses")
    for fact in told.filter(reverses__isnull=True).exclude(id__in=reversed_facts):
        reverse(fact, by=by, at=at)


def record_advance(*, agreement: Agreement, step: AgreementStep, by: Viewer, at: datetime, **_: Any) -> None:
    said_by, day = step.said_by, step.happened_on
    record(
        AGREEMENT_ADVANCED.code,
        subject=agreement,
        by=by,
        at=at,
        happened_at=datetime(day.year, day.month, day.day, tzinfo=UTC),
        organisation=said_by,
        counterpart=agreement.second if said_by.pk == agreement.first_id else agreement.first,
        event=f"stage:{step.stage}",
    )


def _record_about(membership: Membership, kind: str, day: date, by: Viewer, at: datetime) -> None:
    record(
        kind,
        subject=membership,
        by=by,
        at=at,
        happened_at=datetime(day.year, day.month, day.day, tzinfo=UTC),
        organisation=membership.cluster,
        counterpart=membership.member,
        region=membership.member.region,
        size_class=membership.member.size_class,
    )
