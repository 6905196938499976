"""What trends hear of people who leave, and what they tell about them.

A rating stays as a count: its place has no name any more. Comments lose their words.
"""

from datetime import datetime
from typing import Any

from filiera.accounts import exports
from filiera.accounts.models import Person
from filiera.accounts.signals import person_erased
from filiera.workshops.models import Scale, TrendComment, TrendRating


def connect() -> None:
    person_erased.connect(forget_person, dispatch_uid="workshops.trends.person_erased")
    exports.register("trends", said_of_trends)


def said_of_trends(person: Person) -> dict[str, Any]:
    """How somebody rated trends and what they wrote, for the archive of their data."""
    return {
        "ratings": list(
            TrendRating.objects.filter(participation__person=person)
            .order_by("trend__position", "pk")
            .values("trend__edition__slug", "trend__code", *Scale.values, "rated_at")
        ),
        "comments": list(
            TrendComment.objects.filter(author=person)
            .order_by("written_at", "pk")
            .values("trend__code", "text", "names_author", "is_from_outlier", "written_at", "removed_at")
        ),
    }


def forget_person(*, person: Person, at: datetime, **_: Any) -> None:
    TrendComment.objects.filter(author=person).update(
        author=None, text="", names_author=False, is_from_outlier=False, removed_at=at
    )
