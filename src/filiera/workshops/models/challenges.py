"""Challenges: what the people of an edition bring, until their owner marks them solved."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation, ParticipationState
from filiera.organisations.models import Organisation
from filiera.reference.models import Ecosystem
from filiera.workshops.permissions import TAKE_PART


class ChallengeState(models.TextChoices):
    OPEN = "open", pgettext_lazy("challenge", "Open")
    WORKED_ON = "worked_on", pgettext_lazy("challenge", "Being worked on")
    SOLVED = "solved", pgettext_lazy("challenge", "Solved")
    MERGED = "merged", pgettext_lazy("challenge", "Merged into another")
    WITHDRAWN = "withdrawn", pgettext_lazy("challenge", "Taken off the wall")


# Neither solved nor told elsewhere: what somebody can still help with.
STANDING_STATES = (ChallengeState.OPEN, ChallengeState.WORKED_ON)


class ChallengeQuerySet(models.QuerySet["Challenge"]):
    def standing(self) -> Self:
        return self.filter(state__in=STANDING_STATES)

    def visible_to(self, viewer: Viewer) -> Self:
        """Those of the edition in the address, for its people; with a place that ended its card leaves.

        A card that its owner took off the wall is seen by the owner alone.
        """
        if viewer.administering:
            return self.all()
        if viewer.edition_id is None or not viewer.may(TAKE_PART):
            return self.none()
        has_its_place = Q(owner__isnull=True) | Q(owner__state=ParticipationState.CONFIRMED)
        on_the_wall = ~Q(state=ChallengeState.WITHDRAWN)
        if viewer.person_id is not None:
            on_the_wall |= Q(owner__person_id=viewer.person_id)
        return self.filter(has_its_place, on_the_wall, edition_id=viewer.edition_id)


ChallengeManager = models.Manager.from_queryset(ChallengeQuerySet)


class Challenge(models.Model):
    """A card of the wall: something that a cluster has not solved yet."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="challenges")
    owner = models.ForeignKey(
        Participation, on_delete=models.SET_NULL, related_name="challenges", null=True, blank=True
    )
    # An application says what it brings, not that its candidate wants to be read by name.
    names_owner = models.BooleanField(default=False)
    from_application = models.BooleanField(default=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="challenges", null=True, blank=True
    )
    title = models.CharField(max_length=200)
    statement = models.TextField()
    context = models.TextField(blank=True)
    tried = models.TextField(blank=True)
    help_wanted = models.TextField(blank=True)
    ecosystem = models.ForeignKey(
        Ecosystem, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    # The language it is written in; people's own words are not translated by us.
    language = models.CharField(max_length=35)
    state = models.CharField(max_length=20, choices=ChallengeState, default=ChallengeState.OPEN)
    merged_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, related_name="merged", null=True, blank=True
    )
    solved_at = models.DateTimeField(null=True, blank=True)
    solution = models.TextField(blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    sources = models.JSONField(default=list, blank=True)
    is_demonstration = models.BooleanField(default=False)

    objects: ClassVar[ChallengeManager["Challenge"]] = ChallengeManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ChallengeState.SOLVED, solved_at__isnull=False)
                | (~Q(state=ChallengeState.SOLVED) & Q(solved_at__isnull=True)),
                name="challenge_solved_at_matches_state",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(state=ChallengeState.MERGED),
                name="challenge_merged_into_matches_state",
            ),
            models.UniqueConstraint(
                fields=["owner"],
                condition=Q(from_application=True),
                name="challenge_once_from_application",
            ),
        ]
        indexes = [models.Index(fields=["edition", "state", "created_at"], name="challenge_by_edition")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_standing(self) -> bool:
        return self.state in STANDING_STATES
