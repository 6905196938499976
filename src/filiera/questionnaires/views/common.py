"""What the pages of the builder share."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string

from filiera.accounts.viewer import ViewerRequest
from filiera.questionnaires import policies
from filiera.questionnaires.models import Questionnaire
from filiera.shared.errors import DomainError
from filiera.shared.http import TOASTS, render_page, wants_fragment

from .site import Site, find_questionnaire

CHANGED = "filiera:questionnaire"


def page_context(site: Site, **more: Any) -> dict[str, Any]:
    return {**site.context, "site": site, **more}


def editable(request: ViewerRequest, site: Site, questionnaire_id: int) -> Questionnaire:
    """The questionnaire, if the viewer may change it: 404 where it may not be known, else 403."""
    questionnaire = find_questionnaire(request, site, questionnaire_id)
    if not policies.can_edit(request.viewer, questionnaire):
        raise PermissionDenied
    return questionnaire


def panel_page(
    request: ViewerRequest, template: str, context: Mapping[str, object], *, status: int = 200
) -> HttpResponse:
    """A form in the side panel, or as a page of its own where there is no script."""
    return render_page(request, template, context, partial="panel", status=status)


def after_change(request: ViewerRequest, address: str) -> HttpResponse:
    """Close the panel and let the page fetch the questions anew; without script go to the page itself."""
    if wants_fragment(request):
        waiting = list(get_messages(request))
        toasts = render_to_string(TOASTS, {"messages": waiting}, request) if waiting else ""
        return HttpResponse(toasts, headers={"HX-Trigger": CHANGED})
    return redirect(address)


def show_refusal(form: forms.Form, error: DomainError) -> None:
    """Put a refusal at the field it names, or above the form."""
    field = getattr(error, "field", "")
    form.add_error(field if field in form.fields else None, str(error))
