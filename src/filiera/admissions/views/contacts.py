"""One's own contacts: asked for, answered, scanned, noted, taken along, ended."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy.edition_pages import edition_page, for_those_who
from filiera.academy.models import Edition, EditionMember
from filiera.accounts.viewer import ViewerRequest
from filiera.admissions.actions import contacts as actions
from filiera.admissions.documents.contacts import TABLE_HEADER, VCARD_TYPE, contact_rows, vcards
from filiera.admissions.forms.people import NoteForm, SharesForm
from filiera.admissions.models import Contact, ContactCard, ContactRequest, ContactShare
from filiera.admissions.policies.people import can_meet_participants
from filiera.admissions.queries.people import (
    contact_lines,
    contact_requests,
    lines_of_contacts,
    requests_sent,
)
from filiera.design.codes import qr_on_white
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.tables import CSV_TYPE, as_csv

meeting = for_those_who(can_meet_participants)


@require_safe
@meeting
def contacts(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """Who waits for an answer, and everybody one exchanged contacts with."""
    return _contacts_page(request, edition)


@require_POST
@meeting
def request_acceptance(request: ViewerRequest, edition: Edition, contact_request_id: int) -> HttpResponse:
    asked = _find_request(request, contact_request_id)
    if request.viewer.person is None:
        return redirect("admissions:contacts", edition.slug)
    card = actions.card_of(person=request.viewer.person, at=timezone.now())
    form = SharesForm(request.POST, card=card)
    shares = form.cleaned_data["shares"] if form.is_valid() else []
    try:
        actions.accept_request(request=asked, shares=shares, by=request.viewer, at=timezone.now())
        messages.success(
            request, _("You and %(name)s have exchanged contacts.") % {"name": asked.sender.shown_name}
        )
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect("admissions:contacts", edition.slug)


@require_POST
@meeting
def request_refusal(request: ViewerRequest, edition: Edition, contact_request_id: int) -> HttpResponse:
    try:
        actions.refuse_request(
            request=_find_request(request, contact_request_id), by=request.viewer, at=timezone.now()
        )
        messages.success(request, _("The request is put away. Nobody is told."))
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect("admissions:contacts", edition.slug)


@require_POST
@meeting
def request_withdrawal(request: ViewerRequest, edition: Edition, contact_request_id: int) -> HttpResponse:
    try:
        actions.withdraw_request(
            request=_find_request(request, contact_request_id), by=request.viewer, at=timezone.now()
        )
        messages.success(request, _("Your request is taken back."))
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect("admissions:contacts", edition.slug)


@require_POST
@meeting
def contact_note(request: ViewerRequest, edition: Edition, contact_id: int) -> HttpResponse:
    contact = _find(request, contact_id)
    form = NoteForm(request.POST, prefix=str(contact.pk))
    if not form.is_valid():
        return _contacts_page(request, edition, wrong_note=(contact.pk, form))
    actions.note_contact(
        contact=contact, note=form.cleaned_data["note"], by=request.viewer, at=timezone.now()
    )
    messages.success(request, _("Your note is saved."))
    return redirect("admissions:contacts", edition.slug)


@require_POST
@meeting
def contact_end(request: ViewerRequest, edition: Edition, contact_id: int) -> HttpResponse:
    contact = _find(request, contact_id)
    name = contact.person.shown_name
    actions.end_contact(contact=contact, by=request.viewer, at=timezone.now())
    messages.success(request, _("You and %(name)s no longer have each other’s contacts.") % {"name": name})
    return redirect("admissions:contacts", edition.slug)


@never_cache
@require_safe
@meeting
def code(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """The code to hold out: who scans it and agrees exchanges contacts at once."""
    if request.viewer.person is None:
        return redirect("admissions:people", edition.slug)
    card = actions.card_of(person=request.viewer.person, at=timezone.now())
    path = reverse("admissions:contact_code", args=[edition.slug, card.code])
    address = f"{settings.PUBLIC_URL}{path}"
    context = {"card": card, "picture": qr_on_white(address), "address": address, "gives": _labels(card)}
    return edition_page(request, edition, "admissions/people/code.html", context)


@require_POST
@meeting
def code_create(request: ViewerRequest, edition: Edition) -> HttpResponse:
    actions.renew_code(by=request.viewer, at=timezone.now())
    messages.success(request, _("This is your new code. The old one no longer works."))
    return redirect("admissions:people_code", edition.slug)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@meeting
def contact_code(request: ViewerRequest, edition: Edition, contact_code: str) -> HttpResponse:
    """Somebody's code was scanned: what they give, what one gives oneself, and the exchange."""
    if request.viewer.person is None:
        return redirect("admissions:people", edition.slug)
    members = EditionMember.objects.current().filter(edition=edition)
    shown = ContactCard.objects.shown_by(contact_code).filter(person__in=members.values("person"))
    card = shown.select_related("person").first()
    if card is None:
        return edition_page(request, edition, "admissions/people/code_unknown.html", {}, status=404)
    own = actions.card_of(person=request.viewer.person, at=timezone.now())
    form = SharesForm(request.POST or None, card=own)
    is_sent = request.method == "POST"
    if is_sent and form.is_valid():
        try:
            actions.exchange_by_code(
                edition=edition,
                card=card,
                shares=form.cleaned_data["shares"],
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            said = _("You and %(name)s have exchanged contacts.") % {"name": card.person.shown_name}
            messages.success(request, said)
            return redirect("admissions:contacts", edition.slug)
    context = {
        "card": card,
        "gives": _labels(card),
        "form": form,
        "is_own": card.person_id == request.viewer.person_id,
        "contact": Contact.objects.visible_to(request.viewer).filter(person=card.person).first(),
    }
    status = 422 if is_sent else 200
    return edition_page(request, edition, "admissions/people/exchange.html", context, status=status)


@require_safe
@meeting
def contacts_vcf(request: ViewerRequest, edition: Edition) -> HttpResponse:
    return _vcard_file(vcards(contact_lines(request.viewer)), "contacts.vcf")


@require_safe
@meeting
def contact_vcf(request: ViewerRequest, edition: Edition, contact_id: int) -> HttpResponse:
    lines = lines_of_contacts([_find(request, contact_id)])
    return _vcard_file(vcards(lines), "contact.vcf")


@require_safe
@meeting
def contacts_csv(request: ViewerRequest, edition: Edition) -> HttpResponse:
    content = as_csv(TABLE_HEADER, contact_rows(contact_lines(request.viewer)))
    headers = {
        "Content-Disposition": 'attachment; filename="contacts.csv"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type=CSV_TYPE, headers=headers)


def _contacts_page(
    request: ViewerRequest, edition: Edition, *, wrong_note: tuple[int, NoteForm] | None = None
) -> HttpResponse:
    person = request.viewer.person
    if person is None:
        return redirect("admissions:people", edition.slug)
    lines = contact_lines(request.viewer)
    wrong = dict([wrong_note]) if wrong_note else {}
    notes = [
        wrong.get(line.contact.pk)
        or NoteForm(initial={"note": line.contact.note}, prefix=str(line.contact.pk))
        for line in lines
    ]
    waiting = contact_requests(person)
    card = actions.card_of(person=person, at=timezone.now())
    context = {
        "lines": list(zip(lines, notes, strict=True)),
        "waiting": [(asked, SharesForm(card=card, auto_id=f"{asked.pk}-%s")) for asked in waiting],
        "sent": requests_sent(person),
    }
    status = 422 if wrong_note else 200
    return edition_page(request, edition, "admissions/people/contacts.html", context, status=status)


def _find(request: ViewerRequest, contact_id: int) -> Contact:
    visible = Contact.objects.visible_to(request.viewer).select_related("person", "edition")
    return get_object_or_404(visible, pk=contact_id)


def _find_request(request: ViewerRequest, contact_request_id: int) -> ContactRequest:
    visible = ContactRequest.objects.visible_to(request.viewer).select_related("sender", "receiver")
    return get_object_or_404(visible, pk=contact_request_id)


def _labels(card: ContactCard) -> list[str]:
    return [str(ContactShare(share).label) for share in card.shares]


def _vcard_file(content: bytes, name: str) -> HttpResponse:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type=VCARD_TYPE, headers=headers)
