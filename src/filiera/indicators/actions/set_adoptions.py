"""Taking a version of a set over for one's own workspace, and leaving it."""

from datetime import datetime
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.indicators import policies
from filiera.indicators.actions.set_mails import tell_of_adoption_later
from filiera.indicators.actions.sets import locked_set
from filiera.indicators.models import IndicatorSet, SetAdoption, SetVersion
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError


class AdoptedAlready(DomainError):
    message = _("You use this version already.")


class VersionIsDraft(DomainError):
    message = _("This version is not published yet.")


class AdoptionEnded(DomainError):
    message = _("You do not use this set any more.")


@transaction.atomic
def adopt_version(
    *, version: SetVersion, organisation: Organisation, by: Viewer, at: datetime
) -> SetAdoption:
    """Use a version of a set from now on, in place of the version before where there is one.

    Raises PermissionDenied, VersionIsDraft, AdoptedAlready.
    """
    indicator_set = locked_set(version.indicator_set)
    if not policies.can_use_sets(by, organisation) or not is_open_to(indicator_set, organisation):
        raise PermissionDenied
    if version.is_draft:
        raise VersionIsDraft
    former = standing_adoption(indicator_set, organisation)
    if former is not None:
        if former.version_id == version.pk:
            raise AdoptedAlready
        _end(former, by, at)
    adoption = SetAdoption.objects.create(
        indicator_set=indicator_set,
        version=version,
        organisation=organisation,
        adopted_by=by.person,
        adopted_at=at,
    )
    if organisation.pk != indicator_set.organisation_id:
        transaction.on_commit(partial(tell_of_adoption_later, adoption.pk))
    return adoption


@transaction.atomic
def end_adoption(*, adoption: SetAdoption, by: Viewer, at: datetime) -> None:
    """Use the set no more; that it was used stays known. Raises PermissionDenied, AdoptionEnded."""
    if not policies.can_use_sets(by, adoption.organisation):
        raise PermissionDenied
    locked_set(adoption.indicator_set)
    adoption.refresh_from_db(fields=["ended_at"])
    if adoption.ended_at is not None:
        raise AdoptionEnded
    _end(adoption, by, at)


def is_open_to(indicator_set: IndicatorSet, organisation: Organisation) -> bool:
    """Whether the set stands in the workspace of an organisation; asks no policy."""
    return IndicatorSet.objects.open_to(organisation.pk).filter(pk=indicator_set.pk).exists()


def standing_adoption(indicator_set: IndicatorSet, organisation: Organisation) -> SetAdoption | None:
    rows = SetAdoption.objects.standing().filter(indicator_set=indicator_set, organisation=organisation)
    return rows.select_related("version").first()


def _end(adoption: SetAdoption, by: Viewer, at: datetime) -> None:
    adoption.ended_by, adoption.ended_at = by.person, at
    adoption.save(update_fields=["ended_by", "ended_at"])
