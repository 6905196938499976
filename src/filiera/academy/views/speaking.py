"""What a speaker does by their link, without an account."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from filiera.academy.actions import speakers as actions
from filiera.academy.actions.materials import MaterialDetails, add_material
from filiera.academy.forms.speakers import SlidesForm, SpeakingForm
from filiera.academy.models import Speaker
from filiera.academy.queries.board import days_of
from filiera.academy.queries.speaker_links import speaker_of, viewer_by_link
from filiera.academy.queries.speakers import audience_of, sessions_of
from filiera.accounts.viewer import ViewerRequest
from filiera.shared.errors import DomainError
from filiera.shared.http import render_page
from filiera.texts.languages import page_languages


@never_cache
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def speaking(request: ViewerRequest, token: str) -> HttpResponse:
    """The speaker's own page: answer, biography, titles, times, consent, slides; who will be there."""
    speaker = speaker_of(token)
    if speaker is None:
        return _unknown_link(request)
    sessions = list(sessions_of(speaker))
    form = SpeakingForm(
        request.POST or None,
        request.FILES or None,
        speaker=speaker,
        sessions=sessions,
        days=days_of(speaker.edition),
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.tell_about_oneself(
                speaker=speaker,
                words=form.words(),
                photo=form.cleaned_data["photo"],
                by=viewer_by_link(speaker),
                at=timezone.now(),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Thank you, it is saved."))
            return redirect("speaking:speaking", token)
    return _page(request, speaker, token, form=form, status=422 if request.method == "POST" else 200)


@never_cache
@sensitive_variables("token")
@require_POST
def speaking_answer(request: ViewerRequest, token: str) -> HttpResponse:
    """Come, or not."""
    speaker = speaker_of(token)
    if speaker is None:
        return _unknown_link(request)
    by, at = viewer_by_link(speaker), timezone.now()
    if request.POST.get("answer") == "no":
        actions.decline_speaker(speaker=speaker, by=by, at=at)
        messages.info(request, _("Thank you for telling us. The team knows that you cannot come."))
    else:
        actions.confirm_speaker(speaker=speaker, by=by, at=at)
        messages.success(request, _("Thank you. The team knows that you will be there."))
    return redirect("speaking:speaking", token)


@never_cache
@sensitive_variables("token")
@require_POST
def speaking_slides(request: ViewerRequest, token: str) -> HttpResponse:
    """Slides for one of one's sessions."""
    speaker = speaker_of(token)
    if speaker is None:
        return _unknown_link(request)
    form = SlidesForm(request.POST, request.FILES, sessions=sessions_of(speaker))
    if not form.is_valid():
        return _page(request, speaker, token, slides_form=form, status=422)
    upload = form.cleaned_data["upload"]
    add_material(
        session=form.cleaned_data["session"],
        details=MaterialDetails(title=_slides_title(speaker)),
        upload=upload,
        by=viewer_by_link(speaker),
        at=timezone.now(),
        speaker=speaker,
    )
    messages.success(request, _("Your slides have arrived."))
    return redirect("speaking:speaking", token)


def _slides_title(speaker: Speaker) -> dict[str, str]:
    titles = {}
    for language in page_languages():
        with translation.override(language):
            titles[language] = _("Slides by %(name)s") % {"name": speaker.name}
    return titles


def _page(
    request: ViewerRequest,
    speaker: Speaker,
    token: str,
    *,
    status: int,
    form: SpeakingForm | None = None,
    slides_form: SlidesForm | None = None,
) -> HttpResponse:
    sessions = sessions_of(speaker)
    days = days_of(speaker.edition)
    context: dict[str, Any] = {
        "speaker": speaker,
        "edition": speaker.edition,
        "token": token,
        "sessions": sessions,
        "form": form or SpeakingForm(speaker=speaker, sessions=list(sessions), days=days),
        "slides_form": slides_form or SlidesForm(sessions=sessions),
        "materials": speaker.materials.select_related("session").order_by("pk"),
        "audience": audience_of(speaker.edition) if speaker.confirmed_at else None,
    }
    return render_page(request, "academy/speaking.html", context, status=status)


def _unknown_link(request: ViewerRequest) -> HttpResponse:
    return render_page(request, "academy/speaking_unknown.html", {}, status=404)
