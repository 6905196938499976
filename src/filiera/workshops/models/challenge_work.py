"""What people do with a challenge: wordings, comments, offers of help, who helped, what is not alike."""

from typing import ClassVar, Self, TypeVar

from django.db import models
from django.db.models import F, Q

from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.organisations.models import Organisation
from filiera.reference.models import Ecosystem

from .challenges import Challenge

RowT = TypeVar("RowT", bound=models.Model, covariant=True)


class OfChallengeQuerySet(models.QuerySet[RowT]):
    """Rows that are seen by whoever sees their challenge."""

    path_to_challenge = "challenge"

    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(**{f"{self.path_to_challenge}__in": Challenge.objects.visible_to(viewer)})


class ChallengeRevisionQuerySet(OfChallengeQuerySet["ChallengeRevision"]):
    pass


class ChallengeCommentQuerySet(OfChallengeQuerySet["ChallengeComment"]):
    pass


class HelpOfferQuerySet(OfChallengeQuerySet["HelpOffer"]):
    def standing(self) -> Self:
        return self.filter(withdrawn_at__isnull=True)


class ChallengeHelperQuerySet(OfChallengeQuerySet["ChallengeHelper"]):
    pass


class NotAlikeQuerySet(OfChallengeQuerySet["NotAlike"]):
    path_to_challenge = "earlier"


ChallengeRevisionManager = models.Manager.from_queryset(ChallengeRevisionQuerySet)
ChallengeCommentManager = models.Manager.from_queryset(ChallengeCommentQuerySet)
HelpOfferManager = models.Manager.from_queryset(HelpOfferQuerySet)
ChallengeHelperManager = models.Manager.from_queryset(ChallengeHelperQuerySet)
NotAlikeManager = models.Manager.from_queryset(NotAlikeQuerySet)


class ChallengeRevision(models.Model):
    """The whole wording of a challenge after one edit; the latest is what the card says."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    statement = models.TextField()
    context = models.TextField(blank=True)
    tried = models.TextField(blank=True)
    help_wanted = models.TextField(blank=True)
    ecosystem = models.ForeignKey(
        Ecosystem, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    author = models.ForeignKey(
        Person, on_delete=models.SET_NULL, related_name="challenge_revisions", null=True, blank=True
    )
    saved_at = models.DateTimeField()

    objects: ClassVar[ChallengeRevisionManager["ChallengeRevision"]] = ChallengeRevisionManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["challenge", "number"], name="challenge_revision_number_unique"),
            models.CheckConstraint(condition=Q(number__gte=1), name="challenge_revision_counted_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.challenge_id}: {self.number}"


class ChallengeComment(models.Model):
    """A word in the thread of a challenge; when it is taken back, its place stays empty."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(
        Person, on_delete=models.SET_NULL, related_name="challenge_comments", null=True, blank=True
    )
    text = models.TextField(blank=True)
    written_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ChallengeCommentManager["ChallengeComment"]] = ChallengeCommentManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True) | Q(text=""), name="challenge_comment_removed_is_empty"
            ),
        ]
        indexes = [models.Index(fields=["challenge", "written_at"], name="comment_by_challenge")]

    def __str__(self) -> str:
        return f"{self.challenge_id}: {self.pk}"


class HelpOffer(models.Model):
    """That somebody offers to help with a challenge, and how."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="help_offers")
    helper = models.ForeignKey(
        Person, on_delete=models.SET_NULL, related_name="help_offers", null=True, blank=True
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    text = models.TextField(blank=True)
    offered_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[HelpOfferManager["HelpOffer"]] = HelpOfferManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["challenge", "helper"],
                condition=Q(withdrawn_at__isnull=True, helper__isnull=False),
                name="help_offer_once_for_a_helper",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.challenge_id}: {self.pk}"


class ChallengeHelper(models.Model):
    """Whom the owner of a solved challenge thanks; the organisation stays when the person leaves."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="helpers")
    helper = models.ForeignKey(
        Person, on_delete=models.SET_NULL, related_name="challenges_helped", null=True, blank=True
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    credited_at = models.DateTimeField()

    objects: ClassVar[ChallengeHelperManager["ChallengeHelper"]] = ChallengeHelperManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["challenge", "helper"],
                condition=Q(helper__isnull=False),
                name="challenge_helper_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.challenge_id}: {self.pk}"


class NotAlike(models.Model):
    """That somebody looked at two challenges and left them apart: they are not proposed again."""

    earlier = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="+")
    later = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="+")
    decided_at = models.DateTimeField()

    objects: ClassVar[NotAlikeManager["NotAlike"]] = NotAlikeManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["earlier", "later"], name="not_alike_once"),
            models.CheckConstraint(condition=Q(earlier__lt=F("later")), name="not_alike_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.earlier_id}, {self.later_id}"
