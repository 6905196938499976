"""The order of participants' short talks."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from filiera.academy import policies
from filiera.academy.actions.short_talks import bring_talk_forward
from filiera.academy.edition_pages import desk_view
from filiera.academy.models import Edition, Session, ShortTalk
from filiera.accounts.viewer import ViewerRequest

from .sessions import panel_again


@require_POST
@desk_view(policies.can_edit_programme)
def desk_short_talk_earlier(request: ViewerRequest, edition: Edition, talk_id: int) -> HttpResponse:
    talks = ShortTalk.objects.filter(session__in=Session.objects.visible_to(request.viewer))
    talk = get_object_or_404(
        talks.select_related("session__edition", "session__part", "session__room"),
        session__edition=edition,
        pk=talk_id,
    )
    bring_talk_forward(talk=talk, by=request.viewer, at=timezone.now())
    return panel_again(request, talk.session)
