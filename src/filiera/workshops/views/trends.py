"""Trends: rated on a phone, seen by all once they are closed."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from filiera.academy.edition_pages import edition_page, for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.admissions.models import Participation, ParticipationState
from filiera.admissions.queries.own import own_participation
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page, wants_fragment
from filiera.workshops.actions import trends as actions
from filiera.workshops.forms.trends import RatingForm, TrendCommentForm
from filiera.workshops.models import Scale, Trend, TrendComment, TrendRating, TrendState
from filiera.workshops.policies.editions import can_lead, can_take_part
from filiera.workshops.queries.leading import plans_from
from filiera.workshops.queries.trend_results import (
    COUNTRY,
    ECOSYSTEM,
    GROUP,
    Result,
    breakdown,
    over_editions,
    own_ratings,
    people_who_may_rate,
    published_rounds,
    result_of,
    results_of,
    scales_asked_about,
)
from filiera.workshops.queries.trends import (
    beside,
    ecosystem_names,
    trend_comments,
    trend_lines,
    trends_to_open,
)
from filiera.workshops.trend_charts import distribution, numbered, radar, scatter

from .common import own_wait_ms

taking_part = for_those_who(can_take_part)
View = Callable[..., HttpResponse]


def with_trend(view: View) -> View:
    """Give a view its edition and the trend that the address names."""

    @taking_part
    @wraps(view)
    def guarded(
        request: ViewerRequest, edition: Edition, trend_id: int, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        found = get_object_or_404(trends_to_open(request.viewer, edition), pk=trend_id)
        return view(request, edition, found, *args, **kwargs)

    return guarded


@require_safe
@taking_part
def trend_list(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """What is to be rated, and what came out of what is closed."""
    lines = trend_lines(request.viewer, edition)
    results = results_of([line.trend for line in lines if line.trend.state == TrendState.CLOSED])
    may_rate = own_place(request, edition) is not None
    waiting = [line for line in lines if line.trend.state == TrendState.OPEN and not line.is_done]
    context = {
        "topic": f"trends:{edition.pk}",
        "wait_ms": own_wait_ms(),
        "lines": lines,
        "may_rate": may_rate,
        "may_lead": can_lead(request.viewer, edition),
        "waiting": len(waiting) if may_rate else 0,
        "first_trend": waiting[0].trend if waiting and may_rate else None,
        **pictures(results),
    }
    return edition_page(request, edition, "workshops/trends/list.html", context, partial="results")


@require_safe
@with_trend
def trend(request: ViewerRequest, edition: Edition, found: Trend) -> HttpResponse:
    return trend_page(request, edition, found)


def trend_page(
    request: ViewerRequest,
    edition: Edition,
    found: Trend,
    *,
    comment_form: TrendCommentForm | None = None,
) -> HttpResponse:
    """One trend: rated while it is open, told with its spread once it is closed."""
    viewer = request.viewer
    may_rate = found.state == TrendState.OPEN and own_place(request, edition) is not None
    rating = own_ratings(viewer, edition).get(found.pk)
    result = result_of(found)
    rounds = published_rounds(viewer, edition) if result.is_shown else []
    by, round_id = _division(request, rounds)
    before, after = beside(viewer, found)
    context = {
        "topic": f"trends:{edition.pk}",
        "wait_ms": own_wait_ms(),
        "trend": found,
        "ecosystems": ecosystem_names(found),
        "may_rate": may_rate,
        "form": RatingForm(rating=rating, trend=found) if may_rate else None,
        "rating": rating,
        "own_points": [(scale, getattr(rating, scale)) for scale in Scale] if rating else [],
        "open_scales": open_scales(rating),
        "may_lead": can_lead(viewer, edition),
        "result": result,
        "charts": [distribution(scale, result.spreads[scale]) for scale in Scale] if result.is_shown else [],
        "scales": list(Scale),
        "by": by,
        "round_id": round_id,
        "rounds": rounds,
        "parts": breakdown(found, by=by, round_id=round_id) if result.is_shown else None,
        "past": over_editions(viewer, found),
        "plans": plans_from(viewer, edition, trend=found),
        "asked_scales": scales_asked_about(viewer, found),
        "comments": trend_comments(viewer, found),
        "comment_form": comment_form or TrendCommentForm(),
        "before": before,
        "after": after,
    }
    status = 422 if comment_form else 200
    return edition_page(
        request, edition, "workshops/trends/trend.html", context, partial="answers", status=status
    )


@require_POST
@with_trend
def rating_create(request: ViewerRequest, edition: Edition, found: Trend) -> HttpResponse:
    """Keep what was just said; the page goes on, or without script comes again."""
    place = own_place(request, edition)
    if place is None:
        raise PermissionDenied
    form = RatingForm(request.POST, trend=found)
    kept, refusal = None, _("Choose one of the five points.")
    if form.is_valid():
        try:
            kept = actions.rate_trend(
                trend=found,
                participation=place,
                points=form.points(),
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as error:
            refusal = str(error)
    if not wants_fragment(request):
        if kept is None:
            messages.warning(request, refusal)
        else:
            messages.success(request, _("Your rating is saved."))
        return redirect("workshops:trend", edition.slug, found.pk)
    context = {"kept": kept, "refusal": "" if kept else refusal, "open_scales": open_scales(kept)}
    return render_page(request, "workshops/trends/_saved.html", context, status=200 if kept else 422)


@require_POST
@with_trend
def trend_comment_create(request: ViewerRequest, edition: Edition, found: Trend) -> HttpResponse:
    form = TrendCommentForm(request.POST)
    if form.is_valid():
        try:
            actions.comment_trend(trend=found, **form.cleaned_data, by=request.viewer, at=timezone.now())
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("What you think stands with the trend."))
            return _to_comments(edition, found)
    return trend_page(request, edition, found, comment_form=form)


@require_POST
@with_trend
def trend_comment_removal(
    request: ViewerRequest, edition: Edition, found: Trend, comment_id: int
) -> HttpResponse:
    visible = TrendComment.objects.visible_to(request.viewer).filter(trend=found)
    comment = get_object_or_404(visible, pk=comment_id)
    actions.remove_trend_comment(comment=comment, by=request.viewer, at=timezone.now())
    messages.success(request, _("The comment is taken away."))
    return _to_comments(edition, found)


@require_safe
@taking_part
def trend_stage(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """For the projector: how many have rated, then the radar."""
    lines = [line for line in trend_lines(request.viewer, edition) if line.trend.state != TrendState.DRAFT]
    is_open = any(line.trend.state == TrendState.OPEN for line in lines)
    results = [] if is_open else results_of([line.trend for line in lines])
    context = {
        "edition": edition,
        "topic": f"trends:{edition.pk}",
        "counts_topic": f"ratings:{edition.pk}",
        "lines": lines,
        "is_open": is_open,
        "people": people_who_may_rate(edition),
        "radar": radar(results, source="", is_for_hall=True),
        "numbered": numbered(results),
        "address": _address_of(edition),
    }
    return _on_stage(request, "workshops/trends/stage.html", context)


@require_safe
@with_trend
def trend_stage_one(request: ViewerRequest, edition: Edition, found: Trend) -> HttpResponse:
    """For the projector: one trend with its spread."""
    result = result_of(found)
    context = {
        "edition": edition,
        "topic": f"trends:{edition.pk}",
        "counts_topic": f"ratings:{edition.pk}",
        "trend": found,
        "result": result,
        "spreads": [(scale, result.spreads[scale]) for scale in Scale] if result.is_shown else [],
        "people": people_who_may_rate(edition),
    }
    return _on_stage(request, "workshops/trends/stage_one.html", context)


def pictures(results: list[Result]) -> dict[str, object]:
    """The radar, the scatter and the numbers that trends have on both."""
    shown = numbered(results)
    people = max((result.answers for _number, result in shown), default=0)
    source = ngettext("One person has rated.", "%(count)s people have rated.", people) % {"count": people}
    return {
        "radar": radar(results, source=source),
        "scatter": scatter(results, source=source),
        "numbered": shown,
    }


def open_scales(rating: TrendRating | None) -> int:
    """On how many of the four scales nothing is said yet."""
    return sum(rating is None or getattr(rating, scale) is None for scale in Scale.values)


def own_place(request: ViewerRequest, edition: Edition) -> Participation | None:
    """The confirmed place of whoever looks: only they rate."""
    own = own_participation(request.viewer, edition)
    return own if own is not None and own.state == ParticipationState.CONFIRMED else None


def _division(request: ViewerRequest, rounds: list[tuple[int, str]]) -> tuple[str, int | None]:
    """By what the results are looked at; of themselves by the groups, which are large enough."""
    asked = request.GET.get("by", "")
    if asked in (COUNTRY, ECOSYSTEM):
        return asked, None
    known = {str(key): key for key, _title in rounds}
    key = known.get(asked.removeprefix(f"{GROUP}-"), rounds[0][0] if rounds else None)
    return (GROUP, key) if key is not None else (ECOSYSTEM, None)


def _address_of(edition: Edition) -> str:
    """What a hall types into a phone."""
    whole = f"{settings.PUBLIC_URL.rstrip('/')}{reverse('workshops:trends', args=[edition.slug])}"
    return whole.split("://", 1)[-1].rstrip("/")


def _on_stage(request: ViewerRequest, template: str, context: dict[str, object]) -> HttpResponse:
    response = render_page(request, template, context, partial="stage")
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "private, no-cache"
    return response


def _to_comments(edition: Edition, found: Trend) -> HttpResponse:
    response = redirect("workshops:trend", edition.slug, found.pk)
    response["Location"] = f"{response['Location']}#comments"
    return response
