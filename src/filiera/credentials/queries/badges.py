"""What the public addresses of badges tell."""

from typing import Any
from uuid import UUID

from django.db.models import Max, Q

from filiera.credentials.badges.credential import achievement
from filiera.credentials.badges.status import LIST_LENGTH, place_of
from filiera.credentials.models import Certificate


def achievement_of(award_id: UUID) -> dict[str, Any] | None:
    """The achievement as the latest badge for it describes it; None while nobody has one."""
    certificates = Certificate.objects.filter(award__public_id=award_id).exclude(badge="")
    latest = certificates.order_by("-issued_at", "-pk").first()
    if latest is None:
        return None
    return achievement(latest.contents, award_id=award_id, is_demonstration=latest.is_demonstration)


def last_status_list() -> int:
    """The number of the list that was begun last; there is always a first."""
    highest = Certificate.objects.aggregate(highest=Max("status_index"))["highest"]
    return place_of(highest or 0)[0]


def revoked_bits(number: int) -> list[int]:
    """The bits that are set in one list: revoked badges and replaced ones."""
    start = (number - 1) * LIST_LENGTH
    invalid = Certificate.objects.filter(Q(revoked_at__isnull=False) | Q(superseded_at__isnull=False))
    indexes = invalid.filter(status_index__gte=start, status_index__lt=start + LIST_LENGTH)
    return [index - start for index in indexes.values_list("status_index", flat=True)]
