"""The ladder of agreements: one party says that a stage was reached, the other confirms it."""

from datetime import UTC, date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.organisations import policies, signals
from filiera.organisations.models import Agreement, AgreementStep, Organisation, Stage, height_of
from filiera.shared.errors import DomainError


class AgreementWithItself(DomainError):
    message = _("An agreement is between two organisations. Choose another one.")
    field = "other"


class StageAlreadyReached(DomainError):
    message = _("Both have confirmed this stage or a higher one already.")
    field = "stage"


class StageInFuture(DomainError):
    message = _("This day has not come yet. Enter it when it has.")
    field = "happened_on"


class NothingToConfirm(DomainError):
    message = _("There is nothing to confirm here any more.")


@transaction.atomic
def say_stage(
    *,
    party: Organisation,
    other: Organisation,
    stage: str,
    happened_on: date,
    by: Viewer,
    at: datetime,
    origin: str = "",
    origin_name: str = "",
    is_demonstration: bool = False,
) -> AgreementStep:
    """Say for one party that it has reached a stage with another; it counts when the other says so too.

    The first word between two organisations begins their agreement. A stage that the other has said
    already, or a higher one, is thereby confirmed.
    Raises PermissionDenied, AgreementWithItself, StageInFuture, StageAlreadyReached.
    """
    if not policies.can_speak_for(by, party):
        raise PermissionDenied
    if party.pk == other.pk:
        raise AgreementWithItself
    if happened_on > at.astimezone(UTC).date():
        raise StageInFuture
    first, second = sorted((party, other), key=lambda organisation: organisation.pk)
    Agreement.objects.get_or_create(
        first=first,
        second=second,
        defaults={
            "origin": origin,
            "origin_name": origin_name[:200],
            "created_at": at,
            "is_demonstration": is_demonstration,
        },
    )
    agreement = _locked(first, second)
    if agreement.stage and height_of(agreement.stage) >= height_of(stage):
        raise StageAlreadyReached
    step, _is_new = AgreementStep.objects.get_or_create(
        agreement=agreement,
        stage=stage,
        defaults={"happened_on": happened_on, "said_by": party, "said_at": at, "origin": origin},
    )
    by_other = list(agreement.steps.filter(said_by=other, confirmed_at__isnull=True))
    # Whoever says that the memorandum is there does not deny the letter before it.
    reached: AgreementStep | None = max(by_other, key=lambda said: height_of(said.stage), default=None)
    if reached is not None and height_of(reached.stage) >= height_of(stage):
        reached = step
    if reached is not None:
        _confirm(agreement, reached, by=by, at=at)
        step.refresh_from_db()
    return step


@transaction.atomic
def confirm_stage(*, step: AgreementStep, party: Organisation, by: Viewer, at: datetime) -> Agreement:
    """Confirm for the other party what one party has said; the agreement stands there from now on.

    Raises PermissionDenied, NothingToConfirm.
    """
    if not policies.can_speak_for(by, party):
        raise PermissionDenied
    agreement = _locked(step.agreement.first, step.agreement.second)
    standing = agreement.steps.filter(pk=step.pk, confirmed_at__isnull=True).first()
    is_party = party.pk in (agreement.first_id, agreement.second_id)
    if standing is None or not is_party or standing.said_by_id == party.pk:
        raise NothingToConfirm
    return _confirm(agreement, standing, by=by, at=at)


@transaction.atomic
def take_back_stage(*, step: AgreementStep, party: Organisation, by: Viewer, at: datetime) -> None:
    """Take back a word that is not confirmed, or refuse that of the other; nothing was counted yet.

    Raises PermissionDenied, NothingToConfirm.
    """
    if not policies.can_speak_for(by, party):
        raise PermissionDenied
    agreement = _locked(step.agreement.first, step.agreement.second)
    if party.pk not in (agreement.first_id, agreement.second_id):
        raise NothingToConfirm
    removed, _by_model = agreement.steps.filter(pk=step.pk, confirmed_at__isnull=True).delete()
    if not removed:
        raise NothingToConfirm
    if not agreement.steps.exists():
        agreement.delete()


def _locked(first: Organisation, second: Organisation) -> Agreement:
    rows = Agreement.objects.select_for_update(of=("self",)).select_related("first", "second")
    return rows.get(first=first, second=second)


def _confirm(agreement: Agreement, step: AgreementStep, *, by: Viewer, at: datetime) -> Agreement:
    """Raise the agreement to a step; what lies below it and was only said is confirmed with it."""
    below = [
        told.pk
        for told in agreement.steps.filter(confirmed_at__isnull=True)
        if height_of(told.stage) <= height_of(step.stage)
    ]
    AgreementStep.objects.filter(pk__in=below).update(confirmed_at=at)
    step.confirmed_at = at
    if not agreement.stage or height_of(step.stage) > height_of(agreement.stage):
        agreement.stage, agreement.reached_on = Stage(step.stage), step.happened_on
        agreement.save(update_fields=["stage", "reached_on"])
        signals.agreement_advanced.send(Agreement, agreement=agreement, step=step, by=by, at=at)
    return agreement
