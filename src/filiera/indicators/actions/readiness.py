"""What a cluster aims at and means to say, indicator by indicator of the label."""

from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.indicators import policies
from filiera.indicators.actions.binder import check_label_code
from filiera.indicators.models import InterviewNote, LabelTarget
from filiera.indicators.queries.definitions import current_definition
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError


class NotOfTheLabel(DomainError):
    message = _("This figure serves no indicator of the label.")


@transaction.atomic
def set_label_target(
    *,
    organisation: Organisation,
    code: str,
    value: Decimal | None,
    reach_on: date | None = None,
    is_demonstration: bool = False,
    by: Viewer,
    at: datetime,
) -> LabelTarget | None:
    """Say what a figure should be, and until when; without a value there is no target any more.

    Raises PermissionDenied, UnknownIndicator, NotOfTheLabel.
    """
    if not policies.can_prepare_readiness(by, organisation):
        raise PermissionDenied
    if not current_definition(code).labels:
        raise NotOfTheLabel
    if value is None:
        LabelTarget.objects.filter(organisation=organisation, code=code).delete()
        return None
    target, _is_new = LabelTarget.objects.update_or_create(
        organisation=organisation,
        code=code,
        defaults={
            "value": value,
            "reach_on": reach_on,
            "is_demonstration": is_demonstration,
            "set_by": by.person,
            "set_at": at,
        },
    )
    return target


@transaction.atomic
def write_interview_note(
    *,
    organisation: Organisation,
    code: str,
    text: str,
    is_demonstration: bool = False,
    by: Viewer,
    at: datetime,
) -> InterviewNote | None:
    """Write down what to say about one indicator; an empty text takes it away.

    Raises PermissionDenied, UnknownLabelIndicator.
    """
    if not policies.can_prepare_readiness(by, organisation):
        raise PermissionDenied
    check_label_code(code)
    if not text.strip():
        InterviewNote.objects.filter(organisation=organisation, code=code).delete()
        return None
    note, _is_new = InterviewNote.objects.update_or_create(
        organisation=organisation,
        code=code,
        defaults={
            "text": text.strip(),
            "is_demonstration": is_demonstration,
            "written_by": by.person,
            "written_at": at,
        },
    )
    return note
