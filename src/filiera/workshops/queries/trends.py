"""Trends as the people of an edition and its desk see them."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.texts.languages import translated
from filiera.workshops.models import Scale, Trend, TrendComment, TrendRating, TrendState
from filiera.workshops.policies.trends import can_remove_trend_comment

from .challenge_thread import name_of


@dataclass(frozen=True, slots=True)
class TrendLine:
    """A trend in a list, with what the viewer has said of it."""

    trend: Trend
    ecosystems: str
    own: TrendRating | None
    # How many have said all four.
    answers: int

    @property
    def is_done(self) -> bool:
        return self.own is not None and self.own.completed_at is not None

    @property
    def said(self) -> int:
        """How many of the four scales the viewer has said something on."""
        return sum(getattr(self.own, scale) is not None for scale in Scale.values) if self.own else 0


@dataclass(frozen=True, slots=True)
class TrendCommentLine:
    """A comment; without a name unless its author wants to be read by name."""

    comment: TrendComment
    name: str
    gives_reasons: bool
    may_remove: bool


def trends_to_open(viewer: Viewer, edition: Edition) -> QuerySet[Trend]:
    """Where a page finds its trend."""
    return (
        Trend.objects.visible_to(viewer)
        .filter(edition=edition)
        .select_related("edition")
        .prefetch_related("ecosystems")
    )


def trend_lines(viewer: Viewer, edition: Edition) -> list[TrendLine]:
    """All trends of an edition in their order."""
    whole = Count("ratings", filter=Q(ratings__completed_at__isnull=False))
    rows = trends_to_open(viewer, edition).annotate(answers=whole).order_by("position", "pk")
    said = TrendRating.objects.visible_to(viewer).filter(trend__edition=edition)
    own = {rating.trend_id: rating for rating in said}
    return [TrendLine(trend, ecosystem_names(trend), own.get(trend.pk), trend.answers) for trend in rows]


def ecosystem_names(trend: Trend) -> str:
    return ", ".join(
        translated(row.names) for row in sorted(trend.ecosystems.all(), key=lambda row: row.position)
    )


def beside(viewer: Viewer, trend: Trend) -> tuple[Trend | None, Trend | None]:
    """The trends before and after one, of those that are open or were."""
    rows = list(
        trends_to_open(viewer, trend.edition).exclude(state=TrendState.DRAFT).order_by("position", "pk")
    )
    place = next((index for index, row in enumerate(rows) if row.pk == trend.pk), None)
    if place is None:
        return None, None
    return (rows[place - 1] if place else None), (rows[place + 1] if place + 1 < len(rows) else None)


def trend_comments(viewer: Viewer, trend: Trend) -> list[TrendCommentLine]:
    """What was said to a trend, in the order of saying."""
    rows = TrendComment.objects.visible_to(viewer).filter(trend=trend)
    return [
        TrendCommentLine(
            comment=comment,
            name=name_of(comment.author) if comment.names_author else "",
            # Beside a name it would tell how that person rated.
            gives_reasons=comment.is_from_outlier and not comment.names_author,
            may_remove=comment.removed_at is None and can_remove_trend_comment(viewer, comment),
        )
        for comment in rows.select_related("author", "trend__edition").order_by("written_at", "pk")
    ]


def editions_with_trends(viewer: Viewer, edition: Edition) -> list[Edition]:
    """Editions of the same series whose trends can be taken over."""
    visible = Edition.objects.visible_to(viewer).filter(series=edition.series_id, trends__isnull=False)
    return list(visible.exclude(pk=edition.pk).distinct().order_by("-number"))


def open_for(viewer: Viewer, edition: Edition) -> int:
    """How many open trends the viewer has not rated whole."""
    done = TrendRating.objects.visible_to(viewer).filter(completed_at__isnull=False)
    rows = Trend.objects.filter(edition=edition, state=TrendState.OPEN)
    return rows.exclude(pk__in=done.values("trend")).count()
