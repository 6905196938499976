"""Dinner: tables, guests, what they wish, what must not be, and the search for a good seating."""

from typing import ClassVar, Self, TypeVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from filiera.academy.models import Edition, Session
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation
from filiera.meetings.permissions import SEAT_DINNER
from filiera.organisations.models import Organisation
from filiera.reference.models import Country, Ecosystem
from filiera.texts.fields import TranslatedField

RowT = TypeVar("RowT", bound=models.Model, covariant=True)


class GuestRole(models.TextChoices):
    """What somebody is at dinner; tables mix them."""

    PARTICIPANT = "participant", _("Participant")
    HOST = "host", _("Representative of the host")
    SPEAKER = "speaker", _("Speaker")
    TEAM = "team", _("Team")
    GUEST = "guest", pgettext_lazy("dinner", "Guest")


class SeatingStatus(models.TextChoices):
    """How the last search for a seating ended."""

    NONE = "none", _("Not proposed yet")
    OPTIMAL = "optimal", _("Proven: no other seating is worth more")
    FOUND = "found", pgettext_lazy("seating", "The best found in the time given")
    CANCELLED = "cancelled", pgettext_lazy("seating", "The best found until it was stopped")
    INFEASIBLE = "infeasible", _("The rules contradict each other")


class PairKind(models.TextChoices):
    TOGETHER = "together", _("At one table")
    APART = "apart", _("At different tables")


class DinnerQuerySet(models.QuerySet["Dinner"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """For the people of the edition; who sits where is told by the guests' own rule."""
        if viewer.administering:
            return self.all()
        if viewer.edition_id is None or not viewer.edition_roles:
            return self.none()
        return self.filter(edition_id=viewer.edition_id)


DinnerManager = models.Manager.from_queryset(DinnerQuerySet)


class Dinner(models.Model):
    """A meal at tables, with what a good seating is worth and how the last one was found."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="dinners")
    session = models.ForeignKey(
        Session, on_delete=models.SET_NULL, related_name="dinners", null=True, blank=True
    )
    title = TranslatedField()
    # Until then participants say beside whom they would like to sit; without it nobody is asked.
    wishes_until = models.DateTimeField(null=True, blank=True)
    country_weight = models.PositiveSmallIntegerField(default=2)
    ecosystem_weight = models.PositiveSmallIntegerField(default=1)
    role_weight = models.PositiveSmallIntegerField(default=1)
    wish_worth = models.PositiveSmallIntegerField(default=2)
    met_cost = models.PositiveSmallIntegerField(default=1)
    seed = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=20, choices=SeatingStatus, default=SeatingStatus.NONE)
    # Of the last proposal; the seating may have been changed by hand since.
    value = models.FloatField(null=True, blank=True)
    bound = models.FloatField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    proposed_at = models.DateTimeField(null=True, blank=True)
    solver_version = models.CharField(max_length=40, blank=True)
    # The smallest set of rules found that cannot all be kept.
    conflict = models.JSONField(default=list, blank=True)
    # Locked for everybody, and seen by everybody, from then on.
    published_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    is_demonstration = models.BooleanField(default=False)

    objects: ClassVar[DinnerManager["Dinner"]] = DinnerManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(country_weight__lte=10, ecosystem_weight__lte=10, role_weight__lte=10)
                & Q(wish_worth__lte=10, met_cost__lte=10),
                name="dinner_weights_to_ten",
            ),
            models.CheckConstraint(
                condition=Q(country_weight__gte=1) | Q(ecosystem_weight__gte=1) | Q(role_weight__gte=1),
                name="dinner_mixes_something",
            ),
        ]
        indexes = [models.Index(fields=["edition", "created_at"], name="dinner_by_edition")]

    def __str__(self) -> str:
        return str(self.pk)


class OfDinnerQuerySet(models.QuerySet[RowT]):
    """What hangs on a dinner; those who seat it see all of it."""

    path_to_dinner = "dinner"

    def _seated_by(self, viewer: Viewer) -> Q:
        if viewer.administering:
            return Q(**{f"{self.path_to_dinner}__isnull": False})
        if viewer.edition_id is None or not viewer.may(SEAT_DINNER):
            return Q(pk__in=[])
        return Q(**{f"{self.path_to_dinner}__edition_id": viewer.edition_id})

    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(self._seated_by(viewer))


class DinnerTableQuerySet(OfDinnerQuerySet["DinnerTable"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """The tables of a published plan are for the people of the edition."""
        published = Q(dinner__published_at__isnull=False, dinner__in=Dinner.objects.visible_to(viewer))
        return self.filter(published | self._seated_by(viewer))


class DinnerGuestQuerySet(OfDinnerQuerySet["DinnerGuest"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """One's own row; all for those who seat the dinner."""
        shown = self._seated_by(viewer)
        if viewer.person_id is not None:
            shown |= Q(participation__person_id=viewer.person_id)
        return self.filter(shown)


class DinnerWishQuerySet(OfDinnerQuerySet["DinnerWish"]):
    path_to_dinner = "guest__dinner"

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own and nobody else's: the team sees how many came true, not whose they are."""
        if viewer.person_id is None:
            return self.none()
        return self.filter(guest__participation__person_id=viewer.person_id)


class DinnerPairQuerySet(OfDinnerQuerySet["DinnerPair"]):
    pass


class SeatingRunQuerySet(OfDinnerQuerySet["SeatingRun"]):
    def running(self) -> Self:
        return self.filter(finished_at__isnull=True)


DinnerTableManager = models.Manager.from_queryset(DinnerTableQuerySet)
DinnerGuestManager = models.Manager.from_queryset(DinnerGuestQuerySet)
DinnerWishManager = models.Manager.from_queryset(DinnerWishQuerySet)
DinnerPairManager = models.Manager.from_queryset(DinnerPairQuerySet)
SeatingRunManager = models.Manager.from_queryset(SeatingRunQuerySet)


class DinnerTable(models.Model):
    """A table: how many sit there, and how many of them represent the host."""

    dinner = models.ForeignKey(Dinner, on_delete=models.CASCADE, related_name="tables")
    number = models.PositiveSmallIntegerField()
    seats = models.PositiveSmallIntegerField()
    least_hosts = models.PositiveSmallIntegerField(default=1)

    objects: ClassVar[DinnerTableManager["DinnerTable"]] = DinnerTableManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dinner", "number"], name="dinner_table_number_unique"),
            models.CheckConstraint(
                condition=Q(seats__gte=1, least_hosts__lte=F("seats")), name="dinner_table_holds_its_hosts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dinner_id}: {self.number}"


class DinnerGuest(models.Model):
    """Somebody who dines: a participant, or a guest known by name only."""

    dinner = models.ForeignKey(Dinner, on_delete=models.CASCADE, related_name="guests")
    participation = models.ForeignKey(
        Participation, on_delete=models.CASCADE, related_name="dinners", null=True, blank=True
    )
    name = models.CharField(max_length=200)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="dinner_guests", null=True, blank=True
    )
    organisation_name = models.CharField(max_length=200, blank=True)
    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    ecosystem = models.ForeignKey(
        Ecosystem, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    role = models.CharField(max_length=20, choices=GuestRole, default=GuestRole.PARTICIPANT)
    # Of guests without a registration only: participants' diets stay behind the wall of their answers.
    diet = models.CharField(max_length=120, blank=True)
    table = models.ForeignKey(
        DinnerTable, on_delete=models.SET_NULL, related_name="guests", null=True, blank=True
    )
    is_demonstration = models.BooleanField(default=False)

    objects: ClassVar[DinnerGuestManager["DinnerGuest"]] = DinnerGuestManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dinner", "participation"],
                condition=Q(participation__isnull=False),
                name="dinner_guest_once",
            ),
            models.CheckConstraint(
                condition=Q(participation__isnull=True) | Q(diet=""), name="dinner_guest_diet_behind_the_wall"
            ),
        ]
        indexes = [models.Index(fields=["dinner", "table"], name="dinner_guest_by_table")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_host(self) -> bool:
        return self.role == GuestRole.HOST


class DinnerWish(models.Model):
    """A guest would like to sit at one table with another."""

    guest = models.ForeignKey(DinnerGuest, on_delete=models.CASCADE, related_name="wishes")
    wanted = models.ForeignKey(DinnerGuest, on_delete=models.CASCADE, related_name="wished_by")

    objects: ClassVar[DinnerWishManager["DinnerWish"]] = DinnerWishManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["guest", "wanted"], name="dinner_wish_once"),
            models.CheckConstraint(condition=~Q(guest=F("wanted")), name="dinner_wish_for_another"),
        ]

    def __str__(self) -> str:
        return f"{self.guest_id} for {self.wanted_id}"


class DinnerPair(models.Model):
    """Two guests who must, or must not, share a table; only those who seat the dinner know."""

    dinner = models.ForeignKey(Dinner, on_delete=models.CASCADE, related_name="pairs")
    kind = models.CharField(max_length=10, choices=PairKind)
    one = models.ForeignKey(DinnerGuest, on_delete=models.CASCADE, related_name="+")
    two = models.ForeignKey(DinnerGuest, on_delete=models.CASCADE, related_name="+")

    objects: ClassVar[DinnerPairManager["DinnerPair"]] = DinnerPairManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "two"], name="dinner_pair_once"),
            models.CheckConstraint(condition=Q(one__lt=F("two")), name="dinner_pair_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} and {self.two_id}: {self.kind}"


class SeatingRun(models.Model):
    """A search for a seating, with how far it is."""

    dinner = models.ForeignKey(Dinner, on_delete=models.CASCADE, related_name="runs")
    asked_by = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    asked_at = models.DateTimeField()
    share = models.FloatField(default=0)
    value = models.FloatField(null=True, blank=True)
    cancel_asked_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[SeatingRunManager["SeatingRun"]] = SeatingRunManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dinner"], condition=Q(finished_at__isnull=True), name="seating_run_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dinner_id}: {self.share:.0%}"

    @property
    def percent(self) -> int:
        return round(self.share * 100)
