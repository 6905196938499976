"""Placing people at the desk of groups: one person, one group, one round, one rule."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.admissions.models import Participation
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import after_change, panel_page, tried
from filiera.workshops.actions import group_seats as actions
from filiera.workshops.actions.group_series import accept_moved_session, change_round, describe_group
from filiera.workshops.forms.groups import GroupForm, MoveForm, RoundForm, RuleForm, WishForm
from filiera.workshops.models import Group, GroupRound, GroupRule, RoundAbsence, Seat
from filiera.workshops.queries.group_board import targets_for
from filiera.workshops.queries.group_problem import GroupProblem
from filiera.workshops.queries.group_score import score_of
from filiera.workshops.queries.group_sentences import points_in_words
from filiera.workshops.queries.groups import formed, group_title, own_wishes

from .desk_groups import board_address, find_round, find_series, forming


@require_http_methods(["GET", "HEAD", "POST"])
@forming
def desk_seat(
    request: ViewerRequest, edition: Edition, series_id: int, number: int, participation_id: int
) -> HttpResponse:
    """Somebody's place in a round: why, where else and at what price; the same address moves them."""
    round_ = find_round(request, edition, series_id, number)
    participation = _person(edition, participation_id)
    problem, plan = formed(round_.series)
    targets, reason = targets_for(problem, plan, round_, participation)
    form = MoveForm(request.POST or None, targets=targets)
    if request.method == "POST" and form.is_valid():
        target = next(each for each in targets if each.key == form.cleaned_data["target"])
        try:
            actions.move_person(
                round_=round_,
                participation=participation,
                group=target.group,
                with_=target.with_,
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            return after_change(request, board_address(edition, round_.series, number))
    seat = Seat.objects.visible_to(request.viewer).filter(round=round_, participation=participation).first()
    wishes = own_wishes(round_.series, participation)
    context = {
        "edition": edition,
        "series": round_.series,
        "round": round_,
        "participation": participation,
        "seat": seat,
        "group": group_title(seat.group) if seat is not None else "",
        "reason": reason,
        "form": form,
        "wish_form": WishForm(themes=round_.series.themes, wishes=wishes) if round_.series.themes else None,
        "is_away": RoundAbsence.objects.filter(round=round_, participation=participation).exists(),
        "is_away_that_day": _is_away(problem, round_, participation),
        "points": points_in_words(score_of(problem, plan).points),
        "may_change": round_.series.published_at is None,
        "round_count": len(problem.sittings),
    }
    status = 422 if request.method == "POST" else 200
    return panel_page(request, "workshops/desk/seat.html", context, status=status)


@require_POST
@forming
def desk_seat_move(
    request: ViewerRequest, edition: Edition, series_id: int, number: int, participation_id: int
) -> HttpResponse:
    """Somebody was dragged onto a group, or onto the place of somebody who sits there."""
    round_ = find_round(request, edition, series_id, number)
    group = get_object_or_404(
        Group.objects.visible_to(request.viewer), round=round_, pk=_number(request.POST.get("group", ""))
    )
    other = request.POST.get("with", "")
    tried(
        request,
        lambda: actions.move_person(
            round_=round_,
            participation=_person(edition, participation_id),
            group=group,
            with_=_person(edition, _number(other)) if other else None,
            by=request.viewer,
            at=timezone.now(),
        ),
    )
    return after_change(request, board_address(edition, round_.series, number))


@require_POST
@forming
def desk_seat_fixing(
    request: ViewerRequest, edition: Edition, series_id: int, number: int, participation_id: int
) -> HttpResponse:
    round_ = find_round(request, edition, series_id, number)
    tried(
        request,
        lambda: actions.fix_place(
            round_=round_,
            participation=_person(edition, participation_id),
            is_fixed=request.POST.get("fixed") == "on",
            by=request.viewer,
            at=timezone.now(),
        ),
    )
    return after_change(request, board_address(edition, round_.series, number))


@require_POST
@forming
def desk_seat_absence(
    request: ViewerRequest, edition: Edition, series_id: int, number: int, participation_id: int
) -> HttpResponse:
    """Away in this round, or in this one and all that follow; or there again."""
    round_ = find_round(request, edition, series_id, number)
    rounds = [round_]
    if request.POST.get("rounds") == "following":
        rounds = list(GroupRound.objects.filter(series=round_.series, number__gte=number).order_by("number"))
        for each in rounds:
            each.series = round_.series
    participation = _person(edition, participation_id)
    is_absent = request.POST.get("absent") == "on"
    tried(
        request,
        lambda: actions.tell_absence(
            rounds=rounds,
            participation=participation,
            is_absent=is_absent,
            by=request.viewer,
            at=timezone.now(),
        ),
    )
    return after_change(request, board_address(edition, round_.series, number))


@require_POST
@forming
def desk_seat_wishes(
    request: ViewerRequest, edition: Edition, series_id: int, number: int, participation_id: int
) -> HttpResponse:
    """The organiser says somebody's wishes for them."""
    round_ = find_round(request, edition, series_id, number)
    participation = _person(edition, participation_id)
    form = WishForm(request.POST, themes=round_.series.themes, wishes=[])
    if not form.is_valid():
        messages.warning(request, str(form.non_field_errors()[0] if form.non_field_errors() else ""))
        return after_change(request, board_address(edition, round_.series, number))
    tried(
        request,
        lambda: actions.wish_themes(
            series=round_.series,
            participation=participation,
            themes=form.wanted(),
            by=request.viewer,
            at=timezone.now(),
        ),
        _("The wishes of %(name)s are kept.") % {"name": participation.name},
    )
    return after_change(request, board_address(edition, round_.series, number))


@require_http_methods(["GET", "HEAD", "POST"])
@forming
def desk_group(request: ViewerRequest, edition: Edition, group_id: int) -> HttpResponse:
    """Theme, facilitator, room and link of one group."""
    visible = Group.objects.visible_to(request.viewer).select_related("round__series__edition")
    group = get_object_or_404(visible, round__series__edition=edition, pk=group_id)
    form = GroupForm(request.POST or None, group=group, edition=edition)
    series = group.round.series
    if request.method == "POST" and form.is_valid():
        describe_group(group=group, **form.cleaned_data, by=request.viewer, at=timezone.now())
        return after_change(request, board_address(edition, series, group.round.number))
    context = {"edition": edition, "series": series, "group": group, "form": form}
    status = 422 if request.method == "POST" else 200
    return panel_page(request, "workshops/desk/group.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@forming
def desk_round(request: ViewerRequest, edition: Edition, series_id: int, number: int) -> HttpResponse:
    """In which session a round sits; or that its moved session is seen and the groups stay."""
    round_ = find_round(request, edition, series_id, number)
    if request.method == "POST" and request.POST.get("accept"):
        accept_moved_session(round_=round_, by=request.viewer, at=timezone.now())
        return after_change(request, board_address(edition, round_.series, number))
    form = RoundForm(request.POST or None, edition=edition, round_=round_)
    if request.method == "POST" and form.is_valid():
        try:
            change_round(
                round_=round_, session=form.cleaned_data["session"], by=request.viewer, at=timezone.now()
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            return after_change(request, board_address(edition, round_.series, number))
    context = {"edition": edition, "series": round_.series, "round": round_, "form": form}
    status = 422 if request.method == "POST" else 200
    return panel_page(request, "workshops/desk/round.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@forming
def desk_group_rule_new(request: ViewerRequest, edition: Edition, series_id: int) -> HttpResponse:
    series = find_series(request, edition, series_id)
    form = RuleForm(request.POST or None, edition=edition)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_rule(series=series, **form.cleaned_data, by=request.viewer, at=timezone.now())
        except DomainError as error:
            show_refusal(form, error)
        else:
            return after_change(request, board_address(edition, series))
    context = {"edition": edition, "series": series, "form": form}
    status = 422 if request.method == "POST" else 200
    return panel_page(request, "workshops/desk/rule.html", context, status=status)


@require_POST
@forming
def desk_group_rule_end(request: ViewerRequest, edition: Edition, rule_id: int) -> HttpResponse:
    visible = GroupRule.objects.visible_to(request.viewer).select_related("series__edition")
    rule = get_object_or_404(visible, series__edition=edition, pk=rule_id)
    tried(request, lambda: actions.remove_rule(rule=rule, by=request.viewer, at=timezone.now()))
    return after_change(request, board_address(edition, rule.series))


def _person(edition: Edition, participation_id: int) -> Participation:
    """Whoever forms groups places everybody who has a place, and sees no more of them than groups show."""
    confirmed = Participation.objects.confirmed().select_related("organisation", "country", "ecosystem")
    return get_object_or_404(confirmed, edition=edition, pk=participation_id)


def _is_away(problem: GroupProblem, round_: GroupRound, participation: Participation) -> bool:
    position = problem.position_of.get(participation.pk)
    sitting = next(each for each in problem.sittings if each.key == round_.pk)
    return position in sitting.away


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0
