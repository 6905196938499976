"""What applications and reviews mean for a person's archive and their erasure."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from filiera.accounts import exports
from filiera.accounts.models import Person
from filiera.accounts.signals import person_erased
from filiera.admissions.models import (
    AccessCode,
    Application,
    ApplicationState,
    Remark,
    Review,
    ReviewState,
)


def connect() -> None:
    person_erased.connect(forget_person, dispatch_uid="admissions.applications.person_erased")
    exports.register("applications", own_applications)


def own_applications(person: Person) -> dict[str, Any]:
    """What the person filed, stands for, judged and said."""
    filed = Application.objects.filter(Q(filed_by=person) | Q(candidate=person))
    return {
        "applications": list(
            filed.order_by("pk").values(
                "call__edition__slug", "number", "state", "organisation__name", "organisation_name",
                "candidate_name", "candidate_email", "candidate_position", "gender", "country_id",
                "languages", "ecosystem_id", "maturity", "is_returning", "challenge_title", "challenge",
                "created_at", "submitted_at", "withdrawn_at",
            )
        ),
        "reviews": list(
            Review.objects.filter(reviewer=person)
            .order_by("pk")
            .values("application__call__edition__slug", "application__number", "state", "comment", "given_at")
        ),
        "remarks": list(
            Remark.objects.filter(author=person)
            .order_by("pk")
            .values("application__call__edition__slug", "application__number", "text", "written_at")
        ),
    }  # fmt: skip


def forget_person(*, person: Person, at: datetime, **_: Any) -> None:
    """Take the person out of applications and reviews.

    What stays leads to nobody: that an organisation applied, from which country and field, and the scores
    that were given. What the person wrote, as candidate, reviewer or in a discussion, leaves.
    """
    drafts = Application.objects.filter(filed_by=person, state=ApplicationState.DRAFT)
    drafts.delete()
    proposed = Q(candidate=person) | Q(candidate_email__iexact=person.email)
    Application.objects.filter(proposed).update(
        candidate=None,
        candidate_name="",
        candidate_email="",
        candidate_position="",
        gender="",
        challenge_title="",
        challenge="",
    )
    Application.objects.filter(filed_by=person).update(filed_by=None)
    reviews = Review.objects.filter(reviewer=person)
    reviews.filter(state=ReviewState.ASSIGNED).delete()
    reviews.update(reviewer=None, comment="", conflict_note="")
    Remark.objects.filter(author=person).delete()
    AccessCode.objects.filter(email__iexact=person.email).update(email="", note="")
