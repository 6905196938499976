"""Which series and editions a person may start from."""

from django.db.models import Q, QuerySet

from filiera.academy.models import Edition, Series
from filiera.academy.policies import organisations_to_run
from filiera.accounts.viewer import Viewer
from filiera.organisations.models import Organisation, OrganisationKind


def series_to_run(viewer: Viewer) -> QuerySet[Series]:
    """The series in whose name the viewer may make an edition."""
    if viewer.administering:
        return Series.objects.order_by("slug")
    if viewer.person_id is None:
        return Series.objects.none()
    return Series.objects.filter(organiser__in=organisations_to_run(viewer.person_id)).order_by("slug")


def organisers_to_be(viewer: Viewer) -> QuerySet[Organisation]:
    """The organisations in whose name the viewer may start an academy; member firms run none."""
    if viewer.person_id is None:
        return Organisation.objects.none()
    mine = Q() if viewer.administering else Q(pk__in=organisations_to_run(viewer.person_id))
    found = Organisation.objects.filter(mine).exclude(kind=OrganisationKind.COMPANY)
    return found.order_by("sort_key", "pk")


def copyable_editions(viewer: Viewer) -> list[Edition]:
    """Templates and editions of the organisations in whose name the viewer may start one; templates first."""
    if viewer.administering:
        mine = Q()
    elif viewer.person_id is None:
        return []
    else:
        mine = Q(organiser__in=organisations_to_run(viewer.person_id))
    found = Edition.objects.filter(mine, parts__isnull=False).distinct()
    return list(found.order_by("-is_template", "-created_at", "-pk")[:50])
