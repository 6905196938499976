"""The desk of groups: series, their board, proposals, publication."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy.edition_pages import for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.admissions.models import Participation
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import after_change, panel_page, render_page, send_to, tried
from filiera.workshops.actions import group_proposals as proposals
from filiera.workshops.actions import group_series as actions
from filiera.workshops.actions.group_steps import undo_step
from filiera.workshops.forms.groups import SeriesForm
from filiera.workshops.group_topics import desk_topic
from filiera.workshops.models import GroupRound, GroupRun, GroupSeries
from filiera.workshops.policies.editions import can_form_groups
from filiera.workshops.queries.group_board import REASONS_AT_ONCE, board_of, series_for_list
from filiera.workshops.queries.groups import challenges_as_themes

forming = for_those_who(can_form_groups)


@require_safe
@forming
def desk_groups(request: ViewerRequest, edition: Edition) -> HttpResponse:
    context = {
        "edition": edition,
        "every": series_for_list(request.viewer, edition),
        "people": confirmed_count(edition),
        "topic": desk_topic(edition.pk),
    }
    return render_page(request, "workshops/desk/groups.html", context, partial="series")


@require_http_methods(["GET", "HEAD", "POST"])
@forming
def desk_series_new(request: ViewerRequest, edition: Edition) -> HttpResponse:
    themes = challenges_as_themes(request.viewer, edition) if request.GET.get("themes") else []
    form = SeriesForm(
        request.POST or None,
        edition=edition,
        people=confirmed_count(edition),
        initial={"themes": "\n".join(themes)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            series = actions.make_series(
                edition=edition, details=form.details(), by=request.viewer, at=timezone.now()
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            return send_to(request, board_address(edition, series))
    return _series_page(request, edition, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@forming
def desk_series_settings(request: ViewerRequest, edition: Edition, series_id: int) -> HttpResponse:
    series = find_series(request, edition, series_id)
    form = SeriesForm(request.POST or None, edition=edition, people=confirmed_count(edition), series=series)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_series(series=series, details=form.details(), by=request.viewer, at=timezone.now())
        except DomainError as error:
            show_refusal(form, error)
        else:
            return after_change(request, board_address(edition, series))
    return _series_page(request, edition, form, series)


@require_POST
@forming
def desk_series_deletion(request: ViewerRequest, edition: Edition, series_id: int) -> HttpResponse:
    series = find_series(request, edition, series_id)
    try:
        actions.remove_series(series=series, by=request.viewer, at=timezone.now())
    except DomainError as error:
        messages.warning(request, str(error))
        return after_change(request, board_address(edition, series))
    messages.success(request, _("The groups are deleted."))
    return send_to(request, reverse("workshops:desk_groups", args=[edition.slug]))


@require_safe
@forming
def desk_series(request: ViewerRequest, edition: Edition, series_id: int) -> HttpResponse:
    """The board of one round: who sits where and why, and what the whole plan loses."""
    series = find_series(request, edition, series_id)
    asked = request.GET.get("round", "1")
    try:
        board = board_of(series, int(asked) if asked.isdecimal() and len(asked) < 5 else 1)
    except GroupRound.DoesNotExist:
        raise Http404 from None
    context = {
        "edition": edition,
        "series": series,
        "board": board,
        "topic": desk_topic(edition.pk),
        "may_change": series.published_at is None,
        "reasons_at_once": REASONS_AT_ONCE,
    }
    return render_page(request, "workshops/desk/board.html", context, partial="board")


@require_POST
@forming
def desk_group_proposal(request: ViewerRequest, edition: Edition, series_id: int) -> HttpResponse:
    series = find_series(request, edition, series_id)
    tried(request, lambda: proposals.propose_groups(series=series, by=request.viewer, at=timezone.now()))
    return after_change(request, board_address(edition, series))


@require_POST
@forming
def desk_group_absorption(request: ViewerRequest, edition: Edition, series_id: int) -> HttpResponse:
    series = find_series(request, edition, series_id)
    tried(request, lambda: proposals.take_in_changes(series=series, by=request.viewer, at=timezone.now()))
    return after_change(request, board_address(edition, series))


@require_POST
@forming
def desk_group_run_cancel(request: ViewerRequest, edition: Edition, run_id: int) -> HttpResponse:
    runs = GroupRun.objects.visible_to(request.viewer).select_related("series__edition")
    run = get_object_or_404(runs, pk=run_id, series__edition=edition)
    proposals.cancel_run(run=run, by=request.viewer, at=timezone.now())
    return after_change(request, board_address(edition, run.series))


@require_POST
@forming
def desk_group_undo(request: ViewerRequest, edition: Edition, series_id: int) -> HttpResponse:
    series = find_series(request, edition, series_id)
    try:
        step = undo_step(series=series, by=request.viewer, at=timezone.now())
        messages.success(request, _("Taken back: %(what)s.") % {"what": step.get_kind_display()})
    except DomainError as error:
        messages.warning(request, str(error))
    return after_change(request, board_address(edition, series))


@require_POST
@forming
def desk_group_publication(request: ViewerRequest, edition: Edition, series_id: int) -> HttpResponse:
    series = find_series(request, edition, series_id)
    tried(
        request,
        lambda: actions.publish_groups(series=series, by=request.viewer, at=timezone.now()),
        _("The groups are published. Everybody sees them now."),
    )
    return after_change(request, board_address(edition, series))


@require_POST
@forming
def desk_group_reopening(request: ViewerRequest, edition: Edition, series_id: int) -> HttpResponse:
    series = find_series(request, edition, series_id)
    actions.reopen_groups(series=series, by=request.viewer, at=timezone.now())
    messages.success(request, _("The groups are open again. Nobody else sees them until you publish them."))
    return after_change(request, board_address(edition, series))


def find_series(request: ViewerRequest, edition: Edition, series_id: int) -> GroupSeries:
    visible = GroupSeries.objects.visible_to(request.viewer).select_related("edition")
    return get_object_or_404(visible, edition=edition, pk=series_id)


def find_round(request: ViewerRequest, edition: Edition, series_id: int, number: int) -> GroupRound:
    visible = GroupRound.objects.visible_to(request.viewer).select_related("series__edition", "session__part")
    return get_object_or_404(visible, series__edition=edition, series=series_id, number=number)


def board_address(edition: Edition, series: GroupSeries, number: int = 1) -> str:
    address = reverse("workshops:desk_series", args=[edition.slug, series.pk])
    return address if number == 1 else f"{address}?round={number}"


def confirmed_count(edition: Edition) -> int:
    return Participation.objects.confirmed().filter(edition=edition).count()


def _series_page(
    request: ViewerRequest, edition: Edition, form: SeriesForm, series: GroupSeries | None
) -> HttpResponse:
    if series is not None and series.published_at is not None and request.method != "POST":
        messages.info(request, str(actions.GroupsArePublished.message))
        return redirect(board_address(edition, series))
    context = {"edition": edition, "form": form, "series": series, "people": confirmed_count(edition)}
    status = 422 if request.method == "POST" else 200
    return panel_page(request, "workshops/desk/series.html", context, status=status)
