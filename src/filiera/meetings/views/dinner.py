"""Dinner on a participant's phone: wishes before, the own table after."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from filiera.academy.edition_pages import edition_page, for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.meetings import policies
from filiera.meetings.actions.dinner_planning import save_dinner_wishes
from filiera.meetings.forms.dinner import DinnerWishesForm
from filiera.meetings.models import DinnerGuest
from filiera.meetings.queries.dinner import OwnDinner, own_dinners, wishable
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal

from .common import now_in

belonging = for_those_who(policies.belongs_to)


@require_safe
@belonging
def dinner(request: ViewerRequest, edition: Edition) -> HttpResponse:
    return _page(request, edition)


@require_POST
@belonging
def dinner_wishes(request: ViewerRequest, edition: Edition, dinner_id: int) -> HttpResponse:
    """Say beside whom one would like to sit."""
    visible = DinnerGuest.objects.visible_to(request.viewer).select_related("participation", "dinner")
    guest = get_object_or_404(
        visible,
        dinner__edition=edition,
        dinner=dinner_id,
        participation__person_id=request.viewer.person_id or 0,
    )
    own = next(
        each
        for each in own_dinners(request.viewer, edition, at=now_in(edition))
        if each.dinner.pk == guest.dinner_id
    )
    form = _form(request, own, bound=True)
    if form.is_valid():
        try:
            save_dinner_wishes(guest=guest, wanted=form.wanted(), by=request.viewer, at=now_in(edition))
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("Your wishes are kept. Nobody else sees them."))
            return redirect("meetings:dinner", edition.slug)
    return _page(request, edition, refused=(guest.dinner_id, form), status=422)


def _form(request: ViewerRequest, own: OwnDinner, *, bound: bool = False) -> DinnerWishesForm:
    return DinnerWishesForm(
        request.POST if bound else None,
        guests=wishable(request.viewer, own),
        wanted=[guest.pk for guest in own.wanted],
        prefix=f"dinner-{own.dinner.pk}",
    )


def _page(
    request: ViewerRequest,
    edition: Edition,
    *,
    refused: tuple[int, DinnerWishesForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = []
    for own in own_dinners(request.viewer, edition, at=now_in(edition)):
        form = None
        if own.takes_wishes:
            is_refused = refused is not None and refused[0] == own.dinner.pk
            form = refused[1] if refused is not None and is_refused else _form(request, own)
        shown.append({"own": own, "form": form})
    context = {"dinners": shown, "may_seat": policies.can_seat_dinner(request.viewer, edition)}
    return edition_page(request, edition, "meetings/dinner/dinner.html", context, status=status)
