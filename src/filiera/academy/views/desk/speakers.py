"""Speakers at the desk: who has answered, who is to be chased."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy import policies
from filiera.academy.actions import speakers as actions
from filiera.academy.edition_pages import desk_view
from filiera.academy.forms.speakers import SpeakerForm
from filiera.academy.models import Edition, Speaker
from filiera.academy.queries.speakers import sessions_of, speaker_lines
from filiera.accounts.viewer import ViewerRequest
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import after_change, panel_page, render_page

editing = desk_view(policies.can_edit_speakers)


@require_safe
@desk_view()
def desk_speakers(request: ViewerRequest, edition: Edition) -> HttpResponse:
    at = edition.clock_at or timezone.now()
    lines = speaker_lines(edition, at.date())
    only_chase = request.GET.get("show") == "chase"
    context = {
        "edition": edition,
        "lines": [line for line in lines if line.missing] if only_chase else lines,
        "total": len(lines),
        "owing": sum(bool(line.missing) for line in lines),
        "only_chase": only_chase,
        "may_edit": policies.can_edit_speakers(request.viewer, edition),
    }
    return render_page(request, "academy/desk/speakers.html", context, partial="speakers")


@require_http_methods(["GET", "HEAD", "POST"])
@editing
def desk_speaker_new(request: ViewerRequest, edition: Edition) -> HttpResponse:
    form = SpeakerForm(request.POST or None, viewer=request.viewer)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_speaker(edition=edition, details=form.details(), by=request.viewer, at=timezone.now())
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The speaker is added. Invite them when you are ready."))
            return after_change(request, _list(edition))
    context = {"edition": edition, "form": form}
    status = 422 if request.method == "POST" else 200
    return panel_page(request, "academy/desk/speaker_new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@editing
def desk_speaker(request: ViewerRequest, edition: Edition, speaker_id: int) -> HttpResponse:
    speaker = _find(request, edition, speaker_id)
    form = SpeakerForm(request.POST or None, viewer=request.viewer, speaker=speaker)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_speaker(
                speaker=speaker, details=form.details(), by=request.viewer, at=timezone.now()
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The speaker is saved."))
            return after_change(request, _list(edition))
    context = {
        "edition": edition,
        "speaker": speaker,
        "form": form,
        "sessions": sessions_of(speaker),
        "availabilities": speaker.availabilities.order_by("during"),
    }
    status = 422 if request.method == "POST" else 200
    return panel_page(request, "academy/desk/speaker.html", context, status=status)


@require_POST
@editing
def desk_speaker_invitation(request: ViewerRequest, edition: Edition, speaker_id: int) -> HttpResponse:
    speaker = _find(request, edition, speaker_id)
    try:
        actions.invite_speaker(speaker=speaker, by=request.viewer, at=timezone.now())
        messages.success(request, _("The link is on its way to %(address)s.") % {"address": speaker.email})
    except DomainError as error:
        messages.warning(request, str(error))
    return after_change(request, _list(edition))


@require_POST
@editing
def desk_speaker_deletion(request: ViewerRequest, edition: Edition, speaker_id: int) -> HttpResponse:
    speaker = _find(request, edition, speaker_id)
    try:
        actions.remove_speaker(speaker=speaker, by=request.viewer, at=timezone.now())
        messages.success(request, _("The speaker is removed."))
    except DomainError as error:
        messages.warning(request, str(error))
    return after_change(request, _list(edition))


@require_POST
@editing
def desk_reminders(request: ViewerRequest, edition: Edition) -> HttpResponse:
    reminded = actions.remind_speakers(edition=edition, by=request.viewer, at=timezone.now())
    if reminded:
        said = ngettext("%(count)s speaker is reminded.", "%(count)s speakers are reminded.", len(reminded))
        messages.success(request, said % {"count": len(reminded)})
    else:
        messages.info(
            request, _("Nobody to remind: all have answered, were written today, or have no address.")
        )
    return after_change(request, _list(edition))


def _find(request: ViewerRequest, edition: Edition, speaker_id: int) -> Speaker:
    visible = Speaker.objects.visible_to(request.viewer).select_related("edition", "person", "photo")
    return get_object_or_404(visible, edition=edition, pk=speaker_id)


def _list(edition: Edition) -> str:
    return reverse("academy:desk_speakers", args=[edition.slug])
