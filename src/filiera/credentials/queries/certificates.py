"""Certificates for pages: of a desk and of a holder."""

from django.db.models import Count, Q, QuerySet

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.credentials.models import Award, Certificate


def awards_of(viewer: Viewer, edition: Edition) -> "QuerySet[Award]":
    """The edition's awards with the number of certificates that stand."""
    standing = Q(certificates__revoked_at__isnull=True, certificates__superseded_at__isnull=True)
    return (
        Award.objects.visible_to(viewer)
        .filter(edition=edition)
        .select_related("part")
        .annotate(standing=Count("certificates", filter=standing))
        .order_by("position", "pk")
    )


def certificates_for_desk(viewer: Viewer, edition: Edition) -> "QuerySet[Certificate]":
    return (
        Certificate.objects.visible_to(viewer)
        .filter(edition=edition)
        .select_related("award", "participation__organisation", "participation__country", "issued_by")
        .order_by("-issued_at", "pk")
    )


def certificates_of_holder(viewer: Viewer, edition: Edition) -> "QuerySet[Certificate]":
    """One's own in an edition, newest first; what was replaced stays out."""
    if viewer.person_id is None:
        return Certificate.objects.none()
    own = Q(person_id=viewer.person_id) | Q(participation__person_id=viewer.person_id)
    return (
        Certificate.objects.visible_to(viewer)
        .filter(own, edition=edition, superseded_at__isnull=True)
        .select_related("award")
        .order_by("-issued_at", "pk")
    )


def without_badge(viewer: Viewer, edition: Edition) -> int:
    """How many certificates stand whose badge was never signed."""
    standing = Certificate.objects.visible_to(viewer).standing()
    return standing.filter(edition=edition, badge="", forgotten_at__isnull=True).count()
