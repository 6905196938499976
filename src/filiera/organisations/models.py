"""Organisations, who works in them, who belongs to whom, and what became of them."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.reference.models import Activity, Country, Ecosystem, Region, S3Priority
from filiera.texts.fields import TranslatedField


class DateRange(Func):
    """`[start, end)`; a missing bound is open."""

    function = "DATERANGE"
    output_field = DateRangeField()


class Today(Func):
    """The day on the database's clock, which is UTC."""

    template = "CURRENT_DATE"
    output_field = models.DateField()


class OrganisationKind(models.TextChoices):
    CLUSTER = "cluster", _("Cluster")
    META_CLUSTER = "meta_cluster", _("Meta-cluster")
    COMPANY = "company", _("Company")
    RESEARCH = "research", _("Research organisation")
    UNIVERSITY = "university", _("University")
    AUTHORITY = "authority", _("Public authority")
    OTHER = "other", _("Other organisation")


MEMBER_TAKING_KINDS = (OrganisationKind.CLUSTER, OrganisationKind.META_CLUSTER)


class SizeClass(models.TextChoices):
    MICRO = "micro", _("Micro (under 10 people)")
    SMALL = "small", _("Small (10 to 49)")
    MEDIUM = "medium", _("Medium (50 to 249)")
    LARGE = "large", _("Large (250 or more)")


class Precision(models.TextChoices):
    """How much of a date is known; a source often tells no more than the year."""

    DAY = "day", _("day")
    MONTH = "month", _("month")
    YEAR = "year", _("year")


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def listed(self) -> Self:
        return self.filter(is_listed=True)

    def visible_to(self, viewer: Viewer) -> Self:
        """Everybody sees what is listed; its own team and an administrator also see the rest."""
        if viewer.administering:
            return self.all()
        if viewer.person_id is None:
            return self.listed()
        return self.filter(Q(is_listed=True) | Q(pk__in=organisations_of(viewer.person_id)))


class Organisation(models.Model):
    """A cluster, a cluster of clusters, a member company, or another body that takes part."""

    slug = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=20, choices=OrganisationKind)
    name = models.CharField(max_length=200)
    legal_name = models.CharField(max_length=250, blank=True)
    names = TranslatedField(blank=True)
    description = TranslatedField(blank=True)
    country = models.ForeignKey(Country, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    city = models.CharField(max_length=120, blank=True)
    website = models.URLField(max_length=300, blank=True)
    domain = models.CharField(max_length=253, blank=True)
    vat_number = models.CharField(max_length=20, blank=True)
    registration_number = models.CharField(max_length=40, blank=True)
    size_class = models.CharField(max_length=10, choices=SizeClass, blank=True)
    founded_on = models.DateField(null=True, blank=True)
    founded_precision = models.CharField(max_length=5, choices=Precision, default=Precision.DAY)
    closed_on = models.DateField(null=True, blank=True)
    closed_precision = models.CharField(max_length=5, choices=Precision, default=Precision.DAY)
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ecosystems = models.ManyToManyField(Ecosystem, blank=True, related_name="organisations")
    s3_priorities = models.ManyToManyField(S3Priority, blank=True, related_name="organisations")
    lists_members = models.BooleanField(default=True)
    is_listed = models.BooleanField(default=True)
    is_demonstration = models.BooleanField(default=False)
    source_url = models.URLField(max_length=500, blank=True)
    source_note = TranslatedField(blank=True)
    sort_key = models.CharField(max_length=400)
    comparable_name = models.CharField(max_length=400, default="")
    search_key = models.TextField(default="")
    created_at = models.DateTimeField()

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["vat_number"], condition=~Q(vat_number=""), name="organisation_vat_number_unique"
            ),
            models.UniqueConstraint(
                fields=["country", "registration_number"],
                condition=~Q(registration_number=""),
                name="organisation_registration_number_unique_in_country",
            ),
            models.CheckConstraint(
                condition=Q(kind="company") | Q(size_class=""),
                name="organisation_size_class_of_companies_only",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True)
                | Q(founded_on__isnull=True)
                | Q(closed_on__gte=F("founded_on")),
                name="organisation_closed_after_founded",
            ),
        ]
        indexes = [
            models.Index(fields=["sort_key", "id"], name="organisation_by_name"),
            GinIndex(
                fields=["comparable_name"], opclasses=["gin_trgm_ops"], name="organisation_name_trigrams"
            ),
            GinIndex(fields=["search_key"], opclasses=["gin_trgm_ops"], name="organisation_search_trigrams"),
            models.Index(fields=["domain"], condition=~Q(domain=""), name="organisation_by_domain"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("organisations:organisation", args=[self.slug])

    @property
    def name_here(self) -> str:
        """The name the organisation itself uses in the page's language."""
        return self.names.get(get_language() or "", "") or self.name

    @property
    def takes_members(self) -> bool:
        return self.kind in MEMBER_TAKING_KINDS


class Role(models.TextChoices):
    """What somebody is in an organisation's team."""

    MANAGER = "manager", _("Manager")
    STAFF = "staff", _("Staff")
    CONTACT = "contact", _("Contact")


class PositionQuerySet(models.QuerySet["Position"]):
    def current(self) -> Self:
        return self.filter(Q(until_date__isnull=True) | Q(until_date__gt=Today()), from_date__lte=Today())

    def visible_to(self, viewer: Viewer) -> Self:
        """Public positions; and for a person the teams they are in themselves."""
        if viewer.administering:
            return self.all()
        public = Q(is_public=True, organisation__is_listed=True)
        if viewer.person_id is None:
            return self.current().filter(public)
        return self.filter(
            Q(pk__in=Position.objects.current().filter(public).values("pk"))
            | Q(person_id=viewer.person_id)
            | Q(organisation__in=organisations_of(viewer.person_id))
        )


class Position(models.Model):
    """A person in an organisation's team, from a day until the day it ends."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="positions")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="positions")
    role = models.CharField(max_length=10, choices=Role)
    title = models.CharField(max_length=120, blank=True)
    is_public = models.BooleanField(default=False)
    from_date = models.DateField()
    until_date = models.DateField(null=True, blank=True)

    objects = PositionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until_date__isnull=True) | Q(until_date__gte=F("from_date")),
                name="position_ends_after_it_starts",
            ),
            ExclusionConstraint(
                name="position_one_role_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("organisation", RangeOperators.EQUAL),
                    (DateRange("from_date", "until_date"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role} {self.organisation_id}"


def organisations_of(person_id: int) -> models.QuerySet[Position, int]:
    """The organisations in whose team a person is today, as a subquery."""
    return Position.objects.current().filter(person_id=person_id).values_list("organisation_id", flat=True)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def valid(self) -> Self:
        return self.filter(withdrawn_at__isnull=True)

    def current(self) -> Self:
        return self.valid().filter(
            Q(start_on__isnull=True) | Q(start_on__lte=Today()),
            Q(end_on__isnull=True) | Q(end_on__gt=Today()),
        )

    def visible_to(self, viewer: Viewer) -> Self:
        """Who belongs to whom is public where the cluster lists its members.

        Both sides see it in any case, and so does the team of a meta-cluster to which the cluster belongs.
        """
        if viewer.administering:
            return self.all()
        public = Q(
            cluster__lists_members=True,
            cluster__is_listed=True,
            member__is_listed=True,
            withdrawn_at__isnull=True,
        )
        if viewer.person_id is None:
            return self.filter(public)
        own = organisations_of(viewer.person_id)
        below = Membership.objects.current().filter(cluster__in=own).values("member_id")
        return self.filter(public | Q(member__in=own) | Q(cluster__in=own) | Q(cluster__in=below))


class Membership(models.Model):
    """An organisation belongs to a cluster, or a cluster to a meta-cluster, for a time.

    A missing start is an unknown one; a missing end is none yet. One that was entered by mistake is
    withdrawn, not deleted, because facts point to it.
    """

    member = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    cluster = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="member_rows")
    start_on = models.DateField(null=True, blank=True)
    start_precision = models.CharField(max_length=5, choices=Precision, default=Precision.DAY)
    end_on = models.DateField(null=True, blank=True)
    end_precision = models.CharField(max_length=5, choices=Precision, default=Precision.DAY)
    source_url = models.URLField(max_length=500, blank=True)
    source_note = TranslatedField(blank=True)
    is_demonstration = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(member=F("cluster")), name="membership_not_in_itself"),
            models.CheckConstraint(
                condition=Q(end_on__isnull=True) | Q(start_on__isnull=True) | Q(end_on__gt=F("start_on")),
                name="membership_ends_after_it_starts",
            ),
            ExclusionConstraint(
                name="membership_once_at_a_time",
                expressions=[
                    ("member", RangeOperators.EQUAL),
                    ("cluster", RangeOperators.EQUAL),
                    (DateRange("start_on", "end_on"), RangeOperators.OVERLAPS),
                ],
                condition=Q(withdrawn_at__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["cluster", "member"], name="membership_by_cluster")]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.cluster_id}"

    def get_absolute_url(self) -> str:
        return f"{self.cluster.get_absolute_url()}#membership-{self.pk}"


class SuccessionQuerySet(models.QuerySet["Succession"]):
    def visible_to(self, viewer: Viewer) -> Self:
        visible = Organisation.objects.visible_to(viewer).values("pk")
        return self.filter(from_organisation__in=visible, to_organisation__in=visible)


class Succession(models.Model):
    """What became of an organisation: merged into, split into, or continued under another name."""

    class Kind(models.TextChoices):
        MERGED = "merged", _("merged into")
        SPLIT = "split", _("split into")
        RENAMED = "renamed", _("continued as")

    kind = models.CharField(max_length=10, choices=Kind)
    from_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="successors")
    to_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="predecessors")
    happened_on = models.DateField()
    precision = models.CharField(max_length=5, choices=Precision, default=Precision.DAY)
    source_url = models.URLField(max_length=500, blank=True)
    source_note = TranslatedField(blank=True)

    objects = SuccessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_organisation=F("to_organisation")), name="succession_between_two"
            ),
            models.UniqueConstraint(fields=["from_organisation", "to_organisation"], name="succession_once"),
            models.UniqueConstraint(
                fields=["from_organisation"],
                condition=Q(kind__in=["merged", "renamed"]),
                name="succession_one_heir_unless_split",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_organisation_id} {self.kind} {self.to_organisation_id}"


class OrganisationRevisionQuerySet(models.QuerySet["OrganisationRevision"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """The team of an organisation sees what was changed, and so does an administrator."""
        if viewer.administering:
            return self.all()
        if viewer.person_id is None:
            return self.none()
        return self.filter(organisation__in=organisations_of(viewer.person_id))


class OrganisationRevision(models.Model):
    """One edit of a profile: field by field what stood there before and what stands there since."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="revisions")
    changed = models.JSONField(encoder=DjangoJSONEncoder)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    objects = OrganisationRevisionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organisation", "-id"], name="revision_by_organisation")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.at:%Y-%m-%d}"


class Stage(models.TextChoices):
    """How far two organisations have come with each other, from first to last."""

    CONTACT = "contact", pgettext_lazy("agreement", "Contact")
    MEETING = "meeting", pgettext_lazy("agreement", "Meeting")
    LETTER_OF_INTEREST = "letter_of_interest", pgettext_lazy("agreement", "Letter of interest")
    MEMORANDUM = "memorandum", pgettext_lazy("agreement", "Memorandum")
    JOINT_PROJECT = "joint_project", pgettext_lazy("agreement", "Joint project")


def height_of(stage: str) -> int:
    """The place of a stage on the ladder, from 0."""
    return list(Stage).index(Stage(stage))


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """The teams of both parties; how it is told to others is left to the ledger's counts."""
        if viewer.administering:
            return self.all()
        if viewer.person_id is None:
            return self.none()
        own = organisations_of(viewer.person_id)
        return self.filter(Q(first__in=own) | Q(second__in=own))


class Agreement(models.Model):
    """What two organisations have with each other: one ladder, whatever began it."""

    # The one with the smaller key comes first, so that a pair is a pair whoever began.
    first = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="agreements_first")
    second = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="agreements_second")
    # The highest stage that both have confirmed; empty until there is one.
    stage = models.CharField(max_length=20, choices=Stage, blank=True)
    reached_on = models.DateField(null=True, blank=True)
    # What began it, e.g. `meetings.meeting:12`, and how that is called.
    origin = models.CharField(max_length=80, blank=True)
    origin_name = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    is_demonstration = models.BooleanField(default=False)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="agreement_pair_in_order"),
            models.UniqueConstraint(fields=["first", "second"], name="agreement_once_for_a_pair"),
            models.CheckConstraint(
                condition=Q(stage="", reached_on__isnull=True) | (~Q(stage="") & Q(reached_on__isnull=False)),
                name="agreement_reached_on_matches_stage",
            ),
        ]
        indexes = [models.Index(fields=["second"], name="agreement_by_second")]

    def __str__(self) -> str:
        return f"{self.first_id} with {self.second_id}: {self.stage}"

    def get_absolute_url(self) -> str:
        return reverse("organisations:agreement", args=[self.pk])


class AgreementStepQuerySet(models.QuerySet["AgreementStep"]):
    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(agreement__in=Agreement.objects.visible_to(viewer))


class AgreementStep(models.Model):
    """One stage of a ladder: said by one party, reached when the other says so too."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="steps")
    stage = models.CharField(max_length=20, choices=Stage)
    happened_on = models.DateField()
    said_by = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    origin = models.CharField(max_length=80, blank=True)

    objects = AgreementStepQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreement", "stage"], name="agreement_step_once"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(confirmed_at__gte=F("said_at")),
                name="agreement_step_confirmed_after_said",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id}: {self.stage}"
