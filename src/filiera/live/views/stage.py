"""The screen of the hall: one thing at a time, and the way in."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from filiera.accounts.viewer import ViewerRequest
from filiera.design.codes import qr_code
from filiera.live.models import Channel
from filiera.live.queries.results import results_of
from filiera.live.queries.room import current_poll, most_wanted, on_stage
from filiera.shared.http import render_page

from .common import address_of, in_channel

_SHOWN = 4


@require_safe
@in_channel
def stage(request: ViewerRequest, channel: Channel) -> HttpResponse:
    """The question on stage, else the poll, else the questions most wanted."""
    question = on_stage(channel)
    poll = None if question else current_poll(channel)
    address = address_of(channel)
    context = {
        "channel": channel,
        "edition": channel.edition,
        "question": question,
        "poll": poll,
        "results": results_of(poll) if poll else None,
        "wanted": [] if question or poll else most_wanted(channel, _SHOWN),
        "address": address.split("://", 1)[-1].rstrip("/"),
        "qr": qr_code(address),
    }
    response = render_page(request, "live/stage.html", context, partial="stage")
    response["X-Robots-Tag"] = "noindex"
    return response
