"""The desk of the running day, its messages and clocks, and the folder of a day."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from filiera.academy import policies
from filiera.academy.actions.broadcasts import send_broadcast, take_off_broadcast
from filiera.academy.actions.countdowns import extend_countdown, start_countdown, stop_countdown
from filiera.academy.actions.demonstration import set_demonstration_hour
from filiera.academy.edition_pages import desk_view
from filiera.academy.models import Broadcast, Countdown, Edition
from filiera.academy.queries.delays import has_begun_planning, running_day
from filiera.accounts.viewer import ViewerRequest
from filiera.home.documents.folder import folder_pdf, folder_zip
from filiera.home.forms.day import BroadcastForm, CountdownForm, HourForm, MoreTimeForm
from filiera.home.queries.circles import circles_of
from filiera.home.queries.day import day_desk
from filiera.home.queries.folder import Folder, day_folder
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page, tried
from filiera.texts.languages import DEFAULT_LANGUAGE


@require_safe
@desk_view(policies.can_run_day)
def desk_day(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """One screen for the running day."""
    return _page(request, edition)


@require_POST
@desk_view(policies.can_run_day)
def broadcast_create(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """Say something to everybody, the team or a group."""
    form = _broadcast_form(request, edition)
    if form.is_valid():
        circle = form.circle
        try:
            send_broadcast(
                edition=edition,
                text={get_language() or DEFAULT_LANGUAGE: form.cleaned_data["text"]},
                audience=circle.audience,
                people=circle.people(),
                for_whom=circle.label if circle.key.startswith(("group-", "mode-")) else "",
                shown_for=timedelta(minutes=form.cleaned_data["minutes"]),
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("It is on their pages now: %(who)s.") % {"who": circle.label})
            return redirect("home:desk_day", edition.slug)
    return _page(request, edition, broadcast_form=form)


@require_POST
@desk_view(policies.can_run_day)
def broadcast_end(request: ViewerRequest, edition: Edition, broadcast_id: int) -> HttpResponse:
    """Take a message off the screens and the head of pages."""
    found = get_object_or_404(
        Broadcast.objects.visible_to(request.viewer).filter(edition=edition), pk=broadcast_id
    )
    take_off_broadcast(broadcast=found, by=request.viewer, at=timezone.now())
    return redirect("home:desk_day", edition.slug)


@require_POST
@desk_view(policies.can_run_day)
def countdown_create(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """Let a clock run down on screens and telephones."""
    form = CountdownForm(request.POST, edition=edition)
    if form.is_valid():
        said = form.cleaned_data
        start_countdown(
            edition=edition,
            room=said["room"],
            minutes=said["minutes"],
            label=said["label"],
            by=request.viewer,
            at=timezone.now(),
        )
        return redirect("home:desk_day", edition.slug)
    return _page(request, edition, countdown_form=form)


@require_POST
@desk_view(policies.can_run_day)
def countdown_extend(request: ViewerRequest, edition: Edition, countdown_id: int) -> HttpResponse:
    """Give more minutes."""
    found = _countdown(request, edition, countdown_id)
    form = MoreTimeForm(request.POST)
    if form.is_valid():
        tried(
            request,
            lambda: extend_countdown(
                countdown=found, minutes=form.cleaned_data["minutes"], by=request.viewer, at=timezone.now()
            ),
        )
    return redirect("home:desk_day", edition.slug)


@require_POST
@desk_view(policies.can_run_day)
def countdown_end(request: ViewerRequest, edition: Edition, countdown_id: int) -> HttpResponse:
    """Take a clock off the screens."""
    stop_countdown(countdown=_countdown(request, edition, countdown_id), by=request.viewer, at=timezone.now())
    return redirect("home:desk_day", edition.slug)


@require_POST
@desk_view(policies.can_run_day)
def hour_change(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """Set the hour at which a demonstration stands."""
    if not edition.is_demonstration or edition.clock_at is None:
        raise Http404
    form = HourForm(request.POST, edition=edition)
    if form.is_valid():
        set_demonstration_hour(edition=edition, moment=form.moment(edition), by=request.viewer)
        return redirect("home:desk_day", edition.slug)
    return _page(request, edition, hour_form=form)


@require_safe
@desk_view(policies.can_run_day)
def day_folder_pdf(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """The day folder on paper, as of now and as far as the reader may see it."""
    folder = _folder(request, edition)
    content = folder_pdf(edition, folder, language=_language(), at=timezone.now())
    return _download(content, "application/pdf", f"{edition.slug}-{folder.day}.pdf")


@require_safe
@desk_view(policies.can_run_day)
def day_folder_zip(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """The day folder as tables, with the PDF."""
    folder = _folder(request, edition)
    content = folder_zip(edition, folder, language=_language(), at=timezone.now())
    return _download(content, "application/zip", f"{edition.slug}-{folder.day}.zip")


def _page(
    request: ViewerRequest,
    edition: Edition,
    *,
    broadcast_form: BroadcastForm | None = None,
    countdown_form: CountdownForm | None = None,
    hour_form: HourForm | None = None,
) -> HttpResponse:
    at = timezone.now()
    desk = day_desk(request.viewer, edition, moment=edition.clock_at or at, at=at)
    is_refused = any((broadcast_form, countdown_form, hour_form))
    context = {
        "edition": edition,
        "desk": desk,
        "is_over": desk.day is None and has_begun_planning(edition),
        "at": at,
        "has_own_hour": edition.is_demonstration and edition.clock_at is not None,
        "broadcast_form": broadcast_form or _broadcast_form(request, edition),
        "countdown_form": countdown_form or CountdownForm(edition=edition),
        "hour_form": hour_form or HourForm(edition=edition),
    }
    return render_page(
        request,
        "home/day.html",
        context,
        partial="" if is_refused else "day",
        status=422 if is_refused else 200,
    )


def _broadcast_form(request: ViewerRequest, edition: Edition) -> BroadcastForm:
    day = running_day(edition, edition.clock_at or timezone.now())
    circles = circles_of(request.viewer, edition, day.day.date if day is not None else None)
    return BroadcastForm(request.POST if request.method == "POST" else None, circles=circles)


def _countdown(request: ViewerRequest, edition: Edition, countdown_id: int) -> Countdown:
    return get_object_or_404(
        Countdown.objects.visible_to(request.viewer).filter(edition=edition), pk=countdown_id
    )


def _folder(request: ViewerRequest, edition: Edition) -> Folder:
    day = running_day(edition, edition.clock_at or timezone.now(), request.GET.get("day", ""))
    if day is None:
        raise Http404
    return day_folder(request.viewer, edition, day)


def _download(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    # It names people: no proxy and no browser keeps it.
    response["Cache-Control"] = "no-store"
    return response


def _language() -> str:
    return get_language() or DEFAULT_LANGUAGE
