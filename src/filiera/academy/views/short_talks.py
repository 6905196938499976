"""Participants sign up for a short talk of their own."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from filiera.academy import policies
from filiera.academy.actions.short_talks import sign_up_talk, take_back_talk
from filiera.academy.forms.team import ShortTalkForm
from filiera.academy.models import Edition, Session, ShortTalk
from filiera.accounts.viewer import ViewerRequest
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def short_talks(request: ViewerRequest, edition_slug: str, slug: str) -> HttpResponse:
    """The talks of a session so far, in their order, and the form to sign up."""
    session = _find(request, edition_slug, slug)
    form = ShortTalkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            sign_up_talk(
                session=session,
                title=form.cleaned_data["title"],
                minutes=form.cleaned_data["minutes"],
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("You are on the list."))
            return redirect("academy:short_talks", edition_slug, slug)
    talks = list(session.short_talks.select_related("person").order_by("position"))
    context = {
        "edition": session.edition,
        "session": session,
        "form": form,
        "talks": talks,
        "own": next((talk for talk in talks if talk.person_id == request.viewer.person_id), None),
        "minutes_left": session.minutes - sum(talk.minutes for talk in talks),
    }
    status = 422 if request.method == "POST" else 200
    return render_page(request, "academy/public/short_talks.html", context, status=status)


@login_required
@require_POST
def short_talk_end(request: ViewerRequest, edition_slug: str, slug: str) -> HttpResponse:
    session = _find(request, edition_slug, slug)
    talk = get_object_or_404(ShortTalk, session=session, person_id=request.viewer.person_id)
    take_back_talk(talk=talk, by=request.viewer, at=timezone.now())
    messages.success(request, _("Your talk is off the list."))
    return redirect("academy:short_talks", edition_slug, slug)


def _find(request: ViewerRequest, edition_slug: str, slug: str) -> Session:
    """A published session that takes short talks. Raises Http404 (not published), PermissionDenied."""
    edition = get_object_or_404(Edition.objects.visible_to(request.viewer), slug=edition_slug)
    # The draft's row, but only where the version that visitors read has it too.
    sessions = Session.objects.filter(published__version=edition.current_version_id or 0)
    session = get_object_or_404(
        sessions.select_related("edition", "part"), edition=edition, slug=slug, short_talks_open=True
    )
    if not policies.can_sign_up_talk(request.viewer, session):
        raise PermissionDenied
    return session
