from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from filiera.accounts import actions
from filiera.accounts.models import Person
from filiera.accounts.viewer import ViewerRequest
from filiera.accounts.views.who import personal


@require_POST
@personal
def session_end(request: ViewerRequest, person: Person, session_id: int) -> HttpResponse:
    session = get_object_or_404(UserSession.objects.filter(user=person), pk=session_id)
    actions.end_session(session=session, by=request.viewer)
    messages.success(request, _("That browser is signed out."))
    return redirect("usersessions_list")
