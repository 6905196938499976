from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from filiera.accounts.models import Person
from filiera.accounts.queries import profile_parts
from filiera.accounts.viewer import ViewerRequest
from filiera.shared.http import render_page


@require_safe
def person(request: ViewerRequest, public_id: UUID) -> HttpResponse:
    """What a person shows of themselves to whoever looks."""
    shown = get_object_or_404(
        Person.objects.visible_to(request.viewer).select_related("photo"), public_id=public_id
    )
    context = {"shown": shown, "parts": profile_parts(shown, request.viewer)}
    return render_page(request, "accounts/person.html", context)
