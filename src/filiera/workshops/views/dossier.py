"""What a participant takes home: notes, words to the board, and the dossier in two languages."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from filiera.academy.clock import clock_for
from filiera.academy.edition_pages import edition_page, for_those_who
from filiera.academy.models import Edition
from filiera.academy.queries.published import edition_mark, programme_of
from filiera.accounts.viewer import ViewerRequest
from filiera.texts.languages import DEFAULT_LANGUAGE, page_languages
from filiera.workshops.actions.take_home import keep_take_home
from filiera.workshops.documents.dossier import DOCX_TYPE, dossier_docx, dossier_pdf
from filiera.workshops.forms.take_home import TakeHomeForm
from filiera.workshops.policies.editions import can_take_part
from filiera.workshops.queries.dossier import Dossier, dossier_of, take_home_of


@require_http_methods(["GET", "HEAD", "POST"])
@for_those_who(can_take_part)
def my_dossier(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """Write notes and words to the board; see what the dossier holds."""
    written = take_home_of(request.viewer, edition)
    initial = {"notes": written.notes, "for_board": written.for_board} if written else {}
    form = TakeHomeForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        keep_take_home(edition=edition, **form.cleaned_data, by=request.viewer, at=timezone.now())
        messages.success(request, _("Kept. It stands in your dossier."))
        return redirect("workshops:my_dossier", edition.slug)
    context = {"form": form, "dossier": _dossier(request, edition), "languages": page_languages()}
    status = 422 if request.method == "POST" else 200
    return edition_page(request, edition, "workshops/dossier.html", context, status=status)


@require_safe
@for_those_who(can_take_part)
def my_dossier_pdf(request: ViewerRequest, edition: Edition) -> HttpResponse:
    language = _language(request)
    with override(language):
        content = dossier_pdf(_dossier(request, edition), language=language)
    return _file(content, "application/pdf", f"{edition.slug}-{language}.pdf")


@require_safe
@for_those_who(can_take_part)
def my_dossier_docx(request: ViewerRequest, edition: Edition) -> HttpResponse:
    language = _language(request)
    with override(language):
        content = dossier_docx(_dossier(request, edition), language=language)
    return _file(content, DOCX_TYPE, f"{edition.slug}-{language}.docx")


def _dossier(request: ViewerRequest, edition: Edition) -> Dossier:
    mark = edition_mark(request.viewer, edition.slug)
    clock = clock_for(request, mark, programme_of(mark))
    return dossier_of(request.viewer, edition, at=clock.moment)


def _language(request: ViewerRequest) -> str:
    """The language of the file: asked for by itself, so that a page in one language offers both."""
    asked = request.GET.get("in", "") or get_language() or ""
    return asked if asked in page_languages() else DEFAULT_LANGUAGE


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    headers = {
        "Content-Disposition": f'attachment; filename="dossier-{name}"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type=content_type, headers=headers)
