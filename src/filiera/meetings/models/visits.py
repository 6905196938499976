"""Places of laboratory visits: what is on offer, who wished what, who has a place, what the host is told."""

from datetime import datetime
from typing import ClassVar, Self, TypeVar

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from filiera.academy.models import Edition, Session
from filiera.academy.models.ranges import finite_range
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation
from filiera.admissions.permissions import act_for
from filiera.files.models import StoredFile
from filiera.meetings.permissions import DRAW_VISITS, VIEW_VISITORS
from filiera.organisations.models import Organisation
from filiera.texts.fields import TranslatedField

RowT = TypeVar("RowT", bound=models.Model, covariant=True)


class IdentityNeed(models.TextChoices):
    """What the gate of a laboratory wants to know of a visitor."""

    NONE = "none", pgettext_lazy("identity document", "Not needed")
    SHOWN = "shown", _("Shown at the gate")
    TOLD = "told", _("Kind and number told to the host beforehand")


class PlaceWay(models.TextChoices):
    """How somebody came to a place."""

    DRAW = "draw", _("By the draw")
    REFILL = "refill", _("Moved up")
    TAKEN = "taken", _("Took a free place")
    DESK = "desk", _("Given by the team")


class DocumentKind(models.TextChoices):
    IDENTITY_CARD = "identity_card", _("Identity card")
    PASSPORT = "passport", _("Passport")


class VisitRoundQuerySet(models.QuerySet["VisitRound"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """From the opening of its wishes on, as visible as its edition; before, for who prepares it."""
        if viewer.administering:
            return self.all()
        opened = Q(opened_at__isnull=False, edition__in=Edition.objects.visible_to(viewer))
        if viewer.edition_id is None or not (viewer.may(DRAW_VISITS) or viewer.may(VIEW_VISITORS)):
            return self.filter(opened)
        return self.filter(opened | Q(edition_id=viewer.edition_id))


VisitRoundManager = models.Manager.from_queryset(VisitRoundQuerySet)


class VisitRound(models.Model):
    """Visits among which everybody ranks wishes and gets at most one place, by one draw."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="visit_rounds")
    title = TranslatedField()
    closes_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    # Chosen by chance when wishes open and shown to nobody until the draw; the digest is published at once.
    seed = models.CharField(max_length=64, blank=True)
    seed_digest = models.CharField(max_length=64, blank=True)
    draw_asked_at = models.DateTimeField(null=True, blank=True)
    drawn_at = models.DateTimeField(null=True, blank=True)
    solver_version = models.CharField(max_length=40, blank=True)
    # How many could get their first, second, … wish if nothing but that counted.
    best_profile = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    is_demonstration = models.BooleanField(default=False)

    objects: ClassVar[VisitRoundManager["VisitRound"]] = VisitRoundManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True, seed="", seed_digest="")
                | Q(opened_at__isnull=False, seed_digest__regex=r"^[0-9a-f]{64}$") & ~Q(seed=""),
                name="visit_round_commits_to_its_seed",
            ),
            models.CheckConstraint(
                condition=Q(drawn_at__isnull=True) | Q(opened_at__isnull=False, drawn_at__gte=F("closes_at")),
                name="visit_round_drawn_after_closing",
            ),
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True) | Q(closes_at__gt=F("opened_at")),
                name="visit_round_closes_after_opening",
            ),
        ]
        indexes = [models.Index(fields=["edition", "created_at"], name="visit_round_by_edition")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def revealed_seed(self) -> str:
        """The seed from the draw on; before, nothing."""
        return self.seed if self.drawn_at is not None else ""

    def takes_wishes(self, at: datetime) -> bool:
        return self.opened_at is not None and self.drawn_at is None and at < self.closes_at


class OfRoundQuerySet(models.QuerySet[RowT]):
    """Rows that are seen by whoever sees their round of visits."""

    path_to_round = "round"

    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(**{f"{self.path_to_round}__in": VisitRound.objects.visible_to(viewer)})


class VisitQuerySet(OfRoundQuerySet["Visit"]):
    pass


class VisitSlotQuerySet(OfRoundQuerySet["VisitSlot"]):
    pass


VisitManager = models.Manager.from_queryset(VisitQuerySet)
VisitSlotManager = models.Manager.from_queryset(VisitSlotQuerySet)


class Visit(models.Model):
    """A laboratory that can be visited, and what one must bring and be able to do."""

    round = models.ForeignKey(VisitRound, on_delete=models.CASCADE, related_name="visits")
    session = models.ForeignKey(
        Session, on_delete=models.SET_NULL, related_name="visits", null=True, blank=True
    )
    position = models.PositiveSmallIntegerField()
    title = TranslatedField()
    about = TranslatedField(blank=True)
    host = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="visits_hosted", null=True, blank=True
    )
    meeting_point = TranslatedField(blank=True)
    bring = TranslatedField(blank=True)
    identity = models.CharField(max_length=10, choices=IdentityNeed, default=IdentityNeed.NONE)
    needs_closed_shoes = models.BooleanField(default=False)
    is_step_free = models.BooleanField(default=True)
    sources = models.JSONField(default=list, blank=True)

    objects: ClassVar[VisitManager["Visit"]] = VisitManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "position"], name="visit_position_unique_in_round"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.position}"

    @property
    def needs_identity(self) -> bool:
        return self.identity != IdentityNeed.NONE


class VisitSlot(models.Model):
    """A time of a visit with its places; the counter is the guard, whoever asks at the same moment."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="slots")
    # Its visit's own, kept here so that the database forbids one code twice.
    round = models.ForeignKey(VisitRound, on_delete=models.CASCADE, related_name="slots")
    # What it is called in the published draw: A, B, …
    code = models.CharField(max_length=3)
    during = DateTimeRangeField()
    places = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0)
    # As they were at the draw: how many places, and at whose turn the last of them went.
    drawn_places = models.PositiveIntegerField(null=True, blank=True)
    full_at_turn = models.PositiveIntegerField(null=True, blank=True)
    # When what the host had been told deleted itself.
    forgotten_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[VisitSlotManager["VisitSlot"]] = VisitSlotManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(taken__lte=F("places")), name="visit_places_not_exceeded"),
            models.CheckConstraint(condition=finite_range("during"), name="visit_slot_during_finite"),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Z]{1,2}$"), name="visit_slot_code_is_letters"
            ),
            models.UniqueConstraint(fields=["round", "code"], name="visit_slot_code_unique_in_round"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.code}"

    @property
    def free(self) -> int:
        return self.places - self.taken


class PersonalQuerySet(models.QuerySet[RowT]):
    """One's own rows; all of the edition in the address for who runs the draw."""

    seen_with: tuple[str, ...] = (DRAW_VISITS,)
    path_to_participation = "participation"
    path_to_edition = "round__edition_id"

    def visible_to(self, viewer: Viewer) -> Self:
        if viewer.administering:
            return self.all()
        by_link = [
            int(permission.removeprefix(act_for("")))
            for permission in viewer.permissions
            if permission.startswith(act_for(""))
        ]
        shown = Q(**{f"{self.path_to_participation}__in": by_link})
        if viewer.person_id is not None:
            shown |= Q(**{f"{self.path_to_participation}__person_id": viewer.person_id})
        if viewer.edition_id is not None and any(viewer.may(held) for held in self.seen_with):
            shown |= Q(**{self.path_to_edition: viewer.edition_id})
        return self.filter(shown)


class VisitWishListQuerySet(PersonalQuerySet["VisitWishList"]):
    pass


class VisitWishQuerySet(PersonalQuerySet["VisitWish"]):
    path_to_participation = "wish_list__participation"
    path_to_edition = "wish_list__round__edition_id"


class VisitPlaceQuerySet(PersonalQuerySet["VisitPlace"]):
    # A host sees who comes.
    seen_with = (DRAW_VISITS, VIEW_VISITORS)

    def standing(self) -> Self:
        return self.filter(ended_at__isnull=True)


class VisitorDocumentQuerySet(PersonalQuerySet["VisitorDocument"]):
    seen_with = (VIEW_VISITORS,)
    path_to_participation = "place__participation"
    path_to_edition = "place__round__edition_id"


VisitWishListManager = models.Manager.from_queryset(VisitWishListQuerySet)
VisitWishManager = models.Manager.from_queryset(VisitWishQuerySet)
VisitPlaceManager = models.Manager.from_queryset(VisitPlaceQuerySet)
VisitorDocumentManager = models.Manager.from_queryset(VisitorDocumentQuerySet)


class VisitWishList(models.Model):
    """What somebody wishes in a round, under a code by which the published draw knows them."""

    round = models.ForeignKey(VisitRound, on_delete=models.CASCADE, related_name="wish_lists")
    # Empty once the person was erased: the published draw stays whole.
    participation = models.ForeignKey(
        Participation, on_delete=models.SET_NULL, related_name="visit_wish_lists", null=True, blank=True
    )
    code = models.CharField(max_length=8)
    needs_step_free = models.BooleanField(default=False)
    saved_at = models.DateTimeField()
    turn = models.PositiveIntegerField(null=True, blank=True)
    drawn_slot = models.ForeignKey(
        VisitSlot, on_delete=models.RESTRICT, related_name="+", null=True, blank=True
    )
    # From then on nobody moves up by this list.
    left_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[VisitWishListManager["VisitWishList"]] = VisitWishListManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "participation"], name="visit_wishes_once_in_round"),
            models.UniqueConstraint(fields=["round", "code"], name="visit_wishes_code_unique_in_round"),
            models.UniqueConstraint(fields=["round", "turn"], name="visit_wishes_turn_unique_in_round"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.code}"


class VisitWish(models.Model):
    """One slot on somebody's list, at its rank."""

    wish_list = models.ForeignKey(VisitWishList, on_delete=models.CASCADE, related_name="wishes")
    slot = models.ForeignKey(VisitSlot, on_delete=models.CASCADE, related_name="wishes")
    rank = models.PositiveSmallIntegerField()

    objects: ClassVar[VisitWishManager["VisitWish"]] = VisitWishManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["wish_list", "rank"],
                name="visit_wish_rank_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(fields=["wish_list", "slot"], name="visit_wish_slot_once"),
            models.CheckConstraint(condition=Q(rank__gte=1), name="visit_wish_counted_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.wish_list_id}: {self.rank}"


class VisitPlace(models.Model):
    """Somebody's place at a visit, in each round at most one; one given back stays and counts no more."""

    slot = models.ForeignKey(VisitSlot, on_delete=models.CASCADE, related_name="visit_places")
    # Its slot's own, kept here so that the database forbids two places in one round.
    round = models.ForeignKey(VisitRound, on_delete=models.CASCADE, related_name="visit_places")
    participation = models.ForeignKey(Participation, on_delete=models.CASCADE, related_name="visit_places")
    way = models.CharField(max_length=10, choices=PlaceWay)
    # Of the wish that came true; empty where none did.
    rank = models.PositiveSmallIntegerField(null=True, blank=True)
    needs_step_free = models.BooleanField(default=False)
    given_at = models.DateTimeField()
    # When it was given back, or left for a better one.
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[VisitPlaceManager["VisitPlace"]] = VisitPlaceManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "participation"],
                condition=Q(ended_at__isnull=True),
                name="visit_place_once_in_round",
            ),
        ]
        indexes = [models.Index(fields=["slot", "ended_at"], name="visit_place_by_slot")]

    def __str__(self) -> str:
        return f"{self.participation_id} at {self.slot_id}"


class VisitorDocument(models.Model):
    """The identity document that a host wants to be told; deleted when the visit is over."""

    place = models.OneToOneField(VisitPlace, on_delete=models.CASCADE, related_name="document")
    kind = models.CharField(max_length=20, choices=DocumentKind)
    number = models.CharField(max_length=40)
    given_at = models.DateTimeField()

    objects: ClassVar[VisitorDocumentManager["VisitorDocument"]] = VisitorDocumentManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(number=""), name="visitor_document_has_number"),
        ]

    def __str__(self) -> str:
        return str(self.place_id)


class HostManifestQuerySet(models.QuerySet["HostManifest"]):
    def visible_to(self, viewer: Viewer) -> Self:
        if viewer.administering:
            return self.all()
        if viewer.edition_id is None or not viewer.may(VIEW_VISITORS):
            return self.none()
        return self.filter(slot__round__edition_id=viewer.edition_id)


HostManifestManager = models.Manager.from_queryset(HostManifestQuerySet)


class HostManifest(models.Model):
    """The list of visitors on paper for the host of one slot; it deletes itself after the visit."""

    slot = models.OneToOneField(VisitSlot, on_delete=models.CASCADE, related_name="manifest")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    objects: ClassVar[HostManifestManager["HostManifest"]] = HostManifestManager()

    def __str__(self) -> str:
        return str(self.slot_id)
