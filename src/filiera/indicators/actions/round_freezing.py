"""Freezing a round: its figures stay as they are then, with who and when."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.indicators import policies
from filiera.indicators.actions.round_mails import RoundNotOpen
from filiera.indicators.models import CollectionRound, PartState, RoundState
from filiera.indicators.queries.round_report import report_data
from filiera.questionnaires.actions import states
from filiera.shared.errors import DomainError


class PolesMissing(DomainError):
    message = _("Not every pole’s figures are accepted. Wait for them, or say that the round goes without.")
    field = "without_missing"


@transaction.atomic
def freeze_round(
    *, round_: CollectionRound, without_missing: bool = False, by: Viewer, at: datetime
) -> CollectionRound:
    """Take no more answers and keep the report; what is not accepted is left out only if that is said.

    Raises PermissionDenied, RoundNotOpen, PolesMissing.
    """
    if not policies.can_run_round(by, round_):
        raise PermissionDenied
    locked = CollectionRound.objects.select_for_update(of=("self",)).select_related(
        "organisation", "questionnaire"
    )
    round_ = locked.get(pk=round_.pk)
    if not round_.is_open:
        raise RoundNotOpen
    # Nothing is submitted, accepted or answered any more while the report is made.
    parts = list(round_.parts.select_for_update().order_by("pk"))
    list(round_.firms.select_for_update().order_by("pk").values_list("pk"))
    missing = round_.codes and any(part.state != PartState.ACCEPTED for part in parts)
    if missing and not without_missing:
        raise PolesMissing
    if round_.questionnaire is not None:
        states.close_questionnaire(questionnaire=round_.questionnaire, by=by, at=at)
    round_.report = report_data(round_, at, is_final=True)
    round_.state, round_.frozen_by, round_.frozen_at = RoundState.FROZEN, by.person, at
    round_.save(update_fields=["report", "state", "frozen_by", "frozen_at"])
    return round_
