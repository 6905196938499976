"""Places in sessions that need sign-up, with a waiting list that moves by itself."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from filiera.academy.models import Edition, Session
from filiera.accounts.viewer import Viewer
from filiera.admissions.permissions import VIEW_PARTICIPANTS

from .choices import SessionPlaceState
from .participations import Participation


class SessionSignUpQuerySet(models.QuerySet["SessionSignUp"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """How many places are left may be known by whoever may know the edition."""
        return self.filter(session__edition__in=Edition.objects.visible_to(viewer))


SessionSignUpManager = models.Manager.from_queryset(SessionSignUpQuerySet)


class SessionSignUp(models.Model):
    """That a session has a limited number of places, which participants take one by one."""

    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="sign_up")
    capacity = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0)
    # The last number given to somebody who asked.
    last_number = models.PositiveIntegerField(default=0)
    opens_at = models.DateTimeField(null=True, blank=True)
    # Without it, the beginning of the session.
    closes_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[SessionSignUpManager["SessionSignUp"]] = SessionSignUpManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(taken__gte=0, taken__lte=F("capacity")), name="sign_up_places_not_exceeded"
            ),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True)
                | Q(closes_at__isnull=True)
                | Q(closes_at__gt=F("opens_at")),
                name="sign_up_closes_after_opening",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id}: {self.taken} of {self.capacity}"


class SessionPlaceQuerySet(models.QuerySet["SessionPlace"]):
    def taken(self) -> Self:
        return self.filter(state=SessionPlaceState.TAKEN)

    def waiting(self) -> Self:
        return self.filter(state=SessionPlaceState.WAITING)

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own; all of the edition for those who see its participants."""
        if viewer.administering:
            return self.all()
        shown = Q(participation__in=Participation.objects.visible_to(viewer))
        if viewer.edition_id is not None and viewer.may(VIEW_PARTICIPANTS):
            shown |= Q(participation__edition_id=viewer.edition_id)
        return self.filter(shown)


SessionPlaceManager = models.Manager.from_queryset(SessionPlaceQuerySet)


class SessionPlace(models.Model):
    """Somebody's place in a session, or their turn on its waiting list."""

    sign_up = models.ForeignKey(SessionSignUp, on_delete=models.CASCADE, related_name="places")
    participation = models.ForeignKey(Participation, on_delete=models.CASCADE, related_name="session_places")
    state = models.CharField(max_length=20, choices=SessionPlaceState)
    # In the order of asking; the lowest number that waits is next.
    number = models.PositiveIntegerField()
    asked_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[SessionPlaceManager["SessionPlace"]] = SessionPlaceManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sign_up", "participation"], name="session_place_once"),
            models.UniqueConstraint(fields=["sign_up", "number"], name="session_place_number_once"),
            models.CheckConstraint(
                condition=Q(state=SessionPlaceState.TAKEN, taken_at__isnull=False)
                | Q(state=SessionPlaceState.WAITING, taken_at__isnull=True),
                name="session_place_taken_at_matches_state",
            ),
        ]
        indexes = [models.Index(fields=["sign_up", "state", "number"], name="session_place_in_order")]

    def __str__(self) -> str:
        return f"{self.sign_up_id}, {self.number}: {self.state}"
