"""Whom somebody wants to meet, and whom they do not."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from filiera.accounts.viewer import Viewer

from .attendees import Attendee
from .choices import Priority, WishState
from .rounds import MeetingRound, plans_meetings


class MeetingWishQuerySet(models.QuerySet["MeetingWish"]):
    def standing(self) -> Self:
        """Those that may still lead to a meeting."""
        return self.filter(state__in=[WishState.WAITING, WishState.ACCEPTED])

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own, those one received from people one has not blocked; all for those who plan."""
        if viewer.administering:
            return self.all()
        if viewer.person_id is None:
            return self.none()
        refused = Block.objects.filter(
            blocker=OuterRef("wanted"), blocked=OuterRef("wisher"), blocker__person_id=viewer.person_id
        )
        received = Q(wanted__person_id=viewer.person_id) & ~Q(state=WishState.WITHDRAWN) & Q(~Exists(refused))
        shown = Q(wisher__person_id=viewer.person_id) | received
        if plans_meetings(viewer):
            shown |= Q(round__edition_id=viewer.edition_id)
        return self.filter(shown)


MeetingWishManager = models.Manager.from_queryset(MeetingWishQuerySet)


class MeetingWish(models.Model):
    """Somebody wants to meet somebody else, says why, and how much."""

    round = models.ForeignKey(MeetingRound, on_delete=models.CASCADE, related_name="wishes")
    wisher = models.ForeignKey(Attendee, on_delete=models.CASCADE, related_name="wishes")
    wanted = models.ForeignKey(Attendee, on_delete=models.CASCADE, related_name="wishes_received")
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.WANTED)
    why = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=WishState, default=WishState.WAITING)
    # The organiser's word: this meeting is held in any case.
    is_required = models.BooleanField(default=False)
    wished_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[MeetingWishManager["MeetingWish"]] = MeetingWishManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wisher", "wanted"], name="meeting_wish_once"),
            models.CheckConstraint(condition=~Q(wisher=F("wanted")), name="meeting_wish_between_two"),
            models.CheckConstraint(
                condition=Q(priority__gte=1, priority__lte=3), name="meeting_wish_priority"
            ),
            models.CheckConstraint(
                condition=Q(state=WishState.WAITING, answered_at__isnull=True)
                | (~Q(state=WishState.WAITING) & Q(answered_at__isnull=False)),
                name="meeting_wish_answered_at_matches_state",
            ),
        ]
        indexes = [
            models.Index(fields=["round", "state"], name="meeting_wish_by_state"),
            models.Index(
                fields=["expires_at"], condition=Q(state=WishState.WAITING), name="meeting_wish_expiring"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wisher_id} wants to meet {self.wanted_id}"


class BlockQuerySet(models.QuerySet["Block"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """One's own, and for those who plan all of the edition: but never a block against oneself."""
        if viewer.person_id is None:
            return self.all() if viewer.administering else self.none()
        shown = Q(blocker__person_id=viewer.person_id)
        if plans_meetings(viewer):
            shown |= Q(blocker__round__edition_id=viewer.edition_id)
        if viewer.administering:
            shown = Q()
        return self.filter(shown).exclude(blocked__person_id=viewer.person_id)


BlockManager = models.Manager.from_queryset(BlockQuerySet)


class Block(models.Model):
    """Somebody does not want to meet somebody; who is blocked never learns of it."""

    blocker = models.ForeignKey(Attendee, on_delete=models.CASCADE, related_name="blocks")
    blocked = models.ForeignKey(Attendee, on_delete=models.CASCADE, related_name="blocks_against")
    made_at = models.DateTimeField()

    objects: ClassVar[BlockManager["Block"]] = BlockManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="block_once"),
            models.CheckConstraint(condition=~Q(blocker=F("blocked")), name="block_between_two"),
        ]

    def __str__(self) -> str:
        return f"{self.blocker_id} does not meet {self.blocked_id}"
