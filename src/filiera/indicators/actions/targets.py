"""Setting a target with its path, and writing beside a figure."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.indicators import policies
from filiera.indicators.models import DigestRefusal, FigureNote, FigureTarget, PathKind, TargetPoint
from filiera.indicators.paths import PathPoint, in_order
from filiera.indicators.periods import Period
from filiera.indicators.queries.definitions import current_definition
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError


class NoTargetGiven(DomainError):
    message = _("Say what the figure should be in at least one year after the base.")


class BaseMissing(DomainError):
    message = _("Equal steps start from a base: give its year and its value.")
    field = "base_value"


class PointBeforeBase(DomainError):
    message = _("A target lies after the base.")
    field = "base_period"


@transaction.atomic
def set_target(
    *,
    organisation: Organisation,
    code: str,
    kind: PathKind,
    points: Sequence[PathPoint],
    by: Viewer,
    at: datetime,
    reason: str = "",
    is_demonstration: bool = False,
) -> FigureTarget:
    """Say on which path a figure should go; it takes the place of the path before.

    Raises PermissionDenied, UnknownIndicator, NoTargetGiven, BaseMissing, PointBeforeBase.
    """
    if not policies.can_declare(by, organisation):
        raise PermissionDenied
    current_definition(code)
    bases = [point for point in points if point.is_base]
    wanted = [point for point in points if not point.is_base]
    if not wanted:
        raise NoTargetGiven
    if kind == PathKind.LINEAR and not bases:
        raise BaseMissing
    if any(point.period <= base.period for point in wanted for base in bases):
        raise PointBeforeBase
    target, _is_new = FigureTarget.objects.update_or_create(
        organisation=organisation,
        code=code,
        defaults={
            "kind": kind,
            "reason": reason,
            "is_demonstration": is_demonstration,
            "set_by": by.person,
            "set_at": at,
        },
    )
    target.points.all().delete()
    TargetPoint.objects.bulk_create(
        [
            TargetPoint(
                target=target,
                start_on=point.period.start_on,
                until_on=point.period.until_on,
                value=point.value,
                is_base=point.is_base,
            )
            for point in in_order(points)
        ]
    )
    return target


@transaction.atomic
def remove_target(*, target: FigureTarget, by: Viewer, at: datetime) -> None:
    """Aim at nothing any more. Raises PermissionDenied."""
    if not policies.can_declare(by, target.organisation):
        raise PermissionDenied
    target.delete()


@transaction.atomic
def write_note(
    *,
    organisation: Organisation,
    code: str,
    period: Period,
    text: dict[str, str],
    by: Viewer,
    at: datetime,
    is_demonstration: bool = False,
) -> FigureNote:
    """Say something to a figure of one period. Raises PermissionDenied, UnknownIndicator."""
    if not policies.can_declare(by, organisation):
        raise PermissionDenied
    current_definition(code)
    return FigureNote.objects.create(
        organisation=organisation,
        code=code,
        start_on=period.start_on,
        until_on=period.until_on,
        text=text,
        is_demonstration=is_demonstration,
        written_by=by.person,
        written_at=at,
    )


@transaction.atomic
def remove_note(*, note: FigureNote, by: Viewer, at: datetime) -> None:
    """Take a note away. Raises PermissionDenied."""
    if not policies.can_declare(by, note.organisation):
        raise PermissionDenied
    note.delete()


@transaction.atomic
def choose_digest(*, organisation: Organisation, wanted: bool, by: Viewer, at: datetime) -> None:
    """Have the mail about alerts, or have it no more. Raises PermissionDenied."""
    if by.person is None or not policies.can_view_figures(by, organisation):
        raise PermissionDenied
    if wanted:
        DigestRefusal.objects.filter(organisation=organisation, person=by.person).delete()
        return
    DigestRefusal.objects.get_or_create(
        organisation=organisation, person=by.person, defaults={"refused_at": at}
    )
