"""The page behind the link in a mail: the form of one figure, without signing in."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from filiera.accounts.viewer import ViewerRequest
from filiera.indicators import policies
from filiera.indicators.actions import declaration_links as actions
from filiera.indicators.forms.declarations import DeclarationForm
from filiera.indicators.models import DeclarationRequest
from filiera.indicators.queries.declaration_links import (
    LinkState,
    last_by_owner,
    link_state,
    request_of,
    token_of,
    viewer_by_link,
)
from filiera.indicators.seen_from import seen_from
from filiera.shared.attempts import attempts_so_far, count_attempt
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page

from .common import definition_in

LinkView = Callable[..., HttpResponse]

# A person mistypes now and then; who tries more is guessing, or sends files to fill the disk.
WRONG_A_MINUTE = 20
SENT_A_MINUTE = 10


def by_link(view: LinkView) -> LinkView:
    """Give a view the request of the link in the address, or say plainly that the link does not work."""

    @wraps(view)
    @never_cache
    @sensitive_variables("figure_token")
    def opened(request: ViewerRequest, figure_token: str, *args: Any, **kwargs: Any) -> HttpResponse:
        tried, at = f"indicators.figure_link:{request.META.get('REMOTE_ADDR', '')}", timezone.now()
        if attempts_so_far(tried, at=at) >= WRONG_A_MINUTE:
            return _too_many(request)
        asked = request_of(figure_token)
        if asked is None:
            count_attempt(tried, at=at)
            return render_page(request, "indicators/declarations/link_unknown.html", {}, status=404)
        if (
            request.method == "POST"
            and count_attempt(f"indicators.figure_told:{asked.pk}", at=at) > SENT_A_MINUTE
        ):
            return _too_many(request)
        if _belongs_on_page_of_team(request, asked):
            return redirect("indicators:declaration", asked.organisation.slug, asked.code, asked.period.code)
        return view(request, asked, *args, **kwargs)

    return opened


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def figure_link(request: ViewerRequest, asked: DeclarationRequest) -> HttpResponse:
    """The form of the figure that is asked for; once it is told, that a second person confirms it."""
    at, is_sent = timezone.now(), request.method == "POST"
    state = link_state(asked, at)
    definition = definition_in(asked.code)
    last = last_by_owner(asked)
    context = {
        "asked": asked,
        "organisation": asked.organisation,
        "definition": definition,
        "period": asked.period,
        "token": token_of(asked),
        "is_own": last is not None and last.is_waiting,
    }
    if state == LinkState.TOLD:
        status = 409 if is_sent else 200
        return render_page(request, "indicators/declarations/link_told.html", context, status=status)
    if state == LinkState.OVER:
        return render_page(request, "indicators/declarations/link_over.html", context, status=410)
    came_back = last if last is not None and last.returned_at is not None else None
    form = DeclarationForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        definition=definition,
        former=came_back,
    )
    if form.is_bound and form.is_valid():
        try:
            actions.tell_figure(request=asked, by=viewer_by_link(asked), at=at, **form.cleaned_data)
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("indicators:figure_link", token_of(asked))
    context |= {"form": form, "came_back": came_back}
    status = 422 if form.is_bound else 200
    return render_page(request, "indicators/declarations/link.html", context, status=status)


@require_POST
@by_link
def figure_declining(request: ViewerRequest, asked: DeclarationRequest) -> HttpResponse:
    """Others are to be asked: whoever asked hears of it, and no reminder goes out."""
    try:
        actions.decline_request(request=asked, by=viewer_by_link(asked), at=timezone.now())
    except DomainError as refusal:
        messages.warning(request, str(refusal))
        return redirect("indicators:figure_link", token_of(asked))
    context = {"asked": asked, "organisation": asked.organisation}
    return render_page(request, "indicators/declarations/link_declined.html", context)


def _belongs_on_page_of_team(request: ViewerRequest, asked: DeclarationRequest) -> bool:
    """Who is signed in and may declare there does so as themselves; what the owner typed still arrives."""
    person = request.viewer.person
    if person is None or not policies.can_declare(seen_from(asked.organisation, person), asked.organisation):
        return False
    return request.method != "POST" or person != asked.owner


def _too_many(request: ViewerRequest) -> HttpResponse:
    words = render_to_string("429.html", {}, request)
    return HttpResponse(words, status=429, headers={"Retry-After": "60"})
