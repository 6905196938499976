"""The participant list: who wants to be found, and being found oneself."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy.edition_pages import edition_page, for_those_who
from filiera.academy.models import Edition
from filiera.accounts.queries import profile_parts
from filiera.accounts.viewer import ViewerRequest
from filiera.admissions.actions import contacts as contact_actions
from filiera.admissions.actions import listings as actions
from filiera.admissions.forms.people import AskForm, CardForm, ListingForm, PeopleForm, people_asked_in
from filiera.admissions.models import Contact, ContactRequest, Listing, Participation
from filiera.admissions.policies.people import can_meet_participants
from filiera.admissions.queries.own import own_participation
from filiera.admissions.queries.people import line_of, people_choices, people_page, with_people
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal

meeting = for_those_who(can_meet_participants)

# Nobody reads more pages of people in an hour; a program that collects them does.
PAGES_PER_HOUR = 300


@require_safe
@meeting
def people(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """Who of the edition wants to be found, one page at a time."""
    if _reads_too_much(request):
        return HttpResponse(render_to_string("429.html", {}, request), status=429)
    asked = people_asked_in(request.GET)
    page = people_page(
        request.viewer,
        edition,
        asked,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    told = {"q": asked.text, "country": asked.country, "ecosystem": asked.ecosystem}
    query = {key: value for key, value in {**told, "language": asked.language}.items() if value}
    own = own_participation(request.viewer, edition)
    context = {
        "page": page,
        "asked": asked,
        "form": PeopleForm(asked, people_choices(request.viewer, edition)),
        "is_filtered": bool(query),
        "is_listed": own is not None and Listing.objects.standing().filter(participation=own).exists(),
        "may_list": own is not None,
        "next_url": f"?{urlencode({**query, 'after': page.next_key})}" if page.next_key else "",
        "previous_url": f"?{urlencode({**query, 'before': page.previous_key})}" if page.previous_key else "",
    }
    return edition_page(request, edition, "admissions/people/people.html", context, partial="results")


@require_http_methods(["GET", "HEAD", "POST"])
@meeting
def person(request: ViewerRequest, edition: Edition, listing_id: int) -> HttpResponse:
    """One participant of the list; from here one asks to exchange contacts."""
    visible = Listing.objects.visible_to(request.viewer).filter(participation__edition=edition)
    listing = get_object_or_404(with_people(visible), pk=listing_id)
    shown = listing.participation.person
    viewer = request.viewer
    if shown is None or viewer.person is None:
        return redirect("admissions:people", edition.slug)
    at = timezone.now()
    card = contact_actions.card_of(person=viewer.person, at=at)
    form = AskForm(request.POST or None, card=card)
    if request.method == "POST" and form.is_valid():
        try:
            contact_actions.ask_contact(
                listing=listing,
                shares=form.cleaned_data["shares"],
                message=form.cleaned_data["message"],
                by=viewer,
                at=at,
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("%(name)s is asked.") % {"name": listing.participation.name})
            return redirect("admissions:contacts", edition.slug)
    requests = ContactRequest.objects.visible_to(viewer).filter(edition=edition)
    context = {
        "line": line_of(listing),
        "parts": profile_parts(shown, viewer),
        "form": form,
        "is_own": shown.pk == viewer.person_id,
        "contact": Contact.objects.visible_to(viewer).filter(person=shown).first(),
        "asked": requests.filter(receiver=shown).waiting().first(),
        "asks": requests.filter(sender=shown).waiting().first(),
    }
    status = 422 if request.method == "POST" else 200
    return edition_page(request, edition, "admissions/people/person.html", context, status=status)


@require_safe
@meeting
def me(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """How the others of the edition find one, and what one gives them."""
    return _me(request, edition)


@require_POST
@meeting
def listing_create(request: ViewerRequest, edition: Edition) -> HttpResponse:
    form = ListingForm(request.POST)
    own = _own(request, edition)
    if not form.is_valid():
        return _me(request, edition, listing_form=form)
    try:
        actions.join_list(
            participation=own, challenge=form.cleaned_data["challenge"], by=request.viewer, at=timezone.now()
        )
        messages.success(request, _("You are in the list of this edition."))
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect("admissions:people_me", edition.slug)


@require_POST
@meeting
def listing_end(request: ViewerRequest, edition: Edition) -> HttpResponse:
    actions.leave_list(participation=_own(request, edition), by=request.viewer, at=timezone.now())
    messages.success(request, _("You are no longer in the list."))
    return redirect("admissions:people_me", edition.slug)


@require_POST
@meeting
def card(request: ViewerRequest, edition: Edition) -> HttpResponse:
    if request.viewer.person is None:
        return redirect("admissions:people", edition.slug)
    own_card = contact_actions.card_of(person=request.viewer.person, at=timezone.now())
    form = CardForm(request.POST, card=own_card)
    if form.is_valid():
        try:
            contact_actions.edit_card(**form.cleaned_data, by=request.viewer, at=timezone.now())
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("What you give is saved."))
            return redirect("admissions:people_me", edition.slug)
    return _me(request, edition, card_form=form)


def _me(
    request: ViewerRequest,
    edition: Edition,
    *,
    listing_form: ListingForm | None = None,
    card_form: CardForm | None = None,
) -> HttpResponse:
    if request.viewer.person is None:
        return redirect("admissions:people", edition.slug)
    own = own_participation(request.viewer, edition)
    listing = Listing.objects.filter(participation=own).first() if own else None
    own_card = contact_actions.card_of(person=request.viewer.person, at=timezone.now())
    context = {
        "own": own,
        "listing": listing,
        "listing_form": listing_form or ListingForm(initial={"challenge": _first_words(own, listing)}),
        "card_form": card_form or CardForm(card=own_card),
        "is_listed": listing is not None and Listing.objects.standing().filter(pk=listing.pk).exists(),
    }
    status = 422 if listing_form or card_form else 200
    return edition_page(request, edition, "admissions/people/me.html", context, status=status)


def _first_words(own: Participation | None, listing: Listing | None) -> str:
    """What the list says, or the challenge of the application as something to begin with."""
    if listing is not None:
        return listing.challenge
    return own.application.challenge_title if own and own.application else ""


def _own(request: ViewerRequest, edition: Edition) -> Participation:
    visible = Participation.objects.visible_to(request.viewer)
    return get_object_or_404(visible, edition=edition, person_id=request.viewer.person_id or 0)


def _reads_too_much(request: ViewerRequest) -> bool:
    key = f"people-pages:{request.viewer.person_id}:{timezone.now():%Y%m%d%H}"
    cache.add(key, 0, timeout=3600)
    return cache.incr(key) > PAGES_PER_HOUR
