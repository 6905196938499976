"""The code on the projector, and the page on which people type it."""

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from filiera.academy.edition_pages import everybody, for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.admissions.actions.self_check_in import check_oneself_in, participation_by_entry_code
from filiera.admissions.forms.self_check_in import HereForm
from filiera.admissions.policies import presence as policies
from filiera.admissions.queries import self_check_in as queries
from filiera.admissions.queries.own_place import own_place
from filiera.admissions.queries.place_links import viewer_by_link
from filiera.admissions.queries.presence_lists import present_count
from filiera.design.codes import qr_on_white
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page

from .presence import target_in


@never_cache
@require_safe
@for_those_who(policies.can_check_in)
def desk_screen(
    request: ViewerRequest, edition: Edition, day_id: int | None = None, session_id: int | None = None
) -> HttpResponse:
    """For the projector: the code of this minute, its QR, and how many are in."""
    target = target_in(edition, day_id, session_id)
    at = timezone.now()
    shown = queries.screen_code(target, at)
    address = f"{settings.PUBLIC_URL}{reverse('admissions:here', args=[edition.slug])}"
    context = {
        "edition": edition,
        "target": target,
        "is_on": queries.is_on(target, at),
        "shown": shown,
        "address": address,
        "picture": qr_on_white(f"{address}?code={shown.code}"),
        "present": present_count(target),
    }
    return render_page(request, "admissions/presence/screen.html", context, partial="screen")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_those_who(everybody)
def here(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """Say that one is there: by account, or with the code of one's badge."""
    own = own_place(request.viewer, edition.slug)
    data = request.POST if request.method == "POST" else None
    form = HereForm(data, is_known=own is not None, initial={"code": request.GET.get("code", "")})
    context: dict[str, object] = {"edition": edition, "own": own, "form": form}
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        try:
            place = own or participation_by_entry_code(
                edition=edition,
                code=form.cleaned_data["entry_code"],
                who=request.META.get("REMOTE_ADDR", ""),
                at=at,
            )
            target, recorded = check_oneself_in(
                participation=place,
                code=form.cleaned_data["code"],
                is_online=form.cleaned_data["is_online"],
                # Whoever types the code of a badge acts for its place, and for nothing else.
                by=request.viewer if own is not None else viewer_by_link(place),
                at=at,
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            context |= {"place": place, "target": target, "recorded": recorded}
            return render_page(request, "admissions/presence/here.html", context)
    status = 422 if request.method == "POST" else 200
    return render_page(request, "admissions/presence/here.html", context, status=status)
