"""Finding a channel by the address, for the room and for its moderators."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from filiera.academy.edition_pages import for_those_who, to_sign_in
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.live import policies
from filiera.live.models import Channel
from filiera.shared.attempts import attempts_so_far, count_attempt

View = Callable[..., HttpResponse]
_WRONG_A_MINUTE = 60


class TooManyCodes(Exception):
    """Somebody tries codes faster than people type."""


def find_channel(request: ViewerRequest, code: str, edition_slug: str = "") -> Channel:
    """Raises Http404, TooManyCodes."""
    tried = f"live.code:{request.META.get('REMOTE_ADDR', '')}"
    at = timezone.now()
    # Whoever votes has come in before; a hall behind one address votes faster than codes may be tried.
    if request.method != "POST" and attempts_so_far(tried, at=at) >= _WRONG_A_MINUTE:
        raise TooManyCodes
    channels = Channel.objects.visible_to(request.viewer).select_related("edition__organiser", "session")
    if edition_slug:
        channels = channels.filter(edition__slug=edition_slug)
    channel = channels.filter(code=code.upper()).first()
    if channel is None:
        if count_attempt(tried, at=at) > _WRONG_A_MINUTE:
            raise TooManyCodes
        raise Http404
    return channel


def in_channel(view: View) -> View:
    """Give a view of the room its channel."""

    @wraps(view)
    def guarded(
        request: ViewerRequest, edition_slug: str, code: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        try:
            channel = find_channel(request, code, edition_slug)
        except TooManyCodes:
            return HttpResponse(status=429)
        if not policies.can_take_part(request.viewer, channel):
            return to_sign_in(request)
        return view(request, channel, *args, **kwargs)

    return guarded


def moderating(view: View) -> View:
    """Give a view of the desk its edition, or its channel where the address names one."""

    @for_those_who(policies.can_moderate)
    @wraps(view)
    def guarded(request: ViewerRequest, edition: Edition, *args: Any, **kwargs: Any) -> HttpResponse:
        code = kwargs.pop("code", None)
        if code is None:
            return view(request, edition, *args, **kwargs)
        channels = Channel.objects.visible_to(request.viewer).select_related("session")
        channel = get_object_or_404(channels, edition=edition, code=code.upper())
        channel.edition = edition
        return view(request, channel, *args, **kwargs)

    return guarded


def address_of(channel: Channel) -> str:
    """Where telephones go, whole, for the QR code."""
    path = reverse("live:room", args=[channel.edition.slug, channel.code.lower()])
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}"
