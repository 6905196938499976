"""Putting up trends, opening and closing them, taking ratings, asking for reasons."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation
from filiera.push.actions import publish_event
from filiera.reference.models import Ecosystem
from filiera.shared.errors import DomainError
from filiera.workshops.models import (
    HIGHEST_POINT,
    LOWEST_POINT,
    Scale,
    Trend,
    TrendComment,
    TrendRating,
    TrendState,
)
from filiera.workshops.policies import trends as policies
from filiera.workshops.queries.trend_results import is_asked_for_reasons, result_of


class CodeTaken(DomainError):
    message = _("Another trend of this edition has this code. Take another one.")
    field = "code"


class AlreadyRated(DomainError):
    message = _("Somebody has rated this trend already: it can be closed, and not removed.")


class NotOpenForRatings(DomainError):
    message = _("This trend takes no ratings now.")


class PointUnknown(DomainError):
    message = _("A rating is a whole number from 1 to 5.")


class TooFewToAsk(DomainError):
    message = _("Reasons can be asked for once the trend is closed and its results are shown.")


@dataclass(frozen=True, kw_only=True)
class TrendDetails:
    """What a trend says."""

    code: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    ecosystems: Sequence[Ecosystem] = ()
    sources: Sequence[Mapping[str, str]] = field(default_factory=tuple)


@transaction.atomic
def save_trend(
    *, edition: Edition, trend: Trend | None, details: TrendDetails, by: Viewer, at: datetime
) -> Trend:
    """Put up a trend as a draft, or change what one says.

    Raises PermissionDenied, CodeTaken.
    """
    if not policies.can_edit_trends(by, edition):
        raise PermissionDenied
    edition = Edition.objects.select_for_update(of=("self",), no_key=True).get(pk=edition.pk)
    others = Trend.objects.filter(edition=edition)
    if trend is None:
        position = (others.aggregate(last=Max("position"))["last"] or 0) + 1
        trend = Trend(edition=edition, position=position, created_at=at)
    if others.filter(code=details.code).exclude(pk=trend.pk).exists():
        raise CodeTaken
    trend.code, trend.changed_at = details.code, at
    trend.title, trend.description = dict(details.title), dict(details.description)
    trend.sources = [dict(source) for source in details.sources]
    trend.save()
    trend.ecosystems.set(details.ecosystems)
    tell(trend)
    return trend


@transaction.atomic
def copy_trends(*, edition: Edition, source: Edition, by: Viewer, at: datetime) -> int:
    """Take the trends of another edition over under their codes, as drafts, those that are missing; how many.

    Raises PermissionDenied.
    """
    if not policies.can_edit_trends(by, edition):
        raise PermissionDenied
    there = set(Trend.objects.filter(edition=edition).values_list("code", flat=True))
    missing = Trend.objects.filter(edition=source).exclude(code__in=there)
    rows = list(missing.prefetch_related("ecosystems").order_by("position", "pk"))
    for trend in rows:
        details = TrendDetails(
            code=trend.code,
            title=trend.title,
            description=trend.description,
            ecosystems=list(trend.ecosystems.all()),
            sources=trend.sources,
        )
        save_trend(edition=edition, trend=None, details=details, by=by, at=at)
    return len(rows)


@transaction.atomic
def open_trend(*, trend: Trend, by: Viewer, at: datetime) -> Trend:
    """Let the participants rate it, or rate it again. Raises PermissionDenied."""
    trend = _locked(trend, by)
    if trend.state == TrendState.CLOSED and result_of(trend).is_shown:
        trend.last_shown_at = trend.closed_at
    trend.state, trend.closed_at = TrendState.OPEN, None
    trend.opened_at = trend.opened_at or at
    trend.save(update_fields=["state", "opened_at", "closed_at", "last_shown_at"])
    tell(trend)
    return trend


@transaction.atomic
def close_trend(*, trend: Trend, by: Viewer, at: datetime) -> Trend:
    """Take no more ratings; everybody sees what came out. Raises PermissionDenied, NotOpenForRatings."""
    trend = _locked(trend, by)
    if trend.state != TrendState.OPEN:
        raise NotOpenForRatings
    trend.state, trend.closed_at = TrendState.CLOSED, at
    trend.save(update_fields=["state", "closed_at"])
    tell(trend)
    return trend


@transaction.atomic
def open_all(*, edition: Edition, by: Viewer, at: datetime) -> int:
    """Open every draft at once; how many. Raises PermissionDenied."""
    return _for_all(edition, TrendState.DRAFT, by, lambda trend: open_trend(trend=trend, by=by, at=at))


@transaction.atomic
def close_all(*, edition: Edition, by: Viewer, at: datetime) -> int:
    """Close every open trend at once; how many. Raises PermissionDenied."""
    return _for_all(edition, TrendState.OPEN, by, lambda trend: close_trend(trend=trend, by=by, at=at))


@transaction.atomic
def remove_trend(*, trend: Trend, by: Viewer, at: datetime) -> None:
    """Raises PermissionDenied, AlreadyRated."""
    trend = _locked(trend, by)
    if trend.ratings.exists():
        raise AlreadyRated
    tell(trend)
    trend.delete()


@transaction.atomic
def rate_trend(
    *,
    trend: Trend,
    participation: Participation,
    points: Mapping[str, int],
    by: Viewer,
    at: datetime,
) -> TrendRating:
    """Keep what somebody says on some of the scales; the others stay as they were.

    It counts from the moment at which all four are said, and can be changed while the trend is open.
    Raises PermissionDenied, NotOpenForRatings, PointUnknown.
    """
    if not policies.can_rate(by, participation) or participation.edition_id != trend.edition_id:
        raise PermissionDenied
    # Against a closing at the same moment, and against two taps of one thumb.
    trend = Trend.objects.select_for_update(of=("self",), no_key=True).get(pk=trend.pk)
    if trend.state != TrendState.OPEN:
        raise NotOpenForRatings
    if any(
        scale not in Scale.values or not LOWEST_POINT <= point <= HIGHEST_POINT
        for scale, point in points.items()
    ):
        raise PointUnknown
    rating = TrendRating.objects.filter(trend=trend, participation=participation).first()
    rating = rating or TrendRating(trend=trend, participation=participation)
    for scale, point in points.items():
        setattr(rating, scale, point)
    rating.rated_at = at
    is_first_whole = rating.completed_at is None and all(
        getattr(rating, scale) is not None for scale in Scale.values
    )
    if is_first_whole:
        rating.completed_at = at
    rating.save()
    if is_first_whole:
        # Heard by desk and screen alone: a hall that rates must not make every telephone ask again.
        publish_event(f"ratings:{trend.edition_id}", {"trend": trend.pk})
    return rating


@transaction.atomic
def ask_outliers(*, trend: Trend, by: Viewer, at: datetime) -> Trend:
    """Show those who rated far from the others, and nobody else, that their reasons are wanted.

    Raises PermissionDenied, TooFewToAsk.
    """
    trend = _locked(trend, by)
    if not result_of(trend).is_shown:
        raise TooFewToAsk
    trend.outliers_asked_at = at
    trend.save(update_fields=["outliers_asked_at"])
    tell(trend)
    return trend


@transaction.atomic
def comment_trend(*, trend: Trend, text: str, names_author: bool, by: Viewer, at: datetime) -> TrendComment:
    """Say something to a trend, with one's name only if one wants.

    Whether it gives the reasons that somebody was asked for is kept with it, and shown only without a name.
    Raises PermissionDenied.
    """
    if not policies.can_comment_trend(by, trend):
        raise PermissionDenied
    comment = TrendComment.objects.create(
        trend=trend,
        author=by.person,
        text=text,
        names_author=names_author,
        is_from_outlier=is_asked_for_reasons(by, trend),
        written_at=at,
    )
    tell(trend)
    return comment


@transaction.atomic
def remove_trend_comment(*, comment: TrendComment, by: Viewer, at: datetime) -> TrendComment:
    """Take the words of a comment away. Raises PermissionDenied."""
    comment = (
        TrendComment.objects.select_for_update(of=("self",))
        .select_related("trend__edition")
        .get(pk=comment.pk)
    )
    if not policies.can_remove_trend_comment(by, comment):
        raise PermissionDenied
    if comment.removed_at is None:
        comment.text, comment.removed_at = "", at
        comment.save(update_fields=["text", "removed_at"])
        tell(comment.trend)
    return comment


def tell(trend: Trend) -> None:
    """Let open pages fetch what changed."""
    publish_event(f"trends:{trend.edition_id}", {"trend": trend.pk})


def _locked(trend: Trend, by: Viewer) -> Trend:
    rows = Trend.objects.select_for_update(of=("self",)).select_related("edition")
    trend = rows.get(pk=trend.pk)
    if not policies.can_edit_trends(by, trend.edition):
        raise PermissionDenied
    return trend


def _for_all(edition: Edition, state: TrendState, by: Viewer, change: Callable[[Trend], Trend]) -> int:
    if not policies.can_edit_trends(by, edition):
        raise PermissionDenied
    rows = list(Trend.objects.filter(edition=edition, state=state).order_by("pk"))
    for trend in rows:
        change(trend)
    return len(rows)
