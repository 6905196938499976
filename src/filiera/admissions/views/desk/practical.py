"""The practical page and the invitation letter at the desk."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy.edition_pages import for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.admissions.actions import practical as actions
from filiera.admissions.forms.practical import LetterForm, PracticalNoteForm
from filiera.admissions.models import InvitationLetter, PracticalNote
from filiera.admissions.policies.people import can_edit_practical_notes
from filiera.admissions.queries.practical import practical_sections
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import after_change, panel_page, render_page

editing = for_those_who(can_edit_practical_notes)


@require_safe
@editing
def desk_practical(request: ViewerRequest, edition: Edition) -> HttpResponse:
    context = {
        "edition": edition,
        "sections": practical_sections(request.viewer, edition),
        "letter": InvitationLetter.objects.visible_to(request.viewer).filter(edition=edition).first(),
    }
    return render_page(request, "admissions/practical/desk.html", context, partial="notes")


@require_http_methods(["GET", "HEAD", "POST"])
@editing
def desk_practical_note_new(request: ViewerRequest, edition: Edition) -> HttpResponse:
    return _note_form(request, edition, None)


@require_http_methods(["GET", "HEAD", "POST"])
@editing
def desk_practical_note(request: ViewerRequest, edition: Edition, note_id: int) -> HttpResponse:
    return _note_form(request, edition, _find(request, edition, note_id))


@require_POST
@editing
def desk_practical_note_deletion(request: ViewerRequest, edition: Edition, note_id: int) -> HttpResponse:
    actions.remove_note(note=_find(request, edition, note_id), by=request.viewer, at=timezone.now())
    messages.success(request, _("The text is deleted."))
    return after_change(request, _page(edition))


@require_http_methods(["GET", "HEAD", "POST"])
@editing
def desk_invitation_letter(request: ViewerRequest, edition: Edition) -> HttpResponse:
    letter = InvitationLetter.objects.visible_to(request.viewer).filter(edition=edition).first()
    form = LetterForm(request.POST or None, letter=letter)
    if request.method == "POST" and form.is_valid():
        actions.save_letter(edition=edition, details=form.details(), by=request.viewer, at=timezone.now())
        messages.success(request, _("The letter is saved. Participants with a confirmed place find it."))
        return after_change(request, _page(edition))
    context = {"edition": edition, "form": form, "heading": _("Invitation letter"), "note": None}
    status = 422 if request.method == "POST" else 200
    return panel_page(request, "admissions/practical/note.html", context, status=status)


def _note_form(request: ViewerRequest, edition: Edition, note: PracticalNote | None) -> HttpResponse:
    form = PracticalNoteForm(request.POST or None, edition=edition, note=note)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_note(
                edition=edition, note=note, details=form.details(), by=request.viewer, at=timezone.now()
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The text is saved."))
            return after_change(request, _page(edition))
    heading = note.get_topic_display() if note else _("Add a topic")
    context = {"edition": edition, "form": form, "heading": heading, "note": note}
    status = 422 if request.method == "POST" else 200
    return panel_page(request, "admissions/practical/note.html", context, status=status)


def _find(request: ViewerRequest, edition: Edition, note_id: int) -> PracticalNote:
    visible = PracticalNote.objects.visible_to(request.viewer).select_related("edition", "part")
    return get_object_or_404(visible, edition=edition, pk=note_id)


def _page(edition: Edition) -> str:
    return reverse("admissions:desk_practical", args=[edition.slug])
