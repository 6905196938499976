"""Badges, table cards and sheets to sign, made for whom the desk asks."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from filiera.academy.edition_pages import for_those_who
from filiera.academy.models import Day, Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.admissions.actions.entry_codes import renew_entry_code
from filiera.admissions.documents.badges import LAYOUTS, attendance_pdf, badges_pdf, table_cards_pdf
from filiera.admissions.forms.badges import BadgeForm
from filiera.admissions.models import Participation
from filiera.admissions.policies import presence as policies
from filiera.admissions.queries.badges import BadgeFilter, badge_people
from filiera.shared.http import render_page
from filiera.texts.languages import DEFAULT_LANGUAGE

printing = for_those_who(policies.can_print_badges)


@require_safe
@printing
def desk_badges(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """Choose for whom, see how many, take the file."""
    form = BadgeForm(request.GET, edition=edition)
    people = badge_people(edition, form.wanted(), _language())
    days = Day.objects.filter(part__edition=edition).select_related("part").order_by("date", "pk")
    context = {
        "edition": edition,
        "form": form,
        "people": people,
        "layouts": LAYOUTS,
        "asked": request.GET.urlencode(),
        "days": days,
    }
    return render_page(request, "admissions/presence/badges.html", context)


@require_safe
@printing
def desk_badges_pdf(request: ViewerRequest, edition: Edition, name: str) -> HttpResponse:
    """The badges in a layout, or the table cards, for whom the page was asked."""
    wanted = BadgeForm(request.GET, edition=edition).wanted()
    language = _language()
    people = badge_people(edition, wanted, language)
    if not people:
        raise Http404
    if name in LAYOUTS:
        content = badges_pdf(edition, people, layout=name, language=language)
    elif name == "table-cards":
        content = table_cards_pdf(edition, people, language=language)
    else:
        raise Http404
    return _file(content, f"{edition.slug}-{name}.pdf")


@require_safe
@printing
def desk_attendance_pdf(request: ViewerRequest, edition: Edition, day_id: int) -> HttpResponse:
    """A day's list to sign."""
    days = Day.objects.select_related("part__venue")
    day = get_object_or_404(days, part__edition=edition, pk=day_id)
    language = _language()
    people = badge_people(edition, BadgeFilter(day=day), language)
    content = attendance_pdf(edition, day, people, language=language)
    return _file(content, f"{edition.slug}-{day.date}.pdf")


@require_POST
@printing
def desk_code_renewal(request: ViewerRequest, edition: Edition, participation_id: int) -> HttpResponse:
    """A new code for somebody whose badge was lost."""
    places = Participation.objects.visible_to(request.viewer).select_related("edition")
    place = get_object_or_404(places, edition=edition, pk=participation_id)
    renew_entry_code(participation=place, by=request.viewer, at=timezone.now())
    messages.success(
        request,
        _("%(name)s has a new code. Print the badge again; the old one lets nobody in.")
        % {"name": place.name},
    )
    return redirect("admissions:desk_badges", edition.slug)


def _language() -> str:
    return get_language() or DEFAULT_LANGUAGE


def _file(content: bytes, name: str) -> HttpResponse:
    # Every badge holds a code that opens a door.
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
