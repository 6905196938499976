"""The builder of questionnaires at an edition's desk."""

from functools import wraps
from typing import Any

from django.http import HttpResponse

from filiera.academy.edition_pages import for_those_who
from filiera.academy.models import Edition, Session
from filiera.accounts.viewer import ViewerRequest
from filiera.admissions.policies.forms import can_see_forms
from filiera.admissions.policies.surveys import session_key
from filiera.admissions.purposes import APPLICATION, REGISTRATION, SURVEY, workspace_of
from filiera.questionnaires.views.site import Site, SiteView
from filiera.texts.languages import translated


def enter(view: SiteView) -> SiteView:
    """Let in whoever builds forms or reads their results, with the desk as the frame."""

    @wraps(view)
    @for_those_who(can_see_forms)
    def entered(request: ViewerRequest, edition: Edition, **kwargs: Any) -> HttpResponse:
        return view(request, site_of(edition), **kwargs)

    return entered


def site_of(edition: Edition) -> Site:
    return Site(
        workspace=workspace_of(edition.pk),
        namespace="admissions",
        arguments=(edition.slug,),
        frame="academy/desk/_frame.html",
        context={"edition": edition},
        purposes=(APPLICATION, REGISTRATION, SURVEY),
        subject_names=session_names,
    )


def session_names(subjects: list[str]) -> dict[str, str]:
    """The titles of the sessions that responses are about, in the order in which they were held."""
    keys = {subject: session_key(subject) for subject in subjects}
    sessions = Session.objects.filter(pk__in=[key for key in keys.values() if key is not None])
    titles = {session.pk: translated(session.title) for session in sessions.order_by("during", "pk")}
    subjects_of = {key: subject for subject, key in keys.items()}
    return {subjects_of[key]: title for key, title in titles.items()}
