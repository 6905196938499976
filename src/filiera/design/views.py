"""The page of all components, and the choice between light and dark."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from filiera.design.specimen import desk_context, specimen_context
from filiera.design.theme import is_theme, remember_theme, safe_return


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return render(request, "design/index.html", specimen_context())


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    return render(request, "design/desk.html", desk_context())


@require_safe
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark and go back; a link, because it must work on pages without a form."""
    response = HttpResponseRedirect(safe_return(request, request.GET.get("next")))
    asked = request.GET.get("theme")
    if is_theme(asked):
        remember_theme(response, asked, is_secure=request.is_secure())
    return response
