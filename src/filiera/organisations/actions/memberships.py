"""Who belongs to whom: membership starts, ends, or was entered by mistake."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.organisations import policies, signals
from filiera.organisations.actions.profile import Profile, create_organisation
from filiera.organisations.models import Membership, Organisation, Precision
from filiera.organisations.queries import clusters_above
from filiera.shared.errors import DomainError


class NotACluster(DomainError):
    message = _("Only clusters and meta-clusters have members.")


class CircularMembership(DomainError):
    message = _("This would make the cluster a member of itself, over other clusters.")


class AlreadyMember(DomainError):
    message = _("It is already a member in this time. End the present membership first.")


class DateInFuture(DomainError):
    message = _("This day has not come yet. Enter it when it has.")


class EndsBeforeStart(DomainError):
    message = _("A membership ends after the day on which it started.")


class MembershipEnded(DomainError):
    message = _("This membership has already ended or was withdrawn.")


@transaction.atomic
def start_membership(
    *,
    member: Organisation,
    cluster: Organisation,
    start_on: date | None,
    by: Viewer,
    at: datetime,
    start_precision: str = Precision.DAY,
    source_url: str = "",
    source_note: Mapping[str, str] | None = None,
    is_demonstration: bool = False,
) -> Membership:
    """Let an organisation belong to a cluster, from a day on or from an unknown one.

    Raises PermissionDenied, NotACluster, CircularMembership, DateInFuture, AlreadyMember.
    """
    if not cluster.takes_members:
        raise NotACluster
    if not policies.can_edit_members(by, cluster):
        raise PermissionDenied
    if start_on and start_on > at.astimezone(UTC).date():
        raise DateInFuture
    if member.takes_members:
        _refuse_circle(member, cluster)
    membership = Membership(
        member=member,
        cluster=cluster,
        start_on=start_on,
        start_precision=start_precision,
        source_url=source_url,
        source_note=dict(source_note or {}),
        is_demonstration=is_demonstration,
        created_at=at,
    )
    try:
        with transaction.atomic():
            membership.save()
    except IntegrityError as error:
        raise AlreadyMember from error
    signals.membership_started.send(Membership, membership=membership, by=by, at=at)
    return membership


@transaction.atomic
def create_member(
    *,
    cluster: Organisation,
    profile: Profile,
    start_on: date | None,
    by: Viewer,
    at: datetime,
    start_precision: str = Precision.DAY,
    although_similar: bool = False,
) -> Organisation:
    """Make an organisation known that nobody knows yet, and let it join.

    Raises PermissionDenied, ProfileRefused, LooksLikeDuplicate, DateInFuture.
    """
    if not policies.can_edit_members(by, cluster):
        raise PermissionDenied
    member = create_organisation(profile=profile, by=by, at=at, although_similar=although_similar)
    start_membership(
        member=member,
        cluster=cluster,
        start_on=start_on,
        start_precision=start_precision,
        by=by,
        at=at,
    )
    return member


@transaction.atomic
def end_membership(
    *,
    membership: Membership,
    end_on: date,
    by: Viewer,
    at: datetime,
    end_precision: str = Precision.DAY,
) -> Membership:
    """End a membership; `end_on` is the first day on which it no longer holds.

    Raises PermissionDenied, MembershipEnded, DateInFuture, EndsBeforeStart.
    """
    if not policies.can_end_membership(by, membership):
        raise PermissionDenied
    membership = _locked(membership)
    if membership.end_on or membership.withdrawn_at:
        raise MembershipEnded
    if end_on > at.astimezone(UTC).date():
        raise DateInFuture
    if membership.start_on and end_on <= membership.start_on:
        raise EndsBeforeStart
    membership.end_on, membership.end_precision = end_on, end_precision
    membership.save(update_fields=["end_on", "end_precision"])
    signals.membership_ended.send(Membership, membership=membership, by=by, at=at)
    return membership


@transaction.atomic
def withdraw_membership(*, membership: Membership, by: Viewer, at: datetime) -> Membership:
    """Take back a membership that was entered by mistake; what it counted is reversed.

    Raises PermissionDenied, MembershipEnded.
    """
    if not policies.can_edit_members(by, membership.cluster):
        raise PermissionDenied
    membership = _locked(membership)
    if membership.withdrawn_at:
        raise MembershipEnded
    membership.withdrawn_at = at
    membership.save(update_fields=["withdrawn_at"])
    signals.membership_withdrawn.send(Membership, membership=membership, by=by, at=at)
    return membership


def _locked(membership: Membership) -> Membership:
    return (
        Membership.objects.select_for_update(of=("self",))
        .select_related("member", "cluster")
        .get(pk=membership.pk)
    )


def _refuse_circle(member: Organisation, cluster: Organisation) -> None:
    with connection.cursor() as cursor:
        # Two memberships that only together close a circle must not pass side by side.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('organisations.clusters_in_clusters'))")
    if member.pk == cluster.pk or member.pk in clusters_above(cluster.pk):
        raise CircularMembership
