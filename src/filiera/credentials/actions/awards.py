"""What can be had in an edition, and for what."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Edition, Objective, Part, Session
from filiera.accounts.viewer import Viewer
from filiera.credentials import policies
from filiera.credentials.contents import Alignment, Texts
from filiera.credentials.models import Award, Certificate
from filiera.shared.errors import DomainError


class AwardNeedsCondition(DomainError):
    message = _("Say at least one thing that has to be done for it: hours, a share, days or sessions.")


class AwardHasCertificates(DomainError):
    message = _("Certificates were issued for this award. Revoke them if they were wrong; the award stays.")


@dataclass(frozen=True, kw_only=True)
class AwardDetails:
    """An award as it is asked for in a form."""

    name: Texts
    description: Texts = field(default_factory=dict)
    part: Part | None = None
    objectives: Sequence[Objective] = ()
    alignments: Sequence[Alignment] = ()
    least_hours: Decimal | None = None
    least_share: Decimal | None = None
    least_days: int | None = None
    needed_sessions: Sequence[Session] = ()
    needed_session_kinds: Sequence[str] = ()
    needed_facts: Sequence[str] = ()

    @property
    def asks_something(self) -> bool:
        figures = (self.least_hours, self.least_share, self.least_days)
        named = (self.needed_sessions, self.needed_session_kinds, self.needed_facts)
        return any(figure is not None for figure in figures) or any(named)


@transaction.atomic
def save_award(
    *, edition: Edition, details: AwardDetails, by: Viewer, at: datetime, award: Award | None = None
) -> Award:
    """Make an award, or change what it asks and says; certificates that were issued keep their words.

    Raises PermissionDenied, AwardNeedsCondition.
    """
    if not policies.can_edit_awards(by, edition):
        raise PermissionDenied
    if award is not None and award.edition_id != edition.pk:
        raise PermissionDenied
    if not details.asks_something:
        raise AwardNeedsCondition
    if award is None:
        award = Award(edition=edition, created_at=at, position=edition.awards.count() + 1)
    award.part = details.part
    award.name, award.description = details.name, details.description
    award.alignments = list(details.alignments)
    award.least_hours, award.least_share = details.least_hours, details.least_share
    award.least_days = details.least_days
    award.needed_session_kinds = list(details.needed_session_kinds)
    award.needed_facts = list(details.needed_facts)
    award.save()
    award.objectives.set(details.objectives)
    award.needed_sessions.set(details.needed_sessions)
    return award


@transaction.atomic
def delete_award(*, award: Award, by: Viewer) -> None:
    """Take back an award that nobody has.

    Raises PermissionDenied, AwardHasCertificates.
    """
    if not policies.can_edit_awards(by, award.edition):
        raise PermissionDenied
    award = Award.objects.select_for_update().get(pk=award.pk)
    if Certificate.objects.filter(award=award).exists():
        raise AwardHasCertificates
    award.delete()
