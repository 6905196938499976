"""The details that somebody gives after confirming: a draft that is kept, then a registration."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.academy.actions.steps import tell_desks
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation, ParticipationState
from filiera.admissions.policies import places as policies
from filiera.admissions.queries.registration import registration_form, respondent_of
from filiera.questionnaires.actions.answering import save_draft, start_response, submit_response
from filiera.questionnaires.models import Response
from filiera.questionnaires.permissions import answer_as
from filiera.shared.errors import DomainError


class NothingToRegister(DomainError):
    message = _("The team asks for no details yet.")


class PlaceNotConfirmed(DomainError):
    message = _("Take the place first; then you can give your details.")


@transaction.atomic
def keep_details(
    *, participation: Participation, answers: Mapping[str, Any], by: Viewer, at: datetime
) -> Response:
    """Keep what was answered so far.

    Raises PermissionDenied, PlaceNotConfirmed, NothingToRegister and what `save_draft` raises.
    """
    _place, response, answering = _response(participation, by=by, at=at)
    if response.is_submitted:
        return response
    return save_draft(response=response, answers=answers, by=answering, at=at)


@transaction.atomic
def register_details(
    *, participation: Participation, answers: Mapping[str, Any], by: Viewer, at: datetime
) -> Participation:
    """Hand in the details, also changed ones; from the first time on the person is registered.

    Raises PermissionDenied, PlaceNotConfirmed, NothingToRegister and what `submit_response` raises.
    """
    place, response, answering = _response(participation, by=by, at=at)
    submit_response(response=response, answers=answers, by=answering, at=at)
    if place.registered_at is None:
        place.registered_at = at
        place.save(update_fields=["registered_at"])
    tell_desks(place.edition, by=by)
    return place


def answering_viewer(response: Response, by: Viewer) -> Viewer:
    """Whoever acts for a place may answer as its response; the caller has asked `can_act_for`."""
    return replace(by, permissions=by.permissions | {answer_as(response.pk)})


def _response(
    participation: Participation, *, by: Viewer, at: datetime
) -> tuple[Participation, Response, Viewer]:
    # Not the desk: sensitive answers are given by whom they are about.
    if not policies.can_act_for(by, participation):
        raise PermissionDenied
    places = Participation.objects.select_for_update(of=("self",)).select_related("edition")
    place = places.get(pk=participation.pk)
    if place.state != ParticipationState.CONFIRMED:
        raise PlaceNotConfirmed
    questionnaire = registration_form(place.edition)
    if questionnaire is None:
        raise NothingToRegister
    response = start_response(
        questionnaire=questionnaire,
        by=by,
        at=at,
        respondent=respondent_of(place),
        language=place.language[:5],
    )
    return place, response, answering_viewer(response, by)
