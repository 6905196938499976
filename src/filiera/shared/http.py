"""One answer for both doors: a whole page, or the fragment that HTMX asked for."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme

from filiera.shared.errors import DomainError

TOASTS = "components/_toasts_oob.html"
# The event that the pages of a desk wait for to fetch what changed.
CHANGED = "filiera:draft"
# Sent with what a page fetches of its own accord, such as after news.
_UNASKED = "Filiera-Unasked"


def wants_fragment(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def render_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, object] | None = None,
    *,
    partial: str = "",
    status: int = 200,
) -> HttpResponse:
    """Answer with the page, or with its named partial when HTMX asks.

    Waiting messages come with it, but not with what a page asks for by itself: it may be one that is left,
    or a screen that has no place for them.
    """
    if partial and wants_fragment(request):
        body = render_to_string(f"{template}#{partial}", dict(context or {}), request)
        response = HttpResponse(body + _waiting_messages(request), status=status)
    else:
        response = HttpResponse(render_to_string(template, dict(context or {}), request), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def fragment_or_redirect(
    request: HttpRequest,
    template_and_partial: str,
    context: Mapping[str, object],
    *arguments: str | int,
    to: str,
    **keywords: str | int,
) -> HttpResponse:
    """After a change: the changed fragment for HTMX, else a redirect to the page `to`."""
    if not wants_fragment(request):
        return HttpResponseRedirect(resolve_url(to, *arguments, **keywords))
    body = render_to_string(template_and_partial, dict(context), request)
    response = HttpResponse(body + _waiting_messages(request))
    patch_vary_headers(response, ["HX-Request"])
    return response


def panel_page(
    request: HttpRequest, template: str, context: Mapping[str, object], *, status: int = 200
) -> HttpResponse:
    """A form in the side panel, or as a page of its own where there is no script."""
    return render_page(request, template, context, partial="panel", status=status)


def after_change(request: HttpRequest, address: str) -> HttpResponse:
    """Close the panel and let the page fetch what changed; without script go to the page itself."""
    if wants_fragment(request):
        return HttpResponse(_waiting_messages(request), headers={"HX-Trigger": CHANGED})
    return HttpResponseRedirect(return_address(request, address))


def return_address(request: HttpRequest, otherwise: str) -> str:
    """Where the form said that it came from, if that is a page of ours."""
    asked = request.POST.get("next", "")
    is_ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if is_ours else otherwise


def tried(request: HttpRequest, act: Callable[[], object], done: str | Promise = "") -> bool:
    """Do what may be refused; the next page says why it was, or what was done. Whether it was done."""
    try:
        act()
    except DomainError as error:
        messages.warning(request, str(error))
        return False
    if done:
        messages.success(request, str(done))
    return True


def send_to(request: HttpRequest, address: str) -> HttpResponse:
    """Lead the whole page elsewhere, also when a fragment was asked for."""
    if wants_fragment(request):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _waiting_messages(request: HttpRequest) -> str:
    if request.headers.get(_UNASKED) == "true":
        return ""
    # Out of band, because the toasts stand outside the fragment that was asked for.
    waiting = list(get_messages(request))
    return render_to_string(TOASTS, {"messages": waiting}, request) if waiting else ""
