"""Whom to call: what people gave at registration, as far as the reader may read it."""

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation
from filiera.admissions.policies.places import can_view_sensitive
from filiera.admissions.queries.registration import registration_form, respondent_of
from filiera.questionnaires.models import Response
from filiera.questionnaires.queries.display import values_of

EMERGENCY = "emergency-contact"
"""The code by which the question is known, whoever wrote its words."""


def telephones_of(viewer: Viewer, edition: Edition) -> list[tuple[str, str, str]]:
    """Name, organisation and whom to call, of the confirmed ones who said so, by name."""
    questionnaire = registration_form(edition) if can_view_sensitive(viewer, edition) else None
    if questionnaire is None:
        return []
    places = (
        Participation.objects.visible_to(viewer)
        .confirmed()
        .filter(edition=edition)
        .select_related("organisation")
        .order_by("sort_name", "pk")
    )
    responses = dict(
        Response.objects.filter(questionnaire=questionnaire, about="").values_list("respondent", "pk")
    )
    said = values_of(questionnaire, list(responses.values()), viewer, [EMERGENCY])
    found = []
    for place in places:
        key = responses.get(respondent_of(place))
        told = said[key].get(EMERGENCY) if key is not None else None
        if told:
            organisation = place.organisation.name if place.organisation else place.organisation_name
            found.append((place.name, organisation, str(told)))
    return found
