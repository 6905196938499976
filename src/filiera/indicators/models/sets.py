"""Sets of indicators that organisations share: versions that stay, who adopted which, what is proposed."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from filiera.accounts.viewer import Viewer
from filiera.indicators.models.versions import IndicatorVersion
from filiera.indicators.permissions import Permission
from filiera.organisations.models import Membership, Organisation
from filiera.texts.fields import TranslatedField


def _own_workspace(viewer: Viewer) -> int:
    """The workspace whose figures the viewer may see; 0 is nobody's."""
    may = viewer.organisation_id is not None and viewer.may(Permission.INDICATORS_VIEW)
    return (viewer.organisation_id or 0) if may else 0


class SetAudience(models.TextChoices):
    """Who may adopt a set, beside whoever made it."""

    MEMBERS = "members", _("our members")
    EVERYBODY = "everybody", _("every cluster, network and region here")


class IndicatorSetQuerySet(models.QuerySet["IndicatorSet"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """What everybody may read, those of one's own, and those that are open to one's own or adopted."""
        if viewer.administering:
            return self.all()
        return self.open_to_everybody() | self.open_to(_own_workspace(viewer))

    def open_to_everybody(self) -> Self:
        """Published for every cluster, by an organisation that the directory shows."""
        published = SetVersion.objects.published().filter(indicator_set=OuterRef("pk"))
        return self.filter(Exists(published), audience=SetAudience.EVERYBODY, organisation__is_listed=True)

    def open_to(self, organisation_id: int) -> Self:
        """What stands in the workspace of an organisation."""
        if not organisation_id:
            return self.none()
        published = SetVersion.objects.published().filter(indicator_set=OuterRef("pk"))
        adopted = SetAdoption.objects.standing().filter(
            indicator_set=OuterRef("pk"), organisation=organisation_id
        )
        networks = Membership.objects.current().filter(member=organisation_id).values("cluster_id")
        open_ = Q(audience=SetAudience.EVERYBODY) | Q(organisation__in=networks) | Exists(adopted)
        return self.filter(Q(organisation=organisation_id) | (Exists(published) & open_))


class IndicatorSet(models.Model):
    """Chosen indicators in an order, made by one organisation for others to take over."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="indicator_sets")
    audience = models.CharField(max_length=10, choices=SetAudience, default=SetAudience.MEMBERS)
    is_demonstration = models.BooleanField(default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()

    objects = IndicatorSetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(audience__in=SetAudience.values), name="indicator_set_audience_known"
            )
        ]

    def __str__(self) -> str:
        return f"set {self.pk} of {self.organisation_id}"


class SetVersionQuerySet(models.QuerySet["SetVersion"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """What is published of the sets that one sees; the draft only for whoever makes the set."""
        if viewer.administering:
            return self.all()
        own = _own_workspace(viewer)
        return self.filter(
            Q(indicator_set__organisation=own)
            | Q(published_at__isnull=False, indicator_set__in=IndicatorSet.objects.visible_to(viewer))
        )

    def published(self) -> Self:
        return self.filter(published_at__isnull=False)


class SetVersion(models.Model):
    """A set as it was published; the one without a day is the draft. What is published never changes."""

    indicator_set = models.ForeignKey(IndicatorSet, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    name = TranslatedField()
    purpose = TranslatedField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)

    objects = SetVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["indicator_set", "number"], name="set_version_once"),
            models.UniqueConstraint(
                fields=["indicator_set"], condition=Q(published_at__isnull=True), name="set_has_one_draft"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="set_version_counts_from_one"),
            models.CheckConstraint(condition=~Q(name={}), name="set_version_has_name"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_set_id} version {self.number}"

    @property
    def is_draft(self) -> bool:
        return self.published_at is None


class SetItemQuerySet(models.QuerySet["SetItem"]):
    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(version__in=SetVersion.objects.visible_to(viewer))

    def in_order(self) -> Self:
        return self.select_related("definition").order_by("version_id", "position", "pk")


class SetItem(models.Model):
    """One indicator of a set, with the version of its definition that the set means."""

    version = models.ForeignKey(SetVersion, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    # The code of the definition, beside it, so that no set names one indicator twice.
    code = models.CharField(max_length=60)
    definition = models.ForeignKey(IndicatorVersion, on_delete=models.PROTECT, related_name="+")
    note = TranslatedField(blank=True)

    objects = SetItemQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="set_names_indicator_once")]

    def __str__(self) -> str:
        return f"{self.version_id}/{self.position} {self.code}"


class SetAdoptionQuerySet(models.QuerySet["SetAdoption"]):
    def standing(self) -> Self:
        return self.filter(ended_at__isnull=True)

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own, and those of the sets that one makes."""
        if viewer.administering:
            return self.all()
        own = _own_workspace(viewer)
        return self.filter(Q(organisation=own) | Q(indicator_set__organisation=own))


class SetAdoption(models.Model):
    """That an organisation took a version over, from when until when, and who said so."""

    indicator_set = models.ForeignKey(IndicatorSet, on_delete=models.PROTECT, related_name="adoptions")
    version = models.ForeignKey(SetVersion, on_delete=models.PROTECT, related_name="adoptions")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="set_adoptions")
    adopted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    adopted_at = models.DateTimeField()
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = SetAdoptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["indicator_set", "organisation"],
                condition=Q(ended_at__isnull=True),
                name="set_adopted_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("adopted_at")),
                name="set_adoption_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.version_id}"


class ChangeKind(models.TextChoices):
    """What a proposal would do to a set."""

    ADD = "add", pgettext_lazy("change of a set", "Add an indicator")
    REMOVE = "remove", pgettext_lazy("change of a set", "Take an indicator out")
    REPLACE = "replace", pgettext_lazy("change of a set", "Replace an indicator")


class ProposalState(models.TextChoices):
    OPEN = "open", pgettext_lazy("proposal", "Open")
    ACCEPTED = "accepted", pgettext_lazy("proposal", "Accepted")
    DECLINED = "declined", pgettext_lazy("proposal", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("proposal", "Withdrawn")


class SetProposalQuerySet(models.QuerySet["SetProposal"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Those who could adopt the set, and whoever makes it; not everybody who may read it."""
        if viewer.administering:
            return self.all()
        return self.filter(indicator_set__in=IndicatorSet.objects.open_to(_own_workspace(viewer)))

    def open(self) -> Self:
        return self.filter(state=ProposalState.OPEN)


class SetProposal(models.Model):
    """A change that an organisation asks for: what leaves the set, what comes into it, and why."""

    indicator_set = models.ForeignKey(IndicatorSet, on_delete=models.CASCADE, related_name="proposals")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="set_proposals")
    kind = models.CharField(max_length=8, choices=ChangeKind)
    leaving = models.CharField(max_length=60, blank=True)
    coming = models.ForeignKey(
        IndicatorVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.TextField()
    is_demonstration = models.BooleanField(default=False)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    proposed_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ProposalState, default=ProposalState.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_because = models.TextField(blank=True)
    # The version that holds the change.
    taken_in = models.ForeignKey(
        SetVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="proposals"
    )

    objects = SetProposalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="add", leaving="", coming__isnull=False)
                | (Q(kind="remove", coming__isnull=True) & ~Q(leaving=""))
                | (Q(kind="replace", coming__isnull=False) & ~Q(leaving="")),
                name="set_proposal_is_of_its_kind",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="set_proposal_has_reason"),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True, taken_in__isnull=True)
                | Q(state="accepted", decided_at__isnull=False, taken_in__isnull=False)
                | (
                    Q(state="declined", decided_at__isnull=False, taken_in__isnull=True)
                    & ~Q(decided_because="")
                )
                | Q(state="withdrawn", decided_at__isnull=False, taken_in__isnull=True),
                name="set_proposal_decision_matches_state",
            ),
            models.UniqueConstraint(
                fields=["indicator_set", "leaving", "coming"],
                condition=Q(state="open"),
                nulls_distinct=False,
                name="set_proposal_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_set_id}: {self.kind}"

    @property
    def is_open(self) -> bool:
        return self.state == ProposalState.OPEN

    @property
    def is_accepted(self) -> bool:
        return self.state == ProposalState.ACCEPTED


class Stance(models.TextChoices):
    """What an organisation says to a proposal."""

    AGREES = "agrees", _("We agree")
    DISAGREES = "disagrees", _("We disagree")
    COMMENT = "comment", _("Only a comment")


class SetOpinionQuerySet(models.QuerySet["SetOpinion"]):
    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(proposal__in=SetProposal.objects.visible_to(viewer))


class SetOpinion(models.Model):
    """What an organisation says to a proposal, with its reason; it agrees or disagrees once."""

    proposal = models.ForeignKey(SetProposal, on_delete=models.CASCADE, related_name="opinions")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    stance = models.CharField(max_length=10, choices=Stance)
    text = models.TextField()
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    said_at = models.DateTimeField()

    objects = SetOpinionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "organisation"],
                condition=Q(stance__in=("agrees", "disagrees")),
                name="set_opinion_once",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="set_opinion_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.stance}"
